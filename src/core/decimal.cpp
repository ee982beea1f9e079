#include <keel/core/decimal.hpp>

#include <cmath>
#include <cstdlib>

#include <keel/core/text.hpp>

namespace keel::detail {

namespace {

// Where a written exponent stops counting: beyond the length of any text, so that no number of
// digits before or after the point can bring the value back into range.
constexpr std::int64_t kMaxExponent = 1'000'000'000'000'000;

Error decimal_error(ErrorCode code, std::string_view text, std::string rule) {
  return Error{code, {}, std::string{text.substr(0, 60)}, std::move(rule), {}};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string range_rule(int digits) {
  using Limits = std::numeric_limits<std::int64_t>;
  return "between " + decimal_text(Int128::from(Limits::min()), digits) + " and " +
         decimal_text(Int128::from(Limits::max()), digits);
}

}  // namespace

Error text_too_long(std::string_view text, std::size_t limit) {
  return Error{core_errors::kTextTooLong,
               {},
               std::string{text.substr(0, 80)},
               "at most " + std::to_string(limit) + " characters",
               {}};
}

Result<Int128> parse_decimal(std::string_view text, int digits) {
  const auto syntax = [&] {
    return decimal_error(core_errors::kDecimalSyntax, text, "a decimal number such as -12.50");
  };
  std::size_t at = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) ++at;

  // Significant digits, skipping leading zeros; trailing zeros are held back until a digit follows,
  // so that "800.010000000000" needs no more room than "800.01".
  u128 mantissa = 0;
  std::int64_t held_zeros = 0;
  std::int64_t point_shift = 0;  // decimals consumed into the mantissa
  bool any_digit = false, in_fraction = false, overflow = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.') {
      if (in_fraction) return syntax();
      in_fraction = true;
      continue;
    }
    if (!is_digit(c)) break;
    any_digit = true;
    if (in_fraction) ++point_shift;
    if (c == '0') {
      ++held_zeros;
      continue;
    }
    if (mantissa != 0) {
      for (; held_zeros > 0 && !overflow; --held_zeros)
        overflow = __builtin_mul_overflow(mantissa, u128{10}, &mantissa);
    }
    held_zeros = 0;
    overflow = overflow || __builtin_mul_overflow(mantissa, u128{10}, &mantissa) ||
               __builtin_add_overflow(mantissa, static_cast<u128>(c - '0'), &mantissa);
  }
  if (!any_digit) return syntax();
  std::int64_t exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool minus = at < text.size() && text[at] == '-';
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t first = at;
    for (; at < text.size() && is_digit(text[at]); ++at)
      if (exponent < kMaxExponent) exponent = exponent * 10 + (text[at] - '0');
    if (at == first) return syntax();
    if (minus) exponent = -exponent;
  }
  if (at != text.size()) return syntax();
  const auto range = [&] {
    return decimal_error(core_errors::kDecimalRange, text, "too large for this field");
  };
  if (mantissa == 0 && !overflow) return Int128{};

  // value = mantissa * 10^(held_zeros - point_shift + exponent); wanted at 10^-digits. The last
  // digit of the mantissa is not zero, so a negative scale cannot be divided away.
  std::int64_t scale = held_zeros - point_shift + exponent + digits;
  if (scale < 0) {
    return decimal_error(core_errors::kDecimalDigits, text,
                         "at most " + std::to_string(digits) + " decimals");
  }
  if (overflow) return range();
  for (; scale > 0; --scale)
    if (__builtin_mul_overflow(mantissa, u128{10}, &mantissa)) return range();
  if (mantissa > (u128{1} << 127) - (negative ? 0 : 1)) return range();
  return Int128::from(static_cast<i128>(negative ? ~mantissa + 1 : mantissa));
}

Result<std::int64_t> parse_decimal64(std::string_view text, int digits) {
  auto wide = parse_decimal(text, digits);
  if (!wide) return std::move(wide).error();
  const i128 value = wide->wide();
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return decimal_error(core_errors::kDecimalRange, text, range_rule(digits));
  }
  return static_cast<std::int64_t>(value);
}

Result<std::int64_t> decimal_from_double(double value, int digits) {
  if (!std::isfinite(value)) {
    return Error{core_errors::kNotFinite,
                 {},
                 std::isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf"),
                 "a finite number",
                 {}};
  }
  const auto range = [&] {
    return Error{core_errors::kDecimalRange, {}, std::to_string(value), range_rule(digits), {}};
  };
  // In integers, because a product of doubles has lost what decides a tie:
  // |value| = mantissa x 2^exponent, and mantissa x 10^digits stays below 2^116.
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  const auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  u128 raw = static_cast<u128>(mantissa) * static_cast<u128>(pow10_64(digits));
  if (exponent >= 0) {
    if (raw != 0 && exponent >= 64) return range();
    for (; exponent > 0; --exponent)
      if (__builtin_mul_overflow(raw, u128{2}, &raw)) return range();
  } else if (exponent < -120) {
    raw = 0;  // below 2^-4
  } else {
    const u128 rest = raw & ((u128{1} << -exponent) - 1);
    const u128 half = u128{1} << (-exponent - 1);
    raw >>= -exponent;
    if (rest > half || (rest == half && (raw & 1u) != 0)) ++raw;
  }
  const bool negative = value < 0;
  if (raw > (u128{1} << 63) - (negative ? 0 : 1)) return range();
  const auto bits = static_cast<std::uint64_t>(raw);
  return static_cast<std::int64_t>(negative ? ~bits + 1 : bits);
}

std::string decimal_text(Int128 raw, int digits) {
  const i128 wide = raw.wide();
  u128 rest = wide < 0 ? ~static_cast<u128>(wide) + 1 : static_cast<u128>(wide);
  char buffer[48];
  char* end = buffer + sizeof buffer;
  char* at = end;
  bool trailing = true;
  for (int i = 0; i < digits; ++i) {
    const auto digit = static_cast<int>(rest % 10);
    rest /= 10;
    if (trailing && digit == 0) continue;
    trailing = false;
    *--at = static_cast<char>('0' + digit);
  }
  if (!trailing) *--at = '.';
  do {
    *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  if (wide < 0) *--at = '-';
  return {at, static_cast<std::size_t>(end - at)};
}

double decimal_to_double(Int128 raw, int digits) {
  // strtod rounds once; a product of two conversions would round twice.
  return std::strtod(decimal_text(raw, digits).c_str(), nullptr);
}

}  // namespace keel::detail
