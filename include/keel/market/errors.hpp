// The room's error codes (docs/errors.md).
#pragma once

#include <keel/core/error.hpp>

namespace keel::market_errors {
inline constexpr ErrorCode kBadBarSpec{"market.bad_bar_spec"};
inline constexpr ErrorCode kTimeGoingBack{"market.time_going_back"};
inline constexpr ErrorCode kBadRecord{"market.bad_record"};
inline constexpr ErrorCode kBadSynthetic{"market.bad_synthetic"};
inline constexpr ErrorCode kBadChain{"market.bad_chain"};
}  // namespace keel::market_errors
