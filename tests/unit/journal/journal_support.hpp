// What the journal's tests share: folders that go away, records with a seq, whole-journal reads.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <keel/core/random.hpp>
#include <keel/journal/inspect.hpp>
#include <keel/journal/journal.hpp>
#include <keel/journal/reader.hpp>
#include <keel/journal/run_counter.hpp>
#include <keel/journal/snapshot.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel::test {

namespace fs = std::filesystem;

enum class Medium { kDisk, kMemory };

class TemporaryFolder {
 public:
  // Memory is for tests that make thousands of files: a real file system with a few MiB to spare,
  // without the waiting. Disk where there is none.
  explicit TemporaryFolder(Medium medium = Medium::kDisk) {
    std::error_code ignored;
    const fs::path memory = "/dev/shm";
    const bool use_memory = medium == Medium::kMemory &&
                            fs::space(memory, ignored).free > 1 << 25 &&
                            ::access(memory.c_str(), W_OK) == 0;
    const fs::path place = use_memory ? memory : fs::temp_directory_path();
    std::string name = (place / "keel-journal-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  [[nodiscard]] std::string journal() const { return (root_ / "j").string(); }
  [[nodiscard]] const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

inline constexpr std::uint64_t kSmallSegment = 64 * 1024;

inline JournalConfig small_config(Durability durability = Durability::kProcess) {
  JournalConfig config;
  config.segment_bytes = kSmallSegment;
  config.durability = durability;
  return config;
}

// What `seq` decides alone, so that a reader can tell every byte of it.
inline Trade trade_of(std::uint64_t seq) {
  Random random{seq};
  Trade trade = make_record<Trade>(RecordKind::kTrade);
  trade.header.instrument = {1};
  trade.header.seq = seq;
  trade.header.ts_event = trade.header.ts_recv = Timestamp{static_cast<std::int64_t>(seq) * 1'000};
  trade.price = Price::from_raw(random.between(1, 1'000'000'000));
  trade.size = Quantity::from_raw(random.between(1, 1'000'000'000));
  trade.trade_id = random.next();
  trade.venue_seq = seq;
  return trade;
}

// The transaction whose first record is `seq`: one trade and up to three timers.
inline std::uint64_t records_in(std::uint64_t seq) { return 1 + (seq * 7919) % 4; }

// Appends and commits it; the next one begins at the seq that is returned.
inline std::uint64_t append_transaction(Journal& journal, std::uint64_t seq) {
  journal.begin();
  journal.append(trade_of(seq).header);
  const std::uint64_t end = seq + records_in(seq);
  for (++seq; seq < end; ++seq) {
    auto timer = make_record<TimerInput>(RecordKind::kTimer);
    timer.header.seq = seq;
    timer.deadline = Timestamp{static_cast<std::int64_t>(seq)};
    journal.append(timer.header);
  }
  journal.commit();
  return end;
}
// As many as it takes to have committed `last_seq` or a little more. Gives the next seq.
inline std::uint64_t append_until(Journal& journal, std::uint64_t seq, std::uint64_t last_seq) {
  while (seq <= last_seq) seq = append_transaction(journal, seq);
  return seq;
}

inline bool is_transaction_of(const Transaction& transaction, std::uint64_t seq) {
  if (transaction.first_seq != seq || transaction.last_seq != seq + records_in(seq) - 1)
    return false;
  const Trade expected = trade_of(seq);
  if (std::memcmp(&transaction.input(), &expected, sizeof expected) != 0) return false;
  std::uint64_t at = seq;
  for (const RecordHeader& record : transaction.records) {
    if (record.seq != at) return false;
    if (at != seq && record_as<TimerInput>(record).deadline.ns != static_cast<std::int64_t>(at))
      return false;
    ++at;
  }
  return at == transaction.last_seq + 1;
}

// Reads all of a journal that append_transaction wrote from seq 1 on. Every transaction must be the
// right one; gives the last seq.
struct ReadAll {
  std::uint64_t last_seq = 0;
  std::uint64_t transactions = 0;
  bool right = true;
  std::optional<TornTail> torn;
  std::optional<Error> error;
};
inline ReadAll read_all(const std::string& folder, ReaderOptions options = {}) {
  ReadAll all;
  auto reader = JournalReader::open(folder, options);
  if (!reader) {
    all.error = reader.error();
    return all;
  }
  std::uint64_t seq = 0;
  while (reader->next()) {
    if (seq == 0) seq = reader->transaction().first_seq;
    all.right = all.right && is_transaction_of(reader->transaction(), seq);
    seq = reader->transaction().last_seq + 1;
    all.last_seq = reader->transaction().last_seq;
    ++all.transactions;
  }
  all.torn = reader->torn_tail();
  if (!reader->status().ok()) all.error = reader->status().error();
  return all;
}

inline std::vector<char> read_bytes(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}
inline void write_bytes(const fs::path& path, const std::vector<char>& bytes) {
  // In place: a file that was truncated to nothing is written out by some file systems at once.
  if (!fs::exists(path)) std::ofstream{path};
  {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  fs::resize_file(path, bytes.size());
}
inline fs::path segment_path(const std::string& folder, unsigned index) {
  char name[32];
  std::snprintf(name, sizeof name, "segment-%010u.keel", index);
  return fs::path{folder} / name;
}

// Where each transaction lies.
struct Place {
  std::uint64_t segment, offset, end, first_seq, last_seq;
};
inline std::vector<Place> places(const std::string& folder) {
  std::vector<Place> found;
  auto reader = JournalReader::open(folder);
  while (reader.ok() && reader->next()) {
    const auto& t = reader->transaction();
    found.push_back({t.segment, t.offset,
                     t.offset + journal_format::kFrameBytes + t.records.size_bytes(), t.first_seq,
                     t.last_seq});
  }
  return found;
}

}  // namespace keel::test
