// Triggers: watches the market and the clock for orders that are held here because their venue
// cannot do it: stops, if-touched and trailing orders, pegs, orders at the open and at the close,
// and the ends of DAY and GTD orders.
//
// What it decides becomes facts at once: kOrderTriggered (the order manager then asks for its
// release), kStopMoved (one a move of at least a tick), a cancel or kOrderExpired. State moves in
// fold() alone, so stops survive a restart where the last fact left them.
//
// Rules. A stop goes off when the market is at its trigger or beyond, an if-touched order when the
// market comes to it from the other side. The price is the last trade's (a bar's high and low), the
// side of the quote that the order would take, the mark price, or the middle of bid and ask;
// TriggerBy::kDefault is the last trade where there ever was one, else the quote. Of what one event
// sets off, stops go before if-touched orders, then the nearer trigger, then the older order.
// Within a bar a trailing stop is judged where it was, then moved by the bar's extreme, then judged
// by its close. While the instrument does not trade, or its quote is crossed, nothing goes off.
//
// An instrument without watched orders costs one comparison an event. Nothing allocates but the
// lists of an instrument, while they grow. Not thread-safe.
#pragma once

#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/marks.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/orders/slot_index.hpp>

namespace keel {

class OrderManager;

class Triggers {
 public:
  // `capacity`: as many as there are slots for orders.
  Triggers(std::uint32_t capacity, const InstrumentRegistry& registry, const Marks& marks);

  [[nodiscard]] std::size_t size() const { return pool_.size() - free_.size(); }
  [[nodiscard]] bool watches(InstrumentId instrument) const {
    const std::size_t at = instrument.value - 1u;
    return at < boards_.size() && boards_[at].orders != 0;
  }

  // After marks.fold(input).
  void on_market(const RecordHeader& input, OrderManager& orders, Emitter& emitter);
  // An order was armed: sets a trailing stop's first trigger, and goes off where the market is
  // there already.
  void on_armed(OrderId order, OrderManager& orders, Emitter& emitter);
  [[nodiscard]] std::optional<Timestamp> next_deadline() const {
    if (times_.empty()) return std::nullopt;
    return pool_[times_.front()].at;
  }
  void on_time(Timestamp now, OrderManager& orders, Emitter& emitter);

  // A pegged order that rests at another price than it should: replace it. false: none now.
  struct PegMove {
    OrderId order;
    Price price;
  };
  bool next_peg(const OrderManager& orders, PegMove& move);

  void fold(const RecordHeader& record) {
    if (is_order_record(record.kind)) {
      const auto& order = record_as<OrderRecord>(record);
      if (size() == 0 && !is_kept(order)) [[likely]]
        return;
      fold_order(order);
    } else if (record.kind == RecordKind::kStopMoved) {
      fold_move(record_as<StateFact>(record));
    }
  }
  void save(StateWriter& writer) const;
  void load(StateReader& reader);

  // Calls f(OrderId) for each watched order of the instrument.
  template <class F>
  void for_each(InstrumentId instrument, F f) const {
    for (const Watch& watch : pool_)
      if (!watch.order.is_none() && watch.instrument == instrument) f(watch.order);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;
  static constexpr std::uint32_t kSources = 5;  // by TriggerBy
  struct Watch {
    static constexpr std::uint8_t kPrice = 1, kPeg = 2, kTime = 4, kAuction = 8, kHasTrigger = 16,
                                  kHasCap = 32, kLive = 64;  // kLive: a peg that was released
    OrderId order;
    InstrumentId instrument;
    AccountId account;
    StrategyId strategy;
    std::int64_t trail_offset;
    Price trigger;  // or the offset of a peg
    Price cap;
    Timestamp at;
    std::uint32_t price_place, time_place;  // in a heap; kNone: in none. Derived.
    Side side;
    OrderType type;
    TriggerBy by;
    TrailUnit unit;
    std::uint8_t what;
    std::uint8_t reserved[3];
    [[nodiscard]] bool is(std::uint8_t bit) const { return (what & bit) != 0; }
  };
  static_assert(std::has_unique_object_representations_v<Watch>);
  using Heap = std::vector<std::uint32_t>;
  struct Board {  // of one instrument
    std::uint32_t orders = 0;
    std::uint32_t heaps = kNone;          // index into heaps_
    detail::i128 best[kSources][2] = {};  // cache: the furthest that trailing stops have seen
    bool has_best[kSources][2] = {};
  };
  struct Heaps {
    Heap list[kSources][2][2];  // by source, side, and stop or if-touched
    Heap trails[kSources][2];   // not heaps: in order of their orders
    Heap pegs;
  };
  struct Range {  // twice the price
    detail::i128 low, high, last;
  };

  [[nodiscard]] static bool is_kept(const OrderRecord& record) {
    return record.header.kind == RecordKind::kOrderHeld ||
           (record.terms.flags & OrderTerms::kHasExpiry) != 0;
  }
  [[nodiscard]] static std::size_t index(Side side) { return side == Side::kBuy ? 0 : 1; }
  [[nodiscard]] std::uint32_t find(OrderId order) const;
  void fold_order(const OrderRecord& record);
  void fold_move(const StateFact& fact);
  void set(const OrderRecord& record);
  void drop(std::uint32_t at);
  void drop_price(std::uint32_t at);
  void leave(std::uint32_t at, const OrderRecord& record);
  void list(Heap& members, std::uint32_t at);
  void unlist(Heap& members, std::uint32_t at);
  void watch(std::uint32_t at);
  void set_time(std::uint32_t at, std::optional<Timestamp> time);
  Board& board(InstrumentId instrument);
  [[nodiscard]] Heap& heap_of(const Watch& watch);
  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b, bool by_time) const;
  void insert(Heap& heap, std::uint32_t at, bool by_time);
  void erase(Heap& heap, std::uint32_t at, bool by_time);
  void settle(Heap& heap, std::uint32_t place, bool by_time);
  std::uint32_t& place_of(std::uint32_t at, bool by_time) {
    return by_time ? pool_[at].time_place : pool_[at].price_place;
  }

  [[nodiscard]] bool range_of(const Watch& watch, Range& range) const;
  [[nodiscard]] static bool reached(const Watch& watch, const Range& range);
  void run(InstrumentId instrument, TriggerBy by, Side side, const Range& range,
           OrderManager& orders, Emitter& emitter);
  void move_stops(InstrumentId instrument, TriggerBy by, Side side, const Range& range,
                  Emitter& emitter);
  void move_stop(const Watch& watch, const Range& range, Emitter& emitter);
  void look_at_pegs(InstrumentId instrument, OrderManager& orders, Emitter& emitter);

  std::uint32_t capacity_;
  const InstrumentRegistry* registry_;
  const Marks* marks_;
  std::vector<Watch> pool_;
  std::vector<std::uint32_t> free_;
  detail::SlotIndex index_;
  std::vector<Board> boards_;  // by instrument id - 1
  std::vector<Heaps> heaps_;
  Heap times_;
  std::vector<std::uint32_t> moved_pegs_;  // scratch: to be replaced
};

}  // namespace keel
