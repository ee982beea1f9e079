#include <keel/core/money.hpp>

#include <cmath>

namespace keel {

namespace detail {

namespace {

struct U256 {
  u128 high, low;
};

U256 multiply(u128 a, u128 b) {
  const u128 mask = ~std::uint64_t{0};
  const u128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
  const u128 low = a0 * b0, mid1 = a1 * b0, mid2 = a0 * b1;
  const u128 carry = (low >> 64) + (mid1 & mask) + (mid2 & mask);
  return {a1 * b1 + (mid1 >> 64) + (mid2 >> 64) + (carry >> 64), (carry << 64) | (low & mask)};
}

// Quotient and remainder; the caller has seen that the quotient fits (high < divisor).
u128 divide(U256 value, u128 divisor, u128& remainder) {
  if (value.high == 0) {
    remainder = value.low % divisor;
    return value.low / divisor;
  }
  u128 rest = value.high, quotient = 0;
  for (int bit = 127; bit >= 0; --bit) {
    const bool top = (rest >> 127) != 0;
    rest = (rest << 1) | ((value.low >> bit) & 1u);
    quotient <<= 1;
    if (top || rest >= divisor) {
      rest -= divisor;
      quotient |= 1u;
    }
  }
  remainder = rest;
  return quotient;
}

u128 magnitude(i128 value) {
  return value < 0 ? ~static_cast<u128>(value) + 1 : static_cast<u128>(value);
}

bool rounds_away(Rounding rounding, bool negative, u128 quotient, u128 remainder, u128 divisor) {
  if (remainder == 0) return false;
  // Compare the remainder with half without doubling it (which could overflow).
  const u128 other = divisor - remainder;
  switch (rounding) {
    case Rounding::kHalfEven:
      return remainder > other || (remainder == other && (quotient & 1u) != 0);
    case Rounding::kHalfUp: return remainder >= other;
    case Rounding::kTowardZero: return false;
    case Rounding::kAwayFromZero: return true;
    case Rounding::kFloor: return negative;
    case Rounding::kCeiling: return !negative;
  }
  return false;
}

}  // namespace

std::optional<Int128> multiply_divide(Int128 a, Int128 b, Int128 c, Rounding rounding) {
  const i128 wa = a.wide(), wb = b.wide(), wc = c.wide();
  if (wc == 0) return std::nullopt;
  const bool negative = ((wa < 0) != (wb < 0)) != (wc < 0);
  const U256 product = multiply(magnitude(wa), magnitude(wb));
  const u128 divisor = magnitude(wc);
  if (product.high >= divisor) return std::nullopt;
  u128 remainder{};
  u128 quotient = divide(product, divisor, remainder);
  if (rounds_away(rounding, negative, quotient, remainder, divisor)) {
    if (++quotient == 0) return std::nullopt;
  }
  const u128 limit = (u128{1} << 127) - (negative ? 0 : 1);
  if (quotient > limit) return std::nullopt;
  return Int128::from(static_cast<i128>(negative ? ~quotient + 1 : quotient));
}

}  // namespace detail

Result<Money> Money::parse(std::string_view text, Currency currency) {
  auto raw = detail::parse_decimal(text, kDigits);
  if (!raw) return std::move(raw).error();
  return Money{*raw, currency};
}

Result<Money> Money::nearest(double amount, Currency currency) {
  const int digits = currency.minor_digits();
  auto raw = detail::decimal_from_double(amount, digits);
  if (!raw) return std::move(raw).error();
  return Money{Int128::from(static_cast<detail::i128>(*raw) * detail::pow10_64(kDigits - digits)),
               currency};
}

std::string Money::to_text() const {
  std::string text = amount_text();
  if (!currency_.empty()) {
    text += ' ';
    text += currency_.code();
  }
  return text;
}

std::optional<Money> Money::scaled(std::int64_t numerator, std::int64_t denominator,
                                   Rounding rounding) const {
  const auto raw =
      detail::multiply_divide(raw_, Int128::from(numerator), Int128::from(denominator), rounding);
  if (!raw) return std::nullopt;
  return Money{*raw, currency_};
}

Money Money::rounded(int digits, Rounding rounding) const {
  KEEL_ASSERT(digits >= 0 && digits <= kDigits, "digits out of range");
  const Int128 unit = Int128::from(detail::pow10_64(kDigits - digits));
  const auto units = detail::multiply_divide(raw_, Int128::from(1), unit, rounding);
  detail::i128 raw{};
  KEEL_ASSERT(units && !__builtin_mul_overflow(units->wide(), unit.wide(), &raw), "money overflow");
  return {Int128::from(raw), currency_};
}

}  // namespace keel
