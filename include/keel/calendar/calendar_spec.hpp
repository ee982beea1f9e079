// CalendarSpec: when a venue trades, as plain data: a weekly timetable and its exceptions. Times
// are wall-clock seconds in the venue's zone, counted from midnight of the trading day that the
// session belongs to; a negative time is on a day before, a time above 24 hours on the day after.
// So Sunday 17:00 to Monday 16:00 in Chicago is Monday's session: {clock(-7), clock(16)}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <keel/calendar/dates.hpp>

namespace keel {

// Seconds from midnight: clock(9, 30); clock(-7) is 17:00 of the day before.
[[nodiscard]] constexpr std::int32_t clock(int hours, int minutes = 0) {
  return hours * 3'600 + minutes * 60;
}

enum class SessionKind : std::uint8_t {
  kPreOpen,   // orders are taken or trade thinly before the regular session
  kRegular,   // the market is open
  kPostClose  // trading after the regular session
};

// What holds on one day.
struct DaySession {
  SessionKind kind = SessionKind::kRegular;
  std::int32_t open_s = 0;
  std::int32_t close_s = 0;  // after open_s; not part of the session
};

// A session of every week, on trading days that fall on these weekdays, from `from` to `until`
// (both included; absent: always).
struct WeeklySession {
  SessionKind kind = SessionKind::kRegular;
  Weekdays days = kMondayToFriday;
  std::int32_t open_s = 0;
  std::int32_t close_s = 0;
  std::optional<CivilDate> from;
  std::optional<CivilDate> until;
};

// Sessions of that day end at this time at the latest; what would begin later falls away.
struct EarlyClose {
  CivilDate day;
  std::int32_t close_s;
};

// Sessions of that day begin at this time at the earliest; what would have ended falls away.
struct LateOpen {
  CivilDate day;
  std::int32_t open_s;
};

// The day's own timetable in place of the weekly one, on any day of the week; empty: closed.
struct SpecialDay {
  CivilDate day;
  std::vector<DaySession> sessions;
};

struct CalendarSpec {
  std::string name;  // "XNYS"
  std::string zone;  // IANA: "America/New_York"; "UTC" needs no zone data

  // When the venue's day begins, from midnight of its date: 0 is local midnight; clock(-7) makes
  // Monday's venue day run from Sunday 17:00 to Monday 17:00.
  std::int32_t day_start_s = 0;

  std::vector<WeeklySession> sessions;
  std::vector<CivilDate> holidays;  // closed; wins over an early close or a late open
  std::vector<EarlyClose> early_closes;
  std::vector<LateOpen> late_opens;
  std::vector<SpecialDay> special_days;  // such a day may be in no other list
};

}  // namespace keel
