// RiskChecker: every request is checked here before it may become an order.
//
//   RiskChecker risk{limits, registry, directory, marks, orders, portfolio};
//   risk.set_capabilities(venue, capabilities);
//   if (auto decision = risk.check(request, now)) orders.submit(std::move(decision).take(),
//   emitter); else orders.deny(request, decision.denial(), emitter);
//
// Decisions are exact (no floating point), count every open, in-flight and unknown order at its
// worst case, and depend on nothing but folded state, marks and `now`. The first rule that fails
// decides; docs/risk.md lists them in their order, with the numbers each tells. Cancels ask nobody.
//
// State moves only in fold(): records must be folded into the order manager, the portfolio and
// this, in that order. Not thread-safe; everything that is passed in outlives it. After
// construction nothing allocates, except for instruments, accounts and strategies that are declared
// later.
#pragma once

#include <limits>
#include <vector>

#include <keel/model/marks.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/risk/client_ids.hpp>
#include <keel/risk/decision.hpp>
#include <keel/risk/limits.hpp>
#include <keel/risk/message_ring.hpp>
#include <keel/risk/open_exposure.hpp>
#include <keel/venue/capabilities.hpp>

namespace keel {

class OrderManager;
class Portfolio;
class TradingCalendar;
struct Valuation;

// The kill switch: how far it is thrown, why, by whom and when.
struct KillSwitch {
  KillLevel level = KillLevel::kOff;
  FixedText<48> why;
  FixedText<40> by;
  Timestamp since{0};
};

// What losses of an account are measured from.
struct EquityMarks {
  Int128 day_base;   // equity at the start of the day
  Int128 peak;       // the highest equity
  std::int32_t day;  // days since 1970
  bool known;
};

class RiskChecker {
 public:
  // Asserts limits.check(registry, directory): a host asks first.
  RiskChecker(const RiskLimits& limits, const InstrumentRegistry& registry,
              const Directory& directory, const Marks& marks, const OrderManager& orders,
              const Portfolio& portfolio);

  // What a venue can do. An order for a venue that was not registered is denied.
  void set_capabilities(VenueId venue, const Capabilities& capabilities);
  // Whose trading day the day's loss counts; UTC days where none is set, and outside its span.
  void set_day_calendar(const TradingCalendar* calendar) { calendar_ = calendar; }

  // ---- decisions ----
  // `held`: the request is a held order about to be released; its own client id is no duplicate.
  Decision<OrderRequest> check(const OrderRequest& request, Timestamp now,
                               OrderId held = OrderId{0});
  // Judged by what it adds: the larger of old and new counts until the venue answers. A replace
  // that only takes quantity away passes in every state.
  Decision<ReplaceRequest> check(const ReplaceRequest& request, Timestamp now);
  // For an exit whose entry has filled: what check() denies passes all the same where the order can
  // only reduce the position, no switch bars it, and its instrument trades.
  Decision<OrderRequest> check_exit(const OrderRequest& request, Timestamp now, OrderId held);
  // For flattening: passes in every trading state, at every kill level and while recovering, when
  // the order can only reduce the position even if all open orders of its side fill first.
  Decision<OrderRequest> check_flatten(const OrderRequest& request, Timestamp now);
  // The market order that closes what open orders of that side leave of a position. nullopt: there
  // is nothing to close on the instrument's grid.
  [[nodiscard]] std::optional<OrderRequest> flatten_request(AccountId account,
                                                            InstrumentId instrument) const;
  // Whether it is an order at all (rules/request.hpp), without any limit: for orders that are held.
  // kNone: yes. `emulated`: keel watches its trigger, the venue need not know the type.
  [[nodiscard]] Denial validate(const OrderRequest& request, Timestamp now,
                                bool emulated = false) const;

  // ---- control: each emits a fact, and the state moves when that is folded ----
  // Of one account, or of all (account 0). Errors: risk.bad_level, risk.nobody,
  // risk.unknown_scope, core.text_too_long.
  Status set_trading_state(TradingState state, AccountId account, std::string_view by,
                           Emitter& emitter);
  // Raises it. Errors: risk.kill_switch_latched (to lower it, reset it), risk.nobody,
  // risk.bad_level, core.text_too_long.
  Status set_kill_level(KillLevel level, std::string_view why, std::string_view by,
                        Emitter& emitter);
  Status reset_kill_switch(std::string_view by, Emitter& emitter);
  // nullopt: as if it had never been set. `currency` may be empty. Errors as check_limit,
  // risk.nobody.
  Status set_limit(Limit limit, LimitScope scope, std::optional<Int128> raw,
                   const Currency& currency, std::string_view by, Emitter& emitter);
  // Measures losses from now on: the day's base and the peak become the equity that is there.
  // Errors: risk.unknown_scope, risk.nobody, risk.unpriced.
  Status reset_equity_marks(AccountId account, Timestamp now, std::string_view by,
                            Emitter& emitter);

  // ---- time ----
  // After portfolio.revalue: marks equity where it moved, and acts on a breach.
  void on_market(InstrumentId, Timestamp now, Emitter& emitter) {
    if (!watched_.empty()) watch_all(now, emitter);
  }
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;
  void on_time(Timestamp now, Emitter& emitter);

  // ---- recovery ----
  // Denies new risk until set_ready; and after that, in each instrument until it has a price that
  // came after the restart. `load` does the same.
  void on_restart(Timestamp now) {
    recovering_ = true;
    restarted_at_ = now;
  }
  void set_ready() { recovering_ = false; }
  [[nodiscard]] bool is_recovering() const { return recovering_; }

  void fold(const RecordHeader& record);
  // What facts gave, not the host's configuration: limits that were set at run time stay set.
  void save(StateWriter& writer) const;
  void load(StateReader& reader);
  // What recovery leaves out because market data brings it again. With it a run can be taken up in
  // its middle (verify).
  void save_live(StateWriter& writer) const;
  void load_live(StateReader& reader);

  // ---- reading ----
  // The stricter of the account's own state and everybody's.
  [[nodiscard]] TradingState trading_state(AccountId account) const;
  [[nodiscard]] TradingState trading_state() const { return state_; }
  [[nodiscard]] const KillSwitch& kill_switch() const { return kill_; }
  [[nodiscard]] const RiskLimits& limits() const { return limits_; }
  [[nodiscard]] const OpenExposure& open_exposure() const { return exposure_; }
  [[nodiscard]] EquityMarks equity_marks(AccountId account) const;
  [[nodiscard]] std::int64_t open_orders(AccountId account) const;
  // The order that used a client id first; none: nobody did, as far as is remembered.
  [[nodiscard]] OrderId user_of(AccountId account, const ClientOrderId& id) const {
    return client_ids_.find(account, id);
  }

 private:
  template <std::size_t N>
  struct Row {
    std::uint32_t mask = 0;  // which limits are set
    Int128 values[N] = {};
    [[nodiscard]] bool has(Limit limit) const {
      return (mask >> static_cast<unsigned>(limit) & 1u) != 0;
    }
    [[nodiscard]] detail::i128 at(Limit limit) const {
      return values[static_cast<std::size_t>(limit)].wide();
    }
  };
  using InstrumentRow = Row<kInstrumentLimitCount>;
  using WholeRow = Row<kLimitCount>;

  struct AccountState {
    explicit AccountState(std::uint32_t messages) : ring(messages) {}
    WholeRow row;
    TradingState state = TradingState::kActive;
    Reason why = Reason::kNone;  // of that state
    EquityMarks marks{};
    std::int64_t open_orders = 0;
    std::vector<Money> flows;  // deposits and withdrawals that the marks do not have yet
    MessageRing ring;
    // Not state: what market data gave since the last fact. `seen` was looked at until day_end.
    Int128 high{}, seen{};
    Timestamp day_end{std::numeric_limits<std::int64_t>::min()};
  };
  struct StrategyState {
    explicit StrategyState(std::uint32_t messages) : ring(messages) {}
    WholeRow row;
    std::int64_t open_orders = 0;
    MessageRing ring;
  };
  struct VenueEntry {
    bool known = false;
    Capabilities capabilities;
  };
  struct LimitChange {
    InstrumentId instrument;
    StrategyId strategy;
    AccountId account;
    Currency currency;
    Int128 value;
    std::uint32_t limit;
    std::uint32_t present;
  };
  struct FxRoute {
    Currency from, to;
    std::vector<std::pair<InstrumentId, bool>> pairs;  // true: multiply by the price
  };
  struct Case;     // one request on its way through the rules
  struct Totals {  // in the account's base currency; `worst` in the instrument's
    risk_detail::Sum extra, margin, side;
    detail::i128 worst;
  };

  [[nodiscard]] bool resolve(const OrderRequest& request, Case& c) const;
  [[nodiscard]] bool judge(const OrderRequest& request, Timestamp now, OrderId held, Case& c);
  [[nodiscard]] bool judge(const ReplaceRequest& request, Timestamp now, Case& c,
                           OrderTerms& terms);
  [[nodiscard]] bool replaced_terms(const ReplaceRequest& request, const Order& order,
                                    Timestamp now, const Case& c, OrderTerms& terms) const;
  [[nodiscard]] bool gather(Case& c) const;
  [[nodiscard]] std::int64_t linked_quantity(const OrderRequest& request) const;
  [[nodiscard]] detail::i128 unreduced_open(const Case& c) const;
  [[nodiscard]] bool weigh(Case& c, Timestamp now) const;
  [[nodiscard]] bool gates(const Case& c) const;
  [[nodiscard]] bool market(Case& c, Timestamp now) const;
  [[nodiscard]] bool value_of(Case& c) const;
  [[nodiscard]] bool value_beyond(Case& c) const;
  [[nodiscard]] bool sizes(const Case& c) const;
  [[nodiscard]] bool positions(const Case& c) const;
  [[nodiscard]] bool flow(const Case& c, Timestamp now) const;
  [[nodiscard]] bool account_rules(const Case& c) const;
  [[nodiscard]] bool losses(const Case& c, const Valuation& valuation) const;
  [[nodiscard]] bool add_up(const Case& c, Totals& totals) const;
  [[nodiscard]] bool exposures(const Case& c, const Valuation& valuation,
                               const Totals& totals) const;
  [[nodiscard]] bool funds(const Case& c, const Valuation& valuation, Totals& totals) const;
  [[nodiscard]] bool add_others(const Case& c, detail::i128 more, Totals& totals) const;
  [[nodiscard]] bool add_up_margin(const Case& c, Totals& totals) const;
  [[nodiscard]] Reason to_base(const Case& c, std::uint32_t currency, detail::i128 amount,
                               risk_detail::Sum& sum) const;
  [[nodiscard]] Reason add_converted(const Case& c, std::uint32_t currency, detail::i128 amount,
                                     risk_detail::Sum& sum) const;
  [[nodiscard]] Reason convert(detail::i128 amount, const Currency& from, const Currency& to,
                               detail::i128& result) const;
  [[nodiscard]] const FxRoute& route(const Currency& from, const Currency& to) const;

  void grow() {
    if (instrument_rows_.size() != registry_->size() ||
        accounts_.size() != directory_->accounts().size() ||
        strategies_.size() != directory_->strategy_count() + 1) [[unlikely]]
      grow_now();
  }
  // Ids that were never seen: perhaps they were declared since.
  void make_room(InstrumentId instrument, AccountId account, StrategyId strategy) {
    if (instrument.value > known_.instruments || account.value > known_.accounts ||
        strategy.value > known_.strategies) [[unlikely]]
      grow();
  }
  void grow_now();
  void rebuild_rows();
  void apply(const LimitChange& change);
  [[nodiscard]] Status who(std::string_view by, FixedText<40>& text) const;
  void fold_order(const OrderRecord& record);
  void fold_account(const AccountFact& fact);
  void fold_state(const StateFact& fact);
  void watch_all(Timestamp now, Emitter& emitter);
  void watch(const Account& account, Timestamp now, Emitter& emitter);
  void watch_peak(const Account& account, detail::i128 equity, Emitter& emitter);
  void watch_breach(const Account& account, detail::i128 equity, Emitter& emitter);
  void mark_equity(const Account& account, const EquityMarks& marks, Reason reason,
                   const FixedText<40>& by, Emitter& emitter);
  [[nodiscard]] bool settled_marks(const AccountState& state, EquityMarks& marks,
                                   const Currency& base) const;
  void change_state(AccountId account, TradingState after, Reason reason, Int128 value,
                    Int128 limit, const FixedText<40>& by, Emitter& emitter);
  [[nodiscard]] std::int32_t day_of(Timestamp now) const;
  [[nodiscard]] Timestamp end_of_day(std::int32_t day) const;

  RiskLimits limits_;
  const InstrumentRegistry* registry_;
  const Directory* directory_;
  const Marks* marks_;
  const OrderManager* orders_;
  const Portfolio* portfolio_;
  const TradingCalendar* calendar_ = nullptr;

  std::vector<VenueEntry> venues_;              // by venue id - 1
  std::vector<InstrumentRow> instrument_rows_;  // by instrument id - 1
  std::vector<AccountState> accounts_;          // by account id - 1
  std::vector<StrategyState> strategies_;       // by strategy id
  std::vector<AccountId> watched_;              // accounts with a limit on losses
  mutable std::vector<FxRoute> routes_;         // a cache of the registry
  mutable std::size_t routed_ = 0;              // instruments that the routes know

  struct Counts {  // sizes of the rows above, which cost divisions
    std::uint32_t instruments = 0, accounts = 0, strategies = 0, venues = 0;
  };
  Counts known_;
  OpenExposure exposure_;
  ClientIds client_ids_;
  TradingState state_ = TradingState::kActive;
  KillSwitch kill_;
  std::vector<LimitChange> changes_;
  bool recovering_ = false;
  Timestamp restarted_at_{0};
  Timestamp woken_at_{std::numeric_limits<std::int64_t>::min()};  // by on_time; not state
};

}  // namespace keel
