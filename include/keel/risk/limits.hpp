// The limits that a RiskChecker holds, by name, unit and scope.
//
// A limit that is not set is not checked (and costs nothing); the exception is fee_buffer, which is
// set to zero from the start, so that buying power is checked unless a host turns it off by name.
//
// Scopes. Each limit has a home: the instrument, or the account. The value in RiskLimits itself is
// the default for every instrument or account; instrument(id) and account(id) hold values of one's
// own, which replace the default there. A value set at another scope is held in addition to that:
// strategy(id).max_position limits what this strategy itself holds, account(id).max_order_quantity
// limits every order of the account whatever its instrument allows. docs/risk.md has the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <keel/core/money.hpp>
#include <keel/core/time.hpp>
#include <keel/model/account.hpp>
#include <keel/model/enums.hpp>
#include <keel/model/instrument_registry.hpp>

namespace keel {

namespace risk_errors {
inline constexpr ErrorCode kUnknownLimit{"risk.unknown_limit"};
inline constexpr ErrorCode kLimitScope{"risk.limit_scope"};
inline constexpr ErrorCode kLimitValue{"risk.limit_value"};
inline constexpr ErrorCode kLimitCurrency{"risk.limit_currency"};
inline constexpr ErrorCode kUnknownScope{"risk.unknown_scope"};
inline constexpr ErrorCode kNobody{"risk.nobody"};
inline constexpr ErrorCode kKillSwitchLatched{"risk.kill_switch_latched"};
inline constexpr ErrorCode kBadLevel{"risk.bad_level"};
inline constexpr ErrorCode kUnpriced{"risk.unpriced"};
}  // namespace risk_errors

// Every limit. The order is that of the tables inside; names (not numbers) are in journals.
enum class Limit : std::uint8_t {
  // At home with the instrument; also for a strategy (the first three) and an account.
  kMaxOrderQuantity,  // quantity: of one order
  kMaxOrderNotional,  // money: of one order
  kMaxPosition,       // quantity: either way, all open orders of that side filled
  kPriceCollar,       // rate: how much worse than the reference a limit price may be
  kPriceDistance,     // rate: how far from the reference, either way, a limit or trigger may be
  kMaxReferenceAge,   // duration
  // At home with the account; the first three also for a strategy.
  kMaxOpenOrders,     // count
  kMaxOrderRate,      // count: messages (submits, replaces, cancels) within the window
  kOrderRateWindow,   // duration: one second where it is not set
  kMaxGrossExposure,  // money
  kMaxNetExposure,    // money
  kMaxConcentration,  // rate: one instrument's exposure, of equity
  kMaxLeverage,       // rate: gross exposure, of equity
  kMaxDailyLoss,      // money
  kMaxDailyLossRate,  // rate: of the day's first equity
  kMaxDrawdown,       // money
  kMaxDrawdownRate,   // rate: of the highest equity
  kFeeBuffer,         // rate: added to the cost of a purchase; turns the buying power rule on
  kMarketBuffer,      // rate: what a market order may slip; it counts at reference x (1 + this)
  kCancelReserve,     // count: of max_order_rate, messages that are kept for cancels
};
inline constexpr std::size_t kLimitCount = 20;
inline constexpr std::size_t kInstrumentLimitCount =
    6;  // the first ones are at home with the instrument

// Money is in the base currency of the account that the limit is applied to.
enum class LimitUnit : std::uint8_t { kQuantity, kMoney, kRate, kDuration, kCount };

[[nodiscard]] LimitUnit limit_unit(Limit limit);
std::string_view to_text(Limit limit);  // "max_order_quantity"
std::string_view to_text(LimitUnit unit);
// Error: risk.unknown_limit.
Result<Limit> parse_limit(std::string_view name);
// "10.5", "0.02", "250ms", "100": raw in the limit's own unit. Errors: risk.limit_value, core.*.
Result<Int128> parse_limit_value(Limit limit, std::string_view text);
std::string limit_value_text(Limit limit, Int128 raw);

// Whom a limit is for. At most one of the three is set; none: the default.
struct LimitScope {
  InstrumentId instrument{};
  StrategyId strategy{};
  AccountId account{};

  [[nodiscard]] static constexpr LimitScope everywhere() { return {}; }
  [[nodiscard]] static constexpr LimitScope of(InstrumentId id) { return {id, {}, {}}; }
  [[nodiscard]] static constexpr LimitScope of(StrategyId id) { return {{}, id, {}}; }
  [[nodiscard]] static constexpr LimitScope of(AccountId id) { return {{}, {}, id}; }
  friend constexpr bool operator==(const LimitScope&, const LimitScope&) = default;
};

struct LimitSet {
  std::optional<Quantity> max_order_quantity;
  std::optional<Money> max_order_notional;
  std::optional<Quantity> max_position;
  std::optional<Rate> price_collar;
  std::optional<Rate> price_distance;
  std::optional<Duration> max_reference_age;
  std::optional<std::int64_t> max_open_orders;
  std::optional<std::int64_t> max_order_rate;
  std::optional<Duration> order_rate_window;
  std::optional<Money> max_gross_exposure;
  std::optional<Money> max_net_exposure;
  std::optional<Rate> max_concentration;
  std::optional<Rate> max_leverage;
  std::optional<Money> max_daily_loss;
  std::optional<Rate> max_daily_loss_rate;
  std::optional<Money> max_drawdown;
  std::optional<Rate> max_drawdown_rate;
  std::optional<Rate> fee_buffer;
  std::optional<Rate> market_buffer;
  std::optional<std::int64_t> cancel_reserve;

  // By name, raw in the limit's own unit.
  [[nodiscard]] std::optional<Int128> raw(Limit limit) const;
  // `currency` is kept for money limits. The value has been checked (check_limit_value).
  void set_raw(Limit limit, std::optional<Int128> value, const Currency& currency = {});
  [[nodiscard]] std::optional<Currency> currency(Limit limit) const;
};

struct RiskLimits : LimitSet {
  RiskLimits() { fee_buffer = Rate::zero(); }

  // Values of one's own. References stay valid until the next call.
  LimitSet& instrument(InstrumentId id) { return own(instruments, id); }
  LimitSet& strategy(StrategyId id) { return own(strategies, id); }
  LimitSet& account(AccountId id) { return own(accounts, id); }

  // From text: set("max_position", "2.5", LimitScope::of(btc)). Errors: risk.unknown_limit,
  // risk.limit_value, risk.limit_scope, core.*.
  Status set(std::string_view name, std::string_view value, LimitScope scope = {});

  // What a breach does to the account, and when the day's loss is forgiven.
  TradingState on_daily_loss = TradingState::kReducing;
  TradingState on_drawdown = TradingState::kHalted;
  bool lift_daily_loss_at_day_end = true;
  // How many client order ids are remembered (a power of two), and messages per rate window.
  std::uint32_t client_ids = 1u << 16;
  std::uint32_t messages = 1u << 12;

  // That every limit stands at a scope where it means something, is in range, and is told in the
  // currency of the accounts concerned. RiskChecker asserts this: a host asks first.
  // Errors: risk.limit_scope, risk.limit_value, risk.limit_currency, risk.unknown_scope.
  [[nodiscard]] Status check(const InstrumentRegistry& registry, const Directory& directory) const;

  std::vector<std::pair<InstrumentId, LimitSet>> instruments;
  std::vector<std::pair<StrategyId, LimitSet>> strategies;
  std::vector<std::pair<AccountId, LimitSet>> accounts;

 private:
  template <class Id>
  static LimitSet& own(std::vector<std::pair<Id, LimitSet>>& list, Id id) {
    for (auto& [known, set] : list)
      if (known == id) return set;
    return list.emplace_back(id, LimitSet{}).second;
  }
};

// One limit's value at one scope. `messages`: the largest rate that can be counted.
// Errors: risk.limit_scope, risk.limit_value, risk.limit_currency, risk.unknown_scope.
[[nodiscard]] Status check_limit(Limit limit, Int128 raw, const Currency& currency,
                                 const LimitScope& scope, std::uint32_t messages,
                                 const InstrumentRegistry& registry, const Directory& directory);

}  // namespace keel
