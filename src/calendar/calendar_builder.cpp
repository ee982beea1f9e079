// TradingCalendar::make: a description becomes sorted tables.
#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include <calendar/zone.hpp>
#include <keel/calendar/trading_calendar.hpp>

namespace keel {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400;
// A session may belong to a trading day that lies after a long weekend.
constexpr std::int32_t kEarliest = clock(-10 * 24);
constexpr std::int32_t kLatest = clock(2 * 24);

Error spec_error(ErrorCode code, std::string field, std::string value, std::string rule) {
  return Error{code, std::move(field), std::move(value), std::move(rule), {}};
}

Status check_date(std::string_view field, CivilDate date) {
  if (date_exists(date)) return {};
  return spec_error(calendar_errors::kBadDate, std::string{field},
                    fmt::format("{}-{}-{}", date.year, date.month, date.day), "a day that exists");
}

Status check_times(std::string_view field, std::int32_t open_s, std::int32_t close_s) {
  if (kEarliest <= open_s && open_s < close_s && close_s <= kLatest) return {};
  return spec_error(
      calendar_errors::kSessionTime, std::string{field}, fmt::format("{} to {}", open_s, close_s),
      "an open before the close, in seconds from midnight of the trading day, at most "
      "10 days before it and 2 after");
}

template <class Entry>
bool by_day(const Entry& a, const Entry& b) {
  return a.day < b.day;
}

template <class Entry>
const Entry* find_day(const std::vector<Entry>& entries, CivilDate date) {
  const auto at = std::lower_bound(entries.begin(), entries.end(), date,
                                   [](const Entry& entry, CivilDate d) { return entry.day < d; });
  return at != entries.end() && at->day == date ? &*at : nullptr;
}

template <class Entry>
Status sort_days(std::vector<Entry>& entries, std::string_view field) {
  for (const Entry& entry : entries)
    if (Status status = check_date(field, entry.day); !status) return status;
  std::sort(entries.begin(), entries.end(), by_day<Entry>);
  const auto twice =
      std::adjacent_find(entries.begin(), entries.end(),
                         [](const Entry& a, const Entry& b) { return a.day == b.day; });
  if (twice == entries.end()) return {};
  return spec_error(calendar_errors::kConflictingDay, std::string{field}, to_text(twice->day),
                    "each day at most once");
}

}  // namespace

class CalendarBuilder {
 public:
  CalendarBuilder(const CalendarSpec& spec, const calendar_detail::Zone& zone)
      : spec_(spec), zone_(zone) {}

  Status check() {
    if (Status status = check_weekly(); !status) return status;
    for (const CivilDate date : spec_.holidays)
      if (Status status = check_date("holidays", date); !status) return status;
    std::sort(spec_.holidays.begin(), spec_.holidays.end());
    if (Status status = sort_days(spec_.early_closes, "early_closes"); !status) return status;
    if (Status status = sort_days(spec_.late_opens, "late_opens"); !status) return status;
    if (Status status = sort_days(spec_.special_days, "special_days"); !status) return status;
    for (const SpecialDay& special : spec_.special_days) {
      if (is_holiday(special.day) || find_day(spec_.early_closes, special.day) != nullptr ||
          find_day(spec_.late_opens, special.day) != nullptr)
        return spec_error(calendar_errors::kConflictingDay, "special_days", to_text(special.day),
                          "a special day is in no other list");
      for (const DaySession& session : special.sessions)
        if (Status status = check_times("special_days", session.open_s, session.close_s); !status)
          return status;
    }
    return {};
  }

  Result<TradingCalendar> build(int first_year, int last_year) {
    calendar_.name_ = spec_.name;
    calendar_.zone_ = spec_.zone;
    calendar_.first_ = days_from_civil({first_year, 1, 1});
    const std::int32_t last = days_from_civil({last_year, 12, 31});
    for (std::int32_t date = calendar_.first_; date <= last + 1; ++date)
      calendar_.starts_ns_.push_back(instant(date, spec_.day_start_s));
    for (std::int32_t date = calendar_.first_; date <= last; ++date)
      if (Status status = add_date(date); !status) return std::move(status).error();
    find_next_days(last);
    find_intervals();
    find_end();
    return std::move(calendar_);
  }

 private:
  Status check_weekly() const {
    if (spec_.day_start_s < -kDay || spec_.day_start_s >= kDay)
      return spec_error(calendar_errors::kSessionTime, "day_start_s",
                        fmt::format("{}", spec_.day_start_s), "within a day of midnight");
    for (const WeeklySession& session : spec_.sessions) {
      if (Status status = check_times("sessions", session.open_s, session.close_s); !status)
        return status;
      for (const auto& date : {session.from, session.until})
        if (date)
          if (Status status = check_date("sessions", *date); !status) return status;
    }
    return {};
  }

  [[nodiscard]] bool is_holiday(CivilDate date) const {
    return std::binary_search(spec_.holidays.begin(), spec_.holidays.end(), date);
  }

  [[nodiscard]] std::int64_t instant(std::int32_t date, std::int32_t seconds) const {
    return zone_.to_utc(date * kDay + seconds) * kSecond;
  }

  // The day's timetable, in wall-clock seconds, into timetable_.
  void read_timetable(CivilDate date) {
    timetable_.clear();
    if (const SpecialDay* special = find_day(spec_.special_days, date)) {
      timetable_ = special->sessions;
      return;
    }
    if (is_holiday(date)) return;
    const Weekday weekday = weekday_of(date);
    for (const WeeklySession& session : spec_.sessions) {
      if (!session.days.has(weekday)) continue;
      if ((session.from && date < *session.from) || (session.until && *session.until < date))
        continue;
      timetable_.push_back({session.kind, session.open_s, session.close_s});
    }
    const EarlyClose* early = find_day(spec_.early_closes, date);
    const LateOpen* late = find_day(spec_.late_opens, date);
    for (DaySession& session : timetable_) {
      if (early != nullptr) session.close_s = std::min(session.close_s, early->close_s);
      if (late != nullptr) session.open_s = std::max(session.open_s, late->open_s);
    }
    std::erase_if(timetable_, [](const DaySession& s) { return s.open_s >= s.close_s; });
  }

  Status add_date(std::int32_t date) {
    const CivilDate civil = civil_from_days(date);
    read_timetable(civil);
    if (timetable_.empty()) return {};
    const std::size_t first = calendar_.sessions_.size();
    const std::int64_t end_ns =
        calendar_.starts_ns_[static_cast<std::size_t>(date - calendar_.first_) + 1];
    std::int64_t last_close_ns = std::numeric_limits<std::int64_t>::min();
    for (const DaySession& session : timetable_) {
      const std::int64_t open_ns = instant(date, session.open_s);
      const std::int64_t close_ns = instant(date, session.close_s);
      if (open_ns >= close_ns) continue;  // inside an hour that the clocks skipped
      if (open_ns < last_end_ns_ || close_ns > end_ns)
        return spec_error(calendar_errors::kSessionTime, "sessions", to_text(civil),
                          "sessions after the end of the trading day before and up to the end of "
                          "their own");
      calendar_.sessions_.push_back({{open_ns}, {close_ns}, civil, session.kind});
      if (session.kind == SessionKind::kRegular) last_close_ns = std::max(last_close_ns, close_ns);
      opens_early_ = opens_early_ || session.open_s < spec_.day_start_s;
    }
    if (last_close_ns == std::numeric_limits<std::int64_t>::min())
      return spec_error(calendar_errors::kSessionTime, "sessions", to_text(civil),
                        "a regular session on every day that has sessions");
    return finish_date(date, first, end_ns, last_close_ns);
  }

  Status finish_date(std::int32_t date, std::size_t first, std::int64_t end_ns,
                     std::int64_t last_close_ns) {
    auto& sessions = calendar_.sessions_;
    const auto begin = sessions.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, sessions.end(),
              [](const Session& a, const Session& b) { return a.open < b.open; });
    const auto overlap = std::adjacent_find(
        begin, sessions.end(), [](const Session& a, const Session& b) { return b.open < a.close; });
    if (overlap != sessions.end())
      return spec_error(calendar_errors::kSessionOverlap, "sessions", to_text(overlap->day),
                        "sessions that do not overlap");
    calendar_.days_.push_back({date, static_cast<std::uint32_t>(first),
                               static_cast<std::uint32_t>(sessions.size() - first), last_close_ns});
    last_end_ns_ = end_ns;
    return {};
  }

  void find_next_days(std::int32_t last) {
    std::uint32_t row = 0;
    for (std::int32_t date = calendar_.first_; date <= last + 1; ++date) {
      while (row < calendar_.days_.size() && calendar_.days_[row].date < date) ++row;
      calendar_.next_.push_back(row);
    }
  }

  void find_intervals() {
    auto& intervals = calendar_.intervals_;
    for (const Session& session : calendar_.sessions_) {
      if (session.kind != SessionKind::kRegular) continue;
      if (!intervals.empty() && intervals.back().close_ns == session.open.ns)
        intervals.back().close_ns = session.close.ns;
      else
        intervals.push_back({session.open.ns, session.close.ns});
    }
    intervals.shrink_to_fit();
  }

  // Where a trading day may open before its venue day does (a Friday night that counts for Monday),
  // the time after the last trading day may already belong to one that lies outside the span.
  void find_end() {
    calendar_.end_ns_ = calendar_.starts_ns_.back();
    if (opens_early_) calendar_.end_ns_ = std::min(calendar_.end_ns_, last_end_ns_);
  }

  CalendarSpec spec_;
  const calendar_detail::Zone& zone_;
  TradingCalendar calendar_;
  std::vector<DaySession> timetable_;
  std::int64_t last_end_ns_ = std::numeric_limits<std::int64_t>::min();
  bool opens_early_ = false;
};

Result<TradingCalendar> TradingCalendar::make(const CalendarSpec& spec, int first_year,
                                              int last_year) {
  if (first_year < kFirstYear || first_year > last_year || last_year > kLastYear)
    return spec_error(calendar_errors::kYearRange, "years",
                      fmt::format("{} to {}", first_year, last_year),
                      fmt::format("years from {} to {}", kFirstYear, kLastYear));
  const auto zone = calendar_detail::Zone::find(spec.zone, last_year);
  if (!zone) return zone.error();
  CalendarBuilder builder{spec, *zone};
  if (Status status = builder.check(); !status) return std::move(status).error();
  try {
    return builder.build(first_year, last_year);
  } catch (const std::exception& failure) {
    return spec_error(calendar_errors::kZoneData, "zone", spec.zone, failure.what());
  }
}

}  // namespace keel
