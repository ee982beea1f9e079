#include <doctest/doctest.h>

#include <keel/market/feed_merge.hpp>

using namespace keel;

namespace {

BookDelta delta(std::uint32_t id, std::uint64_t first, std::uint64_t last,
                RecordKind kind = RecordKind::kBookDelta) {
  BookDelta made = make_record<BookDelta>(kind);
  made.header.instrument = {id};
  made.header.ts_event = Timestamp{static_cast<std::int64_t>(last)};
  made.venue_seq_first = first;
  made.venue_seq = last;
  return made;
}

struct Records {
  std::vector<BookDelta> rows;
  bool told = false;
  Result<std::span<const std::byte>> next() {
    if (told) return std::span<const std::byte>{};
    told = true;
    return std::as_bytes(std::span{rows});
  }
};

}  // namespace

TEST_CASE("missing numbers are told of once, by instrument and kind") {
  GapDetector numbers{{.books = true, .trades = true, .quotes = true, .orders = true}};
  CHECK_FALSE(numbers.check(delta(1, 0, 5).header));
  CHECK_FALSE(numbers.check(delta(1, 6, 9).header));
  CHECK_FALSE(numbers.check(delta(2, 70, 90).header));
  CHECK_FALSE(numbers.check(delta(1, 3, 4).header));  // old
  const auto gap = numbers.check(delta(1, 13, 14).header);
  REQUIRE(gap);
  CHECK(gap->expected_seq == 10);
  CHECK(gap->found_seq == 13);
  CHECK(gap->dropped == 3);
  CHECK(gap->header.instrument == InstrumentId{1});
  CHECK_FALSE(numbers.check(delta(1, 15, 15).header));
  CHECK_FALSE(numbers.check(delta(1, 0, 900, RecordKind::kBookSnapshot).header));
  CHECK_FALSE(numbers.check(delta(1, 901, 901).header));
  CHECK_FALSE(numbers.check(delta(1, 0, 0).header));  // no number
  Trade trade = Trade::at({1}, Timestamp{1}, 1_px, 1_qty);
  for (const std::uint64_t id : {7u, 8u, 8u, 7u, 9u}) {
    trade.trade_id = id;
    CHECK_FALSE(numbers.check(trade.header));
  }
  trade.trade_id = 11;
  CHECK(numbers.check(trade.header)->dropped == 1);
  CHECK(numbers.gaps() == 2);
  GapDetector books{};
  trade.trade_id = 1;
  CHECK_FALSE(books.check(trade.header));
  trade.trade_id = 100;
  CHECK_FALSE(books.check(trade.header));  // not asked for
}

TEST_CASE("a merge marks the gaps of its feeds where they are") {
  Records one{{delta(1, 1, 2), delta(1, 3, 4), delta(1, 7, 8)}};
  Records two{{delta(2, 1, 3), delta(2, 4, 6)}};
  FeedMerge merge;
  merge.add(one, "one");
  merge.mark_gaps({});
  merge.add(two, "two");
  std::vector<std::pair<RecordKind, std::int64_t>> seen;
  for (;;) {
    const auto batch = merge.next();
    REQUIRE(batch.ok());
    if (batch->empty()) break;
    for (std::size_t at = 0; at < batch->size();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(batch->data() + at);
      seen.emplace_back(record.kind, record.ts_event.ns);
      at += record.size;
    }
  }
  using enum RecordKind;
  CHECK(seen == std::vector<std::pair<RecordKind, std::int64_t>>{{kBookDelta, 2},
                                                                 {kBookDelta, 3},
                                                                 {kBookDelta, 4},
                                                                 {kBookDelta, 6},
                                                                 {kMarketGap, 8},
                                                                 {kBookDelta, 8}});
  CHECK(merge.gaps() == 1);
  CHECK(merge.delivered() == 6);
}
