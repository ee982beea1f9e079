// Strong identifiers. Dense ones (instrument, account, ...) are indexes handed out by a registry;
// OrderId is made by the order manager and never reused.
#pragma once

#include <compare>
#include <cstdint>

#include <keel/core/assert.hpp>

namespace keel {

template <class Tag, class Rep>
struct Id {
  using rep = Rep;
  Rep value;
  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
};

using InstrumentId =
    Id<struct InstrumentTag, std::uint32_t>;               // dense, from 1; 0 is "none" in records
using AccountId = Id<struct AccountTag, std::uint16_t>;    // dense, from 1
using StrategyId = Id<struct StrategyTag, std::uint16_t>;  // dense, from 1; 0 is the host itself
using VenueId = Id<struct VenueTag, std::uint16_t>;        // dense, from 1
using SourceId = Id<struct SourceTag, std::uint16_t>;      // who pushed an input; 0 is the engine

// engine (10 bits) | run (22 bits) | counter (32 bits). The counter starts at 1, so a valid id is
// never 0; 0 means "none" in records.
struct OrderId {
  std::uint64_t value;

  static constexpr std::uint32_t kMaxEngine = (1u << 10) - 1;
  static constexpr std::uint32_t kMaxRun = (1u << 22) - 1;

  [[nodiscard]] static constexpr OrderId make(std::uint32_t engine, std::uint32_t run,
                                              std::uint32_t counter) {
    KEEL_ASSERT(engine <= kMaxEngine && run <= kMaxRun, "order id part out of range");
    return {(static_cast<std::uint64_t>(engine) << 54) | (static_cast<std::uint64_t>(run) << 32) |
            counter};
  }
  [[nodiscard]] constexpr std::uint32_t engine() const {
    return static_cast<std::uint32_t>(value >> 54);
  }
  [[nodiscard]] constexpr std::uint32_t run() const {
    return static_cast<std::uint32_t>(value >> 32) & kMaxRun;
  }
  [[nodiscard]] constexpr std::uint32_t counter() const {
    return static_cast<std::uint32_t>(value);
  }
  [[nodiscard]] constexpr bool is_none() const { return value == 0; }

  friend constexpr bool operator==(OrderId, OrderId) = default;
  friend constexpr auto operator<=>(OrderId, OrderId) = default;
};

}  // namespace keel
