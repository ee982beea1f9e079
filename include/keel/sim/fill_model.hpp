// FillModel: what the simulated venue assumes where market data does not say. docs/sim.md states
// every rule in a table.
#pragma once

#include <cstdint>
#include <optional>

#include <keel/core/decimal.hpp>
#include <keel/core/time.hpp>
#include <keel/model/enums.hpp>

namespace keel {

// Which market data fills orders of an instrument.
enum class FillSource : std::uint8_t {
  kAuto = 0,    // the richest kind seen so far: quotes or depth, else trades, else bars
  kQuotes = 1,  // aggressive orders take what is shown; trades fill resting orders
  kTrades = 2,  // every fill is a share of a printed trade
  kBars = 3,    // every fill lies on the declared path through a bar
};

// How much stands before a resting order at its own price.
enum class QueueModel : std::uint8_t {
  kPessimistic = 1,  // all that was shown when it joined; only trades at the price take it away
  kOptimistic = 2,   // nothing: any trade at the price fills it
};

// The order in which a bar's prices are visited. All start at the open and end at the close.
enum class BarPath : std::uint8_t {
  kNearerFirst = 1,  // the extreme nearer to the open; where both are as near, the one away from
                     // the close; where that does not say either, as kStopsFirst
  kStopsFirst = 2,   // the extreme on whose side stop orders wait (worst for a bracket); where they
                     // wait on both sides or on none, the high
  kHighFirst = 3,
  kLowFirst = 4,
};

// Where a stop order executes that a printed trade has triggered (FillSource::kTrades).
enum class StopFill : std::uint8_t {
  kTriggeringTrade = 1,  // at the print that triggered it: the gap price
  kNextTrade = 2,
};

// What is paid beyond the price that the data shows, in price increments against the order.
struct Slippage {
  enum class Kind : std::uint8_t { kNone = 0, kTicks = 1, kProportional = 2 };
  Kind kind = Kind::kNone;
  std::int32_t ticks = 0;

  // Quotes: what is larger than shown does not fill now. Trades, bars: the price itself.
  [[nodiscard]] static constexpr Slippage none() { return {}; }
  // Quotes: what is larger than shown fills this many increments beyond the touch. Trades, bars:
  // every market order pays it.
  [[nodiscard]] static constexpr Slippage fixed(std::int32_t ticks) {
    return {Kind::kTicks, ticks};
  }
  // `ticks` for each time that the filled size is what was shown (traded, for trades and bars),
  // rounded up to a whole increment.
  [[nodiscard]] static constexpr Slippage proportional(std::int32_t ticks) {
    return {Kind::kProportional, ticks};
  }
};

struct FillModel {
  FillSource source = FillSource::kAuto;
  QueueModel queue = QueueModel::kPessimistic;
  BarPath bar_path = BarPath::kNearerFirst;
  StopFill stop_fill = StopFill::kTriggeringTrade;
  // What an order's trigger watches when it says TriggerBy::kDefault. kDefault here: the last
  // price where trades or bars were seen, else bid and ask.
  TriggerBy trigger = TriggerBy::kDefault;
  Slippage slippage;
  // The share of each printed trade (or bar's volume) that the orders of one side may take, above 0
  // and at most 1, rounded down to the quantity increment. nullopt: as much as they want.
  std::optional<Rate> participation = Rate::whole(1);
  // An order that reached the venue later than this after a bar opened meets that bar at its close
  // only: what came before had happened already.
  Duration bar_open_window = Duration::seconds(1);
  // Without status records: a print this long after the calendar's close is still its closing
  // auction's.
  Duration closing_window = Duration::minutes(10);
};

}  // namespace keel
