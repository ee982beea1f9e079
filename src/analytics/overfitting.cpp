#include <keel/analytics/errors.hpp>
#include <keel/analytics/overfitting.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <keel/core/random.hpp>

namespace keel {
namespace {

constexpr double kNoise = 1e-14;  // a spread below this is the noise of divisions
constexpr double kEuler = 0.57721566490153286061;

std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

// The spread of an estimated SR, times sqrt(n - 1).
double spread_of(const SharpeMoments& moments) {
  const double sr = moments.sharpe;
  return std::sqrt(1 - moments.skewness * sr + (moments.kurtosis - 1) / 4 * sr * sr);
}

Error bad(ErrorCode code, std::string field, std::string value, std::string rule) {
  return Error{code, std::move(field), std::move(value), std::move(rule), {}};
}

Status check(std::span<const std::vector<double>> series, std::size_t least_series,
             std::size_t least_periods) {
  using analytics_errors::kBadCurve;
  if (series.size() < least_series)
    return bad(kBadCurve, "returns", std::to_string(series.size()),
               "at least " + std::to_string(least_series) + " series");
  const std::size_t periods = series.front().size();
  if (periods < least_periods)
    return bad(kBadCurve, "returns", std::to_string(periods),
               "at least " + std::to_string(least_periods) + " periods");
  for (std::size_t k = 0; k < series.size(); ++k) {
    if (series[k].size() != periods)
      return bad(kBadCurve, "returns[" + std::to_string(k) + "]", std::to_string(series[k].size()),
                 "as long as the first");
    for (const double value : series[k])
      if (!std::isfinite(value))
        return bad(kBadCurve, "returns[" + std::to_string(k) + "]", std::to_string(value),
                   "finite numbers");
  }
  return {};
}

// How often each period comes in one resample of the stationary bootstrap.
void resample(Random& random, double chance_of_new, std::vector<double>& weights) {
  std::fill(weights.begin(), weights.end(), 0.0);
  const std::size_t n = weights.size();
  std::size_t at = random.below(n);
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) at = random.unit() < chance_of_new ? random.below(n) : (at + 1) % n;
    weights[at] += 1;
  }
}

// Sums of a block of periods of one series.
struct Sums {
  double sum = 0, squares = 0;
};

double sharpe_of(const Sums& sums, double count) {
  const double mean = sums.sum / count;
  const double variance = (sums.squares - sums.sum * mean) / (count - 1);
  const double deviation = variance > 0 ? std::sqrt(variance) : 0;
  return deviation > kNoise * std::max(1.0, std::abs(mean)) ? mean / deviation : 0;
}

// Every choice of half of the blocks, as bits, in ascending order.
std::vector<std::uint32_t> choices(std::size_t blocks) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t bits = 0; bits < (1u << blocks); ++bits)
    if (static_cast<std::size_t>(__builtin_popcount(bits)) * 2 == blocks) all.push_back(bits);
  return all;
}

// The mean rank of `values[which]`, 1 the smallest.
double rank_of(const std::vector<double>& values, std::size_t which) {
  std::size_t below = 0, equal = 0;
  for (const double value : values) {
    below += value < values[which] ? 1u : 0u;
    equal += value == values[which] ? 1u : 0u;
  }
  return static_cast<double>(below) + (static_cast<double>(equal) + 1) / 2;
}

// Least squares of y on x.
void fit(const std::vector<double>& x, const std::vector<double>& y, double& slope,
         double& intercept) {
  const double n = static_cast<double>(x.size());
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += x[i] / n;
    mean_y += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  slope = xx > 0 ? xy / xx : 0;
  intercept = mean_y - slope * mean_x;
}

}  // namespace

double normal_distribution(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }

// Bisection brackets it, Newton's step polishes it: no table of coefficients to mistrust.
std::optional<double> normal_quantile(double probability) {
  if (!(probability > 0 && probability < 1)) return std::nullopt;
  double low = -40, high = 40;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (normal_distribution(middle) < probability ? low : high) = middle;
  }
  double x = (low + high) / 2;
  for (int i = 0; i < 3; ++i) {
    const double density = std::exp(-x * x / 2) * 0.39894228040143267794;
    if (density > 0) x -= (normal_distribution(x) - probability) / density;
  }
  return finite(x);
}

std::optional<SharpeMoments> sharpe_moments(std::span<const double> returns) {
  const double n = static_cast<double>(returns.size());
  if (returns.size() < 3) return std::nullopt;
  double mean = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double value : returns) {
    if (!std::isfinite(value)) return std::nullopt;
    mean += value / n;
  }
  for (const double value : returns) {
    const double off = value - mean;
    m2 += off * off / n;
    m3 += off * off * off / n;
    m4 += off * off * off * off / n;
  }
  const double deviation = std::sqrt(m2 * n / (n - 1));
  if (!(deviation > kNoise * std::max(1.0, std::abs(mean)))) return std::nullopt;
  return SharpeMoments{mean / deviation, m3 / std::pow(m2, 1.5), m4 / (m2 * m2), returns.size()};
}

std::optional<double> probabilistic_sharpe(const SharpeMoments& moments, double threshold) {
  if (moments.count < 2) return std::nullopt;
  const double spread = spread_of(moments);
  if (!(spread > 0)) return std::nullopt;
  const double root = std::sqrt(static_cast<double>(moments.count - 1));
  return finite(normal_distribution((moments.sharpe - threshold) * root / spread));
}

std::optional<double> minimum_track_record(const SharpeMoments& moments, double threshold,
                                           double confidence) {
  const auto quantile = normal_quantile(confidence);
  if (!quantile || !(moments.sharpe > threshold)) return std::nullopt;
  const double ratio = spread_of(moments) * *quantile / (moments.sharpe - threshold);
  return finite(1 + ratio * ratio);
}

std::optional<double> expected_maximum_sharpe(double variance, double trials) {
  if (!(variance >= 0) || !(trials > 1)) return std::nullopt;
  const auto first = normal_quantile(1 - 1 / trials);
  const auto second = normal_quantile(1 - 1 / (trials * std::exp(1.0)));
  if (!first || !second) return std::nullopt;
  return finite(std::sqrt(variance) * ((1 - kEuler) * *first + kEuler * *second));
}

std::optional<double> deflated_sharpe(const SharpeMoments& chosen, double variance, double trials) {
  const auto expected = expected_maximum_sharpe(variance, trials);
  return expected ? probabilistic_sharpe(chosen, *expected) : std::nullopt;
}

std::optional<DeflatedSharpe> deflated_sharpe(std::span<const std::vector<double>> returns) {
  DeflatedSharpe result{};
  std::optional<SharpeMoments> best;
  std::vector<double> ratios;
  for (std::size_t k = 0; k < returns.size(); ++k) {
    const auto moments = sharpe_moments(returns[k]);
    if (!moments) continue;
    ratios.push_back(moments->sharpe);
    if (best && moments->sharpe <= best->sharpe) continue;
    best = moments;
    result.best = k;
  }
  if (ratios.size() < 2) return std::nullopt;
  const double n = static_cast<double>(ratios.size());
  double mean = 0, variance = 0;
  for (const double ratio : ratios) mean += ratio / n;
  for (const double ratio : ratios) variance += (ratio - mean) * (ratio - mean) / (n - 1);
  const auto expected = expected_maximum_sharpe(variance, n);
  const auto probability = deflated_sharpe(*best, variance, n);
  if (!expected || !probability) return std::nullopt;
  result.trials = ratios.size();
  result.sharpe = best->sharpe;
  result.expected_maximum = *expected;
  result.probability = *probability;
  return result;
}

Result<RealityCheck> reality_check(std::span<const std::vector<double>> excess,
                                   const RealityCheckConfig& config) {
  using analytics_errors::kBadConfig;
  if (config.samples == 0) return bad(kBadConfig, "samples", "0", "at least 1");
  if (!(config.mean_block >= 1) || !std::isfinite(config.mean_block))
    return bad(kBadConfig, "mean_block", std::to_string(config.mean_block), "at least 1 period");
  if (auto status = check(excess, 1, 2); !status) return std::move(status).error();
  const std::size_t n = excess.front().size();
  const double root = std::sqrt(static_cast<double>(n));
  std::vector<double> means;
  for (const auto& series : excess) {
    double sum = 0;
    for (const double value : series) sum += value;
    means.push_back(sum / static_cast<double>(n));
  }
  const auto best = std::max_element(means.begin(), means.end());
  RealityCheck result{0, root * *best, static_cast<std::size_t>(best - means.begin())};
  Random random{config.seed};
  std::vector<double> weights(n);
  std::size_t reached = 0;
  for (std::size_t sample = 0; sample < config.samples; ++sample) {
    resample(random, 1 / config.mean_block, weights);
    double highest = -1e300;
    for (std::size_t k = 0; k < excess.size(); ++k) {
      double sum = 0;
      for (std::size_t t = 0; t < n; ++t) sum += weights[t] * excess[k][t];
      highest = std::max(highest, root * (sum / static_cast<double>(n) - means[k]));
    }
    reached += highest >= result.statistic ? 1u : 0u;
  }
  result.p_value = (1 + static_cast<double>(reached)) / (1 + static_cast<double>(config.samples));
  return result;
}

Result<OverfittingProbability> overfitting_probability(std::span<const std::vector<double>> returns,
                                                       std::size_t blocks) {
  if (blocks < 2 || blocks > 20 || blocks % 2 != 0)
    return bad(analytics_errors::kBadConfig, "blocks", std::to_string(blocks),
               "an even number from 2 to 20");
  if (auto status = check(returns, 2, blocks * 2); !status) return std::move(status).error();
  const std::size_t series = returns.size(), periods = returns.front().size();
  const std::size_t length = periods / blocks, skipped = periods - length * blocks;
  std::vector<Sums> sums(series * blocks);
  for (std::size_t k = 0; k < series; ++k)
    for (std::size_t t = skipped; t < periods; ++t) {
      Sums& block = sums[k * blocks + (t - skipped) / length];
      block.sum += returns[k][t];
      block.squares += returns[k][t] * returns[k][t];
    }
  OverfittingProbability result{};
  std::vector<double> here(series), there(series), chosen_here, chosen_there;
  const double half = static_cast<double>(length * blocks / 2);
  double overfit = 0, lost = 0;
  for (const std::uint32_t bits : choices(blocks)) {
    for (std::size_t k = 0; k < series; ++k) {
      Sums in, out;
      for (std::size_t b = 0; b < blocks; ++b) {
        Sums& side = (bits >> b & 1u) != 0 ? in : out;
        side.sum += sums[k * blocks + b].sum;
        side.squares += sums[k * blocks + b].squares;
      }
      here[k] = sharpe_of(in, half);
      there[k] = sharpe_of(out, half);
    }
    const auto best =
        static_cast<std::size_t>(std::max_element(here.begin(), here.end()) - here.begin());
    const double rank = rank_of(there, best) / static_cast<double>(series + 1);
    result.logits.push_back(std::log(rank / (1 - rank)));
    overfit += rank <= 0.5 ? 1 : 0;
    lost += there[best] < 0 ? 1 : 0;
    chosen_here.push_back(here[best]);
    chosen_there.push_back(there[best]);
  }
  const double count = static_cast<double>(result.logits.size());
  result.probability = overfit / count;
  result.loss_probability = lost / count;
  fit(chosen_here, chosen_there, result.slope, result.intercept);
  return result;
}

}  // namespace keel
