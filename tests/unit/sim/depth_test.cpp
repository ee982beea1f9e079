// Fills where the market shows levels of depth, computed by hand.
#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

OrderRequest limit(Side side, Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, side, quantity, price);
}

struct DepthRig : Rig {
  using Rig::Rig;
  void book(Timestamp time, RecordKind kind, const std::vector<BookLevel>& levels) {
    std::vector<std::uint64_t> memory((sizeof(BookDelta) + levels.size() * sizeof(BookLevel)) / 8);
    BookDelta delta = make_record<BookDelta>(kind);
    delta.header.instrument = btc;
    delta.header.size = static_cast<std::uint32_t>(memory.size() * 8);
    delta.count = static_cast<std::uint32_t>(levels.size());
    std::memcpy(memory.data(), &delta, sizeof delta);
    if (!levels.empty())
      std::memcpy(memory.data() + sizeof delta / 8, levels.data(),
                  levels.size() * sizeof(BookLevel));
    venue.on_market(*reinterpret_cast<const RecordHeader*>(memory.data()), time);
  }
  void snapshot(Timestamp time) { book(time, RecordKind::kBookSnapshot, levels()); }
  static std::vector<BookLevel> levels() {
    return {{99_px, 5_qty, Side::kBuy, {}},
            {98_px, 9_qty, Side::kBuy, {}},
            {100_px, 2_qty, Side::kSell, {}},
            {101_px, 3_qty, Side::kSell, {}},
            {103_px, 4_qty, Side::kSell, {}}};
  }
};

}  // namespace

TEST_CASE("an order larger than the touch fills level by level") {
  DepthRig rig;
  rig.snapshot(at_ms(0));
  const OrderId market = rig.submit(at_ms(0), OrderRequest::market(rig.btc, Side::kBuy, 3_qty));
  const OrderId rests = rig.submit(at_ms(0), limit(Side::kBuy, 4_qty, 102_px));
  rig.run(at_ms(20));
  CHECK(rig.told(market) == Lines{"accepted", "filled 2 @ 100 taker", "filled 1 @ 101 taker"});
  CHECK(rig.told(rests) == Lines{"accepted", "filled 2 @ 101 taker"});
  rig.snapshot(at_ms(30));  // nothing has changed: it stays taken
  rig.run(at_ms(40));
  CHECK(rig.filled(rests) == 2_qty);
  rig.book(at_ms(50), RecordKind::kBookDelta, {{101_px, 0.5_qty, Side::kSell, {}}});
  rig.run(at_ms(60));
  CHECK(rig.told(rests) == Lines{"accepted", "filled 2 @ 101 taker", "filled 0.5 @ 101 taker"});
}

TEST_CASE("fill or kill counts every level, and slippage starts at the deepest") {
  SimConfig config = plain_config();
  config.fills.slippage = Slippage::fixed(10);
  DepthRig rig{config};
  rig.snapshot(at_ms(0));
  const OrderId more =
      rig.submit(at_ms(0), limit(Side::kBuy, 5.01_qty, 101_px).with(TimeInForce::kFok));
  const OrderId all =
      rig.submit(at_ms(0), limit(Side::kBuy, 5_qty, 101_px).with(TimeInForce::kFok));
  const OrderId beyond = rig.submit(at_ms(0), OrderRequest::market(rig.btc, Side::kBuy, 6_qty));
  rig.run(at_ms(20));
  CHECK(rig.told(more) == Lines{"accepted", "canceled venue.no_liquidity"});
  CHECK(rig.told(all) == Lines{"accepted", "filled 2 @ 100 taker", "filled 3 @ 101 taker"});
  CHECK(rig.told(beyond) == Lines{"accepted", "filled 4 @ 103 taker", "filled 2 @ 103.1 taker"});
}

TEST_CASE("an order behind the touch knows its queue by its level") {
  DepthRig rig;
  rig.snapshot(at_ms(0));
  const OrderId id = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 98_px));  // nine before it
  rig.run(at_ms(20));
  rig.book(at_ms(30), RecordKind::kBookDelta,
           {{99_px, 0_qty, Side::kBuy, {}}, {98_px, 2_qty, Side::kBuy, {}}});
  rig.trade(at_ms(31), 98_px, 2.25_qty, Trade::kSellerAggressor);
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted", "filled 0.25 @ 98 maker"});
}

TEST_CASE("depth that is crossed, or lost, fills nothing; quotes beside depth are ignored") {
  DepthRig rig;
  rig.snapshot(at_ms(0));
  const OrderId id = rig.submit(at_ms(0), OrderRequest::market(rig.btc, Side::kSell, 1_qty));
  rig.book(at_ms(1), RecordKind::kBookDelta,
           {{99_px, 1_qty, Side::kSell, {}}, {99.5_px, 1_qty, Side::kBuy, {}}});
  rig.run(at_ms(20));
  CHECK(rig.told(id) == Lines{"accepted"});
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.header.instrument = rig.btc;
  rig.venue.on_market(gap.header, at_ms(30));
  rig.quote(at_ms(31), 99_px, 5_qty, 100_px, 5_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted"});
  rig.snapshot(at_ms(50));
  rig.run(at_ms(60));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 99 taker"});
}
