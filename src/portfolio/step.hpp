// The arithmetic of a position: how a step moves quantity, cost, realized profit and rounding.
#pragma once

#include <keel/portfolio/position_book.hpp>

namespace keel::detail {

struct StepState {
  Quantity quantity;
  Int128 cost, realized, rounding;
};

struct StepChange {
  StepKind kind;
  Quantity quantity;
  Price price;
  Int128 amount;
};

// Gives what came in (above zero for a long) or went out at cost; zero for everything but kAtCost.
// Asserts that amounts fit.
Int128 apply_step(StepState& state, const StepChange& change, const Instrument& instrument);

}  // namespace keel::detail
