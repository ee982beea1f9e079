// Descriptions that are refused, each with its own code.
#include "helpers.hpp"

using namespace keel;
using keel::test::on;
using keel::test::regular;

namespace {

CalendarSpec good_spec() {
  CalendarSpec spec;
  spec.name = "TEST";
  spec.zone = "UTC";
  spec.sessions = {regular(clock(9), clock(17))};
  return spec;
}

std::string_view code_of(const CalendarSpec& spec, int first_year = 2024, int last_year = 2024) {
  const auto calendar = TradingCalendar::make(spec, first_year, last_year);
  return calendar ? std::string_view{"ok"} : calendar.error().code.text;
}

}  // namespace

TEST_CASE("years that cannot be") {
  CHECK(code_of(good_spec(), 1970, 2037) == "ok");
  CHECK(code_of(good_spec(), 1969, 2024) == "calendar.year_range");
  CHECK(code_of(good_spec(), 2024, 2038) == "calendar.year_range");
  CHECK(code_of(good_spec(), 2025, 2024) == "calendar.year_range");
  CHECK(code_of(good_spec(), -2'147'483'647, 2'147'483'647) == "calendar.year_range");
}

TEST_CASE("zones that are not known") {
  for (const char* const zone : {"", "America/Nowhere", "new york", "../../../etc/passwd", "EST5",
                                 "/usr/share/zoneinfo/UTC"}) {
    CAPTURE(zone);
    auto spec = good_spec();
    spec.zone = zone;
    CHECK(code_of(spec) == "calendar.unknown_zone");
  }
  auto spec = good_spec();
  spec.zone = std::string(100'000, 'x');
  CHECK(code_of(spec) == "calendar.unknown_zone");
}

TEST_CASE("sessions that cannot be") {
  const auto with = [](std::int32_t open_s, std::int32_t close_s) {
    auto spec = good_spec();
    spec.sessions = {regular(open_s, close_s)};
    return code_of(spec);
  };
  CHECK(with(clock(9), clock(9)) == "calendar.session_time");
  CHECK(with(clock(17), clock(9)) == "calendar.session_time");
  CHECK(with(clock(-300), clock(9)) == "calendar.session_time");
  CHECK(with(clock(9), clock(49)) == "calendar.session_time");
  CHECK(with(INT32_MIN, INT32_MAX) == "calendar.session_time");
  // Over the end of the venue's day, which is midnight here.
  CHECK(with(clock(9), clock(25)) == "calendar.session_time");
  // Before the end of the trading day before.
  CHECK(with(clock(-1), clock(9)) == "calendar.session_time");
  auto spec = good_spec();
  spec.day_start_s = clock(24);
  CHECK(code_of(spec) == "calendar.session_time");
  // A day that has sessions and never opens.
  spec = good_spec();
  spec.sessions = {{SessionKind::kPreOpen, kMondayToFriday, clock(8), clock(9), {}, {}}};
  CHECK(code_of(spec) == "calendar.session_time");
}

TEST_CASE("sessions that overlap") {
  auto spec = good_spec();
  spec.sessions.push_back({SessionKind::kPreOpen, kMondayToFriday, clock(8), clock(9, 1), {}, {}});
  const auto calendar = TradingCalendar::make(spec, 2024, 2024);
  REQUIRE_FALSE(calendar.ok());
  CHECK(calendar.error().code == calendar_errors::kSessionOverlap);
  CHECK(calendar.error().value == "2024-01-01");  // the first day on which it happens
  spec.sessions.back().close_s = clock(9);
  CHECK(code_of(spec) == "ok");
}

TEST_CASE("days that do not exist") {
  auto spec = good_spec();
  spec.holidays = {{2023, 2, 29}};
  CHECK(code_of(spec) == "calendar.bad_date");
  spec = good_spec();
  spec.early_closes = {{{2024, 13, 1}, clock(12)}};
  CHECK(code_of(spec) == "calendar.bad_date");
  spec = good_spec();
  spec.sessions[0].until = CivilDate{2024, 4, 31};
  CHECK(code_of(spec) == "calendar.bad_date");
  spec = good_spec();
  spec.special_days = {{{2024, 0, 0}, {}}};
  CHECK(code_of(spec) == "calendar.bad_date");
}

TEST_CASE("days that are declared twice") {
  auto spec = good_spec();
  spec.holidays = {on("2024-05-01")};
  spec.special_days = {{on("2024-05-01"), {}}};
  CHECK(code_of(spec) == "calendar.conflicting_day");
  spec = good_spec();
  spec.early_closes = {{on("2024-05-01"), clock(12)}, {on("2024-05-01"), clock(13)}};
  CHECK(code_of(spec) == "calendar.conflicting_day");
  spec = good_spec();
  spec.late_opens = {{on("2024-05-01"), clock(12)}};
  spec.special_days = {{on("2024-05-01"), {}}};
  CHECK(code_of(spec) == "calendar.conflicting_day");
  spec = good_spec();
  spec.special_days = {{on("2024-05-01"), {}}, {on("2024-05-01"), {}}};
  CHECK(code_of(spec) == "calendar.conflicting_day");
}

TEST_CASE("a calendar without a single session is legal and always closed") {
  CalendarSpec spec;
  spec.zone = "UTC";
  const auto calendar = keel::test::made(spec, 2024, 2024);
  const Timestamp noon = keel::test::at("2024-06-03T12:00:00Z");
  CHECK(calendar.phase_at(noon) == Phase::kClosed);
  CHECK(calendar.next_open(noon) == std::nullopt);
  CHECK(calendar.trading_day(noon) == std::nullopt);
  CHECK(calendar.day_order_expiry(noon) == std::nullopt);
  CHECK(calendar.trading_days_between(on("2024-01-01"), on("2024-12-31")) == 0);
}

TEST_CASE("built-in calendars are refused by name and by year") {
  const auto code = [](std::string_view name, int first, int last) {
    const auto calendar = builtin_calendar(name, first, last);
    return calendar ? std::string_view{"ok"} : calendar.error().code.text;
  };
  CHECK(code("XXXX", 2024, 2024) == "calendar.unknown_name");
  CHECK(code("", 2024, 2024) == "calendar.unknown_name");
  CHECK(code("xnys", 2024, 2024) == "calendar.unknown_name");
  CHECK(code("CMES", 2012, 2024) == "calendar.year_range");
  CHECK(code("BVMF", 2015, 2024) == "calendar.year_range");
  CHECK(code("XNYS", 1990, 2037) == "ok");
  CHECK(code("XNYS", 1989, 2037) == "calendar.year_range");
  CHECK(code("XNYS", 1990, 2038) == "calendar.year_range");
  CHECK(code("NYSE", 2024, 2024) == "ok");
}
