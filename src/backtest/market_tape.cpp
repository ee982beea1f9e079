#include <keel/backtest/market_tape.hpp>

#include <algorithm>
#include <limits>

namespace keel {
namespace {

constexpr std::uint64_t kMarkEvery = 1024;
constexpr std::size_t kBatchBytes = std::size_t{1} << 15;  // stays in the processor's first cache

const RecordHeader& header_at(const std::byte* at) {
  return *reinterpret_cast<const RecordHeader*>(at);
}

class TapeFeed final : public MarketFeed {
 public:
  TapeFeed(const std::byte* begin, const std::byte* end) : at_(begin), end_(end) {}
  Result<std::span<const std::byte>> next() override {
    const std::byte* const begin = at_;
    while (at_ != end_ && static_cast<std::size_t>(at_ - begin) < kBatchBytes)
      at_ += header_at(at_).size;
    return std::span<const std::byte>{begin, at_};
  }

 private:
  const std::byte* at_;
  const std::byte* end_;
};

}  // namespace

TimeSpan TimeSpan::whole() {
  return {{std::numeric_limits<std::int64_t>::min()}, {std::numeric_limits<std::int64_t>::max()}};
}

Result<MarketTape> MarketTape::load(MarketFeed& feed) {
  MarketTape tape;
  while (true) {
    auto batch = feed.next();
    if (!batch) return std::move(batch).error();
    if (batch->empty()) break;
    const std::size_t begin = tape.bytes_.size();
    tape.bytes_.insert(tape.bytes_.end(), batch->begin(), batch->end());
    for (std::size_t at = begin; at < tape.bytes_.size();) {
      const RecordHeader& record = header_at(tape.bytes_.data() + at);
      if (tape.records_ == 0) tape.span_.from = record.ts_event;
      tape.span_.to = record.ts_event + Duration{1};
      if (tape.records_++ % kMarkEvery == 0) tape.marks_.push_back({record.ts_event, at});
      at += record.size;
    }
  }
  tape.bytes_.shrink_to_fit();
  return tape;
}

std::size_t MarketTape::find(Timestamp time) const {
  auto mark = std::lower_bound(marks_.begin(), marks_.end(), time,
                               [](const Mark& a, Timestamp t) { return a.time < t; });
  // The mark before is earlier; records of this time may lie behind it.
  std::size_t at = mark == marks_.begin() ? 0 : (mark - 1)->offset;
  while (at < bytes_.size() && header_at(bytes_.data() + at).ts_event < time)
    at += header_at(bytes_.data() + at).size;
  return at;
}

std::unique_ptr<MarketFeed> MarketTape::play(const TimeSpan& span) const {
  return std::make_unique<TapeFeed>(bytes_.data() + find(span.from), bytes_.data() + find(span.to));
}

}  // namespace keel
