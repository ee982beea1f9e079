// Inbox: bounded rings, one per source, between adapters' threads and the engine's thread.
//
// Each ring has one producer and one consumer and takes no lock. A full ring never loses an order
// or account report (push says no, and the adapter stops reading its socket); market data is
// conflated: the latest record per instrument and kind is kept, and a MarketGap with the count goes
// before it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include <keel/model/record.hpp>
#include <keel/venue/venue.hpp>

namespace keel {

class InputRing final : public InputSink {
 public:
  // Capacity in bytes, rounded up to a power of two, at least 64 KiB. Records up to a quarter of
  // it.
  InputRing(SourceId source, std::size_t capacity);

  // Producer's thread. Stamps the source into the copy.
  bool push(const RecordHeader& record) override;
  // Producer's thread: offers what was conflated. True once nothing is left.
  bool flush();

  // Consumer's thread: the oldest record, or null; valid until pop.
  [[nodiscard]] const RecordHeader* front();
  void pop();

  [[nodiscard]] SourceId source() const { return source_; }
  // Market records that were replaced by newer ones so far (either thread).
  [[nodiscard]] std::uint64_t conflated() const {
    return conflated_.load(std::memory_order_relaxed);
  }

 private:
  struct Latest {
    std::uint64_t dropped;
    std::vector<std::byte> record;
  };
  bool write(const RecordHeader& record);
  void conflate(const RecordHeader& record);

  SourceId source_;
  std::size_t mask_;
  std::unique_ptr<std::byte[]> bytes_;
  std::vector<Latest> latest_;  // producer only; waiting in order of arrival
  std::atomic<std::uint64_t> conflated_{0};
  alignas(64) std::atomic<std::uint64_t> head_{0};  // next byte to read
  std::uint64_t tail_seen_ = 0;
  alignas(64) std::atomic<std::uint64_t> tail_{0};  // next byte to write
  std::uint64_t head_seen_ = 0;
};

// The rings of one engine. Add them before the threads start.
class Inbox {
 public:
  InputRing& add_source(std::size_t capacity = std::size_t{1} << 20);
  // The oldest record by ts_recv over all rings; on a tie the source that was added first. Null:
  // empty.
  [[nodiscard]] InputRing* next();
  [[nodiscard]] std::size_t source_count() const { return rings_.size(); }

 private:
  std::vector<std::unique_ptr<InputRing>> rings_;
};

}  // namespace keel
