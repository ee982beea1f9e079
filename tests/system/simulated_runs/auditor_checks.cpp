// What must hold after every input.
#include <algorithm>

#include <fmt/core.h>

#include "auditor.hpp"

namespace keel::runs {

void Auditor::after_input() {
  if (broken_) return;
  naive_sync();
  check_positions();
  check_open();
  check_cumulative();
  check_risk();
  check_orders();
  if (money_moved_) {
    check_ledger();
    check_portfolio();
  }
  money_moved_ = false;
  for (const Account& account : directory_.accounts())
    if (!(engine_->portfolio().valuation(account.id) ==
          engine_->portfolio().recompute(account.id, engine_->marks())))
      breaks(Promise::kPortfolio, fmt::format("valuation of account {} is not what its positions "
                                              "come to",
                                              account.id.value));
  touched_.clear();
  touched_orders_.clear();
  if (plan_.crashes.empty() || engine_->journal().failed()) return;
  rolling_hashes_[engine_->seq()] = engine_->rolling_hash();
  if (plan_.exact_replay()) state_hashes_[engine_->seq()] = engine_->state_hash();
}

void Auditor::check_positions() {
  for (const Pair& pair : touched_) {
    const AccountId account{pair.first};
    const InstrumentId id{pair.second};
    const Position* position = engine_->portfolio().position(account, id);
    const std::int64_t held = position != nullptr ? position->quantity.raw() : 0;
    const std::int64_t facts = books_->position[pair];
    if (held != facts)
      breaks(Promise::kPosition, fmt::format("account {} instrument {}: holds {}, facts say {}",
                                             pair.first, pair.second, held, facts));
    const std::int64_t reported = books_->reported[pair] + books_->changed[pair];
    if (facts != reported)
      breaks(Promise::kExecutions,
             fmt::format("account {} instrument {}: facts say {}, reported executions {}",
                         pair.first, pair.second, facts, reported));
    for (std::uint16_t s = 0; s <= plan_.strategies.size(); ++s) {
      const Position* own = engine_->portfolio().strategy_position(account, {s}, id);
      const std::int64_t part = own != nullptr ? own->quantity.raw() : 0;
      if (part != books_->strategy_position[{pair.first, s, pair.second}])
        breaks(Promise::kPosition, fmt::format("strategy {} of account {}, instrument {}: holds {}",
                                               s, pair.first, pair.second, part));
    }
  }
}

void Auditor::check_ledger() {
  const Ledger& ledger = books_->ledger;
  for (const Currency& currency : ledger.currencies())
    if (!ledger.trial_balance(currency).is_zero())
      breaks(Promise::kLedger, "the trial balance is not zero");
  for (const Account& account : directory_.accounts()) {
    for (const Currency& currency : engine_->portfolio().currencies(account.id)) {
      const Money cash = engine_->portfolio().cash(account.id, currency);
      const Money own = ledger.balance(account.id, LedgerAccount::kCash, currency);
      if (!(cash == own))
        breaks(Promise::kLedger,
               fmt::format("account {}: cash {} in the portfolio, {} in the ledger",
                           account.id.value, cash.to_text(), own.to_text()));
      // As a statement tells it.
      if (counts_.transactions % 16 != 0) continue;
      const auto statement = ledger.statement_of(account.id, 0, engine_->seq());
      if (!statement) return breaks(Promise::kLedger, statement.error().message());
      for (const StatementRow& row : statement->rows)
        if (row.ledger == LedgerAccount::kCash && row.closing.currency() == currency &&
            !(row.closing == cash))
          breaks(Promise::kLedger, "the statement does not end with the portfolio's cash");
    }
  }
}

void Auditor::check_portfolio() {
  for (const auto& [key, list] : books_->portfolio.ops) {
    const auto& [account, instrument, strategy] = key;
    const AccountId owner{static_cast<std::uint16_t>(account)};
    const InstrumentId id{static_cast<std::uint32_t>(instrument)};
    // A hedging account's legs have costs of their own; the naive model nets.
    if (directory_.account(owner)->mode == PositionMode::kHedging) continue;
    if (touched_.count({owner.value, id.value}) == 0) continue;
    const naive::State slow = naive::evaluate(list, registry_.get(id));
    const Position* held = strategy < 0 ? engine_->portfolio().position(owner, id)
                                        : engine_->portfolio().strategy_position(
                                              owner, {static_cast<std::uint16_t>(strategy)}, id);
    if (held == nullptr || held->quantity.raw() != slow.quantity ||
        held->cost.raw().wide() != slow.cost || held->realized.raw().wide() != slow.realized ||
        held->rounding.raw().wide() != slow.rounding)
      breaks(Promise::kPortfolio,
             fmt::format("account {} instrument {} strategy {}: cost or profit "
                         "differ",
                         account, instrument, strategy));
  }
  for (const Account& account : directory_.accounts()) {
    if (account.mode == PositionMode::kHedging) continue;
    for (const Currency& currency : engine_->portfolio().currencies(account.id))
      if (engine_->portfolio().cash(account.id, currency).raw().wide() !=
          books_->portfolio.cash_of(account.id, currency))
        breaks(Promise::kPortfolio, fmt::format("account {}: cash differs", account.id.value));
  }
}

void Auditor::check_open() {
  std::map<SidedPair, std::int64_t> sums;
  std::map<std::tuple<std::uint16_t, std::uint16_t, std::uint32_t, Side>, std::int64_t> parts;
  engine_->orders().for_each_open([&](const Order& order) {
    sums[{order.account.value, order.instrument.value, order.side}] += order.open_worst.raw();
    parts[{order.account.value, order.strategy.value, order.instrument.value, order.side}] +=
        order.open_worst.raw();
  });
  for (const Pair& pair : touched_) {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      const SidedPair key{pair.first, pair.second, side};
      const std::int64_t told =
          engine_->orders().open_quantity({pair.first}, {pair.second}, side).raw();
      if (told != sums[key] || told != books_->open[key])
        breaks(Promise::kOpen,
               fmt::format("account {} instrument {} {}: {} open, orders sum to {}, "
                           "records to {}",
                           pair.first, pair.second, keel::to_text(side), told, sums[key],
                           books_->open[key]));
      for (std::uint16_t s = 0; s <= plan_.strategies.size(); ++s) {
        const auto part = std::tuple{pair.first, s, pair.second, side};
        const std::int64_t own =
            engine_->orders().strategy_open_quantity({pair.first}, {s}, {pair.second}, side).raw();
        if (own != parts[part] || own != books_->strategy_open[part])
          breaks(Promise::kOpen, fmt::format("strategy {}: open {}", s, own));
      }
    }
  }
}

void Auditor::check_cumulative() {
  for (const std::uint64_t id : touched_orders_) {
    const Order* order = engine_->orders().find(OrderId{id});
    if (order == nullptr || order->is_external()) continue;
    if (order->filled.raw() != books_->filled[id])
      breaks(Promise::kCumulative,
             fmt::format("order {}-{}: filled {}, its executions {}", order->id.run(),
                         order->id.counter(), order->filled.raw(), books_->filled[id]));
  }
}

// The worst case of each side: all that is open there fills, and nothing of the other side. A
// reduce-only order takes away no more than is there, by the venue's word, and does so first.
void Auditor::check_risk() {
  for (const Pair& pair : touched_) {
    for (const Side side : {Side::kBuy, Side::kSell}) {
      const SidedPair key{pair.first, pair.second, side};
      const std::int64_t held = sign(side) * books_->position[pair];
      const std::int64_t reducing = books_->open[key] - books_->risky[key];
      const std::int64_t worst =
          held + books_->risky[key] +
          std::clamp<std::int64_t>(reducing, 0, std::max<std::int64_t>(-held, 0));
      ++counts_.risk_checks;
      if (worst > plan_.max_position.raw() + books_->tolerance[key])
        breaks(Promise::kRisk,
               fmt::format("account {} instrument {}: {} at worst, limit {}, without approval {}",
                           pair.first, pair.second, worst, plan_.max_position.raw(),
                           books_->tolerance[key]));
    }
    const std::int64_t open = books_->open_orders[pair.first];
    if (open > plan_.max_open_orders + books_->orders_tolerance[pair.first])
      breaks(Promise::kRisk, fmt::format("account {}: {} open orders, limit {}", pair.first, open,
                                         plan_.max_open_orders));
  }
}

// --- once everything has healed ------------------------------------------------------------------

std::string Auditor::unsettled(const std::vector<std::unique_ptr<SimVenue>>& venues) const {
  std::vector<std::size_t> open(venues.size(), 0);
  std::string first;
  engine_->orders().for_each_open([&](const Order& order) {
    if (order.state != OrderState::kHeld) ++open[order.venue.value - 1u];
    if (first.empty() && (order.state != OrderState::kWorking))
      first = fmt::format("order {}-{} is {}", order.id.run(), order.id.counter(),
                          keel::to_text(order.state));
  });
  if (!first.empty()) return first;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    if (open[i] != venues[i]->open_orders())
      return fmt::format("venue {} has {} open orders, the engine {}", i + 1,
                         venues[i]->open_orders(), open[i]);
    if (!venues[i]->is_connected()) return "not connected";
  }
  return {};
}

void Auditor::check_venue(const SimVenue& venue) {
  const std::string prefix = plan_.venues[venue.id().value - 1u].prefix.str() + "-E";
  std::uint64_t ours = 0;
  for (const auto& [key, fill] : books_->booked)
    ours += std::get<3>(key).starts_with(prefix) ? 1u : 0u;
  if (ours != venue.executions())
    breaks(Promise::kVenueFills, fmt::format("venue {} executed {} times, {} fills are booked",
                                             venue.id().value, venue.executions(), ours));
  for (std::uint64_t n = 1; n <= venue.executions(); ++n) {
    const auto made = venue.execution(n);
    if (!made) continue;
    const ExecutionKey key{made->account.value, made->side, made->instrument.value,
                           prefix + std::to_string(n)};
    const auto found = books_->booked.find(key);
    if (found == books_->booked.end())
      breaks(Promise::kVenueFills, fmt::format("execution {}{} is lost", prefix, n));
    else if (found->second != std::pair{made->quantity.raw(), made->price})
      breaks(Promise::kVenueFills, fmt::format("execution {}{} was booked as another", prefix, n));
  }
  for (const auto& account : directory_.accounts()) {
    for (const auto& instrument : registry_.all()) {
      if (instrument.venue != venue.id()) continue;
      const Position* position = engine_->portfolio().position(account.id, instrument.id);
      const std::int64_t held = position != nullptr ? position->quantity.raw() : 0;
      const std::int64_t changed = books_->changed[{account.id.value, instrument.id.value}];
      if (held - changed != venue.position(account.id, instrument.id).raw())
        breaks(Promise::kVenueFills, fmt::format("account {} holds {} of {}, the venue says {}",
                                                 account.id.value, held, instrument.symbol.view(),
                                                 venue.position(account.id, instrument.id).raw()));
    }
  }
}

}  // namespace keel::runs
