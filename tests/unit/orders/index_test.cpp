// The fixed tables beside slow and obvious ones.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include <keel/core/random.hpp>
#include <keel/orders/open_table.hpp>
#include <keel/orders/order_slot.hpp>
#include <keel/orders/slot_index.hpp>

using namespace keel;
using namespace keel::detail;

TEST_CASE("a slot index finds what a multimap finds") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random{seed};
    SlotIndex index{64};
    std::set<std::pair<std::uint64_t, std::uint32_t>> naive;
    const std::uint64_t hashes = 1 + random.below(80);  // few: long runs and shared hashes
    for (int step = 0; step < 4000; ++step) {
      const std::uint64_t hash = random.below(hashes) * (seed % 2 == 0 ? 1 : 0x100000001u);
      const auto slot = static_cast<std::uint32_t>(random.below(200));
      const bool is_in = naive.count({hash, slot}) != 0;
      if (random.below(2) == 0) {
        if (!is_in && naive.size() < 100) {
          index.insert(hash, slot);
          naive.insert({hash, slot});
        }
      } else if (is_in || random.below(4) == 0) {
        index.erase(hash, slot);
        naive.erase({hash, slot});
      }
      REQUIRE(index.size() == naive.size());
      if (step % 200 != 0) continue;
      for (std::uint64_t h = 0; h < hashes; ++h) {
        const std::uint64_t key = h * (seed % 2 == 0 ? 1 : 0x100000001u);
        for (std::uint32_t s = 0; s < 200; s += 3) {
          const bool found = index.find(key, [&](std::uint32_t other) { return other == s; }) == s;
          REQUIRE(found == (naive.count({key, s}) != 0));
        }
      }
    }
  }
}

TEST_CASE("the next free counter is the first whose slot is not open") {
  for (const std::uint32_t slots : {1u, 2u, 8u, 64u, 128u, 512u}) {
    Random random{slots};
    OrderSlots ring{slots};
    ring.touch(slots - 1);
    for (int step = 0; step < 2000; ++step) {
      ring.set_open(static_cast<std::uint32_t>(random.below(slots)), random.below(4) != 0);
      if (ring.open_count() == slots)
        ring.set_open(static_cast<std::uint32_t>(random.below(slots)), false);
      std::uint64_t counter = random.below(1'000'000), naive = counter;
      while (ring.is_open(static_cast<std::uint32_t>(naive & (slots - 1)))) ++naive;
      REQUIRE(ring.next_free(counter) == naive);
    }
    std::uint32_t open = 0;
    ring.for_each_open([&](std::uint32_t at) { open += ring.is_open(at) ? 1u : 0u; });
    CHECK(open == ring.open_count());
  }
}

TEST_CASE("a queue gives each slot once, in order of arrival") {
  SlotQueue queue{8};
  for (int round = 0; round < 5; ++round) {
    for (const std::uint32_t slot : {3u, 1u, 3u, 7u, 1u, 0u}) queue.push(slot);
    for (const std::uint32_t slot : {3u, 1u, 7u, 0u}) CHECK(queue.pop() == slot);
    CHECK(queue.empty());
  }
}

TEST_CASE("the table of open quantities is a map") {
  Random random{3};
  OpenTable table{4};
  std::map<std::uint64_t, std::int64_t> naive[2];
  for (int step = 0; step < 20000; ++step) {
    const std::uint64_t key =
        OpenTable::key(AccountId{static_cast<std::uint16_t>(random.below(5))},
                       InstrumentId{static_cast<std::uint32_t>(random.below(100))},
                       StrategyId{static_cast<std::uint16_t>(random.below(3))});
    const std::size_t side = random.below(2);
    std::int64_t change = random.between(-5, 9);
    if (naive[side][key] + change < 0) change = -naive[side][key];
    naive[side][key] += change;
    table.add(key, side == 0 ? Side::kBuy : Side::kSell, Quantity::from_raw(change));
    REQUIRE(table.open(key, side == 0 ? Side::kBuy : Side::kSell).raw() == naive[side][key]);
  }
  for (std::size_t side = 0; side < 2; ++side)
    for (const auto& [key, open] : naive[side])
      CHECK(table.open(key, side == 0 ? Side::kBuy : Side::kSell).raw() == open);
}
