#include <algorithm>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

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
        case SelfTrade::kDecrement: return Match::kDecrement;
      }
    }
    if (!resting.terms.reduce_only()) return Match::kTrade;
    const Quantity some =
        core.accounts.reducible(resting.account, resting.instrument, resting.side);
    if (some.is_zero()) return Match::kDropMaker;
    if (some < resting.shown) core.engine_.set_open(resting.entry, resting.shown = some);
    return Match::kTrade;
  }
  bool on_match(std::uint64_t tag, Price price, Quantity quantity, Quantity left) {
    const auto maker = static_cast<SimCore::Slot>(tag);
    if (left.is_zero()) take_out(maker);
    core.fill(maker, price, quantity, Liquidity::kMaker);
    if (core.orders_[taker].is_open()) core.fill(taker, price, quantity, Liquidity::kTaker);
    return core.orders_[taker].is_open();
  }
  bool on_decrement(std::uint64_t tag, Quantity quantity, Quantity left) {
    const auto maker = static_cast<SimCore::Slot>(tag);
    if (left.is_zero()) take_out(maker);
    core.decrement(maker, quantity);
    core.decrement(taker, quantity);
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

// The worst price that an order takes: its limit, and never beyond the venue's price limits.
Price SimCore::limit_of(const SimOrder& order) {
  const Book& at = book(order.instrument);
  const Price limit = order.has_limit() ? order.limit : any_price(order.side);
  if (!at.has_band) return limit;
  return better_of(order.side, limit, order.side == Side::kBuy ? at.band_high : at.band_low);
}

void SimCore::work(Slot slot) {
  SimOrder& order = orders_[slot];
  Book& at = book(order.instrument);
  if (order.is_for_auction()) return await_auction(slot);
  if (at.status != InstrumentStatus::kTrading) return queue_up(slot);
  if (order.is_pegged()) {
    join_movers(slot);
    return place_pegged(slot);
  }
  if (!order.is_stop() || order.triggered) return take(slot);
  const auto price = trigger_price(at, watched(order), order.side);
  if (order.is_trailing()) {
    join_movers(slot);
    if (price &&
        (!order.has_trigger || better(order.side, trailed(order, *price), order.trigger))) {
      order.trigger = trailed(order, *price);
      order.has_trigger = true;
    }
    if (!order.has_trigger) return park(slot);
  }
  const Side reached_by = order.rises() ? Side::kSell : Side::kBuy;
  if (price && as_good(reached_by, *price, order.trigger))
    trigger(slot, nullptr);
  else
    await_trigger(slot);
}

// While the instrument does not trade: kept as it will be when it does, without meeting anybody.
void SimCore::queue_up(Slot slot) {
  SimOrder& order = orders_[slot];
  ++book(order.instrument).queued;
  if (order.is_pegged() || order.is_trailing()) join_movers(slot);
  if (order.is_pegged()) return park(slot);
  if (!order.is_stop() || order.triggered)
    return order.has_limit() ? rest(slot, false) : wait(slot);
  if (order.has_trigger) return await_trigger(slot);
  park(slot);
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
  rest(slot, at.has_last && better(order.side, at.last, order.limit));
}

void SimCore::take_shown(Slot slot) {
  SimOrder& order = orders_[slot];
  const bool converts = order.terms.type == OrderType::kMarketToLimit && !order.has_limit();
  if (converts) {
    const auto best = best_offer(order);
    if (!best)
      return order.at_once() ? end(slot, OrderState::kCanceled, Reason::kNoLiquidity) : wait(slot);
    convert_to_limit(slot, *best);
  }
  if (order.terms.time_in_force == TimeInForce::kFok && !can_fill_whole(order))
    return end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
  const Quantity want = fillable(slot);
  if (want.is_zero()) return;
  Shop external{&book(order.instrument)};
  MatchSink sink{*this, slot};
  engine_.match(order.instrument.value - 1u, order.side, limit_of(order), want, external, sink);
  if (!order.is_open()) return;
  if (sink.self_trade) return end(slot, OrderState::kCanceled, Reason::kSelfTrade);
  if (converts && !order.at_once())
    tell(report_of(order, ReportKind::kReplaced, Reason::kByVenue), kNone);
  finish_taking(slot);
}

// The best price that an order could trade at now.
std::optional<Price> SimCore::best_offer(const SimOrder& order) {
  std::optional<Price> best;
  Price price{};
  Quantity open{};
  if (Shop{&book(order.instrument)}.best(opposite(order.side), price, open)) best = price;
  const PriceLadder& others = engine_.side(order.instrument.value - 1u, opposite(order.side));
  if (!others.is_empty() && (!best || better(order.side, others.best(), *best)))
    best = others.best();
  return best;
}

// A market-to-limit order is a limit order from its first price on.
void SimCore::convert_to_limit(Slot slot, Price price) {
  SimOrder& order = orders_[slot];
  detach(slot);
  order.limit = order.terms.limit_price = price;
  order.limited = true;
  order.terms.flags |= OrderTerms::kHasLimit;
}

// An order for an auction, where only quotes are known: what is shown, and no more.
void SimCore::take_auction(Slot slot, Quantity want) {
  SimOrder& order = orders_[slot];
  detach(slot);
  Shop external{&book(order.instrument)};
  MatchSink sink{*this, slot};
  engine_.match(order.instrument.value - 1u, order.side, limit_of(order), want, external, sink);
  if (order.is_open())
    end(slot, OrderState::kExpired, sink.self_trade ? Reason::kSelfTrade : Reason::kNoLiquidity);
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
  rest(slot, touch.present && as_good(order.side, touch.price, order.limit));
}

bool SimCore::would_take(const SimOrder& order) {
  const Book& at = book(order.instrument);
  const PriceLadder& others = engine_.side(order.instrument.value - 1u, opposite(order.side));
  if (others.reaches(order.limit)) return true;
  if (at.source() == FillSource::kQuotes) {
    const Shown& touch = at.touch(order.side);
    return touch.present && as_good(order.side, touch.price, order.limit);
  }
  return at.has_last && better(order.side, at.last, order.limit);
}

bool SimCore::can_fill_whole(const SimOrder& order) {
  Book& at = book(order.instrument);
  if (!order.has_limit() && at.touch(order.side).present && !at.is_crossed() &&
      at.fills.slippage.kind != Slippage::Kind::kNone)
    return true;
  // Makers with what they hide; a reduce-only one may turn out to be smaller and does not count.
  Quantity sum = Quantity::zero();
  Price limit = limit_of(order);
  const PriceLadder& makers = engine_.side(order.instrument.value - 1u, opposite(order.side));
  for (auto entry = engine_.first(order.instrument.value - 1u, opposite(order.side));
       entry != kNone && sum < order.open(); entry = engine_.next(entry)) {
    const SimOrder& maker = orders_[static_cast<Slot>(engine_.pool().tag(entry))];
    if (!makers.as_good(maker.limit, limit)) break;
    const bool own = maker.account == order.account && config.self_trade != SelfTrade::kAllow;
    if (own && config.self_trade != SelfTrade::kCancelMaker) {
      limit = maker.limit;  // what is external at this price comes before it
      break;
    }
    if (!own && !maker.terms.reduce_only()) sum += std::min(maker.open(), order.open() - sum);
  }
  if (sum == order.open()) return true;
  return sum + Shop{&at}.available(opposite(order.side), limit, order.open() - sum) >= order.open();
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
  const bool was_shown = order.shown.is_positive();
  order.shown -= std::min(order.shown, quantity);
  if (order.place == Place::kBook) engine_.set_open(order.entry, order.shown);
  auto fee = fees_[book(order.instrument).fees].charge(
      order.account.value, instrument, order.side, price, quantity, liquidity, now_, order.fees);
  if (order.of_venue && fee) fee = with_liquidation_fee(*fee, instrument, price, quantity);
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
  execution.of_venue = order.of_venue ? 1 : 0;
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
  if (order.is_open() && was_shown && order.shown.is_zero()) {
    detach(slot);  // the next slice of an iceberg, behind all others
    rest(slot, false);
  }
}

std::optional<Money> SimCore::with_liquidation_fee(const Money& fee, const Instrument& instrument,
                                                   Price price, Quantity quantity) const {
  const auto notional = instrument.checked_notional(price, quantity);
  if (!notional || !config.margin) return std::nullopt;
  const auto more = Money{abs(*notional).raw(), instrument.settlement}.times(config.margin->fee,
                                                                             Rounding::kHalfUp);
  if (!more) return std::nullopt;
  return checked_add(fee, more->rounded_to_minor(Rounding::kHalfUp));
}

// Two orders of one account met: both are less by what they would have traded.
void SimCore::decrement(Slot slot, Quantity quantity) {
  SimOrder& order = orders_[slot];
  if (quantity >= order.open()) return end(slot, OrderState::kCanceled, Reason::kSelfTrade);
  accounts.remove_open(order.account, listed(order), order.side, quantity, order.reserve);
  order.terms.quantity -= quantity;
  const bool was_shown = order.shown.is_positive();
  order.shown -= std::min(order.shown, quantity);
  tell(report_of(order, ReportKind::kReplaced, Reason::kSelfTrade), kNone);
  if (!was_shown || !order.shown.is_zero()) return;
  detach(slot);
  rest(slot, false);
}

Price SimCore::slipped(const SimOrder& order, Price price, Quantity quantity,
                       Quantity shown) const {
  const Instrument& instrument = listed(order);
  const detail::i128 ticks = books_[order.instrument.value - 1u].fills.slippage.increments(
      price, instrument.price_increment, quantity, shown, instrument.quantity_increment);
  if (ticks == 0) return price;
  const detail::i128 away = ticks * instrument.price_increment.raw();
  detail::i128 raw = order.side == Side::kBuy ? price.raw() + away : price.raw() - away;
  const Book& at = books_[order.instrument.value - 1u];
  const Price low = at.has_band ? at.band_low : instrument.min_price;
  const Price high = at.has_band ? at.band_high : instrument.max_price;
  raw = std::clamp<detail::i128>(raw, low.raw(), high.raw());
  // A price that the data gives is not bettered by the clamp.
  return worse_of(order.side, price, Price::from_raw(static_cast<std::int64_t>(raw)));
}

// ---- offers: what one trade or bar lets our orders take ----

SimCore::Offer SimCore::make_offer(const Book& at, const Instrument& instrument, Price price,
                                   Quantity size) const {
  const Slippage& slippage = at.fills.slippage;
  const std::optional<Rate> share_of = slippage.kind == Slippage::Kind::kVolumeShare
                                           ? std::optional{slippage.limit}
                                           : at.fills.participation;
  if (!share_of) return {price, size, kAsMuchAsWanted, kAsMuchAsWanted};
  const detail::i128 raw = static_cast<detail::i128>(size.raw()) * share_of->raw() / Rate::kScale;
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
  const bool shares = book(order.instrument).fills.slippage.kind == Slippage::Kind::kVolumeShare;
  // A share's impact is that of all that was taken so far.
  Price paid = slipped(order, price, shares ? offer.taken + quantity : quantity, offer.size);
  const bool too_dear = order.has_limit() && !as_good(order.side, paid, order.limit);
  if (quantity.is_positive() && !(shares && too_dear)) {
    offer.taken += quantity;
    if (left != kAsMuchAsWanted) left -= quantity;
    if (shares) offer.left(opposite(order.side)) = left;  // one share for both sides
    if (too_dear) paid = order.limit;
    fill(slot, paid, quantity, Liquidity::kTaker);
    if (converts_at(slot, paid)) return;
  }
  if (order.is_open() && order.at_once()) end(slot, OrderState::kCanceled, Reason::kNoLiquidity);
}

// A market-to-limit order that has found its price; true: what is left of it rests.
bool SimCore::converts_at(Slot slot, Price price) {
  const SimOrder& order = orders_[slot];
  if (!order.is_open() || order.terms.type != OrderType::kMarketToLimit || order.has_limit())
    return false;
  convert_to_limit(slot, price);
  if (order.at_once()) return false;
  tell(report_of(order, ReportKind::kReplaced, Reason::kByVenue), kNone);
  rest(slot, false);
  return true;
}

}  // namespace keel
