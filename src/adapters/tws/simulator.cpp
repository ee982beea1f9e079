// The simulator on sockets.
#include <keel/adapters/tws/simulator.hpp>

#include <algorithm>

#include <keel/net/tcp.hpp>

namespace keel::tws {

struct Simulator::Impl final : net::ListenHandler, net::TimerHandler {
  struct Peer final : net::StreamHandler {
    Peer(Impl& its_owner, net::TcpStream its_stream)
        : owner(its_owner), stream(std::move(its_stream)) {}
    void on_data(std::string_view bytes) override {
      owner.core.receive(connection, bytes, owner.now());
      owner.flush();
      owner.schedule();
    }
    void on_closed(const Error&) override {
      owner.core.close(connection);
      gone = true;
      owner.sweep();
    }
    Impl& owner;
    net::TcpStream stream;
    int connection = 0;
    bool gone = false;
  };

  Impl(net::Loop& its_loop, SimulatorConfig config)
      : loop(its_loop),
        speed(config.feed == nullptr && config.speed > 0 ? config.speed : 1),
        start(net::Loop::now()),
        core(std::move(config), start),
        listener(its_loop, *this),
        timer(its_loop, *this) {}

  // Simulated time runs `speed` times as fast, from when the server was made.
  [[nodiscard]] Timestamp now() const {
    const Duration passed = net::Loop::now() - start;
    if (speed == 1) return start + passed;
    return start + Duration{static_cast<std::int64_t>(static_cast<double>(passed.ns) * speed)};
  }

  void on_accept(net::TcpStream stream) override {
    auto peer = std::make_unique<Peer>(*this, std::move(stream));
    peer->connection = core.open(peer->stream.peer(), now());
    Peer& made = *peer;
    peers.push_back(std::move(peer));
    made.stream.start(made);
    flush();
    schedule();
  }
  void on_timer() override {
    core.advance(now());
    flush();
    schedule();
  }
  void schedule() {
    Duration wait = core.next_event() - now();
    wait = std::clamp(wait, Duration::milliseconds(0), Duration::seconds(1));
    if (speed != 1)
      wait = Duration{static_cast<std::int64_t>(static_cast<double>(wait.ns) / speed)};
    timer.start(wait);
  }
  void flush() {
    for (const auto& peer : peers) {
      if (peer->gone) continue;
      std::string& out = core.output(peer->connection);
      if (!out.empty()) {
        peer->stream.write(out);
        out.clear();
      }
      if (!core.is_closing(peer->connection)) continue;
      peer->stream.close();
      core.close(peer->connection);
      peer->gone = true;
    }
    sweep();
  }
  // A peer may be the one whose handler runs now: it goes on the next turn of the loop.
  void sweep() {
    if (sweeping || std::none_of(peers.begin(), peers.end(), [](const auto& p) { return p->gone; }))
      return;
    sweeping = true;
    loop.post([alive = std::weak_ptr<int>{token}, this] {
      if (alive.expired()) return;
      sweeping = false;
      std::erase_if(peers, [](const auto& p) { return p->gone; });
    });
  }

  net::Loop& loop;
  double speed;
  Timestamp start;
  SimulatorCore core;
  std::vector<std::unique_ptr<Peer>> peers;
  bool sweeping = false;
  std::shared_ptr<int> token = std::make_shared<int>(0);
  net::TcpListener listener;
  net::Timer timer;
};

Simulator::Simulator(net::Loop& loop, SimulatorConfig config)
    : impl_(new Impl{loop, std::move(config)}) {}
Simulator::~Simulator() = default;

Result<std::uint16_t> Simulator::listen(const std::string& host, std::uint16_t port) {
  auto bound = impl_->listener.listen(host, port);
  if (bound) impl_->schedule();
  return bound;
}
void Simulator::stop() {
  impl_->listener.close();
  impl_->timer.cancel();
  impl_->peers.clear();
}
SimulatorCore& Simulator::core() { return impl_->core; }
void Simulator::restart(Duration down) {
  impl_->core.restart(impl_->now() + down);
  impl_->flush();
}

}  // namespace keel::tws
