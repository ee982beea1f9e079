// A sweep of 400 pairs of EMAs over 1,000,000 generated quotes: how many cores it uses, how long it
// takes, how much memory it needs above the data, and what one core does.
#include <sys/resource.h>

#include <charconv>

#include <figures.hpp>
#include <gen_ticks.hpp>
#include <keel/backtest/ema_cross.hpp>
#include <keel/backtest/sweep.hpp>
#include <keel/storage/memory_feed.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::size_t kQuotes = 1'000'000;

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

[[noreturn]] void stop(const Error& error) {
  std::fprintf(stderr, "bench_sweep: %s\n", error.message().c_str());
  std::exit(1);
}

std::vector<PackedQuote> quotes() {
  std::vector<PackedQuote> packed;
  packed.reserve(kQuotes);
  TickGenerator ticks{42};
  while (packed.size() < kQuotes) {
    const RawQuote raw = ticks.next().quote;
    packed.push_back({{raw.ts_ns},
                      Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
                      Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
                      Quantity::whole(raw.bid_size),
                      Quantity::whole(raw.ask_size)});
  }
  return packed;
}

// EMAs of the mid of each bar of ten seconds; every pair has another fast and slow one.
class Pairs final : public SweepJob {
 public:
  explicit Pairs(std::span<const PackedQuote> quotes) : quotes_(quotes) {}
  Result<std::unique_ptr<Strategy>> make_strategy(const SweepPoint& point,
                                                  InstrumentId first) const override {
    EmaCrossSettings settings;
    settings.bars = BarSpec::time(10_s, PriceSource::kMid);
    settings.quantity = 1000_qty;
    settings.shorts = true;
    settings.fast = number(*point.find("fast"));
    settings.slow = settings.fast + number(*point.find("more"));
    return std::unique_ptr<Strategy>{std::make_unique<EmaCross>(first, settings)};
  }
  Result<std::unique_ptr<MarketFeed>> open_feed(const TimeSpan&) const override {
    auto feed = MemoryFeed::quotes_view({1}, quotes_);
    if (!feed) return std::move(feed).error();
    return std::unique_ptr<MarketFeed>{std::make_unique<MemoryFeed>(std::move(feed).value())};
  }

 private:
  static int number(const std::string& text) {
    int value = 1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  std::span<const PackedQuote> quotes_;
};

SweepConfig config(unsigned threads) {
  SweepConfig config;
  config.backtest.cash = Money::whole(1'000'000, "USD");
  config.backtest.kind = AccountKind::kMargin;
  config.threads = threads;
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = "USD";
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  config.instruments.push_back(spec);
  return config;
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "sweep"};
  const auto data = quotes();
  const double before = peak_mib();
  const Pairs job{data};
  SweepGrid grid;
  if (auto status = grid.add_range("fast", "5:100:5"); !status) stop(status.error());
  if (auto status = grid.add_range("more", "10:200:10"); !status) stop(status.error());
  const auto points = grid.points();

  const auto all = run_sweep(config(0), job, points);
  if (!all) stop(all.error());
  const double above = peak_mib() - before;
  // One core: every twentieth point, scaled.
  std::vector<SweepPoint> some;
  for (std::size_t i = 0; i < points.size(); i += 20) some.push_back(points[i]);
  const auto one = run_sweep(config(1), job, some);
  if (!one) stop(one.error());
  for (std::size_t i = 0; i < some.size(); ++i)
    if (one->results[i].rolling_hash != all->results[i * 20].rolling_hash || one->results[i].error)
      stop(
          Error{backtest_errors::kPointFailed, "point", some[i].text(), "equal on any thread", {}});

  const double events = static_cast<double>(points.size()) * static_cast<double>(kQuotes);
  const double scale = static_cast<double>(points.size()) / static_cast<double>(some.size());
  const double one_core = one->seconds * scale;
  figures.add("seconds", all->seconds, "s", "one core, 20 points scaled to 400", one_core);
  figures.add("cores_used", all->processor_seconds / all->seconds, "cores", "threads",
              static_cast<double>(all->threads));
  // What other programs on the machine do not touch.
  figures.add("processor_seconds", all->processor_seconds, "s", "one core, 20 points scaled to 400",
              one->processor_seconds * scale);
  figures.add("quotes_per_second", events / all->seconds, "1/s", "one core", events / one_core);
  figures.add("memory_above_data", above, "MiB", "budget", 100);
  figures.add("points_per_second", static_cast<double>(points.size()) / all->seconds, "1/s",
              "one core", static_cast<double>(points.size()) / one_core);
}
