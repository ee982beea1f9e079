// Starting, stopping, recovering. Recovery folds facts and commands over the latest snapshot; it
// runs no strategy, trigger, simulator or adapter, so new code cannot rewrite what happened.
#include <keel/engine/engine.hpp>

#include <algorithm>

#include <keel/journal/reader.hpp>
#include <keel/journal/run_counter.hpp>
#include <keel/journal/snapshot.hpp>

#include "engine/strategy_state.hpp"

namespace keel {

namespace {
Error recovery_error(std::string field, std::string value, std::string rule, std::uint64_t seq) {
  return Error{engine_errors::kRecovery, std::move(field), std::move(value), std::move(rule),
               "seq " + std::to_string(seq)};
}
}  // namespace

Status Engine::start(Timestamp now) {
  if (in_input_) return Error{engine_errors::kReentered, "start", {}, "not from a callback", {}};
  if (started_) return Error{engine_errors::kAlreadyStarted, {}, {}, "started once", {}};
  if (config_.engine_id == 0 || config_.engine_id > OrderId::kMaxEngine)
    return Error{
        engine_errors::kWiring, "engine_id", std::to_string(config_.engine_id), "1 to 1023", {}};
  for (const auto& instrument : registry_.all()) {
    if (instrument.venue.value == 0 || instrument.venue.value > directory_.venue_count())
      return Error{engine_errors::kWiring,
                   "venue",
                   instrument.symbol.str(),
                   "each instrument names a declared venue",
                   {}};
  }
  if (auto status = lock_accounts(); !status) {
    unlock_accounts();
    return status;
  }
  std::uint32_t run = 1;
  bool has_past = false;
  if (!config_.journal.empty()) {
    JournalConfig journal = config_.journal_config;
    has_past = journal_exists(config_.journal);
    auto counted = next_run(config_.journal, config_.run_at_least, journal.files);
    if (!counted) return std::move(counted).error();
    run = *counted;
    journal.engine = config_.engine_id;
    journal.run = run;
    auto opened = has_past ? Journal::open(config_.journal, journal)
                           : Journal::create(config_.journal, journal);
    if (!opened) return std::move(opened).error();
    journal_ = std::move(opened).value();
  }
  if (auto status = prepare(config_.engine_id); !status) return status;
  if (!config_.journal.empty()) {
    if (has_past) {
      if (auto status = recover(config_.journal, ~std::uint64_t{0}); !status) return status;
      has_past = recovered_;  // a journal in which no run has started is a new one
      recovered_seq_ = seq_;
      recovered_hash_ = rolling_.value();
    }
  }
  recovered_state_ = has_past ? state_hash() : 0;
  begin_run(run);
  marks_.reserve(registry_.size());
  if (!config_.journal.empty()) orders_->touch_memory();
  started_ = true;
  recovered_ = has_past;
  if (auto status = record_definitions(now); !status) return status;
  interrupted_ = journal_.interrupted();
  const RunInput input =
      run_input(has_past ? RecordKind::kRestarted : RecordKind::kRunStarted, now);
  on(input.header);
  if (failure_) return *failure_;
  if (config_.journal.empty()) return {};
  if (auto status = take_up_interrupted(now); !status) return status;
  if (auto status = snapshot(); !status) return status;
  return journal_.settle_interrupted();
}

void Engine::start_halted(const RunInput& input) {
  StateFact fact = make_record<StateFact>(RecordKind::kTradingStateChanged);
  fact.reason = Reason::kCrashedTwice;
  fact.before = static_cast<std::uint8_t>(risk_->trading_state());
  fact.after = static_cast<std::uint8_t>(TradingState::kHalted);
  fact.value_before = Int128::from(static_cast<std::int64_t>(input.interrupted_seq));
  fact.name = FixedText<48>::clipped("seq " + std::to_string(input.interrupted_seq) + ", " +
                                     std::string{to_text(input.interrupted_kind)});
  fact.by = "recovery";
  emit(fact.header);
  log_->log(LogLevel::kError, "engine",
            "trading starts halted: " + std::to_string(input.interrupted_ends) +
                " processes have ended on " + fact.name.str());
}

namespace {

// What is as true after a restart as before. A connection is a new one, definitions are given by
// the host again, the first input of a run is that run's own, and a stop has been had. An answer to
// a snapshot request is true together with what came before it: the end of one that nobody has
// heard the list of would make every order missing. The restart asks anew.
bool is_fed_again(const RecordHeader& input) {
  switch (input.kind) {
    case RecordKind::kOrderReport: return (input.flags & OrderReport::kSnapshot) == 0;
    case RecordKind::kAccountReport:
    case RecordKind::kTimer:
    case RecordKind::kParameter:
    case RecordKind::kModelLoaded: return true;
    case RecordKind::kHostCommand: {
      const HostAction action = record_as<HostCommand>(input).action;
      return action != HostAction::kStop && action != HostAction::kJournalFailed;
    }
    default: return false;
  }
}

const RecordHeader& header_of(const std::vector<std::byte>& record) {
  return *reinterpret_cast<const RecordHeader*>(record.data());
}

bool is_to_be_fed(const InterruptedInput& interrupted) {
  return interrupted.fed_as == 0 && is_fed_again(header_of(interrupted.input));
}

}  // namespace

// An input that was appended and whose transaction was never committed: fed again, once. Market
// data is not: the gap is marked instead.
Status Engine::take_up_interrupted(Timestamp now) {
  if (interrupted_ && is_to_be_fed(*interrupted_)) {
    if (auto status = journal_.feeding_interrupted(seq_ + 1); !status) return status;
    on(header_of(interrupted_->input));
    if (failure_) return *failure_;
  }
  const auto& repair = journal_.repair();
  if (!repair || repair->input.empty()) return {};
  const RecordHeader& torn = header_of(repair->input);
  if (!is_market(torn.kind) || registry_.find(torn.instrument) == nullptr) return {};
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.header.instrument = torn.instrument;
  gap.header.ts_event = gap.header.ts_recv = now;
  gap.dropped = 1;
  if (is_recorded(gap.header)) on(gap.header);
  return failure_ ? Status{*failure_} : Status{};
}

// Everything is declared: the risk checker can be made.
Status Engine::prepare(std::uint32_t engine) {
  OrderManagerConfig orders = config_.orders;
  orders.engine = engine;
  orders.run = 1;  // what is recovered says which run it was
  orders_.emplace(orders, registry_);
  triggers_.emplace(orders.slots, registry_, marks_);
  if (auto status = config_.limits.check(registry_, directory_); !status) return status;
  risk_.emplace(config_.limits, registry_, directory_, marks_, *orders_, portfolio_);
  for (std::size_t i = 0; i < capabilities_.size(); ++i)
    if (i < venues_.size() && venues_[i] != nullptr)
      set_capabilities({static_cast<std::uint16_t>(i + 1)}, capabilities_[i]);
  return {};
}

void Engine::begin_run(std::uint32_t run) {
  run_ = run;
  orders_->start_run(run);
}

void Engine::set_capabilities(VenueId venue, const Capabilities& capabilities) {
  if (capabilities_.size() < venue.value) capabilities_.resize(venue.value);
  capabilities_[venue.value - 1u] = capabilities;
  if (risk_) risk_->set_capabilities(venue, capabilities);
  if (orders_) orders_->set_linking(venue, capabilities.native_oco);
}

// Part of the input that leads to it, so that verify takes the same way; the question itself leaves
// after the commit.
void Engine::ask_for_snapshots(VenueId venue) {
  for (const auto& account : directory_.accounts()) {
    if (account.venue != venue) continue;
    orders_->on_snapshot_requested(account.id, venue, now_);
    snapshots_wanted_.push_back(account.id);
  }
}

void Engine::request_snapshots() {
  const auto wanted = std::move(snapshots_wanted_);
  snapshots_wanted_.clear();
  for (const AccountId id : wanted) {
    const std::size_t venue = directory_.account(id)->venue.value - 1u;
    if (venue < venues_.size() && venues_[venue] != nullptr) venues_[venue]->request_snapshot(id);
  }
}

RunInput Engine::run_input(RecordKind kind, Timestamp now) const {
  RunInput input = make_record<RunInput>(kind);
  input.header.ts_event = input.header.ts_recv = now;
  input.engine = config_.engine_id;
  input.run = run_;
  if (kind == RecordKind::kRestarted) {
    input.recovered_seq = recovered_seq_;
    input.state_hash = recovered_state_;
    input.rolling_hash = rolling_.value();
    input.snapshot_seq = loaded_seq_;
  }
  if (interrupted_) {
    input.interrupted_seq = interrupted_->seq;
    input.interrupted_kind = header_of(interrupted_->input).kind;
    input.interrupted_ends =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(interrupted_->ends, 0xFFFF));
    if (is_to_be_fed(*interrupted_)) input.header.flags |= RunInput::kFeedsAgain;
    if (interrupted_->ends > 1) input.header.flags |= RunInput::kStartsHalted;
  }
  return input;
}

Status Engine::stop(Timestamp now) {
  if (in_input_)
    return Error{engine_errors::kReentered, "stop", {}, "not from a callback: send kStop", {}};
  if (!started_) return Error{engine_errors::kNotStarted, {}, {}, "start before stop", {}};
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now;
  command.action = HostAction::kStop;
  on(command.header);
  stopped_ = true;
  flush();
  if (config_.journal.empty()) return {};
  if (auto status = journal_.status(); !status) return status;
  if (auto status = snapshot(); !status) return status;
  journal_ = Journal::scratch();
  return {};
}

// --- definitions ---------------------------------------------------------------------------------

// What the journal knows already (after recovery: definitions_*), the rest is written as inputs.
Status Engine::record_definitions(Timestamp now) {
  const auto give = [&](RecordHeader& header) {
    header.ts_event = header.ts_recv = now;
    begin(header, true);
    commit();
  };
  for (std::size_t i = 0; i < directory_.venue_count(); ++i) {
    const VenueId id{static_cast<std::uint16_t>(i + 1)};
    DirectoryEntry record = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
    record.header.flags = DirectoryEntry::kVenue;
    record.entry.id = AccountId{id.value};
    record.entry.name = FixedText<40>::clipped(directory_.venue_name(id));
    if (i < capabilities_.size()) {
      record.order_types = capabilities_[i].order_types;
      record.times_in_force = capabilities_[i].times_in_force;
      record.features = capabilities_[i].features();
    }
    if (i < known_.venues.size() && std::memcmp(&record, &known_.venues[i], sizeof record) == 0)
      continue;
    if (known_.venues.size() <= i) known_.venues.resize(i + 1);
    known_.venues[i] = record;
    give(record.header);
  }
  for (; known_.strategies < directory_.strategy_count(); ++known_.strategies) {
    const auto id = static_cast<std::uint16_t>(known_.strategies + 1);
    DirectoryEntry record = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
    record.header.flags = DirectoryEntry::kStrategy;
    record.entry.id = AccountId{id};
    record.entry.name = FixedText<40>::clipped(directory_.strategy_name(StrategyId{id}));
    give(record.header);
  }
  for (; known_.accounts < directory_.accounts().size(); ++known_.accounts) {
    DirectoryEntry record = make_record<DirectoryEntry>(RecordKind::kAccountDefined);
    record.header.flags = DirectoryEntry::kAccount;
    record.entry = directory_.accounts()[known_.accounts];
    give(record.header);
  }
  const auto listed = registry_.all();
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (i < known_.instruments.size()) {
      // The host's definition counts from now on; what was recorded stays what it was.
      Instrument changed = listed[i];
      changed.revision = known_.instruments[i].revision;
      if (std::memcmp(&changed, &known_.instruments[i], sizeof changed) == 0) continue;
      changed.revision = static_cast<std::uint16_t>(known_.instruments[i].revision + 1);
      if (auto status = registry_.apply(changed); !status) return status;
    }
    InstrumentDefined record = make_record<InstrumentDefined>(RecordKind::kInstrumentDefined);
    record.header.instrument = listed[i].id;
    record.definition = registry_.all()[i];
    give(record.header);
  }
  known_.instruments.assign(registry_.all().begin(), registry_.all().end());
  return {};
}

// A definition read back from the journal must agree with what the host declared under that id.
Status Engine::define(const RecordHeader& record) {
  if (record.kind == RecordKind::kInstrumentDefined) {
    const auto& definition = record_as<InstrumentDefined>(record).definition;
    const std::size_t index = definition.id.value - 1u;
    if (started_) return registry_.apply(definition);
    if (index >= registry_.size() || !(registry_.all()[index].symbol == definition.symbol))
      return recovery_error("instrument", definition.symbol.str(),
                            "declared by the host, in the recorded order", record.seq);
    if (known_.instruments.size() <= index) known_.instruments.resize(index + 1);
    known_.instruments[index] = definition;
    return {};
  }
  const auto& entry = record_as<DirectoryEntry>(record);
  if (record.flags == DirectoryEntry::kVenue && entry.entry.id.value != 0) {
    DirectoryEntry plain = entry;
    plain.header = make_record<DirectoryEntry>(RecordKind::kAccountDefined).header;
    plain.header.flags = DirectoryEntry::kVenue;
    if (known_.venues.size() < entry.entry.id.value) known_.venues.resize(entry.entry.id.value);
    known_.venues[entry.entry.id.value - 1u] = plain;
    if (started_) adopt_capabilities();
  }
  if (started_) return {};
  const std::string_view name = entry.entry.name.view();
  const auto id = entry.entry.id.value;
  bool agrees = false;
  if (record.flags == DirectoryEntry::kVenue) {
    agrees = directory_.venue_name(VenueId{id}) == name;
  } else if (record.flags == DirectoryEntry::kStrategy) {
    agrees = directory_.strategy_name(StrategyId{id}) == name;
    known_.strategies = std::max<std::size_t>(known_.strategies, id);
  } else if (const Account* account = directory_.account(AccountId{id}); account != nullptr) {
    agrees = std::memcmp(account, &entry.entry, sizeof *account) == 0;
    known_.accounts = std::max<std::size_t>(known_.accounts, id);
  }
  if (agrees) return {};
  return recovery_error("directory", std::string{name},
                        "declared by the host as it was recorded, in the same order", record.seq);
}

// Verify decides by what the venues could do then.
void Engine::adopt_capabilities() {
  for (std::size_t i = 0; i < known_.venues.size(); ++i) {
    Capabilities recorded;
    recorded.order_types = known_.venues[i].order_types;
    recorded.times_in_force = known_.venues[i].times_in_force;
    recorded.set_features(known_.venues[i].features);
    if (recorded.order_types != 0) set_capabilities({static_cast<std::uint16_t>(i + 1)}, recorded);
  }
}

// --- recovery ------------------------------------------------------------------------------------

Status Engine::recover(const std::string& folder, std::uint64_t up_to_seq,
                       const StrategyState* strategies) {
  FileOps* files = config_.journal_config.files;
  const std::uint64_t newest = strategies != nullptr ? strategies->seq : up_to_seq;
  auto found = latest_snapshot(folder, newest, files);
  if (!found) return std::move(found).error();
  if (*found && newest != 0) {
    if (auto status = load_snapshot(**found, false); !status) return status;
    loaded_seq_ = seq_;
  }
  if (strategies != nullptr && strategies->seq != 0) {
    StateReader reader{strategies->bytes};
    load_strategies(reader);
    if (auto status = reader.finish(); !status) return status;
    loaded_seq_ = strategies->seq;
  }
  ReaderOptions options;
  options.after_seq = seq_;
  options.files = files;
  auto reader = JournalReader::open(folder, options);
  if (!reader) return std::move(reader).error();
  while (reader->next()) {
    const Transaction& transaction = reader->transaction();
    if (transaction.first_seq > up_to_seq) break;
    rebuilt_.clear();
    for (const RecordHeader& record : transaction.records) {
      seq_ = record.seq;
      now_ = std::max(now_, record.ts_recv);
      if (!series_.empty()) rebuild_bars(record);
      if (is_input(record.kind)) {
        if (record.kind == RecordKind::kInstrumentDefined ||
            record.kind == RecordKind::kAccountDefined) {
          if (auto status = define(record); !status) return status;
        } else if (record.kind == RecordKind::kRunStarted ||
                   record.kind == RecordKind::kRestarted) {
          begin_run(record_as<RunInput>(record).run);
          begin_run_bars();
          recovered_ = true;
        }
        continue;
      }
      rolling_.add(&record, record.size);
      fold(record);
      if (is_command(record.kind)) ++commands_sent_;
      if (record.kind == RecordKind::kBarClosed && record.seq > loaded_seq_)
        for (auto& slot : slots_) slot.strategy->on_history(record_as<Bar>(record));
    }
    if (transaction.input().kind == RecordKind::kRestarted) end_run_bars();
  }
  return reader->status();
}

}  // namespace keel
