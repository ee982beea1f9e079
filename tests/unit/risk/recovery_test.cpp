// Promises: a checker that folded the facts of a run, or was loaded from its snapshot and folded
// the rest, is the one that lived through it: the same bytes, the same answers. Damaged bytes are
// refused.
#include <keel/core/random.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

RiskLimits every_limit() {
  RiskLimits limits;
  limits.max_order_quantity = 40_qty;
  limits.max_order_notional = usd("4000");
  limits.max_position = 60_qty;
  limits.price_collar = 0.2_rate;
  limits.price_distance = 0.5_rate;
  limits.max_reference_age = 1_h;
  limits.max_open_orders = 25;
  limits.max_order_rate = 40;
  limits.order_rate_window = 1_s;
  limits.max_gross_exposure = usd("8000");
  limits.max_net_exposure = usd("7000");
  limits.max_concentration = 2_rate;
  limits.max_leverage = 3_rate;
  limits.max_daily_loss = usd("400");
  limits.max_drawdown_rate = 0.15_rate;
  limits.market_buffer = 0.01_rate;
  return limits;
}

class Session : public Desk {
 public:
  explicit Session(std::uint64_t seed) : Desk(every_limit()), random_(seed) {
    pay(names.margin, usd("5000"));
    for (const InstrumentId id : {names.perp, names.eth}) quote(id, 100_px, 100_px);
  }
  void step() {
    wait(Duration::milliseconds(random_.between(1, 60)));
    switch (random_.below(10)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        OrderRequest request = any_request();
        if (random_.below(3) == 0)
          request.tagged(*ClientOrderId::from("c" + std::to_string(random_.below(200))));
        auto decision = risk.check(request, now);
        if (decision.approved())
          open_.push_back(orders.submit(std::move(decision).take(), *this));
        else
          orders.deny(request, decision.denial(), *this);
        break;
      }
      case 4:
      case 5:
        if (const OrderId id = any_open(); !id.is_none()) {
          const Order* order = orders.find(id);
          if (order->state == OrderState::kSubmitted) accept(id);
          if (order->leaves().is_positive()) fill(id, 1_qty, 100_px);
        }
        break;
      case 6:
        if (const OrderId id = any_open(); !id.is_none()) cancel(id);
        break;
      case 7:
        for (const InstrumentId id : {names.perp, names.eth}) {
          const Price price = Price::whole(random_.between(92, 108));
          quote(id, price, price);
        }
        break;
      case 8: control(); break;
      default: risk.on_time(now, *this);
    }
  }
  OrderRequest any_request() {
    return limit(random_.below(2) == 0 ? names.perp : names.eth,
                 random_.below(2) == 0 ? Side::kBuy : Side::kSell,
                 Quantity::whole(random_.between(1, 45)), Price::whole(random_.between(70, 130)));
  }

 private:
  OrderId any_open() {
    std::erase_if(open_, [&](OrderId id) { return !orders.find(id)->is_open(); });
    return open_.empty() ? OrderId{0} : open_[random_.below(open_.size())];
  }
  void control() {
    switch (random_.below(8)) {
      case 0:
        CHECK(risk.set_trading_state(TradingState::kActive, names.margin, "ann", *this).ok());
        break;
      case 1: pay(names.margin, usd("100"), ChangeKind::kTransfer); break;
      case 2: pay(names.margin, *Money::parse("5", "EUR"), ChangeKind::kTransfer); break;
      case 3:
        CHECK(risk.set_limit(Limit::kMaxPosition, LimitScope::of(names.perp),
                             Int128::from(Quantity::whole(random_.between(40, 60)).raw()), {},
                             "ann", *this)
                  .ok());
        break;
      case 4:
        CHECK(risk.set_limit(Limit::kMaxOpenOrders, {}, Int128::from(random_.between(15, 30)), {},
                             "bob", *this)
                  .ok());
        break;
      case 5:
        CHECK(risk.set_limit(Limit::kMaxOpenOrders, {}, std::nullopt, {}, "bob", *this).ok());
        break;
      case 6: quote(names.eur, 1.25_px, 1.25_px); break;
      default:
        CHECK(risk.set_kill_level(KillLevel::kNoNewOrders, "x", "ann", *this).ok());
        CHECK(risk.reset_kill_switch("bob", *this).ok());
    }
  }
  Random random_;
  std::vector<OrderId> open_;
};

std::vector<std::byte> saved(const Desk& desk) {
  StateWriter writer;
  desk.orders.save(writer);
  desk.portfolio.save(writer);
  desk.risk.save(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

void fold_from(Desk& to, const Desk& from, std::size_t first) {
  for (std::size_t i = first; i < from.journal.size(); ++i)
    to.fold(*reinterpret_cast<const RecordHeader*>(from.journal[i].data()));
}

}  // namespace

TEST_CASE("recovered equals live, from facts alone and from a snapshot at any moment") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Session live{seed};
    std::vector<std::byte> snapshot;
    std::size_t snapshot_at = 0;
    for (int i = 0; i < 1'500; ++i) {
      if (i == static_cast<int>(seed) * 150) {
        snapshot = saved(live);
        snapshot_at = live.journal.size();
      }
      live.step();
    }
    CHECK(live.count(RecordKind::kSubmit) > 20);
    CHECK(live.count(RecordKind::kOrderFilled) > 20);
    CHECK(live.count(RecordKind::kEquityMarked) > 2);

    Desk by_facts{every_limit()};
    fold_from(by_facts, live, 0);
    CHECK(saved(by_facts) == saved(live));

    Desk by_snapshot{every_limit()};
    StateReader reader{snapshot};
    by_snapshot.orders.load(reader);
    by_snapshot.portfolio.load(reader);
    by_snapshot.risk.load(reader);
    REQUIRE(reader.finish().ok());
    fold_from(by_snapshot, live, snapshot_at);
    CHECK(saved(by_snapshot) == saved(live));

    // And they answer alike, once prices are back.
    for (Desk* desk : {&by_facts, &by_snapshot}) {
      desk->risk.set_ready();
      desk->now = live.now;
    }
    for (Desk* desk : {static_cast<Desk*>(&live), &by_facts, &by_snapshot}) {
      for (const InstrumentId id : {desk->names.perp, desk->names.eth})
        desk->marks.fold(Quote::two_sided(id, desk->now, 99_px, 1_qty, 101_px, 1_qty).header);
      desk->marks.fold(
          Quote::two_sided(desk->names.eur, desk->now, 1.25_px, 1_qty, 1.25_px, 1_qty).header);
      desk->portfolio.revalue_all(desk->marks);
    }
    for (int i = 0; i < 300; ++i) {
      const OrderRequest request = live.any_request();
      const auto answer = told(live.denial(request));
      CHECK(told(by_facts.denial(request)) == answer);
      CHECK(told(by_snapshot.denial(request)) == answer);
    }
  }
}

TEST_CASE("a checker put beside a portfolio and orders that already ran counts what is there") {
  Session live{77};
  for (int i = 0; i < 800; ++i) live.step();
  RiskChecker late{every_limit(), live.names.registry, live.names.directory,
                   live.marks,    live.orders,         live.portfolio};
  for (const InstrumentId id : {live.names.perp, live.names.eth}) {
    const OpenOrders& a = late.open_exposure().orders(live.names.margin, id);
    const OpenOrders& b = live.risk.open_exposure().orders(live.names.margin, id);
    CHECK(a.position == b.position);
    for (int side = 0; side < 2; ++side) {
      CHECK(a.open[side] == b.open[side]);
      CHECK(a.value[side] == b.value[side]);
    }
    CHECK(a.extra == b.extra);
    CHECK(a.margin == b.margin);
  }
  CHECK(late.open_orders(live.names.margin) == live.risk.open_orders(live.names.margin));
}

TEST_CASE("a loaded checker is recovering until it is told otherwise") {
  Desk desk;
  StateWriter writer;
  desk.risk.save(writer);
  Desk loaded;
  StateReader reader{writer.bytes()};
  loaded.risk.load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(loaded.risk.is_recovering());
}

TEST_CASE("damaged bytes are refused, whichever byte it is, and nothing falls over") {
  Session live{5};
  for (int i = 0; i < 300; ++i) live.step();
  StateWriter writer;
  live.risk.save(writer);
  const std::vector<std::byte> good{writer.bytes().begin(), writer.bytes().end()};
  for (std::size_t size = 0; size < good.size(); size += 7) {
    Desk desk{every_limit()};
    StateReader reader{std::span{good}.first(size)};
    desk.risk.load(reader);
    REQUIRE_FALSE(reader.finish().ok());
  }
  Random random{9};
  for (int i = 0; i < 300; ++i) {
    auto bytes = good;
    bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1u << random.below(8));
    Desk desk{every_limit()};
    StateReader reader{bytes};
    desk.risk.load(reader);  // refused or not: no crash, no endless loop
    desk.risk.set_ready();
    desk.quote(desk.names.perp, 100_px, 100_px);
    (void)desk.reason(desk.limit(desk.names.perp, Side::kBuy, 1_qty, 100_px));
  }
}
