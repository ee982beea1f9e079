// Fees, funding, margin calls and liquidation, by hand.
#include <keel/core/random.hpp>
#include <keel/sim/fee_plan.hpp>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

Money usd(std::string_view text) { return Money::parse(text, Currency{"USD"}).value(); }
Timestamp day(std::int64_t n) { return Timestamp::from_seconds(n * 86'400 + 3'600); }

Instrument share() {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  return registry.get(registry.add(spec).value());
}

// Two perpetuals: linear, settled in USD; inverse, settled in BTC, 100 USD a contract.
InstrumentRegistry perpetuals() {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "BTCUSD-P";
  spec.kind = InstrumentKind::kPerpetual;
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.1_px;
  spec.quantity_increment = 0.001_qty;
  spec.initial_margin = 0.1_rate;
  spec.maintenance_margin = 0.05_rate;
  REQUIRE(registry.add(spec).ok());
  spec.symbol = "BTCUSD-I";
  spec.inverse = true;
  spec.settlement = Currency{"BTC"};
  spec.multiplier = 100_qty;
  spec.quantity_increment = 1_qty;
  REQUIRE(registry.add(spec).ok());
  return registry;
}

SimConfig margined(std::string_view cash) {
  SimConfig config = plain_config();
  config.order_latency = LatencyModel::zero();
  config.balances.push_back({AccountId{1}, usd(cash), true});
  config.margin = MarginRule{};
  return config;
}

struct Perpetual : Rig {
  explicit Perpetual(const SimConfig& given) : Rig(given, perpetuals()) {}
  std::vector<HostCommand> payments;
  void mark(std::int64_t ms, Price price, InstrumentId id = InstrumentId{1}) {
    MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
    value.header.instrument = id;
    value.price = price;
    venue.on_market(value.header, at_ms(ms));
  }
  void funding(std::int64_t ms, Rate rate, std::int64_t due_ms, InstrumentId id = InstrumentId{1}) {
    MarketValue value = make_record<MarketValue>(RecordKind::kFundingRate);
    value.header.instrument = id;
    value.rate = rate;
    value.next_time = at_ms(due_ms);
    venue.on_market(value.header, at_ms(ms));
  }
  void run_all(std::int64_t ms) {
    while (const auto next = venue.next_event_time()) {
      if (*next > at_ms(ms)) break;
      venue.advance_to(*next);
      while (const RecordHeader* record = venue.next_report(*next)) {
        if (record->kind == RecordKind::kHostCommand)
          payments.push_back(record_as<HostCommand>(*record));
        else if (record->kind == RecordKind::kOrderReport)
          reports.push_back(record_as<OrderReport>(*record));
        else
          holdings.push_back(record_as<AccountReport>(*record));
      }
    }
  }
};

}  // namespace

TEST_CASE("a broker's fee per share has its minimum and maximum over the order, not its fills") {
  // Interactive Brokers, fixed: 0.005 a share, at least 1.00 and at most 1% an order.
  FeePlan plan;
  plan.schedule.per_unit = usd("0.005");
  plan.schedule.minimum = usd("1");
  plan.schedule.maximum = 0.01_rate;
  plan.per_order = true;
  const Instrument aapl = share();
  REQUIRE(plan.check(aapl).ok());
  const auto all = [&](std::initializer_list<std::pair<Quantity, Price>> fills) {
    FeeMeter meter{plan, 2};
    OrderFees order;
    std::vector<std::string> fees;
    for (const auto& [quantity, price] : fills)
      fees.push_back(
          meter.charge(1, aapl, Side::kBuy, price, quantity, Liquidity::kTaker, day(1), order)
              ->amount_text());
    return fees;
  };
  CHECK(all({{1000_qty, 25_px}}) == Lines{"5"});
  CHECK(all({{100_qty, 25_px}}) == Lines{"1"});
  CHECK(all({{100_qty, 25_px}, {100_qty, 25_px}, {100_qty, 25_px}}) == Lines{"1", "0", "0.5"});
  CHECK(all({{1000_qty, 0.25_px}}) == Lines{"2.5"});  // 1% of 250
  CHECK(all({{10_qty, 0.25_px}}) == Lines{"0.03"});   // 1% of 2.50, below the minimum
}

TEST_CASE("fees of exchange and regulator are passed on by side and liquidity") {
  FeePlan plan;
  plan.schedule.per_unit = usd("0.0035");
  plan.lines.push_back({.name = "SEC", .rate = 0.0000278_rate, .on = FeeLine::On::kSells});
  plan.lines.push_back({.name = "TAF",
                        .per_unit = usd("0.000166"),
                        .maximum = usd("8.30"),
                        .on = FeeLine::On::kSells});
  plan.lines.push_back(
      {.name = "remove", .per_unit = usd("0.003"), .liquidity = Liquidity::kTaker});
  plan.lines.push_back({.name = "add", .per_unit = usd("-0.002"), .liquidity = Liquidity::kMaker});
  const Instrument aapl = share();
  REQUIRE(plan.check(aapl).ok());
  FeeMeter meter{plan, 2};
  const auto fee = [&](Side side, Quantity quantity, Liquidity liquidity) {
    OrderFees order;
    return meter.charge(1, aapl, side, 100_px, quantity, liquidity, day(1), order)->amount_text();
  };
  CHECK(fee(Side::kBuy, 1000_qty, Liquidity::kTaker) == "6.5");    // 3.5 + 3
  CHECK(fee(Side::kBuy, 1000_qty, Liquidity::kMaker) == "1.5");    // 3.5 - 2
  CHECK(fee(Side::kSell, 1000_qty, Liquidity::kTaker) == "9.45");  // 6.5 + 2.78 + 0.166 = 2.946
  // The TAF is capped at 8.30: 350 + 278 + 8.30 + 300.
  CHECK(fee(Side::kSell, 100'000_qty, Liquidity::kTaker) == "936.3");
}

TEST_CASE("tiers go by the traded value of the thirty days before today") {
  FeePlan plan;
  plan.schedule = FeeSchedule::percent(0.001_rate, 0.002_rate);
  plan.tiers.push_back({usd("100000"), 0.0008_rate, 0.0015_rate});
  plan.tiers.push_back({usd("1000000"), 0.0001_rate, 0.0005_rate});
  const Instrument aapl = share();
  REQUIRE(plan.check(aapl).ok());
  FeeMeter meter{plan, 2};
  const auto buy = [&](std::int64_t on, Quantity quantity) {
    OrderFees order;
    return meter.charge(1, aapl, Side::kBuy, 100_px, quantity, Liquidity::kTaker, day(on), order)
        ->amount_text();
  };
  CHECK(buy(1, 1000_qty) == "200");  // 100,000 on day 1: counts from tomorrow
  CHECK(buy(1, 1000_qty) == "200");
  CHECK(buy(2, 1000_qty) == "150");
  CHECK(buy(31, 8000_qty) == "1200");  // day 1 is the thirtieth before
  CHECK(buy(32, 10_qty) == "1.5");     // day 1 has left: 900,000 of days 2 and 31
  CHECK(buy(33, 10_qty) == "1.5");     // 801,000
  CHECK(buy(61, 2000_qty) == "300");
  CHECK(buy(62, 10_qty) == "1.5");  // day 31 has left
  CHECK(buy(200, 10_qty) == "2");
  // A model that sums the days.
  Random random{8};
  for (int round = 0; round < 20; ++round) {
    FeeMeter fast{plan, 2};
    std::vector<std::int64_t> value(400);
    std::int64_t on = 1;
    for (int i = 0; i < 300; ++i) {
      on += random.below(4) == 0 ? random.between(0, 40) : random.between(0, 2);
      if (on >= 399) break;
      std::int64_t sum = 0;
      for (std::int64_t d = std::max<std::int64_t>(0, on - 30); d < on; ++d)
        sum += value[static_cast<std::size_t>(d)];
      REQUIRE(fast.traded(1, day(on)) == Money::whole(sum, Currency{"USD"}).raw());
      const std::int64_t some = random.between(1, 500);
      OrderFees order;
      (void)fast.charge(1, aapl, Side::kBuy, 1_px, Quantity::whole(some), Liquidity::kTaker,
                        day(on), order);
      value[static_cast<std::size_t>(on)] += some;
    }
  }
}

TEST_CASE("plans that do not hold together are refused") {
  const Instrument aapl = share();
  FeePlan plan;
  plan.tiers.push_back({usd("5"), 0_rate, 0_rate});
  plan.tiers.push_back({usd("5"), 0_rate, 0_rate});
  CHECK_FALSE(plan.check(aapl).ok());
  plan.tiers.clear();
  plan.lines.push_back({.per_unit = Money::whole(1, Currency{"EUR"})});
  CHECK_FALSE(plan.check(aapl).ok());
  plan.lines.clear();
  plan.window_days = 0;
  CHECK_FALSE(plan.check(aapl).ok());
}

TEST_CASE("funding: longs pay shorts the rate on the mark, once, when it is due") {
  SimConfig config = plain_config();
  config.balances.push_back({AccountId{1}, usd("100000"), true});
  Perpetual rig{config};
  rig.venue.set_position(AccountId{1}, InstrumentId{1}, 2_qty);
  rig.venue.set_position(AccountId{2}, InstrumentId{1}, -0.5_qty);
  rig.mark(0, 50'000_px);
  rig.funding(1, 0.0001_rate, 1'000);
  rig.funding(2, 0.0002_rate, 1'000);  // the last word before it counts
  rig.mark(500, 60'000_px);
  rig.run_all(999);
  CHECK(rig.payments.empty());
  rig.run_all(2'000);
  REQUIRE(rig.payments.size() == 2);
  CHECK(rig.payments[0].account == AccountId{1});
  CHECK(rig.payments[0].change == ChangeKind::kFunding);
  CHECK(rig.payments[0].action == HostAction::kChangeCash);
  CHECK(Money{rig.payments[0].value, Currency{"USD"}}.amount_text() == "-24");  // 120,000 x 0.0002
  CHECK(Money{rig.payments[1].value, Currency{"USD"}}.amount_text() == "6");
  CHECK(rig.payments[0].header.ts_event == at_ms(1'000));
  CHECK(rig.payments[0].by.view() != rig.payments[1].by.view());
  CHECK(rig.venue.balance(AccountId{1}, Currency{"USD"})->amount_text() == "99976");
  rig.mark(3'000, 60'000_px);
  rig.run_all(100'000);
  CHECK(rig.payments.size() == 2);
}

TEST_CASE("funding of an inverse contract is paid in the base") {
  Perpetual rig{plain_config()};
  rig.venue.set_position(AccountId{1}, InstrumentId{2}, 50_qty);  // 5,000 USD
  rig.mark(0, 50'000_px, InstrumentId{2});
  rig.funding(1, -0.001_rate, 1'000, InstrumentId{2});
  rig.run_all(2'000);
  REQUIRE(rig.payments.size() == 1);
  CHECK(Money{rig.payments[0].value, Currency{"BTC"}}.amount_text() == "0.0001");
  CHECK(rig.payments[0].currency == Currency{"BTC"});
}

TEST_CASE("below its maintenance margin an account is called, and its position is closed") {
  Perpetual rig{margined("1500")};
  rig.quote(at_ms(1), 10'000_px, 5_qty, 10'000_px, 5_qty);
  const OrderId entry =
      rig.submit(at_ms(1), OrderRequest::market(InstrumentId{1}, Side::kBuy, 1_qty));
  const OrderId other =
      rig.submit(at_ms(2), OrderRequest::limit(InstrumentId{1}, Side::kBuy, 0.1_qty, 5'000_px));
  rig.run_all(100);
  CHECK(rig.filled(entry) == 1_qty);
  // Worth 1,500 + (price - 10,000); must have 5% of the price: 8,947.4 is the last that does.
  rig.quote(at_ms(200), 8'950_px, 5_qty, 8'950_px, 5_qty);
  rig.mark(201, 8'948_px);
  rig.run_all(300);
  CHECK(rig.venue.stats().margin_calls == 0);
  rig.mark(302, 8'947_px);
  rig.run_all(400);
  CHECK(rig.venue.stats().margin_calls == 1);
  CHECK(rig.venue.stats().liquidations == 1);
  CHECK(rig.venue.position(AccountId{1}, InstrumentId{1}).is_zero());
  REQUIRE(rig.holdings.size() == 1);
  CHECK(rig.holdings[0].header.flags == AccountReport::kMarginCall);
  CHECK(Money{rig.holdings[0].total, Currency{"USD"}}.amount_text() == "447");
  CHECK(Money{rig.holdings[0].available, Currency{"USD"}}.amount_text() == "447.35");
  CHECK(rig.told(other).back() == "canceled cancel.by_venue");
  // The closing order is nobody's here.
  const OrderReport& fill = rig.reports.back();
  CHECK(fill.kind == ReportKind::kFilled);
  CHECK(fill.order.is_none());
  CHECK(fill.client_id.empty());
  CHECK(fill.account == AccountId{1});
  CHECK_FALSE(fill.venue_order_id.empty());
  CHECK(fill.side == Side::kSell);
  CHECK(fill.last_price == 8'950_px);
}

TEST_CASE("a margin call leaves time, and ends when it is met; only as much goes as has to") {
  SimConfig config = margined("1500");
  config.margin->grace = Duration::milliseconds(100);
  config.margin->fee = 0.01_rate;
  Perpetual rig{config};
  rig.quote(at_ms(1), 10'000_px, 5_qty, 10'000_px, 5_qty);
  rig.submit(at_ms(1), OrderRequest::market(InstrumentId{1}, Side::kBuy, 1_qty));
  rig.run_all(50);
  rig.mark(60, 8'900_px);
  rig.run_all(70);
  CHECK(rig.venue.stats().margin_calls == 1);
  rig.mark(80, 9'900_px);  // met again
  rig.mark(170, 8'900_px);
  rig.run_all(180);
  CHECK(rig.venue.stats().margin_calls == 2);
  CHECK(rig.venue.stats().liquidations == 0);
  rig.mark(275, 8'900_px);
  rig.run_all(300);
  CHECK(rig.venue.stats().liquidations == 1);
  CHECK(Money{rig.reports.back().fee, Currency{"USD"}}.amount_text() == "100");  // 1% of 10,000
}

TEST_CASE("fees are booked at the fill or by their own report, once") {
  for (const bool late : {false, true}) {
    SimConfig config = plain_config();
    config.order_latency = LatencyModel::zero();
    FeePlan plan;
    plan.schedule = FeeSchedule::percent(0.001_rate, 0.001_rate);
    config.fee_plan = plan;
    config.balances.push_back({AccountId{1}, usd("1000"), true});
    if (late) config.fee_delay = Duration::seconds(1);
    Rig rig{config};
    rig.quote(at_ms(0), 99_px, 5_qty, 100_px, 5_qty);
    rig.submit(at_ms(1), OrderRequest::market(rig.btc, Side::kBuy, 1_qty));
    rig.run(at_ms(5'000));
    std::vector<std::string> fees;
    for (const OrderReport& report : rig.reports)
      if ((report.present & OrderReport::kHasFee) != 0)
        fees.push_back(Rig::text(report) + " " +
                       Money{report.fee, report.fee_currency}.amount_text());
    CHECK(fees == (late ? Lines{"fee 0.1"} : Lines{"filled 1 @ 100 taker 0.1"}));
    CHECK(rig.venue.balance(AccountId{1}, Currency{"USD"})->amount_text() == "899.9");
  }
}
