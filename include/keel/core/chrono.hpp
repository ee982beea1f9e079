// Opt-in glue to std::chrono (which costs 0.8 s to include, so nothing else here includes it).
#pragma once

#include <chrono>

#include <keel/core/time.hpp>

namespace keel {

using ChronoTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

[[nodiscard]] inline ChronoTime to_chrono(Timestamp time) {
  return ChronoTime{std::chrono::nanoseconds{time.ns}};
}
[[nodiscard]] inline Timestamp from_chrono(ChronoTime time) {
  return {time.time_since_epoch().count()};
}
[[nodiscard]] inline std::chrono::nanoseconds to_chrono(Duration duration) {
  return std::chrono::nanoseconds{duration.ns};
}
[[nodiscard]] inline Duration from_chrono(std::chrono::nanoseconds duration) {
  return {duration.count()};
}

}  // namespace keel
