// CalendarDay: the venue's day by trading calendars, for SimConfig::day.
//
//   const auto nyse = builtin_calendar("XNYS", 2020, 2025).value();
//   const CalendarDay day{{&nyse}};
//   config.day = &day;
#pragma once

#include <vector>

#include <keel/calendar/trading_calendar.hpp>
#include <keel/sim/sim_config.hpp>

namespace keel {

// An instrument's day ends when the calendar that it names says that a DAY order dies; an
// instrument without a calendar has UTC's. One that names none of these, or a time outside the
// calendar's span, has no known end of day, and DAY orders in it are refused. The calendars outlive
// this.
class CalendarDay final : public VenueDay {
 public:
  explicit CalendarDay(std::vector<const TradingCalendar*> calendars)
      : calendars_(static_cast<std::vector<const TradingCalendar*>&&>(calendars)) {}

  [[nodiscard]] std::optional<Timestamp> day_end(const Instrument& instrument,
                                                 Timestamp entered) const override {
    if (instrument.calendar.empty()) return next_utc_midnight(entered);
    const TradingCalendar* calendar = find(instrument);
    return calendar != nullptr ? calendar->day_order_expiry(entered) : std::nullopt;
  }
  [[nodiscard]] std::optional<Timestamp> next_open(const Instrument& instrument,
                                                   Timestamp entered) const override {
    if (instrument.calendar.empty()) return next_utc_midnight(entered);
    const TradingCalendar* calendar = find(instrument);
    return calendar != nullptr ? calendar->next_open(entered - Duration{1}) : std::nullopt;
  }
  [[nodiscard]] std::optional<Timestamp> next_close(const Instrument& instrument,
                                                    Timestamp entered) const override {
    if (instrument.calendar.empty()) return next_utc_midnight(entered);
    const TradingCalendar* calendar = find(instrument);
    return calendar != nullptr ? calendar->next_close(entered - Duration{1}) : std::nullopt;
  }

 private:
  [[nodiscard]] const TradingCalendar* find(const Instrument& instrument) const {
    for (const TradingCalendar* calendar : calendars_)
      if (calendar->name() == instrument.calendar.view()) return calendar;
    return nullptr;
  }
  std::vector<const TradingCalendar*> calendars_;
};

}  // namespace keel
