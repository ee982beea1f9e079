// Positions that strategies want to reach, and positions that the kill switch wants to be left.
#include <keel/engine/engine.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr Duration kLookAgain = Duration::seconds(1);
}

// What counts as already there: the position, and what is in flight or unknown (it cannot be called
// back for sure). A working order on the way counts as far as it is needed; the rest of it, and
// every one that goes the other way, is canceled, and the target is looked at again when it ends.
OrderId Engine::set_target(StrategyId strategy, AccountId account, InstrumentId id,
                           Quantity target) {
  forget_target(strategy, account, id);
  const Position* position = portfolio_.strategy_position(account, strategy, id);
  const Quantity have = position != nullptr ? position->quantity : Quantity::zero();
  // Exits protect a position; without it, or on its other side, they would open one.
  if (!have.is_zero() && (target.is_zero() || target.is_positive() != have.is_positive()))
    cancel_exits(strategy, account, id);
  const OpenByStrategy open = open_by_strategy(strategy, id);
  Quantity need = target - have;
  Quantity on_its_way = Quantity::zero();
  bool waits = false;
  if (!open.buy.is_zero() || !open.sell.is_zero()) {
    std::vector<OrderId> working;
    orders_->for_each_open([&](const Order& order) {
      if (order.strategy != strategy || order.account != account || order.instrument != id ||
          order.open_worst.is_zero() || order.terms.reduce_only() ||
          is_exit(order.parent, order.contingency))
        return;
      if (order.state == OrderState::kSubmitted || order.state == OrderState::kUnknown)
        need -= order.side == Side::kBuy ? order.open_worst : -order.open_worst;
      else
        working.push_back(order.id);
    });
    const Side side = need.is_positive() ? Side::kBuy : Side::kSell;
    for (const OrderId each : working) {
      const Order& order = *orders_->find(each);
      const bool helps = !need.is_zero() && order.side == side;
      const bool fits = helps && on_its_way + order.open_worst <= abs(need);
      if (helps) on_its_way += order.open_worst;
      if (fits && order.state != OrderState::kPendingCancel) continue;
      waits = true;
      (void)cancel(each, Reason::kByRequest);
    }
  }
  if (waits) targets_.push_back({strategy, account, id, target});
  if (need.is_zero() || on_its_way >= abs(need)) return OrderId{0};
  OrderRequest request = OrderRequest::market(id, need.is_positive() ? Side::kBuy : Side::kSell,
                                              abs(need) - on_its_way);
  request.strategy = strategy;
  request.account = account;
  return submit(request);
}

void Engine::forget_target(StrategyId strategy, AccountId account, InstrumentId id) {
  std::erase_if(targets_, [&](const Target& target) {
    return target.strategy == strategy && target.account == account && target.instrument == id;
  });
}

void Engine::cancel_exits(StrategyId strategy, AccountId account, InstrumentId id) {
  std::vector<OrderId> exits;
  orders_->for_each_open([&](const Order& order) {
    if (order.strategy == strategy && order.account == account && order.instrument == id &&
        is_exit(order.parent, order.contingency))
      exits.push_back(order.id);
  });
  for (const OrderId exit : exits) (void)cancel(exit, Reason::kByRequest);
}

// Something ended, or refused to: what stood against a target may be gone.
void Engine::follow_targets() {
  follow_targets_ = false;
  const std::vector<Target> waiting = targets_;
  for (const Target& target : waiting) {
    if (stopped_) return;
    (void)set_target(target.strategy, target.account, target.instrument, target.quantity);
  }
}

bool Engine::is_flat() const {
  if (orders_->open_count() != 0) return false;
  bool flat = true;
  for (const auto& account : directory_.accounts())
    portfolio_.for_each_position(account.id,
                                 [&flat](const Position& each) { flat &= each.is_flat(); });
  return flat;
}

// While the kill switch says flatten: as long as it takes, and again if a late fill comes.
void Engine::follow_flatten(Timestamp now) {
  if (!flatten_at_ || *flatten_at_ > now) return;
  flatten_at_.reset();
  if (risk_->kill_switch().level != KillLevel::kFlatten || is_flat()) return;
  if (guards_.closings().empty()) flatten(std::nullopt, Reason::kByKillSwitch);
  flatten_at_ = now + kLookAgain;
}

void Engine::note_ending(const OrderRecord& fact) {
  // Not one that was refused: the next one would be, too.
  const bool has_ended = is_terminal(fact.state_after) && fact.state_after != OrderState::kRejected;
  if (!targets_.empty() && has_ended) follow_targets_ = true;
  if (!flatten_at_ && risk_->kill_switch().level == KillLevel::kFlatten)
    flatten_at_ = now_ + kLookAgain;
}

}  // namespace keel
