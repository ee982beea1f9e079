// Expected failures: what went wrong, in which field, with which value, against which rule.
#pragma once

#include <string>
#include <string_view>

namespace keel {

// A stable name such as "core.decimal_digits". Never changes once released; docs/errors.md lists
// every one, and a test keeps that list true.
struct ErrorCode {
  std::string_view text;
  friend constexpr bool operator==(ErrorCode, ErrorCode) = default;
};

struct Error {
  ErrorCode code;
  std::string field;  // what was being read: "price", "limits.max_notional"
  std::string value;  // what was found there; never a secret
  std::string rule;   // what was expected, with the limit: "at most 9 decimals"
  std::string where;  // file and line, journal sequence, peer; may be empty

  // "trades.csv:17: price: '1.0000000001': at most 9 decimals [core.decimal_digits]"
  [[nodiscard]] std::string message() const;

  // The same error with its place, or its field, filled in by who knows it.
  [[nodiscard]] Error at(std::string place) const& {
    return Error{*this}.at(static_cast<std::string&&>(place));
  }
  [[nodiscard]] Error in_field(std::string name) const& {
    return Error{*this}.in_field(static_cast<std::string&&>(name));
  }
  [[nodiscard]] Error&& at(std::string place) && {
    where = static_cast<std::string&&>(place);
    return static_cast<Error&&>(*this);
  }
  [[nodiscard]] Error&& in_field(std::string name) && {
    field = static_cast<std::string&&>(name);
    return static_cast<Error&&>(*this);
  }
};

namespace core_errors {
inline constexpr ErrorCode kDecimalSyntax{"core.decimal_syntax"};
inline constexpr ErrorCode kDecimalDigits{"core.decimal_digits"};
inline constexpr ErrorCode kDecimalRange{"core.decimal_range"};
inline constexpr ErrorCode kNotFinite{"core.not_finite"};
inline constexpr ErrorCode kTextTooLong{"core.text_too_long"};
inline constexpr ErrorCode kTimeSyntax{"core.time_syntax"};
inline constexpr ErrorCode kTimeRange{"core.time_range"};
inline constexpr ErrorCode kCurrencySyntax{"core.currency_syntax"};
inline constexpr ErrorCode kUnknownName{"core.unknown_name"};
inline constexpr ErrorCode kStateFormat{"core.state_format"};
}  // namespace core_errors

}  // namespace keel
