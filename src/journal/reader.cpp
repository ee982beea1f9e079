#include <keel/journal/reader.hpp>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "reader_core.hpp"

namespace keel {

using namespace journal_detail;
using journal_format::kFrameBytes;
using journal_format::kHeaderBytes;
using journal_format::kSegmentBytesMax;

namespace {

std::string place(std::uint64_t index, std::uint64_t offset) {
  return fmt::format("{}, offset {}", segment_name(index), offset);
}

Error header_error(const std::string& path, const HeaderCheck& check) {
  return Error{check.newer ? journal_errors::kFormat : journal_errors::kCorrupt, "segment header",
               "", check.what, path};
}

}  // namespace

Status JournalReaderCore::open(std::optional<std::uint64_t> wanted_after_seq) {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  const auto& segments = listing->segments;
  if (segments.empty())
    return Error{journal_errors::kMissing, "journal", "", "no segment in this folder", folder};
  for (std::size_t i = 1; i < segments.size(); ++i)
    if (segments[i].number != segments[i - 1].number + 1)
      return Error{journal_errors::kCorrupt, "segments", segment_name(segments[i - 1].number + 1),
                   "this segment is missing", folder};

  // The last begun segment that does not start after what is wanted.
  File chosen;
  HeaderCheck chosen_check;
  for (const auto& entry : segments) {
    const auto path = join(folder, entry.name);
    auto file = File::map_whole(files, path, kSegmentBytesMax);
    if (!file) return std::move(file).error();
    const auto check = check_header(file->span(), entry.number);
    const bool first = !chosen.is_open();
    if (first && check.state == HeaderState::kBad) return header_error(path, check);
    if (!first && (check.state != HeaderState::kBegun || !wanted_after_seq ||
                   check.header.start.first_seq > *wanted_after_seq + 1))
      break;
    chosen = std::move(*file);
    chosen_check = check;
    if (check.state != HeaderState::kBegun) break;
  }
  if (wanted_after_seq && chosen_check.state == HeaderState::kBegun &&
      chosen_check.header.start.first_seq - 1 > *wanted_after_seq)
    return Error{journal_errors::kRetired, "after_seq", fmt::format("{}", *wanted_after_seq),
                 fmt::format("the oldest transaction that is kept is after {}",
                             chosen_check.header.start.first_seq - 1),
                 folder};
  after_seq = wanted_after_seq.value_or(0);
  return enter(std::move(chosen), chosen_check);
}

Status JournalReaderCore::enter(File file, const HeaderCheck& check) {
  segment = std::move(file);
  head = check;
  content = segment.span();
  index = check.header.identity.index;
  if (content.size() > check.header.identity.segment_bytes)
    content = content.first(check.header.identity.segment_bytes);
  offset = kHeaderBytes;
  if (check.state == HeaderState::kBegun)
    last_seq = std::max(last_seq, check.header.start.first_seq - 1);
  return {};
}

bool JournalReaderCore::next() {
  torn.reset();
  while (status.ok()) {
    if (head.state == HeaderState::kPrepared) {  // the first segment of all, not begun when opened
      head = check_header(content, index);
      if (head.state == HeaderState::kPrepared) return false;
      if (head.state == HeaderState::kBad)
        return status = header_error(segment.path(), head), false;
    }
    const auto frame = check_frame(content, offset, head.header.identity.crc, last_seq, copy);
    if (frame.state == FrameState::kCommitted) {
      const auto* records = reinterpret_cast<const std::byte*>(copy.data()) + kFrameBytes;
      transaction = {
          {records, records + frame.length}, frame.first_seq, frame.last_seq, index, offset};
      offset += kFrameBytes + frame.length;
      last_seq = frame.last_seq;
      if (last_seq > after_seq) return true;
      continue;
    }
    if (at_end(frame) == Step::kStop) return false;
  }
  return false;
}

// Nothing committed at `offset`: the end, or the next segment, or damage.
JournalReaderCore::Step JournalReaderCore::at_end(const FrameCheck& frame) {
  if (frame.state == FrameState::kInvalid)
    return at_damage(index, offset, frame.what, frame.newer, true);
  if (look_ahead()) {
    const auto check = check_header(following.span(), index + 1);
    if (check.state == HeaderState::kBad)
      return at_damage(index + 1, 0, check.what, check.newer, check.newer);
    if (check.state == HeaderState::kBegun) {
      if (check.header.start.previous_end == offset &&
          check.header.start.first_seq == last_seq + 1) {
        status = enter(std::exchange(following, {}), check);
        return Step::kRetry;
      }
      // The writer may have committed here between our look at the frame and at its next segment.
      const auto second = check_frame(content, offset, head.header.identity.crc, last_seq, again);
      if (second.state == FrameState::kCommitted) return Step::kRetry;
      return at_damage(index, offset,
                       second.what != nullptr ? second.what
                                              : "nothing is committed here, and the next segment "
                                                "says that there was",
                       second.newer, false);
    }
  } else if (was_recycled()) {
    return stop(retired_error());
  }
  if (frame.state == FrameState::kTorn) return at_damage(index, offset, frame.what, false, false);
  // A clean end, unless something that was committed lies behind it. Looked at once: a reader that
  // follows a writer comes here often.
  if (!std::exchange(tail_checked, true)) {
    const bool found = finds_committed(content, offset, head.header.identity.crc, last_seq);
    if (check_frame(content, offset, head.header.identity.crc, last_seq, again).state !=
        FrameState::kUncommitted)
      return Step::kRetry;
    if (found || mark_from_here() > last_seq)
      return at_damage(index, offset, "nothing is committed here", false, false);
  }
  return Step::kStop;
}

// Torn tail or corruption: a torn tail is at the very end, and nothing that was durable is lost.
JournalReaderCore::Step JournalReaderCore::at_damage(std::uint64_t where_index,
                                                     std::size_t where_offset, const char* what,
                                                     bool newer, bool was_committed) {
  if (was_recycled()) return stop(retired_error());
  const char* why = nullptr;
  if (was_committed) {
    why = "it was committed so";
  } else if (mark_from_here() > last_seq) {
    why = "what was synced after it is lost";
  } else if (head.durability() != Durability::kMachine) {
    // Without a loss of power, which kProcess does not promise to survive, only the last
    // transaction can be incomplete.
    if (where_index != index)
      why = "the end of a process damages no header";
    else if (look_ahead() &&
             check_header(following.span(), index + 1).state != HeaderState::kPrepared)
      why = "it is not in the last segment";
    else if (finds_committed(content, where_offset + 8, head.header.identity.crc, last_seq))
      why = "transactions that were committed follow it";
  }
  if (why == nullptr) {
    torn = TornTail{where_index, where_offset, what};
    return Step::kStop;
  }
  return stop(
      {newer ? journal_errors::kFormat : journal_errors::kCorrupt,
       where_offset == 0 ? "segment header" : "transaction", what, why,
       fmt::format("{}/{}, after seq {}", folder, place(where_index, where_offset), last_seq)});
}

Error JournalReaderCore::retired_error() const {
  return {journal_errors::kRetired, "segment", segment_name(index),
          "it was retired while it was being read", folder};
}

JournalReaderCore::Step JournalReaderCore::stop(Error error) {
  status = std::move(error);
  return Step::kStop;
}

bool JournalReaderCore::look_ahead() {
  // A file smaller than a header is looked at again: it may be in the making.
  if (following.is_open() && following.bytes() >= kHeaderBytes) return true;
  auto file = File::map_whole(files, join(folder, segment_name(index + 1)), kSegmentBytesMax);
  if (!file) return false;
  following = std::move(*file);
  return true;
}

std::uint64_t JournalReaderCore::mark_from_here() const {
  std::uint64_t mark = 0;
  for (std::uint64_t i = index;; ++i) {
    auto file = File::map_whole(files, join(folder, segment_name(i)), kHeaderBytes);
    if (!file) return mark;
    const auto check = check_header(file->span(), i);
    if (check.state == HeaderState::kBegun) mark = std::max(mark, durable_mark(check.header));
  }
}

// A recycled file lives on under another name; damage leaves it where it was.
bool JournalReaderCore::was_recycled() const {
  const int fd = files.open(segment.path().c_str(), O_RDONLY, 0);
  if (fd >= 0) files.close(fd);
  return fd == -ENOENT;
}

Result<JournalReader> JournalReader::open(const std::string& folder, const ReaderOptions& options) {
  JournalReader reader{
      new JournalReaderCore{folder, options.files != nullptr ? *options.files : system_files()}};
  auto opened = reader.core_->open(options.after_seq);
  if (!opened) return std::move(opened).error();
  return reader;
}

JournalReader::JournalReader(JournalReader&& other) noexcept
    : core_(std::exchange(other.core_, nullptr)) {}
JournalReader& JournalReader::operator=(JournalReader&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}
JournalReader::~JournalReader() { delete core_; }

bool JournalReader::next() { return core_->next(); }
const Transaction& JournalReader::transaction() const { return core_->transaction; }
const Status& JournalReader::status() const { return core_->status; }
const std::optional<TornTail>& JournalReader::torn_tail() const { return core_->torn; }
std::uint64_t JournalReader::last_seq() const { return core_->last_seq; }
std::uint32_t JournalReader::engine() const { return core_->head.header.identity.engine; }

}  // namespace keel
