#include <algorithm>

#include "sim/shop.hpp"
#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

void SimCore::join_queue(SimOrder& order, Book& at) {
  const auto shown = Shop{&at}.size_at(order.side, order.limit);
  order.ahead_known = shown.has_value();
  order.ahead = shown.value_or(Quantity::zero());
}

// What is shown at a price is the most that can stand before an order there.
void SimCore::update_queue(InstrumentId id, Book& at, Side side) {
  const Shop shop{&at};
  for (auto entry = engine_.first(id.value - 1u, side); entry != kNone;
       entry = engine_.next(entry)) {
    SimOrder& order = orders_[static_cast<Slot>(engine_.pool().tag(entry))];
    const auto most = shop.size_at(side, order.limit);
    if (!most) return;  // the touch is before this order, and before all after it
    order.ahead = order.ahead_known ? std::min(order.ahead, *most) : *most;
    order.ahead_known = true;
  }
}

}  // namespace keel
