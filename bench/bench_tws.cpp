// Interactive Brokers' wire: from a signal to bytes on the socket, from an order to its status over
// loopback beside a bare ping-pong of the same sizes, and a stream of ticks of 1,000 instruments.
#include <atomic>
#include <figures.hpp>
#include <thread>

#include <keel/adapters/tws/client.hpp>
#include <keel/adapters/tws/simulator.hpp>
#include <keel/core/random.hpp>
#include <keel/engine/engine.hpp>
#include <keel/engine/inbox.hpp>
#include <keel/net/tcp.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr int kOrders = 3'000;

// A loop on a thread of its own.
class Turning {
 public:
  explicit Turning(net::Loop& loop) : loop_(loop), thread_([&loop] { loop.run(); }) {}
  ~Turning() {
    loop_.stop();
    thread_.join();
  }

 private:
  net::Loop& loop_;
  std::thread thread_;
};

class Signal final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote&) override {
    if (fire) context.submit(OrderRequest::limit({1}, Side::kBuy, 1_qty, 150_px));
    fire = false;
  }
  bool fire = false;
};

struct Rig {
  Rig() : server{server_loop, tws::SimulatorConfig{}}, turning{nullptr} {
    port = server.listen("127.0.0.1", 0).value();
    turning = std::make_unique<Turning>(server_loop);
    EngineConfig config;
    config.orders.number_venues = {VenueId{1}};
    config.limits.max_open_orders = 50'000;
    engine = std::make_unique<Engine>(config);
    (void)engine->directory().add_venue("TWS").value();
    InstrumentSpec spec;
    spec.symbol = "AAPL";
    spec.kind = InstrumentKind::kEquity;
    spec.venue = VenueId{1};
    spec.quote = "USD";
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 1_qty;
    (void)engine->instruments().add(spec).value();
    (void)engine->directory()
        .add_account("DU1000001", {1}, "USD", AccountKind::kMargin, AccountRealm::kPaper)
        .value();
    tws::ClientConfig client_config;
    client_config.port = port;
    client_config.venue = {1};
    client_config.accounts = {{"DU1000001", AccountId{1}}};
    client_config.requests_per_second = 0;
    client = std::make_unique<tws::Client>(loop, client_config, inbox.add_source());
    tws::Contract contract;
    contract.con_id = 265598;
    contract.symbol = "AAPL";
    contract.sec_type = "STK";
    contract.exchange = "SMART";
    contract.currency = "USD";
    client->list({1}, contract);
    if (!engine->add_venue(*client) || !engine->add_strategy("signal", signal, {1}) ||
        !engine->start(net::Loop::now()))
      std::exit(1);
    HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
    cash.header.ts_event = cash.header.ts_recv = net::Loop::now();
    cash.action = HostAction::kChangeCash;
    cash.change = ChangeKind::kOpening;
    cash.account = {1};
    cash.value = Money::whole(1'000'000'000, "USD").raw();
    cash.currency = "USD";
    engine->on(cash.header);
    client->start();
    for (int i = 0; i < 3000 && client->state() != ConnectionState::kUp; ++i) turn();
    for (int i = 0; i < 200; ++i) turn();
  }
  ~Rig() {
    client->stop();
    turning.reset();
  }
  void turn() {
    loop.run_for(1_ms);
    drain();
  }
  void drain() {
    while (InputRing* ring = inbox.next()) {
      const RecordHeader& record = *ring->front();
      if (record.kind == RecordKind::kOrderReport) ++reports;
      engine->on(record);
      ring->pop();
    }
  }
  // From the quote that makes the strategy buy to the return of the write; nanoseconds.
  double order() {
    signal.fire = true;
    const Timestamp now = net::Loop::now();
    const Quote quote = Quote::two_sided({1}, now, 230_px, 100_qty, 230.01_px, 100_qty);
    const auto start = wall_ns();
    engine->on(quote.header);
    return static_cast<double>(wall_ns() - start);
  }

  net::Loop server_loop, loop;
  tws::Simulator server;
  std::uint16_t port = 0;
  std::unique_ptr<Turning> turning;
  Inbox inbox;
  Signal signal;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<tws::Client> client;
  std::uint64_t reports = 0;
};

struct Echo final : net::ListenHandler, net::StreamHandler {
  explicit Echo(net::Loop& loop, std::size_t its_in, std::size_t its_out)
      : in(its_in), answer(its_out, 'x'), listener(loop, *this) {}
  void on_accept(net::TcpStream accepted) override {
    stream = std::move(accepted);
    stream.start(*this);
  }
  void on_data(std::string_view bytes) override {
    for (heard += bytes.size(); heard >= in; heard -= in) stream.write(answer);
  }
  void on_closed(const Error&) override {}
  std::size_t in, heard = 0;
  std::string answer;
  net::TcpStream stream;
  net::TcpListener listener;
};

struct Caller final : net::StreamHandler {
  void on_connected() override { connected = true; }
  void on_data(std::string_view bytes) override { heard += bytes.size(); }
  void on_closed(const Error&) override {}
  std::size_t heard = 0;
  bool connected = false;
};

// The bare thing: as many bytes there and back, nothing done with them.
std::vector<double> ping_pong(std::size_t there, std::size_t back) {
  net::Loop server_loop, loop;
  Echo echo{server_loop, there, back};
  const auto port = echo.listener.listen("127.0.0.1", 0).value();
  Turning turning{server_loop};
  Caller caller;
  net::TcpStream stream =
      net::TcpStream::connect(loop, "127.0.0.1", port, Duration::seconds(1), caller);
  while (!caller.connected) loop.run_for(1_ms);
  loop.run_for(20_ms);
  const std::string message(there, 'y');
  std::vector<double> times;
  for (int i = 0; i < kOrders; ++i) {
    caller.heard = 0;
    const auto start = wall_ns();
    stream.write(message);
    while (caller.heard < back) loop.poll();
    times.push_back(static_cast<double>(wall_ns() - start));
  }
  stream.close();
  return times;
}

struct Count final : InputSink {
  bool push(const RecordHeader&) override {
    ++records;
    return true;
  }
  std::uint64_t records = 0;
};

void ticks(Figures& figures) {
  constexpr int kInstruments = 1'000, kTicks = 500'000;
  Count count;
  tws::ClientConfig config;
  config.accounts = {{"DU1000001", AccountId{1}}};
  config.requests_per_second = 0;
  tws::ClientCore client{config, count};
  for (std::uint32_t i = 1; i <= kInstruments; ++i) {
    tws::Contract contract;
    contract.con_id = static_cast<std::int32_t>(i);
    client.list({i}, contract);
    tws::Subscription quotes;
    quotes.quotes = true;
    client.subscribe({i}, quotes);
  }
  const Timestamp now = net::Loop::now();
  client.start(now);
  client.on_connected(now);
  std::string bytes;
  tws::encode_welcome(bytes, 178, "now");
  tws::encode(bytes, 178, tws::ManagedAccounts{"DU1000001"});
  tws::encode(bytes, 178, tws::NextValidId{1});
  client.on_bytes(bytes, now);
  Random random{9};
  bytes.clear();
  for (int i = 0; i < kTicks; ++i) {
    tws::TickPrice tick;
    tick.req_id = (1 << 30) + (1 << 28) + static_cast<std::int32_t>(random.below(kInstruments)) * 4;
    tick.tick_type = 1 + i % 2;
    tick.price = 100_px + 0.01_px * static_cast<std::int64_t>(random.below(1000));
    tick.size = 100_qty;
    tws::encode(bytes, 178, tick);
  }
  const double seconds = median_seconds(5, [&] {
    for (std::size_t at = 0; at < bytes.size(); at += 16384)
      client.on_bytes(std::string_view{bytes}.substr(at, 16384), now);
  });
  figures.add("ticks_per_second", kTicks / seconds, "1/s", "asked for", 100'000);
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "tws"};
  ticks(figures);
  std::vector<double> sent, answered;
  {
    Rig rig;
    for (int i = 0; i < 200; ++i) {
      (void)rig.order();
      rig.turn();
    }
    for (int i = 0; i < kOrders; ++i) {
      const auto before = rig.reports;
      const auto start = wall_ns();
      sent.push_back(rig.order());
      while (rig.reports == before) {
        rig.loop.poll();
        rig.drain();
      }
      answered.push_back(static_cast<double>(wall_ns() - start));
    }
  }
  std::vector<double> bare = ping_pong(190, 640);
  std::sort(sent.begin(), sent.end());
  std::sort(answered.begin(), answered.end());
  std::sort(bare.begin(), bare.end());
  figures.add("signal_to_socket_ns_median", percentile(sent, 0.5), "ns", "asked for", 5'000);
  figures.add("signal_to_socket_ns_p99", percentile(sent, 0.99), "ns", "asked for", 50'000);
  figures.add("order_to_status_ns_median", percentile(answered, 0.5), "ns", "bare ping-pong",
              percentile(bare, 0.5));
  return 0;
}
