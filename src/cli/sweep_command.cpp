// keel sweep, keel walk-forward: a backtest's YAML file at many points of its parameters.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/core.h>

#include <keel/analytics/overfitting.hpp>
#include <keel/analytics/sweep_page.hpp>
#include <keel/backtest/walk_forward.hpp>

#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "cli/sweep_output.hpp"

namespace keel::cli {

namespace {

struct Options {
  std::string file, html, by, in_sample, out_of_sample, warm_up;
  std::vector<std::string> set, grid;
  unsigned threads = 0;
  std::size_t top = 10;
  bool json = false, quiet = false, lowest = false, anchored = false;
};

// A bar on a terminal; a line now and then elsewhere.
class Bar final : public SweepProgress {
 public:
  explicit Bar(bool shows) : shows_(shows), terminal_(isatty(2) == 1) {}
  bool on_progress(std::size_t done, std::size_t total, std::size_t failed) override {
    const std::size_t percent = total == 0 ? 100 : done * 100 / total;
    if (!shows_ || percent / (terminal_ ? 1 : 10) == shown_ / (terminal_ ? 1 : 10)) return true;
    shown_ = percent;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
    const double left =
        done == 0 ? 0 : seconds / static_cast<double>(done) * static_cast<double>(total - done);
    fmt::print(stderr, "{}[{:<30}] {}/{} {}%, {:.0f} s left{}{}", terminal_ ? "\r" : "",
               std::string(percent * 30 / 100, '#'), done, total, percent, left,
               failed == 0 ? "" : fmt::format(", {} failed", failed), terminal_ ? "   " : "\n");
    any_ = true;
    return true;
  }
  void done() const {
    if (any_ && terminal_) fmt::print(stderr, "\n");
  }

 private:
  bool shows_, terminal_, any_ = false;
  std::size_t shown_ = 1000;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// A point is a file with some values replaced: a parameter of the strategy by its name, any other
// value by its path.
class FileJob final : public SweepJob {
 public:
  FileJob(const Settings& base, const Options& options, const MarketTape& tape)
      : base_(base), options_(options), tape_(tape) {}
  Result<std::unique_ptr<Strategy>> make_strategy(const SweepPoint& point,
                                                  InstrumentId first) const override {
    Settings own = base_;
    if (has_paths(point)) {
      auto read = read_at(point);
      if (!read) return std::move(read).error();
      own = std::move(read).value();
    }
    for (const auto& [name, value] : point.values) {
      if (name.find('.') != std::string::npos) continue;
      const auto known = std::find_if(own.parameters.begin(), own.parameters.end(),
                                      [&](const auto& entry) { return entry.first == name; });
      if (known != own.parameters.end())
        known->second = value;
      else
        own.parameters.emplace_back(name, value);
    }
    return own.make_strategy(first);
  }
  Result<std::unique_ptr<MarketFeed>> open_feed(const TimeSpan& span) const override {
    return tape_.play(span);
  }
  Status adjust(const SweepPoint& point, BacktestConfig& config) const override {
    if (!has_paths(point)) return {};
    auto read = read_at(point);
    if (!read) return std::move(read).error();
    const BacktestConfig& own = read->backtest;
    config.cash = own.cash;
    config.kind = own.kind;
    config.sim = own.sim;
    config.limits = own.limits;
    config.feed_latency = own.feed_latency;
    return {};
  }

 private:
  static bool has_paths(const SweepPoint& point) {
    return std::any_of(point.values.begin(), point.values.end(), [](const auto& entry) {
      return entry.first.find('.') != std::string::npos;
    });
  }
  Result<Settings> read_at(const SweepPoint& point) const {
    std::vector<std::string> set = options_.set;
    for (const auto& [name, value] : point.values)
      if (name.find('.') != std::string::npos) set.push_back(name + "=" + value);
    return Settings::load(options_.file, set);
  }
  const Settings& base_;
  const Options& options_;
  const MarketTape& tape_;
};

// Everything that both commands need before the first point.
struct Prepared {
  Settings settings;
  SweepConfig config;
  MarketTape tape;
  std::vector<SweepPoint> points;
  std::string rows;  // what was wrong with the data
};

Result<Prepared> prepare(const Options& options) {
  auto settings = Settings::load(options.file, options.set);
  if (!settings) return std::move(settings).error();
  Prepared made{std::move(settings).value(), {}, {}, {}, {}};
  SweepSettings& own = made.settings.sweep;
  if (options.threads != 0) own.threads = options.threads;
  if (!options.by.empty()) own.select_by = options.by;
  if (options.lowest) own.lowest = true;
  SweepGrid grid;
  for (const auto& [name, values] : own.grid)
    if (auto status = grid.add_range(name, values); !status) return std::move(status).error();
  for (const std::string& axis : options.grid) {
    const auto equal = axis.find('=');
    if (equal == std::string::npos)
      return Error{backtest_errors::kBadGrid, "--grid", axis, "NAME=VALUES", {}};
    const std::string_view text = axis;
    if (auto status = grid.add_range(text.substr(0, equal), text.substr(equal + 1)); !status)
      return std::move(status).error();
  }
  if (auto by = find_statistic(own.select_by); !by) return std::move(by).error();
  made.points = grid.points();
  made.config.backtest = made.settings.backtest;
  made.config.backtest.journal.clear();
  made.config.instruments.push_back(made.settings.instrument);
  made.config.threads = own.threads;

  Backtest listing{made.config.backtest};
  const auto id = listing.add_instrument(made.settings.instrument);
  if (!id) return id.error();
  auto feed = made.settings.open_feed(listing.instruments().get(*id));
  if (!feed) return std::move(feed).error();
  auto tape = MarketTape::load(*feed);
  if (!tape) return std::move(tape).error();
  made.tape = std::move(tape).value();
  if (!feed->report().clean()) {
    const std::string rows = feed->report().to_text();
    made.rows = rows.substr(0, rows.find('\n'));  // keel backtest names each row
  }
  return made;
}

int run_sweep_command(const Options& options) {
  auto prepared = prepare(options);
  if (!prepared) return fail(prepared.error(), options.json);
  const FileJob job{prepared->settings, options, prepared->tape};
  Bar bar{!options.json && !options.quiet};
  const auto report = run_sweep(prepared->config, job, prepared->points, &bar);
  bar.done();
  if (!report) return fail(report.error(), options.json);
  const SweepSettings& own = prepared->settings.sweep;
  const SweepOutput output{prepared->settings.backtest.title, own.select_by, own.lowest,
                           prepared->tape.records(), prepared->rows};
  const SweepFindings findings = look_into(*report, output);
  if (!options.html.empty())
    if (auto status = write_html(options.html, page_of(*report, findings, output)); !status)
      return fail(status.error(), options.json);
  if (options.json)
    fmt::print("{}\n", json_of(*report, findings, output));
  else if (!options.quiet)
    fmt::print("{}", text_of(*report, findings, output, options.top));
  return findings.best ? 0 : kFailed;
}

int run_walk_forward(const Options& options) {
  auto prepared = prepare(options);
  if (!prepared) return fail(prepared.error(), options.json);
  const FileJob job{prepared->settings, options, prepared->tape};
  const SweepSettings& own = prepared->settings.sweep;
  WalkForwardConfig config;
  config.sweep = prepared->config;
  config.sweep.span = prepared->tape.span();
  config.select_by = own.select_by;
  config.lowest = own.lowest;
  config.anchored = options.anchored || own.anchored;
  const auto length = [&](const std::string& text, const std::optional<Duration>& from_file,
                          const char* name, Duration& to) -> Status {
    if (from_file) to = *from_file;
    if (text.empty()) return {};
    auto parsed = parse_duration(text);
    if (!parsed) return Error{parsed.error()}.in_field(name);
    to = *parsed;
    return {};
  };
  if (auto s = length(options.in_sample, own.in_sample, "in_sample", config.in_sample); !s)
    return fail(s.error(), options.json);
  if (auto s =
          length(options.out_of_sample, own.out_of_sample, "out_of_sample", config.out_of_sample);
      !s)
    return fail(s.error(), options.json);
  if (auto s = length(options.warm_up, own.warm_up, "warm_up", config.warm_up); !s)
    return fail(s.error(), options.json);
  Bar bar{!options.json && !options.quiet};
  const auto report = walk_forward(config, job, prepared->points, &bar);
  bar.done();
  if (!report) return fail(report.error(), options.json);
  const SweepOutput output{prepared->settings.backtest.title, own.select_by, own.lowest,
                           prepared->tape.records(), prepared->rows};
  if (!options.html.empty())
    if (auto status = write_html(options.html, page_of(*report, output)); !status)
      return fail(status.error(), options.json);
  if (options.json)
    fmt::print("{}\n", json_of(*report, output));
  else if (!options.quiet)
    fmt::print("{}", text_of(*report, output));
  return 0;
}

void add_common(CLI::App& command, Options& options) {
  command.add_option("file", options.file, "the backtest, in YAML (docs/cli.md lists the keys)")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--grid", options.grid,
                     "values of a parameter: fast=5:50:5, slow=60,120, venue.taker_fee=0,0.001 "
                     "(may be repeated; added to sweep.grid of the file)");
  command.add_option("--set", options.set, "overrides one value of the file (may be repeated)");
  command.add_option("--by", options.by, "the statistic to choose by (sharpe)");
  command.add_flag("--lowest", options.lowest, "the lowest value is the best");
  command.add_option("--threads", options.threads, "threads (as many as there are processors)");
  command.add_option("--html", options.html, "writes a page with heat map and curves");
  command.add_flag("--json", options.json,
                   "the result as JSON on stdout, errors as JSON on stderr");
  command.add_flag("--quiet", options.quiet, "no progress and no summary");
}

}  // namespace

void add_sweep(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "sweep",
      "Runs a backtest at every point of a grid of parameters, on all processors.\n"
      "Example: keel sweep btc.yaml --grid fast=10:60:10 --grid slow=90:240:30 --html sweep.html");
  add_common(*command, *options);
  command->add_option("--top", options->top, "how many of the best points are printed (10)");
  command->callback([options, &code] { code = run_sweep_command(*options); });
}

void add_walk_forward(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "walk-forward",
      "Chooses parameters on the past and trades the future with them, window by window.\n"
      "Example: keel walk-forward btc.yaml --grid fast=10:60:10 --in-sample 30d --out-of-sample "
      "10d --warm-up 12h");
  add_common(*command, *options);
  command->add_option("--in-sample", options->in_sample, "length of the past to choose on");
  command->add_option("--out-of-sample", options->out_of_sample, "length of the future to trade");
  command->add_option("--warm-up", options->warm_up,
                      "what strategies see before each window without trading");
  command->add_flag("--anchored", options->anchored, "the past always begins with the data");
  command->callback([options, &code] { code = run_walk_forward(*options); });
}

}  // namespace keel::cli
