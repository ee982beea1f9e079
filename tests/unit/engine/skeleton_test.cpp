// One quote, one order, one fill: through every room, journaled, killed, recovered, verified.
#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <keel/journal/reader.hpp>
#include <temp_folder.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// Buys once, at the first quote.
class BuyOnce final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote&) override {
    if (done_) return;
    done_ = true;
    order = context.submit(OrderRequest::market({1}, Side::kBuy, 1000_qty).tagged("first"));
  }
  void on_fill(Context& context, const OrderFact& fill) override {
    filled = fill.last_quantity;
    position = context.position({1});
  }
  KEEL_STATE(done_)
  OrderId order{};
  Quantity filled{}, position{};

 private:
  bool done_ = false;
};

class BuyOnceMaker final : public EngineMaker {
 public:
  Result<std::unique_ptr<Engine>> make() override {
    strategies_.push_back(std::make_unique<BuyOnce>());
    auto engine = std::make_unique<Engine>(EngineConfig{});
    declare(*engine);
    if (auto id = engine->add_strategy("crosser", *strategies_.back(), {1}); !id)
      return std::move(id).error();
    return engine;
  }

 private:
  std::vector<std::unique_ptr<BuyOnce>> strategies_;
};

}  // namespace

TEST_CASE("one quote, one order, one fill") {
  BuyOnce strategy;
  World world{strategy};
  world.start();
  QuoteFeed feed{42, 20};
  world.run(feed);
  CHECK(strategy.filled == 1000_qty);
  CHECK(strategy.position == 1000_qty);  // the position that a callback sees includes its fill
  const Order* order = world.engine.orders().find(strategy.order);
  REQUIRE(order != nullptr);
  CHECK(order->state == OrderState::kFilled);
  CHECK(world.engine.portfolio().position({1}, {1})->quantity == 1000_qty);
  CHECK(world.engine.portfolio().valuation({1}).fees.is_positive());
}

TEST_CASE("kill -9 after the fill: recovered and verified") {
  TempFolder folder;
  const auto journal = folder.file("one.journal");
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    BuyOnce strategy;
    World world{strategy, journal};
    world.start();
    QuoteFeed feed{42, 20};
    world.run(feed);
    const std::uint64_t told[3] = {world.engine.seq(), world.engine.rolling_hash(),
                                   world.engine.state_hash()};
    if (write(pipe_ends[1], told, sizeof told) != sizeof told) _exit(1);
    kill(getpid(), SIGKILL);
  }
  std::uint64_t told[3] = {};
  REQUIRE(read(pipe_ends[0], told, sizeof told) == sizeof told);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  close(pipe_ends[0]);
  close(pipe_ends[1]);

  BuyOnceMaker maker;
  const auto verified = verify(journal, maker);
  REQUIRE(verified.ok());
  CHECK(verified->text() == "replay: identical");
  CHECK(verified->commands == 1);

  BuyOnce strategy;
  World world{strategy, journal};
  world.start(Timestamp{1'704'067'300'000'000'000});
  CHECK(world.engine.recovered());
  CHECK(world.engine.rolling_hash() == told[1]);
  CHECK(world.engine.portfolio().position({1}, {1})->quantity == 1000_qty);
  bool restarted_seen = false;
  JournalReader reader = std::move(JournalReader::open(journal)).value();
  while (reader.next()) {
    const auto& input = reader.transaction().input();
    if (input.kind != RecordKind::kRestarted) continue;
    restarted_seen = true;
    const auto& run = record_as<RunInput>(input);
    CHECK(run.recovered_seq == told[0]);
    CHECK(run.state_hash == told[2]);
  }
  CHECK(restarted_seen);
  REQUIRE(world.engine.stop(Timestamp{1'704'067'301'000'000'000}).ok());
  const auto again = verify(journal, maker);
  REQUIRE(again.ok());
  CHECK(again->text() == "replay: identical");
  CHECK(again->runs == 2);
}
