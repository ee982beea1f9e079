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

struct PositionWorth {
  Int128 value, worth, unrealized, gross, net, margin;
};

// nullopt: cannot be valued at this price.
std::optional<PositionWorth> worth_at(const Position& position, const Instrument& instrument,
                                      AccountKind account, Price price) {
  using detail::i128;
  const auto value = position_value(instrument, price, position.quantity);
  if (!value) return std::nullopt;
  const i128 wide = value->wide(), size = wide < 0 ? -wide : wide;
  if (size > kLargestValue) return std::nullopt;
  const i128 cost = position.cost.raw().wide();
  if (cost > kLargestValue || cost < -kLargestValue) return std::nullopt;
  const bool full = cash_rule(instrument, account) == CashRule::kFull;
  PositionWorth worth{};
  worth.value = *value;
  worth.unrealized = Int128::from(wide - cost);
  worth.worth = full ? *value : worth.unrealized;
  worth.gross = Int128::from(size);
  worth.net = instrument.is_inverse() ? Int128::from(-wide) : *value;
  const bool paid = full && account == AccountKind::kCash;
  if (paid || instrument.initial_margin.raw() == Rate::kScale) {
    worth.margin = worth.gross;
  } else {
    const auto margin =
        detail::multiply_divide(worth.gross, Int128::from(instrument.initial_margin.raw()),
                                Int128::from(Rate::kScale), Rounding::kHalfEven);
    if (!margin) return std::nullopt;
    worth.margin = *margin;
  }
  return worth;
}

std::optional<Int128> converted(Int128 amount, const ConversionRate& rate) {
  const Int128 price = Int128::from(rate.price.raw()), one = Int128::from(Price::kScale);
  return rate.multiply ? detail::multiply_divide(amount, price, one, Rounding::kHalfEven)
                       : detail::multiply_divide(amount, one, price, Rounding::kHalfEven);
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
  seq_ = record.seq;
  apply(posting);
}

void Portfolio::apply(const Posting& posting) {
  AccountBook& book = account_book(posting.account);
  if (!posting.currency.empty()) {
    Bucket& held = bucket(book, posting.account, posting.currency);
    detail::add_to(held.sums[kCash], posting.cash);
    detail::add_to(held.sums[kRealized], posting.realized);
    detail::add_to(held.sums[kFees], posting.fees);
    detail::subtract_from(held.sums[kFees], posting.rebates);
    detail::add_to(held.sums[kIncome], posting.income);
    refresh(book, held, kCash, kIncome);
  }
  if (!posting.second.empty()) {
    Bucket& held = bucket(book, posting.account, posting.second);
    detail::add_to(held.sums[kCash], posting.second_cash);
    detail::add_to(held.sums[kFees], posting.second_fees);
    detail::subtract_from(held.sums[kFees], posting.second_rebates);
    detail::add_to(held.sums[kIncome], posting.second_income);
    refresh(book, held, kCash, kIncome);
  }
  for (const std::uint32_t slot : posting.slots)
    if (slot != kNone) revalue_slot(slot);
}

// --- market ------------------------------------------------------------------------------------

void Portfolio::revalue(InstrumentId instrument, const Marks& marks) {
  if (instrument.value == 0 || instrument.value > registry_->size()) return;
  Board& now = board(instrument);
  const auto for_long = marks.valuation(instrument, true);
  const auto for_short = marks.valuation(instrument, false);
  const bool same = for_long.has_value() == now.has_long &&
                    for_short.has_value() == now.has_short &&
                    (!for_long || for_long->price == now.for_long) &&
                    (!for_short || for_short->price == now.for_short);
  if (same) return;
  now.has_long = for_long.has_value();
  now.has_short = for_short.has_value();
  now.for_long = for_long ? for_long->price : Price::zero();
  now.for_short = for_short ? for_short->price : Price::zero();
  for (std::uint32_t slot = now.first_holder; slot != kNone; slot = worths_[slot].next)
    revalue_slot(slot);
  for (const std::uint32_t rate : now.rates)
    if (rate != kNone) refresh_rate(rate);
}

void Portfolio::revalue_all(const Marks& marks) {
  for (const Instrument& instrument : registry_->all()) revalue(instrument.id, marks);
}

// Brings a position's share of its bucket up to date: old out, new in.
void Portfolio::revalue_slot(std::uint32_t slot) {
  if (worths_.size() < book_.size()) worths_.resize(book_.size(), Worth{});
  const Position& position = book_.at(slot);
  const Instrument& instrument = registry_->get(position.instrument);
  Board& market = board(position.instrument);
  AccountBook& book = account_book(position.account);
  Bucket& held = bucket(book, position.account, instrument.settlement);
  Worth& worth = worths_[slot];
  const bool was_open = worth.linked, was_priced = worth.priced;

  std::optional<PositionWorth> now;
  const bool open = !position.is_flat();
  if (open) {
    const bool is_long = position.quantity.is_positive();
    if (is_long ? market.has_long : market.has_short)
      now = worth_at(position, instrument, book.kind, is_long ? market.for_long : market.for_short);
  }
  const PositionWorth next = now.value_or(PositionWorth{});
  const Int128 figures[] = {next.worth, next.unrealized, next.gross, next.net, next.margin};
  for (int i = 0; i < kFigures - kWorth; ++i) {
    Int128& mine = worth.figures[kWorth + i];
    if (mine == figures[i]) continue;
    Int128& sum = held.sums[kWorth + i];
    detail::subtract_from(sum, mine);
    detail::add_to(sum, figures[i]);
    mine = figures[i];
  }
  worth.priced = now.has_value();
  if (open && !was_open) link(slot, market);
  if (!open && was_open) unlink(slot, market);
  held.open += (open ? 1u : 0u) - (was_open ? 1u : 0u);
  held.unpriced += (open && !worth.priced ? 1u : 0u) - (was_open && !was_priced ? 1u : 0u);
  refresh(book, held, kWorth, kMargin);
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

// Carries the figures from `first` to `last` into the base currency and the valuation.
void Portfolio::refresh(AccountBook& book, Bucket& held, Figure first, Figure last) {
  const Rate* rate = held.rate == kNone ? nullptr : &rates_[held.rate];
  const bool known = rate == nullptr || rate->known;
  bool has_balance = false;
  for (int i = 0; i < kWorth && !known; ++i)
    has_balance = has_balance || !(held.sums[i] == Int128{});
  std::uint32_t counted = known ? held.unpriced : held.open + (has_balance ? 1u : 0u);
  for (int i = first; i <= last; ++i) {
    Int128 now{};
    if (rate == nullptr) {
      now = held.sums[i];
    } else if (known && !(held.sums[i] == Int128{})) {
      const auto amount = converted(held.sums[i], rate->rate);
      KEEL_ASSERT(amount.has_value(), "an amount in the base currency does not fit");
      now = *amount;
    }
    if (now == held.in_base[i]) continue;
    detail::subtract_from(book.totals[i], held.in_base[i]);
    detail::add_to(book.totals[i], now);
    held.in_base[i] = now;
  }
  Valuation& valuation = book.valuation;
  valuation.unpriced += counted - held.counted;
  held.counted = counted;
  const auto money = [&](Figure figure) { return Money{book.totals[figure], book.base}; };
  valuation.equity = detail::plus(money(kCash), book.totals[kWorth]);
  if (first == kCash) {
    valuation.cash = money(kCash);
    valuation.realized = money(kRealized);
    valuation.fees = money(kFees);
    valuation.income = money(kIncome);
  }
  if (last == kMargin) {
    valuation.unrealized = money(kUnrealized);
    valuation.gross_exposure = money(kGross);
    valuation.net_exposure = money(kNet);
    valuation.margin_used = money(kMargin);
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
  if (boards_.size() < registry_->size()) [[unlikely]] {
    const std::size_t before = boards_.size();
    Board none{};
    none.first_holder = none.rates[0] = none.rates[1] = kNone;
    boards_.resize(registry_->size(), none);
    for (std::size_t i = before; i < boards_.size(); ++i)
      for (std::uint32_t rate = 0; rate < rates_.size(); ++rate) watch(registry_->all()[i], rate);
  }
  return boards_[instrument.value - 1u];
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

Portfolio::Bucket& Portfolio::bucket(AccountBook& book, AccountId account,
                                     const Currency& currency) {
  const std::uint32_t index = currency_index(currency);
  if (index < book.buckets.size() && book.buckets[index].used) [[likely]]
    return book.buckets[index];
  if (index >= book.buckets.size()) book.buckets.resize(index + 1, Bucket{});
  const std::uint32_t rate =
      currency == book.base ? kNone : rate_index(currency, book.base, account);
  book.buckets[index].rate = rate;
  book.buckets[index].used = true;
  return book.buckets[index];
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
    refresh(book, book.buckets[rate.currency], kCash, kMargin);
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
    const auto worth = worth_at(*position, *listed, account_book(account).kind,
                                is_long ? market.for_long : market.for_short);
    if (worth) sum = detail::plus(sum, worth->value);
    return worth.has_value();
  };
  const Position* long_leg = leg(account, instrument, Side::kBuy);
  const bool priced = long_leg == nullptr
                          ? add(position(account, instrument))
                          : add(long_leg) && add(leg(account, instrument, Side::kSell));
  if (!priced) return std::nullopt;
  return sum;
}

std::optional<Money> Portfolio::to_base(AccountId account, const Money& amount) const {
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
      const auto worth =
          price ? worth_at(position, registry_->get(position.instrument), book.kind, price->price)
                : std::nullopt;
      if (!worth) {
        ++unpriced;
        continue;
      }
      const Int128 figures[] = {worth->worth, worth->unrealized, worth->gross, worth->net,
                                worth->margin};
      for (int i = 0; i < kFigures - kWorth; ++i) detail::add_to(sums[kWorth + i], figures[i]);
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
    Bucket& held = bucket(book, account, currencies_[index]);
    for (int figure = 0; figure < kWorth; ++figure) reader.get(held.sums[figure]);
    refresh(book, held, kCash, kIncome);
  }
  book_.load(reader);
  for (std::uint32_t slot = 0; slot < book_.size() && reader.ok(); ++slot)
    if (book_.is_valued(slot) && !book_.at(slot).is_flat()) revalue_slot(slot);
  reader.end();
}

}  // namespace keel
