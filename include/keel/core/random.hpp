// Seeded random numbers with the same sequence on every machine: xoshiro256** 1.0 (Blackman and
// Vigna, 2018), seeded through SplitMix64. Not for secrets.
#pragma once

#include <cstdint>

#include <keel/core/assert.hpp>
#include <keel/core/int128.hpp>

namespace keel {

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9E3779B97F4A7C15u;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
      word = z ^ (z >> 31);
    }
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), without bias (Lemire, 2019).
  constexpr std::uint64_t below(std::uint64_t bound) {
    KEEL_ASSERT(bound > 0, "bound must be positive");
    detail::u128 product = static_cast<detail::u128>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) {
      const std::uint64_t threshold = (0 - bound) % bound;
      while (static_cast<std::uint64_t>(product) < threshold)
        product = static_cast<detail::u128>(next()) * bound;
    }
    return static_cast<std::uint64_t>(product >> 64);
  }
  // Uniform in [low, high], both included.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) {
    KEEL_ASSERT(low <= high, "empty range");
    const auto width = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    if (width == ~std::uint64_t{0}) return static_cast<std::int64_t>(next());
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + below(width + 1));
  }
  // Uniform in [0, 1), 53 bits.
  constexpr double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // True with this chance in a million (an integer, so that a decision is the same everywhere).
  constexpr bool chance_ppm(std::uint32_t parts_per_million) {
    return below(1'000'000) < parts_per_million;
  }

  struct State {
    std::uint64_t words[4];
  };
  [[nodiscard]] constexpr State save() const {
    return {{state_[0], state_[1], state_[2], state_[3]}};
  }
  constexpr void restore(const State& state) {
    for (int i = 0; i < 4; ++i) state_[i] = state.words[i];
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
  }
  std::uint64_t state_[4] = {};
};

}  // namespace keel
