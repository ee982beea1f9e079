#include <keel/market/bar_builder.hpp>

#include <algorithm>
#include <limits>

namespace keel {

namespace {

constexpr std::uint32_t kStateTag = 0x42415242;  // "BARB"

// One quote unit in the unit of Bar::value: raw price times raw quantity.
constexpr detail::i128 kValueScale =
    static_cast<detail::i128>(Price::kScale) * static_cast<detail::i128>(Quantity::kScale);

Error bad_spec(const char* field, std::int64_t value, const char* rule) {
  return Error{market_errors::kBadBarSpec, field, std::to_string(value), rule, {}};
}

bool fits_time(detail::i128 ns) {
  return ns >= std::numeric_limits<std::int64_t>::min() &&
         ns <= std::numeric_limits<std::int64_t>::max();
}

detail::i128 magnitude(detail::i128 value) { return value < 0 ? -value : value; }

}  // namespace

Status check(const BarSpec& spec) {
  if (spec.step <= 0) return bad_spec("bar.step", spec.step, "above zero");
  if (spec.unit < BarUnit::kTime || spec.unit > BarUnit::kValue)
    return bad_spec("bar.unit", static_cast<int>(spec.unit), "time, tick, volume or value");
  if (spec.source < PriceSource::kTrade || spec.source > PriceSource::kMid)
    return bad_spec("bar.source", static_cast<int>(spec.source), "trade, bid, ask or mid");
  const bool by_size = spec.unit == BarUnit::kVolume || spec.unit == BarUnit::kValue;
  if (by_size && spec.source != PriceSource::kTrade) {
    return bad_spec("bar.source", static_cast<int>(spec.source),
                    "trade: quotes have no volume to count");
  }
  return {};
}

BarBuilder::BarBuilder(const BarSpec& spec, InstrumentId instrument, const BarOptions& options)
    : bar_(make_record<Bar>(RecordKind::kBarClosed)),
      min_size_(spec.source == PriceSource::kTrade ? 0 : -1),
      closed_until_(std::numeric_limits<std::int64_t>::min()),
      last_close_(Price::zero()),
      options_(options) {
  KEEL_ASSERT(check(spec).ok(), "a bar spec that check() refuses");
  KEEL_ASSERT(options.grace.ns >= 0, "grace must not be negative");
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
  return is_time() ? advance_time(tick, rest, closed) : advance_count(tick, rest, closed);
}

bool BarBuilder::interval_of(std::int64_t time, std::int64_t& begin) const {
  const auto since = static_cast<detail::i128>(time) - options_.offset.ns;
  detail::i128 into = since % bar_.spec.step;
  if (into < 0) into += bar_.spec.step;
  const detail::i128 start = static_cast<detail::i128>(time) - into;
  if (!fits_time(start) || !fits_time(start + bar_.spec.step)) return false;
  begin = static_cast<std::int64_t>(start);
  return true;
}

bool BarBuilder::advance_time(const Tick& tick, std::int64_t& rest, Bar& closed) {
  std::int64_t begin{};
  if (!interval_of(tick.time, begin)) {
    refuse();
    rest = kRefused;
    return false;
  }
  if (is_open_ != 0 && begin > begin_ns()) {
    close(begin_ns() + bar_.spec.step, closed);
    return true;
  }
  const bool late = is_open_ != 0 ? begin < begin_ns() : has_closed_ != 0 && begin < closed_until_;
  if (!late && is_open_ == 0 && fill_empty(begin, closed)) return true;
  rest = kAccepted;
  if (late) {
    ++stats_.late;
    if (options_.late == LateRule::kDrop) {
      ++stats_.dropped;
      rest = kRefused;
      return false;
    }
    begin = closed_until_;
  }
  if (is_open_ != 0) {  // late into an open bar
    if (!add(tick.price, tick.size)) rest = kRefused;
    return false;
  }
  begin_ = static_cast<std::uint64_t>(begin);
  width_ = static_cast<std::uint64_t>(bar_.spec.step);
  open(begin, tick.price, tick.size);
  last_time_ = late ? begin : tick.time;
  return false;
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
  ++stats_.bars;
}

bool BarBuilder::fill_empty(std::int64_t before, Bar& closed) {
  if (options_.empty != EmptyRule::kRepeatClose || has_closed_ == 0 || before <= closed_until_)
    return false;
  const auto count = (static_cast<detail::i128>(before) - closed_until_) / bar_.spec.step;
  if (count > kMaxEmptyBars) {
    stats_.unfilled += static_cast<std::uint64_t>(count);
    closed_until_ = before;
    return false;
  }
  const auto flags = gapped_;
  open(closed_until_, last_close_.raw(), 0);
  gapped_ = flags;  // the gap is told of where data starts again, too
  bar_.trades = 0;
  close(closed_until_ + bar_.spec.step, closed);
  return true;
}

bool BarBuilder::close_by_time(Timestamp now, Bar& closed) {
  if (!is_time()) return false;
  const auto passed = static_cast<detail::i128>(now.ns) - options_.grace.ns;
  if (is_open_ != 0) {
    const std::int64_t end = begin_ns() + bar_.spec.step;
    if (passed < end) return false;
    close(end, closed);
    return true;
  }
  std::int64_t begin{};
  if (!fits_time(passed) || !interval_of(static_cast<std::int64_t>(passed), begin)) return false;
  return fill_empty(begin, closed);
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
  detail::i128 at{};
  if (is_open_ != 0)
    at = static_cast<detail::i128>(begin_ns());
  else if (options_.empty == EmptyRule::kRepeatClose && has_closed_ != 0)
    at = static_cast<detail::i128>(closed_until_);
  else
    return std::nullopt;
  at += static_cast<detail::i128>(bar_.spec.step) + options_.grace.ns;
  if (!fits_time(at)) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(at)};
}

void BarBuilder::on_gap(Timestamp until) {
  if (is_open_ != 0) bar_.header.flags |= Bar::kGapped;
  const bool inside = is_open_ != 0 && (!is_time() || until.ns - begin_ns() < bar_.spec.step);
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
  closed_until_ =
      is_time() ? closed.open_time.ns + (partial ? 0 : bar_.spec.step) : closed.header.ts_event.ns;
}

void BarBuilder::save(StateWriter& writer) const {
  const auto section = writer.begin(kStateTag, 1);
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
  writer.end(section);
}

void BarBuilder::load(StateReader& reader) {
  if (reader.begin(kStateTag) != 1) return reader.fail("bar builder: unknown version");
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
  reader.end();
  if (!reader.ok()) return;
  bar_ = bar;
  const bool open_time_bar = is_open_ != 0 && is_time();
  if (width_ != (open_time_bar ? static_cast<std::uint64_t>(bar_.spec.step) : 0))
    reader.fail("bar builder: an interval of another length");
}

}  // namespace keel
