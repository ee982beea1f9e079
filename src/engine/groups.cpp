// Several orders as one request: baskets, groups, and orders that wait for another.
#include <keel/engine/engine.hpp>

namespace keel {

namespace {

Int128 raw_or_zero(const std::optional<Price>& price) {
  return Int128::from(price ? price->raw() : 0);
}

// The stop lies behind where the entry may fill, the target before it. An entry without a price of
// its own is judged by the market, where that is known.
bool exits_fit(const BracketRequest& request, const Marks& marks) {
  const OrderRequest& entry = request.entry;
  const bool buys = entry.side == Side::kBuy;
  const auto behind = [buys](Price a, Price b) { return buys ? a < b : a > b; };
  if (request.stop_loss && request.take_profit && !behind(*request.stop_loss, *request.take_profit))
    return false;
  std::optional<Price> at = entry.terms.limit();
  if (!at) at = entry.terms.trigger();
  if (!at)
    if (const auto reference = marks.reference(entry.instrument, entry.side)) at = reference->price;
  if (!at) return true;
  return (!request.stop_loss || behind(*request.stop_loss, *at)) &&
         (!request.take_profit || behind(*at, *request.take_profit));
}

}  // namespace

void Engine::complete(OrderRequest& request) const {
  if (const auto* instrument = registry_.find(request.instrument);
      instrument != nullptr && request.venue.value == 0)
    request.venue = instrument->venue;
}

// Whether so many more orders may be asked for in this transaction. A strategy that answers each
// denial with another request would never end: after a thousand it is stopped.
Denial Engine::may_request(std::size_t orders) {
  requests_ += static_cast<std::uint32_t>(orders);
  if (requests_ > 1024 && calling_ != nullptr && !stopped_) [[unlikely]]
    callback_failed(*calling_, "more than a thousand requests in one transaction");
  if (requests_ > kMaxRequests) [[unlikely]]
    return {Reason::kTooManyRequests, Int128::from(requests_), Int128::from(kMaxRequests)};
  if (journal_failed_) [[unlikely]]
    return {Reason::kJournalFailed, {}, {}};
  return {Reason::kNone, {}, {}};
}

// All, or none: each leg is looked at by itself before the first one leaves. Where a later one is
// denied all the same (they add up), those that left are taken back.
void Engine::submit_group(Contingency rule, std::span<OrderRequest> legs, std::span<OrderId> ids) {
  KEEL_ASSERT(legs.size() == ids.size(), "an id for each order");
  const auto deny_all = [&](std::size_t culprit, const Denial& denial) {
    for (std::size_t i = 0; i < legs.size(); ++i)
      ids[i] =
          orders_->deny(legs[i], i == culprit ? denial : Denial{Reason::kGroupLeg, {}, {}}, *this);
  };
  if (const Denial denial = may_request(legs.size()); denial.reason != Reason::kNone) {
    for (std::size_t i = 0; i < legs.size(); ++i) ids[i] = orders_->deny(legs[i], denial, *this);
    return;
  }
  for (std::size_t i = 0; i < legs.size(); ++i) {
    complete(legs[i]);
    legs[i].contingency = rule;
    if (const Denial denial = validate(legs[i]); denial.reason != Reason::kNone)
      return deny_all(i, denial);
  }
  const std::uint64_t group = orders_->next_id().value;
  bool has_failed = false;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    legs[i].group = group;
    if (has_failed) {
      ids[i] = orders_->deny(legs[i], {Reason::kGroupLeg, {}, {}}, *this);
      continue;
    }
    ids[i] = submit_or_hold(legs[i]);
    const Order* order = orders_->find(ids[i]);
    has_failed = order == nullptr || !order->is_open();
    for (std::size_t sent = 0; has_failed && sent < i; ++sent)
      cancel(ids[sent], Reason::kBySibling);
  }
}

OrderId Engine::submit_oto(OrderRequest& first, std::span<OrderRequest> then,
                           std::span<OrderId> ids) {
  KEEL_ASSERT(then.size() == ids.size(), "an id for each order");
  complete(first);
  for (OrderId& id : ids) id = OrderId{};
  Denial denial = may_request(1 + then.size());
  // One that no venue would take is found out before there is a position to protect.
  for (std::size_t i = 0; i < then.size() && denial.reason == Reason::kNone; ++i) {
    complete(then[i]);
    denial = validate(then[i]);
  }
  if (const auto free = orders_->config().slots - orders_->open_count();
      denial.reason == Reason::kNone && free < 1 + then.size())
    denial = {Reason::kTooManyOrders, {}, {}};
  // Its fills would be those of its slices: nothing could hang on it.
  if (denial.reason == Reason::kNone &&
      emulated(first.terms, ability(first.venue)).has(Emulated::kSlices))
    denial = {Reason::kTypeNotSupported, Int128::from(OrderTerms::kHasDisplay), {}};
  if (denial.reason != Reason::kNone) return orders_->deny(first, denial, *this);
  const OrderId parent = submit_or_hold(first);
  const Order* order = orders_->find(parent);
  if (order == nullptr || !order->is_open()) return parent;
  for (std::size_t i = 0; i < then.size(); ++i) {
    then[i].parent = parent;
    if (then[i].contingency != Contingency::kNone) then[i].group = parent.value;
    ids[i] = orders_->hold(then[i], *this);
  }
  return parent;
}

BracketIds Engine::submit_bracket(const BracketRequest& request) {
  OrderRequest entry = request.entry;
  OrderRequest exits[2];
  OrderId ids[2]{};
  std::size_t count = 0;
  const auto add = [&](const OrderRequest& exit) {
    OrderRequest& leg = exits[count++] = exit;
    leg.account = entry.account;
    leg.strategy = entry.strategy;
    leg.venue = entry.venue;
    leg.contingency = Contingency::kOuo;
  };
  const Side out = opposite(entry.side);
  if (request.take_profit)
    add(OrderRequest::limit(entry.instrument, out, entry.terms.quantity, *request.take_profit));
  if (request.stop_loss)
    add(OrderRequest::stop(entry.instrument, out, entry.terms.quantity, *request.stop_loss));
  BracketIds made{};
  if (!exits_fit(request, marks_)) {
    complete(entry);
    made.entry = orders_->deny(
        entry,
        {Reason::kBracketPrices, raw_or_zero(request.stop_loss), raw_or_zero(request.take_profit)},
        *this);
    return made;
  }
  made.entry = submit_oto(entry, std::span{exits, count}, std::span{ids, count});
  if (request.take_profit) made.take_profit = ids[0];
  if (request.stop_loss) made.stop_loss = ids[count - 1];
  return made;
}

}  // namespace keel
