// Reconnect to reconciled with 10,000 open orders, through an engine with its journal on: the
// connection goes and comes back, the venue lists every order and 2,000 executions that were heard
// before, 100 orders that it lost and 100 that somebody placed by hand, and says that this is all.
// And: what an order costs from submit to its last fill, while few and while many orders have
// ended.
#include <filesystem>
#include <string>

#include <figures.hpp>
#include <keel/engine/engine.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::uint32_t kOpen = 10'000, kLost = 100, kByHand = 100, kOld = 2'000;
constexpr int kCycles = 400'000, kPart = 20'000;

class Counter final : public Venue {
 public:
  Counter() {
    capabilities_.order_types = Capabilities::bits(OrderType::kMarket, OrderType::kLimit);
    capabilities_.times_in_force = Capabilities::bits(TimeInForce::kGtc, TimeInForce::kIoc);
  }
  [[nodiscard]] VenueId id() const override { return {1}; }
  [[nodiscard]] const Capabilities& capabilities() const override { return capabilities_; }
  void send(const CommandBatch& batch) override {
    for (const Command& command : batch) last = command.order;
  }
  void request_snapshot(AccountId) override {}
  OrderId last{};

 private:
  Capabilities capabilities_;
};

class Maker final : public Strategy {
 public:
  void on_start(Context& context) override { context.subscribe_quotes({1}); }
  void on_quote(Context& context, const Quote&) override {
    context.submit(OrderRequest::limit({1}, Side::kBuy, 1_qty, 50_px));
  }
};

OrderReport report(ReportKind kind, OrderId id, Timestamp now) {
  OrderReport made = make_record<OrderReport>(RecordKind::kOrderReport);
  made.header.instrument = {1};
  made.header.ts_event = made.header.ts_recv = now;
  made.order = id;
  made.account = {1};
  made.venue = {1};
  made.kind = kind;
  made.side = Side::kBuy;
  made.present = OrderReport::kHasSide;
  return made;
}

OrderReport fill(OrderId id, std::uint64_t number, Timestamp now) {
  OrderReport made = report(ReportKind::kFilled, id, now);
  made.execution = ExecutionId::clipped(std::to_string(number));
  made.last_quantity = 1_qty;
  made.last_price = 50_px;
  return made;
}

struct Desk {
  explicit Desk(const std::string& folder) : engine(config(folder)) {
    const auto id = engine.directory().add_venue("OUT").value();
    InstrumentSpec spec;
    spec.symbol = "ACME";
    spec.kind = InstrumentKind::kEquity;
    spec.quote = Currency{"USD"};
    spec.venue = id;
    spec.price_increment = 0.01_px;
    spec.quantity_increment = 1_qty;
    (void)engine.instruments().add(spec).value();
    (void)engine.directory()
        .add_account("main", id, "USD", AccountKind::kMargin, AccountRealm::kSimulated)
        .value();
    ready = engine.add_venue(venue).ok() && engine.add_strategy("maker", maker, {1}).ok() &&
            engine.start(now).ok();
    HostCommand cash = make_record<HostCommand>(RecordKind::kHostCommand);
    cash.header.ts_event = cash.header.ts_recv = now;
    cash.action = HostAction::kChangeCash;
    cash.change = ChangeKind::kOpening;
    cash.account = {1};
    cash.value = Money::whole(1'000'000'000, "USD").raw();
    cash.currency = "USD";
    cash.by = "opening balance";
    engine.on(cash.header);
  }
  static EngineConfig config(const std::string& folder) {
    EngineConfig made;
    made.journal = folder;
    made.market_journal = MarketJournal::kNone;
    made.snapshot_every = 0;
    return made;
  }
  OrderId submit() {
    now = now + 1_us;
    engine.on(Quote::two_sided({1}, now, 99_px, 100_qty, 100_px, 100_qty).header);
    OrderReport accepted = report(ReportKind::kAccepted, venue.last, now);
    accepted.venue_order_id = VenueOrderId::clipped(std::to_string(venue.last.value));
    engine.on(accepted.header);
    if (engine.journal().wants_maintenance()) (void)engine.maintain_journal();
    return venue.last;
  }
  void connection(ConnectionState state) {
    ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
    input.header.ts_event = input.header.ts_recv = now = now + 1_ms;
    input.venue = {1};
    input.state = state;
    engine.on(input.header);
  }

  Timestamp now{1'704'067'200'000'000'000};
  Counter venue;
  Maker maker;
  Engine engine;
  bool ready = false;
};

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "reconcile"};
  const auto folder = std::filesystem::temp_directory_path() / "keel_bench_reconcile";
  std::filesystem::remove_all(folder);
  Desk desk{folder.string()};
  if (!desk.ready) return 1;

  std::uint64_t executions = 0;
  double first = 0, last = 0;
  for (int i = 0; i < kCycles; i += kPart) {
    const auto start = wall_ns();
    for (int j = 0; j < kPart; ++j) {
      const OrderId id = desk.submit();
      desk.engine.on(fill(id, ++executions, desk.now).header);
    }
    const auto each = static_cast<double>(wall_ns() - start) / kPart;
    if (i == kPart) first = each;  // the first part touches memory
    last = each;
  }

  std::vector<OrderId> open;
  for (std::uint32_t i = 0; i < kOpen; ++i) open.push_back(desk.submit());
  if (desk.engine.orders().open_count() != kOpen) return 1;
  desk.connection(ConnectionState::kDown);
  const auto start = wall_ns();
  desk.connection(ConnectionState::kUp);
  desk.now = desk.now + 1_ms;
  const auto listed = [&](OrderReport made) {
    made.header.flags = OrderReport::kSnapshot;
    desk.engine.on(made.header);
  };
  for (std::uint32_t i = 0; i < kOld; ++i) listed(fill(open[0], executions - i, desk.now));
  for (std::uint32_t i = kLost; i < kOpen + kByHand; ++i) {
    const bool ours = i < kOpen;
    OrderReport made = report(ReportKind::kStatus, ours ? open[i] : OrderId{}, desk.now);
    made.status = OrderState::kWorking;
    made.quantity = 1_qty;
    made.price = 50_px;
    made.present |= OrderReport::kHasQuantity | OrderReport::kHasPrice;
    made.venue_order_id = VenueOrderId::clipped(
        ours ? std::to_string(open[i].value) : std::string{"by-hand-"}.append(std::to_string(i)));
    listed(made);
  }
  OrderReport end = report(ReportKind::kSnapshotEnd, {}, desk.now);
  end.header.instrument = {};
  listed(end);
  const auto took = static_cast<double>(wall_ns() - start) / 1e6;
  if (desk.engine.orders().open_count() != kOpen - kLost + kByHand) {
    std::fprintf(stderr, "%zu orders are open\n", desk.engine.orders().open_count());
    return 1;
  }
  figures.add("reconnect_10000", took, "ms", "budget", 1'000);
  figures.add("order_after_400000", last, "ns", "after 40,000", first);
  std::filesystem::remove_all(folder);
  return 0;
}
