// OpenTable: how much may still fill, at the worst case, by account, strategy, instrument and side.
// O(1); allocates only when a pair of account and instrument appears for the first time and the
// table is half full.
#pragma once

#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/core/id.hpp>
#include <keel/model/enums.hpp>

namespace keel::detail {

class OpenTable {
 public:
  explicit OpenTable(std::uint32_t cells = 1024) : cells_(cells), mask_(cells - 1) {}

  [[nodiscard]] static std::uint64_t key(AccountId account, InstrumentId instrument,
                                         StrategyId strategy = {}) {
    return static_cast<std::uint64_t>(account.value) << 48 |
           static_cast<std::uint64_t>(strategy.value) << 32 | instrument.value;
  }
  [[nodiscard]] Quantity open(std::uint64_t key, Side side) const {
    const Cell& cell = cells_[place(key)];
    return cell.used == 0 ? Quantity::zero() : cell.open[side == Side::kBuy ? 0 : 1];
  }
  void add(std::uint64_t key, Side side, Quantity change) {
    if (change.is_zero()) return;
    std::uint32_t at = place(key);
    if (cells_[at].used == 0) {
      if (2 * ++used_ > cells_.size()) {
        grow();
        at = place(key);
      }
      cells_[at].key = key;
      cells_[at].used = 1;
    }
    Quantity& open = cells_[at].open[side == Side::kBuy ? 0 : 1];
    open += change;
    KEEL_ASSERT(!open.is_negative(), "open quantity below zero");
  }
  void clear() {
    for (Cell& cell : cells_) cell = {};
    used_ = 0;
  }

 private:
  struct Cell {
    std::uint64_t key = 0, used = 0;
    Quantity open[2] = {Quantity::zero(), Quantity::zero()};
  };
  [[nodiscard]] std::uint32_t place(std::uint64_t key) const {
    auto at = static_cast<std::uint32_t>((key * 0x9E3779B97F4A7C15u) >> 32) & mask_;
    while (cells_[at].used != 0 && cells_[at].key != key) at = (at + 1) & mask_;
    return at;
  }
  void grow() {
    std::vector<Cell> old(cells_.size() * 2);
    old.swap(cells_);
    mask_ = static_cast<std::uint32_t>(cells_.size() - 1);
    for (const Cell& cell : old)
      if (cell.used != 0) cells_[place(cell.key)] = cell;
  }
  std::vector<Cell> cells_;
  std::uint32_t mask_;
  std::size_t used_ = 0;
};

}  // namespace keel::detail
