#include <doctest/doctest.h>

#include <naive_book.hpp>

#include <keel/core/random.hpp>

using namespace keel;
using keel::test::NaiveBook;

namespace {

constexpr InstrumentId kId{7};
constexpr Timestamp kNow{1};

BookOrder order(BookAction action, std::uint64_t id, Side side, Price price, Quantity size) {
  return BookOrder::of(kId, kNow, action, id, side, price, size);
}
BookOrder add(std::uint64_t id, Side side, Price price, Quantity size) {
  return order(BookAction::kAdd, id, side, price, size);
}
BookOrder clear() { return order(BookAction::kClear, 0, Side{}, 0_px, 0_qty); }

OrderBookL3 empty_book() {
  OrderBookL3 book{kId, {.max_orders = 64, .max_levels = 16, .starts_empty = true}};
  return book;
}

// A flow as a venue would send it, with everything that may happen to an order.
class Flow {
 public:
  explicit Flow(std::uint64_t seed) : random_(seed) {}
  BookOrder next(const NaiveBook& book) {
    const std::uint64_t pick = random_.below(100);
    if (pick == 0 && random_.below(50) == 0) {
      alive_.clear();
      return clear();
    }
    if (alive_.size() > 700 || (pick >= 50 && !alive_.empty())) {
      const std::size_t at = random_.below(alive_.size());
      const Known known = alive_[at];
      const Price price = pick < 90 ? known.price : price_of(known.side);
      if (pick >= 75 && pick < 92) {
        alive_[at].price = price;
        alive_[at].size = size();
        return order(BookAction::kModify, known.id, known.side, price, alive_[at].size);
      }
      if (pick >= 92 && pick < 95) {
        BookOrder told = order(BookAction::kFill, known.id, known.side, known.price, 1_qty);
        told.header.flags |= BookOrder::kTold;
        return told;
      }
      const bool all = random_.chance_ppm(600'000) || known.size == 1_qty;
      const Quantity part =
          all ? known.size
              : Quantity::whole(random_.between(1, known.size.raw() / Quantity::kScale - 1));
      alive_[at].size -= part;
      if (all) {
        alive_[at] = alive_.back();
        alive_.pop_back();
      }
      const auto action = pick < 70 ? BookAction::kCancel : BookAction::kFill;
      return order(action, known.id, known.side, known.price,
                   all && action == BookAction::kCancel && pick % 2 == 0 ? 0_qty : part);
    }
    std::uint64_t id = random_.next();
    while (book.knows(id)) id = random_.next();
    const Side side = random_.chance_ppm(500'000) ? Side::kBuy : Side::kSell;
    alive_.push_back({id, price_of(side), size(), side});
    return add(id, side, alive_.back().price, alive_.back().size);
  }

 private:
  struct Known {
    std::uint64_t id;
    Price price;
    Quantity size;
    Side side;
  };
  Price price_of(Side side) {
    const auto away = static_cast<std::int64_t>(random_.below(random_.below(60) + 1));
    return Price::whole(side == Side::kBuy ? 1'000 - away : 998 + away);  // crosses now and then
  }
  Quantity size() { return Quantity::whole(random_.between(1, 9)); }
  Random random_;
  std::vector<Known> alive_;
};

}  // namespace

TEST_CASE("L3: the book equals a naive one after each message of generated flows") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    Flow flow{seed};
    NaiveBook naive;
    OrderBookL3 book{kId, {.max_orders = 1'024, .max_levels = 128, .starts_empty = true}};
    for (int i = 0; i < 6'000; ++i) {
      CAPTURE(i);
      const BookOrder record = flow.next(naive);
      REQUIRE(naive.apply(record));
      REQUIRE(book.on_order(record) == BookOutcome::kApplied);
      const std::string difference = naive.difference(book, i % 64 == 0);
      REQUIRE_MESSAGE(difference.empty(), difference);
    }
    CHECK(naive.difference(book, true).empty());
    CHECK(book.stats().crossed > 0);
    // What is saved and loaded is the same book.
    StateWriter writer;
    book.save(writer);
    OrderBookL3 other{kId, {.max_orders = 1'024, .max_levels = 128}};
    StateReader reader{writer.bytes()};
    other.load(reader);
    REQUIRE(reader.finish().ok());
    CHECK(naive.difference(other, true).empty());
    const BookOrder record = flow.next(naive);
    REQUIRE(naive.apply(record));
    CHECK(other.on_order(record) == BookOutcome::kApplied);
    CHECK(naive.difference(other, true).empty());
  }
}

TEST_CASE("L3: place in the queue") {
  OrderBookL3 book = empty_book();
  for (std::uint64_t id = 1; id <= 4; ++id)
    book.on_order(add(id, Side::kBuy, 10_px, Quantity::whole(static_cast<std::int64_t>(id))));
  const auto ahead = [&book](std::uint64_t id) {
    const auto place = book.queue_position(id);
    REQUIRE(place);
    return place->size_ahead;
  };
  CHECK(ahead(1) == 0_qty);
  CHECK(ahead(3) == 3_qty);
  const auto place = book.queue_position(3);
  CHECK(place->orders_ahead == 2);
  CHECK(place->orders_behind == 1);
  CHECK(place->size_behind == 4_qty);
  SUBCASE("smaller keeps its place") {
    book.on_order(order(BookAction::kModify, 2, Side::kBuy, 10_px, 1_qty));
    CHECK(ahead(2) == 1_qty);
    CHECK(ahead(3) == 2_qty);
  }
  SUBCASE("larger goes to the end") {
    book.on_order(order(BookAction::kModify, 2, Side::kBuy, 10_px, 3_qty));
    CHECK(ahead(2) == 8_qty);
    CHECK(ahead(3) == 1_qty);
  }
  SUBCASE("another price goes to the end there") {
    book.on_order(add(9, Side::kBuy, 11_px, 5_qty));
    book.on_order(order(BookAction::kModify, 2, Side::kBuy, 11_px, 1_qty));
    CHECK(ahead(2) == 5_qty);
    CHECK(book.best(Side::kBuy)->orders == 2);
  }
  SUBCASE("what goes ahead of it brings it forward, what goes behind does not") {
    book.on_order(order(BookAction::kFill, 1, Side::kBuy, 10_px, 1_qty));
    book.on_order(order(BookAction::kCancel, 4, Side::kBuy, 10_px, 2_qty));
    CHECK(ahead(3) == 2_qty);
    CHECK(book.queue_position(3)->size_behind == 2_qty);
  }
  SUBCASE("the venue's priority, where it sends one") {
    OrderBookL3 ranked = empty_book();
    for (const auto& [id, rank] : {std::pair{1, 30}, {2, 10}, {3, 20}, {4, 40}}) {
      BookOrder record = add(static_cast<std::uint64_t>(id), Side::kSell, 10_px, 1_qty);
      record.priority = static_cast<std::uint64_t>(rank);
      REQUIRE(ranked.on_order(record) == BookOutcome::kApplied);
    }
    std::vector<std::uint64_t> ids;
    ranked.for_each_order(Side::kSell, 0, [&ids](const RestingOrder& o) { ids.push_back(o.id); });
    CHECK(ids == std::vector<std::uint64_t>{2, 3, 1, 4});
  }
  CHECK_FALSE(book.queue_position(99));
}

TEST_CASE("L3: what a whole feed cannot say is a gap, and ends with a clear") {
  struct Case {
    const char* name;
    BookOrder record;
    BookOutcome outcome;
  };
  BookOrder negative = add(5, Side::kBuy, 10_px, 1_qty);
  negative.size = -1_qty;
  BookOrder strange = add(5, Side::kBuy, 10_px, 1_qty);
  strange.side = static_cast<Side>(3);
  BookOrder action = add(5, Side::kBuy, 10_px, 1_qty);
  action.action = static_cast<BookAction>(77);
  const Case cases[] = {
      {"cancel", order(BookAction::kCancel, 8, Side::kBuy, 10_px, 1_qty),
       BookOutcome::kUnknownOrder},
      {"modify", order(BookAction::kModify, 8, Side::kBuy, 10_px, 1_qty),
       BookOutcome::kUnknownOrder},
      {"fill", order(BookAction::kFill, 8, Side::kBuy, 10_px, 1_qty), BookOutcome::kUnknownOrder},
      {"twice", add(1, Side::kBuy, 11_px, 1_qty), BookOutcome::kDuplicateOrder},
      {"too much", order(BookAction::kCancel, 1, Side::kBuy, 10_px, 6_qty),
       BookOutcome::kMalformed},
      {"no fill", order(BookAction::kFill, 1, Side::kBuy, 10_px, 0_qty), BookOutcome::kMalformed},
      {"side", order(BookAction::kCancel, 1, Side::kSell, 10_px, 1_qty), BookOutcome::kMalformed},
      {"zero", add(5, Side::kBuy, 10_px, 0_qty), BookOutcome::kMalformed},
      {"negative", negative, BookOutcome::kMalformed},
      {"no side", strange, BookOutcome::kMalformed},
      {"no action", action, BookOutcome::kMalformed},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    OrderBookL3 book = empty_book();
    REQUIRE(book.on_order(add(1, Side::kBuy, 10_px, 5_qty)) == BookOutcome::kApplied);
    CHECK(book.on_order(one.record) == one.outcome);
    CHECK(book.is_gapped());
    CHECK(book.best(Side::kBuy)->size == 5_qty);  // kept, to be looked at
    CHECK(book.on_order(add(2, Side::kBuy, 10_px, 5_qty)) == BookOutcome::kGap);
    CHECK(book.stats().gaps == 1);
    CHECK(book.on_order(clear()) == BookOutcome::kApplied);
    CHECK(book.is_live());
    CHECK(book.order_count() == 0);
    CHECK(book.on_order(add(2, Side::kBuy, 10_px, 5_qty)) == BookOutcome::kApplied);
  }
}

TEST_CASE("L3: no room is a gap, and nothing is written past it") {
  OrderBookL3 book{kId, {.max_orders = 3, .max_levels = 2, .starts_empty = true}};
  CHECK(book.on_order(add(1, Side::kBuy, 10_px, 1_qty)) == BookOutcome::kApplied);
  CHECK(book.on_order(add(2, Side::kBuy, 11_px, 1_qty)) == BookOutcome::kApplied);
  SUBCASE("levels") {
    CHECK(book.on_order(add(3, Side::kBuy, 12_px, 1_qty)) == BookOutcome::kTooDeep);
  }
  SUBCASE("orders") {
    CHECK(book.on_order(add(3, Side::kBuy, 11_px, 1_qty)) == BookOutcome::kApplied);
    CHECK(book.on_order(add(4, Side::kBuy, 11_px, 1_qty)) == BookOutcome::kTooDeep);
  }
  SUBCASE("a modify to a price without room") {
    CHECK(book.on_order(add(3, Side::kBuy, 11_px, 1_qty)) == BookOutcome::kApplied);
    CHECK(book.on_order(order(BookAction::kModify, 3, Side::kBuy, 12_px, 1_qty)) ==
          BookOutcome::kTooDeep);
    CHECK(book.order_count() == 2);
  }
  SUBCASE("a sum that does not fit") {
    CHECK(book.on_order(add(3, Side::kBuy, 11_px, Quantity::max())) == BookOutcome::kTooDeep);
    CHECK(book.best(Side::kBuy)->size == 1_qty);
  }
  CHECK(book.is_gapped());
}

TEST_CASE("L3: before a clear, gaps, numbers and events") {
  OrderBookL3 book{kId, {.max_orders = 16, .max_levels = 4, .sequence = SequenceRule::kContiguous}};
  CHECK(book.on_order(add(1, Side::kBuy, 10_px, 1_qty)) == BookOutcome::kNoSnapshot);
  BookOrder record = clear();
  record.venue_seq = 10;
  book.on_market(record.header);
  const auto numbered = [](std::uint64_t seq, std::uint64_t id, std::uint8_t flags) {
    BookOrder made = add(id, Side::kBuy, 10_px, 1_qty);
    made.venue_seq = seq;
    made.header.flags = flags;
    return made;
  };
  CHECK(book.on_order(numbered(3, 1, BookOrder::kSnapshot)) == BookOutcome::kApplied);
  CHECK(book.in_event());
  CHECK(book.on_order(numbered(11, 2, 0)) == BookOutcome::kApplied);
  CHECK(book.on_order(numbered(11, 3, BookOrder::kEventEnd)) == BookOutcome::kApplied);
  CHECK_FALSE(book.in_event());
  CHECK(book.on_order(numbered(10, 4, 0)) == BookOutcome::kOld);
  CHECK(book.venue_seq() == 11);
  CHECK(book.on_order(numbered(13, 4, 0)) == BookOutcome::kGap);
  CHECK(book.is_gapped());

  OrderBookL3 other = empty_book();
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  other.on_market(gap.header);  // of every instrument
  CHECK(other.is_gapped());
}

TEST_CASE("L3: sweep, imbalance, top, crossed and locked") {
  OrderBookL3 book = empty_book();
  book.on_order(add(1, Side::kBuy, 99_px, 4_qty));
  book.on_order(add(2, Side::kSell, 101_px, 2_qty));
  book.on_order(add(3, Side::kSell, 101_px, 1_qty));
  book.on_order(add(4, Side::kSell, 103_px, 5_qty));
  const Sweep sweep = book.sweep(Side::kBuy, 5_qty);
  CHECK(sweep.filled == 5_qty);
  CHECK(sweep.worst == 103_px);
  CHECK(sweep.levels == 2);
  CHECK(detail::decimal_text(sweep.value, 17) == "509");  // 3 x 101 + 2 x 103
  CHECK(sweep.average() == doctest::Approx(101.8));
  CHECK(detail::decimal_text(sweep.cost_above(101_px), 17) == "4");
  CHECK(book.sweep(Side::kBuy, 5_qty, 102_px).filled == 3_qty);
  CHECK(book.sweep(Side::kSell, 5_qty).filled == 4_qty);
  CHECK(book.imbalance(1).value() == doctest::Approx((4.0 - 3.0) / 7.0));
  CHECK(book.imbalance(5).value() == doctest::Approx((4.0 - 8.0) / 12.0));
  PriceLevel best[3];
  REQUIRE(book.top(Side::kSell, best) == 2);
  CHECK(best[0] == PriceLevel{101_px, 3_qty});
  CHECK(best[1] == PriceLevel{103_px, 5_qty});
  CHECK(book.size_at(Side::kSell, 101_px) == 3_qty);
  CHECK(book.size_at(Side::kSell, 102_px) == 0_qty);
  CHECK_FALSE(book.is_crossed());
  book.on_order(add(5, Side::kBuy, 101_px, 1_qty));
  CHECK(book.is_locked());
  book.on_order(order(BookAction::kModify, 5, Side::kBuy, 102_px, 1_qty));
  CHECK(book.is_crossed());
  CHECK(book.stats().crossed == 1);
  CHECK_FALSE(book.find(77));
  CHECK(book.find(5)->price == 102_px);
}

TEST_CASE("L3: saved state that cannot be is refused") {
  OrderBookL3 book = empty_book();
  book.on_order(add(1, Side::kBuy, 99_px, 4_qty));
  StateWriter writer;
  book.save(writer);
  OrderBookL3 other{InstrumentId{8}, {.max_orders = 4, .max_levels = 4}};
  StateReader reader{writer.bytes()};
  other.load(reader);
  CHECK_FALSE(reader.finish().ok());
  for (std::size_t size = 0; size < writer.bytes().size(); size += 3) {
    OrderBookL3 mine = empty_book();
    StateReader cut{writer.bytes().first(size)};
    mine.load(cut);
    CHECK_FALSE(cut.finish().ok());
  }
}
