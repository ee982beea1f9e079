// RunReport: everything that a report of a run says, as plain values. RunRecorder makes one while
// the run goes, report_from_journal() afterwards; the host adds what only it knows (`host`).
// Amounts are exact; curves for pictures and statistics are double.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <keel/analytics/statistics.hpp>
#include <keel/core/time_text.hpp>
#include <keel/model/order_records.hpp>
#include <keel/portfolio/portfolio.hpp>

namespace keel {

struct LatencySummary {
  std::uint64_t samples;
  std::int64_t p50_ns, p99_ns, max_ns;
};

struct NamedText {
  std::string name, text;
};

// What the host knows and the records do not. Everything may stay empty.
struct HostInfo {
  std::string title;
  std::string journal_path;
  std::vector<NamedText> parameters;  // shown as given: data file, strategy, settings
  std::vector<std::string> notes;     // what a reader must know: rows refused, assumptions
  std::optional<double> wall_seconds;
  std::optional<double> events_per_second;
  std::optional<LatencySummary> latency;  // event in to command out
  std::optional<std::uint64_t> rolling_hash;
};

struct OrderRow {
  OrderId id, parent;
  std::string account, strategy, instrument, venue, client_id;
  Side side;
  OrderType type;
  TimeInForce time_in_force;
  OrderState state;
  Reason reason;  // why denied, rejected, canceled or unknown
  bool denied, external;
  Quantity quantity, filled;
  std::optional<Price> limit, trigger;
  std::optional<Price> average_price;  // half even at 9 digits, for showing
  Timestamp created;
  std::optional<Timestamp> ended;
};

struct FillRow {
  std::uint64_t seq;
  Timestamp time;  // ts_event of the fact
  OrderId order;
  std::string account, strategy, instrument, execution;
  Side side;
  Liquidity liquidity;
  bool busted, corrected;
  Price price;
  Quantity quantity;
  Money value;  // |price x quantity x multiplier|, settlement currency
  Money fee;    // positive is paid; no currency: no fee was told
};

// From flat to flat. A fill that turns a position ends one trade and begins the next; its fee is
// split by quantity, the rounding goes to the next.
struct RoundTrip {
  std::string account, strategy, instrument;
  Side side;          // kBuy: it was long
  Quantity quantity;  // the largest that was held
  Timestamp entry, exit;
  std::optional<Price> entry_price, exit_price;  // averages, for showing
  Money gross;                                   // exact, settlement currency
  Money fees;  // in that currency; a fee in the base currency counts at its fill's price
  Money net;
  std::uint32_t fills;
  bool fees_elsewhere;  // some fees were in a third currency and are not in `fees`

  [[nodiscard]] Duration held() const { return exit - entry; }
};

struct DenialCount {
  Reason reason;
  std::uint64_t count;
};

struct DailyRow {
  CivilDate date;    // UTC
  Money start, end;  // equity; `start` is the end of the day before
  Money flows;       // from outside
  Money pnl;         // end - start - flows
  Money fees;        // of the day's fills, base currency only
  double drawdown;   // deepest of the day, fraction of the peak so far
  std::uint32_t orders, fills, trades_closed;
};

// A span of a picture.
struct PriceSpan {
  Timestamp start;
  Price open, high, low, close;
};
struct PositionStep {
  Timestamp time;
  Quantity quantity;  // signed, from here on
};
struct EquitySpan {
  Timestamp start, last_time;
  double open, high, low, close;
  double drawdown;  // deepest in the span, fraction
};

struct InstrumentSeries {
  InstrumentId id;
  std::string name;
  int price_decimals;  // of its price increment
  std::vector<PriceSpan> prices;
  std::vector<PositionStep> positions;
  std::uint64_t fills;
};

struct RunCounts {
  std::uint64_t records, market_inputs, other_inputs, facts, commands;
  std::uint64_t orders, submits, replaces, cancels, fills, busts;
  std::uint64_t denied, rejected, canceled, expired, unknown, anomalies, open_at_end;
};

// Something that a reader must see: trading halted, kill switch, a lost connection, a gap.
struct RunEvent {
  Timestamp time;
  std::string text;
};

struct RunReport {
  HostInfo host;

  Timestamp first_time, last_time;  // ts_recv; both zero in an empty run
  std::string account;              // whose money, days and statistics these are
  Currency base;
  RunCounts counts;
  std::vector<OrderRow> orders;      // by creation
  std::vector<FillRow> fills;        // in order
  std::vector<RoundTrip> trades;     // by exit
  std::vector<DenialCount> denials;  // most frequent first
  std::vector<DailyRow> days;
  std::vector<InstrumentSeries> instruments;  // most fills first
  std::vector<RunEvent> events;
  std::uint64_t events_left_out;

  // Of the account (in `base`), as last sampled; absent where nothing was sampled.
  std::optional<Valuation> valuation;
  Money start_equity, end_equity, flows;
  Money gross_pnl;                        // realized + unrealized, before fees and income
  Money net_pnl;                          // gross_pnl - fees + income
  std::optional<Money> traded_value;      // absent: a fill was in another currency
  double average_exposure, max_exposure;  // gross exposure / equity, over time

  std::vector<EquityPoint> equity;  // one a period, for statistics
  Duration equity_period;
  std::vector<EquitySpan> equity_picture;
  std::optional<DrawdownSummary> drawdown;  // over every sample
  StatisticsConfig statistics_config;       // as used
  Statistics statistics;
};

}  // namespace keel
