// The journal's writer: the one append arena in which an input, its facts and its commands become a
// transaction. The records in it are at once the journal, the fact stream and the outbox.
//
//   auto journal = Journal::create("btc.journal", {.engine = 1, .run = run});
//   journal->begin();
//   journal->append(quote.header);
//   journal->append(fill.header);
//   journal->commit();
//   for (const RecordHeader& record : journal->transaction()) ...
//
// Threads: begin, append, commit and transaction belong to the engine's thread. maintain,
// prepare_next, seal_next, sync, write_snapshot and retire are for the host's executor: they may
// run on other threads while the engine writes. Moving or destroying the journal needs all of them
// done.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/journal/errors.hpp>
#include <keel/journal/file_ops.hpp>
#include <keel/journal/format.hpp>
#include <keel/journal/record_range.hpp>

namespace keel {

struct JournalConfig {
  std::uint64_t segment_bytes = 16u << 20;  // of new segments: a multiple of 4096
  Durability durability = Durability::kProcess;
  std::uint32_t engine = 1;
  std::uint32_t run = 1;  // see next_run()
  // Retention. A segment goes once the oldest kept snapshot covers it and it is not among the
  // newest `keep_segments`; without a number all are kept.
  std::optional<std::uint32_t> keep_segments{};
  std::uint32_t keep_snapshots = 2;  // at least 1
  // Open a corrupt journal all the same: it is cut at the damage and what follows is set aside in
  // files named lost-*. For a person who has decided so.
  bool accept_loss = false;
  FileOps* files = nullptr;  // the operating system's; must outlive the journal
};

// What open() found behind the last good transaction, and cut.
struct JournalRepair {
  std::uint64_t segment;   // index
  std::uint64_t offset;    // where the cut was made
  std::uint64_t last_seq;  // that remains
  std::string what;        // why it was no transaction
  // The first record of what was cut, where its bytes still look like one: the input on which the
  // process ended. Aligned for a RecordHeader.
  std::vector<std::byte> input;
  bool is_whole = false;  // keep_input() had vouched for it; else no checksum covers it
};

// An input that keep_input() vouched for and whose transaction was never committed. Kept in a file
// of its own from the open() that cut the torn tail until settle_interrupted().
struct InterruptedInput {
  std::uint64_t seq;     // that it had
  std::uint32_t ends;    // how many processes have ended on it, or on the way back to it: 1, 2, ...
  std::uint64_t fed_as;  // the seq under which it was fed again; 0: not yet
  std::vector<std::byte> input;  // a record; aligned for a RecordHeader
};

struct JournalStats {
  std::uint64_t rolls;          // segments begun
  std::uint64_t late_prepares;  // of these, prepared on the engine's thread (1.5 to 13 ms each)
  std::uint64_t recycled;       // segments made of retired files
  std::uint64_t moved;          // transactions that outgrew a segment's rest and were copied on
  std::uint64_t syncs;
};

namespace detail {
struct JournalShared {
  std::atomic<std::uint64_t> committed_seq{0};
  std::atomic<std::uint64_t> durable_seq{0};
  std::atomic<std::uint64_t> released_seq{0};
  std::atomic<bool> failed{false};
};
}  // namespace detail

struct JournalSegment;

class Journal {
 public:
  // A new journal in `folder`, which is made where it does not exist; nothing of a journal may be
  // there. Errors: journal.exists, .config, .storage, .locked.
  [[nodiscard]] static Result<Journal> create(const std::string& folder,
                                              const JournalConfig& config);
  // An existing one, to be continued. A torn tail is cut (see repair()); damage before it is
  // refused. Errors: journal.missing, .locked, .engine, .corrupt, .format, .config, .storage.
  [[nodiscard]] static Result<Journal> open(const std::string& folder, const JournalConfig& config);
  // Journal off: the same calls over one buffer that every transaction reuses. create() and open()
  // give this too when the durability is kOff, and touch no file.
  [[nodiscard]] static Journal scratch();

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&& other) noexcept;
  ~Journal();

  // Opens a transaction. One that was not committed is dropped.
  void begin();
  // Copies the record behind the last one and returns the copy, which may be changed until the next
  // append and read until the next begin. Its seq must be set before commit and grow.
  RecordHeader& append(const RecordHeader& record);
  // Behind the append of a transaction's first record: should the process end before the commit,
  // the next open() finds that record, see interrupted(). Costs its checksum.
  void keep_input();
  // Closes the transaction. true: all of it is in the journal. false: the journal has failed (see
  // status()); the records are readable all the same, but no restart will know of them.
  bool commit();

  // The open transaction, or the last committed one: valid until the next begin(). With kMachine it
  // stays valid until release() (an outbox waits for durable_seq()).
  [[nodiscard]] const std::byte* transaction_begin() const {
    return frame_ + journal_format::kFrameBytes;
  }
  [[nodiscard]] const std::byte* transaction_end() const { return at_; }
  [[nodiscard]] RecordRange transaction() const { return {transaction_begin(), at_}; }
  // kMachine: transactions up to this seq are no longer read by the outbox. Elsewhere without
  // effect.
  void release(std::uint64_t seq) { shared_->released_seq.store(seq, std::memory_order_release); }

  // Watermarks, any thread: the last seq that is in the journal, and that survives what
  // `durability` names. With kOff and kProcess they are equal.
  [[nodiscard]] std::uint64_t committed_seq() const {
    return shared_->committed_seq.load(std::memory_order_acquire);
  }
  [[nodiscard]] std::uint64_t durable_seq() const {
    return durability_ == Durability::kMachine
               ? shared_->durable_seq.load(std::memory_order_acquire)
               : committed_seq();
  }
  // The journal has failed and stays so: a segment could not be made, a sync failed, a transaction
  // was too large. New orders must halt. Any thread.
  [[nodiscard]] bool failed() const { return shared_->failed.load(std::memory_order_acquire); }
  [[nodiscard]] Status status() const;  // the first failure

  [[nodiscard]] Durability durability() const { return durability_; }
  [[nodiscard]] std::uint64_t max_transaction_bytes() const;
  [[nodiscard]] const std::optional<JournalRepair>& repair() const;
  // The input on which the process ended, until it is settled.
  [[nodiscard]] const std::optional<InterruptedInput>& interrupted() const;
  // It is about to be fed again, as `seq`: written to disk first. A later open() knows by that
  // number whether its transaction got through.
  Status feeding_interrupted(std::uint64_t seq);
  // Its transaction is durable, or it is not to be fed: forgotten.
  Status settle_interrupted();
  [[nodiscard]] JournalStats stats() const;
  [[nodiscard]] const std::string& folder() const;  // empty for a scratch journal

  // --- for the executor ---
  // Makes the next segment, so that the engine's thread finds it ready; cheap where it lies there
  // already. A failure is returned but not sticky: the roll tries again.
  Status prepare_next();
  // Hashes the oldest complete segment that is not sealed yet, if any, into its successor (about
  // 60 ms of processor time for 16 MiB), and unmaps what nobody reads any more.
  Status seal_next();
  // Both, seal_next() until nothing is left to seal. Cheap when there is nothing to do.
  Status maintain();
  [[nodiscard]] bool wants_maintenance() const;
  // kMachine: puts what is committed on disk and moves durable_seq(). Group commit: one call serves
  // all transactions before it. A failure is sticky. With kProcess it only writes out early.
  Status sync();
  // Writes a snapshot of the state after `seq` (see snapshot.hpp), reads it back, then retires
  // snapshots and segments that the retention lets go. `seq` must be durable.
  Status write_snapshot(std::uint64_t seq, std::span<const std::byte> state);

 private:
  friend Status remove_journal(const std::string& folder);
  struct Core;
  explicit Journal(Core* core);
  [[nodiscard]] Core& core() const;
  static Result<Journal> start(const std::string& folder, const JournalConfig& config, bool create);
  void enter(JournalSegment& segment, std::size_t offset);
  bool roll(std::size_t used = 0);
  void move_open(const std::byte* from, std::size_t used, std::uint32_t old_salt);
  void next_segment();
  void make_room(std::size_t bytes);
  void go_to_memory();
  void use_buffer(std::size_t used);
  bool commit_in_memory();

  detail::JournalShared* shared_;  // a Core; owned
  std::byte* frame_ = nullptr;     // of the open or last transaction
  std::byte* at_ = nullptr;        // where the next record goes
  std::byte* next_ = nullptr;      // where the next transaction begins
  std::byte* limit_ = nullptr;     // records end here at the latest
  std::byte* last_ = nullptr;      // the last record
  std::size_t reserve_ = 0;        // begin() rolls when less than this is left
  std::uint64_t last_seq_ = 0;
  std::uint32_t salt_ = 0;
  Durability durability_ = Durability::kOff;
  bool memory_ = false;  // no file behind the buffer: off, or failed
};

// Whether `folder` holds a journal.
[[nodiscard]] bool journal_exists(const std::string& folder);
// Removes a journal: the files that keel made in `folder`, and the folder if it is empty then.
// Error: journal.locked, .storage. No journal there is success.
[[nodiscard]] Status remove_journal(const std::string& folder);

// --- inline details ---

inline void Journal::begin() {
  frame_ = next_;
  if (static_cast<std::size_t>(limit_ - frame_) < reserve_) [[unlikely]]
    next_segment();
  at_ = frame_ + journal_format::kFrameBytes;
}

inline RecordHeader& Journal::append(const RecordHeader& record) {
  const std::size_t bytes = record.size;
  KEEL_ASSERT(bytes >= sizeof(RecordHeader) && bytes % 8 == 0, "a record's size is wrong");
  if (bytes > static_cast<std::size_t>(limit_ - at_)) [[unlikely]]
    make_room(bytes);
  std::memcpy(at_, &record, bytes);
  last_ = at_;
  at_ += bytes;
  return *reinterpret_cast<RecordHeader*>(last_);
}

inline void Journal::keep_input() {
  if (memory_) return;
  const auto bytes = static_cast<std::uint32_t>(at_ - transaction_begin());
  const std::uint64_t mark = journal_format::input_mark(transaction_begin(), bytes, salt_);
  journal_format::release_word(frame_ + 8, mark);
}

inline bool Journal::commit() {
  const auto length = static_cast<std::uint32_t>(at_ - transaction_begin());
  KEEL_ASSERT(length > 0, "a transaction holds at least its input");
  const std::uint64_t first_seq = reinterpret_cast<const RecordHeader*>(transaction_begin())->seq;
  const std::uint64_t seq = reinterpret_cast<const RecordHeader*>(last_)->seq;
  KEEL_ASSERT(first_seq > last_seq_ && seq >= first_seq, "sequence numbers must grow");
  last_seq_ = seq;
  if (memory_) return commit_in_memory();
  std::memcpy(frame_ + 8, &first_seq, sizeof first_seq);
  const std::uint32_t crc = journal_format::frame_crc(frame_, length, salt_);
  std::memset(at_, 0, 8);  // what follows is uncommitted, whatever an earlier attempt left there
  journal_format::release_word(frame_, (static_cast<std::uint64_t>(crc) << 32) | length);
  next_ = at_;
  shared_->committed_seq.store(seq, std::memory_order_release);
  return true;
}

}  // namespace keel
