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
inline Money plus(const Money& money, Int128 amount) {
  return {Int128::from(plus(money.raw().wide(), amount.wide())), money.currency()};
}

}  // namespace keel::detail
