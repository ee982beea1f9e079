// Market data as records, and what else the client hears of contracts and the session.
#include <algorithm>

#include "adapters/tws/client_state.hpp"

namespace keel::tws {

namespace {
constexpr int kQuotes = 0, kTrades = 1, kDepth = 2, kBars = 3;
constexpr int kBidSize = 0, kBid = 1, kAsk = 2, kAskSize = 3;
// The same of delayed data.
constexpr int kDelayedBid = 66, kDelayedAsk = 67, kDelayedBidSize = 69, kDelayedAskSize = 70;
}  // namespace

Listed* ClientCore::Impl::stream_of(std::int32_t id, int& kind) {
  if (id < kStreamIds) return nullptr;
  const auto at = static_cast<std::size_t>(id - kStreamIds);
  kind = static_cast<int>(at % kStreamsEach);
  return at / kStreamsEach < listed.size() ? &listed[at / kStreamsEach] : nullptr;
}

void ClientCore::Impl::resubscribe(Listed& one) {
  const auto at = static_cast<std::int32_t>(&one - listed.data());
  const std::int32_t first = kStreamIds + at * kStreamsEach;
  one.quote.header.flags = 0;
  one.bids.clear();
  one.asks.clear();
  if (one.wanted.quotes || !one.wanted.generic.empty()) {
    MarketDataRequest request;
    request.req_id = first + kQuotes;
    request.contract = one.contract;
    request.generic_tick_list = one.wanted.generic;
    queue(request);
  }
  if (one.wanted.trades) {
    TickByTickRequest request;
    request.req_id = first + kTrades;
    request.contract = one.contract;
    request.tick_type = "AllLast";
    queue(request);
  }
  if (one.wanted.depth > 0) {
    MarketDepthRequest request;
    request.req_id = first + kDepth;
    request.contract = one.contract;
    request.num_rows = one.wanted.depth;
    request.is_smart_depth = one.contract.exchange == "SMART";
    queue(request);
  }
  if (one.wanted.bars) {
    RealTimeBarsRequest request;
    request.req_id = first + kBars;
    request.contract = one.contract;
    request.bar_size = 5;
    request.what_to_show = "TRADES";
    queue(request);
  }
}

void ClientCore::Impl::push_quote(Listed& one) {
  one.quote.header.ts_event = one.quote.header.ts_recv = now;
  push(one.quote.header);
}

void ClientCore::Impl::use(const TickPrice& tick) {
  int kind = 0;
  Listed* const one = stream_of(tick.req_id, kind);
  if (one == nullptr || kind != kQuotes || !one->wanted.quotes) return;
  Quote& quote = one->quote;
  const bool bid = tick.tick_type == kBid || tick.tick_type == kDelayedBid;
  if (!bid && tick.tick_type != kAsk && tick.tick_type != kDelayedAsk) return;
  const std::uint8_t side = bid ? Quote::kHasBid : Quote::kHasAsk;
  // -1 with size zero: that side is empty.
  const bool there = !(tick.price == Price::whole(-1) && tick.size.is_zero());
  quote.header.flags =
      static_cast<std::uint8_t>(there ? quote.header.flags | side : quote.header.flags & ~side);
  (bid ? quote.bid_price : quote.ask_price) = there ? tick.price : Price::zero();
  (bid ? quote.bid_size : quote.ask_size) = there ? tick.size : Quantity::zero();
  push_quote(*one);
}

// TWS repeats the size of a price tick in a tick of its own: the same size is no news.
void ClientCore::Impl::use(const TickSize& tick) {
  int kind = 0;
  Listed* const one = stream_of(tick.req_id, kind);
  if (one == nullptr || kind != kQuotes || !one->wanted.quotes) return;
  const bool bid = tick.tick_type == kBidSize || tick.tick_type == kDelayedBidSize;
  if (!bid && tick.tick_type != kAskSize && tick.tick_type != kDelayedAskSize) return;
  Quote& quote = one->quote;
  if ((quote.header.flags & (bid ? Quote::kHasBid : Quote::kHasAsk)) == 0) return;
  Quantity& size = bid ? quote.bid_size : quote.ask_size;
  if (size == tick.size) return;
  size = tick.size;
  push_quote(*one);
}

void ClientCore::Impl::use(const TickByTickData& tick) {
  int kind = 0;
  Listed* const one = stream_of(tick.req_id, kind);
  if (one == nullptr || !tick.historical_tick_last) return;
  const HistoricalTickLast& last = *tick.historical_tick_last;
  Trade trade = Trade::at(one->instrument, now, last.price, last.size);
  trade.header.ts_event = Timestamp::from_seconds(last.time);
  push(trade.header);
}

void ClientCore::Impl::use(const RealTimeBarTick& tick) {
  int kind = 0;
  Listed* const one = stream_of(tick.req_id, kind);
  if (one == nullptr || kind != kBars) return;
  Bar bar = make_record<Bar>(RecordKind::kBar);
  bar.header.instrument = one->instrument;
  bar.spec = BarSpec::time(Duration::seconds(5));
  bar.open_time = Timestamp::from_seconds(tick.time);
  bar.header.ts_event = bar.open_time + Duration::seconds(5);
  bar.header.ts_recv = now;
  bar.open = tick.open;
  bar.high = tick.high;
  bar.low = tick.low;
  bar.close = tick.close;
  bar.volume = Volume{} + tick.volume;
  bar.trades = tick.count > 0 ? static_cast<std::uint64_t>(tick.count) : 0;
  push(bar.header);
}

// TWS numbers the rows of a book; keel's books have prices. What a row held and what it holds now
// make one delta, in which rows of one price are summed up.
void ClientCore::Impl::depth(std::int32_t id, const MarketDepthData& data) {
  int kind = 0;
  Listed* const one = stream_of(id, kind);
  if (one == nullptr || kind != kDepth || data.position < 0 || data.position > 200) return;
  auto& rows = data.side == 1 ? one->bids : one->asks;
  const auto at = static_cast<std::size_t>(data.position);
  std::vector<Price> touched;
  if (data.operation == 2) {
    if (at >= rows.size()) return;
    touched.push_back(rows[at].price);
    rows.erase(rows.begin() + data.position);
  } else {
    if (data.operation == 0 || at >= rows.size()) {
      if (at > rows.size()) return;
      rows.insert(rows.begin() + data.position, BookRow{});
    } else {
      touched.push_back(rows[at].price);
    }
    rows[at] = {data.price, data.size};
    touched.push_back(data.price);
  }
  if (touched.size() == 2 && touched[0] == touched[1]) touched.pop_back();
  struct Delta {
    BookDelta head;
    BookLevel levels[2];
  } delta{make_record<BookDelta>(RecordKind::kBookDelta), {}};
  for (std::size_t i = 0; i < touched.size(); ++i) {
    BookLevel& level = delta.levels[i];
    level.price = touched[i];
    level.side = data.side == 1 ? Side::kBuy : Side::kSell;
    level.size = Quantity::zero();
    for (const BookRow& row : rows)
      if (row.price == touched[i])
        level.size = checked_add(level.size, row.size).value_or(level.size);
  }
  delta.head.count = static_cast<std::uint32_t>(touched.size());
  delta.head.header.size =
      static_cast<std::uint32_t>(sizeof(BookDelta) + touched.size() * sizeof(BookLevel));
  delta.head.header.instrument = one->instrument;
  delta.head.header.ts_event = delta.head.header.ts_recv = now;
  push(delta.head.header);
}

void ClientCore::Impl::use(const ContractData& data) {
  const auto asked_for = details_asked.find(data.req_id);
  if (asked_for == details_asked.end()) return;
  Listed& one = listed[asked_for->second];
  one.contract.con_id = data.contract.con_id;
  by_contract[data.contract.con_id] = asked_for->second;
}

}  // namespace keel::tws
