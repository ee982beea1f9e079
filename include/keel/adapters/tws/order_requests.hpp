// Requests about orders and executions.
#pragma once

#include <keel/adapters/tws/order.hpp>

namespace keel::tws {

struct ExecutionFilter {
  std::int32_t client_id = 0;
  std::string acct_code;
  std::string time;
  std::string symbol;
  std::string sec_type;
  std::string exchange;
  std::string side;
  std::optional<std::int32_t> last_n_days;
  std::vector<std::int32_t> specific_dates;
  friend bool operator==(const ExecutionFilter&, const ExecutionFilter&) = default;
};

struct PlaceOrderRequest {
  static constexpr int kId = 3, kProtobufFrom = 203;
  std::int32_t order_id = 0;
  Contract contract;
  Order order;
  std::optional<AttachedOrders> attached_orders;
  friend bool operator==(const PlaceOrderRequest&, const PlaceOrderRequest&) = default;
};

struct CancelOrderRequest {
  static constexpr int kId = 4, kProtobufFrom = 203;
  std::int32_t order_id = 0;
  OrderCancel order_cancel;
  friend bool operator==(const CancelOrderRequest&, const CancelOrderRequest&) = default;
};

struct GlobalCancelRequest {
  static constexpr int kId = 58, kProtobufFrom = 203;
  OrderCancel order_cancel;
  friend bool operator==(const GlobalCancelRequest&, const GlobalCancelRequest&) = default;
};

struct OpenOrdersRequest {
  static constexpr int kId = 5, kProtobufFrom = 204;
  friend bool operator==(const OpenOrdersRequest&, const OpenOrdersRequest&) = default;
};

struct AllOpenOrdersRequest {
  static constexpr int kId = 16, kProtobufFrom = 204;
  friend bool operator==(const AllOpenOrdersRequest&, const AllOpenOrdersRequest&) = default;
};

struct AutoOpenOrdersRequest {
  static constexpr int kId = 15, kProtobufFrom = 204;
  bool auto_bind = false;
  friend bool operator==(const AutoOpenOrdersRequest&, const AutoOpenOrdersRequest&) = default;
};

struct CompletedOrdersRequest {
  static constexpr int kId = 99, kProtobufFrom = 204;
  bool api_only = false;
  friend bool operator==(const CompletedOrdersRequest&, const CompletedOrdersRequest&) = default;
};

struct ExecutionRequest {
  static constexpr int kId = 7, kProtobufFrom = 201;
  std::int32_t req_id = 0;
  ExecutionFilter execution_filter;
  friend bool operator==(const ExecutionRequest&, const ExecutionRequest&) = default;
};

struct IdsRequest {
  static constexpr int kId = 8, kProtobufFrom = 213;
  std::int32_t num_ids = 0;
  friend bool operator==(const IdsRequest&, const IdsRequest&) = default;
};

struct ExerciseOptionsRequest {
  static constexpr int kId = 21, kProtobufFrom = 211;
  std::int32_t order_id = 0;
  Contract contract;
  std::int32_t exercise_action = 0;
  std::int32_t exercise_quantity = 0;
  std::string account;
  bool override_default = false;
  std::string manual_order_time;
  std::string customer_account;
  bool professional_customer = false;
  friend bool operator==(const ExerciseOptionsRequest&, const ExerciseOptionsRequest&) = default;
};

}  // namespace keel::tws
