#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include <keel/core/random.hpp>
#include <keel/market/feed_merge.hpp>
#include <keel/model/market_data.hpp>

using namespace keel;

namespace {

// Hands out trades in batches of a given size; the instrument marks the feed, trade_id the
// position.
struct ListFeed {
  std::vector<Trade> trades;
  std::size_t batch = 3;
  std::size_t at = 0;
  Result<std::span<const std::byte>> next() {
    const std::size_t count = std::min(batch, trades.size() - at);
    const std::span<const Trade> run{trades.data() + at, count};
    at += count;
    return std::as_bytes(run);
  }
};

ListFeed feed(std::uint32_t index, const std::vector<std::int64_t>& times) {
  ListFeed result;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Trade trade = Trade::at(InstrumentId{index + 1}, Timestamp{times[i]}, 1_px, 1_qty);
    trade.trade_id = i;
    result.trades.push_back(trade);
  }
  return result;
}

struct Drained {
  std::vector<Trade> trades;
  std::optional<Error> error;
};

Drained drain(FeedMerge& merge) {
  Drained result;
  for (;;) {
    auto batch = merge.next();
    if (!batch) {
      result.error = batch.error();
      return result;
    }
    if (batch->empty()) return result;
    for (std::size_t at = 0; at < batch->size(); at += sizeof(Trade)) {
      result.trades.push_back(
          record_as<Trade>(*reinterpret_cast<const RecordHeader*>(batch->data() + at)));
    }
  }
}

}  // namespace

TEST_CASE("feeds merge by time, then feed, then position") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random{seed};
    std::vector<ListFeed> feeds;
    std::vector<Trade> expected;
    for (std::uint32_t i = 0, n = static_cast<std::uint32_t>(random.below(6)); i < n; ++i) {
      std::vector<std::int64_t> times;
      std::int64_t at = 0;
      for (std::uint64_t k = 0, m = random.below(400); k < m; ++k)
        times.push_back(at += random.between(0, 3));
      feeds.push_back(feed(i, times));
      feeds.back().batch = 1 + random.below(50);
      expected.insert(expected.end(), feeds.back().trades.begin(), feeds.back().trades.end());
    }
    std::sort(expected.begin(), expected.end(), [](const Trade& a, const Trade& b) {
      if (a.header.ts_event != b.header.ts_event) return a.header.ts_event < b.header.ts_event;
      if (a.header.instrument != b.header.instrument)
        return a.header.instrument < b.header.instrument;
      return a.trade_id < b.trade_id;
    });
    FeedMerge merge;
    for (ListFeed& one : feeds) merge.add(one, "f");
    const auto got = drain(merge);
    CHECK_FALSE(got.error.has_value());
    REQUIRE(got.trades.size() == expected.size());
    CHECK(merge.delivered() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      REQUIRE(std::memcmp(&got.trades[i], &expected[i], sizeof(Trade)) == 0);
    CHECK(merge.next().value().empty());
  }
}

TEST_CASE("an unsorted feed is refused by name and record, after what came before it") {
  auto good = feed(0, {1, 2, 3, 4, 5, 6});
  auto bad = feed(1, {2, 4, 5, 3, 9});
  FeedMerge merge;
  merge.add(good, "good");
  merge.add(bad, "bad");
  const auto got = drain(merge);
  REQUIRE(got.error.has_value());
  CHECK(got.error->code == market_errors::kTimeGoingBack);
  CHECK(got.error->where == "feed bad, record 4");
  CHECK(got.error->value == "3");
  CHECK(got.trades.size() == 8);  // 1 2 2 3 4 4 5 5
  CHECK(merge.next().error().code == market_errors::kTimeGoingBack);
}

TEST_CASE("bytes that are not whole records are refused") {
  for (const std::uint32_t size : {0u, 39u, 44u, 80u}) {
    auto bad = feed(0, {1, 2});
    bad.batch = 2;
    bad.trades[1].header.size = size;
    FeedMerge merge;
    merge.add(bad, "bad");
    const auto got = drain(merge);
    REQUIRE(got.error.has_value());
    CHECK(got.error->code == market_errors::kBadRecord);
    CHECK(got.error->where == "feed bad, record 2");
  }
}

TEST_CASE("a feed's own error is passed on with the feed's name") {
  struct Failing {
    Result<std::span<const std::byte>> next() {
      return Error{market_errors::kBadRecord, "x", "y", "z", {}};
    }
  } failing;
  FeedMerge merge;
  merge.add(failing, "tape");
  CHECK(merge.next().error().where == "feed tape");
}
