// Plan: everything about one simulated run, drawn from its seed: who trades what where, what goes
// wrong, when. The same seed gives the same plan on every machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <keel/core/random.hpp>
#include <keel/engine/engine.hpp>
#include <keel/sim/sim_venue.hpp>

namespace keel::runs {

inline constexpr Timestamp kStart{1'704'067'200'000'000'000};  // 2024-01-01

// How an engine ends without being asked.
enum class CrashKind : std::uint8_t {
  kBetweenInputs,  // what was committed is there
  kInCallback,     // the open transaction is in the files half written
  kPowerLoss,      // what no sync has covered may be gone, from any page on
};
struct Crash {
  std::uint64_t at;  // inputs since the start of the run
  CrashKind kind;
};

// Which call of the journal to its storage fails, from the nth on until the next restart.
enum class StorageFault : std::uint8_t { kNone, kFull, kSyncFails, kMapFails, kRenameFails };

enum class MarketStyle : std::uint8_t { kQuotes, kTrades, kDepth, kBars };

struct AccountPlan {
  std::string name;
  VenueId venue;
  Currency base;
  AccountKind kind;
  PositionMode mode;
};

struct Plan {
  std::uint64_t seed = 0;
  std::vector<InstrumentSpec> instruments;
  std::vector<MarketStyle> styles;  // by instrument
  std::vector<AccountPlan> accounts;
  std::vector<SimConfig> venues;
  std::vector<AccountId> strategies;  // whom each trades for
  EngineConfig engine;
  std::uint64_t market_events = 0;
  Duration feed_latency{0};
  std::uint32_t eagerness_ppm = 0;  // how often a strategy acts when it is called
  std::vector<Crash> crashes;
  StorageFault storage = StorageFault::kNone;
  int storage_let_pass = 0;
  bool clock_jumps = false;
  bool hand_trading = false;  // a host that intervenes
  // What the auditor holds the engine to; the engine is told the same, unless a bug is planted.
  Quantity max_position, max_order;
  std::int64_t max_open_orders = 0;

  [[nodiscard]] bool exact_replay() const { return engine.market_journal == MarketJournal::kAll; }
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
// Venues, instruments, accounts: in the same order for every engine of the run.
void declare(InstrumentRegistry& registry, Directory& directory, const Plan& plan);

// Ends the program: something of the test itself is wrong.
[[noreturn]] void give_up(const std::string& why);
inline void need(const Status& status) {
  if (!status) give_up(status.error().message());
}
template <class T>
T need(Result<T> result) {
  if (!result) give_up(result.error().message());
  return std::move(result).value();
}

}  // namespace keel::runs
