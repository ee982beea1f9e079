// Linked orders, baskets and brackets through Context, at a venue that links nothing and has no
// stops; and several strategies over one account.
#include <doctest/doctest.h>

#include <map>

#include <keel/core/random.hpp>

#include "plain_venue.hpp"

using namespace keel;
using namespace keel::test;

namespace {

struct Pair {
  OrderId target, stop;
};

// A long position of 10 with both its exits: the target at the venue, the stop held here.
Pair exits(PlainWorld& world, Contingency rule) {
  world.quote(100_px, 101_px);
  const OrderId entry = world.ask(
      [](Context& c) { return c.submit(OrderRequest::market(kBtc, Side::kBuy, 10_qty)); });
  world.accept(entry);
  world.fill(entry, 10_qty, 101_px);
  OrderId ids[2];
  world.ask([&](Context& c) {
    const OrderRequest legs[] = {OrderRequest::limit(kBtc, Side::kSell, 10_qty, 110_px),
                                 OrderRequest::stop(kBtc, Side::kSell, 10_qty, 90_px)};
    c.submit_group(rule, legs, ids);
    return OrderId{};
  });
  world.accept(ids[0]);
  return {ids[0], ids[1]};
}

}  // namespace

TEST_CASE("a triggered leg takes its sibling away first, and leaves when that is gone") {
  PlainWorld world;
  const Pair pair = exits(world, Contingency::kOco);
  CHECK(world.state(pair.target) == OrderState::kWorking);
  CHECK(world.state(pair.stop) == OrderState::kHeld);
  world.quote(89_px, 90_px);
  CHECK(world.state(pair.target) == OrderState::kPendingCancel);
  CHECK(world.state(pair.stop) == OrderState::kHeld);
  SUBCASE("the cancel wins") {
    world.canceled(pair.target);
    CHECK(world.state(pair.stop) == OrderState::kSubmitted);
  }
  SUBCASE("the fill wins: the stop never leaves") {
    world.fill(pair.target, 10_qty, 110_px);
    CHECK(world.state(pair.stop) == OrderState::kCanceled);
    CHECK(world.last_reason(pair.stop) == Reason::kBySibling);
    CHECK(world.strategy.position.is_zero());
  }
  SUBCASE("no answer: the stop does not wait for ever") {
    world.timers(world.now + 2_s);
    CHECK(world.state(pair.stop) == OrderState::kSubmitted);
  }
}

TEST_CASE("one bar that touches both legs fills one: stops before targets") {
  for (const bool both_here : {true, false}) {
    CAPTURE(both_here);
    PlainWorld world;
    world.trade(100_px);
    const OrderId entry = world.ask(
        [](Context& c) { return c.submit(OrderRequest::market(kBtc, Side::kBuy, 10_qty)); });
    world.accept(entry);
    world.fill(entry, 10_qty, 100_px);
    OrderId ids[2];
    world.ask([&](Context& c) {
      const OrderRequest legs[] = {
          both_here ? OrderRequest::market_if_touched(kBtc, Side::kSell, 10_qty, 110_px)
                    : OrderRequest::limit(kBtc, Side::kSell, 10_qty, 110_px),
          OrderRequest::stop(kBtc, Side::kSell, 10_qty, 90_px)};
      c.submit_group(Contingency::kOuo, legs, ids);
      return OrderId{};
    });
    if (!both_here) world.accept(ids[0]);
    world.bar(100_px, 115_px, 85_px, 100_px);
    if (!both_here) world.canceled(ids[0]);
    CHECK(world.state(ids[1]) == OrderState::kSubmitted);
    CHECK(world.state(ids[0]) == (both_here ? OrderState::kHeld : OrderState::kCanceled));
    world.accept(ids[1]);
    world.fill(ids[1], 10_qty, 89_px);
    CHECK(world.state(ids[0]) == OrderState::kCanceled);
    CHECK(world.strategy.position.is_zero());
    std::size_t left = 0;
    for (const Command& command : world.venue.sent)
      left += command.header.kind == RecordKind::kSubmit && command.side == Side::kSell ? 1u : 0u;
    CHECK(left == (both_here ? 1u : 2u));
  }
}

TEST_CASE("one updates the other: what the target fills comes off the held stop") {
  PlainWorld world;
  const Pair pair = exits(world, Contingency::kOuo);
  world.fill(pair.target, 4_qty, 110_px);
  world.quote(89_px, 90_px);
  world.canceled(pair.target);
  REQUIRE(world.state(pair.stop) == OrderState::kSubmitted);
  CHECK(world.venue.sent.back().terms.quantity == 6_qty);
}

TEST_CASE("a bracket at a venue without stops: the stop is watched once the entry fills") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  BracketIds ids;
  world.ask([&](Context& c) {
    ids = c.submit_bracket({OrderRequest::limit(kBtc, Side::kBuy, 10_qty, 100_px), 120_px, 90_px});
    return ids.entry;
  });
  world.accept(ids.entry);
  world.quote(89_px, 90_px);  // nothing to protect yet
  CHECK(world.state(ids.stop_loss) == OrderState::kHeld);
  CHECK_FALSE(world.order(ids.stop_loss).is_triggered());
  world.quote(99_px, 100_px);
  world.fill(ids.entry, 6_qty, 100_px);
  CHECK(world.state(ids.take_profit) == OrderState::kSubmitted);
  CHECK(world.venue.sent.back().terms.quantity == 6_qty);
  world.accept(ids.take_profit);
  world.quote(90_px, 91_px);
  CHECK(world.order(ids.stop_loss).is_triggered());
  world.canceled(ids.take_profit);
  CHECK(world.venue.sent.back().order == ids.stop_loss);
  CHECK(world.venue.sent.back().terms.quantity == 6_qty);
  world.fill(ids.stop_loss, 6_qty, 90_px);
  CHECK(world.state(ids.entry) == OrderState::kPendingCancel);
}

TEST_CASE("a group is taken as a whole or not at all") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  OrderId ids[2];
  world.ask([&](Context& c) {
    const OrderRequest legs[] = {
        OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 99_px),
        OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 98_px).all_or_nothing()};
    c.submit_group(Contingency::kOco, legs, ids);
    return OrderId{};
  });
  CHECK(world.last_reason(ids[0]) == Reason::kGroupLeg);
  CHECK(world.last_reason(ids[1]) == Reason::kTimeInForceNotSupported);
  CHECK(world.venue.sent.empty());
}

TEST_CASE("a basket: each order has its own answer") {
  PlainWorld world;
  world.quote(100_px, 101_px);
  OrderId ids[3];
  world.ask([&](Context& c) {
    const OrderRequest orders[] = {OrderRequest::limit(kBtc, Side::kBuy, 1_qty, 99_px),
                                   OrderRequest::limit(kBtc, Side::kBuy, 0_qty, 99_px),
                                   OrderRequest::limit(kBtc, Side::kSell, 1_qty, 105_px)};
    c.submit_basket(orders, ids);
    return OrderId{};
  });
  CHECK(world.state(ids[0]) == OrderState::kSubmitted);
  CHECK(world.state(ids[1]) == OrderState::kRejected);
  CHECK(world.state(ids[2]) == OrderState::kSubmitted);
}

TEST_CASE("a venue that links orders by itself gets its turn before keel acts") {
  PlainWorld world{{}, [](Capabilities& can) {
                     can.native_oco = true;
                     can.order_types |= Capabilities::bits(OrderType::kStop);
                   }};
  const Pair pair = exits(world, Contingency::kOco);
  world.accept(pair.stop);
  CHECK((world.venue.sent.back().header.flags & OrderRecord::kLinked) != 0);
  CHECK(world.venue.sent.back().group != 0);
  const auto sent = world.venue.sent.size();
  world.fill(pair.target, 10_qty, 110_px);
  CHECK(world.venue.sent.size() == sent);
  SUBCASE("the venue does it") {
    world.canceled(pair.stop);
    world.timers(world.now + 3_s);
    CHECK(world.venue.sent.size() == sent);
  }
  SUBCASE("the venue does not") {
    world.timers(world.now + 3_s);
    CHECK(world.state(pair.stop) == OrderState::kPendingCancel);
  }
}

TEST_CASE("strategies' positions add up to the account's, whoever trades, whatever is undone") {
  Random random{7};
  PlainWorld world;
  world.quote(100_px, 101_px);
  std::map<int, Quantity> own;
  std::vector<std::pair<int, std::pair<Quantity, std::string>>> fills;
  for (int round = 0; round < 400; ++round) {
    const int who = random.below(2) == 0 ? 1 : 2;
    const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
    const Quantity quantity = Quantity::whole(random.between(1, 9));
    const OrderId id = world.ask(
        [&](Context& c) { return c.submit(OrderRequest::market(kBtc, side, quantity)); }, who);
    if (world.state(id) != OrderState::kSubmitted) continue;
    world.accept(id);
    world.fill(id, quantity, 100_px);
    own[who] += side == Side::kBuy ? quantity : -quantity;
    fills.push_back(
        {who, {side == Side::kBuy ? quantity : -quantity, "E" + std::to_string(world.executions)}});
    if (random.below(6) == 0) {
      OrderReport bust = world.about({}, ReportKind::kFillBusted);
      bust.reference = ExecutionId::clipped(fills.back().second.second);
      world.feed(bust);
      own[who] -= fills.back().second.first;
    }
    const auto& portfolio = world.engine.portfolio();
    Quantity sum = Quantity::zero();
    for (const auto& [strategy, expected] : own) {
      const Position* part =
          portfolio.strategy_position({1}, StrategyId{static_cast<std::uint16_t>(strategy)}, kBtc);
      REQUIRE(part != nullptr);
      REQUIRE(part->quantity == expected);
      sum += part->quantity;
    }
    REQUIRE(portfolio.position({1}, kBtc)->quantity == sum);
  }
  CHECK(fills.size() > 300);
}
