// The slow, plain model that the portfolio is measured against: it keeps every fill, forgets the
// busted ones, and works everything out from the beginning each time it is asked.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/portfolio/position.hpp>

namespace naive {

using namespace keel;
using wide = detail::i128;

struct Op {
  enum Kind { kTrade, kAtCost, kSplit, kVariation } kind;
  wide quantity;  // 1e-8
  Price price;
  wide amount;
  int fill;  // index of the fill that it belongs to; -1: none
  ChangeKind change;
};

struct State {
  wide quantity = 0, cost = 0, realized = 0, rounding = 0;
  std::map<ChangeKind, wide> carried;
};

inline wide magnitude(wide x) { return x < 0 ? -x : x; }

// Signed value in 1e-18; the model room's notional is the independent truth for inverse contracts.
inline wide value(const Instrument& instrument, Price price, wide quantity) {
  if (!instrument.is_inverse())
    return quantity * price.raw() * 10 * (instrument.multiplier.raw() / Quantity::kScale);
  const Quantity size = Quantity::from_raw(static_cast<std::int64_t>(magnitude(quantity)));
  const wide worth = instrument.checked_notional(price, size)->raw().wide();
  return quantity > 0 ? -worth : worth;
}

inline wide to_satoshi(wide amount) {
  const wide unit = detail::pow10_64(10);
  const wide size = magnitude(amount);
  wide whole = size / unit;
  const wide rest = size - whole * unit;
  if (rest * 2 > unit || (rest * 2 == unit && whole % 2 == 1)) ++whole;
  return amount < 0 ? -whole * unit : whole * unit;
}

inline State evaluate(const std::vector<Op>& ops, const Instrument& instrument) {
  State s;
  for (const Op& op : ops) {
    wide rest = op.quantity;
    if (op.kind == Op::kVariation) {
      if (s.quantity != 0) s.cost += op.amount;
      s.realized += op.amount;
      continue;
    }
    const bool against = s.quantity != 0 && rest != 0 && (s.quantity < 0) != (rest < 0);
    if (op.kind == Op::kSplit) {
      if (against && magnitude(rest) >= magnitude(s.quantity)) {
        s.realized -= s.cost;
        s.cost = 0;
      }
      s.quantity += rest;
      continue;
    }
    if (against) {
      const wide held = magnitude(s.quantity);
      const wide part = magnitude(rest) < held ? magnitude(rest) : held;
      const wide moved = rest < 0 ? -part : part;
      // floor(|cost| x part / held) by long multiplication in the model's own way.
      wide released = magnitude(s.cost);
      if (part != held) {
        const wide each = released / held, over = released % held;
        released = each * part + over * part / held;
      }
      if (s.cost < 0) released = -released;
      s.cost -= released;
      s.quantity += moved;
      rest -= moved;
      if (op.kind == Op::kAtCost) {
        s.carried[op.change] -= released;
      } else {
        const wide profit = -value(instrument, op.price, moved) - released;
        s.realized += profit;
        if (instrument.is_inverse()) s.rounding += profit - to_satoshi(profit);
      }
    }
    if (rest == 0) continue;
    const wide worth = value(instrument, op.price, rest);
    s.cost += worth;
    s.quantity += rest;
    if (op.kind == Op::kAtCost) s.carried[op.change] += worth;
  }
  return s;
}

struct Model {
  // account, instrument, strategy (-1: the account's own)
  using Key = std::tuple<int, int, int>;
  const InstrumentRegistry& registry;
  const Directory& directory;
  std::map<Key, std::vector<Op>> ops;
  std::map<std::pair<int, std::string>, wide> cash, fees;            // by account and currency
  std::map<std::tuple<int, std::string, ChangeKind>, wide> brought;  // cash from outside

  static std::pair<int, std::string> at(AccountId account, const Currency& currency) {
    return {account.value, std::string{currency.code()}};
  }
  void add(AccountId account, StrategyId strategy, InstrumentId instrument, const Op& op) {
    ops[{account.value, static_cast<int>(instrument.value), -1}].push_back(op);
    ops[{account.value, static_cast<int>(instrument.value), strategy.value}].push_back(op);
  }
  void pay(AccountId account, const Currency& currency, wide fee) {
    cash[at(account, currency)] -= fee;
    fees[at(account, currency)] += fee;
  }

  void fee(const OrderRecord& record, int fill, bool back) {
    const Instrument& instrument = registry.get(record.header.instrument);
    const wide amount = back ? -record.fee.wide() : record.fee.wide();
    if (record.fee_currency.empty()) return;
    const bool full =
        cash_rule(instrument, directory.account(record.account)->kind) == CashRule::kFull;
    const bool in_kind =
        full && record.fee_currency == instrument.base &&
        (instrument.kind == InstrumentKind::kSpot || instrument.kind == InstrumentKind::kFxPair);
    if (!in_kind) return pay(record.account, record.fee_currency, amount);
    // Test fees in kind are on the quantity's grid.
    const wide size = amount / detail::pow10_64(10);
    pay(record.account, instrument.settlement, value(instrument, record.last_price, size));
    if (!back)
      add(record.account, record.strategy, instrument.id,
          {Op::kTrade, -size, record.last_price, 0, fill, {}});
  }
  void filled(const OrderRecord& record, int fill) {
    const wide quantity = static_cast<wide>(record.last_quantity.raw()) * sign(record.side);
    add(record.account, record.strategy, record.header.instrument,
        {Op::kTrade, quantity, record.last_price, 0, fill, {}});
    fee(record, fill, false);
  }
  void busted(const OrderRecord& record, int fill) {
    for (auto& [key, list] : ops)
      std::erase_if(list, [&](const Op& op) { return op.fill == fill; });
    fee(record, fill, true);
  }
  void corrected(const OrderRecord& record, int fill) {
    const wide quantity = static_cast<wide>(record.last_quantity.raw()) * sign(record.side);
    for (auto& [key, list] : ops)
      for (Op& op : list)
        if (op.fill == fill) op.quantity = quantity, op.price = record.last_price;
    if (!record.fee_currency.empty()) pay(record.account, record.fee_currency, record.fee.wide());
  }

  [[nodiscard]] State own(AccountId account, InstrumentId instrument) const {
    return state(account, instrument, -1);
  }
  [[nodiscard]] State state(AccountId account, InstrumentId instrument, int strategy) const {
    const auto found = ops.find({account.value, static_cast<int>(instrument.value), strategy});
    return found == ops.end() ? State{} : evaluate(found->second, registry.get(instrument));
  }
  // Everything that reached cash in this currency.
  [[nodiscard]] wide cash_of(AccountId account, const Currency& currency) const {
    const auto direct = cash.find(at(account, currency));
    wide sum = direct == cash.end() ? 0 : direct->second;
    for (const auto& [key, list] : ops) {
      const auto& [owner, id, strategy] = key;
      const Instrument& instrument = registry.get({static_cast<std::uint32_t>(id)});
      if (owner != account.value || strategy != -1 || !(instrument.settlement == currency))
        continue;
      if (cash_rule(instrument, directory.account(account)->kind) == CashRule::kFull) {
        for (const Op& op : list)
          if (op.kind == Op::kTrade) sum -= value(instrument, op.price, op.quantity);
      } else {
        const State s = evaluate(list, instrument);
        sum += s.realized - s.rounding;
      }
    }
    return sum;
  }
};

}  // namespace naive
