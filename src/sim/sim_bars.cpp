#include <algorithm>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

// One bar, walked from price to price. `joined`: orders that arrived later meet only its close.
struct SimCore::BarWalk {
  InstrumentId id;
  Book& book;
  Offer offer;
  Timestamp joined;
};

namespace {

// Whether the high is visited before the low.
bool high_first(BarPath path, const Bar& bar, Price high, Price low, bool buy_stops,
                bool sell_stops) {
  if (path == BarPath::kHighFirst) return true;
  if (path == BarPath::kLowFirst) return false;
  if (path == BarPath::kNearerFirst) {
    const detail::i128 up = static_cast<detail::i128>(high.raw()) - bar.open.raw();
    const detail::i128 down = static_cast<detail::i128>(bar.open.raw()) - low.raw();
    if (up != down) return up < down;
    if (bar.close != bar.open) return bar.close < bar.open;
  }
  return buy_stops || !sell_stops;
}

Quantity traded(const Bar& bar) {
  const Int128 raw = bar.volume.raw();
  const Int128 most = Int128::from(Quantity::max().raw());
  if (raw.high < 0) return Quantity::zero();
  return raw > most ? Quantity::max() : Quantity::from_raw(static_cast<std::int64_t>(raw.low));
}

}  // namespace

void SimCore::on_bar(const Bar& bar) {
  const InstrumentId id = bar.header.instrument;
  Book& at = book(id);
  if (!at.saw_bar) at.bar_spec = bar.spec;
  if (!(at.bar_spec == bar.spec)) return;  // one kind of bar fills, or volume would count twice
  at.saw_bar = true;
  if (at.source() != FillSource::kBars) return;
  at.has_last = true;
  const bool closes = at.uncross_pending && at.call == Call::kClosing;
  if (at.open_orders == 0 || closes || at.status != InstrumentStatus::kTrading ||
      is_beyond(at, bar.high) || is_beyond(at, bar.low)) {
    at.last = bar.close;
    if (!closes) return;
    Offer offer = make_offer(at, registry_->get(id), bar.close, traded(bar));
    return meet_print(id, at, bar.close, offer, bar.header.ts_event, Call::kNoCall);
  }
  const Price high = std::max(std::max(bar.high, bar.low), std::max(bar.open, bar.close));
  const Price low = std::min(std::min(bar.high, bar.low), std::min(bar.open, bar.close));
  const auto has_stops = [&](Side side) {
    const bool rising = side == Side::kBuy;
    return !triggers(id, TriggerBy::kLast, side, rising).is_empty() ||
           !triggers(id, TriggerBy::kDefault, side, rising).is_empty();
  };
  const bool up =
      high_first(at.fills.bar_path, bar, high, low, has_stops(Side::kBuy), has_stops(Side::kSell));
  BarWalk walk{id, at, make_offer(at, registry_->get(id), bar.open, traded(bar)),
               bar.open_time + at.fills.bar_open_window};
  if (at.uncross_pending || at.movers.head != kNone)
    meet_print(id, at, bar.open, walk.offer, bar.open_time, Call::kOpening);
  walk_point(walk, bar.open, false);
  settle_taking(id, at);
  walk_segment(walk, bar.open, up ? high : low);
  walk_segment(walk, up ? high : low, up ? low : high);
  walk_segment(walk, up ? low : high, bar.close);
  walk_point(walk, bar.close, true);
  settle_taking(id, at);
  if (at.movers.head == kNone) return;
  meet_print(id, at, bar.close, walk.offer, bar.header.ts_event, Call::kClosing);
  repeg(at);
}

// The first resting order of a side, in price-time order, among those that were here for the bar's
// open (or, `late`, among those that were not).
SimCore::Slot SimCore::next_limit(const BarWalk& walk, Side side, bool late) const {
  for (auto entry = engine_.first(walk.id.value - 1u, side); entry != kNone;
       entry = engine_.next(entry)) {
    const auto slot = static_cast<Slot>(engine_.pool().tag(entry));
    if ((orders_[slot].arrived > walk.joined) == late) return slot;
  }
  return kNone;
}

// The same of orders that wait for their trigger: `side` is that of the stops which this direction
// sets off; sell orders that a rise touches wait with the buy stops.
SimCore::Slot SimCore::next_stop(const BarWalk& walk, Side side, bool late) {
  Slot best = kNone;
  constexpr TriggerBy kWatched[] = {TriggerBy::kLast, TriggerBy::kDefault};
  for (int i = 0; i < 4; ++i) {
    const PriceLadder& stops =
        triggers(walk.id, kWatched[i / 2], i % 2 == 0 ? side : opposite(side), side == Side::kBuy);
    for (auto entry = stops.first(trigger_pool_); entry != kNone;
         entry = stops.next(trigger_pool_, entry)) {
      const auto slot = static_cast<Slot>(trigger_pool_.tag(entry));
      if ((orders_[slot].arrived > walk.joined) != late) continue;
      if (best == kNone ||
          comes_before(side, orders_[slot].trigger, slot, orders_[best].trigger, best))
        best = slot;
      break;
    }
  }
  return best;
}

// The one of two orders that reached the venue first; either may be kNone.
SimCore::Slot SimCore::older(Slot a, Slot b) const {
  if (a == kNone || b == kNone) return a == kNone ? b : a;
  const SimOrder &left = orders_[a], &right = orders_[b];
  if (left.arrived != right.arrived) return left.arrived < right.arrived ? a : b;
  return left.number < right.number ? a : b;
}

// Which of two prices a market that comes towards the stops (or leaves towards the offers) of this
// side meets first; of two orders at one price, the older.
bool SimCore::comes_before(Side stop_side, Price a, Slot slot_a, Price b, Slot slot_b) const {
  if (a != b) return stop_side == Side::kBuy ? a < b : a > b;
  return older(slot_a, slot_b) == slot_a;
}

// The price along the path draws trailing stops, among those that were here for it.
void SimCore::trail_on_path(BarWalk& walk, Price price, bool late) {
  if (walk.book.movers.head == kNone) return;
  const Timestamp joined = late ? now_ : walk.joined;
  for (const TriggerBy by : {TriggerBy::kLast, TriggerBy::kDefault})
    trail_all(walk.book, by, price, price, joined);
}

// The bar's open for those that were here, its close for those that came later.
void SimCore::walk_point(BarWalk& walk, Price price, bool late) {
  Book& at = walk.book;
  at.last = price;
  walk.offer.price = price;
  trail_on_path(walk, price, late);
  for (Slot slot = at.waiting.head; slot != kNone; slot = waiting_cursor_) {
    SimOrder& order = orders_[slot];
    waiting_cursor_ = order.next;
    if ((order.arrived > walk.joined) != late) continue;
    if (order.has_limit() && !as_good(order.side, price, order.limit))
      end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
    else
      fill_from_offer(slot, price, walk.offer);
  }
  // Both sides at one price: the older order is first, so that a mirrored bar fills the mirror.
  const auto reachable = [&](Side side) {
    const Slot slot = walk.offer.left(side).is_positive() ? next_limit(walk, side, late) : kNone;
    return slot != kNone && as_good(side, price, orders_[slot].limit) ? slot : kNone;
  };
  for (;;) {
    const Slot slot = older(reachable(Side::kBuy), reachable(Side::kSell));
    if (slot == kNone) break;
    fill_on_path(walk, slot, late ? orders_[slot].limit : price, price);
  }
  const auto set_off = [&](Side side) {
    const Slot slot = next_stop(walk, side, late);
    // A buy stop is reached by the prices at which a sell limit there would trade.
    return slot != kNone && as_good(opposite(side), price, orders_[slot].trigger) ? slot : kNone;
  };
  for (;;) {
    const Slot slot = older(set_off(Side::kBuy), set_off(Side::kSell));
    if (slot == kNone) break;
    trigger_on_path(walk, slot, price);
  }
}

void SimCore::walk_segment(BarWalk& walk, Price from, Price to) {
  if (from == to) return;
  const bool up = to > from;
  const Side limits = up ? Side::kSell : Side::kBuy, stops = opposite(limits);
  Price now = from;
  const auto further = [up](Price a, Price b) { return up ? std::max(a, b) : std::min(a, b); };
  for (;;) {
    Slot limit = kNone;
    if (walk.offer.left(limits).is_positive()) limit = next_limit(walk, limits, false);
    if (limit != kNone && !as_good(limits, to, orders_[limit].limit)) limit = kNone;
    Slot stop = next_stop(walk, stops, false);
    if (stop != kNone && !as_good(limits, to, orders_[stop].trigger)) stop = kNone;
    if (limit == kNone && stop == kNone) break;
    const bool takes_limit =
        stop == kNone || (limit != kNone && comes_before(stops, orders_[limit].limit, limit,
                                                         orders_[stop].trigger, stop));
    now = further(now, takes_limit ? orders_[limit].limit : orders_[stop].trigger);
    walk.book.last = now;
    if (takes_limit)
      fill_on_path(walk, limit, now, now);
    else
      trigger_on_path(walk, stop, now);
  }
  walk.book.last = to;
  trail_on_path(walk, to, false);
}

// A resting order that the path has reached: at `maker_price`, or as a taker at the market's.
void SimCore::fill_on_path(BarWalk& walk, Slot slot, Price maker_price, Price market) {
  if (orders_[slot].taking) return fill_from_offer(slot, market, walk.offer);
  Quantity& left = walk.offer.left(orders_[slot].side);
  const Quantity quantity = std::min(fillable(slot), left);
  if (quantity.is_zero()) return;
  if (left != kAsMuchAsWanted) left -= quantity;
  fill(slot, maker_price, quantity, Liquidity::kMaker);
}

void SimCore::trigger_on_path(BarWalk& walk, Slot slot, Price price) {
  walk.offer.price = price;
  trigger(slot, &walk.offer);
}

}  // namespace keel
