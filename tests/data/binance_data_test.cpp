// Six captures of Binance's streams: the book rebuilt from them has no gap in its numbers, and its
// best prices and sizes are the venue's own wherever both carry the same number. Counts are from
// the same bytes by Python's json module.
#include <doctest/doctest.h>

#include <read_data.hpp>

#include <keel/market/order_book.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/storage/binance_feed.hpp>

#include <unordered_map>

using namespace keel;
using namespace keel::test;

namespace {

constexpr InstrumentId kId{1};

struct Capture {
  const char* file;
  const char* symbol;
  std::uint64_t depths, quotes, trades;
};
constexpr Capture kCaptures[] = {
    {"spot/btcusdt_20240808.gz", "BTCUSDT", 3'451, 28'040, 9'757},
    {"spot/ethusdt_20240808.gz", "ETHUSDT", 3'434, 24'077, 6'106},
    {"usdm/btcusdt_20240808.gz", "BTCUSDT", 6'551, 66'089, 21'313},
    {"usdm/ethusdt_20240808.gz", "ETHUSDT", 6'586, 53'992, 14'076},
    {"cm/btcusd_perp_20240808.gz", "BTCUSD_PERP", 26'847, 19'136, 2'286},
    {"cm/ethusd_perp_20240808.gz", "ETHUSD_PERP", 22'909, 15'812, 1'732},
};

Instrument instrument() {
  Instrument made{};
  made.id = kId;
  return made;
}

struct Top {
  Price bid, ask;
  Quantity bid_size, ask_size;
  friend bool operator==(const Top&, const Top&) = default;
};

template <class Visitor>
void each_record(BinanceFeed& feed, Visitor&& visit) {
  Timestamp before{0};
  for (;;) {
    const auto batch = feed.next();
    REQUIRE_MESSAGE(batch.ok(), batch.error().message());
    if (batch->empty()) return;
    for (std::size_t at = 0; at < batch->size();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(batch->data() + at);
      REQUIRE(record.ts_event >= before);
      REQUIRE(record.ts_recv >= record.ts_event);
      before = record.ts_event;
      visit(record);
      at += record.size;
    }
  }
}

}  // namespace

TEST_CASE("Binance: each capture gives a book without a gap, equal to the venue's best prices") {
  for (const Capture& capture : kCaptures) {
    CAPTURE(capture.file);
    auto feed = BinanceFeed::open(data_path(std::string{"crypto-l2-binance/"} + capture.file),
                                  {.symbol = capture.symbol}, instrument());
    REQUIRE_MESSAGE(feed.ok(), feed.error().message());
    OrderBook book{kId, {.sequence = SequenceRule::kContiguous, .max_levels = 1u << 16}};
    // The two streams come on connections of their own: either may tell of a number first.
    std::unordered_map<std::uint64_t, Top> books, tickers;
    std::uint64_t snapshot = 0, applied = 0, old = 0;
    each_record(*feed, [&](const RecordHeader& record) {
      if (record.kind == RecordKind::kQuote) {
        const auto& quote = record_as<Quote>(record);
        REQUIRE(quote.is_two_sided());
        tickers[quote.venue_seq] = {quote.bid_price, quote.ask_price, quote.bid_size,
                                    quote.ask_size};
        return;
      }
      if (record.kind != RecordKind::kBookDelta && record.kind != RecordKind::kBookSnapshot) return;
      const auto& delta = record_as<BookDelta>(record);
      const BookOutcome outcome = book.on_delta(delta);
      CAPTURE(delta.venue_seq);
      if (record.kind == RecordKind::kBookSnapshot) snapshot = delta.venue_seq;
      if (outcome == BookOutcome::kOld) {
        ++old;
        CHECK(delta.venue_seq <= snapshot);  // only what the snapshot holds already
        return;
      }
      REQUIRE_MESSAGE(outcome == BookOutcome::kApplied, to_text(outcome));
      ++applied;
      REQUIRE_FALSE(book.is_crossed());
      const auto bid = book.best(Side::kBuy), ask = book.best(Side::kSell);
      REQUIRE((bid && ask));
      books[delta.venue_seq] = {bid->price, ask->price, bid->size, ask->size};
    });
    const BinanceReport& report = feed->report();
    CHECK(report.depths == capture.depths);
    CHECK(report.quotes == capture.quotes);
    CHECK(report.trades == capture.trades);
    CHECK(report.snapshots == 1);
    CHECK(report.others == 0);
    CHECK(book.stats().gaps == 0);
    CHECK(book.is_live());
    CHECK(applied + old + report.dropped == capture.depths + 1);
    std::uint64_t shared = 0;
    for (const auto& [number, top] : books) {
      const auto ticker = tickers.find(number);
      if (ticker == tickers.end()) continue;
      CAPTURE(number);
      CHECK(ticker->second == top);
      ++shared;
    }
    MESSAGE(std::string{capture.file}, ": ", report.to_text(), "; ", shared, " numbers in both");
    CHECK(shared > 0);
  }
}

TEST_CASE("Binance: the local clock was behind the exchange's, and an offset says so") {
  const std::string path = data_path("crypto-l2-binance/usdm/btcusdt_20240808.gz");
  const auto latency = BinanceFeed::measure_latency(path, {.symbol = "BTCUSDT"});
  REQUIRE(latency.ok());
  CHECK(latency->ns < -1'200'000'000);
  CHECK(latency->ns > -1'300'000'000);
  auto feed = BinanceFeed::open(
      path, {.symbol = "BTCUSDT", .recv_offset = Duration{1'000'000 - latency->ns}}, instrument());
  REQUIRE(feed.ok());
  std::uint64_t records = 0;
  each_record(*feed, [&records](const RecordHeader&) { ++records; });
  CHECK(records == feed->report().delivered);
  // What is still early was lifted in time itself, behind another stream's message.
  CHECK(feed->report().early <= feed->report().lifted);
}
