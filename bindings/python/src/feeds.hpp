// Market data for a run: native feeds, and feeds that Python objects give.
#pragma once

#include "glue.hpp"

#include <memory>

#include <keel/venue/market_feed.hpp>

namespace keel_python {

// What Python holds as a feed. `open` makes a MarketFeed that begins at the start, so that one
// object serves many runs.
class Feed {
 public:
  virtual ~Feed() = default;
  virtual std::unique_ptr<keel::MarketFeed> open() = 0;
};

// Between the batches of a feed: signals are looked at and other Python threads let in, every few
// milliseconds. With the GIL held.
class Breathing final : public keel::MarketFeed {
 public:
  Breathing(keel::MarketFeed& inner, bool releases) : inner_(&inner), has_gil_(releases) {}
  keel::Result<std::span<const std::byte>> next() override;
  [[nodiscard]] std::uint64_t size_hint() const override { return inner_->size_hint(); }
  [[nodiscard]] bool interrupted() const { return interrupted_; }

 private:
  keel::MarketFeed* inner_;
  bool has_gil_, interrupted_ = false;
  std::int64_t last_ns_ = 0;
  unsigned calls_ = 0;
};

}  // namespace keel_python
