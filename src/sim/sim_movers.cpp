#include <algorithm>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

// ---- the list of orders whose price follows another, and of those for an auction ----

void SimCore::join_movers(Slot slot) {
  SimOrder& order = orders_[slot];
  if (order.moves) return;
  OrderList& list = book(order.instrument).movers;
  order.moves = true;
  order.mover_previous = list.tail;
  order.mover_next = kNone;
  if (list.tail != kNone)
    orders_[list.tail].mover_next = slot;
  else
    list.head = slot;
  list.tail = slot;
}

void SimCore::leave_movers(Slot slot) {
  SimOrder& order = orders_[slot];
  if (!order.moves) return;
  OrderList& list = book(order.instrument).movers;
  order.moves = false;
  if (mover_cursor_ == slot) mover_cursor_ = order.mover_next;
  if (order.mover_previous != kNone) orders_[order.mover_previous].mover_next = order.mover_next;
  if (order.mover_next != kNone) orders_[order.mover_next].mover_previous = order.mover_previous;
  if (list.head == slot) list.head = order.mover_next;
  if (list.tail == slot) list.tail = order.mover_previous;
}

// ---- trailing stops ----

// A price moved by so much, within what the instrument can have and on its grid: away from the
// market for the order's side.
Price SimCore::moved(const SimOrder& order, Price from, detail::i128 by) const {
  const Instrument& instrument = listed(order);
  const detail::i128 raw = std::clamp<detail::i128>(from.raw() + by, instrument.min_price.raw(),
                                                    instrument.max_price.raw());
  const Price price = Price::from_raw(static_cast<std::int64_t>(raw));
  if (price.is_multiple_of(instrument.price_increment)) return price;
  const Price low = price.trunc_to(instrument.price_increment);
  const bool is_below = low < price;  // cut towards zero
  const bool wants_below = order.is_trailing() == (order.side == Side::kSell);
  if (is_below == wants_below) return low;
  const auto other = is_below ? checked_add(low, instrument.price_increment)
                              : checked_subtract(low, instrument.price_increment);
  return other.value_or(low);
}

Price SimCore::trailed(const SimOrder& order, Price price) const {
  const OrderTerms& terms = order.terms;
  detail::i128 offset = terms.trail_offset;
  if (terms.trail_unit == TrailUnit::kTicks) offset *= listed(order).price_increment.raw();
  if (terms.trail_unit == TrailUnit::kPercent)
    offset = (offset * std::abs(price.raw()) + Rate::kScale - 1) / Rate::kScale;
  return moved(order, price, order.side == Side::kBuy ? offset : -offset);
}

// A price that runs away from the stop draws it along; the stop never goes back.
void SimCore::trail(Slot slot, Price price) {
  SimOrder& order = orders_[slot];
  const Price trigger = trailed(order, price);
  if (order.has_trigger && !better(order.side, trigger, order.trigger)) return;
  detach(slot);
  order.trigger = trigger;
  order.has_trigger = true;
  await_trigger(slot);
}

// `buys`, `sells`: the price by which orders of that side go. Those that arrived after `joined` are
// left alone.
void SimCore::trail_all(Book& at, TriggerBy by, std::optional<Price> buys,
                        std::optional<Price> sells, Timestamp joined) {
  for (Slot slot = at.movers.head; slot != kNone; slot = mover_cursor_) {
    const SimOrder& order = orders_[slot];
    mover_cursor_ = order.mover_next;
    if (!order.is_trailing() || order.arrived > joined || watched(order) != by) continue;
    const std::optional<Price>& price = order.side == Side::kBuy ? buys : sells;
    if (price) trail(slot, *price);
  }
}

// ---- pegged orders ----

std::optional<Price> SimCore::peg_price(const Book& at, const SimOrder& order) const {
  std::optional<Price> reference;
  TriggerBy by = order.terms.trigger_by;
  if (by == TriggerBy::kDefault) by = TriggerBy::kBidAsk;
  // Its own side's touch, not the one that it could take.
  reference = trigger_price(at, by, by == TriggerBy::kBidAsk ? opposite(order.side) : order.side);
  if (!reference) return std::nullopt;
  const detail::i128 offset = order.terms.limit_offset.raw();
  const Price price = moved(order, *reference, order.side == Side::kBuy ? offset : -offset);
  const auto cap = order.terms.limit();
  return cap ? better_of(order.side, price, *cap) : price;
}

// Puts a pegged order where it belongs now: behind all others there, if that is another price.
void SimCore::place_pegged(Slot slot) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  const auto price = peg_price(at, order);
  if (price && order.limited && order.limit == *price && order.place == Place::kBook) return;
  detach(slot);
  order.limited = price.has_value();
  if (!price) return park(slot);
  order.limit = *price;
  if (better(order.side, order.reserve, *price)) {  // dearer than what its funds are reserved at
    accounts.remove_open(order.account, listed(order), order.side, order.open(), order.reserve);
    order.reserve = *price;
    accounts.add_open(order.account, listed(order), order.side, order.open(), order.reserve);
  }
  if (!order.terms.post_only() || !would_take(order)) return take(slot);
  order.limited = false;
  park(slot);
}

void SimCore::repeg(Book& at) {
  for (Slot slot = at.movers.head; slot != kNone; slot = mover_cursor_) {
    mover_cursor_ = orders_[slot].mover_next;
    if (orders_[slot].is_pegged()) place_pegged(slot);
  }
}

// ---- triggers ----

std::optional<Price> SimCore::trigger_price(const Book& at, TriggerBy by, Side side) const {
  const Shown& touch = at.touch(side);
  if (by == TriggerBy::kDefault) by = at.has_last ? TriggerBy::kLast : TriggerBy::kBidAsk;
  if (by == TriggerBy::kLast && at.has_last) return at.last;
  if (by == TriggerBy::kMark && at.has_mark) return at.mark;
  if (by == TriggerBy::kBidAsk && touch.present) return touch.price;
  if (by != TriggerBy::kMid || !at.bid.present || !at.ask.present) return std::nullopt;
  const detail::i128 sum = static_cast<detail::i128>(at.bid.price.raw()) + at.ask.price.raw();
  const detail::i128 mid = side == Side::kBuy ? sum >> 1 : (sum + 1) >> 1;
  return Price::from_raw(static_cast<std::int64_t>(mid));
}

// Every order that the price of its side has reached, the nearest trigger first; before that the
// price draws trailing stops along.
void SimCore::run_triggers(InstrumentId id, TriggerBy by, std::optional<Price> buys,
                           std::optional<Price> sells, Offer* offer) {
  Book& at = book(id);
  if (at.movers.head != kNone) trail_all(at, by, buys, sells, now_);
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const std::optional<Price>& price = side == Side::kBuy ? buys : sells;
    if (!price) continue;
    for (const bool rising : {side == Side::kBuy, side != Side::kBuy}) {
      const PriceLadder& waiting = triggers(id, by, side, rising);
      while (waiting.reaches(*price))
        trigger(static_cast<Slot>(trigger_pool_.tag(waiting.first(trigger_pool_))), offer);
    }
  }
}

// `offer`: the trade that set it off, where it may fill from that.
void SimCore::trigger(Slot slot, Offer* offer) {
  SimOrder& order = orders_[slot];
  detach(slot);
  leave_movers(slot);
  order.triggered = true;
  if (order.terms.type == OrderType::kTrailingStopLimit) {
    const detail::i128 offset = order.terms.limit_offset.raw();
    order.limit = moved(order, order.trigger, order.side == Side::kBuy ? offset : -offset);
    order.limited = true;
  }
  tell(report_of(order, ReportKind::kTriggered, Reason::kNone), kNone);
  if (order.terms.post_only() && would_take(order))
    return end(slot, OrderState::kCanceled, Reason::kPostOnlyWouldTake);
  if (offer == nullptr) return take(slot);
  const bool good = !order.has_limit() || as_good(order.side, offer->price, order.limit);
  if (good) fill_from_offer(slot, offer->price, *offer);
  if (!order.is_open() || order.place == Place::kBook) return;
  if (order.at_once()) return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  if (!order.has_limit()) return wait(slot);
  rest(slot, better(order.side, offer->price, order.limit));
}

}  // namespace keel
