#include <doctest/doctest.h>

#include <thread>

#include <keel/core/random.hpp>
#include <keel/engine/inbox.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>

using namespace keel;

namespace {

Quote quote(std::uint32_t instrument, std::int64_t time) {
  return Quote::two_sided({instrument}, {time}, 1_px, 1_qty, 2_px, 1_qty);
}

OrderReport report(std::uint64_t number, std::int64_t time) {
  OrderReport made = make_record<OrderReport>(RecordKind::kOrderReport);
  made.header.ts_recv = {time};
  made.venue_seq = number;
  return made;
}

}  // namespace

TEST_CASE("records leave a ring as they went in, over many turns of it") {
  InputRing ring{{3}, 1u << 16};
  std::int64_t written = 0, seen = 0;
  Random random{5};
  while (seen < 20'000) {
    for (auto burst = random.below(40); burst > 0; --burst) {
      if (random.below(4) == 0) {
        if (!ring.push(report(static_cast<std::uint64_t>(written), written).header)) break;
      } else if (ring.conflated() == 0 &&
                 !ring.push(quote(static_cast<std::uint32_t>(written % 7 + 1), written).header))
        break;
      ++written;
    }
    for (auto burst = random.below(80); burst > 0; --burst) {
      const RecordHeader* front = ring.front();
      if (front == nullptr) break;
      REQUIRE(front->ts_recv.ns == seen);
      REQUIRE(front->source == SourceId{3});
      ring.pop();
      ++seen;
    }
  }
}

TEST_CASE(
    "a full ring refuses reports, and keeps the latest quote of each instrument with its gap "
    "marked") {
  InputRing ring{{1}, 1u << 16};
  std::int64_t time = 0;
  while (ring.push(report(0, ++time).header)) {
  }
  CHECK_FALSE(ring.push(report(0, time).header));
  while (ring.conflated() == 0) CHECK(ring.push(quote(3, ++time).header));
  for (int i = 0; i < 10; ++i) {
    CHECK(ring.push(quote(1, 1'000 + i).header));
    CHECK(ring.push(quote(2, 2'000 + i).header));
  }
  CHECK(ring.conflated() == 19);
  while (ring.front() != nullptr) ring.pop();
  CHECK(ring.flush());
  REQUIRE(ring.front()->kind == RecordKind::kMarketGap);
  ring.pop();
  REQUIRE(ring.front()->instrument.value == 3);
  ring.pop();

  const auto expect = [&ring](RecordKind kind, std::uint32_t instrument) {
    const RecordHeader* front = ring.front();
    REQUIRE(front != nullptr);
    CHECK(front->kind == kind);
    CHECK(front->instrument.value == instrument);
    const RecordHeader copy = *front;
    std::uint64_t dropped = 0;
    if (kind == RecordKind::kMarketGap) dropped = record_as<MarketGap>(*front).dropped;
    ring.pop();
    return std::pair{copy, dropped};
  };
  CHECK(expect(RecordKind::kMarketGap, 1).second == 9);
  CHECK(expect(RecordKind::kQuote, 1).first.ts_recv.ns == 1'009);
  CHECK(expect(RecordKind::kMarketGap, 2).second == 9);
  CHECK(expect(RecordKind::kQuote, 2).first.ts_recv.ns == 2'009);
  CHECK(ring.front() == nullptr);
}

TEST_CASE("the inbox hands out the oldest record, ties to the source that was added first") {
  Inbox inbox;
  InputRing& first = inbox.add_source();
  InputRing& second = inbox.add_source();
  first.push(quote(1, 20).header);
  second.push(quote(1, 10).header);
  second.push(quote(1, 20).header);
  std::vector<std::uint16_t> order;
  while (InputRing* ring = inbox.next()) {
    order.push_back(ring->front()->source.value);
    ring->pop();
  }
  CHECK(order == std::vector<std::uint16_t>{2, 1, 2});
}

TEST_CASE("one producer and one consumer, each on a thread of its own, lose no report") {
  InputRing ring{{1}, 1u << 16};
  constexpr std::uint64_t kCount = 50'000;
  std::thread producer{[&ring] {
    for (std::uint64_t i = 0; i < kCount; ++i)
      while (!ring.push(report(i, static_cast<std::int64_t>(i)).header)) std::this_thread::yield();
  }};
  std::uint64_t expected = 0;
  while (expected < kCount) {
    const RecordHeader* front = ring.front();
    if (front == nullptr) {
      std::this_thread::yield();
      continue;
    }
    REQUIRE(record_as<OrderReport>(*front).venue_seq == expected);
    ring.pop();
    ++expected;
  }
  producer.join();
}
