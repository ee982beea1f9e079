// Link: messages on their way, in order of (time, sequence). A sorted ring of places over a pool of
// messages, so that the rare one that overtakes others moves 24 bytes a place. Grows when more
// messages are under way than it was made for.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/assert.hpp>
#include <keel/core/time.hpp>

namespace keel::sim_detail {

template <class T>
class Link {
 public:
  explicit Link(std::uint32_t capacity) {
    std::uint32_t size = 16;
    while (size < capacity) size *= 2;
    places_.resize(size);
    pool_.resize(size);
    free_.reserve(size);
    for (std::uint32_t i = size; i > 0; --i) free_.push_back(i - 1);
  }

  [[nodiscard]] bool is_empty() const { return count_ == 0; }
  // Of a link that is not empty.
  [[nodiscard]] Timestamp first_time() const { return places_[head_].time; }
  [[nodiscard]] T& front() { return pool_[places_[head_].slot]; }

  // A message that is due at `time`, behind those of the same time. Fill it in before the next
  // call.
  T& push(Timestamp time) {
    if (count_ == places_.size()) grow();
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    const std::size_t mask = places_.size() - 1;
    std::size_t at = (head_ + count_) & mask;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t before = (at - 1) & mask;
      if (places_[before].time <= time) break;
      places_[at] = places_[before];
      at = before;
    }
    places_[at] = {time, slot, 0};
    ++count_;
    return pool_[slot];
  }
  // Takes the first one out; it stays readable until the next push.
  T& pop() {
    T& message = front();
    free_.push_back(places_[head_].slot);
    head_ = (head_ + 1) & (places_.size() - 1);
    --count_;
    return message;
  }
  // Takes out every message that `lost` says.
  template <class Lost>
  void remove_if(Lost lost) {
    const std::size_t mask = places_.size() - 1;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const Place place = places_[(head_ + i) & mask];
      if (lost(pool_[place.slot]))
        free_.push_back(place.slot);
      else
        places_[(head_ + kept++) & mask] = place;
    }
    count_ = kept;
  }

 private:
  struct Place {
    Timestamp time;
    std::uint32_t slot;
    std::uint32_t reserved;
  };
  void grow() {
    const std::size_t size = places_.size();
    std::vector<Place> wider(size * 2);
    for (std::size_t i = 0; i < count_; ++i) wider[i] = places_[(head_ + i) & (size - 1)];
    places_.swap(wider);
    head_ = 0;
    pool_.resize(size * 2);
    free_.reserve(size * 2);
    for (std::size_t i = size * 2; i > size; --i)
      free_.push_back(static_cast<std::uint32_t>(i - 1));
  }
  std::vector<Place> places_;
  std::vector<T> pool_;
  std::vector<std::uint32_t> free_;
  std::size_t head_ = 0, count_ = 0;
};

}  // namespace keel::sim_detail
