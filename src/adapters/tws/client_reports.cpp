// What TWS says about orders, as reports.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include <keel/venue/id_codec.hpp>

#include "adapters/tws/client_state.hpp"

namespace keel::tws {

namespace {

keel::OrderState state_of(std::string_view status) {
  if (status == "PreSubmitted" || status == "Submitted" || status == "PendingSubmit")
    return keel::OrderState::kWorking;
  if (status == "PendingCancel") return keel::OrderState::kWorking;
  if (status == "Filled") return keel::OrderState::kFilled;
  if (status == "Cancelled" || status == "ApiCancelled") return keel::OrderState::kCanceled;
  return keel::OrderState::kNone;  // Inactive: an error says why, or it comes to life again
}

OrderType type_of(std::string_view text) {
  if (text == "LMT" || text == "LOC" || text == "LOO") return OrderType::kLimit;
  if (text == "STP" || text == "STP PRT") return OrderType::kStop;
  if (text == "STP LMT") return OrderType::kStopLimit;
  if (text == "MTL") return OrderType::kMarketToLimit;
  if (text == "MIT") return OrderType::kMarketIfTouched;
  if (text == "LIT") return OrderType::kLimitIfTouched;
  if (text == "TRAIL") return OrderType::kTrailingStop;
  if (text == "TRAIL LIMIT") return OrderType::kTrailingStopLimit;
  if (text == "REL" || text.starts_with("PEG")) return OrderType::kPegged;
  return OrderType::kMarket;
}

TimeInForce tif_of(const Order& order) {
  const std::string_view type = order.order_type;
  if (type == "MOC" || type == "LOC") return TimeInForce::kAtClose;
  if (order.tif == "GTC") return TimeInForce::kGtc;
  if (order.tif == "IOC") return TimeInForce::kIoc;
  if (order.tif == "FOK") return TimeInForce::kFok;
  if (order.tif == "GTD") return TimeInForce::kGtd;
  if (order.tif == "OPG") return TimeInForce::kAtOpen;
  return TimeInForce::kDay;
}

// The terms that keel knows a venue to change.
void show_terms(OrderReport& out, const Order& order) {
  out.side = order.action == "BUY" ? Side::kBuy : Side::kSell;
  out.present |= OrderReport::kHasSide | OrderReport::kHasQuantity;
  out.quantity = order.total_quantity;
  out.order_type = type_of(order.order_type);
  out.time_in_force = tif_of(order);
  const bool limit = out.order_type == OrderType::kLimit ||
                     out.order_type == OrderType::kStopLimit ||
                     out.order_type == OrderType::kLimitIfTouched;
  if (limit && order.lmt_price) {
    out.price = *order.lmt_price;
    out.present |= OrderReport::kHasPrice;
  }
  const bool trigger =
      out.order_type == OrderType::kStop || out.order_type == OrderType::kStopLimit ||
      out.order_type == OrderType::kMarketIfTouched || out.order_type == OrderType::kLimitIfTouched;
  if (trigger && order.aux_price) {
    out.trigger_price = *order.aux_price;
    out.present |= OrderReport::kHasTrigger;
  }
}

// "0000e0d5.6563d8a1.01.02" corrects "0000e0d5.6563d8a1.01.01": what follows the last point counts.
std::optional<std::string> corrected_by(std::string_view execution) {
  const auto point = execution.rfind('.');
  if (point == std::string_view::npos) return std::nullopt;
  int count = 0;
  const std::string_view last = execution.substr(point + 1);
  const auto [at, failed] = std::from_chars(last.data(), last.data() + last.size(), count);
  if (failed != std::errc{} || at != last.data() + last.size() || count < 2) return std::nullopt;
  return fmt::format("{}{:0{}}", execution.substr(0, point + 1), count - 1, last.size());
}

}  // namespace

OrderReport ClientCore::Impl::report(ReportKind kind) const {
  OrderReport out_report = make_record<OrderReport>(RecordKind::kOrderReport);
  out_report.header.ts_event = out_report.header.ts_recv = now;
  out_report.venue = config.venue;
  out_report.kind = kind;
  if (config.accounts.size() == 1) out_report.account = config.accounts[0].second;
  return out_report;
}

void ClientCore::Impl::name_order(OrderReport& out_report, std::int32_t number, std::int64_t perm,
                                  std::int32_t client, std::string_view reference) const {
  if (perm != 0) out_report.venue_order_id = VenueOrderId::clipped(std::to_string(perm));
  out_report.client_id = ClientOrderId::clipped(reference);
  if (const auto ours = decode_order_id(reference)) out_report.order = *ours;
  // Numbers of other clients are theirs; negative ones are orders entered by hand.
  if (client == config.client_id && number > 0 && number < kFirstRequestId)
    out_report.venue_number = static_cast<std::uint64_t>(number);
}

// ---- orders ----

void ClientCore::Impl::use(const OpenOrder& order) { last_open = order; }

// TWS sends an order as openOrder (its terms) and orderStatus (how far it is), in this order.
void ClientCore::Impl::use(const OrderStatus& status) {
  const bool has_terms = last_open.order_id == status.order_id &&
                         last_open.order.perm_id == status.perm_id &&
                         last_open.order.client_id == status.client_id;
  const keel::OrderState state = state_of(status.status);
  if (state == keel::OrderState::kNone || !has_terms) return;
  const Listed* const what = find(last_open.contract);
  if (what == nullptr) return log(LogLevel::kWarning, "an order of a contract that is not listed");
  const bool listing = step == ListingStep::kOrders;
  const bool ended = is_terminal(state);
  if (status.client_id == config.client_id) live_orders[status.order_id] = !ended;
  // That it is filled is told by its executions; which come by themselves, or with the list.
  if (state == keel::OrderState::kFilled && !listing) return;
  OrderReport out_report =
      report(state == keel::OrderState::kCanceled ? ReportKind::kCanceled : ReportKind::kStatus);
  out_report.header.instrument = what->instrument;
  out_report.account = account_of(last_open.order.account);
  name_order(out_report, status.order_id, status.perm_id, status.client_id,
             last_open.order.order_ref);
  out_report.status = state;
  show_terms(out_report, last_open.order);
  if (listing) out_report.header.flags = OrderReport::kSnapshot;
  if (listing || ended) {
    out_report.filled = status.filled;
    out_report.present |= OrderReport::kHasFilled;
  }
  if (ended) out_report.reason = Reason::kByVenue;
  push(out_report.header);
}

void ClientCore::Impl::use(const CompletedOrder& done) {
  const Listed* const what = find(done.contract);
  const keel::OrderState state = state_of(done.order_state.status);
  if (what == nullptr || step != ListingStep::kCompleted || !is_terminal(state)) return;
  OrderReport out_report = report(ReportKind::kStatus);
  out_report.header.instrument = what->instrument;
  out_report.header.flags = OrderReport::kSnapshot;
  out_report.account = account_of(done.order.account);
  name_order(out_report, 0, done.order.perm_id, done.order.client_id, done.order.order_ref);
  if (out_report.order.is_none()) return;  // not ours, and over: nothing to do about it
  out_report.status = state;
  show_terms(out_report, done.order);
  out_report.filled = done.order.filled_quantity;
  out_report.present |= OrderReport::kHasFilled;
  push(out_report.header);
}

void ClientCore::Impl::use(const ExecutionDetails& details) {
  const Execution& e = details.execution;
  const Listed* const what = find(details.contract);
  if (what == nullptr) return log(LogLevel::kWarning, "a fill of a contract that is not listed");
  const auto corrects = corrected_by(e.exec_id);
  OrderReport out_report = report(corrects ? ReportKind::kFillCorrected : ReportKind::kFilled);
  out_report.header.instrument = what->instrument;
  out_report.account = account_of(e.acct_number);
  if (out_report.account.value == 0) return;  // an account that is not ours
  name_order(out_report, e.order_id, e.perm_id, e.client_id, e.order_ref);
  out_report.side = e.side == "BOT" ? Side::kBuy : Side::kSell;
  out_report.last_quantity = e.shares;
  out_report.last_price = e.price;
  out_report.filled = e.cum_qty;
  out_report.present = OrderReport::kHasSide | OrderReport::kHasFilled;
  out_report.liquidity = e.last_liquidity == 1   ? Liquidity::kMaker
                         : e.last_liquidity == 2 ? Liquidity::kTaker
                                                 : Liquidity::kUnknown;
  out_report.execution = ExecutionId::clipped(e.exec_id);
  if (corrects) out_report.reference = ExecutionId::clipped(*corrects);
  if (details.req_id >= kFirstRequestId) out_report.header.flags = OrderReport::kSnapshot;
  push(out_report.header);
  fills.push_back({e.exec_id, out_report});
  if (fills.size() > 4096) fills.pop_front();
  const auto early = early_fees.find(e.exec_id);
  if (early == early_fees.end()) return;
  const CommissionAndFeesReport fee = early->second;
  early_fees.erase(early);
  use(fee);
}

// A fee comes behind its fill, and again with every list of executions; it states all of the fee.
void ClientCore::Impl::use(const CommissionAndFeesReport& fee) {
  const auto at = std::find_if(fills.rbegin(), fills.rend(),
                               [&](const Fill& fill) { return fill.execution == fee.exec_id; });
  if (at == fills.rend()) {  // its fill has not been heard of yet
    if (early_fees.size() < 1024) early_fees[fee.exec_id] = fee;
    return;
  }
  const auto currency = Currency::parse(fee.currency);
  if (!currency) return;
  OrderReport out_report = report(ReportKind::kFillFee);
  const OrderReport& fill = at->about;
  out_report.header.instrument = fill.header.instrument;
  out_report.header.flags = fill.header.flags;
  out_report.order = fill.order;
  out_report.account = fill.account;
  out_report.side = fill.side;
  out_report.venue_number = fill.venue_number;
  out_report.venue_order_id = fill.venue_order_id;
  out_report.client_id = fill.client_id;
  out_report.reference = fill.execution;
  out_report.present = OrderReport::kHasFee | OrderReport::kHasSide;
  out_report.fee = Money::product(fee.commission_and_fees, Quantity::whole(1), *currency).raw();
  out_report.fee_currency = *currency;
  push(out_report.header);
}

// ---- errors ----

void ClientCore::Impl::use(const ErrorMessage& error) {
  connectivity(error);
  if (error.id > 0 && error.id < kFirstRequestId) order_error(error);
}

void ClientCore::Impl::connectivity(const ErrorMessage& error) {
  switch (error.error_code) {
    case 326:  // client id in use: another program has it, or TWS has not noticed that we were gone
      log(LogLevel::kWarning, error.error_msg);
      break;
    case 1100:
      forget_listing();
      tell_connection(ConnectionState::kDown, error.error_msg);
      break;
    case 1101:
    case 1102:
      if (!greeted || managed.empty()) break;
      if (error.error_code == 1101)
        for (Listed& one : listed) resubscribe(one);
      tell_connection(ConnectionState::kUp, error.error_msg);
      break;
    case 1300: break;  // the port has changed: the connection closes by itself
    default: break;
  }
}

void ClientCore::Impl::order_error(const ErrorMessage& error) {
  const auto known = live_orders.find(error.id);
  const bool is_live = known != live_orders.end() && known->second;
  ReportKind kind = is_live ? ReportKind::kReplaceRejected : ReportKind::kRejected;
  Reason reason = Reason::kVenueRejected;
  switch (error.error_code) {
    case 202: return;   // its orderStatus says the same
    case 399: return;   // a warning: the order stands
    case 404: return;   // held while shares are located
    case 2109: return;  // outside regular hours is ignored
    case 10147:
      kind = ReportKind::kUnknownOrder;
      reason = Reason::kVenueUnknownOrder;
      break;
    case 161:
    case 10148:
      kind = ReportKind::kCancelRejected;
      reason = Reason::kOrderNotOpen;
      break;
    case 103: reason = Reason::kDuplicateClientId; break;
    case 110: reason = Reason::kPriceIncrement; break;
    case 200: reason = Reason::kUnknownInstrument; break;
    case 387: reason = Reason::kTypeNotSupported; break;
    case 104:
    case 105:
    case 329: kind = ReportKind::kReplaceRejected; break;
    default:
      if (error.error_code >= 2100 && error.error_code < 2200) return;
      break;
  }
  if (error.error_code == 201 && error.error_msg.find("EXCEED") != std::string::npos)
    reason = Reason::kInsufficientFunds;
  OrderReport out_report = report(kind);
  out_report.venue_number = static_cast<std::uint64_t>(error.id);
  out_report.reason = reason;
  if (kind == ReportKind::kRejected) out_report.status = keel::OrderState::kRejected;
  out_report.text = FixedText<64>::clipped(error.error_msg);
  push(out_report.header);
}

// ---- the list of everything: executions, open and completed orders, positions, balances ----

void ClientCore::Impl::begin_listing() {
  listing_asked = now;
  step = ListingStep::kExecutions;
  balances.clear();
  ExecutionRequest request;
  request.req_id = listing_request = next_request++;
  queue(request);
}

void ClientCore::Impl::next_step() {
  switch (step) {
    case ListingStep::kExecutions:
      step = ListingStep::kOrders;
      return queue(AllOpenOrdersRequest{});
    case ListingStep::kOrders: {
      step = ListingStep::kCompleted;
      CompletedOrdersRequest request;
      request.api_only = true;
      return queue(request);
    }
    case ListingStep::kCompleted: step = ListingStep::kPositions; return queue(PositionsRequest{});
    case ListingStep::kPositions: {
      queue(CancelPositions{});
      step = ListingStep::kSummary;
      AccountSummaryRequest request;
      request.req_id = listing_request = next_request++;
      request.group = "All";
      request.tags = "TotalCashValue,AvailableFunds";
      return queue(request);
    }
    case ListingStep::kSummary: return end_listing();
    case ListingStep::kNone: return;
  }
}

void ClientCore::Impl::end_listing() {
  CancelAccountSummary cancel;
  cancel.req_id = listing_request;
  queue(cancel);
  for (auto& [name, balance] : balances) push(balance.header);
  step = ListingStep::kNone;
  for (const AccountId account : wanted_listings) {
    OrderReport end = report(ReportKind::kSnapshotEnd);
    end.header.flags = OrderReport::kSnapshot;
    end.header.ts_event = listing_asked;
    end.account = account;
    end.venue_number = static_cast<std::uint64_t>(std::max<std::int64_t>(next_valid, 0));
    push(end.header);
  }
  wanted_listings = std::move(next_listings);
  next_listings.clear();
  if (!wanted_listings.empty()) begin_listing();
}

void ClientCore::Impl::forget_listing() {
  step = ListingStep::kNone;
  wanted_listings.clear();
  next_listings.clear();
}

void ClientCore::Impl::use(const Position& position) {
  if (step != ListingStep::kPositions) return;
  const Listed* const what = find(position.contract);
  const AccountId account = account_of(position.account);
  if (what == nullptr || account.value == 0) return;
  AccountReport out_report = make_record<AccountReport>(RecordKind::kAccountReport);
  out_report.header.ts_event = out_report.header.ts_recv = now;
  out_report.header.instrument = what->instrument;
  out_report.header.flags = AccountReport::kPosition;
  out_report.account = account;
  out_report.venue = config.venue;
  out_report.quantity = position.position;
  out_report.average_price = position.avg_cost;
  push(out_report.header);
}

void ClientCore::Impl::use(const AccountSummary& summary) {
  const AccountId account = account_of(summary.account);
  const auto currency = Currency::parse(summary.currency);
  if (step != ListingStep::kSummary || account.value == 0 || !currency) return;
  const auto amount = Money::parse(summary.value, *currency);
  if (!amount) return;
  auto [at, fresh] = balances.try_emplace(summary.account);
  AccountReport& balance = at->second;
  if (fresh) {
    balance = make_record<AccountReport>(RecordKind::kAccountReport);
    balance.header.flags = AccountReport::kBalance;
    balance.account = account;
    balance.venue = config.venue;
    balance.currency = *currency;
  }
  balance.header.ts_event = balance.header.ts_recv = now;
  (summary.tag == "TotalCashValue" ? balance.total : balance.available) = amount->raw();
}

}  // namespace keel::tws
