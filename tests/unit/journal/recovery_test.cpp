// What a crash leaves: everything that was durable, and nothing that was not.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// A copy of the journal in which the test may break something.
class Broken {
 public:
  explicit Broken(const std::string& folder) : original_(folder), copy_(folder + "-copy") {
    restore();
  }
  void restore() {
    fs::remove_all(copy_);
    fs::copy(original_, copy_);
    fs::remove(fs::path{copy_} / "lock");
  }
  [[nodiscard]] const std::string& folder() const { return copy_; }
  template <class Change>
  void change(unsigned segment, Change change) {
    auto bytes = read_bytes(segment_path(original_, segment));
    change(bytes);
    restore();
    write_bytes(segment_path(copy_, segment), bytes);
  }

 private:
  std::string original_, copy_;
};

// The journal holds exactly what was committed up to `last_seq`; writing goes on behind it.
void check_continues(const std::string& folder, std::uint64_t last_seq,
                     const JournalConfig& config) {
  auto all = read_all(folder);
  REQUIRE_MESSAGE(!all.error, all.error->message());
  REQUIRE(all.right);
  REQUIRE(all.last_seq == last_seq);
  std::uint64_t next = last_seq + 1;
  {
    auto journal = Journal::open(folder, config);
    REQUIRE_MESSAGE(journal.ok(), journal.error().message());
    REQUIRE(journal->committed_seq() == last_seq);
    for (int i = 0; i < 3; ++i) next = append_transaction(*journal, next);
  }
  all = read_all(folder);
  REQUIRE(!all.error);
  REQUIRE(!all.torn);
  REQUIRE(all.right);
  REQUIRE(all.last_seq == next - 1);
}

}  // namespace

TEST_CASE("after kill -9 everything committed is there, 20 times") {
  TemporaryFolder folder;
  struct Shared {
    std::atomic<std::uint64_t> committed;
  };
  auto* shared = static_cast<Shared*>(
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  REQUIRE(shared != MAP_FAILED);
  shared->committed.store(0);
  Random random{20260101};
  for (int kill_number = 0; kill_number < 20; ++kill_number) {
    const bool first = kill_number == 0;
    const std::uint64_t before = shared->committed.load();
    const std::uint64_t target = before + 1 + random.below(6'000);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto journal = first ? Journal::create(folder.journal(), small_config())
                           : Journal::open(folder.journal(), small_config());
      if (!journal) ::_exit(1);
      std::uint64_t next = journal->committed_seq() + 1;
      for (;;) {
        next = append_transaction(*journal, next);
        shared->committed.store(next - 1, std::memory_order_release);
        if (next % 512 == 0) static_cast<void>(journal->maintain());
      }
    }
    while (shared->committed.load(std::memory_order_acquire) < target) {
      int state = 0;
      REQUIRE(::waitpid(child, &state, WNOHANG) == 0);
    }
    ::kill(child, SIGKILL);
    int state = 0;
    REQUIRE(::waitpid(child, &state, 0) == child);
    REQUIRE(WIFSIGNALED(state));
    const std::uint64_t committed = shared->committed.load();
    const auto all = read_all(folder.journal());
    REQUIRE(!all.error);
    REQUIRE(all.right);
    REQUIRE(all.last_seq >= committed);      // the child may have been killed before it said so
    REQUIRE(all.last_seq <= committed + 4);  // by one transaction at most
    shared->committed.store(all.last_seq);
  }
  check_continues(folder.journal(), shared->committed.load(), small_config());
  ::munmap(shared, sizeof(Shared));
}

TEST_CASE("truncated or zeroed from each byte of the last three transactions: the tail is cut") {
  TemporaryFolder folder{Medium::kMemory};
  const auto config = small_config();
  {
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    append_until(*journal, 1, 40);
  }
  const auto all = places(folder.journal());
  REQUIRE(all.size() > 4);
  Broken broken{folder.journal()};
  const auto bytes = read_bytes(segment_path(folder.journal(), 1));
  const auto& first = all[all.size() - 3];
  for (std::uint64_t cut = first.offset; cut < all.back().end; ++cut) {
    std::uint64_t last_seq = 0;
    for (const auto& place : all)
      if (place.end <= cut) last_seq = place.last_seq;
    CAPTURE(cut);
    const auto whole = [&](const std::vector<char>& changed) {
      // Zeroing bytes that are zero anyway changes nothing.
      std::uint64_t expected = last_seq;
      for (const auto& place : all)
        if (place.end > cut && std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(cut),
                                          bytes.begin() + static_cast<std::ptrdiff_t>(place.end),
                                          changed.begin() + static_cast<std::ptrdiff_t>(cut)))
          expected = place.last_seq;
      return expected;
    };
    broken.change(1, [cut](auto& content) { content.resize(cut); });
    check_continues(broken.folder(), last_seq, config);
    std::vector<char> changed;
    broken.change(1, [&](auto& content) {
      std::fill(content.begin() + static_cast<std::ptrdiff_t>(cut), content.end(), '\0');
      changed = content;
    });
    check_continues(broken.folder(), whole(changed), config);
  }
}

TEST_CASE("a damaged byte in the last transaction is a torn tail, in an earlier one corruption") {
  TemporaryFolder folder{Medium::kMemory};
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 40);
  }
  const auto all = places(folder.journal());
  Broken broken{folder.journal()};
  for (std::size_t i = all.size() - 3; i < all.size(); ++i) {
    const bool last = i + 1 == all.size();
    for (std::uint64_t at = all[i].offset; at < all[i].end; ++at) {
      CAPTURE(at);
      broken.change(1,
                    [at](auto& content) { content[at] = static_cast<char>(content[at] ^ 0x41); });
      const auto found = read_all(broken.folder());
      CHECK(found.right);
      CHECK(found.last_seq == all[i - 1].last_seq);
      const auto opened = Journal::open(broken.folder(), small_config());
      if (last) {
        CHECK(!found.error);
        REQUIRE(opened.ok());
        CHECK(opened->committed_seq() == all[i - 1].last_seq);
        CHECK(opened->repair()->offset == all[i].offset);
      } else {
        REQUIRE(found.error);
        CHECK(found.error->code == journal_errors::kCorrupt);
        REQUIRE(!opened.ok());
        CHECK(opened.error().code == journal_errors::kCorrupt);
        // It names the segment, the place and what is wrong.
        const auto text = opened.error().message();
        CHECK(text.find("segment-0000000001.keel") != std::string::npos);
        CHECK(text.find("offset " + std::to_string(all[i].offset)) != std::string::npos);
        CHECK(text.find("after seq " + std::to_string(all[i - 1].last_seq)) != std::string::npos);
      }
    }
  }
}

TEST_CASE("a zeroed stretch before committed transactions is corruption") {
  TemporaryFolder folder;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 40);
  }
  const auto all = places(folder.journal());
  Broken broken{folder.journal()};
  const auto& place = all[all.size() / 2];
  broken.change(1, [&place](auto& content) {
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(place.offset),
              content.begin() + static_cast<std::ptrdiff_t>(place.end), '\0');
  });
  const auto found = read_all(broken.folder());
  REQUIRE(found.error);
  CHECK(found.error->code == journal_errors::kCorrupt);
  CHECK(Journal::open(broken.folder(), small_config()).error().code == journal_errors::kCorrupt);
}

TEST_CASE("a complete segment has no torn tail") {
  TemporaryFolder folder;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 5'000);
  }
  const auto all = places(folder.journal());
  Place last_of_first{};
  for (const auto& place : all)
    if (place.segment == 1) last_of_first = place;
  REQUIRE(last_of_first.end > 0);
  Broken broken{folder.journal()};
  for (const auto& [what, change] :
       {std::pair{"flipped", 0}, std::pair{"zeroed", 1}, std::pair{"truncated", 2}}) {
    CAPTURE(what);
    broken.change(1, [&, kind = change](auto& content) {
      if (kind == 0) content[last_of_first.offset + 20] ^= 1;
      if (kind == 1)
        std::fill(content.begin() + static_cast<std::ptrdiff_t>(last_of_first.offset),
                  content.end(), '\0');
      if (kind == 2) content.resize(last_of_first.offset + 24);
    });
    const auto found = read_all(broken.folder());
    REQUIRE(found.error);
    CHECK(found.error->code == journal_errors::kCorrupt);
    CHECK(found.last_seq == last_of_first.first_seq - 1);
  }
  // A segment that is gone.
  broken.restore();
  fs::remove(segment_path(broken.folder(), 2));
  const auto found = read_all(broken.folder());
  REQUIRE(found.error);
  CHECK(found.error->message().find("segment-0000000002.keel") != std::string::npos);
  // A header of the last one.
  const auto last = static_cast<unsigned>(all.back().segment);
  for (const std::size_t at : {0u, 30u, 60u, 64u, 100u, 127u}) {
    broken.change(last, [at](auto& content) { content[at] ^= 0x10; });
    CHECK(Journal::open(broken.folder(), small_config()).error().code == journal_errors::kCorrupt);
  }
  // A version after this one is said to be that.
  broken.change(last, [](auto& content) { content[8] = 9; });
  CHECK(Journal::open(broken.folder(), small_config()).error().code == journal_errors::kFormat);
}

TEST_CASE("an uncommitted transaction is cut, and its input shown") {
  TemporaryFolder folder;
  std::uint64_t next = 1;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    next = append_until(*journal, 1, 40);
    journal->begin();
    journal->append(trade_of(next).header);
    journal->append(trade_of(next + 1).header);
  }
  CHECK(read_all(folder.journal()).last_seq == next - 1);
  {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    REQUIRE(journal->repair());
    CHECK(journal->repair()->last_seq == next - 1);
    const Trade expected = trade_of(next);
    REQUIRE(journal->repair()->input.size() == sizeof expected);
    CHECK(std::memcmp(journal->repair()->input.data(), &expected, sizeof expected) == 0);
  }
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  CHECK(!journal->repair());  // told once
}

TEST_CASE("machine: what was synced is never cut, what was not may be in any state") {
  TemporaryFolder folder;
  const auto config = small_config(Durability::kMachine);
  std::uint64_t synced = 0, next = 1;
  const auto crashed = folder.journal() + "-crashed";
  {
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    next = append_until(*journal, 1, 100);
    CHECK(journal->committed_seq() == next - 1);
    CHECK(journal->durable_seq() == 0);
    REQUIRE(journal->sync().ok());
    synced = journal->durable_seq();
    CHECK(synced == next - 1);
    next = append_until(*journal, next, 200);
    CHECK(journal->durable_seq() == synced);
    fs::copy(folder.journal(), crashed);  // the pages as they are, not as close() leaves them
  }
  const auto all = places(crashed);
  Broken broken{crashed};
  // Pages written out of order: a hole, and whole transactions behind it.
  for (const auto& place : all) {
    broken.change(1, [&place](auto& content) {
      std::fill(content.begin() + static_cast<std::ptrdiff_t>(place.offset),
                content.begin() + static_cast<std::ptrdiff_t>(place.end), '\0');
    });
    const bool was_durable = place.last_seq <= synced;
    const auto found = read_all(broken.folder());
    CHECK(found.right);
    auto opened = Journal::open(broken.folder(), config);
    REQUIRE(opened.ok() == !was_durable);
    if (was_durable) {
      CHECK(found.error->code == journal_errors::kCorrupt);
      CHECK(opened.error().code == journal_errors::kCorrupt);
    } else {
      CHECK(opened->committed_seq() == place.first_seq - 1);
      CHECK(opened->durable_seq() == place.first_seq - 1);
      // Of the very last one nothing is left to be repaired.
      CHECK(opened->repair().has_value() == (&place != &all.back()));
    }
  }
  // Truncated below the mark: refused, even at the very end of the file.
  broken.change(1, [&](auto& content) { content.resize(all[5].offset); });
  CHECK(Journal::open(broken.folder(), config).error().code == journal_errors::kCorrupt);
}

TEST_CASE("machine: a segment that never reached the disk takes its successors with it") {
  TemporaryFolder folder;
  const auto config = small_config(Durability::kMachine);
  const auto crashed = folder.journal() + "-crashed";
  std::uint64_t synced = 0;
  {
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    auto next = append_until(*journal, 1, 100);
    REQUIRE(journal->sync().ok());
    synced = journal->durable_seq();
    while (journal->stats().rolls < 3) next = append_transaction(*journal, next);
    next = append_until(*journal, next, next + 100);
    fs::copy(folder.journal(), crashed);
  }
  const auto all = places(crashed);
  Broken broken{crashed};
  SUBCASE("a hole in the first segment") {
    const auto& hole = all[all.size() / 8];
    REQUIRE(hole.segment == 1);
    REQUIRE(hole.first_seq > synced);
    broken.change(1, [&](auto& content) { content[hole.offset + 9] ^= 4; });
    auto opened = Journal::open(broken.folder(), config);
    REQUIRE_MESSAGE(opened.ok(), opened.error().message());
    CHECK(opened->committed_seq() == hole.first_seq - 1);
    const auto next = append_until(*opened, hole.first_seq, hole.first_seq + 8'000);
    const auto found = read_all(broken.folder());
    CHECK(!found.error);
    CHECK(found.right);
    CHECK(found.last_seq == next - 1);
  }
  SUBCASE("the header of the second") {
    broken.change(2,
                  [&](auto& content) { std::fill(content.begin(), content.begin() + 4096, '\0'); });
    auto opened = Journal::open(broken.folder(), config);
    REQUIRE_MESSAGE(opened.ok(), opened.error().message());
    Place end{};
    for (const auto& place : all)
      if (place.segment == 1) end = place;
    CHECK(opened->committed_seq() == end.last_seq);
  }
}

TEST_CASE("a recycled segment's former bytes are never read as new ones") {
  TemporaryFolder folder;
  auto config = small_config();
  config.keep_segments = 1;
  config.keep_snapshots = 1;
  std::uint64_t next = 1;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  for (int round = 0; round < 12; ++round) {
    next = append_until(*journal, next, next + 1'500);
    REQUIRE(journal->write_snapshot(next - 1, {}).ok());
    REQUIRE(journal->maintain().ok());
    const auto all = read_all(folder.journal());
    REQUIRE(!all.error);
    REQUIRE(all.right);
    REQUIRE(all.last_seq == next - 1);
  }
  CHECK(journal->stats().recycled > 3);

  // And were the zeros of the preparation lost with the power: the salt tells old from new. A
  // transaction is copied, whole and valid, from one segment to the place behind the end of
  // another.
  const auto all = places(folder.journal());
  std::uint64_t last = all.back().segment;
  const Place* old = nullptr;
  for (const auto& place : all)
    if (place.segment < last) old = &place;
  REQUIRE(old != nullptr);
  Broken broken{folder.journal()};
  const auto source =
      read_bytes(segment_path(folder.journal(), static_cast<unsigned>(old->segment)));
  broken.change(static_cast<unsigned>(last), [&](auto& content) {
    std::copy(source.begin() + static_cast<std::ptrdiff_t>(old->offset),
              source.begin() + static_cast<std::ptrdiff_t>(old->end),
              content.begin() + static_cast<std::ptrdiff_t>(all.back().end));
  });
  const auto found = read_all(broken.folder());
  CHECK(!found.error);
  CHECK(found.torn);
  CHECK(found.last_seq == next - 1);
}

TEST_CASE("a loss is accepted only by name, and what is cut is kept") {
  TemporaryFolder folder;
  std::uint64_t next = 0;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    next = append_until(*journal, 1, 5'000);
  }
  const auto all = places(folder.journal());
  const auto& bad = all[20];
  Broken broken{folder.journal()};
  broken.change(1, [&](auto& content) { content[bad.offset + 30] ^= 1; });
  const auto damaged = read_bytes(segment_path(broken.folder(), 1));
  auto config = small_config();
  // The damage is far behind the last segment: reading finds it.
  CHECK(read_all(broken.folder()).error->code == journal_errors::kCorrupt);
  config.accept_loss = true;
  auto journal = Journal::open(broken.folder(), config);
  REQUIRE_MESSAGE(journal.ok(), journal.error().message());
  CHECK(journal->committed_seq() == bad.first_seq - 1);
  REQUIRE(journal->repair());
  CHECK(journal->repair()->offset == bad.offset);
  CHECK(read_bytes(fs::path{broken.folder()} / "lost-0000000001.keel") == damaged);
  CHECK(fs::exists(fs::path{broken.folder()} / "lost-0000000002.keel"));
  next = append_until(*journal, bad.first_seq, 3'000);
  const auto found = read_all(broken.folder());
  CHECK(!found.error);
  CHECK(found.right);
  CHECK(found.last_seq == next - 1);
}
