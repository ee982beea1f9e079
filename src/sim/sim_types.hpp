// The parts of SimCore's state: orders, books, executions, and messages under way.
#pragma once

#include <algorithm>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/sim/fee_plan.hpp>
#include <keel/sim/fill_model.hpp>
#include <limits>

namespace keel::sim_detail {

inline constexpr Quantity kAsMuchAsWanted = Quantity::max();
inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

// Prices as the one who trades on a side sees them.
inline bool as_good(Side side, Price price, Price limit) {
  return side == Side::kBuy ? price <= limit : price >= limit;
}
inline bool better(Side side, Price price, Price limit) {
  return side == Side::kBuy ? price < limit : price > limit;
}
inline Price worse_of(Side side, Price a, Price b) {
  return side == Side::kBuy ? std::max(a, b) : std::min(a, b);
}
inline Price better_of(Side side, Price a, Price b) {
  return side == Side::kBuy ? std::min(a, b) : std::max(a, b);
}
inline Price any_price(Side side) { return side == Side::kBuy ? Price::max() : Price::min(); }

// Where an order is kept.
enum class Place : std::uint8_t {
  kNowhere = 0,  // being worked on
  kBook,         // rests at its limit
  kTrigger,      // waits for its trigger price
  kWaiting,      // takes whatever the next market event offers
  kParked,       // for an auction, or for a price to follow
  kEnded,
};

struct SimOrder {
  OrderId id{};
  std::uint64_t number = 0;  // "SIM-<n>"
  std::uint64_t group = 0;   // hashed with the account; 0: none
  std::uint64_t client_key = 0;
  OrderTerms terms{};
  ClientOrderId client_id;
  Quantity filled = Quantity::zero();
  Quantity ahead = Quantity::zero();   // stands before it at its price
  Quantity level = Quantity::zero();   // shown there when `ahead` was last looked at
  Quantity traded = Quantity::zero();  // traded there since
  std::uint64_t joined = 0;            // L3: what came to the book later stands behind it
  Price reserve = Price::zero();       // what its funds are reserved at
  Price limit = Price::zero();         // as it is now: asked for, or pegged, trailed, converted
  Price trigger = Price::zero();       // as it is now, where has_trigger
  Quantity shown = Quantity::zero();   // in the book: what is left of the displayed part
  OrderFees fees;
  Timestamp arrived{}, expires{};
  Timestamp auction{};  // when the auction that it is for is due
  InstrumentId instrument{};
  AccountId account{};
  Side side = Side::kBuy;
  Contingency contingency = Contingency::kNone;
  OrderState state = OrderState::kNone;  // kWorking, or how it ended
  Reason reason = Reason::kNone;         // why it ended
  Place place = Place::kNowhere;
  bool triggered = false;
  bool limited = false;      // has a limit now
  bool has_trigger = false;  // its trigger is known (a trailing one may wait for a first price)
  bool of_venue = false;     // a liquidation: told as an order that nobody here sent
  bool moves = false;        // is in its book's list of movers
  bool taking = false;       // reached the book at a price that was on offer: pays the offer
  bool ahead_known = false;
  bool end_delivered = false;                    // the engine has been handed the report of its end
  std::uint32_t entry = kNone;                   // in the matching engine or among the triggers
  std::uint32_t previous = kNone, next = kNone;  // waiting list, queue of ended ones
  std::uint32_t mover_previous = kNone, mover_next = kNone;
  std::uint32_t group_next = kNone;
  std::uint32_t heap_at = kNone;

  [[nodiscard]] Quantity open() const { return terms.quantity - filled; }
  [[nodiscard]] bool is_open() const { return state == OrderState::kWorking; }
  // What it is now: a triggered stop is a market or limit order.
  [[nodiscard]] bool has_limit() const { return limited; }
  [[nodiscard]] bool is_trailing() const {
    return terms.type == OrderType::kTrailingStop || terms.type == OrderType::kTrailingStopLimit;
  }
  // Triggered by a price that comes to it, not by one that runs away from it.
  [[nodiscard]] bool is_touched() const {
    return terms.type == OrderType::kMarketIfTouched || terms.type == OrderType::kLimitIfTouched;
  }
  [[nodiscard]] bool is_stop() const {
    return terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit || is_touched() ||
           is_trailing();
  }
  [[nodiscard]] bool is_pegged() const { return terms.type == OrderType::kPegged; }
  [[nodiscard]] bool is_for_auction() const {
    return terms.time_in_force == TimeInForce::kAtOpen ||
           terms.time_in_force == TimeInForce::kAtClose;
  }
  // Whether a rising price sets it off: a buy stop above the market, a sell order above it.
  [[nodiscard]] bool rises() const { return (side == Side::kBuy) != is_touched(); }
  // How much of what is open the book shows.
  [[nodiscard]] Quantity slice() const {
    return (terms.flags & OrderTerms::kHasDisplay) != 0 ? std::min(open(), terms.display_quantity)
                                                        : open();
  }
  [[nodiscard]] bool at_once() const {
    return terms.time_in_force == TimeInForce::kIoc || terms.time_in_force == TimeInForce::kFok;
  }
};

struct Shown {
  Price price = Price::zero();
  Quantity size = Quantity::zero();
  Quantity left = Quantity::zero();  // not yet taken by our orders
  bool present = false;
};

// Which auction.
enum class Call : std::uint8_t { kNoCall = 0, kOpening = 1, kClosing = 2 };

struct OrderList {
  std::uint32_t head = kNone, tail = kNone;
};

class Depth;
class L3Orders;

// One instrument at the venue: what the market shows, and how much of ours is there.
struct Book {
  Shown bid, ask;          // the touch; with depth, its best levels
  L3Orders* l3 = nullptr;  // once orders were seen one by one: then depth is their sum
  Depth* depth = nullptr;  // once depth was seen: quotes are ignored from then on
  Price last = Price::zero(), mark = Price::zero();
  bool has_last = false, has_mark = false;
  bool saw_quote = false, saw_trade = false, saw_bar = false;
  bool fill_prints = false;  // L3 without trade records: fills of its orders stand for them
  InstrumentStatus status = InstrumentStatus::kTrading;
  std::uint32_t open_orders = 0;
  std::uint32_t taking = 0;  // orders in the book with `taking`
  std::uint32_t fees = 0;    // index
  OrderList waiting;
  OrderList movers;  // trailing and pegged orders, and those for an auction
  FillModel fills;
  // Calls and limits.
  Call call = Call::kNoCall;     // which one has ended and waits for its price
  Call coming = Call::kOpening;  // which one is being called
  bool uncross_pending = false;  // ... in a print or a bar
  bool has_indicative = false, has_band = false;
  Price indicative = Price::zero(), band_low = Price::zero(), band_high = Price::zero();
  Quantity matched = Quantity::zero();
  Timestamp band_until{0}, halted_until{0};  // 0: none
  std::uint32_t limits = 0;                  // index + 1
  Rate funding_rate = Rate::zero();          // of the coming settlement, at funding_at
  Timestamp funding_at{std::numeric_limits<std::int64_t>::max()};
  std::uint32_t queued = 0;  // orders that came while it did not trade
  BarSpec bar_spec{};        // of the bars that fill: the first kind that came

  // Orders meet the market.
  [[nodiscard]] bool is_open() const {
    return status == InstrumentStatus::kTrading && !uncross_pending;
  }
  [[nodiscard]] Reason check_band(Price price) const {
    if (!has_band) return Reason::kNone;
    return price > band_high  ? Reason::kPriceTooHigh
           : price < band_low ? Reason::kPriceTooLow
                              : Reason::kNone;
  }
  [[nodiscard]] bool is_crossed() const {
    return bid.present && ask.present && bid.price > ask.price;
  }
  [[nodiscard]] FillSource source() const {
    if (fills.source == FillSource::kQuotes && !saw_quote) return FillSource::kAuto;
    if (fills.source != FillSource::kAuto) return fills.source;
    if (saw_quote) return FillSource::kQuotes;
    if (saw_trade) return FillSource::kTrades;
    return saw_bar ? FillSource::kBars : FillSource::kAuto;  // kAuto: nothing is known yet
  }
  [[nodiscard]] Shown& touch(Side taker) { return taker == Side::kBuy ? ask : bid; }
  [[nodiscard]] const Shown& touch(Side taker) const { return taker == Side::kBuy ? ask : bid; }
};

struct Execution {
  std::uint64_t number = 0;
  OrderId order{};
  std::uint64_t order_number = 0;
  InstrumentId instrument{};
  AccountId account{};
  Side side = Side::kBuy;
  Liquidity liquidity = Liquidity::kUnknown;
  OrderType type = OrderType::kMarket;
  TimeInForce time_in_force = TimeInForce::kGtc;
  std::uint8_t has_fee = 0;
  std::uint8_t delivered = 0;
  std::uint8_t fee_delivered = 0;
  std::uint8_t of_venue = 0;
  Quantity quantity = Quantity::zero(), cumulative = Quantity::zero();
  Quantity total = Quantity::zero();  // of the order, then
  Price price = Price::zero();
  Int128 fee{};
  Timestamp time{};
};

struct CommandMessage {
  RecordKind kind{};  // kSubmit, kReplace, kCancel; kAccountReport stands for a snapshot request
  Side side = Side::kBuy;
  Contingency contingency = Contingency::kNone;
  bool cuts = false;  // the connection breaks as this arrives
  AccountId account{};
  InstrumentId instrument{};
  OrderId order{};
  OrderTerms terms{};
  std::uint64_t group = 0;
  ClientOrderId client_id;
};

struct ReportMessage {
  std::uint32_t order = kNone;  // slot whose end this tells
  std::uint64_t order_number = 0;
  std::uint64_t execution_number = 0;  // execution that this tells
  bool fee = false;                    // ... as its late fee
  bool local = false;                  // from our own edge: a cut does not lose it
  bool cuts = false;
  alignas(8) unsigned char bytes[sizeof(OrderReport)];
};
static_assert(sizeof(ConnectionInput) <= sizeof(OrderReport));
static_assert(sizeof(AccountReport) <= sizeof(OrderReport));
static_assert(sizeof(HostCommand) <= sizeof(OrderReport));

// What one trade or bar offers to the orders of each side.
struct Offer {
  Price price;
  Quantity size;                      // printed
  Quantity buys, sells;               // what is left of the share that our orders may take
  Quantity taken = Quantity::zero();  // by orders that paid slippage
  [[nodiscard]] Quantity& left(Side side) { return side == Side::kBuy ? buys : sells; }
};

}  // namespace keel::sim_detail
