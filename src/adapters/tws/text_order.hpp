// The text layouts of orders: what is placed, and what open and completed orders look like.
#pragma once

#include "adapters/tws/text_contract.hpp"
#include "adapters/tws/wire_order_reports.hpp"
#include "adapters/tws/wire_order_requests.hpp"

namespace keel::tws {

template <class V>
void text_condition(V& v, auto& c) {
  v.text(c.type);
  std::string joint;
  if constexpr (!V::kReading) joint = c.is_conjunction_connection ? "a" : "o";
  v.text(joint);
  if constexpr (V::kReading) c.is_conjunction_connection = joint == "a";
  if (c.type == 5) return v.text(c.sec_type, c.exchange, c.symbol);  // a trade in that symbol
  v.text(c.is_more);
  if (c.type == 1) v.text(c.price);
  if (c.type == 3) v.text(c.time);
  if (c.type == 4) v.text(c.percent);  // margin cushion
  if (c.type == 6) v.text(c.volume);
  if (c.type == 7) v.text(c.change_percent);
  if (c.type == 1 || c.type == 6 || c.type == 7) v.text(c.con_id, c.exchange);
  if (c.type == 1) v.text(c.trigger_method);
}
template <class V>
void text_conditions(V& v, auto& o) {
  v.list(o.conditions, [&](auto& condition) { text_condition(v, condition); });
  if (!o.conditions.empty()) v.text(o.conditions_ignore_rth, o.conditions_cancel_order);
}
template <class V>
void text_combo_order(V& v, auto& c, auto& o) {
  v.list(c.combo_legs, [&](auto& leg) {
    v.text(leg.con_id, leg.ratio, leg.action, leg.exchange, leg.open_close, leg.short_sales_slot,
           leg.designated_location, leg.exempt_code);
  });
  // Prices of legs are a list of their own, as long as the legs or empty.
  bool priced = false;
  for (auto& leg : c.combo_legs) priced = priced || leg.per_leg_price.has_value();
  std::vector<std::optional<Price>> prices;
  if (priced)
    for (auto& leg : c.combo_legs) prices.push_back(leg.per_leg_price);
  v.text(prices);
  if constexpr (V::kReading)
    for (std::size_t i = 0; i < prices.size() && i < c.combo_legs.size(); ++i)
      c.combo_legs[i].per_leg_price = prices[i];
  v.counted(o.smart_combo_routing_params);
}
template <class V>
void text_algo(V& v, auto& o) {
  v.text(o.algo_strategy);
  if (!o.algo_strategy.empty()) v.counted(o.algo_params);
}
template <class V>
void text_scale(V& v, auto& o) {
  v.text(o.scale_init_level_size, o.scale_subs_level_size, o.scale_price_increment);
  if (o.scale_price_increment && o.scale_price_increment->is_positive())
    v.text(o.scale_price_adjust_value, o.scale_price_adjust_interval, o.scale_profit_offset,
           o.scale_auto_reset, o.scale_init_position, o.scale_init_fill_qty,
           o.scale_random_percent);
}
template <class V>
void text_hedge(V& v, auto& o) {
  v.text(o.hedge_type);
  if (!o.hedge_type.empty()) v.text(o.hedge_param);
}
template <class V>
void text_benchmark(V& v, auto& o) {
  if (o.order_type == "PEG BENCH" || o.order_type == "PEGBENCH")
    v.text(o.reference_contract_id, o.is_pegged_change_amount_decrease, o.pegged_change_amount,
           o.reference_change_amount, o.reference_exchange_id);
}
template <class V>
void text_financial_advisor(V& v, auto& o) {
  v.text(o.fa_group, o.fa_method, o.fa_percentage);
  if (v.version() < 177) v.constant("");  // a profile
}
template <class V>
void text_delta_neutral_order(V& v, auto& o) {
  v.text(o.delta_neutral_con_id, o.delta_neutral_settling_firm, o.delta_neutral_clearing_account,
         o.delta_neutral_clearing_intent, o.delta_neutral_open_close, o.delta_neutral_short_sale,
         o.delta_neutral_short_sale_slot, o.delta_neutral_designated_location);
}
template <class V>
void text_peg_best_mid(V& v, auto& c, auto& o) {
  if (c.exchange == "IBKRATS") v.text(o.min_trade_qty);
  bool offsets = o.order_type == "PEG MID" || o.order_type == "PEGMID";
  if (o.order_type == "PEG BEST" || o.order_type == "PEGBEST") {
    v.text(o.min_compete_size, o.compete_against_best_offset);
    offsets = o.compete_against_best_offset == std::numeric_limits<double>::infinity();
  }
  if (offsets) v.text(o.mid_offset_at_whole, o.mid_offset_at_half);
}
template <class V>
void text_request_for_quote(V& v, int blanks) {
  if (v.version() < 187 || v.version() >= 190) return;
  for (int i = 0; i < blanks; ++i) v.constant("");
  v.constant("2147483647");
}

template <class V>
void text_place_extras(V& v, auto& m) {
  auto& o = m.order;
  const int version = v.version();
  v.text(o.adjusted_order_type, o.trigger_price, o.lmt_price_offset, o.adjusted_stop_price,
         o.adjusted_stop_limit_price, o.adjusted_trailing_amount, o.adjustable_trailing_unit,
         o.ext_operator, o.soft_dollar_tier.name, o.soft_dollar_tier.value, o.cash_qty,
         o.mifid2_decision_maker, o.mifid2_decision_algo, o.mifid2_execution_trader,
         o.mifid2_execution_algo, o.dont_use_auto_price_for_hedge, o.is_oms_container,
         o.discretionary_up_to_limit_price, o.use_price_mgmt_algo);
  if (version >= 158) v.text(o.duration);
  if (version >= 160) v.text(o.post_to_ats);
  if (version >= 162) v.text(o.auto_cancel_parent);
  if (version >= 166) v.text(o.advanced_error_override);
  if (version >= 169) v.text(o.manual_order_time);
  if (version >= 170) text_peg_best_mid(v, m.contract, o);
  if (version >= 183) v.text(o.customer_account);
  if (version >= 184) v.text(o.professional_customer);
  text_request_for_quote(v, 1);
  if (version >= 189) v.text(o.include_overnight);
  if (version >= 192) v.text(o.manual_order_indicator);
  if (version >= 199) v.text(o.imbalance_only);
}

template <class V, Is<PlaceOrderRequest> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  auto& o = m.order;
  v.text(m.order_id);
  text_contract(v, c);
  v.text(c.sec_id_type, c.sec_id, o.action, o.total_quantity, o.order_type, o.lmt_price,
         o.aux_price, o.tif, o.oca_group, o.account, o.open_close, o.origin, o.order_ref,
         o.transmit, o.parent_id, o.block_order, o.sweep_to_fill, o.display_size, o.trigger_method,
         o.outside_rth, o.hidden);
  if (c.sec_type == "BAG") text_combo_order(v, c, o);
  v.constant("");  // allocation of shares
  v.text(o.discretionary_amt, o.good_after_time, o.good_till_date);
  text_financial_advisor(v, o);
  v.text(o.model_code, o.short_sale_slot, o.designated_location, o.exempt_code, o.oca_type,
         o.rule80a, o.settling_firm, o.all_or_none, o.min_qty, o.percent_offset);
  v.constant("0");  // e-trade only
  v.constant("0");  // firm quote only
  v.constant("");   // price cap
  std::int32_t auction_strategy = 0;
  v.text(auction_strategy, o.starting_price, o.stock_ref_price, o.delta, o.stock_range_lower,
         o.stock_range_upper, o.override_percentage_constraints, o.volatility, o.volatility_type,
         o.delta_neutral_order_type, o.delta_neutral_aux_price);
  if (!o.delta_neutral_order_type.empty()) text_delta_neutral_order(v, o);
  v.text(o.continuous_update, o.reference_price_type, o.trail_stop_price, o.trailing_percent);
  text_scale(v, o);
  v.text(o.scale_table, o.active_start_time, o.active_stop_time);
  text_hedge(v, o);
  v.text(o.opt_out_smart_routing, o.clearing_account, o.clearing_intent, o.not_held);
  text_delta_neutral(v, c);
  text_algo(v, o);
  v.text(o.algo_id, o.what_if);
  v.joined(o.order_misc_options);
  v.text(o.solicited, o.randomize_size, o.randomize_price);
  text_benchmark(v, o);
  text_conditions(v, o);
  text_place_extras(v, m);
}

template <class V, Is<CancelOrderRequest> M>
void text_of(V& v, M& m) {
  auto& cancel = m.order_cancel;
  if (v.version() < 192) v.constant("1");
  v.text(m.order_id);
  if (v.version() >= 169) v.text(cancel.manual_order_cancel_time);
  text_request_for_quote(v, 2);
  if (v.version() >= 192) v.text(cancel.ext_operator, cancel.manual_order_indicator);
}
template <class V, Is<GlobalCancelRequest> M>
void text_of(V& v, M& m) {
  if (v.version() < 192)
    v.constant("1");
  else
    v.text(m.order_cancel.ext_operator, m.order_cancel.manual_order_indicator);
}
template <class V, Is<ExecutionRequest> M>
void text_of(V& v, M& m) {
  auto& f = m.execution_filter;
  v.constant("3");
  v.text(m.req_id, f.client_id, f.acct_code, f.time, f.symbol, f.sec_type, f.exchange, f.side);
  if (v.version() >= 200) v.text(f.last_n_days, f.specific_dates);
}
template <class V, Is<ExerciseOptionsRequest> M>
void text_of(V& v, M& m) {
  v.constant("2");
  v.text(m.order_id);
  text_contract_short(v, m.contract);
  v.text(m.exercise_action, m.exercise_quantity, m.account, m.override_default);
  if (v.version() >= 180) v.text(m.manual_order_time);
  if (v.version() >= 183) v.text(m.customer_account);
  if (v.version() >= 184) v.text(m.professional_customer);
}

}  // namespace keel::tws
