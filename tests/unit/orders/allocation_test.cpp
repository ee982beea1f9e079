// After construction, and once the pairs of account and instrument have been seen, nothing
// allocates.
#include <count_allocations.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// Gives numbers and folds; keeps nothing.
class Sink final : public Emitter {
 public:
  explicit Sink(OrderManager& manager) : manager_(manager) {}
  void emit(RecordHeader& header) override {
    header.seq = ++seq_;
    header.ts_recv = Timestamp::from_seconds(static_cast<std::int64_t>(seq_));
    manager_.fold(header);
  }

 private:
  OrderManager& manager_;
  std::uint64_t seq_ = 0;
};

}  // namespace

TEST_CASE("the way of an order and of its reports allocates nothing") {
  Desk desk;
  Sink sink{desk.orders};
  const OrderRequest asked = Desk::request(), back = Desk::request(Side::kSell);
  BracketRequest bracket;
  bracket.take_profit = 110_px;
  bracket.stop_loss = 90_px;
  std::vector<OrderReport> names;
  for (int i = 0; i < 2000; ++i) names.push_back(desk.fill_of({}, 1_qty));
  desk.submit(asked);
  desk.submit(back);

  const AllocationCount before = allocations();
  for (int i = 0; i < 1000; ++i) {
    const auto made = desk.orders.submit_bracket(Desk::approve(asked), bracket, sink);
    OrderReport report = desk.report(ReportKind::kAccepted, made.entry);
    desk.orders.on_report(report, sink);
    report = names[static_cast<std::size_t>(i)];
    report.order = made.entry;
    desk.orders.on_report(report, sink);
    desk.orders.on_report(report, sink);  // twice
    OrderManager::Action action;
    while (desk.orders.next_action(action)) {
      if (action.kind == OrderManager::Action::Kind::kRelease) {
        OrderRequest exit = back;
        exit.terms.quantity = action.quantity;
        desk.orders.release(action.order, Desk::approve(exit), sink);
      }
    }
    desk.orders.cancel(made.entry, Reason::kByRequest, sink);
    for (const OrderId id : {made.entry, made.take_profit, made.stop_loss}) {
      report = desk.report(ReportKind::kCanceled, id);
      desk.orders.on_report(report, sink);
    }
    report = names[static_cast<std::size_t>(1000 + i)];  // of nobody we know
    report.present = OrderReport::kHasSide;
    report.side = Side::kSell;
    desk.orders.on_report(report, sink);
    while (desk.orders.next_action(action)) desk.orders.cancel(action.order, action.why, sink);
  }
  CHECK(allocations() == before);
}
