// The only code that changes what is known of an order.
#include <keel/orders/emulation.hpp>
#include <keel/orders/order_manager.hpp>

#include "orders/order_names.hpp"

namespace keel {

using detail::kNoSlot;

namespace {

// Waits for a price or a time before anything leaves.
bool is_waiting_type(const OrderTerms& terms) {
  return is_stop(terms.type) || is_if_touched(terms.type) || terms.type == OrderType::kPegged ||
         terms.time_in_force == TimeInForce::kAtOpen ||
         terms.time_in_force == TimeInForce::kAtClose;
}

}  // namespace

void OrderManager::fold(const RecordHeader& header) {
  if (!is_order_record(header.kind)) {
    if (header.kind == RecordKind::kStopMoved) apply_move(record_as<StateFact>(header));
    return;
  }
  if (header.ts_recv > now_) now_ = header.ts_recv;
  const auto& record = record_as<OrderRecord>(header);
  executions_.fold(record);
  if (record.order.is_none()) return;
  std::uint32_t at = slots_.find(record.order);
  if (at == kNoSlot) {
    // Of an order that is gone only fees, busts and corrections come, and they are not its state.
    if (record.state_before != OrderState::kNone || record.state_after == OrderState::kNone) return;
    at = claim(record);
  }
  if (header.kind == RecordKind::kOrderAnomaly) return apply_anomaly(at, record);
  apply(at, record);
}

std::uint32_t OrderManager::claim(const OrderRecord& record) {
  const std::uint32_t at = slots_.place(record.order);
  slots_.touch(at);
  KEEL_ASSERT(!slots_.is_open(at), "an open order would be overwritten");
  if (!slots_[at].order.id.is_none()) {
    forget_names(at);
    unlink(at);
    stop_waiting(at);
  }
  is_listed_.clear(at);
  is_old_.clear(at);
  slots_[at] = detail::OrderSlots::blank();
  Slot& slot = slots_[at];
  Order& order = slot.order;
  order.id = record.order;
  order.parent = record.parent;
  order.instrument = record.header.instrument;
  order.account = record.account;
  order.strategy = record.strategy;
  order.venue = record.venue;
  order.side = record.side;
  order.contingency = record.contingency;
  order.group = record.group;
  order.created = record.header.ts_recv;
  order.client_id = record.client_id;
  if (record.is_external()) order.flags |= Order::kExternal;
  if (const Instrument* instrument = registry_->find(order.instrument))
    order.cost = Money::zero(instrument->quote);
  slot.wanted = record.terms.quantity;
  if (record.header.kind == RecordKind::kOrderAdopted) slot.prior = record.filled;
  if (record.order.engine() == (config_.engine & OrderId::kMaxEngine) &&
      record.order.run() == (config_.run & OrderId::kMaxRun) && record.order.counter() > counter_)
    counter_ = record.order.counter();
  if (record.header.kind != RecordKind::kOrderDenied)
    link(at, record.header.kind == RecordKind::kSubmit);
  return at;
}

void OrderManager::apply(std::uint32_t at, const OrderRecord& record) {
  Slot& slot = slots_[at];
  Order& order = slot.order;
  KEEL_ASSERT(order.state == record.state_before && order.open_worst == record.open_before,
              "a record that does not follow from what is known of its order");
  const Quantity filled_before = order.filled, change = record.open_after - record.open_before;
  using detail::OpenTable;
  account_open_.add(OpenTable::key(order.account, order.instrument), order.side, change);
  strategy_open_.add(OpenTable::key(order.account, order.instrument, order.strategy), order.side,
                     change);
  order.state = record.state_after;
  order.open_worst = record.open_after;
  order.reserve_price = record.reserve_after;
  order.filled = record.filled;
  order.revision = record.revision;
  order.updated = record.header.ts_recv;
  if (is_command(record.header.kind))
    apply_command(slot, record);
  else
    apply_fact(slot, record, filled_before);

  if (order.state == OrderState::kWorking || order.state == OrderState::kHeld) slot.flying = 0;
  if (order.state == OrderState::kSubmitted) slot.flying = Slot::kSubmitFlies;
  if (order.state == OrderState::kPendingReplace)
    slot.flying &= static_cast<std::uint8_t>(~Slot::kCancelFlies);
  if (is_terminal(order.state)) slot.flying &= static_cast<std::uint8_t>(~Slot::kSubmitFlies);
  if (!slot.flies(Slot::kReplaceFlies)) order.pending_terms = {};
  if (order.state != OrderState::kUnknown) slot.ended = OrderState::kNone;
  const bool has_ended = is_terminal(order.state);
  if (order.state != OrderState::kUnknown)
    slot.marks &= static_cast<std::uint8_t>(~Slot::kCancelRepeated);
  if (!has_ended)
    slot.marks &= static_cast<std::uint8_t>(~Slot::kPresumed);
  else if (!is_terminal(record.state_before) && (record.reason == Reason::kMissingAtVenue ||
                                                 record.reason == Reason::kVenueUnknownOrder))
    slot.marks |= Slot::kPresumed;
  if (has_ended) is_listed_.clear(at);
  slots_.set_open(at, !has_ended);
  note_names(at, record);
  schedule(at, record);
  if (slot.is_linked()) {
    count_failure(at, record);
    tell_relatives(at, filled_before);
  } else if (order.state == OrderState::kHeld) {
    dirty_.push(at);
  }
}

// A trailing stop that keel watches has moved.
void OrderManager::apply_move(const StateFact& fact) {
  const std::uint32_t at = slots_.find(fact.order);
  if (at == kNoSlot) return;
  slots_[at].order.terms.trigger_price = fact.price;
  slots_[at].order.terms.flags |= OrderTerms::kHasTrigger;
}

void OrderManager::apply_command(Slot& slot, const OrderRecord& record) {
  Order& order = slot.order;
  order.last_command_seq = record.header.seq;
  switch (record.header.kind) {
    case RecordKind::kSubmit:
      order.terms = record.terms;
      slot.flying = Slot::kSubmitFlies;
      slot.confirmed_reserve = record.reserve_after;
      if ((record.header.flags & OrderRecord::kLinked) != 0) slot.marks |= Slot::kLinked;
      if ((record.header.flags & OrderRecord::kUnchecked) != 0)
        order.flags |= Order::kUncheckedRisk;
      break;
    case RecordKind::kReplace:
      order.pending_terms = record.terms;
      slot.pending_reserve = Price::from_raw(static_cast<std::int64_t>(record.value.wide()));
      slot.flying |= Slot::kReplaceFlies;
      break;
    default:
      slot.flying |= Slot::kCancelFlies;
      slot.cancel_reason = record.reason;
      if (order.state == OrderState::kUnknown) slot.marks |= Slot::kCancelRepeated;
      break;
  }
}

void OrderManager::apply_fact(Slot& slot, const OrderRecord& record, Quantity filled_before) {
  Order& order = slot.order;
  order.last_report_seq = record.header.seq;
  order.terms = record.terms;
  const auto answer = [&](std::uint8_t command) {
    slot.flying &= static_cast<std::uint8_t>(~command);
  };
  switch (record.header.kind) {
    case RecordKind::kOrderAdopted:
      slot.confirmed_reserve = record.reserve_after;
      slot.order.flags |= Order::kSeen;
      break;
    case RecordKind::kOrderHeld:
      if ((record.header.flags & OrderRecord::kArmed) == 0) break;
      slot.marks |= Slot::kArmed;
      if (order.terms.display() && !is_waiting_type(order.terms)) slot.marks |= Slot::kSlicing;
      break;
    case RecordKind::kOrderTriggered:
      slot.marks |= Slot::kTriggered;
      order.flags |= Order::kTriggered;
      if (order.state == OrderState::kHeld) {
        // Its siblings have this long to be gone before it leaves all the same.
        slot.retry_at = record.header.ts_recv + config_.contingency_retry;
        retries_.push(static_cast<std::uint32_t>(slots_.place(order.id)));
        break;
      }
      [[fallthrough]];
    case RecordKind::kOrderWorking:
      answer(Slot::kSubmitFlies);
      slot.order.flags |= Order::kSeen;
      break;
    case RecordKind::kOrderReplaced:
      if (order.state == OrderState::kHeld) {
        slot.wanted = record.terms.quantity;
        break;
      }
      answer(Slot::kSubmitFlies);
      slot.order.flags |= Order::kSeen;
      // `value` tells the answer to our command from a change that the venue made by itself.
      if (record.value == Int128{} || !slot.flies(Slot::kReplaceFlies)) break;
      answer(Slot::kReplaceFlies);
      slot.confirmed_reserve = slot.pending_reserve;
      break;
    case RecordKind::kOrderReplaceRejected: answer(Slot::kReplaceFlies); break;
    case RecordKind::kOrderCanceled:
    case RecordKind::kOrderCancelRejected: answer(Slot::kCancelFlies); break;
    case RecordKind::kOrderUnknown:
      slot.marks &= static_cast<std::uint8_t>(~Slot::kCancelRepeated);
      if (record.reason != Reason::kCumulativeDiffers) break;
      slot.claimed = Quantity::from_raw(static_cast<std::int64_t>(record.value.wide()));
      slot.ended = static_cast<OrderState>(record.limit.low);
      slot.flying = 0;
      break;
    case RecordKind::kOrderFilled:
    case RecordKind::kFillBusted:
    case RecordKind::kFillCorrected: apply_fill(slot, record, filled_before); break;
    default: break;
  }
}

void OrderManager::apply_fill(Slot& slot, const OrderRecord& record, Quantity filled_before) {
  Order& order = slot.order;
  if (const Instrument* instrument = registry_->find(order.instrument)) {
    const auto add = [&](Price price, Quantity quantity, bool back) {
      const auto value = instrument->checked_notional(price, quantity);
      if (!value) return;
      if (const auto sum = checked_add(order.cost, back ? -*value : *value)) order.cost = *sum;
    };
    add(record.last_price, record.last_quantity, record.header.kind == RecordKind::kFillBusted);
    if (record.header.kind == RecordKind::kFillCorrected)
      add(Price::from_raw(static_cast<std::int64_t>(record.value.wide())),
          Quantity::from_raw(static_cast<std::int64_t>(record.limit.wide())), true);
  }
  if (record.header.kind != RecordKind::kOrderFilled) {
    slot.claimed = claimed_after(slot.claimed, order.filled - filled_before);
    return;
  }
  slot.flying &= static_cast<std::uint8_t>(~Slot::kSubmitFlies);
  slot.order.flags |= Order::kSeen;
  // What was filled before we knew the order is no longer so where this was a part of it.
  slot.prior -= record.last_quantity - (order.filled - filled_before);
  if (order.filled > slot.wanted_at_most()) order.flags |= Order::kOverfilled;
}

void OrderManager::apply_anomaly(std::uint32_t at, const OrderRecord& record) {
  Slot& slot = slots_[at];
  // A release that was denied for now.
  if (slot.order.state == OrderState::kHeld && (record.header.flags & OrderRecord::kArmed) != 0) {
    put_off(at, record.header.ts_recv);
  }
  slot.order.last_report_seq = record.header.seq;
  if (record.reason == Reason::kCumulativeDiffers) {
    const auto claimed = Quantity::from_raw(static_cast<std::int64_t>(record.value.wide()));
    if (slot.ended == OrderState::kNone) slot.claimed = claimed;
  }
  note_names(at, record);
}

// ---- names ----

// Of two orders under one name the later one is found.
template <class Same>
void OrderManager::note(std::uint64_t hash, std::uint32_t at, Same same) {
  const std::uint32_t known =
      names_.find(hash, [&](std::uint32_t other) { return same(slots_[other], slots_[at]); });
  if (known == at) return;
  if (known != detail::SlotIndex::kNone) {
    if (slots_[known].order.id > slots_[at].order.id) return;
    names_.erase(hash, known);
  }
  names_.insert(hash, at);
}

void OrderManager::note_venue_id(std::uint32_t at) {
  const Order& order = slots_[at].order;
  note(detail::venue_name_hash(order.account, order.venue_order_id), at,
       [](const Slot& a, const Slot& b) {
         return a.order.account == b.order.account && a.order.instrument == b.order.instrument &&
                a.order.venue_order_id == b.order.venue_order_id;
       });
}

void OrderManager::note_client_id(std::uint32_t at) {
  const Order& order = slots_[at].order;
  note(detail::client_name_hash(order.account, order.client_id), at,
       [](const Slot& a, const Slot& b) {
         return a.order.account == b.order.account && a.order.client_id == b.order.client_id;
       });
}

void OrderManager::note_number(std::uint32_t at) {
  const Slot& slot = slots_[at];
  note(detail::number_hash(slot.order.venue, slot.venue_number), at,
       [](const Slot& a, const Slot& b) {
         return a.order.venue == b.order.venue && a.venue_number == b.venue_number;
       });
}

void OrderManager::note_names(std::uint32_t at, const OrderRecord& record) {
  Slot& slot = slots_[at];
  Order& order = slot.order;
  if (!record.venue_order_id.empty() && !(record.venue_order_id == order.venue_order_id)) {
    if (!order.venue_order_id.empty())
      names_.erase(detail::venue_name_hash(order.account, order.venue_order_id), at);
    order.venue_order_id = record.venue_order_id;
    note_venue_id(at);
  }
  if (record.state_before == OrderState::kNone && !order.client_id.empty() &&
      record.header.kind != RecordKind::kOrderDenied)
    note_client_id(at);
  if (record.venue_number == 0 || record.venue_number == slot.venue_number) return;
  if (slot.venue_number != 0) names_.erase(detail::number_hash(order.venue, slot.venue_number), at);
  slot.venue_number = record.venue_number;
  note_number(at);
  for (std::size_t i = 0; i < numbers_.size(); ++i)
    if (config_.number_venues[i] == order.venue && slot.venue_number > numbers_[i])
      numbers_[i] = slot.venue_number;
}

void OrderManager::forget_names(std::uint32_t at) {
  const Order& order = slots_[at].order;
  if (!order.venue_order_id.empty())
    names_.erase(detail::venue_name_hash(order.account, order.venue_order_id), at);
  if (!order.client_id.empty())
    names_.erase(detail::client_name_hash(order.account, order.client_id), at);
  if (slots_[at].venue_number != 0)
    names_.erase(detail::number_hash(order.venue, slots_[at].venue_number), at);
}

// ---- commands that wait for an answer, by the time they were given ----

void OrderManager::stop_waiting(std::uint32_t at) {
  Slot& slot = slots_[at];
  if (slot.is_waiting == 0) return;
  (slot.prev_waiting == kNoSlot ? waiting_.first : slots_[slot.prev_waiting].next_waiting) =
      slot.next_waiting;
  (slot.next_waiting == kNoSlot ? waiting_.last : slots_[slot.next_waiting].prev_waiting) =
      slot.prev_waiting;
  slot.next_waiting = slot.prev_waiting = kNoSlot;
  slot.is_waiting = 0;
}

void OrderManager::schedule(std::uint32_t at, const OrderRecord& record) {
  Slot& slot = slots_[at];
  const OrderState state = slot.order.state;
  const bool waits = slot.flying != 0 && !is_terminal(state) &&
                     (state != OrderState::kUnknown || slot.marked(Slot::kCancelRepeated));
  if (!waits) return stop_waiting(at);
  if (!is_command(record.header.kind)) return;
  stop_waiting(at);
  slot.command_at = record.header.ts_recv;
  slot.is_waiting = 1;
  slot.prev_waiting = waiting_.last;
  (waiting_.last == kNoSlot ? waiting_.first : slots_[waiting_.last].next_waiting) = at;
  waiting_.last = at;
}

}  // namespace keel
