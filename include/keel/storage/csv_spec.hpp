// CsvSpec: how to read a CSV file, declared column by column; nothing is guessed.
#pragma once

#include <optional>
#include <string>

#include <keel/core/decimal.hpp>
#include <keel/core/time.hpp>

namespace keel {

enum class CsvTime : std::uint8_t {
  kSeconds = 1,  // since the Unix epoch, with at most 9 decimals
  kMilliseconds = 2,
  kMicroseconds = 3,
  kNanoseconds = 4,
  kIso = 5,      // parse_timestamp: "2024-03-10", "2024-03-10 14:30:00.5+01:00"
  kPattern = 6,  // by CsvSpec::time_pattern
};

// Names are those of the header line, or "1", "2", ... where there is none. Blanks around a field
// are left out. An empty name means: not in the file.
struct CsvSpec {
  // ---- which column is what ----
  std::string time;
  std::string date;         // where the day stands in a column of its own: read as "<date> <time>"
  std::string price, size;  // trades
  std::string side, trade_id;                // trades, optional
  std::string bid, ask, bid_size, ask_size;  // quotes; an empty bid or ask: no such side
  std::string open, high, low, close;        // bars
  std::string volume, value, trades;         // bars, optional
  std::string symbol;                        // rows are taken where this column holds ...
  std::string symbol_text;                   // ... this text

  // ---- how it is written ----
  CsvTime time_format = CsvTime::kSeconds;
  // %Y %m %d %H %M %S, %f (1 to 9 digits of a fraction), %%; anything else stands for itself.
  std::string time_pattern;
  // Local times: UTC plus this. Leave it zero where the texts carry their own offset.
  Duration utc_offset{0};
  std::string buy = "buy", sell = "sell";  // of the trade's aggressor; an empty field: not known
  // Size of both sides of a quote where the file has no size columns.
  std::optional<Quantity> quote_size;
  Duration bar_length{0};          // needed for bars
  bool bar_time_is_close = false;  // the time column holds the bar's end instead of its start
  char delimiter = ',';
  char decimal_point = '.';
  bool has_header = true;
  bool newest_first = false;  // the file runs backwards; it is held in memory as a whole

  // ---- what to do about bad rows ----
  bool strict = false;  // the first one is an error
  // A row that is further ahead than this waits until 16 rows have followed it. Where one of them
  // lies behind it by more than this, it was the bad row (storage.time_jump), not they. 0: a row
  // ahead is taken as it comes, and all behind it are time going back.
  Duration max_jump = Duration::hours(1);
  bool check_increments = true;  // prices and trade sizes must lie on the instrument's grid
  std::size_t max_messages = 20;
  std::size_t max_line_bytes = std::size_t{64} << 10;
};

}  // namespace keel
