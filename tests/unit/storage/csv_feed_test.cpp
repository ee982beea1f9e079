#include <temp_folder.hpp>

#include <keel/core/time_text.hpp>

#include "csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// One bad row between two good ones: its code, field, value and line are told, the good ones taken.
void check_bad_row(const std::string& row, ErrorCode code, const std::string& field,
                   const std::string& value, CsvSpec spec = trade_spec()) {
  const TempFolder folder;
  const std::string path =
      folder.write("t.csv", "time,price,size\n10,1.00,1\n" + row + "\n11,2.00,1\n");
  INFO(row);
  auto feed = csv_trades(path, spec, bitcoin());
  REQUIRE(feed.ok());
  const auto got = drain<Trade>(*feed);
  CHECK_FALSE(got.error.has_value());
  REQUIRE(got.rows.size() == 2);
  const RowReport& report = feed->report();
  CHECK(report.rows == 3);
  CHECK(report.skipped == 1);
  REQUIRE(report.first.size() == 1);
  CHECK(report.first[0].code.text == code.text);
  CHECK(report.first[0].field == field);
  CHECK(report.first[0].value == value);
  CHECK(report.first[0].where == path + ":3");
  CHECK_FALSE(report.first[0].rule.empty());

  spec.strict = true;
  auto strict = csv_trades(path, spec, bitcoin());
  const auto stopped = drain<Trade>(*strict);
  CHECK(stopped.rows.size() == 1);
  REQUIRE(stopped.error.has_value());
  CHECK(stopped.error->code == code);
  CHECK(stopped.error->where == path + ":3");
}

struct Read {
  Drained<Trade> got;
  RowReport report;
};
Read read_trades(std::string_view text, const CsvSpec& spec = trade_spec()) {
  const TempFolder folder;
  auto feed = csv_trades(folder.write("t.csv", text), spec, bitcoin());
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  Read read{drain<Trade>(*feed), {}};
  read.report = feed->report();
  CHECK(read.report.rows == read.report.delivered + read.report.skipped + read.report.filtered);
  return read;
}

Error open_error(std::string_view text, const CsvSpec& spec) {
  const TempFolder folder;
  auto feed = csv_trades(folder.write("t.csv", text), spec, bitcoin());
  REQUIRE_FALSE(feed.ok());
  return feed.error();
}

}  // namespace

TEST_CASE("bad rows are named, counted and skipped, or stop a strict reader") {
  namespace e = storage_errors;
  check_bad_row("10,1.00,0", e::kZeroSize, "size", "0");
  check_bad_row("10,1.00,-0.000", e::kZeroSize, "size", "-0.000");
  check_bad_row("10,1.00,-1", e::kNegativeSize, "size", "-1");
  check_bad_row("10,1.00", e::kColumnCount, "line", "2");
  check_bad_row("10,1.00,1,", e::kColumnCount, "line", "4");
  check_bad_row("9,1.00,1", e::kTimeGoingBack, "time", "9");
  check_bad_row("9.999999999,1.00,1", e::kTimeGoingBack, "time", "9.999999999");
  check_bad_row("10,nan,1", e::kBadNumber, "price", "nan");
  check_bad_row("10,NaN,1", e::kBadNumber, "price", "NaN");
  check_bad_row("10,inf,1", e::kBadNumber, "price", "inf");
  check_bad_row("10,1.00,1e400", e::kNumberRange, "size", "1e400");
  check_bad_row("10,1e400,1", e::kNumberRange, "price", "1e400");
  check_bad_row("10,100000000000,1", e::kNumberRange, "price", "100000000000");
  check_bad_row("10,1.0000000001,1", e::kNumberDigits, "price", "1.0000000001");
  check_bad_row("10,1.00,0.000000001", e::kNumberDigits, "size", "0.000000001");
  check_bad_row("10,1.001,1", e::kOffIncrement, "price", "1.001");
  check_bad_row("10,,1", e::kMissingValue, "price", "");
  check_bad_row("10,1.00,", e::kMissingValue, "size", "");
  check_bad_row(",1.00,1", e::kMissingValue, "time", "");
  check_bad_row("soon,1.00,1", e::kBadTime, "time", "soon");
  check_bad_row("1e30,1.00,1", e::kBadTime, "time", "1e30");
  check_bad_row("10.0000000001,1.00,1", e::kBadTime, "time", "10.0000000001");
  check_bad_row("10,0x10,1", e::kBadNumber, "price", "0x10");
  check_bad_row("10,1.0.0,1", e::kBadNumber, "price", "1.0.0");
  check_bad_row("10,1_0,1", e::kBadNumber, "price", "1_0");
  check_bad_row("10,\"1.00,1", e::kBadQuote, "line", "10,\"1.00,1");
  check_bad_row("10,\"1.00\"x,1", e::kBadQuote, "line", "10,\"1.00\"x,1");
  check_bad_row("10,1.00,1\x1b[2J", e::kBadNumber, "size", "1?[2J");
  CsvSpec narrow = trade_spec();
  narrow.max_line_bytes = 40;
  check_bad_row("10,1.00,1" + std::string(40, '0'), e::kLineTooLong, "line", "", narrow);
  CsvSpec fine = trade_spec();
  fine.check_increments = false;
  CHECK(read_trades("time,price,size\n1,1.001,1\n", fine).report.clean());
}

TEST_CASE("numbers are exact, however they are written") {
  const auto read = read_trades(
      "time,price,size\n"
      "1,800.010000000000,0.100000000000\n"
      "1,+8.0001e2,1e-8\n"
      "1, 0800.01 ,\t.10\n"
      "1.5,92233720368.54,92233720368.54775807\n"
      "2,0.01,00000000000000000000000000000000000000000000001\n"
      "2,1,92233720368.54775807\n"
      "2,1,92233720368.54775808\n"
      "2,9223372036.85,1\n"
      "2,9223372036.86,1\n");
  // The price of the fourth, the size and the price just past the end.
  REQUIRE(read.report.count(storage_errors::kNumberRange) == 3);
  REQUIRE(read.got.rows.size() == 6);
  for (int i = 0; i < 3; ++i) CHECK(read.got.rows[static_cast<std::size_t>(i)].price == 800.01_px);
  CHECK(read.got.rows[0].size == 0.1_qty);
  CHECK(read.got.rows[1].size == 0.00000001_qty);
  CHECK(read.got.rows[2].size == 0.1_qty);
  CHECK(read.got.rows[3].price == 0.01_px);
  CHECK(read.got.rows[3].size == 1_qty);
  CHECK(read.got.rows[4].size == Quantity::max());
}

TEST_CASE("the ways that CSV is written") {
  const std::string rows = "1,1.00,1\r\n2,2.00,2";
  for (const std::string& text :
       {"time,price,size\r\n" + rows, "\xEF\xBB\xBFtime,price,size\n" + rows + "\n",
        "\n\n time , price,size \n\n" + rows + "\r\n\r\n  \n", "\"time\",\"price\",size\n" + rows,
        std::string{"time,price,size\n\"1\",\"1.00\",\"1\"\n2, \"2.00\" ,2\n"}}) {
    const auto read = read_trades(text);
    INFO(text);
    CHECK(read.report.clean());
    REQUIRE(read.got.rows.size() == 2);
    CHECK(read.got.rows[1].price == 2_px);
    CHECK(read.got.rows[1].header.ts_event == Timestamp::from_seconds(2));
  }
  CsvSpec spec = trade_spec();
  spec.time = "a \"time\", in s";
  const auto quoted = read_trades("\"a \"\"time\"\", in s\",price,size\n1,1,1\n", spec);
  CHECK(quoted.got.rows.size() == 1);
}

TEST_CASE("columns are found by name, or by number where there is no header") {
  CsvSpec spec = trade_spec();
  const auto wide = read_trades("x,size,time,y,price\n?,1,5,,3.00\n", spec);
  REQUIRE(wide.got.rows.size() == 1);
  CHECK(wide.got.rows[0].price == 3_px);
  spec.has_header = false;
  spec.time = "1";
  spec.price = "3";
  spec.size = "2";
  const auto bare = read_trades("5,1,3.00\n6,1,4.00\n", spec);
  REQUIRE(bare.got.rows.size() == 2);
  CHECK(bare.got.rows[0].price == 3_px);
  CHECK(open_error("5,1\n", spec).code == storage_errors::kMissingColumn);
  spec.size = "0";
  CHECK(open_error("5,1,3\n", spec).code == storage_errors::kMissingColumn);
  const Error missing = open_error("time,price,amount\n", trade_spec());
  CHECK(missing.code == storage_errors::kMissingColumn);
  CHECK(missing.value == "size");
  CHECK(missing.rule.find("amount") != std::string::npos);
  CHECK(open_error("time,price,size,price\n", trade_spec()).code ==
        storage_errors::kDuplicateColumn);
  CHECK(open_error("", trade_spec()).code == storage_errors::kEmptyFile);
  CHECK(open_error("\n\n", trade_spec()).code == storage_errors::kEmptyFile);
  CHECK(read_trades("time,price,size\n").report.rows == 0);
}

TEST_CASE("specs that cannot be read by are refused") {
  const auto refused = [](auto change) {
    CsvSpec spec = trade_spec();
    change(spec);
    CHECK(open_error("time,price,size\n", spec).code == storage_errors::kBadSpec);
  };
  refused([](CsvSpec& s) { s.time.clear(); });
  refused([](CsvSpec& s) { s.size.clear(); });
  refused([](CsvSpec& s) { s.delimiter = '.'; });
  refused([](CsvSpec& s) { s.delimiter = '"'; });
  refused([](CsvSpec& s) { s.decimal_point = '5'; });
  refused([](CsvSpec& s) { s.max_line_bytes = 0; });
  refused([](CsvSpec& s) { s.time_format = CsvTime::kPattern; });
  refused([](CsvSpec& s) { s.side = "price", s.buy = s.sell; });
  for (const char* pattern : {"", "%Y%m", "%Y%m%d%", "%Y%m%d%q", "%Y%m%d%d"}) {
    refused([pattern](CsvSpec& s) {
      s.time_format = CsvTime::kPattern;
      s.time_pattern = pattern;
    });
  }
  const TempFolder folder;
  CsvSpec bars = trade_spec();
  bars.open = bars.high = bars.low = bars.close = "price";
  CHECK(csv_bars(folder.write("a.csv", "time,price\n"), bars, bitcoin()).error().field ==
        "csv.bar_length");
  CHECK(csv_trades(folder.file("none.csv"), trade_spec(), bitcoin()).error().code ==
        storage_errors::kFileMissing);
  CHECK(csv_trades(folder.path().string(), trade_spec(), bitcoin()).error().code ==
        storage_errors::kReadFailed);
}

TEST_CASE("times in every declared unit") {
  const auto time_of = [](CsvTime format, const std::string& text, std::string pattern = "",
                          Duration offset = Duration{0}) {
    CsvSpec spec = trade_spec();
    spec.time_format = format;
    spec.time_pattern = std::move(pattern);
    spec.utc_offset = offset;
    const auto read = read_trades("time,price,size\n" + text + ",1,1\n", spec);
    REQUIRE_MESSAGE(read.got.rows.size() == 1, read.report.to_text());
    CHECK(read.got.rows[0].header.ts_recv == read.got.rows[0].header.ts_event);
    return to_text(read.got.rows[0].header.ts_event);
  };
  CHECK(time_of(CsvTime::kSeconds, "1385337600") == "2013-11-25T00:00:00Z");
  CHECK(time_of(CsvTime::kSeconds, "1385337600.000000001") == "2013-11-25T00:00:00.000000001Z");
  CHECK(time_of(CsvTime::kMilliseconds, "1385337600123") == "2013-11-25T00:00:00.123Z");
  CHECK(time_of(CsvTime::kMicroseconds, "1385337600123456.5") == "2013-11-25T00:00:00.123456500Z");
  CHECK(time_of(CsvTime::kNanoseconds, "1385337600123456789") == "2013-11-25T00:00:00.123456789Z");
  CHECK(time_of(CsvTime::kSeconds, "9223372036.854775807") == "2262-04-11T23:47:16.854775807Z");
  CHECK(read_trades("time,price,size\n9223372036.854775808,1,1\n")
            .report.count(storage_errors::kBadTime) == 1);
  CHECK(time_of(CsvTime::kSeconds, "-1.5") == "1969-12-31T23:59:58.500Z");
  CHECK(time_of(CsvTime::kIso, "2013-11-25 10:20:30") == "2013-11-25T10:20:30Z");
  CHECK(time_of(CsvTime::kIso, "2013-11-25T10:20:30.5+01:00") == "2013-11-25T09:20:30.500Z");
  CHECK(time_of(CsvTime::kPattern, "20110103 090100", "%Y%m%d %H%M%S") == "2011-01-03T09:01:00Z");
  CHECK(time_of(CsvTime::kPattern, "30/12/2025 17:00:00.25", "%d/%m/%Y %H:%M:%S.%f",
                Duration::hours(-3)) == "2025-12-30T20:00:00.250Z");
}

TEST_CASE("days that repeat are read as exactly as the first") {
  CsvSpec spec = trade_spec();
  spec.time_format = CsvTime::kIso;
  std::string text = "time,price,size\n";
  std::vector<std::string> times = {"2013-11-25 00:00:00", "2013-11-25T23:59:59",
                                    "2013-11-26 00:00:01", "2013-11-26 00:00:01.000000001",
                                    "2013-11-26 12:00:00", "2013-11-27"};
  for (const auto& time : times) text += time + ",1,1\n";
  text += "2013-11-26 24:00:00,1,1\n2013-11-27 1a:00:00,1,1\n2013-11-31 10:00:00,1,1\n";
  const auto read = read_trades(text, spec);
  REQUIRE(read.got.rows.size() == times.size());
  for (std::size_t i = 0; i < times.size(); ++i)
    CHECK(read.got.rows[i].header.ts_event == parse_timestamp(times[i]).value());
  CHECK(read.report.count(storage_errors::kBadTime) == 3);
}

TEST_CASE("aggressor and trade id") {
  CsvSpec spec = trade_spec();
  spec.side = "is_buyer_maker";
  spec.buy = "0";
  spec.sell = "1";
  spec.trade_id = "id";
  const auto read = read_trades(
      "time,price,size,is_buyer_maker,id\n1,1,1,0,7\n1,1,1,1,18446744073709551615\n1,1,1,,\n"
      "1,1,1,2,9\n1,1,1,0,18446744073709551616\n1,1,1,0,-1\n",
      spec);
  REQUIRE(read.got.rows.size() == 3);
  CHECK(read.got.rows[0].aggressor() == Side::kBuy);
  CHECK(read.got.rows[0].trade_id == 7);
  CHECK(read.got.rows[1].aggressor() == Side::kSell);
  CHECK(read.got.rows[1].trade_id == ~std::uint64_t{0});
  CHECK_FALSE(read.got.rows[2].aggressor().has_value());
  CHECK(read.report.count(storage_errors::kUnknownSide) == 1);
  CHECK(read.report.count(storage_errors::kBadNumber) == 2);
}

TEST_CASE("a file that runs backwards is turned round") {
  CsvSpec spec = trade_spec();
  spec.newest_first = true;
  std::string text = "time,price,size\n";
  for (int i = 2'000; i > 0; --i) text += std::to_string(i / 2) + ",1," + std::to_string(i) + "\n";
  text += "5000,1,1\n";
  const auto read = read_trades(text, spec);
  REQUIRE(read.got.rows.size() == 2'000);
  for (std::size_t i = 0; i < 2'000; ++i)
    REQUIRE(read.got.rows[i].size == Quantity::whole(static_cast<std::int64_t>(i + 1)));
  CHECK(read.report.count(storage_errors::kTimeGoingBack) == 1);
}

TEST_CASE("decimal commas, semicolons, and a day in a column of its own") {
  const TempFolder folder;
  CsvSpec spec;
  spec.has_header = false;
  spec.delimiter = ';';
  spec.decimal_point = ',';
  spec.symbol = "1";
  spec.symbol_text = "VALE3";
  spec.date = "2";
  spec.time = "3";
  spec.open = "4";
  spec.high = "5";
  spec.low = "6";
  spec.close = "7";
  spec.value = "8";
  spec.volume = "9";
  spec.time_format = CsvTime::kPattern;
  spec.time_pattern = "%d/%m/%Y %H:%M:%S";
  spec.utc_offset = Duration::hours(-3);
  spec.bar_length = 1_h;
  spec.newest_first = true;
  const auto path =
      folder.write("b3.csv",
                   "VALE3;30/12/2025;17:00:00;72,24;72,28;71,92;71,96;320473099,00;4448300\n"
                   "PETR4;30/12/2025;17:00:00;1;1;1;1;1;1\n"
                   "VALE3;30/12/2025;16:00:00;72,25;72,35;72,17;72,21;111508225,00;1543000\n"
                   "VALE3;30/12/2025;15:00:00;72.25;72,35;72,17;72,21;111508225,00;1543000\n"
                   "VALE3;30/12/2025;15:00:00;72,25;72,20;72,17;72,21;111508225,00;1543000\n"
                   "VALE3;30/12/2025;15:00:00;72,25;72,35;72,17;72,21;111508225,00;-1\n");
  auto feed = csv_bars(path, spec, bitcoin());
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  const auto got = drain<Bar>(*feed);
  REQUIRE(got.rows.size() == 2);
  CHECK(got.rows[0].open_time == parse_timestamp("2025-12-30T19:00:00Z").value());
  CHECK(got.rows[1].header.ts_event == parse_timestamp("2025-12-30T21:00:00Z").value());
  CHECK(got.rows[1].header.kind == RecordKind::kBar);
  CHECK(got.rows[1].close == 71.96_px);
  CHECK(got.rows[1].volume.to_text() == "4448300");
  CHECK(detail::decimal_text(got.rows[1].value, 17) == "320473099");
  CHECK(got.rows[1].spec == BarSpec::time(1_h));
  CHECK(feed->report().filtered == 1);
  CHECK(feed->report().count(storage_errors::kBadNumber) == 1);
  CHECK(feed->report().count(storage_errors::kBadBar) == 1);
  CHECK(feed->report().count(storage_errors::kNegativeSize) == 1);
}

TEST_CASE("quotes: absent sides, sizes from columns or declared") {
  const TempFolder folder;
  const auto path = folder.write("q.csv",
                                 "time,bid,ask,bs,as\n1,1.00,1.01,5,6\n2,,1.01,,6\n3,1.00,,5,\n"
                                 "4,,,5,6\n5,1.00,1.01,0,6\n6,1.00,1.01,,6\n7,1.02,1.01,1,1\n");
  CsvSpec spec;
  spec.time = "time";
  spec.bid = "bid";
  spec.ask = "ask";
  CHECK(csv_quotes(path, spec, bitcoin()).error().field == "csv.bid_size");
  spec.bid_size = "bs";
  spec.ask_size = "as";
  auto feed = csv_quotes(path, spec, bitcoin());
  REQUIRE(feed.ok());
  const auto got = drain<Quote>(*feed);
  REQUIRE(got.rows.size() == 4);
  CHECK(got.rows[0].is_two_sided());
  CHECK(got.rows[0].ask_size == 6_qty);
  CHECK_FALSE(got.rows[1].has_bid());
  CHECK_FALSE(got.rows[2].has_ask());
  CHECK(got.rows[3].bid_price > got.rows[3].ask_price);  // crossed is data, not an error
  CHECK(feed->report().count(storage_errors::kMissingValue) == 2);
  CHECK(feed->report().count(storage_errors::kZeroSize) == 1);
  spec.bid_size = spec.ask_size = "";
  spec.quote_size = 100_qty;
  auto sized = csv_quotes(path, spec, bitcoin());
  REQUIRE(sized.ok());
  CHECK(drain<Quote>(*sized).rows[0].bid_size == 100_qty);
}

TEST_CASE("cheap tokens are scaled exactly") {
  const TempFolder folder;
  // One unit is 1,000 tokens: the price of a unit is 1,000 times that of a token.
  const auto path = folder.write("t.csv", "time,price,size\n1,0.000000000123,5000000.00001\n");
  auto feed = csv_trades(path, trade_spec(), instrument(0.000000001_px, 0.00000001_qty, 3));
  REQUIRE(feed.ok());
  const auto got = drain<Trade>(*feed);
  REQUIRE(got.rows.size() == 1);
  CHECK(got.rows[0].price == 0.000000123_px);
  CHECK(got.rows[0].size == 5000.00000001_qty);
}

TEST_CASE("long files come in batches, and the report can be read by people") {
  std::string text = "time,price,size\n";
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",1.00,1\n";
  for (int i = 0; i < 50; ++i) text += "20000,1.00,0\n";
  CsvSpec spec = trade_spec();
  spec.max_messages = 2;
  const auto read = read_trades(text, spec);
  CHECK(read.got.rows.size() == 20'000);
  CHECK(read.report.skipped == 50);
  CHECK(read.report.first.size() == 2);
  const std::string said = read.report.to_text();
  CHECK(said.find("20050 rows: 20000 delivered, 50 skipped") == 0);
  CHECK(said.find("50  storage.zero_size") != std::string::npos);
  CHECK(said.find("t.csv:20002: size: '0'") != std::string::npos);
  CHECK(said.find("and 48 more") != std::string::npos);
}
