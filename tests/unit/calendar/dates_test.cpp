#include "helpers.hpp"

using namespace keel;
using keel::test::on;

TEST_CASE("weekdays of known days") {
  CHECK(weekday_of({1970, 1, 1}) == Weekday::kThursday);
  CHECK(weekday_of({2000, 2, 29}) == Weekday::kTuesday);
  CHECK(weekday_of({1969, 7, 20}) == Weekday::kSunday);  // the landing on the moon
  CHECK(weekday_of({2024, 3, 10}) == Weekday::kSunday);
}

TEST_CASE("the nth weekday of a month, from both ends") {
  CHECK(nth_weekday(2024, 11, Weekday::kThursday, 4) == on("2024-11-28"));  // Thanksgiving
  CHECK(nth_weekday(2024, 9, Weekday::kMonday, 1) == on("2024-09-02"));     // Labor Day
  CHECK(nth_weekday(2024, 5, Weekday::kMonday, -1) == on("2024-05-27"));    // Memorial Day
  CHECK(nth_weekday(2024, 12, Weekday::kTuesday, -1) == on("2024-12-31"));
  CHECK(nth_weekday(2024, 3, Weekday::kFriday, 3) == on("2024-03-15"));  // quarterly expiry
  CHECK(nth_weekday(2024, 2, Weekday::kThursday, 5) == on("2024-02-29"));
  CHECK(nth_weekday(2023, 2, Weekday::kThursday, 5) == on("2023-03-02"));  // there is no fifth
  CHECK(nth_weekday(2024, 6, Weekday::kSaturday, -2) == on("2024-06-22"));
}

TEST_CASE("Easter Sunday") {
  // United States Naval Observatory, dates of Easter; with the earliest and latest that are near.
  const char* const kEasters[] = {"1981-04-19", "1990-04-15", "1999-04-04", "2000-04-23",
                                  "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21",
                                  "2020-04-12", "2024-03-31", "2025-04-20", "2026-04-05",
                                  "2035-03-25", "2038-04-25", "1954-04-18", "2049-04-18"};
  for (const char* const text : kEasters) CHECK(easter_sunday(on(text).year) == on(text));
}

TEST_CASE("days that exist") {
  CHECK(date_exists({2024, 2, 29}));
  CHECK(date_exists({2000, 2, 29}));
  CHECK_FALSE(date_exists({2023, 2, 29}));
  CHECK_FALSE(date_exists({1900, 2, 29}));
  CHECK_FALSE(date_exists({2024, 0, 1}));
  CHECK_FALSE(date_exists({2024, 13, 1}));
  CHECK_FALSE(date_exists({2024, 4, 31}));
  CHECK_FALSE(date_exists({2024, 4, 0}));
  CHECK_FALSE(date_exists({2024, 4, 255}));
}
