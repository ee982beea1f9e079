#include <keel/calendar/builtin.hpp>

#include <array>
#include <string>

#include <fmt/core.h>

#include <calendar/builtin_rules.hpp>

namespace keel {

namespace {

using namespace calendar_detail;

constexpr std::array<BuiltinCalendar, 10> kCalendars{{
    {"BVMF", "B3, cash equities, Sao Paulo", 2016},
    {"CMES", "CME Globex equity index futures, Chicago", 2013},
    {"CRYPTO", "around the clock, UTC days", 1970},
    {"FEDWIRE", "US dollar payments (bank holidays; days only)", 1990},
    {"FX", "spot FX, days roll at 17:00 New York", 1990},
    {"TARGET", "euro payments (TARGET closing days; days only)", 1999},
    {"XETR", "Xetra, Frankfurt", 2004},
    {"XLON", "London Stock Exchange", 2000},
    {"XNAS", "Nasdaq", 1990},
    {"XNYS", "New York Stock Exchange", 1990},
}};

struct Alias {
  std::string_view name;
  std::string_view calendar;
};
constexpr std::array<Alias, 10> kAliases{{{"24/7", "CRYPTO"},
                                          {"ARCX", "XNYS"},
                                          {"B3", "BVMF"},
                                          {"BATS", "XNYS"},
                                          {"GLBX", "CMES"},
                                          {"LSE", "XLON"},
                                          {"NASDAQ", "XNAS"},
                                          {"NYSE", "XNYS"},
                                          {"XCME", "CMES"},
                                          {"XETRA", "XETR"}}};

const BuiltinCalendar* find_calendar(std::string_view name) {
  for (const Alias& alias : kAliases)
    if (alias.name == name) name = alias.calendar;
  for (const BuiltinCalendar& calendar : kCalendars)
    if (calendar.name == name) return &calendar;
  return nullptr;
}

using Fill = void (*)(CalendarSpec&, Years);

Fill rules_of(std::string_view name) {
  if (name == "BVMF") return fill_bvmf;
  if (name == "CMES") return fill_cmes;
  if (name == "CRYPTO") return fill_crypto;
  if (name == "FEDWIRE") return fill_fedwire;
  if (name == "FX") return fill_fx;
  if (name == "TARGET") return fill_target;
  if (name == "XETR") return fill_xetr;
  if (name == "XLON") return fill_xlon;
  return fill_xnys;  // XNYS, and XNAS, which keeps the same days and hours
}

}  // namespace

std::span<const BuiltinCalendar> builtin_calendars() { return kCalendars; }

Result<CalendarSpec> builtin_calendar_spec(std::string_view name, int first_year, int last_year) {
  const BuiltinCalendar* found = find_calendar(name);
  if (found == nullptr)
    return Error{calendar_errors::kUnknownName,
                 "calendar",
                 std::string{name.substr(0, 40)},
                 "a name from builtin_calendars()",
                 {}};
  if (first_year < found->first_year || first_year > last_year ||
      last_year > TradingCalendar::kLastYear)
    return Error{calendar_errors::kYearRange,
                 "years",
                 fmt::format("{} to {}", first_year, last_year),
                 fmt::format("{} is known from {} to {}", found->name, found->first_year,
                             TradingCalendar::kLastYear),
                 {}};
  CalendarSpec spec;
  spec.name = found->name;
  rules_of(found->name)(spec, {first_year, last_year});
  return spec;
}

Result<TradingCalendar> builtin_calendar(std::string_view name, int first_year, int last_year) {
  const auto spec = builtin_calendar_spec(name, first_year, last_year);
  if (!spec) return spec.error();
  return TradingCalendar::make(*spec, first_year, last_year);
}

}  // namespace keel
