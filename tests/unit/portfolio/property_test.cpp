// Random histories: the portfolio, the ledger and the lots against the plain model and against each
// other, after every event.
#include <doctest/doctest.h>

#include <keel/core/random.hpp>
#include <keel/portfolio/ledger.hpp>
#include <keel/portfolio/lot_book.hpp>

#include <naive_portfolio.hpp>

#include "books.hpp"

using namespace books;
using naive::wide;

namespace {

struct Booked {
  OrderRecord record;
  bool alive;
};

struct Rig {
  Desk desk;
  Ledger ledger{desk.world.registry, desk.world.directory};
  LotBook lots{LotMethod::kAverage, desk.world.registry, desk.world.directory};
  LotBook fifo{LotMethod::kFifo, desk.world.registry, desk.world.directory};
  naive::Model model{desk.world.registry, desk.world.directory, {}, {}, {}, {}};
  std::vector<Booked> fills;
  Random random;
  bool hedging;

  Rig(std::uint64_t seed, bool with_hedging) : random(seed), hedging(with_hedging) {}

  template <class R>
  void book(R record) {
    desk.clock.stamp(record.header);
    desk.portfolio.fold(record.header);
    ledger.fold(record.header);
    lots.fold(record.header);
    fifo.fold(record.header);
  }
  template <class T, std::size_t N>
  T pick(const T (&from)[N]) {
    return from[random.below(N)];
  }

  AccountId any_account() {
    const World& w = desk.world;
    if (hedging) return w.hedge;
    const AccountId all[] = {w.cash, w.margin, w.euro};
    return pick(all);
  }
  InstrumentId any_instrument() {
    const World& w = desk.world;
    const InstrumentId all[] = {w.btc, w.eur, w.perp, w.inverse, w.future, w.nikkei, w.stock};
    return pick(all);
  }
  StrategyId any_strategy() { return {static_cast<std::uint16_t>(random.below(3))}; }
  Price any_price() { return Price::from_raw(random.between(1, 5'000'000) * 10'000'000); }
  Quantity any_quantity() {
    const int digits = static_cast<int>(random.between(0, 10));
    return Quantity::from_raw(random.between(1, detail::pow10_64(digits)));
  }
  // Amounts of the test are whole in 1e-10, so that a fee in kind is on the quantity's grid.
  Int128 any_amount() {
    return Int128::from(static_cast<wide>(random.between(-1'000, 5'000)) * detail::pow10_64(12));
  }

  void fill_something() {
    const World& w = desk.world;
    const InstrumentId instrument = any_instrument();
    OrderRecord record =
        fill(any_account(), any_strategy(), instrument,
             random.chance_ppm(500'000) ? Side::kBuy : Side::kSell, any_quantity(), any_price());
    record.execution = ExecutionId::from("x" + std::to_string(fills.size())).value();
    if (hedging && random.chance_ppm(400'000)) record.terms.flags = OrderTerms::kReduceOnly;
    const Currency currencies[] = {w.registry.get(instrument).settlement, Currency{"BTC"},
                                   Currency{"BNB"}, Currency{}};
    record.fee_currency = pick(currencies);
    if (!record.fee_currency.empty()) record.fee = any_amount();
    book(record);
    model.filled(record, static_cast<int>(fills.size()));
    fills.push_back({record, true});
  }
  void undo_something() {
    if (fills.empty()) return;
    const std::size_t at = random.below(fills.size());
    Booked& one = fills[at];
    if (!one.alive) return;
    if (random.chance_ppm(500'000)) {
      one.alive = false;
      book(busted(one.record));
      model.busted(one.record, static_cast<int>(at));
      return;
    }
    // Fees in kind of the fill stay as they were; the model cannot tell them apart from the fill.
    const bool in_kind = one.record.fee_currency == Currency{"BTC"};
    if (in_kind || hedging) return;
    OrderRecord change = corrected(one.record, any_quantity(), any_price());
    if (random.chance_ppm(500'000)) {
      change.fee_currency = desk.world.registry.get(change.header.instrument).settlement;
      change.fee = any_amount();
    }
    book(change);
    model.corrected(change, static_cast<int>(at));
    one.record.last_price = change.last_price;
    one.record.last_quantity = change.last_quantity;
    // What is busted later takes back the first fee alone: the change was a fact of its own.
  }
  void pay_late() {
    if (fills.empty()) return;
    const std::size_t at = random.below(fills.size());
    OrderRecord& fill = fills[at].record;
    OrderRecord record = fill;
    record.header.kind = RecordKind::kFillFee;
    const Instrument& instrument = desk.world.registry.get(record.header.instrument);
    // A bust carries all that was paid in the fill's own currency, in kind too.
    const bool same = !fill.fee_currency.empty() && fills[at].alive && !hedging;
    record.fee_currency = same ? fill.fee_currency : instrument.settlement;
    record.fee = any_amount();
    book(record);
    model.fee(record, static_cast<int>(at), false);
    if (same) fill.fee = Int128::from(fill.fee.wide() + record.fee.wide());
  }
  void change_cash() {
    const ChangeKind kinds[] = {ChangeKind::kOpening,    ChangeKind::kTransfer,
                                ChangeKind::kFunding,    ChangeKind::kInterest,
                                ChangeKind::kBorrow,     ChangeKind::kDividend,
                                ChangeKind::kFee,        ChangeKind::kRounding,
                                ChangeKind::kConversion, ChangeKind::kAdjustment};
    const Currency currencies[] = {Currency{"USD"}, Currency{"EUR"}, Currency{"JPY"},
                                   Currency{"BTC"}};
    const bool linked = random.chance_ppm(500'000);
    AccountFact fact = cash_change(any_account(), pick(kinds), "0", pick(currencies),
                                   linked ? any_instrument() : InstrumentId{0}, any_strategy());
    fact.amount = any_amount();
    book(fact);
    auto& cash = model.cash[model.at(fact.account, fact.currency)];
    cash += fact.amount.wide();
    if (fact.kind == ChangeKind::kFee)
      model.fees[model.at(fact.account, fact.currency)] -= fact.amount.wide();
    model.brought[{fact.account.value, std::string{fact.currency.code()}, fact.kind}] +=
        fact.amount.wide();
  }
  void vary() {
    const World& w = desk.world;
    const InstrumentId instrument = random.chance_ppm(500'000) ? w.future : w.inverse;
    AccountFact fact =
        cash_change(any_account(), ChangeKind::kVariation, "0",
                    w.registry.get(instrument).settlement, instrument, any_strategy());
    fact.amount = any_amount();
    const naive::Op op{naive::Op::kVariation, 0, Price::zero(), fact.amount.wide(), -1, {}};
    if (fact.strategy.value != 0 &&
        model.state(fact.account, instrument, fact.strategy.value).quantity != 0)
      model.ops[{fact.account.value, instrument.value, fact.strategy.value}].push_back(op);
    model.ops[{fact.account.value, instrument.value, -1}].push_back(op);
    book(fact);
  }
  void change_position() {
    const ChangeKind kinds[] = {ChangeKind::kOpening,    ChangeKind::kTransfer,
                                ChangeKind::kAdjustment, ChangeKind::kSplit,
                                ChangeKind::kExpiry,     ChangeKind::kDividend};
    const AccountId account = any_account();
    const InstrumentId instrument = any_instrument();
    const Instrument& listed = desk.world.registry.get(instrument);
    const Quantity size = random.chance_ppm(500'000) ? any_quantity() : -any_quantity();
    const AccountFact fact =
        position_change(account, any_strategy(), instrument, pick(kinds), size, any_price());
    book(fact);
    const bool full =
        cash_rule(listed, desk.world.directory.account(account)->kind) == CashRule::kFull;
    naive::Op op{naive::Op::kAtCost, size.raw(), fact.price, 0, -1, fact.kind};
    if (fact.kind == ChangeKind::kSplit) op.kind = naive::Op::kSplit;
    if (fact.kind == ChangeKind::kExpiry) op.kind = naive::Op::kTrade;
    if (fact.kind == ChangeKind::kDividend && full) {
      op.kind = naive::Op::kTrade;
      model.cash[model.at(account, listed.settlement)] +=
          naive::value(listed, fact.price, size.raw());
    }
    model.add(account, fact.strategy, instrument, op);
  }
  void move_a_price() {
    const World& w = desk.world;
    if (random.chance_ppm(300'000)) {
      const InstrumentId pairs[] = {w.eur, w.jpy, w.btc};
      desk.trade(pick(pairs), Price::from_raw(random.between(1, 50'000) * 10'000'000));
    } else if (random.chance_ppm(500'000)) {
      const Price bid = any_price();
      const auto quote =
          Quote::two_sided(any_instrument(), Timestamp{1}, bid, 1_qty, bid + 0.5_px, 1_qty);
      desk.marks.fold(quote.header);
      desk.portfolio.revalue(quote.header.instrument, desk.marks);
    } else {
      desk.trade(any_instrument(), any_price());
    }
  }
  void step() {
    const auto roll = random.below(100);
    if (roll < 40) return fill_something();
    if (roll < 50) return undo_something();
    if (roll < 55) return pay_late();
    if (roll < 65) return change_cash();
    if (roll < 68) return vary();
    if (roll < 75) return change_position();
    move_a_price();
  }

  // --- what must hold ---

  // Against the model: quantities, costs, profit, cash and fees, to the last digit.
  bool agrees_with_model() const {
    const World& w = desk.world;
    for (const auto& [key, list] : model.ops) {
      const auto& [account, instrument, strategy] = key;
      const AccountId owner{static_cast<std::uint16_t>(account)};
      const InstrumentId id{static_cast<std::uint32_t>(instrument)};
      const auto s = naive::evaluate(list, w.registry.get(id));
      const Position* held = strategy < 0 ? desk.portfolio.position(owner, id)
                                          : desk.portfolio.strategy_position(
                                                owner, {static_cast<std::uint16_t>(strategy)}, id);
      if (held == nullptr || held->quantity.raw() != s.quantity ||
          held->cost.raw().wide() != s.cost || held->realized.raw().wide() != s.realized ||
          held->rounding.raw().wide() != s.rounding)
        return false;
    }
    for (const AccountId account : {w.cash, w.margin, w.euro}) {
      for (const Currency& currency : desk.portfolio.currencies(account)) {
        const auto fees = model.fees.find(model.at(account, currency));
        const wide paid = fees == model.fees.end() ? 0 : fees->second;
        if (desk.portfolio.cash(account, currency).raw().wide() !=
                model.cash_of(account, currency) ||
            desk.portfolio.fees(account, currency).raw().wide() != paid)
          return false;
      }
    }
    return true;
  }
  // What was brought in and out at cost is on the accounts that the facts name.
  bool sources_agree() const {
    const World& w = desk.world;
    const std::pair<ChangeKind, LedgerAccount> sources[] = {
        {ChangeKind::kOpening, LedgerAccount::kOpening},
        {ChangeKind::kTransfer, LedgerAccount::kTransfers},
        {ChangeKind::kAdjustment, LedgerAccount::kAdjustments}};
    for (const AccountId account : {w.cash, w.margin, w.euro}) {
      for (const Currency& currency : ledger.currencies()) {
        for (const auto& [kind, ledger_account] : sources) {
          wide sum = 0;
          const auto cash = model.brought.find({account.value, std::string{currency.code()}, kind});
          if (cash != model.brought.end()) sum = cash->second;
          for (const auto& [key, list] : model.ops) {
            const auto& [owner, id, strategy] = key;
            const Instrument& listed = w.registry.get({static_cast<std::uint32_t>(id)});
            if (owner != account.value || strategy != -1 || !(listed.settlement == currency) ||
                cash_rule(listed, w.directory.account(account)->kind) != CashRule::kFull)
              continue;
            auto s = naive::evaluate(list, listed);
            sum += s.carried[kind];
          }
          if (ledger.balance(account, ledger_account, currency).raw().wide() != -sum) return false;
        }
      }
    }
    return true;
  }
  // The ledger: zero in every currency, and the portfolio to the last digit.
  bool ledger_agrees() const {
    for (const Currency& currency : ledger.currencies())
      if (!ledger.trial_balance(currency).is_zero()) return false;
    for (const Account& account : desk.world.directory.accounts()) {
      for (const Currency& currency : desk.portfolio.currencies(account.id)) {
        Money cost = Money::zero(currency), realized = cost, rounding = cost, contra = cost;
        desk.portfolio.for_each_position(account.id, [&](const Position& held) {
          if (!(held.cost.currency() == currency)) return;
          cost += held.cost;
          realized += held.realized;
          rounding += held.rounding;
          if (cash_rule(desk.world.registry.get(held.instrument), account.kind) ==
              CashRule::kProfit)
            contra += held.cost;
        });
        const auto at = [&](LedgerAccount which) {
          return ledger.balance(account.id, which, currency);
        };
        // Cash changes of kind kRounding stand on the same ledger account.
        const auto kept = model.brought.find(
            {account.id.value, std::string{currency.code()}, ChangeKind::kRounding});
        if (kept != model.brought.end()) rounding -= Money{Int128::from(kept->second), currency};
        if (at(LedgerAccount::kCash) != desk.portfolio.cash(account.id, currency) ||
            at(LedgerAccount::kPositions) != cost || at(LedgerAccount::kRealized) != -realized ||
            at(LedgerAccount::kMarginContra) != -contra ||
            at(LedgerAccount::kRounding) != rounding ||
            at(LedgerAccount::kFees) + at(LedgerAccount::kRebates) !=
                desk.portfolio.fees(account.id, currency))
          return false;
      }
    }
    return true;
  }
  // Strategies add up to their account; legs to the account's position.
  bool parts_add_up() const {
    bool good = true;
    for (const Account& account : desk.world.directory.accounts()) {
      desk.portfolio.for_each_position(account.id, [&](const Position& held) {
        Quantity quantity = Quantity::zero();
        Money fees = Money::zero(held.cost.currency()), income = fees, total = fees;
        for (std::uint16_t s = 0; s < 3; ++s) {
          const Position* part = desk.portfolio.strategy_position(account.id, {s}, held.instrument);
          if (part == nullptr) continue;
          quantity += part->quantity;
          fees += part->fees - part->rebates;
          income += part->income;
          total += part->realized - part->cost;
        }
        good = good && quantity == held.quantity && fees == held.fees - held.rebates &&
               income == held.income;
        // Inverse values are rounded one by one; variation is the account's alone; transfers carry
        // each book's own cost. Everything else is linear, and so exact.
        const bool linear =
            held.instrument == desk.world.perp && !carried.contains(held.instrument);
        if (linear) good = good && total == held.realized - held.cost;
        const Position* long_leg = desk.portfolio.leg(account.id, held.instrument, Side::kBuy);
        if (long_leg == nullptr) return;
        const Position* short_leg = desk.portfolio.leg(account.id, held.instrument, Side::kSell);
        good = good && long_leg->quantity + short_leg->quantity == held.quantity &&
               long_leg->cost + short_leg->cost == held.cost &&
               long_leg->realized + short_leg->realized == held.realized &&
               long_leg->rounding + short_leg->rounding == held.rounding;
      });
    }
    return good;
  }
  struct Seen {
    bool contains(InstrumentId id) const {
      for (const LedgerLine& line : rig->ledger.lines())
        if (line.instrument == id && line.cause == RecordKind::kPositionChanged) return true;
      return false;
    }
    const Rig* rig;
  };
  Seen carried{this};

  // Lots: with the average they are the position, with any method the total is.
  bool lots_agree() const {
    bool good = true;
    for (const Account& account : desk.world.directory.accounts()) {
      desk.portfolio.for_each_position(account.id, [&](const Position& held) {
        if (held.instrument == desk.world.inverse) return;
        good = good && lots.realized(account.id, held.instrument) == held.realized &&
               lots.cost(account.id, held.instrument) == held.cost;
        Quantity open = Quantity::zero();
        for (const Side side : {Side::kBuy, Side::kSell})
          for (const Lot& lot : fifo.open(account.id, held.instrument, side)) open += lot.quantity;
        good = good && open == held.quantity;
        if (!carried.contains(held.instrument))
          good = good && fifo.realized(account.id, held.instrument) -
                                 fifo.cost(account.id, held.instrument) ==
                             held.realized - held.cost;
      });
    }
    return good;
  }
};

std::vector<std::byte> saved(const auto& part) {
  StateWriter writer;
  part.save(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

}  // namespace

TEST_CASE("random histories in several currencies agree with the plain model after every event") {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    Rig rig{seed, false};
    for (int i = 0; i < 160; ++i) {
      CAPTURE(i);
      rig.step();
      REQUIRE(rig.desk.valuations_agree());
      REQUIRE(rig.agrees_with_model());
      REQUIRE(rig.ledger_agrees());
      REQUIRE(rig.parts_add_up());
    }
    REQUIRE(rig.sources_agree());
    REQUIRE(rig.lots_agree());
  }
}

TEST_CASE("random histories of a hedging account add up after every event") {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    CAPTURE(seed);
    Rig rig{seed, true};
    for (int i = 0; i < 160; ++i) {
      CAPTURE(i);
      rig.step();
      REQUIRE(rig.desk.valuations_agree());
      REQUIRE(rig.ledger_agrees());
      REQUIRE(rig.parts_add_up());
    }
  }
}

TEST_CASE("the ledger answers for any past moment what a replay up to it would") {
  Rig rig{77, false};
  struct Moment {
    std::uint64_t seq;
    std::vector<std::tuple<AccountId, Currency, Money, Quantity>> truth;
  };
  std::vector<Moment> moments;
  const World& w = rig.desk.world;
  for (int i = 0; i < 120; ++i) {
    rig.step();
    Moment moment{rig.desk.clock.seq, {}};
    for (const AccountId account : {w.cash, w.margin, w.euro})
      for (const Currency& currency : {Currency{"USD"}, Currency{"EUR"}, Currency{"BTC"}}) {
        const Position* held = rig.desk.portfolio.position(account, w.btc);
        moment.truth.emplace_back(account, currency, rig.desk.portfolio.cash(account, currency),
                                  held == nullptr ? Quantity::zero() : held->quantity);
      }
    moments.push_back(moment);
  }
  for (const Moment& moment : moments) {
    for (const auto& [account, currency, cash, quantity] : moment.truth) {
      CHECK(rig.ledger.balance(account, LedgerAccount::kCash, currency, moment.seq) == cash);
      CHECK(rig.ledger.quantity(account, w.btc, moment.seq) == quantity);
    }
    for (const Currency& currency : rig.ledger.currencies()) {
      Money sum = Money::zero(currency);
      for (const AccountId account : {w.cash, w.margin, w.euro})
        for (int i = 0; i < kLedgerAccountCount; ++i)
          sum += rig.ledger.balance(account, static_cast<LedgerAccount>(i), currency, moment.seq);
      CHECK(sum.is_zero());
    }
  }
}

TEST_CASE("recovered equals live: a snapshot at any moment, and the rest of the facts") {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    CAPTURE(seed);
    Rig rig{seed, seed % 2 == 0};
    for (int i = 0; i < 100; ++i) rig.step();
    const auto portfolio_bytes = saved(rig.desk.portfolio);
    const auto ledger_bytes = saved(rig.ledger);
    const auto lot_bytes = saved(rig.fifo);

    const World& w = rig.desk.world;
    Portfolio portfolio{w.registry, w.directory};
    Ledger ledger{w.registry, w.directory};
    LotBook fifo{LotMethod::kFifo, w.registry, w.directory};
    StateReader portfolio_reader{portfolio_bytes}, ledger_reader{ledger_bytes},
        lot_reader{lot_bytes};
    portfolio.load(portfolio_reader);
    ledger.load(ledger_reader);
    fifo.load(lot_reader);
    REQUIRE(portfolio_reader.finish().ok());
    REQUIRE(ledger_reader.finish().ok());
    REQUIRE(lot_reader.finish().ok());
    CHECK(saved(portfolio) == portfolio_bytes);
    CHECK(saved(ledger) == ledger_bytes);
    CHECK(saved(fifo) == lot_bytes);
    portfolio.revalue_all(rig.desk.marks);
    for (const Account& account : w.directory.accounts())
      CHECK(portfolio.valuation(account.id) == rig.desk.portfolio.valuation(account.id));

    // The same facts again, busts of fills before the snapshot among them.
    const std::size_t before = rig.fills.size();
    for (int i = 0; i < 60; ++i) rig.fill_something();
    std::vector<OrderRecord> later;
    for (std::size_t i = before; i < rig.fills.size(); ++i) later.push_back(rig.fills[i].record);
    for (std::size_t i = 0; i < before; i += 3)
      if (rig.fills[i].alive) later.push_back(busted(rig.fills[i].record));
    for (std::size_t i = 60; i < later.size(); ++i) rig.book(later[i]);
    Clock clock = rig.desk.clock;
    clock.seq -= later.size();
    for (OrderRecord& record : later) {
      clock.stamp(record.header);
      portfolio.fold(record.header);
      ledger.fold(record.header);
      fifo.fold(record.header);
    }
    CHECK(saved(portfolio) == saved(rig.desk.portfolio));
    CHECK(saved(ledger) == saved(rig.ledger));
    CHECK(saved(fifo) == saved(rig.fifo));
    for (const Account& account : w.directory.accounts())
      CHECK(portfolio.valuation(account.id) == rig.desk.portfolio.valuation(account.id));
  }
}

TEST_CASE("a damaged snapshot is refused, whichever byte it is, and never read past its end") {
  Rig rig{5, true};
  for (int i = 0; i < 20; ++i) rig.step();
  const auto good = saved(rig.desk.portfolio);
  const World& w = rig.desk.world;
  for (std::size_t cut = 0; cut < good.size(); cut += 97) {
    Portfolio portfolio{w.registry, w.directory};
    StateReader reader{std::span{good}.first(cut)};
    portfolio.load(reader);
    CHECK_FALSE(reader.finish().ok());
  }
  Random random{9};
  for (int i = 0; i < 500; ++i) {
    auto bad = good;
    bad[random.below(bad.size())] ^= static_cast<std::byte>(1u << random.below(8));
    Portfolio portfolio{w.registry, w.directory};
    StateReader reader{bad};
    portfolio.load(reader);
    (void)reader.finish();  // a flipped digit of an amount is not seen here; the journal's hash is
  }
}
