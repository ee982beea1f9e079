// DbnStream: the records of a DBN file, one after the other, with their place for messages. The
// layouts are those of Databento's published encoding: little-endian, packed, no padding but what
// is named.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <keel/storage/dbn.hpp>

#include "byte_source.hpp"

namespace keel::storage {

inline constexpr std::int64_t kDbnNoPrice = INT64_MAX;
inline constexpr std::uint64_t kDbnNoTime = UINT64_MAX;

// A number at a byte of a record; the caller knows that the record is that long.
template <class T>
[[nodiscard]] T dbn_get(const unsigned char* record, std::size_t at) {
  T value;
  std::memcpy(&value, record + at, sizeof value);
  return value;
}
// Text up to its zero, in a field of `size` bytes.
[[nodiscard]] inline std::string_view dbn_text(const unsigned char* record, std::size_t at,
                                               std::size_t size) {
  const auto* text = reinterpret_cast<const char*>(record + at);
  std::size_t length = 0;
  while (length < size && text[length] != '\0') ++length;
  return {text, length};
}

class DbnStream {
 public:
  // The header and the metadata, or none where `fragment_version` is given. Errors: see dbn.hpp.
  Status open(const std::string& path, int fragment_version);
  [[nodiscard]] const DbnMetadata& metadata() const { return metadata_; }
  [[nodiscard]] int version() const { return metadata_.version; }

  // The next record, whole, valid until the next call; nullptr at the end.
  Result<const unsigned char*> next();
  // Of the record given last.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::uint64_t offset() const { return record_at_; }

  // About the record given last.
  [[nodiscard]] Error bad(std::string field, std::string value, std::string rule) const;

 private:
  // At least `count` bytes behind at_; false at the end of the bytes.
  bool want(std::size_t count);
  [[nodiscard]] Error error(ErrorCode code, std::string field, std::string value,
                            std::string rule) const;
  Error broken(const char* field);
  Status read_metadata();
  Status parse_metadata(const std::vector<unsigned char>& bytes);

  ByteSource source_;
  std::vector<unsigned char> buffer_;
  std::size_t at_ = 0, end_ = 0, size_ = 0;
  std::uint64_t base_ = 0;  // of buffer_ in the unpacked stream
  std::uint64_t record_at_ = 0;
  DbnMetadata metadata_;
};

}  // namespace keel::storage
