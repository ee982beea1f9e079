// What TWS says about orders and executions.
#pragma once

#include <keel/adapters/tws/order.hpp>

namespace keel::tws {

struct OrderAllocation {
  std::string account;
  std::string position;
  std::string position_desired;
  std::string position_after;
  std::string desired_alloc_qty;
  std::string allowed_alloc_qty;
  bool is_monetary = false;
  friend bool operator==(const OrderAllocation&, const OrderAllocation&) = default;
};

struct OrderState {
  std::string status;
  std::optional<double> init_margin_before;
  std::optional<double> maint_margin_before;
  std::optional<double> equity_with_loan_before;
  std::optional<double> init_margin_change;
  std::optional<double> maint_margin_change;
  std::optional<double> equity_with_loan_change;
  std::optional<double> init_margin_after;
  std::optional<double> maint_margin_after;
  std::optional<double> equity_with_loan_after;
  std::optional<double> commission_and_fees;
  std::optional<double> min_commission_and_fees;
  std::optional<double> max_commission_and_fees;
  std::string commission_and_fees_currency;
  std::string margin_currency;
  std::optional<double> init_margin_before_outside_rth;
  std::optional<double> maint_margin_before_outside_rth;
  std::optional<double> equity_with_loan_before_outside_rth;
  std::optional<double> init_margin_change_outside_rth;
  std::optional<double> maint_margin_change_outside_rth;
  std::optional<double> equity_with_loan_change_outside_rth;
  std::optional<double> init_margin_after_outside_rth;
  std::optional<double> maint_margin_after_outside_rth;
  std::optional<double> equity_with_loan_after_outside_rth;
  std::optional<Quantity> suggested_size;
  std::string reject_reason;
  std::vector<OrderAllocation> order_allocations;
  std::string warning_text;
  std::string completed_time;
  std::string completed_status;
  friend bool operator==(const OrderState&, const OrderState&) = default;
};

struct Execution {
  std::int32_t order_id = 0;
  std::string exec_id;
  std::string time;
  std::string acct_number;
  std::string exchange;
  std::string side;
  Quantity shares{};
  Price price{};
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  bool is_liquidation = false;
  Quantity cum_qty{};
  Price avg_price{};
  std::string order_ref;
  std::string ev_rule;
  double ev_multiplier = 0;
  std::string model_code;
  std::int32_t last_liquidity = 0;
  bool is_price_revision_pending = false;
  std::string submitter;
  std::optional<std::int32_t> opt_exercise_or_lapse_type;
  friend bool operator==(const Execution&, const Execution&) = default;
};

struct OrderStatus {
  static constexpr int kId = 3, kProtobufFrom = 203;
  std::int32_t order_id = 0;
  std::string status;
  Quantity filled{};
  Quantity remaining{};
  Price avg_fill_price{};
  std::int64_t perm_id = 0;
  std::int32_t parent_id = 0;
  Price last_fill_price{};
  std::int32_t client_id = 0;
  std::string why_held;
  Price mkt_cap_price{};
  friend bool operator==(const OrderStatus&, const OrderStatus&) = default;
};

struct OpenOrder {
  static constexpr int kId = 5, kProtobufFrom = 203;
  std::int32_t order_id = 0;
  Contract contract;
  Order order;
  OrderState order_state;
  friend bool operator==(const OpenOrder&, const OpenOrder&) = default;
};

struct OpenOrdersEnd {
  static constexpr int kId = 53, kProtobufFrom = 204;
  friend bool operator==(const OpenOrdersEnd&, const OpenOrdersEnd&) = default;
};

struct CompletedOrder {
  static constexpr int kId = 101, kProtobufFrom = 204;
  Contract contract;
  Order order;
  OrderState order_state;
  friend bool operator==(const CompletedOrder&, const CompletedOrder&) = default;
};

struct CompletedOrdersEnd {
  static constexpr int kId = 102, kProtobufFrom = 204;
  friend bool operator==(const CompletedOrdersEnd&, const CompletedOrdersEnd&) = default;
};

struct OrderBound {
  static constexpr int kId = 100, kProtobufFrom = 204;
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  std::int32_t order_id = 0;
  friend bool operator==(const OrderBound&, const OrderBound&) = default;
};

struct ExecutionDetails {
  static constexpr int kId = 11, kProtobufFrom = 201;
  std::int32_t req_id = 0;
  Contract contract;
  Execution execution;
  friend bool operator==(const ExecutionDetails&, const ExecutionDetails&) = default;
};

struct ExecutionDetailsEnd {
  static constexpr int kId = 55, kProtobufFrom = 201;
  std::int32_t req_id = 0;
  friend bool operator==(const ExecutionDetailsEnd&, const ExecutionDetailsEnd&) = default;
};

struct CommissionAndFeesReport {
  static constexpr int kId = 59, kProtobufFrom = 211;
  std::string exec_id;
  Price commission_and_fees{};
  std::string currency;
  std::optional<double> realized_pnl;
  std::optional<double> bond_yield;
  std::string yield_redemption_date;
  friend bool operator==(const CommissionAndFeesReport&, const CommissionAndFeesReport&) = default;
};

struct NextValidId {
  static constexpr int kId = 9, kProtobufFrom = 213;
  std::int32_t order_id = 0;
  friend bool operator==(const NextValidId&, const NextValidId&) = default;
};

struct ErrorMessage {
  static constexpr int kId = 4, kProtobufFrom = 203;
  std::int32_t id = 0;
  std::int64_t error_time = 0;
  std::int32_t error_code = 0;
  std::string error_msg;
  std::string advanced_order_reject_json;
  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

}  // namespace keel::tws
