// The files in examples/data, against values that Python's csv, gzip and decimal modules computed
// from the same bytes (sums over the rows whose amount is not zero).
#include <algorithm>

#include <keel/core/time_text.hpp>
#include <keel/market/bar_builder.hpp>

#include "csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

CsvSpec bitstamp() {
  CsvSpec spec;
  spec.time = "timestamp";
  spec.price = "price";
  spec.size = "amount";
  return spec;
}

std::string example(const char* name) { return std::string{KEEL_EXAMPLE_DATA "/"} + name; }

}  // namespace

TEST_CASE("100,000 bitcoin trades: every row is accounted for, every sum is exact") {
  auto feed =
      csv_trades(example("bitstamp_trades_from_20131125_usd.csv.gz"), bitstamp(), bitcoin());
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  const auto got = drain<Trade>(*feed);
  CHECK_FALSE(got.error.has_value());
  const RowReport& report = feed->report();
  CHECK(report.rows == 100'000);
  CHECK(report.delivered == 99'982);
  CHECK(report.skipped == 18);
  CHECK(report.count(storage_errors::kZeroSize) == 18);
  REQUIRE(report.counts.size() == 1);
  REQUIRE(report.first.size() == 18);
  CHECK(report.first.front().where.ends_with("usd.csv.gz:1375"));
  CHECK(report.first.back().where.ends_with("usd.csv.gz:98222"));
  CHECK(report.first.front().field == "amount");
  CHECK(report.first.front().value == "0.000000000000");

  REQUIRE(got.rows.size() == 99'982);
  CHECK(got.rows.front().header.ts_event == Timestamp::from_seconds(1'385'337'600));
  CHECK(got.rows.front().price == 800.01_px);
  CHECK(got.rows.back().header.ts_event == Timestamp::from_seconds(1'385'913'725));
  CHECK(got.rows.back().size == 1.2926331_qty);
  Volume amount{};
  detail::i128 value = 0, prices = 0, seconds = 0;
  Price low = Price::max(), high = Price::min();
  for (const Trade& trade : got.rows) {
    amount += Volume{trade.size};
    value += static_cast<detail::i128>(trade.price.raw()) * trade.size.raw();
    prices += trade.price.raw();
    seconds += trade.header.ts_event.ns / 1'000'000'000;
    low = std::min(low, trade.price);
    high = std::max(high, trade.price);
  }
  CHECK(amount.to_text() == "175778.65435677");
  CHECK(detail::decimal_text(Int128::from(value), 17) == "168628892.9947683929");
  CHECK(detail::decimal_text(Int128::from(prices), 9) == "97044595.94");
  CHECK(static_cast<std::int64_t>(seconds) == 138'538'443'329'960);
  CHECK(low == 770.1_px);
  CHECK(high == 1163_px);

  // The bars of those trades: as many as there are minutes with a trade, and nothing lost.
  BarBuilder builder{BarSpec::time(1_min), bitcoin().id};
  std::uint64_t bars = 0, trades = 0;
  Volume volume{};
  detail::i128 bar_value = 0;
  const auto sink = [&](const Bar& bar) {
    ++bars;
    trades += bar.trades;
    volume += bar.volume;
    bar_value += bar.value.wide();
  };
  for (const Trade& trade : got.rows) builder.on_trade(trade, sink);
  builder.flush(sink);
  CHECK(bars == 9'399);
  CHECK(trades == 99'982);
  CHECK(volume == amount);
  CHECK(bar_value == value);
}

TEST_CASE("strict stops at the first zero amount, after the rows before it") {
  CsvSpec spec = bitstamp();
  spec.strict = true;
  auto feed = csv_trades(example("bitstamp_trades_from_20131125_usd.csv.gz"), spec, bitcoin());
  REQUIRE(feed.ok());
  const auto got = drain<Trade>(*feed);
  REQUIRE(got.error.has_value());
  CHECK(got.error->code == storage_errors::kZeroSize);
  CHECK(got.error->where.ends_with(":1375"));
  CHECK(got.rows.size() == 1'373);
  CHECK(feed->next().error().code == storage_errors::kZeroSize);
}

TEST_CASE("daily bars of five stocks, one symbol at a time") {
  struct Expected {
    const char* ticker;
    std::uint64_t rows;
    const char* volume;
    const char* closes;
    const char* first;
  };
  const Expected all[] = {{"AAPL", 3'270, "60894142600", "494123.9471", "2000-03-01"},
                          {"GOOG", 2'148, "23689091800", "1021329.1685", "2004-08-19"},
                          {"IBM", 3'270, "22882631500", "373001.1868", "2000-03-01"},
                          {"MSFT", 3'270, "191267108750", "113796.975", "2000-03-01"},
                          {"FB", 196, "11158019000", "5022.7102", "2012-05-18"}};
  CsvSpec spec;
  spec.time = "Date";
  spec.time_format = CsvTime::kIso;
  spec.open = "Open";
  spec.high = "High";
  spec.low = "Low";
  spec.close = "Close";
  spec.volume = "Volume";
  spec.symbol = "Ticker";
  spec.bar_length = 1_d;
  const std::string path = example("us_stocks_daily_wiki.csv.gz");
  for (const Expected& expected : all) {
    spec.symbol_text = expected.ticker;
    auto feed = csv_bars(path, spec, instrument(0.0001_px, 1_qty));
    REQUIRE(feed.ok());
    const auto got = drain<Bar>(*feed);
    CHECK(feed->report().clean());
    CHECK(feed->report().rows == 12'154);
    CHECK(feed->report().filtered == 12'154 - expected.rows);
    REQUIRE(got.rows.size() == expected.rows);
    Volume volume{};
    Price closes = Price::zero();
    for (const Bar& bar : got.rows) {
      volume += bar.volume;
      closes += bar.close;
    }
    CHECK(volume.to_text() == expected.volume);
    CHECK(closes.to_text() == expected.closes);
    CHECK(got.rows.front().open_time == parse_timestamp(expected.first).value());
    CHECK(got.rows.front().header.ts_event == got.rows.front().open_time + 1_d);
    CHECK(got.rows.back().open_time == parse_timestamp("2013-03-01").value());
  }
  // On a grid of one cent, the rows with finer prices are told of.
  spec.symbol_text = "AAPL";
  auto feed = csv_bars(path, spec, instrument(0.01_px, 1_qty));
  const auto got = drain<Bar>(*feed);
  CHECK(feed->report().count(storage_errors::kOffIncrement) == 360);
  CHECK(got.rows.size() == 3'270 - 360);
}
