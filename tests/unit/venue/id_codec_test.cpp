#include <doctest/doctest.h>

#include <keel/core/random.hpp>
#include <keel/venue/id_codec.hpp>
#include <keel/venue/market_feed.hpp>
#include <keel/venue/venue.hpp>

using namespace keel;

TEST_CASE("client order ids are a bijection") {
  Random random{7};
  for (int i = 0; i < 10'000; ++i) {
    const OrderId id{random.next() | 1u};
    const auto text = encode_order_id(id);
    CHECK(text.size() == 14);
    CHECK(decode_order_id(text.view()) == id);
  }
  CHECK(decode_order_id(encode_order_id({~std::uint64_t{0}}).view()) == OrderId{~std::uint64_t{0}});
}

TEST_CASE("text that keel did not make is nobody's order") {
  for (const auto* text : {"", "K", "K000000000000", "k0000000000001", "X0000000000001",
                           "KG000000000001", "K00000000000U1", "K0000000000000", "K00000000000011"})
    CHECK_FALSE(decode_order_id(text).has_value());
}
