// The client on sockets. One lock stands between the loop's thread and the engine's: it is held for
// as long as it takes to encode and to hand bytes to the socket, and is rarely contended.
#include <keel/adapters/tws/client.hpp>

#include <mutex>

#include <keel/net/tcp.hpp>

namespace keel::tws {

struct Client::Impl final : net::StreamHandler, net::TimerHandler {
  Impl(net::Loop& its_loop, ClientConfig its_config, InputSink& sink)
      : loop(its_loop),
        config(its_config),
        core(std::move(its_config), sink),
        timer(its_loop, *this) {}

  void on_connected() override {
    const std::lock_guard lock{mutex};
    core.on_connected(net::Loop::now());
    opened = true;
    loop.post([alive = std::weak_ptr<int>{token}, this] {
      if (alive.expired()) return;
      const std::lock_guard inner{mutex};
      flush();
    });
    settle();
  }
  void on_data(std::string_view bytes) override {
    const std::lock_guard lock{mutex};
    core.on_bytes(bytes, net::Loop::now());
    flush();
    if (core.is_blocked()) {
      stream.pause();
      paused = true;
    }
    settle();
  }
  void on_closed(const Error& why) override {
    const std::lock_guard lock{mutex};
    opened = false;
    core.on_closed(why.value.empty() ? why.code.text : std::string_view{why.value},
                   net::Loop::now());
    settle();
  }
  void on_timer() override {
    const std::lock_guard lock{mutex};
    core.on_time(net::Loop::now());
    flush();
    if (paused && !core.is_blocked()) {
      paused = false;
      stream.resume();
    }
    settle();
  }

  // With the lock held.
  void flush() {
    std::string& out = core.output();
    if (out.empty() || !opened) return;
    stream.write(out);
    out.clear();
  }
  // With the lock held, on the loop's thread: what the core wishes, and when it is to be asked
  // again.
  void settle() {
    const Wish wish = core.take_wish();
    if (wish == Wish::kClose) {
      opened = false;
      stream.close();
    }
    if (wish == Wish::kConnect) {
      opened = false;
      paused = false;
      stream =
          net::TcpStream::connect(loop, config.host, config.port, config.connect_timeout, *this);
    }
    if (const auto next = core.next_deadline()) {
      const Duration wait = *next - net::Loop::now();
      timer.start(wait.ns < 0 ? Duration{0} : wait);
    } else {
      timer.cancel();
    }
  }
  // From any thread: what could not leave at once waits for the timer.
  void settle_soon() {
    if (!core.next_deadline()) return;
    loop.post([alive = std::weak_ptr<int>{token}, this] {
      if (alive.expired()) return;
      const std::lock_guard lock{mutex};
      settle();
    });
  }

  net::Loop& loop;
  ClientConfig config;
  mutable std::recursive_mutex mutex;
  ClientCore core;
  net::TcpStream stream;
  bool opened = false, paused = false;
  std::shared_ptr<int> token = std::make_shared<int>(0);
  net::Timer timer;
};

Client::Client(net::Loop& loop, ClientConfig config, InputSink& sink)
    : impl_(new Impl{loop, std::move(config), sink}) {}
Client::~Client() = default;

void Client::list(InstrumentId instrument, const Contract& contract) {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.list(instrument, contract);
}
void Client::subscribe(InstrumentId instrument, const Subscription& what) {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.subscribe(instrument, what);
  impl_->flush();
  impl_->settle();
}
void Client::set_listener(ResponseHandler* listener) {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.set_listener(listener);
}
void Client::start() {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.start(net::Loop::now());
  impl_->settle();
}
void Client::stop() {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.stop(net::Loop::now());
  impl_->settle();
}

VenueId Client::id() const { return impl_->core.venue(); }
const Capabilities& Client::capabilities() const { return impl_->core.capabilities(); }

void Client::send(const CommandBatch& batch) {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.send(batch, net::Loop::now());
  impl_->flush();
  if (impl_->core.has_waiting()) impl_->settle_soon();
}
void Client::request_snapshot(AccountId account) {
  const std::lock_guard lock{impl_->mutex};
  impl_->core.request_snapshot(account, net::Loop::now());
  impl_->flush();
  impl_->settle_soon();
}
template <class M>
bool Client::request(const M& message) {
  const std::lock_guard lock{impl_->mutex};
  const bool taken = impl_->core.request(message, net::Loop::now());
  impl_->flush();
  if (impl_->core.has_waiting()) impl_->settle_soon();
  return taken;
}
#define KEEL_TWS_REQUEST(Message) template bool Client::request<Message>(const Message&);
KEEL_TWS_REQUESTS(KEEL_TWS_REQUEST)

std::int32_t Client::next_request_id() {
  const std::lock_guard lock{impl_->mutex};
  return impl_->core.next_request_id();
}
ConnectionState Client::state() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->core.state();
}
std::optional<Error> Client::failure() const {
  const std::lock_guard lock{impl_->mutex};
  return impl_->core.failure();
}

}  // namespace keel::tws
