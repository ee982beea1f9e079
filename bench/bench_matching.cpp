// Matching a generated order flow of 2,000,000 messages, one symbol and a hundred, with an event
// told for everything that happens. The reference is a bare book (prices as array indexes, no
// events): what the processor allows.
#include <cstdio>
#include <cstdlib>
#include <figures.hpp>
#include <keel/sim/matching_engine.hpp>
#include <order_flow.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

// What a host would be told, written to a ring as a host would.
struct Event {
  enum class Kind : std::uint32_t { kAccepted = 1, kCanceled, kTraded, kExpired };
  std::uint64_t id, maker;
  std::int64_t price, quantity;
  Kind kind;
  std::uint32_t symbol;
};

class EventRing {
 public:
  EventRing() : events_(kSize) {}
  void push(const Event& event) { events_[at_++ & (kSize - 1)] = event; }
  [[nodiscard]] std::uint64_t count() const { return at_; }

 private:
  static constexpr std::size_t kSize = 4096;
  std::vector<Event> events_;
  std::size_t at_ = 0;
};

class Keel {
 public:
  Keel(const OrderFlow& flow, std::uint32_t symbols)
      : engine_({symbols, 1u << 17, 1024}), slots_(flow.ids + 1, MatchingEngine::kNone) {}

  void handle(const FlowMessage& message) {
    if (message.kind == FlowKind::kCancel) {
      engine_.remove(slots_[message.id]);
      --totals_.resting;
      ring_.push({message.id, 0, 0, 0, Event::Kind::kCanceled, message.symbol});
      return;
    }
    const Side side = message.buy ? Side::kBuy : Side::kSell;
    const Price price = Price::from_raw(message.price);
    ring_.push(
        {message.id, 0, message.price, message.quantity, Event::Kind::kAccepted, message.symbol});
    NoExternal nothing;
    Sink sink{*this, message};
    const Quantity left = engine_.match(message.symbol, side, price,
                                        Quantity::from_raw(message.quantity), nothing, sink);
    if (left.is_zero()) return;
    if (message.kind == FlowKind::kTake) {
      ring_.push({message.id, 0, 0, left.raw(), Event::Kind::kExpired, message.symbol});
      return;
    }
    slots_[message.id] = engine_.rest(message.symbol, side, price, left, message.id);
    ++totals_.resting;
  }
  [[nodiscard]] const FlowTotals& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t events() const { return ring_.count(); }

 private:
  struct Sink {
    Keel& keel;
    const FlowMessage& taker;
    static Match before(std::uint64_t) { return Match::kTrade; }
    static bool on_external(Price, Quantity) { return true; }
    static void on_dropped(std::uint64_t) {}
    bool on_match(std::uint64_t maker, Price price, Quantity quantity, Quantity left) {
      FlowTotals& totals = keel.totals_;
      ++totals.trades;
      totals.volume += static_cast<std::uint64_t>(quantity.raw());
      totals.notional += static_cast<std::uint64_t>(quantity.raw() * price.raw());
      if (left.is_zero()) --totals.resting;
      keel.ring_.push(
          {taker.id, maker, price.raw(), quantity.raw(), Event::Kind::kTraded, taker.symbol});
      return true;
    }
  };
  MatchingEngine engine_;
  std::vector<MatchingEngine::Slot> slots_;  // by id, as a host keeps them
  FlowTotals totals_;
  EventRing ring_;
};

// Orders in one array by id, levels in one array by price, nothing told to anybody.
class Floor {
 public:
  Floor(const OrderFlow& flow, std::uint32_t symbols) : nodes_(flow.ids + 1), books_(symbols) {
    for (Book& book : books_) book.levels.resize(OrderFlow::kMaxPrice);
  }
  void handle(const FlowMessage& message) {
    Book& book = books_[message.symbol];
    if (message.kind == FlowKind::kCancel) return cancel(book, message.id);
    const std::uint32_t left = message.buy ? take<true>(book, message) : take<false>(book, message);
    if (left == 0 || message.kind == FlowKind::kTake) return;
    const auto id = static_cast<std::uint32_t>(message.id);
    Level& level = book.levels[static_cast<std::size_t>(message.price)];
    nodes_[id] = {left, level.tail, 0, static_cast<std::uint32_t>(message.price)};
    (level.tail != 0 ? nodes_[level.tail].next : level.head) = id;
    level.tail = id;
    ++totals_.resting;
    if (message.buy)
      book.bid = std::max(book.bid, message.price);
    else
      book.ask = std::min(book.ask, message.price);
  }
  [[nodiscard]] const FlowTotals& totals() const { return totals_; }

 private:
  struct Node {
    std::uint32_t open, previous, next, price;
  };
  struct Level {
    std::uint32_t head = 0, tail = 0;
  };
  struct Book {
    std::vector<Level> levels;
    std::int64_t bid = 0, ask = OrderFlow::kMaxPrice - 1;
  };
  void cancel(Book& book, std::uint64_t id) {
    const Node& node = nodes_[id];
    Level& level = book.levels[node.price];
    (node.previous != 0 ? nodes_[node.previous].next : level.head) = node.next;
    (node.next != 0 ? nodes_[node.next].previous : level.tail) = node.previous;
    --totals_.resting;
  }
  template <bool Buy>
  std::uint32_t take(Book& book, const FlowMessage& message) {
    std::uint32_t quantity = message.quantity;
    std::int64_t& at = Buy ? book.ask : book.bid;
    while (Buy ? at < OrderFlow::kMaxPrice - 1 && at <= message.price
               : at > 0 && at >= message.price) {
      Level& level = book.levels[static_cast<std::size_t>(at)];
      while (quantity != 0 && level.head != 0) {
        Node& node = nodes_[level.head];
        const std::uint32_t fill = std::min(quantity, node.open);
        ++totals_.trades;
        totals_.volume += fill;
        totals_.notional += std::uint64_t{fill} * static_cast<std::uint64_t>(at);
        quantity -= fill;
        if ((node.open -= fill) != 0) continue;
        level.head = node.next;
        (level.head != 0 ? nodes_[level.head].previous : level.tail) = 0;
        --totals_.resting;
      }
      if (level.head != 0 || quantity == 0) break;
      at += Buy ? 1 : -1;
    }
    return quantity;
  }
  std::vector<Node> nodes_;
  std::vector<Book> books_;
  FlowTotals totals_;
};

template <class Engine>
double ns_per_message(const OrderFlow& flow, std::uint32_t symbols) {
  std::vector<double> runs;
  for (int run = 0; run < 5; ++run) {
    Engine engine{flow, symbols};
    const auto start = cpu_ns();
    for (const FlowMessage& message : flow.messages) engine.handle(message);
    runs.push_back(static_cast<double>(cpu_ns() - start) /
                   static_cast<double>(flow.messages.size()));
    if (!(engine.totals() == flow.totals)) {
      std::fprintf(stderr, "the engine's trades are not those of the flow\n");
      std::exit(1);
    }
  }
  return median(runs);
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "matching"};
  for (const std::uint32_t symbols : {1u, 100u}) {
    const OrderFlow flow = make_order_flow(2'000'000, symbols);
    const std::string name = symbols == 1 ? "message_1_symbol" : "message_100_symbols";
    figures.add(name, ns_per_message<Keel>(flow, symbols), "ns", "a bare book without events",
                ns_per_message<Floor>(flow, symbols));
  }
}
