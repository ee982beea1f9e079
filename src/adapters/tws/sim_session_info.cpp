// What else one connection may ask: chains, symbols, rules, news, scanners, settings.
#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "adapters/tws/sim_session.hpp"

namespace keel::tws {

namespace {

bool same_letters(std::string_view text, std::string_view part) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

double normal(double x) { return 0.5 * std::erfc(-x * 0.7071067811865476); }

// Black and Scholes without interest: price and greeks of an option.
struct OptionValue {
  double price, delta, gamma, vega, theta;
};
OptionValue value_of(bool call, double spot, double strike, double volatility, double years) {
  const double root = volatility * std::sqrt(std::max(years, 1e-6));
  const double d1 = std::log(spot / strike) / root + root / 2, d2 = d1 - root;
  const double density = std::exp(-d1 * d1 / 2) * 0.3989422804014327;
  OptionValue v{};
  v.price =
      call ? spot * normal(d1) - strike * normal(d2) : strike * normal(-d2) - spot * normal(-d1);
  v.delta = call ? normal(d1) : normal(d1) - 1;
  v.gamma = density / (spot * root);
  v.vega = spot * density * std::sqrt(std::max(years, 1e-6)) / 100;
  v.theta = -spot * density * volatility / (2 * std::sqrt(std::max(years, 1e-6))) / 365;
  return v;
}

struct OptionTerms {
  bool call;
  double strike, years;
};
std::optional<OptionTerms> option_terms(const Contract& contract, Timestamp now) {
  const auto expiry = parse_date_time(contract.last_trade_date_or_contract_month, now);
  if (!expiry || !contract.strike.is_positive() || contract.right.empty()) return std::nullopt;
  const double years = std::max((*expiry - now).to_seconds(), 3600.0) / (365 * 86400.0);
  return OptionTerms{contract.right[0] == 'C', contract.strike.to_double(), years};
}

}  // namespace

void Session::on(const SecDefOptParamsRequest& request) {
  for (std::size_t i = 0; i < world_.listings.size(); ++i) {
    const Listing& listing = world_.listings[i];
    if (!(listing.is("STK") || listing.is("FUT")) ||
        listing.contract.symbol != request.underlying_symbol)
      continue;
    SecDefOptParameter chain;
    chain.req_id = request.req_id;
    chain.exchange = listing.contract.exchange;
    chain.underlying_con_id = listing.contract.con_id;
    chain.trading_class = listing.contract.trading_class;
    chain.multiplier = listing.is("STK") ? "100" : listing.contract.multiplier;
    for (int week = 1; week <= 8; ++week) {
      const std::int64_t day = world_.now.ns / Duration::days(1).ns + 7 * week;
      const std::int64_t friday = day + ((1 - day) % 7 + 7) % 7;
      chain.expirations.push_back(date_text(Timestamp{} + Duration::days(friday)));
    }
    const Price step =
        Price::whole(std::max<std::int64_t>(1, listing.spec.price.raw() / Price::kScale / 40));
    const Price middle = listing.spec.price.floor_to(step);
    for (int row = -10; row <= 10; ++row) chain.strikes.push_back(middle + step * row);
    send(chain);
  }
  SecDefOptParameterEnd end;
  end.req_id = request.req_id;
  send(end);
}

void Session::on(const MatchingSymbolsRequest& request) {
  SymbolSamples samples;
  samples.req_id = request.req_id;
  for (const Listing& listing : world_.listings.all()) {
    if (!same_letters(listing.contract.symbol, request.pattern) &&
        !same_letters(listing.details.long_name, request.pattern))
      continue;
    ContractDescription one;
    one.contract = listing.contract;
    one.contract.description = listing.details.long_name;
    if (listing.is("STK")) one.derivative_sec_types = {"CFD", "OPT"};
    samples.contract_descriptions.push_back(std::move(one));
  }
  send(samples);
}

void Session::on(const MarketRuleRequest& request) {
  const std::size_t at = static_cast<std::size_t>(request.market_rule_id - 1000);
  if (request.market_rule_id < 1000 || at >= world_.listings.size())
    return error(-1, 321, "Error validating request.-'ce' : cause - Invalid market rule id");
  MarketRule rule;
  rule.market_rule_id = request.market_rule_id;
  PriceIncrement one;
  one.increment = world_.listings[at].spec.tick;
  rule.price_increments.push_back(one);
  send(rule);
}

void Session::on(const SmartComponentsRequest& request) {
  SmartComponents all;
  all.req_id = request.req_id;
  static constexpr const char* kExchanges[] = {"NASDAQ", "ARCA", "NYSE", "BATS"};
  for (std::int32_t i = 0; i < 4; ++i) {
    SmartComponent one;
    one.bit_number = i;
    one.exchange = kExchanges[i];
    one.exchange_letter = std::string(1, "QPNZ"[i]);
    all.smart_components.push_back(one);
  }
  send(all);
}

void Session::on(const MarketDepthExchangesRequest&) {
  MarketDepthExchanges all;
  for (const Listing& listing : world_.listings.all()) {
    DepthMarketDataDescription one;
    one.exchange = listing.contract.exchange;
    one.sec_type = listing.contract.sec_type;
    one.service_data_type = listing.is("STK") ? "Deep2" : "Deep";
    one.agg_group = 1;
    all.depth_market_data_descriptions.push_back(one);
  }
  send(all);
}

void Session::on(const CalculateOptionPriceRequest& request) {
  const auto terms = option_terms(request.contract, world_.now);
  if (!terms || !request.volatility || !request.under_price)
    return error(request.req_id, 200, "No security definition has been found for the request");
  const double spot = request.under_price->to_double();
  const OptionValue value =
      value_of(terms->call, spot, terms->strike, *request.volatility, terms->years);
  TickOptionComputation tick;
  tick.req_id = request.req_id;
  tick.tick_type = 53;
  tick.implied_vol = *request.volatility;
  tick.delta = value.delta;
  tick.opt_price = value.price;
  tick.pv_dividend = 0;
  tick.gamma = value.gamma;
  tick.vega = value.vega;
  tick.theta = value.theta;
  tick.und_price = spot;
  send(tick);
}
void Session::on(const CalculateImpliedVolatilityRequest& request) {
  const auto terms = option_terms(request.contract, world_.now);
  if (!terms || !request.option_price || !request.under_price)
    return error(request.req_id, 200, "No security definition has been found for the request");
  const double spot = request.under_price->to_double(), price = request.option_price->to_double();
  double low = 0.001, high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (value_of(terms->call, spot, terms->strike, middle, terms->years).price < price ? low : high) =
        middle;
  }
  TickOptionComputation tick;
  tick.req_id = request.req_id;
  tick.tick_type = 53;
  tick.implied_vol = low;
  tick.delta = value_of(terms->call, spot, terms->strike, low, terms->years).delta;
  tick.opt_price = price;
  tick.und_price = spot;
  send(tick);
}
void Session::on(const CancelCalculateImpliedVolatility&) {}
void Session::on(const CancelCalculateOptionPrice&) {}

void Session::on(const FundamentalsDataRequest& request) {
  const auto listing = contract_of(request.req_id, request.contract);
  if (!listing) return;
  const Listing& what = world_.listings[*listing];
  if (!what.is("STK"))
    return error(request.req_id, 430,
                 "The fundamentals data for the security specified is not available.");
  FundamentalsData data;
  data.req_id = request.req_id;
  data.data = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{0}><CoIDs><CoID "
      "Type=\"CompanyName\">{1}</CoID></CoIDs></{0}>",
      request.report_type, what.details.long_name);
  send(data);
}
void Session::on(const CancelFundamentalsData&) {}

void Session::on(const SoftDollarTiersRequest& request) {
  SoftDollarTiers tiers;
  tiers.req_id = request.req_id;
  send(tiers);
}
void Session::on(const UserInfoRequest& request) {
  UserInfo info;
  info.req_id = request.req_id;
  send(info);
}

// ---- news ----

void Session::on(const NewsProvidersRequest&) {
  NewsProviders all;
  NewsProvider one;
  one.provider_code = "SIM";
  one.provider_name = "Simulated news";
  all.news_providers.push_back(one);
  send(all);
}
void Session::on(const NewsBulletinsRequest& request) {
  if (!request.all_messages) return;
  NewsBulletin bulletin;
  bulletin.news_msg_id = 1;
  bulletin.news_msg_type = 1;
  bulletin.news_message = "This is a simulated TWS.";
  bulletin.originating_exch = "SIM";
  send(bulletin);
}
void Session::on(const CancelNewsBulletins&) {}
void Session::on(const HistoricalNewsRequest& request) {
  const std::int32_t count = std::clamp(request.total_results, 0, 10);
  for (std::int32_t i = 0; i < count; ++i) {
    HistoricalNews news;
    news.req_id = request.req_id;
    const Timestamp at = world_.now - Duration::hours(i + 1);
    const std::string when = date_time_text(at);
    news.time = fmt::format("{}-{}-{} {}.0", when.substr(0, 4), when.substr(4, 2),
                            when.substr(6, 2), when.substr(9));
    news.provider_code = "SIM";
    news.article_id = fmt::format("SIM${}", i + 1);
    news.headline = fmt::format("Simulated headline {}", i + 1);
    send(news);
  }
  HistoricalNewsEnd end;
  end.req_id = request.req_id;
  send(end);
}
void Session::on(const NewsArticleRequest& request) {
  if (!request.article_id.starts_with("SIM$"))
    return error(request.req_id, 10172, "Failed to request news article:not available");
  NewsArticle article;
  article.req_id = request.req_id;
  article.article_text = "Nothing has happened: this is a simulated article.";
  send(article);
}

// ---- scanners ----

void Session::on(const ScannerParametersRequest&) {
  ScannerParameters parameters;
  parameters.xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ScanParameterResponse><InstrumentList>"
      "<Instrument><name>US Stocks</name><type>STK</type></Instrument></InstrumentList>"
      "<ScanTypeList><ScanType><displayName>Most Active</displayName>"
      "<scanCode>MOST_ACTIVE</scanCode></ScanType></ScanTypeList></ScanParameterResponse>";
  send(parameters);
}
void Session::on(const ScannerSubscriptionRequest& request) {
  ScannerData data;
  data.req_id = request.req_id;
  const ScannerSubscription& wanted = request.scanner_subscription;
  for (std::size_t i = 0; i < world_.listings.size(); ++i) {
    const Listing& listing = world_.listings[i];
    const Price price = world_.accounts->mark(i);
    if (!wanted.instrument.starts_with(listing.contract.sec_type) ||
        (wanted.above_price && price < *wanted.above_price) ||
        (wanted.below_price && price > *wanted.below_price))
      continue;
    ScannerDataElement element;
    element.rank = static_cast<std::int32_t>(data.scanner_data_element.size());
    if (wanted.number_of_rows && *wanted.number_of_rows > 0 &&
        element.rank >= *wanted.number_of_rows)
      break;
    element.contract = listing.contract;
    element.market_name = listing.details.market_name;
    data.scanner_data_element.push_back(std::move(element));
  }
  send(data);
}
void Session::on(const CancelScannerSubscription&) {}

// ---- Wall Street Horizon ----

void Session::on(const WshMetaDataRequest& request) {
  WshMetaData data;
  data.req_id = request.req_id;
  data.data_json = R"({"meta_data":{"event_types":[{"tag":"wshe_ed","name":"Earnings Date"}]}})";
  send(data);
}
void Session::on(const CancelWshMetaData&) {}
void Session::on(const WshEventDataRequest& request) {
  WshEventData data;
  data.req_id = request.req_id;
  data.data_json =
      fmt::format(R"([{{"event_type":"wshe_ed","conids":["{}"],"data":{{}}}}])", request.con_id);
  send(data);
}
void Session::on(const CancelWshEventData&) {}

// ---- display groups, verification, settings ----

void Session::on(const QueryDisplayGroupsRequest& request) {
  DisplayGroupList list;
  list.req_id = request.req_id;
  list.groups = "1|2|3|4|5|6|7";
  send(list);
}
void Session::on(const SubscribeToGroupEventsRequest& request) {
  DisplayGroupUpdated update;
  update.req_id = request.req_id;
  update.contract_info = "none";
  send(update);
}
void Session::on(const UpdateDisplayGroupRequest& request) {
  DisplayGroupUpdated update;
  update.req_id = request.req_id;
  update.contract_info = request.contract_info;
  send(update);
}
void Session::on(const UnsubscribeFromGroupEventsRequest&) {}
void Session::on(const VerifyRequest&) {
  error(-1, 321, "Error validating request.-'bB' : cause - Verification is not possible here");
}
void Session::on(const VerifyMessageRequest&) {
  error(-1, 321, "Error validating request.-'bB' : cause - Verification is not possible here");
}
void Session::on(const ConfigRequest& request) {
  ConfigResponse response;
  response.req_id = request.req_id;
  response.api.settings.read_only_api = world_.config.read_only;
  response.api.settings.master_client_id = world_.config.master_client;
  response.api.settings.allow_localhost_only = true;
  send(response);
}
void Session::on(const UpdateConfigRequest& request) {
  UpdateConfigResponse response;
  response.req_id = request.req_id;
  response.status = "REJECTED";
  response.message = "The settings of a simulated TWS are given when it starts.";
  send(response);
}

}  // namespace keel::tws
