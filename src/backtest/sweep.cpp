#include <keel/backtest/sweep.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>

#include "backtest/sweep_run.hpp"

namespace keel {

namespace {

constexpr std::size_t kMaxPoints = 1'000'000;

Error bad_grid(std::string_view name, std::string value, std::string rule) {
  return Error{backtest_errors::kBadGrid, std::string{name}, std::move(value), std::move(rule), {}};
}

// As few decimals as say it.
std::string plain(const Price& value) { return value.to_text(); }

}  // namespace

const std::string* SweepPoint::find(std::string_view name) const {
  for (const auto& [key, value] : values)
    if (key == name) return &value;
  return nullptr;
}

std::string SweepPoint::text() const {
  std::string out;
  for (const auto& [key, value] : values) {
    if (!out.empty()) out += ' ';
    out += key;
    out += '=';
    out += value;
  }
  return out;
}

Status SweepGrid::add(std::string_view name, std::vector<std::string> values) {
  if (name.empty()) return bad_grid("name", "", "a parameter's name");
  if (values.empty()) return bad_grid(name, "", "at least one value");
  for (const auto& [known, others] : axes_)
    if (known == name) return bad_grid(name, "", "named once");
  for (const std::string& value : values)
    if (value.empty()) return bad_grid(name, "", "values that are not empty");
  if (size() > kMaxPoints / values.size())
    return bad_grid(name, std::to_string(values.size()), "at most a million points in all");
  axes_.emplace_back(std::string{name}, std::move(values));
  return {};
}

Status SweepGrid::add_range(std::string_view name, std::string_view text) {
  std::vector<std::string_view> parts;
  const char separator = text.find(':') != std::string_view::npos ? ':' : ',';
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    parts.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  if (separator == ',') return add(name, {parts.begin(), parts.end()});
  const std::string rule = "from:to:step, step above zero, to not below from";
  if (parts.size() != 3) return bad_grid(name, std::string{text}, rule);
  const auto from = Price::parse(parts[0]), to = Price::parse(parts[1]),
             step = Price::parse(parts[2]);
  if (!from || !to || !step || !step->is_positive() || *to < *from)
    return bad_grid(name, std::string{text}, rule);
  if ((to->to_double() - from->to_double()) / step->to_double() > static_cast<double>(kMaxPoints))
    return bad_grid(name, std::string{text}, "at most a million points in all");
  std::vector<std::string> values;
  for (Price at = *from; at <= *to;) {
    values.push_back(plain(at));
    const auto next = checked_add(at, *step);
    if (!next) break;
    at = *next;
  }
  return add(name, std::move(values));
}

std::size_t SweepGrid::size() const {
  std::size_t product = 1;
  for (const auto& axis : axes_) product *= axis.second.size();
  return product;
}

std::vector<SweepPoint> SweepGrid::points() const {
  std::vector<SweepPoint> points(1);
  for (const auto& [name, values] : axes_) {
    std::vector<SweepPoint> more;
    more.reserve(points.size() * values.size());
    for (const SweepPoint& point : points)
      for (const std::string& value : values) {
        more.push_back(point);
        more.back().values.emplace_back(name, value);
      }
    points = std::move(more);
  }
  return points;
}

std::vector<double> EquityCurve::returns() const {
  std::vector<double> out;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!(values[i - 1] > 0)) return {};
    out.push_back(values[i] / values[i - 1] - 1);
  }
  return out;
}

std::vector<EquityPoint> EquityCurve::points() const {
  std::vector<EquityPoint> out;
  for (std::size_t i = 0; i < values.size(); ++i)
    out.push_back({start + period * static_cast<std::int64_t>(i + 1), values[i]});
  return out;
}

std::size_t SweepReport::failed() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [](const SweepResult& result) { return result.error.has_value(); }));
}

Result<SweepReport> run_sweep(const SweepConfig& config, const SweepJob& job,
                              std::span<const SweepPoint> points, SweepProgress* progress) {
  if (points.empty()) return Error{backtest_errors::kBadSweep, "points", "0", "at least one", {}};
  if (auto status = backtest_detail::check(config); !status) return std::move(status).error();
  struct Keep final : backtest_detail::Results {
    void take(std::size_t task, SweepResult&& result) override {
      report.results[task] = std::move(result);
    }
    SweepReport report;
  } keep;
  keep.report.results.resize(points.size());
  keep.report.threads = backtest_detail::thread_count(config, points.size());
  std::vector<backtest_detail::Task> tasks;
  for (const SweepPoint& point : points)
    tasks.push_back({&point, config.span, config.backtest.trade_from});
  backtest_detail::Count count{0, points.size(), 0};
  const auto started = std::chrono::steady_clock::now();
  const std::clock_t processor = std::clock();
  backtest_detail::run_tasks(config, job, tasks, keep, count, progress);
  keep.report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  keep.report.processor_seconds =
      static_cast<double>(std::clock() - processor) / static_cast<double>(CLOCKS_PER_SEC);
  return std::move(keep.report);
}

Result<const StatisticInfo*> find_statistic(std::string_view name) {
  for (const StatisticInfo& info : statistic_table())
    if (info.name == name) return &info;
  return Error{backtest_errors::kUnknownStatistic,
               "statistic",
               std::string{name},
               "a name of docs/analytics.md, like sharpe",
               {}};
}

std::optional<std::size_t> best_of(std::span<const SweepResult> results, const StatisticInfo& by,
                                   bool lowest) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const auto& value = results[i].statistics.*by.field;
    if (results[i].error || !value) continue;
    if (best) {
      const double so_far = *(results[*best].statistics.*by.field);
      if (lowest ? *value >= so_far : *value <= so_far) continue;
    }
    best = i;
  }
  return best;
}

std::vector<std::vector<double>> aligned_returns(std::span<const SweepResult> results,
                                                 std::vector<std::size_t>* which) {
  std::optional<Timestamp> from, to;  // starts of the first and the last period that all have
  Duration period{0};
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const EquityCurve& curve = results[i].curve;
    if (results[i].error || curve.values.size() < 2) continue;
    if (used.empty()) period = curve.period;
    if (curve.period != period) continue;  // joined: so long a run that its periods doubled
    const Timestamp last =
        curve.start + period * static_cast<std::int64_t>(curve.values.size() - 1);
    from = from ? std::max(*from, curve.start) : curve.start;
    to = to ? std::min(*to, last) : last;
    used.push_back(i);
  }
  std::vector<std::vector<double>> rows;
  if (!from || *to <= *from) used.clear();
  std::vector<std::size_t> kept;
  for (const std::size_t i : used) {
    const EquityCurve& curve = results[i].curve;
    EquityCurve part{*from, period, {}};
    const auto begin = (*from - curve.start) / period, end = (*to - curve.start) / period;
    part.values.assign(curve.values.begin() + begin, curve.values.begin() + end + 1);
    auto returns = part.returns();
    if (returns.empty()) continue;
    rows.push_back(std::move(returns));
    kept.push_back(i);
  }
  if (which != nullptr) *which = std::move(kept);
  return rows;
}

}  // namespace keel
