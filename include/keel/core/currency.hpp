// Currency: a code of 1 to 15 characters (ISO 4217 "USD", crypto "USDT", "1000SATS"), by value.
#pragma once

#include <cstdint>

#include <keel/core/text.hpp>

namespace keel {

class Currency {
 public:
  Currency() = default;  // empty: no currency

  template <std::size_t M>
  consteval Currency(const char (&literal)[M]) : code_(literal) {
    static_assert(M > 1, "a currency has a code");
    for (std::size_t i = 0; i + 1 < M; ++i)
      if (!allowed(literal[i])) throw "a currency code is upper-case letters, digits, dot or minus";
  }

  // Errors: core.currency_syntax, core.text_too_long.
  [[nodiscard]] static Result<Currency> parse(std::string_view code);

  [[nodiscard]] constexpr std::string_view code() const { return code_.view(); }
  [[nodiscard]] constexpr bool empty() const { return code_.empty(); }

  // Decimals in which amounts are settled: ISO 4217 (USD 2, JPY 0, BHD 3); 8 for every other code.
  [[nodiscard]] int minor_digits() const;

  friend constexpr bool operator==(const Currency&, const Currency&) = default;
  friend constexpr auto operator<=>(const Currency&, const Currency&) = default;

 private:
  static constexpr bool allowed(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  }
  FixedText<16> code_;
};

static_assert(sizeof(Currency) == 16);

}  // namespace keel
