// What must hold for every built-in calendar at every instant.
#include <algorithm>

#include <keel/core/random.hpp>

#include "helpers.hpp"

using namespace keel;

namespace {

constexpr int kFirst = 2016;
constexpr int kLast = 2026;

// Instants all over the span, and one nanosecond around every edge of a sample of sessions.
std::vector<Timestamp> instants(const TradingCalendar& calendar, Random& random) {
  std::vector<Timestamp> times;
  const std::int64_t begin = calendar.day_start(calendar.first_date())->ns;
  const std::int64_t end = calendar.day_end(calendar.last_date())->ns;
  for (int i = 0; i < 2'000; ++i) times.push_back({random.between(begin, end - 1)});
  for (CivilDate date = calendar.first_date(); calendar.covers(date); date = add_days(date, 11))
    for (const Session& session : calendar.sessions(date))
      for (const std::int64_t shift : {-1, 0, 1}) {
        times.push_back({session.open.ns + shift});
        times.push_back({session.close.ns + shift});
      }
  std::erase_if(times, [&](Timestamp time) { return !calendar.covers(time); });
  std::sort(times.begin(), times.end());
  return times;
}

void check_hours(const TradingCalendar& calendar, Timestamp time) {
  const bool open = calendar.is_open(time);
  const auto opens = calendar.next_open(time);
  const auto closes = calendar.next_close(time);
  const auto opened = calendar.previous_open(time);
  const auto closed = calendar.previous_close(time);
  if (opens) REQUIRE((*opens > time && calendar.is_open(*opens)));
  if (opens) REQUIRE_FALSE(calendar.is_open(*opens - Duration{1}));
  if (closes) REQUIRE((*closes > time && !calendar.is_open(*closes)));
  if (closes) REQUIRE(calendar.is_open(*closes - Duration{1}));
  if (opened) REQUIRE((*opened <= time && calendar.is_open(*opened)));
  if (closed) REQUIRE((*closed <= time && !calendar.is_open(*closed)));
  // Open: the next event is a close. Closed: it is an open. The last event mirrors it.
  if (opens && closes) REQUIRE((*closes < *opens) == open);
  if (opened && closed) REQUIRE((*closed < *opened) == open);
  const auto session = calendar.session_at(time);
  REQUIRE(open == (session && session->kind == SessionKind::kRegular));
}

void check_day(const TradingCalendar& calendar, Timestamp time, CivilDate day) {
  REQUIRE(calendar.is_trading_day(day));
  REQUIRE(time < *calendar.day_end(day));
  if (const auto before = calendar.previous_trading_day(day))
    REQUIRE(*calendar.day_end(*before) <= time);
  if (const auto session = calendar.session_at(time)) REQUIRE(session->day == day);
  if (const auto expiry = calendar.day_order_expiry(time)) {
    REQUIRE(*expiry > time);
    const bool is_close = expiry == calendar.last_close(day) ||
                          expiry == calendar.last_close(*calendar.next_trading_day(day));
    REQUIRE(is_close);
  }
}

}  // namespace

TEST_CASE("hours, days and order expiries of the built-in calendars agree with one another") {
  for (const auto& known : builtin_calendars()) {
    CAPTURE(known.name);
    const auto calendar = keel::test::builtin(known.name, kFirst, kLast);
    Random random{2'024};
    CivilDate last_day = calendar.first_date();
    for (const Timestamp time : instants(calendar, random)) {
      CAPTURE(to_text(time));
      check_hours(calendar, time);
      const auto day = calendar.trading_day(time);
      if (!day) {
        REQUIRE(time >= *calendar.day_end(*calendar.previous_trading_day(calendar.last_date())));
        continue;
      }
      REQUIRE(last_day <= *day);  // never back
      last_day = *day;
      check_day(calendar, time, *day);
    }
  }
}

TEST_CASE("walking trading days agrees with asking each day") {
  for (const auto& known : builtin_calendars()) {
    CAPTURE(known.name);
    const auto calendar = keel::test::builtin(known.name, kFirst, kLast);
    int count = 0;
    std::optional<CivilDate> before;
    for (CivilDate date = calendar.first_date(); calendar.covers(date); date = add_days(date, 1)) {
      REQUIRE(calendar.trading_days_between(calendar.first_date(), date) == count);
      REQUIRE(calendar.previous_trading_day(date) == before);
      REQUIRE(calendar.day_end(date) == (calendar.covers(add_days(date, 1))
                                             ? calendar.day_start(add_days(date, 1))
                                             : calendar.day_end(date)));
      REQUIRE(calendar.is_trading_day(date) == !calendar.sessions(date).empty());
      if (!calendar.is_trading_day(date)) continue;
      if (before) REQUIRE(calendar.next_trading_day(*before) == date);
      before = date;
      ++count;
    }
    REQUIRE(calendar.add_trading_days(*before, -(count - 1)) ==
            calendar.add_trading_days(calendar.first_date(), 0));
  }
}
