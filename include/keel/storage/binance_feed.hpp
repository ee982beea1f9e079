// BinanceFeed: a capture of Binance's websocket streams as a MarketFeed.
//
// A line is the local time of receipt (nanoseconds since the Unix epoch), a blank, and the message
// as it was received, in a combined stream's envelope or bare; plain, gzip or zstd. Spot, USD-M and
// COIN-M are told apart by what the messages hold.
//
//   depthUpdate           kBookDelta; numbers are U to u (spot), or from the one after pu to u
//   REST depth snapshot   kBookSnapshot, number lastUpdateId
//   bookTicker            kQuote, number u
//   trade                 kTrade; m (the buyer is the maker) means that a seller took
//   markPriceUpdate       kMarkPrice with the index, and kFundingRate
// Other messages are counted and left out.
//
// The rules of a book (Binance's "how to manage a local order book"). Changes that come before the
// first snapshot are held back; the snapshot is handed out, then those of them that are newer than
// it. From there an OrderBook with SequenceRule::kContiguous finds every missing number.
//
// Times. ts_event is the exchange's (T, else E, else that of the message before), lifted where it
// goes back; ts_recv is the local time plus `recv_offset`, lifted to ts_event where it is before it
// (a local clock that is behind the exchange's). Both are counted. measure_latency() tells how far
// the clocks are apart.
//
// A line that cannot be is an error with file, line and field, after what was before it, and at
// every later call.
#pragma once

#include <string>

#include <keel/model/instrument.hpp>
#include <keel/model/market_data.hpp>
#include <keel/storage/errors.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

struct BinanceSpec {
  std::string symbol;  // as Binance writes it, "BTCUSDT"; messages about others are left out
  bool depth = true, quotes = true, trades = true, marks = true;
  Duration recv_offset{0};
  std::size_t max_line_bytes = std::size_t{4} << 20;
  std::size_t max_held_bytes = std::size_t{256} << 20;  // changes before the first snapshot
};

struct BinanceReport {
  std::uint64_t lines = 0, delivered = 0;
  std::uint64_t depths = 0, levels = 0, snapshots = 0, quotes = 0, trades = 0, marks = 0;
  std::uint64_t others = 0;    // of other symbols
  std::uint64_t left_out = 0;  // kinds that are not read, or not asked for
  std::uint64_t dropped = 0;   // changes from before the first snapshot that it holds already
  std::uint64_t lifted = 0;    // ts_event went back
  std::uint64_t early = 0;     // ts_recv was before ts_event
  bool had_snapshot = false;
  [[nodiscard]] std::string to_text() const;
};

class BinanceFeed final : public MarketFeed {
 public:
  // Prices and sizes are scaled by the instrument's unit_pow10. Errors: storage.file_missing,
  // storage.read_failed, storage.bad_spec.
  static Result<BinanceFeed> open(const std::string& path, const BinanceSpec& spec,
                                  const Instrument& instrument);

  BinanceFeed(BinanceFeed&& other) noexcept : reader_(other.reader_) { other.reader_ = nullptr; }
  BinanceFeed& operator=(BinanceFeed&& other) noexcept {
    Reader* mine = reader_;
    reader_ = other.reader_;
    other.reader_ = mine;
    return *this;
  }
  BinanceFeed(const BinanceFeed&) = delete;
  BinanceFeed& operator=(const BinanceFeed&) = delete;
  ~BinanceFeed() override;

  // Errors: storage.bad_capture, storage.line_too_long, storage.number_digits, and those of a
  // packed file that breaks off.
  Result<std::span<const std::byte>> next() override;
  [[nodiscard]] const BinanceReport& report() const;

  // The smallest time of receipt minus exchange time in a capture: below zero where the local clock
  // was behind. Reads the whole file. Errors as open and next.
  static Result<Duration> measure_latency(const std::string& path, const BinanceSpec& spec);

 private:
  struct Reader;
  explicit BinanceFeed(Reader* reader) : reader_(reader) {}
  Reader* reader_;
};

}  // namespace keel
