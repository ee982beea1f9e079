// Seeded synthetic quotes and trades of an FX-like market: the same integers on every machine and
// in every language. For tests and benchmarks.
//
// Counter based: number k of event i is mix(seed + (8 i + k + 1) * 0x9E3779B97F4A7C15) modulo 2^64,
// with mix the finaliser of SplitMix64, so that event i can be reproduced without carrying a state.
// Prices are whole ticks of 0.00001:
//
//   ts       2024-01-01T00:00:00Z + the sum of 1 + r(i,0) % 199 milliseconds
//   mid      65000 + the sum of r(i,1) % 7 - 3
//   spread   1 + r(i,2) % 4;   bid = mid - spread / 2;   ask = bid + spread
//   sizes    bid (1 + r(i,3) % 50) * 100000, ask (1 + r(i,4) % 50) * 100000
//   trade    (1 + r(i,6) % 100) * 1000, at the ask by a buyer where r(i,5) is odd, else at the bid
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace keel::bench {

struct RawQuote {
  std::int64_t ts_ns;
  std::int64_t bid_ticks;
  std::int64_t ask_ticks;
  std::int64_t bid_size;
  std::int64_t ask_size;
};

struct RawTrade {
  std::int64_t ts_ns;
  std::int64_t price_ticks;
  std::int64_t size;
  std::int64_t buyer;  // 1: the buyer was the aggressor, 0: the seller
};

// How many raw units of a keel::Price (9 decimals) a tick of 0.00001 has.
inline constexpr std::int64_t kPriceRawPerTick = 10'000;

// Events one after another, without end and without memory.
class TickGenerator {
 public:
  explicit constexpr TickGenerator(std::uint64_t seed) : seed_(seed) {}

  struct Event {
    RawQuote quote;
    RawTrade trade;
  };
  constexpr Event next() {
    ts_ns_ += (1 + below(0, 199)) * 1'000'000;
    mid_ += below(1, 7) - 3;
    const std::int64_t spread = 1 + below(2, 4);
    const std::int64_t bid = mid_ - spread / 2;
    const std::int64_t ask = bid + spread;
    const std::int64_t buyer = below(5, 2);
    const Event event{
        {ts_ns_, bid, ask, (1 + below(3, 50)) * 100'000, (1 + below(4, 50)) * 100'000},
        {ts_ns_, buyer == 1 ? ask : bid, (1 + below(6, 100)) * 1'000, buyer}};
    ++index_;
    return event;
  }

 private:
  [[nodiscard]] constexpr std::int64_t below(std::uint64_t k, std::uint64_t bound) const {
    std::uint64_t z = seed_ + (8 * index_ + k + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return static_cast<std::int64_t>((z ^ (z >> 31)) % bound);
  }

  std::uint64_t seed_;
  std::uint64_t index_ = 0;
  std::int64_t ts_ns_ = 1'704'067'200'000'000'000;
  std::int64_t mid_ = 65'000;
};

inline std::vector<RawQuote> make_quotes(std::size_t count, std::uint64_t seed = 42) {
  std::vector<RawQuote> quotes;
  quotes.reserve(count);
  for (TickGenerator ticks{seed}; quotes.size() < count;) quotes.push_back(ticks.next().quote);
  return quotes;
}

inline std::vector<RawTrade> make_trades(std::size_t count, std::uint64_t seed = 42) {
  std::vector<RawTrade> trades;
  trades.reserve(count);
  for (TickGenerator ticks{seed}; trades.size() < count;) trades.push_back(ticks.next().trade);
  return trades;
}

}  // namespace keel::bench
