// Historical data of one connection.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "adapters/tws/sim_session.hpp"

namespace keel::tws {

namespace {
constexpr Duration kDay = Duration::days(1);
constexpr int kMaxBars = 50'000;

struct BarSize {
  std::string_view name;
  std::int64_t seconds;
};
constexpr BarSize kBarSizes[] = {
    {"1 sec", 1},       {"1 secs", 1},      {"5 secs", 5},      {"10 secs", 10},
    {"15 secs", 15},    {"30 secs", 30},    {"1 min", 60},      {"2 mins", 120},
    {"3 mins", 180},    {"5 mins", 300},    {"10 mins", 600},   {"15 mins", 900},
    {"20 mins", 1200},  {"30 mins", 1800},  {"1 hour", 3600},   {"2 hours", 7200},
    {"3 hours", 10800}, {"4 hours", 14400}, {"8 hours", 28800}, {"1 day", 86400},
    {"1W", 604800},     {"1 week", 604800}, {"1M", 2592000},    {"1 month", 2592000}};

constexpr std::string_view kShows[] = {"TRADES",
                                       "MIDPOINT",
                                       "BID",
                                       "ASK",
                                       "BID_ASK",
                                       "ADJUSTED_LAST",
                                       "HISTORICAL_VOLATILITY",
                                       "OPTION_IMPLIED_VOLATILITY",
                                       "AGGTRADES",
                                       "SCHEDULE"};

HistoricalDataBar wire_bar(const SimBar& bar, Duration length, int format) {
  HistoricalDataBar out;
  out.date = bar_date(bar.start, length, format);
  out.open = bar.open;
  out.high = bar.high;
  out.low = bar.low;
  out.close = bar.close;
  out.volume = bar.volume;
  out.wap = bar.average;
  out.bar_count = bar.count;
  return out;
}
}  // namespace

std::optional<Duration> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc{} || count <= 0 || count > 100'000 || end - at != 2 || *at != ' ')
    return std::nullopt;
  switch (at[1]) {
    case 'S': return Duration::seconds(count);
    case 'D': return kDay * count;
    case 'W': return kDay * (7 * count);
    case 'M': return kDay * (30 * count);
    case 'Y': return kDay * (365 * count);
    default: return std::nullopt;
  }
}

std::optional<Duration> parse_bar_size(std::string_view text) {
  for (const BarSize& size : kBarSizes)
    if (size.name == text) return Duration::seconds(size.seconds);
  return std::nullopt;
}

std::string bar_date(Timestamp start, Duration length, int format) {
  if (length >= kDay) return date_text(start);
  if (format == 2) return std::to_string(start.ns / 1'000'000'000);
  return date_time_text(start) + " UTC";
}

void Session::on(const HistoricalDataRequest& request) {
  const auto invalid = [&](int code, std::string text) {
    error(request.req_id, code, std::move(text));
  };
  if (id_in_use(request.req_id))
    return invalid(
        322,
        "Error processing request.-'bK' : cause - Duplicate ticker ID for API historical "
        "data query");
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  if (std::find(std::begin(kShows), std::end(kShows), request.what_to_show) == std::end(kShows))
    return invalid(321, "Error validating request.-'bK' : cause - Invalid 'what to show' value: " +
                            request.what_to_show);
  const auto step = parse_bar_size(request.bar_size_setting);
  if (!step)
    return invalid(321,
                   "Error validating request.-'bK' : cause - Historical data bar size setting is "
                   "invalid. Legal ones are: 1 secs, 5 secs, 10 secs, 15 secs, 30 secs, 1 min, 2 "
                   "mins, 3 mins, 5 mins, 10 mins, 15 mins, 20 mins, 30 mins, 1 hour, 2 hours, 3 "
                   "hours, 4 hours, 8 hours, 1 day, 1W, 1M");
  const auto length = parse_span(request.duration);
  if (!length)
    return invalid(321,
                   "Error validating request.-'bK' : cause - Historical data query duration is "
                   "invalid. Proper format: {integer}SPACE{unit (S|D|W|M|Y)}");
  const auto end = parse_date_time(request.end_date_time, world_.now);
  if (!end)
    return invalid(10314, "End Date/Time: The date, time, or time-zone entered is invalid.");
  if (request.keep_up_to_date && !request.end_date_time.empty())
    return invalid(321,
                   "Error validating request.-'bK' : cause - End date not supported with "
                   "adjusted last or keep up to date");
  if (request.what_to_show == "SCHEDULE") return send_schedule(request, *end, *length);
  send_history(request, *listing, std::min(*end, world_.now), *length, *step);
}

void Session::send_history(const HistoricalDataRequest& request, std::size_t listing, Timestamp end,
                           Duration length, Duration step) {
  HistoricalData data;
  data.req_id = request.req_id;
  // A day's worth ends with the day, as a session would.
  const Timestamp start =
      length >= kDay && step < kDay ? (end - length).floor_to(step) : (end - length).floor_to(step);
  for (Timestamp at = std::max(start + step, world_.market->first_time().floor_to(step) + step);
       at < end && data.historical_data_bars.size() < kMaxBars; at = at + step)
    if (const auto bar = world_.market->bar(listing, at, step, end, request.what_to_show))
      data.historical_data_bars.push_back(wire_bar(*bar, step, request.format_date));
  if (data.historical_data_bars.empty())
    return error(request.req_id, 162,
                 "Historical Market Data Service error message:HMDS query returned no data: " +
                     world_.listings[listing].contract.local_symbol);
  data.start_date_str = date_time_text(start) + " UTC";
  data.end_date_str = date_time_text(end) + " UTC";
  send(data);
  if (version >= 196) {
    HistoricalDataEnd done;
    done.req_id = request.req_id;
    done.start_date_str = data.start_date_str;
    done.end_date_str = data.end_date_str;
    send(done);
  }
  if (request.keep_up_to_date)
    bars_.push_back({request.req_id, listing, world_.now + Duration::seconds(5), step,
                     request.what_to_show, true, request.format_date});
}

void Session::send_schedule(const HistoricalDataRequest& request, Timestamp end, Duration length) {
  HistoricalSchedule schedule;
  schedule.req_id = request.req_id;
  schedule.time_zone = "UTC";
  for (Timestamp day = (end - length).floor_to(kDay); day < end; day = day + kDay) {
    HistoricalSession session;
    session.start_date_time = date_text(day) + "-00:00:00";
    session.end_date_time = date_text(day + kDay) + "-00:00:00";
    session.ref_date = date_text(day);
    schedule.historical_sessions.push_back(session);
  }
  schedule.start_date_time = schedule.historical_sessions.front().start_date_time;
  schedule.end_date_time = schedule.historical_sessions.back().end_date_time;
  send(schedule);
}

void Session::on(const CancelHistoricalData& request) {
  const auto gone =
      std::erase_if(bars_, [&](const auto& s) { return s.id == request.req_id && s.history; });
  if (gone == 0)
    error(request.req_id, 366,
          fmt::format("No historical data query found for ticker id:{}", request.req_id));
}

void Session::on(const HeadTimestampRequest& request) {
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  HeadTimestamp head;
  head.req_id = request.req_id;
  const Timestamp first = world_.market->first_time();
  head.head_timestamp = request.format_date == 2
                            ? std::to_string(first.ns / 1'000'000'000)
                            : date_text(first) + "-" + date_time_text(first).substr(9);
  send(head);
}
void Session::on(const CancelHeadTimestamp&) {}

void Session::on(const HistogramDataRequest& request) {
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  HistogramData data;
  data.req_id = request.req_id;
  std::map<Price, std::int64_t> counts;
  const Duration step = Duration::minutes(10);
  for (int i = 0; i < 432; ++i)
    if (const auto bar =
            world_.market->bar(*listing, (world_.now - step * (i + 1)), step, world_.now, "TRADES"))
      counts[bar->close] += bar->count;
  for (const auto& [price, count] : counts) {
    HistogramDataEntry entry;
    entry.price = price;
    entry.size = Quantity::whole(count);
    data.histogram_data_entries.push_back(entry);
  }
  send(data);
}
void Session::on(const CancelHistogramData&) {}
void Session::on(const CancelHistoricalTicks&) {}

void Session::on(const HistoricalTicksRequest& request) {
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  const bool forward = !request.start_date_time.empty();
  const auto given =
      parse_date_time(forward ? request.start_date_time : request.end_date_time, world_.now);
  if (!given || request.number_of_ticks < 1 || request.number_of_ticks > 1000)
    return error(request.req_id, 10187, "Failed to request historical ticks: invalid parameters");
  const Duration step = Duration::seconds(1);
  const Timestamp first =
      (forward ? *given : *given - step * request.number_of_ticks).floor_to(step);
  HistoricalTicks middles;
  HistoricalTicksBidAsk quotes;
  HistoricalTicksLast trades;
  middles.req_id = quotes.req_id = trades.req_id = request.req_id;
  middles.is_done = quotes.is_done = trades.is_done = true;
  const Price tick_size = world_.listings[*listing].spec.tick;
  for (int i = 0; i < request.number_of_ticks; ++i) {
    const Timestamp at = first + step * i;
    const auto bar = world_.market->bar(*listing, at, step, world_.now, "TRADES");
    if (!bar) continue;
    const std::int64_t second = at.ns / 1'000'000'000;
    HistoricalTick middle;
    middle.time = second;
    middle.price = bar->open;
    middles.historical_ticks.push_back(middle);
    HistoricalTickBidAsk quote;
    quote.time = second;
    quote.price_bid = bar->open;
    quote.price_ask = bar->open + tick_size;
    quote.size_bid = quote.size_ask = bar->volume;
    quotes.historical_ticks_bid_ask.push_back(quote);
    HistoricalTickLast trade;
    trade.time = second;
    trade.price = bar->open;
    trade.size = bar->volume;
    trade.exchange = world_.listings[*listing].contract.exchange;
    trades.historical_ticks_last.push_back(trade);
  }
  if (request.what_to_show == "BID_ASK") return send(quotes);
  if (request.what_to_show == "MIDPOINT") return send(middles);
  send(trades);
}

}  // namespace keel::tws
