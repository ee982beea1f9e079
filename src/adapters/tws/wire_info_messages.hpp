// Layout of info_messages.hpp on the wire (wire.hpp says how to read it).
#pragma once

#include <keel/adapters/tws/info_messages.hpp>

#include "adapters/tws/wire_contract.hpp"

namespace keel::tws {

template <>
struct Wire<NewsBulletinsRequest> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.all_messages);
  }
};

template <>
struct Wire<CancelNewsBulletins> : NoFields<1> {};

template <>
struct Wire<NewsBulletin> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.news_msg_id, m.news_msg_type, m.news_message, m.originating_exch);
  }
};

template <>
struct Wire<NewsProvidersRequest> : NoFields<0> {};

template <>
struct Wire<NewsProvider> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.provider_code, m.provider_name);
  }
};

template <>
struct Wire<NewsProviders> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.news_providers);
  }
};

template <>
struct Wire<NewsArticleRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.provider_code, m.article_id, m.news_article_options);
  }
};

template <>
struct Wire<NewsArticle> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.article_type, m.article_text);
  }
};

template <>
struct Wire<HistoricalNewsRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.con_id, m.provider_codes, m.start_date_time, m.end_date_time,
           m.total_results, m.historical_news_options);
  }
};

template <>
struct Wire<HistoricalNews> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.time, m.provider_code, m.article_id, m.headline);
  }
};

template <>
struct Wire<HistoricalNewsEnd> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.has_more);
  }
};

template <>
struct Wire<TickNews> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.timestamp, m.provider_code, m.article_id, m.headline, m.extra_data);
  }
};

template <>
struct Wire<ScannerParametersRequest> : NoFields<1> {};

template <>
struct Wire<ScannerParameters> : TextVersion<1> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.xml);
  }
};

template <>
struct Wire<ScannerSubscription> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.number_of_rows, m.instrument, m.location_code, m.scan_code, m.above_price,
           m.below_price, m.above_volume, m.market_cap_above, m.market_cap_below,
           m.moody_rating_above, m.moody_rating_below, m.sp_rating_above, m.sp_rating_below,
           m.maturity_date_above, m.maturity_date_below, m.coupon_rate_above, m.coupon_rate_below,
           m.exclude_convertible, m.average_option_volume_above, m.scanner_setting_pairs,
           m.stock_type_filter, m.scanner_subscription_filter_options,
           m.scanner_subscription_options);
  }
};

template <>
struct Wire<ScannerSubscriptionRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.scanner_subscription);
  }
};

template <>
struct Wire<CancelScannerSubscription> : RequestIdAlone<1> {};

template <>
struct Wire<ScannerDataElement> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.rank, m.contract, m.market_name, m.distance, m.benchmark, m.projection,
           m.combo_key);
  }
};

template <>
struct Wire<ScannerData> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.scanner_data_element);
  }
};

template <>
struct Wire<WshMetaDataRequest> : RequestIdAlone<0> {};

template <>
struct Wire<CancelWshMetaData> : RequestIdAlone<0> {};

template <>
struct Wire<WshMetaData> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.data_json);
  }
};

template <>
struct Wire<WshEventDataRequest> : OwnText {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.con_id, m.filter, m.fill_watchlist, m.fill_portfolio, m.fill_competitors,
           m.start_date, m.end_date, m.total_limit);
  }
};

template <>
struct Wire<CancelWshEventData> : RequestIdAlone<0> {};

template <>
struct Wire<WshEventData> : TextVersion<0> {
  template <class V, class M>
  static void fields(V& v, M& m) {
    v.from(1, m.req_id, m.data_json);
  }
};

}  // namespace keel::tws
