// FeePlan: what a venue or broker charges in all: a schedule, tiers by traded value, minimum and
// maximum of an order, and the fees of exchange and regulator that are passed on.
//
//   FeePlan plan;                                            // a broker of shares
//   plan.schedule.per_unit = Money::parse("0.005", "USD").value();
//   plan.schedule.minimum = Money::whole(1, "USD");
//   plan.schedule.maximum = 0.01_rate;
//   plan.per_order = true;
//   plan.lines.push_back({.name = "SEC", .rate = 0.0000278_rate, .on = FeeLine::On::kSells});
//
// A fill's fee is one amount, told once: with the fill, or in its kFillFee report.
#pragma once

#include <vector>

#include <keel/core/text.hpp>
#include <keel/core/time.hpp>
#include <keel/model/fees.hpp>

namespace keel {

// From this traded value on (of the days before today, see FeePlan) these rates hold in place of
// the schedule's.
struct FeeTier {
  Money from;
  Rate maker, taker;
};

// One line of an exchange's or regulator's table, charged for each fill.
struct FeeLine {
  enum class On : std::uint8_t { kBoth = 0, kBuys = 1, kSells = 2 };

  FixedText<24> name = {};
  Rate rate = Rate::zero();                      // fraction of notional
  std::optional<Money> per_unit = std::nullopt;  // for each share or contract
  std::optional<Money> maximum = std::nullopt;   // per fill
  On on = On::kBoth;
  Liquidity liquidity = Liquidity::kUnknown;  // kUnknown: whichever
};

struct FeePlan {
  FeeSchedule schedule;
  std::vector<FeeTier> tiers;  // ascending
  int window_days = 30;        // whole UTC days before today whose traded value counts
  std::vector<FeeLine> lines;
  // schedule.minimum and maximum hold for an order over all its fills, and where the maximum is
  // below the minimum it is the maximum that is charged. Else both hold for each fill.
  bool per_order = false;

  // Errors: model.bad_fee_schedule.
  [[nodiscard]] Status check(const Instrument& instrument) const;
};

// What an order has been charged so far, for FeePlan::per_order.
struct OrderFees {
  Int128 unbounded{}, charged{}, notional{};  // 1e-18 of the settlement currency
};

// Fees of many accounts by one plan, with the traded value that its tiers ask for.
class FeeMeter {
 public:
  FeeMeter(FeePlan plan, std::size_t accounts);

  // The fee of one fill, which is counted. In the settlement currency; nullopt: it does not fit.
  std::optional<Money> charge(std::size_t account, const Instrument& instrument, Side side,
                              Price price, Quantity quantity, Liquidity liquidity, Timestamp now,
                              OrderFees& order);
  // The worst that a fill of this size may be charged.
  [[nodiscard]] std::optional<Money> worst(std::size_t account, const Instrument& instrument,
                                           Side side, Price price, Quantity quantity,
                                           Timestamp now);
  // Traded value that counts for the tiers at this time, 1e-18.
  [[nodiscard]] Int128 traded(std::size_t account, Timestamp now);
  [[nodiscard]] const FeePlan& plan() const { return plan_; }

 private:
  struct Account {
    std::vector<Int128> days;  // ring; the last is today
    std::int64_t today = 0;    // days since 1970
    Int128 sum{};              // of the days before today
  };
  [[nodiscard]] FeeSchedule schedule_for(std::size_t account, Timestamp now);
  [[nodiscard]] std::optional<Money> lines(const Instrument& instrument, Side side,
                                           const Money& notional, Quantity quantity,
                                           Liquidity liquidity) const;
  void roll(Account& account, Timestamp now);

  FeePlan plan_;
  std::vector<Account> accounts_;
};

}  // namespace keel
