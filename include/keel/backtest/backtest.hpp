// Backtest: a feed, a simulated venue, an engine and a report, wired. For a first run, for
// research, for tests. What it does can be written out with the rooms below, line by line; nothing
// in a strategy knows that it runs here.
//
//   keel::Backtest test{{.cash = keel::Money::whole(100'000, "USD")}};
//   const auto btc = test.add_instrument(spec);
//   EmaCross strategy{*btc};
//   const auto report = test.run("ema-cross", strategy, *feed);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <keel/analytics/run_recorder.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/engine/verify.hpp>

namespace keel {

struct BacktestConfig {
  std::string title = "Backtest";
  std::string venue = "SIM";
  std::string account = "main";
  Money cash = Money::whole(100'000, "USD");  // opening balance; its currency is the account's base
  AccountKind kind = AccountKind::kCash;
  SimConfig sim;        // venue and opening balance are filled in
  RiskLimits limits;    // limits of single instruments: Backtest::limits()
  std::string journal;  // folder; empty: journal off
  MarketJournal market_journal = MarketJournal::kAll;
  Duration feed_latency{0};
  // Of equity, for the report; 0: after each input. Besides, after each fill, and where a period of
  // the statistics or a day ends.
  Duration sample_every = Duration::minutes(1);
  RunRecorderConfig recorder;   // periods of the statistics
  bool measure_latency = true;  // event to command, by a steady clock
  bool record_prices = true;    // for the report's pictures
  // Before this moment trading is halted, so that a strategy warms up and nothing is traded; the
  // curve begins here. Absent: from the start.
  std::optional<Timestamp> trade_from;
  OrderManagerConfig orders;
  BarOptions bars;
  LogSink* log = nullptr;
};

// Told from time to time while a run goes on; for a progress bar.
class Progress {
 public:
  // `total` is 0 where the feed does not know.
  virtual void on_progress(std::uint64_t events, std::uint64_t total, Timestamp now) = 0;

 protected:
  ~Progress() = default;
};

// What came back when a journal was opened again.
struct RecoveryReport {
  std::uint64_t seq;           // last one that was there
  std::uint64_t rolling_hash;  // over its facts and commands
  std::size_t open_orders;
  std::size_t unknown_orders;
  double seconds;
};

class Backtest {
 public:
  explicit Backtest(const BacktestConfig& config);
  ~Backtest();
  Backtest(const Backtest&) = delete;
  Backtest& operator=(const Backtest&) = delete;

  // The venue is filled in. Before run. Errors: model.*.
  Result<InstrumentId> add_instrument(const InstrumentSpec& spec);
  [[nodiscard]] const InstrumentRegistry& instruments() const { return listed_; }
  [[nodiscard]] RiskLimits& limits() { return config_.limits; }
  // Sees every transaction of the coming runs.
  void observe(TransactionObserver& observer) { observers_.push_back(&observer); }

  // Runs the strategy over the feed. A journal that exists is refused (journal.exists): a run is
  // not continued by accident. Errors: engine.*, journal.*, sim.*, risk.*, the feed's.
  Result<RunReport> run(std::string_view name, Strategy& strategy, MarketFeed& feed,
                        Progress* progress = nullptr);

  // Opens the journal of the last run as a restart would, with a fresh strategy object.
  Result<RecoveryReport> recover(std::string_view name, Strategy& fresh);

  // Re-runs the journal. `make` gives a fresh strategy (std::unique_ptr<Strategy>) for each run in
  // it.
  template <class Make>
  Result<VerifyReport> verify(std::string_view name, Make&& make,
                              const VerifyOptions& options = {}) {
    struct Maker final : Remaker {
      Make& give;
      Maker(Backtest& test, std::string_view strategy, Make& with)
          : Remaker(test, strategy), give(with) {}
      std::unique_ptr<Strategy> strategy() override { return give(); }
    } maker{*this, name, make};
    return keel::verify(config_.journal, maker, options);
  }

  // Of the last run; null before.
  [[nodiscard]] const Engine* engine() const { return engine_.get(); }

 private:
  class Remaker : public EngineMaker {
   public:
    Remaker(Backtest& test, std::string_view name) : test_(test), name_(name) {}
    Result<std::unique_ptr<Engine>> make() override;
    virtual std::unique_ptr<Strategy> strategy() = 0;

   protected:
    ~Remaker() = default;

   private:
    Backtest& test_;
    std::string name_;
    std::vector<std::unique_ptr<Strategy>> strategies_;
  };

  [[nodiscard]] EngineConfig engine_config(bool with_journal) const;
  Status declare(Engine& engine) const;
  Result<std::unique_ptr<SimVenue>> wire(Engine& engine, std::string_view name, Strategy& strategy);

  BacktestConfig config_;
  InstrumentRegistry listed_;  // checks specs as they come
  std::vector<InstrumentSpec> specs_;
  std::vector<TransactionObserver*> observers_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<SimVenue> venue_;
};

}  // namespace keel
