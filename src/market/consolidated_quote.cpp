#include <keel/market/consolidated_quote.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr std::uint32_t kStateTag = 0x4F42424E;  // "NBBO"
}  // namespace

ConsolidatedQuote::ConsolidatedQuote(std::span<const InstrumentId> sources, Duration max_age)
    : max_age_(max_age) {
  KEEL_ASSERT(max_age.ns >= 0, "an age is not negative");
  sources_.reserve(sources.size());
  for (const InstrumentId id : sources) {
    Source source{};
    source.instrument = id;
    sources_.push_back(source);
  }
}

bool ConsolidatedQuote::counts(const Source& source) const {
  if (source.flags == 0 || source.is_halted != 0 || source.is_gapped != 0) return false;
  return max_age_.ns == 0 || now_.ns - source.time.ns <= max_age_.ns;
}

bool ConsolidatedQuote::find_best() {
  std::optional<ConsolidatedSide> found[2];
  for (const Source& source : sources_) {
    if (!counts(source)) continue;
    for (const int side : {0, 1}) {
      if ((source.flags & (side == 0 ? Quote::kHasBid : Quote::kHasAsk)) == 0) continue;
      const Price price = side == 0 ? source.bid_price : source.ask_price;
      const Quantity size = side == 0 ? source.bid_size : source.ask_size;
      auto& best = found[side];
      if (!best || (side == 0 ? price > best->price : price < best->price)) {
        best = ConsolidatedSide{price, size, source.instrument, 1};
      } else if (price == best->price) {
        best->size = checked_add(best->size, size).value_or(Quantity::max());
        ++best->venues;
      }
    }
  }
  const bool changed = !(found[0] == best_[0]) || !(found[1] == best_[1]);
  best_[0] = found[0];
  best_[1] = found[1];
  return changed;
}

bool ConsolidatedQuote::on_market(const RecordHeader& record) {
  const bool is_quote = record.kind == RecordKind::kQuote;
  const bool is_gap = record.kind == RecordKind::kMarketGap;
  const bool is_status = record.kind == RecordKind::kInstrumentStatus;
  if (!is_quote && !is_gap && !is_status) return false;
  bool ours = false;
  for (Source& source : sources_) {
    const bool of_all = is_gap && record.instrument.value == 0;
    if (source.instrument != record.instrument && !of_all) continue;
    ours = true;
    if (is_gap) {
      source.is_gapped = 1;
    } else if (is_status) {
      source.is_halted =
          record_as<StatusChange>(record).status == InstrumentStatus::kTrading ? 0 : 1;
    } else {
      const auto& quote = record_as<Quote>(record);
      source.flags = static_cast<std::uint8_t>(record.flags & (Quote::kHasBid | Quote::kHasAsk));
      source.is_gapped = 0;
      source.bid_price = quote.bid_price;
      source.ask_price = quote.ask_price;
      source.bid_size = quote.bid_size;
      source.ask_size = quote.ask_size;
      source.time = record.ts_recv;
    }
  }
  if (!ours) return false;
  now_ = std::max(now_, record.ts_recv);
  event_time_ = std::max(event_time_, record.ts_event);
  return find_best();
}

bool ConsolidatedQuote::on_time(Timestamp now) {
  if (now <= now_) return false;
  now_ = now;
  event_time_ = std::max(event_time_, now);
  return max_age_.ns != 0 && find_best();
}

std::optional<Timestamp> ConsolidatedQuote::next_deadline() const {
  std::optional<Timestamp> next;
  if (max_age_.ns == 0) return next;
  for (const Source& source : sources_) {
    if (!counts(source)) continue;
    const Timestamp end = source.time + max_age_ + Duration{1};
    if (!next || end < *next) next = end;
  }
  return next;
}

Quote ConsolidatedQuote::as_quote(InstrumentId instrument) const {
  Quote quote = make_record<Quote>(RecordKind::kQuote);
  quote.header.instrument = instrument;
  quote.header.ts_event = event_time_;
  quote.header.ts_recv = now_;
  if (best_[0]) {
    quote.header.flags |= Quote::kHasBid;
    quote.bid_price = best_[0]->price;
    quote.bid_size = best_[0]->size;
  }
  if (best_[1]) {
    quote.header.flags |= Quote::kHasAsk;
    quote.ask_price = best_[1]->price;
    quote.ask_size = best_[1]->size;
  }
  return quote;
}

void ConsolidatedQuote::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
  writer.put(sources_);
  writer.put(now_);
  writer.put(event_time_);
  writer.end(section);
}

void ConsolidatedQuote::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("consolidated quote: unknown version");
  std::vector<Source> sources;
  reader.get(sources);
  reader.get(now_);
  reader.get(event_time_);
  reader.end();
  if (!reader.ok()) return;
  const auto same = [](const Source& a, const Source& b) { return a.instrument == b.instrument; };
  if (!std::equal(sources.begin(), sources.end(), sources_.begin(), sources_.end(), same))
    return reader.fail("consolidated quote: saved with other sources");
  sources_ = std::move(sources);
  find_best();
}

}  // namespace keel
