// Promises: the board holds the latest of each kind of value with its time, says which price
// decides what, converts by a rate it can name, and does not offer a quote from before a gap.
#include <doctest/doctest.h>

#include <keel/model/marks.hpp>
#include <keel/model/system_records.hpp>

#include "listing.hpp"

using namespace keel;
using namespace keel::literals;
using keel::test::spot_spec;

namespace {

struct Board {
  InstrumentRegistry registry;
  InstrumentId btc, eth, eur;
  Marks marks{registry};

  Board() {
    btc = *registry.add(spot_spec());
    auto spec = spot_spec("ETH/BTC");
    spec.base = Currency{"ETH"};
    spec.quote = Currency{"BTC"};
    eth = *registry.add(spec);
    spec = spot_spec("EUR/USD");
    spec.kind = InstrumentKind::kFxPair;
    spec.base = Currency{"EUR"};
    eur = *registry.add(spec);
  }
  void quote(InstrumentId id, Price bid, Price ask, std::int64_t at) {
    marks.fold(Quote::two_sided(id, Timestamp{at}, bid, 1_qty, ask, 2_qty).header);
  }
  void trade(InstrumentId id, Price price, std::int64_t at) {
    marks.fold(Trade::at(id, Timestamp{at}, price, 3_qty).header);
  }
  void gap(InstrumentId id) {
    MarketGap record = make_record<MarketGap>(RecordKind::kMarketGap);
    record.header.instrument = id;
    marks.fold(record.header);
  }
  void mark(InstrumentId id, Price price, std::int64_t at) {
    MarketValue record = make_record<MarketValue>(RecordKind::kMarkPrice);
    record.header.instrument = id;
    record.header.ts_recv = Timestamp{at};
    record.price = price;
    marks.fold(record.header);
  }
};

}  // namespace

TEST_CASE("nothing is known before something came") {
  const Board board;
  CHECK(board.marks.find(board.btc) == nullptr);
  CHECK(board.marks.find(InstrumentId{0}) == nullptr);
  CHECK(board.marks.find(InstrumentId{77}) == nullptr);
  CHECK_FALSE(board.marks.valuation(board.btc, true).has_value());
  CHECK_FALSE(board.marks.reference(board.btc, Side::kBuy).has_value());
  CHECK_FALSE(board.marks.convert(Money::whole(1, "BTC"), "USD").has_value());
}

TEST_CASE("which price decides what") {
  Board board;
  board.quote(board.btc, 99_px, 101_px, 10);
  // Only a quote: positions close against the other side, orders take the touch.
  CHECK(board.marks.valuation(board.btc, true)->price == 99_px);
  CHECK(board.marks.valuation(board.btc, false)->price == 101_px);
  CHECK(board.marks.reference(board.btc, Side::kBuy)->price == 101_px);
  CHECK(board.marks.reference(board.btc, Side::kSell)->price == 99_px);
  board.trade(board.btc, 100_px, 11);
  CHECK(board.marks.valuation(board.btc, true)->price == 100_px);
  CHECK(board.marks.valuation(board.btc, true)->time == Timestamp{11});
  CHECK(board.marks.reference(board.btc, Side::kBuy)->price == 101_px);  // the touch comes first
  CHECK(board.marks.reference(board.btc, Side::kBuy)->time == Timestamp{10});
  board.mark(board.btc, 100.5_px, 12);
  CHECK(board.marks.valuation(board.btc, true)->price == 100.5_px);
  CHECK(board.marks.reference(board.btc, Side::kSell)->price == 99_px);

  Quote one_sided = Quote::two_sided(board.btc, Timestamp{13}, 98_px, 1_qty, 0_px, 0_qty);
  one_sided.header.flags = Quote::kHasBid;
  board.marks.fold(one_sided.header);
  CHECK(board.marks.reference(board.btc, Side::kBuy)->price == 100_px);  // the last trade
  CHECK(board.marks.reference(board.btc, Side::kSell)->price == 98_px);
  CHECK_FALSE(board.marks.find(board.btc)->has(Mark::kHasAsk));
  one_sided.header.flags = 0;
  board.marks.fold(one_sided.header);
  CHECK(board.marks.reference(board.btc, Side::kSell)->price == 100_px);
}

TEST_CASE("the index price comes alone, or with the mark price where a venue tells both") {
  Board board;
  MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
  value.header.instrument = board.btc;
  value.price = 100_px;
  board.marks.fold(value.header);
  CHECK_FALSE(board.marks.find(board.btc)->has(Mark::kHasIndex));
  value.header.flags = MarketValue::kHasIndex;
  value.index = 99_px;
  board.marks.fold(value.header);
  CHECK(board.marks.find(board.btc)->has(Mark::kHasIndex));
  CHECK(board.marks.find(board.btc)->index == 99_px);
  MarketValue alone = make_record<MarketValue>(RecordKind::kIndexPrice);
  alone.header.instrument = board.btc;
  alone.index = 98_px;
  board.marks.fold(alone.header);
  CHECK(board.marks.find(board.btc)->index == 98_px);
  CHECK(board.marks.valuation(board.btc, true)->price == 100_px);  // of the mark, as before
}

TEST_CASE("a crossed market is seen, a locked one is legal") {
  Board board;
  board.quote(board.btc, 100_px, 100_px, 1);
  CHECK_FALSE(board.marks.find(board.btc)->is_crossed());
  board.quote(board.btc, 100.01_px, 100_px, 2);
  CHECK(board.marks.find(board.btc)->is_crossed());
}

TEST_CASE("a gap marks the instrument until something new came; an old quote does not come back") {
  Board board;
  board.quote(board.btc, 99_px, 101_px, 1);
  board.quote(board.eur, 1.09_px, 1.1_px, 1);
  board.gap(board.btc);
  CHECK(board.marks.find(board.btc)->has(Mark::kGapped));
  CHECK_FALSE(board.marks.find(board.eur)->has(Mark::kGapped));
  board.quote(board.btc, 98_px, 102_px, 2);
  CHECK_FALSE(board.marks.find(board.btc)->has(Mark::kGapped));
  board.gap(InstrumentId{0});  // of everything
  CHECK(board.marks.find(board.btc)->has(Mark::kGapped));
  CHECK(board.marks.find(board.eur)->has(Mark::kGapped));
  board.trade(board.btc, 90_px, 3);
  CHECK_FALSE(board.marks.find(board.btc)->has(Mark::kGapped));
  CHECK(board.marks.reference(board.btc, Side::kBuy)->price == 90_px);  // not the 102 of before
}

TEST_CASE("the status of an instrument is kept beside its prices") {
  Board board;
  board.trade(board.btc, 90_px, 3);
  CHECK(board.marks.find(board.btc)->status == static_cast<InstrumentStatus>(0));  // never told
  StatusChange change = make_record<StatusChange>(RecordKind::kInstrumentStatus);
  change.header.instrument = board.btc;
  change.status = InstrumentStatus::kHalted;
  board.marks.fold(change.header);
  CHECK(board.marks.find(board.btc)->status == InstrumentStatus::kHalted);
  CHECK(board.marks.find(board.btc)->last == 90_px);
}

TEST_CASE(
    "records that are not of the market, and instruments that are not listed, change nothing") {
  Board board;
  board.trade(InstrumentId{99}, 1_px, 1);
  board.trade(InstrumentId{0}, 1_px, 1);
  TimerInput timer = make_record<TimerInput>(RecordKind::kTimer);
  timer.header.instrument = board.btc;
  board.marks.fold(timer.header);
  CHECK(board.marks.find(board.btc) == nullptr);
  CHECK(board.marks.find(InstrumentId{99}) == nullptr);
}

TEST_CASE("money is converted by the pair and its direction, rounded once") {
  Board board;
  board.trade(board.btc, 800_px, 1);
  board.trade(board.eth, 0.025_px, 1);
  board.trade(board.eur, 1.1_px, 1);
  CHECK(board.marks.convert(Money::whole(2, "BTC"), "USD")->to_text() == "1600 USD");
  CHECK(board.marks.convert(Money::whole(1600, "USD"), "BTC")->to_text() == "2 BTC");
  CHECK(board.marks.convert(Money::whole(2, "ETH"), "BTC")->to_text() == "0.05 BTC");
  CHECK(board.marks.convert(Money::whole(7, "USD"), "USD")->to_text() == "7 USD");
  // 1 / 1.1 at 18 digits, half even: ...0909|0909; 10 / 1.1 = 9.090909090909090909|09.
  CHECK(board.marks.convert(Money::whole(1, "USD"), "EUR")->to_text() ==
        "0.909090909090909091 EUR");
  CHECK(board.marks.convert(Money::whole(10, "USD"), "EUR")->to_text() ==
        "9.090909090909090909 EUR");
  CHECK(board.marks.convert(Money::whole(-10, "USD"), "EUR")->to_text() ==
        "-9.090909090909090909 EUR");
  // One pair, not a path of pairs.
  CHECK_FALSE(board.marks.convert(Money::whole(1, "ETH"), "USD").has_value());
  CHECK_FALSE(board.marks.convert(Money::whole(1, "JPY"), "USD").has_value());
  const Money huge{Int128{0, std::numeric_limits<std::int64_t>::max()}, "BTC"};
  CHECK_FALSE(board.marks.convert(huge, "USD").has_value());
}

TEST_CASE("saved and loaded, the board is the same") {
  Board board;
  board.quote(board.btc, 99_px, 101_px, 10);
  board.trade(board.eur, 1.1_px, 11);
  StateWriter writer;
  board.marks.save(writer);
  Marks loaded{board.registry};
  StateReader reader{writer.bytes()};
  loaded.load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(loaded.find(board.btc)->ask == 101_px);
  CHECK(loaded.find(board.eur)->last_time == Timestamp{11});
  CHECK(loaded.find(board.eth) == nullptr);
  StateWriter again;
  loaded.save(again);
  CHECK(std::equal(again.bytes().begin(), again.bytes().end(), writer.bytes().begin(),
                   writer.bytes().end()));
}
