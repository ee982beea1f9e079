// Accounts worked out by hand, the numbers written out.
#include <doctest/doctest.h>

#include "books.hpp"

using namespace books;

TEST_CASE("spot: cash moves by the whole value, the holding is the position") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.cash, ChangeKind::kOpening, "10000", "USD"));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 0.3_qty, 1000_px, Fee{"0.30", "USD"}));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 0.1_qty, 1400_px, Fee{"-0.05", "USD"}));
  desk.trade(w.btc, 1300_px);

  // Cost 300 + 140 = 440 for 0.4; cash 10000 - 440 - 0.30 + 0.05.
  const Position& held = *desk.portfolio.position(w.cash, w.btc);
  CHECK(held.quantity == 0.4_qty);
  CHECK(held.cost == money("440", "USD"));
  CHECK(held.average_price(w.registry.get(w.btc)) == 1100_px);
  CHECK(held.fees == money("0.3", "USD"));
  CHECK(held.rebates == money("0.05", "USD"));
  CHECK(held.fills == 2);
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("9559.75", "USD"));
  // Worth 0.4 x 1300 = 520; unrealized 80; equity 9559.75 + 520.
  const Valuation& value = desk.portfolio.valuation(w.cash);
  CHECK(value.equity == money("10079.75", "USD"));
  CHECK(value.unrealized == money("80", "USD"));
  CHECK(value.fees == money("0.25", "USD"));
  CHECK(value.gross_exposure == money("520", "USD"));
  CHECK(value.net_exposure == money("520", "USD"));
  CHECK(value.margin_used == money("520", "USD"));
  CHECK(value.available() == value.cash);
  CHECK(value.unpriced == 0);

  // Sell 0.1 at 1500: releases 440 x 0.1 / 0.4 = 110, profit 40, cash + 150.
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 0.1_qty, 1500_px));
  const Position& left = *desk.portfolio.position(w.cash, w.btc);
  CHECK(left.cost == money("330", "USD"));
  CHECK(left.realized == money("40", "USD"));
  CHECK(left.net() == money("39.75", "USD"));
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("9709.75", "USD"));
  // 9709.75 + 0.3 x 1300: the last price is still 1300.
  CHECK(desk.portfolio.valuation(w.cash).equity == money("10099.75", "USD"));
  CHECK(desk.valuations_agree());
}

TEST_CASE("a partial close releases the floor, the residue stays, the last close takes all of it") {
  Desk desk;
  const World& w = desk.world;
  // 3 units cost 1.00000000 x 2 + 1.00001 = 3.00001: a third is 1.000003333...
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 2_qty, 1_px));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 1.00001_px));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 1_qty, 2_px));
  const auto held = [&] { return *desk.portfolio.position(w.cash, w.btc); };
  CHECK(held().realized == money("0.999996666666666667", "USD"));
  CHECK(held().cost == money("2.000006666666666667", "USD"));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 1_qty, 2_px));
  CHECK(held().cost == money("1.000003333333333334", "USD"));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 1_qty, 2_px));
  CHECK(held().cost.is_zero());
  // 6 - 3.00001, exactly.
  CHECK(held().realized == money("2.99999", "USD"));
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("2.99999", "USD"));

  // The same short: the magnitudes are floored, signs turn.
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 2_qty, 1_px));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 1_qty, 1.00001_px));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 1_px));
  CHECK(held().cost == money("-2.000006666666666667", "USD"));
}

TEST_CASE("released_cost is the floor of the magnitude, with products beyond 64 bits") {
  const auto at = [](const char* cost, Quantity closed, Quantity held) {
    return Money{released_cost(money(cost, "USD").raw(), closed, held), "USD"}.amount_text();
  };
  CHECK(at("10", 1_qty, 3_qty) == "3.333333333333333333");
  CHECK(at("-10", 2_qty, 3_qty) == "-6.666666666666666666");
  CHECK(at("100000000000000000000", 1_qty, 3_qty) == "33333333333333333333.333333333333333333");
  CHECK(at("0.000000000000000001", 1_qty, 2_qty) == "0");
  CHECK(at("7", 3_qty, 3_qty) == "7");
  CHECK(at("90000000000", 45000000000_qty, 90000000000_qty) == "45000000000");
}

TEST_CASE("margin: only profit, fees and funding move cash") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.margin, ChangeKind::kOpening, "1000", "USD"));
  desk.book(fill(w.margin, w.trend, w.perp, Side::kSell, 2_qty, 500_px, Fee{"0.5", "USD"}));
  desk.trade(w.perp, 480_px);
  // Short 2 at 500: cost -1000; value -960; unrealized 40.
  const Valuation& value = desk.portfolio.valuation(w.margin);
  CHECK(desk.portfolio.position(w.margin, w.perp)->cost == money("-1000", "USD"));
  CHECK(value.cash == money("999.5", "USD"));
  CHECK(value.unrealized == money("40", "USD"));
  CHECK(value.equity == money("1039.5", "USD"));
  CHECK(value.gross_exposure == money("960", "USD"));
  CHECK(value.net_exposure == money("-960", "USD"));
  CHECK(value.margin_used == money("96", "USD"));

  desk.book(cash_change(w.margin, ChangeKind::kFunding, "0.12", "USD", w.perp, w.trend));
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 470_px, Fee{"0.2", "USD"}));
  const Position& left = *desk.portfolio.position(w.margin, w.perp);
  CHECK(left.realized == money("30", "USD"));
  CHECK(left.income == money("0.12", "USD"));
  CHECK(left.net() == money("29.42", "USD"));
  CHECK(desk.portfolio.strategy_position(w.margin, w.trend, w.perp)->net() == left.net());
  CHECK(desk.portfolio.cash(w.margin, "USD") == money("1029.42", "USD"));
  CHECK(value.income == money("0.12", "USD"));
  CHECK(desk.valuations_agree());
}

TEST_CASE("a fill that turns the position closes it, then opens") {
  Desk desk;
  const World& w = desk.world;
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 3_qty, 100_px));
  desk.book(fill(w.margin, w.trend, w.perp, Side::kSell, 5_qty, 90_px));
  const Position& turned = *desk.portfolio.position(w.margin, w.perp);
  CHECK(turned.quantity == -2_qty);
  CHECK(turned.cost == money("-180", "USD"));
  CHECK(turned.realized == money("-30", "USD"));
  CHECK(desk.portfolio.cash(w.margin, "USD") == money("-30", "USD"));
}

TEST_CASE("inverse: profit is in base, cash moves by whole satoshi, the residue is kept apart") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.margin, ChangeKind::kOpening, "1", "BTC"));
  // Long 1000 contracts of one dollar at 30000: 1000/30000 = 0.033333333333333333 BTC.
  desk.book(fill(w.margin, w.trend, w.inverse, Side::kBuy, 1000_qty, 30000_px));
  const auto held = [&] { return *desk.portfolio.position(w.margin, w.inverse); };
  CHECK(held().cost == money("-0.033333333333333333", "BTC"));
  CHECK(held().average_price(w.registry.get(w.inverse)) == 30000_px);
  // Sell 400 at 32000: 400/32000 = 0.0125 BTC now, released 0.013333333333333333 (the floor).
  // Profit 0.000833333333333333; paid 0.00083333; kept back 0.000000003333333333.
  desk.book(fill(w.margin, w.trend, w.inverse, Side::kSell, 400_qty, 32000_px));
  CHECK(held().realized == money("0.000833333333333333", "BTC"));
  CHECK(held().rounding == money("0.000000003333333333", "BTC"));
  CHECK(desk.portfolio.cash(w.margin, "BTC") == money("1.00083333", "BTC"));
  CHECK(held().net() == money("0.00083333", "BTC"));
  // Long 600 at a mark of 24000: -0.025 less -0.02 = -0.005 in BTC.
  desk.trade(w.inverse, 24000_px);
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 2);  // no rate from BTC to USD yet
  desk.trade(w.btc, 24000_px);
  const Valuation& value = desk.portfolio.valuation(w.margin);
  CHECK(value.unpriced == 0);
  CHECK(value.unrealized == money("-120", "USD"));
  CHECK(value.net_exposure == money("600", "USD"));
  CHECK(value.margin_used == money("60", "USD"));
  // (1.00083333 - 0.005) x 24000, the unrealized being exactly -0.025 + 0.02.
  CHECK(value.equity == money("23899.99992", "USD"));
  CHECK(desk.valuations_agree());
}

TEST_CASE("several currencies: each is converted once, a pair's move revalues what is in it") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.margin, ChangeKind::kOpening, "1000", "USD"));
  desk.book(cash_change(w.margin, ChangeKind::kTransfer, "200", "EUR"));
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 1);
  CHECK(desk.portfolio.valuation(w.margin).equity == money("1000", "USD"));
  desk.trade(w.eur, 1.1_px);
  CHECK(desk.portfolio.valuation(w.margin).equity == money("1220", "USD"));
  // 2 Nikkei contracts x 1000 at 30 JPY, now 31: 2000 JPY, which is 2000 / 150 dollars.
  desk.book(fill(w.margin, w.trend, w.nikkei, Side::kBuy, 2_qty, 30_px));
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 1);
  desk.trade(w.nikkei, 31_px);
  desk.trade(w.jpy, 150_px);
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 0);
  CHECK(desk.portfolio.valuation(w.margin).unrealized == money("13.333333333333333333", "USD"));
  // 10 SAP at 100 EUR are bought with EUR cash that is not there: a debit of 800 EUR.
  desk.book(fill(w.margin, w.trend, w.stock, Side::kBuy, 10_qty, 100_px));
  desk.trade(w.stock, 110_px);
  desk.trade(w.eur, 1.2_px);
  CHECK(desk.portfolio.cash(w.margin, "EUR") == money("-800", "EUR"));
  // 1000 + (1100 - 800) x 1.2 + 13.33...
  CHECK(desk.portfolio.valuation(w.margin).equity == money("1373.333333333333333333", "USD"));
  // Half of 1100 EUR x 1.2, and 5% of 62000 JPY / 150.
  CHECK(desk.portfolio.valuation(w.margin).margin_used == money("680.666666666666666667", "USD"));
  CHECK(desk.portfolio.to_base(w.margin, money("10", "EUR")) == money("12", "USD"));
  CHECK(desk.portfolio.to_base(w.margin, money("300", "JPY")) == money("2", "USD"));
  CHECK_FALSE(desk.portfolio.to_base(w.margin, money("1", "BTC")).has_value());
  CHECK(desk.portfolio.market_value(w.margin, w.stock) == money("1100", "EUR"));
  CHECK(desk.valuations_agree());
  // An account in euro divides by the same pair.
  desk.book(cash_change(w.euro, ChangeKind::kOpening, "120", "USD"));
  CHECK(desk.portfolio.valuation(w.euro).equity == money("100", "EUR"));
  CHECK(desk.valuations_agree());
}

TEST_CASE("a fee in kind leaves the holding at the fill's price") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.cash, ChangeKind::kOpening, "1000", "USD"));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 500_px, Fee{"0.001", "BTC"}, "a1"));
  const auto held = [&] { return *desk.portfolio.position(w.cash, w.btc); };
  CHECK(held().quantity == 0.999_qty);
  CHECK(held().cost == money("499.5", "USD"));
  CHECK(held().realized.is_zero());
  CHECK(held().fees == money("0.5", "USD"));
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("500", "USD"));
  CHECK(desk.portfolio.cash(w.cash, "BTC").is_zero());
  // Sold at 600 with a fee of 0.0001 BTC: the fee is a sale of its own, with its own profit.
  desk.book(fill(w.cash, w.trend, w.btc, Side::kSell, 0.5_qty, 600_px, Fee{"0.0001", "BTC"}));
  CHECK(held().quantity == 0.4989_qty);
  CHECK(held().realized == money("50.01", "USD"));
  CHECK(held().fees == money("0.56", "USD"));
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("800", "USD"));
  // What is finer than the quantity's grid is cash of that currency.
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 0.1_qty, 600_px, Fee{"0.000100005", "BTC"}));
  CHECK(held().quantity == 0.5988_qty);
  CHECK(desk.portfolio.cash(w.cash, "BTC") == money("-0.000000005", "BTC"));
  CHECK(desk.portfolio.fees(w.cash, "BTC") == money("0.000000005", "BTC"));
  // Busting the first fill takes its fee in kind back too.
  OrderRecord first =
      fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 500_px, Fee{"0.001", "BTC"}, "a1");
  desk.book(busted(first));
  CHECK(held().quantity == -0.4002_qty);
  CHECK(desk.portfolio.cash(w.cash, "USD") == money("1240", "USD"));
  CHECK(held().fees == money("0.12", "USD"));
}

TEST_CASE("a bust gives back all fees in kind of its fill, the late ones too") {
  Desk desk;
  const World& w = desk.world;
  auto bought = fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 500_px, Fee{"0.001", "BTC"}, "a1");
  desk.book(bought);
  auto late = late_fee(bought, {"0.0005", "BTC"});
  late.last_price = Price::zero();  // not known there: ours is taken
  desk.book(late);
  const auto held = [&] { return *desk.portfolio.position(w.cash, w.btc); };
  CHECK(held().quantity == 0.9985_qty);
  CHECK(held().fees == money("0.75", "USD"));
  bought.fee = money("0.0015", "BTC").raw();
  desk.book(busted(bought));
  CHECK(held().is_flat());
  CHECK(held().cost.is_zero());
  CHECK(held().fees.is_zero());
  CHECK(held().realized.is_zero());
  CHECK(desk.portfolio.cash(w.cash, "USD").is_zero());
}

TEST_CASE("a fee in a third currency is cash of that currency") {
  Desk desk;
  const World& w = desk.world;
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 500_px, Fee{"0.02", "BNB"}));
  desk.book(late_fee(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 500_px), {"0.25", "USD"}));
  CHECK(desk.portfolio.cash(w.margin, "BNB") == money("-0.02", "BNB"));
  CHECK(desk.portfolio.fees(w.margin, "BNB") == money("0.02", "BNB"));
  CHECK(desk.portfolio.position(w.margin, w.perp)->fees == money("0.25", "USD"));
  CHECK(desk.portfolio.cash(w.margin, "USD") == money("-0.25", "USD"));
  CHECK(desk.portfolio.currencies(w.margin).size() == 2);
}

TEST_CASE("a busted fill never was, wherever it stood") {
  Desk desk;
  const World& w = desk.world;
  const auto first =
      fill(w.margin, w.trend, w.perp, Side::kBuy, 10_qty, 100_px, Fee{"1", "USD"}, "e1");
  const auto second =
      fill(w.margin, w.trend, w.perp, Side::kSell, 5_qty, 110_px, Fee{"0.5", "USD"}, "e2");
  const auto third =
      fill(w.margin, w.trend, w.perp, Side::kBuy, 5_qty, 130_px, Fee{"0.6", "USD"}, "e3");
  for (const auto& one : {first, second, third}) desk.book(one);
  // As booked: sold 5 of 10 at 110: 50; then 5 left at 500 + 650 = 1150 for 10.
  const auto held = [&] { return *desk.portfolio.position(w.margin, w.perp); };
  CHECK(held().realized == money("50", "USD"));
  CHECK(held().cost == money("1150", "USD"));
  desk.book(busted(second));
  CHECK(held().quantity == 15_qty);
  CHECK(held().cost == money("1650", "USD"));
  CHECK(held().realized.is_zero());
  CHECK(held().fees == money("1.6", "USD"));
  CHECK(held().fills == 2);
  CHECK(desk.portfolio.cash(w.margin, "USD") == money("-1.6", "USD"));
  // A correction takes the place of the fill: 10 at 100 was in truth 8 at 101, fee 0.2 less.
  desk.book(corrected(first, 8_qty, 101_px, Fee{"-0.2", "USD"}));
  CHECK(held().quantity == 13_qty);
  CHECK(held().cost == money("1458", "USD"));
  CHECK(held().fees == money("1.4", "USD"));
  CHECK(desk.portfolio.strategy_position(w.margin, w.trend, w.perp)->cost == held().cost);
  // Corrected once more, from what it is now.
  auto again = first;
  again.last_quantity = 8_qty;
  again.last_price = 101_px;
  desk.book(corrected(again, 10_qty, 100_px));
  CHECK(held().cost == money("1650", "USD"));
}

TEST_CASE("a fill that is no longer remembered is undone by its opposite: the same total") {
  Desk desk{{.window = 4}};
  const World& w = desk.world;
  const auto first = fill(w.margin, w.trend, w.perp, Side::kBuy, 10_qty, 100_px, {}, "e1");
  const auto second = fill(w.margin, w.trend, w.perp, Side::kSell, 4_qty, 110_px, {}, "e2");
  desk.book(first);
  desk.book(second);
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 100_px, {}, "e3"));
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 100_px, {}, "e4"));
  desk.book(busted(second));
  const Position& held = *desk.portfolio.position(w.margin, w.perp);
  CHECK(held.quantity == 12_qty);
  // 12 bought for 1200 in truth; realized stays 40 and the cost is 40 higher.
  CHECK(held.cost - held.realized == money("1200", "USD"));
  CHECK(held.realized == money("40", "USD"));
}

TEST_CASE("changes without a fill") {
  Desk desk;
  const World& w = desk.world;
  const auto held = [&](AccountId account, InstrumentId instrument) {
    return *desk.portfolio.position(account, instrument);
  };
  SUBCASE("opening, transfer out at cost, adjustment: no profit, no cash") {
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kOpening, 100_qty, 50_px));
    CHECK(held(w.cash, w.stock).cost == money("5000", "EUR"));
    CHECK(desk.portfolio.cash(w.cash, "EUR").is_zero());
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kTransfer, -40_qty, 80_px));
    CHECK(held(w.cash, w.stock).cost == money("3000", "EUR"));
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kAdjustment, -70_qty, 60_px));
    CHECK(held(w.cash, w.stock).quantity == -10_qty);
    CHECK(held(w.cash, w.stock).cost == money("-600", "EUR"));
    CHECK(held(w.cash, w.stock).realized.is_zero());
    CHECK(desk.portfolio.cash(w.cash, "EUR").is_zero());
  }
  SUBCASE("a split changes quantity and no money, long and short") {
    desk.book(fill(w.cash, w.trend, w.stock, Side::kBuy, 10_qty, 90_px));
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kSplit, 20_qty, 0_px));
    CHECK(held(w.cash, w.stock).average_price(w.registry.get(w.stock)) == 30_px);
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kSplit, -25_qty, 0_px));
    CHECK(held(w.cash, w.stock).average_price(w.registry.get(w.stock)) == 180_px);
    desk.book(fill(w.margin, w.trend, w.stock, Side::kSell, 10_qty, 90_px));
    desk.book(position_change(w.margin, w.trend, w.stock, ChangeKind::kSplit, -10_qty, 0_px));
    CHECK(held(w.margin, w.stock).cost == money("-900", "EUR"));
    CHECK(held(w.margin, w.stock).quantity == -20_qty);
  }
  SUBCASE("cash and stock dividends are income") {
    desk.book(fill(w.cash, w.trend, w.stock, Side::kBuy, 10_qty, 90_px));
    desk.book(cash_change(w.cash, ChangeKind::kDividend, "12.5", "EUR", w.stock, w.trend));
    desk.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kDividend, 1_qty, 80_px));
    CHECK(held(w.cash, w.stock).income == money("92.5", "EUR"));
    CHECK(held(w.cash, w.stock).cost == money("980", "EUR"));
    CHECK(desk.portfolio.cash(w.cash, "EUR") == money("-887.5", "EUR"));
  }
  SUBCASE("expiry closes at its price by the instrument's cash rule") {
    desk.book(fill(w.margin, w.trend, w.future, Side::kBuy, 2_qty, 4000_px));
    desk.book(position_change(w.margin, w.trend, w.future, ChangeKind::kExpiry, -2_qty, 4010_px));
    CHECK(held(w.margin, w.future).is_flat());
    CHECK(held(w.margin, w.future).realized == money("1000", "USD"));
    CHECK(desk.portfolio.cash(w.margin, "USD") == money("1000", "USD"));
  }
  SUBCASE("daily variation is realized and lifts the cost: nothing is earned twice") {
    desk.book(fill(w.margin, w.trend, w.future, Side::kBuy, 1_qty, 4000_px));
    desk.book(cash_change(w.margin, ChangeKind::kVariation, "500", "USD", w.future, w.trend));
    CHECK(held(w.margin, w.future).realized == money("500", "USD"));
    CHECK(held(w.margin, w.future).average_price(w.registry.get(w.future)) == 4010_px);
    desk.book(fill(w.margin, w.trend, w.future, Side::kSell, 1_qty, 4002_px));
    CHECK(held(w.margin, w.future).realized == money("100", "USD"));
    CHECK(desk.portfolio.cash(w.margin, "USD") == money("100", "USD"));
    CHECK(desk.portfolio.strategy_position(w.margin, w.trend, w.future)->realized ==
          money("100", "USD"));
  }
  SUBCASE("an account's fee") {
    desk.book(cash_change(w.margin, ChangeKind::kFee, "-25", "USD"));
    CHECK(desk.portfolio.valuation(w.margin).fees == money("25", "USD"));
    CHECK(desk.portfolio.valuation(w.margin).equity == money("-25", "USD"));
  }
  CHECK(desk.valuations_agree());
}

TEST_CASE("strategies: quantities and totals add up to the account, whatever was netted") {
  Desk desk;
  const World& w = desk.world;
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 10_qty, 100_px, Fee{"1", "USD"}));
  desk.book(fill(w.margin, w.carry, w.perp, Side::kSell, 10_qty, 120_px));
  // The account is flat with 200; trend is long and carry is short.
  const Position& net = *desk.portfolio.position(w.margin, w.perp);
  CHECK(net.is_flat());
  CHECK(net.realized == money("200", "USD"));
  const Position& trend = *desk.portfolio.strategy_position(w.margin, w.trend, w.perp);
  const Position& carry = *desk.portfolio.strategy_position(w.margin, w.carry, w.perp);
  CHECK(trend.cost == money("1000", "USD"));
  CHECK(carry.cost == money("-1200", "USD"));
  CHECK(trend.realized + carry.realized - trend.cost - carry.cost == net.realized - net.cost);
  CHECK(trend.fees + carry.fees == net.fees);
  CHECK(desk.portfolio.strategy_position(w.cash, w.trend, w.perp) == nullptr);
  CHECK(desk.portfolio.strategy_position(w.margin, StrategyId{0}, w.perp) == nullptr);
}

TEST_CASE("a hedging account keeps long and short apart") {
  Desk desk;
  const World& w = desk.world;
  desk.book(fill(w.hedge, w.trend, w.perp, Side::kBuy, 5_qty, 100_px));
  desk.book(fill(w.hedge, w.trend, w.perp, Side::kSell, 3_qty, 120_px));
  const auto leg = [&](Side side) { return *desk.portfolio.leg(w.hedge, w.perp, side); };
  CHECK(leg(Side::kBuy).quantity == 5_qty);
  CHECK(leg(Side::kSell).quantity == -3_qty);
  const Position& both = *desk.portfolio.position(w.hedge, w.perp);
  CHECK(both.quantity == 2_qty);
  CHECK(both.cost == money("140", "USD"));
  desk.trade(w.perp, 110_px);
  CHECK(desk.portfolio.valuation(w.hedge).gross_exposure == money("880", "USD"));
  CHECK(desk.portfolio.valuation(w.hedge).net_exposure == money("220", "USD"));
  CHECK(desk.portfolio.valuation(w.hedge).unrealized == money("80", "USD"));
  CHECK(desk.portfolio.market_value(w.hedge, w.perp) == money("220", "USD"));
  // A reducing buy closes the short; what it is too large by opens a long.
  auto reduce = fill(w.hedge, w.trend, w.perp, Side::kBuy, 4_qty, 110_px, {}, "r");
  reduce.terms.flags = OrderTerms::kReduceOnly;
  desk.book(reduce);
  CHECK(leg(Side::kSell).is_flat());
  CHECK(leg(Side::kSell).realized == money("30", "USD"));
  CHECK(leg(Side::kBuy).quantity == 6_qty);
  CHECK(leg(Side::kBuy).cost == money("610", "USD"));
  CHECK(desk.portfolio.cash(w.hedge, "USD") == money("30", "USD"));
  CHECK(desk.portfolio.strategy_position(w.hedge, w.trend, w.perp)->quantity == 6_qty);
  desk.book(busted(reduce));
  CHECK(leg(Side::kSell).quantity == -3_qty);
  CHECK(leg(Side::kBuy).cost == money("500", "USD"));
  CHECK(desk.portfolio.cash(w.hedge, "USD").is_zero());
  auto split = position_change(w.hedge, w.trend, w.perp, ChangeKind::kSplit, -3_qty, 0_px);
  split.header.flags |= AccountFact::kShortLeg;
  desk.book(split);
  CHECK(leg(Side::kSell).quantity == -6_qty);
  CHECK(desk.portfolio.position(w.hedge, w.perp)->quantity == -1_qty);
  CHECK(desk.valuations_agree());
}

TEST_CASE("what has no price is counted, never zero") {
  Desk desk;
  const World& w = desk.world;
  desk.book(cash_change(w.cash, ChangeKind::kOpening, "100", "USD"));
  desk.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 60_px));
  CHECK(desk.portfolio.valuation(w.cash).unpriced == 1);
  CHECK(desk.portfolio.valuation(w.cash).equity == money("40", "USD"));
  CHECK_FALSE(desk.portfolio.market_value(w.cash, w.btc).has_value());
  desk.trade(w.btc, 61_px);
  CHECK(desk.portfolio.valuation(w.cash).unpriced == 0);
  CHECK(desk.portfolio.valuation(w.cash).equity == money("101", "USD"));
  // A price at which it cannot be valued is no price.
  desk.book(fill(w.margin, w.trend, w.inverse, Side::kBuy, 1_qty, 60_px));
  desk.trade(w.inverse, -1_px);
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 1);
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 9000000000_qty, 0.00001_px));
  desk.trade(w.perp, 9000000000_px);
  CHECK(desk.portfolio.valuation(w.margin).unpriced == 2);
  CHECK(desk.valuations_agree());
}

TEST_CASE("only a quote: a long is worth the bid, a short the ask") {
  Desk desk;
  const World& w = desk.world;
  desk.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 1_qty, 100_px));
  desk.book(fill(w.hedge, w.trend, w.perp, Side::kSell, 1_qty, 100_px));
  const auto quote = Quote::two_sided(w.perp, Timestamp{1}, 99_px, 1_qty, 102_px, 1_qty);
  desk.marks.fold(quote.header);
  desk.portfolio.revalue(w.perp, desk.marks);
  CHECK(desk.portfolio.valuation(w.margin).unrealized == money("-1", "USD"));
  CHECK(desk.portfolio.valuation(w.hedge).unrealized == money("-2", "USD"));
  CHECK(desk.valuations_agree());
}

TEST_CASE("instruments and accounts may be added while it runs") {
  Desk desk;
  World& w = desk.world;
  desk.book(cash_change(w.margin, ChangeKind::kOpening, "5", "GBP"));
  const InstrumentId gbp = w.pair("GBP/USD", "GBP", "USD", InstrumentKind::kFxPair);
  desk.trade(gbp, 1.25_px);
  CHECK(desk.portfolio.valuation(w.margin).equity == money("6.25", "USD"));
  const AccountId late = w.account("late", AccountKind::kCash);
  CHECK(desk.portfolio.valuation(late).equity == money("0", "USD"));
  desk.book(fill(late, w.trend, gbp, Side::kBuy, 1_qty, 1.3_px));
  CHECK(desk.portfolio.cash(late, "USD") == money("-1.3", "USD"));
  CHECK(desk.valuations_agree());
}
