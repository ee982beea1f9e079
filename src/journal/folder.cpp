#include "folder.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace keel::journal_detail {

namespace {

constexpr std::string_view kSuffix = ".keel";
constexpr std::string_view kTemporary = ".tmp";

std::optional<std::uint64_t> number_in(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  name.remove_suffix(std::min(name.size(), kSuffix.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return number;
}

// Only names that keel itself would have made; anything else in the folder is none of our business.
void sort_in(Listing& listing, const std::string& name) {
  if (const auto index = number_in(name, "segment-"); index && segment_name(*index) == name)
    listing.segments.push_back({*index, name});
  else if (const auto seq = number_in(name, "snapshot-"); seq && snapshot_name(*seq) == name)
    listing.snapshots.push_back({*seq, name});
  else if (number_in(name, "spare-"))
    listing.spares.push_back(name);
  else if (name == "run")
    listing.has_run = true, listing.rest.push_back(name);
  else if (name == kInterruptedName)
    listing.has_interrupted = true, listing.rest.push_back(name);
  else if (name == "lock" || name == "run.lock" || number_in(name, "lost-") ||
           (name.ends_with(kTemporary) &&
            (name.starts_with("segment-") || name.starts_with("snapshot-") ||
             name.starts_with("interrupted") || name.starts_with("run"))))
    listing.rest.push_back(name);
}

}  // namespace

std::string segment_name(std::uint64_t index) { return fmt::format("segment-{:010}.keel", index); }
std::string snapshot_name(std::uint64_t seq) { return fmt::format("snapshot-{:020}.keel", seq); }

std::string join(const std::string& folder, std::string_view name) {
  return fmt::format("{}/{}", folder, name);
}

Error storage_error(std::string_view call, const std::string& path, int code) {
  return Error{journal_errors::kStorage, std::string{call},
               std::error_code{-code, std::generic_category()}.message(),
               "the operating system refused", path};
}

Result<Listing> list_folder(const std::string& folder) {
  Listing listing;
  DIR* handle = ::opendir(folder.c_str());
  if (handle == nullptr) {
    if (errno == ENOENT) return listing;
    return storage_error("opendir", folder, -errno);
  }
  listing.exists = true;
  for (errno = 0;; errno = 0) {
    const dirent* entry = ::readdir(handle);
    if (entry == nullptr) break;
    sort_in(listing, entry->d_name);
  }
  const int code = -errno;
  ::closedir(handle);
  if (code != 0) return storage_error("readdir", folder, code);
  const auto by_number = [](const NumberedFile& a, const NumberedFile& b) {
    return a.number < b.number;
  };
  std::sort(listing.segments.begin(), listing.segments.end(), by_number);
  std::sort(listing.snapshots.begin(), listing.snapshots.end(), by_number);
  std::sort(listing.spares.begin(), listing.spares.end());
  return listing;
}

File::~File() {
  if (at_ != nullptr) files_->unmap(at_, bytes_);
  if (fd_ >= 0) files_->close(fd_);
}

void File::swap(File& other) noexcept {
  std::swap(files_, other.files_);
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(at_, other.at_);
  std::swap(bytes_, other.bytes_);
}

Result<File> File::open(FileOps& files, const std::string& path, int flags) {
  const int fd = files.open(path.c_str(), flags, 0666);
  if (fd < 0) return storage_error("open", path, fd);
  File file;
  file.files_ = &files;
  file.path_ = path;
  file.fd_ = fd;
  return file;
}

Status File::map(std::size_t bytes, bool writable) {
  if (const int code = files_->map(fd_, bytes, writable, at_); code < 0)
    return storage_error("mmap", path_, code);
  bytes_ = bytes;
  return {};
}

Result<File> File::map_whole(FileOps& files, const std::string& path, std::size_t bytes_max) {
  auto file = open(files, path, O_RDONLY);
  if (!file) return file;
  const auto size = files.size(file->fd());
  if (size < 0) return storage_error("fstat", path, static_cast<int>(size));
  if (size == 0) return file;
  auto mapped = file->map(std::min(static_cast<std::size_t>(size), bytes_max), false);
  if (!mapped) return std::move(mapped).error();
  return file;
}

Status write_atomically(FileOps& files, const std::string& folder, std::string_view name,
                        std::span<const std::span<const std::byte>> parts) {
  const auto path = join(folder, name);
  const auto temporary = path + std::string{kTemporary};
  {
    auto file = File::open(files, temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return std::move(file).error();
    int code = 0;
    for (const auto part : parts)
      if (code == 0) code = files.write_all(file->fd(), part.data(), part.size());
    std::string_view call = "write";
    if (code == 0) call = "fsync", code = files.sync_all(file->fd());
    if (code < 0) {
      files.remove(temporary.c_str());
      return storage_error(call, temporary, code);
    }
  }
  if (const int code = files.rename(temporary.c_str(), path.c_str()); code < 0) {
    files.remove(temporary.c_str());
    return storage_error("rename", path, code);
  }
  if (const int code = files.sync_folder(folder.c_str()); code < 0)
    return storage_error("fsync", folder, code);
  return {};
}

Result<std::optional<std::vector<std::byte>>> read_file(FileOps& files, const std::string& path,
                                                        std::uint64_t bytes_max) {
  using Content = std::optional<std::vector<std::byte>>;
  const int fd = files.open(path.c_str(), O_RDONLY, 0);
  if (fd == -ENOENT) return Content{};
  if (fd < 0) return storage_error("open", path, fd);
  std::vector<std::byte> content;
  std::int64_t count = files.size(fd);
  if (count >= 0) {
    content.resize(static_cast<std::size_t>(
        std::min<std::uint64_t>(static_cast<std::uint64_t>(count), bytes_max)));
    std::size_t at = 0;
    while (at < content.size()) {
      count = files.read(fd, content.data() + at, content.size() - at);
      if (count <= 0) break;
      at += static_cast<std::size_t>(count);
    }
    content.resize(at);
  }
  files.close(fd);
  if (count < 0) return storage_error("read", path, static_cast<int>(count));
  return Content{std::move(content)};
}

Status make_folder(FileOps& files, const std::string& folder) {
  const int code = files.make_folder(folder.c_str());
  if (code < 0 && code != -EEXIST) return storage_error("mkdir", folder, code);
  return {};
}

}  // namespace keel::journal_detail
