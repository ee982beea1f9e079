#include <doctest/doctest.h>

#include <memory>

#include <keel/core/log.hpp>
#include <keel/core/result.hpp>

#include "expect_assert.hpp"

using namespace keel;

namespace {

constexpr ErrorCode kTest{"test.error"};

Error failure(std::string value = "x") { return {kTest, "field", std::move(value), "rule", {}}; }

// Counts how many of it live.
struct Counted {
  explicit Counted(int& count) : alive(&count) { ++*alive; }
  Counted(const Counted& other) : alive(other.alive) { ++*alive; }
  Counted(Counted&& other) noexcept : alive(other.alive) { ++*alive; }
  Counted& operator=(const Counted&) = delete;
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive; }
  int* alive;
};

}  // namespace

TEST_CASE("a result is a value or an error") {
  const Result<int> good{7};
  CHECK(good.ok());
  CHECK(*good == 7);
  CHECK(good.value_or(3) == 7);
  const Result<int> bad{failure()};
  CHECK(!bad);
  CHECK(bad.error().code == kTest);
  CHECK(bad.value_or(3) == 3);
  const Result<std::string> text{std::string{"abc"}};
  CHECK(text->size() == 3);
}

TEST_CASE("asking a result for what it is not is a bug") {
  const Result<int> good{7}, bad{failure()};
  CHECK_ASSERTS(bad.value());
  CHECK_ASSERTS(*bad);
  CHECK_ASSERTS(good.error());
  const Status done, failed{failure()};
  CHECK(done.ok());
  CHECK_ASSERTS(done.error());
  CHECK_ASSERTS(failed.value());
  CHECK(failed.error().field == "field");
}

TEST_CASE("copies, moves and assignments between all kinds") {
  int alive = 0;
  {
    Result<Counted> value{Counted{alive}};
    Result<Counted> error{failure()};
    Result<Counted> copy{value};
    CHECK(alive == 2);
    copy = error;
    CHECK(alive == 1);
    CHECK(copy.error().value == "x");
    copy = value;
    CHECK(alive == 2);
    const auto& itself = copy;
    copy = itself;
    CHECK(alive == 2);
    error = std::move(value);
    CHECK(error.ok());
    CHECK(alive == 3);  // what was moved from still lives
    error = failure("a text that is too long to be kept inside a string");
    CHECK(error.error().value.size() > 40);
    const Result<Counted> moved{std::move(error)};
    CHECK(!moved.ok());
  }
  CHECK(alive == 0);
}

TEST_CASE("a result can hold what only moves") {
  Result<std::unique_ptr<int>> result{std::make_unique<int>(5)};
  const auto value = std::move(result).value();
  CHECK(*value == 5);
}

TEST_CASE("the assert handler can be replaced and comes back") {
  static int calls = 0;
  const auto before = set_assert_handler([](const AssertInfo& info) {
    ++calls;
    CHECK(info.condition == "1 == 2");
    CHECK(info.message == "as planned");
    CHECK(info.line > 0);
    CHECK(info.file.front() != '/');  // no path of the machine that built it
    throw 1;
  });
  CHECK_THROWS_AS([] { KEEL_ASSERT(1 == 2, "as planned"); }(), int);
  CHECK(calls == 1);
  set_assert_handler(nullptr);
  const auto standard = set_assert_handler(before);
  CHECK((standard != nullptr));
  CHECK_NOTHROW([] { KEEL_ASSERT(1 == 1, "never"); }());
}

TEST_CASE("the null log swallows") { null_log().log(LogLevel::kError, "core", "nothing happens"); }
