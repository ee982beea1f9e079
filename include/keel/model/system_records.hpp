// Inputs and facts that are not about one order: accounts, timers, host commands, restarts, limits.
#pragma once

#include <keel/core/money.hpp>
#include <keel/model/account.hpp>
#include <keel/model/instrument.hpp>
#include <keel/model/order.hpp>
#include <keel/model/reasons.hpp>
#include <keel/model/record.hpp>

namespace keel {

// Why cash or a position changed other than by a fill.
enum class ChangeKind : std::uint8_t {
  kOpening = 1,
  kTransfer = 2,
  kFunding = 3,
  kInterest = 4,
  kBorrow = 5,
  kDividend = 6,
  kSplit = 7,
  kExercise = 8,
  kExpiry = 9,
  kVariation = 10,
  kAdjustment = 11,
  kFee = 12,
  kRounding = 13,
  kConversion = 14,
};

// kCashChanged and kPositionChanged. An adjustment made by reconciliation is marked and halts new
// risk in the instrument until it is accepted.
struct AccountFact {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags. kShortLeg: in a hedging account, about its short position.
  static constexpr std::uint8_t kHasQuantity = 1, kHasAmount = 2, kByReconciliation = 4,
                                kShortLeg = 8;

  RecordHeader header;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  ChangeKind kind;
  std::uint8_t reserved;
  Quantity quantity;  // signed change of the position
  Price price;        // cost of one unit of that change
  Int128 amount;      // signed change of cash
  Currency currency;
  FixedText<40> reference;  // the venue's name of it, for finding doubles

  [[nodiscard]] Money money() const { return {amount, currency}; }
};

// kAccountReport: what a venue says an account holds (an input; compared, never copied).
struct AccountReport {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags. Margin call: `total` is what the account is worth, `available` what it must be.
  static constexpr std::uint8_t kBalance = 1, kPosition = 2, kSnapshotEnd = 4, kMarginCall = 8;
  RecordHeader header;
  AccountId account;
  VenueId venue;
  std::uint32_t reserved;
  Quantity quantity;
  Price average_price;
  Int128 total, available;
  Currency currency;
};

// kTimer: the driver says that a deadline has passed. Components are asked by `on_time`.
struct TimerInput {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  Timestamp deadline;
};

enum class HostAction : std::uint8_t {
  kSubmit = 1,
  kReplace = 2,
  kCancel = 3,
  kCancelAll = 4,
  kFlatten = 5,
  kSetTradingState = 6,
  kSetKillLevel = 7,
  kResetKillSwitch = 8,
  kSetLimit = 9,
  kHeartbeat = 10,
  kChangeCash = 11,
  kChangePosition = 12,
  kStop = 13,
  kAcceptAdjustment = 14,
  kSetMode = 15,
  kReady = 16,  // reconciled by a person: new risk may be taken again
  // From the engine itself: its journal has failed, no new order leaves in this run. An input, so
  // that a later verify decides as the run did.
  kJournalFailed = 32,
};

// kHostCommand: what a person or another process asks of the engine; journaled before it acts.
struct HostCommand {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  HostAction action;
  Side side;
  ChangeKind change;
  std::uint8_t level;  // TradingState or KillLevel, by action
  AccountId account;
  StrategyId strategy;
  OrderId order;
  OrderTerms terms;
  Quantity quantity;
  Price price;
  Int128 value;  // limit's raw value, or cash, 1e-18
  Currency currency;
  FixedText<48> name;  // of the limit or parameter
  ClientOrderId client_id;
  FixedText<40> by;  // who asked, for the audit trail
};

// kInstrumentDefined: a listing or a new version of one.
struct InstrumentDefined {
  static constexpr std::uint8_t kVersion = 2;
  RecordHeader header;
  Instrument definition;
};

// kAccountDefined: one name of the directory; the journal carries them all, so that it explains
// itself.
struct DirectoryEntry {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kVenue = 1, kStrategy = 2, kAccount = 3;  // header.flags
  RecordHeader header;
  Account entry;  // of a venue or strategy only id (in `id`) and name count
  // Of a venue: its capabilities (bits as in Capabilities), because decisions depend on them.
  std::uint32_t order_types, times_in_force, features, reserved;
};

struct ConnectionInput {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  VenueId venue;
  ConnectionState state;
  std::uint8_t reserved[5];
  FixedText<64> text;
};

// kRunStarted (a new journal) and kRestarted (recovered): the first input of every run.
struct RunInput {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags: the interrupted input is fed again behind this one; the process has ended on it
  // more than once, so trading starts halted.
  static constexpr std::uint8_t kFeedsAgain = 1, kStartsHalted = 2;
  RecordHeader header;
  std::uint32_t engine, run;
  std::uint64_t recovered_seq;     // last sequence that was recovered, 0 in a new journal
  std::uint64_t state_hash;        // of the recovered state
  std::uint64_t rolling_hash;      // over facts and commands so far
  std::uint64_t interrupted_seq;   // of the input on which the run before ended; 0: none
  RecordKind interrupted_kind;     // of it
  std::uint16_t interrupted_ends;  // how many processes have ended on it
  std::uint32_t reserved;
  // Of the snapshot from which the strategies' state came; 0: there was none.
  std::uint64_t snapshot_seq;
  FixedText<56> software;  // version and strategy names, for people
};

struct ParameterInput {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  StrategyId strategy;
  std::uint16_t reserved[3];
  Int128 value;  // raw, in the parameter's own unit
  FixedText<48> name;
};

struct ClockJump {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  Timestamp before, after;
};

// Facts of risk and engine: what changed, from what, to what.
struct StateFact {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  AccountId account;
  StrategyId strategy;
  Reason reason;
  std::uint8_t before, after;  // TradingState or KillLevel
  Int128 value_before, value_after;
  Int128 second_after;  // kEquityMarked: the peak, where value_after is the day's base
  Currency currency;
  Price price;       // kStopMoved
  std::int32_t day;  // kEquityMarked: days since 1970 of the trading day
  std::uint32_t reserved;
  OrderId order;
  FixedText<48> name;  // of the limit or parameter
  FixedText<40> by;
};

static_assert(Record<AccountFact> && Record<AccountReport> && Record<TimerInput> &&
              Record<HostCommand> && Record<InstrumentDefined> && Record<DirectoryEntry> &&
              Record<ConnectionInput> && Record<RunInput> && Record<ParameterInput> &&
              Record<ClockJump> && Record<StateFact>);

}  // namespace keel
