// A small trading world for the engine's tests: EUR/USD quotes from the shared generator, one
// simulated venue, one account, one strategy.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <generate.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/engine/verify.hpp>

namespace keel::test {

// Generated quotes as a feed, a few hundred at a time.
class QuoteFeed final : public MarketFeed {
 public:
  QuoteFeed(std::uint64_t seed, std::uint64_t count, std::uint64_t skip = 0)
      : ticks_(seed), left_(count) {
    for (std::uint64_t i = 0; i < skip; ++i) (void)ticks_.next();
  }
  Result<std::span<const std::byte>> next() override {
    batch_.clear();
    for (int i = 0; i < 256 && left_ > 0; ++i, --left_) {
      const RawQuote raw = ticks_.next().quote;
      batch_.push_back(Quote::two_sided(
          {1}, {raw.ts_ns}, Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
          Quantity::whole(raw.bid_size), Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
          Quantity::whole(raw.ask_size)));
    }
    return std::as_bytes(std::span{batch_});
  }

 private:
  TickGenerator ticks_;
  std::uint64_t left_;
  std::vector<Quote> batch_;
};

// Follows the difference of two moving averages of the mid, in whole lots.
class Crosser : public Strategy {
 public:
  explicit Crosser(double fast = 0.2, double slow = 0.05, Quantity lot = 1000_qty)
      : fast_weight_(fast), slow_weight_(slow), lot_(lot) {}
  void on_start(Context& context) override {
    context.subscribe_quotes({1});
    context.subscribe_bars({1}, BarSpec::time(1_s, PriceSource::kMid));
  }
  void on_recovered(Context& context) override {
    on_start(context);
    ++recoveries;
  }
  void on_quote(Context& context, const Quote& quote) override {
    const double mid = quote.mid();
    if (seen_ == 0) fast_ = slow_ = mid;
    fast_ += fast_weight_ * (mid - fast_);
    slow_ += slow_weight_ * (mid - slow_);
    if (++seen_ < 50) return;
    if (every != 0 && seen_ % every != 0) return;
    context.set_target_position({1}, fast_ > slow_ ? lot_ : -lot_);
  }
  void on_fill(Context& context, const OrderFact& fill) override {
    ++fills;
    position_seen = context.position({1});
    last_fill = fill.last_quantity;
  }
  void on_denied(Context&, const OrderFact& fact) override { denials.push_back(fact.reason); }
  void on_bar(Context&, const Bar&) override { ++bars; }
  void on_history(const Bar&) override { ++history; }
  KEEL_STATE(fast_, slow_, seen_)

  std::uint64_t every = 0;
  int fills = 0, bars = 0, history = 0, recoveries = 0;
  Quantity position_seen{}, last_fill{};
  std::vector<Reason> denials;

 private:
  double fast_weight_, slow_weight_;
  Quantity lot_;
  double fast_ = 0, slow_ = 0;
  std::uint64_t seen_ = 0;
};

inline void declare(Engine& engine) {
  const auto venue = engine.directory().add_venue("SIM");
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = Currency{"USD"};
  spec.venue = *venue;
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  REQUIRE(engine.instruments().add(spec).ok());
  REQUIRE(engine.directory()
              .add_account("main", *venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated)
              .ok());
}

inline SimConfig sim_config() {
  SimConfig config;
  config.venue = {1};
  config.order_latency = LatencyModel::constant(3_ms);
  config.response_latency = LatencyModel::constant(2_ms);
  config.fees = FeeSchedule::percent(0.0001_rate, 0.0002_rate);
  return config;
}

// Enough money for everything that the tests try.
inline void fund(Engine& engine, Timestamp now) {
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = now;
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(1'000'000, "USD").raw();
  cash.currency = "USD";
  cash.by = "opening balance";
  engine.on(cash.header);
}

struct World {
  explicit World(Strategy& strategy, const std::string& journal = {},
                 MarketJournal market = MarketJournal::kAll)
      : World(config_for(journal, market), strategy) {}
  World(const EngineConfig& config, Strategy& strategy)
      : engine(config), venue((declare(engine), sim_config()), engine.instruments()) {
    REQUIRE(engine.add_venue(venue).ok());
    REQUIRE(engine.add_strategy("crosser", strategy, {1}).ok());
  }
  static EngineConfig config_for(const std::string& journal, MarketJournal market) {
    EngineConfig config;
    config.journal = journal;
    config.market_journal = market;
    config.journal_config.segment_bytes = 1u << 20;
    return config;
  }
  void start(Timestamp now = Timestamp{1'704'067'200'000'000'000}) {
    const auto status = engine.start(now);
    if (!status) FAIL(status.error().message());
    if (!engine.recovered()) fund(engine, now);
  }
  void run(MarketFeed& feed, Duration latency = 1_ms) {
    Simulation simulation{engine, feed, latency};
    simulation.add_venue(venue);
    const auto done = simulation.run();
    if (!done.ok()) FAIL(done.error().message());
  }

  Engine engine;
  SimVenue venue;
};

class CrosserMaker final : public EngineMaker {
 public:
  explicit CrosserMaker(double fast = 0.2, double slow = 0.05) : fast_(fast), slow_(slow) {}
  std::uint64_t every = 0;
  Result<std::unique_ptr<Engine>> make() override {
    strategies_.push_back(std::make_unique<Crosser>(fast_, slow_));
    strategies_.back()->every = every;
    auto engine = std::make_unique<Engine>(EngineConfig{});
    declare(*engine);
    if (auto id = engine->add_strategy("crosser", *strategies_.back(), {1}); !id)
      return std::move(id).error();
    return engine;
  }

 private:
  double fast_, slow_;
  std::vector<std::unique_ptr<Crosser>> strategies_;
};

}  // namespace keel::test
