// The reader's inside, which opening for writing uses too: both find the same end.
#pragma once

#include <keel/journal/reader.hpp>

#include "folder.hpp"
#include "segment.hpp"

namespace keel {

struct JournalReaderCore {
  JournalReaderCore(std::string folder_path, FileOps& file_ops)
      : folder(std::move(folder_path)), files(file_ops) {}

  [[nodiscard]] Status open(std::optional<std::uint64_t> wanted_after_seq);
  [[nodiscard]] bool next();

  // Where the last good transaction ends: this segment, this offset.
  [[nodiscard]] const journal_format::Header& header() const { return head.header; }

  std::string folder;
  FileOps& files;
  std::uint64_t after_seq = 0;

  journal_detail::File segment;
  journal_detail::HeaderCheck head;  // of `segment`
  journal_detail::Bytes content;     // of `segment`, not beyond the size that it declares
  std::uint64_t index = 0;
  std::size_t offset = 0;
  std::uint64_t last_seq = 0;
  Transaction transaction{};
  Status status;
  std::optional<TornTail> torn;

 private:
  enum class Step { kRetry, kStop };

  [[nodiscard]] Status enter(journal_detail::File file, const journal_detail::HeaderCheck& check);
  [[nodiscard]] Step at_end(const journal_detail::FrameCheck& frame);
  [[nodiscard]] Step at_damage(std::uint64_t where_index, std::size_t where_offset,
                               const char* what, bool newer, bool was_committed);
  [[nodiscard]] Step stop(Error error);
  [[nodiscard]] Error retired_error() const;
  [[nodiscard]] bool look_ahead();  // maps the next segment's file once there is one
  [[nodiscard]] std::uint64_t mark_from_here() const;
  [[nodiscard]] bool was_recycled() const;

  journal_detail::FrameCopy copy;   // of the transaction that is shown
  journal_detail::FrameCopy again;  // of one that is only looked at
  journal_detail::File following;   // the next segment, mapped ahead
  bool tail_checked = false;
};

}  // namespace keel
