// Brazil, Europe, and the markets that follow the clock alone.
#include <calendar/builtin_rules.hpp>

namespace keel::calendar_detail {

namespace {

CivilDate weekday_before(CivilDate date) {
  do date = add_days(date, -1);
  while (weekday_of(date) >= Weekday::kSaturday);
  return date;
}

// New York's daylight saving begins on the second Sunday of March and ends on the first of
// November.
CivilDate us_summer_starts(int year) { return nth_weekday(year, 3, Weekday::kSunday, 2); }
CivilDate us_summer_ends(int year) { return nth_weekday(year, 11, Weekday::kSunday, 1); }

// B3 trades an hour longer in the season in which New York closes later by Sao Paulo's clock. Since
// 2018 it begins when New York's summer time ends; in 2016 and 2017 it began with Brazil's own.
CivilDate b3_long_season_starts(int year) {
  if (year == 2016) return {2016, 10, 17};
  if (year == 2017) return {2017, 10, 16};
  return add_days(us_summer_ends(year), 1);
}

std::vector<CivilDate> b3_holidays(int year) {
  const CivilDate easter = easter_sunday(year);
  std::vector<CivilDate> days{{year, 1, 1},          {year, 4, 21},         {year, 5, 1},
                              {year, 9, 7},          {year, 10, 12},        {year, 11, 2},
                              {year, 11, 15},        {year, 12, 24},        {year, 12, 25},
                              add_days(easter, -48), add_days(easter, -47), add_days(easter, -2),
                              add_days(easter, 60)};
  // No trading on the year's last working day: on 31 December, or the Friday before it.
  const CivilDate last{year, 12, 31};
  days.push_back(weekday_of(last) >= Weekday::kSaturday ? weekday_before(last) : last);
  // Holidays of the state and the city, kept until 2021 (in 2020 those after March were moved by
  // decree and trading took place); 20 November is a national holiday since 2024.
  if (year <= 2021) days.push_back({year, 1, 25});
  if (year <= 2021 && year != 2020) days.push_back({year, 7, 9});
  if (year <= 2019 || year >= 2024) days.push_back({year, 11, 20});
  return days;
}

}  // namespace

// B3's cash equities market, from its circular letters on trading hours and its holiday calendars:
// pre-opening 09:45, trading 10:00 to 17:00 with an after-market from 17:30 to 18:00, in the long
// season 10:00 to 18:00 without one; the closing call is part of the session. Ash Wednesday opens
// at 13:00. Sao Paulo has had no daylight saving since February 2019.
void fill_bvmf(CalendarSpec& spec, Years years) {
  constexpr auto kPre = SessionKind::kPreOpen;
  constexpr auto kRegular = SessionKind::kRegular;
  spec.zone = "America/Sao_Paulo";
  spec.sessions = {{kPre, kMondayToFriday, clock(9, 45), clock(10), {}, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    const CivilDate summer = add_days(us_summer_starts(year), 1);
    const CivilDate winter = b3_long_season_starts(year);
    spec.sessions.push_back({kRegular, kMondayToFriday, clock(10), clock(18), CivilDate{year, 1, 1},
                             add_days(summer, -1)});
    spec.sessions.push_back(
        {kRegular, kMondayToFriday, clock(10), clock(17), summer, add_days(winter, -1)});
    spec.sessions.push_back({SessionKind::kPostClose, kMondayToFriday, clock(17, 30), clock(18),
                             summer, add_days(winter, -1)});
    spec.sessions.push_back(
        {kRegular, kMondayToFriday, clock(10), clock(18), winter, CivilDate{year, 12, 31}});

    for (const CivilDate day : b3_holidays(year)) spec.holidays.push_back(day);
    const CivilDate ash = add_days(easter_sunday(year), -46);
    const bool is_long = ash < summer;
    SpecialDay special{
        ash,
        {{kPre, clock(12, 45), clock(13)}, {kRegular, clock(13), is_long ? clock(18) : clock(17)}}};
    if (!is_long) special.sessions.push_back({SessionKind::kPostClose, clock(17, 30), clock(18)});
    spec.special_days.push_back(special);
  }
}

// London Stock Exchange, SETS: 08:00 to 16:30, on Christmas Eve and New Year's Eve (or the Friday
// before) to 12:30. Bank holidays of England and Wales with the exceptions that were proclaimed:
// gov.uk/bank-holidays.
void fill_xlon(CalendarSpec& spec, Years years) {
  spec.zone = "Europe/London";
  spec.sessions = {{SessionKind::kRegular, kMondayToFriday, clock(8), clock(16, 30), {}, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    auto& days = spec.holidays;
    const CivilDate easter = easter_sunday(year);
    const Weekday new_year = weekday_of({year, 1, 1});
    if (new_year == Weekday::kSaturday)
      days.push_back({year, 1, 3});
    else
      days.push_back(sunday_to_monday({year, 1, 1}));
    days.push_back(add_days(easter, -2));
    days.push_back(add_days(easter, 1));
    days.push_back(year == 2020 ? CivilDate{2020, 5, 8}
                                : nth_weekday(year, 5, Weekday::kMonday, 1));
    if (year == 2002) {
      days.insert(days.end(), {{2002, 6, 3}, {2002, 6, 4}});  // golden jubilee
    } else if (year == 2012) {
      days.insert(days.end(), {{2012, 6, 4}, {2012, 6, 5}});  // diamond jubilee
    } else if (year == 2022) {
      days.insert(days.end(), {{2022, 6, 2}, {2022, 6, 3}, {2022, 9, 19}});  // platinum; funeral
    } else {
      days.push_back(nth_weekday(year, 5, Weekday::kMonday, -1));
    }
    if (year == 2011) days.push_back({2011, 4, 29});  // royal wedding
    if (year == 2023) days.push_back({2023, 5, 8});   // coronation
    days.push_back(nth_weekday(year, 8, Weekday::kMonday, -1));
    // Christmas and Boxing Day; those that fall on a weekend are kept on the next working days.
    days.insert(days.end(), {{year, 12, 25}, {year, 12, 26}});
    const Weekday christmas = weekday_of({year, 12, 25});
    if (christmas >= Weekday::kSaturday) days.push_back({year, 12, 27});
    if (christmas == Weekday::kFriday || christmas == Weekday::kSaturday)
      days.push_back({year, 12, 28});
    for (const std::uint8_t eve : {std::uint8_t{24}, std::uint8_t{31}}) {
      CivilDate day{year, 12, eve};
      if (weekday_of(day) >= Weekday::kSaturday) day = weekday_before(day);
      spec.early_closes.push_back({day, clock(12, 30)});
    }
  }
}

// Xetra: 09:00 to 17:30; since 2010 the year's last trading day ends at 14:00. Holidays from
// Deutsche Boerse's trading calendars: Whit Monday was kept in 2007 and from 2015 to 2021, German
// Unity Day from 2014 to 2021, Reformation Day in 2017.
void fill_xetr(CalendarSpec& spec, Years years) {
  spec.zone = "Europe/Berlin";
  spec.sessions = {{SessionKind::kRegular, kMondayToFriday, clock(9), clock(17, 30), {}, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    const CivilDate easter = easter_sunday(year);
    for (const CivilDate day :
         {CivilDate{year, 1, 1}, add_days(easter, -2), add_days(easter, 1), CivilDate{year, 5, 1},
          CivilDate{year, 12, 24}, CivilDate{year, 12, 25}, CivilDate{year, 12, 26},
          CivilDate{year, 12, 31}})
      spec.holidays.push_back(day);
    if (year == 2007 || (year >= 2015 && year <= 2021))
      spec.holidays.push_back(add_days(easter, 50));
    if (year >= 2014 && year <= 2021) spec.holidays.push_back({year, 10, 3});
    if (year == 2017) spec.holidays.push_back({2017, 10, 31});
    if (year >= 2010) spec.early_closes.push_back({weekday_before({year, 12, 31}), clock(14)});
  }
}

// Euro payments (European Central Bank, TARGET closing days). Days only: the hours are the whole
// civil day.
void fill_target(CalendarSpec& spec, Years years) {
  spec.zone = "Europe/Berlin";
  spec.sessions = {{SessionKind::kRegular, kMondayToFriday, clock(0), clock(24), {}, {}}};
  for (int year = years.first; year <= years.last; ++year) {
    spec.holidays.insert(spec.holidays.end(), {{year, 1, 1}, {year, 12, 25}});
    if (year == 1999 || year == 2001) spec.holidays.push_back({year, 12, 31});
    if (year < 2000) continue;
    const CivilDate easter = easter_sunday(year);
    spec.holidays.insert(spec.holidays.end(), {add_days(easter, -2), add_days(easter, 1),
                                               CivilDate{year, 5, 1}, CivilDate{year, 12, 26}});
  }
}

// Spot FX: from Sunday 17:00 to Friday 17:00 New York, the value day rolls at 17:00. No holidays:
// the market as a whole has none, a currency's own are in the calendars of its payment system.
void fill_fx(CalendarSpec& spec, Years) {
  spec.zone = "America/New_York";
  spec.day_start_s = clock(-7);
  spec.sessions = {{SessionKind::kRegular, kMondayToFriday, clock(-7), clock(17), {}, {}}};
}

// Never closes; the day is the UTC day.
void fill_crypto(CalendarSpec& spec, Years) {
  spec.zone = "UTC";
  spec.sessions = {{SessionKind::kRegular, kEveryDay, clock(0), clock(24), {}, {}}};
}

}  // namespace keel::calendar_detail
