// What the venue accepts, refuses, changes and ends; fees, funds, groups.
#include <keel/calendar/builtin.hpp>
#include <keel/core/time_text.hpp>
#include <keel/sim/calendar_day.hpp>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

OrderRequest limit(Side side, Quantity quantity, Price price) {
  return OrderRequest::limit(InstrumentId{1}, side, quantity, price);
}
OrderRequest market(Side side, Quantity quantity) {
  return OrderRequest::market(InstrumentId{1}, side, quantity);
}
OrderTerms terms(Quantity quantity, Price price) {
  return limit(Side::kBuy, quantity, price).terms;
}

// A market of 99 / 100 with five on each side.
struct Market : Rig {
  explicit Market(const SimConfig& given = plain_config(),
                  const InstrumentRegistry& listed = one_instrument())
      : Rig(given, listed) {
    quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
  }
  Lines answer(const OrderRequest& request) {
    const OrderId id = submit(at_ms(0), request);
    run(at_ms(20));
    return told(id);
  }
};

}  // namespace

TEST_CASE("what is off the grid or contradicts itself is rejected, with a typed reason") {
  const auto answer = [](OrderRequest request) { return Market{}.answer(request); };
  CHECK(answer(limit(Side::kBuy, 0_qty, 99_px)) == Lines{"rejected order.quantity_not_positive"});
  CHECK(answer(limit(Side::kBuy, -1 * 1_qty, 99_px)) ==
        Lines{"rejected order.quantity_not_positive"});
  CHECK(answer(limit(Side::kBuy, 0.005_qty, 99_px)) == Lines{"rejected order.quantity_increment"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99.005_px)) == Lines{"rejected order.price_increment"});
  OrderRequest request = market(Side::kBuy, 1_qty);
  request.terms.flags |= OrderTerms::kHasLimit;
  CHECK(answer(request) == Lines{"rejected order.price_unexpected"});
  request = limit(Side::kBuy, 1_qty, 99_px);
  request.terms.flags = 0;
  CHECK(answer(request) == Lines{"rejected order.price_missing"});
  request = OrderRequest::stop(InstrumentId{1}, Side::kSell, 1_qty, 98.001_px);
  CHECK(answer(request) == Lines{"rejected order.trigger_increment"});
  request.terms.flags = 0;
  CHECK(answer(request) == Lines{"rejected order.trigger_missing"});
  request = limit(Side::kBuy, 1_qty, 99_px);
  request.terms.type = OrderType::kMarketToLimit;
  CHECK(answer(request) == Lines{"rejected order.price_unexpected"});
  request.terms.type = OrderType::kTrailingStop;
  request.terms.flags = 0;
  CHECK(answer(request) == Lines{"rejected order.trigger_missing"});
  request = OrderRequest::stop(InstrumentId{1}, Side::kSell, 1_qty, 98_px);
  CHECK(answer(request.with(TimeInForce::kAtClose)) == Lines{"rejected order.flags_conflict"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99_px).with(TimeInForce::kGtd)) ==
        Lines{"rejected order.expiry_missing"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99_px).until(at_ms(10))) ==
        Lines{"rejected order.expiry_in_past"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99_px).post_only().with(TimeInForce::kIoc)) ==
        Lines{"rejected order.flags_conflict"});
  CHECK(answer(market(Side::kBuy, 1_qty).post_only()) == Lines{"rejected order.flags_conflict"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99_px).display(2_qty)) ==
        Lines{"rejected order.display_too_large"});
  CHECK(answer(limit(Side::kBuy, 1_qty, 99_px).display(0_qty)) ==
        Lines{"rejected order.quantity_not_positive"});
  CHECK(answer(market(Side::kBuy, 1_qty).display(0.5_qty)) ==
        Lines{"rejected order.flags_conflict"});
  request = limit(Side::kBuy, 1_qty, 99_px);
  request.instrument = InstrumentId{9};
  CHECK(answer(request) == Lines{"rejected order.unknown_instrument"});
  request = limit(Side::kBuy, 1_qty, 99_px);
  request.side = Side{7};
  CHECK(answer(request) == Lines{"rejected order.flags_conflict"});

  Market rig;
  const OrderId stranger = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 99_px), AccountId{999});
  const OrderId nobody = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 99_px), AccountId{0});
  rig.run(at_ms(20));
  CHECK(rig.told(stranger) == Lines{"rejected order.unknown_account"});
  CHECK(rig.told(nobody) == Lines{"rejected order.unknown_account"});
}

TEST_CASE("a duplicate client id is refused while its order is open, a duplicate order id always") {
  Market rig;
  const OrderId first = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 90_px).tagged("mine"));
  const OrderId again = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 91_px).tagged("mine"));
  const OrderId other =
      rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 91_px).tagged("mine"), AccountId{2});
  rig.run(at_ms(20));
  CHECK(rig.told(first) == Lines{"accepted"});
  CHECK(rig.told(again) == Lines{"rejected order.duplicate_client_id"});
  CHECK(rig.told(other) == Lines{"accepted"});
  rig.cancel(at_ms(20), first);
  rig.run(at_ms(40));
  const OrderId later = rig.submit(at_ms(40), limit(Side::kBuy, 1_qty, 92_px).tagged("mine"));
  rig.run(at_ms(60));
  CHECK(rig.told(later) == Lines{"accepted"});
  rig.submit_as(at_ms(60), later, limit(Side::kSell, 1_qty, 92_px));
  rig.submit_as(at_ms(60), later, limit(Side::kBuy, 1_qty, 92_px));  // a message that came twice
  rig.run(at_ms(80));
  CHECK(rig.told(later) == Lines{"accepted", "rejected order.duplicate_client_id", "status"});
  CHECK(rig.venue.open_orders() == 2);
}

TEST_CASE("cancels and replaces that come too late, or name nothing, are rejected") {
  Market rig;
  const OrderId filled = rig.submit(at_ms(0), market(Side::kBuy, 1_qty));
  rig.cancel(at_ms(0), filled);
  rig.replace(at_ms(0), filled, terms(2_qty, 99_px));
  const OrderId unknown = OrderId::make(1, 1, 77);
  rig.cancel(at_ms(0), unknown);
  rig.replace(at_ms(0), unknown, terms(2_qty, 99_px));
  rig.run(at_ms(20));
  CHECK(rig.told(filled) == Lines{"accepted", "filled 1 @ 100 taker",
                                  "cancel_rejected order.not_open",
                                  "replace_rejected order.not_open"});
  CHECK(rig.told(unknown) ==
        Lines{"cancel_rejected venue.unknown_order", "replace_rejected venue.unknown_order"});
}

TEST_CASE("a cancel and a fill cross on the wire: what came first at the venue counts") {
  Market rig;
  const OrderId id = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 99.5_px));
  rig.run(at_ms(12));
  rig.cancel(at_ms(12), id);                           // arrives at 22
  rig.quote(at_ms(22), 99_px, 5_qty, 99.5_px, 5_qty);  // at the same instant, before it
  rig.run(at_ms(40));
  CHECK(rig.told(id) ==
        Lines{"accepted", "filled 1 @ 99.5 maker", "cancel_rejected order.not_open"});
}

TEST_CASE("a replace keeps its place only where just the quantity becomes less") {
  SimConfig config = plain_config();
  config.fills.queue = QueueModel::kOptimistic;
  const auto run = [&](const OrderTerms& changed) {
    Market rig{config};
    const OrderId first = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 98_px));
    const OrderId second = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 98_px));
    rig.run(at_ms(20));
    rig.replace(at_ms(20), first, changed);
    rig.run(at_ms(40));
    CHECK(rig.told(first).back() == "replaced");
    rig.trade(at_ms(50), 98_px, 1_qty);
    rig.run(at_ms(60));
    CHECK(rig.filled(first) + rig.filled(second) == 1_qty);
    return rig.filled(first) == 1_qty;
  };
  CHECK(run(terms(1.5_qty, 98_px)));
  CHECK(run(terms(2_qty, 98_px)));
  CHECK_FALSE(run(terms(2.5_qty, 98_px)));
  CHECK_FALSE(run(terms(2_qty, 97.99_px)));
}

TEST_CASE("a replace may take, and is refused where its terms do not hold") {
  Market rig;
  const OrderId id = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 98_px));
  const OrderId careful = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 98_px).post_only());
  rig.run(at_ms(20));
  rig.replace(at_ms(20), id, terms(2_qty, 98.001_px));
  rig.replace(at_ms(20), id, terms(3_qty, 100_px));
  rig.replace(at_ms(20), careful, terms(2_qty, 100_px));
  rig.run(at_ms(40));
  CHECK(rig.told(id) == Lines{"accepted", "replace_rejected order.price_increment", "replaced",
                              "filled 3 @ 100 taker"});
  CHECK(rig.told(careful) == Lines{"accepted", "replace_rejected venue.post_only_would_take"});
  rig.quote(at_ms(41), 97_px, 5_qty, 98_px, 0.5_qty);
  rig.run(at_ms(60));
  rig.replace(at_ms(60), careful, terms(0.5_qty, 98_px));
  rig.replace(at_ms(60), careful, terms(0.51_qty, 98_px));
  rig.run(at_ms(80));
  CHECK(rig.told(careful) == Lines{"accepted", "replace_rejected venue.post_only_would_take",
                                   "filled 0.5 @ 98 maker",
                                   "replace_rejected order.quantity_too_small", "replaced"});
}

TEST_CASE("DAY orders end with the venue's day, GTD orders at their time") {
  Rig rig;
  const Timestamp evening = Timestamp::from_seconds(86'400 - 1);
  const OrderId day = rig.submit(evening, limit(Side::kBuy, 1_qty, 90_px).with(TimeInForce::kDay));
  const OrderId until = rig.submit(
      evening, limit(Side::kBuy, 1_qty, 90_px).until(Timestamp::from_seconds(86'400 + 5)));
  const OrderId gtc = rig.submit(evening, limit(Side::kBuy, 1_qty, 90_px));
  const OrderId filled = rig.submit(evening, market(Side::kBuy, 1_qty).with(TimeInForce::kDay));
  rig.trade(Timestamp::from_seconds(86'400), 91_px, 1_qty);  // the last instant of the day
  rig.run(Timestamp::from_seconds(90'000));
  CHECK(rig.told(day) == Lines{"accepted", "expired venue.day_ended"});
  CHECK(rig.told(until) == Lines{"accepted", "expired"});
  CHECK(rig.told(gtc) == Lines{"accepted"});
  CHECK(rig.told(filled) == Lines{"accepted", "filled 1 @ 91 taker"});
  CHECK(rig.reports[4].header.ts_event == Timestamp::from_seconds(86'400));
}

TEST_CASE("the venue's day is the host's to say") {
  struct FourOClock final : VenueDay {
    std::optional<Timestamp> day_end(const Instrument&, Timestamp entered) const override {
      if (entered > Timestamp::from_seconds(100'000)) return std::nullopt;
      return Timestamp::from_seconds(57'600);
    }
  } day;
  SimConfig config = plain_config();
  config.day = &day;
  Rig rig{config};
  const OrderRequest request = limit(Side::kBuy, 1_qty, 90_px).with(TimeInForce::kDay);
  const OrderId id = rig.submit(Timestamp::from_seconds(50'000), request);
  rig.run(Timestamp::from_seconds(57'601));
  CHECK(rig.told(id) == Lines{"accepted", "expired venue.day_ended"});
  const OrderId unknown = rig.submit(Timestamp::from_seconds(200'000), request);
  rig.run(Timestamp::from_seconds(200'001));
  CHECK(rig.told(unknown) == Lines{"rejected venue.market_closed"});
}

TEST_CASE("a trading calendar says when DAY orders die") {
  const auto nyse = builtin_calendar("XNYS", 2023, 2024);
  REQUIRE(nyse.ok());
  const CalendarDay day{{&*nyse}};
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  spec.calendar = "XNYS";
  REQUIRE(registry.add(spec).ok());
  spec.symbol = "VOD";
  spec.calendar = "XLON";  // not one of the venue's
  REQUIRE(registry.add(spec).ok());
  SimConfig config = plain_config();
  config.day = &day;
  Rig rig{config, registry};
  // The day before Thanksgiving; the day after it closes at one o'clock.
  const Timestamp wednesday = parse_timestamp("2023-11-22T15:00:00-05:00").value();
  const OrderRequest request = limit(Side::kBuy, 1_qty, 90_px).with(TimeInForce::kDay);
  const OrderId first = rig.submit(wednesday, request);
  rig.run(wednesday + Duration::hours(2));
  const OrderId second = rig.submit(wednesday + Duration::hours(2), request);
  OrderRequest elsewhere = request;
  elsewhere.instrument = InstrumentId{2};
  const OrderId unknown = rig.submit(wednesday + Duration::hours(2), elsewhere);
  rig.run(wednesday + Duration::days(9));
  const auto ended = [&](OrderId id) {
    for (const OrderReport& report : rig.reports)
      if (report.order == id && report.kind == ReportKind::kExpired) return report.header.ts_event;
    return Timestamp{0};
  };
  CHECK(to_text(ended(first)) == "2023-11-22T21:00:00Z");
  CHECK(to_text(ended(second)) == "2023-11-24T18:00:00Z");
  CHECK(rig.told(unknown) == Lines{"rejected venue.market_closed"});
}

TEST_CASE("one of a group cancels the others, or makes them less") {
  SimConfig config = plain_config();
  config.fills.queue = QueueModel::kOptimistic;
  const auto run = [&](Contingency contingency) {
    Market rig{config};
    const auto member = [&](OrderRequest request) {
      request.group = 5;
      request.contingency = contingency;
      return rig.submit(at_ms(0), request);
    };
    const OrderId gain = member(limit(Side::kSell, 2_qty, 105_px));
    const OrderId loss = member(OrderRequest::stop(InstrumentId{1}, Side::kSell, 2_qty, 95_px));
    const OrderId apart = rig.submit(at_ms(0), limit(Side::kSell, 2_qty, 106_px));
    rig.run(at_ms(20));
    rig.trade(at_ms(30), 105_px, 0.5_qty);
    rig.run(at_ms(40));
    CHECK(rig.told(gain) == Lines{"accepted", "filled 0.5 @ 105 maker"});
    CHECK(rig.told(apart) == Lines{"accepted"});
    rig.trade(at_ms(50), 105_px, 5_qty);
    rig.run(at_ms(60));
    return rig.told(loss);
  };
  CHECK(run(Contingency::kOco) == Lines{"accepted", "canceled cancel.by_sibling"});
  CHECK(run(Contingency::kOuo) ==
        Lines{"accepted", "replaced cancel.by_sibling", "canceled cancel.by_sibling"});
}

TEST_CASE("reduce-only fills no more than there is to reduce") {
  Market rig;
  const OrderId nothing = rig.submit(at_ms(0), market(Side::kSell, 1_qty).reduce_only());
  const OrderId bought = rig.submit(at_ms(0), market(Side::kBuy, 2_qty));
  const OrderId rests = rig.submit(at_ms(0), limit(Side::kSell, 2_qty, 101_px).reduce_only());
  const OrderId sold = rig.submit(at_ms(0), market(Side::kSell, 3_qty).reduce_only());
  rig.run(at_ms(20));
  CHECK(rig.told(nothing) == Lines{"rejected risk.reduce_only_violation"});
  CHECK(rig.told(bought) == Lines{"accepted", "filled 2 @ 100 taker"});
  CHECK(rig.told(sold) ==
        Lines{"accepted", "filled 2 @ 99 taker", "canceled risk.reduce_only_violation"});
  rig.quote(at_ms(21), 101_px, 5_qty, 102_px, 5_qty);
  rig.run(at_ms(40));
  CHECK(rig.told(rests) == Lines{"accepted", "canceled risk.reduce_only_violation"});
  CHECK(rig.venue.position(AccountId{1}, rig.btc).is_zero());
}

TEST_CASE("orders of different accounts trade with each other, those of one as declared") {
  const auto run = [](SelfTrade rule, AccountId taker) {
    SimConfig config = plain_config();
    config.self_trade = rule;
    Market rig{config};
    const OrderId maker = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 99.5_px), AccountId{1});
    const OrderId taken = rig.submit(at_ms(0), market(Side::kSell, 2_qty), taker);
    rig.run(at_ms(20));
    return std::pair{rig.told(maker), rig.told(taken)};
  };
  const Lines trades{"accepted", "filled 1 @ 99.5 maker"};
  const Lines takes{"accepted", "filled 1 @ 99.5 taker", "filled 1 @ 99 taker"};
  CHECK(run(SelfTrade::kCancelTaker, AccountId{2}) == std::pair{trades, takes});
  CHECK(run(SelfTrade::kAllow, AccountId{1}) == std::pair{trades, takes});
  const Lines gone{"accepted", "canceled venue.self_trade"};
  CHECK(run(SelfTrade::kCancelTaker, AccountId{1}) == std::pair{Lines{"accepted"}, gone});
  CHECK(run(SelfTrade::kCancelMaker, AccountId{1}) ==
        std::pair{gone, Lines{"accepted", "filled 2 @ 99 taker"}});
  CHECK(run(SelfTrade::kCancelBoth, AccountId{1}) == std::pair{gone, gone});
}

TEST_CASE("a fee is booked once: with its fill, or in a report of its own") {
  SimConfig config = plain_config();
  config.fees = FeeSchedule::percent(0.001_rate, 0.0025_rate);
  SUBCASE("with the fill") {
    Market rig{config};
    rig.answer(market(Side::kBuy, 2_qty));
    const OrderReport& fill = rig.reports.back();
    CHECK((fill.present & OrderReport::kHasFee) != 0);
    CHECK(Money{fill.fee, fill.fee_currency}.to_text() == "0.5 USD");
    CHECK(rig.reports.size() == 2);
  }
  SUBCASE("later") {
    config.fee_delay = Duration::seconds(1);
    Market rig{config};
    const OrderId id = rig.submit(at_ms(0), market(Side::kBuy, 2_qty));
    rig.run(at_ms(2000));
    CHECK(rig.told(id) == Lines{"accepted", "filled 2 @ 100 taker", "fee"});
    CHECK((rig.reports[1].present & OrderReport::kHasFee) == 0);
    const OrderReport& fee = rig.reports[2];
    CHECK(Money{fee.fee, fee.fee_currency}.to_text() == "0.5 USD");
    CHECK(fee.reference == rig.reports[1].execution);
    CHECK(fee.header.ts_event == at_ms(1010));
    CHECK(fee.header.ts_recv == at_ms(1015));
  }
  SUBCASE("by instrument") {
    config.listings.push_back({InstrumentId{1}, {}, FeeSchedule::percent(0_rate, 0.01_rate)});
    Market rig{config};
    rig.answer(market(Side::kBuy, 2_qty));
    CHECK(Money{rig.reports.back().fee, Currency{"USD"}}.to_text() == "2 USD");
  }
}

TEST_CASE("an account that has money here can spend no more than that") {
  SimConfig config = plain_config();
  config.fees = FeeSchedule::percent(0.01_rate, 0.01_rate);
  config.balances.push_back({AccountId{1}, Money::whole(303, "USD"), false});
  Market rig{config};
  const OrderId first = rig.submit(at_ms(0), limit(Side::kBuy, 2_qty, 98_px));
  const OrderId second = rig.submit(at_ms(0), limit(Side::kBuy, 1.5_qty, 98_px));  // 343 and fees
  const OrderId third = rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 98_px));
  const OrderId other = rig.submit(at_ms(0), market(Side::kBuy, 1_qty), AccountId{2});
  rig.run(at_ms(20));
  CHECK(rig.told(first) == Lines{"accepted"});
  CHECK(rig.told(second) == Lines{"rejected venue.insufficient_funds"});
  CHECK(rig.told(third) == Lines{"accepted"});
  CHECK(rig.told(other) == Lines{"accepted", "filled 1 @ 100 taker"});
  rig.cancel(at_ms(20), first);
  rig.cancel(at_ms(20), third);
  const OrderId buys = rig.submit(at_ms(20), market(Side::kBuy, 3_qty));
  rig.run(at_ms(40));
  CHECK(rig.told(buys) == Lines{"accepted", "filled 3 @ 100 taker"});
  CHECK(rig.venue.balance(AccountId{1}, "USD")->to_text() == "0 USD");
  const OrderId shorts = rig.submit(at_ms(40), limit(Side::kSell, 3.01_qty, 105_px));
  const OrderId sells = rig.submit(at_ms(40), limit(Side::kSell, 2_qty, 105_px));
  const OrderId beyond = rig.submit(at_ms(40), limit(Side::kSell, 1.01_qty, 105_px));
  rig.run(at_ms(60));
  CHECK(rig.told(shorts) == Lines{"rejected venue.insufficient_funds"});
  CHECK(rig.told(sells) == Lines{"accepted"});
  CHECK(rig.told(beyond) == Lines{"rejected venue.insufficient_funds"});
}

TEST_CASE("room for orders is declared; ended orders make room, open ones do not") {
  SimConfig config = plain_config();
  config.max_orders = 3;
  Market rig{config};
  for (int i = 0; i < 10; ++i) rig.submit(at_ms(0), market(Side::kBuy, 0.01_qty));
  std::vector<OrderId> open;
  for (int i = 0; i < 4; ++i) open.push_back(rig.submit(at_ms(0), limit(Side::kBuy, 1_qty, 90_px)));
  rig.run(at_ms(20));
  CHECK(rig.venue.open_orders() == 3);
  CHECK(rig.told(open[2]) == Lines{"accepted"});
  CHECK(rig.told(open[3]) == Lines{"rejected order.too_many_orders"});
  rig.cancel(at_ms(20), open[0]);
  const OrderId next = rig.submit(at_ms(20), limit(Side::kBuy, 1_qty, 90_px));
  rig.run(at_ms(40));
  CHECK(rig.told(next) == Lines{"accepted"});
}

TEST_CASE("a bad configuration is refused by name") {
  const InstrumentRegistry registry = one_instrument();
  const auto code = [&](auto change) {
    SimConfig config = plain_config();
    change(config);
    const Status status = config.check(registry);
    return status ? std::string{} : status.error().field;
  };
  CHECK(code([](SimConfig&) {}) == "");
  CHECK(code([](SimConfig& c) { c.venue = VenueId{0}; }) == "venue");
  CHECK(code([](SimConfig& c) { c.fills.participation = 0_rate; }) == "participation");
  CHECK(code([](SimConfig& c) { c.fills.participation = 1.1_rate; }) == "participation");
  CHECK(code([](SimConfig& c) { c.fills.slippage = Slippage::fixed(-1); }) == "slippage");
  CHECK(code([](SimConfig& c) { c.listings.push_back({InstrumentId{2}, {}, {}}); }) == "listings");
  CHECK(code([](SimConfig& c) { c.faults.reports.drop_ppm = 1'000'001; }) == "faults.reports");
  CHECK(code([](SimConfig& c) { c.max_orders = 0; }) == "max_orders");
  CHECK(code([](SimConfig& c) {
          c.response_latency = LatencyModel::uniform(Duration{5}, Duration{4});
        }) == "response_latency");
  CHECK(code([](SimConfig& c) { c.order_latency = LatencyModel::recorded({}); }) ==
        "order_latency");
}
