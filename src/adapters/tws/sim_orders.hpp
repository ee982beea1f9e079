// The simulator's orders: between the wire's orders and the simulated venue's.
//
// What the venue matches is market, limit, stop and stop-limit orders. What it does not know is
// done here: orders that wait for their parent, for a time, for a condition or for the price that
// touches or trails, groups that cancel or reduce each other, what-if.
#pragma once

#include <deque>
#include <set>

#include <keel/adapters/tws/order_reports.hpp>
#include <keel/adapters/tws/order_requests.hpp>
#include <keel/sim/sim_venue.hpp>

#include "adapters/tws/sim_accounts.hpp"

namespace keel::tws {

inline constexpr int kByHand = 0;  // orders entered at the window belong to client 0

struct SimExecution {
  Execution execution;
  CommissionAndFeesReport fee;
  std::size_t listing = 0;
  Timestamp time{};
};

struct SimOrder {
  int client = 0;
  std::size_t listing = 0, account = 0;
  Contract contract;
  Order order;
  OrderState state;
  std::string status, why_held;
  Quantity filled{}, last_quantity{};  // the last fill's, until its group has been told
  Price average{}, last_price{};
  Money cost;
  OrderId id{};         // at the venue
  bool placed = false;  // the venue has it
  bool external = false;
  bool triggered = false;
  Price trail{};  // the trailing stop as it stands
  Timestamp entered{}, ended{};
  std::string completed_status;

  [[nodiscard]] bool ended_already() const {
    return status == "Filled" || status == "Cancelled" || status == "Inactive";
  }
  [[nodiscard]] Quantity remaining() const { return order.total_quantity - filled; }
  [[nodiscard]] Side side() const { return order.action == "BUY" ? Side::kBuy : Side::kSell; }
};

// Who hears about it.
class DeskEvents {
 public:
  virtual void on_order(const SimOrder& order) = 0;
  virtual void on_execution(const SimOrder& order, const SimExecution& execution) = 0;
  // The fee of that execution; comes after the order's new state.
  virtual void on_fee(const SimOrder& order, const SimExecution& execution) = 0;
  virtual void on_order_error(int client, std::int32_t order_id, int code, std::string text) = 0;

 protected:
  ~DeskEvents() = default;
};

class OrderDesk {
 public:
  OrderDesk(const SimulatorConfig& config, const InstrumentRegistry& registry,
            const Listings& listings, SimMarket& market, SimAccounts& accounts, DeskEvents& events);

  void place(int client, const PlaceOrderRequest& request, Timestamp now);
  void cancel(int client, std::int32_t order_id, Timestamp now);
  void cancel_all(Timestamp now);
  // By a person; the order's permanent id. Error: tws.order.
  Result<std::int64_t> place_by_hand(const Contract& contract, const Order& order, Timestamp now);

  void on_tick(const SimMarket::Tick& tick, Timestamp now);
  void advance(Timestamp now);
  [[nodiscard]] std::optional<Timestamp> next_event() const { return venue_.next_event_time(); }
  // Orders wait while the servers cannot be reached.
  void set_reachable(bool reachable, Timestamp now);

  [[nodiscard]] const std::deque<SimOrder>& orders() const { return orders_; }
  [[nodiscard]] const std::deque<SimExecution>& executions() const { return executions_; }
  // Above every id that this client has used.
  [[nodiscard]] std::int32_t next_id(int client) const;

 private:
  struct Problem {
    int code = 0;
    std::string text;
  };
  [[nodiscard]] SimOrder* find(int client, std::int32_t order_id);
  [[nodiscard]] Problem check(const SimOrder& order) const;
  [[nodiscard]] Problem check_prices(const SimOrder& order) const;
  [[nodiscard]] Problem check_margin(const SimOrder& order);
  void what_if(const SimOrder& order);
  void preview(OrderState& state, const SimOrder& order) const;
  void modify(SimOrder& order, const PlaceOrderRequest& request, Timestamp now);
  void transmit(SimOrder& order, Timestamp now);
  void work(SimOrder& order, Timestamp now);
  [[nodiscard]] std::string reason_to_wait(const SimOrder& order, Timestamp now) const;
  [[nodiscard]] bool conditions_hold(const SimOrder& order, Timestamp now) const;
  [[nodiscard]] bool condition_holds(const SimOrder& order, const OrderCondition& c,
                                     Timestamp now) const;
  void submit(SimOrder& order, Timestamp now);
  [[nodiscard]] OrderTerms terms_of(const SimOrder& order, Timestamp now) const;
  void set_status(SimOrder& order, std::string_view status, std::string_view why = {});
  void end(SimOrder& order, std::string_view status, std::string_view reason, Timestamp now);
  void pull_reports(Timestamp now);
  void on_report(const OrderReport& report, Timestamp now);
  void on_fill(SimOrder& order, const OrderReport& report, Timestamp now);
  void after_fill(SimOrder& order, Timestamp now);
  void cancel_order(SimOrder& order, Timestamp now);
  void watch(std::size_t listing, Timestamp now);
  [[nodiscard]] bool touched(SimOrder& order);
  Command command(RecordKind kind, const SimOrder& order, Timestamp now) const;

  const SimulatorConfig& config_;
  const Listings& listings_;
  SimMarket& market_;
  SimAccounts& accounts_;
  DeskEvents& events_;
  SimVenue venue_;
  std::deque<SimOrder> orders_;  // the venue's counter is the index + 1
  std::deque<SimExecution> executions_;
  std::set<std::size_t> waiting_;  // orders that are held here
  std::map<int, std::int32_t> highest_;
  std::int64_t next_perm_ = 1'200'000'001;
  std::uint64_t next_execution_ = 1;
  bool reachable_ = true;
};

}  // namespace keel::tws
