// A small house (registry, directory, marks, portfolio, recorder) into which a test feeds records
// as an engine would.
#pragma once

#include <functional>
#include <string>

#include <keel/analytics/run_recorder.hpp>
#include <keel/core/random.hpp>
#include <keel/model/marks.hpp>

namespace keel::test {

struct Run {
  InstrumentRegistry registry;
  Directory directory;
  AccountId account{};
  StrategyId strategy{};
  VenueId venue{};
  InstrumentId btc{};
  Marks marks{registry};
  Portfolio portfolio{registry, directory};
  RunRecorderConfig config;
  RunRecorder recorder{registry, directory};
  std::uint64_t seq = 0;
  bool numbered = true;  // a host without a journal may leave seq empty
  std::uint32_t counter = 0, execution = 0;
  std::function<void(const RecordHeader&)> sink;           // sees every record, where it is set
  Timestamp now = Timestamp::from_seconds(1'385'337'600);  // 2013-11-25

  explicit Run(std::string_view account_name = "main", std::string_view symbol = "BTC/USD",
               std::string_view strategy_name = "ema", RunRecorderConfig settings = {})
      : config(settings) {
    venue = directory.add_venue("BITSTAMP").value();
    strategy = directory.add_strategy(strategy_name).value();
    account = directory
                  .add_account(account_name, venue, Currency{"USD"}, AccountKind::kCash,
                               AccountRealm::kSimulated)
                  .value();
    InstrumentSpec spec;
    spec.symbol = std::string{symbol};
    spec.quote = Currency{"USD"};
    spec.base = Currency{"BTC"};
    spec.price_increment = Price::parse("0.01").value();
    spec.quantity_increment = Quantity::parse("0.00000001").value();
    spec.venue = venue;
    btc = registry.add(spec).value();
    recorder = RunRecorder{registry, directory, config};
  }

  void stamp(RecordHeader& header) {
    header.seq = numbered ? ++seq : 0;
    header.ts_event = header.ts_recv = now;
  }
  void emit(RecordHeader& header) {
    stamp(header);
    if (sink) sink(header);
    portfolio.fold(header);
    recorder.fold(header);
  }
  void sample() { recorder.sample(now, portfolio.valuation(account)); }

  void deposit(std::int64_t dollars, ChangeKind kind = ChangeKind::kOpening) {
    AccountFact fact = make_record<AccountFact>(RecordKind::kCashChanged);
    fact.header.flags = AccountFact::kHasAmount;
    fact.account = account;
    fact.kind = kind;
    fact.currency = Currency{"USD"};
    fact.amount = Money::whole(dollars, fact.currency).raw();
    emit(fact.header);
  }
  void trade(std::string_view price, std::string_view size = "0.5") {
    Trade trade = Trade::at(btc, now, Price::parse(price).value(), Quantity::parse(size).value());
    stamp(trade.header);
    if (sink) sink(trade.header);
    marks.fold(trade.header);
    portfolio.revalue(btc, marks);
    recorder.fold(trade.header);
  }
  OrderRecord order(RecordKind kind, OrderId id, Side side, std::string_view quantity) {
    OrderRecord record = make_record<OrderRecord>(kind);
    record.header.instrument = btc;
    record.order = id;
    record.account = account;
    record.strategy = strategy;
    record.venue = venue;
    record.side = side;
    record.terms.type = OrderType::kMarket;
    record.terms.time_in_force = TimeInForce::kIoc;
    record.terms.quantity = Quantity::parse(quantity).value();
    return record;
  }
  OrderId next_id() { return OrderId::make(1, 1, ++counter); }

  OrderId submit(Side side, std::string_view quantity) {
    OrderRecord record = order(RecordKind::kSubmit, next_id(), side, quantity);
    record.state_after = OrderState::kSubmitted;
    emit(record.header);
    return record.order;
  }
  // The whole of an order, unless `part` says less.
  OrderRecord fill(OrderId id, Side side, std::string_view quantity, std::string_view price,
                   std::string_view fee = "", std::string_view part = "") {
    OrderRecord record = order(RecordKind::kOrderFilled, id, side, quantity);
    record.state_before = OrderState::kSubmitted;
    record.state_after = part.empty() ? OrderState::kFilled : OrderState::kWorking;
    record.last_quantity = Quantity::parse(part.empty() ? quantity : part).value();
    record.filled = record.last_quantity;
    record.last_price = Price::parse(price).value();
    record.liquidity = Liquidity::kTaker;
    if (!fee.empty()) {
      record.fee_currency = Currency{"USD"};
      record.fee = Money::parse(fee, record.fee_currency).value().raw();
    }
    record.execution = ExecutionId::from("x" + std::to_string(++execution)).value();
    emit(record.header);
    return record;
  }
  // Submit and fill.
  OrderRecord buy(std::string_view quantity, std::string_view price, std::string_view fee = "") {
    return fill(submit(Side::kBuy, quantity), Side::kBuy, quantity, price, fee);
  }
  OrderRecord sell(std::string_view quantity, std::string_view price, std::string_view fee = "") {
    return fill(submit(Side::kSell, quantity), Side::kSell, quantity, price, fee);
  }
  void deny(Reason reason) {
    OrderRecord record = order(RecordKind::kOrderDenied, next_id(), Side::kBuy, "1");
    record.state_after = OrderState::kRejected;
    record.reason = reason;
    emit(record.header);
  }
  void pass(Duration duration) { now = now + duration; }

  [[nodiscard]] RunReport report() const { return recorder.report().value(); }
};

// A few days of a random walk with some two hundred round trips.
inline RunReport walk(Run& run, int minutes = 7200, std::uint64_t seed = 7) {
  Random random{seed};
  run.deposit(100'000);
  std::int64_t cents = 80'000;
  bool is_long = false;
  run.trade("800");
  run.sample();
  for (int minute = 0; minute < minutes; ++minute) {
    run.pass(Duration::minutes(1));
    cents += static_cast<std::int64_t>(random.below(241)) - 119;
    cents = std::max<std::int64_t>(cents, 1000);
    const std::string price = Price::from_raw(cents * 10'000'000).to_text();
    run.trade(price);
    if (random.below(18) == 0) {
      const std::string fee = Price::from_raw(cents * 10'000'000 / 400).to_text();
      is_long ? run.sell("10", price, fee) : run.buy("10", price, fee);
      is_long = !is_long;
    }
    if (random.below(200) == 0) run.deny(Reason::kPositionLimit);
    if (random.below(400) == 0) run.deny(Reason::kStaleReferencePrice);
    run.sample();
  }
  RunReport report = run.report();
  report.host.title = "EMA cross on BTC/USD";
  report.host.wall_seconds = 0.412;
  report.host.events_per_second = 8'412'345;
  report.host.latency = LatencySummary{4321, 412, 1390, 45'000};
  report.host.rolling_hash = 0x1234abcd5678ef90;
  report.host.journal_path = "build/demo/demo.journal";
  report.host.parameters = {{"Strategy", "EMA 10 / 20"}, {"Data", "bitstamp 2013-11-25"}};
  return report;
}

}  // namespace keel::test
