// Promise: what protects a position does its work beside everything else: targets beside a bracket,
// exits that risk denies at first, exits on the wrong side, a kill switch that flattens, and
// strategies that would never come to an end.
#include <functional>

#include <doctest/doctest.h>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// Does at each step what the test says, on quotes that the test gives.
struct Script final : Strategy {
  std::function<void(Context&, int)> at;
  std::function<void(Context&, Timestamp)> timer;
  std::function<void(Context&)> denied;
  int step = 0;
  std::vector<Reason> denials;
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote&) override { at(context, step++); }
  void on_timer(Context& context, Timestamp time) override {
    if (timer) timer(context, time);
  }
  void on_denied(Context& context, const OrderFact& fact) override {
    denials.push_back(fact.reason);
    if (denied) denied(context);
  }
};

// Quotes a second apart, a thousand on each side.
class Steps final : public MarketFeed {
 public:
  explicit Steps(std::vector<std::pair<Price, Price>> prices) : prices_(std::move(prices)) {}
  Result<std::span<const std::byte>> next() override {
    if (at_ == prices_.size()) return std::span<const std::byte>{};
    const Timestamp time{1'700'000'000'000'000'000 +
                         static_cast<std::int64_t>(at_) * 1'000'000'000};
    quote_ =
        Quote::two_sided({1}, time, prices_[at_].first, 1000_qty, prices_[at_].second, 1000_qty);
    ++at_;
    return std::as_bytes(std::span{&quote_, 1});
  }

 private:
  std::vector<std::pair<Price, Price>> prices_;
  Quote quote_{};
  std::size_t at_ = 0;
};

struct Stage {
  EngineConfig config;
  Script script;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<SimVenue> venue;

  void run(std::vector<std::pair<Price, Price>> prices) {
    engine = std::make_unique<Engine>(config);
    declare(*engine);
    venue = std::make_unique<SimVenue>(sim_config(), engine->instruments());
    REQUIRE(engine->add_venue(*venue).ok());
    REQUIRE(engine->add_strategy("script", script, {1}).ok());
    REQUIRE(engine->start({1'700'000'000'000'000'000 - 1}).ok());
    HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
    cash.header.ts_event = cash.header.ts_recv = engine->now();
    cash.action = HostAction::kChangeCash;
    cash.change = ChangeKind::kOpening;
    cash.account = {1};
    cash.value = Money::whole(1'000'000, "USD").raw();
    cash.currency = "USD";
    cash.by = "test";
    engine->on(cash.header);
    Steps feed{std::move(prices)};
    Simulation simulation{*engine, feed};
    simulation.add_venue(*venue);
    REQUIRE(simulation.run().ok());
  }
  [[nodiscard]] Quantity position() const {
    const Position* held = engine->portfolio().position({1}, {1});
    return held == nullptr ? Quantity::zero() : held->quantity;
  }
  [[nodiscard]] std::size_t open() const { return engine->orders().open_count(); }
};

std::vector<std::pair<Price, Price>> flat(int count) {
  return std::vector<std::pair<Price, Price>>(static_cast<std::size_t>(count),
                                              {1.1_px, 1.10001_px});
}

BracketRequest bracket(Quantity quantity, Price target, Price stop) {
  BracketRequest request;
  request.entry = OrderRequest::market({1}, Side::kBuy, quantity);
  request.take_profit = target;
  request.stop_loss = stop;
  return request;
}

}  // namespace

TEST_CASE("a target beside a bracket counts the position, not the exits") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.submit_bracket(bracket(100_qty, 1.2_px, 1.0_px));
    if (step == 4) context.set_target_position({1}, 100_qty);
    if (step == 6) context.close_position({1});
  };
  SUBCASE("already there") {
    stage.script.at = [](Context& context, int step) {
      if (step == 1) context.submit_bracket(bracket(100_qty, 1.2_px, 1.0_px));
      if (step == 4) CHECK(context.set_target_position({1}, 100_qty).is_none());
    };
    stage.run(flat(8));
    CHECK(stage.position() == 100_qty);
    CHECK(stage.open() == 2);
  }
  SUBCASE("closed, and the exits with it") {
    stage.run(flat(10));
    CHECK(stage.position() == 0_qty);
    CHECK(stage.open() == 0);
  }
}

TEST_CASE("what works against a target is canceled, and the target is reached all the same") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    // A limit far away that rests, then the other direction.
    if (step == 1) context.submit(OrderRequest::limit({1}, Side::kBuy, 500_qty, 1.05_px));
    if (step == 3) context.set_target_position({1}, -200_qty);
  };
  stage.run(flat(8));
  CHECK(stage.position() == -200_qty);
  CHECK(stage.open() == 0);
}

TEST_CASE("an exit that is denied for a rule of flow or price protects all the same") {
  Stage stage;
  SUBCASE("order rate") { stage.config.limits.max_order_rate = 1; }
  SUBCASE("price distance") { stage.config.limits.price_distance = 0.05_rate; }
  SUBCASE("position limit") { stage.config.limits.max_order_quantity = 100_qty; }
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.submit_bracket(bracket(100_qty, 1.2_px, 1.0_px));
  };
  auto prices = flat(5);
  for (int i = 0; i < 4; ++i) prices.emplace_back(0.95_px, 0.95001_px);
  stage.run(prices);
  CHECK(stage.position() == 0_qty);
  CHECK(stage.open() == 0);
}

TEST_CASE("exits on the wrong side of their entry are refused, and nothing is made") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.submit_bracket(bracket(100_qty, 1.0_px, 1.2_px));
    if (step == 2) context.submit_bracket(bracket(100_qty, 1.2_px, 1.15_px));
    if (step == 3) {
      BracketRequest sell;
      sell.entry = OrderRequest::limit({1}, Side::kSell, 100_qty, 1.3_px);
      sell.take_profit = 1.35_px;
      context.submit_bracket(sell);
    }
  };
  stage.run(flat(5));
  CHECK(stage.script.denials == std::vector<Reason>(3, Reason::kBracketPrices));
  CHECK(stage.position() == 0_qty);
  CHECK(stage.open() == 0);
}

TEST_CASE("a strategy that answers each denial with a request is stopped by name") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.submit(OrderRequest::market({1}, Side::kBuy, 0_qty));
  };
  stage.script.denied = [](Context& context) {
    context.submit(OrderRequest::market({1}, Side::kBuy, 0_qty));
  };
  stage.run(flat(4));
  REQUIRE(stage.engine->failure() != nullptr);
  CHECK(stage.engine->failure()->code == engine_errors::kCallbackFailed);
  CHECK(stage.engine->failure()->field == "script");
}

TEST_CASE(
    "a timer that is due already, set in on_timer, stops the engine instead of never ending") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.set_timer(context.now() + 100_ms);
  };
  stage.script.timer = [](Context& context, Timestamp) { context.set_timer(context.now()); };
  stage.run(flat(4));
  REQUIRE(stage.engine->failure() != nullptr);
  CHECK(stage.engine->failure()->field == "script");
}

TEST_CASE("flatten goes on until everything is flat") {
  Stage stage;
  stage.script.at = [](Context& context, int step) {
    if (step == 1) context.set_target_position({1}, 5000_qty);
  };
  // Only a thousand is shown on each side: one order does not do it.
  stage.run(flat(5));
  REQUIRE(stage.position().is_positive());
  HostCommand kill = make_record<HostCommand>(RecordKind::kHostCommand);
  kill.header.ts_event = kill.header.ts_recv = stage.engine->now();
  kill.action = HostAction::kSetKillLevel;
  kill.level = static_cast<std::uint8_t>(KillLevel::kFlatten);
  kill.name = "enough";
  kill.by = "test";
  stage.engine->on(kill.header);
  Timestamp now = stage.engine->now();
  for (int i = 0; i < 60; ++i) {
    now = now + 1_s;
    const Quote quote = Quote::two_sided({1}, now, 1.1_px, 1000_qty, 1.10001_px, 1000_qty);
    stage.venue->advance_to(now);
    stage.venue->on_market(quote.header, now);
    stage.venue->set_now(now);
    while (const RecordHeader* report = stage.venue->next_report(now)) {
      std::vector<std::byte> copy(reinterpret_cast<const std::byte*>(report),
                                  reinterpret_cast<const std::byte*>(report) + report->size);
      stage.engine->on(*reinterpret_cast<const RecordHeader*>(copy.data()));
    }
    stage.engine->on(quote.header);
    while (stage.engine->next_deadline() && *stage.engine->next_deadline() <= now) {
      TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
      timer.deadline = *stage.engine->next_deadline();
      timer.header.ts_event = timer.header.ts_recv = now;
      stage.engine->on(timer.header);
    }
  }
  CHECK(stage.position() == 0_qty);
  CHECK(stage.open() == 0);
}
