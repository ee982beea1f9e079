#include <keel/engine/inbox.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

#include <keel/model/market_data.hpp>

namespace keel {

namespace {
// Marks the unused end of the ring: the next record starts at its beginning.
constexpr std::uint32_t kWrap = 0xFFFFFFFFu;
}  // namespace

InputRing::InputRing(SourceId source, std::size_t capacity)
    : source_(source),
      mask_(std::bit_ceil(std::max<std::size_t>(capacity, 1u << 16)) - 1),
      bytes_(std::make_unique<std::byte[]>(mask_ + 1)) {}

bool InputRing::write(const RecordHeader& record) {
  const std::size_t capacity = mask_ + 1;
  KEEL_ASSERT(
      record.size >= sizeof(RecordHeader) && record.size % 8 == 0 && record.size <= capacity / 4,
      "record does not fit the ring");
  const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
  const std::size_t at = tail & mask_;
  const std::size_t to_end = capacity - at;
  const std::size_t needed = record.size <= to_end ? record.size : to_end + record.size;
  if (tail + needed - head_seen_ > capacity) {
    head_seen_ = head_.load(std::memory_order_acquire);
    if (tail + needed - head_seen_ > capacity) return false;
  }
  std::size_t place = at;
  if (record.size > to_end) {
    std::memcpy(bytes_.get() + at, &kWrap, sizeof kWrap);
    place = 0;
  }
  std::memcpy(bytes_.get() + place, &record, record.size);
  reinterpret_cast<RecordHeader*>(bytes_.get() + place)->source = source_;
  tail_.store(tail + needed, std::memory_order_release);
  return true;
}

bool InputRing::push(const RecordHeader& record) {
  if (!is_market(record.kind)) {
    // A report is not held behind conflated data: it goes as soon as there is room.
    return write(record);
  }
  if (latest_.empty() && write(record)) return true;
  conflate(record);
  flush();
  return true;
}

void InputRing::conflate(const RecordHeader& record) {
  const auto same = [&record](const Latest& waiting) {
    const auto& header = *reinterpret_cast<const RecordHeader*>(waiting.record.data());
    return header.instrument == record.instrument && header.kind == record.kind;
  };
  const auto* from = reinterpret_cast<const std::byte*>(&record);
  const auto found = std::find_if(latest_.begin(), latest_.end(), same);
  if (found == latest_.end()) {
    latest_.push_back({0, {from, from + record.size}});
    return;
  }
  found->record.assign(from, from + record.size);
  ++found->dropped;
  conflated_.fetch_add(1, std::memory_order_relaxed);
}

bool InputRing::flush() {
  std::size_t sent = 0;
  for (; sent < latest_.size(); ++sent) {
    auto& waiting = latest_[sent];
    const auto& record = *reinterpret_cast<const RecordHeader*>(waiting.record.data());
    if (waiting.dropped > 0) {
      MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
      gap.header.instrument = record.instrument;
      gap.header.ts_event = record.ts_event;
      gap.header.ts_recv = record.ts_recv;
      gap.dropped = waiting.dropped;
      if (!write(gap.header)) break;
      waiting.dropped = 0;
    }
    if (!write(record)) break;
  }
  latest_.erase(latest_.begin(), latest_.begin() + static_cast<std::ptrdiff_t>(sent));
  return latest_.empty();
}

const RecordHeader* InputRing::front() {
  std::uint64_t head = head_.load(std::memory_order_relaxed);
  if (head == tail_seen_) {
    tail_seen_ = tail_.load(std::memory_order_acquire);
    if (head == tail_seen_) return nullptr;
  }
  const std::byte* at = bytes_.get() + (head & mask_);
  std::uint32_t size;
  std::memcpy(&size, at, sizeof size);
  if (size == kWrap) {
    // The record behind the mark was written before the tail was released past both.
    head += (mask_ + 1) - (head & mask_);
    head_.store(head, std::memory_order_release);
    at = bytes_.get();
  }
  return reinterpret_cast<const RecordHeader*>(at);
}

void InputRing::pop() {
  const RecordHeader* record = front();
  KEEL_ASSERT(record != nullptr, "pop of an empty ring");
  head_.store(head_.load(std::memory_order_relaxed) + record->size, std::memory_order_release);
}

InputRing& Inbox::add_source(std::size_t capacity) {
  const SourceId source{static_cast<std::uint16_t>(rings_.size() + 1)};
  rings_.push_back(std::make_unique<InputRing>(source, capacity));
  return *rings_.back();
}

InputRing* Inbox::next() {
  InputRing* best = nullptr;
  Timestamp best_time{};
  for (const auto& ring : rings_) {
    const RecordHeader* record = ring->front();
    if (record == nullptr || (best != nullptr && record->ts_recv >= best_time)) continue;
    best = ring.get();
    best_time = record->ts_recv;
  }
  return best;
}

}  // namespace keel
