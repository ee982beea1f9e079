// Rules that hold a number against a limit. Each is exact, passes at the limit, and tells the
// number that decided and the limit in the same unit.
#pragma once

#include <keel/core/decimal.hpp>
#include <keel/risk/exact.hpp>

namespace keel::rules {

using risk_detail::deny;
using risk_detail::i128;
using risk_detail::product_at_most;
using risk_detail::u128;

// Raw Quantity.
[[nodiscard]] inline bool order_quantity(Denial& why, Quantity quantity, i128 limit) {
  if (quantity.raw() <= limit) return false;
  return deny(why, Reason::kOrderQuantityLimit, quantity.raw(), limit);
}

// Raw Money, in the account's base currency.
[[nodiscard]] inline bool order_notional(Denial& why, i128 notional, i128 limit) {
  if (notional <= limit) return false;
  return deny(why, Reason::kNotionalTooLarge, notional, limit);
}

// `held`: the position, signed; `open`: what may still fill on this side, this order included.
// Denial: the position at its worst, signed, and the limit (raw Quantity).
[[nodiscard]] inline bool position(Denial& why, std::int64_t side_sign, std::int64_t held,
                                   i128 open, i128 limit) {
  const i128 worst = static_cast<i128>(held) * side_sign + open;
  if (worst <= limit) return false;
  return deny(why, Reason::kPositionLimit, worst * side_sign, limit);
}

// Counts.
[[nodiscard]] inline bool open_orders(Denial& why, std::int64_t count, i128 limit) {
  if (count <= limit) return false;
  return deny(why, Reason::kOpenOrdersLimit, count, limit);
}

// Raw Money, in the account's base currency.
[[nodiscard]] inline bool gross_exposure(Denial& why, i128 worst, i128 limit) {
  if (worst <= limit) return false;
  return deny(why, Reason::kGrossExposure, worst, limit);
}

// `worst` is signed; only the side to which the order moves it is asked about.
[[nodiscard]] inline bool net_exposure(Denial& why, std::int64_t side_sign, i128 worst,
                                       i128 limit) {
  if (worst * side_sign <= limit) return false;
  return deny(why, Reason::kNetExposure, worst, limit);
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
[[nodiscard]] inline bool share_of_equity(Denial& why, Reason reason, i128 part, i128 equity,
                                          i128 limit) {
  if (equity > 0 &&
      product_at_most(static_cast<u128>(part), static_cast<std::uint64_t>(Rate::kScale),
                      static_cast<u128>(equity), static_cast<std::uint64_t>(limit)))
    return false;
  return deny(why, reason, ratio(part, equity), limit);
}

// A loss since `from` (the day's first equity, or the highest). Denial: the loss and its limit (raw
// Money).
[[nodiscard]] inline bool loss(Denial& why, Reason reason, i128 from, i128 equity, i128 limit) {
  i128 lost{};
  if (__builtin_sub_overflow(from, equity, &lost)) return deny(why, Reason::kOverflow);
  if (lost <= limit) return false;
  return deny(why, reason, lost, limit);
}

// The same as a part of `from`. Denial: the part and its limit (raw Rate).
[[nodiscard]] inline bool loss_rate(Denial& why, Reason reason, i128 from, i128 equity,
                                    i128 limit) {
  i128 lost{};
  if (__builtin_sub_overflow(from, equity, &lost)) return deny(why, Reason::kOverflow);
  if (lost <= 0) return false;
  if (from > 0 && product_at_most(static_cast<u128>(lost), static_cast<std::uint64_t>(Rate::kScale),
                                  static_cast<u128>(from), static_cast<std::uint64_t>(limit)))
    return false;
  return deny(why, reason, ratio(lost, from), limit);
}

// need x (1 + buffer) <= available. Denial: the need with its buffer, and what is there (raw
// Money).
[[nodiscard]] inline bool buying_power(Denial& why, i128 need, i128 buffer, i128 available) {
  if (need <= 0) return false;
  const auto factor = static_cast<std::uint64_t>(Rate::kScale + buffer);
  if (available > 0 &&
      product_at_most(static_cast<u128>(need), factor, static_cast<u128>(available),
                      static_cast<std::uint64_t>(Rate::kScale)))
    return false;
  const auto told = risk_detail::scale_up(need, static_cast<std::int64_t>(factor), Rate::kScale);
  return deny(why, Reason::kBuyingPower, told.value_or(need), available);
}

}  // namespace keel::rules
