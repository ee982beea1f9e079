#include <keel/backtest/backtest.hpp>

#include <algorithm>
#include <chrono>

#include <keel/analytics/run_recorder.hpp>
#include <keel/core/time_text.hpp>

namespace keel {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

HostCommand trading_state(TradingState state, Timestamp now) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now;
  command.action = HostAction::kSetTradingState;
  command.level = static_cast<std::uint8_t>(state);
  command.by = "backtest";
  return command;
}

// Everything a report needs of a run while it goes on.
class Recording final : public TransactionObserver, public InputProbe {
 public:
  Recording(Engine& engine, const BacktestConfig& config)
      : recorder(engine.instruments(), engine.directory(), config.recorder),
        engine_(engine),
        every_(config.sample_every),
        period_(config.recorder.period),
        measure_(config.measure_latency),
        draws_(config.record_prices && config.market_journal != MarketJournal::kAll),
        trade_from_(config.trade_from) {}

  void on_transaction(std::span<const std::byte> records) override {
    const RecordRange range{records.data(), records.data() + records.size()};
    for (const RecordHeader& record : range) {
      recorder.fold(record);
      filled_ = filled_ || record.kind == RecordKind::kOrderFilled;
    }
  }
  void before(const RecordHeader& input) override {
    if (input.ts_recv >= period_end_) end_period(input.ts_recv);
    if (trade_from_ && input.ts_recv >= *trade_from_) begin_to_trade(input.ts_recv);
    if (measure_) started_ = Clock::now();
  }
  void after(const RecordHeader& input, std::uint64_t commands) override {
    if (measure_ && commands > 0)
      latencies_ns.push_back(
          std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - started_).count());
    if (draws_ && is_market(input.kind)) sample_price(input);
    if (!filled_ && engine_.now() < next_sample_) return;
    filled_ = false;
    sample();
  }
  // What the account was worth when the period or the day ended, before what comes after it.
  void end_period(Timestamp now) {
    if (period_end_.ns != INT64_MIN && !trade_from_)
      recorder.sample(period_end_ - Duration{1}, engine_.portfolio().valuation(AccountId{1}));
    const Timestamp by_period = now.floor_to(period_) + period_;
    const Timestamp by_day = now.floor_to(Duration::days(1)) + Duration::days(1);
    period_end_ = std::min(by_period, by_day);
  }
  void sample() {
    if (trade_from_) return;
    recorder.sample(engine_.now(), engine_.portfolio().valuation(AccountId{1}));
    next_sample_ = engine_.now() + every_;
  }

  RunRecorder recorder;
  std::vector<std::int64_t> latencies_ns;

 private:
  void sample_price(const RecordHeader& input) {
    recorder.count_market_inputs(1);
    const Mark* mark = engine_.marks().find(input.instrument);
    if (mark == nullptr) return;
    const auto price = engine_.marks().valuation(input.instrument, true);
    if (price) recorder.sample_price(engine_.now(), input.instrument, price->price);
  }

  void begin_to_trade(Timestamp now) {
    trade_from_.reset();
    engine_.on(trading_state(TradingState::kActive, now).header);
    sample();
  }

  Engine& engine_;
  Duration every_, period_;
  bool measure_, draws_;
  std::optional<Timestamp> trade_from_;
  bool filled_ = false;
  Timestamp next_sample_{INT64_MIN}, period_end_{INT64_MIN};
  Clock::time_point started_;
};

std::optional<LatencySummary> summary(std::vector<std::int64_t>& latencies) {
  if (latencies.empty()) return std::nullopt;
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&latencies](std::size_t percent) {
    return latencies[(latencies.size() - 1) * percent / 100];
  };
  return LatencySummary{latencies.size(), at(50), at(99), latencies.back()};
}

HostCommand opening_balance(const Money& cash, Timestamp now) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.ts_event = command.header.ts_recv = now;
  command.action = HostAction::kChangeCash;
  command.change = ChangeKind::kOpening;
  command.account = AccountId{1};
  command.value = cash.raw();
  command.currency = cash.currency();
  command.by = "opening balance";
  return command;
}

// Hands out what it has looked at already: the first batch tells when the run begins.
class Reopened final : public MarketFeed {
 public:
  explicit Reopened(MarketFeed& feed) : feed_(feed) {}
  Result<Timestamp> first_time() {
    auto batch = feed_.next();
    if (!batch) return std::move(batch).error();
    first_ = *batch;
    waiting_ = true;
    if (first_.empty()) return Timestamp{0};
    return reinterpret_cast<const RecordHeader*>(first_.data())->ts_event;
  }
  Result<std::span<const std::byte>> next() override {
    if (!waiting_) return feed_.next();
    waiting_ = false;
    return first_;
  }

 private:
  MarketFeed& feed_;
  std::span<const std::byte> first_;
  bool waiting_ = false;
};

constexpr std::uint64_t kProgressEvery = 4096;

}  // namespace

Backtest::Backtest(const BacktestConfig& config) : config_(config) {}
Backtest::~Backtest() = default;

Result<InstrumentId> Backtest::add_instrument(const InstrumentSpec& spec) {
  InstrumentSpec own = spec;
  own.venue = VenueId{1};
  auto id = listed_.add(own);
  if (id) specs_.push_back(own);
  return id;
}

EngineConfig Backtest::engine_config(bool with_journal) const {
  EngineConfig config;
  if (with_journal) config.journal = config_.journal;
  config.market_journal = config_.market_journal;
  config.limits = config_.limits;
  config.orders = config_.orders;
  config.bars = config_.bars;
  config.log = config_.log;
  return config;
}

Status Backtest::declare(Engine& engine) const {
  const auto venue = engine.directory().add_venue(config_.venue);
  if (!venue) return venue.error();
  for (const auto& spec : specs_)
    if (auto id = engine.instruments().add(spec); !id) return std::move(id).error();
  auto account = engine.directory().add_account(config_.account, *venue, config_.cash.currency(),
                                                config_.kind, AccountRealm::kSimulated);
  return account ? Status{} : Status{std::move(account).error()};
}

Result<std::unique_ptr<SimVenue>> Backtest::wire(Engine& engine, std::string_view name,
                                                 Strategy& strategy) {
  if (auto status = declare(engine); !status) return std::move(status).error();
  SimConfig sim = config_.sim;
  sim.venue = VenueId{1};
  if (config_.kind == AccountKind::kCash && sim.balances.empty())
    sim.balances.push_back({AccountId{1}, config_.cash});
  if (auto status = sim.check(engine.instruments()); !status) return std::move(status).error();
  auto venue = std::make_unique<SimVenue>(sim, engine.instruments());
  if (auto status = engine.add_venue(*venue); !status) return std::move(status).error();
  if (auto id = engine.add_strategy(name, strategy, AccountId{1}); !id)
    return std::move(id).error();
  return venue;
}

Result<RunReport> Backtest::run(std::string_view name, Strategy& strategy, MarketFeed& feed,
                                Progress* progress) {
  if (!config_.journal.empty() && journal_exists(config_.journal))
    return Error{journal_errors::kExists,
                 "journal",
                 config_.journal,
                 "a new folder; a run is not continued by accident",
                 {}};
  if (auto status = check(config_.recorder); !status) return std::move(status).error();
  for (const auto& [field, value] :
       {std::pair{"feed_latency", config_.feed_latency}, {"sample_every", config_.sample_every}})
    if (value.ns < 0)
      return Error{engine_errors::kWiring, field, to_text(value), "not negative", {}};
  engine_ = std::make_unique<Engine>(engine_config(true));
  auto venue = wire(*engine_, name, strategy);
  if (!venue) return std::move(venue).error();
  venue_ = std::move(venue).value();
  Recording recording{*engine_, config_};
  engine_->observe(recording);
  for (auto* observer : observers_) engine_->observe(*observer);

  Reopened source{feed};
  auto begin = source.first_time();
  if (!begin) return std::move(begin).error();
  if (auto status = engine_->start(*begin); !status) return std::move(status).error();
  engine_->on(opening_balance(config_.cash, *begin).header);
  if (config_.trade_from && *config_.trade_from > *begin)
    engine_->on(trading_state(TradingState::kHalted, *begin).header);
  recording.sample();
  Simulation simulation{*engine_, source, config_.feed_latency};
  simulation.add_venue(*venue_);
  simulation.probe(&recording);

  const auto started = Clock::now();
  bool more = true;
  while (more) {
    auto step = simulation.run(progress != nullptr ? kProgressEvery : ~std::uint64_t{0});
    if (!step) return std::move(step).error();
    more = *step;
    if (progress != nullptr)
      progress->on_progress(simulation.stats().market_events, feed.size_hint(), engine_->now());
  }
  const double seconds = seconds_since(started);
  if (const Error* failure = engine_->failure()) return *failure;
  recording.sample();

  const std::uint64_t hash = engine_->rolling_hash();
  if (auto status = engine_->stop(engine_->now()); !status) return std::move(status).error();
  auto report = recording.recorder.report();
  if (!report) return report;
  HostInfo& host = report->host;
  host.title = config_.title;
  host.journal_path = config_.journal;
  host.parameters.push_back({"strategy", std::string{name}});
  host.parameters.push_back({"venue", config_.venue});
  host.parameters.push_back({"opening balance", config_.cash.to_text()});
  host.wall_seconds = seconds;
  host.events_per_second =
      seconds > 0 ? std::optional{static_cast<double>(simulation.stats().market_events) / seconds}
                  : std::nullopt;
  host.latency = summary(recording.latencies_ns);
  host.rolling_hash = hash;
  return report;
}

Result<RecoveryReport> Backtest::recover(std::string_view name, Strategy& fresh) {
  if (config_.journal.empty() || !journal_exists(config_.journal))
    return Error{journal_errors::kMissing, "journal", config_.journal, "the journal of a run", {}};
  const Timestamp now = engine_ != nullptr ? engine_->now() : Timestamp{0};
  const auto started = Clock::now();
  engine_ = std::make_unique<Engine>(engine_config(true));
  auto venue = wire(*engine_, name, fresh);
  if (!venue) return std::move(venue).error();
  venue_ = std::move(venue).value();
  if (auto status = engine_->start(now); !status) return std::move(status).error();
  RecoveryReport report{};
  report.seconds = seconds_since(started);
  report.seq = engine_->recovered_seq();
  report.rolling_hash = engine_->recovered_hash();
  engine_->orders().for_each_open([&report](const Order& order) {
    ++report.open_orders;
    if (order.state == OrderState::kUnknown) ++report.unknown_orders;
  });
  if (auto status = engine_->stop(engine_->now()); !status) return std::move(status).error();
  return report;
}

Result<std::unique_ptr<Engine>> Backtest::Remaker::make() {
  strategies_.push_back(strategy());
  auto engine = std::make_unique<Engine>(test_.engine_config(false));
  if (auto status = test_.declare(*engine); !status) return std::move(status).error();
  if (auto id = engine->add_strategy(name_, *strategies_.back(), AccountId{1}); !id)
    return std::move(id).error();
  return engine;
}

}  // namespace keel
