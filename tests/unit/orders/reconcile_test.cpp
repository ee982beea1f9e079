// Reconciliation: what absence means, that it is idempotent, and that after a storm of lost, late,
// doubled and reordered reports one snapshot brings us to the venue's truth.
#include <keel/orders/reconcile.hpp>

#include "checkers.hpp"
#include "toy_venue.hpp"

#ifndef KEEL_ORDER_SEEDS
#define KEEL_ORDER_SEEDS 300
#endif

using namespace keel;
using namespace keel::test;

namespace {

ConnectionInput down() {
  ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
  input.venue = kVenue;
  input.state = ConnectionState::kDown;
  return input;
}

std::vector<Order> open_orders(const OrderManager& manager) {
  std::vector<Order> open;
  manager.for_each_open([&](const Order& order) { open.push_back(order); });
  return open;
}

}  // namespace

TEST_CASE("what absence from the list means") {
  Desk desk;
  const OrderId seen = desk.working(), unseen = desk.submit();
  const OrderId held = desk.orders.hold(Desk::request(), desk.out);
  desk.orders.on_connection(down(), desk.out);
  const OrderId young = desk.working();
  const OrderId listed = desk.working();
  desk.wait(Duration::seconds(1));
  desk.orders.on_snapshot_requested(kAccount, kVenue, desk.out.now);
  desk.wait(Duration::seconds(1));
  const OrderId asked_since = desk.working(), sent_since = desk.submit();
  desk.fill(young, 1_qty);  // heard of since the list was asked for
  desk.feed(desk.status_of(listed, OrderState::kWorking));
  desk.told();
  desk.snapshot_end();
  CHECK(desk.told() == Texts{"order_canceled anomaly.missing_at_venue",
                             "order_anomaly anomaly.missing_at_venue",
                             "order_rejected anomaly.missing_at_venue"});
  CHECK(desk.state(seen) == OrderState::kCanceled);
  CHECK(desk.state(unseen) == OrderState::kRejected);
  CHECK(desk.state(held) == OrderState::kHeld);
  CHECK(desk.state(young) == OrderState::kWorking);
  CHECK(desk.state(listed) == OrderState::kWorking);
  CHECK(desk.state(asked_since) == OrderState::kWorking);
  CHECK(desk.state(sent_since) == OrderState::kSubmitted);
  // What is filled late is booked, and what turns up again counts again.
  desk.fill(seen, 2_qty);
  CHECK(desk.order(seen).filled == 2_qty);
  desk.feed(desk.status_of(unseen, OrderState::kWorking));
  CHECK(desk.state(unseen) == OrderState::kUnknown);
  desk.feed(desk.status_of(unseen, OrderState::kWorking));
  CHECK(desk.state(unseen) == OrderState::kWorking);
  // Another account's list says nothing about ours.
  desk.wait(Duration::seconds(1));
  OrderReport end = desk.report(ReportKind::kSnapshotEnd);
  end.account = AccountId{2};
  desk.told();
  desk.feed(end);
  CHECK(desk.told().empty());
}

TEST_CASE("a list settles what is unknown") {
  Desk desk;
  const OrderId sent = desk.submit(), canceling = desk.working(), replacing = desk.working(),
                not_replaced = desk.working(), either = desk.working();
  desk.cancel(canceling);
  desk.replace(replacing, 20_qty);
  desk.replace(not_replaced, 20_qty);
  desk.replace(either, 20_qty);
  desk.orders.on_connection(down(), desk.out);
  for (const OrderId id : {sent, canceling, replacing, not_replaced, either})
    REQUIRE(desk.state(id) == OrderState::kUnknown);
  const auto list = [&](OrderId id, std::optional<Quantity> quantity) {
    OrderReport said = desk.status_of(id, OrderState::kWorking);
    if (quantity) {
      said.present = OrderReport::kHasQuantity;
      said.quantity = *quantity;
    }
    desk.feed(said);
  };
  list(sent, {});
  CHECK(desk.state(sent) == OrderState::kWorking);
  CHECK((desk.last().header.flags & OrderRecord::kSettlement) != 0);
  list(canceling, {});
  CHECK(desk.state(canceling) == OrderState::kWorking);
  list(replacing, 20_qty);
  CHECK(desk.state(replacing) == OrderState::kWorking);
  CHECK(desk.order(replacing).terms.quantity == 20_qty);
  list(not_replaced, 10_qty);
  CHECK(desk.state(not_replaced) == OrderState::kWorking);
  CHECK(desk.order(not_replaced).terms.quantity == 10_qty);
  list(either, {});  // which terms stand is not told
  CHECK(desk.state(either) == OrderState::kUnknown);
  CHECK(desk.order(either).open_worst == 20_qty);
  desk.told();
  for (const OrderId id : {sent, canceling, replacing, not_replaced}) list(id, {});
  CHECK(desk.told().empty());  // nothing new, nothing told
}

TEST_CASE("an order of somebody else is adopted once, and its old fills are booked once") {
  Desk desk;
  OrderReport said = desk.status_of({}, OrderState::kWorking);
  said.present = OrderReport::kHasSide | OrderReport::kHasQuantity | OrderReport::kHasFilled |
                 OrderReport::kHasPrice;
  said.side = Side::kBuy;
  said.quantity = 9_qty;
  said.filled = 4_qty;
  said.price = 98_px;
  said.venue_order_id = "V9";
  OrderReport fill = desk.fill_of({}, 4_qty, "T1");
  fill.header.flags = OrderReport::kSnapshot;
  fill.present = OrderReport::kHasSide;
  fill.side = Side::kBuy;
  fill.venue_order_id = "V9";
  for (int round = 0; round < 3; ++round) {
    desk.feed(said);
    desk.feed(fill);
    desk.wait(Duration::seconds(1));
    desk.snapshot_end();
  }
  CHECK(desk.told() == Texts{"order_adopted order.unknown_order", "order_filled"});
  CHECK(desk.orders.open_count() == 1);
  CHECK(desk.open() == 5_qty);
  CHECK(desk.orders.find_by_venue_id(kAccount, "V9")->filled == 4_qty);
}

TEST_CASE("the pure function: the same end, and nothing to do the second time") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Random random{seed};
    Desk desk;
    ToyVenue venue{seed, kVenue};
    for (int i = 0; i < 20; ++i) {
      desk.wait(Duration::milliseconds(10));
      desk.submit();
      if (random.below(5) != 0) venue.take(desk.last(), desk.out.now);
      for (const OrderReport& said : venue.told)
        if (random.below(3) == 0) desk.feed(said);
      venue.told.clear();
      venue.stir(desk.out.now);
    }
    desk.orders.on_connection(down(), desk.out);
    desk.wait(Duration::seconds(1));

    std::vector<OrderReport> statuses, fills, out;
    for (const OrderReport& said : venue.snapshot(desk.out.now)) {
      if (said.kind == ReportKind::kStatus) statuses.push_back(said);
      if (said.kind == ReportKind::kFilled) fills.push_back(said);
    }
    const VenueListing listing{kAccount, kVenue, desk.out.now, statuses, fills};
    const auto feed_all = [&] {
      reconcile(open_orders(desk.orders), listing, out);
      for (const OrderReport& said : out) desk.feed(said);
    };
    feed_all();
    const auto after_once = bytes_of(desk.orders);
    for (const auto& there : venue.orders) {
      const Order* here = desk.orders.find(there.id);
      if (there.id.is_none())
        here = desk.orders.find_by_venue_id(kAccount, VenueOrderId::from(there.name).value());
      if (here == nullptr) continue;
      CHECK(here->filled == there.filled);
      CHECK(here->is_open() == there.open);
    }
    desk.told();
    feed_all();
    CHECK(desk.told().empty());
    CHECK(bytes_of(desk.orders) == after_once);
  }
}

TEST_CASE("ten thousand open orders are reconciled in one pass") {
  OrderManagerConfig config;
  config.slots = 1u << 15;
  Desk desk{config};
  desk.out.after = [&](const OrderRecord&) {
    if (desk.out.records.size() > 100) desk.out.records.pop_front();
  };
  std::vector<OrderId> ids;
  for (int i = 0; i < 10'000; ++i) ids.push_back(desk.working(Side::kBuy, 1_qty));
  desk.orders.on_connection(down(), desk.out);
  desk.wait(Duration::seconds(1));
  std::vector<OrderReport> statuses, out;
  for (std::size_t i = 0; i < ids.size(); i += 2)
    statuses.push_back(desk.status_of(ids[i], OrderState::kWorking));
  reconcile(open_orders(desk.orders), {kAccount, kVenue, desk.out.now, statuses, {}}, out);
  CHECK(out.size() == 10'000);
  for (const OrderReport& said : out) desk.feed(said);
  CHECK(desk.orders.open_count() == 5'000);
  CHECK(desk.open() == 5'000_qty);
}

TEST_CASE("after any storm, one snapshot brings the venue's truth: no fill lost, none doubled") {
  for (std::uint64_t seed = 1; seed <= KEEL_ORDER_SEEDS; ++seed) {
    CAPTURE(seed);
    Random random{seed};
    OrderManagerConfig config = Desk::small();
    config.slots = 256;
    config.execution_window = 4096;
    config.answer_timeout = Duration::seconds(2);
    Desk desk{config};
    ToyVenue venue{seed ^ 0xFEED, kVenue};
    std::vector<OrderRecord> commands;
    std::vector<OrderId> ids;
    Checkers checkers;
    desk.out.after = [&](const OrderRecord& record) {
      if (is_command(record.header.kind)) commands.push_back(record);
      const std::string wrong = checkers.take(record);
      REQUIRE_MESSAGE(wrong.empty(), wrong);
    };
    const bool drops = seed % 2 == 0;  // what is taken back must have arrived
    for (int step = 0; step < 150; ++step) {
      desk.wait(Duration::milliseconds(random.between(1, 400)));
      const OrderId some = ids.empty() ? OrderId{} : ids[random.below(ids.size())];
      switch (random.below(8)) {
        case 0:
          ids.push_back(desk.submit(random.below(2) == 0 ? Side::kBuy : Side::kSell,
                                    Quantity::whole(random.between(1, 9))));
          break;
        case 1: desk.replace(some, Quantity::whole(random.between(1, 12))); break;
        case 2: desk.cancel(some); break;
        case 3: desk.orders.on_time(desk.out.now, desk.out); break;
        default: break;
      }
      while (!commands.empty()) {
        if (random.below(20) != 0) venue.take(commands.front(), desk.out.now);
        commands.erase(commands.begin());
      }
      venue.stir(desk.out.now);
      while (!venue.told.empty() && random.below(3) != 0) {
        const auto at =
            static_cast<std::ptrdiff_t>(random.below(std::min<std::size_t>(venue.told.size(), 6)));
        const OrderReport said = venue.told[static_cast<std::size_t>(at)];
        const std::uint64_t fate = random.below(12);
        if (fate != 0) venue.told.erase(venue.told.begin() + at);
        if (fate != 1 || !drops) desk.feed(said);
      }
    }
    for (const OrderReport& said : venue.told) desk.feed(said);
    if (!drops)
      for (int i = 0; i < 5; ++i)
        if (const auto said = venue.amend(desk.out.now)) desk.feed(*said);
    desk.orders.on_connection(down(), desk.out);
    desk.wait(Duration::seconds(1));
    desk.orders.on_snapshot_requested(kAccount, kVenue, desk.out.now);
    desk.wait(Duration::seconds(1));
    for (const OrderReport& said : venue.snapshot(desk.out.now)) desk.feed(said);
    for (const OrderId id : ids) {
      CAPTURE(id.counter());
      const auto* there = venue.find(id);
      const Order& here = desk.order(id);
      CHECK(here.filled == (there == nullptr ? 0_qty : there->filled));
      CHECK(here.is_open() == (there != nullptr && there->open));
      if (there == nullptr || !there->open) continue;
      CHECK(here.state == OrderState::kWorking);
      CHECK(here.terms.quantity == there->quantity);
      CHECK(here.open_worst == there->quantity - there->filled);
    }
    for (const auto& there : venue.orders) {
      if (!there.id.is_none()) continue;
      const Order* here =
          desk.orders.find_by_venue_id(kAccount, VenueOrderId::from(there.name).value());
      if (here == nullptr) {
        CHECK(!there.open);
        CHECK(there.filled == 0_qty);
        continue;
      }
      CHECK(here->is_external());
      CHECK(here->filled == there.filled);
      CHECK(here->is_open() == there.open);
    }
  }
}
