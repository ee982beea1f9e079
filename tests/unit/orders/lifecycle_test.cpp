// One order, what the venue says about it, and the facts that follow.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("an order is submitted, accepted, filled in parts") {
  Desk desk;
  const OrderId id = desk.orders.next_id();
  CHECK(desk.submit() == id);
  CHECK(desk.state(id) == OrderState::kSubmitted);
  CHECK(desk.last().open_before == 0_qty);
  CHECK(desk.last().open_after == 10_qty);
  CHECK(desk.last().reserve_after == 100_px);
  CHECK((desk.last().header.flags & OrderRecord::kUnchecked) != 0);
  CHECK(desk.last().note == "test");
  CHECK(desk.last().venue == kVenue);
  CHECK(desk.open() == 10_qty);

  desk.accept(id);
  CHECK(desk.state(id) == OrderState::kWorking);
  CHECK(desk.order(id).venue_order_id == "V1");
  desk.fill(id, 4_qty);
  CHECK(desk.state(id) == OrderState::kWorking);
  CHECK(desk.order(id).filled == 4_qty);
  CHECK(desk.last().open_before == 10_qty);
  CHECK(desk.last().open_after == 6_qty);
  CHECK(desk.last().last_quantity == 4_qty);
  CHECK(desk.open() == 6_qty);
  desk.fill(id, 6_qty);
  CHECK(desk.state(id) == OrderState::kFilled);
  CHECK(desk.open() == 0_qty);
  CHECK(desk.orders.open_count() == 0);
  CHECK(desk.order(id).cost.to_text() == "1000 USD");
  CHECK(desk.told() == Texts{"submit", "order_working", "order_filled", "order_filled"});
}
