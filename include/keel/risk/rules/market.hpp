// Rules about the market that an order meets: the instrument trades, there is a price to judge the
// order by that is neither old nor broken, and the order's own prices are near it.
#pragma once

#include <keel/model/marks.hpp>
#include <keel/model/order.hpp>
#include <keel/risk/exact.hpp>

namespace keel::rules {

using risk_detail::denied;
using risk_detail::deny;
using risk_detail::i128;
using risk_detail::pass;

// Denial: the status.
[[nodiscard]] inline Denial tradable(const Instrument& instrument, const Mark* mark,
                                     Timestamp now) {
  switch (instrument.kind) {
    case InstrumentKind::kIndex:
    case InstrumentKind::kSynthetic:
    case InstrumentKind::kContinuousFuture: return deny(Reason::kInstrumentNotTradable);
    default: break;
  }
  if (instrument.expiry.ns != 0 && now >= instrument.expiry)
    return deny(Reason::kInstrumentNotTradable,
                static_cast<std::uint8_t>(InstrumentStatus::kExpired));
  if (mark == nullptr) return pass();
  // A status that was never told (zero) is no obstacle: most feeds send none.
  if (mark->status == InstrumentStatus::kHalted || mark->status == InstrumentStatus::kClosed ||
      mark->status == InstrumentStatus::kExpired)
    return deny(Reason::kInstrumentNotTradable, static_cast<std::uint8_t>(mark->status));
  return pass();
}

// As Marks::reference: the touch that the order would take, else the last trade, else the mark
// price. The caller has seen that the mark has one of them.
[[nodiscard]] inline std::optional<ReferencePrice> reference_of(const Mark& mark, Side side) {
  const bool buy = side == Side::kBuy;
  if (mark.has(buy ? Mark::kHasAsk : Mark::kHasBid))
    return ReferencePrice{buy ? mark.ask : mark.bid, mark.quote_time};
  if (mark.has(Mark::kHasLast)) return ReferencePrice{mark.last, mark.last_time};
  if (mark.has(Mark::kHasMark)) return ReferencePrice{mark.mark, mark.mark_time};
  return std::nullopt;
}

[[nodiscard]] inline std::int64_t age_ns(Timestamp now, Timestamp time) {
  std::int64_t age{};
  if (__builtin_sub_overflow(now.ns, time.ns, &age))
    return std::numeric_limits<std::int64_t>::max();
  return age < 0 ? 0 : age;
}

// Denials: the reference's age and the largest allowed (nanoseconds); a crossed market: bid and ask
// (raw Price). `max_age_ns`: negative is no limit.
[[nodiscard]] inline Denial reference(const Mark* mark, Side side, Timestamp now,
                                      std::int64_t max_age_ns, ReferencePrice& found) {
  const std::int64_t told = max_age_ns < 0 ? 0 : max_age_ns;
  if (mark == nullptr) return deny(Reason::kNoReferencePrice, 0, told);
  const auto price = reference_of(*mark, side);
  if (!price) return deny(Reason::kNoReferencePrice, 0, told);
  const std::int64_t age = age_ns(now, price->time);
  if (mark->has(Mark::kGapped)) return deny(Reason::kMarketGap, age, told);
  if (mark->is_crossed()) return deny(Reason::kCrossedMarket, mark->bid.raw(), mark->ask.raw());
  if (max_age_ns >= 0 && age > max_age_ns)
    return deny(Reason::kStaleReferencePrice, age, max_age_ns);
  found = *price;
  return pass();
}

// The part of |reference| that `price` lies above it, rounded up (for telling).
[[nodiscard]] inline i128 deviation(i128 distance, Price reference) {
  const i128 base = reference.is_negative() ? -static_cast<i128>(reference.raw()) : reference.raw();
  if (base == 0) return std::numeric_limits<std::int64_t>::max();
  return (distance * Rate::kScale + base - 1) / base;
}

// Not more than `limit` worse than the reference: above it for a buy, below it for a sell.
// Denial: the deviation and its limit (raw Rate).
[[nodiscard]] inline Denial price_collar(Side side, Price price, Price reference, Rate limit) {
  const i128 distance = (static_cast<i128>(price.raw()) - reference.raw()) * sign(side);
  const i128 base = reference.is_negative() ? -static_cast<i128>(reference.raw()) : reference.raw();
  if (distance * Rate::kScale <= base * limit.raw()) return pass();
  return deny(Reason::kPriceCollar, deviation(distance, reference), limit.raw());
}

// Not more than `limit` away from the reference, either way.
[[nodiscard]] inline Denial price_distance(Price price, Price reference, Rate limit) {
  const i128 difference = static_cast<i128>(price.raw()) - reference.raw();
  const i128 distance = difference < 0 ? -difference : difference;
  const i128 base = reference.is_negative() ? -static_cast<i128>(reference.raw()) : reference.raw();
  if (distance * Rate::kScale <= base * limit.raw()) return pass();
  return deny(Reason::kPriceCollar, deviation(distance, reference), limit.raw());
}

// What each open unit of this order counts at. A buy that names its price costs at most that; a
// sell exposes at least what the market pays; what takes the market counts at the market plus what
// it may slip. nullopt: does not fit.
[[nodiscard]] inline std::optional<Price> reserve_price(Side side, const OrderTerms& terms,
                                                        std::optional<Price> reference,
                                                        Rate market_buffer) {
  const auto larger = [](Price a, Price b) {
    const auto size = [](Price p) { return risk_detail::magnitude(static_cast<i128>(p.raw())); };
    return size(b) > size(a) ? b : a;
  };
  const bool limited = (terms.flags & OrderTerms::kHasLimit) != 0;
  if (limited && side == Side::kBuy) return terms.limit_price;
  if (limited) return reference ? larger(terms.limit_price, *reference) : terms.limit_price;
  std::optional<Price> at = reference;
  if ((terms.flags & OrderTerms::kHasTrigger) != 0)
    at = at ? larger(*at, terms.trigger_price) : terms.trigger_price;
  if (!at) return std::nullopt;
  if (side == Side::kSell || market_buffer.raw() == 0 || !at->is_positive()) return at;
  const i128 slipped =
      (static_cast<i128>(at->raw()) * (Rate::kScale + market_buffer.raw()) + Rate::kScale - 1) /
      Rate::kScale;
  if (slipped > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return Price::from_raw(static_cast<std::int64_t>(slipped));
}

}  // namespace keel::rules
