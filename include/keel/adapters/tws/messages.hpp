// All messages, by direction, in order of their ids.
#pragma once

#include <keel/adapters/tws/account_messages.hpp>
#include <keel/adapters/tws/config_messages.hpp>
#include <keel/adapters/tws/contract_messages.hpp>
#include <keel/adapters/tws/history_messages.hpp>
#include <keel/adapters/tws/info_messages.hpp>
#include <keel/adapters/tws/market_messages.hpp>
#include <keel/adapters/tws/order_reports.hpp>
#include <keel/adapters/tws/order_requests.hpp>
#include <keel/adapters/tws/session_messages.hpp>

// clang-format off
// Client to server.
#define KEEL_TWS_REQUESTS(X) \
  X(MarketDataRequest) X(CancelMarketData) X(PlaceOrderRequest) \
  X(CancelOrderRequest) X(OpenOrdersRequest) X(AccountDataRequest) \
  X(ExecutionRequest) X(IdsRequest) X(ContractDataRequest) \
  X(MarketDepthRequest) X(CancelMarketDepth) X(NewsBulletinsRequest) \
  X(CancelNewsBulletins) X(SetServerLogLevelRequest) X(AutoOpenOrdersRequest) \
  X(AllOpenOrdersRequest) X(ManagedAccountsRequest) X(FaRequest) \
  X(FaReplace) X(HistoricalDataRequest) X(ExerciseOptionsRequest) \
  X(ScannerSubscriptionRequest) X(CancelScannerSubscription) X(ScannerParametersRequest) \
  X(CancelHistoricalData) X(CurrentTimeRequest) X(RealTimeBarsRequest) \
  X(CancelRealTimeBars) X(FundamentalsDataRequest) X(CancelFundamentalsData) \
  X(CalculateImpliedVolatilityRequest) X(CalculateOptionPriceRequest) \
  X(CancelCalculateImpliedVolatility) \
  X(CancelCalculateOptionPrice) X(GlobalCancelRequest) X(MarketDataTypeRequest) \
  X(PositionsRequest) X(AccountSummaryRequest) X(CancelAccountSummary) \
  X(CancelPositions) X(VerifyRequest) X(VerifyMessageRequest) \
  X(QueryDisplayGroupsRequest) X(SubscribeToGroupEventsRequest) X(UpdateDisplayGroupRequest) \
  X(UnsubscribeFromGroupEventsRequest) X(StartApiRequest) X(PositionsMultiRequest) \
  X(CancelPositionsMulti) X(AccountUpdatesMultiRequest) X(CancelAccountUpdatesMulti) \
  X(SecDefOptParamsRequest) X(SoftDollarTiersRequest) X(FamilyCodesRequest) \
  X(MatchingSymbolsRequest) X(MarketDepthExchangesRequest) X(SmartComponentsRequest) \
  X(NewsArticleRequest) X(NewsProvidersRequest) X(HistoricalNewsRequest) \
  X(HeadTimestampRequest) X(HistogramDataRequest) X(CancelHistogramData) \
  X(CancelHeadTimestamp) X(MarketRuleRequest) X(PnlRequest) \
  X(CancelPnl) X(PnlSingleRequest) X(CancelPnlSingle) \
  X(HistoricalTicksRequest) X(TickByTickRequest) X(CancelTickByTick) \
  X(CompletedOrdersRequest) X(WshMetaDataRequest) X(CancelWshMetaData) \
  X(WshEventDataRequest) X(CancelWshEventData) X(UserInfoRequest) \
  X(CurrentTimeInMillisRequest) X(CancelContractData) X(CancelHistoricalTicks) \
  X(ConfigRequest) X(UpdateConfigRequest)

// Server to client.
#define KEEL_TWS_RESPONSES(X) \
  X(TickPrice) X(TickSize) X(OrderStatus) \
  X(ErrorMessage) X(OpenOrder) X(AccountValue) \
  X(PortfolioValue) X(AccountUpdateTime) X(NextValidId) \
  X(ContractData) X(ExecutionDetails) X(MarketDepth) \
  X(MarketDepthL2) X(NewsBulletin) X(ManagedAccounts) \
  X(ReceiveFa) X(HistoricalData) X(BondContractData) \
  X(ScannerParameters) X(ScannerData) X(TickOptionComputation) \
  X(TickGeneric) X(TickString) X(CurrentTime) \
  X(RealTimeBarTick) X(FundamentalsData) X(ContractDataEnd) \
  X(OpenOrdersEnd) X(AccountDataEnd) X(ExecutionDetailsEnd) \
  X(TickSnapshotEnd) X(MarketDataType) X(CommissionAndFeesReport) \
  X(Position) X(PositionEnd) X(AccountSummary) \
  X(AccountSummaryEnd) X(VerifyMessageApi) X(VerifyCompleted) \
  X(DisplayGroupList) X(DisplayGroupUpdated) X(PositionMulti) \
  X(PositionMultiEnd) X(AccountUpdateMulti) X(AccountUpdateMultiEnd) \
  X(SecDefOptParameter) X(SecDefOptParameterEnd) X(SoftDollarTiers) \
  X(FamilyCodes) X(SymbolSamples) X(MarketDepthExchanges) \
  X(TickReqParams) X(SmartComponents) X(NewsArticle) \
  X(TickNews) X(NewsProviders) X(HistoricalNews) \
  X(HistoricalNewsEnd) X(HeadTimestamp) X(HistogramData) \
  X(HistoricalDataUpdate) X(RerouteMarketDataRequest) X(RerouteMarketDepthRequest) \
  X(MarketRule) X(Pnl) X(PnlSingle) \
  X(HistoricalTicks) X(HistoricalTicksBidAsk) X(HistoricalTicksLast) \
  X(TickByTickData) X(OrderBound) X(CompletedOrder) \
  X(CompletedOrdersEnd) X(ReplaceFaEnd) X(WshMetaData) \
  X(WshEventData) X(HistoricalSchedule) X(UserInfo) \
  X(HistoricalDataEnd) X(CurrentTimeInMillis) X(ConfigResponse) \
  X(UpdateConfigResponse)
// clang-format on
