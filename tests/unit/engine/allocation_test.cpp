// After the start, the way of an input allocates nothing: quote in, strategy, risk, order manager,
// journal, command out, report back, fill booked.
#include <doctest/doctest.h>

#include <count_allocations.hpp>
#include <temp_folder.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

void run_counted(const std::string& journal) {
  Crosser strategy;
  auto config = World::config_for(journal, MarketJournal::kAll);
  config.journal_config.segment_bytes = 16u << 20;
  World world{config, strategy};
  world.start();
  QuoteFeed feed{31, 8'000};
  Simulation simulation{world.engine, feed, 1_ms};
  simulation.add_venue(world.venue);
  REQUIRE(simulation.run(4'000).value());  // every table has met everything by now
  const int fills = strategy.fills;
  const auto before = allocations();
  REQUIRE(simulation.run(3'000).value());
  const auto allocated = allocations() - before;
  CHECK(strategy.fills > fills + 10);
  CHECK(allocated == 0);
}

}  // namespace

TEST_CASE("no allocation after the start, journal off") { run_counted(""); }

TEST_CASE("no allocation after the start, journal on") {
  TempFolder folder;
  run_counted(folder.file("counted.journal"));
}
