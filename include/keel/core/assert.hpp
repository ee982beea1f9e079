// KEEL_ASSERT: for bugs in the program, never for bad input. Always on, in every build.
#pragma once

#include <string_view>

namespace keel {

struct AssertInfo {
  std::string_view condition;
  std::string_view message;
  std::string_view file;
  int line;
};

// Called once a KEEL_ASSERT fails. It may throw (the Python binding does); if it returns, the
// process is aborted, because the state behind a failed assert cannot be trusted.
using AssertHandler = void (*)(const AssertInfo&);

// Installs a handler and returns the one before. Null restores the default, which writes one line
// to stderr. Safe from any thread; the handler is the only process-wide state in the library.
AssertHandler set_assert_handler(AssertHandler handler) noexcept;

namespace detail {
[[noreturn]] void assert_failed(const char* condition, const char* message, const char* file,
                                int line);
}

}  // namespace keel

#define KEEL_ASSERT(condition, message)                                       \
  do {                                                                        \
    if (!(condition)) [[unlikely]]                                            \
      ::keel::detail::assert_failed(#condition, message, __FILE__, __LINE__); \
  } while (false)
