// How fast a journal is verified and recovered: a run of generated quotes with an EMA cross is
// journaled with all of its market data, then
//   verify     re-runs the strategy on every recorded input and compares every fact and command
//   recover    folds the whole journal, without a snapshot, into a new engine
//   restart    the same from the last snapshot, as a real restart does
//
//   KEEL_BENCH_INPUTS=50000000 bench_recovery      the full length (6 GB of disk)
//
// Seconds are of processor time: other programs on the machine do not count; nothing here waits.
// The figures for 50 million inputs are scaled from the shorter file, which is said beside them:
// both walk the journal once, from front to back.
#include <cstdlib>
#include <filesystem>

#include <figures.hpp>
#include <gen_ticks.hpp>
#include <keel/backtest/backtest.hpp>
#include <keel/backtest/ema_cross.hpp>
#include <keel/journal/reader.hpp>
#include <keel/storage/memory_feed.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

[[noreturn]] void stop(const Error& error) {
  std::fprintf(stderr, "bench_recovery: %s\n", error.message().c_str());
  std::exit(1);
}

class Quotes final : public MarketFeed {
 public:
  explicit Quotes(std::uint64_t count) : left_(count) {}
  Result<std::span<const std::byte>> next() override {
    batch_.clear();
    for (int i = 0; i < 128 && left_ > 0; ++i, --left_) {
      const RawQuote raw = ticks_.next().quote;
      batch_.push_back(Quote::two_sided(
          {1}, {raw.ts_ns}, Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
          Quantity::whole(raw.bid_size), Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
          Quantity::whole(raw.ask_size)));
    }
    return std::as_bytes(std::span{batch_});
  }

 private:
  TickGenerator ticks_{42};
  std::uint64_t left_;
  std::vector<Quote> batch_;
};

Status declare(InstrumentRegistry& registry, Directory& directory) {
  auto venue = directory.add_venue("SIM");
  if (!venue) return std::move(venue).error();
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = "USD";
  spec.venue = *venue;
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  if (auto id = registry.add(spec); !id) return std::move(id).error();
  auto account =
      directory.add_account("main", *venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated);
  return account ? Status{} : Status{std::move(account).error()};
}

EmaCrossSettings settings() {
  EmaCrossSettings own;
  own.bars = BarSpec::time(10_s, PriceSource::kMid);
  own.quantity = 1000_qty;
  own.shorts = true;
  return own;
}

EngineConfig config_for(const std::string& journal) {
  EngineConfig config;
  config.journal = journal;
  config.market_journal = MarketJournal::kAll;
  config.snapshot_every = 0;
  config.orders.slots = 1u << 12;
  config.orders.execution_window = 1u << 13;
  return config;
}

SimConfig sim_config() {
  SimConfig config;
  config.venue = {1};
  return config;
}

void run(const std::string& journal, std::uint64_t inputs) {
  Engine engine{config_for(journal)};
  if (auto status = declare(engine.instruments(), engine.directory()); !status)
    stop(status.error());
  SimVenue venue{sim_config(), engine.instruments()};
  EmaCross strategy{{1}, settings()};
  if (auto status = engine.add_venue(venue); !status) stop(status.error());
  if (auto id = engine.add_strategy("ema", strategy, {1}); !id) stop(id.error());
  Quotes feed{inputs};
  if (auto status = engine.start({1'704'067'200'000'000'000}); !status) stop(status.error());
  Simulation simulation{engine, feed, 1_ms};
  simulation.add_venue(venue);
  if (auto done = simulation.run(); !done) stop(done.error());
  if (engine.failure() != nullptr) stop(*engine.failure());
  // No stop: as a process that was killed. What is there is recovered.
}

class Maker final : public EngineMaker {
 public:
  Result<std::unique_ptr<Engine>> make() override {
    strategies_.push_back(std::make_unique<EmaCross>(InstrumentId{1}, settings()));
    auto engine = std::make_unique<Engine>(config_for(""));
    if (auto status = declare(engine->instruments(), engine->directory()); !status)
      return std::move(status).error();
    if (auto id = engine->add_strategy("ema", *strategies_.back(), {1}); !id)
      return std::move(id).error();
    return engine;
  }

 private:
  std::vector<std::unique_ptr<EmaCross>> strategies_;
};

// Seconds until an engine on this journal is ready.
double recover(const std::string& journal) {
  EmaCross strategy{{1}, settings()};
  Engine engine{config_for(journal)};
  if (auto status = declare(engine.instruments(), engine.directory()); !status)
    stop(status.error());
  if (auto id = engine.add_strategy("ema", strategy, {1}); !id) stop(id.error());
  const auto begin = cpu_ns();
  if (auto status = engine.start({1'804'067'200'000'000'000}); !status) stop(status.error());
  const double seconds = static_cast<double>(cpu_ns() - begin) / 1e9;
  if (!engine.recovered()) stop(Error{engine_errors::kRecovery, "journal", journal, "a past", {}});
  return seconds;
}

double read_only(const std::string& journal) {
  const auto begin = cpu_ns();
  auto reader = JournalReader::open(journal);
  if (!reader) stop(reader.error());
  while (reader->next()) keep(reader->transaction().last_seq);
  if (!reader->status()) stop(reader->status().error());
  return static_cast<double>(cpu_ns() - begin) / 1e9;
}

void drop_snapshots(const std::string& journal) {
  for (const auto& entry : std::filesystem::directory_iterator{journal})
    if (entry.path().filename().string().starts_with("snapshot-"))
      std::filesystem::remove(entry.path());
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "recovery"};
  std::uint64_t inputs = 4'000'000;
  if (const char* text = std::getenv("KEEL_BENCH_INPUTS"); text != nullptr)
    inputs = std::strtoull(text, nullptr, 10);
  std::string name = (std::filesystem::temp_directory_path() / "keel_bench_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    stop(Error{journal_errors::kStorage, "folder", name, "", {}});
  const std::string journal = name + "/journal";
  run(journal, inputs);

  const double count = static_cast<double>(inputs);
  const double reading = read_only(journal);
  const auto begin = cpu_ns();
  Maker maker;
  const auto verified = verify(journal, maker);
  const double verifying = static_cast<double>(cpu_ns() - begin) / 1e9;
  if (!verified) stop(verified.error());
  if (!verified->identical())
    stop(Error{engine_errors::kVerify, "journal", verified->text(), "identical", {}});
  figures.add("verified_inputs", static_cast<double>(verified->inputs) / verifying, "1/s",
              "reading the journal alone", count / reading);
  drop_snapshots(journal);
  const double folding = recover(journal);  // leaves a snapshot at its end
  figures.add("recovered_inputs", count / folding, "1/s", "reading the journal alone",
              count / reading);
  figures.add("recover_50_million_scaled", folding * 50e6 / count, "s", "budget", 2);
  figures.add("verify_50_million_scaled", verifying * 50e6 / count, "s", "at 6 million a second",
              50.0 / 6);
  figures.add("restart_from_snapshot", recover(journal), "s", "fold of the whole journal", folding);
  std::filesystem::remove_all(name);
}
