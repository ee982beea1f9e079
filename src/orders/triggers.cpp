#include <keel/orders/triggers.hpp>

#include <algorithm>

#include <keel/orders/emulation.hpp>
#include <keel/orders/order_manager.hpp>

namespace keel {

using detail::i128;

namespace {
constexpr Duration kAskAgain = Duration::seconds(1);  // a cancel at an order's end

i128 twice(Price price) { return static_cast<i128>(price.raw()) * 2; }
}  // namespace

Triggers::Triggers(std::uint32_t capacity, const InstrumentRegistry& registry, const Marks& marks)
    : capacity_(capacity), registry_(&registry), marks_(&marks), index_(capacity) {
  pool_.reserve(capacity);
  free_.reserve(capacity);
  times_.reserve(capacity);
  moved_pegs_.reserve(64);
}

// ---- what the market does ----

// What an order is watched by, as the board of marks has it. false: nothing to judge it by.
bool Triggers::range_of(const Watch& watch, Range& range) const {
  const Mark* mark = marks_->find(watch.instrument);
  if (mark == nullptr || mark->status > InstrumentStatus::kTrading || mark->has(Mark::kGapped))
    return false;
  TriggerBy by = watch.by;
  if (by == TriggerBy::kDefault)
    by = mark->has(Mark::kHasLast) ? TriggerBy::kLast : TriggerBy::kBidAsk;
  const bool is_quote = by == TriggerBy::kBidAsk || by == TriggerBy::kMid;
  if (is_quote && mark->is_crossed()) return false;
  i128 price{};
  switch (by) {
    case TriggerBy::kLast:
      if (!mark->has(Mark::kHasLast)) return false;
      price = twice(mark->last);
      break;
    case TriggerBy::kMark:
      if (!mark->has(Mark::kHasMark)) return false;
      price = twice(mark->mark);
      break;
    case TriggerBy::kMid:
      if (!mark->has(Mark::kHasBid | Mark::kHasAsk)) return false;
      price = static_cast<i128>(mark->bid.raw()) + mark->ask.raw();
      break;
    default:
      if (!mark->has(watch.side == Side::kBuy ? Mark::kHasAsk : Mark::kHasBid)) return false;
      price = twice(watch.side == Side::kBuy ? mark->ask : mark->bid);
      break;
  }
  range = {price, price, price};
  return true;
}

bool Triggers::reached(const Watch& watch, const Range& range) {
  // A buy stop and a sell if-touched wait for a market that rises.
  const bool rising = (watch.side == Side::kBuy) == is_stop(watch.type);
  const i128 trigger = twice(watch.trigger);
  return rising ? range.high >= trigger : range.low <= trigger;
}

void Triggers::on_market(const RecordHeader& input, OrderManager& orders, Emitter& emitter) {
  if (!watches(input.instrument)) [[likely]]
    return;
  const InstrumentId id = input.instrument;
  const Mark* mark = marks_->find(id);
  if (mark == nullptr || mark->status > InstrumentStatus::kTrading || mark->has(Mark::kGapped))
    return;
  const auto both = [&](TriggerBy by, const Range& range) {
    run(id, by, Side::kBuy, range, orders, emitter);
    run(id, by, Side::kSell, range, orders, emitter);
  };
  switch (input.kind) {
    case RecordKind::kTrade: {
      const i128 last = twice(mark->last);
      both(TriggerBy::kLast, {last, last, last});
      both(TriggerBy::kDefault, {last, last, last});
      break;
    }
    case RecordKind::kBar: {
      const auto& bar = record_as<Bar>(input);
      const Range range{twice(std::min(std::min(bar.low, bar.high), std::min(bar.open, bar.close))),
                        twice(std::max(std::max(bar.low, bar.high), std::max(bar.open, bar.close))),
                        twice(bar.close)};
      both(TriggerBy::kLast, range);
      both(TriggerBy::kDefault, range);
      break;
    }
    case RecordKind::kMarkPrice: {
      const i128 price = twice(mark->mark);
      both(TriggerBy::kMark, {price, price, price});
      break;
    }
    default: {
      // Anything else that moves the quote: a quote, a book, the end of a halt.
      if (mark->is_crossed()) return;
      const auto touch = [&](Side side, Price price) {
        const Range range{twice(price), twice(price), twice(price)};
        run(id, TriggerBy::kBidAsk, side, range, orders, emitter);
        if (!mark->has(Mark::kHasLast)) run(id, TriggerBy::kDefault, side, range, orders, emitter);
      };
      if (mark->has(Mark::kHasAsk)) touch(Side::kBuy, mark->ask);
      if (mark->has(Mark::kHasBid)) touch(Side::kSell, mark->bid);
      if (mark->has(Mark::kHasBid | Mark::kHasAsk)) {
        const i128 sum = static_cast<i128>(mark->bid.raw()) + mark->ask.raw();
        both(TriggerBy::kMid, {sum, sum, sum});
      }
      break;
    }
  }
  look_at_pegs(id, orders, emitter);
}

void Triggers::run(InstrumentId instrument, TriggerBy by, Side side, const Range& range,
                   OrderManager& orders, Emitter& emitter) {
  const std::uint32_t heaps = boards_[instrument.value - 1u].heaps;
  if (heaps == kNone) return;
  const auto fire = [&](std::size_t kind, const Range& where) {
    // By index at each step: what goes off is folded, and the lists move.
    const auto& list = [&]() -> const Heap& {
      return heaps_[heaps].list[static_cast<std::size_t>(by)][index(side)][kind];
    };
    while (!list().empty()) {
      const Watch watch = pool_[list().front()];
      if (!reached(watch, where)) return;
      const bool rising = (side == Side::kBuy) == is_stop(watch.type);
      const i128 price = (rising ? where.high : where.low) / 2;
      const Reason why =
          orders.trigger(watch.order, Price::from_raw(static_cast<std::int64_t>(price)), emitter);
      KEEL_ASSERT(why == Reason::kNone, "a watched order is held");
    }
  };
  fire(0, range);
  if (!heaps_[heaps].trails[static_cast<std::size_t>(by)][index(side)].empty()) {
    move_stops(instrument, by, side, range, emitter);
    fire(0, {range.last, range.last, range.last});
  }
  fire(1, range);
}

// Only a market that is further than ever since a stop was set can move one.
void Triggers::move_stops(InstrumentId instrument, TriggerBy by, Side side, const Range& range,
                          Emitter& emitter) {
  const auto source = static_cast<std::size_t>(by), at = index(side);
  Board& own = boards_[instrument.value - 1u];
  const i128 price = side == Side::kSell ? range.high : range.low;
  i128& best = own.best[source][at];
  if (own.has_best[source][at] && (side == Side::kSell ? price <= best : price >= best)) return;
  best = price;
  own.has_best[source][at] = true;
  // A move leaves every list as it is.
  const Heap& trails = heaps_[own.heaps].trails[source][at];
  for (std::size_t i = 0; i < trails.size(); ++i) {
    const Watch watch = pool_[trails[i]];
    move_stop(watch, range, emitter);
  }
}

void Triggers::move_stop(const Watch& watch, const Range& range, Emitter& emitter) {
  const auto price = trail_price(watch.side, watch.unit, watch.trail_offset,
                                 watch.side == Side::kSell ? range.high : range.low,
                                 registry_->get(watch.instrument));
  if (!price) return;
  if (watch.is(Watch::kHasTrigger) &&
      (watch.side == Side::kSell ? *price <= watch.trigger : *price >= watch.trigger))
    return;
  StateFact fact = make_record<StateFact>(RecordKind::kStopMoved);
  fact.header.instrument = watch.instrument;
  fact.account = watch.account;
  fact.strategy = watch.strategy;
  fact.order = watch.order;
  fact.price = *price;
  emitter.emit(fact.header);
}

void Triggers::on_armed(OrderId order, OrderManager& orders, Emitter& emitter) {
  std::uint32_t at = find(order);
  if (at == kNone) return;
  Range range{};
  if (pool_[at].is(Watch::kPeg)) {
    look_at_pegs(pool_[at].instrument, orders, emitter);
  } else if (pool_[at].is(Watch::kPrice) && range_of(pool_[at], range)) {
    if (is_trailing(pool_[at].type)) {
      const Watch copy = pool_[at];
      move_stop(copy, range, emitter);
    }
    if (pool_[at].is(Watch::kHasTrigger) && reached(pool_[at], range)) {
      const Reason why = orders.trigger(
          order, Price::from_raw(static_cast<std::int64_t>(range.last / 2)), emitter);
      KEEL_ASSERT(why == Reason::kNone, "a watched order is held");
    }
  }
}

// ---- pegs ----

void Triggers::look_at_pegs(InstrumentId instrument, OrderManager& orders, Emitter& emitter) {
  const Mark* mark = marks_->find(instrument);
  if (mark == nullptr || mark->status > InstrumentStatus::kTrading || mark->has(Mark::kGapped))
    return;
  const std::uint32_t heaps = boards_[instrument.value - 1u].heaps;
  for (std::size_t i = 0; i < heaps_[heaps].pegs.size(); ++i) {
    const std::uint32_t at = heaps_[heaps].pegs[i];
    const Watch watch = pool_[at];
    const auto price = peg_price(watch.side, watch.by, watch.trigger,
                                 watch.is(Watch::kHasCap) ? std::optional{watch.cap} : std::nullopt,
                                 *mark, registry_->get(instrument));
    if (!price) continue;
    if (!watch.is(Watch::kLive)) {
      (void)orders.trigger(watch.order, *price, emitter);
      continue;
    }
    const Order* order = orders.find(watch.order);
    if (order != nullptr && order->state == OrderState::kWorking &&
        order->terms.limit_price != *price)
      moved_pegs_.push_back(at);
  }
}

bool Triggers::next_peg(const OrderManager& orders, PegMove& move) {
  while (!moved_pegs_.empty()) {
    const Watch watch = pool_[moved_pegs_.back()];
    moved_pegs_.pop_back();
    const Order* order = orders.find(watch.order);
    const Mark* mark = marks_->find(watch.instrument);
    if (order == nullptr || mark == nullptr || !watch.is(Watch::kLive)) continue;
    const auto price = peg_price(watch.side, watch.by, watch.trigger,
                                 watch.is(Watch::kHasCap) ? std::optional{watch.cap} : std::nullopt,
                                 *mark, registry_->get(watch.instrument));
    if (!price || order->terms.limit_price == *price) continue;
    move = {watch.order, *price};
    return true;
  }
  return false;
}

// ---- what the clock does ----

void Triggers::on_time(Timestamp now, OrderManager& orders, Emitter& emitter) {
  while (!times_.empty() && pool_[times_.front()].at <= now) {
    const Watch watch = pool_[times_.front()];
    const Order* order = orders.find(watch.order);
    if (order == nullptr || !order->is_open()) {
      drop(find(watch.order));
    } else if (watch.is(Watch::kAuction)) {
      const Mark* mark = marks_->find(watch.instrument);
      (void)orders.trigger(watch.order, mark != nullptr ? mark->last : Price::zero(), emitter);
    } else if (order->state == OrderState::kHeld) {
      (void)orders.expire(watch.order, emitter);
    } else {
      (void)orders.cancel(watch.order, Reason::kByExpiry, emitter);
      // A cancel that is in flight already is not sent twice: look again later.
      const std::uint32_t at = find(watch.order);
      if (at != kNone && pool_[at].at <= now) set_time(at, now + kAskAgain);
    }
  }
}

}  // namespace keel
