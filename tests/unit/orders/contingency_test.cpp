// Linked orders: brackets, one-cancels-the-other, one-updates-the-other.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;
using Kind = OrderManager::Action::Kind;

namespace {

struct BracketDesk : Desk {
  explicit BracketDesk(OrderManagerConfig config = small()) : Desk(config) {
    BracketRequest asked;
    asked.take_profit = 110_px;
    asked.stop_loss = 90_px;
    const auto made = orders.submit_bracket(approve(request()), asked, out);
    entry = made.entry;
    target = made.take_profit;
    stop = made.stop_loss;
    accept(entry);
    told();
  }
  void settle() {
    run_actions();
    for (const OrderId id : {target, stop})
      if (order(id).state == OrderState::kSubmitted) {
        accept(id);
      } else if (order(id).state == OrderState::kPendingReplace) {
        feed(ReportKind::kReplaced, id);
      }
    run_actions();
  }
  OrderId entry, target, stop;
};

}  // namespace

TEST_CASE("a bracket holds its exits until the entry fills") {
  BracketDesk desk;
  CHECK(desk.state(desk.target) == OrderState::kHeld);
  CHECK(desk.order(desk.stop).parent == desk.entry);
  CHECK(desk.order(desk.stop).side == Side::kSell);
  CHECK(desk.order(desk.stop).terms.trigger() == 90_px);
  CHECK(desk.order(desk.target).terms.limit() == 110_px);
  CHECK(desk.order(desk.target).group == desk.order(desk.stop).group);
  CHECK(desk.actions().empty());
  CHECK(desk.open(Side::kSell) == 0_qty);

  desk.fill(desk.entry, 4_qty);
  const auto actions = desk.actions();
  REQUIRE(actions.size() == 2);
  CHECK(actions[0].kind == Kind::kRelease);
  CHECK(actions[0].order == desk.target);
  CHECK(actions[0].quantity == 4_qty);
  CHECK(actions[1].order == desk.stop);
  CHECK(desk.actions().empty());  // asked for once
}

TEST_CASE("exits follow the entry's fills") {
  BracketDesk desk;
  desk.fill(desk.entry, 4_qty);
  desk.settle();
  CHECK(desk.order(desk.stop).terms.quantity == 4_qty);
  CHECK(desk.open(Side::kSell) == 8_qty);
  desk.fill(desk.entry, 6_qty);
  desk.run_actions();
  CHECK(desk.state(desk.stop) == OrderState::kPendingReplace);
  desk.settle();
  CHECK(desk.order(desk.stop).terms.quantity == 10_qty);
  CHECK(desk.order(desk.target).terms.quantity == 10_qty);
  CHECK(desk.actions().empty());
}

TEST_CASE("a fill while an exit waits for an answer is caught up with") {
  BracketDesk desk;
  desk.fill(desk.entry, 4_qty);
  desk.run_actions();
  desk.fill(desk.entry, 6_qty);
  desk.run_actions();
  CHECK(desk.state(desk.stop) == OrderState::kSubmitted);
  desk.settle();
  desk.settle();
  CHECK(desk.order(desk.stop).terms.quantity == 10_qty);
}

TEST_CASE("one exit's fills reduce the other, and its end cancels it") {
  BracketDesk desk;
  desk.fill(desk.entry, 10_qty);
  desk.settle();
  desk.fill(desk.target, 3_qty);
  desk.run_actions();
  CHECK(desk.order(desk.stop).pending_terms.quantity == 7_qty);
  desk.feed(ReportKind::kReplaced, desk.stop);
  CHECK(desk.actions().empty());
  desk.fill(desk.stop, 2_qty);  // both move
  desk.run_actions();
  CHECK(desk.order(desk.target).pending_terms.quantity == 8_qty);
  desk.feed(ReportKind::kReplaced, desk.target);
  desk.fill(desk.target, 5_qty);
  CHECK(desk.state(desk.target) == OrderState::kFilled);
  desk.told();
  desk.run_actions();
  CHECK(desk.told() == Texts{"cancel cancel.by_sibling"});
  CHECK(desk.state(desk.stop) == OrderState::kPendingCancel);
}

TEST_CASE("an entry that ends without a fill takes its exits with it") {
  BracketDesk desk;
  desk.feed(ReportKind::kCanceled, desk.entry);
  desk.told();
  desk.run_actions();
  CHECK(desk.told() == Texts{"order_canceled cancel.by_parent", "order_canceled cancel.by_parent"});
  CHECK(desk.orders.open_count() == 0);

  BracketDesk rejected;
  rejected.feed(ReportKind::kRejected, rejected.entry);
  rejected.run_actions();
  CHECK(rejected.orders.open_count() == 0);
}

TEST_CASE("an entry that ends after a part keeps its exits for that part") {
  BracketDesk desk;
  desk.fill(desk.entry, 4_qty);
  desk.settle();
  desk.cancel(desk.entry);
  desk.feed(ReportKind::kCanceled, desk.entry);
  CHECK(desk.actions().empty());
  CHECK(desk.state(desk.stop) == OrderState::kWorking);
  CHECK(desk.order(desk.stop).terms.quantity == 4_qty);
  desk.fill(desk.entry, 2_qty);  // one that crossed the cancel
  desk.settle();
  CHECK(desk.order(desk.stop).terms.quantity == 6_qty);
  // And one that is taken back.
  OrderReport bust = desk.report(ReportKind::kFillBusted, desk.entry);
  bust.reference = "E2";
  desk.feed(bust);
  desk.settle();
  CHECK(desk.order(desk.stop).terms.quantity == 4_qty);
  bust.reference = "E1";
  desk.feed(bust);
  desk.told();
  desk.run_actions();
  CHECK(desk.told() == Texts{"cancel cancel.by_parent", "cancel cancel.by_parent"});
}

TEST_CASE("once an exit fills, the entry takes no more") {
  BracketDesk desk;
  desk.fill(desk.entry, 4_qty);
  desk.settle();
  desk.fill(desk.target, 4_qty);
  desk.told();
  desk.run_actions();
  CHECK(desk.state(desk.entry) == OrderState::kPendingCancel);
  CHECK(desk.state(desk.stop) == OrderState::kPendingCancel);
}

TEST_CASE("an exit that the venue rejects does not take the other away") {
  BracketDesk desk;
  desk.fill(desk.entry, 10_qty);
  desk.run_actions();
  desk.feed(ReportKind::kRejected, desk.target);
  desk.accept(desk.stop);
  CHECK(desk.actions().empty());
  CHECK(desk.state(desk.stop) == OrderState::kWorking);
}

TEST_CASE("a denied release is final; other exits stand") {
  BracketDesk desk;
  desk.fill(desk.entry, 10_qty);
  OrderManager::Action action;
  REQUIRE(desk.orders.next_action(action));
  desk.orders.deny_held(action.order, {Reason::kOrderRate, {}, {}}, desk.out);
  desk.run_actions();
  CHECK(desk.state(desk.target) == OrderState::kRejected);
  CHECK(desk.state(desk.stop) == OrderState::kSubmitted);
}

TEST_CASE("one cancels the other, at its first fill") {
  Desk desk;
  OrderRequest up = Desk::request(Side::kBuy), down = Desk::request(Side::kSell);
  up.group = down.group = 7;
  up.contingency = down.contingency = Contingency::kOco;
  const OrderId buy = desk.submit(up), sell = desk.submit(down);
  desk.accept(buy);
  desk.accept(sell);
  CHECK(desk.actions().empty());
  desk.fill(buy, 1_qty);
  desk.told();
  desk.run_actions();
  CHECK(desk.told() == Texts{"cancel cancel.by_sibling"});
  CHECK(desk.state(sell) == OrderState::kPendingCancel);

  // The same number in another account is another group, and a cancel is no fill.
  OrderRequest other = up;
  other.account = AccountId{2};
  const OrderId elsewhere = desk.submit(other);
  up.group = down.group = 8;
  const OrderId third = desk.submit(up), fourth = desk.submit(down);
  desk.feed(ReportKind::kCanceled, third);
  desk.run_actions();
  CHECK(desk.state(fourth) == OrderState::kSubmitted);
  CHECK(desk.state(elsewhere) == OrderState::kSubmitted);
}

TEST_CASE("what was refused is asked for again later") {
  Desk desk;
  OrderRequest asked = Desk::request();
  asked.group = 7;
  asked.contingency = Contingency::kOco;
  const OrderId one = desk.submit(asked), two = desk.submit(asked);
  desk.accept(one);
  desk.accept(two);
  desk.fill(one, 1_qty);
  desk.run_actions();
  desk.feed(ReportKind::kRefused, two, Reason::kBackpressure);
  CHECK(desk.state(two) == OrderState::kWorking);
  CHECK(desk.actions().empty());
  const auto deadline = desk.orders.next_deadline();
  REQUIRE(deadline.has_value());
  CHECK(*deadline == desk.out.now + Duration::seconds(1));
  desk.wait(Duration::seconds(1));
  desk.orders.on_time(desk.out.now, desk.out);
  const auto actions = desk.actions();
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].kind == Kind::kCancel);
  CHECK(actions[0].order == two);
}

TEST_CASE("a resize that the venue keeps refusing is given up, until something changes") {
  BracketDesk desk;
  desk.fill(desk.entry, 10_qty);
  desk.settle();
  desk.fill(desk.target, 1_qty);
  int asked = 0;
  for (int i = 0; i < 10; ++i) {
    desk.run_actions();
    if (desk.state(desk.stop) == OrderState::kPendingReplace) {
      ++asked;
      desk.feed(ReportKind::kReplaceRejected, desk.stop, Reason::kVenueRejected);
    }
    desk.wait(Duration::seconds(2));
    desk.orders.on_time(desk.out.now, desk.out);
  }
  CHECK(asked == 3);
  desk.fill(desk.target, 1_qty);
  desk.run_actions();
  CHECK(desk.state(desk.stop) == OrderState::kPendingReplace);
  CHECK(desk.order(desk.stop).pending_terms.quantity == 8_qty);
}

TEST_CASE("what linked orders ask for is the same after a recovery") {
  const auto check = [](auto prepare) {
    BracketDesk desk;
    prepare(desk);
    OrderManager recovered{desk.orders.config(), desk.registry};
    for (const OrderRecord& record : desk.out.records) recovered.fold(record.header);
    OrderManager loaded{desk.orders.config(), desk.registry};
    const auto bytes = bytes_of(desk.orders);
    StateReader reader{bytes};
    loaded.load(reader);
    REQUIRE(reader.finish().ok());
    const auto live = desk.actions();
    for (OrderManager* other : {&recovered, &loaded}) {
      CHECK(bytes_of(*other) == bytes);
      std::size_t count = 0;
      OrderManager::Action action;
      while (other->next_action(action)) {
        bool found = false;
        for (const auto& wanted : live)
          found = found || (wanted.order == action.order && wanted.kind == action.kind &&
                            wanted.quantity == action.quantity && wanted.why == action.why);
        CHECK(found);
        ++count;
      }
      CHECK(count == live.size());
    }
  };
  check([](BracketDesk& desk) { desk.fill(desk.entry, 4_qty); });
  check([](BracketDesk& desk) {
    desk.fill(desk.entry, 4_qty);
    desk.settle();
    desk.fill(desk.target, 1_qty);
  });
  check([](BracketDesk& desk) { desk.feed(ReportKind::kCanceled, desk.entry); });
}

TEST_CASE("exits outlive their entry's place in the ring") {
  OrderManagerConfig config = Desk::small();
  config.slots = 4;
  BracketDesk desk{config};
  desk.fill(desk.entry, 10_qty);
  desk.settle();
  for (int i = 0; i < 8; ++i) desk.fill(desk.working(Side::kBuy, 1_qty), 1_qty);
  REQUIRE(desk.orders.find(desk.entry) == nullptr);
  REQUIRE(desk.orders.find(desk.stop) != nullptr);
  desk.fill(desk.target, 4_qty);
  desk.run_actions();
  CHECK(desk.order(desk.stop).pending_terms.quantity == 6_qty);
  desk.feed(ReportKind::kReplaced, desk.stop);
  desk.fill(desk.target, 6_qty);
  for (int i = 0; i < 8; ++i) desk.fill(desk.working(Side::kBuy, 1_qty), 1_qty);
  REQUIRE(desk.orders.find(desk.target) == nullptr);
  desk.run_actions();
  CHECK(desk.state(desk.stop) == OrderState::kPendingCancel);
}

TEST_CASE("no bracket is made in part") {
  OrderManagerConfig config = Desk::small();
  config.slots = 4;
  Desk desk{config};
  desk.working();
  desk.working();
  BracketRequest asked;
  asked.take_profit = 110_px;
  asked.stop_loss = 90_px;
  desk.told();
  const auto made = desk.orders.submit_bracket(Desk::approve(Desk::request()), asked, desk.out);
  CHECK(made.entry.is_none());
  CHECK(desk.told() == Texts{"order_denied order.too_many_orders"});
  asked.take_profit.reset();
  const auto smaller = desk.orders.submit_bracket(Desk::approve(Desk::request()), asked, desk.out);
  CHECK_FALSE(smaller.entry.is_none());
  CHECK(smaller.take_profit.is_none());
  CHECK_FALSE(smaller.stop_loss.is_none());
}
