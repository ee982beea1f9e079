// Against figures that the papers print, and against make_overfitting_vectors.py, which computes
// the same by other ways.
#include <doctest/doctest.h>

#include <cmath>

#include <keel/analytics/errors.hpp>
#include <keel/analytics/overfitting.hpp>
#include <keel/core/random.hpp>

using namespace keel;

namespace {

// As in make_overfitting_vectors.py.
std::vector<std::vector<double>> table() {
  std::uint64_t state = 12345;
  std::vector<std::vector<double>> rows(6);
  for (std::size_t k = 0; k < rows.size(); ++k)
    for (int t = 0; t < 50; ++t) {
      state = (1103515245 * state + 12345) % (1ull << 31);
      const auto drawn = static_cast<std::int64_t>(state / 65536 % 2001) - 1000;
      rows[k].push_back(static_cast<double>(drawn + 40 * static_cast<std::int64_t>(k)) / 100000);
    }
  return rows;
}

std::vector<std::vector<double>> noise(std::uint64_t seed, std::size_t series,
                                       std::size_t periods) {
  Random random{seed};
  std::vector<std::vector<double>> rows(series);
  for (auto& row : rows)
    for (std::size_t t = 0; t < periods; ++t) {
      double sum = -6;  // twelve uniforms: near enough to a normal
      for (int i = 0; i < 12; ++i) sum += random.unit();
      row.push_back(sum / 100);
    }
  return rows;
}

doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-10); }

}  // namespace

TEST_CASE("normal distribution and its inverse") {
  CHECK(normal_distribution(0) == 0.5);
  CHECK(normal_distribution(1.9599639845400545) == near(0.975));
  CHECK(std::abs(*normal_quantile(0.5)) < 1e-15);
  CHECK(*normal_quantile(0.001) == near(-3.090232306167813));
  CHECK(*normal_quantile(0.975) == near(1.9599639845400536));
  CHECK(*normal_quantile(1 - 1e-9) == doctest::Approx(5.997807019601638).epsilon(1e-7));
  CHECK_FALSE(normal_quantile(0).has_value());
  CHECK_FALSE(normal_quantile(1).has_value());
  CHECK_FALSE(normal_quantile(std::nan("")).has_value());
}

TEST_CASE("probabilistic Sharpe ratio: the example of Bailey and Lopez de Prado 2012") {
  // Two years of monthly returns, SR 0.458 a month; with skewness -2.448 and kurtosis 10.164 the
  // chance of skill is 0.913, were they normal it would be 0.982.
  CHECK(*probabilistic_sharpe({0.458, -2.448, 10.164, 24}, 0) ==
        doctest::Approx(0.913).epsilon(0.001));
  CHECK(*probabilistic_sharpe({0.458, 0, 3, 24}, 0) == doctest::Approx(0.982).epsilon(0.001));
  // Section 5: 2.73 years of daily normal returns to tell an annual SR of 2 from one of 1.
  const double day = 1 / std::sqrt(252.0);
  CHECK(*minimum_track_record({2 * day, 0, 3, 100}, day, 0.95) / 252 ==
        doctest::Approx(2.73).epsilon(0.002));
  CHECK_FALSE(minimum_track_record({day, 0, 3, 100}, day, 0.95).has_value());
}

TEST_CASE("deflated Sharpe ratio: the example of Bailey and Lopez de Prado 2014") {
  // SR 2.5 a year over five years of 250 days, skewness -3, kurtosis 10, best of 100 trials whose
  // annual SRs have a variance of 1/2: SR0 is 0.1132 a day, and what is left is 0.9004.
  const SharpeMoments chosen{2.5 / std::sqrt(250.0), -3, 10, 1250};
  const double variance = 0.5 / 250;
  CHECK(*expected_maximum_sharpe(variance, 100) == doctest::Approx(0.1132).epsilon(0.0005));
  CHECK(*deflated_sharpe(chosen, variance, 100) == doctest::Approx(0.9004).epsilon(0.0002));
  CHECK(*deflated_sharpe(chosen, variance, 46) == doctest::Approx(0.9505).epsilon(0.0005));
  CHECK_FALSE(deflated_sharpe(chosen, variance, 1).has_value());
}

TEST_CASE("moments and the deflated ratio of a table, against Python") {
  const auto rows = table();
  const auto first = sharpe_moments(rows[0]);
  REQUIRE(first.has_value());
  CHECK(first->sharpe == near(0.07486152306711472));
  CHECK(first->skewness == near(-0.16762737089720178));
  CHECK(first->kurtosis == near(1.678639835594796));
  CHECK(first->count == 50);
  const auto deflated = deflated_sharpe(rows);
  REQUIRE(deflated.has_value());
  CHECK(deflated->best == 3);
  CHECK(deflated->trials == 6);
  CHECK(deflated->expected_maximum == near(0.23502305212079214));
  CHECK(deflated->probability == near(0.7045845222894174));
  CHECK_FALSE(sharpe_moments(std::vector<double>(9, 0.01)).has_value());
  CHECK_FALSE(sharpe_moments(std::vector<double>{0.01, 0.02}).has_value());
  CHECK_FALSE(sharpe_moments(std::vector<double>{0.01, std::nan(""), 0.02}).has_value());
}

TEST_CASE("probability of overfitting of a table, against Python") {
  const auto four = overfitting_probability(table(), 4);
  REQUIRE(four.ok());
  CHECK(four->probability == near(0.5));
  CHECK(four->loss_probability == 0);
  CHECK(four->slope == near(-0.5190607170032687));
  CHECK(four->intercept == near(0.39255590979182103));
  REQUIRE(four->logits.size() == 6);
  const auto ten = overfitting_probability(table(), 10);
  REQUIRE(ten.ok());
  CHECK(ten->probability == near(0.6428571428571429));
  CHECK(ten->loss_probability == near(0.1626984126984127));
  CHECK(ten->slope == near(-0.6375382012700068));
  double sum = 0;
  for (const double logit : ten->logits) sum += logit;
  CHECK(sum == near(-70.19247094896221));
  CHECK(ten->logits.size() == 252);
}

TEST_CASE("overfitting: nothing but noise is a coin's toss, a real edge is found again") {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    sum += overfitting_probability(noise(seed, 20, 128), 8)->probability;
  CHECK(sum / 40 > 0.35);
  CHECK(sum / 40 < 0.65);
  auto rows = noise(7, 20, 400);
  for (double& value : rows[13]) value += 0.01;
  CHECK(overfitting_probability(rows, 8)->probability == 0);
}

TEST_CASE("reality check: all resamples of a tiny table, against Python") {
  const std::vector<std::vector<double>> tiny{{0.01, -0.02, 0.03, 0.01},
                                              {-0.01, 0.02, 0.01, -0.015}};
  // Of the 256 equally likely draws of four periods 112 reach the statistic.
  const auto checked = reality_check(tiny, {.samples = 40'000, .mean_block = 1, .seed = 3});
  REQUIRE(checked.ok());
  CHECK(checked->best == 0);
  CHECK(checked->statistic == near(2 * 0.0075));
  CHECK(checked->p_value == doctest::Approx(0.4375).epsilon(0.02));
}

TEST_CASE("reality check: right under the null, certain of a real edge, the same for a seed") {
  int low = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto checked = reality_check(noise(seed, 10, 100), {.samples = 200, .mean_block = 5});
    low += checked->p_value < 0.1 ? 1 : 0;
  }
  CHECK(low > 5);  // a tenth of 200 is expected
  CHECK(low < 40);
  auto rows = noise(9, 30, 250);
  for (double& value : rows[4]) value += 0.005;
  const auto found = reality_check(rows, {.samples = 500});
  CHECK(found->best == 4);
  CHECK(found->p_value < 0.005);
  CHECK(reality_check(rows, {.samples = 500})->p_value == found->p_value);
}

TEST_CASE("tables that make no sense are refused") {
  using namespace analytics_errors;
  const std::vector<std::vector<double>> none, one{{0.1, 0.2, 0.3, 0.4}},
      uneven{{0.1, 0.2, 0.3, 0.4}, {0.1}}, bad{{0.1, 0.2, 0.3, 0.4}, {0.1, 0.2, INFINITY, 0.4}};
  CHECK(reality_check(none).error().code == kBadCurve);
  CHECK(reality_check(uneven).error().code == kBadCurve);
  CHECK(reality_check(bad).error().code == kBadCurve);
  CHECK(reality_check(one, {.samples = 0}).error().code == kBadConfig);
  CHECK(reality_check(one, {.mean_block = 0.5}).error().code == kBadConfig);
  CHECK(overfitting_probability(one, 2).error().code == kBadCurve);
  CHECK(overfitting_probability(uneven, 2).error().code == kBadCurve);
  CHECK(overfitting_probability(bad, 2).error().code == kBadCurve);
  CHECK(overfitting_probability(table(), 3).error().code == kBadConfig);
  CHECK(overfitting_probability(table(), 22).error().code == kBadConfig);
  CHECK_FALSE(deflated_sharpe(one).has_value());
}
