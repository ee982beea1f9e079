#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include <keel/core/random.hpp>
#include <keel/market/bar_builder.hpp>

using namespace keel;

namespace {

constexpr InstrumentId kId{1};

Trade trade(std::int64_t ns, std::int64_t price, std::int64_t size) {
  return Trade::at(kId, Timestamp{ns}, Price::from_raw(price), Quantity::from_raw(size));
}

struct Collect {
  std::vector<Bar>* bars;
  void operator()(Bar& bar) const { bars->push_back(bar); }
};

// Groups trades by interval in a map; knows nothing of how the builder works.
std::vector<Bar> naive_time_bars(const std::vector<Trade>& trades, Duration step) {
  std::map<std::int64_t, std::vector<Trade>> groups;
  for (const Trade& t : trades) groups[t.header.ts_event.floor_to(step).ns].push_back(t);
  std::vector<Bar> bars;
  for (const auto& [begin, group] : groups) {
    Bar bar = make_record<Bar>(RecordKind::kBarClosed);
    bar.header.instrument = kId;
    bar.header.ts_event = Timestamp{begin + step.ns};
    bar.spec = BarSpec::time(step);
    bar.open_time = Timestamp{begin};
    bar.open = group.front().price;
    bar.close = group.back().price;
    bar.high = bar.low = bar.open;
    detail::i128 value = 0;
    for (const Trade& t : group) {
      bar.high = std::max(bar.high, t.price);
      bar.low = std::min(bar.low, t.price);
      bar.volume += Volume{t.size};
      value += static_cast<detail::i128>(t.price.raw()) * t.size.raw();
    }
    bar.value = Int128::from(value);
    bar.trades = group.size();
    bars.push_back(bar);
  }
  return bars;
}

std::vector<Trade> random_trades(std::uint64_t seed, std::size_t count, std::int64_t mean_gap) {
  Random random{seed};
  std::vector<Trade> trades;
  std::int64_t at = random.between(-1'000'000, 1'000'000);
  for (std::size_t i = 0; i < count; ++i) {
    if (!random.chance_ppm(200'000)) at += random.between(0, 2 * mean_gap);
    trades.push_back(trade(at, random.between(-5'000, 90'000'000'000), random.between(1, 5'000)));
  }
  return trades;
}

}  // namespace

TEST_CASE("time bars equal bars made by grouping") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto trades = random_trades(seed, 2'000, static_cast<std::int64_t>(seed * 7));
    BarBuilder builder{BarSpec::time(Duration{1'000}), kId};
    std::vector<Bar> bars;
    for (const Trade& t : trades) CHECK(builder.on_trade(t, Collect{&bars}));
    const auto expected = naive_time_bars(trades, Duration{1'000});
    REQUIRE(bars.size() + 1 == expected.size());
    for (std::size_t i = 0; i < bars.size(); ++i) REQUIRE(bars[i] == expected[i]);
    builder.on_time(Timestamp{expected.back().header.ts_event.ns - 1}, Collect{&bars});
    CHECK(bars.size() + 1 == expected.size());
    CHECK(builder.next_deadline() == expected.back().header.ts_event);
    builder.on_time(expected.back().header.ts_event, Collect{&bars});
    REQUIRE(bars.size() == expected.size());
    CHECK(bars.back() == expected.back());
    CHECK_FALSE(builder.next_deadline().has_value());
    CHECK(builder.stats().bars == bars.size());
    CHECK(builder.stats().late == 0);
  }
}

TEST_CASE("a trade on the boundary starts the next bar") {
  BarBuilder builder{BarSpec::time(Duration{10}), kId};
  std::vector<Bar> bars;
  builder.on_trade(trade(0, 5, 1), Collect{&bars});
  builder.on_trade(trade(9, 6, 1), Collect{&bars});
  CHECK(bars.empty());
  builder.on_trade(trade(10, 7, 1), Collect{&bars});
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].trades == 2);
  CHECK(bars[0].open_time.ns == 0);
  CHECK(bars[0].header.ts_event.ns == 10);
  CHECK(bars[0].header.kind == RecordKind::kBarClosed);
  CHECK(builder.open_bar()->open.raw() == 7);
}

TEST_CASE("intervals before 1970 and with an offset keep their length") {
  BarOptions options;
  options.offset = Duration{3};
  BarBuilder builder{BarSpec::time(Duration{10}), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(-8, 5, 1), Collect{&bars});
  builder.on_trade(trade(2, 5, 1), Collect{&bars});
  builder.on_trade(trade(3, 5, 1), Collect{&bars});
  REQUIRE(bars.size() == 2);
  CHECK(bars[0].open_time.ns == -17);
  CHECK(bars[1].open_time.ns == -7);
}

TEST_CASE("late trades are counted, and included or dropped by rule") {
  for (const LateRule rule : {LateRule::kInclude, LateRule::kDrop}) {
    BarOptions options;
    options.late = rule;
    BarBuilder builder{BarSpec::time(Duration{10}), kId, options};
    std::vector<Bar> bars;
    builder.on_trade(trade(5, 100, 1), Collect{&bars});
    builder.on_trade(trade(15, 100, 1), Collect{&bars});
    const bool taken = builder.on_trade(trade(7, 500, 4), Collect{&bars});
    CHECK(taken == (rule == LateRule::kInclude));
    builder.on_time(Timestamp{20}, Collect{&bars});
    // Nothing is open now; 12 is older than the last closed bar's end.
    builder.on_trade(trade(12, 300, 2), Collect{&bars});
    builder.on_time(Timestamp{30}, Collect{&bars});
    CHECK(builder.stats().late == 2);
    if (rule == LateRule::kInclude) {
      REQUIRE(bars.size() == 3);
      CHECK(bars[1].high.raw() == 500);
      CHECK(bars[1].close.raw() == 100);
      CHECK(bars[1].volume == Volume{Quantity::from_raw(5)});
      CHECK(bars[2].open_time.ns == 20);
      CHECK(builder.stats().dropped == 0);
    } else {
      REQUIRE(bars.size() == 2);
      CHECK(bars[1].high.raw() == 100);
      CHECK(builder.stats().dropped == 2);
    }
  }
}

TEST_CASE("grace holds a bar open for trades that are on their way") {
  BarOptions options;
  options.grace = Duration{5};
  BarBuilder builder{BarSpec::time(Duration{10}), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(8, 100, 1), Collect{&bars});
  CHECK(builder.next_deadline() == Timestamp{15});
  builder.on_time(Timestamp{14}, Collect{&bars});
  CHECK(bars.empty());
  builder.on_trade(trade(9, 101, 1), Collect{&bars});
  builder.on_time(Timestamp{15}, Collect{&bars});
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].trades == 2);
}

TEST_CASE("empty intervals give no bar, or the last close by rule") {
  BarOptions options;
  options.empty = EmptyRule::kRepeatClose;
  BarBuilder builder{BarSpec::time(Duration{10}), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(5, 100, 1), Collect{&bars});
  builder.on_trade(trade(35, 200, 1), Collect{&bars});
  REQUIRE(bars.size() == 3);
  for (std::size_t i = 1; i < 3; ++i) {
    CHECK(bars[i].open_time.ns == static_cast<std::int64_t>(10 * i));
    CHECK(bars[i].open.raw() == 100);
    CHECK(bars[i].high.raw() == 100);
    CHECK(bars[i].trades == 0);
    CHECK(bars[i].volume.is_zero());
  }
  builder.on_time(Timestamp{60}, Collect{&bars});
  CHECK(bars.size() == 6);
  CHECK(bars.back().header.ts_event.ns == 60);
  CHECK(builder.next_deadline() == Timestamp{70});
  // A feed that was off for longer than anybody wants flat bars for.
  builder.on_time(Timestamp{60 + 10 * (BarBuilder::kMaxEmptyBars + 1)}, Collect{&bars});
  CHECK(bars.size() == 6);
  CHECK(builder.stats().unfilled == BarBuilder::kMaxEmptyBars + 1);
}

TEST_CASE("tick bars hold a number of trades") {
  const auto trades = random_trades(7, 1'003, 50);
  BarBuilder builder{BarSpec::ticks(10), kId};
  std::vector<Bar> bars;
  for (const Trade& t : trades) builder.on_trade(t, Collect{&bars});
  REQUIRE(bars.size() == 100);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto* first = &trades[i * 10];
    CHECK(bars[i].trades == 10);
    CHECK(bars[i].open == first->price);
    CHECK(bars[i].close == first[9].price);
    CHECK(bars[i].open_time == first->header.ts_event);
    CHECK(bars[i].header.ts_event == first[9].header.ts_event);
    CHECK(bars[i].high == std::max_element(first, first + 10, [](auto& a, auto& b) {
                            return a.price < b.price;
                          })->price);
  }
  builder.flush(Collect{&bars});
  REQUIRE(bars.size() == 101);
  CHECK(bars.back().trades == 3);
  CHECK((bars.back().header.flags & Bar::kPartial) != 0);
  builder.flush(Collect{&bars});
  CHECK(bars.size() == 101);
}

TEST_CASE("volume bars hold exactly their volume and lose nothing") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto trades = random_trades(seed, 500, 50);
    const std::int64_t step = static_cast<std::int64_t>(seed * 997);
    BarBuilder builder{BarSpec::volume(Quantity::from_raw(step)), kId};
    std::vector<Bar> bars;
    for (const Trade& t : trades) CHECK(builder.on_trade(t, Collect{&bars}));
    builder.flush(Collect{&bars});
    // The naive way: one unit at a time.
    std::vector<std::int64_t> unit_prices;
    for (const Trade& t : trades)
      unit_prices.insert(unit_prices.end(), static_cast<std::size_t>(t.size.raw()), t.price.raw());
    const auto ustep = static_cast<std::size_t>(step);
    REQUIRE(bars.size() == (unit_prices.size() + ustep - 1) / ustep);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const auto* first = unit_prices.data() + i * ustep;
      const auto* last = unit_prices.data() + std::min((i + 1) * ustep, unit_prices.size());
      detail::i128 value = 0;
      for (const auto* at = first; at != last; ++at) value += *at;
      REQUIRE(bars[i].volume.raw().wide() == last - first);
      REQUIRE(bars[i].value.wide() == value);
      REQUIRE(bars[i].open.raw() == *first);
      REQUIRE(bars[i].close.raw() == last[-1]);
      REQUIRE(bars[i].high.raw() == *std::max_element(first, last));
      REQUIRE(bars[i].low.raw() == *std::min_element(first, last));
    }
  }
}

TEST_CASE("a trade that would make endless volume bars is refused") {
  BarBuilder builder{BarSpec::volume(Quantity::from_raw(1)), kId};
  std::vector<Bar> bars;
  CHECK_FALSE(builder.on_trade(trade(1, 1, 1'000'000'000'000), Collect{&bars}));
  CHECK(bars.empty());
  CHECK(builder.stats().refused == 1);
}

TEST_CASE("value bars close with the trade that reaches their value") {
  BarBuilder builder{BarSpec::value(1'000), kId};
  std::vector<Bar> bars;
  const auto push = [&](Price price, Quantity size) {
    builder.on_trade(Trade::at(kId, Timestamp{1}, price, size), Collect{&bars});
  };
  push(100_px, 4_qty);
  push(100_px, 5.99999999_qty);
  CHECK(bars.empty());
  push(100_px, 0.00000001_qty);
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].volume == Volume{10_qty});
  push(100_px, 25_qty);  // past the step: not split, the rest is not carried
  REQUIRE(bars.size() == 2);
  CHECK(bars[1].volume == Volume{25_qty});
  push(-50_px, 20_qty);  // a negative price counts by its size
  REQUIRE(bars.size() == 3);
  CHECK(bars[2].value.wide() < 0);
}

TEST_CASE("quotes make bars of bid, ask or mid") {
  const auto quote = [](std::int64_t ns, std::int64_t bid, std::int64_t ask) {
    return Quote::two_sided(kId, Timestamp{ns}, Price::from_raw(bid), 1_qty, Price::from_raw(ask),
                            1_qty);
  };
  for (const PriceSource source : {PriceSource::kBid, PriceSource::kAsk, PriceSource::kMid}) {
    BarBuilder builder{BarSpec::time(Duration{10}, source), kId};
    std::vector<Bar> bars;
    CHECK(builder.on_quote(quote(1, 100, 200), Collect{&bars}));
    CHECK(builder.on_quote(quote(2, -3, 0), Collect{&bars}));
    Quote one_sided = quote(3, 500, 600);
    one_sided.header.flags = Quote::kHasBid;
    CHECK(builder.on_quote(one_sided, Collect{&bars}) == (source == PriceSource::kBid));
    CHECK_FALSE(builder.on_trade(trade(4, 1, 1), Collect{&bars}));
    builder.on_market(quote(12, 1, 1).header, Collect{&bars});
    REQUIRE(bars.size() == 1);
    const auto& bar = bars[0];
    CHECK(bar.volume.is_zero());
    CHECK(bar.trades == (source == PriceSource::kBid ? 3 : 2));
    if (source == PriceSource::kBid) CHECK(bar.close.raw() == 500);
    if (source == PriceSource::kAsk) CHECK(bar.close.raw() == 0);
    if (source == PriceSource::kMid) {
      CHECK(bar.open.raw() == 150);
      CHECK(bar.close.raw() == -2);  // half of -3, cut downwards
    }
  }
}

TEST_CASE("sizes that are not positive and sums that do not fit are refused and counted") {
  BarBuilder builder{BarSpec::time(Duration{10}), kId};
  std::vector<Bar> bars;
  CHECK_FALSE(builder.on_trade(trade(1, 5, 0), Collect{&bars}));
  CHECK_FALSE(builder.on_trade(trade(1, 5, -1), Collect{&bars}));
  const auto huge = Quantity::max().raw();
  for (int i = 0; i < 2; ++i)
    CHECK(builder.on_trade(trade(1, Price::max().raw(), huge), Collect{&bars}));
  const Bar before = *builder.open_bar();
  CHECK_FALSE(builder.on_trade(trade(2, Price::max().raw(), huge), Collect{&bars}));
  CHECK(*builder.open_bar() == before);
  // An interval that would end after the end of time.
  BarBuilder long_bars{BarSpec::time(Duration::days(100'000)), kId};
  CHECK_FALSE(long_bars.on_trade(trade(Duration::days(100'001).ns, 5, 1), Collect{&bars}));
  CHECK(builder.stats().refused == 3);
  CHECK(long_bars.stats().refused == 1);
  CHECK(bars.empty());
}

TEST_CASE("specs that cannot be cut are refused") {
  CHECK(check(BarSpec::time(Duration{0})).error().code == market_errors::kBadBarSpec);
  CHECK_FALSE(check(BarSpec::ticks(-1)).ok());
  BarSpec spec = BarSpec::volume(1_qty);
  spec.source = PriceSource::kMid;
  CHECK_FALSE(check(spec).ok());
  spec = BarSpec::ticks(5);
  spec.unit = static_cast<BarUnit>(99);
  CHECK_FALSE(check(spec).ok());
}

TEST_CASE("a gap marks the bars that it touches") {
  BarBuilder builder{BarSpec::time(Duration{10}), kId};
  std::vector<Bar> bars;
  const auto flags = [&] { return bars.back().header.flags; };
  builder.on_trade(trade(1, 5, 1), Collect{&bars});
  builder.on_gap(Timestamp{5});
  builder.on_trade(trade(11, 5, 1), Collect{&bars});
  CHECK(flags() == Bar::kGapped);
  builder.on_gap(Timestamp{25});  // reaches into the next interval
  builder.on_trade(trade(26, 5, 1), Collect{&bars});
  CHECK(flags() == Bar::kGapped);
  builder.on_trade(trade(31, 5, 1), Collect{&bars});
  CHECK(flags() == Bar::kGapped);
  builder.on_trade(trade(41, 5, 1), Collect{&bars});
  CHECK(flags() == 0);
}

TEST_CASE("saved anywhere and loaded, a builder goes on as if nothing had happened") {
  for (const BarSpec spec : {BarSpec::time(Duration{1'000}), BarSpec::ticks(7),
                             BarSpec::volume(Quantity::from_raw(9'000)), BarSpec::value(1)}) {
    const auto trades = random_trades(3, 400, 200);
    BarBuilder whole{spec, kId};
    std::vector<Bar> expected, bars;
    for (const Trade& t : trades) whole.on_trade(t, Collect{&expected});
    StateWriter writer;
    BarBuilder first{spec, kId};
    for (std::size_t i = 0; i < trades.size(); ++i) {
      first.on_trade(trades[i], Collect{&bars});
      if (i % 50 != 25) continue;
      writer.clear();
      writer.put(first);
      BarBuilder next{spec, kId};
      StateReader reader{writer.bytes()};
      reader.get(next);
      REQUIRE(reader.finish().ok());
      first = next;
    }
    REQUIRE(bars.size() == expected.size());
    CHECK(std::equal(bars.begin(), bars.end(), expected.begin()));
    BarBuilder other{BarSpec::ticks(8), kId};
    StateReader reader{writer.bytes()};
    other.load(reader);
    CHECK_FALSE(reader.finish().ok());
  }
}

TEST_CASE("folding closed bars stands where the builder stood") {
  BarBuilder live{BarSpec::time(Duration{10}), kId};
  BarBuilder recovered{BarSpec::time(Duration{10}), kId};
  std::vector<Bar> bars;
  live.on_trade(trade(5, 5, 1), Collect{&bars});
  live.on_trade(trade(12, 6, 1), Collect{&bars});
  REQUIRE(bars.size() == 1);
  recovered.fold(bars[0]);
  CHECK(recovered.on_trade(trade(9, 5, 1), Collect{&bars}));
  CHECK(recovered.stats().late == 1);
  CHECK(recovered.open_bar()->open_time.ns == 10);
}
