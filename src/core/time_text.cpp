#include <keel/core/time_text.hpp>

#include <fmt/core.h>

#include <keel/core/int128.hpp>

namespace keel {

namespace {

Error time_error(ErrorCode code, std::string_view text, std::string rule) {
  return Error{code, {}, std::string{text.substr(0, 60)}, std::move(rule), {}};
}

// Reads exactly `count` digits; -1 where they are not there.
int take_digits(std::string_view text, std::size_t& at, std::size_t count) {
  if (text.size() - at < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i, ++at) {
    if (text[at] < '0' || text[at] > '9') return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool take(std::string_view text, std::size_t& at, char c) {
  if (at >= text.size() || text[at] != c) return false;
  ++at;
  return true;
}

bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

constexpr std::string_view kTimeRule = "a time such as 2024-03-10T14:30:00.123Z";

// The leading "YYYY-MM-DD".
Result<CivilDate> take_date(std::string_view text, std::size_t& at) {
  const int year = take_digits(text, at, 4);
  const bool dash1 = year >= 0 && take(text, at, '-');
  const int month = dash1 ? take_digits(text, at, 2) : -1;
  const bool dash2 = month >= 0 && take(text, at, '-');
  const int day = dash2 ? take_digits(text, at, 2) : -1;
  if (day < 0) return time_error(core_errors::kTimeSyntax, text, std::string{kTimeRule});
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
    return time_error(core_errors::kTimeRange, text, "a day that exists");
  return CivilDate{year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

}  // namespace

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
std::int32_t days_from_civil(CivilDate date) {
  const int year = date.month <= 2 ? date.year - 1 : date.year;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int month = date.month;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(std::int32_t days) {
  const int shifted = days + 719'468;
  const int era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const int day_of_era = shifted - era * 146'097;
  const int year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_index = (5 * day_of_year + 2) / 153;
  const int day = day_of_year - (153 * month_index + 2) / 5 + 1;
  const int month = month_index < 10 ? month_index + 3 : month_index - 9;
  const int year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
}

CivilDate utc_date(Timestamp time) {
  // Not floor_to: the first day that a Timestamp can hold does not start inside its range.
  const std::int64_t day = Duration::days(1).ns;
  const std::int64_t days = time.ns / day - (time.ns % day < 0 ? 1 : 0);
  return civil_from_days(static_cast<std::int32_t>(days));
}

Timestamp utc_midnight(CivilDate date) {
  return Timestamp{Duration::days(days_from_civil(date)).ns};
}

Result<CivilDate> parse_date(std::string_view text) {
  std::size_t at = 0;
  auto date = take_date(text, at);
  if (date && at != text.size())
    return time_error(core_errors::kTimeSyntax, text, "a date such as 2024-03-10");
  return date;
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const auto syntax = [&] {
    return time_error(core_errors::kTimeSyntax, text, std::string{kTimeRule});
  };
  std::size_t at = 0;
  auto date = take_date(text, at);
  if (!date) return std::move(date).error();
  detail::i128 ns = static_cast<detail::i128>(days_from_civil(*date)) * 86'400'000'000'000;
  if (at < text.size()) {
    if (!take(text, at, 'T') && !take(text, at, ' ')) return syntax();
    const int hour = take_digits(text, at, 2);
    if (hour < 0 || !take(text, at, ':')) return syntax();
    const int minute = take_digits(text, at, 2);
    if (minute < 0) return syntax();
    int second = 0;
    std::int64_t fraction = 0;
    if (take(text, at, ':')) {
      second = take_digits(text, at, 2);
      if (second < 0) return syntax();
      if (take(text, at, '.')) {
        std::int64_t unit = 100'000'000;
        const std::size_t first = at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
          if (unit == 0) return time_error(core_errors::kTimeRange, text, "at most 9 decimals");
          fraction += unit * (text[at] - '0');
        }
        if (at == first) return syntax();
      }
    }
    if (hour > 23 || minute > 59 || second > 59)
      return time_error(core_errors::kTimeRange, text, "a time of day that exists");
    int offset_minutes = 0;
    if (at < text.size() && !take(text, at, 'Z')) {
      const int sign = take(text, at, '+') ? 1 : take(text, at, '-') ? -1 : 0;
      const int offset_hour = sign != 0 ? take_digits(text, at, 2) : -1;
      if (offset_hour < 0) return syntax();
      take(text, at, ':');
      const int offset_minute = take_digits(text, at, 2);
      if (offset_minute < 0) return syntax();
      if (offset_hour > 23 || offset_minute > 59)
        return time_error(core_errors::kTimeRange, text, "an offset below 24 hours");
      offset_minutes = sign * (offset_hour * 60 + offset_minute);
    }
    if (at != text.size()) return syntax();
    ns += static_cast<detail::i128>(hour * 3600 + (minute - offset_minutes) * 60 + second) *
              1'000'000'000 +
          fraction;
  }
  const auto narrow = static_cast<std::int64_t>(ns);
  if (narrow != ns)
    return time_error(core_errors::kTimeRange, text, "between 1677-09-21 and 2262-04-11");
  return Timestamp{narrow};
}

namespace {
struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr Unit kUnits[] = {{"d", 86'400'000'000'000},
                           {"h", 3'600'000'000'000},
                           {"min", 60'000'000'000},
                           {"s", 1'000'000'000},
                           {"ms", 1'000'000},
                           {"us", 1'000},
                           {"ns", 1}};
}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto syntax = [&] {
    return time_error(core_errors::kTimeSyntax, text,
                      "a duration such as 250ms, 90s, 5min, 1h, 1d");
  };
  std::size_t at = 0;
  std::int64_t count = 0;
  bool overflow = false;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    overflow = overflow || __builtin_mul_overflow(count, std::int64_t{10}, &count) ||
               __builtin_add_overflow(count, std::int64_t{text[at] - '0'}, &count);
  if (at == 0) return syntax();
  for (const auto& unit : kUnits) {
    if (text.substr(at) != unit.name) continue;
    if (overflow || __builtin_mul_overflow(count, unit.ns, &count))
      return time_error(core_errors::kTimeRange, text, "at most 292 years");
    return Duration{count};
  }
  return syntax();
}

std::string to_text(CivilDate date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string to_text(Timestamp time) {
  const Duration day = Duration::days(1);
  std::int64_t ns_of_day = time.ns % day.ns;
  if (ns_of_day < 0) ns_of_day += day.ns;
  const auto seconds = ns_of_day / 1'000'000'000;
  const auto fraction = ns_of_day % 1'000'000'000;
  auto text = fmt::format("{}T{:02}:{:02}:{:02}", to_text(utc_date(time)), seconds / 3600,
                          seconds / 60 % 60, seconds % 60);
  if (fraction != 0) {
    if (fraction % 1'000'000 == 0)
      text += fmt::format(".{:03}", fraction / 1'000'000);
    else if (fraction % 1'000 == 0)
      text += fmt::format(".{:06}", fraction / 1'000);
    else
      text += fmt::format(".{:09}", fraction);
  }
  return text + "Z";
}

std::string to_text(Duration duration) {
  if (duration.ns == 0) return "0s";
  for (const auto& unit : kUnits)
    if (duration.ns % unit.ns == 0) return fmt::format("{}{}", duration.ns / unit.ns, unit.name);
  return {};
}

}  // namespace keel
