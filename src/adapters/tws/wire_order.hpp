// Layout of order.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/order.hpp>

#include "adapters/tws/wire_contract.hpp"

namespace keel::tws {

template <>
struct Wire<OrderCondition> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.type, m.is_conjunction_connection, m.is_more, m.con_id, m.exchange, m.symbol,
           m.sec_type, m.percent, m.change_percent, m.price, m.trigger_method, m.time, m.volume);
  }
};

template <>
struct Wire<SoftDollarTier> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.name, m.value, m.display_name);
  }
};

template <>
struct Wire<OrderCancel> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.manual_order_cancel_time, m.ext_operator, m.manual_order_indicator);
  }
};

template <>
struct Wire<AttachedOrders> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.sl_order_id, m.sl_order_type, m.pt_order_id, m.pt_order_type);
  }
};

template <>
struct Wire<Order> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.client_id, m.order_id, m.perm_id, m.parent_id, m.action, m.total_quantity,
           m.display_size, m.order_type, m.lmt_price, m.aux_price, m.tif, m.account,
           m.settling_firm, m.clearing_account, m.clearing_intent, m.all_or_none, m.block_order,
           m.hidden, m.outside_rth, m.sweep_to_fill, m.percent_offset, m.trailing_percent,
           m.trail_stop_price, m.min_qty);
    v.from(25, m.good_after_time, m.good_till_date, m.oca_group, m.order_ref, m.rule80a, m.oca_type,
           m.trigger_method, m.active_start_time, m.active_stop_time, m.fa_group, m.fa_method,
           m.fa_percentage, m.volatility, m.volatility_type, m.continuous_update,
           m.reference_price_type, m.delta_neutral_order_type, m.delta_neutral_aux_price,
           m.delta_neutral_con_id, m.delta_neutral_open_close, m.delta_neutral_short_sale,
           m.delta_neutral_short_sale_slot, m.delta_neutral_designated_location,
           m.scale_init_level_size);
    v.from(49, m.scale_subs_level_size, m.scale_price_increment, m.scale_price_adjust_value,
           m.scale_price_adjust_interval, m.scale_profit_offset, m.scale_auto_reset,
           m.scale_init_position, m.scale_init_fill_qty, m.scale_random_percent, m.scale_table,
           m.hedge_type, m.hedge_param, m.algo_strategy, m.algo_params, m.algo_id,
           m.smart_combo_routing_params, m.what_if, m.transmit, m.override_percentage_constraints,
           m.open_close, m.origin, m.short_sale_slot, m.designated_location, m.exempt_code);
    v.from(73, m.delta_neutral_settling_firm, m.delta_neutral_clearing_account,
           m.delta_neutral_clearing_intent, m.discretionary_amt, m.opt_out_smart_routing,
           m.starting_price, m.stock_ref_price, m.delta, m.stock_range_lower, m.stock_range_upper,
           m.not_held, m.order_misc_options, m.solicited, m.randomize_size, m.randomize_price,
           m.reference_contract_id, m.pegged_change_amount, m.is_pegged_change_amount_decrease,
           m.reference_change_amount, m.reference_exchange_id, m.adjusted_order_type,
           m.trigger_price, m.adjusted_stop_price, m.adjusted_stop_limit_price);
    v.from(97, m.adjusted_trailing_amount, m.adjustable_trailing_unit, m.lmt_price_offset,
           m.conditions, m.conditions_cancel_order, m.conditions_ignore_rth, m.model_code,
           m.ext_operator, m.soft_dollar_tier, m.cash_qty, m.mifid2_decision_maker,
           m.mifid2_decision_algo, m.mifid2_execution_trader, m.mifid2_execution_algo,
           m.dont_use_auto_price_for_hedge, m.is_oms_container, m.discretionary_up_to_limit_price,
           m.auto_cancel_date, m.filled_quantity, m.ref_futures_con_id, m.auto_cancel_parent,
           m.shareholder, m.imbalance_only, m.route_marketable_to_bbo);
    v.from(121, m.parent_perm_id, m.use_price_mgmt_algo, m.duration, m.post_to_ats,
           m.advanced_error_override, m.manual_order_time, m.min_trade_qty, m.min_compete_size,
           m.compete_against_best_offset, m.mid_offset_at_whole, m.mid_offset_at_half,
           m.customer_account, m.professional_customer, m.bond_accrued_interest,
           m.include_overnight, m.manual_order_indicator, m.submitter, m.deactivate, m.post_only,
           m.allow_pre_open, m.ignore_open_auction, m.seek_price_improvement, m.what_if_type,
           m.hedge_max_size);
  }
};

}  // namespace keel::tws
