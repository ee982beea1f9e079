// Nothing is allocated after the start. A program of its own, because it replaces operator new.
#include <cstdlib>
#include <new>

#include "rig.hpp"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace keel;
using namespace keel::test;

TEST_CASE("a venue allocates at its start only") {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::long_tailed(Duration{1'000}, Duration{500'000});
  config.faults.reports.duplicate_ppm = config.faults.reports.reorder_ppm = 100'000;
  config.faults.commands = config.faults.reports;
  config.levels = 128;
  config.messages = 1024;
  config.balances.push_back({AccountId{2}, Money::whole(1'000'000, "USD"), true});
  Rig rig{config};
  rig.reports.reserve(1'000'000);
  Random random{3};
  std::uint32_t oldest = 1;
  const std::size_t before = allocations;
  for (int step = 1; step < 30'000; ++step) {
    const Timestamp now = at_ms(step);
    const std::int64_t mid = 10'000 + random.between(-20, 20);
    const auto px = [](std::int64_t cents) { return Price::from_raw(cents * 10'000'000); };
    if (random.below(2) == 0)
      rig.quote(now, px(mid - 1), 1_qty, px(mid + 1), 1_qty);
    else
      rig.trade(now, px(mid), 1_qty);
    rig.run(now);
    const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
    OrderRequest request =
        random.below(2) == 0
            ? OrderRequest::limit(rig.btc, side, 1_qty, px(mid + random.between(-30, 30)))
            : OrderRequest::stop(rig.btc, side, 1_qty, px(mid + random.between(-30, 30)));
    request.with(random.below(2) == 0 ? TimeInForce::kDay : TimeInForce::kGtc);
    request.group = random.below(5);
    request.contingency = Contingency::kOuo;
    rig.submit(now, request, AccountId{static_cast<std::uint16_t>(1 + random.below(2))});
    for (; oldest + 60 < rig.counter; ++oldest) rig.cancel(now, OrderId::make(1, 1, oldest));
    rig.reports.clear();
  }
  CHECK(allocations == before);
  CHECK(rig.venue.stats().fills > 1'000);
}
