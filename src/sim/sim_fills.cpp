#include <algorithm>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

namespace {

Price limit_of(const SimOrder& order) {
  return order.has_limit() ? order.terms.limit_price : any_price(order.side);
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
  Shop external{&book(order.instrument)};
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
    const Shown last = Shop{&at}.deepest(opposite(order.side));
    const Quantity rest_of_it = fillable(slot);
    if (rest_of_it.is_positive())
      fill(slot, slipped(order, last.price, rest_of_it, last.size), rest_of_it, Liquidity::kTaker);
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
                           Shop{&at}, before) >= order.open();
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
  // What became of its siblings is told first: whoever hears of the fill knows it already, and
  // sends no cancel or replace of its own that could only come too late.
  settle_group(slot, quantity);
  tell(report_of(execution), whole ? slot : kNone, execution.number);
  if (config.fee_delay && fee) tell_fee(execution);
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

// ---- offers: what one trade or bar lets our orders take ----

SimCore::Offer SimCore::make_offer(const Book& at, const Instrument& instrument, Price price,
                                   Quantity size) const {
  if (!at.fills.participation) return {price, size, kAsMuchAsWanted, kAsMuchAsWanted};
  const detail::i128 raw =
      static_cast<detail::i128>(size.raw()) * at.fills.participation->raw() / Rate::kScale;
  const Quantity share =
      Quantity::from_raw(static_cast<std::int64_t>(raw)).floor_to(instrument.quantity_increment);
  return {price, size, share, share};
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

}  // namespace keel
