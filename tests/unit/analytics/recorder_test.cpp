// RunRecorder: rows and sums equal what was fed in, to the last digit.
#include <algorithm>
#include <utility>

#include <doctest/doctest.h>

#include "synthetic.hpp"

using namespace keel;
using test::Run;

namespace {
std::string text(const Money& amount) { return amount.to_text(); }
}  // namespace

TEST_CASE("an empty run is a report of nothing") {
  Run run;
  const RunReport report = run.report();
  CHECK(report.orders.empty());
  CHECK(report.fills.empty());
  CHECK(report.trades.empty());
  CHECK(!report.valuation);
  CHECK(report.net_pnl == Money::zero(Currency{"USD"}));
  CHECK(report.statistics.trades == 0.0);
  CHECK(!report.statistics.sharpe);
}

TEST_CASE("one fill") {
  Run run;
  run.deposit(1000);
  run.trade("800");
  run.sample();
  run.pass(Duration::minutes(1));
  run.buy("0.5", "800.01", "1.2");
  run.sample();
  run.pass(Duration::minutes(1));
  run.trade("810");
  run.sample();
  const RunReport report = run.report();
  REQUIRE(report.fills.size() == 1);
  CHECK(text(report.fills[0].value) == "400.005 USD");
  CHECK(text(report.fills[0].fee) == "1.2 USD");
  CHECK(report.fills[0].account == "main");
  REQUIRE(report.orders.size() == 1);
  CHECK(report.orders[0].state == OrderState::kFilled);
  CHECK(report.orders[0].average_price->to_text() == "800.01");
  CHECK(report.orders[0].ended.has_value());
  CHECK(report.trades.empty());  // still open
  CHECK(text(report.gross_pnl) == "4.995 USD");
  CHECK(text(report.net_pnl) == "3.795 USD");
  CHECK(text(report.end_equity) == "1003.795 USD");
  CHECK(report.end_equity - report.start_equity == report.net_pnl);
  CHECK(*report.statistics.time_in_market == doctest::Approx(0.5));
  REQUIRE(report.instruments.size() == 1);
  CHECK(report.instruments[0].positions.back().quantity.to_text() == "0.5");
  CHECK(report.instruments[0].prices.size() == 2);
}

TEST_CASE("round trips are exact, and turn where the position turns") {
  Run run;
  run.buy("1", "100", "0.1");
  run.pass(Duration::minutes(5));
  run.sell("3", "110.5", "0.3");  // closes the long, opens a short of two
  run.pass(Duration::minutes(5));
  run.buy("0.5", "100");
  run.buy("1.5", "120", "0.25");
  const RunReport report = run.report();
  REQUIRE(report.trades.size() == 2);
  const RoundTrip& first = report.trades[0];
  CHECK(first.side == Side::kBuy);
  CHECK(text(first.gross) == "10.5 USD");
  CHECK(text(first.fees) == "0.2 USD");
  CHECK(text(first.net) == "10.3 USD");
  CHECK(first.held() == Duration::minutes(5));
  CHECK(first.exit_price->to_text() == "110.5");
  const RoundTrip& second = report.trades[1];
  CHECK(second.side == Side::kSell);
  CHECK(second.quantity.to_text() == "2");
  CHECK(text(second.gross) == "-9 USD");
  CHECK(text(second.fees) == "0.45 USD");
  CHECK(second.exit_price->to_text() == "115");
  CHECK(second.fills == 3);
  CHECK(report.statistics.win_rate == 0.5);
}

TEST_CASE("the fee of a turning fill is split without a rest") {
  Run run;
  run.buy("1", "100");
  run.sell("3", "100", "0.000000000000000001");
  run.buy("2", "100");
  const RunReport report = run.report();
  REQUIRE(report.trades.size() == 2);
  CHECK(report.trades[0].fees.is_zero());
  CHECK(text(report.trades[1].fees) == "0.000000000000000001 USD");
}

TEST_CASE("profit of round trips is what the portfolio realized") {
  Run run;
  const RunReport report = test::walk(run, 2000);
  Money gross = Money::zero(Currency{"USD"}), fees = gross;
  for (const RoundTrip& trip : report.trades) {
    gross += trip.gross;
    fees += trip.fees;
  }
  const bool flat = report.fills.size() % 2 == 0;
  REQUIRE(report.trades.size() == report.fills.size() / 2);
  CHECK(gross == report.valuation->realized);
  if (flat) CHECK(fees == report.valuation->fees);
  CHECK(report.end_equity - report.start_equity == report.net_pnl);
  Money days = Money::zero(Currency{"USD"}), day_fees = days;
  std::uint64_t fills = 0;
  for (const DailyRow& day : report.days) {
    days += day.pnl;
    day_fees += day.fees;
    fills += day.fills;
  }
  CHECK(days == report.net_pnl);
  CHECK(day_fees == report.valuation->fees);
  CHECK(fills == report.counts.fills);
}

TEST_CASE("busted, corrected and late-fee fills change their row and their trade") {
  Run run;
  const OrderRecord bought = run.buy("1", "100", "0.1");
  const OrderRecord busted = run.buy("1", "101", "0.1");
  OrderRecord bust = run.order(RecordKind::kFillBusted, busted.order, Side::kBuy, "1");
  bust.last_quantity = busted.last_quantity;
  bust.last_price = busted.last_price;
  bust.fee = busted.fee;
  bust.fee_currency = busted.fee_currency;
  bust.execution = busted.execution;
  run.emit(bust.header);
  OrderRecord fee = run.order(RecordKind::kFillFee, bought.order, Side::kBuy, "1");
  fee.execution = bought.execution;
  fee.last_price = bought.last_price;
  fee.fee_currency = Currency{"USD"};
  fee.fee = Money::parse("0.05", Currency{"USD"}).value().raw();
  fee.filled = bought.filled;
  fee.state_after = OrderState::kFilled;
  run.emit(fee.header);
  const OrderRecord sold = run.sell("1", "110");
  OrderRecord correction = run.order(RecordKind::kFillCorrected, sold.order, Side::kSell, "1");
  correction.execution = sold.execution;
  correction.last_price = Price::parse("109").value();
  correction.last_quantity = sold.last_quantity;
  correction.value = Int128::from(sold.last_price.raw());
  correction.limit = Int128::from(sold.last_quantity.raw());
  correction.filled = sold.filled;
  correction.state_after = OrderState::kFilled;
  run.emit(correction.header);

  const RunReport report = run.report();
  REQUIRE(report.fills.size() == 3);
  CHECK(report.fills[1].busted);
  CHECK(report.fills[2].corrected);
  CHECK(text(report.fills[0].fee) == "0.15 USD");
  REQUIRE(report.trades.size() == 1);
  CHECK(text(report.trades[0].gross) == "9 USD");
  CHECK(text(report.trades[0].net) == "8.85 USD");
  CHECK(report.counts.busts == 1);
}

TEST_CASE("orders: denied, rejected, canceled, partly filled and unknown") {
  Run run;
  run.deny(Reason::kPositionLimit);
  run.deny(Reason::kPositionLimit);
  run.deny(Reason::kOrderRate);
  const OrderId rejected = run.submit(Side::kBuy, "1");
  OrderRecord reject = run.order(RecordKind::kOrderRejected, rejected, Side::kBuy, "1");
  reject.state_after = OrderState::kRejected;
  reject.reason = Reason::kInsufficientFunds;
  run.emit(reject.header);
  const OrderId part = run.submit(Side::kSell, "2");
  run.fill(part, Side::kSell, "2", "100", "", "0.5");
  OrderRecord cancel = run.order(RecordKind::kCancel, part, Side::kSell, "2");
  cancel.state_after = OrderState::kPendingCancel;
  cancel.reason = Reason::kByKillSwitch;
  cancel.filled = Quantity::parse("0.5").value();
  run.emit(cancel.header);
  OrderRecord canceled = cancel;
  canceled.header.kind = RecordKind::kOrderCanceled;
  canceled.state_after = OrderState::kCanceled;
  canceled.reason = Reason::kNone;
  run.emit(canceled.header);
  const OrderId open = run.submit(Side::kBuy, "1");
  OrderRecord unknown = run.order(RecordKind::kOrderUnknown, open, Side::kBuy, "1");
  unknown.state_after = OrderState::kUnknown;
  unknown.reason = Reason::kTimedOut;
  run.emit(unknown.header);

  const RunReport report = run.report();
  REQUIRE(report.orders.size() == 6);
  CHECK(report.orders[0].denied);
  CHECK(report.orders[3].reason == Reason::kInsufficientFunds);
  CHECK(report.orders[4].state == OrderState::kCanceled);
  CHECK(report.orders[4].reason == Reason::kByKillSwitch);
  CHECK(report.orders[4].filled.to_text() == "0.5");
  CHECK(report.orders[5].state == OrderState::kUnknown);
  CHECK(!report.orders[5].ended);
  CHECK(report.counts.open_at_end == 1);
  REQUIRE(report.denials.size() == 2);
  CHECK(report.denials[0].reason == Reason::kPositionLimit);
  CHECK(report.denials[0].count == 2);
  CHECK(report.events.size() == 1);
}

TEST_CASE("drawdown is watched at every sample, and flows are not profit") {
  Run run;
  run.deposit(1000);
  run.sample();
  run.buy("1", "100");
  run.pass(Duration::minutes(1));
  run.trade("100");
  run.sample();
  run.pass(Duration::minutes(1));
  run.trade("50");
  run.sample();
  run.pass(Duration::minutes(1));
  run.deposit(950, ChangeKind::kTransfer);
  run.sample();
  run.pass(Duration::minutes(1));
  run.trade("100");
  run.sample();
  const RunReport report = run.report();
  CHECK(text(report.flows) == "950 USD");
  CHECK(text(report.net_pnl) == "0 USD");
  REQUIRE(report.drawdown);
  CHECK(report.drawdown->percent == doctest::Approx(0.05));
  CHECK(report.drawdown->amount == doctest::Approx(50));
  CHECK(report.days[0].pnl.is_zero());
  CHECK(text(report.days[0].flows) == "950 USD");
  CHECK(*report.statistics.max_drawdown == doctest::Approx(0.05));
}

TEST_CASE("curves stay bounded and keep their extremes") {
  RunRecorderConfig config;
  config.account = AccountId{1};
  config.period = Duration::minutes(1);
  config.periods_per_year = 525'600;
  config.max_periods = 100;
  config.max_spans = 64;
  Run run{"main", "BTC/USD", "ema", config};
  const RunReport report = test::walk(run, 5000);
  CHECK(report.equity.size() <= 101);
  CHECK(report.equity.size() > 40);
  CHECK(report.equity_period == Duration::minutes(64));
  CHECK(report.statistics_config.periods_per_year == doctest::Approx(525'600.0 / 64));
  CHECK(report.equity_picture.size() <= 64);
  CHECK(report.instruments[0].prices.size() <= 64);
  CHECK(report.instruments[0].positions.size() <= 128);

  Run fine;
  const RunReport exact = test::walk(fine, 5000);
  const auto low = [](const RunReport& of) {
    Price least = of.instruments[0].prices[0].low;
    for (const PriceSpan& span : of.instruments[0].prices) least = std::min(least, span.low);
    return least;
  };
  CHECK(low(report) == low(exact));
  CHECK(report.drawdown->percent == exact.drawdown->percent);
  CHECK(report.fills.size() == exact.fills.size());
}

TEST_CASE("an unpriced sample is said, and is not in the curve") {
  Run run;
  run.deposit(1000);
  run.sample();
  run.buy("1", "100");
  run.sample();  // no market data yet
  const RunReport report = run.report();
  CHECK(report.equity.size() == 1);
  REQUIRE(report.host.notes.size() == 1);
  CHECK(report.host.notes[0].find("unpriced") != std::string::npos);
}

TEST_CASE("settings are checked") {
  RunRecorderConfig config;
  config.period = Duration{0};
  CHECK(Run("main", "BTC/USD", "ema", config).recorder.report().error().code ==
        analytics_errors::kBadConfig);
  config.period = Duration::hours(1);
  config.periods_per_year = 0;
  CHECK(Run("main", "BTC/USD", "ema", config).recorder.report().error().code ==
        analytics_errors::kBadConfig);
}

TEST_CASE("a second account's fills are rows, but not this account's money") {
  Run run;
  const AccountId other = run.directory
                              .add_account("shadow", run.venue, Currency{"USD"}, AccountKind::kCash,
                                           AccountRealm::kShadow)
                              .value();
  run.deposit(1000);
  run.sample();
  run.buy("1", "100", "0.1");
  run.sell("1", "110", "0.1");
  const AccountId own = std::exchange(run.account, other);
  run.buy("1", "100", "0.3");
  run.sell("1", "90", "0.3");
  run.account = own;
  run.trade("100");
  run.sample();
  const RunReport report = run.report();
  CHECK(report.account == "main");
  CHECK(report.fills.size() == 4);
  CHECK(report.trades.size() == 2);
  CHECK(report.statistics.trades == 1.0);
  CHECK(report.statistics.win_rate == 1.0);
  CHECK(text(report.net_pnl) == "9.8 USD");
  CHECK(text(report.days[0].fees) == "0.2 USD");
  CHECK(report.days[0].fills == 2);
  CHECK(text(*report.traded_value) == "210 USD");
  REQUIRE(report.host.notes.size() == 1);
}

TEST_CASE("records without a sequence number count in the order in which they came") {
  Run run;
  run.numbered = false;
  for (int i = 0; i < 40; ++i) {
    run.buy("1", "100");
    run.sell("1", std::to_string(101 + i));
  }
  const RunReport report = run.report();
  REQUIRE(report.trades.size() == 40);
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(report.trades[i].gross == Money::whole(static_cast<std::int64_t>(i) + 1, "USD"));
}
