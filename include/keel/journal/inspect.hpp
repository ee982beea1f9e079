// Looking into a journal, for people and tools: what is there, and whether it is whole. Reads every
// byte once; writes nothing; a writer may be at work meanwhile.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <keel/journal/reader.hpp>
#include <keel/journal/snapshot.hpp>

namespace keel {

struct SegmentSummary {
  std::uint64_t index;
  std::string path;
  std::uint32_t engine, run;  // the run that prepared it
  Durability durability;
  std::uint64_t file_bytes;
  std::uint64_t used_bytes;  // header and transactions
  std::uint64_t transactions, records;
  std::uint64_t first_seq, last_seq;  // 0 where it holds no transaction
  Digest digest;                      // of its content so far, as its successor's seal names it
  bool sealed;                        // a successor's seal was there and is right
};

struct KindSummary {
  RecordKind kind;
  std::uint64_t records;
  std::uint64_t bytes;
};

struct JournalSummary {
  std::vector<SegmentSummary> segments;  // oldest first; prepared ones are left out
  std::vector<KindSummary> kinds;        // those that occur, by number
  std::vector<SnapshotInfo> snapshots;   // whole ones, oldest first
  std::uint64_t transactions, records;
  std::uint64_t first_seq, last_seq;  // 0 in an empty journal
  Timestamp first_time, last_time;    // ts_recv of the first and last input
  std::optional<TornTail> torn_tail;
  // The first damage found: in a segment, in the chain of hashes, in a snapshot. What is counted
  // above is what was read before it.
  std::vector<Error> damage;

  [[nodiscard]] bool whole() const { return damage.empty(); }
};

// Error: journal.missing, .storage. Damage is in the summary.
[[nodiscard]] Result<JournalSummary> inspect_journal(const std::string& folder,
                                                     FileOps* files = nullptr);

// The hash under which a segment's successor knows it: SHA-256 over the SHA-256 of its identity,
// start and seal blocks and the SHA-256 of its transactions. `segment` is the file's content up to
// the end of its last transaction.
[[nodiscard]] Digest segment_digest(std::span<const std::byte> segment);

}  // namespace keel
