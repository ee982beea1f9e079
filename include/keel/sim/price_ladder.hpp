// PriceLadder: one side of a book in price-time order, in flat arrays.
//
// Entries (32 bytes) and levels live in a LadderPool that many ladders share; a ladder itself is
// two sorted arrays with the best price at their end, so that what happens near the touch moves
// little memory. Adding finds its level by binary search; removing an entry finds it through its
// slot. A ladder that is about highest prices first ("bids") and one that is about lowest first
// ("asks") are the same code over a mirrored key.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/assert.hpp>
#include <keel/core/decimal.hpp>
#include <keel/model/enums.hpp>

namespace keel {

class LadderPool {
 public:
  using Slot = std::uint32_t;
  static constexpr Slot kNone = 0xFFFFFFFFu;

  explicit LadderPool(std::uint32_t capacity);

  [[nodiscard]] bool is_full() const { return free_entry_ == kNone; }
  [[nodiscard]] Quantity open(Slot slot) const { return Quantity::from_raw(entries_[slot].open); }
  [[nodiscard]] std::uint64_t tag(Slot slot) const { return entries_[slot].tag; }
  [[nodiscard]] Price price(Slot slot) const {
    return Price::from_raw(levels_[entries_[slot].level].price);
  }

 private:
  friend class PriceLadder;
  friend class MatchingEngine;
  struct Entry {
    std::int64_t open;  // raw Quantity, above zero
    std::uint64_t tag;
    Slot previous, next;  // within the level, oldest first
    std::uint32_t level;
    std::uint32_t ladder;  // number of the ladder that holds it
  };
  static_assert(sizeof(Entry) == 32);
  struct Level {
    std::int64_t price;
    Slot head, tail;
  };
  std::vector<Entry> entries_;
  std::vector<Level> levels_;  // as many as entries: each could be alone at its price
  Slot free_entry_, free_level_;
};

class PriceLadder {
 public:
  using Slot = LadderPool::Slot;
  static constexpr Slot kNone = LadderPool::kNone;

  // `best_high`: the highest price is the best (bids). `number` is kept with each entry. Room for
  // `levels` prices is made now; more are held too, by allocating.
  PriceLadder(bool best_high, std::uint32_t number, std::uint32_t levels)
      : flip_(best_high ? 0 : -1), number_(number) {
    keys_.reserve(levels);
    levels_.reserve(levels);
  }

  [[nodiscard]] bool is_empty() const { return keys_.empty(); }
  // Of a ladder that is not empty.
  [[nodiscard]] Price best() const { return Price::from_raw(keys_.back() ^ flip_); }
  [[nodiscard]] Slot first(const LadderPool& pool) const {
    return keys_.empty() ? kNone : pool.levels_[levels_.back()].head;
  }
  // The one after in price-time order. O(log levels) at the end of a level, O(1) within.
  [[nodiscard]] Slot next(const LadderPool& pool, Slot slot) const;
  // Whether the best price is at `limit` or better for the one who takes from this ladder.
  [[nodiscard]] bool reaches(Price limit) const {
    return !keys_.empty() && keys_.back() >= (limit.raw() ^ flip_);
  }
  // Whether `price` is as good as `other` for the one who takes from this ladder.
  [[nodiscard]] bool as_good(Price price, Price other) const {
    return (price.raw() ^ flip_) >= (other.raw() ^ flip_);
  }

  // Behind everything at its price. kNone: the pool is full.
  Slot insert(LadderPool& pool, Price price, Quantity open, std::uint64_t tag);
  void erase(LadderPool& pool, Slot slot);
  void set_open(LadderPool& pool, Slot slot, Quantity open) {
    pool.entries_[slot].open = open.raw();
  }

 private:
  // Where `key` is, or would be put.
  [[nodiscard]] std::size_t find(std::int64_t key) const;

  std::int64_t flip_;  // all ones where the lowest price is best: turns the order round
  std::uint32_t number_;
  std::vector<std::int64_t> keys_;     // ascending, best last
  std::vector<std::uint32_t> levels_;  // beside keys_
};

inline std::size_t PriceLadder::find(std::int64_t key) const {
  // Most arrivals are at the touch or within a few levels of it.
  const std::int64_t* const keys = keys_.data();
  std::size_t low = 0, count = keys_.size();
  while (count > 0) {  // without a branch that depends on the data
    const std::size_t half = count / 2;
    const bool right = keys[low + half] < key;
    low = right ? low + half + 1 : low;
    count = right ? count - half - 1 : half;
  }
  return low;
}

inline LadderPool::Slot PriceLadder::next(const LadderPool& pool, Slot slot) const {
  const auto& entry = pool.entries_[slot];
  if (entry.next != kNone) return entry.next;
  const std::size_t at = find(pool.levels_[entry.level].price ^ flip_);
  return at == 0 ? kNone : pool.levels_[levels_[at - 1]].head;
}

inline LadderPool::Slot PriceLadder::insert(LadderPool& pool, Price price, Quantity open,
                                            std::uint64_t tag) {
  const Slot slot = pool.free_entry_;
  if (slot == kNone) [[unlikely]]
    return kNone;
  auto& entry = pool.entries_[slot];
  pool.free_entry_ = entry.next;
  const std::int64_t key = price.raw() ^ flip_;
  const std::size_t at = find(key);
  if (at < keys_.size() && keys_[at] == key) {
    const std::uint32_t index = levels_[at];
    auto& level = pool.levels_[index];
    entry = {open.raw(), tag, level.tail, kNone, index, number_};
    pool.entries_[level.tail].next = slot;
    level.tail = slot;
  } else {
    const std::uint32_t index = pool.free_level_;
    auto& level = pool.levels_[index];
    pool.free_level_ = level.head;
    level = {price.raw(), slot, slot};
    entry = {open.raw(), tag, kNone, kNone, index, number_};
    const auto place = static_cast<std::ptrdiff_t>(at);
    keys_.insert(keys_.begin() + place, key);
    levels_.insert(levels_.begin() + place, index);
  }
  return slot;
}

inline void PriceLadder::erase(LadderPool& pool, Slot slot) {
  auto& entry = pool.entries_[slot];
  auto& level = pool.levels_[entry.level];
  if (entry.previous != kNone)
    pool.entries_[entry.previous].next = entry.next;
  else
    level.head = entry.next;
  if (entry.next != kNone)
    pool.entries_[entry.next].previous = entry.previous;
  else
    level.tail = entry.previous;
  if (level.head == kNone) {
    const auto place = static_cast<std::ptrdiff_t>(find(level.price ^ flip_));
    keys_.erase(keys_.begin() + place);
    levels_.erase(levels_.begin() + place);
    level.head = pool.free_level_;
    pool.free_level_ = entry.level;
  }
  entry.next = pool.free_entry_;
  pool.free_entry_ = slot;
}

}  // namespace keel
