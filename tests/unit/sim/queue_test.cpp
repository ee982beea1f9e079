// Queue positions: the probability functions against hftbacktest's formulas in floating point, and
// order by order (L3) against a list.
#include <algorithm>
#include <cmath>
#include <keel/core/random.hpp>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

double slow_behind(const QueueProbability& model, double front, double back) {
  const double n = model.exponent.to_double();
  switch (model.kind) {
    case QueueProbability::Kind::kPower:
      return std::pow(back, n) / (std::pow(back, n) + std::pow(front, n));
    case QueueProbability::Kind::kPower2: return std::pow(back, n) / std::pow(back + front, n);
    case QueueProbability::Kind::kPower3: return 1 - std::pow(front / (front + back), n);
    case QueueProbability::Kind::kLog:
      return std::log1p(back) / (std::log1p(back) + std::log1p(front));
    case QueueProbability::Kind::kLog2: return std::log1p(back) / std::log1p(back + front);
  }
  return 0;
}

// ProbQueueModel::depth of hftbacktest.
double slow_front(const QueueProbability& model, double front, double before, double after,
                  double traded) {
  const double change = before - after - traded;
  if (change < 0) return std::min(front, after);
  const double back = before - front;
  const double behind = slow_behind(model, front, back);
  const double estimate = front - (1 - behind) * change + std::min(back - behind * change, 0.0);
  return std::max(0.0, std::min(estimate, after));
}

const QueueProbability kModels[] = {QueueProbability::square(),
                                    QueueProbability::identity(),
                                    QueueProbability::power(1.5_rate),
                                    QueueProbability::power2(2_rate),
                                    QueueProbability::power2(0.7_rate),
                                    QueueProbability::power3(3_rate),
                                    QueueProbability::log(),
                                    QueueProbability::log2()};

SimConfig queued(const QueueProbability& probability) {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::zero();
  config.fills.queue = QueueModel::kProbabilistic;
  config.fills.probability = probability;
  return config;
}

struct L3 : Rig {
  using Rig::Rig;
  void order(std::int64_t ms, BookAction action, std::uint64_t id, Side side, Price price,
             Quantity size, std::uint8_t flags = BookOrder::kEventEnd) {
    keel::BookOrder record = keel::BookOrder::of(btc, at_ms(ms), action, id, side, price, size);
    record.header.flags = flags;
    venue.on_market(record.header, at_ms(ms));
  }
};

}  // namespace

TEST_CASE("the probability functions are those of hftbacktest, in integers") {
  Random random{3};
  for (const QueueProbability& model : kModels)
    for (int i = 0; i < 2'000; ++i) {
      const std::int64_t front = random.between(1, 1 << random.between(1, 30));
      const std::int64_t back = random.between(1, 1 << random.between(1, 30));
      const double fast = static_cast<double>(model.behind_32(Quantity::from_raw(front * 10'000),
                                                              Quantity::from_raw(back * 10'000))) /
                          4294967296.0;
      const double slow =
          slow_behind(model, static_cast<double>(front) / 1e4, static_cast<double>(back) / 1e4);
      REQUIRE(std::abs(fast - slow) < 2e-7);
    }
  CHECK(QueueProbability::square().behind_32(0_qty, 5_qty) == std::int64_t{1} << 32);
  CHECK(QueueProbability::square().behind_32(5_qty, 0_qty) == 0);
}

TEST_CASE("what stands before an order moves as in hftbacktest") {
  Random random{4};
  for (const QueueProbability& model : kModels)
    for (int i = 0; i < 2'000; ++i) {
      const std::int64_t before = random.between(1, 1'000'000);
      const std::int64_t front = random.between(1, before), after = random.between(0, 1'200'000);
      const std::int64_t traded = random.below(3) == 0 ? random.between(0, 300'000) : 0;
      if (front == before) continue;
      const auto raw = [](std::int64_t lots) { return Quantity::from_raw(lots * 100'000); };
      const Quantity fast = model.front_after(raw(front), raw(before), raw(after), raw(traded));
      const auto real = [](std::int64_t lots) { return static_cast<double>(lots) / 1e3; };
      const double slow = slow_front(model, real(front), real(before), real(after), real(traded));
      REQUIRE(std::abs(fast.to_double() - slow) < 1e-3);
      REQUIRE(fast <= raw(after));
    }
}

TEST_CASE("probabilistic queue: a cancel is shared out, a trade is counted once") {
  Rig rig{queued(QueueProbability::square())};
  rig.quote(at_ms(0), 99_px, 10_qty, 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(1), OrderRequest::limit(rig.btc, Side::kBuy, 5_qty, 99_px));
  rig.run(at_ms(2));
  rig.quote(at_ms(3), 99_px, 30_qty, 100_px, 5_qty);           // 10 before it, 20 behind
  rig.quote(at_ms(4), 99_px, 20_qty, 100_px, 5_qty);           // 400 / 500 were behind: 8 before it
  rig.trade(at_ms(5), 99_px, 6_qty, Trade::kSellerAggressor);  // 2 before it
  rig.quote(at_ms(6), 99_px, 14_qty, 100_px, 5_qty);           // explained by the trade
  rig.trade(at_ms(7), 99_px, 3_qty, Trade::kSellerAggressor);
  rig.run(at_ms(20));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 99 maker"});
}

TEST_CASE("pessimistic queue: a cancel is behind the order until the level says otherwise") {
  SimConfig config = queued(QueueProbability::square());
  config.fills.queue = QueueModel::kPessimistic;
  Rig rig{config};
  rig.quote(at_ms(0), 99_px, 10_qty, 100_px, 5_qty);
  const OrderId id = rig.submit(at_ms(1), OrderRequest::limit(rig.btc, Side::kBuy, 5_qty, 99_px));
  rig.run(at_ms(2));
  rig.quote(at_ms(3), 99_px, 30_qty, 100_px, 5_qty);
  rig.quote(at_ms(4), 99_px, 20_qty, 100_px, 5_qty);           // 10 still
  rig.trade(at_ms(5), 99_px, 6_qty, Trade::kSellerAggressor);  // 4
  rig.quote(at_ms(6), 99_px, 3_qty, 100_px, 5_qty);            // 3 at most
  rig.trade(at_ms(7), 99_px, 4_qty, Trade::kSellerAggressor);
  rig.run(at_ms(20));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 99 maker"});
}

TEST_CASE("order by order, the queue is exact") {
  L3 rig{queued(QueueProbability::square())};
  rig.order(0, BookAction::kAdd, 1, Side::kBuy, 99_px, 5_qty);
  rig.order(0, BookAction::kAdd, 2, Side::kBuy, 99_px, 3_qty);
  rig.order(0, BookAction::kAdd, 9, Side::kSell, 100_px, 3_qty);
  const OrderId id = rig.submit(at_ms(1), OrderRequest::limit(rig.btc, Side::kBuy, 2_qty, 99_px));
  rig.run(at_ms(2));
  rig.order(3, BookAction::kAdd, 3, Side::kBuy, 99_px, 4_qty);
  rig.order(4, BookAction::kCancel, 3, Side::kBuy, 99_px, 0_qty);  // behind: nothing
  rig.order(5, BookAction::kModify, 1, Side::kBuy, 99_px, 4_qty);  // before: 7
  rig.order(6, BookAction::kModify, 1, Side::kBuy, 99_px, 6_qty);  // lost its place: 3
  rig.trade(at_ms(7), 99_px, 1_qty, Trade::kSellerAggressor);      // 2
  rig.trade(at_ms(7), 99_px, 3_qty, Trade::kSellerAggressor);      // takes those 2 and 1 of ours
  rig.order(7, BookAction::kFill, 2, Side::kBuy, 99_px, 3_qty);    // the book says so too
  rig.order(7, BookAction::kFill, 1, Side::kBuy, 99_px, 1_qty);
  rig.trade(at_ms(8), 99_px, 1_qty, Trade::kSellerAggressor);
  rig.run(at_ms(20));
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 99 maker", "filled 1 @ 99 maker"});
  // A taker meets the sums of the orders.
  const OrderId taker = rig.submit(at_ms(21), OrderRequest::market(rig.btc, Side::kBuy, 3_qty));
  rig.run(at_ms(40));
  CHECK(rig.told(taker) == Lines{"accepted", "filled 3 @ 100 taker"});
  // What was taken stays taken when others come; what they bring is new.
  rig.order(41, BookAction::kAdd, 10, Side::kSell, 100_px, 2_qty);
  const OrderId more = rig.submit(at_ms(42), OrderRequest::market(rig.btc, Side::kBuy, 3_qty));
  rig.run(at_ms(60));
  CHECK(rig.told(more) == Lines{"accepted", "filled 2 @ 100 taker"});
}

TEST_CASE("order by order under random flow, fills are those of a list") {
  std::uint64_t seen = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SimConfig config = queued(QueueProbability::square());
    config.max_executions = 4096;
    L3 rig{config};
    Random random{seed};
    struct Resting {
      std::uint64_t id;  // 0: ours
      std::int64_t size;
    };
    std::vector<Resting> queue;
    std::uint64_t next = 1;
    OrderId own{};
    std::int64_t own_open = 0, expected = 0;
    for (int step = 1; step < 400; ++step) {
      const std::int64_t ms = step * 10;
      const std::uint64_t what = random.below(10);
      const auto lots = [](std::int64_t n) { return Quantity::from_raw(n * 1'000'000); };
      if (what < 4 || queue.empty()) {
        const std::int64_t size = random.between(1, 20);
        queue.push_back({next, size});
        rig.order(ms, BookAction::kAdd, next++, Side::kBuy, 99_px, lots(size));
      } else if (what < 7) {
        const std::size_t at = random.below(queue.size());
        Resting& victim = queue[at];
        if (victim.id == 0) continue;
        if (what == 4) {
          rig.order(ms, BookAction::kCancel, victim.id, Side::kBuy, 99_px, 0_qty);
          queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
        } else {
          const std::int64_t size = random.between(1, 20);
          rig.order(ms, BookAction::kModify, victim.id, Side::kBuy, 99_px, lots(size));
          const Resting changed{victim.id, size};
          const bool keeps = size <= victim.size;
          if (keeps) {
            victim = changed;
          } else {
            queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(at));
            queue.push_back(changed);
          }
        }
      } else if (what < 8 && own_open == 0) {
        own_open = random.between(1, 30);
        own =
            rig.submit(at_ms(ms), OrderRequest::limit(rig.btc, Side::kBuy, lots(own_open), 99_px));
        rig.run(at_ms(ms));
        queue.push_back({0, own_open});
      } else {
        std::int64_t left = random.between(1, 25), before = 0;
        rig.trade(at_ms(ms), 99_px, lots(left), Trade::kSellerAggressor);
        for (const Resting& resting : queue) {  // ours takes what goes beyond those before it
          if (resting.id == 0) {
            const std::int64_t fill = std::min(own_open, std::max<std::int64_t>(left - before, 0));
            expected += fill;
            own_open -= fill;
            break;
          }
          before += resting.size;
        }
        std::erase_if(queue,
                      [&](const Resting& resting) { return resting.id == 0 && own_open == 0; });
        for (Resting& resting : queue) {  // the real book knows nothing of ours
          if (resting.id == 0) continue;
          const std::int64_t some = std::min(left, resting.size);
          if (some == 0) continue;
          rig.order(ms, BookAction::kFill, resting.id, Side::kBuy, 99_px, lots(some));
          resting.size -= some;
          left -= some;
        }
        std::erase_if(queue,
                      [](const Resting& resting) { return resting.id != 0 && resting.size == 0; });
      }
    }
    rig.run(at_ms(10'000));
    std::int64_t filled = 0;
    for (const OrderReport& report : rig.reports)
      if (report.kind == ReportKind::kFilled) filled += report.last_quantity.raw() / 1'000'000;
    INFO("seed ", seed);
    REQUIRE(filled == expected);
    seen += static_cast<std::uint64_t>(filled);
  }
  CHECK(seen > 1'000);
}

TEST_CASE("slippage and impact, computed by hand") {
  const auto ticks = [](const Slippage& slippage, Quantity taken, Quantity shown) {
    return slippage.increments(100_px, 0.01_px, taken, shown, 0.01_qty);
  };
  CHECK(ticks(Slippage::fixed(3), 1_qty, 1_qty) == 3);
  CHECK(ticks(Slippage::proportional(2), 5_qty, 2_qty) == 5);
  CHECK(ticks(Slippage::percent(0.001_rate), 5_qty, 2_qty) == 10);    // 0.1
  CHECK(ticks(Slippage::percent(0.00101_rate), 5_qty, 2_qty) == 11);  // 0.101
  // 100 x 0.02 x sqrt(100 / 10,000) = 0.2
  CHECK(ticks(Slippage::square_root(0.02_rate, 10'000_qty), 100_qty, 1_qty) == 20);
  // 100 x 0.02 x sqrt(2 / 10,000) = 0.0283
  CHECK(ticks(Slippage::square_root(0.02_rate, 10'000_qty), 2_qty, 1_qty) == 3);
  // zipline: 0.02^2 x 0.1 x 100 = 0.004; at the limit of 0.025: 0.00625
  const Slippage share = Slippage::volume_share(0.025_rate, 0.1_rate);
  CHECK(share.increments(100_px, 0.001_px, 20_qty, 1000_qty, 1_qty) == 4);
  CHECK(share.increments(100_px, 0.001_px, 200_qty, 1000_qty, 1_qty) == 7);
}

TEST_CASE("volume share: a bar gives its share to both sides together, and not too dear") {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::zero();
  config.fills.slippage = Slippage::volume_share(0.5_rate, 0.1_rate);
  Rig rig{config};
  rig.bar(at_ms(0), Duration::seconds(1), 100_px, 100_px, 100_px, 100_px);
  const OrderId buy = rig.submit(at_ms(1000), OrderRequest::market(rig.btc, Side::kBuy, 2_qty));
  const OrderId sell = rig.submit(at_ms(1000), OrderRequest::market(rig.btc, Side::kSell, 4_qty));
  rig.run(at_ms(1000));
  rig.bar(at_ms(1000), Duration::seconds(1), 100_px, 100_px, 100_px, 100_px, 10_qty);
  rig.run(at_ms(2010));
  CHECK(rig.told(buy) == Lines{"accepted", "filled 2 @ 100.4 taker"});  // 0.2^2 x 0.1 x 100
  CHECK(rig.told(sell) == Lines{"accepted", "filled 3 @ 97.5 taker"});  // 0.5^2 x 0.1 x 100
}

TEST_CASE("a log-normal latency has the quantiles that its sigma says") {
  Random random{9};
  for (const double sigma : {0.2, 0.6, 1.5}) {
    const auto model = LatencyModel::lognormal(Duration{1'000'000}, Duration{2'000'000},
                                               Rate::nearest(sigma).value());
    REQUIRE(model.check().ok());
    std::vector<std::int64_t> drawn;
    for (int i = 0; i < 40'001; ++i) drawn.push_back(model.draw(at_ms(0), random).ns);
    std::sort(drawn.begin(), drawn.end());
    const auto excess = [&](std::size_t at) {
      return static_cast<double>(drawn[at] - 1'000'000) / 1e6;
    };
    CHECK(excess(20'000) == doctest::Approx(1.0).epsilon(0.03));
    CHECK(excess(33'651) == doctest::Approx(std::exp(sigma)).epsilon(0.05));      // z = 1
    CHECK(excess(39'091) == doctest::Approx(std::exp(2 * sigma)).epsilon(0.08));  // z = 2
    CHECK(drawn.front() >= 1'000'000);
  }
  CHECK_FALSE(LatencyModel::lognormal(Duration{5}, Duration{9}, 4_rate).check().ok());
}
