// The conformance cards: whatever the wire does, no fill is lost and none is booked twice.
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

namespace keel::tws {

using namespace testing;

namespace {

// A desk that trades at random for a while over a bad wire; then the wire is good, and both sides
// are compared.
struct Card {
  const char* name;
  WireFaults faults;
  std::uint32_t restart_ppm, connectivity_ppm;
};

void trade(Wire& wire) {
  Random& random = wire.random;
  Desk& desk = wire.desk;
  if (!desk.is_up || !desk.quote.is_two_sided()) return;
  const auto size = Quantity::whole(static_cast<std::int64_t>(1 + random.below(900)));
  const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
  switch (random.below(6)) {
    case 0:
    case 1: desk.submit(OrderRequest::market(InstrumentId{1}, side, size)); return;
    case 2:
    case 3: {
      const Price near = side == Side::kBuy ? desk.quote.bid_price : desk.quote.ask_price;
      desk.submit(OrderRequest::limit(InstrumentId{1}, side, size, near));
      return;
    }
    default: break;
  }
  const auto at = static_cast<std::uint32_t>(random.below(desk.orders.next_id().counter()) + 1);
  const OrderId id = OrderId::make(desk.orders.next_id().engine(), desk.orders.next_id().run(), at);
  const keel::Order* order = desk.orders.find(id);
  if (order == nullptr || !order->is_open()) return;
  if (random.below(2) == 0) {
    (void)desk.orders.cancel(id, Reason::kByRequest, desk);
  } else {
    ReplaceRequest change{id, order->terms.quantity + Quantity::whole(100), std::nullopt,
                          std::nullopt};
    (void)desk.orders.replace({Unchecked{"test"}, change, Price::whole(230)}, desk);
  }
}

void play(const Card& card, std::uint64_t seed) {
  SimulatorConfig server = one_stock(seed);
  static constexpr int kVersions[] = {157, 178, 200, 203, 225};
  server.max_version = kVersions[seed % 5];
  server.cash = 1'000'000'000;
  ClientConfig config = paper_client(seed);
  config.backoff_most = Duration::seconds(2);
  Wire wire{seed, server, config, card.faults};
  wire.run(Duration::seconds(1));
  for (int i = 0; i < 40; ++i) {
    trade(wire);
    if (wire.random.chance_ppm(card.restart_ppm)) wire.restart_client();
    if (wire.random.chance_ppm(card.connectivity_ppm)) {
      wire.server.lose_connectivity();
      wire.run(Duration::milliseconds(500));
      wire.server.restore_connectivity(i % 2 == 0);
    }
    wire.run(Duration::milliseconds(static_cast<std::int64_t>(wire.random.below(600))));
  }
  wire.faults = {};
  wire.run(Duration::seconds(8));
  REQUIRE_MESSAGE(wire.desk.is_up, std::string{card.name}, " seed ", seed);
  wire.desk.wants_snapshot = true;
  wire.run(Duration::seconds(3));

  const Auditor truth{wire.server, wire.desk.now, std::min(server.max_version, 178)};
  INFO(std::string{card.name}, ", seed ", seed);
  CHECK(wire.desk.executions == truth.executions);
  CHECK_FALSE(wire.desk.twice);
  CHECK(wire.desk.position == truth.position);
  CHECK(wire.desk.fees == truth.fees);
  int open = 0;
  for (std::uint32_t i = 1; i < wire.desk.orders.next_id().counter(); ++i) {
    const keel::Order* order = wire.desk.orders.find(
        OrderId::make(wire.desk.orders.next_id().engine(), wire.desk.orders.next_id().run(), i));
    if (order == nullptr) continue;
    CHECK(order->state != keel::OrderState::kUnknown);
    open += order->is_open() ? 1 : 0;
  }
  CHECK(open == truth.open);
}

constexpr Card kCards[] = {
    {"cut in the middle of a batch", {20'000, 0, 0, 0}, 0, 0},
    {"delayed", {0, 20'000, 0, 0}, 0, 0},
    {"duplicated", {0, 0, 300'000, 0}, 0, 0},
    {"out of order", {0, 0, 0, 300'000}, 0, 0},
    {"restarted", {0, 0, 0, 0}, 100'000, 0},
    {"connectivity lost", {0, 0, 0, 0}, 0, 100'000},
    {"all of it", {10'000, 10'000, 100'000, 100'000}, 50'000, 50'000},
};

}  // namespace

#ifdef KEEL_LONG_RUNS
constexpr std::uint64_t kRuns = 20'000;
#else
constexpr std::uint64_t kRuns = 1000;
#endif

TEST_CASE("no fill is lost or doubled, card by card") {
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) play(kCards[seed % std::size(kCards)], seed);
}

}  // namespace keel::tws
