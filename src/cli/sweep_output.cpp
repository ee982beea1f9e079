#include "cli/sweep_output.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include <keel/core/format.hpp>

#include "cli/commands.hpp"

namespace keel::cli {

namespace {

const StatisticInfo& info_of(const std::string& name) { return **find_statistic(name); }

std::string number(const std::optional<double>& value, int decimals = 4) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "n/a";
}
std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}%", *value * 100) : "n/a";
}
std::string json_number(const std::optional<double>& value) {
  return value ? fmt::format("{:.17g}", *value) : "null";
}
std::string day(Timestamp time) { return to_text(utc_date(time)); }

void put_parameters(std::string& out, const SweepPoint& point) {
  out += "{";
  for (std::size_t i = 0; i < point.values.size(); ++i)
    fmt::format_to(std::back_inserter(out), "{}{}:{}", i == 0 ? "" : ",",
                   json_string(point.values[i].first), json_string(point.values[i].second));
  out += "}";
}

void put_statistics(std::string& out, const Statistics& statistics) {
  out += "{";
  bool first = true;
  for (const StatisticInfo& info : statistic_table()) {
    fmt::format_to(std::back_inserter(out), "{}{}:{}", first ? "" : ",", json_string(info.name),
                   json_number(statistics.*info.field));
    first = false;
  }
  out += "}";
}

void put_result(std::string& out, const SweepResult& result) {
  out += "\"parameters\":";
  put_parameters(out, result.point);
  if (result.error) {
    fmt::format_to(std::back_inserter(out), ",\"error\":{{\"code\":{},\"message\":{}}}",
                   json_string(result.error->code.text), json_string(result.error->message()));
    return;
  }
  fmt::format_to(std::back_inserter(out),
                 ",\"net_pnl\":{},\"orders\":{},\"fills\":{},\"denied\":{},\"hash\":\"{:016x}\","
                 "\"statistics\":",
                 json_string(result.net_pnl.to_text()), result.orders, result.fills, result.denied,
                 result.rolling_hash);
  put_statistics(out, result.statistics);
}

std::vector<std::string> row_of(const SweepResult& result, const StatisticInfo& by) {
  const Statistics& s = result.statistics;
  std::vector<std::string> row;
  for (const auto& entry : result.point.values) row.push_back(entry.second);
  row.push_back(number(s.*by.field));
  row.push_back(percent(s.total_return));
  row.push_back(percent(s.max_drawdown));
  row.push_back(number(s.sharpe, 2));
  row.push_back(s.trades ? fmt::format("{:.0f}", *s.trades) : "n/a");
  row.push_back(result.net_pnl.to_text());
  return row;
}

std::vector<std::string> columns_of(const SweepPoint& point, const std::string& by) {
  std::vector<std::string> columns;
  for (const auto& entry : point.values) columns.push_back(entry.first);
  for (const char* name : {"return", "drawdown", "sharpe", "trades", "net P&L"}) {
    if (columns.size() == point.values.size()) columns.push_back(by);
    columns.push_back(name);
  }
  return columns;
}

// Over the first two parameters that have more than one value; the best of all others.
std::optional<HeatMap> map_of(const SweepReport& report, const StatisticInfo& by, bool lowest) {
  std::vector<std::pair<std::size_t, std::vector<std::string>>> axes;
  const std::size_t parameters = report.results.front().point.values.size();
  for (std::size_t p = 0; p < parameters; ++p) {
    std::vector<std::string> values;
    for (const SweepResult& result : report.results) {
      const std::string& value = result.point.values[p].second;
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
    if (values.size() > 1) axes.emplace_back(p, std::move(values));
  }
  if (axes.size() < 2) return std::nullopt;
  const auto& [down, y] = axes[0];
  const auto& [across, x] = axes[1];
  HeatMap map;
  map.y_name = report.results.front().point.values[down].first;
  map.x_name = report.results.front().point.values[across].first;
  map.title = fmt::format("{} by {} and {}{}", by.label, map.y_name, map.x_name,
                          axes.size() > 2 ? ", the best of all other values" : "");
  map.x = x;
  map.y = y;
  map.cells.resize(x.size() * y.size());
  const auto place = [](const std::vector<std::string>& all, const std::string& value) {
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), value) - all.begin());
  };
  for (const SweepResult& result : report.results) {
    const auto& value = result.statistics.*by.field;
    if (result.error || !value) continue;
    auto& cell = map.cells[place(y, result.point.values[down].second) * x.size() +
                           place(x, result.point.values[across].second)];
    if (!cell || (lowest ? *value < *cell : *value > *cell)) cell = value;
  }
  return map;
}

std::string luck_text(const SweepFindings& f) {
  std::string out;
  auto to = std::back_inserter(out);
  if (f.deflated)
    fmt::format_to(to,
                   "deflated Sharpe ratio   {:.4f}  (chance that the best of {} is better than "
                   "the best of as many without skill)\n",
                   f.deflated->probability, f.deflated->trials);
  if (f.reality)
    fmt::format_to(to,
                   "White's reality check   {:.4f}  (chance to look as good by luck alone, against "
                   "doing nothing)\n",
                   f.reality->p_value);
  if (f.overfitting)
    fmt::format_to(to,
                   "overfitting (PBO)       {:.4f}  (chance that the best of one half is below the "
                   "median of the other)\n",
                   f.overfitting->probability);
  return out;
}

}  // namespace

SweepFindings look_into(const SweepReport& report, const SweepOutput& output) {
  SweepFindings findings;
  const StatisticInfo& by = info_of(output.by);
  for (std::size_t i = 0; i < report.results.size(); ++i)
    if (!report.results[i].error && report.results[i].statistics.*by.field)
      findings.order.push_back(i);
  std::stable_sort(findings.order.begin(), findings.order.end(), [&](std::size_t a, std::size_t b) {
    const double x = *(report.results[a].statistics.*by.field);
    const double y = *(report.results[b].statistics.*by.field);
    return output.lowest ? x < y : x > y;
  });
  if (!findings.order.empty()) findings.best = findings.order.front();
  const auto rows = aligned_returns(report.results, nullptr);
  if (rows.size() < 2 || rows.front().size() < 8) return findings;
  findings.deflated = deflated_sharpe(rows);
  if (auto checked = reality_check(rows); checked.ok()) findings.reality = *checked;
  std::size_t blocks = 16;
  while (blocks > 2 && rows.front().size() < blocks * 4) blocks -= 2;
  if (auto checked = overfitting_probability(rows, blocks); checked.ok())
    findings.overfitting = std::move(checked).value();
  return findings;
}

std::string text_of(const SweepReport& report, const SweepFindings& findings,
                    const SweepOutput& output, std::size_t top) {
  const StatisticInfo& by = info_of(output.by);
  std::string out = fmt::format(
      "{} points over {} records on {} threads in {:.1f} s ({:.2f} processors busy), {} failed\n\n",
      report.results.size(), output.records, report.threads, report.seconds,
      report.seconds > 0 ? report.processor_seconds / report.seconds : 0, report.failed());
  auto to = std::back_inserter(out);
  for (const std::string& name : columns_of(report.results.front().point, output.by))
    fmt::format_to(to, "{:>14}", name);
  out += "\n";
  for (std::size_t i = 0; i < findings.order.size() && i < top; ++i) {
    for (const std::string& cell : row_of(report.results[findings.order[i]], by))
      fmt::format_to(to, "{:>14}", cell);
    out += "\n";
  }
  out += "\n";
  out += luck_text(findings);
  for (const SweepResult& result : report.results) {
    if (!result.error) continue;
    fmt::format_to(to, "failed: {}: {}\n", result.point.text(), result.error->message());
    break;
  }
  if (!output.rows.empty()) fmt::format_to(to, "{}\n", output.rows);
  return out;
}

std::string json_of(const SweepReport& report, const SweepFindings& findings,
                    const SweepOutput& output) {
  std::string out = fmt::format(
      "{{\"format\":\"keel.sweep\",\"version\":1,\"title\":{},\"by\":{},\"records\":{},"
      "\"threads\":{},\"seconds\":{:.3f},\"processor_seconds\":{:.3f},\"failed\":{},\"best\":{},",
      json_string(output.title), json_string(output.by), output.records, report.threads,
      report.seconds, report.processor_seconds, report.failed(),
      findings.best ? std::to_string(*findings.best) : "null");
  fmt::format_to(
      std::back_inserter(out),
      "\"deflated_sharpe\":{},\"reality_check_p\":{},\"overfitting_probability\":{},"
      "\"points\":[",
      json_number(findings.deflated ? std::optional{findings.deflated->probability} : std::nullopt),
      json_number(findings.reality ? std::optional{findings.reality->p_value} : std::nullopt),
      json_number(findings.overfitting ? std::optional{findings.overfitting->probability}
                                       : std::nullopt));
  for (std::size_t i = 0; i < report.results.size(); ++i) {
    out += i == 0 ? "{" : ",{";
    put_result(out, report.results[i]);
    out += "}";
  }
  return out + "]}";
}

SweepPage page_of(const SweepReport& report, const SweepFindings& findings,
                  const SweepOutput& output) {
  const StatisticInfo& by = info_of(output.by);
  SweepPage page;
  page.title = output.title + ": sweep";
  page.subtitle =
      fmt::format("{} points over {} records; {} threads, {:.1f} s", report.results.size(),
                  output.records, report.threads, report.seconds);
  if (report.failed() > 0) page.notes.push_back(fmt::format("{} points failed.", report.failed()));
  if (!output.rows.empty()) page.notes.push_back(output.rows);
  page.notes.emplace_back(
      "The best of many is good by luck, too: the figures beside it say how much of that is left.");
  if (findings.best) {
    const SweepResult& best = report.results[*findings.best];
    page.cards.push_back({"Best point", best.point.text()});
    page.cards.push_back({std::string{by.label}, number(best.statistics.*by.field)});
  }
  if (findings.deflated)
    page.cards.push_back({"Deflated Sharpe", number(findings.deflated->probability)});
  if (findings.reality)
    page.cards.push_back({"Reality check, p", number(findings.reality->p_value)});
  if (findings.overfitting)
    page.cards.push_back({"Overfitting (PBO)", percent(findings.overfitting->probability)});
  if (auto map = map_of(report, by, output.lowest)) page.maps.push_back(std::move(*map));
  page.curves_title = "Equity of the best points";
  PageTable table;
  table.title = "Points, best first";
  table.columns = columns_of(report.results.front().point, output.by);
  table.text_columns = report.results.front().point.values.size();
  for (const std::size_t i : findings.order) {
    const SweepResult& result = report.results[i];
    if (page.curves.size() < 6) page.curves.push_back({result.point.text(), result.curve.points()});
    table.rows.push_back(row_of(result, by));
  }
  page.tables.push_back(std::move(table));
  return page;
}

// --- walk-forward --------------------------------------------------------------------------------

std::string text_of(const WalkForwardReport& report, const SweepOutput& output) {
  std::string out =
      fmt::format("{} windows of {} points on {} threads in {:.1f} s\n\n", report.windows.size(),
                  report.points.size(), report.threads, report.seconds);
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{:<12}{:<12}{:>14}{:>14}{:>12}  chosen\n", "from", "to", "in " + output.by,
                 "out " + output.by, "return");
  for (const WalkForwardWindow& window : report.windows)
    fmt::format_to(to, "{:<12}{:<12}{:>14}{:>14}{:>12}  {}\n", day(window.out_of_sample.from),
                   day(window.out_of_sample.to), number(window.in_value), number(window.out_value),
                   percent(window.out.statistics.total_return),
                   window.chosen ? report.points[*window.chosen].text() : "none");
  const Statistics& s = report.statistics;
  fmt::format_to(to, "\nout of sample: return {}, Sharpe {}, drawdown {}; efficiency {}\n",
                 percent(s.total_return), number(s.sharpe, 2), percent(s.max_drawdown),
                 number(report.efficiency, 2));
  if (!output.rows.empty()) fmt::format_to(to, "{}\n", output.rows);
  return out;
}

std::string json_of(const WalkForwardReport& report, const SweepOutput& output) {
  std::string out = fmt::format(
      "{{\"format\":\"keel.walk_forward\",\"version\":1,\"title\":{},\"by\":{},\"records\":{},"
      "\"threads\":{},\"seconds\":{:.3f},\"efficiency\":{},\"statistics\":",
      json_string(output.title), json_string(output.by), output.records, report.threads,
      report.seconds, json_number(report.efficiency));
  put_statistics(out, report.statistics);
  out += ",\"windows\":[";
  for (std::size_t i = 0; i < report.windows.size(); ++i) {
    const WalkForwardWindow& window = report.windows[i];
    fmt::format_to(std::back_inserter(out),
                   "{}{{\"in_from\":{},\"in_to\":{},\"out_from\":{},\"out_to\":{},\"in\":{},"
                   "\"out\":{},\"chosen\":",
                   i == 0 ? "" : ",", window.in_sample.from.ns, window.in_sample.to.ns,
                   window.out_of_sample.from.ns, window.out_of_sample.to.ns,
                   json_number(window.in_value), json_number(window.out_value));
    if (window.chosen) {
      out += "{";
      put_result(out, window.out);
      out += "}}";
    } else {
      out += "null}";
    }
  }
  return out + "]}";
}

SweepPage page_of(const WalkForwardReport& report, const SweepOutput& output) {
  SweepPage page;
  page.title = output.title + ": walk-forward";
  page.subtitle =
      fmt::format("{} windows of {} points; {} threads, {:.1f} s", report.windows.size(),
                  report.points.size(), report.threads, report.seconds);
  if (!output.rows.empty()) page.notes.push_back(output.rows);
  const Statistics& s = report.statistics;
  page.cards.push_back({"Return out of sample", percent(s.total_return)});
  page.cards.push_back({"Sharpe (annual)", number(s.sharpe, 2)});
  page.cards.push_back({"Max drawdown", percent(s.max_drawdown)});
  page.cards.push_back({"Efficiency", number(report.efficiency, 2)});
  page.curves_title = "Equity out of sample, window after window";
  page.curves.push_back({"out of sample", report.curve.points()});
  PageTable table;
  table.title = "Windows";
  table.columns = {"Traded from",      "to",     "Chosen", "In " + output.by,
                   "Out " + output.by, "Return", "Fills"};
  table.text_columns = 3;
  for (const WalkForwardWindow& window : report.windows) {
    page.marks.push_back(window.out_of_sample.from);
    table.rows.push_back({day(window.out_of_sample.from), day(window.out_of_sample.to),
                          window.chosen ? report.points[*window.chosen].text() : "none",
                          number(window.in_value), number(window.out_value),
                          percent(window.out.statistics.total_return),
                          std::to_string(window.out.fills)});
  }
  page.tables.push_back(std::move(table));
  return page;
}

}  // namespace keel::cli
