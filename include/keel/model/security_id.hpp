// Names that other systems give to instruments, and their check digits.
#pragma once

#include <string_view>

namespace keel {

// What an alias is of: a TWS contract number, CCXT's unified symbol ("BTC/USDT:USDT"), an ISIN
// (ISO 6166), a FIGI (OMG's Financial Instrument Global Identifier).
enum class AliasKind : unsigned char { kConid = 1, kCcxt = 2, kIsin = 3, kFigi = 4 };

// Two letters, nine letters or digits, and the digit that ISO 6166 computes of them.
[[nodiscard]] bool is_isin(std::string_view text);
// Two consonants (not one of the prefixes that ISINs use), a G, eight consonants or digits, and the
// check digit that the FIGI standard computes of them.
[[nodiscard]] bool is_figi(std::string_view text);
// Four capital letters or digits: the form of a market identifier code (ISO 10383).
[[nodiscard]] bool is_mic(std::string_view text);

}  // namespace keel
