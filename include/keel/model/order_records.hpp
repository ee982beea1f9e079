// Facts, commands and reports about orders. One layout for facts and commands, one for reports.
#pragma once

#include <keel/core/money.hpp>
#include <keel/model/order.hpp>
#include <keel/model/reasons.hpp>
#include <keel/model/record.hpp>

namespace keel {

// Every fact about an order and every command to a venue. A fold needs its own state and this
// record alone, so it says who, which side, the state before and after, and how much may still fill
// before and after (`open_*`, at the worst case).
//
// What the four facts about money carry, so that nobody needs a table of executions to book them:
//   kOrderFilled    last_quantity, last_price; fee where the venue said it with the fill
//   kFillFee        fee, paid on top of what was booked; last_price of the fill where it is known
//   kFillBusted     last_quantity, last_price and fee as they were booked, to be taken back
//   kFillCorrected  last_quantity and last_price as they are now; `value` is the raw last_price and
//                   `limit` the raw last_quantity as they were booked; fee is the change of the fee
// `execution` names the fill in all four.
struct OrderRecord {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags
  static constexpr std::uint8_t kExternal = 1,  // we did not send this order
      kWasTerminal = 2,                         // the order had already ended when this came
      kUnchecked = 4,  // submitted without a risk check, on purpose; `note` says why
      kAfterRestart = 8,
                                kSettlement = 16,  // settles an Unknown order by evidence
      // kOrderHeld: keel watches its trigger, or its time, from here on. kOrderAnomaly: its release
      // was denied for now, and is asked for again.
      kArmed = 32,
      kLinked = 64;  // the venue itself links this order with its group and its parent

  RecordHeader header;
  OrderId order;
  OrderId parent;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  std::uint16_t revision;
  Side side;
  OrderState state_before, state_after;
  Liquidity liquidity;
  Contingency contingency;
  std::uint8_t reserved;
  Reason reason;
  OrderTerms terms;  // after this record (replace commands: the terms asked for)
  Quantity open_before, open_after;
  Price reserve_before, reserve_after;  // what the risk check values each open unit at
  Quantity filled;                      // cumulative, after this record
  Quantity last_quantity;               // of this fill
  Price last_price;
  Int128 fee;             // of this fill, 1e-18 of fee_currency; positive is paid
  Currency fee_currency;  // empty: no fee in this record
  std::uint64_t group;
  std::uint64_t venue_number;  // the integer id where the venue demands integers, else 0
  Int128 value, limit;  // denial: the number that decided, and its limit, raw in its own unit
  ExecutionId execution;
  VenueOrderId venue_order_id;
  ClientOrderId client_id;
  FixedText<40> note;  // for people: why unchecked, the venue's text cut to fit

  [[nodiscard]] Money fee_money() const { return {fee, fee_currency}; }
  [[nodiscard]] bool was_terminal() const { return (header.flags & kWasTerminal) != 0; }
  [[nodiscard]] bool is_external() const { return (header.flags & kExternal) != 0; }
};
static_assert(Record<OrderRecord>);
using OrderFact = OrderRecord;
using Command = OrderRecord;

enum class ReportKind : std::uint8_t {
  kAccepted = 1,
  kRejected = 2,
  kFilled = 3,
  kReplaced = 4,
  kReplaceRejected = 5,
  kCanceled = 6,
  kCancelRejected = 7,
  kExpired = 8,
  kRefused = 9,  // from our own edge: the command is known not to have been sent
  kTriggered = 10,
  kStatus = 11,   // reconciliation: the order as the venue has it now
  kFillFee = 12,  // the fee of a fill that was reported before
  kFillBusted = 13,
  kFillCorrected = 14,
  kUnknownOrder = 15,  // the venue does not know the order: evidence that it is not working
  kSnapshotEnd = 16,   // reconciliation: every open order of this account was reported
};

// What a venue says about an order. The codec resolves the client order id to `order` where it can;
// the order manager settles duplicates, late and unknown ids.
struct OrderReport {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags
  static constexpr std::uint8_t kSnapshot = 1;  // answers a reconciliation query, not news
  // present
  static constexpr std::uint16_t kHasPrice = 1, kHasQuantity = 2, kHasFilled = 4, kHasTrigger = 8,
                                 kHasFee = 16, kHasSide = 32;

  RecordHeader header;
  OrderId order;  // none: the client id in the report is not one of ours
  AccountId account;
  VenueId venue;
  ReportKind kind;
  Side side;
  Liquidity liquidity;
  OrderType order_type;
  TimeInForce time_in_force;
  OrderState status;  // kStatus: mapped to our states
  std::uint16_t present;
  Reason reason;
  std::uint16_t reserved;
  Price price;  // limit price at the venue
  Price trigger_price;
  Quantity quantity;  // total at the venue
  Quantity filled;    // cumulative at the venue; checked against, never booked from
  Quantity last_quantity;
  Price last_price;
  Int128 fee;
  Currency fee_currency;
  std::uint64_t venue_seq;
  std::uint64_t venue_number;
  ExecutionId execution;
  ExecutionId reference;  // the execution that a bust, correction or fee is about
  VenueOrderId venue_order_id;
  ClientOrderId client_id;  // as the venue has it
  FixedText<64> text;       // the venue's words, cut to fit
};
static_assert(Record<OrderReport>);

}  // namespace keel
