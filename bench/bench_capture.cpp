// A quoting strategy over a capture of Binance USD-M BTCUSDT (depth, trades): book, engine, risk,
// orders, portfolio and simulated venue with a queue model, as a host runs them. Processor time.
//
//   bench_capture --data DIR      DIR/crypto-l2-binance/usdm/btcusdt_20240808.gz
//
// The strategy is that of the peer's benchmark: every 10 ms one post-only bid and ask, half a unit
// off a mid that leans against its inventory; 2 ms of order and of response latency, the queue by
// probability (square), fees of -0.5 and 7 basis points. hftbacktest 2.4 did 2.7 to 3.2 million
// level changes and trades a second on such a machine. The reference of this run is the bare book:
// the same records through an OrderBook alone.
#include <zlib.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <figures.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/market/order_book.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr InstrumentId kBtc{1};

// ---- the capture, read ahead into records ----

class Capture {
 public:
  explicit Capture(const std::string& path) {
    const gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
      std::fprintf(stderr, "bench_capture: cannot open %s\n", path.c_str());
      std::exit(1);
    }
    std::vector<char> line(std::size_t{1} << 20);
    while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) take(line.data());
    gzclose(file);
  }
  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t records() const { return records_; }
  [[nodiscard]] std::size_t levels() const { return levels_; }
  [[nodiscard]] std::size_t trades() const { return trades_; }
  [[nodiscard]] Timestamp start() const { return first_; }

 private:
  // The text between `key` and the next quote or comma.
  static std::string_view field(std::string_view line, std::string_view key) {
    const auto at = line.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return line.substr(from, line.find_first_of("\",}", from) - from);
  }
  static std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    for (const char c : text) value = value * 10 + (c - '0');
    return value;
  }
  void take(std::string_view line) {
    const bool depth = line.find("\"depthUpdate\"") != std::string_view::npos;
    const bool snapshot = line.find("\"lastUpdateId\"") != std::string_view::npos;
    const bool trade = line.find("\"e\":\"trade\"") != std::string_view::npos;
    if (!depth && !snapshot && !trade) return;  // bookTicker
    // Exchange times; streams of one connection may stand a millisecond across each other.
    const Timestamp time{number(field(line, "\"T\":")) * 1'000'000};
    now_ = std::max(now_, time);
    if (first_.ns == 0) first_ = now_;
    if (trade) return take_trade(line);
    const auto last =
        static_cast<std::uint64_t>(number(field(line, snapshot ? "\"lastUpdateId\":" : "\"u\":")));
    if (!snapshot && last < snapshot_) return;
    if (snapshot) snapshot_ = last;
    take_levels(line, snapshot, last);
  }
  void take_trade(std::string_view line) {
    Trade record = Trade::at(kBtc, now_, Price::parse(field(line, "\"p\":\"")).value(),
                             Quantity::parse(field(line, "\"q\":\"")).value());
    if (!record.size.is_positive()) return;
    record.header.flags =
        field(line, "\"m\":") == "true" ? Trade::kSellerAggressor : Trade::kBuyerAggressor;
    add(&record, sizeof record);
    ++trades_;
  }
  void take_levels(std::string_view line, bool snapshot, std::uint64_t last) {
    scratch_.clear();
    read_side(line, snapshot ? "\"bids\":[" : "\"b\":[", Side::kBuy);
    read_side(line, snapshot ? "\"asks\":[" : "\"a\":[", Side::kSell);
    BookDelta record =
        make_record<BookDelta>(snapshot ? RecordKind::kBookSnapshot : RecordKind::kBookDelta);
    record.header.size =
        static_cast<std::uint32_t>(sizeof record + scratch_.size() * sizeof(BookLevel));
    record.header.instrument = kBtc;
    record.header.ts_event = record.header.ts_recv = now_;
    record.venue_seq = last;
    record.count = static_cast<std::uint32_t>(scratch_.size());
    add(&record, sizeof record);
    append(scratch_.data(), scratch_.size() * sizeof(BookLevel));
    levels_ += scratch_.size();
  }
  void read_side(std::string_view line, std::string_view key, Side side) {
    auto at = line.find(key);
    if (at == std::string_view::npos) return;
    at += key.size();
    while (at < line.size() && line[at] == '[') {
      const auto price_end = line.find('"', at + 2);
      const auto size_end = line.find('"', price_end + 3);
      BookLevel level{};
      level.price = Price::parse(line.substr(at + 2, price_end - at - 2)).value();
      level.size = Quantity::parse(line.substr(price_end + 3, size_end - price_end - 3)).value();
      level.side = side;
      scratch_.push_back(level);
      at = size_end + 2;
      if (line[at] == ',') ++at;
    }
  }
  void add(const void* record, std::size_t size) {
    append(record, size);
    ++records_;
  }
  void append(const void* data, std::size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), from, from + size);
  }
  std::vector<std::byte> bytes_;
  std::vector<BookLevel> scratch_;
  std::size_t records_ = 0, levels_ = 0, trades_ = 0;
  std::uint64_t snapshot_ = 0;
  Timestamp now_{0}, first_{0};
};

class CaptureFeed final : public MarketFeed {
 public:
  explicit CaptureFeed(const Capture& capture) : all_(capture.bytes()) {}
  Result<std::span<const std::byte>> next() override {
    const auto run = all_;
    all_ = {};
    return run;
  }

 private:
  std::span<const std::byte> all_;
};

// ---- the strategy ----

class Quoter final : public Strategy {
 public:
  Quoter() : book_(kBtc, {SequenceRule::kNone, 8'192}) {}
  void on_start(Context& context) override {
    context.subscribe_market(kBtc);
    context.subscribe_trades(kBtc);
  }
  void on_market(Context& context, const RecordHeader& record) override {
    book_.on_market(record);
    step(context);
  }
  void on_trade(Context& context, const Trade&) override { step(context); }
  void on_fill(Context&, const OrderFact& fact) override { forget(fact); }
  void on_order(Context&, const OrderFact& fact) override { forget(fact); }
  void on_denied(Context&, const OrderFact& fact) override {
    forget(fact);
    ++denied;
  }
  std::uint64_t denied = 0;

 private:
  struct Own {
    OrderId id{};
    Price price{};
  };
  void forget(const OrderFact& fact) {
    for (Own& own : own_)
      if (own.id == fact.order && is_terminal(fact.state_after)) own.id = OrderId{};
  }
  void step(Context& context) {
    if (context.now() < next_) return;
    next_ = context.now() + 10_ms;
    const auto bid = book_.best(Side::kBuy), ask = book_.best(Side::kSell);
    if (!bid || !ask) return;
    const double position = context.position(kBtc).to_double();
    const double mid = (bid->price.to_double() + ask->price.to_double()) / 2;
    const double fair = mid - 20 * position;
    const Price low = Price::nearest(fair - 0.5).value().floor_to(0.1_px);
    const Price high = Price::nearest(fair + 0.5).value().ceil_to(0.1_px);
    quote(context, Side::kBuy, std::min(low, bid->price), position * mid < 1000);
    quote(context, Side::kSell, std::max(high, ask->price), position * mid > -1000);
  }
  void quote(Context& context, Side side, Price price, bool wanted) {
    Own& own = own_[side == Side::kBuy ? 0 : 1];
    if (own.id.value != 0 && wanted && own.price == price) return;
    if (own.id.value != 0) (void)context.cancel(own.id);
    own.id = OrderId{};
    if (!wanted) return;
    own.price = price;
    own.id = context.submit(OrderRequest::limit(kBtc, side, 0.002_qty, price).post_only());
  }
  OrderBook book_;
  Own own_[2];
  Timestamp next_{0};
};

struct Outcome {
  std::uint64_t commands = 0, fills = 0, denied = 0, hash = 0;
};

void declare(Engine& engine) {
  const auto venue = engine.directory().add_venue("BINANCE").value();
  InstrumentSpec spec;
  spec.symbol = "BTCUSDT";
  spec.kind = InstrumentKind::kPerpetual;
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USDT"};
  spec.venue = venue;
  spec.price_increment = 0.1_px;
  spec.quantity_increment = 0.001_qty;
  spec.initial_margin = 0.05_rate;
  spec.maintenance_margin = 0.004_rate;
  (void)engine.instruments().add(spec).value();
  (void)engine.directory()
      .add_account("main", venue, "USDT", AccountKind::kMargin, AccountRealm::kSimulated)
      .value();
}

Outcome run(const Capture& capture) {
  EngineConfig config;
  config.market_journal = MarketJournal::kNone;
  config.limits.max_position = 10_qty;
  config.limits.price_collar = 0.05_rate;
  config.limits.max_reference_age = 60_s;
  config.limits.max_open_orders = 100;
  config.orders.slots = 1u << 12;
  config.orders.execution_window = 1u << 12;
  Engine engine{config};
  declare(engine);
  SimConfig sim;
  sim.venue = {1};
  sim.max_orders = sim.max_executions = 1u << 12;
  sim.order_latency = sim.response_latency = LatencyModel::constant(2_ms);
  sim.fills.queue = QueueModel::kProbabilistic;
  sim.fees = FeeSchedule::percent(Rate::from_raw(-50'000), 0.0007_rate);
  SimVenue venue{sim, engine.instruments()};
  Quoter strategy;
  if (!engine.add_venue(venue) || !engine.add_strategy("quoter", strategy, {1})) std::abort();
  if (!engine.start(capture.start())) std::abort();
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = capture.start();
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(1'000'000, "USDT").raw();
  cash.currency = "USDT";
  engine.on(cash.header);
  CaptureFeed feed{capture};
  Simulation simulation{engine, feed};
  simulation.add_venue(venue);
  if (!simulation.run() || engine.failure() != nullptr) std::abort();
  return {engine.commands_sent(), venue.stats().fills, strategy.denied, engine.rolling_hash()};
}

double bare_book_seconds(const Capture& capture) {
  return median_seconds(5, [&] {
    OrderBook book{kBtc, {SequenceRule::kNone, 8'192}};
    const std::byte* at = capture.bytes().data();
    const std::byte* const end = at + capture.bytes().size();
    while (at != end) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(at);
      book.on_market(record);
      at += record.size;
    }
    keep(book.stats().applied);
  });
}

// Takes "--data DIR" out of the arguments.
std::string data_folder(int& argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--data") != 0) continue;
    const std::string folder = argv[i + 1];
    for (int k = i; k + 2 < argc; ++k) argv[k] = argv[k + 2];
    argc -= 2;
    return folder;
  }
  std::printf("bench_capture: needs --data DIR with the recorded market data; nothing measured\n");
  std::exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = data_folder(argc, argv);
  Figures figures{argc, argv, "capture"};
  const Capture capture{folder + "/crypto-l2-binance/usdm/btcusdt_20240808.gz"};
  const auto events = static_cast<double>(capture.levels() + capture.trades());
  figures.add("level_changes", static_cast<double>(capture.levels()), "", "trades",
              static_cast<double>(capture.trades()));
  Outcome outcome{};
  const double whole = median_seconds(5, [&] { outcome = run(capture); });
  figures.add("events_per_second", events / whole, "1/s", "a bare book",
              events / bare_book_seconds(capture));
  figures.add("commands", static_cast<double>(outcome.commands), "", "fills",
              static_cast<double>(outcome.fills));
  figures.add("denied", static_cast<double>(outcome.denied), "", "allowed", 0);
}
