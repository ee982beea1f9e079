// Civil dates by rule: weekdays, "third Friday of March", Easter. Pure arithmetic on the proleptic
// Gregorian calendar; no time zone is involved.
#pragma once

#include <cstdint>

#include <keel/core/time_text.hpp>

namespace keel {

enum class Weekday : std::uint8_t {
  kMonday,
  kTuesday,
  kWednesday,
  kThursday,
  kFriday,
  kSaturday,
  kSunday
};

// A set of weekdays.
struct Weekdays {
  std::uint8_t bits;  // bit 0 is Monday
  [[nodiscard]] constexpr bool has(Weekday day) const {
    return (bits >> static_cast<unsigned>(day) & 1u) != 0;
  }
  [[nodiscard]] static constexpr Weekdays only(Weekday day) {
    return {static_cast<std::uint8_t>(1u << static_cast<unsigned>(day))};
  }
  friend constexpr Weekdays operator|(Weekdays a, Weekdays b) {
    return {static_cast<std::uint8_t>(a.bits | b.bits)};
  }
  friend constexpr bool operator==(Weekdays, Weekdays) = default;
};
inline constexpr Weekdays kMondayToFriday{0x1F};
inline constexpr Weekdays kEveryDay{0x7F};

[[nodiscard]] Weekday weekday_of(CivilDate date);
[[nodiscard]] CivilDate add_days(CivilDate date, std::int32_t days);
// Month 1 to 12, a day that this month has.
[[nodiscard]] bool date_exists(CivilDate date);

// The nth such weekday of a month: 1 is the first, 5 need not exist (then it falls into the next
// month), -1 is the last. n = 0 is a bug.
[[nodiscard]] CivilDate nth_weekday(std::int32_t year, std::uint8_t month, Weekday day, int n);

// Western Easter Sunday (the Gregorian computus; Meeus, Astronomical Algorithms, chapter 8).
[[nodiscard]] CivilDate easter_sunday(std::int32_t year);

}  // namespace keel
