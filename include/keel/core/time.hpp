// Timestamp: UTC nanoseconds since the Unix epoch. Duration: nanoseconds. Text is in time_text.hpp,
// the glue to std::chrono in chrono.hpp; neither is pulled in here.
#pragma once

#include <compare>
#include <cstdint>

#include <keel/core/assert.hpp>

namespace keel {

struct Duration {
  std::int64_t ns;

  [[nodiscard]] static constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
  [[nodiscard]] static constexpr Duration microseconds(std::int64_t n) { return scaled(n, 1'000); }
  [[nodiscard]] static constexpr Duration milliseconds(std::int64_t n) {
    return scaled(n, 1'000'000);
  }
  [[nodiscard]] static constexpr Duration seconds(std::int64_t n) {
    return scaled(n, 1'000'000'000);
  }
  [[nodiscard]] static constexpr Duration minutes(std::int64_t n) {
    return scaled(n, 60'000'000'000);
  }
  [[nodiscard]] static constexpr Duration hours(std::int64_t n) {
    return scaled(n, 3'600'000'000'000);
  }
  [[nodiscard]] static constexpr Duration days(std::int64_t n) {
    return scaled(n, 86'400'000'000'000);
  }

  [[nodiscard]] constexpr double to_seconds() const { return static_cast<double>(ns) / 1e9; }

  friend constexpr bool operator==(Duration, Duration) = default;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {add(a.ns, b.ns)}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {subtract(a.ns, b.ns)}; }
  friend constexpr Duration operator*(Duration a, std::int64_t times) {
    return scaled(a.ns, times);
  }
  friend constexpr std::int64_t operator/(Duration a, Duration b) { return a.ns / b.ns; }

  static constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
    std::int64_t sum{};
    KEEL_ASSERT(!__builtin_add_overflow(a, b, &sum), "time overflow");
    return sum;
  }
  static constexpr std::int64_t subtract(std::int64_t a, std::int64_t b) {
    std::int64_t rest{};
    KEEL_ASSERT(!__builtin_sub_overflow(a, b, &rest), "time overflow");
    return rest;
  }

 private:
  static constexpr Duration scaled(std::int64_t n, std::int64_t unit) {
    std::int64_t ns{};
    KEEL_ASSERT(!__builtin_mul_overflow(n, unit, &ns), "duration overflow");
    return {ns};
  }
};

struct Timestamp {
  std::int64_t ns;

  [[nodiscard]] static constexpr Timestamp from_ns(std::int64_t ns) { return {ns}; }
  [[nodiscard]] static constexpr Timestamp from_seconds(std::int64_t s) {
    return {Duration::seconds(s).ns};
  }

  friend constexpr bool operator==(Timestamp, Timestamp) = default;
  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp t, Duration d) {
    return {Duration::add(t.ns, d.ns)};
  }
  friend constexpr Timestamp operator-(Timestamp t, Duration d) {
    return {Duration::subtract(t.ns, d.ns)};
  }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) {
    return {Duration::subtract(a.ns, b.ns)};
  }
  // The start of the interval of this length that holds t, counted from the epoch (UTC).
  [[nodiscard]] constexpr Timestamp floor_to(Duration interval) const {
    KEEL_ASSERT(interval.ns > 0, "interval must be positive");
    std::int64_t rest = ns % interval.ns;
    if (rest < 0) rest += interval.ns;
    return {Duration::subtract(ns, rest)};
  }
};

inline namespace literals {
consteval Duration operator""_ns(unsigned long long n) { return {static_cast<std::int64_t>(n)}; }
consteval Duration operator""_us(unsigned long long n) {
  return Duration::microseconds(static_cast<std::int64_t>(n));
}
consteval Duration operator""_ms(unsigned long long n) {
  return Duration::milliseconds(static_cast<std::int64_t>(n));
}
consteval Duration operator""_s(unsigned long long n) {
  return Duration::seconds(static_cast<std::int64_t>(n));
}
consteval Duration operator""_min(unsigned long long n) {
  return Duration::minutes(static_cast<std::int64_t>(n));
}
consteval Duration operator""_h(unsigned long long n) {
  return Duration::hours(static_cast<std::int64_t>(n));
}
consteval Duration operator""_d(unsigned long long n) {
  return Duration::days(static_cast<std::int64_t>(n));
}
}  // namespace literals

}  // namespace keel
