// Real kills at seeded moments, and journals cut or zeroed at each byte of their end.
#include <doctest/doctest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>

#include <keel/journal/inspect.hpp>
#include <keel/journal/reader.hpp>
#include <temp_folder.hpp>

#include "world.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// What the child did to the outside world, in memory that outlives it.
struct Shared {
  std::uint64_t committed_seq, committed_hash;
  std::uint64_t wire_count;
  OrderId wire[4096];  // order ids of commands that reached the venue
};

enum class Moment { kBeforeInput, kInCallback, kOnTheWire };

// The simulated venue, with somebody pulling the plug.
class WireTap final : public Venue {
 public:
  WireTap(SimVenue& venue, Shared& shared, bool kill_here, std::uint64_t kill_at)
      : venue_(venue), shared_(shared), kill_here_(kill_here), kill_at_(kill_at) {}
  [[nodiscard]] VenueId id() const override { return venue_.id(); }
  [[nodiscard]] const Capabilities& capabilities() const override { return venue_.capabilities(); }
  void send(const CommandBatch& batch) override {
    if (kill_here_ && shared_.wire_count >= kill_at_) kill(getpid(), SIGKILL);
    for (const Command& command : batch) shared_.wire[shared_.wire_count++] = command.order;
    venue_.send(batch);
  }
  void request_snapshot(AccountId account) override { venue_.request_snapshot(account); }

 private:
  SimVenue& venue_;
  Shared& shared_;
  bool kill_here_;
  std::uint64_t kill_at_;
};

class KilledCrosser final : public Crosser {
 public:
  std::uint64_t kill_at = 0;
  void on_quote(Context& context, const Quote& quote) override {
    Crosser::on_quote(context, quote);
    if (kill_at != 0 && ++quotes_ == kill_at) kill(getpid(), SIGKILL);
  }

 private:
  std::uint64_t quotes_ = 0;
};

class Watcher final : public InputProbe {
 public:
  Watcher(Shared& shared, const Engine& engine, std::uint64_t kill_at)
      : shared_(shared), engine_(engine), kill_at_(kill_at) {}
  void before(const RecordHeader&) override {
    if (kill_at_ != 0 && ++inputs_ == kill_at_) kill(getpid(), SIGKILL);
  }
  void after(const RecordHeader&, std::uint64_t) override {
    shared_.committed_hash = engine_.rolling_hash();
    shared_.committed_seq = engine_.seq();
  }

 private:
  Shared& shared_;
  const Engine& engine_;
  std::uint64_t kill_at_, inputs_ = 0;
};

void child_run(const std::string& journal, Shared& shared, Moment moment, std::uint64_t at) {
  KilledCrosser strategy;
  if (moment == Moment::kInCallback) strategy.kill_at = at;
  Engine engine{World::config_for(journal, MarketJournal::kAll)};
  declare(engine);
  SimVenue venue{sim_config(), engine.instruments()};
  WireTap tap{venue, shared, moment == Moment::kOnTheWire, at / 40};
  if (!engine.add_venue(tap).ok() || !engine.add_strategy("crosser", strategy, {1}).ok()) _exit(3);
  if (!engine.start(Timestamp{1'704'067'200'000'000'000}).ok()) _exit(4);
  fund(engine, Timestamp{1'704'067'200'000'000'000});
  QuoteFeed feed{7, 20'000};
  Simulation simulation{engine, feed, 1_ms};
  simulation.add_venue(venue);
  Watcher watcher{shared, engine, moment == Moment::kBeforeInput ? at : 0};
  simulation.probe(&watcher);
  (void)simulation.run();
  _exit(5);  // not killed: the test is wrong
}

// The position by the plainest possible reading of the journal.
std::map<std::uint32_t, std::int64_t> naive_positions(const std::string& journal,
                                                      std::uint64_t& last_seq) {
  std::map<std::uint32_t, std::int64_t> positions;
  auto reader = JournalReader::open(journal);
  REQUIRE(reader.ok());
  while (reader->next()) {
    for (const RecordHeader& record : reader->transaction().records) {
      last_seq = record.seq;
      if (record.kind != RecordKind::kOrderFilled) continue;
      const auto& fill = record_as<OrderRecord>(record);
      positions[record.instrument.value] += sign(fill.side) * fill.last_quantity.raw();
    }
  }
  REQUIRE(reader->status().ok());
  return positions;
}

}  // namespace

TEST_CASE("20 kills at seeded moments lose nothing that was committed") {
  auto* shared = static_cast<Shared*>(
      mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(shared != MAP_FAILED);
  Random random{20131125};
  for (int round = 0; round < 20; ++round) {
    const auto moment = static_cast<Moment>(round % 3);
    const std::uint64_t at = 60 + random.below(9'000);
    CAPTURE(round);
    CAPTURE(at);
    TempFolder folder;
    const auto journal = folder.file("killed.journal");
    std::memset(static_cast<void*>(shared), 0, sizeof *shared);
    const pid_t child = fork();
    if (child == 0) child_run(journal, *shared, moment, at);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);

    std::uint64_t journaled = 0;
    const auto naive = naive_positions(journal, journaled);
    CHECK(journaled >= shared->committed_seq);

    CrosserMaker maker;
    const auto verified = verify(journal, maker);
    REQUIRE(verified.ok());
    CHECK(verified->text() == "replay: identical");

    // A changed strategy changes nothing that happened.
    Crosser other{0.5, 0.4, 7000_qty};
    other.every = 1'000'000'000;
    World world{other, journal};
    world.start(Timestamp{1'704'170'000'000'000'000});
    REQUIRE(world.engine.recovered());
    CHECK(other.recoveries == 1);
    if (journaled == shared->committed_seq) {
      // on_restart may add facts, so the hash before them is in the restart's record
      JournalReader reader = std::move(JournalReader::open(journal)).value();
      while (reader.next())
        if (reader.transaction().input().kind == RecordKind::kRestarted)
          CHECK(record_as<RunInput>(reader.transaction().input()).rolling_hash ==
                shared->committed_hash);
    }
    const Position* position = world.engine.portfolio().position({1}, {1});
    const std::int64_t held = position != nullptr ? position->quantity.raw() : 0;
    CHECK(held == (naive.contains(1) ? naive.at(1) : 0));
    // Every command that was on the wire is known; those without an answer are Unknown.
    for (std::uint64_t i = 0; i < shared->wire_count; ++i) {
      const Order* order = world.engine.orders().find(shared->wire[i]);
      REQUIRE(order != nullptr);
      CHECK(order->state != OrderState::kSubmitted);
      if (order->is_open()) CHECK(order->state == OrderState::kUnknown);
    }
    CHECK(world.engine.stop(Timestamp{1'704'170'001'000'000'000}).ok());
    CrosserMaker different{0.5, 0.4};
    const auto differs = verify(journal, different);
    REQUIRE(differs.ok());
    if (shared->wire_count > 2) CHECK_FALSE(differs->identical());
  }
  munmap(shared, sizeof *shared);
}

namespace {

// Small in everything that has to be made anew for each cut.
EngineConfig small_config(const std::string& journal) {
  auto config = World::config_for(journal, MarketJournal::kAll);
  config.journal_config.segment_bytes = journal_format::kSegmentBytesMin;
  config.orders.slots = 64;
  config.orders.execution_window = 64;
  config.limits.client_ids = 64;
  config.limits.messages = 64;
  return config;
}

struct Place {
  std::uint64_t offset, first_seq, last_seq;
};

std::vector<Place> places_in(const std::string& journal) {
  std::vector<Place> places;
  JournalReader reader = std::move(JournalReader::open(journal)).value();
  while (reader.next())
    places.push_back({reader.transaction().offset, reader.transaction().first_seq,
                      reader.transaction().last_seq});
  REQUIRE(reader.status().ok());
  return places;
}

// Starts on what is left; the last seq that was recovered.
std::uint64_t recover(const std::string& journal) {
  Crosser strategy;
  Engine engine{small_config(journal)};
  declare(engine);
  REQUIRE(engine.add_strategy("crosser", strategy, {1}).ok());
  const auto status = engine.start(Timestamp{1'704'170'000'000'000'000});
  if (!status.ok()) FAIL(status.error().message());
  std::uint64_t recovered = 0;
  JournalReader reader = std::move(JournalReader::open(journal)).value();
  while (reader.next())
    if (reader.transaction().input().kind == RecordKind::kRestarted)
      recovered = record_as<RunInput>(reader.transaction().input()).recovered_seq;
  return recovered;
}

}  // namespace

TEST_CASE(
    "a journal cut or zeroed at any byte of its last three transactions keeps what is before") {
  TempFolder folder{TempFolder::Medium::kMemory};
  const auto whole = folder.file("whole.journal");
  {
    Crosser strategy;
    auto config = small_config(whole);
    config.snapshot_every = 0;
    World world{config, strategy};
    world.start();
    QuoteFeed feed{11, 150};
    Simulation simulation{world.engine, feed, 1_ms};
    simulation.add_venue(world.venue);
    // Until a fill has been followed by two more inputs: the last three hold facts and commands.
    for (int after = 0; after < 2; after += strategy.fills > 0 ? 1 : 0) REQUIRE(*simulation.run(1));
    // no stop: as if killed
  }
  const auto places = places_in(whole);
  REQUIRE(places.size() > 50);
  const auto summary = inspect_journal(whole);
  REQUIRE(summary.ok());
  REQUIRE(summary->segments.size() == 1);
  const std::uint64_t begin = places[places.size() - 3].offset;
  const std::uint64_t end = summary->segments[0].used_bytes;
  const auto name = std::filesystem::path{summary->segments[0].path}.filename().string();
  const std::string bytes = folder.read("whole.journal/" + name);
  REQUIRE(bytes.substr(end).find_first_not_of('\0') == std::string::npos);

  // Zeroing from a byte on is what a lost page looks like.
  for (std::uint64_t cut = begin; cut < end; ++cut) {
    std::uint64_t least = 0, most = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::uint64_t stop = i + 1 < places.size() ? places[i + 1].offset : end;
      const auto lost = bytes.substr(cut, stop > cut ? stop - cut : 0);
      if (stop <= cut) least = places[i].last_seq;
      // A transaction of which only zeros were cut may be whole.
      if (lost.find_first_not_of('\0') == std::string::npos) most = places[i].last_seq;
    }
    for (const bool zero : {false, true}) {
      CAPTURE(cut);
      CAPTURE(zero);
      std::string damaged = bytes.substr(0, cut);
      if (zero) damaged.resize(bytes.size(), '\0');
      TempFolder copy{TempFolder::Medium::kMemory};
      const auto journal = copy.file("cut.journal");
      std::filesystem::create_directory(journal);
      for (const auto& entry : std::filesystem::directory_iterator{whole})
        if (entry.path().filename() != name)
          std::filesystem::copy(entry.path(), journal + "/" + entry.path().filename().string());
      copy.write("cut.journal/" + name, damaged);
      const auto recovered = recover(journal);
      REQUIRE(recovered >= least);
      REQUIRE(recovered <= most);
    }
  }
}
