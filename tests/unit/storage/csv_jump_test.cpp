// One time that is far ahead must not make everything behind it look old.
#include <doctest/doctest.h>

#include <algorithm>

#include <temp_folder.hpp>

#include "csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr std::int64_t kFuture = 4'102'444'800;  // 2100-01-01

struct Read {
  std::vector<Trade> rows;
  RowReport report;
  std::optional<Error> error;
};

Read read(const std::vector<std::int64_t>& times, CsvSpec spec = trade_spec()) {
  const TempFolder folder;
  std::string text = "time,price,size\n";
  for (const auto time : times) text += std::to_string(time) + ",1.00,1\n";
  auto feed = csv_trades(folder.write("t.csv", text), spec, bitcoin());
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  auto got = drain<Trade>(*feed);
  const RowReport& report = feed->report();
  if (!got.error) CHECK(report.rows == report.delivered + report.skipped);
  CHECK(report.delivered == got.rows.size());
  return {got.rows, report, got.error};
}

std::vector<std::int64_t> seconds(int count, std::int64_t from = 1'000'000) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < count; ++i) times.push_back(from + i);
  return times;
}

}  // namespace

TEST_CASE("a row dated 2100 is the bad one, wherever it stands") {
  for (const std::size_t at : {0u, 1u, 7u, 30'000u, 49'999u}) {
    CAPTURE(at);
    auto times = seconds(50'000);
    times.insert(times.begin() + static_cast<std::ptrdiff_t>(at), kFuture);
    const Read got = read(times);
    CHECK(got.rows.size() == 50'000);
    CHECK(got.report.skipped == 1);
    CHECK(got.report.count(storage_errors::kTimeJump) == 1);
    REQUIRE(got.report.first.size() == 1);
    CHECK(got.report.first[0].value == "2100-01-01T00:00:00Z");
    CHECK(got.report.first[0].where.ends_with(":" + std::to_string(at + 2)));
  }
}

TEST_CASE("several bad rows, together and apart") {
  auto times = seconds(1'000);
  times.insert(times.begin() + 500, 3, kFuture);
  times.insert(times.begin() + 100, kFuture + 9);
  times.insert(times.begin() + 10, {kFuture, kFuture - 5, kFuture + 1});
  const Read got = read(times);
  CHECK(got.rows.size() == 1'000);
  CHECK(got.report.skipped == 7);
}

TEST_CASE("what 16 rows agree with is no mistake: nights, weekends, days apart") {
  auto times = seconds(100);
  for (const auto time : seconds(100, 2'000'000)) times.push_back(time);
  CHECK(read(times).report.clean());
  std::vector<std::int64_t> days;
  for (int i = 0; i < 400; ++i) days.push_back(i * std::int64_t{86'400} * 3);
  const Read sparse = read(days);
  CHECK(sparse.report.clean());
  CHECK(sparse.rows.size() == 400);
  // Nothing speaks against the last rows of a file.
  auto end = seconds(10);
  end.push_back(kFuture);
  CHECK(read(end).rows.size() == 11);
  CHECK(read({5}).rows.size() == 1);
}

TEST_CASE("a time that goes back a little after a night is the bad row itself") {
  auto times = seconds(20);
  for (const auto time : {2'000'010, 2'000'009, 2'000'011}) times.push_back(time);
  const Read got = read(times);
  CHECK(got.report.count(storage_errors::kTimeGoingBack) == 1);
  CHECK(got.report.count(storage_errors::kTimeJump) == 0);
}

TEST_CASE("a file that runs backwards: a row from 1970") {
  CsvSpec spec = trade_spec();
  spec.newest_first = true;
  auto times = seconds(1'000);
  std::reverse(times.begin(), times.end());
  times.insert(times.begin() + 400, 0);
  const Read got = read(times, spec);
  CHECK(got.rows.size() == 1'000);
  CHECK(got.report.count(storage_errors::kTimeJump) == 1);
}

TEST_CASE("strict names the row that is far ahead; max_jump = 0 takes it as it comes") {
  auto times = seconds(10);
  times.insert(times.begin() + 5, kFuture);
  CsvSpec spec = trade_spec();
  spec.strict = true;
  const Read got = read(times, spec);
  REQUIRE(got.error.has_value());
  CHECK(got.error->code == storage_errors::kTimeJump);
  CHECK(got.error->where.ends_with(":7"));
  CHECK(got.rows.size() == 5);
  spec.strict = false;
  spec.max_jump = Duration{0};
  const Read swallowed = read(times, spec);
  CHECK(swallowed.report.count(storage_errors::kTimeGoingBack) == 5);
  CHECK(swallowed.report.skipped_share() > 0.4);
}

TEST_CASE("prices that a kind cannot have are bad rows, with or without a check of increments") {
  const TempFolder folder;
  const auto path = folder.write("t.csv", "time,price,size\n1,0,1\n2,-0.01,1\n3,0.01,1\n");
  for (const bool check : {true, false}) {
    for (const auto& [kind, skipped] : {std::pair{InstrumentKind::kSpot, 2},
                                        {InstrumentKind::kEquity, 2},
                                        {InstrumentKind::kOption, 1},
                                        {InstrumentKind::kFuture, 0},
                                        {InstrumentKind::kCombo, 0}}) {
      Instrument listed = bitcoin();
      listed.kind = kind;
      CsvSpec spec = trade_spec();
      spec.check_increments = check;
      auto feed = csv_trades(path, spec, listed);
      REQUIRE(feed.ok());
      (void)drain<Trade>(*feed);
      CAPTURE(static_cast<int>(kind));
      CHECK(feed->report().count(storage_errors::kPriceNotPositive) ==
            static_cast<std::uint64_t>(skipped));
    }
  }
}
