// Every order type under seeded random quotes, against a slow model of docs/sim.md that searches
// lists: the same fills in the same order, and the same orders left.
#include <algorithm>
#include <keel/core/random.hpp>
#include <map>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr std::int64_t kCent = 10'000'000, kLot = 1'000'000;
Price px(std::int64_t cents) { return Price::from_raw(cents * kCent); }
Quantity lots(std::int64_t n) { return Quantity::from_raw(n * kLot); }

struct Fill {
  std::uint32_t id;
  std::int64_t price, quantity;
  bool taker;
  friend bool operator==(const Fill&, const Fill&) = default;
};

// One account, one side, quotes alone. Prices in cents, sizes in lots.
class SlowVenue {
 public:
  enum class Where { kNowhere, kResting, kTrigger, kWaiting, kParked };
  struct Order {
    std::uint32_t id;
    OrderType type;
    TimeInForce tif;
    std::int64_t open, limit, trigger, offset, display;
    bool limited, has_trigger, post_only, touched, trailing, pegged, triggered = false;
    bool taking = false, is_mover = false;
    std::int64_t shown = 0;
    std::uint64_t turn = 0;
    Where where = Where::kNowhere;
  };
  explicit SlowVenue(bool buys) : buys_(buys) {}
  std::vector<Fill> fills;
  [[nodiscard]] std::size_t open() const { return orders_.size(); }
  [[nodiscard]] std::uint32_t any(Random& random) const {
    return orders_[random.below(orders_.size())].id;
  }

  void arrive(const Order& asked) {
    orders_.push_back(asked);
    Order& order = orders_.back();
    const bool now =
        !order.trailing && !order.pegged && !order.touched && (order.type == OrderType::kLimit);
    if (order.post_only && now && reaches(order))
      drop(order);
    else
      work(order);
    sweep();
  }
  void cancel(std::uint32_t id) {
    std::erase_if(orders_, [id](const Order& order) { return order.id == id; });
  }
  void quote(std::int64_t bid, std::int64_t bid_size, std::int64_t ask, std::int64_t ask_size) {
    const std::int64_t other = buys_ ? ask : bid, size = buys_ ? ask_size : bid_size;
    if (other != touch_ || size != size_) left_ = size;
    touch_ = other;
    size_ = size;
    own_ = buys_ ? bid : ask;
    for (Order* order : in_turn([](const Order& each) { return each.pegged; }, true)) place(*order);
    for (Order* order :
         in_turn([](const Order& each) { return each.where == Where::kWaiting; }, false))
      take(*order);
    sweep();
    match_resting();
    for (Order& order : orders_)
      if (!reaches(order)) order.taking = false;
    run_triggers();
    sweep();
  }

 private:
  // A number that is smaller the better a price is for the one who takes; for limits, the other
  // way.
  [[nodiscard]] bool at_most(std::int64_t price, std::int64_t limit) const {
    return buys_ ? price <= limit : price >= limit;
  }
  [[nodiscard]] bool reaches(const Order& order) const {
    return !order.limited || at_most(touch_, order.limit);
  }
  void drop(Order& order) { order.open = 0; }
  void sweep() {
    std::erase_if(orders_, [](const Order& order) { return order.open == 0; });
  }
  // Orders that `which` says, in the order of their turn (or of their coming, for movers).
  template <class Which>
  std::vector<Order*> in_turn(Which which, bool movers) {
    std::vector<Order*> list;
    for (Order& order : orders_)
      if (order.open > 0 && which(order)) list.push_back(&order);
    if (!movers)
      std::stable_sort(list.begin(), list.end(),
                       [](const Order* a, const Order* b) { return a->turn < b->turn; });
    return list;
  }
  void fill(Order& order, std::int64_t price, std::int64_t quantity, bool taker) {
    order.open -= quantity;
    left_ -= quantity;
    fills.push_back({order.id, price, quantity, taker});
    const bool was_shown = order.shown > 0;
    order.shown -= std::min(order.shown, quantity);
    if (was_shown && order.shown == 0 && order.open > 0) rest(order, false);
  }
  void rest(Order& order, bool taking) {
    order.where = Where::kResting;
    order.taking = taking;
    order.turn = ++turn_;
    order.shown = order.display > 0 ? std::min(order.display, order.open) : order.open;
  }
  void take(Order& order) {
    const bool at_once = order.tif == TimeInForce::kIoc || order.tif == TimeInForce::kFok;
    const auto wait = [&] {
      if (order.where == Where::kWaiting) return;
      order.where = Where::kWaiting;
      order.turn = ++turn_;
    };
    if (order.type == OrderType::kMarketToLimit && !order.limited) {
      if (left_ == 0) return at_once ? drop(order) : wait();
      order.limited = true;
      order.limit = touch_;
      order.where = Where::kNowhere;
    }
    if (order.tif == TimeInForce::kFok && !(reaches(order) && left_ >= order.open))
      return drop(order);
    const std::int64_t some = reaches(order) ? std::min(order.open, left_) : 0;
    if (some > 0) fill(order, touch_, some, true);
    if (order.open == 0) return;
    if (at_once) return drop(order);
    if (!order.limited) return wait();
    rest(order, reaches(order));
  }
  void work(Order& order) {
    if (order.pegged) {
      order.is_mover = true;
      return place(order);
    }
    const bool waits = order.has_trigger || order.trailing;
    if (!waits) return take(order);
    if (order.trailing) draw(order);
    if (is_triggered(order)) return set_off(order);
    order.where = Where::kTrigger;
    order.turn = ++turn_;
  }
  void place(Order& order) {
    const std::int64_t wanted = buys_ ? own_ + order.offset : own_ - order.offset;
    if (order.where == Where::kResting && order.limit == wanted) return;
    order.where = Where::kParked;
    order.shown = 0;
    order.limit = wanted;
    order.limited = true;
    if (order.post_only && reaches(order)) return;
    take(order);
  }
  // A stop's price runs away from it: up for a buy. What is touched waits for one that comes.
  [[nodiscard]] bool is_triggered(const Order& order) const {
    const bool rising = buys_ != order.touched;
    return rising ? touch_ >= order.trigger : touch_ <= order.trigger;
  }
  void draw(Order& order) {
    const std::int64_t wanted = buys_ ? touch_ + order.offset : touch_ - order.offset;
    if (order.has_trigger && !(buys_ ? wanted < order.trigger : wanted > order.trigger)) return;
    order.trigger = wanted;
    order.has_trigger = true;
    order.turn = ++turn_;
  }
  void set_off(Order& order) {
    order.triggered = true;
    order.where = Where::kNowhere;
    if (order.type == OrderType::kTrailingStopLimit) {
      order.limited = true;
      order.limit = buys_ ? order.trigger + order.display : order.trigger - order.display;
      order.display = 0;
    }
    if (order.post_only && reaches(order)) return drop(order);
    take(order);
  }
  void match_resting() {
    while (left_ > 0) {
      Order* best = nullptr;
      for (Order* order : in_turn([](const Order& o) { return o.where == Where::kResting; }, false))
        if (reaches(*order) &&
            (best == nullptr || (buys_ ? order->limit > best->limit : order->limit < best->limit)))
          best = order;
      if (best == nullptr) return;
      fill(*best, best->taking ? touch_ : best->limit, std::min(best->open, left_), best->taking);
    }
  }
  void run_triggers() {
    for (Order* order : in_turn(
             [](const Order& each) {
               return each.trailing && !each.triggered && each.where == Where::kTrigger;
             },
             true))
      draw(*order);
    for (const bool touched : {false, true})
      for (;;) {
        Order* next = nullptr;
        for (Order* order :
             in_turn([](const Order& each) { return each.where == Where::kTrigger; }, false)) {
          if (order->touched != touched || !is_triggered(*order)) continue;
          const bool rising = buys_ != touched;
          if (next == nullptr ||
              (rising ? order->trigger < next->trigger : order->trigger > next->trigger))
            next = order;
        }
        if (next == nullptr) break;
        set_off(*next);
      }
  }

  bool buys_;
  std::vector<Order> orders_;  // in the order of their coming
  std::int64_t touch_ = 0, size_ = 0, left_ = 0, own_ = 0;
  std::uint64_t turn_ = 0;
};

// The same order for both.
struct Both {
  OrderRequest request;
  SlowVenue::Order slow;
};

Both random_order(Random& random, Side side, std::int64_t mid) {
  const std::int64_t size = random.between(1, 40);
  Both both{OrderRequest::market(InstrumentId{1}, side, lots(size)), {}};
  OrderTerms& terms = both.request.terms;
  terms.trigger_by = TriggerBy::kBidAsk;
  terms.type = static_cast<OrderType>(random.between(1, 10));
  const auto needs = [&](std::initializer_list<OrderType> types) {
    return std::find(types.begin(), types.end(), terms.type) != types.end();
  };
  if (needs({OrderType::kLimit, OrderType::kStopLimit, OrderType::kLimitIfTouched})) {
    terms.flags |= OrderTerms::kHasLimit;
    terms.limit_price = px(mid + random.between(-6, 6));
  }
  const bool trails = needs({OrderType::kTrailingStop, OrderType::kTrailingStopLimit});
  const bool trigger = needs({OrderType::kStop, OrderType::kStopLimit, OrderType::kMarketIfTouched,
                              OrderType::kLimitIfTouched});
  if (trigger || (trails && random.below(3) == 0)) {
    terms.flags |= OrderTerms::kHasTrigger;
    terms.trigger_price = px(mid + random.between(-6, 6));
  }
  const std::int64_t offset = random.between(1, 5);
  if (trails) {
    terms.trail_unit = random.below(2) == 0 ? TrailUnit::kAmount : TrailUnit::kTicks;
    terms.trail_offset = terms.trail_unit == TrailUnit::kAmount ? px(offset).raw() : offset;
  }
  const std::int64_t beyond = random.between(0, 3), peg = random.between(-2, 4);
  if (terms.type == OrderType::kTrailingStopLimit) terms.limit_offset = px(beyond);
  if (terms.type == OrderType::kPegged) terms.limit_offset = px(peg);
  const bool rests = needs(
      {OrderType::kLimit, OrderType::kStopLimit, OrderType::kLimitIfTouched, OrderType::kPegged});
  const std::uint64_t what = random.below(8);
  if (what == 0 && terms.type != OrderType::kPegged) terms.time_in_force = TimeInForce::kIoc;
  if (what == 1 && terms.type != OrderType::kPegged) terms.time_in_force = TimeInForce::kFok;
  if (what == 2 && rests) terms.flags |= OrderTerms::kPostOnly;
  std::int64_t display = 0;
  if (what >= 5 && rests) {
    display = random.between(1, size);
    both.request.display(lots(display));
  }
  SlowVenue::Order& slow = both.slow;
  slow.type = terms.type;
  slow.tif = terms.time_in_force;
  slow.open = size;
  slow.limit = terms.limit_price.raw() / kCent;
  slow.trigger = terms.trigger_price.raw() / kCent;
  slow.limited = terms.limit().has_value();
  slow.has_trigger = terms.trigger().has_value();
  slow.post_only = terms.post_only();
  slow.touched = needs({OrderType::kMarketIfTouched, OrderType::kLimitIfTouched});
  slow.trailing = trails;
  slow.pegged = terms.type == OrderType::kPegged;
  slow.offset = slow.pegged ? peg : offset;
  slow.display = terms.type == OrderType::kTrailingStopLimit ? beyond : display;
  return both;
}

}  // namespace

TEST_CASE("every order type fills as in a model that searches lists") {
  std::size_t fills_seen = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    INFO("seed ", seed);
    SimConfig config = plain_config();
    config.order_latency = LatencyModel::zero();
    config.max_executions = 8192;
    config.max_orders = 2048;
    Rig rig{config};
    const Side side = seed % 2 == 0 ? Side::kBuy : Side::kSell;
    SlowVenue slow{side == Side::kBuy};
    Random random{seed};
    std::int64_t mid = 10'000;
    std::map<std::uint32_t, OrderId> ids;
    for (int step = 1; step < 500; ++step) {
      const Timestamp now = at_ms(step);
      mid += random.between(-2, 2);
      const std::int64_t bid = mid - random.between(0, 3), ask = mid + random.between(1, 3);
      const std::int64_t bid_size = random.between(0, 30), ask_size = random.between(0, 30);
      rig.quote(now, px(bid), lots(bid_size), px(ask), lots(ask_size));
      slow.quote(bid, bid_size, ask, ask_size);
      REQUIRE(rig.venue.open_orders() == slow.open());
      if (random.below(2) == 0) {
        Both both = random_order(random, side, mid);
        const OrderId id = rig.submit(now, both.request);
        ids[id.counter()] = id;
        rig.run(now);
        both.slow.id = id.counter();
        slow.arrive(both.slow);
        INFO("type ", to_text(both.request.terms.type));
        REQUIRE(rig.venue.open_orders() == slow.open());
      }
      if (slow.open() != 0 && random.below(5) == 0) {
        const std::uint32_t victim = slow.any(random);
        rig.cancel(now, ids.at(victim));
        rig.run(now);
        slow.cancel(victim);
      }
    }
    rig.run(at_ms(10'000));
    std::vector<Fill> fills;
    for (const OrderReport& report : rig.reports)
      if (report.kind == ReportKind::kFilled)
        fills.push_back({report.order.counter(), report.last_price.raw() / kCent,
                         report.last_quantity.raw() / kLot, report.liquidity == Liquidity::kTaker});
    for (std::size_t i = 0; i < std::min(fills.size(), slow.fills.size()); ++i) {
      INFO("fill ", i, " of order ", slow.fills[i].id);
      REQUIRE(fills[i] == slow.fills[i]);
    }
    REQUIRE(fills.size() == slow.fills.size());
    fills_seen += fills.size();
  }
  CHECK(fills_seen > 10'000);
}
