// Engine: the ready composition. One thread owns it; it has no clock, no I/O of its own beyond the
// journal, and the same inputs give the same facts and commands, bit for bit.
//
//   on(input): journal -> marks -> bars -> orders -> portfolio -> risk -> strategies -> commit ->
//   outbox
//
// An input with its facts and commands is one transaction: in the journal as a whole, or not at
// all.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <keel/core/hash.hpp>
#include <keel/engine/engine_config.hpp>
#include <keel/engine/engine_parts.hpp>
#include <keel/engine/strategy.hpp>
#include <keel/journal/journal.hpp>
#include <keel/journal/snapshot.hpp>
#include <keel/market/bar_builder.hpp>
#include <keel/model/system_records.hpp>
#include <keel/orders/emulation.hpp>
#include <keel/orders/order_manager.hpp>
#include <keel/orders/triggers.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>
#include <keel/venue/venue.hpp>

namespace keel {

class Engine final : private Emitter {
 public:
  explicit Engine(const EngineConfig& config);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Wiring, before start. What is given by reference must outlive the engine.
  [[nodiscard]] InstrumentRegistry& instruments() { return registry_; }
  [[nodiscard]] Directory& directory() { return directory_; }
  // What config.limits said; limits of single instruments, strategies and accounts are set here.
  [[nodiscard]] RiskLimits& limits() { return config_.limits; }
  // venue.id() must be one of directory().add_venue.
  Status add_venue(Venue& venue);
  // The strategy trades `account` unless a request names another.
  Result<StrategyId> add_strategy(std::string_view name, Strategy& strategy, AccountId account);
  void observe(TransactionObserver& observer) { observers_.push_back(&observer); }

  // Opens the journal. Where it has a past, recovers it (latest snapshot, then the fold of facts
  // and commands; no strategy runs), turns orders without evidence to Unknown, and calls
  // on_recovered; else calls on_start. An input that the run before did not get through is fed
  // again, once. Errors: engine.*, journal.*.
  Status start(Timestamp now);
  // Takes one input: market data, report, timer, host command, connection. Not re-entrant: called
  // from a callback, an observer or Venue::send, the engine stops (failure(): engine.reentered).
  void on(const RecordHeader& input);
  // Sends what waits for the disk (durability `machine`). Returns false once the journal has
  // failed.
  bool flush();
  // Calls on_stop, takes a last snapshot and closes the journal.
  Status stop(Timestamp now);

  // The earliest time at which a component wants a TimerInput.
  [[nodiscard]] std::optional<Timestamp> next_deadline() const { return deadline_; }

  [[nodiscard]] bool recovered() const { return recovered_; }
  // What start() found in the journal: its last seq, and the rolling hash there; 0 in a new one.
  [[nodiscard]] std::uint64_t recovered_seq() const { return recovered_seq_; }
  [[nodiscard]] std::uint64_t recovered_hash() const { return recovered_hash_; }
  // The input on which the run before ended, and how often; null: between inputs, or market data.
  [[nodiscard]] const InterruptedInput* interrupted() const {
    return interrupted_ ? &*interrupted_ : nullptr;
  }
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  // Why the engine stopped by itself; null: all is well.
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] std::uint64_t seq() const { return seq_; }
  [[nodiscard]] std::uint64_t commands_sent() const { return commands_sent_; }
  // Over every fact and command so far; equal in two runs that took the same decisions.
  [[nodiscard]] std::uint64_t rolling_hash() const { return rolling_.value(); }
  // Of the state that recovery rebuilds: orders, positions, risk. Costs a serialisation.
  [[nodiscard]] std::uint64_t state_hash() const;
  [[nodiscard]] const Marks& marks() const { return marks_; }
  [[nodiscard]] const OrderManager& orders() const {  // from start on
    KEEL_ASSERT(orders_.has_value(), "orders() before start");
    return *orders_;
  }
  [[nodiscard]] const Portfolio& portfolio() const { return portfolio_; }
  [[nodiscard]] const Guards& guards() const { return guards_; }
  [[nodiscard]] const RiskChecker& risk() const {  // from start on
    KEEL_ASSERT(risk_.has_value(), "risk() before start");
    return *risk_;
  }
  [[nodiscard]] const Journal& journal() const { return journal_; }
  // For the host's executor, on any thread: prepares the next segment, hashes complete ones.
  Status maintain_journal() { return journal_.maintain(); }
  Status prepare_journal() { return journal_.prepare_next(); }
  [[nodiscard]] const InstrumentRegistry& instruments() const { return registry_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }

 private:
  friend class Context;
  friend class Verifier;

  using Slot = engine_detail::Slot;
  using Series = engine_detail::Series;
  using Feed = engine_detail::Feed;
  using OpenByStrategy = engine_detail::OpenByStrategy;
  using Waiting = engine_detail::Waiting;
  using Target = engine_detail::Target;
  static constexpr std::uint32_t kMaxRequests = 64;
  // It protects what its parent has filled, and ends with its sibling.
  [[nodiscard]] static bool is_exit(OrderId parent, Contingency contingency) {
    return !parent.is_none() && contingency != Contingency::kNone;
  }

  // engine.cpp: the way of an input
  void emit(RecordHeader& record) override;
  void fold(const RecordHeader& record);
  void begin(const RecordHeader& input, bool recorded);
  void commit();
  void send(const std::byte* begin, const std::byte* end);
  void deliver(const Waiting& waiting);
  void deliver_unjournaled(const Waiting& waiting);
  void note_journal_failure();
  void refuse_unsent();
  void settle();  // linked orders and queued callbacks, until there are none
  void on_report(const OrderReport& report);
  void on_market(const RecordHeader& input);
  void on_timer(Timestamp deadline);
  void on_run(const RunInput& input);
  void reentered(const RecordHeader& input);
  void build_bars(const RecordHeader& input, std::size_t at);
  void bar_closed(std::uint32_t series, Bar& bar);
  void tell_bar(std::uint32_t series, const Bar& bar);
  template <class F>
  void call(Slot& slot, F&& callback);
  void callback_failed(const Slot& slot, std::string_view what,
                       std::string_view rule = "callbacks do not throw");
  void update_deadline();
  [[nodiscard]] Feed& feed(InstrumentId id);
  [[nodiscard]] bool is_recorded(const RecordHeader& input) const;

  // requests.cpp: what strategies and hosts ask for
  void act(const OrderManager::Action& action);
  OrderId submit(const OrderRequest& request);
  OrderId submit_or_hold(OrderRequest& own);
  void tell(const Status& status);
  Reason replace(const ReplaceRequest& request);
  Reason cancel(OrderId order, Reason why);
  void cancel_matching(std::optional<StrategyId> strategy, std::optional<AccountId> account,
                       std::optional<InstrumentId> instrument, Reason why);
  void flatten(std::optional<AccountId> account, Reason why);

  // targets.cpp: positions to be reached, and positions to be left
  OrderId set_target(StrategyId strategy, AccountId account, InstrumentId id, Quantity target);
  void forget_target(StrategyId strategy, AccountId account, InstrumentId id);
  void cancel_exits(StrategyId strategy, AccountId account, InstrumentId id);
  void follow_targets();
  void follow_flatten(Timestamp now);
  void note_ending(const OrderRecord& fact);
  [[nodiscard]] bool is_flat() const;
  [[nodiscard]] OpenByStrategy& open_by_strategy(StrategyId strategy, InstrumentId id);
  void on_host_command(const HostCommand& command);

  // groups.cpp: several orders as one
  BracketIds submit_bracket(const BracketRequest& request);
  void submit_group(Contingency rule, std::span<OrderRequest> legs, std::span<OrderId> ids);
  OrderId submit_oto(OrderRequest& first, std::span<OrderRequest> then, std::span<OrderId> ids);
  void complete(OrderRequest& request) const;  // the venue
  [[nodiscard]] Denial may_request(std::size_t orders);

  // emulation.cpp: what keel does because a venue cannot
  [[nodiscard]] VenueAbility ability(VenueId venue) const;
  OrderId emulate(OrderRequest& own, const Denial& denial);
  [[nodiscard]] Denial validate(const OrderRequest& request) const;
  [[nodiscard]] bool set_end(OrderTerms& terms, const Instrument& instrument, Emulated lacks) const;
  void arm(OrderId order, const OrderTerms& terms);
  void release(const OrderManager::Action& action);
  void next_slice(const OrderManager::Action& action);
  void watch_market(const RecordHeader& input);

  // guarding.cpp: dead man, lost connections, breaks, closing out; account_locks.cpp
  void emit_guard(StateFact fact);
  [[nodiscard]] Reason guarded(const OrderRequest& request) const;
  [[nodiscard]] std::optional<Timestamp> guard_deadline() const;
  void guard_time(Timestamp now);
  void find_next_expiry(Timestamp now);
  void lift_guards();
  void cancel_at_venues(std::optional<VenueId> venue, Reason why);
  void guard_connection(const ConnectionInput& connection);
  void guard_snapshot_end(const OrderReport& report);
  void guard_account_report(const AccountReport& report);
  void compare_positions(AccountId account, VenueId venue);
  void accept_adjustment(const HostCommand& command);
  void close_out(AccountId account, StrategyId strategy, InstrumentId instrument, Reason why);
  bool pursue_closings();
  OrderId close_once(const Guards::Closing& closing, Quantity rest);
  void instrument_changed(InstrumentId id);
  Status lock_accounts();
  void unlock_accounts();

  // recovery.cpp
  void start_halted(const RunInput& input);
  Status take_up_interrupted(Timestamp now);
  Status prepare(std::uint32_t engine);
  void begin_run(std::uint32_t run);
  void ask_for_snapshots(VenueId venue);
  void request_snapshots();
  void adopt_capabilities();
  void set_capabilities(VenueId venue, const Capabilities& capabilities);
  struct StrategyState;  // at a snapshot, where verify knows it better than the folder does
  Status recover(const std::string& folder, std::uint64_t up_to_seq,
                 const StrategyState* known = nullptr);
  Status record_definitions(Timestamp now);
  Status define(const RecordHeader& record);
  [[nodiscard]] RunInput run_input(RecordKind kind, Timestamp now) const;

  void subscribe_bars(std::uint16_t slot, InstrumentId id, const BarSpec& spec);
  void fold_series(const SeriesFact& fact);
  void begin_run_bars();
  void end_run_bars();
  void rebuild_bars(const RecordHeader& record);
  void save_bars(StateWriter& writer) const;
  void load_bars(StateReader& reader);

  Status snapshot();  // state.cpp
  Status load_snapshot(const Snapshot& snapshot, bool live);
  void save_live(StateWriter& writer) const;
  void load_live(StateReader& reader);
  void save_state(StateWriter& writer) const;
  void load_state(StateReader& reader);
  void save_strategies(StateWriter& writer) const;
  void load_strategies(StateReader& reader);
  void rebuild_open_by_strategy();

  EngineConfig config_;
  InstrumentRegistry registry_;
  Directory directory_;
  Marks marks_;
  std::optional<OrderManager> orders_;  // from start on: its ids carry the run
  Portfolio portfolio_;
  std::optional<Triggers> triggers_;
  Guards guards_;
  std::vector<ReportedPosition> reported_;  // by the venue, since its last snapshot ended
  Timestamp heartbeat_{0};
  std::optional<Timestamp> next_expiry_;
  std::vector<int> account_locks_;
  std::optional<RiskChecker> risk_;  // from start on, when everything is declared
  Journal journal_;
  LogSink* log_;

  std::vector<Venue*> venues_;  // by VenueId - 1
  std::vector<Slot> slots_;     // by StrategyId - 1
  std::vector<Feed> feeds_;     // by InstrumentId - 1
  std::vector<Series> series_;
  std::vector<OpenByStrategy> open_;  // one row a strategy, row 0 the host
  std::size_t open_stride_ = 0;
  const Slot* calling_ = nullptr;  // whose callback runs
  std::vector<Target> targets_;
  std::vector<TransactionObserver*> observers_;
  std::vector<std::size_t> callbacks_;  // offsets of order facts in this transaction, waiting
  std::size_t next_callback_ = 0;
  std::vector<Waiting> outbox_;      // durability `machine` only
  std::vector<OrderReport> unsent_;  // of commands that no journal has, told to ourselves next
  const RecordHeader* input_ = nullptr;
  std::uint64_t input_seq_ = 0;
  RollingHash rolling_;
  std::uint64_t seq_ = 0;
  std::uint64_t snapshot_seq_ = 0, loaded_seq_ = 0, recovered_seq_ = 0;
  std::uint64_t recovered_hash_ = 0, recovered_state_ = 0, commands_sent_ = 0;
  Timestamp now_{0};
  std::optional<Timestamp> deadline_;
  struct {  // definitions that the journal holds
    std::vector<DirectoryEntry> venues;
    std::uint64_t strategies = 0, accounts = 0;
    std::vector<Instrument> instruments;
  } known_;
  std::vector<AccountId> snapshots_wanted_;  // asked for once the transaction is done
  std::vector<AccountId> reconciled_;        // since the restart
  std::vector<Capabilities> capabilities_;   // by VenueId - 1
  std::uint32_t run_ = 1;
  std::optional<Timestamp> flatten_at_;  // kill level flatten: when to look again
  std::uint32_t requests_ = 0;           // in this transaction
  std::uint32_t venues_touched_ = 0;     // bit per venue; more than 32 venues: all are asked
  bool in_input_ = false, started_ = false, stopped_ = false, recovered_ = false;
  bool restarted_ = false;  // by an input of this run, or of the one that verify takes up
  bool facts_in_transaction_ = false, journal_failed_ = false;  // as the inputs told it
  bool follow_targets_ = false, in_timer_ = false;
  std::optional<Error> failure_;
  std::optional<InterruptedInput> interrupted_;
  std::vector<Bar> rebuilt_;  // recovery: closed by the inputs, before their facts are read
};

}  // namespace keel
