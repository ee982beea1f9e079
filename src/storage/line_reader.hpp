// LineReader: a file's lines, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/result.hpp>

#include "byte_source.hpp"

namespace keel::storage {

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
