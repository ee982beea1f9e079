// The field's closed vocabularies, with FIX's meaning where FIX has one. Values are on disk in
// every journal: append, never renumber. Each has `to_text`; those that users write have `parse_*`,
// which refuses a misspelt name (core.unknown_name) instead of guessing.
#pragma once

#include <cstdint>
#include <string_view>

#include <keel/core/result.hpp>

namespace keel {

enum class Side : std::uint8_t { kBuy = 1, kSell = 2 };

[[nodiscard]] constexpr Side opposite(Side side) {
  return side == Side::kBuy ? Side::kSell : Side::kBuy;
}
// +1 for buy, -1 for sell.
[[nodiscard]] constexpr std::int64_t sign(Side side) { return side == Side::kBuy ? 1 : -1; }

enum class OrderType : std::uint8_t {
  kMarket = 1,
  kLimit = 2,
  kStop = 3,  // market order once the trigger price is reached
  kStopLimit = 4,
  kMarketToLimit = 5,
  kMarketIfTouched = 6,
  kLimitIfTouched = 7,
  kTrailingStop = 8,
  kTrailingStopLimit = 9,
  kPegged = 10,
};

enum class TimeInForce : std::uint8_t {
  kGtc = 1,  // until canceled
  kDay = 2,  // until the venue's day ends
  kIoc = 3,  // what fills at once, the rest is canceled
  kFok = 4,  // all at once or nothing
  kGtd = 5,  // until expire_at
  kAtOpen = 6,
  kAtClose = 7,
};

// Which price sets a trigger off.
enum class TriggerBy : std::uint8_t { kDefault = 0, kLast = 1, kBidAsk = 2, kMark = 3, kMid = 4 };

enum class TrailUnit : std::uint8_t { kNone = 0, kAmount = 1, kPercent = 2, kTicks = 3 };

enum class Liquidity : std::uint8_t { kUnknown = 0, kMaker = 1, kTaker = 2, kAuction = 3 };

// Where an order stands. A partly filled order is Working with filled > 0.
enum class OrderState : std::uint8_t {
  kNone = 0,            // no order: only in records
  kHeld = 1,            // accepted by keel, waits for its parent or trigger; nothing sent
  kSubmitted = 2,       // the submit command was journaled; no answer yet
  kWorking = 3,         // acknowledged by the venue
  kPendingReplace = 4,  // a replace is in flight
  kPendingCancel = 5,   // a cancel is in flight
  kUnknown = 6,         // its fate is not known; counts at its worst case until evidence settles it
  kFilled = 7,
  kCanceled = 8,
  kRejected = 9,
  kExpired = 10,
};
inline constexpr int kOrderStateCount = 11;

[[nodiscard]] constexpr bool is_terminal(OrderState state) { return state >= OrderState::kFilled; }

// How linked orders act on each other.
enum class Contingency : std::uint8_t {
  kNone = 0,
  kOto = 1,  // one triggers the other: a child is held until its parent fills
  kOco = 2,  // one cancels the other
  kOuo = 3,  // one updates the other: a partial fill reduces its sibling
};

enum class InstrumentKind : std::uint8_t {
  kSpot = 1,
  kPerpetual = 2,
  kFuture = 3,
  kOption = 4,
  kEquity = 5,
  kEtf = 6,
  kCfd = 7,
  kIndex = 8,
  kBond = 9,
  kFxPair = 10,
  kCombo = 11,
  kSynthetic = 12,
  kContinuousFuture = 13,
};

enum class OptionRight : std::uint8_t { kNone = 0, kCall = 1, kPut = 2 };

// What a continuous future rolls by, and what becomes of the prices before a roll.
enum class RollBy : std::uint8_t {
  kNone = 0,
  kDaysBeforeExpiry = 1,  // RollRule::days trading days before the expiry day
  kVolume = 2,            // the day after the next contract traded more
  kOpenInterest = 3,      // the day after the next contract had more open interest
  kCalendar = 4,          // a day of the month of the expiry: RollRule::days
};
enum class BackAdjust : std::uint8_t { kNone = 0, kDifference = 1, kRatio = 2 };

enum class InstrumentStatus : std::uint8_t {
  kTrading = 1,
  kHalted = 2,
  kPreOpen = 3,
  kAuction = 4,
  kClosed = 5,
  kExpired = 6,
};

// What happened to one order of a book (L3).
enum class BookAction : std::uint8_t {
  kAdd = 1,
  kModify = 2,  // price and size are the new ones
  kCancel = 3,  // size is what goes; zero: all of it
  kFill = 4,    // size is what traded
  kClear = 5,   // the book is empty; what follows builds it anew
};

enum class AuctionKind : std::uint8_t {
  kUnknown = 0,
  kOpening = 1,
  kClosing = 2,
  kIntraday = 3,
  kReopening = 4,  // after a halt
  kIpo = 5,
};

enum class AccountKind : std::uint8_t { kCash = 1, kMargin = 2 };
// Real money, a venue's paper account, or a simulated book; they never net with each other.
enum class AccountRealm : std::uint8_t { kLive = 1, kPaper = 2, kSimulated = 3, kShadow = 4 };
enum class PositionMode : std::uint8_t { kNetting = 1, kHedging = 2 };

// What new risk the engine may take.
enum class TradingState : std::uint8_t { kActive = 1, kReducing = 2, kHalted = 3 };

// Latches over a restart until a person resets it. Each level includes the ones below.
enum class KillLevel : std::uint8_t { kOff = 0, kNoNewOrders = 1, kCancelAll = 2, kFlatten = 3 };

enum class ConnectionState : std::uint8_t { kDown = 1, kConnecting = 2, kReconciling = 3, kUp = 4 };

std::string_view to_text(Side);
std::string_view to_text(OrderType);
std::string_view to_text(TimeInForce);
std::string_view to_text(TriggerBy);
std::string_view to_text(TrailUnit);
std::string_view to_text(Liquidity);
std::string_view to_text(OrderState);
std::string_view to_text(Contingency);
std::string_view to_text(InstrumentKind);
std::string_view to_text(OptionRight);
std::string_view to_text(InstrumentStatus);
std::string_view to_text(RollBy);
std::string_view to_text(BackAdjust);
std::string_view to_text(BookAction);
std::string_view to_text(AuctionKind);
std::string_view to_text(AccountKind);
std::string_view to_text(AccountRealm);
std::string_view to_text(PositionMode);
std::string_view to_text(TradingState);
std::string_view to_text(KillLevel);
std::string_view to_text(ConnectionState);

// Exact lower-case names as `to_text` writes them: "buy", "stop_limit", "gtc".
Result<Side> parse_side(std::string_view);
Result<OrderType> parse_order_type(std::string_view);
Result<TimeInForce> parse_time_in_force(std::string_view);
Result<TriggerBy> parse_trigger_by(std::string_view);
Result<InstrumentKind> parse_instrument_kind(std::string_view);
Result<AccountKind> parse_account_kind(std::string_view);
Result<AccountRealm> parse_account_realm(std::string_view);
Result<PositionMode> parse_position_mode(std::string_view);
Result<TradingState> parse_trading_state(std::string_view);
Result<KillLevel> parse_kill_level(std::string_view);

}  // namespace keel
