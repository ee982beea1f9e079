// A desk for tests: one instrument or two, an order manager, an emitter that keeps what was
// emitted, and short ways to say what a venue reports.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <keel/orders/order_manager.hpp>

namespace keel::test {

inline const AccountId kAccount{1};
inline const StrategyId kStrategy{1};
inline const VenueId kVenue{1};

inline InstrumentRegistry two_instruments() {
  InstrumentRegistry registry;
  for (const char* symbol : {"BTC/USD", "ETH/USD"}) {
    InstrumentSpec spec;
    spec.symbol = symbol;
    spec.base = Currency::parse(std::string{symbol, 3}).value();
    spec.quote = Currency{"USD"};
    spec.venue = kVenue;
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 0.00000001_qty;
    REQUIRE(registry.add(spec).ok());
  }
  return registry;
}

// Appends, gives numbers and times, folds.
class Recorder final : public Emitter {
 public:
  void emit(RecordHeader& header) override {
    header.seq = ++seq;
    header.ts_recv = now;
    header.ts_event = now;
    records.push_back(record_as<OrderRecord>(header));
    if (manager != nullptr) manager->fold(header);
    if (after) after(records.back());
  }

  OrderManager* manager = nullptr;
  Timestamp now = Timestamp::from_seconds(1'000'000);
  std::uint64_t seq = 0;
  std::deque<OrderRecord> records;
  std::function<void(const OrderRecord&)> after;
};

class Desk {
 public:
  explicit Desk(OrderManagerConfig config = small()) : orders(config, registry) {
    out.manager = &orders;
  }
  static OrderManagerConfig small() {
    OrderManagerConfig config;
    config.slots = 64;
    config.execution_window = 256;
    return config;
  }

  static OrderRequest request(Side side = Side::kBuy, Quantity quantity = 10_qty,
                              Price price = 100_px, InstrumentId instrument = InstrumentId{1}) {
    OrderRequest made = OrderRequest::limit(instrument, side, quantity, price);
    made.account = kAccount;
    made.strategy = kStrategy;
    return made;
  }
  static Approved<OrderRequest> approve(const OrderRequest& asked) {
    return {Unchecked{"test"}, asked,
            asked.terms.limit().value_or(asked.terms.trigger().value_or(100_px))};
  }
  OrderId submit(const OrderRequest& asked) { return orders.submit(approve(asked), out); }
  OrderId submit(Side side = Side::kBuy, Quantity quantity = 10_qty) {
    return submit(request(side, quantity));
  }
  // A submitted order that the venue has acknowledged.
  OrderId working(Side side = Side::kBuy, Quantity quantity = 10_qty) {
    const OrderId id = submit(side, quantity);
    accept(id);
    return id;
  }
  Reason replace(OrderId id, std::optional<Quantity> quantity, std::optional<Price> price = {},
                 Price reserve = 100_px) {
    return orders.replace({Unchecked{"test"}, ReplaceRequest{id, quantity, price, {}}, reserve},
                          out);
  }
  Reason cancel(OrderId id) { return orders.cancel(id, Reason::kByRequest, out); }

  OrderReport report(ReportKind kind, OrderId id = {}) const {
    OrderReport made = make_record<OrderReport>(RecordKind::kOrderReport);
    made.header.ts_recv = made.header.ts_event = out.now;
    made.header.instrument = InstrumentId{1};
    made.kind = kind;
    made.order = id;
    made.account = kAccount;
    made.venue = kVenue;
    return made;
  }
  void feed(const OrderReport& made) { orders.on_report(made, out); }
  void feed(ReportKind kind, OrderId id, Reason reason = Reason::kNone) {
    OrderReport made = report(kind, id);
    made.reason = reason;
    feed(made);
  }
  void accept(OrderId id) {
    OrderReport made = report(ReportKind::kAccepted, id);
    made.venue_order_id = name<VenueOrderId>("V", id.counter());
    feed(made);
  }
  OrderReport fill_of(OrderId id, Quantity quantity, const char* execution = nullptr,
                      Price price = 100_px) {
    OrderReport made = report(ReportKind::kFilled, id);
    made.last_quantity = quantity;
    made.last_price = price;
    made.execution = execution == nullptr ? name<ExecutionId>("E", ++executions)
                                          : ExecutionId::from(execution).value();
    return made;
  }
  void fill(OrderId id, Quantity quantity, const char* execution = nullptr) {
    feed(fill_of(id, quantity, execution));
  }
  OrderReport status_of(OrderId id, OrderState state) const {
    OrderReport made = report(ReportKind::kStatus, id);
    made.header.flags = OrderReport::kSnapshot;
    made.status = state;
    return made;
  }
  void snapshot_end() {
    OrderReport made = report(ReportKind::kSnapshotEnd);
    feed(made);
  }
  void wait(Duration duration) { out.now = out.now + duration; }

  template <class Text>
  static Text name(const char* prefix, std::uint64_t number) {
    return Text::from(prefix + std::to_string(number)).value();
  }

  const Order& order(OrderId id) const {
    const Order* found = orders.find(id);
    REQUIRE(found != nullptr);
    return *found;
  }
  OrderState state(OrderId id) const { return order(id).state; }
  Quantity open(Side side = Side::kBuy) const {
    return orders.open_quantity(kAccount, InstrumentId{1}, side);
  }
  const OrderRecord& last() const { return out.records.back(); }
  // "kind/reason" of everything emitted since the last call.
  std::vector<std::string> told() {
    std::vector<std::string> texts;
    for (; told_ < out.records.size(); ++told_) {
      const OrderRecord& record = out.records[told_];
      std::string text{to_text(record.header.kind)};
      if (record.reason != Reason::kNone) text += " " + std::string{to_text(record.reason)};
      texts.push_back(text);
    }
    return texts;
  }
  std::vector<OrderManager::Action> actions() {
    std::vector<OrderManager::Action> all;
    OrderManager::Action action;
    while (orders.next_action(action)) all.push_back(action);
    return all;
  }
  // Does what linked orders ask for, as an engine does after each input.
  void run_actions() {
    OrderManager::Action action;
    while (orders.next_action(action)) {
      if (action.kind == OrderManager::Action::Kind::kCancel) {
        orders.cancel(action.order, action.why, out);
      } else if (action.kind == OrderManager::Action::Kind::kResize) {
        replace(action.order, action.quantity);
      } else {
        const Order& held = order(action.order);
        OrderRequest exit = request(held.side, action.quantity);
        exit.terms = held.terms;
        exit.terms.quantity = action.quantity;
        orders.release(action.order, approve(exit), out);
      }
    }
  }

  InstrumentRegistry registry = two_instruments();
  OrderManager orders;
  Recorder out;
  std::uint64_t executions = 0;

 private:
  std::size_t told_ = 0;
};

using Texts = std::vector<std::string>;

inline std::vector<std::byte> bytes_of(const OrderManager& orders) {
  StateWriter writer;
  orders.save(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

}  // namespace keel::test
