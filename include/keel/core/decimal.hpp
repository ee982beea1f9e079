// Exact decimals in 64 bits: Price (9 digits), Quantity (8 digits), Rate (9 digits).
//
// Distinct types: a price plus a quantity does not compile. Arithmetic is exact; overflow is a
// failed assert, or nullopt from the checked functions. Nothing is rounded except by
// `nearest`, which says so in its name. Default construction leaves the value unset, `T{}` is zero;
// "no price" is std::optional<Price>, never a magic number. Negative prices are legal.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <keel/core/assert.hpp>
#include <keel/core/int128.hpp>
#include <keel/core/result.hpp>

namespace keel {

namespace detail {

constexpr std::int64_t pow10_64(int exponent) {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Exact: "12.50", "-3", "+3", ".5", "1e-8", trailing zeros beyond `digits` allowed. No blanks, no
// digit groups, no "nan", no "inf", no "0x".
Result<Int128> parse_decimal(std::string_view text, int digits);
// As parse_decimal, within 64 bits.
Result<std::int64_t> parse_decimal64(std::string_view text, int digits);
// The decimal nearest to the exact value of the double (ties to even); not finite or out of range
// is an error.
Result<std::int64_t> decimal_from_double(double value, int digits);
// Shortest exact text: no trailing zeros, no exponent.
std::string decimal_text(Int128 raw, int digits);
double decimal_to_double(Int128 raw, int digits);

}  // namespace detail

template <class Tag, int Digits>
class Decimal {
 public:
  static constexpr int kDigits = Digits;
  static constexpr std::int64_t kScale = detail::pow10_64(Digits);

  Decimal() = default;

  [[nodiscard]] static constexpr Decimal from_raw(std::int64_t raw) { return Decimal{raw}; }
  static Decimal from_raw(detail::NotACount auto raw) = delete;
  [[nodiscard]] constexpr std::int64_t raw() const { return raw_; }

  // Exact text to value. Errors: core.decimal_syntax, core.decimal_digits, core.decimal_range.
  [[nodiscard]] static Result<Decimal> parse(std::string_view text) {
    auto raw = detail::parse_decimal64(text, Digits);
    if (!raw) return std::move(raw).error();
    return Decimal{*raw};
  }
  // The nearest decimal, ties to even. Errors: core.not_finite, core.decimal_range.
  [[nodiscard]] static Result<Decimal> nearest(double value) {
    auto raw = detail::decimal_from_double(value, Digits);
    if (!raw) return std::move(raw).error();
    return Decimal{*raw};
  }
  // A whole number of units; asserts that it fits.
  [[nodiscard]] static constexpr Decimal whole(std::int64_t units) {
    std::int64_t raw{};
    KEEL_ASSERT(!__builtin_mul_overflow(units, kScale, &raw), "decimal overflow");
    return Decimal{raw};
  }
  static Decimal whole(detail::NotACount auto units) = delete;
  [[nodiscard]] static constexpr Decimal zero() { return Decimal{0}; }
  [[nodiscard]] static constexpr Decimal max() {
    return Decimal{std::numeric_limits<std::int64_t>::max()};
  }
  [[nodiscard]] static constexpr Decimal min() {
    return Decimal{std::numeric_limits<std::int64_t>::min()};
  }

  // The nearest double (for indicators, statistics and pictures; never for decisions about money).
  // Every raw value below 2^53 converts with one rounding.
  [[nodiscard]] constexpr double to_double() const {
    return static_cast<double>(raw_) / static_cast<double>(kScale);
  }
  [[nodiscard]] std::string to_text() const {
    return detail::decimal_text(Int128::from(raw_), Digits);
  }

  [[nodiscard]] constexpr bool is_zero() const { return raw_ == 0; }
  [[nodiscard]] constexpr bool is_positive() const { return raw_ > 0; }
  [[nodiscard]] constexpr bool is_negative() const { return raw_ < 0; }

  friend constexpr bool operator==(Decimal, Decimal) = default;
  friend constexpr auto operator<=>(Decimal, Decimal) = default;

  friend constexpr std::optional<Decimal> checked_add(Decimal a, Decimal b) {
    std::int64_t raw{};
    if (__builtin_add_overflow(a.raw_, b.raw_, &raw)) return std::nullopt;
    return Decimal{raw};
  }
  friend constexpr std::optional<Decimal> checked_subtract(Decimal a, Decimal b) {
    std::int64_t raw{};
    if (__builtin_sub_overflow(a.raw_, b.raw_, &raw)) return std::nullopt;
    return Decimal{raw};
  }
  friend constexpr std::optional<Decimal> checked_multiply(Decimal a, std::int64_t times) {
    std::int64_t raw{};
    if (__builtin_mul_overflow(a.raw_, times, &raw)) return std::nullopt;
    return Decimal{raw};
  }

  friend constexpr Decimal operator+(Decimal a, Decimal b) {
    std::int64_t raw{};
    KEEL_ASSERT(!__builtin_add_overflow(a.raw_, b.raw_, &raw), "decimal overflow");
    return Decimal{raw};
  }
  friend constexpr Decimal operator-(Decimal a, Decimal b) {
    std::int64_t raw{};
    KEEL_ASSERT(!__builtin_sub_overflow(a.raw_, b.raw_, &raw), "decimal overflow");
    return Decimal{raw};
  }
  friend constexpr Decimal operator-(Decimal a) { return Decimal{0} - a; }
  friend constexpr Decimal operator*(Decimal a, std::int64_t times) {
    std::int64_t raw{};
    KEEL_ASSERT(!__builtin_mul_overflow(a.raw_, times, &raw), "decimal overflow");
    return Decimal{raw};
  }
  friend constexpr Decimal operator*(std::int64_t times, Decimal a) { return a * times; }
  friend Decimal operator*(Decimal a, detail::NotACount auto times) = delete;
  friend Decimal operator*(detail::NotACount auto times, Decimal a) = delete;
  constexpr Decimal& operator+=(Decimal other) { return *this = *this + other; }
  constexpr Decimal& operator-=(Decimal other) { return *this = *this - other; }

  [[nodiscard]] friend constexpr Decimal abs(Decimal a) { return a.raw_ < 0 ? -a : a; }

  // Whether this is a whole multiple of a positive increment.
  [[nodiscard]] constexpr bool is_multiple_of(Decimal increment) const {
    return increment.raw_ > 0 && raw_ % increment.raw_ == 0;
  }
  // Named roundings to a positive increment, for code that decides a price or a size.
  [[nodiscard]] constexpr Decimal floor_to(Decimal increment) const {
    KEEL_ASSERT(increment.raw_ > 0, "increment must be positive");
    std::int64_t rest = raw_ % increment.raw_;
    if (rest < 0) rest += increment.raw_;
    return Decimal{raw_} - Decimal{rest};
  }
  [[nodiscard]] constexpr Decimal ceil_to(Decimal increment) const {
    const Decimal down = floor_to(increment);
    return down.raw_ == raw_ ? down : down + increment;
  }
  // Towards zero.
  [[nodiscard]] constexpr Decimal trunc_to(Decimal increment) const {
    KEEL_ASSERT(increment.raw_ > 0, "increment must be positive");
    return Decimal{raw_ - raw_ % increment.raw_};
  }

 private:
  explicit constexpr Decimal(std::int64_t raw) : raw_(raw) {}
  std::int64_t raw_;
};

// A price in the instrument's quote currency, 1e-9 of a unit; up to 9.2e9.
using Price = Decimal<struct PriceTag, 9>;
// A size in the instrument's unit, 1e-8 of a unit; up to 9.2e10.
using Quantity = Decimal<struct QuantityTag, 8>;
// A dimensionless ratio (fee rate, margin rate, percentage as a fraction), 1e-9.
using Rate = Decimal<struct RateTag, 9>;

static_assert(sizeof(Price) == 8 && sizeof(Quantity) == 8);

namespace detail {

// Text of a literal to a raw value; a bad literal stops the compiler here.
consteval std::int64_t literal_raw(const char* text, int digits) {
  detail::i128 value = 0;
  int decimals = -1;
  for (const char* c = text; *c != '\0'; ++c) {
    if (*c == '\'') continue;
    if (*c == '.') {
      if (decimals >= 0) throw "two decimal points";
      decimals = 0;
      continue;
    }
    if (*c < '0' || *c > '9') throw "a decimal literal has digits and one point";
    if (decimals >= digits) {
      if (*c != '0') throw "too many decimals for this type";
      continue;
    }
    value = value * 10 + (*c - '0');
    if (decimals >= 0) ++decimals;
    if (value > std::numeric_limits<std::int64_t>::max()) throw "literal too large";
  }
  for (int i = decimals < 0 ? 0 : decimals; i < digits; ++i) {
    value *= 10;
    if (value > std::numeric_limits<std::int64_t>::max()) throw "literal too large";
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace detail

inline namespace literals {
consteval Price operator""_px(const char* text) {
  return Price::from_raw(detail::literal_raw(text, Price::kDigits));
}
consteval Quantity operator""_qty(const char* text) {
  return Quantity::from_raw(detail::literal_raw(text, Quantity::kDigits));
}
consteval Rate operator""_rate(const char* text) {
  return Rate::from_raw(detail::literal_raw(text, Rate::kDigits));
}
}  // namespace literals

}  // namespace keel
