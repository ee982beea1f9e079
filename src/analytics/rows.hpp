// What the recorder keeps of an order and of a fill: ids instead of names, names come at the end.
#pragma once

#include <vector>

#include <keel/analytics/run_report.hpp>
#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>

namespace keel::analytics {

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFu;

struct OrderEntry {
  OrderId id, parent;
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  Side side;
  OrderState state;
  Reason reason, cancel_reason;
  bool denied, external, ended;
  OrderTerms terms;
  Quantity filled;
  Timestamp created, end_time;
  ClientOrderId client_id;
  std::uint32_t last_fill;  // index, or kNoIndex
};

struct FillEntry {
  std::uint64_t seq;
  std::uint64_t arrival;  // counts fills and changes; a host may leave seq empty
  Timestamp time;
  std::uint32_t order;          // index
  std::uint32_t previous_fill;  // of the same order
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  Side side;
  Liquidity liquidity;
  bool busted, corrected;
  bool more_fees;  // a later fee came in another currency
  Price price;
  Quantity quantity;
  Money fee;
  ExecutionId execution;
};

// A position that changed without a fill.
struct ChangeEntry {
  std::uint64_t arrival;
  Timestamp time;
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  Quantity quantity;
  Price price;
};

// |price x quantity x multiplier| in the settlement currency; zero where it does not fit.
[[nodiscard]] Money fill_value(const Instrument& instrument, Price price, Quantity quantity);
// sum(price x quantity) / quantity, half even at 9 digits.
[[nodiscard]] std::optional<Price> average_price(Int128 price_times_quantity, Int128 quantity);
// Adds; where the sum does not fit or the currencies differ, `into` stays and this is false.
bool add_to(Money& into, const Money& amount);

// Closed round trips of every (account, strategy, instrument), by exit.
[[nodiscard]] std::vector<RoundTrip> round_trips(const std::vector<FillEntry>& fills,
                                                 const std::vector<ChangeEntry>& changes,
                                                 const InstrumentRegistry& registry,
                                                 const Directory& directory);

[[nodiscard]] std::string account_name(const Directory& directory, AccountId id);
[[nodiscard]] std::string strategy_name(const Directory& directory, StrategyId id);
[[nodiscard]] std::string instrument_name(const InstrumentRegistry& registry, InstrumentId id);

}  // namespace keel::analytics
