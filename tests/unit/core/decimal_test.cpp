#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/core/random.hpp>
#include <keel/core/volume.hpp>

#include "expect_assert.hpp"
#include "naive.hpp"

using namespace keel;
using namespace keel::literals;

namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();

// "" where the text is good, else the code of its error.
template <class T>
std::string_view error_of(std::string_view text) {
  const auto result = T::parse(text);
  return result ? std::string_view{} : result.error().code.text;
}

std::string repeat(std::size_t count, char c) { return std::string(count, c); }

// What a decimal text means at 10^-digits, by moving characters about.
struct Model {
  bool needs_more_digits = false;
  bool too_large = false;  // beyond +-limit
  std::string raw;         // "-123", where neither is set
};

Model model_parse(bool negative, const std::string& whole, const std::string& fraction,
                  long exponent, int digits, const std::string& limit_positive,
                  const std::string& limit_negative) {
  Model model;
  std::string text = whole + fraction;
  long shift = exponent - static_cast<long>(fraction.size()) + digits;
  if (naive::stripped(text) == "0") return {false, false, "0"};
  while (shift < 0) {
    if (!text.empty() && text.back() != '0') model.needs_more_digits = true;
    if (!text.empty()) text.pop_back();
    ++shift;
  }
  text = naive::stripped(text);
  text += repeat(static_cast<std::size_t>(shift), '0');
  text = naive::stripped(text);
  model.too_large = naive::compare(text, negative ? limit_negative : limit_positive) > 0;
  model.raw = (negative ? "-" : "") + text;
  return model;
}

std::string random_digits(Random& random, std::uint64_t longest) {
  std::string text;
  const auto size = random.below(longest + 1);
  for (std::uint64_t i = 0; i < size; ++i)
    text += static_cast<char>('0' + (random.below(3) == 0 ? 0 : random.below(10)));
  return text;
}

struct Written {
  bool negative;
  std::string whole, fraction, text;
  long exponent;
};

Written random_decimal(Random& random) {
  Written w{random.below(2) == 0, random_digits(random, 12), random_digits(random, 12), {}, 0};
  if (random.below(8) == 0) w.whole += random_digits(random, 40);
  if (random.below(8) == 0) w.fraction += repeat(random.below(60), '0');
  if (w.whole.empty() && w.fraction.empty()) w.whole = "0";
  w.text = w.negative ? "-" : (random.below(4) == 0 ? "+" : "");
  w.text += w.whole;
  if (!w.fraction.empty() || random.below(3) == 0) w.text += '.' + w.fraction;
  if (random.below(3) == 0) {
    w.exponent = static_cast<long>(random.between(-50, 50));
    w.text += random.below(2) == 0 ? 'e' : 'E';
    if (w.exponent >= 0 && random.below(2) == 0) w.text += '+';
    w.text += std::to_string(w.exponent);
  }
  return w;
}

}  // namespace

TEST_CASE("literals are exact and checked while compiling") {
  static_assert((100.25_px).raw() == 100'250'000'000);
  static_assert((1'000'000_qty).raw() == 100'000'000'000'000);
  static_assert((-0.000000001_px).raw() == -1);
  static_assert((0.00000001_qty).raw() == 1);
  static_assert((1.500000000000000_rate).raw() == 1'500'000'000);  // zeros beyond the last digit
  static_assert((9223372036.854775807_px) == Price::max());
  static_assert((0_px).is_zero());
}

TEST_CASE("text parses exactly") {
  const auto raw = [](std::string_view text) { return Price::parse(text).value().raw(); };
  CHECK(raw("0") == 0);
  CHECK(raw("-0") == 0);
  CHECK(raw("12.50") == 12'500'000'000);
  CHECK(raw("-3") == -3'000'000'000);
  CHECK(raw("+3") == 3'000'000'000);
  CHECK(raw(".5") == 500'000'000);
  CHECK(raw("5.") == 5'000'000'000);
  CHECK(raw("0000000000000000000000000000000000000000000007.1") == 7'100'000'000);
  CHECK(raw("800.010000000000000000000000000000000000000000000000000") == 800'010'000'000);
  CHECK(raw("1e-9") == 1);
  CHECK(raw("1E3") == 1'000'000'000'000);
  CHECK(raw("1.5e+2") == 150'000'000'000);
  CHECK(raw("1000e-12") == 1);
  CHECK(raw("0e400") == 0);
  CHECK(raw("0e-400") == 0);
  CHECK(raw("9223372036.854775807") == kMax);
  CHECK(raw("-9223372036.854775808") == kMin);
}

TEST_CASE("text that is no decimal is refused as such") {
  for (const std::string_view text : {"",
                                      " ",
                                      ".",
                                      "-",
                                      "+",
                                      "+-1",
                                      "--1",
                                      "1-",
                                      "1 ",
                                      " 1",
                                      "1.2.3",
                                      "1..2",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1e-",
                                      "1e5.0",
                                      "1e5e5",
                                      "nan",
                                      "NaN",
                                      "inf",
                                      "-inf",
                                      "Infinity",
                                      "0x10",
                                      "1,000",
                                      "1'000",
                                      "1_000",
                                      "1.5f",
                                      "$1",
                                      "one",
                                      "\t1",
                                      "1\n",
                                      "\xEF\xBB\xBF"
                                      "1",
                                      "\xD9\xA1"})
    CHECK_MESSAGE(error_of<Price>(text) == "core.decimal_syntax", text);
  CHECK(error_of<Price>(std::string_view{"1\0", 2}) == "core.decimal_syntax");
}

TEST_CASE("digits beyond the type's are refused, never rounded") {
  CHECK(error_of<Price>("0.0000000001") == "core.decimal_digits");
  CHECK(error_of<Quantity>("0.000000001") == "core.decimal_digits");
  CHECK(error_of<Price>("1e-10") == "core.decimal_digits");
  CHECK(error_of<Price>("1e-400") == "core.decimal_digits");
  CHECK(error_of<Price>("1e-99999999999999999999999999") == "core.decimal_digits");
  CHECK(error_of<Price>("1.0000000001") == "core.decimal_digits");
  const auto error = Price::parse("1.0000000001").error();
  CHECK(error.value == "1.0000000001");
  CHECK(error.rule == "at most 9 decimals");
}

TEST_CASE("values beyond the range are refused, never wrapped or clamped") {
  for (const std::string_view text :
       {"9223372036.854775808", "-9223372036.854775809", "1e11", "1e400", "-1e400", "1e4000000000",
        "99999999999999999999999999999999999999999999999999999999999999999999", "1e99999999999999",
        "18446744073.709551616", "340282366920938463463374607431.768211456"})
    CHECK_MESSAGE(error_of<Price>(text) == "core.decimal_range", text);
}

TEST_CASE("an exponent that was too long to read does not come back into range") {
  // Worth 10^3601 and 10^-4001, and once read as exponents of 400.
  CHECK(error_of<Price>("0." + repeat(399, '0') + "1e4001") == "core.decimal_range");
  CHECK(error_of<Price>("1" + repeat(400, '0') + "e-4401") == "core.decimal_digits");
  // Long, and in range all the same.
  CHECK(Price::parse("0." + repeat(4999, '0') + "1e5001").value() == 10_px);
  CHECK(Price::parse("1" + repeat(5000, '0') + "e-5000").value() == 1_px);
}

TEST_CASE("parsing agrees with a naive model on random text") {
  Random random{20'240'101};
  int good = 0, digits = 0, range = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto w = random_decimal(random);
    const auto model = model_parse(w.negative, w.whole, w.fraction, w.exponent, 9,
                                   "9223372036854775807", "9223372036854775808");
    const auto result = Price::parse(w.text);
    if (model.needs_more_digits || model.too_large) {
      REQUIRE_MESSAGE(!result, w.text);
      const auto code = result.error().code;
      const bool named = (model.needs_more_digits && code == core_errors::kDecimalDigits) ||
                         (model.too_large && code == core_errors::kDecimalRange);
      REQUIRE_MESSAGE(named, w.text);
      (model.too_large ? range : digits) += 1;
    } else {
      REQUIRE_MESSAGE(result, w.text);
      REQUIRE_MESSAGE(std::to_string(result->raw()) == naive::text(Int128::from(result->raw())),
                      w.text);
      REQUIRE_MESSAGE(
          (std::to_string(result->raw()) == model.raw || (result->raw() == 0 && model.raw == "-0")),
          w.text);
      ++good;
    }
  }
  CHECK(good > 2'000);  // the generator reaches every branch
  CHECK(digits > 2'000);
  CHECK(range > 2'000);
}

TEST_CASE("128-bit parsing agrees with a naive model on random text") {
  Random random{7};
  const std::string limit = "170141183460469231731687303715884105727";
  const std::string below = "170141183460469231731687303715884105728";
  for (int i = 0; i < 10'000; ++i) {
    const auto w = random_decimal(random);
    const auto model = model_parse(w.negative, w.whole, w.fraction, w.exponent, 18, limit, below);
    const auto result = detail::parse_decimal(w.text, 18);
    if (model.needs_more_digits || model.too_large) {
      REQUIRE_MESSAGE(!result, w.text);
    } else {
      REQUIRE_MESSAGE(result, w.text);
      REQUIRE_MESSAGE(naive::text(*result) == (model.raw == "-0" ? "0" : model.raw), w.text);
    }
  }
}

TEST_CASE("text is the shortest and parses back to the same value") {
  CHECK(Price::from_raw(kMin).to_text() == "-9223372036.854775808");
  CHECK(Price::max().to_text() == "9223372036.854775807");
  CHECK((0_px).to_text() == "0");
  CHECK((1.50_px).to_text() == "1.5");
  CHECK((-0.000000001_px).to_text() == "-0.000000001");
  CHECK((1000_qty).to_text() == "1000");
  Random random{1};
  for (int i = 0; i < 5'000; ++i) {
    const auto raw = static_cast<std::int64_t>(random.next()) >> random.below(64);
    const auto value = Quantity::from_raw(raw);
    REQUIRE(Quantity::parse(value.to_text()).value() == value);
    const auto wide = Int128::from(
        static_cast<detail::i128>(static_cast<detail::u128>(random.next()) << 64 | random.next()) >>
        random.below(128));
    REQUIRE(detail::parse_decimal(detail::decimal_text(wide, 18), 18).value() == wide);
  }
  for (const auto edge : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}}) {
    const Int128 lowest{0, edge};
    CHECK(detail::parse_decimal(detail::decimal_text(lowest, 18), 18).value() == lowest);
  }
}

TEST_CASE("from double: the nearest decimal of the exact value, ties to even") {
  CHECK(Price::nearest(0.1).value() == 0.1_px);
  CHECK(Price::nearest(-1.1).value() == -1.1_px);
  CHECK(Quantity::nearest(0.5e-8).value().raw() == 1);  // the double is a hair above the tie
  CHECK(Price::nearest(5e-10).value().raw() == 1);      // as above; its product rounds to 0.5
  CHECK(Price::nearest(std::nextafter(5e-10, 0)).value().raw() == 0);
  CHECK(Price::nearest(0x1p-9).value().raw() == 1'953'125);   // exact
  CHECK(Price::nearest(0x1p-10).value().raw() == 976'562);    // 976562.5: a tie, to even
  CHECK(Price::nearest(0x3p-10).value().raw() == 2'929'688);  // 2929687.5: a tie, to even
  CHECK(Price::nearest(9007199254.740993).value().raw() == 9'007'199'254'740'993'500);
  CHECK(Price::nearest(0.0).value().is_zero());
  CHECK(Price::nearest(-0.0).value().is_zero());
  CHECK(Price::nearest(std::numeric_limits<double>::denorm_min()).value().is_zero());
  CHECK(Price::nearest(-std::numeric_limits<double>::min()).value().is_zero());
  for (const double bad : {1e10, -1e10, 1e300, std::numeric_limits<double>::max()})
    CHECK(Price::nearest(bad).error().code == core_errors::kDecimalRange);
  CHECK(Price::nearest(std::nan("")).error().code == core_errors::kNotFinite);
  CHECK(Price::nearest(HUGE_VAL).error().value == "inf");
  CHECK(Price::nearest(-HUGE_VAL).error().value == "-inf");
}

TEST_CASE("from double agrees with the double's full decimal expansion") {
  Random random{99};
  std::vector<char> buffer(1'500);
  for (int i = 0; i < 20'000; ++i) {
    // Random mantissas at magnitudes around and beyond the type's range and its last digit.
    const double value =
        (random.unit() + 0.5) *
        std::ldexp(random.below(2) != 0 ? 1 : -1, static_cast<int>(random.between(-40, 36)));
    const auto length = std::snprintf(buffer.data(), buffer.size(), "%.200f", std::fabs(value));
    const std::string text{buffer.data(), static_cast<std::size_t>(length)};
    const auto point = text.find('.');
    std::string digits = naive::stripped(text.substr(0, point) + text.substr(point + 1, 9));
    const std::string rest = text.substr(point + 10);
    const std::string half = "5" + repeat(rest.size() - 1, '0');
    const bool odd = (digits.back() - '0') % 2 != 0;
    if (rest > half || (rest == half && odd)) digits = naive::add(digits, "1");
    const bool negative = value < 0 && digits != "0";
    const auto result = Price::nearest(value);
    if (naive::compare(digits, negative ? "9223372036854775808" : "9223372036854775807") > 0) {
      REQUIRE_MESSAGE(!result, text);
    } else {
      REQUIRE_MESSAGE(result, text);
      REQUIRE_MESSAGE(std::to_string(result->raw()) == (negative ? "-" : "") + digits, text);
    }
  }
}

TEST_CASE("to double is the nearest double") {
  Random random{5};
  for (int i = 0; i < 10'000; ++i) {
    const auto raw = static_cast<std::int64_t>(random.next()) >> (11 + random.below(53));
    const auto value = Price::from_raw(raw);
    REQUIRE(value.to_double() == std::strtod(value.to_text().c_str(), nullptr));
  }
  CHECK(Volume{Quantity::max()}.to_double() == 92233720368.54775807);
}

TEST_CASE("arithmetic is exact or stops") {
  CHECK(1.1_px + 2.2_px == 3.3_px);
  CHECK(1.1_px - 2.2_px == -1.1_px);
  CHECK(3 * 0.1_qty == 0.3_qty);
  CHECK(abs(-5_px) == 5_px);
  CHECK_ASSERTS(Price::max() + Price::from_raw(1));
  CHECK_ASSERTS(Price::min() - Price::from_raw(1));
  CHECK_ASSERTS(-Price::min());
  CHECK_ASSERTS(abs(Price::min()));
  CHECK_ASSERTS(Price::max() * 2);
  CHECK_ASSERTS(Price::whole(9'223'372'037));
  CHECK(Price::whole(-9'223'372'036).to_text() == "-9223372036");
  CHECK(!checked_add(Price::max(), Price::from_raw(1)));
  CHECK(!checked_subtract(Price::min(), Price::from_raw(1)));
  CHECK(!checked_multiply(Price::min(), -1));
  CHECK(checked_add(1_px, 2_px) == 3_px);
  CHECK(checked_subtract(1_px, 2_px) == -1_px);
  CHECK(checked_multiply(2_px, -3) == -6_px);
}

TEST_CASE("rounding to an increment, by name") {
  CHECK((1.26_px).floor_to(0.25_px) == 1.25_px);
  CHECK((-1.26_px).floor_to(0.25_px) == -1.5_px);
  CHECK((1.26_px).ceil_to(0.25_px) == 1.5_px);
  CHECK((-1.26_px).ceil_to(0.25_px) == -1.25_px);
  CHECK((1.26_px).trunc_to(0.25_px) == 1.25_px);
  CHECK((-1.26_px).trunc_to(0.25_px) == -1.25_px);
  CHECK((1.25_px).floor_to(0.25_px) == 1.25_px);
  CHECK((1.25_px).ceil_to(0.25_px) == 1.25_px);
  CHECK((1.25_px).is_multiple_of(0.25_px));
  CHECK((-1.25_px).is_multiple_of(0.25_px));
  CHECK(!(1.26_px).is_multiple_of(0.25_px));
  CHECK(!(1.25_px).is_multiple_of(0_px));
  CHECK(!(1.25_px).is_multiple_of(-0.25_px));
  CHECK_ASSERTS((1_px).floor_to(0_px));
  CHECK_ASSERTS(Price::min().floor_to(1_px));  // the step below does not exist
  CHECK_ASSERTS(Price::max().ceil_to(1_px));
}

TEST_CASE("a volume holds sums that no quantity can") {
  Volume sum{};
  for (int i = 0; i < 1'000; ++i) sum += Quantity::max();
  CHECK(sum.to_text() == "92233720368547.75807");
  CHECK(Volume::parse("92233720368547.75807").value() == sum);
  CHECK(sum > Volume{Quantity::max()});
  const auto largest = Volume::from_raw({~std::uint64_t{0}, kMax});
  CHECK_ASSERTS(largest + Volume{0.00000001_qty});
  CHECK_ASSERTS(Volume::from_raw({0, kMin}) - Volume{0.00000001_qty});
}
