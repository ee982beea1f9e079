// Streaming market data: requests and answers.
#pragma once

#include <keel/adapters/tws/contract.hpp>

namespace keel::tws {

struct MarketDataRequest {
  static constexpr int kId = 1, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  Contract contract;
  std::string generic_tick_list;
  bool snapshot = false;
  bool regulatory_snapshot = false;
  TagValues market_data_options;
  friend bool operator==(const MarketDataRequest&, const MarketDataRequest&) = default;
};

struct CancelMarketData {
  static constexpr int kId = 2, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelMarketData&, const CancelMarketData&) = default;
};

struct MarketDataTypeRequest {
  static constexpr int kId = 59, kProtobufFrom = 206;
  std::int32_t market_data_type = 0;
  friend bool operator==(const MarketDataTypeRequest&, const MarketDataTypeRequest&) = default;
};

struct TickPrice {
  static constexpr int kId = 1, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  Price price{};
  Quantity size{};
  std::int32_t attr_mask = 0;
  friend bool operator==(const TickPrice&, const TickPrice&) = default;
};

struct TickSize {
  static constexpr int kId = 2, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  Quantity size{};
  friend bool operator==(const TickSize&, const TickSize&) = default;
};

struct TickOptionComputation {
  static constexpr int kId = 21, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::int32_t tick_attrib = 0;
  std::optional<double> implied_vol;
  std::optional<double> delta;
  std::optional<double> opt_price;
  std::optional<double> pv_dividend;
  std::optional<double> gamma;
  std::optional<double> vega;
  std::optional<double> theta;
  std::optional<double> und_price;
  friend bool operator==(const TickOptionComputation&, const TickOptionComputation&) = default;
};

struct TickGeneric {
  static constexpr int kId = 45, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  double value = 0;
  friend bool operator==(const TickGeneric&, const TickGeneric&) = default;
};

struct TickString {
  static constexpr int kId = 46, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::string value;
  friend bool operator==(const TickString&, const TickString&) = default;
};

struct TickSnapshotEnd {
  static constexpr int kId = 57, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  friend bool operator==(const TickSnapshotEnd&, const TickSnapshotEnd&) = default;
};

struct TickReqParams {
  static constexpr int kId = 81, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  Price min_tick{};
  std::string bbo_exchange;
  std::int32_t snapshot_permissions = 0;
  std::string last_price_precision;
  std::string last_size_precision;
  friend bool operator==(const TickReqParams&, const TickReqParams&) = default;
};

struct MarketDataType {
  static constexpr int kId = 58, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  std::int32_t market_data_type = 0;
  friend bool operator==(const MarketDataType&, const MarketDataType&) = default;
};

struct MarketDepthRequest {
  static constexpr int kId = 10, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  Contract contract;
  std::int32_t num_rows = 0;
  bool is_smart_depth = false;
  TagValues market_depth_options;
  friend bool operator==(const MarketDepthRequest&, const MarketDepthRequest&) = default;
};

struct CancelMarketDepth {
  static constexpr int kId = 11, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  bool is_smart_depth = false;
  friend bool operator==(const CancelMarketDepth&, const CancelMarketDepth&) = default;
};

struct MarketDepthData {
  std::int32_t position = 0;
  std::int32_t operation = 0;
  std::int32_t side = 0;
  Price price{};
  Quantity size{};
  std::string market_maker;
  bool is_smart_depth = false;
  friend bool operator==(const MarketDepthData&, const MarketDepthData&) = default;
};

struct MarketDepth {
  static constexpr int kId = 12, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  MarketDepthData market_depth_data;
  friend bool operator==(const MarketDepth&, const MarketDepth&) = default;
};

struct MarketDepthL2 {
  static constexpr int kId = 13, kProtobufFrom = 206;
  std::int32_t req_id = 0;
  MarketDepthData market_depth_data;
  friend bool operator==(const MarketDepthL2&, const MarketDepthL2&) = default;
};

struct RealTimeBarsRequest {
  static constexpr int kId = 50, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  std::int32_t bar_size = 0;
  std::string what_to_show;
  bool use_rth = false;
  TagValues real_time_bars_options;
  friend bool operator==(const RealTimeBarsRequest&, const RealTimeBarsRequest&) = default;
};

struct CancelRealTimeBars {
  static constexpr int kId = 51, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelRealTimeBars&, const CancelRealTimeBars&) = default;
};

struct RealTimeBarTick {
  static constexpr int kId = 50, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::int64_t time = 0;
  Price open{};
  Price high{};
  Price low{};
  Price close{};
  Quantity volume{};
  Price wap{};
  std::int32_t count = 0;
  friend bool operator==(const RealTimeBarTick&, const RealTimeBarTick&) = default;
};

struct TickByTickRequest {
  static constexpr int kId = 97, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  Contract contract;
  std::string tick_type;
  std::int32_t number_of_ticks = 0;
  bool ignore_size = false;
  friend bool operator==(const TickByTickRequest&, const TickByTickRequest&) = default;
};

struct CancelTickByTick {
  static constexpr int kId = 98, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelTickByTick&, const CancelTickByTick&) = default;
};

struct TickAttribLast {
  bool past_limit = false;
  bool unreported = false;
  friend bool operator==(const TickAttribLast&, const TickAttribLast&) = default;
};

struct TickAttribBidAsk {
  bool bid_past_low = false;
  bool ask_past_high = false;
  friend bool operator==(const TickAttribBidAsk&, const TickAttribBidAsk&) = default;
};

struct HistoricalTick {
  std::int64_t time = 0;
  Price price{};
  Quantity size{};
  friend bool operator==(const HistoricalTick&, const HistoricalTick&) = default;
};

struct HistoricalTickLast {
  std::int64_t time = 0;
  TickAttribLast tick_attrib_last;
  Price price{};
  Quantity size{};
  std::string exchange;
  std::string special_conditions;
  friend bool operator==(const HistoricalTickLast&, const HistoricalTickLast&) = default;
};

struct HistoricalTickBidAsk {
  std::int64_t time = 0;
  TickAttribBidAsk tick_attrib_bid_ask;
  Price price_bid{};
  Price price_ask{};
  Quantity size_bid{};
  Quantity size_ask{};
  friend bool operator==(const HistoricalTickBidAsk&, const HistoricalTickBidAsk&) = default;
};

struct TickByTickData {
  static constexpr int kId = 99, kProtobufFrom = 208;
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::optional<HistoricalTickLast> historical_tick_last;
  std::optional<HistoricalTickBidAsk> historical_tick_bid_ask;
  std::optional<HistoricalTick> historical_tick_mid_point;
  friend bool operator==(const TickByTickData&, const TickByTickData&) = default;
};

}  // namespace keel::tws
