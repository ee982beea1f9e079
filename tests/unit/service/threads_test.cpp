// An engine on one thread, its venue's sockets on another, a simulated TWS on a third.
#include <keel/service/threads.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <keel/adapters/tws/client.hpp>
#include <keel/adapters/tws/simulator.hpp>
#include <thread>

namespace keel {

namespace {

class BuyOnce final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote& quote) override {
    if (sent || !quote.is_two_sided()) return;
    sent = true;
    context.submit(OrderRequest::market({1}, Side::kBuy, Quantity::whole(50)));
  }
  void on_denied(Context&, const OrderFact&) override { sent = false; }
  void on_fill(Context& context, const OrderFact&) override {
    held.store(context.position({1}).raw(), std::memory_order_release);
  }
  bool sent = false;
  std::atomic<std::int64_t> held{0};
};

void wire_up(Engine& engine) {
  (void)engine.directory().add_venue("TWS").value();
  (void)engine.directory()
      .add_account("DU1000001", {1}, Currency{"USD"}, AccountKind::kMargin, AccountRealm::kPaper)
      .value();
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.venue = VenueId{1};
  spec.quote = Currency{"USD"};
  spec.price_increment = Price::from_raw(Price::kScale / 100);
  spec.quantity_increment = Quantity::whole(1);
  (void)engine.instruments().add(spec).value();
}

HostCommand opening() {
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = net::Loop::now();
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.currency = Currency{"USD"};
  cash.value = Money::whole(1'000'000, Currency{"USD"}).raw();
  return cash;
}

}  // namespace

TEST_CASE("an engine trades over sockets, each part on a thread of its own") {
  net::Loop server_loop, client_loop;
  tws::Simulator server{server_loop, {}};
  const auto port = server.listen("127.0.0.1", 0);
  REQUIRE(port.ok());
  EngineConfig config;
  config.orders.number_venues = {VenueId{1}};
  Engine engine{config};
  wire_up(engine);
  Inbox inbox;
  tws::ClientConfig client_config;
  client_config.port = *port;
  client_config.venue = {1};
  client_config.accounts = {{"DU1000001", AccountId{1}}};
  tws::Client client{client_loop, client_config, inbox.add_source()};
  tws::Contract contract;
  contract.symbol = "AAPL";
  contract.sec_type = "STK";
  contract.exchange = "SMART";
  contract.currency = "USD";
  client.list({1}, contract);
  tws::Subscription quotes;
  quotes.quotes = true;
  client.subscribe({1}, quotes);
  BuyOnce strategy;
  REQUIRE(engine.add_venue(client).ok());
  REQUIRE(engine.add_strategy("buy_once", strategy, {1}).ok());
  REQUIRE(engine.start(net::Loop::now()).ok());
  engine.on(opening().header);
  client.start();

  Driver driver{engine, inbox};
  LoopThread server_thread{server_loop}, sockets{client_loop};
  DriverThread trading{driver};
  server_thread.start();
  sockets.start();
  trading.start();
  CHECK(trading.is_running());
  for (int i = 0; i < 1000 && strategy.held.load(std::memory_order_acquire) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  trading.stop();
  sockets.stop();
  server_thread.stop();
  CHECK_FALSE(trading.is_running());
  CHECK(strategy.held == Quantity::whole(50).raw());
  CHECK(trading.inputs() > 0);
  CHECK(engine.failure() == nullptr);
  client.stop();
}

TEST_CASE("threads may be stopped twice, or never started, and started again") {
  net::Loop loop;
  LoopThread thread{loop};
  thread.stop();
  for (int i = 0; i < 3; ++i) {
    thread.start();
    thread.stop();
    thread.stop();
    CHECK_FALSE(thread.is_running());
  }
}

}  // namespace keel
