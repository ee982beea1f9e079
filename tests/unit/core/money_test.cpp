#include <doctest/doctest.h>

#include <limits>

#include <keel/core/money.hpp>
#include <keel/core/random.hpp>

#include "expect_assert.hpp"
#include "naive.hpp"

using namespace keel;
using namespace keel::literals;

namespace {

constexpr Rounding kRules[] = {Rounding::kHalfEven,     Rounding::kHalfUp, Rounding::kTowardZero,
                               Rounding::kAwayFromZero, Rounding::kFloor,  Rounding::kCeiling};

Int128 wide(std::int64_t value) { return Int128::from(value); }

const Int128 kLargest{~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()};
const Int128 kLowest{0, std::numeric_limits<std::int64_t>::min()};

std::int64_t divided(std::int64_t a, std::int64_t b, Rounding rounding) {
  const auto result = detail::multiply_divide(wide(a), wide(1), wide(b), rounding);
  REQUIRE(result);
  return static_cast<std::int64_t>(result->wide());
}

// a x b / c on decimal text; "" where it does not fit 128 bits.
std::string naive_multiply_divide(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  const bool negative = ((a.wide() < 0) != (b.wide() < 0)) != (c.wide() < 0);
  const auto divisor = naive::magnitude_text(c);
  auto [quotient, rest] =
      naive::divide(naive::multiply(naive::magnitude_text(a), naive::magnitude_text(b)), divisor);
  const int to_half = naive::compare(naive::multiply(rest, "2"), divisor);
  const bool exact = rest == "0";
  const bool odd = (quotient.back() - '0') % 2 != 0;
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfEven: away = to_half > 0 || (to_half == 0 && odd); break;
    case Rounding::kHalfUp: away = to_half >= 0; break;
    case Rounding::kTowardZero: break;
    case Rounding::kAwayFromZero: away = !exact; break;
    case Rounding::kFloor: away = !exact && negative; break;
    case Rounding::kCeiling: away = !exact && !negative; break;
  }
  if (away && !exact) quotient = naive::add(quotient, "1");
  const std::string limit = naive::magnitude_text(negative ? kLowest : kLargest);
  if (naive::compare(quotient, limit) > 0) return {};
  return (negative && quotient != "0" ? "-" : "") + quotient;
}

Int128 random_wide(Random& random) {
  const Int128 all{random.next(), static_cast<std::int64_t>(random.next())};
  const auto value = all.wide() >> random.below(128);
  return Int128::from(random.below(4) == 0 ? value / 10 * 10 : value);
}

}  // namespace

TEST_CASE("the naive model can count") {
  CHECK(naive::multiply("999", "999") == "998001");
  CHECK(naive::divide("1000000007", "97") == std::pair<std::string, std::string>{"10309278", "41"});
  CHECK(naive::add("999", "1") == "1000");
  CHECK(naive::subtract("1000", "1") == "999");
  CHECK(naive::text(kLowest) == "-170141183460469231731687303715884105728");
}

TEST_CASE("every rounding rule, by hand") {
  struct Row {
    std::int64_t a, b;
    std::int64_t half_even, half_up, toward_zero, away, floor, ceiling;
  };
  for (const auto& row :
       {Row{5, 2, 2, 3, 2, 3, 2, 3}, Row{-5, 2, -2, -3, -2, -3, -3, -2},
        Row{7, 2, 4, 4, 3, 4, 3, 4}, Row{-7, 2, -4, -4, -3, -4, -4, -3},
        Row{1, 3, 0, 0, 0, 1, 0, 1}, Row{-1, 3, 0, 0, 0, -1, -1, 0}, Row{2, 3, 1, 1, 0, 1, 0, 1},
        Row{-2, 3, -1, -1, 0, -1, -1, 0}, Row{5, -2, -2, -3, -2, -3, -3, -2},
        Row{-5, -2, 2, 3, 2, 3, 2, 3}, Row{6, 3, 2, 2, 2, 2, 2, 2},
        Row{-6, 3, -2, -2, -2, -2, -2, -2}, Row{0, 7, 0, 0, 0, 0, 0, 0},
        Row{1, 2, 0, 1, 0, 1, 0, 1}, Row{3, 2, 2, 2, 1, 2, 1, 2}}) {
    CAPTURE(row.a);
    CAPTURE(row.b);
    CHECK(divided(row.a, row.b, Rounding::kHalfEven) == row.half_even);
    CHECK(divided(row.a, row.b, Rounding::kHalfUp) == row.half_up);
    CHECK(divided(row.a, row.b, Rounding::kTowardZero) == row.toward_zero);
    CHECK(divided(row.a, row.b, Rounding::kAwayFromZero) == row.away);
    CHECK(divided(row.a, row.b, Rounding::kFloor) == row.floor);
    CHECK(divided(row.a, row.b, Rounding::kCeiling) == row.ceiling);
  }
}

TEST_CASE("multiply_divide agrees with a naive model on random 128-bit values") {
  Random random{11};
  int fits = 0;
  for (int i = 0; i < 4'000; ++i) {
    const auto a = random_wide(random), b = random_wide(random), c = random_wide(random);
    if (c == Int128{}) continue;
    const auto rounding = kRules[random.below(6)];
    const auto expected = naive_multiply_divide(a, b, c, rounding);
    const auto result = detail::multiply_divide(a, b, c, rounding);
    INFO(naive::text(a), " x ", naive::text(b), " / ", naive::text(c));
    REQUIRE(result.has_value() == !expected.empty());
    if (result) {
      REQUIRE(naive::text(*result) == expected);
      ++fits;
    }
  }
  CHECK(fits > 1'000);
  CHECK(fits < 3'900);
}

TEST_CASE("multiply_divide at the edges of 128 bits") {
  const auto half_even = Rounding::kHalfEven;
  for (const auto rule : kRules) {
    CHECK(detail::multiply_divide(kLargest, kLargest, kLargest, rule) == kLargest);
    CHECK(detail::multiply_divide(kLowest, kLowest, kLowest, rule) == kLowest);
    CHECK(detail::multiply_divide(kLowest, wide(1), wide(1), rule) == kLowest);
    CHECK(!detail::multiply_divide(kLowest, wide(-1), wide(1), rule));  // 2^127 does not fit
    CHECK(!detail::multiply_divide(kLargest, wide(2), wide(1), rule));
    CHECK(!detail::multiply_divide(wide(1), wide(1), wide(0), rule));
    CHECK(detail::multiply_divide(wide(0), kLowest, kLowest, rule) == wide(0));
  }
  // Rounding up out of range: (2^127 - 1) x 3 / 3 fits, (2^127 - 1) x 5 / 4 does not.
  CHECK(!detail::multiply_divide(kLargest, wide(5), wide(4), half_even));
  // (2^64 - 1) x (2^64 + 1) / 2 = 2^127 - 1/2 rounds to 2^127, which does not fit; its negative
  // does.
  const Int128 below{~std::uint64_t{0}, 0}, above{1, 1};
  CHECK(!detail::multiply_divide(below, above, wide(2), half_even));
  CHECK(detail::multiply_divide(below, above, wide(-2), half_even) == kLowest);
  CHECK(detail::multiply_divide(below, above, wide(2), Rounding::kFloor) == kLargest);
}

TEST_CASE("price times quantity is exact") {
  CHECK(Money::product(100.25_px, 0.5_qty, "USD").to_text() == "50.125 USD");
  CHECK(Money::product(0.000000001_px, 0.00000001_qty, "BTC").amount_text() ==
        "0.00000000000000001");
  CHECK(Money::product(-37.63_px, 1000_qty, "USD").amount_text() == "-37630");  // negative oil
  CHECK(Money::product(100_px, -2_qty, "USD").is_negative());
  Random random{3};
  for (int i = 0; i < 2'000; ++i) {
    const auto price = static_cast<std::int64_t>(random.next()) >> random.between(3, 60);
    const auto quantity = static_cast<std::int64_t>(random.next()) >> random.between(3, 60);
    const auto money = Money::product(Price::from_raw(price), Quantity::from_raw(quantity), "USD");
    const auto product =
        naive::multiply(naive::magnitude_text(wide(price)), naive::magnitude_text(wide(quantity)));
    REQUIRE(naive::magnitude_text(money.raw()) == naive::stripped(product + "0"));
    REQUIRE(money.is_negative() == ((price < 0) != (quantity < 0) && price != 0 && quantity != 0));
  }
  CHECK_ASSERTS(Money::product(Price::max(), Quantity::max(), "USD"));
  CHECK_ASSERTS(Money::product(Price::min(), Quantity::min(), "USD"));
}

TEST_CASE("money is parsed, told and rounded by name") {
  const auto money = Money::parse("1234.565", "USD").value();
  CHECK(money.to_text() == "1234.565 USD");
  CHECK(Money::zero(Currency{}).to_text() == "0");
  CHECK(money.rounded_to_minor(Rounding::kHalfEven).amount_text() == "1234.56");
  CHECK(money.rounded_to_minor(Rounding::kHalfUp).amount_text() == "1234.57");
  CHECK((-money).rounded(2, Rounding::kHalfUp).amount_text() == "-1234.57");
  CHECK((-money).rounded(0, Rounding::kFloor).amount_text() == "-1235");
  CHECK(money.rounded(18, Rounding::kTowardZero) == money);
  CHECK_ASSERTS(money.rounded(19, Rounding::kFloor));
  CHECK_ASSERTS(money.rounded(-1, Rounding::kFloor));
  CHECK(Money::parse("1234.565", "JPY").value().rounded_to_minor(Rounding::kHalfEven) ==
        Money::whole(1235, "JPY"));
  CHECK(Money::nearest(0.1 + 0.2, "USD").value().amount_text() == "0.3");
  CHECK(Money::nearest(0.125, "USD").value().amount_text() == "0.12");  // a tie, to even
  CHECK(Money::nearest(1e300, "USD").error().code == core_errors::kDecimalRange);
  CHECK(Money::nearest(std::numeric_limits<double>::quiet_NaN(), "USD").error().code ==
        core_errors::kNotFinite);
  CHECK(Money::parse("170141183460469231731.687303715884105727", "USD").ok());
  CHECK(Money::parse("170141183460469231731.687303715884105728", "USD").error().code ==
        core_errors::kDecimalRange);
  CHECK(Money::parse("0.0000000000000000001", "USD").error().code == core_errors::kDecimalDigits);
}

TEST_CASE("money times a rate rounds once, by the named rule") {
  const auto money = Money::whole(100, "USD");
  CHECK(money.times(0.00075_rate, Rounding::kHalfEven)->amount_text() == "0.075");
  CHECK(money.scaled(1, 3, Rounding::kFloor)->amount_text() == "33.333333333333333333");
  CHECK(money.scaled(-1, 3, Rounding::kFloor)->amount_text() == "-33.333333333333333334");
  CHECK(money.scaled(2, 3, Rounding::kHalfEven)->amount_text() == "66.666666666666666667");
  CHECK(!money.scaled(1, 0, Rounding::kFloor));
  CHECK(!Money(kLargest, "USD").scaled(2, 1, Rounding::kFloor));
}

TEST_CASE("two currencies never meet in a sum") {
  const auto dollars = Money::whole(1, "USD"), euros = Money::whole(1, "EUR");
  CHECK_ASSERTS(dollars + euros);
  CHECK_ASSERTS(dollars - euros);
  CHECK_ASSERTS(dollars < euros);
  CHECK(!(dollars == euros));
  CHECK(!checked_add(dollars, euros));
  CHECK_ASSERTS(dollars + Money{});
}

TEST_CASE("money arithmetic is exact or stops") {
  const Money largest{kLargest, "USD"}, lowest{kLowest, "USD"}, least{wide(1), "USD"};
  CHECK_ASSERTS(largest + least);
  CHECK_ASSERTS(lowest - least);
  CHECK_ASSERTS(-lowest);
  CHECK_ASSERTS(abs(lowest));
  CHECK_ASSERTS(largest * 2);
  CHECK(!checked_add(largest, least));
  CHECK(Money::whole(2, "USD") * -3 == Money::whole(-6, "USD"));
  CHECK(Money::whole(std::numeric_limits<std::int64_t>::min(), "USD").amount_text() ==
        "-9223372036854775808");
  CHECK(least.is_positive());
  CHECK(!lowest.is_positive());
  CHECK(lowest < least);
}
