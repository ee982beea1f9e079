// Profiles: latency, fees and queue of a kind of venue under one name, from a table that says of
// every number where it comes from.
//
//   const SimProfile retail = builtin_profile("nyse_retail").value();
//   retail.apply(config);                       // latencies, fees, fill model
//
// A host may write a table of its own (parse_profiles):
//
//   # profile | figure | value | where it comes from
//   my_venue | currency | USD | mine
//   my_venue | maker | 0.0001 | contract of 2026-01-01
//   my_venue | order_latency | lognormal 1ms 2ms 0.5 | assumption
//
// Figures: currency; maker, taker, per_unit, minimum, maximum, per_order (yes, no), digits, window
// (days); tier (FROM MAKER TAKER); line (NAME rate R | per_unit A [max A] [buys|sells]
// [maker|taker|auction]); queue (pessimistic | optimistic | power N | power2 N | power3 N | log |
// log2); slippage (none | ticks N | percent R | volume_share LIMIT IMPACT); feed_latency,
// order_latency, response_latency (constant D | uniform D D | lognormal D D SIGMA, D as 250us,
// 3ms).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/sim/sim_config.hpp>

namespace keel {

// One row of a table.
struct ProfileFigure {
  std::string figure, value, source;  // the source of what nobody has measured is "assumption"
};

struct SimProfile {
  std::string name;
  LatencyModel feed_latency = LatencyModel::constant(Duration::milliseconds(1));
  LatencyModel order_latency = LatencyModel::constant(Duration::milliseconds(1));
  LatencyModel response_latency = LatencyModel::constant(Duration::milliseconds(1));
  FeePlan fees;
  Currency currency;  // of the fees' amounts
  QueueModel queue = QueueModel::kPessimistic;
  QueueProbability probability;
  Slippage slippage;
  std::vector<ProfileFigure> figures;  // as they were written

  // Writes latencies of orders and reports, the fee plan, queue and slippage. The feed's latency is
  // for whoever drives the feed.
  void apply(SimConfig& config) const;
};

// Errors: sim.bad_profile (line, field, value, rule).
[[nodiscard]] Result<std::vector<SimProfile>> parse_profiles(std::string_view table);

// The profiles that come with keel, as a table for reading: each number with its source.
[[nodiscard]] std::string_view builtin_profile_table();
// binance_spot, binance_usdm, coinbase_advanced, nyse_retail, nyse_direct, cme_index. Error:
// sim.bad_profile (no such name).
[[nodiscard]] Result<SimProfile> builtin_profile(std::string_view name);

namespace sim_errors {
inline constexpr ErrorCode kBadProfile{"sim.bad_profile"};
}  // namespace sim_errors

}  // namespace keel
