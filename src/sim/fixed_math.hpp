// Logarithms, powers and roots in integers, so that a decision is the same on every machine. 32
// binary digits after the point; the error is a few units of the last one.
#pragma once

#include <bit>
#include <cstdint>

#include <keel/core/int128.hpp>

namespace keel::sim_detail {

inline constexpr std::int64_t kOne32 = std::int64_t{1} << 32;

// log2 of a whole number above zero, times 2^32. One binary digit a step: squaring doubles the
// logarithm.
[[nodiscard]] constexpr std::int64_t log2_32(std::uint64_t x) {
  const int whole = 63 - std::countl_zero(x);
  std::uint64_t mantissa = x << (63 - whole);  // 1 to 2, with 63 digits after the point
  std::int64_t result = static_cast<std::int64_t>(whole) << 32;
  for (int bit = 31; bit >= 0; --bit) {
    const detail::u128 square = static_cast<detail::u128>(mantissa) * mantissa;
    const bool carries = (square >> 127) != 0;
    mantissa = static_cast<std::uint64_t>(carries ? square >> 64 : square >> 63);
    if (carries) result |= std::int64_t{1} << bit;
  }
  return result;
}

// The whole square root, rounded down.
[[nodiscard]] constexpr std::uint64_t root(detail::u128 x) {
  detail::u128 low = 0, high = static_cast<detail::u128>(1) << 64;
  while (high - low > 1) {
    const detail::u128 middle = low + (high - low) / 2;
    if (middle * middle <= x)
      low = middle;
    else
      high = middle;
  }
  return static_cast<std::uint64_t>(low);
}

// 2^(2^-1), 2^(2^-2), ... with 62 digits after the point: each the root of the one before.
struct RootsOfTwo {
  std::uint64_t values[32] = {};
  constexpr RootsOfTwo() {
    detail::u128 factor = static_cast<detail::u128>(1) << 63;
    for (auto& value : values) {
      value = root(factor << 62);
      factor = value;
    }
  }
};
inline constexpr RootsOfTwo kRootsOfTwo;

// 2^x, both times 2^32: zero below -32, the largest below 2^30 from there on.
[[nodiscard]] constexpr std::int64_t exp2_32(std::int64_t x) {
  const std::int64_t whole = x >> 32;
  if (whole < -32) return 0;
  if (whole >= 30) return (std::int64_t{1} << 62) - 1;
  detail::u128 result = static_cast<detail::u128>(1) << 62;
  for (int i = 0; i < 32; ++i)
    if ((x >> (31 - i) & 1) != 0) result = (result * kRootsOfTwo.values[i]) >> 62;
  return static_cast<std::int64_t>(result >> static_cast<int>(30 - whole));
}

}  // namespace keel::sim_detail
