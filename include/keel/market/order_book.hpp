// OrderBook: one instrument's price levels (L2), or its top of book (L1), in two ladders
// (tick_ladder.hpp) in which a change near the touch costs the same wherever it is.
//
// Rules. A delta or snapshot is applied as a whole or not at all. A delta needs a snapshot before
// it. Updates are absolute: size zero removes a level. Sequence numbers come as ranges
// [venue_seq_first, venue_seq] (or a single number, where venue_seq_first is 0): by the contiguous
// rule each range starts at most one past the last applied number; one that starts later is a gap:
// the book keeps its levels, says is_gapped(), and applies nothing until a snapshot. Numbers
// already seen are old and left out. A bid above an ask is kept and told of by is_crossed(): what
// it means (a lost message, an auction) is for the reader to say. Nothing allocates after
// construction.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/market/book_checksum.hpp>
#include <keel/market/book_types.hpp>
#include <keel/market/errors.hpp>
#include <keel/market/tick_ladder.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

struct OrderBookConfig {
  SequenceRule sequence = SequenceRule::kContiguous;
  std::uint32_t max_levels = 8'192;  // a side; room for all of them is taken at construction
  // Where a venue sends only its best levels, and says nothing of one that falls out of them: this
  // many a side are kept after each update. 0: all.
  std::uint32_t keep_levels = 0;
  // Held against BookDelta::checksum where that is not zero; null: not looked at.
  ChecksumFunction checksum = nullptr;
  ChecksumDigits checksum_digits{};
};

struct BookStats {
  std::uint64_t applied, old, gaps, refused;  // refused: before a snapshot, malformed, too deep
};

class OrderBook {
 public:
  explicit OrderBook(InstrumentId instrument, const OrderBookConfig& config = {});

  // A kBookDelta or kBookSnapshot with its levels behind it in memory.
  BookOutcome on_delta(const BookDelta& delta);
  // L1: both sides become what the quote says.
  BookOutcome on_quote(const Quote& quote);
  // Book records, and gaps, of this instrument; others are ignored. Quotes are not taken here: a
  // feed with both would have its ladders cut to one level.
  void on_market(const RecordHeader& record);
  // Data was lost: nothing is applied until a snapshot (or, for L1, the next quote).
  void on_gap() { state_ = kStateGapped; }
  // Empty, as before the first snapshot.
  void reset();

  [[nodiscard]] std::optional<PriceLevel> best(Side side) const {
    const TickLadder& levels = ladder(side);
    if (levels.empty()) return std::nullopt;
    return levels.best();
  }
  // The i-th best, from 0. nullopt past the end.
  [[nodiscard]] std::optional<PriceLevel> level(Side side, std::size_t i) const {
    const TickLadder& levels = ladder(side);
    if (i >= levels.size()) return std::nullopt;
    return levels.nth(i);
  }
  [[nodiscard]] std::size_t depth(Side side) const { return ladder(side).size(); }
  // Fills `out` with the best levels, best first; how many there were.
  std::size_t top(Side side, std::span<PriceLevel> out) const;
  // Every level, best first, while `visit(const PriceLevel&)` says true.
  template <class Visitor>
  void each_level(Side side, Visitor&& visit) const {
    ladder(side).each(visit);
  }
  // All levels, best first. Allocates.
  [[nodiscard]] std::vector<PriceLevel> levels(Side side) const;
  // Size at exactly this price; zero where there is no level.
  [[nodiscard]] Quantity size_at(Side side, Price price) const;

  [[nodiscard]] bool is_live() const { return state_ == kStateLive; }
  [[nodiscard]] bool is_gapped() const { return state_ == kStateGapped; }
  // Bid above ask; is_locked: equal.
  [[nodiscard]] bool is_crossed() const {
    return two_sided() && ladders_[0].best().price > ladders_[1].best().price;
  }
  [[nodiscard]] bool is_locked() const {
    return two_sided() && ladders_[0].best().price == ladders_[1].best().price;
  }

  // What an order of `taker` side would take from the other side, level by level, at prices no
  // worse than `limit`. Fills less than asked where the book ends.
  [[nodiscard]] Sweep sweep(Side taker, Quantity quantity,
                            std::optional<Price> limit = std::nullopt) const;
  // (bid size - ask size) / (bid size + ask size) over the best `count` levels: from -1 to 1.
  // nullopt: both sides empty.
  [[nodiscard]] std::optional<double> imbalance(std::size_t count) const;

  [[nodiscard]] std::uint64_t venue_seq() const { return seq_; }
  [[nodiscard]] Timestamp time() const { return time_; }  // ts_event of the last applied update
  [[nodiscard]] const BookStats& stats() const { return stats_; }
  [[nodiscard]] InstrumentId instrument() const { return instrument_; }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  static constexpr std::uint8_t kStateEmpty = 0, kStateLive = 1, kStateGapped = 2;

  [[nodiscard]] const TickLadder& ladder(Side side) const {
    return ladders_[side == Side::kBuy ? 0 : 1];
  }
  [[nodiscard]] bool two_sided() const { return !ladders_[0].empty() && !ladders_[1].empty(); }
  [[nodiscard]] BookOutcome judge(const BookDelta& delta) const;
  BookOutcome refuse(BookOutcome outcome);
  void keep_best();
  [[nodiscard]] bool checksum_is(std::uint32_t expected) const;

  TickLadder ladders_[2];  // bids, asks
  OrderBookConfig config_;
  InstrumentId instrument_;
  std::uint8_t state_ = kStateEmpty;
  std::uint64_t seq_ = 0;
  Timestamp time_{0};
  BookStats stats_{};
};

}  // namespace keel
