// One risk check: twelve rules, all rules, and all rules over 1,000 instruments at random. The
// reference is a bare function of twelve comparisons of 128-bit numbers over the same fields.
#include <figures.hpp>
#include <keel/core/random.hpp>
#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::uint32_t kInstruments = 1'000;
constexpr int kBatch = 256;  // checks between two looks at the clock
constexpr int kBatches = 5'000;

struct Host final : Emitter {
  InstrumentRegistry registry;
  Directory directory;
  VenueId venue = *directory.add_venue("BENCH");
  AccountId account =
      *directory.add_account("a", venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated);
  StrategyId strategy = *directory.add_strategy("s");
  Marks marks{list(registry, venue)};
  Portfolio portfolio{registry, directory};
  OrderManager orders{OrderManagerConfig{}, registry};
  RiskChecker risk;
  Timestamp now = Timestamp::from_seconds(1'700'000'000);
  std::uint64_t seq = 0;

  static InstrumentRegistry& list(InstrumentRegistry& registry, VenueId venue) {
    for (std::uint32_t i = 0; i < kInstruments; ++i) {
      InstrumentSpec spec;
      spec.symbol = std::to_string(i);
      spec.kind = InstrumentKind::kPerpetual;
      spec.venue = venue;
      spec.base = Currency{"BTC"};
      spec.quote = Currency{"USD"};
      spec.price_increment = 0.01_px;
      spec.quantity_increment = 0.001_qty;
      spec.initial_margin = 0.1_rate;
      if (!registry.add(spec)) std::abort();
    }
    return registry;
  }
  explicit Host(const RiskLimits& limits)
      : risk(limits, registry, directory, marks, orders, portfolio) {
    Capabilities can;
    can.order_types = can.times_in_force = ~0u;
    risk.set_capabilities(venue, can);
    AccountFact fact = make_record<AccountFact>(RecordKind::kCashChanged);
    fact.header.flags = AccountFact::kHasAmount;
    fact.account = account;
    fact.kind = ChangeKind::kOpening;
    fact.amount = Money::whole(100'000'000, "USD").raw();
    fact.currency = "USD";
    emit(fact.header);
    for (std::uint32_t i = 1; i <= kInstruments; ++i) {
      const Quote quote =
          Quote::two_sided(InstrumentId{i}, now, 99.99_px, 10_qty, 100.01_px, 10_qty);
      marks.fold(quote.header);
      portfolio.revalue(InstrumentId{i}, marks);
      risk.on_market(InstrumentId{i}, now, *this);
    }
    // Positions and open orders on both sides, so that no sum is empty.
    for (std::uint32_t i = 1; i <= kInstruments; i += 3) {
      for (const Side side : {Side::kBuy, Side::kSell}) {
        auto decision = risk.check(request(i, side, 2_qty), now);
        if (!decision.approved()) std::abort();
        orders.submit(std::move(decision).take(), *this);
      }
    }
    now = now + 1_s;
  }
  void emit(RecordHeader& record) override {
    record.seq = ++seq;
    record.ts_event = record.ts_recv = now;
    orders.fold(record);
    portfolio.fold(record);
    risk.fold(record);
  }
  OrderRequest request(std::uint32_t instrument, Side side, Quantity quantity) const {
    OrderRequest made = OrderRequest::limit(InstrumentId{instrument}, side, quantity,
                                            side == Side::kBuy ? 100_px : 100.02_px);
    made.account = account;
    made.strategy = strategy;
    return made;
  }
};

RiskLimits twelve_rules() {
  RiskLimits limits;  // with trading state, kill switch, tradable, grid and reference: always on
  limits.fee_buffer.reset();
  limits.max_order_quantity = 1000_qty;
  limits.max_order_notional = Money::whole(1'000'000, "USD");
  limits.price_collar = 0.05_rate;
  limits.max_reference_age = 5_s;
  limits.max_position = 10'000_qty;
  limits.max_order_rate = 4'000;
  limits.max_gross_exposure = Money::whole(50'000'000, "USD");
  return limits;
}

RiskLimits all_rules() {
  RiskLimits limits = twelve_rules();
  limits.price_distance = 0.5_rate;
  limits.max_open_orders = 60'000;
  limits.max_net_exposure = Money::whole(50'000'000, "USD");
  limits.max_concentration = 0.5_rate;
  limits.max_leverage = 5_rate;
  limits.max_daily_loss = Money::whole(1'000'000, "USD");
  limits.max_daily_loss_rate = 0.1_rate;
  limits.max_drawdown = Money::whole(2'000'000, "USD");
  limits.max_drawdown_rate = 0.2_rate;
  limits.fee_buffer = 0.001_rate;
  limits.market_buffer = 0.01_rate;
  LimitSet& account = limits.account(AccountId{1});
  account.max_order_quantity = 2000_qty;
  account.max_position = 20'000_qty;
  LimitSet& strategy = limits.strategy(StrategyId{1});
  strategy.max_order_quantity = 1500_qty;
  strategy.max_order_notional = Money::whole(2'000'000, "USD");
  strategy.max_position = 15'000_qty;
  strategy.max_open_orders = 50'000;
  strategy.max_order_rate = 4'000;
  return limits;
}

// Nanoseconds a call, a figure a batch.
template <class F>
std::vector<double> time_batches(F&& call) {
  std::vector<double> each;
  each.reserve(kBatches);
  for (int i = 0; i < kBatches; ++i) {
    const auto start = cpu_ns();
    for (int k = 0; k < kBatch; ++k) call(k);
    each.push_back(static_cast<double>(cpu_ns() - start) / kBatch);
  }
  std::sort(each.begin(), each.end());
  return each;
}

// What the check comes down to when everything about it is known beforehand.
struct Bare {
  Int128 values[12], limits[12];
};
__attribute__((noinline)) int bare_check(const Bare& bare, const OrderRequest& request) {
  for (int i = 0; i < 12; ++i)
    if (bare.values[i].wide() + request.terms.quantity.raw() > bare.limits[i].wide()) return i;
  return 12;
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "risk"};
  std::vector<OrderRequest> one, many;
  {
    const Host host{RiskLimits{}};
    Random random{1};
    for (int i = 0; i < kBatch; ++i) {
      const Side side = i % 2 == 0 ? Side::kBuy : Side::kSell;
      one.push_back(host.request(1, side, Quantity::whole(1 + i % 5)));
      many.push_back(host.request(static_cast<std::uint32_t>(1 + random.below(kInstruments)), side,
                                  Quantity::whole(1 + i % 5)));
    }
  }
  Bare bare{};
  for (auto& limit : bare.limits) limit = Int128{0, 1};
  auto reference =
      time_batches([&](int k) { keep(bare_check(bare, one[static_cast<std::size_t>(k)])); });
  const double floor = percentile(reference, 0.5);

  const auto measure = [&](const char* name, const RiskLimits& limits,
                           const std::vector<OrderRequest>& requests) {
    Host host{limits};
    int approved = 0;
    auto times = time_batches([&](int k) {
      const auto decision = host.risk.check(requests[static_cast<std::size_t>(k)], host.now);
      approved += decision.approved() ? 1 : 0;
      keep(decision);
    });
    if (approved != kBatch * kBatches) {
      std::fprintf(stderr, "bench_risk: a check was denied\n");
      std::exit(1);
    }
    const std::string prefix = name;
    figures.add(prefix + "_median", percentile(times, 0.5), "ns", "twelve bare comparisons", floor);
    figures.add(prefix + "_p99", percentile(times, 0.99), "ns", "twelve bare comparisons", floor);
  };
  RiskLimits none;
  none.fee_buffer.reset();
  measure("no_limits", none, one);
  measure("twelve_rules", twelve_rules(), one);
  measure("all_rules", all_rules(), one);
  measure("all_rules_1000_instruments", all_rules(), many);
}
