// PositionBook: positions of accounts and strategies, and how every fact about money changes them.
// Portfolio values what it holds; Ledger turns its postings into double entries.
#pragma once

#include <vector>

#include <keel/core/state.hpp>
#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>
#include <keel/portfolio/position.hpp>

namespace keel {

namespace detail {
// How one change acts on a position's quantity, cost and realized profit.
enum class StepKind : std::uint8_t {
  kTrade = 1,      // at a price
  kInKind = 2,     // a trade that pays a fee in kind
  kAtCost = 3,     // comes or goes without a trade
  kSplit = 4,      // quantity without cost
  kVariation = 5,  // cost and realized together, by an amount
  kVoid = 6,       // was undone
};
}  // namespace detail

struct PositionBookConfig {
  // Steps (a fill is one in the account's position and one in the strategy's) that are remembered,
  // so that a busted or corrected fill can be undone as if it had never been. A fill that is older
  // is undone by its opposite at its own price: the same total, another split between cost and
  // realized. A power of two.
  std::uint32_t window = 1u << 14;
};

// In-kind changes have a counter-account of their own: what came in or went out at cost.
enum class CarriedKind : std::uint8_t { kOpening, kTransfer, kAdjustment, kConversion };
inline constexpr int kCarriedKinds = 4;

// What one record did to one account, as signed changes in 1e-18. Two parts, each of one currency:
//   first    the instrument's settlement currency; what the trade, its fee and its income did.
//            kFull:   cash = realized + income + rebates + all carried - cost - fees
//            kProfit: cash = realized + income + rebates - rounding - fees
//   second   a fee in another currency, or an amount of cash:
//            cash = income + rebates - fees + what came from outside, which `change` names
struct Posting {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  AccountId account;
  StrategyId strategy;
  VenueId venue;
  InstrumentId instrument;  // 0: about no instrument
  ChangeKind change;        // 0 for order facts
  CashRule rule;            // where there is an instrument
  bool late;                // undoes a fill that was no longer remembered
  std::uint32_t slots[2];   // valued positions that changed; kNone: none

  Currency currency;  // empty: no first part
  Quantity quantity;
  Int128 cash, cost, realized, rounding, fees, rebates, income;
  Int128 carried[kCarriedKinds];

  Currency second;  // empty: no second part
  Int128 second_cash, second_fees, second_rebates, second_income;
};

class PositionBook {
 public:
  static constexpr std::uint32_t kNone = Posting::kNone;

  PositionBook(const InstrumentRegistry& registry, const Directory& directory,
               const PositionBookConfig& config);

  void reserve(std::size_t positions);

  // Books the record; false where it is not about money. The account and the instrument are known
  // to directory and registry (the order manager has seen to that): anything else is a bug.
  bool fold(const RecordHeader& record, Posting& posting);

  [[nodiscard]] const Position* position(AccountId account, InstrumentId instrument) const {
    const std::uint32_t slot = find(account, instrument);
    return slot == kNone ? nullptr : &slots_[slot].position;
  }
  [[nodiscard]] const Position* leg(AccountId account, InstrumentId instrument, Side side) const;
  [[nodiscard]] const Position* strategy_position(AccountId account, StrategyId strategy,
                                                  InstrumentId instrument) const;
  // The accounts' own positions, one an instrument.
  template <class F>
  void for_each_position(F f) const {
    for (const Slot& slot : slots_)
      if (slot.role == Role::kAccount || slot.role == Role::kBoth) f(slot.position);
  }
  // The strategies' positions, in order of appearance.
  template <class F>
  void for_each_strategy_position(F f) const {
    for (const Slot& slot : slots_)
      if (slot.role == Role::kStrategy) f(slot.position);
  }
  [[nodiscard]] const Position& at(std::uint32_t slot) const { return slots_[slot].position; }
  // Whether this slot is valued by itself: an account's position, or one leg of a hedged one.
  [[nodiscard]] bool is_valued(std::uint32_t slot) const {
    const Role role = slots_[slot].role;
    return role == Role::kAccount || role == Role::kLeg;
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(slots_.size()); }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  enum class Role : std::uint8_t {
    kAccount = 1,   // netted position of an account
    kBoth = 2,      // long and short together, the sum of two legs
    kLeg = 3,       // one side of a hedging account
    kStrategy = 4,  // virtual
  };
  struct Slot {
    Position position;
    std::uint64_t newest;         // step that changed it last; 0: none
    std::uint32_t next_strategy;  // list of strategies, headed by the account's own slot
    Role role;                    // the legs of kBoth are the next two slots: long, short
    std::uint8_t reserved[3];
  };
  using StepKind = detail::StepKind;
  // What is to be done to a position.
  struct Move {
    std::uint64_t execution;  // hash of the execution's name; 0: none
    std::uint64_t order;
    Quantity quantity;  // signed change
    Price price;
    Int128 amount;  // kVariation
    StepKind kind;
    CarriedKind carried;
  };
  // A move that was done, and the state that it found.
  struct Step {
    std::uint64_t execution;  // hash of the execution's name; 0: none
    std::uint64_t order;
    std::uint64_t older, newer;  // steps of the same slot; 0: none
    Quantity quantity;           // signed change
    Price price;
    Int128 amount;             // kVariation
    Quantity quantity_before;  // the state that this step found
    Int128 cost_before, realized_before, rounding_before;
    std::uint32_t slot;
    StepKind kind;
    CarriedKind carried;
    std::uint8_t reserved[2];
  };
  static_assert(std::has_unique_object_representations_v<Step>);
  static_assert(std::has_unique_object_representations_v<Slot>);
  struct Change;

  [[nodiscard]] std::uint32_t find(AccountId account, InstrumentId instrument) const {
    const auto row = account.value - 1u;
    if (row >= rows_.size() || instrument.value - 1u >= rows_[row].size()) return kNone;
    return rows_[row][instrument.value - 1u];
  }
  std::uint32_t account_slot(const Account& account, const Instrument& instrument);
  std::uint32_t strategy_slot(std::uint32_t account_slot, StrategyId strategy);
  std::uint32_t add_slot(const Position& like, Role role);
  void attach(std::uint32_t slot);

  void book_fill(const OrderRecord& record, Posting& posting);
  void book_late_fee(const OrderRecord& record, Posting& posting);
  void book_undo(const OrderRecord& record, Posting& posting);
  void book_quantity(const AccountFact& fact, Change& change);
  void book_amount(const AccountFact& fact, Change* change, Posting& posting);
  Change start(AccountId account, StrategyId strategy, InstrumentId instrument, Posting& posting);
  void finish(Change& change);
  void take(Change& change, const Move& move, bool reduces);
  void take_account(Change& change, const Move& move, bool reduces);
  void take_leg(Change& change, std::uint32_t slot, const Move& move);
  void undo(Change& change, const Move& like, const Move* instead, bool reduces);
  bool undo_in(std::uint32_t slot, const Move& like, const Move* instead, Posting* posting);
  void charge(Change& change, const OrderRecord& record, Price price, int direction);
  static void charge_second(Posting& posting, const Currency& currency, Int128 fee, int direction,
                            bool is_change);
  void charge_in_kind(Change& change, const OrderRecord& record, Price price, int direction);
  void pay(Change& change, Int128 fee, int direction, bool is_change);
  void earn(Change& change, Int128 amount);
  void push(std::uint32_t slot, const Move& move, Posting* posting);
  void rerun(std::uint32_t slot, std::uint64_t from);
  void add_carried(std::uint32_t slot, std::uint64_t from, int direction, Posting& posting) const;
  void moved(Change& change, std::uint32_t slot, const Position& before);
  [[nodiscard]] std::uint64_t find_step(std::uint32_t slot, const Move& like) const;
  [[nodiscard]] const Step* find_taken(const Change& change, const Move& like) const;
  [[nodiscard]] Step& step_at(std::uint64_t number) {
    return steps_[number & (config_.window - 1)];
  }
  [[nodiscard]] const Step& step_at(std::uint64_t number) const {
    return steps_[number & (config_.window - 1)];
  }
  [[nodiscard]] bool remembered(std::uint64_t number) const {
    return number != 0 && number + config_.window > newest_step_;
  }

  const InstrumentRegistry* registry_;
  const Directory* directory_;
  PositionBookConfig config_;
  std::vector<Slot> slots_;
  std::vector<std::vector<std::uint32_t>> rows_;  // by account, then instrument
  std::vector<Step> steps_;                       // a ring
  std::uint64_t newest_step_ = 0;
};

}  // namespace keel
