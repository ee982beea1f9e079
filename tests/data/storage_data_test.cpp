// Recorded files of other people through the CSV reader. The expected counts and sums were computed
// from the same bytes by Python's csv and decimal modules.
#include <read_data.hpp>

#include <keel/core/time_text.hpp>
#include <keel/market/bar_builder.hpp>

#include "../unit/storage/csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

struct Sums {
  std::uint64_t rows = 0;
  Price closes = Price::zero();
  Volume volume{};
  detail::i128 value = 0;
};

// Reads every bar, which must come in order of time and without a complaint.
Sums sums_of(const std::string& path, const CsvSpec& spec, Price increment,
             std::vector<Bar>* bars = nullptr) {
  auto feed = csv_bars(path, spec, instrument(increment, 1_qty));
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  const auto got = drain<Bar>(*feed);
  CHECK_FALSE(got.error.has_value());
  CHECK_MESSAGE(feed->report().clean(), feed->report().to_text());
  Sums sums;
  for (const Bar& bar : got.rows) {
    if (sums.rows > 0) REQUIRE(got.rows[sums.rows - 1].header.ts_event <= bar.header.ts_event);
    ++sums.rows;
    sums.closes += bar.close;
    sums.volume += bar.volume;
    sums.value += bar.value.wide();
  }
  if (bars != nullptr) *bars = got.rows;
  return sums;
}

}  // namespace

TEST_CASE("Gemini's trades of a day, with fractional seconds and the maker's side") {
  CsvSpec spec;
  spec.time = "time_seconds";
  spec.price = "price";
  spec.size = "size";
  spec.side = "is_buyer_maker";
  spec.buy = "0";
  spec.sell = "1";
  auto feed = csv_trades(data_path("crypto-gemini/gemini__eth-usd__2021-07-01__trade.csv"), spec,
                         instrument(0.01_px, 0.00000001_qty));
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  const auto got = drain<Trade>(*feed);
  CHECK(feed->report().clean());
  REQUIRE(got.rows.size() == 25'222);
  Volume size{};
  detail::i128 value = 0;
  std::uint64_t bought = 0;
  BarBuilder builder{BarSpec::time(1_min), got.rows[0].header.instrument};
  std::uint64_t minutes = 0;
  const auto sink = [&](const Bar&) { ++minutes; };
  for (const Trade& trade : got.rows) {
    size += Volume{trade.size};
    value += static_cast<detail::i128>(trade.price.raw()) * trade.size.raw();
    if (trade.aggressor() == Side::kBuy) ++bought;
    builder.on_trade(trade, sink);
  }
  builder.flush(sink);
  CHECK(size.to_text() == "27029.05172362");
  CHECK(detail::decimal_text(Int128::from(value), 17) == "57530515.059584837");
  CHECK(bought == 14'458);
  CHECK(minutes == 1'414);
  CHECK(to_text(got.rows[0].header.ts_event) == "2021-07-01T00:00:21.647Z");
}

TEST_CASE("daily bars that begin with the newest") {
  CsvSpec spec;
  spec.time = "Date";
  spec.time_format = CsvTime::kIso;
  spec.open = "Open";
  spec.high = "High";
  spec.low = "Low";
  spec.close = "Close";
  spec.volume = "Volume";
  spec.bar_length = 1_d;
  spec.newest_first = true;
  const Sums apple =
      sums_of(data_path("equities-daily-wiki/WIKI-AAPL-2012-quandl.csv"), spec, 0.0001_px);
  CHECK(apple.rows == 250);
  CHECK(apple.closes.to_text() == "144012.4382");
  CHECK(apple.volume.to_text() == "4713007300");
  const Sums ibm =
      sums_of(data_path("equities-daily-wiki/WIKI-IBM-2011-quandl.csv"), spec, 0.0001_px);
  CHECK(ibm.rows == 252);
  CHECK(ibm.closes.to_text() == "43073.38");
  CHECK(ibm.volume.to_text() == "1446186100");
}

TEST_CASE("minutes of a currency pair, with the offset in the text") {
  CsvSpec spec;
  spec.time = "timestamp";
  spec.time_format = CsvTime::kIso;
  spec.open = "open";
  spec.high = "high";
  spec.low = "low";
  spec.close = "close";
  spec.bar_length = 1_min;
  const std::string folder = "fx-m1-fxcm-usdjpy/fxcm/";
  const Sums bid = sums_of(data_path(folder + "usdjpy-m1-bid-2013.csv"), spec, 0.001_px);
  CHECK(bid.rows == 28'761);
  CHECK(bid.closes.to_text() == "2677917.898");
  const Sums ask = sums_of(data_path(folder + "usdjpy-m1-ask-2013.csv"), spec, 0.001_px);
  CHECK(ask.rows == 28'761);
  CHECK(ask.closes.to_text() == "2678008.536");
}

TEST_CASE("minutes of SPY: no header, semicolons, a time of their own making") {
  CsvSpec spec;
  spec.has_header = false;
  spec.delimiter = ';';
  spec.time = "1";
  spec.time_format = CsvTime::kPattern;
  spec.time_pattern = "%Y%m%d %H%M%S";
  spec.open = "2";
  spec.high = "3";
  spec.low = "4";
  spec.close = "5";
  spec.volume = "6";
  spec.bar_length = 1_min;
  spec.bar_time_is_close = true;
  std::vector<Bar> minutes;
  const Sums spy =
      sums_of(data_path("equities-minute-spy/nt-spy-minute-2011.csv"), spec, 0.01_px, &minutes);
  CHECK(spy.rows == 14'180);
  CHECK(spy.closes.to_text() == "1818031.26");
  CHECK(spy.volume.to_text() == "2586902488");
  CHECK(minutes.front().open_time == parse_timestamp("2011-01-03T09:00:00Z").value());
  // An hour at a time, nothing is lost.
  BarBuilder hours{BarSpec::time(1_h), minutes[0].header.instrument};
  Volume volume{};
  const auto sink = [&](const Bar& bar) { volume += bar.volume; };
  for (const Bar& minute : minutes) REQUIRE(hours.on_bar(minute, sink));
  hours.flush(sink);
  CHECK(volume == spy.volume);
}

TEST_CASE("B3: decimal commas, a column for the day, local time, newest first") {
  CsvSpec spec;
  spec.has_header = false;
  spec.delimiter = ';';
  spec.decimal_point = ',';
  spec.date = "2";
  spec.time = "3";
  spec.time_format = CsvTime::kPattern;
  spec.time_pattern = "%d/%m/%Y %H:%M:%S";
  spec.utc_offset = Duration::hours(-3);
  spec.open = "4";
  spec.high = "5";
  spec.low = "6";
  spec.close = "7";
  spec.value = "8";
  spec.volume = "9";
  spec.newest_first = true;
  spec.bar_length = 1_h;
  std::vector<Bar> bars;
  const Sums vale =
      sums_of(data_path("equities-intraday-b3/VALE3_B_0_60min.csv"), spec, 0.01_px, &bars);
  CHECK(vale.rows == 4'027);
  CHECK(vale.closes.to_text() == "240372.28");
  CHECK(vale.volume.to_text() == "11661775700");
  CHECK(detail::decimal_text(Int128::from(vale.value), 17) == "696319348730");
  CHECK(bars.front().open_time == parse_timestamp("2024-01-02T13:00:00Z").value());
  CHECK(bars.back().open_time == parse_timestamp("2025-12-30T20:00:00Z").value());
  spec.bar_length = 15_min;
  const Sums petro = sums_of(data_path("equities-intraday-b3/PETR4_B_0_15min.csv"), spec, 0.01_px);
  CHECK(petro.rows == 9'395);
  CHECK(petro.closes.to_text() == "291977.08");
  CHECK(petro.volume.to_text() == "10752583800");
  CHECK(detail::decimal_text(Int128::from(petro.value), 17) == "332253306661.15");
}
