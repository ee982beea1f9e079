#include <keel/market/synthetic.hpp>

#include <algorithm>
#include <limits>

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x51544E53;  // "SNTQ"

bool same_quote(const Quote& a, const Quote& b) {
  return a.header.flags == b.header.flags && a.bid_price == b.bid_price &&
         a.ask_price == b.ask_price && a.bid_size == b.bid_size && a.ask_size == b.ask_size;
}

bool to_price(detail::i128 raw, Price& price) {
  if (raw < Price::min().raw() || raw > Price::max().raw()) return false;
  price = Price::from_raw(static_cast<std::int64_t>(raw));
  return true;
}

}  // namespace

Result<SyntheticQuotes> SyntheticQuotes::make(const InstrumentRegistry& registry,
                                              InstrumentId instrument) {
  const auto bad = [](std::string value, const char* rule) {
    return Error{market_errors::kBadSynthetic, "instrument", std::move(value), rule, {}};
  };
  const Instrument* listed = registry.find(instrument);
  if (listed == nullptr) return bad(std::to_string(instrument.value), "a listed instrument");
  SyntheticQuotes made;
  made.instrument_ = instrument;
  made.increment_ = listed->price_increment;
  const auto part = [&made](InstrumentId id, std::int32_t ratio) {
    Part one{};
    one.instrument = id;
    one.ratio = ratio;
    made.parts_.push_back(one);
  };
  if (listed->kind == InstrumentKind::kCombo) {
    for (const Leg& leg : listed->leg_table()) part(leg.instrument, leg.ratio);
  } else if (listed->kind == InstrumentKind::kSynthetic) {
    auto formula = Formula::parse(listed->formula.view());
    if (!formula) return std::move(formula).error();
    for (const std::string& name : formula->names()) {
      const auto id = registry.lookup(name);
      if (!id) return bad(name, "names of listed instruments");
      part(*id, 1);
    }
    made.formula_ = std::move(*formula);
    made.ranges_.resize(made.parts_.size());
  } else {
    return bad(listed->symbol.str(), "a combo or a synthetic instrument");
  }
  made.last_ = make_record<Quote>(RecordKind::kQuote);
  made.last_.header.instrument = instrument;
  return made;
}

std::vector<InstrumentId> SyntheticQuotes::parts() const {
  std::vector<InstrumentId> ids;
  ids.reserve(parts_.size());
  for (const Part& part : parts_) ids.push_back(part.instrument);
  return ids;
}

bool SyntheticQuotes::price_legs(Quote& quote) const {
  detail::i128 bid = 0, ask = 0;
  std::int64_t bid_size = std::numeric_limits<std::int64_t>::max(), ask_size = bid_size;
  for (const Part& leg : parts_) {
    const bool bought = leg.ratio > 0;
    const std::int64_t ratio = bought ? leg.ratio : -std::int64_t{leg.ratio};
    bid += static_cast<detail::i128>((bought ? leg.bid_price : leg.ask_price).raw()) * leg.ratio;
    ask += static_cast<detail::i128>((bought ? leg.ask_price : leg.bid_price).raw()) * leg.ratio;
    bid_size = std::min(bid_size, (bought ? leg.bid_size : leg.ask_size).raw() / ratio);
    ask_size = std::min(ask_size, (bought ? leg.ask_size : leg.bid_size).raw() / ratio);
  }
  if (!to_price(bid, quote.bid_price) || !to_price(ask, quote.ask_price)) return false;
  quote.bid_price = quote.bid_price.floor_to(increment_);
  quote.ask_price = quote.ask_price.ceil_to(increment_);
  quote.bid_size = Quantity::from_raw(bid_size);
  quote.ask_size = Quantity::from_raw(ask_size);
  return true;
}

bool SyntheticQuotes::price_formula(Quote& quote) {
  Quantity size = Quantity::max();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    // A crossed market has no range to lie in.
    if (parts_[i].bid_price > parts_[i].ask_price) return false;
    ranges_[i] = {parts_[i].bid_price, parts_[i].ask_price};
    size = std::min({size, parts_[i].bid_size, parts_[i].ask_size});
  }
  const auto range = formula_->evaluate_range(ranges_, increment_);
  if (!range) return false;
  quote.bid_price = range->low;
  quote.ask_price = range->high;
  quote.bid_size = quote.ask_size = size;
  return true;
}

bool SyntheticQuotes::price(Quote& quote) {
  for (const Part& part : parts_)
    if (part.is_live == 0) return false;
  return formula_ ? price_formula(quote) : price_legs(quote);
}

std::optional<Quote> SyntheticQuotes::on_market(const RecordHeader& record) {
  const bool is_quote = record.kind == RecordKind::kQuote;
  if (!is_quote && record.kind != RecordKind::kMarketGap) return std::nullopt;
  bool ours = false;
  for (Part& part : parts_) {
    if (part.instrument != record.instrument && (is_quote || record.instrument.value != 0))
      continue;
    ours = true;
    part.is_live = 0;
    if (!is_quote) continue;
    const auto& quote = record_as<Quote>(record);
    part.is_live = quote.is_two_sided() ? 1 : 0;
    part.bid_price = quote.bid_price;
    part.ask_price = quote.ask_price;
    part.bid_size = quote.bid_size;
    part.ask_size = quote.ask_size;
  }
  if (!ours) return std::nullopt;
  Quote made = make_record<Quote>(RecordKind::kQuote);
  made.header.instrument = instrument_;
  made.header.ts_event = record.ts_event;
  made.header.ts_recv = record.ts_recv;
  if (price(made)) {
    if (made.bid_size.is_positive()) made.header.flags |= Quote::kHasBid;
    if (made.ask_size.is_positive()) made.header.flags |= Quote::kHasAsk;
  } else {
    made.bid_price = made.ask_price = Price::zero();
    made.bid_size = made.ask_size = Quantity::zero();
  }
  if (same_quote(made, last_)) return std::nullopt;
  last_ = made;
  return made;
}

void SyntheticQuotes::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
  writer.put(instrument_);
  writer.put(parts_);
  writer.put(last_);
  writer.end(section);
}

void SyntheticQuotes::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("synthetic quotes: unknown version");
  InstrumentId instrument{};
  std::vector<Part> parts;
  reader.get(instrument);
  reader.get(parts);
  reader.get(last_);
  reader.end();
  if (!reader.ok()) return;
  const auto same = [](const Part& a, const Part& b) {
    return a.instrument == b.instrument && a.ratio == b.ratio;
  };
  if (instrument != instrument_ ||
      !std::equal(parts.begin(), parts.end(), parts_.begin(), parts_.end(), same))
    return reader.fail("synthetic quotes: saved for another instrument");
  parts_ = std::move(parts);
}

}  // namespace keel
