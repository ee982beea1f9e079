// Timestamp: UTC nanoseconds since the Unix epoch. Duration: nanoseconds. Text is in time_text.hpp,
// the glue to std::chrono in chrono.hpp; neither is pulled in here.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

#include <keel/core/assert.hpp>
#include <keel/core/int128.hpp>

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

  // Half a second is milliseconds(500): a fraction would be cut to zero in silence.
  static Duration nanoseconds(detail::NotACount auto n) = delete;
  static Duration microseconds(detail::NotACount auto n) = delete;
  static Duration milliseconds(detail::NotACount auto n) = delete;
  static Duration seconds(detail::NotACount auto n) = delete;
  static Duration minutes(detail::NotACount auto n) = delete;
  static Duration hours(detail::NotACount auto n) = delete;
  static Duration days(detail::NotACount auto n) = delete;

  [[nodiscard]] constexpr double to_seconds() const { return static_cast<double>(ns) / 1e9; }

  friend constexpr bool operator==(Duration, Duration) = default;
  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {add(a.ns, b.ns)}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {subtract(a.ns, b.ns)}; }
  friend constexpr Duration operator*(Duration a, std::int64_t times) {
    return scaled(a.ns, times);
  }
  friend Duration operator*(Duration a, detail::NotACount auto times) = delete;
  // How often b goes into a, cut towards zero.
  friend constexpr std::int64_t operator/(Duration a, Duration b) {
    KEEL_ASSERT(b.ns != 0, "division by a duration of zero");
    KEEL_ASSERT(b.ns != -1 || a.ns != std::numeric_limits<std::int64_t>::min(), "time overflow");
    return a.ns / b.ns;
  }

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

namespace detail {
consteval std::int64_t literal_count(unsigned long long n) {
  if (n > static_cast<unsigned long long>(std::numeric_limits<std::int64_t>::max()))
    throw "literal too large";
  return static_cast<std::int64_t>(n);
}
}  // namespace detail

inline namespace literals {
consteval Duration operator""_ns(unsigned long long n) {
  return Duration::nanoseconds(detail::literal_count(n));
}
consteval Duration operator""_us(unsigned long long n) {
  return Duration::microseconds(detail::literal_count(n));
}
consteval Duration operator""_ms(unsigned long long n) {
  return Duration::milliseconds(detail::literal_count(n));
}
consteval Duration operator""_s(unsigned long long n) {
  return Duration::seconds(detail::literal_count(n));
}
consteval Duration operator""_min(unsigned long long n) {
  return Duration::minutes(detail::literal_count(n));
}
consteval Duration operator""_h(unsigned long long n) {
  return Duration::hours(detail::literal_count(n));
}
consteval Duration operator""_d(unsigned long long n) {
  return Duration::days(detail::literal_count(n));
}
}  // namespace literals

}  // namespace keel
