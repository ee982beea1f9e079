// OrderBookL3: one instrument's resting orders, one by one, in price-time order.
//
// Orders and levels lie in pools made at construction; a side is one contiguous ladder of prices
// with the best at its end; the orders of a level are a queue through the pool. Modify, cancel and
// fill find their order by its id: O(1). Add is O(1) at the eight best prices, one binary search
// elsewhere. Nothing allocates after construction.
//
// Rules. A book needs a kClear before it takes orders (or OrderBookL3Config::starts_empty). An add
// goes to the end of its queue, or to the place that its priority gives it. A modify that changes
// the price, or makes the order larger, loses its place; one that makes it smaller keeps it. A
// cancel takes off its size (zero: all), a fill too; a record marked kTold changes nothing. What
// cannot be of a whole feed (an order that is not known, one that is added twice, more taken off
// than rests, another side) is a gap: the book keeps its orders, says is_gapped(), and takes
// nothing until a kClear. Between the records of one event (BookOrder::kEventEnd) a book may stand
// crossed: look at it when in_event() is false.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/market/book_types.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

struct OrderBookL3Config {
  std::uint32_t max_orders = 1u << 17;
  std::uint32_t max_levels = 1u << 13;  // a side
  // By kContiguous each number is the last one or one more (several records may share a number);
  // by kIncreasing it is not less. Records of a snapshot carry old numbers and are not held to it.
  SequenceRule sequence = SequenceRule::kNone;
  bool starts_empty = false;  // the feed begins with an empty book and has no kClear
};

struct OrderBookL3Stats {
  std::uint64_t applied, told, old, gaps, refused;
  std::uint64_t crossed;  // events at whose end a bid stood above an ask
};

// A price level as the sum of its orders.
struct LevelTotal {
  Price price;
  Quantity size;
  std::uint32_t orders;
};

struct RestingOrder {
  std::uint64_t id;
  std::uint64_t priority;  // as the venue gave it, or 0
  Price price;
  Quantity size;
  Side side;
};

// What must trade or go before an order has its turn.
struct QueuePosition {
  std::uint32_t orders_ahead, orders_behind;
  Quantity size_ahead, size_behind;
};

class OrderBookL3 {
 public:
  explicit OrderBookL3(InstrumentId instrument, const OrderBookL3Config& config = {});

  BookOutcome on_order(const BookOrder& record);
  // kBookOrder records and gaps of this instrument; others are ignored.
  void on_market(const RecordHeader& record);
  // Data was lost: nothing is taken until a kClear.
  void on_gap();
  // As after construction.
  void reset();

  [[nodiscard]] bool is_live() const { return state_ == kStateLive; }
  [[nodiscard]] bool is_gapped() const { return state_ == kStateGapped; }
  // The last record was not the end of its event.
  [[nodiscard]] bool in_event() const { return in_event_ != 0; }
  [[nodiscard]] bool is_crossed() const {
    return two_sided() && ladders_[0].back().price > ladders_[1].back().price;
  }
  [[nodiscard]] bool is_locked() const {
    return two_sided() && ladders_[0].back().price == ladders_[1].back().price;
  }

  // ---- levels, as an L2 book has them ----
  [[nodiscard]] std::optional<LevelTotal> best(Side side) const { return level(side, 0); }
  // The i-th best, from 0. nullopt past the end.
  [[nodiscard]] std::optional<LevelTotal> level(Side side, std::size_t i) const;
  [[nodiscard]] std::size_t depth(Side side) const { return ladder(side).size(); }
  [[nodiscard]] Quantity size_at(Side side, Price price) const;
  // Fills `out` with the best levels, best first; how many there were.
  std::size_t top(Side side, std::span<PriceLevel> out) const;
  [[nodiscard]] Sweep sweep(Side taker, Quantity quantity,
                            std::optional<Price> limit = std::nullopt) const;
  [[nodiscard]] std::optional<double> imbalance(std::size_t count) const;

  // ---- orders ----
  [[nodiscard]] std::size_t order_count() const { return count_; }
  [[nodiscard]] std::optional<RestingOrder> find(std::uint64_t id) const;
  // nullopt: no such order. O(orders at its price).
  [[nodiscard]] std::optional<QueuePosition> queue_position(std::uint64_t id) const;
  // Each order at the i-th best level, first in the queue first.
  template <class Visitor>
  void for_each_order(Side side, std::size_t i, Visitor&& visit) const {
    const auto& sorted = ladder(side);
    if (i >= sorted.size()) return;
    const Level& level = levels_[sorted[sorted.size() - 1 - i].level];
    for (std::uint32_t at = level.head; at != kNone; at = orders_[at].next)
      visit(
          RestingOrder{orders_[at].id, orders_[at].priority, level.price, orders_[at].size, side});
  }

  [[nodiscard]] std::uint64_t venue_seq() const { return seq_; }
  [[nodiscard]] Timestamp time() const { return time_; }  // ts_event of the last record applied
  [[nodiscard]] const OrderBookL3Stats& stats() const { return stats_; }
  [[nodiscard]] InstrumentId instrument() const { return instrument_; }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  static constexpr std::uint8_t kStateEmpty = 0, kStateLive = 1, kStateGapped = 2;

  struct Order {
    std::uint64_t id, priority;
    Quantity size;
    std::uint32_t previous, next;  // in the queue; free orders: the next free one
    std::uint32_t level, side;     // 0: bid, 1: ask
  };
  struct Level {
    Price price;
    std::int64_t size;  // sum, never past 64 bits
    std::uint32_t head, tail, orders, next_free;
  };
  struct Rung {
    Price price;
    std::uint32_t level, reserved;
  };
  // From order id to place in the pool: open addressing, room for twice the orders.
  struct Slot {
    std::uint64_t id;
    std::uint32_t order;  // kNone: empty
    std::uint32_t reserved;
  };

  [[nodiscard]] const std::vector<Rung>& ladder(Side side) const {
    return ladders_[side == Side::kBuy ? 0 : 1];
  }
  [[nodiscard]] bool two_sided() const { return !ladders_[0].empty() && !ladders_[1].empty(); }
  [[nodiscard]] std::size_t home(std::uint64_t id) const {
    return static_cast<std::size_t>((id * 0x9E3779B97F4A7C15u) >> shift_);
  }
  [[nodiscard]] std::uint32_t index_find(std::uint64_t id) const;
  void index_add(std::uint64_t id, std::uint32_t order);
  void index_remove(std::uint64_t id);

  BookOutcome act(const BookOrder& record);
  BookOutcome add(const BookOrder& record);
  BookOutcome modify(const BookOrder& record);
  BookOutcome reduce(const BookOrder& record);
  BookOutcome refuse(BookOutcome outcome);
  void clear();
  // The level of this price, made where there is none; kNone: no room.
  std::uint32_t level_of(std::uint32_t side, Price price);
  bool enqueue(std::uint32_t at, std::uint32_t level);
  void dequeue(std::uint32_t at);
  void drop_level(std::uint32_t side, std::uint32_t level);
  void release(std::uint32_t at);

  std::vector<Order> orders_;
  std::vector<Level> levels_;
  std::vector<Slot> slots_;
  std::vector<Rung> ladders_[2];  // best last
  OrderBookL3Config config_;
  InstrumentId instrument_;
  std::uint32_t free_order_ = kNone, free_level_ = kNone, shift_ = 0, count_ = 0;
  std::uint8_t state_ = kStateEmpty, in_event_ = 0;
  std::uint64_t seq_ = 0;
  Timestamp time_{0};
  OrderBookL3Stats stats_{};
};

}  // namespace keel
