#include <keel/market/tick_ladder.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

#include "ladder_search.hpp"

namespace keel {

TickLadder::TickLadder(bool is_bid, std::uint32_t max_levels)
    : window_(
          std::clamp<std::uint64_t>(std::bit_ceil(std::uint64_t{max_levels}) / 2, 64, kMaxWindow)),
      flip_(is_bid ? -1 : 0) {
  sizes_.resize(window_);
  far_.reserve(max_levels);
  scratch_.reserve(window_);
}

void TickLadder::clear() {
  for (std::uint64_t words = summary_; words != 0; words &= words - 1) {
    const auto word = static_cast<std::size_t>(std::countr_zero(words));
    for (std::uint64_t bits = bits_[word]; bits != 0; bits &= bits - 1)
      sizes_[word * 64 + static_cast<std::size_t>(std::countr_zero(bits))] = 0;
    bits_[word] = 0;
  }
  summary_ = 0;
  near_ = 0;
  far_.clear();
  step_ = 0;
  limit_ = -1;  // no price is on the grid
}

void TickLadder::set_step(std::int64_t step) {
  step_ = step;
  shift_ = std::countr_zero(static_cast<std::uint64_t>(step));
  low_bits_ = (std::int64_t{1} << shift_) - 1;
  const auto odd = static_cast<std::uint64_t>(step >> shift_);
  std::uint64_t inverse = odd;  // right in three bits; each turn doubles them
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  inverse_ = inverse;
  limit_ = std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(odd);
}

// A level has gone from a place.
void TickLadder::take(std::uint64_t at) {
  bits_[at / 64] &= ~(std::uint64_t{1} << (at % 64));
  if (bits_[at / 64] == 0) summary_ &= ~(std::uint64_t{1} << (at / 64));
  --near_;
  if (near_ == 0) {
    if (!far_.empty()) place(step_, far_.back().price);
  } else if (first_place() > window_ / 4 * 3 && !far_.empty()) {
    place(step_, best().price);
  }
}

void TickLadder::place(std::int64_t step, Price best) {
  scratch_.clear();
  each([this](const PriceLevel& level) {
    if (scratch_.size() == near_) return false;
    scratch_.push_back(level);
    return true;
  });
  for (const PriceLevel& level : scratch_) {
    std::int64_t key{};
    key_of(level.price, key);
    sizes_[static_cast<std::size_t>(key - base_)] = 0;
  }
  std::fill(std::begin(bits_), std::end(bits_), 0);
  summary_ = 0;
  near_ = 0;
  if (step != step_) set_step(step);
  std::int64_t key{};
  key_of(best, key);
  const auto quarter = static_cast<std::int64_t>(window_ / 4);
  base_ = std::max(key, std::numeric_limits<std::int64_t>::min() + quarter) - quarter;
  const auto inside = [this](Price price, std::uint64_t& at) {
    std::int64_t where{};
    key_of(price, where);
    at = static_cast<std::uint64_t>(where) - static_cast<std::uint64_t>(base_);
    return at < window_;
  };
  std::uint64_t at{};
  // Those that are left outside are better than what was outside before: worst first.
  for (auto level = scratch_.rbegin(); level != scratch_.rend(); ++level) {
    if (inside(level->price, at))
      put(at, level->size.raw());
    else
      far_.push_back(*level);
  }
  while (!far_.empty() && inside(far_.back().price, at)) {
    const std::int64_t size = far_.back().size.raw();
    far_.pop_back();
    put(at, size);
  }
}

void TickLadder::set_far(Price price, Quantity size) {
  const std::size_t at =
      market::ladder_position(far_.data(), far_.size(), market::flip_of(flip_ != 0), price);
  const bool found = at < far_.size() && far_[at].price == price;
  const auto where = far_.begin() + static_cast<std::ptrdiff_t>(at);
  if (size.is_zero()) {
    if (found) far_.erase(where);
  } else if (found) {
    where->size = size;
  } else {
    far_.insert(where, PriceLevel{price, size});
  }
}

void TickLadder::set_outside(Price price, Quantity size) {
  std::int64_t key{};
  const bool on_grid = key_of(price, key);
  if (size.is_zero()) {
    if (on_grid) set_far(price, size);  // off the grid there is no level
    return;
  }
  if (!on_grid) {
    const auto magnitude = [](std::int64_t raw) {
      return raw < 0 ? ~static_cast<std::uint64_t>(raw) + 1 : static_cast<std::uint64_t>(raw);
    };
    const std::uint64_t step = std::gcd(static_cast<std::uint64_t>(step_), magnitude(price.raw()));
    // A book of nothing but the price zero has any step; 2^63 is the smallest price's own.
    const auto usable = step == 0 || step > static_cast<std::uint64_t>(INT64_MAX)
                            ? 1
                            : static_cast<std::int64_t>(step);
    place(usable, empty() ? price : best().price);
    key_of(price, key);
  }
  if (empty()) place(step_, price);
  if (key < base_) place(step_, price);
  const std::uint64_t at = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(base_);
  if (at < window_)
    put(at, size.raw());
  else
    set_far(price, size);
}

PriceLevel TickLadder::nth(std::size_t i) const {
  KEEL_ASSERT(i < size(), "no such level");
  if (i >= near_) return far_[far_.size() - 1 - (i - near_)];
  for (std::uint64_t words = summary_;; words &= words - 1) {
    const auto word = static_cast<std::size_t>(std::countr_zero(words));
    const auto here = static_cast<std::size_t>(std::popcount(bits_[word]));
    if (i >= here) {
      i -= here;
      continue;
    }
    std::uint64_t bits = bits_[word];
    for (; i > 0; --i) bits &= bits - 1;
    return at_place(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }
}

Quantity TickLadder::size_at(Price price) const {
  std::int64_t key{};
  if (!key_of(price, key)) return Quantity::zero();
  const std::uint64_t place = static_cast<std::uint64_t>(key) - static_cast<std::uint64_t>(base_);
  if (place < window_) return Quantity::from_raw(sizes_[place]);
  const std::size_t at =
      market::ladder_position(far_.data(), far_.size(), market::flip_of(flip_ != 0), price);
  return at < far_.size() && far_[at].price == price ? far_[at].size : Quantity::zero();
}

void TickLadder::keep(std::size_t count) {
  if (size() <= count) return;
  const std::size_t from_far = std::min(size() - count, far_.size());
  far_.erase(far_.begin(), far_.begin() + static_cast<std::ptrdiff_t>(from_far));
  while (near_ > count) {
    const auto word = static_cast<std::size_t>(63 - std::countl_zero(summary_));
    const auto bit = static_cast<std::size_t>(63 - std::countl_zero(bits_[word]));
    put(word * 64 + bit, 0);
  }
}

}  // namespace keel
