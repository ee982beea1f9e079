// ByteSource: a file's bytes, inflated where it is gzip. LineReader: its lines, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>

struct z_stream_s;

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
  // storage.read_failed, storage.truncated_gzip, storage.bad_gzip.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  std::size_t inflate_some(char* to, std::size_t size);
  bool refill();
  void fail(ErrorCode code, std::string value, std::string rule);

  std::string path_;
  std::FILE* file_ = nullptr;
  z_stream_s* zip_ = nullptr;  // null: not compressed
  std::vector<unsigned char> in_;
  std::size_t at_ = 0, end_ = 0;  // of in_
  bool file_ended_ = false, member_ended_ = false, done_ = false;
  std::optional<Error> failure_;
};

class LineReader {
 public:
  enum class Outcome { kLine, kTooLong, kEnd };

  explicit LineReader(std::size_t max_line_bytes);
  Status open(const std::string& path) { return source_.open(path); }

  // The next line, without its end, valid until the next call. kTooLong: it was passed over. The
  // last line may lack a line feed, but not where the bytes broke off: then it is left out.
  Outcome next(std::string_view& line);
  // From 1, of the line given last.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] const std::optional<Error>& failure() const { return source_.failure(); }

 private:
  bool fill();

  ByteSource source_;
  std::vector<char> buffer_;
  std::size_t max_line_, at_ = 0, end_ = 0;
  std::uint64_t number_ = 0;
  bool ended_ = false;
};

}  // namespace keel::storage
