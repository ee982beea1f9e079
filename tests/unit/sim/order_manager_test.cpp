// The order manager over a venue where everything goes wrong: after a snapshot both know the same.
#include <doctest/doctest.h>

#include <cstring>
#include <keel/core/random.hpp>
#include <keel/orders/order_manager.hpp>
#include <keel/sim/sim_venue.hpp>
#include <map>
#include <string>
#include <vector>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

Price px(std::int64_t cents) { return Price::from_raw(cents * 10'000'000); }
Quantity lots(std::int64_t n) { return Quantity::from_raw(n * 1'000'000); }

// An engine cut down to its order manager: facts are folded, commands leave after each input.
class Desk final : public Emitter {
 public:
  explicit Desk(const SimConfig& config)
      : registry_(one_instrument()), orders(patient(), registry_), venue(config, registry_) {}

  static OrderManagerConfig patient() {
    OrderManagerConfig config;
    config.slots = 4096;
    config.execution_window = 8192;
    config.answer_timeout = Duration::milliseconds(500);
    return config;
  }
  void emit(RecordHeader& header) override {
    header.seq = ++seq_;
    header.ts_event = header.ts_recv = now;
    orders.fold(header);
    const auto& record = record_as<OrderRecord>(header);
    if (is_command(header.kind)) outbox_.push_back(record);
    if (header.kind == RecordKind::kOrderFilled)
      position = record.side == Side::kBuy ? position + record.last_quantity
                                           : position - record.last_quantity;
    if (header.kind == RecordKind::kOrderAnomaly) ++anomalies[record.reason];
  }
  void submit(OrderRequest request) {
    request.account = AccountId{1};
    request.venue = VenueId{1};
    orders.submit({Unchecked{"test"}, request, 100_px}, *this);
    flush();
  }
  void submit_bracket(OrderRequest entry, Price gain, Price loss) {
    entry.account = AccountId{1};
    entry.venue = VenueId{1};
    const BracketRequest bracket{entry, gain, loss};
    orders.submit_bracket({Unchecked{"test"}, entry, 100_px}, bracket, *this);
    flush();
  }
  void flush() {
    OrderManager::Action action{};
    while (orders.next_action(action)) act(action);
    venue.set_now(now);
    for (const OrderRecord& command : outbox_) venue.send(command);
    outbox_.clear();
  }
  void act(const OrderManager::Action& action) {
    const Order order = *orders.find(action.order);
    if (action.kind == OrderManager::Action::Kind::kCancel) {
      orders.cancel(action.order, action.why, *this);
    } else if (action.kind == OrderManager::Action::Kind::kResize) {
      const ReplaceRequest request{action.order, action.quantity, {}, {}};
      orders.replace({Unchecked{"test"}, request, 100_px}, *this);
    } else {
      OrderRequest request{};
      request.instrument = order.instrument;
      request.account = order.account;
      request.venue = order.venue;
      request.side = order.side;
      request.contingency = order.contingency;
      request.terms = order.terms;
      request.terms.quantity = action.quantity;
      request.parent = order.parent;
      request.group = order.group;
      orders.release(action.order, {Unchecked{"test"}, request, 100_px}, *this);
    }
  }
  void ask() {
    venue.set_now(now);
    venue.request_snapshot(AccountId{1});
    orders.on_snapshot_requested(AccountId{1}, VenueId{1}, now);
    flush();
  }
  void run(Timestamp until) {
    for (;;) {
      const auto next = venue.next_event_time();
      if (!next || *next > until) break;
      venue.advance_to(*next);
      while (const RecordHeader* record = venue.next_report(*next)) {
        now = std::max(now, record->ts_recv);
        if (record->kind == RecordKind::kOrderReport) {
          const OrderReport report = record_as<OrderReport>(*record);
          orders.on_report(report, *this);
          flush();
        } else if (record->kind == RecordKind::kConnection) {
          const ConnectionInput input = record_as<ConnectionInput>(*record);
          orders.on_connection(input, *this);
          flush();
          if (input.state == ConnectionState::kUp) ask();
        }
      }
    }
    venue.advance_to(until);
    now = std::max(now, until);
    orders.on_time(now, *this);
    flush();
  }

 private:
  InstrumentRegistry registry_;

 public:
  OrderManager orders;
  SimVenue venue;
  Timestamp now{};
  Quantity position = Quantity::zero();
  std::map<Reason, int> anomalies;

 private:
  std::uint64_t seq_ = 0;
  std::vector<OrderRecord> outbox_;
};

SimConfig config_of(std::uint64_t seed, bool faults) {
  SimConfig config = plain_config();
  config.seed = seed;
  config.max_orders = 2048;
  config.max_executions = 4096;
  config.order_latency =
      LatencyModel::long_tailed(Duration::milliseconds(1), Duration::milliseconds(4));
  config.fills.participation = 0.5_rate;
  config.self_trade = SelfTrade::kAllow;
  if (!faults) return config;
  LinkFaults link;
  link.delay_ppm = link.reorder_ppm = link.duplicate_ppm = link.drop_ppm = 30'000;
  link.disconnect_ppm = 2'000;
  link.delay = Duration::milliseconds(30);
  config.faults.commands = config.faults.reports = link;
  config.faults.reject_ppm = 20'000;
  config.faults.down = Duration::milliseconds(200);
  return config;
}

void trade_at_random(Desk& desk, std::uint64_t seed) {
  Random random{seed * 104'729};
  std::int64_t mid = 10'000;
  for (int step = 1; step < 500; ++step) {
    const Timestamp now = at_ms(step * 7);
    desk.run(now);
    mid += random.between(-3, 3);
    if (random.below(2) == 0) {
      const Quote quote =
          Quote::two_sided(InstrumentId{1}, now, px(mid - 1), lots(20), px(mid + 1), lots(20));
      desk.venue.on_market(quote.header, now);
    } else {
      const Trade trade = Trade::at(InstrumentId{1}, now, px(mid), lots(random.between(1, 30)));
      desk.venue.on_market(trade.header, now);
    }
    const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
    const Quantity size = lots(random.between(1, 30));
    const std::int64_t away = sign(side) * random.between(3, 12);
    switch (random.below(5)) {
      case 0:
        desk.submit(OrderRequest::limit({1}, side, size, px(mid + random.between(-5, 5))));
        break;
      case 1: desk.submit(OrderRequest::market({1}, side, size)); break;
      case 2:
        desk.submit_bracket(OrderRequest::limit({1}, side, size, px(mid + sign(side) * 2)),
                            px(mid + away), px(mid - away));
        break;
      case 3: {
        std::vector<OrderId> open;
        desk.orders.for_each_open([&](const Order& order) { open.push_back(order.id); });
        if (open.size() < 10) break;
        desk.orders.cancel(open[random.below(open.size())], Reason::kByRequest, desk);
        desk.flush();
        break;
      }
      default: break;
    }
  }
}

}  // namespace

TEST_CASE("without faults the order manager and the venue agree on everything, at once") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Desk desk{config_of(seed, false)};
    trade_at_random(desk, seed);
    desk.run(at_ms(10'000));
    INFO("seed ", seed);
    CHECK(desk.position == desk.venue.position(AccountId{1}, InstrumentId{1}));
    std::size_t at_venue = 0;
    desk.orders.for_each_open(
        [&](const Order& order) { at_venue += order.state == OrderState::kHeld ? 0 : 1; });
    CHECK(at_venue == desk.venue.open_orders());
    // A cancel that leaves as its order ends with its sibling comes too late; that is all.
    desk.anomalies.erase(Reason::kReportOutOfOrder);
    CHECK(desk.anomalies.empty());
  }
}

TEST_CASE(
    "the venue's list of executions is what the order manager booked, and can be told again") {
  SimConfig config = config_of(5, false);
  config.snapshot_of_everything = true;
  Desk desk{config};
  trade_at_random(desk, 5);
  desk.run(at_ms(10'000));
  Quantity position = Quantity::zero();
  for (std::uint64_t n = 1; n <= desk.venue.executions(); ++n) {
    const auto made = desk.venue.execution(n);
    REQUIRE(made.has_value());
    CHECK(made->number == n);
    position = made->side == Side::kBuy ? position + made->quantity : position - made->quantity;
  }
  REQUIRE(desk.venue.executions() > 20);
  CHECK_FALSE(desk.venue.execution(0).has_value());
  CHECK_FALSE(desk.venue.execution(desk.venue.executions() + 1).has_value());
  CHECK(position == desk.position);
  const auto before = desk.venue.stats().reports;
  desk.ask();
  desk.run(at_ms(12'000));
  CHECK(desk.venue.stats().reports - before > desk.venue.executions());
  CHECK(desk.position == position);
}

TEST_CASE("whatever went wrong, after a snapshot no fill is lost or doubled and no fate unknown") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Desk desk{config_of(seed, true)};
    trade_at_random(desk, seed);
    // The link goes on losing things; an answer settles what was quiet when it was asked for.
    for (int round = 0; round < 6; ++round) {
      desk.run(at_ms(10'000 + round * 2'000));
      desk.run(at_ms(10'300 + round * 2'000));
      desk.ask();
    }
    desk.run(at_ms(21'000));
    INFO("seed ", seed);
    CHECK(desk.position == desk.venue.position(AccountId{1}, InstrumentId{1}));
    std::size_t at_venue = 0;
    desk.orders.for_each_open([&](const Order& order) {
      at_venue += order.state == OrderState::kHeld ? 0 : 1;
      CHECK(order.state != OrderState::kUnknown);
    });
    CHECK(at_venue == desk.venue.open_orders());
    CHECK(desk.anomalies.count(Reason::kFillOfUnknownOrder) == 0);
  }
}
