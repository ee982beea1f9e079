// Snapshots: the state after a sequence number, in a file beside the segments.
//
// A snapshot is written to a temporary name, synced, renamed and read back, so it is there as a
// whole or not at all. A damaged one is passed over for the one before it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <keel/core/hash.hpp>
#include <keel/core/result.hpp>
#include <keel/journal/errors.hpp>
#include <keel/journal/file_ops.hpp>

namespace keel {

struct SnapshotInfo {
  std::uint64_t seq;  // state after this record
  Digest digest;      // SHA-256 of the state
  std::uint64_t bytes;
  std::string path;
};

struct Snapshot {
  SnapshotInfo info;
  std::vector<std::byte> state;
  std::vector<Error> damaged;  // newer ones that had to be passed over
};

// Journal::write_snapshot does this with its checks and retention; alone, it is for hosts without a
// journal. Errors: journal.storage, .snapshot (it could not be read back).
[[nodiscard]] Result<SnapshotInfo> write_snapshot(const std::string& folder, std::uint64_t seq,
                                                  std::span<const std::byte> state,
                                                  FileOps* files = nullptr);
// The newest that is whole, at most `up_to_seq` (time travel). None at all is an empty optional;
// only damaged ones is an error, journal.snapshot.
[[nodiscard]] Result<std::optional<Snapshot>> latest_snapshot(
    const std::string& folder, std::uint64_t up_to_seq = ~std::uint64_t{0},
    FileOps* files = nullptr);
// Every snapshot file by its name, oldest first; not read, not checked, digests zero.
[[nodiscard]] Result<std::vector<SnapshotInfo>> list_snapshots(const std::string& folder);

}  // namespace keel
