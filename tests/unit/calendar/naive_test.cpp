// Random descriptions against a model that paints every minute of the year by the description's
// words, and finds each answer by walking the minutes.
#include <algorithm>

#include <keel/core/random.hpp>

#include "helpers.hpp"

using namespace keel;

namespace {

constexpr int kYear = 2024;
constexpr std::int64_t kMinute = 60'000'000'000;
constexpr std::int64_t kDayMinutes = 1'440;
constexpr std::int32_t kDays = 366;
constexpr std::uint8_t kClosed = 9;

// Minutes count from the start of the first venue day of the year.
struct Model {
  const CalendarSpec& spec;
  std::int32_t first = days_from_civil({kYear, 1, 1});
  std::vector<std::uint8_t> kinds = std::vector<std::uint8_t>(kDays * kDayMinutes, kClosed);
  std::vector<bool> trading = std::vector<bool>(kDays, false);

  explicit Model(const CalendarSpec& description) : spec(description) {
    for (std::int32_t i = 0; i < kDays; ++i) paint(i);
  }

  [[nodiscard]] std::vector<DaySession> timetable(CivilDate date) const {
    for (const auto& special : spec.special_days)
      if (special.day == date) return special.sessions;
    if (std::count(spec.holidays.begin(), spec.holidays.end(), date) > 0) return {};
    std::vector<DaySession> sessions;
    for (const auto& weekly : spec.sessions) {
      if (!weekly.days.has(weekday_of(date))) continue;
      if (weekly.from && date < *weekly.from) continue;
      if (weekly.until && date > *weekly.until) continue;
      DaySession session{weekly.kind, weekly.open_s, weekly.close_s};
      for (const auto& early : spec.early_closes)
        if (early.day == date) session.close_s = std::min(session.close_s, early.close_s);
      for (const auto& late : spec.late_opens)
        if (late.day == date) session.open_s = std::max(session.open_s, late.open_s);
      if (session.open_s < session.close_s) sessions.push_back(session);
    }
    return sessions;
  }

  void paint(std::int32_t day) {
    for (const auto& session : timetable(civil_from_days(first + day))) {
      trading[static_cast<std::size_t>(day)] = true;
      for (std::int32_t s = session.open_s; s < session.close_s; s += 60)
        kinds[static_cast<std::size_t>(day * kDayMinutes + (s - spec.day_start_s) / 60)] =
            static_cast<std::uint8_t>(session.kind);
    }
  }

  [[nodiscard]] std::int64_t ns_of(std::int64_t minute) const {
    return utc_midnight(civil_from_days(first)).ns + spec.day_start_s * 1'000'000'000LL +
           minute * kMinute;
  }
  [[nodiscard]] bool open(std::int64_t minute) const {
    return kinds[static_cast<std::size_t>(minute)] ==
           static_cast<std::uint8_t>(SessionKind::kRegular);
  }
  // The first change to this state after the minute.
  [[nodiscard]] std::optional<Timestamp> next(std::int64_t minute, bool opening) const {
    for (std::int64_t m = minute + 1; m < kDays * kDayMinutes; ++m)
      if (open(m) == opening && open(m - 1) != opening) return Timestamp{ns_of(m)};
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Timestamp> previous(std::int64_t minute, bool opening) const {
    for (std::int64_t m = minute; m > 0; --m)
      if (open(m) == opening && open(m - 1) != opening) return Timestamp{ns_of(m)};
    return std::nullopt;
  }
  [[nodiscard]] std::optional<CivilDate> trading_day(std::int64_t minute) const {
    for (std::int64_t day = minute / kDayMinutes; day < kDays; ++day)
      if (trading[static_cast<std::size_t>(day)])
        return civil_from_days(first + static_cast<std::int32_t>(day));
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Timestamp> day_order_expiry(std::int64_t minute) const {
    for (std::int64_t day = minute / kDayMinutes; day < kDays; ++day)
      for (std::int64_t m = (day + 1) * kDayMinutes - 1; m >= day * kDayMinutes; --m)
        if (open(m)) {
          if (m >= minute) return Timestamp{ns_of(m + 1)};
          break;
        }
    return std::nullopt;
  }
};

std::int32_t minutes(Random& random, std::int64_t low, std::int64_t high) {
  return static_cast<std::int32_t>(random.between(low, high)) * 60;
}

CivilDate any_day(Random& random) {
  return civil_from_days(days_from_civil({kYear, 1, 1}) +
                         static_cast<std::int32_t>(random.below(kDays)));
}

// Up to five stretches, one after another inside the venue's day, at least one of them regular.
std::vector<DaySession> any_sessions(Random& random, std::int32_t day_start_s) {
  std::vector<std::int32_t> cuts;
  const auto count = 2 * (1 + random.below(5));
  while (cuts.size() < count) cuts.push_back(day_start_s + minutes(random, 0, kDayMinutes));
  std::sort(cuts.begin(), cuts.end());
  std::vector<DaySession> sessions;
  for (std::size_t i = 0; i + 1 < cuts.size(); i += random.below(2) + 1)
    if (cuts[i] < cuts[i + 1])
      sessions.push_back({static_cast<SessionKind>(random.below(3)), cuts[i], cuts[i + 1]});
  if (!sessions.empty()) sessions[random.below(sessions.size())].kind = SessionKind::kRegular;
  return sessions;
}

CalendarSpec any_spec(Random& random) {
  CalendarSpec spec;
  spec.zone = "UTC";
  spec.day_start_s = minutes(random, -kDayMinutes, kDayMinutes - 1);
  const Weekdays days{static_cast<std::uint8_t>(random.between(1, 127))};
  const CivilDate change = any_day(random);
  for (const auto& s : any_sessions(random, spec.day_start_s))
    spec.sessions.push_back({s.kind, days, s.open_s, s.close_s, {}, change});
  for (const auto& s : any_sessions(random, spec.day_start_s))
    spec.sessions.push_back({s.kind, days, s.open_s, s.close_s, add_days(change, 1), {}});
  for (int i = 0; i < 5; ++i) spec.holidays.push_back(any_day(random));
  const auto day_time = [&] { return spec.day_start_s + minutes(random, 0, kDayMinutes); };
  for (int i = 0; i < 3; ++i) {
    spec.early_closes.push_back({any_day(random), day_time()});
    spec.late_opens.push_back({any_day(random), day_time()});
    spec.special_days.push_back({any_day(random), any_sessions(random, spec.day_start_s)});
  }
  return spec;
}

void compare(const TradingCalendar& calendar, const Model& model, std::int64_t minute) {
  const Timestamp time{model.ns_of(minute)};
  CAPTURE(to_text(time));
  const std::uint8_t kind = model.kinds[static_cast<std::size_t>(minute)];
  const auto session = calendar.session_at(time);
  REQUIRE(session.has_value() == (kind != kClosed));
  if (session) REQUIRE(static_cast<std::uint8_t>(session->kind) == kind);
  REQUIRE(calendar.is_open(time) == model.open(minute));
  REQUIRE(calendar.next_open(time) == model.next(minute, true));
  REQUIRE(calendar.next_close(time) == model.next(minute, false));
  REQUIRE(calendar.previous_open(time) == model.previous(minute, true));
  REQUIRE(calendar.previous_close(time) == model.previous(minute, false));
  REQUIRE(calendar.trading_day(time) == model.trading_day(minute));
  REQUIRE(calendar.day_order_expiry(time) == model.day_order_expiry(minute));
}

}  // namespace

TEST_CASE("random timetables answer as a minute-by-minute model does") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Random random{seed};
    const CalendarSpec spec = any_spec(random);
    const auto calendar = TradingCalendar::make(spec, kYear, kYear);
    if (!calendar) {
      // Drawn days may clash, or lose their regular session: refused with the code for that.
      const bool known = calendar.error().code == calendar_errors::kConflictingDay ||
                         calendar.error().code == calendar_errors::kSessionTime;
      REQUIRE(known);
      continue;
    }
    ++compared;
    const Model model{spec};
    for (int i = 0; i < 60; ++i)
      compare(*calendar, model, random.between(0, kDays * kDayMinutes - 1));
    for (const std::int64_t edge : {std::int64_t{0}, std::int64_t{1}, kDays * kDayMinutes - 1})
      compare(*calendar, model, edge);
  }
  CHECK(compared > 150);
}
