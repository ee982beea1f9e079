// An engine on a venue that takes plain limit and market orders, good till canceled, and nothing
// else; and a strategy that does what a test tells it to.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <keel/engine/engine.hpp>
#include <keel/journal/record_range.hpp>

namespace keel::test {

inline constexpr InstrumentId kBtc{1};

class PlainVenue final : public Venue {
 public:
  PlainVenue() {
    can.order_types = Capabilities::bits(OrderType::kMarket, OrderType::kLimit);
    can.times_in_force = Capabilities::bits(TimeInForce::kGtc);
    can.replace = true;
  }
  [[nodiscard]] VenueId id() const override { return {1}; }
  [[nodiscard]] const Capabilities& capabilities() const override { return can; }
  void send(const CommandBatch& batch) override {
    for (const Command& command : batch) sent.push_back(command);
  }
  void request_snapshot(AccountId) override { ++snapshots; }

  Capabilities can;
  std::vector<Command> sent;
  int snapshots = 0;
};

// Does one thing, in its next callback.
class Puppet final : public Strategy {
 public:
  void on_start(Context& context) override { context.set_timer(Timestamp{1}); }
  void on_recovered(Context&) override { ++recovered; }
  void on_parameter(Context& context, std::string_view, Int128) override {
    if (next) result = next(context);
    next = nullptr;
  }
  void on_fill(Context& context, const OrderFact& fill) override {
    position = context.position(fill.header.instrument);
  }
  void on_denied(Context&, const OrderFact& fact) override { denials.push_back(fact); }
  std::function<OrderId(Context&)> next;
  OrderId result{};
  Quantity position = Quantity::zero();
  std::vector<OrderFact> denials;
  int recovered = 0;
};

class PlainWorld final : private TransactionObserver {
 public:
  using Setup = std::function<void(EngineConfig&)>;
  using Ability = std::function<void(Capabilities&)>;
  explicit PlainWorld(const Setup& setup = {}, const Ability& ability = {},
                      Timestamp start = Timestamp{1'704'103'200'000'000'000})
      : now(start), engine(config_of(setup)) {
    const auto id = engine.directory().add_venue("PLAIN");
    InstrumentSpec spec;
    spec.symbol = "BTC/USD";
    spec.kind = InstrumentKind::kPerpetual;
    spec.quote = Currency{"USD"};
    spec.venue = *id;
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 1_qty;
    REQUIRE(engine.instruments().add(spec).ok());
    for (const char* name : {"main", "other"})
      REQUIRE(engine.directory()
                  .add_account(name, *id, "USD", AccountKind::kMargin, AccountRealm::kSimulated)
                  .ok());
    if (ability) ability(venue.can);
    REQUIRE(engine.add_venue(venue).ok());
    REQUIRE(engine.add_strategy("puppet", strategy, {1}).ok());
    REQUIRE(engine.add_strategy("second", second, {1}).ok());
    engine.observe(*this);
    const auto status = engine.start(now);
    if (!status.ok()) FAIL(status.error().message());
    if (!engine.recovered()) fund();
  }

  // ---- what comes in ----
  template <class T>
  void feed(T record) {
    now = now + 1_ms;
    record.header.ts_event = record.header.ts_recv = now;
    engine.on(record.header);
  }
  void quote(Price bid, Price ask, InstrumentId id = kBtc) {
    feed(Quote::two_sided(id, now, bid, 100_qty, ask, 100_qty));
  }
  void trade(Price price, InstrumentId id = kBtc) { feed(Trade::at(id, now, price, 1_qty)); }
  void mark(Price price) {
    MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
    value.header.instrument = kBtc;
    value.price = price;
    feed(value);
  }
  void bar(Price open, Price high, Price low, Price close) {
    Bar made = make_record<Bar>(RecordKind::kBar);
    made.header.instrument = kBtc;
    made.spec = BarSpec::time(1_min);
    made.open_time = now;
    made.open = open;
    made.high = high;
    made.low = low;
    made.close = close;
    feed(made);
  }
  void status(InstrumentStatus status) {
    StatusChange change = make_record<StatusChange>(RecordKind::kInstrumentStatus);
    change.header.instrument = kBtc;
    change.status = status;
    feed(change);
  }
  HostCommand command(HostAction action) const {
    HostCommand made = make_record<HostCommand>(RecordKind::kHostCommand);
    made.action = action;
    made.account = {1};
    made.by = "ann";
    return made;
  }
  void fund() {
    HostCommand cash = command(HostAction::kChangeCash);
    cash.change = ChangeKind::kOpening;
    cash.value = Money::whole(1'000'000, "USD").raw();
    cash.currency = "USD";
    feed(cash);
  }
  OrderId ask(std::function<OrderId(Context&)> what, int who = 1) {
    Puppet& puppet = who == 1 ? strategy : second;
    puppet.next = std::move(what);
    ParameterInput poke = make_record<ParameterInput>(RecordKind::kParameter);
    poke.strategy = StrategyId{static_cast<std::uint16_t>(who)};
    feed(poke);
    return puppet.result;
  }
  // Every deadline up to `until`.
  void timers(Timestamp until) {
    while (engine.next_deadline() && *engine.next_deadline() <= until) {
      TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
      timer.deadline = *engine.next_deadline();
      now = std::max(now, timer.deadline);
      timer.header.ts_event = timer.header.ts_recv = now;
      engine.on(timer.header);
    }
    now = std::max(now, until);
  }

  // ---- what the venue says ----
  OrderReport about(OrderId id, ReportKind kind) const {
    OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
    report.header.instrument = kBtc;
    report.order = id;
    report.account = {1};
    report.venue = {1};
    report.kind = kind;
    return report;
  }
  void accept(OrderId id) {
    OrderReport report = about(id, ReportKind::kAccepted);
    report.venue_order_id = VenueOrderId::clipped("V" + std::to_string(id.value));
    feed(report);
  }
  void fill(OrderId id, Quantity quantity, Price price) {
    OrderReport report = about(id, ReportKind::kFilled);
    report.last_quantity = quantity;
    report.last_price = price;
    report.execution = ExecutionId::clipped("E" + std::to_string(++executions));
    feed(report);
  }
  void canceled(OrderId id) { feed(about(id, ReportKind::kCanceled)); }
  void cancel_rejected(OrderId id) {
    OrderReport report = about(id, ReportKind::kCancelRejected);
    report.reason = Reason::kVenueRejected;
    feed(report);
  }
  void replaced(OrderId id, Price price) {
    OrderReport report = about(id, ReportKind::kReplaced);
    report.present = OrderReport::kHasPrice;
    report.price = price;
    feed(report);
  }
  void connection(ConnectionState state) {
    ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
    input.venue = {1};
    input.state = state;
    feed(input);
  }
  void snapshot_end(AccountId account = {1}) {
    OrderReport report = about({}, ReportKind::kSnapshotEnd);
    report.header.instrument = {};
    report.account = account;
    feed(report);
  }

  // ---- what is known ----
  const Order& order(OrderId id) const {
    const Order* found = engine.orders().find(id);
    REQUIRE(found != nullptr);
    return *found;
  }
  OrderState state(OrderId id) const { return order(id).state; }
  std::size_t count(RecordKind kind) const {
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }
  Reason last_reason(OrderId id) const { return reasons_.at(id.value); }

  Timestamp now;
  PlainVenue venue;
  Puppet strategy, second;
  std::uint64_t executions = 0;
  Engine engine;
  std::vector<AccountFact> account_facts;
  std::vector<StateFact> state_facts;

 private:
  static EngineConfig config_of(const Setup& setup) {
    EngineConfig config;
    config.orders.slots = 256;
    config.orders.execution_window = 256;
    if (setup) setup(config);
    return config;
  }
  void on_transaction(std::span<const std::byte> records) override {
    for (const RecordHeader& record :
         RecordRange{records.data(), records.data() + records.size()}) {
      ++counts_[record.kind];
      if (family(record.kind) == RecordFamily::kAccountFact)
        account_facts.push_back(record_as<AccountFact>(record));
      if (family(record.kind) == RecordFamily::kStateFact && record.kind != RecordKind::kBarClosed)
        state_facts.push_back(record_as<StateFact>(record));
      if (!is_order_record(record.kind)) continue;
      const auto& fact = record_as<OrderRecord>(record);
      reasons_[fact.order.value] = fact.reason;
    }
  }
  std::map<RecordKind, std::size_t> counts_;
  std::map<std::uint64_t, Reason> reasons_;
};

}  // namespace keel::test
