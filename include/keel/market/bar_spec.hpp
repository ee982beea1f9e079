// Checking, reading and writing a BarSpec.
#pragma once

#include <string>
#include <string_view>

#include <keel/market/errors.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

// Error: market.bad_bar_spec. A step is positive; volume, value, imbalance and run bars are made
// from trades; imbalance and run bars expect at most a million of them.
Status check(const BarSpec& spec);

// "5min", "1d" (any duration), "100tick", "2.5volume", "10000value", "4range", "0.5renko",
// "500tick_imbalance", "500volume_runs" and their kin, each with "+ha" behind it for Heikin-Ashi
// and then "@bid", "@ask" or "@mid" where it is made from quotes. Error: market.bad_bar_spec.
Result<BarSpec> parse_bar_spec(std::string_view text);
std::string to_text(const BarSpec& spec);

}  // namespace keel
