// L3Orders: the orders of a market-by-order feed by their ids, each with the turn in which it came.
// Open addressing; grows when it is three quarters full.
#pragma once

#include <cstdint>
#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/model/enums.hpp>

namespace keel::sim_detail {

struct L3Order {
  std::uint64_t id = 0;
  std::uint64_t turn = 0;  // 0: an empty cell
  Price price = Price::zero();
  Quantity size = Quantity::zero();
  Side side = Side::kBuy;
};

class L3Orders {
 public:
  L3Orders() { clear(); }

  void clear() {
    cells_.assign(std::size_t{1} << 12, L3Order{});
    count_ = 0;
  }
  [[nodiscard]] L3Order* find(std::uint64_t id) {
    for (std::size_t at = home(id); cells_[at].turn != 0; at = next(at))
      if (cells_[at].id == id) return &cells_[at];
    return nullptr;
  }
  // The id must not be there.
  L3Order& add(std::uint64_t id, Side side, Price price, Quantity size) {
    if ((count_ + 1) * 4 > cells_.size() * 3) grow();
    ++count_;
    L3Order& cell = cells_[free_for(id)];
    cell = {id, ++turn_, price, size, side};
    return cell;
  }
  void erase(std::uint64_t id) {
    std::size_t at = home(id);
    while (cells_[at].id != id || cells_[at].turn == 0) {
      if (cells_[at].turn == 0) return;
      at = next(at);
    }
    --count_;
    for (std::size_t from = next(at); cells_[from].turn != 0; from = next(from)) {
      // A follower may move into the hole unless its home lies after the hole.
      const std::size_t mask = cells_.size() - 1;
      if (((from - home(cells_[from].id)) & mask) < ((from - at) & mask)) continue;
      cells_[at] = cells_[from];
      at = from;
    }
    cells_[at] = L3Order{};
  }
  // Another turn for one that lost its place.
  void move_back(L3Order& order) { order.turn = ++turn_; }
  [[nodiscard]] std::uint64_t turn() const { return turn_; }

 private:
  [[nodiscard]] std::size_t home(std::uint64_t id) const {
    id *= 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(id ^ (id >> 32)) & (cells_.size() - 1);
  }
  [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (cells_.size() - 1); }
  [[nodiscard]] std::size_t free_for(std::uint64_t id) const {
    std::size_t at = home(id);
    while (cells_[at].turn != 0) at = next(at);
    return at;
  }
  void grow() {
    std::vector<L3Order> old(cells_.size() * 2);
    old.swap(cells_);
    for (const L3Order& order : old)
      if (order.turn != 0) cells_[free_for(order.id)] = order;
  }
  std::vector<L3Order> cells_;
  std::size_t count_ = 0;
  std::uint64_t turn_ = 0;
};

}  // namespace keel::sim_detail
