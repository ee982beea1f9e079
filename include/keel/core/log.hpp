// Diagnostics go to a sink that the host gives. keel itself prints nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace keel {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

class LogSink {
 public:
  virtual ~LogSink() = default;
  // `room` is the sender ("engine", "adapters.tws"). Called on the sender's thread; must not throw.
  virtual void log(LogLevel level, std::string_view room, std::string_view message) = 0;
};

// Swallows everything: the default of every component that takes a sink.
LogSink& null_log();

}  // namespace keel
