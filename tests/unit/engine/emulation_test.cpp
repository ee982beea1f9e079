// Orders that the venue cannot do, done by keel: against a venue that takes plain limit and market
// orders, good till canceled, and nothing else.
#include <doctest/doctest.h>

#include <functional>
#include <map>

#include <temp_folder.hpp>

#include "plain_venue.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("a stop that the venue lacks is held, watched, and sent as a market order") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId id = world.ask([](Context& c) {
    return c.submit(OrderRequest::stop(kBtc, Side::kBuy, 2_qty, 110_px).tagged("guard"));
  });
  CHECK(world.state(id) == OrderState::kHeld);
  CHECK(world.venue.sent.empty());
  world.quote(108_px, 109_px);
  CHECK(world.state(id) == OrderState::kHeld);
  world.quote(109_px, 110_px);
  REQUIRE(world.venue.sent.size() == 1);
  CHECK(world.venue.sent[0].order == id);
  CHECK(world.venue.sent[0].terms.type == OrderType::kMarket);
  CHECK(world.venue.sent[0].terms.quantity == 2_qty);
  CHECK(world.order(id).is_triggered());
  world.fill(id, 2_qty, 110_px);
  CHECK(world.state(id) == OrderState::kFilled);
  CHECK(world.strategy.position == 2_qty);
}

TEST_CASE("a stop beyond the market goes off at once, an if-touched order from the other side") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId late = world.ask(
      [](Context& c) { return c.submit(OrderRequest::stop(kBtc, Side::kBuy, 1_qty, 99_px)); });
  CHECK(world.state(late) == OrderState::kSubmitted);
  const OrderId dip = world.ask([](Context& c) {
    return c.submit(OrderRequest::limit_if_touched(kBtc, Side::kBuy, 1_qty, 95_px, 96_px));
  });
  CHECK(world.state(dip) == OrderState::kHeld);
  world.quote(94_px, 95_px);
  CHECK(world.state(dip) == OrderState::kSubmitted);
  CHECK(world.venue.sent.back().terms.type == OrderType::kLimit);
  CHECK(world.venue.sent.back().terms.limit_price == 96_px);
}

TEST_CASE("each price that a trigger can be watched by, and no other") {
  for (const TriggerBy by : {TriggerBy::kLast, TriggerBy::kBidAsk, TriggerBy::kMark,
                             TriggerBy::kMid, TriggerBy::kDefault}) {
    CAPTURE(static_cast<int>(by));
    PlainWorld world;
    world.quote(100_px, 102_px);
    world.trade(101_px);
    world.mark(101_px);
    const OrderId id = world.ask([&](Context& c) {
      return c.submit(OrderRequest::stop(kBtc, Side::kSell, 1_qty, 90_px).triggered_by(by));
    });
    const auto is_held = [&] { return world.state(id) == OrderState::kHeld; };
    if (by != TriggerBy::kLast && by != TriggerBy::kDefault) world.trade(80_px);
    CHECK(is_held());
    if (by != TriggerBy::kMark) world.mark(80_px);
    CHECK(is_held());
    if (by != TriggerBy::kBidAsk && by != TriggerBy::kMid) world.quote(80_px, 82_px);
    CHECK(is_held());
    if (by == TriggerBy::kMid) {
      world.quote(80_px, 100.01_px);  // 90.005
      CHECK(is_held());
      world.quote(80_px, 100_px);
    }
    if (by == TriggerBy::kBidAsk) world.quote(90_px, 200_px);
    if (by == TriggerBy::kMark) world.mark(90_px);
    if (by == TriggerBy::kLast || by == TriggerBy::kDefault) world.trade(89_px);
    CHECK_FALSE(is_held());
  }
}

TEST_CASE("a trailing stop follows by amount, percent or ticks, and never goes back") {
  struct Case {
    Trail trail;
    Price first, moved;
  };
  for (const Case& one :
       {Case{Trail::amount(5_px), 95_px, 115_px}, Case{Trail::percent(0.1_rate), 90_px, 108_px},
        Case{Trail::ticks(250), 97.5_px, 117.5_px}}) {
    PlainWorld world;
    world.trade(100_px);
    const OrderId id = world.ask([&](Context& c) {
      return c.submit(OrderRequest::trailing_stop(kBtc, Side::kSell, 1_qty, one.trail));
    });
    CHECK(*world.order(id).terms.trigger() == one.first);
    world.trade(99.9_px);
    CHECK(*world.order(id).terms.trigger() == one.first);
    const auto moves = world.count(RecordKind::kStopMoved);
    world.trade(120_px);
    CHECK(*world.order(id).terms.trigger() == one.moved);
    CHECK(world.count(RecordKind::kStopMoved) == moves + 1);
    world.trade(120.004_px);  // less than a tick of the trigger
    world.trade(119_px);
    CHECK(world.count(RecordKind::kStopMoved) == moves + 1);
    CHECK(world.state(id) == OrderState::kHeld);
    world.trade(one.moved);
    CHECK(world.state(id) == OrderState::kSubmitted);
  }
}

TEST_CASE("a trailing stop-limit leaves with its limit beyond the trigger") {
  PlainWorld world;
  world.trade(100_px);
  const OrderId id = world.ask([&](Context& c) {
    return c.submit(
        OrderRequest::trailing_stop_limit(kBtc, Side::kBuy, 1_qty, Trail::amount(4_px), 0.5_px));
  });
  world.trade(90_px);
  CHECK(*world.order(id).terms.trigger() == 94_px);
  world.trade(95_px);
  REQUIRE(world.venue.sent.size() == 1);
  CHECK(world.venue.sent[0].terms.limit() == 94.5_px);
  CHECK_FALSE(world.venue.sent[0].terms.trigger());
}

TEST_CASE("within a bar a stop is judged where it was, then moved, then judged by the close") {
  PlainWorld world;
  world.trade(100_px);
  const auto trail = [&] {
    return world.ask([&](Context& c) {
      return c.submit(OrderRequest::trailing_stop(kBtc, Side::kSell, 1_qty, Trail::amount(10_px)));
    });
  };
  const OrderId kept = trail();
  world.bar(100_px, 105_px, 91_px, 104_px);
  CHECK(world.state(kept) == OrderState::kHeld);
  CHECK(*world.order(kept).terms.trigger() == 95_px);
  world.bar(104_px, 120_px, 104_px, 109_px);  // up to 120: at 110 then; its close is below
  CHECK(world.state(kept) == OrderState::kSubmitted);
  world.trade(100_px);
  const OrderId low = trail();
  world.bar(100_px, 101_px, 89_px, 100_px);
  CHECK(world.state(low) == OrderState::kSubmitted);
}

TEST_CASE("nothing goes off in a halt, in a crossed quote, or in a gap") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId id = world.ask(
      [](Context& c) { return c.submit(OrderRequest::stop(kBtc, Side::kSell, 1_qty, 95_px)); });
  world.status(InstrumentStatus::kHalted);
  world.quote(90_px, 91_px);
  world.quote(99_px, 98_px);
  CHECK(world.state(id) == OrderState::kHeld);
  world.quote(90_px, 91_px);
  CHECK(world.state(id) == OrderState::kHeld);
  world.status(InstrumentStatus::kTrading);  // and the quote is still there
  CHECK(world.state(id) == OrderState::kSubmitted);
}

TEST_CASE("DAY and GTD end by keel's clock where the venue lacks them") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const auto midnight = world.now.floor_to(Duration::days(1)) + Duration::days(1);
  const OrderId day = world.ask([](Context& c) {
    return c.submit(OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 99_px).day());
  });
  const OrderId dated = world.ask([&](Context& c) {
    return c.submit(OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 98_px).until(c.now() + 1_min));
  });
  const OrderId held = world.ask([&](Context& c) {
    return c.submit(OrderRequest::stop(kBtc, Side::kBuy, 1_qty, 120_px).day());
  });
  REQUIRE(world.venue.sent.size() == 2);
  CHECK(world.venue.sent[0].terms.time_in_force == TimeInForce::kGtc);
  world.accept(day);
  world.accept(dated);
  world.timers(world.now + 2_min);
  CHECK(world.state(dated) == OrderState::kPendingCancel);
  CHECK(world.venue.sent.back().reason == Reason::kByExpiry);
  world.canceled(dated);
  world.timers(midnight - 1_ns);
  CHECK(world.state(day) == OrderState::kWorking);
  CHECK(world.state(held) == OrderState::kHeld);
  world.timers(midnight);
  CHECK(world.state(day) == OrderState::kPendingCancel);
  CHECK(world.state(held) == OrderState::kExpired);
  // Refused: asked again.
  world.cancel_rejected(day);
  const auto sent = world.venue.sent.size();
  world.timers(world.now + 2_s);
  CHECK(world.venue.sent.size() == sent + 1);
}

TEST_CASE("market-to-limit takes the touch and rests there; a peg follows its side") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId taken = world.ask(
      [](Context& c) { return c.submit(OrderRequest::market_to_limit(kBtc, Side::kBuy, 1_qty)); });
  REQUIRE(world.venue.sent.size() == 1);
  CHECK(world.venue.sent[0].order == taken);
  CHECK(world.venue.sent[0].terms.limit() == 101_px);

  const OrderId peg = world.ask([](Context& c) {
    return c.submit(OrderRequest::pegged(kBtc, Side::kBuy, 1_qty, 0.5_px).capped_at(103_px));
  });
  REQUIRE(world.venue.sent.size() == 2);
  CHECK(world.venue.sent[1].terms.limit() == 99.5_px);
  world.accept(peg);
  world.quote(102_px, 104_px);
  REQUIRE(world.venue.sent.size() == 3);
  CHECK(world.venue.sent[2].header.kind == RecordKind::kReplace);
  CHECK(world.venue.sent[2].terms.limit() == 101.5_px);
  world.quote(103_px, 104_px);  // one replace is in flight
  CHECK(world.venue.sent.size() == 3);
  world.replaced(peg, 101.5_px);
  world.quote(110_px, 111_px);
  CHECK(world.venue.sent.back().terms.limit() == 103_px);
}

TEST_CASE("an iceberg goes out in slices, one after the other") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId whole = world.ask([](Context& c) {
    return c.submit(OrderRequest::iceberg(kBtc, Side::kBuy, 5_qty, 99_px, 2_qty));
  });
  CHECK(world.state(whole) == OrderState::kHeld);
  for (const Quantity part : {2_qty, 2_qty, 1_qty}) {
    const Command slice = world.venue.sent.back();
    CHECK(slice.parent == whole);
    CHECK(slice.terms.quantity == part);
    CHECK_FALSE(slice.terms.display());
    world.accept(slice.order);
    const auto before = world.venue.sent.size();
    world.fill(slice.order, part, 99_px);
    CHECK(world.venue.sent.size() == before + (part == 1_qty ? 0u : 1u));
  }
  CHECK(world.state(whole) == OrderState::kCanceled);
  CHECK(world.last_reason(whole) == Reason::kBySlices);
  CHECK(world.strategy.position == 5_qty);
}

TEST_CASE("an iceberg that is canceled takes its slice with it") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId whole = world.ask([](Context& c) {
    return c.submit(OrderRequest::iceberg(kBtc, Side::kBuy, 5_qty, 99_px, 2_qty));
  });
  const OrderId slice = world.venue.sent.back().order;
  world.accept(slice);
  world.ask([&](Context& c) {
    CHECK(c.cancel(whole) == Reason::kNone);
    return OrderId{};
  });
  CHECK(world.state(whole) == OrderState::kCanceled);
  CHECK(world.state(slice) == OrderState::kPendingCancel);
}

TEST_CASE("what nobody can do for a venue is denied") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const auto denied = [&](const OrderRequest& request) {
    const OrderId id = world.ask([&](Context& c) { return c.submit(request); });
    CHECK(world.state(id) == OrderState::kRejected);
    return world.last_reason(id);
  };
  const auto limit = OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 99_px);
  CHECK(denied(OrderRequest{limit}.immediate()) == Reason::kTimeInForceNotSupported);
  CHECK(denied(OrderRequest{limit}.all_or_nothing()) == Reason::kTimeInForceNotSupported);
  CHECK(denied(OrderRequest{limit}.post_only()) == Reason::kTypeNotSupported);
  // Without a calendar nobody knows when the market opens.
  CHECK(denied(OrderRequest{limit}.at_open()) == Reason::kTimeInForceNotSupported);
  CHECK(denied(OrderRequest::stop(kBtc, Side::kBuy, 1_qty, 0.001_px)) == Reason::kTriggerIncrement);
}

TEST_CASE("a stop that is triggered is not lost for a reason that passes") {
  PlainWorld world{[](EngineConfig& config) { config.limits.max_order_rate = 1; }};
  world.quote(100_px, 101_px);
  const OrderId id = world.ask(
      [](Context& c) { return c.submit(OrderRequest::stop(kBtc, Side::kSell, 1_qty, 95_px)); });
  world.ask(
      [](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 90_px)); });
  world.quote(94_px, 95_px);
  CHECK(world.state(id) == OrderState::kHeld);
  CHECK(world.order(id).is_triggered());
  world.quote(99_px, 100_px);
  world.timers(world.now + 3_s);
  CHECK(world.state(id) == OrderState::kSubmitted);
}
