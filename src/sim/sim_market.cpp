#include <algorithm>
#include <span>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

namespace {

void show(Shown& shown, bool present, Price price, Quantity size) {
  if (present && shown.present && shown.price == price && shown.size == size) return;
  shown = {price, size, size, present};
}

}  // namespace

// ---- quotes ----

void SimCore::on_quote(const Quote& quote) {
  Book& at = book(quote.header.instrument);
  if (at.depth != nullptr) return;
  show(at.bid, quote.has_bid(), quote.bid_price, quote.bid_size);
  show(at.ask, quote.has_ask(), quote.ask_price, quote.ask_size);
  at.saw_quote = true;
  if (at.open_orders == 0) [[likely]]
    return;
  if (at.status == InstrumentStatus::kTrading && !at.is_crossed())
    on_quotes_moved(quote.header.instrument, at);
}

void SimCore::on_quotes_moved(InstrumentId id, Book& at) {
  if (at.source() == FillSource::kQuotes) {
    if (at.fills.queue == QueueModel::kPessimistic) {
      update_queue(id, at, Side::kBuy);
      update_queue(id, at, Side::kSell);
    }
    run_waiting(at, nullptr);
    sweep_touch(id, at, Side::kBuy);
    sweep_touch(id, at, Side::kSell);
    settle_taking(id, at);
  }
  const Price up = at.ask.present ? at.ask.price : Price::min();
  const Price down = at.bid.present ? at.bid.price : Price::max();
  run_triggers(id, TriggerBy::kBidAsk, up, down, nullptr);
  if (!at.has_last) run_triggers(id, TriggerBy::kDefault, up, down, nullptr);
  if (!at.bid.present || !at.ask.present) return;
  const detail::i128 sum = static_cast<detail::i128>(at.bid.price.raw()) + at.ask.price.raw();
  const auto low = static_cast<std::int64_t>(sum >> 1);  // rounds down
  const auto high = static_cast<std::int64_t>((sum + 1) >> 1);
  run_triggers(id, TriggerBy::kMid, Price::from_raw(low), Price::from_raw(high), nullptr);
}

void SimCore::on_depth(const BookDelta& delta) {
  const InstrumentId id = delta.header.instrument;
  Book& at = book(id);
  if (at.depth == nullptr) {
    depths_.push_back(std::make_unique<Depth>());
    at.depth = depths_.back().get();
  }
  KEEL_ASSERT(delta.header.size >= sizeof delta + delta.count * sizeof(BookLevel),
              "a book record holds its levels");
  const std::span levels{reinterpret_cast<const BookLevel*>(&delta + 1), delta.count};
  if (delta.header.kind == RecordKind::kBookSnapshot)
    at.depth->reset(levels);
  else
    for (const BookLevel& level : levels) at.depth->set(level.side, level.price, level.size);
  const auto top = [&](Side side) -> Shown {
    const Depth::Level* best = at.depth->best(side);
    return best == nullptr ? Shown{} : Shown{best->price, best->size, best->left, true};
  };
  at.bid = top(Side::kBuy);
  at.ask = top(Side::kSell);
  at.saw_quote = true;
  if (at.open_orders == 0) [[likely]]
    return;
  if (at.status == InstrumentStatus::kTrading && !at.is_crossed()) on_quotes_moved(id, at);
}

// Orders that take whatever comes, in the order in which they came.
void SimCore::run_waiting(Book& at, Offer* offer) {
  for (Slot slot = at.waiting.head; slot != kNone; slot = waiting_cursor_) {
    SimOrder& order = orders_[slot];
    waiting_cursor_ = order.next;
    if (offer == nullptr) {
      take_shown(slot);
    } else if (order.has_limit() && !as_good(order.side, offer->price, order.terms.limit_price)) {
      end(slot, OrderState::kCanceled, Reason::kNoLiquidity);  // only what must fill at once waits
    } else {
      fill_from_offer(slot, offer->price, *offer);
    }
  }
}

// What is shown reaches resting orders: they are filled at their price, as long as its size lasts.
void SimCore::sweep_touch(InstrumentId id, Book& at, Side side) {
  const Shop shop{&at};
  const PriceLadder& own = engine_.side(id.value - 1u, side);
  Price price{};
  Quantity open{};
  while (shop.best(opposite(side), price, open) && own.reaches(price)) {
    const auto slot = static_cast<Slot>(engine_.pool().tag(engine_.first(id.value - 1u, side)));
    const Quantity quantity = std::min(fillable(slot), open);
    if (quantity.is_zero()) continue;  // it was ended: nothing to reduce
    const SimOrder& order = orders_[slot];
    shop.take(opposite(side), price, quantity);
    if (order.taking)
      fill(slot, price, quantity, Liquidity::kTaker);
    else
      fill(slot, order.terms.limit_price, quantity, Liquidity::kMaker);
  }
}

// An order that the market has moved away from rests from now on.
void SimCore::settle_taking(InstrumentId id, Book& at) {
  const bool quotes = at.source() == FillSource::kQuotes;
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const Shown& touch = at.touch(side);
    if (quotes && !touch.present) continue;
    for (auto entry = engine_.first(id.value - 1u, side); entry != kNone && at.taking != 0;
         entry = engine_.next(entry)) {
      SimOrder& order = orders_[static_cast<Slot>(engine_.pool().tag(entry))];
      const bool on_offer = quotes ? as_good(side, touch.price, order.terms.limit_price)
                                   : better(side, at.last, order.terms.limit_price);
      if (!order.taking || on_offer) continue;
      order.taking = false;
      --at.taking;
      join_queue(order, at);
    }
  }
}

// ---- queue position ----

void SimCore::join_queue(SimOrder& order, Book& at) {
  const auto shown = Shop{&at}.size_at(order.side, order.terms.limit_price);
  order.ahead_known = shown.has_value();
  order.ahead = shown.value_or(Quantity::zero());
}

// What is shown at a price is the most that can stand before an order there.
void SimCore::update_queue(InstrumentId id, Book& at, Side side) {
  const Shop shop{&at};
  for (auto entry = engine_.first(id.value - 1u, side); entry != kNone;
       entry = engine_.next(entry)) {
    SimOrder& order = orders_[static_cast<Slot>(engine_.pool().tag(entry))];
    const auto most = shop.size_at(side, order.terms.limit_price);
    if (!most) return;  // the touch is before this order, and before all after it
    order.ahead = order.ahead_known ? std::min(order.ahead, *most) : *most;
    order.ahead_known = true;
  }
}

// ---- trades ----

void SimCore::on_trade(const Trade& trade) {
  if (!trade.size.is_positive()) return;  // nothing was traded
  const InstrumentId id = trade.header.instrument;
  Book& at = book(id);
  at.last = trade.price;
  at.has_last = at.saw_trade = true;
  if (at.open_orders == 0) [[likely]]
    return;
  const FillSource source = at.source();
  if (at.status != InstrumentStatus::kTrading || source == FillSource::kBars) return;
  Offer offer = make_offer(at, registry_->get(id), trade.price, trade.size);
  const bool takers = source == FillSource::kTrades;
  if (takers) run_waiting(at, &offer);
  sweep_trade(id, at, Side::kBuy, offer, trade);
  sweep_trade(id, at, Side::kSell, offer, trade);
  if (takers) settle_taking(id, at);
  Offer* const stops =
      takers && at.fills.stop_fill == StopFill::kTriggeringTrade ? &offer : nullptr;
  run_triggers(id, TriggerBy::kLast, trade.price, trade.price, stops);
  run_triggers(id, TriggerBy::kDefault, trade.price, trade.price, stops);
}

void SimCore::sweep_trade(InstrumentId id, Book& at, Side side, Offer& offer, const Trade& trade) {
  const PriceLadder& own = engine_.side(id.value - 1u, side);
  // Through: the market has traded beyond these orders, so they were filled before.
  while (offer.left(side).is_positive() && !own.is_empty() &&
         better(side, trade.price, own.best())) {
    const auto slot = static_cast<Slot>(engine_.pool().tag(engine_.first(id.value - 1u, side)));
    const SimOrder& order = orders_[slot];
    if (order.taking && at.source() == FillSource::kTrades) {
      fill_from_offer(slot, trade.price, offer);
      continue;
    }
    const Quantity quantity = std::min(fillable(slot), offer.left(side));
    if (quantity.is_zero()) continue;
    if (at.fills.participation) offer.left(side) -= quantity;
    fill(slot, order.terms.limit_price, quantity, Liquidity::kMaker);
  }
  // At the price: in turn. A trade that a buyer started took from the offers, not from the bids.
  if (own.is_empty() || own.best() != trade.price || trade.aggressor() == side) return;
  level_.clear();
  for (auto entry = engine_.first(id.value - 1u, side);
       entry != kNone && engine_.pool().price(entry) == trade.price; entry = engine_.next(entry))
    level_.push_back(static_cast<Slot>(engine_.pool().tag(entry)));
  const bool optimistic = at.fills.queue == QueueModel::kOptimistic;
  Quantity volume = trade.size;        // not yet used up by those in the queue
  Quantity others = Quantity::zero();  // used up by orders that are not ours
  for (const Slot slot : level_) {
    SimOrder& order = orders_[slot];
    if (order.place != Place::kBook) continue;  // gone with a sibling
    if (!optimistic) {
      if (!order.ahead_known) continue;
      const Quantity before = std::min(std::max(order.ahead - others, Quantity::zero()), volume);
      others += before;
      volume -= before;
      order.ahead -= std::min(order.ahead, others);
      if (order.ahead.is_positive()) continue;
    }
    Quantity most = offer.left(side);
    if (at.fills.participation) most = std::min(most, volume);
    if (!most.is_positive() || !volume.is_positive()) continue;
    const Quantity quantity = std::min(fillable(slot), most);
    if (quantity.is_zero()) continue;
    volume -= std::min(volume, quantity);
    if (at.fills.participation) offer.left(side) -= quantity;
    fill(slot, order.terms.limit_price, quantity, Liquidity::kMaker);
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

// Every stop that `up` (buys) or `down` (sells) has reached, the nearest trigger first.
void SimCore::run_triggers(InstrumentId id, TriggerBy by, Price up, Price down, Offer* offer) {
  for (const Side side : {Side::kBuy, Side::kSell}) {
    const PriceLadder& stops = triggers(id, by, side);
    while (stops.reaches(side == Side::kBuy ? up : down))
      trigger(static_cast<Slot>(trigger_pool_.tag(stops.first(trigger_pool_))), offer);
  }
}

// `offer`: the trade that set it off, where it may fill from that.
void SimCore::trigger(Slot slot, Offer* offer) {
  SimOrder& order = orders_[slot];
  detach(slot);
  order.triggered = true;
  tell(report_of(order, ReportKind::kTriggered, Reason::kNone), kNone);
  if (order.terms.post_only() && would_take(order))
    return end(slot, OrderState::kCanceled, Reason::kPostOnlyWouldTake);
  if (offer == nullptr) return take(slot);
  const bool good =
      !order.has_limit() || as_good(order.side, offer->price, order.terms.limit_price);
  if (good) fill_from_offer(slot, offer->price, *offer);
  if (!order.is_open()) return;
  if (order.at_once()) return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  if (!order.has_limit()) return wait(slot);
  rest(slot, better(order.side, offer->price, order.terms.limit_price));
}

}  // namespace keel
