// Promise: a notional is the exact product, whatever the numbers, and says so where it does not
// fit. Against a naive big integer (decimal digits, schoolbook).
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <keel/core/random.hpp>

#include "listing.hpp"

using namespace keel;
using namespace keel::literals;
using keel::test::inverse_spec;
using keel::test::spot_spec;

namespace {

// A natural number as decimal digits, lowest first: as naive as can be.
struct Naive {
  std::vector<int> digits;

  static Naive of(std::uint64_t value) {
    Naive made;
    for (; value != 0; value /= 10) made.digits.push_back(static_cast<int>(value % 10));
    return made;
  }
  Naive times(const Naive& other) const {
    Naive product;
    product.digits.assign(digits.size() + other.digits.size() + 1, 0);
    for (std::size_t i = 0; i < digits.size(); ++i) {
      int carry = 0;
      for (std::size_t j = 0; j < other.digits.size() || carry != 0; ++j) {
        int sum = product.digits[i + j] + carry;
        if (j < other.digits.size()) sum += digits[i] * other.digits[j];
        product.digits[i + j] = sum % 10;
        carry = sum / 10;
      }
    }
    return product.trimmed();
  }
  Naive trimmed() const {
    Naive made = *this;
    while (!made.digits.empty() && made.digits.back() == 0) made.digits.pop_back();
    return made;
  }
  int compare(const Naive& other) const {
    if (digits.size() != other.digits.size()) return digits.size() < other.digits.size() ? -1 : 1;
    for (std::size_t i = digits.size(); i-- > 0;)
      if (digits[i] != other.digits[i]) return digits[i] < other.digits[i] ? -1 : 1;
    return 0;
  }
  Naive minus(const Naive& other) const {
    Naive made = *this;
    int borrow = 0;
    for (std::size_t i = 0; i < made.digits.size(); ++i) {
      int rest = made.digits[i] - borrow - (i < other.digits.size() ? other.digits[i] : 0);
      borrow = rest < 0 ? 1 : 0;
      made.digits[i] = rest < 0 ? rest + 10 : rest;
    }
    return made.trimmed();
  }
  // Quotient rounded half to even.
  Naive divided(const Naive& by) const {
    Naive quotient, rest;
    quotient.digits.assign(digits.size(), 0);
    for (std::size_t i = digits.size(); i-- > 0;) {
      rest.digits.insert(rest.digits.begin(), digits[i]);
      rest = rest.trimmed();
      while (rest.compare(by) >= 0) {
        rest = rest.minus(by);
        ++quotient.digits[i];
      }
    }
    quotient = quotient.trimmed();
    const int half = rest.times(of(2)).compare(by);
    const bool odd = !quotient.digits.empty() && quotient.digits[0] % 2 != 0;
    if (half > 0 || (half == 0 && odd)) {
      std::size_t i = 0;
      for (; i < quotient.digits.size() && quotient.digits[i] == 9; ++i) quotient.digits[i] = 0;
      if (i == quotient.digits.size())
        quotient.digits.push_back(1);
      else
        ++quotient.digits[i];
    }
    return quotient;
  }
  std::string text() const {
    if (digits.empty()) return "0";
    std::string made;
    for (std::size_t i = digits.size(); i-- > 0;) made += static_cast<char>('0' + digits[i]);
    return made;
  }
};

std::uint64_t size_of(std::int64_t value) {
  return value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
}

Naive power_of_ten(int exponent) {
  Naive made;
  made.digits.assign(static_cast<std::size_t>(exponent), 0);
  made.digits.push_back(1);
  return made;
}

std::string raw_text(Int128 raw) { return detail::decimal_text(raw, 0); }

// Numbers of every magnitude, not only large ones.
std::int64_t any(Random& random) {
  const auto shift = static_cast<int>(random.below(63));
  const auto value = static_cast<std::int64_t>(random.next() >> 1 >> shift);
  return random.below(2) == 0 ? value : -value;
}

const std::string kLargest = "170141183460469231731687303715884105727";

}  // namespace

TEST_CASE("a linear notional is price x quantity x multiplier, exactly, or does not fit") {
  Random random{1};
  int fits = 0, does_not = 0;
  for (int i = 0; i < 20'000; ++i) {
    Instrument instrument{};
    instrument.quote = Currency{"USD"};
    instrument.multiplier = Quantity::from_raw(
        i % 3 == 0 ? Quantity::kScale
                   : static_cast<std::int64_t>(random.next() >> (8 + random.below(50))) + 1);
    if (i % 7 == 0) instrument.multiplier = Quantity::whole(50);
    const Price price = Price::from_raw(any(random));
    const Quantity quantity = Quantity::from_raw(any(random));
    // 1e-9 x 1e-8 x 1e-8 to 1e-18.
    const Naive product = Naive::of(size_of(price.raw()))
                              .times(Naive::of(size_of(quantity.raw())))
                              .times(Naive::of(size_of(instrument.multiplier.raw())));
    const std::string expected = product.divided(power_of_ten(7)).text();
    const bool negative = (price.raw() < 0) != (quantity.raw() < 0) && expected != "0";
    const auto value = instrument.checked_notional(price, quantity);
    const bool expect_fit = expected.size() < kLargest.size() ||
                            (expected.size() == kLargest.size() && expected <= kLargest);
    REQUIRE(value.has_value() == expect_fit);
    ++(expect_fit ? fits : does_not);
    if (!value) continue;
    REQUIRE(raw_text(value->raw()) == (negative ? "-" + expected : expected));
    REQUIRE(value->currency() == Currency{"USD"});
    REQUIRE(instrument.notional(price, quantity) == *value);
  }
  CHECK(fits > 10'000);
  CHECK(does_not > 200);
}

TEST_CASE("an inverse notional is quantity x multiplier / price, rounded once") {
  InstrumentRegistry registry;
  Instrument instrument = registry.get(*registry.add(inverse_spec()));
  Random random{2};
  for (int i = 0; i < 5'000; ++i) {
    instrument.multiplier = Quantity::whole(i % 2 == 0 ? 1 : 100);
    const Price price =
        Price::from_raw(static_cast<std::int64_t>(random.next() >> (1 + random.below(60))) + 1);
    const Quantity quantity = Quantity::from_raw(any(random));
    const std::string expected = Naive::of(size_of(quantity.raw()))
                                     .times(Naive::of(size_of(instrument.multiplier.raw())))
                                     .times(power_of_ten(11))
                                     .divided(Naive::of(size_of(price.raw())))
                                     .text();
    const auto value = instrument.checked_notional(price, quantity);
    const bool expect_fit = expected.size() < kLargest.size() ||
                            (expected.size() == kLargest.size() && expected <= kLargest);
    REQUIRE(value.has_value() == expect_fit);
    if (!value) continue;
    const bool negative = quantity.raw() < 0 && expected != "0";
    REQUIRE(raw_text(value->raw()) == (negative ? "-" + expected : expected));
    REQUIRE(value->currency() == Currency{"BTC"});
  }
  CHECK_FALSE(instrument.checked_notional(Price::zero(), 1_qty).has_value());
  CHECK_FALSE(instrument.checked_notional(Price::from_raw(-1), 1_qty).has_value());
}

TEST_CASE("notionals by hand") {
  InstrumentRegistry registry;
  auto future = spot_spec("ESZ6");
  future.kind = InstrumentKind::kFuture;
  future.expiry = Timestamp::from_seconds(1'900'000'000);
  future.price_increment = 0.25_px;
  future.quantity_increment = 1_qty;
  future.multiplier = 50_qty;
  // E-mini S&P 500: 50 USD a point. 3 contracts at 4,501.25: 675,187.50.
  CHECK(registry.get(*registry.add(future)).notional(4501.25_px, 3_qty).to_text() ==
        "675187.5 USD");
  auto nano = spot_spec("BIT");
  nano.kind = InstrumentKind::kFuture;
  nano.expiry = future.expiry;
  nano.price_increment = 5_px;
  nano.quantity_increment = 1_qty;
  nano.multiplier = 0.01_qty;
  CHECK(registry.get(*registry.add(nano)).notional(60005_px, 2_qty).to_text() == "1200.1 USD");
  // 10,000 contracts of 1 USD at 50,000 are 0.2 BTC.
  CHECK(registry.get(*registry.add(inverse_spec()))
            .checked_notional(50000_px, 10000_qty)
            ->to_text() == "0.2 BTC");
}
