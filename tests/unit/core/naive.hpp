// Slow and obvious arithmetic on decimal digits, for checking the fast kind.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include <keel/core/int128.hpp>

namespace naive {

// Unsigned whole numbers as decimal text without leading zeros; "0" is zero.
inline std::string stripped(std::string digits) {
  const auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? "0" : digits.substr(first);
}

inline int compare(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

inline std::string multiply(const std::string& a, const std::string& b) {
  std::string product(a.size() + b.size(), '\0');
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const int sum = product[i + j + 1] + (a[i] - '0') * (b[j] - '0') + carry;
      product[i + j + 1] = static_cast<char>(sum % 10);
      carry = sum / 10;
    }
    product[i] = static_cast<char>(product[i] + carry);
  }
  for (char& c : product) c = static_cast<char>(c + '0');
  return stripped(product);
}

inline std::string add(const std::string& a, const std::string& b) {
  std::string sum;
  int carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    if (i < a.size()) carry += a[a.size() - 1 - i] - '0';
    if (i < b.size()) carry += b[b.size() - 1 - i] - '0';
    sum += static_cast<char>('0' + carry % 10);
    carry /= 10;
  }
  std::reverse(sum.begin(), sum.end());
  return stripped(sum);
}

// a - b, where a >= b.
inline std::string subtract(const std::string& a, const std::string& b) {
  std::string rest;
  int borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    int digit = a[a.size() - 1 - i] - '0' - borrow;
    if (i < b.size()) digit -= b[b.size() - 1 - i] - '0';
    borrow = digit < 0 ? 1 : 0;
    rest += static_cast<char>('0' + digit + 10 * borrow);
  }
  std::reverse(rest.begin(), rest.end());
  return stripped(rest);
}

// Quotient and remainder by long division.
inline std::pair<std::string, std::string> divide(const std::string& a, const std::string& b) {
  std::string quotient, rest = "0";
  for (const char digit : a) {
    rest = stripped(rest + digit);
    char times = '0';
    for (; compare(rest, b) >= 0; ++times) rest = subtract(rest, b);
    quotient += times;
  }
  return {stripped(quotient), rest};
}

inline std::string magnitude_text(keel::Int128 value) {
  const auto wide = value.wide();
  auto rest =
      wide < 0 ? ~static_cast<keel::detail::u128>(wide) + 1 : static_cast<keel::detail::u128>(wide);
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

inline std::string text(keel::Int128 value) {
  return (value.wide() < 0 ? "-" : "") + magnitude_text(value);
}

}  // namespace naive
