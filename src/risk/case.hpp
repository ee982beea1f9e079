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
  std::uint32_t mask;  // limits that are set for any of the three
  std::size_t at;      // index of the side
  std::int64_t sign;
  Quantity added;          // what may fill in addition to what is open already
  detail::i128 opposing;   // the position that this side reduces, raw quantity
  detail::i128 same_open;  // what may fill on this side, the request included, raw quantity
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
  // Calls rule(limit value) for each scope where the limit is set; the first denial, or a pass.
  template <class Rule>
  [[nodiscard]] Denial each(Limit limit, Rule rule) const {
    if ((mask >> static_cast<unsigned>(limit) & 1u) == 0) return risk_detail::pass();
    if (limits->has(limit))
      if (const Denial denial = rule(limits->at(limit)); risk_detail::denied(denial)) return denial;
    if (owner->row.has(limit))
      if (const Denial denial = rule(owner->row.at(limit)); risk_detail::denied(denial))
        return denial;
    if (strategy->row.has(limit)) return rule(strategy->row.at(limit));
    return risk_detail::pass();
  }
};

inline Denial RiskChecker::resolve(const OrderRequest& request, Case& c) const {
  c.instrument = registry_->find(request.instrument);
  if (c.instrument == nullptr)
    return risk_detail::deny(Reason::kUnknownInstrument, request.instrument.value);
  c.account = directory_->account(request.account);
  if (c.account == nullptr)
    return risk_detail::deny(Reason::kUnknownAccount, request.account.value);
  if (request.strategy.value > directory_->strategy_count())
    return risk_detail::deny(Reason::kInvalidField, request.strategy.value);
  c.venue_id = request.venue.value != 0 ? request.venue : c.instrument->venue;
  const auto venue = c.venue_id.value - 1u;
  if (venue >= venues_.size() || !venues_[venue].known)
    return risk_detail::deny(Reason::kUnknownVenue, c.venue_id.value);
  c.venue = &venues_[venue].capabilities;
  c.side = request.side;
  c.terms = &request.terms;
  c.strategy_id = request.strategy;
  return risk_detail::pass();
}

inline Reason RiskChecker::to_base(const Case& c, std::uint32_t currency, detail::i128 amount,
                                   risk_detail::Sum& sum) const {
  if (currency != exposure_.base_of(c.account->id) && amount != 0) [[unlikely]]
    return add_converted(c, currency, amount, sum);
  sum.add(amount);
  return sum.overflowed ? Reason::kOverflow : Reason::kNone;
}

inline void RiskChecker::gather(Case& c) const {
  const InstrumentId instrument = c.instrument->id;
  c.limits = &instrument_rows_[instrument.value - 1u];
  c.owner = &accounts_[c.account->id.value - 1u];
  c.strategy = &strategies_[c.strategy_id.value];
  c.mask = c.limits->mask | c.owner->row.mask | c.strategy->row.mask;
  c.open = &exposure_.orders(c.account->id, instrument);
  c.mark = marks_->find(instrument);
  c.at = OpenExposure::index(c.side);
  c.sign = sign(c.side);
  const detail::i128 against = -static_cast<detail::i128>(c.open->position.raw()) * c.sign;
  c.opposing = against > 0 ? against : 0;
  c.same_open = static_cast<detail::i128>(c.open->open[c.at].raw()) + c.added.raw();
}

}  // namespace keel
