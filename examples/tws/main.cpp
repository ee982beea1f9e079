// Ten minutes with TWS: connect, quote, bracket order, watch the fills, and go on after kill -9.
//
//   keel sim tws --port 7497                  # or a real TWS that is logged in to a paper account
//   example_tws --port 7497 --journal build/tws
//
// Ends after --seconds, or at Ctrl-C. Started again on the same journal it knows its orders: those
// whose answer was lost are Unknown until TWS has been asked, and count at their worst meanwhile.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

#include <keel/adapters/tws/client.hpp>
#include <keel/core/time_text.hpp>
#include <keel/engine/driver.hpp>
#include <keel/engine/strategy.hpp>

using namespace keel;
using namespace keel::literals;

namespace {

volatile std::sig_atomic_t stop_asked = 0;

// Buys once, with a profit target and a stop; then watches.
class OneBracket final : public Strategy {
 public:
  explicit OneBracket(InstrumentId id) : id_(id) {}
  void on_start(Context& context) override { context.subscribe_quotes(id_); }
  void on_recovered(Context& context) override {
    context.subscribe_quotes(id_);
    std::printf("recovered: position %s\n", context.position(id_).to_text().c_str());
  }
  void on_quote(Context& context, const Quote& quote) override {
    if (done_ || !quote.is_two_sided()) return;
    done_ = true;
    std::printf("quote: %s at %s\n", quote.bid_price.to_text().c_str(),
                quote.ask_price.to_text().c_str());
    BracketRequest bracket;
    bracket.entry = OrderRequest::limit(id_, Side::kBuy, 100_qty, quote.ask_price + 0.05_px);
    bracket.take_profit = quote.ask_price + 5_px;
    bracket.stop_loss = quote.bid_price - 5_px;
    context.submit_bracket(bracket);
  }
  void on_fill(Context& context, const OrderFact& fill) override {
    std::printf("fill:  %s at %s, position %s\n", fill.last_quantity.to_text().c_str(),
                fill.last_price.to_text().c_str(), context.position(id_).to_text().c_str());
  }
  void on_denied(Context&, const OrderFact& fact) override {
    done_ = false;  // again at the next quote: the risk check may only have been waiting
    std::printf("denied: %s\n", std::string{explain(fact.reason)}.c_str());
  }
  void on_order(Context&, const OrderFact& fact) override {
    std::printf("order: %s %s -> %s\n", std::string{to_text(fact.header.kind)}.c_str(),
                std::string{to_text(fact.state_before)}.c_str(),
                std::string{to_text(fact.state_after)}.c_str());
  }
  KEEL_STATE(done_)

 private:
  InstrumentId id_;
  bool done_ = false;
};

struct Options {
  std::string host = "127.0.0.1", account = "DU1000001", journal;
  std::uint16_t port = 7497;
  long seconds = 60;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--host") options.host = argv[i + 1];
    if (name == "--account") options.account = argv[i + 1];
    if (name == "--journal") options.journal = argv[i + 1];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::stoi(argv[i + 1]));
    if (name == "--seconds") options.seconds = std::stol(argv[i + 1]);
  }
  return options;
}

// What the account holds, told to a new journal; an old one knows it.
HostCommand opening_cash(AccountId account, Timestamp now) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now;
  command.action = HostAction::kChangeCash;
  command.change = ChangeKind::kOpening;
  command.account = account;
  command.currency = Currency{"USD"};
  command.value = Money::whole(1'000'000, Currency{"USD"}).raw();
  return command;
}

int fail(const Error& error) {
  std::fprintf(stderr, "example_tws: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  EngineConfig config;
  config.journal = options.journal;
  config.orders.number_venues = {VenueId{1}};  // TWS wants integers for order ids
  config.orders.answer_timeout = 10_s;
  Engine engine{config};
  const VenueId venue = engine.directory().add_venue("TWS").value();
  const AccountId account = engine.directory()
                                .add_account(options.account, venue, Currency{"USD"},
                                             AccountKind::kMargin, AccountRealm::kPaper)
                                .value();
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.venue = venue;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  const InstrumentId aapl = engine.instruments().add(spec).value();

  Inbox inbox;
  net::Loop loop;
  tws::ClientConfig tws_config;
  tws_config.host = options.host;
  tws_config.port = options.port;
  tws_config.venue = venue;
  tws_config.accounts = {{options.account, account}};
  tws::Client client{loop, tws_config, inbox.add_source()};
  tws::Contract contract;
  contract.symbol = "AAPL";
  contract.sec_type = "STK";
  contract.exchange = "SMART";
  contract.currency = "USD";
  client.list(aapl, contract);
  tws::Subscription quotes;
  quotes.quotes = true;
  client.subscribe(aapl, quotes);

  OneBracket strategy{aapl};
  if (const Status added = engine.add_venue(client); !added) return fail(added.error());
  if (const auto id = engine.add_strategy("one_bracket", strategy, account); !id)
    return fail(id.error());
  if (const Status started = engine.start(net::Loop::now()); !started) return fail(started.error());
  if (!engine.recovered()) engine.on(opening_cash(account, net::Loop::now()).header);

  std::signal(SIGINT, [](int) { stop_asked = 1; });
  std::signal(SIGTERM, [](int) { stop_asked = 1; });
  client.start();
  Driver driver{engine, inbox};
  const Timestamp end = net::Loop::now() + Duration::seconds(options.seconds);
  while (stop_asked == 0 && net::Loop::now() < end && !engine.is_stopped()) {
    loop.run_for(1_ms);
    driver.poll(net::Loop::now());
    if (const auto failure = client.failure()) return fail(*failure);
    std::fflush(stdout);
  }
  client.stop();
  if (engine.failure() != nullptr) return fail(*engine.failure());
  const Status stopped = engine.stop(net::Loop::now());
  return stopped ? 0 : fail(stopped.error());
}
