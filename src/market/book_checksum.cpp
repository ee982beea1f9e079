#include <keel/market/book_checksum.hpp>

#include <algorithm>
#include <array>

namespace keel {

namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xEDB88320u : 0);
    table[i] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> kTable = make_table();

// A decimal as text in a buffer of its own: sign, at most 19 digits and a point.
class Digits {
 public:
  // `held`: decimals that raw has; `shown`: decimals to write, or kAsShort.
  Digits(std::int64_t raw, int held, int shown, bool plain) {
    const bool negative = raw < 0;
    std::uint64_t value =
        negative ? ~static_cast<std::uint64_t>(raw) + 1 : static_cast<std::uint64_t>(raw);
    int decimals = held;
    while (decimals > 0 && (shown == kAsShort ? value % 10 == 0 : decimals > shown)) {
      value /= 10;
      --decimals;
    }
    const int zeros = shown == kAsShort ? 0 : std::max(shown - decimals, 0);
    char* at = buffer_ + sizeof buffer_;
    for (int i = 0; i < zeros; ++i) *--at = '0';
    int written = 0;
    const bool pointed = !plain && decimals + zeros > 0;
    // With a point there is a digit before it; without one, leading zeros are left out.
    while (value != 0 || (!plain && written <= decimals)) {
      if (pointed && written == decimals) {
        if (written + zeros > 0) *--at = '.';
      }
      *--at = static_cast<char>('0' + value % 10);
      value /= 10;
      ++written;
    }
    if (negative) *--at = '-';
    text_ = {at, static_cast<std::size_t>(buffer_ + sizeof buffer_ - at)};
    if (plain) text_.remove_prefix(std::min(text_.find_first_not_of('0'), text_.size()));
  }
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  char buffer_[48];
  std::string_view text_;
};

std::uint32_t add_level(std::uint32_t crc, const PriceLevel& level, ChecksumDigits digits,
                        bool plain) {
  crc = crc32(Digits{level.price.raw(), Price::kDigits, digits.price, plain}.text(), crc);
  if (!plain) crc = crc32(":", crc);
  return crc32(Digits{level.size.raw(), Quantity::kDigits, digits.size, plain}.text(), crc);
}

}  // namespace

std::uint32_t crc32(std::string_view text, std::uint32_t crc) {
  crc = ~crc;
  for (const char c : text) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  return ~crc;
}

std::uint32_t kraken_checksum(std::span<const PriceLevel> bids, std::span<const PriceLevel> asks,
                              ChecksumDigits digits) {
  std::uint32_t crc = 0;
  for (const auto& side : {asks, bids})
    for (const PriceLevel& level : side.first(std::min<std::size_t>(side.size(), 10)))
      crc = add_level(crc, level, digits, true);
  return crc;
}

std::uint32_t okx_checksum(std::span<const PriceLevel> bids, std::span<const PriceLevel> asks,
                           ChecksumDigits digits) {
  std::uint32_t crc = 0;
  bool first = true;
  for (std::size_t i = 0; i < 25; ++i)
    for (const auto& side : {bids, asks}) {
      if (i >= side.size()) continue;
      if (!first) crc = crc32(":", crc);
      first = false;
      crc = add_level(crc, side[i], digits, false);
    }
  return crc;
}

}  // namespace keel
