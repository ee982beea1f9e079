// Positions against vectors made by a program in another language, with exact fractions beside it.
#include <doctest/doctest.h>

#include "books.hpp"
#include "position_vectors.hpp"

using namespace books;

TEST_CASE("random histories of fills come to what make_vectors.py says, to the last digit") {
  std::optional<Desk> desk;
  int rows = 0;
  for (const vectors::Row& row : vectors::kPositionRows) {
    CAPTURE(row.kind);
    CAPTURE(row.multiplier);
    CAPTURE(row.step);
    if (row.step == 0) desk.emplace();
    const World& w = desk->world;
    const std::string_view kind = row.kind;
    const InstrumentId instrument = kind == "spot"         ? w.btc
                                    : kind == "inverse"    ? w.inverse
                                    : row.multiplier == 50 ? w.future
                                                           : w.perp;
    const Currency currency = w.registry.get(instrument).settlement;
    desk->book(fill(w.margin, w.trend, instrument, row.quantity > 0 ? Side::kBuy : Side::kSell,
                    abs(Quantity::from_raw(row.quantity)), Price::from_raw(row.price)));
    const Position& held = *desk->portfolio.position(w.margin, instrument);
    REQUIRE(held.quantity.raw() == row.held);
    REQUIRE(held.cost == money(row.cost, currency));
    REQUIRE(held.realized == money(row.realized, currency));
    REQUIRE(held.rounding == money(row.rounding, currency));
    REQUIRE(desk->portfolio.cash(w.margin, currency) == money(row.cash, currency));
    ++rows;
  }
  CHECK(rows == 480);
}
