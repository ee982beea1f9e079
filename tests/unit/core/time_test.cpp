#include <doctest/doctest.h>

#include <chrono>
#include <limits>

#include <keel/core/chrono.hpp>
#include <keel/core/random.hpp>
#include <keel/core/time_text.hpp>

#include "expect_assert.hpp"

using namespace keel;
using namespace keel::literals;

namespace {

using Limits = std::numeric_limits<std::int64_t>;

std::int64_t ns(std::string_view text) { return parse_timestamp(text).value().ns; }

std::string_view time_error(std::string_view text) {
  const auto result = parse_timestamp(text);
  return result ? std::string_view{} : result.error().code.text;
}

std::string_view duration_error(std::string_view text) {
  const auto result = parse_duration(text);
  return result ? std::string_view{} : result.error().code.text;
}

}  // namespace

TEST_CASE("days and dates agree with std::chrono, every day from 1600 to 2400") {
  using std::chrono::days, std::chrono::sys_days, std::chrono::year, std::chrono::year_month_day;
  const auto first = sys_days{year{1600} / 1 / 1}.time_since_epoch().count();
  const auto last = sys_days{year{2400} / 12 / 31}.time_since_epoch().count();
  for (int day = static_cast<int>(first); day <= static_cast<int>(last); ++day) {
    const year_month_day expected{sys_days{days{day}}};
    const auto date = civil_from_days(day);
    const bool same = date.year == static_cast<int>(expected.year()) &&
                      date.month == static_cast<unsigned>(expected.month()) &&
                      date.day == static_cast<unsigned>(expected.day());
    REQUIRE(same);
    REQUIRE(days_from_civil(date) == day);
  }
}

TEST_CASE("timestamps that are known") {
  CHECK(ns("1970-01-01") == 0);
  CHECK(ns("1969-12-31T23:59:59.999999999Z") == -1);
  CHECK(ns("2001-09-09T01:46:40Z") == 1'000'000'000'000'000'000);
  CHECK(ns("2024-02-29T12:00:00Z") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-02-29 12:00:00") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-02-29T12:00") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-02-29T13:00:00+01:00") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-02-29T13:00:00+0100") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-02-29T06:30:00-05:30") == 1'709'208'000'000'000'000);
  CHECK(ns("2024-03-01T00:30:00+12:30") == 1'709'208'000'000'000'000);
  CHECK(ns("1970-01-01T00:00:00.1Z") == 100'000'000);
  CHECK(ns("1970-01-01T00:00:00.123456789Z") == 123'456'789);
  CHECK(ns("1677-09-21T00:12:43.145224192Z") == Limits::min());
  CHECK(ns("2262-04-11T23:47:16.854775807Z") == Limits::max());
  CHECK(ns("2262-04-12T00:47:16.854775807+01:00") == Limits::max());  // only the instant counts
}

TEST_CASE("times that do not exist, or do not fit, are refused as such") {
  for (const std::string_view text :
       {"2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-04-31", "2024-00-10",
        "2024-13-01", "2024-01-00", "2024-01-32", "2024-01-01T24:00:00Z", "2024-01-01T23:60:00Z",
        "2016-12-31T23:59:60Z", "2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60",
        "2024-01-01T00:00:00.1234567890Z", "1677-09-21T00:12:43.145224191Z",
        "2262-04-11T23:47:16.854775808Z", "0000-01-01", "9999-12-31T23:59:59Z"})
    CHECK_MESSAGE(time_error(text) == "core.time_range", text);
  CHECK(ns("2000-02-29") == 951'782'400'000'000'000);
}

TEST_CASE("text that is no time is refused as such") {
  for (const std::string_view text : {"",
                                      "2024",
                                      "2024-03",
                                      "2024-3-10",
                                      "24-03-10",
                                      "20240310",
                                      "2024/03/10",
                                      " 2024-03-10",
                                      "2024-03-10 ",
                                      "2024-03-10T",
                                      "2024-03-10T1",
                                      "2024-03-10T14",
                                      "2024-03-10T14:",
                                      "now",
                                      "2024-03-10T14:3",
                                      "2024-03-10T14:30:",
                                      "2024-03-10T14:30:0",
                                      "2024-03-10T14:30:00.",
                                      "2024-03-10T14:30:00.Z",
                                      "2024-03-10T14:30:00ZZ",
                                      "2024-03-10T14:30:00+",
                                      "2024-03-10T14:30:00+1",
                                      "2024-03-10T14:30:00+01:",
                                      "2024-03-10T14:30:00+01:0",
                                      "2024-03-10T14:30:00 UTC",
                                      "2024-03-10t14:30:00z",
                                      "-2024-03-10",
                                      "2024-03-10T-1:00:00",
                                      "1709208000",
                                      "nan"})
    CHECK_MESSAGE(time_error(text) == "core.time_syntax", text);
  CHECK(time_error(std::string_view{"2024-03-10\0", 11}) == "core.time_syntax");
}

TEST_CASE("the text of a time parses back, with as many decimals as it needs") {
  CHECK(to_text(Timestamp{0}) == "1970-01-01T00:00:00Z");
  CHECK(to_text(Timestamp{-1}) == "1969-12-31T23:59:59.999999999Z");
  CHECK(to_text(Timestamp{1'500'000'000}) == "1970-01-01T00:00:01.500Z");
  CHECK(to_text(Timestamp{1'000'001'000}) == "1970-01-01T00:00:01.000001Z");
  CHECK(to_text(Timestamp{Limits::min()}) == "1677-09-21T00:12:43.145224192Z");
  CHECK(to_text(Timestamp{Limits::max()}) == "2262-04-11T23:47:16.854775807Z");
  Random random{2};
  for (int i = 0; i < 3'000; ++i) {
    const Timestamp time{static_cast<std::int64_t>(random.next())};
    REQUIRE(parse_timestamp(to_text(time)).value() == time);
  }
}

TEST_CASE("dates and their midnights") {
  CHECK(parse_date("2024-02-29").value() == CivilDate{2024, 2, 29});
  CHECK(parse_date("9999-12-31").value() == CivilDate{9999, 12, 31});
  CHECK(parse_date("2024-02-29T00:00").error().code == core_errors::kTimeSyntax);
  CHECK(parse_date("2023-02-29").error().code == core_errors::kTimeRange);
  CHECK(parse_date("").error().code == core_errors::kTimeSyntax);
  CHECK(to_text(CivilDate{7, 1, 2}) == "0007-01-02");
  CHECK(utc_date(Timestamp{-1}) == CivilDate{1969, 12, 31});
  CHECK(utc_date(Timestamp{Limits::min()}) == CivilDate{1677, 9, 21});
  CHECK(utc_date(Timestamp{Limits::max()}) == CivilDate{2262, 4, 11});
  CHECK(utc_midnight({2024, 2, 29}).ns == ns("2024-02-29"));
  CHECK_ASSERTS(utc_midnight({2263, 1, 1}));
  CHECK(CivilDate{2023, 12, 31} < CivilDate{2024, 1, 1});
}

TEST_CASE("durations as text") {
  CHECK(parse_duration("250ms").value() == 250_ms);
  CHECK(parse_duration("90s").value() == 90_s);
  CHECK(parse_duration("5min").value() == 5_min);
  CHECK(parse_duration("1h").value() == 60_min);
  CHECK(parse_duration("1d").value() == 24_h);
  CHECK(parse_duration("10us").value() == 10_us);
  CHECK(parse_duration("0s").value() == 0_ns);
  CHECK(parse_duration("106751d").ok());
  for (const std::string_view text :
       {"", "5", "s", "5 s", "-5s", "+5s", "1.5s", "5m", "5S", "5sec"})
    CHECK_MESSAGE(duration_error(text) == "core.time_syntax", text);
  for (const std::string_view text : {"106752d", "9223372036854775808ns", "99999999999999999999s"})
    CHECK_MESSAGE(duration_error(text) == "core.time_range", text);
  CHECK(to_text(90_s) == "90s");
  CHECK(to_text(120_s) == "2min");
  CHECK(to_text(1'500_ms) == "1500ms");
  CHECK(to_text(Duration{-1}) == "-1ns");
  CHECK(to_text(Duration{0}) == "0s");
}

TEST_CASE("time arithmetic is exact or stops") {
  const Timestamp first{Limits::min()}, last{Limits::max()};
  CHECK(Timestamp{5} - Timestamp{7} == Duration{-2});
  CHECK(Timestamp{5} + 2_ns - 7_ns == Timestamp{0});
  CHECK(7_s / 2_s == 3);
  CHECK(Duration{-7} / Duration{2} == -3);
  CHECK_ASSERTS(last + 1_ns);
  CHECK_ASSERTS(first - 1_ns);
  CHECK_ASSERTS(last - first);
  CHECK_ASSERTS(1_s / 0_s);
  CHECK_ASSERTS(Duration{Limits::min()} / Duration{-1});
  CHECK_ASSERTS(Duration::days(106'752));
  CHECK_ASSERTS(106'751_d * 2);
  CHECK_ASSERTS(Timestamp::from_seconds(Limits::max()));
}

TEST_CASE("the start of an interval, before the epoch too") {
  CHECK(Timestamp{119}.floor_to(60_ns) == Timestamp{60});
  CHECK(Timestamp{120}.floor_to(60_ns) == Timestamp{120});
  CHECK(Timestamp{-1}.floor_to(60_ns) == Timestamp{-60});
  CHECK(Timestamp{-60}.floor_to(60_ns) == Timestamp{-60});
  CHECK_ASSERTS(Timestamp{1}.floor_to(0_ns));
  CHECK_ASSERTS(Timestamp{1}.floor_to(Duration{-5}));
  CHECK_ASSERTS(Timestamp{Limits::min()}.floor_to(1_d));
}

TEST_CASE("the glue to std::chrono keeps every nanosecond") {
  for (const auto value : {Limits::min(), std::int64_t{-1}, std::int64_t{0}, Limits::max()}) {
    CHECK(from_chrono(to_chrono(Timestamp{value})) == Timestamp{value});
    CHECK(from_chrono(to_chrono(Duration{value})) == Duration{value});
  }
}
