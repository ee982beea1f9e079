// Linked orders: what one does to the others. Each fact about an order tells its relatives in the
// fold, and what an order asks for is read from its own slot, so a relative that is long gone from
// the ring still counts, and a recovery asks for the same.
#include <keel/orders/order_manager.hpp>

#include "orders/order_names.hpp"

namespace keel {

using detail::kNoSlot;

namespace {
constexpr std::uint8_t kMostFailures = 3;  // until something about the order changes
}

void OrderManager::link(std::uint32_t at, bool is_sent) {
  Slot& slot = slots_[at];
  if (!slot.order.parent.is_none()) {
    const std::uint32_t parent = slots_.find(slot.order.parent);
    slot.parent_ended = 1;
    if (parent != kNoSlot && parent != at) {
      if (is_sent && slots_[parent].marked(Slot::kSlicing)) slot.marks |= Slot::kSlice;
      slot.parent_ended = is_terminal(slots_[parent].order.state) ? 1 : 0;
      slot.parent_filled = slots_[parent].order.filled;
      std::uint32_t last = slots_[parent].first_child;
      while (last != kNoSlot && slots_[last].next_child != kNoSlot) last = slots_[last].next_child;
      slot.prev_child = last;
      (last == kNoSlot ? slots_[parent].first_child : slots_[last].next_child) = at;
    }
  }
  if (slot.order.group != 0) {
    const std::uint64_t hash = detail::group_hash(slot.order.account, slot.order.group);
    const std::uint32_t head = groups_.find(hash, [&](std::uint32_t other) {
      return slots_[other].order.group == slot.order.group &&
             slots_[other].order.account == slot.order.account;
    });
    if (head == detail::SlotIndex::kNone) {
      slot.next_peer = slot.prev_peer = at;
    } else {
      Slot& peer = slots_[head];
      slot.siblings_filled = peer.order.filled + peer.siblings_filled;
      slot.prev_peer = head;
      slot.next_peer = peer.next_peer;
      slots_[slot.next_peer].prev_peer = at;
      peer.next_peer = at;
      peer.is_group_head = 0;
      groups_.erase(hash, head);
    }
    slot.is_group_head = 1;
    groups_.insert(hash, at);
  }
  mark_dirty(at);
}

// Before the slot is used for another order.
void OrderManager::unlink(std::uint32_t at) {
  Slot& slot = slots_[at];
  for (std::uint32_t child = slot.first_child; child != kNoSlot;) {
    const std::uint32_t next = slots_[child].next_child;
    slots_[child].next_child = slots_[child].prev_child = kNoSlot;
    slots_[child].parent_ended = 1;  // its own facts said so before; no fact of it will follow
    child = next;
  }
  if (slot.prev_child != kNoSlot) {
    slots_[slot.prev_child].next_child = slot.next_child;
  } else if (const std::uint32_t parent = slots_.find(slot.order.parent);
             parent != kNoSlot && slots_[parent].first_child == at) {
    slots_[parent].first_child = slot.next_child;
  }
  if (slot.next_child != kNoSlot) slots_[slot.next_child].prev_child = slot.prev_child;
  if (slot.next_peer == kNoSlot) return;
  if (slot.is_group_head != 0) {
    const std::uint64_t hash = detail::group_hash(slot.order.account, slot.order.group);
    groups_.erase(hash, at);
    if (slot.prev_peer != at) {
      groups_.insert(hash, slot.prev_peer);
      slots_[slot.prev_peer].is_group_head = 1;
    }
  }
  slots_[slot.prev_peer].next_peer = slot.next_peer;
  slots_[slot.next_peer].prev_peer = slot.prev_peer;
}

void OrderManager::tell_relatives(std::uint32_t at, Quantity filled_before) {
  const Slot& slot = slots_[at];
  const Quantity change = slot.order.filled - filled_before;
  const bool has_ended = is_terminal(slot.order.state);
  const std::uint32_t parent = slots_.find(slot.order.parent);
  if (has_ended && slot.marked(Slot::kSlice) && parent != kNoSlot) slice_ended(parent, slot);
  if (has_ended && slot.next_peer != kNoSlot)  // a triggered sibling may wait for this
    for (std::uint32_t peer = slot.next_peer; peer != at; peer = slots_[peer].next_peer)
      if (slots_[peer].order.state == OrderState::kHeld) mark_dirty(peer);
  if (!change.is_zero()) {
    if (parent != kNoSlot) {
      slots_[parent].children_filled += change;
      mark_dirty(parent);
    }
    if (slot.next_peer != kNoSlot)
      for (std::uint32_t peer = slot.next_peer; peer != at; peer = slots_[peer].next_peer) {
        slots_[peer].siblings_filled += change;
        slots_[peer].failures = slots_[peer].is_put_off = 0;
        if (slots_[peer].marked(Slot::kLinked)) {  // the venue's turn
          slots_[peer].retry_at = slot.order.updated + config_.contingency_retry;
          retries_.push(peer);
        }
        mark_dirty(peer);
      }
  }
  for (std::uint32_t child = slot.first_child; child != kNoSlot; child = slots_[child].next_child) {
    if (!change.is_zero()) slots_[child].failures = slots_[child].is_put_off = 0;
    slots_[child].parent_filled = slot.order.filled;
    slots_[child].parent_ended = has_ended ? 1 : 0;
    mark_dirty(child);
  }
  mark_dirty(at);
}

void OrderManager::count_failure(std::uint32_t at, const OrderRecord& record) {
  Slot& slot = slots_[at];
  switch (record.header.kind) {
    case RecordKind::kOrderCancelRejected:
    case RecordKind::kOrderReplaceRejected:
      if (is_terminal(slot.order.state)) return;
      if ((record.header.flags & OrderRecord::kArmed) != 0) {
        put_off(at, record.header.ts_recv);
      } else {
        if (slot.failures < 255) ++slot.failures;
        slot.retry_at = record.header.ts_recv + config_.contingency_retry;
        retries_.push(at);
      }
      return;
    case RecordKind::kOrderFilled:
    case RecordKind::kOrderReplaced: slot.failures = slot.is_put_off = 0; return;
    default: return;
  }
}

// Denied here, not by the venue: asked for again, as often as it takes.
void OrderManager::put_off(std::uint32_t at, Timestamp now) {
  slots_[at].retry_at = now + config_.contingency_retry;
  slots_[at].is_put_off = 1;
  retries_.push(at);
}

void OrderManager::mark_dirty(std::uint32_t at) {
  if (slots_[at].is_linked() || slots_[at].order.state == OrderState::kHeld) dirty_.push(at);
}

// A slice that ended with nothing of it filled, unasked: the next one waits, and after three of
// them there is no next one.
void OrderManager::slice_ended(std::uint32_t parent, const Slot& slice) {
  Slot& whole = slots_[parent];
  if (slice.order.filled.is_positive()) {
    whole.failures = 0;
  } else {
    if (whole.failures < 255) ++whole.failures;
    whole.retry_at = slice.order.updated + config_.contingency_retry;
    retries_.push(parent);
  }
  mark_dirty(parent);
}

bool OrderManager::wants_slice(const Slot& slot, Action& action) const {
  const Order& order = slot.order;
  if (slot.failures >= kMostFailures) {
    action = {Action::Kind::kCancel, order.id, Quantity::zero(), Reason::kByParent};
    return true;
  }
  for (std::uint32_t child = slot.first_child; child != kNoSlot; child = slots_[child].next_child)
    if (slots_[child].marked(Slot::kSlice) && !is_terminal(slots_[child].order.state)) return false;
  const Quantity rest = order.terms.quantity - slot.children_filled;
  const Quantity shown = order.terms.display().value_or(rest);
  action = {rest.is_positive() ? Action::Kind::kSlice : Action::Kind::kFinish, order.id,
            shown < rest ? shown : rest, Reason::kBySlices};
  return true;
}

// Two exits never work at once: a triggered one cancels its siblings and waits until they are gone,
// as long as contingency_retry; for a sibling that was triggered before it, as long as it takes.
bool OrderManager::waits_for_sibling(std::uint32_t at, Action& action) {
  const Slot& slot = slots_[at];
  if (slot.next_peer == kNoSlot ||
      (slot.order.contingency != Contingency::kOco && slot.order.contingency != Contingency::kOuo))
    return false;
  bool waits = false;
  for (std::uint32_t peer = slot.next_peer; peer != at; peer = slots_[peer].next_peer) {
    const Slot& other = slots_[peer];
    const OrderState state = other.order.state;
    if (is_terminal(state) || state == OrderState::kHeld) continue;
    if (other.marked(Slot::kTriggered)) {
      waits = true;
      continue;
    }
    if (now_ >= slot.retry_at) continue;
    waits = true;
    if (state == OrderState::kPendingCancel || other.marked(Slot::kCancelRepeated)) continue;
    action = {Action::Kind::kCancel, other.order.id, Quantity::zero(), Reason::kBySibling};
    dirty_.push(at);  // the others too
    return true;
  }
  action.order = OrderId{};
  return waits;
}

// What the order asks for, from its own slot and its siblings'.
bool OrderManager::wants(std::uint32_t at, Action& action) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  const OrderState state = order.state;
  if (order.id.is_none() || is_terminal(state)) return false;
  if ((slot.failures > 0 || slot.is_put_off != 0 || slot.marked(Slot::kLinked)) &&
      now_ < slot.retry_at)
    return false;
  const bool cancelable =
      state != OrderState::kPendingCancel && !slot.marked(Slot::kCancelRepeated);
  const auto cancel = [&](Reason why) {
    action = {Action::Kind::kCancel, order.id, Quantity::zero(), why};
    return cancelable;
  };
  if (slot.marked(Slot::kSlice)) return slot.parent_ended != 0 && cancel(Reason::kByParent);
  const bool is_held = state == OrderState::kHeld;
  // The exits have begun: the entry takes no more.
  if (slot.children_filled.is_positive() && !slot.marked(Slot::kSlicing))
    return cancel(Reason::kBySibling);
  const bool is_child = !order.parent.is_none();
  const bool parent_ended = slot.parent_ended != 0;
  if (is_child && parent_ended && !slot.parent_filled.is_positive())
    return cancel(Reason::kByParent);
  if (order.contingency == Contingency::kOco && slot.siblings_filled.is_positive())
    return cancel(Reason::kBySibling);
  if (!is_child && !is_held && order.contingency != Contingency::kOuo) return false;

  Quantity target = slot.wanted;
  if (is_child && slot.parent_filled < target) target = slot.parent_filled;
  if (order.contingency == Contingency::kOuo) target -= slot.siblings_filled;
  if (target <= order.filled) {
    if (slot.siblings_filled.is_positive() && order.contingency == Contingency::kOuo)
      return cancel(Reason::kBySibling);
    // Its parent's fills were busted.
    return (!is_held || slot.marked(Slot::kTriggered)) && cancel(Reason::kByParent);
  }
  if (is_held) {
    if (slot.marked(Slot::kSlicing)) return wants_slice(slot, action);
    if (slot.marked(Slot::kTriggered)) {
      if (waits_for_sibling(at, action)) return !action.order.is_none();
    } else if (slot.marked(Slot::kArmed) || !is_child) {
      return false;
    }
    action = {Action::Kind::kRelease, order.id, target, Reason::kNone};
    return true;
  }
  // A change waits until nothing is in flight; the answer brings the order here again.
  if (state != OrderState::kWorking || order.terms.quantity == target) return false;
  if (slot.failures >= kMostFailures) return false;
  action = {Action::Kind::kResize, order.id, target, Reason::kNone};
  return true;
}

bool OrderManager::find_action(Action& action) {
  while (!dirty_.empty())
    if (wants(dirty_.pop(), action)) return true;
  return false;
}

}  // namespace keel
