// keel backtest, keel replay: both from the same YAML file.
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include <keel/analytics/report_writers.hpp>

#include "cli/commands.hpp"
#include "cli/settings.hpp"

namespace keel::cli {

namespace {

struct Options {
  std::string file, out, journal;
  std::vector<std::string> set;
  bool json = false, quiet = false, force = false, strict = false;
  std::optional<std::uint64_t> from_seq;
};

class Counter final : public Progress {
 public:
  void on_progress(std::uint64_t events, std::uint64_t, Timestamp now) override {
    if (events / 10'000 == shown_) return;
    shown_ = events / 10'000;
    fmt::print(stderr, "\r{:>12} events  {}", events, to_text(utc_date(now)));
    any_ = true;
  }
  void done() const {
    if (any_) fmt::print(stderr, "\n");
  }

 private:
  std::uint64_t shown_ = 0;
  bool any_ = false;
};

void add_common(CLI::App& command, Options& options) {
  command.add_option("file", options.file, "the backtest, in YAML (docs/cli.md lists the keys)")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--journal", options.journal,
                     "journal folder; overrides `journal` of the file");
  command.add_option("--set", options.set,
                     "overrides one value: --set strategy.parameters.fast=30 (may be repeated)");
  command.add_flag("--json", options.json,
                   "the result as JSON on stdout, errors as JSON on stderr");
}

Status write_reports(const std::string& out, const RunReport& report) {
  const std::filesystem::path folder{out};
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  if (auto status = write_html((folder / "report.html").string(), report); !status) return status;
  if (auto status = write_json((folder / "report.json").string(), report); !status) return status;
  if (auto status = write_fills_csv((folder / "fills.csv").string(), report); !status)
    return status;
  return write_orders_csv((folder / "orders.csv").string(), report);
}

// Damaged data is told of on stderr whatever else is printed, in one line.
void tell_damage(const RowReport& rows, Rate most, bool json) {
  if (rows.clean()) return;
  std::string line = rows.summary();
  for (const auto& count : rows.counts) line += fmt::format("; {} {}", count.rows, count.code.text);
  const bool too_many = rows.skipped_share() > most.to_double();
  if (too_many) line += fmt::format("; more than feed.max_skipped ({})", most.to_text());
  if (json)
    fail({kDamagedData, "feed.path", std::move(line), "a file without damage", {}}, json);
  else
    fmt::print(stderr, "keel: {}data: {}\n", too_many ? "WARNING: " : "", line);
}

int run_backtest(const Options& options) {
  auto settings = Settings::load(options.file, options.set);
  if (!settings) return fail(settings.error(), options.json);
  if (!options.journal.empty()) settings->backtest.journal = options.journal;
  if (options.strict) settings->columns.strict = true;
  if (!options.out.empty()) settings->out = options.out;
  if (options.force && !settings->backtest.journal.empty()) {
    if (auto status = remove_journal(settings->backtest.journal); !status)
      return fail(status.error(), options.json);
  }
  Backtest test{settings->backtest};
  const auto id = test.add_instrument(settings->instrument);
  if (!id) return fail(id.error(), options.json);
  const auto strategy = settings->make_strategy(*id);
  if (!strategy) return fail(strategy.error(), options.json);
  auto feed = settings->open_feed(test.instruments().get(*id));
  if (!feed) return fail(feed.error(), options.json);

  Counter counter;
  const bool shows = !options.quiet && !options.json;
  auto report = test.run(settings->strategy, **strategy, *feed, shows ? &counter : nullptr);
  if (shows) counter.done();
  if (report || !options.json)  // an error in JSON stands alone
    tell_damage(feed->report(), settings->max_skipped, options.json);
  if (!report) return fail(report.error(), options.json);
  if (!feed->report().clean()) report->host.notes.push_back(feed->report().to_text());
  if (!settings->out.empty()) {
    if (auto status = write_reports(settings->out, *report); !status)
      return fail(status.error(), options.json);
  }
  if (options.json)
    fmt::print("{}\n", json_text(*report));
  else if (!options.quiet)
    fmt::print("{}", summary_text(*report));
  return 0;
}

int run_replay(const Options& options) {
  auto settings = Settings::load(options.file, options.set);
  if (!settings) return fail(settings.error(), options.json);
  if (!options.journal.empty()) settings->backtest.journal = options.journal;
  Backtest test{settings->backtest};
  const auto id = test.add_instrument(settings->instrument);
  if (!id) return fail(id.error(), options.json);
  if (const auto strategy = settings->make_strategy(*id); !strategy)
    return fail(strategy.error(), options.json);

  const auto verified = test.verify(
      settings->strategy, [&] { return settings->make_strategy(*id).value(); }, {options.from_seq});
  if (!verified) return fail(verified.error(), options.json);
  if (options.json) {
    fmt::print("{{\"identical\":{},\"inputs\":{},\"facts\":{},\"commands\":{},\"runs\":{}",
               verified->identical(), verified->inputs, verified->facts, verified->commands,
               verified->runs);
    if (verified->after_seq != 0) fmt::print(",\"after_seq\":{}", verified->after_seq);
    if (verified->difference)
      fmt::print(",\"seq\":{},\"input\":{},\"recorded\":{},\"replayed\":{}",
                 verified->difference->seq, json_string(verified->difference->input),
                 json_string(verified->difference->recorded),
                 json_string(verified->difference->replayed));
    if (verified->unrecorded_from)
      fmt::print(",\"unrecorded_from\":{}", *verified->unrecorded_from);
    fmt::print("}}\n");
  } else {
    fmt::print("{} inputs, {} facts, {} commands in {} runs\n{}\n", verified->inputs,
               verified->facts, verified->commands, verified->runs, verified->text());
  }
  return verified->identical() ? 0 : kDifference;
}

}  // namespace

void add_backtest(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "backtest",
      "Runs a strategy over recorded market data.\n"
      "Example: keel backtest btc.yaml --set strategy.parameters.fast=30 --out build/run");
  add_common(*command, *options);
  command->add_option("--out", options->out,
                      "folder for report.html, report.json, fills.csv, orders.csv");
  command->add_flag("--quiet", options->quiet, "no progress and no summary");
  command->add_flag("--strict", options->strict, "stop at the first bad row of the data");
  command->add_flag("--force", options->force, "replace the journal of an earlier run");
  command->callback([options, &code] { code = run_backtest(*options); });
}

void add_replay(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "replay",
      "Runs the strategy again on what a journal has recorded, and names the first decision that "
      "differs.\n"
      "Exit code 3 where one does. Example: keel replay btc.yaml --journal build/run/run.journal");
  add_common(*command, *options);
  command->add_option("--from", options->from_seq,
                      "begin behind the latest snapshot up to this seq");
  command->callback([options, &code] { code = run_replay(*options); });
}

}  // namespace keel::cli
