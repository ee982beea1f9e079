// Layout of market_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/market_messages.hpp>

#include "adapters/tws/wire_contract.hpp"

namespace keel::tws {

template <>
struct Wire<MarketDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.generic_tick_list, m.snapshot, m.regulatory_snapshot,
           m.market_data_options);
  }
};

template <>
struct Wire<CancelMarketData> : RequestIdAlone<2> {};

template <>
struct Wire<MarketDataTypeRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.market_data_type);
  }
};

template <>
struct Wire<TickPrice> : TextVersion<6> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.price, m.size, m.attr_mask);
  }
};

template <>
struct Wire<TickSize> : TextVersion<6> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.size);
  }
};

template <>
struct Wire<TickOptionComputation> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.tick_attrib, m.implied_vol, m.delta, m.opt_price,
           m.pv_dividend, m.gamma, m.vega, m.theta, m.und_price);
  }
};

template <>
struct Wire<TickGeneric> : TextVersion<6> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.value);
  }
};

template <>
struct Wire<TickString> : TextVersion<6> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.value);
  }
};

template <>
struct Wire<TickSnapshotEnd> : RequestIdAlone<1> {};

template <>
struct Wire<TickReqParams> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id);
    v.as_text(2, m.min_tick);
    v.from(3, m.bbo_exchange, m.snapshot_permissions, m.last_price_precision,
           m.last_size_precision);
  }
};

template <>
struct Wire<MarketDataType> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.market_data_type);
  }
};

template <>
struct Wire<MarketDepthRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.num_rows, m.is_smart_depth, m.market_depth_options);
  }
};

template <>
struct Wire<CancelMarketDepth> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.is_smart_depth);
  }
};

template <>
struct Wire<MarketDepthData> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.position, m.operation, m.side, m.price, m.size, m.market_maker, m.is_smart_depth);
  }
};

template <>
struct Wire<MarketDepth> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.market_depth_data);
  }
};

template <>
struct Wire<MarketDepthL2> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.market_depth_data);
  }
};

template <>
struct Wire<RealTimeBarsRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.bar_size, m.what_to_show, m.use_rth,
           m.real_time_bars_options);
  }
};

template <>
struct Wire<CancelRealTimeBars> : RequestIdAlone<1> {};

template <>
struct Wire<RealTimeBarTick> : TextVersion<3> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.time, m.open, m.high, m.low, m.close, m.volume);
    v.as_text(8, m.wap);
    v.from(9, m.count);
  }
};

template <>
struct Wire<TickByTickRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.tick_type, m.number_of_ticks, m.ignore_size);
  }
};

template <>
struct Wire<CancelTickByTick> : RequestIdAlone<0> {};

template <>
struct Wire<TickAttribLast> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.past_limit, m.unreported);
  }
};

template <>
struct Wire<TickAttribBidAsk> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.bid_past_low, m.ask_past_high);
  }
};

template <>
struct Wire<HistoricalTick> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.time, m.price, m.size);
  }
};

template <>
struct Wire<HistoricalTickLast> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.time, m.tick_attrib_last, m.price, m.size, m.exchange, m.special_conditions);
  }
};

template <>
struct Wire<HistoricalTickBidAsk> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.time, m.tick_attrib_bid_ask, m.price_bid, m.price_ask, m.size_bid, m.size_ask);
  }
};

template <>
struct Wire<TickByTickData> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.tick_type, m.historical_tick_last, m.historical_tick_bid_ask,
           m.historical_tick_mid_point);
  }
};

}  // namespace keel::tws
