// Layout of contract.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/contract.hpp>

#include "adapters/tws/wire.hpp"

namespace keel::tws {

template <>
struct Wire<DeltaNeutralContract> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.con_id, m.delta, m.price);
  }
};

template <>
struct Wire<ComboLeg> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.con_id, m.ratio, m.action, m.exchange, m.open_close, m.short_sales_slot,
           m.designated_location, m.exempt_code, m.per_leg_price);
  }
};

template <>
struct Wire<Contract> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.con_id, m.symbol, m.sec_type, m.last_trade_date_or_contract_month, m.strike,
           m.right);
    v.as_number(7, m.multiplier);
    v.from(8, m.exchange, m.primary_exch, m.currency, m.local_symbol, m.trading_class,
           m.sec_id_type, m.sec_id, m.description, m.issuer_id, m.delta_neutral_contract,
           m.include_expired, m.combo_legs_descrip, m.combo_legs, m.last_trade_date);
  }
};

template <>
struct Wire<IneligibilityReason> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.id, m.description);
  }
};

template <>
struct Wire<ContractDetails> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.market_name);
    v.as_text(2, m.min_tick);
    v.from(3, m.order_types, m.valid_exchanges, m.price_magnifier, m.under_con_id, m.long_name,
           m.contract_month, m.industry, m.category, m.subcategory, m.time_zone_id, m.trading_hours,
           m.liquid_hours, m.ev_rule, m.ev_multiplier, m.sec_id_list, m.agg_group, m.under_symbol,
           m.under_sec_type, m.market_rule_ids, m.real_expiration_date, m.stock_type);
    v.as_text(24, m.min_size);
    v.as_text(25, m.size_increment);
    v.as_text(26, m.suggested_size_increment);
    v.from(27, m.fund_name, m.fund_family, m.fund_type, m.fund_front_load, m.fund_back_load,
           m.fund_back_load_time_interval, m.fund_management_fee, m.fund_closed,
           m.fund_closed_for_new_investors, m.fund_closed_for_new_money, m.fund_notify_amount,
           m.fund_minimum_initial_purchase, m.fund_minimum_subsequent_purchase,
           m.fund_blue_sky_states, m.fund_blue_sky_territories,
           m.fund_distribution_policy_indicator, m.fund_asset_type, m.cusip, m.issue_date,
           m.ratings, m.bond_type, m.coupon, m.coupon_type, m.is_convertible);
    v.from(51, m.is_callable, m.is_puttable, m.desc_append, m.next_option_date, m.next_option_type,
           m.next_option_partial, m.bond_notes, m.ineligibility_reason_list, m.event_contract1,
           m.event_contract_description1, m.event_contract_description2, m.min_algo_size,
           m.last_price_precision, m.last_size_precision);
  }
};

template <>
struct Wire<ContractDescription> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.contract, m.derivative_sec_types);
  }
};

}  // namespace keel::tws
