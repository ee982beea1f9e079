// Historical data: requests and answers.
#pragma once

#include <keel/adapters/tws/market_messages.hpp>

namespace keel::tws {

struct HistoricalDataRequest {
  static constexpr int kId = 20, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  std::string end_date_time;
  std::string bar_size_setting;
  std::string duration;
  bool use_rth = false;
  std::string what_to_show;
  std::int32_t format_date = 0;
  bool keep_up_to_date = false;
  TagValues chart_options;
  friend bool operator==(const HistoricalDataRequest&, const HistoricalDataRequest&) = default;
};

struct CancelHistoricalData {
  static constexpr int kId = 25, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelHistoricalData&, const CancelHistoricalData&) = default;
};

struct HistoricalDataBar {
  std::string date;
  Price open{};
  Price high{};
  Price low{};
  Price close{};
  Quantity volume{};
  Price wap{};
  std::int32_t bar_count = 0;
  friend bool operator==(const HistoricalDataBar&, const HistoricalDataBar&) = default;
};

struct HistoricalData {
  static constexpr int kId = 17, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::vector<HistoricalDataBar> historical_data_bars;
  // In text before version 196; later in HistoricalDataEnd.
  std::string start_date_str;
  std::string end_date_str;
  friend bool operator==(const HistoricalData&, const HistoricalData&) = default;
};

struct HistoricalDataUpdate {
  static constexpr int kId = 90, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  HistoricalDataBar historical_data_bar;
  friend bool operator==(const HistoricalDataUpdate&, const HistoricalDataUpdate&) = default;
};

struct HistoricalDataEnd {
  static constexpr int kId = 108, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::string start_date_str;
  std::string end_date_str;
  friend bool operator==(const HistoricalDataEnd&, const HistoricalDataEnd&) = default;
};

struct HistoricalSession {
  std::string start_date_time;
  std::string end_date_time;
  std::string ref_date;
  friend bool operator==(const HistoricalSession&, const HistoricalSession&) = default;
};

struct HistoricalSchedule {
  static constexpr int kId = 106, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  std::string start_date_time;
  std::string end_date_time;
  std::string time_zone;
  std::vector<HistoricalSession> historical_sessions;
  friend bool operator==(const HistoricalSchedule&, const HistoricalSchedule&) = default;
};

struct HeadTimestampRequest {
  static constexpr int kId = 87, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  bool use_rth = false;
  std::string what_to_show;
  std::int32_t format_date = 0;
  friend bool operator==(const HeadTimestampRequest&, const HeadTimestampRequest&) = default;
};

struct CancelHeadTimestamp {
  static constexpr int kId = 90, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelHeadTimestamp&, const CancelHeadTimestamp&) = default;
};

struct HeadTimestamp {
  static constexpr int kId = 88, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::string head_timestamp;
  friend bool operator==(const HeadTimestamp&, const HeadTimestamp&) = default;
};

struct HistogramDataRequest {
  static constexpr int kId = 88, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  bool use_rth = false;
  std::string time_period;
  friend bool operator==(const HistogramDataRequest&, const HistogramDataRequest&) = default;
};

struct CancelHistogramData {
  static constexpr int kId = 89, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelHistogramData&, const CancelHistogramData&) = default;
};

struct HistogramDataEntry {
  Price price{};
  Quantity size{};
  friend bool operator==(const HistogramDataEntry&, const HistogramDataEntry&) = default;
};

struct HistogramData {
  static constexpr int kId = 89, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::vector<HistogramDataEntry> histogram_data_entries;
  friend bool operator==(const HistogramData&, const HistogramData&) = default;
};

struct HistoricalTicksRequest {
  static constexpr int kId = 96, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  std::string start_date_time;
  std::string end_date_time;
  std::int32_t number_of_ticks = 0;
  std::string what_to_show;
  bool use_rth = false;
  bool ignore_size = false;
  TagValues misc_options;
  friend bool operator==(const HistoricalTicksRequest&, const HistoricalTicksRequest&) = default;
};

struct CancelHistoricalTicks {
  static constexpr int kId = 107, kProtobufFrom = 215;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelHistoricalTicks&, const CancelHistoricalTicks&) = default;
};

struct HistoricalTicks {
  static constexpr int kId = 96, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::vector<HistoricalTick> historical_ticks;
  bool is_done = false;
  friend bool operator==(const HistoricalTicks&, const HistoricalTicks&) = default;
};

struct HistoricalTicksLast {
  static constexpr int kId = 98, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::vector<HistoricalTickLast> historical_ticks_last;
  bool is_done = false;
  friend bool operator==(const HistoricalTicksLast&, const HistoricalTicksLast&) = default;
};

struct HistoricalTicksBidAsk {
  static constexpr int kId = 97, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::vector<HistoricalTickBidAsk> historical_ticks_bid_ask;
  bool is_done = false;
  friend bool operator==(const HistoricalTicksBidAsk&, const HistoricalTicksBidAsk&) = default;
};

}  // namespace keel::tws
