// Calendars that keel knows, by market identifier code or name. What each claims, from which year,
// and on what evidence is in docs/calendar.md and beside the rules in src/calendar. Closures that
// are announced later (storms, mourning) cannot be known here: take the spec, add the day, and make
// the calendar from it.
#pragma once

#include <span>
#include <string_view>

#include <keel/calendar/trading_calendar.hpp>

namespace keel {

struct BuiltinCalendar {
  std::string_view name;
  std::string_view about;
  int first_year;  // earlier hours or holidays are not claimed
};

// All of them, by name. Other names that are understood: NYSE, NASDAQ, ARCX, BATS, XCME, GLBX, B3,
// LSE, XETRA, 24/7.
[[nodiscard]] std::span<const BuiltinCalendar> builtin_calendars();

// Errors: calendar.unknown_name, calendar.year_range.
Result<CalendarSpec> builtin_calendar_spec(std::string_view name, int first_year, int last_year);

// Errors: those above, and calendar.zone_data where the system has no usable zone data.
Result<TradingCalendar> builtin_calendar(std::string_view name, int first_year, int last_year);

}  // namespace keel
