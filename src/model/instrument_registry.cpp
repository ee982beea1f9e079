#include <keel/model/instrument_registry.hpp>

#include <algorithm>
#include <cstring>

#include "instrument_check.hpp"

namespace keel {

namespace {

Error bad(const char* field, std::string value, const char* rule) {
  return Error{model_errors::kBadInstrument, field, std::move(value), rule, {}};
}

constexpr std::uint32_t kTag = 0x49524547;  // "IREG"

// What few instruments have.
Status set_details(const InstrumentSpec& spec, Instrument& made) {
  made.formula_rounding = static_cast<std::uint8_t>(spec.formula_rounding);
  made.band_count = static_cast<std::uint8_t>(spec.price_bands.size());
  for (std::size_t i = 0; i < Instrument::kMaxBands; ++i)
    made.bands[i] =
        i < spec.price_bands.size() ? spec.price_bands[i] : PriceBand{Price::zero(), Price::zero()};
  made.leg_count = static_cast<std::uint8_t>(spec.legs.size());
  for (std::size_t i = 0; i < spec.legs.size(); ++i) made.legs[i] = spec.legs[i];
  made.roll = spec.roll.value_or(RollRule{});
  if (spec.initial_margin_each) made.initial_margin_each = spec.initial_margin_each->raw();
  made.maintenance_margin_each =
      spec.maintenance_margin_each ? spec.maintenance_margin_each->raw() : made.initial_margin_each;
  made.conid = spec.conid;
  auto formula = FixedText<128>::from(spec.formula);
  if (!formula) return std::move(formula).error().in_field("formula");
  made.formula = *formula;
  auto ccxt = FixedText<40>::from(spec.ccxt);
  if (!ccxt) return std::move(ccxt).error().in_field("ccxt");
  made.ccxt = *ccxt;
  made.isin = FixedText<16>::from(spec.isin).value();  // twelve characters, by check_aliases
  made.figi = FixedText<16>::from(spec.figi).value();
  return {};
}

}  // namespace

Result<InstrumentId> InstrumentRegistry::add(const InstrumentSpec& spec) {
  if (spec.symbol.empty()) return bad("symbol", "", "a name");
  if (spec.symbol.find('@') != std::string::npos) return bad("symbol", spec.symbol, "without @");
  if (spec.quote.empty()) return bad("quote", "", "a currency");
  if (auto status = check_instrument(spec, instruments_); !status) return std::move(status).error();
  auto symbol = Symbol::from(spec.symbol);
  if (!symbol) return std::move(symbol).error().in_field("symbol");
  auto mic = FixedText<16>::from(spec.mic);
  if (!mic) return std::move(mic).error().in_field("mic");
  auto calendar = FixedText<16>::from(spec.calendar);
  if (!calendar) return std::move(calendar).error().in_field("calendar");
  for (const auto& known : instruments_) {
    if (known.symbol == *symbol && known.mic == *mic)
      return Error{model_errors::kDuplicateName, "symbol", spec.symbol, "new on its venue", {}};
  }
  if (auto status = check_aliases(spec, instruments_); !status) return std::move(status).error();

  Instrument made{};
  made.id = {static_cast<std::uint32_t>(instruments_.size() + 1)};
  made.underlying = spec.underlying.value_or(InstrumentId{0});
  made.venue = spec.venue;
  made.kind = spec.kind;
  made.right = spec.right;
  made.inverse = spec.inverse ? 1 : 0;
  made.unit_pow10 = static_cast<std::uint8_t>(spec.unit_pow10);
  made.price_increment = spec.price_increment;
  // One over a price that is not above zero has no meaning.
  made.min_price = spec.min_price.value_or(spec.inverse ? spec.price_increment : Price::min());
  made.max_price = spec.max_price.value_or(Price::max());
  made.quantity_increment = spec.quantity_increment;
  made.min_quantity = spec.min_quantity.value_or(spec.quantity_increment);
  made.max_quantity = spec.max_quantity.value_or(Quantity::max());
  made.min_notional = spec.min_notional ? spec.min_notional->raw() : Int128{};
  made.max_notional = spec.max_notional
                          ? spec.max_notional->raw()
                          : Int128{~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()};
  made.multiplier = spec.multiplier;
  made.strike = spec.strike.value_or(Price::zero());
  made.expiry = spec.expiry.value_or(Timestamp{0});
  made.initial_margin = spec.initial_margin.value_or(Rate::whole(1));
  made.maintenance_margin = spec.maintenance_margin.value_or(made.initial_margin);
  made.base = spec.base.value_or(Currency{});
  made.quote = spec.quote;
  made.settlement = spec.settlement.value_or(spec.inverse ? made.base : made.quote);
  made.symbol = *symbol;
  made.mic = *mic;
  made.calendar = *calendar;
  if (auto status = set_details(spec, made); !status) return std::move(status).error();
  instruments_.push_back(made);
  return made.id;
}

namespace {

// What may not change as long as positions and orders refer to it.
bool is_same_thing(const Instrument& a, const Instrument& b) {
  return a.symbol == b.symbol && a.mic == b.mic && a.kind == b.kind && a.right == b.right &&
         a.inverse == b.inverse && a.unit_pow10 == b.unit_pow10 && a.base == b.base &&
         a.quote == b.quote && a.settlement == b.settlement && a.formula == b.formula &&
         std::ranges::equal(a.leg_table(), b.leg_table());
}

}  // namespace

Status InstrumentRegistry::apply(const Instrument& definition) {
  const auto at = definition.id.value - 1u;
  if (at == instruments_.size()) {
    instruments_.push_back(definition);
    return {};
  }
  if (at < instruments_.size() && is_same_thing(instruments_[at], definition)) {
    Instrument& known = instruments_[at];
    if (known.revision < definition.revision) {
      known = definition;
      return {};
    }
    // The same definition once more, as when a journal is folded again.
    if (std::memcmp(&known, &definition, sizeof known) == 0) return {};
  }
  return Error{model_errors::kBadRecord,
               "instrument",
               definition.symbol.str(),
               "the next id, or a newer revision of a known one with the same kind and currencies",
               {}};
}

Result<InstrumentId> InstrumentRegistry::lookup(std::string_view name) const {
  const auto at = name.rfind('@');
  const auto symbol = name.substr(0, at);
  const auto mic = at == std::string_view::npos ? std::string_view{} : name.substr(at + 1);
  const Instrument* found = nullptr;
  for (const auto& known : instruments_) {
    if (!(known.symbol == symbol)) continue;
    if (at != std::string_view::npos) {
      if (known.mic == mic) return known.id;
      continue;
    }
    if (found != nullptr)
      return Error{model_errors::kUnknownInstrument,
                   "instrument",
                   std::string{name},
                   "with @MIC, it is listed twice",
                   {}};
    found = &known;
  }
  if (found == nullptr)
    return Error{model_errors::kUnknownInstrument,
                 "instrument",
                 std::string{name.substr(0, 60)},
                 "a listed instrument",
                 {}};
  return found->id;
}

std::string InstrumentRegistry::alias(InstrumentId id, AliasKind kind) const {
  const Instrument& of = get(id);
  switch (kind) {
    case AliasKind::kConid: return of.conid == 0 ? std::string{} : std::to_string(of.conid);
    case AliasKind::kCcxt: return of.ccxt.str();
    case AliasKind::kIsin: return of.isin.str();
    case AliasKind::kFigi: return of.figi.str();
  }
  return {};
}

Result<InstrumentId> InstrumentRegistry::lookup(AliasKind kind, std::string_view name) const {
  const auto at = name.rfind('@');
  const auto text = name.substr(0, at);
  const auto mic = at == std::string_view::npos ? std::string_view{} : name.substr(at + 1);
  const auto unknown = [name](const char* rule) {
    return Error{
        model_errors::kUnknownInstrument, "instrument", std::string{name.substr(0, 60)}, rule, {}};
  };
  const Instrument* found = nullptr;
  for (const auto& known : instruments_) {
    if (text.empty() || alias(known.id, kind) != text) continue;
    if (at != std::string_view::npos && !(known.mic == mic)) continue;
    if (found != nullptr) return unknown("with @MIC, it is listed twice");
    found = &known;
  }
  if (found == nullptr) return unknown("an alias of a listed instrument");
  return found->id;
}

void InstrumentRegistry::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(instruments_);
  writer.end(section);
}

void InstrumentRegistry::load(StateReader& reader) {
  reader.begin(kTag);
  reader.get(instruments_);
  for (std::size_t i = 0; i < instruments_.size(); ++i)
    if (instruments_[i].id.value != i + 1) reader.fail("instrument ids are not dense");
  reader.end();
}

}  // namespace keel
