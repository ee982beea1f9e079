#include <algorithm>

#include <fmt/format.h>

#include <keel/analytics/report_writers.hpp>

#include "analytics/show.hpp"
#include "analytics/summary_rows.hpp"

namespace keel {
namespace analytics {
namespace {

std::string statistic(const RunReport& report, std::string_view name) {
  for (const StatisticInfo& info : statistic_table())
    if (info.name == name) return show(info, report.statistics, report.base);
  return {};
}

SummaryGroup result_group(const RunReport& report) {
  SummaryGroup group{"Result", {}};
  auto& rows = group.rows;
  rows.emplace_back("P&L, gross", show_with_code(report.gross_pnl, true));
  const Money none = Money::zero(report.base);
  rows.emplace_back("Fees", show_with_code(report.valuation ? report.valuation->fees : none));
  if (report.valuation && !report.valuation->income.is_zero())
    rows.emplace_back("Funding and income", show_with_code(report.valuation->income, true));
  rows.emplace_back("P&L, net", show_with_code(report.net_pnl, true));
  if (report.valuation && !report.valuation->unrealized.is_zero())
    rows.emplace_back("  of it unrealized", show_with_code(report.valuation->unrealized, true));
  rows.emplace_back("Equity, start", show_with_code(report.start_equity));
  if (!report.flows.is_zero())
    rows.emplace_back("Deposits less withdrawals", show_with_code(report.flows, true));
  rows.emplace_back("Equity, end", show_with_code(report.end_equity));
  rows.emplace_back("Return", statistic(report, "total_return"));
  rows.emplace_back("Sharpe (annual)", statistic(report, "sharpe"));
  std::string drawdown = statistic(report, "max_drawdown");
  if (report.statistics.max_drawdown_amount)
    drawdown += " (" + statistic(report, "max_drawdown_amount") + ")";
  rows.emplace_back("Max drawdown", drawdown);
  rows.emplace_back("Exposure, average / max",
                    report.equity.empty() ? "n/a"
                                          : show_percent(report.average_exposure, 1) + " / " +
                                                show_percent(report.max_exposure, 1));
  rows.emplace_back("Time in the market", statistic(report, "time_in_market"));
  return group;
}

SummaryGroup trading_group(const RunReport& report) {
  SummaryGroup group{"Trading", {}};
  auto& rows = group.rows;
  const RunCounts& counts = report.counts;
  rows.emplace_back("Orders", show_count(counts.orders));
  rows.emplace_back("Fills", show_count(counts.fills));
  rows.emplace_back("Canceled / expired",
                    show_count(counts.canceled) + " / " + show_count(counts.expired));
  rows.emplace_back("Rejected by venue", show_count(counts.rejected));
  rows.emplace_back("Denied by risk", show_count(counts.denied));
  for (const DenialCount& denial : report.denials)
    rows.emplace_back("  " + std::string{to_text(denial.reason)}, show_count(denial.count));
  if (counts.unknown > 0) rows.emplace_back("Fate unknown", show_count(counts.unknown));
  if (counts.anomalies > 0)
    rows.emplace_back("Reports that did not fit", show_count(counts.anomalies));
  if (counts.open_at_end > 0) rows.emplace_back("Open at the end", show_count(counts.open_at_end));
  for (const InstrumentSeries& series : report.instruments)
    if (!series.positions.empty() && !series.positions.back().quantity.is_zero())
      rows.emplace_back("Position at the end",
                        series.positions.back().quantity.to_text() + " " + clean_text(series.name));
  rows.emplace_back("Round trips", statistic(report, "trades"));
  rows.emplace_back("Win rate", statistic(report, "win_rate"));
  rows.emplace_back("Profit factor", statistic(report, "profit_factor"));
  rows.emplace_back("Average holding time", statistic(report, "average_holding_seconds"));
  if (report.traded_value) rows.emplace_back("Traded value", show_with_code(*report.traded_value));
  return group;
}

SummaryGroup run_group(const RunReport& report) {
  SummaryGroup group{"Run", {}};
  auto& rows = group.rows;
  const HostInfo& host = report.host;
  if (report.first_time.ns != 0) {
    rows.emplace_back("From (UTC)", show_time(report.first_time));
    rows.emplace_back("To (UTC)", show_time(report.last_time));
  }
  rows.emplace_back("Market inputs", show_count(report.counts.market_inputs));
  if (host.wall_seconds) rows.emplace_back("Wall time", show_seconds(*host.wall_seconds));
  if (host.events_per_second)
    rows.emplace_back("Events/s", show_number(*host.events_per_second, 0));
  if (host.latency)
    rows.emplace_back("Event to command p50 / p99", show_nanoseconds(host.latency->p50_ns) + " / " +
                                                        show_nanoseconds(host.latency->p99_ns));
  for (const NamedText& parameter : host.parameters)
    rows.emplace_back(clean_text(parameter.name), clean_text(parameter.text));
  if (host.rolling_hash)
    rows.emplace_back("Hash of facts, commands", fmt::format("{:016x}", *host.rolling_hash));
  if (!host.journal_path.empty()) rows.emplace_back("Journal", clean_text(host.journal_path));
  return group;
}

// The first `count` characters of well-formed UTF-8 (a part of one is never cut off).
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80;
    if (begins && count-- == 0) break;
  }
  return text.substr(0, at);
}

}  // namespace

std::vector<SummaryGroup> summary_groups(const RunReport& report) {
  return {result_group(report), trading_group(report), run_group(report)};
}

}  // namespace analytics

std::string summary_text(const RunReport& report) {
  constexpr std::size_t kLabel = 28, kValue = 50;
  std::string out;
  if (!report.host.title.empty()) out += analytics::clean_text(report.host.title) + "\n";
  for (const analytics::SummaryGroup& group : analytics::summary_groups(report)) {
    out += out.empty() ? "" : "\n";
    out += group.title;
    out += '\n';
    for (const auto& [label, value] : group.rows) {
      // Values stand right-aligned in a column of 22; what is longer takes its own length.
      std::string_view rest = value;
      std::string_view part = analytics::first_characters(rest, kValue);
      out += fmt::format("  {:<{}}{:>22}\n", label, kLabel, part);
      for (rest.remove_prefix(part.size()); !rest.empty(); rest.remove_prefix(part.size())) {
        part = analytics::first_characters(rest, kValue);
        out += fmt::format("  {:<{}}{}\n", "", kLabel, part);
      }
    }
  }
  for (const std::string& note : report.host.notes) {
    // A note of several lines stays that; other control characters are made harmless.
    std::string_view rest = note;
    for (const char* before = "\nNote: "; !rest.empty(); before = "\n  ") {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out += before + analytics::clean_text(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (&note == &report.host.notes.back()) out += '\n';
  }
  return out;
}

}  // namespace keel
