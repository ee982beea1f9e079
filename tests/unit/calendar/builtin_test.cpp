// The built-in calendars against what the exchanges published.
#include <array>

#include <fmt/core.h>

#include <keel/core/hash.hpp>

#include "helpers.hpp"

using namespace keel;
using keel::test::at;
using keel::test::builtin;
using keel::test::on;

namespace {

struct YearOfHolidays {
  int year;
  std::string_view days;  // weekdays without trading, "MM-DD"
};

// www.nyse.com/markets/hours-calendars, and its list of special closings.
constexpr std::array<YearOfHolidays, 17> kNyse{{
    {2010, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24"},
    {2011, "01-17 02-21 04-22 05-30 07-04 09-05 11-24 12-26"},
    {2012, "01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25"},
    {2013, "01-01 01-21 02-18 03-29 05-27 07-04 09-02 11-28 12-25"},
    {2014, "01-01 01-20 02-17 04-18 05-26 07-04 09-01 11-27 12-25"},
    {2015, "01-01 01-19 02-16 04-03 05-25 07-03 09-07 11-26 12-25"},
    {2016, "01-01 01-18 02-15 03-25 05-30 07-04 09-05 11-24 12-26"},
    {2017, "01-02 01-16 02-20 04-14 05-29 07-04 09-04 11-23 12-25"},
    {2018, "01-01 01-15 02-19 03-30 05-28 07-04 09-03 11-22 12-05 12-25"},
    {2019, "01-01 01-21 02-18 04-19 05-27 07-04 09-02 11-28 12-25"},
    {2020, "01-01 01-20 02-17 04-10 05-25 07-03 09-07 11-26 12-25"},
    {2021, "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24"},
    {2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"},
    {2023, "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25"},
    {2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25"},
    {2025, "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25"},
    {2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25"},
}};

// B3's holiday calendars (www.b3.com.br, calendario de negociacao).
constexpr std::array<YearOfHolidays, 11> kB3{{
    {2016, "01-01 01-25 02-08 02-09 03-25 04-21 05-26 09-07 10-12 11-02 11-15 12-30"},
    {2017, "01-25 02-27 02-28 04-14 04-21 05-01 06-15 09-07 10-12 11-02 11-15 11-20 12-25 12-29"},
    {2018,
     "01-01 01-25 02-12 02-13 03-30 05-01 05-31 07-09 09-07 10-12 11-02 11-15 11-20 12-24 12-25 "
     "12-31"},
    {2019, "01-01 01-25 03-04 03-05 04-19 05-01 06-20 07-09 11-15 11-20 12-24 12-25 12-31"},
    {2020, "01-01 02-24 02-25 04-10 04-21 05-01 06-11 09-07 10-12 11-02 12-24 12-25 12-31"},
    {2021, "01-01 01-25 02-15 02-16 04-02 04-21 06-03 07-09 09-07 10-12 11-02 11-15 12-24 12-31"},
    {2022, "02-28 03-01 04-15 04-21 06-16 09-07 10-12 11-02 11-15 12-30"},
    {2023, "02-20 02-21 04-07 04-21 05-01 06-08 09-07 10-12 11-02 11-15 12-25 12-29"},
    {2024, "01-01 02-12 02-13 03-29 05-01 05-30 11-15 11-20 12-24 12-25 12-31"},
    {2025, "01-01 03-03 03-04 04-18 04-21 05-01 06-19 11-20 12-24 12-25 12-31"},
    {2026, "01-01 02-16 02-17 04-03 04-21 05-01 06-04 09-07 10-12 11-02 11-20 12-24 12-25 12-31"},
}};

// London Stock Exchange, business days; gov.uk/bank-holidays.
constexpr std::array<YearOfHolidays, 9> kLondon{{
    {2018, "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26"},
    {2019, "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26"},
    {2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"},
    {2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"},
    {2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"},
    {2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
    {2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"},
    {2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"},
    {2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"},
}};

// www.xetra.com, trading calendar.
constexpr std::array<YearOfHolidays, 9> kXetra{{
    {2018, "01-01 03-30 04-02 05-01 05-21 10-03 12-24 12-25 12-26 12-31"},
    {2019, "01-01 04-19 04-22 05-01 06-10 10-03 12-24 12-25 12-26 12-31"},
    {2020, "01-01 04-10 04-13 05-01 06-01 12-24 12-25 12-31"},
    {2021, "01-01 04-02 04-05 05-24 12-24 12-31"},
    {2022, "04-15 04-18 12-26"},
    {2023, "04-07 04-10 05-01 12-25 12-26"},
    {2024, "01-01 03-29 04-01 05-01 12-24 12-25 12-26 12-31"},
    {2025, "01-01 04-18 04-21 05-01 12-24 12-25 12-26 12-31"},
    {2026, "01-01 04-03 04-06 05-01 12-24 12-25 12-31"},
}};

// www.frbservices.org, holiday schedules.
constexpr std::array<YearOfHolidays, 4> kFedwire{{
    {2021, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"},
    {2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"},
    {2024, "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25"},
    {2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"},
}};

std::string weekdays_without_trading(const TradingCalendar& calendar, int year) {
  std::string days;
  for (CivilDate date{year, 1, 1}; date.year == year; date = add_days(date, 1)) {
    if (weekday_of(date) >= Weekday::kSaturday || calendar.is_trading_day(date)) continue;
    if (!days.empty()) days += ' ';
    days += to_text(date).substr(5);
  }
  return days;
}

template <std::size_t N>
void check_years(std::string_view name, const std::array<YearOfHolidays, N>& years) {
  const auto calendar = builtin(name, years.front().year, years.back().year);
  for (const auto& [year, days] : years) {
    CAPTURE(year);
    CHECK(weekdays_without_trading(calendar, year) == days);
  }
}

std::string local_hours(const TradingCalendar& calendar, const char* day,
                        std::int64_t utc_offset_h) {
  std::string text;
  for (const Session& session : calendar.sessions(on(day))) {
    const auto clock_text = [&](Timestamp time) {
      return to_text(time + Duration::hours(utc_offset_h)).substr(11, 5);
    };
    if (!text.empty()) text += ' ';
    text += clock_text(session.open) + "-" + clock_text(session.close);
  }
  return text;
}

}  // namespace

TEST_CASE("every built-in calendar can be made over all its years") {
  for (const auto& known : builtin_calendars()) {
    CAPTURE(known.name);
    const auto calendar = builtin(known.name, known.first_year, TradingCalendar::kLastYear);
    CHECK(calendar.name() == known.name);
    // The same days whatever the span asked for.
    const auto part = builtin(known.name, 2021, 2021);
    CHECK(weekdays_without_trading(part, 2021) == weekdays_without_trading(calendar, 2021));
  }
}

TEST_CASE("New York: holidays of 2010 to 2026 as published") {
  check_years("XNYS", kNyse);
  check_years("XNAS", kNyse);
}
TEST_CASE("Sao Paulo: holidays of 2016 to 2026 as published") { check_years("BVMF", kB3); }
TEST_CASE("London: holidays of 2018 to 2026 as published") { check_years("XLON", kLondon); }
TEST_CASE("Frankfurt: holidays of 2018 to 2026 as published") { check_years("XETR", kXetra); }
TEST_CASE("Fedwire: holidays as published") {
  check_years("FEDWIRE", std::array{kFedwire[0], kFedwire[1]});
  check_years("FEDWIRE", std::array{kFedwire[2]});
  check_years("FEDWIRE", std::array{kFedwire[3]});
}

TEST_CASE("New York: trading days a year since 1990") {
  constexpr std::array<int, 37> kDays{
      253, 253, 254, 253, 252, 252, 254, 253, 252, 252, 252, 248, 252, 252, 252, 252, 251, 251, 253,
      252, 252, 252, 250, 252, 252, 252, 252, 251, 251, 252, 253, 252, 251, 250, 252, 250, 251};
  const auto calendar = builtin("XNYS", 1990, 2027);
  for (int i = 0; i < 37; ++i)
    CHECK(calendar.trading_days_between({1990 + i, 1, 1}, {1991 + i, 1, 1}) ==
          kDays[static_cast<std::size_t>(i)]);
}

TEST_CASE("every regular open and close equals those of another library") {
  // SHA-256 over "day open close\n" (Unix seconds) as exchange_calendars 4.13.2 gives them, to
  // 2025. That library does not know four New York days that began late or ended early; they are
  // left out.
  struct Known {
    const char* name;
    int first_year;
    std::size_t days;
    const char* digest;
  };
  for (const Known& known : {Known{"XNYS", 1990, 9'063, "6f1a6a6bc71604d1"},
                             Known{"XLON", 2000, 6'569, "1891dcef01b527bb"},
                             Known{"XETR", 2004, 5'591, "6d29b73a3cd11aaa"}}) {
    CAPTURE(known.name);
    const auto calendar = builtin(known.name, known.first_year, 2025);
    std::string text;
    std::size_t days = 0;
    for (CivilDate date = calendar.first_date(); calendar.covers(date); date = add_days(date, 1)) {
      const std::string day = to_text(date);
      const bool odd =
          day == "1994-02-11" || day == "1995-12-18" || day == "1996-01-08" || day == "2002-09-11";
      if (odd && known.first_year == 1990) continue;
      for (const Session& session : calendar.sessions(date)) {
        if (session.kind != SessionKind::kRegular) continue;
        ++days;
        text += fmt::format("{} {} {}\n", day, session.open.ns / 1'000'000'000,
                            session.close.ns / 1'000'000'000);
      }
    }
    CHECK(days == known.days);
    CHECK(hex_text(sha256(std::as_bytes(std::span{text}))).substr(0, 16) == known.digest);
  }
}

TEST_CASE("New York: hours, short days, and both changes of the clocks") {
  const auto calendar = builtin("XNYS", 1990, 2026);
  CHECK(local_hours(calendar, "2024-03-08", -5) == "04:00-09:30 09:30-16:00 16:00-20:00");
  CHECK(local_hours(calendar, "2024-03-11", -4) == "04:00-09:30 09:30-16:00 16:00-20:00");
  CHECK(calendar.next_open(at("2024-03-08T21:00:00Z")) == at("2024-03-11T13:30:00Z"));
  CHECK(calendar.next_open(at("2024-11-01T20:00:00Z")) == at("2024-11-04T14:30:00Z"));
  CHECK(local_hours(calendar, "2024-11-29", -5) == "04:00-09:30 09:30-13:00 13:00-17:00");
  CHECK(local_hours(calendar, "2003-12-26", -5) == "09:30-13:00");
  CHECK(local_hours(calendar, "1992-12-24", -5) == "09:30-14:00");
  CHECK(local_hours(calendar, "1996-01-08", -5) == "11:00-14:00");
  CHECK(local_hours(calendar, "2002-09-11", -4) == "12:00-16:00");
  // Daylight saving began in April until 2006.
  CHECK(local_hours(calendar, "2006-03-31", -5) == "09:30-16:00");
  CHECK(local_hours(calendar, "2006-04-03", -4) == "09:30-16:00");
  for (const char* const closed : {"1994-04-27", "2001-09-11", "2001-09-12", "2001-09-13",
                                   "2001-09-14", "2004-06-11", "2007-01-02"})
    CHECK_FALSE(calendar.is_trading_day(on(closed)));
  CHECK(calendar.is_trading_day(on("2010-12-31")));  // 1 January 2011 was a Saturday
  CHECK(calendar.is_trading_day(on("1997-01-20")));  // before the day was kept
  CHECK(builtin("XNAS", 1995, 1995).sessions(on("1995-12-18"))[0].open ==
        at("1995-12-18T14:30:00Z"));
}

TEST_CASE("CME equity index futures: regular and holiday hours") {
  const auto calendar = builtin("CMES", 2013, 2026);
  CHECK(local_hours(calendar, "2013-10-08", -5) == "17:00-15:15 15:30-16:15");
  CHECK(local_hours(calendar, "2020-01-06", -6) == "17:00-15:15 15:30-16:00");
  CHECK(local_hours(calendar, "2024-05-08", -5) == "17:00-16:00");
  CHECK(calendar.trading_day(at("2024-05-05T22:00:00Z")) == on("2024-05-06"));  // Sunday, 17:00
  CHECK(calendar.next_open(at("2024-05-10T21:00:00Z")) == at("2024-05-12T22:00:00Z"));
  // The clocks change over the weekend.
  CHECK(calendar.next_open(at("2024-03-08T22:00:00Z")) == at("2024-03-10T22:00:00Z"));
  CHECK(calendar.next_open(at("2024-03-01T22:00:00Z")) == at("2024-03-03T23:00:00Z"));
  // Independence Day 2013: 12:15 the day before, 10:30 on the day; noon from May 2014.
  CHECK(local_hours(calendar, "2013-07-03", -5) == "17:00-12:15");
  CHECK(local_hours(calendar, "2013-07-04", -5) == "17:00-10:30");
  CHECK(local_hours(calendar, "2014-05-26", -5) == "17:00-12:00");
  CHECK(local_hours(calendar, "2024-11-28", -6) == "17:00-12:00");
  CHECK(local_hours(calendar, "2024-11-29", -6) == "17:00-12:15");
  CHECK(local_hours(calendar, "2015-04-03", -5) == "17:00-08:15");  // employment report
  CHECK_FALSE(calendar.is_trading_day(on("2024-03-29")));
  CHECK(local_hours(calendar, "2025-01-09", -6) == "17:00-08:30");  // mourning
  CHECK_FALSE(calendar.is_trading_day(on("2024-12-25")));
  CHECK(calendar.next_open(at("2024-12-24T19:00:00Z")) == at("2024-12-25T23:00:00Z"));
}

TEST_CASE("Sao Paulo: hours follow New York's summer time, and the own one until 2019") {
  const auto calendar = builtin("BVMF", 2016, 2026);
  CHECK(local_hours(calendar, "2024-03-08", -3) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2024-03-11", -3) == "09:45-10:00 10:00-17:00 17:30-18:00");
  CHECK(local_hours(calendar, "2024-11-01", -3) == "09:45-10:00 10:00-17:00 17:30-18:00");
  CHECK(local_hours(calendar, "2024-11-04", -3) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2024-02-14", -3) == "12:45-13:00 13:00-18:00");  // Ash Wednesday
  CHECK(local_hours(calendar, "2017-10-13", -3) == "09:45-10:00 10:00-17:00 17:30-18:00");
  CHECK(local_hours(calendar, "2017-10-16", -2) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2018-03-12", -3) == "09:45-10:00 10:00-17:00 17:30-18:00");
  CHECK(local_hours(calendar, "2018-11-05", -2) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2019-02-15", -2) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2019-02-18", -3) == "09:45-10:00 10:00-18:00");
  CHECK(local_hours(calendar, "2019-11-04", -3) == "09:45-10:00 10:00-18:00");  // no summer time
}

TEST_CASE("London: short days, and the clocks change on another weekend than New York's") {
  const auto calendar = builtin("XLON", 2000, 2026);
  CHECK(local_hours(calendar, "2024-12-24", 0) == "08:00-12:30");
  CHECK(local_hours(calendar, "2023-12-29", 0) == "08:00-12:30");  // the 31st is a Sunday
  CHECK(calendar.next_open(at("2024-03-28T17:00:00Z")) == at("2024-04-02T07:00:00Z"));
  CHECK(calendar.next_open(at("2024-10-25T17:00:00Z")) == at("2024-10-28T08:00:00Z"));
}

TEST_CASE("spot FX rolls at 17:00 New York, summer and winter") {
  const auto calendar = builtin("FX", 2024, 2025);
  CHECK(calendar.trading_day(at("2024-01-08T21:59:59Z")) == on("2024-01-08"));
  CHECK(calendar.trading_day(at("2024-01-08T22:00:00Z")) == on("2024-01-09"));
  CHECK(calendar.trading_day(at("2024-07-08T20:59:59Z")) == on("2024-07-08"));
  CHECK(calendar.trading_day(at("2024-07-08T21:00:00Z")) == on("2024-07-09"));
  CHECK_FALSE(calendar.is_open(at("2024-03-08T22:00:00Z")));
  CHECK(calendar.next_open(at("2024-03-08T22:00:00Z")) == at("2024-03-10T21:00:00Z"));
  CHECK(calendar.is_open(at("2024-12-25T12:00:00Z")));
}
