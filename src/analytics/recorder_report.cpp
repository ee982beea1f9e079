#include <algorithm>

#include "analytics/recorder_core.hpp"

namespace keel {
namespace {

using analytics::ChangeEntry;
using analytics::FillEntry;
using analytics::kNoIndex;
using analytics::OrderEntry;

// Decimals that the increment needs.
int price_decimals(const Instrument& instrument) {
  int decimals = Price::kDigits;
  std::int64_t raw = instrument.price_increment.raw();
  while (decimals > 0 && raw != 0 && raw % 10 == 0) {
    raw /= 10;
    --decimals;
  }
  return decimals;
}

// Steps for a picture: of each group the smallest, the largest and the last remain.
std::vector<PositionStep> thinned(std::vector<PositionStep> steps, std::size_t max_steps) {
  const std::size_t group =
      (steps.size() * 3 + max_steps - 1) / std::max<std::size_t>(max_steps, 1);
  if (group <= 3) return steps;
  std::vector<PositionStep> kept;
  for (std::size_t at = 0; at < steps.size(); at += group) {
    const auto begin = steps.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        steps.begin() + static_cast<std::ptrdiff_t>(std::min(at + group, steps.size()));
    const auto by_quantity = [](const PositionStep& a, const PositionStep& b) {
      return a.quantity < b.quantity;
    };
    std::vector picked{std::min_element(begin, end, by_quantity),
                       std::max_element(begin, end, by_quantity), end - 1};
    std::sort(picked.begin(), picked.end());
    picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
    for (const auto& it : picked) kept.push_back(*it);
  }
  return kept;
}

struct SignedMove {
  std::uint64_t arrival;
  Timestamp time;
  Quantity quantity;
};

}  // namespace

void RunRecorder::Core::put_orders(RunReport& report) const {
  for (const OrderEntry& entry : orders) {
    OrderRow row{};
    row.id = entry.id;
    row.parent = entry.parent;
    row.account = analytics::account_name(*directory, entry.account);
    row.strategy = analytics::strategy_name(*directory, entry.strategy);
    row.instrument = analytics::instrument_name(*registry, entry.instrument);
    row.venue = std::string{directory->venue_name(entry.venue)};
    row.client_id = entry.client_id.str();
    row.side = entry.side;
    row.type = entry.terms.type;
    row.time_in_force = entry.terms.time_in_force;
    row.state = entry.state;
    row.reason = entry.reason;
    row.denied = entry.denied;
    row.external = entry.external;
    row.quantity = entry.terms.quantity;
    row.filled = entry.filled;
    row.limit = entry.terms.limit();
    row.trigger = entry.terms.trigger();
    row.created = entry.created;
    if (entry.ended) row.ended = entry.end_time;
    detail::i128 sum = 0, size = 0;
    for (std::uint32_t at = entry.last_fill; at != kNoIndex; at = fills[at].previous_fill) {
      if (fills[at].busted) continue;
      sum += static_cast<detail::i128>(fills[at].price.raw()) * fills[at].quantity.raw();
      size += fills[at].quantity.raw();
    }
    row.average_price = analytics::average_price(Int128::from(sum), Int128::from(size));
    if (!entry.denied && !entry.ended) ++report.counts.open_at_end;
    report.orders.push_back(std::move(row));
  }
  report.counts.orders = orders.size();
  report.denials = denials;
  std::sort(report.denials.begin(), report.denials.end(),
            [](const DenialCount& a, const DenialCount& b) {
              return a.count != b.count ? a.count > b.count : a.reason < b.reason;
            });
}

void RunRecorder::Core::put_fills(RunReport& report) const {
  Money traded = Money::zero(report.base);
  bool one_currency = true;
  for (const FillEntry& entry : fills) {
    FillRow row{};
    row.seq = entry.seq;
    row.time = entry.time;
    row.order = orders[entry.order].id;
    row.account = analytics::account_name(*directory, entry.account);
    row.strategy = analytics::strategy_name(*directory, entry.strategy);
    row.instrument = analytics::instrument_name(*registry, entry.instrument);
    row.execution = entry.execution.str();
    row.side = entry.side;
    row.liquidity = entry.liquidity;
    row.busted = entry.busted;
    row.corrected = entry.corrected;
    row.price = entry.price;
    row.quantity = entry.quantity;
    row.fee = entry.fee;
    if (const Instrument* instrument = registry->find(entry.instrument)) {
      row.value = analytics::fill_value(*instrument, entry.price, entry.quantity);
      if (!entry.busted && entry.account == account())
        one_currency = one_currency && analytics::add_to(traded, row.value);
    }
    report.fills.push_back(std::move(row));
  }
  if (one_currency && !report.base.empty()) report.traded_value = traded;
  report.trades = analytics::round_trips(fills, changes, *registry, *directory);
}

void RunRecorder::Core::put_instruments(RunReport& report) const {
  std::vector<std::vector<SignedMove>> moves(registry->size());
  std::vector<std::uint64_t> fill_counts(registry->size());
  const auto row_of = [&](InstrumentId id) { return id.value - 1u; };
  for (const FillEntry& fill : fills) {
    if (fill.busted || registry->find(fill.instrument) == nullptr) continue;
    moves[row_of(fill.instrument)].push_back(
        {fill.arrival, fill.time, fill.quantity * sign(fill.side)});
    ++fill_counts[row_of(fill.instrument)];
  }
  for (const ChangeEntry& change : changes)
    moves[row_of(change.instrument)].push_back({change.arrival, change.time, change.quantity});
  for (const Instrument& instrument : registry->all()) {
    const std::size_t row = row_of(instrument.id);
    InstrumentSeries series{
        instrument.id,   instrument.symbol.str(), price_decimals(instrument), {}, {},
        fill_counts[row]};
    if (row < prices.size())
      for (const auto& span : prices[row].spans())
        series.prices.push_back({span.start, span.open, span.high, span.low, span.close});
    std::sort(moves[row].begin(), moves[row].end(),
              [](const SignedMove& a, const SignedMove& b) { return a.arrival < b.arrival; });
    Quantity held = Quantity::zero();
    for (const SignedMove& move : moves[row]) {
      const auto sum = checked_add(held, move.quantity);
      if (!sum) break;
      held = *sum;
      series.positions.push_back({move.time, held});
    }
    series.positions = thinned(std::move(series.positions), std::size_t{config.max_spans} * 2);
    if (!series.prices.empty() || !series.positions.empty())
      report.instruments.push_back(std::move(series));
  }
  std::sort(report.instruments.begin(), report.instruments.end(),
            [](const InstrumentSeries& a, const InstrumentSeries& b) {
              return a.fills != b.fills ? a.fills > b.fills : a.id < b.id;
            });
}

void RunRecorder::Core::put_days(RunReport& report) const {
  Money start = start_equity;
  for (const analytics::DayEntry& day : days) {
    DailyRow row{};
    row.date = civil_from_days(day.day);
    row.start = start;
    row.end = day.end;
    row.flows = day.flows;
    row.pnl = day.end - start - day.flows;
    row.fees = Money::zero(report.base);
    row.drawdown = day.drawdown;
    start = day.end;
    report.days.push_back(row);
  }
  const auto day_of = [&](Timestamp time) -> DailyRow* {
    const CivilDate date = utc_date(time);
    const auto found =
        std::lower_bound(report.days.begin(), report.days.end(), date,
                         [](const DailyRow& row, CivilDate at) { return row.date < at; });
    return found != report.days.end() && found->date == date ? &*found : nullptr;
  };
  for (const OrderEntry& order : orders) {
    if (order.denied || order.account != account()) continue;
    if (DailyRow* row = day_of(order.created); row != nullptr) ++row->orders;
  }
  for (const FillEntry& fill : fills)
    if (DailyRow* row = day_of(fill.time);
        row != nullptr && !fill.busted && fill.account == account()) {
      ++row->fills;
      analytics::add_to(row->fees, fill.fee);
    }
  for (const RoundTrip& trip : report.trades)
    if (DailyRow* row = day_of(trip.exit); row != nullptr && trip.account == report.account)
      ++row->trades_closed;
}

void RunRecorder::Core::put_money(RunReport& report) const {
  report.valuation = valuation;
  report.start_equity = report.end_equity = report.flows = report.gross_pnl = report.net_pnl =
      Money::zero(report.base);
  if (valuation) {
    report.gross_pnl = valuation->realized + valuation->unrealized;
    report.net_pnl = report.gross_pnl - valuation->fees + valuation->income;
  }
  if (samples == 0) return;
  report.start_equity = start_equity;
  report.end_equity = days.back().end;
  report.flows = flows;
  const auto time = static_cast<double>((sample_time - start_time).ns);
  report.average_exposure = time > 0 ? exposure_ns / time : last_leverage;
  report.max_exposure = max_exposure;
  report.equity = equity;
  for (const auto& span : picture.spans())
    report.equity_picture.push_back(
        {span.start, span.last_time, span.open, span.high, span.low, span.close, span.extra});
  report.drawdown = drawdown.worst;
}

Status RunRecorder::Core::put_statistics(RunReport& report) const {
  report.equity_period = period;
  report.statistics_config.periods_per_year = periods_per_year;
  report.statistics_config.risk_free = config.risk_free;
  StatisticsInput input;
  input.curve = report.equity;
  std::vector<TradeResult> results;
  bool one_currency = true;
  std::size_t own = 0;
  for (const RoundTrip& trip : report.trades) {
    if (trip.account != report.account) continue;
    ++own;
    one_currency = one_currency && trip.net.currency() == report.base;
    results.push_back({trip.net.to_double(), trip.held()});
  }
  if (one_currency) input.trades = results;
  if (samples > 0) {
    input.drawdown = drawdown.worst;
    const auto time = static_cast<double>((sample_time - start_time).ns);
    if (time > 0) input.time_in_market = market_ns / time;
  }
  if (report.traded_value) input.traded_value = report.traded_value->to_double();
  if (valuation) input.fees = valuation->fees.to_double();
  auto computed = compute_statistics(input, report.statistics_config);
  if (!computed) return std::move(computed).error();
  report.statistics = *computed;
  if (!drawdown.defined) report.statistics.max_drawdown.reset();
  if (!one_currency) {
    report.statistics.trades = static_cast<double>(own);
    report.host.notes.emplace_back(
        "Trades closed in more than one currency: their statistics are left out.");
  }
  return {};
}

Result<RunReport> RunRecorder::report() const {
  const Core& core = *core_;
  if (auto status = check(core.config); !status) return std::move(status).error();
  RunReport report{};
  report.first_time = core.first_time;
  report.last_time = core.last_time;
  if (const Account* account = core.directory->account(core.account())) report.base = account->base;
  if (core.valuation) report.base = core.valuation->equity.currency();
  report.account = analytics::account_name(*core.directory, core.account());
  report.counts = core.counts;
  report.events = core.events;
  report.events_left_out = core.events_left_out;
  if (core.unpriced_samples > 0)
    report.host.notes.push_back(std::to_string(core.unpriced_samples) +
                                " samples with unpriced positions are not in the equity curve.");
  bool other_accounts = false;
  for (const FillEntry& fill : core.fills)
    other_accounts = other_accounts || fill.account != core.account();
  if (other_accounts)
    report.host.notes.push_back("Money, days and statistics are those of account " +
                                report.account + "; orders, fills and round trips are of all.");
  core.put_orders(report);
  core.put_fills(report);
  core.put_instruments(report);
  core.put_money(report);
  core.put_days(report);
  if (Status status = core.put_statistics(report); !status.ok()) return std::move(status).error();
  return report;
}

}  // namespace keel
