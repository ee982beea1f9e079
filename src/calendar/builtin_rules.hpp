// The rules of the built-in calendars, one function each: fills in everything but the name.
#pragma once

#include <keel/calendar/calendar_spec.hpp>

namespace keel::calendar_detail {

struct Years {
  int first;
  int last;
};

void fill_xnys(CalendarSpec& spec, Years years);
void fill_cmes(CalendarSpec& spec, Years years);
void fill_fedwire(CalendarSpec& spec, Years years);
void fill_bvmf(CalendarSpec& spec, Years years);
void fill_xlon(CalendarSpec& spec, Years years);
void fill_xetr(CalendarSpec& spec, Years years);
void fill_target(CalendarSpec& spec, Years years);
void fill_fx(CalendarSpec& spec, Years years);
void fill_crypto(CalendarSpec& spec, Years years);

// Saturday -> Friday before, Sunday -> Monday after.
CivilDate nearest_workday(CivilDate date);
// Sunday -> Monday after; Saturday stays.
CivilDate sunday_to_monday(CivilDate date);

}  // namespace keel::calendar_detail
