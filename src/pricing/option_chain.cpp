#include <keel/pricing/option_chain.hpp>

#include <algorithm>

namespace keel {

std::vector<OptionExpiry> option_chain(const InstrumentRegistry& registry,
                                       InstrumentId underlying) {
  std::vector<OptionExpiry> chain;
  for (const Instrument& option : registry.all()) {
    if (option.kind != InstrumentKind::kOption || !(option.underlying == underlying)) continue;
    const auto expiry = std::lower_bound(
        chain.begin(), chain.end(), option.expiry,
        [](const OptionExpiry& each, Timestamp time) { return each.expiry < time; });
    OptionExpiry& when = expiry != chain.end() && expiry->expiry == option.expiry
                             ? *expiry
                             : *chain.insert(expiry, {option.expiry, {}});
    const auto place =
        std::lower_bound(when.strikes.begin(), when.strikes.end(), option.strike,
                         [](const OptionPair& each, Price strike) { return each.strike < strike; });
    OptionPair& pair = place != when.strikes.end() && place->strike == option.strike
                           ? *place
                           : *when.strikes.insert(place, {option.strike, {0}, {0}});
    InstrumentId& id = option.right == OptionRight::kCall ? pair.call : pair.put;
    if (id.value == 0) id = option.id;
  }
  return chain;
}

double years_between(Timestamp now, Timestamp expiry) {
  constexpr double kYear = 365.0 * 24 * 3600 * 1e9;
  return expiry <= now ? 0.0 : static_cast<double>(expiry.ns - now.ns) / kYear;
}

}  // namespace keel
