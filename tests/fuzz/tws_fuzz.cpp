// The TWS wire: frames of either direction at any version, and a simulator that is given them.
#include <cstddef>
#include <cstdint>

#include <keel/adapters/tws/simulator.hpp>

namespace {

using namespace keel;

void decode(std::string_view bytes, int version) {
  tws::RequestHandler requests;
  tws::ResponseHandler answers;
  tws::FrameReader frames{std::size_t{1} << 20};
  frames.feed(bytes);
  while (const auto frame = frames.next()) {
    (void)tws::dispatch(*frame, version, requests);
    (void)tws::dispatch(*frame, version, answers);
  }
  (void)tws::dispatch(bytes, version, requests);
  (void)tws::dispatch(bytes, version, answers);
  (void)tws::decode_hello(bytes);
  (void)tws::decode_welcome(bytes, {});
}

// A client that has said hello and started, and goes on with these bytes.
void serve(std::string_view bytes, int version) {
  const Timestamp now = Timestamp::from_seconds(1'795'000'000);
  tws::SimulatorConfig config;
  config.contracts = {tws::default_universe(now)[0]};
  tws::SimulatorCore server{config, now};
  const int connection = server.open("fuzz", now);
  std::string hello;
  tws::encode_hello(hello, {version, version});
  tws::encode(hello, version, tws::StartApiRequest{});
  server.receive(connection, hello, now);
  server.receive(connection, bytes, now);
  server.advance(now + Duration::seconds(1));
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const int version = tws::kMinVersion + data[0] % (tws::kMaxVersion - tws::kMinVersion + 1);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
  if (data[1] % 2 == 0)
    decode(bytes, version);
  else
    serve(bytes, version);
  return 0;
}
