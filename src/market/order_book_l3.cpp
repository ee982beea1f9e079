#include <keel/market/order_book_l3.hpp>

#include <algorithm>
#include <bit>

#include "ladder_search.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x334B4F42;  // "BOK3"

template <class Rungs>
std::size_t position(const Rungs& rungs, bool is_bid, Price price) {
  return market::ladder_position(rungs.data(), rungs.size(), market::flip_of(is_bid), price);
}

struct SavedOrder {
  std::uint64_t id, priority;
  Price price;
  Quantity size;
  std::uint64_t side;
};

}  // namespace

OrderBookL3::OrderBookL3(InstrumentId instrument, const OrderBookL3Config& config)
    : config_(config), instrument_(instrument) {
  KEEL_ASSERT(config.max_orders > 0 && config.max_orders < (1u << 31), "room for orders");
  KEEL_ASSERT(config.max_levels > 0 && config.max_levels < (1u << 30), "room for levels");
  orders_.resize(config.max_orders);
  levels_.resize(std::size_t{config.max_levels} * 2);
  for (auto& rungs : ladders_) rungs.reserve(config.max_levels);
  const std::size_t slots = std::bit_ceil(std::size_t{config.max_orders} * 2);
  slots_.resize(slots);
  shift_ = 64 - static_cast<std::uint32_t>(std::countr_zero(slots));
  reset();
}

void OrderBookL3::reset() {
  clear();
  state_ = config_.starts_empty ? kStateLive : kStateEmpty;
  seq_ = 0;
  in_event_ = 0;
}

void OrderBookL3::clear() {
  for (auto& rungs : ladders_) rungs.clear();
  for (std::uint32_t i = 0; i < orders_.size(); ++i)
    orders_[i].next = i + 1 < orders_.size() ? i + 1 : kNone;
  for (std::uint32_t i = 0; i < levels_.size(); ++i)
    levels_[i].next_free = i + 1 < levels_.size() ? i + 1 : kNone;
  for (Slot& slot : slots_) slot.order = kNone;
  free_order_ = free_level_ = 0;
  count_ = 0;
}

// ---- ids ----

std::uint32_t OrderBookL3::index_find(std::uint64_t id) const {
  for (std::size_t at = home(id);; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].order == kNone) return kNone;
    if (slots_[at].id == id) return slots_[at].order;
  }
}

void OrderBookL3::index_add(std::uint64_t id, std::uint32_t order) {
  std::size_t at = home(id);
  while (slots_[at].order != kNone) at = (at + 1) & (slots_.size() - 1);
  slots_[at].id = id;
  slots_[at].order = order;
}

// Later entries of the run move up, so that no empty slot comes before what it leads to.
void OrderBookL3::index_remove(std::uint64_t id) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = home(id);
  while (slots_[hole].id != id || slots_[hole].order == kNone) hole = (hole + 1) & mask;
  for (std::size_t at = (hole + 1) & mask; slots_[at].order != kNone; at = (at + 1) & mask) {
    if (((at - home(slots_[at].id)) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole].order = kNone;
}

// ---- levels and queues ----

std::uint32_t OrderBookL3::level_of(std::uint32_t side, Price price) {
  auto& rungs = ladders_[side];
  const std::size_t at = position(rungs, side == 0, price);
  if (at < rungs.size() && rungs[at].price == price) return rungs[at].level;
  if (rungs.size() == config_.max_levels) return kNone;
  const std::uint32_t made = free_level_;
  free_level_ = levels_[made].next_free;
  levels_[made] = {price, 0, kNone, kNone, 0, kNone};
  rungs.insert(rungs.begin() + static_cast<std::ptrdiff_t>(at), Rung{price, made, 0});
  return made;
}

void OrderBookL3::drop_level(std::uint32_t side, std::uint32_t level) {
  auto& rungs = ladders_[side];
  const std::size_t at = position(rungs, side == 0, levels_[level].price);
  rungs.erase(rungs.begin() + static_cast<std::ptrdiff_t>(at));
  levels_[level].next_free = free_level_;
  free_level_ = level;
}

// At the end, or before the orders whose priority comes later. false: the sum does not fit.
bool OrderBookL3::enqueue(std::uint32_t at, std::uint32_t level_at) {
  Order& order = orders_[at];
  Level& level = levels_[level_at];
  std::int64_t sum{};
  if (__builtin_add_overflow(level.size, order.size.raw(), &sum)) return false;
  level.size = sum;
  std::uint32_t after = level.tail;
  if (order.priority != 0)
    while (after != kNone && orders_[after].priority > order.priority)
      after = orders_[after].previous;
  order.level = level_at;
  order.previous = after;
  order.next = after == kNone ? level.head : orders_[after].next;
  (order.previous == kNone ? level.head : orders_[order.previous].next) = at;
  (order.next == kNone ? level.tail : orders_[order.next].previous) = at;
  ++level.orders;
  return true;
}

void OrderBookL3::dequeue(std::uint32_t at) {
  const Order& order = orders_[at];
  Level& level = levels_[order.level];
  (order.previous == kNone ? level.head : orders_[order.previous].next) = order.next;
  (order.next == kNone ? level.tail : orders_[order.next].previous) = order.previous;
  level.size -= order.size.raw();
  if (--level.orders == 0) drop_level(order.side, order.level);
}

void OrderBookL3::release(std::uint32_t at) {
  index_remove(orders_[at].id);
  dequeue(at);
  orders_[at].next = free_order_;
  free_order_ = at;
  --count_;
}

// ---- records ----

BookOutcome OrderBookL3::add(const BookOrder& record) {
  if (!record.size.is_positive()) return BookOutcome::kMalformed;
  if (record.side != Side::kBuy && record.side != Side::kSell) return BookOutcome::kMalformed;
  if (index_find(record.order) != kNone) return BookOutcome::kDuplicateOrder;
  if (free_order_ == kNone) return BookOutcome::kTooDeep;
  const std::uint32_t side = record.side == Side::kBuy ? 0 : 1;
  const std::uint32_t level = level_of(side, record.price);
  if (level == kNone) return BookOutcome::kTooDeep;
  const std::uint32_t at = free_order_;
  const std::uint32_t next_free = orders_[at].next;
  orders_[at] = {record.order, record.priority, record.size, kNone, kNone, level, side};
  if (!enqueue(at, level)) {
    orders_[at].next = next_free;
    return BookOutcome::kTooDeep;
  }
  free_order_ = next_free;
  index_add(record.order, at);
  ++count_;
  return BookOutcome::kApplied;
}

BookOutcome OrderBookL3::modify(const BookOrder& record) {
  const std::uint32_t at = index_find(record.order);
  if (at == kNone) return BookOutcome::kUnknownOrder;
  Order& order = orders_[at];
  if (!record.size.is_positive()) return BookOutcome::kMalformed;
  if (record.side != (order.side == 0 ? Side::kBuy : Side::kSell)) return BookOutcome::kMalformed;
  Level& level = levels_[order.level];
  const bool keeps_place = level.price == record.price && record.size <= order.size &&
                           (record.priority == 0 || record.priority == order.priority);
  if (keeps_place) {
    level.size -= (order.size - record.size).raw();
    order.size = record.size;
    return BookOutcome::kApplied;
  }
  dequeue(at);
  order.size = record.size;
  order.priority = record.priority;
  const std::uint32_t target = level_of(order.side, record.price);
  if (target != kNone && enqueue(at, target)) return BookOutcome::kApplied;
  index_remove(order.id);
  order.next = free_order_;
  free_order_ = at;
  --count_;
  return BookOutcome::kTooDeep;
}

// A cancel or a fill.
BookOutcome OrderBookL3::reduce(const BookOrder& record) {
  const std::uint32_t at = index_find(record.order);
  if (at == kNone) return BookOutcome::kUnknownOrder;
  Order& order = orders_[at];
  const bool same_side = record.side == (order.side == 0 ? Side::kBuy : Side::kSell);
  if (!same_side || record.size.is_negative() || record.size > order.size)
    return BookOutcome::kMalformed;
  if (record.size.is_zero() && record.action == BookAction::kFill) return BookOutcome::kMalformed;
  if (record.size.is_zero() || record.size == order.size) {
    release(at);
  } else {
    levels_[order.level].size -= record.size.raw();
    order.size -= record.size;
  }
  return BookOutcome::kApplied;
}

BookOutcome OrderBookL3::act(const BookOrder& record) {
  switch (record.action) {
    case BookAction::kAdd: return add(record);
    case BookAction::kModify: return modify(record);
    case BookAction::kCancel:
    case BookAction::kFill: return reduce(record);
    case BookAction::kClear: break;
  }
  return BookOutcome::kMalformed;
}

BookOutcome OrderBookL3::refuse(BookOutcome outcome) {
  if (outcome == BookOutcome::kOld) {
    ++stats_.old;
    return outcome;
  }
  if (outcome == BookOutcome::kNoSnapshot) {
    ++stats_.refused;
    return outcome;
  }
  if (outcome != BookOutcome::kGap) ++stats_.refused;
  on_gap();
  return outcome;
}

void OrderBookL3::on_gap() {
  if (state_ == kStateLive) ++stats_.gaps;
  state_ = kStateGapped;
}

BookOutcome OrderBookL3::on_order(const BookOrder& record) {
  if (record.action == BookAction::kClear) {
    if (count_ != 0 || state_ == kStateGapped) clear();
    state_ = kStateLive;
    seq_ = record.venue_seq;
  } else {
    if (state_ == kStateEmpty) return refuse(BookOutcome::kNoSnapshot);
    if (state_ == kStateGapped) return refuse(BookOutcome::kGap);
    const bool numbered = config_.sequence != SequenceRule::kNone && record.venue_seq != 0;
    if (numbered && !record.is_snapshot()) {
      if (record.venue_seq < seq_) return refuse(BookOutcome::kOld);
      if (config_.sequence == SequenceRule::kContiguous && seq_ != 0 && record.venue_seq > seq_ + 1)
        return refuse(BookOutcome::kGap);
    }
    if ((record.header.flags & BookOrder::kTold) != 0) {
      ++stats_.told;
    } else if (const BookOutcome outcome = act(record); outcome != BookOutcome::kApplied) {
      return refuse(outcome);
    }
    if (record.venue_seq > seq_) seq_ = record.venue_seq;
  }
  time_ = record.header.ts_event;
  ++stats_.applied;
  in_event_ = record.is_event_end() ? 0 : 1;
  if (in_event_ == 0 && is_crossed()) ++stats_.crossed;
  return BookOutcome::kApplied;
}

void OrderBookL3::on_market(const RecordHeader& record) {
  if (record.kind == RecordKind::kMarketGap &&
      (record.instrument == instrument_ || record.instrument.value == 0))
    on_gap();
  if (record.kind == RecordKind::kBookOrder && record.instrument == instrument_)
    on_order(record_as<BookOrder>(record));
}

// ---- questions ----

std::optional<LevelTotal> OrderBookL3::level(Side side, std::size_t i) const {
  const auto& rungs = ladder(side);
  if (i >= rungs.size()) return std::nullopt;
  const Rung& rung = rungs[rungs.size() - 1 - i];
  const Level& level = levels_[rung.level];
  return LevelTotal{rung.price, Quantity::from_raw(level.size), level.orders};
}

Quantity OrderBookL3::size_at(Side side, Price price) const {
  const auto& rungs = ladder(side);
  const std::size_t at = position(rungs, side == Side::kBuy, price);
  if (at >= rungs.size() || rungs[at].price != price) return Quantity::zero();
  return Quantity::from_raw(levels_[rungs[at].level].size);
}

std::size_t OrderBookL3::top(Side side, std::span<PriceLevel> out) const {
  const auto& rungs = ladder(side);
  const std::size_t count = std::min(out.size(), rungs.size());
  for (std::size_t i = 0; i < count; ++i) {
    const Rung& rung = rungs[rungs.size() - 1 - i];
    out[i] = {rung.price, Quantity::from_raw(levels_[rung.level].size)};
  }
  return count;
}

Sweep OrderBookL3::sweep(Side taker, Quantity quantity, std::optional<Price> limit) const {
  Sweep result{Quantity::zero(), Price::zero(), {}, 0};
  const auto& rungs = ladder(opposite(taker));
  detail::i128 value = 0;
  for (auto at = rungs.rbegin(); at != rungs.rend() && result.filled < quantity; ++at) {
    if (limit && (taker == Side::kBuy ? at->price > *limit : at->price < *limit)) break;
    const Quantity part =
        std::min(Quantity::from_raw(levels_[at->level].size), quantity - result.filled);
    value += static_cast<detail::i128>(at->price.raw()) * part.raw();
    result.filled += part;
    result.worst = at->price;
    ++result.levels;
  }
  result.value = Int128::from(value);
  return result;
}

std::optional<double> OrderBookL3::imbalance(std::size_t count) const {
  detail::i128 sums[2] = {0, 0};
  for (const Side side : {Side::kBuy, Side::kSell})
    for (std::size_t i = 0; i < std::min(count, depth(side)); ++i)
      sums[side == Side::kBuy ? 0 : 1] += level(side, i)->size.raw();
  if (sums[0] + sums[1] == 0) return std::nullopt;
  return static_cast<double>(sums[0] - sums[1]) / static_cast<double>(sums[0] + sums[1]);
}

std::optional<RestingOrder> OrderBookL3::find(std::uint64_t id) const {
  const std::uint32_t at = index_find(id);
  if (at == kNone) return std::nullopt;
  const Order& order = orders_[at];
  return RestingOrder{order.id, order.priority, levels_[order.level].price, order.size,
                      order.side == 0 ? Side::kBuy : Side::kSell};
}

std::optional<QueuePosition> OrderBookL3::queue_position(std::uint64_t id) const {
  const std::uint32_t at = index_find(id);
  if (at == kNone) return std::nullopt;
  QueuePosition result{0, 0, Quantity::zero(), Quantity::zero()};
  for (std::uint32_t i = orders_[at].previous; i != kNone; i = orders_[i].previous) {
    ++result.orders_ahead;
    result.size_ahead += orders_[i].size;
  }
  const Level& level = levels_[orders_[at].level];
  result.orders_behind = level.orders - result.orders_ahead - 1;
  result.size_behind = Quantity::from_raw(level.size) - result.size_ahead - orders_[at].size;
  return result;
}

// ---- saved state: the orders in the order of their queues ----

void OrderBookL3::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
  writer.put(instrument_);
  writer.put(state_);
  writer.put(in_event_);
  writer.put(seq_);
  writer.put(time_);
  writer.put(stats_);
  std::vector<SavedOrder> saved;
  saved.reserve(count_);
  for (const Side side : {Side::kBuy, Side::kSell})
    for (std::size_t i = 0; i < depth(side); ++i)
      for_each_order(side, i, [&saved](const RestingOrder& order) {
        saved.push_back({order.id, order.priority, order.price, order.size,
                         static_cast<std::uint64_t>(order.side)});
      });
  writer.put(saved);
  writer.end(section);
}

void OrderBookL3::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("L3 book: unknown version");
  InstrumentId instrument{};
  reader.get(instrument);
  if (reader.ok() && instrument != instrument_)
    return reader.fail("L3 book: saved for another instrument");
  std::vector<SavedOrder> saved;
  reader.get(state_);
  reader.get(in_event_);
  reader.get(seq_);
  reader.get(time_);
  reader.get(stats_);
  reader.get(saved);
  reader.end();
  if (!reader.ok()) return;
  clear();
  for (const SavedOrder& order : saved) {
    BookOrder record = make_record<BookOrder>(RecordKind::kBookOrder);
    record.order = order.id;
    record.priority = order.priority;
    record.price = order.price;
    record.size = order.size;
    record.side = order.side <= 2 ? static_cast<Side>(order.side) : Side{};
    if (add(record) != BookOutcome::kApplied) return reader.fail("L3 book: orders that cannot be");
  }
  if (state_ > kStateGapped || in_event_ > 1) reader.fail("L3 book: a state that cannot be");
}

}  // namespace keel
