#include <keel/core/random.hpp>
#include <keel/storage/memory_feed.hpp>

#include "csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr InstrumentId kId{3};

std::vector<PackedQuote> random_quotes(std::size_t count) {
  Random random{count};
  std::vector<PackedQuote> quotes;
  std::int64_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t bid = random.between(-5, 1'000);
    quotes.push_back({Timestamp{at += random.between(0, 4)}, Price::from_raw(bid),
                      Price::from_raw(bid + 1), Quantity::from_raw(random.between(0, 3)),
                      Quantity::from_raw(random.between(1, 3))});
  }
  return quotes;
}

}  // namespace

TEST_CASE("packed quotes come out as records, in batches of any remainder") {
  for (const std::size_t count : {0u, 1u, 127u, 128u, 129u, 1'000u}) {
    const auto quotes = random_quotes(count);
    auto feed = MemoryFeed::quotes(kId, quotes);
    REQUIRE(feed.ok());
    CHECK(feed->size_hint() == count);
    for (int round = 0; round < 2; ++round) {
      const auto got = drain<Quote>(*feed);
      REQUIRE(got.rows.size() == count);
      for (std::size_t i = 0; i < count; ++i) {
        const Quote& quote = got.rows[i];
        REQUIRE(quote.header.kind == RecordKind::kQuote);
        REQUIRE(quote.header.size == sizeof(Quote));
        REQUIRE(quote.header.instrument == kId);
        REQUIRE(quote.header.ts_event == quotes[i].time);
        REQUIRE(quote.header.ts_recv == quotes[i].time);
        REQUIRE(quote.has_bid() == !quotes[i].bid_size.is_zero());
        REQUIRE(quote.has_ask());
        REQUIRE(quote.bid_price == quotes[i].bid_price);
        REQUIRE(quote.ask_size == quotes[i].ask_size);
      }
      CHECK(feed->next().value().empty());
      feed->rewind();
    }
  }
}

TEST_CASE("packed trades come out as records; a feed can be moved") {
  std::vector<PackedTrade> trades = {{Timestamp{1}, 5_px, 2_qty, 0},
                                     {Timestamp{1}, 6_px, 3_qty, 2}};
  auto made = MemoryFeed::trades(kId, trades);
  REQUIRE(made.ok());
  MemoryFeed feed = std::move(*made);
  const auto got = drain<Trade>(feed);
  REQUIRE(got.rows.size() == 2);
  CHECK_FALSE(got.rows[0].aggressor().has_value());
  CHECK(got.rows[1].aggressor() == Side::kSell);
  CHECK(got.rows[1].price == 6_px);
  auto one = MemoryFeed::trades_view(kId, trades);
  auto two = MemoryFeed::trades_view(kId, trades);
  CHECK(drain<Trade>(*one).rows.size() == drain<Trade>(*two).rows.size());
}

TEST_CASE("columns of unequal length are refused by name") {
  const std::vector<Timestamp> time = {Timestamp{1}, Timestamp{2}};
  const std::vector<Price> price = {1_px, 2_px}, short_price = {1_px};
  const std::vector<Quantity> size = {1_qty, 2_qty}, long_size = {1_qty, 2_qty, 3_qty};
  CHECK(MemoryFeed::trades(kId, TradeColumns{time, price, size}).ok());
  const auto bad = MemoryFeed::trades(kId, TradeColumns{time, price, long_size});
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().code == storage_errors::kColumnsDiffer);
  CHECK(bad.error().field == "size");
  CHECK(bad.error().value == "3");
  CHECK(MemoryFeed::quotes(kId, QuoteColumns{time, price, price, size, size}).ok());
  CHECK(MemoryFeed::quotes(kId, QuoteColumns{time, price, short_price, size, size}).error().field ==
        "ask_price");
  CHECK(MemoryFeed::quotes(kId, QuoteColumns{time, price, price, long_size, size}).error().field ==
        "bid_size");
}

TEST_CASE("rows that cannot be are refused by number") {
  auto quotes = random_quotes(10);
  const auto code_of = [&](auto change) {
    auto copy = quotes;
    change(copy[7]);
    const auto feed = MemoryFeed::quotes_view(kId, copy);
    REQUIRE_FALSE(feed.ok());
    CHECK(feed.error().where == "row 7");
    return feed.error().code;
  };
  CHECK(code_of([](PackedQuote& q) { q.time = Timestamp{-1}; }) == storage_errors::kTimeGoingBack);
  CHECK(code_of([](PackedQuote& q) { q.bid_size = -1_qty; }) == storage_errors::kNegativeSize);
  CHECK(code_of([](PackedQuote& q) { q.bid_size = q.ask_size = Quantity::zero(); }) ==
        storage_errors::kMissingValue);
  const auto trade_code = [](const PackedTrade& trade) {
    return MemoryFeed::trades(kId, std::vector<PackedTrade>{trade}).error().code;
  };
  CHECK(trade_code({Timestamp{1}, 1_px, Quantity::zero(), 0}) == storage_errors::kZeroSize);
  CHECK(trade_code({Timestamp{1}, 1_px, -1_qty, 0}) == storage_errors::kNegativeSize);
  CHECK(trade_code({Timestamp{1}, 1_px, 1_qty, 3}) == storage_errors::kUnknownSide);
}
