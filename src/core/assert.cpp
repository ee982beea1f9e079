#include <keel/core/assert.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace keel {

namespace {

// The one place in the library that prints or aborts.
void print_to_stderr(const AssertInfo& info) {
  std::fprintf(stderr, "keel: assertion failed: %.*s (%.*s) at %.*s:%d\n",
               static_cast<int>(info.message.size()), info.message.data(),
               static_cast<int>(info.condition.size()), info.condition.data(),
               static_cast<int>(info.file.size()), info.file.data(), info.line);
}

std::atomic<AssertHandler> handler{print_to_stderr};

}  // namespace

AssertHandler set_assert_handler(AssertHandler next) noexcept {
  return handler.exchange(next != nullptr ? next : print_to_stderr);
}

namespace detail {

void assert_failed(const char* condition, const char* message, const char* file, int line) {
  handler.load()({condition, message, file, line});
  std::abort();
}

}  // namespace detail
}  // namespace keel
