// After start-up the way of a record allocates nothing.
#include <doctest/doctest.h>

#include <count_allocations.hpp>

#include <keel/core/random.hpp>
#include <keel/market/bar_builder.hpp>
#include <keel/market/order_book.hpp>
#include <keel/market/order_book_l3.hpp>

using namespace keel;
using keel::test::allocations;

TEST_CASE("bars and books allocate nothing after construction") {
  Random random{1};
  const InstrumentId id{1};
  BarBuilder builders[] = {
      {BarSpec::time(1_s), id},
      {BarSpec::ticks(3), id},
      {BarSpec::volume(2_qty), id},
      {BarSpec::value(3), id},
  };
  OrderBook book{id};
  struct {
    BookDelta head;
    BookLevel level;
  } message{make_record<BookDelta>(RecordKind::kBookSnapshot), {}};
  static_assert(sizeof message == sizeof(BookDelta) + sizeof(BookLevel));
  message.head.header.size = sizeof message;
  message.head.count = 1;
  std::uint64_t bars = 0;
  const auto sink = [&bars](const Bar&) { ++bars; };
  const auto before = allocations();
  for (int i = 0; i < 20'000; ++i) {
    const Price price = Price::from_raw(random.between(1, 5'000));
    const Quantity size = Quantity::from_raw(random.between(1, 500'000'000));
    const Trade trade = Trade::at(id, Timestamp::from_seconds(i / 4), price, size);
    for (BarBuilder& builder : builders) builder.on_trade(trade, sink);
    message.level = {price,
                     random.chance_ppm(300'000) ? Quantity::zero() : size,
                     random.chance_ppm(500'000) ? Side::kBuy : Side::kSell,
                     {}};
    message.head.venue_seq = static_cast<std::uint64_t>(i) + 1;
    book.on_delta(message.head);
    message.head.header.kind = RecordKind::kBookDelta;
  }
  CHECK(allocations() == before);
  CHECK(bars > 10'000);
  CHECK(book.depth(Side::kBuy) > 1'000);
}

TEST_CASE("an L3 book allocates nothing after construction") {
  Random random{2};
  const InstrumentId id{1};
  OrderBookL3 book{id, {.max_orders = 4'096, .max_levels = 4'096, .starts_empty = true}};
  const auto before = allocations();
  std::uint64_t first = 1, next = 1;
  for (int i = 0; i < 20'000; ++i) {
    const bool adds = first == next || (next - first < 4'000 && random.chance_ppm(600'000));
    const Price price = Price::whole(static_cast<std::int64_t>(random.below(4'000)) + 1);
    book.on_order(BookOrder::of(id, Timestamp{i}, adds ? BookAction::kAdd : BookAction::kCancel,
                                adds ? next++ : first++, Side::kBuy, price, adds ? 1_qty : 0_qty));
    if (!book.is_live()) break;
  }
  CHECK(book.is_live());
  CHECK(allocations() == before);
  CHECK(book.order_count() > 1'000);
}
