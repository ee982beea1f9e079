#include <cmath>

#include <fmt/format.h>

#include <keel/analytics/report_writers.hpp>

#include "analytics/show.hpp"

namespace keel {
namespace {

// RFC 8259, two blanks a level.
class Json {
 public:
  Json& open(char bracket) {
    value_begins();
    out_ += bracket;
    closers_ += bracket == '{' ? '}' : ']';
    fresh_ = true;
    return *this;
  }
  Json& close() {
    const char closer = closers_.back();
    closers_.pop_back();
    if (!fresh_) new_line();
    out_ += closer;
    fresh_ = false;
    return *this;
  }
  Json& key(std::string_view name) {
    value_begins();
    quote(name);
    out_ += ": ";
    after_key_ = true;
    return *this;
  }
  Json& text(std::string_view value) {
    value_begins();
    quote(value);
    return *this;
  }
  Json& number(double value) {
    return raw(std::isfinite(value) ? fmt::format("{}", value) : "null");
  }
  Json& count(std::uint64_t value) { return raw(std::to_string(value)); }
  Json& boolean(bool value) { return raw(value ? "true" : "false"); }
  Json& null() { return raw("null"); }
  Json& optional(const std::optional<double>& value) { return value ? number(*value) : null(); }
  Json& money(const Money& amount) { return text(amount.amount_text()); }
  Json& time(Timestamp value) { return value.ns == 0 ? null() : text(to_text(value)); }

  std::string take() {
    out_ += '\n';
    return std::move(out_);
  }

 private:
  Json& raw(std::string_view text) {
    value_begins();
    out_ += text;
    return *this;
  }
  void value_begins() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (closers_.empty()) return;
    if (!fresh_) out_ += ',';
    fresh_ = false;
    new_line();
  }
  void new_line() {
    out_ += '\n';
    out_.append(closers_.size() * 2, ' ');
  }
  void quote(std::string_view value) {
    out_ += '"';
    for (const char c : analytics::clean_text(value)) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }

  std::string out_, closers_;
  bool fresh_ = false, after_key_ = false;
};

void put_run(Json& json, const RunReport& report) {
  const HostInfo& host = report.host;
  json.key("title").text(host.title);
  json.key("first_time").time(report.first_time).key("last_time").time(report.last_time);
  json.key("account").text(report.account).key("base").text(report.base.code());
  json.key("journal").text(host.journal_path);
  json.key("parameters").open('{');
  for (const NamedText& parameter : host.parameters) json.key(parameter.name).text(parameter.text);
  json.close().key("notes").open('[');
  for (const std::string& note : host.notes) json.text(note);
  json.close();
  json.key("wall_seconds").optional(host.wall_seconds);
  json.key("events_per_second").optional(host.events_per_second);
  json.key("latency_ns");
  if (host.latency) {
    json.open('{').key("samples").count(host.latency->samples);
    json.key("p50").number(static_cast<double>(host.latency->p50_ns));
    json.key("p99").number(static_cast<double>(host.latency->p99_ns));
    json.key("max").number(static_cast<double>(host.latency->max_ns)).close();
  } else {
    json.null();
  }
  json.key("rolling_hash");
  if (host.rolling_hash)
    json.text(fmt::format("{:016x}", *host.rolling_hash));
  else
    json.null();
}

void put_counts(Json& json, const RunReport& report) {
  const RunCounts& counts = report.counts;
  const std::pair<const char*, std::uint64_t> rows[] = {{"records", counts.records},
                                                        {"market_inputs", counts.market_inputs},
                                                        {"other_inputs", counts.other_inputs},
                                                        {"facts", counts.facts},
                                                        {"commands", counts.commands},
                                                        {"orders", counts.orders},
                                                        {"submits", counts.submits},
                                                        {"replaces", counts.replaces},
                                                        {"cancels", counts.cancels},
                                                        {"fills", counts.fills},
                                                        {"busts", counts.busts},
                                                        {"denied", counts.denied},
                                                        {"rejected", counts.rejected},
                                                        {"canceled", counts.canceled},
                                                        {"expired", counts.expired},
                                                        {"unknown", counts.unknown},
                                                        {"anomalies", counts.anomalies},
                                                        {"open_at_end", counts.open_at_end}};
  json.key("counts").open('{');
  for (const auto& [name, value] : rows) json.key(name).count(value);
  json.close().key("denials").open('{');
  for (const DenialCount& denial : report.denials)
    json.key(to_text(denial.reason)).count(denial.count);
  json.close();
}

void put_money(Json& json, const RunReport& report) {
  json.key("money").open('{');
  json.key("start_equity").money(report.start_equity).key("end_equity").money(report.end_equity);
  json.key("flows").money(report.flows).key("gross_pnl").money(report.gross_pnl);
  json.key("net_pnl").money(report.net_pnl);
  json.key("traded_value");
  report.traded_value ? json.money(*report.traded_value) : json.null();
  json.key("valuation");
  if (const auto& value = report.valuation) {
    json.open('{').key("equity").money(value->equity).key("cash").money(value->cash);
    json.key("unrealized").money(value->unrealized).key("realized").money(value->realized);
    json.key("fees").money(value->fees).key("income").money(value->income);
    json.key("gross_exposure").money(value->gross_exposure);
    json.key("net_exposure").money(value->net_exposure);
    json.key("margin_used").money(value->margin_used);
    json.key("unpriced").count(value->unpriced).close();
  } else {
    json.null();
  }
  json.close();
  json.key("exposure").open('{').key("average").number(report.average_exposure);
  json.key("max").number(report.max_exposure).close();
  json.key("drawdown");
  if (const auto& drawdown = report.drawdown) {
    json.open('{').key("amount").number(drawdown->amount).key("percent").number(drawdown->percent);
    json.key("peak").time(drawdown->peak).key("trough").time(drawdown->trough);
    json.key("recovered").time(drawdown->recovered.value_or(Timestamp{0})).close();
  } else {
    json.null();
  }
}

void put_rows(Json& json, const RunReport& report) {
  json.key("trades").open('[');
  for (const RoundTrip& trip : report.trades) {
    json.open('{').key("account").text(trip.account).key("strategy").text(trip.strategy);
    json.key("instrument").text(trip.instrument);
    json.key("side").text(trip.side == Side::kBuy ? "long" : "short");
    json.key("quantity").text(trip.quantity.to_text());
    json.key("entry").time(trip.entry).key("exit").time(trip.exit);
    json.key("gross").money(trip.gross).key("fees").money(trip.fees).key("net").money(trip.net);
    json.key("currency").text(trip.net.currency().code()).key("fills").count(trip.fills);
    json.key("fees_elsewhere").boolean(trip.fees_elsewhere).close();
  }
  json.close().key("days").open('[');
  for (const DailyRow& day : report.days) {
    json.open('{').key("date").text(to_text(day.date)).key("start").money(day.start);
    json.key("end").money(day.end).key("flows").money(day.flows).key("pnl").money(day.pnl);
    json.key("fees").money(day.fees).key("drawdown").number(day.drawdown);
    json.key("orders").count(day.orders).key("fills").count(day.fills);
    json.key("trades_closed").count(day.trades_closed).close();
  }
  json.close().key("equity").open('[');
  for (const EquityPoint& point : report.equity) {
    json.open('{').key("time").time(point.time).key("equity").number(point.equity);
    json.key("flow").number(point.flow).close();
  }
  json.close().key("events").open('[');
  for (const RunEvent& event : report.events)
    json.open('{').key("time").time(event.time).key("text").text(event.text).close();
  json.close().key("events_left_out").count(report.events_left_out);
}

}  // namespace

std::string json_text(const RunReport& report) {
  Json json;
  json.open('{').key("format").text("keel.run_report").key("version").count(1);
  put_run(json, report);
  put_counts(json, report);
  put_money(json, report);
  json.key("statistics_config").open('{');
  json.key("period").text(to_text(report.equity_period));
  json.key("periods_per_year").number(report.statistics_config.periods_per_year);
  json.key("risk_free").number(report.statistics_config.risk_free);
  json.key("tail").number(report.statistics_config.tail).close();
  json.key("statistics").open('{');
  for (const StatisticInfo& info : statistic_table())
    json.key(info.name).optional(report.statistics.*info.field);
  json.close();
  put_rows(json, report);
  return json.close().take();
}

Status write_json(const std::string& path, const RunReport& report) {
  return analytics::write_file(path, json_text(report));
}

}  // namespace keel
