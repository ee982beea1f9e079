// MarketTape: market data that was read once and is played any number of times, also by several
// threads at once: it never changes after load.
#pragma once

#include <memory>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel {

// Moments from `from` up to, but not with, `to`.
struct TimeSpan {
  Timestamp from, to;
  [[nodiscard]] static TimeSpan whole();
  [[nodiscard]] Duration length() const { return to - from; }
};

class MarketTape {
 public:
  // Reads the feed to its end. Errors: the feed's.
  static Result<MarketTape> load(MarketFeed& feed);

  // The records of a span by ts_event, from their first; the tape must outlive the feed.
  [[nodiscard]] std::unique_ptr<MarketFeed> play(const TimeSpan& span = TimeSpan::whole()) const;

  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  // Of all records; from the first's ts_event to one nanosecond after the last's. Empty where there
  // is none.
  [[nodiscard]] TimeSpan span() const { return span_; }

 private:
  struct Mark {  // one every so many records, to find a moment without reading from the start
    Timestamp time;
    std::size_t offset;
  };
  // The offset of the first record at or after `time`.
  [[nodiscard]] std::size_t find(Timestamp time) const;

  std::vector<std::byte> bytes_;
  std::vector<Mark> marks_;
  std::uint64_t records_ = 0;
  TimeSpan span_{};
};

}  // namespace keel
