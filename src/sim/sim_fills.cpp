#include <algorithm>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

namespace {

constexpr Quantity kAsMuchAsWanted = Quantity::max();

// The touch of the quotes, as the matching engine sees it.
struct L1External {
  Book* book;
  bool best(Side maker, Price& price, Quantity& open) const {
    const Shown& shown = maker == Side::kBuy ? book->bid : book->ask;
    if (!shown.present || !shown.left.is_positive() || book->is_crossed()) return false;
    price = shown.price;
    open = shown.left;
    return true;
  }
  void take(Side maker, Price, Quantity quantity) const {
    (maker == Side::kBuy ? book->bid : book->ask).left -= quantity;
  }
  [[nodiscard]] Quantity available(Side maker, Price limit, Quantity enough) const {
    Price price{};
    Quantity open{};
    if (!best(maker, price, open)) return Quantity::zero();
    const bool reaches = maker == Side::kSell ? price <= limit : price >= limit;
    return reaches ? std::min(open, enough) : Quantity::zero();
  }
};

Price limit_of(const SimOrder& order) {
  return order.has_limit() ? order.terms.limit_price : any_price(order.side);
}

void show(Shown& shown, bool present, Price price, Quantity size) {
  if (present && shown.present && shown.price == price && shown.size == size) return;
  shown = {price, size, size, present};
}

}  // namespace

// What the matching engine tells while an order takes.
struct MatchSink {
  SimCore& core;
  SimCore::Slot taker;
  bool self_trade = false;

  Match before(std::uint64_t tag) {
    const auto maker = static_cast<SimCore::Slot>(tag);
    SimOrder& resting = core.orders_[maker];
    if (resting.account == core.orders_[taker].account) {
      switch (core.config.self_trade) {
        case SelfTrade::kAllow: break;
        case SelfTrade::kCancelMaker: return Match::kDropMaker;
        case SelfTrade::kCancelBoth:
          core.end(maker, OrderState::kCanceled, Reason::kSelfTrade);
          [[fallthrough]];
        case SelfTrade::kCancelTaker: self_trade = true; return Match::kStop;
      }
    }
    if (!resting.terms.reduce_only()) return Match::kTrade;
    const Quantity some =
        core.accounts.reducible(resting.account, resting.instrument, resting.side);
    if (some.is_zero()) return Match::kDropMaker;
    if (some < resting.open()) core.engine_.set_open(resting.entry, some);
    return Match::kTrade;
  }
  bool on_match(std::uint64_t tag, Price price, Quantity quantity, Quantity left) {
    const auto maker = static_cast<SimCore::Slot>(tag);
    if (left.is_zero()) take_out(maker);
    core.fill(maker, price, quantity, Liquidity::kMaker);
    if (core.orders_[taker].is_open()) core.fill(taker, price, quantity, Liquidity::kTaker);
    return core.orders_[taker].is_open();
  }
  bool on_external(Price price, Quantity quantity) {
    core.fill(taker, price, quantity, Liquidity::kTaker);
    return core.orders_[taker].is_open();
  }
  void on_dropped(std::uint64_t tag) {
    const auto maker = static_cast<SimCore::Slot>(tag);
    take_out(maker);
    const bool own = core.orders_[maker].account == core.orders_[taker].account;
    core.end(maker, OrderState::kCanceled, own ? Reason::kSelfTrade : Reason::kReduceOnlyViolation);
  }
  // The engine has taken it out of the book already.
  void take_out(SimCore::Slot maker) {
    SimOrder& order = core.orders_[maker];
    order.place = Place::kNowhere;
    order.entry = kNone;
    if (order.taking) --core.book(order.instrument).taking;
    order.taking = false;
  }
};

// ---- one order meets the market ----

void SimCore::work(Slot slot) {
  SimOrder& order = orders_[slot];
  if (!order.is_stop() || order.triggered) return take(slot);
  const auto price = trigger_price(book(order.instrument), watched(order), order.side);
  if (price && as_good(opposite(order.side), *price, order.terms.trigger_price))
    trigger(slot, nullptr);
  else
    await_trigger(slot);
}

void SimCore::take(Slot slot) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  const FillSource source = at.source();
  if (source == FillSource::kQuotes) return take_shown(slot);
  if (!order.has_limit() || order.at_once()) return wait(slot);
  if (source == FillSource::kAuto) return rest(slot, !order.terms.post_only());
  // Printed trades and bars show no offers; orders of other accounts do.
  const Quantity want = fillable(slot);
  if (want.is_zero()) return;
  NoExternal nothing;
  MatchSink sink{*this, slot};
  engine_.match(order.instrument.value - 1u, order.side, limit_of(order), want, nothing, sink);
  if (!order.is_open()) return;
  if (sink.self_trade) return end(slot, OrderState::kCanceled, Reason::kSelfTrade);
  rest(slot, at.has_last && better(order.side, at.last, order.terms.limit_price));
}

void SimCore::take_shown(Slot slot) {
  SimOrder& order = orders_[slot];
  if (order.terms.time_in_force == TimeInForce::kFok && !can_fill_whole(order))
    return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  const Quantity want = fillable(slot);
  if (want.is_zero()) return;
  L1External external{&book(order.instrument)};
  MatchSink sink{*this, slot};
  engine_.match(order.instrument.value - 1u, order.side, limit_of(order), want, external, sink);
  if (!order.is_open()) return;
  if (sink.self_trade) return end(slot, OrderState::kCanceled, Reason::kSelfTrade);
  finish_taking(slot);
}

// What is left after everything that was shown.
void SimCore::finish_taking(Slot slot) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  const Shown& touch = at.touch(order.side);
  if (!order.has_limit() && touch.present && !at.is_crossed() &&
      at.fills.slippage.kind != Slippage::Kind::kNone) {
    const Quantity rest_of_it = fillable(slot);
    if (rest_of_it.is_positive())
      fill(slot, slipped(order, touch.price, rest_of_it, touch.size), rest_of_it,
           Liquidity::kTaker);
    return;
  }
  if (order.at_once()) return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  if (!order.has_limit()) return wait(slot);
  rest(slot, touch.present && as_good(order.side, touch.price, order.terms.limit_price));
}

bool SimCore::would_take(const SimOrder& order) {
  const Book& at = book(order.instrument);
  const PriceLadder& others = engine_.side(order.instrument.value - 1u, opposite(order.side));
  if (others.reaches(order.terms.limit_price)) return true;
  if (at.source() == FillSource::kQuotes) {
    const Shown& touch = at.touch(order.side);
    return touch.present && as_good(order.side, touch.price, order.terms.limit_price);
  }
  return at.has_last && better(order.side, at.last, order.terms.limit_price);
}

bool SimCore::can_fill_whole(const SimOrder& order) {
  Book& at = book(order.instrument);
  if (!order.has_limit() && at.touch(order.side).present && !at.is_crossed() &&
      at.fills.slippage.kind != Slippage::Kind::kNone)
    return true;
  const auto before = [&](std::uint64_t tag) {
    const SimOrder& maker = orders_[static_cast<Slot>(tag)];
    if (maker.terms.reduce_only()) return Match::kDropMaker;  // may turn out to be smaller
    if (maker.account != order.account || config.self_trade == SelfTrade::kAllow)
      return Match::kTrade;
    return config.self_trade == SelfTrade::kCancelMaker ? Match::kDropMaker : Match::kStop;
  };
  return engine_.available(order.instrument.value - 1u, order.side, limit_of(order), order.open(),
                           L1External{&at}, before) >= order.open();
}

Quantity SimCore::fillable(Slot slot) {
  const SimOrder& order = orders_[slot];
  if (!order.terms.reduce_only()) return order.open();
  const Quantity some = accounts.reducible(order.account, order.instrument, order.side);
  if (some.is_zero()) end(slot, OrderState::kCanceled, Reason::kReduceOnlyViolation);
  return std::min(some, order.open());
}

void SimCore::fill(Slot slot, Price price, Quantity quantity, Liquidity liquidity) {
  SimOrder& order = orders_[slot];
  const Instrument& instrument = listed(order);
  order.filled += quantity;
  if (order.place == Place::kBook) engine_.set_open(order.entry, order.open());
  const auto fee = fees_[book(order.instrument).fees].fee(instrument, price, quantity, liquidity);
  accounts.remove_open(order.account, instrument, order.side, quantity, order.reserve);
  accounts.book_fill(order.account, instrument, order.side, price, quantity, fee);
  ++stats.fills;

  Execution& execution = executions_[(next_execution_ - 1) % executions_.size()];
  execution = {};
  execution.number = next_execution_++;
  execution.order = order.id;
  execution.order_number = order.number;
  execution.instrument = order.instrument;
  execution.account = order.account;
  execution.side = order.side;
  execution.liquidity = liquidity;
  execution.type = order.terms.type;
  execution.time_in_force = order.terms.time_in_force;
  execution.has_fee = fee.has_value() ? 1 : 0;
  execution.quantity = quantity;
  execution.cumulative = order.filled;
  execution.total = order.terms.quantity;
  execution.price = price;
  if (fee) execution.fee = fee->raw();
  execution.time = now_;

  const bool whole = order.open().is_zero();
  if (whole) close(slot, OrderState::kFilled, Reason::kNone);
  tell(report_of(execution), whole ? slot : kNone, execution.number);
  if (config.fee_delay && fee) tell_fee(execution);
  settle_group(slot, quantity);
  if (!whole && order.is_open() && order.terms.reduce_only() &&
      accounts.reducible(order.account, order.instrument, order.side).is_zero())
    end(slot, OrderState::kCanceled, Reason::kReduceOnlyViolation);
}

Price SimCore::slipped(const SimOrder& order, Price price, Quantity quantity,
                       Quantity shown) const {
  const Instrument& instrument = listed(order);
  const Slippage slippage = books_[order.instrument.value - 1u].fills.slippage;
  detail::i128 ticks = slippage.ticks;
  if (slippage.kind == Slippage::Kind::kNone || ticks == 0) return price;
  if (slippage.kind == Slippage::Kind::kProportional) {
    const detail::i128 base = std::max(shown, instrument.quantity_increment).raw();
    ticks = (ticks * quantity.raw() + base - 1) / base;
  }
  const detail::i128 away = ticks * instrument.price_increment.raw();
  detail::i128 raw = order.side == Side::kBuy ? price.raw() + away : price.raw() - away;
  raw = std::clamp<detail::i128>(raw, instrument.min_price.raw(), instrument.max_price.raw());
  // A price that the data gives is not bettered by the clamp.
  return worse_of(order.side, price, Price::from_raw(static_cast<std::int64_t>(raw)));
}

// ---- quotes ----

void SimCore::on_quote(const Quote& quote) {
  Book& at = book(quote.header.instrument);
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

// The touch reaches resting orders: they are filled at their price, as long as its size lasts.
void SimCore::sweep_touch(InstrumentId id, Book& at, Side side) {
  Shown& touch = at.touch(side);
  const PriceLadder& own = engine_.side(id.value - 1u, side);
  while (touch.present && touch.left.is_positive() && own.reaches(touch.price)) {
    const auto slot = static_cast<Slot>(engine_.pool().tag(engine_.first(id.value - 1u, side)));
    const Quantity quantity = std::min(fillable(slot), touch.left);
    if (quantity.is_zero()) continue;  // it was ended: nothing to reduce
    const SimOrder& order = orders_[slot];
    touch.left -= quantity;
    if (order.taking)
      fill(slot, touch.price, quantity, Liquidity::kTaker);
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

void SimCore::join_queue(SimOrder& order, const Book& at) {
  const Shown& own = at.touch(opposite(order.side));
  order.ahead = Quantity::zero();
  order.ahead_known =
      at.saw_quote && (!own.present || as_good(order.side, own.price, order.terms.limit_price));
  if (at.saw_quote && own.present && own.price == order.terms.limit_price) order.ahead = own.size;
}

// What is shown at a price is the most that can stand before an order there.
void SimCore::update_queue(InstrumentId id, Book& at, Side side) {
  const Shown& own = at.touch(opposite(side));
  for (auto entry = engine_.first(id.value - 1u, side); entry != kNone;
       entry = engine_.next(entry)) {
    SimOrder& order = orders_[static_cast<Slot>(engine_.pool().tag(entry))];
    const Price price = order.terms.limit_price;
    if (own.present && better(side, price, own.price)) return;  // the touch is before it
    const Quantity most = own.present && own.price == price ? own.size : Quantity::zero();
    order.ahead = order.ahead_known ? std::min(order.ahead, most) : most;
    order.ahead_known = true;
  }
}

// ---- trades ----

SimCore::Offer SimCore::make_offer(const Book& at, const Instrument& instrument, Price price,
                                   Quantity size) const {
  if (!at.fills.participation) return {price, size, kAsMuchAsWanted, kAsMuchAsWanted};
  const detail::i128 raw =
      static_cast<detail::i128>(size.raw()) * at.fills.participation->raw() / Rate::kScale;
  const Quantity share =
      Quantity::from_raw(static_cast<std::int64_t>(raw)).floor_to(instrument.quantity_increment);
  return {price, size, share, share};
}

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

void SimCore::fill_from_offer(Slot slot, Price price, Offer& offer) {
  SimOrder& order = orders_[slot];
  Quantity& left = offer.left(order.side);
  if (order.terms.time_in_force == TimeInForce::kFok && left < order.open())
    return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  const Quantity quantity = std::min(fillable(slot), left);
  if (!order.is_open()) return;
  if (quantity.is_positive()) {
    if (left != kAsMuchAsWanted) left -= quantity;
    Price paid = slipped(order, price, quantity, offer.size);
    if (order.has_limit()) paid = better_of(order.side, paid, order.terms.limit_price);
    fill(slot, paid, quantity, Liquidity::kTaker);
  }
  if (order.is_open() && order.at_once()) end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
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
