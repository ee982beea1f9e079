// American options: they may be exercised at any time until they expire.
#pragma once

#include <keel/pricing/option.hpp>

namespace keel {

// A binomial tree with the probabilities of Leisen and Reimer (1996), which converge smoothly: 201
// steps are usually right to four decimals. `steps` is made odd; 3 to 20001. Delta, gamma and theta
// come from the tree, vega and rho from a small change of the input. American where `european` is
// false. Errors: pricing.invalid_input.
[[nodiscard]] Result<OptionValue> binomial(const OptionInputs& inputs, int steps = 201,
                                           bool european = false);

// The quadratic approximation of Barone-Adesi and Whaley (1987): fast, within a few thousandths for
// terms under a year. Greeks by central differences. Errors: pricing.invalid_input, also for a rate
// below zero, for which the approximation was not made (use `binomial`).
[[nodiscard]] Result<OptionValue> barone_adesi_whaley(const OptionInputs& inputs);

}  // namespace keel
