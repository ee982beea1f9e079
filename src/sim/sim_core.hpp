// SimCore: the state behind SimVenue. Its functions lie in files by subject:
//   sim_core.cpp      time, and market events that fill nothing
//   sim_validate.cpp  which orders are taken
//   sim_orders.cpp    commands: what is accepted, changed, ended
//   sim_fills.cpp     one order meets the market; fills
//   sim_market.cpp    what quotes, depth and trades set off
//   sim_movers.cpp    triggers, trailing stops, pegged orders
//   sim_queue.cpp     who stands before a resting order
//   sim_bars.cpp      fills from bars
//   sim_auction.cpp   calls, halts, price limits
//   sim_margin.cpp    funding, margin calls, liquidation
//   sim_reports.cpp   what is told, faults on the way, snapshots
#pragma once

#include <limits>
#include <memory>

#include <keel/sim/call_auction.hpp>
#include <keel/sim/matching_engine.hpp>
#include <keel/sim/sim_venue.hpp>

#include "sim/depth.hpp"
#include "sim/flat_map.hpp"
#include "sim/l3_orders.hpp"
#include "sim/link.hpp"
#include "sim/sim_accounts.hpp"
#include "sim/sim_types.hpp"

namespace keel {

class SimCore {
 public:
  SimCore(const SimConfig& config, const InstrumentRegistry& registry);

  [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }
  void send(const Command& command);
  void request_snapshot(AccountId account);
  void set_now(Timestamp now);
  [[nodiscard]] std::optional<Timestamp> next_event_time() const;
  void advance_to(Timestamp time);
  void on_market(const RecordHeader& record, Timestamp exchange_time);
  const RecordHeader* next_report(Timestamp up_to);
  void cut(Timestamp time, Duration down);
  CallAuction::Result indicative(InstrumentId id) { return indicative_of(id, book(id)); }
  [[nodiscard]] std::uint64_t executions() const { return next_execution_ - 1; }
  [[nodiscard]] const sim_detail::Execution* execution(std::uint64_t number) const {
    if (number == 0) return nullptr;
    const auto& made = executions_[(number - 1) % executions_.size()];
    return made.number == number ? &made : nullptr;
  }

  SimConfig config;
  sim_detail::SimAccounts accounts;
  SimStats stats{};
  bool connected = true;
  std::uint32_t open_orders = 0;
  Timestamp engine_now{};

 private:
  friend struct MatchSink;
  using Slot = std::uint32_t;
  using SimOrder = sim_detail::SimOrder;
  using Book = sim_detail::Book;
  using Offer = sim_detail::Offer;
  using CommandMessage = sim_detail::CommandMessage;
  using ReportMessage = sim_detail::ReportMessage;
  static constexpr Slot kNone = sim_detail::kNone;

  // ---- sim_core.cpp: time and market ----
  void run_due(Timestamp time, bool inclusive);
  void take_market(const RecordHeader& record);
  void arrive(const CommandMessage& message);
  Book& book(InstrumentId id) {
    if (id.value > books_.size()) [[unlikely]]
      add_books(id.value);
    return books_[id.value - 1u];
  }
  void add_books(std::size_t count);
  const Instrument& listed(const SimOrder& order) const { return registry_->get(order.instrument); }
  void push_heap(Slot slot, Timestamp expires);
  void erase_heap(Slot slot);
  void sift_heap(std::size_t at);

  // ---- sim_orders.cpp: commands ----
  void submit(const CommandMessage& message);
  void replace(const CommandMessage& message);
  void cancel(const CommandMessage& message);
  Reason validate(const CommandMessage& message, std::string_view& text) const;
  Reason validate_terms(const OrderTerms& terms, const Instrument& instrument,
                        std::string_view& text) const;
  Reason accepts(InstrumentStatus status, const OrderTerms& terms) const;
  Reason check_funds(SimOrder& order, Quantity open);
  // The terms that a replace leads to.
  OrderTerms changed_terms(const SimOrder& order, const OrderTerms& asked) const;
  // Limit and trigger as they are asked for.
  static void arm(SimOrder& order);
  Slot take_slot();
  Slot remember(const CommandMessage& message);
  void forget(Slot slot);
  void join_group(Slot slot);
  void leave_group(Slot slot);
  // The others of an OCO or OUO group, after `slot` was filled by `quantity`.
  void settle_group(Slot slot, Quantity quantity);
  // Ends an order and tells it.
  void end(Slot slot, OrderState state, Reason reason);
  // Ends an order without a report of its own (the fill's report says it).
  void close(Slot slot, OrderState state, Reason reason);
  // Takes an order out of where it is kept.
  void detach(Slot slot);
  void await_trigger(Slot slot);
  void wait(Slot slot);
  void rest(Slot slot, bool taking);
  std::optional<Price> worst_price(const SimOrder& order);
  TriggerBy watched(const SimOrder& order);

  // ---- sim_fills.cpp ----
  // An order that is new to the market: waits for its trigger, takes, rests.
  void work(Slot slot);
  // A market or limit order (or a triggered stop) meets the market as it stands.
  void take(Slot slot);
  void take_shown(Slot slot);
  void finish_taking(Slot slot);
  void queue_up(Slot slot);
  void take_auction(Slot slot, Quantity want);
  std::optional<Price> best_offer(const SimOrder& order);
  void convert_to_limit(Slot slot, Price price);
  bool converts_at(Slot slot, Price price);
  void decrement(Slot slot, Quantity quantity);
  Price limit_of(const SimOrder& order);
  bool would_take(const SimOrder& order);
  bool can_fill_whole(const SimOrder& order);
  // What of an order may fill now; ends a reduce-only order that has nothing to reduce.
  Quantity fillable(Slot slot);
  void fill(Slot slot, Price price, Quantity quantity, Liquidity liquidity);
  // As much of an order as the offer has left, at `price` made worse by the slippage model.
  void fill_from_offer(Slot slot, Price price, Offer& offer);
  Price slipped(const SimOrder& order, Price price, Quantity quantity, Quantity shown) const;
  Offer make_offer(const Book& book, const Instrument& instrument, Price price,
                   Quantity size) const;

  void on_quote(const Quote& quote);
  void on_depth(const BookDelta& delta);
  void show_moved(InstrumentId id, Book& book);
  void on_quotes_moved(InstrumentId id, Book& book);
  void on_trade(const Trade& trade);
  void run_waiting(Book& book, Offer* offer);
  void sweep_touch(InstrumentId id, Book& book, Side side);
  void sweep_trade(InstrumentId id, Book& book, Side side, Offer& offer, const Trade& trade);
  void settle_taking(InstrumentId id, Book& book);

  // ---- sim_queue.cpp ----
  template <class Told>
  void each_resting(InstrumentId id, Side side, Told told);
  void update_queue(InstrumentId id, Book& book, Side side);
  void on_book_order(const BookOrder& record);
  void change_l3(InstrumentId id, Book& book, const BookOrder& record);
  void leave_l3(InstrumentId id, const sim_detail::L3Order& gone, Quantity by);
  void rejoin_l3(InstrumentId id, Book& book);
  static void show_top(Book& book);
  void join_queue(SimOrder& order, Book& book);

  // ---- sim_movers.cpp ----
  void join_movers(Slot slot);
  void leave_movers(Slot slot);
  Price moved(const SimOrder& order, Price from, detail::i128 by) const;
  Price trailed(const SimOrder& order, Price price) const;
  void trail(Slot slot, Price price);
  void trail_all(Book& book, TriggerBy by, std::optional<Price> buys, std::optional<Price> sells,
                 Timestamp joined);
  std::optional<Price> peg_price(const Book& book, const SimOrder& order) const;
  void place_pegged(Slot slot);
  void repeg(Book& book);
  void run_triggers(InstrumentId id, TriggerBy by, std::optional<Price> buys,
                    std::optional<Price> sells, Offer* offer);
  void trigger(Slot slot, Offer* offer);
  std::optional<Price> trigger_price(const Book& book, TriggerBy by, Side side) const;
  // Orders that wait for a price, by what they watch, their side, and whether a rise sets them off.
  PriceLadder& triggers(InstrumentId id, TriggerBy by, Side side, bool rising) {
    const std::size_t at = std::size_t{id.value - 1u} * 5 + static_cast<std::size_t>(by);
    return triggers_[at * 4 + (side == Side::kSell ? 2 : 0) + (rising ? 1 : 0)];
  }
  PriceLadder& triggers(const SimOrder& order) {
    return triggers(order.instrument, watched(order), order.side, order.rises());
  }

  // ---- sim_auction.cpp ----
  using Call = sim_detail::Call;
  void on_status(const StatusChange& change);
  void on_auction(const AuctionUpdate& update);
  void await_auction(Slot slot);
  void park(Slot slot);
  void collect_call(InstrumentId id, Book& book, Call call, Timestamp time, bool whole, Call only);
  void run_call(Book& book, Price price, Offer& offer);
  void expire_call();
  void end_call(InstrumentId id, Book& book, Call call);
  void uncross_own(InstrumentId id, Book& book);
  CallAuction::Result indicative_of(InstrumentId id, Book& book);
  void meet_print(InstrumentId id, Book& book, Price price, Offer& offer, Timestamp time,
                  Call only);
  void meet_quote(InstrumentId id, Book& book);
  void renew_band(InstrumentId id, Book& book);
  bool is_beyond(Book& book, Price price);
  void wake(InstrumentId id, Book& book);

  // ---- sim_bars.cpp ----
  struct BarWalk;
  void on_bar(const Bar& bar);
  void walk_point(BarWalk& walk, Price price, bool late);
  void walk_segment(BarWalk& walk, Price from, Price to);
  Slot next_limit(const BarWalk& walk, Side side, bool late) const;
  Slot next_stop(const BarWalk& walk, Side side, bool late);
  void fill_on_path(BarWalk& walk, Slot slot, Price maker_price, Price market);
  void trail_on_path(BarWalk& walk, Price price, bool late);
  void trigger_on_path(BarWalk& walk, Slot slot, Price price);
  [[nodiscard]] Slot older(Slot a, Slot b) const;
  [[nodiscard]] bool comes_before(Side stop_side, Price a, Slot slot_a, Price b, Slot slot_b) const;

  // ---- sim_margin.cpp ----
  std::optional<Price> valuation(const Book& book) const;
  void on_funding(const MarketValue& value);
  void settle_funding();
  void pay_funding(InstrumentId id, Price price, Rate rate);
  void pay(AccountId account, InstrumentId id, ChangeKind kind, const Money& amount,
           std::string_view what);
  void check_margin(InstrumentId id);
  void check_account(AccountId account, const Currency& currency);
  void liquidate(AccountId account, const Currency& currency);
  bool close_out(AccountId account, InstrumentId id, Quantity held);
  std::optional<Money> with_liquidation_fee(const Money& fee, const Instrument& instrument,
                                            Price price, Quantity quantity) const;

  // ---- sim_reports.cpp ----
  static FixedText<40> numbered(const FixedText<12>& prefix, std::string_view between,
                                std::uint64_t n);
  OrderReport report_of(const SimOrder& order, ReportKind kind, Reason reason) const;
  OrderReport report_of(const CommandMessage& message, ReportKind kind, Reason reason) const;
  OrderReport report_of(const sim_detail::Execution& execution) const;
  void tell(const OrderReport& report, Slot ended, std::uint64_t execution = 0);
  void tell_fee(const sim_detail::Execution& execution);
  void push_report(const void* record, std::size_t size, Timestamp due, const ReportMessage& about);
  void tell_connection(Timestamp time, ConnectionState state);
  void answer_snapshot(AccountId account);
  Timestamp response_time();
  void answer_holdings(AccountId account);
  void dispatch(CommandMessage message, const LinkFaults& faults);
  void refuse(const Command& command);
  static CommandMessage message_of(const Command& command);

  const InstrumentRegistry* registry_;
  Capabilities capabilities_;
  Timestamp now_{std::numeric_limits<std::int64_t>::min()};  // the venue's
  Timestamp last_arrival_{std::numeric_limits<std::int64_t>::min()};
  Timestamp last_response_{std::numeric_limits<std::int64_t>::min()};
  std::optional<Timestamp> reconnect_at_;
  Random order_random_, response_random_, fault_random_;

  MatchingEngine engine_;
  LadderPool trigger_pool_;
  std::vector<PriceLadder> triggers_;  // twenty an instrument: sources, sides, directions
  std::vector<Book> books_;
  std::vector<std::unique_ptr<sim_detail::Depth>> depths_;
  std::vector<std::unique_ptr<sim_detail::L3Orders>> l3_;
  std::vector<FeeMeter> fees_;  // 0: the venue's own
  std::vector<SimOrder> orders_;
  std::vector<Slot> free_orders_;
  sim_detail::OrderList ended_;  // oldest first
  sim_detail::FlatMap by_id_, by_client_, by_group_;
  sim_detail::RecentKeys groups_over_{1024};  // an order of the group has filled whole
  std::vector<Slot> heap_;                         // of orders that expire, by (time, number)
  std::vector<sim_detail::Execution> executions_;  // ring
  std::uint64_t next_order_ = 1, next_execution_ = 1, next_report_ = 1;
  Slot waiting_cursor_ = kNone, mover_cursor_ = kNone;
  std::vector<Slot> level_, calls_;  // scratch: orders at one price, of one call
  CallAuction auction_;
  std::vector<InstrumentId> funded_;  // with a settlement to come
  Timestamp next_funding_{std::numeric_limits<std::int64_t>::max()};
  struct MarginCall {
    AccountId account;
    Currency currency;
    Timestamp since;
  };
  std::vector<MarginCall> calls_of_margin_;
  std::uint64_t next_payment_ = 1, next_liquidation_ = 1;
  std::vector<PriceLimits> limits_;
  sim_detail::Link<CommandMessage> commands_;
  sim_detail::Link<ReportMessage> reports_;
};

}  // namespace keel
