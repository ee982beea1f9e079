// What the engine does when one of its guards goes off.
#include <keel/engine/engine.hpp>

#include <algorithm>

namespace keel {

namespace {
constexpr std::uint16_t kMostAttempts = 5;  // to close one position
}

void Engine::emit_guard(StateFact fact) { emit(fact.header); }

// Why a new order is not taken; kNone: none of the guards minds.
Reason Engine::guarded(const OrderRequest& request) const {
  if (guards_.is_dead_man()) return Reason::kDeadMan;
  if (!config_.guards.halt_on_breaks ||
      guards_.find_break(request.account, request.instrument) == nullptr)
    return Reason::kNone;
  // What only makes the position smaller, as we know it, is no new risk.
  const Position* held = portfolio_.position(request.account, request.instrument);
  const bool reduces = held != nullptr &&
                       held->quantity.is_positive() == (request.side == Side::kSell) &&
                       request.terms.quantity <= abs(held->quantity);
  return reduces ? Reason::kNone : Reason::kPositionBreak;
}

// ---- the host's heartbeat, and time ----

std::optional<Timestamp> Engine::guard_deadline() const {
  std::optional<Timestamp> at = next_expiry_;
  if (config_.guards.dead_man && !guards_.is_dead_man()) {
    const Timestamp due = heartbeat_ + *config_.guards.dead_man;
    if (!at || due < *at) at = due;
  }
  return at;
}

void Engine::guard_time(Timestamp now) {
  if (config_.guards.dead_man && !guards_.is_dead_man() &&
      heartbeat_ + *config_.guards.dead_man <= now) {
    emit_guard(Guards::dead_man(true));
    cancel_at_venues(std::nullopt, Reason::kByDeadMan);
  }
  if (next_expiry_ && *next_expiry_ <= now) {
    for (const Instrument& instrument : registry_.all())
      if (instrument.expiry.ns != 0 && instrument.expiry <= now)
        cancel_matching(std::nullopt, std::nullopt, instrument.id, Reason::kByInstrument);
    find_next_expiry(now);
  }
}

void Engine::find_next_expiry(Timestamp now) {
  next_expiry_.reset();
  for (const Instrument& instrument : registry_.all())
    if (instrument.expiry > now && (!next_expiry_ || instrument.expiry < *next_expiry_))
      next_expiry_ = instrument.expiry;
}

// A person says that all is well.
void Engine::lift_guards() {
  heartbeat_ = now_;
  if (guards_.is_dead_man()) emit_guard(Guards::dead_man(false));
}

// Orders at venues; those that keel holds stay, for they protect.
void Engine::cancel_at_venues(std::optional<VenueId> venue, Reason why) {
  std::vector<OrderId> open;
  open.reserve(orders_->open_count());
  orders_->for_each_open([&](const Order& order) {
    if (order.state != OrderState::kHeld && (!venue || order.venue == *venue))
      open.push_back(order.id);
  });
  for (const OrderId id : open) cancel(id, why);
}

// ---- connections and snapshots ----

void Engine::guard_connection(const ConnectionInput& connection) {
  if (!config_.guards.cancel_on_disconnect) return;
  if (connection.state == ConnectionState::kDown) {
    // Nothing can be sent now: it is remembered, over a restart too.
    if (!guards_.is_disconnected(connection.venue))
      emit_guard(Guards::disconnected(connection.venue, true));
  } else if (connection.state == ConnectionState::kUp &&
             guards_.is_disconnected(connection.venue)) {
    cancel_at_venues(connection.venue, Reason::kByDisconnect);
  }
}

void Engine::guard_snapshot_end(const OrderReport& report) {
  // What the list has brought up since the connection is back is canceled too.
  if (guards_.is_disconnected(report.venue)) {
    cancel_at_venues(report.venue, Reason::kByDisconnect);
    emit_guard(Guards::disconnected(report.venue, false));
  }
  compare_positions(report.account, report.venue);
}

void Engine::guard_account_report(const AccountReport& report) {
  const bool is_position = (report.header.flags & AccountReport::kPosition) != 0;
  reported_.push_back({report.account,
                       {},
                       is_position ? report.header.instrument : InstrumentId{0},
                       report.quantity,
                       report.average_price});
}

// What the venue told of the account's positions, against ours. A venue that told nothing of the
// account at all is not taken to hold nothing.
void Engine::compare_positions(AccountId account, VenueId venue) {
  std::vector<HeldPosition> found, expected;
  bool has_told = false;
  for (const ReportedPosition& one : reported_) {
    if (one.account != account) continue;
    has_told = true;
    if (one.instrument.value != 0) found.push_back({one.instrument, one.quantity, one.price});
  }
  reported_.erase(
      std::remove_if(reported_.begin(), reported_.end(),
                     [&](const ReportedPosition& one) { return one.account == account; }),
      reported_.end());
  const Account* of = directory_.account(account);
  if (!has_told || of == nullptr || of->mode == PositionMode::kHedging) return;
  portfolio_.for_each_position(account, [&](const Position& position) {
    const Instrument* instrument = registry_.find(position.instrument);
    if (instrument != nullptr && instrument->venue == venue && !position.quantity.is_zero())
      expected.push_back({position.instrument, position.quantity, Price::zero()});
  });
  const auto breaks = find_breaks(account, expected, found);
  // Those that are gone, then those that are there.
  const auto before = guards_.breaks();
  for (const Guards::Break& known : before) {
    const bool stays = std::any_of(breaks.begin(), breaks.end(), [&](const PositionBreak& one) {
      return one.instrument == known.instrument;
    });
    if (known.account != account || stays) continue;
    AccountFact fact =
        Guards::position_break(account, known.instrument, Quantity::zero(), known.price);
    emit(fact.header);
  }
  for (const PositionBreak& one : breaks) {
    const Guards::Break* known = guards_.find_break(account, one.instrument);
    if (known != nullptr && known->difference == one.difference()) continue;
    AccountFact fact = Guards::position_break(account, one.instrument, one.difference(), one.price);
    fact.reference = FixedText<40>::clipped(to_text(one.kind));
    emit(fact.header);
    log_->log(LogLevel::kWarning, "engine",
              std::string{"position break: "}.append(to_text(one.kind)));
  }
}

// A person takes the venue's word: the position becomes what the venue says, marked as such.
void Engine::accept_adjustment(const HostCommand& command) {
  const Guards::Break* known = guards_.find_break(command.account, command.header.instrument);
  if (known == nullptr) return;
  const Guards::Break of = *known;
  AccountFact change = make_record<AccountFact>(RecordKind::kPositionChanged);
  change.header.instrument = of.instrument;
  change.header.flags = AccountFact::kHasQuantity | AccountFact::kByReconciliation;
  change.account = of.account;
  change.strategy = command.strategy;
  change.kind = ChangeKind::kAdjustment;
  change.quantity = of.difference;
  change.price = of.price;
  if (change.price.is_zero())
    if (const auto mark = marks_.valuation(of.instrument, of.difference.is_positive()))
      change.price = mark->price;
  change.reference = FixedText<40>::clipped(command.by.view());
  emit(change.header);
  AccountFact settled =
      Guards::position_break(of.account, of.instrument, Quantity::zero(), of.price);
  emit(settled.header);
  portfolio_.revalue(of.instrument, marks_);
}

// ---- closing out ----

// Cancels, and closes what is left once the cancels are answered.
void Engine::close_out(AccountId account, StrategyId strategy, InstrumentId instrument,
                       Reason why) {
  const Guards::Closing closing{instrument, account, strategy, why, 0, 0};
  emit_guard(Guards::closing(closing, true, why));
}

OrderId Engine::close_once(const Guards::Closing& closing, Quantity rest) {
  if (closing.strategy.value == 0) {
    if (const auto request = risk_->flatten_request(closing.account, closing.instrument)) {
      auto decision = risk_->check_flatten(*request, now_);
      if (decision.approved()) return orders_->submit(std::move(decision).take(), *this);
      return orders_->deny(*request, decision.denial(), *this);
    }
  }
  OrderRequest request = OrderRequest::market(
      closing.instrument, rest.is_positive() ? Side::kSell : Side::kBuy, abs(rest));
  request.account = closing.account;
  request.strategy = closing.strategy;
  complete(request);
  return submit_or_hold(request);
}

// true: something was asked for.
bool Engine::pursue_closings() {
  const auto closings = guards_.closings();
  bool acted = false;
  for (Guards::Closing closing : closings) {
    bool waits = false;
    orders_->for_each_open([&](const Order& order) {
      waits =
          waits || (order.account == closing.account && order.instrument == closing.instrument &&
                    (closing.strategy.value == 0 || order.strategy == closing.strategy) &&
                    order.state != OrderState::kHeld);
    });
    if (waits) continue;
    const Position* held =
        closing.strategy.value == 0
            ? portfolio_.position(closing.account, closing.instrument)
            : portfolio_.strategy_position(closing.account, closing.strategy, closing.instrument);
    const Quantity rest = held != nullptr ? held->quantity : Quantity::zero();
    if (rest.is_zero() || closing.attempts >= kMostAttempts) {
      emit_guard(Guards::closing(closing, false, closing.why));
      acted = true;
      continue;
    }
    ++closing.attempts;
    emit_guard(Guards::closing(closing, true, closing.why));
    acted = true;
    const OrderId id = close_once(closing, rest);
    const Order* order = orders_->find(id);
    // A denial is told to whoever owns the order; nobody asks again behind their back.
    if (order == nullptr || !order->is_open())
      emit_guard(Guards::closing(closing, false, closing.why));
  }
  return acted;
}

// ---- instruments that change ----

// Held orders that are no orders any more under the new definition end now, not when they are
// released; what is at the venue is the venue's to end.
void Engine::instrument_changed(InstrumentId id) {
  find_next_expiry(now_);
  const Instrument* instrument = registry_.find(id);
  if (instrument == nullptr) return;
  if (instrument->expiry.ns != 0 && instrument->expiry <= now_)
    return cancel_matching(std::nullopt, std::nullopt, id, Reason::kByInstrument);
  std::vector<OrderId> held;
  orders_->for_each_open([&](const Order& order) {
    if (order.state == OrderState::kHeld && order.instrument == id) held.push_back(order.id);
  });
  for (const OrderId order_id : held) {
    const Order& order = *orders_->find(order_id);
    OrderRequest request{};
    request.instrument = id;
    request.account = order.account;
    request.strategy = order.strategy;
    request.venue = order.venue;
    request.side = order.side;
    request.terms = order.terms;
    // Its time is keel's own, and may lie in this very moment.
    request.terms.flags &= static_cast<std::uint16_t>(~OrderTerms::kHasExpiry);
    request.terms.time_in_force = TimeInForce::kGtc;
    if (const Denial denial = risk_->validate(request, now_, true); denial.reason != Reason::kNone)
      (void)orders_->deny_held(order_id, denial, *this);
  }
}

}  // namespace keel
