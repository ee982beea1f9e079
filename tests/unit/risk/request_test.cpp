// Promise: what is no order is refused with a reason and the numbers, and nothing is clamped,
// rounded or guessed.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

struct Market : Desk {
  Market() {
    pay(names.margin, usd("1000000"));
    quote(names.btc, 100_px, 100_px);
    trade(names.btc, 100_px);
  }
  OrderRequest good() const { return limit(names.btc, Side::kBuy, 1_qty, 100_px); }
  template <class Change>
  Denial with(Change change) {
    OrderRequest request = good();
    change(request);
    return denial(request);
  }
  template <class Change>
  Reason reason_with(Change change) {
    return with(change).reason;
  }
};

template <class E>
E garbage(int value) {
  return static_cast<E>(value);
}

}  // namespace

TEST_CASE("a good order passes, with the price at which it counts") {
  Market market;
  auto decision = market.risk.check(market.good(), market.now);
  REQUIRE(decision.approved());
  const auto approval = std::move(decision).take();
  CHECK(approval.reserve_price() == 100_px);
  CHECK(approval.unchecked().empty());
  CHECK(approval.request().terms == market.good().terms);
}

TEST_CASE("who and what must be declared") {
  Market market;
  CHECK(told(market.with([](auto& r) { r.instrument = InstrumentId{0}; })) ==
        told(Reason::kUnknownInstrument, 0, 0));
  CHECK(told(market.with([](auto& r) { r.instrument = InstrumentId{99}; })) ==
        told(Reason::kUnknownInstrument, 99, 0));
  CHECK(told(market.with([](auto& r) { r.account = AccountId{0}; })) ==
        told(Reason::kUnknownAccount, 0, 0));
  CHECK(told(market.with([](auto& r) { r.account = AccountId{9}; })) ==
        told(Reason::kUnknownAccount, 9, 0));
  CHECK(told(market.with([](auto& r) { r.venue = VenueId{9}; })) ==
        told(Reason::kUnknownVenue, 9, 0));
  // A venue of ours, at which the account is not.
  const VenueId other = market.names.directory.add_venue("OTHER").value();
  market.risk.set_capabilities(other, everything());
  CHECK(told(market.with([&](auto& r) { r.venue = other; })).starts_with("order.unknown_account"));
  CHECK(told(market.with([](auto& r) { r.strategy = StrategyId{9}; })) ==
        told(Reason::kInvalidField, 9, 0));
  // A venue whose abilities nobody registered is not connected.
  Names names;
  RiskChecker deaf{{},           names.registry, names.directory,
                   market.marks, market.orders,  market.portfolio};
  const auto decision = deaf.check(market.good(), market.now);
  REQUIRE_FALSE(decision.approved());
  CHECK(decision.denial().reason == Reason::kUnknownVenue);
}

TEST_CASE("fields with a value outside their vocabulary are refused") {
  Market market;
  for (int value = 0; value < 256; ++value) {
    CAPTURE(value);
    const auto is_invalid = [&](auto set) {
      return market.reason_with([&](OrderRequest& r) { set(r); }) == Reason::kInvalidField;
    };
    CHECK(is_invalid([&](auto& r) { r.side = garbage<Side>(value); }) ==
          (to_text(garbage<Side>(value)) == "invalid"));
    CHECK(is_invalid([&](auto& r) { r.terms.type = garbage<OrderType>(value); }) ==
          (to_text(garbage<OrderType>(value)) == "invalid"));
    CHECK(is_invalid([&](auto& r) { r.terms.time_in_force = garbage<TimeInForce>(value); }) ==
          (to_text(garbage<TimeInForce>(value)) == "invalid"));
    CHECK(is_invalid([&](auto& r) { r.terms.trigger_by = garbage<TriggerBy>(value); }) ==
          (to_text(garbage<TriggerBy>(value)) == "invalid"));
    CHECK(is_invalid([&](auto& r) { r.terms.trail_unit = garbage<TrailUnit>(value); }) ==
          (to_text(garbage<TrailUnit>(value)) == "invalid"));
    CHECK(is_invalid([&](auto& r) { r.contingency = garbage<Contingency>(value); }) ==
          (to_text(garbage<Contingency>(value)) == "invalid"));
  }
  CHECK(market.reason_with([](auto& r) { r.terms.flags |= 0x8000; }) == Reason::kInvalidField);
}

TEST_CASE("quantities: positive, on the grid, within the instrument's bounds") {
  Names names;
  InstrumentSpec spec;
  spec.symbol = "BOUND";
  spec.venue = names.venue;
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.5_px;
  spec.quantity_increment = 0.1_qty;
  spec.min_quantity = 0.5_qty;
  spec.max_quantity = 10_qty;
  spec.min_price = 1_px;
  spec.max_price = 1000_px;
  spec.min_notional = usd("60");
  spec.max_notional = usd("900");
  const InstrumentId id = *names.registry.add(spec);
  Desk desk{{}, names};
  desk.pay(names.margin, usd("1000000"));
  desk.quote(id, 100_px, 100_px);
  const auto at = [&](Quantity quantity, Price price) {
    return told(desk.denial(desk.limit(id, Side::kBuy, quantity, price)));
  };
  const std::string fine = told(Reason::kNone, 0, 0);
  CHECK(at(1_qty, 100_px) == fine);
  CHECK(at(0_qty, 100_px) == told(Reason::kQuantityNotPositive, 0_qty, 0_qty));
  CHECK(at(Quantity::whole(-1), 100_px) ==
        told(Reason::kQuantityNotPositive, Quantity::whole(-1), 0_qty));
  CHECK(at(1.05_qty, 100_px) == told(Reason::kQuantityIncrement, 1.05_qty, 0.1_qty));
  CHECK(at(0.4_qty, 100_px) == told(Reason::kQuantityTooSmall, 0.4_qty, 0.5_qty));
  CHECK(at(0.5_qty, 200_px) == fine);
  CHECK(at(10.1_qty, 50_px) == told(Reason::kQuantityTooLarge, 10.1_qty, 10_qty));
  CHECK(at(10_qty, 50_px) == fine);
  const auto raw = [](Price p) { return Int128::from(p.raw()); };
  CHECK(at(1_qty, 100.25_px) == told(Reason::kPriceIncrement, raw(100.25_px), raw(0.5_px)));
  CHECK(at(1_qty, 0.5_px) == told(Reason::kPriceTooLow, raw(0.5_px), raw(1_px)));
  CHECK(at(1_qty, 1000.5_px) == told(Reason::kPriceTooHigh, raw(1000.5_px), raw(1000_px)));
  CHECK(at(1_qty, Price::max()).find("order.price_too_high") == 0);
  CHECK(at(1_qty, Price::min()).find("order.price_too_low") == 0);
  // The value of the order: one increment below, at, and above each bound.
  CHECK(at(0.5_qty, 119.5_px) == told(Reason::kNotionalTooSmall, usd("59.75"), usd("60")));
  CHECK(at(0.5_qty, 120_px) == fine);
  CHECK(at(9_qty, 100_px) == fine);
  CHECK(at(9_qty, 100.5_px) == told(Reason::kNotionalTooLarge, usd("904.5"), usd("900")));
}

TEST_CASE("a price and a trigger stand where the type needs them, and nowhere else") {
  Market market;
  struct Needs {
    OrderType type;
    bool limit, trigger;
  };
  const Needs table[] = {
      {OrderType::kMarket, false, false},        {OrderType::kLimit, true, false},
      {OrderType::kStop, false, true},           {OrderType::kStopLimit, true, true},
      {OrderType::kMarketToLimit, false, false}, {OrderType::kMarketIfTouched, false, true},
      {OrderType::kLimitIfTouched, true, true}};
  for (const Needs& needs : table) {
    for (const bool has_limit : {false, true}) {
      for (const bool has_trigger : {false, true}) {
        CAPTURE(to_text(needs.type));
        CAPTURE(has_limit);
        CAPTURE(has_trigger);
        OrderRequest request = market.good();
        request.terms.type = needs.type;
        request.terms.flags = 0;
        if (has_limit) request.terms.flags |= OrderTerms::kHasLimit;
        if (has_trigger) request.terms.flags |= OrderTerms::kHasTrigger;
        request.terms.trigger_price = 110_px;
        const Reason expected = has_limit && !needs.limit       ? Reason::kPriceUnexpected
                                : !has_limit && needs.limit     ? Reason::kPriceMissing
                                : !has_trigger && needs.trigger ? Reason::kTriggerMissing
                                : has_trigger && !needs.trigger ? Reason::kTriggerUnexpected
                                                                : Reason::kNone;
        CHECK(market.reason(request) == expected);
      }
    }
  }
  OrderRequest stop = market.ours(OrderRequest::stop(market.names.btc, Side::kBuy, 1_qty, 110_px));
  CHECK(market.reason(stop) == Reason::kNone);
  stop.terms.trigger_price = 110.005_px;
  CHECK(told(market.denial(stop)) == told(Reason::kTriggerIncrement,
                                          Int128::from((110.005_px).raw()),
                                          Int128::from((0.01_px).raw())));
}

TEST_CASE("a trailing stop says how it trails; nothing else does") {
  Market market;
  OrderRequest trailing = market.ours(OrderRequest::market(market.names.btc, Side::kSell, 1_qty));
  trailing.terms.type = OrderType::kTrailingStop;
  const auto with = [&](TrailUnit unit, std::int64_t offset) {
    trailing.terms.trail_unit = unit;
    trailing.terms.trail_offset = offset;
    return market.reason(trailing);
  };
  CHECK(with(TrailUnit::kNone, 0) == Reason::kTriggerMissing);
  CHECK(with(TrailUnit::kAmount, 0) == Reason::kTriggerMissing);
  CHECK(with(TrailUnit::kAmount, -1) == Reason::kTriggerMissing);
  CHECK(with(TrailUnit::kAmount, (0.005_px).raw()) == Reason::kTriggerIncrement);
  CHECK(with(TrailUnit::kAmount, (5_px).raw()) == Reason::kNone);
  CHECK(with(TrailUnit::kPercent, Rate::kScale) == Reason::kTriggerIncrement);
  CHECK(with(TrailUnit::kPercent, (0.01_rate).raw()) == Reason::kNone);
  CHECK(with(TrailUnit::kTicks, 10) == Reason::kNone);
  trailing.terms.type = OrderType::kMarket;
  CHECK(market.reason(trailing) == Reason::kTriggerUnexpected);
}

TEST_CASE("expiry: with good-till-date and with nothing else, and not in the past") {
  Market market;
  CHECK(market.reason_with([](auto& r) { r.terms.time_in_force = TimeInForce::kGtd; }) ==
        Reason::kExpiryMissing);
  CHECK(told(market.with([&](auto& r) { r.until(market.now); })) ==
        told(Reason::kExpiryInPast, market.now.ns, market.now.ns));
  CHECK(market.reason_with([&](auto& r) { r.until(market.now + 1_ns); }) == Reason::kNone);
  // With good-till-canceled it says when keel cancels it; with anything else it has no meaning.
  CHECK(market.reason_with([&](auto& r) { r.until(market.now + 1_h).with(TimeInForce::kGtc); }) ==
        Reason::kNone);
  CHECK(market.reason_with([&](auto& r) { r.until(market.now).with(TimeInForce::kGtc); }) ==
        Reason::kExpiryInPast);
  CHECK(market.reason_with([&](auto& r) { r.until(market.now + 1_h).with(TimeInForce::kDay); }) ==
        Reason::kFlagsConflict);
}

TEST_CASE("flags that exclude each other") {
  Market market;
  const auto conflicts = [&](auto change) {
    return market.reason_with(change) == Reason::kFlagsConflict;
  };
  CHECK_FALSE(conflicts([](auto& r) { r.post_only(); }));
  CHECK(conflicts([](auto& r) { r.post_only().with(TimeInForce::kIoc); }));
  CHECK(conflicts([](auto& r) { r.post_only().with(TimeInForce::kFok); }));
  CHECK(conflicts([](auto& r) {
    r.terms.type = OrderType::kMarket;
    r.terms.flags = OrderTerms::kPostOnly;
  }));
  CHECK(conflicts([](auto& r) {
    r.terms.type = OrderType::kStop;
    r.terms.flags = OrderTerms::kPostOnly | OrderTerms::kHasTrigger;
    r.terms.trigger_price = 110_px;
  }));
  CHECK_FALSE(conflicts([](auto& r) { r.display(0.5_qty); }));
  CHECK(conflicts([](auto& r) { r.display(0.5_qty).with(TimeInForce::kIoc); }));
  CHECK(told(market.with([](auto& r) { r.display(1.01_qty); })) ==
        told(Reason::kDisplayTooLarge, 1.01_qty, 1_qty));
  CHECK(market.reason_with([](auto& r) { r.display(1_qty); }) == Reason::kNone);
  CHECK(market.reason_with([](auto& r) { r.display(0_qty); }) == Reason::kQuantityNotPositive);
  CHECK(market.reason_with([](auto& r) { r.display(0.005_qty); }) == Reason::kQuantityIncrement);
}

TEST_CASE("what the venue cannot do is denied before it leaves") {
  Market market;
  Capabilities can;
  can.order_types = Capabilities::bits(OrderType::kLimit, OrderType::kMarket);
  can.times_in_force = Capabilities::bits(TimeInForce::kGtc);
  market.risk.set_capabilities(market.names.venue, can);
  CHECK(market.reason(market.good()) == Reason::kNone);
  const auto stop = market.ours(OrderRequest::stop(market.names.btc, Side::kBuy, 1_qty, 110_px));
  CHECK(told(market.denial(stop)) ==
        told(Reason::kTypeNotSupported, static_cast<int>(OrderType::kStop), 0));
  CHECK(told(market.with([](auto& r) { r.with(TimeInForce::kIoc); })) ==
        told(Reason::kTimeInForceNotSupported, static_cast<int>(TimeInForce::kIoc), 0));
  CHECK(market.reason_with([](auto& r) { r.post_only(); }) == Reason::kTypeNotSupported);
  // Where keel watches the trigger itself, the venue need not know the type.
  CHECK(market.risk.validate(stop, market.now).reason == Reason::kTypeNotSupported);
  CHECK(market.risk.validate(stop, market.now, true).reason == Reason::kNone);
  CHECK(market.reason_with([](auto& r) { r.display(0.5_qty); }) == Reason::kTypeNotSupported);
  can.order_types |= Capabilities::bits(OrderType::kStop);
  can.trigger_sources = Capabilities::bits(TriggerBy::kLast);
  market.risk.set_capabilities(market.names.venue, can);
  OrderRequest by_mark = stop;
  CHECK(market.reason(by_mark.triggered_by(TriggerBy::kLast)) == Reason::kNone);
  CHECK(market.reason(by_mark.triggered_by(TriggerBy::kMark)) == Reason::kTypeNotSupported);
}

TEST_CASE("validation alone looks at no limit and no market") {
  RiskLimits limits;
  limits.max_order_quantity = 1_qty;
  Desk desk{limits};
  const auto request = desk.limit(desk.names.btc, Side::kBuy, 5_qty, 100_px);
  CHECK(desk.risk.validate(request, desk.now).reason == Reason::kNone);
  CHECK(desk.reason(request) != Reason::kNone);
}
