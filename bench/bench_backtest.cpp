// The EMA-cross backtest over 1,000,000 generated quotes, all components on: risk, orders,
// portfolio, simulated venue; journal off, and in `process` durability with every quote recorded.
// Quotes lie in memory in 40 bytes each; the ledger is a projection and off the path. Processor
// time.
//
// The reference of the throughput is the bare loop: the same two averages over the same quotes,
// with nothing else. Peers on such a machine: NautilusTrader 1.231 35 thousand quotes a second,
// FLOX 0.11 85 thousand with a Python strategy, hftbacktest 2.4 2.7 to 3.2 million.
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include <figures.hpp>
#include <gen_ticks.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/engine/verify.hpp>
#include <keel/indicators/moving_average.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::size_t kQuotes = 1'000'000;

// 40 bytes a quote, widened to records a few hundred at a time, so that they stay in the cache.
class CompactFeed final : public MarketFeed {
 public:
  explicit CompactFeed(const std::vector<RawQuote>& quotes) : quotes_(quotes) {
    for (auto& record : batch_) record = Quote::two_sided({1}, {0}, 0_px, 0_qty, 0_px, 0_qty);
  }
  Result<std::span<const std::byte>> next() override {
    const std::size_t count = std::min(kBatch, quotes_.size() - at_);
    for (std::size_t i = 0; i < count; ++i) {
      const RawQuote& raw = quotes_[at_ + i];
      Quote& record = batch_[i];
      record.header.ts_event = record.header.ts_recv = {raw.ts_ns};
      record.bid_price = Price::from_raw(raw.bid_ticks * kPriceRawPerTick);
      record.ask_price = Price::from_raw(raw.ask_ticks * kPriceRawPerTick);
      record.bid_size = Quantity::whole(raw.bid_size);
      record.ask_size = Quantity::whole(raw.ask_size);
    }
    at_ += count;
    return std::span{reinterpret_cast<const std::byte*>(batch_), count * sizeof(Quote)};
  }

 private:
  static constexpr std::size_t kBatch = 128;
  const std::vector<RawQuote>& quotes_;
  std::size_t at_ = 0;
  Quote batch_[kBatch];
};

class EmaCross final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote& quote) override {
    const double mid = quote.mid();
    fast_.update(mid);
    slow_.update(mid);
    if (!slow_.ready()) return;
    const bool up = fast_.value() > slow_.value();
    if (up == up_ && known_) return;
    up_ = up;
    known_ = true;
    ++crossings;
    context.set_target_position({1}, up ? 1000_qty : -1000_qty);
  }
  KEEL_STATE(fast_, slow_, up_, known_)
  std::uint64_t crossings = 0;

 private:
  Ema fast_{30}, slow_{60};
  bool up_ = false, known_ = false;
};

void declare(Engine& engine) {
  const auto venue = engine.directory().add_venue("SIM").value();
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = Currency{"USD"};
  spec.venue = venue;
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  (void)engine.instruments().add(spec).value();
  (void)engine.directory()
      .add_account("main", venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated)
      .value();
}

struct Outcome {
  std::uint64_t commands, hash;
};

Outcome run(const std::vector<RawQuote>& quotes, const std::string& journal) {
  EngineConfig config;
  config.journal = journal;
  config.market_journal = MarketJournal::kAll;
  config.limits.max_position = 10'000_qty;
  config.limits.price_collar = 0.05_rate;
  config.limits.max_reference_age = 10_s;
  config.limits.max_open_orders = 100;
  config.limits.max_order_rate = 1000;
  config.limits.max_order_notional = Money::whole(1'000'000, "USD");
  config.limits.max_gross_exposure = Money::whole(10'000'000, "USD");
  // One order is open at a time: rings of this size stay in the cache.
  config.orders.slots = 1u << 11;
  config.orders.execution_window = 1u << 11;
  Engine engine{config};
  declare(engine);
  SimConfig sim;
  sim.venue = {1};
  sim.max_orders = sim.max_executions = 1u << 11;
  sim.fees = FeeSchedule::percent(0.00001_rate, 0.00002_rate);
  SimVenue venue{sim, engine.instruments()};
  EmaCross strategy;
  if (!engine.add_venue(venue) || !engine.add_strategy("ema", strategy, {1})) std::abort();
  if (auto status = engine.start({quotes.front().ts_ns}); !status) {
    std::fprintf(stderr, "%s\n", status.error().message().c_str());
    std::abort();
  }
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = {quotes.front().ts_ns};
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(1'000'000, "USD").raw();
  cash.currency = "USD";
  engine.on(cash.header);
  CompactFeed feed{quotes};
  Simulation simulation{engine, feed};
  simulation.add_venue(venue);
  if (!simulation.run() || engine.failure() != nullptr) std::abort();
  return {engine.commands_sent(), engine.rolling_hash()};
}

double floor_seconds(const std::vector<RawQuote>& quotes) {
  return median_seconds(5, [&quotes] {
    Ema fast{30}, slow{60};
    std::uint64_t above = 0;
    for (const auto& raw : quotes) {
      const double mid = static_cast<double>(raw.bid_ticks + raw.ask_ticks) * 0.5e-5;
      fast.update(mid);
      slow.update(mid);
      above += fast.value() > slow.value() ? 1u : 0u;
    }
    keep(above);
  });
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "backtest"};
  const auto quotes = make_quotes(kQuotes);
  const double data_mib = peak_mib();
  const double floor = kQuotes / floor_seconds(quotes);

  Outcome outcome{};
  const double off = kQuotes / median_seconds(5, [&] { outcome = run(quotes, ""); });
  figures.add("quotes_per_second_journal_off", off, "1/s", "two averages alone", floor);
  figures.add("commands_per_quote", static_cast<double>(outcome.commands) / kQuotes, "", "allowed",
              0.05);
  figures.add("memory_above_data", peak_mib() - data_mib, "MiB", "allowed", 64);

  const auto folder = std::filesystem::temp_directory_path() / "keel_bench_journal";
  std::uint64_t journaled_hash = 0;
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    std::filesystem::remove_all(folder);  // between the runs, and not counted
    seconds.push_back(
        median_seconds(1, [&] { journaled_hash = run(quotes, folder.string()).hash; }));
  }
  const double on = kQuotes / median(seconds);
  figures.add("quotes_per_second_journaled", on, "1/s", "journal off", off);
  figures.add("same_decisions", journaled_hash == outcome.hash ? 1 : 0, "", "expected", 1);

  struct Maker final : EngineMaker {
    std::vector<std::unique_ptr<EmaCross>> strategies;
    Result<std::unique_ptr<Engine>> make() override {
      EngineConfig config;
      config.limits.max_position = 10'000_qty;
      config.limits.price_collar = 0.05_rate;
      config.limits.max_reference_age = 10_s;
      config.limits.max_open_orders = 100;
      config.limits.max_order_rate = 1000;
      config.limits.max_order_notional = Money::whole(1'000'000, "USD");
      config.limits.max_gross_exposure = Money::whole(10'000'000, "USD");
      auto engine = std::make_unique<Engine>(config);
      declare(*engine);
      strategies.push_back(std::make_unique<EmaCross>());
      (void)engine->add_strategy("ema", *strategies.back(), {1}).value();
      return engine;
    }
  } maker;
  bool identical = false;
  std::uint64_t inputs = 0;
  const double verify_seconds = median_seconds(1, [&] {
    const auto report = verify(folder.string(), maker);
    identical = report.ok() && report->identical() && !report->unrecorded_from;
    inputs = report.ok() ? report->inputs : 0;
  });
  figures.add("verify_inputs_per_second", static_cast<double>(inputs) / verify_seconds, "1/s",
              "aim", 6e6);
  figures.add("verify_identical", identical ? 1 : 0, "", "expected", 1);
  std::filesystem::remove_all(folder);
  return identical && journaled_hash == outcome.hash ? 0 : 1;
}
