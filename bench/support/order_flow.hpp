// A seeded order flow for matching engines: 60% limit orders around a mid that walks, 30% cancels
// of orders that are alive, 10% marketable immediate-or-cancel orders.
//
// The generator keeps a plain book of its own (a map of queues), so that every cancel names an
// order that is alive when a correct engine gets there, and so that the totals which a correct
// engine must reproduce come with the flow. Integers only: the same bytes everywhere.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace keel::bench {

enum class FlowKind : std::uint8_t { kAdd = 0, kCancel = 1, kTake = 2 };

struct FlowMessage {
  std::uint64_t id;    // dense from 1 over adds and takes; for a cancel its target
  std::int64_t price;  // in ticks, above zero; 0 for a cancel
  std::uint32_t quantity;
  std::uint32_t symbol;
  FlowKind kind;
  bool buy;
};

struct FlowTotals {
  std::uint64_t trades = 0, volume = 0, notional = 0, resting = 0;
  friend bool operator==(const FlowTotals&, const FlowTotals&) = default;
};

struct OrderFlow {
  std::vector<FlowMessage> messages;
  FlowTotals totals;
  std::uint64_t ids = 0;
  static constexpr std::int64_t kMaxPrice = 100'000;
};

class OrderFlowGenerator {
 public:
  OrderFlowGenerator(std::size_t messages, std::uint32_t symbols, std::uint64_t seed)
      : state_(seed), books_(symbols), lives_(messages + 1), places_(messages + 1) {
    flow_.messages.reserve(messages);
    while (flow_.messages.size() < messages) step();
    flow_.totals.resting = alive_;
    flow_.ids = next_id_ - 1;
  }
  [[nodiscard]] OrderFlow take() { return std::move(flow_); }

 private:
  struct Resting {
    std::uint64_t id;
    std::uint32_t open;
  };
  struct Live {
    std::int64_t price;
    bool buy;
  };
  struct Book {
    std::map<std::int64_t, std::deque<Resting>> bids, asks;
    std::vector<std::uint64_t> alive;
    std::int64_t mid = 50'000;
  };

  std::uint64_t next() {  // SplitMix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }
  void kill(Book& book, std::uint64_t id) {
    const std::uint32_t at = places_[id];
    const std::uint64_t last = book.alive.back();
    book.alive[at] = last;
    places_[last] = at;
    book.alive.pop_back();
    --alive_;
  }
  std::uint32_t match(Book& book, bool buy, std::int64_t price, std::uint32_t quantity) {
    auto& other = buy ? book.asks : book.bids;
    while (quantity != 0 && !other.empty()) {
      const auto level = buy ? other.begin() : std::prev(other.end());
      if (buy ? level->first > price : level->first < price) break;
      auto& queue = level->second;
      while (quantity != 0 && !queue.empty()) {
        const std::uint32_t fill = std::min(quantity, queue.front().open);
        ++flow_.totals.trades;
        flow_.totals.volume += fill;
        flow_.totals.notional += std::uint64_t{fill} * static_cast<std::uint64_t>(level->first);
        quantity -= fill;
        if ((queue.front().open -= fill) == 0) {
          kill(book, queue.front().id);
          queue.pop_front();
        }
      }
      if (queue.empty()) other.erase(level);
    }
    return quantity;
  }
  FlowMessage cancel(Book& book) {
    const std::uint64_t id = book.alive[below(static_cast<std::uint32_t>(book.alive.size()))];
    const Live& live = lives_[id];
    auto& side = live.buy ? book.bids : book.asks;
    const auto level = side.find(live.price);
    auto& queue = level->second;
    queue.erase(std::find_if(queue.begin(), queue.end(),
                             [id](const Resting& resting) { return resting.id == id; }));
    if (queue.empty()) side.erase(level);
    kill(book, id);
    return {id, 0, 0, 0, FlowKind::kCancel, live.buy};
  }
  FlowMessage take_order(Book& book) {
    const bool buy = (next() & 1) != 0;
    const std::int64_t price = buy ? book.mid + 500 : book.mid - 500;
    const std::uint32_t quantity = 100 * (1 + below(28));
    match(book, buy, price, quantity);
    return {next_id_++, price, quantity, 0, FlowKind::kTake, buy};
  }
  FlowMessage add(Book& book) {
    const std::uint64_t id = next_id_++;
    const bool buy = (next() & 1) != 0;
    const std::uint32_t one = below(60), other = below(60);
    const std::int64_t away = 1 + std::min(one, other);  // near prices are more likely
    const std::int64_t price = buy ? book.mid - away : book.mid + away;
    const std::uint32_t quantity = 100 * (1 + below(10));
    if (const std::uint32_t left = match(book, buy, price, quantity); left != 0) {
      (buy ? book.bids : book.asks)[price].push_back({id, left});
      lives_[id] = {price, buy};
      places_[id] = static_cast<std::uint32_t>(book.alive.size());
      book.alive.push_back(id);
      ++alive_;
    }
    return {id, price, quantity, 0, FlowKind::kAdd, buy};
  }
  void step() {
    const auto symbols = static_cast<std::uint32_t>(books_.size());
    const std::uint32_t symbol = symbols == 1 ? 0 : below(symbols);
    Book& book = books_[symbol];
    if (below(8) == 0) {
      book.mid += (next() & 1) != 0 ? 1 : -1;
      book.mid = std::clamp<std::int64_t>(book.mid, 2'000, OrderFlow::kMaxPrice - 2'000);
    }
    const std::uint32_t pick = below(100);
    FlowMessage message{};
    if (pick >= 60 && pick < 90 && !book.alive.empty())
      message = cancel(book);
    else if (pick >= 90 && book.alive.size() > 50)
      message = take_order(book);
    else
      message = add(book);
    message.symbol = symbol;
    flow_.messages.push_back(message);
  }

  OrderFlow flow_;
  std::uint64_t state_, next_id_ = 1, alive_ = 0;
  std::vector<Book> books_;
  std::vector<Live> lives_;
  std::vector<std::uint32_t> places_;
};

inline OrderFlow make_order_flow(std::size_t messages, std::uint32_t symbols,
                                 std::uint64_t seed = 20261121) {
  return OrderFlowGenerator{messages, symbols, seed}.take();
}

}  // namespace keel::bench
