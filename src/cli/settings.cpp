#include "cli/settings.hpp"

#include <charconv>

#include <keel/backtest/ema_cross.hpp>
#include <keel/backtest/trend.hpp>
#include <keel/core/time_text.hpp>
#include <keel/market/bar_spec.hpp>

#include "cli/yaml.hpp"

namespace keel::cli {

namespace {

void read_instrument(Section section, InstrumentSpec& spec) {
  spec.symbol = section.required("symbol");
  if (auto kind = parse_instrument_kind(section.text("kind", "spot")); kind)
    spec.kind = *kind;
  else
    section.refuse("kind", kind.error());
  spec.mic = section.text("mic", "");
  spec.base = section.currency("base");
  spec.quote = section.currency("quote").value_or(Currency{});
  spec.settlement = section.currency("settlement");
  spec.price_increment = section.price("price_increment").value_or(Price::zero());
  spec.quantity_increment = section.quantity("quantity_increment").value_or(Quantity::zero());
  spec.min_price = section.price("min_price");
  spec.max_price = section.price("max_price");
  spec.min_quantity = section.quantity("min_quantity");
  spec.max_quantity = section.quantity("max_quantity");
  spec.min_notional = section.money("min_notional");
  spec.max_notional = section.money("max_notional");
  spec.multiplier = section.quantity("multiplier").value_or(Quantity::whole(1));
  spec.inverse = section.flag("inverse", false);
  spec.initial_margin = section.rate("initial_margin");
  spec.maintenance_margin = section.rate("maintenance_margin");
}

CsvTime time_format(Section& section) {
  const auto name = section.text("time_format", "s");
  if (name == "s") return CsvTime::kSeconds;
  if (name == "ms") return CsvTime::kMilliseconds;
  if (name == "us") return CsvTime::kMicroseconds;
  if (name == "ns") return CsvTime::kNanoseconds;
  if (name == "iso") return CsvTime::kIso;
  if (name == "pattern") return CsvTime::kPattern;
  section.refuse("time_format", Error{kConfigValue, {}, name, "s, ms, us, ns, iso or pattern", {}});
  return CsvTime::kSeconds;
}

void read_feed(Section section, Settings& settings) {
  settings.feed_path = section.required("path");
  settings.feed_kind = section.text("kind", "trades");
  if (settings.feed_kind != "trades" && settings.feed_kind != "quotes" &&
      settings.feed_kind != "bars")
    section.refuse("kind",
                   Error{kConfigValue, {}, settings.feed_kind, "trades, quotes or bars", {}});
  CsvSpec& spec = settings.columns;
  Section columns = section.section("columns");
  for (auto [key, field] : {std::pair{"time", &spec.time},
                            {"date", &spec.date},
                            {"price", &spec.price},
                            {"size", &spec.size},
                            {"side", &spec.side},
                            {"trade_id", &spec.trade_id},
                            {"bid", &spec.bid},
                            {"ask", &spec.ask},
                            {"bid_size", &spec.bid_size},
                            {"ask_size", &spec.ask_size},
                            {"open", &spec.open},
                            {"high", &spec.high},
                            {"low", &spec.low},
                            {"close", &spec.close},
                            {"volume", &spec.volume},
                            {"value", &spec.value},
                            {"trades", &spec.trades},
                            {"symbol", &spec.symbol}})
    *field = columns.text(key, "");
  spec.symbol_text = section.text("symbol", "");
  spec.time_format = time_format(section);
  spec.time_pattern = section.text("time_pattern", "");
  spec.utc_offset = section.duration("utc_offset").value_or(Duration{0});
  spec.buy = section.text("buy", "buy");
  spec.sell = section.text("sell", "sell");
  spec.bar_length = section.duration("bar_length").value_or(Duration{0});
  spec.bar_time_is_close = section.flag("bar_time_is_close", false);
  spec.has_header = section.flag("header", true);
  spec.newest_first = section.flag("newest_first", false);
  spec.strict = section.flag("strict", false);
  spec.quote_size = section.quantity("quote_size");
  spec.max_jump = section.duration("max_jump").value_or(spec.max_jump);
  settings.max_skipped = section.rate("max_skipped").value_or(Rate::from_raw(Rate::kScale / 100));
  const auto delimiter = section.text("delimiter", ",");
  if (delimiter.size() == 1)
    spec.delimiter = delimiter[0];
  else
    section.refuse("delimiter", Error{kConfigValue, {}, delimiter, "one character", {}});
}

void read_venue(Section section, BacktestConfig& config) {
  config.venue = section.text("name", "SIM");
  const auto latency = [&section](const char* key, Duration fallback) {
    const auto value = section.duration(key).value_or(fallback);
    return value.ns == 0 ? LatencyModel::zero() : LatencyModel::constant(value);
  };
  config.feed_latency = section.duration("feed_latency").value_or(Duration{0});
  config.sim.order_latency = latency("order_latency", Duration::milliseconds(1));
  config.sim.response_latency = latency("response_latency", Duration::milliseconds(1));
  config.sim.fees.maker = section.rate("maker_fee").value_or(Rate::zero());
  config.sim.fees.taker = section.rate("taker_fee").value_or(Rate::zero());
  config.sim.fills.slippage =
      Slippage::fixed(static_cast<std::int32_t>(section.whole("slippage_ticks", 0)));
  if (auto share = section.rate("participation")) config.sim.fills.participation = *share;
  config.sim.seed = static_cast<std::uint64_t>(section.whole("seed", 1));
}

void read_sweep(Section sweep, Section walk, SweepSettings& settings) {
  settings.grid = sweep.section("grid").entries();
  settings.threads = static_cast<unsigned>(sweep.whole("threads", 0));
  settings.select_by = sweep.text("by", "sharpe");
  settings.lowest = sweep.flag("lowest", false);
  settings.in_sample = walk.duration("in_sample");
  settings.out_of_sample = walk.duration("out_of_sample");
  settings.warm_up = walk.duration("warm_up");
  settings.anchored = walk.flag("anchored", false);
}

// A number out of the strategy's parameters.
template <class T>
Status take_number(const std::pair<std::string, std::string>& parameter, T& to) {
  T value{};
  const auto& text = parameter.second;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value <= T{0})
    return Error{
        kConfigValue, "strategy.parameters." + parameter.first, text, "a number above zero", {}};
  to = value;
  return {};
}

Error unknown_parameter(const std::string& strategy, const std::string& name) {
  return Error{kConfigKey, "strategy.parameters." + name, {}, "a parameter of " + strategy, {}};
}

}  // namespace

Result<Settings> Settings::load(const std::string& path,
                                const std::vector<std::string>& overrides) {
  auto file = Section::load(path, overrides);
  if (!file) return std::move(file).error();
  Section& root = *file;
  Settings settings;
  BacktestConfig& config = settings.backtest;
  config.title = root.text("title", "Backtest");
  config.journal = root.text("journal", "");
  settings.out = root.text("out", "");

  Section account = root.section("account");
  config.account = account.text("name", "main");
  config.cash = account.money("cash").value_or(config.cash);
  if (auto kind = parse_account_kind(account.text("kind", "cash")); kind)
    config.kind = *kind;
  else
    account.refuse("kind", kind.error());

  read_instrument(root.section("instrument"), settings.instrument);
  read_feed(root.section("feed"), settings);
  read_venue(root.section("venue"), config);
  config.sample_every = root.duration("sample_every").value_or(Duration::minutes(1));
  config.recorder.periods_per_year = static_cast<double>(root.whole("periods_per_year", 8760));
  config.recorder.period = root.duration("period").value_or(Duration::hours(1));

  const auto positive = [&root](const char* key, Duration value, bool zero_too) {
    if (value.ns < 0 || (value.ns == 0 && !zero_too))
      root.refuse(
          key,
          Error{kConfigValue, {}, to_text(value), zero_too ? "not negative" : "above zero", {}});
  };
  positive("sample_every", config.sample_every, true);
  positive("period", config.recorder.period, false);
  if (!(config.recorder.periods_per_year > 0))
    root.refuse("periods_per_year",
                Error{kConfigValue, {}, root.text("periods_per_year", ""), "above zero", {}});

  Section strategy = root.section("strategy");
  settings.strategy = strategy.required("name");
  settings.parameters = strategy.section("parameters").entries();
  Section limits = root.section("limits");
  settings.limits = limits.entries();
  for (const auto& [name, value] : settings.limits)
    if (auto status = config.limits.set(name, value); !status) limits.refuse(name, status.error());
  read_sweep(root.section("sweep"), root.section("walk_forward"), settings.sweep);
  if (auto status = root.finish(); !status) return std::move(status).error();
  return settings;
}

Result<CsvFeed> Settings::open_feed(const Instrument& listed) const {
  if (feed_kind == "quotes") return csv_quotes(feed_path, columns, listed);
  if (feed_kind == "bars") return csv_bars(feed_path, columns, listed);
  return csv_trades(feed_path, columns, listed);
}

Result<std::unique_ptr<Strategy>> Settings::make_strategy(InstrumentId id) const {
  if (strategy == "trend") {
    TrendSettings own;
    for (const auto& parameter : parameters) {
      const auto& name = parameter.first;
      Status status;
      if (name == "fast")
        status = take_number(parameter, own.fast);
      else if (name == "slow")
        status = take_number(parameter, own.slow);
      else if (name == "volatility")
        status = take_number(parameter, own.volatility);
      else if (name == "stop_ranges")
        status = take_number(parameter, own.stop_ranges);
      else if (name == "risk")
        status = take_number(parameter, own.risk);
      else if (name == "max_invested")
        status = take_number(parameter, own.max_invested);
      else
        return unknown_parameter(strategy, name);
      if (!status) return std::move(status).error();
    }
    return std::unique_ptr<Strategy>{std::make_unique<Trend>(id, own)};
  }
  if (strategy == "ema_cross") {
    EmaCrossSettings own;
    for (const auto& parameter : parameters) {
      const auto& name = parameter.first;
      Status status;
      if (name == "fast")
        status = take_number(parameter, own.fast);
      else if (name == "slow")
        status = take_number(parameter, own.slow);
      else if (name == "quantity") {
        const auto quantity = Quantity::parse(parameter.second);
        if (!quantity) return Error{quantity.error()}.in_field("strategy.parameters.quantity");
        own.quantity = *quantity;
      } else if (name == "bar") {
        const auto length = parse_duration(parameter.second);
        if (!length) return Error{length.error()}.in_field("strategy.parameters.bar");
        own.bars = BarSpec::time(*length);
        if (!check(own.bars))
          return Error{kConfigValue, "strategy.parameters.bar", parameter.second, "above zero", {}};
      } else if (name == "shorts")
        own.shorts = parameter.second == "true";
      else
        return unknown_parameter(strategy, name);
      if (!status) return std::move(status).error();
    }
    return std::unique_ptr<Strategy>{std::make_unique<EmaCross>(id, own)};
  }
  return Error{kUnknownStrategy, "strategy.name", strategy, "trend or ema_cross", {}};
}

}  // namespace keel::cli
