// Promise: a fee is what the schedule says, rounded once by the rule it names. By hand.
#include <doctest/doctest.h>

#include <keel/model/fees.hpp>

#include "listing.hpp"

using namespace keel;
using namespace keel::literals;
using keel::test::inverse_spec;
using keel::test::spot_spec;

namespace {

Money usd(const char* text) { return *Money::parse(text, "USD"); }

struct Listed {
  InstrumentRegistry registry;
  Instrument spot = registry.get(*registry.add(spot_spec()));
  Instrument inverse = registry.get(*registry.add(inverse_spec()));
};

std::string fee_of(const FeeSchedule& schedule, const Instrument& instrument, Price price,
                   Quantity quantity, Liquidity liquidity = Liquidity::kTaker) {
  REQUIRE(schedule.check(instrument).ok());
  return schedule.fee(instrument, price, quantity, liquidity)->to_text();
}

}  // namespace

TEST_CASE("percent of notional, maker and taker") {
  const Listed listed;
  const auto schedule = FeeSchedule::percent(0.001_rate, 0.002_rate);
  // 800.01 x 0.5 = 400.005; 0.2% = 0.80001, 0.1% = 0.400005.
  CHECK(fee_of(schedule, listed.spot, 800.01_px, 0.5_qty) == "0.8 USD");
  CHECK(fee_of(schedule, listed.spot, 800.01_px, 0.5_qty, Liquidity::kMaker) == "0.4 USD");
  CHECK(fee_of(schedule, listed.spot, 800.01_px, 0.5_qty, Liquidity::kAuction) == "0.8 USD");
  CHECK(fee_of(schedule, listed.spot, 800.01_px, 0.5_qty, Liquidity::kUnknown) == "0.8 USD");
  auto exact = schedule;
  exact.digits = 18;
  CHECK(fee_of(exact, listed.spot, 800.01_px, 0.5_qty) == "0.80001 USD");
}

TEST_CASE("the rounding is the schedule's") {
  const Listed listed;
  // 1 x 12.5 x 0.001 = 0.0125 exactly half way between 0.01 and 0.02 at two digits is 0.015: use
  // 15 x 0.001 = 0.015.
  auto schedule = FeeSchedule::percent(0.001_rate, 0.001_rate);
  const auto with = [&](Rounding rounding) {
    schedule.rounding = rounding;
    return fee_of(schedule, listed.spot, 15_px, 1_qty);
  };
  CHECK(with(Rounding::kHalfUp) == "0.02 USD");
  CHECK(with(Rounding::kHalfEven) == "0.02 USD");  // 1.5 cents to the even 2
  CHECK(with(Rounding::kTowardZero) == "0.01 USD");
  CHECK(with(Rounding::kFloor) == "0.01 USD");
  CHECK(with(Rounding::kCeiling) == "0.02 USD");
  CHECK(with(Rounding::kAwayFromZero) == "0.02 USD");
  schedule.rounding = Rounding::kHalfEven;
  CHECK(fee_of(schedule, listed.spot, 25_px, 1_qty) == "0.02 USD");  // 2.5 cents to the even 2
  schedule.rounding = Rounding::kHalfUp;
  CHECK(fee_of(schedule, listed.spot, 25_px, 1_qty) == "0.03 USD");
}

TEST_CASE("a rebate is a negative fee, and rounds like one") {
  const Listed listed;
  auto schedule = FeeSchedule::percent(Rate::from_raw(-250'000), 0.001_rate);  // -0.025%
  CHECK(fee_of(schedule, listed.spot, 1000_px, 1_qty, Liquidity::kMaker) == "-0.25 USD");
  CHECK(fee_of(schedule, listed.spot, 20_px, 1_qty, Liquidity::kMaker) == "-0.01 USD");  // -0.005
  schedule.rounding = Rounding::kCeiling;
  CHECK(fee_of(schedule, listed.spot, 20_px, 1_qty, Liquidity::kMaker) == "0 USD");
}

TEST_CASE("per share with a minimum and a maximum, as brokers write it") {
  const Listed listed;
  // 0.005 a share, at least 1.00, at most 1% of the trade's value.
  FeeSchedule schedule;
  schedule.per_unit = usd("0.005");
  schedule.minimum = usd("1");
  schedule.maximum = 0.01_rate;
  CHECK(fee_of(schedule, listed.spot, 25_px, 1000_qty) == "5 USD");
  CHECK(fee_of(schedule, listed.spot, 25_px, 100_qty) == "1 USD");    // 0.50, minimum
  CHECK(fee_of(schedule, listed.spot, 0.2_px, 1000_qty) == "2 USD");  // 5.00, 1% of 200
  CHECK(fee_of(schedule, listed.spot, 0.2_px, 100_qty) == "1 USD");   // minimum over maximum
  CHECK(fee_of(schedule, listed.spot, 25_px, Quantity::from_raw(-100000000000)) == "5 USD");
}

TEST_CASE("an inverse contract pays in its base currency") {
  const Listed listed;
  // 10,000 USD at 50,000 are 0.2 BTC; 0.05% of it is 0.0001 BTC.
  CHECK(fee_of(FeeSchedule::percent(0_rate, 0.0005_rate), listed.inverse, 50000_px, 10000_qty) ==
        "0.0001 BTC");
}

TEST_CASE("a schedule that contradicts itself is refused, by field") {
  const Listed listed;
  const auto refused = [&](auto change, const char* field) {
    FeeSchedule schedule;
    change(schedule);
    const auto status = schedule.check(listed.spot);
    CAPTURE(field);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == model_errors::kBadFeeSchedule);
    CHECK(status.error().field == field);
  };
  refused([](FeeSchedule& s) { s.digits = 19; }, "digits");
  refused([](FeeSchedule& s) { s.digits = -2; }, "digits");
  refused([](FeeSchedule& s) { s.per_unit = Money::whole(1, "BTC"); }, "per_unit");
  refused([](FeeSchedule& s) { s.minimum = Money::whole(1, "EUR"); }, "minimum");
  refused([](FeeSchedule& s) { s.maximum = Rate::from_raw(-1); }, "maximum");
  refused([](FeeSchedule& s) { s.taker = 25_rate; }, "taker");
  refused([](FeeSchedule& s) { s.maker = Rate::whole(-2); }, "maker");
}

TEST_CASE("a fee that does not fit says so, and asserts nothing") {
  const Listed listed;
  const auto schedule = FeeSchedule::percent(1_rate, 1_rate);
  CHECK_FALSE(
      schedule.fee(listed.spot, Price::max(), Quantity::max(), Liquidity::kTaker).has_value());
  FeeSchedule near_the_end;
  near_the_end.per_unit =
      Money{Int128{~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()}, "USD"};
  CHECK_FALSE(near_the_end.fee(listed.spot, 1_px, 1_qty, Liquidity::kTaker).has_value());
}
