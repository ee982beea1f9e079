// Axes of the pictures: where the ticks stand and what they say.
#pragma once

#include <string>
#include <vector>

#include <keel/core/time.hpp>

namespace keel::analytics {

struct Tick {
  double at;
  std::string label;
};

// 1, 2 or 5 times a power of ten, at least `rough` (above zero).
[[nodiscard]] double nice_step(double rough);

struct ValueAxis {
  double low, high;  // with the margin that the ticks ask for
  std::vector<Tick> ticks;
};
// About `want` ticks over [low, high], which are both inside. `percent`: labels in percent.
[[nodiscard]] ValueAxis value_axis(double low, double high, int want, bool percent = false);

// At most `want` ticks on round moments (UTC): seconds, hours, days, months, years.
[[nodiscard]] std::vector<Tick> time_ticks(Timestamp first, Timestamp last, int want);

}  // namespace keel::analytics
