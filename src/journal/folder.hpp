// A journal's folder: names of files, what is there, and files held for a while.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>
#include <keel/journal/errors.hpp>
#include <keel/journal/file_ops.hpp>

namespace keel::journal_detail {

struct NumberedFile {
  std::uint64_t number;  // a segment's index, a snapshot's seq
  std::string name;
};

struct Listing {
  bool exists = false;                  // the folder
  std::vector<NumberedFile> segments;   // by number
  std::vector<NumberedFile> snapshots;  // by number
  std::vector<std::string> spares;      // retired segments, to be used again
  std::vector<std::string> rest;        // other files of ours: lock, run, half-made, set aside
  bool has_run = false;
  bool has_interrupted = false;
};

[[nodiscard]] Result<Listing> list_folder(const std::string& folder);

// Of the file that keeps an interrupted input.
inline constexpr std::string_view kInterruptedName = "interrupted.keel";
[[nodiscard]] std::string segment_name(std::uint64_t index);
[[nodiscard]] std::string snapshot_name(std::uint64_t seq);
[[nodiscard]] std::string join(const std::string& folder, std::string_view name);

// `code` is a negative errno.
[[nodiscard]] Error storage_error(std::string_view call, const std::string& path, int code);

// An open file, mapped or not; closes and unmaps.
class File {
 public:
  File() = default;
  File(File&& other) noexcept { swap(other); }
  File& operator=(File&& other) noexcept {
    File taken{static_cast<File&&>(other)};
    swap(taken);
    return *this;
  }
  ~File();

  [[nodiscard]] static Result<File> open(FileOps& files, const std::string& path, int flags);
  // The first `bytes` of the file, which must have them.
  [[nodiscard]] Status map(std::size_t bytes, bool writable);
  // The whole file for reading; an empty one gives an empty span. Not more than `bytes_max`.
  [[nodiscard]] static Result<File> map_whole(FileOps& files, const std::string& path,
                                              std::size_t bytes_max);

  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  void renamed(std::string path) { path_ = static_cast<std::string&&>(path); }
  [[nodiscard]] std::byte* data() const { return at_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::span<const std::byte> span() const { return {at_, bytes_}; }
  [[nodiscard]] FileOps& files() const { return *files_; }

 private:
  void swap(File& other) noexcept;

  FileOps* files_ = nullptr;
  std::string path_;
  int fd_ = -1;
  std::byte* at_ = nullptr;
  std::size_t bytes_ = 0;
};

// Writes `parts` one behind the other under a temporary name, syncs, renames, syncs the folder: the
// file is there as a whole or not at all, also after a loss of power.
[[nodiscard]] Status write_atomically(FileOps& files, const std::string& folder,
                                      std::string_view name,
                                      std::span<const std::span<const std::byte>> parts);

// The whole content. A file that is not there is an empty optional.
[[nodiscard]] Result<std::optional<std::vector<std::byte>>> read_file(FileOps& files,
                                                                      const std::string& path,
                                                                      std::uint64_t bytes_max);

[[nodiscard]] Status make_folder(FileOps& files, const std::string& folder);

}  // namespace keel::journal_detail
