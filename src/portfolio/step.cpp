#include "step.hpp"

#include "exact.hpp"

namespace keel::detail {

namespace {

Int128 value_of(const Instrument& instrument, Price price, Quantity quantity) {
  const auto value = position_value(instrument, price, quantity);
  KEEL_ASSERT(value.has_value(), "the value of a fill does not fit");
  return *value;
}

// What reaches cash of an exact profit: inverse contracts settle in the currency's own digits.
Int128 kept_back(const Instrument& instrument, Int128 profit) {
  if (!instrument.is_inverse()) return {};
  const Money exact{profit, instrument.settlement};
  return (exact - exact.rounded_to_minor(Rounding::kHalfEven)).raw();
}

bool reduces(const StepState& state, Quantity quantity) {
  return !state.quantity.is_zero() && state.quantity.is_negative() != quantity.is_negative();
}

// Takes the closing part out of the cost; gives its signed quantity and what it released.
struct Closed {
  Quantity quantity;
  Int128 released;
};
Closed close(StepState& state, Quantity quantity) {
  const Quantity held = abs(state.quantity), wanted = abs(quantity);
  const Quantity part = wanted < held ? wanted : held;
  const Int128 released = released_cost(state.cost, part, held);
  subtract_from(state.cost, released);
  const Quantity moved = quantity.is_negative() ? -part : part;
  state.quantity += moved;
  return {moved, released};
}

void trade(StepState& state, Quantity quantity, Price price, const Instrument& instrument) {
  Quantity rest = quantity;
  if (reduces(state, quantity)) {
    const Closed closed = close(state, quantity);
    const Int128 proceeds = negated(value_of(instrument, price, closed.quantity));
    const Int128 profit = Int128::from(minus(proceeds.wide(), closed.released.wide()));
    add_to(state.realized, profit);
    add_to(state.rounding, kept_back(instrument, profit));
    rest -= closed.quantity;
  }
  if (rest.is_zero()) return;
  add_to(state.cost, value_of(instrument, price, rest));
  state.quantity += rest;
}

Int128 at_cost(StepState& state, Quantity quantity, Price price, const Instrument& instrument) {
  Quantity rest = quantity;
  Int128 carried{};
  if (reduces(state, quantity)) {
    const Closed closed = close(state, quantity);
    carried = negated(closed.released);
    rest -= closed.quantity;
  }
  if (rest.is_zero()) return carried;
  const Int128 value = value_of(instrument, price, rest);
  add_to(state.cost, value);
  state.quantity += rest;
  add_to(carried, value);
  return carried;
}

void split(StepState& state, Quantity quantity) {
  // A split that leaves nothing (or the other side) has closed the position for nothing.
  if (reduces(state, quantity) && abs(quantity) >= abs(state.quantity)) {
    subtract_from(state.realized, state.cost);
    state.cost = {};
  }
  state.quantity += quantity;
}

}  // namespace

Int128 apply_step(StepState& state, const StepChange& change, const Instrument& instrument) {
  switch (change.kind) {
    case StepKind::kTrade:
    case StepKind::kInKind: trade(state, change.quantity, change.price, instrument); return {};
    case StepKind::kAtCost: return at_cost(state, change.quantity, change.price, instrument);
    case StepKind::kSplit: split(state, change.quantity); return {};
    case StepKind::kVariation:
      // A flat position has no cost that could move.
      if (!state.quantity.is_zero()) add_to(state.cost, change.amount);
      add_to(state.realized, change.amount);
      return {};
    case StepKind::kVoid: return {};
  }
  return {};
}

}  // namespace keel::detail
