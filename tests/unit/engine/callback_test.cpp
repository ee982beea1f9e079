// What a strategy may rely on.
#include <doctest/doctest.h>

#include <stdexcept>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("set_target_position is idempotent while an order is under way") {
  struct Target final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote&) override {
      for (int i = 0; i < 3; ++i) {
        const OrderId id = context.set_target_position({1}, ++quotes < 30 ? 5000_qty : -2000_qty);
        if (!id.is_none()) ids.push_back(id);
      }
    }
    std::vector<OrderId> ids;
    int quotes = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{3, 200};
  world.run(feed);
  CHECK(strategy.ids.size() == 2);
  CHECK(world.engine.portfolio().position({1}, {1})->quantity == -2000_qty);
}

TEST_CASE("an exception in a callback stops the run and names the input that caused it") {
  struct Thrower final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote&) override {
      context.set_target_position({1}, 1000_qty);
      if (++quotes == 7) throw std::runtime_error("division by zero in my model");
    }
    int quotes = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{3, 200};
  world.run(feed);
  CHECK(strategy.quotes == 7);
  CHECK(world.engine.is_stopped());
  REQUIRE(world.engine.failure() != nullptr);
  CHECK(world.engine.failure()->code == engine_errors::kCallbackFailed);
  CHECK(world.engine.failure()->value == "division by zero in my model");
  CHECK(world.engine.failure()->where.find("quote") != std::string::npos);
}

TEST_CASE("a denied order is told after the callback, with its numbers") {
  struct Greedy final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote&) override {
      if (asked) return;
      asked = true;
      id = context.submit(OrderRequest::limit({1}, Side::kBuy, 1000_qty, 0.650005_px));
      CHECK(denials == 0);
    }
    void on_denied(Context&, const OrderFact& fact) override {
      ++denials;
      CHECK(fact.order == id);
      CHECK(fact.reason == Reason::kPriceIncrement);
    }
    OrderId id{};
    bool asked = false;
    int denials = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{3, 20};
  world.run(feed);
  CHECK(strategy.denials == 1);
}

TEST_CASE("more than 64 requests in one transaction are denied, not forgotten") {
  struct Flood final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote& quote) override {
      if (asked) return;
      asked = true;
      for (int i = 0; i < 100; ++i)
        context.submit(OrderRequest::limit({1}, Side::kBuy, 1_qty, quote.bid_price));
    }
    void on_denied(Context&, const OrderFact& fact) override {
      if (fact.reason == Reason::kTooManyRequests) ++denials;
    }
    bool asked = false;
    int denials = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{3, 20};
  world.run(feed);
  CHECK(strategy.denials == 36);
}

TEST_CASE("the same inputs give the same facts and commands") {
  std::uint64_t hashes[2];
  for (auto& hash : hashes) {
    Crosser strategy;
    World world{strategy};
    world.start();
    QuoteFeed feed{99, 5'000};
    world.run(feed);
    CHECK(strategy.fills > 20);
    CHECK(strategy.bars > 300);
    hash = world.engine.rolling_hash();
  }
  CHECK(hashes[0] == hashes[1]);
}

TEST_CASE("a bracket protects what was filled, and one leg cancels the other") {
  struct Bracketed final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote& quote) override {
      if (!ids.entry.is_none()) return;
      BracketRequest bracket{OrderRequest::market({1}, Side::kBuy, 1000_qty), {}, {}};
      bracket.take_profit = quote.ask_price + 0.0002_px;
      bracket.stop_loss = quote.bid_price - 0.0002_px;
      ids = context.submit_bracket(bracket);
    }
    void on_fill(Context&, const OrderFact&) override { ++fills; }
    BracketIds ids{};
    int fills = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{5, 3'000};
  world.run(feed);
  CHECK(strategy.fills == 2);
  CHECK(world.engine.portfolio().position({1}, {1})->quantity == 0_qty);
  const auto state = [&](OrderId id) { return world.engine.orders().find(id)->state; };
  CHECK(state(strategy.ids.entry) == OrderState::kFilled);
  const bool target_hit = state(strategy.ids.take_profit) == OrderState::kFilled;
  CHECK(state(target_hit ? strategy.ids.stop_loss : strategy.ids.take_profit) ==
        OrderState::kCanceled);
  CHECK(world.engine.orders().open_count() == 0);
}

TEST_CASE("calling the engine from inside the engine stops it and says so") {
  struct Inside final : Strategy {
    Engine* engine = nullptr;
    std::optional<Error> stop;
    int quotes = 0;
    bool gives_input = false;
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote& quote) override {
      ++quotes;
      const auto stopped = engine->stop(context.now());
      if (!stopped) stop = stopped.error();
      if (gives_input && quotes == 3) engine->on(quote.header);
    }
  };
  for (const bool gives_input : {false, true}) {
    Inside strategy;
    World world{strategy};
    strategy.engine = &world.engine;
    strategy.gives_input = gives_input;
    world.start();
    QuoteFeed feed{3, 10};
    world.run(feed);
    REQUIRE(strategy.stop.has_value());
    CHECK(strategy.stop->code == engine_errors::kReentered);
    CHECK(strategy.quotes == (gives_input ? 3 : 10));
    CHECK(world.engine.is_stopped() == gives_input);
    REQUIRE((world.engine.failure() != nullptr) == gives_input);
    if (gives_input) {
      CHECK(world.engine.failure()->code == engine_errors::kReentered);
      CHECK(world.engine.failure()->message().find("seq ") != std::string::npos);
    }
  }
}

TEST_CASE("on_stop is called once, and what it asks for leaves") {
  struct Last final : Strategy {
    void on_start(Context& context) override { context.subscribe_quotes({1}); }
    void on_quote(Context& context, const Quote&) override {
      if (!id.is_none()) return;
      id = context.submit(OrderRequest::limit({1}, Side::kBuy, 1000_qty, 0.1_px));
    }
    void on_stop(Context& context) override {
      ++stops;
      context.cancel_all();
    }
    OrderId id{};
    int stops = 0;
  } strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{3, 20};
  world.run(feed);
  REQUIRE(world.engine.orders().find(strategy.id)->state == OrderState::kWorking);
  const auto sent = world.engine.commands_sent();
  REQUIRE(world.engine.stop(world.engine.now()).ok());
  CHECK(strategy.stops == 1);
  CHECK(world.engine.commands_sent() == sent + 1);
  CHECK(world.engine.orders().find(strategy.id)->state == OrderState::kPendingCancel);
}
