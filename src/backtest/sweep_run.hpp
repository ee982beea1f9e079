// The work behind sweeps and walk-forwards: a list of single backtests on some threads.
#pragma once

#include <keel/backtest/sweep.hpp>

namespace keel::backtest_detail {

struct Task {
  const SweepPoint* point;
  TimeSpan span;
  std::optional<Timestamp> trade_from;
};

// Results in the order of the tasks. `on_result` sees each once, on the calling thread; where it
// takes the result away, less is kept.
class Results {
 public:
  virtual void take(std::size_t task, SweepResult&& result) = 0;

 protected:
  ~Results() = default;
};

[[nodiscard]] Status check(const SweepConfig& config);
[[nodiscard]] unsigned thread_count(const SweepConfig& config, std::size_t tasks);

// Runs all tasks; false: the progress said stop. `done` and `failed` go on counting over calls.
struct Count {
  std::size_t done = 0, total = 0, failed = 0;
};
bool run_tasks(const SweepConfig& config, const SweepJob& job, std::span<const Task> tasks,
               Results& results, Count& count, SweepProgress* progress);

}  // namespace keel::backtest_detail
