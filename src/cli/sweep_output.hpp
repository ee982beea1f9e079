// What keel sweep and keel walk-forward say: as text, as JSON, as a page.
#pragma once

#include <keel/analytics/overfitting.hpp>
#include <keel/analytics/sweep_page.hpp>
#include <keel/backtest/walk_forward.hpp>

namespace keel::cli {

struct SweepOutput {
  std::string title, by;
  bool lowest;
  std::uint64_t records;
  std::string rows;  // what was wrong with the data; empty: nothing
};

// The best point, and how much of it may be luck.
struct SweepFindings {
  std::vector<std::size_t> order;  // results with the statistic, best first
  std::optional<std::size_t> best;
  std::optional<DeflatedSharpe> deflated;
  std::optional<RealityCheck> reality;
  std::optional<OverfittingProbability> overfitting;
};
[[nodiscard]] SweepFindings look_into(const SweepReport& report, const SweepOutput& output);

[[nodiscard]] std::string text_of(const SweepReport& report, const SweepFindings& findings,
                                  const SweepOutput& output, std::size_t top);
[[nodiscard]] std::string json_of(const SweepReport& report, const SweepFindings& findings,
                                  const SweepOutput& output);
[[nodiscard]] SweepPage page_of(const SweepReport& report, const SweepFindings& findings,
                                const SweepOutput& output);

[[nodiscard]] std::string text_of(const WalkForwardReport& report, const SweepOutput& output);
[[nodiscard]] std::string json_of(const WalkForwardReport& report, const SweepOutput& output);
[[nodiscard]] SweepPage page_of(const WalkForwardReport& report, const SweepOutput& output);

}  // namespace keel::cli
