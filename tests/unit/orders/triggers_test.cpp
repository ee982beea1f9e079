// Watched orders against a slow, obvious model: random markets (trades, quotes, bars, mark prices,
// halts, gaps, crossed quotes) over stops, if-touched and trailing orders of every source.
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include <keel/core/format.hpp>
#include <keel/core/random.hpp>
#include <keel/orders/emulation.hpp>
#include <keel/orders/triggers.hpp>

#include "desk.hpp"

using namespace keel;
using namespace keel::test;

namespace {

// Folds into everything that a trigger needs, and keeps what was said.
class Wire final : public Emitter {
 public:
  Wire() : marks(registry), orders(config(), registry), triggers(config().slots, registry, marks) {}
  static OrderManagerConfig config() {
    OrderManagerConfig made;
    made.slots = 64;
    made.execution_window = 64;
    return made;
  }
  void emit(RecordHeader& header) override {
    header.seq = ++seq;
    header.ts_recv = header.ts_event = now;
    kept.emplace_back(reinterpret_cast<const std::byte*>(&header),
                      reinterpret_cast<const std::byte*>(&header) + header.size);
    orders.fold(header);
    triggers.fold(header);
    if (header.kind == RecordKind::kOrderTriggered)
      fired.push_back(record_as<OrderRecord>(header).order);
    if (header.kind == RecordKind::kStopMoved) ++moves;
  }
  template <class T>
  void market(T record) {
    now = now + 1_ms;
    record.header.ts_recv = record.header.ts_event = now;
    marks.fold(record.header);
    triggers.on_market(record.header, orders, *this);
  }

  InstrumentRegistry registry = two_instruments();
  Marks marks;
  OrderManager orders;
  Triggers triggers;
  Timestamp now = Timestamp::from_seconds(1'000'000);
  std::uint64_t seq = 0, moves = 0;
  std::vector<std::vector<std::byte>> kept;
  std::vector<OrderId> fired;
};

enum class Planted { kNothing, kHaltIgnored, kNeverMoves, kWrongSide, kWrongSource };

// The rules as docs/orders.md has them, one order at a time, prices as plain numbers of half ticks.
struct Slow {
  struct Watched {
    Side side;
    OrderType type;
    TriggerBy by;
    Trail trail{TrailUnit::kNone, 0};
    std::optional<std::int64_t> trigger;  // in ticks
  };
  static constexpr std::int64_t kTick = 10'000'000;  // 0.01, raw
  std::map<std::uint64_t, Watched> orders;
  std::optional<std::int64_t> bid, ask, last, mark;
  bool halted = false, gapped = false;
  Planted planted = Planted::kNothing;

  [[nodiscard]] static bool is_up(const Watched& one) {
    const bool stop = one.type == OrderType::kStop || one.type == OrderType::kTrailingStop;
    return (one.side == Side::kBuy) == stop;
  }
  // Twice the price in ticks, as the order's source has it.
  [[nodiscard]] std::optional<std::int64_t> twice(const Watched& one) const {
    TriggerBy by = one.by;
    if (planted == Planted::kWrongSource && by == TriggerBy::kMid) by = TriggerBy::kBidAsk;
    if (by == TriggerBy::kDefault) by = last ? TriggerBy::kLast : TriggerBy::kBidAsk;
    const auto doubled = [](std::optional<std::int64_t> price) {
      return price ? std::optional{*price * 2} : std::nullopt;
    };
    const bool crossed = bid && ask && *bid > *ask;
    if (by == TriggerBy::kLast) return doubled(last);
    if (by == TriggerBy::kMark) return doubled(mark);
    if (crossed) return std::nullopt;
    if (by == TriggerBy::kMid) return bid && ask ? std::optional{*bid + *ask} : std::nullopt;
    return doubled(one.side == Side::kBuy ? ask : bid);
  }
  void trail(Watched& one, std::int64_t twice_price) const {
    if (one.type != OrderType::kTrailingStop || planted == Planted::kNeverMoves) return;
    // In units of half a tick times 1e9, so that a percentage stays whole.
    constexpr std::int64_t unit = 1'000'000'000;
    detail::i128 distance{};
    switch (one.trail.unit) {
      case TrailUnit::kAmount:
        distance = static_cast<detail::i128>(one.trail.offset / kTick) * 2 * unit;
        break;
      case TrailUnit::kTicks:
        distance = static_cast<detail::i128>(one.trail.offset) * 2 * unit;
        break;
      default: distance = static_cast<detail::i128>(twice_price) * one.trail.offset; break;
    }
    const detail::i128 at = static_cast<detail::i128>(twice_price) * unit +
                            (one.side == Side::kSell ? -distance : distance);
    const detail::i128 step = 2 * static_cast<detail::i128>(unit);  // prices here are positive
    const auto ticks =
        static_cast<std::int64_t>(one.side == Side::kSell ? at / step : (at + step - 1) / step);
    if (!one.trigger || (one.side == Side::kSell ? ticks > *one.trigger : ticks < *one.trigger))
      one.trigger = ticks;
  }
  [[nodiscard]] bool reached(const Watched& one, std::int64_t twice_price) const {
    if (!one.trigger) return false;
    const bool up =
        is_up(one) != (planted == Planted::kWrongSide && one.type == OrderType::kMarketIfTouched);
    return up ? twice_price >= 2 * *one.trigger : twice_price <= 2 * *one.trigger;
  }
  // What goes off on news of this source; `low` and `high` of a bar, else the price itself.
  void look(const std::vector<TriggerBy>& sources, std::optional<std::int64_t> low,
            std::optional<std::int64_t> high, std::vector<OrderId>& fired) {
    if ((halted && planted != Planted::kHaltIgnored) || gapped) return;
    for (auto& [id, one] : orders) {
      if (std::find(sources.begin(), sources.end(), one.by) == sources.end()) continue;
      const auto price = twice(one);
      if (!price) continue;
      const std::int64_t worst =
          is_up(one) ? (high ? 2 * *high : *price) : (low ? 2 * *low : *price);
      const std::int64_t best =
          one.side == Side::kSell ? (high ? 2 * *high : *price) : (low ? 2 * *low : *price);
      bool goes = reached(one, worst);
      if (!goes && one.type == OrderType::kTrailingStop) {
        trail(one, best);
        goes = reached(one, *price);
      }
      if (goes) fired.push_back(OrderId{id});
    }
    for (const OrderId id : fired) orders.erase(id.value);
  }
};

class Run {
 public:
  Run(std::uint64_t seed, Planted planted) : random_(seed) { slow_.planted = planted; }
  std::string go() {
    for (int step = 0; step < 300; ++step) {
      wire_.fired.clear();
      std::vector<OrderId> slow;
      if (random_.below(4) == 0)
        arm(slow);
      else
        happens(slow);
      if (const std::string wrong = compare(slow); !wrong.empty())
        return fmt::format("step {}: {}", step, wrong);
      if (step % 50 == 49)
        if (const std::string wrong = rebuilt(); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  static constexpr InstrumentId kId{1};
  Price px(std::int64_t ticks) const { return Price::from_raw(ticks * Slow::kTick); }
  std::int64_t near() { return 10'000 + random_.between(-60, 60); }

  void arm(std::vector<OrderId>& fired) {
    if (wire_.orders.open_count() >= 60) return;
    Slow::Watched one{random_.below(2) == 0 ? Side::kBuy : Side::kSell,
                      random_.below(3) == 0   ? OrderType::kMarketIfTouched
                      : random_.below(2) == 0 ? OrderType::kTrailingStop
                                              : OrderType::kStop,
                      static_cast<TriggerBy>(random_.below(5)),
                      {TrailUnit::kNone, 0},
                      std::nullopt};
    OrderRequest request = OrderRequest::stop(kId, one.side, 1_qty, px(1));
    if (one.type == OrderType::kTrailingStop) {
      one.trail = random_.below(3) == 0 ? Trail::amount(px(random_.between(1, 40)))
                  : random_.below(2) == 0
                      ? Trail::percent(Rate::from_raw(random_.between(100'000, 4'000'000)))
                      : Trail::ticks(random_.between(1, 40));
      request = OrderRequest::trailing_stop(kId, one.side, 1_qty, one.trail);
    } else {
      one.trigger = near();
      request.terms.trigger_price = px(*one.trigger);
    }
    request.terms.type = one.type;
    request.triggered_by(one.by).on(kAccount);
    const OrderId id = wire_.orders.hold(request, wire_, true);
    wire_.triggers.on_armed(id, wire_.orders, wire_);
    // As it is armed: by the market as it is.
    if ((!slow_.halted || slow_.planted == Planted::kHaltIgnored) && !slow_.gapped)
      if (const auto price = slow_.twice(one)) {
        slow_.trail(one, *price);
        if (slow_.reached(one, *price)) return fired.push_back(id);
      }
    slow_.orders[id.value] = one;
  }

  void happens(std::vector<OrderId>& fired) {
    const auto quotes = std::vector{TriggerBy::kBidAsk, TriggerBy::kMid};
    auto with_default = quotes;
    if (!slow_.last) with_default.push_back(TriggerBy::kDefault);
    switch (random_.below(12)) {
      case 0: {
        slow_.halted = random_.below(3) == 0;
        StatusChange status = make_record<StatusChange>(RecordKind::kInstrumentStatus);
        status.header.instrument = kId;
        status.status = slow_.halted ? InstrumentStatus::kHalted : InstrumentStatus::kTrading;
        wire_.market(status);
        return slow_.look(with_default, {}, {}, fired);
      }
      case 1: {
        MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
        gap.header.instrument = kId;
        slow_.gapped = true;
        return wire_.market(gap);
      }
      case 2:
      case 3: {
        MarketValue value = make_record<MarketValue>(RecordKind::kMarkPrice);
        value.header.instrument = kId;
        slow_.mark = near();
        value.price = px(*slow_.mark);
        wire_.market(value);
        return slow_.look({TriggerBy::kMark}, {}, {}, fired);
      }
      case 4:
      case 5: return bar(fired);
      case 6:
      case 7: {
        trade_ends_gap();
        slow_.last = near();
        wire_.market(Trade::at(kId, wire_.now, px(*slow_.last), 1_qty));
        return slow_.look({TriggerBy::kLast, TriggerBy::kDefault}, {}, {}, fired);
      }
      default: {
        slow_.gapped = false;
        slow_.bid = near();
        slow_.ask = *slow_.bid + random_.between(-2, 9);
        wire_.market(
            Quote::two_sided(kId, wire_.now, px(*slow_.bid), 1_qty, px(*slow_.ask), 1_qty));
        return slow_.look(with_default, {}, {}, fired);
      }
    }
  }
  void trade_ends_gap() {
    if (slow_.gapped) slow_.bid = slow_.ask = std::nullopt;
    slow_.gapped = false;
  }
  void bar(std::vector<OrderId>& fired) {
    trade_ends_gap();
    const std::int64_t low = near(), high = low + random_.between(0, 50);
    slow_.last = random_.between(low, high);
    Bar made = make_record<Bar>(RecordKind::kBar);
    made.header.instrument = kId;
    made.open = px(random_.between(low, high));
    made.low = px(low);
    made.high = px(high);
    made.close = px(*slow_.last);
    wire_.market(made);
    slow_.look({TriggerBy::kLast, TriggerBy::kDefault}, low, high, fired);
  }

  std::string compare(std::vector<OrderId> slow) {
    std::vector<OrderId> fast = wire_.fired;
    std::sort(fast.begin(), fast.end());
    std::sort(slow.begin(), slow.end());
    if (fast != slow)
      return fmt::format("{} went off, {} by the slow model", fast.size(), slow.size());
    for (const OrderId id : fast) (void)wire_.orders.cancel(id, Reason::kByRequest, wire_);
    for (const auto& [id, one] : slow_.orders) {
      const Order* order = wire_.orders.find(OrderId{id});
      if (order == nullptr || order->state != OrderState::kHeld) return "a watched order is gone";
      const auto trigger = order->terms.trigger();
      if (trigger.has_value() != one.trigger.has_value() ||
          (trigger && trigger->raw() != *one.trigger * Slow::kTick))
        return fmt::format("order {} of type {} by {}: its trigger is {}, {} in the slow model", id,
                           to_text(one.type), to_text(one.by),
                           trigger ? trigger->to_text() : "none",
                           one.trigger ? px(*one.trigger).to_text() : "none");
    }
    return wire_.triggers.size() == slow_.orders.size() ? "" : "more is watched than there is";
  }
  // Folding all records, and loading what was saved, gives what is.
  std::string rebuilt() {
    StateWriter live, again, loaded;
    wire_.triggers.save(live);
    Triggers folded{64, wire_.registry, wire_.marks};
    for (const auto& bytes : wire_.kept)
      folded.fold(*reinterpret_cast<const RecordHeader*>(bytes.data()));
    folded.save(again);
    Triggers other{64, wire_.registry, wire_.marks};
    StateReader reader{live.bytes()};
    other.load(reader);
    if (!reader.finish().ok()) return "what was saved is refused";
    other.save(loaded);
    const auto same = [&](const StateWriter& a) {
      return std::equal(a.bytes().begin(), a.bytes().end(), live.bytes().begin(),
                        live.bytes().end());
    };
    return same(again) && same(loaded) ? "" : "rebuilt triggers are others";
  }

  Random random_;
  Wire wire_;
  Slow slow_;
};

}  // namespace

TEST_CASE("what goes off, and where trailing stops stand, is what the slow model says") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    const std::string wrong = Run{seed, Planted::kNothing}.go();
    REQUIRE_MESSAGE(wrong.empty(), wrong);
  }
}

TEST_CASE("the slow model of triggers is alive: it sees what is planted") {
  for (const Planted planted :
       {Planted::kHaltIgnored, Planted::kNeverMoves, Planted::kWrongSide, Planted::kWrongSource}) {
    CAPTURE(static_cast<int>(planted));
    bool noticed = false;
    for (std::uint64_t seed = 1; seed <= 50 && !noticed; ++seed)
      noticed = !Run{seed, planted}.go().empty();
    CHECK(noticed);
  }
}

TEST_CASE("of what one event sets off, stops go first, then the nearer trigger, then the older") {
  Wire wire;
  std::vector<OrderId> ids;
  const auto add = [&](OrderRequest request) {
    ids.push_back(wire.orders.hold(request.on(kAccount), wire, true));
  };
  const InstrumentId id{1};
  add(OrderRequest::market_if_touched(id, Side::kBuy, 1_qty, 99_px));
  add(OrderRequest::stop(id, Side::kSell, 1_qty, 95_px));
  add(OrderRequest::stop(id, Side::kSell, 1_qty, 97_px));
  add(OrderRequest::stop(id, Side::kSell, 1_qty, 95_px));
  add(OrderRequest::market_if_touched(id, Side::kBuy, 1_qty, 98_px));
  wire.market(Trade::at(id, wire.now, 90_px, 1_qty));
  std::vector<OrderId> sells, buys;
  for (const OrderId fired : wire.fired)
    (wire.orders.find(fired)->side == Side::kSell ? sells : buys).push_back(fired);
  CHECK(sells == std::vector{ids[2], ids[1], ids[3]});
  CHECK(buys == std::vector{ids[0], ids[4]});
}

TEST_CASE("a trailing stop rounds away from the market, over the whole range of prices") {
  const InstrumentRegistry registry = two_instruments();
  const Instrument& instrument = registry.get(InstrumentId{1});
  const auto at = [&](Side side, Trail trail, Price price) {
    return trail_price(side, trail.unit, trail.offset, static_cast<detail::i128>(price.raw()) * 2,
                       instrument);
  };
  CHECK(at(Side::kSell, Trail::percent(0.003_rate), 100.01_px) == 99.7_px);
  CHECK(at(Side::kBuy, Trail::percent(0.003_rate), 100.01_px) == 100.32_px);
  CHECK(at(Side::kSell, Trail::ticks(3), 100.01_px) == 99.98_px);
  CHECK(at(Side::kBuy, Trail::amount(1_px), -5_px) == -4_px);
  CHECK_FALSE(at(Side::kBuy, Trail::amount(Price::max()), Price::max()));
}
