// Fills from bars along the declared path, computed by hand, and the same for long and short.
#include <keel/core/random.hpp>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr Duration kMinute = Duration::minutes(1);

OrderRequest limit(Side side, Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, side, quantity, price);
}
OrderRequest stop(Side side, Quantity quantity, Price price) {
  return OrderRequest::stop(InstrumentId{1}, side, quantity, price);
}
OrderRequest market(Side side, Quantity quantity) {
  return OrderRequest::market(InstrumentId{1}, side, quantity);
}
OrderRequest in_group(OrderRequest request, std::uint64_t group,
                      Contingency contingency = Contingency::kOco) {
  request.group = group;
  request.contingency = contingency;
  return request;
}

// A rig whose orders are at the venue just after one o'clock, when a bar opens; the bar before
// closed at 100.
struct BarRig : Rig {
  Timestamp open = Timestamp::from_seconds(3600);
  explicit BarRig(const SimConfig& given = plain_config()) : Rig(given) {
    bar(open - kMinute, kMinute, 100_px, 100_px, 100_px, 100_px);
  }
  OrderId place(const OrderRequest& request) { return submit(open, request); }
  void next(Price o, Price h, Price l, Price c, Quantity volume = Quantity::whole(1000)) {
    bar(open, kMinute, o, h, l, c, volume);
    open = open + kMinute;
    run(open + Duration::milliseconds(5));
  }
};

}  // namespace

TEST_CASE("a market order fills at the next bar's open, never at the bar that triggered it") {
  BarRig rig;
  const OrderId id = rig.place(market(Side::kBuy, 1_qty));
  rig.next(101_px, 105_px, 99_px, 104_px);
  CHECK(rig.told(id) == Lines{"accepted", "filled 1 @ 101 taker"});
}

TEST_CASE("a stop fills at its trigger, or at the open where the bar gaps over it") {
  BarRig rig;
  const OrderId inside = rig.place(stop(Side::kSell, 1_qty, 97_px));
  const OrderId gapped = rig.place(stop(Side::kSell, 1_qty, 99.5_px));
  const OrderId above = rig.place(stop(Side::kBuy, 1_qty, 101_px));
  const OrderId far = rig.place(stop(Side::kBuy, 1_qty, 101.01_px));
  rig.next(99_px, 101_px, 90_px, 95_px);  // the extreme is 90; nobody pays it
  CHECK(rig.told(inside) == Lines{"accepted", "triggered", "filled 1 @ 97 taker"});
  CHECK(rig.told(gapped) == Lines{"accepted", "triggered", "filled 1 @ 99 taker"});
  CHECK(rig.told(above) == Lines{"accepted", "triggered", "filled 1 @ 101 taker"});
  CHECK(rig.told(far) == Lines{"accepted"});
}

TEST_CASE("a limit order fills at its price, or better where the bar opens beyond it") {
  BarRig rig;
  const OrderId inside = rig.place(limit(Side::kBuy, 1_qty, 97_px));
  const OrderId gapped = rig.place(limit(Side::kBuy, 1_qty, 99.5_px));
  const OrderId takes = rig.place(limit(Side::kBuy, 1_qty, 100.5_px));
  const OrderId never = rig.place(limit(Side::kBuy, 1_qty, 89.99_px));
  rig.next(99_px, 101_px, 90_px, 95_px);
  CHECK(rig.told(inside) == Lines{"accepted", "filled 1 @ 97 maker"});
  CHECK(rig.told(gapped) == Lines{"accepted", "filled 1 @ 99 maker"});
  CHECK(rig.told(takes) == Lines{"accepted", "filled 1 @ 99 taker"});
  CHECK(rig.told(never) == Lines{"accepted"});
}

TEST_CASE("slippage is paid by what takes, not by what rests") {
  SimConfig config = plain_config();
  config.fills.slippage = Slippage::fixed(5);
  BarRig rig{config};
  const OrderId bought = rig.place(market(Side::kBuy, 1_qty));
  const OrderId stopped = rig.place(stop(Side::kSell, 1_qty, 97_px));
  const OrderId rested = rig.place(limit(Side::kBuy, 1_qty, 97_px));
  rig.next(99_px, 101_px, 90_px, 95_px);
  CHECK(rig.told(bought) == Lines{"accepted", "filled 1 @ 99.05 taker"});
  CHECK(rig.told(stopped) == Lines{"accepted", "triggered", "filled 1 @ 96.95 taker"});
  CHECK(rig.told(rested) == Lines{"accepted", "filled 1 @ 97 maker"});
}

TEST_CASE("a bar that touches both legs of a bracket fills one, by the path") {
  struct Case {
    BarPath path;
    Price open, high, low, close;
    bool stop_first;  // of a long position: stop at 95, target at 105
  };
  const Case cases[] = {
      {BarPath::kNearerFirst, 102_px, 106_px, 94_px, 100_px, false},
      {BarPath::kNearerFirst, 98_px, 106_px, 94_px, 100_px, true},
      {BarPath::kNearerFirst, 100_px, 106_px, 94_px, 99_px, false},  // as near: away from close
      {BarPath::kNearerFirst, 100_px, 106_px, 94_px, 101_px, true},
      {BarPath::kNearerFirst, 100_px, 106_px, 94_px, 100_px, true},  // no hint: the stop
      {BarPath::kStopsFirst, 102_px, 106_px, 94_px, 100_px, true},
      {BarPath::kHighFirst, 98_px, 106_px, 94_px, 100_px, false},
      {BarPath::kLowFirst, 102_px, 106_px, 94_px, 100_px, true},
  };
  for (const Case& each : cases) {
    SimConfig config = plain_config();
    config.fills.bar_path = each.path;
    BarRig rig{config};
    const OrderId loss = rig.place(in_group(stop(Side::kSell, 1_qty, 95_px), 7));
    const OrderId gain = rig.place(in_group(limit(Side::kSell, 1_qty, 105_px), 7));
    rig.next(each.open, each.high, each.low, each.close);
    const Lines canceled{"accepted", "canceled cancel.by_sibling"};
    if (each.stop_first) {
      CHECK(rig.told(loss) == Lines{"accepted", "triggered", "filled 1 @ 95 taker"});
      CHECK(rig.filled(gain) == 0_qty);
      CHECK(rig.told(gain) == canceled);
    } else {
      CHECK(rig.told(gain) == Lines{"accepted", "filled 1 @ 105 maker"});
      CHECK(rig.filled(loss) == 0_qty);
      CHECK(rig.told(loss) == canceled);
    }
  }
}

TEST_CASE("a gap over the stop leaves the target unfilled and pays the open") {
  BarRig rig;
  const OrderId loss = rig.place(in_group(stop(Side::kSell, 1_qty, 95_px), 7));
  const OrderId gain = rig.place(in_group(limit(Side::kSell, 1_qty, 105_px), 7));
  rig.next(90_px, 106_px, 89_px, 100_px);
  CHECK(rig.told(loss) == Lines{"accepted", "triggered", "filled 1 @ 90 taker"});
  CHECK(rig.filled(gain) == 0_qty);
}

TEST_CASE("an order that came after the open meets only the close") {
  BarRig rig;
  const Timestamp late = rig.open + Duration::seconds(30);
  const OrderId bought = rig.submit(late, market(Side::kBuy, 1_qty));
  const OrderId stopped = rig.submit(late, stop(Side::kSell, 1_qty, 97_px));
  const OrderId passed = rig.submit(late, limit(Side::kBuy, 1_qty, 91_px));
  rig.next(99_px, 101_px, 90_px, 95_px);
  CHECK(rig.told(bought) == Lines{"accepted", "filled 1 @ 95 taker"});
  CHECK(rig.told(stopped) == Lines{"accepted", "triggered", "filled 1 @ 95 taker"});
  CHECK(rig.told(passed) == Lines{"accepted"});
}

TEST_CASE("a bar's volume bounds what fills from it") {
  SimConfig config = plain_config();
  config.fills.participation = 0.1_rate;
  BarRig rig{config};
  const OrderId bought = rig.place(market(Side::kBuy, 3_qty));
  const OrderId now = rig.place(market(Side::kBuy, 3_qty).with(TimeInForce::kIoc));
  const OrderId sold = rig.place(limit(Side::kSell, 1.5_qty, 105_px));
  rig.next(101_px, 106_px, 99_px, 104_px, 10_qty);
  rig.next(102_px, 106_px, 99_px, 104_px, 100_qty);
  CHECK(rig.told(bought) == Lines{"accepted", "filled 1 @ 101 taker", "filled 2 @ 102 taker"});
  CHECK(rig.told(now) == Lines{"accepted", "canceled venue.no_liquidity"});
  CHECK(rig.told(sold) == Lines{"accepted", "filled 1 @ 105 maker", "filled 0.5 @ 105 maker"});
}

TEST_CASE(
    "a stop-limit of a bar rests at its limit where the gap passed it, and fills on the way back") {
  BarRig rig;
  const OrderId id =
      rig.place(OrderRequest::stop_limit(rig.btc, Side::kBuy, 1_qty, 101_px, 102_px));
  rig.next(104_px, 105_px, 101_px, 103_px);
  CHECK(rig.told(id) == Lines{"accepted", "triggered", "filled 1 @ 102 maker"});
}

TEST_CASE("negated prices give mirrored fills") {
  // Random bars and orders; the mirror turns every price and side round.
  InstrumentRegistry listed = one_instrument();
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SimConfig config = plain_config();
    if (seed % 3 == 1) config.fills.slippage = Slippage::fixed(2);
    if (seed % 3 == 2) config.fills.participation = 0.001_rate;
    if (seed % 5 == 0) config.fills.bar_path = BarPath::kStopsFirst;
    Rig plain{config, listed}, mirror{config, listed};
    Random random{seed};
    Timestamp open = Timestamp::from_seconds(3600);
    std::int64_t price = 100;
    std::vector<OrderId> ids;
    const auto px = [](std::int64_t cents) { return Price::from_raw(cents * 10'000'000); };
    for (int step = 0; step < 8; ++step) {
      if (step == 0) {
        // One bar without orders: the last price is known.
      } else {
        for (int n = 0; n < 3; ++n) {
          const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
          const Quantity size = Quantity::whole(static_cast<std::int64_t>(1 + random.below(3)));
          const std::int64_t at = price + random.between(-8, 8), away = random.between(-2, 2);
          const std::uint64_t type = random.below(4);
          const std::uint64_t group = random.below(3) == 0 ? 1 + random.below(2) : 0;
          const auto make = [&](bool flip) {
            const Side s = flip ? opposite(side) : side;
            const std::int64_t f = flip ? -1 : 1;
            OrderRequest request = type == 0   ? market(s, size)
                                   : type == 1 ? limit(s, size, px(f * at))
                                   : type == 2
                                       ? stop(s, size, px(f * at))
                                       : OrderRequest::stop_limit(InstrumentId{1}, s, size,
                                                                  px(f * at), px(f * (at + away)));
            return in_group(request, group, group == 2 ? Contingency::kOuo : Contingency::kOco);
          };
          // Stops on one side only, so that a bar without any hint has a mirror.
          if (type >= 2 && side == Side::kBuy && seed % 5 == 0) continue;
          ids.push_back(plain.submit(open, make(false)));
          mirror.submit(open, make(true));
        }
      }
      const std::int64_t o = price + random.between(-3, 3), c = o + random.between(-6, 6);
      const std::int64_t h = std::max(o, c) + random.between(0, 5),
                         l = std::min(o, c) - random.between(0, 5);
      const Quantity volume = 2000_qty;
      // Open as far from both extremes, and equal to the close, has no mirror: leave it out.
      if (h - o == o - l && c == o && seed % 5 != 0) continue;
      plain.bar(open, kMinute, px(o), px(h), px(l), px(c), volume);
      mirror.bar(open, kMinute, px(-o), px(-l), px(-h), px(-c), volume);
      open = open + kMinute;
      price = c;
    }
    plain.run(open + kMinute);
    mirror.run(open + kMinute);
    REQUIRE(plain.reports.size() == mirror.reports.size());
    for (const OrderId id : ids) {
      std::vector<std::string> mine, theirs;
      for (const OrderReport& report : plain.reports)
        if (report.order == id) mine.push_back(Rig::text(report));
      for (OrderReport report : mirror.reports) {
        if (report.order != id) continue;
        report.last_price = -report.last_price;
        theirs.push_back(Rig::text(report));
      }
      INFO("seed ", seed, " order ", id.counter());
      REQUIRE(mine == theirs);
    }
  }
}
