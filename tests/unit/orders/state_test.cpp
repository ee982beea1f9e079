// Slots and ids over runs; saving and loading; bytes that lie.
#include "desk.hpp"

#include <expect_assert.hpp>
#include <keel/core/random.hpp>

using namespace keel;
using namespace keel::test;

namespace {

Status load_into(OrderManager& orders, const std::vector<std::byte>& bytes) {
  StateReader reader{bytes};
  orders.load(reader);
  return reader.finish();
}

OrderManagerConfig config_of(std::uint32_t slots, std::uint32_t run = 1) {
  OrderManagerConfig config = Desk::small();
  config.slots = slots;
  config.run = run;
  return config;
}

}  // namespace

TEST_CASE("ids count up, pass over open orders, and find only their own order") {
  Desk desk{config_of(4)};
  const OrderId first = desk.working(), second = desk.working();
  CHECK(first == OrderId::make(1, 1, 1));
  desk.fill(second, 10_qty);
  const OrderId third = desk.working(), fourth = desk.working();
  desk.fill(third, 10_qty);
  CHECK(fourth.counter() == 4);
  const OrderId next = desk.working();
  CHECK(next.counter() == 6);  // 5 has the slot of 1, which is open
  CHECK(desk.orders.find(second) == nullptr);
  CHECK(desk.state(first) == OrderState::kWorking);
  CHECK(desk.state(third) == OrderState::kFilled);
  CHECK(desk.orders.find(OrderId::make(1, 2, 1)) == nullptr);
  CHECK(desk.orders.find({}) == nullptr);
  // A name that went with its slot is found no more.
  CHECK(desk.orders.find_by_venue_id(kAccount, "V2") == nullptr);
}

TEST_CASE("open orders of an earlier run live on beside those of this one") {
  Desk before{config_of(8, 1)};
  const OrderId old_working = before.working(), old_filled = before.working();
  before.fill(old_filled, 10_qty);
  const OrderId old_sent = before.submit();

  Desk desk{config_of(8, 2)};
  for (const OrderRecord& record : before.out.records) desk.orders.fold(record.header);
  desk.orders.on_restart(desk.out);
  CHECK(desk.state(old_sent) == OrderState::kUnknown);
  const OrderId now = desk.orders.next_id();
  CHECK(now == OrderId::make(1, 2, 2));  // 1 and 3 have open orders in their slots
  CHECK(desk.submit() == now);
  CHECK(desk.orders.find(old_filled) == nullptr);
  CHECK(desk.submit() == OrderId::make(1, 2, 4));
  desk.fill(old_working, 10_qty, "in run two");
  CHECK(desk.state(old_working) == OrderState::kFilled);
  desk.accept(old_sent);
  CHECK(desk.state(old_sent) == OrderState::kWorking);
  CHECK(desk.open() == 30_qty);  // one of the first run, two of this

  // The same through a snapshot.
  Desk loaded{config_of(8, 2)};
  REQUIRE(load_into(loaded.orders, bytes_of(before.orders)).ok());
  CHECK(loaded.orders.next_id() == now);
  CHECK(loaded.open() == 20_qty);
  // A run that is not higher than the one that was saved would use ids again.
  Desk lower{config_of(8, 0)};
  CHECK_FALSE(load_into(lower.orders, bytes_of(before.orders)).ok());
}

TEST_CASE("ids run out") {
  Desk desk;
  OrderRecord record = make_record<OrderRecord>(RecordKind::kOrderDenied);
  record.order = OrderId::make(1, 1, 0xFFFFFFFFu);
  record.side = Side::kBuy;
  record.header.instrument = InstrumentId{1};
  record.account = kAccount;
  record.state_after = OrderState::kRejected;
  desk.orders.fold(record.header);
  CHECK(desk.orders.can_create() == Reason::kIdsExhausted);
  CHECK(desk.submit().is_none());
  CHECK(desk.told() == Texts{"order_denied order.ids_exhausted"});
  CHECK(desk.orders.deny(Desk::request(), {Reason::kLeverage, {}, {}}, desk.out).is_none());
  CHECK(desk.told() == Texts{"order_denied risk.leverage"});
}

TEST_CASE("a record that does not follow from what is known is a bug") {
  Desk desk;
  const OrderId id = desk.working();
  OrderRecord record = desk.last();
  record.header.kind = RecordKind::kOrderCanceled;
  record.state_before = OrderState::kSubmitted;
  CHECK_ASSERTS(desk.orders.fold(record.header));
  CHECK(desk.state(id) == OrderState::kWorking);
}

TEST_CASE("a snapshot loads into a larger ring, not into a smaller one") {
  Desk desk{config_of(8)};
  BracketRequest asked;
  asked.take_profit = 110_px;
  asked.stop_loss = 90_px;
  const auto made = desk.orders.submit_bracket(Desk::approve(Desk::request()), asked, desk.out);
  for (int i = 0; i < 9; ++i) desk.fill(desk.working(), 10_qty);
  desk.fill(made.entry, 4_qty);
  const auto bytes = bytes_of(desk.orders);

  Desk larger{config_of(32)};
  REQUIRE(load_into(larger.orders, bytes).ok());
  CHECK(larger.orders.open_count() == 3);
  CHECK(larger.state(made.stop_loss) == OrderState::kHeld);
  const auto wanted = desk.actions(), got = larger.actions();
  REQUIRE(wanted.size() == 2);
  REQUIRE(got.size() == 2);
  CHECK(got[0].order == wanted[0].order);
  CHECK(larger.orders.next_id() == desk.orders.next_id());
  larger.out.now = desk.out.now;
  larger.fill(made.entry, 6_qty, "later");  // its children hear of it
  CHECK(larger.actions().size() == 2);

  Desk smaller{config_of(4)};
  CHECK_FALSE(load_into(smaller.orders, bytes).ok());
}

TEST_CASE("bytes that lie are refused or harmless, never read beyond") {
  Desk desk{config_of(16)};
  BracketRequest asked;
  asked.stop_loss = 90_px;
  desk.orders.submit_bracket(Desk::approve(Desk::request()), asked, desk.out);
  desk.fill(desk.working(), 4_qty);
  desk.cancel(desk.working());
  const auto good = bytes_of(desk.orders);
  for (std::size_t size = 0; size < good.size(); size += 7) {
    Desk other{config_of(16)};
    CHECK_FALSE(
        load_into(other.orders, {good.begin(), good.begin() + static_cast<long>(size)}).ok());
  }
  Random random{5};
  for (int round = 0; round < 3000; ++round) {
    auto bytes = good;
    for (int i = 0; i < 3; ++i)
      bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
    Desk other{config_of(16)};
    if (!load_into(other.orders, bytes).ok()) continue;
    (void)other.actions();  // lists end, links lead to slots
    std::size_t seen = 0;
    other.orders.for_each_open([&](const Order&) { ++seen; });
    CHECK(seen == other.orders.open_count());
  }
}

TEST_CASE("an execution window forgets the oldest and keeps the names of the rest") {
  OrderManagerConfig config = config_of(8);
  config.execution_window = 4;
  Desk desk{config};
  const OrderId id = desk.submit(Side::kBuy, 100_qty);
  for (const char* name : {"A", "B", "C", "D", "E"}) desk.fill(id, 1_qty, name);
  desk.told();
  desk.fill(id, 1_qty, "B");
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_execution"});
  desk.fill(id, 1_qty, "A");  // beyond the window: nobody remembers
  CHECK(desk.told() == Texts{"order_filled"});
  // A later name goes with the execution that it is of.
  OrderReport correct = desk.report(ReportKind::kFillCorrected, id);
  correct.reference = "D";
  correct.execution = "D2";
  correct.last_quantity = 2_qty;
  correct.last_price = 100_px;
  desk.feed(correct);
  desk.fill(id, 1_qty, "F");
  Desk loaded{config};
  REQUIRE(load_into(loaded.orders, bytes_of(desk.orders)).ok());
  CHECK(bytes_of(loaded.orders) == bytes_of(desk.orders));
  desk.fill(id, 1_qty, "G");
  desk.fill(id, 1_qty, "H");
  correct.reference = "D2";
  correct.last_quantity = 3_qty;
  desk.told();
  desk.feed(correct);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.unknown_execution"});
}
