// Promise: American options as published, never below the European ones or what exercise brings.
#include <cmath>

#include <doctest/doctest.h>
#include <keel/core/random.hpp>
#include <keel/pricing/american.hpp>
#include <keel/pricing/closed_form.hpp>

using namespace keel;

namespace {

constexpr auto kCall = OptionRight::kCall, kPut = OptionRight::kPut;

OptionInputs some(Random& random) {
  const auto between = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(random.below(1'000'000)) / 1e6;
  };
  OptionInputs in;
  in.right = random.below(2) == 0 ? kCall : kPut;
  in.underlying = between(70, 130);
  in.strike = 100;
  in.years = between(0.05, 1);
  in.rate = between(0.005, 0.1);
  in.yield = between(0, 0.1);
  in.volatility = between(0.15, 0.5);
  return in;
}

}  // namespace

TEST_CASE("Barone-Adesi and Whaley's options on futures, as Haug prints them in table 3-1") {
  // Strike 100, rate and yield 10%. Rows: years, volatility; calls and puts at F = 90, 100, 110.
  const struct {
    double years, volatility, call[3], put[3];
  } rows[] = {
      {0.1, 0.15, {0.0206, 1.8771, 10.0089}, {10.0000, 1.8770, 0.0410}},
      {0.1, 0.25, {0.3159, 3.1280, 10.3919}, {10.2533, 3.1277, 0.4562}},
      {0.1, 0.35, {0.9495, 4.3777, 11.1679}, {10.8787, 4.3777, 1.2402}},
      {0.5, 0.15, {0.8208, 4.0842, 10.8087}, {10.5595, 4.0842, 1.0822}},
      {0.5, 0.25, {2.7437, 6.8015, 13.0170}, {12.4419, 6.8014, 3.3226}},
      {0.5, 0.35, {5.0063, 9.5106, 15.5689}, {14.6945, 9.5104, 5.8823}},
  };
  for (const auto& row : rows) {
    for (int i = 0; i < 3; ++i) {
      OptionInputs in{kCall, 90.0 + 10 * i, 100, row.years, 0.1, 0.1, row.volatility};
      INFO("T ", row.years, " v ", row.volatility, " F ", in.underlying);
      // The printed digits carry the tolerance of the book's own search.
      CHECK(std::fabs(barone_adesi_whaley(in)->value - row.call[i]) < 3e-3);
      in.right = kPut;
      CHECK(std::fabs(barone_adesi_whaley(in)->value - row.put[i]) < 3e-3);
    }
  }
}

TEST_CASE("a European tree converges to the closed form, Greeks too") {
  Random random{21};
  for (int i = 0; i < 100; ++i) {
    const OptionInputs in = some(random);
    const OptionValue tree = binomial(in, 401, true).value(), exact = black_scholes(in).value();
    INFO("S ", in.underlying, " T ", in.years, " v ", in.volatility);
    CHECK(std::fabs(tree.value - exact.value) < 1e-3);
    CHECK(std::fabs(tree.delta - exact.delta) < 5e-3);
    CHECK(std::fabs(tree.gamma - exact.gamma) < 5e-3);
    CHECK(std::fabs(tree.vega - exact.vega) < 0.1);
    CHECK(std::fabs(tree.theta - exact.theta) < 0.3);
    CHECK(std::fabs(tree.rho - exact.rho) < 0.2);
  }
}

TEST_CASE("an American option is worth no less than a European one, and than exercise now") {
  Random random{22};
  for (int i = 0; i < 300; ++i) {
    const OptionInputs in = some(random);
    const double european = black_scholes(in)->value, now = intrinsic_value(in);
    const double tree = binomial(in)->value, fast = barone_adesi_whaley(in)->value;
    CHECK(tree >= european - 2e-3);
    CHECK(tree >= now - 1e-12);
    CHECK(fast >= european - 1e-9);
    CHECK(fast >= now - 1e-9);
    CHECK(std::fabs(tree - fast) < 0.25);  // the approximation's own error over these terms
  }
}

TEST_CASE("a call without a yield is never exercised early") {
  Random random{23};
  for (int i = 0; i < 100; ++i) {
    OptionInputs in = some(random);
    in.right = kCall;
    in.yield = 0;
    CHECK(barone_adesi_whaley(in)->value == doctest::Approx(black_scholes(in)->value));
    CHECK(std::fabs(binomial(in, 801)->value - black_scholes(in)->value) < 1e-3);
  }
}

TEST_CASE("an American put in the tree: Hull's example 21.1 at the limit") {
  // Hull: S = K = 50, r = 10%, v = 40%, five months: 4.49 with five steps of his tree, 4.278 (his
  // figure from a finer tree).
  const OptionInputs in{kPut, 50, 50, 5.0 / 12, 0.1, 0, 0.4};
  CHECK(std::fabs(binomial(in, 2001)->value - 4.2842) < 2e-3);
}

TEST_CASE("what the methods were not made for is refused") {
  OptionInputs in{kPut, 100, 100, 1, -0.01, 0, 0.2};
  CHECK(barone_adesi_whaley(in).error().field == "rate");
  CHECK(binomial(in).ok());
  CHECK(binomial(in, 2).error().field == "steps");
  CHECK(binomial(in, 1'000'000).error().field == "steps");
  in.strike = 0;
  CHECK(binomial(in).error().field == "strike");
}
