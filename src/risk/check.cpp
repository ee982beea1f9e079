// The decisions. Everything here is on the path of an order: no allocation, no virtual call, no
// floating point.
#include "risk/case.hpp"

// Each step is used once; together they are one function, so that nothing is handed over in memory.
#define KEEL_RULE [[gnu::always_inline]] inline

namespace keel {

using risk_detail::deny;
using risk_detail::i128;
using risk_detail::Sum;

// What open orders linked to this one (the other leg of an exit) may fill on its side: of those and
// this order only one is meant to. Counted for deciding whether it reduces, not against limits.
std::int64_t RiskChecker::linked_quantity(const OrderRequest& request) const {
  if (request.group == 0 ||
      (request.contingency != Contingency::kOco && request.contingency != Contingency::kOuo))
    return 0;
  std::int64_t largest = 0;
  orders_->for_each_open([&](const Order& order) {
    if (order.group != request.group || !(order.account == request.account) ||
        !(order.instrument == request.instrument) || order.side != request.side)
      return;
    if (order.open_worst.raw() > largest) largest = order.open_worst.raw();
  });
  return largest < request.terms.quantity.raw() ? largest : request.terms.quantity.raw();
}

// What is open on that side and is not reduce-only. Looks at every open order: asked for rarely.
detail::i128 RiskChecker::unreduced_open(const Case& c) const {
  i128 sum = 0;
  orders_->for_each_open([&](const Order& order) {
    if (order.account == c.account->id && order.instrument == c.instrument->id &&
        order.side == c.side && !order.terms.reduce_only())
      sum += order.open_worst.raw();
  });
  return sum;
}

// ---- states ----

KEEL_RULE bool RiskChecker::gates(const Case& c) const {
  if (kill_.level != KillLevel::kOff) [[unlikely]]
    return deny(c.why, Reason::kKillSwitch, static_cast<std::uint8_t>(kill_.level));
  const TradingState state = state_ > c.owner->state ? state_ : c.owner->state;
  if (state == TradingState::kHalted) [[unlikely]]
    return deny(c.why, Reason::kTradingHalted, static_cast<std::uint8_t>(state));
  if (recovering_ && !c.is_reducing) [[unlikely]]
    return deny(c.why, Reason::kRecovering);
  if (state != TradingState::kActive && !c.is_reducing) [[unlikely]]
    return deny(c.why, Reason::kReducingOnly, c.same_open, c.opposing);
  constexpr std::uint16_t reduce = OrderTerms::kReduceOnly | OrderTerms::kClosePosition;
  if ((c.terms->flags & reduce) != 0 && !c.is_reducing) [[unlikely]]
    return deny(c.why, Reason::kReduceOnlyViolation, c.same_open, c.opposing);
  return false;
}

// ---- the market ----

KEEL_RULE bool RiskChecker::market(Case& c, Timestamp now) const {
  if (rules::tradable(c.why, *c.instrument, c.mark, now)) return true;
  std::int64_t max_age = -1;
  if (c.any(Limit::kMaxReferenceAge)) {
    if (c.limits->has(Limit::kMaxReferenceAge))
      max_age = static_cast<std::int64_t>(c.limits->at(Limit::kMaxReferenceAge));
    if (c.owner->row.has(Limit::kMaxReferenceAge)) {
      const auto own = static_cast<std::int64_t>(c.owner->row.at(Limit::kMaxReferenceAge));
      if (max_age < 0 || own < max_age) max_age = own;
    }
  }
  if (rules::reference(c.why, c.mark, c.side, now, max_age, c.reference)) return true;
  if (restarted_at_.ns != 0 && c.reference.time < restarted_at_ && !c.is_reducing) [[unlikely]]
    return deny(c.why, Reason::kRecovering, rules::age_ns(now, c.reference.time));
  if (!c.any(Limit::kPriceCollar, Limit::kPriceDistance)) return false;

  // A limit behind a trigger is judged from where the trigger is: that is where the market will be.
  const OrderTerms& terms = *c.terms;
  const bool limited = (terms.flags & OrderTerms::kHasLimit) != 0;
  const bool triggered = (terms.flags & OrderTerms::kHasTrigger) != 0;
  if (limited) {
    const Price from = triggered ? terms.trigger_price : c.reference.price;
    const bool denied = c.each(Limit::kPriceCollar, [&](i128 limit) {
      return rules::price_collar(c.why, c.side, terms.limit_price, from,
                                 Rate::from_raw(static_cast<std::int64_t>(limit)));
    });
    if (denied) return true;
  }
  return c.each(Limit::kPriceDistance, [&](i128 limit) {
    const Rate rate = Rate::from_raw(static_cast<std::int64_t>(limit));
    if (triggered)
      if (rules::price_distance(c.why, terms.trigger_price, c.reference.price, rate)) return true;
    return limited ? rules::price_distance(c.why, terms.limit_price, c.reference.price, rate)
                   : false;
  });
}

// ---- the order's own size ----

KEEL_RULE bool RiskChecker::value_of(Case& c) const {
  const Rate buffer =
      c.owner->row.has(Limit::kMarketBuffer)
          ? Rate::from_raw(static_cast<std::int64_t>(c.owner->row.at(Limit::kMarketBuffer)))
          : Rate::zero();
  if (!rules::reserve_price(c.side, *c.terms, c.reference.price, buffer, c.reserve))
    return deny(c.why, Reason::kOverflow, c.open_quantity.raw());
  if (!OpenExposure::value(*c.instrument, c.reserve, c.open_quantity, c.value))
    return deny(c.why, Reason::kOverflow, c.open_quantity.raw(), c.reserve.raw());
  c.value_added = c.value;
  if (c.account->kind == AccountKind::kCash)
    c.cash_added = OpenExposure::cash_need(cash_rule(*c.instrument, c.account->kind), c.side,
                                           c.reserve, c.value);
  return c.counted.is_positive() ? value_beyond(c) : false;
}

KEEL_RULE bool RiskChecker::sizes(const Case& c) const {
  const Instrument& instrument = *c.instrument;
  constexpr Int128 none{~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()};
  if (!(instrument.min_notional == Int128{}) || !(instrument.max_notional == none)) {
    // At the order's own price, not at what it counts for in the limits.
    const Quantity whole = c.terms->quantity;
    const bool limited = (c.terms->flags & OrderTerms::kHasLimit) != 0;
    i128 notional{};
    if (instrument.is_inverse()) {
      notional = static_cast<i128>(whole.raw()) * instrument.multiplier.raw();
      if (__builtin_mul_overflow(notional, static_cast<i128>(100), &notional))
        return deny(c.why, Reason::kOverflow, whole.raw());
    } else {
      const Price price = limited ? c.terms->limit_price : c.reserve;
      if (!OpenExposure::value(instrument, price, whole, notional))
        return deny(c.why, Reason::kOverflow, whole.raw());
    }
    if (rules::instrument_notional(c.why, instrument, Int128::from(notional))) return true;
  }
  if (c.each(Limit::kMaxOrderQuantity,
             [&](i128 limit) { return rules::order_quantity(c.why, c.terms->quantity, limit); }))
    return true;
  if (!c.any(Limit::kMaxOrderNotional)) return false;
  Sum in_base{};
  if (const Reason reason = to_base(c, c.open->currency, c.value, in_base); reason != Reason::kNone)
    return deny(c.why, reason);
  return c.each(Limit::kMaxOrderNotional,
                [&](i128 limit) { return rules::order_notional(c.why, in_base.value, limit); });
}

// ---- position, and what flows ----

KEEL_RULE bool RiskChecker::positions(const Case& c) const {
  if (!c.any(Limit::kMaxPosition) || !c.added.is_positive()) return false;
  i128 open = c.same_open;
  const bool venue_holds_it = c.is_reducing && c.terms->reduce_only() && c.venue->reduce_only;
  if (venue_holds_it) {
    // It takes away no more than is there; at worst it does so before what is not reduce-only.
    const i128 others = unreduced_open(c);
    const i128 reducing = open - others;
    open = others + (reducing < c.opposing ? reducing : static_cast<i128>(c.opposing));
    if (others == 0) return false;
  }
  const auto check = [&](std::int64_t position, i128 may_fill, i128 limit) {
    return rules::position(c.why, c.sign, position, may_fill, limit);
  };
  const std::int64_t held = c.open->position.raw();
  if (c.limits->has(Limit::kMaxPosition))
    if (check(held, open, c.limits->at(Limit::kMaxPosition))) return true;
  if (c.owner->row.has(Limit::kMaxPosition))
    if (check(held, open, c.owner->row.at(Limit::kMaxPosition))) return true;
  if (venue_holds_it) return false;
  if (!c.strategy->row.has(Limit::kMaxPosition)) return false;
  const Position* own =
      portfolio_->strategy_position(c.account->id, c.strategy_id, c.instrument->id);
  const Quantity own_open =
      orders_->strategy_open_quantity(c.account->id, c.strategy_id, c.instrument->id, c.side);
  return check(own == nullptr ? 0 : own->quantity.raw(),
               static_cast<i128>(own_open.raw()) + c.added.raw(),
               c.strategy->row.at(Limit::kMaxPosition));
}

namespace {

template <class Owner>
bool rate_of(Denial& why, const Owner& owner, Timestamp now) {
  if (!owner.row.has(Limit::kMaxOrderRate)) return false;
  auto limit = static_cast<std::uint64_t>(owner.row.at(Limit::kMaxOrderRate));
  if (owner.row.has(Limit::kCancelReserve)) {  // cancels alone may use these
    const auto kept = static_cast<std::uint64_t>(owner.row.at(Limit::kCancelReserve));
    limit = kept < limit ? limit - kept : 0;
  }
  const Duration window =
      owner.row.has(Limit::kOrderRateWindow)
          ? Duration{static_cast<std::int64_t>(owner.row.at(Limit::kOrderRateWindow))}
          : Duration::seconds(1);
  if (!owner.ring.is_full(limit, window, now)) [[likely]]
    return false;
  return deny(why, Reason::kOrderRate, static_cast<i128>(owner.ring.count(window, now)) + 1,
              static_cast<i128>(limit));
}

}  // namespace

KEEL_RULE bool RiskChecker::flow(const Case& c, Timestamp now) const {
  if (c.opens_order && c.any(Limit::kMaxOpenOrders)) {
    if (c.owner->row.has(Limit::kMaxOpenOrders))
      if (rules::open_orders(c.why, c.owner->open_orders + 1,
                             c.owner->row.at(Limit::kMaxOpenOrders)))
        return true;
    if (c.strategy->row.has(Limit::kMaxOpenOrders))
      if (rules::open_orders(c.why, c.strategy->open_orders + 1,
                             c.strategy->row.at(Limit::kMaxOpenOrders)))
        return true;
  }
  if (!c.any(Limit::kMaxOrderRate)) return false;
  if (rate_of(c.why, *c.owner, now)) return true;
  return rate_of(c.why, *c.strategy, now);
}

// ---- losses ----

KEEL_RULE bool RiskChecker::losses(const Case& c, const Valuation& valuation) const {
  const WholeRow& row = c.owner->row;
  // Nothing is measured yet: the first mark comes with the first market input or timer.
  if (!c.owner->marks.known) return deny(c.why, Reason::kRecovering);
  if (valuation.unpriced != 0) return deny(c.why, Reason::kNoReferencePrice, valuation.unpriced);
  EquityMarks marks = c.owner->marks;
  if (!c.owner->flows.empty() && !settled_marks(*c.owner, marks, c.account->base))
    return deny(c.why, Reason::kNoConversionRate);
  const i128 equity = valuation.equity.raw().wide();
  const i128 base = marks.day_base.wide(), peak = marks.peak.wide();
  if (row.has(Limit::kMaxDailyLoss))
    if (rules::loss(c.why, Reason::kDailyLoss, base, equity, row.at(Limit::kMaxDailyLoss)))
      return true;
  if (row.has(Limit::kMaxDailyLossRate))
    if (rules::loss_rate(c.why, Reason::kDailyLoss, base, equity, row.at(Limit::kMaxDailyLossRate)))
      return true;
  if (row.has(Limit::kMaxDrawdown))
    if (rules::loss(c.why, Reason::kDrawdown, peak, equity, row.at(Limit::kMaxDrawdown)))
      return true;
  if (row.has(Limit::kMaxDrawdownRate))
    return rules::loss_rate(c.why, Reason::kDrawdown, peak, equity,
                            row.at(Limit::kMaxDrawdownRate));
  return false;
}

// ---- exposures and funds ----

// What the account's open orders and this request add, in its base currency.
KEEL_RULE bool RiskChecker::add_up(const Case& c, Totals& totals) const {
  const OpenOrders& open = *c.open;
  const i128 held = open.position.raw();
  // This side with the request, the other as it is.
  i128 here{}, there{};
  const std::size_t other = 1 - c.at;
  const bool fits =
      OpenExposure::extra_of(open.open[c.at] + c.added, open.value[c.at].wide() + c.value_added,
                             c.opposing, here) &&
      OpenExposure::extra_of(open.open[other], open.value[other].wide(),
                             c.opposing == 0 ? (held < 0 ? -held : held) : 0, there);
  if (!fits) return deny(c.why, Reason::kOverflow, c.open_quantity.raw(), c.reserve.raw());
  const i128 worst = here > there ? here : there;
  const i128 more = worst - open.extra.wide();
  const auto& sums = exposure_.sums(c.account->id);
  const OpenSums& own = sums[c.base];
  // Sums of one currency never wrap (kMaxOrderValue); in the base currency nothing is converted.
  i128 extra = own.extra.wide(), side = own.value[c.at].wide();
  if (open.currency == c.base) [[likely]] {
    extra += more;
    side += c.value_added;
  }
  totals.worst = worst;
  totals.extra = {extra, false};
  totals.side = {side, false};
  if (sums.size() == 1) [[likely]]
    return false;
  return add_others(c, more, totals);
}

// The same of the other currencies.
bool RiskChecker::add_others(const Case& c, i128 more, Totals& totals) const {
  const auto& sums = exposure_.sums(c.account->id);
  for (std::uint32_t i = 0; i < sums.size(); ++i) {
    if (i == c.base) continue;
    i128 extra = sums[i].extra.wide(), side = sums[i].value[c.at].wide();
    if (i == c.open->currency) {
      extra += more;
      side += c.value_added;
    }
    if (const Reason reason = to_base(c, i, extra, totals.extra); reason != Reason::kNone)
      return deny(c.why, reason);
    if (const Reason reason = to_base(c, i, side, totals.side); reason != Reason::kNone)
      return deny(c.why, reason);
  }
  return false;
}

// The margin of all of that.
KEEL_RULE bool RiskChecker::add_up_margin(const Case& c, Totals& totals) const {
  totals.margin = Sum{};
  const auto margin = OpenExposure::margin_of(*c.instrument, c.account->kind, totals.worst);
  if (!margin) return deny(c.why, Reason::kOverflow, c.open_quantity.raw(), c.reserve.raw());
  const auto& sums = exposure_.sums(c.account->id);
  for (std::uint32_t i = 0; i < sums.size(); ++i) {
    i128 sum = sums[i].margin.wide();
    if (i == c.open->currency) sum += *margin - c.open->margin.wide();
    if (sum == 0) continue;
    if (const Reason reason = to_base(c, i, sum, totals.margin); reason != Reason::kNone)
      return deny(c.why, reason);
  }
  return false;
}

KEEL_RULE bool RiskChecker::exposures(const Case& c, const Valuation& valuation,
                                      const Totals& totals) const {
  if (valuation.unpriced != 0 && !c.is_reducing)
    return deny(c.why, Reason::kNoReferencePrice, valuation.unpriced);
  const WholeRow& row = c.owner->row;
  const i128 equity = valuation.equity.raw().wide();
  Sum gross = totals.extra;
  gross.add(valuation.gross_exposure.raw().wide());
  Sum net{};
  net.add(valuation.net_exposure.raw().wide());
  c.sign > 0 ? net.add(totals.side.value) : net.subtract(totals.side.value);
  if (gross.overflowed || net.overflowed) return deny(c.why, Reason::kOverflow);
  if (row.has(Limit::kMaxNetExposure))
    if (rules::net_exposure(c.why, c.sign, net.value, row.at(Limit::kMaxNetExposure))) return true;
  if (c.is_reducing) return false;
  if (row.has(Limit::kMaxGrossExposure))
    if (rules::gross_exposure(c.why, gross.value, row.at(Limit::kMaxGrossExposure))) return true;
  if (row.has(Limit::kMaxConcentration)) {
    const auto held = portfolio_->market_value(c.account->id, c.instrument->id);
    if (!held) return deny(c.why, Reason::kNoReferencePrice, 1);
    const i128 size = held->raw().wide();
    Sum part{};
    if (const Reason reason =
            to_base(c, c.open->currency, (size < 0 ? -size : size) + totals.worst, part);
        reason != Reason::kNone)
      return deny(c.why, reason);
    if (rules::share_of_equity(c.why, Reason::kConcentration, part.value, equity,
                               row.at(Limit::kMaxConcentration)))
      return true;
  }
  if (row.has(Limit::kMaxLeverage))
    return rules::share_of_equity(c.why, Reason::kLeverage, gross.value, equity,
                                  row.at(Limit::kMaxLeverage));
  return false;
}

KEEL_RULE bool RiskChecker::funds(const Case& c, const Valuation& valuation, Totals& totals) const {
  const i128 buffer = c.owner->row.at(Limit::kFeeBuffer);
  if (c.account->kind == AccountKind::kCash &&
      cash_rule(*c.instrument, c.account->kind) == CashRule::kFull) {
    // A sale needs the holding; it is not reducing, so the holding is not there.
    if (c.side == Side::kSell) return deny(c.why, Reason::kBuyingPower, c.same_open, c.opposing);
    const auto& sums = exposure_.sums(c.account->id)[c.open->currency];
    const Money cash = portfolio_->cash(c.account->id, exposure_.currencies()[c.open->currency]);
    return rules::buying_power(c.why, sums.cash.wide() + c.cash_added, buffer, cash.raw().wide());
  }
  if (valuation.unpriced != 0) return deny(c.why, Reason::kNoReferencePrice, valuation.unpriced);
  Sum free{};
  free.add(valuation.equity.raw().wide()).subtract(valuation.margin_used.raw().wide());
  // Neither margin nor fees are more than the exposure itself: where twice that is there, no need
  // to divide.
  if (!free.overflowed && free.value / 2 >= totals.extra.value) [[likely]]
    return false;
  if (add_up_margin(c, totals)) return true;
  const auto fees =
      risk_detail::scale_up(totals.extra.value, static_cast<std::int64_t>(buffer), Rate::kScale);
  if (!fees) return deny(c.why, Reason::kOverflow);
  Sum need = totals.margin;
  need.add(*fees);
  if (need.overflowed || free.overflowed) return deny(c.why, Reason::kOverflow);
  return rules::buying_power(c.why, need.value, 0, free.value);
}

// Rules of the account as a whole.
KEEL_RULE bool RiskChecker::account_rules(const Case& c) const {
  const bool watch_losses = !c.is_reducing && c.any(Limit::kMaxDailyLoss, Limit::kMaxDailyLossRate,
                                                    Limit::kMaxDrawdown, Limit::kMaxDrawdownRate);
  const bool watch_exposure = c.any(Limit::kMaxGrossExposure, Limit::kMaxNetExposure,
                                    Limit::kMaxConcentration, Limit::kMaxLeverage);
  const bool watch_funds = c.any(Limit::kFeeBuffer) && !c.is_reducing;
  if (!watch_losses && !watch_exposure && !watch_funds) return false;
  const Valuation& valuation = portfolio_->valuation(c.account->id);
  if (watch_losses)
    if (losses(c, valuation)) return true;
  if (!watch_exposure && !watch_funds) return false;
  Totals totals;
  if (add_up(c, totals)) return true;
  if (watch_exposure)
    if (exposures(c, valuation, totals)) return true;
  return watch_funds ? funds(c, valuation, totals) : false;
}

// ---- all of them, in their order ----

bool RiskChecker::weigh(Case& c, Timestamp now) const {
  if (gates(c)) return true;
  if (market(c, now)) return true;
  if (value_of(c)) return true;
  if (sizes(c)) return true;
  if (positions(c)) return true;
  if (flow(c, now)) return true;
  return account_rules(c);
}

// ---- a new order ----

bool RiskChecker::judge(const OrderRequest& request, Timestamp now, OrderId held, Case& c) {
  make_room(request.instrument, request.account, request.strategy);
  if (resolve(request, c)) return true;
  if (rules::request(c.why, request, *c.instrument, *c.venue, now)) return true;
  if (!request.client_id.empty()) {
    const OrderId user = client_ids_.find(request.account, request.client_id);
    if (!user.is_none() && !(user == held))
      return deny(c.why, Reason::kDuplicateClientId, static_cast<i128>(user.value));
  }
  c.added = c.open_quantity = request.terms.quantity;
  c.opens_order = held.is_none();
  if (gather(c)) return true;
  c.is_reducing = c.opposing > 0 && (c.same_open <= c.opposing ||
                                     c.same_open - linked_quantity(request) <= c.opposing);
  if (!c.is_reducing && request.terms.reduce_only() && c.venue->reduce_only)
    c.is_reducing = c.opposing >= request.terms.quantity.raw();  // the venue sees to it
  return weigh(c, now);
}

Decision<OrderRequest> RiskChecker::check(const OrderRequest& request, Timestamp now,
                                          OrderId held) {
  Case c;
  if (judge(request, now, held, c)) return c.why;
  return {ApprovalKey{}, request, c.reserve};
}

Decision<OrderRequest> RiskChecker::check_exit(const OrderRequest& request, Timestamp now,
                                               OrderId held) {
  auto decision = check(request, now, held);
  if (decision.approved()) return decision;
  // What makes no order of it, or what the venue would refuse, is not passed.
  Case c;
  if (decision.denial().reason == Reason::kNotionalTooSmall || resolve(request, c) ||
      rules::request(c.why, request, *c.instrument, *c.venue, now))
    return decision;
  c.added = c.open_quantity = request.terms.quantity;
  c.opens_order = false;
  if (gather(c)) return decision;
  c.is_reducing = c.opposing > 0 && c.same_open - linked_quantity(request) <= c.opposing;
  if (!c.is_reducing || gates(c) || rules::tradable(c.why, *c.instrument, c.mark, now))
    return decision;
  Price reference = Price::zero();
  if (c.mark != nullptr && rules::reference_of(*c.mark, c.side, c.reference))
    reference = c.reference.price;
  if (!rules::reserve_price(c.side, request.terms, reference, Rate::zero(), c.reserve))
    c.reserve = reference;
  return {ApprovalKey{}, request, c.reserve};
}

}  // namespace keel
