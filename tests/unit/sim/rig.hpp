// A simulated venue with one instrument, and what a test needs to talk to it.
#pragma once

#include <doctest/doctest.h>

#include <cstring>
#include <keel/model/market_data.hpp>
#include <keel/model/system_records.hpp>
#include <keel/sim/sim_venue.hpp>
#include <string>
#include <vector>

namespace keel::test {

inline Timestamp at_ms(std::int64_t ms) { return Timestamp::from_ns(ms * 1'000'000); }

inline InstrumentRegistry one_instrument() {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.01_qty;
  REQUIRE(registry.add(spec).ok());
  return registry;
}

inline SimConfig plain_config() {
  SimConfig config;
  config.venue = VenueId{1};
  config.order_latency = LatencyModel::constant(Duration::milliseconds(10));
  config.response_latency = LatencyModel::constant(Duration::milliseconds(5));
  config.max_orders = 256;
  config.max_executions = 256;
  config.messages = 64;
  return config;
}

struct Rig {
  InstrumentRegistry registry;
  SimConfig config;
  SimVenue venue;
  InstrumentId btc{1};
  std::uint32_t counter = 0;
  std::vector<OrderReport> reports;
  std::vector<ConnectionInput> connections;
  std::vector<AccountReport> holdings;

  explicit Rig(const SimConfig& given = plain_config(),
               const InstrumentRegistry& listed = one_instrument())
      : registry(listed), config(given), venue(config, registry) {}

  Command command(RecordKind kind, OrderId id) const {
    Command command = make_record<Command>(kind);
    command.header.instrument = btc;
    command.order = id;
    command.account = AccountId{1};
    command.strategy = StrategyId{1};
    command.venue = config.venue;
    return command;
  }
  OrderId submit(Timestamp now, const OrderRequest& request, AccountId account = AccountId{1}) {
    const OrderId id = OrderId::make(1, 1, ++counter);
    submit_as(now, id, request, account);
    return id;
  }
  void submit_as(Timestamp now, OrderId id, const OrderRequest& request,
                 AccountId account = AccountId{1}) {
    Command submit = command(RecordKind::kSubmit, id);
    submit.header.instrument = request.instrument;
    submit.account = account;
    submit.side = request.side;
    submit.terms = request.terms;
    submit.contingency = request.contingency;
    submit.group = request.group;
    submit.client_id = request.client_id;
    venue.set_now(now);
    venue.send(submit);
  }
  void replace(Timestamp now, OrderId id, const OrderTerms& terms) {
    Command replace = command(RecordKind::kReplace, id);
    replace.terms = terms;
    venue.set_now(now);
    venue.send(replace);
  }
  void cancel(Timestamp now, OrderId id) {
    venue.set_now(now);
    venue.send(command(RecordKind::kCancel, id));
  }

  void quote(Timestamp time, Price bid, Quantity bid_size, Price ask, Quantity ask_size) {
    const keel::Quote record = Quote::two_sided(btc, time, bid, bid_size, ask, ask_size);
    venue.on_market(record.header, time);
  }
  void trade(Timestamp time, Price price, Quantity size, std::uint8_t aggressor = 0) {
    keel::Trade record = keel::Trade::at(btc, time, price, size);
    record.header.flags = aggressor;
    venue.on_market(record.header, time);
  }
  void bar(Timestamp open_time, Duration length, Price open, Price high, Price low, Price close,
           Quantity volume = Quantity::whole(1000)) {
    keel::Bar record = make_record<keel::Bar>(keel::RecordKind::kBar);
    record.header.instrument = btc;
    record.header.ts_event = record.header.ts_recv = open_time + length;
    record.spec = keel::BarSpec::time(length);
    record.open_time = open_time;
    record.open = open;
    record.high = high;
    record.low = low;
    record.close = close;
    record.volume = volume;
    venue.on_market(record.header, record.header.ts_event);
  }

  // Everything due at or before this instant, with its reports.
  void run(Timestamp until) {
    for (;;) {
      const auto next = venue.next_event_time();
      if (!next || *next > until) break;
      venue.advance_to(*next);
      collect(*next);
    }
    venue.advance_to(until);
    collect(until);
  }
  void collect(Timestamp until) {
    while (const RecordHeader* record = venue.next_report(until)) {
      if (record->kind == RecordKind::kOrderReport)
        reports.push_back(record_as<OrderReport>(*record));
      else if (record->kind == RecordKind::kConnection)
        connections.push_back(record_as<ConnectionInput>(*record));
      else
        holdings.push_back(record_as<AccountReport>(*record));
    }
  }

  // "filled 0.5 @ 100.01 taker", "accepted", "rejected order.price_increment", ... of one order.
  [[nodiscard]] std::vector<std::string> told(OrderId id) const {
    std::vector<std::string> lines;
    for (const OrderReport& report : reports)
      if (report.order == id) lines.push_back(text(report));
    return lines;
  }
  [[nodiscard]] static std::string text(const OrderReport& report) {
    static constexpr const char* kNames[] = {"none",          "accepted",        "rejected",
                                             "filled",        "replaced",        "replace_rejected",
                                             "canceled",      "cancel_rejected", "expired",
                                             "refused",       "triggered",       "status",
                                             "fee",           "busted",          "corrected",
                                             "unknown_order", "snapshot_end"};
    std::string line = kNames[static_cast<std::size_t>(report.kind)];
    if (report.kind == ReportKind::kFilled) {
      line += " " + report.last_quantity.to_text() + " @ " + report.last_price.to_text() + " ";
      line += to_text(report.liquidity);
    }
    if (report.reason != Reason::kNone) line += " " + std::string{to_text(report.reason)};
    return line;
  }
  [[nodiscard]] Quantity filled(OrderId id) const {
    Quantity sum = Quantity::zero();
    for (const OrderReport& report : reports)
      if (report.order == id && report.kind == ReportKind::kFilled) sum += report.last_quantity;
    return sum;
  }
};

using Lines = std::vector<std::string>;

}  // namespace keel::test

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& lines) {
    std::string all = "{";
    for (const auto& line : lines) all += "\n  \"" + line + "\"";
    return String((all + " }").c_str());
  }
};
}  // namespace doctest
