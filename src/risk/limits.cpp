#include <keel/risk/limits.hpp>

#include <keel/core/time_text.hpp>

namespace keel {

namespace {

struct LimitInfo {
  std::string_view name;
  LimitUnit unit;
  bool strategy;  // may be set for a strategy
};

constexpr LimitInfo kInfo[kLimitCount] = {
    {"max_order_quantity", LimitUnit::kQuantity, true},
    {"max_order_notional", LimitUnit::kMoney, true},
    {"max_position", LimitUnit::kQuantity, true},
    {"price_collar", LimitUnit::kRate, false},
    {"price_distance", LimitUnit::kRate, false},
    {"max_reference_age", LimitUnit::kDuration, false},
    {"max_open_orders", LimitUnit::kCount, true},
    {"max_order_rate", LimitUnit::kCount, true},
    {"order_rate_window", LimitUnit::kDuration, true},
    {"max_gross_exposure", LimitUnit::kMoney, false},
    {"max_net_exposure", LimitUnit::kMoney, false},
    {"max_concentration", LimitUnit::kRate, false},
    {"max_leverage", LimitUnit::kRate, false},
    {"max_daily_loss", LimitUnit::kMoney, false},
    {"max_daily_loss_rate", LimitUnit::kRate, false},
    {"max_drawdown", LimitUnit::kMoney, false},
    {"max_drawdown_rate", LimitUnit::kRate, false},
    {"fee_buffer", LimitUnit::kRate, false},
    {"market_buffer", LimitUnit::kRate, false},
    {"cancel_reserve", LimitUnit::kCount, false},
};

const LimitInfo& info(Limit limit) { return kInfo[static_cast<std::size_t>(limit)]; }

// The member of a LimitSet that a limit is. `f` is called with a reference to the optional.
template <class Set, class F>
decltype(auto) with_member(Set& set, Limit limit, F&& f) {
  switch (limit) {
    case Limit::kMaxOrderQuantity: return f(set.max_order_quantity);
    case Limit::kMaxOrderNotional: return f(set.max_order_notional);
    case Limit::kMaxPosition: return f(set.max_position);
    case Limit::kPriceCollar: return f(set.price_collar);
    case Limit::kPriceDistance: return f(set.price_distance);
    case Limit::kMaxReferenceAge: return f(set.max_reference_age);
    case Limit::kMaxOpenOrders: return f(set.max_open_orders);
    case Limit::kMaxOrderRate: return f(set.max_order_rate);
    case Limit::kOrderRateWindow: return f(set.order_rate_window);
    case Limit::kMaxGrossExposure: return f(set.max_gross_exposure);
    case Limit::kMaxNetExposure: return f(set.max_net_exposure);
    case Limit::kMaxConcentration: return f(set.max_concentration);
    case Limit::kMaxLeverage: return f(set.max_leverage);
    case Limit::kMaxDailyLoss: return f(set.max_daily_loss);
    case Limit::kMaxDailyLossRate: return f(set.max_daily_loss_rate);
    case Limit::kMaxDrawdown: return f(set.max_drawdown);
    case Limit::kMaxDrawdownRate: return f(set.max_drawdown_rate);
    case Limit::kFeeBuffer: return f(set.fee_buffer);
    case Limit::kMarketBuffer: return f(set.market_buffer);
    case Limit::kCancelReserve: return f(set.cancel_reserve);
  }
  KEEL_ASSERT(false, "not a limit");
  return f(set.market_buffer);
}

Int128 raw_of(const Money& value) { return value.raw(); }
Int128 raw_of(Duration value) { return Int128::from(value.ns); }
Int128 raw_of(std::int64_t value) { return Int128::from(value); }
template <class Tag, int Digits>
Int128 raw_of(Decimal<Tag, Digits> value) {
  return Int128::from(value.raw());
}

void assign(std::optional<Money>& to, Int128 raw, const Currency& currency) {
  to = Money{raw, currency};
}
void assign(std::optional<Duration>& to, Int128 raw, const Currency&) {
  to = Duration{static_cast<std::int64_t>(raw.wide())};
}
void assign(std::optional<std::int64_t>& to, Int128 raw, const Currency&) {
  to = static_cast<std::int64_t>(raw.wide());
}
template <class Tag, int Digits>
void assign(std::optional<Decimal<Tag, Digits>>& to, Int128 raw, const Currency&) {
  to = Decimal<Tag, Digits>::from_raw(static_cast<std::int64_t>(raw.wide()));
}

Error bad(ErrorCode code, Limit limit, std::string value, std::string rule) {
  return Error{code, std::string{to_text(limit)}, std::move(value), std::move(rule), {}};
}

// What a value may be, whatever the scope.
Status check_value(Limit limit, Int128 raw, std::uint32_t messages) {
  const detail::i128 value = raw.wide();
  const auto text = [&] { return limit_value_text(limit, raw); };
  if (value < 0) return bad(risk_errors::kLimitValue, limit, text(), "zero or more");
  if (limit_unit(limit) != LimitUnit::kMoney && value > std::numeric_limits<std::int64_t>::max())
    return bad(risk_errors::kLimitValue, limit, text(), "within 64 bits");
  if (limit == Limit::kMaxOrderRate && value > messages)
    return bad(risk_errors::kLimitValue, limit, text(), "at most " + std::to_string(messages));
  if ((limit == Limit::kOrderRateWindow || limit == Limit::kMaxReferenceAge) &&
      (value == 0 || value > Duration::days(1).ns))
    return bad(risk_errors::kLimitValue, limit, text(), "above zero, at most a day");
  if ((limit == Limit::kFeeBuffer || limit == Limit::kMarketBuffer) && value > Rate::kScale)
    return bad(risk_errors::kLimitValue, limit, text(), "at most 1");
  return {};
}

}  // namespace

LimitUnit limit_unit(Limit limit) { return info(limit).unit; }

std::string_view to_text(Limit limit) {
  return static_cast<std::size_t>(limit) < kLimitCount ? info(limit).name : "invalid";
}

std::string_view to_text(LimitUnit unit) {
  switch (unit) {
    case LimitUnit::kQuantity: return "quantity";
    case LimitUnit::kMoney: return "money";
    case LimitUnit::kRate: return "rate";
    case LimitUnit::kDuration: return "duration";
    case LimitUnit::kCount: return "count";
  }
  return "invalid";
}

Result<Limit> parse_limit(std::string_view name) {
  for (std::size_t i = 0; i < kLimitCount; ++i)
    if (kInfo[i].name == name) return static_cast<Limit>(i);
  return Error{risk_errors::kUnknownLimit,
               "limit",
               std::string{name.substr(0, 60)},
               "the name of a limit, as in docs/risk.md",
               {}};
}

Result<Int128> parse_limit_value(Limit limit, std::string_view text) {
  Result<Int128> raw = Int128{};
  switch (limit_unit(limit)) {
    case LimitUnit::kQuantity: raw = detail::parse_decimal(text, Quantity::kDigits); break;
    case LimitUnit::kMoney: raw = detail::parse_decimal(text, Money::kDigits); break;
    case LimitUnit::kRate: raw = detail::parse_decimal(text, Rate::kDigits); break;
    case LimitUnit::kCount: raw = detail::parse_decimal(text, 0); break;
    case LimitUnit::kDuration: {
      auto duration = parse_duration(text);
      if (!duration) return std::move(duration).error().in_field(std::string{to_text(limit)});
      raw = Int128::from(duration->ns);
      break;
    }
  }
  if (!raw) return std::move(raw).error().in_field(std::string{to_text(limit)});
  if (auto status = check_value(limit, *raw, ~0u); !status) return std::move(status).error();
  return raw;
}

std::string limit_value_text(Limit limit, Int128 raw) {
  switch (limit_unit(limit)) {
    case LimitUnit::kQuantity: return detail::decimal_text(raw, Quantity::kDigits);
    case LimitUnit::kMoney: return detail::decimal_text(raw, Money::kDigits);
    case LimitUnit::kRate: return detail::decimal_text(raw, Rate::kDigits);
    case LimitUnit::kDuration: return to_text(Duration{static_cast<std::int64_t>(raw.wide())});
    case LimitUnit::kCount: break;
  }
  return detail::decimal_text(raw, 0);
}

std::optional<Int128> LimitSet::raw(Limit limit) const {
  return with_member(*this, limit, [](const auto& member) {
    return member ? std::optional<Int128>{raw_of(*member)} : std::nullopt;
  });
}

void LimitSet::set_raw(Limit limit, std::optional<Int128> value, const Currency& currency) {
  with_member(*this, limit, [&](auto& member) {
    if (value)
      assign(member, *value, currency);
    else
      member.reset();
  });
}

std::optional<Currency> LimitSet::currency(Limit limit) const {
  return with_member(*this, limit, [](const auto& member) -> std::optional<Currency> {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, std::optional<Money>>)
      if (member) return member->currency();
    return std::nullopt;
  });
}

Status check_limit(Limit limit, Int128 raw, const Currency& currency, const LimitScope& scope,
                   std::uint32_t messages, const InstrumentRegistry& registry,
                   const Directory& directory) {
  const auto unknown = [&](const char* kind, unsigned id) {
    return Error{risk_errors::kUnknownScope, kind, std::to_string(id), "a declared id", {}};
  };
  const bool of_instrument = scope.instrument.value != 0, of_strategy = scope.strategy.value != 0,
             of_account = scope.account.value != 0;
  if (of_instrument + of_strategy + of_account > 1)
    return bad(risk_errors::kLimitScope, limit, "", "of an instrument, a strategy or an account");
  if (of_instrument && registry.find(scope.instrument) == nullptr)
    return unknown("instrument", scope.instrument.value);
  if (of_strategy && scope.strategy.value > directory.strategy_count())
    return unknown("strategy", scope.strategy.value);
  if (of_account && directory.account(scope.account) == nullptr)
    return unknown("account", scope.account.value);
  if (of_instrument && static_cast<std::size_t>(limit) >= kInstrumentLimitCount)
    return bad(risk_errors::kLimitScope, limit, "instrument", "not a limit of an instrument");
  if (of_strategy && !info(limit).strategy)
    return bad(risk_errors::kLimitScope, limit, "strategy", "not a limit of a strategy");
  if (auto status = check_value(limit, raw, messages); !status) return status;
  if (limit_unit(limit) == LimitUnit::kMoney && !currency.empty()) {
    for (const Account& account : directory.accounts()) {
      if (of_account && !(account.id == scope.account)) continue;
      if (!(account.base == currency))
        return bad(risk_errors::kLimitCurrency, limit, std::string{currency.code()},
                   "the base currency of account " + account.name.str() + ", " +
                       std::string{account.base.code()});
    }
  }
  return {};
}

Status RiskLimits::set(std::string_view name, std::string_view value, LimitScope scope) {
  auto limit = parse_limit(name);
  if (!limit) return std::move(limit).error();
  auto raw = parse_limit_value(*limit, value);
  if (!raw) return std::move(raw).error();
  if (scope.instrument.value != 0)
    instrument(scope.instrument).set_raw(*limit, *raw);
  else if (scope.strategy.value != 0)
    strategy(scope.strategy).set_raw(*limit, *raw);
  else if (scope.account.value != 0)
    account(scope.account).set_raw(*limit, *raw);
  else
    set_raw(*limit, *raw);
  return {};
}

Status RiskLimits::check(const InstrumentRegistry& registry, const Directory& directory) const {
  const auto power_of_two = [](std::uint32_t n) { return n != 0 && (n & (n - 1)) == 0; };
  if (!power_of_two(client_ids) || client_ids > (1u << 24))
    return Error{risk_errors::kLimitValue,
                 "client_ids",
                 std::to_string(client_ids),
                 "a power of two, at most 2^24",
                 {}};
  if (!power_of_two(messages) || messages > (1u << 20))
    return Error{risk_errors::kLimitValue,
                 "messages",
                 std::to_string(messages),
                 "a power of two, at most 2^20",
                 {}};
  for (const auto& [field, state] :
       {std::pair{"on_daily_loss", on_daily_loss}, std::pair{"on_drawdown", on_drawdown}})
    if (to_text(state) == "invalid")
      return Error{risk_errors::kBadLevel,
                   field,
                   std::to_string(static_cast<int>(state)),
                   "a trading state",
                   {}};
  const auto check_set = [&](const LimitSet& set, const LimitScope& scope) -> Status {
    for (std::size_t i = 0; i < kLimitCount; ++i) {
      const auto limit = static_cast<Limit>(i);
      const auto raw = set.raw(limit);
      if (!raw) continue;
      auto status = check_limit(limit, *raw, set.currency(limit).value_or(Currency{}), scope,
                                messages, registry, directory);
      if (!status) return status;
    }
    return {};
  };
  if (auto status = check_set(*this, {}); !status) return status;
  for (const auto& [id, set] : instruments)
    if (auto status = check_set(set, LimitScope::of(id)); !status) return status;
  for (const auto& [id, set] : strategies)
    if (auto status = check_set(set, LimitScope::of(id)); !status) return status;
  for (const auto& [id, set] : accounts)
    if (auto status = check_set(set, LimitScope::of(id)); !status) return status;
  return {};
}

}  // namespace keel
