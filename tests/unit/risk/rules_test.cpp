// Promise: each rule passes one below its limit and at it, and denies one above it with the number
// that decided and the limit, in the unit that docs/risk.md says.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

const std::string kFine = told(Reason::kNone, 0, 0);

// A desk with a million dollars and prices of 100, whatever the limits.
struct Funded : Desk {
  explicit Funded(const RiskLimits& limits = {}) : Desk(limits) {
    pay(names.margin, usd("1000000"));
    pay(names.cash, usd("1000"));
    for (const InstrumentId id : {names.btc, names.eth, names.perp}) quote(id, 100_px, 100_px);
    quote(names.eur, 1.25_px, 1.25_px);
    quote(names.eurbtc, 80_px, 80_px);
  }
  std::string buy(Quantity quantity, Price price = 100_px) {
    return told(denial(limit(names.perp, Side::kBuy, quantity, price)));
  }
  std::string sell(Quantity quantity, Price price = 100_px) {
    return told(denial(limit(names.perp, Side::kSell, quantity, price)));
  }
};

// At the instrument, at the account and at the strategy: a limit holds where it is set.
template <class Set>
std::vector<RiskLimits> at_each_scope(Set set) {
  const Names names;
  std::vector<RiskLimits> all(5);
  set(all[0]);
  set(all[1].instrument(names.perp));
  set(all[2].account(names.margin));
  set(all[3].strategy(names.strategy));
  set(all[4].instrument(names.perp));
  all[4].max_order_quantity = 1_qty;  // the instrument's own replaces the default
  all[4].max_order_notional = Money::whole(1, "USD");
  all[4].max_position = 1_qty;
  return all;
}

}  // namespace

TEST_CASE("order quantity") {
  for (const RiskLimits& limits :
       at_each_scope([](LimitSet& set) { set.max_order_quantity = 5_qty; })) {
    RiskLimits only = limits;
    only.max_order_notional.reset();
    only.max_position.reset();
    Funded desk{only};
    CHECK(desk.buy(4.99_qty) == kFine);
    CHECK(desk.buy(5_qty) == kFine);
    CHECK(desk.buy(5.01_qty) == told(Reason::kOrderQuantityLimit, 5.01_qty, 5_qty));
    CHECK(desk.sell(5.01_qty) == told(Reason::kOrderQuantityLimit, 5.01_qty, 5_qty));
  }
}

TEST_CASE("order notional, in the account's base currency") {
  for (const RiskLimits& limits :
       at_each_scope([](LimitSet& set) { set.max_order_notional = usd("500"); })) {
    RiskLimits only = limits;
    only.max_order_quantity.reset();
    only.max_position.reset();
    Funded desk{only};
    CHECK(desk.buy(4.99_qty) == kFine);
    CHECK(desk.buy(5_qty) == kFine);
    CHECK(desk.buy(5.01_qty) == told(Reason::kNotionalTooLarge, usd("501"), usd("500")));
    // A sell counts at what the market pays, not at a lower limit.
    CHECK(desk.sell(5.01_qty, 50_px) == told(Reason::kNotionalTooLarge, usd("501"), usd("500")));
    CHECK(desk.sell(5_qty, 50_px) == kFine);
  }
  RiskLimits limits;
  limits.max_order_notional = usd("500");
  Funded desk{limits};
  // 80 EUR x 5 = 400 EUR = 500 USD.
  const auto euros = [&](Quantity quantity) {
    return told(desk.denial(desk.limit(desk.names.eurbtc, Side::kBuy, quantity, 80_px)));
  };
  CHECK(euros(5_qty) == kFine);
  CHECK(euros(5.01_qty) == told(Reason::kNotionalTooLarge, usd("501"), usd("500")));
  // A market order counts at the touch it takes.
  CHECK(told(desk.denial(desk.market_order(desk.names.perp, Side::kBuy, 5.01_qty))) ==
        told(Reason::kNotionalTooLarge, usd("501"), usd("500")));
  // A stop counts where it triggers, when that is dearer.
  CHECK(told(desk.denial(
            desk.ours(OrderRequest::stop(desk.names.perp, Side::kBuy, 5_qty, 110_px)))) ==
        told(Reason::kNotionalTooLarge, usd("550"), usd("500")));
}

TEST_CASE("position: what is held, what is open, and this order") {
  for (const RiskLimits& limits : at_each_scope([](LimitSet& set) { set.max_position = 10_qty; })) {
    RiskLimits only = limits;
    only.max_order_quantity.reset();
    only.max_order_notional.reset();
    Funded desk{only};
    desk.hold(desk.names.perp, 4_qty, 100_px);
    CHECK(desk.buy(6_qty) == kFine);
    CHECK(desk.buy(6.01_qty) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
    CHECK(desk.sell(14_qty) == kFine);
    CHECK(desk.sell(14.01_qty) ==
          told(Reason::kPositionLimit, Quantity::zero() - 10.01_qty, 10_qty));
    const OrderId open = desk.send(desk.limit(desk.names.perp, Side::kBuy, 2_qty, 99_px));
    CHECK(desk.buy(4_qty) == kFine);
    CHECK(desk.buy(4.01_qty) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
    CHECK(desk.sell(14_qty) == kFine);  // an open buy does not help a sell, nor hurt it
    CHECK(desk.sell(14.01_qty) ==
          told(Reason::kPositionLimit, Quantity::zero() - 10.01_qty, 10_qty));
    desk.accept(open);
    desk.fill(open, 1_qty, 99_px);
    CHECK(desk.buy(4_qty) == kFine);
    CHECK(desk.buy(4.01_qty) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
    desk.cancel(open);
    CHECK(desk.buy(5_qty) == kFine);
    CHECK(desk.buy(5.01_qty) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
  }
}

TEST_CASE("a strategy's position is its own; the account's is everybody's") {
  RiskLimits limits;
  limits.max_position = 10_qty;
  const Names names;
  limits.strategy(names.strategy).max_position = 3_qty;
  Funded desk{limits};
  auto others = desk.limit(names.perp, Side::kBuy, 5_qty, 100_px);
  others.strategy = names.other;
  desk.fill(desk.send(others), 5_qty, 100_px);
  CHECK(desk.buy(3_qty) == kFine);
  CHECK(desk.buy(3.01_qty) == told(Reason::kPositionLimit, 3.01_qty, 3_qty));
  CHECK(told(desk.denial(others)) == kFine);  // 5 + 5
  others.terms.quantity = 5.01_qty;
  CHECK(told(desk.denial(others)) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
}

TEST_CASE("price collar: how much worse than the touch; distance: how far either way") {
  for (const bool at_account : {false, true}) {
    const Names names;
    RiskLimits limits;
    (at_account ? limits.account(names.margin) : limits).price_collar = 0.02_rate;
    Funded desk{limits};
    desk.quote(names.perp, 99_px, 100_px);
    CHECK(desk.buy(1_qty, 101.99_px) == kFine);
    CHECK(desk.buy(1_qty, 102_px) == kFine);
    CHECK(desk.buy(1_qty, 102.01_px) == told(Reason::kPriceCollar, 0.0201_rate, 0.02_rate));
    CHECK(desk.buy(1_qty, 0.01_px) == kFine);  // better is no harm
    CHECK(desk.sell(1_qty, 97.02_px) == kFine);
    // (99 - 97.01) / 99 = 0.0201010101..., told rounded up.
    CHECK(desk.sell(1_qty, 97.01_px) == told(Reason::kPriceCollar, 0.020101011_rate, 0.02_rate));
    // A limit behind a trigger is judged from the trigger.
    const auto stop = [&](Price limit) {
      return told(desk.denial(
          desk.ours(OrderRequest::stop_limit(names.perp, Side::kBuy, 1_qty, 150_px, limit))));
    };
    CHECK(stop(153_px) == kFine);
    CHECK(stop(153.01_px) == told(Reason::kPriceCollar, 0.020066667_rate, 0.02_rate));
  }
  RiskLimits limits;
  limits.price_distance = 0.1_rate;
  Funded desk{limits};
  CHECK(desk.buy(1_qty, 90_px) == kFine);
  CHECK(desk.buy(1_qty, 89.99_px) == told(Reason::kPriceCollar, 0.1001_rate, 0.1_rate));
  CHECK(desk.buy(1_qty, 110_px) == kFine);
  CHECK(desk.buy(1_qty, 110.01_px) == told(Reason::kPriceCollar, 0.1001_rate, 0.1_rate));
  const auto stop = [&](Price trigger) {
    return told(
        desk.denial(desk.ours(OrderRequest::stop(desk.names.perp, Side::kSell, 1_qty, trigger))));
  };
  CHECK(stop(90_px) == kFine);
  CHECK(stop(89.99_px) == told(Reason::kPriceCollar, 0.1001_rate, 0.1_rate));
}

TEST_CASE("a collar around a reference that is zero or below it") {
  RiskLimits limits;
  limits.price_collar = 0.1_rate;
  limits.fee_buffer.reset();
  Funded desk{limits};
  const auto minus = [](Price price) { return Price::zero() - price; };
  desk.quote(desk.names.perp, minus(100_px), minus(100_px));
  CHECK(desk.buy(1_qty, minus(90_px)) == kFine);
  CHECK(desk.buy(1_qty, minus(89.99_px)) == told(Reason::kPriceCollar, 0.1001_rate, 0.1_rate));
  CHECK(desk.sell(1_qty, minus(110_px)) == kFine);
  CHECK(desk.sell(1_qty, minus(110.01_px)) == told(Reason::kPriceCollar, 0.1001_rate, 0.1_rate));
  desk.quote(desk.names.perp, 0_px, 0_px);
  CHECK(desk.buy(1_qty, 0_px) == kFine);
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, 1_qty, 0.01_px)) ==
        Reason::kPriceCollar);
}

TEST_CASE("the reference: there, not old, not broken; denied with its age, never passed") {
  for (const bool at_account : {false, true}) {
    const Names names;
    RiskLimits limits;
    (at_account ? limits.account(names.margin) : limits).max_reference_age = 5_s;
    Desk desk{limits};
    desk.pay(names.margin, usd("1000000"));
    const auto ask = [&](Side side = Side::kBuy) {
      return told(desk.denial(desk.limit(names.perp, side, 1_qty, 100_px)));
    };
    CHECK(ask() == told(Reason::kNoReferencePrice, 0_s, 5_s));
    desk.quote(names.perp, 100_px, 100_px);
    CHECK(ask() == kFine);
    desk.wait(5_s);
    CHECK(ask() == kFine);
    desk.wait(1_ns);
    CHECK(ask() == told(Reason::kStaleReferencePrice, 5_s + 1_ns, 5_s));
    CHECK(ask(Side::kSell) == told(Reason::kStaleReferencePrice, 5_s + 1_ns, 5_s));
    desk.quote(names.perp, 100.01_px, 100_px);
    CHECK(ask() == told(Reason::kCrossedMarket, (100.01_px).raw(), (100_px).raw()));
    desk.quote(names.perp, 100_px, 100_px);
    CHECK(ask() == kFine);
    desk.wait(1_s);
    desk.gap(names.perp);
    CHECK(ask() == told(Reason::kMarketGap, 1_s, 5_s));
    desk.quote(names.perp, 100_px, 100_px);
    CHECK(ask() == kFine);
  }
  Desk without_limit;
  CHECK(told(without_limit.denial(
            without_limit.limit(without_limit.names.btc, Side::kBuy, 1_qty, 100_px))) ==
        told(Reason::kNoReferencePrice, 0, 0));
}

TEST_CASE("an instrument that does not trade") {
  Funded desk;
  for (const auto status :
       {InstrumentStatus::kHalted, InstrumentStatus::kClosed, InstrumentStatus::kExpired}) {
    desk.status(desk.names.perp, status);
    CHECK(desk.buy(1_qty) == told(Reason::kInstrumentNotTradable, static_cast<int>(status), 0));
  }
  for (const auto status :
       {InstrumentStatus::kTrading, InstrumentStatus::kPreOpen, InstrumentStatus::kAuction}) {
    desk.status(desk.names.perp, status);
    CHECK(desk.buy(1_qty) == kFine);
  }
  Names names;
  const auto index = names.list("SPX", InstrumentKind::kIndex, "SPX", "USD");
  InstrumentSpec future;
  future.symbol = "OLD";
  future.kind = InstrumentKind::kFuture;
  future.venue = names.venue;
  future.quote = Currency{"USD"};
  future.price_increment = 0.01_px;
  future.quantity_increment = 1_qty;
  future.expiry = Timestamp::from_seconds(1'700'000'001);
  const auto expiring = *names.registry.add(future);
  Desk other{{}, names};
  other.pay(names.margin, usd("1000000"));
  other.quote(index, 100_px, 100_px);
  other.quote(expiring, 100_px, 100_px);
  CHECK(other.reason(other.limit(index, Side::kBuy, 1_qty, 100_px)) ==
        Reason::kInstrumentNotTradable);
  CHECK(other.reason(other.limit(expiring, Side::kBuy, 1_qty, 100_px)) == Reason::kNone);
  other.wait(1_s);
  CHECK(other.reason(other.limit(expiring, Side::kBuy, 1_qty, 100_px)) ==
        Reason::kInstrumentNotTradable);
}

TEST_CASE("open orders, of the account and of a strategy") {
  const Names names;
  for (const bool of_strategy : {false, true}) {
    RiskLimits limits;
    if (of_strategy)
      limits.strategy(names.strategy).max_open_orders = 2;
    else
      limits.max_open_orders = 2;
    Funded desk{limits};
    const auto request = desk.limit(names.perp, Side::kBuy, 1_qty, 99_px);
    const OrderId first = desk.send(request);
    desk.send(request);
    CHECK(desk.risk.open_orders(names.margin) == 2);
    CHECK(told(desk.denial(request)) == told(Reason::kOpenOrdersLimit, 3, 2));
    desk.accept(first);
    const ReplaceRequest more{first, 2_qty, std::nullopt, std::nullopt};
    CHECK(desk.reason(more) == Reason::kNone);  // a replace takes no further place
    auto others = request;
    others.strategy = names.other;
    CHECK(desk.reason(others) == (of_strategy ? Reason::kNone : Reason::kOpenOrdersLimit));
    desk.fill(first, 0.5_qty, 99_px);
    CHECK(told(desk.denial(request)) == told(Reason::kOpenOrdersLimit, 3, 2));
    desk.fill(first, 0.5_qty, 99_px);
    CHECK(desk.risk.open_orders(names.margin) == 1);
    CHECK(told(desk.denial(request)) == kFine);
  }
}

TEST_CASE("order rate over a sliding window: submits, replaces and cancels") {
  const Names names;
  for (const bool of_strategy : {false, true}) {
    RiskLimits limits;
    LimitSet& set = of_strategy ? limits.strategy(names.strategy) : limits;
    set.max_order_rate = 3;
    set.order_rate_window = 10_s;
    Funded desk{limits};
    const auto request = desk.limit(names.perp, Side::kBuy, 1_qty, 99_px);
    const OrderId first = desk.send(request);  // at 0 s
    desk.accept(first);
    desk.wait(4_s);
    desk.cancel(first);  // at 4 s
    desk.wait(1_s);
    desk.send(request);  // at 5 s
    CHECK(told(desk.denial(request)) == told(Reason::kOrderRate, 4, 3));
    desk.wait(5_s - 1_ns);
    CHECK(told(desk.denial(request)) == told(Reason::kOrderRate, 4, 3));
    desk.wait(1_ns);  // 10 s: the first has left the window
    CHECK(told(desk.denial(request)) == kFine);
    desk.send(request);
    CHECK(told(desk.denial(request)) == told(Reason::kOrderRate, 4, 3));
  }
  RiskLimits none;
  none.max_order_rate = 0;
  Funded desk{none};
  CHECK(desk.buy(1_qty) == told(Reason::kOrderRate, 1, 0));
}

TEST_CASE("a client order id is used once an account") {
  Funded desk;
  auto request = desk.limit(desk.names.perp, Side::kBuy, 1_qty, 99_px).tagged("entry-7");
  const OrderId first = desk.send(request);
  CHECK(told(desk.denial(request)) == told(Reason::kDuplicateClientId,
                                           Int128::from(static_cast<detail::i128>(first.value)),
                                           Int128{}));
  desk.accept(first);
  desk.fill(first, 1_qty, 99_px);
  CHECK(desk.reason(request) == Reason::kDuplicateClientId);  // its end does not free it
  request.account = desk.names.cash;
  CHECK(desk.reason(request) == Reason::kNone);
  request.account = desk.names.margin;
  request.tagged("entry-8");
  CHECK(desk.reason(request) == Reason::kNone);
  // A held order's own id is no duplicate when it is released; another's is.
  request.tagged("exit-1");
  const OrderId held = desk.orders.hold(request, desk);
  CHECK(desk.reason(request) == Reason::kDuplicateClientId);
  CHECK(desk.risk.check(request, desk.now, held).approved());
  CHECK_FALSE(desk.risk.check(request, desk.now, first).approved());
  // A denied request used nothing.
  request.tagged("denied");
  const Denial why{Reason::kPriceCollar, {}, {}};
  desk.orders.deny(request, why, desk);
  CHECK(desk.reason(request) == Reason::kNone);
}

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
