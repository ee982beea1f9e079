#include "facts.hpp"

#include <keel/core/hash.hpp>

namespace keel::facts {

std::uint64_t execution_hash(const ExecutionId& execution) {
  if (execution.empty()) return 0;
  RollingHash hash;
  hash.add(&execution, sizeof execution);
  return hash.value() | 1u;
}

bool pays_in_kind(const OrderRecord& record, const Instrument& instrument, AccountKind account) {
  if (record.fee_currency.empty() || !(record.fee_currency == instrument.base) ||
      record.fee_currency == instrument.settlement)
    return false;
  const bool is_pair =
      instrument.kind == InstrumentKind::kSpot || instrument.kind == InstrumentKind::kFxPair;
  return is_pair && cash_rule(instrument, account) == CashRule::kFull;
}

Quantity fee_in_kind(const OrderRecord& record, const Instrument& instrument) {
  const detail::i128 unit = detail::pow10_64(10 + instrument.unit_pow10);
  const detail::i128 whole = record.fee.wide() / unit;
  const auto raw = static_cast<std::int64_t>(whole);
  KEEL_ASSERT(raw == whole, "a fee in kind does not fit");
  return Quantity::from_raw(raw);
}

Treatment treatment(ChangeKind kind, CashRule rule) {
  switch (kind) {
    case ChangeKind::kExercise:
    case ChangeKind::kExpiry: return Treatment::kTrade;
    case ChangeKind::kSplit: return Treatment::kSplit;
    case ChangeKind::kFee:
    case ChangeKind::kFunding:
    case ChangeKind::kInterest:
    case ChangeKind::kBorrow:
    case ChangeKind::kDividend:
      return rule == CashRule::kFull ? Treatment::kIncome : Treatment::kAtCost;
    default: return Treatment::kAtCost;
  }
}

bool changes_quantity(const AccountFact& fact) {
  return fact.header.kind == RecordKind::kPositionChanged ||
         (fact.header.flags & AccountFact::kHasQuantity) != 0;
}

bool changes_cash(const AccountFact& fact) {
  return fact.header.kind == RecordKind::kCashChanged ||
         (fact.header.flags & AccountFact::kHasAmount) != 0;
}

bool is_variation(const AccountFact& fact, const Instrument& instrument, CashRule rule) {
  return changes_cash(fact) && fact.kind == ChangeKind::kVariation && rule == CashRule::kProfit &&
         fact.currency == instrument.settlement;
}

bool is_income(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kFunding:
    case ChangeKind::kInterest:
    case ChangeKind::kBorrow:
    case ChangeKind::kDividend:
    case ChangeKind::kSplit:
    case ChangeKind::kExercise:
    case ChangeKind::kExpiry:
    case ChangeKind::kVariation: return true;
    default: return false;
  }
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\n\r") == std::string_view::npos) return std::string{text};
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace keel::facts
