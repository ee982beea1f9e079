#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include <keel/indicators/arrays.hpp>
#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>

#include "talib_vectors.hpp"

using namespace keel;

namespace {

constexpr std::size_t kRows = std::size(talib::kClose);
using Column = std::vector<double>;
const std::span<const double> kCloses{talib::kClose};

bool same_bits(const Column& a, const Column& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

template <class Indicator>
Column stream(Indicator indicator) {
  Column out;
  for (const double value : talib::kClose) {
    indicator.update(value);
    out.push_back(indicator.value());
  }
  return out;
}

using Function = Status (*)(std::span<const double>, int, std::span<double>);

template <class Indicator>
void check_same(Function function, int length) {
  Column out(kRows);
  REQUIRE(function(kCloses, length, out).ok());
  CHECK(same_bits(out, stream(Indicator{length})));
}

}  // namespace

TEST_CASE("a column gives the streaming values, bit for bit") {
  for (const int length : {1, 2, 7, 50, 100, 1'000}) {
    check_same<Sma>(sma, length);
    check_same<Ema>(ema, length);
    check_same<Rma>(rma, length);
    check_same<Rsi>(rsi, length);
    check_same<Roc>(roc, length);
    check_same<RollingStdDev>(rolling_std_dev, length);
    check_same<ZScore>(z_score, length);
    check_same<DonchianHigh>(rolling_max, length);
    check_same<DonchianLow>(rolling_min, length);
  }
  Column a(kRows), b(kRows), c(kRows), expected;
  REQUIRE(macd(talib::kClose, 12, 26, 9, {a, b, c}).ok());
  CHECK(same_bits(a, stream(Macd{})));
  CHECK(std::fabs(c.back() - (a.back() - b.back())) == 0.0);
  REQUIRE(bollinger_bands(talib::kClose, 20, 2.0, {a, b, c}).ok());
  CHECK(same_bits(b, [] {
    BollingerBands bands{20};
    Column out;
    for (const double value : talib::kClose) {
      bands.update(value);
      out.push_back(bands.middle());
    }
    return out;
  }()));
  REQUIRE(atr({talib::kHigh, talib::kLow, talib::kClose}, 14, a).ok());
  Atr streaming{14};
  for (std::size_t i = 0; i < kRows; ++i) {
    streaming.update(talib::kHigh[i], talib::kLow[i], talib::kClose[i]);
    expected.push_back(streaming.value());
  }
  CHECK(same_bits(a, expected));
  REQUIRE(true_range({talib::kHigh, talib::kLow, talib::kClose}, a).ok());
  CHECK(a[1] == doctest::Approx(talib::kTrueRange[1]));
  REQUIRE(vwap(talib::kClose, talib::kVolume, a).ok());
  CHECK(a.back() == doctest::Approx(talib::kVwap[kRows - 1]));
}

TEST_CASE("input and output may be one column") {
  Column column{std::begin(talib::kClose), std::end(talib::kClose)};
  REQUIRE(sma(column, 10, column).ok());
  CHECK(same_bits(column, stream(Sma{10})));
}

TEST_CASE("columns that cannot be are refused, and nothing is written") {
  Column in{1, 2, 3}, out{9, 9, 9}, two{1, 2};
  CHECK(sma(in, 0, out).error().code == indicators_errors::kBadLength);
  CHECK(sma(in, -5, out).error().code == indicators_errors::kBadLength);
  CHECK(macd(in, 5, 5, 1, {out, out, out}).error().code == indicators_errors::kBadLength);
  CHECK(sma(in, 1, two).error().code == indicators_errors::kColumnsDiffer);
  CHECK(atr({in, two, in}, 1, out).error().code == indicators_errors::kColumnsDiffer);
  CHECK(vwap(in, two, out).error().field == "volume");
  CHECK(bollinger_bands(in, 2, -1.0, {out, out, out}).error().field == "width");
  in[2] = std::numeric_limits<double>::quiet_NaN();
  const Error error = ema(in, 1, out).error();
  CHECK(error.code == indicators_errors::kBadValue);
  CHECK(error.where == "row 2");
  in[2] = std::numeric_limits<double>::infinity();
  CHECK_FALSE(rsi(in, 1, out).ok());
  in[2] = -1.0;
  CHECK_FALSE(vwap(in, in, out).ok());
  const Column high{1, 2, 3}, low{1, 2, 4};
  CHECK(true_range({high, low, high}, out).error().where == "row 2");
  CHECK(out == Column{9, 9, 9});
  CHECK(sma({}, 3, {}).ok());
}
