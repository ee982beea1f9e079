// Auditor: a slow second opinion about everything an engine does, from what goes into it, what it
// records and what leaves it. It keeps every transaction, so that it can go back to where a
// recovery begins. The first promise that is broken is kept.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <keel/portfolio/ledger.hpp>

#include <naive_orders.hpp>
#include <naive_portfolio.hpp>

#include "wire.hpp"

namespace keel::runs {

enum class Promise : std::uint8_t {
  kPosition,     // equals the sum of its facts, in every strategy too
  kExecutions,   // equals the sum of the executions that venues reported, each once
  kLedger,       // balances, and says what the portfolio says
  kPortfolio,    // the naive portfolio's cost, profit, cash; valuations equal to a new calculation
  kOpen,         // open quantities are the sum of the orders'
  kOrders,       // state, filled and open of every order as in the naive model
  kCumulative,   // what is filled is the sum of an order's executions
  kWire,         // nothing leaves before its watermark, or without a record
  kIds,          // no id is used twice, over restarts too
  kRisk,         // the worst case is within the limits
  kNothingLost,  // a recovery has everything up to the watermark
  kRecovery,     // recovered state is live state
  kVerify,       // the strategies, run again, decide the same
  kVenueFills,   // once healed: the venue's list of executions, each once, and its positions
  kHealed,       // once healed: no fate is unknown, and both sides have the same open orders
  kAlive,        // the engine runs on: no assert fails, no callback throws, it can start again
  kSameTwice,    // the same seed gives the same run
};
inline constexpr int kPromiseCount = 17;
[[nodiscard]] const char* to_text(Promise promise);

struct Broken {
  Promise promise;
  std::string what;
};

class Auditor final : public TransactionObserver, public WireWatch {
 public:
  // The registry and directory of the run, as every engine declares them.
  Auditor(const Plan& plan, const FaultyFiles& files, const InstrumentRegistry& registry,
          const Directory& directory);

  // Before start() of each engine of the run; `must_keep` is what the one before had made durable.
  void attach(Engine& engine, std::uint64_t must_keep);
  void detach() { engine_ = nullptr; }

  void before_input(const RecordHeader& input);
  void after_input();
  void on_transaction(std::span<const std::byte> records) override;
  void on_wire(const Command& command) override;
  // Once everything has healed.
  void check_venue(const SimVenue& venue);
  [[nodiscard]] std::string unsettled(const std::vector<std::unique_ptr<SimVenue>>& venues) const;

  void breaks(Promise promise, std::string what);
  [[nodiscard]] const std::optional<Broken>& broken() const { return broken_; }
  void look_at_only(Promise promise) { only_ = promise; }
  void skip_record(RecordKind kind) { skip_ = kind; }  // planted: one is not told to the ledger

  struct Counts {
    std::uint64_t transactions = 0, commands = 0, fills = 0, anomalies = 0, denials = 0,
                  recoveries = 0, hash_checks = 0, naive_checks = 0, risk_checks = 0, rollbacks = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  using Pair = std::pair<std::uint16_t, std::uint32_t>;                   // account, instrument
  using Third = std::tuple<std::uint16_t, std::uint16_t, std::uint32_t>;  // and strategy
  using SidedPair = std::tuple<std::uint16_t, std::uint32_t, Side>;
  using ExecutionKey = std::tuple<std::uint16_t, Side, std::uint32_t, std::string>;
  struct Kept {
    std::uint64_t first_seq, last_seq;
    std::vector<std::byte> records;
  };
  // Everything that is worked out from the transactions, and is worked out again after a rollback.
  struct Books {
    Books(const InstrumentRegistry& registry, const Directory& directory)
        : portfolio{registry, directory, {}, {}, {}, {}}, ledger{registry, directory} {}
    std::map<Pair, std::int64_t> position;
    std::map<Pair, std::int64_t> changed;  // of that, other than by fills
    std::map<Third, std::int64_t> strategy_position;
    std::map<Pair, std::int64_t> reported;  // by executions in reports
    std::set<ExecutionKey> executions;
    std::map<SidedPair, std::int64_t> open;
    std::map<SidedPair, std::int64_t> risky;  // of that, what is not reduce-only by a venue's word
    std::map<std::tuple<std::uint16_t, std::uint16_t, std::uint32_t, Side>, std::int64_t>
        strategy_open;
    // What came about without an approval: orders that turn up again, fills beyond what was open.
    std::map<SidedPair, std::int64_t> tolerance;
    std::map<std::uint16_t, std::int64_t> open_orders, orders_tolerance;  // by account
    std::map<std::uint64_t, std::int64_t> order_open;
    std::map<std::uint64_t, std::int64_t> filled;  // by order
    std::map<ExecutionKey, std::pair<std::int64_t, Price>> booked;
    std::map<ExecutionKey, int> fill_numbers;
    naive::Model portfolio;
    Ledger ledger;
  };

  void take(const RecordHeader& record);
  void take_order(const OrderRecord& record);
  void take_open(const OrderRecord& record);
  void take_fill(const OrderRecord& record);
  void take_account(const AccountFact& fact);
  void check_restart(const RunInput& input);
  void check_record(const OrderRecord& record);
  void take_report(const OrderReport& report);
  void roll_back(std::uint64_t seq);
  // auditor_checks.cpp
  void check_positions();
  void check_ledger();
  void check_portfolio();
  void check_open();
  void check_cumulative();
  void check_orders();
  void check_risk();
  // naive orders (auditor_orders.cpp)
  void naive_input(const RecordHeader& input);
  void naive_asks(VenueId venue, Timestamp now);
  void naive_record(const OrderRecord& record);
  void naive_sync();

  const Plan& plan_;
  const FaultyFiles& files_;
  const InstrumentRegistry& registry_;
  const Directory& directory_;
  Engine* engine_ = nullptr;
  bool fresh_ = false;  // attached, and nothing seen yet
  std::uint64_t must_keep_ = 0, wire_seq_ = 0;
  std::vector<Kept> log_;
  std::map<std::uint64_t, std::uint64_t> syncs_at_;  // syncs so far, by last seq of this life
  std::map<std::uint64_t, std::uint64_t> state_hashes_, rolling_hashes_;  // by seq
  std::unique_ptr<Books> books_;
  std::set<std::uint64_t> ids_;  // ever used
  std::set<Pair> touched_;
  std::set<std::uint64_t> touched_orders_;
  bool money_moved_ = false;

  test::NaiveOrders naive_;
  bool told_ = false;  // the coming report came in from outside
  std::map<std::uint64_t, Timestamp> sent_;
  std::map<std::uint16_t, Timestamp> asked_;  // for a snapshot, by account
  std::set<std::uint64_t> unfollowed_;        // orders that keel holds for a trigger of their own
  bool naive_alive_ = true;
  OrderId next_id_{};

  std::optional<Promise> only_;
  std::optional<RecordKind> skip_;
  std::optional<Broken> broken_;
  Counts counts_;
};

}  // namespace keel::runs
