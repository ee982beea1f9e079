#include <keel/model/instrument.hpp>

#include <algorithm>

namespace keel {

std::optional<Money> Instrument::checked_notional(Price price, Quantity quantity) const {
  if (is_inverse()) {
    // Contracts of `multiplier` quote units each, worth contracts x multiplier / price in base.
    if (price.raw() <= 0) return std::nullopt;
    // quantity (1e-8) x multiplier (1e-8) / price (1e-9), at 1e-18: factor 10^(18 - 16 + 9) = 1e11.
    const auto contracts = static_cast<detail::i128>(quantity.raw()) * multiplier.raw();
    const auto raw =
        detail::multiply_divide(Int128::from(contracts), Int128::from(detail::pow10_64(11)),
                                Int128::from(price.raw()), Rounding::kHalfEven);
    if (!raw) return std::nullopt;
    return Money{*raw, settlement};
  }
  const detail::i128 product = static_cast<detail::i128>(price.raw()) * quantity.raw();
  if (multiplier.raw() % Quantity::kScale == 0) {
    detail::i128 raw = product;
    const detail::i128 factor = static_cast<detail::i128>(multiplier.raw() / Quantity::kScale) * 10;
    if (__builtin_mul_overflow(raw, factor, &raw)) return std::nullopt;
    return Money{Int128::from(raw), quote};
  }
  // 1e-9 x 1e-8 x 1e-8 at 1e-18: divided by 10^7. Exact for every price on the instrument's grid;
  // one rounding for a price off it.
  const auto raw = detail::multiply_divide(Int128::from(product), Int128::from(multiplier.raw()),
                                           Int128::from(detail::pow10_64(7)), Rounding::kHalfEven);
  if (!raw) return std::nullopt;
  return Money{*raw, quote};
}

Price Instrument::step(Price price, std::int64_t count) const {
  if (count == 0) return price;
  const bool up = count > 0;
  Price at = up ? floor_price(price) : ceil_price(price);
  for (std::int64_t left = up ? count : -count; left > 0;) {
    // The band walked in: going down from a band's first price, it is the one below.
    const Price inside = up ? at : Price::from_raw(at.raw() - 1);
    std::size_t band = 0;
    while (band < band_count && bands[band].from <= inside) ++band;
    const Price increment = band == 0 ? price_increment : bands[band - 1].increment;
    std::int64_t steps = left;
    if (up && band < band_count)
      steps = std::min(left, (bands[band].from - at).raw() / increment.raw());
    if (!up && band > 0)
      steps = std::min(left, (at - bands[band - 1].from).raw() / increment.raw());
    at += increment * (up ? steps : -steps);
    left -= steps;
  }
  return at;
}

std::optional<Money> Instrument::margin_of(Price price, Quantity quantity, Int128 each,
                                           Rate rate) const {
  const Quantity held = abs(quantity);
  if (!(each == Int128{})) {
    const auto raw = detail::multiply_divide(each, Int128::from(held.raw()),
                                             Int128::from(Quantity::kScale), Rounding::kCeiling);
    if (!raw) return std::nullopt;
    return Money{*raw, settlement};
  }
  const auto value = checked_notional(price, held);
  if (!value) return std::nullopt;
  return abs(*value).times(rate, Rounding::kCeiling);
}

Money Instrument::notional_with_multiplier(Price price, Quantity quantity) const {
  const auto value = checked_notional(price, quantity);
  KEEL_ASSERT(value.has_value(), "notional overflow");
  return *value;
}

}  // namespace keel
