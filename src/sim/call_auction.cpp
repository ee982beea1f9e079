#include <keel/sim/call_auction.hpp>

#include <keel/core/int128.hpp>

namespace keel {

using detail::i128;

namespace {

// What one price would come to. Sums in 128 bits: each quantity fits 64, their sum may not.
struct Candidate {
  Price price;
  i128 buys, sells;
  [[nodiscard]] i128 volume() const { return std::min(buys, sells); }
  [[nodiscard]] i128 surplus() const { return buys > sells ? buys - sells : sells - buys; }
};

i128 distance(Price a, Price b) {
  const i128 d = static_cast<i128>(a.raw()) - b.raw();
  return d < 0 ? -d : d;
}

Quantity clipped(i128 raw) {
  return Quantity::from_raw(static_cast<std::int64_t>(std::min<i128>(raw, Quantity::max().raw())));
}

}  // namespace

void CallAuction::sort_for(Side side) {
  // Stable: at one price in the order in which they were added.
  std::stable_sort(orders_.begin(), orders_.end(), [side](const Order& a, const Order& b) {
    if (a.side != b.side) return a.side == side;
    if (a.side != side) return false;
    if (a.has_limit != b.has_limit) return !a.has_limit;
    if (!a.has_limit) return false;
    return side == Side::kBuy ? a.limit > b.limit : a.limit < b.limit;
  });
}

CallAuction::Result CallAuction::indicative(Price reference) {
  prices_.clear();
  for (const Order& order : orders_)
    if (order.has_limit) prices_.push_back(order.limit);
  if (prices_.empty()) prices_.push_back(reference);
  std::sort(prices_.begin(), prices_.end());
  prices_.erase(std::unique(prices_.begin(), prices_.end()), prices_.end());

  std::optional<Candidate> best;
  bool all_bought = true, all_sold = true;  // at each of the best: more wanted, more offered
  Candidate first{}, last{};
  for (const Price price : prices_) {
    Candidate here{price, 0, 0};
    for (const Order& order : orders_)
      if (reaches(order, price))
        (order.side == Side::kBuy ? here.buys : here.sells) += order.quantity.raw();
    if (here.volume() == 0) continue;
    const bool better = !best || here.volume() > best->volume() ||
                        (here.volume() == best->volume() && here.surplus() < best->surplus());
    const bool equal =
        best && !better && here.volume() == best->volume() && here.surplus() == best->surplus();
    if (better) {
      best = first = here;
      all_bought = all_sold = true;
    }
    if (!better && !equal) continue;
    last = here;
    all_bought = all_bought && here.buys > here.sells;
    all_sold = all_sold && here.buys < here.sells;
    if (distance(here.price, reference) <= distance(best->price, reference)) best = here;
  }
  if (!best) return {};
  if (all_bought) best = last;  // prices rise: the highest
  if (all_sold) best = first;
  Result result;
  result.trades = true;
  result.price = best->price;
  result.volume = clipped(best->volume());
  result.surplus = clipped(best->surplus());
  if (best->buys != best->sells)
    result.surplus_side = best->buys > best->sells ? Side::kBuy : Side::kSell;
  return result;
}

}  // namespace keel
