// Instrument definitions of DBN: 360 bytes in version 1, 400 in version 2, 520 in version 3.
#include <algorithm>

#include "dbn_stream.hpp"

namespace keel {

namespace {

using storage::dbn_get;
using storage::dbn_text;

struct TextAt {
  std::uint16_t at, size;
};

// Where the fields stand that differ between versions.
struct Layout {
  std::uint16_t size;
  std::uint16_t unit_quantity, strike, underlying_id, max_trade, round_lot, min_trade, multiplier;
  TextAt currency, settlement, raw_symbol, group, exchange, asset, cfi, security_type, unit,
      underlying, strike_currency;
  std::uint16_t instrument_class, update_action;
};

constexpr Layout kLayouts[] = {
    {360,      88,       328,       116,       136,       148,      152,
     160,      {186, 4}, {190, 4},  {200, 22}, {222, 21}, {243, 5}, {248, 7},
     {255, 7}, {262, 7}, {269, 31}, {300, 21}, {321, 4},  325,      349},
    {400,      88,       112,       124,       144,       156,      160,
     164,      {186, 4}, {190, 4},  {200, 71}, {271, 21}, {292, 5}, {297, 7},
     {304, 7}, {311, 7}, {318, 31}, {349, 21}, {370, 4},  374,      382},
    {520,      80,       104,       140,       156,       168,      172,
     176,      {224, 4}, {228, 4},  {238, 71}, {309, 21}, {330, 5}, {335, 11},
     {346, 7}, {353, 7}, {360, 31}, {391, 21}, {412, 4},  487,      493},
};

std::optional<Price> price_at(const unsigned char* record, std::size_t at) {
  const auto raw = dbn_get<std::int64_t>(record, at);
  if (raw == storage::kDbnNoPrice) return std::nullopt;
  return Price::from_raw(raw);
}
std::optional<Timestamp> time_at(const unsigned char* record, std::size_t at) {
  const auto raw = dbn_get<std::uint64_t>(record, at);
  if (raw > INT64_MAX) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(raw)};
}
std::optional<std::int64_t> count_at(const unsigned char* record, std::size_t at, bool is_signed) {
  if (is_signed) {
    const auto value = dbn_get<std::int32_t>(record, at);
    return value == INT32_MAX ? std::nullopt : std::optional<std::int64_t>{value};
  }
  const auto value = dbn_get<std::uint32_t>(record, at);
  return value == UINT32_MAX ? std::nullopt : std::optional<std::int64_t>{value};
}

void read_leg(const unsigned char* record, DbnDefinition& to) {
  if (dbn_get<std::uint16_t>(record, 220) == 0) return;
  DbnLeg leg;
  leg.instrument_id = dbn_get<std::uint32_t>(record, 188);
  leg.raw_symbol = std::string{dbn_text(record, 416, 71)};
  leg.side = record[502] == 'A' ? Side::kSell : Side::kBuy;
  leg.ratio_numerator = dbn_get<std::int32_t>(record, 200);
  leg.ratio_denominator = dbn_get<std::int32_t>(record, 204);
  to.legs.push_back(std::move(leg));
}

DbnDefinition definition_of(const unsigned char* record, const Layout& layout) {
  const auto text = [record](TextAt where) {
    return std::string{dbn_text(record, where.at, where.size)};
  };
  DbnDefinition to;
  to.publisher_id = dbn_get<std::uint16_t>(record, 2);
  to.instrument_id = dbn_get<std::uint32_t>(record, 4);
  to.ts_event = time_at(record, 8).value_or(Timestamp{0});
  to.ts_recv = time_at(record, 16).value_or(Timestamp{0});
  to.price_increment = price_at(record, 24);
  to.display_factor = price_at(record, 32);
  to.expiration = time_at(record, 40);
  to.activation = time_at(record, 48);
  to.high_limit = price_at(record, 56);
  to.low_limit = price_at(record, 64);
  to.unit_of_measure_quantity = price_at(record, layout.unit_quantity);
  to.strike = price_at(record, layout.strike);
  to.underlying_id = dbn_get<std::uint32_t>(record, layout.underlying_id);
  to.max_trade = count_at(record, layout.max_trade, false);
  to.min_trade = count_at(record, layout.min_trade, false);
  to.round_lot = count_at(record, layout.round_lot, true);
  to.contract_multiplier = count_at(record, layout.multiplier, true);
  to.currency = text(layout.currency);
  to.settlement_currency = text(layout.settlement);
  to.raw_symbol = text(layout.raw_symbol);
  to.group = text(layout.group);
  to.exchange = text(layout.exchange);
  to.asset = text(layout.asset);
  to.cfi = text(layout.cfi);
  to.security_type = text(layout.security_type);
  to.unit_of_measure = text(layout.unit);
  to.underlying = text(layout.underlying);
  to.strike_currency = text(layout.strike_currency);
  to.instrument_class = static_cast<char>(record[layout.instrument_class]);
  to.update_action = static_cast<char>(record[layout.update_action]);
  return to;
}

Error bad(const DbnDefinition& definition, const char* field, std::string value, const char* rule) {
  return {storage_errors::kBadDefinition, field, std::move(value), rule, definition.raw_symbol};
}

std::optional<InstrumentKind> kind_of(char instrument_class) {
  switch (instrument_class) {
    case 'F': return InstrumentKind::kFuture;
    case 'C':
    case 'P': return InstrumentKind::kOption;
    case 'K': return InstrumentKind::kEquity;
    case 'B': return InstrumentKind::kBond;
    case 'X': return InstrumentKind::kFxPair;
    case 'I': return InstrumentKind::kIndex;
    case 'S':
    case 'T':
    case 'M': return InstrumentKind::kCombo;
    default: return std::nullopt;
  }
}

}  // namespace

Result<std::vector<DbnDefinition>> read_dbn_definitions(const std::string& path,
                                                        int fragment_version) {
  if (fragment_version < 0 || fragment_version > 3)
    return Error{storage_errors::kBadSpec, "fragment_version", std::to_string(fragment_version),
                 "0, or 1 to 3", path};
  storage::DbnStream stream;
  if (Status status = stream.open(path, fragment_version); !status.ok())
    return std::move(status).error();
  const Layout& layout = kLayouts[stream.version() - 1];
  std::vector<DbnDefinition> definitions;
  for (;;) {
    const auto record = stream.next();
    if (!record) return record.error();
    if (*record == nullptr) return definitions;
    if ((*record)[1] != 0x13) continue;
    if (stream.size() < layout.size)
      return stream.bad("definition.length", std::to_string(stream.size()),
                        "at least " + std::to_string(layout.size));
    DbnDefinition made = definition_of(*record, layout);
    if (stream.version() == 3) read_leg(*record, made);
    // The legs of one spread come as records of their own, one after the other.
    DbnDefinition* last = definitions.empty() ? nullptr : &definitions.back();
    if (last != nullptr && !made.legs.empty() && !last->legs.empty() &&
        last->instrument_id == made.instrument_id && last->ts_recv == made.ts_recv &&
        dbn_get<std::uint16_t>(*record, 222) != 0) {
      last->legs.push_back(std::move(made.legs[0]));
      continue;
    }
    definitions.push_back(std::move(made));
  }
}

Result<InstrumentSpec> to_spec(const DbnDefinition& from) {
  InstrumentSpec spec;
  const auto kind = kind_of(from.instrument_class);
  if (!kind)
    return bad(from, "instrument_class", std::string(1, from.instrument_class),
               "F, C, P, K, B, X, I, S, T or M");
  if (!from.price_increment || !from.price_increment->is_positive())
    return bad(from, "min_price_increment",
               from.price_increment ? from.price_increment->to_text() : "", "above zero");
  auto currency = Currency::parse(from.currency);
  if (!currency) return bad(from, "currency", from.currency, "a currency");
  spec.symbol = from.raw_symbol;
  spec.kind = *kind;
  spec.mic = from.exchange;
  spec.quote = *currency;
  if (!from.settlement_currency.empty()) {
    auto settlement = Currency::parse(from.settlement_currency);
    if (!settlement) return bad(from, "settl_currency", from.settlement_currency, "a currency");
    spec.settlement = *settlement;
  }
  spec.price_increment = *from.price_increment;
  spec.quantity_increment = Quantity::whole(1);
  if (from.high_limit && from.low_limit && *from.low_limit <= *from.high_limit) {
    spec.min_price = from.low_limit;
    spec.max_price = from.high_limit;
  }
  if (from.min_trade && *from.min_trade > 0) spec.min_quantity = Quantity::whole(*from.min_trade);
  if (from.max_trade && *from.max_trade > 0) spec.max_quantity = Quantity::whole(*from.max_trade);
  // Prices are 1e-9, quantities 1e-8.
  if (from.unit_of_measure_quantity && from.unit_of_measure_quantity->is_positive()) {
    if (from.unit_of_measure_quantity->raw() % 10 != 0)
      return bad(from, "unit_of_measure_qty", from.unit_of_measure_quantity->to_text(),
                 "at most 8 decimals");
    spec.multiplier = Quantity::from_raw(from.unit_of_measure_quantity->raw() / 10);
  }
  if (*kind == InstrumentKind::kOption) {
    spec.right = from.instrument_class == 'C' ? OptionRight::kCall : OptionRight::kPut;
    spec.strike = from.strike;
  }
  if (*kind == InstrumentKind::kFuture || *kind == InstrumentKind::kOption)
    spec.expiry = from.expiration;
  return spec;
}

}  // namespace keel
