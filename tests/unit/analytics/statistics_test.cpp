#include <doctest/doctest.h>
#include <keel/analytics/statistics.hpp>
TEST_CASE("placeholder") {}
