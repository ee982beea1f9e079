// BarBuilder: trades, quotes or smaller bars in, closed bars out. Exact integers, no allocation, no
// clock.
//
// Time bars: intervals are [begin, begin + step), counted from the Unix epoch (UTC) plus
// BarOptions::offset; a trade exactly on a boundary belongs to the interval that starts there. A
// bar closes when a trade of a later interval arrives, or when on_time says that its end has
// passed. An interval without a trade gives no bar, unless EmptyRule::kRepeatClose asks for a flat
// one.
//
// With BarOptions::calendar, intervals start at each session's open instead and the last one of a
// session ends at its close; a step of one day makes one bar a trading day, from its first
// session's open to its last one's close, breaks included. What trades outside the sessions is
// refused, and a late trade does not cross into another session: it is dropped.
//
// Tick, volume and value bars start with their first trade and end with the trade that reaches
// `step`. A volume bar holds exactly `step`: a trade that spans bars is split, and counts as one
// trade in each bar that holds a part of it. A value bar is not split: it closes with the trade
// that takes it to `step` or past it, and the next starts from nothing.
//
// Range bars end with the trade that takes high minus low to `step` or past it. Renko bars are
// bricks with their edges `step` apart, counted from the first price: a price one step beyond the
// last brick makes the next one (so a turn needs two steps from its close); one trade may make
// several; open, close, high and low lie on the edges.
//
// Imbalance and run bars (Lopez de Prado, 2018, 2.3.2): each trade has the sign of the last change
// of price, and counts one, its size, or its value. An imbalance bar ends when the sum of signed
// counts is at least E[T] |U - D| in size, a run bar when the sum of the buys or that of the sells
// is at least E[T] max(U, D), where E[T] is the expected number of trades in a bar and U and D are
// the expected counts of buys and of sells a trade: averages of the closed bars, weighted
// exponentially over `information_span` bars. The first bar ends after `step` trades. Left alone,
// such bars collapse into single trades or grow without end, so E[T] stays within a tenth of `step`
// and ten times it, and |U - D| is taken as at least a twentieth of U + D. Integers throughout.
//
// BarStyle::kHeikinAshi, with any unit: close = (open + high + low + close) / 4, open = half the
// sum of the last Heikin-Ashi bar's open and close (of the first bar: of its own), high and low
// hold both; what is less than the last digit is cut downwards.
//
// Quotes: the price is the bid, the ask, or the mid (half the sum; half of the last digit of a
// price is cut downwards, so a mid is exact wherever prices have at most 8 decimals). Volume and
// value are zero and `trades` counts quotes. A quote without the side asked for is refused.
//
// Order: records are taken as they arrive; the last to arrive is the close. One older than the open
// bar (or than the last closed one, where none is open) is late: counted, and by LateRule included
// in the open bar's high, low, volume, value and count but not in its open and close, or dropped.
#pragma once

#include <optional>

#include <keel/core/state.hpp>
#include <keel/market/bar_spec.hpp>

namespace keel {

class TradingCalendar;

enum class LateRule : std::uint8_t { kInclude = 1, kDrop = 2 };
// kRepeatClose: an interval without a trade gives a bar whose four prices are the last close.
enum class EmptyRule : std::uint8_t { kNone = 1, kRepeatClose = 2 };

struct BarOptions {
  LateRule late = LateRule::kInclude;
  EmptyRule empty = EmptyRule::kNone;
  // Where intervals start: the epoch plus this. Weeks from Monday: 4 days (the epoch is a
  // Thursday).
  Duration offset{0};
  // How long on_time waits after an interval's end for records that are still on their way.
  Duration grace{0};
  // Session-aligned time bars of at most a day; must outlive the builder. `offset` is not used
  // then.
  const TradingCalendar* calendar = nullptr;
  bool regular_sessions_only = true;   // else every session, also before and after regular trading
  std::int32_t information_span = 20;  // bars over which imbalance and run bars average
};
// As check(spec), and that grace is not negative and a calendar goes with time bars of at most a
// day.
Status check(const BarSpec& spec, const BarOptions& options);

struct BarStats {
  std::uint64_t bars;      // handed to the sink
  std::uint64_t late;      // older than the open bar, by either rule
  std::uint64_t dropped;   // of those, the ones left out
  std::uint64_t refused;   // size not positive, side missing, a sum that does not fit, no session
  std::uint64_t unfilled;  // empty intervals skipped in runs longer than kMaxEmptyBars
};

// One instrument, one spec. A sink is any callable that takes a Bar&: kind kBarClosed, valid during
// the call, the receiver may stamp its header. It must not call back into the same builder.
class BarBuilder {
 public:
  // More empty intervals in a row than this are a feed that was off: counted, not filled.
  static constexpr std::int64_t kMaxEmptyBars = 10'000;
  // A trade that would close more volume bars than this is refused: the spec does not fit the data.
  static constexpr std::int64_t kMaxBarsPerTrade = 10'000;

  // Asserts that check(spec, options) holds.
  BarBuilder(const BarSpec& spec, InstrumentId instrument, const BarOptions& options = {});

  // false: the trade was refused or dropped; stats() says why. Ignored (false) where the spec's
  // source is a quote's. Constant time, but for volume bars that one trade closes.
  template <class Sink>
  bool on_trade(const Trade& trade, Sink&& sink) {
    if (bar_.spec.source != PriceSource::kTrade) return false;
    return take({trade.header.ts_event.ns, trade.price.raw(), trade.size.raw()}, sink);
  }
  // As on_trade, for a spec whose source is bid, ask or mid.
  template <class Sink>
  bool on_quote(const Quote& quote, Sink&& sink) {
    Tick tick;
    return tick_of(quote, tick) && take(tick, sink);
  }
  // A shorter bar, for time bars: it is taken whole into the interval that holds its start.
  // Refused: one that does not end within that interval, or a builder that is not of time.
  template <class Sink>
  bool on_bar(const Bar& part, Sink&& sink) {
    Bar closed;
    std::int64_t rest = 0;
    while (advance_bar(part, rest, closed)) sink(closed);
    return rest == kAccepted;
  }
  // A trade or quote of this instrument goes where it belongs; other records are ignored.
  template <class Sink>
  void on_market(const RecordHeader& record, Sink&& sink) {
    if (record.kind == RecordKind::kMarketGap && record.instrument.value == 0)
      on_gap(record.ts_event);
    if (record.instrument != bar_.header.instrument) return;
    if (record.kind == RecordKind::kTrade) on_trade(record_as<Trade>(record), sink);
    if (record.kind == RecordKind::kQuote) on_quote(record_as<Quote>(record), sink);
    if (record.kind == RecordKind::kMarketGap) on_gap(record.ts_event);
  }
  // Closes time bars whose end (plus grace) is not after `now`.
  template <class Sink>
  void on_time(Timestamp now, Sink&& sink) {
    Bar closed;
    while (close_by_time(now, closed)) sink(closed);
  }
  // When on_time has something to do.
  [[nodiscard]] std::optional<Timestamp> next_deadline() const;

  // Hands out the open bar, marked Bar::kPartial; its ts_event is the time of its last trade.
  template <class Sink>
  void flush(Sink&& sink) {
    Bar closed;
    if (close_partial(closed)) sink(closed);
  }
  // Data was lost up to `until`: the open bar is marked Bar::kGapped, and so is the next one where
  // none is open or `until` is past the open one's end.
  void on_gap(Timestamp until);
  // Recovery: a bar of this builder was closed before the restart; what was open is gone with it.
  void fold(const Bar& closed);

  // The open bar so far, or null. For looking at, not for decisions that must be repeatable.
  [[nodiscard]] const Bar* open_bar() const { return is_open_ != 0 ? &bar_ : nullptr; }
  [[nodiscard]] const BarStats& stats() const { return stats_; }
  [[nodiscard]] const BarSpec& spec() const { return bar_.spec; }
  [[nodiscard]] InstrumentId instrument() const { return bar_.header.instrument; }

  void save(StateWriter& writer) const;
  void load(StateReader& reader);

 private:
  struct Tick {
    std::int64_t time, price, size;  // a quote has size 0
  };

  template <class Sink>
  bool take(const Tick& tick, Sink&& sink) {
    const auto since_begin = static_cast<std::uint64_t>(tick.time) - begin_;
    if (since_begin < width_ && tick.size > min_size_) [[likely]] {
      if (!add(tick.price, tick.size)) [[unlikely]]
        return false;
      bar_.close = Price::from_raw(tick.price);
      last_time_ = tick.time;
      return true;
    }
    Bar closed;
    std::int64_t rest = tick.size;
    while (advance(tick, rest, closed)) sink(closed);
    return rest == kAccepted;
  }
  // High, low, volume, value and count; false and nothing changed where the value does not fit.
  bool add(std::int64_t price, std::int64_t size) {
    const detail::i128 product = static_cast<detail::i128>(price) * size;
    detail::i128 value{};
    if (__builtin_add_overflow(bar_.value.wide(), product, &value)) [[unlikely]]
      return refuse();
    bar_.value = Int128::from(value);
    bar_.volume = Volume::from_raw(Int128::from(bar_.volume.raw().wide() + size));
    if (price > bar_.high.raw()) bar_.high = Price::from_raw(price);
    if (price < bar_.low.raw()) bar_.low = Price::from_raw(price);
    ++bar_.trades;
    return true;
  }
  bool refuse() {
    ++stats_.refused;
    return false;
  }

  static constexpr std::int64_t kAccepted = -1, kRefused = -2, kDone = -3;
  // What to do with a record in the order of time.
  enum class Place : std::uint8_t { kEmit, kRefuse, kOpen, kJoin, kJoinLate };
  struct Interval {
    std::int64_t begin, end;
  };

  bool tick_of(const Quote& quote, Tick& tick);
  // One step on the way of a tick that the fast path does not take: true with a closed bar in
  // `closed` (call again), or false with kAccepted or kRefused in `rest`.
  bool advance(const Tick& tick, std::int64_t& rest, Bar& closed);
  bool advance_time(const Tick& tick, std::int64_t& rest, Bar& closed);
  bool advance_count(const Tick& tick, std::int64_t& rest, Bar& closed);
  bool advance_shape(const Tick& tick, std::int64_t& rest, Bar& closed);
  bool brick(Bar& closed);
  bool information(const Tick& tick, bool late);
  void learn();
  void heikin_ashi(Bar& bar);
  // A tick of a bar that is not of time: joined or opened; false where it is refused.
  bool join_tick(const Tick& tick, std::int64_t size, bool late);
  [[nodiscard]] bool is_late(std::int64_t time) const;
  bool advance_bar(const Bar& part, std::int64_t& rest, Bar& closed);
  bool join(const Bar& part, bool late);
  Place place(Interval& interval, Bar& closed);
  // The interval that holds a time; false where there is none.
  bool interval_of(std::int64_t time, Interval& interval) const;
  bool session_interval(std::int64_t time, Interval& interval) const;
  // The first interval that starts at or after a time.
  bool next_interval(std::int64_t time, Interval& interval) const;
  [[nodiscard]] bool same_session(std::int64_t a, std::int64_t b) const;
  void open_at(const Interval& interval);
  void open(std::int64_t time, std::int64_t price, std::int64_t size);
  void close(std::int64_t end_time, Bar& closed);
  bool close_by_time(Timestamp now, Bar& closed);
  bool fill_empty(std::int64_t before, Bar& closed);
  bool close_partial(Bar& closed);
  [[nodiscard]] bool is_time() const { return bar_.spec.unit == BarUnit::kTime; }
  [[nodiscard]] std::int64_t begin_ns() const { return static_cast<std::int64_t>(begin_); }
  [[nodiscard]] std::int64_t end_ns() const { return static_cast<std::int64_t>(begin_ + width_); }

  Bar bar_;                     // the open bar; spec and instrument always
  std::uint64_t begin_ = 0;     // of the open interval (time bars)
  std::uint64_t width_ = 0;     // length of the open interval, 0 where none is open
  std::int64_t min_size_;       // trades must be above this: 0, or -1 for quotes
  std::int64_t last_time_ = 0;  // of the last record taken
  std::int64_t closed_until_;   // end of the last closed bar
  Price last_close_;
  Int128 progress_{};  // value bars: sum of |price| x size
  std::uint8_t is_open_ = 0, has_closed_ = 0, gapped_ = 0;
  BarStats stats_{};
  // What range, Renko, imbalance, run and Heikin-Ashi bars remember.
  struct Memory {
    Int128 up, down;                    // sums of the open bar's buys and sells
    Int128 expected_up, expected_down;  // a trade, times 2^16
    std::int64_t expected_trades;       // times 2^16; 0: not yet
    std::int64_t last_price;
    std::int64_t top, bottom;  // of the last brick
    std::int64_t style_open, style_close;
    std::uint8_t has_price, has_brick, has_style;
    std::uint8_t sign;  // of the last change of price: 0 none, 1 up, 2 down
    std::uint8_t reserved[4];
  };
  static_assert(std::has_unique_object_representations_v<Memory>);
  Memory memory_{};
  BarOptions options_;
};

}  // namespace keel
