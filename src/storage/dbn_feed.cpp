#include <keel/storage/dbn_feed.hpp>

#include <algorithm>

#include <keel/model/market_data.hpp>

#include "dbn_stream.hpp"

namespace keel {

namespace {

using storage::dbn_get;
using storage::dbn_text;
using storage::kDbnNoPrice;
using storage::kDbnNoTime;

constexpr std::size_t kBatchBytes = std::size_t{32} << 10;

// Kinds of record.
constexpr std::uint8_t kTradeRecord = 0x00, kMbp1 = 0x01, kMbp10 = 0x0A, kStatus = 0x12,
                       kImbalance = 0x14, kMapping = 0x16, kStatistics = 0x18, kBarFirst = 0x20,
                       kBarLast = 0x24, kMbo = 0xA0, kCmbp1 = 0xB1, kCbbo1s = 0xC0, kCbbo1m = 0xC1,
                       kTcbbo = 0xC2, kBbo1s = 0xC3, kBbo1m = 0xC4;
// Flags of a record.
constexpr std::uint8_t kLast = 128, kIsSnapshot = 32, kMaybeBadBook = 4;

struct Known {
  std::uint32_t number;
  std::int64_t from, until;  // ts_event, nanoseconds
  std::size_t choice;        // index into the spec
};

// Of one instrument that was asked for.
struct Follow {
  bool in_snapshot = false, is_bad = false;
};

bool number_of(std::string_view text, std::uint32_t& number) {
  if (text.empty() || text.size() > 10) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  number = static_cast<std::uint32_t>(value);
  return value <= UINT32_MAX;
}

std::int64_t day_start(CivilDate date) {
  return std::int64_t{days_from_civil(date)} * Duration::days(1).ns;
}

std::optional<InstrumentStatus> status_of(std::uint16_t action) {
  switch (action) {
    case 1:
    case 3: return InstrumentStatus::kPreOpen;  // pre-open; quoting
    case 2:
    case 4:
    case 5:
    case 6: return InstrumentStatus::kAuction;  // crosses, rotation, price indication
    case 7: return InstrumentStatus::kTrading;
    case 8:
    case 9:
    case 10: return InstrumentStatus::kHalted;  // halt, pause, suspend
    case 12:
    case 13:
    case 15: return InstrumentStatus::kClosed;  // close, post-close, not available
    default: return std::nullopt;
  }
}

}  // namespace

struct DbnFeed::Reader {
  DbnSpec spec;
  storage::DbnStream stream;
  DbnReport report;
  std::vector<Known> known;
  std::vector<Follow> follow;
  std::vector<std::byte> out;
  std::size_t used = 0;
  std::size_t takes_all = SIZE_MAX;  // the choice that every record is of
  std::int64_t last_time = INT64_MIN;
  std::optional<Error> failed;
  // Of the record at hand.
  const unsigned char* record = nullptr;
  std::int64_t ts_event = 0, ts_recv = 0;
  std::size_t choice = 0;

  Status prepare();
  void map(const std::string& symbol, std::uint32_t number, std::int64_t from, std::int64_t until);
  bool find_choice(std::uint32_t number);
  bool fill();
  Status read_one();
  Status take();
  bool read_times(std::uint8_t kind);
  Status take_mapping();
  Status take_mbo();
  Status take_mbo_trade(const BookOrder& told, unsigned char side);
  Status take_trade();
  Status take_quotes(std::uint8_t kind);
  Status take_depth();
  Status take_bar(std::uint8_t kind);
  Status take_statistic();
  void take_status();
  void take_auction();
  Status needs(std::size_t size, const char* what);

  template <class T>
  T make(RecordKind kind) const {
    T made = make_record<T>(kind);
    made.header.instrument = spec.instruments[choice].id;
    made.header.ts_event = Timestamp{ts_event};
    made.header.ts_recv = Timestamp{ts_recv};
    return made;
  }
  void put(const void* from, std::size_t size) {
    if (used + size > out.size()) out.resize(used + size);
    std::memcpy(out.data() + used, from, size);
    used += size;
    ++report.delivered;
  }
  template <class T>
  void put(const T& made) {
    put(&made, sizeof made);
  }
  template <class T>
  T get(std::size_t at) const {
    return dbn_get<T>(record, at);
  }
  static Quantity size_of(std::uint32_t size) { return Quantity::whole(std::int64_t{size}); }
  static std::string letter(unsigned char c) { return std::string(1, static_cast<char>(c)); }
};

// ---- opening ----

// A mapping holds for one of the choices where its symbol is asked for.
void DbnFeed::Reader::map(const std::string& symbol, std::uint32_t number, std::int64_t from,
                          std::int64_t until) {
  for (std::size_t i = 0; i < spec.instruments.size(); ++i)
    if (!symbol.empty() && spec.instruments[i].symbol == symbol)
      known.push_back({number, from, until, i});
}

Status DbnFeed::Reader::prepare() {
  const auto bad = [](const char* field, std::string value, const char* rule) {
    return Error{storage_errors::kBadSpec, field, std::move(value), rule, {}};
  };
  if (spec.instruments.empty()) return bad("instruments", "", "at least one");
  follow.resize(spec.instruments.size());
  for (std::size_t i = 0; i < spec.instruments.size(); ++i) {
    const DbnInstrument& one = spec.instruments[i];
    if (one.number != 0) known.push_back({one.number, INT64_MIN, INT64_MAX, i});
    if (!one.symbol.empty() || one.number != 0) continue;
    if (spec.instruments.size() > 1)
      return bad("instruments", "", "a symbol or a number each, where there are several");
    takes_all = i;
  }
  for (const DbnMapping& mapping : stream.metadata().mappings)
    for (const DbnInterval& interval : mapping.intervals) {
      std::uint32_t number{};
      // One of the two is the number; which one depends on what was asked for.
      const bool is_out = number_of(interval.symbol, number);
      if (!is_out && !number_of(mapping.raw_symbol, number)) continue;
      map(is_out ? mapping.raw_symbol : interval.symbol, number, day_start(interval.start),
          day_start(interval.end));
    }
  if (stream.metadata().mappings.empty()) return {};  // they may come with the records
  for (std::size_t i = 0; i < spec.instruments.size(); ++i) {
    const auto is_it = [i](const Known& one) { return one.choice == i; };
    if (takes_all != i && std::none_of(known.begin(), known.end(), is_it))
      return bad("instruments", spec.instruments[i].symbol, "a symbol of the file's mappings");
  }
  return {};
}

bool DbnFeed::Reader::find_choice(std::uint32_t number) {
  choice = takes_all;
  for (auto at = known.rbegin(); choice == SIZE_MAX && at != known.rend(); ++at)
    if (at->number == number && ts_event >= at->from && ts_event < at->until) choice = at->choice;
  // Snapshots tell of orders from before the day that a mapping speaks of.
  for (auto at = known.rbegin(); choice == SIZE_MAX && at != known.rend(); ++at)
    if (at->number == number && ts_recv >= at->from && ts_recv < at->until) choice = at->choice;
  return choice != SIZE_MAX;
}

// ---- records ----

Status DbnFeed::Reader::needs(std::size_t size, const char* what) {
  if (stream.size() >= size) return {};
  return stream.bad(std::string{what} + ".length", std::to_string(stream.size()),
                    "at least " + std::to_string(size) + " bytes");
}

// Both times; false: neither is there.
bool DbnFeed::Reader::read_times(std::uint8_t kind) {
  std::uint64_t event = get<std::uint64_t>(8), received = event;
  const bool is_bar = kind >= kBarFirst && kind <= kBarLast;
  if (kind == kMbo && stream.size() >= 56) received = get<std::uint64_t>(40);
  const bool has_trade =
      kind == kTradeRecord || kind == kMbp1 || kind == kMbp10 || (kind >= kCmbp1 && kind <= kBbo1m);
  if (has_trade && stream.size() >= 48) received = get<std::uint64_t>(32);
  if (!is_bar && !has_trade && kind != kMbo && stream.size() >= 24)
    received = get<std::uint64_t>(16);
  if (event == kDbnNoTime) event = received;
  if (received == kDbnNoTime) received = event;
  if (event > INT64_MAX || received > INT64_MAX) return false;
  ts_event = static_cast<std::int64_t>(event);
  ts_recv = static_cast<std::int64_t>(received);
  return true;
}

Status DbnFeed::Reader::take_mapping() {
  const bool is_old = stream.version() == 1;
  if (Status status = needs(is_old ? 80 : 176, "symbol_mapping"); !status.ok()) return status;
  const auto from = is_old ? dbn_text(record, 16, 22) : dbn_text(record, 17, 71);
  const auto to = is_old ? dbn_text(record, 38, 22) : dbn_text(record, 89, 71);
  for (const std::string_view name : {from, to}) {
    std::uint32_t number{};
    if (!number_of(name, number))
      map(std::string{name}, get<std::uint32_t>(4), INT64_MIN, INT64_MAX);
  }
  ++report.left_out;
  return {};
}

Status DbnFeed::Reader::take_mbo_trade(const BookOrder& told, unsigned char side) {
  if (!spec.trades) {
    ++report.left_out;
    return {};
  }
  if (told.price.raw() == kDbnNoPrice) return stream.bad("mbo.price", "none", "a price");
  if (!told.size.is_positive()) return stream.bad("mbo.size", "0", "above zero");
  Trade trade = make<Trade>(RecordKind::kTrade);
  trade.price = told.price;
  trade.size = told.size;
  trade.venue_seq = told.venue_seq;
  if (side == 'B') trade.header.flags = Trade::kBuyerAggressor;
  if (side == 'A') trade.header.flags = Trade::kSellerAggressor;
  put(trade);
  return {};
}

Status DbnFeed::Reader::take_mbo() {
  if (Status status = needs(56, "mbo"); !status.ok()) return status;
  const std::uint8_t flags = record[36];
  const unsigned char action = record[38], side = record[39];
  Follow& state = follow[choice];
  const bool is_bad = (flags & kMaybeBadBook) != 0;
  if (is_bad && !state.is_bad) {
    put(make<MarketGap>(RecordKind::kMarketGap));
    ++report.gaps;
  }
  state.is_bad = is_bad;
  const bool is_snapshot = (flags & kIsSnapshot) != 0;
  BookOrder made = make<BookOrder>(RecordKind::kBookOrder);
  made.venue_seq = get<std::uint32_t>(52);
  if (is_snapshot && !state.in_snapshot && action != 'R') {
    BookOrder clear = made;
    clear.action = BookAction::kClear;
    clear.header.flags = BookOrder::kSnapshot;
    clear.venue_seq = 0;
    put(clear);
    ++report.clears;
  }
  state.in_snapshot = is_snapshot;
  made.order = get<std::uint64_t>(16);
  made.header.flags = static_cast<std::uint8_t>(((flags & kLast) != 0 ? BookOrder::kEventEnd : 0) |
                                                (is_snapshot ? BookOrder::kSnapshot : 0));
  const auto price = get<std::int64_t>(24);
  made.price = Price::from_raw(price);
  made.size = size_of(get<std::uint32_t>(32));
  made.side = side == 'B' ? Side::kBuy : side == 'A' ? Side::kSell : Side{};
  switch (action) {
    case 'A': made.action = BookAction::kAdd; break;
    case 'M': made.action = BookAction::kModify; break;
    case 'C': made.action = BookAction::kCancel; break;
    case 'R': made.action = BookAction::kClear; break;
    case 'F':
      made.action = BookAction::kFill;
      made.header.flags |= BookOrder::kTold;
      break;
    case 'T': return take_mbo_trade(made, side);
    case 'N': ++report.left_out; return {};
    default: return stream.bad("mbo.action", letter(action), "A, M, C, R, F, T or N");
  }
  if (made.action == BookAction::kClear) {
    made.side = Side{};
    made.price = Price::zero();
    made.order = 0;
  } else {
    if (made.side == Side{}) return stream.bad("mbo.side", letter(side), "B or A");
    if (price == kDbnNoPrice) return stream.bad("mbo.price", "none", "a price");
    const bool may_be_zero = made.action == BookAction::kCancel;
    if (made.size.is_zero() && !may_be_zero) return stream.bad("mbo.size", "0", "above zero");
  }
  put(made);
  return {};
}

// The trade of a record that has one at these places: trades, tbbo, mbp.
Status DbnFeed::Reader::take_trade() {
  if (!spec.trades) return {};
  const auto price = get<std::int64_t>(16);
  const auto size = get<std::uint32_t>(24);
  if (price == kDbnNoPrice) return stream.bad("trade.price", "none", "a price");
  if (size == 0) return stream.bad("trade.size", "0", "above zero");
  Trade trade = make<Trade>(RecordKind::kTrade);
  trade.price = Price::from_raw(price);
  trade.size = size_of(size);
  trade.venue_seq = get<std::uint32_t>(44);
  const unsigned char side = record[29];
  if (side == 'B') trade.header.flags = Trade::kBuyerAggressor;
  if (side == 'A') trade.header.flags = Trade::kSellerAggressor;
  if (side != 'B' && side != 'A' && side != 'N')
    return stream.bad("trade.side", letter(side), "B, A or N");
  put(trade);
  return {};
}

Status DbnFeed::Reader::take_quotes(std::uint8_t kind) {
  if (Status status = needs(80, "mbp-1"); !status.ok()) return status;
  const bool is_sampled = kind == kBbo1s || kind == kBbo1m || kind == kCbbo1s || kind == kCbbo1m;
  if (!is_sampled && record[28] == 'T')
    if (Status status = take_trade(); !status.ok()) return status;
  if (!spec.quotes) return {};
  Quote quote = make<Quote>(RecordKind::kQuote);
  const auto bid = get<std::int64_t>(48), ask = get<std::int64_t>(56);
  quote.bid_size = size_of(get<std::uint32_t>(64));
  quote.ask_size = size_of(get<std::uint32_t>(68));
  const bool has_bid = bid != kDbnNoPrice && quote.bid_size.is_positive();
  const bool has_ask = ask != kDbnNoPrice && quote.ask_size.is_positive();
  quote.bid_price = has_bid ? Price::from_raw(bid) : Price::zero();
  quote.ask_price = has_ask ? Price::from_raw(ask) : Price::zero();
  if (!has_bid) quote.bid_size = Quantity::zero();
  if (!has_ask) quote.ask_size = Quantity::zero();
  quote.header.flags =
      static_cast<std::uint8_t>((has_bid ? Quote::kHasBid : 0) | (has_ask ? Quote::kHasAsk : 0));
  quote.venue_seq = kind == kMbp1 || kind == kBbo1s || kind == kBbo1m ? get<std::uint32_t>(44) : 0;
  put(quote);
  return {};
}

Status DbnFeed::Reader::take_depth() {
  if (Status status = needs(48 + 10 * 32, "mbp-10"); !status.ok()) return status;
  if (record[28] == 'T')
    if (Status status = take_trade(); !status.ok()) return status;
  if (!spec.quotes) return {};
  struct {
    BookDelta head;
    BookLevel levels[20];
  } book{make<BookDelta>(RecordKind::kBookSnapshot), {}};
  for (std::size_t i = 0; i < 10; ++i) {
    const std::size_t pair = 48 + i * 32;
    for (const bool is_bid : {true, false}) {
      const auto price = get<std::int64_t>(pair + (is_bid ? 0 : 8));
      const auto size = get<std::uint32_t>(pair + (is_bid ? 16 : 20));
      if (price == kDbnNoPrice || size == 0) continue;
      BookLevel& level = book.levels[book.head.count++];
      level = {Price::from_raw(price), size_of(size), is_bid ? Side::kBuy : Side::kSell, {}};
    }
  }
  book.head.venue_seq = get<std::uint32_t>(44);
  book.head.header.size =
      static_cast<std::uint32_t>(sizeof(BookDelta) + book.head.count * sizeof(BookLevel));
  put(&book, book.head.header.size);
  return {};
}

Status DbnFeed::Reader::take_bar(std::uint8_t kind) {
  if (Status status = needs(56, "ohlcv"); !status.ok()) return status;
  const Duration lengths[] = {Duration::seconds(1), Duration::minutes(1), Duration::hours(1),
                              Duration::days(1), Duration::days(1)};
  Bar bar = make<Bar>(RecordKind::kBar);
  bar.spec = BarSpec::time(lengths[kind - kBarFirst]);
  bar.open_time = Timestamp{get<std::int64_t>(8)};
  bar.open = Price::from_raw(get<std::int64_t>(16));
  bar.high = Price::from_raw(get<std::int64_t>(24));
  bar.low = Price::from_raw(get<std::int64_t>(32));
  bar.close = Price::from_raw(get<std::int64_t>(40));
  if (bar.high < bar.low || bar.open > bar.high || bar.open < bar.low || bar.close > bar.high ||
      bar.close < bar.low)
    return stream.bad("ohlcv.open", bar.open.to_text(), "open and close between low and high");
  const detail::i128 units = get<std::uint64_t>(48);
  bar.volume = Volume::from_raw(Int128::from(units * Quantity::kScale));
  put(bar);
  return {};
}

Status DbnFeed::Reader::take_statistic() {
  const bool is_old = stream.version() < 3;
  if (Status status = needs(is_old ? 64 : 80, "statistics"); !status.ok()) return status;
  constexpr std::uint16_t kOpenInterestStat = 9;
  if (get<std::uint16_t>(is_old ? 52 : 56) != kOpenInterestStat) {
    ++report.left_out;
    return {};
  }
  const std::int64_t quantity = is_old ? get<std::int32_t>(40) : get<std::int64_t>(40);
  const std::int64_t absent = is_old ? INT32_MAX : INT64_MAX;
  if (quantity < 0 || quantity == absent)
    return stream.bad("statistics.quantity", std::to_string(quantity), "zero or more");
  MarketValue value = make<MarketValue>(RecordKind::kOpenInterest);
  value.open_interest =
      Volume::from_raw(Int128::from(static_cast<detail::i128>(quantity) * Quantity::kScale));
  put(value);
  return {};
}

void DbnFeed::Reader::take_status() {
  const auto status = status_of(get<std::uint16_t>(24));
  if (!status) {
    ++report.left_out;
    return;
  }
  StatusChange made = make<StatusChange>(RecordKind::kInstrumentStatus);
  made.status = *status;
  put(made);
}

void DbnFeed::Reader::take_auction() {
  AuctionUpdate made = make<AuctionUpdate>(RecordKind::kAuction);
  const auto reference = get<std::int64_t>(24), indicative = get<std::int64_t>(64);
  const auto due = get<std::uint64_t>(32);
  if (reference != kDbnNoPrice && reference != 0) {
    made.reference = Price::from_raw(reference);
    made.header.flags |= AuctionUpdate::kHasReference;
  }
  if (indicative != kDbnNoPrice && indicative != 0) {
    made.indicative = Price::from_raw(indicative);
    made.header.flags |= AuctionUpdate::kHasIndicative;
  }
  if (due <= INT64_MAX) made.time = Timestamp{static_cast<std::int64_t>(due)};
  const auto some = [](std::uint32_t size) {
    return size == UINT32_MAX ? Quantity::zero() : size_of(size);
  };
  made.matched = some(get<std::uint32_t>(88));
  made.imbalance = some(get<std::uint32_t>(92));
  const unsigned char kind = record[104], side = record[105];
  made.imbalance_side = side == 'B' ? Side::kBuy : side == 'A' ? Side::kSell : Side{};
  made.kind = kind == 'O'   ? AuctionKind::kOpening
              : kind == 'C' ? AuctionKind::kClosing
              : kind == 'H' ? AuctionKind::kReopening
              : kind == 'I' ? AuctionKind::kIpo
              : kind == 'M' ? AuctionKind::kIntraday
                            : AuctionKind::kUnknown;
  put(made);
}

Status DbnFeed::Reader::take() {
  const std::uint8_t kind = record[1];
  switch (kind) {
    case kMbo: return take_mbo();
    case kTradeRecord:
      if (Status status = needs(48, "trade"); !status.ok()) return status;
      return take_trade();
    case kMbp1:
    case kCmbp1:
    case kTcbbo:
    case kCbbo1s:
    case kCbbo1m:
    case kBbo1s:
    case kBbo1m: return take_quotes(kind);
    case kMbp10: return take_depth();
    case kStatus:
      if (Status status = needs(40, "status"); !status.ok()) return status;
      take_status();
      return {};
    case kImbalance:
      if (Status status = needs(112, "imbalance"); !status.ok()) return status;
      take_auction();
      return {};
    case kStatistics: return take_statistic();
    default: break;
  }
  if (kind >= kBarFirst && kind <= kBarLast) return take_bar(kind);
  ++report.left_out;
  return {};
}

Status DbnFeed::Reader::read_one() {
  ++report.records;
  const std::uint8_t kind = record[1];
  if (kind == kMapping) return take_mapping();
  const bool is_text = kind == 0x15 || kind == 0x17 || kind == 0x13;
  if (!is_text && !read_times(kind)) return stream.bad("ts_event", "none", "a time");
  if (is_text) {
    ++report.left_out;
    return {};
  }
  if (!find_choice(get<std::uint32_t>(4))) {
    ++report.others;
    return {};
  }
  if (kind >= kBarFirst && kind <= kBarLast) {  // stamped with their start
    const std::int64_t lengths[] = {1, 60, 3'600, 86'400, 86'400};
    ts_event += Duration::seconds(lengths[kind - kBarFirst]).ns;
    ts_recv = ts_event;
  }
  if (ts_event < last_time) {
    ts_event = last_time;
    ++report.lifted;
  }
  last_time = ts_event;
  return take();
}

bool DbnFeed::Reader::fill() {
  while (used < kBatchBytes) {
    auto got = stream.next();
    if (!got) {
      failed = got.error();
      return false;
    }
    if (*got == nullptr) return true;
    record = *got;
    if (Status status = read_one(); !status.ok()) {
      failed = status.error();
      return false;
    }
  }
  return true;
}

// ---- the feed ----

Result<DbnFeed> DbnFeed::open(const std::string& path, const DbnSpec& spec) {
  if (spec.fragment_version < 0 || spec.fragment_version > 3)
    return Error{storage_errors::kBadSpec, "fragment_version",
                 std::to_string(spec.fragment_version), "0, or 1 to 3", path};
  DbnFeed feed{new Reader{}};
  feed.reader_->spec = spec;
  if (Status status = feed.reader_->stream.open(path, spec.fragment_version); !status.ok())
    return std::move(status).error();
  if (Status status = feed.reader_->prepare(); !status.ok())
    return std::move(status).error().at(path);
  feed.reader_->out.resize(kBatchBytes + 4'096);
  return feed;
}

DbnFeed::~DbnFeed() { delete reader_; }

const DbnMetadata& DbnFeed::metadata() const { return reader_->stream.metadata(); }
const DbnReport& DbnFeed::report() const { return reader_->report; }

Result<std::span<const std::byte>> DbnFeed::next() {
  Reader& reader = *reader_;
  reader.used = 0;
  if (!reader.failed) reader.fill();
  if (reader.failed && reader.used == 0) return *reader.failed;
  return std::span<const std::byte>{reader.out.data(), reader.used};
}

std::string DbnReport::to_text() const {
  std::string text = std::to_string(records) + " records: " + std::to_string(delivered) + " made";
  const auto also = [&text](std::uint64_t count, const char* what) {
    if (count != 0) text.append(", ").append(std::to_string(count)).append(what);
  };
  also(others, " of other instruments");
  also(left_out, " left out");
  also(lifted, " times lifted");
  also(clears, " clears added");
  also(gaps, " gaps");
  return text;
}

}  // namespace keel
