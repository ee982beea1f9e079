// A slow and obvious model of orders, written from docs/orders.md: an order is a few yes-or-no
// facts and a map of its executions, and its state is worked out from these whenever somebody asks.
// No ring, no windows, no records.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel::test {

struct NaiveOrder {
  OrderId id;
  AccountId account;
  InstrumentId instrument;
  StrategyId strategy;
  VenueId venue;
  Side side = Side::kBuy;
  Quantity quantity = 0_qty;
  std::optional<Price> price;
  std::optional<Quantity> new_quantity;  // a replace in flight
  std::optional<Price> new_price;
  bool held = false, submit_flies = false, cancel_flies = false;
  bool lost = false;            // its fate is not known
  bool canceled_again = false;  // since it was lost
  bool external = false, seen = false, presumed = false, triggered = false;
  std::optional<OrderState> end;
  std::optional<OrderState> told_end;  // the venue says so; fills are missing
  Quantity claim = 0_qty;
  Quantity prior = 0_qty;
  Timestamp updated{0};
  std::string venue_id, client_id;
  std::map<std::string, Quantity> executions;

  [[nodiscard]] bool replace_flies() const { return new_quantity.has_value(); }
  [[nodiscard]] bool anything_flies() const {
    return submit_flies || cancel_flies || replace_flies();
  }
  [[nodiscard]] Quantity filled() const {
    Quantity sum = prior;
    for (const auto& [name, part] : executions) sum += part;
    return sum;
  }
  [[nodiscard]] Quantity total() const { return std::max(quantity, new_quantity.value_or(0_qty)); }
  [[nodiscard]] OrderState state() const {
    if (end) return *end;
    if (held) return OrderState::kHeld;
    if (lost || told_end) return OrderState::kUnknown;
    if (cancel_flies) return OrderState::kPendingCancel;
    if (replace_flies()) return OrderState::kPendingReplace;
    return submit_flies ? OrderState::kSubmitted : OrderState::kWorking;
  }
  [[nodiscard]] Quantity open() const {
    if (end || held) return 0_qty;
    const Quantity all = told_end ? claim : total();
    return std::max(all - filled(), 0_qty);
  }
  void finish(OrderState state) {
    end = state;
    held = lost = submit_flies = canceled_again = false;
    told_end.reset();
  }
  void revive() {
    presumed = false;
    end.reset();
    held = false;
    lost = true;
  }
  // Evidence came: it is unknown no more, unless something is still unanswered.
  void calm() {
    if (!anything_flies() && !told_end) lost = false;
  }
  void settle() {
    submit_flies = cancel_flies = lost = canceled_again = false;
    told_end.reset();
    new_quantity.reset();
    new_price.reset();
  }
};

class NaiveOrders {
 public:
  std::map<std::uint64_t, NaiveOrder> orders;
  std::uint32_t instruments = 2;  // known ones: ids 1 to this

  NaiveOrder* find(OrderId id) {
    const auto found = orders.find(id.value);
    return found == orders.end() ? nullptr : &found->second;
  }

  // ---- what we ask for ----
  void request(OrderId id, const OrderRequest& asked, VenueId venue, bool held, Timestamp now) {
    NaiveOrder made;
    made.id = id;
    made.account = asked.account;
    made.instrument = asked.instrument;
    made.strategy = asked.strategy;
    made.venue = venue;
    made.side = asked.side;
    made.quantity = asked.terms.quantity;
    made.price = asked.terms.limit();
    made.held = held;
    made.submit_flies = !held;
    made.updated = now;
    made.client_id = asked.client_id.str();
    orders[id.value] = made;
  }
  void replace(OrderId id, Quantity quantity, std::optional<Price> price, Timestamp now) {
    NaiveOrder& order = orders.at(id.value);
    order.updated = now;
    if (order.held) {
      order.quantity = quantity;
      if (price) order.price = price;
      return;
    }
    order.new_quantity = quantity;
    order.new_price = price ? price : order.price;
  }
  void cancel(OrderId id, Timestamp now) {
    NaiveOrder& order = orders.at(id.value);
    order.updated = now;
    if (order.held) return order.finish(OrderState::kCanceled);
    if (order.lost || order.told_end) order.canceled_again = true;
    order.cancel_flies = true;
  }
  template <class Which>
  void lose(Which which, Timestamp now) {
    for (auto& [id, order] : orders) {
      const bool waits = order.anything_flies() && !order.end && !order.held &&
                         (order.state() != OrderState::kUnknown || order.canceled_again);
      if (!waits || !which(order)) continue;
      order.lost = true;
      order.canceled_again = false;
      order.updated = now;
    }
  }

  // ---- what the venue says ----
  // `next`: the id that an adopted order gets, none where there is no room.
  void report(const OrderReport& said, OrderId next, Timestamp now) {
    switch (said.kind) {
      case ReportKind::kSnapshotEnd: return snapshot_end(said);
      case ReportKind::kFillFee: return;
      case ReportKind::kFillBusted:
      case ReportKind::kFillCorrected: return adjust(said, now);
      default: break;
    }
    NaiveOrder* order = whom(said);
    if (order == nullptr) return foreign(said, next, now);
    if (!in_snapshot(said))
      old_.erase(order->id.value);
    else if (order->updated < said.header.ts_event)
      old_.insert(order->id.value);
    tell(*order, said);
  }

  // Executions that were booked, by account, side, instrument and name.
  using Key = std::tuple<std::uint16_t, Side, std::uint32_t, std::string>;
  struct Booked {
    OrderId order;
    bool busted = false;
  };
  std::map<Key, Booked> booked;
  std::map<Key, Key> aliases;
  [[nodiscard]] bool is_double(const Key& key) const {
    return booked.count(key) != 0 || aliases.count(key) != 0;
  }
  void forget_listed(OrderId id) { listed_.erase(id.value); }
  void forget(OrderId id) { old_.erase(id.value); }
  bool forgets_doubles = false;  // planted, for the proof that somebody would notice

 private:
  static bool has(const OrderReport& said, std::uint16_t field) {
    return (said.present & field) != 0;
  }
  static bool in_snapshot(const OrderReport& said) {
    return (said.header.flags & OrderReport::kSnapshot) != 0;
  }
  static bool fits(const OrderReport& said, const NaiveOrder& order) {
    return (said.account.value == 0 || said.account == order.account) &&
           (said.header.instrument.value == 0 || said.header.instrument == order.instrument) &&
           (!has(said, OrderReport::kHasSide) || said.side == order.side);
  }
  NaiveOrder* whom(const OrderReport& said) {
    if (NaiveOrder* order = find(said.order); order != nullptr && fits(said, *order)) return order;
    NaiveOrder* best = nullptr;
    for (auto& [id, order] : orders)
      if (!said.venue_order_id.empty() && order.venue_id == said.venue_order_id.view() &&
          fits(said, order))
        best = &order;
    if (best != nullptr) return best;
    for (auto& [id, order] : orders)
      if (!said.client_id.empty() && order.external && order.client_id == said.client_id.view() &&
          fits(said, order))
        best = &order;
    return best;
  }

  static bool differs(const OrderReport& said, Quantity quantity, std::optional<Price> price) {
    return (has(said, OrderReport::kHasQuantity) && said.quantity.is_positive() &&
            said.quantity != quantity) ||
           (has(said, OrderReport::kHasPrice) && price && said.price != *price);
  }
  static void take_terms(NaiveOrder& order, const OrderReport& said) {
    if (has(said, OrderReport::kHasQuantity) && said.quantity.is_positive())
      order.quantity = said.quantity;
    if (has(said, OrderReport::kHasPrice) && order.price) order.price = said.price;
  }
  static void replaced(NaiveOrder& order, const OrderReport& said) {
    order.quantity = *order.new_quantity;
    order.price = order.new_price;
    order.new_quantity.reset();
    order.new_price.reset();
    order.submit_flies = false;
    order.seen = true;
    take_terms(order, said);
    end_if_full(order);
    order.calm();
  }
  static void end_if_full(NaiveOrder& order) {
    if (!order.end && order.filled() >= order.quantity) order.finish(OrderState::kFilled);
  }

  void tell(NaiveOrder& order, const OrderReport& said) {
    switch (said.kind) {
      case ReportKind::kAccepted: accepted(order, said); break;
      case ReportKind::kRejected: ended(order, said, OrderState::kRejected); break;
      case ReportKind::kCanceled: ended(order, said, OrderState::kCanceled); break;
      case ReportKind::kExpired: ended(order, said, OrderState::kExpired); break;
      case ReportKind::kFilled:
        if (!fill(order, said)) return;
        break;
      case ReportKind::kReplaced: terms_changed(order, said); break;
      case ReportKind::kReplaceRejected:
        if (said.reason == Reason::kVenueUnknownOrder && !order.end) return not_known(order, said);
        if (!order.replace_flies()) return;
        replace_failed(order);
        break;
      case ReportKind::kCancelRejected:
        if (said.reason == Reason::kVenueUnknownOrder && !order.end) return not_known(order, said);
        if (!order.cancel_flies) return;
        order.cancel_flies = false;
        order.calm();
        break;
      case ReportKind::kRefused: refused(order); return;
      case ReportKind::kTriggered:
        if (!order.end && !order.held && !order.triggered) {
          order.triggered = order.seen = true;
          order.submit_flies = false;
          order.calm();
        }
        break;
      case ReportKind::kStatus:
        status(order, said);
        if (said.status == OrderState::kNone || said.status == OrderState::kHeld ||
            said.status == OrderState::kUnknown)
          return;
        break;
      case ReportKind::kUnknownOrder: not_known(order, said); return;
      default: break;
    }
    compare(order, said);
  }

  static void replace_failed(NaiveOrder& order) {
    order.new_quantity.reset();
    order.new_price.reset();
    if (order.end) return;
    end_if_full(order);
    order.calm();
  }
  static void refused(NaiveOrder& order) {
    if (order.cancel_flies) {
      order.cancel_flies = false;
      order.calm();
    } else if (order.replace_flies()) {
      replace_failed(order);
    } else if (order.submit_flies) {
      order.finish(OrderState::kRejected);
      order.presumed = false;
    }
  }

  static void accepted(NaiveOrder& order, const OrderReport& said) {
    if (order.end) {
      if (order.presumed) listed(order, said);
      return;
    }
    if (order.held) return;
    const bool is_news = order.submit_flies || (!said.venue_order_id.empty() &&
                                                order.venue_id != said.venue_order_id.view());
    if (!is_news) return;
    order.submit_flies = false;
    order.seen = true;
    if (!order.replace_flies()) {
      take_terms(order, said);
      end_if_full(order);
    }
    order.calm();
  }
  static void terms_changed(NaiveOrder& order, const OrderReport& said) {
    if (order.end || order.held) return;
    const bool is_news = differs(said, order.quantity, order.price);
    // What a venue does by itself as a linked order fills is no answer to what we asked for.
    if (order.replace_flies() && said.reason != Reason::kBySibling) {
      const bool is_new = !differs(said, *order.new_quantity, order.new_price);
      if (is_new || is_news) return replaced(order, said);
    }
    if (!is_news) return;
    order.submit_flies = false;
    order.seen = true;
    take_terms(order, said);
    end_if_full(order);
    order.calm();
  }

  // An end that leaves fills missing is no end yet.
  static void missing(NaiveOrder& order, OrderState end, Quantity claim) {
    if (order.held) {
      order.claim = claim;
      return;
    }
    order.settle();
    order.end.reset();
    order.told_end = end;
    order.claim = claim;
    order.lost = true;
    order.presumed = false;
  }
  static void ended(NaiveOrder& order, const OrderReport& said, OrderState end) {
    Quantity claim = order.told_end ? order.claim : order.filled();
    if (end == OrderState::kFilled) claim = order.quantity;
    if (has(said, OrderReport::kHasFilled)) claim = said.filled;
    if (claim > order.filled() && order.end != OrderState::kFilled) {
      if (order.told_end && order.claim == claim) return;
      return missing(order, end, claim);
    }
    if (order.end || order.held) return;
    if (end == OrderState::kFilled) {
      if (order.filled().is_zero()) return;
      order.quantity = order.filled();
      order.seen = true;
    }
    if (end == OrderState::kCanceled) order.cancel_flies = false;
    order.finish(end);
    order.presumed = false;
  }
  static void compare(NaiveOrder& order, const OrderReport& said) {
    if (!has(said, OrderReport::kHasFilled) || said.filled == order.filled()) return;
    const Quantity claim = said.filled;
    const bool has_ended = order.end && order.end != OrderState::kFilled;
    if (claim > order.filled() && (has_ended || (order.told_end && claim > order.claim)))
      return missing(order, has_ended ? *order.end : *order.told_end, claim);
    if (!order.told_end) order.claim = claim;
  }

  bool fill(NaiveOrder& order, const OrderReport& said) {
    const Quantity quantity = said.last_quantity;
    const bool has_sum = has(said, OrderReport::kHasFilled);
    if (!quantity.is_positive()) return false;
    std::string name = said.execution.str();
    if (name.empty()) {
      if (has_sum && said.filled <= order.filled()) return false;
      name = "#" + std::to_string(order.executions.size());
    } else {
      const Key key{order.account.value, order.side, order.instrument.value, name};
      if (is_double(key) && !forgets_doubles) return false;
      booked[key] = {order.id, false};
    }
    Quantity known = 0_qty;
    const Quantity sum = order.filled() + quantity;
    if (has_sum)
      known = std::max(sum - said.filled, 0_qty);
    else if (in_snapshot(said))
      known = quantity;
    known = std::min({known, quantity, order.prior});
    order.prior -= known;
    if (order.executions.count(name) != 0) name += "'";
    order.executions[name] = quantity;
    order.submit_flies = false;
    order.seen = true;
    if (order.filled() >= order.total()) {
      order.finish(OrderState::kFilled);
    } else if (order.end) {
      if (order.end == OrderState::kRejected) order.revive();
    } else if (order.held) {
      order.revive();
    } else if (order.told_end && order.filled() >= order.claim &&
               !(has_sum && said.filled > order.filled())) {
      order.finish(*order.told_end);
    } else {
      order.calm();
    }
    return true;
  }

  void status(NaiveOrder& order, const OrderReport& said) {
    switch (said.status) {
      case OrderState::kSubmitted:
      case OrderState::kWorking:
      case OrderState::kPendingReplace:
      case OrderState::kPendingCancel: listed(order, said); break;
      case OrderState::kFilled:
      case OrderState::kCanceled:
      case OrderState::kRejected:
      case OrderState::kExpired: ended(order, said, said.status); break;
      default: return;
    }
    if (in_snapshot(said)) listed_.insert(order.id.value);
  }
  static void listed(NaiveOrder& order, const OrderReport& said) {
    if (order.end) {
      if ((!in_snapshot(said) && !order.presumed) || order.end == OrderState::kFilled) return;
      order.presumed = false;
      return order.revive();
    }
    if (order.held) return order.revive();
    bool either = false;
    if (order.replace_flies()) {
      const bool is_old = !differs(said, order.quantity, order.price);
      const bool is_new = !differs(said, *order.new_quantity, order.new_price);
      either = is_old && is_new;
      if (is_new && !is_old) {
        replaced(order, said);
        if (order.state() != OrderState::kUnknown) return;
      } else if (either && order.state() == OrderState::kUnknown) {
        return;
      }
    }
    if (!either && differs(said, order.quantity, order.price)) {
      take_terms(order, said);
      order.seen = true;
      if (order.filled() >= order.quantity) return order.finish(OrderState::kFilled);
    }
    if (order.state() == OrderState::kUnknown) {
      order.settle();
      order.seen = true;
    } else if (order.submit_flies) {
      order.submit_flies = false;
      order.seen = true;
    } else if (!said.venue_order_id.empty() && order.venue_id != said.venue_order_id.view()) {
      order.seen = true;
    }
  }
  void not_known(NaiveOrder& order, const OrderReport& said) {
    if (order.end) return;
    if (order.held) return;
    Quantity claim = order.claim;
    if (has(said, OrderReport::kHasFilled)) claim = std::max(claim, said.filled);
    if (claim > order.filled()) {
      if (order.told_end) {
        if (!order.cancel_flies) return;
        order.cancel_flies = false;
        order.calm();
        return;
      }
      return missing(order, OrderState::kCanceled, claim);
    }
    if (order.seen) {
      order.cancel_flies = false;
      order.finish(OrderState::kCanceled);
      order.presumed = true;
    } else if (order.state() == OrderState::kSubmitted) {
      order.lost = true;
    } else {
      order.finish(OrderState::kRejected);
      order.presumed = true;
    }
  }
  void snapshot_end(const OrderReport& said) {
    for (auto& [id, order] : orders) {
      if (order.end || !(order.account == said.account) || !(order.venue == said.venue)) continue;
      if (listed_.erase(id) != 0) {
        old_.erase(id);
        continue;
      }
      const OrderState state = order.state();
      const bool counts = state == OrderState::kUnknown ||
                          (order.seen && state != OrderState::kSubmitted && !order.held);
      const bool is_old = old_.erase(id) != 0 || order.updated < said.header.ts_event;
      if (!counts || !is_old) continue;
      not_known(order, said);
    }
    // Snapshots of other accounts may be on their way.
    std::erase_if(listed_, [&](std::uint64_t id) {
      const NaiveOrder* order = find(OrderId{id});
      return order == nullptr || (order->account == said.account && order->venue == said.venue);
    });
  }

  void adjust(const OrderReport& said, Timestamp now) {
    const std::string name = said.reference.empty() ? said.execution.str() : said.reference.str();
    NaiveOrder* about = find(said.order);
    const std::uint16_t account = about != nullptr ? about->account.value : said.account.value;
    const std::uint32_t instrument = said.header.instrument.value != 0
                                         ? said.header.instrument.value
                                         : (about != nullptr ? about->instrument.value : 0);
    // The only execution of that name among those that the report can mean.
    std::set<Key> meant;
    for (const Side side : {Side::kBuy, Side::kSell})
      for (std::uint32_t each = 1; each <= instruments; ++each) {
        if (has(said, OrderReport::kHasSide) && said.side != side) continue;
        if (instrument != 0 && each != instrument) continue;
        const Key key{account, side, each, name};
        if (const auto alias = aliases.find(key); alias != aliases.end())
          meant.insert(alias->second);
        else if (booked.count(key) != 0)
          meant.insert(key);
      }
    if (meant.size() != 1) return;
    const Key key = *meant.begin();
    const auto found = booked.find(key);
    const bool is_bust = said.kind == ReportKind::kFillBusted;
    if (found->second.busted || (!is_bust && !said.last_quantity.is_positive())) return;
    found->second.busted = is_bust;
    if (!is_bust && !said.execution.empty() && said.execution.view() != std::get<3>(key))
      aliases[{account, std::get<1>(key), std::get<2>(key), said.execution.str()}] = key;
    NaiveOrder* order = find(found->second.order);
    if (order == nullptr) return;
    Quantity& part = order->executions.at(std::get<3>(key));
    const Quantity change = (is_bust ? 0_qty : said.last_quantity) - part;
    part += change;
    if (order->claim.is_positive()) order->claim = std::max(order->claim + change, 0_qty);
    if (!order->end && !order->held && order->filled() >= order->total())
      order->finish(OrderState::kFilled);
    order->updated = now;
  }

  void foreign(const OrderReport& said, OrderId next, Timestamp now) {
    const bool is_fill = said.kind == ReportKind::kFilled;
    bool is_open = is_fill || said.kind == ReportKind::kAccepted ||
                   said.kind == ReportKind::kTriggered || said.kind == ReportKind::kReplaced;
    if (said.kind == ReportKind::kStatus)
      is_open = said.status >= OrderState::kSubmitted && said.status <= OrderState::kPendingCancel;
    const std::uint32_t instrument = said.header.instrument.value;
    if (!is_open || !has(said, OrderReport::kHasSide) || said.account.value == 0 ||
        instrument < 1 || instrument > instruments)
      return;
    const Quantity last = is_fill ? said.last_quantity : 0_qty;
    const Quantity sum = has(said, OrderReport::kHasFilled) ? said.filled : 0_qty;
    if (is_fill) {
      const Key key{said.account.value, said.side, said.header.instrument.value,
                    said.execution.str()};
      if (!last.is_positive()) return;
      if (!said.execution.empty() && is_double(key)) return;
      if (next.is_none()) {  // no room for an order: booked without one
        if (!said.execution.empty()) booked[key] = {next, false};
        return;
      }
    } else if (!has(said, OrderReport::kHasQuantity) || said.quantity <= sum) {
      return;
    }
    if (next.is_none()) return;
    NaiveOrder made;
    made.id = next;
    made.external = made.seen = true;
    made.account = said.account;
    made.instrument = said.header.instrument;
    made.venue = said.venue;
    made.side = said.side;
    made.prior = std::max(sum - last, 0_qty);
    made.quantity = made.prior + last;
    if (has(said, OrderReport::kHasQuantity))
      made.quantity = std::max(made.quantity, said.quantity);
    if (has(said, OrderReport::kHasPrice)) made.price = said.price;
    made.venue_id = said.venue_order_id.str();
    made.client_id = said.client_id.str();
    made.updated = now;
    NaiveOrder& order = orders[next.value] = made;
    if (said.kind == ReportKind::kStatus && in_snapshot(said)) listed_.insert(next.value);
    if (!is_fill) return;
    tell(order, said);
    if (in_snapshot(said)) old_.insert(next.value);
  }

  std::set<std::uint64_t> listed_, old_;
};

}  // namespace keel::test
