// Walk-forward: choose parameters on the past, trade the future with them, step on. What was never
// seen when the choice was made is stitched into one curve.
//
//   rolling    |-- in --|-out-|            anchored   |-- in --|-out-|
//                    |-- in --|-out-|                 |----- in -----|-out-|
#pragma once

#include <keel/backtest/sweep.hpp>

namespace keel {

namespace backtest_errors {
inline constexpr ErrorCode kBadWindow{"backtest.bad_window"};
}  // namespace backtest_errors

struct WalkForwardConfig {
  SweepConfig sweep;  // its span is the data: from the first record to after the last
  Duration in_sample{0}, out_of_sample{0};
  bool anchored = false;  // the past always begins where the data begins
  // What a strategy sees before each window without being allowed to trade (trading is halted), so
  // that its indicators are ready. Where the data does not reach back so far, what there is.
  Duration warm_up{0};
  std::string select_by = "sharpe";  // a statistic's name
  bool lowest = false;               // the lowest is the best
};

struct WalkForwardWindow {
  TimeSpan in_sample, out_of_sample;
  std::optional<std::size_t> chosen;  // index of the point; none: no point had the statistic
  std::optional<double> in_value, out_value;  // of the statistic, for the chosen point
  SweepResult out;                            // the chosen point, out of sample
};

struct WalkForwardReport {
  std::vector<SweepPoint> points;
  std::vector<WalkForwardWindow> windows;
  // Out of sample, one window behind the other, each beginning with what the one before ended with.
  // A window without a choice, or that failed, stands still.
  EquityCurve curve;
  Statistics statistics;  // of that curve
  // Mean annual return out of sample over that in sample of the chosen points (Pardo, The
  // Evaluation and Optimization of Trading Strategies, ch. 11). Empty where the latter is not above
  // zero.
  std::optional<double> efficiency;
  unsigned threads = 0;
  double seconds = 0;
};

// The windows of a span; the last one is cut at the end of the data. Errors: backtest.bad_window
// (a length that is not above zero, a span that does not hold one past and some future).
[[nodiscard]] Result<std::vector<WalkForwardWindow>> walk_forward_windows(
    const WalkForwardConfig& config);

// Errors: backtest.bad_window, backtest.unknown_statistic, backtest.stopped (before every choice
// was made), those of run_sweep.
[[nodiscard]] Result<WalkForwardReport> walk_forward(const WalkForwardConfig& config,
                                                     const SweepJob& job,
                                                     std::span<const SweepPoint> points,
                                                     SweepProgress* progress = nullptr);

}  // namespace keel
