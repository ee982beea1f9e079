// What must hold after every event, checked from outside: from the records that were emitted and
// from the manager's answers. Each check says what is wrong, or nothing.
#pragma once

#include <map>
#include <set>
#include <string>

#include <fmt/core.h>

#include "desk.hpp"
#include "naive_orders.hpp"

namespace keel::test {

// The manager's answers. A test that proves a check alive changes one of them.
struct View {
  std::vector<Order> orders;  // all that it still knows
  std::map<std::tuple<std::uint16_t, std::uint32_t, Side>, Quantity> open;
  std::map<std::tuple<std::uint16_t, std::uint16_t, std::uint32_t, Side>, Quantity> strategy_open;
};

inline View view_of(const OrderManager& manager, const std::vector<OrderId>& ids) {
  View view;
  for (const OrderId id : ids) {
    const Order* order = manager.find(id);
    if (order == nullptr) continue;
    view.orders.push_back(*order);
    view.open[{order->account.value, order->instrument.value, order->side}] =
        manager.open_quantity(order->account, order->instrument, order->side);
    view.strategy_open[{order->account.value, order->strategy.value, order->instrument.value,
                        order->side}] =
        manager.strategy_open_quantity(order->account, order->strategy, order->instrument,
                                       order->side);
  }
  return view;
}

class Checkers {
 public:
  // Records as they come. Returns what is wrong with the record itself.
  std::string take(const OrderRecord& record) {
    std::string wrong;
    const RecordKind kind = record.header.kind;
    if (kind == RecordKind::kOrderFilled && !record.execution.empty() &&
        !executions_
             .insert({record.account.value, record.side, record.header.instrument.value,
                      record.execution.str()})
             .second)
      wrong = "an execution was booked twice";
    if (record.open_after.is_negative()) wrong = "open quantity below zero";
    if (is_terminal(record.state_after) && !record.open_after.is_zero())
      wrong = "an ended order is open";
    if (record.order.is_none() || record.state_after == OrderState::kNone) return wrong;
    auto [found, is_first] = last_.insert({record.order.value, record});
    const OrderRecord& before = found->second;
    if (is_first) {
      if (record.state_before != OrderState::kNone || !record.open_before.is_zero())
        wrong = "an order begins in the middle";
    } else if (before.state_after != record.state_before ||
               before.open_after != record.open_before ||
               before.reserve_after != record.reserve_before) {
      wrong = "a record does not begin where the one before it ended";
    }
    Quantity& sum = filled_[record.order.value];
    if (kind == RecordKind::kOrderAdopted) sum += record.filled;
    if (kind == RecordKind::kOrderFilled) {
      // An execution from before an adoption is booked, and is no longer counted as from before.
      const Quantity rise = record.filled - (is_first ? record.filled : before.filled);
      sum += rise;
      if (rise > record.last_quantity || rise.is_negative())
        wrong = "a fill counts for more than it is";
      if (rise != record.last_quantity && !record.is_external())
        wrong = "a fill of ours counts for less than it is";
    }
    if (kind == RecordKind::kFillBusted) sum -= record.last_quantity;
    if (kind == RecordKind::kFillCorrected)
      sum += record.last_quantity - Quantity::from_raw(static_cast<std::int64_t>(record.limit.low));
    found->second = record;
    return wrong;
  }

  [[nodiscard]] std::string filled_is_the_sum(const View& view) const {
    for (const Order& order : view.orders)
      if (const auto sum = filled_.find(order.id.value);
          sum != filled_.end() && sum->second != order.filled)
        return fmt::format("order {}: filled {}, its executions {}", order.id.counter(),
                           order.filled.to_text(), sum->second.to_text());
    return {};
  }
  [[nodiscard]] static std::string open_is_the_sum(const View& view) {
    auto open = view.open;
    auto strategy_open = view.strategy_open;
    for (const Order& order : view.orders) {
      open[{order.account.value, order.instrument.value, order.side}] -= order.open_worst;
      strategy_open[{order.account.value, order.strategy.value, order.instrument.value,
                     order.side}] -= order.open_worst;
    }
    for (const auto& [key, rest] : open)
      if (!rest.is_zero()) return "open quantity is not the sum of the orders'";
    for (const auto& [key, rest] : strategy_open)
      if (!rest.is_zero()) return "a strategy's open quantity is not the sum of its orders'";
    return {};
  }
  [[nodiscard]] static std::string open_is_sound(const View& view) {
    for (const Order& order : view.orders) {
      const bool counts = !is_terminal(order.state) && order.state != OrderState::kHeld;
      if (order.open_worst.is_negative()) return "open below zero";
      if (!counts && !order.open_worst.is_zero()) return "open without being at the venue";
      if (counts && order.state != OrderState::kUnknown && order.open_worst < order.leaves())
        return "less counts than may still fill";
      if (order.state == OrderState::kWorking && order.open_worst != order.leaves())
        return "a working order counts for what it wants";
    }
    return {};
  }
  [[nodiscard]] static std::string agrees(const View& view, NaiveOrders& naive) {
    for (const Order& order : view.orders) {
      const NaiveOrder* slow = naive.find(order.id);
      if (slow == nullptr) return fmt::format("order {} is invented", order.id.counter());
      if (slow->state() != order.state)
        return fmt::format("order {}: {} here, {} in the slow model", order.id.counter(),
                           to_text(order.state), to_text(slow->state()));
      if (slow->filled() != order.filled)
        return fmt::format("order {}: filled {} here, {} in the slow model", order.id.counter(),
                           order.filled.to_text(), slow->filled().to_text());
      if (slow->open() != order.open_worst)
        return fmt::format("order {}: open {} here, {} in the slow model ({})", order.id.counter(),
                           order.open_worst.to_text(), slow->open().to_text(),
                           to_text(order.state));
      if (slow->quantity != order.terms.quantity || slow->price != order.terms.limit())
        return fmt::format("order {}: other terms in the slow model", order.id.counter());
    }
    return {};
  }

 private:
  std::set<std::tuple<std::uint16_t, Side, std::uint32_t, std::string>> executions_;
  std::map<std::uint64_t, OrderRecord> last_;
  std::map<std::uint64_t, Quantity> filled_;
};

}  // namespace keel::test
