// Quote in -> strategy -> risk -> order manager -> journal (durability `process`) -> encoded order
// out, one at a time, with 1,000 instruments and 10,000 open orders. Wall time from Engine::on to
// the end of the venue's encoder, for inputs that led to an order. The reference is two reads of
// the clock.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <figures.hpp>
#include <keel/core/random.hpp>
#include <keel/engine/engine.hpp>
#include <keel/venue/id_codec.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::uint32_t kInstruments = 1'000;
constexpr std::uint32_t kResting = 10'000;
constexpr int kWarm = 20'000, kMeasured = 100'000;

// Writes each command as a FIX-like line, and remembers it for the answer.
class Encoder final : public Venue {
 public:
  Encoder() {
    capabilities_.order_types = Capabilities::bits(OrderType::kMarket, OrderType::kLimit);
    capabilities_.times_in_force = Capabilities::bits(TimeInForce::kGtc, TimeInForce::kIoc);
  }
  [[nodiscard]] VenueId id() const override { return {1}; }
  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  void send(const CommandBatch& batch) override {
    for (const Command& command : batch) {
      last = command;
      char* at = line_;
      const auto text = encode_order_id(command.order);
      at = put(at, "35=D|11=");
      at = put(at, text.view());
      at = put(at, command.side == Side::kBuy ? "|54=1|38=" : "|54=2|38=");
      at = number(at, command.terms.quantity.raw());
      at = put(at, "|44=");
      at = number(at, command.terms.limit_price.raw());
      keep(line_[0]);
      encoded_at = wall_ns();
      ++sent;
    }
  }
  void request_snapshot(AccountId) override {}
  Command last{};
  std::uint64_t sent = 0;
  decltype(wall_ns()) encoded_at = 0;

 private:
  static char* put(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  static char* number(char* at, std::int64_t value) {
    char digits[24];
    int count = 0;
    do {
      digits[count++] = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value > 0);
    while (count > 0) *at++ = digits[--count];
    return at;
  }
  Capabilities capabilities_;
  char line_[256] = {};
};

class Trader final : public Strategy {
 public:
  void on_start(Context& context) override {
    for (std::uint32_t i = 1; i <= kInstruments; ++i) context.subscribe_quotes({i});
  }
  void on_quote(Context& context, const Quote& quote) override {
    if (resting < kResting) {
      ++resting;
      context.submit(OrderRequest::limit(quote.header.instrument, Side::kBuy, 1_qty, 50_px));
    } else if (trade) {
      const Side side =
          context.position(quote.header.instrument).is_positive() ? Side::kSell : Side::kBuy;
      context.submit(OrderRequest::limit(quote.header.instrument, side, 1_qty,
                                         side == Side::kBuy ? quote.ask_price : quote.bid_price)
                         .with(TimeInForce::kIoc));
    }
  }
  std::uint32_t resting = 0;
  bool trade = false;
};

OrderReport answer(const Command& command, ReportKind kind, Timestamp now, std::uint64_t number) {
  OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
  report.header.instrument = command.header.instrument;
  report.header.ts_event = report.header.ts_recv = now;
  report.order = command.order;
  report.account = command.account;
  report.venue = command.venue;
  report.kind = kind;
  report.side = command.side;
  report.present = OrderReport::kHasSide;
  report.venue_order_id = ExecutionId::clipped(std::to_string(command.order.value));
  if (kind == ReportKind::kFilled) {
    report.execution = ExecutionId::clipped(std::to_string(number));
    report.last_quantity = command.terms.quantity;
    report.last_price = command.terms.limit_price;
    report.liquidity = Liquidity::kTaker;
  }
  return report;
}

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "tick_to_order"};
  const auto folder = std::filesystem::temp_directory_path() / "keel_bench_tick";
  std::filesystem::remove_all(folder);
  EngineConfig config;
  config.journal = folder.string();
  config.market_journal = MarketJournal::kNone;
  config.snapshot_every = 0;
  config.limits.max_position = 1'000_qty;
  config.limits.max_order_quantity = 100_qty;
  config.limits.max_order_notional = Money::whole(1'000'000, "USD");
  config.limits.price_collar = 0.05_rate;
  config.limits.max_reference_age = 10_s;
  config.limits.max_open_orders = 50'000;
  config.limits.max_gross_exposure = Money::whole(1'000'000'000, "USD");
  config.limits.max_net_exposure = Money::whole(1'000'000'000, "USD");
  config.limits.max_leverage = 5_rate;
  config.limits.max_drawdown_rate = 0.5_rate;
  Engine engine{config};
  const auto venue_id = engine.directory().add_venue("OUT").value();
  for (std::uint32_t i = 0; i < kInstruments; ++i) {
    InstrumentSpec spec;
    spec.symbol = std::string{"S"}.append(std::to_string(i));
    spec.kind = InstrumentKind::kEquity;
    spec.quote = Currency{"USD"};
    spec.venue = venue_id;
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 1_qty;
    (void)engine.instruments().add(spec).value();
  }
  (void)engine.directory()
      .add_account("main", venue_id, "USD", AccountKind::kMargin, AccountRealm::kSimulated)
      .value();
  Encoder venue;
  Trader strategy;
  if (!engine.add_venue(venue) || !engine.add_strategy("trader", strategy, {1})) return 1;
  Timestamp now{1'704'067'200'000'000'000};
  if (auto status = engine.start(now); !status) {
    std::fprintf(stderr, "%s\n", status.error().message().c_str());
    return 1;
  }
  HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
  cash.header.ts_event = cash.header.ts_recv = now;
  cash.action = HostAction::kChangeCash;
  cash.change = ChangeKind::kOpening;
  cash.account = {1};
  cash.value = Money::whole(1'000'000'000, "USD").raw();
  cash.currency = "USD";
  cash.by = "opening balance";
  engine.on(cash.header);

  Random random{3};
  std::uint64_t executions = 0;
  std::vector<double> latencies;
  latencies.reserve(kMeasured);
  const auto step = [&](bool measured) {
    now = now + 1_us;
    const auto instrument = static_cast<std::uint32_t>(1 + random.below(kInstruments));
    const Price bid = 100_px + 0.01_px * static_cast<std::int64_t>(random.below(20));
    const Quote quote = Quote::two_sided({instrument}, now, bid, 500_qty, bid + 0.01_px, 500_qty);
    const auto before = venue.sent;
    const auto start = wall_ns();
    engine.on(quote.header);
    if (venue.sent == before) return;
    if (measured) latencies.push_back(static_cast<double>(venue.encoded_at - start));
    engine.on(answer(venue.last, ReportKind::kAccepted, now, 0).header);
    if (strategy.trade)
      engine.on(answer(venue.last, ReportKind::kFilled, now, ++executions).header);
    // As a host's executor would, between inputs.
    if (engine.journal().wants_maintenance()) (void)engine.maintain_journal();
  };
  while (strategy.resting < kResting) step(false);
  strategy.trade = true;
  for (int i = 0; i < kWarm; ++i) step(false);
  for (int i = 0; i < kMeasured; ++i) step(true);
  if (engine.orders().open_count() < kResting || latencies.size() < kMeasured * 9u / 10) {
    std::fprintf(stderr, "only %zu orders went out, %zu rest\n", latencies.size(),
                 engine.orders().open_count());
    return 1;
  }
  std::vector<double> floor;
  for (int i = 0; i < kMeasured; ++i) {
    const auto start = wall_ns();
    floor.push_back(static_cast<double>(wall_ns() - start));
  }
  std::sort(floor.begin(), floor.end());
  std::sort(latencies.begin(), latencies.end());
  const double clock = percentile(floor, 0.5);
  figures.add("median", percentile(latencies, 0.5), "ns", "two clock reads", clock);
  figures.add("p99", percentile(latencies, 0.99), "ns", "budget", 1'500);
  figures.add("p99_9", percentile(latencies, 0.999), "ns", "budget", 5'000);
  figures.add("max", latencies.back(), "ns", "budget", 1'000'000);
  std::filesystem::remove_all(folder);
  return 0;
}
