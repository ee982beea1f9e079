// Inputs in whose transaction the process ended: fed again once, and never a third time.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <keel/journal/reader.hpp>
#include <temp_folder.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr Timestamp kStart{1'704'067'200'000'000'000};
constexpr Timestamp kLater{1'704'170'000'000'000'000};

enum class Where { kNowhere, kFill, kDenied, kTimer, kQuote, kParameter, kRecovered, kStop };

// Pulls the plug in the nth callback of one kind.
class Mortal final : public Crosser {
 public:
  Where where = Where::kNowhere;
  int nth = 1;
  void on_start(Context& context) override {
    Crosser::on_start(context);
    context.set_timer(context.now() + 5_s);
  }
  void on_recovered(Context& context) override {
    die(Where::kRecovered);
    Crosser::on_recovered(context);
  }
  void on_quote(Context& context, const Quote& quote) override {
    Crosser::on_quote(context, quote);
    die(Where::kQuote);
  }
  void on_fill(Context& context, const OrderFact& fill) override {
    Crosser::on_fill(context, fill);
    die(Where::kFill);
  }
  void on_denied(Context& context, const OrderFact& fact) override {
    Crosser::on_denied(context, fact);
    die(Where::kDenied);
  }
  void on_timer(Context&, Timestamp) override {
    ++timers;
    die(Where::kTimer);
  }
  void on_parameter(Context&, std::string_view, Int128) override {
    ++parameters;
    die(Where::kParameter);
  }
  void on_stop(Context&) override { die(Where::kStop); }
  int timers = 0, parameters = 0;

 private:
  void die(Where here) {
    if (where == here && ++count_ >= nth) kill(getpid(), SIGKILL);
  }
  int count_ = 0;
};

class MortalMaker final : public EngineMaker {
 public:
  Result<std::unique_ptr<Engine>> make() override {
    strategies_.push_back(std::make_unique<Mortal>());
    auto engine = std::make_unique<Engine>(EngineConfig{});
    declare(*engine);
    if (auto id = engine->add_strategy("crosser", *strategies_.back(), {1}); !id)
      return std::move(id).error();
    return engine;
  }

 private:
  std::vector<std::unique_ptr<Mortal>> strategies_;
};

// In another process, which must not survive it.
void dies(const std::function<void()>& run) {
  const pid_t child = fork();
  if (child == 0) {
    run();
    _exit(5);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

void give_command(Engine& engine, Timestamp now, Quantity quantity) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now;
  command.header.instrument = {1};
  command.action = HostAction::kSubmit;
  command.strategy = {1};
  command.account = {1};
  command.side = Side::kBuy;
  command.terms = OrderRequest::market({1}, Side::kBuy, quantity).terms;
  command.by = "a person";
  engine.on(command.header);
}

void give_parameter(Engine& engine, Timestamp now) {
  ParameterInput parameter = make_record<ParameterInput>(RecordKind::kParameter);
  parameter.header.ts_event = parameter.header.ts_recv = now;
  parameter.strategy = {1};
  parameter.name = "threshold";
  engine.on(parameter.header);
}

// The first run, which ends where it is told.
void first_run(const std::string& journal, Where where, int nth) {
  dies([&] {
    Mortal strategy;
    strategy.where = where;
    strategy.nth = nth;
    World world{strategy, journal};
    world.start(kStart);
    if (where == Where::kDenied) give_command(world.engine, kStart, 0_qty);
    if (where == Where::kParameter) give_parameter(world.engine, kStart);
    QuoteFeed feed{7, 20'000};
    world.run(feed);
    (void)world.engine.stop(kLater);
  });
}

struct Found {
  std::vector<RunInput> runs;
  std::vector<std::vector<RecordHeader>> after;  // headers of inputs behind each run's own
  std::vector<StateFact> states;
  std::int64_t position = 0;
};

Found read(const std::string& journal) {
  Found found;
  auto reader = JournalReader::open(journal);
  REQUIRE(reader.ok());
  while (reader->next()) {
    const auto& input = reader->transaction().input();
    if (input.kind == RecordKind::kRestarted) {
      found.runs.push_back(record_as<RunInput>(input));
      found.after.emplace_back();
    } else if (!found.runs.empty() && is_input(input.kind)) {
      found.after.back().push_back(input);
    }
    for (const RecordHeader& record : reader->transaction().records) {
      if (record.kind == RecordKind::kTradingStateChanged)
        found.states.push_back(record_as<StateFact>(record));
      if (record.kind != RecordKind::kOrderFilled) continue;
      const auto& fill = record_as<OrderRecord>(record);
      found.position += sign(fill.side) * fill.last_quantity.raw();
    }
  }
  REQUIRE(reader->status().ok());
  return found;
}

std::int64_t held(const Engine& engine) {
  const Position* position = engine.portfolio().position({1}, {1});
  return position != nullptr ? position->quantity.raw() : 0;
}

void verifies(const std::string& journal) {
  MortalMaker maker;
  const auto verified = verify(journal, maker);
  REQUIRE(verified.ok());
  CHECK(verified->text() == "replay: identical");
}

}  // namespace

TEST_CASE("a report, a host command, a timer or a parameter is fed again, once") {
  const struct {
    Where where;
    int nth;
    RecordKind kind;
  } cases[] = {{Where::kFill, 3, RecordKind::kOrderReport},
               {Where::kDenied, 1, RecordKind::kHostCommand},
               {Where::kTimer, 1, RecordKind::kTimer},
               {Where::kParameter, 1, RecordKind::kParameter}};
  for (const auto& one : cases) {
    CAPTURE(to_text(one.kind));
    TempFolder folder;
    const auto journal = folder.file("one.journal");
    first_run(journal, one.where, one.nth);
    const auto before = read(journal);
    {
      Mortal strategy;
      World world{strategy, journal};
      world.start(kLater);
      REQUIRE(world.engine.interrupted() != nullptr);
      CHECK(world.engine.interrupted()->ends == 1);
      CHECK(strategy.recoveries == 1);
      CHECK(strategy.fills == (one.where == Where::kFill ? 1 : 0));
      CHECK(strategy.timers == 0);  // a strategy's own timers end with its run
      CHECK(strategy.parameters == (one.where == Where::kParameter ? 1 : 0));
      CHECK(strategy.denials.size() == (one.where == Where::kDenied ? 1u : 0u));
      CHECK(world.engine.risk().trading_state() == TradingState::kActive);
      const auto found = read(journal);
      REQUIRE(found.runs.size() == 1);
      CHECK(found.runs[0].header.flags == RunInput::kFeedsAgain);
      CHECK(found.runs[0].interrupted_kind == one.kind);
      CHECK(found.runs[0].interrupted_seq == found.runs[0].recovered_seq + 1);
      REQUIRE(found.after[0].size() == 1);
      CHECK(found.after[0][0].kind == one.kind);
      CHECK(held(world.engine) == found.position);
      CHECK((found.position != before.position) == (one.where == Where::kFill));
    }
    verifies(journal);
    // And not once more.
    Mortal strategy;
    World world{strategy, journal};
    world.start(kLater + 1_s);
    CHECK(world.engine.interrupted() == nullptr);
    const auto found = read(journal);
    REQUIRE(found.runs.size() == 2);
    CHECK(found.runs[1].header.flags == 0);
    CHECK(found.runs[1].interrupted_seq == 0);
    CHECK(found.after[1].empty());
    CHECK(held(world.engine) == found.position);
  }
}

TEST_CASE("ending on it a second time: the next run starts halted and names it") {
  TempFolder folder;
  const auto journal = folder.file("twice.journal");
  first_run(journal, Where::kFill, 3);
  const auto once = read(journal);
  dies([&] {
    Mortal strategy;
    strategy.where = Where::kFill;
    World world{strategy, journal};
    (void)world.engine.start(kLater);
  });
  const auto twice = read(journal);
  REQUIRE(twice.runs.size() == 1);
  const auto seq = twice.runs[0].interrupted_seq;
  CHECK(twice.position == once.position);
  {
    Mortal strategy;
    World world{strategy, journal};
    world.start(kLater + 1_s);
    REQUIRE(world.engine.interrupted() != nullptr);
    CHECK(world.engine.interrupted()->ends == 2);
    CHECK(world.engine.interrupted()->seq == seq);
    CHECK(strategy.fills == 0);  // it has had its second chance
    CHECK(world.engine.risk().trading_state() == TradingState::kHalted);
    const auto found = read(journal);
    REQUIRE(found.runs.size() == 2);
    CHECK(found.runs[1].header.flags == RunInput::kStartsHalted);
    CHECK(found.runs[1].interrupted_ends == 2);
    CHECK(found.after[1].empty());
    REQUIRE(found.states.size() == 1);
    CHECK(found.states[0].reason == Reason::kCrashedTwice);
    CHECK(found.states[0].value_before == Int128::from(static_cast<std::int64_t>(seq)));
    CHECK(found.states[0].name.view() ==
          "seq " + std::to_string(seq) + ", " + std::string{to_text(RecordKind::kOrderReport)});
    QuoteFeed feed{8, 400};
    world.run(feed);
    CHECK(strategy.fills == 0);
    CHECK(strategy.denials.size() > 0);
    for (const Reason reason : strategy.denials)
      CHECK((reason == Reason::kTradingHalted || reason == Reason::kRecovering));
    REQUIRE(world.engine.stop(kLater + 600_s).ok());
  }
  verifies(journal);
  // Halted until a person says otherwise, but not again for the same reason.
  Mortal strategy;
  World world{strategy, journal};
  world.start(kLater + 700_s);
  CHECK(world.engine.interrupted() == nullptr);
  CHECK(world.engine.risk().trading_state() == TradingState::kHalted);
  CHECK(read(journal).states.size() == 1);
  HostCommand active = make_record<HostCommand>(RecordKind::kHostCommand);
  active.action = HostAction::kSetTradingState;
  active.level = static_cast<std::uint8_t>(TradingState::kActive);
  active.by = "a person";
  world.engine.on(active.header);
  CHECK(world.engine.risk().trading_state() == TradingState::kActive);
}

TEST_CASE("ending on the way back does not lose the input") {
  TempFolder folder;
  const auto journal = folder.file("way.journal");
  first_run(journal, Where::kFill, 3);
  for (int i = 0; i < 2; ++i)
    dies([&] {
      Mortal strategy;
      strategy.where = Where::kRecovered;
      World world{strategy, journal};
      (void)world.engine.start(kLater);
    });
  Mortal strategy;
  World world{strategy, journal};
  world.start(kLater + 1_s);
  CHECK(world.engine.interrupted()->ends == 3);
  CHECK(strategy.fills == 1);
  CHECK(world.engine.risk().trading_state() == TradingState::kHalted);
  const auto found = read(journal);
  REQUIRE(found.runs.size() == 1);
  CHECK(found.runs[0].header.flags == (RunInput::kFeedsAgain | RunInput::kStartsHalted));
  CHECK(held(world.engine) == found.position);
}

TEST_CASE("market data is dropped and the gap marked; a stop is not repeated") {
  TempFolder folder;
  const auto journal = folder.file("quote.journal");
  first_run(journal, Where::kQuote, 300);
  {
    Mortal strategy;
    World world{strategy, journal};
    world.start(kLater);
    CHECK(world.engine.interrupted() == nullptr);
    const auto found = read(journal);
    REQUIRE(found.runs.size() == 1);
    CHECK(found.runs[0].interrupted_seq == 0);
    REQUIRE(found.after[0].size() == 1);
    CHECK(found.after[0][0].kind == RecordKind::kMarketGap);
    CHECK(found.after[0][0].instrument == InstrumentId{1});
  }
  verifies(journal);
  dies([&] {
    Mortal strategy;
    strategy.where = Where::kStop;
    World world{strategy, journal};
    world.start(kLater + 1_s);
    (void)world.engine.stop(kLater + 2_s);
  });
  Mortal strategy;
  World world{strategy, journal};
  world.start(kLater + 3_s);
  CHECK_FALSE(world.engine.is_stopped());
  CHECK(world.engine.interrupted()->ends == 1);
  const auto found = read(journal);
  CHECK(found.runs.back().interrupted_kind == RecordKind::kHostCommand);
  CHECK(found.runs.back().header.flags == 0);
  CHECK(found.after.back().empty());
}

TEST_CASE("a run that ends before it has begun begins once more") {
  TempFolder folder;
  const auto journal = folder.file("begin.journal");
  class Stillborn final : public Strategy {
   public:
    void on_start(Context&) override { kill(getpid(), SIGKILL); }
  };
  for (int i = 0; i < 2; ++i)
    dies([&] {
      Stillborn strategy;
      World world{strategy, journal};
      (void)world.engine.start(kStart);
    });
  {
    Mortal strategy;
    World world{strategy, journal};
    world.start(kStart);
    CHECK_FALSE(world.engine.recovered());
    CHECK(strategy.recoveries == 0);
    CHECK(world.engine.interrupted()->ends == 2);
    CHECK(world.engine.risk().trading_state() == TradingState::kHalted);
  }
  verifies(journal);
}
