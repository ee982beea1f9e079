#include <keel/analytics/errors.hpp>
#include <keel/analytics/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace keel {
namespace {

using Value = Statistics::Value;

// Below this a deviation is the noise of the divisions that made the returns.
constexpr double kNoise = 1e-14;

void put(Value& field, double value) {
  if (std::isfinite(value)) field = value;
}
void put_ratio(Value& field, double above, double below) {
  if (below != 0) put(field, above / below);
}

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}
double mean_of(std::span<const double> values) {
  return sum_of(values) / static_cast<double>(values.size());
}
// Mean of (value - mean)^power.
double moment(std::span<const double> values, double mean, int power) {
  double sum = 0;
  for (const double value : values) {
    double term = 1;
    for (int i = 0; i < power; ++i) term *= value - mean;
    sum += term;
  }
  return sum / static_cast<double>(values.size());
}
// Sample deviation; zero where it is nothing but noise.
double deviation(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double n = static_cast<double>(values.size());
  const double mean = mean_of(values);
  const double result = std::sqrt(moment(values, mean, 2) * n / (n - 1));
  return result > kNoise * std::max(1.0, std::abs(mean)) ? result : 0;
}
// Linear between the two nearest ranks, as numpy's default. `sorted` is not empty.
double quantile(std::span<const double> sorted, double part) {
  const double rank = part * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(rank);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (rank - static_cast<double>(low));
}

Status check(const StatisticsInput& input, const StatisticsConfig& config) {
  const auto bad = [](ErrorCode code, std::string field, std::string value, std::string rule) {
    return Error{code, std::move(field), std::move(value), std::move(rule), {}};
  };
  using namespace analytics_errors;
  if (!(config.periods_per_year > 0) || !std::isfinite(config.periods_per_year))
    return bad(kBadConfig, "periods_per_year", std::to_string(config.periods_per_year),
               "above zero");
  if (!(config.tail > 0 && config.tail < 0.5))
    return bad(kBadConfig, "tail", std::to_string(config.tail), "between 0 and 0.5");
  if (!(config.risk_free > -1) || !std::isfinite(config.risk_free))
    return bad(kBadConfig, "risk_free", std::to_string(config.risk_free), "above -1");
  if (!std::isfinite(config.sharpe_threshold))
    return bad(kBadConfig, "sharpe_threshold", std::to_string(config.sharpe_threshold), "finite");
  for (std::size_t i = 0; i < input.curve.size(); ++i) {
    const EquityPoint& point = input.curve[i];
    const std::string place = "curve[" + std::to_string(i) + "]";
    if (!std::isfinite(point.equity) || !std::isfinite(point.flow))
      return bad(kBadCurve, place, std::to_string(point.equity), "finite numbers");
    if (i > 0 && point.time <= input.curve[i - 1].time)
      return bad(kBadCurve, place, std::to_string(point.time.ns), "times that ascend");
  }
  if (!input.benchmark.empty() && input.benchmark.size() + 1 != input.curve.size())
    return bad(kBadCurve, "benchmark", std::to_string(input.benchmark.size()),
               "one return fewer than points of the curve");
  for (const double value : input.benchmark)
    if (!std::isfinite(value))
      return bad(kBadCurve, "benchmark", std::to_string(value), "finite numbers");
  for (std::size_t i = 0; i < input.trades.size(); ++i)
    if (!std::isfinite(input.trades[i].net) || input.trades[i].held.ns < 0)
      return bad(kBadTrade, "trades[" + std::to_string(i) + "]",
                 std::to_string(input.trades[i].net), "a finite profit, held for zero or longer");
  return {};
}

// Returns of the periods; empty where one would be measured from nothing.
std::vector<double> returns_of(std::span<const EquityPoint> curve) {
  std::vector<double> returns;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (!(curve[i - 1].equity > 0)) return {};
    const double value = (curve[i].equity - curve[i].flow) / curve[i - 1].equity - 1;
    if (!std::isfinite(value)) return {};
    returns.push_back(value);
  }
  return returns;
}

void put_returns(Statistics& out, std::span<const double> returns, const StatisticsConfig& config) {
  if (returns.empty()) return;
  const double n = static_cast<double>(returns.size());
  const double p = config.periods_per_year;
  double wealth = 1;
  double up = 0, moved = 0;
  for (const double r : returns) {
    wealth *= 1 + r;
    if (r > 0) ++up;
    if (r != 0) ++moved;
  }
  put(out.total_return, wealth - 1);
  put(out.annual_return, mean_of(returns) * p);
  if (wealth >= 0) put(out.cagr, std::pow(wealth, p / n) - 1);
  put(out.best_period, *std::max_element(returns.begin(), returns.end()));
  put(out.worst_period, *std::min_element(returns.begin(), returns.end()));
  put_ratio(out.positive_periods, up, moved);
}

void put_distribution(Statistics& out, std::span<const double> returns,
                      const StatisticsConfig& config) {
  const double n = static_cast<double>(returns.size());
  if (returns.size() < 2) return;
  std::vector<double> sorted{returns.begin(), returns.end()};
  std::sort(sorted.begin(), sorted.end());
  const double low = quantile(sorted, config.tail);
  put(out.value_at_risk, -low);
  const auto worst = static_cast<std::size_t>((n - 1) * config.tail) + 1;
  put(out.conditional_value_at_risk, -mean_of(std::span{sorted}.first(worst)));
  put_ratio(out.tail_ratio, std::abs(quantile(sorted, 1 - config.tail)), std::abs(low));
  if (deviation(returns) == 0) return;
  const double mean = mean_of(returns);
  const double second = moment(returns, mean, 2);
  const double skew = moment(returns, mean, 3) / std::pow(second, 1.5);
  const double excess = moment(returns, mean, 4) / (second * second) - 3;
  if (n >= 3) put(out.skewness, std::sqrt(n * (n - 1)) / (n - 2) * skew);
  if (n >= 4) put(out.kurtosis, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6));
}

// Bailey and Lopez de Prado: the chance that the true ratio is above the threshold.
void put_probabilistic(Statistics& out, std::span<const double> excess,
                       const StatisticsConfig& config) {
  const double spread = deviation(excess);
  if (spread == 0) return;
  const double n = static_cast<double>(excess.size());
  const double mean = mean_of(excess);
  const double ratio = mean / spread;
  const double threshold = config.sharpe_threshold / std::sqrt(config.periods_per_year);
  const double second = moment(excess, mean, 2);
  const double skew = moment(excess, mean, 3) / std::pow(second, 1.5);
  const double kurtosis = moment(excess, mean, 4) / (second * second);
  const double variance = 1 - skew * ratio + (kurtosis - 1) / 4 * ratio * ratio;
  if (!(variance > 0)) return;
  const double z = (ratio - threshold) * std::sqrt(n - 1) / std::sqrt(variance);
  put(out.probabilistic_sharpe, std::erfc(-z / std::sqrt(2.0)) / 2);
}

void put_risk_adjusted(Statistics& out, std::span<const double> returns,
                       const StatisticsConfig& config) {
  const double p = config.periods_per_year;
  const double n = static_cast<double>(returns.size());
  const double free = std::pow(1 + config.risk_free, 1 / p) - 1;
  std::vector<double> excess;
  double below_square = 0, above = 0, below = 0, losses = 0;
  for (const double r : returns) {
    const double e = r - free;
    excess.push_back(e);
    (e > 0 ? above : below) += std::abs(e);
    if (e < 0) below_square += e * e;
    if (r < 0) losses -= r;
  }
  if (returns.empty()) return;
  const double downside = std::sqrt(below_square / n * p);
  put(out.downside_deviation, downside);
  put_ratio(out.sortino, mean_of(excess) * p, downside);
  put_ratio(out.gain_to_pain, sum_of(returns), losses);
  put_ratio(out.omega, above, below);
  if (returns.size() < 2) return;
  put(out.volatility, deviation(returns) * std::sqrt(p));
  put_ratio(out.sharpe, mean_of(excess) * std::sqrt(p), deviation(excess));
  put_ratio(out.mean_t_statistic, mean_of(returns) * std::sqrt(n), deviation(returns));
  put_probabilistic(out, excess, config);
}

void put_benchmark(Statistics& out, std::span<const double> returns,
                   std::span<const double> benchmark, const StatisticsConfig& config) {
  if (benchmark.size() != returns.size() || returns.size() < 2) return;
  const double p = config.periods_per_year;
  const double free = std::pow(1 + config.risk_free, 1 / p) - 1;
  const double mean_r = mean_of(returns);
  const double mean_b = mean_of(benchmark);
  double both = 0;
  std::vector<double> active;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    both += (returns[i] - mean_r) * (benchmark[i] - mean_b);
    active.push_back(returns[i] - benchmark[i]);
  }
  both /= static_cast<double>(returns.size() - 1);
  const double spread_r = deviation(returns);
  const double spread_b = deviation(benchmark);
  put_ratio(out.beta, both, spread_b * spread_b);
  if (out.beta) put(out.alpha, (mean_r - free - *out.beta * (mean_b - free)) * p);
  put_ratio(out.correlation, both, spread_r * spread_b);
  put(out.tracking_error, deviation(active) * std::sqrt(p));
  put_ratio(out.information_ratio, mean_of(active) * std::sqrt(p), deviation(active));
}

struct Underwater {
  std::vector<double> depth;  // of every point
  std::vector<double> worst;  // of every drawdown
  std::optional<DrawdownSummary> deepest;
  double longest_seconds = 0;
};

// `wealth`: what one would have without the flows. Percent where `relative`, money otherwise.
Underwater underwater(std::span<const EquityPoint> curve, std::span<const double> wealth,
                      std::span<const double> profit, bool relative) {
  Underwater out;
  std::size_t peak = 0;
  double deepest = 0;
  bool below = false;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (wealth[i] >= wealth[peak]) {
      if (out.deepest && below && out.deepest->peak == curve[peak].time)
        out.deepest->recovered = curve[i].time;
      if (below)
        out.longest_seconds =
            std::max(out.longest_seconds, (curve[i].time - curve[peak].time).to_seconds());
      peak = i;
      below = false;
      out.depth.push_back(0);
      continue;
    }
    const double fall = wealth[peak] - wealth[i];
    const double depth = relative ? fall / wealth[peak] : fall;
    out.depth.push_back(depth);
    if (!below) out.worst.push_back(0);
    below = true;
    out.worst.back() = std::max(out.worst.back(), depth);
    if (depth > deepest) {
      deepest = depth;
      out.deepest = DrawdownSummary{profit[peak] - profit[i], relative ? depth : 0,
                                    curve[peak].time, curve[i].time, std::nullopt};
    }
  }
  if (below)
    out.longest_seconds =
        std::max(out.longest_seconds, (curve.back().time - curve[peak].time).to_seconds());
  return out;
}

void put_drawdowns(Statistics& out, const StatisticsInput& input, std::span<const double> returns) {
  if (input.curve.size() < 2) return;
  const bool relative = !returns.empty();
  std::vector<double> wealth, profit;
  double flows = 0;
  double product = input.curve.front().equity;
  for (std::size_t i = 0; i < input.curve.size(); ++i) {
    if (i > 0) flows += input.curve[i].flow;
    if (i > 0 && relative) product *= 1 + returns[i - 1];
    profit.push_back(input.curve[i].equity - flows);
    // Without flows the curve itself, free of the product's rounding.
    wealth.push_back(relative && flows != 0 ? product : profit.back());
  }
  const Underwater water = underwater(input.curve, wealth, profit, relative);
  const std::optional<DrawdownSummary>& worst = input.drawdown ? input.drawdown : water.deepest;
  put(out.max_drawdown_amount, worst ? worst->amount : 0);
  if (relative || input.drawdown) put(out.max_drawdown, worst ? worst->percent : 0);
  if (worst) put(out.max_drawdown_seconds, (worst->trough - worst->peak).to_seconds());
  if (worst && worst->recovered)
    put(out.max_drawdown_recovery_seconds, (*worst->recovered - worst->trough).to_seconds());
  put(out.longest_underwater_seconds, water.longest_seconds);
  if (worst) put_ratio(out.recovery_factor, profit.back() - profit.front(), worst->amount);
  if (!relative) return;
  put(out.average_drawdown, water.worst.empty() ? 0 : mean_of(water.worst));
  double squares = 0;
  for (const double depth : water.depth) squares += depth * depth;
  put(out.ulcer_index, std::sqrt(squares / static_cast<double>(water.depth.size())));
}

void put_trades(Statistics& out, std::span<const TradeResult> trades) {
  out.trades = static_cast<double>(trades.size());
  if (trades.empty()) return;
  const double n = static_cast<double>(trades.size());
  double won = 0, lost = 0, wins = 0, losses = 0, seconds = 0;
  double run_wins = 0, run_losses = 0, most_wins = 0, most_losses = 0;
  double largest_win = 0, largest_loss = 0;
  std::vector<double> nets;
  for (const TradeResult& trade : trades) {
    nets.push_back(trade.net);
    seconds += trade.held.to_seconds();
    run_wins = trade.net > 0 ? run_wins + 1 : 0;
    run_losses = trade.net < 0 ? run_losses + 1 : 0;
    most_wins = std::max(most_wins, run_wins);
    most_losses = std::max(most_losses, run_losses);
    largest_win = std::max(largest_win, trade.net);
    largest_loss = std::min(largest_loss, trade.net);
    if (trade.net > 0) won += trade.net, ++wins;
    if (trade.net < 0) lost -= trade.net, ++losses;
  }
  put(out.win_rate, wins / n);
  put_ratio(out.profit_factor, won, lost);
  put(out.expectancy, mean_of(nets));
  if (wins > 0) put(out.average_win, won / wins);
  if (losses > 0) put(out.average_loss, -lost / losses);
  if (wins > 0) put(out.largest_win, largest_win);
  if (losses > 0) put(out.largest_loss, largest_loss);
  if (out.average_win && out.average_loss)
    put_ratio(out.payoff_ratio, *out.average_win, -*out.average_loss);
  put(out.max_consecutive_wins, most_wins);
  put(out.max_consecutive_losses, most_losses);
  put(out.average_holding_seconds, seconds / n);
  if (out.payoff_ratio)
    put(out.kelly_fraction, *out.win_rate - (1 - *out.win_rate) / *out.payoff_ratio);
  const double largest = std::max(largest_win, -largest_loss);
  if (const double spread = deviation(nets); spread > largest * 1e-12)
    put(out.system_quality, std::sqrt(n) * *out.expectancy / spread);
}

void put_activity(Statistics& out, const StatisticsInput& input) {
  out.time_in_market = input.time_in_market;
  out.fees = input.fees;
  if (input.curve.empty()) return;
  double sum = 0, flows = 0;
  for (std::size_t i = 0; i < input.curve.size(); ++i) {
    sum += input.curve[i].equity;
    if (i > 0) flows += input.curve[i].flow;
  }
  const double mean = sum / static_cast<double>(input.curve.size());
  if (input.traded_value && mean > 0) put(out.turnover, *input.traded_value / mean);
  if (!input.fees) return;
  const double net = input.curve.back().equity - input.curve.front().equity - flows;
  if (net + *input.fees > 0) put(out.fee_share, *input.fees / (net + *input.fees));
}

}  // namespace

Result<Statistics> compute_statistics(const StatisticsInput& input,
                                      const StatisticsConfig& config) {
  if (Status status = check(input, config); !status.ok()) return std::move(status).error();
  Statistics out;
  const std::vector<double> returns = returns_of(input.curve);
  out.periods = static_cast<double>(returns.size());
  put_returns(out, returns, config);
  put_distribution(out, returns, config);
  put_risk_adjusted(out, returns, config);
  put_drawdowns(out, input, returns);
  put_benchmark(out, returns, input.benchmark, config);
  put_trades(out, input.trades);
  put_activity(out, input);
  if (out.cagr && out.max_drawdown) put_ratio(out.calmar, *out.cagr, *out.max_drawdown);
  if (out.cagr && out.ulcer_index)
    put_ratio(out.ulcer_performance, *out.cagr - config.risk_free, *out.ulcer_index);
  return out;
}

}  // namespace keel
