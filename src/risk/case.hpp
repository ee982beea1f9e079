// One request on its way through the rules: everything that the rules read, gathered once.
#pragma once

#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>
#include <keel/risk/rules/limits.hpp>
#include <keel/risk/rules/market.hpp>
#include <keel/risk/rules/request.hpp>

namespace keel {

struct RiskChecker::Case {
  mutable Denial why;  // written by the rule that denies
  const Instrument* instrument;
  const Account* account;
  const Capabilities* venue;
  const InstrumentRow* limits;
  const AccountState* owner;
  const StrategyState* strategy;
  const OpenOrders* open;
  const Mark* mark;
  const OrderTerms* terms;
  StrategyId strategy_id;
  VenueId venue_id;
  Side side;
  bool opens_order;    // takes one more place among the open orders
  bool is_reducing;    // cannot do but reduce the position, whatever fills
  std::uint32_t base;  // index of the account's currency
  std::uint32_t mask;  // limits that are set for any of the three
  std::size_t at;      // index of the side
  std::int64_t sign;
  Quantity added;          // what may fill in addition to what is open already
  std::int64_t opposing;   // the position that this side reduces, raw quantity
  std::int64_t same_open;  // what may fill on this side, the request included, raw quantity
  ReferencePrice reference;
  Price reserve;
  // Of a replace: what counts already, and at which price. Zero for a new order.
  Quantity counted = Quantity::zero();
  Price counted_reserve;
  Quantity open_quantity;    // of this order, the request included
  detail::i128 value;        // of that, at the reserve price
  detail::i128 value_added;  // the part that is not counted yet
  detail::i128 cash_added;   // of cash accounts only

  template <class... Limits>
  [[nodiscard]] bool any(Limits... of) const {
    return (mask & ((1u << static_cast<unsigned>(of)) | ...)) != 0;
  }
  // Calls rule(limit value) for each scope where the limit is set; whether one of them denies.
  template <class Rule>
  [[nodiscard]] bool each(Limit limit, Rule rule) const {
    if ((mask >> static_cast<unsigned>(limit) & 1u) == 0) return false;
    return (limits->has(limit) && rule(limits->at(limit))) ||
           (owner->row.has(limit) && rule(owner->row.at(limit))) ||
           (strategy->row.has(limit) && rule(strategy->row.at(limit)));
  }
};

inline bool RiskChecker::resolve(const OrderRequest& request, Case& c) const {
  // Ids count from 1, without gaps: an id that was seen before needs no second look.
  if (request.instrument.value - 1u >= known_.instruments &&
      registry_->find(request.instrument) == nullptr)
    return risk_detail::deny(c.why, Reason::kUnknownInstrument, request.instrument.value);
  if (request.account.value - 1u >= known_.accounts &&
      directory_->account(request.account) == nullptr)
    return risk_detail::deny(c.why, Reason::kUnknownAccount, request.account.value);
  if (request.strategy.value > known_.strategies &&
      request.strategy.value > directory_->strategy_count())
    return risk_detail::deny(c.why, Reason::kInvalidField, request.strategy.value);
  c.instrument = &registry_->all()[request.instrument.value - 1u];
  c.account = &directory_->accounts()[request.account.value - 1u];
  c.venue_id = request.venue.value != 0 ? request.venue : c.instrument->venue;
  const auto venue = c.venue_id.value - 1u;
  if (venue >= known_.venues || !venues_[venue].known)
    return risk_detail::deny(c.why, Reason::kUnknownVenue, c.venue_id.value);
  // What another venue does for an account that it does not have, nobody could reconcile.
  if (c.account->venue != c.venue_id)
    return risk_detail::deny(c.why, Reason::kUnknownAccount, request.account.value);
  c.venue = &venues_[venue].capabilities;
  c.side = request.side;
  c.terms = &request.terms;
  c.strategy_id = request.strategy;
  return false;
}

inline Reason RiskChecker::to_base(const Case& c, std::uint32_t currency, detail::i128 amount,
                                   risk_detail::Sum& sum) const {
  if (currency != c.base && amount != 0) [[unlikely]]
    return add_converted(c, currency, amount, sum);
  sum.add(amount);
  return sum.overflowed ? Reason::kOverflow : Reason::kNone;
}

inline bool RiskChecker::gather(Case& c) const {
  const InstrumentId instrument = c.instrument->id;
  c.limits = &instrument_rows_[instrument.value - 1u];
  c.owner = &accounts_[c.account->id.value - 1u];
  c.strategy = &strategies_[c.strategy_id.value];
  c.mask = c.limits->mask | c.owner->row.mask | c.strategy->row.mask;
  c.open = &exposure_.known(c.account->id, instrument);
  c.base = exposure_.base_of(c.account->id);
  c.mark = marks_->find(instrument);
  c.at = OpenExposure::index(c.side);
  c.sign = sign(c.side);
  // The position, counted in the direction of the order.
  std::int64_t held = c.open->position.raw(), worst{};
  bool fits = c.sign > 0 || !__builtin_sub_overflow(std::int64_t{0}, held, &held);
  c.opposing = held < 0 && held != std::numeric_limits<std::int64_t>::min() ? -held : 0;
  // Neither what may fill nor the position that it may make can leave the range of a quantity.
  fits &= !__builtin_add_overflow(c.open->open[c.at].raw(), c.added.raw(), &c.same_open);
  fits &= !__builtin_add_overflow(held, c.same_open, &worst);
  if (!fits) [[unlikely]]
    return risk_detail::deny(c.why, Reason::kOverflow,
                             static_cast<detail::i128>(c.open->open[c.at].raw()) + c.added.raw(),
                             std::numeric_limits<std::int64_t>::max());
  return false;
}

}  // namespace keel
