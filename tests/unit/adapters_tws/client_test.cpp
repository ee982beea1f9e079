#include <keel/adapters/tws/client.hpp>

#include <doctest/doctest.h>

#include "rig.hpp"

namespace keel::tws {

using namespace testing;

namespace {
OrderRequest buy(std::int64_t shares) {
  return OrderRequest::market(InstrumentId{1}, Side::kBuy, Quantity::whole(shares));
}
OrderRequest bid(std::int64_t shares, std::int64_t price) {
  return OrderRequest::limit(InstrumentId{1}, Side::kBuy, Quantity::whole(shares),
                             Price::whole(price));
}
}  // namespace

TEST_CASE("an order goes out, fills, and its fee comes, at every step of the protocol") {
  for (const int version : {157, 160, 164, 170, 177, 178, 187, 193, 196, 200, 201,
                            203, 204, 205, 206, 207, 208, 211, 213, 215, 220, 225}) {
    INFO("version ", version);
    SimulatorConfig server = one_stock(3);
    server.max_version = version;
    Wire wire{1, server, paper_client(1)};
    wire.run(Duration::seconds(1));
    REQUIRE(wire.client->state() == ConnectionState::kUp);
    CHECK(wire.client->version() == version);
    CHECK(wire.desk.snapshots == 1);
    CHECK(wire.desk.balances == 1);
    CHECK(wire.desk.quotes > 0);
    CHECK(wire.desk.quote.bid_price < wire.desk.quote.ask_price);

    const OrderId id = wire.desk.submit(buy(100));
    const OrderId resting = wire.desk.submit(bid(10, 100));
    wire.run(Duration::seconds(3));
    REQUIRE(wire.desk.orders.find(id) != nullptr);
    CHECK(wire.desk.orders.find(id)->state == keel::OrderState::kFilled);
    CHECK(wire.desk.position == Quantity::whole(100));
    CHECK(wire.desk.fees == Money::whole(1, Currency{"USD"}));
    CHECK(wire.desk.orders.find(resting)->state == keel::OrderState::kWorking);
    CHECK_FALSE(wire.desk.orders.find(resting)->venue_order_id.empty());

    ReplaceRequest change{resting, Quantity::whole(20), Price::whole(101), std::nullopt};
    CHECK(wire.desk.orders.replace({Unchecked{"test"}, change, Price::whole(230)}, wire.desk) ==
          Reason::kNone);
    wire.run(Duration::milliseconds(100));
    CHECK(wire.desk.orders.find(resting)->terms.quantity == Quantity::whole(20));
    CHECK(wire.desk.orders.find(resting)->state == keel::OrderState::kWorking);
    CHECK(wire.desk.orders.cancel(resting, Reason::kByRequest, wire.desk) == Reason::kNone);
    wire.run(Duration::milliseconds(100));
    CHECK(wire.desk.orders.find(resting)->state == keel::OrderState::kCanceled);
    CHECK(wire.desk.anomalies.empty());
  }
}

TEST_CASE("what TWS refuses is rejected with a typed reason") {
  Wire wire{1, one_stock(3), paper_client(1)};
  wire.run(Duration::seconds(1));
  OrderRequest off = bid(10, 100);
  off.terms.limit_price = Price::from_raw(100'003'000'000);
  const OrderId grid = wire.desk.submit(off);
  const OrderId margin = wire.desk.submit(buy(1'000'000));
  wire.run(Duration::milliseconds(200));
  CHECK(wire.desk.orders.find(grid)->state == keel::OrderState::kRejected);
  CHECK(wire.desk.orders.find(margin)->state == keel::OrderState::kRejected);
  CHECK(wire.desk.anomalies.empty());
}

TEST_CASE("an order entered by hand is adopted, and so are its fills") {
  Wire wire{1, one_stock(3), [] {
              ClientConfig config = paper_client(1);
              config.client_id = 0;
              return config;
            }()};
  wire.run(Duration::seconds(1));
  Order order;
  order.action = "BUY";
  order.order_type = "MKT";
  order.total_quantity = Quantity::whole(30);
  REQUIRE(wire.server.place_by_hand(aapl(), order).ok());
  wire.run(Duration::seconds(2));
  CHECK(wire.desk.position == Quantity::whole(30));
  CHECK(wire.desk.fills == 1);
}

TEST_CASE("a live account needs plain words, and the right ones") {
  SimulatorConfig server = one_stock(3);
  server.accounts = {"U7654321"};
  ClientConfig config = paper_client(1);
  config.accounts = {{"U7654321", AccountId{1}}};
  for (const char* words : {"", "yes", "trade real money in U1111111"}) {
    config.allow_live = words;
    Wire wire{1, server, config};
    wire.run(Duration::seconds(1));
    REQUIRE(wire.client->failure());
    CHECK(wire.client->failure()->code == tws_errors::kLiveAccount);
    CHECK(wire.client->state() == ConnectionState::kDown);
  }
  config.allow_live = "trade real money in U7654321";
  Wire wire{1, server, config};
  wire.run(Duration::seconds(1));
  CHECK(wire.client->state() == ConnectionState::kUp);
  config.accounts = {{"U9999999", AccountId{1}}};
  Wire other{1, server, config};
  other.run(Duration::seconds(1));
  CHECK(other.client->failure()->code == tws_errors::kAccount);
}

TEST_CASE("versions that do not meet end it, and say why") {
  SimulatorConfig server = one_stock(3);
  server.max_version = 170;
  ClientConfig config = paper_client(1);
  config.versions = {176, 225};
  Wire wire{1, server, config};
  wire.run(Duration::seconds(5));
  CHECK(wire.client->state() != ConnectionState::kUp);
}

TEST_CASE("lost connectivity pauses, and comes back with or without the data") {
  Wire wire{1, one_stock(3), paper_client(1)};
  wire.run(Duration::seconds(1));
  for (const bool data_lost : {false, true}) {
    wire.server.lose_connectivity();
    wire.run(Duration::milliseconds(100));
    CHECK(wire.client->state() == ConnectionState::kDown);
    const OrderId refused = wire.desk.submit(buy(1));
    wire.run(Duration::milliseconds(100));
    CHECK(wire.desk.orders.find(refused)->state == keel::OrderState::kRejected);
    wire.server.restore_connectivity(data_lost);
    wire.run(Duration::seconds(1));
    CHECK(wire.client->state() == ConnectionState::kUp);
    const int before = wire.desk.quotes;
    wire.run(Duration::seconds(2));
    CHECK(wire.desk.quotes > before);
  }
  CHECK(wire.desk.snapshots == 3);
}

TEST_CASE("the daily restart: closed, refused, back, subscribed, reconciled") {
  ClientConfig config = paper_client(1);
  config.backoff_most = Duration::seconds(4);
  Wire wire{1, one_stock(3), config};
  wire.run(Duration::seconds(1));
  const OrderId resting = wire.desk.submit(bid(10, 100));
  wire.run(Duration::milliseconds(100));
  wire.server.restart(wire.desk.now + Duration::seconds(20));
  wire.run(Duration::seconds(5));
  CHECK(wire.client->state() != ConnectionState::kUp);
  wire.run(Duration::seconds(25));
  CHECK(wire.client->state() == ConnectionState::kUp);
  CHECK(wire.desk.snapshots == 2);
  CHECK(wire.desk.orders.find(resting)->state == keel::OrderState::kWorking);
  const int before = wire.desk.quotes;
  wire.run(Duration::seconds(2));
  CHECK(wire.desk.quotes > before);
}

TEST_CASE("a connection on which nothing is heard is given up") {
  Wire wire{1, one_stock(3), paper_client(1)};
  wire.run(Duration::seconds(1));
  wire.held_until = wire.desk.now + Duration::seconds(40);
  wire.run(Duration::seconds(24));
  CHECK(wire.client->state() == ConnectionState::kUp);
  wire.run(Duration::seconds(3));
  CHECK(wire.client->state() != ConnectionState::kUp);
  wire.run(Duration::seconds(60));
  CHECK(wire.client->state() == ConnectionState::kUp);
}

TEST_CASE("never more than the pace allows, orders first") {
  SimulatorConfig server = one_stock(3);
  server.max_requests_per_second = 50;
  Wire wire{1, server, paper_client(1)};
  wire.run(Duration::seconds(1));
  for (int i = 0; i < 200; ++i) (void)wire.client->request(CurrentTimeRequest{}, wire.desk.now);
  const OrderId id = wire.desk.submit(buy(1));
  wire.run(Duration::milliseconds(1200));
  CHECK(wire.desk.orders.find(id)->state == keel::OrderState::kFilled);
  wire.run(Duration::seconds(6));
  CHECK(wire.client->state() == ConnectionState::kUp);
  CHECK_FALSE(wire.client->has_waiting());
}

TEST_CASE("a full sink loses no report") {
  Wire wire{1, one_stock(3), paper_client(1)};
  wire.run(Duration::seconds(1));
  const OrderId id = wire.desk.submit(buy(10));
  wire.desk.flush(*wire.client);
  wire.desk.full = true;
  wire.run(Duration::seconds(1));
  CHECK(wire.client->is_blocked());
  CHECK(wire.desk.position.is_zero());
  wire.desk.full = false;
  wire.run(Duration::milliseconds(100));
  CHECK_FALSE(wire.client->is_blocked());
  CHECK(wire.desk.position == Quantity::whole(10));
  CHECK(wire.desk.orders.find(id)->state == keel::OrderState::kFilled);
}

}  // namespace keel::tws
