// Risk checker, order manager, portfolio and ledger in somebody's own loop, without an engine.
//
// One C++ object owns them, so that nothing that Python keeps can outlive what it leans on.
#include "glue.hpp"

#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/ledger.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>

namespace keel_python {

using namespace py::literals;
using keel::AccountId;
using keel::InstrumentId;
using keel::OrderId;
using keel::Quantity;

namespace {

struct Asked {
  bool approved;
  OrderId order;
  std::string reason;
  keel::Int128 value, limit;
};

class Desk final : public keel::Emitter {
 public:
  Desk() = default;

  void emit(keel::RecordHeader& fact) override {
    fact.seq = ++seq_;
    fact.ts_event = fact.ts_recv = now_;
    state_->orders.fold(fact);
    state_->portfolio.fold(fact);
    state_->risk.fold(fact);
    state_->ledger.fold(fact);
  }

  keel::VenueId add_venue(std::string_view name) { return take(before().add_venue(name)); }
  keel::StrategyId add_strategy(std::string_view name) { return take(before().add_strategy(name)); }
  AccountId add_account(std::string_view name, keel::VenueId venue, keel::Currency base,
                        keel::AccountKind kind, keel::AccountRealm realm) {
    return take(before().add_account(name, venue, base, kind, realm));
  }
  InstrumentId add_instrument(const keel::InstrumentSpec& spec) {
    before();
    return take(registry_.add(spec));
  }
  void set_limit(const std::string& name, const std::string& value,
                 std::optional<InstrumentId> instrument, std::optional<AccountId> account) {
    before();
    keel::LimitScope scope;
    if (instrument) scope.instrument = *instrument;
    if (account) scope.account = *account;
    take(limits_.set(name, value, scope));
  }
  void start() {
    before();
    take(limits_.check(registry_, directory_));
    state_ = std::make_unique<State>(*this);
    keel::Capabilities can;
    can.order_types = can.times_in_force = ~0u;
    can.replace = can.post_only = can.reduce_only = true;
    for (std::uint16_t id = 1; id <= directory_.venue_count(); ++id)
      state_->risk.set_capabilities({id}, can);
  }

  void on_market(const py::object& record) {
    const keel::RecordHeader& header = market(record);
    State& state = running();
    known(header.instrument);
    advance(header.ts_recv);
    state.marks.fold(header);
    state.portfolio.revalue(header.instrument, state.marks);
    state.risk.on_market(header.instrument, now_, *this);
  }
  void set_now(keel::Timestamp now) { advance(now); }

  Asked submit(const keel::OrderRequest& request, bool send) {
    State& state = running();
    auto decision = state.risk.check(request, now_);
    if (!decision) {
      const keel::Denial denial = decision.denial();
      const OrderId id = send ? state.orders.deny(request, denial, *this) : OrderId{};
      return {false, id, std::string{keel::to_text(denial.reason)}, denial.value, denial.limit};
    }
    if (!send) return {true, OrderId{}, "", {}, {}};
    return {true, state.orders.submit(std::move(decision).take(), *this), "", {}, {}};
  }
  std::string cancel(OrderId id) {
    const auto reason = running().orders.cancel(id, keel::Reason::kByRequest, *this);
    return reason == keel::Reason::kNone ? "" : std::string{keel::to_text(reason)};
  }

  // What the venue says.
  void report(OrderId id, keel::ReportKind kind, Quantity quantity, keel::Price price,
              const keel::ExecutionId& execution, std::optional<keel::Money> fee) {
    const keel::Order& order = open_order(id);
    auto report = keel::make_record<keel::OrderReport>(keel::RecordKind::kOrderReport);
    report.header.instrument = order.instrument;
    report.header.ts_event = report.header.ts_recv = now_;
    report.kind = kind;
    report.present = keel::OrderReport::kHasSide;
    report.order = id;
    report.account = order.account;
    report.venue = order.venue;
    report.side = order.side;
    report.last_price = price;
    report.last_quantity = quantity;
    report.execution = execution;
    if (fee) {
      report.present |= keel::OrderReport::kHasFee;
      report.fee = fee->raw();
      report.fee_currency = fee->currency();
    }
    running().orders.on_report(report, *this);
  }
  void filled(OrderId id, Quantity quantity, keel::Price price, const keel::ExecutionId& execution,
              std::optional<keel::Money> fee) {
    if (!quantity.is_positive())
      raise("python.out_of_range", "quantity", quantity.to_text(), "above zero");
    if (execution.empty())
      raise("python.out_of_range", "execution", "", "the venue's name of the fill");
    report(id, keel::ReportKind::kFilled, quantity, price, execution, fee);
  }
  void told(OrderId id, keel::ReportKind kind) {
    report(id, kind, Quantity::zero(), keel::Price::zero(), {}, std::nullopt);
  }

  void change_cash(AccountId account, keel::Money amount) {
    checked(account);
    auto fact = keel::make_record<keel::AccountFact>(keel::RecordKind::kCashChanged);
    fact.header.flags = keel::AccountFact::kHasAmount;
    fact.account = account;
    fact.kind = keel::ChangeKind::kTransfer;
    fact.amount = amount.raw();
    fact.currency = amount.currency();
    emit(fact.header);
  }

  std::optional<keel::Position> position(AccountId account, InstrumentId instrument) {
    checked(account);
    known(instrument);
    const keel::Position* found = running().portfolio.position(account, instrument);
    if (found == nullptr) return std::nullopt;
    return *found;
  }
  keel::Valuation valuation(AccountId account) {
    checked(account);
    return running().portfolio.valuation(account);
  }
  keel::Money cash(AccountId account, keel::Currency currency) {
    checked(account);
    return running().portfolio.cash(account, currency);
  }
  std::optional<keel::Order> order(OrderId id) {
    const keel::Order* found = running().orders.find(id);
    if (found == nullptr) return std::nullopt;
    return *found;
  }
  py::dict ledger() {
    py::dict table;
    const auto lines = running().ledger.lines();
    const auto column = [&](const char* name, auto get) {
      py::list list;
      for (const auto& line : lines) list.append(py::cast(get(line)));
      table[name] = list;
    };
    column("seq", [](const auto& line) { return line.seq; });
    column("entry", [](const auto& line) { return line.entry; });
    column("time", [](const auto& line) { return line.time; });
    column("account", [](const auto& line) { return line.account; });
    column("instrument", [](const auto& line) { return line.instrument; });
    column("ledger", [](const auto& line) { return std::string{keel::to_text(line.ledger)}; });
    column("quantity", [](const auto& line) { return line.quantity; });
    column("amount", [](const auto& line) { return line.amount; });
    column("balance", [](const auto& line) { return line.balance_money(); });
    return table;
  }
  keel::Money trial_balance(keel::Currency currency) {
    return running().ledger.trial_balance(currency);
  }
  void set_trading_state(keel::TradingState level, std::string_view by) {
    take(running().risk.set_trading_state(level, AccountId{0}, by, *this));
  }
  void set_kill_level(keel::KillLevel level, std::string_view why, std::string_view by) {
    take(running().risk.set_kill_level(level, why, by, *this));
  }
  void reset_kill_switch(std::string_view by) { take(running().risk.reset_kill_switch(by, *this)); }
  keel::TradingState trading_state() { return running().risk.trading_state(); }
  std::int64_t open_orders(AccountId account) {
    checked(account);
    return running().risk.open_orders(account);
  }
  [[nodiscard]] const keel::InstrumentRegistry& instruments() const { return registry_; }
  [[nodiscard]] keel::Timestamp now() const { return now_; }

 private:
  struct State {
    explicit State(const Desk& desk)
        : marks(desk.registry_),
          portfolio(desk.registry_, desk.directory_),
          ledger(desk.registry_, desk.directory_),
          orders(small(), desk.registry_),
          risk(desk.limits_, desk.registry_, desk.directory_, marks, orders, portfolio) {}
    static keel::OrderManagerConfig small() {
      keel::OrderManagerConfig config;
      config.slots = 1u << 12;
      config.execution_window = 1u << 13;
      return config;
    }
    keel::Marks marks;
    keel::Portfolio portfolio;
    keel::Ledger ledger;
    keel::OrderManager orders;
    keel::RiskChecker risk;
  };

  keel::Directory& before() {
    if (state_ != nullptr) raise("engine.already_started", "desk", "", "declared before start()");
    return directory_;
  }
  State& running() {
    if (state_ == nullptr) raise("engine.not_started", "desk", "", "after start()");
    return *state_;
  }
  void checked(AccountId account) {
    running();
    if (directory_.account(account) == nullptr)
      raise("model.bad_account", "account", std::to_string(account.value), "a declared account");
  }
  void known(InstrumentId id) {
    if (registry_.find(id) == nullptr)
      raise("model.unknown_instrument", "instrument", std::to_string(id.value), "a listed one");
  }
  const keel::Order& open_order(OrderId id) {
    const keel::Order* order = running().orders.find(id);
    if (order == nullptr)
      raise("model.bad_record", "order", std::to_string(id.value), "an order of this desk");
    return *order;
  }
  void advance(keel::Timestamp to) {
    if (to > now_) now_ = to;
  }
  static const keel::RecordHeader& market(const py::object& record) {
    if (is_boxed<keel::Quote>(record.ptr())) return boxed<keel::Quote>(record.ptr()).header;
    if (is_boxed<keel::Trade>(record.ptr())) return boxed<keel::Trade>(record.ptr()).header;
    if (is_boxed<keel::Bar>(record.ptr())) return boxed<keel::Bar>(record.ptr()).header;
    set_wrong_type("record", record.ptr(), "keel.Quote, keel.Trade or keel.Bar");
    raise_current();
  }

  keel::InstrumentRegistry registry_;
  keel::Directory directory_;
  keel::RiskLimits limits_;
  std::unique_ptr<State> state_;
  keel::Timestamp now_{0};
  std::uint64_t seq_ = 0;
};

void add_position(py::module_& module) {
  using keel::Position;
  py::class_<Position>(module, "Position", "What is held, and what it has earned; exact.")
      .def_readonly("instrument", &Position::instrument)
      .def_readonly("account", &Position::account)
      .def_readonly("quantity", &Position::quantity)
      .def_readonly("cost", &Position::cost)
      .def_readonly("realized", &Position::realized)
      .def_readonly("fees", &Position::fees)
      .def_readonly("rebates", &Position::rebates)
      .def_readonly("income", &Position::income)
      .def_readonly("fills", &Position::fills)
      .def_property_readonly("net", &Position::net)
      .def_property_readonly("is_flat", &Position::is_flat);
  py::class_<Asked>(module, "Decision", "What a risk check answered.")
      .def_readonly("approved", &Asked::approved)
      .def_readonly("order", &Asked::order, "The id, where it was submitted.")
      .def_readonly("reason", &Asked::reason, "'' or such as 'risk.position_limit'.")
      .def_readonly("value", &Asked::value, "The number that decided, raw (docs/risk.md).")
      .def_readonly("limit", &Asked::limit, "Its limit, raw.")
      .def("__bool__", [](const Asked& self) { return self.approved; })
      .def("__repr__", [](const Asked& self) {
        return self.approved ? std::string("<Decision approved>")
                             : "<Decision denied: " + self.reason + ">";
      });
}

}  // namespace

void add_portfolio(py::module_& module) {
  add_position(module);
  py::class_<Desk>(module, "_Desk")
      .def(py::init<>())
      .def("add_venue", &Desk::add_venue, "name"_a)
      .def("add_strategy", &Desk::add_strategy, "name"_a)
      .def("add_account", &Desk::add_account, "name"_a, "venue"_a, "base"_a, "kind"_a, "realm"_a)
      .def("add_instrument", &Desk::add_instrument, "spec"_a)
      .def("set_limit", &Desk::set_limit, "name"_a, "value"_a, "instrument"_a, "account"_a)
      .def("start", &Desk::start)
      .def("on_market", &Desk::on_market, "record"_a)
      .def("set_now", &Desk::set_now, "now"_a)
      .def("submit", &Desk::submit, "request"_a, "send"_a)
      .def("cancel", &Desk::cancel, "order"_a)
      .def("filled", &Desk::filled, "order"_a, "quantity"_a, "price"_a, "execution"_a, "fee"_a)
      .def("accepted", [](Desk& d, OrderId id) { d.told(id, keel::ReportKind::kAccepted); })
      .def("rejected", [](Desk& d, OrderId id) { d.told(id, keel::ReportKind::kRejected); })
      .def("canceled", [](Desk& d, OrderId id) { d.told(id, keel::ReportKind::kCanceled); })
      .def("change_cash", &Desk::change_cash, "account"_a, "amount"_a)
      .def("position", &Desk::position, "account"_a, "instrument"_a)
      .def("valuation", &Desk::valuation, "account"_a)
      .def("cash", &Desk::cash, "account"_a, "currency"_a)
      .def("order", &Desk::order, "order"_a)
      .def("ledger", &Desk::ledger)
      .def("trial_balance", &Desk::trial_balance, "currency"_a)
      .def("set_trading_state", &Desk::set_trading_state, "state"_a, "by"_a)
      .def("set_kill_level", &Desk::set_kill_level, "level"_a, "why"_a, "by"_a)
      .def("reset_kill_switch", &Desk::reset_kill_switch, "by"_a)
      .def("open_orders", &Desk::open_orders, "account"_a)
      .def_property_readonly("trading_state", &Desk::trading_state)
      .def_property_readonly("instruments", &Desk::instruments)
      .def_property_readonly("now", &Desk::now);
}

}  // namespace keel_python
