// LatencyModel: how long a message takes between the engine and a simulated venue.
//
// Integers and a seed only: the same seed gives the same delays on every machine. The link keeps
// messages in order whatever is drawn (a later message never arrives before an earlier one).
#pragma once

#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/core/random.hpp>
#include <keel/core/result.hpp>
#include <keel/core/time.hpp>

namespace keel {

namespace sim_errors {
inline constexpr ErrorCode kBadLatency{"sim.bad_latency"};
inline constexpr ErrorCode kBadConfig{"sim.bad_config"};
}  // namespace sim_errors

// One measured delay. Between two samples the delay is interpolated; before the first and after the
// last it is that sample's.
struct LatencySample {
  Timestamp time;
  Duration latency;
};

class LatencyModel {
 public:
  // No delay at all. The only way to let an order meet the market as it stood at the event that
  // triggered it, so it has to be asked for by this name.
  [[nodiscard]] static LatencyModel zero() { return LatencyModel{Kind::kZero, {0}, {0}}; }
  [[nodiscard]] static LatencyModel constant(Duration each) {
    return LatencyModel{Kind::kConstant, each, each};
  }
  // Every delay from low to high, both included, with equal chance.
  [[nodiscard]] static LatencyModel uniform(Duration low, Duration high) {
    return LatencyModel{Kind::kUniform, low, high};
  }
  // Never below `minimum`, half of them below `median`, with the tail of a log-normal distribution
  // (sigma 0.6: the excess over the minimum is 4.0 times its median at p99, 7.2 times at most).
  [[nodiscard]] static LatencyModel long_tailed(Duration minimum, Duration median) {
    return LatencyModel{Kind::kLongTailed, minimum, median};
  }
  // As long_tailed with a sigma of its own (0.01 to 3): the excess over the minimum is
  // exp(sigma x z) times its median, z normal and within 3.3.
  [[nodiscard]] static LatencyModel lognormal(Duration minimum, Duration median, Rate sigma) {
    LatencyModel model{Kind::kLogNormal, minimum, median};
    model.sigma_ = sigma;
    return model;
  }
  // As measured; samples in order of time.
  [[nodiscard]] static LatencyModel recorded(std::vector<LatencySample> samples);

  // Error: sim.bad_latency (below one nanosecond and not zero(), low above high, no samples,
  // samples out of order).
  [[nodiscard]] Status check() const;
  [[nodiscard]] Duration draw(Timestamp now, Random& random) const;
  [[nodiscard]] bool is_zero() const { return kind_ == Kind::kZero; }

 private:
  enum class Kind : std::uint8_t { kZero, kConstant, kUniform, kLongTailed, kLogNormal, kRecorded };
  LatencyModel(Kind kind, Duration first, Duration second)
      : kind_(kind), first_(first), second_(second) {}
  Kind kind_;
  Duration first_, second_;
  Rate sigma_ = Rate::zero();
  std::vector<LatencySample> samples_;
};

}  // namespace keel
