#include "sim/sim_accounts.hpp"

#include <algorithm>

namespace keel::sim_detail {

namespace {

using detail::i128;

// Size of a position's worth, 1e-18 of the settlement currency. nullopt: does not fit.
std::optional<i128> size_of(const Instrument& instrument, Price price, Quantity quantity) {
  if (quantity.is_zero()) return i128{0};
  const auto notional = instrument.checked_notional(price, quantity);
  if (!notional) return std::nullopt;
  return abs(*notional).raw().wide();
}

// Signed worth of a signed quantity. An inverse contract that was bought owes the settlement
// currency, so its worth has the other sign.
std::optional<i128> worth_of(const Instrument& instrument, Price price, Quantity quantity) {
  if (quantity.is_zero()) return i128{0};
  const auto notional = instrument.checked_notional(price, quantity);
  if (!notional) return std::nullopt;
  return instrument.is_inverse() ? -notional->raw().wide() : notional->raw().wide();
}

}  // namespace

SimAccounts::SimAccounts(const SimConfig& config, const InstrumentRegistry& registry)
    : registry_(&registry),
      holdings_(std::size_t{config.max_accounts} + 1),
      checked_(std::size_t{config.max_accounts} + 1),
      balances_(config.balances) {
  for (const SimBalance& balance : balances_) checked_[balance.account.value] = 1;
  reserve(registry.size());
}

void SimAccounts::reserve(std::size_t instruments) {
  for (auto& rows : holdings_)
    if (rows.size() < instruments) rows.resize(instruments);
}

Quantity SimAccounts::position(AccountId account, InstrumentId instrument) const {
  if (!knows(account)) return Quantity::zero();
  const auto& rows = holdings_[account.value];
  const std::size_t at = instrument.value - 1u;
  return at < rows.size() ? rows[at].position : Quantity::zero();
}

std::optional<Money> SimAccounts::balance(AccountId account, const Currency& currency) const {
  for (const SimBalance& balance : balances_)
    if (balance.account == account && balance.amount.currency() == currency) return balance.amount;
  return std::nullopt;
}

Quantity SimAccounts::reducible(AccountId account, InstrumentId instrument, Side side) const {
  const Quantity held = position(account, instrument);
  if (side == Side::kBuy) return held.is_negative() ? -held : Quantity::zero();
  return held.is_positive() ? held : Quantity::zero();
}

void SimAccounts::set_mark(AccountId account, InstrumentId instrument, Price price) {
  row(account, instrument).mark = price;
}

Reason SimAccounts::check(AccountId account, const Instrument& instrument, Side side, Quantity open,
                          Price price, const std::optional<Money>& fee) const {
  const SimBalance* cash = nullptr;
  for (const SimBalance& balance : balances_)
    if (balance.account == account && balance.amount.currency() == instrument.settlement)
      cash = &balance;
  if (cash == nullptr) return Reason::kInsufficientFunds;

  const auto& rows = holdings_[account.value];
  Holding own{};
  if (instrument.id.value <= rows.size()) own = rows[instrument.id.value - 1u];
  const Quantity same_side = side == Side::kBuy ? own.open_buy : own.open_sell;
  const auto total = checked_add(same_side, open);
  if (!total) return Reason::kOverflow;
  if (*total <= reducible(account, instrument.id, side)) return Reason::kNone;
  if (side == Side::kSell && !cash->allow_short) return Reason::kInsufficientFunds;

  const auto added = size_of(instrument, price, open);
  if (!fee || !added) return Reason::kOverflow;
  i128 equity = cash->amount.raw().wide();
  i128 required = fee->is_positive() ? fee->raw().wide() : i128{0};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Instrument& listed = registry_->all()[i];
    const Holding& held = rows[i];
    if (!(listed.settlement == instrument.settlement)) continue;
    i128 buys = held.reserved_buy, sells = held.reserved_sell;
    if (listed.id == instrument.id) (side == Side::kBuy ? buys : sells) += *added;
    const auto worth = worth_of(listed, held.mark, held.position);
    const auto size = size_of(listed, held.mark, held.position);
    if (!worth || !size) return Reason::kOverflow;
    // Orders that go on from the position add to it; those against it at worst turn it round.
    const i128 longest = held.position.is_negative() ? std::max(*size, buys) : *size + buys;
    const i128 shortest = held.position.is_positive() ? std::max(*size, sells) : *size + sells;
    const Money exposure{Int128::from(std::max(longest, shortest)), instrument.settlement};
    const auto margin = exposure.times(listed.initial_margin, Rounding::kCeiling);
    if (!margin || __builtin_add_overflow(equity, *worth, &equity) ||
        __builtin_add_overflow(required, margin->raw().wide(), &required))
      return Reason::kOverflow;
  }
  return required > equity ? Reason::kInsufficientFunds : Reason::kNone;
}

std::optional<SimAccounts::Standing> SimAccounts::standing(AccountId account,
                                                           const Currency& currency) const {
  const auto cash = balance(account, currency);
  if (!cash) return std::nullopt;
  i128 equity = cash->raw().wide(), required = 0;
  const auto& rows = holdings_[account.value];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Instrument& listed = registry_->all()[i];
    if (rows[i].position.is_zero() || !(listed.settlement == currency)) continue;
    const auto worth = worth_of(listed, rows[i].mark, rows[i].position);
    const auto size = size_of(listed, rows[i].mark, rows[i].position);
    if (!worth || !size) return std::nullopt;
    const auto margin =
        Money{Int128::from(*size), currency}.times(listed.maintenance_margin, Rounding::kCeiling);
    if (!margin || __builtin_add_overflow(equity, *worth, &equity) ||
        __builtin_add_overflow(required, margin->raw().wide(), &required))
      return std::nullopt;
  }
  return Standing{Int128::from(equity), Int128::from(required)};
}

InstrumentId SimAccounts::largest_requirement(AccountId account, const Currency& currency) const {
  InstrumentId largest{};
  i128 most = -1;
  const auto& rows = holdings_[account.value];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Instrument& listed = registry_->all()[i];
    if (rows[i].position.is_zero() || !(listed.settlement == currency)) continue;
    const auto size = size_of(listed, rows[i].mark, rows[i].position);
    const i128 required = size ? *size / Rate::kScale * listed.maintenance_margin.raw() : 0;
    if (required <= most) continue;
    most = required;
    largest = listed.id;
  }
  return largest;
}

void SimAccounts::add_cash(AccountId account, const Money& amount) {
  for (SimBalance& balance : balances_)
    if (balance.account == account && balance.amount.currency() == amount.currency())
      balance.amount += amount;
}

void SimAccounts::change_open(AccountId account, const Instrument& instrument, Side side,
                              Quantity open, Price price, int sign) {
  if (!is_checked(account)) return;
  Holding& held = row(account, instrument.id);
  const i128 size = size_of(instrument, price, open).value_or(0) * sign;
  (side == Side::kBuy ? held.open_buy : held.open_sell) += open * sign;
  (side == Side::kBuy ? held.reserved_buy : held.reserved_sell) += size;
}

void SimAccounts::book_fill(AccountId account, const Instrument& instrument, Side side, Price price,
                            Quantity quantity, const std::optional<Money>& fee) {
  Holding& held = row(account, instrument.id);
  held.position = side == Side::kBuy ? held.position + quantity : held.position - quantity;
  held.mark = price;
  if (!is_checked(account)) return;
  const auto paid = worth_of(instrument, price, side == Side::kBuy ? quantity : -quantity);
  for (SimBalance& balance : balances_) {
    if (balance.account != account || !(balance.amount.currency() == instrument.settlement))
      continue;
    if (paid) balance.amount -= Money{Int128::from(*paid), instrument.settlement};
    if (fee) balance.amount -= *fee;
  }
}

}  // namespace keel::sim_detail
