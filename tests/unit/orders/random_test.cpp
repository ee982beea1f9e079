// Random streams: requests and reports that come twice, late, out of order, not at all, about
// orders that nobody knows, and plain nonsense. After each event everything must hold that always
// holds.
#include "checkers.hpp"
#include "toy_venue.hpp"

#ifndef KEEL_ORDER_SEEDS
#define KEEL_ORDER_SEEDS 300
#endif

using namespace keel;
using namespace keel::test;

namespace {

enum class Planted {
  kNothing,
  kDoubleBooked,    // a double gets past the check of executions
  kFillDropped,     // a fill after the end is not booked
  kTimeOutRejects,  // a time-out is taken for a rejection
  kRecordLost,      // a record is missing when state is rebuilt
  kSumForgotten,    // the sum of what is open misses an order
  kStrategyForgotten,
  kFilledFromVenue,  // what the venue says is filled is believed
  kOpenForgotten,    // an unknown order does not count
  kChainBroken,      // a record does not follow from the one before it
};

class Run {
 public:
  explicit Run(std::uint64_t seed, Planted planted = Planted::kNothing)
      : random_(seed), venue_(seed ^ 0x5EED, kVenue), desk_(config()), planted_(planted) {
    desk_.out.after = [this](const OrderRecord& record) {
      OrderRecord seen = record;
      if (planted_ == Planted::kChainBroken && random_.below(50) == 0 &&
          record.state_before == OrderState::kWorking)
        seen.state_before = OrderState::kSubmitted;
      keep(checkers_.take(seen));
      if (is_command(record.header.kind)) commands_.push_back(record);
      if (std::find(ids_.begin(), ids_.end(), record.order) == ids_.end() &&
          !record.order.is_none())
        ids_.push_back(record.order);
    };
  }

  // What was wrong first; empty: nothing.
  std::string go(int steps) {
    for (int step = 0; step < steps && wrong_.empty(); ++step) {
      desk_.wait(Duration::milliseconds(random_.between(1, 900)));
      act();
      reach_venue();
      after_event(step % 16 == 0);
      if (!wrong_.empty()) wrong_ = fmt::format("step {}: {}; after {}", step, wrong_, last_);
    }
    if (wrong_.empty()) keep(rebuilt_equals_live());
    return wrong_;
  }

 private:
  static OrderManagerConfig config() {
    OrderManagerConfig made = Desk::small();
    made.slots = 32;
    made.execution_window = 4096;
    made.answer_timeout = Duration::seconds(3);
    return made;
  }
  void keep(const std::string& wrong) {
    if (wrong_.empty()) wrong_ = wrong;
  }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  // ---- what happens ----
  void act() {
    switch (below(20)) {
      case 0:
      case 1:
      case 2: return make_order();
      case 3: return replace();
      case 4: return cancel();
      case 5: return release();
      case 6: return time_out();
      case 7: return below(4) == 0 ? cut() : junk();
      case 8: return below(3) == 0 ? snapshot() : deliver();
      case 9: return junk();
      case 10:
        if (const auto said = below(3) == 0 ? venue_.amend(desk_.out.now) : std::nullopt)
          return feed(*said);
        return deliver();
      default: return deliver();
    }
  }
  OrderId any_order() {
    if (ids_.empty()) return {};
    const std::size_t recent = std::min<std::size_t>(ids_.size(), below(4) == 0 ? 60 : 20);
    return ids_[ids_.size() - 1 - below(recent)];
  }
  void make_order() {
    OrderRequest asked = Desk::request(below(2) == 0 ? Side::kBuy : Side::kSell,
                                       Quantity::whole(random_.between(1, 9)),
                                       Price::whole(random_.between(95, 105)),
                                       InstrumentId{static_cast<std::uint32_t>(1 + below(2))});
    asked.strategy = StrategyId{static_cast<std::uint16_t>(below(3))};
    const std::uint64_t kind = below(10);
    if (desk_.orders.can_create() != Reason::kNone) {
      if (!desk_.submit(asked).is_none()) keep("an order without a slot");
      return;
    }
    const OrderId id = desk_.orders.next_id();
    if (kind == 0) {
      desk_.orders.deny(asked, {Reason::kLeverage, {}, {}}, desk_.out);
      naive_.request(id, asked, kVenue, false, desk_.out.now);
      naive_.orders.at(id.value).finish(OrderState::kRejected);
    } else {
      const OrderId made = kind == 1 ? desk_.orders.hold(asked, desk_.out) : desk_.submit(asked);
      if (!(made == id)) keep("next_id told another id");
      naive_.request(id, asked, kVenue, kind == 1, desk_.out.now);
    }
  }
  void replace() {
    const OrderId id = any_order();
    const Quantity quantity = Quantity::whole(random_.between(1, 12));
    const Price price = Price::whole(random_.between(95, 105));
    const Order* order = desk_.orders.find(id);
    const bool is_limit = order != nullptr && order->terms.limit().has_value();
    if (desk_.replace(id, quantity, is_limit ? std::optional{price} : std::nullopt, price) ==
        Reason::kNone)
      naive_.replace(id, quantity, is_limit ? std::optional{price} : std::nullopt, desk_.out.now);
  }
  void cancel() {
    const OrderId id = any_order();
    const std::size_t before = desk_.out.records.size();
    NaiveOrder* slow = naive_.find(id);
    const bool is_open = slow != nullptr && !slow->end;
    const bool is_asked =
        is_open && (slow->state() == OrderState::kPendingCancel ||
                    (slow->state() == OrderState::kUnknown && slow->canceled_again));
    const Reason why = desk_.cancel(id);
    if ((why == Reason::kNone) != is_open) keep("cancel is for open orders, all of them");
    const bool is_sent = desk_.out.records.size() != before;
    if (is_sent != (is_open && !is_asked)) keep("a cancel is sent once");
    if (is_sent) naive_.cancel(id, desk_.out.now);
  }
  void release() {
    for (const OrderId id : ids_) {
      const Order* order = desk_.orders.find(id);
      if (order == nullptr || order->state != OrderState::kHeld) continue;
      OrderRequest now =
          Desk::request(order->side, order->terms.quantity, 101_px, order->instrument);
      if (desk_.orders.release(id, Desk::approve(now), desk_.out) != Reason::kNone)
        keep("a held order can be released");
      NaiveOrder& slow = naive_.orders.at(id.value);
      slow.held = false;
      slow.submit_flies = true;
      slow.price = 101_px;
      return;
    }
  }
  void time_out() {
    const Timestamp late = desk_.out.now - Duration::seconds(3);
    // The slow model looks at all; the fast one at what its list says is due.
    std::map<std::uint64_t, Timestamp> sent;
    for (const OrderRecord& record : desk_.out.records)
      if (is_command(record.header.kind)) sent[record.order.value] = record.header.ts_recv;
    naive_.lose([&](const NaiveOrder& order) { return sent.at(order.id.value) <= late; },
                desk_.out.now);
    const auto deadline = desk_.orders.next_deadline();
    const std::size_t before = desk_.out.records.size();
    desk_.orders.on_time(desk_.out.now, desk_.out);
    const bool was_due = deadline && *deadline <= desk_.out.now;
    if (was_due != (desk_.out.records.size() != before))
      keep("a deadline is when something is due");
    if (planted_ == Planted::kTimeOutRejects)
      for (auto& [id, order] : naive_.orders)
        if (order.lost && order.submit_flies && !order.end) order.finish(OrderState::kRejected);
  }
  void cut() {
    ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
    input.venue = kVenue;
    input.state = ConnectionState::kDown;
    const bool is_restart = below(2) == 0;
    if (is_restart)
      desk_.orders.on_restart(desk_.out);
    else
      desk_.orders.on_connection(input, desk_.out);
    naive_.lose([](const NaiveOrder&) { return true; }, desk_.out.now);
    if (below(2) == 0) commands_.clear();  // what was on its way is lost
  }
  void snapshot() {
    for (const OrderReport& said : venue_.snapshot(desk_.out.now)) feed(said);
  }

  // ---- what the venue says, as it arrives ----
  void reach_venue() {
    while (!commands_.empty() && below(2) == 0) {
      if (below(25) != 0) venue_.take(commands_.front(), desk_.out.now);  // else lost
      commands_.erase(commands_.begin());
    }
    if (below(2) == 0) venue_.stir(desk_.out.now);
  }
  void deliver() {
    auto& told = venue_.told;
    if (told.empty()) return;
    std::size_t at = 0;
    if (below(4) == 0) at = static_cast<std::size_t>(below(std::min<std::size_t>(told.size(), 5)));
    const OrderReport said = told[at];
    const std::uint64_t fate = below(20);
    if (fate != 0) told.erase(told.begin() + static_cast<std::ptrdiff_t>(at));  // 0: comes again
    if (fate == 1) return;                                                      // lost
    feed(said);
  }
  // A report of any kind about any order, with any of its fields.
  void junk() {
    OrderReport said = make_record<OrderReport>(RecordKind::kOrderReport);
    said.kind = static_cast<ReportKind>(random_.between(1, 16));
    said.order =
        below(5) == 0 ? OrderId::make(1, 1, static_cast<std::uint32_t>(below(100))) : any_order();
    said.account = kAccount;
    said.venue = kVenue;
    const Order* order = desk_.orders.find(said.order);
    said.header.instrument =
        order != nullptr ? order->instrument : InstrumentId{static_cast<std::uint32_t>(below(3))};
    said.side = order != nullptr && below(8) != 0 ? order->side
                                                  : (below(2) == 0 ? Side::kBuy : Side::kSell);
    said.present = static_cast<std::uint16_t>(
        below(64) & ~std::uint64_t{OrderReport::kHasTrigger | OrderReport::kHasFee});
    if (said.kind == ReportKind::kSnapshotEnd) said.present = 0;
    said.quantity = Quantity::whole(random_.between(0, 12));
    said.price = Price::whole(random_.between(95, 105));
    said.filled = Quantity::whole(random_.between(0, 10));
    said.last_quantity = Quantity::whole(random_.between(0, 5));
    said.last_price = Price::from_raw(static_cast<std::int64_t>(++names_));
    said.status = static_cast<OrderState>(below(11));
    if (below(4) == 0) said.header.flags = OrderReport::kSnapshot;
    said.header.ts_event = desk_.out.now - Duration::milliseconds(random_.between(0, 2000));
    if ((said.kind == ReportKind::kCancelRejected || said.kind == ReportKind::kReplaceRejected) &&
        below(2) == 0)
      said.reason = Reason::kVenueUnknownOrder;
    if (below(8) != 0) said.execution = Desk::name<ExecutionId>("J", below(6) + names_ / 20 * 6);
    if (said.kind == ReportKind::kFillBusted || said.kind == ReportKind::kFillCorrected) {
      said.reference = Desk::name<ExecutionId>("J", below(6) + names_ / 20 * 6);
      said.execution = Desk::name<ExecutionId>("A", names_);
    }
    if (order == nullptr && below(2) == 0)
      said.client_id = Desk::name<ClientOrderId>("hand-", below(4));
    feed(said);
  }

  void feed(OrderReport said) {
    said.header.ts_recv = desk_.out.now;
    last_ = fmt::format(
        "report kind {} flags {} of {}/{} ({}, {}) present {} quantity {} filled {} last {} {} "
        "status "
        "{} reason {} reference {}",
        static_cast<int>(said.kind), said.header.flags, said.order.run(), said.order.counter(),
        said.venue_order_id.view(), said.client_id.view(), said.present, said.quantity.to_text(),
        said.filled.to_text(), said.last_quantity.to_text(), said.execution.view(),
        to_text(said.status), to_text(said.reason), said.reference.view());
    if (planted_ == Planted::kDoubleBooked && said.kind == ReportKind::kFilled &&
        !said.execution.empty())
      naive_.forgets_doubles = true;
    const OrderId next =
        desk_.orders.can_create() == Reason::kNone ? desk_.orders.next_id() : OrderId{};
    const Order* order = desk_.orders.find(said.order);
    const bool is_late = order != nullptr && is_terminal(order->state);
    naive_.report(said, next, desk_.out.now);
    if (planted_ == Planted::kFillDropped && said.kind == ReportKind::kFilled && is_late) return;
    desk_.orders.on_report(said, desk_.out);
    sync();
  }

  // ---- what must hold ----
  // What the slow model does not work out by itself: names, times, and what the ring has let go of.
  void sync() {
    for (auto at = naive_.orders.begin(); at != naive_.orders.end();) {
      NaiveOrder& slow = at->second;
      const Order* order = desk_.orders.find(slow.id);
      if (slow.end) naive_.forget_listed(slow.id);
      if (order == nullptr) {
        if (!slow.end) keep("an open order is gone");
        naive_.forget(slow.id);
        at = naive_.orders.erase(at);
        continue;
      }
      slow.updated = order->updated;
      slow.venue_id = order->venue_order_id.str();
      ++at;
    }
  }
  void after_event(bool thorough) {
    sync();
    View view = view_of(desk_.orders, ids_);
    for (Order& order : view.orders) {
      if (planted_ == Planted::kFilledFromVenue && order.state == OrderState::kWorking)
        if (const auto* there = venue_.find(order.id)) order.filled = there->filled;
      if (planted_ == Planted::kOpenForgotten && order.state == OrderState::kUnknown)
        order.open_worst = 0_qty;
    }
    if (planted_ == Planted::kSumForgotten && !view.open.empty())
      view.open.begin()->second += 1_qty;
    if (planted_ == Planted::kStrategyForgotten && !view.strategy_open.empty())
      view.strategy_open.begin()->second += 1_qty;
    keep(checkers_.filled_is_the_sum(view));
    keep(Checkers::open_is_the_sum(view));
    keep(Checkers::open_is_sound(view));
    keep(Checkers::agrees(view, naive_));
    if (thorough) {
      if (below(3) == 0) keep(rebuilt_equals_live());
      if (below(3) == 0) save_point();
    }
  }
  void save_point() {
    saved_ = bytes_of(desk_.orders);
    saved_at_ = desk_.out.records.size();
  }
  // Folding all records, or a snapshot and the records after it, gives the live state to the bit.
  std::string rebuilt_equals_live() {
    const auto live = bytes_of(desk_.orders);
    OrderManager folded{desk_.orders.config(), desk_.registry};
    std::size_t skip = desk_.out.records.size();
    if (planted_ == Planted::kRecordLost)
      while (skip > 0 && desk_.out.records[skip - 1].header.kind != RecordKind::kOrderAnomaly)
        --skip;
    for (std::size_t i = 0; i < desk_.out.records.size(); ++i)
      if (i + 1 != skip || planted_ != Planted::kRecordLost)
        folded.fold(desk_.out.records[i].header);
    if (bytes_of(folded) != live) return "folding all records gives another state";
    if (saved_.empty()) return {};
    OrderManager loaded{desk_.orders.config(), desk_.registry};
    StateReader reader{saved_};
    loaded.load(reader);
    if (!reader.finish().ok()) return "a snapshot of ours is refused";
    for (std::size_t i = saved_at_; i < desk_.out.records.size(); ++i)
      loaded.fold(desk_.out.records[i].header);
    return bytes_of(loaded) == live ? "" : "a snapshot and the records after it give another state";
  }

  Random random_;
  ToyVenue venue_;
  Desk desk_;
  Planted planted_;
  NaiveOrders naive_;
  Checkers checkers_;
  std::vector<OrderId> ids_;
  std::vector<OrderRecord> commands_;
  std::vector<std::byte> saved_;
  std::size_t saved_at_ = 0;
  std::uint64_t names_ = 0;
  std::string last_, wrong_;
};

}  // namespace

TEST_CASE("random streams: what always holds, holds after every event") {
  for (std::uint64_t seed = 1; seed <= KEEL_ORDER_SEEDS; ++seed) {
    CAPTURE(seed);
    const std::string wrong = Run{seed}.go(400);
    REQUIRE_MESSAGE(wrong.empty(), wrong);
  }
}

TEST_CASE("each check is alive: it sees the bug that is planted for it") {
  const auto caught = [](Planted planted, const char* by) {
    CAPTURE(static_cast<int>(planted));
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const std::string wrong = Run{seed, planted}.go(400);
      if (wrong.empty()) continue;
      CAPTURE(wrong);
      CHECK(wrong.find(by) != std::string::npos);
      return;
    }
    FAIL_CHECK("nobody noticed");
  };
  caught(Planted::kDoubleBooked, "in the slow model");
  caught(Planted::kFillDropped, "in the slow model");
  caught(Planted::kTimeOutRejects, "in the slow model");
  caught(Planted::kRecordLost, "another state");
  caught(Planted::kSumForgotten, "open quantity is not the sum");
  caught(Planted::kStrategyForgotten, "strategy's open quantity");
  caught(Planted::kFilledFromVenue, "its executions");
  caught(Planted::kOpenForgotten, "open quantity is not the sum");
  caught(Planted::kChainBroken, "does not begin where");
}
