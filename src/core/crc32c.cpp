#include <array>

#include <keel/core/hash.hpp>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace keel {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82F63B78u : 0u);
    table[i] = crc;
  }
  return table;
}

std::uint32_t by_table(const std::byte* at, std::size_t size, std::uint32_t crc) {
  static constexpr auto table = make_table();
  for (; size > 0; ++at, --size)
    crc = (crc >> 8) ^ table[(crc ^ std::to_integer<std::uint32_t>(*at)) & 0xFFu];
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(const std::byte* at,
                                                               std::size_t size,
                                                               std::uint32_t crc) {
  std::uint64_t wide = crc;
  for (; size >= 8; at += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; size > 0; ++at, --size) crc = _mm_crc32_u8(crc, std::to_integer<unsigned char>(*at));
  return crc;
}

const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
#endif

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) {
#if defined(__x86_64__)
  if (has_instruction) return ~by_instruction(bytes.data(), bytes.size(), ~crc);
#endif
  return detail::crc32c_by_table(bytes, crc);
}

std::uint32_t detail::crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t crc) {
  return ~by_table(bytes.data(), bytes.size(), ~crc);
}

}  // namespace keel
