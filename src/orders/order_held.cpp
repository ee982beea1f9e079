// Orders that are kept here until something happens: a parent's fill, a price, a time.
#include <keel/orders/order_manager.hpp>

namespace keel {

using detail::kNoSlot;

OrderId OrderManager::hold(const OrderRequest& request, Emitter& emitter, bool armed) {
  KEEL_ASSERT(request.terms.quantity.is_positive(), "a held order without a quantity");
  const OrderId id = next_id();
  if (id.is_none()) return deny_without_slot(request, can_create(), {}, emitter);
  OrderRecord record = first(request, id, RecordKind::kOrderHeld);
  record.state_after = transition(OrderState::kNone, OrderEvent::kHold).to;
  if (armed) record.header.flags |= OrderRecord::kArmed;
  emitter.emit(record.header);
  return id;
}

Reason OrderManager::arm(OrderId held, const OrderTerms& terms, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  if (slots_[at].order.state != OrderState::kHeld) return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderHeld);
  record.terms = terms;
  record.header.flags |= OrderRecord::kArmed;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::trigger(OrderId held, Price price, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  if (transition(slots_[at].order.state, OrderEvent::kSetOff).step == Transition::Step::kRefuse)
    return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderTriggered);
  record.last_price = price;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::expire(OrderId held, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  const Transition& next = transition(slots_[at].order.state, OrderEvent::kEndHeld);
  if (next.step == Transition::Step::kRefuse) return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderExpired);
  record.state_after = next.to;
  record.reason = Reason::kByExpiry;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::defer(OrderId held, const Denial& denial, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  if (slots_[at].order.state != OrderState::kHeld) return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderAnomaly);
  record.header.flags |= OrderRecord::kArmed;
  record.reason = denial.reason;
  record.value = denial.value;
  record.limit = denial.limit;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::refuse_resize(OrderId id, const Denial& denial, Emitter& emitter) {
  const std::uint32_t at = slots_.find(id);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  if (is_terminal(slots_[at].order.state)) return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderReplaceRejected);
  record.header.flags |= OrderRecord::kArmed;
  record.reason = denial.reason;
  record.value = denial.value;
  record.limit = denial.limit;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::release(OrderId held, Approved<OrderRequest>&& approved, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  const Slot& slot = slots_[at];
  if (slot.order.state != OrderState::kHeld) return Reason::kOrderNotOpen;
  const OrderRequest& request = approved.request();
  KEEL_ASSERT(request.instrument == slot.order.instrument && request.side == slot.order.side &&
                  request.terms.quantity.is_positive(),
              "the approval is of another order");
  OrderRecord record = about(slot, RecordKind::kSubmit);
  record.terms = request.terms;
  record.state_after = transition(OrderState::kHeld, OrderEvent::kSubmit).to;
  record.open_after = request.terms.quantity;
  record.reserve_after = approved.reserve_price();
  record.venue_number = next_number(record.venue);
  if (links(record)) record.header.flags |= OrderRecord::kLinked;
  if (!approved.unchecked().empty()) record.header.flags |= OrderRecord::kUnchecked;
  record.note = approved.unchecked();
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::deny_held(OrderId held, const Denial& denial, Emitter& emitter) {
  const std::uint32_t at = slots_.find(held);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  if (slots_[at].order.state != OrderState::kHeld) return Reason::kOrderNotOpen;
  OrderRecord record = about(slots_[at], RecordKind::kOrderDenied);
  record.state_after = transition(OrderState::kHeld, OrderEvent::kDeny).to;
  record.reason = denial.reason;
  record.value = denial.value;
  record.limit = denial.limit;
  emitter.emit(record.header);
  return Reason::kNone;
}

}  // namespace keel
