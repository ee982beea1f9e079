#include <doctest/doctest.h>

#include <vector>

#include <keel/core/random.hpp>
#include <keel/market/consolidated_quote.hpp>

using namespace keel;

namespace {

const std::vector<InstrumentId> kSources{{3}, {5}, {8}};

Quote quote(std::uint32_t id, std::int64_t time, Price bid, Quantity bid_size, Price ask,
            Quantity ask_size) {
  return Quote::two_sided({id}, Timestamp{time}, bid, bid_size, ask, ask_size);
}
StatusChange status(std::uint32_t id, std::int64_t time, InstrumentStatus what) {
  StatusChange made = make_record<StatusChange>(RecordKind::kInstrumentStatus);
  made.header.instrument = {id};
  made.header.ts_event = made.header.ts_recv = Timestamp{time};
  made.status = what;
  return made;
}

}  // namespace

TEST_CASE("the best over venues: prices, summed sizes, and who shows them") {
  ConsolidatedQuote best{kSources};
  CHECK_FALSE(best.best(Side::kBuy));
  CHECK(best.on_market(quote(5, 1, 99_px, 2_qty, 101_px, 3_qty).header));
  CHECK(best.on_market(quote(3, 2, 99_px, 1_qty, 102_px, 3_qty).header));
  CHECK(best.best(Side::kBuy) == ConsolidatedSide{99_px, 3_qty, {3}, 2});
  CHECK(best.best(Side::kSell) == ConsolidatedSide{101_px, 3_qty, {5}, 1});
  CHECK_FALSE(best.on_market(quote(8, 3, 98_px, 9_qty, 103_px, 9_qty).header));
  CHECK_FALSE(best.on_market(quote(4, 3, 100_px, 9_qty, 100_px, 9_qty).header));  // not a source
  CHECK(best.on_market(quote(8, 4, 101_px, 9_qty, 103_px, 9_qty).header));
  CHECK(best.is_locked());
  CHECK(best.on_market(quote(8, 5, 102_px, 9_qty, 103_px, 9_qty).header));
  CHECK(best.is_crossed());
  const Quote all = best.as_quote({42});
  CHECK(all.header.instrument == InstrumentId{42});
  CHECK(all.bid_price == 102_px);
  CHECK(all.header.ts_event == Timestamp{5});
  CHECK(best.on_market(status(8, 6, InstrumentStatus::kHalted).header));
  CHECK(best.best(Side::kBuy)->price == 99_px);
  CHECK(best.on_market(status(8, 7, InstrumentStatus::kTrading).header));
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  CHECK(best.on_market(gap.header));  // of all
  CHECK_FALSE(best.best(Side::kBuy));
  CHECK((best.as_quote({42}).header.flags & 3) == 0);
}

TEST_CASE("a quote that is too old does not count") {
  ConsolidatedQuote best{kSources, Duration{10}};
  best.on_market(quote(3, 100, 99_px, 2_qty, 101_px, 3_qty).header);
  best.on_market(quote(5, 105, 98_px, 2_qty, 102_px, 3_qty).header);
  CHECK(best.next_deadline() == Timestamp{111});
  CHECK_FALSE(best.on_time(Timestamp{110}));
  CHECK(best.on_time(Timestamp{111}));
  CHECK(best.best(Side::kBuy)->price == 98_px);
  CHECK(best.next_deadline() == Timestamp{116});
  CHECK(best.on_time(Timestamp{200}));
  CHECK_FALSE(best.best(Side::kSell));
  CHECK_FALSE(best.next_deadline());
}

TEST_CASE("the best over venues is what looking at all of them gives") {
  Random random{6};
  ConsolidatedQuote best{kSources, Duration{50}};
  struct Seen {
    Quote last;
    bool halted, gapped, any;
  } seen[3]{};
  for (int i = 1; i < 20'000; ++i) {
    const std::size_t at = random.below(3);
    const std::uint64_t pick = random.below(100);
    if (pick < 90) {
      Quote one =
          quote(kSources[at].value, i, Price::whole(random.between(95, 100)),
                Quantity::whole(random.between(1, 5)), Price::whole(random.between(99, 104)),
                Quantity::whole(random.between(1, 5)));
      if (random.below(10) == 0) one.header.flags = Quote::kHasAsk;
      seen[at] = {one, seen[at].halted, false, true};
      best.on_market(one.header);
    } else if (pick < 95) {
      seen[at].halted = pick < 93;
      best.on_market(status(kSources[at].value, i,
                            pick < 93 ? InstrumentStatus::kHalted : InstrumentStatus::kTrading)
                         .header);
    } else {
      MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
      gap.header.instrument = kSources[at];
      gap.header.ts_recv = Timestamp{i};
      seen[at].gapped = true;
      best.on_market(gap.header);
    }
    for (const Side side : {Side::kBuy, Side::kSell}) {
      std::optional<ConsolidatedSide> expected;
      for (std::size_t k = 0; k < 3; ++k) {
        const Quote& one = seen[k].last;
        const bool has = side == Side::kBuy ? one.has_bid() : one.has_ask();
        if (!seen[k].any || seen[k].halted || seen[k].gapped || !has ||
            i - one.header.ts_recv.ns > 50)
          continue;
        const Price price = side == Side::kBuy ? one.bid_price : one.ask_price;
        const Quantity size = side == Side::kBuy ? one.bid_size : one.ask_size;
        if (!expected || (side == Side::kBuy ? price > expected->price : price < expected->price))
          expected = ConsolidatedSide{price, size, kSources[k], 1};
        else if (price == expected->price)
          expected =
              ConsolidatedSide{price, expected->size + size, expected->first, expected->venues + 1};
      }
      REQUIRE(best.best(side) == expected);
    }
  }
  StateWriter writer;
  best.save(writer);
  ConsolidatedQuote other{kSources, Duration{50}};
  StateReader reader{writer.bytes()};
  other.load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(other.best(Side::kBuy) == best.best(Side::kBuy));
  ConsolidatedQuote wrong{std::vector<InstrumentId>{{1}}};
  StateReader again{writer.bytes()};
  wrong.load(again);
  CHECK_FALSE(again.finish().ok());
}
