// EngineConfig: an engine written down; its errors, and who may look on.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <keel/core/log.hpp>
#include <keel/engine/guards.hpp>
#include <keel/journal/journal.hpp>
#include <keel/market/bar_builder.hpp>
#include <keel/orders/order_manager.hpp>
#include <keel/risk/limits.hpp>

namespace keel {

class TradingCalendar;

// Which market data is written to the journal. Facts and commands always are.
enum class MarketJournal : std::uint8_t {
  kNone,
  kConsumed,  // of instruments that a strategy subscribed to
  kAll,       // what `verify` needs to re-run strategies from the start
};

struct EngineConfig {
  std::string journal;           // folder; empty: journal off
  JournalConfig journal_config;  // engine and run are filled in
  MarketJournal market_journal = MarketJournal::kConsumed;
  std::uint32_t engine_id = 1;                // 1 to 1023; part of every order id
  std::optional<std::uint32_t> run_at_least;  // needed only where the run file was lost
  OrderManagerConfig orders;
  RiskLimits limits;
  std::uint64_t snapshot_every = 1u << 22;  // records between snapshots; 0: only on stop
  BarOptions bars;                          // of every series that the engine builds
  LogSink* log = nullptr;

  // Of instruments that name one: when DAY orders end and markets open and close, where keel keeps
  // these times. They outlive the engine. Without one an instrument's day ends at midnight UTC.
  std::vector<const TradingCalendar*> calendars;
  // An order at the close that keel holds leaves this long before it.
  Duration close_lead = Duration::seconds(10);

  GuardConfig guards;
  // Folder of the lock files that keep a second engine from writing to a live or paper account.
  // Empty: beside the journal; without a journal too, nothing is locked.
  std::string account_locks;
};

namespace engine_errors {
inline constexpr ErrorCode kAlreadyStarted{"engine.already_started"};
inline constexpr ErrorCode kNotStarted{"engine.not_started"};
inline constexpr ErrorCode kCallbackFailed{"engine.callback_failed"};
inline constexpr ErrorCode kWiring{"engine.wiring"};
inline constexpr ErrorCode kRecovery{"engine.recovery"};
inline constexpr ErrorCode kReentered{"engine.reentered"};
inline constexpr ErrorCode kAccountLocked{"engine.account_locked"};
inline constexpr ErrorCode kVerify{"engine.verify"};
}  // namespace engine_errors

// Sees each committed transaction, input first; for reports, projections and buses. Market inputs
// that the journal leaves out, and that led to nothing, are not shown.
class TransactionObserver {
 public:
  virtual void on_transaction(std::span<const std::byte> records) = 0;

 protected:
  ~TransactionObserver() = default;
};

}  // namespace keel
