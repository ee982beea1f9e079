#include <keel/portfolio/lot_book.hpp>

#include <algorithm>

#include <fmt/core.h>

#include <keel/core/time_text.hpp>

#include "exact.hpp"
#include "facts.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kTag = 0x4C4F5453;  // "LOTS"

Int128 value_at(const Instrument& instrument, Price price, Quantity quantity) {
  const auto value = position_value(instrument, price, quantity);
  KEEL_ASSERT(value.has_value(), "the value of a fill does not fit");
  return *value;
}

// |a| x part / whole, floored, with a's sign.
Int128 share_of(Int128 amount, std::int64_t part, std::int64_t whole) {
  const auto raw = detail::multiply_divide(amount, Int128::from(part), Int128::from(whole),
                                           Rounding::kTowardZero);
  KEEL_ASSERT(raw.has_value(), "a share does not fit");
  return *raw;
}

}  // namespace

std::string_view to_text(LotMethod method) {
  switch (method) {
    case LotMethod::kFifo: return "fifo";
    case LotMethod::kLifo: return "lifo";
    case LotMethod::kAverage: return "average";
    case LotMethod::kHighestCost: return "highest_cost";
  }
  return "unknown";
}

// --- facts to steps ----------------------------------------------------------------------------

void LotBook::fold(const RecordHeader& record) {
  switch (record.kind) {
    case RecordKind::kOrderFilled:
    case RecordKind::kFillFee:
    case RecordKind::kFillBusted:
    case RecordKind::kFillCorrected: return fold_order(record_as<OrderRecord>(record));
    case RecordKind::kCashChanged:
    case RecordKind::kPositionChanged: return fold_account(record_as<AccountFact>(record));
    default: return;
  }
}

void LotBook::fold_order(const OrderRecord& record) {
  const InstrumentId instrument = record.header.instrument;
  Step fill{};
  fill.seq = record.header.seq;
  fill.time = record.header.ts_recv;
  fill.kind = StepKind::kTrade;
  fill.strategy = record.strategy;
  fill.quantity = record.last_quantity * sign(record.side);
  fill.price = record.last_price;
  fill.execution = facts::execution_hash(record.execution);
  fill.order = record.order.value;
  const bool reduces = facts::reduces(record);
  Price price = record.last_price;
  switch (record.header.kind) {
    case RecordKind::kOrderFilled: take(record.account, instrument, fill, reduces); break;
    case RecordKind::kFillBusted: {
      if (undo(record.account, instrument, fill, nullptr, reduces)) break;
      fill.quantity = -fill.quantity;
      take(record.account, instrument, fill, !reduces);
      break;
    }
    case RecordKind::kFillCorrected: {
      Step booked = fill;
      booked.quantity = facts::booked_quantity(record);
      booked.price = facts::booked_price(record);
      if (undo(record.account, instrument, booked, &fill, reduces)) break;
      booked.quantity = -booked.quantity;
      take(record.account, instrument, booked, !reduces);
      take(record.account, instrument, fill, reduces);
      break;
    }
    default:
      if (!price.is_zero()) break;
      for (const bool is_short_leg : {false, true}) {
        const Book* held = find(record.account, instrument, is_short_leg);
        if (held == nullptr) continue;
        for (const Step& step : held->steps)
          if (step.kind == StepKind::kTrade && step.execution == fill.execution &&
              step.order == fill.order && fill.execution != 0)
            price = step.price;
      }
  }
  fold_fee(record, fill, price);
}

void LotBook::fold_fee(const OrderRecord& record, const Step& fill, Price price) {
  const Instrument& instrument = registry_->get(record.header.instrument);
  const Account* account = directory_->account(record.account);
  KEEL_ASSERT(account != nullptr, "a fact about an account that is not in the directory");
  if (!facts::pays_in_kind(record, instrument, account->kind)) return;
  Step step = fill;
  step.kind = StepKind::kInKind;
  step.quantity = -facts::fee_in_kind(record, instrument);
  step.price = price;
  if (record.header.kind == RecordKind::kFillBusted) {
    step.quantity = -(step.quantity - take_back_fees(record.account, instrument.id, step));
    step.execution = 0;
  }
  if (!step.quantity.is_zero())
    take(record.account, instrument.id, step, step.quantity.is_negative());
}

// Forgets every fee in kind of this fill; gives what they had moved.
Quantity LotBook::take_back_fees(AccountId account, InstrumentId instrument, const Step& like) {
  Quantity moved = Quantity::zero();
  if (like.execution == 0) return moved;
  for (const bool is_short_leg : {false, true}) {
    if (find(account, instrument, is_short_leg) == nullptr) continue;
    Book& held = book(account, instrument, is_short_leg);
    std::erase_if(held.steps, [&](const Step& step) {
      const bool is_its_fee = step.kind == StepKind::kInKind && step.execution == like.execution &&
                              step.order == like.order;
      if (is_its_fee) moved += step.quantity;
      return is_its_fee;
    });
    replay(held);
  }
  return moved;
}

void LotBook::fold_account(const AccountFact& fact) {
  const InstrumentId instrument = fact.header.instrument;
  if (instrument.value == 0) return;
  const Account* account = directory_->account(fact.account);
  KEEL_ASSERT(account != nullptr, "a fact about an account that is not in the directory");
  const Instrument& listed = registry_->get(instrument);
  const CashRule rule = cash_rule(listed, account->kind);
  const bool short_leg = (fact.header.flags & AccountFact::kShortLeg) != 0;
  Step step{};
  step.seq = fact.header.seq;
  step.time = fact.header.ts_recv;
  step.strategy = fact.strategy;
  step.change = fact.kind;
  step.price = fact.price;
  step.quantity = fact.quantity;
  if (facts::changes_quantity(fact)) {
    switch (facts::treatment(fact.kind, rule)) {
      case facts::Treatment::kTrade: step.kind = StepKind::kTrade; break;
      case facts::Treatment::kSplit: step.kind = StepKind::kSplit; break;
      case facts::Treatment::kAtCost: step.kind = StepKind::kAtCost; break;
      case facts::Treatment::kIncome: step.kind = StepKind::kTrade; break;
    }
    take(fact.account, instrument, step, fact.quantity.is_negative() != short_leg);
  }
  if (facts::is_variation(fact, listed, rule)) {
    step.kind = StepKind::kVariation;
    step.amount = fact.amount;
    step.quantity = Quantity::zero();
    const bool hedged = account->mode == PositionMode::kHedging;
    add(book(fact.account, instrument, hedged && short_leg), step);
  }
}

// --- steps to lots -----------------------------------------------------------------------------

std::uint32_t LotBook::index_of(AccountId account, InstrumentId instrument,
                                bool is_short_leg) const {
  const std::size_t row = account.value - 1u, column = instrument.value * 2u + is_short_leg;
  return row < rows_.size() && column < rows_[row].size() ? rows_[row][column] : kNone;
}

LotBook::Book& LotBook::book(AccountId account, InstrumentId instrument, bool is_short_leg) {
  if (const auto known = index_of(account, instrument, is_short_leg); known != kNone)
    return books_[known];
  const std::size_t row = account.value - 1u, column = instrument.value * 2u + is_short_leg;
  if (row >= rows_.size()) rows_.resize(row + 1);
  if (column >= rows_[row].size()) rows_[row].resize(registry_->size() * 2 + 2, kNone);
  rows_[row][column] = static_cast<std::uint32_t>(books_.size());
  const Money zero = Money::zero(registry_->get(instrument).settlement);
  books_.push_back({account, instrument, is_short_leg, Quantity::zero(), zero, {}, {}, {}});
  return books_.back();
}

const LotBook::Book* LotBook::find(AccountId account, InstrumentId instrument,
                                   bool is_short_leg) const {
  const std::uint32_t known = index_of(account, instrument, is_short_leg);
  return known == kNone ? nullptr : &books_[known];
}

// As the position book routes: a hedging account opens the leg of the step's own sign, or reduces
// the other.
void LotBook::take(AccountId account, InstrumentId instrument, const Step& step, bool reduces) {
  const Account* owner = directory_->account(account);
  KEEL_ASSERT(owner != nullptr, "a fact about an account that is not in the directory");
  if (owner->mode != PositionMode::kHedging) return add(book(account, instrument, false), step);
  const bool buys = !step.quantity.is_negative();
  Step part = step;
  if (reduces) {
    Book& other = book(account, instrument, buys);  // a buy reduces the short leg
    const bool is_open = buys ? other.quantity.is_negative() : other.quantity.is_positive();
    if (is_open) {
      if (abs(step.quantity) > abs(other.quantity)) part.quantity = -other.quantity;
      add(other, part);
      part.quantity = step.quantity - part.quantity;
    }
  }
  if (!part.quantity.is_zero()) add(book(account, instrument, !buys), part);
}

bool LotBook::undo(AccountId account, InstrumentId instrument, const Step& like,
                   const Step* instead, bool reduces) {
  if (like.execution == 0) return false;
  const bool hedged = directory_->account(account)->mode == PositionMode::kHedging;
  bool found = false;
  for (const bool is_short_leg : {false, true}) {
    if (find(account, instrument, is_short_leg) == nullptr) continue;
    Book& held = book(account, instrument, is_short_leg);
    for (std::size_t i = held.steps.size(); i-- > 0;) {
      Step& step = held.steps[i];
      if (step.kind != like.kind || step.execution != like.execution || step.order != like.order)
        continue;
      if (instead != nullptr && !hedged) {
        step.quantity = instead->quantity;
        step.price = instead->price;
      } else {
        held.steps.erase(held.steps.begin() + static_cast<std::ptrdiff_t>(i));
      }
      replay(held);
      found = true;
      break;
    }
  }
  if (found && hedged && instead != nullptr) take(account, instrument, *instead, reduces);
  return found;
}

void LotBook::replay(Book& held) {
  held.lots.clear();
  held.closed.clear();
  held.quantity = Quantity::zero();
  held.realized = Money::zero(held.realized.currency());
  for (const Step& step : held.steps) apply(held, step);
}

void LotBook::add(Book& held, const Step& step) {
  held.steps.push_back(step);
  apply(held, step);
}

void LotBook::apply(Book& held, const Step& step) {
  if (step.kind == StepKind::kSplit || step.kind == StepKind::kVariation) return spread(held, step);
  if (step.quantity.is_zero()) return;
  const bool closes =
      !held.quantity.is_zero() && held.quantity.is_negative() != step.quantity.is_negative();
  const Quantity rest = closes ? close_lots(held, step) : step.quantity;
  if (!rest.is_zero()) open_lot(held, step, rest);
}

void LotBook::open_lot(Book& held, const Step& step, Quantity quantity) {
  const Instrument& instrument = registry_->get(held.instrument);
  const Money cost{value_at(instrument, step.price, quantity), instrument.settlement};
  held.quantity += quantity;
  if (method_ == LotMethod::kAverage && !held.lots.empty()) {
    held.lots.front().quantity += quantity;
    held.lots.front().cost += cost;
    return;
  }
  held.lots.push_back({step.seq, step.time, quantity, cost});
}

// Which lot goes next.
std::size_t LotBook::pick(const Book& held) const {
  if (method_ == LotMethod::kLifo) return held.lots.size() - 1;
  if (method_ != LotMethod::kHighestCost) return 0;
  // cost / quantity compared without dividing could need 192 bits; the quotient at 18 digits tells
  // lots apart as finely as prices can, and the older one goes first where it does not.
  std::size_t best = 0;
  std::optional<Int128> best_each;
  for (std::size_t i = 0; i < held.lots.size(); ++i) {
    const Lot& lot = held.lots[i];
    const auto each =
        detail::multiply_divide(lot.cost.raw(), Int128::from(Quantity::kScale),
                                Int128::from(abs(lot.quantity).raw()), Rounding::kFloor);
    if (!each || (best_each && *each <= *best_each)) continue;
    best = i;
    best_each = each;
  }
  return best;
}

// Gives what is left of the step once every lot has gone.
Quantity LotBook::close_lots(Book& held, const Step& step) {
  const Instrument& instrument = registry_->get(held.instrument);
  Quantity rest = step.quantity;
  while (!rest.is_zero() && !held.lots.empty()) {
    const std::size_t at = pick(held);
    Lot& lot = held.lots[at];
    const Quantity held_size = abs(lot.quantity), wanted = abs(rest);
    const Quantity part = wanted < held_size ? wanted : held_size;
    const Quantity moved = rest.is_negative() ? -part : part;
    const Money cost{released_cost(lot.cost.raw(), part, held_size), lot.cost.currency()};
    const Money proceeds =
        step.kind == StepKind::kAtCost
            ? cost
            : -Money{value_at(instrument, step.price, moved), instrument.settlement};
    held.realized += proceeds - cost;
    held.closed.push_back({lot.seq, step.seq, lot.time, step.time, held.instrument, held.account,
                           step.strategy, step.change, -moved, cost, proceeds});
    lot.cost -= cost;
    lot.quantity += moved;
    held.quantity += moved;
    rest -= moved;
    if (lot.quantity.is_zero())
      held.lots.erase(held.lots.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return rest;
}

// A split (quantity) or a daily variation (cost) is shared among the lots by their quantity. What
// the first lots have together is floored, lot by lot, so shares add up and never change a sign.
void LotBook::spread(Book& held, const Step& step) {
  if (step.kind == StepKind::kVariation) return spread_variation(held, step);
  const Currency& currency = held.realized.currency();
  const Quantity before = held.quantity, after = before + step.quantity;
  held.quantity = after;
  if (held.lots.empty() || after.is_zero() || after.is_negative() != before.is_negative()) {
    // Nothing of the old lots is left: they have gone for nothing.
    for (const Lot& lot : held.lots) held.realized -= lot.cost;
    held.lots.clear();
    if (!after.is_zero()) held.lots.push_back({step.seq, step.time, after, Money::zero(currency)});
    return;
  }
  std::int64_t seen = 0, given = 0;
  Money orphaned = Money::zero(currency);  // the cost of lots of which no unit is left
  std::vector<Lot> kept;
  for (Lot lot : held.lots) {
    seen += lot.quantity.raw();
    const Int128 share = share_of(Int128::from(after.raw()), seen, before.raw());
    const auto upto = static_cast<std::int64_t>(share.wide());
    lot.quantity = Quantity::from_raw(upto - given);
    given = upto;
    lot.cost += orphaned;
    orphaned = lot.quantity.is_zero() ? lot.cost : Money::zero(currency);
    if (!lot.quantity.is_zero()) kept.push_back(lot);
  }
  kept.back().cost += orphaned;
  held.lots = std::move(kept);
}

void LotBook::spread_variation(Book& held, const Step& step) {
  held.realized = detail::plus(held.realized, step.amount);
  std::int64_t seen = 0;
  detail::i128 given = 0;
  for (Lot& lot : held.lots) {
    seen += lot.quantity.raw();
    const detail::i128 upto = share_of(step.amount, seen, held.quantity.raw()).wide();
    lot.cost = detail::plus(lot.cost, Int128::from(upto - given));
    given = upto;
  }
}

// --- reading -----------------------------------------------------------------------------------

std::span<const Lot> LotBook::open(AccountId account, InstrumentId instrument, Side side) const {
  const Book* held = find(account, instrument, side == Side::kSell);
  return held == nullptr ? std::span<const Lot>{} : std::span<const Lot>{held->lots};
}

std::span<const ClosedLot> LotBook::closed(AccountId account, InstrumentId instrument,
                                           Side side) const {
  const Book* held = find(account, instrument, side == Side::kSell);
  return held == nullptr ? std::span<const ClosedLot>{} : std::span<const ClosedLot>{held->closed};
}

Money LotBook::realized(AccountId account, InstrumentId instrument) const {
  Money sum = Money::zero(registry_->get(instrument).settlement);
  for (const Book& held : books_)
    if (held.account == account && held.instrument == instrument) sum += held.realized;
  return sum;
}

Money LotBook::cost(AccountId account, InstrumentId instrument) const {
  Money sum = Money::zero(registry_->get(instrument).settlement);
  for (const Book& held : books_)
    if (held.account == account && held.instrument == instrument)
      for (const Lot& lot : held.lots) sum += lot.cost;
  return sum;
}

std::string LotBook::csv_header() {
  return "account,instrument,strategy,opened_seq,opened,closed_seq,closed,quantity,cost,proceeds,"
         "profit,currency\n";
}

std::string LotBook::csv_row(const ClosedLot& row) const {
  const Account* account = directory_->account(row.account);
  const Instrument* instrument = registry_->find(row.instrument);
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{}\n",
      facts::csv_field(account == nullptr ? std::string_view{} : account->name.view()),
      facts::csv_field(instrument == nullptr ? std::string_view{} : instrument->symbol.view()),
      facts::csv_field(directory_->strategy_name(row.strategy)), row.opened_seq,
      to_text(row.opened), row.closed_seq, to_text(row.closed), row.quantity.to_text(),
      row.cost.amount_text(), row.proceeds.amount_text(), row.profit().amount_text(),
      row.cost.currency().code());
}

void LotBook::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(method_);
  writer.put(books_.size());
  for (const Book& held : books_) {
    writer.put(held.account);
    writer.put(held.instrument);
    writer.put(held.is_short_leg);
    writer.put(held.steps);
  }
  writer.end(section);
}

void LotBook::load(StateReader& reader) {
  books_.clear();
  rows_.clear();
  reader.begin(kTag);
  LotMethod method{};
  std::uint64_t count{};
  reader.get(method);
  reader.get(count);
  if (reader.ok() && method != method_) reader.fail("lots of another method");
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    AccountId account{};
    InstrumentId instrument{};
    bool is_short_leg{};
    std::vector<Step> steps;
    reader.get(account);
    reader.get(instrument);
    reader.get(is_short_leg);
    reader.get(steps);
    if (!reader.ok()) break;
    if (directory_->account(account) == nullptr || registry_->find(instrument) == nullptr) {
      reader.fail("lots of an unknown account or instrument");
      break;
    }
    Book& held = book(account, instrument, is_short_leg);
    held.steps = steps;
    replay(held);
  }
  reader.end();
}

}  // namespace keel
