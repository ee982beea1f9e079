// Starting to write: a new journal, or an old one behind its last good transaction.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <keel/journal/run_counter.hpp>

#include "reader_core.hpp"
#include "record_shape.hpp"
#include "writer_core.hpp"

namespace keel {

using namespace journal_detail;
using journal_format::kFrameBytes;
using journal_format::kHeaderBytes;

namespace {

Status check_config(const JournalConfig& config) {
  const auto wrong = [](std::string field, std::uint64_t value, std::string rule) {
    return Error{journal_errors::kConfig, std::move(field), fmt::format("{}", value),
                 std::move(rule), ""};
  };
  using namespace journal_format;
  if (config.segment_bytes < kSegmentBytesMin || config.segment_bytes > kSegmentBytesMax ||
      config.segment_bytes % kHeaderBytes != 0)
    return wrong("segment_bytes", config.segment_bytes,
                 fmt::format("a multiple of {} from {} to {}", kHeaderBytes, kSegmentBytesMin,
                             kSegmentBytesMax));
  if (config.engine > OrderId::kMaxEngine)
    return wrong("engine", config.engine, fmt::format("at most {}", OrderId::kMaxEngine));
  if (config.run > OrderId::kMaxRun)
    return wrong("run", config.run, fmt::format("at most {}", OrderId::kMaxRun));
  if (config.keep_snapshots == 0) return wrong("keep_snapshots", 0, "at least 1");
  if (config.durability > Durability::kMachine)
    return wrong("durability", static_cast<std::uint64_t>(config.durability), "0, 1 or 2");
  return {};
}

// The lock is on the file that has the name, not on one that was removed a moment ago.
bool still_named(int fd, const std::string& path) {
  struct stat held{}, named{};
  return ::fstat(fd, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

}  // namespace

Status Journal::Core::take_lock() {
  const auto path = join(folder, "lock");
  auto file = File::open(files, path, O_RDWR | O_CREAT);
  if (!file) return std::move(file).error();
  if (const int code = files.lock(file->fd()); code < 0) {
    if (code != -EWOULDBLOCK) return storage_error("flock", path, code);
    char holder[64] = {};
    static_cast<void>(files.read(file->fd(), holder, sizeof holder - 1));
    return Error{journal_errors::kLocked, "journal", holder,
                 "another writer has this journal; one at a time", folder};
  }
  if (!still_named(file->fd(), path))
    return Error{journal_errors::kLocked, "journal", "", "it was removed at this moment", folder};
  const auto text = fmt::format("process {:010}", ::getpid());
  if (const int code = files.write_all(file->fd(), text.data(), text.size()); code < 0)
    return storage_error("write", path, code);
  lock = std::move(*file);
  return {};
}

// Reads from the last place that is surely good to the end. Damage is an error, except where the
// host accepts the loss.
Result<Journal::Core::End> Journal::Core::find_end() {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  if (listing->segments.empty())
    return Error{journal_errors::kMissing, "journal", "", "no segment in this folder", folder};
  std::uint64_t from_seq = 0, mark = 0;
  bool machine = false;
  for (const auto& entry : listing->segments) {
    auto file = File::map_whole(files, join(folder, entry.name), kHeaderBytes);
    if (!file) return std::move(file).error();
    const auto check = check_header(file->span(), entry.number);
    if (check.state == HeaderState::kBad) break;
    if (check.header.identity.engine != config.engine)
      return Error{journal_errors::kEngine, "engine", fmt::format("{}", config.engine),
                   fmt::format("this journal belongs to engine {}", check.header.identity.engine),
                   folder};
    if (check.state == HeaderState::kPrepared) break;
    from_seq = check.header.start.first_seq - 1;
    machine = check.durability() == Durability::kMachine;
    mark = std::max(mark, durable_mark(check.header));
  }
  std::optional<std::uint64_t> after_seq = machine ? std::min(mark, from_seq) : from_seq;
  if (config.accept_loss) after_seq.reset();

  JournalReaderCore reader{folder, files};
  if (auto opened = reader.open(after_seq); !opened) {
    // A loss of power before the first sync may have left nothing that the mark does not cover.
    if (opened.error().code != journal_errors::kRetired) return std::move(opened).error();
    if (opened = reader.open(std::nullopt); !opened) return std::move(opened).error();
  }
  while (reader.next()) {
  }
  End end{reader.index, reader.offset, reader.last_seq, {}, false};
  if (!reader.status.ok()) {
    if (!config.accept_loss || reader.status.error().code != journal_errors::kCorrupt)
      return reader.status.error();
    end.set_aside = true;
    end.repair =
        JournalRepair{end.index, end.offset, end.last_seq, reader.status.error().message(), {}};
  } else if (reader.torn) {
    end.repair = JournalRepair{end.index, end.offset, end.last_seq, reader.torn->what, {}};
  }
  if (reader.head.state == HeaderState::kPrepared) end.index = 0;  // created, never begun
  return end;
}

// Segments after the end: prepared ones, and what a crash or accepted damage leaves.
Status Journal::Core::cut_behind(const End& end) {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  for (const auto& [index, name] : listing->segments) {
    const auto path = join(folder, name);
    if (index == end.index && end.set_aside) {
      auto content = read_file(files, path, journal_format::kSegmentBytesMax);
      if (!content) return std::move(content).error();
      const std::span<const std::byte> part{**content};
      if (auto copied = write_atomically(files, folder, fmt::format("lost-{:010}.keel", index),
                                         std::span{&part, 1});
          !copied)
        return copied;
    }
    if (index <= end.index) continue;
    const auto other = fmt::format("{}-{:010}.keel", end.set_aside ? "lost" : "spare", index);
    if (const int code = files.rename(path.c_str(), join(folder, other).c_str()); code < 0)
      return storage_error("rename", path, code);
    if (!end.set_aside) listing->spares.push_back(other);
  }
  for (const auto& name : listing->rest)
    if (name.starts_with("segment-")) files.remove(join(folder, name).c_str());  // half made
  const std::scoped_lock guard{list_mutex};
  spares = std::move(listing->spares);
  return {};
}

// What the bytes behind the last transaction say about the input that was under way there.
void Journal::Core::look_at_torn_input(Bytes tail, End& end) const {
  if (tail.size() <= kFrameBytes) return;
  const std::byte* record = tail.data() + kFrameBytes;
  if (record_fault(record, tail.size() - kFrameBytes).what != nullptr) return;
  const auto& header = *reinterpret_cast<const RecordHeader*>(record);
  if (header.seq <= end.last_seq) return;
  std::uint32_t salt{};
  std::uint64_t word{}, mark{};
  std::memcpy(&salt, tail.data() - end.offset + offsetof(journal_format::Identity, crc),
              sizeof salt);
  std::memcpy(&word, tail.data(), sizeof word);
  std::memcpy(&mark, tail.data() + sizeof word, sizeof mark);
  end.repair->input.assign(record, record + header.size);
  // Vouched for; or the commit had begun and the process ended before it was released.
  const bool in_commit = mark == header.seq && config.durability == Durability::kProcess;
  end.repair->is_whole =
      word == 0 && (in_commit || mark == journal_format::input_mark(record, header.size, salt));
}

// Maps the last segment for writing and zeroes what lies behind its last transaction.
Status Journal::Core::continue_segment(End& end) {
  const auto path = join(folder, segment_name(end.index));
  auto segment = std::make_unique<JournalSegment>();
  segment->index = end.index;
  auto file = File::open(files, path, O_RDWR);
  if (!file) return std::move(file).error();
  std::uint64_t bytes = 0;
  {
    auto header = File::map_whole(files, path, kHeaderBytes);
    if (!header) return std::move(header).error();
    bytes = check_header(header->span(), end.index).header.identity.segment_bytes;
  }
  if (const int code = files.allocate(file->fd(), bytes); code < 0)
    return storage_error("fallocate", path, code);
  if (auto mapped_file = file->map(static_cast<std::size_t>(bytes), true); !mapped_file)
    return mapped_file;

  std::byte* const tail = file->data() + end.offset;
  std::byte* const stop = file->data() + bytes;
  const std::size_t page = end.offset & ~std::size_t{4095};
  if (const int code = files.populate(file->data() + page, bytes - page); code < 0)
    return storage_error("madvise", path, code);
  const bool clean = std::all_of(tail, stop, [](std::byte byte) { return byte == std::byte{0}; });
  if (!clean) {
    if (!end.repair)
      end.repair = JournalRepair{end.index, end.offset, end.last_seq, "it was not committed", {}};
    look_at_torn_input({tail, stop}, end);
    JournalRepair& found = *end.repair;
    // Market data is never fed again: the feed has gone on.
    const bool again =
        found.is_whole && family(reinterpret_cast<const RecordHeader*>(found.input.data())->kind) ==
                              RecordFamily::kInput;
    if (auto noted = note_interrupted(end.last_seq, again ? Bytes{found.input} : Bytes{}); !noted)
      return noted;
    std::memset(tail, 0, static_cast<std::size_t>(stop - tail));
  } else if (auto noted = note_interrupted(end.last_seq, {}); !noted) {
    return noted;
  }
  if (config.durability == Durability::kMachine)
    if (const int code = files.sync_data(file->fd()); code < 0)
      return storage_error("fdatasync", path, code);
  segment->file = std::move(*file);
  mapped.push_back(std::move(segment));
  return {};
}

// The first segment whose predecessor's hash is still missing.
std::uint64_t Journal::Core::first_unsealed(std::uint64_t last) const {
  std::uint64_t first = last + 1;
  for (std::uint64_t index = last; index > 1; --index) {
    auto file = File::map_whole(files, join(folder, segment_name(index)), kHeaderBytes);
    auto before = File::map_whole(files, join(folder, segment_name(index - 1)), kHeaderBytes);
    if (!file || !before) break;
    const auto check = check_header(file->span(), index);
    // A seal that is damaged is left for those who look into the journal, not made good.
    if (check.state != HeaderState::kBegun || check.header.seal.sealed != 0) break;
    first = index;
  }
  return first;
}

Result<Journal> Journal::start(const std::string& folder, const JournalConfig& config,
                               bool create) {
  if (auto checked = check_config(config); !checked) return std::move(checked).error();
  if (config.durability == Durability::kOff) return scratch();
  Journal journal{new Core{folder, config}};
  Core& core = journal.core();
  if (create) {
    if (auto made = make_folder(core.files, folder); !made) return std::move(made).error();
  } else if (!journal_exists(folder)) {
    return Error{journal_errors::kMissing, "journal", "", "no segment in this folder", folder};
  }
  if (auto locked = core.take_lock(); !locked) return std::move(locked).error();

  Core::End end;
  if (create) {
    auto listing = list_folder(folder);
    if (!listing) return std::move(listing).error();
    if (!listing->segments.empty() || !listing->snapshots.empty())
      return Error{journal_errors::kExists, "journal", "", "there is one in this folder", folder};
  } else {
    auto found = core.find_end();
    if (!found) return std::move(found).error();
    end = std::move(*found);
  }
  if (auto cut = core.cut_behind(end); !cut) return std::move(cut).error();

  if (end.index == 0) {
    auto made = core.make_segment(1);
    if (!made) return std::move(made).error();
    std::byte* header = (*made)->file.data();
    write_seal(header, Digest{});
    write_start(header, 1, 0);
    end.index = 1;
    end.offset = kHeaderBytes;
    if (config.durability == Durability::kMachine)
      if (const int code = core.files.sync_data((*made)->file.fd()); code < 0)
        return storage_error("fdatasync", folder, code);
    core.mapped.push_back(std::move(*made));
  } else if (auto continued = core.continue_segment(end); !continued) {
    return std::move(continued).error();
  }
  JournalSegment& segment = *core.mapped.back();
  core.repair = std::move(end.repair);
  core.current_index.store(end.index);
  core.next_index = end.index + 1;
  core.next_to_seal.store(core.first_unsealed(end.index));
  core.committed_seq.store(end.last_seq);
  core.durable_seq.store(end.last_seq);
  journal.last_seq_ = end.last_seq;
  journal.enter(segment, end.offset);
  const auto check = check_header(segment.file.span(), end.index);
  if (check.durability() == Durability::kMachine) {
    // Both marks, so that none is left from what was cut.
    write_mark(segment.file.data(), core.mark_turn++, end.last_seq);
    write_mark(segment.file.data(), core.mark_turn++, end.last_seq);
  }
  // What a segment survives is said in its header: another durability begins another segment.
  if (check.durability() != config.durability && !journal.roll())
    return std::move(journal.core().first_failure).error();
  return journal;
}

Result<Journal> Journal::create(const std::string& folder, const JournalConfig& config) {
  return start(folder, config, true);
}
Result<Journal> Journal::open(const std::string& folder, const JournalConfig& config) {
  return start(folder, config, false);
}

bool journal_exists(const std::string& folder) {
  const auto listing = list_folder(folder);
  return listing.ok() && !listing->segments.empty();
}

Status remove_journal(const std::string& folder) {
  auto before = list_folder(folder);
  if (!before) return std::move(before).error();
  if (!before->exists) return {};
  Journal::Core core{folder, {}};
  if (auto locked = core.take_lock(); !locked) return locked;
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  // The lock goes last, the newest segment first: what is left of an interrupted removal is whole.
  std::vector<std::string> names = std::move(listing->spares);
  for (const auto& file : listing->snapshots) names.push_back(file.name);
  for (auto at = listing->segments.rbegin(); at != listing->segments.rend(); ++at)
    names.push_back(at->name);
  for (const auto& name : listing->rest)
    if (name != "lock") names.push_back(name);
  names.emplace_back("lock");
  for (const auto& name : names) {
    const auto path = join(folder, name);
    if (const int code = core.files.remove(path.c_str()); code < 0)
      return storage_error("remove", path, code);
  }
  const int code = core.files.remove(folder.c_str());
  if (code < 0 && code != -ENOTEMPTY && code != -EEXIST)
    return storage_error("remove", folder, code);
  return {};
}

}  // namespace keel
