// Backoff between attempts, and limits of messages in a span of time. State machines: time is
// given.
#pragma once

#include <vector>

#include <keel/core/random.hpp>
#include <keel/core/time.hpp>

namespace keel::net {

// Doubles from `first` to `most`, each time less up to a quarter, by chance, so that many clients
// do not come back at the same moment.
class Backoff {
 public:
  Backoff(Duration first, Duration most, std::uint64_t seed)
      : first_(first), most_(most), next_(first), random_(seed) {}
  Duration next() {
    const Duration full = next_;
    next_ = next_.ns > most_.ns / 2 ? most_ : next_ * 2;
    const auto quarter = static_cast<std::uint64_t>(full.ns / 4);
    return full - Duration{static_cast<std::int64_t>(quarter == 0 ? 0 : random_.below(quarter))};
  }
  void reset() { next_ = first_; }

 private:
  Duration first_, most_, next_;
  Random random_;
};

// At most `limit` events within any `window`.
class RateLimit {
 public:
  RateLimit(std::uint32_t limit, Duration window) : window_(window), times_(limit) {}
  // Counts the event, or says when it may happen.
  bool take(Timestamp now) {
    if (times_.empty() || used_ == times_.size()) {
      if (!times_.empty() && now - times_[at_] < window_) return false;
    } else {
      ++used_;
    }
    if (times_.empty()) return true;  // no limit
    times_[at_] = now;
    at_ = at_ + 1 == times_.size() ? 0 : at_ + 1;
    return true;
  }
  // When the next event may happen.
  [[nodiscard]] Timestamp next_allowed(Timestamp now) const {
    if (times_.empty() || used_ < times_.size()) return now;
    const Timestamp free = times_[at_] + window_;
    return free > now ? free : now;
  }

 private:
  Duration window_;
  std::vector<Timestamp> times_;
  std::size_t at_ = 0, used_ = 0;
};

}  // namespace keel::net
