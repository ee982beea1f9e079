// Exact comparisons and sums of money inside decisions: 128 bits in, never a rounding that helps
// the order, never a wrap. What does not fit says so.
#pragma once

#include <cstdint>
#include <optional>

#include <keel/core/int128.hpp>
#include <keel/model/approved.hpp>

namespace keel::risk_detail {

using detail::i128;
using detail::u128;

[[nodiscard]] constexpr u128 magnitude(i128 value) {
  return value < 0 ? ~static_cast<u128>(value) + 1 : static_cast<u128>(value);
}

// a x  <=  b y, in 192 bits.
[[nodiscard]] constexpr bool product_at_most(u128 a, std::uint64_t x, u128 b, std::uint64_t y) {
  // Up to 2e10 units of money and eight times: the products fit 127 bits.
  if (((a | b) >> 94) == 0 && ((x | y) >> 33) == 0) [[likely]]
    return a * x <= b * y;
  struct U192 {
    u128 high;
    std::uint64_t low;
  };
  const auto multiply = [](u128 wide, std::uint64_t narrow) {
    const u128 low = static_cast<u128>(static_cast<std::uint64_t>(wide)) * narrow;
    return U192{(wide >> 64) * narrow + (low >> 64), static_cast<std::uint64_t>(low)};
  };
  const U192 left = multiply(a, x), right = multiply(b, y);
  return left.high != right.high ? left.high < right.high : left.low <= right.low;
}

// ceil(value x numerator / denominator) of values that are not negative. nullopt: does not fit.
[[nodiscard]] inline std::optional<i128> scale_up(i128 value, std::int64_t numerator,
                                                  std::int64_t denominator) {
  i128 product{};
  if (!__builtin_mul_overflow(value, static_cast<i128>(numerator), &product)) [[likely]] {
    // The quotient rounds up: a need is never told too small.
    const u128 wide = static_cast<u128>(product), by = static_cast<u128>(denominator);
    return static_cast<i128>((wide + (by - 1)) / by);
  }
  const auto raw = detail::multiply_divide(Int128::from(value), Int128::from(numerator),
                                           Int128::from(denominator), Rounding::kCeiling);
  if (!raw) return std::nullopt;
  return raw->wide();
}

// A sum that remembers that it did not fit.
struct Sum {
  i128 value;
  bool overflowed;

  constexpr Sum& add(i128 other) {
    overflowed |= __builtin_add_overflow(value, other, &value);
    return *this;
  }
  constexpr Sum& subtract(i128 other) {
    overflowed |= __builtin_sub_overflow(value, other, &value);
    return *this;
  }
};

// A rule answers true where it denies, and only then writes why: passing costs no memory. This is
// always true.
inline bool deny(Denial& why, Reason reason, i128 value = 0, i128 limit = 0) {
  why = {reason, Int128::from(value), Int128::from(limit)};
  return true;
}

}  // namespace keel::risk_detail
