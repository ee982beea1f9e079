// OrderManager: turns what is asked and what venues report into facts about orders, and folds them.
//
//   Approved request -> submit / replace / cancel -> command record
//   OrderReport      -> on_report                 -> facts, anomalies as facts of their own
//   any record       -> fold                      -> the state that questions are answered from
//
// Rules. State moves in fold() alone, and every record says what it did, so a recovery is the same
// fold in a loop. A fill is booked in every state, once. What is filled comes from executions
// alone; a venue's own sum is compared. An order whose fate is not known is Unknown, counts at its
// worst case, and stays so until evidence settles it. docs/orders.md has the table of states.
//
// Not thread-safe: one thread owns an engine. Nothing allocates after construction, except the
// table of open quantities when a pair of account and instrument appears for the first time.
#pragma once

#include <optional>
#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/approved.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/orders/execution_window.hpp>
#include <keel/orders/open_table.hpp>
#include <keel/orders/order_config.hpp>
#include <keel/orders/order_slot.hpp>
#include <keel/orders/slot_index.hpp>
#include <keel/orders/transition.hpp>

namespace keel {

class OrderManager {
 public:
  OrderManager(const OrderManagerConfig& config, const InstrumentRegistry& registry);

  // A later run: its ids start at 1 under a number that was never used. The same run: no change.
  void start_run(std::uint32_t run) {
    KEEL_ASSERT(run >= config_.run && run <= OrderId::kMaxRun, "run numbers only grow");
    if (run == config_.run) return;
    config_.run = run;
    counter_ = 0;
  }

  // Writes to all memory that orders will live in: for engines whose orders must not wait for it.
  // A backtest does without.
  void touch_memory() {
    slots_.touch_all();
    executions_.touch_all();
  }

  // Asks the processor for the memory of the next order, so that it lies in the cache when the
  // order is made. Called when there is time: after an input's commands have left.
  void prefetch_next() const {
    slots_.prefetch(static_cast<std::uint32_t>((counter_ + 1) & (config_.slots - 1)));
  }

  // A venue that looks after groups by itself: keel acts where after contingency_retry it has not.
  void set_linking(VenueId venue, bool links);

  // ---- requests ----
  // kNone, or why no order can be made now: kTooManyOrders (all slots are open), kIdsExhausted.
  [[nodiscard]] Reason can_create() const;
  // The id that the next submit, hold or deny will use; none where can_create() says why not.
  [[nodiscard]] OrderId next_id() const;

  // Emits kSubmit. Where can_create() is not kNone: emits kOrderDenied without an id, returns none.
  OrderId submit(Approved<OrderRequest>&& approved, Emitter& emitter);
  // Emits kOrderHeld; nothing is sent, nothing counts as open. A request with a parent is released
  // by next_action() as the parent fills; one that is `armed` once it is triggered.
  OrderId hold(const OrderRequest& request, Emitter& emitter, bool armed = false);
  // A held order, with these terms, waits for its trigger or time from here on; one with a display
  // quantity and nothing to wait for goes out in slices.
  Reason arm(OrderId held, const OrderTerms& terms, Emitter& emitter);
  // Its moment has come, at this price: next_action() asks for its release. Each kOrderNotOpen
  // where it is held no more.
  Reason trigger(OrderId held, Price price, Emitter& emitter);
  Reason expire(OrderId held, Emitter& emitter);  // Expired, because of kByExpiry
  // Its release was denied for a reason that passes: asked for again after contingency_retry.
  Reason defer(OrderId held, const Denial& denial, Emitter& emitter);
  OrderId deny(const OrderRequest& request, const Denial& denial, Emitter& emitter);
  // Emits kSubmit for a held order, under its id, with the approved terms. kOrderNotOpen: not held.
  Reason release(OrderId held, Approved<OrderRequest>&& approved, Emitter& emitter);
  // A held order whose release was denied: Rejected.
  Reason deny_held(OrderId held, const Denial& denial, Emitter& emitter);
  // A linked order's change of quantity was denied: emits kOrderReplaceRejected; it is asked for
  // again after contingency_retry.
  Reason refuse_resize(OrderId id, const Denial& denial, Emitter& emitter);
  // Emits kReplace (kOrderReplaced for a held order). kUnknownOrder, kOrderNotOpen,
  // kCommandInFlight (an earlier replace, or an unknown fate), kNothingToReplace,
  // kQuantityNotPositive, kQuantityTooSmall (not above what is filled), kPriceUnexpected,
  // kTriggerUnexpected.
  Reason replace(Approved<ReplaceRequest>&& approved, Emitter& emitter);
  // Emits kCancel (kOrderCanceled if held). Asking twice sends once. kUnknownOrder, kOrderNotOpen.
  Reason cancel(OrderId id, Reason why, Emitter& emitter);
  // A person gives up on an unknown order: it ends as the venue said it did, or as canceled.
  // kOrderNotOpen: its fate is not unknown.
  Reason abandon(OrderId id, const FixedText<40>& by, Emitter& emitter);

  struct Bracket {
    OrderId entry, take_profit, stop_loss;  // none where not asked for
  };
  // The exits that belong to an entry: opposite side, held until it fills, each reducing the other.
  [[nodiscard]] static OrderRequest exit_of(const OrderRequest& entry, OrderId id,
                                            const OrderTerms& terms);
  // Submits the entry and holds its exits, at the prices of `request`; with room for all, or none.
  Bracket submit_bracket(Approved<OrderRequest>&& entry, const BracketRequest& request,
                         Emitter& emitter);

  // ---- inputs ----
  void on_report(const OrderReport& report, Emitter& emitter);
  // kDown: every order of that venue with a command in flight becomes Unknown.
  void on_connection(const ConnectionInput& input, Emitter& emitter);
  // Every order with a command in flight becomes Unknown.
  void on_restart(Emitter& emitter);
  // A venue's list of open orders was asked for now. Only orders whose last record is older are
  // judged by not being in it; without this call, those older than the list's end by its ts_event.
  void on_snapshot_requested(AccountId account, VenueId venue, Timestamp now);
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;
  void on_time(Timestamp now, Emitter& emitter);

  // ---- contingencies ----
  struct Action {
    // kSlice: submit the next slice of an iceberg, `quantity` of it. kFinish: all of it went out.
    enum class Kind : std::uint8_t { kRelease = 1, kCancel, kResize, kSlice, kFinish };
    Kind kind;
    OrderId order;
    Quantity quantity;  // kRelease, kResize: the new total, filled part included
    Reason why;
  };
  // The next thing that linked orders ask for; false: nothing now. The engine asks after each input
  // until it gets false: release (after a risk check, else deny_held), cancel, or replace the
  // quantity; or slice, or finish. Derived from folded state, so also right after a recovery.
  bool next_action(Action& action) { return !dirty_.empty() && find_action(action); }

  // ---- state ----
  void fold(const RecordHeader& record);
  void save(StateWriter& writer) const;
  void load(StateReader& reader);
  // What recovery leaves out because the next run asks again: venue snapshots that are under way.
  // With it a run can be taken up in its middle (verify).
  void save_live(StateWriter& writer) const;
  void load_live(StateReader& reader);

  // ---- questions; pointers are valid until the next fold ----
  // Also orders of earlier runs, while their slot is not used again. O(1).
  [[nodiscard]] const Order* find(OrderId id) const {
    const std::uint32_t at = slots_.find(id);
    return at == detail::kNoSlot ? nullptr : &slots_[at].order;
  }
  // By the host's own name; the latest one where it was used twice. O(1).
  [[nodiscard]] const Order* find_by_client_id(AccountId account, const ClientOrderId& id) const;
  [[nodiscard]] const Order* find_by_venue_id(AccountId account, const VenueOrderId& id) const;
  template <class F>
  void for_each_open(F f) const {
    slots_.for_each_open([&](std::uint32_t at) { f(slots_[at].order); });
  }
  [[nodiscard]] std::size_t open_count() const { return slots_.open_count(); }
  // What may still fill at the worst case: working, in flight and unknown orders. O(1).
  [[nodiscard]] Quantity open_quantity(AccountId account, InstrumentId instrument,
                                       Side side) const {
    return account_open_.open(detail::OpenTable::key(account, instrument), side);
  }
  [[nodiscard]] Quantity strategy_open_quantity(AccountId account, StrategyId strategy,
                                                InstrumentId instrument, Side side) const {
    return strategy_open_.open(detail::OpenTable::key(account, instrument, strategy), side);
  }
  [[nodiscard]] const OrderManagerConfig& config() const { return config_; }

 private:
  using Slot = detail::OrderSlot;
  friend class OrderManagerTestPeer;

  // Where a record leaves an order.
  struct After {
    OrderState state;
    std::uint8_t flying;
    OrderState ended;
    Quantity claimed;
    Price reserve;
  };
  // records (order_manager.cpp)
  [[nodiscard]] OrderRecord about(const Slot& slot, RecordKind kind) const;
  [[nodiscard]] OrderRecord first(const OrderRequest& request, OrderId id, RecordKind kind) const;
  [[nodiscard]] static After as_it_is(const Slot& slot);
  static void move(OrderRecord& record, const Slot& slot, const After& after);
  OrderId deny_without_slot(const OrderRequest& request, Reason why, const Denial& denial,
                            Emitter& emitter) const;
  [[nodiscard]] std::uint64_t next_number(VenueId venue) const;
  [[nodiscard]] bool links(const OrderRecord& record) const;
  Reason change_terms(const Slot& slot, const ReplaceRequest& request, OrderTerms& terms) const;
  void lose(std::uint32_t at, Reason why, std::uint8_t flags, Emitter& emitter);

  // What the venue says is filled moves with what it takes back or corrects.
  [[nodiscard]] static Quantity claimed_after(Quantity claimed, Quantity change) {
    if (!claimed.is_positive()) return claimed;
    const Quantity moved = claimed + change;
    return moved.is_negative() ? Quantity::zero() : moved;
  }

  // reports (order_reports.cpp)
  [[nodiscard]] std::uint32_t resolve(const OrderReport& report) const;
  [[nodiscard]] OrderRecord told(const Slot& slot, RecordKind kind,
                                 const OrderReport& report) const;
  void tell(std::uint32_t at, OrderRecord& record, OrderEvent event, std::uint8_t answered,
            const OrderReport& report, Emitter& emitter);
  void anomaly(const Slot& slot, const OrderReport& report, Reason reason, Emitter& emitter,
               Int128 value = {}, Int128 limit = {});
  void compare_filled(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void await_fills(std::uint32_t at, const OrderReport& report, OrderState end, Quantity claim,
                   Emitter& emitter);
  void on_accepted(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_replaced(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_replace_failed(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_cancel_failed(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_refused(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_ended(std::uint32_t at, const OrderReport& report, OrderState end, Emitter& emitter);
  void on_triggered(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void restate(std::uint32_t at, const OrderReport& report, OrderEvent event, RecordKind kind,
               Emitter& emitter);

  // the venue's view as a whole (order_listing.cpp)
  void on_status(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_listed_open(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_not_known(std::uint32_t at, const OrderReport& report, Reason why, Emitter& emitter);
  void on_snapshot_end(const OrderReport& report, Emitter& emitter);
  [[nodiscard]] Timestamp asked_at(const OrderReport& report) const;
  void on_foreign(const OrderReport& report, Emitter& emitter);
  std::uint32_t adopt(const OrderReport& report, Emitter& emitter);

  // fills (order_fills.cpp)
  void on_fill(std::uint32_t at, const OrderReport& report, Emitter& emitter);
  void on_foreign_fill(const OrderReport& report, Emitter& emitter);
  void on_fee(const OrderReport& report, Emitter& emitter);
  void on_adjusted(const OrderReport& report, Emitter& emitter);
  void emit_adjusted(const detail::Execution& fill, OrderRecord& record, const OrderReport& report,
                     Quantity change, Emitter& emitter);
  [[nodiscard]] const detail::Execution* execution_of(const OrderReport& report) const;
  [[nodiscard]] OrderRecord about_execution(const detail::Execution& fill, RecordKind kind) const;

  // fold (order_fold.cpp)
  std::uint32_t claim(const OrderRecord& record);
  void apply_move(const StateFact& fact);
  void apply(std::uint32_t at, const OrderRecord& record);
  void apply_command(Slot& slot, const OrderRecord& record);
  void apply_fact(Slot& slot, const OrderRecord& record, Quantity filled_before);
  void apply_fill(Slot& slot, const OrderRecord& record, Quantity filled_before);
  void apply_anomaly(std::uint32_t at, const OrderRecord& record);
  void note_names(std::uint32_t at, const OrderRecord& record);
  void forget_names(std::uint32_t at);
  template <class Same>
  void note(std::uint64_t hash, std::uint32_t at, Same same);
  void note_venue_id(std::uint32_t at);
  void note_client_id(std::uint32_t at);
  void note_number(std::uint32_t at);
  void schedule(std::uint32_t at, const OrderRecord& record);
  void stop_waiting(std::uint32_t at);
  bool rebuild();

  // contingencies (contingency.cpp)
  void link(std::uint32_t at, bool is_sent);
  void unlink(std::uint32_t at);
  void tell_relatives(std::uint32_t at, Quantity filled_before);
  void count_failure(std::uint32_t at, const OrderRecord& record);
  void put_off(std::uint32_t at, Timestamp now);
  void mark_dirty(std::uint32_t at);
  bool find_action(Action& action);
  [[nodiscard]] bool wants(std::uint32_t at, Action& action);
  [[nodiscard]] bool wants_slice(const Slot& slot, Action& action) const;
  [[nodiscard]] bool waits_for_sibling(std::uint32_t at, Action& action);
  void slice_ended(std::uint32_t parent, const Slot& slice);

  OrderManagerConfig config_;
  const InstrumentRegistry* registry_;
  detail::OrderSlots slots_;
  detail::ExecutionWindow executions_;
  detail::SlotIndex names_;   // by venue order id, client id and venue number
  detail::SlotIndex groups_;  // one member of each group
  detail::OpenTable account_open_, strategy_open_;
  detail::SlotList waiting_;
  std::uint64_t counter_ = 0;           // of this run, last used
  std::vector<std::uint64_t> numbers_;  // last used, by config_.number_venues
  std::vector<VenueId> linking_;

  // Scratch: not saved, rebuilt or empty after a restart.
  struct Listing {
    AccountId account;
    VenueId venue;
    Timestamp asked_at;
  };
  std::vector<Listing> listings_;
  std::vector<std::uint64_t> number_floors_;
  detail::SlotQueue dirty_, retries_;
  detail::SlotBits is_listed_;  // open in the snapshot that is coming in
  detail::SlotBits is_old_;     // adopted from an old execution in it: open only if listed
  Timestamp now_{0};
};

}  // namespace keel
