// A TWS that is not there: a server that speaks the wire of Interactive Brokers' TWS and IB Gateway
// to anybody's client, with a simulated market, matching, accounts and margin behind it.
//
//   net::Loop loop;
//   tws::Simulator server{loop, {}};           // the default universe, one paper account
//   const auto port = server.listen("127.0.0.1", 7497);
//   while (running) loop.run_for(Duration::milliseconds(10));
//
// Nothing starts a thread: the loop's owner decides which thread turns it. `SimulatorCore` is the
// same server without sockets and without a clock, for tests that give it bytes and time.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <keel/adapters/tws/codec.hpp>
#include <keel/core/log.hpp>
#include <keel/net/loop.hpp>
#include <keel/venue/market_feed.hpp>

namespace keel::tws {

// Something that can be traded here. `contract` needs symbol, sec_type, exchange and currency.
struct SimulatedContract {
  Contract contract;
  ContractDetails details;  // what is empty is filled in
  Price price{};            // about which generated prices move
  Price tick{};             // smallest step of its price
  Quantity size_step{};     // smallest step of its quantity
  // Parts per million of the notional that an open position ties up.
  std::uint32_t initial_margin_ppm = 500'000, maintenance_margin_ppm = 250'000;
  std::uint32_t volatility_ppm = 100'000;  // how far a generated year strays from `price`
  std::string calendar;                    // a built-in calendar's name; empty: always open
};

// AAPL, MSFT, SPY (STK, SMART, USD), EUR.USD (CASH, IDEALPRO), the ES future that expires next
// (FUT, CME) and BTC (CRYPTO, PAXOS). The same for the same `now` on every machine.
[[nodiscard]] std::vector<SimulatedContract> default_universe(Timestamp now);

struct SimulatorConfig {
  std::uint64_t seed = 1;
  int min_version = kMinVersion, max_version = kMaxVersion;
  std::vector<std::string> accounts{"DU1000001"};
  std::int64_t cash = 1'000'000;  // of each account, in USD
  // Empty: default_universe. In the order of the feed's instrument ids, from 1, where one is given.
  std::vector<SimulatedContract> contracts;
  // Recorded market data instead of generated; outlives the simulator. The first record plays when
  // the server starts, the others as much later as they were, divided by `speed`.
  MarketFeed* feed = nullptr;
  double speed = 1;
  bool calendar = false;  // true: contracts trade in their calendars' hours only
  int master_client = -1;
  bool read_only = false;
  // More requests of a client in a second are answered with error 100 and dropped. 0: no limit.
  std::uint32_t max_requests_per_second = 0;
  Duration tick_every = Duration::milliseconds(250);
  LogSink* log = nullptr;  // told of connections and requests; outlives the simulator
};

struct SimulatorStats {
  std::uint64_t connections, requests, messages, orders, fills, bad_messages;
};

// The server's side of the protocol as a state machine. One thread.
class SimulatorCore {
 public:
  // `now` is when the simulated day begins; time never goes back.
  SimulatorCore(SimulatorConfig config, Timestamp now);
  SimulatorCore(const SimulatorCore&) = delete;
  SimulatorCore& operator=(const SimulatorCore&) = delete;
  ~SimulatorCore();

  // A client has connected; the number names the connection from here on.
  int open(std::string peer, Timestamp now);
  void receive(int connection, std::string_view bytes, Timestamp now);
  void close(int connection);
  // Lets time pass: market data, fills, subscriptions.
  void advance(Timestamp now);
  // When advance has something to do next.
  [[nodiscard]] Timestamp next_event() const;

  // What is to be sent to a connection; take it and clear it.
  [[nodiscard]] std::string& output(int connection);
  // Send the output, then close.
  [[nodiscard]] bool is_closing(int connection) const;
  [[nodiscard]] std::span<const int> connections() const;

  // Drills. The servers behind TWS cannot be reached: 1100; and again: 1102, or 1101 where
  // `data_lost` (then market data must be asked for anew).
  void lose_connectivity();
  void restore_connectivity(bool data_lost);
  // Every connection is closed, and none is accepted before `until`.
  void restart(Timestamp until);
  // An order that a person enters at the TWS window (client 0 sees it); its permanent id.
  Result<std::int64_t> place_by_hand(const Contract& contract, const Order& order);
  // The price of a contract jumps, for tests that want fills. Generated data only.
  void move_price(std::string_view symbol, Price to);

  [[nodiscard]] SimulatorStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The server on a loop, with a clock.
class Simulator {
 public:
  Simulator(net::Loop& loop, SimulatorConfig config);
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;
  ~Simulator();

  // The port. Errors: net.address, net.listen.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void stop();

  [[nodiscard]] SimulatorCore& core();
  // Closes every connection and refuses new ones for so long, as TWS does once a day.
  void restart(Duration down);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keel::tws
