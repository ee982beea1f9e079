#include <doctest/doctest.h>

#include "journal_support.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("an inspection counts what was written") {
  TemporaryFolder folder;
  std::uint64_t next = 1, transactions = 0, timers = 0;
  {
    auto config = small_config();
    config.engine = 3;
    config.run = 12;
    auto journal = Journal::create(folder.journal(), config);
    REQUIRE(journal.ok());
    while (next < 6'000) {
      timers += records_in(next) - 1;
      ++transactions;
      next = append_transaction(*journal, next);
    }
    REQUIRE(journal->maintain().ok());
    REQUIRE(journal->write_snapshot(77, {}).ok());
  }
  const auto summary = inspect_journal(folder.journal());
  REQUIRE(summary.ok());
  CHECK(summary->whole());
  CHECK(summary->transactions == transactions);
  CHECK(summary->records == transactions + timers);
  CHECK(summary->first_seq == 1);
  CHECK(summary->last_seq == next - 1);
  CHECK(summary->first_time == Timestamp{1'000});
  CHECK(summary->last_time.ns > 5'000'000);
  REQUIRE(summary->kinds.size() == 2);
  CHECK(summary->kinds[0].kind == RecordKind::kTrade);
  CHECK(summary->kinds[0].records == transactions);
  CHECK(summary->kinds[0].bytes == transactions * sizeof(Trade));
  CHECK(summary->kinds[1].kind == RecordKind::kTimer);
  CHECK(summary->kinds[1].records == timers);
  REQUIRE(summary->segments.size() > 3);
  std::uint64_t sum = 0, seq = 1;
  for (const auto& segment : summary->segments) {
    CHECK(segment.engine == 3);
    CHECK(segment.run == 12);
    CHECK(segment.first_seq == seq);
    CHECK(segment.sealed == (&segment != &summary->segments.back()));
    seq = segment.last_seq + 1;
    sum += segment.transactions;
  }
  CHECK(sum == transactions);
  REQUIRE(summary->snapshots.size() == 1);
  CHECK(summary->snapshots[0].seq == 77);
}

TEST_CASE("the chain of hashes finds a change that checksums do not") {
  TemporaryFolder folder;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 6'000);
    REQUIRE(journal->maintain().ok());
  }
  CHECK(inspect_journal(folder.journal())->whole());
  // Somebody who knows the format changes a price and repairs the checksum.
  const auto all = places(folder.journal());
  const auto path = segment_path(folder.journal(), 2);
  auto bytes = read_bytes(path);
  const Place* place = nullptr;
  for (const auto& each : all)
    if (each.segment == 2) place = &each;
  auto* base = reinterpret_cast<std::byte*>(bytes.data());
  base[place->offset + 16 + offsetof(Trade, price)] ^= std::byte{1};
  journal_format::Header header;
  std::memcpy(&header, base, sizeof header);
  journal_format::Frame frame;
  std::memcpy(&frame, base + place->offset, sizeof frame);
  frame.crc = journal_format::frame_crc(base + place->offset, frame.length, header.identity.crc);
  std::memcpy(base + place->offset, &frame, sizeof frame);
  write_bytes(path, bytes);
  CHECK(!read_all(folder.journal()).error);  // every checksum is right
  const auto summary = inspect_journal(folder.journal());
  REQUIRE(summary.ok());
  REQUIRE(summary->damage.size() == 1);
  CHECK(summary->damage[0].code == journal_errors::kChain);
  CHECK(summary->damage[0].where == path.string());
  CHECK(!summary->segments[1].sealed);
  CHECK(summary->segments[0].sealed);
}

TEST_CASE("what was not sealed in one run is sealed in the next") {
  TemporaryFolder folder;

  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 6'000);
  }
  auto summary = inspect_journal(folder.journal());
  REQUIRE(summary->segments.size() > 3);
  for (const auto& segment : summary->segments) CHECK(!segment.sealed);
  {
    auto journal = Journal::open(folder.journal(), small_config());
    REQUIRE(journal.ok());
    CHECK(journal->wants_maintenance());
    REQUIRE(journal->seal_next().ok());
    REQUIRE(journal->maintain().ok());
  }
  summary = inspect_journal(folder.journal());
  CHECK(summary->whole());
  for (const auto& segment : summary->segments)
    CHECK(segment.sealed == (&segment != &summary->segments.back()));
}

TEST_CASE("damage is in the summary, with everything before it") {
  TemporaryFolder folder;
  {
    auto journal = Journal::create(folder.journal(), small_config());
    REQUIRE(journal.ok());
    append_until(*journal, 1, 6'000);
    REQUIRE(journal->write_snapshot(10, {}).ok());
  }
  const auto all = places(folder.journal());
  auto bytes = read_bytes(segment_path(folder.journal(), 2));
  const Place* place = nullptr;
  for (const auto& each : all)
    if (each.segment == 2) place = &each;
  bytes[place->offset + 40] ^= 1;
  write_bytes(segment_path(folder.journal(), 2), bytes);
  const auto summary = inspect_journal(folder.journal());
  REQUIRE(summary.ok());
  REQUIRE(summary->damage.size() == 1);
  CHECK(summary->damage[0].code == journal_errors::kCorrupt);
  CHECK(summary->last_seq == place->first_seq - 1);
  CHECK(summary->snapshots.size() == 1);
}

TEST_CASE("a segment's digest is what any tool can compute") {
  // SHA-256 over SHA-256(first 192 bytes) and SHA-256(bytes from 4096 on), by hashlib of
  // Python 3.11 for 4096 + 8 bytes of which byte i is i mod 251.
  std::vector<std::byte> content(4096 + 8);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::byte>(i % 251);
  CHECK(hex_text(segment_digest(content)) ==
        "0e89bdc824084f87f7d7ef63589d3acf52848c69b0611d0bef0c8d8275035bac");
}
