#include "adapters/tws/sim_contracts.hpp"

#include <charconv>

#include <fmt/core.h>

#include <keel/core/time_text.hpp>

namespace keel::tws {

namespace {

SimulatedContract make(std::int32_t id, const char* symbol, const char* type, const char* exchange,
                       const char* primary, const char* name, Price price, Price tick,
                       Quantity step) {
  SimulatedContract one;
  one.contract.con_id = id;
  one.contract.symbol = symbol;
  one.contract.sec_type = type;
  one.contract.exchange = exchange;
  one.contract.primary_exch = primary;
  one.contract.currency = "USD";
  one.contract.local_symbol = symbol;
  one.contract.trading_class = symbol;
  one.details.long_name = name;
  one.price = price;
  one.tick = tick;
  one.size_step = step;
  return one;
}

// The third Friday of March, June, September or December that is not yet over.
CivilDate next_quarterly(Timestamp now) {
  const CivilDate today = utc_date(now);
  for (CivilDate month{today.year, today.month, 1};;) {
    if (month.month % 3 == 0) {
      const std::int32_t first = days_from_civil(month);
      // 1970-01-01 was a Thursday: day 1 a Friday.
      const std::int32_t third = first + ((1 - first) % 7 + 7) % 7 + 14;
      if (third >= days_from_civil(today)) return civil_from_days(third);
    }
    month.month = static_cast<std::uint8_t>(month.month % 12 + 1);
    if (month.month == 1) ++month.year;
  }
}

InstrumentKind kind_of(std::string_view type) {
  if (type == "STK") return InstrumentKind::kEquity;
  if (type == "CASH") return InstrumentKind::kFxPair;
  if (type == "FUT" || type == "CONTFUT") return InstrumentKind::kFuture;
  if (type == "OPT" || type == "FOP") return InstrumentKind::kOption;
  if (type == "IND") return InstrumentKind::kIndex;
  if (type == "CFD") return InstrumentKind::kCfd;
  return InstrumentKind::kSpot;
}

Quantity multiplier_of(const Contract& contract) {
  const auto parsed = Quantity::parse(contract.multiplier);
  return parsed && parsed->is_positive() ? *parsed : Quantity::whole(1);
}

bool fits(std::string_view wanted, std::string_view ours) {
  return wanted.empty() || wanted == ours;
}

bool has_exchange(const Listing& listing, std::string_view wanted) {
  if (wanted.empty() || wanted == listing.contract.exchange ||
      wanted == listing.contract.primary_exch)
    return true;
  const std::string& all = listing.details.valid_exchanges;
  for (std::size_t at = 0; at <= all.size();) {
    const auto end = std::min(all.find(',', at), all.size());
    if (std::string_view{all}.substr(at, end - at) == wanted) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

std::vector<SimulatedContract> default_universe(Timestamp now) {
  using namespace literals;
  std::vector<SimulatedContract> all;
  all.push_back(
      make(265598, "AAPL", "STK", "SMART", "NASDAQ", "APPLE INC", 230_px, 0.01_px, 1_qty));
  all.push_back(
      make(272093, "MSFT", "STK", "SMART", "NASDAQ", "MICROSOFT CORP", 420_px, 0.01_px, 1_qty));
  all.push_back(make(756733, "SPY", "STK", "SMART", "ARCA", "SPDR S&P 500 ETF TRUST", 580_px,
                     0.01_px, 1_qty));
  all.push_back(make(12087792, "EUR", "CASH", "IDEALPRO", "", "European Monetary Union Euro",
                     1.08_px, 0.00005_px, 1_qty));
  all.back().contract.local_symbol = all.back().contract.trading_class = "EUR.USD";
  all.back().initial_margin_ppm = all.back().maintenance_margin_ppm = 30'000;
  all.back().volatility_ppm = 30'000;
  all.push_back(make(620731015, "ES", "FUT", "CME", "", "E-mini S&P 500", 5800_px, 0.25_px, 1_qty));
  const CivilDate expiry = next_quarterly(now);
  Contract& es = all.back().contract;
  es.last_trade_date_or_contract_month =
      fmt::format("{:04}{:02}{:02}", expiry.year, expiry.month, expiry.day);
  es.multiplier = "50";
  es.local_symbol = fmt::format("ES{}{}", "?FGHJKMNQUVXZ"[expiry.month], expiry.year % 10);
  all.back().details.contract_month = fmt::format("{:04}{:02}", expiry.year, expiry.month);
  all.back().details.under_symbol = "ES";
  all.back().details.under_sec_type = "IND";
  all.back().initial_margin_ppm = 60'000;
  all.back().maintenance_margin_ppm = 50'000;
  all.push_back(make(479624278, "BTC", "CRYPTO", "PAXOS", "", "Bitcoin cryptocurrency", 68000_px,
                     0.25_px, 0.00000001_qty));
  all.back().contract.local_symbol = "BTC.USD";
  all.back().initial_margin_ppm = all.back().maintenance_margin_ppm = 1'000'000;
  all.back().volatility_ppm = 400'000;
  for (auto& one : all)
    if (one.contract.sec_type == "STK") one.calendar = "XNYS";
  return all;
}

Status Listings::add(const SimulatedContract& spec, InstrumentRegistry& registry) {
  Listing listing{spec.contract, spec.details, spec, InstrumentId{}, multiplier_of(spec.contract)};
  Contract& c = listing.contract;
  ContractDetails& d = listing.details;
  if (c.con_id == 0) c.con_id = static_cast<std::int32_t>(900'000'000 + all_.size());
  if (c.local_symbol.empty()) c.local_symbol = c.symbol;
  if (c.trading_class.empty()) c.trading_class = c.symbol;
  if (c.exchange.empty()) c.exchange = "SMART";
  if (d.market_name.empty()) d.market_name = c.trading_class;
  if (d.long_name.empty()) d.long_name = c.symbol;
  if (d.order_types.empty())
    d.order_types =
        "ACTIVETIM,ALERT,COND,CONDORDER,DAY,GTC,GTD,IOC,FOK,LIT,LMT,LOC,MIT,MKT,MOC,MTL,OCA,STP,"
        "STPLMT,TRAIL,TRAILLIT,TRAILLMT,WHATIF";
  if (d.valid_exchanges.empty()) {
    d.valid_exchanges = c.exchange;
    if (!c.primary_exch.empty()) d.valid_exchanges += "," + c.primary_exch;
  }
  d.min_tick = spec.tick;
  d.price_magnifier = 1;
  d.min_size = d.size_increment = spec.size_step;
  d.suggested_size_increment = c.sec_type == "STK" ? Quantity::whole(100) : spec.size_step;
  if (d.time_zone_id.empty()) d.time_zone_id = "UTC";
  if (d.market_rule_ids.empty()) d.market_rule_ids = std::to_string(1000 + all_.size());
  if (d.real_expiration_date.empty()) d.real_expiration_date = c.last_trade_date_or_contract_month;
  if (d.stock_type.empty() && c.sec_type == "STK")
    d.stock_type = c.symbol == "SPY" ? "ETF" : "COMMON";

  InstrumentSpec instrument;
  instrument.symbol = fmt::format("{}#{}", c.local_symbol, c.con_id).substr(0, 38);
  instrument.kind = kind_of(c.sec_type);
  instrument.mic = c.exchange.substr(0, 15);
  auto currency = Currency::parse(c.currency);
  if (!currency) return std::move(currency).error();
  instrument.quote = *currency;
  if (instrument.kind == InstrumentKind::kFxPair || instrument.kind == InstrumentKind::kSpot)
    if (auto base = Currency::parse(c.symbol)) instrument.base = *base;
  instrument.price_increment = spec.tick;
  instrument.quantity_increment = spec.size_step;
  instrument.multiplier = listing.multiplier;
  if (instrument.kind == InstrumentKind::kFuture || instrument.kind == InstrumentKind::kOption)
    instrument.expiry = parse_date_time(c.last_trade_date_or_contract_month, Timestamp{});
  if (instrument.kind == InstrumentKind::kOption) {
    instrument.strike = c.strike;
    instrument.right = c.right.starts_with('C') ? OptionRight::kCall : OptionRight::kPut;
  }
  auto id = registry.add(instrument);
  if (!id) return std::move(id).error();
  listing.instrument = *id;
  all_.push_back(std::move(listing));
  return {};
}

std::vector<std::size_t> Listings::find(const Contract& wanted) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const Contract& c = all_[i].contract;
    if (!has_exchange(all_[i], wanted.exchange)) continue;
    if (wanted.con_id != 0) {
      if (wanted.con_id == c.con_id) found.push_back(i);
      continue;
    }
    const std::string_view type =
        wanted.sec_type == "CONTFUT" ? std::string_view{"FUT"} : std::string_view{wanted.sec_type};
    const bool named = !wanted.symbol.empty() || !wanted.local_symbol.empty();
    const std::string& month = wanted.last_trade_date_or_contract_month;
    if (named && fits(wanted.symbol, c.symbol) && fits(type, c.sec_type) &&
        fits(wanted.currency, c.currency) && fits(wanted.local_symbol, c.local_symbol) &&
        fits(wanted.trading_class, c.trading_class) && fits(wanted.multiplier, c.multiplier) &&
        fits(wanted.primary_exch, c.primary_exch) &&
        c.last_trade_date_or_contract_month.starts_with(month) &&
        (wanted.strike.is_zero() || wanted.strike == c.strike) &&
        (wanted.right.empty() || wanted.right == "?" || wanted.right == "0" ||
         wanted.right.substr(0, 1) == c.right.substr(0, 1)))
      found.push_back(i);
  }
  return found;
}

std::string date_text(Timestamp time) {
  const CivilDate day = utc_date(time);
  return fmt::format("{:04}{:02}{:02}", day.year, day.month, day.day);
}

std::string date_time_text(Timestamp time) {
  const auto second = (time - time.floor_to(Duration::days(1))) / Duration::seconds(1);
  return fmt::format("{} {:02}:{:02}:{:02}", date_text(time), second / 3600, second / 60 % 60,
                     second % 60);
}

std::optional<Timestamp> parse_date_time(std::string_view text, Timestamp now) {
  if (text.empty()) return now;
  const auto digits = [&](std::size_t at, std::size_t count) -> int {
    int value = 0;
    if (at + count > text.size()) return -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, value);
    return error == std::errc{} && end == text.data() + at + count ? value : -1;
  };
  if (text.size() > 8 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (seconds > 9'000'000'000) return std::nullopt;
    return Timestamp::from_seconds(seconds);
  }
  const int year = digits(0, 4), month = digits(4, 2), day = digits(6, 2);
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
    return std::nullopt;
  const Timestamp midnight =
      utc_midnight({year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)});
  std::size_t at = 8;
  while (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  if (at == text.size()) return midnight;
  const int hour = digits(at, 2), minute = digits(at + 3, 2);
  const int second = at + 6 < text.size() && text[at + 5] == ':' ? digits(at + 6, 2) : 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  return midnight + Duration::seconds(hour * 3600 + minute * 60 + second);
}

std::string number_text(Price price) { return price.to_text(); }

}  // namespace keel::tws
