// Fills from top-of-book quotes, computed by hand.
#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {
OrderRequest buy(Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, Side::kBuy, quantity, price);
}
OrderRequest sell(Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, Side::kSell, quantity, price);
}
OrderRequest market(Side side, Quantity quantity) {
  return OrderRequest::market(InstrumentId{1}, side, quantity);
}
}  // namespace

TEST_CASE("an order arrives after its latency and its reports return after theirs") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  CHECK(rig.venue.next_event_time() == at_ms(10));
  rig.run(at_ms(14));
  CHECK(rig.reports.empty());
  rig.run(at_ms(15));
  REQUIRE(rig.reports.size() == 2);
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 100 taker"});
  CHECK(rig.reports[1].header.ts_event == at_ms(10));
  CHECK(rig.reports[1].header.ts_recv == at_ms(15));
  CHECK(rig.reports[1].status == OrderState::kFilled);
  CHECK(rig.reports[0].venue_order_id.view() == "SIM-1");
  CHECK(rig.reports[1].execution.view() == "SIM-E1");
  CHECK(rig.venue.open_orders() == 0);
  CHECK(rig.venue.position(AccountId{1}, rig.btc) == 1_qty);
}

TEST_CASE("an order meets the market as it is when it arrives, not as it was when it was sent") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  rig.quote(at_ms(9), 100_px, 5_qty, 101_px, 5_qty);
  rig.quote(at_ms(10), 101_px, 5_qty, 102_px, 5_qty);  // at the same instant the market is first
  rig.quote(at_ms(11), 102_px, 5_qty, 103_px, 5_qty);
  rig.run(at_ms(100));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 102 taker"});
}

TEST_CASE("latency zero has to be asked for by name, and then meets the same event") {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::constant(Duration{0});
  const InstrumentRegistry registry = one_instrument();
  REQUIRE(!config.check(registry).ok());
  CHECK(config.check(registry).error().code == sim_errors::kBadLatency);
  config.order_latency = LatencyModel::zero();
  REQUIRE(config.check(registry).ok());
  Rig rig{config};
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  rig.run(at_ms(0));
  rig.quote(at_ms(1), 100_px, 5_qty, 101_px, 5_qty);
  rig.run(at_ms(10));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 100 taker"});
}

TEST_CASE("what is larger than shown waits, cancels or slips, by time in force and model") {
  SUBCASE("a limit order rests") {
    Rig rig;
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId id = rig.submit(at_ms(0), buy(3_qty, 100_px));
    rig.run(at_ms(20));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker"});
    rig.quote(at_ms(30), 99_px, 6_qty, 100_px, 2_qty);  // the same offer: used up
    rig.run(at_ms(40));
    CHECK(rig.filled(id) == 2_qty);
    rig.quote(at_ms(50), 99_px, 6_qty, 99.5_px, 0.4_qty);  // a new offer, still in reach
    rig.quote(at_ms(51), 99_px, 6_qty, 101_px, 5_qty);     // gone: it rests from here on
    rig.quote(at_ms(52), 98_px, 6_qty, 99_px, 5_qty);
    rig.run(at_ms(60));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker", "filled 0.4 @ 99.5 taker",
                                "filled 0.6 @ 100 maker"});
  }
  SUBCASE("immediate or cancel") {
    Rig rig;
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId id = rig.submit(at_ms(0), buy(3_qty, 100_px).with(TimeInForce::kIoc));
    const OrderId none = rig.submit(at_ms(0), buy(3_qty, 99.5_px).with(TimeInForce::kIoc));
    rig.run(at_ms(20));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker", "canceled venue.no_liquidity"});
    CHECK(rig.told(none) == Lines{"accepted", "canceled venue.no_liquidity"});
  }
  SUBCASE("fill or kill") {
    Rig rig;
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId more = rig.submit(at_ms(0), buy(2.01_qty, 100_px).with(TimeInForce::kFok));
    const OrderId all = rig.submit(at_ms(0), buy(2_qty, 100_px).with(TimeInForce::kFok));
    rig.run(at_ms(20));
    CHECK(rig.told(more) == Lines{"accepted", "canceled venue.no_liquidity"});
    CHECK(rig.told(all) == Lines{"accepted", "filled 2 @ 100 taker"});
  }
  SUBCASE("a market order waits for more") {
    Rig rig;
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 3_qty));
    rig.quote(at_ms(20), 99_px, 5_qty, 100_px, 2_qty);
    rig.quote(at_ms(30), 99_px, 5_qty, 103_px, 2_qty);
    rig.run(at_ms(40));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker", "filled 1 @ 103 taker"});
  }
  SUBCASE("or pays two increments more") {
    SimConfig config = plain_config();
    config.fills.slippage = Slippage::fixed(2);
    Rig rig{config};
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId bought = rig.submit(at_ms(0), market(Side::kBuy, 3_qty));
    const OrderId sold = rig.submit(at_ms(0), market(Side::kSell, 7_qty));
    rig.run(at_ms(20));
    CHECK(rig.told(bought) == Lines{"accepted", "filled 2 @ 100 taker", "filled 1 @ 100.02 taker"});
    CHECK(rig.told(sold) == Lines{"accepted", "filled 5 @ 99 taker", "filled 2 @ 98.98 taker"});
  }
  SUBCASE("or in proportion to what was shown") {
    SimConfig config = plain_config();
    config.fills.slippage = Slippage::proportional(4);
    Rig rig{config};
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
    const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 5.1_qty));  // 3.1 over: 6.2 -> 7
    rig.run(at_ms(20));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker", "filled 3.1 @ 100.07 taker"});
  }
}

TEST_CASE("a resting order is filled at its price when the touch reaches it") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
  const OrderId first = rig.submit(at_ms(0), buy(1_qty, 99.5_px));
  const OrderId second = rig.submit(at_ms(1), buy(2_qty, 99.5_px));
  rig.run(at_ms(20));
  rig.quote(at_ms(30), 98_px, 5_qty, 99.4_px, 1.5_qty);
  rig.quote(at_ms(31), 98.5_px, 5_qty, 99.4_px, 1.5_qty);  // the offer has not changed
  rig.run(at_ms(50));
  CHECK(rig.told(first) == Lines{"accepted", "filled 1 @ 99.5 maker"});
  CHECK(rig.told(second) == Lines{"accepted", "filled 0.5 @ 99.5 maker"});
}

TEST_CASE("a trade through a resting order fills it, a trade at its price in turn") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
  const OrderId id = rig.submit(at_ms(0), buy(2_qty, 99_px));  // five before it
  rig.run(at_ms(20));
  rig.trade(at_ms(30), 99_px, 3_qty);
  rig.trade(at_ms(31), 99_px, 3_qty, Trade::kBuyerAggressor);  // took no bid
  rig.trade(at_ms(32), 99_px, 2.5_qty, Trade::kSellerAggressor);
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted", "filled 0.5 @ 99 maker"});
  rig.trade(at_ms(50), 98.99_px, 1_qty);
  rig.trade(at_ms(51), 98.99_px, 1_qty);
  rig.run(at_ms(60));
  CHECK(rig.told(id) ==
        Lines{"accepted", "filled 0.5 @ 99 maker", "filled 1 @ 99 maker", "filled 0.5 @ 99 maker"});
}

TEST_CASE("what is shown at the price bounds what stands before an order") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
  const OrderId id = rig.submit(at_ms(0), buy(2_qty, 99_px));
  rig.run(at_ms(20));
  rig.quote(at_ms(30), 99_px, 1_qty, 100_px, 2_qty);  // four have left: one is before it at most
  rig.trade(at_ms(31), 99_px, 1.5_qty);
  rig.run(at_ms(40));
  CHECK(rig.filled(id) == 0.5_qty);
  rig.quote(at_ms(41), 98_px, 1_qty, 100_px, 2_qty);  // nobody at its price
  rig.trade(at_ms(42), 99_px, 1_qty);
  rig.run(at_ms(50));
  CHECK(rig.filled(id) == 1.5_qty);
}

TEST_CASE("the optimistic queue fills at the price at once") {
  SimConfig config = plain_config();
  config.fills.queue = QueueModel::kOptimistic;
  Rig rig{config};
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
  const OrderId id = rig.submit(at_ms(0), buy(2_qty, 99_px));
  rig.run(at_ms(20));
  rig.trade(at_ms(30), 99_px, 0.3_qty);
  rig.run(at_ms(40));
  CHECK(rig.filled(id) == 0.3_qty);
}

TEST_CASE("post-only is rejected where it would take") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 2_qty);
  const OrderId takes = rig.submit(at_ms(0), buy(1_qty, 100_px).post_only());
  const OrderId rests = rig.submit(at_ms(0), buy(1_qty, 99.99_px).post_only());
  const OrderId sells = rig.submit(at_ms(0), sell(1_qty, 99_px).post_only());
  rig.run(at_ms(20));
  CHECK(rig.told(takes) == Lines{"rejected venue.post_only_would_take"});
  CHECK(rig.told(rests) == Lines{"accepted"});
  CHECK(rig.told(sells) == Lines{"rejected venue.post_only_would_take"});
}

TEST_CASE("stops trigger by what they watch and pay the market") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const auto stop = [](Side side, Price price, TriggerBy by) {
    return OrderRequest::stop(InstrumentId{1}, side, 1_qty, price).triggered_by(by);
  };
  const OrderId last = rig.submit(at_ms(0), stop(Side::kSell, 98_px, TriggerBy::kLast));
  const OrderId touch = rig.submit(at_ms(0), stop(Side::kSell, 98_px, TriggerBy::kBidAsk));
  const OrderId mid = rig.submit(at_ms(0), stop(Side::kBuy, 102_px, TriggerBy::kMid));
  const OrderId mark = rig.submit(at_ms(0), stop(Side::kBuy, 102_px, TriggerBy::kMark));
  const OrderId plain = rig.submit(at_ms(0), stop(Side::kSell, 98_px, TriggerBy::kDefault));
  rig.run(at_ms(20));
  rig.quote(at_ms(30), 97.9_px, 5_qty, 100_px, 5_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(touch) == Lines{"accepted", "triggered", "filled 1 @ 97.9 taker"});
  CHECK(rig.told(plain) == Lines{"accepted", "triggered", "filled 1 @ 97.9 taker"});
  CHECK(rig.told(last) == Lines{"accepted"});
  rig.trade(at_ms(50), 98_px, 1_qty);
  rig.quote(at_ms(60), 101.9_px, 5_qty, 102.1_px, 5_qty);  // mid at 102
  MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
  value.header.instrument = rig.btc;
  value.price = 102.5_px;
  rig.run(at_ms(70));
  CHECK(rig.told(last) == Lines{"accepted", "triggered", "filled 1 @ 97.9 taker"});
  CHECK(rig.told(mid) == Lines{"accepted", "triggered", "filled 1 @ 102.1 taker"});
  CHECK(rig.told(mark) == Lines{"accepted"});
  rig.venue.on_market(value.header, at_ms(80));
  rig.run(at_ms(90));
  CHECK(rig.told(mark) == Lines{"accepted", "triggered", "filled 1 @ 102.1 taker"});
}

TEST_CASE("a stop-limit rests at its limit once it was triggered") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId id =
      rig.submit(at_ms(0), OrderRequest::stop_limit(rig.btc, Side::kBuy, 1_qty, 101_px, 101.5_px)
                               .triggered_by(TriggerBy::kBidAsk));
  rig.run(at_ms(20));
  rig.quote(at_ms(30), 101_px, 5_qty, 102_px, 5_qty);  // gaps over trigger and limit
  rig.quote(at_ms(40), 101_px, 5_qty, 101.5_px, 0.4_qty);
  rig.quote(at_ms(50), 100_px, 5_qty, 101_px, 5_qty);
  rig.run(at_ms(60));
  CHECK(rig.told(id) ==
        Lines{"accepted", "triggered", "filled 0.4 @ 101.5 maker", "filled 0.6 @ 101.5 maker"});
}

TEST_CASE("crossed quotes, halts and gaps fill nothing") {
  Rig rig;
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  rig.quote(at_ms(20), 101_px, 5_qty, 100_px, 5_qty);  // bid above ask
  StatusChange halt = make_record<StatusChange>(RecordKind::kInstrumentStatus);
  halt.header.instrument = rig.btc;
  halt.status = InstrumentStatus::kHalted;
  rig.venue.on_market(halt.header, at_ms(21));
  rig.quote(at_ms(22), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId late = rig.submit(at_ms(22), market(Side::kBuy, 1_qty));
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted"});
  CHECK(rig.told(late) == Lines{"rejected venue.market_closed"});
  halt.status = InstrumentStatus::kTrading;
  rig.venue.on_market(halt.header, at_ms(41));
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.header.instrument = rig.btc;
  rig.venue.on_market(gap.header, at_ms(42));
  const OrderId blind = rig.submit(at_ms(42), market(Side::kBuy, 1_qty));
  rig.run(at_ms(60));
  CHECK(rig.told(blind) == Lines{"accepted"});
  rig.quote(at_ms(61), 99_px, 5_qty, 100_px, 5_qty);
  rig.run(at_ms(80));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 100 taker"});
  CHECK(rig.told(blind) == Lines{"accepted", "filled 1 @ 100 taker"});
}
