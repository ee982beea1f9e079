// Bars go on over a restart, and verify takes up a run behind any of its snapshots.
#include <doctest/doctest.h>

#include <filesystem>

#include <keel/journal/reader.hpp>
#include <temp_folder.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr Timestamp kStart{1'704'067'200'000'000'000};

// Keeps what it is told, and changes its mind about a second series.
class Listener final : public Strategy {
 public:
  explicit Listener(bool with_ticks = true) : with_ticks_(with_ticks) {}
  void on_start(Context& context) override {
    context.subscribe_quotes({1});
    context.subscribe_bars({1}, BarSpec::time(10_s, PriceSource::kMid));
    if (with_ticks_) context.subscribe_bars({1}, ticks());
  }
  void on_recovered(Context& context) override { on_start(context); }
  void on_bar(Context&, const Bar& bar) override { bars.push_back(bar); }
  static BarSpec ticks() { return {37, BarUnit::kTick, PriceSource::kBid, {}, {}}; }
  std::vector<Bar> bars;

 private:
  bool with_ticks_;
};

// All but the sequence number, the flags and the time at which it was told.
bool is_same(const Bar& a, const Bar& b) {
  return a.spec == b.spec && a.open_time == b.open_time && a.header.ts_event == b.header.ts_event &&
         a.open == b.open && a.high == b.high && a.low == b.low && a.close == b.close &&
         a.trades == b.trades && a.volume == b.volume;
}

void feed_some(World& world, QuoteFeed& feed) {
  Simulation simulation{world.engine, feed};
  simulation.add_venue(world.venue);
  while (true) {  // up to the feed's end, without the minute that follows a market's
    const auto records = feed.next();
    REQUIRE(records.ok());
    if (records->empty()) return;
    for (std::span<const std::byte> left = *records; !left.empty();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(left.data());
      while (world.engine.next_deadline() && *world.engine.next_deadline() <= record.ts_recv) {
        TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
        timer.deadline = *world.engine.next_deadline();
        timer.header.ts_event = timer.header.ts_recv = timer.deadline;
        world.engine.on(timer.header);
      }
      world.engine.on(record);
      left = left.subspan(record.size);
    }
  }
}

std::vector<Bar> uninterrupted(std::uint64_t quotes) {
  Listener listener;
  World world{listener};
  world.start(kStart);
  QuoteFeed feed{17, quotes};
  feed_some(world, feed);
  return listener.bars;
}

EngineConfig bars_config(const std::string& journal, MarketJournal market) {
  auto config = World::config_for(journal, market);
  config.snapshot_every = 700;
  config.journal_config.keep_snapshots = 1'000;
  return config;
}

class ListenerMaker final : public EngineMaker {
 public:
  Result<std::unique_ptr<Engine>> make() override {
    strategies_.push_back(std::make_unique<Listener>());
    auto engine = std::make_unique<Engine>(EngineConfig{});
    declare(*engine);
    if (auto id = engine->add_strategy("crosser", *strategies_.back(), {1}); !id)
      return std::move(id).error();
    return engine;
  }

 private:
  std::vector<std::unique_ptr<Listener>> strategies_;
};

}  // namespace

TEST_CASE("bars go on over restarts as if there had been none, and say that there was one") {
  const auto whole = uninterrupted(6'000);
  REQUIRE(whole.size() > 150);
  for (const auto market : {MarketJournal::kConsumed, MarketJournal::kAll}) {
    TempFolder folder;
    const auto journal = folder.file("bars.journal");
    std::vector<Bar> bars;
    std::uint64_t at = 0;
    std::size_t gapped = 0;
    for (const std::uint64_t until : {1'234u, 1'240u, 3'333u, 6'000u}) {
      Listener listener;
      World world{bars_config(journal, market), listener};
      const auto resumed = at == 0 ? kStart : world.engine.now();
      world.start(resumed);
      QuoteFeed feed{17, until - at, at};
      feed_some(world, feed);
      bars.insert(bars.end(), listener.bars.begin(), listener.bars.end());
      at = until;
      // no stop: as if killed
    }
    REQUIRE(bars.size() == whole.size());
    for (std::size_t i = 0; i < bars.size(); ++i) {
      CAPTURE(i);
      CHECK(is_same(bars[i], whole[i]));
      gapped += (bars[i].header.flags & Bar::kGapped) != 0 ? 1u : 0u;
      CHECK((whole[i].header.flags & Bar::kGapped) == 0);
    }
    CHECK(gapped >= 4);  // two series, and restarts that fall into one bar or several
    CHECK(gapped <= 6);
    ListenerMaker maker;
    const auto verified = verify(journal, maker);
    REQUIRE(verified.ok());
    CHECK(verified->text() == "replay: identical");
  }
}

TEST_CASE("market data that was not recorded: bars are taken up as the last snapshot has them") {
  TempFolder folder;
  const auto journal = folder.file("none.journal");
  std::vector<Bar> bars;
  for (const std::uint64_t at : {0u, 2'000u}) {
    Listener listener;
    World world{bars_config(journal, MarketJournal::kNone), listener};
    world.start(kStart);
    QuoteFeed feed{17, 2'000, at};
    feed_some(world, feed);
    if (at == 0) REQUIRE(world.engine.stop(kStart).ok());
    bars.insert(bars.end(), listener.bars.begin(), listener.bars.end());
  }
  const auto whole = uninterrupted(4'000);
  REQUIRE(bars.size() == whole.size());
  for (std::size_t i = 0; i < bars.size(); ++i) CHECK(is_same(bars[i], whole[i]));
}

TEST_CASE("a series that nobody subscribes to again ends with its run") {
  TempFolder folder;
  const auto journal = folder.file("fewer.journal");
  std::uint64_t at = 0;
  for (const bool with_ticks : {true, false, true}) {
    Listener listener{with_ticks};
    World world{bars_config(journal, MarketJournal::kAll), listener};
    world.start(kStart);
    QuoteFeed feed{17, 1'500, at};
    at += 1'500;
    feed_some(world, feed);
    std::size_t ticks = 0;
    for (const Bar& bar : listener.bars) ticks += bar.spec == Listener::ticks() ? 1u : 0u;
    CHECK((ticks > 0) == with_ticks);
    CHECK(listener.bars.size() > ticks);
  }
}

TEST_CASE("verify behind each snapshot of a run with restarts") {
  TempFolder folder;
  const auto journal = folder.file("snapshots.journal");
  for (std::uint64_t run = 0; run < 3; ++run) {
    Crosser strategy;
    auto config = bars_config(journal, MarketJournal::kAll);
    REQUIRE(config.limits.set("max_drawdown", "500000").ok());
    World world{config, strategy};
    world.start(kStart);
    QuoteFeed feed{30 + run, 3'000, run * 3'000};
    world.run(feed);
    if (run == 1) REQUIRE(world.engine.stop(kStart).ok());
  }
  const auto snapshots = list_snapshots(journal);
  REQUIRE(snapshots.ok());
  REQUIRE(snapshots->size() > 12);
  struct Maker final : EngineMaker {
    Result<std::unique_ptr<Engine>> make() override {
      strategies.push_back(std::make_unique<Crosser>(fast, 0.05));
      EngineConfig config;
      REQUIRE(config.limits.set("max_drawdown", "500000").ok());
      auto engine = std::make_unique<Engine>(config);
      declare(*engine);
      if (auto id = engine->add_strategy("crosser", *strategies.back(), {1}); !id)
        return std::move(id).error();
      return engine;
    }
    double fast = 0.2;
    std::vector<std::unique_ptr<Crosser>> strategies;
  } maker;
  const auto whole = verify(journal, maker);
  REQUIRE(whole.ok());
  CHECK(whole->text() == "replay: identical");
  CHECK(whole->commands > 50);
  std::uint64_t inputs = whole->inputs;
  for (const auto& snapshot : *snapshots) {
    CAPTURE(snapshot.seq);
    VerifyOptions options;
    options.from_seq = snapshot.seq;
    const auto verified = verify(journal, maker, options);
    REQUIRE(verified.ok());
    CHECK(verified->text() == "replay: identical from seq " + std::to_string(snapshot.seq + 1));
    CHECK(verified->after_seq == snapshot.seq);
    CHECK(verified->inputs < inputs);
    inputs = verified->inputs;
  }
  VerifyOptions options;
  options.from_seq = (*snapshots)[3].seq + 1;  // between two: the earlier
  const auto between = verify(journal, maker, options);
  REQUIRE(between.ok());
  CHECK(between->after_seq == (*snapshots)[3].seq);
  maker.fast = 0.9;
  const auto differs = verify(journal, maker, options);
  REQUIRE(differs.ok());
  CHECK_FALSE(differs->identical());
}

TEST_CASE("verify of a journal whose beginning was retired begins behind its oldest snapshot") {
  TempFolder folder;
  const auto journal = folder.file("retired.journal");
  {
    Crosser strategy;
    auto config = bars_config(journal, MarketJournal::kAll);
    config.journal_config.segment_bytes = 64 * 1024;
    config.journal_config.keep_segments = 2;
    config.journal_config.keep_snapshots = 3;
    World world{config, strategy};
    world.start(kStart);
    for (std::uint64_t i = 0; i < 6; ++i) {
      QuoteFeed feed{31, 1'000, i * 1'000};
      world.run(feed);
      REQUIRE(world.engine.maintain_journal().ok());
    }
    REQUIRE(world.engine.stop(kStart).ok());
  }
  REQUIRE_FALSE(std::filesystem::exists(journal + "/segment-0000000001.keel"));
  CrosserMaker maker;
  const auto verified = verify(journal, maker);
  REQUIRE(verified.ok());
  CHECK(verified->after_seq > 0);
  CHECK(verified->inputs > 100);
  CHECK(verified->identical());
  CHECK_FALSE(verified->unrecorded_from);
}
