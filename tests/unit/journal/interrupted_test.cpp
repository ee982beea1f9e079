// The input in whose transaction the process ended: found whole or not at all, kept until settled.
#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

HostCommand command_of(std::uint64_t seq) {
  HostCommand command = make_record<HostCommand>(RecordKind::kHostCommand);
  command.header.seq = seq;
  command.action = HostAction::kHeartbeat;
  command.by = "somebody";
  command.value = Int128::from(static_cast<std::int64_t>(seq) * 1'000'003);
  return command;
}

// Ends in the middle of the transaction of `input`, with `facts` appended behind it.
void end_within(const std::string& folder, const RecordHeader& input, std::uint64_t facts = 1,
                bool keep = true) {
  auto journal = Journal::open(folder, small_config());
  REQUIRE(journal.ok());
  journal->begin();
  journal->append(input);
  if (keep) journal->keep_input();
  for (std::uint64_t i = 1; i <= facts; ++i) journal->append(trade_of(input.seq + i).header);
}

bool is_kept(const std::optional<InterruptedInput>& kept, const RecordHeader& input) {
  return kept && kept->input.size() == input.size &&
         std::memcmp(kept->input.data(), &input, input.size) == 0;
}

std::uint64_t make_journal(const TemporaryFolder& folder) {
  auto journal = Journal::create(folder.journal(), small_config());
  REQUIRE(journal.ok());
  return append_until(*journal, 1, 40);
}

}  // namespace

TEST_CASE("an input whose transaction was not committed is kept until it is settled") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  const HostCommand command = command_of(next);
  end_within(folder.journal(), command.header);
  for (int i = 0; i < 3; ++i) {  // as long as nobody feeds it, starts are not counted
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    REQUIRE(is_kept(journal->interrupted(), command.header));
    CHECK(journal->interrupted()->seq == next);
    CHECK(journal->interrupted()->ends == 1);
    CHECK(journal->interrupted()->fed_as == 0);
    CHECK(journal->committed_seq() == next - 1);
  }
  {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    REQUIRE(journal->settle_interrupted().ok());
    CHECK(!journal->interrupted());
    CHECK(journal->settle_interrupted().ok());  // nothing to do
  }
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  CHECK(!journal->interrupted());
}

TEST_CASE(
    "fed again and committed, it is settled though the process ended before it could say so") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  end_within(folder.journal(), command_of(next).header);
  {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_transaction(*journal, next);  // the new run's own first input
    const auto seq = next + records_in(next);
    REQUIRE(journal->feeding_interrupted(seq).ok());
    journal->begin();
    journal->append(command_of(seq).header);
    journal->keep_input();
    CHECK(journal->commit());
  }
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  CHECK(!journal->interrupted());
}

TEST_CASE("each further end on it is counted, and the first seq stays its name") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  const HostCommand command = command_of(next);
  end_within(folder.journal(), command.header);
  for (std::uint32_t ends = 1; ends < 5; ++ends) {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    REQUIRE(is_kept(journal->interrupted(), command.header));
    CHECK(journal->interrupted()->seq == next);
    CHECK(journal->interrupted()->ends == ends);
    const auto seq = journal->committed_seq() + 1;
    REQUIRE(journal->feeding_interrupted(seq).ok());
    if (ends == 3) continue;  // ends before the append: counted, too
    journal->begin();
    journal->append(command_of(seq).header);
    journal->keep_input();
  }
  // On the way back to it: another input under way, which is not lost sight of either.
  {
    auto journal = Journal::open(folder.journal(), small_config());
    CHECK(journal->interrupted()->ends == 5);
  }
}

TEST_CASE("an input that is not whole is no input") {
  TemporaryFolder folder{Medium::kMemory};
  const auto next = make_journal(folder);
  const HostCommand command = command_of(next);
  end_within(folder.journal(), command.header);
  const auto path = folder.journal() + "/segment-0000000001.keel";
  std::string content;
  {
    std::ifstream in{path, std::ios::binary};
    content.assign(std::istreambuf_iterator<char>{in}, {});
  }
  std::string needle(reinterpret_cast<const char*>(&command), sizeof command);
  const auto at = content.find(needle);
  REQUIRE(at != std::string::npos);
  const auto try_with = [&](const std::string& changed) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << changed;
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    CHECK(journal->committed_seq() == next - 1);
    const bool kept = journal->interrupted().has_value();
    REQUIRE(journal->settle_interrupted().ok());
    return kept;
  };
  CHECK(try_with(content));
  // Each byte of the mark and of the record, wrong and missing; what follows does not matter.
  for (std::size_t i = at - 8; i < at + sizeof command; ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    REQUIRE_FALSE(try_with(changed));
    if (i % 16 != 0) continue;
    changed = content;
    std::fill(changed.begin() + static_cast<std::ptrdiff_t>(i), changed.end(), '\0');
    if (changed != content &&
        changed.substr(0, at + sizeof command) != content.substr(0, at + sizeof command))
      REQUIRE_FALSE(try_with(changed));
  }
  std::string changed = content;
  std::fill(changed.begin() + static_cast<std::ptrdiff_t>(at + sizeof command), changed.end(),
            '\0');
  CHECK(try_with(changed));
}

TEST_CASE("the end within a commit: the input is whole") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  const HostCommand command = command_of(next);
  end_within(folder.journal(), command.header);
  // commit() puts the first seq where the mark was, and releases the length last.
  const auto path = folder.journal() + "/segment-0000000001.keel";
  std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
  std::string content{std::istreambuf_iterator<char>{file}, {}};
  const std::string needle(reinterpret_cast<const char*>(&command), sizeof command);
  const auto at = content.find(needle);
  REQUIRE(at != std::string::npos);
  file.clear();
  file.seekp(static_cast<std::streamoff>(at - 8));
  file.write(reinterpret_cast<const char*>(&next), sizeof next);
  file.close();
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  CHECK(is_kept(journal->interrupted(), command.header));
}

TEST_CASE("market data, and what nobody vouched for, is cut and not kept") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  end_within(folder.journal(), trade_of(next).header);
  {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    REQUIRE(journal->repair());
    CHECK(journal->repair()->is_whole);
    CHECK(!journal->interrupted());
  }
  end_within(folder.journal(), command_of(next).header, 1, false);
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  REQUIRE(journal->repair());
  CHECK_FALSE(journal->repair()->is_whole);
  CHECK(journal->repair()->input.size() == sizeof(HostCommand));
  CHECK(!journal->interrupted());
}

TEST_CASE("a transaction that moves on to the next segment keeps its input") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  const HostCommand command = command_of(next);
  // More than what is left of the segment of 64 KiB.
  end_within(folder.journal(), command.header, (60'000 - sizeof command) / sizeof(Trade));
  CHECK(fs::exists(folder.journal() + "/segment-0000000002.keel"));
  auto journal = Journal::open(folder.journal(), small_config());
  REQUIRE(journal.ok());
  CHECK(is_kept(journal->interrupted(), command.header));
  CHECK(journal->committed_seq() == next - 1);
}

TEST_CASE("a damaged file of it is refused, unless the loss is accepted") {
  TemporaryFolder folder;
  const auto next = make_journal(folder);
  end_within(folder.journal(), command_of(next).header);
  {
    REQUIRE(Journal::open(folder.journal(), small_config()).ok());
  }
  const auto path = folder.journal() + "/interrupted.keel";
  REQUIRE(fs::exists(path));
  std::ifstream in{path, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, {}};
  for (std::size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    std::ofstream{path, std::ios::binary | std::ios::trunc} << changed;
    const auto opened = Journal::open(folder.journal(), small_config());
    REQUIRE_FALSE(opened.ok());
    REQUIRE(opened.error().code == journal_errors::kCorrupt);
  }
  std::ofstream{path, std::ios::binary | std::ios::trunc} << content.substr(0, 30);
  CHECK_FALSE(Journal::open(folder.journal(), small_config()).ok());
  {
    auto config = small_config();
    config.accept_loss = true;
    auto journal = Journal::open(folder.journal(), config);
    REQUIRE(journal.ok());
    CHECK(!journal->interrupted());
    CHECK(journal->settle_interrupted().ok());
  }
  REQUIRE(remove_journal(folder.journal()).ok());
  CHECK_FALSE(fs::exists(folder.journal()));
}

TEST_CASE("keep_input costs nothing and keeps nothing where there is no file") {
  Journal journal = Journal::scratch();
  journal.begin();
  journal.append(command_of(1).header);
  journal.keep_input();
  CHECK(journal.commit());
  CHECK(!journal.interrupted());
}
