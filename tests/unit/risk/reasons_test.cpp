// Promise: every reason for a denial is given by somebody: here each one of the request and risk
// families is produced, but for those that belong to other rooms.
#include <functional>
#include <map>
#include <set>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// A desk on which everything may go wrong: the limits are far away until a case sets one.
struct Field : Desk {
  explicit Field(const RiskLimits& limits = {}) : Desk(limits) {
    pay(names.margin, usd("10000"));
    for (const InstrumentId id : {names.btc, names.perp, names.eth}) quote(id, 100_px, 100_px);
    good = limit(names.perp, Side::kBuy, 1_qty, 100_px);
  }
  OrderRequest good;
};

using Case = std::function<Reason()>;

// A field with limits, and a request changed from a good one.
Case limited(std::function<void(RiskLimits&)> set, std::function<void(Field&)> change = {}) {
  return [set = std::move(set), change = std::move(change)] {
    RiskLimits limits;
    set(limits);
    Field field{limits};
    if (change) change(field);
    return field.reason(field.good);
  };
}
Case changed(std::function<void(Field&)> change) {
  return limited([](RiskLimits&) {}, std::move(change));
}

std::map<Reason, Case> request_cases() {
  return {
      {Reason::kUnknownInstrument, changed([](Field& f) { f.good.instrument = {99}; })},
      {Reason::kUnknownAccount, changed([](Field& f) { f.good.account = {99}; })},
      {Reason::kUnknownVenue, changed([](Field& f) { f.good.venue = {99}; })},
      {Reason::kInvalidField, changed([](Field& f) { f.good.side = static_cast<Side>(0); })},
      {Reason::kQuantityNotPositive, changed([](Field& f) { f.good.terms.quantity = 0_qty; })},
      {Reason::kQuantityIncrement, changed([](Field& f) { f.good.terms.quantity = 0.015_qty; })},
      {Reason::kPriceMissing, changed([](Field& f) { f.good.terms.flags = 0; })},
      {Reason::kPriceUnexpected, changed([](Field& f) { f.good.terms.type = OrderType::kMarket; })},
      {Reason::kPriceIncrement, changed([](Field& f) { f.good.terms.limit_price = 0.005_px; })},
      {Reason::kTriggerMissing,
       changed([](Field& f) { f.good.terms.type = OrderType::kStopLimit; })},
      {Reason::kTriggerUnexpected,
       changed([](Field& f) { f.good.terms.flags |= OrderTerms::kHasTrigger; })},
      {Reason::kTriggerIncrement, changed([](Field& f) {
         f.good = f.ours(OrderRequest::stop(f.names.perp, Side::kBuy, 1_qty, 100.005_px));
       })},
      {Reason::kExpiryMissing,
       changed([](Field& f) { f.good.terms.time_in_force = TimeInForce::kGtd; })},
      {Reason::kExpiryInPast, changed([](Field& f) { f.good.until(Timestamp{1}); })},
      {Reason::kFlagsConflict,
       changed([](Field& f) { f.good.post_only().with(TimeInForce::kIoc); })},
      {Reason::kDisplayTooLarge, changed([](Field& f) { f.good.display(2_qty); })},
      {Reason::kTypeNotSupported, changed([](Field& f) {
         Capabilities can = everything();
         can.order_types = 0;
         f.risk.set_capabilities(f.names.venue, can);
       })},
      {Reason::kTimeInForceNotSupported, changed([](Field& f) {
         Capabilities can = everything();
         can.times_in_force = 0;
         f.risk.set_capabilities(f.names.venue, can);
       })},
      {Reason::kDuplicateClientId, changed([](Field& f) { f.send(f.good.tagged("twice")); })},
  };
}

// Bounds of the instrument itself.
Case bounded(Quantity quantity, Price price) {
  return [quantity, price] {
    Names names;
    InstrumentSpec spec;
    spec.symbol = "BOUND";
    spec.venue = names.venue;
    spec.base = Currency{"BTC"};
    spec.quote = Currency{"USD"};
    spec.price_increment = 1_px;
    spec.quantity_increment = 1_qty;
    spec.min_quantity = 2_qty;
    spec.max_quantity = 10_qty;
    spec.min_price = 10_px;
    spec.max_price = 100_px;
    spec.min_notional = usd("100");
    spec.max_notional = usd("500");
    const InstrumentId id = *names.registry.add(spec);
    Desk desk{{}, names};
    desk.pay(names.margin, usd("10000"));
    desk.quote(id, 50_px, 50_px);
    return desk.reason(desk.limit(id, Side::kBuy, quantity, price));
  };
}

Case replacing(std::function<ReplaceRequest(Field&, OrderId)> make) {
  return [make = std::move(make)] {
    Field field;
    const OrderId id = field.send(field.good);
    field.accept(id);
    return field.reason(make(field, id));
  };
}

std::map<Reason, Case> order_cases() {
  const auto none = std::nullopt;
  return {
      {Reason::kQuantityTooSmall, bounded(1_qty, 50_px)},
      {Reason::kQuantityTooLarge, bounded(11_qty, 50_px)},
      {Reason::kPriceTooLow, bounded(2_qty, 9_px)},
      {Reason::kPriceTooHigh, bounded(2_qty, 101_px)},
      {Reason::kNotionalTooSmall, bounded(2_qty, 49_px)},
      {Reason::kNotionalTooLarge, bounded(10_qty, 51_px)},
      {Reason::kUnknownOrder,
       replacing([=](Field&, OrderId) { return ReplaceRequest{OrderId{1}, 2_qty, none, none}; })},
      {Reason::kOrderNotOpen, replacing([=](Field& f, OrderId id) {
         f.cancel(id);
         return ReplaceRequest{id, 2_qty, none, none};
       })},
      {Reason::kNothingToReplace,
       replacing([=](Field&, OrderId id) { return ReplaceRequest{id, none, none, none}; })},
      {Reason::kCommandInFlight, replacing([=](Field& f, OrderId id) {
         f.orders.cancel(id, Reason::kByRequest, f);
         return ReplaceRequest{id, 2_qty, none, none};
       })},
  };
}

std::map<Reason, Case> risk_cases() {
  using L = RiskLimits;
  const auto control = [](Field& f, TradingState state) {
    CHECK(f.risk.set_trading_state(state, {}, "ann", f).ok());
  };
  return {
      {Reason::kTradingHalted, changed([=](Field& f) { control(f, TradingState::kHalted); })},
      {Reason::kReducingOnly, changed([=](Field& f) { control(f, TradingState::kReducing); })},
      {Reason::kKillSwitch, changed([](Field& f) {
         CHECK(f.risk.set_kill_level(KillLevel::kNoNewOrders, "", "ann", f).ok());
       })},
      {Reason::kInstrumentNotTradable,
       changed([](Field& f) { f.status(f.names.perp, InstrumentStatus::kHalted); })},
      {Reason::kNoReferencePrice, changed([](Field& f) { f.good.instrument = f.names.eur; })},
      {Reason::kStaleReferencePrice,
       limited([](L& l) { l.max_reference_age = 1_s; }, [](Field& f) { f.wait(2_s); })},
      {Reason::kCrossedMarket, changed([](Field& f) { f.quote(f.names.perp, 101_px, 100_px); })},
      {Reason::kMarketGap, changed([](Field& f) { f.gap(f.names.perp); })},
      {Reason::kPriceCollar, limited([](L& l) { l.price_collar = 0_rate; },
                                     [](Field& f) { f.good.terms.limit_price = 100.01_px; })},
      {Reason::kBuyingPower, changed([](Field& f) { f.good.terms.quantity = 10000_qty; })},
      {Reason::kPositionLimit, limited([](L& l) { l.max_position = 0_qty; })},
      {Reason::kGrossExposure, limited([](L& l) { l.max_gross_exposure = usd("1"); })},
      {Reason::kNetExposure, limited([](L& l) { l.max_net_exposure = usd("1"); })},
      {Reason::kConcentration, limited([](L& l) { l.max_concentration = 0_rate; })},
      {Reason::kLeverage, limited([](L& l) { l.max_leverage = 0_rate; })},
      {Reason::kOrderRate, limited([](L& l) { l.max_order_rate = 0; })},
      {Reason::kDailyLoss,
       limited(
           [](L& l) { l.max_daily_loss = usd("0"); },
           [](Field& f) {
             f.hold(f.names.btc, 1_qty, 100_px);
             f.quote(f.names.btc, 99_px, 99_px);
             CHECK(f.risk.set_trading_state(TradingState::kActive, f.names.margin, "ann", f).ok());
           })},
      {Reason::kDrawdown,
       limited(
           [](L& l) { l.max_drawdown = usd("0"); },
           [](Field& f) {
             f.hold(f.names.btc, 1_qty, 100_px);
             f.quote(f.names.btc, 99_px, 99_px);
             CHECK(f.risk.set_trading_state(TradingState::kActive, f.names.margin, "ann", f).ok());
           })},
      {Reason::kOrderQuantityLimit, limited([](L& l) { l.max_order_quantity = 0_qty; })},
      {Reason::kReduceOnlyViolation, changed([](Field& f) { f.good.reduce_only(); })},
      {Reason::kNoConversionRate, limited([](L& l) { l.max_gross_exposure = usd("1000"); },
                                          [](Field& f) {
                                            f.quote(f.names.eurbtc, 80_px, 80_px);
                                            f.good.instrument = f.names.eurbtc;
                                          })},
      {Reason::kOverflow, changed([](Field& f) {
         f.good.terms.quantity = Quantity::max().floor_to(0.01_qty);
         f.good.terms.limit_price = Price::max().floor_to(0.01_px);
       })},
      {Reason::kRecovering, changed([](Field& f) { f.risk.on_restart(f.now); })},
      {Reason::kOpenOrdersLimit, limited([](L& l) { l.max_open_orders = 0; })},
  };
}

}  // namespace

TEST_CASE("every reason of the request and risk families is produced by what it names") {
  std::set<Reason> produced;
  for (const auto& cases : {request_cases(), order_cases(), risk_cases()}) {
    for (const auto& [reason, make] : cases) {
      CAPTURE(std::string{to_text(reason)});
      CHECK(to_text(make()) == to_text(reason));
      produced.insert(reason);
    }
  }
  // What other rooms deny by: the order manager's slots and ids, the engine's requests of one
  // transaction, its groups, what it holds and its guards, and parked approvals.
  const std::set<Reason> others = {
      Reason::kTooManyOrders, Reason::kIdsExhausted, Reason::kTooManyRequests,
      Reason::kStaleApproval, Reason::kGroupLeg,     Reason::kNoTriggerPrice,
      Reason::kPositionBreak, Reason::kDeadMan,      Reason::kBracketPrices};
  for (int value = 1; value < 100; ++value) {
    const auto reason = static_cast<Reason>(value);
    if (to_text(reason) == "invalid") continue;
    CAPTURE(std::string{to_text(reason)});
    CHECK(produced.count(reason) + others.count(reason) == 1);
  }
}
