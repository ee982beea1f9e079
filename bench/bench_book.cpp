// Order books: one message at a time. The references are what the processor allows: the same
// messages into a plain array of sizes indexed by price.
#include <figures.hpp>
#include <keel/core/random.hpp>
#include <keel/market/order_book.hpp>
#include <keel/market/order_book_l3.hpp>
#include <order_flow.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr InstrumentId kId{1};

struct OneLevel {
  BookDelta head;
  BookLevel level;
};

// Changes of one level each around a price that walks, as a depth stream has them: most near the
// touch, some new prices, some removed.
std::vector<OneLevel> make_deltas(std::size_t count) {
  Random random{20261121};
  std::vector<OneLevel> deltas(count);
  std::int64_t mid = 50'000;
  for (std::size_t i = 0; i < count; ++i) {
    if (random.below(16) == 0) mid += random.below(2) == 0 ? 1 : -1;
    const bool bid = random.below(2) == 0;
    const auto away = static_cast<std::int64_t>(random.below(random.below(200) + 1));
    OneLevel& one = deltas[i];
    one.head = make_record<BookDelta>(RecordKind::kBookDelta);
    one.head.header.size = sizeof(OneLevel);
    one.head.header.instrument = kId;
    one.head.header.ts_event.ns = static_cast<std::int64_t>(i) * 1'000;
    one.head.venue_seq = i + 1;
    one.head.count = 1;
    one.level = {Price::whole(bid ? mid - 1 - away : mid + 1 + away),
                 random.below(4) == 0 ? Quantity::zero() : Quantity::whole(random.between(1, 500)),
                 bid ? Side::kBuy : Side::kSell,
                 {}};
  }
  deltas[0].head.header.kind = RecordKind::kBookSnapshot;
  return deltas;
}

// The generated order flow as a venue's L3 stream: fills of resting orders instead of takers.
std::vector<BookOrder> make_orders(std::size_t count) {
  const OrderFlow flow = make_order_flow(count, 1);
  std::vector<BookOrder> records;
  records.reserve(count * 2);
  OrderBookL3 book{kId, {.max_orders = 1u << 17, .starts_empty = true}};
  const auto push = [&](BookAction action, std::uint64_t id, Side side, Price price,
                        Quantity size) {
    records.push_back(BookOrder::of(kId, {static_cast<std::int64_t>(records.size())}, action, id,
                                    side, price, size));
    book.on_order(records.back());
  };
  for (const FlowMessage& message : flow.messages) {
    const Side side = message.buy ? Side::kBuy : Side::kSell;
    if (message.kind == FlowKind::kCancel) {
      const auto resting = book.find(message.id);
      if (resting) push(BookAction::kCancel, message.id, side, resting->price, resting->size);
      continue;
    }
    const Price price = Price::whole(message.price);
    Quantity left = Quantity::whole(message.quantity);
    for (;;) {
      const auto best = book.best(opposite(side));
      if (left.is_zero() || !best || (message.buy ? best->price > price : best->price < price))
        break;
      RestingOrder first{};
      book.for_each_order(opposite(side), 0, [&first](const RestingOrder& order) {
        if (first.id == 0) first = order;
      });
      const Quantity part = std::min(left, first.size);
      push(BookAction::kFill, first.id, opposite(side), first.price, part);
      left -= part;
    }
    if (message.kind == FlowKind::kAdd && left.is_positive())
      push(BookAction::kAdd, message.id, side, price, left);
  }
  return records;
}

template <class Message, class Apply>
std::vector<double> each_message(const std::vector<Message>& messages, Apply&& apply) {
  std::vector<double> costs;
  constexpr std::size_t kRun = 64;  // messages between two looks at the clock
  costs.reserve(messages.size() / kRun);
  for (std::size_t i = 0; i + kRun <= messages.size(); i += kRun) {
    const auto start = wall_ns();
    for (std::size_t j = i; j < i + kRun; ++j) apply(messages[j]);
    costs.push_back(static_cast<double>(wall_ns() - start) / static_cast<double>(kRun));
  }
  std::sort(costs.begin(), costs.end());
  return costs;
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "book"};
  const auto deltas = make_deltas(1'000'000);
  std::vector<std::int64_t> plain(200'000);
  auto floor = each_message(deltas, [&plain](const OneLevel& one) {
    plain[static_cast<std::size_t>(one.level.price.raw() / Price::kScale) * 2 +
          (one.level.side == Side::kBuy ? 0 : 1)] = one.level.size.raw();
  });
  OrderBook book{kId};
  auto l2 = each_message(deltas, [&book](const OneLevel& one) { book.on_delta(one.head); });
  keep(book.best(Side::kBuy));
  figures.add("l2_delta_p50", percentile(l2, 0.5), "ns", "an array indexed by price",
              percentile(floor, 0.5));
  figures.add("l2_delta_p99", percentile(l2, 0.99), "ns", "an array indexed by price",
              percentile(floor, 0.99));

  const auto orders = make_orders(2'000'000);
  auto plain_orders = each_message(orders, [&plain](const BookOrder& order) {
    plain[static_cast<std::size_t>(order.price.raw() / Price::kScale) * 2 +
          (order.side == Side::kBuy ? 0 : 1)] += order.size.raw();
  });
  OrderBookL3 deep{kId, {.max_orders = 1u << 17, .starts_empty = true}};
  auto l3 = each_message(orders, [&deep](const BookOrder& order) { deep.on_order(order); });
  keep(deep.order_count());
  figures.add("l3_message_p50", percentile(l3, 0.5), "ns", "an array indexed by price",
              percentile(plain_orders, 0.5));
  figures.add("l3_message_p99", percentile(l3, 0.99), "ns", "an array indexed by price",
              percentile(plain_orders, 0.99));
  figures.add("l3_applied", static_cast<double>(deep.stats().applied), "", "messages",
              static_cast<double>(orders.size()));
}
