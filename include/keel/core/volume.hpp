// Volume: an exact sum of quantities (bar volume, turnover in units, open interest, cumulative
// quantity): 128 bits, 8 digits, so that a day of the cheapest token fits.
#pragma once

#include <keel/core/decimal.hpp>

namespace keel {

class Volume {
 public:
  static constexpr int kDigits = Quantity::kDigits;

  Volume() = default;
  constexpr Volume(Quantity quantity) : raw_(Int128::from(quantity.raw())) {}
  [[nodiscard]] static constexpr Volume from_raw(Int128 raw) { return Volume{raw}; }
  [[nodiscard]] constexpr Int128 raw() const { return raw_; }

  // Errors as Decimal::parse.
  [[nodiscard]] static Result<Volume> parse(std::string_view text) {
    auto raw = detail::parse_decimal(text, kDigits);
    if (!raw) return std::move(raw).error();
    return Volume{*raw};
  }
  [[nodiscard]] std::string to_text() const { return detail::decimal_text(raw_, kDigits); }
  [[nodiscard]] double to_double() const { return detail::decimal_to_double(raw_, kDigits); }
  [[nodiscard]] constexpr bool is_zero() const { return raw_ == Int128{}; }

  friend constexpr bool operator==(Volume, Volume) = default;
  friend constexpr auto operator<=>(Volume a, Volume b) { return a.raw_ <=> b.raw_; }
  friend constexpr Volume operator+(Volume a, Volume b) {
    detail::i128 sum{};
    KEEL_ASSERT(!__builtin_add_overflow(a.raw_.wide(), b.raw_.wide(), &sum), "volume overflow");
    return Volume{Int128::from(sum)};
  }
  friend constexpr Volume operator-(Volume a, Volume b) {
    detail::i128 rest{};
    KEEL_ASSERT(!__builtin_sub_overflow(a.raw_.wide(), b.raw_.wide(), &rest), "volume overflow");
    return Volume{Int128::from(rest)};
  }
  constexpr Volume& operator+=(Volume other) { return *this = *this + other; }
  constexpr Volume& operator-=(Volume other) { return *this = *this - other; }

 private:
  explicit constexpr Volume(Int128 raw) : raw_(raw) {}
  Int128 raw_;
};

}  // namespace keel
