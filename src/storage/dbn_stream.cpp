#include "dbn_stream.hpp"

#include <algorithm>

namespace keel {

namespace storage {

namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::size_t kMetadataMax = std::size_t{64} << 20;
constexpr std::size_t kFixedMetadata = 100;

// Walks over the metadata; past its end it says so, and gives zeros.
class Cursor {
 public:
  Cursor(const std::vector<unsigned char>& bytes, std::size_t at) : bytes_(bytes), at_(at) {}
  template <class T>
  T number() {
    if (!has(sizeof(T))) return T{};
    at_ += sizeof(T);
    return dbn_get<T>(bytes_.data(), at_ - sizeof(T));
  }
  std::string text(std::size_t size) {
    if (!has(size)) return {};
    at_ += size;
    return std::string{dbn_text(bytes_.data(), at_ - size, size)};
  }
  // A count of things of at least `each` bytes.
  std::size_t count(std::size_t each) {
    const auto count = number<std::uint32_t>();
    return has(std::size_t{count} * each) ? count : 0;
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  bool has(std::size_t size) {
    ok_ = ok_ && size <= bytes_.size() - at_;
    return ok_;
  }
  const std::vector<unsigned char>& bytes_;
  std::size_t at_;
  bool ok_ = true;
};

bool date_of(std::uint32_t yyyymmdd, CivilDate& date) {
  date = {static_cast<std::int32_t>(yyyymmdd / 10'000),
          static_cast<std::uint8_t>(yyyymmdd / 100 % 100),
          static_cast<std::uint8_t>(yyyymmdd % 100)};
  return date.year >= 1678 && date.year <= 2261 && civil_from_days(days_from_civil(date)) == date;
}

}  // namespace

bool DbnStream::want(std::size_t count) {
  if (end_ - at_ >= count) return true;
  std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  base_ += at_;
  end_ -= at_;
  at_ = 0;
  if (buffer_.size() < count) buffer_.resize(count);
  while (end_ < count) {
    const std::size_t got =
        source_.read(reinterpret_cast<char*>(buffer_.data()) + end_, buffer_.size() - end_);
    if (got == 0) return false;
    end_ += got;
  }
  return true;
}

Error DbnStream::error(ErrorCode code, std::string field, std::string value,
                       std::string rule) const {
  return {code, std::move(field), std::move(value), std::move(rule),
          source_.path() + ": byte " + std::to_string(record_at_)};
}

Error DbnStream::bad(std::string field, std::string value, std::string rule) const {
  return error(storage_errors::kBadDbn, std::move(field), std::move(value), std::move(rule));
}

// The bytes ended inside something: because the packing did, or the file.
Error DbnStream::broken(const char* field) {
  record_at_ = base_ + at_;
  if (source_.failure()) return *source_.failure();
  return error(storage_errors::kTruncatedDbn, field, "end of file", "whole records");
}

Status DbnStream::open(const std::string& path, int fragment_version) {
  if (Status status = source_.open(path); !status.ok()) return status;
  buffer_.resize(kChunk);
  metadata_.version = fragment_version;
  return fragment_version != 0 ? Status{} : read_metadata();
}

Status DbnStream::read_metadata() {
  if (!want(8)) return broken("header");
  if (std::memcmp(buffer_.data(), "DBN", 3) != 0) {
    return bad("header", std::to_string(dbn_get<std::uint32_t>(buffer_.data(), 0)),
               "DBN; a file of records alone needs fragment_version, and DBZ is not read");
  }
  metadata_.version = buffer_[3];
  if (metadata_.version < 1 || metadata_.version > 3) {
    return error(storage_errors::kDbnVersion, "version", std::to_string(metadata_.version),
                 "1 to 3");
  }
  const std::size_t size = dbn_get<std::uint32_t>(buffer_.data(), 4);
  at_ += 8;
  record_at_ = 8;
  if (size < kFixedMetadata || size > kMetadataMax)
    return bad("metadata.length", std::to_string(size), "100 to 64 MiB");
  // In steps, so that a length that is not true does not cost its memory.
  std::vector<unsigned char> bytes;
  while (bytes.size() < size) {
    const std::size_t step = std::min(size - bytes.size(), kChunk);
    if (!want(step)) return broken("metadata");
    bytes.insert(bytes.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
                 buffer_.begin() + static_cast<std::ptrdiff_t>(at_ + step));
    at_ += step;
  }
  return parse_metadata(bytes);
}

Status DbnStream::parse_metadata(const std::vector<unsigned char>& bytes) {
  Cursor fixed{bytes, 0};
  DbnMetadata& to = metadata_;
  to.dataset = fixed.text(16);
  if (const auto schema = fixed.number<std::uint16_t>(); schema != UINT16_MAX) to.schema = schema;
  const auto start = fixed.number<std::uint64_t>(), end = fixed.number<std::uint64_t>();
  if (start > INT64_MAX) return bad("metadata.start", std::to_string(start), "a time");
  to.start = Timestamp{static_cast<std::int64_t>(start)};
  if (end != 0 && end <= INT64_MAX) to.end = Timestamp{static_cast<std::int64_t>(end)};
  to.limit = fixed.number<std::uint64_t>();
  if (to.version == 1) fixed.number<std::uint64_t>();  // a count of records, no longer kept
  if (const auto stype = fixed.number<std::uint8_t>(); stype != UINT8_MAX) to.stype_in = stype;
  to.stype_out = fixed.number<std::uint8_t>();
  to.has_ts_out = fixed.number<std::uint8_t>() != 0;
  const std::size_t text = to.version == 1 ? 22 : fixed.number<std::uint16_t>();
  if (text < 2 || text > 1'024)
    return bad("metadata.symbol_cstr_len", std::to_string(text), "2 to 1024");

  Cursor cursor{bytes, kFixedMetadata};
  if (const auto schema = cursor.number<std::uint32_t>(); schema != 0)
    return bad("metadata.schema_definition_length", std::to_string(schema), "0");
  for (auto* list : {&to.symbols, &to.partial, &to.not_found}) {
    list->resize(cursor.count(text));
    for (auto& one : *list) one = cursor.text(text);
  }
  to.mappings.resize(cursor.count(text + 4));
  for (DbnMapping& mapping : to.mappings) {
    mapping.raw_symbol = cursor.text(text);
    mapping.intervals.resize(cursor.count(text + 8));
    for (DbnInterval& interval : mapping.intervals) {
      const auto first = cursor.number<std::uint32_t>(), last = cursor.number<std::uint32_t>();
      interval.symbol = cursor.text(text);
      if (!date_of(first, interval.start) || !date_of(last, interval.end))
        return bad("metadata.mappings", std::to_string(first) + " to " + std::to_string(last),
                   "days as yyyymmdd");
    }
  }
  if (!cursor.ok())
    return bad("metadata.length", std::to_string(bytes.size()), "as long as the lists in it say");
  return {};
}

Result<const unsigned char*> DbnStream::next() {
  at_ += size_;
  size_ = 0;
  if (!want(1)) {
    record_at_ = base_ + at_;
    if (source_.failure()) return *source_.failure();
    return static_cast<const unsigned char*>(nullptr);
  }
  record_at_ = base_ + at_;
  const std::size_t size = std::size_t{buffer_[at_]} * 4;
  if (size < 16) return bad("length", std::to_string(size), "at least 16 bytes");
  if (!want(size)) return broken("record");
  size_ = size;
  return static_cast<const unsigned char*>(buffer_.data() + at_);
}

}  // namespace storage

Result<DbnMetadata> read_dbn_metadata(const std::string& path) {
  storage::DbnStream stream;
  if (Status status = stream.open(path, 0); !status.ok()) return std::move(status).error();
  return stream.metadata();
}

}  // namespace keel
