// Promise: the volatility that is found gives the price back, under each model.
#include <cmath>

#include <doctest/doctest.h>
#include <keel/core/random.hpp>
#include <keel/pricing/implied_volatility.hpp>

using namespace keel;

TEST_CASE("value, then volatility, then value again") {
  Random random{31};
  const auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random.below(1'000'000)) / 1e6;
  };
  for (const auto model : {OptionModel::kBlackScholes, OptionModel::kBlack76,
                           OptionModel::kBachelier, OptionModel::kBaroneAdesiWhaley}) {
    for (int i = 0; i < 300; ++i) {
      OptionInputs in;
      in.right = random.below(2) == 0 ? OptionRight::kCall : OptionRight::kPut;
      in.underlying = between(60, 140);
      in.strike = 100;
      in.years = between(0.02, 2);
      in.rate = between(0, 0.1);
      in.yield = between(0, 0.05);
      in.volatility = between(0.05, 1.5) * (model == OptionModel::kBachelier ? 100 : 1);
      const double price = option_value(model, in)->value;
      INFO("model ", static_cast<int>(model), " S ", in.underlying, " T ", in.years, " v ",
           in.volatility);
      const auto found = implied_volatility(model, in, price);
      REQUIRE(found.ok());
      in.volatility = *found;
      CHECK(std::fabs(option_value(model, in)->value - price) < 1e-9);
    }
  }
}

TEST_CASE("prices that no volatility gives are refused with the bound") {
  const OptionInputs in{OptionRight::kCall, 110, 100, 1, 0, 0, 0};
  const auto below = implied_volatility(OptionModel::kBlackScholes, in, 9.5);
  CHECK(below.error().code == pricing_errors::kNoSolution);
  CHECK(below.error().rule == "at least 10");
  CHECK(implied_volatility(OptionModel::kBlackScholes, in, 110.5).error().code ==
        pricing_errors::kNoSolution);
  CHECK(*implied_volatility(OptionModel::kBlackScholes, in, 10) == 0);
  OptionInputs late = in;
  late.years = 0;
  CHECK(implied_volatility(OptionModel::kBlack76, late, 11).error().code ==
        pricing_errors::kNoSolution);
  CHECK(implied_volatility(OptionModel::kBlack76, in, std::nan("")).error().field == "price");
}
