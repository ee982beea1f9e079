// What can go wrong with a report; docs/errors.md says what to do about each.
#pragma once

#include <keel/core/error.hpp>

namespace keel::analytics_errors {

inline constexpr ErrorCode kBadCurve{"analytics.bad_curve"};    // not finite, or not in time order
inline constexpr ErrorCode kBadConfig{"analytics.bad_config"};  // a setting out of its range
inline constexpr ErrorCode kBadTrade{"analytics.bad_trade"};    // a trade that is not finite
inline constexpr ErrorCode kStorage{"analytics.storage"};       // the file could not be written
inline constexpr ErrorCode kNoDefinitions{"analytics.no_definitions"};  // a journal without them

}  // namespace keel::analytics_errors
