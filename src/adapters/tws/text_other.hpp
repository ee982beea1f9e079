// The text layouts of the rest: portfolio, news, scanners, settings.
#pragma once

#include "adapters/tws/text_contract.hpp"
#include "adapters/tws/wire_account_messages.hpp"
#include "adapters/tws/wire_config_messages.hpp"
#include "adapters/tws/wire_info_messages.hpp"
#include "adapters/tws/wire_session_messages.hpp"

namespace keel::tws {

template <class V, Is<PortfolioValue> M>
void text_of(V& v, M& m) {
  auto& c = m.contract;
  v.constant("8");
  v.text(c.con_id, c.symbol, c.sec_type, c.last_trade_date_or_contract_month, c.strike, c.right,
         c.multiplier, c.primary_exch, c.currency, c.local_symbol, c.trading_class, m.position,
         m.market_price, m.market_value, m.average_cost, m.unrealized_pnl, m.realized_pnl,
         m.account_name);
}
template <class V, Is<Position> M>
void text_of(V& v, M& m) {
  v.constant("3");
  v.text(m.account);
  text_contract_short(v, m.contract);
  v.text(m.position, m.avg_cost);
}
template <class V, Is<PositionMulti> M>
void text_of(V& v, M& m) {
  v.constant("1");
  v.text(m.req_id, m.account);
  text_contract_short(v, m.contract);
  v.text(m.position, m.avg_cost, m.model_code);
}
template <class V, Is<FaReplace> M>
void text_of(V& v, M& m) {
  v.constant("1");
  v.text(m.fa_data_type, m.xml, m.req_id);
}
template <class V, Is<NewsArticleRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.provider_code, m.article_id);
  v.joined(m.news_article_options);
}
template <class V, Is<HistoricalNewsRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.con_id, m.provider_codes, m.start_date_time, m.end_date_time, m.total_results);
  v.joined(m.historical_news_options);
}
template <class V, Is<WshEventDataRequest> M>
void text_of(V& v, M& m) {
  v.text(m.req_id, m.con_id);
  if (v.version() >= 171) v.text(m.filter, m.fill_watchlist, m.fill_portfolio, m.fill_competitors);
  if (v.version() >= 173) v.text(m.start_date, m.end_date, m.total_limit);
}
template <class V, Is<ScannerSubscriptionRequest> M>
void text_of(V& v, M& m) {
  auto& s = m.scanner_subscription;
  v.text(m.req_id, s.number_of_rows, s.instrument, s.location_code, s.scan_code, s.above_price,
         s.below_price, s.above_volume, s.market_cap_above, s.market_cap_below,
         s.moody_rating_above, s.moody_rating_below, s.sp_rating_above, s.sp_rating_below,
         s.maturity_date_above, s.maturity_date_below, s.coupon_rate_above, s.coupon_rate_below,
         s.exclude_convertible, s.average_option_volume_above, s.scanner_setting_pairs,
         s.stock_type_filter);
  v.joined(s.scanner_subscription_filter_options);
  v.joined(s.scanner_subscription_options);
}
template <class V, Is<ScannerData> M>
void text_of(V& v, M& m) {
  v.constant("3");
  v.text(m.req_id);
  v.list(m.scanner_data_element, [&](auto& e) {
    auto& c = e.contract;
    v.text(e.rank, c.con_id, c.symbol, c.sec_type, c.last_trade_date_or_contract_month, c.strike,
           c.right, c.exchange, c.currency, c.local_symbol, e.market_name, c.trading_class,
           e.distance, e.benchmark, e.projection, e.combo_key);
  });
}

}  // namespace keel::tws
