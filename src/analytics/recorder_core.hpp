// RunRecorder's inside: what is collected. fold and sample are in run_recorder.cpp, the report that
// is made of it in recorder_report.cpp.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <keel/analytics/run_recorder.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

#include "analytics/rows.hpp"
#include "analytics/span_series.hpp"

namespace keel::analytics {

// Drawdown of every sample: amounts without the flows, percent of a wealth that flows do not move.
struct DrawdownWatch {
  double scale = 1;  // wealth = equity x scale
  double peak_wealth = 0, peak_profit = 0;
  Timestamp peak_time{};
  bool defined = true;  // equity was above zero so far
  std::optional<DrawdownSummary> worst;

  // Depth now, as a fraction.
  double add(Timestamp time, double equity, double profit, double flow);
};

struct DayEntry {
  std::int32_t day;
  Money end, flows;
  double drawdown;
};

}  // namespace keel::analytics

namespace keel {

struct RunRecorder::Core {
  using PriceSeries = analytics::SpanSeries<Price>;

  const InstrumentRegistry* registry;
  const Directory* directory;
  RunRecorderConfig config;

  RunCounts counts{};
  Timestamp first_time{}, last_time{};
  std::vector<analytics::OrderEntry> orders;
  std::unordered_map<std::uint64_t, std::uint32_t> order_index;
  std::vector<analytics::FillEntry> fills;
  std::vector<analytics::ChangeEntry> changes;
  std::uint64_t arrivals = 0;  // of fills and changes
  std::vector<DenialCount> denials;
  std::vector<RunEvent> events;
  std::uint64_t events_left_out = 0;
  std::vector<PriceSeries> prices;    // by instrument id - 1
  std::vector<bool> has_fine_prices;  // trades or quotes were seen: bars add nothing

  // Samples of the account.
  std::optional<Valuation> valuation;
  std::uint64_t samples = 0, unpriced_samples = 0;
  Timestamp sample_time{}, start_time{};
  Money start_equity{}, pending_flow{}, flows{};
  double last_equity = 0, last_leverage = 0;
  bool in_market = false;
  double market_ns = 0, exposure_ns = 0, max_exposure = 0;
  analytics::DrawdownWatch drawdown;
  std::vector<EquityPoint> equity;
  Duration period{};
  double periods_per_year = 0;
  std::vector<analytics::DayEntry> days;
  analytics::SpanSeries<double> picture;

  Core(const InstrumentRegistry& registry_in, const Directory& directory_in,
       const RunRecorderConfig& config_in);

  [[nodiscard]] AccountId account() const;
  void see_time(Timestamp time);
  void event(Timestamp time, std::string text);
  PriceSeries& price_series(InstrumentId instrument);

  void on_market(const RecordHeader& record);
  void on_bar(const Bar& bar);
  void on_order(const OrderRecord& record);
  analytics::OrderEntry& order_entry(const OrderRecord& record);
  void on_fill(const OrderRecord& record, std::uint32_t order);
  void on_fill_change(const OrderRecord& record, std::uint32_t order);
  void count_order(const OrderRecord& record);
  void deny(Reason reason);
  void on_account(const AccountFact& fact);
  void on_state(const StateFact& fact);
  void add_sample(Timestamp time, const Valuation& now);
  void add_equity(Timestamp time, double value, double flow);
  void join_periods();

  // recorder_report.cpp
  void put_orders(RunReport& report) const;
  void put_fills(RunReport& report) const;
  void put_instruments(RunReport& report) const;
  void put_days(RunReport& report) const;
  void put_money(RunReport& report) const;
  [[nodiscard]] Status put_statistics(RunReport& report) const;
};

}  // namespace keel
