// Layout of config_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/config_messages.hpp>

#include "adapters/tws/wire.hpp"

namespace keel::tws {

template <>
struct Wire<LockAndExitConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.auto_logoff_time, m.auto_logoff_period, m.auto_logoff_type);
  }
};

template <>
struct Wire<MessageConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.id, m.title, m.message, m.default_action, m.enabled);
  }
};

template <>
struct Wire<ApiPrecautionsConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.bypass_order_precautions, m.bypass_bond_warning,
           m.bypass_negative_yield_confirmation, m.bypass_called_bond_warning,
           m.bypass_same_action_pair_trade_warning, m.bypass_flagged_accounts_warning,
           m.bypass_price_based_volatility_warning, m.bypass_redirect_order_warning,
           m.bypass_no_overfill_protection, m.bypass_route_marketable_to_bbo);
  }
};

template <>
struct Wire<ApiSettingsConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.read_only_api, m.total_quantity_for_mutual_funds,
           m.download_open_orders_on_connection, m.include_virtual_fx_positions,
           m.prepare_daily_pnl, m.send_status_updates_for_volatility_orders, m.encode_api_messages,
           m.socket_port, m.use_negative_auto_range, m.create_api_message_log_file,
           m.include_market_data_in_log_file, m.expose_trading_schedule_to_api,
           m.split_insured_deposit_from_cash_balance, m.send_zero_positions_for_today_only,
           m.let_api_account_requests_switch_subscription,
           m.use_account_groups_with_allocation_methods, m.logging_level, m.master_client_id,
           m.bulk_data_timeout, m.component_exch_separator, m.show_forex_data_in1_10_pips,
           m.allow_forex_trading_in1_10_pips, m.round_account_values_to_nearest_whole_number,
           m.send_market_data_in_lots_for_us_stocks);
    v.from(25, m.show_advanced_order_reject_in_ui, m.reject_messages_above_max_rate,
           m.maintain_connection_on_incorrect_fields, m.compatibility_mode_nasdaq_stocks,
           m.send_instrument_timezone, m.send_forex_data_in_compatibility_mode,
           m.maintain_and_resubmit_orders_on_reconnect, m.historical_data_max_size,
           m.auto_report_netting_event_contract_trades, m.option_exercise_request_type,
           m.allow_localhost_only, m.trusted_ips);
  }
};

template <>
struct Wire<ApiConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.precautions, m.settings);
  }
};

template <>
struct Wire<OrdersSmartRoutingConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.seek_price_improvement, m.pre_open_reroute, m.do_not_route_to_dark_pools,
           m.default_algorithm);
  }
};

template <>
struct Wire<OrdersConfig> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.smart_routing);
  }
};

template <>
struct Wire<UpdateConfigWarning> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.message_id, m.title, m.message);
  }
};

template <>
struct Wire<ConfigRequest> : ProtobufOnly {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id);
  }
};

template <>
struct Wire<ConfigResponse> : ProtobufOnly {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.lock_and_exit, m.messages, m.api, m.orders);
  }
};

template <>
struct Wire<UpdateConfigRequest> : ProtobufOnly {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.lock_and_exit, m.messages, m.api, m.orders, m.accepted_warnings,
           m.reset_api_order_sequence);
  }
};

template <>
struct Wire<UpdateConfigResponse> : ProtobufOnly {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.status, m.message, m.changed_fields, m.errors, m.warnings);
  }
};

}  // namespace keel::tws
