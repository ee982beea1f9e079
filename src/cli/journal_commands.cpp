// keel inspect, keel report: from a journal alone.
#include <algorithm>
#include <memory>

#include <fmt/core.h>

#include <keel/analytics/journal_report.hpp>
#include <keel/analytics/report_writers.hpp>
#include <keel/core/format.hpp>
#include <keel/journal/inspect.hpp>
#include <keel/model/describe.hpp>

#include "cli/commands.hpp"

namespace keel::cli {

namespace {

struct InspectOptions {
  std::string journal, kind, order;
  std::uint64_t from = 0, to = ~std::uint64_t{0}, limit = 0;
  bool records = false, json = false;
};

void print_summary(const JournalSummary& summary) {
  fmt::print("records {} in {} transactions, seq {} to {}\n", summary.records, summary.transactions,
             summary.first_seq, summary.last_seq);
  if (summary.records > 0) fmt::print("time {} to {}\n", summary.first_time, summary.last_time);
  fmt::print("\n{:>8} {:>6} {:>5} {:>12} {:>14} {:>14} {:>12}  sealed\n", "segment", "engine",
             "run", "transactions", "first seq", "last seq", "bytes");
  for (const auto& s : summary.segments)
    fmt::print("{:>8} {:>6} {:>5} {:>12} {:>14} {:>14} {:>12}  {}\n", s.index, s.engine, s.run,
               s.transactions, s.first_seq, s.last_seq, s.used_bytes, s.sealed ? "yes" : "no");
  fmt::print("\n{:<24} {:>12} {:>14}\n", "kind", "records", "bytes");
  for (const auto& k : summary.kinds)
    fmt::print("{:<24} {:>12} {:>14}\n", to_text(k.kind), k.records, k.bytes);
  fmt::print("\nsnapshots");
  for (const auto& s : summary.snapshots) fmt::print(" {}", s.seq);
  fmt::print("{}\n", summary.snapshots.empty() ? " none" : "");
  if (summary.torn_tail)
    fmt::print("torn tail in segment {} at {}: {}\n", summary.torn_tail->segment,
               summary.torn_tail->offset, summary.torn_tail->what);
  for (const auto& error : summary.damage) fmt::print("DAMAGE {}\n", error.message());
  fmt::print("{}\n", summary.whole() ? "whole" : "damaged");
}

void print_json(const JournalSummary& summary) {
  fmt::print(
      "{{\"whole\":{},\"records\":{},\"transactions\":{},\"first_seq\":{},\"last_seq\":{},"
      "\"segments\":{},\"snapshots\":{},\"torn_tail\":{},\"kinds\":{{",
      summary.whole(), summary.records, summary.transactions, summary.first_seq, summary.last_seq,
      summary.segments.size(), summary.snapshots.size(), summary.torn_tail.has_value());
  for (std::size_t i = 0; i < summary.kinds.size(); ++i)
    fmt::print("{}{}:{}", i == 0 ? "" : ",", json_string(to_text(summary.kinds[i].kind)),
               summary.kinds[i].records);
  fmt::print("}},\"damage\":[");
  for (std::size_t i = 0; i < summary.damage.size(); ++i)
    fmt::print("{}{}", i == 0 ? "" : ",", json_string(summary.damage[i].message()));
  fmt::print("]}}\n");
}

bool shown(const InspectOptions& options, const RecordHeader& record) {
  if (record.seq < options.from || record.seq > options.to) return false;
  if (!options.kind.empty() && to_text(record.kind) != options.kind) return false;
  if (options.order.empty()) return true;
  return is_order_record(record.kind) &&
         fmt::format("{}", record_as<OrderRecord>(record).order) == options.order;
}

// A filter that nothing can pass is a slip of the fingers.
Status check_filters(const InspectOptions& options) {
  if (!options.kind.empty()) {
    std::string kinds;
    bool known = false;
    for (std::uint16_t value = 0x0100; value < 0x0700; ++value) {
      const auto name = to_text(RecordKind{value});
      if (name == "unknown") continue;
      known = known || name == options.kind;
      kinds.append(kinds.empty() ? "one of " : ", ").append(name);
    }
    if (!known) return Error{kUnknownKind, "--kind", options.kind, kinds, {}};
  }
  if (options.order.empty()) return {};
  const std::string& text = options.order;
  const auto hyphens = std::count(text.begin(), text.end(), '-');
  const bool is_id = hyphens == 2 && text.find_first_not_of("0123456789-") == std::string::npos &&
                     text.find("--") == std::string::npos && text.front() != '-' &&
                     text.back() != '-';
  if (is_id) return {};
  return Error{kBadOrderId, "--order", text, "engine-run-counter, such as 1-1-7", {}};
}

int print_records(const InspectOptions& options) {
  auto reader = JournalReader::open(options.journal);
  if (!reader) return fail(reader.error(), options.json);
  std::uint64_t count = 0;
  while (reader->next()) {
    if (reader->transaction().first_seq > options.to) break;
    for (const RecordHeader& record : reader->transaction().records) {
      if (!shown(options, record)) continue;
      if (options.json)
        fmt::print("{{\"seq\":{},\"kind\":{},\"text\":{}}}\n", record.seq,
                   json_string(to_text(record.kind)), json_string(describe(record)));
      else
        fmt::print("{}\n", describe(record));
      if (options.limit != 0 && ++count >= options.limit) return 0;
    }
  }
  return reader->status() ? 0 : fail(reader->status().error(), options.json);
}

int run_inspect(const InspectOptions& options) {
  if (auto status = check_filters(options); !status) return fail(status.error(), options.json);
  if (options.records) return print_records(options);
  const auto summary = inspect_journal(options.journal);
  if (!summary) return fail(summary.error(), options.json);
  if (options.json)
    print_json(*summary);
  else
    print_summary(*summary);
  return summary->whole() ? 0 : kDifference;
}

struct ReportOptions {
  std::string journal, html, json_file, fills, orders;
  bool json = false;
};

int run_report(const ReportOptions& options) {
  const auto report = report_from_journal(options.journal);
  if (!report) return fail(report.error(), options.json);
  const std::pair<const std::string*, Status (*)(const std::string&, const RunReport&)> files[] = {
      {&options.html, &write_html},
      {&options.json_file, &write_json},
      {&options.fills, &write_fills_csv},
      {&options.orders, &write_orders_csv}};
  for (const auto& [path, write] : files) {
    if (path->empty()) continue;
    if (auto status = write(*path, *report); !status) return fail(status.error(), options.json);
  }
  if (options.json)
    fmt::print("{}\n", json_text(*report));
  else
    fmt::print("{}", summary_text(*report));
  return 0;
}

}  // namespace

void add_inspect(CLI::App& app, int& code) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App* command = app.add_subcommand(
      "inspect",
      "Shows what a journal holds and whether it is whole; writes nothing.\n"
      "Exit code 3 where it is damaged. Example: keel inspect run.journal --records --order 1-1-7");
  command->add_option("journal", options->journal, "journal folder")->required();
  command->add_flag("--records", options->records, "a line for each record instead of the summary");
  command->add_option("--kind", options->kind, "only records of this kind, such as order_filled");
  command->add_option("--order", options->order, "only records of this order, such as 1-1-7");
  command->add_option("--from", options->from, "from this sequence number");
  command->add_option("--to", options->to, "up to this sequence number");
  command->add_option("--limit", options->limit, "at most this many records");
  command->add_flag("--json", options->json, "JSON: one object, or one a record");
  command->callback([options, &code] { code = run_inspect(*options); });
}

void add_report(CLI::App& app, int& code) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report",
                         "Makes the report of a run from its journal alone.\n"
                         "Example: keel report run.journal --html report.html --fills fills.csv");
  command->add_option("journal", options->journal, "journal folder")->required();
  command->add_option("--html", options->html, "write the report with its pictures");
  command->add_option("--json-file", options->json_file, "write the report as JSON");
  command->add_option("--fills", options->fills, "write the fills as CSV");
  command->add_option("--orders", options->orders, "write the orders as CSV");
  command->add_flag("--json", options->json, "the report as JSON on stdout");
  command->callback([options, &code] { code = run_report(*options); });
}

}  // namespace keel::cli
