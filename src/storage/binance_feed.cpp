#include <keel/storage/binance_feed.hpp>

#include <algorithm>
#include <cstring>

#include "json_cursor.hpp"
#include "line_reader.hpp"

namespace keel {

namespace {

using storage::JsonCursor;

constexpr std::size_t kBatchBytes = std::size_t{32} << 10;

// What a message may hold; texts point into the line.
struct Message {
  std::string_view event, symbol;
  std::uint64_t event_time = 0, trade_time = 0;  // milliseconds, 0: none
  std::uint64_t first = 0, last = 0, before = 0, trade_id = 0, snapshot = 0;
  bool has_before = false, has_maker = false, buyer_is_maker = false, is_snapshot = false;
  std::string_view price, size, bid, bid_size, ask, ask_size, index, rate;
  bool has_depth = false;
};

// Exact, at `digits` decimals. The usual form without going through a Result.
bool fixed(std::string_view text, int digits, std::int64_t& raw) {
  std::uint64_t value = 0;
  int decimals = -1, seen = 0;
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return false;
    if (decimals >= digits) {
      if (c != '0') return false;
      continue;
    }
    if (++seen > 18) return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (decimals >= 0) ++decimals;
  }
  if (seen == 0) return false;
  for (int i = decimals < 0 ? 0 : decimals; i < digits; ++i)
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return false;
  raw = static_cast<std::int64_t>(value);
  return value <= static_cast<std::uint64_t>(INT64_MAX);
}

}  // namespace

struct BinanceFeed::Reader {
  explicit Reader(const BinanceSpec& from) : spec(from), lines(from.max_line_bytes) {}

  BinanceSpec spec;
  storage::LineReader lines;
  std::string path;
  InstrumentId instrument{};
  int price_digits = Price::kDigits, size_digits = Quantity::kDigits;
  BinanceReport report;
  std::vector<std::byte> out;
  std::size_t used = 0;
  std::vector<std::byte> held;  // changes before the first snapshot
  std::vector<BookLevel> levels;
  std::int64_t last_event = 0, local = 0;
  std::optional<Error> failed;
  std::optional<std::int64_t> least_latency;

  bool fill();
  Status read_line(std::string_view line);
  Status walk(JsonCursor& json, Message& message);
  Status read_levels(JsonCursor& json, Side side);
  Status take(const Message& message);
  Status take_depth(const Message& message);
  void take_snapshot(const Message& message);
  Status take_quote(const Message& message);
  Status take_trade(const Message& message);
  Status take_mark(const Message& message);
  void release_held(std::uint64_t snapshot);
  void stamp(RecordHeader& header, const Message& message);
  void set_times(const Message& message);
  Result<std::int64_t> number(std::string_view text, const char* field, int digits) const;

  [[nodiscard]] Error bad(const char* field, std::string_view value, const char* rule,
                          ErrorCode code = storage_errors::kBadCapture) const {
    return {code, field, std::string{value.substr(0, 60)}, rule,
            path + ":" + std::to_string(lines.number())};
  }
  void put(const void* from, std::size_t size) {
    if (used + size > out.size()) out.resize(used + size);
    std::memcpy(out.data() + used, from, size);
    used += size;
    ++report.delivered;
  }
  void put_book(BookDelta& head) {
    const std::size_t size = sizeof head + levels.size() * sizeof(BookLevel);
    if (used + size > out.size()) out.resize(used + size);
    head.header.size = static_cast<std::uint32_t>(size);
    head.count = static_cast<std::uint32_t>(levels.size());
    std::memcpy(out.data() + used, &head, sizeof head);
    if (!levels.empty())
      std::memcpy(out.data() + used + sizeof head, levels.data(), size - sizeof head);
    used += size;
    ++report.delivered;
  }
};

Result<std::int64_t> BinanceFeed::Reader::number(std::string_view text, const char* field,
                                                 int digits) const {
  std::int64_t raw{};
  if (fixed(text, digits, raw)) return raw;
  auto parsed = detail::parse_decimal64(text, digits);
  if (parsed) return *parsed;
  const bool is_long = parsed.error().code == core_errors::kDecimalDigits;
  return bad(field, text, is_long ? "fewer decimals" : "a number that fits",
             is_long ? storage_errors::kNumberDigits : storage_errors::kBadCapture);
}

// Times of exchange and receipt, neither going back behind what they may not.
void BinanceFeed::Reader::set_times(const Message& message) {
  const std::uint64_t ms = message.trade_time != 0 ? message.trade_time : message.event_time;
  const std::int64_t exchange = ms != 0 ? static_cast<std::int64_t>(ms) * 1'000'000 : last_event;
  if (ms != 0 && (!least_latency || local - exchange < *least_latency))
    least_latency = local - exchange;
  if (exchange < last_event) ++report.lifted;
  last_event = std::max(last_event, exchange);
}

void BinanceFeed::Reader::stamp(RecordHeader& header, const Message&) {
  header.instrument = instrument;
  // Before the first exchange time the local one must do.
  if (last_event == 0) last_event = local + spec.recv_offset.ns;
  std::int64_t received = local + spec.recv_offset.ns;
  if (received < last_event) {
    ++report.early;
    received = last_event;
  }
  header.ts_event = Timestamp{last_event};
  header.ts_recv = Timestamp{received};
}

Status BinanceFeed::Reader::read_levels(JsonCursor& json, Side side) {
  if (!json.open('[')) return {};
  const char* field = side == Side::kBuy ? "bids" : "asks";
  while (json.more(']')) {
    if (!json.open('[')) break;
    std::string_view parts[2];
    for (std::size_t i = 0; json.more(']'); ++i) {
      const std::string_view part = json.number();
      if (i < 2) parts[i] = part;
    }
    if (!json.ok()) break;
    const auto price = number(parts[0], field, price_digits);
    if (!price) return price.error();
    const auto size = number(parts[1], field, size_digits);
    if (!size) return size.error();
    if (*size < 0) return bad(field, parts[1], "a size that is not below zero");
    levels.push_back({Price::from_raw(*price), Quantity::from_raw(*size), side, {}});
  }
  return {};
}

// The keys of a message. In an update "b" and "a" are lists, in a ticker texts.
Status BinanceFeed::Reader::walk(JsonCursor& json, Message& to) {
  if (!json.open('{')) return {};
  while (json.more('}')) {
    const std::string_view key = json.key();
    if (!json.ok()) break;
    const char next = json.peek();
    if (key == "data" && next == '{') {
      if (Status status = walk(json, to); !status.ok()) return status;
    } else if ((key == "b" || key == "bids") && next == '[') {
      to.has_depth = true;
      if (Status status = read_levels(json, Side::kBuy); !status.ok()) return status;
    } else if ((key == "a" || key == "asks") && next == '[') {
      to.has_depth = true;
      if (Status status = read_levels(json, Side::kSell); !status.ok()) return status;
    } else if (key == "lastUpdateId") {
      to.snapshot = json.count();
      to.is_snapshot = true;
    } else if (key.size() == 1) {
      switch (key[0]) {
        case 'e': to.event = json.text(); break;
        case 's': to.symbol = json.text(); break;
        case 'E': to.event_time = json.count(); break;
        case 'T': to.trade_time = json.count(); break;
        case 'U': to.first = json.count(); break;
        case 'u': to.last = json.count(); break;
        case 't': to.trade_id = next == '-' || next == '"' ? (json.skip(), 0) : json.count(); break;
        case 'p': to.price = json.number(); break;
        case 'q': to.size = json.number(); break;
        case 'b': to.bid = json.number(); break;
        case 'B': to.bid_size = json.number(); break;
        case 'a': to.ask = json.number(); break;
        case 'A': to.ask_size = json.number(); break;
        case 'i': to.index = next == '"' ? json.text() : (json.skip(), std::string_view{}); break;
        case 'r': to.rate = json.number(); break;
        case 'm':
          to.has_maker = true;
          to.buyer_is_maker = json.boolean();
          break;
        default: json.skip();
      }
    } else if (key == "pu") {
      to.has_before = true;
      to.before = json.count();
    } else {
      json.skip();
    }
  }
  return {};
}

Status BinanceFeed::Reader::take_depth(const Message& message) {
  if (message.last == 0 || message.first > message.last)
    return bad("u", std::to_string(message.last), "at least U");
  if (message.has_before && message.before > message.last)
    return bad("pu", std::to_string(message.before), "at most u");
  ++report.depths;
  report.levels += levels.size();
  BookDelta head = make_record<BookDelta>(RecordKind::kBookDelta);
  stamp(head.header, message);
  head.venue_seq = message.last;
  head.venue_seq_first = message.has_before ? message.before + 1 : message.first;
  if (report.had_snapshot) {
    put_book(head);
    return {};
  }
  head.header.size = static_cast<std::uint32_t>(sizeof head + levels.size() * sizeof(BookLevel));
  head.count = static_cast<std::uint32_t>(levels.size());
  if (held.size() + head.header.size > spec.max_held_bytes)
    return bad("lastUpdateId", "", "a snapshot before max_held_bytes of changes");
  const std::size_t at = held.size();
  held.resize(at + head.header.size);
  std::memcpy(held.data() + at, &head, sizeof head);
  if (!levels.empty())
    std::memcpy(held.data() + at + sizeof head, levels.data(), levels.size() * sizeof(BookLevel));
  return {};
}

// The held changes that are newer than the snapshot, at its time.
void BinanceFeed::Reader::release_held(std::uint64_t snapshot) {
  for (std::size_t at = 0; at < held.size();) {
    BookDelta head;
    std::memcpy(&head, held.data() + at, sizeof head);
    if (head.venue_seq > snapshot) {
      stamp(head.header, {});
      std::memcpy(held.data() + at, &head, sizeof head);
      put(held.data() + at, head.header.size);
    } else {
      ++report.dropped;
    }
    at += head.header.size;
  }
  held = {};
}

void BinanceFeed::Reader::take_snapshot(const Message& message) {
  ++report.snapshots;
  BookDelta head = make_record<BookDelta>(RecordKind::kBookSnapshot);
  stamp(head.header, message);
  head.venue_seq = message.snapshot;
  put_book(head);
  if (report.had_snapshot) return;
  report.had_snapshot = true;
  release_held(message.snapshot);
}

Status BinanceFeed::Reader::take_quote(const Message& message) {
  Quote quote = make_record<Quote>(RecordKind::kQuote);
  stamp(quote.header, message);
  quote.venue_seq = message.last;
  const struct {
    std::string_view text;
    const char* field;
    int digits;
  } parts[] = {{message.bid, "b", price_digits},
               {message.bid_size, "B", size_digits},
               {message.ask, "a", price_digits},
               {message.ask_size, "A", size_digits}};
  std::int64_t raw[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = number(parts[i].text, parts[i].field, parts[i].digits);
    if (!value) return value.error();
    raw[i] = *value;
    if (i % 2 == 1 && raw[i] < 0) return bad(parts[i].field, parts[i].text, "not below zero");
  }
  if (raw[1] > 0) quote.header.flags |= Quote::kHasBid;
  if (raw[3] > 0) quote.header.flags |= Quote::kHasAsk;
  quote.bid_price = Price::from_raw(raw[0]);
  quote.bid_size = Quantity::from_raw(raw[1]);
  quote.ask_price = Price::from_raw(raw[2]);
  quote.ask_size = Quantity::from_raw(raw[3]);
  ++report.quotes;
  put(&quote, sizeof quote);
  return {};
}

Status BinanceFeed::Reader::take_trade(const Message& message) {
  const auto price = number(message.price, "p", price_digits);
  if (!price) return price.error();
  const auto size = number(message.size, "q", size_digits);
  if (!size) return size.error();
  // Transfers to the insurance fund come as trades of nothing.
  if (*size == 0) {
    ++report.left_out;
    return {};
  }
  if (*size < 0) return bad("q", message.size, "above zero");
  if (!message.has_maker) return bad("m", "", "true or false");
  Trade trade = make_record<Trade>(RecordKind::kTrade);
  stamp(trade.header, message);
  trade.header.flags = message.buyer_is_maker ? Trade::kSellerAggressor : Trade::kBuyerAggressor;
  trade.price = Price::from_raw(*price);
  trade.size = Quantity::from_raw(*size);
  trade.trade_id = message.trade_id;
  ++report.trades;
  put(&trade, sizeof trade);
  return {};
}

// T is the time of the next settlement here, not one of this message.
Status BinanceFeed::Reader::take_mark(const Message& message) {
  const auto price = number(message.price, "p", price_digits);
  if (!price) return price.error();
  MarketValue mark = make_record<MarketValue>(RecordKind::kMarkPrice);
  stamp(mark.header, message);
  mark.price = Price::from_raw(*price);
  if (!message.index.empty()) {
    const auto index = number(message.index, "i", price_digits);
    if (!index) return index.error();
    mark.index = Price::from_raw(*index);
    mark.header.flags = MarketValue::kHasIndex;
  }
  ++report.marks;
  put(&mark, sizeof mark);
  if (message.rate.empty()) return {};
  const auto rate = number(message.rate, "r", Rate::kDigits);
  if (!rate) return rate.error();
  MarketValue funding = make_record<MarketValue>(RecordKind::kFundingRate);
  stamp(funding.header, message);
  funding.rate = Rate::from_raw(*rate);
  funding.next_time = Timestamp{static_cast<std::int64_t>(message.trade_time) * 1'000'000};
  put(&funding, sizeof funding);
  return {};
}

Status BinanceFeed::Reader::take(const Message& message) {
  if (!message.symbol.empty() && message.symbol != spec.symbol) {
    ++report.others;
    return {};
  }
  const bool is_mark = message.event == "markPriceUpdate";
  const bool is_depth = message.event == "depthUpdate" && message.has_depth;
  // Spot tells of its best prices without naming the event.
  const bool is_ticker = message.event == "bookTicker" ||
                         (message.event.empty() && !message.bid.empty() && !message.ask.empty());
  const bool is_trade = message.event == "trade";
  const bool wanted = message.is_snapshot || is_depth ? spec.depth
                      : is_ticker                     ? spec.quotes
                      : is_trade                      ? spec.trades
                                                      : is_mark && spec.marks;
  if (!wanted) {
    ++report.left_out;
    return {};
  }
  Message timed = message;
  if (is_mark) timed.trade_time = 0;
  if (timed.trade_time > 10'000'000'000'000 || timed.event_time > 10'000'000'000'000)
    return bad("T", std::to_string(timed.trade_time), "milliseconds since 1970");
  set_times(timed);
  if (message.is_snapshot) {
    if (message.snapshot == 0 || !message.has_depth)
      return bad("lastUpdateId", std::to_string(message.snapshot), "above zero, with levels");
    take_snapshot(message);
    return {};
  }
  if (is_depth) return take_depth(message);
  if (is_ticker) return take_quote(message);
  return is_trade ? take_trade(message) : take_mark(message);
}

Status BinanceFeed::Reader::read_line(std::string_view line) {
  ++report.lines;
  const std::size_t blank = line.find(' ');
  std::uint64_t time = 0;
  const std::string_view digits = line.substr(0, blank);
  for (const char c : digits) {
    if (c < '0' || c > '9' || time > UINT64_MAX / 16) return bad("time", digits, "nanoseconds");
    time = time * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (blank == std::string_view::npos || digits.empty() || time > INT64_MAX / 2)
    return bad("time", digits, "nanoseconds, a blank, a message");
  local = static_cast<std::int64_t>(time);
  JsonCursor json{line.substr(blank + 1)};
  Message message;
  levels.clear();
  if (Status status = walk(json, message); !status.ok()) return status;
  if (!json.ok() || !json.at_end()) {
    return bad("message", line.substr(line.size() > 40 ? line.size() - 40 : 0),
               "one JSON object whose fields have the types of Binance's streams");
  }
  return take(message);
}

bool BinanceFeed::Reader::fill() {
  while (used < kBatchBytes) {
    std::string_view line;
    switch (lines.next(line)) {
      case storage::LineReader::Outcome::kEnd:
        if (lines.failure()) failed = lines.failure();
        return false;
      case storage::LineReader::Outcome::kTooLong:
        failed = bad("line", "", "at most max_line_bytes", storage_errors::kLineTooLong);
        return false;
      case storage::LineReader::Outcome::kLine: break;
    }
    if (line.empty()) continue;
    if (Status status = read_line(line); !status.ok()) {
      failed = status.error();
      return false;
    }
  }
  return true;
}

Result<BinanceFeed> BinanceFeed::open(const std::string& path, const BinanceSpec& spec,
                                      const Instrument& instrument) {
  if (spec.symbol.empty())
    return Error{storage_errors::kBadSpec, "symbol", "", "as Binance writes it", path};
  BinanceFeed feed{new Reader{spec}};
  Reader& reader = *feed.reader_;
  reader.path = path;
  reader.instrument = instrument.id;
  reader.price_digits = Price::kDigits + instrument.unit_pow10;
  reader.size_digits = Quantity::kDigits - instrument.unit_pow10;
  if (Status status = reader.lines.open(path); !status.ok()) return std::move(status).error();
  reader.out.resize(kBatchBytes * 2);
  return feed;
}

Result<Duration> BinanceFeed::measure_latency(const std::string& path, const BinanceSpec& spec) {
  auto feed = open(path, spec, Instrument{});
  if (!feed) return feed.error();
  for (;;) {
    const auto batch = feed->next();
    if (!batch) return batch.error();
    if (batch->empty()) break;
  }
  return Duration{feed->reader_->least_latency.value_or(0)};
}

BinanceFeed::~BinanceFeed() { delete reader_; }

const BinanceReport& BinanceFeed::report() const { return reader_->report; }

Result<std::span<const std::byte>> BinanceFeed::next() {
  Reader& reader = *reader_;
  reader.used = 0;
  if (!reader.failed) reader.fill();
  if (reader.failed && reader.used == 0) return *reader.failed;
  return std::span<const std::byte>{reader.out.data(), reader.used};
}

std::string BinanceReport::to_text() const {
  std::string text = std::to_string(lines) + " lines: " + std::to_string(delivered) + " made";
  const auto also = [&text](std::uint64_t count, const char* what) {
    if (count != 0) text.append(", ").append(std::to_string(count)).append(what);
  };
  also(others, " of other symbols");
  also(left_out, " left out");
  also(dropped, " older than the snapshot");
  also(lifted, " times lifted");
  also(early, " received before they happened");
  if (!had_snapshot && depths != 0) text += ", no snapshot";
  return text;
}

}  // namespace keel
