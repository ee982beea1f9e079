// Money: an exact amount of one currency, 128 bits and 18 digits, up to 1.7e20.
//
// Price x Quantity is exact and needs no division. Adding two currencies is a failed assert:
// convert first, by a rate that you can name. Every rounding is asked for by name.
#pragma once

#include <keel/core/currency.hpp>
#include <keel/core/decimal.hpp>

namespace keel {

// How a division or a cut to fewer digits rounds.
enum class Rounding : std::uint8_t {
  kHalfEven,    // to nearest, ties to the even digit (accounting default)
  kHalfUp,      // to nearest, ties away from zero
  kTowardZero,  // cut
  kAwayFromZero,
  kFloor,    // towards minus infinity
  kCeiling,  // towards plus infinity
};

namespace detail {
// a * b / c with a 256-bit intermediate; nullopt where the result does not fit or c is zero.
std::optional<Int128> multiply_divide(Int128 a, Int128 b, Int128 c, Rounding rounding);
}  // namespace detail

class Money {
 public:
  static constexpr int kDigits = 18;

  Money() = default;  // unset; Money{} is zero of no currency
  constexpr Money(Int128 raw, Currency currency) : raw_(raw), currency_(currency) {}

  [[nodiscard]] static constexpr Money zero(Currency currency) { return {Int128{}, currency}; }

  // Exact text to value. Errors as Decimal::parse.
  [[nodiscard]] static Result<Money> parse(std::string_view text, Currency currency);
  // The nearest amount at the currency's minor digits. Errors: core.not_finite, core.decimal_range.
  [[nodiscard]] static Result<Money> nearest(double amount, Currency currency);
  [[nodiscard]] static constexpr Money whole(std::int64_t units, Currency currency) {
    return {Int128::from(static_cast<detail::i128>(units) * detail::pow10_64(kDigits)), currency};
  }
  static Money whole(detail::NotACount auto units, Currency currency) = delete;

  // price x quantity, exact: 1e-9 x 1e-8 = 1e-17, times ten. The product of two 64-bit numbers
  // always fits 127 bits; the factor of ten may not, and that is a failed assert.
  [[nodiscard]] static constexpr Money product(Price price, Quantity quantity, Currency currency) {
    detail::i128 raw = static_cast<detail::i128>(price.raw()) * quantity.raw();
    KEEL_ASSERT(!__builtin_mul_overflow(raw, static_cast<detail::i128>(10), &raw),
                "money overflow");
    return {Int128::from(raw), currency};
  }

  [[nodiscard]] constexpr Int128 raw() const { return raw_; }
  // Another amount of the same currency, in place: for sums that are kept on a hot path.
  constexpr void set_raw(Int128 raw) { raw_ = raw; }
  [[nodiscard]] constexpr const Currency& currency() const { return currency_; }
  [[nodiscard]] double to_double() const { return detail::decimal_to_double(raw_, kDigits); }
  // "1234.5" (amount only); "1234.5 USD".
  [[nodiscard]] std::string amount_text() const { return detail::decimal_text(raw_, kDigits); }
  [[nodiscard]] std::string to_text() const;

  [[nodiscard]] constexpr bool is_zero() const { return raw_ == Int128{}; }
  [[nodiscard]] constexpr bool is_negative() const { return raw_.high < 0; }
  [[nodiscard]] constexpr bool is_positive() const { return !is_negative() && !is_zero(); }

  // amount x numerator / denominator, rounded once at 18 digits by the named rule.
  // nullopt: overflow or a zero denominator.
  [[nodiscard]] std::optional<Money> scaled(std::int64_t numerator, std::int64_t denominator,
                                            Rounding rounding) const;
  // amount x rate, rounded at 18 digits. nullopt: overflow.
  [[nodiscard]] std::optional<Money> times(Rate rate, Rounding rounding) const {
    return scaled(rate.raw(), Rate::kScale, rounding);
  }
  // Cut to fewer digits (0 to 18).
  [[nodiscard]] Money rounded(int digits, Rounding rounding) const;
  [[nodiscard]] Money rounded_to_minor(Rounding rounding) const {
    return rounded(currency_.minor_digits(), rounding);
  }

  friend constexpr bool operator==(const Money&, const Money&) = default;
  friend constexpr std::strong_ordering operator<=>(const Money& a, const Money& b) {
    same_currency(a, b);
    return a.raw_ <=> b.raw_;
  }
  friend constexpr std::optional<Money> checked_add(const Money& a, const Money& b) {
    detail::i128 sum{};
    if (!(a.currency_ == b.currency_)) return std::nullopt;
    if (__builtin_add_overflow(a.raw_.wide(), b.raw_.wide(), &sum)) return std::nullopt;
    return Money{Int128::from(sum), a.currency_};
  }
  friend constexpr Money operator+(const Money& a, const Money& b) {
    same_currency(a, b);
    detail::i128 sum{};
    KEEL_ASSERT(!__builtin_add_overflow(a.raw_.wide(), b.raw_.wide(), &sum), "money overflow");
    return {Int128::from(sum), a.currency_};
  }
  friend constexpr Money operator-(const Money& a, const Money& b) {
    same_currency(a, b);
    detail::i128 rest{};
    KEEL_ASSERT(!__builtin_sub_overflow(a.raw_.wide(), b.raw_.wide(), &rest), "money overflow");
    return {Int128::from(rest), a.currency_};
  }
  friend constexpr Money operator-(const Money& a) { return zero(a.currency_) - a; }
  friend constexpr Money operator*(const Money& a, std::int64_t times) {
    detail::i128 raw{};
    KEEL_ASSERT(!__builtin_mul_overflow(a.raw_.wide(), static_cast<detail::i128>(times), &raw),
                "money overflow");
    return {Int128::from(raw), a.currency_};
  }
  friend Money operator*(const Money& a, detail::NotACount auto times) = delete;
  constexpr Money& operator+=(const Money& other) { return *this = *this + other; }
  constexpr Money& operator-=(const Money& other) { return *this = *this - other; }
  [[nodiscard]] friend constexpr Money abs(const Money& a) { return a.is_negative() ? -a : a; }

 private:
  static constexpr void same_currency(const Money& a, const Money& b) {
    KEEL_ASSERT(a.currency_ == b.currency_, "two currencies in one sum");
  }
  Int128 raw_;
  Currency currency_;
};

static_assert(sizeof(Money) == 32);

}  // namespace keel
