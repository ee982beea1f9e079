// What keel does by itself because a venue cannot: which orders are held here, and what leaves when
// they are released. Pure functions of an order's terms and what the venue takes.
//
//   kTrigger  stops, if-touched and trailing orders: their price is watched (orders/triggers.hpp)
//   kPeg      pegged: a limit order that is replaced as the market moves
//   kTouch    market-to-limit: a limit order at the touch that it takes
//   kSlices   display quantity: limit orders of that size, one after the other
//   kAuction  at the open, at the close: released when the calendar says so
//   kEnd      DAY and GTD: good till canceled there, and canceled by keel
//
// IOC, FOK and post-only are never emulated: they are promises about one instant at the venue.
#pragma once

#include <optional>

#include <keel/model/marks.hpp>
#include <keel/model/order.hpp>

namespace keel {

// As Capabilities says it.
struct VenueAbility {
  std::uint32_t order_types = 0;     // bit per OrderType
  std::uint32_t times_in_force = 0;  // bit per TimeInForce
  std::uint8_t trigger_sources = 0;  // bit per TriggerBy; 0: any
  bool display = false, replace = false;

  [[nodiscard]] bool takes(OrderType type) const {
    return static_cast<unsigned>(type) < 32 &&
           (order_types >> static_cast<unsigned>(type) & 1u) != 0;
  }
  [[nodiscard]] bool takes(TimeInForce tif) const {
    return static_cast<unsigned>(tif) < 32 &&
           (times_in_force >> static_cast<unsigned>(tif) & 1u) != 0;
  }
};

struct Emulated {
  static constexpr std::uint8_t kTrigger = 1, kPeg = 2, kTouch = 4, kSlices = 8, kAuction = 16,
                                kEnd = 32;
  std::uint8_t bits = 0;
  [[nodiscard]] constexpr bool has(std::uint8_t bit) const { return (bits & bit) != 0; }
  [[nodiscard]] constexpr bool any() const { return bits != 0; }
  // Kept here until something happens; an end alone is not.
  [[nodiscard]] constexpr bool is_held() const { return (bits & ~kEnd) != 0; }
};

[[nodiscard]] constexpr bool is_stop(OrderType type) {
  return type == OrderType::kStop || type == OrderType::kStopLimit ||
         type == OrderType::kTrailingStop || type == OrderType::kTrailingStopLimit;
}
[[nodiscard]] constexpr bool is_if_touched(OrderType type) {
  return type == OrderType::kMarketIfTouched || type == OrderType::kLimitIfTouched;
}
[[nodiscard]] constexpr bool is_trailing(OrderType type) {
  return type == OrderType::kTrailingStop || type == OrderType::kTrailingStopLimit;
}

// What of an order the venue lacks and keel can do. Nothing: the venue takes it as it is, or it
// lacks something that nobody can do for it, or what would be left of it.
[[nodiscard]] Emulated emulated(const OrderTerms& terms, const VenueAbility& venue);

// The terms that leave once the order is released. `price`: the limit of a pegged or
// market-to-limit order. The limit of a trailing stop-limit follows from its trigger.
[[nodiscard]] OrderTerms released_terms(const OrderTerms& held, Side side, Price price,
                                        const VenueAbility& venue);

// The limit of a pegged order by the market as it is now, on the instrument's grid. nullopt: there
// is no price of the kind that it is pegged to.
[[nodiscard]] std::optional<Price> peg_price(Side side, TriggerBy by, Price offset,
                                             std::optional<Price> cap, const Mark& mark,
                                             const Instrument& instrument);

// The trigger of a trailing stop while the market is at half of `twice_price` (raw; a mid may lie
// between two raw values): on the grid, rounded away from the market. nullopt: out of range.
[[nodiscard]] std::optional<Price> trail_price(Side side, TrailUnit unit, std::int64_t offset,
                                               detail::i128 twice_price,
                                               const Instrument& instrument);

}  // namespace keel
