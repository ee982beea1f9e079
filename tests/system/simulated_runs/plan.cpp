#include "plan.hpp"

#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>

namespace keel::runs {

void give_up(const std::string& why) {
  std::fprintf(stderr, "simulated_runs: %s\n", why.c_str());
  std::exit(4);
}

namespace {

InstrumentSpec listing(const char* symbol, InstrumentKind kind, const char* base, const char* quote,
                       Price tick, Quantity lot) {
  InstrumentSpec spec;
  spec.symbol = symbol;
  spec.kind = kind;
  if (base != nullptr) spec.base = Currency::parse(base).value();
  spec.quote = Currency::parse(quote).value();
  spec.price_increment = tick;
  spec.quantity_increment = lot;
  return spec;
}

InstrumentSpec any_instrument(std::uint64_t which, std::size_t number) {
  InstrumentSpec spec;
  switch (which) {
    case 0:
      spec = listing("BTC/USD", InstrumentKind::kSpot, "BTC", "USD", 0.01_px, 0.001_qty);
      break;
    case 1:
      spec = listing("EUR/USD", InstrumentKind::kFxPair, "EUR", "USD", 0.00001_px, 1_qty);
      break;
    case 2:
      spec = listing("PERP", InstrumentKind::kPerpetual, "BTC", "USD", 0.5_px, 0.01_qty);
      spec.initial_margin = 0.1_rate;
      break;
    case 3:
      spec = listing("INV", InstrumentKind::kPerpetual, "BTC", "USD", 0.5_px, 1_qty);
      spec.inverse = true;
      spec.initial_margin = 0.1_rate;
      break;
    case 4:
      spec = listing("ESZ4", InstrumentKind::kFuture, nullptr, "USD", 0.25_px, 1_qty);
      spec.multiplier = 50_qty;
      spec.initial_margin = 0.05_rate;
      spec.expiry = Timestamp::from_seconds(1'734'000'000);
      break;
    default:
      spec = listing("AAPL", InstrumentKind::kEquity, nullptr, "USD", 0.01_px, 1_qty);
      spec.initial_margin = 0.5_rate;
      break;
  }
  spec.symbol += "." + std::to_string(number);
  return spec;
}

LatencyModel any_latency(Random& random) {
  switch (random.below(4)) {
    case 0: return LatencyModel::constant(Duration::milliseconds(random.between(1, 20)));
    case 1: return LatencyModel::uniform(1_ms, Duration::milliseconds(random.between(2, 60)));
    case 2: return LatencyModel::zero();
    default: return LatencyModel::long_tailed(1_ms, Duration::milliseconds(random.between(2, 30)));
  }
}

LinkFaults any_faults(Random& random, std::uint32_t scale) {
  LinkFaults link;
  const auto some = [&] { return static_cast<std::uint32_t>(random.below(scale + 1)); };
  link.delay_ppm = some();
  link.reorder_ppm = some();
  link.duplicate_ppm = some();
  link.drop_ppm = some();
  link.disconnect_ppm = some() / 10;
  link.delay = Duration::milliseconds(random.between(1, 400));
  return link;
}

SimConfig any_venue(Random& random, VenueId id, bool crashes) {
  SimConfig config;
  config.venue = id;
  config.source = SourceId{id.value};
  config.seed = random.next();
  config.prefix = FixedText<12>::clipped("V" + std::to_string(id.value));
  config.order_latency = any_latency(random);
  config.response_latency = any_latency(random);
  config.fees =
      FeeSchedule::percent(random.below(3) == 0 ? -0.0001_rate : 0.0002_rate, 0.0005_rate);
  if (random.below(3) == 0) config.fee_delay = Duration::milliseconds(random.between(0, 3000));
  if (random.below(2) == 0) config.fills.participation = 0.5_rate;
  if (random.below(2) == 0) config.fills.slippage = Slippage::fixed(1);
  if (random.below(2) == 0) config.fills.queue = QueueModel::kOptimistic;
  config.self_trade = static_cast<SelfTrade>(random.between(1, 4));
  // A third of the venues is healthy, a third has a bad day, a third a terrible one.
  const std::uint32_t scale[] = {0, 10'000, 60'000};
  const std::uint32_t faults = scale[random.below(3)];
  config.faults.commands = any_faults(random, faults);
  config.faults.reports = any_faults(random, faults);
  config.faults.reject_ppm = static_cast<std::uint32_t>(random.below(faults + 1));
  config.faults.down = Duration::milliseconds(random.between(1, 4000));
  config.faults.cancel_on_disconnect = random.below(3) == 0;
  config.snapshot_of_everything = crashes || random.below(2) == 0;
  config.max_orders = 2048;
  config.max_executions = 8192;
  config.messages = 64;
  config.levels = 16;
  return config;
}

void draw_accounts(Plan& plan, Random& random) {
  const std::size_t count = 1 + random.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    AccountPlan account;
    account.name = "account-" + std::to_string(i + 1);
    account.venue = VenueId{static_cast<std::uint16_t>(1 + i % plan.venues.size())};
    account.base = Currency{"USD"};
    account.kind = random.below(4) == 0 ? AccountKind::kCash : AccountKind::kMargin;
    account.mode = account.kind == AccountKind::kMargin && random.below(6) == 0
                       ? PositionMode::kHedging
                       : PositionMode::kNetting;
    plan.accounts.push_back(account);
  }
  const std::size_t strategies = 1 + random.below(4);
  for (std::size_t i = 0; i < strategies; ++i)
    plan.strategies.push_back({static_cast<std::uint16_t>(1 + random.below(count))});
}

void draw_engine(Plan& plan, Random& random) {
  EngineConfig& engine = plan.engine;
  engine.journal_config.segment_bytes = std::uint64_t{1} << random.between(17, 20);
  engine.journal_config.durability =
      random.below(3) == 0 ? Durability::kMachine : Durability::kProcess;
  engine.market_journal = random.below(4) == 0 ? MarketJournal::kConsumed : MarketJournal::kAll;
  engine.orders.slots = 1u << 10;
  engine.orders.execution_window = 1u << 12;
  if (random.below(2) == 0)
    engine.orders.answer_timeout = Duration::milliseconds(random.between(100, 3000));
  engine.snapshot_every = random.below(2) == 0 ? 0 : 100 + random.below(2000);
  RiskLimits& limits = engine.limits;
  limits.client_ids = 1u << 10;
  limits.messages = 1u << 8;
  limits.max_position = plan.max_position;
  limits.max_order_quantity = plan.max_order;
  limits.max_open_orders = plan.max_open_orders;
  if (random.below(2) == 0) limits.price_collar = 0.05_rate;
  if (random.below(4) == 0) limits.max_order_rate = random.between(5, 100);
  if (random.below(4) == 0) limits.max_drawdown_rate = 0.05_rate;
  if (random.below(4) == 0) limits.max_daily_loss_rate = 0.02_rate;
  if (random.below(4) == 0) limits.max_leverage = 3_rate;
  if (random.below(4) == 0) limits.max_reference_age = Duration::seconds(random.between(1, 600));
}

void draw_trouble(Plan& plan, Random& random, bool crashes) {
  const std::uint64_t inputs = plan.market_events * 2;
  if (crashes) {
    const std::size_t count = 1 + random.below(3);
    std::uint64_t at = 0;
    for (std::size_t i = 0; i < count; ++i) {
      at += 1 + random.below(inputs / count);
      auto kind = static_cast<CrashKind>(random.below(3));
      const bool machine = plan.engine.journal_config.durability == Durability::kMachine;
      if (kind == CrashKind::kPowerLoss && !machine) kind = CrashKind::kBetweenInputs;
      plan.crashes.push_back({at, kind});
    }
    if (random.below(2) == 0) {
      plan.storage = static_cast<StorageFault>(random.between(1, 4));
      plan.storage_let_pass = static_cast<int>(random.below(12));
    }
  }
  plan.clock_jumps = random.below(4) == 0;
  plan.hand_trading = random.below(2) == 0;
}

}  // namespace

Plan make_plan(std::uint64_t seed) {
  Random random{seed * 0x9E3779B97F4A7C15u + 1};
  Plan plan;
  plan.seed = seed;
  const bool crashes = random.below(2) == 0;
  const std::size_t venues = 1 + random.below(2);
  for (std::size_t i = 0; i < venues; ++i)
    plan.venues.push_back(any_venue(random, {static_cast<std::uint16_t>(i + 1)}, crashes));
  const std::size_t instruments = 1 + random.below(4);
  for (std::size_t i = 0; i < instruments; ++i) {
    plan.instruments.push_back(any_instrument(random.below(6), i + 1));
    plan.instruments.back().venue = VenueId{static_cast<std::uint16_t>(1 + i % venues)};
    plan.styles.push_back(static_cast<MarketStyle>(random.below(4)));
  }
  draw_accounts(plan, random);
  plan.max_position = Quantity::whole(random.between(5, 60));
  plan.max_order = Quantity::whole(random.between(3, 30));
  plan.max_open_orders = random.between(4, 40);
  draw_engine(plan, random);
  plan.market_events = 200 + random.below(700);
  plan.feed_latency =
      random.below(2) == 0 ? Duration{0} : Duration::milliseconds(random.between(1, 30));
  plan.eagerness_ppm = static_cast<std::uint32_t>(random.between(20'000, 400'000));
  draw_trouble(plan, random, crashes);
  return plan;
}

void declare(InstrumentRegistry& registry, Directory& directory, const Plan& plan) {
  for (std::size_t i = 0; i < plan.venues.size(); ++i)
    (void)need(directory.add_venue("VENUE-" + std::to_string(i + 1)));
  for (const auto& spec : plan.instruments) (void)need(registry.add(spec));
  for (const auto& account : plan.accounts)
    (void)need(directory.add_account(account.name, account.venue, account.base, account.kind,
                                     AccountRealm::kSimulated, account.mode));
}

std::string Plan::text() const {
  std::string out = fmt::format("plan of seed {}: {} market events, eagerness {} ppm\n", seed,
                                market_events, eagerness_ppm);
  for (std::size_t i = 0; i < instruments.size(); ++i)
    out += fmt::format("  {} at venue {}, style {}\n", instruments[i].symbol,
                       instruments[i].venue.value, static_cast<int>(styles[i]));
  for (const auto& account : accounts)
    out += fmt::format("  {} at venue {}, {}{}\n", account.name, account.venue.value,
                       to_text(account.kind),
                       account.mode == PositionMode::kHedging ? ", hedging" : "");
  for (const auto& config : venues)
    out += fmt::format("  venue {}: drops {}/{} ppm, doubles {}/{}, cuts {}/{}, rejects {}\n",
                       config.venue.value, config.faults.commands.drop_ppm,
                       config.faults.reports.drop_ppm, config.faults.commands.duplicate_ppm,
                       config.faults.reports.duplicate_ppm, config.faults.commands.disconnect_ppm,
                       config.faults.reports.disconnect_ppm, config.faults.reject_ppm);
  out += fmt::format(
      "  durability {}, market journal {}, position <= {}, order <= {}, open <= {}\n",
      static_cast<int>(engine.journal_config.durability), static_cast<int>(engine.market_journal),
      max_position.to_text(), max_order.to_text(), max_open_orders);
  for (const Crash& crash : crashes)
    out += fmt::format("  crash at input {}, kind {}\n", crash.at, static_cast<int>(crash.kind));
  out += fmt::format("  storage fault {} after {} calls; clock jumps {}; by hand {}\n",
                     static_cast<int>(storage), storage_let_pass, clock_jumps, hand_trading);
  return out;
}

}  // namespace keel::runs
