#include "journal_support.hpp"

#include <doctest/doctest.h>

using namespace keel;
using namespace keel::test;

TEST_CASE("what was committed is read back, over many segments") {
  TemporaryFolder folder;
  std::uint64_t next = 1;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    CHECK(journal->durable_seq() == 0);
    next = append_until(*journal, next, 20'000);
    CHECK(journal->committed_seq() == next - 1);
    CHECK(journal->durable_seq() == next - 1);
    CHECK(journal->stats().rolls > 10);
    CHECK(journal->stats().late_prepares == journal->stats().rolls);
    CHECK(!journal->failed());
  }
  const auto all = read_all(folder.journal());
  CHECK(all.right);
  CHECK(!all.error);
  CHECK(!all.torn);
  CHECK(all.last_seq == next - 1);
}

TEST_CASE("a transaction is readable in place after its commit") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  for (std::uint64_t seq = 1; seq < 5'000;) {
    const auto end = append_transaction(*journal, seq);
    const RecordRange records = journal->transaction();
    CHECK(records.data() == journal->transaction_begin());
    CHECK(records.data() + records.size_bytes() == journal->transaction_end());
    const Transaction transaction{records, seq, end - 1, 0, 0};
    REQUIRE(is_transaction_of(transaction, seq));
    seq = end;
  }
}

TEST_CASE("append copies the record in place and sets nothing else") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  journal->begin();
  const Trade trade = trade_of(1);
  RecordHeader& copy = journal->append(trade.header);
  CHECK(&copy != &trade.header);
  CHECK(std::memcmp(&copy, &trade, sizeof trade) == 0);
  copy.flags = Trade::kBuyerAggressor;  // may be changed until the next append
  CHECK(journal->commit());
  CHECK(journal->transaction().front().flags == Trade::kBuyerAggressor);
}

TEST_CASE("a transaction that was not committed is not in the journal") {
  TemporaryFolder folder;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_transaction(*journal, 1);
    journal->begin();
    for (std::uint64_t seq = 5; seq < 30; ++seq) journal->append(trade_of(seq).header);
    CHECK(read_all(folder.journal()).last_seq == records_in(1));
    // A shorter one at the same place: nothing of the longer one may show behind it.
    append_transaction(*journal, 1 + records_in(1));
  }
  const auto all = read_all(folder.journal());
  CHECK(all.right);
  CHECK(!all.error);
  CHECK(all.transactions == 2);
}

TEST_CASE("prepared segments are taken, and the rolls are not late") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  for (std::uint64_t seq = 1; seq < 10'000;) {
    if (journal->wants_maintenance()) REQUIRE(journal->maintain().ok());
    seq = append_transaction(*journal, seq);
  }
  CHECK(journal->stats().rolls > 3);
  CHECK(journal->stats().late_prepares == 0);
  CHECK(!read_all(folder.journal()).error);
}

TEST_CASE("a transaction that outgrows its segment moves on as a whole") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  std::uint64_t seq = 1;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> written;
  for (int round = 0; round < 40; ++round) {
    const std::uint64_t count = 100 + 37 * static_cast<std::uint64_t>(round) % 600;
    journal->begin();
    const RecordHeader& first = journal->append(trade_of(seq).header);
    for (std::uint64_t i = 1; i < count; ++i) journal->append(trade_of(seq + i).header);
    const Trade expected = trade_of(seq);
    CHECK(std::memcmp(&first, &expected, sizeof expected) == 0);  // still readable
    REQUIRE(journal->commit());
    written.emplace_back(seq, count);
    seq += count;
  }
  CHECK(journal->stats().moved > 0);
  auto reader = JournalReader::open(folder.journal());
  REQUIRE(reader.ok());
  for (const auto& [first, count] : written) {
    REQUIRE(reader->next());
    CHECK(reader->transaction().first_seq == first);
    CHECK(reader->transaction().last_seq == first + count - 1);
  }
  CHECK(!reader->next());
  CHECK(reader->status().ok());
}

TEST_CASE("a transaction larger than a segment fails the journal, and says by how much") {
  TemporaryFolder folder;
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  const auto next = append_until(*journal, 1, 10);
  journal->begin();
  std::uint64_t seq = next;
  while (!journal->failed()) journal->append(trade_of(seq++).header);
  CHECK((seq - next) * sizeof(Trade) > journal->max_transaction_bytes());
  CHECK((seq - next - 1) * sizeof(Trade) <= journal->max_transaction_bytes());
  CHECK(!journal->commit());
  CHECK(journal->status().error().code == journal_errors::kTooLarge);
  CHECK(journal->status().error().message().find("at most 61416 bytes") != std::string::npos);
  // Records stay readable for cancels that must leave, now and later; the watermark stays.
  CHECK(journal->transaction().size_bytes() == (seq - next) * sizeof(Trade));
  for (int i = 0; i < 3; ++i) {
    journal->begin();
    journal->append(trade_of(seq).header);
    CHECK(!journal->commit());
    CHECK(journal->transaction().front().seq == seq);
    ++seq;
  }
  CHECK(journal->durable_seq() == next - 1);
  CHECK(read_all(folder.journal()).last_seq == next - 1);
}

TEST_CASE("journal off is the same calls, and no file") {
  Journal journal = Journal::scratch();
  const std::byte* place = nullptr;
  std::uint64_t seq = 1;
  for (int i = 0; i < 1'000; ++i) {
    const auto end = append_transaction(journal, seq);
    CHECK(is_transaction_of({journal.transaction(), seq, end - 1, 0, 0}, seq));
    if (place == nullptr) place = journal.transaction_begin();
    CHECK(journal.transaction_begin() == place);  // one buffer, reused
    seq = end;
    CHECK(journal.durable_seq() == seq - 1);
  }
  // One that outgrows the buffer.
  journal.begin();
  for (int i = 0; i < 5'000; ++i) journal.append(trade_of(seq++).header);
  CHECK(journal.commit());
  CHECK(journal.transaction().size_bytes() == 5'000 * sizeof(Trade));
  std::uint64_t at = seq - 5'000;
  for (const RecordHeader& record : journal.transaction()) CHECK(record.seq == at++);
  CHECK(journal.maintain().ok());
  CHECK(journal.sync().ok());
  CHECK(!journal.wants_maintenance());

  TemporaryFolder folder;
  auto off = Journal::create(folder.journal(), small_config(Durability::kOff));
  REQUIRE(off.ok());
  append_until(*off, 1, 100);
  CHECK(!fs::exists(folder.journal()));
}

TEST_CASE("a journal is continued where it ended") {
  TemporaryFolder folder;
  std::uint64_t next = 1;
  for (int run = 1; run <= 6; ++run) {
    auto config = small_config();
    config.run = static_cast<std::uint32_t>(run);
    auto journal = run == 1 ? Journal::create(folder.journal(), config)
                            : Journal::open(folder.journal(), config);
    REQUIRE(journal.ok());
    CHECK(journal->committed_seq() == next - 1);
    CHECK(!journal->repair());
    if (run % 2 == 0) REQUIRE(journal->prepare_next().ok());  // left behind at the end
    next = append_until(*journal, next, next + 3'000);
  }
  const auto all = read_all(folder.journal());
  CHECK(all.right);
  CHECK(!all.error);
  CHECK(all.last_seq == next - 1);
}

TEST_CASE("another durability begins another segment") {
  TemporaryFolder folder;
  std::uint64_t next = 1;
  for (const auto durability : {Durability::kProcess, Durability::kMachine, Durability::kProcess}) {
    auto journal = next == 1 ? Journal::create(folder.journal(), small_config(durability))
                             : Journal::open(folder.journal(), small_config(durability));
    REQUIRE(journal.ok());
    next = append_until(*journal, next, next + 50);
  }
  CHECK(read_all(folder.journal()).last_seq == next - 1);
  const auto summary = inspect_journal(folder.journal());
  REQUIRE(summary.ok());
  REQUIRE(summary->segments.size() == 3);
  CHECK(summary->segments[1].durability == Durability::kMachine);
  CHECK(summary->segments[2].durability == Durability::kProcess);
}

TEST_CASE("create, open and settings are refused by name") {
  TemporaryFolder folder;
  const auto config = small_config();
  CHECK(Journal::open(folder.journal(), config).error().code == journal_errors::kMissing);
  CHECK(JournalReader::open(folder.journal()).error().code == journal_errors::kMissing);
  CHECK(inspect_journal(folder.journal()).error().code == journal_errors::kMissing);
  CHECK(!journal_exists(folder.journal()));
  {
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    CHECK(journal_exists(folder.journal()));
    // One writer at a time, in this process as in another.
    const auto second = Journal::open(folder.journal(), config);
    REQUIRE(!second.ok());
    CHECK(second.error().code == journal_errors::kLocked);
    CHECK(second.error().value.find(std::to_string(::getpid())) != std::string::npos);
    CHECK(remove_journal(folder.journal()).error().code == journal_errors::kLocked);
  }
  CHECK(Journal::create(folder.journal(), config).error().code == journal_errors::kExists);
  auto other = config;
  other.engine = 7;
  CHECK(Journal::open(folder.journal(), other).error().code == journal_errors::kEngine);
  for (const std::uint64_t bytes : {0u, 4096u, 65'537u, 1u << 31}) {
    auto wrong = config;
    wrong.segment_bytes = bytes;
    CHECK(Journal::open(folder.journal(), wrong).error().code == journal_errors::kConfig);
  }
  auto wrong = config;
  wrong.run = OrderId::kMaxRun + 1;
  CHECK(Journal::open(folder.journal(), wrong).error().code == journal_errors::kConfig);
  CHECK(Journal::create(folder.journal() + "/no/such", config).error().code ==
        journal_errors::kStorage);
}

TEST_CASE("a removed journal leaves what is not keel's") {
  TemporaryFolder folder;
  CHECK(remove_journal(folder.journal()).ok());
  {
    REQUIRE(next_run(folder.journal()).ok());
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 3'000);
    REQUIRE(journal->write_snapshot(100, {}).ok());
  }
  write_bytes(fs::path{folder.journal()} / "notes.txt", {'x'});
  CHECK(remove_journal(folder.journal()).ok());
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator{folder.journal()})
    left.push_back(entry.path().filename().string());
  CHECK(left == std::vector<std::string>{"notes.txt"});
  fs::remove(fs::path{folder.journal()} / "notes.txt");
  REQUIRE(Journal::create(folder.journal(), small_config()).ok());
  CHECK(remove_journal(folder.journal()).ok());
  CHECK(!fs::exists(folder.journal()));
}

TEST_CASE("a journal moves as a value") {
  TemporaryFolder folder;
  auto made = Journal::create(folder.journal(), small_config());
  REQUIRE(made.ok());
  Journal journal = std::move(*made);
  auto next = append_until(journal, 1, 100);
  Journal other = Journal::scratch();
  append_until(other, 1, 10);
  other = std::move(journal);
  next = append_until(other, next, 5'000);
  CHECK(read_all(folder.journal()).last_seq == next - 1);
}

TEST_CASE("the same transactions give the same bytes") {
  TemporaryFolder folder;
  const auto write = [](const std::string& path) {
    auto journal = Journal::create(path, small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 3'000);
    REQUIRE(journal->maintain().ok());
  };
  const auto a = folder.journal() + "-a", b = folder.journal() + "-b";
  write(a);
  write(b);
  for (unsigned i = 1; i <= 3; ++i)
    CHECK(read_bytes(segment_path(a, i)) == read_bytes(segment_path(b, i)));
}
