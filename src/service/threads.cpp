#include <keel/service/threads.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace keel {

struct DriverThread::Impl {
  Impl(Driver& its_driver, DriverThreadOptions its_options)
      : driver(its_driver), options(its_options) {}

  void turn() {
    std::uint32_t idle = 0;
    while (!stopping.load(std::memory_order_acquire)) {
      const std::size_t taken = driver.poll(net::Loop::now(), options.inputs_a_poll);
      if (taken != 0) {
        inputs.fetch_add(taken, std::memory_order_relaxed);
        idle = 0;
      } else if (++idle > options.spins && options.sleep.ns > 0) {
        std::this_thread::sleep_for(std::chrono::nanoseconds{options.sleep.ns});
      }
    }
    while (const std::size_t taken = driver.poll(net::Loop::now(), options.inputs_a_poll))
      inputs.fetch_add(taken, std::memory_order_relaxed);
  }

  Driver& driver;
  DriverThreadOptions options;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> inputs{0};
  std::thread thread;
};

DriverThread::DriverThread(Driver& driver, DriverThreadOptions options)
    : impl_(new Impl{driver, options}) {}
DriverThread::~DriverThread() { stop(); }

void DriverThread::start() {
  if (is_running()) return;
  impl_->stopping = false;
  impl_->thread = std::thread{[this] { impl_->turn(); }};
}
void DriverThread::stop() {
  if (!is_running()) return;
  impl_->stopping.store(true, std::memory_order_release);
  impl_->thread.join();
}
bool DriverThread::is_running() const { return impl_->thread.joinable(); }
std::uint64_t DriverThread::inputs() const { return impl_->inputs; }

struct LoopThread::Impl {
  explicit Impl(net::Loop& its_loop) : loop(its_loop) {}
  net::Loop& loop;
  std::thread thread;
};

LoopThread::LoopThread(net::Loop& loop) : impl_(new Impl{loop}) {}
LoopThread::~LoopThread() { stop(); }

void LoopThread::start() {
  if (is_running()) return;
  impl_->thread = std::thread{[this] { impl_->loop.run(); }};
}
void LoopThread::stop() {
  if (!is_running()) return;
  impl_->loop.post([this] { impl_->loop.stop(); });  // also where it has not begun to turn yet
  impl_->thread.join();
}
bool LoopThread::is_running() const { return impl_->thread.joinable(); }

}  // namespace keel
