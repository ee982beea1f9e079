// What can go wrong with a journal; docs/errors.md says what to do about each.
#pragma once

#include <keel/core/error.hpp>

namespace keel::journal_errors {

inline constexpr ErrorCode kExists{"journal.exists"};       // create() where a journal is
inline constexpr ErrorCode kMissing{"journal.missing"};     // open() where none is
inline constexpr ErrorCode kLocked{"journal.locked"};       // another writer has it
inline constexpr ErrorCode kEngine{"journal.engine"};       // it belongs to another engine
inline constexpr ErrorCode kConfig{"journal.config"};       // a setting out of its range
inline constexpr ErrorCode kStorage{"journal.storage"};     // the operating system refused
inline constexpr ErrorCode kFormat{"journal.format"};       // not a journal, or a newer version
inline constexpr ErrorCode kCorrupt{"journal.corrupt"};     // damage before the watermark
inline constexpr ErrorCode kChain{"journal.chain"};         // a sealed segment was changed
inline constexpr ErrorCode kRetired{"journal.retired"};     // recycled while it was being read
inline constexpr ErrorCode kTooLarge{"journal.too_large"};  // a transaction beyond a segment
inline constexpr ErrorCode kSnapshot{"journal.snapshot"};   // no snapshot that can be trusted
inline constexpr ErrorCode kSnapshotSeq{"journal.snapshot_seq"};  // ahead of the durable records
inline constexpr ErrorCode kRunLost{"journal.run_lost"};  // the run counter is gone or damaged
inline constexpr ErrorCode kRunExhausted{"journal.run_exhausted"};

}  // namespace keel::journal_errors
