// Promise: whatever is submitted, replaced, filled, lost and settled at the same time, no subset of
// what may still fill can take a position past its limit. Against a venue that knows nothing of
// keel's books: it remembers what it was sent, and fills what it likes of it.
#include <keel/core/random.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

constexpr std::int64_t kLimit = 50;

// What the venue may hold of an order: the totals that it was asked for and has not answered.
struct AtVenue {
  OrderId id;
  InstrumentId instrument;
  Side side;
  std::vector<Quantity> totals;
  Quantity filled = Quantity::zero();
  bool cancel_in_flight = false;

  [[nodiscard]] Quantity may_fill() const {
    Quantity most = Quantity::zero();
    for (const Quantity total : totals)
      if (total > filled && total - filled > most) most = total - filled;
    return most;
  }
};

class Chaos : public Desk {
 public:
  explicit Chaos(std::uint64_t seed, const RiskLimits& limits) : Desk(limits), random_(seed) {
    pay(names.margin, usd("100000"));
    for (const InstrumentId id : {names.perp, names.eth}) quote(id, 100_px, 100.01_px);
  }

  void step() {
    wait(1_ms);
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: ask(); break;
      case 4: ask_replace(); break;
      case 5: ask_cancel(); break;
      case 6:
      case 7: venue_fills(); break;
      case 8: venue_answers(); break;
      case 9: venue_ends(); break;
      case 10: flatten(); break;
      default: mishap();
    }
  }

  // Every subset of what may fill, by brute force; many orders: the two that are the worst.
  void check_positions() {
    for (const InstrumentId instrument : {names.perp, names.eth}) {
      std::vector<std::int64_t> signed_open;
      for (const AtVenue& order : venue_)
        if (order.instrument == instrument && order.may_fill().is_positive())
          signed_open.push_back(order.may_fill().raw() * sign(order.side));
      const Position* position = portfolio.position(names.margin, instrument);
      const std::int64_t held = position == nullptr ? 0 : position->quantity.raw();
      std::int64_t highest = held, lowest = held;
      if (signed_open.size() <= 8) {
        for (std::uint32_t subset = 0; subset < 1u << signed_open.size(); ++subset) {
          std::int64_t end = held;
          for (std::size_t i = 0; i < signed_open.size(); ++i)
            if ((subset >> i & 1u) != 0) end += signed_open[i];
          highest = std::max(highest, end);
          lowest = std::min(lowest, end);
        }
      } else {
        for (const std::int64_t open : signed_open) (open > 0 ? highest : lowest) += open;
      }
      REQUIRE(highest <= Quantity::whole(kLimit).raw());
      REQUIRE(lowest >= -Quantity::whole(kLimit).raw());
      reached = std::max(reached, highest);
    }
  }

  // The sums that decisions read, against a count over the order manager's orders.
  void check_sums() const {
    const OpenExposure& exposure = risk.open_exposure();
    detail::i128 values[2] = {0, 0};
    std::int64_t count = 0;
    for (const InstrumentId instrument : {names.perp, names.eth}) {
      Quantity open[2] = {Quantity::zero(), Quantity::zero()};
      detail::i128 value[2] = {0, 0};
      orders.for_each_open([&](const Order& order) {
        if (!(order.instrument == instrument)) return;
        ++count;
        const auto side = OpenExposure::index(order.side);
        open[side] += order.open_worst;
        value[side] +=
            static_cast<detail::i128>(order.reserve_price.raw()) * order.open_worst.raw() * 10;
      });
      const OpenOrders& known = exposure.orders(names.margin, instrument);
      const Position* position = portfolio.position(names.margin, instrument);
      CHECK(known.position == (position == nullptr ? 0_qty : position->quantity));
      for (const Side side : {Side::kBuy, Side::kSell}) {
        const auto at = OpenExposure::index(side);
        CHECK(known.open[at] == open[at]);
        CHECK(known.open[at] == orders.open_quantity(names.margin, instrument, side));
        CHECK(known.value[at] == Int128::from(value[at]));
        values[at] += value[at];
      }
    }
    CHECK(risk.open_orders(names.margin) == count);
    const auto& sums = exposure.sums(names.margin)[exposure.base_of(names.margin)];
    CHECK(sums.value[0] == Int128::from(values[0]));
    CHECK(sums.value[1] == Int128::from(values[1]));
  }

  int approved = 0, denied = 0, replaced = 0, filled = 0, lost = 0;
  std::int64_t reached = 0;

 private:
  InstrumentId any_instrument() { return random_.below(2) == 0 ? names.perp : names.eth; }
  Quantity any_quantity() { return Quantity::whole(random_.between(1, 30)); }
  Price any_price() { return Price::whole(random_.between(90, 110)); }
  AtVenue* any_order() { return venue_.empty() ? nullptr : &venue_[random_.below(venue_.size())]; }

  void ask() {
    const Side side = random_.below(2) == 0 ? Side::kBuy : Side::kSell;
    OrderRequest request = limit(any_instrument(), side, any_quantity(), any_price());
    if (random_.below(3) == 0)
      request = market_order(request.instrument, side, request.terms.quantity);
    if (random_.below(8) == 0) request.reduce_only();
    if (random_.below(4) == 0) {  // linked exits must not be a way around the limit
      request.group = 1 + random_.below(2);
      request.contingency = random_.below(2) == 0 ? Contingency::kOco : Contingency::kOuo;
    }
    auto decision = risk.check(request, now);
    if (!decision.approved()) {
      ++denied;
      return;
    }
    ++approved;
    const OrderId id = orders.submit(std::move(decision).take(), *this);
    venue_.push_back({id, request.instrument, side, {request.terms.quantity}});
  }
  void flatten() {
    const auto request = risk.flatten_request(names.margin, any_instrument());
    if (!request) return;
    auto decision = risk.check_flatten(*request, now);
    REQUIRE(decision.approved());
    const OrderId id = orders.submit(std::move(decision).take(), *this);
    venue_.push_back({id, request->instrument, request->side, {request->terms.quantity}});
  }
  void ask_replace() {
    AtVenue* order = any_order();
    if (order == nullptr) return;
    ReplaceRequest request{order->id, std::nullopt, std::nullopt, std::nullopt};
    if (random_.below(4) != 0) request.quantity = any_quantity();
    if (random_.below(3) == 0 && orders.find(order->id)->terms.limit())
      request.limit_price = any_price();
    auto decision = risk.check(request, now);
    if (!decision.approved()) {
      ++denied;
      return;
    }
    if (orders.replace(std::move(decision).take(), *this) != Reason::kNone) return;
    ++replaced;
    if (request.quantity) order->totals.push_back(*request.quantity);
  }
  void ask_cancel() {
    if (AtVenue* order = any_order()) {
      if (orders.cancel(order->id, Reason::kByRequest, *this) == Reason::kNone)
        order->cancel_in_flight = true;
    }
  }
  void venue_fills() {
    AtVenue* order = any_order();
    if (order == nullptr || !order->may_fill().is_positive()) return;
    const std::int64_t most = order->may_fill().raw() / Quantity::kScale;
    const Quantity part = Quantity::whole(random_.between(1, most));
    order->filled += part;
    ++filled;
    fill(order->id, part, any_price());
    if (!order->may_fill().is_positive()) gone(*order);
  }
  void venue_answers() {
    AtVenue* order = any_order();
    if (order == nullptr) return;
    const OrderState state = orders.find(order->id)->state;
    if (state == OrderState::kSubmitted) {
      accept(order->id);
    } else if (state == OrderState::kPendingReplace) {
      const Quantity old_total = order->totals.front(), new_total = order->totals.back();
      if (random_.below(2) == 0 && new_total > order->filled) {
        order->totals = {new_total};
        replace_done(*order, new_total);
      } else {
        order->totals = {old_total};
        report(order->id, ReportKind::kReplaceRejected);
      }
      if (!order->may_fill().is_positive()) gone(*order);
    }
  }
  void replace_done(const AtVenue& order, Quantity total) {
    OrderReport record = make_record<OrderReport>(RecordKind::kOrderReport);
    const Order* known = orders.find(order.id);
    record.header.instrument = known->instrument;
    record.header.ts_event = record.header.ts_recv = now;
    record.order = order.id;
    record.account = known->account;
    record.venue = known->venue;
    record.kind = ReportKind::kReplaced;
    record.side = known->side;
    record.present = OrderReport::kHasSide | OrderReport::kHasQuantity;
    record.quantity = total;
    if (const auto price = known->pending_terms.limit()) {
      record.present |= OrderReport::kHasPrice;
      record.price = *price;
    }
    orders.on_report(record, *this);
  }
  void venue_ends() {
    AtVenue* order = any_order();
    if (order == nullptr || orders.find(order->id)->state == OrderState::kPendingReplace) return;
    const bool fresh = orders.find(order->id)->state == OrderState::kSubmitted;
    report(order->id,
           fresh && random_.below(2) == 0 ? ReportKind::kRejected : ReportKind::kCanceled);
    gone(*order);
  }
  void mishap() {
    if (random_.below(10) != 0) return;
    ++lost;
    if (random_.below(2) == 0) return orders.on_restart(*this);
    ConnectionInput down = make_record<ConnectionInput>(RecordKind::kConnection);
    down.header.ts_event = down.header.ts_recv = now;
    down.venue = names.venue;
    down.state = ConnectionState::kDown;
    orders.on_connection(down, *this);
  }
  void gone(const AtVenue& order) {
    std::erase_if(venue_, [id = order.id](const AtVenue& other) { return other.id == id; });
  }

  Random random_;
  std::vector<AtVenue> venue_;
};

void run(std::uint64_t seed, const RiskLimits& limits, int steps) {
  CAPTURE(seed);
  Chaos chaos{seed, limits};
  for (int i = 0; i < steps; ++i) {
    CAPTURE(i);
    chaos.step();
    chaos.check_positions();
    if (i % 16 == 0) chaos.check_sums();
  }
  // The run was no idle one, and came to the limit.
  CHECK(chaos.approved > steps / 50);
  CHECK(chaos.denied > steps / 50);
  CHECK(chaos.filled > steps / 50);
  CHECK(chaos.replaced > 5);
  CHECK(chaos.reached == Quantity::whole(kLimit).raw());
}

}  // namespace

TEST_CASE("no subset of what may still fill takes a position past its limit") {
  RiskLimits limits;
  limits.max_position = Quantity::whole(kLimit);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) run(seed, limits, 2'000);
}

TEST_CASE("nor where the limit is the account's or the strategy's") {
  const Names names;
  RiskLimits of_account, of_strategy;
  of_account.account(names.margin).max_position = Quantity::whole(kLimit);
  of_strategy.strategy(names.strategy).max_position = Quantity::whole(kLimit);
  for (std::uint64_t seed = 101; seed <= 105; ++seed) {
    run(seed, of_account, 2'000);
    // Flattening is the host's, not the strategy's: here only one strategy trades, so it holds too.
    run(seed, of_account, 500);
  }
}

TEST_CASE("the account cannot lever beyond its limit, whatever fills") {
  // Prices stand still, so that the exposure after any fill is quantity x price: fills happen at
  // other prices, but positions are valued at 100.
  RiskLimits limits;
  limits.max_gross_exposure = usd("4000");
  for (std::uint64_t seed = 201; seed <= 210; ++seed) {
    CAPTURE(seed);
    Chaos chaos{seed, limits};
    for (int i = 0; i < 1'500; ++i) {
      chaos.step();
      const auto gross = chaos.portfolio.valuation(chaos.names.margin).gross_exposure;
      // Orders reserve at 90 or more; a unit is valued at 100 once it is a position.
      REQUIRE(gross.raw().wide() <= usd("4445").raw().wide());
    }
    CHECK(chaos.denied > 50);
  }
}
