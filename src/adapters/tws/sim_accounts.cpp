#include "adapters/tws/sim_accounts.hpp"

#include <algorithm>

namespace keel::tws {

namespace {
Money part(const Money& money, std::int64_t ppm) {
  const auto share = money.scaled(ppm, 1'000'000, Rounding::kHalfUp);
  return share ? *share : money;
}
Money cents(std::int64_t count) { return part(Money::whole(1, usd()), count * 10'000); }
}  // namespace

SimAccounts::SimAccounts(const SimulatorConfig& config, const Listings& listings,
                         const SimMarket& market)
    : listings_(listings), market_(market) {
  for (const std::string& name : config.accounts) {
    SimAccount account;
    account.name = name;
    account.cash.emplace("USD", Money::whole(config.cash, usd()));
    account.commissions = Money::zero(usd());
    accounts_.push_back(std::move(account));
  }
}

const SimAccount* SimAccounts::find(std::string_view name) const {
  const std::size_t at = index_of(name);
  return at < accounts_.size() ? &accounts_[at] : nullptr;
}
std::size_t SimAccounts::index_of(std::string_view name) const {
  std::size_t at = 0;
  while (at < accounts_.size() && accounts_[at].name != name) ++at;
  return at;
}

Price SimAccounts::mark(std::size_t listing) const {
  const MarketState& state = market_.state(listing);
  if (state.has_last) return state.last;
  return state.has_quote ? state.bid : state.prior_close;
}

Money SimAccounts::notional(std::size_t listing, Quantity quantity, Price price) const {
  const Currency currency = Currency::parse(listings_[listing].contract.currency).value();
  const Money one = Money::product(price, quantity, currency);
  const auto scaled =
      one.scaled(listings_[listing].multiplier.raw(), Quantity::kScale, Rounding::kHalfEven);
  return scaled ? *scaled : one;
}

Money SimAccounts::to_usd(const Money& money) const {
  if (money.currency() == usd()) return money;
  for (std::size_t i = 0; i < listings_.size(); ++i) {
    const Contract& c = listings_[i].contract;
    if (c.sec_type != "CASH" || c.currency != "USD" || c.symbol != money.currency().code())
      continue;
    const auto converted = money.scaled(mark(i).raw(), Price::kScale, Rounding::kHalfEven);
    return Money{(converted ? *converted : money).raw(), usd()};
  }
  return Money{money.raw(), usd()};
}

// Tiered fees are not simulated: what IBKR's fixed pricing is, to the cent.
Money SimAccounts::commission(std::size_t listing, Quantity quantity, Price price) const {
  const Listing& what = listings_[listing];
  const Money value = to_usd(notional(listing, quantity, price));
  const Money size = Money::product(Price::whole(1), quantity, usd());
  Money fee = Money::zero(usd());
  if (what.is("STK")) {  // half a cent a share, at least 1 USD, at most 1% of the value
    fee = std::max(part(size, 5'000), Money::whole(1, usd()));
    fee = std::min(fee, std::max(part(value, 10'000), cents(1)));
  } else if (what.is("CASH")) {  // 0.2 basis points, at least 2 USD
    fee = std::max(part(value, 20), Money::whole(2, usd()));
  } else if (what.is("CRYPTO")) {  // 0.18%, at least 1.75 USD
    fee = std::max(part(value, 1'800), cents(175));
  } else {  // 2.25 USD a contract
    fee = part(size, 2'250'000);
  }
  return fee.rounded(6, Rounding::kHalfUp);
}

Booking SimAccounts::fill(std::size_t account, std::size_t listing, Side side, Quantity quantity,
                          Price price, bool first_of_order) {
  SimAccount& holder = accounts_[account];
  const Listing& what = listings_[listing];
  const Currency currency = Currency::parse(what.contract.currency).value();
  auto [at, fresh] = holder.positions.try_emplace(listing);
  SimPosition& position = at->second;
  if (fresh) position.realized = position.day_value = Money::zero(currency);

  Booking booking;
  booking.commission = commission(listing, quantity, price);
  (void)first_of_order;
  const Quantity change = side == Side::kBuy ? quantity : -quantity;
  const Money value = notional(listing, change, price);
  position.day_value += value;
  const bool opens =
      position.quantity.is_zero() || position.quantity.is_negative() == change.is_negative();
  const Quantity closed = opens ? Quantity::zero() : std::min(abs(change), abs(position.quantity));
  if (!closed.is_zero()) {
    const Quantity signed_closed = position.quantity.is_negative() ? -closed : closed;
    const Money gain = notional(listing, signed_closed, price) -
                       notional(listing, signed_closed, position.average);
    position.realized += gain;
    booking.realized = to_usd(gain) - booking.commission;
  }
  const Quantity after = position.quantity + change;
  if (opens) {  // the average of both, rounded once
    const Money cost = Money::product(position.average, abs(position.quantity), currency) +
                       Money::product(price, quantity, currency);
    const auto raw = detail::multiply_divide(cost.raw(), Int128::from(1),
                                             Int128::from(detail::i128{abs(after).raw()} * 10),
                                             Rounding::kHalfEven);
    if (raw) position.average = Price::from_raw(static_cast<std::int64_t>(raw->wide()));
  } else if (abs(change) > closed) {
    position.average = price;
  }
  position.quantity = after;
  if (after.is_zero()) position.average = Price::zero();

  auto& cash = holder.cash.try_emplace(what.contract.currency, Money::zero(currency)).first->second;
  if (what.is("FUT")) {
    if (booking.realized) cash += *booking.realized + booking.commission;
  } else {
    cash -= value;
    if (what.is("CASH")) {  // the other currency comes in
      const auto base = Currency::parse(what.contract.symbol);
      if (base) {
        auto& other =
            holder.cash.try_emplace(what.contract.symbol, Money::zero(*base)).first->second;
        other += Money::product(Price::whole(1), change, *base);
      }
    }
  }
  holder.cash.at("USD") -= booking.commission;
  holder.commissions += booking.commission;
  return booking;
}

SimAccounts::PositionFigures SimAccounts::figures(const SimAccount& account,
                                                  std::size_t listing) const {
  PositionFigures out{Money::zero(usd()), Money::zero(usd()), Money::zero(usd()),
                      Money::zero(usd())};
  const auto at = account.positions.find(listing);
  if (at == account.positions.end()) return out;
  const SimPosition& position = at->second;
  const Money value = notional(listing, position.quantity, mark(listing));
  out.value = to_usd(value);
  out.unrealized = to_usd(value - notional(listing, position.quantity, position.average));
  out.realized = to_usd(position.realized);
  out.daily = to_usd(value - position.day_value);
  return out;
}

AccountFigures SimAccounts::figures(const SimAccount& account) const {
  const Money none = Money::zero(usd());
  AccountFigures all{none, none, none, none, none, none, none, none};
  for (const auto& [code, money] : account.cash) all.cash += to_usd(money);
  all.net_liquidation = all.cash;
  for (const auto& [listing, position] : account.positions) {
    const PositionFigures one = figures(account, listing);
    const Listing& what = listings_[listing];
    all.gross_positions += abs(one.value);
    if (what.is("FUT"))
      all.net_liquidation += one.unrealized;
    else if (!what.is("CASH"))
      all.net_liquidation += one.value;
    all.unrealized += one.unrealized;
    all.realized += one.realized;
    all.daily += one.daily;
    all.initial_margin += part(abs(one.value), what.spec.initial_margin_ppm);
    all.maintenance_margin += part(abs(one.value), what.spec.maintenance_margin_ppm);
  }
  return all;
}

Money SimAccounts::margin(const SimAccount& account, std::size_t listing, Quantity change,
                          bool initial) const {
  const AccountFigures now = figures(account);
  const SimulatedContract& spec = listings_[listing].spec;
  const std::int64_t ppm = initial ? spec.initial_margin_ppm : spec.maintenance_margin_ppm;
  const auto at = account.positions.find(listing);
  const Quantity held = at == account.positions.end() ? Quantity::zero() : at->second.quantity;
  const auto value = [&](Quantity quantity) {
    return part(to_usd(abs(notional(listing, quantity, mark(listing)))), ppm);
  };
  return (initial ? now.initial_margin : now.maintenance_margin) - value(held) +
         value(held + change);
}

}  // namespace keel::tws
