// Rules about the market that an order meets: the instrument trades, there is a price to judge the
// order by that is neither old nor broken, and the order's own prices are near it.
#pragma once

#include <keel/model/marks.hpp>
#include <keel/model/order.hpp>
#include <keel/risk/exact.hpp>

namespace keel::rules {

using risk_detail::deny;
using risk_detail::i128;

// Denial: the status.
[[nodiscard]] inline bool tradable(Denial& why, const Instrument& instrument, const Mark* mark,
                                   Timestamp now) {
  switch (instrument.kind) {
    case InstrumentKind::kIndex:
    case InstrumentKind::kSynthetic:
    case InstrumentKind::kContinuousFuture: return deny(why, Reason::kInstrumentNotTradable);
    default: break;
  }
  if (instrument.expiry.ns != 0 && now >= instrument.expiry)
    return deny(why, Reason::kInstrumentNotTradable,
                static_cast<std::uint8_t>(InstrumentStatus::kExpired));
  if (mark == nullptr) return false;
  // A status that was never told (zero) is no obstacle: most feeds send none.
  if (mark->status == InstrumentStatus::kHalted || mark->status == InstrumentStatus::kClosed ||
      mark->status == InstrumentStatus::kExpired)
    return deny(why, Reason::kInstrumentNotTradable, static_cast<std::uint8_t>(mark->status));
  return false;
}

// As Marks::reference: the touch that the order would take, else the last trade, else the mark
// price. false: the board has none of them.
[[nodiscard]] inline bool reference_of(const Mark& mark, Side side, ReferencePrice& found) {
  const bool buy = side == Side::kBuy;
  if (mark.has(buy ? Mark::kHasAsk : Mark::kHasBid)) [[likely]] {
    found.price = buy ? mark.ask : mark.bid;
    found.time = mark.quote_time;
    return true;
  }
  if (!mark.has(Mark::kHasLast) && !mark.has(Mark::kHasMark)) return false;
  const bool last = mark.has(Mark::kHasLast);
  found.price = last ? mark.last : mark.mark;
  found.time = last ? mark.last_time : mark.mark_time;
  return true;
}

[[nodiscard]] inline std::int64_t age_ns(Timestamp now, Timestamp time) {
  std::int64_t age{};
  if (__builtin_sub_overflow(now.ns, time.ns, &age))
    return std::numeric_limits<std::int64_t>::max();
  return age < 0 ? 0 : age;
}

// Denials: the reference's age and the largest allowed (nanoseconds); a crossed market: bid and ask
// (raw Price). `max_age_ns`: negative is no limit.
[[nodiscard]] inline bool reference(Denial& why, const Mark* mark, Side side, Timestamp now,
                                    std::int64_t max_age_ns, ReferencePrice& found) {
  const std::int64_t told = max_age_ns < 0 ? 0 : max_age_ns;
  if (mark == nullptr || !reference_of(*mark, side, found))
    return deny(why, Reason::kNoReferencePrice, 0, told);
  const std::int64_t age = age_ns(now, found.time);
  if (mark->has(Mark::kGapped)) return deny(why, Reason::kMarketGap, age, told);
  if (mark->is_crossed())
    return deny(why, Reason::kCrossedMarket, mark->bid.raw(), mark->ask.raw());
  if (max_age_ns >= 0 && age > max_age_ns)
    return deny(why, Reason::kStaleReferencePrice, age, max_age_ns);
  return false;
}

// How far a price lies from its reference, as a part of |reference|.
struct Deviation {
  i128 distance;
  std::int64_t from;

  // One multiplication of words where the distance is one, as it is for all but absurd prices.
  [[nodiscard]] bool at_most(Rate limit) const {
    const auto narrow = static_cast<std::int64_t>(distance);
    const i128 base = from < 0 ? -static_cast<i128>(from) : from;
    if (narrow == distance) [[likely]]
      return static_cast<i128>(narrow) * Rate::kScale <= base * limit.raw();
    return distance * Rate::kScale <= base * limit.raw();
  }
  // As a raw Rate, rounded up (for telling).
  [[nodiscard]] i128 rate() const {
    const i128 base = from < 0 ? -static_cast<i128>(from) : from;
    if (base == 0) return std::numeric_limits<std::int64_t>::max();
    return (distance * Rate::kScale + base - 1) / base;
  }
};

// Not more than `limit` worse than the reference: above it for a buy, below it for a sell.
// Denial: the deviation and its limit (raw Rate).
[[nodiscard]] inline bool price_collar(Denial& why, Side side, Price price, Price reference,
                                       Rate limit) {
  const i128 above = static_cast<i128>(price.raw()) - reference.raw();
  const Deviation deviation{side == Side::kBuy ? above : -above, reference.raw()};
  if (deviation.at_most(limit)) return false;
  return deny(why, Reason::kPriceCollar, deviation.rate(), limit.raw());
}

// Not more than `limit` away from the reference, either way.
[[nodiscard]] inline bool price_distance(Denial& why, Price price, Price reference, Rate limit) {
  const i128 above = static_cast<i128>(price.raw()) - reference.raw();
  const Deviation deviation{above < 0 ? -above : above, reference.raw()};
  if (deviation.at_most(limit)) return false;
  return deny(why, Reason::kPriceCollar, deviation.rate(), limit.raw());
}

// The price of the larger size.
[[nodiscard]] inline Price dearer(Price a, Price b) {
  const auto size = [](Price price) {
    return price.is_negative() ? ~static_cast<std::uint64_t>(price.raw()) + 1
                               : static_cast<std::uint64_t>(price.raw());
  };
  return size(b) > size(a) ? b : a;
}

// What each open unit of this order counts at. A buy that names its price costs at most that; a
// sell exposes at least what the market pays; what takes the market counts at the market plus what
// it may slip. false: does not fit.
[[nodiscard]] inline bool reserve_price(Side side, const OrderTerms& terms, Price reference,
                                        Rate market_buffer, Price& reserve) {
  if ((terms.flags & OrderTerms::kHasLimit) != 0) {
    reserve = side == Side::kBuy ? terms.limit_price : dearer(terms.limit_price, reference);
    return true;
  }
  reserve = reference;
  if ((terms.flags & OrderTerms::kHasTrigger) != 0) reserve = dearer(reserve, terms.trigger_price);
  if (side == Side::kSell || market_buffer.raw() == 0 || !reserve.is_positive()) return true;
  const i128 slipped =
      (static_cast<i128>(reserve.raw()) * (Rate::kScale + market_buffer.raw()) + Rate::kScale - 1) /
      Rate::kScale;
  if (slipped > std::numeric_limits<std::int64_t>::max()) return false;
  reserve = Price::from_raw(static_cast<std::int64_t>(slipped));
  return true;
}

}  // namespace keel::rules
