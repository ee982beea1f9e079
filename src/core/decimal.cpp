#include <keel/core/decimal.hpp>

#include <cmath>
#include <cstdlib>

#include <keel/core/text.hpp>

namespace keel::detail {

namespace {

constexpr int kMaxExponent = 400;  // "1e400" is a range error, not a loop

Error decimal_error(ErrorCode code, std::string_view text, std::string rule) {
  return Error{code, {}, std::string{text.substr(0, 60)}, std::move(rule), {}};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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
  int held_zeros = 0;
  int point_shift = 0;  // decimals consumed into the mantissa
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
  int exponent = 0;
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
  if (mantissa == 0) {
    if (overflow) return range();
    return Int128{};
  }
  if (overflow) return range();

  // value = mantissa * 10^(held_zeros - point_shift + exponent); wanted at 10^-digits.
  int scale = held_zeros - point_shift + exponent + digits;
  for (; scale < 0 && mantissa % 10 == 0; ++scale) mantissa /= 10;
  if (scale < 0) {
    return decimal_error(core_errors::kDecimalDigits, text,
                         "at most " + std::to_string(digits) + " decimals");
  }
  for (; scale > 0; --scale)
    if (__builtin_mul_overflow(mantissa, u128{10}, &mantissa)) return range();
  if (mantissa > (u128{1} << 127) - 1) return range();
  const auto value = static_cast<i128>(mantissa);
  return Int128::from(negative ? -value : value);
}

Result<std::int64_t> parse_decimal64(std::string_view text, int digits) {
  auto wide = parse_decimal(text, digits);
  if (!wide) return std::move(wide).error();
  const i128 value = wide->wide();
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    const auto limit = decimal_text(Int128::from(std::numeric_limits<std::int64_t>::max()), digits);
    return decimal_error(core_errors::kDecimalRange, text, "between -" + limit + " and " + limit);
  }
  return static_cast<std::int64_t>(value);
}

Result<std::int64_t> decimal_from_double(double value, int digits) {
  if (!std::isfinite(value)) {
    return Error{
        core_errors::kNotFinite, {}, std::isnan(value) ? "nan" : "inf", "a finite number", {}};
  }
  // The product is not exact, so the result is the nearest decimal of the product; fma gives the
  // part that the product lost and settles which side of a tie it fell on.
  const double scale = static_cast<double>(pow10_64(digits));
  const double product = value * scale;
  if (!(std::fabs(product) < 9.2e18)) {
    return Error{
        core_errors::kDecimalRange,
        {},
        std::to_string(value),
        "a magnitude below " + decimal_text(Int128::from(i128{9'200'000'000'000'000'000}), digits),
        {}};
  }
  const double lost = std::fma(value, scale, -product);
  double whole = std::nearbyint(product);
  const double rest = (product - whole) + lost;
  if (rest > 0.5) whole += 1;
  if (rest < -0.5) whole -= 1;
  return static_cast<std::int64_t>(whole);
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
