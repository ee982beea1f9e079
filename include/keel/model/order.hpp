// What is asked of an order, and what is known of one.
#pragma once

#include <optional>

#include <keel/core/decimal.hpp>
#include <keel/core/id.hpp>
#include <keel/core/money.hpp>
#include <keel/core/text.hpp>
#include <keel/core/time.hpp>
#include <keel/model/enums.hpp>

namespace keel {

using ExecutionId = FixedText<40>;    // the venue's name of a fill
using VenueOrderId = FixedText<40>;   // the venue's name of an order
using ClientOrderId = FixedText<40>;  // the host's own name of an order; empty where it gave none

// The changeable part of an order. Flags say which optional fields count; the accessors read them.
struct OrderTerms {
  static constexpr std::uint16_t kHasLimit = 1, kHasTrigger = 2, kHasDisplay = 4, kHasExpiry = 8,
                                 kPostOnly = 16, kReduceOnly = 32, kClosePosition = 64;

  Quantity quantity;
  Quantity display_quantity;
  Price limit_price;
  Price trigger_price;
  std::int64_t trail_offset;  // raw Price, 1e-9 of a fraction, or ticks, by trail_unit
  Price limit_offset;         // limit from trigger (trailing stop-limit), or peg offset
  Timestamp expire_at;
  OrderType type;
  TimeInForce time_in_force;
  TriggerBy trigger_by;
  TrailUnit trail_unit;
  std::uint16_t flags;
  std::uint8_t reserved[2];

  [[nodiscard]] std::optional<Price> limit() const { return optional(kHasLimit, limit_price); }
  [[nodiscard]] std::optional<Price> trigger() const {
    return optional(kHasTrigger, trigger_price);
  }
  [[nodiscard]] std::optional<Quantity> display() const {
    return optional(kHasDisplay, display_quantity);
  }
  [[nodiscard]] std::optional<Timestamp> expiry() const { return optional(kHasExpiry, expire_at); }
  [[nodiscard]] bool post_only() const { return (flags & kPostOnly) != 0; }
  [[nodiscard]] bool reduce_only() const { return (flags & kReduceOnly) != 0; }

  friend constexpr bool operator==(const OrderTerms&, const OrderTerms&) = default;

 private:
  template <class T>
  std::optional<T> optional(std::uint16_t flag, T value) const {
    if ((flags & flag) == 0) return std::nullopt;
    return value;
  }
};
static_assert(sizeof(OrderTerms) == 64 && std::has_unique_object_representations_v<OrderTerms>);

// How far a trailing stop stays behind the market.
struct Trail {
  TrailUnit unit;
  std::int64_t offset;  // as OrderTerms::trail_offset

  [[nodiscard]] static constexpr Trail amount(Price distance) {
    return {TrailUnit::kAmount, distance.raw()};
  }
  // 0.02 is 2% of the price.
  [[nodiscard]] static constexpr Trail percent(Rate part) {
    return {TrailUnit::kPercent, part.raw()};
  }
  [[nodiscard]] static constexpr Trail ticks(std::int64_t count) {
    return {TrailUnit::kTicks, count};
  }
};

// A wish for an order. Start from one of the named makers, then chain:
//   OrderRequest::limit(btc, Side::kBuy, 0.5_qty, 800_px).post_only().tagged("entry-7")
struct OrderRequest {
  InstrumentId instrument;
  AccountId account;    // 0: the strategy's own account
  StrategyId strategy;  // filled in by the Context; 0 is the host
  VenueId venue;        // 0: the instrument's venue
  Side side;
  Contingency contingency;
  OrderTerms terms;
  OrderId parent;       // none, or the order that this one hangs on
  std::uint64_t group;  // orders of one OCO/OUO group share a number; 0: none
  ClientOrderId client_id;

  [[nodiscard]] static OrderRequest market(InstrumentId instrument, Side side, Quantity quantity);
  [[nodiscard]] static OrderRequest limit(InstrumentId instrument, Side side, Quantity quantity,
                                          Price price);
  [[nodiscard]] static OrderRequest stop(InstrumentId instrument, Side side, Quantity quantity,
                                         Price trigger);
  [[nodiscard]] static OrderRequest stop_limit(InstrumentId instrument, Side side,
                                               Quantity quantity, Price trigger, Price limit);

  // Takes the market at once; what is left rests as a limit order at the price that was taken.
  [[nodiscard]] static OrderRequest market_to_limit(InstrumentId instrument, Side side,
                                                    Quantity quantity);
  // Market (limit) order once the market comes to `trigger` from the worse side.
  [[nodiscard]] static OrderRequest market_if_touched(InstrumentId instrument, Side side,
                                                      Quantity quantity, Price trigger);
  [[nodiscard]] static OrderRequest limit_if_touched(InstrumentId instrument, Side side,
                                                     Quantity quantity, Price trigger, Price limit);
  // A stop that follows the market and never goes back. `starting_at` gives its first trigger.
  [[nodiscard]] static OrderRequest trailing_stop(InstrumentId instrument, Side side,
                                                  Quantity quantity, Trail trail);
  // Its limit lies `beyond` the trigger, on the worse side.
  [[nodiscard]] static OrderRequest trailing_stop_limit(InstrumentId instrument, Side side,
                                                        Quantity quantity, Trail trail,
                                                        Price beyond);
  // A limit order that stays `offset` behind the own side's best price (or behind what
  // triggered_by names); below zero is ahead of it. `capped_at` bounds it.
  [[nodiscard]] static OrderRequest pegged(InstrumentId instrument, Side side, Quantity quantity,
                                           Price offset);
  // A limit order of which `shown` is displayed at a time.
  [[nodiscard]] static OrderRequest iceberg(InstrumentId instrument, Side side, Quantity quantity,
                                            Price price, Quantity shown);

  OrderRequest& with(TimeInForce tif) {
    terms.time_in_force = tif;
    return *this;
  }
  OrderRequest& until(Timestamp expiry);
  OrderRequest& on(AccountId id) {
    account = id;
    return *this;
  }
  OrderRequest& at(VenueId id) {
    venue = id;
    return *this;
  }
  OrderRequest& post_only() {
    terms.flags |= OrderTerms::kPostOnly;
    return *this;
  }
  OrderRequest& reduce_only() {
    terms.flags |= OrderTerms::kReduceOnly;
    return *this;
  }
  OrderRequest& display(Quantity shown);
  OrderRequest& starting_at(Price trigger);
  OrderRequest& capped_at(Price worst);
  OrderRequest& day() { return with(TimeInForce::kDay); }
  OrderRequest& immediate() { return with(TimeInForce::kIoc); }
  OrderRequest& all_or_nothing() { return with(TimeInForce::kFok); }
  OrderRequest& at_open() { return with(TimeInForce::kAtOpen); }
  OrderRequest& at_close() { return with(TimeInForce::kAtClose); }
  OrderRequest& triggered_by(TriggerBy source) {
    terms.trigger_by = source;
    return *this;
  }
  // At most 39 characters, checked while compiling for literals.
  OrderRequest& tagged(const ClientOrderId& id) {
    client_id = id;
    return *this;
  }
};

// An entry with a protective stop and/or a profit target, which are held until the entry fills and
// cancel each other. Quantities of the exits follow the entry's fills.
struct BracketRequest {
  OrderRequest entry;
  std::optional<Price> take_profit;  // limit price
  std::optional<Price> stop_loss;    // trigger price
};

struct ReplaceRequest {
  OrderId order;
  std::optional<Quantity> quantity;  // new total, filled part included
  std::optional<Price> limit_price;
  std::optional<Price> trigger_price;
};

// What is known of an order: the order manager's slot, for reading.
struct Order {
  OrderId id;
  OrderId parent;
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  std::uint16_t revision;  // of the terms, counts accepted replaces
  Side side;
  OrderState state;
  Contingency contingency;
  std::uint8_t flags;
  OrderTerms terms;          // as last confirmed (or as sent, before any answer)
  OrderTerms pending_terms;  // what a replace in flight asks for
  Quantity filled;
  Money cost;           // sum of price x quantity x multiplier of the fills, signed by nothing
  Price reserve_price;  // what each open unit was valued at by the risk check
  Quantity open_worst;  // what may still fill at worst: the larger of old and new in a replace
  std::uint64_t group;
  Timestamp created, updated;
  std::uint64_t last_command_seq, last_report_seq;
  VenueOrderId venue_order_id;
  ClientOrderId client_id;

  // kSeen: the venue has shown that it knows the order.
  // kTriggered: its trigger was reached, here or at the venue.
  static constexpr std::uint8_t kExternal = 1, kOverfilled = 2, kUncheckedRisk = 4, kSeen = 8,
                                kTriggered = 16;

  [[nodiscard]] Quantity leaves() const {
    return is_terminal(state) || filled >= terms.quantity ? Quantity::zero()
                                                          : terms.quantity - filled;
  }
  [[nodiscard]] bool is_open() const { return !is_terminal(state); }
  [[nodiscard]] bool is_external() const { return (flags & kExternal) != 0; }
  [[nodiscard]] bool is_triggered() const { return (flags & kTriggered) != 0; }
  [[nodiscard]] bool is_seen() const { return (flags & kSeen) != 0; }
};

}  // namespace keel
