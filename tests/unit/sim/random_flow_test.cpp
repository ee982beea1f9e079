// Seeded random flow: against a slow model, conserving quantity, the same for the same seed, and
// with every order's fate found out after whatever went wrong.
#include <algorithm>
#include <keel/core/hash.hpp>
#include <keel/core/random.hpp>
#include <map>
#include <set>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

Price px(std::int64_t cents) { return Price::from_raw(cents * 10'000'000); }
Quantity lots(std::int64_t n) { return Quantity::from_raw(n * 1'000'000); }

// What the rules of docs/sim.md say about one account and quotes alone, by searching lists.
struct SlowVenue {
  struct Order {
    std::uint32_t id;
    Side side;
    bool is_market, resting_taker;
    TimeInForce tif;
    std::int64_t price, open;
  };
  struct Fill {
    std::uint32_t id;
    std::int64_t price, quantity;
    bool taker;
    friend bool operator==(const Fill&, const Fill&) = default;
  };
  std::vector<Order> orders;
  std::vector<Fill> fills;
  std::int64_t bid = 0, bid_size = 0, ask = 0, ask_size = 0, bid_left = 0, ask_left = 0;
  bool quoted = false;

  std::int64_t touch(Side side) const { return side == Side::kBuy ? ask : bid; }
  std::int64_t& left(Side side) { return side == Side::kBuy ? ask_left : bid_left; }
  bool reaches(const Order& order) const {
    if (order.is_market) return true;
    return order.side == Side::kBuy ? ask <= order.price : bid >= order.price;
  }
  void take(Order& order) {
    if (!reaches(order)) return;
    const std::int64_t some = std::min(order.open, left(order.side));
    if (some == 0) return;
    left(order.side) -= some;
    order.open -= some;
    fills.push_back({order.id, touch(order.side), some, true});
  }
  void arrive(Order order) {
    if (order.tif == TimeInForce::kFok && !(reaches(order) && left(order.side) >= order.open))
      return;
    take(order);
    if (order.open == 0 || order.tif == TimeInForce::kIoc) return;
    order.resting_taker = reaches(order);
    orders.push_back(order);
  }
  void cancel(std::uint32_t id) {
    std::erase_if(orders, [&](const Order& order) { return order.id == id; });
  }
  void quote(std::int64_t b, std::int64_t bs, std::int64_t a, std::int64_t as) {
    if (!quoted || b != bid || bs != bid_size) bid_left = bs;
    if (!quoted || a != ask || as != ask_size) ask_left = as;
    quoted = true;
    bid = b, bid_size = bs, ask = a, ask_size = as;
    for (Order& order : orders)
      if (order.is_market) take(order);
    std::erase_if(orders, [](const Order& order) { return order.open == 0; });
    for (const Side side : {Side::kBuy, Side::kSell}) {
      while (left(side) > 0) {
        Order* best = nullptr;
        for (Order& order : orders) {
          if (order.side != side || order.is_market || !reaches(order)) continue;
          if (best == nullptr ||
              (side == Side::kBuy ? order.price > best->price : order.price < best->price))
            best = &order;
        }
        if (best == nullptr) break;
        const std::int64_t some = std::min(best->open, left(side));
        left(side) -= some;
        best->open -= some;
        fills.push_back(
            {best->id, best->resting_taker ? touch(side) : best->price, some, best->resting_taker});
        std::erase_if(orders, [](const Order& order) { return order.open == 0; });
      }
    }
    for (Order& order : orders)
      if (!order.is_market && !reaches(order)) order.resting_taker = false;
  }
};

OrderRequest random_request(Random& random, std::int64_t mid) {
  const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
  const Quantity size = lots(random.between(1, 40));
  OrderRequest request =
      random.below(4) == 0
          ? OrderRequest::market(InstrumentId{1}, side, size)
          : OrderRequest::limit(InstrumentId{1}, side, size, px(mid + random.between(-6, 6)));
  const std::uint64_t tif = random.below(6);
  if (tif == 0) request.with(TimeInForce::kIoc);
  if (tif == 1) request.with(TimeInForce::kFok);
  return request;
}

}  // namespace

TEST_CASE("fills from quotes are those of a model that searches lists") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SimConfig config = plain_config();
    config.order_latency = LatencyModel::zero();
    config.self_trade = SelfTrade::kAllow;
    config.max_executions = 4096;
    config.max_orders = 1024;
    Rig rig{config};
    SlowVenue slow;
    Random random{seed};
    std::int64_t mid = 10'000;
    std::map<std::uint32_t, OrderId> ids;
    for (int step = 1; step < 600; ++step) {
      const Timestamp now = at_ms(step);
      mid += random.between(-2, 2);
      const std::int64_t spread = random.between(0, 3), ahead = random.between(0, 1);
      const std::int64_t b = mid - spread, a = mid + ahead + 1;
      const std::int64_t bs = random.between(0, 30), as = random.between(0, 30);
      rig.quote(now, px(b), lots(bs), px(a), lots(as));
      slow.quote(b, bs, a, as);
      if (random.below(2) == 0) {
        OrderRequest request = random_request(random, mid);
        // Buys and sells of the model never meet each other: keep them to one side a seed.
        request.side = seed % 2 == 0 ? Side::kBuy : Side::kSell;
        const OrderId id = rig.submit(now, request);
        ids[id.counter()] = id;
        rig.run(now);
        slow.arrive({id.counter(), request.side, request.terms.type == OrderType::kMarket, false,
                     request.terms.time_in_force, request.terms.limit_price.raw() / 10'000'000,
                     request.terms.quantity.raw() / 1'000'000});
      }
      if (!slow.orders.empty() && random.below(4) == 0) {
        const std::uint32_t victim = slow.orders[random.below(slow.orders.size())].id;
        rig.cancel(now, ids.at(victim));
        rig.run(now);
        slow.cancel(victim);
      }
      REQUIRE(rig.venue.open_orders() == slow.orders.size());
    }
    rig.run(at_ms(10'000));
    std::vector<SlowVenue::Fill> fills;
    for (const OrderReport& report : rig.reports)
      if (report.kind == ReportKind::kFilled)
        fills.push_back({report.order.counter(), report.last_price.raw() / 10'000'000,
                         report.last_quantity.raw() / 1'000'000,
                         report.liquidity == Liquidity::kTaker});
    REQUIRE(fills == slow.fills);
    REQUIRE(fills.size() > 50);
  }
}

TEST_CASE("no order is filled beyond its size or its limit, no offer beyond what it shows") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SimConfig config = plain_config();
    config.max_executions = 4096;
    config.max_orders = 1024;
    config.fills.source = seed % 2 == 0 ? FillSource::kQuotes : FillSource::kTrades;
    config.fills.participation = 0.5_rate;
    config.fills.queue = seed % 3 == 0 ? QueueModel::kOptimistic : QueueModel::kPessimistic;
    if (seed % 4 == 3) config.fills.slippage = Slippage::fixed(1);
    Rig rig{config};
    Random random{seed};
    std::map<std::uint32_t, OrderRequest> asked;
    std::int64_t mid = 10'000;
    std::size_t seen = 0;
    for (int step = 1; step < 600; ++step) {
      const Timestamp now = at_ms(step * 3);
      mid += random.between(-2, 2);
      Quantity most = Quantity::zero();
      if (config.fills.source == FillSource::kQuotes) {
        const Quantity shown = lots(random.between(1, 30));
        rig.quote(now, px(mid - 1), shown, px(mid + 1), shown);
        most = shown;
      } else {
        const Quantity size = lots(random.between(1, 30));
        rig.trade(now, px(mid), size);
        most = lots(size.raw() / 2'000'000);
      }
      rig.run(now);
      if (random.below(2) == 0) {
        OrderRequest request = random_request(random, mid);
        if (random.below(5) == 0 && request.terms.type == OrderType::kMarket) {
          request.terms.type = OrderType::kStop;
          request.terms.time_in_force = TimeInForce::kGtc;
          request.terms.trigger_price = px(mid + random.between(-5, 5));
          request.terms.flags |= OrderTerms::kHasTrigger;
        }
        asked[rig.submit(now, request, AccountId{static_cast<std::uint16_t>(1 + random.below(2))})
                  .counter()] = request;
      }
      rig.run(now + Duration::milliseconds(2));
      // Of the market's events, one lies in each step; own orders also trade with each other.
      if (config.fills.source == FillSource::kTrades) {
        Quantity taken[2] = {Quantity::zero(), Quantity::zero()};
        for (; seen < rig.reports.size(); ++seen) {
          const OrderReport& report = rig.reports[seen];
          if (report.kind == ReportKind::kFilled && report.header.ts_event == now)
            taken[report.side == Side::kBuy ? 0 : 1] += report.last_quantity;
        }
        REQUIRE(taken[0] <= most);
        REQUIRE(taken[1] <= most);
      }
    }
    rig.run(at_ms(100'000));
    std::map<std::uint32_t, Quantity> sums;
    Quantity position = Quantity::zero();
    for (const OrderReport& report : rig.reports) {
      if (report.kind != ReportKind::kFilled) continue;
      const OrderRequest& request = asked.at(report.order.counter());
      auto [at, fresh] = sums.try_emplace(report.order.counter(), Quantity::zero());
      at->second += report.last_quantity;
      REQUIRE(at->second == report.filled);
      REQUIRE(at->second <= request.terms.quantity);
      if (const auto limit = request.terms.limit())
        REQUIRE((report.side == Side::kBuy ? report.last_price <= *limit
                                           : report.last_price >= *limit));
      position = report.side == Side::kBuy ? position + report.last_quantity
                                           : position - report.last_quantity;
    }
    for (const auto& [counter, sum] : sums)
      if (asked.at(counter).terms.time_in_force == TimeInForce::kFok)
        REQUIRE(sum == asked.at(counter).terms.quantity);
    REQUIRE(position ==
            rig.venue.position(AccountId{1}, rig.btc) + rig.venue.position(AccountId{2}, rig.btc));
    REQUIRE(sums.size() > 30);
  }
}

namespace {

// A run with everything going wrong; the hash of all that the engine was handed.
std::uint64_t faulty_run(std::uint64_t seed, Rig& rig, std::vector<OrderId>& ids) {
  Random random{seed * 7919};
  std::int64_t mid = 10'000;
  for (int step = 1; step < 400; ++step) {
    const Timestamp now = at_ms(step * 7);
    mid += random.between(-3, 3);
    rig.run(now);
    if (random.below(2) == 0)
      rig.quote(now, px(mid - 1), lots(20), px(mid + 1), lots(20));
    else
      rig.trade(now, px(mid), lots(10));
    const std::uint64_t what = random.below(4);
    if (what == 0) ids.push_back(rig.submit(now, random_request(random, mid)));
    if (what == 1 && !ids.empty()) rig.cancel(now, ids[random.below(ids.size())]);
    if (what == 2 && !ids.empty()) {
      OrderTerms terms = random_request(random, mid).terms;
      terms.flags |= OrderTerms::kHasLimit;
      rig.replace(now, ids[random.below(ids.size())], terms);
    }
  }
  rig.run(at_ms(60'000));
  RollingHash hash;
  for (const OrderReport& report : rig.reports) hash.add(&report, sizeof report);
  for (const ConnectionInput& input : rig.connections) hash.add(&input, sizeof input);
  return hash.value();
}

SimConfig faulty_config(std::uint64_t seed) {
  SimConfig config = plain_config();
  config.seed = seed;
  config.max_orders = 1024;
  config.max_executions = 4096;
  config.order_latency =
      LatencyModel::long_tailed(Duration::milliseconds(1), Duration::milliseconds(4));
  config.response_latency =
      LatencyModel::uniform(Duration::milliseconds(1), Duration::milliseconds(9));
  LinkFaults link;
  link.delay_ppm = link.reorder_ppm = link.duplicate_ppm = link.drop_ppm = 50'000;
  link.disconnect_ppm = 5'000;
  link.delay = Duration::milliseconds(30);
  config.faults.commands = config.faults.reports = link;
  config.faults.reject_ppm = 30'000;
  config.faults.down = Duration::milliseconds(200);
  config.faults.cancel_on_disconnect = seed % 2 == 0;
  return config;
}

}  // namespace

TEST_CASE("the same seed gives the same bytes, another one does not") {
  const auto run = [](std::uint64_t seed) {
    Rig rig{faulty_config(seed)};
    std::vector<OrderId> ids;
    return faulty_run(42, rig, ids);
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}

TEST_CASE("whatever went wrong, a snapshot tells every order's fate and every missing execution") {
  std::uint64_t dropped = 0, cuts = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rig rig{faulty_config(seed)};
    std::vector<OrderId> ids;
    faulty_run(seed, rig, ids);
    dropped += rig.venue.stats().dropped_reports;
    cuts += rig.venue.stats().disconnects;
    rig.venue.set_now(at_ms(61'000));
    rig.venue.request_snapshot(AccountId{1});
    rig.run(at_ms(62'000));
    REQUIRE(rig.reports.back().kind == ReportKind::kSnapshotEnd);

    std::map<std::uint64_t, const OrderReport*> last;  // what a careful reader knows of each order
    std::set<std::string> executions;
    Quantity position = Quantity::zero();
    std::size_t open = 0;
    std::map<std::uint64_t, Quantity> filled;
    for (const OrderReport& report : rig.reports) {
      if (report.kind == ReportKind::kFilled) {
        if (!executions.insert(report.execution.str()).second) continue;
        position = report.side == Side::kBuy ? position + report.last_quantity
                                             : position - report.last_quantity;
        filled.try_emplace(report.order.value, Quantity::zero()).first->second +=
            report.last_quantity;
      }
      const bool ends = is_terminal(report.status);
      const bool lists =
          report.kind == ReportKind::kStatus && (report.header.flags & OrderReport::kSnapshot) != 0;
      if (ends || lists) last[report.order.value] = &report;
    }
    for (const auto& [id, report] : last) {
      if (!is_terminal(report->status)) ++open;
      if (report->kind == ReportKind::kStatus) {
        const auto at = filled.find(id);
        REQUIRE(report->filled == (at == filled.end() ? Quantity::zero() : at->second));
      }
    }
    INFO("seed ", seed);
    REQUIRE(position == rig.venue.position(AccountId{1}, rig.btc));
    REQUIRE(open == rig.venue.open_orders());
    // What no report ever named did not arrive: every accepted order is known.
    REQUIRE(rig.venue.stats().accepted <= last.size());
    REQUIRE(rig.holdings.size() == (position.is_zero() ? 0 : 1));
  }
  CHECK(dropped > 100);
  CHECK(cuts > 30);
}

TEST_CASE(
    "a cut loses what is under way, tells both its ends, and refuses what is sent meanwhile") {
  Rig rig;
  rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  const OrderId lost = rig.submit(at_ms(0), OrderRequest::market(rig.btc, Side::kBuy, 1_qty));
  rig.venue.set_now(at_ms(5));
  rig.venue.disconnect(Duration::milliseconds(100));
  CHECK_FALSE(rig.venue.is_connected());
  const OrderId refused = rig.submit(at_ms(6), OrderRequest::market(rig.btc, Side::kBuy, 1_qty));
  rig.run(at_ms(200));
  CHECK(rig.told(lost) == Lines{});
  CHECK(rig.told(refused) == Lines{"refused venue.not_connected"});
  REQUIRE(rig.connections.size() == 2);
  CHECK(rig.connections[0].state == ConnectionState::kDown);
  CHECK(rig.connections[0].header.ts_recv == at_ms(5));
  CHECK(rig.connections[1].state == ConnectionState::kUp);
  CHECK(rig.connections[1].header.ts_recv == at_ms(105));
  CHECK(rig.venue.is_connected());
}

TEST_CASE("latency models keep to what they say") {
  Random random{5};
  const auto low = LatencyModel::uniform(Duration{10}, Duration{20});
  const auto tail = LatencyModel::long_tailed(Duration{1000}, Duration{2000});
  std::vector<std::int64_t> drawn;
  for (int i = 0; i < 10'001; ++i) {
    const Duration each = low.draw(at_ms(0), random);
    REQUIRE(each >= Duration{10});
    REQUIRE(each <= Duration{20});
    drawn.push_back(tail.draw(at_ms(0), random).ns);
  }
  std::sort(drawn.begin(), drawn.end());
  CHECK(drawn.front() >= 1000);
  CHECK(drawn.back() <= 1000 + 7202);
  CHECK(std::abs(drawn[5'000] - 2000) < 30);
  CHECK(std::abs(drawn[9'900] - (1000 + 4038)) < 250);  // exp(0.6 x 2.326)
  const auto recorded = LatencyModel::recorded(
      {{at_ms(0), Duration{100}}, {at_ms(10), Duration{200}}, {at_ms(20), Duration{50}}});
  REQUIRE(recorded.check().ok());
  CHECK(recorded.draw(at_ms(-5), random) == Duration{100});
  CHECK(recorded.draw(at_ms(5), random) == Duration{150});
  CHECK(recorded.draw(at_ms(15), random) == Duration{125});
  CHECK(recorded.draw(at_ms(99), random) == Duration{50});
}
