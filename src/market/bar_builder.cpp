#include <keel/market/bar_builder.hpp>

#include <algorithm>
#include <limits>

#include <keel/calendar/trading_calendar.hpp>

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x42415242;  // "BARB"

// One quote unit in the unit of Bar::value: raw price times raw quantity.
constexpr detail::i128 kValueScale =
    static_cast<detail::i128>(Price::kScale) * static_cast<detail::i128>(Quantity::kScale);

bool fits_time(detail::i128 ns) {
  return ns >= std::numeric_limits<std::int64_t>::min() &&
         ns <= std::numeric_limits<std::int64_t>::max();
}

detail::i128 magnitude(detail::i128 value) { return value < 0 ? -value : value; }

}  // namespace

Status check(const BarSpec& spec, const BarOptions& options) {
  if (Status status = check(spec); !status.ok()) return status;
  const auto bad = [](const char* field, std::int64_t value, const char* rule) {
    return Error{market_errors::kBadBarSpec, field, std::to_string(value), rule, {}};
  };
  if (options.grace.ns < 0) return bad("bar.grace", options.grace.ns, "not below zero");
  if (options.information_span < 1 || options.information_span > 100'000)
    return bad("bar.information_span", options.information_span, "1 to 100,000");
  if (options.calendar == nullptr) return {};
  if (spec.unit != BarUnit::kTime)
    return bad("bar.calendar", static_cast<int>(spec.unit), "only with time bars");
  if (spec.step > Duration::days(1).ns)
    return bad("bar.step", spec.step, "at most a day, where a calendar is given");
  return {};
}

BarBuilder::BarBuilder(const BarSpec& spec, InstrumentId instrument, const BarOptions& options)
    : bar_(make_record<Bar>(RecordKind::kBarClosed)),
      min_size_(spec.source == PriceSource::kTrade ? 0 : -1),
      closed_until_(std::numeric_limits<std::int64_t>::min()),
      last_close_(Price::zero()),
      options_(options) {
  KEEL_ASSERT(check(spec, options).ok(), "bars that check() refuses");
  bar_.spec = spec;
  bar_.header.instrument = instrument;
}

bool BarBuilder::tick_of(const Quote& quote, Tick& tick) {
  tick = {quote.header.ts_event.ns, 0, 0};
  switch (bar_.spec.source) {
    case PriceSource::kTrade: return false;
    case PriceSource::kBid: tick.price = quote.bid_price.raw(); return quote.has_bid() || refuse();
    case PriceSource::kAsk: tick.price = quote.ask_price.raw(); return quote.has_ask() || refuse();
    case PriceSource::kMid: {
      const auto sum = static_cast<detail::i128>(quote.bid_price.raw()) + quote.ask_price.raw();
      tick.price = static_cast<std::int64_t>((sum - (sum & 1)) / 2);
      return quote.is_two_sided() || refuse();
    }
  }
  return false;
}

bool BarBuilder::advance(const Tick& tick, std::int64_t& rest, Bar& closed) {
  if (tick.size <= min_size_) {
    refuse();
    rest = kRefused;
    return false;
  }
  if (is_time()) return advance_time(tick, rest, closed);
  return bar_.spec.unit <= BarUnit::kValue ? advance_count(tick, rest, closed)
                                           : advance_shape(tick, rest, closed);
}

bool BarBuilder::interval_of(std::int64_t time, Interval& interval) const {
  if (options_.calendar != nullptr) return session_interval(time, interval);
  const auto since = static_cast<detail::i128>(time) - options_.offset.ns;
  detail::i128 into = since % bar_.spec.step;
  if (into < 0) into += bar_.spec.step;
  const detail::i128 start = static_cast<detail::i128>(time) - into;
  if (!fits_time(start) || !fits_time(start + bar_.spec.step)) return false;
  interval.begin = static_cast<std::int64_t>(start);
  interval.end = interval.begin + bar_.spec.step;
  return true;
}

bool BarBuilder::session_interval(std::int64_t time, Interval& interval) const {
  const TradingCalendar& calendar = *options_.calendar;
  const auto wanted = [this](const Session& session) {
    return !options_.regular_sessions_only || session.kind == SessionKind::kRegular;
  };
  const auto session = calendar.session_at(Timestamp{time});
  if (!session || !wanted(*session)) return false;
  if (bar_.spec.step < Duration::days(1).ns) {
    const std::int64_t into = (time - session->open.ns) % bar_.spec.step;
    interval.begin = time - into;
    interval.end = std::min(interval.begin + bar_.spec.step, session->close.ns);
    return true;
  }
  bool found = false;
  for (const Session& one : calendar.sessions(session->day)) {
    if (!wanted(one)) continue;
    if (!found) interval.begin = one.open.ns;
    interval.end = one.close.ns;
    found = true;
  }
  return found;
}

bool BarBuilder::next_interval(std::int64_t time, Interval& interval) const {
  if (interval_of(time, interval) && interval.begin >= time) return true;
  if (options_.calendar == nullptr) return false;
  auto session = options_.calendar->next_session(Timestamp{time});
  while (session) {
    if (interval_of(session->open.ns, interval) && interval.begin >= time) return true;
    session = options_.calendar->next_session(session->open);
  }
  return false;
}

bool BarBuilder::same_session(std::int64_t a, std::int64_t b) const {
  if (options_.calendar == nullptr) return true;
  const auto first = options_.calendar->session_at(Timestamp{a});
  const auto second = options_.calendar->session_at(Timestamp{b});
  return first && second && first->open == second->open;
}

// Where a record of this interval goes. `interval` becomes the one to open where a late record
// does.
BarBuilder::Place BarBuilder::place(Interval& interval, Bar& closed) {
  if (is_open_ != 0) {
    if (interval.begin == begin_ns()) return Place::kJoin;
    if (interval.begin > begin_ns()) {
      close(end_ns(), closed);
      return Place::kEmit;
    }
  } else if (has_closed_ == 0 || interval.begin >= closed_until_) {
    return fill_empty(interval.begin, closed) ? Place::kEmit : Place::kOpen;
  }
  ++stats_.late;
  const std::int64_t target = is_open_ != 0 ? begin_ns() : closed_until_;
  if (options_.late == LateRule::kInclude && same_session(interval.begin, target)) {
    if (is_open_ != 0) return Place::kJoinLate;
    if (interval_of(target, interval)) return Place::kOpen;
  }
  ++stats_.dropped;
  return Place::kRefuse;
}

void BarBuilder::open_at(const Interval& interval) {
  begin_ = static_cast<std::uint64_t>(interval.begin);
  width_ = static_cast<std::uint64_t>(interval.end) - begin_;
}

bool BarBuilder::advance_time(const Tick& tick, std::int64_t& rest, Bar& closed) {
  Interval interval{};
  rest = kRefused;
  if (!interval_of(tick.time, interval)) return refuse();
  switch (place(interval, closed)) {
    case Place::kEmit: return true;
    case Place::kRefuse: return false;
    case Place::kJoin:
      if (!add(tick.price, tick.size)) return false;
      bar_.close = Price::from_raw(tick.price);
      last_time_ = tick.time;
      rest = kAccepted;
      return false;
    case Place::kJoinLate:
      if (add(tick.price, tick.size)) rest = kAccepted;
      return false;
    case Place::kOpen:
      open_at(interval);
      open(interval.begin, tick.price, tick.size);
      last_time_ = std::max(tick.time, interval.begin);
      rest = kAccepted;
  }
  return false;
}

bool BarBuilder::advance_bar(const Bar& part, std::int64_t& rest, Bar& closed) {
  Interval interval{};
  rest = kRefused;
  const std::int64_t end =
      part.spec.unit == BarUnit::kTime ? part.header.ts_event.ns : part.header.ts_event.ns + 1;
  if (!is_time() || !interval_of(part.open_time.ns, interval) || end > interval.end)
    return refuse();
  const Place where = place(interval, closed);
  if (where == Place::kEmit) return true;
  if (where == Place::kRefuse) return false;
  if (where == Place::kOpen) {
    open_at(interval);
    open(interval.begin, part.open.raw(), 0);
    bar_.high = part.high;
    bar_.low = part.low;
    bar_.close = part.close;
    bar_.volume = part.volume;
    bar_.value = part.value;
    bar_.trades = part.trades;
  } else if (!join(part, where == Place::kJoinLate)) {
    return refuse();
  }
  bar_.header.flags |= part.header.flags & Bar::kGapped;
  last_time_ = std::max(last_time_, std::min(part.header.ts_event.ns, interval.end - 1));
  rest = kAccepted;
  return false;
}

bool BarBuilder::join(const Bar& part, bool late) {
  detail::i128 value{}, volume{};
  if (__builtin_add_overflow(bar_.value.wide(), part.value.wide(), &value) ||
      __builtin_add_overflow(bar_.volume.raw().wide(), part.volume.raw().wide(), &volume))
    return false;
  bar_.value = Int128::from(value);
  bar_.volume = Volume::from_raw(Int128::from(volume));
  bar_.trades += part.trades;
  bar_.high = std::max(bar_.high, part.high);
  bar_.low = std::min(bar_.low, part.low);
  if (!late) bar_.close = part.close;
  return true;
}

bool BarBuilder::advance_count(const Tick& tick, std::int64_t& rest, Bar& closed) {
  if (rest == kDone) {
    rest = kAccepted;
    return false;
  }
  const BarSpec& spec = bar_.spec;
  const bool is_first_part = rest == tick.size;
  const std::int64_t newest = is_open_ != 0 ? bar_.open_time.ns : closed_until_;
  const bool late = is_first_part && tick.time < newest && (is_open_ | has_closed_) != 0;
  if (is_first_part) {
    if (spec.unit == BarUnit::kVolume && tick.size / spec.step > kMaxBarsPerTrade) {
      refuse();
      rest = kRefused;
      return false;
    }
    stats_.late += late ? 1 : 0;
    if (late && options_.late == LateRule::kDrop) {
      ++stats_.dropped;
      rest = kRefused;
      return false;
    }
  }
  std::int64_t part = rest;
  if (spec.unit == BarUnit::kVolume && is_open_ != 0)
    part = std::min(part, spec.step - static_cast<std::int64_t>(bar_.volume.raw().wide()));
  if (spec.unit == BarUnit::kVolume && is_open_ == 0) part = std::min(part, spec.step);
  const std::int64_t time = std::max(tick.time, newest);
  if (is_open_ == 0) {
    open(time, tick.price, part);
    progress_ = Int128{};
  } else {
    if (!add(tick.price, part)) {
      rest = kRefused;
      return false;
    }
    if (!late) {
      bar_.close = Price::from_raw(tick.price);
      last_time_ = std::max(last_time_, tick.time);
    }
  }
  rest -= part;
  bool reached = false;
  if (spec.unit == BarUnit::kTick) {
    reached = bar_.trades == static_cast<std::uint64_t>(spec.step);
  } else if (spec.unit == BarUnit::kVolume) {
    reached = bar_.volume.raw().wide() == spec.step;
  } else {
    const detail::i128 sum =
        progress_.wide() + magnitude(static_cast<detail::i128>(tick.price) * part);
    progress_ = Int128::from(sum);
    reached = sum >= kValueScale * spec.step;
  }
  if (!reached) {
    rest = kAccepted;
    return false;
  }
  if (rest == 0) rest = kDone;
  close(last_time_, closed);
  return true;
}

void BarBuilder::open(std::int64_t time, std::int64_t price, std::int64_t size) {
  is_open_ = 1;
  bar_.header.flags = gapped_ != 0 ? Bar::kGapped : std::uint8_t{0};
  gapped_ = 0;
  bar_.open_time = Timestamp{time};
  bar_.open = bar_.high = bar_.low = bar_.close = Price::from_raw(price);
  bar_.volume = Volume{Quantity::from_raw(size)};
  bar_.value = Int128::from(static_cast<detail::i128>(price) * size);
  bar_.trades = 1;
  last_time_ = time;
}

void BarBuilder::close(std::int64_t end_time, Bar& closed) {
  bar_.header.ts_event = bar_.header.ts_recv = Timestamp{end_time};
  closed = bar_;
  is_open_ = 0;
  width_ = 0;
  has_closed_ = 1;
  closed_until_ = end_time;
  last_close_ = bar_.close;
  if (bar_.spec.style == BarStyle::kHeikinAshi) heikin_ashi(closed);
  ++stats_.bars;
}

bool BarBuilder::fill_empty(std::int64_t before, Bar& closed) {
  if (options_.empty != EmptyRule::kRepeatClose || has_closed_ == 0 || before <= closed_until_)
    return false;
  const auto count = (static_cast<detail::i128>(before) - closed_until_) / bar_.spec.step;
  if (count > kMaxEmptyBars) {
    stats_.unfilled += static_cast<std::uint64_t>(count);
    Interval last{};
    closed_until_ = interval_of(before, last) ? last.begin : before;
    return false;
  }
  Interval interval{};
  if (!next_interval(closed_until_, interval) || interval.end > before) return false;
  const auto flags = gapped_;
  open(interval.begin, last_close_.raw(), 0);
  gapped_ = flags;  // the gap is told of where data starts again, too
  bar_.trades = 0;
  close(interval.end, closed);
  return true;
}

bool BarBuilder::close_by_time(Timestamp now, Bar& closed) {
  if (!is_time()) return false;
  const auto passed = static_cast<detail::i128>(now.ns) - options_.grace.ns;
  if (is_open_ == 0) {
    return fits_time(passed) && fill_empty(static_cast<std::int64_t>(passed), closed);
  }
  if (passed < end_ns()) return false;
  close(end_ns(), closed);
  return true;
}

bool BarBuilder::close_partial(Bar& closed) {
  if (is_open_ == 0) return false;
  bar_.header.flags |= Bar::kPartial;
  close(last_time_, closed);
  if (is_time()) closed_until_ = begin_ns();  // the interval is not over
  return true;
}

std::optional<Timestamp> BarBuilder::next_deadline() const {
  if (!is_time()) return std::nullopt;
  Interval interval{begin_ns(), end_ns()};
  if (is_open_ == 0) {
    const bool fills = options_.empty == EmptyRule::kRepeatClose && has_closed_ != 0;
    if (!fills || !next_interval(closed_until_, interval)) return std::nullopt;
  }
  const auto at = static_cast<detail::i128>(interval.end) + options_.grace.ns;
  if (!fits_time(at)) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(at)};
}

void BarBuilder::on_gap(Timestamp until) {
  if (is_open_ != 0) bar_.header.flags |= Bar::kGapped;
  const bool inside = is_open_ != 0 && (!is_time() || until.ns < end_ns());
  if (!inside) gapped_ = 1;
}

void BarBuilder::fold(const Bar& closed) {
  KEEL_ASSERT(closed.spec == bar_.spec, "a bar of another builder");
  const bool partial = (closed.header.flags & Bar::kPartial) != 0;
  is_open_ = 0;
  width_ = 0;
  progress_ = Int128{};
  has_closed_ = 1;
  last_close_ = closed.close;
  memory_.up = memory_.down = Int128{};
  if (bar_.spec.style == BarStyle::kHeikinAshi) {
    memory_.style_open = closed.open.raw();
    memory_.style_close = closed.close.raw();
    memory_.has_style = 1;
  } else if (bar_.spec.unit == BarUnit::kRenko && !partial) {
    memory_.top = std::max(closed.open, closed.close).raw();
    memory_.bottom = std::min(closed.open, closed.close).raw();
    memory_.has_brick = 1;
  }
  Interval interval{closed.open_time.ns, closed.header.ts_event.ns};
  if (is_time()) interval_of(closed.open_time.ns, interval);
  closed_until_ = is_time() && partial ? interval.begin : interval.end;
}

void BarBuilder::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 2);
  writer.put(bar_);
  writer.put(begin_);
  writer.put(width_);
  writer.put(last_time_);
  writer.put(closed_until_);
  writer.put(last_close_);
  writer.put(progress_);
  writer.put(is_open_);
  writer.put(has_closed_);
  writer.put(gapped_);
  writer.put(stats_);
  writer.put(memory_);
  writer.end(section);
}

void BarBuilder::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 2) return reader.fail("bar builder: unknown version");
  Bar bar{};
  reader.get(bar);
  if (reader.ok() && !(bar.spec == bar_.spec && bar.header.instrument == bar_.header.instrument))
    return reader.fail("bar builder: saved with another spec or instrument");
  reader.get(begin_);
  reader.get(width_);
  reader.get(last_time_);
  reader.get(closed_until_);
  reader.get(last_close_);
  reader.get(progress_);
  reader.get(is_open_);
  reader.get(has_closed_);
  reader.get(gapped_);
  reader.get(stats_);
  reader.get(memory_);
  reader.end();
  if (!reader.ok()) return;
  bar_ = bar;
  Interval interval{begin_ns(), begin_ns()};
  const bool has_interval = is_open_ != 0 && is_time();
  if ((has_interval && !interval_of(begin_ns(), interval)) || begin_ns() != interval.begin ||
      end_ns() != interval.end)
    reader.fail("bar builder: saved with other intervals");
}

}  // namespace keel
