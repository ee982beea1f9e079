// When the latest messages left: how a rate is held over a sliding window, in O(1) and exactly.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/core/time.hpp>

namespace keel {

// Keeps the last `capacity` times (a power of two), which never go back.
class MessageRing {
 public:
  explicit MessageRing(std::uint32_t capacity) : times_(capacity), mask_(capacity - 1) {}

  void push(Timestamp time) { times_[count_++ & mask_] = time.ns; }

  // Whether `limit` messages (at most the capacity) lie in the window that ends now: in
  // (now - window, now].
  [[nodiscard]] bool is_full(std::uint64_t limit, Duration window, Timestamp now) const {
    if (limit == 0) return true;
    if (count_ < limit) return false;
    // The limit-th latest is still in the window.
    return now.ns - times_[(count_ - limit) & mask_] < window.ns;
  }

  // How many lie in the window: for telling, O(log capacity).
  [[nodiscard]] std::uint64_t count(Duration window, Timestamp now) const {
    std::uint64_t low = 0, high = count_ < times_.size() ? count_ : times_.size();
    while (low < high) {
      const std::uint64_t middle = (low + high + 1) / 2;
      if (now.ns - times_[(count_ - middle) & mask_] < window.ns)
        low = middle;
      else
        high = middle - 1;
    }
    return low;
  }

  void save(StateWriter& writer) const {
    writer.put(count_);
    const std::uint64_t kept = count_ < times_.size() ? count_ : times_.size();
    writer.put(kept);
    for (std::uint64_t i = kept; i > 0; --i) writer.put(times_[(count_ - i) & mask_]);
  }
  void load(StateReader& reader) {
    std::uint64_t kept{};
    reader.get(count_);
    reader.get(kept);
    if (kept > count_) return reader.fail("message ring");
    for (std::uint64_t i = kept; i > 0 && reader.ok(); --i) {
      std::int64_t time{};
      reader.get(time);
      if (i <= times_.size()) times_[(count_ - i) & mask_] = time;
    }
  }

 private:
  std::vector<std::int64_t> times_;
  std::uint64_t mask_;
  std::uint64_t count_ = 0;
};

}  // namespace keel
