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

// How much stands before a resting order at its own price. With order-by-order data (L3) it is
// known exactly, whatever is said here.
enum class QueueModel : std::uint8_t {
  kPessimistic = 1,    // all that was shown when it joined; only trades at the price take it away
  kOptimistic = 2,     // nothing: any trade at the price fills it
  kProbabilistic = 3,  // as kPessimistic, and of what is canceled a part stood before it
};

// kProbabilistic: which part of a decrease that no trade explains stood behind the order, from how
// much stands before (front) and behind it (back). The functions of hftbacktest's ProbQueueModel
// (backtest/models/queue.rs), by their names there; after
// https://rigtorp.se/2013/06/08/estimating-order-queue-position.html
struct QueueProbability {
  enum class Kind : std::uint8_t {
    kPower = 1,   // PowerProbQueueFunc:  back^n / (back^n + front^n)
    kPower2 = 2,  // PowerProbQueueFunc2: back^n / (back + front)^n
    kPower3 = 3,  // PowerProbQueueFunc3: 1 - (front / (front + back))^n
    kLog = 4,     // LogProbQueueFunc:    ln(1 + back) / (ln(1 + back) + ln(1 + front))
    kLog2 = 5,    // LogProbQueueFunc2:   ln(1 + back) / ln(1 + back + front)
  };
  Kind kind = Kind::kPower;
  Rate exponent = Rate::whole(2);

  [[nodiscard]] static constexpr QueueProbability power(Rate n) { return {Kind::kPower, n}; }
  [[nodiscard]] static constexpr QueueProbability power2(Rate n) { return {Kind::kPower2, n}; }
  [[nodiscard]] static constexpr QueueProbability power3(Rate n) { return {Kind::kPower3, n}; }
  [[nodiscard]] static constexpr QueueProbability square() { return power(Rate::whole(2)); }
  [[nodiscard]] static constexpr QueueProbability identity() { return power(Rate::whole(1)); }
  [[nodiscard]] static constexpr QueueProbability log() { return {Kind::kLog, Rate::whole(1)}; }
  [[nodiscard]] static constexpr QueueProbability log2() { return {Kind::kLog2, Rate::whole(1)}; }

  // In integers: parts of 2^32 of a decrease that are behind the order. Nothing before it: all.
  [[nodiscard]] std::int64_t behind_32(Quantity front, Quantity back) const;
  // What stands before an order after its level went from `before` to `after` while `traded` of it
  // was traded away (and counted already). Rounded half up to a raw quantity.
  [[nodiscard]] Quantity front_after(Quantity front, Quantity before, Quantity after,
                                     Quantity traded) const;
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

// What is paid beyond the price that the data shows, in whole price increments against the order.
struct Slippage {
  enum class Kind : std::uint8_t {
    kNone = 0,
    kTicks = 1,
    kProportional = 2,
    kPercent = 3,
    kSquareRoot = 4,
    kVolumeShare = 5,
  };
  Kind kind = Kind::kNone;
  std::int32_t ticks = 0;
  Rate rate = Rate::zero();
  Rate limit = Rate::zero();           // kVolumeShare
  Quantity volume = Quantity::zero();  // kSquareRoot

  // Quotes: what is larger than shown does not fill now. Trades, bars: the price itself.
  [[nodiscard]] static constexpr Slippage none() { return {}; }
  // Quotes: what is larger than shown fills this many increments beyond the touch. Trades, bars:
  // every market order pays it.
  [[nodiscard]] static constexpr Slippage fixed(std::int32_t ticks) {
    return {.kind = Kind::kTicks, .ticks = ticks};
  }
  // `ticks` for each time that the filled size is what was shown (traded, for trades and bars),
  // rounded up to a whole increment.
  [[nodiscard]] static constexpr Slippage proportional(std::int32_t ticks) {
    return {.kind = Kind::kProportional, .ticks = ticks};
  }
  // A fraction of the price.
  [[nodiscard]] static constexpr Slippage percent(Rate rate) {
    return {.kind = Kind::kPercent, .rate = rate};
  }
  // The square-root law of impact: price x coefficient x sqrt(size / daily volume). The coefficient
  // is the daily volatility times a constant near one (Almgren et al. 2005; Toth et al. 2011).
  [[nodiscard]] static constexpr Slippage square_root(Rate coefficient, Quantity daily_volume) {
    return {.kind = Kind::kSquareRoot, .rate = coefficient, .volume = daily_volume};
  }
  // zipline's VolumeShareSlippage: at most `limit` of each trade or bar fills (in place of the
  // participation), at price x impact x (share so far)^2 beyond it; a limit order for which that is
  // too dear does not fill. Its defaults are 0.025 and 0.1.
  [[nodiscard]] static constexpr Slippage volume_share(Rate limit, Rate impact) {
    return {.kind = Kind::kVolumeShare, .rate = impact, .limit = limit};
  }

  // Increments beyond the price: for `taken` (of one order, or kVolumeShare: of all so far) where
  // `shown` was shown or traded.
  [[nodiscard]] std::int64_t increments(Price price, Price increment, Quantity taken,
                                        Quantity shown, Quantity lot) const;
};

struct FillModel {
  FillSource source = FillSource::kAuto;
  QueueModel queue = QueueModel::kPessimistic;
  QueueProbability probability;  // for QueueModel::kProbabilistic
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
