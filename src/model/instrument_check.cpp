#include "instrument_check.hpp"

#include <keel/model/formula.hpp>

namespace keel {

namespace {

Error bad(const char* field, std::string value, const char* rule) {
  return Error{model_errors::kBadInstrument, field, std::move(value), rule, {}};
}

Status check_numbers(const InstrumentSpec& spec) {
  if (!spec.price_increment.is_positive())
    return bad("price_increment", spec.price_increment.to_text(), "above zero");
  if (!spec.quantity_increment.is_positive())
    return bad("quantity_increment", spec.quantity_increment.to_text(), "above zero");
  if (!spec.multiplier.is_positive())
    return bad("multiplier", spec.multiplier.to_text(), "above zero");
  if (spec.unit_pow10 != 0 && spec.unit_pow10 != 3 && spec.unit_pow10 != 6)
    return bad("unit_pow10", std::to_string(spec.unit_pow10), "0, 3 or 6");
  const auto product =
      static_cast<detail::i128>(spec.price_increment.raw()) * spec.multiplier.raw();
  if (product % Quantity::kScale != 0)
    return bad("multiplier", spec.multiplier.to_text(),
               "price_increment x multiplier needs at most 9 decimals");
  if (spec.min_price && spec.max_price && *spec.min_price > *spec.max_price)
    return bad("min_price", spec.min_price->to_text(), "at most max_price");
  if (spec.min_quantity && spec.max_quantity && *spec.min_quantity > *spec.max_quantity)
    return bad("min_quantity", spec.min_quantity->to_text(), "at most max_quantity");
  if (spec.min_quantity && spec.min_quantity->is_negative())
    return bad("min_quantity", spec.min_quantity->to_text(), "zero or more");
  if (spec.max_quantity && *spec.max_quantity < spec.quantity_increment)
    return bad("max_quantity", spec.max_quantity->to_text(), "at least quantity_increment");
  for (const auto& [field, limit] : {std::pair{"min_notional", &spec.min_notional},
                                     std::pair{"max_notional", &spec.max_notional}}) {
    if (*limit && !((*limit)->currency() == spec.quote))
      return bad(field, (*limit)->to_text(), "in the quote currency");
    if (*limit && (*limit)->is_negative()) return bad(field, (*limit)->to_text(), "zero or more");
  }
  if (spec.min_notional && spec.max_notional && *spec.min_notional > *spec.max_notional)
    return bad("min_notional", spec.min_notional->to_text(), "at most max_notional");
  for (const auto& [field, rate] : {std::pair{"initial_margin", &spec.initial_margin},
                                    std::pair{"maintenance_margin", &spec.maintenance_margin}}) {
    if (*rate && (!(*rate)->is_positive() || **rate > Rate::whole(1)))
      return bad(field, (*rate)->to_text(), "above 0, at most 1");
  }
  if (spec.maintenance_margin &&
      *spec.maintenance_margin > spec.initial_margin.value_or(Rate::whole(1)))
    return bad("maintenance_margin", spec.maintenance_margin->to_text(), "at most initial_margin");
  return {};
}

// What the kind of instrument calls for.
Status check_kind(const InstrumentSpec& spec, std::size_t listed) {
  if (to_text(spec.kind) == "invalid")
    return bad("kind", std::to_string(static_cast<int>(spec.kind)), "a kind of instrument");
  if (to_text(spec.right) == "invalid")
    return bad("right", std::to_string(static_cast<int>(spec.right)), "none, call or put");
  using enum InstrumentKind;
  const bool may_be_inverse = spec.kind == kPerpetual || spec.kind == kFuture ||
                              spec.kind == kOption || spec.kind == kContinuousFuture;
  if (spec.inverse && !may_be_inverse)
    return bad("inverse", std::string{to_text(spec.kind)}, "of perpetuals, futures and options");
  if (spec.strike && spec.kind != kOption)
    return bad("strike", spec.strike->to_text(), "of options only");
  const bool may_expire = spec.kind == kFuture || spec.kind == kOption || spec.kind == kBond ||
                          spec.kind == kCfd || spec.kind == kCombo || spec.kind == kSynthetic;
  if (spec.expiry && !may_expire)
    return bad("expiry", std::string{to_text(spec.kind)},
               "of futures, options, bonds, CFDs, combos and synthetics");
  if (spec.kind != InstrumentKind::kOption && spec.right != OptionRight::kNone)
    return bad("right", std::string{to_text(spec.right)}, "of options only");
  if (spec.underlying && (spec.underlying->value == 0 || spec.underlying->value > listed))
    return bad("underlying", std::to_string(spec.underlying->value), "a listed instrument");
  if (spec.inverse && spec.min_price && !spec.min_price->is_positive())
    return bad("min_price", spec.min_price->to_text(), "above zero for an inverse contract");
  if (spec.inverse && !spec.base)
    return bad("base", "", "an inverse contract settles in its base currency");
  if (spec.kind == InstrumentKind::kOption &&
      (spec.right == OptionRight::kNone || !spec.strike || !spec.expiry))
    return bad("kind", "option", "with right, strike and expiry");
  if (spec.kind == InstrumentKind::kFuture && !spec.expiry)
    return bad("kind", "future", "with expiry");
  if ((spec.kind == InstrumentKind::kSpot || spec.kind == InstrumentKind::kFxPair) && !spec.base)
    return bad("base", "", "a pair has a base currency");
  if (spec.base && *spec.base == spec.quote &&
      (spec.kind == InstrumentKind::kSpot || spec.kind == InstrumentKind::kFxPair))
    return bad("base", std::string{spec.base->code()}, "another currency than quote");
  return {};
}

// Margins per unit, which replace the fractions.
Status check_margins(const InstrumentSpec& spec) {
  const Currency settlement =
      spec.settlement.value_or(spec.inverse && spec.base ? *spec.base : spec.quote);
  for (const auto& [field, each] :
       {std::pair{"initial_margin_each", &spec.initial_margin_each},
        std::pair{"maintenance_margin_each", &spec.maintenance_margin_each}}) {
    if (!*each) continue;
    if (!((*each)->currency() == settlement))
      return bad(field, (*each)->to_text(), "in the settlement currency");
    if (!(*each)->is_positive()) return bad(field, (*each)->to_text(), "above zero");
  }
  if (spec.maintenance_margin_each && !spec.initial_margin_each)
    return bad("maintenance_margin_each", spec.maintenance_margin_each->to_text(),
               "with initial_margin_each");
  if (spec.maintenance_margin_each && *spec.maintenance_margin_each > *spec.initial_margin_each)
    return bad("maintenance_margin_each", spec.maintenance_margin_each->to_text(),
               "at most initial_margin_each");
  return {};
}

Status check_bands(const InstrumentSpec& spec) {
  const auto& bands = spec.price_bands;
  if (bands.size() > Instrument::kMaxBands)
    return bad("price_bands", std::to_string(bands.size()), "at most 20");
  Price below = spec.price_increment;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const PriceBand& band = bands[i];
    if (i > 0 && band.from <= bands[i - 1].from)
      return bad("price_bands", band.from.to_text(), "ascending");
    if (!band.increment.is_positive() || !band.increment.is_multiple_of(spec.price_increment))
      return bad("price_bands", band.increment.to_text(),
                 "increments that price_increment divides");
    if (!band.from.is_multiple_of(band.increment) || !band.from.is_multiple_of(below))
      return bad("price_bands", band.from.to_text(), "a start on the grids below and above it");
    below = band.increment;
  }
  return {};
}

Status check_legs(const InstrumentSpec& spec, std::span<const Instrument> listed) {
  if (spec.kind != InstrumentKind::kCombo) {
    if (spec.legs.empty()) return {};
    return bad("legs", std::to_string(spec.legs.size()), "of combos only");
  }
  if (spec.legs.size() < 2 || spec.legs.size() > Instrument::kMaxLegs)
    return bad("legs", std::to_string(spec.legs.size()), "2 to 8 of a combo");
  for (std::size_t i = 0; i < spec.legs.size(); ++i) {
    const Leg& leg = spec.legs[i];
    const std::string id = std::to_string(leg.instrument.value);
    if (leg.instrument.value == 0 || leg.instrument.value > listed.size())
      return bad("legs", id, "listed instruments");
    const Instrument& of = listed[leg.instrument.value - 1];
    if (leg.ratio == 0 || leg.ratio < -1'000'000 || leg.ratio > 1'000'000)
      return bad("legs", std::to_string(leg.ratio), "ratios that are not zero, up to a million");
    if (of.kind == InstrumentKind::kCombo || of.kind == InstrumentKind::kSynthetic ||
        of.kind == InstrumentKind::kContinuousFuture)
      return bad("legs", of.symbol.str(), "instruments that trade by themselves");
    if (!(of.quote == spec.quote)) return bad("legs", of.symbol.str(), "in the quote currency");
    for (std::size_t j = 0; j < i; ++j)
      if (spec.legs[j].instrument == leg.instrument)
        return bad("legs", of.symbol.str(), "each instrument once");
  }
  return {};
}

Status check_formula(const InstrumentSpec& spec, std::span<const Instrument> listed) {
  if (spec.kind != InstrumentKind::kSynthetic) {
    if (spec.formula.empty()) return {};
    return bad("formula", spec.formula, "of synthetic instruments only");
  }
  if (spec.formula_rounding > Rounding::kCeiling)
    return bad("formula_rounding", std::to_string(static_cast<int>(spec.formula_rounding)),
               "a rule of rounding");
  const auto formula = Formula::parse(spec.formula);
  if (!formula) return formula.error();
  for (const std::string& name : formula->names()) {
    const auto at = name.rfind('@');
    int found = 0;
    for (const Instrument& one : listed)
      if (one.symbol == std::string_view{name}.substr(0, at) &&
          (at == std::string::npos || one.mic == std::string_view{name}.substr(at + 1)))
        ++found;
    if (found != 1)
      return bad("formula", name, found == 0 ? "names of listed instruments" : "names with @MIC");
  }
  return {};
}

Status check_roll(const InstrumentSpec& spec, std::span<const Instrument> listed) {
  if (spec.kind != InstrumentKind::kContinuousFuture) {
    if (!spec.roll) return {};
    return bad("roll", std::string{to_text(spec.roll->by)}, "of continuous futures only");
  }
  if (!spec.roll || spec.roll->by == RollBy::kNone || to_text(spec.roll->by) == "invalid")
    return bad("roll", "", "a rule to roll by");
  if (to_text(spec.roll->adjust) == "invalid")
    return bad("roll.adjust", std::to_string(static_cast<int>(spec.roll->adjust)),
               "none, difference or ratio");
  if (spec.roll->by == RollBy::kCalendar && (spec.roll->days < 1 || spec.roll->days > 31))
    return bad("roll.days", std::to_string(spec.roll->days), "a day of the month");
  if (!spec.underlying) return bad("underlying", "", "the first contract of the chain");
  if (listed[spec.underlying->value - 1].kind != InstrumentKind::kFuture)
    return bad("underlying", listed[spec.underlying->value - 1].symbol.str(), "a future");
  return {};
}

}  // namespace

Status check_instrument(const InstrumentSpec& spec, std::span<const Instrument> listed) {
  if (Status status = check_numbers(spec); !status) return status;
  if (Status status = check_kind(spec, listed.size()); !status) return status;
  if (Status status = check_margins(spec); !status) return status;
  if (Status status = check_bands(spec); !status) return status;
  if (Status status = check_legs(spec, listed); !status) return status;
  if (Status status = check_formula(spec, listed); !status) return status;
  return check_roll(spec, listed);
}

Status check_aliases(const InstrumentSpec& spec, std::span<const Instrument> listed) {
  if (!spec.isin.empty() && !is_isin(spec.isin))
    return bad("isin", spec.isin, "two letters, nine characters and their check digit");
  if (!spec.figi.empty() && !is_figi(spec.figi))
    return bad("figi", spec.figi, "twelve characters with G at the third and a right check digit");
  const auto taken = [](const char* field, std::string value) {
    return Error{model_errors::kDuplicateName, field, std::move(value), "of one instrument", {}};
  };
  for (const Instrument& known : listed) {
    if (spec.conid != 0 && known.conid == spec.conid)
      return taken("conid", std::to_string(spec.conid));
    if (!spec.figi.empty() && known.figi == spec.figi) return taken("figi", spec.figi);
    if (!(known.mic == spec.mic)) continue;  // one security on two venues has one ISIN
    if (!spec.isin.empty() && known.isin == spec.isin) return taken("isin", spec.isin);
    if (!spec.ccxt.empty() && known.ccxt == spec.ccxt) return taken("ccxt", spec.ccxt);
  }
  return {};
}

}  // namespace keel
