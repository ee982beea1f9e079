// European options in closed form. At `years` or `volatility` zero the value is the discounted
// intrinsic one, and vega and gamma are zero. Errors: pricing.invalid_input.
#pragma once

#include <keel/pricing/option.hpp>

namespace keel {

// Black and Scholes (1973) with Merton's (1973) continuous yield:
//   c = S e^{-qT} N(d1) - K e^{-rT} N(d2),  d1 = (ln(S/K) + (r - q + v^2/2) T) / (v sqrt T),
//   d2 = d1 - v sqrt T; a put by symmetry.
[[nodiscard]] Result<OptionValue> black_scholes(const OptionInputs& inputs);

// Black (1976), on a future or forward F: the above with q = r; rho is -T x value.
[[nodiscard]] Result<OptionValue> black_76(const OptionInputs& inputs);

// Bachelier (1900), on a future or forward F that may be zero or below:
//   c = e^{-rT} ((F - K) N(d) + v sqrt T n(d)),  d = (F - K) / (v sqrt T).
[[nodiscard]] Result<OptionValue> bachelier(const OptionInputs& inputs);

}  // namespace keel
