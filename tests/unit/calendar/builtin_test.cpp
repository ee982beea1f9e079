#include <doctest/doctest.h>

#include <keel/calendar/builtin.hpp>

TEST_CASE("every built-in calendar can be made over all its years") {
  for (const auto& known : keel::builtin_calendars()) {
    CAPTURE(known.name);
    const auto calendar =
        keel::builtin_calendar(known.name, known.first_year, keel::TradingCalendar::kLastYear);
    if (!calendar) FAIL(calendar.error().message());
    CHECK(calendar->name() == known.name);
  }
}
