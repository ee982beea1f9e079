#include <keel/orders/emulation.hpp>

#include <algorithm>

namespace keel {

using detail::i128;

namespace {

bool is_auction(TimeInForce tif) {
  return tif == TimeInForce::kAtOpen || tif == TimeInForce::kAtClose;
}
bool is_ended_by_time(TimeInForce tif) {
  return tif == TimeInForce::kDay || tif == TimeInForce::kGtd;
}

// How a held order of this type is called once it leaves.
OrderType type_after(OrderType type) {
  switch (type) {
    case OrderType::kStop:
    case OrderType::kMarketIfTouched:
    case OrderType::kTrailingStop: return OrderType::kMarket;
    case OrderType::kStopLimit:
    case OrderType::kLimitIfTouched:
    case OrderType::kTrailingStopLimit:
    case OrderType::kMarketToLimit:
    case OrderType::kPegged: return OrderType::kLimit;
    default: return type;
  }
}

// What the venue is told of an order's time. nullopt: it cannot be told.
std::optional<TimeInForce> time_after(OrderType type, TimeInForce tif, const VenueAbility& venue) {
  const bool at_once = type == OrderType::kMarket;
  if (is_auction(tif) || (at_once && !venue.takes(tif))) {
    if (tif == TimeInForce::kFok) return std::nullopt;
    for (const TimeInForce other : {TimeInForce::kIoc, TimeInForce::kGtc, TimeInForce::kDay})
      if (venue.takes(other)) return other;
    return std::nullopt;
  }
  if (venue.takes(tif)) return tif;
  if (is_ended_by_time(tif) && venue.takes(TimeInForce::kGtc)) return TimeInForce::kGtc;
  return std::nullopt;
}

std::optional<Price> on_grid(i128 twice, i128 scale, bool up, const Instrument& instrument) {
  const i128 step = static_cast<i128>(instrument.price_increment.raw()) * scale;
  i128 steps = twice / step;
  if (twice % step != 0) {
    if (up && twice > 0) ++steps;
    if (!up && twice < 0) --steps;
  }
  const i128 raw = steps * instrument.price_increment.raw();
  if (raw > instrument.max_price.raw() || raw < instrument.min_price.raw()) return std::nullopt;
  return Price::from_raw(static_cast<std::int64_t>(raw));
}

}  // namespace

Emulated emulated(const OrderTerms& terms, const VenueAbility& venue) {
  Emulated lacks;
  const bool has_trigger = is_stop(terms.type) || is_if_touched(terms.type);
  const bool is_watched =
      terms.trigger_by == TriggerBy::kDefault || venue.trigger_sources == 0 ||
      (venue.trigger_sources >> static_cast<unsigned>(terms.trigger_by) & 1u) != 0;
  if (has_trigger && (!venue.takes(terms.type) || !is_watched)) lacks.bits |= Emulated::kTrigger;
  if (!venue.takes(terms.type) && terms.type == OrderType::kPegged) lacks.bits |= Emulated::kPeg;
  if (!venue.takes(terms.type) && terms.type == OrderType::kMarketToLimit)
    lacks.bits |= Emulated::kTouch;
  if (const auto shown = terms.display(); shown && *shown < terms.quantity && !venue.display) {
    if (lacks.has(Emulated::kPeg)) return {};
    lacks.bits |= Emulated::kSlices;
    // A slice is a limit order: what comes before it is keel's too.
    if (has_trigger) lacks.bits |= Emulated::kTrigger;
  }
  if (is_auction(terms.time_in_force) && !venue.takes(terms.time_in_force)) {
    if (lacks.any() || has_trigger) return {};
    lacks.bits |= Emulated::kAuction;
  }
  if (is_ended_by_time(terms.time_in_force) && !venue.takes(terms.time_in_force))
    lacks.bits |= Emulated::kEnd;
  if (!lacks.any()) return {};
  const OrderType type = lacks.is_held() ? type_after(terms.type) : terms.type;
  const bool can_leave = venue.takes(type) && time_after(type, terms.time_in_force, venue) &&
                         (!lacks.has(Emulated::kPeg) || venue.replace);
  return can_leave ? lacks : Emulated{};
}

OrderTerms released_terms(const OrderTerms& held, Side side, Price price,
                          const VenueAbility& venue) {
  OrderTerms terms = held;
  const Emulated lacks = emulated(held, venue);
  constexpr std::uint16_t trigger = OrderTerms::kHasTrigger;
  if (lacks.is_held()) terms.type = type_after(held.type);
  if (lacks.has(Emulated::kTrigger)) {
    if (held.type == OrderType::kTrailingStopLimit) {
      const auto limit = side == Side::kSell
                             ? checked_subtract(held.trigger_price, held.limit_offset)
                             : checked_add(held.trigger_price, held.limit_offset);
      terms.limit_price = limit.value_or(held.trigger_price);
      terms.flags |= OrderTerms::kHasLimit;
      terms.limit_offset = Price::zero();
    }
    terms.flags &= static_cast<std::uint16_t>(~trigger);
    terms.trigger_price = Price::zero();
    terms.trigger_by = TriggerBy::kDefault;
    terms.trail_unit = TrailUnit::kNone;
    terms.trail_offset = 0;
  }
  if (lacks.has(Emulated::kPeg) || lacks.has(Emulated::kTouch)) {
    terms.limit_price = price;
    terms.flags |= OrderTerms::kHasLimit;
    terms.limit_offset = Price::zero();
    terms.trigger_by = TriggerBy::kDefault;
  }
  if (lacks.has(Emulated::kSlices) && terms.type == OrderType::kMarket) {
    terms.flags &= static_cast<std::uint16_t>(~OrderTerms::kHasDisplay);
    terms.display_quantity = Quantity::zero();
  }
  const auto tif = time_after(terms.type, held.time_in_force, venue);
  if (tif) terms.time_in_force = *tif;
  // A time that keel does not keep, and the venue does not know, is no part of the order.
  if (lacks.has(Emulated::kAuction) ||
      (terms.time_in_force != TimeInForce::kGtd && terms.time_in_force != TimeInForce::kGtc)) {
    terms.flags &= static_cast<std::uint16_t>(~OrderTerms::kHasExpiry);
    terms.expire_at = Timestamp{0};
  }
  return terms;
}

std::optional<Price> peg_price(Side side, TriggerBy by, Price offset, std::optional<Price> cap,
                               const Mark& mark, const Instrument& instrument) {
  if (mark.is_crossed()) return std::nullopt;
  i128 twice{};
  switch (by) {
    case TriggerBy::kLast:
      if (!mark.has(Mark::kHasLast)) return std::nullopt;
      twice = static_cast<i128>(mark.last.raw()) * 2;
      break;
    case TriggerBy::kMark:
      if (!mark.has(Mark::kHasMark)) return std::nullopt;
      twice = static_cast<i128>(mark.mark.raw()) * 2;
      break;
    case TriggerBy::kMid:
      if (!mark.has(Mark::kHasBid | Mark::kHasAsk)) return std::nullopt;
      twice = static_cast<i128>(mark.bid.raw()) + mark.ask.raw();
      break;
    default:
      if (!mark.has(side == Side::kBuy ? Mark::kHasBid : Mark::kHasAsk)) return std::nullopt;
      twice = static_cast<i128>(side == Side::kBuy ? mark.bid.raw() : mark.ask.raw()) * 2;
      break;
  }
  twice -= static_cast<i128>(offset.raw()) * 2 * sign(side);
  auto price = on_grid(twice, 2, side == Side::kSell, instrument);
  if (price && cap) price = side == Side::kBuy ? std::min(*price, *cap) : std::max(*price, *cap);
  return price;
}

std::optional<Price> trail_price(Side side, TrailUnit unit, std::int64_t offset, i128 twice_price,
                                 const Instrument& instrument) {
  const i128 away = side == Side::kSell ? -1 : 1;
  const bool up = side == Side::kBuy;
  switch (unit) {
    case TrailUnit::kAmount: return on_grid(twice_price + away * 2 * offset, 2, up, instrument);
    case TrailUnit::kTicks:
      return on_grid(twice_price + away * 2 * offset * instrument.price_increment.raw(), 2, up,
                     instrument);
    case TrailUnit::kPercent:
      return on_grid(twice_price * (Rate::kScale + away * offset),
                     static_cast<i128>(2) * Rate::kScale, up, instrument);
    case TrailUnit::kNone: break;
  }
  return std::nullopt;
}

}  // namespace keel
