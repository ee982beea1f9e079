// Sweeps: the points of a grid, the same results from any number of threads, and what goes wrong at
// one point staying there.
#include <doctest/doctest.h>

#include "sweep_world.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("a grid is every combination, the first parameter slowest") {
  SweepGrid grid;
  REQUIRE(grid.add_range("fast", "5:15:5").ok());
  REQUIRE(grid.add("slow", {"60", "120"}).ok());
  REQUIRE(grid.add_range("risk", "0.01:0.02:0.005").ok());
  CHECK(grid.size() == 18);
  const auto points = grid.points();
  REQUIRE(points.size() == 18);
  CHECK(points[0].text() == "fast=5 slow=60 risk=0.01");
  CHECK(points[1].text() == "fast=5 slow=60 risk=0.015");
  CHECK(points[3].text() == "fast=5 slow=120 risk=0.01");
  CHECK(points[17].text() == "fast=15 slow=120 risk=0.02");
  CHECK(*points[6].find("fast") == "10");
  CHECK(points[6].find("none") == nullptr);
  CHECK(SweepGrid{}.points().size() == 1);
}

TEST_CASE("a grid that makes no sense is refused") {
  SweepGrid grid;
  REQUIRE(grid.add_range("a", "1,2").ok());
  for (const char* text : {"5:1:1", "1:5:0", "1:5:-1", "1:5", "1:2:3:4", "x:5:1", "1:1e9:1",
                           "0:9000000000:0.000000001", "1,,2", ""})
    CHECK_MESSAGE(grid.add_range("b", text).error().code == backtest_errors::kBadGrid, text);
  CHECK(grid.add("a", {"1"}).error().code == backtest_errors::kBadGrid);
  CHECK(grid.add("c", {}).error().code == backtest_errors::kBadGrid);
  CHECK(grid.add("", {"1"}).error().code == backtest_errors::kBadGrid);
  CHECK(grid.size() == 2);
}

TEST_CASE("a tape plays what it was loaded with, whole and in part") {
  const MarketTape tape = make_tape(5, 5000);
  CHECK(tape.records() == 5000);
  CHECK(tape.bytes() == 5000 * sizeof(Quote));
  const auto times = [&](const TimeSpan& span) {
    std::vector<Timestamp> out;
    const auto feed = tape.play(span);
    for (auto batch = feed->next(); batch.ok() && !batch->empty(); batch = feed->next())
      for (std::size_t at = 0; at < batch->size(); at += sizeof(Quote))
        out.push_back(reinterpret_cast<const Quote*>(batch->data() + at)->header.ts_event);
    return out;
  };
  const auto all = times(TimeSpan::whole());
  REQUIRE(all.size() == 5000);
  CHECK(all.front() == tape.span().from);
  CHECK(all.back() + Duration{1} == tape.span().to);
  for (const std::size_t cut : {0u, 1u, 1023u, 1024u, 1025u, 3000u, 4999u}) {
    const auto before = times({tape.span().from, all[cut]});
    const auto after = times({all[cut], tape.span().to});
    CHECK(before.size() + after.size() == 5000);
    CHECK(after.front() == all[cut]);
  }
  CHECK(times({all.back() + 1_s, all.back() + 2_s}).empty());
}

TEST_CASE("results are the same from one thread and from four, in the order of the points") {
  const MarketTape tape = make_tape(42, 20'000);
  const EmaJob job{tape};
  SweepGrid grid;
  REQUIRE(grid.add_range("fast", "2:8:3").ok());
  REQUIRE(grid.add_range("slow", "10,20,40").ok());
  const auto points = grid.points();
  const auto one = run_sweep(sweep_config(1), job, points);
  const auto four = run_sweep(sweep_config(4), job, points);
  REQUIRE(one.ok());
  REQUIRE(four.ok());
  CHECK(one->threads == 1);
  CHECK(four->threads == 4);
  REQUIRE(one->results.size() == points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const SweepResult& a = one->results[i];
    const SweepResult& b = four->results[i];
    REQUIRE_FALSE(a.error.has_value());
    CHECK(a.point.text() == points[i].text());
    CHECK(a.rolling_hash == b.rolling_hash);
    CHECK(a.net_pnl == b.net_pnl);
    CHECK(a.curve.values == b.curve.values);
    CHECK(a.statistics.sharpe == b.statistics.sharpe);
    CHECK(a.fills > 10);
    CHECK(a.curve.values.front() == 1'000'000.0);
  }
  // Points differ, and one is the best.
  CHECK(one->results[0].rolling_hash != one->results[1].rolling_hash);
  const StatisticInfo* sharpe = *find_statistic("sharpe");
  const auto best = best_of(one->results, *sharpe);
  const auto worst = best_of(one->results, *sharpe, true);
  REQUIRE(best.has_value());
  for (const SweepResult& result : one->results) {
    CHECK(*result.statistics.sharpe <= *one->results[*best].statistics.sharpe);
    CHECK(*result.statistics.sharpe >= *one->results[*worst].statistics.sharpe);
  }
  std::vector<std::size_t> which;
  const auto rows = aligned_returns(one->results, &which);
  REQUIRE(rows.size() == points.size());
  for (const auto& row : rows) CHECK(row.size() == rows.front().size());
  CHECK(which.back() == points.size() - 1);
}

TEST_CASE("a point is the backtest that one would run by hand") {
  const MarketTape tape = make_tape(7, 20'000);
  const EmaJob job{tape};
  SweepPoint point;
  point.values = {{"fast", "3"}, {"slow", "12"}, {"fee", "0.00002"}};
  const SweepConfig config = sweep_config();
  const auto swept = run_sweep(config, job, {&point, 1});
  REQUIRE(swept.ok());
  BacktestConfig own = config.backtest;
  own.market_journal = MarketJournal::kNone;
  REQUIRE(job.adjust(point, own).ok());
  Backtest test{own};
  const auto id = test.add_instrument(config.instruments[0]);
  const auto strategy = job.make_strategy(point, *id);
  const auto feed = job.open_feed(TimeSpan::whole());
  const auto report = test.run("by hand", **strategy, **feed);
  REQUIRE(report.ok());
  const SweepResult& result = swept->results[0];
  CHECK(result.net_pnl == report->net_pnl);
  CHECK(result.fills == report->counts.fills);
  CHECK(result.statistics.sharpe == report->statistics.sharpe);
  CHECK(result.statistics.fees.value() > 0);
}

TEST_CASE("what fails at one point is told there and nowhere else") {
  const MarketTape tape = make_tape(1, 3000);
  const EmaJob job{tape};
  std::vector<SweepPoint> points(4);
  points[0].values = {{"fast", "2"}, {"slow", "9"}};
  points[1].values = {{"fast", "9"}, {"slow", "2"}};
  points[2].values = {{"fast", "2"}, {"slow", "9"}, {"throws", "1"}};
  points[3].values = {{"fast", "2"}, {"slow", "9"}, {"fee", "much"}};
  const auto report = run_sweep(sweep_config(), job, points);
  REQUIRE(report.ok());
  CHECK(report->failed() == 3);
  CHECK_FALSE(report->results[0].error.has_value());
  CHECK(report->results[1].error->code == ErrorCode{"test.refused"});
  CHECK(report->results[2].error->code == engine_errors::kCallbackFailed);
  CHECK(report->results[3].error.has_value());
  CHECK(best_of(report->results, **find_statistic("periods")) == std::optional<std::size_t>{0});
}

TEST_CASE("progress counts up, and can stop a sweep") {
  const MarketTape tape = make_tape(1, 2000);
  const EmaJob job{tape};
  SweepGrid grid;
  REQUIRE(grid.add_range("fast", "2:6:1").ok());
  REQUIRE(grid.add_range("slow", "10:40:10").ok());
  struct Counter final : SweepProgress {
    bool on_progress(std::size_t done, std::size_t total, std::size_t) override {
      rising = rising && done >= last && done <= total;
      last = done;
      return done < stop_at;
    }
    std::size_t last = 0, stop_at = 1000;
    bool rising = true;
  } whole, part;
  const auto all = run_sweep(sweep_config(), job, grid.points(), &whole);
  CHECK(whole.rising);
  CHECK(whole.last == 20);
  CHECK(all->failed() == 0);
  part.stop_at = 3;
  const auto some = run_sweep(sweep_config(), job, grid.points(), &part);
  REQUIRE(some.ok());
  std::size_t stopped = 0;
  for (const SweepResult& result : some->results)
    stopped += result.error && result.error->code == backtest_errors::kStopped ? 1u : 0u;
  CHECK(stopped > 0);
  CHECK(stopped < 18);
}

TEST_CASE("a sweep that cannot be is refused before a thread begins") {
  const MarketTape tape = make_tape(1, 10);
  const EmaJob job{tape};
  const SweepPoint point;
  CHECK(run_sweep(sweep_config(), job, {}).error().code == backtest_errors::kBadSweep);
  SweepConfig journaled = sweep_config();
  journaled.backtest.journal = "somewhere";
  CHECK(run_sweep(journaled, job, {&point, 1}).error().code == backtest_errors::kBadSweep);
  SweepConfig empty = sweep_config();
  empty.instruments.clear();
  CHECK(run_sweep(empty, job, {&point, 1}).error().code == backtest_errors::kBadSweep);
  SweepConfig odd = sweep_config();
  odd.order_slots = 100;
  CHECK(run_sweep(odd, job, {&point, 1}).error().code == backtest_errors::kBadSweep);
  CHECK(find_statistic("sharp").error().code == backtest_errors::kUnknownStatistic);
}
