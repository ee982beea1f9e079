#include <keel/pricing/american.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <keel/pricing/closed_form.hpp>

#include "normal.hpp"

namespace keel {

using pricing_detail::cumulative;
using pricing_detail::density;

namespace {

constexpr int kFewestSteps = 3, kMostSteps = 20001;

struct Tree {
  double value, delta, gamma, theta;
};

// Peizer and Pratt's second inversion: the probability at which a binomial of n tries gives z.
double inversion(double z, int n) {
  if (z == 0) return 0.5;
  const double x = z / (n + 1.0 / 3.0 + 0.1 / (n + 1.0));
  const double part = 0.5 * std::sqrt(1 - std::exp(-x * x * (n + 1.0 / 6.0)));
  return z > 0 ? 0.5 + part : 0.5 - part;
}

// A known future price: exercise now, or at the end, whichever is worth more. Between the two the
// discounted difference moves one way, so an end of the interval is the best.
Tree without_chance(const OptionInputs& in, bool european) {
  const OptionValue late = black_scholes(in).value();
  const double now = intrinsic_value(in);
  if (european || late.value >= now) return {late.value, late.delta, 0, late.theta};
  return {now, in.right == OptionRight::kCall ? 1.0 : -1.0, 0, 0};
}

Tree grow(const OptionInputs& in, int steps, bool european) {
  if (in.years == 0 || in.volatility == 0) return without_chance(in, european);
  const double w = in.right == OptionRight::kCall ? 1.0 : -1.0;
  const double dt = in.years / steps, carry = in.rate - in.yield;
  const double spread = in.volatility * std::sqrt(in.years);
  const double d2 = (std::log(in.underlying / in.strike) +
                     (carry - 0.5 * in.volatility * in.volatility) * in.years) /
                    spread;
  const double p = inversion(d2, steps), p1 = inversion(d2 + spread, steps);
  // So far from the money that the tree has no second branch: nothing is left to chance.
  if (p <= 0 || p >= 1 || p1 <= 0 || p1 >= 1) return without_chance(in, european);
  const double growth = std::exp(carry * dt);
  const double up = growth * p1 / p, down = growth * (1 - p1) / (1 - p);
  const double discount = std::exp(-in.rate * dt);
  const auto price = [&](int step, int ups) {
    return in.underlying * std::pow(up, ups) * std::pow(down, step - ups);
  };
  std::vector<double> values(static_cast<std::size_t>(steps) + 1);
  for (int i = 0; i <= steps; ++i)
    values[static_cast<std::size_t>(i)] = std::max(w * (price(steps, i) - in.strike), 0.0);
  double second[3] = {}, first[2] = {};
  const double ratio = up / down;
  for (int step = steps - 1; step >= 0; --step) {
    double at = price(step, 0);
    for (int i = 0; i <= step; ++i, at *= ratio) {
      double& value = values[static_cast<std::size_t>(i)];
      value = discount * (p * values[static_cast<std::size_t>(i) + 1] + (1 - p) * value);
      if (!european) value = std::max(value, w * (at - in.strike));
    }
    if (step == 2) std::copy_n(values.begin(), 3, second);
    if (step == 1) std::copy_n(values.begin(), 2, first);
  }
  const double s2[3] = {price(2, 0), price(2, 1), price(2, 2)};
  Tree tree{};
  tree.value = values[0];
  tree.delta = (first[1] - first[0]) / (price(1, 1) - price(1, 0));
  tree.gamma =
      ((second[2] - second[1]) / (s2[2] - s2[1]) - (second[1] - second[0]) / (s2[1] - s2[0])) /
      (0.5 * (s2[2] - s2[0]));
  // The middle of the second step lies near, not at, today's price: what that moves is taken out.
  const double moved = s2[1] - in.underlying;
  tree.theta =
      (second[1] - tree.value - moved * tree.delta - 0.5 * moved * moved * tree.gamma) / (2 * dt);
  return tree;
}

// Derivatives of `value` by one input, by central differences.
template <class F>
double slope(const OptionInputs& in, double OptionInputs::* field, double step, F value) {
  OptionInputs more = in, less = in;
  more.*field += step;
  less.*field -= step;
  return (value(more) - value(less)) / (2 * step);
}

}  // namespace

Result<OptionValue> binomial(const OptionInputs& inputs, int steps, bool european) {
  if (auto status = check_inputs(inputs, true); !status) return std::move(status).error();
  if (steps < kFewestSteps || steps > kMostSteps)
    return Error{pricing_errors::kInvalidInput,
                 "steps",
                 std::to_string(steps),
                 fmt::format("{} to {}", kFewestSteps, kMostSteps),
                 {}};
  steps |= 1;
  const Tree tree = grow(inputs, steps, european);
  OptionValue out{tree.value, tree.delta, tree.gamma, 0, tree.theta, 0};
  const auto value = [&](const OptionInputs& in) { return grow(in, steps, european).value; };
  if (inputs.volatility > 0)
    out.vega =
        slope(inputs, &OptionInputs::volatility, std::min(1e-3, inputs.volatility / 2), value);
  out.rho = slope(inputs, &OptionInputs::rate, 1e-4, value);
  return out;
}

// --- the quadratic approximation -----------------------------------------------------------------

namespace {

class Quadratic {
 public:
  explicit Quadratic(const OptionInputs& in)
      : in_(in), carry_(in.rate - in.yield), w_(in.right == OptionRight::kCall ? 1.0 : -1.0) {}

  double value() {
    // A call without a yield, and a put without a rate, are never worth exercising early.
    if (w_ > 0 ? in_.yield <= 0 : in_.rate <= 0) return european(in_.underlying);
    if (in_.years == 0 || in_.volatility == 0) return without_chance(in_, false).value;
    const double variance = in_.volatility * in_.volatility;
    const double n = 2 * carry_ / variance;
    const double used = -std::expm1(-in_.rate * in_.years);
    const double k = in_.rate == 0 ? 2 / (variance * in_.years) : 2 * in_.rate / (variance * used);
    q_ = 0.5 * (1 - n + w_ * std::sqrt((n - 1) * (n - 1) + 4 * k));
    const double critical = find_critical(n, variance);
    if (w_ * (in_.underlying - critical) >= 0) return w_ * (in_.underlying - in_.strike);
    const double factor = w_ * critical / q_ * (1 - grown() * cumulative(w_ * d1(critical)));
    return european(in_.underlying) + factor * std::pow(in_.underlying / critical, q_);
  }

 private:
  [[nodiscard]] double grown() const { return std::exp((carry_ - in_.rate) * in_.years); }
  [[nodiscard]] double spread() const { return in_.volatility * std::sqrt(in_.years); }
  [[nodiscard]] double d1(double spot) const {
    return (std::log(spot / in_.strike) +
            (carry_ + 0.5 * in_.volatility * in_.volatility) * in_.years) /
           spread();
  }
  [[nodiscard]] double european(double spot) const {
    OptionInputs at = in_;
    at.underlying = spot;
    return black_scholes(at).value().value;
  }
  // How much holding on is worth more than exercising, at a price of the underlying.
  [[nodiscard]] double excess(double spot) const {
    return european(spot) + w_ * (1 - grown() * cumulative(w_ * d1(spot))) * spot / q_ -
           w_ * (spot - in_.strike);
  }

  // The price from which exercising is right: the zero of excess(), bracketed by the strike and
  // the price for an option without end, found by Newton's steps that may not leave the bracket.
  [[nodiscard]] double find_critical(double n, double variance) const {
    const double forever = 2 * in_.rate / variance;
    const double q = 0.5 * (1 - n + w_ * std::sqrt((n - 1) * (n - 1) + 4 * forever));
    double far = q == 0 || q == 1 ? in_.strike * 1e6 : in_.strike / (1 - 1 / q);
    if (!(far > 0) || !std::isfinite(far)) far = w_ > 0 ? in_.strike * 1e6 : in_.strike * 1e-6;
    double near = in_.strike;
    const double h = (w_ * carry_ * in_.years + 2 * spread()) * in_.strike / (far - in_.strike);
    double spot = in_.strike + (far - in_.strike) * -std::expm1(-std::fabs(h));
    for (int i = 0; i < 200; ++i) {
      const double rest = excess(spot);
      if (std::fabs(rest) < 1e-12 * in_.strike) break;
      (rest > 0 ? near : far) = spot;
      const double step = 1e-6 * spot;
      const double slope = (excess(spot + step) - excess(spot - step)) / (2 * step);
      double next = spot - rest / slope;
      const double low = std::min(near, far), high = std::max(near, far);
      if (!(next > low && next < high)) next = 0.5 * (low + high);
      if (next == spot) break;
      spot = next;
    }
    return spot;
  }

  const OptionInputs& in_;
  double carry_, w_, q_ = 0;
};

}  // namespace

Result<OptionValue> barone_adesi_whaley(const OptionInputs& inputs) {
  if (auto status = check_inputs(inputs, true); !status) return std::move(status).error();
  if (inputs.rate < 0)
    return Error{pricing_errors::kInvalidInput,
                 "rate",
                 fmt::format("{}", inputs.rate),
                 "zero or more; use binomial for rates below zero",
                 {}};
  const auto value = [](const OptionInputs& in) { return Quadratic{in}.value(); };
  OptionValue out;
  out.value = value(inputs);
  const double ds = inputs.underlying * 1e-4;
  out.delta = slope(inputs, &OptionInputs::underlying, ds, value);
  OptionInputs more = inputs, less = inputs;
  more.underlying += ds;
  less.underlying -= ds;
  out.gamma = (value(more) - 2 * out.value + value(less)) / (ds * ds);
  if (inputs.volatility > 0)
    out.vega =
        slope(inputs, &OptionInputs::volatility, std::min(1e-4, inputs.volatility / 2), value);
  if (inputs.years > 0)
    out.theta = -slope(inputs, &OptionInputs::years, std::min(1e-4, inputs.years / 2), value);
  const double dr = std::min(1e-5, inputs.rate / 2);
  if (dr > 0) out.rho = slope(inputs, &OptionInputs::rate, dr, value);
  return out;
}

}  // namespace keel
