// The client order ids that were used, and by which order: a bounded memory of the latest ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/order.hpp>

namespace keel {

// Remembers the latest `capacity` ids (a power of two) of all accounts together by a hash of 128
// bits; the oldest is forgotten first. Open addressing, at most half full; no allocation after
// construction.
class ClientIds {
 public:
  explicit ClientIds(std::uint32_t capacity)
      : slots_(std::size_t{capacity} * 2), ring_(capacity), mask_(std::size_t{capacity} * 2 - 1) {}

  // Which order used this id; none where nobody did.
  [[nodiscard]] OrderId find(AccountId account, const ClientOrderId& id) const {
    const Key key = key_of(account, id);
    for (std::size_t at = key.low & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.order.is_none()) return OrderId{0};
      if (slot.key == key) return slot.order;
    }
  }

  // The first user stays.
  void add(AccountId account, const ClientOrderId& id, OrderId order) {
    if (id.empty() || order.is_none() || !find(account, id).is_none()) return;
    insert({key_of(account, id), order});
  }

  [[nodiscard]] std::uint64_t size() const { return count_ < ring_.size() ? count_ : ring_.size(); }

  void save(StateWriter& writer) const {
    writer.put(size());
    for (std::uint64_t i = size(); i > 0; --i) {
      const Key& key = ring_[(count_ - i) & (ring_.size() - 1)];
      writer.put(key);
      writer.put(slots_[slot_of(key)].order);
    }
  }
  void load(StateReader& reader) {
    for (Slot& slot : slots_) slot = {};
    count_ = 0;
    std::uint64_t kept{};
    reader.get(kept);
    for (std::uint64_t i = 0; i < kept && reader.ok(); ++i) {
      Slot slot{};
      reader.get(slot.key);
      reader.get(slot.order);
      if (slot.order.is_none()) return reader.fail("client order id of no order");
      insert(slot);
    }
  }

 private:
  struct Key {
    std::uint64_t low, high;
    friend constexpr bool operator==(Key, Key) = default;
  };
  struct Slot {
    Key key{};
    OrderId order{0};  // none: free
  };

  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const detail::u128 product = static_cast<detail::u128>(a) * (b | 1u);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  static Key key_of(AccountId account, const ClientOrderId& id) {
    static_assert(sizeof(ClientOrderId) == 40);
    std::uint64_t words[5];
    std::memcpy(words, &id, sizeof words);
    std::uint64_t low = 0x9E3779B97F4A7C15u + account.value, high = 0xC2B2AE3D27D4EB4Fu;
    for (const std::uint64_t word : words) {
      low = mix(low ^ word, 0xA0761D6478BD642Fu) + 0x165667B19E3779F9u;
      high = mix(high + word, 0xE7037ED1A0B428DBu) ^ low;
    }
    return {low, high};
  }
  [[nodiscard]] std::size_t slot_of(const Key& key) const {
    std::size_t at = key.low & mask_;
    while (!(slots_[at].key == key) && !slots_[at].order.is_none()) at = (at + 1) & mask_;
    return at;
  }
  void insert(const Slot& slot) {
    Key& place = ring_[count_ & (ring_.size() - 1)];
    if (count_ >= ring_.size()) erase(slot_of(place));
    place = slot.key;
    ++count_;
    slots_[slot_of(slot.key)] = slot;
  }
  // Closes the gap, so that a search may stop at a free slot.
  void erase(std::size_t hole) {
    slots_[hole] = {};
    for (std::size_t at = (hole + 1) & mask_; !slots_[at].order.is_none(); at = (at + 1) & mask_) {
      const std::size_t home = slots_[at].key.low & mask_;
      if (((at - home) & mask_) < ((at - hole) & mask_)) continue;
      slots_[hole] = slots_[at];
      slots_[at] = {};
      hole = at;
    }
  }

  std::vector<Slot> slots_;
  std::vector<Key> ring_;
  std::size_t mask_;
  std::uint64_t count_ = 0;
};

}  // namespace keel
