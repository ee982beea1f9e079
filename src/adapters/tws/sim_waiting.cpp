// Orders that wait, and orders that act on each other.
#include <algorithm>

#include <fmt/core.h>

#include "adapters/tws/sim_orders.hpp"

namespace keel::tws {

std::string OrderDesk::reason_to_wait(const SimOrder& order, Timestamp now) const {
  const Order& o = order.order;
  if (!reachable_) return "locate";  // held until the servers are back
  if (o.parent_id != 0)
    for (const SimOrder& parent : orders_)
      if (parent.client == order.client && parent.order.order_id == o.parent_id &&
          parent.status != "Filled")
        return "child";
  if (!o.good_after_time.empty()) {
    const auto after = parse_date_time(o.good_after_time, now);
    if (after && now < *after) return "trigger";
  }
  if (!o.conditions.empty() && !conditions_hold(order, now)) return "trigger";
  const std::string& type = o.order_type;
  if (!order.triggered && (type.starts_with("TRAIL") || type == "MIT" || type == "LIT" ||
                           type == "MOC" || type == "LOC" || type == "MOO" || type == "LOO"))
    return "trigger";
  if (!market_.is_open(order.listing, now)) return "closed";
  return {};
}

void OrderDesk::work(SimOrder& order, Timestamp now) {
  if (order.placed || order.ended_already()) return;
  const std::string why = reason_to_wait(order, now);
  if (why.empty()) return submit(order, now);
  waiting_.insert(order.id.counter() - 1);
  if (order.status != "PreSubmitted" || order.why_held != why)
    set_status(order, "PreSubmitted", why);
}

bool OrderDesk::condition_holds(const SimOrder& order, const OrderCondition& c,
                                Timestamp now) const {
  if (c.type == 3) {
    const auto when = parse_date_time(c.time, now);
    return when && (c.is_more ? now >= *when : now <= *when);
  }
  if (c.type == 4) {
    const AccountFigures figures = accounts_.figures(accounts_.all()[order.account]);
    const double equity = figures.net_liquidation.to_double();
    const double cushion = equity > 0 ? figures.excess().to_double() / equity * 100 : 0;
    return c.is_more ? cushion >= c.percent : cushion <= c.percent;
  }
  if (c.type == 5)
    return std::any_of(executions_.begin(), executions_.end(), [&](const SimExecution& e) {
      return e.time >= order.entered && listings_[e.listing].contract.symbol == c.symbol;
    });
  for (std::size_t i = 0; i < listings_.size(); ++i) {
    if (listings_[i].contract.con_id != c.con_id) continue;
    const MarketState& state = market_.state(i);
    if (c.type == 1) {
      const Price price = accounts_.mark(i);
      return c.is_more ? price >= c.price : price <= c.price;
    }
    if (c.type == 6) return c.is_more == (state.volume >= Quantity::whole(std::max(0, c.volume)));
    const double change = (accounts_.mark(i).to_double() / state.prior_close.to_double() - 1) * 100;
    return c.is_more ? change >= c.change_percent : change <= c.change_percent;
  }
  return false;
}

// Conditions are joined from the left, each with the one behind it.
bool OrderDesk::conditions_hold(const SimOrder& order, Timestamp now) const {
  bool all = true, conjunction = true;
  for (const OrderCondition& c : order.order.conditions) {
    const bool holds = condition_holds(order, c, now);
    all = conjunction ? all && holds : all || holds;
    conjunction = c.is_conjunction_connection;
  }
  return all;
}

// Whether the market has reached what the order waits for; moves trailing stops.
bool OrderDesk::touched(SimOrder& order) {
  const Order& o = order.order;
  const MarketState& state = market_.state(order.listing);
  if (!state.has_quote) return false;
  const bool buy = order.side() == Side::kBuy;
  const Price price = state.has_last ? state.last : buy ? state.ask : state.bid;
  if (o.order_type == "MIT" || o.order_type == "LIT")
    return buy ? price <= *o.aux_price : price >= *o.aux_price;
  if (!o.order_type.starts_with("TRAIL")) return false;
  Price distance = o.aux_price.value_or(Price::zero());
  if (o.trailing_percent && o.trailing_percent->is_positive())
    distance = Price::nearest(price.to_double() * o.trailing_percent->to_double() / 100)
                   .value_or(distance);
  const Price stop = buy ? price + distance : price - distance;
  if (order.trail.is_zero()) order.trail = o.trail_stop_price.value_or(stop);
  order.trail = buy ? std::min(order.trail, stop) : std::max(order.trail, stop);
  order.order.trail_stop_price = order.trail;
  return buy ? price >= order.trail : price <= order.trail;
}

void OrderDesk::watch(std::size_t listing, Timestamp now) {
  const std::vector<std::size_t> held{waiting_.begin(), waiting_.end()};
  for (const std::size_t at : held) {
    SimOrder& order = orders_[at];
    if (order.ended_already() || !order.order.transmit) continue;
    if (order.listing == listing && order.why_held == "trigger" && touched(order))
      order.triggered = true;
    const std::string& type = order.order.order_type;
    // At the close or the open: where markets never close, at the next midnight.
    if ((type.ends_with("OC") || type.ends_with("OO")) &&
        now.floor_to(Duration::days(1)) > order.entered)
      order.triggered = true;
    if (order.order.conditions_cancel_order && !order.order.conditions.empty() &&
        conditions_hold(order, now)) {
      cancel_order(order, now);
      continue;
    }
    work(order, now);
  }
}

void OrderDesk::on_tick(const SimMarket::Tick& tick, Timestamp now) {
  venue_.set_now(now);
  if (tick.quote) venue_.on_market(tick.quote->header, now);
  if (tick.trade) venue_.on_market(tick.trade->header, now);
  pull_reports(now);
  if (!waiting_.empty()) watch(tick.listing, now);
}

void OrderDesk::set_reachable(bool reachable, Timestamp now) {
  reachable_ = reachable;
  if (!reachable) return;
  const std::vector<std::size_t> held{waiting_.begin(), waiting_.end()};
  for (const std::size_t at : held) work(orders_[at], now);
}

// What the end or a fill of one order does to others.
void OrderDesk::after_fill(SimOrder& order, Timestamp now) {
  const std::int32_t id = order.order.order_id;
  const int client = order.client;
  const std::string group = order.order.oca_group;
  const std::int32_t parent = order.order.parent_id;
  const bool filled = order.status == "Filled", ended = order.ended_already();
  const Quantity last = order.last_quantity;
  const bool traded = last.is_positive();
  order.last_quantity = Quantity::zero();
  const bool reduces = order.order.oca_type == 2 || order.order.oca_type == 3;
  const std::uint32_t self = order.id.counter();
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    SimOrder& other = orders_[i];
    if (other.id.counter() == self || other.ended_already()) continue;
    const bool child = other.client == client && other.order.parent_id == id && id != 0;
    if (child && filled)
      work(other, now);
    else if (child && ended)
      cancel_order(other, now);
    const bool sibling = other.client == client && parent != 0 && other.order.parent_id == parent;
    const bool grouped = !group.empty() && other.order.oca_group == group &&
                         other.order.account == order.order.account;
    if (!sibling && !grouped) continue;
    if (filled || (traded && grouped && !reduces)) {
      cancel_order(other, now);
    } else if (traded && reduces && other.placed && other.order.total_quantity > last) {
      other.order.total_quantity -= last;
      venue_.set_now(now);
      venue_.send(command(RecordKind::kReplace, other, now));
      pull_reports(now);
    }
  }
}

void OrderDesk::cancel_order(SimOrder& order, Timestamp now) {
  if (order.ended_already()) return;
  if (order.placed) {
    venue_.set_now(now);
    venue_.send(command(RecordKind::kCancel, order, now));
    return pull_reports(now);
  }
  end(order, "Cancelled", "Cancelled by Trader", now);
  events_.on_order_error(order.client, order.order.order_id, 202, "Order Canceled - reason:");
  after_fill(order, now);
}

void OrderDesk::cancel(int client, std::int32_t order_id, Timestamp now) {
  SimOrder* order = find(client, order_id);
  if (order == nullptr)
    return events_.on_order_error(
        client, order_id, 10147,
        fmt::format("OrderId {} that needs to be cancelled is not found.", order_id));
  if (order->ended_already())
    return events_.on_order_error(
        client, order_id, 10148,
        fmt::format("OrderId {} that needs to be cancelled cannot be cancelled, state: {}.",
                    order_id, order->status));
  cancel_order(*order, now);
}

void OrderDesk::cancel_all(Timestamp now) {
  for (std::size_t i = 0; i < orders_.size(); ++i) cancel_order(orders_[i], now);
}

}  // namespace keel::tws
