#include <keel/portfolio/portfolio.hpp>

#include <algorithm>

#include "exact.hpp"

namespace keel {

namespace {

constexpr std::uint32_t kTag = 0x50464F4C;  // "PFOL"

// A position beyond this (a quintillion units of its currency) is not valued but counted, so that
// no sum of valuations can overflow whatever a feed says.
constexpr detail::i128 kLargestValue =
    static_cast<detail::i128>(detail::pow10_64(18)) * detail::pow10_64(18);

// What a position adds to the figures of its account, from kWorth on.
struct PositionWorth {
  detail::i128 worth, unrealized, gross, net, margin;
};

// False: cannot be valued at this price. Inlined by force: results that pass through memory as
// halves and are read back whole would stall the processor on every price.
[[gnu::always_inline]] inline bool worth_at(const Position& position, const Instrument& instrument,
                                            AccountKind account, Price price,
                                            PositionWorth& worth) {
  using detail::i128;
  const auto value = position_value(instrument, price, position.quantity);
  if (!value) return false;
  const i128 wide = value->wide(), size = wide < 0 ? -wide : wide;
  if (size > kLargestValue) return false;
  const i128 cost = position.cost.raw().wide();
  if (cost > kLargestValue || cost < -kLargestValue) return false;
  const bool full = cash_rule(instrument, account) == CashRule::kFull;
  worth.unrealized = wide - cost;
  // Chosen by masks: a choice between 128-bit values goes through memory.
  const i128 off_balance = full ? 0 : -1, turned = instrument.is_inverse() ? -1 : 0;
  worth.worth = wide - (cost & off_balance);
  worth.gross = size;
  worth.net = (wide ^ turned) - turned;
  worth.margin = size;
  const bool paid = full && account == AccountKind::kCash;
  if (!paid && instrument.initial_margin.raw() != Rate::kScale) {
    const auto margin =
        detail::scaled(Int128::from(size), instrument.initial_margin.raw(), Rate::kScale);
    if (!margin) return false;
    worth.margin = margin->wide();
  }
  return true;
}

std::optional<Int128> converted(Int128 amount, const ConversionRate& rate) {
  return rate.multiply ? detail::scaled(amount, rate.price.raw(), Price::kScale)
                       : detail::scaled(amount, Price::kScale, rate.price.raw());
}

}  // namespace

Portfolio::Portfolio(const InstrumentRegistry& registry, const Directory& directory,
                     const PositionBookConfig& config)
    : registry_(&registry), directory_(&directory), book_(registry, directory, config) {}

void Portfolio::reserve(std::size_t positions, std::size_t currencies) {
  book_.reserve(positions);
  worths_.reserve(positions);
  currencies_.reserve(currencies);
  for (const Account& account : directory_->accounts())
    account_book(account.id).buckets.reserve(currencies);
  if (registry_->size() != 0) board({static_cast<std::uint32_t>(registry_->size())});
}

void Portfolio::fold(const RecordHeader& record) {
  Posting posting;
  if (!book_.fold(record, posting)) return;
  settle();
  seq_ = record.seq;
  apply(posting);
}

void Portfolio::apply(const Posting& posting) {
  AccountBook& book = account_book(posting.account);
  if (!posting.currency.empty()) {
    Bucket& held =
        settlement_bucket(book, posting.account, posting.instrument, board(posting.instrument));
    const Int128 fees = Int128::from(posting.fees.wide() - posting.rebates.wide());
    const Int128 deltas[] = {posting.cash, posting.realized, fees, posting.income};
    change(book, held, kCash, deltas);
  }
  if (!posting.second.empty()) {
    Bucket& held = bucket(book, posting.account, currency_index(posting.second));
    const Int128 fees = Int128::from(posting.second_fees.wide() - posting.second_rebates.wide());
    const Int128 deltas[] = {posting.second_cash, {}, fees, posting.second_income};
    change(book, held, kCash, deltas);
  }
  for (const std::uint32_t slot : posting.slots)
    if (slot != kNone) revalue_slot(slot);
}

// Adds to the booked figures of a bucket (from kCash) or to the valued ones (from kWorth).
void Portfolio::change(AccountBook& book, Bucket& held, Figure first, const Int128* deltas) {
  const int last = first == kCash ? kIncome : kMargin;
  const bool in_base = held.rate == kNone;
  for (int i = first; i <= last; ++i) {
    const detail::i128 delta = deltas[i - first].wide();
    if (delta == 0) continue;
    held.sums[i] = Int128::from(detail::plus(held.sums[i].wide(), delta));
    if (in_base) book.totals[i] = Int128::from(detail::plus(book.totals[i].wide(), delta));
  }
  count(book, held);
  if (!in_base) convert(book, held, first, last);
  tell(book, first, last);
}

// --- market ------------------------------------------------------------------------------------

void Portfolio::revalue(InstrumentId instrument, const Marks& marks) {
  const std::size_t at = instrument.value - 1u;
  if (at >= boards_.size()) [[unlikely]] {
    if (registry_->find(instrument) == nullptr) return;
    grow_boards();
  }
  Board& now = boards_[at];
  const Mark* mark = marks.find(instrument);
  const Price* for_long = mark != nullptr ? mark->valuation(true) : nullptr;
  const Price* for_short = mark != nullptr ? mark->valuation(false) : nullptr;
  now.has_long = for_long != nullptr;
  now.has_short = for_short != nullptr;
  now.for_long = for_long != nullptr ? *for_long : Price::zero();
  now.for_short = for_short != nullptr ? *for_short : Price::zero();
  const bool matters = now.first_holder != kNone || now.rates[0] != kNone || now.rates[1] != kNone;
  if (!matters || now.stale) return;
  now.stale = true;
  stale_.push_back(instrument);
}

void Portfolio::take_prices() {
  for (const InstrumentId instrument : stale_) {
    Board& now = boards_[instrument.value - 1u];
    now.stale = false;
    for (std::uint32_t slot = now.first_holder; slot != kNone; slot = worths_[slot].next)
      revalue_slot(slot);
    for (const std::uint32_t rate : now.rates)
      if (rate != kNone) refresh_rate(rate);
  }
  stale_.clear();
}

void Portfolio::revalue_all(const Marks& marks) {
  for (const Instrument& instrument : registry_->all()) revalue(instrument.id, marks);
}

// Brings a position's share of its bucket up to date: old out, new in.
void Portfolio::revalue_slot(std::uint32_t slot) {
  if (worths_.size() < book_.size()) [[unlikely]]
    worths_.resize(book_.size(), Worth{});
  const Position& position = book_.at(slot);
  const Instrument& instrument = registry_->get(position.instrument);
  AccountBook& book = account_book(position.account);
  Board& market = board(position.instrument);
  Bucket& held = settlement_bucket(book, position.account, position.instrument, market);
  Worth& worth = worths_[slot];
  const bool was_open = worth.linked, was_priced = worth.priced;

  const bool open = !position.is_flat();
  const bool is_long = position.quantity.is_positive();
  PositionWorth next{};
  worth.priced =
      open && (is_long ? market.has_long : market.has_short) &&
      worth_at(position, instrument, book.kind, is_long ? market.for_long : market.for_short, next);
  if (!worth.priced) next = {};
  Int128 deltas[kFigures - kWorth];
  // All are far from the end of their range: worth_at has seen to that.
  const auto move_to = [&](Figure figure, detail::i128 now) {
    Int128& mine = worth.figures[figure - kWorth];
    deltas[figure - kWorth] = Int128::from(now - mine.wide());
    mine = Int128::from(now);
  };
  move_to(kWorth, next.worth);
  move_to(kUnrealized, next.unrealized);
  move_to(kGross, next.gross);
  move_to(kNet, next.net);
  move_to(kMargin, next.margin);
  if (open && !was_open) link(slot, market);
  if (!open && was_open) unlink(slot, market);
  held.open += (open ? 1u : 0u) - (was_open ? 1u : 0u);
  held.unpriced += (open && !worth.priced ? 1u : 0u) - (was_open && !was_priced ? 1u : 0u);
  change(book, held, kWorth, deltas);
}

void Portfolio::link(std::uint32_t slot, Board& market) {
  Worth& worth = worths_[slot];
  worth.linked = true;
  worth.previous = kNone;
  worth.next = market.first_holder;
  if (worth.next != kNone) worths_[worth.next].previous = slot;
  market.first_holder = slot;
}

void Portfolio::unlink(std::uint32_t slot, Board& market) {
  Worth& worth = worths_[slot];
  worth.linked = false;
  if (worth.previous != kNone)
    worths_[worth.previous].next = worth.next;
  else
    market.first_holder = worth.next;
  if (worth.next != kNone) worths_[worth.next].previous = worth.previous;
}

// --- accounts, currencies, rates ---------------------------------------------------------------

// What of this bucket could not be valued.
void Portfolio::count(AccountBook& book, Bucket& held) {
  std::uint32_t counted = held.unpriced;
  if (held.rate != kNone && !rates_[held.rate].known) {
    const bool has_balance =
        std::any_of(held.sums, held.sums + kWorth, [](Int128 sum) { return !(sum == Int128{}); });
    counted = held.open + (has_balance ? 1u : 0u);
  }
  book.valuation.unpriced += counted - held.counted;
  held.counted = counted;
}

// Carries the figures of a foreign bucket into the base currency, one rounding each.
void Portfolio::convert(AccountBook& book, Bucket& held, int first, int last) {
  const Rate& rate = rates_[held.rate];
  Int128 amount{}, result{};
  for (int i = first; i <= last; ++i) {
    const Int128 sum = held.sums[i];
    if (!rate.known || sum == Int128{}) {
      result = amount = Int128{};
    } else if (sum == detail::negated(amount)) {
      amount = sum;
      result = detail::negated(result);
    } else if (!(sum == amount)) {
      const auto in_base = converted(sum, rate.rate);
      KEEL_ASSERT(in_base.has_value(), "an amount in the base currency does not fit");
      amount = sum;
      result = *in_base;
    }
    if (result == held.in_base[i]) continue;
    detail::subtract_from(book.totals[i], held.in_base[i]);
    detail::add_to(book.totals[i], result);
    held.in_base[i] = result;
  }
}

void Portfolio::tell(AccountBook& book, int first, int last) {
  Valuation& valuation = book.valuation;
  const Int128* totals = book.totals;
  valuation.equity.set_raw(Int128::from(detail::plus(totals[kCash].wide(), totals[kWorth].wide())));
  if (first == kCash) {
    valuation.cash.set_raw(totals[kCash]);
    valuation.realized.set_raw(totals[kRealized]);
    valuation.fees.set_raw(totals[kFees]);
    valuation.income.set_raw(totals[kIncome]);
  }
  if (last == kMargin) {
    valuation.unrealized.set_raw(totals[kUnrealized]);
    valuation.gross_exposure.set_raw(totals[kGross]);
    valuation.net_exposure.set_raw(totals[kNet]);
    valuation.margin_used.set_raw(totals[kMargin]);
  }
}

Portfolio::AccountBook& Portfolio::account_book(AccountId account) const {
  const std::size_t at = account.value - 1u;
  if (at < accounts_.size() && accounts_[at].known) [[likely]]
    return accounts_[at];
  const Account* known = directory_->account(account);
  KEEL_ASSERT(known != nullptr, "an account that is not in the directory");
  if (at >= accounts_.size()) accounts_.resize(directory_->accounts().size(), AccountBook{});
  AccountBook& book = accounts_[at];
  const Money zero = Money::zero(known->base);
  book.base = known->base;
  book.kind = known->kind;
  book.valuation = {zero, zero, zero, zero, zero, zero, zero, zero, zero, 0, 0};
  book.known = true;
  return book;
}

Portfolio::Board& Portfolio::board(InstrumentId instrument) {
  const std::size_t at = instrument.value - 1u;
  if (at >= boards_.size()) [[unlikely]]
    grow_boards();
  return boards_[at];
}

// Room for every instrument that is listed by now; pairs among the new ones may decide rates.
void Portfolio::grow_boards() {
  const std::size_t before = boards_.size();
  Board none{};
  none.first_holder = none.rates[0] = none.rates[1] = none.settlement = kNone;
  boards_.resize(registry_->size(), none);
  stale_.reserve(boards_.size());
  for (std::size_t i = before; i < boards_.size(); ++i)
    for (std::uint32_t rate = 0; rate < rates_.size(); ++rate) watch(registry_->all()[i], rate);
}

// Notes that this instrument's price may decide that rate.
void Portfolio::watch(const Instrument& instrument, std::uint32_t index) {
  if (instrument.kind != InstrumentKind::kSpot && instrument.kind != InstrumentKind::kFxPair)
    return;
  Rate& rate = rates_[index];
  const bool forward = instrument.base == rate.from && instrument.quote == rate.to;
  const bool backward = instrument.base == rate.to && instrument.quote == rate.from;
  if (!forward && !backward) return;
  rate.pairs.push_back(instrument.id);
  boards_[instrument.id.value - 1u].rates[forward ? 0 : 1] = index;
}

std::uint32_t Portfolio::find_currency(const Currency& currency) const {
  for (std::size_t i = 0; i < currencies_.size(); ++i)
    if (currencies_[i] == currency) return static_cast<std::uint32_t>(i);
  return kNone;
}

std::uint32_t Portfolio::currency_index(const Currency& currency) {
  if (const std::uint32_t known = find_currency(currency); known != kNone) return known;
  currencies_.push_back(currency);
  return static_cast<std::uint32_t>(currencies_.size() - 1);
}

Portfolio::Bucket& Portfolio::bucket(AccountBook& book, AccountId account, std::uint32_t index) {
  if (index < book.buckets.size() && book.buckets[index].used) [[likely]]
    return book.buckets[index];
  if (index >= book.buckets.size()) book.buckets.resize(index + 1, Bucket{});
  const Currency currency = currencies_[index];
  const std::uint32_t rate =
      currency == book.base ? kNone : rate_index(currency, book.base, account);
  book.buckets[index].rate = rate;
  book.buckets[index].used = true;
  return book.buckets[index];
}

Portfolio::Bucket& Portfolio::settlement_bucket(AccountBook& book, AccountId account,
                                                InstrumentId instrument, Board& market) {
  std::uint32_t& index = market.settlement;
  if (index == kNone) [[unlikely]]
    index = currency_index(registry_->get(instrument).settlement);
  return bucket(book, account, index);
}

std::uint32_t Portfolio::rate_index(const Currency& from, const Currency& to, AccountId user) {
  for (std::uint32_t i = 0; i < rates_.size(); ++i) {
    if (!(rates_[i].from == from) || !(rates_[i].to == to)) continue;
    rates_[i].users.push_back(user);
    return i;
  }
  const auto index = static_cast<std::uint32_t>(rates_.size());
  rates_.push_back({from, to, currency_index(from), {}, {user}, {}, false});
  const std::size_t listed = boards_.size();
  for (std::size_t i = 0; i < listed; ++i) watch(registry_->all()[i], index);
  find_rate(rates_[index]);
  return index;
}

// As Marks::rate: the first listed pair with a price above zero. True where something changed.
bool Portfolio::find_rate(Rate& rate) const {
  const bool was_known = rate.known;
  const ConversionRate before = rate.rate;
  rate.known = false;
  for (const InstrumentId pair : rate.pairs) {
    const Board& market = boards_[pair.value - 1u];
    if (!market.has_long || !market.for_long.is_positive()) continue;
    rate.rate = {market.for_long, registry_->get(pair).base == rate.from};
    rate.known = true;
    break;
  }
  return rate.known != was_known || !(rate.rate.price == before.price) ||
         rate.rate.multiply != before.multiply;
}

void Portfolio::refresh_rate(std::uint32_t index) {
  Rate& rate = rates_[index];
  if (!find_rate(rate)) return;
  for (const AccountId user : rate.users) {
    AccountBook& book = account_book(user);
    Bucket& held = book.buckets[rate.currency];
    count(book, held);
    convert(book, held, kCash, kMargin);
    tell(book, kCash, kMargin);
  }
}

// --- reading -----------------------------------------------------------------------------------

Money Portfolio::cash(AccountId account, const Currency& currency) const {
  const AccountBook& book = account_book(account);
  const std::uint32_t index = find_currency(currency);
  return {index < book.buckets.size() ? book.buckets[index].sums[kCash] : Int128{}, currency};
}

Money Portfolio::fees(AccountId account, const Currency& currency) const {
  const AccountBook& book = account_book(account);
  const std::uint32_t index = find_currency(currency);
  return {index < book.buckets.size() ? book.buckets[index].sums[kFees] : Int128{}, currency};
}

std::vector<Currency> Portfolio::currencies(AccountId account) const {
  const AccountBook& book = account_book(account);
  std::vector<Currency> used;
  for (std::size_t i = 0; i < book.buckets.size(); ++i)
    if (book.buckets[i].used) used.push_back(currencies_[i]);
  return used;
}

const Valuation& Portfolio::valuation(AccountId account) const {
  settle();
  return account_book(account).valuation;
}

std::optional<Money> Portfolio::market_value(AccountId account, InstrumentId instrument) const {
  const Instrument* listed = registry_->find(instrument);
  if (listed == nullptr) return std::nullopt;
  Money sum = Money::zero(listed->settlement);
  if (instrument.value > boards_.size()) return sum;
  const Board& market = boards_[instrument.value - 1u];
  const auto add = [&](const Position* position) {
    if (position == nullptr || position->is_flat()) return true;
    const bool is_long = position->quantity.is_positive();
    if (!(is_long ? market.has_long : market.has_short)) return false;
    PositionWorth worth{};
    if (!worth_at(*position, *listed, account_book(account).kind,
                  is_long ? market.for_long : market.for_short, worth))
      return false;
    sum = detail::plus(sum, Int128::from(listed->is_inverse() ? -worth.net : worth.net));
    return true;
  };
  const Position* long_leg = leg(account, instrument, Side::kBuy);
  const bool priced = long_leg == nullptr
                          ? add(position(account, instrument))
                          : add(long_leg) && add(leg(account, instrument, Side::kSell));
  if (!priced) return std::nullopt;
  return sum;
}

std::optional<Money> Portfolio::to_base(AccountId account, const Money& amount) const {
  settle();
  const AccountBook& book = account_book(account);
  if (amount.currency() == book.base) return amount;
  for (const Rate& rate : rates_) {
    if (!(rate.from == amount.currency()) || !(rate.to == book.base)) continue;
    if (!rate.known) return std::nullopt;
    const auto raw = converted(amount.raw(), rate.rate);
    if (!raw) return std::nullopt;
    return Money{*raw, book.base};
  }
  return std::nullopt;
}

Valuation Portfolio::recompute(AccountId account, const Marks& marks) const {
  const AccountBook& book = account_book(account);
  const Money zero = Money::zero(book.base);
  Valuation fresh{zero, zero, zero, zero, zero, zero, zero, zero, zero, 0, 0};
  for (std::size_t index = 0; index < book.buckets.size(); ++index) {
    const Currency& currency = currencies_[index];
    Figures sums{};
    for (int i = 0; i < kWorth; ++i) sums[i] = book.buckets[index].sums[i];
    std::uint32_t open = 0, unpriced = 0;
    for (std::uint32_t slot = 0; slot < book_.size(); ++slot) {
      const Position& position = book_.at(slot);
      if (!book_.is_valued(slot) || !(position.account == account) || position.is_flat() ||
          !(position.cost.currency() == currency))
        continue;
      ++open;
      const auto price = marks.valuation(position.instrument, position.quantity.is_positive());
      PositionWorth worth{};
      if (!price || !worth_at(position, registry_->get(position.instrument), book.kind,
                              price->price, worth)) {
        ++unpriced;
        continue;
      }
      const detail::i128 figures[] = {worth.worth, worth.unrealized, worth.gross, worth.net,
                                      worth.margin};
      for (int i = 0; i < kFigures - kWorth; ++i)
        detail::add_to(sums[kWorth + i], Int128::from(figures[i]));
    }
    const bool known = marks.rate(currency, book.base).has_value();
    const bool has_balance =
        std::any_of(sums, sums + kWorth, [](Int128 sum) { return !(sum == Int128{}); });
    fresh.unpriced += known ? unpriced : open + (has_balance ? 1u : 0u);
    if (!known) continue;
    const auto in_base = [&](Figure figure) {
      const auto amount = marks.convert({sums[figure], currency}, book.base);
      KEEL_ASSERT(amount.has_value(), "an amount in the base currency does not fit");
      return *amount;
    };
    fresh.cash += in_base(kCash);
    fresh.equity += in_base(kCash) + in_base(kWorth);
    fresh.unrealized += in_base(kUnrealized);
    fresh.realized += in_base(kRealized);
    fresh.fees += in_base(kFees);
    fresh.income += in_base(kIncome);
    fresh.gross_exposure += in_base(kGross);
    fresh.net_exposure += in_base(kNet);
    fresh.margin_used += in_base(kMargin);
  }
  return fresh;
}

// --- snapshots ---------------------------------------------------------------------------------

void Portfolio::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  writer.put(seq_);
  writer.put(currencies_);
  std::uint64_t count = 0;
  for (const AccountBook& book : accounts_)
    for (const Bucket& held : book.buckets) count += held.used ? 1 : 0;
  writer.put(count);
  for (std::size_t i = 0; i < accounts_.size(); ++i) {
    for (std::size_t index = 0; index < accounts_[i].buckets.size(); ++index) {
      const Bucket& held = accounts_[i].buckets[index];
      if (!held.used) continue;
      writer.put(static_cast<std::uint16_t>(i + 1));
      writer.put(static_cast<std::uint32_t>(index));
      for (int figure = 0; figure < kWorth; ++figure) writer.put(held.sums[figure]);
    }
  }
  book_.save(writer);
  writer.end(section);
}

void Portfolio::load(StateReader& reader) {
  accounts_.clear();
  boards_.clear();
  stale_.clear();
  rates_.clear();
  worths_.clear();
  currencies_.clear();
  reader.begin(kTag);
  reader.get(seq_);
  reader.get(currencies_);
  std::uint64_t count{};
  reader.get(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    AccountId account{};
    std::uint32_t index{};
    reader.get(account.value);
    reader.get(index);
    if (directory_->account(account) == nullptr || index >= currencies_.size())
      return reader.fail("cash of an unknown account or currency");
    AccountBook& book = account_book(account);
    Int128 sums[kWorth];
    for (Int128& sum : sums) reader.get(sum);
    change(book, bucket(book, account, index), kCash, sums);
  }
  book_.load(reader);
  for (std::uint32_t slot = 0; slot < book_.size() && reader.ok(); ++slot)
    if (book_.is_valued(slot) && !book_.at(slot).is_flat()) revalue_slot(slot);
  reader.end();
}

}  // namespace keel
