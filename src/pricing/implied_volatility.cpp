#include <keel/pricing/implied_volatility.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <keel/pricing/american.hpp>
#include <keel/pricing/closed_form.hpp>

namespace keel {

Result<OptionValue> option_value(OptionModel model, const OptionInputs& inputs) {
  switch (model) {
    case OptionModel::kBlackScholes: return black_scholes(inputs);
    case OptionModel::kBlack76: return black_76(inputs);
    case OptionModel::kBachelier: return bachelier(inputs);
    case OptionModel::kBinomial: return binomial(inputs);
    case OptionModel::kBaroneAdesiWhaley: return barone_adesi_whaley(inputs);
  }
  return Error{pricing_errors::kInvalidInput,
               "model",
               std::to_string(static_cast<int>(model)),
               "one of OptionModel",
               {}};
}

Result<double> implied_volatility(OptionModel model, const OptionInputs& inputs, double price) {
  const auto no_solution = [&](const char* rule, double bound) {
    return Error{pricing_errors::kNoSolution,
                 "price",
                 fmt::format("{}", price),
                 fmt::format("{} {}", rule, bound),
                 {}};
  };
  OptionInputs at = inputs;
  at.volatility = 0;
  const auto least = option_value(model, at);
  if (!least) return least.error();
  if (!std::isfinite(price))
    return Error{
        pricing_errors::kInvalidInput, "price", fmt::format("{}", price), "a finite number", {}};
  const double scale = std::max(std::fabs(inputs.underlying), std::fabs(inputs.strike));
  const double close = 1e-12 * scale;
  if (price < least->value - close) return no_solution("at least", least->value);
  if (price <= least->value + close) return 0.0;
  if (inputs.years == 0) return no_solution("without time left, exactly", least->value);

  const auto error_at = [&](double volatility) {
    at.volatility = volatility;
    return option_value(model, at).value().value - price;
  };
  // Widened until it holds the price; by then the value has stopped to grow, or it does.
  const double most = model == OptionModel::kBachelier ? 1e3 * scale : 1e3;
  double low = 0, high = model == OptionModel::kBachelier ? 0.2 * scale : 0.5;
  while (error_at(high) < 0) {
    if (high >= most)
      return no_solution("below what any volatility gives,", price + error_at(high));
    low = high;
    high = std::min(high * 2, most);
  }
  double volatility = 0.5 * (low + high);
  for (int i = 0; i < 200; ++i) {
    at.volatility = volatility;
    const auto now = option_value(model, at);
    const double off = now->value - price;
    if (std::fabs(off) <= close) break;
    (off < 0 ? low : high) = volatility;
    double next = now->vega > 0 ? volatility - off / now->vega : low;
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (next == volatility || high - low <= 1e-15 * high) break;
    volatility = next;
  }
  return volatility;
}

}  // namespace keel
