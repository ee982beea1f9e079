#include <keel/portfolio/position_book.hpp>

#include "change.hpp"
#include "exact.hpp"
#include "step.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kTag = 0x504F534E;  // "POSN"

detail::StepState state_of(const Position& position) {
  return {position.quantity, position.cost.raw(), position.realized.raw(), position.rounding.raw()};
}

void set_state(Position& position, const detail::StepState& state) {
  position.quantity = state.quantity;
  position.cost.set_raw(state.cost);
  position.realized.set_raw(state.realized);
  position.rounding.set_raw(state.rounding);
}

}  // namespace

PositionBook::PositionBook(const InstrumentRegistry& registry, const Directory& directory,
                           const PositionBookConfig& config)
    : registry_(&registry), directory_(&directory), config_(config) {
  KEEL_ASSERT(config.window >= 2 && (config.window & (config.window - 1)) == 0,
              "the window is a power of two");
  steps_.resize(config.window);
}

void PositionBook::reserve(std::size_t positions) { slots_.reserve(positions); }

const Position* PositionBook::leg(AccountId account, InstrumentId instrument, Side side) const {
  const std::uint32_t slot = find(account, instrument);
  if (slot == kNone || slots_[slot].role != Role::kBoth) return nullptr;
  return &slots_[slot + (side == Side::kBuy ? 1 : 2)].position;
}

const Position* PositionBook::strategy_position(AccountId account, StrategyId strategy,
                                                InstrumentId instrument) const {
  std::uint32_t slot = find(account, instrument);
  if (slot == kNone) return nullptr;
  for (slot = slots_[slot].next_strategy; slot != kNone; slot = slots_[slot].next_strategy)
    if (slots_[slot].position.strategy == strategy) return &slots_[slot].position;
  return nullptr;
}

// --- slots -------------------------------------------------------------------------------------

std::uint32_t PositionBook::add_slot(const Position& like, Role role) {
  Slot slot{};
  const Money zero = Money::zero(like.cost.currency());
  slot.position = {like.instrument,
                   like.account,
                   like.strategy,
                   Quantity::zero(),
                   zero,
                   zero,
                   zero,
                   zero,
                   zero,
                   zero,
                   0};
  slot.next_strategy = kNone;
  slot.role = role;
  slots_.push_back(slot);
  return size() - 1;
}

// Puts a slot where lookups find it: accounts in their row, strategies behind their account.
void PositionBook::attach(std::uint32_t slot) {
  const Position& position = slots_[slot].position;
  if (slots_[slot].role == Role::kStrategy) {
    Slot& head = slots_[find(position.account, position.instrument)];
    slots_[slot].next_strategy = head.next_strategy;
    head.next_strategy = slot;
    return;
  }
  const std::size_t row = position.account.value - 1u, column = position.instrument.value - 1u;
  if (row >= rows_.size()) rows_.resize(row + 1);
  if (column >= rows_[row].size()) rows_[row].resize(registry_->size(), kNone);
  rows_[row][column] = slot;
}

std::uint32_t PositionBook::account_slot(const Account& account, const Instrument& instrument) {
  if (const std::uint32_t slot = find(account.id, instrument.id); slot != kNone) return slot;
  Position like{};
  like.instrument = instrument.id;
  like.account = account.id;
  like.cost = Money::zero(instrument.settlement);
  const bool hedged = account.mode == PositionMode::kHedging;
  const std::uint32_t slot = add_slot(like, hedged ? Role::kBoth : Role::kAccount);
  if (hedged) {
    add_slot(like, Role::kLeg);
    add_slot(like, Role::kLeg);
  }
  attach(slot);
  return slot;
}

std::uint32_t PositionBook::strategy_slot(std::uint32_t account_slot, StrategyId strategy) {
  for (std::uint32_t slot = slots_[account_slot].next_strategy; slot != kNone;
       slot = slots_[slot].next_strategy)
    if (slots_[slot].position.strategy == strategy) return slot;
  Position like = slots_[account_slot].position;
  like.strategy = strategy;
  const std::uint32_t slot = add_slot(like, Role::kStrategy);
  attach(slot);
  return slot;
}

// --- steps -------------------------------------------------------------------------------------

// The step is written into its place field by field: copies of freshly written parts would stall.
void PositionBook::push(std::uint32_t slot, const Move& move, Posting* posting) {
  const std::uint64_t number = ++newest_step_;
  Slot& held = slots_[slot];
  auto state = state_of(held.position);
  Step& place = step_at(number);
  place.execution = move.execution;
  place.order = move.order;
  place.newer = 0;
  place.older = remembered(held.newest) ? held.newest : 0;
  place.quantity = move.quantity;
  place.price = move.price;
  place.amount = move.amount;
  place.quantity_before = state.quantity;
  place.cost_before = state.cost;
  place.realized_before = state.realized;
  place.rounding_before = state.rounding;
  place.slot = slot;
  place.kind = move.kind;
  place.carried = move.carried;
  if (place.older != 0) step_at(place.older).newer = number;
  held.newest = number;
  const Int128 carried =
      detail::apply_step(state, {move.kind, move.quantity, move.price, move.amount},
                         registry_->get(held.position.instrument));
  if (posting != nullptr && move.kind == StepKind::kAtCost)
    detail::add_to(posting->carried[static_cast<int>(move.carried)], carried);
  set_state(held.position, state);
}

std::uint64_t PositionBook::find_step(std::uint32_t slot, const Move& like) const {
  if (like.execution == 0) return 0;
  for (std::uint64_t at = slots_[slot].newest; remembered(at); at = step_at(at).older) {
    const Step& step = step_at(at);
    if (step.kind == like.kind && step.execution == like.execution && step.order == like.order)
      return at;
  }
  return 0;
}

// Runs this step and all later ones of the slot again, from the state that this one found.
void PositionBook::rerun(std::uint32_t slot, std::uint64_t from) {
  Position& position = slots_[slot].position;
  const Instrument& instrument = registry_->get(position.instrument);
  const Step& first = step_at(from);
  detail::StepState state{first.quantity_before, first.cost_before, first.realized_before,
                          first.rounding_before};
  for (std::uint64_t at = from; at != 0; at = step_at(at).newer) {
    Step& step = step_at(at);
    step.quantity_before = state.quantity;
    step.cost_before = state.cost;
    step.realized_before = state.realized;
    step.rounding_before = state.rounding;
    detail::apply_step(state, {step.kind, step.quantity, step.price, step.amount}, instrument);
  }
  set_state(position, state);
}

// Adds what this step and all later ones carried in or out at cost, in this direction.
void PositionBook::add_carried(std::uint32_t slot, std::uint64_t from, int direction,
                               Posting& posting) const {
  const Instrument& instrument = registry_->get(slots_[slot].position.instrument);
  for (std::uint64_t at = from; at != 0; at = step_at(at).newer) {
    const Step& step = step_at(at);
    if (step.kind != StepKind::kAtCost) continue;
    detail::StepState state{step.quantity_before, step.cost_before, step.realized_before,
                            step.rounding_before};
    const Int128 carried =
        detail::apply_step(state, {step.kind, step.quantity, step.price, step.amount}, instrument);
    Int128& sum = posting.carried[static_cast<int>(step.carried)];
    direction > 0 ? detail::add_to(sum, carried) : detail::subtract_from(sum, carried);
  }
}

bool PositionBook::undo_in(std::uint32_t slot, const Move& like, const Move* instead,
                           Posting* posting) {
  const std::uint64_t at = find_step(slot, like);
  if (at == 0) return false;
  if (posting != nullptr) add_carried(slot, at, -1, *posting);
  Step& step = step_at(at);
  if (instead == nullptr) {
    step.kind = StepKind::kVoid;
  } else {
    step.quantity = instead->quantity;
    step.price = instead->price;
  }
  rerun(slot, at);
  if (posting != nullptr) add_carried(slot, at, +1, *posting);
  return true;
}

// --- the two positions of a fact ---------------------------------------------------------------

PositionBook::Change PositionBook::start(AccountId account, StrategyId strategy,
                                         InstrumentId instrument, Posting& posting) {
  const Account* owner = directory_->account(account);
  KEEL_ASSERT(owner != nullptr, "a fact about an account that is not in the directory");
  const Instrument& listed = registry_->get(instrument);
  const std::uint32_t main = account_slot(*owner, listed);
  const std::uint32_t virtual_slot = strategy_slot(main, strategy);
  posting.currency = listed.settlement;
  posting.instrument = instrument;
  posting.rule = cash_rule(listed, owner->kind);
  return {posting,
          listed,
          main,
          virtual_slot,
          owner->mode == PositionMode::kHedging,
          owner->kind,
          state_of(slots_[main].position)};
}

// What the trades did to cash follows from what they did to cost and profit.
void PositionBook::finish(Change& change) {
  using detail::minus;
  using detail::plus;
  Posting& posting = change.posting;
  const auto now = state_of(slots_[change.main].position);
  posting.quantity = now.quantity - change.before.quantity;
  posting.cost = Int128::from(minus(now.cost.wide(), change.before.cost.wide()));
  posting.realized = Int128::from(minus(now.realized.wide(), change.before.realized.wide()));
  posting.rounding = Int128::from(
      plus(posting.rounding.wide(), minus(now.rounding.wide(), change.before.rounding.wide())));
  detail::i128 cash = minus(posting.realized.wide(), posting.rounding.wide());
  if (posting.rule == CashRule::kFull) {
    cash = minus(cash, posting.cost.wide());
    for (const Int128 carried : posting.carried) cash = plus(cash, carried.wide());
  } else {
    for (Int128& carried : posting.carried) carried = {};
  }
  cash =
      minus(plus(plus(cash, posting.income.wide()), posting.rebates.wide()), posting.fees.wide());
  posting.cash = Int128::from(cash);
}

// One leg of a hedged position changed: the account's position is their sum.
void PositionBook::moved(Change& change, std::uint32_t slot, const Position& before) {
  std::uint32_t* noted = change.posting.slots;
  if (noted[0] == kNone)
    noted[0] = slot;
  else if (noted[0] != slot)
    noted[1] = slot;
  if (!change.hedged) return;
  const Position& after = slots_[slot].position;
  Position& both = slots_[change.main].position;
  both.quantity += after.quantity - before.quantity;
  both.cost += after.cost - before.cost;
  both.realized += after.realized - before.realized;
  both.rounding += after.rounding - before.rounding;
}

void PositionBook::take_leg(Change& change, std::uint32_t slot, const Move& move) {
  if (!change.hedged) {
    push(slot, move, &change.posting);
    moved(change, slot, slots_[slot].position);
    return;
  }
  const Position before = slots_[slot].position;
  push(slot, move, &change.posting);
  moved(change, slot, before);
}

// In a hedging account a step opens the leg of its own sign, or reduces the other one; what is more
// than that leg holds opens.
void PositionBook::take_account(Change& change, const Move& move, bool reduces) {
  if (!change.hedged) return take_leg(change, change.main, move);
  const bool buys = !move.quantity.is_negative();
  const std::uint32_t own = change.main + (buys ? 1 : 2), other = change.main + (buys ? 2 : 1);
  Move part = move;
  if (reduces) {
    const Quantity held = slots_[other].position.quantity;
    const bool open = buys ? held.is_negative() : held.is_positive();
    if (open) {
      if (abs(move.quantity) > abs(held)) part.quantity = -held;
      take_leg(change, other, part);
      part.quantity = move.quantity - part.quantity;
    }
  }
  if (!part.quantity.is_zero()) take_leg(change, own, part);
}

void PositionBook::take(Change& change, const Move& move, bool reduces) {
  take_account(change, move, reduces);
  push(change.strategy, move, nullptr);
}

// Takes a remembered step back, or puts another in its place; a forgotten one is met by its
// opposite at the same price.
void PositionBook::undo(Change& change, const Move& like, const Move* instead, bool reduces) {
  const auto opposite_of = [](Move move) {
    move.quantity = -move.quantity;
    move.execution = 0;
    return move;
  };
  if (!undo_in(change.strategy, like, instead, nullptr)) {
    push(change.strategy, opposite_of(like), nullptr);
    if (instead != nullptr) push(change.strategy, *instead, nullptr);
  }
  if (!change.hedged) {
    if (undo_in(change.main, like, instead, &change.posting))
      return moved(change, change.main, slots_[change.main].position);
    change.posting.late = true;
    take_account(change, opposite_of(like), false);
    if (instead != nullptr) take_account(change, *instead, false);
    return;
  }
  bool found = false;
  for (const std::uint32_t slot : {change.main + 1, change.main + 2}) {
    const Position before = slots_[slot].position;
    // The part that was split off has another quantity; the name of the execution finds it.
    if (!undo_in(slot, like, nullptr, &change.posting)) continue;
    moved(change, slot, before);
    found = true;
  }
  if (!found) {
    change.posting.late = true;
    take_account(change, opposite_of(like), !reduces);
  }
  if (instead != nullptr) take_account(change, *instead, reduces);
}

const PositionBook::Step* PositionBook::find_taken(const Change& change, const Move& like) const {
  for (std::uint32_t slot = change.main; slot <= change.main + (change.hedged ? 2u : 0u); ++slot)
    if (const std::uint64_t at = find_step(slot, like); at != 0) return &step_at(at);
  return nullptr;
}

// --- snapshots ---------------------------------------------------------------------------------

void PositionBook::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(slots_.size());
  for (const Slot& slot : slots_) {
    writer.put(slot.position);
    writer.put(slot.role);
  }
  writer.put(newest_step_);
  std::uint64_t first = newest_step_ > config_.window ? newest_step_ - config_.window + 1 : 1;
  writer.put(first);
  for (; first <= newest_step_; ++first) writer.put(step_at(first));
  writer.end(section);
}

void PositionBook::load(StateReader& reader) {
  slots_.clear();
  rows_.clear();
  reader.begin(kTag);
  std::uint64_t count{};
  reader.get(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    Slot slot{};
    reader.get(slot.position);
    reader.get(slot.role);
    slot.next_strategy = kNone;
    if (!reader.ok()) break;
    const Position& position = slot.position;
    const Instrument* instrument = registry_->find(position.instrument);
    const bool fits = slot.role >= Role::kAccount && slot.role <= Role::kStrategy &&
                      directory_->account(position.account) != nullptr && instrument != nullptr &&
                      position.cost.currency() == instrument->settlement;
    if (!fits) return reader.fail("a position of an unknown account or instrument");
    const bool first = find(position.account, position.instrument) == kNone;
    const bool heads = slot.role == Role::kAccount || slot.role == Role::kBoth;
    if (heads != first) return reader.fail("positions are out of order");
    slots_.push_back(slot);
    if (slot.role != Role::kLeg) attach(static_cast<std::uint32_t>(i));
  }
  for (std::uint32_t i = 0; i < size() && reader.ok(); ++i) {
    const bool leg = slots_[i].role == Role::kLeg;
    const bool owned = (i >= 1 && slots_[i - 1].role == Role::kBoth) ||
                       (i >= 2 && slots_[i - 2].role == Role::kBoth);
    if (leg != owned) reader.fail("a leg without its position");
    if (slots_[i].role == Role::kBoth && i + 2 >= size()) reader.fail("a position without legs");
  }
  std::uint64_t first{};
  reader.get(newest_step_);
  reader.get(first);
  if (first == 0 || first > newest_step_ + 1) reader.fail("steps are out of order");
  for (std::uint64_t number = first; number <= newest_step_ && reader.ok(); ++number) {
    Step step{};
    reader.get(step);
    if (step.slot >= size() || step.kind < StepKind::kTrade || step.kind > StepKind::kVoid ||
        static_cast<int>(step.carried) >= kCarriedKinds) {
      reader.fail("a step of an unknown position");
      break;
    }
    Slot& slot = slots_[step.slot];
    step.newer = 0;
    step.older = slot.newest + config_.window > number ? slot.newest : 0;
    if (step.older != 0) step_at(step.older).newer = number;
    slot.newest = number;
    step_at(number) = step;
  }
  reader.end();
}

}  // namespace keel
