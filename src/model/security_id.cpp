#include <keel/model/security_id.hpp>

#include <cstddef>

namespace keel {

namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_consonant(char c) {
  return is_capital(c) && c != 'A' && c != 'E' && c != 'I' && c != 'O' && c != 'U';
}
int value_of(char c) { return is_digit(c) ? c - '0' : c - 'A' + 10; }

}  // namespace

// ISO 6166: letters become two digits each, then Luhn from the right.
bool is_isin(std::string_view text) {
  if (text.size() != 12 || !is_capital(text[0]) || !is_capital(text[1]) || !is_digit(text[11]))
    return false;
  int digits[24];
  std::size_t count = 0;
  for (const char c : text) {
    if (!is_capital(c) && !is_digit(c)) return false;
    const int value = value_of(c);
    if (value >= 10) digits[count++] = value / 10;
    digits[count++] = value % 10;
  }
  int sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = digits[count - 1 - i];
    const int twice = i % 2 == 1 ? digit * 2 : digit;
    sum += twice / 10 + twice % 10;
  }
  return sum % 10 == 0;
}

// Every second character counts twice; the digits of the results are summed.
bool is_figi(std::string_view text) {
  if (text.size() != 12 || text[2] != 'G' || !is_digit(text[11])) return false;
  for (std::size_t i = 0; i < 11; ++i)
    if (!is_consonant(text[i]) && (i < 2 || !is_digit(text[i]))) return false;
  for (const std::string_view taken : {"BS", "BM", "GG", "GB", "GH", "KY", "VG"})
    if (text.substr(0, 2) == taken) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 11; ++i) {
    const int value = value_of(text[i]) * (i % 2 == 1 ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return (10 - sum % 10) % 10 == text[11] - '0';
}

bool is_mic(std::string_view text) {
  if (text.size() != 4) return false;
  for (const char c : text)
    if (!is_capital(c) && !is_digit(c)) return false;
  return true;
}

}  // namespace keel
