// A venue in a few lines that knows the truth and tells it: takes commands, fills at random, and
// keeps what it said until the test delivers it: late, twice, out of order, or not at all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <keel/core/random.hpp>
#include <keel/model/order_records.hpp>

namespace keel::test {

class ToyVenue {
 public:
  struct Execution {
    std::string name;
    Quantity quantity;
    Price price;
    bool busted = false;
  };
  struct Resting {
    OrderId id;  // ours; none: of somebody else
    std::string name;
    AccountId account;
    InstrumentId instrument;
    Side side;
    Quantity quantity, filled = 0_qty;
    std::optional<Price> price;
    bool open = true;
    std::vector<Execution> executions;
  };

  ToyVenue(std::uint64_t seed, VenueId id) : random_(seed), id_(id) {}

  void take(const OrderRecord& command, Timestamp now) {
    now_ = now;
    if (command.header.kind == RecordKind::kSubmit) return submit(command);
    Resting* order = find(command.order);
    if (order == nullptr || !order->open) {
      OrderReport said =
          bare(command.header.kind == RecordKind::kCancel ? ReportKind::kCancelRejected
                                                          : ReportKind::kReplaceRejected);
      said.order = command.order;
      said.account = command.account;
      said.header.instrument = command.header.instrument;
      said.reason = order == nullptr ? Reason::kVenueUnknownOrder : Reason::kOrderNotOpen;
      told.push_back(said);
      return;
    }
    if (command.header.kind == RecordKind::kCancel) return end(*order, ReportKind::kCanceled);
    if (command.terms.quantity <= order->filled || random_.below(6) == 0) {
      say(*order, ReportKind::kReplaceRejected).reason = Reason::kVenueRejected;
      return;
    }
    order->quantity = command.terms.quantity;
    order->price = command.terms.limit();
    say(*order, ReportKind::kReplaced);
  }

  // Something happens by itself.
  void stir(Timestamp now) {
    now_ = now;
    if (random_.below(12) == 0) by_hand();
    if (orders.empty()) return;
    Resting& order = orders[static_cast<std::size_t>(random_.below(orders.size()))];
    if (!order.open) return;
    switch (random_.below(14)) {
      case 0: return end(order, ReportKind::kExpired);
      case 1: return end(order, ReportKind::kCanceled);
      case 2:  // somebody moves it by hand
        order.quantity = order.filled + Quantity::whole(random_.between(1, 9));
        say(order, ReportKind::kReplaced);
        return;
      default: break;
    }
    const Quantity rest = order.quantity - order.filled;
    const Quantity part =
        random_.below(3) == 0 ? rest : std::min(rest, Quantity::whole(random_.between(1, 4)));
    fill(order, part);
  }

  void fill(Resting& order, Quantity part) {
    order.filled += part;
    if (order.filled == order.quantity) order.open = false;
    order.executions.push_back(
        {"T" + std::to_string(++executions_), part, Price::whole(random_.between(90, 110))});
    OrderReport& said = say(order, ReportKind::kFilled);
    describe(said, order.executions.back());
  }
  // Takes back, or corrects, one execution. nullopt: none left.
  std::optional<OrderReport> amend(Timestamp now) {
    now_ = now;
    for (int tries = 0; tries < 20 && !orders.empty(); ++tries) {
      Resting& order = orders[static_cast<std::size_t>(random_.below(orders.size()))];
      if (order.executions.empty() || order.open) continue;
      Execution& execution = order.executions[random_.below(order.executions.size())];
      if (execution.busted) continue;
      OrderReport said = bare(ReportKind::kFillBusted);
      said.order = order.id;
      said.account = order.account;
      said.header.instrument = order.instrument;
      said.reference = ExecutionId::from(execution.name).value();
      order.filled -= execution.quantity;
      if (random_.below(2) == 0) {
        said.kind = ReportKind::kFillCorrected;
        execution.quantity = Quantity::whole(random_.between(1, 5));
        execution.price = execution.price + 1_px;
        said.last_quantity = execution.quantity;
        said.last_price = execution.price;
        said.execution = ExecutionId::from("C" + std::to_string(++executions_)).value();
        order.filled += execution.quantity;
      } else {
        execution.busted = true;
      }
      return said;
    }
    return std::nullopt;
  }
  // Everything open, every execution, and the end of the list.
  std::vector<OrderReport> snapshot(Timestamp asked_at) {
    std::vector<OrderReport> all;
    for (Resting& order : orders) {
      if (!order.open) continue;
      OrderReport said = about(order, ReportKind::kStatus);
      said.status = OrderState::kWorking;
      all.push_back(said);
    }
    for (Resting& order : orders)
      for (const Execution& execution : order.executions) {
        if (execution.busted) continue;
        OrderReport said = about(order, ReportKind::kFilled);
        said.present &= static_cast<std::uint16_t>(~OrderReport::kHasFilled);
        describe(said, execution);
        all.push_back(said);
      }
    for (OrderReport& said : all) said.header.flags = OrderReport::kSnapshot;
    OrderReport last = bare(ReportKind::kSnapshotEnd);
    last.account = AccountId{1};
    last.header.ts_event = asked_at;
    all.push_back(last);
    return all;
  }

  Resting* find(OrderId id) {
    for (Resting& order : orders)
      if (!id.is_none() && order.id == id) return &order;
    return nullptr;
  }

  std::vector<Resting> orders;
  std::vector<OrderReport> told;

 private:
  void submit(const OrderRecord& command) {
    Resting order;
    order.id = command.order;
    order.name = "V" + std::to_string(orders.size() + 1);
    order.account = command.account;
    order.instrument = command.header.instrument;
    order.side = command.side;
    order.quantity = command.terms.quantity;
    order.price = command.terms.limit();
    if (random_.below(10) == 0) {
      order.open = false;
      orders.push_back(order);
      say(orders.back(), ReportKind::kRejected);
      return;
    }
    orders.push_back(order);
    say(orders.back(), ReportKind::kAccepted);
  }
  void by_hand() {
    Resting order;
    order.id = {};
    order.name = "V" + std::to_string(orders.size() + 1);
    order.account = AccountId{1};
    order.instrument = InstrumentId{static_cast<std::uint32_t>(random_.between(1, 2))};
    order.side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
    order.quantity = Quantity::whole(random_.between(1, 9));
    order.price = 100_px;
    orders.push_back(order);
    if (random_.below(2) == 0) say(orders.back(), ReportKind::kAccepted);
  }
  void end(Resting& order, ReportKind kind) {
    order.open = false;
    say(order, kind);
  }
  OrderReport bare(ReportKind kind) const {
    OrderReport said = make_record<OrderReport>(RecordKind::kOrderReport);
    said.header.ts_event = now_;
    said.kind = kind;
    said.venue = id_;
    return said;
  }
  OrderReport about(const Resting& order, ReportKind kind) const {
    OrderReport said = bare(kind);
    said.header.instrument = order.instrument;
    said.order = order.id;
    said.account = order.account;
    said.side = order.side;
    said.quantity = order.quantity;
    said.filled = order.filled;
    said.venue_order_id = VenueOrderId::from(order.name).value();
    said.present = OrderReport::kHasSide | OrderReport::kHasQuantity | OrderReport::kHasFilled;
    if (order.price) {
      said.price = *order.price;
      said.present |= OrderReport::kHasPrice;
    }
    return said;
  }
  OrderReport& say(const Resting& order, ReportKind kind) {
    told.push_back(about(order, kind));
    return told.back();
  }
  static void describe(OrderReport& said, const Execution& execution) {
    said.last_quantity = execution.quantity;
    said.last_price = execution.price;
    said.execution = ExecutionId::from(execution.name).value();
  }

  Random random_;
  VenueId id_;
  Timestamp now_{0};
  std::uint64_t executions_ = 0;
};

}  // namespace keel::test
