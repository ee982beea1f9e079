// Fills that come twice, late, too much, without an order; and what becomes of them afterwards.
#include "desk.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("a fill is booked once") {
  Desk desk;
  const OrderId id = desk.working();
  desk.fill(id, 4_qty, "X1");
  desk.told();
  desk.fill(id, 4_qty, "X1");
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_execution"});
  CHECK(desk.last().execution == "X1");
  CHECK(desk.order(id).filled == 4_qty);
  desk.fill(id, 4_qty, "X2");
  CHECK(desk.order(id).filled == 8_qty);

  // The same name on the other side, or on another instrument, is another execution.
  const OrderId sell = desk.working(Side::kSell);
  desk.fill(sell, 4_qty, "X1");
  CHECK(desk.order(sell).filled == 4_qty);
  const OrderId eth = desk.submit(Desk::request(Side::kBuy, 5_qty, 100_px, InstrumentId{2}));
  OrderReport report = desk.fill_of(eth, 4_qty, "X1");
  report.header.instrument = InstrumentId{2};
  desk.feed(report);
  CHECK(desk.order(eth).filled == 4_qty);
  // What a snapshot repeats is no surprise.
  desk.told();
  report.header.flags = OrderReport::kSnapshot;
  desk.feed(report);
  CHECK(desk.told().empty());
}

TEST_CASE("a fill without a name is told from its double by the venue's sum") {
  Desk desk;
  const OrderId id = desk.working();
  OrderReport report = desk.fill_of(id, 4_qty, "");
  report.present = OrderReport::kHasFilled;
  report.filled = 4_qty;
  desk.feed(report);
  desk.feed(report);
  CHECK(desk.order(id).filled == 4_qty);
  report.filled = 8_qty;
  desk.feed(report);
  CHECK(desk.order(id).filled == 8_qty);
}

TEST_CASE("a fill is booked in every state") {
  struct Case {
    const char* how;
    OrderState before, after;
    Texts told;
  };
  Desk desk;
  const auto check = [&](OrderId id, OrderState before, OrderState after, const Texts& told) {
    REQUIRE(desk.state(id) == before);
    const Quantity filled = desk.order(id).filled;
    desk.told();
    desk.fill(id, 1_qty);
    CHECK(desk.state(id) == after);
    CHECK(desk.order(id).filled == filled + 1_qty);
    CHECK(desk.told() == told);
  };
  const Texts plain{"order_filled"};
  const Texts late{"order_filled", "order_anomaly anomaly.fill_after_terminal"};
  check(desk.submit(), OrderState::kSubmitted, OrderState::kWorking, plain);
  check(desk.working(), OrderState::kWorking, OrderState::kWorking, plain);
  const OrderId replacing = desk.working();
  desk.replace(replacing, 11_qty);
  check(replacing, OrderState::kPendingReplace, OrderState::kPendingReplace, plain);
  const OrderId canceling = desk.working();
  desk.cancel(canceling);
  check(canceling, OrderState::kPendingCancel, OrderState::kPendingCancel, plain);
  desk.orders.on_restart(desk.out);
  check(canceling, OrderState::kUnknown, OrderState::kUnknown, plain);
  check(desk.orders.hold(Desk::request(), desk.out), OrderState::kHeld, OrderState::kUnknown,
        {"order_filled", "order_anomaly anomaly.report_out_of_order"});
  const OrderId canceled = desk.working();
  desk.feed(ReportKind::kCanceled, canceled);
  check(canceled, OrderState::kCanceled, OrderState::kCanceled, late);
  CHECK(desk.out.records[desk.out.records.size() - 2].was_terminal());
  const OrderId expired = desk.working();
  desk.feed(ReportKind::kExpired, expired);
  check(expired, OrderState::kExpired, OrderState::kExpired, late);
  // A venue that fills what it rejected may fill the rest too.
  const OrderId rejected = desk.submit();
  desk.feed(ReportKind::kRejected, rejected);
  const Quantity open = desk.open();
  check(rejected, OrderState::kRejected, OrderState::kUnknown, late);
  CHECK(desk.open() == open + 9_qty);
  const OrderId filled = desk.working();
  desk.fill(filled, 10_qty);
  check(filled, OrderState::kFilled, OrderState::kFilled,
        {"order_filled", "order_anomaly anomaly.fill_after_terminal",
         "order_anomaly anomaly.overfill"});
  CHECK(desk.last().value == Int128::from((11_qty).raw()));
  CHECK(desk.last().limit == Int128::from((10_qty).raw()));
  // All of a canceled order turns out to have been filled.
  const OrderId whole = desk.working();
  desk.feed(ReportKind::kCanceled, whole);
  desk.fill(whole, 10_qty);
  CHECK(desk.state(whole) == OrderState::kFilled);
}

TEST_CASE("more than was asked for is booked, and told") {
  Desk desk;
  const OrderId id = desk.working();
  desk.told();
  desk.fill(id, 12_qty);
  CHECK(desk.told() == Texts{"order_filled", "order_anomaly anomaly.overfill"});
  CHECK(desk.state(id) == OrderState::kFilled);
  CHECK(desk.order(id).filled == 12_qty);
  CHECK((desk.order(id).flags & Order::kOverfilled) != 0);
  CHECK(desk.open() == 0_qty);
}

TEST_CASE("the venue's sum is compared, never booked") {
  Desk desk;
  const OrderId id = desk.working();
  OrderReport report = desk.fill_of(id, 3_qty);
  report.present = OrderReport::kHasFilled;
  report.filled = 5_qty;
  desk.told();
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_filled", "order_anomaly anomaly.cumulative_differs"});
  CHECK(desk.order(id).filled == 3_qty);
  CHECK(desk.last().value == Int128::from((5_qty).raw()));
  CHECK(desk.last().limit == Int128::from((3_qty).raw()));
}

TEST_CASE("an order that ended with fills missing waits for them") {
  Desk desk;
  const OrderId id = desk.working();
  desk.fill(id, 2_qty);
  OrderReport report = desk.report(ReportKind::kCanceled, id);
  report.present = OrderReport::kHasFilled;
  report.filled = 5_qty;
  desk.told();
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_unknown anomaly.cumulative_differs",
                             "order_anomaly anomaly.cumulative_differs"});
  CHECK(desk.state(id) == OrderState::kUnknown);
  CHECK(desk.open() == 3_qty);  // what is missing, and no more
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
  desk.fill(id, 1_qty);
  CHECK(desk.state(id) == OrderState::kUnknown);
  CHECK(desk.open() == 2_qty);
  SUBCASE("they come") {
    desk.fill(id, 2_qty);
    CHECK(desk.state(id) == OrderState::kCanceled);
    CHECK((desk.last().header.flags & OrderRecord::kSettlement) != 0);
    CHECK(desk.open() == 0_qty);
  }
  SUBCASE("one of those that came is busted: as much is missing as before") {
    OrderReport bust = desk.report(ReportKind::kFillBusted, id);
    bust.reference = desk.last().execution;
    desk.feed(bust);
    CHECK(desk.order(id).filled == 2_qty);
    CHECK(desk.open() == 2_qty);
    desk.fill(id, 2_qty);
    CHECK(desk.state(id) == OrderState::kCanceled);
  }
  SUBCASE("a person gives up: it ends as the venue said") {
    CHECK(desk.orders.abandon(id, "anna", desk.out) == Reason::kNone);
    CHECK(desk.state(id) == OrderState::kCanceled);
    CHECK(desk.open() == 0_qty);
  }
  SUBCASE("absence from a list does not end it") {
    desk.wait(Duration::seconds(1));
    desk.snapshot_end();
    CHECK(desk.state(id) == OrderState::kUnknown);
  }
}

TEST_CASE("a venue that says filled, without the fills") {
  Desk desk;
  const OrderId id = desk.working();
  desk.fill(id, 4_qty);
  OrderReport status = desk.status_of(id, OrderState::kFilled);
  desk.feed(status);
  CHECK(desk.state(id) == OrderState::kUnknown);
  CHECK(desk.open() == 6_qty);
  desk.fill(id, 6_qty);
  CHECK(desk.state(id) == OrderState::kFilled);

  const OrderId less = desk.working();  // and one that wanted no more than it got
  desk.fill(less, 4_qty);
  status = desk.status_of(less, OrderState::kFilled);
  status.present = OrderReport::kHasFilled;
  status.filled = 4_qty;
  desk.feed(status);
  CHECK(desk.state(less) == OrderState::kFilled);
  CHECK(desk.open() == 0_qty);
}

TEST_CASE("fills of orders that we did not send make an external order") {
  Desk desk;
  OrderReport report = desk.fill_of({}, 3_qty, "X9", 101_px);
  report.present = OrderReport::kHasSide | OrderReport::kHasQuantity | OrderReport::kHasFilled |
                   OrderReport::kHasPrice;
  report.side = Side::kSell;
  report.quantity = 8_qty;
  report.filled = 5_qty;  // two were filled before we heard of it
  report.price = 101_px;
  report.venue_order_id = "V77";
  report.client_id = "by-hand";
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_adopted order.unknown_order", "order_filled",
                             "order_anomaly anomaly.fill_of_unknown_order"});
  CHECK(desk.last().is_external());
  const OrderId id = desk.last().order;
  CHECK(id.run() == 1);
  const Order& order = desk.order(id);
  CHECK(order.is_external());
  CHECK(order.strategy == StrategyId{0});
  CHECK(order.state == OrderState::kWorking);
  CHECK(order.filled == 5_qty);
  CHECK(desk.open(Side::kSell) == 3_qty);
  CHECK(desk.orders.find_by_venue_id(kAccount, "V77") == &order);

  SUBCASE("the rest is found by the venue's name of it") {
    report = desk.fill_of({}, 3_qty, "X10");
    report.venue_order_id = "V77";
    desk.feed(report);
    CHECK(desk.told() == Texts{"order_filled"});
    CHECK(desk.state(id) == OrderState::kFilled);
  }
  SUBCASE("or by the venue's client id") {
    report = desk.fill_of({}, 3_qty, "X10");
    report.client_id = "by-hand";
    desk.feed(report);
    CHECK(desk.state(id) == OrderState::kFilled);
  }
  SUBCASE("what was filled before is booked when it comes, and counted once") {
    report.execution = "X8";
    report.last_quantity = 2_qty;
    report.filled = 2_qty;
    report.header.flags = OrderReport::kSnapshot;
    desk.feed(report);
    CHECK(desk.last().header.kind != RecordKind::kOrderAdopted);
    CHECK(desk.order(id).filled == 5_qty);
    CHECK(desk.open(Side::kSell) == 3_qty);
    const auto& fill = desk.out.records[desk.out.records.size() - 2];
    CHECK(fill.header.kind == RecordKind::kOrderFilled);
    CHECK(fill.last_quantity == 2_qty);
  }
  SUBCASE("twice is once") {
    desk.feed(report);
    CHECK(desk.told() == Texts{
                             "order_anomaly anomaly.duplicate_execution",
                         });
    CHECK(desk.order(id).filled == 5_qty);
  }
  SUBCASE("it can be canceled and replaced like ours") {
    CHECK(desk.replace(id, 6_qty) == Reason::kNone);
    CHECK(desk.last().terms.quantity == 6_qty);
    desk.feed(ReportKind::kReplaced, id);
    CHECK(desk.open(Side::kSell) == 1_qty);
    CHECK(desk.cancel(id) == Reason::kNone);
  }
}

TEST_CASE("a foreign order that is reported open is adopted; too little said is an anomaly") {
  Desk desk;
  OrderReport report = desk.report(ReportKind::kAccepted);
  report.venue_order_id = "V5";
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_anomaly order.unknown_order"});
  report.present = OrderReport::kHasSide | OrderReport::kHasQuantity | OrderReport::kHasTrigger;
  report.side = Side::kBuy;
  report.quantity = 7_qty;
  report.trigger_price = 120_px;
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_adopted order.unknown_order"});
  CHECK(desk.last().terms.type == OrderType::kStop);
  CHECK(desk.open() == 7_qty);
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
  desk.feed(ReportKind::kCanceled, OrderId::make(1, 1, 99));
  CHECK(desk.told() == Texts{"order_anomaly order.unknown_order"});
  // A fill that says neither side nor instrument cannot be booked anywhere.
  OrderReport bare = desk.fill_of({}, 3_qty);
  desk.feed(bare);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.fill_of_unknown_order"});
  bare.present = OrderReport::kHasSide;
  bare.side = Side::kBuy;
  bare.header.instrument = InstrumentId{99};
  desk.feed(bare);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.fill_of_unknown_order"});
}

TEST_CASE("a report that contradicts the order it names is about another order") {
  Desk desk;
  const OrderId id = desk.working();
  OrderReport report = desk.fill_of(id, 3_qty);
  report.present = OrderReport::kHasSide;
  report.side = Side::kSell;
  desk.feed(report);
  CHECK(desk.order(id).filled == 0_qty);
  CHECK(desk.last().is_external());
  CHECK(desk.last().side == Side::kSell);
}

TEST_CASE("without a free slot a foreign fill is booked all the same") {
  OrderManagerConfig config = Desk::small();
  config.slots = 2;
  Desk desk{config};
  desk.working();
  desk.working();
  CHECK(desk.orders.can_create() == Reason::kTooManyOrders);
  CHECK(desk.orders.next_id().is_none());
  OrderReport report = desk.fill_of({}, 3_qty, "X1");
  report.present = OrderReport::kHasSide;
  report.side = Side::kSell;
  desk.told();
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_filled", "order_anomaly anomaly.fill_of_unknown_order"});
  const OrderRecord& fill = desk.out.records[desk.out.records.size() - 2];
  CHECK(fill.order.is_none());
  CHECK(fill.account == kAccount);
  CHECK(fill.side == Side::kSell);
  CHECK(fill.last_quantity == 3_qty);
  desk.feed(report);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_execution"});
  CHECK(desk.submit().is_none());
  CHECK(desk.told() == Texts{"order_denied order.too_many_orders"});
}

TEST_CASE("bad fills are told, not booked") {
  Desk desk;
  const OrderId id = desk.working();
  desk.told();
  desk.fill(id, 0_qty);
  desk.fill(id, Quantity::zero() - 1_qty);
  CHECK(desk.told() == Texts{"order_anomaly order.quantity_not_positive",
                             "order_anomaly order.quantity_not_positive"});
  desk.fill(id, 1_qty);
  desk.fill(id, Quantity::max());
  CHECK(desk.last().reason == Reason::kOverflow);
  OrderReport fee = desk.fill_of(id, 1_qty);
  fee.present = OrderReport::kHasFee;  // in no currency
  desk.feed(fee);
  CHECK(desk.last().reason == Reason::kOverflow);
  CHECK(desk.order(id).filled == 1_qty);
}

TEST_CASE("fees come with the fill, or later, once") {
  Desk desk;
  const OrderId id = desk.working();
  OrderReport fill = desk.fill_of(id, 4_qty, "X1");
  fill.present = OrderReport::kHasFee;
  fill.fee = Money::whole(2, "USD").raw();
  fill.fee_currency = "USD";
  desk.feed(fill);
  CHECK(desk.last().fee_money().to_text() == "2 USD");
  desk.fill(id, 1_qty, "X2");
  CHECK(desk.last().fee_currency.empty());

  OrderReport fee = desk.report(ReportKind::kFillFee, id);
  fee.reference = "X2";
  fee.present = OrderReport::kHasFee;
  fee.fee = Money::whole(3, "USD").raw();
  fee.fee_currency = "USD";
  desk.told();
  desk.feed(fee);
  CHECK(desk.told() == Texts{"fill_fee"});
  CHECK(desk.last().fee_money().to_text() == "3 USD");
  CHECK(desk.last().last_price == 100_px);
  CHECK(desk.order(id).filled == 5_qty);
  desk.feed(fee);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
  fee.fee = Money::whole(4, "USD").raw();  // all of it, as the venue has it now
  desk.feed(fee);
  CHECK(desk.last().fee_money().to_text() == "1 USD");
  fee.fee_currency = "BNB";
  desk.told();
  desk.feed(fee);
  CHECK(desk.told() == Texts{"fill_fee", "fill_fee"});
  CHECK(desk.out.records[desk.out.records.size() - 2].fee_money().to_text() == "-4 USD");
  CHECK(desk.last().fee_money().to_text() == "4 BNB");
  fee.reference = "nobody";
  desk.feed(fee);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.unknown_execution"});
}

TEST_CASE("busts and corrections are facts of their own") {
  Desk desk;
  const OrderId id = desk.working();
  OrderReport fill = desk.fill_of(id, 4_qty, "X1");
  fill.present = OrderReport::kHasFee;
  fill.fee = Money::whole(2, "USD").raw();
  fill.fee_currency = "USD";
  desk.feed(fill);
  desk.fill(id, 3_qty, "X2");

  OrderReport correct = desk.report(ReportKind::kFillCorrected, id);
  correct.reference = "X2";
  correct.execution = "X2b";
  correct.last_quantity = 2_qty;
  correct.last_price = 99_px;
  desk.told();
  desk.feed(correct);
  CHECK(desk.told() == Texts{"fill_corrected"});
  CHECK(desk.last().execution == "X2");
  CHECK(desk.last().last_quantity == 2_qty);
  CHECK(desk.last().last_price == 99_px);
  CHECK(desk.last().value == Int128::from((100_px).raw()));
  CHECK(desk.last().limit == Int128::from((3_qty).raw()));
  CHECK(desk.order(id).filled == 6_qty);
  CHECK(desk.order(id).cost.to_text() == "598 USD");
  CHECK(desk.open() == 4_qty);
  desk.feed(correct);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});

  // The next correction refers to the last one's own name.
  correct.reference = "X2b";
  correct.execution = "X2c";
  correct.last_quantity = 6_qty;
  desk.feed(correct);
  CHECK(desk.last().execution == "X2");
  CHECK(desk.last().limit == Int128::from((2_qty).raw()));
  CHECK(desk.state(id) == OrderState::kFilled);

  OrderReport bust = desk.report(ReportKind::kFillBusted, id);
  bust.reference = "X1";
  desk.told();
  desk.feed(bust);
  CHECK(desk.told() == Texts{"fill_busted"});
  CHECK(desk.last().last_quantity == 4_qty);
  CHECK(desk.last().fee_money().to_text() == "2 USD");
  CHECK(desk.last().was_terminal());
  CHECK(desk.order(id).filled == 6_qty);
  CHECK(desk.state(id) == OrderState::kFilled);  // an ended order stays ended
  desk.feed(bust);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
  desk.fill(id, 4_qty, "X1");  // the busted execution once more is still a double
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_execution"});
  bust.reference = "nobody";
  desk.feed(bust);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.unknown_execution"});

  // A working order wants again what was taken back.
  const OrderId other = desk.working();
  desk.fill(other, 4_qty, "Y1");
  bust.reference = "Y1";
  bust.order = {};
  desk.feed(bust);
  CHECK(desk.last().order == other);
  CHECK(desk.open() == 10_qty);
}

TEST_CASE("a bust of a fill whose order is gone from the ring stands alone") {
  OrderManagerConfig config = Desk::small();
  config.slots = 2;
  Desk desk{config};
  const OrderId id = desk.working();
  desk.fill(id, 10_qty, "X1");
  for (int i = 0; i < 2; ++i) desk.fill(desk.working(), 10_qty);
  REQUIRE(desk.orders.find(id) == nullptr);
  OrderReport bust = desk.report(ReportKind::kFillBusted, id);
  bust.reference = "X1";
  desk.told();
  desk.feed(bust);
  CHECK(desk.told() == Texts{"fill_busted"});
  CHECK(desk.last().order == id);
  CHECK(desk.last().strategy == kStrategy);
  CHECK(desk.last().open_before == desk.last().open_after);
}
