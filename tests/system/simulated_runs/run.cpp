#include "run.hpp"

#include <cstdio>
#include <filesystem>

#include <fmt/core.h>

#include <keel/core/assert.hpp>
#include <keel/model/describe.hpp>

namespace keel::runs {

namespace fs = std::filesystem;

namespace {
struct AssertFailed {
  std::string what;
};

// What a trace needs beside the one line that people get.
std::string more_of(const RecordHeader& input) {
  if (input.kind == RecordKind::kConnection) {
    const auto& connection = record_as<ConnectionInput>(input);
    return fmt::format(" venue {} {}", connection.venue.value, to_text(connection.state));
  }
  if (input.kind != RecordKind::kOrderReport) return {};
  const auto& report = record_as<OrderReport>(input);
  return fmt::format(" [account {} venue {} event {} status {} quantity {} filled {}{}]",
                     report.account.value, report.venue.value, report.header.ts_event.ns,
                     to_text(report.status), report.quantity.to_text(), report.filled.to_text(),
                     (input.flags & OrderReport::kSnapshot) != 0 ? " snapshot" : "");
}
}  // namespace

Outcome run_seed(std::uint64_t seed, const RunOptions& options) {
  const AssertHandler before = set_assert_handler([](const AssertInfo& info) {
    throw AssertFailed{
        fmt::format("{} ({}) at {}:{}", info.message, info.condition, info.file, info.line)};
  });
  const Plan plan = make_plan(seed);
  if (options.trace) fmt::print("{}", plan.text());
  Run run{plan, options};
  Outcome outcome = run.go();
  set_assert_handler(before);
  return outcome;
}

Run::Run(const Plan& plan, const RunOptions& options)
    : plan_(plan),
      options_(options),
      journal_(folder_.file("journal")),
      auditor_((plant_in_plan(), plan_), files_, registry_, directory_),
      market_(plan_),
      random_(plan.seed * 77 + 5) {
  declare(registry_, directory_, plan_);
  if (options.only) auditor_.look_at_only(*options.only);
  for (const SimConfig& config : plan_.venues) {
    need(config.check(registry_));
    venues_.push_back(std::make_unique<SimVenue>(config, registry_));
    taps_.push_back(std::make_unique<VenueTap>(*venues_.back(), auditor_));
  }
}

Outcome Run::go() {
  try {
    go_to_the_end();
  } catch (const Over&) {
  } catch (const AssertFailed& failed) {
    auditor_.breaks(Promise::kAlive, "assert: " + failed.what);
  }
  outcome_.broken = auditor_.broken();
  outcome_.inputs = inputs_;
  outcome_.counts = auditor_.counts();
  outcome_.hash = decided_.value();
  outcome_.storage_failed = files_.failures() > 0;
  for (const auto& venue : venues_) {
    outcome_.disconnects += venue->stats().disconnects;
    outcome_.executions += venue->executions();
  }
  return outcome_;
}

void Run::trace(const std::string& line) const {
  if (options_.trace) fmt::print("{}\n", line);
}

void Run::go_to_the_end() {
  try {
    if (!start(kStart)) return;
  } catch (const CrashNow&) {
    while (!survive()) {
    }
  }
  while (!market_.is_calm() && !over()) step();
  if (!over()) heal();
  if (!over()) finish();
}

std::unique_ptr<RandomTrader> Run::make_trader(std::size_t index, CallbackHook* hook) {
  auto trader = std::make_unique<RandomTrader>(plan_, index, hook);
  if (options_.plant == Plant::kUndetermined)
    trader->be_undetermined(hook != nullptr ? 0x9E3779B97F4A7C15u : 0xD1B54A32D192ED03u);
  if (options_.plant == Plant::kOtherDraws) trader->be_undetermined(0xABCDEF0123456789u);
  return trader;
}

bool Run::start(Timestamp now) {
  EngineConfig config = plan_.engine;
  config.journal = journal_;
  config.journal_config.files = &files_;
  files_.heal();
  engine_ = std::make_unique<Engine>(config);
  declare(engine_->instruments(), engine_->directory(), plan_);
  traders_.clear();
  for (auto& tap : taps_) {
    tap->dead = false;
    need(engine_->add_venue(*tap));
  }
  for (std::size_t i = 0; i < plan_.strategies.size(); ++i) {
    traders_.push_back(make_trader(i, this));
    (void)need(engine_->add_strategy("trader-" + std::to_string(i), *traders_.back(),
                                     plan_.strategies[i]));
  }
  engine_->observe(*this);
  auditor_.attach(*engine_, must_keep_);
  for (auto& venue : venues_) venue->set_now(now);
  if (auto status = engine_->start(now); !status) {
    auditor_.breaks(Promise::kAlive, "cannot start: " + status.error().message());
    return false;
  }
  if (plan_.storage != StorageFault::kNone) files_.arm(plan_.storage, plan_.storage_let_pass);
  simulation_ = std::make_unique<Simulation>(*engine_, market_, plan_.feed_latency);
  for (auto& venue : venues_) simulation_->add_venue(*venue);
  simulation_->probe(this);
  if (!engine_->recovered()) fund();
  return true;
}

void Run::fund() {
  for (const Account& account : directory_.accounts()) {
    HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
    cash.action = HostAction::kChangeCash;
    cash.change = ChangeKind::kOpening;
    cash.account = account.id;
    cash.value = Money::whole(50'000'000, account.base).raw();
    cash.currency = account.base;
    cash.by = "opening balance";
    feed(cash.header);
  }
}

Timestamp Run::now() const { return std::max({last_, engine_->now(), market_.now()}); }

// An input that does not come out of the simulation.
void Run::feed(RecordHeader& input) {
  input.ts_event = input.ts_recv = now();
  for (auto& venue : venues_) venue->set_now(input.ts_recv);
  before(input);
  engine_->on(input);
  after(input, 0);
}

void Run::step() {
  try {
    if (!healing_ && plan_.hand_trading && random_.below(12) == 0) by_hand();
    if (!healing_ && plan_.clock_jumps && random_.below(60) == 0) jump_clock();
    if (random_.below(8) == 0) (void)engine_->maintain_journal();
    auto more = simulation_->run(1);
    if (!more) give_up(more.error().message());
  } catch (const CrashNow&) {
    while (!survive()) {
    }
    return;
  }
  if (const Error* failure = engine_->failure(); failure != nullptr)
    auditor_.breaks(Promise::kAlive, failure->message());
}

// --- what the simulation hands over --------------------------------------------------------------

void Run::before(const RecordHeader& input) {
  if (options_.plant != Plant::kNone) plant_in_input(const_cast<RecordHeader&>(input));
  if (options_.trace) trace(fmt::format("> {}{}", describe(input), more_of(input)));
  auditor_.before_input(input);
}

void Run::after(const RecordHeader& input, std::uint64_t) {
  ++inputs_;
  last_ = std::max(last_, input.ts_recv);
  if (dead_) throw CrashNow{};
  if (options_.plant != Plant::kNone) plant_in_state();
  auditor_.after_input();
  if (over()) throw Over{};
  // The disk is sometimes behind.
  if (random_.below(3) != 0) (void)engine_->flush();
  if (next_crash_ >= plan_.crashes.size() || healing_) return;
  const Crash& next = plan_.crashes[next_crash_];
  if (inputs_ < next.at) return;
  if (next.kind == CrashKind::kInCallback)
    armed_ = true;
  else
    throw CrashNow{};
}

void Run::on_transaction(std::span<const std::byte> records) {
  if (dead_) return;
  if (options_.trace)
    for (const RecordHeader& record : RecordRange{records.data(), records.data() + records.size()})
      if (!is_input(record.kind)) trace("    " + describe(record));
  for (const RecordHeader& record : RecordRange{records.data(), records.data() + records.size()})
    if (!is_input(record.kind)) decided_.add(&record, record.size);
  if (options_.plant == Plant::kNone) return auditor_.on_transaction(records);
  std::vector<std::byte> copy{records.begin(), records.end()};
  plant_in_transaction(copy);
  auditor_.on_transaction(copy);
}

// The process ends here: what has been written so far is what there is.
void Run::in_callback() {
  if (options_.plant == Plant::kCallbackThrows && inputs_ > 40) throw std::runtime_error("planted");
  if (!armed_ || random_.below(3) == 0) return;
  armed_ = false;
  dead_ = true;
  must_keep_ = engine_->journal().committed_seq();
  for (auto& tap : taps_) tap->dead = true;
  fs::copy(journal_, folder_.file("left"), fs::copy_options::recursive);
}

// --- what goes wrong -----------------------------------------------------------------------------

void Run::crash() {
  const CrashKind kind = plan_.crashes[next_crash_++].kind;
  const Journal& journal = engine_->journal();
  if (!dead_)
    must_keep_ = kind == CrashKind::kPowerLoss ? journal.durable_seq() : journal.committed_seq();
  if (journal.failed()) must_keep_ = std::min(must_keep_, journal.durable_seq());
  const std::uint64_t durable = journal.durable_seq();
  const Timestamp ended = now();
  // What the files hold at this moment; an engine that is destroyed may still tidy up.
  if (!dead_) fs::copy(journal_, folder_.file("left"), fs::copy_options::recursive);
  simulation_.reset();
  auditor_.detach();
  engine_.reset();
  trace(fmt::format("CRASH kind {} at input {}, durable {}", static_cast<int>(kind), inputs_,
                    durable));
  fs::remove_all(journal_);
  fs::rename(folder_.file("left"), journal_);
  dead_ = false;
  if (kind == CrashKind::kPowerLoss) trace(lose_power(journal_, durable, random_));
  plant_at_crash();
  const Timestamp again = ended + Duration::milliseconds(random_.between(1, 20'000));
  for (auto& venue : venues_) {
    venue->set_now(ended);
    venue->disconnect(Duration::milliseconds(random_.between(1, 25'000)));
  }
  last_ = again;
  (void)start(again);
}

// False: the engine has crashed again before it was fully there.
bool Run::survive() {
  try {
    crash();
    return true;
  } catch (const CrashNow&) {
    return false;
  }
}

void Run::tell(HostAction action, std::uint8_t level) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.action = action;
  command.level = level;
  command.by = "somebody";
  command.name = "a test";
  feed(command.header);
}

void Run::by_hand() {
  const auto instrument = static_cast<std::uint32_t>(1 + random_.below(plan_.instruments.size()));
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.account = AccountId{static_cast<std::uint16_t>(1 + random_.below(plan_.accounts.size()))};
  command.by = "somebody";
  switch (random_.below(10)) {
    case 0: {
      command.action = HostAction::kSubmit;
      command.header.instrument = {instrument};
      command.side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
      command.terms = OrderRequest::market({instrument}, command.side, 1_qty).terms;
      break;
    }
    case 1: command.action = HostAction::kCancelAll; break;
    case 2: command.action = HostAction::kFlatten; break;
    case 3:
      return tell(HostAction::kSetKillLevel, static_cast<std::uint8_t>(random_.between(1, 3)));
    case 4:
    case 5: return tell(HostAction::kResetKillSwitch);
    case 6:
      return tell(HostAction::kSetTradingState, static_cast<std::uint8_t>(random_.between(2, 3)));
    case 7:
    case 8: return tell(HostAction::kSetTradingState, 1);
    default:
      command.action = HostAction::kChangeCash;
      command.change = ChangeKind::kTransfer;
      command.value =
          Money::whole(random_.between(-1000, 1000), directory_.account(command.account)->base)
              .raw();
      command.currency = directory_.account(command.account)->base;
      break;
  }
  feed(command.header);
}

void Run::jump_clock() {
  // Ahead: nothing comes in between. Back: the engine's time stands still until it is caught up
  // with.
  const Duration by = Duration::seconds(random_.between(-300, 300));
  ClockJump jump = make_record<ClockJump>(RecordKind::kClockJump);
  jump.before = now();
  if (by.ns > 0) market_.skip(by);
  jump.after = by.ns > 0 ? now() : now() + by;
  jump.header.ts_event = jump.header.ts_recv = jump.after;
  before(jump.header);
  engine_->on(jump.header);
  after(jump.header, 0);
}

// --- the end -------------------------------------------------------------------------------------

// Nobody acts any more, and the venues are asked until both sides know the same.
void Run::heal() {
  healing_ = true;
  armed_ = false;
  trace("HEAL");
  for (std::size_t i = 0; i < plan_.strategies.size(); ++i) {
    ParameterInput quiet = make_record<ParameterInput>(RecordKind::kParameter);
    quiet.strategy = StrategyId{static_cast<std::uint16_t>(i + 1)};
    quiet.name = "quiet";
    quiet.value = Int128::from(1);
    feed(quiet.header);
  }
  std::string why = "never looked";
  for (int round = 0; round < 60 && !over() && !why.empty(); ++round) {
    if (round % 3 == 0) tell(HostAction::kCancelAll);
    if (round % 3 == 1)
      for (auto& venue : venues_) {
        venue->set_now(now());
        venue->disconnect(Duration::milliseconds(100));
      }
    for (int i = 0; i < 24 && !over(); ++i) step();
    why = round < 3 ? "too early" : auditor_.unsettled(venues_);
  }
  if (over()) return;
  if (!why.empty()) auditor_.breaks(Promise::kHealed, why);
  for (int i = 0; i < 20 && !over(); ++i) step();
  for (const auto& venue : venues_) auditor_.check_venue(*venue);
}

void Run::finish() {
  const bool failed = engine_->journal().failed();
  simulation_.reset();
  (void)engine_->flush();
  const auto stopped = engine_->stop(now());
  if (!stopped && !failed && files_.failures() == 0)
    auditor_.breaks(Promise::kAlive, "cannot stop: " + stopped.error().message());
  auditor_.detach();
  engine_.reset();
  files_.heal();
  const auto verified = verify(journal_, *this);
  outcome_.verified = true;
  if (!verified)
    auditor_.breaks(Promise::kVerify, verified.error().message());
  else if (!verified->identical())
    auditor_.breaks(Promise::kVerify, verified->text());
}

Result<std::unique_ptr<Engine>> Run::make() {
  EngineConfig config = plan_.engine;
  config.journal_config.files = &files_;
  auto engine = std::make_unique<Engine>(config);
  declare(engine->instruments(), engine->directory(), plan_);
  for (std::size_t i = 0; i < plan_.strategies.size(); ++i) {
    replayed_.push_back(make_trader(i, nullptr));
    (void)need(engine->add_strategy("trader-" + std::to_string(i), *replayed_.back(),
                                    plan_.strategies[i]));
  }
  return engine;
}

}  // namespace keel::runs
