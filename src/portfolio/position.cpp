#include <keel/portfolio/position.hpp>

namespace keel {

CashRule cash_rule(const Instrument& instrument, AccountKind account) {
  if (instrument.is_inverse()) return CashRule::kProfit;
  switch (instrument.kind) {
    case InstrumentKind::kSpot:
    case InstrumentKind::kEquity:
    case InstrumentKind::kEtf:
    case InstrumentKind::kBond:
    case InstrumentKind::kOption:
    case InstrumentKind::kCombo: return CashRule::kFull;
    case InstrumentKind::kFxPair:
      return account == AccountKind::kCash ? CashRule::kFull : CashRule::kProfit;
    case InstrumentKind::kPerpetual:
    case InstrumentKind::kFuture:
    case InstrumentKind::kCfd:
    case InstrumentKind::kIndex:
    case InstrumentKind::kSynthetic:
    case InstrumentKind::kContinuousFuture: break;
  }
  return CashRule::kProfit;
}

std::optional<Price> Position::average_price(const Instrument& of) const {
  if (quantity.is_zero()) return std::nullopt;
  const auto units = Int128::from(static_cast<detail::i128>(quantity.raw()) * of.multiplier.raw());
  // Linear: cost (1e-18) / quantity (1e-8) / multiplier (1e-8) at 1e-9: factor 10^(9 - 18 + 16).
  // Inverse: quantity x multiplier / -cost at 1e-9: factor 10^(9 + 18 - 16).
  const Int128 raw_cost = of.is_inverse() ? (-cost).raw() : cost.raw();
  const auto raw = of.is_inverse()
                       ? detail::multiply_divide(units, Int128::from(detail::pow10_64(11)),
                                                 raw_cost, Rounding::kHalfEven)
                       : detail::multiply_divide(raw_cost, Int128::from(detail::pow10_64(7)), units,
                                                 Rounding::kHalfEven);
  if (!raw) return std::nullopt;
  const auto narrow = static_cast<std::int64_t>(raw->wide());
  if (narrow != raw->wide()) return std::nullopt;
  return Price::from_raw(narrow);
}

namespace detail {

std::optional<Int128> slow_position_value(const Instrument& instrument, Price price,
                                          Quantity quantity) {
  const std::int64_t multiplier = instrument.multiplier.raw();
  if (instrument.is_inverse()) {
    // quantity (1e-8) x multiplier (1e-8) / price (1e-9) at 1e-18: factor 10^(18 - 16 + 9).
    if (!price.is_positive()) return std::nullopt;
    const i128 units = -static_cast<i128>(quantity.raw()) * multiplier;
    return multiply_divide(Int128::from(units), Int128::from(pow10_64(11)),
                           Int128::from(price.raw()), Rounding::kHalfEven);
  }
  const i128 product = static_cast<i128>(price.raw()) * quantity.raw();
  if (multiplier % Quantity::kScale == 0) {
    i128 raw = product;
    const i128 factor = static_cast<i128>(multiplier / Quantity::kScale) * 10;
    if (__builtin_mul_overflow(raw, factor, &raw)) return std::nullopt;
    return Int128::from(raw);
  }
  // 1e-9 x 1e-8 x 1e-8 at 1e-18: divided by 10^7. Exact for every price on the instrument's grid;
  // one rounding for a price off it.
  return multiply_divide(Int128::from(product), Int128::from(multiplier), Int128::from(pow10_64(7)),
                         Rounding::kHalfEven);
}

}  // namespace detail

Int128 released_cost(Int128 cost, Quantity closed, Quantity quantity) {
  KEEL_ASSERT(closed.is_positive() && closed <= quantity, "closes more than there is");
  if (closed == quantity) return cost;
  const bool negative = cost.high < 0;
  const auto wide = static_cast<detail::u128>(cost.wide());
  const detail::u128 magnitude = negative ? ~wide + 1 : wide;
  const auto whole = static_cast<std::uint64_t>(quantity.raw());
  const auto part = static_cast<std::uint64_t>(closed.raw());
  const detail::u128 each = magnitude / whole;
  const auto rest = static_cast<std::uint64_t>(magnitude - each * whole);
  const detail::u128 released = each * part + static_cast<detail::u128>(rest) * part / whole;
  return Int128::from(static_cast<detail::i128>(negative ? ~released + 1 : released));
}

}  // namespace keel
