// Rules that hold a number against a limit. Each is exact, passes at the limit, and tells the
// number that decided and the limit in the same unit.
#pragma once

#include <keel/core/decimal.hpp>
#include <keel/risk/exact.hpp>

namespace keel::rules {

using risk_detail::deny;
using risk_detail::i128;
using risk_detail::pass;
using risk_detail::product_at_most;
using risk_detail::u128;

// Raw Quantity.
[[nodiscard]] inline Denial order_quantity(Quantity quantity, i128 limit) {
  if (quantity.raw() <= limit) return pass();
  return deny(Reason::kOrderQuantityLimit, quantity.raw(), limit);
}

// Raw Money, in the account's base currency.
[[nodiscard]] inline Denial order_notional(i128 notional, i128 limit) {
  if (notional <= limit) return pass();
  return deny(Reason::kNotionalTooLarge, notional, limit);
}

// `held`: the position, signed; `open`: what may still fill on this side, this order included.
// Denial: the position at its worst, signed, and the limit (raw Quantity).
[[nodiscard]] inline Denial position(std::int64_t side_sign, std::int64_t held, i128 open,
                                     i128 limit) {
  const i128 worst = static_cast<i128>(held) * side_sign + open;
  if (worst <= limit) return pass();
  return deny(Reason::kPositionLimit, worst * side_sign, limit);
}

// Counts.
[[nodiscard]] inline Denial open_orders(std::int64_t count, i128 limit) {
  if (count <= limit) return pass();
  return deny(Reason::kOpenOrdersLimit, count, limit);
}

// Raw Money, in the account's base currency.
[[nodiscard]] inline Denial gross_exposure(i128 worst, i128 limit) {
  if (worst <= limit) return pass();
  return deny(Reason::kGrossExposure, worst, limit);
}

// `worst` is signed; only the side to which the order moves it is asked about.
[[nodiscard]] inline Denial net_exposure(std::int64_t side_sign, i128 worst, i128 limit) {
  if (worst * side_sign <= limit) return pass();
  return deny(Reason::kNetExposure, worst, limit);
}

// part / equity as a raw Rate, rounded up (for telling only).
[[nodiscard]] inline i128 ratio(i128 part, i128 equity) {
  if (equity <= 0) return std::numeric_limits<std::int64_t>::max();
  const auto raw = detail::multiply_divide(Int128::from(part), Int128::from(Rate::kScale),
                                           Int128::from(equity), Rounding::kCeiling);
  return raw ? raw->wide() : static_cast<i128>(std::numeric_limits<std::int64_t>::max());
}

// part <= equity x limit. Nothing fits an equity that is not above zero. Denial: the ratio and its
// limit (raw Rate); where there is no equity, the largest Rate.
[[nodiscard]] inline Denial share_of_equity(Reason reason, i128 part, i128 equity, i128 limit) {
  if (equity > 0 &&
      product_at_most(static_cast<u128>(part), static_cast<std::uint64_t>(Rate::kScale),
                      static_cast<u128>(equity), static_cast<std::uint64_t>(limit)))
    return pass();
  return deny(reason, ratio(part, equity), limit);
}

// A loss since `from` (the day's first equity, or the highest). Denial: the loss and its limit (raw
// Money).
[[nodiscard]] inline Denial loss(Reason reason, i128 from, i128 equity, i128 limit) {
  i128 lost{};
  if (__builtin_sub_overflow(from, equity, &lost)) return deny(Reason::kOverflow);
  if (lost <= limit) return pass();
  return deny(reason, lost, limit);
}

// The same as a part of `from`. Denial: the part and its limit (raw Rate).
[[nodiscard]] inline Denial loss_rate(Reason reason, i128 from, i128 equity, i128 limit) {
  i128 lost{};
  if (__builtin_sub_overflow(from, equity, &lost)) return deny(Reason::kOverflow);
  if (lost <= 0) return pass();
  if (from > 0 && product_at_most(static_cast<u128>(lost), static_cast<std::uint64_t>(Rate::kScale),
                                  static_cast<u128>(from), static_cast<std::uint64_t>(limit)))
    return pass();
  return deny(reason, ratio(lost, from), limit);
}

// need x (1 + buffer) <= available. Denial: the need with its buffer, and what is there (raw
// Money).
[[nodiscard]] inline Denial buying_power(i128 need, i128 buffer, i128 available) {
  if (need <= 0) return pass();
  const auto factor = static_cast<std::uint64_t>(Rate::kScale + buffer);
  if (available > 0 &&
      product_at_most(static_cast<u128>(need), factor, static_cast<u128>(available),
                      static_cast<std::uint64_t>(Rate::kScale)))
    return pass();
  const auto told = risk_detail::scale_up(need, static_cast<std::int64_t>(factor), Rate::kScale);
  return deny(Reason::kBuyingPower, told.value_or(need), available);
}

}  // namespace keel::rules
