// Market data of one connection: the stream, depth, tick by tick, bars.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "adapters/tws/sim_session.hpp"

namespace keel::tws {

namespace {
// Numbers of ticks as TWS has them.
enum TickNumber : int {
  kBidSize = 0,
  kBid = 1,
  kAsk = 2,
  kAskSize = 3,
  kLast = 4,
  kLastSize = 5,
  kHigh = 6,
  kLow = 7,
  kVolume = 8,
  kClose = 9,
  kOpen = 14,
  kLow52 = 19,
  kHigh52 = 20,
  kAverageVolume = 21,
  kHistoricalVolatility = 23,
  kImpliedVolatility = 24,
  kMarkPrice = 37,
  kLastTimestamp = 45,
  kShortable = 46,
  kRtVolume = 48,
  kTradeCount = 54,
  kTradeRate = 55,
  kVolumeRate = 56,
  kRtTradeVolume = 77,
  kShortableShares = 89
};

bool has_generic(std::string_view list, std::string_view number) {
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    std::string_view one = list.substr(at, end - at);
    one = one.substr(0, one.find(':'));
    if (one == number) return true;
    at = end + 1;
  }
  return false;
}
}  // namespace

bool Session::id_in_use(std::int32_t id) const {
  const auto same = [id](const auto& sub) { return sub.id == id; };
  return std::any_of(markets_.begin(), markets_.end(), same) ||
         std::any_of(ticks_.begin(), ticks_.end(), same) ||
         std::any_of(bars_.begin(), bars_.end(), same) ||
         std::any_of(depths_.begin(), depths_.end(), same);
}

void Session::on(const MarketDataRequest& request) {
  if (id_in_use(request.req_id)) return error(request.req_id, 102, "Duplicate ticker ID.");
  if (request.snapshot && !request.generic_tick_list.empty())
    return error(
        request.req_id, 321,
        "Error validating request.-'bS' : cause - Snapshot market data subscription is not "
        "applicable to generic ticks");
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  TickReqParams params;
  params.req_id = request.req_id;
  params.min_tick = world_.listings[*listing].spec.tick;
  params.bbo_exchange = "a60001";
  params.snapshot_permissions = 3;
  send(params);
  MarketDataType type;
  type.req_id = request.req_id;
  type.market_data_type = 1;
  send(type);
  markets_.push_back({request.req_id, *listing, request.snapshot, request.generic_tick_list, {}});
  send_market(markets_.back(), true);
  if (!request.snapshot) return;
  TickSnapshotEnd end;
  end.req_id = request.req_id;
  send(end);
  markets_.pop_back();
}

void Session::on(const CancelMarketData& request) {
  const auto gone = std::erase_if(markets_, [&](const auto& s) { return s.id == request.req_id; });
  if (gone == 0)
    error(request.req_id, 300, fmt::format("Can't find EId with tickerId:{}", request.req_id));
}
void Session::on(const MarketDataTypeRequest&) {}

void Session::send_price(MarketSub& sub, int type, Price price, Quantity size) {
  TickPrice tick;
  tick.req_id = sub.id;
  tick.tick_type = type;
  tick.price = price;
  tick.size = size;
  tick.attr_mask = type == kBid || type == kAsk ? 1 : 0;
  send(tick);
}
void Session::send_size(std::int32_t id, int type, Quantity size) {
  TickSize tick;
  tick.req_id = id;
  tick.tick_type = type;
  tick.size = size;
  send(tick);
}

// What is new since the last time, or all.
void Session::send_market(MarketSub& sub, bool all) {
  const MarketState& now = world_.market->state(sub.listing);
  MarketState& sent = sub.sent;
  const auto price = [&](int type, Price value, Price before, Quantity size) {
    if (all || value != before) send_price(sub, type, value, size);
  };
  const auto size = [&](int type, Quantity value, Quantity before) {
    if (all || value != before) send_size(sub.id, type, value);
  };
  if (now.has_quote) {
    price(kBid, now.bid, sent.bid, now.bid_size);
    price(kAsk, now.ask, sent.ask, now.ask_size);
    size(kBidSize, now.bid_size, sent.bid_size);
    size(kAskSize, now.ask_size, sent.ask_size);
  }
  if (now.has_last && (all || now.trades != sent.trades)) {
    TickString time;
    time.req_id = sub.id;
    time.tick_type = kLastTimestamp;
    time.value = std::to_string(now.traded_at.ns / 1'000'000'000);
    send(time);
    send_price(sub, kLast, now.last, now.last_size);
    size(kLastSize, now.last_size, sent.last_size);
    size(kVolume, now.volume, sent.volume);
  }
  if (all) send_price(sub, kClose, now.prior_close, Quantity::zero());
  if (now.has_last) {
    price(kHigh, now.high, sent.high, Quantity::zero());
    price(kLow, now.low, sent.low, Quantity::zero());
    price(kOpen, now.open, sent.open, Quantity::zero());
  }
  if (!sub.generic.empty() && (all || now.trades != sent.trades)) send_generic(sub);
  sent.bid = now.bid;
  sent.ask = now.ask;
  sent.last = now.last;
  sent.high = now.high;
  sent.low = now.low;
  sent.open = now.open;
  sent.bid_size = now.bid_size;
  sent.ask_size = now.ask_size;
  sent.last_size = now.last_size;
  sent.volume = now.volume;
  sent.trades = now.trades;
}

void Session::send_generic(const MarketSub& sub) {
  const MarketState& now = world_.market->state(sub.listing);
  const SimulatedContract& spec = world_.listings[sub.listing].spec;
  const auto generic = [&](int type, double value) {
    TickGeneric tick;
    tick.req_id = sub.id;
    tick.tick_type = type;
    tick.value = value;
    send(tick);
  };
  const auto text = [&](int type, std::string value) {
    TickString tick;
    tick.req_id = sub.id;
    tick.tick_type = type;
    tick.value = std::move(value);
    send(tick);
  };
  const auto wants = [&](std::string_view which) { return has_generic(sub.generic, which); };
  const double strays = static_cast<double>(spec.volatility_ppm) / 1e6;
  if (wants("104")) generic(kHistoricalVolatility, strays * 2);
  if (wants("106")) generic(kImpliedVolatility, strays * 2);
  if (wants("165")) {
    MarketSub copy = sub;
    send_price(copy, kLow52, now.low, Quantity::zero());
    send_price(copy, kHigh52, now.high, Quantity::zero());
    send_size(sub.id, kAverageVolume, now.volume);
  }
  if (wants("221") || wants("232")) {
    MarketSub copy = sub;
    send_price(copy, kMarkPrice, world_.accounts->mark(sub.listing), Quantity::zero());
  }
  const std::string trade =
      fmt::format("{};{};{};{};{};true", now.last.to_text(), now.last_size.to_text(),
                  now.traded_at.ns / 1'000'000, now.volume.to_text(), now.last.to_text());
  if (wants("233") && now.has_last) text(kRtVolume, trade);
  if (wants("375") && now.has_last) text(kRtTradeVolume, trade);
  if (wants("236")) {
    generic(kShortable, 3);
    send_size(sub.id, kShortableShares, Quantity::whole(10'000'000));
  }
  if (wants("293")) generic(kTradeCount, now.trades);
  if (wants("294")) generic(kTradeRate, 160);
  if (wants("295")) generic(kVolumeRate, 24'000);
}

// ---- depth ----

void Session::on(const MarketDepthRequest& request) {
  if (id_in_use(request.req_id)) return error(request.req_id, 102, "Duplicate ticker ID.");
  if (depths_.size() >= 3)
    return error(request.req_id, 309, "Max number (3) of market depth requests has been reached");
  if (request.num_rows < 1)
    return error(request.req_id, 321,
                 "Error validating request.-'bU' : cause - Number of rows must be positive");
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  const bool smart = request.is_smart_depth || world_.listings[*listing].is("STK");
  depths_.push_back({request.req_id, *listing, std::min(request.num_rows, 20), smart, {}, {}});
  send_depth(depths_.back());
}
void Session::on(const CancelMarketDepth& request) {
  const auto gone = std::erase_if(depths_, [&](const auto& s) { return s.id == request.req_id; });
  if (gone == 0)
    error(request.req_id, 310,
          fmt::format("Can't find the subscribed market depth with tickerId:{}", request.req_id));
}

void Session::send_depth_side(DepthSub& sub, bool bid) {
  auto& known = bid ? sub.bids : sub.asks;
  static constexpr const char* kMakers[] = {"NSDQ", "ARCA", "BATS", "EDGEA", "DRCTEDGE"};
  for (int row = 0; row < sub.rows; ++row) {
    const auto level = world_.market->depth(sub.listing, bid, row);
    const bool is_new = static_cast<std::size_t>(row) >= known.size();
    if (!is_new && known[static_cast<std::size_t>(row)] == level) continue;
    MarketDepthL2 deep;
    deep.req_id = sub.id;
    MarketDepthData& d = deep.market_depth_data;
    d.position = row;
    d.operation = is_new ? 0 : 1;
    d.side = bid ? 1 : 0;
    d.price = level.first;
    d.size = level.second;
    if (is_new)
      known.push_back(level);
    else
      known[static_cast<std::size_t>(row)] = level;
    if (sub.smart) {
      d.market_maker = kMakers[row % 5];
      d.is_smart_depth = true;
      send(deep);
    } else {
      MarketDepth plain;
      plain.req_id = sub.id;
      plain.market_depth_data = d;
      send(plain);
    }
  }
}
void Session::send_depth(DepthSub& sub) {
  if (!world_.market->state(sub.listing).has_quote) return;
  send_depth_side(sub, true);
  send_depth_side(sub, false);
}

// ---- tick by tick ----

void Session::on(const TickByTickRequest& request) {
  if (id_in_use(request.req_id)) return error(request.req_id, 102, "Duplicate ticker ID.");
  static constexpr std::string_view kTypes[] = {"Last", "AllLast", "BidAsk", "MidPoint"};
  const auto* const type = std::find(std::begin(kTypes), std::end(kTypes), request.tick_type);
  if (type == std::end(kTypes))
    return error(request.req_id, 321,
                 "Error validating request.-'cM' : cause - Invalid tick-by-tick type");
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  ticks_.push_back({request.req_id, *listing, static_cast<int>(type - kTypes) + 1});
}
void Session::on(const CancelTickByTick& request) {
  std::erase_if(ticks_, [&](const auto& s) { return s.id == request.req_id; });
}

void Session::on_tick(const SimMarket::Tick& tick) {
  for (MarketSub& sub : markets_)
    if (sub.listing == tick.listing) send_market(sub, false);
  for (DepthSub& sub : depths_)
    if (sub.listing == tick.listing) send_depth(sub);
  for (const TickSub& sub : ticks_) {
    if (sub.listing != tick.listing) continue;
    TickByTickData data;
    data.req_id = sub.id;
    data.tick_type = sub.type;
    const std::int64_t second = world_.now.ns / 1'000'000'000;
    if (sub.type <= 2 && tick.trade) {
      HistoricalTickLast& last = data.historical_tick_last.emplace();
      last.time = second;
      last.price = tick.trade->price;
      last.size = tick.trade->size;
      last.exchange = world_.listings[sub.listing].details.valid_exchanges;
      last.exchange = last.exchange.substr(last.exchange.find(',') + 1);
      send(data);
    } else if (sub.type == 3 && tick.quote) {
      HistoricalTickBidAsk& both = data.historical_tick_bid_ask.emplace();
      both.time = second;
      both.price_bid = tick.quote->bid_price;
      both.price_ask = tick.quote->ask_price;
      both.size_bid = tick.quote->bid_size;
      both.size_ask = tick.quote->ask_size;
      send(data);
    } else if (sub.type == 4 && tick.quote) {
      HistoricalTick& middle = data.historical_tick_mid_point.emplace();
      middle.time = second;
      middle.price = Price::from_raw((tick.quote->bid_price + tick.quote->ask_price).raw() / 2);
      send(data);
    }
  }
}

void Session::drop_market_data() {
  markets_.clear();
  depths_.clear();
  ticks_.clear();
  bars_.clear();
}

// ---- bars as time goes ----

void Session::on(const RealTimeBarsRequest& request) {
  if (id_in_use(request.req_id)) return error(request.req_id, 102, "Duplicate ticker ID.");
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  const Duration five = Duration::seconds(5);
  bars_.push_back({request.req_id, *listing, world_.now.floor_to(five) + five, five,
                   request.what_to_show, false, 2});
}
void Session::on(const CancelRealTimeBars& request) {
  std::erase_if(bars_, [&](const auto& s) { return s.id == request.req_id && !s.history; });
}

void Session::send_bar(BarSub& sub) {
  const Timestamp start =
      sub.history ? world_.now.floor_to(sub.length) : sub.next - Duration::seconds(5);
  const auto bar = world_.market->bar(sub.listing, start, sub.length,
                                      world_.now + Duration::nanoseconds(1), sub.what);
  sub.next = sub.next + Duration::seconds(5);
  if (!bar) return;
  if (sub.history) {
    HistoricalDataUpdate update;
    update.req_id = sub.id;
    HistoricalDataBar& b = update.historical_data_bar;
    b.date = bar_date(start, sub.length, sub.format);
    b.open = bar->open;
    b.high = bar->high;
    b.low = bar->low;
    b.close = bar->close;
    b.volume = bar->volume;
    b.wap = bar->average;
    b.bar_count = bar->count;
    return send(update);
  }
  RealTimeBarTick tick;
  tick.req_id = sub.id;
  tick.time = start.ns / 1'000'000'000;
  tick.open = bar->open;
  tick.high = bar->high;
  tick.low = bar->low;
  tick.close = bar->close;
  tick.volume = bar->volume;
  tick.wap = bar->average;
  tick.count = bar->count;
  send(tick);
}

}  // namespace keel::tws
