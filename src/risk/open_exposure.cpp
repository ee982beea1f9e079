#include <keel/risk/open_exposure.hpp>

namespace keel {

namespace {

using detail::i128;

constexpr std::uint32_t kTag = 0x52495345;  // "RISE"

void shift(Int128& sum, i128 by) { sum = Int128::from(sum.wide() + by); }

}  // namespace

void OpenExposure::rebook(const Account& account, const Instrument& instrument,
                          OpenOrders& orders) {
  const i128 held = orders.position.raw();
  i128 buys{}, sells{};
  const bool fits = extra_of(orders.open[0], orders.value[0].wide(), held < 0 ? -held : 0, buys) &&
                    extra_of(orders.open[1], orders.value[1].wide(), held > 0 ? held : 0, sells);
  const i128 extra = buys > sells ? buys : sells;
  const auto margin = margin_of(instrument, account.kind, extra);
  KEEL_ASSERT(fits && margin, "exposure of open orders does not fit");
  OpenSums& sums = rows_[account.id.value - 1u].sums[orders.currency];
  shift(sums.extra, extra - orders.extra.wide());
  shift(sums.margin, *margin - orders.margin.wide());
  orders.extra = Int128::from(extra);
  orders.margin = Int128::from(*margin);
}

void OpenExposure::change(const Change& change) {
  grow();
  const Instrument* instrument = registry_->find(change.instrument);
  const Account* account = directory_->account(change.account);
  if (instrument == nullptr || account == nullptr) return;
  Row& row = rows_[change.account.value - 1u];
  OpenOrders& orders = row.instruments[change.instrument.value - 1u];
  OpenSums& sums = row.sums[orders.currency];
  const CashRule rule = cash_rule(*instrument, account->kind);
  const std::size_t side = index(change.side);

  const auto move = [&](Price reserve, Quantity open, int direction) {
    if (!open.is_positive()) return;
    i128 size{};
    if (!value(*instrument, reserve, open, size)) size = kMaxOrderValue;
    size *= direction;
    const i128 cash = cash_need(rule, change.side, reserve, size);
    shift(orders.value[side], size);
    shift(sums.value[side], size);
    shift(orders.cash, cash);
    shift(sums.cash, cash);
  };
  move(change.reserve_before, change.open_before, -1);
  move(change.reserve_after, change.open_after, +1);
  orders.open[side] += change.open_after - change.open_before;
  // Nothing open is worth nothing, whatever became of the instrument's multiplier meanwhile.
  if (!orders.open[side].is_positive()) {
    shift(sums.value[side], -orders.value[side].wide());
    orders.value[side] = {};
  }
  if (!orders.open[0].is_positive() && !orders.open[1].is_positive()) {
    shift(sums.cash, -orders.cash.wide());
    orders.cash = {};
  }
  rebook(*account, *instrument, orders);
}

void OpenExposure::set_position(AccountId account, InstrumentId instrument, Quantity position) {
  grow();
  const Instrument* of = registry_->find(instrument);
  const Account* owner = directory_->account(account);
  if (of == nullptr || owner == nullptr) return;
  OpenOrders& orders = rows_[account.value - 1u].instruments[instrument.value - 1u];
  if (orders.position == position) return;
  orders.position = position;
  rebook(*owner, *of, orders);
}

std::uint32_t OpenExposure::intern(const Currency& currency) {
  for (std::size_t i = 0; i < currencies_.size(); ++i)
    if (currencies_[i] == currency) return static_cast<std::uint32_t>(i);
  currencies_.push_back(currency);
  return static_cast<std::uint32_t>(currencies_.size() - 1);
}

void OpenExposure::grow_now() {
  for (std::size_t i = currency_of_.size(); i < registry_->size(); ++i)
    currency_of_.push_back(intern(registry_->all()[i].settlement));
  const auto& accounts = directory_->accounts();
  for (std::size_t i = base_of_.size(); i < accounts.size(); ++i)
    base_of_.push_back(intern(accounts[i].base));
  rows_.resize(accounts.size());
  for (Row& row : rows_) {
    row.sums.resize(currencies_.size());
    for (std::size_t i = row.instruments.size(); i < registry_->size(); ++i) {
      OpenOrders orders{};
      orders.currency = currency_of_[i];
      row.instruments.push_back(orders);
    }
  }
}

void OpenExposure::save(StateWriter& writer) const {
  const auto section = writer.begin(kTag, 1);
  const auto counts = [](const OpenOrders& orders) {
    return !orders.open[0].is_zero() || !orders.open[1].is_zero() || !orders.position.is_zero();
  };
  std::uint64_t kept = 0;
  for (const Row& row : rows_)
    for (const OpenOrders& orders : row.instruments) kept += counts(orders) ? 1u : 0u;
  writer.put(kept);
  for (std::size_t account = 0; account < rows_.size(); ++account) {
    const auto& row = rows_[account].instruments;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!counts(row[i])) continue;
      writer.put(static_cast<std::uint32_t>(account));
      writer.put(static_cast<std::uint32_t>(i));
      OpenOrders orders = row[i];
      orders.currency = 0;  // an index of this object, rebuilt by load
      writer.put(orders);
    }
  }
  writer.end(section);
}

void OpenExposure::load(StateReader& reader) {
  reader.begin(kTag);
  grow();
  for (Row& row : rows_) {
    for (OpenSums& sums : row.sums) sums = {};
    for (std::size_t i = 0; i < row.instruments.size(); ++i) {
      row.instruments[i] = {};
      row.instruments[i].currency = currency_of_[i];
    }
  }
  std::uint64_t kept{};
  reader.get(kept);
  for (std::uint64_t n = 0; n < kept && reader.ok(); ++n) {
    std::uint32_t account{}, instrument{};
    OpenOrders orders{};
    reader.get(account);
    reader.get(instrument);
    reader.get(orders);
    if (account >= rows_.size() || instrument >= currency_of_.size())
      return reader.fail("open orders of an account or instrument that is not declared");
    orders.currency = currency_of_[instrument];
    rows_[account].instruments[instrument] = orders;
    OpenSums& sums = rows_[account].sums[orders.currency];
    for (std::size_t side = 0; side < 2; ++side) shift(sums.value[side], orders.value[side].wide());
    shift(sums.cash, orders.cash.wide());
    shift(sums.extra, orders.extra.wide());
    shift(sums.margin, orders.margin.wide());
  }
  reader.end();
}

}  // namespace keel
