// GapDetector: follows the numbers that venues give to their messages, instrument by instrument,
// and says where some are missing.
//
// Book records: the range [venue_seq_first, venue_seq] must begin at most one past the last number
// (a snapshot starts anew). Trades: trade ids follow each other without a hole. Quotes: their
// numbers do. Order records: as book records, where several may share a number. A number of 0 is
// none; numbers that come again or go back are not gaps. Nothing allocates but for an instrument
// that is new.
#pragma once

#include <optional>
#include <vector>

#include <keel/model/market_data.hpp>

namespace keel {

// Which numbers a feed promises to be without holes.
struct GapRules {
  bool books = true;    // kBookDelta
  bool trades = false;  // trade_id
  bool quotes = false;  // venue_seq of kQuote
  bool orders = false;  // venue_seq of kBookOrder
};

class GapDetector {
 public:
  explicit GapDetector(const GapRules& rules = {}) : rules_(rules) {}

  // The gap before this record, with its instrument and times: expected and found numbers, and how
  // many are missing.
  [[nodiscard]] std::optional<MarketGap> check(const RecordHeader& record);
  [[nodiscard]] std::uint64_t gaps() const { return gaps_; }

 private:
  struct Last {
    std::uint64_t book, trade, quote, order;
  };
  // Moves `last` to `number`; the gap where it does not follow.
  std::optional<MarketGap> follow(const RecordHeader& record, std::uint64_t& last,
                                  std::uint64_t first, std::uint64_t number);

  GapRules rules_;
  std::vector<Last> last_;  // by instrument id
  std::uint64_t gaps_ = 0;
};

}  // namespace keel
