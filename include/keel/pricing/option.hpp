// What an option's value is computed from, and what comes out. Doubles: models, not money.
#pragma once

#include <keel/core/error.hpp>
#include <keel/core/result.hpp>
#include <keel/model/enums.hpp>

namespace keel {

namespace pricing_errors {
inline constexpr ErrorCode kInvalidInput{"pricing.invalid_input"};
inline constexpr ErrorCode kNoSolution{"pricing.no_solution"};
}  // namespace pricing_errors

// Rates are continuously compounded, per year; times are in years. `underlying` is the spot price
// where the model takes a yield, the forward or future's price for black_76 and bachelier (which
// do not read `yield`). `volatility` is per square root of a year: of relative changes, or, for
// bachelier, of changes in price units.
struct OptionInputs {
  OptionRight right = OptionRight::kCall;
  double underlying = 0;
  double strike = 0;
  double years = 0;
  double rate = 0;
  double yield = 0;  // dividends of an equity or index, the foreign rate of a currency
  double volatility = 0;
};

// For one unit of the underlying.
struct OptionValue {
  double value = 0;
  double delta = 0;  // per 1.0 of the underlying
  double gamma = 0;  // change of delta per 1.0 of the underlying
  double vega = 0;   // per 1.00 of volatility (a hundred points)
  double theta = 0;  // per year that passes: a bought option usually loses, so it is below zero
  double rho = 0;    // per 1.00 of the rate; the price of a forward is held where the model has one
};

// Error pricing.invalid_input names the field: not finite, below zero (`years`, `volatility`), not
// above zero (`strike`, `underlying`, where the model takes their ratio), no right.
[[nodiscard]] Status check_inputs(const OptionInputs& inputs, bool positive_prices);

// What exercise at once would bring.
[[nodiscard]] double intrinsic_value(const OptionInputs& inputs);

}  // namespace keel
