#include <doctest/doctest.h>

#include <keel/calendar/builtin.hpp>
#include <keel/market/continuous_future.hpp>

using namespace keel;

namespace {

constexpr const char* kExpiries[] = {"2024-03-15T13:30:00Z", "2024-06-21T13:30:00Z",
                                     "2024-09-20T13:30:00Z", "2024-12-20T13:30:00Z"};

// Futures 1 to 4, and 5 over them.
InstrumentRegistry listing(RollRule rule) {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.kind = InstrumentKind::kFuture;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.25_px;
  spec.quantity_increment = 1_qty;
  for (const char* expiry : kExpiries) {
    spec.symbol = std::string{"ES"} + expiry;
    spec.expiry = parse_timestamp(expiry).value();
    REQUIRE(registry.add(spec).ok());
  }
  spec.symbol = "ES";
  spec.kind = InstrumentKind::kContinuousFuture;
  spec.expiry.reset();
  spec.underlying = InstrumentId{1};
  spec.roll = rule;
  REQUIRE(registry.add(spec).ok());
  return registry;
}
const std::vector<InstrumentId> kChain{{1}, {2}, {3}, {4}};

Timestamp noon(const char* day) { return parse_timestamp(std::string{day} + "T12:00:00Z").value(); }
Trade trade(std::uint32_t id, const char* day, Price price, Quantity size) {
  return Trade::at({id}, noon(day), price, size);
}

struct Rolls {
  std::vector<Roll> all;
  auto sink() {
    return [this](const Roll& roll) { all.push_back(roll); };
  }
};

}  // namespace

TEST_CASE("a roll by volume comes on the day after the next contract traded more") {
  const InstrumentRegistry registry = listing({RollBy::kVolume, BackAdjust::kDifference, 0, 0, {}});
  auto es = ContinuousFuture::make(registry, {5}, kChain, nullptr);
  REQUIRE(es.ok());
  Rolls rolls;
  CHECK(es->on_market(trade(1, "2024-03-07", 5'000_px, 10_qty).header, rolls.sink()));
  CHECK_FALSE(es->on_market(trade(2, "2024-03-07", 5'050_px, 9_qty).header, rolls.sink()));
  CHECK(es->on_market(trade(1, "2024-03-08", 5'010_px, 5_qty).header, rolls.sink()));
  CHECK_FALSE(es->on_market(trade(2, "2024-03-08", 5'061_px, 6_qty).header, rolls.sink()));
  CHECK(rolls.all.empty());
  CHECK_FALSE(es->on_market(trade(1, "2024-03-09", 5'011_px, 50_qty).header, rolls.sink()));
  REQUIRE(rolls.all.size() == 1);
  CHECK(es->current() == InstrumentId{2});
  CHECK(rolls.all[0].from == InstrumentId{1});
  CHECK(rolls.all[0].to == InstrumentId{2});
  CHECK(rolls.all[0].from_close == 5'010_px);
  CHECK(rolls.all[0].to_close == 5'061_px);
  CHECK(rolls.all[0].time == parse_timestamp("2024-03-09").value());
  // Never back, though the old one trades more again.
  CHECK(es->on_market(trade(2, "2024-03-11", 5'070_px, 1_qty).header, rolls.sink()));
  CHECK(rolls.all.size() == 1);
}

TEST_CASE("a roll by open interest; past its expiry a contract is left whatever the rule") {
  const InstrumentRegistry registry = listing({RollBy::kOpenInterest, BackAdjust::kNone, 0, 0, {}});
  auto es = ContinuousFuture::make(registry, {5}, kChain, nullptr);
  REQUIRE(es.ok());
  Rolls rolls;
  const auto interest = [](std::uint32_t id, const char* day, std::int64_t count) {
    MarketValue value = make_record<MarketValue>(RecordKind::kOpenInterest);
    value.header.instrument = {id};
    value.header.ts_event = noon(day);
    value.open_interest = Volume{Quantity::whole(count)};
    return value;
  };
  es->on_market(interest(1, "2024-03-01", 900).header, rolls.sink());
  es->on_market(interest(2, "2024-03-01", 901).header, rolls.sink());
  CHECK(es->current() == InstrumentId{1});
  es->on_market(interest(2, "2024-03-04", 950).header, rolls.sink());
  CHECK(es->current() == InstrumentId{2});
  REQUIRE(rolls.all.size() == 1);
  CHECK(rolls.all[0].has_closes == 0);  // no prices that day
  // Nothing is heard until September: the June contract is over.
  es->on_market(trade(3, "2024-09-02", 5'500_px, 1_qty).header, rolls.sink());
  CHECK(es->current() == InstrumentId{3});
  CHECK(es->on_day_end(noon("2024-09-20")).has_value() == false);
  CHECK(es->on_day_end(noon("2024-09-23")).has_value());
  CHECK(es->current() == InstrumentId{4});
  CHECK_FALSE(es->on_day_end(noon("2025-09-23")));  // the chain has ended
}

TEST_CASE("rolls by days before expiry count trading days, rolls by calendar a day of the month") {
  const auto calendar = builtin_calendar("CMES", 2023, 2025);
  REQUIRE(calendar.ok());
  const InstrumentRegistry registry =
      listing({RollBy::kDaysBeforeExpiry, BackAdjust::kRatio, 5, 0, {}});
  auto es = ContinuousFuture::make(registry, {5}, kChain, &*calendar);
  REQUIRE(es.ok());
  // Five trading days to Friday the 15th: Friday the 8th.
  CHECK_FALSE(es->on_day_end(noon("2024-03-07")));
  const auto roll = es->on_day_end(noon("2024-03-08"));
  REQUIRE(roll);
  CHECK(roll->time == calendar->day_start({2024, 3, 8}));

  const InstrumentRegistry dated = listing({RollBy::kCalendar, BackAdjust::kNone, 10, 1, {}});
  auto second = ContinuousFuture::make(dated, {5}, kChain, &*calendar);
  REQUIRE(second.ok());
  CHECK(second->current() == InstrumentId{2});  // the second contract
  CHECK_FALSE(second->on_day_end(noon("2024-03-08")));
  CHECK(second->on_day_end(noon("2024-03-11")));  // the 10th is a Sunday
  CHECK(second->current() == InstrumentId{3});
}

TEST_CASE("what comes before a roll is adjusted by difference, by ratio, or not at all") {
  const auto roll = [](const char* day, Price from, Price to) {
    Roll made{};
    made.time = parse_timestamp(day).value();
    made.from_close = from;
    made.to_close = to;
    made.has_closes = 1;
    return made;
  };
  std::vector<Roll> rolls{roll("2024-03-08", 100_px, 110_px), roll("2024-06-14", 120_px, 114_px)};
  CHECK(back_adjusted(90_px, rolls, BackAdjust::kNone) == 90_px);
  CHECK(back_adjusted(90_px, rolls, BackAdjust::kDifference) == 94_px);
  CHECK(back_adjusted(90_px, rolls, BackAdjust::kRatio) == 94.05_px);  // x 1.1 x 0.95
  CHECK(back_adjusted(90_px, std::span{rolls}.last(1), BackAdjust::kRatio) == 85.5_px);
  std::vector<Bar> bars(3, make_record<Bar>(RecordKind::kBar));
  const char* const days[] = {"2024-03-07", "2024-03-08", "2024-06-20"};
  for (std::size_t i = 0; i < 3; ++i) {
    bars[i].open_time = parse_timestamp(days[i]).value();
    bars[i].open = bars[i].low = 90_px;
    bars[i].high = bars[i].close = 100_px;
  }
  CHECK(back_adjust(bars, rolls, BackAdjust::kDifference));
  CHECK(bars[0].open == 94_px);
  CHECK(bars[1].open == 84_px);
  CHECK(bars[1].high == 94_px);
  CHECK(bars[2].open == 90_px);
  rolls[0].has_closes = 0;
  CHECK(back_adjusted(90_px, rolls, BackAdjust::kDifference) == 84_px);
  rolls[1].from_close = 1_px;
  rolls[1].to_close = Price::max();
  CHECK_FALSE(back_adjusted(90_px, rolls, BackAdjust::kRatio));
}

TEST_CASE("chains that do not hold together are refused; saved state goes on") {
  const InstrumentRegistry registry = listing({RollBy::kVolume, BackAdjust::kNone, 0, 1, {}});
  const auto refused = [&registry](InstrumentId id, std::vector<InstrumentId> chain) {
    return !ContinuousFuture::make(registry, id, std::move(chain), nullptr).ok();
  };
  CHECK(refused({1}, kChain));
  CHECK(refused({5}, {}));
  CHECK(refused({5}, {{1}}));            // the depth asks for two
  CHECK(refused({5}, {{2}, {3}}));       // not from the underlying on
  CHECK(refused({5}, {{1}, {3}, {2}}));  // not ascending
  CHECK(refused({5}, {{1}, {5}}));
  auto es = ContinuousFuture::make(registry, {5}, kChain, nullptr);
  Rolls rolls;
  es->on_market(trade(1, "2024-03-07", 5'000_px, 10_qty).header, rolls.sink());
  es->on_market(trade(2, "2024-03-07", 5'050_px, 11_qty).header, rolls.sink());
  StateWriter writer;
  es->save(writer);
  auto other = ContinuousFuture::make(registry, {5}, kChain, nullptr);
  StateReader reader{writer.bytes()};
  other->load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(other->on_day_end(noon("2024-03-08")));
  CHECK(other->current() == InstrumentId{3});
  auto wrong = ContinuousFuture::make(registry, {5}, {{1}, {2}, {3}}, nullptr);
  StateReader again{writer.bytes()};
  wrong->load(again);
  CHECK_FALSE(again.finish().ok());
}
