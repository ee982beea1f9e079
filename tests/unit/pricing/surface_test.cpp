// Promise: the surface goes through its points, and is linear in total variance between them.
#include <cmath>

#include <doctest/doctest.h>
#include <keel/pricing/option_chain.hpp>
#include <keel/pricing/volatility_surface.hpp>

using namespace keel;

TEST_CASE("through the points, linear in total variance between, flat outside") {
  const VolatilityPoint points[] = {{1.0, 105, 120, 0.22},
                                    {0.5, 102, 90, 0.30},
                                    {0.5, 102, 110, 0.20},
                                    {1.0, 105, 90, 0.28},
                                    {0.5, 102, 100, 0.25}};
  const auto surface = VolatilitySurface::through(points);
  REQUIRE(surface.ok());
  for (const auto& point : points)
    CHECK(surface->volatility(point.years, point.forward, point.strike) ==
          doctest::Approx(point.volatility));
  CHECK(surface->volatility(0.5, 102, 50) == doctest::Approx(0.30));
  CHECK(surface->volatility(0.1, 102, 110) == doctest::Approx(0.20));
  CHECK(surface->volatility(3, 105, 120) == doctest::Approx(0.22));
  // Half way in the logarithm of moneyness: half way in variance.
  const double middle = std::sqrt(90.0 * 100.0);
  CHECK(surface->volatility(0.5, 102, middle) == doctest::Approx(std::sqrt((0.09 + 0.0625) / 2)));
  // Half way in time, at the same moneyness.
  const double k = 100.0 / 102;
  const double late = surface->volatility(1.0, 105, 105 * k);
  CHECK(surface->volatility(0.75, 103, 103 * k) ==
        doctest::Approx(std::sqrt((0.0625 * 0.5 + late * late) / 2 / 0.75)));
  CHECK(surface->is_free_of_calendar_arbitrage());
  CHECK(surface->expiries() == std::vector<double>{0.5, 1.0});
}

TEST_CASE("variance that falls with time is seen; points that contradict each other are refused") {
  const VolatilityPoint falling[] = {{0.5, 100, 100, 0.5}, {1.0, 100, 100, 0.2}};
  CHECK_FALSE(VolatilitySurface::through(falling)->is_free_of_calendar_arbitrage());
  const VolatilityPoint twice[] = {{0.5, 100, 100, 0.5}, {0.5, 100, 100, 0.2}};
  CHECK(VolatilitySurface::through(twice).error().field == "strike");
  const VolatilityPoint forwards[] = {{0.5, 100, 100, 0.5}, {0.5, 101, 110, 0.2}};
  CHECK(VolatilitySurface::through(forwards).error().field == "forward");
  const VolatilityPoint nothing[] = {{0.5, 100, 100, 0}};
  CHECK(VolatilitySurface::through(nothing).error().field == "volatility");
  CHECK(VolatilitySurface::through({}).error().field == "points");
}

TEST_CASE("a chain lists expiries and strikes in order, calls beside puts") {
  InstrumentRegistry registry;
  InstrumentSpec stock;
  stock.symbol = "XYZ";
  stock.kind = InstrumentKind::kEquity;
  stock.quote = Currency{"USD"};
  stock.price_increment = 0.01_px;
  stock.quantity_increment = 1_qty;
  const auto underlying = registry.add(stock).value();
  const Timestamp june{1'750'000'000'000'000'000}, july{1'752'000'000'000'000'000};
  int number = 0;
  const auto list = [&](OptionRight right, Price strike, Timestamp expiry) {
    InstrumentSpec option = stock;
    option.symbol = "XYZ-" + std::to_string(++number);
    option.kind = InstrumentKind::kOption;
    option.underlying = underlying;
    option.right = right;
    option.strike = strike;
    option.expiry = expiry;
    option.multiplier = 100_qty;
    return registry.add(option).value();
  };
  const auto late_put = list(OptionRight::kPut, 110_px, july);
  const auto call = list(OptionRight::kCall, 110_px, june);
  const auto low = list(OptionRight::kCall, 90_px, june);
  const auto put = list(OptionRight::kPut, 110_px, june);
  const auto chain = option_chain(registry, underlying);
  REQUIRE(chain.size() == 2);
  CHECK(chain[0].expiry == june);
  REQUIRE(chain[0].strikes.size() == 2);
  CHECK(chain[0].strikes[0].strike == 90_px);
  CHECK(chain[0].strikes[0].call == low);
  CHECK(chain[0].strikes[0].put.value == 0);
  CHECK(chain[0].strikes[1].call == call);
  CHECK(chain[0].strikes[1].put == put);
  CHECK(chain[1].strikes[0].put == late_put);
  CHECK(years_between(june, june + Duration::days(365)) == doctest::Approx(1));
  CHECK(years_between(july, june) == 0);
}
