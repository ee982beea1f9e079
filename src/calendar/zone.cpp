#include <calendar/zone.hpp>

#include <exception>
#include <string>

#include <date/tz.h>

#include <keel/calendar/trading_calendar.hpp>

namespace keel::calendar_detail {

namespace {

Error zone_error(ErrorCode code, std::string_view name, std::string rule) {
  return Error{code, "zone", std::string{name.substr(0, 60)}, std::move(rule), {}};
}

std::int64_t offset_s(const date::time_zone& zone, date::sys_days day) {
  return zone.get_info(date::sys_seconds{day}).offset.count();
}

// The library reads the transitions that a zone file lists, not the rule for later years that its
// last line holds. Files that were built without the list ("slim") would give winter time for ever.
bool lists_transitions_until(int year) {
  if (year < 2008) return true;
  try {
    const date::time_zone& probe = *date::locate_zone("America/New_York");
    return offset_s(probe, date::year{year} / 7 / 1) != offset_s(probe, date::year{year} / 1 / 1);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

Result<Zone> Zone::find(std::string_view name, int last_year) {
  Zone zone;
  if (name == "UTC") return zone;
  try {
    static_cast<void>(date::get_tzdb());
  } catch (const std::exception&) {
    return zone_error(calendar_errors::kZoneData, name,
                      "the system's time zone files (Debian package tzdata)");
  }
  try {
    const date::time_zone* found = date::locate_zone(name);
    static_cast<void>(offset_s(*found, date::year{2000} / 1 / 1));
    zone.zone_ = found;
  } catch (const std::exception&) {
    return zone_error(calendar_errors::kUnknownZone, name,
                      "an IANA zone that this system knows, such as America/New_York");
  }
  if (!lists_transitions_until(last_year))
    return zone_error(calendar_errors::kZoneData, name,
                      "zone files that list every change of the clocks up to the last year "
                      "(zic -b fat)");
  return zone;
}

std::int64_t Zone::to_utc(std::int64_t local_s) const {
  if (zone_ == nullptr) return local_s;
  const auto& zone = *static_cast<const date::time_zone*>(zone_);
  const date::local_seconds local{std::chrono::seconds{local_s}};
  const date::local_info info = zone.get_info(local);
  if (info.result == date::local_info::nonexistent)
    return info.first.end.time_since_epoch().count();
  return local_s - info.first.offset.count();
}

}  // namespace keel::calendar_detail
