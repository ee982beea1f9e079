// Quickstart 4: a live host. A feed's thread pushes quotes into a ring of the Inbox; the engine's
// thread polls the driver with the host's clock. The venue here fills everything at the limit: put
// your adapter in its place.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include <keel/engine/driver.hpp>

using namespace keel;
using namespace keel::literals;

namespace {

Timestamp wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
}

class FillsAll final : public Venue {
 public:
  FillsAll(VenueId id, InputSink& sink) : id_{id}, sink_{&sink} {
    can_.order_types = Capabilities::bits(OrderType::kLimit);
    can_.times_in_force = Capabilities::bits(TimeInForce::kGtc);
  }
  VenueId id() const override { return id_; }
  const Capabilities& capabilities() const override { return can_; }
  void send(const CommandBatch& batch) override {  // on the engine's thread; returns at once
    for (const Command& command : batch) report(command);
  }
  void request_snapshot(AccountId) override {}

 private:
  void report(const Command& command) {
    auto report = make_record<OrderReport>(RecordKind::kOrderReport);
    report.header.instrument = command.header.instrument;
    report.header.ts_event = report.header.ts_recv = wall_clock();
    report.kind = ReportKind::kFilled;
    report.present = OrderReport::kHasSide;
    report.order = command.order;
    report.account = command.account;
    report.venue = id_;
    report.side = command.side;
    report.last_quantity = command.terms.quantity;
    report.last_price = command.terms.limit_price;
    report.execution = ExecutionId::from("E" + std::to_string(++executions_)).value();
    sink_->push(report.header);
  }
  VenueId id_;
  InputSink* sink_;
  Capabilities can_;
  int executions_ = 0;
};

class BuysTheDip final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote& quote) override {
    if (quote.ask_price <= 99_px && context.position({1}).is_zero() && order_.is_none())
      order_ = context.submit(OrderRequest::limit({1}, Side::kBuy, 1_qty, quote.ask_price));
  }

 private:
  OrderId order_{};
};

}  // namespace

int main() {
  EngineConfig config;
  config.limits.max_position = 2_qty;  // config.journal names a folder, to come back after a crash
  Engine engine{config};
  const auto venue_id = engine.directory().add_venue("MINE");
  InstrumentSpec spec;
  spec.symbol = "X";
  spec.kind = InstrumentKind::kPerpetual;
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  spec.initial_margin = 0.1_rate;
  spec.venue = venue_id.value();
  const auto account = engine.directory().add_account("main", spec.venue, "USD",
                                                      AccountKind::kMargin, AccountRealm::kPaper);
  if (!account || !engine.instruments().add(spec)) return 1;

  Inbox inbox;  // the rings are made before the threads start; each has one producer
  InputRing& quotes = inbox.add_source();
  InputRing& reports = inbox.add_source();
  FillsAll venue{spec.venue, reports};
  BuysTheDip strategy;
  if (!engine.add_venue(venue) || !engine.add_strategy("dip", strategy, *account)) return 1;
  if (const auto status = engine.start(wall_clock()); !status)
    return std::fprintf(stderr, "%s\n", status.error().message().c_str()), 1;

  auto cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = wall_clock();
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = *account;
  cash.value = Money::whole(1'000, "USD").raw();
  cash.currency = "USD";
  engine.on(cash.header);

  std::atomic<bool> done{false};
  std::thread feed{[&] {  // your socket's thread
    for (int i = 0; i < 200; ++i) {
      const Price bid = Price::whole(100 - i / 100);
      const auto quote = Quote::two_sided({1}, wall_clock(), bid - 0.01_px, 5_qty, bid, 5_qty);
      while (!quotes.push(quote.header)) std::this_thread::yield();
    }
    done = true;
  }};
  Driver driver{engine, inbox};
  while (true) {
    const bool last = done;
    if (driver.poll(wall_clock()) == 0) {
      if (last) break;
      std::this_thread::yield();  // or sleep until engine.next_deadline()
    }
  }
  feed.join();
  const Position* position = engine.portfolio().position(*account, {1});
  const Quantity held = position != nullptr ? position->quantity : Quantity::zero();
  if (const auto status = engine.stop(wall_clock()); !status) return 1;
  std::printf("holding %s after %llu commands\n", held.to_text().c_str(),
              static_cast<unsigned long long>(engine.commands_sent()));
  return held == 1_qty ? 0 : 1;
}
