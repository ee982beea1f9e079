#include "auditor.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include <keel/model/describe.hpp>

namespace keel::runs {

const char* to_text(Promise promise) {
  static constexpr const char* kNames[kPromiseCount] = {
      "position",   "executions",  "ledger", "portfolio", "open",         "orders",
      "cumulative", "wire",        "ids",    "risk",      "nothing_lost", "recovery",
      "verify",     "venue_fills", "healed", "alive",     "same_twice"};
  return kNames[static_cast<std::size_t>(promise)];
}

Auditor::Auditor(const Plan& plan, const FaultyFiles& files, const InstrumentRegistry& registry,
                 const Directory& directory)
    : plan_(plan),
      files_(files),
      registry_(registry),
      directory_(directory),
      books_(std::make_unique<Books>(registry, directory)) {
  naive_.instruments = static_cast<std::uint32_t>(plan.instruments.size());
}

void Auditor::breaks(Promise promise, std::string what) {
  if (broken_ || (only_ && *only_ != promise)) return;
  broken_ = Broken{promise, std::move(what)};
}

void Auditor::attach(Engine& engine, std::uint64_t must_keep) {
  engine_ = &engine;
  fresh_ = true;
  must_keep_ = must_keep;
}

void Auditor::before_input(const RecordHeader& input) {
  next_id_ =
      engine_->orders().can_create() == Reason::kNone ? engine_->orders().next_id() : OrderId{};
  told_ = input.kind == RecordKind::kOrderReport;
}

void Auditor::on_transaction(std::span<const std::byte> records) {
  if (fresh_) {
    fresh_ = false;
    roll_back(engine_->recovered_seq());
  }
  ++counts_.transactions;
  const RecordRange range{records.data(), records.data() + records.size()};
  Kept kept{range.front().seq, 0, {records.begin(), records.end()}};
  const RecordHeader& input = range.front();
  if (input.kind == RecordKind::kOrderReport && !told_) {
    // One that the engine takes by itself: fed again after a crash, or of what it did not send.
    next_id_ = OrderId{};
    for (const RecordHeader& record : range)
      if (record.kind == RecordKind::kOrderAdopted) next_id_ = record_as<OrderRecord>(record).order;
  }
  told_ = false;
  if (is_input(input.kind)) naive_input(input);
  for (const RecordHeader& record : range) {
    kept.last_seq = record.seq;
    take(record);
    if (is_order_record(record.kind)) check_record(record_as<OrderRecord>(record));
    if (record.kind == RecordKind::kRestarted) check_restart(record_as<RunInput>(record));
  }
  syncs_at_[kept.last_seq] = files_.syncs();
  log_.push_back(std::move(kept));
}

// What is looked at once, as it happens, and not again after a rollback.
void Auditor::check_record(const OrderRecord& record) {
  const RecordKind kind = record.header.kind;
  const bool begins = kind == RecordKind::kSubmit || kind == RecordKind::kOrderHeld ||
                      kind == RecordKind::kOrderDenied || kind == RecordKind::kOrderAdopted;
  if (begins && record.state_before == OrderState::kNone && !record.order.is_none() &&
      !ids_.insert(record.order.value).second)
    breaks(Promise::kIds, "used before: " + describe(record.header));
  counts_.commands += is_command(kind) ? 1u : 0u;
  counts_.anomalies += kind == RecordKind::kOrderAnomaly ? 1u : 0u;
  counts_.denials += kind == RecordKind::kOrderDenied ? 1u : 0u;
  counts_.fills += kind == RecordKind::kOrderFilled ? 1u : 0u;
  if (kind == RecordKind::kSubmit && record.strategy.value != 0 &&
      record.terms.quantity > plan_.max_order)
    breaks(Promise::kRisk, "an order above the limit: " + describe(record.header));
  naive_record(record);
}

void Auditor::check_restart(const RunInput& input) {
  ++counts_.recoveries;
  const std::uint64_t seq = input.recovered_seq;
  if (seq < must_keep_)
    breaks(Promise::kNothingLost,
           fmt::format("recovered up to {}, durable was {}", seq, must_keep_));
  if (seq < wire_seq_)
    breaks(Promise::kNothingLost,
           fmt::format("recovered up to {}, command {} had left", seq, wire_seq_));
  const auto rolling = rolling_hashes_.find(seq);
  if (rolling != rolling_hashes_.end() && rolling->second != input.rolling_hash)
    breaks(Promise::kRecovery, fmt::format("rolling hash at seq {} differs", seq));
  const auto state = state_hashes_.find(seq);
  if (state == state_hashes_.end()) return;
  ++counts_.hash_checks;
  if (state->second != input.state_hash)
    breaks(Promise::kRecovery, fmt::format("state at seq {} is not what it was live", seq));
}

// The engine that begins now knows what was written up to here, and nothing else.
void Auditor::roll_back(std::uint64_t seq) {
  syncs_at_.clear();
  const bool lost = !log_.empty() && log_.back().last_seq > seq;
  if (lost) {
    ++counts_.rollbacks;
    naive_alive_ = false;
    std::erase_if(log_, [seq](const Kept& kept) { return kept.last_seq > seq; });
    state_hashes_.erase(state_hashes_.upper_bound(seq), state_hashes_.end());
    rolling_hashes_.erase(rolling_hashes_.upper_bound(seq), rolling_hashes_.end());
    books_ = std::make_unique<Books>(registry_, directory_);
    for (const Kept& kept : log_)
      for (const RecordHeader& record :
           RecordRange{kept.records.data(), kept.records.data() + kept.records.size()})
        take(record);
  }
}

// --- books -------------------------------------------------------------------------------------

void Auditor::take(const RecordHeader& record) {
  if (record.kind == RecordKind::kOrderReport) take_report(record_as<OrderReport>(record));
  if (!skip_ || *skip_ != record.kind) books_->ledger.fold(record);
  if (is_order_record(record.kind)) take_order(record_as<OrderRecord>(record));
  if (record.kind == RecordKind::kCashChanged || record.kind == RecordKind::kPositionChanged)
    take_account(record_as<AccountFact>(record));
}

void Auditor::take_report(const OrderReport& report) {
  if (report.kind != ReportKind::kFilled || !report.last_quantity.is_positive()) return;
  const InstrumentId id = report.header.instrument;
  const ExecutionKey key{report.account.value, report.side, id.value, report.execution.str()};
  if (!books_->executions.insert(key).second) return;
  books_->reported[{report.account.value, id.value}] +=
      sign(report.side) * report.last_quantity.raw();
  touched_.insert({report.account.value, id.value});
}

void Auditor::take_order(const OrderRecord& record) {
  take_open(record);
  switch (record.header.kind) {
    case RecordKind::kOrderFilled:
    case RecordKind::kFillBusted:
    case RecordKind::kFillCorrected: take_fill(record); break;
    case RecordKind::kFillFee: {
      const ExecutionKey key{record.account.value, record.side, record.header.instrument.value,
                             record.execution.str()};
      books_->portfolio.fee(record, books_->fill_numbers[key], false);
      money_moved_ = true;
      break;
    }
    case RecordKind::kOrderAdopted:
      books_->filled[record.order.value] += record.filled.raw();
      break;
    default: break;
  }
  touched_.insert({record.account.value, record.header.instrument.value});
  touched_orders_.insert(record.order.value);
}

void Auditor::take_open(const OrderRecord& record) {
  if (record.order.is_none()) return;
  const std::uint16_t account = record.account.value;
  const std::uint32_t instrument = record.header.instrument.value;
  const RecordKind kind = record.header.kind;
  const std::int64_t change = (record.open_after - record.open_before).raw();
  books_->open[{account, instrument, record.side}] += change;
  if (!record.terms.reduce_only()) books_->risky[{account, instrument, record.side}] += change;
  books_->strategy_open[{account, record.strategy.value, instrument, record.side}] += change;
  std::int64_t& own = books_->order_open[record.order.value];
  own += change;
  const bool counts_now = record.open_after.is_positive();
  const bool counted = record.open_before.is_positive();
  const std::int64_t more = (counts_now ? 1 : 0) - (counted ? 1 : 0);
  books_->open_orders[account] += more;
  const bool approved = kind == RecordKind::kSubmit || kind == RecordKind::kReplace;
  if (!approved && change > 0) books_->tolerance[{account, instrument, record.side}] += change;
  // Flattening is the host's, and passes a full table; exits have their place with their entry.
  if ((!approved || record.strategy.value == 0 || record.state_before == OrderState::kHeld) &&
      more > 0)
    books_->orders_tolerance[account] += more;
  if (kind == RecordKind::kOrderFilled && record.last_quantity.raw() > -change)
    books_->tolerance[{account, instrument, record.side}] += record.last_quantity.raw() + change;
}

void Auditor::take_fill(const OrderRecord& record) {
  const std::uint32_t id = record.header.instrument.value;
  const ExecutionKey key{record.account.value, record.side, id, record.execution.str()};
  std::int64_t change = record.last_quantity.raw();
  if (record.header.kind == RecordKind::kOrderFilled) {
    if (!books_->booked.insert({key, {change, record.last_price}}).second)
      breaks(Promise::kExecutions, "booked twice: " + describe(record.header));
    const int number = static_cast<int>(books_->fill_numbers.size());
    books_->fill_numbers[key] = number;
    books_->portfolio.filled(record, number);
  } else if (record.header.kind == RecordKind::kFillBusted) {
    change = -change;
    books_->booked.erase(key);
    books_->portfolio.busted(record, books_->fill_numbers[key]);
  } else {
    change -= static_cast<std::int64_t>(record.limit.low);
    books_->booked[key] = {record.last_quantity.raw(), record.last_price};
    books_->portfolio.corrected(record, books_->fill_numbers[key]);
  }
  const std::int64_t moved = sign(record.side) * change;
  books_->position[{record.account.value, id}] += moved;
  books_->strategy_position[{record.account.value, record.strategy.value, id}] += moved;
  books_->filled[record.order.value] += change;
  money_moved_ = true;
}

void Auditor::take_account(const AccountFact& fact) {
  money_moved_ = true;
  if ((fact.header.flags & AccountFact::kHasAmount) != 0)
    books_->portfolio.cash[naive::Model::at(fact.account, fact.currency)] += fact.amount.wide();
  if (fact.header.kind != RecordKind::kPositionChanged) return;
  const std::uint32_t id = fact.header.instrument.value;
  books_->position[{fact.account.value, id}] += fact.quantity.raw();
  books_->changed[{fact.account.value, id}] += fact.quantity.raw();
  books_->strategy_position[{fact.account.value, fact.strategy.value, id}] += fact.quantity.raw();
  books_->portfolio.add(fact.account, fact.strategy, fact.header.instrument,
                        {naive::Op::kAtCost, fact.quantity.raw(), fact.price, 0, -1, fact.kind});
  touched_.insert({fact.account.value, id});
}

namespace {
// A cancel that no journal has says so in its note.
bool same_command(const RecordHeader& record, const Command& command) {
  if (record.size != command.header.size) return false;
  Command plain = command;
  if (command.header.kind == RecordKind::kCancel) plain.note = record_as<Command>(record).note;
  return std::memcmp(&record, &plain, record.size) == 0;
}
}  // namespace

// --- the wire ------------------------------------------------------------------------------------

void Auditor::on_wire(const Command& command) {
  const std::uint64_t seq = command.header.seq;
  const auto found =
      std::lower_bound(log_.begin(), log_.end(), seq,
                       [](const Kept& kept, std::uint64_t at) { return kept.last_seq < at; });
  bool recorded = false;
  if (found != log_.end())
    for (const RecordHeader& record :
         RecordRange{found->records.data(), found->records.data() + found->records.size()})
      recorded = recorded || (record.seq == seq && same_command(record, command));
  if (!recorded)
    return breaks(Promise::kWire, "left without a record: " + describe(command.header));
  const Journal& journal = engine_->journal();
  if (seq <= journal.durable_seq()) {
    const bool synced =
        journal.durability() != Durability::kMachine || files_.syncs() > syncs_at_[found->last_seq];
    if (!synced) breaks(Promise::kWire, "left before a sync: " + describe(command.header));
    wire_seq_ = std::max(wire_seq_, seq);
    return;
  }
  // A cancel leaves also when the journal has failed; nothing else may.
  if (!journal.failed() || command.header.kind != RecordKind::kCancel)
    breaks(Promise::kWire, fmt::format("left above the watermark {}: {}", journal.durable_seq(),
                                       describe(command.header)));
}

}  // namespace keel::runs
