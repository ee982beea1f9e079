// Promise: as rules_test.cpp, for the rules that sum over positions, open orders and cash.
#include "funded.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("gross exposure: positions at market, and what open orders add at the worst") {
  RiskLimits limits;
  limits.max_gross_exposure = usd("2000");
  Funded desk{limits};
  desk.hold(desk.names.btc, 5_qty, 100_px);
  CHECK(desk.buy(15_qty) == kFine);
  CHECK(desk.buy(15.01_qty) == told(Reason::kGrossExposure, usd("2001"), usd("2000")));
  CHECK(desk.sell(15_qty) == kFine);
  CHECK(desk.sell(15.01_qty) == told(Reason::kGrossExposure, usd("2001"), usd("2000")));
  desk.quote(desk.names.btc, 120_px, 120_px);
  CHECK(desk.buy(14_qty) == kFine);
  CHECK(desk.buy(14.01_qty) == told(Reason::kGrossExposure, usd("2001"), usd("2000")));
  desk.quote(desk.names.btc, 100_px, 100_px);
  // Open buys and sells of one instrument: the larger side counts, not both.
  desk.send(desk.limit(desk.names.perp, Side::kBuy, 10_qty, 100_px));
  CHECK(desk.sell(15_qty) == kFine);
  CHECK(desk.buy(5_qty) == kFine);
  CHECK(desk.buy(5.01_qty) == told(Reason::kGrossExposure, usd("2001"), usd("2000")));
  // In another instrument they add up.
  CHECK(told(desk.denial(desk.limit(desk.names.eth, Side::kSell, 5_qty, 100_px))) == kFine);
  CHECK(told(desk.denial(desk.limit(desk.names.eth, Side::kSell, 5.01_qty, 100_px))) ==
        told(Reason::kGrossExposure, usd("2001"), usd("2000")));
}

TEST_CASE("an order that turns a position exposes what lies beyond twice the position") {
  RiskLimits limits;
  limits.max_gross_exposure = usd("1000");
  Funded desk{limits};
  desk.hold(desk.names.perp, 10_qty, 100_px);  // all of the limit
  CHECK(desk.sell(10_qty) == kFine);           // closes
  CHECK(desk.sell(20_qty) == kFine);           // as much on the other side
  CHECK(desk.sell(20.01_qty) == told(Reason::kGrossExposure, usd("1001"), usd("1000")));
  CHECK(desk.buy(0.01_qty) == told(Reason::kGrossExposure, usd("1001"), usd("1000")));
}

TEST_CASE("net exposure: only the side to which the order moves it") {
  RiskLimits limits;
  limits.max_net_exposure = usd("1000");
  Funded desk{limits};
  desk.hold(desk.names.btc, 5_qty, 100_px);
  CHECK(desk.buy(5_qty) == kFine);
  CHECK(desk.buy(5.01_qty) == told(Reason::kNetExposure, usd("1001"), usd("1000")));
  CHECK(desk.sell(15_qty) == kFine);
  CHECK(desk.sell(15.01_qty) == told(Reason::kNetExposure, usd("-1001"), usd("1000")));
  desk.send(desk.limit(desk.names.eth, Side::kBuy, 2_qty, 100_px));
  CHECK(desk.buy(3_qty) == kFine);
  CHECK(desk.buy(3.01_qty) == told(Reason::kNetExposure, usd("1001"), usd("1000")));
  CHECK(desk.sell(15_qty) == kFine);  // the open buy may never fill
}

TEST_CASE("concentration and leverage are parts of equity") {
  {
    RiskLimits limits;
    limits.max_concentration = 0.001_rate;  // 1,000 of 1,000,000
    Funded desk{limits};
    CHECK(desk.buy(10_qty) == kFine);
    // 1001 / 1,000,000.
    CHECK(desk.buy(10.01_qty) == told(Reason::kConcentration, 0.001001_rate, 0.001_rate));
    desk.hold(desk.names.perp, 4_qty, 100_px);
    CHECK(desk.buy(6_qty) == kFine);
    CHECK(desk.buy(6.01_qty) == told(Reason::kConcentration, 0.001001_rate, 0.001_rate));
    CHECK(told(desk.denial(desk.limit(desk.names.eth, Side::kBuy, 10_qty, 100_px))) == kFine);
  }
  RiskLimits limits;
  limits.max_leverage = 2_rate;
  Funded desk{limits};
  desk.hold(desk.names.btc, 5000_qty, 100_px);
  CHECK(desk.buy(15000_qty) == kFine);
  CHECK(desk.buy(15000.01_qty) == told(Reason::kLeverage, 2.000001_rate, 2_rate));
  // A loss takes from equity: 5,000 x -50 = 750,000 left; 2 x that is 1,500,000; 250,000 are held.
  desk.quote(desk.names.btc, 50_px, 50_px);
  CHECK(desk.buy(12500_qty) == kFine);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, 12500.01_qty, 100_px)) ==
        Reason::kLeverage);
}

TEST_CASE("nothing fits an equity that is not above zero") {
  RiskLimits limits;
  limits.max_leverage = 10_rate;
  limits.fee_buffer.reset();
  Desk desk{limits};
  desk.quote(desk.names.perp, 100_px, 100_px);
  CHECK(told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, 0.01_qty, 100_px))) ==
        told(Reason::kLeverage, std::numeric_limits<std::int64_t>::max(), (10_rate).raw()));
}

TEST_CASE("buying power of a cash account: cash less what open buys may take, fees included") {
  RiskLimits limits;
  limits.fee_buffer = 0.01_rate;
  Funded desk{limits};  // the cash account has 1,000
  const auto ask = [&](Side side, Quantity quantity, Price price) {
    return told(desk.denial(desk.limit(desk.names.btc, side, quantity, price).on(desk.names.cash)));
  };
  CHECK(ask(Side::kBuy, 9.9_qty, 100_px) == kFine);  // 990 + 9.90
  CHECK(ask(Side::kBuy, 9.91_qty, 100_px) ==
        told(Reason::kBuyingPower, usd("1000.91"), usd("1000")));
  // A bid below the market reserves its own price.
  CHECK(ask(Side::kBuy, 19.8_qty, 50_px) == kFine);
  desk.send(desk.limit(desk.names.btc, Side::kBuy, 5_qty, 100_px).on(desk.names.cash));
  CHECK(ask(Side::kBuy, 4.9_qty, 100_px) == kFine);
  CHECK(ask(Side::kBuy, 4.91_qty, 100_px) ==
        told(Reason::kBuyingPower, usd("1000.91"), usd("1000")));
  // Another instrument, the same cash.
  CHECK(told(desk.denial(
            desk.limit(desk.names.eth, Side::kBuy, 4.91_qty, 100_px).on(desk.names.cash))) ==
        told(Reason::kBuyingPower, usd("1000.91"), usd("1000")));
  // Nothing is sold that is not held.
  CHECK(ask(Side::kSell, 0.01_qty, 100_px) == told(Reason::kBuyingPower, 0.01_qty, 0_qty));
}

TEST_CASE("a cash account sells what it holds, less what is offered already") {
  Funded desk;
  desk.hold(desk.names.btc, 5_qty, 100_px, desk.names.cash);
  const auto sell = [&](Quantity quantity) {
    return desk.limit(desk.names.btc, Side::kSell, quantity, 110_px).on(desk.names.cash);
  };
  CHECK(told(desk.denial(sell(5_qty))) == kFine);
  CHECK(told(desk.denial(sell(5.01_qty))) == told(Reason::kBuyingPower, 5.01_qty, 5_qty));
  desk.send(sell(2_qty));
  CHECK(told(desk.denial(sell(3_qty))) == kFine);
  CHECK(told(desk.denial(sell(3.01_qty))) == told(Reason::kBuyingPower, 5.01_qty, 5_qty));
  // Two exits of one position, of which one is meant to fill, sell the same holding.
  OrderRequest target = sell(3_qty), stop = sell(3_qty);
  target.group = stop.group = 7;
  target.contingency = stop.contingency = Contingency::kOco;
  desk.send(target);
  CHECK(told(desk.denial(stop)) == kFine);
  stop.group = 8;
  CHECK(told(desk.denial(stop)) == told(Reason::kBuyingPower, 8_qty, 5_qty));
}

TEST_CASE("buying power of a margin account: initial margin of positions and open orders") {
  RiskLimits limits;
  limits.fee_buffer = 0.001_rate;
  Desk desk{limits};
  desk.pay(desk.names.margin, usd("1010"));
  desk.quote(desk.names.perp, 100_px, 100_px);
  const auto buy = [&](Quantity quantity) {
    return told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, quantity, 100_px)));
  };
  // 100 x 100 x (0.1 + 0.001) = 1,010.
  CHECK(buy(100_qty) == kFine);
  CHECK(buy(100.01_qty) == told(Reason::kBuyingPower, usd("1010.101"), usd("1010")));
  desk.send(desk.limit(desk.names.perp, Side::kBuy, 40_qty, 100_px));
  CHECK(buy(60_qty) == kFine);
  CHECK(buy(60.01_qty) == told(Reason::kBuyingPower, usd("1010.101"), usd("1010")));
  // A loss of the position takes from it: hold 50 at 100, margin 500.
  Desk held{limits};
  held.pay(held.names.margin, usd("1000"));
  held.quote(held.names.perp, 100_px, 100_px);
  held.hold(held.names.perp, 50_qty, 100_px);
  held.quote(held.names.perp, 96_px, 96_px);  // equity 800, margin 480, free 320
  CHECK(told(held.denial(held.limit(held.names.eth, Side::kBuy, 1_qty, 100_px))) ==
        told(Reason::kNoReferencePrice, 0, 0));
  const Quantity most = 33.00_qty;  // 33 x 96 x 0.101 = 319.968
  CHECK(told(held.denial(held.limit(held.names.perp, Side::kBuy, most, 96_px))) == kFine);
  CHECK(told(held.denial(held.limit(held.names.perp, Side::kBuy, 33.01_qty, 96_px))) ==
        told(Reason::kBuyingPower, usd("320.06496"), usd("320")));
  CHECK(told(held.denial(held.limit(held.names.perp, Side::kSell, 50_qty, 96_px))) == kFine);
}

TEST_CASE("a market order counts at the touch plus what it may slip") {
  RiskLimits limits;
  limits.market_buffer = 0.05_rate;
  Funded desk{limits};
  const auto buy = [&](Quantity quantity) {
    return told(
        desk.denial(desk.market_order(desk.names.btc, Side::kBuy, quantity).on(desk.names.cash)));
  };
  CHECK(buy(9.52_qty) == kFine);  // 9.52 x 105 = 999.60
  CHECK(buy(9.53_qty) == told(Reason::kBuyingPower, usd("1000.65"), usd("1000")));
}

TEST_CASE("no rate to the base currency is a denial") {
  RiskLimits limits;
  limits.max_gross_exposure = usd("1000");
  Desk desk{limits};
  desk.pay(desk.names.margin, usd("1000"));
  desk.quote(desk.names.eurbtc, 80_px, 80_px);
  const auto request = desk.limit(desk.names.eurbtc, Side::kBuy, 1_qty, 80_px);
  CHECK(desk.reason(request) == Reason::kNoConversionRate);
  desk.quote(desk.names.eur, 1.25_px, 1.25_px);
  CHECK(desk.reason(request) == Reason::kNone);
  CHECK(told(desk.denial(desk.limit(desk.names.eurbtc, Side::kBuy, 10.01_qty, 80_px))) ==
        told(Reason::kGrossExposure, usd("1001"), usd("1000")));
}

TEST_CASE("a position without a price makes equity unknown, and new risk is denied") {
  RiskLimits limits;
  limits.max_gross_exposure = usd("100000");
  Desk desk{limits};
  desk.pay(desk.names.margin, usd("1000000"));
  desk.quote(desk.names.perp, 100_px, 100_px);
  desk.give(desk.names.margin, desk.names.eth, 1_qty, 100_px);
  CHECK(told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, 1_qty, 100_px))) ==
        told(Reason::kNoReferencePrice, 1, 0));
  desk.quote(desk.names.eth, 100_px, 100_px);
  CHECK(told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, 1_qty, 100_px))) == kFine);
}

TEST_CASE("numbers that do not fit are denied, never wrapped") {
  RiskLimits limits;
  limits.max_gross_exposure =
      Money{Int128{~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()}, "USD"};
  limits.max_net_exposure = limits.max_gross_exposure;
  limits.max_order_notional = limits.max_gross_exposure;
  limits.max_leverage = Rate::max();
  limits.max_concentration = Rate::max();
  limits.max_position = Quantity::max();
  Funded desk{limits};
  const auto huge = Quantity::max().floor_to(0.01_qty);
  const auto dear = Price::max().floor_to(0.01_px);
  desk.quote(desk.names.perp, dear, dear);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, huge, dear)) == Reason::kOverflow);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kSell, huge, dear)) == Reason::kOverflow);
  CHECK(desk.reason(desk.market_order(desk.names.perp, Side::kBuy, huge)) == Reason::kOverflow);
  // The largest that fits one order passes every limit but the money for it.
  desk.quote(desk.names.perp, 1_px, 1_px);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, huge, 1_px)) == Reason::kBuyingPower);
  // The position's own sum does not wrap either.
  desk.hold(desk.names.perp, huge, 0.01_px);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, huge, 0.01_px)) == Reason::kOverflow);
}

TEST_CASE("what may fill, and the position it may make, stay in the range of a quantity") {
  RiskLimits none;
  none.fee_buffer.reset();
  Desk desk{none};
  desk.quote(desk.names.perp, 0.01_px, 0.01_px);
  const Quantity most = Quantity::max().floor_to(0.01_qty);
  const auto buy = [&](Quantity quantity) {
    return desk.limit(desk.names.perp, Side::kBuy, quantity, 0.01_px);
  };
  const OrderId open = desk.send(buy(most - 1_qty));
  CHECK(desk.reason(buy(1_qty)) == Reason::kNone);
  CHECK(desk.reason(buy(1.01_qty)) == Reason::kOverflow);
  desk.accept(open);
  CHECK(desk.reason(ReplaceRequest{open, most, std::nullopt, std::nullopt}) == Reason::kNone);
  desk.fill(open, most - 1_qty, 0.01_px);
  CHECK(desk.reason(buy(1_qty)) == Reason::kNone);
  CHECK(desk.reason(buy(1.01_qty)) == Reason::kOverflow);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kSell, most, 0.01_px)) == Reason::kNone);
}

TEST_CASE("an instrument, an account and a strategy declared while running are known at once") {
  Desk desk;
  const AccountId late = *desk.names.directory.add_account(
      "late", desk.names.venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated);
  const StrategyId third = *desk.names.directory.add_strategy("third");
  const InstrumentId sol = desk.names.list("SOL/USD", InstrumentKind::kSpot, "SOL", "USD");
  desk.pay(late, usd("1000"));
  desk.quote(sol, 100_px, 100_px);
  OrderRequest request = desk.limit(sol, Side::kBuy, 10_qty, 100_px).on(late);
  request.strategy = third;
  CHECK(desk.reason(request) == Reason::kNone);
  desk.send(request);
  CHECK(desk.reason(request) == Reason::kBuyingPower);
  CHECK(desk.risk.open_orders(late) == 1);
}

TEST_CASE("limits that are not set cost nothing and deny nothing") {
  RiskLimits none;
  none.fee_buffer.reset();
  Desk desk{none};
  desk.quote(desk.names.perp, 100_px, 100_px);
  CHECK(told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, 1000000_qty, 100_px))) == kFine);
  // But buying power is on until it is turned off by name.
  Desk fresh;
  fresh.quote(fresh.names.perp, 100_px, 100_px);
  CHECK(fresh.reason(fresh.limit(fresh.names.perp, Side::kBuy, 0.01_qty, 100_px)) ==
        Reason::kBuyingPower);
}
