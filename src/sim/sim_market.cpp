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
  show_moved(quote.header.instrument, at);
}

// What is shown has changed and there are orders.
void SimCore::show_moved(InstrumentId id, Book& at) {
  if (at.has_band && ((at.ask.present && is_beyond(at, at.ask.price)) ||
                      (at.bid.present && is_beyond(at, at.bid.price)))) {
    if (at.status != InstrumentStatus::kTrading) return;
  }
  if (at.is_open() && !at.is_crossed()) on_quotes_moved(id, at);
}

void SimCore::on_quotes_moved(InstrumentId id, Book& at) {
  if (at.movers.head != kNone) {
    if (!at.saw_trade && at.source() == FillSource::kQuotes) meet_quote(id, at);
    repeg(at);
  }
  if (at.source() == FillSource::kQuotes) {
    if (at.fills.queue != QueueModel::kOptimistic && at.l3 == nullptr) {
      update_queue(id, at, Side::kBuy);
      update_queue(id, at, Side::kSell);
    }
    run_waiting(at, nullptr);
    sweep_touch(id, at, Side::kBuy);
    sweep_touch(id, at, Side::kSell);
    settle_taking(id, at);
  }
  const auto price = [](const Shown& shown) {
    return shown.present ? std::optional{shown.price} : std::nullopt;
  };
  run_triggers(id, TriggerBy::kBidAsk, price(at.ask), price(at.bid), nullptr);
  if (!at.has_last) run_triggers(id, TriggerBy::kDefault, price(at.ask), price(at.bid), nullptr);
  if (!at.bid.present || !at.ask.present) return;
  const detail::i128 sum = static_cast<detail::i128>(at.bid.price.raw()) + at.ask.price.raw();
  const auto low = static_cast<std::int64_t>(sum >> 1);  // rounds down
  const auto high = static_cast<std::int64_t>((sum + 1) >> 1);
  run_triggers(id, TriggerBy::kMid, Price::from_raw(low), Price::from_raw(high), nullptr);
}

// Depth as a whole.
void SimCore::on_depth(const BookDelta& delta) {
  const InstrumentId id = delta.header.instrument;
  Book& at = book(id);
  if (at.l3 != nullptr) return;  // order by order is richer
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
  show_top(at);
  if (at.open_orders == 0) [[likely]]
    return;
  show_moved(id, at);
}

// Orders that take whatever comes, in the order in which they came.
void SimCore::run_waiting(Book& at, Offer* offer) {
  for (Slot slot = at.waiting.head; slot != kNone; slot = waiting_cursor_) {
    SimOrder& order = orders_[slot];
    waiting_cursor_ = order.next;
    if (offer == nullptr) {
      take_shown(slot);
    } else if (order.has_limit() && !as_good(order.side, offer->price, order.limit)) {
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
      fill(slot, order.limit, quantity, Liquidity::kMaker);
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
      const bool on_offer =
          quotes ? as_good(side, touch.price, order.limit) : better(side, at.last, order.limit);
      if (!order.taking || on_offer) continue;
      order.taking = false;
      --at.taking;
      join_queue(order, at);
    }
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
  const bool prints = at.uncross_pending && source != FillSource::kBars;
  if ((!at.is_open() && !prints) || source == FillSource::kBars || is_beyond(at, trade.price))
    return;
  Offer offer = make_offer(at, registry_->get(id), trade.price, trade.size);
  if (prints || at.movers.head != kNone)
    meet_print(id, at, trade.price, offer, trade.header.ts_event, Call::kNoCall);
  if (!at.is_open()) return;
  const bool takers = source == FillSource::kTrades;
  if (takers) run_waiting(at, &offer);
  sweep_trade(id, at, Side::kBuy, offer, trade);
  sweep_trade(id, at, Side::kSell, offer, trade);
  if (takers) settle_taking(id, at);
  Offer* const stops =
      takers && at.fills.stop_fill == StopFill::kTriggeringTrade ? &offer : nullptr;
  run_triggers(id, TriggerBy::kLast, trade.price, trade.price, stops);
  run_triggers(id, TriggerBy::kDefault, trade.price, trade.price, stops);
  if (at.movers.head != kNone) repeg(at);
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
    if (offer.left(side) != kAsMuchAsWanted) offer.left(side) -= quantity;
    fill(slot, order.limit, quantity, Liquidity::kMaker);
  }
  // At the price: in turn. A trade that a buyer started took from the offers, not from the bids.
  if (own.is_empty() || own.best() != trade.price || trade.aggressor() == side) return;
  level_.clear();
  for (auto entry = engine_.first(id.value - 1u, side);
       entry != kNone && engine_.pool().price(entry) == trade.price; entry = engine_.next(entry))
    level_.push_back(static_cast<Slot>(engine_.pool().tag(entry)));
  const bool exact = at.l3 != nullptr;
  const bool optimistic = at.fills.queue == QueueModel::kOptimistic && !exact;
  Quantity volume = trade.size;        // not yet used up by those in the queue
  Quantity others = Quantity::zero();  // used up by orders that are not ours
  for (const Slot slot : level_) {
    SimOrder& order = orders_[slot];
    if (order.place != Place::kBook) continue;  // gone with a sibling
    if (!optimistic) {
      if (!order.ahead_known) continue;
      // Order by order, the book itself takes off what traded; until it does, it is remembered.
      const Quantity front =
          exact ? order.ahead - std::min(order.ahead, order.traded) : order.ahead;
      const Quantity before = std::min(std::max(front - others, Quantity::zero()), volume);
      others += before;
      volume -= before;
      if (!exact) order.ahead -= std::min(order.ahead, others);
      order.traded += trade.size;
      if ((exact ? front - std::min(front, others) : order.ahead).is_positive()) continue;
    }
    Quantity most = offer.left(side);
    if (at.fills.participation) most = std::min(most, volume);
    if (!most.is_positive() || !volume.is_positive()) continue;
    const Quantity quantity = std::min(std::min(fillable(slot), order.shown), most);
    if (quantity.is_zero()) continue;
    volume -= std::min(volume, quantity);
    if (offer.left(side) != kAsMuchAsWanted) offer.left(side) -= quantity;
    fill(slot, order.limit, quantity, Liquidity::kMaker);
  }
}

}  // namespace keel
