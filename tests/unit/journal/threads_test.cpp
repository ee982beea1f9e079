// The writer with readers, maintenance, syncs and snapshots on other threads.
#include <deque>
#include <thread>

#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("a reader follows the writer, and sees only whole transactions in order") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  constexpr std::uint64_t kLast = 60'000;
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<std::uint64_t> end{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      auto reader = JournalReader::open(folder.journal());
      if (!reader) {
        ++wrong;
        return;
      }
      std::uint64_t next = 1;
      for (bool last_look = false; !last_look;) {
        last_look = done.load();
        while (reader->next()) {
          if (!is_transaction_of(reader->transaction(), next)) ++wrong;
          next = reader->transaction().last_seq + 1;
        }
        if (!reader->status().ok() || reader->torn_tail()) {
          ++wrong;
          return;
        }
      }
      if (next != end.load()) ++wrong;
    });
  std::thread executor{[&] {
    while (!done.load()) {
      if (journal->wants_maintenance() && !journal->maintain().ok()) ++wrong;
      std::this_thread::yield();
    }
  }};
  const auto next = append_until(*journal, 1, kLast);
  end.store(next);
  done.store(true);
  for (auto& reader : readers) reader.join();
  executor.join();
  CHECK(wrong == 0);
  CHECK(journal->stats().rolls > 20);
}

TEST_CASE("machine: nothing is readable as durable before its sync, and stays until released") {
  TemporaryFolder folder;
  auto config = small_config(Durability::kMachine);
  config.keep_segments = 2;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::thread syncer{[&] {
    while (!done.load())
      if (!journal->sync().ok()) ++wrong;
  }};
  std::thread keeper{[&] {
    while (!done.load()) {
      if (!journal->maintain().ok()) ++wrong;
      if (!journal->write_snapshot(journal->durable_seq(), {}).ok()) ++wrong;
    }
  }};
  // The engine's outbox: transactions wait in place for the watermark.
  struct Waiting {
    RecordRange records;
    std::uint64_t first, last;
  };
  std::deque<Waiting> outbox;
  std::uint64_t next = 1;
  while (next < 30'000) {
    const auto first = next;
    next = append_transaction(*journal, next);
    outbox.push_back({journal->transaction(), first, next - 1});
    while (!outbox.empty() && outbox.front().last <= journal->durable_seq()) {
      const auto& front = outbox.front();
      if (!is_transaction_of({front.records, front.first, front.last, 0, 0}, front.first)) ++wrong;
      journal->release(front.last);
      outbox.pop_front();
    }
  }
  done.store(true);
  syncer.join();
  keeper.join();
  REQUIRE(journal->sync().ok());
  for (const auto& front : outbox)
    if (!is_transaction_of({front.records, front.first, front.last, 0, 0}, front.first)) ++wrong;
  CHECK(wrong == 0);
  CHECK(journal->durable_seq() == next - 1);
}

TEST_CASE("a reader whose segments are retired under it says so, and shows nothing wrong") {
  TemporaryFolder folder;
  auto config = small_config();
  config.keep_segments = 1;
  config.keep_snapshots = 1;
  auto journal = Journal::create(folder.journal(), config);
  REQUIRE(journal.ok());
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::thread slow_reader{[&] {
    while (!done.load()) {
      auto reader = JournalReader::open(folder.journal());
      if (!reader) continue;  // the folder changes while it is listed
      std::uint64_t next = 0;
      while (reader->next()) {
        const auto& transaction = reader->transaction();
        if (next != 0 && !is_transaction_of(transaction, next)) ++wrong;
        next = transaction.last_seq + 1;
      }
      const auto& status = reader->status();
      if (!status.ok() && status.error().code != journal_errors::kRetired) ++wrong;
    }
  }};
  std::uint64_t next = 1;
  for (int round = 0; round < 150; ++round) {
    next = append_until(*journal, next, next + 3'000);
    if (!journal->write_snapshot(next - 1, {}).ok()) ++wrong;
    if (!journal->maintain().ok()) ++wrong;
  }
  done.store(true);
  slow_reader.join();
  CHECK(wrong == 0);
}
