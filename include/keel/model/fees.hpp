// FeeSchedule: what a fill costs. One rounding, by a named rule, to named digits.
#pragma once

#include <optional>

#include <keel/core/money.hpp>
#include <keel/core/result.hpp>
#include <keel/model/enums.hpp>
#include <keel/model/instrument.hpp>

namespace keel {

struct FeeSchedule {
  Rate maker = Rate::zero();  // fraction of notional; negative is a rebate
  Rate taker = Rate::zero();
  std::optional<Money> per_unit;  // added for each unit (share, contract)
  std::optional<Money> minimum;   // per fill
  std::optional<Rate> maximum;    // per fill, fraction of notional
  int digits = -1;                // decimals of the fee; -1: the currency's minor digits
  Rounding rounding = Rounding::kHalfUp;

  [[nodiscard]] static FeeSchedule percent(Rate maker, Rate taker) {
    FeeSchedule schedule;
    schedule.maker = maker;
    schedule.taker = taker;
    return schedule;
  }

  // Error: model.bad_fee_schedule (currencies that differ, maximum below zero, digits above 18).
  [[nodiscard]] Status check(const Instrument& instrument) const;
  // In the instrument's settlement currency. nullopt: the amount does not fit.
  [[nodiscard]] std::optional<Money> fee(const Instrument& instrument, Price price,
                                         Quantity quantity, Liquidity liquidity) const;
};

}  // namespace keel
