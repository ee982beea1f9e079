// Quickstart 1: a backtest. A strategy, a feed, a simulated venue; a report in a file.
//
//   quickstart_backtest [examples/data/bitstamp_trades_from_20131125_usd.csv.gz]
#include <cstdio>

#include <keel/analytics/report_writers.hpp>
#include <keel/backtest/backtest.hpp>
#include <keel/indicators/moving_average.hpp>
#include <keel/storage/csv_feed.hpp>

using namespace keel::literals;

// Long one bitcoin while the fast average is above the slow one, else flat.
class Cross final : public keel::Strategy {
 public:
  explicit Cross(keel::InstrumentId btc) : btc_{btc} {}
  void on_start(keel::Context& context) override { context.subscribe_bars(btc_, 5_min); }
  void on_bar(keel::Context& context, const keel::Bar& bar) override {
    fast_.update(bar.close);
    slow_.update(bar.close);
    if (slow_.ready())
      context.set_target_position(btc_, fast_.value() > slow_.value() ? 1_qty : 0_qty);
  }
  KEEL_STATE(fast_, slow_)  // saved in snapshots, loaded after a restart

 private:
  keel::InstrumentId btc_;
  keel::Ema fast_{10}, slow_{40};
};

int main(int argc, char** argv) {
  const char* path = argc > 1 ? argv[1] : "examples/data/bitstamp_trades_from_20131125_usd.csv.gz";

  keel::BacktestConfig config;
  config.title = "Quickstart";
  config.cash = keel::Money::whole(10'000, "USD");
  config.sim.fees = keel::FeeSchedule::percent(0.002_rate, 0.0025_rate);
  config.limits.max_position = 2_qty;
  keel::Backtest test{config};

  keel::InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.base = keel::Currency{"BTC"};
  spec.quote = keel::Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.00000001_qty;
  const auto btc = test.add_instrument(spec);
  if (!btc) return std::fprintf(stderr, "%s\n", btc.error().message().c_str()), 1;

  keel::CsvSpec columns;
  columns.time = "timestamp";
  columns.price = "price";
  columns.size = "amount";
  auto feed = keel::csv_trades(path, columns, test.instruments().get(*btc));
  if (!feed) return std::fprintf(stderr, "%s\n", feed.error().message().c_str()), 1;

  Cross strategy{*btc};
  const auto report = test.run("cross", strategy, *feed);
  if (!report) return std::fprintf(stderr, "%s\n", report.error().message().c_str()), 1;
  std::fputs(keel::summary_text(*report).c_str(), stdout);
  if (const auto written = keel::write_html("quickstart.html", *report); !written)
    return std::fprintf(stderr, "%s\n", written.error().message().c_str()), 1;
  return 0;
}
