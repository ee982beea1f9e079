// The TWS wire: bytes to messages and back. No socket, no clock.
//
// A connection begins with the client's "API\0" and a range of versions; the server answers with
// the version that both will speak. Every message after that is a frame: four bytes of length, then
// a message number and fields. Up to version 200 all is text; from 201 on the number is four bytes,
// and one above 200 says that the body is protobuf. Which message changes over at which version is
// `kProtobufFrom` of its struct.
//
//   std::string out;
//   tws::encode(out, version, tws::CancelOrderRequest{.order_id = 7});
//
//   tws::FrameReader frames{tws::kMaxFrame};
//   frames.feed(bytes);
//   while (auto frame = frames.next()) tws::dispatch(*frame, version, handler);
//   if (!frames.ok()) close();
//
// Nothing here throws or asserts on bytes from outside, and nothing allocates more than a small
// multiple of the bytes that have arrived.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <keel/adapters/tws/messages.hpp>
#include <keel/core/result.hpp>

namespace keel::tws_errors {
inline constexpr ErrorCode kVersionRange{"tws.version_range"};
inline constexpr ErrorCode kHandshake{"tws.handshake"};
inline constexpr ErrorCode kFrame{"tws.frame"};
inline constexpr ErrorCode kMessage{"tws.message"};
inline constexpr ErrorCode kUnknownMessage{"tws.unknown_message"};
inline constexpr ErrorCode kOrder{"tws.order"};
inline constexpr ErrorCode kAccount{"tws.account"};
inline constexpr ErrorCode kLiveAccount{"tws.live_account"};
}  // namespace keel::tws_errors

namespace keel::tws {

// Messages are described for these.
inline constexpr int kMinVersion = 157, kMaxVersion = 225;
inline constexpr int kFirstBinaryVersion = 201;
inline constexpr std::size_t kMaxFrame = std::size_t{16} << 20;

struct VersionRange {
  int min = kMinVersion, max = kMaxVersion;
};

// What the client sends first: "API\0" and a frame "v157..225", then a blank and `options`, if any.
void encode_hello(std::string& out, VersionRange range, std::string_view options = {});
struct Hello {
  VersionRange range;
  std::string options;
};
// The frame behind "API\0". Error: tws.handshake.
Result<Hello> decode_hello(std::string_view frame);
// The lower of both maxima. Error: tws.version_range, where the ranges do not meet.
Result<int> negotiate(VersionRange client, VersionRange server);
// The server's answer: the version and its time, as "20261121 09:30:00 EST".
void encode_welcome(std::string& out, int version, std::string_view time);
struct Welcome {
  int version = 0;
  std::string time;
};
// Errors: tws.handshake, tws.version_range (not within `range`).
Result<Welcome> decode_welcome(std::string_view frame, VersionRange range);

// Splits a stream of bytes into frames. A length above `limit` (or a negative one, which looks the
// same) ends the stream: nothing behind it can be trusted.
class FrameReader {
 public:
  explicit FrameReader(std::size_t limit) : limit_(limit) {}

  void feed(std::string_view bytes);
  // The body of the next whole frame, valid until feed or next. nullopt: not all of it is here, or
  // the stream has failed.
  [[nodiscard]] std::optional<std::string_view> next();
  // "API\0" comes before the first frame of a client; true once it was there and is gone.
  // nullopt: not all here. false: this is not a TWS client.
  [[nodiscard]] std::optional<bool> take_preamble();

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - read_; }

 private:
  std::string buffer_;
  std::size_t read_ = 0, limit_;
  bool ok_ = true;
};

// Appends one frame. Defined for every message of messages.hpp; `version` is within range.
template <class M>
void encode(std::string& out, int version, const M& message);

// Takes requests apart (what a server hears). Override what is of interest.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
#define KEEL_TWS_ON(Message) \
  virtual void on(const Message&) {}
  KEEL_TWS_REQUESTS(KEEL_TWS_ON)
};

// Takes answers apart (what a client hears).
class ResponseHandler {
 public:
  virtual ~ResponseHandler() = default;
  KEEL_TWS_RESPONSES(KEEL_TWS_ON)
#undef KEEL_TWS_ON
};

// Decodes one frame and hands it over. Errors: tws.unknown_message, tws.message (which message and
// which field). The handler was not called then, and the stream is still in step.
Status dispatch(std::string_view frame, int version, RequestHandler& handler);
Status dispatch(std::string_view frame, int version, ResponseHandler& handler);

// The number of the message in a frame, without protobuf's 200; 0 where there is none.
[[nodiscard]] int message_number(std::string_view frame, int version);

}  // namespace keel::tws
