// Checking, reading and writing a BarSpec.
#pragma once

#include <string>
#include <string_view>

#include <keel/market/errors.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

// Error: market.bad_bar_spec. A step is positive; volume and value bars are made from trades.
Status check(const BarSpec& spec);

// "5min", "1d" (any duration), "100tick", "2.5volume", "10000value", each with "@bid", "@ask" or
// "@mid" behind it where it is made from quotes. Error: market.bad_bar_spec.
Result<BarSpec> parse_bar_spec(std::string_view text);
std::string to_text(const BarSpec& spec);

}  // namespace keel
