// Contracts: what is traded, and what is known of it.
#pragma once

#include <keel/adapters/tws/types.hpp>

namespace keel::tws {

struct DeltaNeutralContract {
  std::int32_t con_id = 0;
  double delta = 0;
  Price price{};
  friend bool operator==(const DeltaNeutralContract&, const DeltaNeutralContract&) = default;
};

struct ComboLeg {
  std::int32_t con_id = 0;
  std::int32_t ratio = 0;
  std::string action;
  std::string exchange;
  std::int32_t open_close = 0;
  std::int32_t short_sales_slot = 0;
  std::string designated_location;
  std::int32_t exempt_code = -1;
  std::optional<Price> per_leg_price;
  friend bool operator==(const ComboLeg&, const ComboLeg&) = default;
};

struct Contract {
  std::int32_t con_id = 0;
  std::string symbol;
  std::string sec_type;
  std::string last_trade_date_or_contract_month;
  Price strike{};
  std::string right;
  std::string multiplier;
  std::string exchange;
  std::string primary_exch;
  std::string currency;
  std::string local_symbol;
  std::string trading_class;
  std::string sec_id_type;
  std::string sec_id;
  std::string description;
  std::string issuer_id;
  std::optional<DeltaNeutralContract> delta_neutral_contract;
  bool include_expired = false;
  std::string combo_legs_descrip;
  std::vector<ComboLeg> combo_legs;
  std::string last_trade_date;
  friend bool operator==(const Contract&, const Contract&) = default;
};

struct IneligibilityReason {
  std::string id;
  std::string description;
  friend bool operator==(const IneligibilityReason&, const IneligibilityReason&) = default;
};

struct ContractDetails {
  std::string market_name;
  Price min_tick{};
  std::string order_types;
  std::string valid_exchanges;
  std::int32_t price_magnifier = 0;
  std::int32_t under_con_id = 0;
  std::string long_name;
  std::string contract_month;
  std::string industry;
  std::string category;
  std::string subcategory;
  std::string time_zone_id;
  std::string trading_hours;
  std::string liquid_hours;
  std::string ev_rule;
  double ev_multiplier = 0;
  TagValues sec_id_list;
  std::int32_t agg_group = 0;
  std::string under_symbol;
  std::string under_sec_type;
  std::string market_rule_ids;
  std::string real_expiration_date;
  std::string stock_type;
  std::optional<Quantity> min_size;
  std::optional<Quantity> size_increment;
  std::optional<Quantity> suggested_size_increment;
  std::string fund_name;
  std::string fund_family;
  std::string fund_type;
  std::string fund_front_load;
  std::string fund_back_load;
  std::string fund_back_load_time_interval;
  std::string fund_management_fee;
  bool fund_closed = false;
  bool fund_closed_for_new_investors = false;
  bool fund_closed_for_new_money = false;
  std::string fund_notify_amount;
  std::string fund_minimum_initial_purchase;
  std::string fund_minimum_subsequent_purchase;
  std::string fund_blue_sky_states;
  std::string fund_blue_sky_territories;
  std::string fund_distribution_policy_indicator;
  std::string fund_asset_type;
  std::string cusip;
  std::string issue_date;
  std::string ratings;
  std::string bond_type;
  double coupon = 0;
  std::string coupon_type;
  bool is_convertible = false;
  bool is_callable = false;
  bool is_puttable = false;
  std::string desc_append;
  std::string next_option_date;
  std::string next_option_type;
  bool next_option_partial = false;
  std::string bond_notes;
  std::vector<IneligibilityReason> ineligibility_reason_list;
  std::string event_contract1;
  std::string event_contract_description1;
  std::string event_contract_description2;
  std::string min_algo_size;
  std::string last_price_precision;
  std::string last_size_precision;
  friend bool operator==(const ContractDetails&, const ContractDetails&) = default;
};

struct ContractDescription {
  Contract contract;
  std::vector<std::string> derivative_sec_types;
  friend bool operator==(const ContractDescription&, const ContractDescription&) = default;
};

}  // namespace keel::tws
