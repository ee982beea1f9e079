// DbnFeed: a DBN file as a MarketFeed.
//
//   DBN                                   becomes
//   mbo add, modify, cancel, clear        kBookOrder
//   mbo fill                              kBookOrder, kTold: the book changes by what follows it
//   mbo trade, trades, tbbo, trade of mbp kTrade
//   mbp-1, tbbo, bbo, cmbp-1, cbbo        kQuote (after its trade)
//   mbp-10                                kBookSnapshot of ten levels a side
//   ohlcv                                 kBar
//   status                                kInstrumentStatus, where keel has such a state
//   imbalance                             kAuction
//   statistics: open interest             kOpenInterest
// Symbol mappings in the stream are followed; definitions, texts and other statistics are counted
// and left out.
//
// Rules. The order is the file's. Where ts_event goes back behind the record before it (files are
// ordered by ts_recv), it is lifted to that record's, and counted. A run of snapshot records
// without a clear before it gets one. A record that the venue's feed marks as "maybe bad book"
// after others that were not is preceded by a kMarketGap. A record that cannot be is an error with
// file, byte (of the unpacked stream) and field, after the records before it, and at every later
// call.
#pragma once

#include <keel/storage/dbn.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

// Which instrument of the file is which of ours: by its raw symbol, through the file's mappings, or
// by its number (a file without mappings). Both empty: every record is of this instrument.
struct DbnInstrument {
  std::string symbol;
  std::uint32_t number = 0;
  InstrumentId id;
};

struct DbnSpec {
  std::vector<DbnInstrument> instruments;  // others are left out and counted
  int fragment_version = 0;                // 1 to 3: the file has records and no metadata
  bool quotes = true, trades = true;       // of the schemas that hold both
};

struct DbnReport {
  std::uint64_t records = 0;    // read from the file
  std::uint64_t delivered = 0;  // keel records made
  std::uint64_t others = 0;     // of instruments that were not asked for
  std::uint64_t left_out = 0;   // kinds that have no keel record
  std::uint64_t lifted = 0;     // ts_event went back
  std::uint64_t clears = 0;     // added before a snapshot that had none
  std::uint64_t gaps = 0;       // kMarketGap records made
  [[nodiscard]] std::string to_text() const;
};

class DbnFeed final : public MarketFeed {
 public:
  // Errors: those of read_dbn_metadata, and storage.bad_spec: a symbol that the file does not have,
  // no instrument at all, a version that is not 1 to 3.
  static Result<DbnFeed> open(const std::string& path, const DbnSpec& spec);

  DbnFeed(DbnFeed&& other) noexcept : reader_(other.reader_) { other.reader_ = nullptr; }
  DbnFeed& operator=(DbnFeed&& other) noexcept {
    Reader* mine = reader_;
    reader_ = other.reader_;
    other.reader_ = mine;
    return *this;
  }
  DbnFeed(const DbnFeed&) = delete;
  DbnFeed& operator=(const DbnFeed&) = delete;
  ~DbnFeed() override;

  Result<std::span<const std::byte>> next() override;
  [[nodiscard]] const DbnMetadata& metadata() const;
  [[nodiscard]] const DbnReport& report() const;

 private:
  struct Reader;
  explicit DbnFeed(Reader* reader) : reader_(reader) {}
  Reader* reader_;
};

}  // namespace keel
