// Timestamps as ISO 8601 text, and the civil calendar (proleptic Gregorian, UTC).
#pragma once

#include <string>
#include <string_view>

#include <keel/core/result.hpp>
#include <keel/core/time.hpp>

namespace keel {

// "2024-03-10", "2024-03-10T14:30:00Z", "2024-03-10 14:30:00.123456789+01:00". Text without an
// offset is UTC. At most 9 decimals of a second. Errors: core.time_syntax, core.time_range.
Result<Timestamp> parse_timestamp(std::string_view text);

// "90s", "5min", "250ms", "1h", "1d", "10us", "5ns". Errors: core.time_syntax, core.time_range.
Result<Duration> parse_duration(std::string_view text);

// "2024-03-10T14:30:00Z", with as many decimals as are not zero (3, 6 or 9).
std::string to_text(Timestamp time);
// The largest unit that divides it: "90s", "5min".
std::string to_text(Duration duration);

struct CivilDate {
  std::int32_t year;
  std::uint8_t month;  // 1 to 12
  std::uint8_t day;    // 1 to 31
  friend constexpr bool operator==(CivilDate, CivilDate) = default;
  friend constexpr auto operator<=>(CivilDate, CivilDate) = default;
};

// Days since 1970-01-01 and back. Total for every year that a Timestamp can hold.
std::int32_t days_from_civil(CivilDate date);
CivilDate civil_from_days(std::int32_t days);
CivilDate utc_date(Timestamp time);
// Asserts that the day lies in the range of Timestamp (1677-09-22 to 2262-04-11).
Timestamp utc_midnight(CivilDate date);
// "2024-03-10". Errors: core.time_syntax, core.time_range (a day that does not exist).
Result<CivilDate> parse_date(std::string_view text);
std::string to_text(CivilDate date);

}  // namespace keel
