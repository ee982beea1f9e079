// Simulation: drives an engine and simulated venues over recorded market data. It is the backtest's
// clock: everything that happens has a time, and is handed over in the order of time.
//
// A market event reaches the venue at its exchange time (ts_event), the engine at + feed latency;
// commands reach the venue at + its order latency, reports come back at + its response latency. At
// one instant: market data first, then what the venue does, then reports, then deadlines. There is
// no queue of all events: each stream is in order, and the earliest head is taken.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include <keel/engine/engine.hpp>
#include <keel/sim/latency.hpp>
#include <keel/sim/sim_venue.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

struct SimulationStats {
  std::uint64_t market_events = 0;  // handed to the engine
  std::uint64_t reports = 0;
  std::uint64_t timers = 0;
};

// Sees each input on its way into the engine, for measuring. The engine has no clock, so what looks
// at one stands here.
class InputProbe {
 public:
  virtual void before(const RecordHeader& input) = 0;
  virtual void after(const RecordHeader& input, std::uint64_t commands) = 0;

 protected:
  ~InputProbe() = default;
};

class Simulation {
 public:
  // How long commands, reports and timers go on after the last market event.
  static constexpr Duration kAfterTheEnd = Duration::minutes(1);

  // The engine is wired to the venues and started by the host.
  Simulation(Engine& engine, MarketFeed& feed, Duration feed_latency = Duration{0});
  // The feed's latency by a model, drawn for each event; a later event never overtakes one before.
  Simulation(Engine& engine, MarketFeed& feed, LatencyModel feed_latency, std::uint64_t seed);

  void add_venue(SimVenue& venue);
  void probe(InputProbe* probe) { probe_ = probe; }

  // Takes up to `events` market events. false: the feed is at its end (and everything that was
  // under way has arrived), or the engine has stopped. Errors are the feed's.
  Result<bool> run(std::uint64_t events = ~std::uint64_t{0});

  [[nodiscard]] const SimulationStats& stats() const { return stats_; }

 private:
  void take(const RecordHeader& record);
  void hand_over(const RecordHeader& input);
  // Everything due before `time`, or at it too.
  void advance(Timestamp time, bool inclusive);
  bool step(Timestamp time, bool inclusive);
  void finish();
  void delay(const RecordHeader& record);
  [[nodiscard]] const RecordHeader* delayed() const;

  Engine* engine_;
  MarketFeed* feed_;
  LatencyModel feed_latency_;
  Random random_;
  Timestamp last_delivery_{std::numeric_limits<std::int64_t>::min()};
  std::vector<SimVenue*> venues_;
  std::vector<std::byte> delayed_;  // whole records, oldest first
  std::size_t delayed_at_ = 0;
  std::span<const std::byte> run_;  // of the feed, not yet taken
  InputProbe* probe_ = nullptr;
  SimulationStats stats_;
  std::vector<std::byte> report_;
  Timestamp last_{0};
};

}  // namespace keel
