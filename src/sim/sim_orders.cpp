#include <algorithm>
#include <keel/core/hash.hpp>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

namespace {

std::uint64_t group_key(AccountId account, std::uint64_t group) {
  if (group == 0) return 0;
  const std::uint64_t mixed = (group ^ (std::uint64_t{account.value} << 48)) * 0x9E3779B97F4A7C15u;
  return (mixed ^ (mixed >> 29)) | 1u;
}

std::uint64_t client_key(AccountId account, const ClientOrderId& id) {
  if (id.empty()) return 0;
  return (text_hash(id.view()) ^ (std::uint64_t{account.value} << 48)) | 1u;
}

}  // namespace

// ---- commands ----

void SimCore::submit(const CommandMessage& message) {
  const auto reject = [&](Reason reason, std::string_view text) {
    OrderReport report = report_of(message, ReportKind::kRejected, reason);
    report.text = FixedText<64>::clipped(text);
    ++stats.rejected;
    tell(report, kNone);
  };
  if (const Slot known = by_id_.find(message.order.value); known != FlatMap::kNone) {
    // The same submit again says nothing new: the order as it is. Another one is refused.
    const SimOrder& order = orders_[known];
    if (order.instrument != message.instrument || order.account != message.account ||
        order.side != message.side || order.terms.type != message.terms.type)
      return reject(Reason::kDuplicateClientId, "this order id is in use");
    return tell(report_of(order, ReportKind::kStatus, order.reason),
                order.is_open() ? kNone : known);
  }
  if (const std::uint64_t key = client_key(message.account, message.client_id); key != 0) {
    const Slot other = by_client_.find(key);
    if (other != FlatMap::kNone && orders_[other].client_id == message.client_id)
      return reject(Reason::kDuplicateClientId, "an open order has this client id");
  }
  std::string_view text;
  Reason reason = validate(message, text);
  if (reason == Reason::kNone && config.faults.reject_ppm != 0 &&
      fault_random_.chance_ppm(config.faults.reject_ppm)) {
    reason = Reason::kVenueRejected;
    text = "rejected by the fault plan";
  }
  std::optional<Timestamp> expires = message.terms.expiry();
  if (reason == Reason::kNone && message.terms.time_in_force == TimeInForce::kDay) {
    const Instrument& instrument = registry_->get(message.instrument);
    expires = config.day != nullptr ? config.day->day_end(instrument, now_)
                                    : std::optional{next_utc_midnight(now_)};
    if (!expires) {
      reason = Reason::kMarketClosed;
      text = "the end of this venue's day is not known";
    }
  }
  const Slot slot = remember(message);
  if (slot == kNone) return reject(Reason::kTooManyOrders, "no room for more open orders");
  SimOrder& order = orders_[slot];
  const bool works_now = !order.is_stop() && !order.is_pegged();
  if (reason == Reason::kNone && order.terms.post_only() && works_now && would_take(order))
    reason = Reason::kPostOnlyWouldTake;
  if (reason == Reason::kNone && order.group != 0 && groups_over_.has(order.group)) {
    reason = Reason::kBySibling;
    text = "another order of its group has filled";
  }
  if (reason == Reason::kNone) reason = check_funds(order, order.open());
  if (reason != Reason::kNone) {
    ++stats.rejected;
    close(slot, OrderState::kRejected, reason);
    OrderReport report = report_of(order, ReportKind::kRejected, reason);
    report.text = FixedText<64>::clipped(text);
    tell(report, slot);
    return;
  }
  order.state = OrderState::kWorking;
  order.client_key = client_key(order.account, order.client_id);
  if (order.client_key != 0 && by_client_.find(order.client_key) == FlatMap::kNone)
    by_client_.put(order.client_key, slot);
  else
    order.client_key = 0;
  ++book(order.instrument).open_orders;
  ++open_orders;
  accounts.add_open(order.account, listed(order), order.side, order.open(), order.reserve);
  join_group(slot);
  if (expires && order.terms.time_in_force != TimeInForce::kGtc) push_heap(slot, *expires);
  ++stats.accepted;
  tell(report_of(order, ReportKind::kAccepted, Reason::kNone), kNone);
  work(slot);
}

void SimCore::replace(const CommandMessage& message) {
  const Slot slot = by_id_.find(message.order.value);
  if (slot == FlatMap::kNone)
    return tell(report_of(message, ReportKind::kReplaceRejected, Reason::kVenueUnknownOrder),
                kNone);
  SimOrder& order = orders_[slot];
  const auto reject = [&](Reason reason, std::string_view text) {
    OrderReport report = report_of(order, ReportKind::kReplaceRejected, reason);
    report.text = FixedText<64>::clipped(text);
    tell(report, kNone);
  };
  if (!order.is_open()) return reject(Reason::kOrderNotOpen, "too late: the order has ended");
  if (const Reason reason = accepts(book(order.instrument).status, order.terms);
      reason != Reason::kNone)
    return reject(reason, {});
  if (config.faults.reject_ppm != 0 && fault_random_.chance_ppm(config.faults.reject_ppm))
    return reject(Reason::kVenueRejected, "rejected by the fault plan");

  const OrderTerms terms = changed_terms(order, message.terms);
  std::string_view text;
  if (const Reason reason = validate_terms(terms, listed(order), text); reason != Reason::kNone)
    return reject(reason, text);
  if (terms.quantity <= order.filled)
    return reject(Reason::kQuantityTooSmall, "as much has been filled already");
  const bool same_trigger = terms.trigger_price == order.terms.trigger_price;
  if (order.triggered && !same_trigger)
    return reject(Reason::kTriggerUnexpected, "the order has been triggered");
  const bool same_limit = terms.limit_price == order.terms.limit_price;
  const bool keeps = same_limit && same_trigger && terms.quantity <= order.terms.quantity;

  const OrderTerms before = order.terms;
  const Price reserve_before = order.reserve;
  accounts.remove_open(order.account, listed(order), order.side, order.open(), order.reserve);
  order.terms = terms;
  const SimOrder armed_before = order;
  if (!keeps) arm(order);
  if (!same_trigger) {  // a trailing stop too goes to where it is told
    order.trigger = terms.trigger_price;
    order.has_trigger = true;
  }
  Reason reason = Reason::kNone;
  if (!same_limit && terms.post_only() && !order.is_pegged() &&
      (!order.is_stop() || order.triggered) && would_take(order))
    reason = Reason::kPostOnlyWouldTake;
  if (reason == Reason::kNone && !keeps) reason = check_funds(order, order.open());
  if (reason != Reason::kNone) {
    order = armed_before;
    order.terms = before;
    order.reserve = reserve_before;
  }
  accounts.add_open(order.account, listed(order), order.side, order.open(), order.reserve);
  if (reason != Reason::kNone) return reject(reason, {});

  if (terms.expire_at != before.expire_at && order.heap_at != kNone) {
    erase_heap(slot);
    push_heap(slot, terms.expire_at);
  }
  order.shown = std::min(order.shown, order.open());
  if (keeps && order.place == Place::kBook) engine_.set_open(order.entry, order.shown);
  if (!keeps) {
    // Out and in again: behind all others, and measured against the market anew.
    detach(slot);
    order.arrived = now_;
  }
  tell(report_of(order, ReportKind::kReplaced, Reason::kNone), kNone);
  if (!keeps) work(slot);
}

OrderTerms SimCore::changed_terms(const SimOrder& order, const OrderTerms& asked) const {
  OrderTerms terms = order.terms;
  terms.quantity = asked.quantity;
  if ((asked.flags & OrderTerms::kHasLimit) != 0) {
    terms.limit_price = asked.limit_price;
    terms.flags |= OrderTerms::kHasLimit;
  }
  if ((asked.flags & OrderTerms::kHasTrigger) != 0) {
    terms.trigger_price = asked.trigger_price;
    terms.flags |= OrderTerms::kHasTrigger;
  }
  if (asked.expiry() && terms.time_in_force == TimeInForce::kGtd) terms.expire_at = asked.expire_at;
  if ((terms.flags & OrderTerms::kHasDisplay) != 0)
    terms.display_quantity = std::min(terms.display_quantity, terms.quantity);
  return terms;
}

void SimCore::arm(SimOrder& order) {
  const OrderTerms& terms = order.terms;
  const bool has_limit = (terms.flags & OrderTerms::kHasLimit) != 0;
  if (has_limit) order.limit = terms.limit_price;
  // A pegged order's is its cap; a trailing stop-limit has one once it was triggered.
  if (!order.triggered || !order.is_trailing()) order.limited = has_limit && !order.is_pegged();
  // A trailing stop that was drawn along stays where it is.
  if (order.is_trailing() && order.has_trigger) return;
  order.has_trigger = (terms.flags & OrderTerms::kHasTrigger) != 0;
  if (order.has_trigger) order.trigger = terms.trigger_price;
}

void SimCore::cancel(const CommandMessage& message) {
  const Slot slot = by_id_.find(message.order.value);
  if (slot == FlatMap::kNone)
    return tell(report_of(message, ReportKind::kCancelRejected, Reason::kVenueUnknownOrder), kNone);
  SimOrder& order = orders_[slot];
  if (!order.is_open()) {
    OrderReport report = report_of(order, ReportKind::kCancelRejected, Reason::kOrderNotOpen);
    report.text = "too late: the order has ended";
    return tell(report, kNone);
  }
  if (config.faults.reject_ppm != 0 && fault_random_.chance_ppm(config.faults.reject_ppm)) {
    OrderReport report = report_of(order, ReportKind::kCancelRejected, Reason::kVenueRejected);
    report.text = "rejected by the fault plan";
    return tell(report, kNone);
  }
  end(slot, OrderState::kCanceled, Reason::kByRequest);
}

// ---- where orders are kept ----

// A free slot, or that of the order that ended first. kNone: all are open.
SimCore::Slot SimCore::take_slot() {
  if (free_orders_.empty()) {
    if (ended_.head == kNone) return kNone;
    forget(ended_.head);
  }
  const Slot slot = free_orders_.back();
  free_orders_.pop_back();
  return slot;
}

SimCore::Slot SimCore::remember(const CommandMessage& message) {
  const Slot slot = take_slot();
  if (slot == kNone) return kNone;
  SimOrder& order = orders_[slot];
  order = SimOrder{};
  order.id = message.order;
  order.number = next_order_++;
  order.group = group_key(message.account, message.group);
  order.terms = message.terms;
  order.client_id = message.client_id;
  order.arrived = now_;
  order.instrument = message.instrument;
  order.account = message.account;
  order.side = message.side;
  order.contingency = message.contingency;
  arm(order);
  by_id_.put(order.id.value, slot);
  return slot;
}

void SimCore::forget(Slot slot) {
  const SimOrder& order = orders_[slot];
  by_id_.erase(order.id.value);
  if (order.previous != kNone) orders_[order.previous].next = order.next;
  if (order.next != kNone) orders_[order.next].previous = order.previous;
  if (ended_.head == slot) ended_.head = order.next;
  if (ended_.tail == slot) ended_.tail = order.previous;
  free_orders_.push_back(slot);
}

void SimCore::end(Slot slot, OrderState state, Reason reason) {
  close(slot, state, reason);
  ReportKind kind = ReportKind::kCanceled;
  if (state == OrderState::kExpired) {
    kind = ReportKind::kExpired;
    ++stats.expired;
  } else {
    ++stats.canceled;
  }
  tell(report_of(orders_[slot], kind, reason), slot);
}

void SimCore::close(Slot slot, OrderState state, Reason reason) {
  SimOrder& order = orders_[slot];
  if (order.is_open()) {
    detach(slot);
    leave_movers(slot);
    leave_group(slot);
    erase_heap(slot);
    if (order.client_key != 0) by_client_.erase(order.client_key);
    accounts.remove_open(order.account, listed(order), order.side, order.open(), order.reserve);
    --book(order.instrument).open_orders;
    --open_orders;
  }
  order.state = state;
  order.reason = reason;
  order.place = Place::kEnded;
  order.previous = ended_.tail;
  order.next = kNone;
  if (ended_.tail != kNone)
    orders_[ended_.tail].next = slot;
  else
    ended_.head = slot;
  ended_.tail = slot;
}

void SimCore::detach(Slot slot) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  switch (order.place) {
    case Place::kBook: engine_.remove(order.entry); break;
    case Place::kTrigger: triggers(order).erase(trigger_pool_, order.entry); break;
    case Place::kWaiting:
      if (waiting_cursor_ == slot) waiting_cursor_ = order.next;
      if (order.previous != kNone) orders_[order.previous].next = order.next;
      if (order.next != kNone) orders_[order.next].previous = order.previous;
      if (at.waiting.head == slot) at.waiting.head = order.next;
      if (at.waiting.tail == slot) at.waiting.tail = order.previous;
      break;
    case Place::kNowhere:
    case Place::kParked:
    case Place::kEnded: break;
  }
  if (order.taking) --at.taking;
  order.taking = false;
  order.place = Place::kNowhere;
  order.shown = Quantity::zero();
  order.entry = order.previous = order.next = kNone;
}

TriggerBy SimCore::watched(const SimOrder& order) {
  return order.terms.trigger_by == TriggerBy::kDefault ? book(order.instrument).fills.trigger
                                                       : order.terms.trigger_by;
}

void SimCore::await_trigger(Slot slot) {
  SimOrder& order = orders_[slot];
  order.entry = triggers(order).insert(trigger_pool_, order.trigger, order.open(), slot);
  order.place = Place::kTrigger;
}

void SimCore::wait(Slot slot) {
  SimOrder& order = orders_[slot];
  if (order.place == Place::kWaiting) return;
  OrderList& list = book(order.instrument).waiting;
  order.place = Place::kWaiting;
  order.previous = list.tail;
  order.next = kNone;
  if (list.tail != kNone)
    orders_[list.tail].next = slot;
  else
    list.head = slot;
  list.tail = slot;
}

void SimCore::rest(Slot slot, bool taking) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  order.shown = order.slice();
  order.entry =
      engine_.rest(order.instrument.value - 1u, order.side, order.limit, order.shown, slot);
  order.place = Place::kBook;
  order.taking = taking;
  if (taking) ++at.taking;
  join_queue(order, at);
}

// ---- groups ----

void SimCore::join_group(Slot slot) {
  SimOrder& order = orders_[slot];
  if (order.group == 0) return;
  order.group_next = by_group_.find(order.group);
  by_group_.put(order.group, slot);
}

void SimCore::leave_group(Slot slot) {
  SimOrder& order = orders_[slot];
  if (order.group == 0) return;
  const Slot head = by_group_.find(order.group);
  if (head == slot) {
    if (order.group_next == kNone)
      by_group_.erase(order.group);
    else
      by_group_.put(order.group, order.group_next);
    return;
  }
  for (Slot at = head; at != kNone; at = orders_[at].group_next)
    if (orders_[at].group_next == slot) orders_[at].group_next = order.group_next;
}

void SimCore::settle_group(Slot slot, Quantity quantity) {
  const SimOrder& filled = orders_[slot];
  if (filled.group == 0) return;
  const bool whole = filled.open().is_zero();
  if (whole && filled.contingency != Contingency::kOto) groups_over_.add(filled.group);
  Slot at = by_group_.find(filled.group);
  while (at != kNone) {
    const Slot other = at;
    SimOrder& sibling = orders_[other];
    at = sibling.group_next;
    if (other == slot) continue;
    const bool cancels = sibling.contingency == Contingency::kOco;
    const bool reduces = sibling.contingency == Contingency::kOuo;
    if (cancels || (reduces && (whole || sibling.open() <= quantity))) {
      end(other, OrderState::kCanceled, Reason::kBySibling);
    } else if (reduces) {
      accounts.remove_open(sibling.account, listed(sibling), sibling.side, quantity,
                           sibling.reserve);
      sibling.terms.quantity -= quantity;
      sibling.shown = std::min(sibling.shown, sibling.open());
      if (sibling.place == Place::kBook) engine_.set_open(sibling.entry, sibling.shown);
      tell(report_of(sibling, ReportKind::kReplaced, Reason::kBySibling), kNone);
    }
  }
}

}  // namespace keel
