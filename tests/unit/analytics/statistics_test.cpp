// Statistics: hand values, vectors of numpy, scipy, pandas, empyrical and quantstats, and what is
// not defined.
#include <keel/analytics/errors.hpp>
#include <keel/analytics/statistics.hpp>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "statistics_vectors.hpp"

using namespace keel;

namespace {

std::vector<EquityPoint> curve_of(const std::vector<double>& equity) {
  std::vector<EquityPoint> curve;
  for (std::size_t i = 0; i < equity.size(); ++i)
    curve.push_back(
        {Timestamp::from_seconds(86'400 * static_cast<std::int64_t>(i + 1)), equity[i]});
  return curve;
}

Statistics compute(const std::vector<EquityPoint>& curve,
                   const std::vector<TradeResult>& trades = {}) {
  StatisticsInput input;
  input.curve = curve;
  input.trades = trades;
  StatisticsConfig config;
  config.periods_per_year = 252;
  return compute_statistics(input, config).value();
}

void check_near(const Statistics::Value& value, double expected) {
  REQUIRE(value.has_value());
  CHECK(*value == doctest::Approx(expected).epsilon(1e-12));
}

void check_all_finite(const Statistics& statistics) {
  for (const StatisticInfo& info : statistic_table()) {
    CAPTURE(info.name);
    if (statistics.*info.field) CHECK(std::isfinite(*(statistics.*info.field)));
  }
}

std::vector<TradeResult> trades_of(std::initializer_list<double> nets) {
  std::vector<TradeResult> trades;
  for (const double net : nets) trades.push_back({net, Duration::minutes(10)});
  return trades;
}

}  // namespace

TEST_CASE("statistics equal those of numpy, pandas, scipy, empyrical and quantstats") {
  for (const test::StatisticsVector& vector : test::statistics_vectors()) {
    const std::vector<EquityPoint> curve = curve_of(vector.equity);
    StatisticsInput input;
    input.curve = curve;
    input.benchmark = vector.benchmark;
    StatisticsConfig config;
    config.periods_per_year = vector.periods_per_year;
    config.risk_free = vector.risk_free;
    const Statistics got = compute_statistics(input, config).value();
    std::set<std::string_view> checked;
    for (const auto& [name, expected] : vector.expected) {
      CAPTURE(name);
      for (const StatisticInfo& info : statistic_table()) {
        if (info.name != name) continue;
        checked.insert(name);
        const Statistics::Value& value = got.*info.field;
        REQUIRE(value.has_value() == expected.has_value());
        if (expected) CHECK(*value == doctest::Approx(*expected).epsilon(1e-9));
      }
    }
    CHECK(checked.size() == vector.expected.size());
    CHECK(got.periods == static_cast<double>(vector.equity.size() - 1));
  }
}

TEST_CASE("a curve worked out by hand") {
  // Up 10%, down 20%, up 50%, flat.
  const Statistics s = compute(curve_of({100, 110, 88, 132, 132}));
  check_near(s.total_return, 0.32);
  check_near(s.annual_return, 0.1 * 252);
  check_near(s.best_period, 0.5);
  check_near(s.worst_period, -0.2);
  check_near(s.positive_periods, 2.0 / 3);
  check_near(s.max_drawdown, 0.2);
  check_near(s.max_drawdown_amount, 22);
  check_near(s.max_drawdown_seconds, 86'400);
  check_near(s.max_drawdown_recovery_seconds, 86'400);
  check_near(s.longest_underwater_seconds, 2 * 86'400);
  check_near(s.average_drawdown, 0.2);
  check_near(s.ulcer_index, std::sqrt(0.04 / 5));
  check_near(s.recovery_factor, 32.0 / 22);
  check_near(s.gain_to_pain, 0.4 / 0.2);
  check_near(s.omega, 0.6 / 0.2);
  check_near(s.downside_deviation, std::sqrt(0.04 / 4 * 252));
  check_near(s.cagr, std::pow(1.32, 252.0 / 4) - 1);
}

TEST_CASE("trades worked out by hand") {
  const std::vector<TradeResult> trades = trades_of({100, -50, 200, 0, -50, -100, 300});
  const Statistics s = compute({}, trades);
  check_near(s.trades, 7);
  check_near(s.win_rate, 3.0 / 7);
  check_near(s.profit_factor, 600.0 / 200);
  check_near(s.average_win, 200);
  check_near(s.average_loss, -200.0 / 3);
  check_near(s.payoff_ratio, 3);
  check_near(s.expectancy, 400.0 / 7);
  check_near(s.largest_win, 300);
  check_near(s.largest_loss, -100);
  check_near(s.max_consecutive_wins, 1);
  check_near(s.max_consecutive_losses, 2);
  check_near(s.average_holding_seconds, 600);
  check_near(s.kelly_fraction, 3.0 / 7 - 4.0 / 7 / 3);
  // numpy: sqrt(7) * mean / std(ddof=1)
  check_near(s.system_quality,
             std::sqrt(7.0) * (400.0 / 7) / std::sqrt(155'000.0 / 6 - 400.0 * 400 / 42));
}

TEST_CASE("deposits and withdrawals are not returns") {
  std::vector<EquityPoint> curve = curve_of({100, 210, 189, 94.5});
  curve[1].flow = 100;    // 100 -> 110, and 100 came in
  curve[3].flow = -94.5;  // nothing earned, half taken out
  const Statistics s = compute(curve);
  check_near(s.total_return, 1.1 * 0.9 - 1);
  check_near(s.max_drawdown, 0.1);
  check_near(s.max_drawdown_amount, 21);
}

TEST_CASE("what is not defined is empty, never NaN or infinite") {
  SUBCASE("no curve, no trades") {
    const Statistics s = compute({});
    CHECK(s.periods == 0.0);
    CHECK(s.trades == 0.0);
    for (const StatisticInfo& info : statistic_table()) {
      CAPTURE(info.name);
      if (info.name != "periods" && info.name != "trades") CHECK(!(s.*info.field).has_value());
    }
  }
  SUBCASE("one point, and two") {
    check_all_finite(compute(curve_of({100})));
    const Statistics s = compute(curve_of({100, 101}));
    CHECK(s.total_return.has_value());
    CHECK(!s.sharpe);
    CHECK(!s.volatility);
    CHECK(!s.sortino);
    check_near(s.max_drawdown, 0);
    CHECK(!s.calmar);
  }
  SUBCASE("a flat curve") {
    const Statistics s = compute(curve_of({100, 100, 100, 100, 100}));
    check_near(s.total_return, 0);
    check_near(s.volatility, 0);
    CHECK(!s.sharpe);
    CHECK(!s.skewness);
    CHECK(!s.positive_periods);
    CHECK(!s.tail_ratio);
  }
  SUBCASE("the same gain every period: its spread is noise, not a number to divide by") {
    std::vector<double> equity{100};
    for (int i = 0; i < 50; ++i) equity.push_back(equity.back() * 1.001);
    const Statistics s = compute(curve_of(equity));
    CHECK(!s.sharpe);
    CHECK(!s.probabilistic_sharpe);
    CHECK(!s.sortino);
  }
  SUBCASE("everything lost, and more") {
    const Statistics lost = compute(curve_of({100, 50, 0}));
    check_near(lost.total_return, -1);
    check_near(lost.cagr, -1);
    const Statistics below = compute(curve_of({100, 50, -10, 20}));
    CHECK(!below.total_return);
    CHECK(!below.max_drawdown);
    check_near(below.max_drawdown_amount, 110);
  }
  SUBCASE("only wins, only losses") {
    const Statistics wins = compute({}, trades_of({1, 2}));
    CHECK(!wins.profit_factor);
    CHECK(!wins.kelly_fraction);
    CHECK(!wins.average_loss);
    const Statistics losses = compute({}, trades_of({-1, -2, -3}));
    check_near(losses.win_rate, 0);
    check_near(losses.profit_factor, 0);
    check_near(losses.max_consecutive_losses, 3);
    CHECK(!losses.payoff_ratio);
  }
  SUBCASE("huge and tiny numbers") {
    check_all_finite(
        compute(curve_of({1e-300, 1e300, 1e-300, 1e300}), trades_of({1e308, 1e308, -1e308})));
  }
}

TEST_CASE("what is handed over is checked") {
  StatisticsInput input;
  StatisticsConfig config;
  const auto code = [&] { return compute_statistics(input, config).error().code; };
  CHECK(code() == analytics_errors::kBadConfig);  // periods_per_year has no default
  config.periods_per_year = 252;
  CHECK(compute_statistics(input, config).ok());
  config.tail = 0.5;
  CHECK(code() == analytics_errors::kBadConfig);
  config.tail = 0.05;
  config.risk_free = -1;
  CHECK(code() == analytics_errors::kBadConfig);
  config.risk_free = 0;

  std::vector<EquityPoint> not_finite = curve_of({100, 101, 102});
  not_finite[1].equity = std::numeric_limits<double>::quiet_NaN();
  input.curve = not_finite;
  CHECK(code() == analytics_errors::kBadCurve);
  std::vector<EquityPoint> same_time = curve_of({100, 101, 102});
  same_time[2].time = same_time[1].time;
  input.curve = same_time;
  CHECK(code() == analytics_errors::kBadCurve);
  const std::vector<EquityPoint> curve = curve_of({100, 101, 102});
  input.curve = curve;
  const std::vector<double> benchmark{0.1};
  input.benchmark = benchmark;
  CHECK(code() == analytics_errors::kBadCurve);
  input.benchmark = {};
  const std::vector<TradeResult> trades{{1, Duration{-1}}};
  input.trades = trades;
  CHECK(code() == analytics_errors::kBadTrade);
}

TEST_CASE("the table names every statistic once, with a formula") {
  std::set<std::string_view> names, labels;
  for (const StatisticInfo& info : statistic_table()) {
    CHECK(names.insert(info.name).second);
    CHECK(labels.insert(info.label).second);
    CHECK(!info.formula.empty());
    CHECK(!info.source.empty());
  }
  CHECK(names.size() * sizeof(Statistics::Value) == sizeof(Statistics));
  CHECK(names.size() >= 50);
}

TEST_CASE("docs/analytics.md has the same table") {
  std::ifstream file{KEEL_ANALYTICS_PAGE};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE(!page.empty());
  const auto cell = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c == '|') out += '\\';
      out += c;
    }
    return out;
  };
  for (const StatisticInfo& info : statistic_table()) {
    const std::string row = "| `" + std::string{info.name} + "` | " + cell(info.formula) + " | " +
                            cell(info.source) + " |\n";
    CHECK_MESSAGE(page.find(row) != std::string::npos, row);
  }
}
