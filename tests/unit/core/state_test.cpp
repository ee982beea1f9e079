#include <doctest/doctest.h>

#include <keel/core/money.hpp>
#include <keel/core/random.hpp>
#include <keel/core/state.hpp>

#include "expect_assert.hpp"

using namespace keel;
using namespace keel::literals;

namespace {

constexpr std::uint32_t kTag = 0x4C45454Bu, kInner = 7;

struct Part {
  std::int64_t count = 0;
  std::optional<Price> stop;
  void save(StateWriter& writer) const {
    writer.put(count);
    writer.put(stop);
  }
  void load(StateReader& reader) {
    reader.get(count);
    reader.get(stop);
  }
  friend bool operator==(const Part&, const Part&) = default;
};

struct Everything {
  bool flag = false;
  double level = 0;
  Money cash{};
  std::string name;
  std::vector<std::int32_t> values;
  std::optional<Quantity> target;
  Part part;

  void save(StateWriter& writer) const {
    const auto section = writer.begin(kTag, 3);
    writer.put(flag);
    writer.put(level);
    writer.put(cash);
    writer.put(name);
    const auto inner = writer.begin(kInner, 1);
    writer.put(values);
    writer.end(inner);
    writer.put(target);
    writer.put(part);
    writer.end(section);
  }
  std::uint32_t load(StateReader& reader) {
    const auto version = reader.begin(kTag);
    reader.get(flag);
    reader.get(level);
    reader.get(cash);
    reader.get(name);
    reader.begin(kInner);
    reader.get(values);
    reader.end();
    reader.get(target);
    reader.get(part);
    reader.end();
    return version;
  }
  friend bool operator==(const Everything&, const Everything&) = default;
};

Everything sample() {
  return {true, 0.1, Money::whole(-3, "USD"), "ema", {1, -2, 3}, 2.5_qty, {42, 99.5_px}};
}

std::vector<std::byte> saved(const Everything& value) {
  StateWriter writer;
  value.save(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

}  // namespace

TEST_CASE("state that was saved is loaded") {
  for (const auto& value : {sample(), Everything{}}) {
    const auto bytes = saved(value);
    StateReader reader{bytes};
    Everything loaded;
    loaded.name = "left over", loaded.values = {9};
    CHECK(loaded.load(reader) == 3);
    CHECK(reader.finish().ok());
    CHECK(loaded == value);
  }
}

TEST_CASE("state cut off at any byte is refused, and reads as zeros") {
  const auto bytes = saved(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    StateReader reader{std::span{bytes}.first(size)};
    Everything loaded = sample();
    loaded.load(reader);
    REQUIRE(!reader.ok());
    REQUIRE(reader.finish().error().code == core_errors::kStateFormat);
    REQUIRE(loaded.part.count == 0);
  }
  StateReader reader{{}};
  std::string text = "left over";
  std::vector<std::int32_t> values{9};
  std::optional<Price> price = 1_px;
  bool flag = true;
  reader.get(text), reader.get(values), reader.get(price), reader.get(flag);
  CHECK(text.empty());
  CHECK(values.empty());
  CHECK(!price);
  CHECK(!flag);
}

TEST_CASE("state with any byte changed is read without harm") {
  // Values may differ (the journal's checksum is what notices); lengths and tags must not be
  // believed. The address sanitizer watches this test.
  const auto bytes = saved(sample());
  Random random{1};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int i = 0; i < 8; ++i) {
      auto hostile = bytes;
      hostile[at] = static_cast<std::byte>(i == 0 ? 0xFFu : random.below(256));
      StateReader reader{hostile};
      Everything loaded;
      loaded.load(reader);
      REQUIRE(loaded.values.size() * sizeof(std::int32_t) <= hostile.size());
      REQUIRE(loaded.name.size() <= hostile.size());
    }
  }
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::byte> noise(random.below(80));
    for (auto& byte : noise) byte = static_cast<std::byte>(random.below(256));
    StateReader reader{noise};
    Everything loaded;
    loaded.load(reader);
    REQUIRE(!reader.ok());
  }
}

TEST_CASE("a length beyond any memory is refused before anything is allocated") {
  for (const std::uint64_t length : {std::uint64_t{5}, std::uint64_t{1} << 61, ~std::uint64_t{0}}) {
    StateWriter writer;
    writer.put(length);
    writer.put(std::uint32_t{1});
    StateReader text_reader{writer.bytes()}, vector_reader{writer.bytes()};
    std::string text;
    std::vector<std::uint64_t> values;
    text_reader.get(text);
    vector_reader.get(values);
    CHECK(!text_reader.ok());
    CHECK(!vector_reader.ok());
    CHECK(values.empty());
  }
}

TEST_CASE("a section ends where it says, whatever was read of it") {
  StateWriter writer;
  const auto newer = writer.begin(kTag, 2);
  writer.put(std::int64_t{1});
  writer.put(std::int64_t{2});  // a field that an older reader does not know
  writer.end(newer);
  writer.put(std::int64_t{3});

  StateReader reader{writer.bytes()};
  std::int64_t value{};
  CHECK(reader.begin(kTag) == 2);
  reader.get(value);
  reader.end();
  reader.get(value);
  CHECK(value == 3);
  CHECK(reader.finish().ok());

  StateReader greedy{writer.bytes()};
  greedy.begin(kTag);
  greedy.get(value), greedy.get(value);
  CHECK(value == 2);
  greedy.get(value);  // belongs to what comes after the section
  CHECK(value == 0);
  CHECK(!greedy.ok());
}

TEST_CASE("a wrong tag names both, and the first error stays") {
  StateWriter writer;
  writer.end(writer.begin(1, 1));
  StateReader reader{writer.bytes()};
  CHECK(reader.begin(2) == 0);
  reader.fail("later");
  const auto status = reader.finish();
  CHECK(status.error().rule == "section tag 1 where 2 belongs");
  StateReader refused{writer.bytes()};
  refused.fail("");
  CHECK(!refused.ok());
}

TEST_CASE("an inner section cannot reach out of the outer one") {
  StateWriter writer;
  const auto outer = writer.begin(1, 1);
  writer.put(std::uint32_t{2});  // the tag, version and a length that is too long by one
  writer.put(std::uint32_t{1});
  writer.put(std::uint64_t{9});
  writer.put(std::uint64_t{0});
  writer.end(outer);
  writer.put(std::uint64_t{0});
  StateReader reader{writer.bytes()};
  CHECK(reader.begin(1) == 1);
  CHECK(reader.begin(2) == 0);
  CHECK(!reader.ok());
}

TEST_CASE("ending a section that was not begun is a bug") {
  StateReader reader{{}};
  CHECK_ASSERTS(reader.end());
}
