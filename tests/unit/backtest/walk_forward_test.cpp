// Walk-forward: the windows, the choice on the past alone, and the curve of what was never seen.
#include <doctest/doctest.h>

#include "sweep_world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

WalkForwardConfig config_for(const MarketTape& tape) {
  WalkForwardConfig config;
  config.sweep = sweep_config();
  config.sweep.span = tape.span();
  config.in_sample = 10_min;
  config.out_of_sample = 5_min;
  return config;
}

std::vector<SweepPoint> some_points() {
  SweepGrid grid;
  REQUIRE(grid.add_range("fast", "2,4,8").ok());
  REQUIRE(grid.add_range("slow", "10,20").ok());
  return grid.points();
}

}  // namespace

TEST_CASE("rolling and anchored windows") {
  WalkForwardConfig config;
  const Timestamp t = Timestamp::from_seconds(1'000'000);
  config.sweep.span = {t, t + 100_min};
  config.in_sample = 40_min;
  config.out_of_sample = 25_min;
  auto rolling = walk_forward_windows(config);
  REQUIRE(rolling.ok());
  REQUIRE(rolling->size() == 3);
  CHECK((*rolling)[1].in_sample.from == t + 25_min);
  CHECK((*rolling)[1].in_sample.to == t + 65_min);
  CHECK((*rolling)[1].out_of_sample.from == t + 65_min);
  CHECK((*rolling)[1].out_of_sample.to == t + 90_min);
  CHECK((*rolling)[2].out_of_sample.to == t + 100_min);  // cut at the end of the data
  config.anchored = true;
  const auto anchored = walk_forward_windows(config);
  REQUIRE(anchored->size() == 3);
  for (const WalkForwardWindow& window : *anchored) CHECK(window.in_sample.from == t);
  CHECK((*anchored)[2].in_sample.to == t + 90_min);
}

TEST_CASE("windows that make no sense are refused") {
  const MarketTape tape = make_tape(1, 100);
  const EmaJob job{tape};
  const auto code = [&](auto change) {
    WalkForwardConfig config = config_for(tape);
    change(config);
    return walk_forward(config, job, some_points()).error().code;
  };
  using namespace backtest_errors;
  CHECK(code([](auto& c) { c.in_sample = Duration{0}; }) == kBadWindow);
  CHECK(code([](auto& c) { c.out_of_sample = Duration{-1}; }) == kBadWindow);
  CHECK(code([](auto& c) { c.warm_up = Duration{-1}; }) == kBadWindow);
  CHECK(code([](auto& c) { c.in_sample = 400_h; }) == kBadWindow);
  CHECK(code([](auto& c) { c.sweep.span = TimeSpan::whole(); }) == kBadWindow);
  CHECK(code([](auto& c) { c.select_by = "luck"; }) == kUnknownStatistic);
}

TEST_CASE("the choice is made on the past alone, and the future is traded with it") {
  const MarketTape tape = make_tape(3, 20'000);  // some 33 minutes
  const EmaJob job{tape};
  const auto points = some_points();
  const WalkForwardConfig config = config_for(tape);
  const auto report = walk_forward(config, job, points);
  REQUIRE(report.ok());
  REQUIRE(report->windows.size() >= 4);
  const StatisticInfo* sharpe = *find_statistic("sharpe");
  double equity = 1'000'000;
  for (const WalkForwardWindow& window : report->windows) {
    // By hand: the best of a sweep over exactly the past of this window.
    SweepConfig past = config.sweep;
    past.span = window.in_sample;
    const auto swept = run_sweep(past, job, points);
    REQUIRE(swept.ok());
    CHECK(window.chosen == best_of(swept->results, *sharpe));
    CHECK(window.in_value == swept->results[*window.chosen].statistics.sharpe);
    SweepConfig future = config.sweep;
    future.span = window.out_of_sample;
    const auto traded = run_sweep(future, job, {&points[*window.chosen], 1});
    CHECK(window.out.rolling_hash == traded->results[0].rolling_hash);
    CHECK(window.out_value == traded->results[0].statistics.sharpe);
    equity *= window.out.curve.values.back() / window.out.curve.values.front();
  }
  // One behind the other, each beginning with what the one before ended with.
  CHECK(report->curve.values.front() == 1'000'000);
  CHECK(report->curve.values.back() == doctest::Approx(equity).epsilon(1e-12));
  CHECK(report->statistics.total_return.value() == doctest::Approx(equity / 1e6 - 1));
}

TEST_CASE("changing the future changes no choice that was made before it") {
  const MarketTape tape = make_tape(11, 20'000);
  const auto points = some_points();
  WalkForwardConfig config = config_for(tape);
  const EmaJob job{tape};
  const auto whole = walk_forward(config, job, points);
  // The same data, cut where the second window's future begins.
  config.sweep.span.to = whole->windows[1].out_of_sample.from + 30_s;
  const auto cut = walk_forward(config, job, points);
  REQUIRE(cut.ok());
  REQUIRE(cut->windows.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(cut->windows[i].chosen == whole->windows[i].chosen);
    CHECK(cut->windows[i].in_value == whole->windows[i].in_value);
  }
}

TEST_CASE("in the warm-up nothing is traded, and indicators are ready when it ends") {
  const MarketTape tape = make_tape(5, 20'000);
  const EmaJob job{tape};
  SweepPoint point;
  point.values = {{"fast", "4"}, {"slow", "60"}};  // five minutes until the slow one is ready
  WalkForwardConfig config = config_for(tape);
  const auto cold = walk_forward(config, job, {&point, 1});
  config.warm_up = 6_min;
  const auto warm = walk_forward(config, job, {&point, 1});
  REQUIRE(cold.ok());
  REQUIRE(warm.ok());
  const WalkForwardWindow& first = warm->windows[0];
  CHECK(first.out.denied > 0);  // what it would have liked to do before
  CHECK(first.out.fills > cold->windows[0].out.fills);
  // The curve begins where trading begins.
  CHECK(first.out.curve.start + 1_min <= first.out_of_sample.from + 1_min);
  CHECK(first.out.curve.start + 2_min >= first.out_of_sample.from);
  CHECK(first.out.curve.values.front() == 1'000'000);
}
