// Promise: each rule passes one below its limit and at it, and denies one above it with the number
// that decided and the limit, in the unit that docs/risk.md says.
#include "funded.hpp"

using namespace keel;
using namespace keel::test;

namespace {

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
