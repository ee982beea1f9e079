#include <keel/pricing/closed_form.hpp>

#include <algorithm>
#include <cmath>

#include "normal.hpp"

namespace keel {

using pricing_detail::cumulative;
using pricing_detail::density;

namespace {

// Without time or volatility: the underlying's forward against the strike, discounted.
OptionValue without_chance(const OptionInputs& in, double carry) {
  const double w = in.right == OptionRight::kCall ? 1.0 : -1.0;
  const double grown = std::exp((carry - in.rate) * in.years);
  const double discount = std::exp(-in.rate * in.years);
  const double inside = w * (in.underlying * grown - in.strike * discount);
  OptionValue out;
  out.value = std::max(inside, 0.0);
  if (inside <= 0) return out;
  out.delta = w * grown;
  out.theta = w * (in.rate * in.strike * discount + (in.rate - carry) * in.underlying * grown);
  out.rho = w * in.strike * in.years * discount;
  return out;
}

// The generalised formula: `carry` is r - q for a spot price, 0 for a future.
OptionValue with_carry(const OptionInputs& in, double carry) {
  if (in.years == 0 || in.volatility == 0) return without_chance(in, carry);
  const double w = in.right == OptionRight::kCall ? 1.0 : -1.0;
  const double root = std::sqrt(in.years), spread = in.volatility * root;
  const double d1 = (std::log(in.underlying / in.strike) +
                     (carry + 0.5 * in.volatility * in.volatility) * in.years) /
                    spread;
  const double d2 = d1 - spread;
  const double spot = in.underlying * std::exp((carry - in.rate) * in.years);
  const double strike = in.strike * std::exp(-in.rate * in.years);
  const double n1 = density(d1), p1 = cumulative(w * d1), p2 = cumulative(w * d2);
  OptionValue out;
  out.value = std::max(w * (spot * p1 - strike * p2), 0.0);
  out.delta = w * spot / in.underlying * p1;
  out.gamma = spot * n1 / (in.underlying * in.underlying * spread);
  out.vega = spot * n1 * root;
  out.theta = -spot * n1 * in.volatility / (2 * root) - w * (carry - in.rate) * spot * p1 -
              w * in.rate * strike * p2;
  out.rho = w * in.years * strike * p2;
  return out;
}

}  // namespace

Result<OptionValue> black_scholes(const OptionInputs& inputs) {
  if (auto status = check_inputs(inputs, true); !status) return std::move(status).error();
  return with_carry(inputs, inputs.rate - inputs.yield);
}

Result<OptionValue> black_76(const OptionInputs& inputs) {
  if (auto status = check_inputs(inputs, true); !status) return std::move(status).error();
  OptionValue out = with_carry(inputs, 0.0);
  out.rho = -inputs.years * out.value;  // only the discounting depends on the rate
  return out;
}

Result<OptionValue> bachelier(const OptionInputs& inputs) {
  if (auto status = check_inputs(inputs, false); !status) return std::move(status).error();
  const double w = inputs.right == OptionRight::kCall ? 1.0 : -1.0;
  const double discount = std::exp(-inputs.rate * inputs.years);
  const double ahead = inputs.underlying - inputs.strike;
  OptionValue out;
  if (inputs.years == 0 || inputs.volatility == 0) {
    if (w * ahead <= 0) return out;
    out.value = discount * w * ahead;
    out.delta = discount * w;
    out.theta = inputs.rate * out.value;
    out.rho = -inputs.years * out.value;
    return out;
  }
  const double root = std::sqrt(inputs.years), spread = inputs.volatility * root;
  const double d = ahead / spread, n = density(d), p = cumulative(w * d);
  out.value = std::max(discount * (w * ahead * p + spread * n), 0.0);
  out.delta = discount * w * p;
  out.gamma = discount * n / spread;
  out.vega = discount * root * n;
  out.theta = inputs.rate * out.value - discount * inputs.volatility * n / (2 * root);
  out.rho = -inputs.years * out.value;
  return out;
}

}  // namespace keel
