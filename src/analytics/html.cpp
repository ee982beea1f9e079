#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <keel/analytics/report_writers.hpp>

#include "analytics/chart.hpp"
#include "analytics/html_style.hpp"
#include "analytics/show.hpp"
#include "analytics/summary_rows.hpp"

namespace keel {
namespace {

using analytics::html_escape;
using analytics::show;

constexpr std::size_t kMaxInstruments = 6;  // with pictures
constexpr std::size_t kMaxTrades = 10;      // best, and worst
constexpr std::size_t kMaxDays = 400;       // the latest

// Text goes in by `text` (escaped) and by `raw` (made here), never otherwise.
class Html {
 public:
  template <class... T>
  Html& raw(fmt::format_string<T...> form, T&&... values) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<T>(values)...);
    return *this;
  }
  Html& text(std::string_view value) {
    out_ += html_escape(value);
    return *this;
  }
  Html& append(std::string_view made_here) {
    out_ += made_here;
    return *this;
  }
  void head(std::initializer_list<std::string_view> names, std::size_t texts) {
    raw("<div class=\"scroll\"><table class=\"rows\"><thead><tr>");
    std::size_t at = 0;
    for (const std::string_view name : names)
      raw("<th scope=\"col\"{}>", at++ < texts ? " class=\"text\"" : "").text(name).raw("</th>");
    raw("</tr></thead><tbody>\n");
  }
  void foot() { raw("</tbody></table></div>\n"); }
  Html& cell(std::string_view value, std::string_view css = {}) {
    raw("<td{}>", css.empty() ? std::string{} : fmt::format(" class=\"{}\"", css));
    return text(value).raw("</td>");
  }
  Html& money(const Money& amount) {
    return cell(show(amount, true), amount.is_negative()   ? "down"
                                    : amount.is_positive() ? "up"
                                                           : "");
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string statistic(const RunReport& report, std::string_view name) {
  for (const StatisticInfo& info : statistic_table())
    if (info.name == name) return show(info, report.statistics, report.base);
  return {};
}

std::string title_of(const RunReport& report) {
  return report.host.title.empty() ? "Run report" : report.host.title;
}

void put_head(Html& html, const RunReport& report) {
  html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n");
  html.raw("<title>").text(title_of(report)).raw("</title>\n<style>");
  html.append(analytics::kStyle).raw("</style>\n</head>\n<body>\n<main>\n");
  html.raw("<header><h1>").text(title_of(report)).raw("</h1>\n<p>");
  if (report.first_time.ns != 0)
    html.text(fmt::format("{} to {} UTC", analytics::show_time(report.first_time),
                          analytics::show_time(report.last_time)));
  else
    html.text("Nothing was recorded");
  if (!report.base.empty()) html.text(", amounts in ").text(report.base.code());
  html.raw("</p>\n");
  if (!report.host.notes.empty()) {
    html.raw("<ul class=\"notes\">");
    for (const std::string& note : report.host.notes) html.raw("<li>").text(note).raw("</li>");
    html.raw("</ul>\n");
  }
  html.raw("</header>\n");
}

void put_card(Html& html, std::string_view label, std::string_view value,
              std::string_view css = {}) {
  html.raw("<div class=\"card\"><span>").text(label).raw("</span><b class=\"{}\">", css);
  html.text(value).raw("</b></div>\n");
}

void put_cards(Html& html, const RunReport& report) {
  const auto color = [](const Money& amount) {
    return amount.is_negative() ? "down" : amount.is_positive() ? "up" : "";
  };
  html.raw("<section class=\"cards\" aria-label=\"Key figures\">\n");
  put_card(html, "P&L, net", analytics::show_with_code(report.net_pnl, true),
           color(report.net_pnl));
  put_card(html, "Return", statistic(report, "total_return"), color(report.net_pnl));
  put_card(html, "Sharpe (annual)", statistic(report, "sharpe"));
  put_card(html, "Max drawdown", statistic(report, "max_drawdown"));
  put_card(html, "Orders / fills",
           analytics::show_count(report.counts.orders) + " / " +
               analytics::show_count(report.counts.fills));
  put_card(html, "Win rate", statistic(report, "win_rate"));
  put_card(html, "Fees",
           analytics::show_with_code(report.valuation ? report.valuation->fees
                                                      : Money::zero(report.base)));
  put_card(html, "Denied by risk", analytics::show_count(report.counts.denied));
  html.raw("</section>\n");
}

void put_summary(Html& html, const RunReport& report) {
  html.raw("<section class=\"sheet\"><h2>Summary</h2><div class=\"columns\">\n");
  for (const analytics::SummaryGroup& group : analytics::summary_groups(report)) {
    html.raw("<div><h3>").text(group.title).raw("</h3><table><tbody>\n");
    for (const auto& [label, value] : group.rows) {
      html.raw("<tr><th scope=\"row\"{}>", label.starts_with("  ") ? " class=\"sub\"" : "");
      html.text(std::string_view{label}.substr(label.starts_with("  ") ? 2 : 0));
      html.raw("</th>").cell(value, value.size() <= 24 ? "short" : "").raw("</tr>\n");
    }
    html.raw("</tbody></table></div>\n");
  }
  html.raw("</div></section>\n");
}

void put_figure(Html& html, std::string_view title, const std::string& picture,
                std::string_view legend = {}) {
  if (picture.empty()) return;
  html.raw("<figure class=\"sheet\" style=\"margin-left:0;margin-right:0\"><h2>").text(title);
  html.append(legend).raw("</h2>\n").append(picture).raw("</figure>\n");
}

void put_pictures(Html& html, const RunReport& report) {
  const analytics::TimeRange range = analytics::picture_range(report);
  if (report.equity_picture.empty())
    html.raw(
        "<section class=\"sheet\"><h2>Equity</h2><p class=\"note\">The account was not "
        "sampled, so there is no equity curve.</p></section>\n");
  const std::size_t count = std::min(report.instruments.size(), kMaxInstruments);
  for (std::size_t i = 0; i < count; ++i) {
    const InstrumentSeries& series = report.instruments[i];
    put_figure(html, series.name + ", price and fills",
               analytics::price_chart(fmt::format("price{}", i), report, series, range),
               "<span class=\"legend\"><i class=\"up\">&#9650;</i> bought &nbsp; <i class=\"down\">"
               "&#9660;</i> sold</span>");
    put_figure(html, series.name + ", position",
               analytics::position_chart(fmt::format("position{}", i), series, range));
  }
  if (report.instruments.size() > count)
    html.raw("<p class=\"note\">Pictures of {} more instruments are left out.</p>\n",
             report.instruments.size() - count);
  put_figure(html, "Equity", analytics::equity_chart("equity", report, range));
  put_figure(html, "Drawdown", analytics::drawdown_chart("drawdown", report, range));
  put_figure(html, "Round trips by net profit", analytics::trade_histogram("trades", report));
}

void put_days(Html& html, const RunReport& report) {
  if (report.days.empty()) return;
  html.raw("<section class=\"sheet\"><h2>Days (UTC)</h2>\n");
  html.head(
      {"Day", "P&L", "Return", "Equity, end", "Drawdown", "Fees", "Orders", "Fills", "Round trips"},
      1);
  const std::size_t skip = report.days.size() > kMaxDays ? report.days.size() - kMaxDays : 0;
  for (std::size_t i = skip; i < report.days.size(); ++i) {
    const DailyRow& day = report.days[i];
    html.raw("<tr><th scope=\"row\">").text(to_text(day.date)).raw("</th>").money(day.pnl);
    const double start = day.start.to_double();
    html.cell(start > 0 ? analytics::show_percent(day.pnl.to_double() / start) : "n/a");
    html.cell(show(day.end)).cell(analytics::show_percent(day.drawdown)).cell(show(day.fees));
    html.cell(analytics::show_count(day.orders)).cell(analytics::show_count(day.fills));
    html.cell(analytics::show_count(day.trades_closed)).raw("</tr>\n");
  }
  html.foot();
  if (skip > 0)
    html.raw("<p class=\"note\">The latest {} of {} days; the JSON report has all.</p>\n", kMaxDays,
             report.days.size());
  html.raw("</section>\n");
}

void put_statistics(Html& html, const RunReport& report) {
  html.raw("<section class=\"sheet\"><h2>Statistics</h2>\n<p class=\"note\">");
  html.text(
      fmt::format("Returns of {}, {} of them a year; risk-free {} a year. r: return of a "
                  "period, f: its risk-free return, P: periods a year.",
                  to_text(report.equity_period),
                  analytics::show_number(report.statistics_config.periods_per_year, 0),
                  analytics::show_percent(report.statistics_config.risk_free)));
  const double days = static_cast<double>((report.last_time - report.first_time).ns) / 86'400e9;
  if (report.statistics.sharpe && days < 30)
    html.text(
        fmt::format(" Annual figures come from {:.1f} days: too few to conclude from.", days));
  html.raw("</p>\n");
  std::string_view group;
  for (const StatisticInfo& info : statistic_table()) {
    const bool no_benchmark =
        info.group == "Against the benchmark" && !report.statistics.tracking_error;
    if (no_benchmark) continue;
    if (info.group != group) {
      if (!group.empty()) html.raw("</tbody></table>\n");
      html.raw("<h3>").text(info.group).raw("</h3><table class=\"stats\"><tbody>\n");
      group = info.group;
    }
    html.raw("<tr><th scope=\"row\">").text(info.label).raw("</th>");
    html.cell(info.formula, "text formula");
    html.cell(show(info, report.statistics, report.base)).raw("</tr>\n");
  }
  html.raw("</tbody></table></section>\n");
}

void put_trades(Html& html, const RunReport& report) {
  if (report.trades.empty()) return;
  std::vector<const RoundTrip*> trips;
  trips.reserve(report.trades.size());
  for (const RoundTrip& trip : report.trades) trips.push_back(&trip);
  std::sort(trips.begin(), trips.end(), [](const RoundTrip* a, const RoundTrip* b) {
    const double first = a->net.to_double(), second = b->net.to_double();
    return first != second ? first > second : a < b;
  });
  if (trips.size() > 2 * kMaxTrades)
    trips.erase(trips.begin() + kMaxTrades, trips.end() - kMaxTrades);
  const bool all = trips.size() == report.trades.size();
  html.raw("<section class=\"sheet\"><h2>{}</h2>\n",
           all ? "Round trips, best first" : "Best and worst round trips");
  html.head({"Instrument", "Strategy", "Side", "Entered (UTC)", "Held", "Quantity", "Entry", "Exit",
             "Gross", "Fees", "Net"},
            4);
  for (const RoundTrip* trip : trips) {
    html.raw("<tr>").cell(trip->instrument, "text").cell(trip->strategy, "text");
    html.cell(trip->side == Side::kBuy ? "long" : "short", "text");
    html.cell(analytics::show_time(trip->entry), "text");
    html.cell(analytics::show_seconds(trip->held().to_seconds())).cell(trip->quantity.to_text());
    html.cell(trip->entry_price ? trip->entry_price->to_text() : "n/a");
    html.cell(trip->exit_price ? trip->exit_price->to_text() : "n/a");
    html.money(trip->gross).cell(show(trip->fees)).money(trip->net).raw("</tr>\n");
  }
  html.foot();
  html.raw("</section>\n");
}

void put_denials(Html& html, const RunReport& report) {
  if (report.denials.empty()) return;
  html.raw("<section class=\"sheet\"><h2>Denied requests</h2>\n");
  html.head({"Reason", "What it means", "Count"}, 2);
  for (const DenialCount& denial : report.denials) {
    html.raw("<tr>").cell(to_text(denial.reason), "text").raw("<td class=\"text\" ");
    html.raw("style=\"white-space:normal\">").text(explain(denial.reason)).raw("</td>");
    html.cell(analytics::show_count(denial.count)).raw("</tr>\n");
  }
  html.foot();
  html.raw("</section>\n");
}

void put_events(Html& html, const RunReport& report) {
  if (report.events.empty()) return;
  html.raw("<section class=\"sheet\"><h2>Events</h2>\n");
  html.head({"Time (UTC)", "What happened"}, 2);
  for (const RunEvent& event : report.events) {
    html.raw("<tr>").cell(analytics::show_time(event.time), "text");
    html.cell(event.text, "text").raw("</tr>\n");
  }
  html.foot();
  if (report.events_left_out > 0)
    html.raw("<p class=\"note\">{} more are left out.</p>\n", report.events_left_out);
  html.raw("</section>\n");
}

}  // namespace

std::string html_text(const RunReport& report) {
  Html html;
  put_head(html, report);
  put_cards(html, report);
  put_summary(html, report);
  put_pictures(html, report);
  put_days(html, report);
  put_trades(html, report);
  put_denials(html, report);
  put_events(html, report);
  put_statistics(html, report);
  html.raw(
      "<footer>Made by keel. Times are UTC. Every order and fill, exactly, is in the CSV "
      "files.</footer>\n</main>\n</body>\n</html>\n");
  return html.take();
}

Status write_html(const std::string& path, const RunReport& report) {
  return analytics::write_file(path, html_text(report));
}

}  // namespace keel
