#include <keel/market/gap_detector.hpp>

#include <algorithm>

namespace keel {

std::optional<MarketGap> GapDetector::follow(const RecordHeader& record, std::uint64_t& last,
                                             std::uint64_t first, std::uint64_t number) {
  if (number == 0) return std::nullopt;
  const std::uint64_t before = last;
  last = std::max(last, number);
  if (before == 0 || first <= before + 1) return std::nullopt;
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.header.instrument = record.instrument;
  gap.header.source = record.source;
  gap.header.ts_event = record.ts_event;
  gap.header.ts_recv = record.ts_recv;
  gap.expected_seq = before + 1;
  gap.found_seq = first;
  gap.dropped = first - before - 1;
  ++gaps_;
  return gap;
}

std::optional<MarketGap> GapDetector::check(const RecordHeader& record) {
  const bool wanted = (rules_.books && (record.kind == RecordKind::kBookDelta ||
                                        record.kind == RecordKind::kBookSnapshot)) ||
                      (rules_.trades && record.kind == RecordKind::kTrade) ||
                      (rules_.quotes && record.kind == RecordKind::kQuote) ||
                      (rules_.orders && record.kind == RecordKind::kBookOrder);
  // Ids are dense; one out of all reason is somebody else's fault, and not followed.
  if (!wanted || record.instrument.value > 10'000'000) return std::nullopt;
  if (record.instrument.value >= last_.size()) last_.resize(record.instrument.value + 1u, Last{});
  Last& last = last_[record.instrument.value];
  switch (record.kind) {
    case RecordKind::kBookSnapshot:
      last.book = record_as<BookDelta>(record).venue_seq;
      return std::nullopt;
    case RecordKind::kBookDelta: {
      const auto& delta = record_as<BookDelta>(record);
      const std::uint64_t first = delta.venue_seq_first;
      return follow(record, last.book, first != 0 ? first : delta.venue_seq, delta.venue_seq);
    }
    case RecordKind::kTrade: {
      const std::uint64_t id = record_as<Trade>(record).trade_id;
      return follow(record, last.trade, id, id);
    }
    case RecordKind::kQuote: {
      const std::uint64_t number = record_as<Quote>(record).venue_seq;
      return follow(record, last.quote, number, number);
    }
    default: {
      const auto& order = record_as<BookOrder>(record);
      if (order.is_snapshot() || order.action == BookAction::kClear) return std::nullopt;
      return follow(record, last.order, order.venue_seq, order.venue_seq);
    }
  }
}

}  // namespace keel
