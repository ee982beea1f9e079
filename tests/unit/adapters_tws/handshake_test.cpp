#include <doctest/doctest.h>

#include <keel/adapters/tws/codec.hpp>

namespace keel::tws {

TEST_CASE("a client says its versions, a server takes the lower of both maxima") {
  std::string bytes;
  encode_hello(bytes, {157, 178}, "+PACEAPI");
  FrameReader frames{kMaxFrame};
  for (const char c : bytes.substr(0, 6)) {  // byte by byte
    frames.feed({&c, 1});
  }
  REQUIRE(frames.take_preamble() == true);
  CHECK_FALSE(frames.next());
  frames.feed(std::string_view{bytes}.substr(6));
  const auto frame = frames.next();
  REQUIRE(frame);
  const auto hello = decode_hello(*frame);
  REQUIRE(hello.ok());
  CHECK(hello->range.min == 157);
  CHECK(hello->range.max == 178);
  CHECK(hello->options == "+PACEAPI");
  CHECK(negotiate(hello->range, {157, 225}).value() == 178);
  CHECK(negotiate({100, 225}, {157, 200}).value() == 200);
}

TEST_CASE("ranges that do not meet are refused with both in the message") {
  const auto old = negotiate({100, 150}, {157, 225});
  REQUIRE_FALSE(old.ok());
  CHECK(old.error().code == tws_errors::kVersionRange);
  CHECK(old.error().message().find("100..150") != std::string::npos);
  CHECK(old.error().message().find("157..225") != std::string::npos);
  CHECK_FALSE(negotiate({230, 240}, {157, 225}).ok());
}

TEST_CASE("a welcome outside the client's range is refused") {
  std::string bytes;
  encode_welcome(bytes, 178, "20261121 09:30:00 EST");
  const std::string_view body = std::string_view{bytes}.substr(4);
  const auto welcome = decode_welcome(body, {157, 225});
  REQUIRE(welcome.ok());
  CHECK(welcome->version == 178);
  CHECK(welcome->time == "20261121 09:30:00 EST");
  CHECK(decode_welcome(body, {157, 176}).error().code == tws_errors::kVersionRange);
  CHECK(decode_welcome("nonsense", {157, 225}).error().code == tws_errors::kHandshake);
}

TEST_CASE("what is not a handshake is not taken for one") {
  for (const char* text : {"", "v", "100..200", "v100..", "v200..100", "vx..y", "v1..99999999999",
                           "v-5..3", "v100.200"})
    CHECK_FALSE(decode_hello(text).ok());
  CHECK(decode_hello("v178").value().range.max == 178);
  FrameReader frames{kMaxFrame};
  frames.feed("GET / HTTP/1.1\r\n");
  CHECK(frames.take_preamble() == false);
}

TEST_CASE("frames come out whole, however they arrive") {
  std::string bytes;
  for (int id = 1; id <= 50; ++id) {
    TickSize tick;
    tick.req_id = id;
    tick.size = Quantity::whole(id * 100);
    encode(bytes, 178, tick);
  }
  struct Count final : ResponseHandler {
    void on(const TickSize& tick) override { sum += tick.req_id; }
    int sum = 0;
  };
  for (std::size_t step = 1; step < 70; ++step) {
    Count count;
    FrameReader frames{kMaxFrame};
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      frames.feed(std::string_view{bytes}.substr(at, step));
      while (const auto frame = frames.next()) REQUIRE(dispatch(*frame, 178, count).ok());
    }
    CHECK(count.sum == 50 * 51 / 2);
    CHECK(frames.buffered() == 0);
  }
}

TEST_CASE("an oversize or negative length ends the stream and frees what was kept") {
  for (const char* length : {"\x7F\xFF\xFF\xFF", "\xFF\xFF\xFF\xFF", "\x80\x00\x00\x00"}) {
    FrameReader frames{1u << 20};
    frames.feed({length, 4});
    frames.feed("more");
    CHECK_FALSE(frames.next());
    CHECK_FALSE(frames.ok());
    CHECK(frames.buffered() == 0);
    frames.feed("more");
    CHECK(frames.buffered() == 0);
  }
}

}  // namespace keel::tws
