#include <keel/engine/context.hpp>

#include <algorithm>

#include <keel/engine/engine.hpp>

namespace keel {

Timestamp Context::now() const { return engine_->now_; }
const Marks& Context::marks() const { return engine_->marks_; }
const Instrument& Context::instrument(InstrumentId id) const { return engine_->registry_.get(id); }

namespace {
void add_once(std::vector<std::uint16_t>& list, std::uint16_t slot) {
  if (std::find(list.begin(), list.end(), slot) == list.end()) list.push_back(slot);
}
}  // namespace

void Context::subscribe_quotes(InstrumentId id) {
  auto& feed = engine_->feed(id);
  feed.consumed = true;
  add_once(feed.quotes, static_cast<std::uint16_t>(strategy_.value - 1));
}

void Context::subscribe_trades(InstrumentId id) {
  auto& feed = engine_->feed(id);
  feed.consumed = true;
  add_once(feed.trades, static_cast<std::uint16_t>(strategy_.value - 1));
}

void Context::subscribe_market(InstrumentId id) {
  auto& feed = engine_->feed(id);
  feed.consumed = true;
  add_once(feed.market, static_cast<std::uint16_t>(strategy_.value - 1));
}

void Context::subscribe_bars(InstrumentId id, BarSpec spec) {
  engine_->subscribe_bars(static_cast<std::uint16_t>(strategy_.value - 1), id, spec);
}

void Context::set_timer(Timestamp at) {
  auto& slot = engine_->slots_[strategy_.value - 1u];
  if (engine_->in_timer_ && at <= engine_->now_) {
    engine_->callback_failed(slot, "on_timer set a timer that is due already",
                             "in on_timer, a time after now: else it would never end");
    return;
  }
  auto& timers = slot.timers;
  timers.insert(std::upper_bound(timers.begin(), timers.end(), at), at);
  if (!engine_->deadline_ || at < *engine_->deadline_) engine_->deadline_ = at;
}

OrderId Context::submit(const OrderRequest& request) {
  OrderRequest own = request;
  own.strategy = strategy_;
  if (own.account.value == 0) own.account = account_;
  return engine_->submit(own);
}

BracketIds Context::submit_bracket(const BracketRequest& request) {
  BracketRequest own = request;
  own.entry.strategy = strategy_;
  if (own.entry.account.value == 0) own.entry.account = account_;
  return engine_->submit_bracket(own);
}

void Context::submit_basket(std::span<const OrderRequest> orders, std::span<OrderId> ids) {
  KEEL_ASSERT(orders.size() == ids.size(), "an id for each order");
  for (std::size_t i = 0; i < orders.size(); ++i) ids[i] = submit(orders[i]);
}

void Context::submit_group(Contingency rule, std::span<const OrderRequest> orders,
                           std::span<OrderId> ids) {
  KEEL_ASSERT(orders.size() <= kMostLegs && orders.size() == ids.size(), "legs and ids");
  KEEL_ASSERT(rule == Contingency::kOco || rule == Contingency::kOuo, "a rule of a group");
  OrderRequest own[kMostLegs];
  for (std::size_t i = 0; i < orders.size(); ++i) own[i] = of_strategy(orders[i]);
  engine_->submit_group(rule, std::span{own, orders.size()}, ids);
}

OrderId Context::submit_oto(const OrderRequest& first, std::span<const OrderRequest> then,
                            std::span<OrderId> ids) {
  KEEL_ASSERT(then.size() <= kMostLegs && then.size() == ids.size(), "legs and ids");
  OrderRequest own[kMostLegs];
  for (std::size_t i = 0; i < then.size(); ++i) own[i] = of_strategy(then[i]);
  OrderRequest parent = of_strategy(first);
  return engine_->submit_oto(parent, std::span{own, then.size()}, ids);
}

OrderRequest Context::of_strategy(const OrderRequest& request) const {
  OrderRequest own = request;
  own.strategy = strategy_;
  if (own.account.value == 0) own.account = account_;
  return own;
}

Reason Context::replace(const ReplaceRequest& request) { return engine_->replace(request); }
Reason Context::cancel(OrderId order) { return engine_->cancel(order, Reason::kByRequest); }

void Context::cancel_all(std::optional<InstrumentId> id) {
  engine_->cancel_matching(strategy_, std::nullopt, id, Reason::kByRequest);
}

void Context::flatten(std::optional<InstrumentId> id) {
  cancel_all(id);
  for (const Instrument& instrument : engine_->registry_.all())
    if ((!id || instrument.id == *id) && position_details(instrument.id) != nullptr)
      engine_->close_out(account_, strategy_, instrument.id, Reason::kByRequest);
}

OrderId Context::set_target_position(InstrumentId id, Quantity target) {
  return engine_->set_target(strategy_, account_, id, target);
}

const Order* Context::order(OrderId id) const { return engine_->orders_->find(id); }

Quantity Context::position(InstrumentId id) const {
  const Position* position = position_details(id);
  return position != nullptr ? position->quantity : Quantity::zero();
}

const Position* Context::position_details(InstrumentId id) const {
  return engine_->portfolio_.strategy_position(account_, strategy_, id);
}

const Valuation& Context::valuation() const { return engine_->portfolio_.valuation(account_); }

}  // namespace keel
