// Bars that end by what prices do: range, Renko, imbalance, runs; and Heikin-Ashi.
#include <algorithm>

#include <keel/core/money.hpp>
#include <keel/market/bar_builder.hpp>

namespace keel {

namespace {

constexpr std::int64_t kUnitScale = 1 << 16;  // of averages
constexpr std::int64_t kTradesLimit = 10;     // E[T] stays within step / this and step x this
constexpr std::int64_t kFloorPart = 20;       // |U - D| is at least (U + D) / this

detail::i128 product(detail::i128 a, detail::i128 b, detail::i128 c) {
  const auto made =
      detail::multiply_divide(Int128::from(a), Int128::from(b), Int128::from(c), Rounding::kFloor);
  constexpr detail::i128 kNever = static_cast<detail::i128>(~detail::u128{0} >> 1);
  return made ? made->wide() : kNever;
}

// Half of a sum of two prices, downwards.
std::int64_t half(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>((static_cast<detail::i128>(a) + b) >> 1);
}

}  // namespace

bool BarBuilder::is_late(std::int64_t time) const {
  const std::int64_t newest = is_open_ != 0 ? bar_.open_time.ns : closed_until_;
  return time < newest && (is_open_ | has_closed_) != 0;
}

bool BarBuilder::join_tick(const Tick& tick, std::int64_t size, bool late) {
  if (is_open_ == 0) {
    open(std::max(tick.time, has_closed_ != 0 ? closed_until_ : tick.time), tick.price, size);
    return true;
  }
  if (!add(tick.price, size)) return false;
  if (!late) {
    bar_.close = Price::from_raw(tick.price);
    last_time_ = std::max(last_time_, tick.time);
  }
  return true;
}

bool BarBuilder::advance_shape(const Tick& tick, std::int64_t& rest, Bar& closed) {
  const BarUnit unit = bar_.spec.unit;
  if (rest == kDone) {  // joined before: more bricks, or nothing
    if (unit == BarUnit::kRenko && brick(closed)) return true;
    rest = kAccepted;
    return false;
  }
  rest = kRefused;
  const bool late = is_late(tick.time);
  stats_.late += late ? 1 : 0;
  if (late && options_.late == LateRule::kDrop) {
    ++stats_.dropped;
    return false;
  }
  if (unit == BarUnit::kRenko && !late && memory_.has_brick != 0) {
    const detail::i128 away = std::max(static_cast<detail::i128>(tick.price) - memory_.top,
                                       static_cast<detail::i128>(memory_.bottom) - tick.price);
    if (away / bar_.spec.step > kMaxBarsPerTrade) return refuse();
  }
  if (!join_tick(tick, tick.size, late)) return false;
  bool reached = false;
  if (unit == BarUnit::kRange) {
    const detail::i128 height = static_cast<detail::i128>(bar_.high.raw()) - bar_.low.raw();
    reached = !late && height >= bar_.spec.step;
  } else if (unit == BarUnit::kRenko) {
    if (memory_.has_brick == 0) {
      memory_.top = memory_.bottom = tick.price;
      memory_.has_brick = 1;
    }
    if (!late) memory_.last_price = tick.price;
    rest = kDone;
    return advance_shape(tick, rest, closed);
  } else {
    reached = information(tick, late);
  }
  if (!reached) {
    rest = kAccepted;
    return false;
  }
  rest = kDone;
  close(last_time_, closed);
  return true;
}

// The next brick that the last price has reached.
bool BarBuilder::brick(Bar& closed) {
  const std::int64_t step = bar_.spec.step;
  const detail::i128 price = memory_.last_price;
  const bool up = price - memory_.top >= step;
  if (!up && memory_.bottom - price < step) return false;
  const std::int64_t from = up ? memory_.top : memory_.bottom;
  const std::int64_t to = up ? from + step : from - step;
  if (is_open_ == 0) {  // a second brick of one trade
    open(closed_until_, from, 0);
    bar_.trades = 0;
  }
  bar_.open = Price::from_raw(from);
  bar_.close = Price::from_raw(to);
  bar_.high = std::max(bar_.open, bar_.close);
  bar_.low = std::min(bar_.open, bar_.close);
  memory_.top = bar_.high.raw();
  memory_.bottom = bar_.low.raw();
  close(last_time_, closed);
  return true;
}

// Counts a trade; true where the bar ends with it.
bool BarBuilder::information(const Tick& tick, bool late) {
  if (late) return false;
  if (memory_.has_price != 0 && tick.price != memory_.last_price)
    memory_.sign = tick.price > memory_.last_price ? 1 : 2;
  memory_.has_price = 1;
  memory_.last_price = tick.price;
  const BarUnit unit = bar_.spec.unit;
  detail::i128 count = 1;
  if (unit == BarUnit::kVolumeImbalance || unit == BarUnit::kVolumeRun) count = tick.size;
  if (unit == BarUnit::kValueImbalance || unit == BarUnit::kValueRun) {
    count = static_cast<detail::i128>(tick.price) * tick.size / Price::kScale;
    if (count < 0) count = -count;
  }
  Int128& sum = memory_.sign == 2 ? memory_.down : memory_.up;
  if (memory_.sign != 0) sum = Int128::from(sum.wide() + count);
  bool reached = false;
  if (memory_.expected_trades == 0) {
    reached = bar_.trades >= static_cast<std::uint64_t>(bar_.spec.step);
  } else {
    const detail::i128 up = memory_.expected_up.wide(), down = memory_.expected_down.wide();
    detail::i128 each{}, have{};
    if (unit >= BarUnit::kTickRun) {
      each = std::max(up, down);
      have = std::max(memory_.up.wide(), memory_.down.wide());
    } else {
      each = std::max(up > down ? up - down : down - up, (up + down) / kFloorPart);
      have = memory_.up.wide() - memory_.down.wide();
      if (have < 0) have = -have;
    }
    have *= kUnitScale;
    reached = have > 0 && have >= product(each, memory_.expected_trades, kUnitScale);
  }
  if (reached) learn();
  return reached;
}

// The closed bar goes into the averages.
void BarBuilder::learn() {
  const auto trades = static_cast<detail::i128>(bar_.trades);
  const detail::i128 up = product(memory_.up.wide(), kUnitScale, trades);
  const detail::i128 down = product(memory_.down.wide(), kUnitScale, trades);
  const detail::i128 step = static_cast<detail::i128>(bar_.spec.step) * kUnitScale;
  if (memory_.expected_trades == 0) {
    memory_.expected_up = Int128::from(up);
    memory_.expected_down = Int128::from(down);
    memory_.expected_trades = static_cast<std::int64_t>(step);
  } else {
    const auto averaged = [this](detail::i128 old, detail::i128 now) {
      return old + (now - old) * 2 / (std::int64_t{options_.information_span} + 1);
    };
    memory_.expected_up = Int128::from(averaged(memory_.expected_up.wide(), up));
    memory_.expected_down = Int128::from(averaged(memory_.expected_down.wide(), down));
    const detail::i128 next = averaged(memory_.expected_trades, trades * kUnitScale);
    memory_.expected_trades = static_cast<std::int64_t>(std::clamp(
        next, std::max<detail::i128>(step / kTradesLimit, kUnitScale), step * kTradesLimit));
  }
  memory_.up = memory_.down = Int128{};
}

void BarBuilder::heikin_ashi(Bar& bar) {
  const detail::i128 sum =
      static_cast<detail::i128>(bar.open.raw()) + bar.high.raw() + bar.low.raw() + bar.close.raw();
  const auto close = static_cast<std::int64_t>(sum >> 2);
  const std::int64_t open = memory_.has_style != 0 ? half(memory_.style_open, memory_.style_close)
                                                   : half(bar.open.raw(), bar.close.raw());
  bar.open = Price::from_raw(open);
  bar.close = Price::from_raw(close);
  bar.high = std::max({bar.high, bar.open, bar.close});
  bar.low = std::min({bar.low, bar.open, bar.close});
  memory_.style_open = open;
  memory_.style_close = close;
  memory_.has_style = 1;
}

}  // namespace keel
