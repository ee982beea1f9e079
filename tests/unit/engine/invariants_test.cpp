// What must hold after every event of a run with everything on.
#include <doctest/doctest.h>

#include <map>

#include <keel/journal/record_range.hpp>
#include <keel/portfolio/ledger.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// A slow second opinion: positions, cash and fees by plain sums over the facts.
class Auditor final : public TransactionObserver {
 public:
  explicit Auditor(const Engine& engine)
      : engine_(engine), ledger_(engine.instruments(), engine.directory()) {}

  void on_transaction(std::span<const std::byte> records) override {
    for (const RecordHeader& record :
         RecordRange{records.data(), records.data() + records.size()}) {
      ledger_.fold(record);
      if (record.kind == RecordKind::kCashChanged)
        cash_ = cash_ + record_as<AccountFact>(record).money();
      if (record.kind != RecordKind::kOrderFilled) continue;
      const auto& fill = record_as<OrderRecord>(record);
      const auto signed_quantity =
          fill.side == Side::kBuy ? fill.last_quantity : -fill.last_quantity;
      position_ += signed_quantity;
      bought_ = bought_ + Money::product(fill.last_price, signed_quantity, "USD");
      fees_ = fees_ + fill.fee_money();
      ++fills;
    }
    check();
    ++events;
  }

  std::uint64_t events = 0, fills = 0;

 private:
  void check() {
    const Position* position = engine_.portfolio().position({1}, {1});
    const Quantity held = position != nullptr ? position->quantity : Quantity::zero();
    REQUIRE(held == position_);
    REQUIRE(ledger_.trial_balance("USD").is_zero());
    if (position == nullptr) return;
    // realized - cost is what was sold less what was bought; cash is what came in, realized, less
    // fees.
    REQUIRE(position->realized - position->cost == -bought_);
    REQUIRE(position->fees - position->rebates == fees_);
    REQUIRE(engine_.portfolio().cash({1}, "USD") == cash_ + position->realized - fees_);
    REQUIRE(engine_.portfolio().valuation({1}) ==
            engine_.portfolio().recompute({1}, engine_.marks()));
    Quantity open = Quantity::zero();
    engine_.orders().for_each_open([&](const Order& order) {
      if (order.side == Side::kBuy) open += order.open_worst;
    });
    REQUIRE(engine_.orders().open_quantity({1}, {1}, Side::kBuy) == open);
  }

  const Engine& engine_;
  Ledger ledger_;
  Quantity position_ = Quantity::zero();
  Money bought_ = Money::zero("USD"), fees_ = Money::zero("USD"), cash_ = Money::zero("USD");
};

}  // namespace

TEST_CASE("positions, cash, fees and the ledger agree after every event") {
  Crosser strategy{0.3, 0.1, 1234_qty};
  World world{strategy};
  Auditor auditor{world.engine};
  world.engine.observe(auditor);
  world.start();
  QuoteFeed feed{2024, 4'000};
  world.run(feed);
  CHECK(auditor.fills > 50);
  CHECK(auditor.events > 4'000);
}

TEST_CASE("the way a run is cut into processes does not change it") {
  // One engine over the whole feed; and the same inputs recorded, then replayed by `verify`, which
  // compares every byte: kill_test.cpp. Here: feeding one by one or in batches gives the same hash.
  std::uint64_t hashes[2];
  for (int i = 0; i < 2; ++i) {
    Crosser strategy;
    World world{strategy};
    world.start();
    QuoteFeed feed{77, 3'000};
    Simulation simulation{world.engine, feed, 1_ms};
    simulation.add_venue(world.venue);
    while (simulation.run(i == 0 ? 1 : 1'000).value()) {
    }
    hashes[i] = world.engine.rolling_hash();
  }
  CHECK(hashes[0] == hashes[1]);
}
