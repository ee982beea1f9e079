// The venue's view as a whole: what it lists, what it does not, and orders that are not ours.
#include <keel/orders/order_manager.hpp>
#include <keel/orders/reconcile.hpp>

#include "orders/report_terms.hpp"

namespace keel {

using detail::has;
using detail::is_snapshot;
using detail::kNoSlot;
using detail::ShownTerms;

void OrderManager::on_status(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  switch (report.status) {
    case OrderState::kSubmitted:
    case OrderState::kWorking:
    case OrderState::kPendingReplace:
    case OrderState::kPendingCancel:
      on_listed_open(at, report, emitter);
      compare_filled(at, report, emitter);
      break;
    case OrderState::kFilled:
    case OrderState::kCanceled:
    case OrderState::kRejected:
    case OrderState::kExpired: on_ended(at, report, report.status, emitter); break;
    default: return anomaly(slots_[at], report, Reason::kInvalidField, emitter);
  }
  if (is_snapshot(report) && slots_.is_open(at)) is_listed_.set(at);
}

void OrderManager::on_listed_open(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  if (is_terminal(order.state)) {
    // Only the list of what is open, or news of an order that was given up for want of news, is
    // evidence enough to count it again.
    if (!is_snapshot(report) && !slot.marked(Slot::kPresumed))
      return anomaly(slot, report, Reason::kReportOutOfOrder, emitter);
    OrderRecord record = told(slot, RecordKind::kOrderUnknown, report);
    record.reason = Reason::kReportOutOfOrder;
    return tell(at, record, OrderEvent::kListedOpen, 0, report, emitter);
  }
  if (order.state == OrderState::kHeld) {
    OrderRecord record = told(slot, RecordKind::kOrderUnknown, report);
    record.reason = Reason::kReportOutOfOrder;
    return tell(at, record, OrderEvent::kListedOpen, 0, report, emitter);
  }
  ShownTerms terms = ShownTerms::kOld;
  if (slot.flies(Slot::kReplaceFlies)) {
    terms = detail::shown(order.terms, order.pending_terms, report);
    if (terms == ShownTerms::kNew) {
      on_replaced(at, report, emitter);
      if (order.state != OrderState::kUnknown) return;
      terms = ShownTerms::kOld;  // a cancel is unanswered too; that it is listed settles both
    }
    // Which terms stand is what is not known.
    if (terms == ShownTerms::kEither && order.state == OrderState::kUnknown) return;
  }
  OrderTerms listed = order.terms;
  const bool is_news = terms != ShownTerms::kEither && detail::overlay(listed, report).differs;
  if (is_news)
    return restate(at, report, OrderEvent::kListedOpen, RecordKind::kOrderReplaced, emitter);
  const bool is_named =
      report.venue_order_id.empty() || report.venue_order_id == order.venue_order_id;
  if (order.state == OrderState::kUnknown || slot.flies(Slot::kSubmitFlies) || !is_named) {
    OrderRecord record = told(slot, RecordKind::kOrderWorking, report);
    tell(at, record, OrderEvent::kListedOpen,
         order.state == OrderState::kUnknown
             ? Slot::kSubmitFlies | Slot::kReplaceFlies | Slot::kCancelFlies
             : Slot::kSubmitFlies,
         report, emitter);
  }
}

// The venue does not know the order: it is not working there. Whether it ever was decides how it
// ended; fills that the venue has told of and we have not seen keep it Unknown.
void OrderManager::on_not_known(std::uint32_t at, const OrderReport& report, Reason why,
                                Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  if (is_terminal(order.state)) return;
  Quantity claim = slot.claimed;
  if (has(report, OrderReport::kHasFilled) && report.filled > claim) claim = report.filled;
  const std::uint8_t all = Slot::kSubmitFlies | Slot::kReplaceFlies | Slot::kCancelFlies;

  if (order.state != OrderState::kHeld && claim > order.filled) {
    if (slot.ended != OrderState::kNone) {
      if (!slot.flies(Slot::kCancelFlies)) return;
      OrderRecord record = told(slot, RecordKind::kOrderCancelRejected, report);
      return tell(at, record, OrderEvent::kCancelFailed, Slot::kCancelFlies, report, emitter);
    }
    await_fills(at, report, OrderState::kCanceled, claim, emitter);
    return anomaly(slots_[at], report, Reason::kMissingAtVenue, emitter);
  }
  const bool is_seen = order.is_seen();
  RecordKind kind = is_seen ? RecordKind::kOrderCanceled : RecordKind::kOrderRejected;
  if (!is_seen && order.state == OrderState::kSubmitted) kind = RecordKind::kOrderUnknown;
  OrderRecord record = told(slot, kind, report);
  record.reason = why;
  tell(at, record, is_seen ? OrderEvent::kNotKnownSeen : OrderEvent::kNotKnownUnseen,
       order.state == OrderState::kSubmitted ? 0 : all, report, emitter);
}

void OrderManager::on_snapshot_end(const OrderReport& report, Emitter& emitter) {
  for (std::size_t i = 0; i < config_.number_venues.size(); ++i)
    if (config_.number_venues[i] == report.venue && report.venue_number > number_floors_[i])
      number_floors_[i] = report.venue_number;
  const Timestamp asked = asked_at(report);
  for (Listing& listing : listings_) {
    if (!(listing.account == report.account) || !(listing.venue == report.venue)) continue;
    listing = listings_.back();
    listings_.pop_back();
    break;
  }
  slots_.for_each_open([&](std::uint32_t at) {
    const Order& order = slots_[at].order;
    if (!(order.account == report.account) ||
        (report.venue.value != 0 && !(order.venue == report.venue)))
      return;
    const bool is_listed = is_listed_.test(at);
    const Timestamp heard = is_old_.test(at) ? Timestamp{0} : order.updated;
    is_listed_.clear(at);
    is_old_.clear(at);
    if (!is_listed && absence_counts(order, heard, asked))
      on_not_known(at, report, Reason::kMissingAtVenue, emitter);
  });
}

// When the list that a report belongs to was asked for.
Timestamp OrderManager::asked_at(const OrderReport& report) const {
  for (const Listing& listing : listings_)
    if (listing.account == report.account && listing.venue == report.venue) return listing.asked_at;
  return report.header.ts_event;
}

// ---- orders that are not ours ----

void OrderManager::on_foreign(const OrderReport& report, Emitter& emitter) {
  if (report.kind == ReportKind::kFilled) return on_foreign_fill(report, emitter);
  const bool is_status = report.kind == ReportKind::kStatus;
  bool is_open = report.kind == ReportKind::kAccepted || report.kind == ReportKind::kTriggered ||
                 report.kind == ReportKind::kReplaced;
  if (is_status)
    is_open = !is_terminal(report.status) && report.status != OrderState::kNone &&
              report.status != OrderState::kHeld && report.status != OrderState::kUnknown;
  const Quantity filled = has(report, OrderReport::kHasFilled) ? report.filled : Quantity::zero();
  const bool is_whole = has(report, OrderReport::kHasSide | OrderReport::kHasQuantity) &&
                        report.quantity > filled && can_create() == Reason::kNone;
  if (is_open && is_whole) {
    const std::uint32_t at = adopt(report, emitter);
    if (at != kNoSlot) {
      if (is_status && is_snapshot(report)) is_listed_.set(at);
      return;
    }
  }
  // That the venue does not know it, or has ended it, is no news of an order that we do not have.
  if (report.kind == ReportKind::kUnknownOrder || (is_status && is_terminal(report.status))) return;
  anomaly(detail::OrderSlots::blank(), report,
          transition(OrderState::kNone, OrderEvent::kStray).anomaly, emitter);
}

// An order under a new id of ours, marked external. kNoSlot: what the report says is not enough.
std::uint32_t OrderManager::adopt(const OrderReport& report, Emitter& emitter) {
  const OrderId id = next_id();
  const Instrument* instrument = registry_->find(report.header.instrument);
  if (id.is_none() || instrument == nullptr || report.account.value == 0 ||
      (report.side != Side::kBuy && report.side != Side::kSell))
    return kNoSlot;
  const bool is_fill = report.kind == ReportKind::kFilled;
  const Quantity last = is_fill ? report.last_quantity : Quantity::zero();
  Quantity prior = Quantity::zero();
  if (has(report, OrderReport::kHasFilled) && report.filled > last) prior = report.filled - last;
  const auto least = checked_add(prior, last);
  if (!least) return kNoSlot;

  OrderRecord record = told(detail::OrderSlots::blank(), RecordKind::kOrderAdopted, report);
  record.header.instrument = report.header.instrument;
  record.header.flags |= OrderRecord::kExternal;
  record.order = id;
  record.account = report.account;
  record.venue = report.venue.value == 0 ? instrument->venue : report.venue;
  record.side = report.side;
  record.client_id = report.client_id;
  record.reason = transition(OrderState::kNone, OrderEvent::kStray).anomaly;
  record.terms.quantity = *least;
  if (has(report, OrderReport::kHasQuantity) && report.quantity > *least)
    record.terms.quantity = report.quantity;
  record.terms.type = OrderType::kMarket;
  record.reserve_after = report.last_price;
  if (has(report, OrderReport::kHasTrigger)) {
    record.terms.type = OrderType::kStop;
    record.terms.trigger_price = record.reserve_after = report.trigger_price;
    record.terms.flags |= OrderTerms::kHasTrigger;
  }
  if (has(report, OrderReport::kHasPrice)) {
    record.terms.type = record.terms.trigger() ? OrderType::kStopLimit : OrderType::kLimit;
    record.terms.limit_price = record.reserve_after = report.price;
    record.terms.flags |= OrderTerms::kHasLimit;
  }
  if (report.order_type >= OrderType::kMarket && report.order_type <= OrderType::kPegged)
    record.terms.type = report.order_type;
  record.terms.time_in_force = TimeInForce::kGtc;
  if (report.time_in_force >= TimeInForce::kGtc && report.time_in_force <= TimeInForce::kAtClose)
    record.terms.time_in_force = report.time_in_force;
  record.filled = prior;
  record.value = Int128::from(prior.raw());
  record.state_after = transition(OrderState::kNone, OrderEvent::kAdopt).to;
  record.open_after = record.terms.quantity - prior;
  emitter.emit(record.header);
  return slots_.find(id);
}

}  // namespace keel
