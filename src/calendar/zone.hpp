// A time zone of the system's database. The only place that sees the date library.
#pragma once

#include <cstdint>
#include <string_view>

#include <keel/core/result.hpp>

namespace keel::calendar_detail {

class Zone {
 public:
  // `last_year`: the zone must have rules up to it. Errors: calendar.unknown_zone,
  // calendar.zone_data.
  static Result<Zone> find(std::string_view name, int last_year);

  // UTC seconds of wall-clock seconds since 1970-01-01 00:00 local. A time that does not exist is
  // the instant of the jump, one that exists twice is the first.
  [[nodiscard]] std::int64_t to_utc(std::int64_t local_s) const;

 private:
  const void* zone_ = nullptr;  // null: UTC
};

}  // namespace keel::calendar_detail
