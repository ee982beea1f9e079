// One promise a case, on calendars small enough to work out by hand.
#include "helpers.hpp"

using namespace keel;
using keel::test::at;
using keel::test::made;
using keel::test::on;
using keel::test::regular;

namespace {

CalendarSpec utc_spec(std::vector<WeeklySession> sessions) {
  CalendarSpec spec;
  spec.name = "TEST";
  spec.zone = "UTC";
  spec.sessions = std::move(sessions);
  return spec;
}

}  // namespace

TEST_CASE("a session holds its open and not its close") {
  const auto calendar = made(utc_spec({regular(clock(9), clock(17))}), 2024, 2024);
  CHECK_FALSE(calendar.is_open(at("2024-01-02T08:59:59.999999999Z")));
  CHECK(calendar.is_open(at("2024-01-02T09:00:00Z")));
  CHECK(calendar.is_open(at("2024-01-02T16:59:59.999999999Z")));
  CHECK_FALSE(calendar.is_open(at("2024-01-02T17:00:00Z")));
  CHECK_FALSE(calendar.is_open(at("2024-01-06T12:00:00Z")));  // Saturday
}

TEST_CASE("opens and closes are found strictly after and at or before") {
  const auto calendar = made(utc_spec({regular(clock(9), clock(17))}), 2024, 2024);
  CHECK(calendar.next_open(at("2024-01-02T08:00:00Z")) == at("2024-01-02T09:00:00Z"));
  CHECK(calendar.next_open(at("2024-01-02T09:00:00Z")) == at("2024-01-03T09:00:00Z"));
  CHECK(calendar.next_close(at("2024-01-02T16:00:00Z")) == at("2024-01-02T17:00:00Z"));
  CHECK(calendar.next_close(at("2024-01-02T17:00:00Z")) == at("2024-01-03T17:00:00Z"));
  CHECK(calendar.previous_open(at("2024-01-02T09:00:00Z")) == at("2024-01-02T09:00:00Z"));
  CHECK(calendar.previous_close(at("2024-01-02T17:00:00Z")) == at("2024-01-02T17:00:00Z"));
  CHECK(calendar.previous_close(at("2024-01-02T16:00:00Z")) == at("2024-01-01T17:00:00Z"));
  CHECK(calendar.next_open(at("2024-01-05T20:00:00Z")) == at("2024-01-08T09:00:00Z"));
}

TEST_CASE("several sessions a day: pre-open, a lunch break, after hours") {
  auto spec = utc_spec({regular(clock(9), clock(11, 30)), regular(clock(12, 30), clock(15))});
  spec.sessions.push_back({SessionKind::kPreOpen, kMondayToFriday, clock(8), clock(9), {}, {}});
  spec.sessions.push_back(
      {SessionKind::kPostClose, kMondayToFriday, clock(15, 30), clock(17), {}, {}});
  const auto calendar = made(spec, 2024, 2024);
  CHECK(calendar.phase_at(at("2024-01-02T07:00:00Z")) == Phase::kClosed);
  CHECK(calendar.phase_at(at("2024-01-02T08:00:00Z")) == Phase::kPreOpen);
  CHECK(calendar.phase_at(at("2024-01-02T09:00:00Z")) == Phase::kOpen);
  CHECK(calendar.phase_at(at("2024-01-02T12:00:00Z")) == Phase::kClosed);
  CHECK(calendar.phase_at(at("2024-01-02T14:00:00Z")) == Phase::kOpen);
  CHECK(calendar.phase_at(at("2024-01-02T16:00:00Z")) == Phase::kPostClose);
  CHECK(calendar.sessions(on("2024-01-02")).size() == 4);
  CHECK(calendar.next_close(at("2024-01-02T10:00:00Z")) == at("2024-01-02T11:30:00Z"));
  CHECK(calendar.next_open(at("2024-01-02T08:30:00Z")) == at("2024-01-02T09:00:00Z"));
  CHECK(calendar.next_session(at("2024-01-02T15:00:00Z"))->kind == SessionKind::kPostClose);
  CHECK(calendar.last_close(on("2024-01-02")) == at("2024-01-02T15:00:00Z"));
}

TEST_CASE("a session that crosses midnight belongs to the day on which it ends") {
  auto spec = utc_spec({regular(clock(-7), clock(16))});
  spec.day_start_s = clock(-7);
  const auto calendar = made(spec, 2024, 2024);
  const auto sunday = at("2024-01-07T18:00:00Z");
  CHECK(calendar.is_open(sunday));
  CHECK(calendar.trading_day(sunday) == on("2024-01-08"));
  CHECK(calendar.session_at(sunday)->day == on("2024-01-08"));
  CHECK(calendar.session_at(sunday)->open == at("2024-01-07T17:00:00Z"));
  CHECK(calendar.trading_day(at("2024-01-08T16:59:00Z")) == on("2024-01-08"));
  CHECK(calendar.trading_day(at("2024-01-08T17:00:00Z")) == on("2024-01-09"));
  CHECK(calendar.trading_day(at("2024-01-06T12:00:00Z")) == on("2024-01-08"));  // Saturday
  CHECK(calendar.day_start(on("2024-01-08")) == at("2024-01-07T17:00:00Z"));
  CHECK(calendar.day_end(on("2024-01-08")) == at("2024-01-08T17:00:00Z"));
}

TEST_CASE("a Friday night may count for Monday, and for the day after a holiday") {
  // As the night sessions of Chinese futures: 21:00 to 02:30, the day rolls at 18:00 Shanghai.
  CalendarSpec spec;
  spec.name = "NIGHT";
  spec.zone = "Asia/Shanghai";
  spec.day_start_s = clock(-6);
  spec.sessions = {
      regular(clock(-3), clock(2, 30), {0x1E}),  // Tuesday to Friday: the evening before
      regular(clock(-51), clock(-45, -30), Weekdays::only(Weekday::kMonday)),
      regular(clock(9), clock(15))};
  const auto calendar = made(spec, 2024, 2024);
  const auto friday_night = at("2024-03-08T22:00:00+08:00");
  CHECK(calendar.is_open(friday_night));
  CHECK(calendar.session_at(friday_night)->day == on("2024-03-11"));
  CHECK(calendar.trading_day(friday_night) == on("2024-03-11"));
  CHECK(calendar.trading_day(at("2024-03-08T17:59:00+08:00")) == on("2024-03-08"));
  CHECK(calendar.day_order_expiry(friday_night) == at("2024-03-11T15:00:00+08:00"));
  CHECK(calendar.session_at(at("2024-03-09T02:29:00+08:00"))->day == on("2024-03-11"));
  CHECK(calendar.phase_at(at("2024-03-09T02:30:00+08:00")) == Phase::kClosed);
  // After the last trading day of the span, a night may belong to a day that is not known: 2022
  // ends with a weekend.
  const auto before = made(spec, 2022, 2022);
  CHECK(before.phase_at(at("2022-12-30T17:59:00+08:00")) == Phase::kClosed);
  CHECK(before.phase_at(at("2022-12-30T21:30:00+08:00")) == Phase::kUnknown);
}

TEST_CASE("clocks that go forward and back: New York") {
  CalendarSpec spec;
  spec.name = "NY";
  spec.zone = "America/New_York";
  spec.sessions = {regular(clock(0), clock(24), kEveryDay)};
  const auto calendar = made(spec, 2024, 2024);
  const auto hours = [&](const char* day) {
    const auto session = calendar.sessions(on(day)).front();
    return (session.close - session.open) / Duration::hours(1);
  };
  CHECK(hours("2024-03-09") == 24);
  CHECK(hours("2024-03-10") == 23);
  CHECK(hours("2024-11-03") == 25);
  CHECK(calendar.day_start(on("2024-03-10")) == at("2024-03-10T05:00:00Z"));
  CHECK(calendar.day_end(on("2024-03-10")) == at("2024-03-11T04:00:00Z"));
  CHECK(calendar.day_end(on("2024-11-03")) == at("2024-11-04T05:00:00Z"));
}

TEST_CASE("wall-clock times that do not exist, or exist twice") {
  CalendarSpec spec;
  spec.name = "NY";
  spec.zone = "America/New_York";
  spec.sessions = {
      regular(clock(1), clock(1, 30), kEveryDay), regular(clock(1, 30), clock(2, 30), kEveryDay),
      regular(clock(2, 30), clock(2, 45), kEveryDay), regular(clock(4), clock(5), kEveryDay)};
  const auto calendar = made(spec, 2024, 2024);
  // 10 March: 02:00 to 03:00 does not exist.
  const auto spring = calendar.sessions(on("2024-03-10"));
  REQUIRE(spring.size() == 3);
  CHECK(spring[1].open == at("2024-03-10T06:30:00Z"));
  CHECK(spring[1].close == at("2024-03-10T07:00:00Z"));  // the jump
  CHECK(spring[2].open == at("2024-03-10T08:00:00Z"));
  // 3 November: 01:00 to 02:00 exists twice; the first counts.
  const auto autumn = calendar.sessions(on("2024-11-03"));
  REQUIRE(autumn.size() == 4);
  CHECK(autumn[0].open == at("2024-11-03T05:00:00Z"));
  CHECK(autumn[0].close == at("2024-11-03T05:30:00Z"));
  CHECK(autumn[1].close == at("2024-11-03T07:30:00Z"));  // 02:30, winter time
}

TEST_CASE("clocks that change at midnight: Sao Paulo until 2019") {
  CalendarSpec spec;
  spec.name = "SP";
  spec.zone = "America/Sao_Paulo";
  spec.sessions = {regular(clock(10), clock(17), kEveryDay)};
  const auto calendar = made(spec, 2018, 2020);
  // 4 November 2018 has no 00:00; 16 February 2019 has 25 hours; afterwards the clocks stay.
  CHECK(calendar.day_start(on("2018-11-04")) == at("2018-11-04T03:00:00Z"));
  CHECK(calendar.day_end(on("2018-11-04")) == at("2018-11-05T02:00:00Z"));
  CHECK(calendar.day_start(on("2019-02-16")) == at("2019-02-16T02:00:00Z"));
  CHECK(calendar.day_end(on("2019-02-16")) == at("2019-02-17T03:00:00Z"));
  CHECK(calendar.trading_day(at("2018-11-04T02:59:59Z")) == on("2018-11-03"));
  CHECK(calendar.trading_day(at("2018-11-04T03:00:00Z")) == on("2018-11-04"));
  CHECK(calendar.sessions(on("2018-11-03"))[0].open == at("2018-11-03T13:00:00Z"));
  CHECK(calendar.sessions(on("2018-11-04"))[0].open == at("2018-11-04T12:00:00Z"));
  CHECK(calendar.sessions(on("2019-11-10"))[0].open == at("2019-11-10T13:00:00Z"));
}

TEST_CASE("holidays, short days and special days") {
  auto spec = utc_spec({regular(clock(9), clock(12)), regular(clock(13), clock(17))});
  spec.holidays = {on("2024-01-03"), on("2024-01-03"), on("2024-01-06")};
  spec.early_closes = {{on("2024-01-04"), clock(14)}, {on("2024-01-05"), clock(11)}};
  spec.late_opens = {{on("2024-01-08"), clock(12)}, {on("2024-01-09"), clock(10)}};
  spec.special_days = {{on("2024-01-13"), {{SessionKind::kRegular, clock(10), clock(11)}}},
                       {on("2024-01-10"), {}}};
  const auto calendar = made(spec, 2024, 2024);
  CHECK_FALSE(calendar.is_trading_day(on("2024-01-03")));
  CHECK(calendar.sessions(on("2024-01-03")).empty());
  CHECK(calendar.last_close(on("2024-01-04")) == at("2024-01-04T14:00:00Z"));
  CHECK(calendar.last_close(on("2024-01-05")) == at("2024-01-05T11:00:00Z"));
  CHECK(calendar.sessions(on("2024-01-05")).size() == 1);
  CHECK(calendar.sessions(on("2024-01-08")).size() == 1);
  CHECK(calendar.sessions(on("2024-01-09"))[0].open == at("2024-01-09T10:00:00Z"));
  CHECK_FALSE(calendar.is_trading_day(on("2024-01-10")));
  CHECK(calendar.is_open(at("2024-01-13T10:30:00Z")));  // a Saturday
  CHECK(calendar.next_open(at("2024-01-12T17:00:00Z")) == at("2024-01-13T10:00:00Z"));
}

TEST_CASE("a timetable that changes from one day to the next") {
  auto spec = utc_spec({});
  spec.sessions = {
      {SessionKind::kRegular, kMondayToFriday, clock(9), clock(17), {}, on("2024-06-28")},
      {SessionKind::kRegular, kMondayToFriday, clock(8), clock(18), on("2024-07-01"), {}}};
  const auto calendar = made(spec, 2024, 2024);
  CHECK(calendar.next_open(at("2024-06-27T23:00:00Z")) == at("2024-06-28T09:00:00Z"));
  CHECK(calendar.next_open(at("2024-06-28T23:00:00Z")) == at("2024-07-01T08:00:00Z"));
}

TEST_CASE("sessions that touch are one stretch of trading") {
  const auto always = keel::test::builtin("CRYPTO", 2024, 2024);
  CHECK(always.is_open(at("2024-05-05T00:00:00Z")));
  CHECK(always.next_close(at("2024-05-05T12:00:00Z")) == std::nullopt);
  CHECK(always.next_open(at("2024-05-05T12:00:00Z")) == std::nullopt);
  CHECK(always.previous_open(at("2024-05-05T12:00:00Z")) == std::nullopt);
  CHECK(always.day_end(on("2024-05-05")) == at("2024-05-06T00:00:00Z"));
  const auto fx = keel::test::builtin("FX", 2024, 2025);
  CHECK(fx.next_close(at("2024-05-07T12:00:00Z")) == at("2024-05-10T21:00:00Z"));
  CHECK(fx.previous_open(at("2024-05-07T12:00:00Z")) == at("2024-05-05T21:00:00Z"));
  CHECK(fx.session_at(at("2024-05-07T12:00:00Z"))->close == at("2024-05-07T21:00:00Z"));
}

TEST_CASE("a DAY order dies at the close of the day that it counts for") {
  const auto calendar = keel::test::builtin("XNYS", 2024, 2025);
  const auto expiry = [&](const char* entered) { return calendar.day_order_expiry(at(entered)); };
  CHECK(expiry("2024-07-02T15:00:00Z") == at("2024-07-02T20:00:00Z"));
  CHECK(expiry("2024-07-02T19:59:59Z") == at("2024-07-02T20:00:00Z"));
  CHECK(expiry("2024-07-02T20:00:00Z") == at("2024-07-03T17:00:00Z"));  // short day
  CHECK(expiry("2024-07-03T17:00:00Z") == at("2024-07-05T20:00:00Z"));  // over the holiday
  CHECK(expiry("2024-07-06T12:00:00Z") == at("2024-07-08T20:00:00Z"));  // over the weekend
}

TEST_CASE("trading days are counted and walked") {
  const auto calendar = keel::test::builtin("XNYS", 2024, 2025);
  CHECK(calendar.next_trading_day(on("2024-03-28")) == on("2024-04-01"));
  CHECK(calendar.next_trading_day(on("2024-03-29")) == on("2024-04-01"));  // Good Friday
  CHECK(calendar.previous_trading_day(on("2024-03-31")) == on("2024-03-28"));
  CHECK(calendar.previous_trading_day(on("2024-04-01")) == on("2024-03-28"));
  CHECK(calendar.add_trading_days(on("2024-03-28"), 0) == on("2024-03-28"));
  CHECK(calendar.add_trading_days(on("2024-03-29"), 0) == on("2024-04-01"));
  CHECK(calendar.add_trading_days(on("2024-03-29"), 2) == on("2024-04-02"));
  CHECK(calendar.add_trading_days(on("2024-03-29"), -1) == on("2024-03-28"));
  CHECK(calendar.add_trading_days(on("2024-04-02"), -2) == on("2024-03-28"));
  CHECK(calendar.trading_days_between(on("2024-01-01"), on("2025-01-01")) == 252);
  CHECK(calendar.trading_days_between(on("2025-01-01"), on("2024-01-01")) == -252);
  CHECK(calendar.trading_days_between(on("2024-03-28"), on("2024-03-28")) == 0);
  CHECK(calendar.trading_days_between(on("2024-03-28"), on("2024-03-29")) == 1);
  CHECK(calendar.trading_days_between(on("2024-03-29"), on("2024-04-01")) == 0);
}

TEST_CASE("settlement counts the days on which both the venue and the banks are open") {
  const auto venue = keel::test::builtin("XNYS", 2023, 2024);
  const auto banks = keel::test::builtin("FEDWIRE", 2023, 2024);
  CHECK(venue.settlement_date(on("2024-05-31"), 1) == on("2024-06-03"));
  CHECK(venue.settlement_date(on("2024-03-28"), 2) == on("2024-04-02"));
  CHECK(venue.settlement_date(on("2024-05-31"), 0) == on("2024-05-31"));
  // Columbus Day (9 October 2023): the exchange trades, the banks are closed.
  CHECK(venue.settlement_date(on("2023-10-06"), 2) == on("2023-10-10"));
  CHECK(venue.settlement_date(on("2023-10-06"), 2, &banks) == on("2023-10-11"));
  CHECK(venue.settlement_date(on("2023-10-09"), 0, &banks) == on("2023-10-10"));
  // Good Friday: the banks are open, the exchange is not.
  CHECK(venue.settlement_date(on("2023-04-06"), 1, &banks) == on("2023-04-10"));
  CHECK(venue.settlement_date(on("2023-04-06"), -1) == std::nullopt);
  CHECK(venue.settlement_date(on("2024-12-31"), 1) == std::nullopt);  // outside what is known
  const auto short_banks = keel::test::builtin("FEDWIRE", 2023, 2023);
  CHECK(venue.settlement_date(on("2023-12-29"), 1, &short_banks) == std::nullopt);
  const auto late_banks = keel::test::builtin("FEDWIRE", 2024, 2024);
  CHECK(venue.settlement_date(on("2023-12-28"), 1, &late_banks) == std::nullopt);
}

TEST_CASE("spot FX settles two days on when both payment systems are open") {
  const auto euro = keel::test::builtin("TARGET", 2024, 2024);
  const auto dollar = keel::test::builtin("FEDWIRE", 2024, 2024);
  CHECK(euro.settlement_date(on("2024-03-27"), 2, &dollar) == on("2024-04-02"));  // Easter
  CHECK(euro.settlement_date(on("2024-07-02"), 2, &dollar) == on("2024-07-05"));
}

TEST_CASE("outside the span nothing is claimed") {
  const auto calendar = keel::test::builtin("XNYS", 2024, 2024);
  CHECK(calendar.first_date() == on("2024-01-01"));
  CHECK(calendar.last_date() == on("2024-12-31"));
  for (const char* const text : {"2023-12-29T15:00:00Z", "2024-01-01T04:59:59Z",
                                 "2025-01-01T05:00:00Z", "2025-01-02T15:00:00Z"}) {
    const Timestamp time = at(text);
    CAPTURE(text);
    CHECK_FALSE(calendar.covers(time));
    CHECK(calendar.phase_at(time) == Phase::kUnknown);
    CHECK_FALSE(calendar.is_open(time));
    CHECK_FALSE(calendar.session_at(time).has_value());
    CHECK_FALSE(calendar.next_session(time).has_value());
    CHECK(calendar.next_open(time) == std::nullopt);
    CHECK(calendar.next_close(time) == std::nullopt);
    CHECK(calendar.previous_open(time) == std::nullopt);
    CHECK(calendar.previous_close(time) == std::nullopt);
    CHECK(calendar.trading_day(time) == std::nullopt);
    CHECK(calendar.day_order_expiry(time) == std::nullopt);
  }
  for (const CivilDate date :
       {CivilDate{2023, 12, 31}, CivilDate{2025, 1, 1}, CivilDate{0, 1, 1}, CivilDate{2024, 2, 30},
        CivilDate{2024, 13, 1}, CivilDate{2'147'483'647, 1, 1}, CivilDate{-2'147'483'647, 1, 1}}) {
    CHECK_FALSE(calendar.covers(date));
    CHECK_FALSE(calendar.is_trading_day(date));
    CHECK(calendar.sessions(date).empty());
    CHECK(calendar.day_start(date) == std::nullopt);
    CHECK(calendar.next_trading_day(date) == std::nullopt);
    CHECK(calendar.trading_days_between(date, on("2024-06-03")) == std::nullopt);
    CHECK(calendar.settlement_date(date, 2) == std::nullopt);
  }
  // Inside the span, but the answer lies outside.
  CHECK(calendar.next_open(at("2024-12-31T20:00:00Z")) == std::nullopt);
  CHECK(calendar.previous_close(at("2024-01-01T12:00:00Z")) == std::nullopt);
  CHECK(calendar.next_trading_day(on("2024-12-31")) == std::nullopt);
  CHECK(calendar.add_trading_days(on("2024-06-03"), 2'147'483'647) == std::nullopt);
  CHECK(calendar.add_trading_days(on("2024-06-03"), -2'147'483'647) == std::nullopt);
  CHECK(calendar.phase_at(Timestamp{INT64_MAX}) == Phase::kUnknown);
  CHECK(calendar.phase_at(Timestamp{INT64_MIN}) == Phase::kUnknown);
}

TEST_CASE("a calendar is a value") {
  auto original = keel::test::builtin("XNYS", 2024, 2024);
  const TradingCalendar copy = original;
  original = keel::test::builtin("CRYPTO", 2024, 2024);
  CHECK(copy.name() == "XNYS");
  CHECK(copy.zone() == "America/New_York");
  CHECK(copy.sessions(on("2024-06-03"))[1].open == at("2024-06-03T13:30:00Z"));
  CHECK(original.name() == "CRYPTO");
}
