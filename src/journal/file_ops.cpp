#include <keel/journal/file_ops.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace keel {

namespace {

int outcome(int result) { return result < 0 ? -errno : result; }

}  // namespace

int FileOps::open(const char* path, int flags, int mode) {
  return outcome(::open(path, flags | O_CLOEXEC, mode));
}

int FileOps::close(int fd) { return outcome(::close(fd)); }

std::int64_t FileOps::size(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) < 0) return -errno;
  return info.st_size;
}

std::int64_t FileOps::read(int fd, void* to, std::size_t bytes) {
  for (;;) {
    const auto count = ::read(fd, to, bytes);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

int FileOps::write_all(int fd, const void* from, std::size_t bytes) {
  const auto* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const auto count = ::write(fd, at, bytes);
    if (count < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    at += count;
    bytes -= static_cast<std::size_t>(count);
  }
  return 0;
}

int FileOps::allocate(int fd, std::uint64_t bytes) {
  return -::posix_fallocate(fd, 0, static_cast<off_t>(bytes));
}

// Not by fallocate: written in long runs the pages come into the cache as large ones, and
// populate() then costs a third.
int FileOps::zero(int fd, std::uint64_t bytes) {
  static constexpr char kZeros[256 * 1024] = {};
  std::uint64_t done = 0;
  while (done < bytes) {
    const auto count = ::pwrite(
        fd, kZeros, static_cast<std::size_t>(std::min<std::uint64_t>(sizeof kZeros, bytes - done)),
        static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? -errno : -ENOSPC;
    done += static_cast<std::uint64_t>(count);
  }
  return 0;
}

int FileOps::map(int fd, std::size_t bytes, bool writable, std::byte*& at) {
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  void* memory = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) return -errno;
  at = static_cast<std::byte*>(memory);
  return 0;
}

int FileOps::unmap(std::byte* at, std::size_t bytes) { return outcome(::munmap(at, bytes)); }

int FileOps::populate(std::byte* at, std::size_t bytes) {
#if defined(MADV_POPULATE_WRITE)
  if (::madvise(at, bytes, MADV_POPULATE_WRITE) == 0) return 0;
  if (errno != EINVAL) return -errno;
#endif
  // An older kernel: a write to each page that changes nothing.
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  for (std::size_t i = 0; i < bytes; i += page) {
    volatile auto* byte = reinterpret_cast<volatile unsigned char*>(at + i);
    *byte = *byte;
  }
  return 0;
}

int FileOps::sync_data(int fd) { return outcome(::fdatasync(fd)); }
int FileOps::sync_all(int fd) { return outcome(::fsync(fd)); }

int FileOps::sync_folder(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  const int result = outcome(::fsync(fd));
  ::close(fd);
  return result;
}

int FileOps::rename(const char* from, const char* to) { return outcome(std::rename(from, to)); }
int FileOps::remove(const char* path) { return outcome(std::remove(path)); }
int FileOps::make_folder(const char* path) { return outcome(::mkdir(path, 0777)); }
int FileOps::lock(int fd) { return outcome(::flock(fd, LOCK_EX | LOCK_NB)); }

FileOps& system_files() {
  static FileOps files;  // without state
  return files;
}

}  // namespace keel
