// The writer's inside: what is behind the pointers that the hot path moves.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <keel/journal/journal.hpp>

#include "folder.hpp"
#include "segment.hpp"

namespace keel {

struct JournalSegment {
  std::uint64_t index = 0;
  journal_detail::File file;
  // Under Core::list_mutex:
  std::uint64_t last_seq = 0;  // once left
  bool left = false;           // the writer has gone on to the next
  bool synced = false;         // left, and all of it is on disk
};

struct Journal::Core : detail::JournalShared {
  Core(std::string folder_path, const JournalConfig& journal_config)
      : folder(std::move(folder_path)),
        config(journal_config),
        files(journal_config.files != nullptr ? *journal_config.files : system_files()) {}
  ~Core() { delete prepared.load(); }

  void fail(Error error);
  [[nodiscard]] Status failure() const;

  // The next segment, ready to be begun. Under prepare_mutex.
  [[nodiscard]] Result<std::unique_ptr<JournalSegment>> make_segment(std::uint64_t index);
  [[nodiscard]] Result<journal_detail::File> recycled_file(const std::string& path);
  [[nodiscard]] Status prepare();
  [[nodiscard]] std::unique_ptr<JournalSegment> take_prepared();  // null: failed, and says so
  [[nodiscard]] Status seal_one();
  [[nodiscard]] bool wants_seal() const { return next_to_seal.load() <= current_index.load(); }
  [[nodiscard]] Status sync();
  void unmap_unused();
  [[nodiscard]] Status retire();
  [[nodiscard]] std::size_t spare_count() const;
  [[nodiscard]] std::optional<std::uint64_t> oldest_kept_snapshot(
      std::vector<journal_detail::NumberedFile> snapshots);

  // start(): where the journal's last good transaction ends.
  struct End {
    std::uint64_t index = 0, offset = 0, last_seq = 0;
    std::optional<JournalRepair> repair;
    bool set_aside = false;  // accept_loss: keep what is cut
  };
  [[nodiscard]] Status take_lock();
  [[nodiscard]] Result<End> find_end();
  [[nodiscard]] Status cut_behind(const End& end);
  [[nodiscard]] Status continue_segment(End& end);
  void look_at_torn_input(journal_detail::Bytes tail, End& end) const;
  // interrupted.cpp
  [[nodiscard]] Status note_interrupted(std::uint64_t last_seq, journal_detail::Bytes input);
  [[nodiscard]] Status read_interrupted();
  [[nodiscard]] Status write_interrupted();
  [[nodiscard]] Status remove_interrupted();
  [[nodiscard]] std::uint64_t first_unsealed(std::uint64_t last) const;

  const std::string folder;
  const JournalConfig config;
  FileOps& files;
  journal_detail::File lock;
  std::optional<JournalRepair> repair;
  std::optional<InterruptedInput> interrupted;

  // Engine's thread only.
  JournalSegment* current = nullptr;
  std::vector<std::vector<std::byte>> buffers;  // memory mode; the last one is in use

  mutable std::mutex list_mutex;  // short: never held over a system call
  std::vector<std::unique_ptr<JournalSegment>> mapped;
  std::vector<std::string> spares;  // names
  Status first_failure;
  JournalStats stats{};

  std::mutex prepare_mutex;
  std::atomic<JournalSegment*> prepared{nullptr};
  std::uint64_t next_index = 1;  // of the segment to be prepared

  std::mutex seal_mutex;
  std::atomic<std::uint64_t> next_to_seal{1};  // the segment whose predecessor is hashed next
  std::atomic<std::uint64_t> current_index{0};

  std::mutex sync_mutex;
  std::uint64_t mark_turn = 0;

  std::mutex snapshot_mutex;
};

}  // namespace keel
