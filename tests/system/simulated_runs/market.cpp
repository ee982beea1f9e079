#include "market.hpp"

#include <cstring>

#include <keel/model/market_data.hpp>

namespace keel::runs {

RandomMarket::RandomMarket(const Plan& plan) : plan_(plan), random_(plan.seed * 31 + 7) {
  for (const auto& spec : plan.instruments) {
    std::int64_t price = 190'000'000'000;  // raw
    if (spec.base == Currency{"BTC"}) price = 40'000'000'000'000;
    if (spec.base == Currency{"EUR"}) price = 1'100'000'000;
    Book book{};
    book.tick = spec.price_increment;
    book.mid = price / spec.price_increment.raw();
    book.step = 1 + book.mid / 20'000;
    books_.push_back(book);
  }
}

Result<std::span<const std::byte>> RandomMarket::next() {
  const std::size_t which = random_.below(books_.size());
  bytes_.clear();
  move_time();
  Book& book = books_[which];
  book.mid += random_.between(-3, 3) * book.step;
  book.mid = std::max(book.mid, 100 * book.step);
  if (is_calm())
    make_calm(static_cast<std::size_t>(events_ % books_.size()));
  else
    make(which);
  ++events_;
  return std::span<const std::byte>{bytes_};
}

void RandomMarket::move_time() {
  if (is_calm()) {
    now_ = now_ + 250_ms;
    return;
  }
  const auto draw = random_.below(400);
  if (draw == 0)
    now_ = now_ + Duration::hours(random_.between(1, 30));
  else if (draw < 20)
    now_ = now_ + Duration::seconds(random_.between(1, 90));
  else if (draw < 300)
    now_ = now_ + Duration::milliseconds(random_.between(0, 120));
}

void RandomMarket::make(std::size_t which) {
  const auto draw = random_.below(100);
  if (draw == 0) return status(which);
  if (draw == 1) return gap(which);
  if (draw < 4) return mark(which);
  switch (plan_.styles[which]) {
    case MarketStyle::kQuotes: return draw < 75 ? quote(which) : trade(which);
    case MarketStyle::kTrades: return trade(which);
    case MarketStyle::kDepth: return draw < 75 ? depth(which) : trade(which);
    case MarketStyle::kBars: return bar(which);
  }
}

// Every market is open, whole and two-sided again.
void RandomMarket::make_calm(std::size_t which) {
  if (books_[which].is_halted) return status(which);
  switch (plan_.styles[which]) {
    case MarketStyle::kDepth: books_[which].has_depth = false; return depth(which);
    case MarketStyle::kQuotes: return quote(which);
    case MarketStyle::kTrades: return trade(which);
    case MarketStyle::kBars: return bar(which);
  }
}

template <class R>
void RandomMarket::put(R record, std::size_t which) {
  record.header.instrument = InstrumentId{static_cast<std::uint32_t>(which + 1)};
  record.header.ts_event = record.header.ts_recv = now_;
  const auto* at = reinterpret_cast<const std::byte*>(&record);
  bytes_.insert(bytes_.end(), at, at + sizeof record);
}

void RandomMarket::quote(std::size_t which) {
  Book& book = books_[which];
  const std::int64_t half = random_.between(0, 3) * book.step;
  Quote quote = Quote::two_sided({}, now_, at(book, book.mid - half), size(),
                                 at(book, book.mid + half + 1), size());
  const auto draw = is_calm() ? 99 : random_.below(100);
  if (draw == 0) quote.header.flags = Quote::kHasBid;
  if (draw == 1) quote.header.flags = Quote::kHasAsk;
  if (draw == 2) std::swap(quote.bid_price, quote.ask_price);  // crossed
  quote.venue_seq = ++book.venue_seq;
  put(quote, which);
}

void RandomMarket::trade(std::size_t which) {
  Book& book = books_[which];
  Trade trade = Trade::at({}, now_, at(book, book.mid), size());
  const auto side = random_.below(3);
  if (side == 1) trade.header.flags = Trade::kBuyerAggressor;
  if (side == 2) trade.header.flags = Trade::kSellerAggressor;
  trade.trade_id = ++book.venue_seq;
  put(trade, which);
}

void RandomMarket::bar(std::size_t which) {
  Book& book = books_[which];
  const std::int64_t open = book.mid + random_.between(-2, 2) * book.step;
  const std::int64_t up = random_.between(0, 4) * book.step,
                     down = random_.between(0, 4) * book.step;
  Bar bar = make_record<Bar>(RecordKind::kBar);
  bar.spec = BarSpec::time(1_s);
  bar.open_time = now_ - 1_s;
  bar.open = at(book, open);
  bar.close = at(book, book.mid);
  bar.high = at(book, std::max(open, book.mid) + up);
  bar.low = at(book, std::min(open, book.mid) - down);
  const Quantity volume = size();
  bar.volume = Volume::from_raw(Int128::from(volume.raw()));
  bar.trades = 1 + random_.below(9);
  bar.value = Int128::from(static_cast<detail::i128>(bar.close.raw()) * volume.raw());
  put(bar, which);
}

void RandomMarket::depth(std::size_t which) {
  Book& book = books_[which];
  const bool whole = !book.has_depth || random_.below(4) == 0;
  book.has_depth = true;
  BookLevel levels[6] = {};
  std::uint32_t count = 0;
  const auto level = [&](Side side, std::int64_t ticks, Quantity amount) {
    levels[count].price = at(book, ticks);
    levels[count].size = amount;
    levels[count++].side = side;
  };
  for (std::int64_t i = 0; whole && i < 3; ++i) {
    level(Side::kBuy, book.mid - (1 + i) * book.step, size());
    level(Side::kSell, book.mid + (1 + i) * book.step, size());
  }
  if (!whole) {
    const Side side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
    level(side, book.mid - sign(side) * random_.between(1, 4) * book.step,
          random_.below(3) == 0 ? Quantity::zero() : size());
  }
  BookDelta delta =
      make_record<BookDelta>(whole ? RecordKind::kBookSnapshot : RecordKind::kBookDelta);
  delta.header.size = static_cast<std::uint32_t>(sizeof delta + count * sizeof(BookLevel));
  delta.venue_seq_first = delta.venue_seq = ++book.venue_seq;
  delta.count = count;
  put(delta, which);
  const auto* at_levels = reinterpret_cast<const std::byte*>(levels);
  bytes_.insert(bytes_.end(), at_levels, at_levels + count * sizeof(BookLevel));
}

void RandomMarket::status(std::size_t which) {
  Book& book = books_[which];
  book.is_halted = !book.is_halted;
  StatusChange change = make_record<StatusChange>(RecordKind::kInstrumentStatus);
  change.status = book.is_halted ? InstrumentStatus::kHalted : InstrumentStatus::kTrading;
  put(change, which);
}

void RandomMarket::gap(std::size_t which) {
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.dropped = 1;
  books_[which].has_depth = false;
  put(gap, which);
}

void RandomMarket::mark(std::size_t which) {
  MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
  value.price = value.index = at(books_[which], books_[which].mid);
  put(value, which);
}

}  // namespace keel::runs
