// Short words for the calendar's tests.
#pragma once

#include <doctest/doctest.h>

#include <string_view>

#include <keel/calendar/builtin.hpp>

namespace keel::test {

inline Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }
inline CivilDate on(std::string_view text) { return parse_date(text).value(); }

inline TradingCalendar made(const CalendarSpec& spec, int first_year, int last_year) {
  auto calendar = TradingCalendar::make(spec, first_year, last_year);
  if (!calendar) FAIL(calendar.error().message());
  return std::move(calendar).value();
}

inline TradingCalendar builtin(std::string_view name, int first_year, int last_year) {
  auto calendar = builtin_calendar(name, first_year, last_year);
  if (!calendar) FAIL(calendar.error().message());
  return std::move(calendar).value();
}

inline WeeklySession regular(std::int32_t open_s, std::int32_t close_s,
                             Weekdays days = kMondayToFriday) {
  return {SessionKind::kRegular, days, open_s, close_s, {}, {}};
}

}  // namespace keel::test

// doctest prints what a comparison saw through these.
namespace doctest {
template <>
struct StringMaker<std::optional<keel::Timestamp>> {
  static String convert(const std::optional<keel::Timestamp>& time) {
    return time ? keel::to_text(*time).c_str() : "nothing";
  }
};
template <>
struct StringMaker<std::optional<keel::CivilDate>> {
  static String convert(const std::optional<keel::CivilDate>& date) {
    return date ? keel::to_text(*date).c_str() : "nothing";
  }
};
template <>
struct StringMaker<keel::CivilDate> {
  static String convert(const keel::CivilDate& date) { return keel::to_text(date).c_str(); }
};
}  // namespace doctest
