#include <keel/sim/fill_model.hpp>

#include <algorithm>

#include "sim/fixed_math.hpp"

namespace keel {

using detail::i128;
using detail::u128;
using sim_detail::kOne32;

namespace {

std::uint64_t raw_of(Quantity quantity) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(quantity.raw(), 0));
}

// log2(1 + quantity), in whole units of it, times 2^32.
std::int64_t log_of(std::uint64_t raw) {
  constexpr auto kUnit = static_cast<std::uint64_t>(Quantity::kScale);
  return sim_detail::log2_32(kUnit + raw) - sim_detail::log2_32(kUnit);
}

// 2^(n (log2 a - log2 b)) = (a / b)^n, times 2^32.
std::int64_t power_of(std::uint64_t a, std::uint64_t b, Rate n) {
  const i128 log = static_cast<i128>(sim_detail::log2_32(a)) - sim_detail::log2_32(b);
  const i128 scaled = log * n.raw() / Rate::kScale;
  constexpr i128 kEnd = static_cast<i128>(62) << 32;
  return sim_detail::exp2_32(static_cast<std::int64_t>(std::clamp(scaled, -kEnd, kEnd)));
}

}  // namespace

std::int64_t QueueProbability::behind_32(Quantity front_quantity, Quantity back_quantity) const {
  const std::uint64_t front = raw_of(front_quantity), back = raw_of(back_quantity);
  if (front == 0) return kOne32;
  if (back == 0) return 0;
  switch (kind) {
    case Kind::kPower: {
      const i128 ratio = power_of(front, back, exponent);
      return static_cast<std::int64_t>((static_cast<i128>(kOne32) << 32) / (kOne32 + ratio));
    }
    case Kind::kPower2: return std::min(kOne32, power_of(back, back + front, exponent));
    case Kind::kPower3:
      return std::max<std::int64_t>(0, kOne32 - power_of(front, front + back, exponent));
    case Kind::kLog: {
      const i128 behind = log_of(back), before = log_of(front);
      return static_cast<std::int64_t>(behind * kOne32 / (behind + before));
    }
    case Kind::kLog2:
      return static_cast<std::int64_t>(static_cast<i128>(log_of(back)) * kOne32 /
                                       log_of(front + back));
  }
  return 0;
}

Quantity QueueProbability::front_after(Quantity front, Quantity before, Quantity after,
                                       Quantity traded) const {
  // What trades explain was taken off already.
  const i128 gone = static_cast<i128>(before.raw()) - after.raw() - traded.raw();
  if (gone < 0) return std::min(front, after);  // what comes, comes behind
  const i128 back = std::max<i128>(static_cast<i128>(before.raw()) - front.raw(), 0);
  const auto behind_of = behind_32(front, Quantity::from_raw(static_cast<std::int64_t>(back)));
  const i128 behind = (gone * behind_of + kOne32 / 2) >> 32;
  // More cannot be gone behind it than there was.
  const i128 estimate = front.raw() - (gone - behind) + std::min<i128>(back - behind, 0);
  return Quantity::from_raw(static_cast<std::int64_t>(
      std::clamp<i128>(estimate, 0, std::max<std::int64_t>(after.raw(), 0))));
}

std::int64_t Slippage::increments(Price price, Price increment, Quantity taken, Quantity shown,
                                  Quantity lot) const {
  constexpr i128 kMost = 1'000'000'000'000;
  const i128 base = std::max(shown, lot).raw();
  const i128 size = price.raw() < 0 ? -static_cast<i128>(price.raw()) : price.raw();
  const auto whole = [&](i128 above, i128 below) {  // rounded up
    return static_cast<std::int64_t>(std::min((above + below - 1) / below, kMost));
  };
  const i128 grid = static_cast<i128>(Rate::kScale) * increment.raw();
  switch (kind) {
    case Kind::kNone: return 0;
    case Kind::kTicks: return ticks;
    case Kind::kProportional: return whole(static_cast<i128>(ticks) * taken.raw(), base);
    case Kind::kPercent: return whole(size * rate.raw(), grid);
    case Kind::kSquareRoot: {
      constexpr u128 kDigits = 1'000'000'000'000'000'000u;
      const u128 part = static_cast<u128>(taken.raw()) * kDigits /
                        static_cast<u128>(std::max<std::int64_t>(volume.raw(), 1));
      const i128 fraction = static_cast<i128>(rate.raw()) * sim_detail::root(part) / Rate::kScale;
      return whole(size * std::min(fraction, static_cast<i128>(Rate::kScale) * 10), grid);
    }
    case Kind::kVolumeShare: {
      const i128 share =
          std::min<i128>(static_cast<i128>(taken.raw()) * Rate::kScale / base, limit.raw());
      const i128 square = share * share;  // times 1e18
      return whole(size * (square * rate.raw() / Rate::kScale) / Rate::kScale, grid);
    }
  }
  return 0;
}

}  // namespace keel
