// The matching engine against a slow model of price-time priority.
#include <doctest/doctest.h>

#include <algorithm>
#include <keel/core/random.hpp>
#include <keel/sim/matching_engine.hpp>
#include <map>
#include <vector>

using namespace keel;

namespace {

struct Trade {
  std::uint64_t maker;  // 0: external
  std::int64_t price, quantity;
  friend bool operator==(const Trade&, const Trade&) = default;
};

// What the market shows beside the orders: one price a side.
struct Touch {
  std::int64_t bid = 0, bid_size = 0, ask = 0, ask_size = 0;
  bool best(Side maker, Price& price, Quantity& open) const {
    const std::int64_t size = maker == Side::kBuy ? bid_size : ask_size;
    if (size == 0) return false;
    price = Price::from_raw(maker == Side::kBuy ? bid : ask);
    open = Quantity::from_raw(size);
    return true;
  }
  void take(Side maker, Price, Quantity quantity) {
    (maker == Side::kBuy ? bid_size : ask_size) -= quantity.raw();
  }
  Quantity available(Side maker, Price limit, Quantity enough) const {
    Price price{};
    Quantity open{};
    if (!best(maker, price, open)) return Quantity::zero();
    if (maker == Side::kBuy ? price < limit : price > limit) return Quantity::zero();
    return std::min(open, enough);
  }
};

struct Naive {
  struct Order {
    std::uint64_t tag;
    Side side;
    std::int64_t price, open;
  };
  std::vector<Order> orders;  // in order of arrival

  std::int64_t match(Side taker, std::int64_t limit, std::int64_t quantity, Touch& touch,
                     std::vector<Trade>& trades) {
    while (quantity > 0) {
      const bool buys = taker == Side::kBuy;
      const auto better = [&](std::int64_t a, std::int64_t b) { return buys ? a < b : a > b; };
      Order* best = nullptr;
      for (Order& order : orders)
        if (order.side != taker && (best == nullptr || better(order.price, best->price)))
          best = &order;
      const std::int64_t shown = buys ? touch.ask : touch.bid;
      std::int64_t& size = buys ? touch.ask_size : touch.bid_size;
      if (size > 0 && !better(limit, shown) && (best == nullptr || !better(best->price, shown))) {
        const std::int64_t some = std::min(quantity, size);
        trades.push_back({0, shown, some});
        size -= some;
        quantity -= some;
        continue;
      }
      if (best == nullptr || better(limit, best->price)) break;
      const std::int64_t some = std::min(quantity, best->open);
      trades.push_back({best->tag, best->price, some});
      quantity -= some;
      best->open -= some;
      if (best->open == 0) orders.erase(orders.begin() + (best - orders.data()));
    }
    return quantity;
  }
};

struct Recorder {
  std::vector<Trade>& trades;
  static Match before(std::uint64_t) { return Match::kTrade; }
  bool on_match(std::uint64_t tag, Price price, Quantity quantity, Quantity) {
    trades.push_back({tag, price.raw(), quantity.raw()});
    return true;
  }
  bool on_external(Price price, Quantity quantity) {
    trades.push_back({0, price.raw(), quantity.raw()});
    return true;
  }
  static void on_dropped(std::uint64_t) {}
};

}  // namespace

TEST_CASE("the matching engine trades as a list searched from end to end does") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random{seed};
    MatchingEngine engine{{3, 4096, 2}};
    Naive naive[3];
    Touch touches[3];
    std::map<std::uint64_t, MatchingEngine::Slot> slots[3];
    for (std::uint64_t tag = 1; tag <= 2000; ++tag) {
      const auto book = static_cast<std::uint32_t>(random.below(3));
      Naive& slow = naive[book];
      Touch& touch = touches[book];
      const std::uint64_t what = random.below(10);
      if (what == 0) {
        touch.bid = random.between(-20, 10);
        touch.ask = touch.bid + random.between(1, 5);
        touch.bid_size = random.between(0, 30);
        touch.ask_size = random.between(0, 30);
      } else if (what <= 3 && !slow.orders.empty()) {
        const std::size_t at = random.below(slow.orders.size());
        const std::uint64_t victim = slow.orders[at].tag;
        if (what == 1 && slow.orders[at].open > 1) {
          engine.set_open(slots[book].at(victim), Quantity::from_raw(--slow.orders[at].open));
        } else {
          engine.remove(slots[book].at(victim));
          slow.orders.erase(slow.orders.begin() + static_cast<std::ptrdiff_t>(at));
        }
      } else {
        const Side side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
        const std::int64_t price = random.between(-30, 30), size = random.between(1, 20);
        Touch copy = touch;
        const Quantity enough = Quantity::from_raw(size);
        const Quantity before = engine.available(book, side, Price::from_raw(price), enough, touch,
                                                 [](std::uint64_t) { return Match::kTrade; });
        std::vector<Trade> fast_trades, slow_trades;
        Recorder recorder{fast_trades};
        const Quantity left =
            engine.match(book, side, Price::from_raw(price), enough, touch, recorder);
        const std::int64_t slow_left = slow.match(side, price, size, copy, slow_trades);
        REQUIRE(fast_trades == slow_trades);
        REQUIRE(left.raw() == slow_left);
        REQUIRE(before == enough - left);
        REQUIRE(touch.ask_size == copy.ask_size);
        REQUIRE(touch.bid_size == copy.bid_size);
        if (left.is_positive() && random.below(3) != 0) {
          slots[book][tag] = engine.rest(book, side, Price::from_raw(price), left, tag);
          slow.orders.push_back({tag, side, price, left.raw()});
        }
      }
      // Walked from the best, both hold the same orders in the same order.
      for (const Side side : {Side::kBuy, Side::kSell}) {
        std::vector<Naive::Order> sorted;
        for (const auto& order : slow.orders)
          if (order.side == side) sorted.push_back(order);
        std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
          return side == Side::kBuy ? a.price > b.price : a.price < b.price;
        });
        auto slot = engine.first(book, side);
        for (const auto& order : sorted) {
          REQUIRE(slot != MatchingEngine::kNone);
          REQUIRE(engine.pool().tag(slot) == order.tag);
          REQUIRE(engine.pool().price(slot).raw() == order.price);
          REQUIRE(engine.pool().open(slot).raw() == order.open);
          slot = engine.next(slot);
        }
        REQUIRE(slot == MatchingEngine::kNone);
      }
    }
  }
}

TEST_CASE("prices at both ends of their range keep their order") {
  MatchingEngine engine{{1, 8, 2}};
  engine.rest(0, Side::kSell, Price::max(), 1_qty, 1);
  engine.rest(0, Side::kSell, Price::min(), 1_qty, 2);
  engine.rest(0, Side::kSell, Price::zero(), 1_qty, 3);
  engine.rest(0, Side::kBuy, Price::min(), 1_qty, 4);
  engine.rest(0, Side::kBuy, Price::max(), 1_qty, 5);
  CHECK(engine.pool().tag(engine.first(0, Side::kSell)) == 2);
  CHECK(engine.pool().tag(engine.next(engine.first(0, Side::kSell))) == 3);
  CHECK(engine.pool().tag(engine.first(0, Side::kBuy)) == 5);
  CHECK(engine.side(0, Side::kSell).reaches(Price::min()));
  CHECK(engine.side(0, Side::kBuy).reaches(Price::max()));
}

TEST_CASE("a full engine takes no more, and takes again once there is room") {
  MatchingEngine engine{{1, 2, 2}};
  const auto first = engine.rest(0, Side::kSell, 1_px, 1_qty, 1);
  engine.rest(0, Side::kSell, 2_px, 1_qty, 2);
  CHECK(engine.rest(0, Side::kSell, 3_px, 1_qty, 3) == MatchingEngine::kNone);
  engine.remove(first);
  CHECK(engine.rest(0, Side::kSell, 3_px, 1_qty, 3) != MatchingEngine::kNone);
}
