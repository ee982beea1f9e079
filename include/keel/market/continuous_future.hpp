// ContinuousFuture: one endless contract out of a chain of futures, and the adjustment of the
// prices before a roll.
//
// Rules. Trading days are the calendar's (UTC days without one). What a contract traded, its open
// interest and its last price are gathered through the day; on_day_end decides, once a day, for the
// day that follows. A roll goes to the next contract and never back:
//   kDaysBeforeExpiry  on the first day that has at most `days` trading days to the expiry's day
//   kVolume            on the day after the next contract traded more than the current one
//   kOpenInterest      on the day after the next one's open interest was larger
//   kCalendar          on the first day at or after the `days`th of the month that the current
//                      contract expires in
// Whatever the rule, a contract is left on the day after its expiry's day. RollRule::depth follows
// a contract that many places further along the chain than the one that the rule is about.
//
// Prices of today's contract are never changed. What comes before a roll is adjusted after it, by
// the two contracts' last prices on the day before: by their difference (added), by their ratio
// (multiplied, rounded half even at 9 digits), or not at all.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/core/time_text.hpp>
#include <keel/market/errors.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/market_data.hpp>

namespace keel {

class TradingCalendar;

struct Roll {
  Timestamp time;  // start of the first day of the new contract
  InstrumentId from, to;
  Price from_close, to_close;  // on the day before; where `has_closes`
  std::uint64_t has_closes;
};

// A price from before all of `later` (rolls in order of time), as it would have been. A roll
// without closes adjusts nothing. nullopt: it does not fit.
[[nodiscard]] std::optional<Price> back_adjusted(Price price, std::span<const Roll> later,
                                                 BackAdjust rule);
// Open, high, low and close of bars, each by the rolls after its open time. false: one did not fit
// (that bar is left as it was).
bool back_adjust(std::span<Bar> bars, std::span<const Roll> rolls, BackAdjust rule);

class ContinuousFuture {
 public:
  // `chain`: futures in order of expiry, beginning with the instrument's underlying, all of its
  // quote currency. The calendar may be null and must outlive this. Error: market.bad_chain.
  static Result<ContinuousFuture> make(const InstrumentRegistry& registry, InstrumentId instrument,
                                       std::vector<InstrumentId> chain,
                                       const TradingCalendar* calendar);

  // Trades, bars, quotes and open interest of the chain; others are ignored. A record of a new day
  // ends the day before it first. true: the record is of the current contract: hand it on with the
  // continuous instrument's id. `on_roll` is any callable that takes a const Roll&.
  template <class OnRoll>
  bool on_market(const RecordHeader& record, OnRoll&& on_roll) {
    Roll roll;
    if (new_day(record) && end_day(record.ts_event, roll)) on_roll(roll);
    return gather(record);
  }
  // The day is over, without a record to say so: decides for the day that holds `next`.
  [[nodiscard]] std::optional<Roll> on_day_end(Timestamp next) {
    Roll roll;
    if (!end_day(next, roll)) return std::nullopt;
    return roll;
  }

  [[nodiscard]] InstrumentId instrument() const { return instrument_; }
  // The contract that is followed now.
  [[nodiscard]] InstrumentId current() const { return contracts_[at_ + rule_.depth].id; }
  // All rolls so far.
  [[nodiscard]] std::span<const Roll> rolls() const { return rolls_; }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Contract {
    InstrumentId id;
    std::int32_t expiry_day;  // days since 1970
    Int128 volume;            // of the day
    Int128 open_interest;     // latest
    Price close;
    std::uint64_t has_close;  // of this day
  };
  static_assert(std::has_unique_object_representations_v<Contract>);
  ContinuousFuture() = default;
  [[nodiscard]] std::int32_t day_of(Timestamp time) const;
  [[nodiscard]] bool is_due(std::int32_t day) const;
  [[nodiscard]] bool new_day(const RecordHeader& record) const;
  bool end_day(Timestamp next, Roll& roll);
  bool gather(const RecordHeader& record);

  InstrumentId instrument_{};
  RollRule rule_{};
  const TradingCalendar* calendar_ = nullptr;
  std::vector<Contract> contracts_;
  std::uint64_t at_ = 0;  // the contract that the rule is about
  std::int32_t day_ = INT32_MIN;
  std::vector<Roll> rolls_;
};

}  // namespace keel
