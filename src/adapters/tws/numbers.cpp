#include "adapters/tws/numbers.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include <keel/core/decimal.hpp>

namespace keel::tws {

namespace {

constexpr std::int64_t kPowers[] = {1,       10,        100,        1'000,       10'000,
                                    100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// The common form: sign, up to 18 digits in all, a point, no exponent, within `digits` decimals.
bool parse_plain(std::string_view text, int digits, std::int64_t& raw) {
  std::size_t at = text[0] == '-' ? 1 : 0;
  std::int64_t value = 0;
  int count = 0, decimals = -1;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && decimals < 0) {
      decimals = 0;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      ++count;
      if (decimals >= 0) ++decimals;
      if (count > 17 || decimals > digits) return false;
    } else {
      return false;
    }
  }
  if (count == 0) return false;
  if (__builtin_mul_overflow(value, kPowers[digits - (decimals < 0 ? 0 : decimals)], &raw))
    return false;
  if (text[0] == '-') raw = -raw;
  return true;
}

}  // namespace

Parsed parse_decimal_nearest(std::string_view text, int digits, std::int64_t& raw) {
  if (text.empty()) return Parsed::kUnset;
  if (parse_plain(text, digits, raw)) return Parsed::kValue;
  if (text.size() > 64) return Parsed::kBad;
  // Not set, as one client writes its largest decimal.
  if (text == "170141183460469231731687303715884105727") return Parsed::kUnset;
  if (auto exact = detail::parse_decimal64(text, digits)) {
    raw = *exact;
    return Parsed::kValue;
  }
  double value = 0;
  if (parse_double(text, value) == Parsed::kBad) return Parsed::kBad;
  return decimal_nearest(value, digits, raw);
}

Parsed decimal_nearest(double value, int digits, std::int64_t& raw) {
  if (value == std::numeric_limits<double>::max()) return Parsed::kUnset;
  auto nearest = detail::decimal_from_double(value, digits);
  if (!nearest) return Parsed::kBad;
  raw = *nearest;
  return Parsed::kValue;
}

Parsed parse_integer(std::string_view text, std::int64_t& value) {
  if (text.empty()) return Parsed::kUnset;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{}) return Parsed::kBad;
  if (at == end) return Parsed::kValue;
  // "100.0": a whole number written as a decimal.
  std::int64_t whole = 0;
  const auto parsed = parse_decimal_nearest(text, 2, whole);
  if (parsed != Parsed::kValue || whole % 100 != 0) return Parsed::kBad;
  value = whole / 100;
  return Parsed::kValue;
}

Parsed parse_double(std::string_view text, double& value) {
  if (text.empty()) return Parsed::kUnset;
  if (text == "Infinity" || text == "Infinite" || text == "inf") {
    value = std::numeric_limits<double>::infinity();
    return Parsed::kValue;
  }
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end || std::isnan(value)) return Parsed::kBad;
  return value == std::numeric_limits<double>::max() ? Parsed::kUnset : Parsed::kValue;
}

double to_double(std::int64_t raw, int digits) {
  return static_cast<double>(raw) / static_cast<double>(kPowers[digits]);
}

void append_integer(std::string& out, std::int64_t value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

void append_decimal(std::string& out, std::int64_t raw, int digits) {
  char text[32];
  char* at = text;
  auto left = static_cast<std::uint64_t>(raw);
  if (raw < 0) {
    *at++ = '-';
    left = 0 - left;
  }
  const auto scale = static_cast<std::uint64_t>(kPowers[digits]);
  at = std::to_chars(at, text + sizeof text, left / scale).ptr;
  if (std::uint64_t rest = left % scale; rest != 0) {
    *at++ = '.';
    for (std::uint64_t power = scale / 10; rest != 0; power /= 10) {
      *at++ = static_cast<char>('0' + rest / power);
      rest %= power;
    }
  }
  out.append(text, at);
}

void append_double(std::string& out, double value) {
  if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

}  // namespace keel::tws
