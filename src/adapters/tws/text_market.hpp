// The text layouts of market data and history.
#pragma once

#include "adapters/tws/text_contract.hpp"
#include "adapters/tws/wire_history_messages.hpp"

namespace keel::tws {

template <class V, Is<MarketDataRequest> M>
void text_of(V& v, M& m) {
  v.constant("11");
  v.text(m.req_id);
  text_contract(v, m.contract);
  text_combo(v, m.contract);
  text_delta_neutral(v, m.contract);
  v.text(m.generic_tick_list, m.snapshot, m.regulatory_snapshot);
  v.joined(m.market_data_options);
}
template <class V, Is<MarketDepthRequest> M>
void text_of(V& v, M& m) {
  v.constant("5");
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.num_rows, m.is_smart_depth);
  v.joined(m.market_depth_options);
}
template <class V, Is<RealTimeBarsRequest> M>
void text_of(V& v, M& m) {
  v.constant("3");
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.bar_size, m.what_to_show, m.use_rth);
  v.joined(m.real_time_bars_options);
}
template <class V, Is<TickByTickRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.tick_type, m.number_of_ticks, m.ignore_size);
}
template <class V, Is<TickReqParams> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.min_tick, m.bbo_exchange, m.snapshot_permissions);
}
// What was not computed is -1, or -2 where a negative number is possible.
template <class V, Is<TickOptionComputation> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.tick_type, m.tick_attrib);
  v.number_or(m.implied_vol, -1);
  v.number_or(m.delta, -2);
  v.number_or(m.opt_price, -1);
  v.number_or(m.pv_dividend, -1);
  v.number_or(m.gamma, -2);
  v.number_or(m.vega, -2);
  v.number_or(m.theta, -2);
  v.number_or(m.und_price, -1);
}
template <class V, Is<MarketDepth> M>
void text_of(V& v, M& m) {
  auto& d = m.market_depth_data;
  v.constant("1");
  v.text(m.req_id, d.position, d.operation, d.side, d.price, d.size);
}
template <class V, Is<MarketDepthL2> M>
void text_of(V& v, M& m) {
  auto& d = m.market_depth_data;
  v.constant("1");
  v.text(m.req_id, d.position, d.market_maker, d.operation, d.side, d.price, d.size,
         d.is_smart_depth);
}

// Two flags in one number.
template <class V>
void text_mask(V& v, auto& first, auto& second) {
  std::int32_t mask = 0;
  if constexpr (!V::kReading) mask = (first ? 1 : 0) | (second ? 2 : 0);
  v.text(mask);
  if constexpr (V::kReading) {
    first = (mask & 1) != 0;
    second = (mask & 2) != 0;
  }
}

template <class V, Is<TickByTickData> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.tick_type);
  if constexpr (V::kReading) {
    if (m.tick_type == 1 || m.tick_type == 2) m.historical_tick_last.emplace();
    if (m.tick_type == 3) m.historical_tick_bid_ask.emplace();
    if (m.tick_type == 4) m.historical_tick_mid_point.emplace();
  }
  if (m.historical_tick_last) {
    auto& t = *m.historical_tick_last;
    v.text(t.time, t.price, t.size);
    text_mask(v, t.tick_attrib_last.past_limit, t.tick_attrib_last.unreported);
    v.text(t.exchange, t.special_conditions);
  } else if (m.historical_tick_bid_ask) {
    auto& t = *m.historical_tick_bid_ask;
    v.text(t.time, t.price_bid, t.price_ask, t.size_bid, t.size_ask);
    text_mask(v, t.tick_attrib_bid_ask.bid_past_low, t.tick_attrib_bid_ask.ask_past_high);
  } else if (m.historical_tick_mid_point) {
    v.text(m.historical_tick_mid_point->time, m.historical_tick_mid_point->price);
  } else {
    v.constant("0");
  }
}

template <class V, Is<HistoricalDataRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.contract.include_expired, m.end_date_time, m.bar_size_setting, m.duration, m.use_rth,
         m.what_to_show, m.format_date);
  text_combo(v, m.contract);
  v.text(m.keep_up_to_date);
  v.joined(m.chart_options);
}
template <class V, Is<HistoricalData> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  if (v.version() < 196) v.text(m.start_date_str, m.end_date_str);
  v.text(m.historical_data_bars);
}
template <class V, Is<HistoricalDataUpdate> M>
void text_of(V& v, M& m) {
  auto& b = m.historical_data_bar;
  v.text(m.req_id, b.bar_count, b.date, b.open, b.close, b.high, b.low, b.wap, b.volume);
}
template <class V, Is<HeadTimestampRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.contract.include_expired, m.use_rth, m.what_to_show, m.format_date);
}
template <class V, Is<HistogramDataRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.contract.include_expired, m.use_rth, m.time_period);
}
template <class V, Is<HistoricalTicksRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.contract.include_expired, m.start_date_time, m.end_date_time, m.number_of_ticks,
         m.what_to_show, m.use_rth, m.ignore_size);
  v.joined(m.misc_options);
}
template <class V, Is<HistoricalTicks> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  v.list(m.historical_ticks, [&](auto& t) {
    v.text(t.time);
    v.constant("0");  // for likeness with the others
    v.text(t.price, t.size);
  });
  v.text(m.is_done);
}
template <class V, Is<HistoricalTicksBidAsk> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  v.list(m.historical_ticks_bid_ask, [&](auto& t) {
    v.text(t.time);
    text_mask(v, t.tick_attrib_bid_ask.ask_past_high, t.tick_attrib_bid_ask.bid_past_low);
    v.text(t.price_bid, t.price_ask, t.size_bid, t.size_ask);
  });
  v.text(m.is_done);
}
template <class V, Is<HistoricalTicksLast> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  v.list(m.historical_ticks_last, [&](auto& t) {
    v.text(t.time);
    text_mask(v, t.tick_attrib_last.past_limit, t.tick_attrib_last.unreported);
    v.text(t.price, t.size, t.exchange, t.special_conditions);
  });
  v.text(m.is_done);
}

}  // namespace keel::tws
