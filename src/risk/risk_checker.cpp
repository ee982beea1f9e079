#include "risk/case.hpp"

namespace keel {

using detail::i128;

namespace {

constexpr std::uint32_t kTag = 0x5249534B;  // "RISK"

template <class Row>
void set_row(Row& row, Limit limit, Int128 value) {
  row.mask |= 1u << static_cast<unsigned>(limit);
  row.values[static_cast<std::size_t>(limit)] = value;
}

// The values of one's own that stand in `list`, or nullptr.
template <class Id>
const LimitSet* own_of(const std::vector<std::pair<Id, LimitSet>>& list, Id id) {
  for (const auto& [known, set] : list)
    if (known == id) return &set;
  return nullptr;
}

Error nobody() { return Error{risk_errors::kNobody, "by", "", "the name of who asks", {}}; }

}  // namespace

RiskChecker::RiskChecker(const RiskLimits& limits, const InstrumentRegistry& registry,
                         const Directory& directory, const Marks& marks, const OrderManager& orders,
                         const Portfolio& portfolio)
    : limits_(limits),
      registry_(&registry),
      directory_(&directory),
      marks_(&marks),
      orders_(&orders),
      portfolio_(&portfolio),
      exposure_(registry, directory),
      client_ids_(limits.client_ids) {
  KEEL_ASSERT(limits.check(registry, directory).ok(), "limits that do not hold together");
  grow();
  // What was there before.
  for (const Account& account : directory.accounts())
    for (const Instrument& instrument : registry.all())
      if (const Position* position = portfolio.position(account.id, instrument.id))
        exposure_.set_position(account.id, instrument.id, position->quantity);
  orders.for_each_open([&](const Order& order) {
    exposure_.change({order.account, order.instrument, order.side, Quantity::zero(),
                      order.open_worst, order.reserve_price, order.reserve_price});
    client_ids_.add(order.account, order.client_id, order.id);
    if (order.account.value - 1u < accounts_.size())
      ++accounts_[order.account.value - 1u].open_orders;
    if (order.strategy.value < strategies_.size()) ++strategies_[order.strategy.value].open_orders;
  });
}

void RiskChecker::set_capabilities(VenueId venue, const Capabilities& capabilities) {
  KEEL_ASSERT(venue.value != 0, "a venue has an id");
  if (venues_.size() < venue.value) venues_.resize(venue.value);
  venues_[venue.value - 1u] = {true, capabilities};
  known_.venues = static_cast<std::uint32_t>(venues_.size());
}

// ---- rows ----

void RiskChecker::grow_now() {
  exposure_.grow();
  while (accounts_.size() < directory_->accounts().size()) accounts_.emplace_back(limits_.messages);
  while (strategies_.size() <= directory_->strategy_count())
    strategies_.emplace_back(limits_.messages);
  known_.instruments = static_cast<std::uint32_t>(registry_->size());
  known_.accounts = static_cast<std::uint32_t>(accounts_.size());
  known_.strategies = static_cast<std::uint32_t>(strategies_.size() - 1);
  rebuild_rows();
}

void RiskChecker::rebuild_rows() {
  instrument_rows_.resize(registry_->size());
  for (std::size_t i = 0; i < instrument_rows_.size(); ++i) {
    const LimitSet* own =
        own_of(limits_.instruments, InstrumentId{static_cast<std::uint32_t>(i + 1)});
    InstrumentRow& row = instrument_rows_[i] = {};
    for (std::size_t at = 0; at < kInstrumentLimitCount; ++at) {
      const auto limit = static_cast<Limit>(at);
      auto value = own != nullptr ? own->raw(limit) : std::nullopt;
      if (!value) value = limits_.raw(limit);
      if (value) set_row(row, limit, *value);
    }
  }
  watched_.clear();
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    const AccountId id{static_cast<std::uint16_t>(i + 1)};
    const LimitSet* own = own_of(limits_.accounts, id);
    WholeRow& row = accounts_[i].row = {};
    for (std::size_t at = 0; at < kLimitCount; ++at) {
      const auto limit = static_cast<Limit>(at);
      auto value = own != nullptr ? own->raw(limit) : std::nullopt;
      // Defaults of an instrument's limits are held by the instrument.
      if (!value && at >= kInstrumentLimitCount) value = limits_.raw(limit);
      if (value) set_row(row, limit, *value);
    }
    for (const Limit limit : {Limit::kMaxDailyLoss, Limit::kMaxDailyLossRate, Limit::kMaxDrawdown,
                              Limit::kMaxDrawdownRate}) {
      if (!row.has(limit)) continue;
      watched_.push_back(id);
      break;
    }
  }
  for (std::size_t i = 0; i < strategies_.size(); ++i) {
    const LimitSet* own = own_of(limits_.strategies, StrategyId{static_cast<std::uint16_t>(i)});
    WholeRow& row = strategies_[i].row = {};
    if (own == nullptr) continue;
    for (std::size_t at = 0; at < kLimitCount; ++at)
      if (const auto value = own->raw(static_cast<Limit>(at)))
        set_row(row, static_cast<Limit>(at), *value);
  }
}

// ---- control ----

Status RiskChecker::who(std::string_view by, FixedText<40>& text) const {
  if (by.empty()) return nobody();
  auto name = FixedText<40>::from(by);
  if (!name) return std::move(name).error().in_field("by");
  text = *name;
  return {};
}

void RiskChecker::change_state(AccountId account, TradingState after, Reason reason, Int128 value,
                               Int128 limit, const FixedText<40>& by, Emitter& emitter) {
  StateFact fact = make_record<StateFact>(RecordKind::kTradingStateChanged);
  const TradingState before = account.value == 0 ? state_ : accounts_[account.value - 1u].state;
  fact.account = account;
  fact.reason = reason;
  fact.before = static_cast<std::uint8_t>(before);
  fact.after = static_cast<std::uint8_t>(after);
  fact.value_before = value;  // what broke the limit, and the limit
  fact.value_after = limit;
  fact.by = by;
  emitter.emit(fact.header);
}

Status RiskChecker::set_trading_state(TradingState state, AccountId account, std::string_view by,
                                      Emitter& emitter) {
  if (to_text(state) == "invalid")
    return Error{risk_errors::kBadLevel,
                 "trading_state",
                 std::to_string(static_cast<int>(state)),
                 "active, reducing or halted",
                 {}};
  if (account.value != 0 && directory_->account(account) == nullptr)
    return Error{
        risk_errors::kUnknownScope, "account", std::to_string(account.value), "a declared id", {}};
  FixedText<40> name;
  if (auto status = who(by, name); !status) return status;
  grow();
  change_state(account, state, Reason::kByRequest, {}, {}, name, emitter);
  return {};
}

Status RiskChecker::set_kill_level(KillLevel level, std::string_view why, std::string_view by,
                                   Emitter& emitter) {
  if (to_text(level) == "invalid")
    return Error{risk_errors::kBadLevel,
                 "kill_level",
                 std::to_string(static_cast<int>(level)),
                 "no_new_orders, cancel_all or flatten",
                 {}};
  StateFact fact = make_record<StateFact>(RecordKind::kKillSwitchChanged);
  if (auto status = who(by, fact.by); !status) return status;
  if (level == KillLevel::kOff || level < kill_.level)
    return Error{risk_errors::kKillSwitchLatched,
                 "kill_level",
                 std::string{to_text(level)},
                 "not below " + std::string{to_text(kill_.level)} + ": only a reset lowers it",
                 {}};
  auto text = FixedText<48>::from(why);
  if (!text) return std::move(text).error().in_field("why");
  fact.before = static_cast<std::uint8_t>(kill_.level);
  fact.after = static_cast<std::uint8_t>(level);
  fact.reason = Reason::kByKillSwitch;
  fact.name = *text;
  emitter.emit(fact.header);
  return {};
}

Status RiskChecker::reset_kill_switch(std::string_view by, Emitter& emitter) {
  StateFact fact = make_record<StateFact>(RecordKind::kKillSwitchChanged);
  if (auto status = who(by, fact.by); !status) return status;
  fact.before = static_cast<std::uint8_t>(kill_.level);
  fact.after = static_cast<std::uint8_t>(KillLevel::kOff);
  fact.reason = Reason::kByRequest;
  emitter.emit(fact.header);
  return {};
}

Status RiskChecker::set_limit(Limit limit, LimitScope scope, std::optional<Int128> raw,
                              const Currency& currency, std::string_view by, Emitter& emitter) {
  if (to_text(limit) == "invalid")
    return Error{risk_errors::kUnknownLimit,
                 "limit",
                 std::to_string(static_cast<int>(limit)),
                 "the name of a limit, as in docs/risk.md",
                 {}};
  if (auto status = check_limit(limit, raw.value_or(Int128{1, 0}), currency, scope,
                                limits_.messages, *registry_, *directory_);
      !status)
    return status;
  StateFact fact = make_record<StateFact>(RecordKind::kLimitChanged);
  if (auto status = who(by, fact.by); !status) return status;
  const LimitSet* set = &limits_;
  if (scope.instrument.value != 0) set = own_of(limits_.instruments, scope.instrument);
  if (scope.strategy.value != 0) set = own_of(limits_.strategies, scope.strategy);
  if (scope.account.value != 0) set = own_of(limits_.accounts, scope.account);
  const auto before = set != nullptr ? set->raw(limit) : std::nullopt;
  fact.header.instrument = scope.instrument;
  fact.strategy = scope.strategy;
  fact.account = scope.account;
  fact.before = before ? 1 : 0;  // whether it is set
  fact.after = raw ? 1 : 0;
  fact.value_before = before.value_or(Int128{});
  fact.value_after = raw.value_or(Int128{});
  fact.currency = currency;
  fact.reason = Reason::kByRequest;
  fact.name = *FixedText<48>::from(to_text(limit));
  emitter.emit(fact.header);
  return {};
}

// ---- fold ----

void RiskChecker::apply(const LimitChange& change) {
  const auto limit = static_cast<Limit>(change.limit);
  LimitSet* set = &limits_;
  if (change.instrument.value != 0) set = &limits_.instrument(change.instrument);
  if (change.strategy.value != 0) set = &limits_.strategy(change.strategy);
  if (change.account.value != 0) set = &limits_.account(change.account);
  set->set_raw(limit, change.present != 0 ? std::optional{change.value} : std::nullopt,
               change.currency);
}

void RiskChecker::fold(const RecordHeader& record) {
  if (is_order_record(record.kind)) return fold_order(record_as<OrderRecord>(record));
  switch (record.kind) {
    case RecordKind::kCashChanged:
    case RecordKind::kPositionChanged: return fold_account(record_as<AccountFact>(record));
    case RecordKind::kTradingStateChanged:
    case RecordKind::kKillSwitchChanged:
    case RecordKind::kLimitChanged:
    case RecordKind::kEquityMarked: return fold_state(record_as<StateFact>(record));
    default: return;
  }
}

void RiskChecker::fold_order(const OrderRecord& record) {
  if (directory_->account(record.account) == nullptr ||
      registry_->find(record.header.instrument) == nullptr)
    return;
  grow();
  AccountState& account = accounts_[record.account.value - 1u];
  StrategyState* strategy =
      record.strategy.value < strategies_.size() ? &strategies_[record.strategy.value] : nullptr;

  if (record.open_before != record.open_after || record.reserve_before != record.reserve_after)
    exposure_.change({record.account, record.header.instrument, record.side, record.open_before,
                      record.open_after, record.reserve_before, record.reserve_after});
  const auto is_open = [](OrderState state) {
    return state != OrderState::kNone && !is_terminal(state);
  };
  const int opened = static_cast<int>(is_open(record.state_after)) -
                     static_cast<int>(is_open(record.state_before));
  account.open_orders += opened;
  if (strategy != nullptr) strategy->open_orders += opened;

  switch (record.header.kind) {
    case RecordKind::kSubmit:
    case RecordKind::kOrderHeld:
    case RecordKind::kOrderAdopted:
      client_ids_.add(record.account, record.client_id, record.order);
      break;
    case RecordKind::kOrderFilled:
    case RecordKind::kFillFee:  // a fee in kind takes from the position
    case RecordKind::kFillBusted:
    case RecordKind::kFillCorrected:
      if (const Position* position = portfolio_->position(record.account, record.header.instrument))
        exposure_.set_position(record.account, record.header.instrument, position->quantity);
      break;
    default: break;
  }
  if (is_command(record.header.kind)) {
    account.ring.push(record.header.ts_recv);
    if (strategy != nullptr) strategy->ring.push(record.header.ts_recv);
  }
}

void RiskChecker::fold_account(const AccountFact& fact) {
  const Account* of = directory_->account(fact.account);
  if (of == nullptr) return;
  grow();
  const Instrument* instrument = registry_->find(fact.header.instrument);
  if (instrument != nullptr)
    if (const Position* position = portfolio_->position(fact.account, instrument->id))
      exposure_.set_position(fact.account, instrument->id, position->quantity);

  // What comes in or goes out is no profit or loss: the marks move with it.
  AccountState& account = accounts_[fact.account.value - 1u];
  if (!account.marks.known ||
      (fact.kind != ChangeKind::kOpening && fact.kind != ChangeKind::kTransfer))
    return;
  std::optional<Money> flow;
  if (fact.header.kind == RecordKind::kCashChanged) {
    flow = fact.money();
  } else if (instrument != nullptr) {
    if (const auto value = position_value(*instrument, fact.price, fact.quantity);
        value && cash_rule(*instrument, of->kind) == CashRule::kFull)
      flow = Money{*value, instrument->settlement};
  }
  if (!flow || flow->is_zero()) return;
  for (Money& known : account.flows) {
    if (!(known.currency() == flow->currency())) continue;
    if (const auto sum = checked_add(known, *flow)) known = *sum;
    return;
  }
  account.flows.push_back(*flow);
}

void RiskChecker::fold_state(const StateFact& fact) {
  grow();
  AccountState* account =
      fact.account.value - 1u < accounts_.size() ? &accounts_[fact.account.value - 1u] : nullptr;
  switch (fact.header.kind) {
    case RecordKind::kTradingStateChanged:
      if (fact.account.value == 0) {
        state_ = static_cast<TradingState>(fact.after);
      } else if (account != nullptr) {
        account->state = static_cast<TradingState>(fact.after);
        account->why = fact.reason;
      }
      break;
    case RecordKind::kKillSwitchChanged:
      kill_ = {static_cast<KillLevel>(fact.after), fact.name, fact.by, fact.header.ts_recv};
      break;
    case RecordKind::kLimitChanged: {
      const auto limit = parse_limit(fact.name.view());
      if (!limit) break;  // of a later version of keel
      const LimitChange change{fact.header.instrument,
                               fact.strategy,
                               fact.account,
                               fact.currency,
                               fact.value_after,
                               static_cast<std::uint32_t>(*limit),
                               fact.after};
      const auto same = [&](const LimitChange& known) {
        return known.instrument == change.instrument && known.strategy == change.strategy &&
               known.account == change.account && known.limit == change.limit;
      };
      std::erase_if(changes_, same);
      changes_.push_back(change);
      apply(change);
      rebuild_rows();
      break;
    }
    case RecordKind::kEquityMarked:
      if (account == nullptr) break;
      account->marks = {fact.value_after, fact.second_after, fact.day, true};
      account->flows.clear();
      account->high = fact.second_after;
      break;
    default: break;
  }
}

// ---- snapshots ----

void RiskChecker::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  exposure_.save(writer);
  client_ids_.save(writer);
  writer.put(state_);
  writer.put(kill_.level);
  writer.put(kill_.why);
  writer.put(kill_.by);
  writer.put(kill_.since);
  writer.put(changes_);
  writer.put(static_cast<std::uint64_t>(accounts_.size()));
  for (const AccountState& account : accounts_) {
    writer.put(account.state);
    writer.put(account.why);
    writer.put(account.marks.known);
    writer.put(account.marks.day_base);
    writer.put(account.marks.peak);
    writer.put(account.marks.day);
    writer.put(account.open_orders);
    writer.put(account.flows);
    account.ring.save(writer);
  }
  writer.put(static_cast<std::uint64_t>(strategies_.size()));
  for (const StrategyState& strategy : strategies_) {
    writer.put(strategy.open_orders);
    strategy.ring.save(writer);
  }
  writer.end(section);
}

void RiskChecker::load(StateReader& reader) {
  grow();
  reader.begin(kTag);
  exposure_.load(reader);
  client_ids_.load(reader);
  reader.get(state_);
  reader.get(kill_.level);
  reader.get(kill_.why);
  reader.get(kill_.by);
  reader.get(kill_.since);
  reader.get(changes_);
  if (to_text(state_) == "invalid" || to_text(kill_.level) == "invalid")
    reader.fail("trading state or kill level");
  for (const LimitChange& change : changes_) {
    const LimitScope scope{change.instrument, change.strategy, change.account};
    if (change.limit >= kLimitCount ||
        !check_limit(static_cast<Limit>(change.limit),
                     change.present != 0 ? change.value : Int128{1, 0}, change.currency, scope,
                     limits_.messages, *registry_, *directory_)) {
      reader.fail("limits set at run time");
      break;
    }
    apply(change);
  }
  std::uint64_t count{};
  reader.get(count);
  if (count > accounts_.size()) reader.fail("more accounts than are declared");
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    AccountState& account = accounts_[i];
    reader.get(account.state);
    reader.get(account.why);
    reader.get(account.marks.known);
    reader.get(account.marks.day_base);
    reader.get(account.marks.peak);
    reader.get(account.marks.day);
    reader.get(account.open_orders);
    reader.get(account.flows);
    account.ring.load(reader);
    account.high = account.marks.peak;
    if (to_text(account.state) == "invalid") reader.fail("trading state of an account");
  }
  reader.get(count);
  if (count > strategies_.size()) reader.fail("more strategies than are declared");
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    reader.get(strategies_[i].open_orders);
    strategies_[i].ring.load(reader);
  }
  reader.end();
  rebuild_rows();
  recovering_ = true;
}

void RiskChecker::save_live(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(recovering_);
  writer.put(restarted_at_);
  writer.put(static_cast<std::uint64_t>(accounts_.size()));
  for (const AccountState& account : accounts_) {
    writer.put(account.high);
    writer.put(account.seen);
    writer.put(account.day_end);
  }
  writer.end(section);
}

void RiskChecker::load_live(StateReader& reader) {
  reader.begin(kTag);
  reader.get(recovering_);
  reader.get(restarted_at_);
  std::uint64_t count{};
  reader.get(count);
  if (count > accounts_.size()) reader.fail("more accounts than are declared");
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    reader.get(accounts_[i].high);
    reader.get(accounts_[i].seen);
    reader.get(accounts_[i].day_end);
  }
  reader.end();
}

// ---- reading ----

TradingState RiskChecker::trading_state(AccountId account) const {
  const auto at = account.value - 1u;
  if (at >= accounts_.size() || accounts_[at].state < state_) return state_;
  return accounts_[at].state;
}

EquityMarks RiskChecker::equity_marks(AccountId account) const {
  const auto at = account.value - 1u;
  return at < accounts_.size() ? accounts_[at].marks : EquityMarks{};
}

std::int64_t RiskChecker::open_orders(AccountId account) const {
  const auto at = account.value - 1u;
  return at < accounts_.size() ? accounts_[at].open_orders : 0;
}

}  // namespace keel
