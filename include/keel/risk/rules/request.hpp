// Whether a request is an order at all: its fields are of their vocabularies, say all that the type
// needs and nothing that it does not take, and lie on the instrument's grid. What does not hold
// together is refused with a reason; nothing is clamped, rounded or guessed.
#pragma once

#include <keel/model/instrument.hpp>
#include <keel/model/order.hpp>
#include <keel/risk/exact.hpp>
#include <keel/venue/capabilities.hpp>

namespace keel::rules {

using risk_detail::deny;

// What an order type takes.
struct TypeNeeds {
  static constexpr std::uint8_t kKnown = 1, kNeedsLimit = 2, kTakesLimit = 4, kNeedsTrigger = 8,
                                kTakesTrigger = 16, kNeedsTrail = 32;
  std::uint8_t bits;
  [[nodiscard]] constexpr bool has(std::uint8_t bit) const { return (bits & bit) != 0; }
};

[[nodiscard]] constexpr TypeNeeds needs_of(OrderType type) {
  using N = TypeNeeds;
  constexpr std::uint8_t nothing = N::kKnown, limit = N::kKnown | N::kNeedsLimit | N::kTakesLimit,
                         trigger = N::kKnown | N::kNeedsTrigger | N::kTakesTrigger,
                         trail = N::kKnown | N::kTakesTrigger | N::kNeedsTrail;
  constexpr std::uint8_t table[] = {
      0,                           // not a type
      nothing,                     // market
      limit,                       // limit
      trigger,                     // stop
      limit | trigger,             // stop-limit
      nothing,                     // market-to-limit
      trigger,                     // market-if-touched
      limit | trigger,             // limit-if-touched
      trail,                       // trailing stop
      trail,                       // trailing stop-limit
      N::kKnown | N::kTakesLimit,  // pegged
  };
  const auto at = static_cast<std::size_t>(type);
  return {at < sizeof table ? table[at] : std::uint8_t{0}};
}

[[nodiscard]] constexpr bool is_known(Side side) {
  return side == Side::kBuy || side == Side::kSell;
}
[[nodiscard]] constexpr bool is_known(TimeInForce tif) {
  return tif >= TimeInForce::kGtc && tif <= TimeInForce::kAtClose;
}

// Every field holds a value of its kind. Denial: the field's raw value.
[[nodiscard]] inline bool fields(Denial& why, const OrderRequest& request) {
  const OrderTerms& terms = request.terms;
  constexpr std::uint16_t known_flags = OrderTerms::kHasLimit | OrderTerms::kHasTrigger |
                                        OrderTerms::kHasDisplay | OrderTerms::kHasExpiry |
                                        OrderTerms::kPostOnly | OrderTerms::kReduceOnly |
                                        OrderTerms::kClosePosition;
  if (!is_known(request.side))
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(request.side));
  if (!needs_of(terms.type).has(TypeNeeds::kKnown))
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(terms.type));
  if (!is_known(terms.time_in_force))
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(terms.time_in_force));
  if (terms.trigger_by > TriggerBy::kMid)
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(terms.trigger_by));
  if (terms.trail_unit > TrailUnit::kTicks)
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(terms.trail_unit));
  if (request.contingency > Contingency::kOuo)
    return deny(why, Reason::kInvalidField, static_cast<std::uint8_t>(request.contingency));
  if ((terms.flags & ~known_flags) != 0) return deny(why, Reason::kInvalidField, terms.flags);
  return false;
}

// Denial: the quantity, and the increment or bound that it breaks (raw Quantity).
[[nodiscard]] inline bool quantity(Denial& why, const OrderTerms& terms,
                                   const Instrument& instrument) {
  const auto check = [&](Quantity value) {
    const Reason reason = instrument.check_quantity(value);
    if (reason == Reason::kNone) [[likely]]
      return false;
    const Quantity bound = reason == Reason::kQuantityIncrement  ? instrument.quantity_increment
                           : reason == Reason::kQuantityTooSmall ? instrument.min_quantity
                           : reason == Reason::kQuantityTooLarge ? instrument.max_quantity
                                                                 : Quantity::zero();
    return deny(why, reason, value.raw(), bound.raw());
  };
  if (check(terms.quantity)) return true;
  if ((terms.flags & OrderTerms::kHasDisplay) == 0) [[likely]]
    return false;
  const Quantity shown = terms.display_quantity;
  if (shown > terms.quantity)
    return deny(why, Reason::kDisplayTooLarge, shown.raw(), terms.quantity.raw());
  if (!shown.is_positive()) return deny(why, Reason::kQuantityNotPositive, shown.raw());
  if (!shown.is_multiple_of(instrument.quantity_increment))
    return deny(why, Reason::kQuantityIncrement, shown.raw(), instrument.quantity_increment.raw());
  return false;
}

// Denial: the price, and the increment or bound that it breaks (raw Price).
[[nodiscard]] inline bool price(Denial& why, Price value, const Instrument& instrument,
                                bool is_trigger) {
  const Reason reason = instrument.check_price(value);
  if (reason == Reason::kNone) [[likely]]
    return false;
  const Price bound = reason == Reason::kPriceIncrement ? instrument.price_increment
                      : reason == Reason::kPriceTooLow  ? instrument.min_price
                                                        : instrument.max_price;
  const bool trigger_off_grid = is_trigger && reason == Reason::kPriceIncrement;
  return deny(why, trigger_off_grid ? Reason::kTriggerIncrement : reason, value.raw(), bound.raw());
}

[[nodiscard]] inline bool trail(Denial& why, const OrderTerms& terms,
                                const Instrument& instrument) {
  if (terms.trail_unit == TrailUnit::kNone || terms.trail_offset <= 0)
    return deny(why, Reason::kTriggerMissing, terms.trail_offset);
  if (terms.trail_unit == TrailUnit::kAmount &&
      !Price::from_raw(terms.trail_offset).is_multiple_of(instrument.price_increment))
    return deny(why, Reason::kTriggerIncrement, terms.trail_offset,
                instrument.price_increment.raw());
  if (terms.trail_unit == TrailUnit::kPercent && terms.trail_offset >= Rate::kScale)
    return deny(why, Reason::kTriggerIncrement, terms.trail_offset, Rate::kScale);
  if (!terms.limit_offset.is_multiple_of(instrument.price_increment))
    return deny(why, Reason::kPriceIncrement, terms.limit_offset.raw(),
                instrument.price_increment.raw());
  return false;
}

[[nodiscard]] inline bool prices(Denial& why, const OrderTerms& terms,
                                 const Instrument& instrument) {
  const TypeNeeds needs = needs_of(terms.type);
  const bool has_limit = (terms.flags & OrderTerms::kHasLimit) != 0;
  const bool has_trigger = (terms.flags & OrderTerms::kHasTrigger) != 0;
  if (needs.has(TypeNeeds::kNeedsLimit) && !has_limit) return deny(why, Reason::kPriceMissing);
  if (has_limit && !needs.has(TypeNeeds::kTakesLimit))
    return deny(why, Reason::kPriceUnexpected, terms.limit_price.raw());
  if (needs.has(TypeNeeds::kNeedsTrigger) && !has_trigger)
    return deny(why, Reason::kTriggerMissing);
  if (has_trigger && !needs.has(TypeNeeds::kTakesTrigger))
    return deny(why, Reason::kTriggerUnexpected, terms.trigger_price.raw());
  if (has_limit)
    if (price(why, terms.limit_price, instrument, false)) return true;
  if (has_trigger)
    if (price(why, terms.trigger_price, instrument, true)) return true;
  if (needs.has(TypeNeeds::kNeedsTrail)) return trail(why, terms, instrument);
  if (terms.trail_unit != TrailUnit::kNone || terms.trail_offset != 0)
    return deny(why, Reason::kTriggerUnexpected, terms.trail_offset);
  return false;
}

// Expiry and flags that exclude each other. Denial of an expiry: it, and now (nanoseconds); of
// flags: the flags.
[[nodiscard]] inline bool flags(Denial& why, const OrderTerms& terms, Timestamp now) {
  const bool has_expiry = (terms.flags & OrderTerms::kHasExpiry) != 0;
  if (terms.time_in_force == TimeInForce::kGtd) {
    if (!has_expiry) return deny(why, Reason::kExpiryMissing);
    if (terms.expire_at <= now) return deny(why, Reason::kExpiryInPast, terms.expire_at.ns, now.ns);
  } else if (has_expiry) {
    // Good till canceled with an expiry: keel cancels it then.
    if (terms.time_in_force != TimeInForce::kGtc)
      return deny(why, Reason::kFlagsConflict, terms.flags);
    if (terms.expire_at <= now) return deny(why, Reason::kExpiryInPast, terms.expire_at.ns, now.ns);
  }
  const bool at_once =
      terms.time_in_force == TimeInForce::kIoc || terms.time_in_force == TimeInForce::kFok;
  const bool rests = terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit ||
                     terms.type == OrderType::kLimitIfTouched || terms.type == OrderType::kPegged;
  const bool display = (terms.flags & OrderTerms::kHasDisplay) != 0;
  if ((terms.post_only() || display) && (at_once || !rests))
    return deny(why, Reason::kFlagsConflict, terms.flags);
  return false;
}

// What the venue takes. `emulated`: keel does what the venue cannot, so that the type, the time and
// the display quantity need not be known there. Denial: the type, the flag, or the time in force.
[[nodiscard]] inline bool capabilities(Denial& why, const OrderTerms& terms,
                                       const Capabilities& venue, bool emulated = false) {
  if ((terms.flags & (OrderTerms::kPostOnly | OrderTerms::kHasDisplay)) != 0) [[unlikely]] {
    if (terms.post_only() && !venue.post_only)
      return deny(why, Reason::kTypeNotSupported, OrderTerms::kPostOnly);
    if (terms.display_quantity < terms.quantity && (terms.flags & OrderTerms::kHasDisplay) != 0 &&
        !venue.display && !emulated)
      return deny(why, Reason::kTypeNotSupported, OrderTerms::kHasDisplay);
  }
  if (emulated) return false;
  if (!venue.supports(terms.type) || !venue.watches(terms.trigger_by))
    return deny(why, Reason::kTypeNotSupported, static_cast<std::uint8_t>(terms.type));
  if (!venue.supports(terms.time_in_force))
    return deny(why, Reason::kTimeInForceNotSupported,
                static_cast<std::uint8_t>(terms.time_in_force));
  return false;
}

// The instrument's own bounds of an order's value: price x quantity x multiplier in the quote
// currency, raw Money; for an inverse contract quantity x multiplier, which is told in it.
[[nodiscard]] inline bool instrument_notional(Denial& why, const Instrument& instrument,
                                              Int128 notional) {
  if (notional < instrument.min_notional)
    return deny(why, Reason::kNotionalTooSmall, notional.wide(), instrument.min_notional.wide());
  if (notional > instrument.max_notional)
    return deny(why, Reason::kNotionalTooLarge, notional.wide(), instrument.max_notional.wide());
  return false;
}

// All of the above but the last, in this order.
[[nodiscard, gnu::always_inline]] inline bool request(Denial& why, const OrderRequest& request,
                                                      const Instrument& instrument,
                                                      const Capabilities& venue, Timestamp now,
                                                      bool emulated = false) {
  if (fields(why, request)) return true;
  if (quantity(why, request.terms, instrument)) return true;
  if (prices(why, request.terms, instrument)) return true;
  if (flags(why, request.terms, now)) return true;
  return capabilities(why, request.terms, venue, emulated);
}

}  // namespace keel::rules
