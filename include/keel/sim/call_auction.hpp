// CallAuction: the price at which a call of orders trades, and who trades how much.
//
//   CallAuction auction;
//   auction.add({Side::kBuy, true, 101_px, 300_qty, 1});
//   auction.add({Side::kSell, false, {}, 200_qty, 2});        // at any price
//   const CallAuction::Result result = auction.indicative(100_px);
//   auction.allocate(result, [](std::uint64_t tag, Quantity traded) { ... });
//
// The price is one of the limits (or the reference, where only orders without a limit meet):
//   1. the one at which most trades;
//   2. of these, the one that leaves least over;
//   3. if more is wanted than offered at all of them, the highest; if less, the lowest;
//   4. else the one nearest to the reference; of two as near, the higher.
// Orders trade by price (those without a limit first), then in the order in which they were added.
// Not thread-safe. Allocates as it grows, and keeps what it has over clear().
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/model/enums.hpp>

namespace keel {

class CallAuction {
 public:
  struct Order {
    Side side;
    bool has_limit;
    Price limit;
    Quantity quantity;
    std::uint64_t tag;
  };
  struct Result {
    bool trades = false;
    Price price = Price::zero();
    Quantity volume = Quantity::zero();   // of each side
    Quantity surplus = Quantity::zero();  // left over at the price
    std::optional<Side> surplus_side;
  };

  void clear() { orders_.clear(); }
  void reserve(std::size_t orders) {
    orders_.reserve(orders);
    prices_.reserve(orders);
  }
  void add(const Order& order) { orders_.push_back(order); }
  [[nodiscard]] std::size_t size() const { return orders_.size(); }

  // O(orders x prices).
  [[nodiscard]] Result indicative(Price reference);
  // Tells what each order trades that trades anything. Reorders what was added.
  template <class Told>
  void allocate(const Result& result, Told told) {
    if (!result.trades) return;
    for (const Side side : {Side::kBuy, Side::kSell}) {
      sort_for(side);
      Quantity left = result.volume;
      for (const Order& order : orders_) {
        if (order.side != side || !reaches(order, result.price)) continue;
        const Quantity some = std::min(left, order.quantity);
        if (some.is_zero()) break;
        left -= some;
        told(order.tag, some);
      }
    }
  }

 private:
  [[nodiscard]] static bool reaches(const Order& order, Price price) {
    return !order.has_limit ||
           (order.side == Side::kBuy ? order.limit >= price : order.limit <= price);
  }
  void sort_for(Side side);

  std::vector<Order> orders_;
  std::vector<Price> prices_;
};

}  // namespace keel
