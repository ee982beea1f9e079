// Contract details, option chains, symbols, market rules: requests and answers.
#pragma once

#include <keel/adapters/tws/contract.hpp>

namespace keel::tws {

struct ContractDataRequest {
  static constexpr int kId = 9, kProtobufFrom = 205;
  std::int32_t req_id = 0;
  Contract contract;
  friend bool operator==(const ContractDataRequest&, const ContractDataRequest&) = default;
};

struct CancelContractData {
  static constexpr int kId = 106, kProtobufFrom = 215;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelContractData&, const CancelContractData&) = default;
};

struct ContractData {
  static constexpr int kId = 10, kProtobufFrom = 205;
  std::int32_t req_id = 0;
  Contract contract;
  ContractDetails contract_details;
  friend bool operator==(const ContractData&, const ContractData&) = default;
};

struct BondContractData {
  static constexpr int kId = 18, kProtobufFrom = 205;
  std::int32_t req_id = 0;
  Contract contract;
  ContractDetails contract_details;
  friend bool operator==(const BondContractData&, const BondContractData&) = default;
};

struct ContractDataEnd {
  static constexpr int kId = 52, kProtobufFrom = 205;
  std::int32_t req_id = 0;
  friend bool operator==(const ContractDataEnd&, const ContractDataEnd&) = default;
};

struct SecDefOptParamsRequest {
  static constexpr int kId = 78, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::string underlying_symbol;
  std::string fut_fop_exchange;
  std::string underlying_sec_type;
  std::int32_t underlying_con_id = 0;
  friend bool operator==(const SecDefOptParamsRequest&, const SecDefOptParamsRequest&) = default;
};

struct SecDefOptParameter {
  static constexpr int kId = 75, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::string exchange;
  std::int32_t underlying_con_id = 0;
  std::string trading_class;
  std::string multiplier;
  std::vector<std::string> expirations;
  std::vector<Price> strikes;
  friend bool operator==(const SecDefOptParameter&, const SecDefOptParameter&) = default;
};

struct SecDefOptParameterEnd {
  static constexpr int kId = 76, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  friend bool operator==(const SecDefOptParameterEnd&, const SecDefOptParameterEnd&) = default;
};

struct MatchingSymbolsRequest {
  static constexpr int kId = 81, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::string pattern;
  friend bool operator==(const MatchingSymbolsRequest&, const MatchingSymbolsRequest&) = default;
};

struct SymbolSamples {
  static constexpr int kId = 79, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::vector<ContractDescription> contract_descriptions;
  friend bool operator==(const SymbolSamples&, const SymbolSamples&) = default;
};

struct MarketRuleRequest {
  static constexpr int kId = 91, kProtobufFrom = 212;
  std::int32_t market_rule_id = 0;
  friend bool operator==(const MarketRuleRequest&, const MarketRuleRequest&) = default;
};

struct PriceIncrement {
  Price low_edge{};
  Price increment{};
  friend bool operator==(const PriceIncrement&, const PriceIncrement&) = default;
};

struct MarketRule {
  static constexpr int kId = 93, kProtobufFrom = 212;
  std::int32_t market_rule_id = 0;
  std::vector<PriceIncrement> price_increments;
  friend bool operator==(const MarketRule&, const MarketRule&) = default;
};

struct SmartComponentsRequest {
  static constexpr int kId = 83, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::string bbo_exchange;
  friend bool operator==(const SmartComponentsRequest&, const SmartComponentsRequest&) = default;
};

struct SmartComponent {
  std::int32_t bit_number = 0;
  std::string exchange;
  std::string exchange_letter;
  friend bool operator==(const SmartComponent&, const SmartComponent&) = default;
};

struct SmartComponents {
  static constexpr int kId = 82, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::vector<SmartComponent> smart_components;
  friend bool operator==(const SmartComponents&, const SmartComponents&) = default;
};

struct MarketDepthExchangesRequest {
  static constexpr int kId = 82, kProtobufFrom = 213;
  friend bool operator==(const MarketDepthExchangesRequest&,
                         const MarketDepthExchangesRequest&) = default;
};

struct DepthMarketDataDescription {
  std::string exchange;
  std::string sec_type;
  std::string listing_exch;
  std::string service_data_type;
  std::int32_t agg_group = 0;
  friend bool operator==(const DepthMarketDataDescription&,
                         const DepthMarketDataDescription&) = default;
};

struct MarketDepthExchanges {
  static constexpr int kId = 80, kProtobufFrom = 213;
  std::vector<DepthMarketDataDescription> depth_market_data_descriptions;
  friend bool operator==(const MarketDepthExchanges&, const MarketDepthExchanges&) = default;
};

struct CalculateImpliedVolatilityRequest {
  static constexpr int kId = 54, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  Contract contract;
  std::optional<Price> option_price;
  std::optional<Price> under_price;
  TagValues implied_volatility_options;
  friend bool operator==(const CalculateImpliedVolatilityRequest&,
                         const CalculateImpliedVolatilityRequest&) = default;
};

struct CancelCalculateImpliedVolatility {
  static constexpr int kId = 56, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelCalculateImpliedVolatility&,
                         const CancelCalculateImpliedVolatility&) = default;
};

struct CalculateOptionPriceRequest {
  static constexpr int kId = 55, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  Contract contract;
  std::optional<double> volatility;
  std::optional<Price> under_price;
  TagValues option_price_options;
  friend bool operator==(const CalculateOptionPriceRequest&,
                         const CalculateOptionPriceRequest&) = default;
};

struct CancelCalculateOptionPrice {
  static constexpr int kId = 57, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelCalculateOptionPrice&,
                         const CancelCalculateOptionPrice&) = default;
};

struct RerouteMarketDataRequest {
  static constexpr int kId = 91, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  std::int32_t con_id = 0;
  std::string exchange;
  friend bool operator==(const RerouteMarketDataRequest&,
                         const RerouteMarketDataRequest&) = default;
};

struct RerouteMarketDepthRequest {
  static constexpr int kId = 92, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  std::int32_t con_id = 0;
  std::string exchange;
  friend bool operator==(const RerouteMarketDepthRequest&,
                         const RerouteMarketDepthRequest&) = default;
};

struct FundamentalsDataRequest {
  static constexpr int kId = 52, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  Contract contract;
  std::string report_type;
  TagValues fundamentals_data_options;
  friend bool operator==(const FundamentalsDataRequest&, const FundamentalsDataRequest&) = default;
};

struct CancelFundamentalsData {
  static constexpr int kId = 53, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelFundamentalsData&, const CancelFundamentalsData&) = default;
};

struct FundamentalsData {
  static constexpr int kId = 51, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  std::string data;
  friend bool operator==(const FundamentalsData&, const FundamentalsData&) = default;
};

}  // namespace keel::tws
