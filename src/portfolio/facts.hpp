// What facts about money mean, said once for the position book, the ledger and the lots.
#pragma once

#include <string>
#include <string_view>

#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/portfolio/position.hpp>

namespace keel::facts {

// Names a fill in memory; 0 where the venue gave it no name.
std::uint64_t execution_hash(const ExecutionId& execution);

// Whether the order may only reduce: in a hedging account it then acts on the other leg.
inline bool reduces(const OrderRecord& record) {
  return (record.terms.flags & (OrderTerms::kReduceOnly | OrderTerms::kClosePosition)) != 0;
}

// Of kFillCorrected: the fill as it was booked. Signed.
inline Quantity booked_quantity(const OrderRecord& record) {
  return Quantity::from_raw(static_cast<std::int64_t>(record.limit.wide())) * sign(record.side);
}
inline Price booked_price(const OrderRecord& record) {
  return Price::from_raw(static_cast<std::int64_t>(record.value.wide()));
}

// Whether the record's fee is in the very currency that the instrument holds.
bool pays_in_kind(const OrderRecord& record, const Instrument& instrument, AccountKind account);
// The part of such a fee that is on the quantity's grid, signed as the fee.
Quantity fee_in_kind(const OrderRecord& record, const Instrument& instrument);

// How a change of a position without a fill is booked.
enum class Treatment : std::uint8_t {
  kTrade,   // at its price, by the instrument's cash rule
  kSplit,   // quantity without cost
  kAtCost,  // comes in at its price, goes out at cost: no profit, no cash
  kIncome,  // a trade at its price whose proceeds are the income, or the fee
};
Treatment treatment(ChangeKind kind, CashRule rule);

bool changes_quantity(const AccountFact& fact);
bool changes_cash(const AccountFact& fact);
// Daily variation of a position that only moves profit: realized now, and taken into the cost.
bool is_variation(const AccountFact& fact, const Instrument& instrument, CashRule rule);
// Cash that is earned (or spent) rather than brought in.
bool is_income(ChangeKind kind);

// Quoted where it holds a comma, a quote or a line end.
std::string csv_field(std::string_view text);

}  // namespace keel::facts
