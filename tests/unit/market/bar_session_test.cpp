// Bars aligned to sessions, bars of smaller bars, and specifications as text.
#include <doctest/doctest.h>

#include <keel/calendar/builtin.hpp>
#include <keel/core/random.hpp>
#include <keel/market/bar_builder.hpp>

using namespace keel;

namespace {

constexpr InstrumentId kId{1};

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }
Trade trade(Timestamp time, Price price = 10_px) { return Trade::at(kId, time, price, 1_qty); }

struct Collect {
  std::vector<Bar>* bars;
  void operator()(Bar& bar) const { bars->push_back(bar); }
};

const TradingCalendar& nyse() {
  static const TradingCalendar calendar = builtin_calendar("XNYS", 2023, 2025).value();
  return calendar;
}

}  // namespace

TEST_CASE("hours of a session start at its open, and the last one ends at its close") {
  BarOptions options;
  options.calendar = &nyse();
  BarBuilder builder{BarSpec::time(1_h), kId, options};
  std::vector<Bar> bars;
  const auto push = [&](std::string_view time) {
    return builder.on_trade(trade(at(time)), Collect{&bars});
  };
  CHECK_FALSE(push("2024-03-08T14:29:59Z"));  // before the open (09:30 in winter is 14:30 UTC)
  CHECK(push("2024-03-08T14:30:00Z"));
  CHECK(push("2024-03-08T15:29:59Z"));
  CHECK(push("2024-03-08T20:45:00Z"));
  CHECK_FALSE(push("2024-03-08T21:00:00Z"));  // at the close
  CHECK_FALSE(push("2024-03-09T15:00:00Z"));  // a Saturday
  CHECK(builder.stats().refused == 3);
  CHECK(builder.next_deadline() == at("2024-03-08T21:00:00Z"));
  CHECK(push("2024-03-11T13:30:00Z"));  // the clocks have changed
  builder.on_time(at("2024-03-11T14:30:00Z"), Collect{&bars});
  REQUIRE(bars.size() == 3);
  CHECK(bars[0].open_time == at("2024-03-08T14:30:00Z"));
  CHECK(bars[0].trades == 2);
  CHECK(bars[1].open_time == at("2024-03-08T20:30:00Z"));
  CHECK(bars[1].header.ts_event == at("2024-03-08T21:00:00Z"));
  CHECK(bars[2].open_time == at("2024-03-11T13:30:00Z"));
}

TEST_CASE("a bar a trading day, also on the day that closes early") {
  BarOptions options;
  options.calendar = &nyse();
  BarBuilder builder{BarSpec::time(1_d), kId, options};
  std::vector<Bar> bars;
  for (const char* time : {"2024-07-02T19:59:00Z", "2024-07-03T13:30:00Z", "2024-07-03T16:59:59Z",
                           "2024-07-05T15:00:00Z"})
    CHECK(builder.on_trade(trade(at(time)), Collect{&bars}));
  CHECK_FALSE(builder.on_trade(trade(at("2024-07-04T15:00:00Z")), Collect{&bars}));
  REQUIRE(bars.size() == 2);
  CHECK(bars[0].open_time == at("2024-07-02T13:30:00Z"));
  CHECK(bars[1].trades == 2);
  CHECK(bars[1].header.ts_event == at("2024-07-03T17:00:00Z"));
}

TEST_CASE("empty intervals are filled inside sessions only") {
  BarOptions options;
  options.calendar = &nyse();
  options.empty = EmptyRule::kRepeatClose;
  BarBuilder builder{BarSpec::time(30_min), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(at("2024-03-08T20:05:00Z")), Collect{&bars});
  builder.on_trade(trade(at("2024-03-11T14:10:00Z")), Collect{&bars});
  REQUIRE(bars.size() == 3);
  CHECK(bars[1].open_time == at("2024-03-08T20:30:00Z"));
  CHECK(bars[1].trades == 0);
  CHECK(bars[2].open_time == at("2024-03-11T13:30:00Z"));
  builder.on_time(at("2024-03-11T20:00:00Z"), Collect{&bars});
  CHECK(bars.size() == 15);  // 13 half hours a day, and two of the Friday
  CHECK(builder.next_deadline() == at("2024-03-12T14:00:00Z"));
  builder.on_time(at("2024-03-12T13:59:59Z"), Collect{&bars});
  CHECK(bars.size() == 15);
}

TEST_CASE("a late trade does not cross into another session") {
  BarOptions options;
  options.calendar = &nyse();
  BarBuilder builder{BarSpec::time(1_h), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(at("2024-03-08T20:45:00Z")), Collect{&bars});
  CHECK(builder.on_trade(trade(at("2024-03-08T19:00:00Z"), 90_px), Collect{&bars}));
  builder.on_time(at("2024-03-08T21:00:00Z"), Collect{&bars});
  CHECK_FALSE(builder.on_trade(trade(at("2024-03-08T20:50:00Z"), 90_px), Collect{&bars}));
  builder.on_trade(trade(at("2024-03-11T14:00:00Z")), Collect{&bars});
  CHECK_FALSE(builder.on_trade(trade(at("2024-03-08T20:50:00Z"), 90_px), Collect{&bars}));
  CHECK(builder.stats().late == 3);
  CHECK(builder.stats().dropped == 2);
  REQUIRE(bars.size() == 1);
  CHECK(bars[0].high == 90_px);
}

TEST_CASE("state keeps its intervals; another calendar's state is refused") {
  BarOptions options;
  options.calendar = &nyse();
  BarBuilder builder{BarSpec::time(1_h), kId, options};
  std::vector<Bar> bars;
  builder.on_trade(trade(at("2024-03-08T20:45:00Z")), Collect{&bars});
  StateWriter writer;
  writer.put(builder);
  BarBuilder same{BarSpec::time(1_h), kId, options}, other{BarSpec::time(1_h), kId};
  StateReader good{writer.bytes()}, bad{writer.bytes()};
  good.get(same);
  bad.get(other);
  CHECK(good.finish().ok());
  CHECK_FALSE(bad.finish().ok());
  CHECK(same.next_deadline() == at("2024-03-08T21:00:00Z"));
}

TEST_CASE("a calendar goes with time bars of at most a day") {
  BarOptions options;
  options.calendar = &nyse();
  CHECK(check(BarSpec::time(1_d), options).ok());
  CHECK_FALSE(check(BarSpec::time(Duration::days(2)), options).ok());
  CHECK_FALSE(check(BarSpec::ticks(5), options).ok());
  options.grace = Duration{-1};
  CHECK_FALSE(check(BarSpec::time(1_h), options).ok());
}

TEST_CASE("bars of smaller bars equal bars of the trades") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random{seed};
    BarBuilder direct{BarSpec::time(1_min), kId}, small{BarSpec::time(5_s), kId},
        large{BarSpec::time(1_min), kId};
    std::vector<Bar> expected, bars;
    const auto relay = [&](Bar& bar) { CHECK(large.on_bar(bar, Collect{&bars})); };
    std::int64_t now = 0;
    for (int i = 0; i < 1'000; ++i) {
      now += random.between(0, 4'000'000'000);
      const Trade one = Trade::at(kId, Timestamp{now}, Price::from_raw(random.between(-9, 999)),
                                  Quantity::from_raw(random.between(1, 99)));
      direct.on_trade(one, Collect{&expected});
      small.on_trade(one, relay);
    }
    direct.on_time(Timestamp{now} + 1_min, Collect{&expected});
    small.on_time(Timestamp{now} + 5_s, relay);
    large.on_time(Timestamp{now} + 1_min, Collect{&bars});
    REQUIRE(bars.size() == expected.size());
    for (std::size_t i = 0; i < bars.size(); ++i) REQUIRE(bars[i] == expected[i]);
  }
}

TEST_CASE("a bar that does not fit into an interval is refused") {
  BarBuilder builder{BarSpec::time(Duration{10}), kId};
  std::vector<Bar> bars;
  Bar bar = make_record<Bar>(RecordKind::kBar);
  bar.spec = BarSpec::time(Duration{4});
  const auto push = [&](std::int64_t open) {
    bar.open_time = Timestamp{open};
    bar.header.ts_event = Timestamp{open + 4};
    return builder.on_bar(bar, Collect{&bars});
  };
  CHECK(push(0));
  CHECK(push(4));
  CHECK_FALSE(push(8));
  CHECK(push(16));
  CHECK(push(4));  // late: its prices count, its close does not
  CHECK(bars.size() == 1);
  CHECK(builder.stats().refused == 1);
  CHECK(builder.stats().late == 1);
  BarBuilder ticks{BarSpec::ticks(2), kId};
  CHECK_FALSE(ticks.on_bar(bar, Collect{&bars}));
}

TEST_CASE("a specification is written and read as text") {
  BarSpec mid = BarSpec::time(90_s, PriceSource::kMid), bid = BarSpec::ticks(5);
  bid.source = PriceSource::kBid;
  for (const BarSpec spec : {BarSpec::time(5_min), BarSpec::time(1_d), mid, bid,
                             BarSpec::ticks(100), BarSpec::volume(2.5_qty), BarSpec::value(10'000)})
    CHECK(parse_bar_spec(to_text(spec)).value() == spec);
  CHECK(to_text(mid) == "90s@mid");
  CHECK(parse_bar_spec("1volume").value() == BarSpec::volume(1_qty));
  for (const char* text : {"", "5", "min", "0min", "-1tick", "1.5tick", "1volume@bid", "5min@last",
                           "5min@", "0.000000001volume", "1e30value", "5 min", "tick"})
    CHECK(parse_bar_spec(text).error().code == market_errors::kBadBarSpec);
}
