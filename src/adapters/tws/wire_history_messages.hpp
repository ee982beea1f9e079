// Layout of history_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/history_messages.hpp>

#include "adapters/tws/wire_market_messages.hpp"

namespace keel::tws {

template <>
struct Wire<HistoricalDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.end_date_time, m.bar_size_setting, m.duration, m.use_rth,
           m.what_to_show, m.format_date, m.keep_up_to_date, m.chart_options);
  }
};

template <>
struct Wire<CancelHistoricalData> : RequestIdAlone<1> {};

template <>
struct Wire<HistoricalDataBar> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.date, m.open, m.high, m.low, m.close, m.volume);
    v.as_text(7, m.wap);
    v.from(8, m.bar_count);
  }
};

template <>
struct Wire<HistoricalData> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.historical_data_bars);
  }
};

template <>
struct Wire<HistoricalDataUpdate> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.historical_data_bar);
  }
};

template <>
struct Wire<HistoricalDataEnd> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.start_date_str, m.end_date_str);
  }
};

template <>
struct Wire<HistoricalSession> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.start_date_time, m.end_date_time, m.ref_date);
  }
};

template <>
struct Wire<HistoricalSchedule> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.start_date_time, m.end_date_time, m.time_zone, m.historical_sessions);
  }
};

template <>
struct Wire<HeadTimestampRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.use_rth, m.what_to_show, m.format_date);
  }
};

template <>
struct Wire<CancelHeadTimestamp> : RequestIdAlone<0> {};

template <>
struct Wire<HeadTimestamp> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.head_timestamp);
  }
};

template <>
struct Wire<HistogramDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.use_rth, m.time_period);
  }
};

template <>
struct Wire<CancelHistogramData> : RequestIdAlone<0> {};

template <>
struct Wire<HistogramDataEntry> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.price, m.size);
  }
};

template <>
struct Wire<HistogramData> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.histogram_data_entries);
  }
};

template <>
struct Wire<HistoricalTicksRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.start_date_time, m.end_date_time, m.number_of_ticks,
           m.what_to_show, m.use_rth, m.ignore_size, m.misc_options);
  }
};

template <>
struct Wire<CancelHistoricalTicks> : RequestIdAlone<0> {};

template <>
struct Wire<HistoricalTicks> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.historical_ticks, m.is_done);
  }
};

template <>
struct Wire<HistoricalTicksLast> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.historical_ticks_last, m.is_done);
  }
};

template <>
struct Wire<HistoricalTicksBidAsk> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.historical_ticks_bid_ask, m.is_done);
  }
};

}  // namespace keel::tws
