// A backtest written down in YAML (docs/cli.md lists every key), as the objects that run it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <keel/backtest/backtest.hpp>
#include <keel/storage/csv_feed.hpp>

namespace keel::cli {

inline constexpr ErrorCode kUnknownStrategy{"cli.unknown_strategy"};

// The sections `sweep` and `walk_forward`; the command line overrides them.
struct SweepSettings {
  std::vector<std::pair<std::string, std::string>> grid;  // name, values as SweepGrid::add_range
  unsigned threads = 0;
  std::string select_by = "sharpe";
  bool lowest = false, anchored = false;
  std::optional<Duration> in_sample, out_of_sample, warm_up;
};

struct Settings {
  BacktestConfig backtest;
  InstrumentSpec instrument;
  std::string feed_path;
  std::string feed_kind;  // trades, quotes, bars
  CsvSpec columns;
  Rate max_skipped;  // share of the rows, above which the run is warned of loudly
  std::string out;   // folder of the report
  std::string strategy;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, std::string>> limits;
  SweepSettings sweep;

  // Errors: cli.*, and those of the values.
  static Result<Settings> load(const std::string& path, const std::vector<std::string>& overrides);

  [[nodiscard]] Result<CsvFeed> open_feed(const Instrument& listed) const;
  // Errors: cli.unknown_strategy, cli.config_key (a parameter it does not have).
  [[nodiscard]] Result<std::unique_ptr<Strategy>> make_strategy(InstrumentId instrument) const;
};

}  // namespace keel::cli
