// The journal's bytes on disk (docs/journal.md has the drawing). Little-endian, as in memory.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <keel/core/hash.hpp>

namespace keel {

// How much a committed transaction survives.
enum class Durability : std::uint8_t {
  kOff = 0,      // nothing: no file is made; for backtests
  kProcess = 1,  // the end of the process, kill -9 too: committed is durable
  kMachine = 2,  // loss of power: durable once sync() has returned for it
};

}  // namespace keel

namespace keel::journal_format {

static_assert(std::endian::native == std::endian::little, "records are written as they lie");

inline constexpr char kMagic[8] = {'k', 'e', 'e', 'l', 'j', 'r', 'n', 'l'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 4096;  // before a segment's first transaction
inline constexpr std::size_t kFrameBytes = 16;     // before a transaction's first record
inline constexpr std::uint64_t kSegmentBytesMin = std::uint64_t{64} * 1024;
inline constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{1} << 30;

// Written when the file is prepared; the crc is also the salt of every transaction in the segment,
// so that bytes left over from a recycled file's former life never pass for new ones.
struct Identity {
  char magic[8];
  std::uint32_t version;
  std::uint32_t engine;
  std::uint32_t run;  // that prepared it
  std::uint32_t durability;
  std::uint64_t index;          // 1, 2, 3, ... without a gap
  std::uint64_t segment_bytes;  // size of the file
  std::uint64_t reserved[2];
  std::uint32_t zero;
  std::uint32_t crc;  // of the bytes before
};

// Written when the segment takes over from the one before; until then the segment is only prepared.
struct Start {
  std::uint64_t first_seq;     // no transaction here is before it: one past the segment before
  std::uint64_t previous_end;  // where that segment's transactions end, bytes; 0 in the first
  std::uint64_t reserved[5];
  std::uint32_t begun;  // 1; released last, with the crc
  std::uint32_t crc;    // of the bytes before, seeded with the salt
};

// Written once the segment before is complete and hashed (maintain()).
struct Seal {
  Digest previous;  // seal_digest() of the segment before; zeros in the first
  std::uint64_t reserved[3];
  std::uint32_t sealed;  // 1; released last, with the crc
  std::uint32_t crc;
};

// What is known to be on disk (Durability::kMachine). Two, written in turn.
struct Mark {
  std::uint64_t durable_seq;
  std::uint32_t zero;
  std::uint32_t crc;  // of the bytes before, seeded with the salt
};

struct Header {
  Identity identity;
  Start start;
  Seal seal;
  Mark marks[2];
};
static_assert(sizeof(Identity) == 64 && sizeof(Start) == 64 && sizeof(Seal) == 64);
static_assert(std::has_unique_object_representations_v<Header> && sizeof(Header) <= kHeaderBytes);

// Before a transaction's records. The first 8 bytes are released last, in one store; zero: nothing
// is committed here.
struct Frame {
  std::uint32_t length;     // bytes of records that follow, a multiple of 8
  std::uint32_t crc;        // frame_crc()
  std::uint64_t first_seq;  // of the first record
};
static_assert(sizeof(Frame) == kFrameBytes);

// Over first_seq and the records; `frame` is 8-byte aligned.
[[nodiscard]] inline std::uint32_t frame_crc(const std::byte* frame, std::uint32_t length,
                                             std::uint32_t salt) {
  return crc32c({frame + 8, length + std::size_t{8}}, salt ^ length);
}

// While a transaction is open: over its first record, in the place of first_seq. With it the record
// is known to be whole, though the transaction is not. `record` is 8-byte aligned.
[[nodiscard]] inline std::uint64_t input_mark(const std::byte* record, std::uint32_t bytes,
                                              std::uint32_t salt) {
  const std::uint32_t crc = crc32c({record, bytes}, ~salt ^ bytes);
  return (static_cast<std::uint64_t>(crc) << 32) | bytes | 1u;  // 1: it is no length
}

inline void release_word(std::byte* at, std::uint64_t word) {
  std::atomic_ref{*reinterpret_cast<std::uint64_t*>(at)}.store(word, std::memory_order_release);
}
[[nodiscard]] inline std::uint64_t acquire_word(const std::byte* at) {
  auto* word = const_cast<std::uint64_t*>(reinterpret_cast<const std::uint64_t*>(at));
  return std::atomic_ref{*word}.load(std::memory_order_acquire);
}

}  // namespace keel::journal_format
