#include <keel/sim/fee_plan.hpp>

#include <algorithm>

#include <keel/model/instrument_registry.hpp>

namespace keel {

using detail::i128;

namespace {

Error bad(const char* field, std::string value, const char* rule) {
  return Error{model_errors::kBadFeeSchedule, field, std::move(value), rule, {}};
}

int digits_of(const FeeSchedule& schedule, const Instrument& instrument) {
  return schedule.digits < 0 ? instrument.settlement.minor_digits() : schedule.digits;
}

// Amounts so large that rounding could leave Money's range are refused.
bool is_sane(const Money& money) {
  const i128 raw = money.raw().wide(), end = static_cast<i128>(1) << 126;
  return raw < end && raw > -end;
}

}  // namespace

Status FeePlan::check(const Instrument& instrument) const {
  if (auto status = schedule.check(instrument); !status) return status;
  if (window_days < 1 || window_days > 366)
    return bad("window_days", std::to_string(window_days), "1 to 366");
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const FeeTier& tier = tiers[i];
    FeeSchedule rates = schedule;
    rates.maker = tier.maker;
    rates.taker = tier.taker;
    if (auto status = rates.check(instrument); !status) return status;
    if (tier.from.is_negative()) return bad("tiers", tier.from.to_text(), "zero or more");
    const bool same = i == 0 || tier.from.currency() == tiers[i - 1].from.currency();
    if (!same || (i > 0 && tier.from <= tiers[i - 1].from))
      return bad("tiers", tier.from.to_text(), "one currency, rising");
  }
  for (const FeeLine& line : lines) {
    if (line.rate > Rate::whole(1) || line.rate < Rate::whole(-1))
      return bad("lines", line.rate.to_text(), "a fraction of notional");
    for (const auto& money : {line.per_unit, line.maximum})
      if (money && !(money->currency() == instrument.settlement))
        return bad("lines", money->to_text(), "the instrument's settlement currency");
  }
  return {};
}

FeeMeter::FeeMeter(FeePlan plan, std::size_t accounts) : plan_(std::move(plan)) {
  accounts_.resize(accounts);
  for (Account& account : accounts_)
    account.days.resize(plan_.tiers.empty() ? 1 : static_cast<std::size_t>(plan_.window_days) + 1);
}

// Days that have passed leave the window; today's value joins at midnight.
void FeeMeter::roll(Account& account, Timestamp now) {
  const std::int64_t day = now.floor_to(Duration::days(1)).ns / Duration::days(1).ns;
  const auto count = static_cast<std::int64_t>(account.days.size());
  if (day - account.today >= count) {
    std::fill(account.days.begin(), account.days.end(), Int128{});
    account.sum = Int128{};
    account.today = day;
    return;
  }
  while (account.today < day) {
    const auto now_at = static_cast<std::size_t>(account.today % count);
    const auto next_at = static_cast<std::size_t>((account.today + 1) % count);
    account.sum = Int128::from(account.sum.wide() + account.days[now_at].wide() -
                               account.days[next_at].wide());
    account.days[next_at] = Int128{};
    ++account.today;
  }
}

Int128 FeeMeter::traded(std::size_t account, Timestamp now) {
  roll(accounts_[account], now);
  return accounts_[account].sum;
}

FeeSchedule FeeMeter::schedule_for(std::size_t account, Timestamp now) {
  FeeSchedule schedule = plan_.schedule;
  if (plan_.tiers.empty()) return schedule;
  const Int128 value = traded(account, now);
  for (const FeeTier& tier : plan_.tiers) {
    if (value < tier.from.raw()) break;
    schedule.maker = tier.maker;
    schedule.taker = tier.taker;
  }
  return schedule;
}

std::optional<Money> FeeMeter::lines(const Instrument& instrument, Side side, const Money& notional,
                                     Quantity quantity, Liquidity liquidity) const {
  Money sum = Money::zero(instrument.settlement);
  for (const FeeLine& line : plan_.lines) {
    if (line.on == FeeLine::On::kBuys && side != Side::kBuy) continue;
    if (line.on == FeeLine::On::kSells && side != Side::kSell) continue;
    if (line.liquidity != Liquidity::kUnknown && line.liquidity != liquidity) continue;
    auto amount = notional.times(line.rate, Rounding::kHalfEven);
    if (!amount) return std::nullopt;
    if (line.per_unit) {
      const auto units =
          line.per_unit->scaled(quantity.raw(), Quantity::kScale, Rounding::kHalfEven);
      if (!units) return std::nullopt;
      amount = checked_add(*amount, *units);
      if (!amount) return std::nullopt;
    }
    if (line.maximum && *amount > *line.maximum) amount = line.maximum;
    const auto total = checked_add(sum, *amount);
    if (!total) return std::nullopt;
    sum = *total;
  }
  return sum;
}

std::optional<Money> FeeMeter::charge(std::size_t account, const Instrument& instrument, Side side,
                                      Price price, Quantity quantity, Liquidity liquidity,
                                      Timestamp now, OrderFees& order) {
  const FeeSchedule schedule = schedule_for(account, now);
  const auto signed_notional = instrument.checked_notional(price, quantity);
  if (!signed_notional) return std::nullopt;
  const Money notional{abs(*signed_notional).raw(), instrument.settlement};
  if (!plan_.tiers.empty() && plan_.tiers.front().from.currency() == instrument.settlement) {
    Account& own = accounts_[account];
    Int128& today =
        own.days[static_cast<std::size_t>(own.today % static_cast<std::int64_t>(own.days.size()))];
    today = Int128::from(today.wide() + notional.raw().wide());
  }
  std::optional<Money> fee;
  if (!plan_.per_order) {
    fee = schedule.fee(instrument, price, quantity, liquidity);
  } else {
    FeeSchedule plain = schedule;
    plain.minimum.reset();
    plain.maximum.reset();
    plain.digits = Money::kDigits;
    const auto part = plain.fee(instrument, price, quantity, liquidity);
    if (!part) return std::nullopt;
    order.unbounded = Int128::from(order.unbounded.wide() + part->raw().wide());
    order.notional = Int128::from(order.notional.wide() + notional.raw().wide());
    Money total{order.unbounded, instrument.settlement};
    if (schedule.minimum && total < *schedule.minimum) total = *schedule.minimum;
    if (schedule.maximum) {
      const auto ceiling = Money{order.notional, instrument.settlement}.times(*schedule.maximum,
                                                                              Rounding::kHalfEven);
      if (ceiling && total > *ceiling) total = *ceiling;
    }
    if (!is_sane(total)) return std::nullopt;
    total = total.rounded(digits_of(schedule, instrument), schedule.rounding);
    fee = total - Money{order.charged, instrument.settlement};
    order.charged = total.raw();
  }
  if (!fee || plan_.lines.empty()) return fee;
  const auto passed_on = lines(instrument, side, notional, quantity, liquidity);
  if (!passed_on || !is_sane(*passed_on)) return std::nullopt;
  return checked_add(*fee, passed_on->rounded(digits_of(schedule, instrument), schedule.rounding));
}

std::optional<Money> FeeMeter::worst(std::size_t account, const Instrument& instrument, Side side,
                                     Price price, Quantity quantity, Timestamp now) {
  const auto fee = schedule_for(account, now).fee(instrument, price, quantity, Liquidity::kTaker);
  const auto notional = instrument.checked_notional(price, quantity);
  if (!fee || !notional) return std::nullopt;
  const auto passed_on = lines(instrument, side, Money{abs(*notional).raw(), instrument.settlement},
                               quantity, Liquidity::kTaker);
  return passed_on ? checked_add(*fee, *passed_on) : std::nullopt;
}

}  // namespace keel
