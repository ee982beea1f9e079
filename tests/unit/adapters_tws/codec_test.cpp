#include <keel/adapters/tws/codec.hpp>

#include <doctest/doctest.h>

#include "any_message.hpp"

namespace keel::tws {

namespace {

// Keeps the message that was heard, whichever it is, as the bytes that it encodes to.
template <class Base>
struct Echo;

#define KEEL_TEST_ECHO(Message)                                                \
  void on(const Message& m) override {                                         \
    encode(out, version, m);                                                   \
    same = expected == nullptr || m == *static_cast<const Message*>(expected); \
  }
template <>
struct Echo<RequestHandler> final : RequestHandler {
  KEEL_TWS_REQUESTS(KEEL_TEST_ECHO)
  std::string out;
  int version = 0;
  const void* expected = nullptr;
  bool same = true;
};
template <>
struct Echo<ResponseHandler> final : ResponseHandler {
  KEEL_TWS_RESPONSES(KEEL_TEST_ECHO)
  std::string out;
  int version = 0;
  const void* expected = nullptr;
  bool same = true;
};
#undef KEEL_TEST_ECHO

std::string body_of(const std::string& frame) { return frame.substr(4); }

constexpr int kVersions[] = {157, 158, 159, 160, 161, 162, 163, 164, 165, 166, 167, 168, 169,
                             170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182,
                             183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193, 194, 195,
                             196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208,
                             209, 210, 211, 212, 213, 215, 219, 221, 225};

// Encoding what was decoded gives the same bytes again: no field is lost, moved or changed. Where
// the message is protobuf, the message itself is the same too.
template <class Handler, class M>
void round_trip(Random& random) {
  for (const int version : kVersions) {
    const M message = testing::Filler{random}.make<M>();
    std::string frame;
    encode(frame, version, message);
    if (frame.empty()) {
      CHECK(version < M::kProtobufFrom);
      continue;
    }
    Echo<Handler> echo;
    echo.version = version;
    if (version >= M::kProtobufFrom) echo.expected = &message;
    const Status status = dispatch(body_of(frame), version, echo);
    INFO("message ", M::kId, " at version ", version);
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? "" : status.error().message()));
    CHECK(echo.out == frame);
    CHECK(echo.same);
    CHECK(message_number(body_of(frame), version) == M::kId);
  }
}

// Every prefix of a body, and bodies with a byte changed, are taken or refused, and that is all.
template <class Handler, class M>
void hostile(Random& random) {
  for (const int version : {157, 178, 200, 225}) {
    const M message = testing::Filler{random}.make<M>();
    std::string frame;
    encode(frame, version, message);
    if (frame.empty()) continue;
    Handler ignore;
    const std::string body = body_of(frame);
    for (std::size_t size = 0; size < body.size(); size += 1 + size / 16)
      (void)dispatch(std::string_view{body}.substr(0, size), version, ignore);
    for (int i = 0; i < 40; ++i) {
      std::string changed = body;
      changed[random.below(changed.size())] = static_cast<char>(random.below(256));
      (void)dispatch(changed, version, ignore);
    }
  }
}

}  // namespace

TEST_CASE("every request comes back as it was sent, at every version") {
  Random random{41};
#define KEEL_TEST_TRIP(Message) round_trip<RequestHandler, Message>(random);
  KEEL_TWS_REQUESTS(KEEL_TEST_TRIP)
}

TEST_CASE("every answer comes back as it was sent, at every version") {
  Random random{42};
#undef KEEL_TEST_TRIP
#define KEEL_TEST_TRIP(Message) round_trip<ResponseHandler, Message>(random);
  KEEL_TWS_RESPONSES(KEEL_TEST_TRIP)
#undef KEEL_TEST_TRIP
}

TEST_CASE("cut and damaged messages are refused or taken, and nothing else happens") {
  Random random{43};
#define KEEL_TEST_HOSTILE(Message) hostile<RequestHandler, Message>(random);
  KEEL_TWS_REQUESTS(KEEL_TEST_HOSTILE)
#undef KEEL_TEST_HOSTILE
#define KEEL_TEST_HOSTILE(Message) hostile<ResponseHandler, Message>(random);
  KEEL_TWS_RESPONSES(KEEL_TEST_HOSTILE)
#undef KEEL_TEST_HOSTILE
}

TEST_CASE("a count that no message could hold is refused before anything is made") {
  ResponseHandler handler;
  using namespace std::string_literals;
  const auto bars = "17\0001\00020260101\00020260102\0002000000000\000"s;
  CHECK_FALSE(dispatch(bars, 178, handler).ok());
  const auto negative = "17\0001\00020260101\00020260102\000-1\000"s;
  CHECK_FALSE(dispatch(negative, 178, handler).ok());
}

TEST_CASE("an order in the text dialect is the text that TWS documents") {
  CancelOrderRequest cancel;
  cancel.order_id = 7;
  std::string out;
  encode(out, 178, cancel);
  const std::string expected{
      "\0\0\0\x07"
      "4\0"
      "1\0"
      "7\0"
      "\0",
      11};
  CHECK(out == expected);
}

TEST_CASE("unknown numbers are an error of their own") {
  ResponseHandler answers;
  RequestHandler requests;
  CHECK(dispatch(std::string{"999\0", 4}, 178, answers).error().code ==
        tws_errors::kUnknownMessage);
  CHECK(dispatch(std::string{"\0\0\0\x30", 4}, 201, requests).error().code ==
        tws_errors::kUnknownMessage);
  CHECK(dispatch("", 178, requests).error().code == tws_errors::kUnknownMessage);
}

}  // namespace keel::tws
