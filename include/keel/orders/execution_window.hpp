// ExecutionWindow: the last N executions that were booked, found by account, side, instrument and
// the venue's full execution id (some venues number the trades of each symbol from one). Tells
// duplicates apart, and what a bust, correction or late fee is about.
// No allocation after construction.
#pragma once

#include <vector>

#include <keel/core/money.hpp>
#include <keel/core/state.hpp>
#include <keel/model/order_records.hpp>
#include <keel/orders/slot_index.hpp>

namespace keel::detail {

// A fill as it is booked now: corrections and late fees change it.
struct Execution {
  static constexpr std::uint8_t kBusted = 1, kAlias = 2;
  ExecutionId id;
  OrderId order;
  std::uint64_t
      alias_of;  // kAlias: the serial number of the execution that this is a later name of
  InstrumentId instrument;
  AccountId account;
  StrategyId strategy;
  VenueId venue;
  Side side;
  std::uint8_t flags;
  std::uint8_t reserved[4];
  Quantity quantity;
  Price price;
  Int128 fee;
  Currency fee_currency;

  [[nodiscard]] bool is_busted() const { return (flags & kBusted) != 0; }
};
static_assert(std::has_unique_object_representations_v<Execution>);

class ExecutionWindow {
 public:
  // A power of two.
  explicit ExecutionWindow(std::uint32_t capacity) : capacity_(capacity), index_(capacity) {
    KEEL_ASSERT(capacity > 0 && (capacity & (capacity - 1)) == 0, "window: a power of two");
    ring_.reserve(capacity);
  }

  // Writes to the memory of every execution that will come.
  void touch_all();

  // Null: not among the last N. A later name of a corrected execution leads to the execution.
  // `instrument` 0: whichever it is, if there is only one of that name.
  [[nodiscard]] const Execution* find(AccountId account, Side side, InstrumentId instrument,
                                      const ExecutionId& id) const;
  // The facts about fills, as they are folded.
  void fold(const OrderRecord& record);

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  [[nodiscard]] std::uint32_t place(AccountId account, Side side, InstrumentId instrument,
                                    const ExecutionId& id) const;
  void add(const Execution& execution);
  static std::uint64_t hash(AccountId account, Side side, const ExecutionId& id);

  std::uint32_t capacity_;
  std::uint64_t count_ = 0;  // ever added: the serial number of the next
  std::vector<Execution> ring_;
  SlotIndex index_;
};

}  // namespace keel::detail
