// The ledger's entries written out, statements, text; lots worked out by hand.
#include <doctest/doctest.h>

#include <keel/portfolio/ledger.hpp>
#include <keel/portfolio/lot_book.hpp>

#include "books.hpp"

using namespace books;

namespace {

struct Desks {
  World world;
  Ledger ledger{world.registry, world.directory};
  Clock clock;

  template <class R>
  void book(R record) {
    clock.stamp(record.header);
    ledger.fold(record.header);
  }
  // "cash -100 USD, positions 100 USD": the lines of the last fact.
  std::string last() const {
    std::string text;
    if (ledger.lines().empty()) return text;
    const std::uint64_t entry = ledger.lines().back().entry;
    for (const LedgerLine& line : ledger.lines()) {
      if (line.entry != entry) continue;
      if (!text.empty()) text += ", ";
      text += std::string{to_text(line.ledger)} + ' ' + line.amount.to_text();
    }
    return text;
  }
};

struct Lots {
  World world;
  LotBook book;
  Clock clock;
  explicit Lots(LotMethod method) : book(method, world.registry, world.directory) {}

  template <class R>
  void fold(R record) {
    clock.stamp(record.header);
    book.fold(record.header);
  }
  void trade(Side side, Quantity quantity, Price price, std::string_view name = {}) {
    fold(fill(world.cash, world.trend, world.stock, side, quantity, price, {}, name));
  }
  // The standard case: 100 at 10, 50 at 12, 50 at 11, then 120 sold at 15.
  void standard() {
    trade(Side::kBuy, 100_qty, 10_px, "a");
    trade(Side::kBuy, 50_qty, 12_px, "b");
    trade(Side::kBuy, 50_qty, 11_px, "c");
    trade(Side::kSell, 120_qty, 15_px, "d");
  }
  Money realized() const { return book.realized(world.cash, world.stock); }
  Money cost() const { return book.cost(world.cash, world.stock); }
  std::span<const Lot> open() const { return book.open(world.cash, world.stock); }
  std::span<const ClosedLot> closed() const { return book.closed(world.cash, world.stock); }
};

}  // namespace

TEST_CASE("each kind of fact is a balanced entry") {
  Desks d;
  const World& w = d.world;
  d.book(cash_change(w.cash, ChangeKind::kOpening, "1000", "USD"));
  CHECK(d.last() == "cash 1000 USD, opening -1000 USD");
  d.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 2_qty, 100_px, Fee{"0.4", "USD"}));
  CHECK(d.last() == "cash -200.4 USD, positions 200 USD, fees 0.4 USD");
  d.book(fill(w.cash, w.trend, w.btc, Side::kSell, 1_qty, 130_px, Fee{"-0.1", "USD"}));
  CHECK(d.last() == "cash 130.1 USD, positions -100 USD, realized -30 USD, rebates -0.1 USD");
  d.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 100_px, Fee{"0.01", "BTC"}));
  CHECK(d.last() == "cash -100 USD, positions 99 USD, fees 1 USD");
  d.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 1_qty, 100_px, Fee{"0.02", "BNB"}));
  CHECK(d.last() == "cash -100 USD, positions 100 USD, cash -0.02 BNB, fees 0.02 BNB");
  d.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 2_qty, 100_px, Fee{"0.1", "USD"}));
  CHECK(d.last() == "cash -0.1 USD, positions 200 USD, margin_contra -200 USD, fees 0.1 USD");
  d.book(fill(w.margin, w.trend, w.perp, Side::kSell, 2_qty, 90_px));
  CHECK(d.last() == "cash -20 USD, positions -200 USD, margin_contra 200 USD, realized 20 USD");
  d.book(cash_change(w.margin, ChangeKind::kFunding, "-0.5", "USD", w.perp));
  CHECK(d.last() == "cash -0.5 USD, funding 0.5 USD");
  d.book(fill(w.margin, w.trend, w.inverse, Side::kBuy, 100_qty, 30000_px));
  d.book(fill(w.margin, w.trend, w.inverse, Side::kSell, 100_qty, 31000_px));
  // 100/30000 - 100/31000 = 0.000107526881720430: 0.00010753 is paid, the rest is rounding's.
  CHECK(d.last() ==
        "cash 0.00010753 BTC, positions 0.003333333333333333 BTC, "
        "margin_contra -0.003333333333333333 BTC, realized -0.00010752688172043 BTC, "
        "rounding -0.00000000311827957 BTC");
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kOpening, 10_qty, 50_px));
  CHECK(d.last() == "positions 500 EUR, opening -500 EUR");
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kTransfer, -4_qty, 70_px));
  CHECK(d.last() == "positions -200 EUR, transfers 200 EUR");
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kSplit, 6_qty, 0_px));
  CHECK(d.last() == "positions 0 EUR");
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kDividend, 1_qty, 40_px));
  CHECK(d.last() == "positions 40 EUR, dividends -40 EUR");
  d.book(cash_change(w.cash, ChangeKind::kConversion, "-110", "USD"));
  CHECK(d.last() == "cash -110 USD, exchange 110 USD");
  d.book(cash_change(w.cash, ChangeKind::kConversion, "100", "EUR"));
  CHECK(d.last() == "cash 100 EUR, exchange -100 EUR");
  for (const Currency& currency : d.ledger.currencies())
    CHECK(d.ledger.trial_balance(currency).is_zero());
}

TEST_CASE("a bust takes its entry back, the releases of later transfers included") {
  Desks d;
  const World& w = d.world;
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kOpening, 10_qty, 50_px));
  const auto dear = fill(w.cash, w.trend, w.stock, Side::kBuy, 10_qty, 70_px, {}, "dear");
  d.book(dear);
  d.book(position_change(w.cash, w.trend, w.stock, ChangeKind::kTransfer, -10_qty, 60_px));
  CHECK(d.last() == "positions -600 EUR, transfers 600 EUR");
  d.book(busted(dear));
  // In truth the ten that left had cost 50: transfers give 100 back, cash gets its 700.
  CHECK(d.last() == "cash 700 EUR, positions -600 EUR, transfers -100 EUR");
  CHECK(d.ledger.balance(w.cash, LedgerAccount::kTransfers, "EUR") == money("500", "EUR"));
  CHECK(d.ledger.balance(w.cash, LedgerAccount::kPositions, "EUR").is_zero());
}

TEST_CASE("a statement tells a span of time") {
  Desks d;
  const World& w = d.world;
  d.book(cash_change(w.cash, ChangeKind::kOpening, "1000", "USD"));                   // second 1
  d.book(fill(w.cash, w.trend, w.btc, Side::kBuy, 2_qty, 100_px, Fee{"1", "USD"}));   // 2
  d.book(fill(w.margin, w.trend, w.perp, Side::kBuy, 2_qty, 100_px));                 // 3
  d.book(fill(w.cash, w.trend, w.btc, Side::kSell, 2_qty, 110_px, Fee{"1", "USD"}));  // 4
  const auto second = [](std::int64_t n) { return Timestamp::from_seconds(1'700'000'000 + n); };
  const Statement told = d.ledger.statement(w.cash, second(2), second(4)).value();
  REQUIRE(told.rows.size() == 4);
  CHECK(told.rows[0].ledger == LedgerAccount::kCash);
  CHECK(told.rows[0].opening == money("1000", "USD"));
  CHECK(told.rows[0].closing == money("799", "USD"));
  CHECK(told.rows[1].change() == money("200", "USD"));
  CHECK(told.rows[2].change() == money("1", "USD"));
  CHECK(told.rows[3].ledger == LedgerAccount::kOpening);
  CHECK(told.lines.size() == 3);
  CHECK(d.ledger.seq_at(second(3)) == 3);
  CHECK(d.ledger.seq_at(second(0)) == 0);
  CHECK(d.ledger.statement(w.cash, second(0), second(9)).value().rows[0].closing ==
        money("1018", "USD"));
  CHECK(d.ledger.statement(w.cash, second(4), second(4)).value().lines.empty());

  CHECK(d.ledger.statement(w.cash, second(2), second(1)).error().code ==
        portfolio_errors::kBadRange);
  CHECK(d.ledger.statement_of({99}, 0, 1).error().code == portfolio_errors::kUnknownAccount);
  CHECK(d.ledger.statement_of(w.cash, 2, 1).error().code == portfolio_errors::kBadRange);
}

TEST_CASE("lines as text: as many fields as the header, awkward names quoted") {
  Desks d;
  World& w = d.world;
  const AccountId odd = w.account("a, \"b\"", AccountKind::kCash);
  d.book(fill(odd, w.trend, w.btc, Side::kBuy, 2_qty, 100_px));
  CHECK(Ledger::csv_header() ==
        "seq,entry,time,account,strategy,venue,instrument,cause,ledger,quantity,amount,currency,"
        "balance\n");
  CHECK(d.ledger.csv_row(d.ledger.lines()[1]) ==
        "1,1,2023-11-14T22:13:21Z,\"a, \"\"b\"\"\",trend,,BTC/USD,order_filled,positions,2,200,USD,"
        "200\n");
}

TEST_CASE("lots: first in, first out") {
  Lots lots{LotMethod::kFifo};
  lots.standard();
  // 100 x (15 - 10) + 20 x (15 - 12) = 560; 30 at 12 and 50 at 11 are left.
  CHECK(lots.realized() == money("560", "EUR"));
  REQUIRE(lots.open().size() == 2);
  CHECK(lots.open()[0].quantity == 30_qty);
  CHECK(lots.open()[0].cost == money("360", "EUR"));
  CHECK(lots.open()[1].cost == money("550", "EUR"));
  REQUIRE(lots.closed().size() == 2);
  CHECK(lots.closed()[0].opened_seq == 1);
  CHECK(lots.closed()[0].closed_seq == 4);
  CHECK(lots.closed()[0].profit() == money("500", "EUR"));
  CHECK(lots.closed()[1].quantity == 20_qty);
  CHECK(lots.closed()[1].proceeds == money("300", "EUR"));
  CHECK(lots.book.csv_row(lots.closed()[1]) ==
        "cash,SAP,trend,2,2023-11-14T22:13:22Z,4,2023-11-14T22:13:24Z,20,240,300,60,EUR\n");
  // The second purchase never was: 100 x 5 + 20 x 4.
  lots.fold(busted(fill(lots.world.cash, lots.world.trend, lots.world.stock, Side::kBuy, 50_qty,
                        12_px, {}, "b")));
  CHECK(lots.realized() == money("580", "EUR"));
  CHECK(lots.cost() == money("330", "EUR"));
}

TEST_CASE("lots: last in, first out") {
  Lots lots{LotMethod::kLifo};
  lots.standard();
  // 50 x (15 - 11) + 50 x (15 - 12) + 20 x (15 - 10) = 450; 80 at 10 are left.
  CHECK(lots.realized() == money("450", "EUR"));
  CHECK(lots.cost() == money("800", "EUR"));
  CHECK(lots.closed().size() == 3);
}

TEST_CASE("lots: average") {
  Lots lots{LotMethod::kAverage};
  lots.standard();
  // 2150 for 200: 120 cost 1290, sold for 1800.
  CHECK(lots.realized() == money("510", "EUR"));
  CHECK(lots.cost() == money("860", "EUR"));
  CHECK(lots.open().size() == 1);
}

TEST_CASE("lots: the dearest first") {
  Lots lots{LotMethod::kHighestCost};
  lots.standard();
  // 50 x (15 - 12) + 50 x (15 - 11) + 20 x (15 - 10) = 450: here the last in were the dearest.
  CHECK(lots.realized() == money("450", "EUR"));
  lots.trade(Side::kBuy, 10_qty, 9_px);
  lots.trade(Side::kSell, 85_qty, 15_px);
  // The 80 at 10 go before the 10 at 9: 80 x 5 + 5 x 6.
  CHECK(lots.realized() == money("880", "EUR"));
  CHECK(lots.cost() == money("45", "EUR"));
}

TEST_CASE("lots: shorts, turned positions, splits, transfers out") {
  Lots lots{LotMethod::kFifo};
  lots.trade(Side::kSell, 10_qty, 20_px);
  lots.trade(Side::kBuy, 14_qty, 18_px);
  CHECK(lots.realized() == money("20", "EUR"));
  CHECK(lots.closed()[0].quantity == -10_qty);
  CHECK(lots.closed()[0].cost == money("-200", "EUR"));
  REQUIRE(lots.open().size() == 1);
  CHECK(lots.open()[0].quantity == 4_qty);
  lots.trade(Side::kBuy, 3_qty, 30_px);
  // Three for two, in units of 1e-8: 4 + 3 become 6 + 4.5.
  lots.fold(position_change(lots.world.cash, lots.world.trend, lots.world.stock, ChangeKind::kSplit,
                            3.5_qty, 0_px));
  CHECK(lots.open()[0].quantity == 6_qty);
  CHECK(lots.open()[1].quantity == 4.5_qty);
  CHECK(lots.open()[1].cost == money("90", "EUR"));
  // Out at cost: 6 for 72 and a third of the other lot's 90, no profit.
  lots.fold(position_change(lots.world.cash, lots.world.trend, lots.world.stock,
                            ChangeKind::kTransfer, -7.5_qty, 99_px));
  CHECK(lots.realized() == money("20", "EUR"));
  CHECK(lots.cost() == money("60", "EUR"));
  CHECK(lots.closed()[2].change == ChangeKind::kTransfer);
  CHECK(lots.closed()[2].profit().is_zero());
}

TEST_CASE("lots: a reverse split that leaves nothing of a small lot gives its cost to the next") {
  Lots lots{LotMethod::kFifo};
  lots.trade(Side::kBuy, Quantity::from_raw(1), 100_px);
  lots.trade(Side::kBuy, Quantity::from_raw(100), 100_px);
  lots.trade(Side::kBuy, Quantity::from_raw(1), 100_px);
  const Money before = lots.cost();
  lots.fold(position_change(lots.world.cash, lots.world.trend, lots.world.stock, ChangeKind::kSplit,
                            Quantity::from_raw(-92), 0_px));
  Quantity sum = Quantity::zero();
  for (const Lot& lot : lots.open()) {
    CHECK(lot.quantity.is_positive());
    sum += lot.quantity;
  }
  CHECK(sum == Quantity::from_raw(10));
  CHECK(lots.cost() == before);
}
