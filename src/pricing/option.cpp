#include <keel/pricing/option.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace keel {

namespace {

Error invalid(const char* field, double value, const char* rule) {
  return {pricing_errors::kInvalidInput, field, fmt::format("{}", value), rule, {}};
}

}  // namespace

Status check_inputs(const OptionInputs& inputs, bool positive_prices) {
  if (inputs.right != OptionRight::kCall && inputs.right != OptionRight::kPut)
    return invalid("right", static_cast<double>(inputs.right), "call or put");
  const struct {
    const char* name;
    double value;
  } fields[] = {{"underlying", inputs.underlying}, {"strike", inputs.strike},
                {"years", inputs.years},           {"rate", inputs.rate},
                {"yield", inputs.yield},           {"volatility", inputs.volatility}};
  for (const auto& field : fields)
    if (!std::isfinite(field.value)) return invalid(field.name, field.value, "a finite number");
  if (inputs.years < 0) return invalid("years", inputs.years, "zero or more");
  if (inputs.volatility < 0) return invalid("volatility", inputs.volatility, "zero or more");
  if (!positive_prices) return {};
  if (inputs.underlying <= 0) return invalid("underlying", inputs.underlying, "above zero");
  if (inputs.strike <= 0) return invalid("strike", inputs.strike, "above zero");
  return {};
}

double intrinsic_value(const OptionInputs& inputs) {
  const double up = inputs.underlying - inputs.strike;
  return std::max(inputs.right == OptionRight::kCall ? up : -up, 0.0);
}

}  // namespace keel
