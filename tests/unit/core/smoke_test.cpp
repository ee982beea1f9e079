#include <doctest/doctest.h>

#include <keel/core/decimal.hpp>

using namespace keel::literals;

TEST_CASE("a price literal is exact") { CHECK((100.25_px).raw() == 100'250'000'000); }
