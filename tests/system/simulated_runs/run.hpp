// Run: one seed from start to end: an engine, its venues, its journal, everything that goes wrong,
// and the auditor beside it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <keel/engine/simulation.hpp>
#include <keel/engine/verify.hpp>

#include <temp_folder.hpp>

#include "auditor.hpp"
#include "market.hpp"
#include "trader.hpp"

namespace keel::runs {

// Bugs that are planted to prove that somebody would notice. Each is named with the promise that
// must break when the auditor looks at nothing else.
enum class Plant : std::uint8_t {
  kNone,
  kFillForgotten,
  kFillLost,
  kFillDoubled,
  kFillShrunk,
  kBookedTwice,
  kCashForgotten,
  kCostDrifts,
  kOpenDrifts,
  kStateDrifts,
  kFilledDrifts,
  kEarlyCommand,
  kInventedCommand,
  kIdReused,
  kLimitLoosened,
  kOrderLimitLoosened,
  kJournalCut,
  kStateNotJournaled,
  kUndetermined,
  kDeaf,
  kCallbackThrows,
  kOtherDraws,
};
struct PlantedBug {
  Plant plant;
  Promise promise;
  const char* what;
};
[[nodiscard]] std::span<const PlantedBug> planted_bugs();

struct RunOptions {
  bool trace = false;
  Plant plant = Plant::kNone;
  std::optional<Promise> only{};
};
struct Outcome {
  std::optional<Broken> broken;
  std::uint64_t inputs = 0;
  std::uint64_t hash = 0;  // of everything decided
  std::uint64_t commands_refused = 0, disconnects = 0, executions = 0;
  bool storage_failed = false, verified = false;
  Auditor::Counts counts;
};
[[nodiscard]] Outcome run_seed(std::uint64_t seed, const RunOptions& options);

class Run final : private InputProbe,
                  private TransactionObserver,
                  private CallbackHook,
                  private EngineMaker {
 public:
  Run(const Plan& plan, const RunOptions& options);
  Outcome go();

 private:
  struct CrashNow {};  // thrown through the simulation: the process is gone
  struct Over {};      // a promise is broken: no further

  // run.cpp
  void go_to_the_end();
  bool start(Timestamp now);
  void fund();
  void step();
  void crash();
  bool survive();
  void heal();
  void finish();
  void by_hand();
  void jump_clock();
  void tell(HostAction action, std::uint8_t level = 0);
  void feed(RecordHeader& input);
  [[nodiscard]] Timestamp now() const;
  [[nodiscard]] bool over() const { return auditor_.broken().has_value(); }
  std::unique_ptr<RandomTrader> make_trader(std::size_t index, CallbackHook* hook);
  Result<std::unique_ptr<Engine>> make() override;
  void trace(const std::string& line) const;

  void before(const RecordHeader& input) override;
  void after(const RecordHeader& input, std::uint64_t commands) override;
  void on_transaction(std::span<const std::byte> records) override;
  void in_callback() override;

  // plants.cpp
  void plant_in_plan();
  void plant_in_input(RecordHeader& input);
  void plant_in_transaction(std::vector<std::byte>& records);
  void plant_in_state();
  void plant_at_crash();

  Plan plan_;
  RunOptions options_;
  test::TempFolder folder_;
  std::string journal_;
  FaultyFiles files_;
  InstrumentRegistry registry_;
  Directory directory_;
  Auditor auditor_;
  RandomMarket market_;
  Random random_;  // of the driver's own choices
  std::vector<std::unique_ptr<SimVenue>> venues_;
  std::vector<std::unique_ptr<VenueTap>> taps_;
  std::vector<std::unique_ptr<RandomTrader>> traders_, replayed_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Simulation> simulation_;

  Outcome outcome_;
  std::size_t next_crash_ = 0;
  bool armed_ = false;  // the next callback ends the process
  bool dead_ = false;
  std::uint64_t inputs_ = 0, must_keep_ = 0;
  Timestamp last_{kStart};
  bool healing_ = false, planted_ = false;
  OrderId earlier_id_{};
  ExecutionId earlier_execution_;
  RollingHash decided_;
};

}  // namespace keel::runs
