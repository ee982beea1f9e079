// A small world for the tests of the portfolio room, and records as the order manager makes them.
#pragma once

#include <string>

#include <keel/portfolio/portfolio.hpp>

namespace books {

using namespace keel;
using namespace keel::literals;

inline Money money(const char* text, Currency currency) {
  return Money::parse(text, currency).value();
}

struct World {
  InstrumentRegistry registry;
  Directory directory;
  VenueId venue = directory.add_venue("SIM").value();
  StrategyId trend = directory.add_strategy("trend").value();
  StrategyId carry = directory.add_strategy("carry").value();
  AccountId cash = account("cash", AccountKind::kCash);
  AccountId margin = account("margin", AccountKind::kMargin);
  AccountId hedge = account("hedge", AccountKind::kMargin, PositionMode::kHedging);
  AccountId euro =
      directory.add_account("euro", venue, "EUR", AccountKind::kMargin, AccountRealm::kSimulated)
          .value();

  InstrumentId btc = pair("BTC/USD", "BTC", "USD", InstrumentKind::kSpot);
  InstrumentId eur = pair("EUR/USD", "EUR", "USD", InstrumentKind::kFxPair);
  InstrumentId jpy = pair("USD/JPY", "USD", "JPY", InstrumentKind::kFxPair);
  InstrumentId perp = perpetual("BTC-PERP", false);
  InstrumentId inverse = perpetual("BTC-INV", true);
  InstrumentId future = dated("ESZ4", "USD", Quantity::whole(50));
  InstrumentId nikkei = dated("NKZ4", "JPY", Quantity::whole(1000));
  InstrumentId stock = equity("SAP", "EUR");

  AccountId account(const char* name, AccountKind kind,
                    PositionMode mode = PositionMode::kNetting) {
    return directory.add_account(name, venue, "USD", kind, AccountRealm::kSimulated, mode).value();
  }
  InstrumentId pair(const char* symbol, Currency base, Currency quote, InstrumentKind kind) {
    InstrumentSpec spec = blank(symbol, kind, quote);
    spec.base = base;
    return registry.add(spec).value();
  }
  InstrumentId perpetual(const char* symbol, bool is_inverse) {
    InstrumentSpec spec = blank(symbol, InstrumentKind::kPerpetual, "USD");
    spec.base = Currency{"BTC"};
    spec.inverse = is_inverse;
    spec.initial_margin = 0.1_rate;
    return registry.add(spec).value();
  }
  InstrumentId dated(const char* symbol, Currency quote, Quantity multiplier) {
    InstrumentSpec spec = blank(symbol, InstrumentKind::kFuture, quote);
    spec.multiplier = multiplier;
    spec.initial_margin = 0.05_rate;
    spec.expiry = Timestamp::from_seconds(1'734'000'000);
    return registry.add(spec).value();
  }
  InstrumentId equity(const char* symbol, Currency quote) {
    InstrumentSpec spec = blank(symbol, InstrumentKind::kEquity, quote);
    spec.initial_margin = 0.5_rate;
    return registry.add(spec).value();
  }
  static InstrumentSpec blank(const char* symbol, InstrumentKind kind, Currency quote) {
    InstrumentSpec spec;
    spec.symbol = symbol;
    spec.kind = kind;
    spec.quote = quote;
    spec.price_increment = Price::from_raw(10'000);  // 0.00001
    spec.quantity_increment = Quantity::from_raw(1);
    return spec;
  }
};

// Numbers records as the engine would.
struct Clock {
  std::uint64_t seq = 0;
  void stamp(RecordHeader& header) {
    header.seq = ++seq;
    header.ts_event = header.ts_recv =
        Timestamp::from_seconds(1'700'000'000 + static_cast<std::int64_t>(seq));
  }
};

struct Fee {
  const char* amount;
  Currency currency;
};

inline OrderRecord fill(AccountId account, StrategyId strategy, InstrumentId instrument, Side side,
                        Quantity quantity, Price price, std::optional<Fee> fee = {},
                        std::string_view execution = {}) {
  OrderRecord record = make_record<OrderRecord>(RecordKind::kOrderFilled);
  record.header.instrument = instrument;
  record.order = OrderId::make(1, 1, 7);
  record.account = account;
  record.strategy = strategy;
  record.side = side;
  record.last_quantity = quantity;
  record.last_price = price;
  record.execution = ExecutionId::from(execution).value();
  if (fee) {
    record.fee = money(fee->amount, fee->currency).raw();
    record.fee_currency = fee->currency;
  }
  return record;
}

inline OrderRecord busted(OrderRecord record) {
  record.header.kind = RecordKind::kFillBusted;
  return record;
}
inline OrderRecord corrected(OrderRecord record, Quantity quantity, Price price,
                             std::optional<Fee> fee_change = {}) {
  record.header.kind = RecordKind::kFillCorrected;
  record.value = Int128::from(record.last_price.raw());
  record.limit = Int128::from(record.last_quantity.raw());
  record.last_quantity = quantity;
  record.last_price = price;
  record.fee = fee_change ? money(fee_change->amount, fee_change->currency).raw() : Int128{};
  record.fee_currency = fee_change ? fee_change->currency : Currency{};
  return record;
}
inline OrderRecord late_fee(OrderRecord record, Fee fee) {
  record.header.kind = RecordKind::kFillFee;
  record.fee = money(fee.amount, fee.currency).raw();
  record.fee_currency = fee.currency;
  return record;
}

inline AccountFact cash_change(AccountId account, ChangeKind kind, const char* amount,
                               Currency currency, InstrumentId instrument = {},
                               StrategyId strategy = {}) {
  AccountFact fact = make_record<AccountFact>(RecordKind::kCashChanged);
  fact.header.instrument = instrument;
  fact.header.flags = AccountFact::kHasAmount;
  fact.account = account;
  fact.strategy = strategy;
  fact.kind = kind;
  fact.amount = money(amount, currency).raw();
  fact.currency = currency;
  return fact;
}
inline AccountFact position_change(AccountId account, StrategyId strategy, InstrumentId instrument,
                                   ChangeKind kind, Quantity quantity, Price price) {
  AccountFact fact = make_record<AccountFact>(RecordKind::kPositionChanged);
  fact.header.instrument = instrument;
  fact.header.flags = AccountFact::kHasQuantity;
  fact.account = account;
  fact.strategy = strategy;
  fact.kind = kind;
  fact.quantity = quantity;
  fact.price = price;
  return fact;
}

// A portfolio with its marks: facts and prices go in, checked after each.
struct Desk {
  World world;
  Marks marks{world.registry};
  Portfolio portfolio;
  Clock clock;

  explicit Desk(const PositionBookConfig& config = {})
      : portfolio(world.registry, world.directory, config) {}

  template <class R>
  void book(R record) {
    clock.stamp(record.header);
    portfolio.fold(record.header);
  }
  void trade(InstrumentId instrument, Price price) {
    const Trade trade = Trade::at(instrument, Timestamp::from_seconds(1'700'000'000), price, 1_qty);
    marks.fold(trade.header);
    portfolio.revalue(instrument, marks);
  }
  [[nodiscard]] bool valuations_agree() const {
    for (const Account& account : world.directory.accounts())
      if (!(portfolio.valuation(account.id) == portfolio.recompute(account.id, marks)))
        return false;
    return true;
  }
};

}  // namespace books
