// A venue's news about one order: which event it comes down to, and the facts that follow.
#include <keel/orders/order_manager.hpp>

#include "orders/order_names.hpp"
#include "orders/report_terms.hpp"

namespace keel {

using detail::has;
using detail::kNoSlot;

namespace {

// Whether a report can be about this order at all. One that names it and contradicts it is about
// another order.
bool fits(const OrderReport& report, const Order& order) {
  return (report.account.value == 0 || report.account == order.account) &&
         (report.header.instrument.value == 0 || report.header.instrument == order.instrument) &&
         (!has(report, OrderReport::kHasSide) || report.side == order.side);
}

bool is_fill(OrderEvent event) {
  return event == OrderEvent::kFillPart || event == OrderEvent::kFillLast ||
         event == OrderEvent::kFillAwaited;
}

OrderState resting(OrderState state, std::uint8_t flying, OrderState ended) {
  if (state == OrderState::kUnknown)
    return flying != 0 || ended != OrderState::kNone ? OrderState::kUnknown : OrderState::kWorking;
  if ((flying & detail::OrderSlot::kCancelFlies) != 0) return OrderState::kPendingCancel;
  if ((flying & detail::OrderSlot::kReplaceFlies) != 0) return OrderState::kPendingReplace;
  return (flying & detail::OrderSlot::kSubmitFlies) != 0 ? OrderState::kSubmitted
                                                         : OrderState::kWorking;
}

}  // namespace

void OrderManager::on_report(const OrderReport& report, Emitter& emitter) {
  if (report.header.ts_recv > now_) now_ = report.header.ts_recv;
  switch (report.kind) {
    case ReportKind::kSnapshotEnd: return on_snapshot_end(report, emitter);
    case ReportKind::kFillFee: return on_fee(report, emitter);
    case ReportKind::kFillBusted:
    case ReportKind::kFillCorrected: return on_adjusted(report, emitter);
    default: break;
  }
  const std::uint32_t at = resolve(report);
  if (at == kNoSlot) return on_foreign(report, emitter);
  // What a snapshot says of an order is no news of it: it can still be missing from the list.
  if (!detail::is_snapshot(report))
    is_old_.clear(at);
  else if (slots_[at].order.updated < asked_at(report))
    is_old_.set(at);
  switch (report.kind) {
    case ReportKind::kAccepted: return on_accepted(at, report, emitter);
    case ReportKind::kRejected: return on_ended(at, report, OrderState::kRejected, emitter);
    case ReportKind::kFilled: return on_fill(at, report, emitter);
    case ReportKind::kReplaced: return on_replaced(at, report, emitter);
    case ReportKind::kReplaceRejected: return on_replace_failed(at, report, emitter);
    case ReportKind::kCanceled: return on_ended(at, report, OrderState::kCanceled, emitter);
    case ReportKind::kCancelRejected: return on_cancel_failed(at, report, emitter);
    case ReportKind::kExpired: return on_ended(at, report, OrderState::kExpired, emitter);
    case ReportKind::kRefused: return on_refused(at, report, emitter);
    case ReportKind::kTriggered: return on_triggered(at, report, emitter);
    case ReportKind::kStatus: return on_status(at, report, emitter);
    case ReportKind::kUnknownOrder:
      return on_not_known(at, report,
                          report.reason == Reason::kMissingAtVenue ? Reason::kMissingAtVenue
                                                                   : Reason::kVenueUnknownOrder,
                          emitter);
    default: return anomaly(slots_[at], report, Reason::kInvalidField, emitter);
  }
}

// By our id; else by the venue's names.
std::uint32_t OrderManager::resolve(const OrderReport& report) const {
  if (!report.order.is_none()) {
    const std::uint32_t at = slots_.find(report.order);
    if (at != kNoSlot && fits(report, slots_[at].order)) return at;
  }
  std::uint32_t at = kNoSlot;
  if (!report.venue_order_id.empty())
    at = names_.find(detail::venue_name_hash(report.account, report.venue_order_id),
                     [&](std::uint32_t slot) {
                       const Order& order = slots_[slot].order;
                       return order.venue_order_id == report.venue_order_id && fits(report, order);
                     });
  if (at == kNoSlot && report.venue_number != 0)
    at = names_.find(detail::number_hash(report.venue, report.venue_number),
                     [&](std::uint32_t slot) {
                       const Order& order = slots_[slot].order;
                       return slots_[slot].venue_number == report.venue_number &&
                              order.venue == report.venue && fits(report, order);
                     });
  // The venue's text of an order that is not ours; ours would have been resolved to its id.
  if (at == kNoSlot && !report.client_id.empty())
    at = names_.find(
        detail::client_name_hash(report.account, report.client_id), [&](std::uint32_t slot) {
          const Order& order = slots_[slot].order;
          return order.is_external() && order.client_id == report.client_id && fits(report, order);
        });
  return at;
}

// ---- facts ----

OrderRecord OrderManager::told(const Slot& slot, RecordKind kind, const OrderReport& report) const {
  OrderRecord record = about(slot, kind);
  record.reason = report.reason;
  record.liquidity = report.liquidity;
  if (!report.venue_order_id.empty()) record.venue_order_id = report.venue_order_id;
  if (report.venue_number != 0) record.venue_number = report.venue_number;
  record.note = FixedText<40>::clipped(report.text.view());
  return record;
}

// Looks the event up, moves the order, emits, and emits the anomaly behind it where there is one.
// `answered`: the commands in flight that the report settles. Terms, filled and reason of the
// record are those after it.
void OrderManager::tell(std::uint32_t at, OrderRecord& record, OrderEvent event,
                        std::uint8_t answered, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Transition next = transition(slot.order.state, event);
  KEEL_ASSERT(next.step != Transition::Step::kRefuse, "a report is never refused");
  const bool stays = next.step == Transition::Step::kStay;
  if (stays && next.anomaly != Reason::kNone && !is_fill(event))
    return anomaly(slot, report, next.anomaly, emitter);
  After after = as_it_is(slot);
  after.flying &= static_cast<std::uint8_t>(~answered);
  const bool settles = event == OrderEvent::kListedOpen && slot.order.state == OrderState::kUnknown;
  if (settles) after.ended = OrderState::kNone;
  if (event == OrderEvent::kEndedShort) {
    after.ended = static_cast<OrderState>(record.limit.low);
    after.claimed = Quantity::from_raw(static_cast<std::int64_t>(record.value.wide()));
  }
  if (event == OrderEvent::kAdjustPart || event == OrderEvent::kAdjustLast)
    after.claimed = claimed_after(slot.claimed, record.filled - slot.order.filled);
  if (event == OrderEvent::kReplaced || event == OrderEvent::kReplacedFull)
    after.reserve = slot.pending_reserve;
  switch (next.step) {
    case Transition::Step::kTo: after.state = next.to; break;
    case Transition::Step::kResume:
      after.state = resting(slot.order.state, after.flying, after.ended);
      break;
    case Transition::Step::kEnded: after.state = slot.ended; break;
    default: break;
  }
  if (after.state != OrderState::kUnknown) after.ended = OrderState::kNone;
  if (after.state == OrderState::kWorking) after.flying = 0;
  if (slot.order.state == OrderState::kUnknown && after.state != OrderState::kUnknown)
    record.header.flags |= OrderRecord::kSettlement;
  move(record, slot, after);
  emitter.emit(record.header);
  if (next.anomaly != Reason::kNone) anomaly(slots_[at], report, next.anomaly, emitter);
}

void OrderManager::anomaly(const Slot& slot, const OrderReport& report, Reason reason,
                           Emitter& emitter, Int128 value, Int128 limit) {
  OrderRecord record = told(slot, RecordKind::kOrderAnomaly, report);
  record.reason = reason;
  record.value = value;
  record.limit = limit;
  record.last_quantity = report.last_quantity;
  record.last_price = report.last_price;
  record.execution = report.execution.empty() ? report.reference : report.execution;
  if (slot.order.id.is_none()) {
    record.header.instrument = report.header.instrument;
    record.header.flags |= OrderRecord::kExternal;
    record.account = report.account;
    record.venue = report.venue;
    record.side = report.side;
    record.client_id = report.client_id;
  }
  emitter.emit(record.header);
}

// The venue says that the order ended with more filled than we have been told of. What is missing
// counts as open until it comes.
void OrderManager::await_fills(std::uint32_t at, const OrderReport& report, OrderState end,
                               Quantity claim, Emitter& emitter) {
  OrderRecord record = told(slots_[at], RecordKind::kOrderUnknown, report);
  record.reason = Reason::kCumulativeDiffers;
  record.value = Int128::from(claim.raw());
  record.limit = Int128::from(static_cast<int>(end));
  tell(at, record, OrderEvent::kEndedShort,
       Slot::kSubmitFlies | Slot::kReplaceFlies | Slot::kCancelFlies, report, emitter);
  anomaly(slots_[at], report, Reason::kCumulativeDiffers, emitter, Int128::from(claim.raw()),
          Int128::from(slots_[at].order.filled.raw()));
}

// The venue's sum of fills beside ours. A status repeats itself; the same difference is told once.
void OrderManager::compare_filled(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  const Quantity claim = report.filled;
  if (!has(report, OrderReport::kHasFilled) || claim == order.filled) return;
  const bool has_ended = is_terminal(order.state) && order.state != OrderState::kFilled;
  if (claim > order.filled &&
      (has_ended || (slot.ended != OrderState::kNone && claim > slot.claimed)))
    return await_fills(at, report, has_ended ? order.state : slot.ended, claim, emitter);
  if (report.kind == ReportKind::kStatus && claim == slot.claimed) return;
  anomaly(slot, report, Reason::kCumulativeDiffers, emitter, Int128::from(claim.raw()),
          Int128::from(order.filled.raw()));
}

// ---- answers to submit and replace ----

// Takes the venue's terms over ours, says so, and moves by `event` (or its twin where nothing is
// left to fill under these terms).
void OrderManager::restate(std::uint32_t at, const OrderReport& report, OrderEvent event,
                           RecordKind kind, Emitter& emitter) {
  OrderRecord record = told(slots_[at], kind, report);
  const auto difference = detail::overlay(record.terms, report);
  if (difference.differs) ++record.revision;
  if (record.filled >= record.terms.quantity) event = OrderEvent::kRestatedFull;
  const bool settles =
      event == OrderEvent::kListedOpen && slots_[at].order.state == OrderState::kUnknown;
  const std::uint8_t answered =
      settles ? Slot::kSubmitFlies | Slot::kReplaceFlies | Slot::kCancelFlies : Slot::kSubmitFlies;
  tell(at, record, event, answered, report, emitter);
  // A venue that links orders by itself changes one as its sibling fills: that was asked for.
  if (difference.differs && report.reason != Reason::kBySibling)
    anomaly(slots_[at], report, Reason::kTermsDiffer, emitter, difference.theirs, difference.ours);
}

void OrderManager::on_accepted(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const bool is_over = is_terminal(slot.order.state);
  if (is_over && slot.marked(Slot::kPresumed)) {
    // It ended because the venue did not know it; now the venue does.
    on_listed_open(at, report, emitter);
  } else if (is_over || slot.order.state == OrderState::kHeld) {
    anomaly(slot, report, transition(slot.order.state, OrderEvent::kAccepted).anomaly, emitter);
  } else if (slot.flies(Slot::kSubmitFlies) ||
             (!report.venue_order_id.empty() &&
              !(report.venue_order_id == slot.order.venue_order_id)) ||
             (report.venue_number != 0 && report.venue_number != slot.venue_number)) {
    if (slot.flies(Slot::kReplaceFlies)) {  // which terms it shows is for the replace's own answer
      OrderRecord record = told(slot, RecordKind::kOrderWorking, report);
      tell(at, record, OrderEvent::kAccepted, Slot::kSubmitFlies, report, emitter);
    } else {
      restate(at, report, OrderEvent::kAccepted, RecordKind::kOrderWorking, emitter);
    }
  } else {
    anomaly(slot, report, Reason::kDuplicateReport, emitter);
  }
  compare_filled(at, report, emitter);
}

void OrderManager::on_replaced(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  const bool is_open = !is_terminal(order.state) && order.state != OrderState::kHeld;
  OrderTerms terms = order.terms;
  const bool is_news = detail::overlay(terms, report).differs;
  if (!is_open) {
    anomaly(
        slot, report,
        is_news ? transition(order.state, OrderEvent::kReplaced).anomaly : Reason::kDuplicateReport,
        emitter);
  } else if (slot.flies(Slot::kReplaceFlies) && report.reason != Reason::kBySibling &&
             detail::shown(order.terms, order.pending_terms, report) != detail::ShownTerms::kOld) {
    OrderRecord record = told(slot, RecordKind::kOrderReplaced, report);
    record.terms = order.pending_terms;
    const auto difference = detail::overlay(record.terms, report);
    ++record.revision;
    record.value = Int128::from(1);
    tell(at, record,
         record.filled >= record.terms.quantity ? OrderEvent::kReplacedFull : OrderEvent::kReplaced,
         Slot::kSubmitFlies | Slot::kReplaceFlies, report, emitter);
    if (difference.differs)
      anomaly(slots_[at], report, Reason::kTermsDiffer, emitter, difference.theirs,
              difference.ours);
  } else if (is_news) {
    restate(at, report, OrderEvent::kRestated, RecordKind::kOrderReplaced, emitter);
  } else {
    anomaly(slot, report, Reason::kDuplicateReport, emitter);
  }
  compare_filled(at, report, emitter);
}

void OrderManager::on_replace_failed(std::uint32_t at, const OrderReport& report,
                                     Emitter& emitter) {
  const Slot& slot = slots_[at];
  if (report.reason == Reason::kVenueUnknownOrder && !is_terminal(slot.order.state))
    return on_not_known(at, report, Reason::kVenueUnknownOrder, emitter);
  if (!slot.flies(Slot::kReplaceFlies))
    return anomaly(slot, report, transition(slot.order.state, OrderEvent::kStray).anomaly, emitter);
  OrderRecord record = told(slot, RecordKind::kOrderReplaceRejected, report);
  const bool is_full = record.filled >= record.terms.quantity;
  tell(at, record, is_full ? OrderEvent::kReplaceFailedFull : OrderEvent::kReplaceFailed,
       Slot::kReplaceFlies, report, emitter);
  compare_filled(at, report, emitter);
}

void OrderManager::on_cancel_failed(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  if (report.reason == Reason::kVenueUnknownOrder && !is_terminal(slot.order.state))
    return on_not_known(at, report, Reason::kVenueUnknownOrder, emitter);
  if (!slot.flies(Slot::kCancelFlies))
    return anomaly(slot, report, transition(slot.order.state, OrderEvent::kStray).anomaly, emitter);
  OrderRecord record = told(slot, RecordKind::kOrderCancelRejected, report);
  tell(at, record, OrderEvent::kCancelFailed, Slot::kCancelFlies, report, emitter);
  compare_filled(at, report, emitter);
}

// Known not to have been sent: the latest command that is in flight is undone.
void OrderManager::on_refused(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  if (slot.flies(Slot::kCancelFlies)) {
    OrderRecord record = told(slot, RecordKind::kOrderCancelRejected, report);
    return tell(at, record, OrderEvent::kCancelFailed, Slot::kCancelFlies, report, emitter);
  }
  if (slot.flies(Slot::kReplaceFlies)) {
    OrderRecord record = told(slot, RecordKind::kOrderReplaceRejected, report);
    const bool is_full = record.filled >= record.terms.quantity;
    return tell(at, record, is_full ? OrderEvent::kReplaceFailedFull : OrderEvent::kReplaceFailed,
                Slot::kReplaceFlies, report, emitter);
  }
  if (!slot.flies(Slot::kSubmitFlies))
    return anomaly(slot, report, transition(slot.order.state, OrderEvent::kStray).anomaly, emitter);
  OrderRecord record = told(slot, RecordKind::kOrderRejected, report);
  tell(at, record, OrderEvent::kRefused, Slot::kSubmitFlies, report, emitter);
}

void OrderManager::on_triggered(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  OrderRecord record = told(slot, RecordKind::kOrderTriggered, report);
  tell(at, record, slot.marked(Slot::kTriggered) ? OrderEvent::kDuplicate : OrderEvent::kTriggered,
       Slot::kSubmitFlies, report, emitter);
  compare_filled(at, report, emitter);
}

// ---- the end ----

void OrderManager::on_ended(std::uint32_t at, const OrderReport& report, OrderState end,
                            Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  const bool is_status = report.kind == ReportKind::kStatus;
  const bool waits = slot.ended != OrderState::kNone;
  Quantity claim = waits ? slot.claimed : order.filled;
  if (end == OrderState::kFilled) claim = order.terms.quantity;
  if (has(report, OrderReport::kHasFilled)) claim = report.filled;

  if (claim > order.filled && order.state != OrderState::kFilled) {
    // It ended with fills that we have not been told of: what is missing counts until they come.
    if (waits && slot.claimed == claim) {
      if (!is_status) anomaly(slot, report, Reason::kDuplicateReport, emitter);
      return;
    }
    return await_fills(at, report, end, claim, emitter);
  }
  if (is_terminal(order.state) && is_status) return compare_filled(at, report, emitter);

  if (end == OrderState::kFilled && order.filled.is_zero())
    return anomaly(slot, report, Reason::kInvalidField, emitter);

  OrderRecord record = told(slot, RecordKind::kOrderCanceled, report);
  OrderEvent event = OrderEvent::kCanceled;
  if (end ==
      OrderState::kFilled) {  // filled, and we have it all: the venue wants no more than that
    record.header.kind = RecordKind::kOrderReplaced;
    record.terms.quantity = order.filled;
    event = OrderEvent::kRestatedFull;
  } else if (end == OrderState::kCanceled) {
    if (slot.flies(Slot::kCancelFlies)) record.reason = slot.cancel_reason;
    if (record.reason == Reason::kNone) record.reason = Reason::kByVenue;
  } else if (end == OrderState::kRejected) {
    record.header.kind = RecordKind::kOrderRejected;
    if (record.reason == Reason::kNone) record.reason = Reason::kVenueRejected;
    event = OrderEvent::kRejected;
  } else {
    record.header.kind = RecordKind::kOrderExpired;
    event = OrderEvent::kExpired;
  }
  tell(at, record, event, Slot::kSubmitFlies | Slot::kReplaceFlies | Slot::kCancelFlies, report,
       emitter);
  compare_filled(at, report, emitter);
}

}  // namespace keel
