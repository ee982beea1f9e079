// Sweep: the same backtest at many points of its parameters, on several threads. Every point has an
// engine, a venue and a strategy of its own; the market data is shared and only read.
//
//   SweepGrid grid;
//   grid.add_range("fast", "5:50:5");
//   grid.add("slow", {"60", "120", "240"});
//   const auto report = run_sweep(config, job, grid.points(), &progress);
//
// Results come in the order of the points and are the same with one thread and with sixteen. The
// threads begin and end within the call; the job is called from several of them at once.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <keel/backtest/backtest.hpp>
#include <keel/backtest/market_tape.hpp>

namespace keel {

namespace backtest_errors {
inline constexpr ErrorCode kBadGrid{"backtest.bad_grid"};
inline constexpr ErrorCode kBadSweep{"backtest.bad_sweep"};
inline constexpr ErrorCode kStopped{"backtest.stopped"};
inline constexpr ErrorCode kPointFailed{"backtest.point_failed"};
inline constexpr ErrorCode kUnknownStatistic{"backtest.unknown_statistic"};
}  // namespace backtest_errors

// Values of parameters by name, as text.
struct SweepPoint {
  std::vector<std::pair<std::string, std::string>> values;

  // Null: there is no such parameter.
  [[nodiscard]] const std::string* find(std::string_view name) const;
  [[nodiscard]] std::string text() const;  // "fast=5 slow=60"
};

// Every combination of some values; the first parameter changes slowest.
class SweepGrid {
 public:
  // Errors of both: backtest.bad_grid (no values, a name twice, more than a million points).
  Status add(std::string_view name, std::vector<std::string> values);
  // "5:50:5": from 5 to 50, both included, by steps of 5; exact decimals. Else "a,b,c", or one
  // value.
  Status add_range(std::string_view name, std::string_view text);

  [[nodiscard]] std::size_t size() const;  // points
  [[nodiscard]] std::vector<SweepPoint> points() const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> axes_;
};

// What a point stands for. Its functions are called from several threads at once.
class SweepJob {
 public:
  // A strategy of this point's own; `first` is the first instrument.
  virtual Result<std::unique_ptr<Strategy>> make_strategy(const SweepPoint& point,
                                                          InstrumentId first) const = 0;
  // A reader of its own over the shared market data.
  virtual Result<std::unique_ptr<MarketFeed>> open_feed(const TimeSpan& span) const = 0;
  // What else the point changes: fees, latencies, limits.
  virtual Status adjust(const SweepPoint&, BacktestConfig&) const { return {}; }

 protected:
  ~SweepJob() = default;
};

struct SweepConfig {
  // Of every point. The journal must be empty; latency is not measured and prices are not drawn.
  BacktestConfig backtest;
  std::vector<InstrumentSpec> instruments;
  unsigned threads = 0;  // 0: as many as there are processors
  TimeSpan span = TimeSpan::whole();
  // Room for orders of one engine: a point has its own engine, so less is faster. An order more
  // than this is denied (order.too_many_orders).
  std::uint32_t order_slots = 1u << 12;
};

// Equity at the end of each period; a period without a sample repeats the one before. The first
// value is what the run began with, at the end of the period before its first.
struct EquityCurve {
  Timestamp start;  // of the period that the first value ends
  Duration period;
  std::vector<double> values;

  // Of each period but the first. Empty where equity was not above zero.
  [[nodiscard]] std::vector<double> returns() const;
  [[nodiscard]] std::vector<EquityPoint> points() const;
};

struct SweepResult {
  SweepPoint point;
  std::optional<Error> error;  // why there is nothing else
  Statistics statistics;
  EquityCurve curve;
  Money net_pnl;
  std::uint64_t orders = 0, fills = 0, denied = 0;
  std::uint64_t rolling_hash = 0;  // of everything that was decided
};

struct SweepReport {
  std::vector<SweepResult> results;  // in the order of the points
  unsigned threads = 0;
  double seconds = 0, processor_seconds = 0;  // the only figures that differ from run to run
  [[nodiscard]] std::size_t failed() const;
};

// Told on the calling thread, after each point and at least four times a second.
class SweepProgress {
 public:
  // False: stop. Points that were not begun then fail with backtest.stopped.
  virtual bool on_progress(std::size_t done, std::size_t total, std::size_t failed) = 0;

 protected:
  ~SweepProgress() = default;
};

// What goes wrong at one point is in its result. Errors: backtest.bad_sweep (no points, a journal),
// model.* (the instruments).
[[nodiscard]] Result<SweepReport> run_sweep(const SweepConfig& config, const SweepJob& job,
                                            std::span<const SweepPoint> points,
                                            SweepProgress* progress = nullptr);

// Error: backtest.unknown_statistic.
[[nodiscard]] Result<const StatisticInfo*> find_statistic(std::string_view name);
// The index of the best result by a statistic; the earlier one where two are equal. Results without
// it (and failed ones) are passed over; nullopt: none has it.
[[nodiscard]] std::optional<std::size_t> best_of(std::span<const SweepResult> results,
                                                 const StatisticInfo& by, bool lowest = false);
// Returns of every result that has a curve, over the periods that all of them have; `which` says of
// which results. For the statistics in analytics/overfitting.hpp.
[[nodiscard]] std::vector<std::vector<double>> aligned_returns(std::span<const SweepResult> results,
                                                               std::vector<std::size_t>* which);

}  // namespace keel
