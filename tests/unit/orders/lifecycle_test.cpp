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

TEST_CASE("how an order can end") {
  Desk desk;
  const OrderId rejected = desk.submit();
  desk.feed(ReportKind::kRejected, rejected);
  CHECK(desk.state(rejected) == OrderState::kRejected);
  CHECK(desk.last().reason == Reason::kVenueRejected);

  const OrderId refused = desk.submit();
  desk.feed(ReportKind::kRefused, refused, Reason::kBackpressure);
  CHECK(desk.state(refused) == OrderState::kRejected);
  CHECK(desk.last().reason == Reason::kBackpressure);

  const OrderId expired = desk.working();
  desk.feed(ReportKind::kExpired, expired, Reason::kDayEnded);
  CHECK(desk.state(expired) == OrderState::kExpired);

  const OrderId ioc = desk.working();
  desk.fill(ioc, 3_qty);
  desk.feed(ReportKind::kCanceled, ioc, Reason::kNoLiquidity);
  CHECK(desk.state(ioc) == OrderState::kCanceled);
  CHECK(desk.last().reason == Reason::kNoLiquidity);
  CHECK(desk.order(ioc).filled == 3_qty);

  const OrderId by_venue = desk.working();
  desk.feed(ReportKind::kCanceled, by_venue);
  CHECK(desk.last().reason == Reason::kByVenue);
  CHECK(desk.open() == 0_qty);
}

TEST_CASE("cancel: once sent, twice asked; the reason comes back with the end") {
  Desk desk;
  const OrderId id = desk.working();
  desk.told();
  CHECK(desk.orders.cancel(id, Reason::kByKillSwitch, desk.out) == Reason::kNone);
  CHECK(desk.cancel(id) == Reason::kNone);
  CHECK(desk.told() == Texts{"cancel cancel.by_kill_switch"});
  CHECK(desk.state(id) == OrderState::kPendingCancel);
  CHECK(desk.open() == 10_qty);  // it may still fill
  desk.fill(id, 2_qty);
  CHECK(desk.state(id) == OrderState::kPendingCancel);
  desk.feed(ReportKind::kCanceled, id);
  CHECK(desk.told() == Texts{"order_filled", "order_canceled cancel.by_kill_switch"});
  CHECK(desk.open() == 0_qty);
  CHECK(desk.cancel(id) == Reason::kOrderNotOpen);
  CHECK(desk.cancel({}) == Reason::kUnknownOrder);
  CHECK(desk.cancel(OrderId::make(1, 1, 900)) == Reason::kUnknownOrder);

  const OrderId early = desk.submit();  // before any answer
  CHECK(desk.cancel(early) == Reason::kNone);
  desk.accept(early);
  CHECK(desk.state(early) == OrderState::kPendingCancel);
  desk.feed(ReportKind::kCancelRejected, early, Reason::kVenueRejected);
  CHECK(desk.state(early) == OrderState::kWorking);
  CHECK(desk.cancel(early) == Reason::kNone);
  desk.feed(ReportKind::kRefused, early, Reason::kNotConnected);  // the cancel, not the order
  CHECK(desk.state(early) == OrderState::kWorking);
}

TEST_CASE("a cancel that crosses the last fill is no surprise") {
  Desk desk;
  const OrderId id = desk.working();
  desk.cancel(id);
  desk.fill(id, 10_qty);
  CHECK(desk.state(id) == OrderState::kFilled);
  desk.told();
  desk.feed(ReportKind::kCancelRejected, id, Reason::kOrderNotOpen);
  CHECK(desk.told() == Texts{"order_cancel_rejected order.not_open"});
  CHECK(desk.last().was_terminal());
  desk.feed(ReportKind::kCancelRejected, id, Reason::kOrderNotOpen);  // now it answers nothing
  CHECK(desk.told() == Texts{"order_anomaly anomaly.report_out_of_order"});
}

TEST_CASE("replace: the larger of old and new counts until the venue answers") {
  Desk desk;
  const OrderId id = desk.working();
  CHECK(desk.replace(id, 15_qty, 101_px, 101_px) == Reason::kNone);
  CHECK(desk.state(id) == OrderState::kPendingReplace);
  CHECK(desk.last().terms.quantity == 15_qty);
  CHECK(desk.last().open_after == 15_qty);
  CHECK(desk.last().reserve_after == 101_px);
  CHECK(desk.order(id).terms.quantity == 10_qty);
  CHECK(desk.replace(id, 16_qty) == Reason::kCommandInFlight);

  desk.fill(id, 12_qty);  // more than the old terms: the new ones may already stand
  CHECK(desk.state(id) == OrderState::kPendingReplace);
  CHECK(desk.open() == 3_qty);
  desk.feed(ReportKind::kReplaced, id);
  CHECK(desk.state(id) == OrderState::kWorking);
  CHECK(desk.order(id).terms.quantity == 15_qty);
  CHECK(desk.order(id).terms.limit_price == 101_px);
  CHECK(desk.order(id).revision == 1);
  CHECK(desk.order(id).reserve_price == 101_px);

  CHECK(desk.replace(id, 13_qty, 99_px, 99_px) == Reason::kNone);
  CHECK(desk.open() == 3_qty);
  CHECK(desk.last().reserve_after == 101_px);
  desk.feed(ReportKind::kReplaceRejected, id, Reason::kVenueRejected);
  CHECK(desk.state(id) == OrderState::kWorking);
  CHECK(desk.order(id).terms.quantity == 15_qty);
  CHECK(desk.order(id).revision == 1);

  CHECK(desk.replace(id, 13_qty, 99_px, 99_px) == Reason::kNone);
  desk.feed(ReportKind::kReplaced, id);
  CHECK(desk.open() == 1_qty);
  CHECK(desk.order(id).reserve_price == 99_px);
}

TEST_CASE("replace: what is filled decides whether anything is left") {
  Desk desk;
  const OrderId shrunk = desk.working();
  desk.replace(shrunk, 5_qty);
  desk.fill(shrunk, 7_qty);  // before the venue took the new terms
  CHECK(desk.state(shrunk) == OrderState::kPendingReplace);
  desk.feed(ReportKind::kReplaced, shrunk);
  CHECK(desk.state(shrunk) == OrderState::kFilled);
  CHECK(desk.open() == 0_qty);

  const OrderId grown = desk.working();
  desk.replace(grown, 20_qty);
  desk.fill(grown, 10_qty);
  CHECK(desk.state(grown) == OrderState::kPendingReplace);
  CHECK(desk.open() == 10_qty);
  desk.feed(ReportKind::kReplaceRejected, grown, Reason::kVenueRejected);
  CHECK(desk.state(grown) == OrderState::kFilled);
  CHECK(desk.open() == 0_qty);

  const OrderId both = desk.working();
  desk.replace(both, 12_qty);
  desk.cancel(both);
  CHECK(desk.state(both) == OrderState::kPendingCancel);
  CHECK(desk.open() == 12_qty);
  desk.feed(ReportKind::kReplaced, both);
  CHECK(desk.state(both) == OrderState::kPendingCancel);
  CHECK(desk.order(both).terms.quantity == 12_qty);
  desk.feed(ReportKind::kCancelRejected, both, Reason::kVenueRejected);
  CHECK(desk.state(both) == OrderState::kWorking);
}

TEST_CASE("replace: what the manager refuses, and why") {
  Desk desk;
  const OrderId id = desk.working();
  desk.fill(id, 4_qty);
  CHECK(desk.replace(id, {}) == Reason::kNothingToReplace);
  CHECK(desk.replace(id, 10_qty, 100_px) == Reason::kNothingToReplace);
  CHECK(desk.replace(id, 0_qty) == Reason::kQuantityNotPositive);
  CHECK(desk.replace(id, 4_qty) == Reason::kQuantityTooSmall);
  CHECK(desk.replace({}, 4_qty) == Reason::kUnknownOrder);
  CHECK(desk.orders.replace({Unchecked{"test"}, ReplaceRequest{id, {}, {}, 90_px}, 100_px},
                            desk.out) == Reason::kTriggerUnexpected);
  desk.cancel(id);
  CHECK(desk.replace(id, 8_qty) == Reason::kOrderNotOpen);
  desk.feed(ReportKind::kCanceled, id);
  CHECK(desk.replace(id, 8_qty) == Reason::kOrderNotOpen);
  OrderRequest market = OrderRequest::market(InstrumentId{1}, Side::kBuy, 1_qty);
  market.account = kAccount;
  const OrderId at_market = desk.submit(market);
  CHECK(desk.replace(at_market, {}, 5_px) == Reason::kPriceUnexpected);
}

TEST_CASE("a time-out is not a rejection") {
  OrderManagerConfig config = Desk::small();
  config.answer_timeout = Duration::seconds(5);
  Desk desk{config};
  const Timestamp start = desk.out.now;
  const OrderId silent = desk.submit();
  desk.wait(Duration::seconds(2));
  const OrderId answered = desk.submit();
  CHECK(desk.orders.next_deadline() == start + Duration::seconds(5));
  desk.accept(answered);
  desk.wait(Duration::seconds(3));
  desk.told();
  desk.orders.on_time(desk.out.now, desk.out);
  CHECK(desk.told() == Texts{"order_unknown unknown.timed_out"});
  CHECK(desk.state(silent) == OrderState::kUnknown);
  CHECK(desk.open() == 20_qty);
  CHECK_FALSE(desk.orders.next_deadline().has_value());
  CHECK(desk.replace(silent, 5_qty) == Reason::kCommandInFlight);

  SUBCASE("the late answer settles it") {
    desk.accept(silent);
    CHECK(desk.state(silent) == OrderState::kWorking);
    CHECK((desk.last().header.flags & OrderRecord::kSettlement) != 0);
  }
  SUBCASE("a fill is evidence that it is there") {
    desk.fill(silent, 1_qty);
    CHECK(desk.state(silent) == OrderState::kWorking);
    CHECK((desk.last().header.flags & OrderRecord::kSettlement) != 0);
  }
  SUBCASE("the venue does not know it: it never arrived") {
    desk.feed(ReportKind::kUnknownOrder, silent);
    CHECK(desk.state(silent) == OrderState::kRejected);
    CHECK(desk.last().reason == Reason::kVenueUnknownOrder);
    CHECK(desk.open() == 10_qty);
    SUBCASE("and when it turns up all the same, it counts again") {
      desk.told();
      desk.accept(silent);
      CHECK(desk.state(silent) == OrderState::kUnknown);
      CHECK(desk.open() == 20_qty);
      CHECK(desk.told() == Texts{"order_unknown anomaly.report_out_of_order",
                                 "order_anomaly anomaly.report_out_of_order"});
      desk.feed(desk.status_of(silent, OrderState::kWorking));
      CHECK(desk.state(silent) == OrderState::kWorking);
    }
  }
  SUBCASE("refused: known not to have been sent") {
    desk.feed(ReportKind::kRefused, silent, Reason::kNotConnected);
    CHECK(desk.state(silent) == OrderState::kRejected);
  }
  SUBCASE("it can be canceled, and canceled again after another silence") {
    CHECK(desk.cancel(silent) == Reason::kNone);
    CHECK(desk.cancel(silent) == Reason::kNone);
    CHECK(desk.told() == Texts{"cancel cancel.by_request"});
    CHECK(desk.state(silent) == OrderState::kUnknown);
    desk.accept(silent);  // of the submit; the cancel is still open
    CHECK(desk.state(silent) == OrderState::kUnknown);
    desk.wait(Duration::seconds(5));
    desk.orders.on_time(desk.out.now, desk.out);
    desk.told();
    CHECK(desk.cancel(silent) == Reason::kNone);
    CHECK(desk.told() == Texts{"cancel cancel.by_request"});
    desk.feed(ReportKind::kCanceled, silent);
    CHECK(desk.state(silent) == OrderState::kCanceled);
    CHECK(desk.last().reason == Reason::kByRequest);
  }
  SUBCASE("a person gives up") {
    CHECK(desk.orders.abandon(answered, "anna", desk.out) == Reason::kOrderNotOpen);
    CHECK(desk.orders.abandon(silent, "anna", desk.out) == Reason::kNone);
    CHECK(desk.state(silent) == OrderState::kCanceled);
    CHECK(desk.last().note == "anna");
    CHECK(desk.open() == 10_qty);
  }
}

TEST_CASE("a lost connection makes unknown what was in flight at that venue, and nothing else") {
  Desk desk;
  const OrderId working = desk.working(), sent = desk.submit(), replacing = desk.working();
  desk.replace(replacing, 20_qty);
  ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
  input.venue = VenueId{2};
  input.state = ConnectionState::kDown;
  desk.orders.on_connection(input, desk.out);
  CHECK(desk.state(sent) == OrderState::kSubmitted);
  input.venue = kVenue;
  input.state = ConnectionState::kUp;
  desk.orders.on_connection(input, desk.out);
  CHECK(desk.state(sent) == OrderState::kSubmitted);
  input.state = ConnectionState::kDown;
  desk.told();
  desk.orders.on_connection(input, desk.out);
  CHECK(desk.told() ==
        Texts{"order_unknown unknown.connection_lost", "order_unknown unknown.connection_lost"});
  CHECK(desk.state(working) == OrderState::kWorking);
  CHECK(desk.state(sent) == OrderState::kUnknown);
  CHECK(desk.state(replacing) == OrderState::kUnknown);
  CHECK(desk.open() == 40_qty);
  desk.orders.on_connection(input, desk.out);
  CHECK(desk.told().empty());
  // The replace is answered late.
  desk.feed(ReportKind::kReplaced, replacing);
  CHECK(desk.state(replacing) == OrderState::kWorking);
  CHECK(desk.open() == 40_qty);
}

TEST_CASE("a restart makes unknown what was in flight") {
  Desk desk;
  const OrderId sent = desk.submit(), working = desk.working();
  const OrderId held = desk.orders.hold(Desk::request(), desk.out);
  desk.told();
  desk.orders.on_restart(desk.out);
  CHECK(desk.told() == Texts{"order_unknown unknown.restarted_in_flight"});
  CHECK((desk.last().header.flags & OrderRecord::kAfterRestart) != 0);
  CHECK(desk.state(sent) == OrderState::kUnknown);
  CHECK(desk.state(working) == OrderState::kWorking);
  CHECK(desk.state(held) == OrderState::kHeld);
}

TEST_CASE("held orders: nothing is sent, nothing counts, until they are released") {
  Desk desk;
  const OrderId id = desk.orders.hold(Desk::request(), desk.out);
  CHECK(desk.state(id) == OrderState::kHeld);
  CHECK(desk.open() == 0_qty);
  CHECK(desk.orders.open_count() == 1);
  CHECK(desk.replace(id, 6_qty, 90_px) == Reason::kNone);
  CHECK(desk.last().header.kind == RecordKind::kOrderReplaced);
  CHECK(desk.state(id) == OrderState::kHeld);
  CHECK(desk.order(id).terms.quantity == 6_qty);
  OrderRequest now = Desk::request(Side::kBuy, 6_qty, 90_px);
  CHECK(desk.orders.release(id, Desk::approve(now), desk.out) == Reason::kNone);
  CHECK(desk.last().header.kind == RecordKind::kSubmit);
  CHECK(desk.last().order == id);
  CHECK(desk.state(id) == OrderState::kSubmitted);
  CHECK(desk.open() == 6_qty);
  CHECK(desk.orders.release(id, Desk::approve(now), desk.out) == Reason::kOrderNotOpen);

  const OrderId dropped = desk.orders.hold(Desk::request(), desk.out);
  desk.told();
  CHECK(desk.cancel(dropped) == Reason::kNone);
  CHECK(desk.told() == Texts{"order_canceled cancel.by_request"});
  CHECK(desk.state(dropped) == OrderState::kCanceled);

  const OrderId denied = desk.orders.hold(Desk::request(), desk.out);
  CHECK(desk.orders.deny_held(denied, {Reason::kPositionLimit, Int128::from(5), Int128::from(4)},
                              desk.out) == Reason::kNone);
  CHECK(desk.state(denied) == OrderState::kRejected);
  CHECK(desk.last().reason == Reason::kPositionLimit);
  CHECK(desk.last().limit == Int128::from(4));
}

TEST_CASE("a denial is an order that ended before it began") {
  Desk desk;
  OrderRequest asked = Desk::request();
  asked.client_id = "mine";
  const OrderId id = desk.orders.deny(asked, {Reason::kBuyingPower, Int128::from(7), {}}, desk.out);
  CHECK(desk.state(id) == OrderState::kRejected);
  CHECK(desk.last().value == Int128::from(7));
  CHECK(desk.open() == 0_qty);
  CHECK(desk.orders.find_by_client_id(kAccount, "mine") == nullptr);
  const OrderId other = desk.submit(asked);
  CHECK(desk.orders.find_by_client_id(kAccount, "mine")->id == other);
  CHECK(desk.orders.find_by_client_id(AccountId{2}, "mine") == nullptr);
}

TEST_CASE("a stop reports its trigger") {
  Desk desk;
  OrderRequest asked = OrderRequest::stop(InstrumentId{1}, Side::kSell, 1_qty, 90_px);
  asked.account = kAccount;
  const OrderId id = desk.submit(asked);
  desk.feed(ReportKind::kTriggered, id);  // before the acknowledgement
  CHECK(desk.state(id) == OrderState::kWorking);
  desk.told();
  desk.feed(ReportKind::kTriggered, id);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
}

TEST_CASE("the venue's terms are the ones that stand, and a difference is told") {
  Desk desk;
  const OrderId id = desk.submit();
  OrderReport accepted = desk.report(ReportKind::kAccepted, id);
  accepted.present = OrderReport::kHasPrice | OrderReport::kHasQuantity;
  accepted.price = 99.5_px;
  accepted.quantity = 10_qty;
  desk.told();
  desk.feed(accepted);
  CHECK(desk.told() == Texts{"order_working", "order_anomaly anomaly.terms_differ"});
  CHECK(desk.last().value == Int128::from((99.5_px).raw()));
  CHECK(desk.last().limit == Int128::from((100_px).raw()));
  CHECK(desk.order(id).terms.limit_price == 99.5_px);

  OrderReport moved = desk.report(ReportKind::kReplaced, id);  // by hand, at the venue
  moved.present = OrderReport::kHasQuantity;
  moved.quantity = 12_qty;
  desk.feed(moved);
  CHECK(desk.told() == Texts{"order_replaced", "order_anomaly anomaly.terms_differ"});
  CHECK(desk.open() == 12_qty);
  desk.feed(moved);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});

  // A late copy of the last change is not the answer to the next one.
  desk.replace(id, 8_qty);
  desk.told();
  desk.feed(moved);
  CHECK(desk.told() == Texts{"order_anomaly anomaly.duplicate_report"});
  CHECK(desk.state(id) == OrderState::kPendingReplace);
  moved.quantity = 8_qty;
  desk.feed(moved);
  CHECK(desk.told() == Texts{"order_replaced"});
  CHECK(desk.open() == 8_qty);
}

TEST_CASE("integer ids are chosen above what was used and above the venue's floor") {
  OrderManagerConfig config = Desk::small();
  config.number_venues = {kVenue};
  Desk desk{config};
  CHECK(desk.order(desk.submit()).filled == 0_qty);
  CHECK(desk.last().venue_number == 1);
  OrderReport floor = desk.report(ReportKind::kSnapshotEnd);
  floor.venue_number = 500;
  desk.feed(floor);
  const OrderId id = desk.submit();
  CHECK(desk.last().venue_number == 500);
  const OrderId held = desk.orders.hold(Desk::request(), desk.out);
  CHECK(desk.last().venue_number == 0);
  desk.orders.release(held, Desk::approve(Desk::request()), desk.out);
  CHECK(desk.last().venue_number == 501);
  OrderReport accepted = desk.report(ReportKind::kAccepted);  // names the order by number alone
  accepted.venue_number = 500;
  desk.feed(accepted);
  CHECK(desk.state(id) == OrderState::kWorking);
  CHECK(desk.state(held) == OrderState::kSubmitted);
}
