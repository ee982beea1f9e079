// A side of a book against a map, with prices of every kind: near, far, wandering, off the grid.
#include <doctest/doctest.h>

#include <functional>
#include <map>

#include <keel/core/random.hpp>
#include <keel/market/tick_ladder.hpp>

using namespace keel;

namespace {

class Both {
 public:
  Both(bool is_bid, std::uint32_t max_levels)
      : ladder{is_bid, max_levels}, is_bid_(is_bid), max_(max_levels) {}

  void set(std::int64_t price, std::int64_t size) {
    const std::int64_t key = is_bid_ ? -price : price;
    if (size != 0 && map.size() == max_ && !map.contains(key)) return;
    ladder.set(Price::from_raw(price), Quantity::from_raw(size));
    if (size == 0)
      map.erase(key);
    else
      map[key] = size;
  }
  void check(bool every) const {
    REQUIRE(ladder.size() == map.size());
    REQUIRE(ladder.empty() == map.empty());
    if (map.empty()) return;
    REQUIRE(ladder.best() == level(*map.begin()));
    if (!every) return;
    auto at = map.begin();
    std::size_t i = 0;
    ladder.each([&](const PriceLevel& one) {
      REQUIRE(at != map.end());
      REQUIRE(one == level(*at));
      REQUIRE(ladder.size_at(one.price) == one.size);
      if (i % 7 == 0) REQUIRE(ladder.nth(i) == one);
      ++at;
      ++i;
      return true;
    });
    REQUIRE(at == map.end());
  }
  TickLadder ladder;
  std::map<std::int64_t, std::int64_t> map;

 private:
  [[nodiscard]] PriceLevel level(const std::pair<const std::int64_t, std::int64_t>& one) const {
    return {Price::from_raw(is_bid_ ? -one.first : one.first), Quantity::from_raw(one.second)};
  }
  bool is_bid_;
  std::size_t max_;
};

// Runs a ladder over prices that `next` gives.
void run(std::uint32_t max_levels, int count, Random& random,
         const std::function<std::int64_t(int)>& next) {
  for (const bool is_bid : {true, false}) {
    Both both{is_bid, max_levels};
    for (int i = 0; i < count; ++i) {
      both.set(next(i), random.below(3) == 0 ? 0 : random.between(1, 1'000));
      both.check(i % 97 == 0);
      if (random.below(5'000) == 0) {
        const std::size_t left = random.below(both.map.size() + 1);
        both.ladder.keep(left);
        while (both.map.size() > left) both.map.erase(std::prev(both.map.end()));
      }
      if (random.below(9'000) == 0) {
        both.ladder.clear();
        both.map.clear();
      }
    }
    both.check(true);
  }
}

}  // namespace

TEST_CASE("a ladder equals a map while the touch stays, wanders, and leaps") {
  Random random{1};
  const auto near = [&random](std::int64_t mid, std::uint64_t width) {
    return mid + static_cast<std::int64_t>(random.below(random.below(width) + 1)) -
           static_cast<std::int64_t>(width / 2);
  };
  run(512, 30'000, random, [&](int) { return near(50'000, 300) * 250'000'000; });
  run(512, 30'000, random, [&](int i) { return near(50'000 + i / 4, 300) * 10'000'000; });
  run(512, 30'000, random, [&](int i) { return near(50'000 - i / 2, 900) * 1'000'000; });
  run(64, 30'000, random, [&](int i) { return near(i % 1'000 < 500 ? 0 : 99'999, 50) * 77; });
  run(16, 20'000, random, [&](int) { return near(0, 40) * 1'000; });  // below zero too
}

TEST_CASE("a ladder learns its grid, however late it shows") {
  Random random{2};
  const std::int64_t steps[] = {500'000'000, 250'000'000, 100'000'000, 30'000'000, 1};
  run(256, 30'000, random, [&](int i) {
    const std::int64_t step = steps[std::min<std::size_t>(static_cast<std::size_t>(i) / 4'000, 4)];
    return 5'000'000'000'000 + random.between(-200, 200) * step;
  });
}

TEST_CASE("a ladder holds prices at both ends of their range") {
  Random random{3};
  const std::int64_t ends[] = {INT64_MAX, INT64_MAX - 1, INT64_MAX - 5'000, 0, 1,
                               -1,        INT64_MIN + 1, INT64_MIN + 7'000};
  run(64, 20'000, random, [&](int) { return ends[random.below(8)]; });
  run(64, 20'000, random, [&](int) {
    const auto raw = static_cast<std::int64_t>(random.next());
    return raw == INT64_MIN ? 0 : raw;
  });
}
