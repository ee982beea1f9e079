// A slow order-by-order book of maps and lists, for holding a fast one against.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <unordered_map>

#include <keel/market/order_book_l3.hpp>

namespace keel::test {

class NaiveBook {
 public:
  struct Order {
    std::uint64_t id;
    Quantity size;
  };
  using Queue = std::list<Order>;
  using Ladder = std::map<std::int64_t, Queue>;

  // Follows records that a whole feed would have; false: it could not.
  bool apply(const BookOrder& record) {
    if (record.action == BookAction::kClear) {
      bids.clear();
      asks.clear();
      where_.clear();
      return true;
    }
    if ((record.header.flags & BookOrder::kTold) != 0) return true;
    if (record.action == BookAction::kAdd) {
      if (where_.contains(record.order)) return false;
      put(record);
      return true;
    }
    const auto found = where_.find(record.order);
    if (found == where_.end()) return false;
    Ladder& side = found->second.is_bid ? bids : asks;
    const auto level = side.find(found->second.price);
    auto order = level->second.begin();
    while (order->id != record.order) ++order;
    if (record.action == BookAction::kModify) {
      if (record.price.raw() == level->first && record.size <= order->size) {
        order->size = record.size;
        return true;
      }
      take(side, level, order, record.order);
      put(record);
      return true;
    }
    if (record.size > order->size) return false;
    order->size -= record.size;
    if (record.size.is_zero() || order->size.is_zero()) take(side, level, order, record.order);
    return true;
  }

  static Quantity total(const Queue& queue) {
    Quantity sum = Quantity::zero();
    for (const Order& order : queue) sum += order.size;
    return sum;
  }
  [[nodiscard]] std::size_t size() const { return where_.size(); }
  [[nodiscard]] bool knows(std::uint64_t id) const { return where_.contains(id); }

  // What differs, or nothing. `every_order`: also each queue, order by order.
  [[nodiscard]] std::string difference(const OrderBookL3& book, bool every_order) const {
    if (book.order_count() != where_.size()) return "number of orders";
    if (auto text = side_difference(book, Side::kBuy, every_order); !text.empty()) return text;
    return side_difference(book, Side::kSell, every_order);
  }

  Ladder bids, asks;

 private:
  struct Where {
    std::int64_t price;
    bool is_bid;
  };
  void put(const BookOrder& record) {
    const bool is_bid = record.side == Side::kBuy;
    (is_bid ? bids : asks)[record.price.raw()].push_back({record.order, record.size});
    where_[record.order] = {record.price.raw(), is_bid};
  }
  void take(Ladder& side, Ladder::iterator level, Queue::iterator order, std::uint64_t id) {
    level->second.erase(order);
    if (level->second.empty()) side.erase(level);
    where_.erase(id);
  }
  [[nodiscard]] std::string side_difference(const OrderBookL3& book, Side side,
                                            bool every_order) const {
    const Ladder& mine = side == Side::kBuy ? bids : asks;
    if (mine.size() != book.depth(side)) return "number of levels";
    std::size_t i = 0;
    const auto look = [&](std::int64_t price, const Queue& queue) {
      const auto level = book.level(side, i);
      if (level->price.raw() != price) return std::string{"price of a level"};
      if (level->size != total(queue)) return std::string{"size of a level"};
      if (level->orders != queue.size()) return std::string{"orders of a level"};
      if (every_order) {
        auto at = queue.begin();
        bool same = true;
        book.for_each_order(side, i, [&](const RestingOrder& order) {
          same = same && order.id == at->id && order.size == at->size && order.side == side;
          ++at;
        });
        if (!same) return std::string{"queue of a level"};
      }
      ++i;
      return std::string{};
    };
    if (side == Side::kBuy) {
      for (auto at = mine.rbegin(); at != mine.rend(); ++at)
        if (auto text = look(at->first, at->second); !text.empty()) return text;
    } else {
      for (const auto& [price, queue] : mine)
        if (auto text = look(price, queue); !text.empty()) return text;
    }
    return {};
  }
  std::unordered_map<std::uint64_t, Where> where_;
};

}  // namespace keel::test
