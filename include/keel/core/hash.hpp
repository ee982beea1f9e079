// Hashes over bytes; all give the same value on every machine and compiler.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <keel/core/int128.hpp>

namespace keel {

// CRC-32C (Castagnoli, RFC 3720 appendix B.4). Continues from `crc`; the processor's instruction is
// used where there is one, with the same result.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);
namespace detail {
// The path without the instruction, so that a test can compare the two.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t crc);
}  // namespace detail

// SHA-256 (FIPS 180-4): names content (models, snapshots, sealed segments).
using Digest = std::array<std::uint8_t, 32>;
[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);
[[nodiscard]] std::string hex_text(const Digest& digest);

// An order-dependent rolling 64-bit hash over records (sizes are multiples of 8 bytes), cheap
// enough to run after every event. Two runs that agree on it took the same decisions. Not for
// security.
class RollingHash {
 public:
  void add(const void* bytes, std::size_t size) {
    const auto* at = static_cast<const unsigned char*>(bytes);
    std::uint64_t state = state_ ^ (size * kFold);
    if (size >= 128) {  // four at a time: one after the other would wait for each product
      std::uint64_t lanes[4] = {state, state ^ kFirst, state ^ kSecond, state ^ kFold};
      for (; size >= 64; at += 64, size -= 64)
        for (std::size_t i = 0; i < 4; ++i) lanes[i] = step(lanes[i], at + 16 * i);
      state = mix(lanes[0] ^ kFirst, lanes[1]) ^ mix(lanes[2] ^ kSecond, lanes[3]);
    }
    for (; size >= 16; at += 16, size -= 16) state = step(state, at);
    if (size > 0) {
      std::uint64_t tail[2] = {0, 0};
      std::memcpy(tail, at, size);
      state = mix(tail[0] ^ kFirst ^ state, tail[1] ^ kSecond ^ size);
    }
    state_ = state;
  }
  [[nodiscard]] std::uint64_t value() const { return state_; }
  void restore(std::uint64_t value) { state_ = value; }

 private:
  static constexpr std::uint64_t kFold = 0x9E3779B97F4A7C15u;
  static constexpr std::uint64_t kFirst = 0xA0761D6478BD642Fu;
  static constexpr std::uint64_t kSecond = 0xE7037ED1A0B428DBu;
  static std::uint64_t step(std::uint64_t state, const unsigned char* at) {
    std::uint64_t a, b;
    std::memcpy(&a, at, 8);
    std::memcpy(&b, at + 8, 8);
    return mix(a ^ kFirst ^ state, b ^ kSecond);
  }
  static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    // Folding the factors in again keeps every bit alive where the other factor is zero.
    const detail::u128 product = static_cast<detail::u128>(a) * b;
    return (a ^ static_cast<std::uint64_t>(product)) +
           (b ^ static_cast<std::uint64_t>(product >> 64)) + kFold;
  }
  std::uint64_t state_ = 0;
};

// A 64-bit hash of text for in-memory tables (FNV-1a).
[[nodiscard]] constexpr std::uint64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3u;
  }
  return hash;
}

}  // namespace keel
