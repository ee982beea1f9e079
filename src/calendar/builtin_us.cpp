// United States: NYSE and Nasdaq, CME equity index futures, Fedwire.
#include <array>
#include <utility>

#include <calendar/builtin_rules.hpp>

namespace keel::calendar_detail {

namespace {

CivilDate thanksgiving(int year) { return nth_weekday(year, 11, Weekday::kThursday, 4); }
CivilDate good_friday(int year) { return add_days(easter_sunday(year), -2); }

bool within(CivilDate date, Years years) {
  return years.first <= date.year && date.year <= years.last;
}

// NYSE Rule 7.2 and www.nyse.com/markets/hours-calendars: a holiday on a Saturday is kept on the
// Friday, on a Sunday on the Monday; but 1 January on a Saturday is not kept (31 December ends the
// accounting year). Martin Luther King Day since 1998, Juneteenth since 2022.
std::vector<CivilDate> nyse_holidays(int year) {
  std::vector<CivilDate> days;
  if (weekday_of({year, 1, 1}) != Weekday::kSaturday)
    days.push_back(sunday_to_monday({year, 1, 1}));
  if (year >= 1998) days.push_back(nth_weekday(year, 1, Weekday::kMonday, 3));
  days.push_back(nth_weekday(year, 2, Weekday::kMonday, 3));
  days.push_back(good_friday(year));
  days.push_back(nth_weekday(year, 5, Weekday::kMonday, -1));
  if (year >= 2022) days.push_back(nearest_workday({year, 6, 19}));
  days.push_back(nearest_workday({year, 7, 4}));
  days.push_back(nth_weekday(year, 9, Weekday::kMonday, 1));
  days.push_back(thanksgiving(year));
  days.push_back(nearest_workday({year, 12, 25}));
  return days;
}

// Days on which NYSE did not open at all, from its list of special closings: mourning for
// presidents (Nixon, Reagan, Ford, Bush, Carter), the attacks of September 2001, hurricane Sandy.
constexpr std::array<CivilDate, 11> kNyseClosures{{{1994, 4, 27},
                                                   {2001, 9, 11},
                                                   {2001, 9, 12},
                                                   {2001, 9, 13},
                                                   {2001, 9, 14},
                                                   {2004, 6, 11},
                                                   {2007, 1, 2},
                                                   {2012, 10, 29},
                                                   {2012, 10, 30},
                                                   {2018, 12, 5},
                                                   {2025, 1, 9}}};

// The same list's early closings, by rule: 13:00 on the day after Thanksgiving (since 1992) and on
// Christmas Eve when it is a Monday to Thursday; on 3 July since 1995 when the 4th is a Tuesday,
// Wednesday or Friday, and when it is a Thursday since 2013 (until then 5 July closed early
// instead). Until 1992 an early close was at 14:00.
std::vector<EarlyClose> nyse_early_closes(int year) {
  const std::int32_t close_s = year <= 1992 ? clock(14) : clock(13);
  std::vector<EarlyClose> days;
  if (year >= 1995) {
    const Weekday third = weekday_of({year, 7, 3});
    if (third == Weekday::kMonday || third == Weekday::kTuesday || third == Weekday::kThursday ||
        (third == Weekday::kWednesday && year >= 2013))
      days.push_back({{year, 7, 3}, close_s});
    else if (third == Weekday::kWednesday)
      days.push_back({{year, 7, 5}, close_s});
  }
  if (year >= 1992) days.push_back({add_days(thanksgiving(year), 1), close_s});
  if (weekday_of({year, 12, 24}) <= Weekday::kThursday) days.push_back({{year, 12, 24}, close_s});
  if (year == 1997 || year == 2003) days.push_back({{year, 12, 26}, close_s});
  if (year == 1999) days.push_back({{year, 12, 31}, close_s});
  return days;
}

// Days that began late or ended early by decision of the exchange: snow in 1994 and 1996, computers
// in 1995 (NYSE alone), the first 11 September after the attacks. Interruptions of minutes, and
// circuit breakers, are not the calendar's.
void add_nyse_exceptions(CalendarSpec& spec, Years years) {
  const bool nyse = spec.name == "XNYS";
  if (within({1994, 2, 11}, years)) spec.early_closes.push_back({{1994, 2, 11}, clock(14, 30)});
  if (within({1995, 12, 18}, years) && nyse)
    spec.late_opens.push_back({{1995, 12, 18}, clock(10, 30)});
  if (within({1996, 1, 8}, years)) {
    spec.late_opens.push_back({{1996, 1, 8}, clock(11)});
    spec.early_closes.push_back({{1996, 1, 8}, clock(14)});
  }
  if (within({2002, 9, 11}, years)) spec.late_opens.push_back({{2002, 9, 11}, clock(12)});
  for (const CivilDate day : kNyseClosures)
    if (within(day, years)) spec.holidays.push_back(day);
}

// From this day on the calendar carries the tape's extended hours (04:00 to 20:00).
constexpr CivilDate kExtendedHours{2011, 1, 1};

}  // namespace

CivilDate nearest_workday(CivilDate date) {
  const Weekday day = weekday_of(date);
  if (day == Weekday::kSaturday) return add_days(date, -1);
  return day == Weekday::kSunday ? add_days(date, 1) : date;
}

CivilDate sunday_to_monday(CivilDate date) {
  return weekday_of(date) == Weekday::kSunday ? add_days(date, 1) : date;
}

void fill_xnys(CalendarSpec& spec, Years years) {
  spec.zone = "America/New_York";
  spec.sessions = {
      {SessionKind::kPreOpen, kMondayToFriday, clock(4), clock(9, 30), kExtendedHours, {}},
      {SessionKind::kRegular, kMondayToFriday, clock(9, 30), clock(16), {}, {}},
      {SessionKind::kPostClose, kMondayToFriday, clock(16), clock(20), kExtendedHours, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    for (const CivilDate day : nyse_holidays(year)) spec.holidays.push_back(day);
    for (const EarlyClose& early : nyse_early_closes(year)) {
      SpecialDay day{early.day, {{SessionKind::kRegular, clock(9, 30), early.close_s}}};
      if (!(early.day < kExtendedHours)) {
        day.sessions.push_back({SessionKind::kPreOpen, clock(4), clock(9, 30)});
        day.sessions.push_back({SessionKind::kPostClose, early.close_s, clock(17)});
      }
      spec.special_days.push_back(std::move(day));
    }
  }
  add_nyse_exceptions(spec, years);
}

// CME Globex equity index futures (ES, NQ, YM), Chicago time. Regular hours by CME's notices: since
// 19 November 2012 from 17:00 of the evening before to 16:15, since 21 September 2015 to 16:00;
// with a halt from 15:15 to 15:30 until 25 June 2021. Holidays, by CME's holiday schedules: closed
// where NYSE keeps New Year, Christmas and Good Friday; but where the employment report falls on
// Good Friday (the first Friday of April) it trades until 08:15. On NYSE's other holidays trading
// stops at 12:00 (until April 2014 at 10:30), on NYSE's short days at 12:15, on national days of
// mourning at 08:30. The rule here: such a short day is a trading day of its own that ends there
// (CME's clearing gives its trades the next day's date).
void fill_cmes(CalendarSpec& spec, Years years) {
  constexpr CivilDate kEarlierClose{2015, 9, 21};
  constexpr CivilDate kHaltEnds{2021, 6, 28};
  constexpr CivilDate kNoonHalts{2014, 5, 1};
  spec.zone = "America/Chicago";
  spec.day_start_s = clock(-7);
  const auto weekly = [&spec](std::int32_t open_s, std::int32_t close_s,
                              std::optional<CivilDate> from, std::optional<CivilDate> until) {
    spec.sessions.push_back({SessionKind::kRegular, kMondayToFriday, open_s, close_s, from, until});
  };
  weekly(clock(-7), clock(15, 15), {}, add_days(kHaltEnds, -1));
  weekly(clock(15, 30), clock(16, 15), {}, add_days(kEarlierClose, -1));
  weekly(clock(15, 30), clock(16), kEarlierClose, add_days(kHaltEnds, -1));
  weekly(clock(-7), clock(16), kHaltEnds, {});
  for (int year = years.first; year <= years.last; ++year) {
    for (const CivilDate day : nyse_holidays(year)) {
      const bool good = day == good_friday(year);
      const bool report = good && day.month == 4 && day.day <= 7;
      if (report)
        spec.early_closes.push_back({day, clock(8, 15)});
      else if (good || day.month == 12 || (day.month == 1 && day.day <= 2))
        spec.holidays.push_back(day);
      else
        spec.early_closes.push_back({day, day < kNoonHalts ? clock(10, 30) : clock(12)});
    }
    for (const EarlyClose& early : nyse_early_closes(year))
      spec.early_closes.push_back({early.day, clock(12, 15)});
  }
  for (const CivilDate day : {CivilDate{2018, 12, 5}, CivilDate{2025, 1, 9}})
    if (within(day, years)) spec.early_closes.push_back({day, clock(8, 30)});
}

// Federal Reserve Banks (www.frbservices.org/about/holiday-schedules): a holiday on a Sunday is
// kept on the Monday; on a Saturday the banks are open on the Friday. Days only: the hours are the
// whole civil day.
void fill_fedwire(CalendarSpec& spec, Years years) {
  spec.zone = "America/New_York";
  spec.sessions = {{SessionKind::kRegular, kMondayToFriday, clock(0), clock(24), {}, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    std::vector<CivilDate> fixed{{year, 1, 1}, {year, 7, 4}, {year, 11, 11}, {year, 12, 25}};
    if (year >= 2022) fixed.push_back({year, 6, 19});
    for (const CivilDate day : fixed) spec.holidays.push_back(sunday_to_monday(day));
    spec.holidays.push_back(nth_weekday(year, 1, Weekday::kMonday, 3));
    spec.holidays.push_back(nth_weekday(year, 2, Weekday::kMonday, 3));
    spec.holidays.push_back(nth_weekday(year, 5, Weekday::kMonday, -1));
    spec.holidays.push_back(nth_weekday(year, 9, Weekday::kMonday, 1));
    spec.holidays.push_back(nth_weekday(year, 10, Weekday::kMonday, 2));
    spec.holidays.push_back(thanksgiving(year));
  }
}

}  // namespace keel::calendar_detail
