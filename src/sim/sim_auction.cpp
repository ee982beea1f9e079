#include <algorithm>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

// ---- orders for an auction ----

void SimCore::await_auction(Slot slot) {
  SimOrder& order = orders_[slot];
  const bool opening = order.terms.time_in_force == TimeInForce::kAtOpen;
  const Instrument& instrument = listed(order);
  std::optional<Timestamp> due = next_utc_midnight(now_ - Duration{1});
  if (config.day != nullptr)
    due = opening ? config.day->next_open(instrument, now_)
                  : config.day->next_close(instrument, now_);
  order.auction = due.value_or(Timestamp{std::numeric_limits<std::int64_t>::max()});
  join_movers(slot);
  park(slot);
}

void SimCore::park(Slot slot) { orders_[slot].place = Place::kParked; }

// Who takes part: orders for this auction (by its kind, or by the calendar's time), and with
// `whole` everything that waits or rests.
void SimCore::collect_call(InstrumentId id, Book& at, Call call, Timestamp time, bool whole,
                           Call only) {
  level_.clear();
  for (Slot slot = at.movers.head; slot != kNone; slot = mover_cursor_) {
    const SimOrder& order = orders_[slot];
    mover_cursor_ = order.mover_next;
    if (!order.is_for_auction()) continue;
    const bool opening = order.terms.time_in_force == TimeInForce::kAtOpen;
    const Call own = opening ? Call::kOpening : Call::kClosing;
    const bool named = call == own;
    if (!named && order.auction > time) continue;
    const bool wrong = only != Call::kNoCall && only != own;
    const bool late = wrong || time - order.auction > at.fills.closing_window;
    if (!named && !opening && late)
      end(slot, OrderState::kExpired, Reason::kNoLiquidity);  // its closing print never came
    else if (named || !wrong)
      level_.push_back(slot);
  }
  if (whole) {
    for (Slot slot = at.waiting.head; slot != kNone; slot = orders_[slot].next)
      level_.push_back(slot);
    for (const Side side : {Side::kBuy, Side::kSell})
      for (auto entry = engine_.first(id.value - 1u, side); entry != kNone;
           entry = engine_.next(entry))
        level_.push_back(static_cast<Slot>(engine_.pool().tag(entry)));
  }
  // Without a limit first, then by price, then by time.
  std::sort(level_.begin(), level_.end(), [this](Slot a, Slot b) {
    const SimOrder &left = orders_[a], &right = orders_[b];
    if (left.side != right.side) return left.side < right.side;
    if (left.has_limit() != right.has_limit()) return !left.has_limit();
    if (left.has_limit() && left.limit != right.limit)
      return better(opposite(left.side), left.limit, right.limit);
    return left.arrived != right.arrived ? left.arrived < right.arrived
                                         : left.number < right.number;
  });
}

// Those collected trade at one price that the data gives. At exactly that price others may have
// been before them, so there the pessimistic queue fills nothing.
void SimCore::run_call(Book& at, Price price, Offer& offer) {
  const bool pessimistic = at.fills.queue == QueueModel::kPessimistic;
  for (const Slot slot : level_) {
    SimOrder& order = orders_[slot];
    if (!order.is_open()) continue;  // gone with a sibling
    if (order.has_limit() && !as_good(order.side, price, order.limit)) continue;
    if (order.has_limit() && order.limit == price && pessimistic) continue;
    const Quantity quantity = std::min(fillable(slot), offer.left(order.side));
    if (!quantity.is_positive()) continue;
    if (offer.left(order.side) != kAsMuchAsWanted) offer.left(order.side) -= quantity;
    fill(slot, price, quantity, Liquidity::kAuction);
  }
  expire_call();
}

void SimCore::expire_call() {
  for (const Slot slot : level_) {
    const SimOrder& order = orders_[slot];
    if (order.is_open() && order.is_for_auction())
      end(slot, OrderState::kExpired, Reason::kNoLiquidity);
  }
}

// The call of our orders and of what the market shows.
CallAuction::Result SimCore::indicative_of(InstrumentId id, Book& at) {
  auction_.clear();
  const Shop shop{&at};
  shop.each(
      [&](Side side, Price price, Quantity left) { auction_.add({side, true, price, left, 0}); });
  collect_call(id, at, at.call != Call::kNoCall ? at.call : at.coming, now_, true, Call::kNoCall);
  for (const Slot slot : level_) {
    const SimOrder& order = orders_[slot];
    auction_.add({order.side, order.has_limit(), order.limit, order.open(), slot + 1u});
  }
  Price reference = at.has_last ? at.last : at.has_mark ? at.mark : Price::zero();
  if (!at.has_last && !at.has_mark)
    reference = at.bid.present ? at.bid.price : at.ask.present ? at.ask.price : Price::zero();
  return auction_.indicative(reference);
}

void SimCore::uncross_own(InstrumentId id, Book& at) {
  const CallAuction::Result result = indicative_of(id, at);
  const Shop shop{&at};
  auction_.allocate(result, [&](std::uint64_t tag, Quantity traded) {
    if (tag == 0) return;
    const auto slot = static_cast<Slot>(tag - 1);
    if (!orders_[slot].is_open()) return;
    const Quantity quantity = std::min(fillable(slot), traded);
    if (quantity.is_positive()) fill(slot, result.price, quantity, Liquidity::kAuction);
  });
  if (result.trades)  // what was shown and crosses has traded
    for (const Side side : {Side::kBuy, Side::kSell}) shop.take_to(side, result.price);
  expire_call();
}

// A call is over: at the price of the print that follows, where trades are seen; at the first bar's
// open, where bars are; else at the indicative price that was told; else at our own.
void SimCore::end_call(InstrumentId id, Book& at, Call call) {
  at.call = call;
  at.queued = 0;
  const FillSource source = at.source();
  if (at.saw_trade || source == FillSource::kTrades || source == FillSource::kBars) {
    at.uncross_pending = true;
    return;
  }
  if (at.has_indicative) {
    Offer offer = make_offer(at, registry_->get(id), at.indicative, at.matched);
    collect_call(id, at, call, now_, true, Call::kNoCall);
    run_call(at, at.indicative, offer);
  } else {
    uncross_own(id, at);
  }
  at.has_indicative = false;
  at.call = Call::kNoCall;
}

// A printed trade (or a bar's open or close: `only` what it can be the price of): the auction's,
// where one has just ended or is due.
void SimCore::meet_print(InstrumentId id, Book& at, Price price, Offer& offer, Timestamp time,
                         Call only) {
  const bool ends_call = at.uncross_pending;
  const Call call = at.call;
  at.uncross_pending = at.has_indicative = false;
  at.call = Call::kNoCall;
  collect_call(id, at, ends_call ? call : Call::kNoCall, time, ends_call, only);
  if (!level_.empty()) run_call(at, price, offer);
}

// Quotes alone: an order for an auction that is due takes what is shown, and no more.
void SimCore::meet_quote(InstrumentId id, Book& at) {
  collect_call(id, at, Call::kNoCall, now_, false, Call::kNoCall);
  calls_.assign(level_.begin(), level_.end());
  for (const Slot slot : calls_) {
    if (!orders_[slot].is_open()) continue;
    const Quantity want = fillable(slot);
    if (want.is_zero()) continue;
    take_auction(slot, want);
  }
}

void SimCore::on_status(const StatusChange& change) {
  const InstrumentId id = change.header.instrument;
  Book& at = book(id);
  const InstrumentStatus before = at.status;
  at.status = change.status;
  at.halted_until = Timestamp{0};
  if (change.status == InstrumentStatus::kPreOpen || change.status == InstrumentStatus::kAuction)
    at.coming = before == InstrumentStatus::kTrading ? Call::kClosing : Call::kOpening;
  if (change.status == InstrumentStatus::kExpired && at.open_orders != 0) {
    for (Slot slot = 0; slot < orders_.size(); ++slot)
      if (orders_[slot].is_open() && orders_[slot].instrument == id)
        end(slot, OrderState::kExpired, Reason::kMarketClosed);
    return;
  }
  if (before == change.status || at.open_orders == 0) return;
  const bool call = before == InstrumentStatus::kPreOpen || before == InstrumentStatus::kAuction;
  if (change.status == InstrumentStatus::kTrading && (call || at.queued != 0))
    end_call(id, at, Call::kOpening);
  if (change.status == InstrumentStatus::kClosed && (call || before == InstrumentStatus::kTrading))
    end_call(id, at, Call::kClosing);
}

void SimCore::on_auction(const AuctionUpdate& update) {
  Book& at = book(update.header.instrument);
  if (update.kind != AuctionKind::kUnknown)
    at.coming = update.kind == AuctionKind::kClosing ? Call::kClosing : Call::kOpening;
  if (!update.has_indicative()) return;
  at.has_indicative = true;
  at.indicative = update.indicative;
  at.matched = update.matched;
}

// ---- price limits ----

void SimCore::renew_band(InstrumentId id, Book& at) {
  const PriceLimits& limits = limits_[at.limits - 1u];
  const Instrument& instrument = registry_->get(id);
  const bool first = at.band_until.ns == 0;
  const auto end = config.day != nullptr ? config.day->day_end(instrument, now_)
                                         : std::optional{next_utc_midnight(now_)};
  at.band_until = end.value_or(Timestamp{std::numeric_limits<std::int64_t>::max()});
  std::optional<Price> reference = first ? limits.reference : std::nullopt;
  if (!reference && at.has_last) reference = at.last;
  if (!reference && at.bid.present) reference = at.bid.price;
  if (!reference) {
    at.band_until = Timestamp{0};  // not known yet: asked for again
    return;
  }
  const detail::i128 raw = reference->raw(), scale = Rate::kScale;
  const detail::i128 size = raw < 0 ? -raw : raw;
  const auto edge = [&](detail::i128 value) {
    return Price::from_raw(static_cast<std::int64_t>(
        std::clamp<detail::i128>(value, instrument.min_price.raw(), instrument.max_price.raw())));
  };
  at.band_high = edge(raw + size * limits.up.raw() / scale).floor_to(instrument.price_increment);
  at.band_low = edge(raw - size * limits.down.raw() / scale).ceil_to(instrument.price_increment);
  at.has_band = true;
}

// The market shows or prints a price. true: it is beyond the limits and nothing trades on it.
bool SimCore::is_beyond(Book& at, Price price) {
  if (!at.has_band || at.check_band(price) == Reason::kNone) return false;
  const PriceLimits& limits = limits_[at.limits - 1u];
  if (limits.halt && at.status == InstrumentStatus::kTrading) {
    at.status = InstrumentStatus::kHalted;
    at.halted_until = now_ + *limits.halt;
  }
  return true;
}

void SimCore::wake(InstrumentId id, Book& at) {
  if (at.halted_until.ns != 0 && now_ >= at.halted_until) {
    at.halted_until = Timestamp{0};
    at.status = InstrumentStatus::kTrading;
    if (at.queued != 0) end_call(id, at, Call::kOpening);
  }
  if (at.limits != 0 && now_ >= at.band_until) renew_band(id, at);
}

}  // namespace keel
