// Every order type and time in force, natively, by the rules of docs/sim.md.
#include <algorithm>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr InstrumentId kBtc{1};

SimConfig instant() {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::zero();
  return config;
}

// Steps of ten milliseconds: what happens in one is known before the next.
struct Market : Rig {
  explicit Market(const SimConfig& given = instant()) : Rig(given) { show(0, 99_px, 100_px); }
  void show(std::int64_t ms, Price bid, Price ask, Quantity size = 5_qty) {
    quote(at_ms(ms * 10), bid, size, ask, size);
    run(at_ms(ms * 10 + 6));
  }
  OrderId put(std::int64_t ms, const OrderRequest& request, AccountId account = AccountId{1}) {
    const OrderId id = submit(at_ms(ms * 10), request, account);
    run(at_ms(ms * 10 + 6));
    return id;
  }
};

OrderRequest of_type(OrderType type, Side side, Quantity quantity) {
  OrderRequest request = OrderRequest::market(kBtc, side, quantity);
  request.terms.type = type;
  return request;
}
OrderRequest touched(Side side, Quantity quantity, Price trigger) {
  OrderRequest request = OrderRequest::stop(kBtc, side, quantity, trigger);
  request.terms.type = OrderType::kMarketIfTouched;
  return request;
}
OrderRequest trailing(Side side, Quantity quantity, TrailUnit unit, std::int64_t offset) {
  OrderRequest request = of_type(OrderType::kTrailingStop, side, quantity);
  request.terms.trail_unit = unit;
  request.terms.trail_offset = offset;
  request.terms.trigger_by = TriggerBy::kBidAsk;
  return request;
}

}  // namespace

TEST_CASE("a market-to-limit order takes the best price and rests there with what is left") {
  Market rig;
  const OrderId id = rig.put(10, of_type(OrderType::kMarketToLimit, Side::kBuy, 7_qty));
  CHECK(rig.told(id) == Lines{"accepted", "filled 5 @ 100 taker", "replaced cancel.by_venue"});
  CHECK(rig.reports.back().price == 100_px);
  rig.show(20, 99_px, 101_px);  // the market leaves it: it rests from now on
  rig.show(30, 99_px, 99.5_px);
  CHECK(rig.filled(id) == 7_qty);
  CHECK(rig.reports.back().last_price == 100_px);
  // Its converted limit can be replaced.
  const OrderId other = rig.put(40, of_type(OrderType::kMarketToLimit, Side::kSell, 9_qty));
  OrderTerms terms = of_type(OrderType::kMarketToLimit, Side::kSell, 9_qty).terms;
  terms.flags |= OrderTerms::kHasLimit;
  terms.limit_price = 105_px;
  rig.replace(at_ms(500), other, terms);
  rig.show(60, 104_px, 106_px);
  CHECK(rig.told(other) ==
        Lines{"accepted", "filled 5 @ 99 taker", "replaced cancel.by_venue", "replaced"});
}

TEST_CASE("a market-to-limit order over trades becomes a limit order at its first price") {
  SimConfig config = instant();
  config.fills.source = FillSource::kTrades;
  Rig rig{config};
  rig.trade(at_ms(1), 100_px, 1_qty);
  const OrderId id = rig.submit(at_ms(2), of_type(OrderType::kMarketToLimit, Side::kBuy, 3_qty));
  rig.run(at_ms(3));
  rig.trade(at_ms(4), 101_px, 1_qty);
  rig.trade(at_ms(5), 102_px, 5_qty);
  rig.trade(at_ms(6), 100.5_px, 1_qty);
  rig.run(at_ms(20));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 101 taker", "replaced cancel.by_venue",
                              "filled 1 @ 101 maker"});
}

TEST_CASE("if-touched orders wait for the price to come to them") {
  Market rig;
  const OrderId buy =
      rig.put(1, touched(Side::kBuy, 1_qty, 98_px).triggered_by(TriggerBy::kBidAsk));
  const OrderId sell =
      rig.put(1, touched(Side::kSell, 1_qty, 101_px).triggered_by(TriggerBy::kBidAsk));
  rig.show(10, 98_px, 99_px);
  CHECK(rig.told(buy) == Lines{"accepted"});
  rig.show(20, 97_px, 98_px);
  CHECK(rig.told(buy) == Lines{"accepted", "triggered", "filled 1 @ 98 taker"});
  rig.show(30, 101.5_px, 102_px);
  CHECK(rig.told(sell) == Lines{"accepted", "triggered", "filled 1 @ 101.5 taker"});
  OrderRequest limit = OrderRequest::stop_limit(kBtc, Side::kBuy, 1_qty, 100_px, 99.5_px);
  limit.terms.type = OrderType::kLimitIfTouched;
  const OrderId lit = rig.put(40, limit.triggered_by(TriggerBy::kBidAsk));
  rig.show(50, 99_px, 100_px);  // touched: now a limit order
  CHECK(rig.told(lit) == Lines{"accepted", "triggered"});
  rig.show(60, 98_px, 99.2_px);
  CHECK(rig.told(lit) == Lines{"accepted", "triggered", "filled 1 @ 99.5 maker"});
  // Reached at arrival: at once.
  const OrderId now =
      rig.put(70, touched(Side::kBuy, 1_qty, 99.2_px).triggered_by(TriggerBy::kBidAsk));
  CHECK(rig.told(now) == Lines{"accepted", "triggered", "filled 1 @ 99.2 taker"});
}

TEST_CASE("a trailing stop follows by amount, percent and ticks, and never goes back") {
  for (const auto& [unit, offset] : {std::pair{TrailUnit::kAmount, std::int64_t{2'000'000'000}},
                                     std::pair{TrailUnit::kTicks, std::int64_t{200}}}) {
    Market rig;
    const OrderId sell = rig.put(1, trailing(Side::kSell, 1_qty, unit, offset));  // 97
    rig.show(10, 103_px, 104_px);                                                 // 101
    rig.show(20, 101.01_px, 102_px);
    CHECK(rig.told(sell) == Lines{"accepted"});
    rig.show(30, 101_px, 102_px);
    CHECK(rig.told(sell) == Lines{"accepted", "triggered", "filled 1 @ 101 taker"});
    const OrderId buy = rig.put(40, trailing(Side::kBuy, 1_qty, unit, offset));  // 104
    rig.show(50, 95_px, 96_px);                                                  // 98
    rig.show(60, 96_px, 97.99_px);
    CHECK(rig.told(buy) == Lines{"accepted"});
    rig.show(70, 97_px, 99_px);
    CHECK(rig.told(buy) == Lines{"accepted", "triggered", "filled 1 @ 99 taker"});
  }
  Market rig;
  const OrderId sell = rig.put(1, trailing(Side::kSell, 1_qty, TrailUnit::kPercent, 33'333'333));
  rig.show(10, 99.99_px, 100.5_px);  // 99.99 x 0.966666667 = 96.657: below it, at 96.65
  rig.show(20, 96.66_px, 97_px);
  CHECK(rig.told(sell) == Lines{"accepted"});
  rig.show(30, 96.65_px, 97_px);
  CHECK(rig.told(sell) == Lines{"accepted", "triggered", "filled 1 @ 96.65 taker"});
}

TEST_CASE("a trailing stop may be given its first trigger, and may wait for its first price") {
  Rig rig{instant()};
  OrderRequest request = trailing(Side::kSell, 1_qty, TrailUnit::kAmount, 2'000'000'000);
  request.terms.flags |= OrderTerms::kHasTrigger;
  request.terms.trigger_price = 99.5_px;
  const OrderId given = rig.submit(at_ms(1), request);
  const OrderId blind =
      rig.submit(at_ms(1), trailing(Side::kSell, 1_qty, TrailUnit::kAmount, 2'000'000'000));
  rig.run(at_ms(2));
  rig.quote(at_ms(3), 100_px, 5_qty, 101_px, 5_qty);
  rig.quote(at_ms(4), 99.4_px, 5_qty, 101_px, 5_qty);
  rig.run(at_ms(20));
  CHECK(rig.told(given) == Lines{"accepted", "triggered", "filled 1 @ 99.4 taker"});
  CHECK(rig.told(blind) == Lines{"accepted"});
  rig.quote(at_ms(21), 98_px, 5_qty, 101_px, 5_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(blind) == Lines{"accepted", "triggered", "filled 1 @ 98 taker"});
}

TEST_CASE("a trailing stop-limit rests at its limit once it was triggered") {
  Market rig;
  OrderRequest request = trailing(Side::kSell, 1_qty, TrailUnit::kAmount, 1'000'000'000);
  request.terms.type = OrderType::kTrailingStopLimit;
  request.terms.limit_offset = 0.25_px;
  const OrderId id = rig.put(1, request);  // trigger 98
  rig.show(10, 101_px, 102_px);            // trigger 100, limit 99.75
  rig.show(20, 99_px, 100_px);
  CHECK(rig.told(id) == Lines{"accepted", "triggered"});
  CHECK(rig.reports.back().price == 99.75_px);
  rig.show(30, 99.8_px, 100_px);
  CHECK(rig.told(id) == Lines{"accepted", "triggered", "filled 1 @ 99.75 maker"});
}

TEST_CASE("on a bar's path a trailing stop is drawn up before the path comes back to it") {
  Rig rig{instant()};
  OrderRequest request = trailing(Side::kSell, 1_qty, TrailUnit::kAmount, 2'000'000'000);
  request.terms.trigger_by = TriggerBy::kLast;
  rig.bar(at_ms(0), Duration::seconds(60), 100_px, 100_px, 100_px, 100_px);
  const OrderId id = rig.submit(at_ms(60'000), request);
  rig.run(at_ms(60'000));
  // Up to 105 first (nearer to the open), then down: triggered at 103.
  rig.bar(at_ms(60'000), Duration::seconds(60), 101_px, 105_px, 95_px, 96_px);
  rig.run(at_ms(121'000));
  CHECK(rig.told(id) == Lines{"accepted", "triggered", "filled 1 @ 103 taker"});
}

TEST_CASE("an iceberg shows a part; each refill joins behind what is shown") {
  SimConfig config = instant();
  config.self_trade = SelfTrade::kAllow;
  Market rig{config};
  const OrderId ice =
      rig.put(1, OrderRequest::limit(kBtc, Side::kBuy, 5_qty, 99_px).display(2_qty));
  const OrderId plain =
      rig.put(2, OrderRequest::limit(kBtc, Side::kBuy, 2_qty, 99_px), AccountId{2});
  // Ahead of both: 5 shown. A sale of 8 takes those, the first slice, and 1 of the plain order.
  rig.trade(at_ms(100), 99_px, 8_qty, Trade::kSellerAggressor);
  rig.run(at_ms(110));
  CHECK(rig.told(ice) == Lines{"accepted", "filled 2 @ 99 maker"});
  CHECK(rig.told(plain) == Lines{"accepted", "filled 1 @ 99 maker"});
  // The plain order is before the second slice now; a large offer takes all of what is hidden.
  rig.show(30, 98_px, 98.5_px, 10_qty);
  CHECK(rig.told(plain) == Lines{"accepted", "filled 1 @ 99 maker", "filled 1 @ 99 maker"});
  CHECK(rig.filled(ice) == 5_qty);
}

TEST_CASE("between accounts an iceberg trades slice by slice, in turn with the others") {
  Market rig;
  const OrderId ice =
      rig.put(1, OrderRequest::limit(kBtc, Side::kBuy, 5_qty, 99.5_px).display(2_qty));
  const OrderId plain =
      rig.put(2, OrderRequest::limit(kBtc, Side::kBuy, 2_qty, 99.5_px), AccountId{2});
  const OrderId all =
      rig.put(3, OrderRequest::limit(kBtc, Side::kSell, 7_qty, 99.5_px).with(TimeInForce::kFok),
              AccountId{3});
  CHECK(rig.told(ice) == Lines{"accepted", "filled 2 @ 99.5 maker", "filled 2 @ 99.5 maker",
                               "filled 1 @ 99.5 maker"});
  CHECK(rig.told(plain) == Lines{"accepted", "filled 2 @ 99.5 maker"});
  CHECK(rig.filled(all) == 7_qty);
  CHECK(rig.venue.open_orders() == 0);
}

TEST_CASE("a pegged order follows its own side's touch, within its cap") {
  Market rig;
  OrderRequest request = of_type(OrderType::kPegged, Side::kBuy, 1_qty);
  request.terms.limit_offset = 0.05_px;
  request.terms.flags |= OrderTerms::kHasLimit;
  request.terms.limit_price = 100.5_px;
  const OrderId id = rig.put(1, request);  // 99.05
  rig.show(10, 100_px, 101_px);            // 100.05
  rig.show(20, 99.5_px, 100.04_px);        // an offer below: 99.55 after the market moved
  CHECK(rig.told(id) == Lines{"accepted"});
  rig.show(30, 101_px, 102_px);  // the cap: 100.5
  rig.trade(at_ms(310), 100.4_px, 1_qty);
  rig.run(at_ms(320));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 100.5 maker"});
  OrderRequest mid = of_type(OrderType::kPegged, Side::kSell, 1_qty).triggered_by(TriggerBy::kMid);
  const OrderId middle = rig.put(50, mid);  // 101.5
  rig.trade(at_ms(510), 101.6_px, 1_qty);
  rig.run(at_ms(520));
  CHECK(rig.told(middle) == Lines{"accepted", "filled 1 @ 101.5 maker"});
}

TEST_CASE("self-trades that decrement take the smaller order away and trade nothing") {
  SimConfig config = instant();
  config.self_trade = SelfTrade::kDecrement;
  Market rig{config};
  const OrderId maker = rig.put(1, OrderRequest::limit(kBtc, Side::kSell, 3_qty, 99.5_px));
  const OrderId taker = rig.put(2, OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 99.5_px));
  CHECK(rig.told(maker) == Lines{"accepted", "replaced venue.self_trade"});
  CHECK(rig.told(taker) == Lines{"accepted", "canceled venue.self_trade"});
  const OrderId bigger = rig.put(3, OrderRequest::limit(kBtc, Side::kBuy, 4_qty, 100_px));
  CHECK(rig.told(maker).back() == "canceled venue.self_trade");
  CHECK(rig.told(bigger) == Lines{"accepted", "replaced venue.self_trade", "filled 2 @ 100 taker"});
  CHECK(rig.venue.open_orders() == 0);
}
