// The planted bugs. Each is put in where a real one would sit: in what a venue says, in what is
// recorded, in the state of a component, in what is left of a journal.
#include <cstring>
#include <filesystem>

#include "run.hpp"

namespace keel::runs {

namespace {

constexpr PlantedBug kBugs[] = {
    {Plant::kFillForgotten, Promise::kPosition, "the portfolio loses a fill"},
    {Plant::kBookedTwice, Promise::kExecutions, "an execution is booked twice"},
    {Plant::kCashForgotten, Promise::kLedger, "the ledger is not told of a payment"},
    {Plant::kCostDrifts, Promise::kPortfolio, "a position's cost is off by the last digit"},
    {Plant::kOpenDrifts, Promise::kOpen, "an order counts for more than it is"},
    {Plant::kStateDrifts, Promise::kOrders, "an order changes its state by itself"},
    {Plant::kFilledDrifts, Promise::kCumulative, "an order is filled without an execution"},
    {Plant::kEarlyCommand, Promise::kWire, "a command leaves before the sync"},
    {Plant::kInventedCommand, Promise::kWire, "a command leaves that nobody has recorded"},
    {Plant::kIdReused, Promise::kIds, "an id is given twice"},
    {Plant::kLimitLoosened, Promise::kRisk, "the position limit is not the one asked for"},
    {Plant::kOrderLimitLoosened, Promise::kRisk, "the order limit is not the one asked for"},
    {Plant::kJournalCut, Promise::kNothingLost, "a journal is cut before its watermark"},
    {Plant::kStateNotJournaled, Promise::kRecovery, "state moves without a record"},
    {Plant::kUndetermined, Promise::kVerify, "a strategy draws without a seed"},
    {Plant::kFillLost, Promise::kVenueFills, "a fill is lost between venue and engine"},
    {Plant::kFillDoubled, Promise::kVenueFills, "a fill comes under another name"},
    {Plant::kFillShrunk, Promise::kVenueFills, "a fill is booked too small"},
    {Plant::kDeaf, Promise::kHealed, "how cancels and snapshots end is not heard"},
    {Plant::kCallbackThrows, Promise::kAlive, "a callback throws"},
};

}  // namespace

std::span<const PlantedBug> planted_bugs() { return kBugs; }

// The engine is told other limits than the auditor holds it to.
void Run::plant_in_plan() {
  const Quantity more = Quantity::whole(1'000);
  if (options_.plant == Plant::kLimitLoosened) plan_.engine.limits.max_position = more;
  if (options_.plant == Plant::kOrderLimitLoosened) plan_.engine.limits.max_order_quantity = more;
}

void Run::plant_in_input(RecordHeader& input) {
  if (input.kind != RecordKind::kOrderReport || inputs_ < 20) return;
  auto& report = reinterpret_cast<OrderReport&>(input);
  const bool settles = report.kind == ReportKind::kSnapshotEnd ||
                       report.kind == ReportKind::kStatus || report.kind == ReportKind::kCanceled ||
                       report.kind == ReportKind::kCancelRejected;
  if (options_.plant == Plant::kDeaf && settles) {
    report.kind = ReportKind::kFillFee;
    return;
  }
  if (report.kind != ReportKind::kFilled) return;
  if (options_.plant == Plant::kFillLost && !planted_) {
    planted_ = true;
    report.kind = ReportKind::kAccepted;
    report.present = static_cast<std::uint16_t>(report.present & ~OrderReport::kHasFilled);
  } else if (options_.plant == Plant::kFillShrunk && !planted_ && report.last_quantity > 1_qty) {
    planted_ = true;
    report.last_quantity = report.last_quantity - 1_qty;
  } else if (options_.plant == Plant::kFillDoubled || options_.plant == Plant::kBookedTwice) {
    if (planted_) return;
    // The next fill of the same side and instrument goes by this one's name, with a mark.
    if (!earlier_execution_.empty()) {
      planted_ = true;
      if (options_.plant == Plant::kFillDoubled)
        report.execution = ExecutionId::clipped(earlier_execution_.str() + "'");
    } else {
      earlier_execution_ = report.execution;
    }
  }
}

void Run::plant_in_transaction(std::vector<std::byte>& records) {
  for (std::size_t at = 0; at < records.size();) {
    auto& header = *reinterpret_cast<RecordHeader*>(records.data() + at);
    at += header.size;
    if (!is_order_record(header.kind)) continue;
    auto& record = reinterpret_cast<OrderRecord&>(header);
    const bool begins = record.state_before == OrderState::kNone && !record.order.is_none();
    if (options_.plant == Plant::kIdReused && begins && header.kind == RecordKind::kSubmit) {
      if (!earlier_id_.is_none() && !planted_) {
        record.order = earlier_id_;
        planted_ = true;
      }
      earlier_id_ = record.order;
    }
    if (options_.plant == Plant::kBookedTwice && header.kind == RecordKind::kOrderFilled &&
        planted_ && !earlier_execution_.empty()) {
      record.execution = earlier_execution_;
      earlier_execution_ = {};
    }
  }
}

void Run::plant_in_state() {
  if (inputs_ < 30) return;
  Order* order = nullptr;
  engine_->orders().for_each_open([&](const Order& open) {
    if (open.state == OrderState::kWorking) order = const_cast<Order*>(&open);
  });
  switch (options_.plant) {
    case Plant::kOpenDrifts:
      if (order != nullptr) order->open_worst += 1_qty;
      break;
    case Plant::kFilledDrifts:
      if (order != nullptr) order->filled += Quantity::from_raw(1);
      break;
    case Plant::kStateDrifts:
      if (order != nullptr && !planted_) order->state = OrderState::kPendingReplace;
      planted_ = planted_ || order != nullptr;
      break;
    case Plant::kFillForgotten:
    case Plant::kCostDrifts:
      for (const Account& account : directory_.accounts())
        engine_->portfolio().for_each_position(account.id, [&](const Position& position) {
          auto& own = const_cast<Position&>(position);
          if (position.is_flat() || planted_) return;
          planted_ = true;
          if (options_.plant == Plant::kFillForgotten)
            own.quantity -= Quantity::from_raw(1);
          else
            own.cost = own.cost + Money{Int128::from(1), own.cost.currency()};
        });
      break;
    case Plant::kStateNotJournaled: {
      AccountFact cash = make_record<AccountFact>(RecordKind::kCashChanged);
      cash.header.flags = AccountFact::kHasAmount;
      cash.account = AccountId{1};
      cash.kind = ChangeKind::kTransfer;
      cash.amount = Money::whole(1, "USD").raw();
      cash.currency = "USD";
      const_cast<Portfolio&>(engine_->portfolio()).fold(cash.header);
      break;
    }
    case Plant::kInventedCommand:
    case Plant::kEarlyCommand: {
      if (planted_ || order == nullptr) break;
      Command command = make_record<Command>(RecordKind::kCancel);
      command.header.seq = engine_->seq();
      command.order = order->id;
      command.venue = order->venue;
      if (options_.plant == Plant::kEarlyCommand) {
        // What was committed with this input leaves now, synced or not.
        if (engine_->journal().durable_seq() >= engine_->seq()) break;
        bool any = false;
        for (const RecordHeader& record : engine_->journal().transaction()) {
          if (!is_command(record.kind)) continue;
          command = record_as<Command>(record);
          any = true;
        }
        if (!any) break;
      }
      planted_ = true;
      const auto* at = reinterpret_cast<const std::byte*>(&command);
      const Unchecked unchecked{"planted"};
      taps_[command.venue.value - 1u]->send(
          CommandBatch{unchecked, at, at + sizeof command, command.venue});
      break;
    }
    case Plant::kCashForgotten: auditor_.skip_record(RecordKind::kCashChanged); break;
    default: break;
  }
}

void Run::plant_at_crash() {
  if (options_.plant != Plant::kJournalCut) return;
  trace(lose_power(journal_, must_keep_ > 40 ? must_keep_ - 40 : 0, random_));
}

}  // namespace keel::runs
