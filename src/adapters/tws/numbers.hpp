// Decimal text and IEEE doubles to exact values and back, for the codec alone.
//
// The wire writes prices as Java's text of a double ("0.30000000000000004") or as a double: both
// are taken to the nearest value of the type, ties to even. That is the one rounding of the codec.
// A value that stands for "not set" (the largest double, the largest integer) is absent; one that
// does not fit is an error, never a wrapped or clamped number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keel::tws {

enum class Parsed : std::uint8_t { kValue = 1, kUnset = 2, kBad = 3 };

// "12.50", "-3", "1.0E-5", "1.7976931348623157E308" (unset); empty is unset.
Parsed parse_decimal_nearest(std::string_view text, int digits, std::int64_t& raw);
Parsed decimal_nearest(double value, int digits, std::int64_t& raw);
Parsed parse_integer(std::string_view text, std::int64_t& value);
// Also "Infinity" and "NaN" is bad.
Parsed parse_double(std::string_view text, double& value);
double to_double(std::int64_t raw, int digits);

void append_integer(std::string& out, std::int64_t value);
void append_decimal(std::string& out, std::int64_t raw, int digits);
void append_double(std::string& out, double value);

}  // namespace keel::tws
