// The client of TWS and IB Gateway: a Venue for an engine, and the whole request surface for those
// who want it.
//
//   net::Loop loop;
//   tws::ClientConfig config;
//   config.venue = VenueId{1};
//   config.accounts = {{"DU1234567", AccountId{1}}};
//   tws::Client client{loop, config, inbox.add_source()};
//   client.list(aapl, contract);          // which instrument is which contract
//   client.subscribe(aapl, {.quotes = true});
//   client.start();
//   while (running) { loop.run_for(Duration::milliseconds(1)); driver.poll(net::Loop::now()); }
//
// Threads: start, stop, list, subscribe and the listener's calls belong to the thread that turns
// the loop. `send`, `request_snapshot` and `request` may be called by another one (the engine's):
// what they write is on the socket when they return, where pacing allows it.
//
// The client keeps no table of order ids. An order's number at TWS is in the journaled command; its
// id is in the order's reference, from where every report of TWS about it brings it back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <keel/adapters/tws/codec.hpp>
#include <keel/core/log.hpp>
#include <keel/net/loop.hpp>
#include <keel/venue/venue.hpp>

namespace keel::tws {

// What the engine's records cannot say: algo parameters, conditions, hedges, a parent at TWS.
// Called for every order that leaves, on the thread that sends.
class OrderExtras {
 public:
  virtual void extend(const Command& command, Contract& contract, Order& order) = 0;

 protected:
  ~OrderExtras() = default;
};

struct ClientConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 7497;  // TWS: 7496 live, 7497 paper; Gateway: 4001 live, 4002 paper
  std::int32_t client_id = 1;
  VersionRange versions;
  VenueId venue{};
  // Accounts at TWS and their ids here. A login that has none of them is refused.
  std::vector<std::pair<std::string, AccountId>> accounts;
  // An account whose name does not begin with "DU" or "DF" holds real money. It is refused unless
  // this says the words "trade real money in <account>", with its name.
  std::string allow_live;
  std::uint64_t seed = 1;  // of the backoff
  Duration connect_timeout = Duration::seconds(5);
  Duration backoff_first = Duration::milliseconds(500), backoff_most = Duration::seconds(30);
  // Nothing heard for so long: the time is asked for; for `silence`: the connection is dead.
  Duration keep_alive = Duration::seconds(10), silence = Duration::seconds(25);
  // TWS closes connections that send more than 50 messages a second. 0: no limit.
  std::uint32_t requests_per_second = 48;
  // Historical requests in ten minutes; TWS allows 60.
  std::uint32_t history_per_ten_minutes = 60;
  // The daily restart of TWS, as the time of day in UTC at which it begins and how long it lasts;
  // no connection is tried meanwhile. Zero length: not known.
  Duration restart_at{0}, restart_length{0};
  OrderExtras* extras = nullptr;  // outlives the client
  LogSink* log = nullptr;         // outlives the client
};

// What to hear of an instrument.
struct Subscription {
  bool quotes = false;
  bool trades = false;  // tick by tick
  int depth = 0;        // rows of the book; 0: none
  bool bars = false;    // of five seconds
  std::string generic;  // numbers of generic ticks; the listener hears them
};

// What ClientCore wants done with the connection.
enum class Wish : std::uint8_t { kNothing, kConnect, kClose };

// The client's side of the protocol as a state machine, without sockets and without a clock: the
// owner connects, gives it bytes and time, and sends its output. One thread at a time.
class ClientCore {
 public:
  ClientCore(ClientConfig config, InputSink& sink);
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;
  ~ClientCore();

  // Before or while connected. The contract's con_id is found out where it is not given.
  void list(InstrumentId instrument, const Contract& contract);
  void subscribe(InstrumentId instrument, const Subscription& what);
  // Hears every message, after the client has used it. Null: nobody.
  void set_listener(ResponseHandler* listener);

  void start(Timestamp now);
  void stop(Timestamp now);
  void on_connected(Timestamp now);
  void on_closed(std::string_view why, Timestamp now);
  void on_bytes(std::string_view bytes, Timestamp now);
  void on_time(Timestamp now);
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;
  [[nodiscard]] Wish take_wish();
  // Bytes to send; take them and clear it.
  [[nodiscard]] std::string& output();
  // Reports that the sink would not take yet: no more is to be read until this is false.
  [[nodiscard]] bool is_blocked() const;
  // Messages that pacing holds back, or reports that the sink has not taken.
  [[nodiscard]] bool has_waiting() const;

  void send(const CommandBatch& batch, Timestamp now);
  void request_snapshot(AccountId account, Timestamp now);
  // Queued behind what pacing holds back; dropped where not connected (false).
  template <class M>
  bool request(const M& message, Timestamp now);
  // For requests: above every number that an order can have, never given twice in a connection.
  [[nodiscard]] std::int32_t next_request_id();

  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] int version() const;
  [[nodiscard]] const std::vector<std::string>& managed_accounts() const;
  [[nodiscard]] const Capabilities& capabilities() const;
  [[nodiscard]] VenueId venue() const;
  // Why it gave up, where it did (a live account that is not allowed, versions that do not meet).
  [[nodiscard]] const std::optional<Error>& failure() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The client on a loop, with a clock.
class Client final : public Venue {
 public:
  // `sink` outlives the client; its producer is this client alone.
  Client(net::Loop& loop, ClientConfig config, InputSink& sink);
  ~Client() override;

  void list(InstrumentId instrument, const Contract& contract);
  void subscribe(InstrumentId instrument, const Subscription& what);
  void set_listener(ResponseHandler* listener);
  void start();
  void stop();

  [[nodiscard]] VenueId id() const override;
  [[nodiscard]] const Capabilities& capabilities() const override;
  void send(const CommandBatch& batch) override;
  void request_snapshot(AccountId account) override;

  template <class M>
  bool request(const M& message);
  [[nodiscard]] std::int32_t next_request_id();
  [[nodiscard]] ConnectionState state() const;
  [[nodiscard]] std::optional<Error> failure() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keel::tws
