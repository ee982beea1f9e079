// The options on one underlying, by expiry and strike.
#pragma once

#include <vector>

#include <keel/model/instrument_registry.hpp>

namespace keel {

struct OptionPair {
  Price strike;
  InstrumentId call, put;  // 0: not listed
};

struct OptionExpiry {
  Timestamp expiry;
  std::vector<OptionPair> strikes;  // ascending
};

// Every option of the registry whose underlying this is; expiries ascending. Where two options have
// the same expiry, strike and right, the one that was listed first is taken.
[[nodiscard]] std::vector<OptionExpiry> option_chain(const InstrumentRegistry& registry,
                                                     InstrumentId underlying);

// Time from `now` to `expiry` in years of 365 days; zero once it has passed.
[[nodiscard]] double years_between(Timestamp now, Timestamp expiry);

}  // namespace keel
