// One line of CSV: its fields, and the numbers and times in them, without rounding.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/core/time.hpp>
#include <keel/storage/csv_spec.hpp>

namespace keel::storage {

// The fields of a line, blanks around them left out.
class CsvRow {
 public:
  // false: a quoted field that is not closed, or goes on behind its closing quote.
  bool split(std::string_view line, char delimiter);
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const { return fields_[i]; }

 private:
  bool split_quoted(std::string_view line, char delimiter);
  std::vector<std::string_view> fields_;
  std::string unquoted_;  // where "" stands for one quote
};

// A decimal with `digits` decimals. Errors: storage.bad_number, storage.number_digits,
// storage.number_range.
Result<std::int64_t> parse_number(std::string_view text, int digits, char decimal_point);
Result<Int128> parse_wide_number(std::string_view text, int digits, char decimal_point);
// Error: storage.bad_number.
Result<std::uint64_t> parse_count(std::string_view text);

class TimeParser {
 public:
  TimeParser(CsvTime format, std::string pattern, Duration utc_offset, char decimal_point)
      : format_(format), pattern_(std::move(pattern)), offset_(utc_offset), point_(decimal_point) {}
  // Error: storage.bad_time.
  Result<Timestamp> parse(std::string_view text);

 private:
  Result<Timestamp> parse_iso(std::string_view text);
  [[nodiscard]] Result<Timestamp> parse_pattern(std::string_view text) const;

  CsvTime format_;
  std::string pattern_;
  Duration offset_;
  char point_;
  char day_text_[11] = {};  // the last ISO day and its midnight: days repeat
  Timestamp day_{};
};

// Whether a pattern has only what TimeParser knows, and at least year, month and day.
[[nodiscard]] bool is_time_pattern(std::string_view pattern);

}  // namespace keel::storage
