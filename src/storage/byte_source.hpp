// ByteSource: a file's bytes, unpacked where they are gzip or zstd.
#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <keel/core/result.hpp>

struct z_stream_s;
struct ZSTD_DCtx_s;

namespace keel::storage {

class ByteSource {
 public:
  ByteSource() = default;
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Errors: storage.file_missing, storage.read_failed.
  Status open(const std::string& path);
  // Up to `size` bytes; 0 at the end. A failure is kept in `failure()`, and ends the bytes.
  std::size_t read(char* to, std::size_t size);
  // storage.read_failed, storage.truncated_gzip, storage.bad_gzip, storage.truncated_zstd,
  // storage.bad_zstd.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::size_t inflate_some(char* to, std::size_t size);
  std::size_t unpack_some(char* to, std::size_t size);
  bool refill();
  void fail(ErrorCode code, std::string value, std::string rule);

  std::string path_;
  std::FILE* file_ = nullptr;
  z_stream_s* zip_ = nullptr;      // null: not gzip
  ZSTD_DCtx_s* packed_ = nullptr;  // null: not zstd
  std::vector<unsigned char> in_;
  std::size_t at_ = 0, end_ = 0;  // of in_
  bool file_ended_ = false, member_ended_ = false, done_ = false;
  std::optional<Error> failure_;
};

}  // namespace keel::storage
