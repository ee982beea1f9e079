// The text layouts of what TWS says about orders.
#pragma once

#include "adapters/tws/text_order.hpp"

namespace keel::tws {

// Margins as numbers; empty where they are not given.
template <class V>
void text_order_state(V& v, auto& s) {
  v.text(s.status, s.init_margin_before, s.maint_margin_before, s.equity_with_loan_before,
         s.init_margin_change, s.maint_margin_change, s.equity_with_loan_change,
         s.init_margin_after, s.maint_margin_after, s.equity_with_loan_after, s.commission_and_fees,
         s.min_commission_and_fees, s.max_commission_and_fees, s.commission_and_fees_currency);
  if (v.version() >= 195) {
    v.text(s.margin_currency, s.init_margin_before_outside_rth, s.maint_margin_before_outside_rth,
           s.equity_with_loan_before_outside_rth, s.init_margin_change_outside_rth,
           s.maint_margin_change_outside_rth, s.equity_with_loan_change_outside_rth,
           s.init_margin_after_outside_rth, s.maint_margin_after_outside_rth,
           s.equity_with_loan_after_outside_rth, s.suggested_size, s.reject_reason,
           s.order_allocations);
  }
  v.text(s.warning_text);
}
template <class V>
void text_peg_offsets(V& v, auto& o) {
  v.text(o.min_trade_qty, o.min_compete_size, o.compete_against_best_offset, o.mid_offset_at_whole,
         o.mid_offset_at_half);
}
// The legs, whatever the contract is.
template <class V>
void text_legs(V& v, auto& c, auto& o) {
  v.text(c.combo_legs_descrip);
  text_combo_order(v, c, o);
}
template <class V>
void text_terms(V& v, auto& o) {
  v.text(o.action, o.total_quantity, o.order_type, o.lmt_price, o.aux_price, o.tif, o.oca_group,
         o.account, o.open_close, o.origin, o.order_ref);
}

template <class V>
void text_open_order_middle(V& v, auto& o) {
  v.text(o.outside_rth, o.hidden, o.discretionary_amt, o.good_after_time);
  v.constant("");  // allocation of shares
  text_financial_advisor(v, o);
  std::int32_t auction_strategy = 0;
  v.text(o.model_code, o.good_till_date, o.rule80a, o.percent_offset, o.settling_firm,
         o.short_sale_slot, o.designated_location, o.exempt_code, auction_strategy,
         o.starting_price, o.stock_ref_price, o.delta, o.stock_range_lower, o.stock_range_upper,
         o.display_size, o.block_order, o.sweep_to_fill, o.all_or_none, o.min_qty, o.oca_type);
  v.constant("0");  // e-trade only
  v.constant("0");  // firm quote only
  v.constant("");   // price cap
  v.text(o.parent_id, o.trigger_method, o.volatility, o.volatility_type, o.delta_neutral_order_type,
         o.delta_neutral_aux_price);
  if (!o.delta_neutral_order_type.empty()) text_delta_neutral_order(v, o);
  v.text(o.continuous_update, o.reference_price_type, o.trail_stop_price, o.trailing_percent);
  v.constant("");  // basis points
  v.constant("");  // their type
}
template <class V>
void text_open_order_end(V& v, auto& o) {
  const int version = v.version();
  v.text(o.adjusted_order_type, o.trigger_price, o.trail_stop_price, o.lmt_price_offset,
         o.adjusted_stop_price, o.adjusted_stop_limit_price, o.adjusted_trailing_amount,
         o.adjustable_trailing_unit, o.soft_dollar_tier, o.cash_qty,
         o.dont_use_auto_price_for_hedge, o.is_oms_container, o.discretionary_up_to_limit_price,
         o.use_price_mgmt_algo);
  if (version >= 158) v.text(o.duration);
  if (version >= 160) v.text(o.post_to_ats);
  if (version >= 162) v.text(o.auto_cancel_parent);
  if (version >= 170) text_peg_offsets(v, o);
  if (version >= 183) v.text(o.customer_account);
  if (version >= 184) v.text(o.professional_customer);
  if (version >= 185) v.text(o.bond_accrued_interest);
  if (version >= 189) v.text(o.include_overnight);
  if (version >= 193) v.text(o.ext_operator, o.manual_order_indicator);
  if (version >= 198) v.text(o.submitter);
  if (version >= 199) v.text(o.imbalance_only);
}

template <class V, Is<OpenOrder> M>
void text_of(V& v, M& m) {
  auto& o = m.order;
  v.text(m.order_id);
  text_contract_short(v, m.contract);
  text_terms(v, o);
  v.text(o.client_id, o.perm_id);
  text_open_order_middle(v, o);
  text_legs(v, m.contract, o);
  text_scale(v, o);
  text_hedge(v, o);
  v.text(o.opt_out_smart_routing, o.clearing_account, o.clearing_intent, o.not_held);
  text_delta_neutral(v, m.contract);
  text_algo(v, o);
  v.text(o.solicited, o.what_if);
  text_order_state(v, m.order_state);
  v.text(o.randomize_size, o.randomize_price);
  text_benchmark(v, o);
  text_conditions(v, o);
  text_open_order_end(v, o);
}

template <class V, Is<CompletedOrder> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  auto& o = m.order;
  auto& s = m.order_state;
  text_contract_short(v, c);
  text_terms(v, o);
  v.text(o.perm_id, o.outside_rth, o.hidden, o.discretionary_amt, o.good_after_time);
  text_financial_advisor(v, o);
  v.text(o.model_code, o.good_till_date, o.rule80a, o.percent_offset, o.settling_firm,
         o.short_sale_slot, o.designated_location, o.exempt_code, o.starting_price,
         o.stock_ref_price, o.delta, o.stock_range_lower, o.stock_range_upper, o.display_size,
         o.sweep_to_fill, o.all_or_none, o.min_qty, o.oca_type, o.trigger_method, o.volatility,
         o.volatility_type, o.delta_neutral_order_type, o.delta_neutral_aux_price);
  if (!o.delta_neutral_order_type.empty())
    v.text(o.delta_neutral_con_id, o.delta_neutral_short_sale, o.delta_neutral_short_sale_slot,
           o.delta_neutral_designated_location);
  v.text(o.continuous_update, o.reference_price_type, o.trail_stop_price, o.trailing_percent);
  text_legs(v, c, o);
  text_scale(v, o);
  text_hedge(v, o);
  v.text(o.clearing_account, o.clearing_intent, o.not_held);
  text_delta_neutral(v, c);
  text_algo(v, o);
  v.text(o.solicited, s.status, o.randomize_size, o.randomize_price);
  text_benchmark(v, o);
  text_conditions(v, o);
  v.text(o.trail_stop_price, o.lmt_price_offset, o.cash_qty, o.dont_use_auto_price_for_hedge,
         o.is_oms_container, o.auto_cancel_date, o.filled_quantity, o.ref_futures_con_id,
         o.auto_cancel_parent, o.shareholder, o.imbalance_only, o.route_marketable_to_bbo,
         o.parent_perm_id, s.completed_time, s.completed_status);
  if (v.version() >= 170) text_peg_offsets(v, o);
  if (v.version() >= 183) v.text(o.customer_account);
  if (v.version() >= 184) v.text(o.professional_customer);
  if (v.version() >= 198) v.text(o.submitter);
}

template <class V, Is<ExecutionDetails> M>
void text_of(V& v, M& m) {
  auto& e = m.execution;
  v.text(m.req_id, e.order_id);
  text_contract_short(v, m.contract);
  v.text(e.exec_id, e.time, e.acct_number, e.exchange, e.side, e.shares, e.price, e.perm_id,
         e.client_id, e.is_liquidation, e.cum_qty, e.avg_price, e.order_ref, e.ev_rule,
         e.ev_multiplier, e.model_code, e.last_liquidity);
  if (v.version() >= 178) v.text(e.is_price_revision_pending);
  if (v.version() >= 198) v.text(e.submitter);
}

template <class V, Is<ErrorMessage> M>
void text_of(V& v, M& m) {
  if (v.version() < 194) v.constant("2");
  v.text(m.id, m.error_code, m.error_msg);
  if (v.version() >= 166) v.text(m.advanced_order_reject_json);
  if (v.version() >= 194) v.text(m.error_time);
}

}  // namespace keel::tws
