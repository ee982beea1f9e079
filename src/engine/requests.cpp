// What strategies and hosts ask of the engine. Every order passes the risk check, here, at the
// moment it would leave; there is no other way to an Approved.
#include <keel/engine/engine.hpp>

#include <algorithm>

namespace keel {

OrderId Engine::submit(const OrderRequest& request) {
  OrderRequest own = request;
  complete(own);
  if (const Denial denial = may_request(1); denial.reason != Reason::kNone) [[unlikely]]
    return orders_->deny(own, denial, *this);
  return submit_or_hold(own);
}

OrderId Engine::submit_or_hold(OrderRequest& own) {
  if (guards_.is_alert()) [[unlikely]]
    if (const Reason why = guarded(own); why != Reason::kNone)
      return orders_->deny(own, {why, {}, {}}, *this);
  auto decision = risk_->check(own, now_);
  if (!decision.approved()) [[unlikely]]
    return emulate(own, decision.denial());
  return orders_->submit(std::move(decision).take(), *this);
}

Reason Engine::replace(const ReplaceRequest& request) {
  if (const Denial denial = may_request(1); denial.reason != Reason::kNone) return denial.reason;
  auto decision = risk_->check(request, now_);
  if (!decision.approved()) return decision.denial().reason;
  return orders_->replace(std::move(decision).take(), *this);
}

Reason Engine::cancel(OrderId order, Reason why) { return orders_->cancel(order, why, *this); }

void Engine::cancel_matching(std::optional<StrategyId> strategy, std::optional<AccountId> account,
                             std::optional<InstrumentId> instrument, Reason why) {
  // First the list, then the cancels: each cancel moves the book of open orders.
  std::vector<OrderId> open;
  open.reserve(orders_->open_count());
  orders_->for_each_open([&](const Order& order) {
    if (strategy && order.strategy != *strategy) return;
    if (account && order.account != *account) return;
    if (instrument && order.instrument != *instrument) return;
    open.push_back(order.id);
  });
  for (const OrderId id : open) cancel(id, why);
}

void Engine::flatten(std::optional<AccountId> account, Reason why) {
  cancel_matching(std::nullopt, account, std::nullopt, why);
  // What is still at a venue may fill, or be canceled and leave a position: that is seen to later.
  std::vector<std::pair<AccountId, InstrumentId>> unsettled;
  orders_->for_each_open([&](const Order& order) {
    if (!account || order.account == *account)
      unsettled.emplace_back(order.account, order.instrument);
  });
  std::sort(unsettled.begin(), unsettled.end());
  unsettled.erase(std::unique(unsettled.begin(), unsettled.end()), unsettled.end());
  for (const auto& [owner, instrument] : unsettled) close_out(owner, {}, instrument, why);
  for (const auto& own : directory_.accounts()) {
    if (account && own.id != *account) continue;
    for (const auto& instrument : registry_.all()) {
      // What is on its way out already is not closed twice: the request covers the rest.
      const auto close = risk_->flatten_request(own.id, instrument.id);
      if (!close) continue;
      auto decision = risk_->check_flatten(*close, now_);
      if (journal_failed_)
        orders_->deny(*close, {Reason::kJournalFailed, {}, {}}, *this);
      else if (decision.approved())
        orders_->submit(std::move(decision).take(), *this);
      else
        orders_->deny(*close, decision.denial(), *this);
    }
  }
}

Engine::OpenByStrategy& Engine::open_by_strategy(StrategyId strategy, InstrumentId id) {
  const std::size_t instruments = registry_.size() + 1;
  const std::size_t strategies = slots_.size() + 1;
  if (open_stride_ < instruments || open_.size() < strategies * open_stride_) {
    const std::size_t stride = std::max<std::size_t>(open_stride_, instruments);
    std::vector<OpenByStrategy> grown(strategies * stride,
                                      OpenByStrategy{Quantity::zero(), Quantity::zero()});
    for (std::size_t i = 0; i < open_.size(); ++i)
      grown[i / open_stride_ * stride + i % open_stride_] = open_[i];
    open_ = std::move(grown);
    open_stride_ = stride;
  }
  const std::size_t row = strategy.value < strategies ? strategy.value : 0;
  return open_[row * open_stride_ + id.value];
}

// --- linked orders -------------------------------------------------------------------------------

void Engine::act(const OrderManager::Action& action) {
  using Kind = OrderManager::Action::Kind;
  const Order* order = orders_->find(action.order);
  if (order == nullptr || !order->is_open()) return;
  switch (action.kind) {
    case Kind::kCancel: cancel(action.order, action.why); return;
    case Kind::kResize: {
      ReplaceRequest change{};
      change.order = action.order;
      change.quantity = action.quantity;
      if (journal_failed_) return;
      auto decision = risk_->check(change, now_);
      if (decision.approved())
        orders_->replace(std::move(decision).take(), *this);
      else  // asked for again; its strategy is told
        orders_->refuse_resize(action.order, decision.denial(), *this);
      return;
    }
    case Kind::kRelease: release(action); return;
    case Kind::kSlice: next_slice(action); return;
    case Kind::kFinish: cancel(action.order, Reason::kBySlices); return;
  }
}

// --- the host ------------------------------------------------------------------------------------

void Engine::tell(const Status& status) {
  if (!status) log_->log(LogLevel::kError, "engine", status.error().message());
}

namespace {

OrderRequest request_of(const HostCommand& command) {
  OrderRequest request{};
  request.instrument = command.header.instrument;
  request.account = command.account;
  request.strategy = command.strategy;
  request.side = command.side;
  request.terms = command.terms;
  request.client_id = command.client_id;
  return request;
}

ReplaceRequest change_of(const HostCommand& command) {
  ReplaceRequest change{};
  change.order = command.order;
  change.quantity = command.terms.quantity;
  change.limit_price = command.terms.limit();
  change.trigger_price = command.terms.trigger();
  return change;
}

// What kChangeCash and kChangePosition come to.
AccountFact fact_of(const HostCommand& command) {
  const bool cash = command.action == HostAction::kChangeCash;
  AccountFact fact =
      make_record<AccountFact>(cash ? RecordKind::kCashChanged : RecordKind::kPositionChanged);
  fact.header.instrument = command.header.instrument;
  fact.header.flags = cash ? AccountFact::kHasAmount : AccountFact::kHasQuantity;
  fact.account = command.account;
  fact.strategy = command.strategy;
  fact.kind = command.change;
  fact.quantity = command.quantity;
  fact.price = command.price;
  fact.amount = command.value;
  fact.currency = command.currency;
  fact.reference = FixedText<40>::clipped(command.by.view());
  return fact;
}

}  // namespace

void Engine::on_host_command(const HostCommand& command) {
  const std::optional<AccountId> account =
      command.account.value != 0 ? std::optional{command.account} : std::nullopt;
  const std::optional<InstrumentId> instrument = command.header.instrument.value != 0
                                                     ? std::optional{command.header.instrument}
                                                     : std::nullopt;
  const std::optional<StrategyId> strategy =
      command.strategy.value != 0 ? std::optional{command.strategy} : std::nullopt;
  const auto by = command.by.view();
  switch (command.action) {
    case HostAction::kSubmit: submit(request_of(command)); break;
    case HostAction::kReplace: replace(change_of(command)); break;
    case HostAction::kCancel: cancel(command.order, Reason::kByRequest); break;
    case HostAction::kCancelAll:
      cancel_matching(strategy, account, instrument, Reason::kByRequest);
      break;
    case HostAction::kFlatten: flatten(account, Reason::kByRequest); break;
    case HostAction::kSetTradingState:
      tell(risk_->set_trading_state(static_cast<TradingState>(command.level), command.account, by,
                                    *this));
      break;
    case HostAction::kSetKillLevel: {
      const auto level = static_cast<KillLevel>(command.level);
      tell(risk_->set_kill_level(level, command.name.view(), by, *this));
      if (level == KillLevel::kCancelAll)
        cancel_matching(std::nullopt, std::nullopt, std::nullopt, Reason::kByKillSwitch);
      if (level == KillLevel::kFlatten) flatten(std::nullopt, Reason::kByKillSwitch);
      break;
    }
    case HostAction::kResetKillSwitch: tell(risk_->reset_kill_switch(by, *this)); break;
    case HostAction::kReady:
      risk_->set_ready();
      lift_guards();
      break;
    case HostAction::kSetLimit: {
      const auto limit = parse_limit(command.name.view());
      if (!limit) {
        tell(limit.error());
        break;
      }
      const LimitScope scope{command.header.instrument, command.strategy, command.account};
      tell(risk_->set_limit(*limit, scope,
                            command.level == 0 ? std::optional{command.value} : std::nullopt,
                            command.currency, by, *this));
      break;
    }
    case HostAction::kChangeCash:
    case HostAction::kChangePosition: {
      AccountFact fact = fact_of(command);
      emit(fact.header);
      portfolio_.revalue(command.header.instrument, marks_);
      break;
    }
    case HostAction::kStop: stopped_ = true; break;
    case HostAction::kJournalFailed: journal_failed_ = true; break;
    case HostAction::kHeartbeat: heartbeat_ = now_; break;
    case HostAction::kAcceptAdjustment: accept_adjustment(command); break;
    case HostAction::kSetMode: break;  // folded by those who read the input
  }
}

}  // namespace keel
