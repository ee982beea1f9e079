// Sums of raw 128-bit amounts that fail loudly where they do not fit.
#pragma once

#include <keel/core/assert.hpp>
#include <keel/core/int128.hpp>
#include <keel/core/money.hpp>

namespace keel::detail {

inline i128 plus(i128 a, i128 b) {
  i128 sum{};
  KEEL_ASSERT(!__builtin_add_overflow(a, b, &sum), "money overflow");
  return sum;
}
inline i128 minus(i128 a, i128 b) {
  i128 rest{};
  KEEL_ASSERT(!__builtin_sub_overflow(a, b, &rest), "money overflow");
  return rest;
}
inline void add_to(Int128& sum, Int128 amount) {
  sum = Int128::from(plus(sum.wide(), amount.wide()));
}
inline void subtract_from(Int128& sum, Int128 amount) {
  sum = Int128::from(minus(sum.wide(), amount.wide()));
}
inline Int128 negated(Int128 amount) { return Int128::from(minus(0, amount.wide())); }
inline void add_to(Money& sum, Int128 amount) {
  sum.set_raw(Int128::from(plus(sum.raw().wide(), amount.wide())));
}
inline Money plus(const Money& money, Int128 amount) {
  return {Int128::from(plus(money.raw().wide(), amount.wide())), money.currency()};
}

inline int bits(u128 value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 128 - __builtin_clzll(high)
                   : 64 - (value == 0 ? 64 : __builtin_clzll(static_cast<std::uint64_t>(value)));
}

// amount x numerator / denominator (both above zero), half even: multiply_divide without its 256
// bits where 128 are enough. nullopt: does not fit.
inline std::optional<Int128> scaled(Int128 amount, std::int64_t numerator,
                                    std::int64_t denominator) {
  const bool negative = amount.high < 0;
  const auto wide = static_cast<u128>(amount.wide());
  const u128 size = negative ? ~wide + 1 : wide;
  const auto times = static_cast<std::uint64_t>(numerator);
  const auto by = static_cast<std::uint64_t>(denominator);
  if (bits(size) + bits(times) > 126) [[unlikely]]
    return multiply_divide(amount, Int128::from(numerator), Int128::from(denominator),
                           Rounding::kHalfEven);
  const u128 product = size * times;
  u128 quotient = product / by;
  const auto twice = static_cast<std::uint64_t>(product - quotient * by) * 2;
  if (twice > by || (twice == by && (quotient & 1u) != 0)) ++quotient;
  return Int128::from(static_cast<i128>(negative ? ~quotient + 1 : quotient));
}

}  // namespace keel::detail
