// A file that is written anew for each input, in memory where there is such a place.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace keel::fuzz {

inline void require(bool right) {
  if (!right) std::abort();
}

class File {
 public:
  File() {
    std::string name =
        std::filesystem::exists("/dev/shm") ? "/dev/shm/keel-fuzz-XXXXXX" : "keel-fuzz-XXXXXX";
    fd_ = ::mkstemp(name.data());
    require(fd_ >= 0);
    path_ = name;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  void write(const unsigned char* data, std::size_t size) {
    require(::ftruncate(fd_, 0) == 0);
    require(::pwrite(fd_, data, size, 0) == static_cast<ssize_t>(size));
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

}  // namespace keel::fuzz
