#include <keel/storage/memory_feed.hpp>

#include <algorithm>

namespace keel {

namespace {

Error row_error(ErrorCode code, const char* field, std::string value, std::string rule,
                std::size_t row) {
  return Error{code, field, std::move(value), std::move(rule), "row " + std::to_string(row)};
}

Status check_column(const char* name, std::size_t found, std::size_t expected) {
  if (found == expected) return {};
  return Error{storage_errors::kColumnsDiffer,
               name,
               std::to_string(found),
               std::to_string(expected) + " rows, as the column of times",
               {}};
}

template <class Packed>
Status check_times(std::span<const Packed> rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].time >= rows[i - 1].time) continue;
    return row_error(storage_errors::kTimeGoingBack, "time", std::to_string(rows[i].time.ns),
                     "not before " + std::to_string(rows[i - 1].time.ns), i);
  }
  return {};
}

}  // namespace

Result<MemoryFeed> MemoryFeed::check(MemoryFeed feed) {
  Status times = check_times(feed.quotes_);
  if (times.ok()) times = check_times(feed.trades_);
  if (!times.ok()) return std::move(times).error();
  for (std::size_t i = 0; i < feed.quotes_.size(); ++i) {
    const PackedQuote& row = feed.quotes_[i];
    for (const Quantity size : {row.bid_size, row.ask_size})
      if (size.is_negative())
        return row_error(storage_errors::kNegativeSize, "size", size.to_text(), "not below zero",
                         i);
    if (row.bid_size.is_zero() && row.ask_size.is_zero())
      return row_error(storage_errors::kMissingValue, "bid_size", "0", "a side with a size", i);
  }
  for (std::size_t i = 0; i < feed.trades_.size(); ++i) {
    const PackedTrade& row = feed.trades_[i];
    if (!row.size.is_positive())
      return row_error(
          row.size.is_zero() ? storage_errors::kZeroSize : storage_errors::kNegativeSize, "size",
          row.size.to_text(), "above zero", i);
    if (row.aggressor > static_cast<std::uint64_t>(Side::kSell))
      return row_error(storage_errors::kUnknownSide, "aggressor", std::to_string(row.aggressor),
                       "0, 1 (buy) or 2 (sell)", i);
  }
  // The parts of a record that never change are written once.
  if (!feed.quotes_.empty()) {
    feed.quote_batch_.assign(std::min(kBatch, feed.quotes_.size()),
                             Quote::two_sided(feed.instrument_, Timestamp{}, Price::zero(),
                                              Quantity::zero(), Price::zero(), Quantity::zero()));
  }
  if (!feed.trades_.empty()) {
    feed.trade_batch_.assign(
        std::min(kBatch, feed.trades_.size()),
        Trade::at(feed.instrument_, Timestamp{}, Price::zero(), Quantity::zero()));
  }
  return feed;
}

Result<MemoryFeed> MemoryFeed::quotes(InstrumentId instrument, std::vector<PackedQuote> quotes) {
  MemoryFeed feed{instrument};
  feed.own_quotes_ = std::move(quotes);
  feed.quotes_ = feed.own_quotes_;
  return check(std::move(feed));
}

Result<MemoryFeed> MemoryFeed::trades(InstrumentId instrument, std::vector<PackedTrade> trades) {
  MemoryFeed feed{instrument};
  feed.own_trades_ = std::move(trades);
  feed.trades_ = feed.own_trades_;
  return check(std::move(feed));
}

Result<MemoryFeed> MemoryFeed::quotes(InstrumentId instrument, const QuoteColumns& columns) {
  const std::size_t rows = columns.time.size();
  const struct {
    const char* name;
    std::size_t size;
  } others[] = {{"bid_price", columns.bid_price.size()},
                {"ask_price", columns.ask_price.size()},
                {"bid_size", columns.bid_size.size()},
                {"ask_size", columns.ask_size.size()}};
  for (const auto& other : others)
    if (Status status = check_column(other.name, other.size, rows); !status.ok())
      return std::move(status).error();
  std::vector<PackedQuote> packed(rows);
  for (std::size_t i = 0; i < rows; ++i)
    packed[i] = {columns.time[i], columns.bid_price[i], columns.ask_price[i], columns.bid_size[i],
                 columns.ask_size[i]};
  return quotes(instrument, std::move(packed));
}

Result<MemoryFeed> MemoryFeed::trades(InstrumentId instrument, const TradeColumns& columns) {
  const std::size_t rows = columns.time.size();
  if (Status status = check_column("price", columns.price.size(), rows); !status.ok())
    return std::move(status).error();
  if (Status status = check_column("size", columns.size.size(), rows); !status.ok())
    return std::move(status).error();
  std::vector<PackedTrade> packed(rows);
  for (std::size_t i = 0; i < rows; ++i)
    packed[i] = {columns.time[i], columns.price[i], columns.size[i], 0};
  return trades(instrument, std::move(packed));
}

Result<MemoryFeed> MemoryFeed::quotes_view(InstrumentId instrument,
                                           std::span<const PackedQuote> quotes) {
  MemoryFeed feed{instrument};
  feed.quotes_ = quotes;
  return check(std::move(feed));
}

Result<MemoryFeed> MemoryFeed::trades_view(InstrumentId instrument,
                                           std::span<const PackedTrade> trades) {
  MemoryFeed feed{instrument};
  feed.trades_ = trades;
  return check(std::move(feed));
}

Result<std::span<const std::byte>> MemoryFeed::next() {
  if (!quotes_.empty()) {
    const std::size_t count = std::min(kBatch, quotes_.size() - at_);
    for (std::size_t i = 0; i < count; ++i) {
      const PackedQuote& from = quotes_[at_ + i];
      Quote& to = quote_batch_[i];
      to.header.ts_event = to.header.ts_recv = from.time;
      to.header.flags = static_cast<std::uint8_t>((from.bid_size.is_zero() ? 0 : Quote::kHasBid) |
                                                  (from.ask_size.is_zero() ? 0 : Quote::kHasAsk));
      to.bid_price = from.bid_price;
      to.ask_price = from.ask_price;
      to.bid_size = from.bid_size;
      to.ask_size = from.ask_size;
    }
    at_ += count;
    return std::as_bytes(std::span<const Quote>{quote_batch_.data(), count});
  }
  const std::size_t count = std::min(kBatch, trades_.size() - at_);
  for (std::size_t i = 0; i < count; ++i) {
    const PackedTrade& from = trades_[at_ + i];
    Trade& to = trade_batch_[i];
    to.header.ts_event = to.header.ts_recv = from.time;
    to.header.flags = static_cast<std::uint8_t>(from.aggressor);
    to.price = from.price;
    to.size = from.size;
  }
  at_ += count;
  return std::as_bytes(std::span<const Trade>{trade_batch_.data(), count});
}

}  // namespace keel
