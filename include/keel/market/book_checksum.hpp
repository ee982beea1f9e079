// Checksums of order books, as venues send them to prove that a book was followed without a loss.
//
// Each is a CRC-32 (ISO 3309, as in zlib) of a text made of the best levels. Venues write numbers
// with the decimals of their instruments, so these must be known: Kraken's `pair_decimals` and
// `lot_decimals`; with kAsShort numbers are written without trailing zeros.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <keel/market/book_types.hpp>

namespace keel {

inline constexpr int kAsShort = -1;

struct ChecksumDigits {
  int price = kAsShort;
  int size = kAsShort;
};

// CRC-32 of a text, continuing from `crc`.
[[nodiscard]] std::uint32_t crc32(std::string_view text, std::uint32_t crc = 0);

// Kraken, spot websockets v1 and v2: the ten best asks, then the ten best bids; price and size
// without point and leading zeros. Levels are best first; those past the tenth do not count.
[[nodiscard]] std::uint32_t kraken_checksum(std::span<const PriceLevel> bids,
                                            std::span<const PriceLevel> asks,
                                            ChecksumDigits digits);
// OKX (and Bitget): the 25 best levels, "bid:size:ask:size:..." in turns; a side that has ended is
// left out. Venues send it as a signed number; compare the bits.
[[nodiscard]] std::uint32_t okx_checksum(std::span<const PriceLevel> bids,
                                         std::span<const PriceLevel> asks, ChecksumDigits digits);

// What an OrderBook is told to hold against BookDelta::checksum.
using ChecksumFunction = std::uint32_t (*)(std::span<const PriceLevel> bids,
                                           std::span<const PriceLevel> asks, ChecksumDigits digits);

}  // namespace keel
