// Promises: states and the kill switch hold back what they say, for whom they say, until a person
// says otherwise; flattening always gets through; limits change at run time; every change is a fact
// that names who and why.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

struct Trading : Desk {
  explicit Trading(const RiskLimits& limits = {}, const Names& listed = {}) : Desk(limits, listed) {
    pay(names.margin, usd("1000000"));
    for (const InstrumentId id : {names.btc, names.perp}) quote(id, 100_px, 100_px);
  }
  OrderRequest buy(Quantity quantity) const {
    return limit(names.perp, Side::kBuy, quantity, 100_px);
  }
  OrderRequest sell(Quantity quantity) const {
    return limit(names.perp, Side::kSell, quantity, 100_px);
  }
  const StateFact& last_fact() const {
    return record_as<StateFact>(*reinterpret_cast<const RecordHeader*>(journal.back().data()));
  }
};

const AccountId kEverybody{0};

}  // namespace

TEST_CASE("reducing: only what cannot but reduce the position, open orders included") {
  Trading desk;
  desk.hold(desk.names.perp, 10_qty, 100_px);
  REQUIRE(desk.risk.set_trading_state(TradingState::kReducing, kEverybody, "ann", desk).ok());
  CHECK(told(desk.denial(desk.buy(1_qty))) == told(Reason::kReducingOnly, 1_qty, 0_qty));
  CHECK(desk.reason(desk.sell(10_qty)) == Reason::kNone);
  CHECK(told(desk.denial(desk.sell(10.01_qty))) == told(Reason::kReducingOnly, 10.01_qty, 10_qty));
  desk.send(desk.sell(4_qty));
  CHECK(desk.reason(desk.sell(6_qty)) == Reason::kNone);
  CHECK(told(desk.denial(desk.sell(6.01_qty))) == told(Reason::kReducingOnly, 10.01_qty, 10_qty));
  // Nothing is held of another instrument, so nothing reduces.
  CHECK(desk.reason(desk.limit(desk.names.btc, Side::kSell, 1_qty, 100_px)) ==
        Reason::kReducingOnly);
  REQUIRE(desk.risk.set_trading_state(TradingState::kActive, kEverybody, "ann", desk).ok());
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kNone);
}

TEST_CASE("halted: nothing, not even what reduces; cancels ask nobody") {
  Trading desk;
  desk.hold(desk.names.perp, 10_qty, 100_px);
  const OrderId open = desk.send(desk.sell(4_qty));
  desk.accept(open);
  REQUIRE(desk.risk.set_trading_state(TradingState::kHalted, kEverybody, "ann", desk).ok());
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kTradingHalted);
  CHECK(desk.reason(desk.sell(1_qty)) == Reason::kTradingHalted);
  CHECK(desk.orders.cancel(open, Reason::kByRequest, desk) == Reason::kNone);
}

TEST_CASE("one account's state is its own; the stricter of both counts") {
  Trading desk;
  REQUIRE(desk.risk.set_trading_state(TradingState::kHalted, desk.names.margin, "ann", desk).ok());
  CHECK(desk.risk.trading_state() == TradingState::kActive);
  CHECK(desk.risk.trading_state(desk.names.margin) == TradingState::kHalted);
  CHECK(desk.risk.trading_state(desk.names.cash) == TradingState::kActive);
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kTradingHalted);
  desk.pay(desk.names.cash, usd("1000"));
  const auto others = desk.limit(desk.names.btc, Side::kBuy, 1_qty, 100_px).on(desk.names.cash);
  CHECK(desk.reason(others) == Reason::kNone);
  REQUIRE(desk.risk.set_trading_state(TradingState::kReducing, kEverybody, "ann", desk).ok());
  CHECK(desk.risk.trading_state(desk.names.margin) == TradingState::kHalted);
  CHECK(desk.reason(others) == Reason::kReducingOnly);
}

TEST_CASE("a change of state is a fact with a name; nobody and nonsense are refused") {
  Trading desk;
  const auto refused = [&](const Status& status, ErrorCode code) {
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == code);
  };
  const auto facts = desk.journal.size();
  refused(desk.risk.set_trading_state(TradingState::kHalted, kEverybody, "", desk),
          risk_errors::kNobody);
  refused(desk.risk.set_trading_state(static_cast<TradingState>(9), kEverybody, "ann", desk),
          risk_errors::kBadLevel);
  refused(desk.risk.set_trading_state(TradingState::kHalted, AccountId{9}, "ann", desk),
          risk_errors::kUnknownScope);
  refused(
      desk.risk.set_trading_state(TradingState::kHalted, kEverybody, std::string(40, 'a'), desk),
      core_errors::kTextTooLong);
  CHECK(desk.journal.size() == facts);
  REQUIRE(desk.risk.set_trading_state(TradingState::kHalted, kEverybody, "ann", desk).ok());
  CHECK(desk.journal.size() == facts + 1);
  CHECK(desk.last_fact().header.kind == RecordKind::kTradingStateChanged);
  CHECK(desk.last_fact().by == "ann");
  CHECK(desk.last_fact().before == static_cast<int>(TradingState::kActive));
  CHECK(desk.last_fact().after == static_cast<int>(TradingState::kHalted));
  CHECK(desk.last_fact().reason == Reason::kByRequest);
}

TEST_CASE("the kill switch rises by anybody's hand, and falls only by a reset") {
  Trading desk;
  auto& risk = desk.risk;
  CHECK(risk.kill_switch().level == KillLevel::kOff);
  REQUIRE(risk.set_kill_level(KillLevel::kNoNewOrders, "odd fills", "ann", desk).ok());
  CHECK(risk.kill_switch().level == KillLevel::kNoNewOrders);
  CHECK(risk.kill_switch().why == "odd fills");
  CHECK(risk.kill_switch().by == "ann");
  CHECK(risk.kill_switch().since == desk.now);
  CHECK(told(desk.denial(desk.buy(1_qty))) == told(Reason::kKillSwitch, 1, 0));
  REQUIRE(risk.set_kill_level(KillLevel::kFlatten, "worse", "bob", desk).ok());
  CHECK(told(desk.denial(desk.buy(1_qty))) == told(Reason::kKillSwitch, 3, 0));
  for (const KillLevel lower : {KillLevel::kOff, KillLevel::kNoNewOrders, KillLevel::kCancelAll}) {
    const auto status = risk.set_kill_level(lower, "", "ann", desk);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == risk_errors::kKillSwitchLatched);
  }
  CHECK(risk.set_kill_level(static_cast<KillLevel>(9), "", "ann", desk).error().code ==
        risk_errors::kBadLevel);
  CHECK(risk.set_kill_level(KillLevel::kFlatten, "", "", desk).error().code ==
        risk_errors::kNobody);
  CHECK(risk.reset_kill_switch("", desk).error().code == risk_errors::kNobody);
  CHECK(risk.kill_switch().level == KillLevel::kFlatten);
  REQUIRE(risk.reset_kill_switch("carol", desk).ok());
  CHECK(risk.kill_switch().level == KillLevel::kOff);
  CHECK(risk.kill_switch().by == "carol");
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kNone);
}

TEST_CASE("the kill switch latches over a restart, whether by snapshot or by facts") {
  Trading desk;
  REQUIRE(desk.risk.set_kill_level(KillLevel::kCancelAll, "odd fills", "ann", desk).ok());
  StateWriter writer;
  desk.risk.save(writer);

  Trading by_snapshot;
  StateReader reader{writer.bytes()};
  by_snapshot.risk.load(reader);
  REQUIRE(reader.finish().ok());
  by_snapshot.risk.set_ready();
  CHECK(by_snapshot.risk.kill_switch().level == KillLevel::kCancelAll);
  CHECK(by_snapshot.risk.kill_switch().why == "odd fills");
  CHECK(by_snapshot.risk.kill_switch().by == "ann");
  CHECK(by_snapshot.reason(by_snapshot.buy(1_qty)) == Reason::kKillSwitch);

  Desk by_facts;
  for (const auto& bytes : desk.journal)
    by_facts.fold(*reinterpret_cast<const RecordHeader*>(bytes.data()));
  CHECK(by_facts.risk.kill_switch().level == KillLevel::kCancelAll);
  CHECK(by_facts.risk.kill_switch().by == "ann");
  REQUIRE(by_snapshot.risk.reset_kill_switch("carol", by_snapshot).ok());
  CHECK(by_snapshot.risk.kill_switch().level == KillLevel::kOff);
}

TEST_CASE("flattening gets through every state, if and only if it reduces") {
  Trading desk;
  desk.hold(desk.names.perp, 10_qty, 100_px);
  const OrderId open = desk.send(desk.sell(4_qty));
  REQUIRE(desk.risk.set_kill_level(KillLevel::kFlatten, "stop", "ann", desk).ok());
  REQUIRE(desk.risk.set_trading_state(TradingState::kHalted, kEverybody, "ann", desk).ok());
  desk.risk.on_restart(desk.now);

  auto request = desk.risk.flatten_request(desk.names.margin, desk.names.perp);
  REQUIRE(request.has_value());
  CHECK(request->side == Side::kSell);
  CHECK(request->terms.quantity == 6_qty);  // the open order may fill yet
  CHECK(request->terms.type == OrderType::kMarket);
  CHECK(request->terms.time_in_force == TimeInForce::kIoc);
  auto decision = desk.risk.check_flatten(*request, desk.now);
  REQUIRE(decision.approved());
  desk.orders.submit(std::move(decision).take(), desk);
  CHECK_FALSE(desk.risk.flatten_request(desk.names.margin, desk.names.perp).has_value());

  desk.cancel(open);
  request = desk.risk.flatten_request(desk.names.margin, desk.names.perp);
  REQUIRE(request.has_value());
  CHECK(request->terms.quantity == 4_qty);
  request->terms.quantity = 4.01_qty;
  const auto too_much = desk.risk.check_flatten(*request, desk.now);
  REQUIRE_FALSE(too_much.approved());
  CHECK(told(too_much.denial()) == told(Reason::kReduceOnlyViolation, 10.01_qty, 10_qty));
  request->terms.quantity = 4_qty;
  request->side = Side::kBuy;
  CHECK_FALSE(desk.risk.check_flatten(*request, desk.now).approved());
  request->side = Side::kSell;
  request->terms.quantity = 4.005_qty;
  CHECK(desk.risk.check_flatten(*request, desk.now).denial().reason == Reason::kQuantityIncrement);
  CHECK_FALSE(desk.risk.flatten_request(desk.names.margin, desk.names.btc).has_value());
  CHECK_FALSE(desk.risk.flatten_request(AccountId{9}, desk.names.perp).has_value());
  CHECK_FALSE(desk.risk.flatten_request(desk.names.margin, InstrumentId{99}).has_value());
}

TEST_CASE("flattening needs no price and no limit, but a market that trades") {
  RiskLimits limits;
  limits.max_order_quantity = 1_qty;
  limits.max_order_rate = 0;
  Desk desk{limits};
  desk.pay(desk.names.margin, usd("1000000"));
  desk.give(desk.names.margin, desk.names.perp, Quantity::whole(-7), 100_px);
  const auto request = desk.risk.flatten_request(desk.names.margin, desk.names.perp);
  REQUIRE(request.has_value());
  CHECK(request->side == Side::kBuy);
  CHECK(request->terms.quantity == 7_qty);
  CHECK(desk.risk.check_flatten(*request, desk.now).approved());  // no price was ever seen
  desk.trade(desk.names.perp, 100_px);
  desk.status(desk.names.perp, InstrumentStatus::kHalted);
  CHECK(desk.risk.check_flatten(*request, desk.now).denial().reason ==
        Reason::kInstrumentNotTradable);
}

TEST_CASE("a reduce-only order neither opens nor turns a position") {
  Trading desk;
  CHECK(told(desk.denial(desk.sell(1_qty).reduce_only())) ==
        told(Reason::kReduceOnlyViolation, 1_qty, 0_qty));
  desk.hold(desk.names.perp, 10_qty, 100_px);
  CHECK(desk.reason(desk.sell(10_qty).reduce_only()) == Reason::kNone);
  CHECK(desk.reason(desk.sell(10.01_qty).reduce_only()) == Reason::kReduceOnlyViolation);
  CHECK(desk.reason(desk.buy(1_qty).reduce_only()) == Reason::kReduceOnlyViolation);
  desk.send(desk.sell(10_qty).reduce_only());
  CHECK(desk.reason(desk.sell(10_qty).reduce_only()) == Reason::kReduceOnlyViolation);
  // Where the venue itself holds an order to reducing, two exits may stand side by side.
  Capabilities can = everything();
  can.reduce_only = true;
  desk.risk.set_capabilities(desk.names.venue, can);
  CHECK(desk.reason(desk.sell(10_qty).reduce_only()) == Reason::kNone);
  CHECK(desk.reason(desk.sell(10.01_qty).reduce_only()) == Reason::kReduceOnlyViolation);
}

TEST_CASE("a reduce-only order beside one that is not: at worst it fills first, then the other") {
  RiskLimits limits;
  limits.max_position = 18_qty;
  Trading desk{limits};
  Capabilities can = everything();
  can.reduce_only = true;
  desk.risk.set_capabilities(desk.names.venue, can);
  desk.hold(desk.names.perp, 10_qty, 100_px);
  desk.send(desk.sell(26_qty));  // to 16 short: within the limit
  // After a reduce-only 2 the same 26 would end at 18 short, after 3 beyond it.
  CHECK(desk.reason(desk.sell(2_qty).reduce_only()) == Reason::kNone);
  CHECK(told(desk.denial(desk.sell(3_qty).reduce_only())) ==
        told(Reason::kPositionLimit, -19_qty, 18_qty));
}

TEST_CASE("after a restart new risk waits until it is ready, and each instrument for a new price") {
  Trading desk;
  desk.hold(desk.names.perp, 10_qty, 100_px);
  desk.wait(1_s);
  desk.risk.on_restart(desk.now);
  CHECK(desk.risk.is_recovering());
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kRecovering);
  CHECK(desk.reason(desk.sell(10_qty)) == Reason::kNone);  // reduces
  desk.wait(1_s);
  desk.risk.set_ready();
  CHECK(told(desk.denial(desk.buy(1_qty))) == told(Reason::kRecovering, 2_s, 0_s));
  desk.quote(desk.names.perp, 100_px, 100_px);
  CHECK(desk.reason(desk.buy(1_qty)) == Reason::kNone);
  CHECK(desk.reason(desk.limit(desk.names.btc, Side::kBuy, 1_qty, 100_px)) == Reason::kRecovering);
}

TEST_CASE("limits change at run time, by a fact that says from what to what and by whom") {
  RiskLimits limits;
  limits.max_position = 10_qty;
  Trading desk{limits};
  const auto raw = [](Quantity quantity) { return Int128::from(quantity.raw()); };
  const auto perp = LimitScope::of(desk.names.perp);
  CHECK(desk.reason(desk.buy(10_qty)) == Reason::kNone);
  REQUIRE(desk.risk.set_limit(Limit::kMaxPosition, perp, raw(5_qty), {}, "ann", desk).ok());
  CHECK(told(desk.denial(desk.buy(5.01_qty))) == told(Reason::kPositionLimit, 5.01_qty, 5_qty));
  CHECK(desk.reason(desk.limit(desk.names.btc, Side::kBuy, 10_qty, 100_px)) == Reason::kNone);
  CHECK(desk.last_fact().header.kind == RecordKind::kLimitChanged);
  CHECK(desk.last_fact().header.instrument == desk.names.perp);
  CHECK(desk.last_fact().name == "max_position");
  CHECK(desk.last_fact().by == "ann");
  CHECK(desk.last_fact().before == 0);  // it had none of its own
  CHECK(desk.last_fact().after == 1);
  CHECK(desk.last_fact().value_after == raw(5_qty));
  REQUIRE(desk.risk.set_limit(Limit::kMaxPosition, perp, raw(7_qty), {}, "bob", desk).ok());
  CHECK(desk.last_fact().before == 1);
  CHECK(desk.last_fact().value_before == raw(5_qty));
  // Taken back, the default holds again.
  REQUIRE(desk.risk.set_limit(Limit::kMaxPosition, perp, std::nullopt, {}, "ann", desk).ok());
  CHECK(desk.reason(desk.buy(10_qty)) == Reason::kNone);
  CHECK(desk.reason(desk.buy(10.01_qty)) == Reason::kPositionLimit);
  REQUIRE(desk.risk.set_limit(Limit::kMaxPosition, {}, std::nullopt, {}, "ann", desk).ok());
  CHECK(desk.reason(desk.buy(1000_qty)) == Reason::kNone);
  // A limit that was never set is enforced from now on.
  REQUIRE(desk.risk
              .set_limit(Limit::kMaxLeverage, LimitScope::of(desk.names.margin),
                         Int128::from((0.001_rate).raw()), {}, "ann", desk)
              .ok());
  CHECK(desk.reason(desk.buy(10.01_qty)) == Reason::kLeverage);
}

TEST_CASE("a change of limits that makes no sense is refused, and changes nothing") {
  Trading desk;
  const auto facts = desk.journal.size();
  const auto refused = [&](Limit limit, LimitScope scope, std::int64_t value, ErrorCode code,
                           Currency currency = {}, std::string_view by = "ann") {
    const auto status = desk.risk.set_limit(limit, scope, Int128::from(value), currency, by, desk);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == code);
  };
  const auto& names = desk.names;
  refused(Limit::kMaxPosition, {}, -1, risk_errors::kLimitValue);
  refused(Limit::kMaxOrderRate, {}, 5000, risk_errors::kLimitValue);
  refused(Limit::kOrderRateWindow, {}, 0, risk_errors::kLimitValue);
  refused(Limit::kFeeBuffer, {}, 2'000'000'000, risk_errors::kLimitValue);
  refused(Limit::kMaxLeverage, LimitScope::of(names.perp), 1, risk_errors::kLimitScope);
  refused(Limit::kMaxLeverage, LimitScope::of(names.strategy), 1, risk_errors::kLimitScope);
  refused(Limit::kPriceCollar, LimitScope::of(names.strategy), 1, risk_errors::kLimitScope);
  refused(Limit::kMaxPosition, {names.perp, {}, names.margin}, 1, risk_errors::kLimitScope);
  refused(Limit::kMaxPosition, LimitScope::of(InstrumentId{99}), 1, risk_errors::kUnknownScope);
  refused(Limit::kMaxPosition, LimitScope::of(StrategyId{99}), 1, risk_errors::kUnknownScope);
  refused(Limit::kMaxPosition, LimitScope::of(AccountId{99}), 1, risk_errors::kUnknownScope);
  refused(Limit::kMaxOrderNotional, {}, 1, risk_errors::kLimitCurrency, "EUR");
  refused(Limit::kMaxPosition, {}, 1, risk_errors::kNobody, {}, "");
  refused(static_cast<Limit>(99), {}, 1, risk_errors::kUnknownLimit);
  CHECK(desk.journal.size() == facts);
}

TEST_CASE("a change at run time outlives a restart, over the host's own configuration") {
  RiskLimits limits;
  limits.max_position = 10_qty;
  Trading desk{limits};
  REQUIRE(desk.risk
              .set_limit(Limit::kMaxPosition, LimitScope::of(desk.names.perp),
                         Int128::from((5_qty).raw()), {}, "ann", desk)
              .ok());
  StateWriter writer;
  desk.risk.save(writer);
  RiskLimits edited = limits;
  edited.max_position = 20_qty;
  Trading restarted{edited};
  StateReader reader{writer.bytes()};
  restarted.risk.load(reader);
  REQUIRE(reader.finish().ok());
  restarted.risk.set_ready();
  CHECK(restarted.reason(restarted.buy(5.01_qty)) == Reason::kPositionLimit);
  CHECK(restarted.reason(restarted.limit(restarted.names.btc, Side::kBuy, 20_qty, 100_px)) ==
        Reason::kNone);
}

// ---- replace ----

TEST_CASE("a replace is judged by what it adds; the larger of old and new counts") {
  RiskLimits limits;
  limits.max_position = 10_qty;
  limits.max_gross_exposure = usd("1000");
  Trading desk{limits};
  const OrderId id = desk.send(desk.limit(desk.names.perp, Side::kBuy, 6_qty, 90_px));
  desk.accept(id);
  const auto to = [&](std::optional<Quantity> quantity, std::optional<Price> price) {
    return desk.denial(ReplaceRequest{id, quantity, price, std::nullopt});
  };
  CHECK(to(10_qty, {}).reason == Reason::kNone);
  CHECK(told(to(10.01_qty, {})) == told(Reason::kPositionLimit, 10.01_qty, 10_qty));
  CHECK(told(to(10_qty, 100.01_px)) == told(Reason::kGrossExposure, usd("1000.1"), usd("1000")));
  CHECK(to(10_qty, 100_px).reason == Reason::kNone);
  CHECK(to(4_qty, {}).reason == Reason::kNone);

  // Until the venue answers, the larger counts: 6 are asked down to 2, but 6 may fill yet.
  auto decision = desk.risk.check(ReplaceRequest{id, 2_qty, std::nullopt, std::nullopt}, desk.now);
  REQUIRE(decision.approved());
  REQUIRE(desk.orders.replace(std::move(decision).take(), desk) == Reason::kNone);
  CHECK(told(desk.denial(desk.limit(desk.names.perp, Side::kBuy, 4.01_qty, 50_px))) ==
        told(Reason::kPositionLimit, 10.01_qty, 10_qty));
  CHECK(desk.reason(desk.limit(desk.names.perp, Side::kBuy, 4_qty, 50_px)) == Reason::kNone);
}

TEST_CASE("what a replace may not be") {
  Trading desk;
  const OrderId id = desk.send(desk.limit(desk.names.perp, Side::kBuy, 6_qty, 90_px));
  desk.accept(id);
  desk.fill(id, 2_qty, 90_px);
  const auto told_to = [&](ReplaceRequest request) { return told(desk.denial(request)); };
  const auto reason_to = [&](ReplaceRequest request) { return desk.reason(request); };
  const auto none = std::nullopt;
  CHECK(reason_to({OrderId{12345}, 5_qty, none, none}) == Reason::kUnknownOrder);
  CHECK(reason_to({id, none, none, none}) == Reason::kNothingToReplace);
  CHECK(reason_to({id, 6_qty, 90_px, none}) == Reason::kNothingToReplace);
  CHECK(reason_to({id, 0_qty, none, none}) == Reason::kQuantityNotPositive);
  CHECK(reason_to({id, 5.005_qty, none, none}) == Reason::kQuantityIncrement);
  CHECK(told_to({id, 2_qty, none, none}) == told(Reason::kQuantityTooSmall, 2_qty, 2_qty));
  CHECK(told_to({id, 1_qty, none, none}) == told(Reason::kQuantityTooSmall, 1_qty, 2_qty));
  CHECK(reason_to({id, none, 90.005_px, none}) == Reason::kPriceIncrement);
  CHECK(reason_to({id, none, none, 90_px}) == Reason::kTriggerUnexpected);
  CHECK(reason_to({id, 3_qty, none, none}) == Reason::kNone);
  Capabilities can = everything();
  can.replace = false;
  desk.risk.set_capabilities(desk.names.venue, can);
  CHECK(reason_to({id, 3_qty, none, none}) == Reason::kTypeNotSupported);
  desk.risk.set_capabilities(desk.names.venue, everything());
  const OrderId market = desk.send(desk.market_order(desk.names.perp, Side::kBuy, 1_qty));
  CHECK(reason_to({market, none, 90_px, none}) == Reason::kPriceUnexpected);
  desk.cancel(id);
  CHECK(reason_to({id, 3_qty, none, none}) == Reason::kOrderNotOpen);
}

TEST_CASE("a replace that only takes quantity away passes in every state; any other does not") {
  Trading desk;
  const OrderId id = desk.send(desk.limit(desk.names.perp, Side::kBuy, 6_qty, 90_px));
  desk.accept(id);
  const ReplaceRequest less{id, 5_qty, std::nullopt, std::nullopt};
  const ReplaceRequest more{id, 7_qty, std::nullopt, std::nullopt};
  const ReplaceRequest moved{id, std::nullopt, 91_px, std::nullopt};
  for (const auto& request : {less, more, moved}) CHECK(desk.reason(request) == Reason::kNone);
  REQUIRE(desk.risk.set_kill_level(KillLevel::kNoNewOrders, "", "ann", desk).ok());
  CHECK(desk.reason(less) == Reason::kNone);
  CHECK(desk.reason(more) == Reason::kKillSwitch);
  CHECK(desk.reason(moved) == Reason::kKillSwitch);
  REQUIRE(desk.risk.reset_kill_switch("ann", desk).ok());
  REQUIRE(desk.risk.set_trading_state(TradingState::kReducing, kEverybody, "ann", desk).ok());
  CHECK(desk.reason(less) == Reason::kNone);
  CHECK(desk.reason(more) == Reason::kReducingOnly);
  CHECK(desk.reason(moved) == Reason::kReducingOnly);
}

TEST_CASE("a replace in a cash account is paid for by the difference") {
  Trading desk;
  desk.pay(desk.names.cash, usd("1000"));
  const OrderId id =
      desk.send(desk.limit(desk.names.btc, Side::kBuy, 8_qty, 100_px).on(desk.names.cash));
  desk.accept(id);
  CHECK(desk.reason(ReplaceRequest{id, 10_qty, std::nullopt, std::nullopt}) == Reason::kNone);
  CHECK(told(desk.denial(ReplaceRequest{id, 10.01_qty, std::nullopt, std::nullopt})) ==
        told(Reason::kBuyingPower, usd("1001"), usd("1000")));
  CHECK(desk.reason(ReplaceRequest{id, std::nullopt, 125_px, std::nullopt}) == Reason::kNone);
  CHECK(told(desk.denial(ReplaceRequest{id, std::nullopt, 125.01_px, std::nullopt})) ==
        told(Reason::kBuyingPower, usd("1000.08"), usd("1000")));
}
