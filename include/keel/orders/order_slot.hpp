// OrderSlots: the ring in which orders live, and the lists that run through it. A slot's place is
// the counter of its order's id and a mask; whether it holds that very order is told by the whole
// id. Open orders are never overwritten. Everything here is changed by folding records only.
#pragma once

#include <array>
#include <bit>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/order_records.hpp>

namespace keel::detail {

inline constexpr std::uint32_t kNoSlot = 0xFFFFFFFFu;

struct OrderSlot {
  // Commands without an answer.
  static constexpr std::uint8_t kSubmitFlies = 1, kReplaceFlies = 2, kCancelFlies = 4;
  // marks
  static constexpr std::uint8_t kTriggered = 1;
  static constexpr std::uint8_t kPresumed = 2;        // ended because the venue does not know it
  static constexpr std::uint8_t kCancelRepeated = 4;  // canceled again since it became unknown
  static constexpr std::uint8_t kArmed = 8;           // held, and keel watches for its moment
  static constexpr std::uint8_t kSlicing = 16;        // held, and goes out in slices
  static constexpr std::uint8_t kSlice = 32;          // a slice of its parent
  static constexpr std::uint8_t kLinked = 64;         // the venue links it with its group

  Order order;
  Price confirmed_reserve, pending_reserve;
  Quantity wanted;           // total asked for when it was made, before any exit was resized
  Quantity prior;            // filled before we knew it: in `filled`, but never booked by us
  Quantity claimed;          // the venue's last word on what is filled, where it differed from ours
  Quantity parent_filled;    // of the parent, as of its last fact
  Quantity siblings_filled;  // by the rest of the group
  Quantity children_filled;
  Timestamp command_at;
  Timestamp retry_at;
  std::uint64_t venue_number;
  std::uint32_t first_child, next_child, prev_child;  // children of one parent
  std::uint32_t next_peer, prev_peer;                 // of one group, a circle
  std::uint32_t next_waiting, prev_waiting;           // by time of the last command
  Reason cancel_reason;
  std::uint8_t flying;
  std::uint8_t marks;
  OrderState ended;  // unknown only: what the venue said it ended as, while fills are missing
  std::uint8_t parent_ended;
  std::uint8_t failures;  // of what a contingency asked for, since something about it changed
  std::uint8_t is_waiting;
  std::uint8_t is_group_head;  // the latest of its group: where the group is found
  std::uint8_t is_put_off;     // denied here, to be asked for again at retry_at
  std::uint8_t reserved[2];

  [[nodiscard]] bool flies(std::uint8_t command) const { return (flying & command) != 0; }
  [[nodiscard]] bool marked(std::uint8_t mark) const { return (marks & mark) != 0; }
  // All that it wants, filled part included: the larger of old and new while a replace is in
  // flight.
  [[nodiscard]] Quantity wanted_at_most() const {
    return flies(kReplaceFlies) && order.pending_terms.quantity > order.terms.quantity
               ? order.pending_terms.quantity
               : order.terms.quantity;
  }
  [[nodiscard]] bool is_linked() const {
    return !order.parent.is_none() || order.group != 0 || first_child != kNoSlot;
  }
};
static_assert(std::has_unique_object_representations_v<OrderSlot>);

// A list through the slots, oldest first.
struct SlotList {
  std::uint32_t first = kNoSlot, last = kNoSlot;
};

// One bit a slot.
class SlotBits {
 public:
  explicit SlotBits(std::uint32_t slots) : words_((slots + 63) / 64, 0) {}
  [[nodiscard]] bool test(std::uint32_t slot) const {
    return (words_[slot / 64] >> (slot % 64) & 1u) != 0;
  }
  void set(std::uint32_t slot) { words_[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  void clear(std::uint32_t slot) { words_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64)); }
  void clear_all() {
    for (auto& word : words_) word = 0;
  }
  [[nodiscard]] std::size_t words() const { return words_.size(); }
  [[nodiscard]] std::uint64_t word(std::size_t at) const { return words_[at]; }

 private:
  std::vector<std::uint64_t> words_;
};

// Slots to look at, in order of arrival, each at most once.
class SlotQueue {
 public:
  explicit SlotQueue(std::uint32_t slots) : ring_(slots), inside_(slots) {}
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::uint32_t front() const { return ring_[head_]; }
  void push(std::uint32_t slot) {
    if (inside_.test(slot)) return;
    inside_.set(slot);
    ring_[(head_ + count_++) & (ring_.size() - 1)] = slot;
  }
  std::uint32_t pop() {
    const std::uint32_t slot = ring_[head_];
    inside_.clear(slot);
    head_ = (head_ + 1) & (ring_.size() - 1);
    --count_;
    return slot;
  }

 private:
  std::vector<std::uint32_t> ring_;
  SlotBits inside_;
  std::size_t head_ = 0, count_ = 0;
};

class OrderSlots {
 public:
  // A power of two. Memory is reserved now and touched as orders come.
  explicit OrderSlots(std::uint32_t slots) : open_(slots), size_(slots) {
    KEEL_ASSERT(slots > 0 && (slots & (slots - 1)) == 0, "slots: a power of two");
    slots_.reserve(slots);
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint32_t place(OrderId id) const { return id.counter() & (size_ - 1); }
  // kNoSlot: not here (never was, or overwritten since).
  [[nodiscard]] std::uint32_t find(OrderId id) const {
    const std::uint32_t at = place(id);
    return !id.is_none() && at < slots_.size() && slots_[at].order.id == id ? at : kNoSlot;
  }
  [[nodiscard]] OrderSlot& operator[](std::uint32_t at) { return slots_[at]; }
  [[nodiscard]] const OrderSlot& operator[](std::uint32_t at) const { return slots_[at]; }
  // Slots that were ever used lie below this.
  [[nodiscard]] std::uint32_t touched() const { return static_cast<std::uint32_t>(slots_.size()); }
  void touch(std::uint32_t at) {
    while (slots_.size() <= at) slots_.push_back(blank());
  }
  static OrderSlot blank();
  // Asks for a slot's memory ahead of its use.
  void prefetch(std::uint32_t at) const {
    const auto* bytes = reinterpret_cast<const char*>(slots_.data() + at);
    for (std::size_t i = 0; i < sizeof(OrderSlot); i += 64) __builtin_prefetch(bytes + i, 1);
  }
  // Every slot now, so that no order meets a page that was never written.
  void touch_all() { touch(size_ - 1); }

  [[nodiscard]] bool is_open(std::uint32_t at) const { return open_.test(at); }
  void set_open(std::uint32_t at, bool open) {
    if (open == open_.test(at)) return;
    open ? open_.set(at) : open_.clear(at);
    open_count_ += open ? 1u : ~std::uint32_t{0};
  }
  [[nodiscard]] std::uint32_t open_count() const { return open_count_; }
  // The first counter from `counter` on whose slot holds no open order. Some slot must be free.
  [[nodiscard]] std::uint64_t next_free(std::uint64_t counter) const;
  // In order of slot. `f` may close and open orders.
  template <class F>
  void for_each_open(F f) const {
    for (std::size_t word = 0; word < open_.words(); ++word)
      for (std::uint64_t bits = open_.word(word); bits != 0; bits &= bits - 1)
        if (const auto at = static_cast<std::uint32_t>(
                word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
            open_.test(at))
          f(at);
  }

  void save(StateWriter& writer) const;
  // Indexes in links are those of a ring of the saved size; a larger ring is refilled, a smaller
  // one refused.
  void load(StateReader& reader);

 private:
  bool accept(const std::vector<OrderSlot>& saved, std::uint32_t old_size);
  [[nodiscard]] bool lists_agree() const;

  std::vector<OrderSlot> slots_;
  SlotBits open_;
  std::uint32_t size_;
  std::uint32_t open_count_ = 0;
};

}  // namespace keel::detail
