#include <keel/net/tcp.hpp>

#include <atomic>
#include <mutex>
#include <vector>

#include <fmt/core.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/asio_loop.hpp"

namespace keel::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
std::string text_of(const tcp::endpoint& end) {
  return fmt::format("{}:{}", end.address().to_string(), end.port());
}
}  // namespace

struct TcpStream::Impl : std::enable_shared_from_this<TcpStream::Impl> {
  explicit Impl(asio::io_context& io)
      : context(io), socket(io), resolver(io), deadline(io), buffer(std::size_t{1} << 16) {}

  void begin() {
    error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    socket.non_blocking(true, ignored);  // a write never waits
    const auto end = socket.remote_endpoint(ignored);
    if (!ignored) peer = text_of(end);
    open = true;
    if (handler != nullptr) read();
  }
  void read() {
    if (reading || paused || !open) return;
    reading = true;
    socket.async_read_some(asio::buffer(buffer),
                           [self = shared_from_this()](error_code error, std::size_t size) {
                             self->reading = false;
                             self->on_read(error, size);
                           });
  }
  void on_read(error_code error, std::size_t size) {
    if (handler == nullptr || !open) return;
    if (error) return fail({net_errors::kClosed, "connection", error.message(), "open", peer});
    handler->on_data({buffer.data(), size});
    read();
  }
  void fail(Error why) {
    StreamHandler* const told = handler;
    shut();
    if (told != nullptr) told->on_closed(why);
  }
  void shut() {
    handler = nullptr;
    open = false;
    error_code ignored;
    deadline.cancel();
    resolver.cancel();
    const std::lock_guard lock{mutex};
    closed = true;
    waiting.clear();
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
  }

  // With the lock held: as much as the socket takes now. False: it has failed.
  bool push(std::string_view& bytes) {
    while (!bytes.empty()) {
      error_code error;
      const std::size_t size = socket.send(asio::buffer(bytes.data(), bytes.size()), 0, error);
      if (error == asio::error::would_block || error == asio::error::try_again) return true;
      if (error) return false;
      bytes.remove_prefix(size);
    }
    return true;
  }
  bool write(std::string_view bytes) {
    const std::lock_guard lock{mutex};
    if (closed || !open) return false;
    if (waiting.empty() && !push(bytes)) return true;  // the reader will be told that it is closed
    if (bytes.empty()) return true;
    if (waiting.size() + bytes.size() > kWriteLimit) {
      closed = true;
      asio::post(context, [self = shared_from_this()] {
        self->fail({net_errors::kOverflow, "bytes waiting", std::to_string(self->waiting.size()),
                    fmt::format("at most {}", kWriteLimit), self->peer});
      });
      return false;
    }
    const bool first = waiting.empty();
    waiting.append(bytes);
    if (first) asio::post(context, [self = shared_from_this()] { self->wait(); });
    return true;
  }
  void wait() {
    if (!open) return;
    socket.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code error) {
      if (!error && self->open) self->drain();
    });
  }
  void drain() {
    {
      const std::lock_guard lock{mutex};
      std::string_view left{waiting};
      if (!push(left)) return;
      waiting.erase(0, waiting.size() - left.size());
      if (waiting.empty()) return;
    }
    wait();
  }

  void connect(std::string host, std::uint16_t port, Duration timeout) {
    peer = fmt::format("{}:{}", host, port);
    deadline.expires_after(std::chrono::nanoseconds{timeout.ns});
    deadline.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->open && self->handler != nullptr)
        self->fail({net_errors::kTimeout, "connecting", "", "an answer in time", self->peer});
    });
    resolver.async_resolve(
        host, std::to_string(port),
        [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
          self->on_resolved(error, found);
        });
  }
  void on_resolved(error_code error, const tcp::resolver::results_type& found) {
    if (handler == nullptr) return;
    if (error)
      return fail({net_errors::kAddress, "host", error.message(), "a name or an address", peer});
    endpoints.assign(found.begin(), found.end());
    try_next({});
  }
  void try_next(error_code last) {
    if (handler == nullptr) return;
    if (endpoints.empty())
      return fail({net_errors::kConnect, "connecting", last.message(), "accepted", peer});
    const tcp::endpoint to = endpoints.front();
    endpoints.erase(endpoints.begin());
    error_code ignored;
    socket.close(ignored);
    socket.async_connect(to, [self = shared_from_this()](error_code error) {
      if (self->handler == nullptr) return;
      if (error) return self->try_next(error);
      self->deadline.cancel();
      StreamHandler* const told = self->handler;
      self->open = true;
      told->on_connected();
      if (self->handler != nullptr) self->begin();
    });
  }

  asio::io_context& context;
  tcp::socket socket;
  tcp::resolver resolver;
  asio::steady_timer deadline;
  std::vector<char> buffer;
  std::vector<tcp::endpoint> endpoints;
  std::string peer;
  StreamHandler* handler = nullptr;
  bool reading = false, paused = false;
  std::atomic<bool> open{false};
  mutable std::mutex mutex;  // what waits to be written, and the socket while writing or closing
  std::string waiting;
  bool closed = false;
};

TcpStream& TcpStream::operator=(TcpStream&& other) noexcept {
  if (this != &other) {
    close();
    impl_ = std::move(other.impl_);
  }
  return *this;
}
TcpStream::~TcpStream() { close(); }

TcpStream TcpStream::connect(Loop& loop, std::string host, std::uint16_t port, Duration timeout,
                             StreamHandler& handler) {
  auto impl = std::make_shared<Impl>(context_of(loop));
  impl->handler = &handler;
  impl->connect(std::move(host), port, timeout);
  return TcpStream{std::move(impl)};
}
void TcpStream::start(StreamHandler& handler) {
  impl_->handler = &handler;
  impl_->read();
}
bool TcpStream::write(std::string_view bytes) { return impl_ != nullptr && impl_->write(bytes); }
void TcpStream::pause() { impl_->paused = true; }
void TcpStream::resume() {
  impl_->paused = false;
  impl_->read();
}
void TcpStream::close() {
  if (impl_ != nullptr) impl_->shut();
}
bool TcpStream::is_open() const { return impl_ != nullptr && impl_->open; }
std::size_t TcpStream::queued() const {
  if (impl_ == nullptr) return 0;
  const std::lock_guard lock{impl_->mutex};
  return impl_->waiting.size();
}
std::string TcpStream::peer() const { return impl_ == nullptr ? std::string{} : impl_->peer; }

struct TcpListener::Impl : std::enable_shared_from_this<TcpListener::Impl> {
  Impl(asio::io_context& io, ListenHandler& listener)
      : context(io), acceptor(io), handler(&listener) {}
  void accept() {
    auto stream = std::make_shared<TcpStream::Impl>(context);
    tcp::socket& socket = stream->socket;
    acceptor.async_accept(
        socket, [self = shared_from_this(), stream = std::move(stream)](error_code error) {
          if (self->handler == nullptr) return;
          if (!error) {
            stream->begin();
            self->handler->on_accept(TcpStream{stream});
          } else if (error == asio::error::operation_aborted) {
            return;
          }
          if (self->handler != nullptr) self->accept();
        });
  }
  asio::io_context& context;
  tcp::acceptor acceptor;
  ListenHandler* handler;
};

TcpListener::TcpListener(Loop& loop, ListenHandler& handler)
    : impl_(std::make_shared<Impl>(context_of(loop), handler)) {}
TcpListener::~TcpListener() {
  impl_->handler = nullptr;
  close();
}

Result<std::uint16_t> TcpListener::listen(const std::string& host, std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) return Error{net_errors::kAddress, "host", host, "an address of this machine", ""};
  const tcp::endpoint end{address, port};
  auto& acceptor = impl_->acceptor;
  acceptor.open(end.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor.bind(end, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor.close(ignored);
    return Error{net_errors::kListen, "port", std::to_string(port), error.message(), host};
  }
  impl_->accept();
  return acceptor.local_endpoint().port();
}
void TcpListener::close() {
  error_code ignored;
  impl_->acceptor.close(ignored);
}

}  // namespace keel::net
