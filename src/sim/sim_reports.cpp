#include <algorithm>
#include <charconv>
#include <cstring>
#include <keel/venue/id_codec.hpp>

#include "sim/sim_core.hpp"

namespace keel {

using namespace sim_detail;

FixedText<40> SimCore::numbered(const FixedText<12>& prefix, std::string_view between,
                                std::uint64_t n) {
  char text[40];
  char* at = text;
  at = std::copy(prefix.view().begin(), prefix.view().end(), at);
  at = std::copy(between.begin(), between.end(), at);
  at = std::to_chars(at, text + sizeof text, n).ptr;
  return FixedText<40>::clipped({text, static_cast<std::size_t>(at - text)});
}

// ---- on the way to the venue ----

CommandMessage SimCore::message_of(const Command& command) {
  CommandMessage message;
  message.kind = command.header.kind;
  message.side = command.side;
  message.contingency = command.contingency;
  message.account = command.account;
  message.instrument = command.header.instrument;
  message.order = command.order;
  message.terms = command.terms;
  message.group = command.group;
  message.client_id = command.client_id;
  return message;
}

void SimCore::send(const Command& command) {
  ++stats.commands;
  if (!connected) return refuse(command);
  dispatch(message_of(command), config.faults.commands);
}

void SimCore::request_snapshot(AccountId account) {
  if (!connected) return;  // nobody hears it; asked again once the connection is up
  CommandMessage message;
  message.kind = RecordKind::kAccountReport;  // stands for "what do you have of mine?"
  message.account = account;
  dispatch(message, LinkFaults{});
}

void SimCore::dispatch(CommandMessage message, const LinkFaults& faults) {
  Timestamp due = engine_now + config.order_latency.draw(engine_now, order_random_);
  due = std::max(due, last_arrival_);
  bool overtaken = false;
  std::optional<Duration> again;
  if (faults.any()) {
    const auto extra = [&] { return Duration{fault_random_.between(1, faults.delay.ns)}; };
    auto draw = static_cast<std::uint32_t>(fault_random_.below(1'000'000));
    const auto hits = [&draw](std::uint32_t ppm) {
      if (draw < ppm) return true;
      draw -= ppm;
      return false;
    };
    if (hits(faults.drop_ppm)) {
      ++stats.dropped_commands;
      return;
    }
    // One fault at most befalls a message.
    if (hits(faults.delay_ppm)) {
      due = due + extra();
    } else if (hits(faults.reorder_ppm)) {
      due = due + extra();
      overtaken = true;
    } else if (hits(faults.duplicate_ppm)) {
      again = extra();
    } else if (hits(faults.disconnect_ppm)) {
      message.cuts = true;
    }
  }
  if (!overtaken) last_arrival_ = due;
  commands_.push(due) = message;
  if (again) commands_.push(due + *again) = message;
}

// Known not sent: told at once, by our own edge.
void SimCore::refuse(const Command& command) {
  OrderReport report = report_of(message_of(command), ReportKind::kRefused, Reason::kNotConnected);
  report.header.ts_event = report.header.ts_recv = engine_now;
  ReportMessage about;
  about.local = true;
  push_report(&report, sizeof report, engine_now, about);
}

// ---- what is told ----

OrderReport SimCore::report_of(const CommandMessage& message, ReportKind kind,
                               Reason reason) const {
  OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
  report.header.instrument = message.instrument;
  report.header.source = config.source;
  report.header.ts_event = now_;
  report.order = message.order;
  report.account = message.account;
  report.venue = config.venue;
  report.kind = kind;
  report.side = message.side;
  report.order_type = message.terms.type;
  report.time_in_force = message.terms.time_in_force;
  report.reason = reason;
  report.client_id = encode_order_id(message.order);
  if (kind == ReportKind::kRejected) report.status = OrderState::kRejected;
  return report;
}

OrderReport SimCore::report_of(const SimOrder& order, ReportKind kind, Reason reason) const {
  OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
  report.header.instrument = order.instrument;
  report.header.source = config.source;
  report.header.ts_event = now_;
  report.order = order.id;
  report.account = order.account;
  report.venue = config.venue;
  report.kind = kind;
  report.side = order.side;
  report.order_type = order.terms.type;
  report.time_in_force = order.terms.time_in_force;
  report.status = order.state;
  report.present = OrderReport::kHasQuantity | OrderReport::kHasFilled | OrderReport::kHasSide;
  // As it was asked for; where it was not, as it is now.
  const auto limit = order.terms.limit();
  if (limit || order.has_limit()) {
    report.present |= OrderReport::kHasPrice;
    report.price = limit ? *limit : order.limit;
  }
  const auto trigger = order.terms.trigger();
  if (trigger || order.has_trigger) {
    report.present |= OrderReport::kHasTrigger;
    report.trigger_price = trigger ? *trigger : order.trigger;
  }
  report.reason = reason;
  report.quantity = order.terms.quantity;
  report.filled = order.filled;
  report.venue_order_id = numbered(config.prefix, "-", order.number);
  if (order.of_venue)
    report.order = OrderId{};
  else
    report.client_id = encode_order_id(order.id);
  return report;
}

OrderReport SimCore::report_of(const Execution& execution) const {
  OrderReport report = make_record<OrderReport>(RecordKind::kOrderReport);
  report.header.instrument = execution.instrument;
  report.header.source = config.source;
  report.header.ts_event = execution.time;
  report.order = execution.order;
  report.account = execution.account;
  report.venue = config.venue;
  report.kind = ReportKind::kFilled;
  report.side = execution.side;
  report.liquidity = execution.liquidity;
  report.order_type = execution.type;
  report.time_in_force = execution.time_in_force;
  report.status =
      execution.cumulative == execution.total ? OrderState::kFilled : OrderState::kWorking;
  report.present = OrderReport::kHasQuantity | OrderReport::kHasFilled | OrderReport::kHasSide;
  report.quantity = execution.total;
  report.filled = execution.cumulative;
  report.last_quantity = execution.quantity;
  report.last_price = execution.price;
  if (execution.has_fee != 0) {
    report.fee_currency = registry_->get(execution.instrument).settlement;
    if (!config.fee_delay) {
      report.present |= OrderReport::kHasFee;
      report.fee = execution.fee;
    }
  } else {
    report.text = "the fee does not fit";
  }
  report.execution = numbered(config.prefix, "-E", execution.number);
  report.venue_order_id = numbered(config.prefix, "-", execution.order_number);
  if (execution.of_venue != 0)
    report.order = OrderId{};
  else
    report.client_id = encode_order_id(execution.order);
  return report;
}

// Reports keep their order on the way back, too.
Timestamp SimCore::response_time() {
  const Timestamp due = now_ + config.response_latency.draw(now_, response_random_);
  last_response_ = std::max(last_response_, due);
  return last_response_;
}

// `ended`: the order whose end this tells, `execution`: the fill that it tells, for snapshots.
void SimCore::tell(const OrderReport& report, Slot ended, std::uint64_t execution) {
  if (!connected) return;  // nobody hears it; a snapshot will tell
  ReportMessage about;
  about.order = ended;
  if (ended != kNone) about.order_number = orders_[ended].number;
  about.execution_number = execution;
  const LinkFaults& faults = config.faults.reports;
  if ((report.header.flags & OrderReport::kSnapshot) != 0 || !faults.any())
    return push_report(&report, sizeof report, response_time(), about);

  const auto extra = [&] { return Duration{fault_random_.between(1, faults.delay.ns)}; };
  auto draw = static_cast<std::uint32_t>(fault_random_.below(1'000'000));
  const auto hits = [&draw](std::uint32_t ppm) {
    if (draw < ppm) return true;
    draw -= ppm;
    return false;
  };
  if (hits(faults.drop_ppm)) {
    ++stats.dropped_reports;
    return;
  }
  Timestamp due = response_time();
  if (hits(faults.delay_ppm)) {
    due = due + extra();
    last_response_ = due;
  } else if (hits(faults.reorder_ppm)) {
    due = due + extra();
  } else if (hits(faults.duplicate_ppm)) {
    push_report(&report, sizeof report, due + extra(), about);
  } else if (hits(faults.disconnect_ppm)) {
    about.cuts = true;
  }
  push_report(&report, sizeof report, due, about);
}

// The fee of a fill, in a report of its own, by another way than the orders' reports.
void SimCore::tell_fee(const Execution& execution) {
  if (!connected) return;
  OrderReport report = report_of(execution);
  report.kind = ReportKind::kFillFee;
  report.header.ts_event = now_ + *config.fee_delay;
  report.present |= OrderReport::kHasFee;
  report.fee = execution.fee;
  report.reference = report.execution;
  report.execution = {};
  const Duration latency = config.response_latency.draw(now_, response_random_);
  ReportMessage about;
  about.execution_number = execution.number;
  about.fee = true;
  push_report(&report, sizeof report, report.header.ts_event + latency, about);
}

void SimCore::tell_connection(Timestamp time, ConnectionState state) {
  ConnectionInput input = make_record<ConnectionInput>(RecordKind::kConnection);
  input.header.source = config.source;
  input.header.ts_event = time;
  input.venue = config.venue;
  input.state = state;
  input.text = "simulated";
  ReportMessage about;
  about.local = true;
  push_report(&input, sizeof input, time, about);
}

void SimCore::push_report(const void* record, std::size_t size, Timestamp due,
                          const ReportMessage& about) {
  ReportMessage& message = reports_.push(due);
  message.order = about.order;
  message.order_number = about.order_number;
  message.execution_number = about.execution_number;
  message.fee = about.fee;
  message.local = about.local;
  message.cuts = about.cuts;
  std::memcpy(message.bytes, record, size);
  auto& header = reinterpret_cast<RecordHeader&>(message.bytes);
  header.ts_recv = due;
  if (header.kind == RecordKind::kOrderReport)
    reinterpret_cast<OrderReport&>(message.bytes).venue_seq = next_report_++;
}

const RecordHeader* SimCore::next_report(Timestamp up_to) {
  while (!reports_.is_empty() && reports_.first_time() <= up_to) {
    const Timestamp due = reports_.first_time();
    ReportMessage& message = reports_.pop();
    if (message.cuts) {
      cut(due, config.faults.down);
      continue;
    }
    if (message.order != kNone && orders_[message.order].number == message.order_number)
      orders_[message.order].end_delivered = true;
    if (message.execution_number != 0) {
      Execution& execution = executions_[(message.execution_number - 1) % executions_.size()];
      if (execution.number == message.execution_number)
        (message.fee ? execution.fee_delivered : execution.delivered) = 1;
    }
    ++stats.reports;
    return reinterpret_cast<const RecordHeader*>(message.bytes);
  }
  return nullptr;
}

// ---- faults and snapshots ----

void SimCore::cut(Timestamp time, Duration down) {
  if (!connected) return;
  ++stats.disconnects;
  connected = false;
  commands_.remove_if([](const CommandMessage&) { return true; });
  reports_.remove_if([](const ReportMessage& message) { return !message.local; });
  reconnect_at_ = std::max(time, now_) + down;
  tell_connection(std::max(time, engine_now), ConnectionState::kDown);
  if (!config.faults.cancel_on_disconnect) return;
  for (Slot slot = 0; slot < orders_.size(); ++slot)
    if (orders_[slot].is_open()) end(slot, OrderState::kCanceled, Reason::kByDisconnect);
}

void SimCore::answer_snapshot(AccountId account) {
  const auto concerns = [&](const SimOrder& order) {
    return order.account == account && order.state != OrderState::kNone &&
           (order.is_open() || !order.end_delivered || config.snapshot_of_everything);
  };
  const std::uint64_t remembered = executions_.size();
  std::uint64_t number = next_execution_ > remembered ? next_execution_ - remembered : 1;
  for (; number < next_execution_; ++number) {
    const Execution& execution = executions_[(number - 1) % remembered];
    if (execution.account != account) continue;
    const Slot slot = by_id_.find(execution.order.value);
    const bool wanted = slot != FlatMap::kNone && concerns(orders_[slot]);
    const bool owes_fee = config.fee_delay && execution.has_fee != 0 &&
                          (!execution.fee_delivered || config.snapshot_of_everything);
    if (owes_fee) tell_fee(execution);
    if (!wanted && execution.delivered != 0 && !config.snapshot_of_everything) continue;
    OrderReport report = report_of(execution);
    report.header.flags |= OrderReport::kSnapshot;
    tell(report, kNone, execution.number);
  }
  for (Slot slot = 0; slot < orders_.size(); ++slot) {
    const SimOrder& order = orders_[slot];
    if (!concerns(order)) continue;
    OrderReport report = report_of(order, ReportKind::kStatus, order.reason);
    report.header.flags |= OrderReport::kSnapshot;
    tell(report, order.is_open() ? kNone : slot);
  }
  answer_holdings(account);
  CommandMessage asked;
  asked.account = account;
  OrderReport report = report_of(asked, ReportKind::kSnapshotEnd, Reason::kNone);
  report.header.flags |= OrderReport::kSnapshot;
  report.client_id = {};
  tell(report, kNone);
}

void SimCore::answer_holdings(AccountId account) {
  const auto blank = [&] {
    AccountReport report = make_record<AccountReport>(RecordKind::kAccountReport);
    report.header.source = config.source;
    report.header.ts_event = now_;
    report.account = account;
    report.venue = config.venue;
    return report;
  };
  for (std::size_t i = 0; i < books_.size(); ++i) {
    const InstrumentId id{static_cast<std::uint32_t>(i + 1)};
    const Quantity held = accounts.position(account, id);
    if (held.is_zero()) continue;
    AccountReport report = blank();
    report.header.flags = AccountReport::kPosition;
    report.header.instrument = id;
    report.quantity = held;
    push_report(&report, sizeof report, response_time(), ReportMessage{});
  }
  for (const SimBalance& balance : accounts.balances()) {
    if (balance.account != account) continue;
    AccountReport report = blank();
    report.header.flags = AccountReport::kBalance;
    report.total = report.available = balance.amount.raw();
    report.currency = balance.amount.currency();
    push_report(&report, sizeof report, response_time(), ReportMessage{});
  }
}

}  // namespace keel
