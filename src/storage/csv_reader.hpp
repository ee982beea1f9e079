// What is behind a CsvFeed: the columns found, the rows read, the records made of them.
#pragma once

#include <optional>

#include <keel/storage/csv_feed.hpp>

#include "csv_row.hpp"
#include "line_reader.hpp"

namespace keel {

enum class CsvKind : std::uint8_t { kTrades, kQuotes, kBars };

struct CsvFeed::Reader {
  struct Column {
    const std::string* name;  // as declared
    std::size_t index;
    [[nodiscard]] bool declared() const { return !name->empty(); }
  };

  Reader(CsvKind kind, const std::string& path, const CsvSpec& spec, const Instrument& instrument);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Status open();
  Result<std::span<const std::byte>> next();

  RowReport report;

 private:
  Status check_spec() const;
  Status bind_columns();
  Status bind(Column& column);
  [[nodiscard]] std::vector<Column*> columns();
  [[nodiscard]] Error spec_error(const char* field, std::string value, const char* rule) const;

  void read_line();
  void read_backwards();
  void end_of_lines();
  bool take_row(std::string_view line);
  bool take_trade(Timestamp time);
  bool take_quote(Timestamp time);
  bool take_bar(Timestamp time);
  bool get_time(Timestamp& time);
  bool get_price(const Column& column, Price& price);
  bool get_size(const Column& column, Quantity& size);
  bool get_quote_side(const Column& price_column, const Column& size_column, Price& price,
                      Quantity& size, bool& present);
  bool get_side(std::uint8_t& flags);
  bool get_bar_prices(Bar& bar);
  bool get_bar_sums(Bar& bar);
  [[nodiscard]] std::string_view field(const Column& column) const { return row_[column.index]; }
  bool problem(Error error, const std::string& column);
  bool problem(ErrorCode code, const std::string& column, std::string_view value, std::string rule);
  [[nodiscard]] std::string place() const;
  template <class T>
  void accept(Timestamp time, const T& record);
  void append(const std::byte* record, std::size_t size);
  // A row behind another, by the file's direction.
  [[nodiscard]] bool is_behind(Timestamp a, Timestamp b) const {
    return spec_.newest_first ? a > b : a < b;
  }
  [[nodiscard]] bool is_jump(Timestamp from, Timestamp to) const;
  void release_held();
  void judge_held(Timestamp time);

  CsvKind kind_;
  std::string path_;
  CsvSpec spec_;
  Instrument instrument_;
  storage::LineReader lines_;
  storage::CsvRow row_;
  storage::TimeParser times_;
  Column time_, date_, price_, size_, side_, trade_id_, bid_, ask_, bid_size_, ask_size_, open_,
      high_, low_, close_, volume_, value_, trades_, symbol_;
  std::size_t field_count_ = 0;
  std::optional<std::string> first_line_;  // of a file without a header
  std::string joined_time_;
  Timestamp last_time_{};  // of the last row taken or held
  bool has_time_ = false, ended_ = false;
  // Rows from one far ahead on, until those behind it say whether it was right.
  struct Held {
    std::uint64_t line;
    Timestamp time;
  };
  static constexpr std::size_t kAgree = 16;
  std::vector<Held> held_;
  std::vector<std::byte> held_records_;
  Timestamp before_held_{};  // of the row before them
  bool has_before_held_ = false;
  std::optional<Error> failure_;  // what next() says from here on
  std::vector<std::byte> out_;
  std::vector<std::byte> backwards_;  // newest_first: all records, in order of time
  std::size_t delivered_bytes_ = 0;   // of backwards_
};

}  // namespace keel
