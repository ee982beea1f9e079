// SimVenue: a deterministic, seeded venue without a clock of its own.
//
// Time is given by the driving loop, which merges four streams by (time, source priority, sequence)
// and never goes back:
//
//   market events     on_market(record, exchange_time)   first at equal times
//   this venue        advance_to(next_event_time())      commands that arrive, orders that expire
//   reports           next_report(up_to)                 until null; then to the engine
//   the engine        set_now(now); send(batch)
//
// A command arrives at `now` + order latency, a report returns at the venue's time + response
// latency; each link keeps its order. on_market first runs everything of this venue that is due
// strictly before the event, so of things at the same instant the market moves first: an order
// never meets the event that triggered it, unless LatencyModel::zero() was asked for.
//
//   SimVenue venue{config, registry};
//   venue.set_now(t);               venue.send(batch);
//   venue.on_market(quote.header, quote.header.ts_event);
//   venue.advance_to(t2);
//   while (const RecordHeader* report = venue.next_report(t2)) engine.on(*report);
//
// One thread. Allocates at the start only, within the room that SimConfig declares.
#pragma once

#include <optional>

#include <keel/sim/call_auction.hpp>
#include <keel/sim/sim_config.hpp>
#include <keel/venue/venue.hpp>

namespace keel {

// Counts since the start, for reports and tests.
struct SimStats {
  std::uint64_t commands, accepted, rejected, fills, canceled, expired, reports;
  std::uint64_t dropped_commands, dropped_reports, disconnects;
  std::uint64_t margin_calls, liquidations;
};

// One execution as the venue has it: the truth that an engine's fills are held against. Its id in
// reports is "<prefix>-E<number>".
struct SimExecution {
  std::uint64_t number;
  OrderId order;
  AccountId account;
  InstrumentId instrument;
  Side side;
  Quantity quantity;
  Price price;
};

class SimCore;

class SimVenue final : public Venue {
 public:
  // The configuration must have passed check(registry) (a bug otherwise). The registry outlives the
  // venue; instruments may be added to it later.
  SimVenue(const SimConfig& config, const InstrumentRegistry& registry);
  SimVenue(SimVenue&& other) noexcept;
  SimVenue& operator=(SimVenue&& other) noexcept;
  ~SimVenue() override;

  [[nodiscard]] VenueId id() const override;
  [[nodiscard]] const Capabilities& capabilities() const override;
  void send(const CommandBatch& batch) override;
  // One command alone, for simulators that receive commands from a wire.
  void send(const Command& command);
  // The request travels as a command does. It is answered with kStatus of every open order and of
  // every order whose end was not delivered, every execution of those orders and every execution
  // that was not delivered, an AccountReport for each position and balance, and kSnapshotEnd.
  void request_snapshot(AccountId account) override;

  // The engine's now, before send() and request_snapshot(). Never goes back.
  void set_now(Timestamp now);
  // When something is due: a command's arrival, an order's expiry, a report's return.
  [[nodiscard]] std::optional<Timestamp> next_event_time() const;
  // Runs everything due at or before `time`, in order of (time, sequence).
  void advance_to(Timestamp time);
  // A market record of any kind, as of `exchange_time` (not before the one before it).
  void on_market(const RecordHeader& record, Timestamp exchange_time);
  // The next record due for the engine at or before `up_to`: OrderReport, AccountReport,
  // ConnectionInput, or a HostCommand that changes cash (funding, booked by the venue), in order of
  // ts_recv. Valid until the next call of this venue. Null: none.
  [[nodiscard]] const RecordHeader* next_report(Timestamp up_to);

  // Cuts the connection now (tests, drills).
  void disconnect(Duration down);
  // What the account holds at the start of the run; reduce-only orders and funds go by it.
  void set_position(AccountId account, InstrumentId instrument, Quantity quantity);

  [[nodiscard]] bool is_connected() const;
  [[nodiscard]] Quantity position(AccountId account, InstrumentId instrument) const;
  // What is left of a configured balance. nullopt: none was configured.
  [[nodiscard]] std::optional<Money> balance(AccountId account, const Currency& currency) const;
  // What a call of our orders and of what is shown would come to now.
  [[nodiscard]] CallAuction::Result indicative(InstrumentId instrument);
  [[nodiscard]] std::size_t open_orders() const;
  // Executions so far; their numbers are 1 to this.
  [[nodiscard]] std::uint64_t executions() const;
  // nullopt: not made yet, or forgotten (the last SimConfig::max_executions are remembered).
  [[nodiscard]] std::optional<SimExecution> execution(std::uint64_t number) const;
  [[nodiscard]] const SimStats& stats() const;

 private:
  SimCore* core_;
};

}  // namespace keel
