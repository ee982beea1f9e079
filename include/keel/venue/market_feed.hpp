// MarketFeed: recorded or generated market data, pulled in order.
#pragma once

#include <cstddef>
#include <span>

#include <keel/core/result.hpp>
#include <keel/model/record.hpp>

namespace keel {

// Records come with ts_event and ts_recv set and seq zero, in non-decreasing order of ts_event. A
// feed whose source has one time gives it in both; the backtest adds its feed latency to ts_recv.
class MarketFeed {
 public:
  virtual ~MarketFeed() = default;

  // The next run of whole records, back to back, valid until the next call. Empty: the end.
  // Errors name file, line, field and value.
  virtual Result<std::span<const std::byte>> next() = 0;

  // Records delivered in all, where it is known before the end (for progress); 0: not known.
  [[nodiscard]] virtual std::uint64_t size_hint() const { return 0; }
};

}  // namespace keel
