// Implied volatility over strike and time to expiry, drawn from the points that a market shows.
#pragma once

#include <span>
#include <vector>

#include <keel/pricing/option.hpp>

namespace keel {

struct VolatilityPoint {
  double years;    // to expiry, above zero
  double forward;  // of the underlying at that expiry, above zero
  double strike;   // above zero
  double volatility;
};

// Between the points total variance (volatility^2 x years) is linear: along the logarithm of
// strike / forward inside an expiry, and along time at the same strike / forward. Beyond the first
// and last strike, and before the first expiry, volatility stays; after the last one too.
class VolatilitySurface {
 public:
  // Errors: pricing.invalid_input (no points; a field that is not finite or not above zero; two
  // points at one place; two forwards for one expiry).
  [[nodiscard]] static Result<VolatilitySurface> through(std::span<const VolatilityPoint> points);

  // `strike` and `forward` above zero, `years` zero or more.
  [[nodiscard]] double volatility(double years, double forward, double strike) const;

  // Whether total variance grows with time at each strike / forward that is a point: where it does
  // not, buying the earlier and selling the later option would pay for nothing.
  [[nodiscard]] bool is_free_of_calendar_arbitrage() const;

  [[nodiscard]] std::vector<double> expiries() const;

 private:
  struct Node {
    double log_moneyness, volatility;
  };
  struct Slice {
    double years, forward;
    std::vector<Node> nodes;  // by log_moneyness
    [[nodiscard]] double volatility(double log_moneyness) const;
  };
  std::vector<Slice> slices_;  // by years
};

}  // namespace keel
