// A 128-bit signed integer as two 64-bit words. Public structs hold this; the compiler's own type
// appears only inside inline arithmetic, because -Wpedantic refuses it and not every compiler has
// it.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

namespace keel {

namespace detail {
// What C++ would turn into a whole number in silence: 1.5 into 1, true into 1. Functions that take
// a count delete their overloads for these.
template <class T>
concept NotACount = std::is_floating_point_v<T> || std::is_same_v<T, bool>;

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;
}  // namespace detail

struct Int128 {
  std::uint64_t low;
  std::int64_t high;

  [[nodiscard]] static constexpr Int128 from(detail::i128 wide) {
    return {static_cast<std::uint64_t>(static_cast<detail::u128>(wide)),
            static_cast<std::int64_t>(wide >> 64)};
  }
  [[nodiscard]] constexpr detail::i128 wide() const {
    return static_cast<detail::i128>(
        (static_cast<detail::u128>(static_cast<std::uint64_t>(high)) << 64) | low);
  }
  friend constexpr bool operator==(Int128, Int128) = default;
  friend constexpr std::strong_ordering operator<=>(Int128 a, Int128 b) {
    if (const auto order = a.high <=> b.high; order != 0) return order;
    return a.low <=> b.low;
  }
};

}  // namespace keel
