// MatchingEngine: price-time matching over many books, shared by the backtest's venue and by
// simulators of exchanges.
//
// It holds resting orders and trades incoming quantity against them. What else is on offer (the
// touch of a quote feed, a depth book, nothing) plugs in as an `External`: the best price of both
// is taken first, and at equal prices what is external, because it was there before. It knows no
// order types, no accounts and no time; those are its caller's.
//
//   struct External {                       // what the market shows beside our orders
//     bool best(Side maker, Price& price, Quantity& open) const;  // false: nothing on that side
//     void take(Side maker, Price price, Quantity quantity);
//     Quantity available(Side maker, Price limit, Quantity enough) const;  // at limit or better
//   };
//   struct Events {
//     Match before(std::uint64_t maker_tag);          // may they trade? (self-trade rules)
//     bool on_match(std::uint64_t maker_tag, Price, Quantity, Quantity maker_left);  // false: stop
//     bool on_external(Price, Quantity);                                             // false: stop
//     void on_dropped(std::uint64_t maker_tag);       // a maker that kDropMaker took out
//     bool on_decrement(std::uint64_t maker_tag, Quantity, Quantity maker_left);     // false: stop
//   };                             // on_decrement only where before() may say so
//
// Events may rest, reduce and cancel orders of any book while they are told; a maker whose left is
// zero has gone already. Not thread-safe. Allocates only when a side holds more prices than
// declared.
#pragma once

#include <algorithm>

#include <keel/sim/price_ladder.hpp>

namespace keel {

// kDecrement: both become less by what they would have traded, and nothing trades.
enum class Match : std::uint8_t { kTrade = 1, kDropMaker = 2, kStop = 3, kDecrement = 4 };

// No market beside our orders.
struct NoExternal {
  static bool best(Side, Price&, Quantity&) { return false; }
  static void take(Side, Price, Quantity) {}
  static Quantity available(Side, Price, Quantity) { return Quantity::zero(); }
};

class MatchingEngine {
 public:
  using Slot = LadderPool::Slot;
  static constexpr Slot kNone = LadderPool::kNone;

  struct Capacity {
    std::uint32_t books = 1;
    std::uint32_t orders = 1u << 14;
    std::uint32_t levels = 64;  // a side
  };
  explicit MatchingEngine(const Capacity& capacity);

  // Another book; its number.
  std::uint32_t add_book();
  [[nodiscard]] std::uint32_t books() const {
    return static_cast<std::uint32_t>(ladders_.size() / 2);
  }

  // Trades at `limit` or better until nothing is left or nothing crosses; what is left.
  template <class External, class Events>
  Quantity match(std::uint32_t book, Side taker, Price limit, Quantity quantity, External& external,
                 Events& events);
  // How much match() would trade at `limit` or better, counted up to `enough`. `before(tag)` gives
  // the verdict that Events would.
  template <class External, class Before>
  [[nodiscard]] Quantity available(std::uint32_t book, Side taker, Price limit, Quantity enough,
                                   const External& external, Before before) const;

  // Puts an order behind all others at its price, without matching. kNone: the engine is full.
  Slot rest(std::uint32_t book, Side side, Price price, Quantity open, std::uint64_t tag) {
    return ladder(book, side).insert(pool_, price, open, tag);
  }
  // Takes an order out.
  void remove(Slot slot) { ladders_[pool_.entries_[slot].ladder].erase(pool_, slot); }
  // Less (or more) of an order, in its place.
  void set_open(Slot slot, Quantity open) { pool_.entries_[slot].open = open.raw(); }

  [[nodiscard]] const PriceLadder& side(std::uint32_t book, Side side) const {
    return ladders_[index(book, side)];
  }
  [[nodiscard]] Slot first(std::uint32_t book, Side side) const {
    return ladders_[index(book, side)].first(pool_);
  }
  [[nodiscard]] Slot next(Slot slot) const {
    return ladders_[pool_.entries_[slot].ladder].next(pool_, slot);
  }
  [[nodiscard]] const LadderPool& pool() const { return pool_; }

 private:
  static std::size_t index(std::uint32_t book, Side side) {
    return std::size_t{book} * 2 + (side == Side::kSell ? 1 : 0);
  }
  [[nodiscard]] PriceLadder& ladder(std::uint32_t book, Side side) {
    return ladders_[index(book, side)];
  }
  LadderPool pool_;
  std::vector<PriceLadder> ladders_;  // two a book: bids, asks
  std::uint32_t levels_;
};

template <class External, class Events>
Quantity MatchingEngine::match(std::uint32_t book, Side taker, Price limit, Quantity quantity,
                               External& external, Events& events) {
  const Side maker = opposite(taker);
  const std::size_t at = index(book, maker);
  while (quantity.is_positive()) {
    const PriceLadder& makers = ladders_[at];
    const bool crosses = makers.reaches(limit);
    Price shown{};
    Quantity size{};
    if (external.best(maker, shown, size) && makers.as_good(shown, limit) &&
        (!crosses || makers.as_good(shown, makers.best()))) {
      const Quantity traded = std::min(quantity, size);
      external.take(maker, shown, traded);
      quantity -= traded;
      if (!events.on_external(shown, traded)) break;
      continue;
    }
    if (!crosses) break;
    const Slot slot = makers.first(pool_);
    const std::uint64_t tag = pool_.entries_[slot].tag;
    const Match verdict = events.before(tag);
    if (verdict == Match::kStop) break;
    if (verdict == Match::kDropMaker) {
      ladders_[at].erase(pool_, slot);
      events.on_dropped(tag);
      continue;
    }
    const Price price = makers.best();
    const Quantity traded = std::min(quantity, pool_.open(slot));
    const Quantity left = pool_.open(slot) - traded;
    if (left.is_zero())
      ladders_[at].erase(pool_, slot);
    else
      pool_.entries_[slot].open = left.raw();
    quantity -= traded;
    if constexpr (requires { events.on_decrement(tag, traded, left); }) {
      if (verdict == Match::kDecrement) {
        if (!events.on_decrement(tag, traded, left)) break;
        continue;
      }
    }
    if (!events.on_match(tag, price, traded, left)) break;
  }
  return quantity;
}

template <class External, class Before>
Quantity MatchingEngine::available(std::uint32_t book, Side taker, Price limit, Quantity enough,
                                   const External& external, Before before) const {
  const PriceLadder& makers = ladders_[index(book, opposite(taker))];
  Quantity sum = Quantity::zero();
  for (Slot slot = makers.first(pool_); slot != kNone && sum < enough;
       slot = makers.next(pool_, slot)) {
    const Price price = pool_.price(slot);
    if (!makers.as_good(price, limit)) break;
    const Match verdict = before(pool_.tag(slot));
    if (verdict == Match::kStop) {
      limit = price;  // what is external at this price comes before it
      break;
    }
    if (verdict == Match::kTrade) sum += std::min(pool_.open(slot), enough - sum);
  }
  if (sum == enough) return sum;
  return sum + external.available(opposite(taker), limit, enough - sum);
}

}  // namespace keel
