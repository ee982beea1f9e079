// Statistics of an equity curve and of round-trip trades: what they are, exactly, and what they are
// called. docs/analytics.md has the same table with sources.
//
// Words: r is the return of one period, r[i] = (equity[i] - flow[i]) / equity[i-1] - 1, where flow
// is what came in from outside in that period; n is how many there are; P is periods_per_year;
// f = (1 + risk_free)^(1/P) - 1 is the risk-free return of one period; std divides by n - 1.
// Nothing is annualised except by P, which the caller names. A statistic that is not defined (too
// short, a division by zero, equity that was not above zero) is an empty optional; none is ever NaN
// or infinite. All in double: for people, never for decisions.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/core/time.hpp>

namespace keel {

// One period's end.
struct EquityPoint {
  Timestamp time;
  double equity;
  double flow = 0;  // came in (+) or went out (-) from outside since the point before
};

// A closed round trip, as statistics need it.
struct TradeResult {
  double net;  // profit after fees
  Duration held;
};

// The worst drawdown, where it was watched more finely than once a period.
struct DrawdownSummary {
  double amount;   // peak less trough, zero or above
  double percent;  // of the peak, zero or above: 0.25 is a quarter
  Timestamp peak, trough;
  std::optional<Timestamp> recovered;  // the first moment at the peak again
};

struct StatisticsConfig {
  double periods_per_year = 0;  // must be given: 252 trading days, 8760 hours round the clock
  double risk_free = 0;         // a year, as a fraction
  double tail = 0.05;           // of VaR, CVaR and tail ratio
  double sharpe_threshold = 0;  // annualised, for the probabilistic Sharpe ratio
};

struct StatisticsInput {
  std::span<const EquityPoint> curve;
  std::span<const TradeResult> trades;
  std::span<const double> benchmark;        // return of each period (curve.size() - 1), or empty
  std::optional<DrawdownSummary> drawdown;  // instead of the curve's own worst
  std::optional<double> time_in_market;     // fraction of the time with an open position
  std::optional<double> traded_value;       // sum of |price x quantity| of all fills
  std::optional<double> fees;               // paid less rebates
};

// Fractions unless a comment says otherwise: 0.1 is 10%.
struct Statistics {
  using Value = std::optional<double>;

  // Return
  Value periods;           // n
  Value total_return;      // product of (1 + r) - 1
  Value annual_return;     // mean(r) x P
  Value cagr;              // (1 + total_return)^(P/n) - 1
  Value best_period;       // max(r)
  Value worst_period;      // min(r)
  Value positive_periods;  // share of r > 0 among r != 0

  // Risk
  Value volatility;                     // std(r) x sqrt(P)
  Value downside_deviation;             // sqrt(mean(min(r - f, 0)^2)) x sqrt(P)
  Value max_drawdown;                   // largest (peak - equity) / peak; zero or above
  Value max_drawdown_amount;            // of that drawdown, money
  Value max_drawdown_seconds;           // peak to trough
  Value max_drawdown_recovery_seconds;  // trough to the peak's value again; empty: not yet
  Value longest_underwater_seconds;     // longest time below a peak, an unfinished one included
  Value average_drawdown;               // mean of the deepest point of every drawdown
  Value ulcer_index;                    // sqrt(mean(drawdown^2)), all points
  Value value_at_risk;              // -quantile(r, tail), linear interpolation; positive is a loss
  Value conditional_value_at_risk;  // -mean of the int((n - 1) x tail) + 1 smallest r
  Value skewness;                   // sample, adjusted (G1); n >= 3
  Value kurtosis;                   // sample excess, adjusted (G2); n >= 4
  Value tail_ratio;                 // |quantile(r, 1 - tail)| / |quantile(r, tail)|

  // Return for risk
  Value sharpe;                // mean(r - f) / std(r - f) x sqrt(P)
  Value probabilistic_sharpe;  // chance that the true Sharpe is above the threshold
  Value sortino;               // mean(r - f) x P / downside_deviation
  Value calmar;                // cagr / max_drawdown
  Value ulcer_performance;     // (cagr - risk_free) / ulcer_index
  Value recovery_factor;       // (last equity - first - flows) / max_drawdown_amount
  Value gain_to_pain;          // sum(r) / |sum of negative r|
  Value omega;                 // sum(max(r - f, 0)) / sum(max(f - r, 0))
  Value mean_t_statistic;      // mean(r) / (std(r) / sqrt(n))

  // Against a benchmark b
  Value beta;               // cov(r, b) / var(b)
  Value alpha;              // (mean(r - f) - beta x mean(b - f)) x P
  Value correlation;        // cov(r, b) / (std(r) x std(b))
  Value tracking_error;     // std(r - b) x sqrt(P)
  Value information_ratio;  // mean(r - b) / std(r - b) x sqrt(P)

  // Trades (closed round trips); a win is net > 0, a loss net < 0
  Value trades;
  Value win_rate;                   // wins / trades
  Value profit_factor;              // sum of wins / |sum of losses|
  Value payoff_ratio;               // average win / |average loss|
  Value expectancy;                 // mean(net), money
  Value average_win, average_loss;  // money; the loss is negative
  Value largest_win, largest_loss;  // money
  Value max_consecutive_wins, max_consecutive_losses;
  Value average_holding_seconds;
  Value kelly_fraction;  // win_rate - (1 - win_rate) / payoff_ratio
  Value system_quality;  // sqrt(trades) x mean(net) / std(net)

  // Activity
  Value time_in_market;
  Value turnover;   // traded value / mean equity
  Value fees;       // money, paid less rebates
  Value fee_share;  // fees / (profit before fees), where that is above zero
};

// Errors: analytics.bad_config (periods_per_year not above zero, tail not in (0, 0.5), risk_free
// not above -1), analytics.bad_curve (a number that is not finite, times that do not ascend, a
// benchmark of another length), analytics.bad_trade.
[[nodiscard]] Result<Statistics> compute_statistics(const StatisticsInput& input,
                                                    const StatisticsConfig& config);

enum class StatisticUnit : std::uint8_t { kFraction, kRatio, kMoney, kSeconds, kCount };

// What a statistic is called and how it is computed: drives every writer and the documentation.
struct StatisticInfo {
  std::string_view name;   // as in Statistics and in JSON
  std::string_view label;  // for people
  std::string_view group;
  StatisticUnit unit;
  Statistics::Value Statistics::* field;
  std::string_view formula;
  std::string_view source;
};
// In the order of Statistics.
[[nodiscard]] std::span<const StatisticInfo> statistic_table();

}  // namespace keel
