// What stands over the orders: dead man, lost connections, breaks, closing out, changed
// instruments, one writer per account.
#include <doctest/doctest.h>

#include <temp_folder.hpp>

#include "plain_venue.hpp"

using namespace keel;
using namespace keel::test;

namespace {

OrderId bid(PlainWorld& world, Price price = 90_px) {
  return world.ask(
      [&](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kBuy, 5_qty, price)); });
}

OrderId rest(PlainWorld& world, Price price = 90_px) {
  const OrderId id = bid(world, price);
  world.accept(id);
  return id;
}

OrderId stop(PlainWorld& world) {
  return world.ask(
      [](Context& c) { return c.submit(OrderRequest::stop(kBtc, Side::kSell, 5_qty, 50_px)); });
}

void told_position(PlainWorld& world, Quantity quantity, Price price = 100_px) {
  AccountReport report = make_record<AccountReport>(RecordKind::kAccountReport);
  report.header.instrument = kBtc;
  report.header.flags = AccountReport::kPosition;
  report.account = {1};
  report.venue = {1};
  report.quantity = quantity;
  report.average_price = price;
  world.feed(report);
}

void hold_position(PlainWorld& world, Quantity quantity) {
  const OrderId id = world.ask(
      [&](Context& c) { return c.submit(OrderRequest::market(kBtc, Side::kBuy, quantity)); });
  world.accept(id);
  world.fill(id, quantity, 100_px);
}

}  // namespace

TEST_CASE("the host's heartbeat is lost: orders at venues go, stops stay, a person lifts it") {
  PlainWorld world{[](EngineConfig& config) { config.guards.dead_man = 10_s; }};
  world.quote(100_px, 101_px);
  const OrderId resting = rest(world), held = stop(world);
  for (int i = 0; i < 3; ++i) {
    world.timers(world.now + 9_s);
    world.feed(world.command(HostAction::kHeartbeat));
  }
  CHECK(world.state(resting) == OrderState::kWorking);
  world.timers(world.now + 11_s);
  CHECK(world.state(resting) == OrderState::kPendingCancel);
  CHECK(world.venue.sent.back().reason == Reason::kByDeadMan);
  CHECK(world.state(held) == OrderState::kHeld);
  CHECK(world.engine.guards().is_dead_man());
  const OrderId denied = bid(world);
  CHECK(world.last_reason(denied) == Reason::kDeadMan);
  world.feed(world.command(HostAction::kHeartbeat));  // is not enough
  CHECK(world.engine.guards().is_dead_man());
  world.quote(49_px, 50_px);  // and a stop still protects
  CHECK(world.state(held) == OrderState::kSubmitted);
  world.feed(world.command(HostAction::kReady));
  CHECK_FALSE(world.engine.guards().is_dead_man());
}

TEST_CASE("cancel on disconnect: as soon as the connection is back, and after its list") {
  PlainWorld world{[](EngineConfig& config) { config.guards.cancel_on_disconnect = true; }};
  world.quote(100_px, 101_px);
  const OrderId resting = rest(world);
  const OrderId flying = world.ask(
      [](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 91_px)); });
  world.connection(ConnectionState::kDown);
  CHECK(world.state(resting) == OrderState::kWorking);
  CHECK(world.state(flying) == OrderState::kUnknown);
  const auto sent = world.venue.sent.size();
  world.connection(ConnectionState::kUp);
  CHECK(world.venue.sent.size() == sent + 2);
  CHECK(world.state(resting) == OrderState::kPendingCancel);
  CHECK(world.venue.sent.back().reason == Reason::kByDisconnect);
  world.snapshot_end();
  CHECK_FALSE(world.engine.guards().is_disconnected({1}));
  world.connection(ConnectionState::kUp);
  CHECK(world.venue.sent.size() == sent + 2);
}

TEST_CASE("two lists of positions: every way in which they can differ") {
  const std::vector<HeldPosition> expected = {
      {{1}, 5_qty, 0_px}, {{2}, 5_qty, 0_px}, {{3}, 5_qty, 0_px}, {{4}, 5_qty, 0_px}};
  const std::vector<HeldPosition> found = {
      {{9}, 1_qty, 7_px}, {{1}, 5_qty, 0_px}, {{2}, 4_qty, 0_px}, {{3}, -5_qty, 0_px}};
  const auto breaks = find_breaks({1}, expected, found);
  REQUIRE(breaks.size() == 4);
  const BreakKind kinds[] = {BreakKind::kQuantity, BreakKind::kSide, BreakKind::kMissingAtVenue,
                             BreakKind::kMissingHere};
  for (std::size_t i = 0; i < 4; ++i) CHECK(breaks[i].kind == kinds[i]);
  CHECK(breaks[0].difference() == -1_qty);
  CHECK(breaks[3].price == 7_px);
  CHECK(find_breaks({1}, expected, expected).empty());
}

TEST_CASE("the venue holds another position: no new risk there until a person accepts it") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  hold_position(world, 4_qty);
  told_position(world, 4_qty);
  world.snapshot_end();
  CHECK(world.engine.guards().breaks().empty());
  told_position(world, 6_qty, 99_px);
  world.snapshot_end();
  REQUIRE(world.engine.guards().breaks().size() == 1);
  CHECK(world.engine.guards().breaks()[0].difference == 2_qty);
  CHECK(world.account_facts.back().reference.view() == "quantity");
  CHECK(world.engine.portfolio().position({1}, kBtc)->quantity == 4_qty);
  const OrderId more = bid(world);
  CHECK(world.last_reason(more) == Reason::kPositionBreak);
  const OrderId less = world.ask(
      [](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kSell, 4_qty, 101_px)); });
  CHECK(world.state(less) == OrderState::kSubmitted);
  HostCommand accept = world.command(HostAction::kAcceptAdjustment);
  accept.header.instrument = kBtc;
  world.feed(accept);
  CHECK(world.engine.guards().breaks().empty());
  CHECK(world.engine.portfolio().position({1}, kBtc)->quantity == 6_qty);
  world.fill(less, 4_qty, 101_px);
  told_position(world, 2_qty);
  world.snapshot_end();
  CHECK(world.engine.guards().breaks().empty());
  // A break that the venue takes back is gone by itself; a venue that says nothing breaks nothing.
  told_position(world, 3_qty);
  world.snapshot_end();
  CHECK(world.engine.guards().breaks().size() == 1);
  world.snapshot_end();
  CHECK(world.engine.guards().breaks().size() == 1);
  told_position(world, 2_qty);
  world.snapshot_end();
  CHECK(world.engine.guards().breaks().empty());
}

TEST_CASE("flatten closes what is left when the cancels are answered") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  hold_position(world, 4_qty);
  const OrderId exit = world.ask(
      [](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kSell, 4_qty, 120_px)); });
  world.accept(exit);
  world.ask([](Context& c) {
    c.flatten();
    return OrderId{};
  });
  CHECK(world.state(exit) == OrderState::kPendingCancel);
  CHECK(world.venue.sent.back().header.kind == RecordKind::kCancel);
  world.fill(exit, 1_qty, 120_px);  // it was faster
  world.canceled(exit);
  const Command close = world.venue.sent.back();
  CHECK(close.header.kind == RecordKind::kSubmit);
  CHECK(close.side == Side::kSell);
  CHECK(close.terms.quantity == 3_qty);
  world.accept(close.order);
  world.fill(close.order, 3_qty, 100_px);
  CHECK(world.engine.guards().closings().empty());
  CHECK(world.strategy.position.is_zero());
}

TEST_CASE("the host's flatten too, and a kill switch does not stand in its way") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  hold_position(world, 4_qty);
  const OrderId exit = world.ask(
      [](Context& c) { return c.submit(OrderRequest::limit(kBtc, Side::kSell, 4_qty, 120_px)); });
  world.accept(exit);
  HostCommand kill = world.command(HostAction::kSetKillLevel);
  kill.account = {};
  kill.level = static_cast<std::uint8_t>(KillLevel::kFlatten);
  kill.name = "drill";
  world.feed(kill);
  world.canceled(exit);
  const Command close = world.venue.sent.back();
  CHECK(close.header.kind == RecordKind::kSubmit);
  CHECK(close.terms.quantity == 4_qty);
}

TEST_CASE("an instrument changes during the day: what is held must still be an order") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  const OrderId fine = stop(world);
  const OrderId odd = world.ask([](Context& c) {
    return c.submit(OrderRequest::stop_limit(kBtc, Side::kSell, 5_qty, 50_px, 49.99_px));
  });
  const OrderId resting = rest(world, 90.01_px);
  InstrumentDefined changed = make_record<InstrumentDefined>(RecordKind::kInstrumentDefined);
  changed.header.instrument = kBtc;
  changed.definition = world.engine.instruments().get(kBtc);
  changed.definition.revision = 1;
  changed.definition.price_increment = 0.05_px;
  world.feed(changed);
  CHECK(world.state(fine) == OrderState::kHeld);
  CHECK(world.state(odd) == OrderState::kRejected);
  CHECK(world.last_reason(odd) == Reason::kPriceIncrement);
  CHECK(world.state(resting) == OrderState::kWorking);  // the venue's to say
  changed.definition.revision = 2;
  changed.definition.expiry = world.now + 1_h;
  world.feed(changed);
  world.timers(world.now + 2_h);
  CHECK(world.state(fine) == OrderState::kCanceled);
  CHECK(world.last_reason(fine) == Reason::kByInstrument);
  CHECK(world.state(resting) == OrderState::kPendingCancel);
}

TEST_CASE("what was set off, watched or asked for survives a restart") {
  TempFolder folder;
  const auto setup = [&](EngineConfig& config) {
    config.journal = folder.file("guards.journal");
    config.journal_config.segment_bytes = 1u << 20;
    config.guards.cancel_on_disconnect = true;
    config.market_journal = MarketJournal::kConsumed;
  };
  OrderId held, trailing, day, whole, slice;
  Timestamp end{};
  for (const bool by_snapshot : {false, true}) {
    CAPTURE(by_snapshot);
    {
      PlainWorld world{
          setup, {}, Timestamp{1'704'103'200'000'000'000 + (by_snapshot ? 3'600'000'000'000 : 0)}};
      world.trade(100_px);
      world.quote(100_px, 101_px);
      world.feed(world.command(HostAction::kReady));
      held = stop(world);
      trailing = world.ask([](Context& c) {
        return c.submit(
            OrderRequest::trailing_stop(kBtc, Side::kSell, 5_qty, Trail::amount(10_px)));
      });
      day = world.ask([](Context& c) {
        return c.submit(OrderRequest::stop(kBtc, Side::kBuy, 1_qty, 500_px).day());
      });
      whole = world.ask([](Context& c) {
        return c.submit(OrderRequest::iceberg(kBtc, Side::kBuy, 5_qty, 99_px, 2_qty));
      });
      slice = world.venue.sent.back().order;
      world.accept(slice);
      world.trade(120_px);
      world.connection(ConnectionState::kDown);
      if (by_snapshot) CHECK(world.engine.stop(world.now).ok());
      end = world.now;
    }
    PlainWorld world{setup, {}, end + 1_s};
    REQUIRE(world.engine.recovered());
    CHECK(world.engine.guards().is_disconnected({1}));
    CHECK(*world.order(trailing).terms.trigger() == 110_px);
    CHECK(world.state(held) == OrderState::kHeld);
    world.connection(ConnectionState::kUp);
    CHECK(world.state(slice) == OrderState::kPendingCancel);
    world.feed(world.command(HostAction::kReady));
    world.trade(111_px);
    CHECK(world.state(trailing) == OrderState::kHeld);
    world.fill(slice, 2_qty, 99_px);  // before its cancel: the next one goes out
    CHECK(world.venue.sent.back().parent == whole);
    world.trade(110_px);
    CHECK(world.order(trailing).is_triggered());
    CHECK(world.state(trailing) == OrderState::kSubmitted);
    const auto midnight = world.now.floor_to(Duration::days(1)) + Duration::days(1);
    world.timers(midnight);
    CHECK(world.state(day) == OrderState::kExpired);
    CHECK(world.engine.stop(world.now).ok());
    if (!by_snapshot) std::filesystem::remove_all(folder.file("guards.journal"));
  }
}

TEST_CASE("one writing engine per live account; the error names the other") {
  TempFolder folder;
  const auto make = [&](std::uint32_t id, AccountRealm realm) {
    EngineConfig config;
    config.engine_id = id;
    config.account_locks = folder.file("");
    auto engine = std::make_unique<Engine>(config);
    const auto venue = engine->directory().add_venue("LIVE/1");
    REQUIRE(
        engine->directory().add_account("main", *venue, "USD", AccountKind::kMargin, realm).ok());
    return engine;
  };
  auto first = make(1, AccountRealm::kLive);
  REQUIRE(first->start(Timestamp{1'704'103'200'000'000'000}).ok());
  auto second = make(2, AccountRealm::kLive);
  const auto refused = second->start(Timestamp{1'704'103'200'000'000'000});
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == engine_errors::kAccountLocked);
  CHECK(refused.error().message().find("engine 1, process ") != std::string::npos);
  auto simulated = make(3, AccountRealm::kSimulated);
  CHECK(simulated->start(Timestamp{1'704'103'200'000'000'000}).ok());
  first.reset();
  auto third = make(2, AccountRealm::kLive);
  CHECK(third->start(Timestamp{1'704'103'200'000'000'000}).ok());
}
