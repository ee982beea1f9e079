#include "adapters/tws/sim_orders.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace keel::tws {

namespace {

SimConfig venue_config(const SimulatorConfig& config) {
  SimConfig sim;
  sim.venue = VenueId{1};
  sim.seed = config.seed;
  // Time on the wire is real here; the venue adds none.
  sim.order_latency = LatencyModel::zero();
  sim.response_latency = LatencyModel::zero();
  sim.self_trade = SelfTrade::kAllow;
  sim.max_accounts = static_cast<std::uint32_t>(std::max<std::size_t>(1, config.accounts.size()));
  return sim;
}

constexpr std::string_view kWaitingTypes[] = {"TRAIL", "TRAIL LIMIT", "MIT", "LIT",
                                              "MOC",   "LOC",         "MOO", "LOO"};
constexpr std::string_view kPlainTypes[] = {
    "MKT",      "LMT",     "STP",     "STP LMT",  "MTL",       "MKT PRT",  "STP PRT",  "REL",
    "MIDPRICE", "PEG MKT", "PEG MID", "PEG BEST", "PASSV REL", "SNAP MKT", "SNAP MID", "SNAP PRIM"};

bool one_of(std::span<const std::string_view> list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}
bool has_limit(std::string_view type) {
  return type == "LMT" || type == "STP LMT" || type == "LIT" || type == "LOC" || type == "LOO";
}
bool has_trigger(std::string_view type) {
  return type == "STP" || type == "STP LMT" || type == "STP PRT" || type == "MIT" || type == "LIT";
}
bool is_pegged(std::string_view type) {
  return type == "REL" || type == "MIDPRICE" || type.starts_with("PEG ") || type == "PASSV REL" ||
         type.starts_with("SNAP ");
}

}  // namespace

OrderDesk::OrderDesk(const SimulatorConfig& config, const InstrumentRegistry& registry,
                     const Listings& listings, SimMarket& market, SimAccounts& accounts,
                     DeskEvents& events)
    : config_(config),
      listings_(listings),
      market_(market),
      accounts_(accounts),
      events_(events),
      venue_(venue_config(config), registry) {}

SimOrder* OrderDesk::find(int client, std::int32_t order_id) {
  for (std::size_t i = orders_.size(); i-- > 0;)
    if (orders_[i].client == client && orders_[i].order.order_id == order_id) return &orders_[i];
  return nullptr;
}

std::int32_t OrderDesk::next_id(int client) const {
  const auto at = highest_.find(client);
  return at == highest_.end() ? 1 : at->second + 1;
}

void OrderDesk::place(int client, const PlaceOrderRequest& request, Timestamp now) {
  const std::int32_t id = request.order_id;
  const auto refuse = [&](int code, std::string text) {
    events_.on_order_error(client, id, code, std::move(text));
  };
  if (SimOrder* known = find(client, id)) {
    if (known->status == "Filled") return refuse(104, "Cannot modify a filled order.");
    if (known->ended_already()) return refuse(103, "Duplicate order id");
    return modify(*known, request, now);
  }
  SimOrder order;
  order.client = client;
  order.contract = request.contract;
  order.order = request.order;
  order.order.order_id = id;
  order.order.client_id = client;
  order.entered = now;
  if (!request.order.what_if && id < next_id(client)) return refuse(103, "Duplicate order id");
  if (order.contract.exchange.empty())
    return refuse(321, "Error validating request.-'bW' : cause - Missing order exchange");
  const auto found = listings_.find(request.contract);
  if (found.size() != 1)
    return refuse(200, found.empty() ? "No security definition has been found for the request"
                                     : "The contract description specified for " +
                                           request.contract.symbol + " is ambiguous.");
  order.listing = found[0];
  const std::string exchange = order.contract.exchange;
  order.contract = listings_[order.listing].contract;
  if (!exchange.empty()) order.contract.exchange = exchange;
  if (order.order.account.empty() && accounts_.all().size() == 1)
    order.order.account = accounts_.all()[0].name;
  if (order.order.account.empty()) return refuse(436, "You must specify an account.");
  order.account = accounts_.index_of(order.order.account);
  if (order.account == accounts_.all().size())
    return refuse(321, "Error validating request.-'bW' : cause - Invalid account code '" +
                           order.order.account + "'.");
  if (order.order.tif.empty()) order.order.tif = "DAY";
  if (Problem problem = check(order); problem.code != 0)
    return refuse(problem.code, std::move(problem.text));
  order.cost = Money::zero(Currency::parse(order.contract.currency).value());
  if (order.order.what_if) return what_if(order);

  order.order.perm_id = next_perm_++;
  highest_[client] = std::max(highest_[client], id);
  order.id = OrderId::make(1, 1, static_cast<std::uint32_t>(orders_.size() + 1));
  order.status = "PendingSubmit";
  orders_.push_back(std::move(order));
  if (orders_.back().order.transmit) transmit(orders_.back(), now);
}

Result<std::int64_t> OrderDesk::place_by_hand(const Contract& contract, const Order& order,
                                              Timestamp now) {
  // Negative ids: what TWS gives to orders that no client has bound.
  PlaceOrderRequest request;
  request.contract = contract;
  request.order = order;
  request.order.transmit = true;
  SimOrder made;
  made.external = true;
  made.client = kByHand;
  made.order = order;
  made.order.client_id = kByHand;
  made.order.order_id = -static_cast<std::int32_t>(orders_.size() + 1);
  made.entered = now;
  const auto found = listings_.find(contract);
  if (found.size() != 1)
    return Error{tws_errors::kOrder, "contract", contract.symbol, "one that is listed here", ""};
  made.listing = found[0];
  made.contract = listings_[made.listing].contract;
  if (made.order.account.empty()) made.order.account = accounts_.all()[0].name;
  made.account = accounts_.index_of(made.order.account);
  if (made.order.tif.empty()) made.order.tif = "DAY";
  if (const Problem problem = check(made);
      problem.code != 0 || made.account == accounts_.all().size())
    return Error{tws_errors::kOrder, "order", std::to_string(problem.code), problem.text, ""};
  made.cost = Money::zero(Currency::parse(made.contract.currency).value());
  made.order.perm_id = next_perm_++;
  made.id = OrderId::make(1, 1, static_cast<std::uint32_t>(orders_.size() + 1));
  orders_.push_back(std::move(made));
  const std::int64_t perm = orders_.back().order.perm_id;
  transmit(orders_.back(), now);
  return perm;
}

OrderDesk::Problem OrderDesk::check(const SimOrder& order) const {
  const Order& o = order.order;
  const Listing& what = listings_[order.listing];
  if (config_.read_only)
    return {321,
            "Error validating request.-'bW' : cause - The API interface is currently in "
            "Read-Only mode."};
  if (o.action != "BUY" && o.action != "SELL" && o.action != "SSHORT")
    return {321, "Error validating request.-'bW' : cause - Invalid action '" + o.action + "'"};
  if (!o.total_quantity.is_positive()) return {434, "The order size cannot be zero."};
  if (!o.total_quantity.is_multiple_of(what.spec.size_step))
    return {10243,
            "Fractional-sized order cannot be placed via API. Please use desktop version of "
            "TWS to place this order."};
  if (!one_of(kPlainTypes, o.order_type) && !one_of(kWaitingTypes, o.order_type))
    return {387, "Unsupported order type for this exchange and security type."};
  static constexpr std::string_view kTifs[] = {"DAY", "GTC", "IOC", "GTD", "OPG", "FOK", "DTC"};
  if (!one_of(kTifs, o.tif))
    return {321, "Error validating request.-'bW' : cause - Invalid time in force: " + o.tif};
  if (o.tif == "GTD" && !parse_date_time(o.good_till_date, Timestamp{}))
    return {391,
            "The time or time-zone entered is invalid. The correct format is hh:mm:ss xxx where "
            "xxx is an optionally specified time-zone."};
  if (o.parent_id != 0) {
    const bool there = std::any_of(orders_.begin(), orders_.end(), [&](const SimOrder& other) {
      return other.client == order.client && other.order.order_id == o.parent_id;
    });
    if (!there) return {135, "Can't find order with ID =" + std::to_string(o.parent_id)};
  }
  return check_prices(order);
}

OrderDesk::Problem OrderDesk::check_prices(const SimOrder& order) const {
  const Order& o = order.order;
  const Price step = listings_[order.listing].spec.tick;
  const Problem grid{
      110, "The price does not conform to the minimum price variation for this contract."};
  const auto missing = [](const char* which) -> Problem {
    return {321, fmt::format("Error validating request.-'bW' : cause - Missing {} price", which)};
  };
  if (has_limit(o.order_type)) {
    if (!o.lmt_price) return missing("limit");
    if (!o.lmt_price->is_multiple_of(step)) return grid;
  }
  if (has_trigger(o.order_type)) {
    if (!o.aux_price || o.aux_price->is_zero()) return missing("stop");
    if (!o.aux_price->is_multiple_of(step)) return grid;
  }
  if (o.order_type.starts_with("TRAIL") && !o.trailing_percent &&
      (!o.aux_price || !o.aux_price->is_positive()))
    return missing("trailing");
  return {};
}

void OrderDesk::preview(OrderState& state, const SimOrder& order) const {
  const SimAccount& account = accounts_.all()[order.account];
  const AccountFigures now = accounts_.figures(account);
  const Quantity change =
      order.side() == Side::kBuy ? order.order.total_quantity : -order.order.total_quantity;
  const double initial = now.initial_margin.to_double();
  const double maintenance = now.maintenance_margin.to_double();
  const double equity = now.net_liquidation.to_double();
  const double after = accounts_.margin(account, order.listing, change, true).to_double();
  const double kept = accounts_.margin(account, order.listing, change, false).to_double();
  const double fee =
      accounts_.commission(order.listing, order.order.total_quantity, accounts_.mark(order.listing))
          .to_double();
  state.init_margin_before = initial;
  state.maint_margin_before = maintenance;
  state.equity_with_loan_before = equity;
  state.init_margin_change = after - initial;
  state.maint_margin_change = kept - maintenance;
  state.equity_with_loan_change = -fee;
  state.init_margin_after = after;
  state.maint_margin_after = kept;
  state.equity_with_loan_after = equity - fee;
  state.commission_and_fees = fee;
  state.min_commission_and_fees = fee;
  state.max_commission_and_fees = fee;
  state.commission_and_fees_currency = "USD";
  state.margin_currency = "USD";
}

void OrderDesk::what_if(const SimOrder& order) {
  SimOrder shown = order;
  shown.status = "PreSubmitted";
  preview(shown.state, order);
  events_.on_order(shown);
}

OrderDesk::Problem OrderDesk::check_margin(const SimOrder& order) {
  const SimAccount& account = accounts_.all()[order.account];
  const Quantity change = order.side() == Side::kBuy ? order.remaining() : -order.remaining();
  const Money needed = accounts_.margin(account, order.listing, change, true);
  const AccountFigures now = accounts_.figures(account);
  if (needed <= now.net_liquidation || needed <= now.initial_margin) return {};
  return {201,
          fmt::format("Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN THE "
                      "DESIRED POSITION YOUR EQUITY WITH LOAN VALUE [{:.2f} USD] MUST EXCEED THE "
                      "INITIAL MARGIN [{:.2f} USD]",
                      now.net_liquidation.to_double(), needed.to_double())};
}

void OrderDesk::modify(SimOrder& order, const PlaceOrderRequest& request, Timestamp now) {
  const auto refuse = [&](int code, std::string text) {
    events_.on_order_error(order.client, order.order.order_id, code, std::move(text));
  };
  const auto found = listings_.find(request.contract);
  if (found.size() != 1 || found[0] != order.listing || request.order.action != order.order.action)
    return refuse(105, "Order being modified does not match original order.");
  if (request.order.order_type != order.order.order_type && order.placed)
    return refuse(329, "Order modify failed. Cannot change to the new order type.");
  SimOrder changed = order;
  changed.order = request.order;
  changed.order.order_id = order.order.order_id;
  changed.order.client_id = order.client;
  changed.order.perm_id = order.order.perm_id;
  changed.order.account = order.order.account;
  if (changed.order.tif.empty()) changed.order.tif = "DAY";
  if (Problem problem = check(changed); problem.code != 0)
    return refuse(problem.code, std::move(problem.text));
  if (changed.order.total_quantity <= order.filled)
    return refuse(201, "Order rejected - reason:The new size is not above what has been filled");
  const bool was_transmitted = order.order.transmit;
  order.order = changed.order;
  order.order.transmit = was_transmitted || changed.order.transmit;
  if (!order.order.transmit) return;
  if (!was_transmitted) return transmit(order, now);
  if (order.placed) {
    venue_.set_now(now);
    venue_.send(command(RecordKind::kReplace, order, now));
    pull_reports(now);
  } else {
    set_status(order, order.status, order.why_held);
    watch(order.listing, now);
  }
}

// An order that is transmitted takes its parent and that one's other children with it.
void OrderDesk::transmit(SimOrder& order, Timestamp now) {
  if (order.order.parent_id != 0) {
    const std::int32_t parent = order.order.parent_id;
    for (std::size_t i = 0; i < orders_.size(); ++i) {
      SimOrder& other = orders_[i];
      if (other.client != order.client || other.order.transmit || other.ended_already()) continue;
      if (other.order.order_id != parent && other.order.parent_id != parent) continue;
      other.order.transmit = true;
      work(other, now);
    }
  }
  work(order, now);
}

void OrderDesk::set_status(SimOrder& order, std::string_view status, std::string_view why) {
  order.status = status;
  order.why_held = why;
  order.state.status = order.status;
  events_.on_order(order);
}

void OrderDesk::end(SimOrder& order, std::string_view status, std::string_view reason,
                    Timestamp now) {
  waiting_.erase(order.id.counter() - 1);
  order.ended = now;
  order.completed_status = reason;
  set_status(order, status);
}

// ---- the venue's side ----

OrderTerms OrderDesk::terms_of(const SimOrder& order, Timestamp now) const {
  const Order& o = order.order;
  OrderTerms terms{};
  terms.quantity = o.total_quantity;
  terms.type = OrderType::kMarket;
  if (o.order_type == "STP" || o.order_type == "STP PRT") terms.type = OrderType::kStop;
  if (o.order_type == "STP LMT") terms.type = OrderType::kStopLimit;
  std::optional<Price> limit;
  if (has_limit(o.order_type)) limit = o.lmt_price;
  if (o.order_type == "TRAIL LIMIT") {
    const Price offset = o.lmt_price_offset.value_or(Price::zero());
    limit = order.side() == Side::kBuy ? order.trail + offset : order.trail - offset;
  }
  if (is_pegged(o.order_type)) {  // once, where the market stands now
    const MarketState& state = market_.state(order.listing);
    const bool passive = o.order_type != "PEG MKT" && o.order_type != "SNAP MKT";
    limit = (order.side() == Side::kBuy) == passive ? state.bid : state.ask;
    if (o.lmt_price && o.lmt_price->is_positive())
      limit = order.side() == Side::kBuy ? std::min(*limit, *o.lmt_price)
                                         : std::max(*limit, *o.lmt_price);
  }
  if (limit) {
    terms.limit_price = limit->floor_to(listings_[order.listing].spec.tick);
    terms.flags |= OrderTerms::kHasLimit;
    if (terms.type == OrderType::kMarket) terms.type = OrderType::kLimit;
  }
  if (terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit) {
    terms.trigger_price = *o.aux_price;
    terms.flags |= OrderTerms::kHasTrigger;
    terms.trigger_by = o.trigger_method == 4 || o.trigger_method == 1 ? TriggerBy::kBidAsk
                       : o.trigger_method == 8                        ? TriggerBy::kMid
                       : listings_[order.listing].is("CASH")          ? TriggerBy::kBidAsk
                                                                      : TriggerBy::kLast;
  }
  // Days end by the venue's clock; always-open markets have none that a test would wait for.
  terms.time_in_force = TimeInForce::kGtc;
  if (o.tif == "IOC") terms.time_in_force = TimeInForce::kIoc;
  if (o.tif == "FOK") terms.time_in_force = TimeInForce::kFok;
  if (o.tif == "GTD") {
    terms.time_in_force = TimeInForce::kGtd;
    terms.expire_at = parse_date_time(o.good_till_date, now).value_or(now);
    terms.flags |= OrderTerms::kHasExpiry;
  }
  if ((o.tif == "DAY" || o.tif == "DTC") && config_.calendar)
    terms.time_in_force = TimeInForce::kDay;
  return terms;
}

Command OrderDesk::command(RecordKind kind, const SimOrder& order, Timestamp now) const {
  Command command = make_record<Command>(kind);
  command.header.instrument = listings_[order.listing].instrument;
  command.header.ts_event = command.header.ts_recv = now;
  command.order = order.id;
  command.account = AccountId{static_cast<std::uint16_t>(order.account + 1)};
  command.venue = VenueId{1};
  command.side = order.side();
  command.terms = terms_of(order, now);
  return command;
}

void OrderDesk::submit(SimOrder& order, Timestamp now) {
  if (Problem problem = check_margin(order); problem.code != 0) {
    end(order, "Inactive", problem.text, now);
    events_.on_order_error(order.client, order.order.order_id, problem.code,
                           std::move(problem.text));
    return after_fill(order, now);
  }
  waiting_.erase(order.id.counter() - 1);
  order.placed = true;
  const bool stop = has_trigger(order.order.order_type) && !order.triggered;
  set_status(order, stop ? "PreSubmitted" : "Submitted", stop ? "trigger" : "");
  venue_.set_now(now);
  venue_.send(command(RecordKind::kSubmit, order, now));
  pull_reports(now);
}

void OrderDesk::pull_reports(Timestamp now) {
  venue_.advance_to(now);
  while (const RecordHeader* report = venue_.next_report(now)) {
    if (report->kind == RecordKind::kOrderReport) {
      const OrderReport copy = record_as<OrderReport>(*report);
      on_report(copy, now);
    }
  }
}

void OrderDesk::on_report(const OrderReport& report, Timestamp now) {
  const std::size_t at = report.order.counter() - 1u;
  if (at >= orders_.size()) return;
  SimOrder& order = orders_[at];
  const auto error = [&](int code, std::string text) {
    events_.on_order_error(order.client, order.order.order_id, code, std::move(text));
  };
  switch (report.kind) {
    case ReportKind::kFilled: return on_fill(order, report, now);
    case ReportKind::kTriggered: order.triggered = true; return set_status(order, "Submitted");
    case ReportKind::kReplaced: return set_status(order, order.status, order.why_held);
    case ReportKind::kReplaceRejected:
      return error(201, "Order rejected - reason:" + report.text.str());
    case ReportKind::kCanceled: {
      if (order.ended_already()) return;
      end(order, "Cancelled", "Cancelled by Trader", now);
      error(202, "Order Canceled - reason:");
      return after_fill(order, now);
    }
    case ReportKind::kExpired: {
      end(order, "Cancelled", "Expired", now);
      error(202, "Order Canceled - reason:The order has expired");
      return after_fill(order, now);
    }
    case ReportKind::kRejected: {
      const std::string why{explain(report.reason)};
      end(order, "Inactive", why, now);
      error(201, "Order rejected - reason:" + why);
      return after_fill(order, now);
    }
    default: return;
  }
}

void OrderDesk::on_fill(SimOrder& order, const OrderReport& report, Timestamp now) {
  order.filled += report.last_quantity;
  order.last_quantity = report.last_quantity;
  order.last_price = report.last_price;
  order.cost += Money::product(report.last_price, report.last_quantity, order.cost.currency());
  const auto average = detail::multiply_divide(order.cost.raw(), Int128::from(1),
                                               Int128::from(detail::i128{order.filled.raw()} * 10),
                                               Rounding::kHalfEven);
  if (average) order.average = Price::from_raw(static_cast<std::int64_t>(average->wide()));
  const Booking booking = accounts_.fill(order.account, order.listing, order.side(),
                                         report.last_quantity, report.last_price, false);

  SimExecution made;
  made.listing = order.listing;
  made.time = now;
  Execution& e = made.execution;
  e.order_id = order.order.order_id;
  e.client_id = order.client;
  e.perm_id = order.order.perm_id;
  e.exec_id =
      fmt::format("{:08x}.{:08x}.01.01", 0xe0d50000u + (config_.seed & 0xffff), next_execution_++);
  e.time = date_time_text(now) + " UTC";
  e.acct_number = order.order.account;
  e.exchange =
      order.contract.exchange == "SMART" ? order.contract.primary_exch : order.contract.exchange;
  e.side = order.side() == Side::kBuy ? "BOT" : "SLD";
  e.shares = report.last_quantity;
  e.price = report.last_price;
  e.cum_qty = order.filled;
  e.avg_price = order.average;
  e.order_ref = order.order.order_ref;
  e.model_code = order.order.model_code;
  e.last_liquidity = report.liquidity == Liquidity::kMaker ? 1 : 2;
  made.fee.exec_id = e.exec_id;
  made.fee.currency = "USD";
  made.fee.commission_and_fees =
      Price::nearest(booking.commission.to_double()).value_or(Price::zero());
  if (booking.realized) made.fee.realized_pnl = booking.realized->to_double();
  executions_.push_back(made);
  events_.on_execution(order, made);
  const bool done = order.remaining().is_zero();
  if (done) {
    order.state.commission_and_fees = booking.commission.to_double();
    order.state.commission_and_fees_currency = "USD";
    end(order, "Filled", "Filled Size: " + order.filled.to_text(), now);
  } else {
    set_status(order, "Submitted");
  }
  events_.on_fee(order, made);
  after_fill(order, now);
}

void OrderDesk::advance(Timestamp now) {
  pull_reports(now);
  if (waiting_.empty()) return;
  const std::vector<std::size_t> held{waiting_.begin(), waiting_.end()};
  for (const std::size_t at : held) {
    SimOrder& order = orders_[at];
    if (!order.ended_already() && order.order.transmit && !order.order.good_after_time.empty())
      work(order, now);
  }
}

}  // namespace keel::tws
