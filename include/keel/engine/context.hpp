// Context: what a strategy may see and ask for, during a callback.
#pragma once

#include <optional>
#include <span>

#include <keel/core/money.hpp>
#include <keel/core/time.hpp>
#include <keel/model/marks.hpp>
#include <keel/model/order.hpp>
#include <keel/model/reasons.hpp>

namespace keel {

class Engine;
struct Position;
struct Valuation;

struct BracketIds {
  OrderId entry, take_profit, stop_loss;  // none where the bracket has no such leg
};

// Valid during the callback that receives it.
class Context {
 public:
  // The largest ts_recv so far. It never goes back, and never comes from a wall clock.
  [[nodiscard]] Timestamp now() const;
  [[nodiscard]] StrategyId strategy() const { return strategy_; }
  [[nodiscard]] AccountId account() const { return account_; }
  [[nodiscard]] const Marks& marks() const;
  [[nodiscard]] const Instrument& instrument(InstrumentId id) const;

  // Market data is delivered only after it was asked for (in on_start or on_recovered).
  void subscribe_quotes(InstrumentId id);
  void subscribe_trades(InstrumentId id);
  // Bars are built from trades by the engine, or taken from the feed where it delivers that spec.
  void subscribe_bars(InstrumentId id, BarSpec spec);
  void subscribe_bars(InstrumentId id, Duration length) {
    subscribe_bars(id, BarSpec::time(length));
  }
  // Every other kind of market data of the instrument (books, funding, status).
  void subscribe_market(InstrumentId id);
  // on_timer is called once `now` reaches it. Inside on_timer, a time that is not after now stops
  // the engine: it would never end.
  void set_timer(Timestamp at);

  // Each returns the id that the order has, or had, if it is denied (on_denied tells why).
  OrderId submit(const OrderRequest& request);
  BracketIds submit_bracket(const BracketRequest& request);
  // Several orders as one request, each checked and answered by itself: `ids` in the same order.
  void submit_basket(std::span<const OrderRequest> orders, std::span<OrderId> ids);
  // One cancels the others (kOco), or takes what it fills off the others (kOuo). All of them are
  // taken, or none: then one is denied for its reason and the others with order.group_leg. At most
  // kMostLegs.
  void submit_group(Contingency rule, std::span<const OrderRequest> orders, std::span<OrderId> ids);
  // `first`, and orders that are held until it fills, up to what it has filled. Those of `then`
  // that name a contingency are linked with each other. Returns the first one's id; `ids` are none
  // where it was denied. At most kMostLegs.
  OrderId submit_oto(const OrderRequest& first, std::span<const OrderRequest> then,
                     std::span<OrderId> ids);
  static constexpr std::size_t kMostLegs = 16;
  // kNone, or why the request was not sent.
  Reason replace(const ReplaceRequest& request);
  Reason cancel(OrderId order);
  // Cancels every open order of this strategy, in one instrument or in all.
  void cancel_all(std::optional<InstrumentId> id = std::nullopt);
  // Brings the strategy's position to `target` (negative is short) with one market order.
  // Idempotent: in-flight and unknown orders count, and working ones as far as they help; what
  // works against the target is canceled, and the rest follows when that has ended. Reduce-only
  // orders and the exits of a bracket do not count; exits are canceled when the target is zero or
  // on the other side. none: already there or on its way.
  OrderId set_target_position(InstrumentId id, Quantity target);
  // Cancels every open order of this strategy, in one instrument or in all, and closes what it
  // holds there: at once, and again once the cancels are answered, until it is flat. Survives a
  // restart.
  void flatten(std::optional<InstrumentId> id = std::nullopt);
  OrderId close_position(InstrumentId id) { return set_target_position(id, Quantity::zero()); }

  [[nodiscard]] const Order* order(OrderId id) const;
  // This strategy's part of the account's position; zero where it never traded.
  [[nodiscard]] Quantity position(InstrumentId id) const;
  [[nodiscard]] const Position* position_details(InstrumentId id) const;
  // The whole account, in its base currency.
  [[nodiscard]] const Valuation& valuation() const;

 private:
  friend class Engine;
  Context(Engine& engine, StrategyId strategy, AccountId account)
      : engine_(&engine), strategy_(strategy), account_(account) {}
  [[nodiscard]] OrderRequest of_strategy(const OrderRequest& request) const;
  Engine* engine_;
  StrategyId strategy_;
  AccountId account_;
};

}  // namespace keel
