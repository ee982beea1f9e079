// Finding a price in one side of a book, without branches that depend on the data: where a level
// lies is what a processor cannot guess.
#pragma once

#include <cstddef>
#include <cstdint>

#include <keel/core/decimal.hpp>
#include <keel/model/enums.hpp>

namespace keel::market {

// Turns the order of prices round for asks, so that the best of either side is the largest.
[[nodiscard]] inline std::int64_t flip_of(bool is_bid) { return is_bid ? 0 : -1; }

// The first rung that is not worse than `price`, counted from the worst. Rungs have a `price` and
// are sorted worst first.
template <class Rung>
[[nodiscard]] std::size_t ladder_position(const Rung* rungs, std::size_t size, std::int64_t flip,
                                          Price price) {
  constexpr std::size_t kNearTouch = 16;
  const std::int64_t key = price.raw() ^ flip;
  const auto is_worse = [rungs, flip, key](std::size_t at) {
    return static_cast<std::size_t>((rungs[at].price.raw() ^ flip) < key);
  };
  std::size_t base = 0, left = size;
  if (size > kNearTouch && is_worse(size - kNearTouch) != 0) {
    base = size - kNearTouch;
    left = kNearTouch;
  }
  // Three independent looks a step are quicker than one after another. A step keeps the longest of
  // the four parts, so that the number of steps depends on nothing but the size.
  while (left > 4) {
    const std::size_t part = left / 4;
    const std::size_t worse =
        is_worse(base + part - 1) + is_worse(base + 2 * part - 1) + is_worse(base + 3 * part - 1);
    base += worse * part;
    left -= 3 * part;
  }
  std::size_t worse = 0;
  for (std::size_t i = 0; i < left; ++i) worse += is_worse(base + i);
  return base + worse;
}

}  // namespace keel::market
