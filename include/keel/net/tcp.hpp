// TCP streams and listeners.
//
// What arrives is told to a handler on the loop's thread. Writing may be done by any thread and
// never blocks: bytes go to the socket at once where it takes them, else they wait, in order, up to
// a limit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <keel/core/result.hpp>
#include <keel/net/loop.hpp>

namespace keel {
namespace net_errors {
inline constexpr ErrorCode kAddress{"net.address"};
inline constexpr ErrorCode kListen{"net.listen"};
inline constexpr ErrorCode kConnect{"net.connect"};
inline constexpr ErrorCode kTimeout{"net.timeout"};
inline constexpr ErrorCode kClosed{"net.closed"};
inline constexpr ErrorCode kOverflow{"net.overflow"};
}  // namespace net_errors
}  // namespace keel

namespace keel::net {

class StreamHandler {
 public:
  virtual void on_connected() {}
  // Valid during the call.
  virtual void on_data(std::string_view bytes) = 0;
  // Once, also where connecting failed; nothing comes after it. Not called after close().
  virtual void on_closed(const Error& why) = 0;

 protected:
  ~StreamHandler() = default;
};

class TcpStream {
 public:
  struct Impl;
  static constexpr std::size_t kWriteLimit = std::size_t{64} << 20;

  TcpStream() = default;
  explicit TcpStream(std::shared_ptr<Impl> impl)
      : impl_(static_cast<std::shared_ptr<Impl>&&>(impl)) {}
  TcpStream(TcpStream&&) noexcept = default;
  TcpStream& operator=(TcpStream&& other) noexcept;
  ~TcpStream();

  // Starts to connect. Errors come through on_closed: net.address, net.connect, net.timeout.
  static TcpStream connect(Loop& loop, std::string host, std::uint16_t port, Duration timeout,
                           StreamHandler& handler);
  // Reads begin when an accepted stream gets its handler.
  void start(StreamHandler& handler);

  // All of it is on its way or queued; false: closed, or more than the limit is queued (then the
  // stream is closed, and says net.overflow). Any thread.
  bool write(std::string_view bytes);
  // No more is read until resume(): what the peer sends stays in the network.
  void pause();
  void resume();
  // What was written is sent first where the socket takes it at once; the rest is dropped.
  void close();

  [[nodiscard]] bool is_open() const;
  [[nodiscard]] std::size_t queued() const;
  // "127.0.0.1:50122"
  [[nodiscard]] std::string peer() const;

 private:
  std::shared_ptr<Impl> impl_;
};

class ListenHandler {
 public:
  virtual void on_accept(TcpStream stream) = 0;

 protected:
  ~ListenHandler() = default;
};

class TcpListener {
 public:
  TcpListener(Loop& loop, ListenHandler& handler);
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener();

  // The port; with port 0 the system chooses one. Errors: net.address, net.listen.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace keel::net
