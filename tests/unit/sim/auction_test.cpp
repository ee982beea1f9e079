// Calls, halts, price limits, and orders for the open and the close.
#include <algorithm>
#include <keel/calendar/builtin.hpp>
#include <keel/core/random.hpp>
#include <keel/core/time_text.hpp>
#include <keel/sim/calendar_day.hpp>
#include <map>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

SimConfig instant() {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::zero();
  return config;
}

struct Hall : Rig {
  explicit Hall(const SimConfig& given = instant()) : Rig(given) {}
  void status(std::int64_t ms, InstrumentStatus now) {
    StatusChange change = make_record<StatusChange>(RecordKind::kInstrumentStatus);
    change.header.instrument = btc;
    change.status = now;
    venue.on_market(change.header, at_ms(ms));
  }
  void print(std::int64_t ms, Price price, Quantity size) {
    keel::Trade record = keel::Trade::at(btc, at_ms(ms), price, size);
    venue.on_market(record.header, at_ms(ms));
  }
  OrderId put(std::int64_t ms, const OrderRequest& request, AccountId account = AccountId{1}) {
    const OrderId id = submit(at_ms(ms), request, account);
    run(at_ms(ms));
    return id;
  }
  OrderRequest limit(Side side, Quantity quantity, Price price) const {
    return OrderRequest::limit(btc, side, quantity, price);
  }
  OrderRequest market(Side side, Quantity quantity) const {
    return OrderRequest::market(btc, side, quantity);
  }
};

using Called = CallAuction::Order;

std::string text(const CallAuction::Result& result) {
  if (!result.trades) return "none";
  return result.volume.to_text() + " @ " + result.price.to_text() + " left " +
         result.surplus.to_text();
}

}  // namespace

TEST_CASE("a call's price: most volume, least left over, pressure, reference") {
  CallAuction auction;
  const auto make = [&](std::initializer_list<Called> orders, Price reference) {
    auction.clear();
    for (const Called& order : orders) auction.add(order);
    return text(auction.indicative(reference));
  };
  const auto buy = [](Quantity size, Price price) {
    return Called{Side::kBuy, true, price, size, 1};
  };
  const auto sell = [](Quantity size, Price price) {
    return Called{Side::kSell, true, price, size, 2};
  };
  const Called buy_any{Side::kBuy, false, 0_px, 100_qty, 3};
  const Called sell_any{Side::kSell, false, 0_px, 100_qty, 4};
  CHECK(make({}, 100_px) == "none");
  CHECK(make({buy(10_qty, 99_px), sell(10_qty, 100_px)}, 100_px) == "none");
  // One price at which most trades: 101 has 200 + 200 against 100 + 200.
  CHECK(make({buy(200_qty, 102_px), buy(200_qty, 101_px), buy(300_qty, 100_px),
              sell(100_qty, 99_px), sell(200_qty, 100_px), sell(400_qty, 101_px)},
             100_px) == "400 @ 101 left 300");
  // Most everywhere between: more is wanted, so the highest.
  CHECK(make({buy(400_qty, 102_px), sell(300_qty, 99_px)}, 100_px) == "300 @ 102 left 100");
  // More is offered, so the lowest.
  CHECK(make({buy(300_qty, 102_px), sell(400_qty, 99_px)}, 100_px) == "300 @ 99 left 100");
  // Nothing left over at either: the one nearer to the reference.
  CHECK(make({buy(300_qty, 102_px), sell(300_qty, 99_px)}, 101_px) == "300 @ 102 left 0");
  CHECK(make({buy(300_qty, 102_px), sell(300_qty, 99_px)}, 100_px) == "300 @ 99 left 0");
  // Only orders at any price: the reference.
  CHECK(make({buy_any, sell_any}, 100_px) == "100 @ 100 left 0");
  CHECK(make({buy_any, sell(40_qty, 103_px)}, 100_px) == "40 @ 103 left 60");
}

TEST_CASE("a call allocates by price, then by time, and both sides alike") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random{seed};
    CallAuction auction;
    std::vector<Called> orders;
    const auto count = random.between(0, 30);
    for (std::int64_t i = 0; i < count; ++i)
      orders.push_back({random.below(2) == 0 ? Side::kBuy : Side::kSell, random.below(5) != 0,
                        Price::whole(random.between(95, 105)),
                        Quantity::whole(random.between(1, 50)), static_cast<std::uint64_t>(i)});
    for (const Called& order : orders) auction.add(order);
    const auto result = auction.indicative(100_px);
    // No price trades more.
    const auto volume_at = [&](Price price) {
      Quantity sums[2] = {0_qty, 0_qty};
      for (const Called& order : orders)
        if (!order.has_limit ||
            (order.side == Side::kBuy ? order.limit >= price : order.limit <= price))
          sums[order.side == Side::kBuy ? 0 : 1] += order.quantity;
      return std::min(sums[0], sums[1]);
    };
    for (std::int64_t price = 94; price <= 106; ++price)
      REQUIRE(volume_at(Price::whole(price)) <= result.volume);
    if (!result.trades) continue;
    REQUIRE(volume_at(result.price) == result.volume);
    std::map<std::uint64_t, Quantity> traded;
    auction.allocate(result, [&](std::uint64_t tag, Quantity some) { traded[tag] = some; });
    Quantity sums[2] = {0_qty, 0_qty};
    for (const auto& [tag, some] : traded) {
      const Called& order = orders[tag];
      sums[order.side == Side::kBuy ? 0 : 1] += some;
      REQUIRE(some <= order.quantity);
    }
    REQUIRE(sums[0] == result.volume);
    REQUIRE(sums[1] == result.volume);
    // Whoever got less than he wanted has nobody worse behind him who got something.
    for (const auto& [tag, some] : traded)
      for (const Called& better : orders) {
        const Called& order = orders[tag];
        if (better.side != order.side || !order.has_limit) continue;
        const bool before =
            !better.has_limit ||
            (order.side == Side::kBuy ? better.limit > order.limit : better.limit < order.limit) ||
            (better.limit == order.limit && better.tag < order.tag);
        if (before) REQUIRE(traded[better.tag] == better.quantity);
      }
  }
}

TEST_CASE(
    "an opening call collects orders, tells its price, and trades at the print that follows") {
  Hall hall;
  hall.print(0, 100_px, 1_qty);
  hall.status(1, InstrumentStatus::kPreOpen);
  const OrderId at_open = hall.put(2, hall.market(Side::kBuy, 2_qty).with(TimeInForce::kAtOpen));
  const OrderId bid = hall.put(3, hall.limit(Side::kBuy, 1_qty, 102_px));
  const OrderId low = hall.put(4, hall.limit(Side::kBuy, 1_qty, 99_px).with(TimeInForce::kAtOpen));
  const OrderId offer = hall.put(5, hall.limit(Side::kSell, 1_qty, 101_px), AccountId{2});
  const OrderId ioc = hall.put(6, hall.limit(Side::kBuy, 1_qty, 102_px).with(TimeInForce::kIoc));
  hall.status(7, InstrumentStatus::kAuction);
  CHECK(text(hall.venue.indicative(hall.btc)) == "1 @ 102 left 2");
  hall.status(8, InstrumentStatus::kTrading);
  hall.run(at_ms(50));
  CHECK(hall.told(at_open) == Lines{"accepted"});  // its price is not known yet
  hall.print(60, 101.5_px, 100_qty);
  hall.run(at_ms(80));
  CHECK(hall.told(at_open) == Lines{"accepted", "filled 2 @ 101.5 auction"});
  CHECK(hall.told(bid) == Lines{"accepted", "filled 1 @ 101.5 auction"});
  CHECK(hall.told(offer) == Lines{"accepted", "filled 1 @ 101.5 auction"});
  CHECK(hall.told(low) == Lines{"accepted", "expired venue.no_liquidity"});
  CHECK(hall.told(ioc) == Lines{"rejected venue.market_closed"});
}

TEST_CASE("a print's share bounds what a call trades, market orders first") {
  SimConfig config = instant();
  config.fills.participation = 0.1_rate;
  Hall hall{config};
  hall.print(0, 100_px, 1_qty);
  hall.status(1, InstrumentStatus::kAuction);
  const OrderId low = hall.put(2, hall.limit(Side::kBuy, 2_qty, 101_px));
  const OrderId high = hall.put(3, hall.limit(Side::kBuy, 2_qty, 103_px));
  const OrderId any = hall.put(4, hall.market(Side::kBuy, 2_qty).with(TimeInForce::kAtOpen));
  hall.status(5, InstrumentStatus::kTrading);
  hall.print(6, 100_px, 30_qty);
  hall.run(at_ms(40));
  CHECK(hall.filled(any) == 2_qty);
  CHECK(hall.filled(high) == 1_qty);
  CHECK(hall.filled(low) == 0_qty);
  CHECK(hall.venue.open_orders() == 2);
}

TEST_CASE("without prints a call trades at the price told, else at its own") {
  for (const bool told : {true, false}) {
    Hall hall;
    hall.quote(at_ms(0), 99_px, 5_qty, 101_px, 5_qty);
    hall.status(1, InstrumentStatus::kAuction);
    const OrderId buy = hall.put(2, hall.market(Side::kBuy, 7_qty).with(TimeInForce::kAtOpen));
    const OrderId sell = hall.put(3, hall.limit(Side::kSell, 4_qty, 100_px), AccountId{2});
    if (told) {
      AuctionUpdate update = make_record<AuctionUpdate>(RecordKind::kAuction);
      update.header.instrument = hall.btc;
      update.header.flags = AuctionUpdate::kHasIndicative;
      update.indicative = 100.5_px;
      update.matched = 50_qty;
      hall.venue.on_market(update.header, at_ms(4));
    }
    hall.status(5, InstrumentStatus::kTrading);
    hall.run(at_ms(40));
    if (told) {
      CHECK(hall.told(buy) == Lines{"accepted", "filled 7 @ 100.5 auction"});
      CHECK(hall.told(sell) == Lines{"accepted", "filled 4 @ 100.5 auction"});
    } else {
      // 4 of the other account at 100 and 3 of what is shown at 101: most trades at 101.
      CHECK(hall.told(buy) == Lines{"accepted", "filled 7 @ 101 auction"});
      CHECK(hall.told(sell) == Lines{"accepted", "filled 4 @ 101 auction"});
    }
  }
}

TEST_CASE("on bars, at-open and at-close orders get the session's first open and last close") {
  const auto calendar = builtin_calendar("XNYS", 2024, 2024);
  REQUIRE(calendar.ok());
  const CalendarDay nyse{{&*calendar}};
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "SPY";
  spec.kind = InstrumentKind::kEtf;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.01_qty;
  spec.calendar = "XNYS";
  REQUIRE(registry.add(spec).ok());
  SimConfig config = instant();
  config.day = &nyse;
  Rig rig{config, registry};
  const auto bar = [&](const char* start, Price open, Price close) {
    rig.bar(parse_timestamp(start).value(), Duration::minutes(30), open, std::max(open, close),
            std::min(open, close), close);
  };
  const auto at = [](const char* time) { return parse_timestamp(time).value(); };
  bar("2024-03-07T20:30:00Z", 100_px, 101_px);  // the day before, its last half hour
  const OrderId open =
      rig.submit(at("2024-03-08T09:00:00Z"),
                 OrderRequest::market(rig.btc, Side::kBuy, 1_qty).with(TimeInForce::kAtOpen));
  const OrderId close =
      rig.submit(at("2024-03-08T09:00:00Z"),
                 OrderRequest::market(rig.btc, Side::kSell, 1_qty).with(TimeInForce::kAtClose));
  const OrderId dear =
      rig.submit(at("2024-03-08T09:00:00Z"),
                 OrderRequest::limit(rig.btc, Side::kBuy, 1_qty, 90_px).with(TimeInForce::kAtOpen));
  rig.run(at("2024-03-08T09:00:01Z"));
  bar("2024-03-08T14:00:00Z", 55_px, 56_px);  // before the opening at 14:30
  bar("2024-03-08T14:30:00Z", 102_px, 103_px);
  bar("2024-03-08T15:00:00Z", 103_px, 104_px);
  rig.run(at("2024-03-08T16:00:00Z"));
  CHECK(rig.told(open) == Lines{"accepted", "filled 1 @ 102 auction"});
  CHECK(rig.told(dear) == Lines{"accepted", "expired venue.no_liquidity"});
  CHECK(rig.told(close) == Lines{"accepted"});
  bar("2024-03-08T20:30:00Z", 105_px, 106_px);
  rig.run(at("2024-03-08T21:30:00Z"));
  CHECK(rig.told(close) == Lines{"accepted", "filled 1 @ 106 auction"});
}

TEST_CASE("a close whose print never came expires") {
  SimConfig config = instant();
  Hall hall{config};  // the day ends at midnight UTC
  hall.print(0, 100_px, 1_qty);
  const OrderId id = hall.put(1, hall.market(Side::kSell, 1_qty).with(TimeInForce::kAtClose));
  const std::int64_t midnight = 86'400'000;
  hall.print(midnight - 1, 101_px, 5_qty);
  hall.run(at_ms(midnight - 1));
  CHECK(hall.told(id) == Lines{"accepted"});
  hall.print(midnight + 3'600'000, 150_px, 5_qty);
  hall.run(at_ms(midnight + 3'700'000));
  CHECK(hall.told(id) == Lines{"accepted", "expired venue.no_liquidity"});
}

TEST_CASE("orders that come while an instrument is halted are kept, if the venue keeps them") {
  SimConfig config = instant();
  config.while_halted = WhileHalted::kQueue;
  Hall hall{config};
  hall.quote(at_ms(0), 99_px, 5_qty, 101_px, 5_qty);
  hall.status(1, InstrumentStatus::kHalted);
  const OrderId buy = hall.put(2, hall.market(Side::kBuy, 1_qty));
  const OrderId stop = hall.put(
      3, OrderRequest::stop(hall.btc, Side::kSell, 1_qty, 100_px).triggered_by(TriggerBy::kBidAsk));
  hall.run(at_ms(20));
  CHECK(hall.told(buy) == Lines{"accepted"});
  hall.status(30, InstrumentStatus::kTrading);
  hall.run(at_ms(40));
  CHECK(hall.told(buy) == Lines{"accepted", "filled 1 @ 101 auction"});
  CHECK(hall.told(stop) == Lines{"accepted"});
  hall.quote(at_ms(50), 98_px, 5_qty, 101_px, 5_qty);
  hall.run(at_ms(60));
  CHECK(hall.told(stop) == Lines{"accepted", "triggered", "filled 1 @ 98 taker"});
}

TEST_CASE("nothing trades beyond the day's price limits") {
  SimConfig config = instant();
  SimListing listing{InstrumentId{1}, std::nullopt, std::nullopt};
  listing.limits = PriceLimits{0.1_rate, 0.05_rate, 100_px, std::nullopt};
  config.listings.push_back(listing);
  Hall hall{config};
  hall.quote(at_ms(0), 99_px, 5_qty, 109.5_px, 2_qty);
  CHECK(hall.told(hall.put(1, hall.limit(Side::kBuy, 1_qty, 110.01_px))) == Lines{});
  hall.run(at_ms(20));
  CHECK(hall.told(hall.put(21, hall.limit(Side::kSell, 1_qty, 94.99_px))) == Lines{});
  const OrderId buy = hall.put(22, hall.market(Side::kBuy, 3_qty));
  hall.run(at_ms(40));
  CHECK(hall.reports[0].reason == Reason::kPriceTooHigh);
  CHECK(hall.reports[1].reason == Reason::kPriceTooLow);
  CHECK(hall.told(buy) == Lines{"accepted", "filled 2 @ 109.5 taker"});
  hall.quote(at_ms(41), 109_px, 5_qty, 110.5_px, 9_qty);
  hall.run(at_ms(60));
  CHECK(hall.filled(buy) == 2_qty);
  hall.quote(at_ms(61), 109_px, 5_qty, 110_px, 9_qty);
  hall.run(at_ms(80));
  CHECK(hall.filled(buy) == 3_qty);
}

TEST_CASE("a price beyond the limits may halt the instrument for a while") {
  SimConfig config = instant();
  SimListing listing{InstrumentId{1}, std::nullopt, std::nullopt};
  listing.limits = PriceLimits{0.1_rate, 0.1_rate, 100_px, Duration::milliseconds(100)};
  config.listings.push_back(listing);
  Hall hall{config};
  hall.quote(at_ms(0), 99_px, 5_qty, 101_px, 5_qty);
  const OrderId rests = hall.put(1, hall.limit(Side::kBuy, 1_qty, 95_px));
  hall.quote(at_ms(10), 88_px, 5_qty, 89_px, 5_qty);
  const OrderId late = hall.put(20, hall.market(Side::kBuy, 1_qty));
  hall.quote(at_ms(50), 94_px, 5_qty, 95_px, 5_qty);
  hall.run(at_ms(60));
  CHECK(hall.told(late) == Lines{"rejected venue.market_closed"});
  CHECK(hall.told(rests) == Lines{"accepted"});
  hall.quote(at_ms(111), 94_px, 5_qty, 95_px, 5_qty);
  hall.run(at_ms(120));
  CHECK(hall.told(rests) == Lines{"accepted", "filled 1 @ 95 maker"});
}
