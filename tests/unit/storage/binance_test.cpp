// Captures written here, in the forms of spot and of the futures venues.
#include <doctest/doctest.h>

#include <temp_folder.hpp>

#include <keel/core/random.hpp>
#include <keel/market/order_book.hpp>
#include <keel/storage/binance_feed.hpp>

using namespace keel;

namespace {

constexpr InstrumentId kId{5};

struct Got {
  std::vector<std::byte> bytes;
  std::vector<const RecordHeader*> records;
  std::optional<Error> error;
  BinanceReport report;
};

Got read(const std::string& text, BinanceSpec spec = {.symbol = "BTCUSDT"}, int unit_pow10 = 0) {
  const keel::test::TempFolder folder;
  const std::string path = folder.write("capture", text);
  Instrument instrument{};
  instrument.id = kId;
  instrument.unit_pow10 = static_cast<std::uint8_t>(unit_pow10);
  Got got;
  auto feed = BinanceFeed::open(path, spec, instrument);
  if (!feed) {
    got.error = feed.error();
    return got;
  }
  for (;;) {
    const auto batch = feed->next();
    if (!batch) {
      got.error = batch.error();
      CHECK(feed->next().error().code == got.error->code);  // at every later call
      break;
    }
    if (batch->empty()) break;
    got.bytes.insert(got.bytes.end(), batch->begin(), batch->end());
  }
  got.report = feed->report();
  for (std::size_t at = 0; at < got.bytes.size();) {
    got.records.push_back(reinterpret_cast<const RecordHeader*>(got.bytes.data() + at));
    at += got.records.back()->size;
  }
  return got;
}

std::string line(std::int64_t ms, const std::string& json) {
  return std::to_string(ms * 1'000'000) + " " + json + "\n";
}
// A message written with ' for ".
std::string told(std::int64_t ms, std::string json) {
  for (char& c : json)
    if (c == '\'') c = '"';
  return line(ms, json);
}
std::string spot(std::int64_t ms, int first, int last, const std::string& bids,
                 const std::string& asks) {
  return line(ms, R"({"stream":"btcusdt@depth","data":{"e":"depthUpdate","E":)" +
                      std::to_string(ms) + R"(,"s":"BTCUSDT","U":)" + std::to_string(first) +
                      R"(,"u":)" + std::to_string(last) + R"(,"b":[)" + bids + R"(],"a":[)" + asks +
                      "]}}");
}
std::string future(std::int64_t ms, int first, int last, int before, const std::string& bids) {
  return line(ms, R"({"e":"depthUpdate","E":)" + std::to_string(ms) + R"(,"T":)" +
                      std::to_string(ms - 1) + R"(,"s":"BTCUSDT","U":)" + std::to_string(first) +
                      R"(,"u":)" + std::to_string(last) + R"(,"pu":)" + std::to_string(before) +
                      R"(,"b":[)" + bids + R"(],"a":[]})");
}
std::string snapshot(std::int64_t ms, int number) {
  return line(ms,
              R"({"lastUpdateId":)" + std::to_string(number) +
                  R"(,"bids":[["100.00","1.0"],["99.5","2"]],"asks":[["101.0","3.00000000"]]})");
}

BookOutcome follow(OrderBook& book, const RecordHeader& record) {
  return book.on_delta(record_as<BookDelta>(record));
}

}  // namespace

TEST_CASE("Binance: what comes before the snapshot is held, and what it holds is dropped") {
  const Got got =
      read(spot(1'000, 5, 7, R"(["98","1"])", "") + spot(1'010, 8, 12, R"(["99.5","5"])", "") +
           snapshot(1'020, 9) + spot(1'030, 13, 13, "", R"(["101.0","0"],["102","4"])"));
  REQUIRE_FALSE(got.error);
  REQUIRE(got.records.size() == 3);
  CHECK(got.records[0]->kind == RecordKind::kBookSnapshot);
  CHECK(got.report.dropped == 1);
  CHECK(got.report.levels == 4);
  OrderBook book{kId};
  for (const RecordHeader* record : got.records)
    CHECK(follow(book, *record) == BookOutcome::kApplied);
  CHECK(book.best(Side::kBuy) == PriceLevel{100_px, 1_qty});
  CHECK(book.size_at(Side::kBuy, 99.5_px) == 5_qty);
  CHECK(book.best(Side::kSell) == PriceLevel{102_px, 4_qty});
  CHECK(book.venue_seq() == 13);
  CHECK(got.records[1]->ts_event >= got.records[0]->ts_event);
}

TEST_CASE("Binance: missing numbers are gaps, by the rule of each venue") {
  SUBCASE("spot: U follows the last u") {
    const Got got = read(snapshot(1, 9) + spot(2, 10, 12, "", "") + spot(3, 14, 15, "", ""));
    OrderBook book{kId};
    CHECK(follow(book, *got.records[0]) == BookOutcome::kApplied);
    CHECK(follow(book, *got.records[1]) == BookOutcome::kApplied);
    CHECK(follow(book, *got.records[2]) == BookOutcome::kGap);
  }
  SUBCASE("futures: pu is the last u, whatever U says") {
    const Got got = read(snapshot(1, 9) + future(2, 8, 20, 7, "") + future(3, 30, 40, 20, "") +
                         future(4, 60, 70, 50, ""));
    OrderBook book{kId};
    CHECK(follow(book, *got.records[0]) == BookOutcome::kApplied);
    CHECK(follow(book, *got.records[1]) == BookOutcome::kApplied);
    CHECK(follow(book, *got.records[2]) == BookOutcome::kApplied);
    CHECK(follow(book, *got.records[3]) == BookOutcome::kGap);
  }
}

TEST_CASE("Binance: quotes, trades, marks, and what is left out") {
  const std::string quoted =
      "{'stream':'x','data':{'u':7,'s':'BTCUSDT','b':'100.1','B':'2',"
      "'a':'100.2','A':'0'}}";
  const std::string sold =
      "{'e':'trade','E':2,'s':'BTCUSDT','t':77,'p':'100.2','q':'0.5','T':2,"
      "'m':true,'M':true}";
  const std::string bought =
      "{'e':'trade','E':3,'s':'BTCUSDT','t':78,'p':'100.3','q':'0.25',"
      "'T':3,'X':'MARKET','m':false}";
  const std::string nothing =
      "{'e':'trade','E':4,'s':'BTCUSDT','t':79,'p':'0','q':'0','T':4,"
      "'X':'NA','m':false}";
  const std::string marked =
      "{'e':'markPriceUpdate','E':5,'s':'BTCUSDT','p':'100.5','i':'100.4',"
      "'P':'1','r':'-0.0001','T':28800000}";
  const Got got =
      read(told(1, quoted) + told(2, sold) + told(3, bought) + told(4, nothing) + told(5, marked) +
           told(6, "{'e':'aggTrade','E':6,'s':'BTCUSDT','p':'1','q':'1'}") +
           told(7, "{'e':'trade','E':7,'s':'ETHUSDT','t':1,'p':'1','q':'1','T':7,'m':true}") +
           told(8, "{'result':null,'id':1}"));
  REQUIRE_MESSAGE(!got.error, got.error->message());
  REQUIRE(got.records.size() == 5);
  const auto& quote = record_as<Quote>(*got.records[0]);
  CHECK(quote.has_bid());
  CHECK_FALSE(quote.has_ask());
  CHECK(quote.venue_seq == 7);
  CHECK(record_as<Trade>(*got.records[1]).aggressor() == Side::kSell);
  CHECK(record_as<Trade>(*got.records[2]).aggressor() == Side::kBuy);
  CHECK(record_as<Trade>(*got.records[2]).trade_id == 78);
  const auto& mark = record_as<MarketValue>(*got.records[3]);
  CHECK(mark.price == 100.5_px);
  CHECK(mark.index == 100.4_px);
  const auto& funding = record_as<MarketValue>(*got.records[4]);
  CHECK(funding.header.kind == RecordKind::kFundingRate);
  CHECK(funding.rate.to_text() == "-0.0001");
  CHECK(funding.next_time == Timestamp::from_seconds(28'800));
  CHECK(got.report.left_out == 3);
  CHECK(got.report.others == 1);
}

TEST_CASE("Binance: times that go back are lifted, and counted") {
  const Got got = read(snapshot(10, 1) + spot(20, 2, 2, "", "") + spot(15, 3, 3, "", "") +
                       line(5, R"({"u":9,"s":"BTCUSDT","b":"1","B":"1","a":"2","A":"1"})"));
  REQUIRE(got.records.size() == 4);
  CHECK(got.report.lifted == 1);
  CHECK(got.report.early == 2);
  for (const RecordHeader* record : got.records) CHECK(record->ts_recv >= record->ts_event);
  CHECK(got.records[3]->ts_event == got.records[1]->ts_event);
}

TEST_CASE("Binance: cheap tokens by the million") {
  const std::string cheap =
      "{'e':'trade','E':1,'s':'BTCUSDT','t':1,'p':'0.0000123456',"
      "'q':'2000000','T':1,'m':true}";
  const Got got = read(told(1, cheap), {.symbol = "BTCUSDT"}, 6);
  REQUIRE_MESSAGE(!got.error, got.error->message());
  CHECK(record_as<Trade>(*got.records[0]).price == 12.3456_px);
  CHECK(record_as<Trade>(*got.records[0]).size == 2_qty);
}

TEST_CASE("Binance: a line that cannot be is an error with file, line and field") {
  struct Case {
    const char* field;
    std::string bad;
  };
  const Case cases[] = {
      {"time", "hello\n"},
      {"time", " {}\n"},
      {"time", "12345\n"},
      {"message", "1000 \n"},
      {"message", "1000 {\"e\":\n"},
      {"message", "1000 {\"e\":\"trade\"} x\n"},
      {"message", "1000 [1,2]\n"},
      {"message", "1000 {\"e\":\"trade\",\"E\":-5}\n"},
      {"message", "1000 {\"e\":\"trade\",\"E\":99999999999999999999}\n"},
      {"message", "1000 {\"b\":[[\"1\",\"2\"],]}\n"},
      {"T", line(1, R"({"e":"trade","E":1,"T":99999999999999999,"p":"1","q":"1","m":true})")},
      {"p", line(1, R"({"e":"trade","E":1,"p":"abc","q":"1","m":true})")},
      {"p", line(1, R"({"e":"trade","E":1,"p":"1.0000000001","q":"1","m":true})")},
      {"q", line(1, R"({"e":"trade","E":1,"p":"1","q":"-1","m":true})")},
      {"m", line(1, R"({"e":"trade","E":1,"p":"1","q":"1"})")},
      {"u", spot(2, 9, 8, "", "")},
      {"bids", spot(2, 8, 9, R"(["1","-2"])", "")},
      {"asks", spot(2, 8, 9, "", R"(["nan","2"])")},
      {"lastUpdateId", line(2, R"({"lastUpdateId":0,"bids":[],"asks":[]})")},
  };
  for (const Case& one : cases) {
    CAPTURE(one.bad);
    const Got got = read(snapshot(1, 5) + one.bad);
    REQUIRE(got.error);
    CHECK(got.error->field == one.field);
    CHECK(got.error->where.ends_with("capture:2"));
    CHECK(got.records.size() == 1);
  }
  CHECK(read("", {}).error->code == storage_errors::kBadSpec);
  BinanceSpec small{.symbol = "BTCUSDT", .max_held_bytes = 100};
  CHECK(read(spot(1, 1, 1, "", "") + spot(2, 2, 2, "", ""), small).error->field == "lastUpdateId");
  const std::string deep(100'000, '[');
  CHECK(read("1000 {\"x\":" + deep + "}\n").error->field == "message");
}

TEST_CASE("Binance: damage never crashes") {
  const std::string good = snapshot(1, 5) +
                           spot(2, 6, 8, R"(["1","2"],["3","4"])", R"(["5","6"])") +
                           future(3, 9, 10, 8, R"(["1","0"])");
  Random random{8};
  for (int i = 0; i < 400; ++i) {
    std::string bad = good;
    for (int k = 0; k < 3; ++k)
      bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    static_cast<void>(read(bad.substr(0, random.below(bad.size() + 1))));
  }
}
