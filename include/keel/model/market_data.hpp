// Market data records. Absent values are absent by a flag, never by a magic number.
#pragma once

#include <optional>

#include <keel/core/decimal.hpp>
#include <keel/core/volume.hpp>
#include <keel/model/enums.hpp>
#include <keel/model/record.hpp>

namespace keel {

// Top of book. A side without an order is absent.
struct Quote {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kHasBid = 1, kHasAsk = 2;  // header.flags

  RecordHeader header;
  Price bid_price, ask_price;
  Quantity bid_size, ask_size;
  std::uint64_t venue_seq;

  [[nodiscard]] bool has_bid() const { return (header.flags & kHasBid) != 0; }
  [[nodiscard]] bool has_ask() const { return (header.flags & kHasAsk) != 0; }
  [[nodiscard]] bool is_two_sided() const { return (header.flags & 3) == 3; }
  // Half the sum of both sides; in double, for indicators.
  [[nodiscard]] double mid() const { return (bid_price.to_double() + ask_price.to_double()) * 0.5; }

  [[nodiscard]] static Quote two_sided(InstrumentId instrument, Timestamp time, Price bid,
                                       Quantity bid_size, Price ask, Quantity ask_size) {
    Quote quote = make_record<Quote>(RecordKind::kQuote);
    quote.header.instrument = instrument;
    quote.header.ts_event = quote.header.ts_recv = time;
    quote.header.flags = kHasBid | kHasAsk;
    quote.bid_price = bid;
    quote.ask_price = ask;
    quote.bid_size = bid_size;
    quote.ask_size = ask_size;
    return quote;
  }
};
static_assert(sizeof(Quote) == 80);

struct Trade {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kBuyerAggressor = 1,
                                kSellerAggressor = 2;  // header.flags; neither: unknown

  RecordHeader header;
  Price price;
  Quantity size;
  std::uint64_t trade_id;  // the venue's, or 0
  std::uint64_t venue_seq;

  [[nodiscard]] std::optional<Side> aggressor() const {
    if ((header.flags & kBuyerAggressor) != 0) return Side::kBuy;
    if ((header.flags & kSellerAggressor) != 0) return Side::kSell;
    return std::nullopt;
  }
  [[nodiscard]] static Trade at(InstrumentId instrument, Timestamp time, Price price,
                                Quantity size) {
    Trade trade = make_record<Trade>(RecordKind::kTrade);
    trade.header.instrument = instrument;
    trade.header.ts_event = trade.header.ts_recv = time;
    trade.price = price;
    trade.size = size;
    return trade;
  }
};
static_assert(sizeof(Trade) == 72);

// Imbalance and run bars: Lopez de Prado, Advances in Financial Machine Learning (2018), 2.3.2.
enum class BarUnit : std::uint8_t {
  kTime = 1,
  kTick = 2,
  kVolume = 3,
  kValue = 4,
  kRange = 5,  // high minus low
  kRenko = 6,  // bricks of one height
  kTickImbalance = 7,
  kVolumeImbalance = 8,
  kValueImbalance = 9,
  kTickRun = 10,
  kVolumeRun = 11,
  kValueRun = 12,
};
enum class BarStyle : std::uint8_t { kPlain = 0, kHeikinAshi = 1 };
enum class PriceSource : std::uint8_t { kTrade = 1, kBid = 2, kAsk = 3, kMid = 4 };

// How bars are cut. `step`: nanoseconds (time), trades (tick), raw Quantity (volume), whole quote
// units (value), raw Price (range, Renko), trades expected in a bar (imbalance, runs).
struct BarSpec {
  std::int64_t step;
  BarUnit unit;
  PriceSource source;
  BarStyle style;
  std::uint8_t reserved[5];

  [[nodiscard]] static constexpr BarSpec time(Duration length,
                                              PriceSource source = PriceSource::kTrade) {
    return {length.ns, BarUnit::kTime, source, {}, {}};
  }
  [[nodiscard]] static constexpr BarSpec ticks(std::int64_t count) {
    return {count, BarUnit::kTick, PriceSource::kTrade, {}, {}};
  }
  [[nodiscard]] static constexpr BarSpec volume(Quantity size) {
    return {size.raw(), BarUnit::kVolume, PriceSource::kTrade, {}, {}};
  }
  [[nodiscard]] static constexpr BarSpec value(std::int64_t quote_units) {
    return {quote_units, BarUnit::kValue, PriceSource::kTrade, {}, {}};
  }
  [[nodiscard]] static constexpr BarSpec range(Price height,
                                               PriceSource source = PriceSource::kTrade) {
    return {height.raw(), BarUnit::kRange, source, {}, {}};
  }
  [[nodiscard]] static constexpr BarSpec renko(Price brick,
                                               PriceSource source = PriceSource::kTrade) {
    return {brick.raw(), BarUnit::kRenko, source, {}, {}};
  }
  // One of the imbalance or run units, with about this many trades in a bar to begin with.
  [[nodiscard]] static constexpr BarSpec information(BarUnit unit, std::int64_t trades) {
    return {trades, unit, PriceSource::kTrade, {}, {}};
  }
  // The same bars as Heikin-Ashi.
  [[nodiscard]] constexpr BarSpec heikin_ashi() const {
    BarSpec made = *this;
    made.style = BarStyle::kHeikinAshi;
    return made;
  }
  friend constexpr bool operator==(const BarSpec&, const BarSpec&) = default;
};
static_assert(sizeof(BarSpec) == 16);

// A closed bar: kBar as an input, kBarClosed as a fact that the engine derived.
struct Bar {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags. Partial: cut before its end. Gapped: data was lost inside it.
  static constexpr std::uint8_t kPartial = 1, kGapped = 2;

  RecordHeader header;  // ts_event: when the bar's interval ended
  BarSpec spec;
  Timestamp open_time;  // start of the interval
  Price open, high, low, close;
  Volume volume;
  std::uint64_t trades;
  Int128 value;  // sum of price x size, in 1e-17 quote units (raw price times raw quantity)

  // Volume-weighted average price, for indicators; the close where nothing traded.
  [[nodiscard]] double vwap() const;
  friend constexpr bool operator==(const Bar& a, const Bar& b) {
    return a.spec == b.spec && a.open_time == b.open_time && a.open == b.open && a.high == b.high &&
           a.low == b.low && a.close == b.close && a.volume == b.volume && a.trades == b.trades &&
           a.value == b.value && a.header.instrument == b.header.instrument &&
           a.header.ts_event == b.header.ts_event;
  }
};
static_assert(sizeof(Bar) == 40 + 16 + 8 + 32 + 16 + 8 + 16);

// kBarsSubscribed: from here on the engine builds these bars; until a run begins in which nobody
// asks for them.
struct SeriesFact {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  BarSpec spec;
};

// One change of a price level. Size zero removes the level.
struct BookLevel {
  Price price;
  Quantity size;
  Side side;
  std::uint8_t reserved[7];
};
static_assert(sizeof(BookLevel) == 24);

// `count` BookLevels follow the struct; they are applied together or not at all. As kBookSnapshot
// the book is emptied first.
struct BookDelta {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  std::uint64_t venue_seq;        // last update id in this record
  std::uint64_t venue_seq_first;  // first update id, where the venue has ranges
  std::uint32_t count;
  std::uint32_t checksum;  // of the book after it, 0 where the venue sends none
};
static_assert(sizeof(BookDelta) == 64);

// One order of a book (L3, "market by order"). Sizes are exact changes or new values, by `action`.
struct BookOrder {
  static constexpr std::uint8_t kVersion = 1;
  // header.flags. Event end: the last record of what happened at once at the venue; before it a
  // book may stand crossed. Snapshot: part of a picture of the book, not news. Told: the book does
  // not change by this record (a fill whose cancel or modify follows in a record of its own).
  static constexpr std::uint8_t kEventEnd = 1, kSnapshot = 2, kTold = 4;

  RecordHeader header;
  std::uint64_t order;     // the venue's id
  std::uint64_t priority;  // the venue's rank at its price, lowest first; 0: in order of arrival
  std::uint64_t venue_seq;
  Price price;    // of an add or modify; of a fill where it traded
  Quantity size;  // see BookAction
  BookAction action;
  Side side;  // of the resting order; unset (0) in a clear
  std::uint8_t reserved[6];

  [[nodiscard]] bool is_event_end() const { return (header.flags & kEventEnd) != 0; }
  [[nodiscard]] bool is_snapshot() const { return (header.flags & kSnapshot) != 0; }
  [[nodiscard]] static BookOrder of(InstrumentId instrument, Timestamp time, BookAction action,
                                    std::uint64_t order, Side side, Price price, Quantity size) {
    BookOrder record = make_record<BookOrder>(RecordKind::kBookOrder);
    record.header.instrument = instrument;
    record.header.ts_event = record.header.ts_recv = time;
    record.header.flags = kEventEnd;
    record.order = order;
    record.price = price;
    record.size = size;
    record.action = action;
    record.side = side;
    return record;
  }
};
static_assert(sizeof(BookOrder) == 88);

// What an auction would do now: told while orders are collected.
struct AuctionUpdate {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kHasIndicative = 1, kHasReference = 2;  // header.flags

  RecordHeader header;
  Price indicative;    // the price at which most would trade
  Price reference;     // the price that the imbalance is counted at
  Quantity matched;    // would trade at the indicative price
  Quantity imbalance;  // would be left over
  Timestamp time;      // when it is due; 0: not known
  std::uint64_t venue_seq;
  Side imbalance_side;  // unset (0): none
  AuctionKind kind;
  std::uint8_t reserved[6];

  [[nodiscard]] bool has_indicative() const { return (header.flags & kHasIndicative) != 0; }
  [[nodiscard]] bool has_reference() const { return (header.flags & kHasReference) != 0; }
};
static_assert(sizeof(AuctionUpdate) == 96);

// A single price with a kind: mark (and index with it, where the venue tells both), index alone,
// funding rate, open interest.
struct MarketValue {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kHasIndex = 1;  // header.flags of kMarkPrice: `index` is set too
  RecordHeader header;
  Price price;          // mark price
  Price index;          // index price
  Rate rate;            // funding rate of the coming settlement
  Timestamp next_time;  // when that settlement is
  Volume open_interest;
};

// A feed lost data of this instrument (or of all, instrument 0) between two sequence numbers.
struct MarketGap {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  std::uint64_t expected_seq, found_seq;
  std::uint64_t dropped;  // how many records, where known
};

struct StatusChange {
  static constexpr std::uint8_t kVersion = 1;
  RecordHeader header;
  InstrumentStatus status;
  std::uint8_t reserved[7];
};

static_assert(Record<SeriesFact> && Record<Quote> && Record<Trade> && Record<Bar> &&
              Record<BookDelta> && Record<MarketValue> && Record<MarketGap> &&
              Record<StatusChange> && Record<BookOrder> && Record<AuctionUpdate>);

}  // namespace keel
