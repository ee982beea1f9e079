// Promises: losses of the day and from the peak are measured from facts, exactly where they decide,
// with few facts; a breach holds the account back as configured; deposits are no profit; the day
// rolls by UTC or by a calendar; a recovery knows what the live run knew.
#include <keel/calendar/builtin.hpp>
#include <keel/core/random.hpp>
#include <keel/core/time_text.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// 1,000 dollars and ten units at 100: equity moves by 10 when the price moves by 1.
struct Exposed : Desk {
  explicit Exposed(const RiskLimits& limits, const char* start = "2024-03-10T12:00:00Z")
      : Desk(limits) {
    now = *parse_timestamp(start);
    pay(names.margin, usd("1000"));
    quote(names.perp, 100_px, 100_px);
    hold(names.perp, 10_qty, 100_px);
    price(100_px);
  }
  void price(Price at) {
    wait(1_s);
    quote(names.perp, at, at);
  }
  OrderRequest buy() const { return limit(names.btc, Side::kBuy, 0.01_qty, 1_px); }
  std::string asked() {
    quote(names.btc, 1_px, 1_px);
    return told(denial(buy()));
  }
  TradingState state() const { return risk.trading_state(names.margin); }
  EquityMarks marks_of() const { return risk.equity_marks(names.margin); }
};

const std::string kFine = told(Reason::kNone, 0, 0);

}  // namespace

TEST_CASE("daily loss: at the limit passes, above it is denied and the account only reduces") {
  for (const bool as_rate : {false, true}) {
    RiskLimits limits;
    if (as_rate)
      limits.max_daily_loss_rate = 0.1_rate;
    else
      limits.max_daily_loss = usd("100");
    Exposed desk{limits};
    CHECK(desk.marks_of().day_base == usd("1000").raw());
    desk.price(90_px);
    CHECK(desk.state() == TradingState::kActive);
    CHECK(desk.asked() == kFine);
    desk.price(89.99_px);
    CHECK(desk.state() == TradingState::kReducing);
    CHECK(desk.reason(desk.limit(desk.names.perp, Side::kSell, 10_qty, 89_px)) == Reason::kNone);
    desk.price(95_px);
    CHECK(desk.state() == TradingState::kReducing);  // it does not lift itself
    // A person may lift it; the rule itself still stands while the loss does.
    desk.price(89.99_px);
    REQUIRE(
        desk.risk.set_trading_state(TradingState::kActive, desk.names.margin, "ann", desk).ok());
    if (as_rate)
      CHECK(desk.asked() == told(Reason::kDailyLoss, 0.1001_rate, 0.1_rate));
    else
      CHECK(desk.asked() == told(Reason::kDailyLoss, usd("100.1"), usd("100")));
  }
}

TEST_CASE("the fact of a breach carries the loss, the limit and the reason") {
  RiskLimits limits;
  limits.max_daily_loss = usd("100");
  limits.on_daily_loss = TradingState::kHalted;
  Exposed desk{limits};
  desk.price(85_px);
  const auto& fact =
      record_as<StateFact>(*reinterpret_cast<const RecordHeader*>(desk.journal.back().data()));
  REQUIRE(fact.header.kind == RecordKind::kTradingStateChanged);
  CHECK(fact.account == desk.names.margin);
  CHECK(fact.reason == Reason::kDailyLoss);
  CHECK(fact.value_before == usd("150").raw());
  CHECK(fact.value_after == usd("100").raw());
  CHECK(desk.state() == TradingState::kHalted);
  CHECK(desk.risk.trading_state(desk.names.cash) == TradingState::kActive);
}

TEST_CASE("the day rolls at midnight UTC: a new base, and the day's loss is forgiven") {
  for (const bool lift : {true, false}) {
    RiskLimits limits;
    limits.max_daily_loss = usd("100");
    limits.lift_daily_loss_at_day_end = lift;
    Exposed desk{limits};
    desk.price(80_px);
    CHECK(desk.state() == TradingState::kReducing);
    REQUIRE(desk.risk.next_deadline().has_value());
    CHECK(*desk.risk.next_deadline() == *parse_timestamp("2024-03-11"));
    desk.now = *parse_timestamp("2024-03-11");
    desk.risk.on_time(desk.now, desk);
    CHECK(desk.marks_of().day_base == usd("800").raw());
    CHECK(*desk.risk.next_deadline() == *parse_timestamp("2024-03-12"));
    CHECK(desk.state() == (lift ? TradingState::kActive : TradingState::kReducing));
    desk.price(71_px);
    CHECK(desk.state() == (lift ? TradingState::kActive : TradingState::kReducing));
    desk.price(69_px);
    CHECK(desk.state() == TradingState::kReducing);
  }
}

TEST_CASE("a state that a person set is not lifted by the end of the day") {
  RiskLimits limits;
  limits.max_daily_loss = usd("100");
  Exposed desk{limits};
  REQUIRE(
      desk.risk.set_trading_state(TradingState::kReducing, desk.names.margin, "ann", desk).ok());
  desk.price(80_px);
  desk.now = *parse_timestamp("2024-03-11");
  desk.risk.on_time(desk.now, desk);
  CHECK(desk.state() == TradingState::kReducing);
}

TEST_CASE("the day rolls with a calendar where one is given") {
  const auto calendar = builtin_calendar("CMES", 2024, 2025);
  REQUIRE(calendar.ok());
  RiskLimits limits;
  limits.max_daily_loss = usd("100");
  // Tuesday noon in Chicago; the day ends at 17:00 there, 22:00 UTC in March after the change.
  Exposed desk{limits, "2024-03-12T17:00:00Z"};
  desk.risk.set_day_calendar(&*calendar);
  const auto end = calendar->day_end(*calendar->trading_day(desk.now));
  REQUIRE(end.has_value());
  CHECK(desk.risk.next_deadline() == end);
  desk.price(80_px);
  desk.now = *end;
  desk.risk.on_time(desk.now, desk);
  CHECK(desk.marks_of().day_base == usd("800").raw());
  CHECK(desk.state() == TradingState::kActive);
}

TEST_CASE("drawdown from the highest equity: exact at the limit, and it halts") {
  for (const bool as_rate : {false, true}) {
    RiskLimits limits;
    if (as_rate)
      limits.max_drawdown_rate = 0.2_rate;
    else
      limits.max_drawdown = usd("240");
    Exposed desk{limits};
    // Up to 1,200 in odd steps, so that the peak was never told on the way.
    for (const Price price : {100.01_px, 103.33_px, 112.5_px, 119.999_px, 120_px})
      desk.price(price.floor_to(0.01_px));
    desk.price(96_px);  // 1,200 - 240
    CHECK(desk.state() == TradingState::kActive);
    CHECK(desk.asked() == kFine);
    CHECK(desk.marks_of().peak == usd("1200").raw());
    desk.price(95.99_px);
    CHECK(desk.state() == TradingState::kHalted);
    REQUIRE(
        desk.risk.set_trading_state(TradingState::kActive, desk.names.margin, "ann", desk).ok());
    if (as_rate)
      CHECK(desk.asked() == told(Reason::kDrawdown, 0.200083334_rate, 0.2_rate));
    else
      CHECK(desk.asked() == told(Reason::kDrawdown, usd("240.1"), usd("240")));
    // Measured from now on, after a person said so.
    REQUIRE(desk.risk.reset_equity_marks(desk.names.margin, desk.now, "ann", desk).ok());
    CHECK(desk.asked() == kFine);
  }
}

TEST_CASE("the peak becomes few facts, and is exact whenever the drawdown is a 64th of its limit") {
  RiskLimits limits;
  limits.max_drawdown = usd("640");
  Exposed desk{limits};
  Random random{3};
  Price price = 100_px;
  detail::i128 peak = usd("1000").raw().wide();
  const int before = desk.count(RecordKind::kEquityMarked);
  for (int i = 0; i < 20'000; ++i) {
    // Up more often than down: new highs most of the time.
    price += Price::from_raw((random.below(100) < 53 ? 1 : -1) * (0.01_px).raw());
    desk.price(price);
    const detail::i128 equity = desk.portfolio.valuation(desk.names.margin).equity.raw().wide();
    if (equity > peak) peak = equity;
    const detail::i128 known = desk.marks_of().peak.wide();
    REQUIRE(known <= peak);
    REQUIRE(peak - known < usd("10").raw().wide());
    if (peak - equity >= usd("10").raw().wide()) REQUIRE(known == peak);
  }
  const int facts = desk.count(RecordKind::kEquityMarked) - before;
  CHECK(facts > 5);
  CHECK(facts < 200);  // of 20,000 prices and some thousand new highs
}

TEST_CASE("a deposit is no profit and a withdrawal no loss") {
  RiskLimits limits;
  limits.max_daily_loss = usd("100");
  limits.max_drawdown = usd("150");
  Exposed desk{limits};
  desk.pay(desk.names.margin, usd("500"), ChangeKind::kTransfer);
  desk.price(91_px);
  CHECK(desk.marks_of().day_base == usd("1500").raw());
  CHECK(desk.marks_of().peak == usd("1500").raw());
  CHECK(desk.state() == TradingState::kActive);
  desk.pay(desk.names.margin, usd("-1000"), ChangeKind::kTransfer);
  CHECK(desk.asked() == kFine);  // before any market input, too
  desk.price(90_px);
  CHECK(desk.marks_of().day_base == usd("500").raw());
  CHECK(desk.state() == TradingState::kActive);
  desk.price(89_px);
  CHECK(desk.state() == TradingState::kReducing);
  // In another currency it is converted; without a rate the marks wait, and so does new risk.
  Exposed other{limits};
  other.pay(other.names.margin, *Money::parse("100", "EUR"), ChangeKind::kTransfer);
  CHECK_FALSE(other.asked() == kFine);
  other.quote(other.names.eur, 1.25_px, 1.25_px);
  CHECK(other.marks_of().day_base == usd("1125").raw());
  CHECK(other.asked() == kFine);
}

TEST_CASE("losses that are not measured yet deny new risk") {
  RiskLimits limits;
  limits.max_daily_loss = usd("100");
  Desk desk{limits};
  desk.marks.fold(Quote::two_sided(desk.names.btc, desk.now, 1_px, 1_qty, 1_px, 1_qty).header);
  desk.pay(desk.names.margin, usd("1000"));
  const auto buy = desk.limit(desk.names.btc, Side::kBuy, 1_qty, 1_px);
  CHECK(desk.reason(buy) == Reason::kRecovering);
  desk.risk.on_time(desk.now, desk);
  CHECK(desk.reason(buy) == Reason::kNone);
  CHECK(desk.risk.reset_equity_marks(AccountId{9}, desk.now, "ann", desk).error().code ==
        risk_errors::kUnknownScope);
  CHECK(desk.risk.reset_equity_marks(desk.names.margin, desk.now, "", desk).error().code ==
        risk_errors::kNobody);
  desk.give(desk.names.margin, desk.names.eth, 1_qty, 1_px);
  CHECK(desk.risk.reset_equity_marks(desk.names.margin, desk.now, "ann", desk).error().code ==
        risk_errors::kUnpriced);
  CHECK(desk.reason(buy) == Reason::kNoReferencePrice);
}

TEST_CASE("without a limit on losses there is no fact, and no deadline") {
  RiskLimits limits;
  Exposed desk{limits};
  for (int i = 0; i < 100; ++i) desk.price(Price::whole(100 + i));
  CHECK(desk.count(RecordKind::kEquityMarked) == 0);
  CHECK_FALSE(desk.risk.next_deadline().has_value());
}
