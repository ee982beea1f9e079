#include <doctest/doctest.h>

#include <cstring>
#include <map>

#include <keel/core/random.hpp>
#include <keel/market/order_book.hpp>

using namespace keel;

namespace {

constexpr InstrumentId kId{1};

// A book record with its levels behind it.
class Message {
 public:
  Message(RecordKind kind, std::uint64_t first, std::uint64_t last,
          const std::vector<BookLevel>& levels) {
    const std::size_t size = sizeof(BookDelta) + levels.size() * sizeof(BookLevel);
    words_.resize(size / 8);
    BookDelta delta = make_record<BookDelta>(kind);
    delta.header.size = static_cast<std::uint32_t>(size);
    delta.header.instrument = kId;
    delta.venue_seq_first = first;
    delta.venue_seq = last;
    delta.count = static_cast<std::uint32_t>(levels.size());
    std::memcpy(words_.data(), &delta, sizeof delta);
    if (!levels.empty())
      std::memcpy(words_.data() + sizeof delta / 8, levels.data(),
                  levels.size() * sizeof(BookLevel));
  }
  BookDelta& delta() { return *reinterpret_cast<BookDelta*>(words_.data()); }

 private:
  std::vector<std::uint64_t> words_;
};

BookLevel bid(std::int64_t price, std::int64_t size) {
  return {Price::from_raw(price), Quantity::from_raw(size), Side::kBuy, {}};
}
BookLevel ask(std::int64_t price, std::int64_t size) {
  return {Price::from_raw(price), Quantity::from_raw(size), Side::kSell, {}};
}
BookOutcome snapshot(OrderBook& book, std::uint64_t seq, const std::vector<BookLevel>& levels) {
  return book.on_delta(Message{RecordKind::kBookSnapshot, 0, seq, levels}.delta());
}
BookOutcome delta(OrderBook& book, std::uint64_t first, std::uint64_t last,
                  const std::vector<BookLevel>& levels) {
  return book.on_delta(Message{RecordKind::kBookDelta, first, last, levels}.delta());
}

struct NaiveBook {
  std::map<std::int64_t, std::int64_t> bids, asks;
  void apply(const BookLevel& level) {
    auto& side = level.side == Side::kBuy ? bids : asks;
    if (level.size.is_zero())
      side.erase(level.price.raw());
    else
      side[level.price.raw()] = level.size.raw();
  }
};

void check_equal(const OrderBook& book, const NaiveBook& naive) {
  REQUIRE(book.depth(Side::kBuy) == naive.bids.size());
  REQUIRE(book.depth(Side::kSell) == naive.asks.size());
  std::size_t i = 0;
  for (auto at = naive.bids.rbegin(); at != naive.bids.rend(); ++at, ++i) {
    REQUIRE(book.level(Side::kBuy, i)->price.raw() == at->first);
    REQUIRE(book.level(Side::kBuy, i)->size.raw() == at->second);
  }
  i = 0;
  for (const auto& [price, size] : naive.asks) {
    REQUIRE(book.level(Side::kSell, i)->price.raw() == price);
    REQUIRE(book.level(Side::kSell, i)->size.raw() == size);
    ++i;
  }
}

Sweep naive_buy(const NaiveBook& naive, std::int64_t quantity) {
  Sweep sweep{Quantity::zero(), Price::zero(), {}, 0};
  detail::i128 value = 0;
  for (const auto& [price, size] : naive.asks) {
    if (quantity == 0) break;
    const std::int64_t part = std::min(quantity, size);
    value += static_cast<detail::i128>(price) * part;
    quantity -= part;
    sweep.filled += Quantity::from_raw(part);
    sweep.worst = Price::from_raw(price);
    ++sweep.levels;
  }
  sweep.value = Int128::from(value);
  return sweep;
}

}  // namespace

TEST_CASE("a book equals a book made of maps, after every message") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random{seed};
    OrderBook book{kId};
    NaiveBook naive;
    REQUIRE(snapshot(book, 100, {}) == BookOutcome::kApplied);
    std::uint64_t seq = 100;
    const std::int64_t width = seed % 2 == 0 ? 20 : 400;
    for (int message = 0; message < 400; ++message) {
      std::vector<BookLevel> levels;
      for (std::uint64_t i = 0, n = random.below(12); i < n; ++i) {
        const std::int64_t size = random.chance_ppm(400'000) ? 0 : random.between(1, 1'000);
        if (random.chance_ppm(500'000))
          levels.push_back(bid(10'000 - random.between(1, width), size));
        else
          levels.push_back(ask(10'000 + random.between(1, width), size));
      }
      const bool is_snapshot = random.chance_ppm(10'000);
      const std::uint64_t count = 1 + random.below(3);
      if (is_snapshot) {
        naive = NaiveBook{};
        REQUIRE(snapshot(book, seq + count, levels) == BookOutcome::kApplied);
      } else {
        REQUIRE(delta(book, seq + 1, seq + count, levels) == BookOutcome::kApplied);
      }
      seq += count;
      for (const BookLevel& level : levels) naive.apply(level);
      check_equal(book, naive);
      const std::int64_t quantity = random.between(0, 5'000);
      const Sweep sweep = book.sweep(Side::kBuy, Quantity::from_raw(quantity));
      const Sweep expected = naive_buy(naive, quantity);
      REQUIRE(sweep.filled == expected.filled);
      REQUIRE(sweep.worst == expected.worst);
      REQUIRE(sweep.value == expected.value);
      REQUIRE(sweep.levels == expected.levels);
      const std::int64_t probe = 10'000 - random.between(1, width);
      const auto found = naive.bids.find(probe);
      REQUIRE(book.size_at(Side::kBuy, Price::from_raw(probe)).raw() ==
              (found == naive.bids.end() ? 0 : found->second));
    }
  }
}

TEST_CASE("missing numbers are a gap, and nothing is applied until a snapshot") {
  OrderBook book{kId};
  CHECK(delta(book, 1, 1, {bid(1, 1)}) == BookOutcome::kNoSnapshot);
  CHECK(snapshot(book, 10, {bid(100, 1), ask(101, 1)}) == BookOutcome::kApplied);
  CHECK(delta(book, 8, 10, {bid(100, 9)}) == BookOutcome::kOld);
  CHECK(delta(book, 9, 12, {bid(100, 2)}) == BookOutcome::kApplied);  // spans the snapshot
  CHECK(book.venue_seq() == 12);
  CHECK(delta(book, 14, 15, {bid(100, 3)}) == BookOutcome::kGap);
  CHECK(book.is_gapped());
  CHECK_FALSE(book.is_live());
  CHECK(book.best(Side::kBuy)->size.raw() == 2);
  CHECK(delta(book, 13, 13, {bid(100, 4)}) == BookOutcome::kGap);
  CHECK(snapshot(book, 20, {bid(99, 1)}) == BookOutcome::kApplied);
  CHECK(book.is_live());
  CHECK(book.depth(Side::kSell) == 0);
  CHECK(delta(book, 0, 21, {ask(101, 1)}) == BookOutcome::kApplied);
  CHECK(snapshot(book, 20, {}) == BookOutcome::kOld);
  CHECK(book.stats().gaps == 1);
  CHECK(book.stats().old == 2);

  OrderBookConfig config;
  config.sequence = SequenceRule::kIncreasing;
  OrderBook holes{kId, config};
  CHECK(snapshot(holes, 10, {}) == BookOutcome::kApplied);
  CHECK(delta(holes, 0, 500, {bid(1, 1)}) == BookOutcome::kApplied);
  CHECK(delta(holes, 0, 499, {bid(1, 2)}) == BookOutcome::kOld);

  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  holes.on_market(gap.header);
  CHECK(holes.is_gapped());
}

TEST_CASE("a record with one bad level changes nothing") {
  OrderBook book{kId};
  REQUIRE(snapshot(book, 1, {bid(100, 1)}) == BookOutcome::kApplied);
  BookLevel no_side = bid(99, 1);
  no_side.side = static_cast<Side>(0);
  for (const BookLevel& bad : {bid(99, -1), no_side}) {
    OrderBook copy = book;
    CHECK(delta(copy, 2, 2, {bid(100, 7), bad}) == BookOutcome::kMalformed);
    CHECK(copy.best(Side::kBuy)->size.raw() == 1);
    CHECK(copy.is_gapped());  // what it said is lost
  }
  Message cut{RecordKind::kBookDelta, 2, 2, {bid(100, 7)}};
  cut.delta().count = 2;
  CHECK(book.on_delta(cut.delta()) == BookOutcome::kMalformed);
  cut.delta().count = 0xFFFFFFFFu;
  CHECK(book.on_delta(cut.delta()) == BookOutcome::kMalformed);
  CHECK(book.best(Side::kBuy)->size.raw() == 1);
}

TEST_CASE("memory is bounded by max_levels") {
  OrderBookConfig config;
  config.max_levels = 3;
  OrderBook book{kId, config};
  CHECK(snapshot(book, 1, {bid(1, 1), bid(2, 1), bid(3, 1), bid(4, 1)}) == BookOutcome::kTooDeep);
  CHECK(snapshot(book, 1, {bid(1, 1), bid(2, 1)}) == BookOutcome::kApplied);
  CHECK(delta(book, 2, 2, {bid(3, 1)}) == BookOutcome::kApplied);
  CHECK(delta(book, 3, 3, {bid(4, 1)}) == BookOutcome::kTooDeep);
  CHECK(book.is_gapped());
  CHECK(book.depth(Side::kBuy) == 3);
}

TEST_CASE("crossed and locked books are told of") {
  OrderBook book{kId};
  snapshot(book, 1, {bid(100, 1), ask(101, 1)});
  CHECK_FALSE(book.is_crossed());
  CHECK_FALSE(book.is_locked());
  delta(book, 2, 2, {bid(101, 1)});
  CHECK(book.is_locked());
  CHECK_FALSE(book.is_crossed());
  delta(book, 3, 3, {bid(102, 1)});
  CHECK(book.is_crossed());
}

TEST_CASE("a sweep stops at its limit, imbalance looks at the best levels") {
  OrderBook book{kId};
  CHECK_FALSE(book.imbalance(5).has_value());
  snapshot(book, 1, {bid(100, 30), bid(99, 5), ask(101, 10), ask(102, 20), ask(110, 100)});
  const Sweep to_limit = book.sweep(Side::kBuy, 1'000_qty, Price::from_raw(102));
  CHECK(to_limit.filled.raw() == 30);
  CHECK(to_limit.value.wide() == 101 * 10 + 102 * 20);
  CHECK(to_limit.worst.raw() == 102);
  const Sweep sell = book.sweep(Side::kSell, Quantity::from_raw(31), Price::from_raw(100));
  CHECK(sell.filled.raw() == 30);
  CHECK(*book.imbalance(1) == doctest::Approx(0.5));
  CHECK(*book.imbalance(2) == doctest::Approx(5.0 / 65.0));
}

TEST_CASE("a top-of-book is replaced by each quote") {
  OrderBook book{kId};
  Quote quote = Quote::two_sided(kId, Timestamp{5}, 10_px, 1_qty, 11_px, 2_qty);
  CHECK(book.on_quote(quote) == BookOutcome::kApplied);
  CHECK(book.best(Side::kSell) == PriceLevel{11_px, 2_qty});
  CHECK(book.time() == Timestamp{5});
  quote.header.flags = Quote::kHasAsk;
  quote.ask_price = 12_px;
  CHECK(book.on_quote(quote) == BookOutcome::kApplied);
  CHECK_FALSE(book.best(Side::kBuy).has_value());
  CHECK(book.best(Side::kSell)->price == 12_px);
  quote.ask_size = Quantity::zero();
  CHECK(book.on_quote(quote) == BookOutcome::kMalformed);
}

TEST_CASE("a book is saved and loaded; state that is out of order is refused") {
  OrderBook book{kId};
  snapshot(book, 7, {bid(100, 1), bid(98, 4), ask(101, 1)});
  StateWriter writer;
  writer.put(book);
  OrderBook loaded{kId};
  StateReader reader{writer.bytes()};
  reader.get(loaded);
  REQUIRE(reader.finish().ok());
  CHECK(loaded.venue_seq() == 7);
  CHECK(loaded.level(Side::kBuy, 1)->size.raw() == 4);
  CHECK(delta(loaded, 8, 8, {bid(100, 0)}) == BookOutcome::kApplied);

  std::vector<std::byte> bytes{writer.bytes().begin(), writer.bytes().end()};
  Random random{11};
  for (int i = 0; i < 500; ++i) {
    auto hurt = bytes;
    hurt[random.below(hurt.size())] = static_cast<std::byte>(random.next());
    const std::span<const std::byte> cut{hurt.data(),
                                         hurt.size() - random.below(3) * random.below(40)};
    OrderBook victim{kId};
    StateReader again{cut};
    victim.load(again);
    if (!again.finish().ok()) continue;
    CHECK((victim.depth(Side::kBuy) < 2 ||
           victim.level(Side::kBuy, 0)->price > victim.level(Side::kBuy, 1)->price));
  }
  OrderBook other{InstrumentId{2}};
  StateReader wrong{writer.bytes()};
  other.load(wrong);
  CHECK_FALSE(wrong.finish().ok());
}
