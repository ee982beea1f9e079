// Storage that fails: full, broken, refusing to sync.
#include <sys/resource.h>

#include <cerrno>
#include <csignal>

#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// Fails one kind of call from the nth on.
class FailingFiles final : public FileOps {
 public:
  enum class Call {
    kNone,
    kAllocate,
    kZero,
    kPopulate,
    kSyncData,
    kSyncAll,
    kRename,
    kWrite,
    kMap,
    kOpen
  };
  Call failing = Call::kNone;
  int code = -EIO;
  std::atomic<int> let_pass{0};
  std::atomic<int> failures{0};

  int allocate(int fd, std::uint64_t bytes) override {
    return fails(Call::kAllocate) ? code : FileOps::allocate(fd, bytes);
  }
  int zero(int fd, std::uint64_t bytes) override {
    return fails(Call::kZero) ? code : FileOps::zero(fd, bytes);
  }
  int populate(std::byte* at, std::size_t bytes) override {
    return fails(Call::kPopulate) ? code : FileOps::populate(at, bytes);
  }
  int sync_data(int fd) override { return fails(Call::kSyncData) ? code : FileOps::sync_data(fd); }
  int sync_all(int fd) override { return fails(Call::kSyncAll) ? code : FileOps::sync_all(fd); }
  int rename(const char* from, const char* to) override {
    return fails(Call::kRename) ? code : FileOps::rename(from, to);
  }
  int write_all(int fd, const void* from, std::size_t bytes) override {
    return fails(Call::kWrite) ? code : FileOps::write_all(fd, from, bytes);
  }
  int map(int fd, std::size_t bytes, bool writable, std::byte*& at) override {
    return writable && fails(Call::kMap) ? code : FileOps::map(fd, bytes, writable, at);
  }
  int open(const char* path, int flags, int mode) override {
    return fails(Call::kOpen) ? code : FileOps::open(path, flags, mode);
  }

 private:
  bool fails(Call call) {
    if (call != failing || let_pass-- > 0) return false;
    ++failures;
    return true;
  }
};

}  // namespace

TEST_CASE("no room for the next segment: the journal fails for good, what it has stays") {
  using Call = FailingFiles::Call;
  for (const auto call :
       {Call::kAllocate, Call::kZero, Call::kPopulate, Call::kRename, Call::kMap, Call::kOpen}) {
    CAPTURE(static_cast<int>(call));
    TemporaryFolder folder;
    FailingFiles files;
    files.code = -ENOSPC;
    auto config = small_config();
    config.files = &files;
    std::uint64_t committed = 0;
    {
      auto journal = Journal::create(folder.journal(), config);
      REQUIRE(journal.ok());
      files.failing = call;
      std::uint64_t next = 1;
      while (!journal->failed()) {
        committed = next - 1;
        next = append_transaction(*journal, next);
        REQUIRE(next < 10'000);
      }
      CHECK(journal->status().error().code == journal_errors::kStorage);
      CHECK(journal->status().error().value == "No space left on device");
      CHECK(journal->durable_seq() == committed);
      // Sticky, even when the disk has room again; and records stay readable in place.
      files.failing = Call::kNone;
      for (int i = 0; i < 100; ++i) {
        const auto end = append_transaction(*journal, next);
        CHECK(is_transaction_of({journal->transaction(), next, end - 1, 0, 0}, next));
        next = end;
      }
      CHECK(journal->failed());
      CHECK(journal->durable_seq() == committed);
      CHECK(journal->write_snapshot(next - 1, {}).error().code == journal_errors::kSnapshotSeq);
    }
    CHECK(read_all(folder.journal()).last_seq == committed);
    auto journal = Journal::open(folder.journal(), config);
    REQUIRE(journal.ok());
    const auto next = append_until(*journal, committed + 1, committed + 5'000);
    const auto all = read_all(folder.journal());
    CHECK(all.right);
    CHECK(all.last_seq == next - 1);
  }
}

TEST_CASE("preparing ahead may fail and be tried again") {
  TemporaryFolder folder;
  FailingFiles files;
  auto config = small_config();
  config.files = &files;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  files.failing = FailingFiles::Call::kAllocate;
  CHECK(journal->prepare_next().error().code == journal_errors::kStorage);
  CHECK(journal->wants_maintenance());
  CHECK(!journal->failed());
  files.failing = FailingFiles::Call::kNone;
  CHECK(journal->prepare_next().ok());
  CHECK(!journal->wants_maintenance());
  append_until(*journal, 1, 2'000);
  CHECK(!journal->failed());
}

TEST_CASE("create reports what the operating system refused") {
  using Call = FailingFiles::Call;
  for (const auto call : {Call::kOpen, Call::kAllocate, Call::kZero, Call::kMap, Call::kPopulate,
                          Call::kRename, Call::kSyncAll, Call::kSyncData, Call::kWrite}) {
    CAPTURE(static_cast<int>(call));
    TemporaryFolder folder;
    FailingFiles files;
    files.failing = call;
    auto config = small_config(Durability::kMachine);
    config.files = &files;
    const auto journal = Journal::create(folder.journal(), config);
    REQUIRE(!journal.ok());
    CHECK(journal.error().code == journal_errors::kStorage);
    CHECK(journal.error().value == "Input/output error");
    CHECK(!journal.error().where.empty());
  }
}

TEST_CASE("a failed sync is never taken back") {
  TemporaryFolder folder;
  FailingFiles files;
  auto config = small_config(Durability::kMachine);
  config.files = &files;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  auto next = append_until(*journal, 1, 100);
  REQUIRE(journal->sync().ok());
  const auto durable = journal->durable_seq();
  next = append_until(*journal, next, 200);
  files.failing = FailingFiles::Call::kSyncData;
  CHECK(journal->sync().error().code == journal_errors::kStorage);
  CHECK(journal->failed());
  // The kernel may have dropped the pages: a second sync that succeeds would prove nothing.
  files.failing = FailingFiles::Call::kNone;
  CHECK(!journal->sync().ok());
  append_until(*journal, next, 300);
  CHECK(!journal->sync().ok());
  CHECK(journal->durable_seq() == durable);
}

TEST_CASE("machine: the watermark moves with sync alone, over rolls too") {
  TemporaryFolder folder;
  FailingFiles files;
  auto config = small_config(Durability::kMachine);
  config.files = &files;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  std::uint64_t next = 1;
  for (int round = 0; round < 8; ++round) {
    const auto before = journal->durable_seq();
    next = append_until(*journal, next, next + 1'000);
    const std::byte* begin = journal->transaction_begin();
    const auto first = journal->transaction().front().seq;
    CHECK(journal->durable_seq() == before);
    REQUIRE(journal->sync().ok());
    CHECK(journal->durable_seq() == next - 1);
    REQUIRE(journal->maintain().ok());
    // Not released: an outbox that waited for the watermark still reads it.
    CHECK(reinterpret_cast<const RecordHeader*>(begin)->seq == first);
    journal->release(next - 1);
    REQUIRE(journal->maintain().ok());
  }
  const auto syncs = journal->stats().syncs;
  CHECK(journal->sync().ok());
  CHECK(journal->stats().syncs == syncs);  // nothing new, nothing done
}

TEST_CASE("a snapshot that cannot be written leaves the one before") {
  using Call = FailingFiles::Call;
  TemporaryFolder folder;
  FailingFiles files;
  auto config = small_config();
  config.files = &files;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  const auto next = append_until(*journal, 1, 100);
  const std::vector<std::byte> state(1'000, std::byte{7});
  REQUIRE(journal->write_snapshot(50, state).ok());
  for (const auto call : {Call::kOpen, Call::kWrite, Call::kSyncAll, Call::kRename}) {
    files.failing = call;
    CHECK(journal->write_snapshot(next - 1, state).error().code == journal_errors::kStorage);
    files.failing = Call::kNone;
    CHECK((*latest_snapshot(folder.journal()))->info.seq == 50);
  }
  CHECK(!journal->failed());
  for (const auto& entry : fs::directory_iterator{folder.journal()})
    CHECK(entry.path().extension() != ".tmp");
}

TEST_CASE("a run number that is not on disk is not given") {
  TemporaryFolder folder;
  FailingFiles files;
  REQUIRE(next_run(folder.journal(), {}, &files).value() == 1);
  using Call = FailingFiles::Call;
  for (const auto call : {Call::kWrite, Call::kSyncAll, Call::kRename}) {
    files.failing = call;
    CHECK(next_run(folder.journal(), {}, &files).error().code == journal_errors::kStorage);
  }
  files.failing = Call::kNone;
  CHECK(next_run(folder.journal(), {}, &files).value() == 2);
}

TEST_CASE("a real limit of the operating system on file sizes") {
  TemporaryFolder folder;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 32 * 1024;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto journal = Journal::create(folder.journal(), small_config());
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  REQUIRE(!journal.ok());
  CHECK(journal.error().code == journal_errors::kStorage);
  CHECK(journal.error().value == "File too large");
}
