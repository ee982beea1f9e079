// What is asked of orders, and what time does to them.
#include <keel/orders/order_manager.hpp>

#include <algorithm>

#include "orders/order_names.hpp"

namespace keel {

using detail::kNoSlot;

OrderManager::OrderManager(const OrderManagerConfig& config, const InstrumentRegistry& registry)
    : config_(config),
      registry_(&registry),
      slots_(config.slots),
      executions_(config.execution_window),
      names_(3 * config.slots),
      groups_(config.slots),
      numbers_(config.number_venues.size(), 0),
      number_floors_(config.number_venues.size(), 1),
      dirty_(config.slots),
      retries_(config.slots),
      is_listed_(config.slots),
      is_old_(config.slots) {
  KEEL_ASSERT(config.engine <= OrderId::kMaxEngine && config.run <= OrderId::kMaxRun,
              "engine or run number out of range");
  listings_.reserve(64);
}

// ---- records ----

OrderRecord OrderManager::about(const Slot& slot, RecordKind kind) const {
  const Order& order = slot.order;
  OrderRecord record = make_record<OrderRecord>(kind);
  record.header.instrument = order.instrument;
  if (order.is_external()) record.header.flags |= OrderRecord::kExternal;
  if (is_terminal(order.state)) record.header.flags |= OrderRecord::kWasTerminal;
  record.order = order.id;
  record.parent = order.parent;
  record.account = order.account;
  record.strategy = order.strategy;
  record.venue = order.venue;
  record.revision = order.revision;
  record.side = order.side;
  record.state_before = record.state_after = order.state;
  record.contingency = order.contingency;
  record.terms = order.terms;
  record.open_before = record.open_after = order.open_worst;
  record.reserve_before = record.reserve_after = order.reserve_price;
  record.filled = order.filled;
  record.group = order.group;
  record.venue_number = slot.venue_number;
  record.venue_order_id = order.venue_order_id;
  record.client_id = order.client_id;
  return record;
}

OrderRecord OrderManager::first(const OrderRequest& request, OrderId id, RecordKind kind) const {
  OrderRecord record = make_record<OrderRecord>(kind);
  record.header.instrument = request.instrument;
  record.order = id;
  record.parent = request.parent;
  record.account = request.account;
  record.strategy = request.strategy;
  record.venue = request.venue;
  if (const Instrument* instrument = registry_->find(request.instrument);
      instrument != nullptr && record.venue.value == 0)
    record.venue = instrument->venue;
  record.side = request.side;
  record.contingency = request.contingency;
  record.terms = request.terms;
  record.group = request.group;
  record.client_id = request.client_id;
  return record;
}

OrderManager::After OrderManager::as_it_is(const Slot& slot) {
  return {slot.order.state, slot.flying, slot.ended, slot.claimed, slot.confirmed_reserve};
}

namespace {

Price worse(Price a, Price b) {
  // Magnitudes as unsigned: the most negative price has no positive twin.
  const auto size = [](Price price) {
    const auto raw = static_cast<std::uint64_t>(price.raw());
    return price.is_negative() ? 0 - raw : raw;
  };
  return size(a) < size(b) ? b : a;
}

Quantity rest(Quantity total, Quantity filled) {
  return filled < total ? total - filled : Quantity::zero();
}

}  // namespace

// Fills in where the order is after the record, and what may still fill then. `record.terms` and
// `record.filled` are those after it.
void OrderManager::move(OrderRecord& record, const Slot& slot, const After& after) {
  record.state_after = after.state;
  record.reserve_after = after.reserve;
  if (is_terminal(after.state) || after.state == OrderState::kHeld) {
    record.open_after = Quantity::zero();
    return;
  }
  if (after.ended != OrderState::kNone) {
    record.open_after = rest(after.claimed, record.filled);
    return;
  }
  Quantity total = record.terms.quantity;
  if ((after.flying & Slot::kReplaceFlies) != 0) {
    if (slot.order.pending_terms.quantity > total) total = slot.order.pending_terms.quantity;
    record.reserve_after = worse(after.reserve, slot.pending_reserve);
  }
  record.open_after = rest(total, record.filled);
}

// ---- requests ----

Reason OrderManager::can_create() const {
  if (slots_.open_count() == slots_.size()) return Reason::kTooManyOrders;
  return slots_.next_free(counter_ + 1) > 0xFFFFFFFFu ? Reason::kIdsExhausted : Reason::kNone;
}

OrderId OrderManager::next_id() const {
  if (slots_.open_count() == slots_.size()) return {};
  const std::uint64_t counter = slots_.next_free(counter_ + 1);
  if (counter > 0xFFFFFFFFu) return {};
  return OrderId::make(config_.engine, config_.run, static_cast<std::uint32_t>(counter));
}

std::uint64_t OrderManager::next_number(VenueId venue) const {
  for (std::size_t i = 0; i < numbers_.size(); ++i)
    if (config_.number_venues[i] == venue)
      return numbers_[i] + 1 > number_floors_[i] ? numbers_[i] + 1 : number_floors_[i];
  return 0;
}

// Whether the order's venue looks after its group.
bool OrderManager::links(const OrderRecord& record) const {
  if (record.group == 0 || (record.contingency != Contingency::kOco &&
                            record.contingency != Contingency::kOuo)) [[likely]]
    return false;
  return std::find(linking_.begin(), linking_.end(), record.venue) != linking_.end();
}

void OrderManager::set_linking(VenueId venue, bool links) {
  linking_.erase(std::remove(linking_.begin(), linking_.end(), venue), linking_.end());
  if (links) linking_.push_back(venue);
}

OrderId OrderManager::deny_without_slot(const OrderRequest& request, Reason why,
                                        const Denial& denial, Emitter& emitter) const {
  OrderRecord record = first(request, {}, RecordKind::kOrderDenied);
  record.state_after = OrderState::kRejected;
  record.reason = why;
  record.value = denial.value;
  record.limit = denial.limit;
  emitter.emit(record.header);
  return {};
}

OrderId OrderManager::submit(Approved<OrderRequest>&& approved, Emitter& emitter) {
  const OrderRequest& request = approved.request();
  KEEL_ASSERT(request.terms.quantity.is_positive(), "an approved order without a quantity");
  const OrderId id = next_id();
  if (id.is_none()) return deny_without_slot(request, can_create(), {}, emitter);
  OrderRecord record = first(request, id, RecordKind::kSubmit);
  record.state_after = transition(OrderState::kNone, OrderEvent::kSubmit).to;
  record.open_after = request.terms.quantity;
  record.reserve_after = approved.reserve_price();
  record.venue_number = next_number(record.venue);
  if (links(record)) record.header.flags |= OrderRecord::kLinked;
  if (!approved.unchecked().empty()) record.header.flags |= OrderRecord::kUnchecked;
  record.note = approved.unchecked();
  emitter.emit(record.header);
  return id;
}

OrderId OrderManager::deny(const OrderRequest& request, const Denial& denial, Emitter& emitter) {
  const OrderId id = next_id();
  // A denial needs no slot: without one it is in the journal alone.
  if (id.is_none()) return deny_without_slot(request, denial.reason, denial, emitter);
  OrderRecord record = first(request, id, RecordKind::kOrderDenied);
  // A request may be denied for its side; a slot has one.
  if (record.side != Side::kSell) record.side = Side::kBuy;
  record.state_after = transition(OrderState::kNone, OrderEvent::kDeny).to;
  record.reason = denial.reason;
  record.value = denial.value;
  record.limit = denial.limit;
  emitter.emit(record.header);
  return id;
}

Reason OrderManager::change_terms(const Slot& slot, const ReplaceRequest& request,
                                  OrderTerms& terms) const {
  const Order& order = slot.order;
  if (order.state == OrderState::kUnknown || slot.flies(Slot::kReplaceFlies))
    return Reason::kCommandInFlight;
  if (transition(order.state, OrderEvent::kReplace).step == Transition::Step::kRefuse)
    return Reason::kOrderNotOpen;
  terms = order.terms;
  if (request.quantity) {
    if (!request.quantity->is_positive()) return Reason::kQuantityNotPositive;
    if (*request.quantity <= order.filled) return Reason::kQuantityTooSmall;
    terms.quantity = *request.quantity;
  }
  if (request.limit_price) {
    if (!terms.limit()) return Reason::kPriceUnexpected;
    terms.limit_price = *request.limit_price;
  }
  if (request.trigger_price) {
    if (!terms.trigger()) return Reason::kTriggerUnexpected;
    terms.trigger_price = *request.trigger_price;
  }
  return terms == order.terms ? Reason::kNothingToReplace : Reason::kNone;
}

Reason OrderManager::replace(Approved<ReplaceRequest>&& approved, Emitter& emitter) {
  const std::uint32_t at = slots_.find(approved.request().order);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  const Slot& slot = slots_[at];
  OrderTerms terms{};
  if (const Reason why = change_terms(slot, approved.request(), terms); why != Reason::kNone)
    return why;
  const Transition& next = transition(slot.order.state, OrderEvent::kReplace);
  const bool is_held = slot.order.state == OrderState::kHeld;
  OrderRecord record = about(slot, is_held ? RecordKind::kOrderReplaced : RecordKind::kReplace);
  record.terms = terms;
  record.note = approved.unchecked();
  if (!approved.unchecked().empty()) record.header.flags |= OrderRecord::kUnchecked;
  if (is_held) {
    ++record.revision;
    record.value = Int128::from(1);
  } else {
    // The larger of old and new may fill until the venue answers.
    const Price asked = approved.reserve_price();
    record.state_after = next.to;
    const Quantity larger =
        terms.quantity > slot.order.terms.quantity ? terms.quantity : slot.order.terms.quantity;
    record.open_after = rest(larger, slot.order.filled);
    record.reserve_after = worse(slot.confirmed_reserve, asked);
    record.value = Int128::from(asked.raw());
  }
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::cancel(OrderId id, Reason why, Emitter& emitter) {
  const std::uint32_t at = slots_.find(id);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  const Slot& slot = slots_[at];
  const OrderState state = slot.order.state;
  if (state == OrderState::kPendingCancel || slot.marked(Slot::kCancelRepeated))
    return Reason::kNone;
  const Transition& next = transition(state, OrderEvent::kCancel);
  if (next.step == Transition::Step::kRefuse) return Reason::kOrderNotOpen;
  OrderRecord record =
      about(slot, state == OrderState::kHeld ? RecordKind::kOrderCanceled : RecordKind::kCancel);
  record.reason = why == Reason::kNone ? Reason::kByRequest : why;
  record.state_after = next.to;
  emitter.emit(record.header);
  return Reason::kNone;
}

Reason OrderManager::abandon(OrderId id, const FixedText<40>& by, Emitter& emitter) {
  const std::uint32_t at = slots_.find(id);
  if (at == kNoSlot) return Reason::kUnknownOrder;
  const Slot& slot = slots_[at];
  if (transition(slot.order.state, OrderEvent::kAbandon).step == Transition::Step::kRefuse)
    return Reason::kOrderNotOpen;
  const OrderState end = slot.ended == OrderState::kNone ? OrderState::kCanceled : slot.ended;
  OrderRecord record = about(slot, RecordKind::kOrderCanceled);
  record.header.flags |= OrderRecord::kSettlement;
  record.reason = Reason::kByRequest;
  record.note = by;
  move(record, slot, {end, 0, OrderState::kNone, {}, slot.confirmed_reserve});
  emitter.emit(record.header);
  return Reason::kNone;
}

// ---- brackets ----

OrderRequest OrderManager::exit_of(const OrderRequest& entry, OrderId id, const OrderTerms& terms) {
  OrderRequest exit{};
  exit.instrument = entry.instrument;
  exit.account = entry.account;
  exit.strategy = entry.strategy;
  exit.venue = entry.venue;
  exit.side = opposite(entry.side);
  exit.contingency = Contingency::kOuo;
  exit.terms = terms;
  exit.terms.quantity = entry.terms.quantity;
  exit.terms.time_in_force = TimeInForce::kGtc;
  exit.parent = id;
  exit.group = id.value;
  return exit;
}

OrderManager::Bracket OrderManager::submit_bracket(Approved<OrderRequest>&& entry,
                                                   const BracketRequest& request,
                                                   Emitter& emitter) {
  const std::uint32_t needed = 1u + (request.take_profit ? 1u : 0u) + (request.stop_loss ? 1u : 0u);
  if (slots_.size() - slots_.open_count() < needed)
    return {deny_without_slot(entry.request(), Reason::kTooManyOrders, {}, emitter), {}, {}};
  const OrderRequest parent = entry.request();
  Bracket bracket{};
  bracket.entry = submit(std::move(entry), emitter);
  if (bracket.entry.is_none()) return bracket;
  OrderTerms terms{};
  if (request.take_profit) {
    terms.type = OrderType::kLimit;
    terms.flags = OrderTerms::kHasLimit;
    terms.limit_price = *request.take_profit;
    bracket.take_profit = hold(exit_of(parent, bracket.entry, terms), emitter);
  }
  if (request.stop_loss) {
    terms = {};
    terms.type = OrderType::kStop;
    terms.flags = OrderTerms::kHasTrigger;
    terms.trigger_price = *request.stop_loss;
    bracket.stop_loss = hold(exit_of(parent, bracket.entry, terms), emitter);
  }
  return bracket;
}

// ---- time, connections, restarts ----

// The command that is in flight may have arrived or not: nobody knows.
void OrderManager::lose(std::uint32_t at, Reason why, std::uint8_t flags, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Transition& next = transition(slot.order.state, OrderEvent::kLose);
  if (next.step == Transition::Step::kRefuse) return;
  OrderRecord record = about(slot, RecordKind::kOrderUnknown);
  record.header.flags |= flags;
  record.reason = why;
  record.state_after = next.to;
  emitter.emit(record.header);
}

void OrderManager::on_connection(const ConnectionInput& input, Emitter& emitter) {
  if (input.header.ts_recv > now_) now_ = input.header.ts_recv;
  if (input.state != ConnectionState::kDown) return;
  slots_.for_each_open([&](std::uint32_t at) {
    const Slot& slot = slots_[at];
    if (slot.order.venue == input.venue && slot.is_waiting != 0)
      lose(at, Reason::kConnectionLost, 0, emitter);
  });
}

void OrderManager::on_restart(Emitter& emitter) {
  slots_.for_each_open([&](std::uint32_t at) {
    if (slots_[at].is_waiting != 0)
      lose(at, Reason::kRestartedInFlight, OrderRecord::kAfterRestart, emitter);
  });
}

void OrderManager::on_snapshot_requested(AccountId account, VenueId venue, Timestamp now) {
  for (Listing& listing : listings_) {
    if (!(listing.account == account) || !(listing.venue == venue)) continue;
    listing.asked_at = now;
    return;
  }
  listings_.push_back({account, venue, now});
}

std::optional<Timestamp> OrderManager::next_deadline() const {
  std::optional<Timestamp> next;
  if (config_.answer_timeout && waiting_.first != kNoSlot)
    next = slots_[waiting_.first].command_at + *config_.answer_timeout;
  if (!retries_.empty() && (!next || slots_[retries_.front()].retry_at < *next))
    next = slots_[retries_.front()].retry_at;
  return next;
}

void OrderManager::on_time(Timestamp now, Emitter& emitter) {
  if (now > now_) now_ = now;
  while (config_.answer_timeout && waiting_.first != kNoSlot &&
         slots_[waiting_.first].command_at + *config_.answer_timeout <= now)
    lose(waiting_.first, Reason::kTimedOut, 0, emitter);
  while (!retries_.empty() && slots_[retries_.front()].retry_at <= now) mark_dirty(retries_.pop());
}

// ---- questions ----

const Order* OrderManager::find_by_client_id(AccountId account, const ClientOrderId& id) const {
  const std::uint32_t at =
      names_.find(detail::client_name_hash(account, id), [&](std::uint32_t slot) {
        return slots_[slot].order.account == account && slots_[slot].order.client_id == id;
      });
  return at == detail::SlotIndex::kNone ? nullptr : &slots_[at].order;
}

const Order* OrderManager::find_by_venue_id(AccountId account, const VenueOrderId& id) const {
  const std::uint32_t at =
      names_.find(detail::venue_name_hash(account, id), [&](std::uint32_t slot) {
        return slots_[slot].order.account == account && slots_[slot].order.venue_order_id == id;
      });
  return at == detail::SlotIndex::kNone ? nullptr : &slots_[at].order;
}

}  // namespace keel
