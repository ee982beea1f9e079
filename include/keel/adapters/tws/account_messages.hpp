// Accounts, positions, profit and loss: requests and answers.
#pragma once

#include <keel/adapters/tws/contract.hpp>
#include <keel/adapters/tws/order.hpp>

namespace keel::tws {

struct AccountDataRequest {
  static constexpr int kId = 6, kProtobufFrom = 207;
  bool subscribe = false;
  std::string acct_code;
  friend bool operator==(const AccountDataRequest&, const AccountDataRequest&) = default;
};

struct AccountValue {
  static constexpr int kId = 6, kProtobufFrom = 207;
  std::string key;
  std::string value;
  std::string currency;
  std::string account_name;
  friend bool operator==(const AccountValue&, const AccountValue&) = default;
};

struct PortfolioValue {
  static constexpr int kId = 7, kProtobufFrom = 207;
  Contract contract;
  Quantity position{};
  Price market_price{};
  double market_value = 0;
  Price average_cost{};
  double unrealized_pnl = 0;
  double realized_pnl = 0;
  std::string account_name;
  friend bool operator==(const PortfolioValue&, const PortfolioValue&) = default;
};

struct AccountUpdateTime {
  static constexpr int kId = 8, kProtobufFrom = 207;
  std::string time_stamp;
  friend bool operator==(const AccountUpdateTime&, const AccountUpdateTime&) = default;
};

struct AccountDataEnd {
  static constexpr int kId = 54, kProtobufFrom = 207;
  std::string account_name;
  friend bool operator==(const AccountDataEnd&, const AccountDataEnd&) = default;
};

struct ManagedAccountsRequest {
  static constexpr int kId = 17, kProtobufFrom = 207;
  friend bool operator==(const ManagedAccountsRequest&, const ManagedAccountsRequest&) = default;
};

struct ManagedAccounts {
  static constexpr int kId = 15, kProtobufFrom = 207;
  std::string accounts_list;
  friend bool operator==(const ManagedAccounts&, const ManagedAccounts&) = default;
};

struct PositionsRequest {
  static constexpr int kId = 61, kProtobufFrom = 207;
  friend bool operator==(const PositionsRequest&, const PositionsRequest&) = default;
};

struct CancelPositions {
  static constexpr int kId = 64, kProtobufFrom = 207;
  friend bool operator==(const CancelPositions&, const CancelPositions&) = default;
};

struct Position {
  static constexpr int kId = 61, kProtobufFrom = 207;
  std::string account;
  Contract contract;
  Quantity position{};
  Price avg_cost{};
  friend bool operator==(const Position&, const Position&) = default;
};

struct PositionEnd {
  static constexpr int kId = 62, kProtobufFrom = 207;
  friend bool operator==(const PositionEnd&, const PositionEnd&) = default;
};

struct AccountSummaryRequest {
  static constexpr int kId = 62, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string group;
  std::string tags;
  friend bool operator==(const AccountSummaryRequest&, const AccountSummaryRequest&) = default;
};

struct CancelAccountSummary {
  static constexpr int kId = 63, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelAccountSummary&, const CancelAccountSummary&) = default;
};

struct AccountSummary {
  static constexpr int kId = 63, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string account;
  std::string tag;
  std::string value;
  std::string currency;
  friend bool operator==(const AccountSummary&, const AccountSummary&) = default;
};

struct AccountSummaryEnd {
  static constexpr int kId = 64, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const AccountSummaryEnd&, const AccountSummaryEnd&) = default;
};

struct PositionsMultiRequest {
  static constexpr int kId = 74, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  friend bool operator==(const PositionsMultiRequest&, const PositionsMultiRequest&) = default;
};

struct CancelPositionsMulti {
  static constexpr int kId = 75, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelPositionsMulti&, const CancelPositionsMulti&) = default;
};

struct PositionMulti {
  static constexpr int kId = 71, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string account;
  Contract contract;
  Quantity position{};
  Price avg_cost{};
  std::string model_code;
  friend bool operator==(const PositionMulti&, const PositionMulti&) = default;
};

struct PositionMultiEnd {
  static constexpr int kId = 72, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const PositionMultiEnd&, const PositionMultiEnd&) = default;
};

struct AccountUpdatesMultiRequest {
  static constexpr int kId = 76, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  bool ledger_and_nlv = false;
  friend bool operator==(const AccountUpdatesMultiRequest&,
                         const AccountUpdatesMultiRequest&) = default;
};

struct CancelAccountUpdatesMulti {
  static constexpr int kId = 77, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelAccountUpdatesMulti&,
                         const CancelAccountUpdatesMulti&) = default;
};

struct AccountUpdateMulti {
  static constexpr int kId = 73, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  std::string key;
  std::string value;
  std::string currency;
  friend bool operator==(const AccountUpdateMulti&, const AccountUpdateMulti&) = default;
};

struct AccountUpdateMultiEnd {
  static constexpr int kId = 74, kProtobufFrom = 207;
  std::int32_t req_id = 0;
  friend bool operator==(const AccountUpdateMultiEnd&, const AccountUpdateMultiEnd&) = default;
};

struct PnlRequest {
  static constexpr int kId = 92, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  friend bool operator==(const PnlRequest&, const PnlRequest&) = default;
};

struct CancelPnl {
  static constexpr int kId = 93, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelPnl&, const CancelPnl&) = default;
};

struct Pnl {
  static constexpr int kId = 94, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  std::optional<double> daily_pnl;
  std::optional<double> unrealized_pnl;
  std::optional<double> realized_pnl;
  friend bool operator==(const Pnl&, const Pnl&) = default;
};

struct PnlSingleRequest {
  static constexpr int kId = 94, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  std::int32_t con_id = 0;
  friend bool operator==(const PnlSingleRequest&, const PnlSingleRequest&) = default;
};

struct CancelPnlSingle {
  static constexpr int kId = 95, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelPnlSingle&, const CancelPnlSingle&) = default;
};

struct PnlSingle {
  static constexpr int kId = 95, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  Quantity position{};
  std::optional<double> daily_pnl;
  std::optional<double> unrealized_pnl;
  std::optional<double> realized_pnl;
  std::optional<double> value;
  friend bool operator==(const PnlSingle&, const PnlSingle&) = default;
};

struct FaRequest {
  static constexpr int kId = 18, kProtobufFrom = 211;
  std::int32_t fa_data_type = 0;
  friend bool operator==(const FaRequest&, const FaRequest&) = default;
};

struct ReceiveFa {
  static constexpr int kId = 16, kProtobufFrom = 211;
  std::int32_t fa_data_type = 0;
  std::string xml;
  friend bool operator==(const ReceiveFa&, const ReceiveFa&) = default;
};

struct FaReplace {
  static constexpr int kId = 19, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  std::int32_t fa_data_type = 0;
  std::string xml;
  friend bool operator==(const FaReplace&, const FaReplace&) = default;
};

struct ReplaceFaEnd {
  static constexpr int kId = 103, kProtobufFrom = 211;
  std::int32_t req_id = 0;
  std::string text;
  friend bool operator==(const ReplaceFaEnd&, const ReplaceFaEnd&) = default;
};

struct FamilyCodesRequest {
  static constexpr int kId = 80, kProtobufFrom = 212;
  friend bool operator==(const FamilyCodesRequest&, const FamilyCodesRequest&) = default;
};

struct FamilyCode {
  std::string account_id;
  std::string family_code;
  friend bool operator==(const FamilyCode&, const FamilyCode&) = default;
};

struct FamilyCodes {
  static constexpr int kId = 78, kProtobufFrom = 212;
  std::vector<FamilyCode> family_codes;
  friend bool operator==(const FamilyCodes&, const FamilyCodes&) = default;
};

struct SoftDollarTiersRequest {
  static constexpr int kId = 79, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  friend bool operator==(const SoftDollarTiersRequest&, const SoftDollarTiersRequest&) = default;
};

struct SoftDollarTiers {
  static constexpr int kId = 77, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::vector<SoftDollarTier> soft_dollar_tiers;
  friend bool operator==(const SoftDollarTiers&, const SoftDollarTiers&) = default;
};

struct UserInfoRequest {
  static constexpr int kId = 104, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  friend bool operator==(const UserInfoRequest&, const UserInfoRequest&) = default;
};

struct UserInfo {
  static constexpr int kId = 107, kProtobufFrom = 212;
  std::int32_t req_id = 0;
  std::string white_branding_id;
  friend bool operator==(const UserInfo&, const UserInfo&) = default;
};

}  // namespace keel::tws
