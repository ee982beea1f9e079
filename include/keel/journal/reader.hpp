// The journal's reader: goes over the committed transactions, also while a writer in this or
// another process adds to them.
//
//   auto reader = JournalReader::open("btc.journal");
//   while (reader->next())
//     for (const RecordHeader& record : reader->transaction().records) ...
//   if (!reader->status().ok()) ...   // corruption; the end is not an error
//
// Nothing in the files is trusted: lengths, sizes, kinds, versions, checksums and the order of
// sequence numbers are checked before a record is shown, on a copy that no other process can
// change. One thread at a time.
#pragma once

#include <optional>
#include <string>

#include <keel/core/result.hpp>
#include <keel/journal/errors.hpp>
#include <keel/journal/file_ops.hpp>
#include <keel/journal/format.hpp>
#include <keel/journal/record_range.hpp>

namespace keel {

// One input with its facts and commands. The records are valid until the next call of next().
struct Transaction {
  RecordRange records;
  std::uint64_t first_seq, last_seq;
  std::uint64_t segment;  // index
  std::uint64_t offset;   // of its frame in the segment

  // The first record: the input, or the first fact where the engine leaves its market data out.
  [[nodiscard]] const RecordHeader& input() const { return records.front(); }
};

// What lies behind the last good transaction: an append that a crash cut short.
struct TornTail {
  std::uint64_t segment;
  std::uint64_t offset;
  std::string what;
};

struct ReaderOptions {
  // Transactions up to this one are passed over (a snapshot has them); those after it must all be
  // there. 0 wants everything from the beginning; without it, from the oldest that is kept.
  std::optional<std::uint64_t> after_seq{};
  FileOps* files = nullptr;  // the operating system's
};

struct JournalReaderCore;

class JournalReader {
 public:
  // Errors: journal.missing, .corrupt, .format, .storage; journal.retired where the transactions
  // after `after_seq` are no longer all there.
  [[nodiscard]] static Result<JournalReader> open(const std::string& folder,
                                                  const ReaderOptions& options = {});
  JournalReader(JournalReader&& other) noexcept;
  JournalReader& operator=(JournalReader&& other) noexcept;
  ~JournalReader();

  // Moves to the next committed transaction. false: there is none (yet: a later call may find one
  // that was committed meanwhile), or the journal is damaged here, see status().
  [[nodiscard]] bool next();
  [[nodiscard]] const Transaction& transaction() const;
  // Of the last next(). Errors: journal.corrupt, .format, .storage, .retired; they stay.
  [[nodiscard]] const Status& status() const;
  // Set when the last next() stopped at a torn tail and not at a clean end.
  [[nodiscard]] const std::optional<TornTail>& torn_tail() const;

  [[nodiscard]] std::uint64_t last_seq() const;  // of the last transaction seen; 0 before one
  [[nodiscard]] std::uint32_t engine() const;    // that wrote the journal

 private:
  explicit JournalReader(JournalReaderCore* core) : core_(core) {}
  JournalReaderCore* core_;  // owned
};

// Whether these bytes are a record that this version can read: size within `available`, a known
// kind and version, and as long as its layout. For everyone who takes records from outside. Error:
// journal.corrupt (field "record"), or journal.format for a newer kind or version.
[[nodiscard]] Status check_record(const std::byte* at, std::size_t available);

}  // namespace keel
