// Recorded market data against the calendars: a day with data is a trading day and the other way
// round, and what traded did so while the calendar says that the market was open.
#include <doctest/doctest.h>

#include <charconv>
#include <map>
#include <set>

#include <read_data.hpp>

#include <keel/calendar/builtin.hpp>

using namespace keel;
using keel::test::data_path;
using keel::test::field_of;
using keel::test::lines_of;

namespace {

TradingCalendar builtin(std::string_view name, int first_year, int last_year) {
  auto calendar = builtin_calendar(name, first_year, last_year);
  REQUIRE_MESSAGE(calendar.ok(), calendar.error().message());
  return std::move(calendar).value();
}

CivilDate date_of(std::string_view text) { return parse_date(text).value(); }

std::int64_t number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE((error == std::errc{} && (end == text.data() + text.size() || *end == '.')));
  return value;
}

CivilDate compact_date(std::string_view text) {  // yyyymmdd
  const auto n = number_of(text.substr(0, 8));
  return {static_cast<std::int32_t>(n / 10'000), static_cast<std::uint8_t>(n / 100 % 100),
          static_cast<std::uint8_t>(n % 100)};
}

// The days with data are the calendar's trading days from the first of them to the last.
void check_same_days(const TradingCalendar& calendar, const std::set<CivilDate>& days) {
  REQUIRE(days.size() > 1);
  for (CivilDate date = *days.begin(); date <= *days.rbegin(); date = add_days(date, 1)) {
    CAPTURE(to_text(date));
    CHECK(calendar.is_trading_day(date) == days.contains(date));
  }
}

std::set<CivilDate> dates_in_column(std::string_view text, std::size_t header_lines) {
  std::set<CivilDate> days;
  const auto lines = lines_of(text);
  for (std::size_t i = header_lines; i < lines.size(); ++i)
    days.insert(date_of(field_of(lines[i], 0)));
  return days;
}

}  // namespace

TEST_CASE("S&P 500, 1990 to 2022: every day with a price is a New York trading day") {
  const auto calendar = builtin("XNYS", 1990, 2022);
  for (const char* const name : {"equities-daily-sp500x20/sp500_index.csv.gz",
                                 "equities-daily-sp500x20/sp500_dataset.csv.gz"}) {
    const auto days = dates_in_column(keel::test::read_gzip(data_path(name)), 1);
    CHECK(days.size() == 8'313);
    check_same_days(calendar, days);
  }
}

TEST_CASE("US stocks 2011 and 2012: the days of every file are New York trading days") {
  const auto calendar = builtin("XNYS", 2011, 2012);
  for (const char* const name : {"AAPL-2011", "AAPL-2012", "AES-2011", "AIG-2011", "GORO-2011",
                                 "GORO-2012", "IBM-2011", "ORCL-2011", "yhoo-2011", "yhoo-2012"}) {
    CAPTURE(name);
    const auto text = keel::test::read_file(
        data_path("equities-daily-wiki/WIKI-" + std::string{name} + "-quandl.csv"));
    check_same_days(calendar, dates_in_column(text, 1));
  }
}

TEST_CASE("SPY minutes, January 2011: traded in the extended hours and in every regular minute") {
  const auto calendar = builtin("XNYS", 2011, 2011);
  const auto text = keel::test::read_file(data_path("equities-minute-spy/nt-spy-minute-2011.csv"));
  std::map<CivilDate, int> regular_minutes;
  for (const auto line : lines_of(text)) {
    const auto stamp = field_of(line, 0, ';');  // the end of the minute, UTC
    const auto hms = number_of(stamp.substr(9));
    const Timestamp end =
        utc_midnight(compact_date(stamp)) +
        Duration::seconds(hms / 10'000 * 3'600 + hms / 100 % 100 * 60 + hms % 100);
    const Timestamp start = end - Duration::minutes(1);
    CAPTURE(to_text(start));
    const auto session = calendar.session_at(start);
    REQUIRE(session.has_value());
    if (session->kind == SessionKind::kRegular) ++regular_minutes[session->day];
  }
  CHECK(regular_minutes.size() == 20);
  for (const auto& [day, minutes] : regular_minutes) {
    CHECK(calendar.is_trading_day(day));
    CHECK(minutes == 390);
  }
}

TEST_CASE("B3 stocks, 2024 and 2025: days, opens, Ash Wednesday, and both seasons' closes") {
  const auto calendar = builtin("BVMF", 2024, 2025);
  // The two that have every day of both years; a day's bars, in seconds from local midnight.
  std::map<CivilDate, std::set<std::int64_t>> starts;
  std::set<CivilDate> days;
  for (const char* const stock : {"VALE3", "WEGE3"}) {
    const auto text = keel::test::read_file(
        data_path("equities-intraday-b3/" + std::string{stock} + "_B_0_15min.csv"));
    for (const auto line : lines_of(text)) {
      const auto date = field_of(line, 1, ';');
      const auto time = field_of(line, 2, ';');
      const CivilDate day{static_cast<std::int32_t>(number_of(date.substr(6))),
                          static_cast<std::uint8_t>(number_of(date.substr(3, 2))),
                          static_cast<std::uint8_t>(number_of(date.substr(0, 2)))};
      days.insert(day);
      starts[day].insert(number_of(time.substr(0, 2)) * 3'600 + number_of(time.substr(3, 2)) * 60);
    }
  }
  CHECK(days.size() == 501);
  check_same_days(calendar, days);
  for (const auto& [day, seconds] : starts) {
    CAPTURE(to_text(day));
    const auto local = [&](std::int64_t s) {  // Sao Paulo has stood at UTC-3 since 2019
      return utc_midnight(day) + Duration::hours(3) + Duration::seconds(s);
    };
    Timestamp last{0};
    Timestamp open{0};
    for (const Session& session : calendar.sessions(day))
      if (session.kind == SessionKind::kRegular) {
        open = session.open;
        last = session.close;
      }
    CHECK(local(*seconds.begin()) == open);
    // Every quarter of an hour of the session traded. After it there is the after-market in the
    // short season, and on Fridays the exercise of options (the file's last rows of such days).
    for (Timestamp t = open; t < last; t = t + Duration::minutes(15))
      CHECK(seconds.contains((t - local(0)) / Duration::seconds(1)));
    for (const std::int64_t s : seconds) {
      if (local(s) < last) continue;
      const auto session = calendar.session_at(local(s));
      const bool after_market = session && session->kind == SessionKind::kPostClose;
      const bool exercise = s >= clock(18);
      CHECK((after_market || exercise || local(s) < last + Duration::minutes(30)));
    }
  }
}

TEST_CASE("B3's own daily file is of a trading day") {
  const auto calendar = builtin("BVMF", 2016, 2016);
  const auto lines = keel::test::read_file(data_path("b3-official-files/COTAHIST_D04012016.TXT"));
  const auto rows = lines_of(lines);
  REQUIRE(rows.size() > 2);
  for (std::size_t i = 1; i + 1 < rows.size(); ++i)
    REQUIRE(calendar.is_trading_day(compact_date(rows[i].substr(2))));
}

TEST_CASE("ES minutes, 2013 and 2020: trades lie in sessions, and the halts and breaks are empty") {
  const auto calendar = builtin("CMES", 2013, 2020);
  int trades = 0;
  std::set<std::int64_t> minutes;
  for (const char* const day :
       {"20131006", "20131007", "20131008", "20131009", "20131010", "20131011", "20131014",
        "20131029", "20131030", "20131118", "20131202", "20131203", "20131218", "20131220",
        "20200105", "20200106"}) {
    CAPTURE(day);
    const auto archive = keel::test::read_zip(
        data_path("futures-es-lean/minute/es/" + std::string{day} + "_trade.zip"));
    REQUIRE_FALSE(archive.empty());
    for (const auto& file : archive)
      for (const auto line : lines_of(file.text)) {
        const Timestamp start =
            utc_midnight(compact_date(day)) + Duration::milliseconds(number_of(field_of(line, 0)));
        CAPTURE(to_text(start));
        REQUIRE(calendar.is_open(start));
        minutes.insert(start.ns);
        ++trades;
      }
  }
  CHECK(trades == 23'948);
  // Around the edges of a day: the first and the last minute of each session traded.
  for (const char* const day : {"2013-10-08", "2013-10-09", "2013-12-03", "2020-01-06"})
    for (const Session& session : calendar.sessions(date_of(day))) {
      CAPTURE(to_text(session.open));
      CHECK(minutes.contains(session.open.ns));
      CHECK(minutes.contains(session.close.ns - Duration::minutes(1).ns));
    }
}

TEST_CASE("EUR/USD ticks, May 2014: quoted only while the FX week is open") {
  const auto calendar = builtin("FX", 2014, 2014);
  for (const char* const day :
       {"20140501", "20140502", "20140504", "20140505", "20140506", "20140507", "20140508",
        "20140509", "20140511", "20140512", "20140513", "20140514", "20140515"}) {
    CAPTURE(day);
    const auto archive = keel::test::read_zip(
        data_path("fx-ticks-oanda-eurusd/tick/eurusd/" + std::string{day} + "_quote.zip"));
    REQUIRE(archive.size() == 1);
    int outside = 0;
    for (const auto line : lines_of(archive[0].text))
      if (!calendar.is_open(utc_midnight(compact_date(day)) +
                            Duration::milliseconds(number_of(field_of(line, 0)))))
        ++outside;
    CHECK(outside == 0);
  }
}

TEST_CASE("USD/JPY minutes, February 2013: the week's gaps are the calendar's") {
  const auto calendar = builtin("FX", 2013, 2013);
  const auto text =
      keel::test::read_file(data_path("fx-m1-fxcm-usdjpy/fxcm/usdjpy-m1-bid-2013.csv"));
  const auto lines = lines_of(text);
  std::optional<Timestamp> before;
  int weekends = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    // Stamped with the end of the minute; a week's first price may bear the open itself.
    const Timestamp end = parse_timestamp(field_of(lines[i], 0)).value();
    const Timestamp start = end - Duration::minutes(1);
    CAPTURE(to_text(end));
    REQUIRE((calendar.is_open(start) || calendar.previous_open(end) == end));
    if (before && start - *before > Duration::hours(24)) {
      ++weekends;
      const auto close = calendar.next_close(*before);
      const auto open = calendar.previous_open(end);
      CHECK((*close - *before <= Duration::minutes(5) && end - *open <= Duration::minutes(5)));
    }
    before = start;
  }
  CHECK(weekends == 4);
}

TEST_CASE("ECB reference rates, 1999 to 2026: published on every TARGET day and on no other") {
  const auto archive = keel::test::read_zip(data_path("fx-daily-ecb/eurofxref-hist.zip"));
  REQUIRE(archive.size() == 1);
  check_same_days(builtin("TARGET", 1999, 2026), dates_in_column(archive[0].text, 1));
}
