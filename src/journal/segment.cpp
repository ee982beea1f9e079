#include "segment.hpp"

#include <algorithm>
#include <cstddef>

#include <keel/model/record.hpp>

#include "record_shape.hpp"

namespace keel::journal_detail {

using namespace journal_format;

namespace {

constexpr std::size_t kStartAt = offsetof(Header, start);
constexpr std::size_t kSealAt = offsetof(Header, seal);
constexpr std::size_t kMarksAt = offsetof(Header, marks);

template <class T>
std::uint32_t crc_of(const T& block, std::size_t bytes, std::uint32_t seed = 0) {
  return crc32c({reinterpret_cast<const std::byte*>(&block), bytes}, seed);
}
std::uint32_t start_crc(const Start& start, std::uint32_t salt) {
  return crc_of(start, offsetof(Start, crc), salt);
}
std::uint32_t seal_crc(const Seal& seal, std::uint32_t salt) {
  return crc_of(seal, offsetof(Seal, crc), salt);
}
std::uint32_t mark_crc(const Mark& mark, std::uint32_t salt) {
  return crc_of(mark, offsetof(Mark, crc), salt);
}

std::uint32_t salt_of(const std::byte* segment) {
  std::uint32_t salt;
  std::memcpy(&salt, segment + offsetof(Identity, crc), sizeof salt);
  return salt;
}

// A block of 64 bytes whose last word appears last, so that a reader meets all of it or none.
template <class Block>
void release_block(std::byte* at, const Block& block) {
  constexpr std::size_t kBody = sizeof(Block) - 8;
  std::memcpy(at, &block, kBody);
  std::uint64_t word;
  std::memcpy(&word, reinterpret_cast<const std::byte*>(&block) + kBody, sizeof word);
  release_word(at + kBody, word);
}

HeaderCheck bad(const char* what, bool newer = false) {
  HeaderCheck check;
  check.what = what;
  check.newer = newer;
  return check;
}

}  // namespace

void write_identity(std::byte* segment, std::uint64_t index, std::uint64_t bytes,
                    std::uint32_t engine, std::uint32_t run, Durability durability) {
  Identity identity{};
  std::memcpy(identity.magic, kMagic, sizeof kMagic);
  identity.version = kVersion;
  identity.engine = engine;
  identity.run = run;
  identity.durability = static_cast<std::uint32_t>(durability);
  identity.index = index;
  identity.segment_bytes = bytes;
  identity.crc = crc_of(identity, offsetof(Identity, crc));
  std::memcpy(segment, &identity, sizeof identity);
}

void write_start(std::byte* segment, std::uint64_t first_seq, std::uint64_t previous_end) {
  Start start{};
  start.first_seq = first_seq;
  start.previous_end = previous_end;
  start.begun = 1;
  start.crc = start_crc(start, salt_of(segment));
  release_block(segment + kStartAt, start);
}

void write_seal(std::byte* segment, const Digest& previous) {
  Seal seal{};
  seal.previous = previous;
  seal.sealed = 1;
  seal.crc = seal_crc(seal, salt_of(segment));
  release_block(segment + kSealAt, seal);
}

void write_mark(std::byte* segment, std::uint64_t turn, std::uint64_t durable_seq) {
  Mark mark{};
  mark.durable_seq = durable_seq;
  mark.crc = mark_crc(mark, salt_of(segment));
  release_block(segment + kMarksAt + (turn % 2) * sizeof(Mark), mark);
}

HeaderCheck check_header(Bytes segment, std::uint64_t index) {
  if (segment.size() < kHeaderBytes) return bad("the file is shorter than its header");
  // The start block is asked for before the rest is copied: once it is there, all of it is.
  const bool begun = acquire_word(segment.data() + kSealAt - 8) != 0;
  HeaderCheck check;
  std::memcpy(&check.header, segment.data(), sizeof check.header);
  const Identity& identity = check.header.identity;
  if (std::memcmp(identity.magic, kMagic, sizeof kMagic) != 0)
    return bad("the file does not begin as a journal segment");
  if (identity.version > kVersion) return bad("the format is newer than this program", true);
  if (identity.crc != crc_of(identity, offsetof(Identity, crc)))
    return bad("the header's checksum differs");
  if (identity.version == 0 || identity.index != index)
    return bad("the header names another segment than the file's name");
  if (identity.segment_bytes < kSegmentBytesMin || identity.segment_bytes > kSegmentBytesMax ||
      identity.segment_bytes % kHeaderBytes != 0 || identity.durability < 1 ||
      identity.durability > 2)
    return bad("the header's values are not possible");
  check.state = HeaderState::kPrepared;
  if (!begun) return check;
  const Start& start = check.header.start;
  if (start.begun != 1 || start.crc != start_crc(start, identity.crc) || start.first_seq == 0)
    return bad("the start block's checksum differs");
  check.state = HeaderState::kBegun;
  return check;
}

std::optional<Digest> sealed_previous(const Header& header) {
  if (header.seal.sealed != 1 || header.seal.crc != seal_crc(header.seal, header.identity.crc))
    return std::nullopt;
  return header.seal.previous;
}

std::uint64_t durable_mark(const Header& header) {
  std::uint64_t seq = 0;
  for (const Mark& mark : header.marks)
    if (mark.crc == mark_crc(mark, header.identity.crc)) seq = std::max(seq, mark.durable_seq);
  return seq;
}

FrameCheck check_frame(Bytes segment, std::size_t offset, std::uint32_t salt,
                       std::uint64_t last_seq, FrameCopy& copy) {
  FrameCheck check;
  if (offset + 8 > segment.size()) return check;
  const std::uint64_t word = acquire_word(segment.data() + offset);
  if (word == 0) return check;
  const auto fault = [&check](FrameState state, const char* what, bool newer = false) {
    check.state = state;
    check.what = what;
    check.newer = newer;
    return check;
  };
  check.length = static_cast<std::uint32_t>(word);
  const std::size_t room = segment.size() - offset;
  if (check.length < sizeof(RecordHeader) || check.length % 8 != 0)
    return fault(FrameState::kTorn, "the length is not possible");
  if (room < kFrameBytes || check.length > room - kFrameBytes)
    return fault(FrameState::kTorn, "it runs past the end of the file");
  const std::size_t bytes = kFrameBytes + check.length;
  if (copy.size() * 8 < bytes) copy.resize(bytes / 8);
  std::memcpy(copy.data(), segment.data() + offset, bytes);
  const auto* frame = reinterpret_cast<const std::byte*>(copy.data());
  if (frame_crc(frame, check.length, salt) != static_cast<std::uint32_t>(word >> 32))
    return fault(FrameState::kTorn, "the checksum differs");
  check.first_seq = copy[1];

  const std::byte* at = frame + kFrameBytes;
  const std::byte* end = at + check.length;
  std::uint64_t seq = last_seq;
  while (at != end) {
    const auto record = record_fault(at, static_cast<std::size_t>(end - at));
    if (record.what != nullptr) return fault(FrameState::kInvalid, record.what, record.newer);
    const auto& header = *reinterpret_cast<const RecordHeader*>(at);
    if (header.seq <= seq) return fault(FrameState::kInvalid, "the sequence does not grow");
    if (at == frame + kFrameBytes && header.seq != check.first_seq)
      return fault(FrameState::kInvalid, "its first record has another sequence number");
    seq = header.seq;
    at += header.size;
  }
  check.last_seq = seq;
  check.state = FrameState::kCommitted;
  return check;
}

bool finds_committed(Bytes segment, std::size_t offset, std::uint32_t salt,
                     std::uint64_t last_seq) {
  constexpr std::size_t kSmallest = kFrameBytes + sizeof(RecordHeader);
  std::uint64_t work_left = 4 * std::uint64_t{segment.size()};
  for (; offset + kSmallest <= segment.size(); offset += 8) {
    const std::byte* frame = segment.data() + offset;
    const std::uint64_t word = acquire_word(frame);
    if (word == 0) continue;
    const auto length = static_cast<std::uint32_t>(word);
    if (length < sizeof(RecordHeader) || length % 8 != 0 ||
        length > segment.size() - offset - kFrameBytes)
      continue;
    std::uint64_t first_seq;
    std::memcpy(&first_seq, frame + 8, 8);
    RecordHeader header;
    std::memcpy(&header, frame + kFrameBytes, sizeof header);
    if (first_seq <= last_seq || header.seq != first_seq || header.size < sizeof(RecordHeader) ||
        header.size > length)
      continue;
    if (length > work_left) return true;
    work_left -= length;
    if (frame_crc(frame, length, salt) == static_cast<std::uint32_t>(word >> 32)) return true;
  }
  return false;
}

}  // namespace keel::journal_detail
