// The naive model of orders beside the real one: told of what goes in and of the commands and
// requests that come of it, never of facts about reports.
#include <fmt/core.h>

#include "auditor.hpp"

namespace keel::runs {

void Auditor::naive_input(const RecordHeader& input) {
  if (!naive_alive_) return;
  const Timestamp now = std::max(engine_->now(), input.ts_recv);
  switch (input.kind) {
    case RecordKind::kOrderReport: {
      OrderReport report = record_as<OrderReport>(input);
      // A snapshot speaks of the moment at which it was asked for.
      const auto asked = asked_.find(report.account.value);
      if ((report.header.flags & OrderReport::kSnapshot) != 0 && asked != asked_.end())
        report.header.ts_event = asked->second;
      naive_.report(report, next_id_, now);
      if (report.kind == ReportKind::kSnapshotEnd) asked_.erase(report.account.value);
      break;
    }
    case RecordKind::kConnection: {
      const auto& connection = record_as<ConnectionInput>(input);
      if (connection.state == ConnectionState::kDown)
        naive_.lose([&](const test::NaiveOrder& order) { return order.venue == connection.venue; },
                    now);
      if (connection.state == ConnectionState::kUp) naive_asks(connection.venue, now);
      break;
    }
    case RecordKind::kTimer: {
      const auto timeout = plan_.engine.orders.answer_timeout;
      if (!timeout) break;
      const Timestamp late = record_as<TimerInput>(input).deadline - *timeout;
      naive_.lose([&](const test::NaiveOrder& order) { return sent_[order.id.value] <= late; },
                  now);
      break;
    }
    case RecordKind::kRestarted:
      naive_.lose([](const test::NaiveOrder&) { return true; }, now);
      for (const SimConfig& venue : plan_.venues) naive_asks(venue.venue, now);
      break;
    default: break;
  }
}

void Auditor::naive_asks(VenueId venue, Timestamp now) {
  for (const Account& account : directory_.accounts())
    if (account.venue == venue) asked_[account.id.value] = now;
}

void Auditor::naive_record(const OrderRecord& record) {
  if (!naive_alive_ || record.order.is_none()) return;
  if (unfollowed_.count(record.order.value) != 0) return;
  const Timestamp now = record.header.ts_recv;
  const bool held_before = record.state_before == OrderState::kHeld;
  OrderRequest asked{};
  asked.instrument = record.header.instrument;
  asked.account = record.account;
  asked.strategy = record.strategy;
  asked.side = record.side;
  asked.terms = record.terms;
  asked.client_id = record.client_id;
  switch (record.header.kind) {
    case RecordKind::kSubmit:
      if (held_before) {
        test::NaiveOrder& order = naive_.orders.at(record.order.value);
        order.held = false;
        order.submit_flies = true;
        order.quantity = record.terms.quantity;
        order.price = record.terms.limit();
        order.updated = now;
      } else {
        naive_.request(record.order, asked, record.venue, false, now);
      }
      sent_[record.order.value] = now;
      break;
    case RecordKind::kOrderHeld:
      // One without a parent waits for a trigger that keel watches: not the naive model's business.
      if (record.parent.is_none()) {
        unfollowed_.insert(record.order.value);
        break;
      }
      naive_.request(record.order, asked, record.venue, true, now);
      break;
    case RecordKind::kOrderDenied:
      if (!held_before) naive_.request(record.order, asked, record.venue, false, now);
      naive_.orders.at(record.order.value).finish(OrderState::kRejected);
      break;
    case RecordKind::kReplace:
      naive_.replace(record.order, record.terms.quantity, record.terms.limit(), now);
      sent_[record.order.value] = now;
      break;
    case RecordKind::kOrderReplaced:
      if (held_before && record.state_after == OrderState::kHeld)
        naive_.replace(record.order, record.terms.quantity, record.terms.limit(), now);
      break;
    case RecordKind::kCancel:
      naive_.cancel(record.order, now);
      sent_[record.order.value] = now;
      break;
    case RecordKind::kOrderCanceled:
      if (held_before) naive_.cancel(record.order, now);
      break;
    default: break;
  }
}

// What the naive model does not work out by itself: times, names, and what the ring has let go of.
void Auditor::naive_sync() {
  if (!naive_alive_) return;
  for (auto at = naive_.orders.begin(); at != naive_.orders.end();) {
    test::NaiveOrder& slow = at->second;
    const Order* order = engine_->orders().find(slow.id);
    if (slow.end) naive_.forget_listed(slow.id);
    if (order == nullptr) {
      if (!slow.end) breaks(Promise::kOrders, "an open order is gone");
      naive_.forget(slow.id);
      at = naive_.orders.erase(at);
      continue;
    }
    slow.updated = order->updated;
    slow.venue_id = order->venue_order_id.str();
    ++at;
  }
}

void Auditor::check_orders() {
  if (!naive_alive_) return;
  for (const auto& [id, slow] : naive_.orders) {
    const Order* order = engine_->orders().find(slow.id);
    if (order == nullptr) continue;
    ++counts_.naive_checks;
    if (slow.state() == order->state && slow.filled() == order->filled &&
        slow.open() == order->open_worst)
      continue;
    breaks(
        Promise::kOrders,
        fmt::format("order {}-{}: {}, filled {}, open {}; in the naive model {}, filled {}, "
                    "open {}",
                    order->id.run(), order->id.counter(), keel::to_text(order->state),
                    order->filled.to_text(), order->open_worst.to_text(),
                    keel::to_text(slow.state()), slow.filled().to_text(), slow.open().to_text()));
  }
  engine_->orders().for_each_open([this](const Order& order) {
    if (naive_.find(order.id) == nullptr && unfollowed_.count(order.id.value) == 0)
      breaks(Promise::kOrders,
             fmt::format("order {}-{} is invented", order.id.run(), order.id.counter()));
  });
}

}  // namespace keel::runs
