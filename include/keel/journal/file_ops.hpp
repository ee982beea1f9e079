// What the journal asks of the operating system. Tests and simulations override single calls to
// make storage fail; everybody else leaves it alone. None is called on the path of an input, except
// when a segment is full and no next one was prepared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace keel {

// Calls give 0 or a negative errno, or what their comment says. The base class is the real thing;
// it has no state, so one object may serve many threads.
class FileOps {
 public:
  virtual ~FileOps() = default;

  virtual int open(const char* path, int flags, int mode);  // a descriptor
  virtual int close(int fd);
  virtual std::int64_t size(int fd);                               // bytes
  virtual std::int64_t read(int fd, void* to, std::size_t bytes);  // bytes read, 0 at the end
  virtual int write_all(int fd, const void* from, std::size_t bytes);
  virtual int allocate(int fd,
                       std::uint64_t bytes);      // size and blocks, so that writing cannot fail
  virtual int zero(int fd, std::uint64_t bytes);  // overwrites the first `bytes`
  virtual int map(int fd, std::size_t bytes, bool writable, std::byte*& at);
  virtual int unmap(std::byte* at, std::size_t bytes);
  virtual int populate(std::byte* at, std::size_t bytes);  // takes the page faults of writing now
  virtual int sync_data(int fd);
  virtual int sync_all(int fd);
  virtual int sync_folder(const char* path);
  virtual int rename(const char* from, const char* to);
  virtual int remove(const char* path);
  virtual int make_folder(const char* path);
  virtual int lock(int fd);  // exclusive, without waiting: -EWOULDBLOCK where another has it
};

FileOps& system_files();

}  // namespace keel
