// What losses are measured from, and what a breach does.
//
// The day's base and the peak of equity live in kEquityMarked facts, and decisions read nothing
// else, so recovery folds them back. The peak is not told at each new high: between facts, the
// highest equity seen is kept aside, and becomes a fact when equity has risen a 64th of the
// drawdown limit above the last told peak, or has fallen a 64th of it below the highest seen. So
// whenever the drawdown comes near its limit the peak that it is measured from is exact, at most 64
// facts are written per limit's worth of movement, and a crash loses less than a 64th of the limit
// of a peak that nobody has told.
#include <keel/calendar/trading_calendar.hpp>
#include <keel/core/time_text.hpp>

#include "risk/case.hpp"

namespace keel {

using detail::i128;

namespace {

constexpr i128 kSteps = 64;

}  // namespace

// ---- currencies ----

const RiskChecker::FxRoute& RiskChecker::route(const Currency& from, const Currency& to) const {
  if (routed_ != registry_->size()) {
    routes_.clear();
    routed_ = registry_->size();
  }
  for (const FxRoute& known : routes_)
    if (known.from == from && known.to == to) return known;
  FxRoute& made = routes_.emplace_back();
  made.from = from;
  made.to = to;
  for (const Instrument& pair : registry_->all()) {
    if (pair.kind != InstrumentKind::kSpot && pair.kind != InstrumentKind::kFxPair) continue;
    if (pair.base == from && pair.quote == to) made.pairs.emplace_back(pair.id, true);
    if (pair.base == to && pair.quote == from) made.pairs.emplace_back(pair.id, false);
  }
  return made;
}

// As Marks::convert, rounded up.
Reason RiskChecker::convert(i128 amount, const Currency& from, const Currency& to,
                            i128& result) const {
  for (const auto& [pair, multiply] : route(from, to).pairs) {
    const auto price = marks_->valuation(pair, true);
    if (!price || !price->price.is_positive()) continue;
    const std::int64_t raw = price->price.raw();
    const auto scaled = multiply ? risk_detail::scale_up(amount, raw, Price::kScale)
                                 : risk_detail::scale_up(amount, Price::kScale, raw);
    if (!scaled) return Reason::kOverflow;
    result = *scaled;
    return Reason::kNone;
  }
  return Reason::kNoConversionRate;
}

Reason RiskChecker::add_converted(const Case& c, std::uint32_t currency, i128 amount,
                                  risk_detail::Sum& sum) const {
  i128 converted{};
  const Reason reason =
      convert(amount, exposure_.currencies()[currency], c.account->base, converted);
  if (reason != Reason::kNone) return reason;
  sum.add(converted);
  return sum.overflowed ? Reason::kOverflow : Reason::kNone;
}

// ---- days ----

std::int32_t RiskChecker::day_of(Timestamp now) const {
  if (calendar_ != nullptr)
    if (const auto day = calendar_->trading_day(now)) return days_from_civil(*day);
  return days_from_civil(utc_date(now));
}

Timestamp RiskChecker::end_of_day(std::int32_t day) const {
  if (calendar_ != nullptr)
    if (const auto end = calendar_->day_end(civil_from_days(day))) return *end;
  return Timestamp{(static_cast<std::int64_t>(day) + 1) * Duration::days(1).ns};
}

std::optional<Timestamp> RiskChecker::next_deadline() const {
  std::optional<Timestamp> next;
  for (const AccountId id : watched_) {
    const EquityMarks& marks = accounts_[id.value - 1u].marks;
    if (!marks.known) continue;
    const Timestamp end = end_of_day(marks.day);
    // An equity that is not known at the end of the day is looked at with the next price, not again
    // and again.
    if (end <= woken_at_) continue;
    if (!next || end < *next) next = end;
  }
  return next;
}

// ---- marks ----

bool RiskChecker::settled_marks(const AccountState& state, EquityMarks& marks,
                                const Currency& base) const {
  for (const Money& flow : state.flows) {
    const auto amount = marks_->convert(flow, base);
    if (!amount) return false;
    marks.day_base = Int128::from(marks.day_base.wide() + amount->raw().wide());
    marks.peak = Int128::from(marks.peak.wide() + amount->raw().wide());
  }
  return true;
}

void RiskChecker::mark_equity(const Account& account, const EquityMarks& marks, Reason reason,
                              const FixedText<40>& by, Emitter& emitter) {
  const EquityMarks& before = accounts_[account.id.value - 1u].marks;
  StateFact fact = make_record<StateFact>(RecordKind::kEquityMarked);
  fact.account = account.id;
  fact.reason = reason;
  fact.value_before = before.known ? before.day_base : Int128{};
  fact.value_after = marks.day_base;
  fact.second_after = marks.peak;
  fact.currency = account.base;
  fact.day = marks.day;
  fact.by = by;
  emitter.emit(fact.header);
}

void RiskChecker::watch(const Account& account, Timestamp now, Emitter& emitter) {
  const auto at = account.id.value - 1u;
  const Valuation& valuation = portfolio_->valuation(account.id);
  // Part of an equity is no equity: wait until everything has a price.
  if (valuation.unpriced != 0) return;
  const Int128 equity = valuation.equity.raw();
  AccountState& state = accounts_[at];
  if (state.seen == equity && now < state.day_end && state.flows.empty()) [[likely]]
    return;
  if (!state.marks.known) {
    mark_equity(account, {equity, equity, day_of(now), true}, Reason::kNone, {}, emitter);
    return;
  }
  EquityMarks marks = state.marks;
  if (!state.flows.empty()) {
    if (!settled_marks(state, marks, account.base)) return;
    mark_equity(account, marks, Reason::kNone, {}, emitter);
  }
  if (now >= end_of_day(marks.day)) {
    if (const std::int32_t day = day_of(now); day > marks.day) {
      marks.day = day;
      marks.day_base = equity;
      mark_equity(account, marks, Reason::kDayEnded, {}, emitter);
      if (state.state != TradingState::kActive && state.why == Reason::kDailyLoss &&
          limits_.lift_daily_loss_at_day_end)
        change_state(account.id, TradingState::kActive, Reason::kDayEnded, {}, {}, {}, emitter);
    }
  }
  watch_peak(account, equity.wide(), emitter);
  watch_breach(account, equity.wide(), emitter);
  state.seen = equity;
  state.day_end = end_of_day(state.marks.day);
}

void RiskChecker::watch_peak(const Account& account, i128 equity, Emitter& emitter) {
  AccountState& state = accounts_[account.id.value - 1u];
  const i128 peak = state.marks.peak.wide();
  if (equity > state.high.wide()) state.high = Int128::from(equity);
  const i128 high = state.high.wide();
  if (high <= peak) return;
  std::optional<i128> limit;
  if (state.row.has(Limit::kMaxDrawdown)) limit = state.row.at(Limit::kMaxDrawdown);
  if (state.row.has(Limit::kMaxDrawdownRate)) {
    // A whole number of 1e-9 parts of the peak: a step, not a decision, so the rest may fall.
    const i128 size = peak < 0 ? -peak : peak;
    const i128 part = size / Rate::kScale * state.row.at(Limit::kMaxDrawdownRate);
    if (!limit || part < *limit) limit = part;
  }
  if (!limit) return;
  const i128 step = *limit / kSteps > 0 ? *limit / kSteps : 1;
  if (high - peak < step && high - equity < step) return;
  EquityMarks marks = state.marks;
  marks.peak = state.high;
  mark_equity(account, marks, Reason::kNone, {}, emitter);
}

void RiskChecker::watch_breach(const Account& account, i128 equity, Emitter& emitter) {
  const AccountState& state = accounts_[account.id.value - 1u];
  const i128 base = state.marks.day_base.wide(), peak = state.marks.peak.wide();
  const WholeRow& row = state.row;
  Denial why{};
  const auto hold = [&](Limit limit, auto rule, Reason reason, i128 from, TradingState to) {
    if (!row.has(limit) || !rule(why, reason, from, equity, row.at(limit))) return;
    if (accounts_[account.id.value - 1u].state < to)
      change_state(account.id, to, why.reason, why.value, why.limit, {}, emitter);
  };
  hold(Limit::kMaxDrawdown, rules::loss, Reason::kDrawdown, peak, limits_.on_drawdown);
  hold(Limit::kMaxDrawdownRate, rules::loss_rate, Reason::kDrawdown, peak, limits_.on_drawdown);
  hold(Limit::kMaxDailyLoss, rules::loss, Reason::kDailyLoss, base, limits_.on_daily_loss);
  hold(Limit::kMaxDailyLossRate, rules::loss_rate, Reason::kDailyLoss, base, limits_.on_daily_loss);
}

Status RiskChecker::reset_equity_marks(AccountId account, Timestamp now, std::string_view by,
                                       Emitter& emitter) {
  const Account* of = directory_->account(account);
  if (of == nullptr)
    return Error{
        risk_errors::kUnknownScope, "account", std::to_string(account.value), "a declared id", {}};
  FixedText<40> name;
  if (auto status = who(by, name); !status) return status;
  grow();
  const Valuation& valuation = portfolio_->valuation(account);
  if (valuation.unpriced != 0)
    return Error{risk_errors::kUnpriced,
                 "account",
                 of->name.str(),
                 "every position and balance has a price",
                 {}};
  const Int128 equity = valuation.equity.raw();
  mark_equity(*of, {equity, equity, day_of(now), true}, Reason::kByRequest, name, emitter);
  return {};
}

// ---- events ----

void RiskChecker::watch_all(Timestamp now, Emitter& emitter) {
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    const Account* account = directory_->account(watched_[i]);
    watch(*account, now, emitter);
  }
}

void RiskChecker::on_time(Timestamp now, Emitter& emitter) {
  woken_at_ = now;
  watch_all(now, emitter);
}

}  // namespace keel
