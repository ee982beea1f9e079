// MemoryFeed: market data in memory as a MarketFeed, held compactly and made into records a few at
// a time, so that the records that an engine reads lie in the processor's first cache.
#pragma once

#include <span>
#include <vector>

#include <keel/model/market_data.hpp>
#include <keel/storage/errors.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

// A quote in 40 bytes. A size of zero: that side has no order.
struct PackedQuote {
  Timestamp time;
  Price bid_price, ask_price;
  Quantity bid_size, ask_size;
};
static_assert(sizeof(PackedQuote) == 40);

// A trade in 32 bytes. `aggressor`: 0 not known, else a Side.
struct PackedTrade {
  Timestamp time;
  Price price;
  Quantity size;
  std::uint64_t aggressor;
};
static_assert(sizeof(PackedTrade) == 32);

// Columns as an analyst has them; all must be equally long.
struct QuoteColumns {
  std::span<const Timestamp> time;
  std::span<const Price> bid_price, ask_price;
  std::span<const Quantity> bid_size, ask_size;
};
struct TradeColumns {
  std::span<const Timestamp> time;
  std::span<const Price> price;
  std::span<const Quantity> size;
};

// Both times of a record are its one time. Several feeds may read the same memory.
class MemoryFeed final : public MarketFeed {
 public:
  // Errors, all naming the row (from 0): storage.time_going_back, storage.zero_size (a trade's),
  // storage.negative_size, storage.unknown_side, storage.missing_value (a quote without any side),
  // storage.columns_differ.
  static Result<MemoryFeed> quotes(InstrumentId instrument, std::vector<PackedQuote> quotes);
  static Result<MemoryFeed> trades(InstrumentId instrument, std::vector<PackedTrade> trades);
  static Result<MemoryFeed> quotes(InstrumentId instrument, const QuoteColumns& columns);
  static Result<MemoryFeed> trades(InstrumentId instrument, const TradeColumns& columns);
  // The memory stays the caller's, and must outlive the feed.
  static Result<MemoryFeed> quotes_view(InstrumentId instrument,
                                        std::span<const PackedQuote> quotes);
  static Result<MemoryFeed> trades_view(InstrumentId instrument,
                                        std::span<const PackedTrade> trades);

  MemoryFeed(MemoryFeed&&) = default;
  MemoryFeed& operator=(MemoryFeed&&) = default;
  MemoryFeed(const MemoryFeed&) = delete;
  MemoryFeed& operator=(const MemoryFeed&) = delete;

  // Never fails.
  Result<std::span<const std::byte>> next() override;
  [[nodiscard]] std::uint64_t size_hint() const override { return quotes_.size() + trades_.size(); }
  // From the start again.
  void rewind() { at_ = 0; }

 private:
  static constexpr std::size_t kBatch = 128;  // records: 10 KiB of quotes
  explicit MemoryFeed(InstrumentId instrument) : instrument_(instrument) {}
  static Result<MemoryFeed> check(MemoryFeed feed);

  InstrumentId instrument_;
  std::vector<PackedQuote> own_quotes_;
  std::vector<PackedTrade> own_trades_;
  std::span<const PackedQuote> quotes_;  // one of the two is empty
  std::span<const PackedTrade> trades_;
  std::size_t at_ = 0;
  std::vector<Quote> quote_batch_;
  std::vector<Trade> trade_batch_;
};

}  // namespace keel
