// What keel does because a venue cannot: orders that are held, watched and released here.
#include <keel/engine/engine.hpp>

#include <keel/calendar/trading_calendar.hpp>

namespace keel {

namespace {

// A reason that passes: a stop is not given up for it.
bool is_passing(Reason reason) {
  switch (reason) {
    case Reason::kInstrumentNotTradable:
    case Reason::kNoReferencePrice:
    case Reason::kStaleReferencePrice:
    case Reason::kCrossedMarket:
    case Reason::kMarketGap:
    case Reason::kOrderRate:
    case Reason::kOpenOrdersLimit:
    case Reason::kRecovering:
    case Reason::kTooManyRequests:
    case Reason::kNoTriggerPrice:
    case Reason::kJournalFailed: return true;
    default: return false;
  }
}

OrderRequest request_of(const Order& order) {
  OrderRequest request{};
  request.instrument = order.instrument;
  request.account = order.account;
  request.strategy = order.strategy;
  request.venue = order.venue;
  request.side = order.side;
  request.contingency = order.contingency;
  request.terms = order.terms;
  request.parent = order.parent;
  request.group = order.group;
  request.client_id = order.client_id;
  return request;
}

// The limit that a pegged or market-to-limit order has by the market as it is.
std::optional<Price> limit_now(const OrderTerms& terms, Side side, const Mark* mark,
                               const Instrument& instrument) {
  if (mark == nullptr) return std::nullopt;
  if (terms.type == OrderType::kPegged)
    return peg_price(side, terms.trigger_by, terms.limit_offset, terms.limit(), *mark, instrument);
  if (!mark->has(side == Side::kBuy ? Mark::kHasAsk : Mark::kHasBid) || mark->is_crossed())
    return std::nullopt;
  return side == Side::kBuy ? mark->ask : mark->bid;
}

}  // namespace

VenueAbility Engine::ability(VenueId venue) const {
  VenueAbility able;
  if (venue.value - 1u >= capabilities_.size()) return able;
  const Capabilities& of = capabilities_[venue.value - 1u];
  able.order_types = of.order_types;
  able.times_in_force = of.times_in_force;
  able.trigger_sources = of.trigger_sources;
  able.display = of.display;
  able.replace = of.replace;
  return able;
}

// Whether a request is an order that the venue takes, or that keel can do for it.
Denial Engine::validate(const OrderRequest& request) const {
  const Denial denial = risk_->validate(request, now_);
  if (denial.reason != Reason::kTypeNotSupported &&
      denial.reason != Reason::kTimeInForceNotSupported)
    return denial;
  if (!emulated(request.terms, ability(request.venue)).any()) return denial;
  return risk_->validate(request, now_, true);
}

// A request that was denied: because the venue cannot do it? Then keel does.
OrderId Engine::emulate(OrderRequest& own, const Denial& denial) {
  const auto refuse = [&](const Denial& why) { return orders_->deny(own, why, *this); };
  if (denial.reason != Reason::kTypeNotSupported &&
      denial.reason != Reason::kTimeInForceNotSupported)
    return refuse(denial);
  const Emulated lacks = emulated(own.terms, ability(own.venue));
  if (!lacks.any()) return refuse(denial);
  if (const Denial why = risk_->validate(own, now_, true); why.reason != Reason::kNone)
    return refuse(why);
  // What could not be taken now is not put on hold either; limits are checked at the release.
  if (risk_->kill_switch().level != KillLevel::kOff) return refuse({Reason::kKillSwitch, {}, {}});
  if (risk_->trading_state(own.account) == TradingState::kHalted)
    return refuse({Reason::kTradingHalted, {}, {}});
  // By what the risk check remembers, as for every other order: what the ring of orders still has
  // of ended ones depends on how it came about.
  if (!own.client_id.empty())
    if (const OrderId user = risk_->user_of(own.account, own.client_id); !user.is_none())
      return refuse({Reason::kDuplicateClientId, Int128::from(user.value), {}});
  const Instrument& instrument = registry_.get(own.instrument);
  if (!set_end(own.terms, instrument, lacks))
    return refuse({Reason::kTimeInForceNotSupported,
                   Int128::from(static_cast<std::uint8_t>(own.terms.time_in_force)),
                   {}});
  if (!lacks.is_held()) {
    auto decision = risk_->check(own, now_);
    if (!decision.approved()) return refuse(decision.denial());
    return orders_->submit(std::move(decision).take(), *this);
  }
  if (lacks.has(Emulated::kTouch) &&
      !limit_now(own.terms, own.side, marks_.find(own.instrument), instrument))
    return refuse({Reason::kNoTriggerPrice, {}, {}});
  const OrderId id = orders_->hold(own, *this, true);
  if (!id.is_none()) arm(id, own.terms);
  return id;
}

// It was marked as armed: what is it waiting for?
void Engine::arm(OrderId id, const OrderTerms& terms) {
  const Order* order = orders_->find(id);
  if (order == nullptr) return;
  feed(order->instrument).consumed = true;  // what decides is journaled
  if (terms.type == OrderType::kMarketToLimit)
    (void)orders_->trigger(id, Price::zero(), *this);
  else
    triggers_->on_armed(id, *orders_, *this);
}

// When keel itself ends or releases the order. false: nobody knows when that is.
bool Engine::set_end(OrderTerms& terms, const Instrument& instrument, Emulated lacks) const {
  const TradingCalendar* calendar = nullptr;
  for (const TradingCalendar* known : config_.calendars)
    if (known->name() == instrument.calendar.view()) calendar = known;
  if (!instrument.calendar.empty() && calendar == nullptr &&
      terms.time_in_force != TimeInForce::kGtc && terms.time_in_force != TimeInForce::kGtd)
    return false;
  std::optional<Timestamp> at;
  switch (terms.time_in_force) {
    case TimeInForce::kDay:
      at = calendar != nullptr
               ? calendar->day_order_expiry(now_)
               : std::optional{now_.floor_to(Duration::days(1)) + Duration::days(1)};
      break;
    case TimeInForce::kGtd: at = terms.expiry(); break;
    case TimeInForce::kAtOpen:
      if (calendar != nullptr) at = calendar->next_open(now_);
      break;
    case TimeInForce::kAtClose:
      if (calendar != nullptr) at = calendar->next_close(now_);
      if (at) at = *at - config_.close_lead > now_ ? *at - config_.close_lead : now_;
      break;
    default: return true;
  }
  if (!at) return false;
  terms.expire_at = *at;
  terms.flags |= OrderTerms::kHasExpiry;
  if (!lacks.is_held() && lacks.has(Emulated::kEnd)) terms.time_in_force = TimeInForce::kGtc;
  return true;
}

// A held order's moment has come: its parent has filled, or its trigger was reached.
void Engine::release(const OrderManager::Action& action) {
  const Order held = *orders_->find(action.order);
  const Instrument& instrument = registry_.get(held.instrument);
  const VenueAbility venue = ability(held.venue);
  const Emulated lacks = emulated(held.terms, venue);
  OrderTerms terms = held.terms;
  const bool exit = is_exit(held.parent, held.contingency);
  if (lacks.is_held() && !held.is_triggered()) {
    // Its parent has filled: from here on its own moment is waited for.
    if (!set_end(terms, instrument, lacks)) {
      (void)orders_->deny_held(held.id, {Reason::kTimeInForceNotSupported, {}, {}}, *this);
      return;
    }
    if (orders_->arm(held.id, terms, *this) == Reason::kNone) arm(held.id, terms);
    return;
  }
  Denial denial{Reason::kNoTriggerPrice, {}, {}};
  Price price = Price::zero();
  bool is_priced = true;
  if (lacks.has(Emulated::kPeg) || lacks.has(Emulated::kTouch)) {
    const auto limit = limit_now(terms, held.side, marks_.find(held.instrument), instrument);
    is_priced = limit.has_value();
    price = limit.value_or(price);
  }
  if (is_priced) {
    terms = released_terms(held.terms, held.side, price, venue);
    terms.quantity = action.quantity;
    if (lacks.has(Emulated::kSlices) && terms.type == OrderType::kLimit) {
      (void)orders_->arm(held.id, terms, *this);  // in slices from here on
      return;
    }
    OrderRequest request = request_of(held);
    request.terms = terms;
    auto decision =
        exit ? risk_->check_exit(request, now_, held.id) : risk_->check(request, now_, held.id);
    if (journal_failed_) {
      (void)orders_->deny_held(held.id, {Reason::kJournalFailed, {}, {}}, *this);
      return;
    }
    if (decision.approved()) {
      (void)orders_->release(held.id, std::move(decision).take(), *this);
      return;
    }
    denial = decision.denial();
  }
  // Denied: its strategy is told with the reason. What protects a position is asked for again, and
  // a trigger is not lost for a reason that passes; anything else ends.
  if (exit || (held.is_triggered() && is_passing(denial.reason)))
    (void)orders_->defer(held.id, denial, *this);
  else
    (void)orders_->deny_held(held.id, denial, *this);
}

// The part of a held iceberg that is shown next: an order of its own, whose parent it is.
void Engine::next_slice(const OrderManager::Action& action) {
  const Order held = *orders_->find(action.order);
  OrderRequest request = request_of(held);
  request.terms =
      released_terms(held.terms, held.side, held.terms.limit_price, ability(held.venue));
  request.terms.flags &= static_cast<std::uint16_t>(~OrderTerms::kHasDisplay);
  request.terms.display_quantity = Quantity::zero();
  request.terms.quantity = action.quantity;
  request.parent = held.id;
  request.group = 0;
  request.contingency = Contingency::kNone;
  request.client_id = ClientOrderId{};
  if (journal_failed_) {
    cancel(held.id, Reason::kJournalFailed);
    return;
  }
  auto decision = risk_->check(request, now_);
  if (decision.approved())
    (void)orders_->submit(std::move(decision).take(), *this);
  else if (is_passing(decision.denial().reason))
    (void)orders_->defer(held.id, decision.denial(), *this);
  else
    cancel(held.id, decision.denial().reason);
}

void Engine::watch_market(const RecordHeader& input) {
  triggers_->on_market(input, *orders_, *this);
  Triggers::PegMove move{};
  while (triggers_->next_peg(*orders_, move)) {
    ReplaceRequest change{};
    change.order = move.order;
    change.limit_price = move.price;
    if (journal_failed_) continue;
    auto decision = risk_->check(change, now_);
    if (decision.approved()) (void)orders_->replace(std::move(decision).take(), *this);
  }
}

}  // namespace keel
