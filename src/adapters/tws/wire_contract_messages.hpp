// Layout of contract_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/contract_messages.hpp>

#include "adapters/tws/wire_contract.hpp"

namespace keel::tws {

template <>
struct Wire<ContractDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract);
  }
};

template <>
struct Wire<CancelContractData> : RequestIdAlone<0> {};

template <>
struct Wire<ContractData> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.contract_details);
  }
};

template <>
struct Wire<BondContractData> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.contract_details);
  }
};

template <>
struct Wire<ContractDataEnd> : RequestIdAlone<1> {};

template <>
struct Wire<SecDefOptParamsRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.underlying_symbol, m.fut_fop_exchange, m.underlying_sec_type,
           m.underlying_con_id);
  }
};

template <>
struct Wire<SecDefOptParameter> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.exchange, m.underlying_con_id, m.trading_class, m.multiplier,
           m.expirations, m.strikes);
  }
};

template <>
struct Wire<SecDefOptParameterEnd> : RequestIdAlone<0> {};

template <>
struct Wire<MatchingSymbolsRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.pattern);
  }
};

template <>
struct Wire<SymbolSamples> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract_descriptions);
  }
};

template <>
struct Wire<MarketRuleRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.market_rule_id);
  }
};

template <>
struct Wire<PriceIncrement> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.low_edge, m.increment);
  }
};

template <>
struct Wire<MarketRule> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.market_rule_id, m.price_increments);
  }
};

template <>
struct Wire<SmartComponentsRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.bbo_exchange);
  }
};

template <>
struct Wire<SmartComponent> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.bit_number, m.exchange, m.exchange_letter);
  }
};

template <>
struct Wire<SmartComponents> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.smart_components);
  }
};

template <>
struct Wire<MarketDepthExchangesRequest> : NoFields<0> {};

template <>
struct Wire<DepthMarketDataDescription> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.exchange, m.sec_type, m.listing_exch, m.service_data_type, m.agg_group);
  }
};

template <>
struct Wire<MarketDepthExchanges> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.depth_market_data_descriptions);
  }
};

template <>
struct Wire<CalculateImpliedVolatilityRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.option_price, m.under_price, m.implied_volatility_options);
  }
};

template <>
struct Wire<CancelCalculateImpliedVolatility> : RequestIdAlone<1> {};

template <>
struct Wire<CalculateOptionPriceRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.volatility, m.under_price, m.option_price_options);
  }
};

template <>
struct Wire<CancelCalculateOptionPrice> : RequestIdAlone<1> {};

template <>
struct Wire<RerouteMarketDataRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.con_id, m.exchange);
  }
};

template <>
struct Wire<RerouteMarketDepthRequest> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.con_id, m.exchange);
  }
};

template <>
struct Wire<FundamentalsDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.contract, m.report_type, m.fundamentals_data_options);
  }
};

template <>
struct Wire<CancelFundamentalsData> : RequestIdAlone<1> {};

template <>
struct Wire<FundamentalsData> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.data);
  }
};

}  // namespace keel::tws
