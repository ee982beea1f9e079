// Whether a request is an order at all: its fields are of their vocabularies, say all that the type
// needs and nothing that it does not take, and lie on the instrument's grid. What does not hold
// together is refused with a reason; nothing is clamped, rounded or guessed.
#pragma once

#include <keel/model/instrument.hpp>
#include <keel/model/order.hpp>
#include <keel/risk/exact.hpp>
#include <keel/venue/capabilities.hpp>

namespace keel::rules {

using risk_detail::denied;
using risk_detail::deny;
using risk_detail::pass;

// What an order type takes.
struct TypeNeeds {
  bool known, needs_limit, takes_limit, needs_trigger, takes_trigger, needs_trail;
};

[[nodiscard]] constexpr TypeNeeds needs_of(OrderType type) {
  constexpr bool o = false, X = true;
  switch (type) {
    case OrderType::kMarket:
    case OrderType::kMarketToLimit: return {X, o, o, o, o, o};
    case OrderType::kLimit: return {X, X, X, o, o, o};
    case OrderType::kStop:
    case OrderType::kMarketIfTouched: return {X, o, o, X, X, o};
    case OrderType::kStopLimit:
    case OrderType::kLimitIfTouched: return {X, X, X, X, X, o};
    case OrderType::kTrailingStop:
    case OrderType::kTrailingStopLimit: return {X, o, o, o, X, X};
    case OrderType::kPegged: return {X, o, X, o, o, o};
  }
  return {o, o, o, o, o, o};
}

[[nodiscard]] constexpr bool is_known(Side side) {
  return side == Side::kBuy || side == Side::kSell;
}
[[nodiscard]] constexpr bool is_known(TimeInForce tif) {
  return tif >= TimeInForce::kGtc && tif <= TimeInForce::kAtClose;
}

// Every field holds a value of its kind. Denial: the field's raw value.
[[nodiscard]] inline Denial fields(const OrderRequest& request) {
  const OrderTerms& terms = request.terms;
  constexpr std::uint16_t known_flags = OrderTerms::kHasLimit | OrderTerms::kHasTrigger |
                                        OrderTerms::kHasDisplay | OrderTerms::kHasExpiry |
                                        OrderTerms::kPostOnly | OrderTerms::kReduceOnly |
                                        OrderTerms::kClosePosition;
  if (!is_known(request.side))
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(request.side));
  if (!needs_of(terms.type).known)
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(terms.type));
  if (!is_known(terms.time_in_force))
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(terms.time_in_force));
  if (terms.trigger_by > TriggerBy::kMid)
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(terms.trigger_by));
  if (terms.trail_unit > TrailUnit::kTicks)
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(terms.trail_unit));
  if (request.contingency > Contingency::kOuo)
    return deny(Reason::kInvalidField, static_cast<std::uint8_t>(request.contingency));
  if ((terms.flags & ~known_flags) != 0) return deny(Reason::kInvalidField, terms.flags);
  return pass();
}

// Denial: the quantity, and the increment or bound that it breaks (raw Quantity).
[[nodiscard]] inline Denial quantity(const OrderTerms& terms, const Instrument& instrument) {
  const auto check = [&](Quantity value) {
    const Reason reason = instrument.check_quantity(value);
    if (reason == Reason::kNone) [[likely]]
      return pass();
    const Quantity bound = reason == Reason::kQuantityIncrement  ? instrument.quantity_increment
                           : reason == Reason::kQuantityTooSmall ? instrument.min_quantity
                           : reason == Reason::kQuantityTooLarge ? instrument.max_quantity
                                                                 : Quantity::zero();
    return deny(reason, value.raw(), bound.raw());
  };
  if (const Denial denial = check(terms.quantity); denied(denial)) return denial;
  if ((terms.flags & OrderTerms::kHasDisplay) == 0) [[likely]]
    return pass();
  const Quantity shown = terms.display_quantity;
  if (shown > terms.quantity)
    return deny(Reason::kDisplayTooLarge, shown.raw(), terms.quantity.raw());
  if (!shown.is_positive()) return deny(Reason::kQuantityNotPositive, shown.raw());
  if (!shown.is_multiple_of(instrument.quantity_increment))
    return deny(Reason::kQuantityIncrement, shown.raw(), instrument.quantity_increment.raw());
  return pass();
}

// Denial: the price, and the increment or bound that it breaks (raw Price).
[[nodiscard]] inline Denial price(Price value, const Instrument& instrument, bool is_trigger) {
  const Reason reason = instrument.check_price(value);
  if (reason == Reason::kNone) [[likely]]
    return pass();
  const Price bound = reason == Reason::kPriceIncrement ? instrument.price_increment
                      : reason == Reason::kPriceTooLow  ? instrument.min_price
                                                        : instrument.max_price;
  const bool trigger_off_grid = is_trigger && reason == Reason::kPriceIncrement;
  return deny(trigger_off_grid ? Reason::kTriggerIncrement : reason, value.raw(), bound.raw());
}

[[nodiscard]] inline Denial trail(const OrderTerms& terms, const Instrument& instrument) {
  if (terms.trail_unit == TrailUnit::kNone || terms.trail_offset <= 0)
    return deny(Reason::kTriggerMissing, terms.trail_offset);
  if (terms.trail_unit == TrailUnit::kAmount &&
      !Price::from_raw(terms.trail_offset).is_multiple_of(instrument.price_increment))
    return deny(Reason::kTriggerIncrement, terms.trail_offset, instrument.price_increment.raw());
  if (terms.trail_unit == TrailUnit::kPercent && terms.trail_offset >= Rate::kScale)
    return deny(Reason::kTriggerIncrement, terms.trail_offset, Rate::kScale);
  return pass();
}

[[nodiscard]] inline Denial prices(const OrderTerms& terms, const Instrument& instrument) {
  const TypeNeeds needs = needs_of(terms.type);
  const bool has_limit = (terms.flags & OrderTerms::kHasLimit) != 0;
  const bool has_trigger = (terms.flags & OrderTerms::kHasTrigger) != 0;
  if (needs.needs_limit && !has_limit) return deny(Reason::kPriceMissing);
  if (has_limit && !needs.takes_limit)
    return deny(Reason::kPriceUnexpected, terms.limit_price.raw());
  if (needs.needs_trigger && !has_trigger) return deny(Reason::kTriggerMissing);
  if (has_trigger && !needs.takes_trigger)
    return deny(Reason::kTriggerUnexpected, terms.trigger_price.raw());
  if (has_limit)
    if (const Denial denial = price(terms.limit_price, instrument, false); denied(denial))
      return denial;
  if (has_trigger)
    if (const Denial denial = price(terms.trigger_price, instrument, true); denied(denial))
      return denial;
  if (needs.needs_trail) return trail(terms, instrument);
  if (terms.trail_unit != TrailUnit::kNone || terms.trail_offset != 0)
    return deny(Reason::kTriggerUnexpected, terms.trail_offset);
  return pass();
}

// Expiry and flags that exclude each other. Denial of an expiry: it, and now (nanoseconds); of
// flags: the flags.
[[nodiscard]] inline Denial flags(const OrderTerms& terms, Timestamp now) {
  const bool has_expiry = (terms.flags & OrderTerms::kHasExpiry) != 0;
  if (terms.time_in_force == TimeInForce::kGtd) {
    if (!has_expiry) return deny(Reason::kExpiryMissing);
    if (terms.expire_at <= now) return deny(Reason::kExpiryInPast, terms.expire_at.ns, now.ns);
  } else if (has_expiry) {
    return deny(Reason::kFlagsConflict, terms.flags);
  }
  const bool at_once =
      terms.time_in_force == TimeInForce::kIoc || terms.time_in_force == TimeInForce::kFok;
  const bool rests = terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit ||
                     terms.type == OrderType::kLimitIfTouched || terms.type == OrderType::kPegged;
  const bool display = (terms.flags & OrderTerms::kHasDisplay) != 0;
  if ((terms.post_only() || display) && (at_once || !rests))
    return deny(Reason::kFlagsConflict, terms.flags);
  return pass();
}

// What the venue takes. `emulated`: keel watches the trigger itself, so the type need not be
// known there. Denial: the type, or the time in force.
[[nodiscard]] inline Denial capabilities(const OrderTerms& terms, const Capabilities& venue,
                                         bool emulated = false) {
  if (!emulated && !venue.supports(terms.type))
    return deny(Reason::kTypeNotSupported, static_cast<std::uint8_t>(terms.type));
  if (!venue.supports(terms.time_in_force))
    return deny(Reason::kTimeInForceNotSupported, static_cast<std::uint8_t>(terms.time_in_force));
  if (terms.post_only() && !venue.post_only)
    return deny(Reason::kTypeNotSupported, OrderTerms::kPostOnly);
  return pass();
}

// The instrument's own bounds of an order's value: price x quantity x multiplier in the quote
// currency, raw Money; for an inverse contract quantity x multiplier, which is told in it.
[[nodiscard]] inline Denial instrument_notional(const Instrument& instrument, Int128 notional) {
  if (notional < instrument.min_notional)
    return deny(Reason::kNotionalTooSmall, notional.wide(), instrument.min_notional.wide());
  if (notional > instrument.max_notional)
    return deny(Reason::kNotionalTooLarge, notional.wide(), instrument.max_notional.wide());
  return pass();
}

// All of the above but the last, in this order.
[[nodiscard]] inline Denial request(const OrderRequest& request, const Instrument& instrument,
                                    const Capabilities& venue, Timestamp now,
                                    bool emulated = false) {
  if (const Denial denial = fields(request); denied(denial)) return denial;
  if (const Denial denial = quantity(request.terms, instrument); denied(denial)) return denial;
  if (const Denial denial = prices(request.terms, instrument); denied(denial)) return denial;
  if (const Denial denial = flags(request.terms, now); denied(denial)) return denial;
  return capabilities(request.terms, venue, emulated);
}

}  // namespace keel::rules
