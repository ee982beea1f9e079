// Fills, and what becomes of them later: fees, busts, corrections.
#include <keel/orders/order_manager.hpp>

#include "orders/report_terms.hpp"

namespace keel {

using detail::Execution;
using detail::has;
using detail::is_snapshot;
using detail::kNoSlot;

namespace {

void copy_fill(OrderRecord& record, const OrderReport& report) {
  record.last_quantity = report.last_quantity;
  record.last_price = report.last_price;
  record.liquidity = report.liquidity;
  record.execution = report.execution;
  if (!has(report, OrderReport::kHasFee)) return;
  record.fee = report.fee;
  record.fee_currency = report.fee_currency;
}

Int128 minus(Int128 a, Int128 b) { return Int128::from(a.wide() - b.wide()); }

// Far from where a sum of two could wrap.
bool is_sound_fee(const OrderReport& report) {
  const detail::i128 limit = static_cast<detail::i128>(1) << 120;
  return !has(report, OrderReport::kHasFee) ||
         (!report.fee_currency.empty() && report.fee.wide() < limit && report.fee.wide() > -limit);
}

}  // namespace

void OrderManager::on_fill(std::uint32_t at, const OrderReport& report, Emitter& emitter) {
  const Slot& slot = slots_[at];
  const Order& order = slot.order;
  const Quantity quantity = report.last_quantity;
  const bool has_sum = has(report, OrderReport::kHasFilled);
  if (!quantity.is_positive()) return anomaly(slot, report, Reason::kQuantityNotPositive, emitter);
  // Without a name of its own a fill is told from its double by the venue's sum, if there is one.
  const bool is_double = report.execution.empty()
                             ? has_sum && report.filled <= order.filled
                             : executions_.find(order.account, order.side, order.instrument,
                                                report.execution) != nullptr;
  if (is_double) {
    // The executions of a snapshot overlap with what is known: that is how it is asked for.
    if (!is_snapshot(report)) anomaly(slot, report, Reason::kDuplicateExecution, emitter);
    return;
  }
  const auto sum = checked_add(order.filled, quantity);
  if (!sum || !is_sound_fee(report)) return anomaly(slot, report, Reason::kOverflow, emitter);

  // A part of what was filled before we knew the order is not filled once more.
  Quantity known = Quantity::zero();
  if (slot.prior.is_positive()) {
    if (has_sum)
      known = *sum > report.filled ? *sum - report.filled : known;
    else if (is_snapshot(report))
      known = quantity;
    if (known > quantity) known = quantity;
    if (known > slot.prior) known = slot.prior;
  }
  OrderRecord record = told(slot, RecordKind::kOrderFilled, report);
  copy_fill(record, report);
  record.filled = *sum - known;
  const Quantity total = slot.wanted_at_most();
  OrderEvent event = OrderEvent::kFillPart;
  if (record.filled >= total)
    event = OrderEvent::kFillLast;
  else if (slot.ended != OrderState::kNone && record.filled >= slot.claimed &&
           !(has_sum && report.filled > record.filled))
    event = OrderEvent::kFillAwaited;
  const Quantity filled = record.filled;
  tell(at, record, event, Slot::kSubmitFlies, report, emitter);
  if (filled > total)
    anomaly(slots_[at], report, Reason::kOverfill, emitter, Int128::from(filled.raw()),
            Int128::from(total.raw()));
  compare_filled(at, report, emitter);
}

void OrderManager::on_foreign_fill(const OrderReport& report, Emitter& emitter) {
  const Slot nobody = detail::OrderSlots::blank();
  const Reason why = transition(OrderState::kNone, OrderEvent::kFillPart).anomaly;
  if (!report.execution.empty() &&
      executions_.find(report.account, report.side, report.header.instrument, report.execution) !=
          nullptr) {
    if (!is_snapshot(report)) anomaly(nobody, report, Reason::kDuplicateExecution, emitter);
    return;
  }
  const bool is_whole = has(report, OrderReport::kHasSide) && report.account.value != 0 &&
                        (report.side == Side::kBuy || report.side == Side::kSell) &&
                        report.last_quantity.is_positive() &&
                        registry_->find(report.header.instrument) != nullptr;
  if (!is_whole || !is_sound_fee(report)) return anomaly(nobody, report, why, emitter);
  if (can_create() == Reason::kNone) {
    if (const std::uint32_t at = adopt(report, emitter); at != kNoSlot) {
      on_fill(at, report, emitter);
      if (is_snapshot(report)) is_old_.set(at);
      return anomaly(slots_[at], report, why, emitter);
    }
  }
  // No slot for it: it is booked all the same.
  OrderRecord record = told(nobody, RecordKind::kOrderFilled, report);
  copy_fill(record, report);
  record.header.instrument = report.header.instrument;
  record.header.flags |= OrderRecord::kExternal;
  record.account = report.account;
  record.venue = report.venue;
  record.side = report.side;
  record.client_id = report.client_id;
  emitter.emit(record.header);
  anomaly(nobody, report, why, emitter);
}

// ---- by reference to a fill ----

// The fill that a report names. Where it does not say the side or the instrument, the only one of
// that name.
const Execution* OrderManager::execution_of(const OrderReport& report) const {
  const ExecutionId& id = report.reference.empty() ? report.execution : report.reference;
  if (id.empty()) return nullptr;
  AccountId account = report.account;
  InstrumentId instrument = report.header.instrument;
  if (const Order* order = find(report.order)) {
    account = order->account;
    if (instrument.value == 0) instrument = order->instrument;
  }
  if (has(report, OrderReport::kHasSide))
    return executions_.find(account, report.side, instrument, id);
  const Execution* bought = executions_.find(account, Side::kBuy, instrument, id);
  const Execution* sold = executions_.find(account, Side::kSell, instrument, id);
  if (bought != nullptr && sold != nullptr) return nullptr;
  return bought != nullptr ? bought : sold;
}

OrderRecord OrderManager::about_execution(const Execution& fill, RecordKind kind) const {
  const std::uint32_t at = slots_.find(fill.order);
  OrderRecord record = about(at == kNoSlot ? detail::OrderSlots::blank() : slots_[at], kind);
  record.header.instrument = fill.instrument;
  record.order = fill.order;
  record.account = fill.account;
  record.strategy = fill.strategy;
  record.venue = fill.venue;
  record.side = fill.side;
  record.last_quantity = fill.quantity;
  record.last_price = fill.price;
  record.execution = fill.id;
  return record;
}

void OrderManager::on_fee(const OrderReport& report, Emitter& emitter) {
  const Execution* found = execution_of(report);
  const std::uint32_t at = found == nullptr ? resolve(report) : slots_.find(found->order);
  const Slot& slot = at == kNoSlot ? detail::OrderSlots::blank() : slots_[at];
  if (!has(report, OrderReport::kHasFee) || !is_sound_fee(report))
    return anomaly(slot, report, Reason::kInvalidField, emitter);
  if (found == nullptr)
    return anomaly(slot, report, Reason::kUnknownExecution, emitter, report.fee);
  if (found->is_busted())
    return anomaly(slot, report, Reason::kReportOutOfOrder, emitter, report.fee);
  // A report states all of a fill's fee; the fact is what that adds to what was booked.
  const Execution fill = *found;
  const bool is_same = fill.fee_currency == report.fee_currency;
  if (is_same && fill.fee == report.fee)
    return anomaly(slot, report, Reason::kDuplicateReport, emitter, report.fee);
  OrderRecord record = about_execution(fill, RecordKind::kFillFee);
  if (!is_same && !(fill.fee == Int128{})) {
    OrderRecord back = record;
    back.fee = minus({}, fill.fee);
    back.fee_currency = fill.fee_currency;
    emitter.emit(back.header);
  }
  record.fee = is_same ? minus(report.fee, fill.fee) : report.fee;
  record.fee_currency = report.fee_currency;
  emitter.emit(record.header);
}

void OrderManager::on_adjusted(const OrderReport& report, Emitter& emitter) {
  const Execution* found = execution_of(report);
  const std::uint32_t at = found == nullptr ? resolve(report) : slots_.find(found->order);
  const Slot& slot = at == kNoSlot ? detail::OrderSlots::blank() : slots_[at];
  if (found == nullptr) return anomaly(slot, report, Reason::kUnknownExecution, emitter);
  if (found->is_busted()) return anomaly(slot, report, Reason::kDuplicateReport, emitter);
  const Execution fill = *found;
  if (report.kind == ReportKind::kFillBusted) {
    OrderRecord record = about_execution(fill, RecordKind::kFillBusted);
    record.fee = fill.fee;
    record.fee_currency = fill.fee_currency;
    return emit_adjusted(fill, record, report, -fill.quantity, emitter);
  }
  if (!report.last_quantity.is_positive() || !is_sound_fee(report))
    return anomaly(slot, report, Reason::kQuantityNotPositive, emitter);
  OrderRecord record = about_execution(fill, RecordKind::kFillCorrected);
  record.last_quantity = report.last_quantity;
  record.last_price = report.last_price;
  record.value = Int128::from(fill.price.raw());
  record.limit = Int128::from(fill.quantity.raw());
  record.note = report.execution;
  bool is_news = !(fill.quantity == report.last_quantity && fill.price == report.last_price);
  if (has(report, OrderReport::kHasFee)) {
    if (!fill.fee_currency.empty() && !(fill.fee_currency == report.fee_currency))
      return anomaly(slot, report, Reason::kInvalidField, emitter, report.fee);
    record.fee = minus(report.fee, fill.fee);
    record.fee_currency = report.fee_currency;
    is_news = is_news || !(record.fee == Int128{});
  }
  if (!is_news) return anomaly(slot, report, Reason::kDuplicateReport, emitter);
  emit_adjusted(fill, record, report, report.last_quantity - fill.quantity, emitter);
}

// `change` of what is filled; where the order is gone, the fact stands alone.
void OrderManager::emit_adjusted(const Execution& fill, OrderRecord& record,
                                 const OrderReport& report, Quantity change, Emitter& emitter) {
  const std::uint32_t at = slots_.find(fill.order);
  if (at == kNoSlot) return emitter.emit(record.header);
  const Slot& slot = slots_[at];
  const auto filled = checked_add(slot.order.filled, change);
  if (!filled) return anomaly(slot, report, Reason::kOverflow, emitter);
  record.filled = *filled;
  const bool is_last = *filled >= slot.wanted_at_most();
  tell(at, record, is_last ? OrderEvent::kAdjustLast : OrderEvent::kAdjustPart, 0, report, emitter);
}

}  // namespace keel
