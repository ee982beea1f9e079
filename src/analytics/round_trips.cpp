#include <algorithm>
#include <map>
#include <tuple>

#include <keel/portfolio/position.hpp>

#include "analytics/rows.hpp"

namespace keel::analytics {
namespace {

using detail::i128;

// A fill or another change of a position, as a trade sees it.
struct Move {
  std::uint64_t arrival;
  Timestamp time;
  Quantity quantity;  // signed
  Price price;
  Money fee;  // settlement currency, or zero
  bool is_fill, fee_elsewhere;
};

struct Open {
  RoundTrip trip;
  Quantity quantity;  // signed, held now
  i128 entry_sum = 0, entry_size = 0, exit_sum = 0, exit_size = 0;
};

// The fee in the settlement currency; a fee in the base currency counts at the fill's price.
bool fee_in_settlement(const Instrument& instrument, const FillEntry& fill, Money& fee) {
  fee = Money::zero(instrument.settlement);
  if (fill.fee.currency().empty() || fill.fee.is_zero()) return true;
  if (fill.fee.currency() == instrument.settlement) {
    fee = fill.fee;
    return true;
  }
  if (!(fill.fee.currency() == instrument.base) || instrument.is_inverse()) return false;
  const auto raw = detail::multiply_divide(fill.fee.raw(), Int128::from(fill.price.raw()),
                                           Int128::from(Price::kScale), Rounding::kHalfEven);
  if (raw) fee = Money{*raw, instrument.settlement};
  return raw.has_value();
}

// Takes `quantity` (with the sign of the move, no more than closes the trade) into the trade.
void take(Open& open, const Instrument& instrument, const Move& move, Quantity quantity,
          const Money& fee) {
  const bool opens =
      open.quantity.is_zero() || open.quantity.is_positive() == quantity.is_positive();
  const auto size = static_cast<i128>(abs(quantity).raw());
  (opens ? open.entry_sum : open.exit_sum) += size * move.price.raw();
  (opens ? open.entry_size : open.exit_size) += size;
  open.quantity += quantity;
  if (const auto value = position_value(instrument, move.price, quantity))
    add_to(open.trip.gross, -Money{*value, instrument.settlement});
  add_to(open.trip.fees, fee);
  if (move.is_fill) ++open.trip.fills;
  open.trip.fees_elsewhere |= move.fee_elsewhere;
  open.trip.quantity = std::max(open.trip.quantity, abs(open.quantity));
}

void start(Open& open, const Instrument& instrument, const Move& move) {
  std::string account = std::move(open.trip.account), strategy = std::move(open.trip.strategy),
              symbol = std::move(open.trip.instrument);
  open = Open{};
  open.trip.account = std::move(account);
  open.trip.strategy = std::move(strategy);
  open.trip.instrument = std::move(symbol);
  open.trip.side = move.quantity.is_positive() ? Side::kBuy : Side::kSell;
  open.trip.entry = move.time;
  open.trip.gross = open.trip.fees = Money::zero(instrument.settlement);
  open.trip.quantity = open.quantity = Quantity::zero();
}

RoundTrip finished(const Open& open, Timestamp time) {
  RoundTrip trip = open.trip;
  trip.exit = std::max(time, trip.entry);
  trip.net = trip.gross;
  add_to(trip.net, -trip.fees);
  trip.entry_price = average_price(Int128::from(open.entry_sum), Int128::from(open.entry_size));
  trip.exit_price = average_price(Int128::from(open.exit_sum), Int128::from(open.exit_size));
  return trip;
}

void follow(Open open, const Instrument& instrument, const std::vector<Move>& moves,
            std::vector<std::pair<std::uint64_t, RoundTrip>>& out) {
  open.quantity = Quantity::zero();
  for (const Move& move : moves) {
    if (move.quantity.is_zero()) continue;
    if (open.quantity.is_zero()) start(open, instrument, move);
    const bool same =
        open.quantity.is_zero() || open.quantity.is_positive() == move.quantity.is_positive();
    if (same || abs(move.quantity) <= abs(open.quantity)) {
      take(open, instrument, move, move.quantity, move.fee);
    } else {
      const Quantity closing = -open.quantity;
      const Money fee =
          move.fee.scaled(abs(closing).raw(), abs(move.quantity).raw(), Rounding::kTowardZero)
              .value_or(move.fee);
      take(open, instrument, move, closing, fee);
      out.emplace_back(move.arrival, finished(open, move.time));
      start(open, instrument, move);
      take(open, instrument, move, move.quantity - closing, move.fee - fee);
    }
    if (open.quantity.is_zero()) out.emplace_back(move.arrival, finished(open, move.time));
  }
}

}  // namespace

bool add_to(Money& into, const Money& amount) {
  const auto sum = checked_add(into, amount);
  if (sum) into = *sum;
  return sum.has_value();
}

Money fill_value(const Instrument& instrument, Price price, Quantity quantity) {
  const auto value = position_value(instrument, price, quantity);
  return abs(Money{value.value_or(Int128{}), instrument.settlement});
}

std::optional<Price> average_price(Int128 price_times_quantity, Int128 quantity) {
  if (quantity == Int128{}) return std::nullopt;
  const auto raw =
      detail::multiply_divide(price_times_quantity, Int128::from(1), quantity, Rounding::kHalfEven);
  if (!raw || Int128::from(static_cast<std::int64_t>(raw->low)) != *raw) return std::nullopt;
  return Price::from_raw(static_cast<std::int64_t>(raw->low));
}

std::string account_name(const Directory& directory, AccountId id) {
  const Account* account = directory.account(id);
  return account != nullptr ? account->name.str() : "account-" + std::to_string(id.value);
}
std::string strategy_name(const Directory& directory, StrategyId id) {
  const std::string_view name = directory.strategy_name(id);
  return name.empty() ? "strategy-" + std::to_string(id.value) : std::string{name};
}
std::string instrument_name(const InstrumentRegistry& registry, InstrumentId id) {
  const Instrument* instrument = registry.find(id);
  if (instrument != nullptr) return instrument->symbol.str();
  return id.value == 0 ? std::string{} : "instrument-" + std::to_string(id.value);
}

std::vector<RoundTrip> round_trips(const std::vector<FillEntry>& fills,
                                   const std::vector<ChangeEntry>& changes,
                                   const InstrumentRegistry& registry, const Directory& directory) {
  using Key = std::tuple<AccountId, StrategyId, InstrumentId>;
  std::map<Key, std::vector<Move>> books;
  for (const FillEntry& fill : fills) {
    const Instrument* instrument = registry.find(fill.instrument);
    if (fill.busted || instrument == nullptr) continue;
    Money fee{};
    const bool told = fee_in_settlement(*instrument, fill, fee) && !fill.more_fees;
    books[{fill.account, fill.strategy, fill.instrument}].push_back(
        {fill.arrival, fill.time, fill.quantity * sign(fill.side), fill.price, fee, true, !told});
  }
  for (const ChangeEntry& change : changes) {
    const Instrument* instrument = registry.find(change.instrument);
    if (instrument == nullptr) continue;
    books[{change.account, change.strategy, change.instrument}].push_back(
        {change.arrival, change.time, change.quantity, change.price,
         Money::zero(instrument->settlement), false, false});
  }
  std::vector<std::pair<std::uint64_t, RoundTrip>> found;
  for (auto& [key, moves] : books) {
    std::sort(moves.begin(), moves.end(),
              [](const Move& a, const Move& b) { return a.arrival < b.arrival; });
    const auto& [account, strategy, instrument] = key;
    Open open{};
    open.trip.account = account_name(directory, account);
    open.trip.strategy = strategy_name(directory, strategy);
    open.trip.instrument = instrument_name(registry, instrument);
    follow(std::move(open), registry.get(instrument), moves, found);
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<RoundTrip> trips;
  trips.reserve(found.size());
  for (auto& [arrival, trip] : found) trips.push_back(std::move(trip));
  return trips;
}

}  // namespace keel::analytics
