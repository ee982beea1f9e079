#include <keel/model/instrument_registry.hpp>

#include <cstring>

namespace keel {

namespace {

Error bad(const char* field, std::string value, const char* rule) {
  return Error{model_errors::kBadInstrument, field, std::move(value), rule, {}};
}

constexpr std::uint32_t kTag = 0x49524547;  // "IREG"

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

}  // namespace

Result<InstrumentId> InstrumentRegistry::add(const InstrumentSpec& spec) {
  if (spec.symbol.empty()) return bad("symbol", "", "a name");
  if (spec.symbol.find('@') != std::string::npos) return bad("symbol", spec.symbol, "without @");
  if (spec.quote.empty()) return bad("quote", "", "a currency");
  if (auto status = check_numbers(spec); !status) return std::move(status).error();
  if (auto status = check_kind(spec, instruments_.size()); !status)
    return std::move(status).error();
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
  instruments_.push_back(made);
  return made.id;
}

namespace {

// What may not change as long as positions and orders refer to it.
bool is_same_thing(const Instrument& a, const Instrument& b) {
  return a.symbol == b.symbol && a.mic == b.mic && a.kind == b.kind && a.right == b.right &&
         a.inverse == b.inverse && a.unit_pow10 == b.unit_pow10 && a.base == b.base &&
         a.quote == b.quote && a.settlement == b.settlement;
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
