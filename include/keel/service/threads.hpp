// Threads for what otherwise a host turns itself: an engine's Driver, and a net::Loop. Made and
// started by name, never by themselves.
//
//   net::Loop loop;                       // sockets on one thread
//   LoopThread sockets{loop};
//   DriverThread trading{driver};         // the engine on another
//   sockets.start(); trading.start();
//   ...
//   trading.stop(); sockets.stop();       // the engine first: it may still write
//
// While a DriverThread runs, the engine belongs to its thread; before start() and after stop() to
// the caller's.
#pragma once

#include <cstdint>
#include <memory>

#include <keel/engine/driver.hpp>
#include <keel/net/loop.hpp>

namespace keel {

struct DriverThreadOptions {
  // What an idle driver does: turns this many times without a pause, then sleeps for so long
  // between turns. Zero sleep: it never sleeps, and takes a processor for itself.
  std::uint32_t spins = 1000;
  Duration sleep = Duration::microseconds(50);
  std::size_t inputs_a_poll = 256;
};

class DriverThread {
 public:
  // The driver outlives this.
  explicit DriverThread(Driver& driver, DriverThreadOptions options = {});
  DriverThread(const DriverThread&) = delete;
  DriverThread& operator=(const DriverThread&) = delete;
  ~DriverThread();  // stops

  void start();
  // Returns when the thread has ended; what lay in the inbox before is taken first.
  void stop();
  [[nodiscard]] bool is_running() const;
  // Inputs that the engine has taken so far (any thread).
  [[nodiscard]] std::uint64_t inputs() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class LoopThread {
 public:
  // The loop outlives this.
  explicit LoopThread(net::Loop& loop);
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  ~LoopThread();  // stops

  void start();
  void stop();
  [[nodiscard]] bool is_running() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keel
