// The standard normal distribution.
#pragma once

#include <cmath>

namespace keel::pricing_detail {

inline double density(double x) {
  constexpr double kInverseRoot = 0.39894228040143267794;  // 1 / sqrt(2 pi)
  return kInverseRoot * std::exp(-0.5 * x * x);
}
inline double cumulative(double x) {
  constexpr double kInverseRootTwo = 0.70710678118654752440;
  return 0.5 * std::erfc(-x * kInverseRootTwo);
}

}  // namespace keel::pricing_detail
