// Decisions about replaces and about flattening, and validation alone.
#include "risk/case.hpp"

namespace keel {

using risk_detail::deny;
using risk_detail::i128;

Denial RiskChecker::validate(const OrderRequest& request, Timestamp now, bool emulated) const {
  Case c;
  if (resolve(request, c)) return c.why;
  if (rules::request(c.why, request, *c.instrument, *c.venue, now, emulated)) return c.why;
  return Denial{Reason::kNone, {}, {}};
}

// ---- replace ----

// The order as it would be. Denial: the change makes no order of it.
bool RiskChecker::replaced_terms(const ReplaceRequest& request, const Order& order, Timestamp now,
                                 const Case& c, OrderTerms& terms) const {
  if (request.quantity) terms.quantity = *request.quantity;
  if (request.limit_price) {
    if (!order.terms.limit())
      return deny(c.why, Reason::kPriceUnexpected, request.limit_price->raw());
    terms.limit_price = *request.limit_price;
  }
  if (request.trigger_price) {
    if (!order.terms.trigger())
      return deny(c.why, Reason::kTriggerUnexpected, request.trigger_price->raw());
    terms.trigger_price = *request.trigger_price;
  }
  if (terms == order.terms) return deny(c.why, Reason::kNothingToReplace);
  if (rules::quantity(c.why, terms, *c.instrument)) return true;
  // As much as is filled, or less, is a cancel: that is not guessed.
  if (terms.quantity <= order.filled)
    return deny(c.why, Reason::kQuantityTooSmall, terms.quantity.raw(), order.filled.raw());
  if (rules::prices(c.why, terms, *c.instrument)) return true;
  return rules::flags(c.why, terms, now);
}

bool RiskChecker::judge(const ReplaceRequest& request, Timestamp now, Case& c, OrderTerms& terms) {
  const Order* order = orders_->find(request.order);
  if (order == nullptr)
    return deny(c.why, Reason::kUnknownOrder, static_cast<i128>(request.order.value));
  if (!order->is_open())
    return deny(c.why, Reason::kOrderNotOpen, static_cast<std::uint8_t>(order->state));
  if (order->state == OrderState::kPendingReplace || order->state == OrderState::kPendingCancel ||
      order->state == OrderState::kUnknown)
    return deny(c.why, Reason::kCommandInFlight, static_cast<std::uint8_t>(order->state));
  OrderRequest as_request{};
  as_request.instrument = order->instrument;
  as_request.account = order->account;
  as_request.strategy = order->strategy;
  as_request.venue = order->venue;
  as_request.side = order->side;
  make_room(order->instrument, order->account, order->strategy);
  if (resolve(as_request, c)) return true;
  const bool is_held = order->state == OrderState::kHeld;
  if (!is_held && !c.venue->replace) return deny(c.why, Reason::kTypeNotSupported);
  terms = order->terms;
  if (replaced_terms(request, *order, now, c, terms)) return true;

  c.terms = &terms;
  c.reserve = order->reserve_price;
  c.open_quantity = terms.quantity - order->filled;
  const bool only_less = terms.limit_price == order->terms.limit_price &&
                         terms.trigger_price == order->terms.trigger_price &&
                         c.open_quantity <= order->open_worst;
  if (only_less || is_held) return false;  // a held order is checked when it is released
  const Quantity before = order->open_worst;
  c.added = c.open_quantity > before ? c.open_quantity - before : Quantity::zero();
  if (gather(c)) return true;
  c.opens_order = false;  // it has its place among the open orders already
  c.is_reducing = c.opposing > 0 && c.same_open <= c.opposing;
  // The larger of old and new, in quantity and in price, is what may fill until the venue answers.
  if (c.open_quantity < before) c.open_quantity = before;
  c.counted = before;
  c.counted_reserve = order->reserve_price;
  return weigh(c, now);
}

// What the order adds to what is counted for it already.
bool RiskChecker::value_beyond(Case& c) const {
  i128 counted{}, at_old_price{};
  if (!OpenExposure::value(*c.instrument, c.counted_reserve, c.counted, counted) ||
      !OpenExposure::value(*c.instrument, c.counted_reserve, c.open_quantity, at_old_price))
    return deny(c.why, Reason::kOverflow, c.open_quantity.raw(), c.counted_reserve.raw());
  if (at_old_price > c.value) {
    c.reserve = c.counted_reserve;
    c.value = at_old_price;
  }
  c.value_added = c.value - counted;
  if (c.account->kind == AccountKind::kCash) {
    const CashRule rule = cash_rule(*c.instrument, c.account->kind);
    c.cash_added = OpenExposure::cash_need(rule, c.side, c.reserve, c.value) -
                   OpenExposure::cash_need(rule, c.side, c.counted_reserve, counted);
  }
  return false;
}

Decision<ReplaceRequest> RiskChecker::check(const ReplaceRequest& request, Timestamp now) {
  Case c;
  OrderTerms terms{};
  if (judge(request, now, c, terms)) return c.why;
  return {ApprovalKey{}, request, c.reserve};
}

// ---- flatten ----

Decision<OrderRequest> RiskChecker::check_flatten(const OrderRequest& request, Timestamp now) {
  Case c;
  make_room(request.instrument, request.account, request.strategy);
  if (resolve(request, c)) return c.why;
  if (rules::request(c.why, request, *c.instrument, *c.venue, now)) return c.why;
  c.added = c.open_quantity = request.terms.quantity;
  if (gather(c)) return c.why;
  if (c.opposing == 0 || c.same_open > c.opposing)
    return Denial{Reason::kReduceOnlyViolation, Int128::from(c.same_open),
                  Int128::from(c.opposing)};
  if (rules::tradable(c.why, *c.instrument, c.mark, now)) return c.why;
  // A price makes the reserve; where there is none, the way out is not barred.
  Price reference = Price::zero();
  if (c.mark != nullptr && rules::reference_of(*c.mark, c.side, c.reference))
    reference = c.reference.price;
  if (!rules::reserve_price(c.side, request.terms, reference, Rate::zero(), c.reserve))
    c.reserve = reference;
  return {ApprovalKey{}, request, c.reserve};
}

std::optional<OrderRequest> RiskChecker::flatten_request(AccountId account,
                                                         InstrumentId instrument) const {
  const Instrument* of = registry_->find(instrument);
  if (of == nullptr || directory_->account(account) == nullptr) return std::nullopt;
  const OpenOrders& open = exposure_.orders(account, instrument);
  if (open.position.is_zero()) return std::nullopt;
  const Side side = open.position.is_positive() ? Side::kSell : Side::kBuy;
  Quantity rest = abs(open.position) - open.open[OpenExposure::index(side)];
  if (rest > of->max_quantity) rest = of->max_quantity;
  if (!rest.is_positive()) return std::nullopt;
  rest = rest.floor_to(of->quantity_increment);
  if (rest < of->min_quantity || !rest.is_positive()) return std::nullopt;
  OrderRequest request = OrderRequest::market(instrument, side, rest).on(account);
  const auto venue = of->venue.value - 1u;
  if (venue < venues_.size() && venues_[venue].known) {
    const Capabilities& can = venues_[venue].capabilities;
    for (const TimeInForce tif : {TimeInForce::kIoc, TimeInForce::kGtc, TimeInForce::kDay}) {
      if (!can.supports(tif)) continue;
      request.with(tif);
      break;
    }
    if (can.reduce_only) request.reduce_only();
  }
  return request;
}

}  // namespace keel
