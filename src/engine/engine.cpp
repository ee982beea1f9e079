#include <keel/engine/engine.hpp>

#include <algorithm>
#include <exception>

namespace keel {

Engine::Engine(const EngineConfig& config)
    : config_(config),
      marks_(registry_),
      portfolio_(registry_, directory_),
      journal_(Journal::scratch()),
      log_(config.log != nullptr ? config.log : &null_log()) {
  callbacks_.reserve(1024);
}

Engine::~Engine() { unlock_accounts(); }

Status Engine::add_venue(Venue& venue) {
  const auto index = venue.id().value - 1u;
  if (started_) return Error{engine_errors::kAlreadyStarted, "venue", {}, "added before start", {}};
  if (index >= directory_.venue_count())
    return Error{engine_errors::kWiring,
                 "venue",
                 std::to_string(venue.id().value),
                 "an id of directory().add_venue",
                 {}};
  if (venues_.size() < directory_.venue_count()) venues_.resize(directory_.venue_count());
  if (venues_[index] != nullptr)
    return Error{engine_errors::kWiring,
                 "venue",
                 std::string{directory_.venue_name(venue.id())},
                 "added once",
                 {}};
  venues_[index] = &venue;
  set_capabilities(venue.id(), venue.capabilities());
  return {};
}

Result<StrategyId> Engine::add_strategy(std::string_view name, Strategy& strategy,
                                        AccountId account) {
  if (started_)
    return Error{
        engine_errors::kAlreadyStarted, "strategy", std::string{name}, "added before start", {}};
  if (directory_.account(account) == nullptr)
    return Error{
        engine_errors::kWiring, "account", std::to_string(account.value), "a declared account", {}};
  auto id = directory_.add_strategy(name);
  if (!id) return id;
  slots_.push_back({&strategy, *id, account, {}});
  return id;
}

// --- the way of an input -------------------------------------------------------------------------

void Engine::on(const RecordHeader& input) {
  if (in_input_) [[unlikely]]
    return reentered(input);
  KEEL_ASSERT(started_, "Engine::on before start");
  if (stopped_) return;
  if (journal_.failed() && !journal_failed_) [[unlikely]]
    note_journal_failure();
  begin(input, is_recorded(input));
  if (is_market(input.kind)) [[likely]] {
    on_market(*input_);
  } else {
    journal_.keep_input();
    switch (input.kind) {
      case RecordKind::kOrderReport: on_report(record_as<OrderReport>(*input_)); break;
      case RecordKind::kTimer: on_timer(record_as<TimerInput>(*input_).deadline); break;
      case RecordKind::kHostCommand:
        if (record_as<HostCommand>(*input_).action == HostAction::kStop)
          for (auto& slot : slots_) call(slot, [](Strategy& s, Context& c) { s.on_stop(c); });
        on_host_command(record_as<HostCommand>(*input_));
        break;
      case RecordKind::kConnection: {
        const auto& connection = record_as<ConnectionInput>(*input_);
        orders_->on_connection(connection, *this);
        guard_connection(connection);
        if (connection.state == ConnectionState::kUp) ask_for_snapshots(connection.venue);
        break;
      }
      case RecordKind::kInstrumentDefined:
      case RecordKind::kAccountDefined:
        if (auto status = define(*input_); !status)
          log_->log(LogLevel::kError, "engine", status.error().message());
        if (started_ && input.kind == RecordKind::kInstrumentDefined)
          instrument_changed(record_as<InstrumentDefined>(*input_).definition.id);
        break;
      case RecordKind::kAccountReport:
        guard_account_report(record_as<AccountReport>(*input_));
        break;
      case RecordKind::kRunStarted:
      case RecordKind::kRestarted: on_run(record_as<RunInput>(*input_)); break;
      case RecordKind::kParameter: {
        const auto& parameter = record_as<ParameterInput>(*input_);
        const auto slot = parameter.strategy.value - 1u;
        if (slot < slots_.size())
          call(slots_[slot], [&](Strategy& s, Context& c) {
            s.on_parameter(c, parameter.name.view(), parameter.value);
          });
        break;
      }
      default: break;  // recorded for those who read the journal
    }
  }
  // Market data that led to no fact leaves nothing to settle.
  if (facts_in_transaction_ || !is_market(input.kind)) settle();
  commit();
  if (!snapshots_wanted_.empty()) request_snapshots();
  if (!unsent_.empty()) [[unlikely]]
    refuse_unsent();
}

// A bug of the host: an input inside an input. It is not taken, so the engine stops, and the
// journal is right up to here.
void Engine::reentered(const RecordHeader& input) {
  stopped_ = true;
  failure_ = Error{engine_errors::kReentered,
                   std::string{to_text(input.kind)},
                   {},
                   "not from a callback, an observer or a venue's send: push it into the Inbox",
                   "while seq " + std::to_string(input_seq_) + " was under way"};
  log_->log(LogLevel::kError, "engine", failure_->message());
}

// The first input of a run.
void Engine::on_run(const RunInput& input) {
  heartbeat_ = now_;
  find_next_expiry(now_);
  if ((input.header.flags & RunInput::kStartsHalted) != 0) start_halted(input);
  if (input.header.kind == RecordKind::kRunStarted) {
    for (auto& slot : slots_) call(slot, [](Strategy& s, Context& c) { s.on_start(c); });
    return;
  }
  restarted_ = true;
  if (risk_->kill_switch().level == KillLevel::kFlatten) flatten_at_ = now_ + 1_s;
  begin_run_bars();
  orders_->on_restart(*this);
  risk_->on_restart(now_);
  next_expiry_ = now_;  // what expired while nobody ran is seen to now
  guard_time(now_);
  for (std::size_t i = 0; i < directory_.venue_count(); ++i)
    ask_for_snapshots({static_cast<std::uint16_t>(i + 1)});
  for (auto& slot : slots_) call(slot, [](Strategy& s, Context& c) { s.on_recovered(c); });
  end_run_bars();
}

void Engine::on_report(const OrderReport& report) {
  orders_->on_report(report, *this);
  if (report.kind == ReportKind::kSnapshotEnd) guard_snapshot_end(report);
  if (report.kind == ReportKind::kSnapshotEnd && restarted_) {
    // Reconciled: every order of this account has been reported as the venue has it.
    reconciled_.push_back(report.account);
    const auto waits = [this](const Account& account) {
      const auto venue = account.venue.value - 1u;
      // By what the venue can do, not by whether it is here: a verify has no venues.
      return venue < capabilities_.size() && capabilities_[venue].order_types != 0 &&
             std::find(reconciled_.begin(), reconciled_.end(), account.id) == reconciled_.end();
    };
    const auto& accounts = directory_.accounts();
    if (std::none_of(accounts.begin(), accounts.end(), waits)) risk_->set_ready();
  }
}

bool Engine::is_recorded(const RecordHeader& input) const {
  if (!is_market(input.kind)) return true;
  switch (config_.market_journal) {
    case MarketJournal::kNone: return false;
    case MarketJournal::kAll: return true;
    case MarketJournal::kConsumed: {
      const auto at = input.instrument.value - 1u;
      return (at < feeds_.size() && feeds_[at].consumed) || triggers_->watches(input.instrument);
    }
  }
  return true;
}

void Engine::begin(const RecordHeader& input, bool recorded) {
  in_input_ = true;
  facts_in_transaction_ = false;
  requests_ = 0;
  venues_touched_ = 0;
  callbacks_.clear();
  next_callback_ = 0;
  ++seq_;
  now_ = std::max(now_, input.ts_recv);
  journal_.begin();
  // Everybody reads the caller's record: the journal's copy may move while the transaction grows.
  input_ = &input;
  input_seq_ = seq_;
  if (recorded) journal_.append(input).seq = seq_;
}

void Engine::emit(RecordHeader& record) {
  record.seq = ++seq_;
  record.source = SourceId{0};
  // A bar keeps the time at which its interval ended.
  if (record.kind != RecordKind::kBarClosed) record.ts_event = input_->ts_event;
  record.ts_recv = now_;
  const RecordHeader& stored = journal_.append(record);
  rolling_.add(&stored, stored.size);
  facts_in_transaction_ = true;
  fold(stored);
  if (!is_order_record(stored.kind)) return;
  const auto& fact = record_as<OrderRecord>(stored);
  note_ending(fact);
  if (is_command(stored.kind)) {
    venues_touched_ |= 1u << (fact.venue.value & 31u);
    ++commands_sent_;
  } else if (fact.strategy.value != 0) {
    callbacks_.push_back(static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&stored) -
                                                  journal_.transaction_begin()));
  }
}

void Engine::fold(const RecordHeader& record) {
  orders_->fold(record);
  triggers_->fold(record);
  if (!is_order_record(record.kind)) guards_.fold(record);
  portfolio_.fold(record);
  risk_->fold(record);
  if (!is_order_record(record.kind)) {
    if (record.kind == RecordKind::kBarsSubscribed) fold_series(record_as<SeriesFact>(record));
    return;
  }
  const auto& fact = record_as<OrderRecord>(record);
  if (fact.open_before == fact.open_after || fact.terms.reduce_only() ||
      is_exit(fact.parent, fact.contingency))
    return;
  auto& open = open_by_strategy(fact.strategy, fact.header.instrument);
  auto& side = fact.side == Side::kBuy ? open.buy : open.sell;
  side += fact.open_after - fact.open_before;
}

void Engine::commit() {
  // A market input that led to nothing moves no deadline but that of its own bars (see on_market).
  const bool deadlines_moved = facts_in_transaction_ || !is_market(input_->kind);
  const bool anything = journal_.transaction_begin() != journal_.transaction_end();
  if (anything) {
    const std::byte* begin = journal_.transaction_begin();
    const std::byte* end = journal_.transaction_end();
    const bool kept = journal_.commit();
    input_ = nullptr;
    for (auto* observer : observers_)
      observer->on_transaction({begin, static_cast<std::size_t>(end - begin)});
    if (venues_touched_ != 0) {
      if (kept) [[likely]]
        send(begin, end);
      else
        deliver_unjournaled({begin, end, seq_, venues_touched_});
    }
  }
  input_ = nullptr;
  in_input_ = false;
  if (deadlines_moved) update_deadline();
  if (facts_in_transaction_) orders_->prefetch_next();
  if (config_.snapshot_every != 0 && seq_ - snapshot_seq_ >= config_.snapshot_every &&
      !config_.journal.empty()) {
    if (auto status = snapshot(); !status)
      log_->log(LogLevel::kError, "engine", status.error().message());
  }
}

void Engine::settle() {
  OrderManager::Action action;
  while (true) {
    if (orders_->next_action(action)) {
      act(action);
      continue;
    }
    if (next_callback_ == callbacks_.size()) {
      if (!guards_.closings().empty() && pursue_closings()) continue;
      if (!follow_targets_ || stopped_) return;
      follow_targets();
      continue;
    }
    // A copy: a callback may make the transaction grow, and with the journal off its buffer move.
    const OrderFact fact = *reinterpret_cast<const OrderFact*>(journal_.transaction_begin() +
                                                               callbacks_[next_callback_++]);
    const auto slot = fact.strategy.value - 1u;
    if (slot >= slots_.size() || stopped_) continue;
    call(slots_[slot], [&fact](Strategy& strategy, Context& context) {
      switch (fact.header.kind) {
        case RecordKind::kOrderFilled: strategy.on_fill(context, fact); break;
        case RecordKind::kOrderDenied: strategy.on_denied(context, fact); break;
        default: strategy.on_order(context, fact); break;
      }
    });
  }
}

template <class F>
void Engine::call(Slot& slot, F&& callback) {
  if (stopped_) return;
  Context context{*this, slot.id, slot.account};
  calling_ = &slot;
  try {
    callback(*slot.strategy, context);
  } catch (const std::exception& error) {
    callback_failed(slot, error.what());
  } catch (...) {
    callback_failed(slot, "an exception that is no std::exception");
  }
  calling_ = nullptr;
}

void Engine::callback_failed(const Slot& slot, std::string_view what, std::string_view rule) {
  stopped_ = true;
  failure_ = Error{engine_errors::kCallbackFailed, std::string{directory_.strategy_name(slot.id)},
                   std::string{what}, std::string{rule},
                   "seq " + std::to_string(input_seq_) + ", " + std::string{to_text(input_->kind)}};
  StateFact fact = make_record<StateFact>(RecordKind::kCallbackFailed);
  fact.header.instrument = input_->instrument;
  fact.strategy = slot.id;
  fact.account = slot.account;
  fact.name = FixedText<48>::clipped(what);
  emit(fact.header);
  log_->log(LogLevel::kError, "engine", failure_->message());
}

// --- market data ---------------------------------------------------------------------------------

Engine::Feed& Engine::feed(InstrumentId id) {
  KEEL_ASSERT(registry_.find(id) != nullptr, "unknown instrument");
  if (feeds_.size() < registry_.size()) feeds_.resize(registry_.size());
  return feeds_[id.value - 1u];
}

void Engine::on_market(const RecordHeader& input) {
  marks_.fold(input);
  portfolio_.revalue(input.instrument, marks_);
  risk_->on_market(input.instrument, now_, *this);
  if (triggers_->watches(input.instrument)) [[unlikely]]
    watch_market(input);
  if (input.kind == RecordKind::kInstrumentStatus &&
      record_as<StatusChange>(input).status == InstrumentStatus::kExpired) [[unlikely]]
    cancel_matching(std::nullopt, std::nullopt, input.instrument, Reason::kByInstrument);
  const auto at = input.instrument.value - 1u;
  if (at >= feeds_.size()) return;
  switch (input.kind) {
    case RecordKind::kQuote:
      if (!feeds_[at].series.empty()) build_bars(input, at);
      for (std::size_t i = 0; i < feeds_[at].quotes.size(); ++i)
        call(slots_[feeds_[at].quotes[i]],
             [&input](Strategy& s, Context& c) { s.on_quote(c, record_as<Quote>(input)); });
      break;
    case RecordKind::kTrade:
      if (!feeds_[at].series.empty()) build_bars(input, at);
      for (std::size_t i = 0; i < feeds_[at].trades.size(); ++i)
        call(slots_[feeds_[at].trades[i]],
             [&input](Strategy& s, Context& c) { s.on_trade(c, record_as<Trade>(input)); });
      break;
    case RecordKind::kMarketGap: build_bars(input, at); break;
    case RecordKind::kBar: {
      const auto& bar = record_as<Bar>(input);
      for (std::size_t i = 0; i < feeds_[at].series.size(); ++i) {
        const auto index = feeds_[at].series[i];
        if (series_[index].builder->spec() == bar.spec) tell_bar(index, bar);
      }
      break;
    }
    default:
      for (std::size_t i = 0; i < feeds_[at].market.size(); ++i)
        call(slots_[feeds_[at].market[i]],
             [&input](Strategy& s, Context& c) { s.on_market(c, input); });
      break;
  }
}

// By index: a callback may subscribe, and the lists move.
void Engine::build_bars(const RecordHeader& input, std::size_t at) {
  const std::size_t known = feeds_[at].series.size();  // a new one begins with the next record
  for (std::size_t i = 0; i < known; ++i) {
    const auto index = feeds_[at].series[i];
    BarBuilder& builder = *series_[index].builder;
    builder.on_market(input, [this, index](Bar& bar) { bar_closed(index, bar); });
    const auto close = builder.next_deadline();
    if (close && (!deadline_ || *close < *deadline_)) deadline_ = close;
  }
}

void Engine::bar_closed(std::uint32_t index, Bar& bar) {
  emit(bar.header);
  tell_bar(index, bar);
}

void Engine::tell_bar(std::uint32_t index, const Bar& bar) {
  for (std::size_t i = 0; i < series_[index].strategies.size(); ++i)
    call(slots_[series_[index].strategies[i]],
         [&bar](Strategy& s, Context& c) { s.on_bar(c, bar); });
}

void Engine::on_timer(Timestamp deadline) {
  follow_flatten(deadline);
  orders_->on_time(deadline, *this);
  triggers_->on_time(deadline, *orders_, *this);
  guard_time(deadline);
  risk_->on_time(deadline, *this);
  for (std::uint32_t index = 0; index < series_.size(); ++index)
    series_[index].builder->on_time(deadline, [this, index](Bar& bar) { bar_closed(index, bar); });
  for (auto& slot : slots_) {
    while (!slot.timers.empty() && slot.timers.front() <= deadline) {
      const Timestamp at = slot.timers.front();
      slot.timers.erase(slot.timers.begin());
      in_timer_ = true;
      call(slot, [at](Strategy& s, Context& c) { s.on_timer(c, at); });
      in_timer_ = false;
    }
  }
}

void Engine::update_deadline() {
  deadline_.reset();
  const auto earliest = [this](std::optional<Timestamp> at) {
    if (at && (!deadline_ || *at < *deadline_)) deadline_ = at;
  };
  earliest(orders_->next_deadline());
  earliest(triggers_->next_deadline());
  earliest(guard_deadline());
  earliest(risk_->next_deadline());
  earliest(flatten_at_);
  for (const auto& series : series_) earliest(series.builder->next_deadline());
  for (const auto& slot : slots_)
    if (!slot.timers.empty()) earliest(slot.timers.front());
}

// --- what leaves ---------------------------------------------------------------------------------

void Engine::send(const std::byte* begin, const std::byte* end) {
  if (journal_.durability() == Durability::kMachine && !journal_.failed()) {
    // Nothing is on the wire before its watermark: it waits for flush().
    outbox_.push_back({begin, end, seq_, venues_touched_});
    return;
  }
  deliver({begin, end, seq_, venues_touched_});
}

void Engine::deliver(const Waiting& waiting) {
  for (std::size_t i = 0; i < venues_.size(); ++i) {
    const VenueId venue{static_cast<std::uint16_t>(i + 1)};
    if (venues_[i] != nullptr && (waiting.venues >> (venue.value & 31u) & 1u) != 0)
      venues_[i]->send(CommandBatch{waiting.begin, waiting.end, venue});
  }
}

// What no journal has: cancels leave all the same, with a note; the rest is known not to be sent.
void Engine::deliver_unjournaled(const Waiting& waiting) {
  std::vector<OrderRecord> cancels;
  for (const RecordHeader& record : RecordRange{waiting.begin, waiting.end}) {
    if (!is_command(record.kind)) continue;
    const auto& command = record_as<Command>(record);
    if (record.kind == RecordKind::kCancel) {
      cancels.push_back(command);
      cancels.back().note = "not in the journal";
      continue;
    }
    OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
    report.header.instrument = record.instrument;
    report.header.ts_event = report.header.ts_recv = now_;
    report.order = command.order;
    report.account = command.account;
    report.venue = command.venue;
    report.side = command.side;
    report.kind = ReportKind::kRefused;
    report.reason = Reason::kJournalFailed;
    unsent_.push_back(report);
  }
  const auto bytes = std::as_bytes(std::span{cancels});
  if (!cancels.empty())
    deliver({bytes.data(), bytes.data() + bytes.size(), waiting.seq, waiting.venues});
}

// From here on requests are denied. The record is what a later verify takes its decisions by.
void Engine::note_journal_failure() {
  journal_failed_ = true;
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now_;
  command.action = HostAction::kJournalFailed;
  command.by = "engine";
  on(command.header);
}

void Engine::refuse_unsent() {
  while (!unsent_.empty()) {
    const OrderReport report = unsent_.front();
    unsent_.erase(unsent_.begin());
    on(report.header);
  }
}

bool Engine::flush() {
  if (journal_.durability() != Durability::kMachine) return !journal_.failed();
  if (journal_.durable_seq() < journal_.committed_seq()) {
    if (auto status = journal_.sync(); !status)
      log_->log(LogLevel::kError, "engine", status.error().message());
  }
  std::size_t sent = 0;
  // After a failure cancels leave unsynced, so that they are not lost; nothing else does.
  for (; sent < outbox_.size(); ++sent) {
    const bool durable = outbox_[sent].seq <= journal_.durable_seq();
    if (!durable && !journal_.failed()) break;
    durable ? deliver(outbox_[sent]) : deliver_unjournaled(outbox_[sent]);
    journal_.release(outbox_[sent].seq);
  }
  outbox_.erase(outbox_.begin(), outbox_.begin() + static_cast<std::ptrdiff_t>(sent));
  if (!unsent_.empty() && !in_input_) refuse_unsent();
  return !journal_.failed();
}

}  // namespace keel
