#include "backtest/sweep_run.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace keel::backtest_detail {
namespace {

Error failed(std::string what) {
  return Error{backtest_errors::kPointFailed,
               "point",
               std::move(what),
               "no exception leaves a strategy or a feed",
               {}};
}

// Equity at the end of each period, in one row without holes.
EquityCurve curve_of(const RunReport& report) {
  EquityCurve curve{};
  curve.period = report.equity_period;
  if (report.equity.empty() || curve.period.ns <= 0) return curve;
  // The first is what the run began with, each other one the last sample of its period.
  curve.start = report.equity.front().time.floor_to(curve.period) - curve.period;
  curve.values.push_back(report.equity.front().equity);
  for (std::size_t i = 1; i < report.equity.size(); ++i) {
    const Timestamp period = report.equity[i].time.floor_to(curve.period);
    const auto at = static_cast<std::size_t>((period - curve.start) / curve.period);
    if (curve.values.size() < at + 1) curve.values.resize(at + 1, curve.values.back());
    curve.values[at] = report.equity[i].equity;
  }
  return curve;
}

SweepResult run_point(const SweepConfig& config, const SweepJob& job, const Task& task) {
  SweepResult result;
  result.point = *task.point;
  BacktestConfig own = config.backtest;
  own.market_journal = MarketJournal::kNone;
  own.measure_latency = false;
  own.record_prices = false;
  own.trade_from = task.trade_from;
  own.recorder.max_spans = 8;  // nothing is drawn
  own.orders.slots = config.order_slots;
  own.orders.execution_window = 2 * config.order_slots;
  own.sim.max_orders = config.order_slots;
  own.sim.max_executions = config.order_slots;
  const auto run = [&]() -> Status {
    if (auto status = job.adjust(result.point, own); !status) return status;
    Backtest test{own};
    InstrumentId first{};
    for (const InstrumentSpec& spec : config.instruments) {
      auto id = test.add_instrument(spec);
      if (!id) return std::move(id).error();
      if (first.value == 0) first = *id;
    }
    auto strategy = job.make_strategy(result.point, first);
    if (!strategy) return std::move(strategy).error();
    auto feed = job.open_feed(task.span);
    if (!feed) return std::move(feed).error();
    auto report = test.run("sweep", **strategy, **feed);
    if (!report) return std::move(report).error();
    result.statistics = report->statistics;
    result.curve = curve_of(*report);
    result.net_pnl = report->net_pnl;
    result.orders = report->counts.submits;
    result.fills = report->counts.fills;
    result.denied = report->counts.denied;
    result.rolling_hash = report->host.rolling_hash.value_or(0);
    return {};
  };
  try {
    if (auto status = run(); !status) result.error = std::move(status).error();
  } catch (const std::exception& error) {
    result.error = failed(error.what());
  }
  return result;
}

// What the threads share.
struct Floor {
  std::mutex mutex;
  std::condition_variable news;
  std::vector<std::pair<std::size_t, SweepResult>> finished;  // not yet taken
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stop{false};
};

}  // namespace

Status check(const SweepConfig& config) {
  const auto bad = [](std::string field, std::string value, std::string rule) {
    return Error{
        backtest_errors::kBadSweep, std::move(field), std::move(value), std::move(rule), {}};
  };
  if (!config.backtest.journal.empty())
    return bad("journal", config.backtest.journal, "none: points would share one folder");
  if (config.instruments.empty()) return bad("instruments", "0", "at least one");
  if (config.order_slots < 64 || (config.order_slots & (config.order_slots - 1)) != 0)
    return bad("order_slots", std::to_string(config.order_slots), "a power of two from 64 on");
  // Instruments that nobody could list are found out before the first thread begins.
  Backtest trial{config.backtest};
  for (const InstrumentSpec& spec : config.instruments)
    if (auto id = trial.add_instrument(spec); !id) return std::move(id).error();
  return {};
}

unsigned thread_count(const SweepConfig& config, std::size_t tasks) {
  unsigned threads = config.threads != 0 ? config.threads : std::thread::hardware_concurrency();
  if (threads == 0) threads = 1;
  return tasks < threads ? static_cast<unsigned>(tasks) : threads;
}

bool run_tasks(const SweepConfig& config, const SweepJob& job, std::span<const Task> tasks,
               Results& results, Count& count, SweepProgress* progress) {
  Floor floor;
  const auto work = [&] {
    while (!floor.stop.load(std::memory_order_relaxed)) {
      const std::size_t at = floor.next.fetch_add(1);
      if (at >= tasks.size()) return;
      SweepResult result = run_point(config, job, tasks[at]);
      const std::lock_guard lock{floor.mutex};
      floor.finished.emplace_back(at, std::move(result));
      floor.news.notify_one();
    }
  };
  std::vector<std::thread> threads;
  const unsigned wanted = thread_count(config, tasks.size());
  for (unsigned i = 0; i < wanted; ++i) threads.emplace_back(work);

  std::vector<bool> taken(tasks.size(), false);
  std::size_t left = tasks.size();
  bool go_on = true;
  std::vector<std::pair<std::size_t, SweepResult>> batch;
  // Until all are there; after a stop, until those that had begun are.
  while (left > 0 && go_on) {
    {
      std::unique_lock lock{floor.mutex};
      floor.news.wait_for(lock, std::chrono::milliseconds{250},
                          [&] { return !floor.finished.empty(); });
      batch.swap(floor.finished);
    }
    for (auto& [at, result] : batch) {
      taken[at] = true;
      --left;
      ++count.done;
      count.failed += result.error ? 1u : 0u;
      results.take(at, std::move(result));
    }
    batch.clear();
    if (progress != nullptr) go_on = progress->on_progress(count.done, count.total, count.failed);
  }
  floor.stop = true;
  for (std::thread& thread : threads) thread.join();
  for (auto& [at, result] : floor.finished) {
    taken[at] = true;
    ++count.done;
    results.take(at, std::move(result));
  }
  for (std::size_t at = 0; at < tasks.size(); ++at) {
    if (taken[at]) continue;
    SweepResult result;
    result.point = *tasks[at].point;
    result.error = Error{backtest_errors::kStopped,
                         "point",
                         result.point.text(),
                         "the sweep was stopped before it began",
                         {}};
    results.take(at, std::move(result));
  }
  return go_on;
}

}  // namespace keel::backtest_detail
