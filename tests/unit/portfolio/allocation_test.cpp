// After the first fact of a pair nothing allocates: not a fill, not a fee, not a bust, not a price.
#include <doctest/doctest.h>

#include <count_allocations.hpp>

#include "books.hpp"

using namespace books;

TEST_CASE("folding and revaluing allocate nothing once a pair has been seen") {
  Desk desk;
  const World& w = desk.world;
  desk.portfolio.reserve(64, 16);
  const auto round = [&] {
    for (const InstrumentId instrument : {w.btc, w.perp, w.inverse, w.nikkei, w.stock, w.eur}) {
      const auto one =
          fill(w.margin, w.trend, instrument, Side::kBuy, 2_qty, 100_px, Fee{"0.01", "BNB"}, "x");
      desk.book(one);
      desk.book(fill(w.margin, w.carry, instrument, Side::kSell, 3_qty, 101_px, Fee{"1", "USD"}));
      desk.book(fill(w.hedge, w.trend, instrument, Side::kSell, 3_qty, 101_px));
      desk.book(busted(one));
      desk.book(cash_change(w.margin, ChangeKind::kFunding, "0.1", "USD", instrument, w.trend));
      desk.trade(instrument, 102_px);
      desk.trade(instrument, 103_px);
    }
  };
  round();
  const auto before = keel::test::allocations();
  for (int i = 0; i < 100; ++i) round();
  CHECK(keel::test::allocations() == before);
}
