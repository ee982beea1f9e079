#include <keel/model/fees.hpp>

#include <keel/model/instrument_registry.hpp>

namespace keel {

Status FeeSchedule::check(const Instrument& instrument) const {
  const auto bad = [](const char* field, std::string value, const char* rule) {
    return Error{model_errors::kBadFeeSchedule, field, std::move(value), rule, {}};
  };
  if (digits < -1 || digits > Money::kDigits)
    return bad("digits", std::to_string(digits), "-1 to 18");
  if (per_unit && !(per_unit->currency() == instrument.settlement))
    return bad("per_unit", per_unit->to_text(), "the instrument's settlement currency");
  if (minimum && !(minimum->currency() == instrument.settlement))
    return bad("minimum", minimum->to_text(), "the instrument's settlement currency");
  for (const auto& [field, rate] : {std::pair{"maker", maker}, std::pair{"taker", taker}})
    if (rate > Rate::whole(1) || rate < Rate::whole(-1))
      return bad(field, rate.to_text(), "a fraction of notional: 0.001 is 0.1%");
  if (maximum && maximum->is_negative()) return bad("maximum", maximum->to_text(), "zero or more");
  return {};
}

std::optional<Money> FeeSchedule::fee(const Instrument& instrument, Price price, Quantity quantity,
                                      Liquidity liquidity) const {
  const auto notional = instrument.checked_notional(price, quantity);
  if (!notional) return std::nullopt;
  const Money value{abs(*notional).raw(), instrument.settlement};
  const Rate rate = liquidity == Liquidity::kMaker ? maker : taker;
  auto fee = value.times(rate, Rounding::kHalfEven);
  if (!fee) return std::nullopt;
  if (per_unit) {
    const auto units = per_unit->scaled(abs(quantity).raw(), Quantity::kScale, Rounding::kHalfEven);
    if (!units) return std::nullopt;
    fee = checked_add(*fee, *units);
    if (!fee) return std::nullopt;
  }
  if (maximum) {
    const auto ceiling = value.times(*maximum, Rounding::kHalfEven);
    if (ceiling && *fee > *ceiling) fee = ceiling;
  }
  if (minimum && *fee < *minimum) fee = minimum;
  // Half of Money's range, so that rounding away from zero cannot leave it.
  const detail::i128 raw = fee->raw().wide(), end = static_cast<detail::i128>(1) << 126;
  if (raw > end || raw < -end) return std::nullopt;
  return fee->rounded(digits < 0 ? instrument.settlement.minor_digits() : digits, rounding);
}

}  // namespace keel
