#include <keel/market/order_book.hpp>

#include <algorithm>

#include "ladder_search.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x4B4F4F42;  // "BOOK"

std::span<const BookLevel> levels_of(const BookDelta& delta) {
  return {reinterpret_cast<const BookLevel*>(&delta + 1), delta.count};
}

std::size_t position(const std::vector<PriceLevel>& levels, bool is_bid, Price price) {
  return market::ladder_position(levels.data(), levels.size(), market::flip_of(is_bid), price);
}

bool is_sorted_side(const std::vector<PriceLevel>& levels, bool is_bid) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (!levels[i].size.is_positive()) return false;
    if (i == 0) continue;
    const Price before = levels[i - 1].price, here = levels[i].price;
    if (is_bid ? here <= before : here >= before) return false;
  }
  return true;
}

}  // namespace

OrderBook::OrderBook(InstrumentId instrument, const OrderBookConfig& config)
    : config_(config), instrument_(instrument) {
  KEEL_ASSERT(config.max_levels > 0, "a book needs room for a level");
  ladders_[0].reserve(config.max_levels);
  ladders_[1].reserve(config.max_levels);
}

void OrderBook::reset() {
  ladders_[0].clear();
  ladders_[1].clear();
  state_ = kStateEmpty;
  seq_ = 0;
}

void OrderBook::apply(const BookLevel& change) {
  const bool is_bid = change.side == Side::kBuy;
  auto& levels = ladders_[is_bid ? 0 : 1];
  const std::size_t at = position(levels, is_bid, change.price);
  const bool found = at < levels.size() && levels[at].price == change.price;
  const auto place = levels.begin() + static_cast<std::ptrdiff_t>(at);
  if (change.size.is_zero()) {
    if (found) levels.erase(place);
  } else if (found) {
    place->size = change.size;
  } else {
    levels.insert(place, PriceLevel{change.price, change.size});
  }
}

// What on_delta will do, without doing it.
BookOutcome OrderBook::judge(const BookDelta& delta) const {
  const std::uint64_t bytes = sizeof(BookDelta) + std::uint64_t{delta.count} * sizeof(BookLevel);
  if (delta.header.size < bytes) return BookOutcome::kMalformed;
  // No branch of the loop depends on a level: what the next one is cannot be guessed.
  std::size_t bids = 0, asks = 0;
  std::int64_t signs = 0;
  for (const BookLevel& level : levels_of(delta)) {
    signs |= level.size.raw();
    bids += static_cast<std::size_t>(level.side == Side::kBuy);
    asks += static_cast<std::size_t>(level.side == Side::kSell);
  }
  if (signs < 0 || bids + asks != delta.count) return BookOutcome::kMalformed;
  const std::uint64_t last = delta.venue_seq;
  const std::uint64_t first = delta.venue_seq_first != 0 ? delta.venue_seq_first : last;
  if (first > last) return BookOutcome::kMalformed;
  const bool numbered = config_.sequence != SequenceRule::kNone && last != 0;
  if (delta.header.kind == RecordKind::kBookSnapshot) {
    if (numbered && state_ == kStateLive && last < seq_) return BookOutcome::kOld;
    const bool fits = bids <= config_.max_levels && asks <= config_.max_levels;
    return fits ? BookOutcome::kApplied : BookOutcome::kTooDeep;
  }
  if (state_ == kStateEmpty) return BookOutcome::kNoSnapshot;
  if (state_ == kStateGapped) return BookOutcome::kGap;
  if (numbered && last <= seq_) return BookOutcome::kOld;
  if (numbered && config_.sequence == SequenceRule::kContiguous && seq_ != 0 && first > seq_ + 1)
    return BookOutcome::kGap;
  const bool fits = ladders_[0].size() + bids <= config_.max_levels &&
                    ladders_[1].size() + asks <= config_.max_levels;
  return fits ? BookOutcome::kApplied : BookOutcome::kTooDeep;
}

BookOutcome OrderBook::refuse(BookOutcome outcome) {
  switch (outcome) {
    case BookOutcome::kOld: ++stats_.old; break;
    case BookOutcome::kGap:
      if (state_ == kStateLive) ++stats_.gaps;
      state_ = kStateGapped;
      break;
    case BookOutcome::kMalformed:
    case BookOutcome::kTooDeep:
      ++stats_.refused;
      if (state_ == kStateLive) state_ = kStateGapped;
      break;
    default: ++stats_.refused; break;
  }
  return outcome;
}

BookOutcome OrderBook::on_delta(const BookDelta& delta) {
  KEEL_ASSERT(
      delta.header.kind == RecordKind::kBookDelta || delta.header.kind == RecordKind::kBookSnapshot,
      "not a book record");
  const BookOutcome outcome = judge(delta);
  if (outcome != BookOutcome::kApplied) return refuse(outcome);
  if (delta.header.kind == RecordKind::kBookSnapshot) {
    ladders_[0].clear();
    ladders_[1].clear();
    state_ = kStateLive;
    seq_ = 0;
  }
  for (const BookLevel& level : levels_of(delta)) apply(level);
  if (delta.venue_seq != 0) seq_ = delta.venue_seq;
  time_ = delta.header.ts_event;
  ++stats_.applied;
  return BookOutcome::kApplied;
}

BookOutcome OrderBook::on_quote(const Quote& quote) {
  const bool numbered = config_.sequence != SequenceRule::kNone && quote.venue_seq != 0;
  if (numbered && state_ == kStateLive && quote.venue_seq < seq_) return refuse(BookOutcome::kOld);
  if ((quote.has_bid() && !quote.bid_size.is_positive()) ||
      (quote.has_ask() && !quote.ask_size.is_positive())) {
    ++stats_.refused;
    return BookOutcome::kMalformed;
  }
  ladders_[0].clear();
  ladders_[1].clear();
  if (quote.has_bid()) ladders_[0].push_back({quote.bid_price, quote.bid_size});
  if (quote.has_ask()) ladders_[1].push_back({quote.ask_price, quote.ask_size});
  state_ = kStateLive;
  if (quote.venue_seq != 0) seq_ = quote.venue_seq;
  time_ = quote.header.ts_event;
  ++stats_.applied;
  return BookOutcome::kApplied;
}

void OrderBook::on_market(const RecordHeader& record) {
  if (record.kind == RecordKind::kMarketGap &&
      (record.instrument == instrument_ || record.instrument.value == 0))
    on_gap();
  if (record.instrument != instrument_) return;
  if (record.kind == RecordKind::kBookDelta || record.kind == RecordKind::kBookSnapshot)
    on_delta(record_as<BookDelta>(record));
}

Quantity OrderBook::size_at(Side side, Price price) const {
  const auto& levels = ladder(side);
  const std::size_t at = position(levels, side == Side::kBuy, price);
  return at < levels.size() && levels[at].price == price ? levels[at].size : Quantity::zero();
}

Sweep OrderBook::sweep(Side taker, Quantity quantity, std::optional<Price> limit) const {
  Sweep result{Quantity::zero(), Price::zero(), {}, 0};
  const auto& levels = ladder(opposite(taker));
  detail::i128 value = 0;
  for (auto at = levels.rbegin(); at != levels.rend() && result.filled < quantity; ++at) {
    if (limit && (taker == Side::kBuy ? at->price > *limit : at->price < *limit)) break;
    const Quantity part = std::min(at->size, quantity - result.filled);
    value += static_cast<detail::i128>(at->price.raw()) * part.raw();
    result.filled += part;
    result.worst = at->price;
    ++result.levels;
  }
  result.value = Int128::from(value);
  return result;
}

std::optional<double> OrderBook::imbalance(std::size_t count) const {
  const auto total = [count](const std::vector<PriceLevel>& levels) {
    detail::i128 sum = 0;
    const std::size_t first = levels.size() > count ? levels.size() - count : 0;
    for (std::size_t i = first; i < levels.size(); ++i) sum += levels[i].size.raw();
    return sum;
  };
  const detail::i128 bid = total(ladders_[0]), ask = total(ladders_[1]);
  if (bid + ask == 0) return std::nullopt;
  return static_cast<double>(bid - ask) / static_cast<double>(bid + ask);
}

void OrderBook::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
  writer.put(instrument_);
  writer.put(state_);
  writer.put(seq_);
  writer.put(time_);
  writer.put(stats_);
  writer.put(ladders_[0]);
  writer.put(ladders_[1]);
  writer.end(section);
}

void OrderBook::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("order book: unknown version");
  InstrumentId instrument{};
  reader.get(instrument);
  if (reader.ok() && instrument != instrument_)
    return reader.fail("order book: saved for another instrument");
  reader.get(state_);
  reader.get(seq_);
  reader.get(time_);
  reader.get(stats_);
  reader.get(ladders_[0]);
  reader.get(ladders_[1]);
  reader.end();
  if (!reader.ok()) return;
  if (state_ > kStateGapped || ladders_[0].size() > config_.max_levels ||
      ladders_[1].size() > config_.max_levels || !is_sorted_side(ladders_[0], true) ||
      !is_sorted_side(ladders_[1], false))
    return reader.fail("order book: levels out of order");
  ladders_[0].reserve(config_.max_levels);
  ladders_[1].reserve(config_.max_levels);
}

}  // namespace keel
