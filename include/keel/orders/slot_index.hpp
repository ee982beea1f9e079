// SlotIndex: from a 64-bit hash to the slots that have it. Open addressing with a fixed number of
// places, no allocation after construction, erasing without tombstones. The caller compares the
// full key, so that a shared hash costs time and never an error.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/assert.hpp>

namespace keel::detail {

class SlotIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  // Room for `items` entries at half load.
  explicit SlotIndex(std::uint32_t items) {
    std::uint64_t places = 16;
    while (places < 2 * static_cast<std::uint64_t>(items)) places *= 2;
    KEEL_ASSERT(places <= (std::uint64_t{1} << 31), "index too large");
    entries_.resize(static_cast<std::size_t>(places), Entry{0, kNone});
    mask_ = static_cast<std::uint32_t>(places - 1);
  }

  // The first slot with this hash for which `same(slot)` holds; kNone: none.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Same same) const {
    const std::uint32_t tag = tag_of(hash);
    for (std::uint32_t at = tag & mask_; entries_[at].slot != kNone; at = (at + 1) & mask_)
      if (entries_[at].tag == tag && same(entries_[at].slot)) return entries_[at].slot;
    return kNone;
  }
  void insert(std::uint64_t hash, std::uint32_t slot) {
    ++size_;
    KEEL_ASSERT(size_ <= mask_ - mask_ / 8, "index is full");
    const std::uint32_t tag = tag_of(hash);
    std::uint32_t at = tag & mask_;
    while (entries_[at].slot != kNone) at = (at + 1) & mask_;
    entries_[at] = {tag, slot};
  }
  void erase(std::uint64_t hash, std::uint32_t slot) {
    const std::uint32_t tag = tag_of(hash);
    std::uint32_t at = tag & mask_;
    while (entries_[at].slot != slot || entries_[at].tag != tag) {
      if (entries_[at].slot == kNone) return;
      at = (at + 1) & mask_;
    }
    --size_;
    // An entry behind the hole moves into it, unless it would then lie before its home.
    for (std::uint32_t next = (at + 1) & mask_; entries_[next].slot != kNone;
         next = (next + 1) & mask_) {
      const std::uint32_t home = entries_[next].tag & mask_;
      if (((next - home) & mask_) < ((next - at) & mask_)) continue;
      entries_[at] = entries_[next];
      at = next;
    }
    entries_[at] = {0, kNone};
  }
  void clear() {
    for (Entry& entry : entries_) entry = {0, kNone};
    size_ = 0;
  }
  [[nodiscard]] std::uint32_t size() const { return size_; }

 private:
  struct Entry {
    std::uint32_t tag, slot;
  };
  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>((hash * 0x9E3779B97F4A7C15u) >> 32);
  }
  std::vector<Entry> entries_;
  std::uint32_t mask_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace keel::detail
