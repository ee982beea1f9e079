// TickLadder: one side of an L2 book. The levels near the touch lie in an array indexed by their
// price, with a bit for each place that holds one, so that a change costs the same wherever it is;
// those further away lie in a sorted array.
//
// The step between places is the greatest common divisor of all prices seen since the last clear():
// nobody has to say what the increment is. When a price comes that is better than the window, or
// the touch has moved far into it, the window follows. Any price but Price::min() can be held.
// Nothing allocates after construction.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include <keel/market/book_types.hpp>

namespace keel {

class TickLadder {
 public:
  // Room for `max_levels`; the caller keeps to it.
  TickLadder(bool is_bid, std::uint32_t max_levels);

  void clear();
  // The size at a price; zero removes the level.
  void set(Price price, Quantity size) {
    std::int64_t key{};
    if (key_of(price, key)) [[likely]] {
      const std::uint64_t at = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(base_);
      if (at < window_) [[likely]]
        return put(at, size.raw());
    }
    set_outside(price, size);
  }

  [[nodiscard]] bool empty() const { return near_ == 0 && far_.empty(); }
  [[nodiscard]] std::size_t size() const { return near_ + far_.size(); }
  // Asserts that there is one.
  [[nodiscard]] PriceLevel best() const {
    if (near_ != 0) return at_place(first_place());
    KEEL_ASSERT(!far_.empty(), "an empty side has no best");
    return far_.back();
  }
  // The i-th best, from 0, below size().
  [[nodiscard]] PriceLevel nth(std::size_t i) const;
  [[nodiscard]] Quantity size_at(Price price) const;
  // Best first, while `visit` says true.
  template <class Visitor>
  void each(Visitor&& visit) const {
    for (std::uint64_t words = summary_; words != 0; words &= words - 1) {
      const auto word = static_cast<std::size_t>(std::countr_zero(words));
      for (std::uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
        if (!visit(at_place(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))))) return;
    }
    for (auto at = far_.rbegin(); at != far_.rend(); ++at)
      if (!visit(*at)) return;
  }
  // Drops the worst levels until `count` are left.
  void keep(std::size_t count);

 private:
  static constexpr std::size_t kMaxWindow = 4'096;  // 64 words of bits, told of by one more

  // The price of an ask, minus that of a bid: the smaller the better.
  [[nodiscard]] std::int64_t turned(std::int64_t raw) const { return (raw ^ flip_) - flip_; }
  // A price as a number of steps, the smaller the better; false: it is not on the grid.
  bool key_of(Price price, std::int64_t& key) const {
    // Division by an odd number is a product where nothing is left over, and out of range where
    // something is (Warren, Hacker's Delight, 10-17).
    const std::int64_t raw = turned(price.raw());
    key = static_cast<std::int64_t>(static_cast<std::uint64_t>(raw >> shift_) * inverse_);
    return key <= limit_ && key >= -limit_ && (raw & low_bits_) == 0;
  }
  [[nodiscard]] std::size_t first_place() const {
    const auto word = static_cast<std::size_t>(std::countr_zero(summary_));
    return word * 64 + static_cast<std::size_t>(std::countr_zero(bits_[word]));
  }
  [[nodiscard]] PriceLevel at_place(std::size_t at) const {
    const std::int64_t raw = (base_ + static_cast<std::int64_t>(at)) * step_;
    return {Price::from_raw(turned(raw)), Quantity::from_raw(sizes_[at])};
  }
  void put(std::uint64_t at, std::int64_t size) {
    const std::int64_t before = sizes_[at];
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    sizes_[at] = size;
    if (size != 0) {
      bits_[at / 64] |= bit;
      summary_ |= std::uint64_t{1} << (at / 64);
      near_ += static_cast<std::size_t>(before == 0);
    } else if (before != 0) {
      take(at);
    }
  }
  void take(std::uint64_t at);
  void set_outside(Price price, Quantity size);
  void set_far(Price price, Quantity size);
  void set_step(std::int64_t step);
  // Puts the window so that this price has a quarter of it before it.
  void place(std::int64_t step, Price best);

  std::vector<std::int64_t> sizes_;  // by place; zero: no level
  std::uint64_t bits_[kMaxWindow / 64] = {};
  std::uint64_t summary_ = 0;  // which words of bits_ are not zero
  std::size_t near_ = 0;       // levels in the window
  std::uint64_t window_;       // places
  std::int64_t base_ = 0;      // key of place 0
  std::int64_t flip_;          // -1 for bids: turns prices round
  std::int64_t step_ = 0;      // raw; 0: no price yet
  // Of step_: its odd part's inverse, its power of two, and the largest key.
  std::uint64_t inverse_ = 0;
  int shift_ = 0;
  std::int64_t low_bits_ = 0, limit_ = -1;
  std::vector<PriceLevel> far_;      // worst first, all worse than the window
  std::vector<PriceLevel> scratch_;  // room for moving
};

}  // namespace keel
