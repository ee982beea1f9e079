#include <keel/net/tcp.hpp>

#include <doctest/doctest.h>

#include <thread>

namespace keel::net {

namespace {

struct Peer final : StreamHandler {
  void on_connected() override { connected = true; }
  void on_data(std::string_view bytes) override { heard += bytes; }
  void on_closed(const Error& why) override {
    ++closes;
    code = std::string{why.code.text};
  }
  std::string heard, code;
  int closes = 0;
  bool connected = false;
};

struct Server final : ListenHandler {
  explicit Server(Loop& loop) : listener(loop, *this) {}
  void on_accept(TcpStream accepted) override {
    stream = std::move(accepted);
    stream.start(peer);
  }
  Peer peer;
  TcpStream stream;
  TcpListener listener;
};

template <class Condition>
bool wait_for(Loop& loop, Condition condition) {
  for (int i = 0; i < 2000 && !condition(); ++i) loop.run_for(Duration::milliseconds(2));
  return condition();
}

}  // namespace

TEST_CASE("what one side writes, the other hears, in order, also when it is much") {
  Loop loop;
  Server server{loop};
  const auto port = server.listener.listen("127.0.0.1", 0);
  REQUIRE(port.ok());
  Peer client;
  TcpStream stream = TcpStream::connect(loop, "127.0.0.1", *port, Duration::seconds(2), client);
  REQUIRE(wait_for(loop, [&] { return client.connected && server.stream.is_open(); }));
  std::string all;
  for (int i = 0; i < 20000; ++i) {
    const std::string part(1000 + static_cast<std::size_t>(i % 7), static_cast<char>('a' + i % 26));
    all += part;
    REQUIRE(stream.write(part));  // the loop does not turn meanwhile: most of it waits
  }
  CHECK(stream.queued() > 0);
  REQUIRE(wait_for(loop, [&] { return server.peer.heard.size() == all.size(); }));
  CHECK(server.peer.heard == all);
  CHECK(server.stream.write("back"));
  CHECK(wait_for(loop, [&] { return client.heard == "back"; }));
  stream.close();
  CHECK(wait_for(loop, [&] { return server.peer.closes == 1; }));
  CHECK(server.peer.code == "net.closed");
  CHECK(client.closes == 0);
  CHECK_FALSE(stream.write("more"));
}

TEST_CASE("another thread may write while the loop turns") {
  Loop loop;
  Server server{loop};
  const auto port = server.listener.listen("127.0.0.1", 0);
  Peer client;
  TcpStream stream =
      TcpStream::connect(loop, "127.0.0.1", port.value(), Duration::seconds(2), client);
  REQUIRE(wait_for(loop, [&] { return stream.is_open() && server.stream.is_open(); }));
  std::thread writer{[&] {
    for (int i = 0; i < 20'000; ++i) stream.write("0123456789");
  }};
  const bool heard = wait_for(loop, [&] { return server.peer.heard.size() == 200'000; });
  writer.join();
  CHECK(heard);
}

TEST_CASE("nobody there, a name that is none, a port that is taken") {
  Loop loop;
  Server server{loop};
  const auto port = server.listener.listen("127.0.0.1", 0);
  Server second{loop};
  CHECK(second.listener.listen("127.0.0.1", port.value()).error().code == net_errors::kListen);
  CHECK(second.listener.listen("not an address", 0).error().code == net_errors::kAddress);
  server.listener.close();
  Peer client;
  TcpStream stream =
      TcpStream::connect(loop, "127.0.0.1", port.value(), Duration::seconds(2), client);
  CHECK(wait_for(loop, [&] { return client.closes == 1; }));
  CHECK(client.code == "net.connect");
}

TEST_CASE("a paused stream is not read, and a stream that is gone calls nobody") {
  Loop loop;
  Server server{loop};
  const auto port = server.listener.listen("127.0.0.1", 0);
  auto client = std::make_unique<Peer>();
  auto stream = std::make_unique<TcpStream>(
      TcpStream::connect(loop, "127.0.0.1", port.value(), Duration::seconds(2), *client));
  REQUIRE(wait_for(loop, [&] { return client->connected && server.stream.is_open(); }));
  stream->pause();
  server.stream.write("a");  // the read that is already waiting may still take this
  loop.run_for(Duration::milliseconds(20));
  const std::size_t before = client->heard.size();
  server.stream.write("bcd");
  loop.run_for(Duration::milliseconds(20));
  CHECK(client->heard.size() == before);
  stream->resume();
  CHECK(wait_for(loop, [&] { return client->heard == "abcd"; }));
  stream.reset();
  client.reset();
  server.stream.write("nobody");
  loop.run_for(Duration::milliseconds(20));
}

TEST_CASE("timers fire once, start anew, and do not outlive themselves") {
  struct Count final : TimerHandler {
    void on_timer() override { ++fired; }
    int fired = 0;
  };
  Loop loop;
  Count count;
  auto timer = std::make_unique<Timer>(loop, count);
  timer->start(Duration::milliseconds(1));
  timer->start(Duration::milliseconds(2));
  CHECK(wait_for(loop, [&] { return count.fired == 1; }));
  timer->start(Duration::milliseconds(1));
  timer.reset();
  loop.run_for(Duration::milliseconds(10));
  CHECK(count.fired == 1);
}

}  // namespace keel::net
