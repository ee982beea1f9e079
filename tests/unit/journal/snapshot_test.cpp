#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

std::vector<std::byte> state_of(std::uint64_t seed, std::size_t bytes) {
  Random random{seed};
  std::vector<std::byte> state(bytes);
  for (auto& byte : state) byte = static_cast<std::byte>(random.next());
  return state;
}

std::string snapshot_file(const std::string& folder, std::uint64_t seq) {
  char name[64];
  std::snprintf(name, sizeof name, "snapshot-%020llu.keel", static_cast<unsigned long long>(seq));
  return folder + "/" + name;
}

std::size_t count_files(const std::string& folder, std::string_view prefix) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator{folder})
    count += entry.path().filename().string().starts_with(prefix) ? 1u : 0u;
  return count;
}

}  // namespace

TEST_CASE("the latest snapshot is given back as it was written") {
  TemporaryFolder folder;
  CHECK(!latest_snapshot(folder.journal())->has_value());
  auto config = small_config();
  config.keep_snapshots = 10;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  append_until(*journal, 1, 1'000);
  CHECK(!latest_snapshot(folder.journal())->has_value());
  for (const std::uint64_t seq : {10u, 500u, 900u})
    REQUIRE(journal->write_snapshot(seq, state_of(seq, static_cast<std::size_t>(seq) * 100)).ok());
  auto found = latest_snapshot(folder.journal());
  REQUIRE(found.ok());
  REQUIRE(found->has_value());
  CHECK((*found)->info.seq == 900);
  CHECK((*found)->state == state_of(900, 90'000));
  CHECK((*found)->info.digest == sha256((*found)->state));
  CHECK((*found)->damaged.empty());
  CHECK((*latest_snapshot(folder.journal(), 899))->info.seq == 500);
  CHECK(!latest_snapshot(folder.journal(), 9)->has_value());
  const auto listed = list_snapshots(folder.journal());
  REQUIRE(listed->size() == 3);
  CHECK(listed->front().seq == 10);
  CHECK(listed->back().bytes == 90'000);
  // An empty state is one too.
  REQUIRE(journal->write_snapshot(901, {}).ok());
  CHECK((*latest_snapshot(folder.journal()))->state.empty());
}

TEST_CASE("a snapshot may not be ahead of what is durable") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config(Durability::kMachine));
  REQUIRE(journal.ok());
  const auto next = append_until(*journal, 1, 100);
  CHECK(journal->write_snapshot(next - 1, {}).error().code == journal_errors::kSnapshotSeq);
  REQUIRE(journal->sync().ok());
  CHECK(journal->write_snapshot(next - 1, {}).ok());
  CHECK(journal->write_snapshot(next, {}).error().code == journal_errors::kSnapshotSeq);
}

TEST_CASE("a damaged snapshot is passed over for the one before, wherever the damage is") {
  TemporaryFolder folder;
  fs::create_directory(folder.journal());
  const auto older = state_of(1, 100), newer = state_of(2, 100);
  REQUIRE(write_snapshot(folder.journal(), 10, older).ok());
  REQUIRE(write_snapshot(folder.journal(), 20, newer).ok());
  const auto path = snapshot_file(folder.journal(), 20);
  const auto good = read_bytes(path);
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    write_bytes(path, bad);
    auto found = latest_snapshot(folder.journal());
    REQUIRE(found.ok());
    CHECK((*found)->info.seq == 10);
    CHECK((*found)->state == older);
    REQUIRE((*found)->damaged.size() == 1);
    CHECK((*found)->damaged[0].where == path);
    bad = good;
    bad.resize(at);
    write_bytes(path, bad);
    CHECK((*latest_snapshot(folder.journal()))->info.seq == 10);
  }
  // None left that can be trusted: that is not the same as none.
  write_bytes(snapshot_file(folder.journal(), 10), {});
  CHECK(latest_snapshot(folder.journal()).error().code == journal_errors::kSnapshot);
  // Another's bytes under this name.
  write_bytes(path, good);
  fs::rename(path, snapshot_file(folder.journal(), 30));
  CHECK(latest_snapshot(folder.journal()).error().code == journal_errors::kSnapshot);
}

TEST_CASE("retention keeps what the oldest kept snapshot needs") {
  TemporaryFolder folder;
  auto config = small_config();
  config.keep_segments = 2;
  config.keep_snapshots = 2;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  std::uint64_t next = 1, previous = 0, last = 0;
  for (int round = 0; round < 10; ++round) {
    next = append_until(*journal, next, next + 2'000);
    previous = last;
    last = next - 1;
    REQUIRE(journal->write_snapshot(last, state_of(last, 64)).ok());
    REQUIRE(journal->maintain().ok());
    CHECK(count_files(folder.journal(), "snapshot-") == std::min(round + 1, 2));
    CHECK(count_files(folder.journal(), "segment-") < 10);
    CHECK(count_files(folder.journal(), "spare-") <= 2);
    // From the older kept snapshot on, everything is there, and both snapshots too.
    if (round == 0) continue;
    const auto all = read_all(folder.journal(), {.after_seq = previous});
    CHECK(!all.error);
    CHECK(all.right);
    CHECK(all.last_seq == last);
    CHECK((*latest_snapshot(folder.journal(), last - 1))->info.seq == previous);
  }
  CHECK(journal->stats().recycled > 0);
  // What is gone is refused, not passed over.
  auto from_start = JournalReader::open(folder.journal(), {.after_seq = 0});
  REQUIRE(!from_start.ok());
  CHECK(from_start.error().code == journal_errors::kRetired);
  const auto oldest = read_all(folder.journal());
  CHECK(!oldest.error);
  CHECK(oldest.last_seq == last);
  // And a journal without its beginning is continued as any other.
  journal = Journal::scratch();
  journal = Journal::open(folder.journal(), config);
  REQUIRE(journal.ok());
  CHECK(journal->committed_seq() == last);
  CHECK(inspect_journal(folder.journal())->whole());
}

TEST_CASE("segments stay while the snapshot that replaces them is not whole") {
  TemporaryFolder folder;
  auto config = small_config();
  config.keep_segments = 1;
  config.keep_snapshots = 2;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  auto next = append_until(*journal, 1, 6'000);
  REQUIRE(journal->write_snapshot(next - 1, state_of(1, 64)).ok());
  auto bytes = read_bytes(snapshot_file(folder.journal(), next - 1));
  bytes[140] ^= 1;
  write_bytes(snapshot_file(folder.journal(), next - 1), bytes);
  const auto segments = count_files(folder.journal(), "segment-");
  next = append_until(*journal, next, next + 6'000);
  REQUIRE(journal->write_snapshot(next - 1, state_of(2, 64)).ok());
  CHECK(count_files(folder.journal(), "segment-") > segments);  // none went
}

TEST_CASE("without a number of segments to keep, none goes") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  std::uint64_t next = 1;
  for (int i = 0; i < 5; ++i) {
    next = append_until(*journal, next, next + 2'000);
    REQUIRE(journal->write_snapshot(next - 1, {}).ok());
  }
  CHECK(read_all(folder.journal(), {.after_seq = 0}).last_seq == next - 1);
}

TEST_CASE("a reader passes over what a snapshot has") {
  TemporaryFolder folder;
  std::uint64_t next = 1;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    next = append_until(*journal, 1, 6'000);
  }
  for (const auto& place : places(folder.journal())) {
    if (place.last_seq % 7 != 0 && place.last_seq + 1 != next) continue;
    auto reader = JournalReader::open(folder.journal(), {.after_seq = place.last_seq});
    REQUIRE(reader.ok());
    const bool more = reader->next();
    CHECK(more == (place.last_seq + 1 != next));
    if (more) CHECK(is_transaction_of(reader->transaction(), place.last_seq + 1));
  }
}

TEST_CASE("a run number is given once") {
  TemporaryFolder folder;
  for (std::uint32_t run = 1; run <= 5; ++run) CHECK(next_run(folder.journal()).value() == run);
  CHECK(next_run(folder.journal(), 100).value() == 100);
  CHECK(next_run(folder.journal(), 50).value() == 101);
  CHECK(next_run(folder.journal(), OrderId::kMaxRun + 1).error().code ==
        journal_errors::kRunExhausted);
  CHECK(next_run(folder.journal(), OrderId::kMaxRun).value() == OrderId::kMaxRun);
  CHECK(next_run(folder.journal()).error().code == journal_errors::kRunExhausted);
}

TEST_CASE("a lost, damaged or old run counter asks the host for a higher number") {
  TemporaryFolder folder;
  const auto file = fs::path{folder.journal()} / "run";
  auto config = small_config();
  config.run = 1;
  for (int i = 0; i < 7; ++i) config.run = next_run(folder.journal()).value();
  const auto good = read_bytes(file);
  {
    REQUIRE(Journal::create(folder.journal(), config).ok());
  }
  const auto check_lost = [&] {
    const auto without = next_run(folder.journal());
    REQUIRE(!without.ok());
    CHECK(without.error().code == journal_errors::kRunLost);
    CHECK(without.error().rule.find("names 7") != std::string::npos);
    CHECK(next_run(folder.journal(), 7).error().code == journal_errors::kRunLost);
  };
  fs::remove(file);
  check_lost();
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    write_bytes(file, bad);
    check_lost();
    bad.resize(at);
    write_bytes(file, bad);
    check_lost();
  }
  // Put back from a copy that is older than the journal.
  TemporaryFolder other;
  REQUIRE(next_run(other.journal()).ok());
  fs::copy_file(fs::path{other.journal()} / "run", file, fs::copy_options::overwrite_existing);
  check_lost();
  CHECK(next_run(folder.journal(), 8).value() == 8);
  CHECK(next_run(folder.journal()).value() == 9);
}
