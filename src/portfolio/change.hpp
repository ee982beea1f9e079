// One fact on its way into the position book: whom it touches, and what they were before.
#pragma once

#include "step.hpp"

namespace keel {

struct PositionBook::Change {
  Posting& posting;
  const Instrument& instrument;
  std::uint32_t main;      // the account's own slot
  std::uint32_t strategy;  // the strategy's
  bool hedged;
  AccountKind account;
  detail::StepState before;  // of the account's position
};

}  // namespace keel
