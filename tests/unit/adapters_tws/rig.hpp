// Client and simulator joined by a wire that lives in memory, with a clock of its own and faults;
// and an engine cut down to its order manager.
#pragma once

#include <keel/adapters/tws/client.hpp>
#include <keel/adapters/tws/simulator.hpp>
#include <keel/core/random.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/system_records.hpp>
#include <keel/orders/order_manager.hpp>
#include <map>
#include <set>

namespace keel::tws::testing {

inline Timestamp start_time() { return Timestamp::from_seconds(1'795'000'000); }

inline SimulatorConfig one_stock(std::uint64_t seed) {
  SimulatorConfig config;
  config.seed = seed;
  config.master_client = 77;
  config.contracts = {default_universe(start_time())[0]};
  return config;
}
inline ClientConfig paper_client(std::uint64_t seed) {
  ClientConfig config;
  config.venue = VenueId{1};
  config.accounts = {{"DU1000001", AccountId{1}}};
  config.seed = seed;
  return config;
}
inline InstrumentRegistry aapl_registry() {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.venue = VenueId{1};
  spec.quote = Currency{"USD"};
  spec.price_increment = Price::from_raw(Price::kScale / 100);
  spec.quantity_increment = Quantity::whole(1);
  (void)registry.add(spec);
  return registry;
}
inline Contract aapl() {
  Contract contract;
  contract.symbol = "AAPL";
  contract.sec_type = "STK";
  contract.exchange = "SMART";
  contract.currency = "USD";
  return contract;
}

// Facts are folded, commands leave after each input.
class Desk final : public Emitter, public InputSink {
 public:
  Desk() : registry(aapl_registry()), orders(config(), registry) {}
  static OrderManagerConfig config() {
    OrderManagerConfig config;
    config.slots = 1024;
    config.execution_window = 4096;
    config.answer_timeout = Duration::seconds(2);
    config.number_venues = {VenueId{1}};
    return config;
  }

  void emit(RecordHeader& header) override {
    header.seq = ++seq;
    header.ts_event = header.ts_recv = now;
    orders.fold(header);
    const auto& record = record_as<OrderRecord>(header);
    if (is_command(header.kind)) outbox.push_back(record);
    if (header.kind == RecordKind::kOrderFilled) {
      ++fills;
      position += record.side == Side::kBuy ? record.last_quantity : -record.last_quantity;
      twice = twice || !executions.insert(record.execution.str()).second;
    }
    if (record.fee_currency == Currency{"USD"}) fees += record.fee_money();
    if (header.kind == RecordKind::kOrderAnomaly) ++anomalies[record.reason];
  }
  bool push(const RecordHeader& header) override {
    if (full) return false;
    if (header.kind == RecordKind::kOrderReport) {
      const auto& report = record_as<OrderReport>(header);
      snapshots += report.kind == ReportKind::kSnapshotEnd ? 1 : 0;
      orders.on_report(report, *this);
    } else if (header.kind == RecordKind::kConnection) {
      const auto& input = record_as<ConnectionInput>(header);
      orders.on_connection(input, *this);
      is_up = input.state == ConnectionState::kUp;
      wants_snapshot = wants_snapshot || is_up;
    } else if (header.kind == RecordKind::kQuote) {
      quote = record_as<Quote>(header);
      ++quotes;
    } else if (header.kind == RecordKind::kAccountReport) {
      ++balances;
    }
    return true;
  }

  OrderId submit(OrderRequest request) {
    request.account = AccountId{1};
    request.venue = VenueId{1};
    return orders.submit({Unchecked{"test"}, request, Price::whole(230)}, *this);
  }
  void flush(ClientCore& client) {
    const std::vector<OrderRecord> leaving = std::move(outbox);
    outbox.clear();
    for (const OrderRecord& record : leaving) {
      const auto* bytes = reinterpret_cast<const std::byte*>(&record);
      client.send({Unchecked{"test"}, bytes, bytes + sizeof record, VenueId{1}}, now);
    }
    if (!wants_snapshot || !is_up) return;
    wants_snapshot = false;
    orders.on_snapshot_requested(AccountId{1}, VenueId{1}, now);
    client.request_snapshot(AccountId{1}, now);
  }

  InstrumentRegistry registry;
  OrderManager orders;
  std::vector<OrderRecord> outbox;
  std::map<Reason, int> anomalies;
  std::set<std::string> executions;
  Quantity position{};
  Money fees = Money::zero(Currency{"USD"});
  Quote quote{};
  Timestamp now = start_time();
  std::uint64_t seq = 0;
  int fills = 0, snapshots = 0, quotes = 0, balances = 0;
  bool twice = false, is_up = false, wants_snapshot = false, full = false;
};

// What goes wrong on the wire, in parts per million of each step or message.
struct WireFaults {
  std::uint32_t cut_ppm = 0;        // the connection breaks, and bytes under way are lost
  std::uint32_t delay_ppm = 0;      // nothing arrives for a while
  std::uint32_t duplicate_ppm = 0;  // a message about an execution or an order comes twice
  std::uint32_t swap_ppm = 0;       // an execution and what follows it change places
};

class Wire {
 public:
  Wire(std::uint64_t seed, SimulatorConfig server_config, ClientConfig client_config,
       WireFaults its_faults = {})
      : server(std::move(server_config), start_time()),
        client(std::make_unique<ClientCore>(client_config, desk)),
        config(std::move(client_config)),
        faults(its_faults),
        random(seed) {
    begin();
  }
  void begin() {
    client->list(InstrumentId{1}, aapl());
    client->subscribe(InstrumentId{1}, [] {
      Subscription quotes;
      quotes.quotes = true;
      return quotes;
    }());
    client->start(desk.now);
  }
  // The process ends here and starts again: what it had sent is there, what it knew is not.
  void restart_client() {
    cut(false);
    client = std::make_unique<ClientCore>(config, desk);
    desk.is_up = false;
    desk.orders.on_restart(desk);
    begin();
  }
  void cut(bool tell) {
    if (connection != 0) server.close(connection);
    connection = 0;
    up.clear();
    down.clear();
    if (tell) client->on_closed("cut", desk.now);
  }

  void step(Duration length = Duration::milliseconds(10)) {
    desk.now = desk.now + length;
    const Timestamp now = desk.now;
    server.advance(now);
    desk.orders.on_time(now, desk);
    client->on_time(now);
    const Wish wish = client->take_wish();
    if (wish == Wish::kClose) cut(false);
    if (wish == Wish::kConnect) {
      cut(false);
      connection = server.open("test", now);
      if (server.is_closing(connection))
        cut(true);
      else
        client->on_connected(now);
    }
    desk.flush(*client);
    if (connection != 0) carry(now);
    desk.flush(*client);
  }
  void run(Duration length) {
    for (const Timestamp end = desk.now + length; desk.now < end;) step();
  }

  Desk desk;
  SimulatorCore server;
  std::unique_ptr<ClientCore> client;
  ClientConfig config;
  WireFaults faults;
  Random random;
  int connection = 0;
  std::string up, down;
  Timestamp held_until{};

 private:
  void carry(Timestamp now) {
    if (random.chance_ppm(faults.delay_ppm))
      held_until = now + Duration::milliseconds(static_cast<std::int64_t>(random.below(3000)));
    up += client->output();
    client->output().clear();
    down += mangle(server.output(connection));
    server.output(connection).clear();
    if (now < held_until) return;
    if (random.chance_ppm(faults.cut_ppm)) {  // some of it arrives, the rest never does
      const std::string some = up.substr(0, random.below(up.size() + 1));
      const std::string other = down.substr(0, random.below(down.size() + 1));
      server.receive(connection, some, now);
      client->on_bytes(other, now);
      return cut(true);
    }
    std::string bytes;
    std::swap(bytes, up);
    if (!bytes.empty()) server.receive(connection, bytes, now);
    down += mangle(server.output(connection));
    server.output(connection).clear();
    std::swap(bytes, down);
    down.clear();
    const int was = connection;
    const bool closing = server.is_closing(connection);
    const std::size_t middle = random.below(bytes.size() + 1);  // in two parts
    client->on_bytes(std::string_view{bytes}.substr(0, middle), now);
    client->on_bytes(std::string_view{bytes}.substr(middle), now);
    if (closing && connection == was) cut(true);
  }
  std::string mangle(const std::string& bytes) {
    if ((faults.duplicate_ppm | faults.swap_ppm) == 0) return bytes;
    std::vector<std::string> frames;
    for (std::size_t at = 0; at + 4 <= bytes.size();) {
      std::size_t size = 4;
      for (std::size_t i = 0; i < 4; ++i)
        size += static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])) << (24 - 8 * i);
      frames.push_back(bytes.substr(at, size));
      at += size;
    }
    const auto number = [&](const std::string& frame) {
      return message_number(std::string_view{frame}.substr(4), client->version());
    };
    std::string out;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const int kind = number(frames[i]);
      const bool about_fill = kind == ExecutionDetails::kId || kind == CommissionAndFeesReport::kId;
      if (about_fill && i + 1 < frames.size() && random.chance_ppm(faults.swap_ppm) &&
          number(frames[i + 1]) != OrderStatus::kId)
        std::swap(frames[i], frames[i + 1]);
      out += frames[i];
      if ((about_fill || kind == OrderStatus::kId) && random.chance_ppm(faults.duplicate_ppm))
        out += frames[i];
    }
    return out;
  }
};

// Asks the simulator, as its master client, for everything that was executed.
struct Auditor final : ResponseHandler {
  Auditor(SimulatorCore& server, Timestamp now, int version) {
    const int connection = server.open("auditor", now);
    std::string bytes;
    encode_hello(bytes, {version, version});
    StartApiRequest begin;
    begin.client_id = 77;
    encode(bytes, version, begin);
    encode(bytes, version, ExecutionRequest{});
    encode(bytes, version, AllOpenOrdersRequest{});
    server.receive(connection, bytes, now);
    FrameReader frames{kMaxFrame};
    frames.feed(server.output(connection));
    (void)frames.next();  // the welcome
    while (const auto frame = frames.next())
      (void)dispatch(*frame, version, static_cast<ResponseHandler&>(*this));
    server.close(connection);
  }
  void on(const ExecutionDetails& details) override {
    const Execution& e = details.execution;
    executions.insert(e.exec_id);
    position += e.side == "BOT" ? e.shares : -e.shares;
  }
  void on(const CommissionAndFeesReport& fee) override {
    fees += Money::product(fee.commission_and_fees, Quantity::whole(1), Currency{"USD"});
  }
  void on(const OpenOrder&) override { ++open; }
  std::set<std::string> executions;
  Quantity position{};
  Money fees = Money::zero(Currency{"USD"});
  int open = 0;
};

}  // namespace keel::tws::testing
