#include <algorithm>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

void SimCore::join_queue(SimOrder& order, Book& at) {
  const auto shown = Shop{&at}.size_at(order.side, order.limit);
  order.ahead_known = shown.has_value();
  order.ahead = order.level = shown.value_or(Quantity::zero());
  order.traded = Quantity::zero();
  if (at.l3 != nullptr) order.joined = at.l3->turn();
}

// Each of our orders at a price of a side, or at all prices.
template <class Told>
void SimCore::each_resting(InstrumentId id, Side side, Told told) {
  for (auto entry = engine_.first(id.value - 1u, side); entry != kNone; entry = engine_.next(entry))
    if (!told(orders_[static_cast<Slot>(engine_.pool().tag(entry))])) return;
}

// What is shown at a price is the most that can stand before an order there.
void SimCore::update_queue(InstrumentId id, Book& at, Side side) {
  const Shop shop{&at};
  const bool guesses = at.fills.queue == QueueModel::kProbabilistic;
  each_resting(id, side, [&](SimOrder& order) {
    const auto most = shop.size_at(side, order.limit);
    if (!most) return false;  // the touch is before this order, and before all after it
    if (!order.ahead_known)
      order.ahead = *most;
    else if (!guesses)
      order.ahead = std::min(order.ahead, *most);
    else if (order.level != *most)
      order.ahead = at.fills.probability.front_after(order.ahead, order.level, *most, order.traded);
    if (order.level != *most) order.traded = Quantity::zero();
    order.level = *most;
    order.ahead_known = true;
    return true;
  });
}

// ---- order by order: each of ours knows exactly what stands before it ----

// Less of a market order: of those of ours that came after it, less stands before them.
void SimCore::leave_l3(InstrumentId id, const L3Order& gone, Quantity by) {
  each_resting(id, gone.side, [&](SimOrder& order) {
    if (order.limit == gone.price && order.joined >= gone.turn) {
      order.ahead -= std::min(order.ahead, by);
      order.traded -= std::min(order.traded, by);
    }
    return as_good(opposite(gone.side), order.limit, gone.price);
  });
}

void SimCore::change_l3(InstrumentId id, Book& at, const BookOrder& record) {
  L3Order* known = at.l3->find(record.order);
  const auto reduce = [&](Quantity by) {
    by = std::min(by, known->size);
    known->size -= by;
    at.depth->change(known->side, known->price, -by);
    if (at.open_orders != 0) leave_l3(id, *known, by);
  };
  switch (record.action) {
    case BookAction::kAdd:
      if (known != nullptr || !record.size.is_positive()) return;
      at.l3->add(record.order, record.side, record.price, record.size);
      at.depth->change(record.side, record.price, record.size);
      return;
    case BookAction::kCancel:
    case BookAction::kFill:
      if (known == nullptr) return;
      reduce(record.size.is_positive() ? record.size : known->size);
      if (known->size.is_zero()) at.l3->erase(record.order);
      return;
    case BookAction::kModify: {
      if (known == nullptr) return;
      const bool keeps = known->price == record.price && record.size <= known->size;
      if (keeps) {
        reduce(known->size - record.size);
        return;
      }
      reduce(known->size);
      known->price = record.price;
      known->size = record.size;
      at.l3->move_back(*known);
      at.depth->change(known->side, record.price, record.size);
      return;
    }
    case BookAction::kClear:
      at.l3->clear();
      at.depth->reset(std::span<const BookLevel>{});
      for (const Side side : {Side::kBuy, Side::kSell})
        each_resting(id, side, [](SimOrder& order) {
          order.ahead_known = false;
          return true;
        });
      return;
  }
}

// What has come anew after a clear stands before all of ours.
void SimCore::rejoin_l3(InstrumentId id, Book& at) {
  for (const Side side : {Side::kBuy, Side::kSell})
    each_resting(id, side, [&](SimOrder& order) {
      if (!order.ahead_known) join_queue(order, at);
      return true;
    });
}

void SimCore::on_book_order(const BookOrder& record) {
  const InstrumentId id = record.header.instrument;
  Book& at = book(id);
  if (at.l3 == nullptr) {
    l3_.push_back(std::make_unique<L3Orders>());
    at.l3 = l3_.back().get();
    if (at.depth == nullptr) {
      depths_.push_back(std::make_unique<Depth>());
      at.depth = depths_.back().get();
    }
  }
  // A feed without trade records: its fills are the prints.
  if (record.action == BookAction::kFill && (at.fill_prints || !at.saw_trade)) {
    at.fill_prints = true;
    Trade print = Trade::at(id, record.header.ts_event, record.price, record.size);
    print.header.flags =
        record.side == Side::kBuy ? Trade::kSellerAggressor : Trade::kBuyerAggressor;
    on_trade(print);
  }
  if ((record.header.flags & BookOrder::kTold) == 0) change_l3(id, at, record);
  if (!record.is_event_end()) return;
  show_top(at);
  if (at.open_orders == 0) [[likely]]
    return;
  rejoin_l3(id, at);
  show_moved(id, at);
}

void SimCore::show_top(Book& at) {
  const auto top = [&](Side side) -> Shown {
    const Depth::Level* best = at.depth->best(side);
    return best == nullptr ? Shown{} : Shown{best->price, best->size, best->left, true};
  };
  at.bid = top(Side::kBuy);
  at.ask = top(Side::kSell);
  at.saw_quote = true;
}

}  // namespace keel
