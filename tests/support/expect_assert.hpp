// CHECK_ASSERTS(expression): the expression must fail a KEEL_ASSERT.
#pragma once

#include <doctest/doctest.h>

#include <keel/core/assert.hpp>

namespace keel::test {

struct AssertFailed {};

// While this lives, a failed KEEL_ASSERT throws instead of ending the test program.
class ThrowingAsserts {
 public:
  ThrowingAsserts()
      : before_(set_assert_handler([](const AssertInfo&) { throw AssertFailed{}; })) {}
  ~ThrowingAsserts() { set_assert_handler(before_); }
  ThrowingAsserts(const ThrowingAsserts&) = delete;
  ThrowingAsserts& operator=(const ThrowingAsserts&) = delete;

 private:
  AssertHandler before_;
};

}  // namespace keel::test

#define CHECK_ASSERTS(...)                                                     \
  do {                                                                         \
    const keel::test::ThrowingAsserts throwing;                                \
    CHECK_THROWS_AS(static_cast<void>(__VA_ARGS__), keel::test::AssertFailed); \
  } while (false)
