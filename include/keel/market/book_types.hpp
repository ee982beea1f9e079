// What order books of every depth share: levels, outcomes, sequence rules, a sweep's result.
#pragma once

#include <cstdint>
#include <string_view>

#include <keel/core/decimal.hpp>

namespace keel {

struct PriceLevel {
  Price price;
  Quantity size;
  friend constexpr bool operator==(const PriceLevel&, const PriceLevel&) = default;
};

enum class SequenceRule : std::uint8_t {
  kContiguous = 1,  // no number may be missing
  kIncreasing = 2,  // numbers grow, with holes that mean nothing
  kNone = 3,        // the venue sends none
};

enum class BookOutcome : std::uint8_t {
  kApplied = 1,
  kOld = 2,         // nothing new in it
  kGap = 3,         // numbers are missing, or were missing before; wait for a snapshot
  kNoSnapshot = 4,  // a change before the first snapshot
  kMalformed = 5,   // shorter than its count, a side or size that cannot be
  kTooDeep = 6,     // would pass the room of the book; a gap, because what is left out is not known
  kUnknownOrder = 7,    // L3: about an order that the book does not have; a gap
  kDuplicateOrder = 8,  // L3: an order that rests already; a gap
  kChecksum = 9,        // applied, but the venue's checksum differs; a gap
};
std::string_view to_text(BookOutcome outcome);

// What a market order of some size would find.
struct Sweep {
  Quantity filled;
  Price worst;           // of the last level taken; zero where nothing is filled
  Int128 value;          // sum of price x size, in 1e-17 of the quote currency, as Bar::value
  std::uint32_t levels;  // touched

  // value / filled, for people and indicators; nullopt: nothing filled.
  [[nodiscard]] double average() const {
    return filled.is_zero() ? 0.0
                            : detail::decimal_to_double(value, Price::kDigits + Quantity::kDigits) /
                                  filled.to_double();
  }
  // What the sweep costs above taking everything at `touch` (the best price before it), in 1e-17 of
  // the quote currency: never below zero for either side.
  [[nodiscard]] Int128 cost_above(Price touch) const {
    const detail::i128 at_touch = static_cast<detail::i128>(touch.raw()) * filled.raw();
    const detail::i128 more = value.wide() - at_touch;
    return Int128::from(more < 0 ? -more : more);
  }
};

}  // namespace keel
