#include <keel/market/order_book.hpp>

#include <algorithm>

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x4B4F4F42;  // "BOOK"

std::span<const BookLevel> levels_of(const BookDelta& delta) {
  return {reinterpret_cast<const BookLevel*>(&delta + 1), delta.count};
}

bool is_sorted_side(const std::vector<PriceLevel>& levels, bool is_bid) {
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (!levels[i].size.is_positive() || levels[i].price == Price::min()) return false;
    if (i == 0) continue;
    const Price before = levels[i - 1].price, here = levels[i].price;
    if (is_bid ? here <= before : here >= before) return false;
  }
  return true;
}

}  // namespace

OrderBook::OrderBook(InstrumentId instrument, const OrderBookConfig& config)
    : ladders_{{true, config.max_levels}, {false, config.max_levels}},
      config_(config),
      instrument_(instrument) {
  KEEL_ASSERT(config.max_levels > 0, "a book needs room for a level");
}

void OrderBook::reset() {
  ladders_[0].clear();
  ladders_[1].clear();
  state_ = kStateEmpty;
  seq_ = 0;
}

// What on_delta will do, without doing it.
BookOutcome OrderBook::judge(const BookDelta& delta) const {
  const std::uint64_t bytes = sizeof(BookDelta) + std::uint64_t{delta.count} * sizeof(BookLevel);
  if (delta.header.size < bytes) return BookOutcome::kMalformed;
  // No branch of the loop depends on a level: what the next one is cannot be guessed.
  std::size_t bids = 0, asks = 0;
  std::int64_t signs = 0;
  bool is_bad = false;
  for (const BookLevel& level : levels_of(delta)) {
    signs |= level.size.raw();
    is_bad |= level.price == Price::min();  // it has no opposite, which the ladders need
    bids += static_cast<std::size_t>(level.side == Side::kBuy);
    asks += static_cast<std::size_t>(level.side == Side::kSell);
  }
  if (signs < 0 || is_bad || bids + asks != delta.count) return BookOutcome::kMalformed;
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
  for (const BookLevel& level : levels_of(delta))
    ladders_[level.side == Side::kBuy ? 0 : 1].set(level.price, level.size);
  if (delta.venue_seq != 0) seq_ = delta.venue_seq;
  time_ = delta.header.ts_event;
  ++stats_.applied;
  if (config_.keep_levels != 0) keep_best();
  if (config_.checksum != nullptr && delta.checksum != 0 && !checksum_is(delta.checksum)) {
    ++stats_.gaps;
    state_ = kStateGapped;
    return BookOutcome::kChecksum;
  }
  return BookOutcome::kApplied;
}

void OrderBook::keep_best() {
  for (TickLadder& levels : ladders_) levels.keep(config_.keep_levels);
}

bool OrderBook::checksum_is(std::uint32_t expected) const {
  PriceLevel bids[25], asks[25];
  const std::size_t bid_count = top(Side::kBuy, bids), ask_count = top(Side::kSell, asks);
  return config_.checksum({bids, bid_count}, {asks, ask_count}, config_.checksum_digits) ==
         expected;
}

std::size_t OrderBook::top(Side side, std::span<PriceLevel> out) const {
  std::size_t count = 0;
  ladder(side).each([&](const PriceLevel& level) {
    if (count == out.size()) return false;
    out[count++] = level;
    return true;
  });
  return count;
}

std::vector<PriceLevel> OrderBook::levels(Side side) const {
  std::vector<PriceLevel> all;
  all.reserve(depth(side));
  ladder(side).each([&all](const PriceLevel& level) {
    all.push_back(level);
    return true;
  });
  return all;
}

BookOutcome OrderBook::on_quote(const Quote& quote) {
  const bool numbered = config_.sequence != SequenceRule::kNone && quote.venue_seq != 0;
  if (numbered && state_ == kStateLive && quote.venue_seq < seq_) return refuse(BookOutcome::kOld);
  if ((quote.has_bid() && !quote.bid_size.is_positive()) ||
      (quote.has_ask() && !quote.ask_size.is_positive()) || quote.bid_price == Price::min() ||
      quote.ask_price == Price::min()) {
    ++stats_.refused;
    return BookOutcome::kMalformed;
  }
  ladders_[0].clear();
  ladders_[1].clear();
  if (quote.has_bid()) ladders_[0].set(quote.bid_price, quote.bid_size);
  if (quote.has_ask()) ladders_[1].set(quote.ask_price, quote.ask_size);
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
  return price == Price::min() ? Quantity::zero() : ladder(side).size_at(price);
}

Sweep OrderBook::sweep(Side taker, Quantity quantity, std::optional<Price> limit) const {
  Sweep result{Quantity::zero(), Price::zero(), {}, 0};
  detail::i128 value = 0;
  ladder(opposite(taker)).each([&](const PriceLevel& level) {
    if (result.filled >= quantity) return false;
    if (limit && (taker == Side::kBuy ? level.price > *limit : level.price < *limit)) return false;
    const Quantity part = std::min(level.size, quantity - result.filled);
    value += static_cast<detail::i128>(level.price.raw()) * part.raw();
    result.filled += part;
    result.worst = level.price;
    ++result.levels;
    return true;
  });
  result.value = Int128::from(value);
  return result;
}

std::optional<double> OrderBook::imbalance(std::size_t count) const {
  const auto total = [count](const TickLadder& levels) {
    detail::i128 sum = 0;
    std::size_t seen = 0;
    levels.each([&](const PriceLevel& level) {
      if (seen++ == count) return false;
      sum += level.size.raw();
      return true;
    });
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
  for (const Side side : {Side::kBuy, Side::kSell}) {
    std::vector<PriceLevel> worst_first = levels(side);
    std::reverse(worst_first.begin(), worst_first.end());
    writer.put(worst_first);
  }
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
  std::vector<PriceLevel> saved[2];
  reader.get(saved[0]);
  reader.get(saved[1]);
  reader.end();
  if (!reader.ok()) return;
  if (state_ > kStateGapped || saved[0].size() > config_.max_levels ||
      saved[1].size() > config_.max_levels || !is_sorted_side(saved[0], true) ||
      !is_sorted_side(saved[1], false))
    return reader.fail("order book: levels out of order");
  for (int side : {0, 1}) {
    ladders_[side].clear();
    for (const PriceLevel& level : saved[side]) ladders_[side].set(level.price, level.size);
  }
}

}  // namespace keel
