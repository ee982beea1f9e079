// Loop: where sockets and timers of keel run. The host owns it and decides which thread turns it:
// its own loop calls poll or run_for, or a thread of its choice calls run. Nothing here starts a
// thread.
//
//   net::Loop loop;
//   while (running) loop.run_for(Duration::milliseconds(10));
//
// A host that has a Boost.Asio io_context of its own hands it over instead: everything then runs
// there. Objects that belong to a loop are made, used and destroyed on the thread that turns it,
// except where a function says otherwise.
#pragma once

#include <cstddef>
#include <memory>

#include <keel/core/time.hpp>

namespace keel::net {

class Loop {
 public:
  Loop();
  // `io_context` points to a boost::asio::io_context that outlives this.
  explicit Loop(void* io_context);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  // Runs what is ready and returns how much that was.
  std::size_t poll();
  // The same, and waits for more until so much time has passed.
  std::size_t run_for(Duration time);
  // Until stop() was called, by any thread.
  void run();
  void stop();

  // Runs `task` on the loop's thread, soon. Any thread.
  template <class Task>
  void post(Task task) {
    post_call(
        [](void* state, bool call) {
          const std::unique_ptr<Task> owned{static_cast<Task*>(state)};
          if (call) (*owned)();
        },
        new Task(static_cast<Task&&>(task)));
  }

  // The wall clock. Any thread.
  [[nodiscard]] static Timestamp now();

  // The boost::asio::io_context.
  [[nodiscard]] void* native();

 private:
  using Call = void (*)(void* state, bool call);
  void post_call(Call call, void* state);
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class TimerHandler {
 public:
  virtual void on_timer() = 0;

 protected:
  ~TimerHandler() = default;
};

// Calls its handler once, `after` from start. Starting again forgets the earlier start; destroyed
// or cancelled, it does not call any more.
class Timer {
 public:
  Timer(Loop& loop, TimerHandler& handler);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();
  void start(Duration after);
  void cancel();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace keel::net
