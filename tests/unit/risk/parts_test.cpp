// Promises of the pieces: exact comparisons, the ring of message times, the memory of client ids,
// the names and values of limits.
#include <deque>
#include <map>

#include <keel/core/random.hpp>

#include <keel/risk/client_ids.hpp>
#include <keel/risk/exact.hpp>
#include <keel/risk/message_ring.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;
using keel::risk_detail::i128;
using keel::risk_detail::u128;

TEST_CASE("products are compared exactly in 192 bits") {
  using risk_detail::product_at_most;
  constexpr u128 most = ~static_cast<u128>(0);
  constexpr std::uint64_t max = ~std::uint64_t{0};
  CHECK(product_at_most(most, max, most, max));
  CHECK(product_at_most(most - 1, max, most, max));
  CHECK_FALSE(product_at_most(most, max, most - 1, max));
  CHECK_FALSE(product_at_most(most, max, most, max - 1));
  CHECK(product_at_most(0, max, 0, 0));
  CHECK(product_at_most(0, max, 1, 1));
  // (2^64 - 1) x (2^64 + 1) = 2^128 - 1 against 2^128 - 1 and its neighbours.
  const u128 above = (static_cast<u128>(1) << 64) + 1;
  CHECK(product_at_most(above, max, most, 1));
  CHECK_FALSE(product_at_most(above, max, most - 1, 1));
  // On both sides of the short way: 2^94 and 2^33.
  const u128 edge = static_cast<u128>(1) << 94;
  const std::uint64_t narrow = std::uint64_t{1} << 33;
  for (const u128 a : {edge - 1, edge, edge + 1})
    for (const std::uint64_t x : {narrow - 1, narrow, narrow + 1}) {
      CHECK(product_at_most(a, x, a, x));
      CHECK(product_at_most(a - 1, x, a, x));
      CHECK_FALSE(product_at_most(a, x, a - 1, x));
      CHECK_FALSE(product_at_most(a, x, a, x - 1));
    }
  Random random{1};
  for (int i = 0; i < 20'000; ++i) {
    // Small enough that 128 bits hold the products: the naive comparison.
    const u128 a = random.next() >> random.below(60), b = random.next() >> random.below(60);
    const std::uint64_t x = random.next() >> random.below(60),
                        y = random.next() >> random.below(60);
    REQUIRE(product_at_most(a, x, b, y) == (a * x <= b * y));
  }
}

TEST_CASE("a need is scaled up, never down") {
  using risk_detail::scale_up;
  CHECK(*scale_up(10, 1, 3) == 4);
  CHECK(*scale_up(9, 1, 3) == 3);
  CHECK(*scale_up(0, 7, 3) == 0);
  const i128 large = static_cast<i128>(1) << 120;
  CHECK(*scale_up(large, 1'000'000'000, 1'000'000'000) == large);  // past 128 bits on the way
  CHECK(*scale_up(large + 1, 500'000'000, 1'000'000'000) == large / 2 + 1);
  CHECK_FALSE(scale_up(large, 1'000'000'000, 1).has_value());
}

TEST_CASE("a ring of times says what a list of all times says") {
  Random random{2};
  for (const std::uint32_t capacity : {1u, 4u, 64u}) {
    MessageRing ring{capacity};
    std::deque<std::int64_t> all;
    std::int64_t now = 1'000'000;
    for (int i = 0; i < 5'000; ++i) {
      now += static_cast<std::int64_t>(random.below(20));
      const Duration window{static_cast<std::int64_t>(1 + random.below(200))};
      std::uint64_t inside = 0;
      for (const std::int64_t time : all) inside += now - time < window.ns ? 1u : 0u;
      const std::uint64_t limit = random.below(capacity + 1);
      REQUIRE(ring.is_full(limit, window, Timestamp{now}) == (inside >= limit));
      REQUIRE(ring.count(window, Timestamp{now}) == std::min<std::uint64_t>(inside, capacity));
      if (random.below(2) == 0) {
        ring.push(Timestamp{now});
        all.push_back(now);
      }
      if (i % 500 == 0) {
        StateWriter writer;
        ring.save(writer);
        MessageRing loaded{capacity};
        StateReader reader{writer.bytes()};
        loaded.load(reader);
        REQUIRE(reader.finish().ok());
        ring = loaded;
      }
    }
  }
}

TEST_CASE("client ids are remembered up to the capacity, the oldest forgotten first") {
  for (const std::uint32_t capacity : {1u, 2u, 16u, 128u}) {
    ClientIds ids{capacity};
    std::deque<std::string> latest;
    std::map<std::string, std::uint64_t> owner;
    Random random{capacity};
    for (std::uint64_t i = 1; i <= 3'000; ++i) {
      const std::string name = "id-" + std::to_string(random.below(capacity * 3));
      const auto id = *ClientOrderId::from(name);
      const AccountId account{1};
      const bool known = owner.count(name) != 0;
      REQUIRE(ids.find(account, id) == OrderId{known ? owner[name] : 0});
      REQUIRE(ids.find(AccountId{2}, id).is_none());
      ids.add(account, id, OrderId{i});
      if (!known) {
        owner[name] = i;
        latest.push_back(name);
        if (latest.size() > capacity) {
          owner.erase(latest.front());
          latest.pop_front();
        }
      }
      REQUIRE(ids.size() == latest.size());
      if (i % 250 == 0) {
        StateWriter writer;
        ids.save(writer);
        ClientIds loaded{capacity};
        StateReader reader{writer.bytes()};
        loaded.load(reader);
        REQUIRE(reader.finish().ok());
        ids = loaded;
      }
    }
  }
  ClientIds ids{4};
  ids.add(AccountId{1}, ClientOrderId{}, OrderId{1});  // nobody's name is nobody's
  ids.add(AccountId{1}, ClientOrderId{"x"}, OrderId{0});
  CHECK(ids.size() == 0);
}

TEST_CASE("every limit has a name, a unit and a text that reads back") {
  for (std::size_t i = 0; i < kLimitCount; ++i) {
    const auto limit = static_cast<Limit>(i);
    CAPTURE(to_text(limit));
    REQUIRE(parse_limit(to_text(limit)).ok());
    CHECK(*parse_limit(to_text(limit)) == limit);
    const char* text = limit_unit(limit) == LimitUnit::kDuration ? "2s"
                       : limit_unit(limit) == LimitUnit::kCount  ? "7"
                                                                 : "0.5";
    const auto raw = parse_limit_value(limit, text);
    REQUIRE(raw.ok());
    CHECK(limit_value_text(limit, *raw) == text);
    for (const char* wrong : {"", "x", "-1", "1 ", "0x1", "nan", "1e400"})
      CHECK_FALSE(parse_limit_value(limit, wrong).ok());
    RiskLimits limits;
    LimitSet set;
    CHECK_FALSE(set.raw(limit).has_value());
    set.set_raw(limit, *raw);
    CHECK(set.raw(limit) == *raw);
    set.set_raw(limit, std::nullopt);
    CHECK_FALSE(set.raw(limit).has_value());
    REQUIRE(limits.set(to_text(limit), text).ok());
    CHECK(limits.raw(limit) == *raw);
  }
  for (const char* wrong : {"", "max_positions", "MAX_POSITION", "max_position ", "invalid"})
    CHECK(parse_limit(wrong).error().code == risk_errors::kUnknownLimit);
  CHECK(to_text(static_cast<Limit>(kLimitCount)) == "invalid");
  CHECK(parse_limit_value(Limit::kMaxOpenOrders, "1.5").ok() == false);
}

TEST_CASE("limits stand where they mean something, in the currency of the accounts concerned") {
  Names names;
  const auto refused = [&](const RiskLimits& limits, ErrorCode code, const char* field) {
    const auto status = limits.check(names.registry, names.directory);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == code);
    CHECK(status.error().field == field);
  };
  RiskLimits limits;
  CHECK(limits.check(names.registry, names.directory).ok());
  limits.instrument(names.btc).max_leverage = 1_rate;
  refused(limits, risk_errors::kLimitScope, "max_leverage");
  limits = {};
  limits.strategy(names.strategy).max_drawdown = usd("1");
  refused(limits, risk_errors::kLimitScope, "max_drawdown");
  limits = {};
  limits.account(AccountId{9}).max_leverage = 1_rate;
  refused(limits, risk_errors::kUnknownScope, "account");
  limits = {};
  limits.max_gross_exposure = Money::whole(1, "EUR");
  refused(limits, risk_errors::kLimitCurrency, "max_gross_exposure");
  limits = {};
  limits.max_position = Quantity::from_raw(-1);
  refused(limits, risk_errors::kLimitValue, "max_position");
  limits = {};
  limits.client_ids = 1000;
  refused(limits, risk_errors::kLimitValue, "client_ids");
  limits = {};
  limits.messages = 0;
  refused(limits, risk_errors::kLimitValue, "messages");
  limits = {};
  limits.messages = 8;
  limits.max_order_rate = 9;
  refused(limits, risk_errors::kLimitValue, "max_order_rate");
  limits = {};
  limits.on_drawdown = static_cast<TradingState>(7);
  refused(limits, risk_errors::kBadLevel, "on_drawdown");
}
