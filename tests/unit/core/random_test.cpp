#include <doctest/doctest.h>

#include <limits>

#include <keel/core/random.hpp>

#include "expect_assert.hpp"

using namespace keel;

TEST_CASE("xoshiro256**: the first outputs from the state 1, 2, 3, 4") {
  // As published with the authors' C code and in Rust's rand_xoshiro.
  Random random{0};
  random.restore({{1, 2, 3, 4}});
  for (const std::uint64_t expected : {11520u, 0u, 1509978240u}) CHECK(random.next() == expected);
  for (const std::uint64_t expected :
       {1215971899390074240u, 1216172134540287360u, 607988272756665600u, 16172922978634559625u,
        8476171486693032832u, 10595114339597558777u, 2904607092377533576u})
    CHECK(random.next() == expected);
}

TEST_CASE("a seed becomes a state through SplitMix64") {
  const auto state = Random{0}.save();
  const auto& words = state.words;
  CHECK(words[0] == 0xE220A8397B1DCDAFu);
  CHECK(words[1] == 0x6E789E6AA1B965F4u);
  CHECK(words[2] == 0x06C45D188009454Fu);
  CHECK(words[3] == 0xF88BB8A8724C81ECu);
  // From an independent model in Python.
  CHECK(Random{0}.next() == 11091344671253066420u);
  CHECK(Random{42}.next() == 1546998764402558742u);
  CHECK(Random{~std::uint64_t{0}}.next() == 10328197420357168392u);
  Random random{7};
  std::uint64_t value{};
  for (int i = 0; i < 1'000; ++i) value = random.next();
  CHECK(value == 15627334691016085909u);
}

TEST_CASE("a saved generator continues where it was") {
  Random random{3};
  random.next();
  const auto state = random.save();
  const auto expected = random.next();
  Random other{99};
  other.restore(state);
  CHECK(other.next() == expected);
}

TEST_CASE("bounded numbers stay in bounds and reach both ends") {
  Random random{5};
  int low = 0, high = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = random.between(-3, 3);
    REQUIRE((value >= -3 && value <= 3));
    low += value == -3;
    high += value == 3;
  }
  CHECK(low > 1'000);
  CHECK(high > 1'000);
  using Limits = std::numeric_limits<std::int64_t>;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(random.below(1) == 0);
    REQUIRE(random.between(Limits::max(), Limits::max()) == Limits::max());
    REQUIRE(random.between(Limits::min(), Limits::min() + 1) <= Limits::min() + 1);
    random.between(Limits::min(), Limits::max());
  }
  CHECK_ASSERTS(random.below(0));
  CHECK_ASSERTS(random.between(1, 0));
}

TEST_CASE("bounded numbers have no bias that a chi-square test sees") {
  Random random{6};
  constexpr int kCells = 48, kDraws = 480'000;
  int counts[kCells] = {};
  for (int i = 0; i < kDraws; ++i) ++counts[random.below(kCells)];
  double chi_square = 0;
  for (const int count : counts) {
    const double off = count - kDraws / kCells;
    chi_square += off * off / (kDraws / kCells);
  }
  CHECK(chi_square < 83.0);  // 47 degrees of freedom, one in a thousand
  // The bound where a plain modulus is worst: two thirds of 2^64.
  const std::uint64_t bound = std::uint64_t{3} << 62;
  int upper_third = 0;
  for (int i = 0; i < 30'000; ++i) upper_third += random.below(bound) >= std::uint64_t{1} << 63;
  CHECK(upper_third > 9'600);
  CHECK(upper_third < 10'400);
}

TEST_CASE("unit and chances") {
  Random random{8};
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = random.unit();
    REQUIRE((value >= 0.0 && value < 1.0));
    hits += random.chance_ppm(250'000);
    REQUIRE(!random.chance_ppm(0));
    REQUIRE(random.chance_ppm(1'000'000));
  }
  CHECK(hits > 24'400);
  CHECK(hits < 25'600);
}
