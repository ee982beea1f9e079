#include <count_allocations.hpp>

#include "helpers.hpp"

using namespace keel;

TEST_CASE("no question allocates") {
  const auto venue = keel::test::builtin("CMES", 2023, 2025);
  const auto banks = keel::test::builtin("FEDWIRE", 2023, 2025);
  std::int64_t seen = 0;
  const auto before = keel::test::allocations();
  const CivilDate date{2024, 3, 8};
  for (Timestamp time = utc_midnight(date); time < utc_midnight({2024, 3, 14});
       time = time + Duration::minutes(17)) {
    seen += venue.is_open(time) ? 1 : 0;
    seen += venue.session_at(time).has_value() + venue.next_session(time)->open.ns % 2;
    seen += venue.next_open(time)->ns % 3 + venue.next_close(time)->ns % 3;
    seen += venue.previous_open(time)->ns % 3 + venue.previous_close(time)->ns % 3;
    seen += venue.trading_day(time)->day + venue.day_order_expiry(time)->ns % 3;
    seen += venue.trading_day(Timestamp{0}).has_value();
  }
  seen += venue.settlement_date(date, 40, &banks)->day + venue.add_trading_days(date, 7)->day;
  seen += *venue.trading_days_between({2023, 1, 1}, date) + venue.day_end(date)->ns % 3;
  seen += static_cast<std::int64_t>(venue.sessions(date).size());
  CHECK(keel::test::allocations() == before);
  CHECK(seen > 0);
}
