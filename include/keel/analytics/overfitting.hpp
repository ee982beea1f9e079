// How much of a good backtest is luck: statistics for results that were chosen among many.
//
// Words: SR is the Sharpe ratio of one period (not annualised), g3 and g4 the skewness and kurtosis
// of the returns (g4 is 3 for a normal distribution), n how many returns there are, Phi the normal
// distribution, N how many trials the result was chosen from. Sources stand beside each function.
// A figure that is not defined is an empty optional. All in double: for people, never for
// decisions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <keel/core/result.hpp>

namespace keel {

struct SharpeMoments {
  double sharpe;      // mean / std of one period, std divides by n - 1
  double skewness;    // g3 = m3 / m2^1.5
  double kurtosis;    // g4 = m4 / m2^2
  std::size_t count;  // n
};
// Empty: fewer than 3 returns, a return that is not finite, or no spread.
[[nodiscard]] std::optional<SharpeMoments> sharpe_moments(std::span<const double> returns);

// The chance that the true SR is above `threshold` (of one period too):
//   PSR = Phi((SR - threshold) sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1) / 4 SR^2))
// Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2), 2012.
[[nodiscard]] std::optional<double> probabilistic_sharpe(const SharpeMoments& moments,
                                                         double threshold);

// How many returns it takes until PSR reaches `confidence`:
//   MinTRL = 1 + (1 - g3 SR + (g4 - 1) / 4 SR^2) (Phi^-1(confidence) / (SR - threshold))^2
// The same paper. Empty where SR is not above the threshold.
[[nodiscard]] std::optional<double> minimum_track_record(const SharpeMoments& moments,
                                                         double threshold, double confidence);

// The highest SR that N trials without any skill are expected to show, where their SRs have this
// variance:
//   SR0 = sqrt(variance) ((1 - c) Phi^-1(1 - 1/N) + c Phi^-1(1 - 1/(N e))),  c = 0.5772... (Euler)
// Bailey and Lopez de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5),
// 2014.
[[nodiscard]] std::optional<double> expected_maximum_sharpe(double variance, double trials);

// The probabilistic Sharpe ratio of the chosen trial against SR0: what is left of it once it is
// taken into account that it was chosen. The same paper. `trials` counts independent ones: alike
// trials make it too strict.
[[nodiscard]] std::optional<double> deflated_sharpe(const SharpeMoments& chosen, double variance,
                                                    double trials);
// Of the best of these return series, by SR; the variance is that of their SRs (divides by N - 1).
// Empty: fewer than two series have an SR.
struct DeflatedSharpe {
  std::size_t best;    // index
  std::size_t trials;  // series that have an SR
  double sharpe;       // of one period
  double expected_maximum;
  double probability;
};
[[nodiscard]] std::optional<DeflatedSharpe> deflated_sharpe(
    std::span<const std::vector<double>> returns);

// White's reality check: is the best of many rules better than the benchmark, given that it is the
// best of many? `excess[k]` are the returns of rule k less the benchmark's, all equally long.
//   V = max_k sqrt(n) mean(excess[k]);  V*_b = max_k sqrt(n) (mean*_b(excess[k]) - mean(excess[k]))
//   p = (1 + count(V*_b >= V)) / (1 + samples)
// where *_b resamples periods by the stationary bootstrap: blocks that begin anywhere, wrap around
// and have geometric lengths.
// White, A Reality Check for Data Snooping, Econometrica 68(5), 2000; Politis and Romano, The
// Stationary Bootstrap, JASA 89, 1994.
struct RealityCheckConfig {
  std::size_t samples = 1000;
  double mean_block = 10;  // periods; 1: every period is drawn by itself
  std::uint64_t seed = 1;
};
struct RealityCheck {
  double p_value;    // small: luck alone hardly explains the best one
  double statistic;  // V
  std::size_t best;
};
// Errors: analytics.bad_config (no samples, mean_block below 1), analytics.bad_curve (no series,
// fewer than 2 periods, lengths that differ, a number that is not finite).
[[nodiscard]] Result<RealityCheck> reality_check(std::span<const std::vector<double>> excess,
                                                 const RealityCheckConfig& config = {});

// The probability of backtest overfitting, by combinatorially symmetric cross-validation: the
// periods are cut into S blocks of equal length (what does not fit is left out at the beginning);
// for each choice of S / 2 of them the best series by SR in these is looked up among all series in
// the others.
//   w = rank there / (N + 1), 1 the worst;  PBO = share of choices with ln(w / (1 - w)) <= 0
// Bailey, Borwein, Lopez de Prado and Zhu, The Probability of Backtest Overfitting, Journal of
// Computational Finance 20(4), 2017. Equal values share their mean rank; a series without spread in
// a half counts as SR 0 there.
struct OverfittingProbability {
  double probability;          // PBO
  double loss_probability;     // share of choices whose best series loses in the other half
  double slope, intercept;     // of SR there on SR here, least squares over all choices
  std::vector<double> logits;  // ln(w / (1 - w)) of each choice
};
// Errors: analytics.bad_config (blocks odd, below 2 or above 20), analytics.bad_curve (fewer than
// two series, fewer than 2 periods a block, lengths that differ, a number that is not finite).
[[nodiscard]] Result<OverfittingProbability> overfitting_probability(
    std::span<const std::vector<double>> returns, std::size_t blocks = 16);

// Phi and its inverse (to the last few digits of a double; empty outside 0 to 1).
[[nodiscard]] double normal_distribution(double x);
[[nodiscard]] std::optional<double> normal_quantile(double probability);

}  // namespace keel
