// The volatility at which a model gives a price.
#pragma once

#include <keel/pricing/option.hpp>

namespace keel {

enum class OptionModel : std::uint8_t {
  kBlackScholes = 1,
  kBlack76 = 2,
  kBachelier = 3,
  kBinomial = 4,
  kBaroneAdesiWhaley = 5,
};

// The value under any of the models.
[[nodiscard]] Result<OptionValue> option_value(OptionModel model, const OptionInputs& inputs);

// The volatility in `inputs` is not read. Newton's steps inside a bracket that halves where they
// leave it, until the model's value is within 1e-12 of the price, relative to the underlying or the
// strike, or the bracket is as narrow as doubles are.
// Errors: pricing.invalid_input; pricing.no_solution where no volatility gives this price: it is
// below what the option is worth without any, or above what it can be worth at all.
[[nodiscard]] Result<double> implied_volatility(OptionModel model, const OptionInputs& inputs,
                                                double price);

}  // namespace keel
