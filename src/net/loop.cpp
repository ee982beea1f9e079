#include "net/asio_loop.hpp"

#include <chrono>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace keel::net {

namespace asio = boost::asio;

class Loop::Impl {
 public:
  explicit Impl(asio::io_context* theirs)
      : own(theirs == nullptr ? new asio::io_context{1} : nullptr),
        context(theirs == nullptr ? own.get() : theirs) {}
  std::unique_ptr<asio::io_context> own;
  asio::io_context* context;
};

Loop::Loop() : impl_(new Impl{nullptr}) {}
Loop::Loop(void* io_context) : impl_(new Impl{static_cast<asio::io_context*>(io_context)}) {}
Loop::~Loop() = default;

std::size_t Loop::poll() {
  if (impl_->context->stopped()) impl_->context->restart();
  return impl_->context->poll();
}
std::size_t Loop::run_for(Duration time) {
  if (impl_->context->stopped()) impl_->context->restart();
  // A guard, so that a loop without work waits too instead of spinning.
  const auto guard = asio::make_work_guard(*impl_->context);
  return impl_->context->run_for(std::chrono::nanoseconds{time.ns});
}
void Loop::run() {
  if (impl_->context->stopped()) impl_->context->restart();
  const auto guard = asio::make_work_guard(*impl_->context);
  impl_->context->run();
}
void Loop::stop() { impl_->context->stop(); }
void* Loop::native() { return impl_->context; }

void Loop::post_call(Call call, void* state) {
  // Owned, so that a task that never ran is freed with the loop.
  struct Owned {
    Call call;
    void* state;
    Owned(Call c, void* s) : call(c), state(s) {}
    Owned(Owned&& other) noexcept : call(other.call), state(other.state) { other.state = nullptr; }
    Owned(const Owned&) = delete;
    ~Owned() {
      if (state != nullptr) call(state, false);
    }
    void operator()() { call(std::exchange(state, nullptr), true); }
  };
  asio::post(*impl_->context, Owned{call, state});
}

Timestamp Loop::now() {
  return Timestamp::from_ns(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count());
}

class Timer::Impl : public std::enable_shared_from_this<Timer::Impl> {
 public:
  Impl(asio::io_context& context, TimerHandler& handler) : timer(context), handler_(&handler) {}
  void start(Duration after) {
    timer.expires_after(std::chrono::nanoseconds{after.ns});
    timer.async_wait([self = shared_from_this(), round = ++round_](auto error) {
      if (!error && self->handler_ != nullptr && round == self->round_) self->handler_->on_timer();
    });
  }
  void cancel() {
    ++round_;
    timer.cancel();
  }
  void forget() {
    cancel();
    handler_ = nullptr;
  }

 private:
  asio::steady_timer timer;
  TimerHandler* handler_;
  std::uint64_t round_ = 0;
};

Timer::Timer(Loop& loop, TimerHandler& handler)
    : impl_(std::make_shared<Impl>(context_of(loop), handler)) {}
Timer::~Timer() { impl_->forget(); }
void Timer::start(Duration after) { impl_->start(after); }
void Timer::cancel() { impl_->cancel(); }

}  // namespace keel::net
