#include <keel/analytics/run_recorder.hpp>

#include <keel/core/time_text.hpp>
#include <keel/portfolio/position.hpp>

#include "analytics/recorder_core.hpp"

namespace keel {
namespace {

using analytics::DayEntry;
using analytics::FillEntry;
using analytics::kNoIndex;
using analytics::OrderEntry;

constexpr std::size_t kMaxEvents = 200;

Timestamp event_time(const RecordHeader& header) {
  return header.ts_event.ns != 0 ? header.ts_event : header.ts_recv;
}

Money signed_value(const Instrument& instrument, Price price, Quantity quantity) {
  return {position_value(instrument, price, quantity).value_or(Int128{}), instrument.settlement};
}

}  // namespace

double analytics::DrawdownWatch::add(Timestamp time, double equity, double profit, double flow) {
  if (flow != 0 && equity > 0 && equity - flow > 0) scale *= (equity - flow) / equity;
  if (!(equity > 0)) defined = false;
  const double wealth = equity * scale;
  const bool at_peak = defined ? wealth >= peak_wealth : profit >= peak_profit;
  if (at_peak || peak_time.ns == 0) {
    if (worst && !worst->recovered && worst->peak == peak_time) worst->recovered = time;
    peak_wealth = wealth;
    peak_profit = profit;
    peak_time = time;
    return 0;
  }
  const double depth = defined ? (peak_wealth - wealth) / peak_wealth : 0;
  const double amount = peak_profit - profit;
  const bool deeper = !worst || (defined ? depth > worst->percent : amount > worst->amount);
  if (deeper) worst = DrawdownSummary{amount, depth, peak_time, time, std::nullopt};
  return depth;
}

RunRecorder::Core::Core(const InstrumentRegistry& registry_in, const Directory& directory_in,
                        const RunRecorderConfig& config_in)
    : registry(&registry_in),
      directory(&directory_in),
      config(config_in),
      period(config_in.period),
      periods_per_year(config_in.periods_per_year),
      picture(config_in.max_spans) {}

AccountId RunRecorder::Core::account() const {
  return config.account.value != 0 ? config.account : AccountId{1};
}

void RunRecorder::Core::see_time(Timestamp time) {
  if (time.ns == 0) return;
  if (first_time.ns == 0) first_time = time;
  last_time = std::max(last_time, time);
}

void RunRecorder::Core::event(Timestamp time, std::string text) {
  if (events.size() < kMaxEvents)
    events.push_back({time, std::move(text)});
  else
    ++events_left_out;
}

RunRecorder::Core::PriceSeries& RunRecorder::Core::price_series(InstrumentId instrument) {
  while (prices.size() < instrument.value) prices.emplace_back(config.max_spans);
  if (has_fine_prices.size() < prices.size()) has_fine_prices.resize(prices.size());
  return prices[instrument.value - 1u];
}

void RunRecorder::Core::on_market(const RecordHeader& record) {
  if (registry->find(record.instrument) == nullptr) return;
  const Timestamp time = event_time(record);
  PriceSeries& series = price_series(record.instrument);
  const std::size_t row = record.instrument.value - 1u;
  switch (record.kind) {
    case RecordKind::kTrade:
      if (!has_fine_prices[row]) series = PriceSeries{config.max_spans};
      has_fine_prices[row] = true;
      series.add(time, record_as<Trade>(record).price);
      return;
    case RecordKind::kQuote: {
      const auto& quote = record_as<Quote>(record);
      if (!quote.is_two_sided()) return;
      if (!has_fine_prices[row]) series = PriceSeries{config.max_spans};
      has_fine_prices[row] = true;
      const detail::i128 both = static_cast<detail::i128>(quote.bid_price.raw()) +
                                static_cast<detail::i128>(quote.ask_price.raw());
      series.add(time, Price::from_raw(static_cast<std::int64_t>(both / 2)));
      return;
    }
    case RecordKind::kBar: on_bar(record_as<Bar>(record)); return;
    case RecordKind::kMarketGap:
      event(time, "market data lost: " + analytics::instrument_name(*registry, record.instrument));
      return;
    default: return;
  }
}

void RunRecorder::Core::on_bar(const Bar& bar) {
  if (registry->find(bar.header.instrument) == nullptr) return;
  PriceSeries& series = price_series(bar.header.instrument);
  if (has_fine_prices[bar.header.instrument.value - 1u]) return;
  series.add_span({bar.open_time, event_time(bar.header), bar.open, bar.high, bar.low, bar.close});
}

void RunRecorder::Core::deny(Reason reason) {
  for (DenialCount& row : denials)
    if (row.reason == reason) {
      ++row.count;
      return;
    }
  denials.push_back({reason, 1});
}

void RunRecorder::Core::count_order(const OrderRecord& record) {
  switch (record.header.kind) {
    case RecordKind::kSubmit: ++counts.submits; return;
    case RecordKind::kReplace: ++counts.replaces; return;
    case RecordKind::kCancel: ++counts.cancels; return;
    case RecordKind::kOrderDenied:
      ++counts.denied;
      deny(record.reason);
      return;
    case RecordKind::kOrderFilled: ++counts.fills; return;
    case RecordKind::kFillBusted: ++counts.busts; return;
    case RecordKind::kOrderRejected: ++counts.rejected; return;
    case RecordKind::kOrderCanceled: ++counts.canceled; return;
    case RecordKind::kOrderExpired: ++counts.expired; return;
    case RecordKind::kOrderUnknown:
      ++counts.unknown;
      event(record.header.ts_recv, "order fate unknown: " + std::string{explain(record.reason)});
      return;
    case RecordKind::kOrderAnomaly:
      ++counts.anomalies;
      event(record.header.ts_recv, "report did not fit: " + std::string{explain(record.reason)});
      return;
    default: return;
  }
}

OrderEntry& RunRecorder::Core::order_entry(const OrderRecord& record) {
  const auto [found, is_new] =
      order_index.try_emplace(record.order.value, static_cast<std::uint32_t>(orders.size()));
  if (is_new) {
    OrderEntry entry{};
    entry.id = record.order;
    entry.parent = record.parent;
    entry.instrument = record.header.instrument;
    entry.account = record.account;
    entry.strategy = record.strategy;
    entry.venue = record.venue;
    entry.side = record.side;
    entry.terms = record.terms;
    entry.client_id = record.client_id;
    entry.created = record.header.ts_recv;
    entry.denied = record.header.kind == RecordKind::kOrderDenied;
    entry.last_fill = kNoIndex;
    orders.push_back(entry);
  }
  return orders[found->second];
}

void RunRecorder::Core::on_order(const OrderRecord& record) {
  count_order(record);
  if (record.order.is_none()) return;
  OrderEntry& entry = order_entry(record);
  const RecordKind kind = record.header.kind;
  const auto index = static_cast<std::uint32_t>(&entry - orders.data());
  entry.external |= record.is_external();
  if (kind == RecordKind::kOrderAnomaly) return;
  if (kind == RecordKind::kCancel) entry.cancel_reason = record.reason;
  if (kind != RecordKind::kReplace && kind != RecordKind::kOrderDenied) {
    entry.terms = record.terms;
    entry.filled = record.filled;
  }
  if (record.state_after != OrderState::kNone) entry.state = record.state_after;
  // Held, and denied at its release: keel said no, not the venue.
  if (kind == RecordKind::kOrderDenied && is_terminal(entry.state)) entry.denied = true;
  const bool was_ended = std::exchange(entry.ended, is_terminal(entry.state));
  if (entry.ended && !was_ended) entry.end_time = record.header.ts_recv;
  switch (entry.state) {
    case OrderState::kWorking:
    case OrderState::kFilled: entry.reason = Reason::kNone; break;
    case OrderState::kCanceled:
      if (!was_ended) entry.reason = record.reason;
      if (entry.reason == Reason::kNone) entry.reason = entry.cancel_reason;
      break;
    case OrderState::kRejected:
    case OrderState::kExpired:
    case OrderState::kUnknown:
      if (!was_ended) entry.reason = record.reason;
      break;
    default: break;
  }
  if (kind == RecordKind::kOrderFilled) on_fill(record, index);
  if (kind == RecordKind::kFillFee || kind == RecordKind::kFillBusted ||
      kind == RecordKind::kFillCorrected)
    on_fill_change(record, index);
}

void RunRecorder::Core::on_fill(const OrderRecord& record, std::uint32_t order) {
  FillEntry fill{};
  fill.seq = record.header.seq;
  fill.arrival = ++arrivals;
  fill.time = event_time(record.header);
  fill.order = order;
  fill.previous_fill = orders[order].last_fill;
  fill.instrument = record.header.instrument;
  fill.account = record.account;
  fill.strategy = record.strategy;
  fill.side = record.side;
  fill.liquidity = record.liquidity;
  fill.price = record.last_price;
  fill.quantity = record.last_quantity;
  if (!record.fee_currency.empty()) fill.fee = record.fee_money();
  fill.execution = record.execution;
  orders[order].last_fill = static_cast<std::uint32_t>(fills.size());
  fills.push_back(fill);
}

void RunRecorder::Core::on_fill_change(const OrderRecord& record, std::uint32_t order) {
  std::uint32_t at = orders[order].last_fill;
  while (at != kNoIndex && !(fills[at].execution == record.execution)) at = fills[at].previous_fill;
  if (at == kNoIndex) return;  // booked by the portfolio all the same; there is no row to change
  FillEntry& fill = fills[at];
  if (record.header.kind == RecordKind::kFillBusted) {
    fill.busted = true;
    return;
  }
  if (record.header.kind == RecordKind::kFillCorrected) {
    fill.corrected = true;
    fill.price = record.last_price;
    fill.quantity = record.last_quantity;
  }
  if (record.fee_currency.empty()) return;
  if (fill.fee.currency().empty())
    fill.fee = record.fee_money();
  else if (!analytics::add_to(fill.fee, record.fee_money()))
    fill.more_fees = true;
}

void RunRecorder::Core::on_account(const AccountFact& fact) {
  const bool outside = fact.kind == ChangeKind::kOpening || fact.kind == ChangeKind::kTransfer ||
                       fact.kind == ChangeKind::kAdjustment;
  const Instrument* instrument = registry->find(fact.header.instrument);
  const bool moves = (fact.header.flags & AccountFact::kHasQuantity) != 0 && instrument != nullptr;
  if (moves)
    changes.push_back({++arrivals, event_time(fact.header), fact.header.instrument, fact.account,
                       fact.strategy, fact.quantity, fact.price});
  const Account* own = directory->account(account());
  if (!outside || own == nullptr || fact.account != own->id) return;
  if (pending_flow.currency().empty()) pending_flow = Money::zero(own->base);
  if ((fact.header.flags & AccountFact::kHasAmount) != 0)
    analytics::add_to(pending_flow, fact.money());
  // What comes in kind is worth its cost; a position that settles only profit is worth nothing new.
  if (moves && cash_rule(*instrument, own->kind) == CashRule::kFull)
    analytics::add_to(pending_flow, signed_value(*instrument, fact.price, fact.quantity));
}

void RunRecorder::Core::on_state(const StateFact& fact) {
  const Timestamp time = fact.header.ts_recv;
  const std::string why =
      fact.reason == Reason::kNone ? std::string{} : " (" + std::string{explain(fact.reason)} + ")";
  switch (fact.header.kind) {
    case RecordKind::kTradingStateChanged:
      event(time, "trading state: " + std::string{to_text(TradingState{fact.after})} + why);
      return;
    case RecordKind::kKillSwitchChanged:
      event(time, "kill switch: " + std::string{to_text(KillLevel{fact.after})} + why);
      return;
    case RecordKind::kCallbackFailed:
      event(time, "a strategy's callback failed: " + fact.name.str());
      return;
    default: return;
  }
}

void RunRecorder::Core::join_periods() {
  while (equity.size() > static_cast<std::size_t>(config.max_periods) + 1) {
    period = period * 2;
    periods_per_year /= 2;
    std::size_t kept = 1;  // the first point is where the run began
    for (std::size_t i = 2; i < equity.size(); ++i) {
      if (equity[kept].time.floor_to(period) == equity[i].time.floor_to(period)) {
        equity[i].flow += equity[kept].flow;
        equity[kept] = equity[i];
      } else {
        equity[++kept] = equity[i];
      }
    }
    equity.resize(kept + 1);
  }
}

void RunRecorder::Core::add_equity(Timestamp time, double value, double flow) {
  const bool joins =
      equity.size() > 1 && equity.back().time.floor_to(period) == time.floor_to(period);
  if (joins) {
    equity.back().time = time;
    equity.back().equity = value;
    equity.back().flow += flow;
    return;
  }
  if (equity.size() == 1 && equity.back().time == time) {
    equity.back().equity = value;  // the same moment as the start: nothing was earned in between
    return;
  }
  equity.push_back({time, value, flow});
  if (config.max_periods >= 8) join_periods();
}

void RunRecorder::Core::add_sample(Timestamp time, const Valuation& now) {
  const double value = now.equity.to_double();
  const bool is_first = samples == 0;
  if (is_first && now.equity.is_zero()) return;  // not funded yet: there is nothing to return on
  if (is_first) {
    start_time = time;
    start_equity = now.equity;
    flows = Money::zero(now.equity.currency());
    pending_flow = flows;  // what came before is in the first value
  }
  const double passed = is_first ? 0 : static_cast<double>((time - sample_time).ns);
  exposure_ns += last_leverage * passed;
  if (in_market) market_ns += passed;
  in_market = !now.gross_exposure.is_zero();
  last_leverage = value > 0 ? now.gross_exposure.to_double() / value : 0;
  max_exposure = std::max(max_exposure, last_leverage);

  const Money flow = std::exchange(pending_flow, Money::zero(flows.currency()));
  analytics::add_to(flows, flow);
  const double profit = value - flows.to_double();
  const double depth = drawdown.add(time, value, profit, flow.to_double());
  add_equity(time, value, flow.to_double());
  picture.add(time, value, depth);

  const std::int32_t day = days_from_civil(utc_date(time));
  if (days.empty() || days.back().day != day)
    days.push_back({day, now.equity, Money::zero(flows.currency()), 0});
  DayEntry& entry = days.back();
  entry.end = now.equity;
  analytics::add_to(entry.flows, flow);
  entry.drawdown = std::max(entry.drawdown, depth);
  last_equity = value;
  sample_time = time;
  ++samples;
}

Status check(const RunRecorderConfig& config) {
  using analytics_errors::kBadConfig;
  if (config.period.ns <= 0)
    return Error{kBadConfig, "period", to_text(config.period), "above zero", {}};
  if (config.max_periods < 8)
    return Error{kBadConfig, "max_periods", std::to_string(config.max_periods), "at least 8", {}};
  return {};
}

RunRecorder::RunRecorder(const InstrumentRegistry& registry, const Directory& directory,
                         const RunRecorderConfig& config)
    : core_(new Core(registry, directory, config)) {}
RunRecorder::RunRecorder(RunRecorder&& other) noexcept
    : core_(std::exchange(other.core_, nullptr)) {}
RunRecorder& RunRecorder::operator=(RunRecorder&& other) noexcept {
  std::swap(core_, other.core_);
  return *this;
}
RunRecorder::~RunRecorder() { delete core_; }

void RunRecorder::fold(const RecordHeader& record) {
  Core& core = *core_;
  ++core.counts.records;
  core.see_time(record.ts_recv);
  switch (family(record.kind)) {
    case RecordFamily::kMarket:
      ++core.counts.market_inputs;
      core.on_market(record);
      return;
    case RecordFamily::kInput:
      ++core.counts.other_inputs;
      if (record.kind == RecordKind::kConnection) {
        const auto& connection = record_as<ConnectionInput>(record);
        core.event(record.ts_recv, "connection to " +
                                       std::string{core.directory->venue_name(connection.venue)} +
                                       ": " + std::string{to_text(connection.state)});
      }
      if (record.kind == RecordKind::kRestarted) core.event(record.ts_recv, "restarted");
      return;
    case RecordFamily::kOrderFact:
      ++core.counts.facts;
      core.on_order(record_as<OrderRecord>(record));
      return;
    case RecordFamily::kAccountFact:
      ++core.counts.facts;
      core.on_account(record_as<AccountFact>(record));
      return;
    case RecordFamily::kStateFact:
      ++core.counts.facts;
      if (record.kind == RecordKind::kBarClosed)
        core.on_bar(record_as<Bar>(record));
      else if (record.kind != RecordKind::kBarsSubscribed)
        core.on_state(record_as<StateFact>(record));
      return;
    case RecordFamily::kCommand:
      ++core.counts.commands;
      core.on_order(record_as<OrderRecord>(record));
      return;
  }
}

void RunRecorder::sample(Timestamp time, const Valuation& valuation) {
  core_->see_time(time);
  core_->valuation = valuation;
  if (valuation.unpriced != 0)
    ++core_->unpriced_samples;
  else
    core_->add_sample(std::max(time, core_->sample_time), valuation);
}

void RunRecorder::sample_price(Timestamp time, InstrumentId instrument, Price price) {
  if (core_->registry->find(instrument) == nullptr) return;
  Core::PriceSeries& series = core_->price_series(instrument);
  std::vector<bool>::reference fine = core_->has_fine_prices[instrument.value - 1u];
  if (!fine) series = Core::PriceSeries{core_->config.max_spans};
  fine = true;
  series.add(time, price);
}

void RunRecorder::count_market_inputs(std::uint64_t count) { core_->counts.market_inputs += count; }

}  // namespace keel
