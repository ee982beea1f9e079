// Promise: values of the closed forms as published; Greeks are the derivatives of the value.
#include <cmath>
#include <limits>

#include <doctest/doctest.h>
#include <keel/core/random.hpp>
#include <keel/pricing/closed_form.hpp>

using namespace keel;

namespace {

OptionInputs option(OptionRight right, double underlying, double strike, double years, double rate,
                    double yield, double volatility) {
  return {right, underlying, strike, years, rate, yield, volatility};
}

constexpr auto kCall = OptionRight::kCall, kPut = OptionRight::kPut;

using Model = Result<OptionValue> (*)(const OptionInputs&);

double bumped(Model model, OptionInputs in, double OptionInputs::* field, double by) {
  in.*field += by;
  return model(in).value().value;
}

double difference(Model model, const OptionInputs& in, double OptionInputs::* field, double step) {
  return (bumped(model, in, field, step) - bumped(model, in, field, -step)) / (2 * step);
}

OptionInputs some(Random& random, bool negative) {
  OptionInputs in;
  in.right = random.below(2) == 0 ? kCall : kPut;
  const auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random.below(1'000'000)) / 1e6;
  };
  in.underlying = between(negative ? -50 : 50, 150);
  in.strike = between(negative ? -50 : 50, 150);
  in.years = between(0.05, 3);
  in.rate = between(-0.02, 0.12);
  in.yield = between(0, 0.1);
  in.volatility = negative ? between(5, 40) : between(0.1, 0.8);
  return in;
}

}  // namespace

TEST_CASE("Black-Scholes-Merton gives the published values") {
  // Hull, Options, Futures and Other Derivatives, example 15.6: 4.76 and 0.81.
  CHECK(black_scholes(option(kCall, 42, 40, 0.5, 0.1, 0, 0.2))->value ==
        doctest::Approx(4.7594).epsilon(1e-4));
  CHECK(black_scholes(option(kPut, 42, 40, 0.5, 0.1, 0, 0.2))->value ==
        doctest::Approx(0.8086).epsilon(1e-4));
  // Haug, The Complete Guide to Option Pricing Formulas, chapter 1.
  CHECK(std::fabs(black_scholes(option(kCall, 60, 65, 0.25, 0.08, 0, 0.30))->value - 2.1334) <
        5e-5);
  CHECK(std::fabs(black_scholes(option(kPut, 100, 95, 0.5, 0.10, 0.05, 0.20))->value - 2.4648) <
        5e-5);
  CHECK(std::fabs(black_scholes(option(kCall, 1.56, 1.6, 0.5, 0.06, 0.08, 0.12))->value - 0.0291) <
        5e-5);
}

TEST_CASE("Black-76 gives the published value") {
  // Haug, chapter 1: both 1.7011.
  for (const auto right : {kCall, kPut})
    CHECK(std::fabs(black_76(option(right, 19, 19, 0.75, 0.10, 0, 0.28))->value - 1.7011) < 5e-5);
}

TEST_CASE("Bachelier at the money is v sqrt(T / 2 pi), discounted; prices may be below zero") {
  const double expected = std::exp(-0.05) * 20 * std::sqrt(1 / (2 * 3.14159265358979323846));
  CHECK(bachelier(option(kCall, -10, -10, 1, 0.05, 0, 20))->value == doctest::Approx(expected));
  CHECK(bachelier(option(kPut, -10, -10, 1, 0.05, 0, 20))->value == doctest::Approx(expected));
}

TEST_CASE("a call less a put is the discounted forward less the discounted strike") {
  Random random{11};
  for (int i = 0; i < 2000; ++i) {
    OptionInputs call = some(random, false);
    call.right = kCall;
    OptionInputs put = call;
    put.right = kPut;
    const double discount = std::exp(-call.rate * call.years);
    CHECK(black_scholes(call)->value - black_scholes(put)->value ==
          doctest::Approx(call.underlying * std::exp(-call.yield * call.years) -
                          call.strike * discount)
              .epsilon(1e-10));
    for (const Model model : {&black_76, &bachelier}) {
      INFO("F ", call.underlying, " K ", call.strike);
      CHECK(std::fabs(model(call)->value - model(put)->value -
                      discount * (call.underlying - call.strike)) < 1e-9);
    }
  }
}

TEST_CASE("Greeks are the derivatives of the value") {
  Random random{12};
  for (int i = 0; i < 2000; ++i) {
    for (const Model model : {&black_scholes, &black_76, &bachelier}) {
      const bool normal = model == static_cast<Model>(&bachelier);
      OptionInputs in = some(random, normal);
      if (normal) in.volatility += 1;
      const OptionValue got = model(in).value();
      const auto near = [&](double a, double b, double scale) {
        return std::fabs(a - b) <= 2e-5 * scale + 1e-7;
      };
      INFO("S ", in.underlying, " K ", in.strike, " T ", in.years, " v ", in.volatility);
      CHECK(near(got.delta, difference(model, in, &OptionInputs::underlying, 1e-3), 1));
      CHECK(near(got.vega, difference(model, in, &OptionInputs::volatility, 1e-5), 100));
      CHECK(near(got.theta, -difference(model, in, &OptionInputs::years, 1e-5), 100));
      CHECK(near(got.rho, difference(model, in, &OptionInputs::rate, 1e-5), 500));
      OptionInputs up = in, down = in;
      up.underlying += 1e-3;
      down.underlying -= 1e-3;
      CHECK(near(got.gamma, (model(up)->delta - model(down)->delta) / 2e-3, 1));
    }
  }
}

TEST_CASE("without time or without volatility the value is the discounted intrinsic one") {
  for (const Model model : {&black_scholes, &black_76, &bachelier}) {
    CHECK(model(option(kCall, 110, 100, 0, 0.1, 0, 0.2))->value == doctest::Approx(10));
    CHECK(model(option(kPut, 110, 100, 0, 0.1, 0, 0.2))->value == 0);
    CHECK(model(option(kPut, 90, 100, 0, 0.1, 0, 0.2))->delta == doctest::Approx(-1));
  }
  CHECK(black_scholes(option(kCall, 100, 100, 1, 0.1, 0, 0))->value ==
        doctest::Approx(100 - 100 * std::exp(-0.1)));
  CHECK(black_76(option(kCall, 110, 100, 1, 0.1, 0, 0))->value ==
        doctest::Approx(10 * std::exp(-0.1)));
}

TEST_CASE("inputs that make no sense are refused by name") {
  const auto field = [](const Result<OptionValue>& result) {
    return result.ok() ? std::string{"accepted"} : result.error().field;
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK(field(black_scholes(option(kCall, nan, 100, 1, 0, 0, 0.2))) == "underlying");
  CHECK(field(black_scholes(option(kCall, 100, inf, 1, 0, 0, 0.2))) == "strike");
  CHECK(field(black_scholes(option(kCall, -1, 100, 1, 0, 0, 0.2))) == "underlying");
  CHECK(field(black_scholes(option(kCall, 100, 0, 1, 0, 0, 0.2))) == "strike");
  CHECK(field(black_scholes(option(kCall, 100, 100, -1, 0, 0, 0.2))) == "years");
  CHECK(field(black_76(option(kCall, 100, 100, 1, nan, 0, 0.2))) == "rate");
  CHECK(field(bachelier(option(kCall, -100, 100, 1, 0, 0, -0.2))) == "volatility");
  CHECK(field(bachelier(option(OptionRight::kNone, 100, 100, 1, 0, 0, 0.2))) == "right");
}
