// Range, Renko, imbalance and run bars and Heikin-Ashi, held against plain code over whole lists.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include <keel/core/random.hpp>
#include <keel/market/bar_builder.hpp>

using namespace keel;

namespace {

constexpr InstrumentId kId{1};
using Wide = detail::i128;

std::vector<Trade> walk(std::uint64_t seed, int count, std::int64_t jump = 3) {
  Random random{seed};
  std::int64_t price = 1'000;
  std::vector<Trade> trades;
  for (int i = 0; i < count; ++i) {
    const std::int64_t drift = (i / 500) % 2 == 0 ? 1 : -1;  // long runs, for imbalance
    if (random.chance_ppm(600'000)) price += random.between(-jump, jump) + (i % 3 == 0 ? drift : 0);
    price = std::clamp<std::int64_t>(price, 200, 2'000);
    trades.push_back(Trade::at(kId, Timestamp::from_seconds(i), Price::from_raw(price * 10'000'000),
                               Quantity::from_raw(random.between(1, 900'000'000))));
  }
  return trades;
}

std::vector<Bar> build(const BarSpec& spec, const std::vector<Trade>& trades, bool flush = false,
                       const BarOptions& options = {}) {
  BarBuilder builder{spec, kId, options};
  std::vector<Bar> bars;
  const auto sink = [&bars](const Bar& bar) { bars.push_back(bar); };
  for (const Trade& trade : trades) REQUIRE(builder.on_trade(trade, sink));
  if (flush) builder.flush(sink);
  return bars;
}

// The bar of trades [from, to), without its spec and times.
struct Plain {
  std::int64_t open, high, low, close;
  Wide volume, value;
  std::size_t trades;
};
Plain plain(const std::vector<Trade>& trades, std::size_t from, std::size_t to) {
  Plain bar{
      trades[from].price.raw(), INT64_MIN, INT64_MAX, trades[to - 1].price.raw(), 0, 0, to - from};
  for (std::size_t i = from; i < to; ++i) {
    bar.high = std::max(bar.high, trades[i].price.raw());
    bar.low = std::min(bar.low, trades[i].price.raw());
    bar.volume += trades[i].size.raw();
    bar.value += static_cast<Wide>(trades[i].price.raw()) * trades[i].size.raw();
  }
  return bar;
}
void check_same(const Bar& bar, const Plain& expected) {
  CHECK(bar.open.raw() == expected.open);
  CHECK(bar.high.raw() == expected.high);
  CHECK(bar.low.raw() == expected.low);
  CHECK(bar.close.raw() == expected.close);
  CHECK(bar.volume.raw().wide() == expected.volume);
  CHECK(bar.value.wide() == expected.value);
  CHECK(bar.trades == expected.trades);
}

// Where imbalance or run bars end: the number of trades up to each end.
std::vector<std::size_t> naive_ends(const std::vector<Trade>& trades, BarUnit unit,
                                    std::int64_t step, std::int64_t span) {
  const Wide unit_scale = 65'536;
  std::vector<std::size_t> ends;
  const auto counted = [unit](const Trade& trade) -> Wide {
    if (unit == BarUnit::kTickImbalance || unit == BarUnit::kTickRun) return 1;
    if (unit == BarUnit::kVolumeImbalance || unit == BarUnit::kVolumeRun) return trade.size.raw();
    return static_cast<Wide>(trade.price.raw()) * trade.size.raw() / Price::kScale;
  };
  std::vector<int> signs(trades.size(), 0);
  for (std::size_t i = 1; i < trades.size(); ++i)
    signs[i] = trades[i].price > trades[i - 1].price   ? 1
               : trades[i].price < trades[i - 1].price ? -1
                                                       : signs[i - 1];
  Wide expected_trades = 0, expected_up = 0, expected_down = 0;
  std::size_t from = 0;
  for (std::size_t to = 1; to <= trades.size(); ++to) {
    Wide up = 0, down = 0;
    for (std::size_t i = from; i < to; ++i) {
      if (signs[i] > 0) up += counted(trades[i]);
      if (signs[i] < 0) down += counted(trades[i]);
    }
    const auto count = static_cast<Wide>(to - from);
    bool reached = count >= step;
    if (expected_trades != 0) {
      const bool runs = unit >= BarUnit::kTickRun;
      const Wide gap =
          expected_up > expected_down ? expected_up - expected_down : expected_down - expected_up;
      const Wide each = runs ? std::max(expected_up, expected_down)
                             : std::max(gap, (expected_up + expected_down) / 20);
      const Wide have = runs ? std::max(up, down) : (up > down ? up - down : down - up);
      reached = have > 0 && have * unit_scale >= each * expected_trades / unit_scale;
    }
    if (!reached) continue;
    const Wide u = up * unit_scale / count, d = down * unit_scale / count;
    if (expected_trades == 0) {
      expected_trades = step * unit_scale;
      expected_up = u;
      expected_down = d;
    } else {
      expected_trades += (count * unit_scale - expected_trades) * 2 / (span + 1);
      expected_trades =
          std::clamp<Wide>(expected_trades, std::max<Wide>(step * unit_scale / 10, unit_scale),
                           step * unit_scale * 10);
      expected_up += (u - expected_up) * 2 / (span + 1);
      expected_down += (d - expected_down) * 2 / (span + 1);
    }
    ends.push_back(to);
    from = to;
  }
  return ends;
}

}  // namespace

TEST_CASE("range bars end with the trade that takes high minus low to the step") {
  const auto trades = walk(1, 4'000);
  const auto bars = build(BarSpec::range(0.08_px), trades);
  std::size_t from = 0, n = 0;
  for (std::size_t to = 1; to <= trades.size(); ++to) {
    const Plain bar = plain(trades, from, to);
    if (bar.high - bar.low < (0.08_px).raw()) continue;
    REQUIRE(n < bars.size());
    check_same(bars[n++], bar);
    from = to;
  }
  CHECK(n == bars.size());
  CHECK(n > 100);
}

TEST_CASE("Renko bricks: each a step from the last, a turn takes two, one trade may make several") {
  for (const std::int64_t jump : {3, 40}) {
    const auto trades = walk(2, 3'000, jump);
    const std::int64_t step = (0.05_px).raw();
    const auto bars = build(BarSpec::renko(0.05_px), trades);
    std::int64_t top = trades[0].price.raw(), bottom = top;
    std::size_t n = 0;
    for (const Trade& trade : trades) {
      for (;;) {
        const std::int64_t price = trade.price.raw();
        if (price >= top + step) {
          bottom = top;
          top += step;
          REQUIRE(n < bars.size());
          CHECK(bars[n].open.raw() == bottom);
          CHECK(bars[n].close.raw() == top);
        } else if (price <= bottom - step) {
          top = bottom;
          bottom -= step;
          REQUIRE(n < bars.size());
          CHECK(bars[n].open.raw() == top);
          CHECK(bars[n].close.raw() == bottom);
        } else {
          break;
        }
        CHECK(bars[n].high.raw() == top);
        CHECK(bars[n].low.raw() == bottom);
        CHECK(bars[n].header.ts_event <= trade.header.ts_event);
        ++n;
      }
    }
    CHECK(n == bars.size());
    CHECK(n > 100);
    // Every trade's volume is in exactly one brick.
    Volume volume{}, expected{};
    for (const Bar& bar : build(BarSpec::renko(0.05_px), trades, true)) volume += bar.volume;
    for (const Trade& trade : trades) expected += Volume{trade.size};
    CHECK(volume == expected);
  }
}

TEST_CASE("imbalance and run bars end where plain sums say") {
  for (const BarUnit unit :
       {BarUnit::kTickImbalance, BarUnit::kVolumeImbalance, BarUnit::kValueImbalance,
        BarUnit::kTickRun, BarUnit::kVolumeRun, BarUnit::kValueRun}) {
    const auto trades = walk(static_cast<std::uint64_t>(unit), 3'000);
    for (const std::int32_t span : {1, 20}) {
      CAPTURE(static_cast<int>(unit));
      CAPTURE(span);
      const auto bars =
          build(BarSpec::information(unit, 50), trades, false, {.information_span = span});
      const auto ends = naive_ends(trades, unit, 50, span);
      REQUIRE(bars.size() == ends.size());
      CHECK(bars.size() > 5);
      CHECK(bars.size() < 1'000);
      std::size_t from = 0;
      for (std::size_t i = 0; i < ends.size(); ++i) {
        check_same(bars[i], plain(trades, from, ends[i]));
        from = ends[i];
      }
    }
  }
}

TEST_CASE("Heikin-Ashi, over bars of any unit") {
  const auto trades = walk(5, 3'000);
  for (const BarSpec& spec : {BarSpec::time(1_min), BarSpec::ticks(37), BarSpec::range(0.1_px)}) {
    const auto normal = build(spec, trades);
    const auto smooth = build(spec.heikin_ashi(), trades);
    REQUIRE(normal.size() == smooth.size());
    double open = 0, close = 0;
    for (std::size_t i = 0; i < normal.size(); ++i) {
      const double o = normal[i].open.to_double(), h = normal[i].high.to_double(),
                   l = normal[i].low.to_double(), c = normal[i].close.to_double();
      open = i == 0 ? (o + c) / 2 : (open + close) / 2;
      close = (o + h + l + c) / 4;
      const auto near = [](Price price, double expected) {
        return std::fabs(price.to_double() - expected) < 5e-9;
      };
      CHECK(near(smooth[i].open, open));
      CHECK(near(smooth[i].close, close));
      CHECK(near(smooth[i].high, std::max({h, open, close})));
      CHECK(near(smooth[i].low, std::min({l, open, close})));
      CHECK(smooth[i].volume == normal[i].volume);
      CHECK(smooth[i].header.ts_event == normal[i].header.ts_event);
    }
  }
}

TEST_CASE("bars that end by prices go on after save and load as if nothing had been") {
  const auto trades = walk(6, 2'000);
  for (const BarSpec& spec :
       {BarSpec::range(0.07_px), BarSpec::renko(0.05_px),
        BarSpec::information(BarUnit::kVolumeImbalance, 40),
        BarSpec::information(BarUnit::kTickRun, 40), BarSpec::ticks(20).heikin_ashi()}) {
    BarBuilder one{spec, kId};
    std::vector<Bar> first, second;
    const auto to_first = [&first](const Bar& bar) { first.push_back(bar); };
    const auto to_second = [&second](const Bar& bar) { second.push_back(bar); };
    for (std::size_t i = 0; i < 1'000; ++i) one.on_trade(trades[i], to_first);
    StateWriter writer;
    one.save(writer);
    BarBuilder two{spec, kId};
    StateReader reader{writer.bytes()};
    two.load(reader);
    REQUIRE(reader.finish().ok());
    first.clear();
    for (std::size_t i = 1'000; i < trades.size(); ++i) {
      one.on_trade(trades[i], to_first);
      two.on_trade(trades[i], to_second);
    }
    CHECK(first == second);
    CHECK(first.size() > 3);
  }
}

TEST_CASE("late trades count, and decide nothing; quotes make range and Renko bars") {
  BarBuilder range{BarSpec::range(1_px), kId};
  std::vector<Bar> bars;
  const auto sink = [&bars](const Bar& bar) { bars.push_back(bar); };
  range.on_trade(Trade::at(kId, Timestamp{100}, 10_px, 1_qty), sink);
  range.on_trade(Trade::at(kId, Timestamp{50}, 12_px, 1_qty), sink);  // late
  CHECK(bars.empty());
  CHECK(range.stats().late == 1);
  range.on_trade(Trade::at(kId, Timestamp{110}, 10.5_px, 1_qty), sink);
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].high == 12_px);
  CHECK(bars[0].close == 10.5_px);
  CHECK(bars[0].volume == Volume{3_qty});

  BarBuilder renko{BarSpec::renko(0.5_px, PriceSource::kMid), kId};
  bars.clear();
  for (std::int64_t i = 0; i < 4; ++i)
    renko.on_quote(Quote::two_sided(kId, Timestamp{i}, Price::whole(10 + i), 1_qty,
                                    Price::whole(11 + i), 1_qty),
                   sink);
  CHECK(bars.size() == 6);
  CHECK(bars[0].open == 10.5_px);
  CHECK(bars[5].close == 13.5_px);
  CHECK_FALSE(renko.on_quote(
      Quote::two_sided(kId, Timestamp{9}, 999'999'999_px, 1_qty, 999'999'999_px, 1_qty), sink));
  CHECK(renko.stats().refused == 1);
}

TEST_CASE("names of the new bars are each other's inverse") {
  for (const char* text :
       {"4range", "0.25range@mid", "5renko", "500tick_imbalance", "500volume_imbalance",
        "500value_imbalance", "500tick_runs", "500volume_runs", "500value_runs", "1min+ha",
        "5min+ha@bid", "100tick+ha", "0.000000001renko"}) {
    CAPTURE(text);
    const auto spec = parse_bar_spec(text);
    REQUIRE_MESSAGE(spec.ok(), spec.error().message());
    CHECK(to_text(*spec) == text);
  }
  for (const char* text : {"range", "0range", "-1renko", "500runs", "500tick_runs@bid", "1min+hb",
                           "+ha", "2000000tick_runs", "1.5tick_runs", "1range+ha+ha"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bar_spec(text).ok());
  }
}
