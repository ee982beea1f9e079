// TradingCalendar: answers when a venue is open, which venue day an instant belongs to, and what
// the trading days are. A value: copy it, share it between threads, it never changes.
//
// It is computed for a span of years when it is made: O(days) then, O(log n) or better and without
// allocation for every question. Outside the span nothing is known, and every answer says so: an
// empty optional, Phase::kUnknown, an empty span, or `false` from the two questions that ask
// whether something is known to hold (is_open, is_trading_day). Give it a year more than the run
// needs: questions that look ahead (next_open, settlement) need the days that they look at.
//
// Instants: a session holds its open, not its close. Wall-clock times that do not exist (clocks go
// forward) mean the instant of the jump; those that exist twice mean the first.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <keel/calendar/calendar_spec.hpp>
#include <keel/core/result.hpp>
#include <keel/core/time.hpp>

namespace keel {

struct Session {
  Timestamp open;
  Timestamp close;
  CivilDate day;  // the trading day that it belongs to
  SessionKind kind;
  [[nodiscard]] constexpr bool holds(Timestamp time) const { return open <= time && time < close; }
  friend constexpr bool operator==(const Session&, const Session&) = default;
};

enum class Phase : std::uint8_t {
  kUnknown,  // outside the calendar's span
  kClosed,
  kPreOpen,
  kOpen,
  kPostClose
};

class TradingCalendar {
 public:
  // Zone data ends in 2037 (that is what the system's files hold).
  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 2037;

  // The trading days of 1 January of first_year to 31 December of last_year. Errors:
  // calendar.year_range, calendar.unknown_zone, calendar.zone_data, calendar.bad_date,
  // calendar.session_time, calendar.session_overlap, calendar.conflicting_day.
  static Result<TradingCalendar> make(const CalendarSpec& spec, int first_year, int last_year);

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view zone() const { return zone_; }
  [[nodiscard]] CivilDate first_date() const;
  [[nodiscard]] CivilDate last_date() const;
  [[nodiscard]] bool covers(CivilDate date) const { return offset(date) >= 0; }
  [[nodiscard]] bool covers(Timestamp time) const {
    return starts_ns_.front() <= time.ns && time.ns < end_ns_;
  }

  // ---- the market's hours ----
  [[nodiscard]] Phase phase_at(Timestamp time) const;
  // Known to be in a regular session.
  [[nodiscard]] bool is_open(Timestamp time) const { return phase_at(time) == Phase::kOpen; }
  // The session of any kind that holds this instant; empty when closed (or unknown).
  [[nodiscard]] std::optional<Session> session_at(Timestamp time) const;
  // The first session of any kind that opens after this instant.
  [[nodiscard]] std::optional<Session> next_session(Timestamp time) const;
  // When regular trading starts or stops: regular sessions that touch count as one, so a market
  // that never closes has no next close. `next` is strictly after, `previous` at or before this
  // instant.
  [[nodiscard]] std::optional<Timestamp> next_open(Timestamp time) const;
  [[nodiscard]] std::optional<Timestamp> next_close(Timestamp time) const;
  [[nodiscard]] std::optional<Timestamp> previous_open(Timestamp time) const;
  [[nodiscard]] std::optional<Timestamp> previous_close(Timestamp time) const;

  // ---- the venue's day ----
  // The trading day that this instant counts for: the venue day that holds it, or the next trading
  // day where that one is none (a Sunday counts for Monday). Never goes back as time goes on.
  [[nodiscard]] std::optional<CivilDate> trading_day(Timestamp time) const;
  // Where the venue day of a date (trading or not) begins and ends; day_end(d) == day_start(d + 1).
  [[nodiscard]] std::optional<Timestamp> day_start(CivilDate date) const;
  [[nodiscard]] std::optional<Timestamp> day_end(CivilDate date) const;
  // All sessions of a trading day in order; empty on other days. Valid as long as the calendar.
  [[nodiscard]] std::span<const Session> sessions(CivilDate date) const;
  // The end of the day's last regular session; empty when it is no trading day.
  [[nodiscard]] std::optional<Timestamp> last_close(CivilDate date) const;
  // When a DAY order entered at this instant dies: the last regular close of the trading day that
  // it counts for, or of the next one where that close has passed.
  [[nodiscard]] std::optional<Timestamp> day_order_expiry(Timestamp entered) const;

  // ---- trading days ----
  [[nodiscard]] bool is_trading_day(CivilDate date) const;                        // known to be one
  [[nodiscard]] std::optional<CivilDate> next_trading_day(CivilDate date) const;  // after
  [[nodiscard]] std::optional<CivilDate> previous_trading_day(CivilDate date) const;  // before
  // The nth trading day after the date (before it when n is negative). n = 0: the date itself, or
  // the next trading day where it is none.
  [[nodiscard]] std::optional<CivilDate> add_trading_days(CivilDate date, int n) const;
  // Trading days d with from <= d < to; negative when `to` is before `from`.
  [[nodiscard]] std::optional<int> trading_days_between(CivilDate from, CivilDate to) const;
  // T + n: the nth day after the trade date that is a trading day here and, where a second calendar
  // is given, in that one too (the currency's bank holidays). n = 0: the first such day on or
  // after.
  [[nodiscard]] std::optional<CivilDate> settlement_date(
      CivilDate trade_date, int n, const TradingCalendar* currency = nullptr) const;

 private:
  struct Day {
    std::int32_t date;  // days since 1970-01-01
    std::uint32_t first_session;
    std::uint32_t session_count;
    std::int64_t last_close_ns;
  };
  struct Interval {
    std::int64_t open_ns;
    std::int64_t close_ns;
  };
  friend class CalendarBuilder;
  TradingCalendar() = default;

  [[nodiscard]] std::int32_t offset(CivilDate date) const;  // from first_; -1 outside the span
  [[nodiscard]] const Day* day_row(CivilDate date) const;
  [[nodiscard]] std::optional<std::size_t> day_index(Timestamp time) const;

  std::string name_;
  std::string zone_;
  std::int32_t first_ = 0;               // days since 1970-01-01
  std::int64_t end_ns_ = 0;              // where knowledge ends
  std::vector<std::int64_t> starts_ns_;  // of each date of the span, and of the one after it
  std::vector<std::uint32_t> next_;      // per date (and one after): first row of days_ on or after
  std::vector<Day> days_;                // trading days
  std::vector<Session> sessions_;        // by time
  std::vector<Interval> intervals_;      // regular trading, merged where sessions touch
};

namespace calendar_errors {
inline constexpr ErrorCode kYearRange{"calendar.year_range"};
inline constexpr ErrorCode kUnknownZone{"calendar.unknown_zone"};
inline constexpr ErrorCode kZoneData{"calendar.zone_data"};
inline constexpr ErrorCode kUnknownName{"calendar.unknown_name"};
inline constexpr ErrorCode kBadDate{"calendar.bad_date"};
inline constexpr ErrorCode kSessionTime{"calendar.session_time"};
inline constexpr ErrorCode kSessionOverlap{"calendar.session_overlap"};
inline constexpr ErrorCode kConflictingDay{"calendar.conflicting_day"};
}  // namespace calendar_errors

}  // namespace keel
