// How each fact about money is booked: which steps it takes, and what it pays.
#include <keel/portfolio/position_book.hpp>

#include "change.hpp"
#include "exact.hpp"
#include "facts.hpp"

namespace keel {

namespace {

// Fees that were paid and rebates that were received are told apart by their sign; a change of a
// fee is always a change of what was paid.
void split_fee(Int128 fee, int direction, bool is_change, Int128& fees, Int128& rebates) {
  const bool paid = is_change || fee.high >= 0;
  const Int128 signed_fee = direction > 0 ? fee : detail::negated(fee);
  if (paid)
    detail::add_to(fees, signed_fee);
  else
    detail::subtract_from(rebates, signed_fee);
}

CarriedKind carried_kind(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kOpening: return CarriedKind::kOpening;
    case ChangeKind::kTransfer: return CarriedKind::kTransfer;
    case ChangeKind::kConversion: return CarriedKind::kConversion;
    default: return CarriedKind::kAdjustment;
  }
}

}  // namespace

bool PositionBook::fold(const RecordHeader& record, Posting& posting) {
  posting = Posting{};
  posting.slots[0] = posting.slots[1] = kNone;
  switch (record.kind) {
    case RecordKind::kOrderFilled: book_fill(record_as<OrderRecord>(record), posting); return true;
    case RecordKind::kFillFee: book_late_fee(record_as<OrderRecord>(record), posting); return true;
    case RecordKind::kFillBusted:
    case RecordKind::kFillCorrected:
      book_undo(record_as<OrderRecord>(record), posting);
      return true;
    case RecordKind::kCashChanged:
    case RecordKind::kPositionChanged: break;
    default: return false;
  }
  const auto& fact = record_as<AccountFact>(record);
  KEEL_ASSERT(directory_->account(fact.account) != nullptr,
              "a fact about an account that is not in the directory");
  posting.account = fact.account;
  posting.strategy = fact.strategy;
  posting.venue = fact.venue;
  posting.change = fact.kind;
  if (record.instrument.value == 0) {
    KEEL_ASSERT(!facts::changes_quantity(fact), "a change of a position without an instrument");
    book_amount(fact, nullptr, posting);
    return true;
  }
  Change change = start(fact.account, fact.strategy, record.instrument, posting);
  if (facts::changes_quantity(fact)) book_quantity(fact, change);
  if (facts::changes_cash(fact)) book_amount(fact, &change, posting);
  finish(change);
  return true;
}

void PositionBook::book_fill(const OrderRecord& record, Posting& posting) {
  posting.account = record.account;
  posting.strategy = record.strategy;
  posting.venue = record.venue;
  Change change = start(record.account, record.strategy, record.header.instrument, posting);
  Move move{};
  move.kind = StepKind::kTrade;
  move.quantity = record.last_quantity * sign(record.side);
  move.price = record.last_price;
  move.execution = facts::execution_hash(record.execution);
  move.order = record.order.value;
  take(change, move, facts::reduces(record));
  ++slots_[change.main].position.fills;
  ++slots_[change.strategy].position.fills;
  charge(change, record, record.last_price, +1);
  finish(change);
}

void PositionBook::book_late_fee(const OrderRecord& record, Posting& posting) {
  posting.account = record.account;
  posting.strategy = record.strategy;
  posting.venue = record.venue;
  Change change = start(record.account, record.strategy, record.header.instrument, posting);
  Price price = record.last_price;
  if (price.is_zero()) {
    // The fact does not know the price: ours of that fill, or else what the position cost.
    Move like{};
    like.kind = StepKind::kTrade;
    like.execution = facts::execution_hash(record.execution);
    like.order = record.order.value;
    const Step* known = find_taken(change, like);
    const Position& held = slots_[change.main].position;
    price = known != nullptr ? known->price
                             : held.average_price(change.instrument).value_or(Price::zero());
  }
  charge(change, record, price, +1);
  finish(change);
}

void PositionBook::book_undo(const OrderRecord& record, Posting& posting) {
  posting.account = record.account;
  posting.strategy = record.strategy;
  posting.venue = record.venue;
  Change change = start(record.account, record.strategy, record.header.instrument, posting);
  const bool corrected = record.header.kind == RecordKind::kFillCorrected;
  const bool reduces = facts::reduces(record);
  Move now{};
  now.kind = StepKind::kTrade;
  now.quantity = record.last_quantity * sign(record.side);
  now.price = record.last_price;
  now.execution = facts::execution_hash(record.execution);
  now.order = record.order.value;
  Move booked = now;
  if (corrected) {
    booked.quantity =
        Quantity::from_raw(static_cast<std::int64_t>(record.limit.wide())) * sign(record.side);
    booked.price = Price::from_raw(static_cast<std::int64_t>(record.value.wide()));
  }
  undo(change, booked, corrected ? &now : nullptr, reduces);
  if (!corrected) {
    for (const std::uint32_t slot : {change.main, change.strategy})
      if (slots_[slot].position.fills > 0) --slots_[slot].position.fills;
  }
  charge(change, record, record.last_price, corrected ? +1 : -1);
  finish(change);
}

// --- fees --------------------------------------------------------------------------------------

void PositionBook::pay(Change& change, Int128 fee, int direction, bool is_change) {
  Int128 fees{}, rebates{};
  split_fee(fee, direction, is_change, fees, rebates);
  detail::add_to(change.posting.fees, fees);
  detail::add_to(change.posting.rebates, rebates);
  for (const std::uint32_t slot : {change.main, change.strategy}) {
    Position& position = slots_[slot].position;
    detail::add_to(position.fees, fees);
    detail::add_to(position.rebates, rebates);
  }
}

void PositionBook::charge(Change& change, const OrderRecord& record, Price price, int direction) {
  if (record.fee_currency.empty() || record.fee == Int128{}) return;
  const Instrument& instrument = change.instrument;
  const bool is_change = record.header.kind == RecordKind::kFillCorrected;
  if (record.fee_currency == instrument.settlement)
    return pay(change, record.fee, direction, is_change);
  if (facts::pays_in_kind(record, instrument, change.account))
    return charge_in_kind(change, record, price, direction);
  charge_second(change.posting, record.fee_currency, record.fee, direction, is_change);
}

// In another currency: cash alone.
void PositionBook::charge_second(Posting& posting, const Currency& currency, Int128 fee,
                                 int direction, bool is_change) {
  posting.second = currency;
  split_fee(fee, direction, is_change, posting.second_fees, posting.second_rebates);
  posting.second_cash =
      Int128::from(detail::minus(posting.second_rebates.wide(), posting.second_fees.wide()));
}

// In the currency that is held: what is on the quantity's grid leaves (or joins) the holding as a
// trade at the fill's price that pays the fee; the rest, below that grid, is cash of that currency.
void PositionBook::charge_in_kind(Change& change, const OrderRecord& record, Price price,
                                  int direction) {
  const Quantity in_kind = facts::fee_in_kind(record, change.instrument);
  const detail::i128 unit = detail::pow10_64(10 + change.instrument.unit_pow10);
  const Int128 rest = Int128::from(record.fee.wide() - in_kind.raw() * unit);
  const bool is_change = record.header.kind == RecordKind::kFillCorrected;
  Move move{};
  move.kind = StepKind::kInKind;
  move.quantity = -in_kind;
  move.price = price;
  move.execution = facts::execution_hash(record.execution);
  move.order = record.order.value;
  const auto settle = [&](const Move& done) {
    const auto value = position_value(change.instrument, done.price, -done.quantity);
    KEEL_ASSERT(value.has_value(), "the value of a fee does not fit");
    pay(change, *value, direction, is_change);
  };
  if (direction < 0) {
    // Everything that was taken for this fill comes back, each part at the price that it went at.
    while (const Step* taken = find_taken(change, move)) {
      Move done = move;
      done.quantity = taken->quantity;
      done.price = taken->price;
      undo(change, done, nullptr, done.quantity.is_negative());
      settle(done);
      move.quantity -= done.quantity;
    }
    if (!move.quantity.is_zero()) {
      settle(move);
      move.quantity = -move.quantity;
      move.execution = 0;
      take(change, move, move.quantity.is_negative());
    }
  } else if (!move.quantity.is_zero()) {
    take(change, move, move.quantity.is_negative());
    settle(move);
  }
  if (!(rest == Int128{}))
    charge_second(change.posting, record.fee_currency, rest, direction, is_change);
}

// --- changes without a fill --------------------------------------------------------------------

void PositionBook::earn(Change& change, Int128 amount) {
  detail::add_to(change.posting.income, amount);
  for (const std::uint32_t slot : {change.main, change.strategy}) {
    Position& position = slots_[slot].position;
    detail::add_to(position.income, amount);
  }
}

void PositionBook::book_quantity(const AccountFact& fact, Change& change) {
  Move move{};
  move.quantity = fact.quantity;
  move.price = fact.price;
  move.carried = carried_kind(fact.kind);
  const bool short_leg = (fact.header.flags & AccountFact::kShortLeg) != 0;
  const bool reduces = fact.quantity.is_negative() != short_leg;
  switch (facts::treatment(fact.kind, change.posting.rule)) {
    case facts::Treatment::kTrade: move.kind = StepKind::kTrade; return take(change, move, reduces);
    case facts::Treatment::kSplit: move.kind = StepKind::kSplit; return take(change, move, reduces);
    case facts::Treatment::kAtCost:
      move.kind = StepKind::kAtCost;
      return take(change, move, reduces);
    case facts::Treatment::kIncome: break;
  }
  // In kind: a trade at the fact's price, whose proceeds are the income or the fee.
  move.kind = StepKind::kTrade;
  take(change, move, reduces);
  const auto value = position_value(change.instrument, fact.price, fact.quantity);
  KEEL_ASSERT(value.has_value(), "the value of a change does not fit");
  if (fact.kind == ChangeKind::kFee)
    pay(change, detail::negated(*value), +1, false);
  else
    earn(change, *value);
}

void PositionBook::book_amount(const AccountFact& fact, Change* change, Posting& posting) {
  const bool in_settlement = change != nullptr && fact.currency == change->instrument.settlement;
  if (change != nullptr && facts::is_variation(fact, change->instrument, posting.rule)) {
    Move move{};
    move.kind = StepKind::kVariation;
    move.amount = fact.amount;
    const bool short_leg = (fact.header.flags & AccountFact::kShortLeg) != 0;
    take_leg(*change, change->hedged ? change->main + (short_leg ? 2 : 1) : change->main, move);
    if (fact.strategy.value != 0 && !slots_[change->strategy].position.is_flat())
      push(change->strategy, move, nullptr);
    return;
  }
  posting.second = fact.currency;
  posting.second_cash = fact.amount;
  Position none{};
  none.fees = none.rebates = none.income = Money::zero(fact.currency);
  Position& own = in_settlement ? slots_[change->main].position : none;
  Position& virtual_one = in_settlement ? slots_[change->strategy].position : none;
  if (fact.kind == ChangeKind::kFee) {
    split_fee(detail::negated(fact.amount), +1, false, posting.second_fees, posting.second_rebates);
  } else if (facts::is_income(fact.kind)) {
    posting.second_income = fact.amount;
  }
  for (Position* position : {&own, &virtual_one}) {
    detail::add_to(position->fees, posting.second_fees);
    detail::add_to(position->rebates, posting.second_rebates);
    detail::add_to(position->income, posting.second_income);
  }
}

}  // namespace keel
