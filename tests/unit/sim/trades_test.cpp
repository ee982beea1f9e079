// Fills where trades are all that is known, computed by hand.
#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {
OrderRequest limit(Side side, Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, side, quantity, price);
}
OrderRequest market(Side side, Quantity quantity) {
  return OrderRequest::market(InstrumentId{1}, side, quantity);
}
}  // namespace

TEST_CASE("a market order takes the trades after it, as much of each as was traded") {
  Rig rig;
  rig.trade(at_ms(0), 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 3_qty));
  rig.trade(at_ms(10), 101_px, 5_qty);  // at the instant of its arrival: before it
  rig.run(at_ms(10));
  rig.trade(at_ms(20), 102_px, 1_qty);
  rig.trade(at_ms(30), 103_px, 5_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 102 taker", "filled 2 @ 103 taker"});
}

TEST_CASE("participation bounds the share of each trade, slippage is paid on all of it") {
  SimConfig config = plain_config();
  config.fills.participation = 0.25_rate;
  config.fills.slippage = Slippage::fixed(3);
  Rig rig{config};
  const OrderId bought = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  const OrderId sold = rig.submit(at_ms(0), market(Side::kSell, 0.5_qty));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 100_px, 2.07_qty);  // a quarter: 0.5175, on the grid 0.51
  rig.trade(at_ms(30), 101_px, 2_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(bought) ==
        Lines{"accepted", "filled 0.51 @ 100.03 taker", "filled 0.49 @ 101.03 taker"});
  CHECK(rig.told(sold) == Lines{"accepted", "filled 0.5 @ 99.97 taker"});
}

TEST_CASE("without a participation a market order takes the next trade's price whole") {
  SimConfig config = plain_config();
  config.fills.participation = std::nullopt;
  config.fills.slippage = Slippage::proportional(1);
  Rig rig{config};
  const OrderId id = rig.submit(at_ms(0), market(Side::kSell, 7_qty));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 100_px, 2_qty);  // 3.5 times the trade: four increments
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted", "filled 7 @ 99.96 taker"});
}

TEST_CASE("immediate orders are judged on the first trade after them") {
  Rig rig;
  rig.trade(at_ms(0), 100_px, 1_qty);
  const auto send = [&](const OrderRequest& request) { return rig.submit(at_ms(0), request); };
  const OrderId some = send(market(Side::kBuy, 3_qty).with(TimeInForce::kIoc));
  const OrderId cheap = send(limit(Side::kBuy, 1_qty, 99_px).with(TimeInForce::kIoc));
  const OrderId whole = send(limit(Side::kSell, 2_qty, 99_px).with(TimeInForce::kFok));
  const OrderId more = send(limit(Side::kSell, 1_qty, 99_px).with(TimeInForce::kFok));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 100_px, 2_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(some) == Lines{"accepted", "filled 2 @ 100 taker", "canceled venue.no_liquidity"});
  CHECK(rig.told(cheap) == Lines{"accepted", "canceled venue.no_liquidity"});
  CHECK(rig.told(whole) == Lines{"accepted", "filled 2 @ 100 taker"});
  CHECK(rig.told(more) == Lines{"accepted", "canceled venue.no_liquidity"});
}

TEST_CASE(
    "a limit order through the market takes at the trades' prices until they pass its limit") {
  Rig rig;
  rig.trade(at_ms(0), 100_px, 1_qty);
  const OrderId id = rig.submit(at_ms(0), limit(Side::kBuy, 3_qty, 101_px));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 100.5_px, 1_qty);
  rig.trade(at_ms(30), 101.5_px, 1_qty);  // from here on it rests
  rig.trade(at_ms(40), 100.9_px, 1_qty);
  rig.trade(at_ms(50), 101_px, 5_qty);  // at its price, and nobody knows who stands before it
  rig.run(at_ms(60));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 100.5 taker", "filled 1 @ 101 maker"});
}

TEST_CASE("a resting order that trades print through is filled at its price") {
  Rig rig;
  rig.trade(at_ms(0), 100_px, 1_qty);
  const OrderId low = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 98_px));
  const OrderId high = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 99_px));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 99_px, 9_qty);
  rig.trade(at_ms(30), 97_px, 2.5_qty);  // the better price is first
  rig.run(at_ms(40));
  CHECK(rig.told(high) == Lines{"accepted", "filled 2 @ 99 maker"});
  CHECK(rig.told(low) == Lines{"accepted", "filled 0.5 @ 98 maker"});
}

TEST_CASE("a stop fills at the trade that sets it off, which is the gap price") {
  const auto stop = OrderRequest::stop(InstrumentId{1}, Side::kSell, 1_qty, 99_px);
  SUBCASE("by default") {
    Rig rig;
    rig.trade(at_ms(0), 100_px, 1_qty);
    const OrderId id = rig.submit(at_ms(0), stop);
    rig.run(at_ms(15));
    rig.trade(at_ms(20), 97_px, 0.6_qty);
    rig.trade(at_ms(30), 96_px, 2_qty);
    rig.run(at_ms(40));
    CHECK(rig.told(id) ==
          Lines{"accepted", "triggered", "filled 0.6 @ 97 taker", "filled 0.4 @ 96 taker"});
  }
  SUBCASE("or at the next one") {
    SimConfig config = plain_config();
    config.fills.stop_fill = StopFill::kNextTrade;
    Rig rig{config};
    rig.trade(at_ms(0), 100_px, 1_qty);
    const OrderId id = rig.submit(at_ms(0), stop);
    rig.run(at_ms(15));
    rig.trade(at_ms(20), 99_px, 2_qty);
    rig.trade(at_ms(30), 96_px, 2_qty);
    rig.run(at_ms(40));
    CHECK(rig.told(id) == Lines{"accepted", "triggered", "filled 1 @ 96 taker"});
  }
  SUBCASE("a stop that the market has passed is set off at once") {
    Rig rig;
    rig.trade(at_ms(0), 98_px, 1_qty);
    const OrderId id = rig.submit(at_ms(0), stop);
    rig.run(at_ms(15));
    CHECK(rig.told(id) == Lines{"accepted", "triggered"});
    rig.trade(at_ms(20), 98.5_px, 2_qty);
    rig.run(at_ms(40));
    CHECK(rig.told(id) == Lines{"accepted", "triggered", "filled 1 @ 98.5 taker"});
  }
}

TEST_CASE("one trade fills at most its size a side") {
  Rig rig;
  rig.trade(at_ms(0), 100_px, 1_qty);
  std::vector<OrderId> buys;
  buys.push_back(rig.submit(at_ms(0), market(Side::kBuy, 1_qty)));
  buys.push_back(rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 105_px)));
  buys.push_back(rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 104_px)));
  const OrderId sell = rig.submit(at_ms(0), limit(Side::kSell, 3_qty, 90_px), AccountId{1});
  rig.run(at_ms(15));
  // The sell order would trade with this account's own bids: what is left of it is canceled.
  CHECK(rig.told(sell) == Lines{"accepted", "canceled venue.self_trade"});
  rig.trade(at_ms(20), 100_px, 2.5_qty);
  rig.run(at_ms(40));
  CHECK(rig.filled(buys[0]) == 1_qty);
  CHECK(rig.filled(buys[1]) == 1_qty);
  CHECK(rig.filled(buys[2]) == 0.5_qty);
}

TEST_CASE("a trade of size zero trades nothing") {
  Rig rig;
  const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  rig.run(at_ms(15));
  rig.trade(at_ms(20), 100_px, 0_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted"});
}
