// Depth: the levels that the market shows, and what our orders have taken from each. A level that
// changes is whole again; one that is repeated unchanged is not.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/sim_types.hpp"

namespace keel::sim_detail {

class Depth {
 public:
  struct Level {
    Price price;
    Quantity size, left;
  };

  // Everything anew. A level that is as it was keeps what was taken from it.
  template <class Levels>
  void reset(const Levels& levels) {
    old_bids_.swap(bids_);
    old_asks_.swap(asks_);
    bids_.clear();
    asks_.clear();
    for (const BookLevel& level : levels) set(level.side, level.price, level.size);
    keep_taken(Side::kBuy, old_bids_);
    keep_taken(Side::kSell, old_asks_);
  }
  void set(Side side, Price price, Quantity size) {
    auto& levels = of(side);
    const auto at = find(side, price);
    const bool found = at != levels.end() && at->price == price;
    if (!size.is_positive()) {
      if (found) empty(levels, at);
    } else if (!found) {
      put(side, at, {price, size, size});
    } else if (at->size != size) {
      at->size = at->left = size;
    }
  }

  // More or less of a level, order by order: what is added is new, what goes was first of all what
  // our orders had not taken yet.
  void change(Side side, Price price, Quantity by) {
    auto& levels = of(side);
    const auto at = find(side, price);
    if (at == levels.end() || at->price != price) {
      if (by.is_positive()) put(side, at, {price, by, by});
      return;
    }
    at->size += by;
    if (!at->size.is_positive())
      empty(levels, at);
    else
      at->left = by.is_positive() ? at->left + by : std::min(at->left, at->size);
  }

  // The best level of a side that shows anything; the deepest one.
  [[nodiscard]] const Level* best(Side side) const {
    const auto& levels = side == Side::kBuy ? bids_ : asks_;
    return levels.empty() ? nullptr : &levels.back();
  }
  [[nodiscard]] const Level* deepest(Side side) const {
    const auto& levels = side == Side::kBuy ? bids_ : asks_;
    for (const Level& level : levels)
      if (level.size.is_positive()) return &level;
    return nullptr;
  }
  // The best level of which something is left.
  [[nodiscard]] Level* offered(Side side) {
    auto& levels = of(side);
    for (auto at = levels.rbegin(); at != levels.rend(); ++at)
      if (at->left.is_positive()) return &*at;
    return nullptr;
  }
  template <class Told>
  void each(Side side, Told told) const {
    const auto& levels = side == Side::kBuy ? bids_ : asks_;
    for (auto at = levels.rbegin(); at != levels.rend(); ++at)
      if (at->left.is_positive()) told(side, at->price, at->left);
  }
  [[nodiscard]] Quantity size_at(Side side, Price price) {
    const auto& levels = of(side);
    const auto at = find(side, price);
    return at != levels.end() && at->price == price ? at->size : Quantity::zero();
  }
  // What is left at `limit` or better, counted up to `enough`.
  [[nodiscard]] Quantity available(Side side, Price limit, Quantity enough) {
    Quantity sum = Quantity::zero();
    auto& levels = of(side);
    for (auto at = levels.rbegin(); at != levels.rend() && sum < enough; ++at) {
      if (!as_good(opposite(side), at->price, limit)) break;
      sum += std::min(at->left, enough - sum);
    }
    return sum;
  }

 private:
  [[nodiscard]] std::vector<Level>& of(Side side) { return side == Side::kBuy ? bids_ : asks_; }
  // Sorted with the best last; near the touch little moves. The changes of a record come in order
  // of price, so the search starts where the last one ended and doubles its steps.
  [[nodiscard]] std::vector<Level>::iterator find(Side side, Price price) {
    auto& levels = of(side);
    const std::int64_t flip = side == Side::kBuy ? 0 : -1;
    const std::int64_t key = price.raw() ^ flip;
    const auto is_worse = [&](std::size_t at) { return (levels[at].price.raw() ^ flip) < key; };
    std::size_t& hint = hints_[side == Side::kBuy ? 0 : 1];
    std::size_t low = std::min(hint, levels.size()), high = low, step = 1;
    if (low < levels.size() && is_worse(low)) {
      for (++low; low + step <= levels.size() && is_worse(low + step - 1); step *= 2) low += step;
      high = std::min(low + step, levels.size());
    } else {
      for (; high >= step && !is_worse(high - step); step *= 2) high -= step;
      low = high >= step ? high - step + 1 : 0;
    }
    while (low < high) {
      const std::size_t half = low + (high - low) / 2;
      if (is_worse(half))
        low = half + 1;
      else
        high = half;
    }
    hint = low;
    return levels.begin() + static_cast<std::ptrdiff_t>(low);
  }
  // A level that is gone stays as an empty one, unless it was the best: prices come back, and a new
  // price beside an empty one takes its room. So the ladder seldom has to move.
  static void empty(std::vector<Level>& levels, std::vector<Level>::iterator at) {
    at->size = at->left = Quantity::zero();
    while (!levels.empty() && levels.back().size.is_zero()) levels.pop_back();
  }
  void put(Side side, std::vector<Level>::iterator at, Level level) {
    auto& levels = of(side);
    if (at != levels.end() && at->size.is_zero()) {
      *at = level;
      return;
    }
    if (at != levels.begin() && (at - 1)->size.is_zero()) {
      *(at - 1) = level;
      return;
    }
    if (levels.size() == levels.capacity()) {  // before more room is made, the empty ones go
      std::erase_if(levels, [](const Level& each) { return each.size.is_zero(); });
      at = find(side, level.price);
    }
    levels.insert(at, level);
  }
  void keep_taken(Side side, const std::vector<Level>& before) {
    for (const Level& level : before) {
      const auto at = find(side, level.price);
      if (at != of(side).end() && at->price == level.price && at->size == level.size)
        at->left = level.left;
    }
  }
  std::vector<Level> bids_, asks_, old_bids_, old_asks_;
  std::size_t hints_[2] = {0, 0};  // where the last search ended
};

}  // namespace keel::sim_detail
