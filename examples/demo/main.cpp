// keel-demo: the main job, end to end, on 100,000 real BTC/USD trades.
//
// Trades -> one-minute bars -> a trend strategy -> risk checks -> order manager -> simulated venue
// with fees, latency and slippage -> fills -> portfolio, P&L -> journal -> report. Then the journal
// is recovered as after a crash, and verified by running the strategy again on what was recorded.
#include <cstdio>
#include <filesystem>
#include <string>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <keel/analytics/report_writers.hpp>
#include <keel/backtest/backtest.hpp>
#include <keel/backtest/trend.hpp>
#include <keel/core/format.hpp>
#include <keel/storage/csv_feed.hpp>

using namespace keel::literals;

namespace {

// A bar on stderr, so that stdout stays clean for whoever reads it.
class ProgressBar final : public keel::Progress {
 public:
  void on_progress(std::uint64_t events, std::uint64_t total, keel::Timestamp now) override {
    (void)total;  // a compressed file does not tell how many rows it holds
    const std::uint64_t shown = events / 2'000;
    if (shown == shown_) return;
    shown_ = shown;
    fmt::print(stderr, "\r  {:>9} trades  {}  {:<50}", events, keel::to_text(keel::utc_date(now)),
               std::string(shown, '#'));
  }
  void done() const { fmt::print(stderr, "\n"); }

 private:
  std::uint64_t shown_ = ~std::uint64_t{0};
};

int fail(const keel::Error& error) {
  fmt::print(stderr, "keel-demo: {}\n", error.message());
  return 1;
}

keel::InstrumentSpec bitcoin() {
  keel::InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.mic = "BITSTAMP";
  spec.kind = keel::InstrumentKind::kSpot;
  spec.base = keel::Currency{"BTC"};
  spec.quote = keel::Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.00000001_qty;
  spec.min_notional = keel::Money::whole(5, "USD");
  return spec;
}

keel::BacktestConfig settings(const std::string& journal) {
  keel::BacktestConfig config;
  config.title = "Trend on BTC/USD, Bitstamp, November 2013";
  config.venue = "BITSTAMP";
  config.cash = keel::Money::whole(100'000, "USD");
  config.journal = journal;
  config.feed_latency = 20_ms;
  config.sim.order_latency = keel::LatencyModel::constant(80_ms);
  config.sim.response_latency = keel::LatencyModel::constant(80_ms);
  config.sim.fees = keel::FeeSchedule::percent(0.002_rate, 0.0025_rate);
  config.sim.fills.slippage = keel::Slippage::fixed(5);
  config.sim.fills.participation = 0.5_rate;  // at most half of each printed trade

  config.limits.max_order_notional = keel::Money::whole(95'000, "USD");
  config.limits.max_position = 200_qty;
  config.limits.price_collar = 0.05_rate;
  config.limits.max_reference_age = 15_min;
  config.limits.max_open_orders = 20;
  config.limits.max_order_rate = 20;
  config.limits.max_gross_exposure = keel::Money::whole(150'000, "USD");
  config.limits.max_leverage = 1_rate;
  config.limits.max_daily_loss_rate = 0.05_rate;
  config.limits.max_drawdown_rate = 0.15_rate;
  config.limits.fee_buffer = 0.005_rate;
  config.limits.market_buffer = 0.01_rate;
  return config;
}

keel::Status write_all(const std::filesystem::path& folder, const keel::RunReport& report) {
  if (auto status = keel::write_html((folder / "report.html").string(), report); !status)
    return status;
  if (auto status = keel::write_json((folder / "report.json").string(), report); !status)
    return status;
  if (auto status = keel::write_fills_csv((folder / "fills.csv").string(), report); !status)
    return status;
  return keel::write_orders_csv((folder / "orders.csv").string(), report);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "The main job, end to end, on 100,000 real BTC/USD trades.\n"
      "Example: keel-demo --out build/demo"};
  std::string data = "examples/data/bitstamp_trades_from_20131125_usd.csv.gz";
  std::string out = "build/demo";
  app.add_option("--data", data, "trades, CSV or CSV.gz with timestamp, price and amount")
      ->capture_default_str();
  app.add_option(
         "--out", out,
         "folder for the report and the journal; what an earlier run wrote there is replaced")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const std::filesystem::path folder{out};
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const std::string journal = (folder / "demo.journal").string();
  if (auto status = keel::remove_journal(journal); !status) return fail(status.error());

  keel::Backtest test{settings(journal)};
  const auto btc = test.add_instrument(bitcoin());
  if (!btc) return fail(btc.error());

  keel::CsvSpec columns;
  columns.time = "timestamp";
  columns.price = "price";
  columns.size = "amount";
  auto feed = keel::csv_trades(data, columns, test.instruments().get(*btc));
  if (!feed) return fail(feed.error());

  ProgressBar progress;
  keel::Trend strategy{*btc};
  auto report = test.run("trend", strategy, *feed, &progress);
  progress.done();
  if (!report) return fail(report.error());
  fmt::print("{}\n", feed->report().to_text());
  fmt::print("{}", keel::summary_text(*report));
  if (auto status = write_all(folder, *report); !status) return fail(status.error());
  fmt::print("\nwritten to {}: report.html report.json fills.csv orders.csv demo.journal\n", out);

  // As after a crash: a new process would find nothing but the journal.
  keel::Trend fresh{*btc};
  const auto recovered = test.recover("trend", fresh);
  if (!recovered) return fail(recovered.error());
  const bool same = recovered->rolling_hash == report->host.rolling_hash;
  fmt::print("recovered {} records in {:.0f} ms: {} open orders, hash {}\n", recovered->seq,
             recovered->seconds * 1e3, recovered->open_orders, same ? "as before" : "DIFFERS");

  const auto verified =
      test.verify("trend", [&btc] { return std::make_unique<keel::Trend>(*btc); });
  if (!verified) return fail(verified.error());
  fmt::print("verified {} inputs, {} facts, {} commands in {} runs\n", verified->inputs,
             verified->facts, verified->commands, verified->runs);
  fmt::print("{}\n", verified->text());
  return verified->identical() && same ? 0 : 1;
}
