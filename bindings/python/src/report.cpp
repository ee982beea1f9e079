// Reports of runs: tables, statistics, files.
#include "glue.hpp"

#include <keel/analytics/journal_report.hpp>
#include <keel/analytics/report_writers.hpp>

namespace keel_python {

using namespace py::literals;
using keel::RunReport;

namespace {

template <class T, class F>
py::list column(const std::vector<T>& rows, F&& get) {
  py::list list(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(i), py::cast(get(rows[i])).release().ptr());
  return list;
}
#define KEEL_COLUMN(rows, name) \
  table[#name] = column(rows, [](const auto& row) -> const auto& { return row.name; })

std::string reason_text(keel::Reason reason) {
  return reason == keel::Reason::kNone ? std::string{} : std::string{keel::to_text(reason)};
}

py::dict orders(const RunReport& report) {
  py::dict table;
  const auto& rows = report.orders;
  KEEL_COLUMN(rows, id);
  KEEL_COLUMN(rows, parent);
  KEEL_COLUMN(rows, account);
  KEEL_COLUMN(rows, strategy);
  KEEL_COLUMN(rows, instrument);
  KEEL_COLUMN(rows, client_id);
  KEEL_COLUMN(rows, side);
  KEEL_COLUMN(rows, type);
  KEEL_COLUMN(rows, time_in_force);
  KEEL_COLUMN(rows, state);
  table["reason"] = column(rows, [](const auto& row) { return reason_text(row.reason); });
  KEEL_COLUMN(rows, denied);
  KEEL_COLUMN(rows, quantity);
  KEEL_COLUMN(rows, filled);
  KEEL_COLUMN(rows, limit);
  KEEL_COLUMN(rows, trigger);
  KEEL_COLUMN(rows, average_price);
  KEEL_COLUMN(rows, created);
  KEEL_COLUMN(rows, ended);
  return table;
}

py::dict fills(const RunReport& report) {
  py::dict table;
  const auto& rows = report.fills;
  KEEL_COLUMN(rows, seq);
  KEEL_COLUMN(rows, time);
  KEEL_COLUMN(rows, order);
  KEEL_COLUMN(rows, account);
  KEEL_COLUMN(rows, strategy);
  KEEL_COLUMN(rows, instrument);
  KEEL_COLUMN(rows, execution);
  KEEL_COLUMN(rows, side);
  KEEL_COLUMN(rows, liquidity);
  KEEL_COLUMN(rows, price);
  KEEL_COLUMN(rows, quantity);
  KEEL_COLUMN(rows, value);
  KEEL_COLUMN(rows, fee);
  return table;
}

py::dict trades(const RunReport& report) {
  py::dict table;
  const auto& rows = report.trades;
  KEEL_COLUMN(rows, account);
  KEEL_COLUMN(rows, strategy);
  KEEL_COLUMN(rows, instrument);
  KEEL_COLUMN(rows, side);
  KEEL_COLUMN(rows, quantity);
  KEEL_COLUMN(rows, entry);
  KEEL_COLUMN(rows, exit);
  KEEL_COLUMN(rows, entry_price);
  KEEL_COLUMN(rows, exit_price);
  KEEL_COLUMN(rows, gross);
  KEEL_COLUMN(rows, fees);
  KEEL_COLUMN(rows, net);
  KEEL_COLUMN(rows, fills);
  return table;
}

py::dict equity(const RunReport& report) {
  py::dict table;
  const auto& rows = report.equity;
  KEEL_COLUMN(rows, time);
  KEEL_COLUMN(rows, equity);
  KEEL_COLUMN(rows, flow);
  return table;
}

py::dict days(const RunReport& report) {
  py::dict table;
  const auto& rows = report.days;
  table["date"] = column(rows, [](const auto& row) { return keel::to_text(row.date); });
  KEEL_COLUMN(rows, start);
  KEEL_COLUMN(rows, end);
  KEEL_COLUMN(rows, flows);
  KEEL_COLUMN(rows, pnl);
  KEEL_COLUMN(rows, fees);
  KEEL_COLUMN(rows, drawdown);
  KEEL_COLUMN(rows, orders);
  KEEL_COLUMN(rows, fills);
  KEEL_COLUMN(rows, trades_closed);
  return table;
}
#undef KEEL_COLUMN

py::dict statistics(const keel::Statistics& values) {
  py::dict table;
  for (const auto& info : keel::statistic_table())
    table[py::str(info.name.data(), info.name.size())] = py::cast(values.*info.field);
  return table;
}

py::dict counts(const RunReport& report) {
  const keel::RunCounts& c = report.counts;
  py::dict table;
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"records", c.records},     {"market_inputs", c.market_inputs},
      {"facts", c.facts},         {"commands", c.commands},
      {"orders", c.orders},       {"submits", c.submits},
      {"replaces", c.replaces},   {"cancels", c.cancels},
      {"fills", c.fills},         {"denied", c.denied},
      {"rejected", c.rejected},   {"canceled", c.canceled},
      {"expired", c.expired},     {"unknown", c.unknown},
      {"anomalies", c.anomalies}, {"open_at_end", c.open_at_end}};
  for (const auto& [name, value] : rows) table[name] = value;
  return table;
}

void add_valuation(py::module_& module) {
  using keel::Valuation;
  py::class_<Valuation>(module, "Valuation", "An account in its base currency.")
      .def_readonly("equity", &Valuation::equity)
      .def_readonly("cash", &Valuation::cash)
      .def_readonly("unrealized", &Valuation::unrealized)
      .def_readonly("realized", &Valuation::realized)
      .def_readonly("fees", &Valuation::fees)
      .def_readonly("income", &Valuation::income)
      .def_readonly("gross_exposure", &Valuation::gross_exposure)
      .def_readonly("net_exposure", &Valuation::net_exposure)
      .def_readonly("margin_used", &Valuation::margin_used)
      .def_readonly("unpriced", &Valuation::unpriced)
      .def_property_readonly("available", &Valuation::available)
      .def("__repr__", [](const Valuation& self) {
        return "<Valuation equity " + self.equity.to_text() + ", cash " + self.cash.to_text() + ">";
      });
}

}  // namespace

void add_report(py::module_& module) {
  add_valuation(module);
  py::class_<RunReport>(module, "RunReport",
                        "Everything that a report of a run says. Tables are dicts of columns; "
                        "keel.frame(report.fills()) makes a data frame.")
      .def_property_readonly("title", [](const RunReport& r) { return r.host.title; })
      .def_property_readonly("seconds", [](const RunReport& r) { return r.host.wall_seconds; })
      .def_property_readonly("events_per_second",
                             [](const RunReport& r) { return r.host.events_per_second; })
      .def_property_readonly("rolling_hash", [](const RunReport& r) { return r.host.rolling_hash; })
      .def_property_readonly("notes", [](const RunReport& r) { return r.host.notes; })
      .def_readonly("first_time", &RunReport::first_time)
      .def_readonly("last_time", &RunReport::last_time)
      .def_readonly("account", &RunReport::account)
      .def_readonly("base", &RunReport::base)
      .def_readonly("valuation", &RunReport::valuation)
      .def_readonly("start_equity", &RunReport::start_equity)
      .def_readonly("end_equity", &RunReport::end_equity)
      .def_readonly("gross_pnl", &RunReport::gross_pnl)
      .def_readonly("net_pnl", &RunReport::net_pnl)
      .def_readonly("traded_value", &RunReport::traded_value)
      .def_property_readonly("counts", counts)
      .def_property_readonly(
          "statistics", [](const RunReport& r) { return statistics(r.statistics); },
          "By name; None where a statistic is not defined.")
      .def("orders", orders, "One row an order, by creation: a dict of columns.")
      .def("fills", fills, "One row a fill, in order: a dict of columns.")
      .def("trades", trades, "Round trips, by exit: a dict of columns.")
      .def("equity", equity, "One row a period: a dict of columns.")
      .def("days", days, "One row a day (UTC): a dict of columns.")
      .def("summary", keel::summary_text, "Plain text, at most 80 columns.")
      .def("html", keel::html_text, "One HTML file with pictures, as text.")
      .def("json", keel::json_text, "JSON text; amounts as exact decimals.")
      .def(
          "write_html",
          [](const RunReport& r, const std::string& path) { take(keel::write_html(path, r)); },
          "path"_a, "Error: analytics.storage.")
      .def(
          "write_json",
          [](const RunReport& r, const std::string& path) { take(keel::write_json(path, r)); },
          "path"_a, "Error: analytics.storage.")
      .def(
          "write_fills_csv",
          [](const RunReport& r, const std::string& path) { take(keel::write_fills_csv(path, r)); },
          "path"_a, "Error: analytics.storage.")
      .def(
          "write_orders_csv",
          [](const RunReport& r, const std::string& path) {
            take(keel::write_orders_csv(path, r));
          },
          "path"_a, "Error: analytics.storage.")
      .def("__repr__", [](const RunReport& r) {
        return "<RunReport " + r.host.title + ": " + std::to_string(r.counts.orders) + " orders, " +
               std::to_string(r.counts.fills) + " fills, net " + r.net_pnl.to_text() + ">";
      });
  module.def(
      "report_from_journal",
      [](const std::string& folder) {
        auto report = [&] {
          py::gil_scoped_release release;
          return keel::report_from_journal(folder);
        }();
        return take(std::move(report));
      },
      "folder"_a, "A report from a journal alone. Errors: journal.*, analytics.*.");
}

}  // namespace keel_python
