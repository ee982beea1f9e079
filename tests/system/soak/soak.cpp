// soak: a market day of 24 hours, compressed: a strategy that never stops asking, a journal that is
// snapshotted and retired as it goes. Memory at the end must be what it was after a tenth.
//
//   soak QUOTES     864000 quotes are 24 hours
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <gen_ticks.hpp>
#include <keel/engine/simulation.hpp>
#include <temp_folder.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

// What may come and go: a page here and there, a map that grows by one entry.
constexpr double kSlackMib = 2.0;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "soak: %s\n", why.c_str());
  std::exit(1);
}
void need(const Status& status) {
  if (!status) stop(status.error().message());
}

class Quotes final : public MarketFeed {
 public:
  explicit Quotes(std::uint64_t count) : left_(count) {}
  Result<std::span<const std::byte>> next() override {
    batch_.clear();
    for (int i = 0; i < 64 && left_ > 0; ++i, --left_) {
      const RawQuote raw = ticks_.next().quote;
      batch_.push_back(Quote::two_sided(
          {1}, {raw.ts_ns}, Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
          Quantity::whole(raw.bid_size), Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
          Quantity::whole(raw.ask_size)));
    }
    return std::as_bytes(std::span{batch_});
  }

 private:
  TickGenerator ticks_{99};
  std::uint64_t left_;
  std::vector<Quote> batch_;
};

// Quotes both sides, moves them, takes, brackets, flattens: every path of an order, all day.
class Busy final : public Strategy {
 public:
  void on_start(Context& context) override {
    context.subscribe_quotes({1});
    context.subscribe_bars({1}, 1_s);
    context.subscribe_bars({1}, BarSpec::time(1_min, PriceSource::kMid));
  }
  void on_quote(Context& context, const Quote& quote) override {
    ++seen_;
    const Price step = context.instrument({1}).price_increment;
    if (seen_ % 4 == 0) {
      if (!bid_.is_none()) context.cancel(bid_);
      bid_ = context.submit(OrderRequest::limit({1}, Side::kBuy, 1000_qty, quote.bid_price - step));
    }
    if (seen_ % 4 == 2) {
      ReplaceRequest change{};
      change.order = ask_;
      change.limit_price = quote.ask_price + step;
      const Order* open = context.order(ask_);
      if (open == nullptr || !open->is_open() || context.replace(change) != Reason::kNone)
        ask_ =
            context.submit(OrderRequest::limit({1}, Side::kSell, 1000_qty, quote.ask_price + step));
    }
    if (seen_ % 50 == 0)
      context.submit_bracket({.entry = OrderRequest::market({1}, Side::kBuy, 500_qty),
                              .take_profit = quote.ask_price + step * 20,
                              .stop_loss = quote.bid_price - step * 20});
    if (seen_ % 500 == 0) {
      context.cancel_all();
      context.close_position({1});
    }
  }
  KEEL_STATE(seen_, bid_, ask_)

 private:
  std::uint64_t seen_ = 0;
  OrderId bid_{}, ask_{};
};

// Memory of this process alone: resident pages less those of files.
double private_mib() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long long size = 0, resident = 0, shared = 0;
  if (file == nullptr || std::fscanf(file, "%llu %llu %llu", &size, &resident, &shared) != 3)
    stop("no /proc/self/statm");
  std::fclose(file);
  return static_cast<double>((resident - shared) *
                             static_cast<unsigned long long>(sysconf(_SC_PAGESIZE))) /
         (1024.0 * 1024.0);
}

void declare(Engine& engine) {
  const auto venue = engine.directory().add_venue("SIM");
  if (!venue) stop(venue.error().message());
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = "USD";
  spec.venue = *venue;
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  if (auto id = engine.instruments().add(spec); !id) stop(id.error().message());
  if (auto id = engine.directory().add_account("main", *venue, "USD", AccountKind::kMargin,
                                               AccountRealm::kSimulated);
      !id)
    stop(id.error().message());
}

void fund(Engine& engine, Timestamp now) {
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = now;
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(10'000'000, "USD").raw();
  cash.currency = "USD";
  cash.by = "opening balance";
  engine.on(cash.header);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t quotes = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (quotes < 1000) stop("usage: soak QUOTES (at least 1000)");
  test::TempFolder folder;
  EngineConfig config;
  config.journal = folder.file("journal");
  config.journal_config.segment_bytes = 1u << 22;
  config.journal_config.keep_segments = 2;
  config.market_journal = MarketJournal::kConsumed;
  config.snapshot_every = 50'000;
  config.orders.slots = 1u << 12;
  config.orders.execution_window = 1u << 13;
  config.limits.max_position = 50'000_qty;
  Engine engine{config};
  declare(engine);
  SimConfig sim;
  sim.venue = {1};
  sim.fees = FeeSchedule::percent(0.00001_rate, 0.00002_rate);
  sim.max_orders = 1u << 12;
  sim.max_executions = 1u << 12;
  sim.faults.reports.drop_ppm = 200;
  sim.faults.reports.disconnect_ppm = 20;
  SimVenue venue{sim, engine.instruments()};
  Busy strategy;
  need(engine.add_venue(venue));
  if (auto id = engine.add_strategy("busy", strategy, {1}); !id) stop(id.error().message());
  constexpr Timestamp kBegin{1'704'067'200'000'000'000};
  need(engine.start(kBegin));
  fund(engine, kBegin);
  Quotes feed{quotes};
  Simulation simulation{engine, feed, 1_ms};
  simulation.add_venue(venue);

  double early = 0;
  std::uint64_t taken = 0;
  for (bool more = true; more;) {
    const std::uint64_t batch = std::min<std::uint64_t>(quotes / 100 + 1, 10'000);
    auto step = simulation.run(batch);
    if (!step) stop(step.error().message());
    more = *step;
    taken += batch;
    need(engine.maintain_journal());
    if (early == 0 && taken >= quotes / 10) early = private_mib();
  }
  if (engine.failure() != nullptr) stop(engine.failure()->message());
  const double late = private_mib();
  const double hours = (engine.now() - kBegin).to_seconds() / 3600;
  std::printf(
      "%.1f hours, %llu quotes, %llu commands, %llu executions, %llu cuts, seq %llu: "
      "%.1f MiB after a tenth, %.1f MiB at the end\n",
      hours, static_cast<unsigned long long>(quotes),
      static_cast<unsigned long long>(engine.commands_sent()),
      static_cast<unsigned long long>(venue.executions()),
      static_cast<unsigned long long>(venue.stats().disconnects),
      static_cast<unsigned long long>(engine.seq()), early, late);
  if (engine.commands_sent() < quotes / 4) stop("the strategy fell asleep");
  need(engine.stop(engine.now()));
  if (late > early + kSlackMib) stop("memory has grown");
  return 0;
}
