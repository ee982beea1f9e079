// The lowest price that a kind of instrument can have, in data and in orders.
#pragma once

#include <keel/core/decimal.hpp>
#include <keel/model/enums.hpp>

namespace keel {

// The lowest price that makes sense for a kind: a future, a spread or an index may be worth less
// than nothing, an option costs nothing at least, everything else has a price above zero.
[[nodiscard]] constexpr Price lowest_price(InstrumentKind kind) {
  switch (kind) {
    case InstrumentKind::kFuture:
    case InstrumentKind::kContinuousFuture:
    case InstrumentKind::kCombo:
    case InstrumentKind::kSynthetic:
    case InstrumentKind::kCfd:
    case InstrumentKind::kIndex: return Price::min();
    case InstrumentKind::kOption: return Price::zero();
    default: return Price::from_raw(1);
  }
}

}  // namespace keel
