// A host with nothing but the risk checker, the order manager and the portfolio: what the tests of
// room risk trade on. One venue that can do everything, one margin account and one cash account in
// USD, and a few instruments.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include <keel/orders/order_manager.hpp>
#include <keel/portfolio/portfolio.hpp>
#include <keel/risk/risk_checker.hpp>

namespace keel::test {

using namespace keel::literals;

inline Money usd(const char* text) { return *Money::parse(text, "USD"); }

inline Capabilities everything() {
  Capabilities can;
  can.order_types = ~0u;
  can.times_in_force = ~0u;
  can.replace = can.post_only = can.display = true;
  return can;
}

struct Names {
  InstrumentRegistry registry;
  Directory directory;
  VenueId venue;
  AccountId margin, cash;
  StrategyId strategy, other;
  InstrumentId btc, eth, perp, eur, eurbtc;

  Names() {
    venue = *directory.add_venue("SIM");
    margin = *directory.add_account("margin", venue, "USD", AccountKind::kMargin,
                                    AccountRealm::kSimulated);
    cash =
        *directory.add_account("cash", venue, "USD", AccountKind::kCash, AccountRealm::kSimulated);
    strategy = *directory.add_strategy("first");
    other = *directory.add_strategy("second");
    btc = list("BTC/USD", InstrumentKind::kSpot, "BTC", "USD");
    eth = list("ETH/USD", InstrumentKind::kSpot, "ETH", "USD");
    perp = list("BTC-PERP", InstrumentKind::kPerpetual, "BTC", "USD", 0.1_rate);
    eur = list("EUR/USD", InstrumentKind::kFxPair, "EUR", "USD");
    eurbtc = list("BTC/EUR", InstrumentKind::kSpot, "BTC", "EUR");
  }

  InstrumentId list(const char* symbol, InstrumentKind kind, std::string_view base,
                    std::string_view quote, Rate margin_rate = 1_rate) {
    InstrumentSpec spec;
    spec.symbol = symbol;
    spec.kind = kind;
    spec.venue = venue;
    spec.base = *Currency::parse(base);
    spec.quote = *Currency::parse(quote);
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 0.01_qty;
    spec.initial_margin = margin_rate;
    return *registry.add(spec);
  }
};

class Desk : public Emitter {
 public:
  Names names;
  Marks marks{names.registry};
  Portfolio portfolio{names.registry, names.directory};
  OrderManager orders{OrderManagerConfig{}, names.registry};
  RiskChecker risk;
  Timestamp now = Timestamp::from_seconds(1'700'000'000);
  std::vector<std::vector<std::byte>> journal;

  explicit Desk(const RiskLimits& limits = {}, const Names& listed = {})
      : names(listed), risk(limits, names.registry, names.directory, marks, orders, portfolio) {
    risk.set_capabilities(names.venue, everything());
  }

  virtual ~Desk() = default;
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  void emit(RecordHeader& record) override {
    record.seq = ++seq_;
    record.ts_event = record.ts_recv = now;
    const auto* bytes = reinterpret_cast<const std::byte*>(&record);
    journal.emplace_back(bytes, bytes + record.size);
    fold(record);
  }
  void fold(const RecordHeader& record) {
    orders.fold(record);
    portfolio.fold(record);
    risk.fold(record);
  }

  // ---- market ----
  void market(const RecordHeader& record) {
    marks.fold(record);
    portfolio.revalue(record.instrument, marks);
    risk.on_market(record.instrument, now, *this);
  }
  void quote(InstrumentId id, Price bid, Price ask) {
    market(Quote::two_sided(id, now, bid, 100_qty, ask, 100_qty).header);
  }
  void trade(InstrumentId id, Price price) { market(Trade::at(id, now, price, 1_qty).header); }
  void status(InstrumentId id, InstrumentStatus status) {
    StatusChange change = make_record<StatusChange>(RecordKind::kInstrumentStatus);
    change.header.instrument = id;
    change.header.ts_recv = now;
    change.status = status;
    market(change.header);
  }
  void gap(InstrumentId id) {
    MarketGap record = make_record<MarketGap>(RecordKind::kMarketGap);
    record.header.instrument = id;
    record.header.ts_recv = now;
    market(record.header);
  }
  void wait(Duration duration) { now = now + duration; }

  // ---- money ----
  void pay(AccountId account, const Money& amount, ChangeKind kind = ChangeKind::kOpening) {
    AccountFact fact = make_record<AccountFact>(RecordKind::kCashChanged);
    fact.header.flags = AccountFact::kHasAmount;
    fact.account = account;
    fact.kind = kind;
    fact.amount = amount.raw();
    fact.currency = amount.currency();
    emit(fact.header);
  }
  void give(AccountId account, InstrumentId instrument, Quantity quantity, Price price,
            ChangeKind kind = ChangeKind::kOpening) {
    AccountFact fact = make_record<AccountFact>(RecordKind::kPositionChanged);
    fact.header.flags = AccountFact::kHasQuantity;
    fact.header.instrument = instrument;
    fact.account = account;
    fact.kind = kind;
    fact.quantity = quantity;
    fact.price = price;
    emit(fact.header);
  }

  // ---- orders ----
  OrderRequest limit(InstrumentId id, Side side, Quantity quantity, Price price) const {
    return ours(OrderRequest::limit(id, side, quantity, price));
  }
  OrderRequest market_order(InstrumentId id, Side side, Quantity quantity) const {
    return ours(OrderRequest::market(id, side, quantity));
  }
  OrderRequest ours(OrderRequest request) const {
    request.account = names.margin;
    request.strategy = names.strategy;
    return request;
  }
  OrderId send(const OrderRequest& request) {
    auto decision = risk.check(request, now);
    if (!decision.approved()) {
      FAIL_CHECK("denied: " << std::string{to_text(decision.denial().reason)});
      return OrderId{0};
    }
    return orders.submit(std::move(decision).take(), *this);
  }
  // Past the checker, as a host with checks of its own does.
  OrderId force(const OrderRequest& request, Price reserve) {
    return orders.submit(Approved<OrderRequest>{Unchecked{"a test"}, request, reserve}, *this);
  }
  void report(OrderId id, ReportKind kind, Quantity quantity = 0_qty, Price price = 0_px) {
    OrderReport record = make_record<OrderReport>(RecordKind::kOrderReport);
    const Order* order = orders.find(id);
    REQUIRE(order != nullptr);
    record.header.instrument = order->instrument;
    record.header.ts_event = record.header.ts_recv = now;
    record.order = id;
    record.account = order->account;
    record.venue = order->venue;
    record.kind = kind;
    record.side = order->side;
    record.present = OrderReport::kHasSide;
    record.last_quantity = quantity;
    record.last_price = price;
    record.venue_order_id = *VenueOrderId::from("v" + std::to_string(id.value));
    if (kind == ReportKind::kFilled)
      record.execution = *ExecutionId::from("x" + std::to_string(++executions_));
    orders.on_report(record, *this);
    portfolio.revalue(order->instrument, marks);
  }
  void accept(OrderId id) { report(id, ReportKind::kAccepted); }
  void fill(OrderId id, Quantity quantity, Price price) {
    report(id, ReportKind::kFilled, quantity, price);
  }
  void cancel(OrderId id) {
    orders.cancel(id, Reason::kByRequest, *this);
    report(id, ReportKind::kCanceled);
  }
  // An order that opens and fills at once: how a test gets a position.
  void hold(InstrumentId id, Quantity quantity, Price price, AccountId account = {}) {
    const Side side = quantity.is_negative() ? Side::kSell : Side::kBuy;
    OrderRequest request = limit(id, side, abs(quantity), price);
    if (account.value != 0) request.account = account;
    const OrderId order = force(request, price);
    accept(order);
    fill(order, abs(quantity), price);
  }

  // ---- answers ----
  Denial denial(const OrderRequest& request) {
    const auto decision = risk.check(request, now);
    return decision.approved() ? Denial{Reason::kNone, {}, {}} : decision.denial();
  }
  Reason reason(const OrderRequest& request) { return denial(request).reason; }
  Denial denial(const ReplaceRequest& request) {
    const auto decision = risk.check(request, now);
    return decision.approved() ? Denial{Reason::kNone, {}, {}} : decision.denial();
  }
  Reason reason(const ReplaceRequest& request) { return denial(request).reason; }

  [[nodiscard]] int count(RecordKind kind) const {
    int found = 0;
    for (const auto& bytes : journal)
      found += reinterpret_cast<const RecordHeader*>(bytes.data())->kind == kind ? 1 : 0;
    return found;
  }

 private:
  std::uint64_t seq_ = 0;
  int executions_ = 0;
};

// The denial's reason and both numbers, for comparing at once.
inline std::string told(const Denial& denial) {
  return std::string{to_text(denial.reason)} + " " + detail::decimal_text(denial.value, 0) + " " +
         detail::decimal_text(denial.limit, 0);
}
inline std::string told(Reason reason, Int128 value, Int128 limit) {
  return told(Denial{reason, value, limit});
}
inline std::string told(Reason reason, Quantity value, Quantity limit) {
  return told(reason, Int128::from(value.raw()), Int128::from(limit.raw()));
}
inline std::string told(Reason reason, const Money& value, const Money& limit) {
  return told(reason, value.raw(), limit.raw());
}
inline std::string told(Reason reason, Rate value, Rate limit) {
  return told(reason, Int128::from(value.raw()), Int128::from(limit.raw()));
}
inline std::string told(Reason reason, Duration value, Duration limit) {
  return told(reason, Int128::from(value.ns), Int128::from(limit.ns));
}
inline std::string told(Reason reason, std::int64_t value, std::int64_t limit) {
  return told(reason, Int128::from(value), Int128::from(limit));
}

}  // namespace keel::test
