// What the host's executor does for the writer: the next segment, seals, syncs, retention.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <keel/journal/inspect.hpp>
#include <keel/journal/snapshot.hpp>

#include "writer_core.hpp"

namespace keel {

using namespace journal_detail;
using journal_format::kHeaderBytes;

void Journal::Core::fail(Error error) {
  const std::scoped_lock guard{list_mutex};
  if (first_failure.ok()) first_failure = std::move(error);
  failed.store(true, std::memory_order_release);
}

Status Journal::Core::failure() const {
  const std::scoped_lock guard{list_mutex};
  return first_failure;
}

// --- the next segment ---

// A retired file under its new name, or an error where there is none that can be used.
Result<File> Journal::Core::recycled_file(const std::string& path) {
  std::string spare;
  {
    const std::scoped_lock guard{list_mutex};
    if (!spares.empty()) spare = join(folder, spares.back()), spares.pop_back();
  }
  if (spare.empty()) return storage_error("open", path, -ENOENT);
  auto file = File::open(files, spare, O_RDWR);
  if (!file) return file;
  const auto bytes = static_cast<std::size_t>(config.segment_bytes);
  int code = files.size(file->fd()) == static_cast<std::int64_t>(bytes) ? 0 : -EINVAL;
  if (code == 0) code = files.rename(spare.c_str(), path.c_str());
  if (code < 0) {
    files.remove(spare.c_str());
    return storage_error("rename", spare, code);
  }
  return file;
}

Result<std::unique_ptr<JournalSegment>> Journal::Core::make_segment(std::uint64_t index) {
  const auto path = join(folder, segment_name(index));
  const auto temporary = path + ".tmp";
  const auto bytes = static_cast<std::size_t>(config.segment_bytes);
  auto file = recycled_file(temporary);
  const bool recycled = file.ok();
  if (!recycled) {
    file = File::open(files, temporary, O_RDWR | O_CREAT | O_TRUNC);
    if (!file) return std::move(file).error();
    if (const int code = files.allocate(file->fd(), bytes); code < 0) {
      files.remove(temporary.c_str());
      return storage_error("fallocate", path, code);
    }
  }
  std::string_view call = "pwrite";
  int code = files.zero(file->fd(), bytes);
  if (code == 0) {
    if (auto done = file->map(bytes, true); !done) {
      files.remove(temporary.c_str());
      return std::move(done).error();
    }
    call = "madvise", code = files.populate(file->data(), bytes);
  }
  if (code == 0) {
    write_identity(file->data(), index, bytes, config.engine, config.run, config.durability);
    if (config.durability == Durability::kMachine)
      call = "fsync", code = files.sync_all(file->fd());
  }
  if (code == 0) call = "rename", code = files.rename(temporary.c_str(), path.c_str());
  if (code == 0 && config.durability == Durability::kMachine)
    call = "fsync", code = files.sync_folder(folder.c_str());
  if (code < 0) {
    files.remove(temporary.c_str());
    return storage_error(call, path, code);
  }
  auto segment = std::make_unique<JournalSegment>();
  segment->index = index;
  segment->file = std::move(*file);
  segment->file.renamed(path);
  if (recycled) {
    const std::scoped_lock guard{list_mutex};
    ++stats.recycled;
  }
  return segment;
}

Status Journal::Core::prepare() {
  if (config.durability == Durability::kOff || prepared.load() != nullptr) return {};
  const std::scoped_lock guard{prepare_mutex};
  if (prepared.load() != nullptr) return {};
  auto made = make_segment(next_index);
  if (!made) return std::move(made).error();
  ++next_index;
  prepared.store(made->release());
  return {};
}

std::unique_ptr<JournalSegment> Journal::Core::take_prepared() {
  std::unique_ptr<JournalSegment> next{prepared.exchange(nullptr)};
  if (next != nullptr) return next;
  // Late: the executor has not come, or is at it just now (then the lock waits for it).
  {
    const std::scoped_lock guard{list_mutex};
    ++stats.late_prepares;
  }
  const std::scoped_lock guard{prepare_mutex};
  next.reset(prepared.exchange(nullptr));
  if (next != nullptr) return next;
  auto made = make_segment(next_index);
  if (!made) {
    fail(std::move(made).error());
    return nullptr;
  }
  ++next_index;
  return std::move(*made);
}

void Journal::Core::unmap_unused() {
  const std::scoped_lock no_sync{sync_mutex};
  std::vector<std::unique_ptr<JournalSegment>> gone;  // unmapped when the list is free again
  const std::uint64_t newest = current_index.load();
  const bool machine = config.durability == Durability::kMachine;
  const std::uint64_t released = released_seq.load(std::memory_order_acquire);
  const std::scoped_lock guard{list_mutex};
  // The one before the current stays: records of the open transaction may have been returned there.
  while (!mapped.empty() && mapped.front()->index + 1 < newest &&
         (!machine || (mapped.front()->synced && mapped.front()->last_seq <= released))) {
    gone.push_back(std::move(mapped.front()));
    mapped.erase(mapped.begin());
  }
}

// --- seals ---

Status Journal::Core::seal_one() {
  const std::scoped_lock guard{seal_mutex};
  if (!wants_seal()) return {};
  const std::uint64_t index = next_to_seal.load();
  auto file = File::open(files, join(folder, segment_name(index)), O_RDWR);
  if (!file) return std::move(file).error();
  if (auto done = file->map(kHeaderBytes, true); !done) return done;
  const auto check = check_header(file->span(), index);
  if (check.state == HeaderState::kBad)
    return Error{journal_errors::kCorrupt, "segment header", "", check.what, file->path()};
  auto before = File::map_whole(files, join(folder, segment_name(index - 1)),
                                static_cast<std::size_t>(check.header.start.previous_end));
  if (!before) return std::move(before).error();
  if (before->bytes() != check.header.start.previous_end)
    return Error{journal_errors::kCorrupt, "segment", "", "it is shorter than its successor says",
                 before->path()};
  write_seal(file->data(), segment_digest(before->span()));
  if (config.durability == Durability::kMachine)
    if (const int code = files.sync_data(file->fd()); code < 0)
      return storage_error("fdatasync", file->path(), code);
  next_to_seal.store(index + 1);
  return {};
}

// --- durability ---

Status Journal::Core::sync() {
  if (config.durability == Durability::kOff) return {};
  const std::scoped_lock guard{sync_mutex};
  if (failed.load()) return failure();
  const std::uint64_t seq = committed_seq.load(std::memory_order_acquire);
  const bool machine = config.durability == Durability::kMachine;
  if (machine && seq == durable_seq.load()) return {};
  struct Open {
    JournalSegment* segment;
    bool left;
  };
  std::vector<Open> open;
  {
    const std::scoped_lock short_guard{list_mutex};
    for (const auto& segment : mapped)
      if (!segment->synced) open.push_back({segment.get(), segment->left});
  }
  for (const auto& [segment, left] : open) {
    if (const int code = files.sync_data(segment->file.fd()); code < 0) {
      // Never tried again: after a failed sync the kernel may have dropped what it could not write.
      fail(storage_error("fdatasync", segment->file.path(), code));
      return failure();
    }
  }
  const std::scoped_lock short_guard{list_mutex};
  for (const auto& [segment, left] : open) segment->synced = left;
  ++stats.syncs;
  if (machine) {
    write_mark(open.back().segment->file.data(), mark_turn++, seq);
    durable_seq.store(seq, std::memory_order_release);
  }
  return {};
}

// --- retention ---

// Removes snapshots beyond the number to keep. The seq from which the journal must be complete, or
// none where no kept snapshot can be trusted.
std::optional<std::uint64_t> Journal::Core::oldest_kept_snapshot(
    std::vector<NumberedFile> snapshots) {
  const std::size_t keep = std::max<std::size_t>(1, config.keep_snapshots);
  while (snapshots.size() > keep) {
    files.remove(join(folder, snapshots.front().name).c_str());
    snapshots.erase(snapshots.begin());
  }
  if (snapshots.empty()) return std::nullopt;
  const auto seq = snapshots.front().number;
  auto found = latest_snapshot(folder, seq, &files);
  if (!found || !*found || (*found)->info.seq != seq) return std::nullopt;
  return seq;
}

std::size_t Journal::Core::spare_count() const {
  const std::scoped_lock guard{list_mutex};
  return spares.size();
}

Status Journal::Core::retire() {
  auto listing = list_folder(folder);
  if (!listing) return std::move(listing).error();
  const auto oldest = oldest_kept_snapshot(std::move(listing->snapshots));
  if (!config.keep_segments || !oldest) return {};
  unmap_unused();
  std::uint64_t first_mapped;
  {
    const std::scoped_lock guard{list_mutex};
    first_mapped = mapped.empty() ? 0 : mapped.front()->index;
  }
  const std::uint64_t keep = std::max<std::uint64_t>(1, *config.keep_segments);
  for (const auto& [index, name] : listing->segments) {
    if (index >= first_mapped || index + keep > current_index.load()) break;
    while (next_to_seal.load() <= index + 1)
      if (auto sealed = seal_one(); !sealed) return sealed;
    auto next = File::map_whole(files, join(folder, segment_name(index + 1)), kHeaderBytes);
    if (!next) return std::move(next).error();
    const auto check = check_header(next->span(), index + 1);
    if (check.state != HeaderState::kBegun || check.header.start.first_seq - 1 > *oldest) break;
    const auto path = join(folder, name);
    const auto spare = fmt::format("spare-{:010}.keel", index);
    const bool enough = spare_count() >= 2;
    const int code = enough ? files.remove(path.c_str())
                            : files.rename(path.c_str(), join(folder, spare).c_str());
    if (code < 0) return storage_error(enough ? "remove" : "rename", path, code);
    const std::scoped_lock guard{list_mutex};
    if (!enough) spares.push_back(spare);
  }
  return {};
}

}  // namespace keel
