#include <keel/calendar/dates.hpp>

#include <keel/core/assert.hpp>

namespace keel {

Weekday weekday_of(CivilDate date) {
  // 1970-01-01 was a Thursday (3 days after Monday).
  std::int32_t index = (days_from_civil(date) + 3) % 7;
  if (index < 0) index += 7;
  return static_cast<Weekday>(index);
}

CivilDate add_days(CivilDate date, std::int32_t days) {
  return civil_from_days(days_from_civil(date) + days);
}

bool date_exists(CivilDate date) {
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) return false;
  return civil_from_days(days_from_civil(date)) == date;
}

CivilDate nth_weekday(std::int32_t year, std::uint8_t month, Weekday day, int n) {
  KEEL_ASSERT(n != 0, "the nth weekday counts from 1, or from -1 at the end of the month");
  const auto wanted = static_cast<std::int32_t>(day);
  if (n > 0) {
    const CivilDate first{year, month, 1};
    const std::int32_t ahead = (wanted - static_cast<std::int32_t>(weekday_of(first)) + 7) % 7;
    return add_days(first, ahead + 7 * (n - 1));
  }
  const CivilDate after = month == 12 ? CivilDate{year + 1, 1, 1}
                                      : CivilDate{year, static_cast<std::uint8_t>(month + 1), 1};
  const CivilDate last = add_days(after, -1);
  const std::int32_t back = (static_cast<std::int32_t>(weekday_of(last)) - wanted + 7) % 7;
  return add_days(last, -back + 7 * (n + 1));
}

CivilDate easter_sunday(std::int32_t year) {
  const std::int32_t a = year % 19;
  const std::int32_t b = year / 100;
  const std::int32_t c = year % 100;
  const std::int32_t d = b / 4;
  const std::int32_t e = b % 4;
  const std::int32_t f = (b + 8) / 25;
  const std::int32_t g = (b - f + 1) / 3;
  const std::int32_t h = (19 * a + b - d - g + 15) % 30;
  const std::int32_t i = c / 4;
  const std::int32_t k = c % 4;
  const std::int32_t l = (32 + 2 * e + 2 * i - h - k) % 7;
  const std::int32_t m = (a + 11 * h + 22 * l) / 451;
  const std::int32_t n = h + l - 7 * m + 114;
  return {year, static_cast<std::uint8_t>(n / 31), static_cast<std::uint8_t>(n % 31 + 1)};
}

}  // namespace keel
