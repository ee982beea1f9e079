#include <doctest/doctest.h>

#include <expect_assert.hpp>

#include <cmath>

#include <keel/core/random.hpp>
#include <keel/model/formula.hpp>

using namespace keel;

namespace {

std::optional<Price> value_of(std::string_view text, std::vector<Price> values,
                              Price increment = 0.01_px, Rounding rounding = Rounding::kHalfEven) {
  const auto formula = Formula::parse(text);
  REQUIRE_MESSAGE(formula.ok(), formula.error().message());
  return formula->evaluate(values, increment, rounding);
}

}  // namespace

TEST_CASE("a formula: precedence, brackets, functions, signs") {
  CHECK(value_of("[A] + [B] * 2", {1_px, 3_px}) == 7_px);
  CHECK(value_of("([A] + [B]) * 2", {1_px, 3_px}) == 8_px);
  CHECK(value_of("[A] - [B] - [A]", {1_px, 3_px}) == -3_px);
  CHECK(value_of("[A] / [B] / 2", {12_px, 3_px}) == 2_px);
  CHECK(value_of("-[A] * -2", {12_px}) == 24_px);
  CHECK(value_of("2 - -[A]", {12_px}) == 14_px);
  CHECK(value_of("max([A], [B]) - min([A],[B])", {12_px, 3_px}) == 9_px);
  CHECK(value_of("abs([A]-[B])", {3_px, 12_px}) == 9_px);
  CHECK(value_of(" [ BTC/USD@X ]*.5 ", {3_px}) == 1.5_px);
  const auto names = Formula::parse("[B]+[A]+[B]")->names();
  CHECK(names == std::vector<std::string>{"B", "A"});
}

TEST_CASE("a formula is exact, and rounds once where it says so") {
  // In doubles 0.1 + 0.2 is not 0.3.
  CHECK(value_of("[A] + [B] - 0.3", {0.1_px, 0.2_px}, 0.000000001_px) == 0_px);
  CHECK(value_of("[A] * 0.000000000000000001", {1_px}) == 0_px);
  CHECK_FALSE(Formula::parse("[A] * 1e0").ok());  // plain decimals only
}

TEST_CASE("a formula's result goes to the increment by the declared rule") {
  const auto at = [](Rounding rounding, Price value) {
    return value_of("[A]", {value}, 0.25_px, rounding)->to_text();
  };
  CHECK(at(Rounding::kHalfEven, 1.125_px) == "1");  // 4.5 increments
  CHECK(at(Rounding::kHalfEven, 1.375_px) == "1.5");
  CHECK(at(Rounding::kHalfUp, 1.125_px) == "1.25");
  CHECK(at(Rounding::kFloor, -1.1_px) == "-1.25");
  CHECK(at(Rounding::kCeiling, -1.1_px) == "-1");
  CHECK(at(Rounding::kTowardZero, -1.1_px) == "-1");
  CHECK(at(Rounding::kAwayFromZero, -1.1_px) == "-1.25");
}

TEST_CASE("a formula that has no value says so") {
  CHECK_FALSE(value_of("1 / [A]", {0_px}));
  CHECK_FALSE(value_of("[A] / ([A] - [A])", {5_px}));
  CHECK_FALSE(value_of("[A] * [A] * [A] * [A] * [A]", {Price::max()}));
  CHECK_FALSE(value_of("[A] * 1000", {Price::max()}));
  const auto formula = Formula::parse("[A]+[B]");
  CHECK_ASSERTS(formula->evaluate(std::vector<Price>{1_px}, 1_px, Rounding::kFloor));
}

TEST_CASE("a formula that cannot be read names the place") {
  struct Case {
    const char* text;
    const char* place;
  };
  const Case cases[] = {
      {"", "character 1"},          {"1 + 2", "character 1"},
      {"[A] +", "character 6"},     {"[A", "character 2"},
      {"[]", "character 2"},        {"[A] [B]", "character 5"},
      {"([A]", "character 5"},      {"[A])", "character 4"},
      {"sqrt([A])", "character 1"}, {"max([A])", "character 8"},
      {"[A] * * 2", "character 7"}, {"[A] + 1.2.3", "character 7"},
      {"[A]^2", "character 4"},     {"[A] + x", "character 7"},
      {"min[A]", "character 4"},    {"[A] + 0.0000000000000000001", "character 7"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const auto formula = Formula::parse(one.text);
    REQUIRE_FALSE(formula.ok());
    CHECK(formula.error().code == model_errors::kBadFormula);
    CHECK(formula.error().where == one.place);
  }
  CHECK_FALSE(Formula::parse(std::string(10'000, '(')).ok());
  CHECK_FALSE(Formula::parse(std::string(10'000, '-') + "[A]").ok());
  std::string many = "[A]";
  for (int i = 0; i < 100; ++i) many += "+[A]";
  CHECK_FALSE(Formula::parse(many).ok());
  Random random{4};
  const std::string letters = "[]AB()+-*/., 12minaxbs";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t n = random.below(24); n > 0; --n)
      text += letters[random.below(letters.size())];
    const auto formula = Formula::parse(text);
    if (!formula.ok()) continue;
    const std::vector<Price> values(formula->names().size(), 3_px);
    static_cast<void>(formula->evaluate(values, 0.01_px, Rounding::kHalfEven));
  }
}

TEST_CASE("a range holds every value between its ends") {
  const char* const texts[] = {"[A] - [B]",        "[A] * [B]",         "[A] / [B]",
                               "abs([A] - [B])",   "2 * [A] - 3 * [B]", "-[A] + max([B], 4)",
                               "min([A], [B]) / 7"};
  Random random{9};
  for (const char* text : texts) {
    CAPTURE(text);
    const auto formula = Formula::parse(text);
    REQUIRE(formula.ok());
    for (int i = 0; i < 300; ++i) {
      PriceRange ranges[2];
      for (PriceRange& range : ranges) {
        range.low = Price::from_raw(random.between(1, 9'000'000'000));
        range.high = range.low + Price::from_raw(random.between(0, 2'000'000'000));
      }
      const auto range = formula->evaluate_range(ranges, 0.01_px);
      REQUIRE(range);
      CHECK(range->low.is_multiple_of(0.01_px));
      for (int k = 0; k < 8; ++k) {
        Price values[2];
        for (int n = 0; n < 2; ++n)
          values[n] = Price::from_raw(random.between(ranges[n].low.raw(), ranges[n].high.raw()));
        const auto value = formula->evaluate(values, 0.000000001_px, Rounding::kHalfEven);
        REQUIRE(value);
        CHECK(*value >= range->low);
        CHECK(*value <= range->high);
      }
    }
  }
  const PriceRange around_zero[] = {{1_px, 2_px}, {-1_px, 1_px}};
  CHECK_FALSE(Formula::parse("[A] / [B]")->evaluate_range(around_zero, 0.01_px));
}

TEST_CASE("a formula agrees with long doubles to their precision") {
  Random random{77};
  const auto formula = Formula::parse("([A] * 1.5 - [B] / 3) * 2 + [C]");
  REQUIRE(formula.ok());
  for (int i = 0; i < 2'000; ++i) {
    Price values[3];
    for (Price& value : values)
      value = Price::from_raw(random.between(-5'000'000'000'000, 5'000'000'000'000));
    const auto value = formula->evaluate(values, 0.000000001_px, Rounding::kHalfEven);
    REQUIRE(value);
    const auto real = [](Price price) { return static_cast<long double>(price.raw()) / 1e9L; };
    const long double expected =
        (real(values[0]) * 1.5L - real(values[1]) / 3.0L) * 2.0L + real(values[2]);
    CHECK(std::fabs(static_cast<double>(real(*value) - expected)) < 1e-8);
  }
}
