// News, scanners, Wall Street Horizon: requests and answers.
#pragma once

#include <keel/adapters/tws/contract.hpp>

namespace keel::tws {

struct NewsBulletinsRequest {
  static constexpr int kId = 12, kProtobufFrom = 209;
  bool all_messages = false;
  friend bool operator==(const NewsBulletinsRequest&, const NewsBulletinsRequest&) = default;
};

struct CancelNewsBulletins {
  static constexpr int kId = 13, kProtobufFrom = 209;
  friend bool operator==(const CancelNewsBulletins&, const CancelNewsBulletins&) = default;
};

struct NewsBulletin {
  static constexpr int kId = 14, kProtobufFrom = 209;
  std::int32_t news_msg_id = 0;
  std::int32_t news_msg_type = 0;
  std::string news_message;
  std::string originating_exch;
  friend bool operator==(const NewsBulletin&, const NewsBulletin&) = default;
};

struct NewsProvidersRequest {
  static constexpr int kId = 85, kProtobufFrom = 209;
  friend bool operator==(const NewsProvidersRequest&, const NewsProvidersRequest&) = default;
};

struct NewsProvider {
  std::string provider_code;
  std::string provider_name;
  friend bool operator==(const NewsProvider&, const NewsProvider&) = default;
};

struct NewsProviders {
  static constexpr int kId = 85, kProtobufFrom = 209;
  std::vector<NewsProvider> news_providers;
  friend bool operator==(const NewsProviders&, const NewsProviders&) = default;
};

struct NewsArticleRequest {
  static constexpr int kId = 84, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::string provider_code;
  std::string article_id;
  TagValues news_article_options;
  friend bool operator==(const NewsArticleRequest&, const NewsArticleRequest&) = default;
};

struct NewsArticle {
  static constexpr int kId = 83, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::int32_t article_type = 0;
  std::string article_text;
  friend bool operator==(const NewsArticle&, const NewsArticle&) = default;
};

struct HistoricalNewsRequest {
  static constexpr int kId = 86, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::int32_t con_id = 0;
  std::string provider_codes;
  std::string start_date_time;
  std::string end_date_time;
  std::int32_t total_results = 0;
  TagValues historical_news_options;
  friend bool operator==(const HistoricalNewsRequest&, const HistoricalNewsRequest&) = default;
};

struct HistoricalNews {
  static constexpr int kId = 86, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::string time;
  std::string provider_code;
  std::string article_id;
  std::string headline;
  friend bool operator==(const HistoricalNews&, const HistoricalNews&) = default;
};

struct HistoricalNewsEnd {
  static constexpr int kId = 87, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  bool has_more = false;
  friend bool operator==(const HistoricalNewsEnd&, const HistoricalNewsEnd&) = default;
};

struct TickNews {
  static constexpr int kId = 84, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::int64_t timestamp = 0;
  std::string provider_code;
  std::string article_id;
  std::string headline;
  std::string extra_data;
  friend bool operator==(const TickNews&, const TickNews&) = default;
};

struct ScannerParametersRequest {
  static constexpr int kId = 24, kProtobufFrom = 210;
  friend bool operator==(const ScannerParametersRequest&,
                         const ScannerParametersRequest&) = default;
};

struct ScannerParameters {
  static constexpr int kId = 19, kProtobufFrom = 210;
  std::string xml;
  friend bool operator==(const ScannerParameters&, const ScannerParameters&) = default;
};

struct ScannerSubscription {
  std::optional<std::int32_t> number_of_rows;
  std::string instrument;
  std::string location_code;
  std::string scan_code;
  std::optional<Price> above_price;
  std::optional<Price> below_price;
  std::optional<std::int64_t> above_volume;
  std::optional<double> market_cap_above;
  std::optional<double> market_cap_below;
  std::string moody_rating_above;
  std::string moody_rating_below;
  std::string sp_rating_above;
  std::string sp_rating_below;
  std::string maturity_date_above;
  std::string maturity_date_below;
  std::optional<double> coupon_rate_above;
  std::optional<double> coupon_rate_below;
  bool exclude_convertible = false;
  std::optional<std::int64_t> average_option_volume_above;
  std::string scanner_setting_pairs;
  std::string stock_type_filter;
  TagValues scanner_subscription_filter_options;
  TagValues scanner_subscription_options;
  friend bool operator==(const ScannerSubscription&, const ScannerSubscription&) = default;
};

struct ScannerSubscriptionRequest {
  static constexpr int kId = 22, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  ScannerSubscription scanner_subscription;
  friend bool operator==(const ScannerSubscriptionRequest&,
                         const ScannerSubscriptionRequest&) = default;
};

struct CancelScannerSubscription {
  static constexpr int kId = 23, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelScannerSubscription&,
                         const CancelScannerSubscription&) = default;
};

struct ScannerDataElement {
  std::int32_t rank = 0;
  Contract contract;
  std::string market_name;
  std::string distance;
  std::string benchmark;
  std::string projection;
  std::string combo_key;
  friend bool operator==(const ScannerDataElement&, const ScannerDataElement&) = default;
};

struct ScannerData {
  static constexpr int kId = 20, kProtobufFrom = 210;
  std::int32_t req_id = 0;
  std::vector<ScannerDataElement> scanner_data_element;
  friend bool operator==(const ScannerData&, const ScannerData&) = default;
};

struct WshMetaDataRequest {
  static constexpr int kId = 100, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  friend bool operator==(const WshMetaDataRequest&, const WshMetaDataRequest&) = default;
};

struct CancelWshMetaData {
  static constexpr int kId = 101, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelWshMetaData&, const CancelWshMetaData&) = default;
};

struct WshMetaData {
  static constexpr int kId = 104, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::string data_json;
  friend bool operator==(const WshMetaData&, const WshMetaData&) = default;
};

struct WshEventDataRequest {
  static constexpr int kId = 102, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::int32_t con_id = 0;
  std::string filter;
  bool fill_watchlist = false;
  bool fill_portfolio = false;
  bool fill_competitors = false;
  std::string start_date;
  std::string end_date;
  std::optional<std::int32_t> total_limit;
  friend bool operator==(const WshEventDataRequest&, const WshEventDataRequest&) = default;
};

struct CancelWshEventData {
  static constexpr int kId = 103, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  friend bool operator==(const CancelWshEventData&, const CancelWshEventData&) = default;
};

struct WshEventData {
  static constexpr int kId = 105, kProtobufFrom = 209;
  std::int32_t req_id = 0;
  std::string data_json;
  friend bool operator==(const WshEventData&, const WshEventData&) = default;
};

}  // namespace keel::tws
