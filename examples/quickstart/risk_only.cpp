// Quickstart 2: the risk checker alone, in somebody's own loop. No engine, no journal, no simulated
// venue: your loop brings prices, wishes and fills; every wish is checked at the worst case of what
// is open, and what passes is yours to send.
#include <cstdio>

#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>

using namespace keel::literals;

namespace {

// The four components that hold the state, and the one way in which it changes: a fact is numbered,
// stamped and folded by all of them, in this order. A host that keeps its own record of what
// happened would write the fact down here.
class Desk final : public keel::Emitter {
 public:
  Desk(const keel::InstrumentRegistry& registry, const keel::Directory& directory,
       const keel::RiskLimits& limits)
      : marks{registry},
        portfolio{registry, directory},
        orders{keel::OrderManagerConfig{}, registry},
        risk{limits, registry, directory, marks, orders, portfolio} {}

  void emit(keel::RecordHeader& fact) override {
    fact.seq = ++seq_;
    fact.ts_event = fact.ts_recv = now;
    orders.fold(fact);
    portfolio.fold(fact);
    risk.fold(fact);
  }

  void on_quote(const keel::Quote& quote) {
    now = quote.header.ts_recv;
    marks.fold(quote.header);
    portfolio.revalue(quote.header.instrument, marks);
    risk.on_market(quote.header.instrument, now, *this);
  }

  // none: denied, and the line says why.
  keel::OrderId want(const keel::OrderRequest& request) {
    auto decision = risk.check(request, now);
    const auto quantity = request.terms.quantity.to_text();
    if (!decision) {
      const keel::Denial denial = decision.denial();
      const auto reason = keel::to_text(denial.reason);
      std::printf("denied  %s: %.*s\n", quantity.c_str(), static_cast<int>(reason.size()),
                  reason.data());
      orders.deny(request, denial, *this);
      return {};
    }
    const keel::OrderId id = orders.submit(std::move(decision).take(), *this);
    std::printf("passed  %s\n", quantity.c_str());  // here your own gateway sends it
    return id;
  }

  // What the venue says: here, that all of the order was filled.
  void on_filled(keel::OrderId id, keel::Price price) {
    const keel::Order* order = orders.find(id);
    auto report = keel::make_record<keel::OrderReport>(keel::RecordKind::kOrderReport);
    report.header.instrument = order->instrument;
    report.header.ts_event = report.header.ts_recv = now;
    report.kind = keel::ReportKind::kFilled;
    report.present = keel::OrderReport::kHasSide;
    report.order = id;
    report.account = order->account;
    report.venue = order->venue;
    report.side = order->side;
    report.last_price = price;
    report.last_quantity = order->terms.quantity;
    report.execution = "E-1";
    orders.on_report(report, *this);
  }

  keel::Marks marks;
  keel::Portfolio portfolio;
  keel::OrderManager orders;
  keel::RiskChecker risk;
  keel::Timestamp now{0};

 private:
  std::uint64_t seq_ = 0;
};

}  // namespace

int main() {
  keel::InstrumentRegistry registry;
  keel::Directory directory;
  const auto venue = directory.add_venue("DESK");
  if (!venue) return 1;
  const auto account = directory.add_account("book", *venue, "USD", keel::AccountKind::kMargin,
                                             keel::AccountRealm::kLive);
  keel::InstrumentSpec spec;
  spec.symbol = "BTC-PERP";
  spec.kind = keel::InstrumentKind::kPerpetual;
  spec.venue = *venue;
  spec.base = keel::Currency{"BTC"};
  spec.quote = keel::Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.001_qty;
  spec.initial_margin = 0.1_rate;
  const auto perp = registry.add(spec);
  if (!account || !perp) return 1;

  keel::RiskLimits limits;
  limits.max_position = 3_qty;
  limits.price_collar = 0.02_rate;  // a limit price at most 2% worse than the market
  limits.max_reference_age = 5_s;
  if (const auto status = limits.check(registry, directory); !status)
    return std::fprintf(stderr, "%s\n", status.error().message().c_str()), 1;
  Desk desk{registry, directory, limits};
  keel::Capabilities can;
  can.order_types = can.times_in_force = ~0u;
  desk.risk.set_capabilities(*venue, can);

  auto cash = keel::make_record<keel::AccountFact>(keel::RecordKind::kCashChanged);
  cash.header.flags = keel::AccountFact::kHasAmount;
  cash.account = *account;
  cash.kind = keel::ChangeKind::kOpening;
  cash.amount = keel::Money::whole(100'000, "USD").raw();
  cash.currency = "USD";
  desk.emit(cash.header);

  const auto buy = [&](keel::Quantity quantity, keel::Price price) {
    return desk.want(
        keel::OrderRequest::limit(*perp, keel::Side::kBuy, quantity, price).on(*account));
  };
  const keel::Timestamp start = keel::Timestamp::from_seconds(1'700'000'000);
  buy(1_qty, 60'000_px);  // nobody has named a price yet
  desk.on_quote(keel::Quote::two_sided(*perp, start, 59'990_px, 4_qty, 60'010_px, 4_qty));
  const keel::OrderId first = buy(2_qty, 60'010_px);
  buy(1.5_qty, 60'010_px);  // 2 may still fill, so 3.5 at worst
  buy(1_qty, 66'000_px);    // a finger too many
  desk.on_filled(first, 60'010_px);
  const keel::OrderId second = buy(1_qty, 60'010_px);
  desk.now = start + 10_s;
  buy(0.001_qty, 60'010_px);  // the price is ten seconds old by now

  const auto held = desk.portfolio.position(*account, *perp)->quantity;
  std::printf("holding %s, and %lld order open\n", held.to_text().c_str(),
              static_cast<long long>(desk.risk.open_orders(*account)));
  return held == 2_qty && second.value != 0 && desk.risk.open_orders(*account) == 1 ? 0 : 1;
}
