// fingerprint: one seeded run of everything that decides (bars, indicators, order types, risk,
// order manager, simulated venue with late, lost, doubled and reordered messages, portfolio), in a
// few lines of text that must be the same from every compiler, at every level of optimisation.
//
//   fingerprint FOLDER   the same run without and with a journal (made in FOLDER), and with faults
#include <cstdio>
#include <cstdlib>
#include <string>

#include <gen_ticks.hpp>
#include <keel/engine/simulation.hpp>
#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>
#include <keel/journal/reader.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::uint64_t kQuotes = 20'000;
constexpr Timestamp kStart{1'704'067'200'000'000'000};

void need(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error().message().c_str());
  std::exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) need(Status{std::move(result).error()});
  return std::move(result).value();
}

class QuoteFeed final : public MarketFeed {
 public:
  Result<std::span<const std::byte>> next() override {
    batch_.clear();
    for (int i = 0; i < 256 && left_ > 0; ++i, --left_) {
      const RawQuote raw = ticks_.next().quote;
      batch_.push_back(Quote::two_sided(
          {1}, {raw.ts_ns}, Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
          Quantity::whole(raw.bid_size), Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
          Quantity::whole(raw.ask_size)));
    }
    return std::as_bytes(std::span{batch_});
  }

 private:
  TickGenerator ticks_{20'240'101};
  std::uint64_t left_ = kQuotes;
  std::vector<Quote> batch_;
};

// Every order type, sizes and prices that come out of floating point, replaces and cancels.
class Mixed final : public Strategy {
 public:
  void on_start(Context& context) override {
    context.subscribe_quotes({1});
    context.subscribe_bars({1}, BarSpec::time(5_s, PriceSource::kMid));
  }
  void on_bar(Context& context, const Bar& bar) override {
    range_.update(bar);
    strength_.update(bar.close);
    if (!range_.ready() || !strength_.ready()) return;
    const Price step = context.instrument({1}).price_increment;
    const Price close = bar.close.floor_to(step);  // a mid lies between two ticks half of the time
    const Price distance = Price::nearest(range_.value()).value().ceil_to(step);
    const Quantity size = Quantity::nearest(2.0 / range_.value()).value().floor_to(1_qty) + 1_qty;
    const Side side = strength_.value() < 50.0 ? Side::kBuy : Side::kSell;
    const Price away = side == Side::kBuy ? -distance : distance;
    switch (++bars_ % 6) {
      case 0: last_ = context.submit(OrderRequest::limit({1}, side, size, close + away)); break;
      case 1:
        context.submit_bracket({.entry = OrderRequest::market({1}, side, size),
                                .take_profit = close - away - away,
                                .stop_loss = close + away + away});
        break;
      case 2: context.submit(OrderRequest::stop({1}, side, size, close - away)); break;
      case 3:
        context.replace(
            {.order = last_, .quantity = size + 5_qty, .limit_price = close, .trigger_price = {}});
        context.submit(OrderRequest::limit({1}, side, size, close - away).with(TimeInForce::kIoc));
        break;
      case 4:
        context.submit(
            OrderRequest::stop_limit({1}, side, size, close - away, close - away - away));
        context.cancel(last_);
        break;
      default:
        if (bars_ % 36 == 5) context.cancel_all();
        context.set_target_position({1}, side == Side::kBuy ? size : -size);
    }
  }
  void on_fill(Context&, const OrderFact&) override { ++fills; }
  void on_denied(Context&, const OrderFact&) override { ++denials; }
  KEEL_STATE(range_, strength_, bars_, last_)

  std::uint64_t fills = 0, denials = 0;

 private:
  Atr range_{14};
  Rsi strength_{9};
  std::uint64_t bars_ = 0;
  OrderId last_{};
};

void declare(Engine& engine) {
  const VenueId venue = need(engine.directory().add_venue("SIM"));
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = Currency{"USD"};
  spec.venue = venue;
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  (void)need(engine.instruments().add(spec));
  (void)need(engine.directory().add_account("main", venue, "USD", AccountKind::kMargin,
                                            AccountRealm::kSimulated));
}

SimConfig sim_config(bool faults) {
  SimConfig config;
  config.venue = {1};
  config.seed = 7;
  config.order_latency = LatencyModel::long_tailed(2_ms, 5_ms);
  config.response_latency = LatencyModel::uniform(1_ms, 9_ms);
  config.fees = FeeSchedule::percent(0.00002_rate, 0.00005_rate);
  if (!faults) return config;
  const LinkFaults link{.delay_ppm = 20'000,
                        .reorder_ppm = 20'000,
                        .duplicate_ppm = 20'000,
                        .drop_ppm = 10'000,
                        .disconnect_ppm = 1'000,
                        .delay = 300_ms};
  config.faults = {.commands = link, .reports = link, .reject_ppm = 20'000};
  return config;
}

void fund(Engine& engine) {
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = kStart;
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(1'000'000, "USD").raw();
  cash.currency = "USD";
  cash.by = "opening balance";
  engine.on(cash.header);
}

void run(const char* name, const std::string& journal, bool faults) {
  EngineConfig config;
  config.journal = journal;
  config.market_journal = MarketJournal::kAll;
  config.journal_config.segment_bytes = 1u << 20;
  config.limits.max_order_quantity = 20'000_qty;
  config.limits.max_position = 60'000_qty;
  config.limits.price_collar = 0.01_rate;
  config.limits.max_leverage = 5_rate;
  Engine engine{config};
  declare(engine);
  SimVenue venue{sim_config(faults), engine.instruments()};
  Mixed strategy;
  need(engine.add_venue(venue));
  (void)need(engine.add_strategy("mixed", strategy, {1}));
  need(engine.start(kStart));
  fund(engine);
  QuoteFeed feed;
  Simulation simulation{engine, feed, 1_ms};
  simulation.add_venue(venue);
  (void)need(simulation.run());
  if (engine.failure() != nullptr) need(Status{*engine.failure()});
  const Valuation& value = engine.portfolio().valuation({1});
  std::printf("%s: hash %016llx state %016llx fills %llu denials %llu fees %s equity %s\n", name,
              static_cast<unsigned long long>(engine.rolling_hash()),
              static_cast<unsigned long long>(engine.state_hash()),
              static_cast<unsigned long long>(strategy.fills),
              static_cast<unsigned long long>(strategy.denials), value.fees.to_text().c_str(),
              value.equity.to_text().c_str());
  need(engine.stop(engine.now()));
}

// Every fact and command in the journal, as its bytes are.
void print_digest(const std::string& journal) {
  JournalReader reader = need(JournalReader::open(journal));
  std::vector<std::byte> bytes;
  std::uint64_t count = 0;
  while (reader.next()) {
    for (const RecordHeader& record : reader.transaction().records) {
      if (is_input(record.kind)) continue;
      const auto* at = reinterpret_cast<const std::byte*>(&record);
      bytes.insert(bytes.end(), at, at + record.size);
      ++count;
    }
  }
  need(reader.status());
  std::printf("journal: %llu facts and commands, %s\n", static_cast<unsigned long long>(count),
              hex_text(sha256(bytes)).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fingerprint FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  run("plain", "", false);
  run("plain", folder + "/plain.journal", false);
  print_digest(folder + "/plain.journal");
  run("faults", folder + "/faults.journal", true);
  print_digest(folder + "/faults.journal");
}
