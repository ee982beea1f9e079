#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include <keel/core/random.hpp>
#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>

#include "talib_vectors.hpp"

using namespace keel;

namespace {

constexpr std::size_t kRows = std::size(talib::kClose);

// Equal to rounding; NaN where and only where NaN is expected.
bool near(double found, double expected) {
  if (std::isnan(expected) || std::isnan(found)) return std::isnan(expected) && std::isnan(found);
  return std::fabs(found - expected) <= 1e-9 * std::max(1.0, std::fabs(expected));
}

template <class Indicator>
void check_close(Indicator indicator, const double (&expected)[kRows]) {
  for (std::size_t i = 0; i < kRows; ++i) {
    CHECK(indicator.ready() == (static_cast<int>(i) >= indicator.warm_up()));
    CHECK(indicator.update(talib::kClose[i]));
    INFO("row ", i, ": ", indicator.value(), " expected ", expected[i]);
    REQUIRE(near(indicator.value(), expected[i]));
  }
}

}  // namespace

TEST_CASE("averages and momentum are TA-Lib's, value for value") {
  check_close(Sma{10}, talib::kSma10);
  check_close(Ema{10}, talib::kEma10);
  check_close(Rsi{14}, talib::kRsi14);
  check_close(Roc{10}, talib::kRoc10);
  check_close(Macd{}, talib::kMacd);
  Macd macd;
  for (std::size_t i = 0; i < kRows; ++i) {
    macd.update(talib::kClose[i]);
    REQUIRE(near(macd.signal(), talib::kMacdSignal[i]));
    REQUIRE(near(macd.histogram(), talib::kMacdHistogram[i]));
  }
}

TEST_CASE("volatility and channels are TA-Lib's and numpy's, value for value") {
  check_close(ZScore{20}, talib::kZScore20);
  check_close(RollingStdDev{20, Spread::kSample}, talib::kSampleDeviation20);
  TrueRange range;
  Atr atr{14};
  BollingerBands bands{20, 2.0};
  DonchianHigh highest{10};
  DonchianLow lowest{10};
  Vwap vwap;
  for (std::size_t i = 0; i < kRows; ++i) {
    range.update(talib::kHigh[i], talib::kLow[i], talib::kClose[i]);
    atr.update(talib::kHigh[i], talib::kLow[i], talib::kClose[i]);
    bands.update(talib::kClose[i]);
    highest.update(talib::kHigh[i]);
    lowest.update(talib::kLow[i]);
    vwap.update(talib::kClose[i], talib::kVolume[i]);
    REQUIRE(near(range.value(), talib::kTrueRange[i]));
    REQUIRE(near(atr.value(), talib::kAtr14[i]));
    REQUIRE(near(bands.upper(), talib::kUpper20[i]));
    REQUIRE(near(bands.middle(), talib::kMiddle20[i]));
    REQUIRE(near(bands.lower(), talib::kLower20[i]));
    REQUIRE(near(highest.value(), talib::kMax10[i]));
    REQUIRE(near(lowest.value(), talib::kMin10[i]));
    REQUIRE(near(vwap.value(), talib::kVwap[i]));
    CHECK(atr.ready() == (static_cast<int>(i) + 1 >= atr.warm_up()));
  }
}

TEST_CASE("Wilder's smoothing by hand") {
  Rma rma{3};
  for (const double value : {1.0, 2.0, 6.0}) rma.update(value);
  CHECK(rma.value() == 3.0);
  rma.update(9.0);
  CHECK(rma.value() == 5.0);
}

TEST_CASE("windows of every length equal a fold over the last n values") {
  Random random{5};
  for (int length = 1; length <= 33; ++length) {
    Sma sma{length};
    DonchianHigh highest{length};
    DonchianLow lowest{length};
    RollingStdDev deviation{length};
    std::deque<double> last;
    for (int i = 0; i < 300; ++i) {
      const double value = static_cast<double>(random.between(-50, 50));
      last.push_back(value);
      if (static_cast<int>(last.size()) > length) last.pop_front();
      sma.update(value);
      highest.update(value);
      lowest.update(value);
      deviation.update(value);
      if (static_cast<int>(last.size()) < length) {
        REQUIRE(std::isnan(sma.value()));
        continue;
      }
      double sum = 0, squares = 0;
      for (const double x : last) sum += x;
      const double mean = sum / length;
      for (const double x : last) squares += (x - mean) * (x - mean);
      REQUIRE(sma.value() == mean);  // small integers: exact
      REQUIRE(highest.value() == *std::max_element(last.begin(), last.end()));
      REQUIRE(lowest.value() == *std::min_element(last.begin(), last.end()));
      REQUIRE(near(deviation.variance(), squares / length));
    }
  }
}

TEST_CASE("what has left the window leaves no trace") {
  Sma sma{4};
  RollingStdDev deviation{4};
  for (const double value : {1e16, -3e80, 1e99, 1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0}) {
    sma.update(value);
    deviation.update(value);
  }
  CHECK(sma.value() == 2.5);
  CHECK(near(deviation.variance(), 1.25));
  // Large and close together: the textbook formula gives 0 or a negative variance here.
  for (int i = 0; i < 40; ++i) deviation.update(1e9 + (i % 2 == 0 ? 0.001 : -0.001));
  CHECK(std::fabs(deviation.value() - 0.001) < 1e-7);
  for (int i = 0; i < 10; ++i) deviation.update(0.1);
  CHECK(deviation.value() == 0.0);
}

TEST_CASE("a value that is not a number changes nothing") {
  const double bad[] = {std::numeric_limits<double>::quiet_NaN(),
                        std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity(), 1e101, -1e300};
  Ema ema{3};
  Sma sma{3};
  Rsi rsi{3};
  Macd macd{2, 3, 2};
  Roc roc{2};
  ZScore z{3};
  Atr atr{2};
  Vwap vwap;
  for (const double value : {5.0, 6.0, 4.0, 7.0, 8.0, 6.5}) {
    ema.update(value);
    sma.update(value);
    rsi.update(value);
    macd.update(value);
    roc.update(value);
    z.update(value);
    atr.update(value + 1, value - 1, value);
    vwap.update(value, 1.0);
    const double before[] = {ema.value(), sma.value(), rsi.value(), macd.value(),
                             roc.value(), z.value(),   atr.value(), vwap.value()};
    for (const double x : bad) {
      CHECK_FALSE(ema.update(x));
      CHECK_FALSE(sma.update(x));
      CHECK_FALSE(rsi.update(x));
      CHECK_FALSE(macd.update(x));
      CHECK_FALSE(roc.update(x));
      CHECK_FALSE(z.update(x));
      CHECK_FALSE(atr.update(x, 1.0, 1.0));
      CHECK_FALSE(atr.update(1.0, 1.0, x));
      CHECK_FALSE(vwap.update(x, 1.0));
      CHECK_FALSE(vwap.update(1.0, x));
    }
    CHECK_FALSE(atr.update(1.0, 2.0, 1.5));  // a high below its low
    CHECK_FALSE(vwap.update(1.0, -1.0));
    const double after[] = {ema.value(), sma.value(), rsi.value(), macd.value(),
                            roc.value(), z.value(),   atr.value(), vwap.value()};
    for (std::size_t i = 0; i < std::size(before); ++i)
      CHECK((before[i] == after[i] || (std::isnan(before[i]) && std::isnan(after[i]))));
  }
}

TEST_CASE("values at the edge of what is taken keep every result finite") {
  Rsi rsi{2};
  Macd macd{2, 3, 2};
  RollingStdDev deviation{3};
  BollingerBands bands{3};
  Atr atr{2};
  for (int i = 0; i < 20; ++i) {
    const double value = i % 2 == 0 ? 1e100 : -1e100;
    CHECK(rsi.update(value));
    CHECK(macd.update(value));
    CHECK(deviation.update(value));
    CHECK(bands.update(value));
    CHECK(atr.update(1e100, -1e100, value));
  }
  for (const double value : {rsi.value(), macd.value(), macd.signal(), deviation.variance(),
                             bands.upper(), bands.lower(), atr.value()})
    CHECK(std::isfinite(value));
}

TEST_CASE("flat prices: no spread, no score, no strength") {
  Rsi rsi{3};
  ZScore z{3};
  Roc roc{2};
  for (int i = 0; i < 10; ++i) {
    rsi.update(0.1);
    z.update(0.1);
    roc.update(0.0);
  }
  CHECK(rsi.value() == 0.0);
  CHECK(z.value() == 0.0);
  CHECK(roc.value() == 0.0);
  rsi.update(0.2);
  CHECK(rsi.value() == 100.0);
}

TEST_CASE("a price counts as its nearest double") {
  Ema by_price{2}, by_double{2};
  for (const auto price : {800.01_px, 0.000000001_px, 123456789.987654321_px}) {
    by_price.update(price);
    by_double.update(price.to_double());
  }
  CHECK(by_price.value() == by_double.value());
  Bar bar = make_record<Bar>(RecordKind::kBar);
  bar.high = 12_px;
  bar.low = 10_px;
  bar.close = 11_px;
  Atr atr{1};
  atr.update(bar);
  atr.update(bar);
  CHECK(atr.value() == 2.0);
}

namespace {

// Saves after every third value, loads into a fresh one, and goes on with that.
template <class Make, class Update>
void check_saved(Make make, Update update) {
  auto whole = make(), parted = make();
  StateWriter writer;
  for (std::size_t i = 0; i < kRows; ++i) {
    update(whole, i);
    update(parted, i);
    if (i % 3 == 0) {
      writer.clear();
      writer.put(parted);
      auto next = make();
      StateReader reader{writer.bytes()};
      reader.get(next);
      REQUIRE(reader.finish().ok());
      parted = next;
    }
    REQUIRE(parted.ready() == whole.ready());
  }
  StateWriter a, b;
  a.put(whole);
  b.put(parted);
  REQUIRE(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end()));
  whole.reset();
  CHECK_FALSE(whole.ready());
}

const auto kUpdate = [](auto& indicator, std::size_t i) { indicator.update(talib::kClose[i]); };
const auto kUpdateBar = [](auto& indicator, std::size_t i) {
  indicator.update(talib::kHigh[i], talib::kLow[i], talib::kClose[i]);
};

}  // namespace

TEST_CASE("saved and loaded at any time, every bit is the same") {
  check_saved([] { return Sma{7}; }, kUpdate);
  check_saved([] { return Ema{7}; }, kUpdate);
  check_saved([] { return Rma{7}; }, kUpdate);
  check_saved([] { return Rsi{7}; }, kUpdate);
  check_saved([] { return Macd{3, 7, 4}; }, kUpdate);
  check_saved([] { return Roc{7}; }, kUpdate);
  check_saved([] { return RollingStdDev{7}; }, kUpdate);
  check_saved([] { return BollingerBands{7}; }, kUpdate);
  check_saved([] { return ZScore{7}; }, kUpdate);
  check_saved([] { return DonchianHigh{7}; }, kUpdate);
  check_saved([] { return DonchianLow{1}; }, kUpdate);
  check_saved([] { return TrueRange{}; }, kUpdateBar);
  check_saved([] { return Atr{7}; }, kUpdateBar);
  check_saved([] { return Vwap{}; },
              [](Vwap& vwap, std::size_t i) { vwap.update(talib::kClose[i], talib::kVolume[i]); });
}

TEST_CASE("state of another length is refused") {
  StateWriter writer;
  const auto refused = [&](const auto& saved, auto other) {
    writer.clear();
    writer.put(saved);
    StateReader reader{writer.bytes()};
    reader.get(other);
    return !reader.finish().ok();
  };
  CHECK(refused(Sma{7}, Sma{8}));
  CHECK(refused(Ema{7}, Ema{8}));
  CHECK(refused(Roc{7}, Roc{8}));
  CHECK(refused(Macd{3, 7, 4}, Macd{3, 8, 4}));
  CHECK(refused(Atr{7}, Atr{8}));
  CHECK_FALSE(refused(Rsi{7}, Rsi{7}));
}
