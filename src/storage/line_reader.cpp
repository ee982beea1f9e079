#include "line_reader.hpp"

#include <cstring>

#include <keel/storage/errors.hpp>

namespace keel::storage {

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

}  // namespace

LineReader::LineReader(std::size_t max_line_bytes)
    : buffer_(kChunk + max_line_bytes + 2), max_line_(max_line_bytes) {}

// More bytes behind those that are left, which move to the front; false at the end.
bool LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= at_;
  at_ = 0;
  const std::size_t count = source_.read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += count;
  ended_ = count == 0;
  return count > 0;
}

LineReader::Outcome LineReader::next(std::string_view& line) {
  std::size_t seen = 0;  // bytes already searched
  bool too_long = false;
  for (;;) {
    const char* from = buffer_.data() + at_;
    const auto* feed = static_cast<const char*>(std::memchr(from + seen, '\n', end_ - at_ - seen));
    if (feed == nullptr && !ended_) {
      seen = end_ - at_;
      if (seen > max_line_ + 1) {  // with its carriage return
        too_long = true;
        at_ = end_;
        seen = 0;
      }
      fill();
      continue;
    }
    const bool last = feed == nullptr;
    std::size_t size = last ? end_ - at_ : static_cast<std::size_t>(feed - from);
    // What is left when the bytes broke off is not a line.
    if (last && ((size == 0 && !too_long) || source_.failure())) return Outcome::kEnd;
    from = buffer_.data() + at_;
    at_ += size + (last ? 0 : 1);
    if (size > 0 && from[size - 1] == '\r') --size;
    ++number_;
    if (too_long || size > max_line_) return Outcome::kTooLong;
    line = {from, size};
    if (number_ == 1 && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
    return Outcome::kLine;
  }
}

}  // namespace keel::storage
