// SimConfig: a simulated venue written down.
#pragma once

#include <optional>
#include <vector>

#include <keel/core/text.hpp>
#include <keel/model/fees.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/sim/fault_plan.hpp>
#include <keel/sim/fee_plan.hpp>
#include <keel/sim/fill_model.hpp>
#include <keel/sim/latency.hpp>

namespace keel {

// When the venue's day ends, for DAY orders, and when its auctions are. The default is midnight UTC
// for all.
class VenueDay {
 public:
  // The first end of day after `entered`. nullopt: not known; DAY orders are then refused.
  [[nodiscard]] virtual std::optional<Timestamp> day_end(const Instrument& instrument,
                                                         Timestamp entered) const = 0;
  // The first opening and closing auction at or after `entered`. nullopt: not known; then only
  // status and auction records of the feed say when there is one.
  [[nodiscard]] virtual std::optional<Timestamp> next_open(const Instrument&, Timestamp) const {
    return std::nullopt;
  }
  [[nodiscard]] virtual std::optional<Timestamp> next_close(const Instrument&, Timestamp) const {
    return std::nullopt;
  }

 protected:
  ~VenueDay() = default;
};

[[nodiscard]] constexpr Timestamp next_utc_midnight(Timestamp time) {
  return time.floor_to(Duration::days(1)) + Duration::days(1);
}

// What happens when two orders of one account would trade with each other.
enum class SelfTrade : std::uint8_t {
  kCancelTaker = 1,  // what is left of the incoming order, with Reason::kSelfTrade
  kCancelMaker = 2,  // the resting order
  kCancelBoth = 3,
  kAllow = 4,
  kDecrement = 5,  // both become less by what they would have traded; the smaller one goes
};

// What happens to orders that arrive while an instrument is halted.
enum class WhileHalted : std::uint8_t {
  kReject = 1,
  kQueue = 2,  // kept, and part of the reopening
};

// How far from a reference an instrument may trade. The reference is the last price of the venue
// day before, or `reference` until there is one.
struct PriceLimits {
  Rate up, down;  // fractions of the reference, above zero
  std::optional<Price> reference;
  // Set: what would trade beyond halts the instrument for this long. Else it just does not trade.
  std::optional<Duration> halt;
};

// An instrument that differs from the venue's defaults.
struct SimListing {
  InstrumentId instrument;
  std::optional<FillModel> fills;
  std::optional<FeeSchedule> fees;
  std::optional<PriceLimits> limits = std::nullopt;
  std::optional<FeePlan> fee_plan = std::nullopt;  // in place of `fees`
};

// Money that the venue holds for an account. Where an account has any, its orders are checked
// against it: an order that it could not pay for at the worst case is rejected
// (Reason::kInsufficientFunds). Accounts that are not named are not checked.
struct SimBalance {
  AccountId account;
  Money amount;
  bool allow_short = false;  // may sell what it does not hold
};

// Accounts with a balance are held to their maintenance margin: when what they are worth at the
// market falls below it they get a margin call (AccountReport::kMarginCall), and unless that is
// mended in time the venue closes positions with orders of its own, told as orders that the engine
// did not send.
struct MarginRule {
  Duration grace{0};         // from the call to the liquidation
  bool until_enough = true;  // false: every position goes, not only until the margin is met
  Rate fee = Rate::zero();   // of notional, on top of the fees of a liquidating fill
};

struct SimConfig {
  VenueId venue{};
  SourceId source{};  // in the header of every report
  std::uint64_t seed = 1;
  FixedText<12> prefix = "SIM";  // orders are "SIM-<n>", executions "SIM-E<n>"
  LatencyModel order_latency = LatencyModel::constant(Duration::milliseconds(1));
  LatencyModel response_latency = LatencyModel::constant(Duration::milliseconds(1));
  FillModel fills;
  FeeSchedule fees;
  std::optional<FeePlan> fee_plan;  // in place of `fees`
  std::vector<SimListing> listings;
  std::optional<Duration> fee_delay;  // fees come in a kFillFee of their own, this long after
  SelfTrade self_trade = SelfTrade::kCancelTaker;
  WhileHalted while_halted = WhileHalted::kReject;
  std::vector<SimBalance> balances;
  std::optional<MarginRule> margin;  // not set: nobody is liquidated
  const VenueDay* day = nullptr;     // must outlive the venue
  FaultPlan faults;
  // A snapshot tells every order and execution that is remembered, as venues do that list a whole
  // day, and not only what was not delivered: for engines that may lose what they were told.
  bool snapshot_of_everything = false;

  // Room that is made at the start; within it nothing is allocated later. More levels and messages
  // are carried too, by allocating; more orders are rejected.
  std::uint32_t max_orders = 1u << 14;      // open, and ended ones still remembered
  std::uint32_t max_executions = 1u << 14;  // remembered for snapshots
  std::uint32_t max_accounts = 16;          // highest account id that trades here
  std::uint32_t levels = 32;                // prices with orders, a side of an instrument
  std::uint32_t messages = 1u << 10;        // in flight each way

  // Errors: sim.bad_config, sim.bad_latency, model.unknown_instrument, model.bad_fee_schedule.
  [[nodiscard]] Status check(const InstrumentRegistry& registry) const;
};

}  // namespace keel
