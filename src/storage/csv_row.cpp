#include "csv_row.hpp"

#include <cstring>
#include <limits>

#include <keel/core/time_text.hpp>
#include <keel/storage/errors.hpp>

namespace keel::storage {

namespace {

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(const char* from, const char* to) {
  while (from != to && is_blank(*from)) ++from;
  while (from != to && is_blank(to[-1])) --to;
  return {from, static_cast<std::size_t>(to - from)};
}

// Plain decimals that surely fit; everything else, errors too, takes the slow way.
bool parse_plain(std::string_view text, int digits, char point, std::int64_t& raw) {
  const char* at = text.data();
  const char* end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (at == end || end - at > 36) return false;
  std::uint64_t value = 0;
  const char* first = at;
  for (; at != end && is_digit(*at); ++at) value = value * 10 + static_cast<unsigned>(*at - '0');
  std::ptrdiff_t places = at - first;
  if (places > 19 - digits || places == 0) return false;  // 19 digits fit 64 bits unsigned
  int decimals = 0;
  if (at != end) {
    if (*at != point) return false;
    for (++at; at != end && decimals < digits && is_digit(*at); ++at, ++decimals)
      value = value * 10 + static_cast<unsigned>(*at - '0');
    for (; at != end; ++at)
      if (*at != '0') return false;  // a digit too many, or no digit
  }
  static constexpr std::uint64_t kPowers[] = {1,
                                              10,
                                              100,
                                              1'000,
                                              10'000,
                                              100'000,
                                              1'000'000,
                                              10'000'000,
                                              100'000'000,
                                              1'000'000'000,
                                              10'000'000'000,
                                              100'000'000'000,
                                              1'000'000'000'000,
                                              10'000'000'000'000,
                                              100'000'000'000'000,
                                              1'000'000'000'000'000};
  value *= kPowers[digits - decimals];
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return false;
  raw = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  return true;
}

Error as_storage_error(Error error) {
  if (error.code == core_errors::kDecimalDigits)
    error.code = storage_errors::kNumberDigits;
  else if (error.code == core_errors::kDecimalRange)
    error.code = storage_errors::kNumberRange;
  else
    error.code = storage_errors::kBadNumber;
  return error;
}

// The text with its decimal point as a '.'; empty (which is no number) where it has one already.
std::string with_point(std::string_view text, char point) {
  std::string plain{text};
  for (char& c : plain) {
    if (c == '.') return {};
    if (c == point) c = '.';
  }
  return plain;
}

Error bad_time(std::string_view text, std::string rule) {
  return Error{storage_errors::kBadTime, {}, std::string{text.substr(0, 60)}, std::move(rule), {}};
}

bool take_digits(std::string_view text, std::size_t& at, std::size_t least, std::size_t most,
                 int& value) {
  value = 0;
  std::size_t count = 0;
  for (; count < most && at < text.size() && is_digit(text[at]); ++count, ++at)
    value = value * 10 + (text[at] - '0');
  return count >= least;
}

}  // namespace

bool CsvRow::split(std::string_view line, char delimiter) {
  if (std::memchr(line.data(), '"', line.size()) != nullptr) [[unlikely]]
    return split_quoted(line, delimiter);
  fields_.clear();
  const char* at = line.data();
  const char* end = at + line.size();
  const char* from = at;
  for (; at != end; ++at) {
    if (*at != delimiter) continue;
    fields_.push_back(trimmed(from, at));
    from = at + 1;
  }
  fields_.push_back(trimmed(from, end));
  return true;
}

bool CsvRow::split_quoted(std::string_view line, char delimiter) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());  // views into it stay valid
  const char* at = line.data();
  const char* end = at + line.size();
  for (;;) {
    while (at != end && is_blank(*at) && *at != delimiter) ++at;
    if (at != end && *at == '"') {
      const std::size_t first = unquoted_.size();
      for (++at;; ++at) {
        if (at == end) return false;
        if (*at == '"') {
          if (at + 1 == end || at[1] != '"') break;
          ++at;
        }
        unquoted_.push_back(*at);
      }
      fields_.emplace_back(unquoted_.data() + first, unquoted_.size() - first);
      for (++at; at != end && *at != delimiter; ++at)
        if (!is_blank(*at)) return false;
    } else {
      const char* from = at;
      while (at != end && *at != delimiter) {
        if (*at == '"') return false;  // a quote inside a field that does not begin with one
        ++at;
      }
      fields_.push_back(trimmed(from, at));
    }
    if (at == end) return true;
    ++at;
  }
}

Result<std::int64_t> parse_number(std::string_view text, int digits, char decimal_point) {
  std::int64_t raw{};
  if (parse_plain(text, digits, decimal_point, raw)) [[likely]]
    return raw;
  auto parsed = decimal_point == '.'
                    ? detail::parse_decimal64(text, digits)
                    : detail::parse_decimal64(with_point(text, decimal_point), digits);
  if (!parsed) {
    Error error = as_storage_error(std::move(parsed).error());
    error.value = std::string{text.substr(0, 60)};
    return error;
  }
  return parsed;
}

Result<Int128> parse_wide_number(std::string_view text, int digits, char decimal_point) {
  auto parsed = decimal_point == '.'
                    ? detail::parse_decimal(text, digits)
                    : detail::parse_decimal(with_point(text, decimal_point), digits);
  if (!parsed) {
    Error error = as_storage_error(std::move(parsed).error());
    error.value = std::string{text.substr(0, 60)};
    return error;
  }
  return parsed;
}

Result<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  bool good = !text.empty();
  for (const char c : text) {
    good = good && is_digit(c) && !__builtin_mul_overflow(value, std::uint64_t{10}, &value) &&
           !__builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value);
  }
  if (good) return value;
  return Error{storage_errors::kBadNumber,
               {},
               std::string{text.substr(0, 60)},
               "a whole number below 2^64",
               {}};
}

Result<Timestamp> TimeParser::parse(std::string_view text) {
  Result<Timestamp> time = Timestamp{};
  switch (format_) {
    case CsvTime::kIso: time = parse_iso(text); break;
    case CsvTime::kPattern: time = parse_pattern(text); break;
    default: {
      const int digits = 9 - 3 * (static_cast<int>(format_) - static_cast<int>(CsvTime::kSeconds));
      auto count = parse_number(text, digits, point_);
      if (!count) {
        const Error& why = count.error();
        return bad_time(text, why.code == storage_errors::kNumberDigits
                                  ? "not finer than a nanosecond"
                                  : "a number of the declared unit, within 292 years of 1970");
      }
      time = Timestamp{*count};
    }
  }
  if (!time || offset_.ns == 0) return time;
  std::int64_t utc{};
  if (__builtin_sub_overflow(time->ns, offset_.ns, &utc))
    return bad_time(text, "between 1677-09-21 and 2262-04-11");
  return Timestamp{utc};
}

Result<Timestamp> TimeParser::parse_iso(std::string_view text) {
  // "YYYY-MM-DD hh:mm:ss" of a day seen before, without an offset, takes the short way.
  if (text.size() == 19 && std::memcmp(text.data(), day_text_, 10) == 0 && text[13] == ':' &&
      text[16] == ':' && (text[10] == ' ' || text[10] == 'T')) {
    std::size_t hour_at = 11, minute_at = 14, second_at = 17;
    int hour{}, minute{}, second{};
    if (take_digits(text, hour_at, 2, 2, hour) && take_digits(text, minute_at, 2, 2, minute) &&
        take_digits(text, second_at, 2, 2, second) && hour < 24 && minute < 60 && second < 60)
      return day_ + Duration::seconds((hour * 60 + minute) * 60 + second);
  }
  auto time = parse_timestamp(text);
  if (!time) return bad_time(text, time.error().rule);
  if (text.size() >= 10) {
    const auto day = parse_timestamp(text.substr(0, 10));
    // Near the ends of time a day's last second may not fit, where its midnight does.
    if (day && day->ns > -9'000'000'000'000'000'000 && day->ns < 9'000'000'000'000'000'000) {
      std::memcpy(day_text_, text.data(), 10);
      day_ = *day;
    }
  }
  return time;
}

Result<Timestamp> TimeParser::parse_pattern(std::string_view text) const {
  const auto refuse = [&] { return bad_time(text, "a time written as " + pattern_); };
  std::string iso = "0000-00-00T00:00:00.000000000";
  const auto put = [&iso](std::size_t place, std::size_t width, int value) {
    for (std::size_t i = width; i-- > 0; value /= 10)
      iso[place + i] = static_cast<char>('0' + value % 10);
  };
  std::size_t at = 0;
  for (std::size_t i = 0; i < pattern_.size(); ++i) {
    char want = pattern_[i];
    bool is_field = want == '%';
    if (is_field) want = pattern_[++i];
    if (want == '%') is_field = false;
    if (!is_field) {
      if (at >= text.size() || text[at] != want) return refuse();
      ++at;
      continue;
    }
    int value{};
    if (want == 'f') {
      const std::size_t first = at;
      if (!take_digits(text, at, 1, 9, value)) return refuse();
      for (std::size_t missing = 9 - (at - first); missing > 0; --missing) value *= 10;
      put(20, 9, value);
      continue;
    }
    const std::size_t width = want == 'Y' ? 4 : 2;
    if (!take_digits(text, at, width, width, value)) return refuse();
    constexpr std::string_view kFields = "YmdHMS";
    constexpr std::size_t kPlaces[] = {0, 5, 8, 11, 14, 17};
    put(kPlaces[kFields.find(want)], width, value);
  }
  if (at != text.size()) return refuse();
  auto time = parse_timestamp(iso);
  if (!time) return bad_time(text, time.error().rule);
  return time;
}

bool is_time_pattern(std::string_view pattern) {
  constexpr std::string_view kFields = "YmdHMSf";
  int seen[kFields.size()] = {};
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (++i == pattern.size()) return false;
    if (pattern[i] == '%') continue;
    const auto field = kFields.find(pattern[i]);
    if (field == std::string_view::npos || ++seen[field] > 1) return false;
  }
  return seen[0] == 1 && seen[1] == 1 && seen[2] == 1;
}

}  // namespace keel::storage
