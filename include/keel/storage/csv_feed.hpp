// CsvFeed: a CSV or CSV.gz file as a MarketFeed.
//
// Numbers are read exactly or not at all: "800.010000000000" is 800.01, a digit too many is
// refused. Rows that are bad (RFC 4180 quoting broken, wrong number of fields, a number, time or
// side that cannot be, size zero or negative, price off the grid, time going back) are reported
// with file, line, field and value, counted, and skipped; `strict` makes the first one an error. A
// compressed file that breaks off is delivered as far as whole lines reach, and reported.
//
// Compression is told by the first two bytes, not by the name. Accepted: a byte order mark, CRLF,
// empty lines, a missing last newline, quoted fields (without line breaks in them). Memory does not
// grow with the file, except for newest_first.
#pragma once

#include <keel/model/instrument.hpp>
#include <keel/model/market_data.hpp>
#include <keel/storage/csv_spec.hpp>
#include <keel/storage/errors.hpp>
#include <keel/storage/row_report.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

class CsvFeed final : public MarketFeed {
 public:
  CsvFeed(CsvFeed&& other) noexcept : reader_(other.reader_) { other.reader_ = nullptr; }
  CsvFeed& operator=(CsvFeed&& other) noexcept {
    Reader* mine = reader_;
    reader_ = other.reader_;
    other.reader_ = mine;
    return *this;
  }
  CsvFeed(const CsvFeed&) = delete;
  CsvFeed& operator=(const CsvFeed&) = delete;
  ~CsvFeed() override;

  // Errors: storage.read_failed, and where strict the first bad row's; then at every later call.
  // Rows before the bad one are delivered first.
  Result<std::span<const std::byte>> next() override;
  // So far; complete once next() has given an empty span or an error.
  [[nodiscard]] const RowReport& report() const;

 private:
  struct Reader;
  friend struct CsvOpener;
  explicit CsvFeed(Reader* reader) : reader_(reader) {}
  Reader* reader_;
};

// Open the file and match its header to the spec. Errors: storage.file_missing,
// storage.read_failed, storage.empty_file, storage.bad_spec, storage.missing_column,
// storage.duplicate_column; a gzip file that breaks off before its header ends:
// storage.truncated_gzip, storage.bad_gzip. The instrument's id goes into the records, its grid is
// what prices are checked against, and its unit_pow10 scales prices and sizes.
Result<CsvFeed> csv_trades(const std::string& path, const CsvSpec& spec,
                           const Instrument& instrument);
Result<CsvFeed> csv_quotes(const std::string& path, const CsvSpec& spec,
                           const Instrument& instrument);
// Bars come as kBar, with ts_event at the end of their interval.
Result<CsvFeed> csv_bars(const std::string& path, const CsvSpec& spec,
                         const Instrument& instrument);

}  // namespace keel
