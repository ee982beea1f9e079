// FlatMap: 64-bit keys to 32-bit values in one array, of fixed room, without allocation after it
// was made. Open addressing with linear probing; erasing moves the followers back, so nothing is
// left behind. Key 0 is not allowed.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/assert.hpp>

namespace keel::sim_detail {

class FlatMap {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  // Room for `capacity` keys at half load.
  explicit FlatMap(std::uint32_t capacity) {
    std::size_t size = 16;
    while (size < std::size_t{capacity} * 2) size *= 2;
    cells_.resize(size);
    mask_ = size - 1;
  }

  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    for (std::size_t at = home(key); cells_[at].key != 0; at = (at + 1) & mask_)
      if (cells_[at].key == key) return cells_[at].value;
    return kNone;
  }
  // Inserts or overwrites.
  void put(std::uint64_t key, std::uint32_t value) {
    KEEL_ASSERT(key != 0, "key 0 stands for an empty cell");
    std::size_t at = home(key);
    while (cells_[at].key != 0 && cells_[at].key != key) at = (at + 1) & mask_;
    if (cells_[at].key == 0) KEEL_ASSERT(++count_ <= cells_.size() / 2, "flat map is full");
    cells_[at] = {key, value, 0};
  }
  void erase(std::uint64_t key) {
    std::size_t at = home(key);
    while (cells_[at].key != key) {
      if (cells_[at].key == 0) return;
      at = (at + 1) & mask_;
    }
    --count_;
    for (std::size_t from = (at + 1) & mask_; cells_[from].key != 0; from = (from + 1) & mask_) {
      // A follower may move into the hole unless its home lies after the hole.
      if (((from - home(cells_[from].key)) & mask_) >= ((from - at) & mask_)) {
        cells_[at] = cells_[from];
        at = from;
      }
    }
    cells_[at].key = 0;
  }

 private:
  struct Cell {
    std::uint64_t key;
    std::uint32_t value;
    std::uint32_t reserved;
  };
  [[nodiscard]] std::size_t home(std::uint64_t key) const {
    key *= 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(key ^ (key >> 32)) & mask_;
  }
  std::vector<Cell> cells_;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
};

// The last keys that were added, as many as declared.
class RecentKeys {
 public:
  explicit RecentKeys(std::uint32_t capacity) : ring_(capacity), known_(capacity) {}
  void add(std::uint64_t key) {
    if (has(key)) return;
    if (ring_[next_] != 0) known_.erase(ring_[next_]);
    ring_[next_] = key;
    known_.put(key, 1);
    next_ = next_ + 1 == ring_.size() ? 0 : next_ + 1;
  }
  [[nodiscard]] bool has(std::uint64_t key) const { return known_.find(key) != FlatMap::kNone; }

 private:
  std::vector<std::uint64_t> ring_;
  FlatMap known_;
  std::size_t next_ = 0;
};

}  // namespace keel::sim_detail
