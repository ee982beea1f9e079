// The text layouts of contracts and of the messages about them.
#pragma once

#include "adapters/tws/wire_contract_messages.hpp"

namespace keel::tws {

// conId to tradingClass, as requests have it.
template <class V, class C>
void text_contract(V& v, C& c) {
  v.text(c.con_id, c.symbol, c.sec_type, c.last_trade_date_or_contract_month, c.strike, c.right,
         c.multiplier, c.exchange, c.primary_exch, c.currency, c.local_symbol, c.trading_class);
}
// The same without the primary exchange: in answers, and where exercising.
template <class V, class C>
void text_contract_short(V& v, C& c) {
  v.text(c.con_id, c.symbol, c.sec_type, c.last_trade_date_or_contract_month, c.strike, c.right,
         c.multiplier, c.exchange, c.currency, c.local_symbol, c.trading_class);
}
// Legs of a combination, where market data or history is asked for.
template <class V, class C>
void text_combo(V& v, C& c) {
  if (c.sec_type != "BAG") return;
  v.list(c.combo_legs, [&](auto& leg) { v.text(leg.con_id, leg.ratio, leg.action, leg.exchange); });
}
template <class V, class C>
void text_delta_neutral(V& v, C& c) {
  v.part(c.delta_neutral_contract, [&](auto& d) { v.text(d.con_id, d.delta, d.price); });
}

template <class V, Is<ContractDataRequest> M>
void text_of(V& v, M& m) {
  v.constant("8");
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.contract.include_expired, m.contract.sec_id_type, m.contract.sec_id);
  if (v.version() >= 176) v.text(m.contract.issuer_id);
}

template <class V, class D>
void text_sizes(V& v, D& d) {
  v.text(d.min_size, d.size_increment, d.suggested_size_increment);
}
template <class V, class D>
void text_security_ids(V& v, D& d) {
  v.text(d.ev_rule, d.ev_multiplier);
  v.counted(d.sec_id_list);
  v.text(d.agg_group);
}
template <class V, class D>
void text_fund(V& v, D& d) {
  v.text(d.fund_name, d.fund_family, d.fund_type, d.fund_front_load, d.fund_back_load,
         d.fund_back_load_time_interval, d.fund_management_fee, d.fund_closed,
         d.fund_closed_for_new_investors, d.fund_closed_for_new_money, d.fund_notify_amount,
         d.fund_minimum_initial_purchase, d.fund_minimum_subsequent_purchase,
         d.fund_blue_sky_states, d.fund_blue_sky_territories, d.fund_distribution_policy_indicator,
         d.fund_asset_type);
}

template <class V, Is<ContractData> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  auto& d = m.contract_details;
  const int version = v.version();
  if (version < 164) v.constant("8");
  v.text(m.req_id, c.symbol, c.sec_type, c.last_trade_date_or_contract_month);
  if (version >= 182) v.text(c.last_trade_date);
  v.text(c.strike, c.right, c.exchange, c.currency, c.local_symbol, d.market_name, c.trading_class,
         c.con_id, d.min_tick);
  if (version < 164) v.constant("1");  // a size multiplier that is not used any more
  v.text(c.multiplier, d.order_types, d.valid_exchanges, d.price_magnifier, d.under_con_id,
         d.long_name, c.primary_exch, d.contract_month, d.industry, d.category, d.subcategory,
         d.time_zone_id, d.trading_hours, d.liquid_hours);
  text_security_ids(v, d);
  v.text(d.under_symbol, d.under_sec_type, d.market_rule_ids, d.real_expiration_date, d.stock_type);
  if (version == 163) v.text(d.suggested_size_increment);
  if (version >= 164) text_sizes(v, d);
  if (version >= 179 && c.sec_type == "FUND") text_fund(v, d);
  if (version >= 186)
    v.list(d.ineligibility_reason_list,
           [&](auto& reason) { v.text(reason.id, reason.description); });
}

template <class V, Is<BondContractData> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  auto& d = m.contract_details;
  const int version = v.version();
  if (version < 164) v.constant("6");
  v.text(m.req_id, c.symbol, c.sec_type, d.cusip, d.coupon, c.last_trade_date_or_contract_month,
         d.issue_date, d.ratings, d.bond_type, d.coupon_type, d.is_convertible, d.is_callable,
         d.is_puttable, d.desc_append, c.exchange, c.currency, d.market_name, c.trading_class,
         c.con_id, d.min_tick);
  if (version < 164) v.constant("1");
  v.text(d.order_types, d.valid_exchanges, d.next_option_date, d.next_option_type,
         d.next_option_partial, d.bond_notes, d.long_name);
  if (version >= 188) v.text(d.time_zone_id, d.trading_hours, d.liquid_hours);
  text_security_ids(v, d);
  v.text(d.market_rule_ids);
  if (version >= 164) text_sizes(v, d);
}

template <class V, Is<SymbolSamples> M>
void text_of(V& v, M& m) {
  v.text(m.req_id);
  v.list(m.contract_descriptions, [&](auto& one) {
    auto& c = one.contract;
    v.text(c.con_id, c.symbol, c.sec_type, c.primary_exch, c.currency, one.derivative_sec_types);
    if (v.version() >= 176) v.text(c.description, c.issuer_id);
  });
}

template <class V, Is<FundamentalsDataRequest> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  v.constant("2");
  v.text(m.req_id, c.con_id, c.symbol, c.sec_type, c.exchange, c.primary_exch, c.currency,
         c.local_symbol, m.report_type);
  v.constant("0");  // how many options follow; the options say so themselves
  v.joined(m.fundamentals_data_options);
}

// Some clients send a count before the options, some do not: the last field is taken.
template <class V>
void text_calculation_options(V& v, auto& options) {
  if constexpr (V::kReading) {
    while (!v.at_end()) {
      options.clear();
      v.joined(options);
    }
  } else {
    v.joined(options);
  }
}
template <class V, Is<CalculateImpliedVolatilityRequest> M>
void text_of(V& v, M& m) {
  v.constant("3");
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.option_price, m.under_price);
  text_calculation_options(v, m.implied_volatility_options);
}
template <class V, Is<CalculateOptionPriceRequest> M>
void text_of(V& v, M& m) {
  v.constant("3");
  v.text(m.req_id);
  text_contract(v, m.contract);
  v.text(m.volatility, m.under_price);
  text_calculation_options(v, m.option_price_options);
}

}  // namespace keel::tws
