#include <keel/backtest/walk_forward.hpp>

#include <algorithm>
#include <chrono>

#include "backtest/sweep_run.hpp"

namespace keel {

namespace {

Error bad_window(std::string field, std::string value, std::string rule) {
  return Error{
      backtest_errors::kBadWindow, std::move(field), std::move(value), std::move(rule), {}};
}

backtest_detail::Task task_of(const SweepPoint& point, const TimeSpan& window, Duration warm_up,
                              const TimeSpan& data) {
  const Duration back = std::min(warm_up, window.from - data.from);
  std::optional<Timestamp> trade_from;
  if (back.ns > 0) trade_from = window.from;
  return {&point, {window.from - back, window.to}, trade_from};
}

// Keeps the best point of each window and forgets the rest.
struct Chooser final : backtest_detail::Results {
  Chooser(std::size_t points_in, const StatisticInfo& by_in, bool lowest_in,
          std::vector<WalkForwardWindow>& windows_in)
      : points(points_in),
        by(by_in),
        lowest(lowest_in),
        windows(windows_in),
        annual(windows_in.size()) {}
  // Results come in any order: of two equal ones the earlier point counts.
  void take(std::size_t task, SweepResult&& result) override {
    const auto& value = result.statistics.*by.field;
    if (result.error || !value) return;
    WalkForwardWindow& window = windows[task / points];
    const std::size_t point = task % points;
    if (window.in_value) {
      const bool better = lowest ? *value < *window.in_value : *value > *window.in_value;
      const bool same = *value == *window.in_value && point < *window.chosen;
      if (!better && !same) return;
    }
    window.in_value = value;
    window.chosen = point;
    annual[task / points] = result.statistics.annual_return;
  }
  std::size_t points;
  const StatisticInfo& by;
  bool lowest;
  std::vector<WalkForwardWindow>& windows;
  std::vector<std::optional<double>> annual;  // return in sample, of the chosen point
};

struct Future final : backtest_detail::Results {
  Future(std::vector<WalkForwardWindow>& windows_in, const std::vector<std::size_t>& which_in)
      : windows(windows_in), which(which_in) {}
  void take(std::size_t task, SweepResult&& result) override {
    windows[which[task]].out = std::move(result);
  }
  std::vector<WalkForwardWindow>& windows;
  const std::vector<std::size_t>& which;
};

// One curve: each window's, scaled to begin where the one before ended.
EquityCurve stitch(const std::vector<WalkForwardWindow>& windows, double begin) {
  EquityCurve curve{};
  double at = begin;
  for (const WalkForwardWindow& window : windows) {
    const EquityCurve& part = window.out.curve;
    if (part.values.empty() || !(part.values.front() > 0)) continue;
    if (curve.values.empty()) {
      curve.start = part.start;
      curve.period = part.period;
      curve.values.push_back(begin);
    }
    const auto offset = (part.start - curve.start) / curve.period;
    const double scale = at / part.values.front();
    for (std::size_t i = 0; i < part.values.size(); ++i) {
      const std::int64_t to = offset + static_cast<std::int64_t>(i);
      if (to < 0) continue;
      const auto index = static_cast<std::size_t>(to);
      if (curve.values.size() <= index) curve.values.resize(index + 1, curve.values.back());
      curve.values[index] = part.values[i] * scale;
    }
    at = curve.values.back();
  }
  return curve;
}

std::optional<double> efficiency_of(const std::vector<WalkForwardWindow>& windows,
                                    const std::vector<std::optional<double>>& annual) {
  double in = 0, out = 0, count = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto& got = windows[i].out.statistics.annual_return;
    if (!annual[i] || !got || windows[i].out.error) continue;
    in += *annual[i];
    out += *got;
    ++count;
  }
  return count > 0 && in > 0 ? std::optional{out / in} : std::nullopt;
}

}  // namespace

Result<std::vector<WalkForwardWindow>> walk_forward_windows(const WalkForwardConfig& config) {
  const TimeSpan& data = config.sweep.span;
  if (config.in_sample.ns <= 0)
    return bad_window("in_sample", std::to_string(config.in_sample.ns), "above zero");
  if (config.out_of_sample.ns <= 0)
    return bad_window("out_of_sample", std::to_string(config.out_of_sample.ns), "above zero");
  if (config.warm_up.ns < 0)
    return bad_window("warm_up", std::to_string(config.warm_up.ns), "zero or above");
  if (data.from.ns < 0 || data.to.ns == TimeSpan::whole().to.ns || data.to <= data.from)
    return bad_window("span", std::to_string(data.from.ns),
                      "the first and last moment of the data");
  std::vector<WalkForwardWindow> windows;
  Timestamp begin = data.from;
  while (data.to - begin > config.in_sample) {
    WalkForwardWindow window{};
    const Timestamp middle = begin + config.in_sample;
    window.in_sample = {config.anchored ? data.from : begin, middle};
    window.out_of_sample = {middle, std::min(middle + config.out_of_sample, data.to)};
    windows.push_back(std::move(window));
    begin = begin + config.out_of_sample;
  }
  if (windows.empty())
    return bad_window("in_sample", to_text(config.in_sample), "shorter than the data");
  return windows;
}

Result<WalkForwardReport> walk_forward(const WalkForwardConfig& config, const SweepJob& job,
                                       std::span<const SweepPoint> points,
                                       SweepProgress* progress) {
  const auto by = find_statistic(config.select_by);
  if (!by) return by.error();
  auto windows = walk_forward_windows(config);
  if (!windows) return std::move(windows).error();
  if (points.empty()) return Error{backtest_errors::kBadSweep, "points", "0", "at least one", {}};
  const SweepConfig& sweep = config.sweep;
  if (auto status = backtest_detail::check(sweep); !status) return std::move(status).error();
  const auto started = std::chrono::steady_clock::now();

  WalkForwardReport report;
  report.points.assign(points.begin(), points.end());
  report.windows = std::move(windows).value();
  std::vector<backtest_detail::Task> tasks;
  for (const WalkForwardWindow& window : report.windows)
    for (const SweepPoint& point : points)
      tasks.push_back(task_of(point, window.in_sample, config.warm_up, sweep.span));
  report.threads = backtest_detail::thread_count(sweep, tasks.size());
  backtest_detail::Count count{0, tasks.size() + report.windows.size(), 0};
  Chooser chooser{points.size(), **by, config.lowest, report.windows};
  if (!backtest_detail::run_tasks(sweep, job, tasks, chooser, count, progress))
    return Error{backtest_errors::kStopped, "progress", "stop", "a choice in every window", {}};

  tasks.clear();
  std::vector<std::size_t> which;
  for (std::size_t i = 0; i < report.windows.size(); ++i) {
    const WalkForwardWindow& window = report.windows[i];
    if (!window.chosen) continue;
    tasks.push_back(
        task_of(points[*window.chosen], window.out_of_sample, config.warm_up, sweep.span));
    which.push_back(i);
  }
  count.total = count.done + tasks.size();
  Future future{report.windows, which};
  backtest_detail::run_tasks(sweep, job, tasks, future, count, progress);
  for (WalkForwardWindow& window : report.windows)
    window.out_value = window.out.statistics.*(*by)->field;
  report.curve = stitch(report.windows, sweep.backtest.cash.to_double());
  report.efficiency = efficiency_of(report.windows, chooser.annual);
  StatisticsConfig statistics;
  statistics.periods_per_year = sweep.backtest.recorder.periods_per_year;
  statistics.risk_free = sweep.backtest.recorder.risk_free;
  const auto curve = report.curve.points();
  StatisticsInput input;
  input.curve = curve;
  auto computed = compute_statistics(input, statistics);
  if (!computed) return std::move(computed).error();
  report.statistics = *computed;
  report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace keel
