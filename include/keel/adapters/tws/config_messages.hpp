// The API settings of TWS, from server version 219 on.
#pragma once

#include <keel/adapters/tws/types.hpp>

namespace keel::tws {

struct LockAndExitConfig {
  std::string auto_logoff_time;
  std::string auto_logoff_period;
  std::string auto_logoff_type;
  friend bool operator==(const LockAndExitConfig&, const LockAndExitConfig&) = default;
};

struct MessageConfig {
  std::int32_t id = 0;
  std::string title;
  std::string message;
  std::string default_action;
  bool enabled = false;
  friend bool operator==(const MessageConfig&, const MessageConfig&) = default;
};

struct ApiPrecautionsConfig {
  bool bypass_order_precautions = false;
  bool bypass_bond_warning = false;
  bool bypass_negative_yield_confirmation = false;
  bool bypass_called_bond_warning = false;
  bool bypass_same_action_pair_trade_warning = false;
  bool bypass_flagged_accounts_warning = false;
  bool bypass_price_based_volatility_warning = false;
  bool bypass_redirect_order_warning = false;
  bool bypass_no_overfill_protection = false;
  bool bypass_route_marketable_to_bbo = false;
  friend bool operator==(const ApiPrecautionsConfig&, const ApiPrecautionsConfig&) = default;
};

struct ApiSettingsConfig {
  bool read_only_api = false;
  bool total_quantity_for_mutual_funds = false;
  bool download_open_orders_on_connection = false;
  bool include_virtual_fx_positions = false;
  bool prepare_daily_pnl = false;
  bool send_status_updates_for_volatility_orders = false;
  std::string encode_api_messages;
  std::int32_t socket_port = 0;
  bool use_negative_auto_range = false;
  bool create_api_message_log_file = false;
  bool include_market_data_in_log_file = false;
  bool expose_trading_schedule_to_api = false;
  bool split_insured_deposit_from_cash_balance = false;
  bool send_zero_positions_for_today_only = false;
  bool let_api_account_requests_switch_subscription = false;
  bool use_account_groups_with_allocation_methods = false;
  std::string logging_level;
  std::int32_t master_client_id = 0;
  std::int32_t bulk_data_timeout = 0;
  std::string component_exch_separator;
  bool show_forex_data_in1_10_pips = false;
  bool allow_forex_trading_in1_10_pips = false;
  bool round_account_values_to_nearest_whole_number = false;
  bool send_market_data_in_lots_for_us_stocks = false;
  bool show_advanced_order_reject_in_ui = false;
  bool reject_messages_above_max_rate = false;
  bool maintain_connection_on_incorrect_fields = false;
  bool compatibility_mode_nasdaq_stocks = false;
  std::string send_instrument_timezone;
  bool send_forex_data_in_compatibility_mode = false;
  bool maintain_and_resubmit_orders_on_reconnect = false;
  std::int32_t historical_data_max_size = 0;
  bool auto_report_netting_event_contract_trades = false;
  std::string option_exercise_request_type;
  bool allow_localhost_only = false;
  std::vector<std::string> trusted_ips;
  friend bool operator==(const ApiSettingsConfig&, const ApiSettingsConfig&) = default;
};

struct ApiConfig {
  ApiPrecautionsConfig precautions;
  ApiSettingsConfig settings;
  friend bool operator==(const ApiConfig&, const ApiConfig&) = default;
};

struct OrdersSmartRoutingConfig {
  bool seek_price_improvement = false;
  bool pre_open_reroute = false;
  bool do_not_route_to_dark_pools = false;
  std::string default_algorithm;
  friend bool operator==(const OrdersSmartRoutingConfig&,
                         const OrdersSmartRoutingConfig&) = default;
};

struct OrdersConfig {
  OrdersSmartRoutingConfig smart_routing;
  friend bool operator==(const OrdersConfig&, const OrdersConfig&) = default;
};

struct UpdateConfigWarning {
  std::int32_t message_id = 0;
  std::string title;
  std::string message;
  friend bool operator==(const UpdateConfigWarning&, const UpdateConfigWarning&) = default;
};

struct ConfigRequest {
  static constexpr int kId = 108, kProtobufFrom = 219;
  std::int32_t req_id = 0;
  friend bool operator==(const ConfigRequest&, const ConfigRequest&) = default;
};

struct ConfigResponse {
  static constexpr int kId = 110, kProtobufFrom = 219;
  std::int32_t req_id = 0;
  LockAndExitConfig lock_and_exit;
  std::vector<MessageConfig> messages;
  ApiConfig api;
  OrdersConfig orders;
  friend bool operator==(const ConfigResponse&, const ConfigResponse&) = default;
};

struct UpdateConfigRequest {
  static constexpr int kId = 109, kProtobufFrom = 221;
  std::int32_t req_id = 0;
  LockAndExitConfig lock_and_exit;
  std::vector<MessageConfig> messages;
  ApiConfig api;
  OrdersConfig orders;
  std::vector<UpdateConfigWarning> accepted_warnings;
  bool reset_api_order_sequence = false;
  friend bool operator==(const UpdateConfigRequest&, const UpdateConfigRequest&) = default;
};

struct UpdateConfigResponse {
  static constexpr int kId = 111, kProtobufFrom = 221;
  std::int32_t req_id = 0;
  std::string status;
  std::string message;
  std::vector<std::string> changed_fields;
  std::vector<std::string> errors;
  std::vector<UpdateConfigWarning> warnings;
  friend bool operator==(const UpdateConfigResponse&, const UpdateConfigResponse&) = default;
};

}  // namespace keel::tws
