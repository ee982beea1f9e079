#include <keel/calendar/trading_calendar.hpp>

#include <algorithm>

namespace keel {

namespace {

constexpr Phase phase_of(SessionKind kind) {
  switch (kind) {
    case SessionKind::kPreOpen: return Phase::kPreOpen;
    case SessionKind::kRegular: return Phase::kOpen;
    case SessionKind::kPostClose: return Phase::kPostClose;
  }
  return Phase::kUnknown;
}

// The last session that opens at or before `time`, or end().
auto last_opened(const std::vector<Session>& sessions, Timestamp time) {
  const auto after =
      std::upper_bound(sessions.begin(), sessions.end(), time,
                       [](Timestamp t, const Session& session) { return t < session.open; });
  return after == sessions.begin() ? sessions.end() : after - 1;
}

}  // namespace

CivilDate TradingCalendar::first_date() const { return civil_from_days(first_); }

CivilDate TradingCalendar::last_date() const {
  return civil_from_days(first_ + static_cast<std::int32_t>(starts_ns_.size()) - 2);
}

std::int32_t TradingCalendar::offset(CivilDate date) const {
  if (date.year < kFirstYear || date.year > kLastYear || !date_exists(date)) return -1;
  const std::int32_t at = days_from_civil(date) - first_;
  return at >= 0 && at < static_cast<std::int32_t>(starts_ns_.size()) - 1 ? at : -1;
}

const TradingCalendar::Day* TradingCalendar::day_row(CivilDate date) const {
  const std::int32_t at = offset(date);
  if (at < 0) return nullptr;
  const std::uint32_t row = next_[static_cast<std::size_t>(at)];
  return row < days_.size() && days_[row].date == first_ + at ? &days_[row] : nullptr;
}

Phase TradingCalendar::phase_at(Timestamp time) const {
  if (!covers(time)) return Phase::kUnknown;
  const auto session = session_at(time);
  return session ? phase_of(session->kind) : Phase::kClosed;
}

std::optional<Session> TradingCalendar::session_at(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto found = last_opened(sessions_, time);
  if (found == sessions_.end() || !found->holds(time)) return std::nullopt;
  return *found;
}

std::optional<Session> TradingCalendar::next_session(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto found =
      std::upper_bound(sessions_.begin(), sessions_.end(), time,
                       [](Timestamp t, const Session& session) { return t < session.open; });
  if (found == sessions_.end()) return std::nullopt;
  return *found;
}

std::optional<Timestamp> TradingCalendar::next_open(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto found = std::upper_bound(
      intervals_.begin(), intervals_.end(), time.ns,
      [](std::int64_t ns, const Interval& interval) { return ns < interval.open_ns; });
  if (found == intervals_.end()) return std::nullopt;
  return Timestamp{found->open_ns};
}

std::optional<Timestamp> TradingCalendar::next_close(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto found = std::upper_bound(
      intervals_.begin(), intervals_.end(), time.ns,
      [](std::int64_t ns, const Interval& interval) { return ns < interval.close_ns; });
  // Trading up to the very end of what is known may go on after it.
  if (found == intervals_.end() || found->close_ns >= end_ns_) return std::nullopt;
  return Timestamp{found->close_ns};
}

std::optional<Timestamp> TradingCalendar::previous_open(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), time.ns,
      [](std::int64_t ns, const Interval& interval) { return ns < interval.open_ns; });
  if (after == intervals_.begin()) return std::nullopt;
  // Trading since the very start of what is known may have begun before it.
  const std::int64_t open_ns = (after - 1)->open_ns;
  if (open_ns <= starts_ns_.front()) return std::nullopt;
  return Timestamp{open_ns};
}

std::optional<Timestamp> TradingCalendar::previous_close(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto after = std::upper_bound(
      intervals_.begin(), intervals_.end(), time.ns,
      [](std::int64_t ns, const Interval& interval) { return ns < interval.close_ns; });
  if (after == intervals_.begin()) return std::nullopt;
  return Timestamp{(after - 1)->close_ns};
}

std::optional<std::size_t> TradingCalendar::day_index(Timestamp time) const {
  if (!covers(time)) return std::nullopt;
  const auto after = std::upper_bound(starts_ns_.begin(), starts_ns_.end(), time.ns);
  const auto date = static_cast<std::size_t>(after - starts_ns_.begin()) - 1;
  if (next_[date] >= days_.size()) return std::nullopt;
  return next_[date];
}

std::optional<CivilDate> TradingCalendar::trading_day(Timestamp time) const {
  const auto row = day_index(time);
  if (!row) return std::nullopt;
  return civil_from_days(days_[*row].date);
}

std::optional<Timestamp> TradingCalendar::day_start(CivilDate date) const {
  const std::int32_t at = offset(date);
  if (at < 0) return std::nullopt;
  return Timestamp{starts_ns_[static_cast<std::size_t>(at)]};
}

std::optional<Timestamp> TradingCalendar::day_end(CivilDate date) const {
  const std::int32_t at = offset(date);
  if (at < 0) return std::nullopt;
  return Timestamp{starts_ns_[static_cast<std::size_t>(at) + 1]};
}

std::span<const Session> TradingCalendar::sessions(CivilDate date) const {
  const Day* day = day_row(date);
  if (day == nullptr) return {};
  return std::span{sessions_}.subspan(day->first_session, day->session_count);
}

std::optional<Timestamp> TradingCalendar::last_close(CivilDate date) const {
  const Day* day = day_row(date);
  if (day == nullptr) return std::nullopt;
  return Timestamp{day->last_close_ns};
}

std::optional<Timestamp> TradingCalendar::day_order_expiry(Timestamp entered) const {
  const auto row = day_index(entered);
  if (!row) return std::nullopt;
  const std::size_t at = days_[*row].last_close_ns > entered.ns ? *row : *row + 1;
  if (at >= days_.size()) return std::nullopt;
  return Timestamp{days_[at].last_close_ns};
}

bool TradingCalendar::is_trading_day(CivilDate date) const { return day_row(date) != nullptr; }

std::optional<CivilDate> TradingCalendar::next_trading_day(CivilDate date) const {
  return add_trading_days(date, 1);
}

std::optional<CivilDate> TradingCalendar::previous_trading_day(CivilDate date) const {
  return add_trading_days(date, -1);
}

std::optional<CivilDate> TradingCalendar::add_trading_days(CivilDate date, int n) const {
  const std::int32_t at = offset(date);
  if (at < 0) return std::nullopt;
  std::int64_t row = next_[static_cast<std::size_t>(at)];
  // On a day that is none, the row is already the first one after it.
  const bool trading = day_row(date) != nullptr;
  row += n > 0 && !trading ? std::int64_t{n} - 1 : std::int64_t{n};
  if (row < 0 || row >= static_cast<std::int64_t>(days_.size())) return std::nullopt;
  return civil_from_days(days_[static_cast<std::size_t>(row)].date);
}

std::optional<int> TradingCalendar::trading_days_between(CivilDate from, CivilDate to) const {
  const std::int32_t a = offset(from);
  const std::int32_t b = offset(to);
  if (a < 0 || b < 0) return std::nullopt;
  return static_cast<int>(next_[static_cast<std::size_t>(b)]) -
         static_cast<int>(next_[static_cast<std::size_t>(a)]);
}

std::optional<CivilDate> TradingCalendar::settlement_date(CivilDate trade_date, int n,
                                                          const TradingCalendar* currency) const {
  if (n < 0 || !covers(trade_date)) return std::nullopt;
  if (currency == nullptr || currency == this) return add_trading_days(trade_date, n);
  std::optional<CivilDate> date = add_trading_days(trade_date, n == 0 ? 0 : 1);
  for (int left = n; date; date = next_trading_day(*date)) {
    if (!currency->covers(*date)) return std::nullopt;
    if (!currency->is_trading_day(*date)) continue;
    if (left <= 1) return date;
    --left;
  }
  return std::nullopt;
}

}  // namespace keel
