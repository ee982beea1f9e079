#include <algorithm>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

namespace {

bool has(const OrderTerms& terms, std::uint16_t flag) { return (terms.flags & flag) != 0; }

bool at_once(const OrderTerms& terms) {
  return terms.time_in_force == TimeInForce::kIoc || terms.time_in_force == TimeInForce::kFok;
}

// Which prices an order carries, by its type.
struct Wants {
  bool limit = false, maybe_limit = false, trigger = false, maybe_trigger = false, trail = false;
};

Wants wants_of(OrderType type) {
  switch (type) {
    case OrderType::kMarket: return {};
    case OrderType::kLimit: return {.limit = true};
    case OrderType::kStop:
    case OrderType::kMarketIfTouched: return {.trigger = true};
    case OrderType::kStopLimit:
    case OrderType::kLimitIfTouched: return {.limit = true, .trigger = true};
    case OrderType::kMarketToLimit:  // the limit that it was given when it was converted
    case OrderType::kPegged: return {.maybe_limit = true};
    case OrderType::kTrailingStop:
    case OrderType::kTrailingStopLimit: return {.maybe_trigger = true, .trail = true};
  }
  return {};
}

Reason check_trail(const OrderTerms& terms, const Instrument& instrument, bool wanted) {
  if (!wanted)
    return terms.trail_unit == TrailUnit::kNone && terms.trail_offset == 0
               ? Reason::kNone
               : Reason::kTriggerUnexpected;
  if (terms.trail_offset <= 0) return Reason::kTriggerMissing;
  switch (terms.trail_unit) {
    case TrailUnit::kAmount:
      return Price::from_raw(terms.trail_offset).is_multiple_of(instrument.price_increment)
                 ? Reason::kNone
                 : Reason::kTriggerIncrement;
    case TrailUnit::kPercent:
      return terms.trail_offset < Rate::kScale ? Reason::kNone : Reason::kTriggerIncrement;
    case TrailUnit::kTicks:
      return terms.trail_offset <= std::numeric_limits<std::int32_t>::max()
                 ? Reason::kNone
                 : Reason::kTriggerIncrement;
    case TrailUnit::kNone: break;
  }
  return Reason::kTriggerMissing;
}

// What an order must carry, by its type; kNone where it does.
Reason check_prices(const OrderTerms& terms, const Instrument& instrument) {
  const Wants wants = wants_of(terms.type);
  const bool limit = has(terms, OrderTerms::kHasLimit);
  const bool trigger = has(terms, OrderTerms::kHasTrigger);
  if (limit != wants.limit && !wants.maybe_limit)
    return limit ? Reason::kPriceUnexpected : Reason::kPriceMissing;
  if (trigger != wants.trigger && !wants.maybe_trigger)
    return trigger ? Reason::kTriggerUnexpected : Reason::kTriggerMissing;
  if (const Reason reason = check_trail(terms, instrument, wants.trail); reason != Reason::kNone)
    return reason;
  if (!terms.limit_offset.is_multiple_of(instrument.price_increment))
    return Reason::kPriceIncrement;
  if (limit)
    if (const Reason reason = instrument.check_price(terms.limit_price); reason != Reason::kNone)
      return reason;
  if (!trigger) return Reason::kNone;
  const Reason reason = instrument.check_price(terms.trigger_price);
  return reason == Reason::kPriceIncrement ? Reason::kTriggerIncrement : reason;
}

Reason check_notional(const OrderTerms& terms, const Instrument& instrument) {
  const Price price = has(terms, OrderTerms::kHasLimit)     ? terms.limit_price
                      : has(terms, OrderTerms::kHasTrigger) ? terms.trigger_price
                                                            : Price::zero();
  if (price.is_zero()) return Reason::kNone;
  if (instrument.is_inverse() && !price.is_positive()) return Reason::kPriceTooLow;
  const auto notional = instrument.checked_notional(price, terms.quantity);
  if (!notional) return Reason::kOverflow;
  if (instrument.is_inverse()) return Reason::kNone;
  const Int128 size = abs(*notional).raw();
  if (size < instrument.min_notional) return Reason::kNotionalTooSmall;
  if (size > instrument.max_notional) return Reason::kNotionalTooLarge;
  return Reason::kNone;
}

Reason check_display(const OrderTerms& terms, const Instrument& instrument,
                     std::string_view& text) {
  const auto display = terms.display();
  if (!display || *display == terms.quantity) return Reason::kNone;
  if (*display > terms.quantity) return Reason::kDisplayTooLarge;
  if (!display->is_positive()) return Reason::kQuantityNotPositive;
  if (!display->is_multiple_of(instrument.quantity_increment)) return Reason::kQuantityIncrement;
  const bool rests = terms.type == OrderType::kPegged || has(terms, OrderTerms::kHasLimit);
  if (rests && !at_once(terms)) return Reason::kNone;
  text = "a display quantity is for orders that may rest";
  return Reason::kFlagsConflict;
}

// Flags and times in force that exclude each other.
Reason check_flags(const OrderTerms& terms, std::string_view& text) {
  const bool has_limit = has(terms, OrderTerms::kHasLimit) || terms.type == OrderType::kPegged;
  const bool auction =
      terms.time_in_force == TimeInForce::kAtOpen || terms.time_in_force == TimeInForce::kAtClose;
  if (terms.post_only() && (at_once(terms) || auction || !has_limit)) {
    text = "post-only is for limit orders that may rest";
    return Reason::kFlagsConflict;
  }
  if (auction && terms.type != OrderType::kMarket && terms.type != OrderType::kLimit) {
    text = "an auction takes market and limit orders";
    return Reason::kFlagsConflict;
  }
  if (terms.type == OrderType::kPegged && at_once(terms)) {
    text = "a pegged order rests";
    return Reason::kFlagsConflict;
  }
  if (has(terms, OrderTerms::kClosePosition)) {
    text = "no close-position orders here: say a quantity and reduce-only";
    return Reason::kFlagsConflict;
  }
  return terms.trigger_by > TriggerBy::kMid ? Reason::kFlagsConflict : Reason::kNone;
}

}  // namespace

Reason SimCore::validate_terms(const OrderTerms& terms, const Instrument& instrument,
                               std::string_view& text) const {
  if (!capabilities_.supports(terms.type)) return Reason::kTypeNotSupported;
  if (!capabilities_.supports(terms.time_in_force)) return Reason::kTimeInForceNotSupported;
  if (const Reason reason = instrument.check_quantity(terms.quantity); reason != Reason::kNone)
    return reason;
  if (const Reason reason = check_prices(terms, instrument); reason != Reason::kNone) return reason;
  if (const Reason reason = check_notional(terms, instrument); reason != Reason::kNone)
    return reason;
  if (const Reason reason = check_flags(terms, text); reason != Reason::kNone) return reason;
  if (const Reason reason = check_display(terms, instrument, text); reason != Reason::kNone)
    return reason;
  const std::size_t at = instrument.id.value - 1u;
  if (at < books_.size() && has(terms, OrderTerms::kHasLimit))
    if (const Reason reason = books_[at].check_band(terms.limit_price); reason != Reason::kNone)
      return reason;
  const bool gtd = terms.time_in_force == TimeInForce::kGtd;
  if (!gtd) return Reason::kNone;
  const auto expiry = terms.expiry();
  if (!expiry) return Reason::kExpiryMissing;
  return *expiry <= now_ ? Reason::kExpiryInPast : Reason::kNone;
}

// Whether orders (and changes of orders) are taken while the instrument is in this state.
Reason SimCore::accepts(InstrumentStatus status, const OrderTerms& terms) const {
  const bool queues = config.while_halted == WhileHalted::kQueue;
  const bool auction =
      terms.time_in_force == TimeInForce::kAtOpen || terms.time_in_force == TimeInForce::kAtClose;
  bool accepted = false;
  switch (status) {
    case InstrumentStatus::kTrading: return Reason::kNone;
    case InstrumentStatus::kPreOpen:
    case InstrumentStatus::kAuction: accepted = true; break;
    case InstrumentStatus::kHalted: accepted = queues; break;
    case InstrumentStatus::kClosed: accepted = queues || auction; break;
    case InstrumentStatus::kExpired: break;
  }
  return accepted && !at_once(terms) ? Reason::kNone : Reason::kMarketClosed;
}

Reason SimCore::validate(const CommandMessage& message, std::string_view& text) const {
  const Instrument* instrument = registry_->find(message.instrument);
  if (instrument == nullptr) return Reason::kUnknownInstrument;
  if (!accounts.knows(message.account)) return Reason::kUnknownAccount;
  if (message.side != Side::kBuy && message.side != Side::kSell) {
    text = "neither buy nor sell";
    return Reason::kFlagsConflict;
  }
  const std::size_t at = message.instrument.value - 1u;
  const InstrumentStatus status =
      at < books_.size() ? books_[at].status : InstrumentStatus::kTrading;
  if (const Reason reason = accepts(status, message.terms); reason != Reason::kNone) return reason;
  if (message.terms.type == OrderType::kMarketToLimit && has(message.terms, OrderTerms::kHasLimit))
    return Reason::kPriceUnexpected;
  if (const Reason reason = validate_terms(message.terms, *instrument, text);
      reason != Reason::kNone)
    return reason;
  if (message.terms.reduce_only() &&
      accounts.reducible(message.account, message.instrument, message.side).is_zero())
    return Reason::kReduceOnlyViolation;
  return Reason::kNone;
}

Reason SimCore::check_funds(SimOrder& order, Quantity open) {
  if (!accounts.is_checked(order.account)) return Reason::kNone;
  const auto reference = worst_price(order);
  if (!reference) return Reason::kNoReferencePrice;
  order.reserve = *reference;
  for (std::size_t i = 0; i < books_.size(); ++i) {
    const Book& each = books_[i];
    const InstrumentId id{static_cast<std::uint32_t>(i + 1)};
    if (each.has_last) {
      accounts.set_mark(order.account, id, each.last);
    } else if (each.bid.present) {
      accounts.set_mark(order.account, id, each.bid.price);
    }
  }
  const auto fee = fees_[book(order.instrument).fees].worst(order.account.value, listed(order),
                                                            order.side, order.reserve, open, now_);
  return accounts.check(order.account, listed(order), order.side, open, order.reserve, fee);
}

// What each unit of an order costs at the worst, as far as can be told.
std::optional<Price> SimCore::worst_price(const SimOrder& order) {
  if (order.has_limit()) return order.limit;
  if (const auto cap = order.terms.limit()) return *cap;
  if (order.has_trigger && !order.triggered) return order.trigger;
  const Book& at = book(order.instrument);
  const Shown& touch = at.touch(order.side);
  if (touch.present) return slipped(order, touch.price, order.open(), touch.size);
  if (at.has_last) return slipped(order, at.last, order.open(), order.open());
  if (at.has_mark) return at.mark;
  return std::nullopt;
}

}  // namespace keel
