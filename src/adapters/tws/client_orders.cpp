// Commands of the engine as orders of TWS.
#include <algorithm>

#include <fmt/core.h>

#include <keel/venue/id_codec.hpp>

#include "adapters/tws/client_state.hpp"
#include "adapters/tws/sim_contracts.hpp"

namespace keel::tws {

namespace {

std::string_view type_text(const OrderTerms& terms) {
  const bool close = terms.time_in_force == TimeInForce::kAtClose;
  switch (terms.type) {
    case OrderType::kMarket: return close ? "MOC" : "MKT";
    case OrderType::kLimit: return close ? "LOC" : "LMT";
    case OrderType::kStop: return "STP";
    case OrderType::kStopLimit: return "STP LMT";
    case OrderType::kMarketToLimit: return "MTL";
    case OrderType::kMarketIfTouched: return "MIT";
    case OrderType::kLimitIfTouched: return "LIT";
    case OrderType::kTrailingStop: return "TRAIL";
    case OrderType::kTrailingStopLimit: return "TRAIL LIMIT";
    case OrderType::kPegged: return "REL";
  }
  return {};
}

std::string_view tif_text(TimeInForce tif) {
  switch (tif) {
    case TimeInForce::kGtc: return "GTC";
    case TimeInForce::kIoc: return "IOC";
    case TimeInForce::kFok: return "FOK";
    case TimeInForce::kGtd: return "GTD";
    case TimeInForce::kAtOpen: return "OPG";
    default: return "DAY";
  }
}

std::int32_t trigger_number(TriggerBy by) {
  switch (by) {
    case TriggerBy::kLast: return 2;
    case TriggerBy::kBidAsk: return 4;
    case TriggerBy::kMid: return 8;
    default: return 0;
  }
}

void set_trail(Order& order, const OrderTerms& terms) {
  if (terms.trail_unit == TrailUnit::kPercent)  // raw 1e-9 of a fraction; the wire has percent
    order.trailing_percent = Price::from_raw(terms.trail_offset * 100);
  else
    order.aux_price = Price::from_raw(terms.trail_offset);
  if (const auto stop = terms.trigger()) order.trail_stop_price = stop;
  if (terms.type == OrderType::kTrailingStopLimit) order.lmt_price_offset = terms.limit_offset;
}

}  // namespace

const Listed* ClientCore::Impl::find(InstrumentId instrument) const {
  for (const Listed& one : listed)
    if (one.instrument == instrument) return &one;
  return nullptr;
}
// By con_id, or by description where that is not known yet.
const Listed* ClientCore::Impl::find(const Contract& contract) const {
  if (const auto at = by_contract.find(contract.con_id); at != by_contract.end())
    return &listed[at->second];
  for (const Listed& one : listed)
    if (one.contract.con_id == 0 && one.contract.symbol == contract.symbol &&
        one.contract.sec_type == contract.sec_type && one.contract.currency == contract.currency)
      return &one;
  return nullptr;
}
AccountId ClientCore::Impl::account_of(std::string_view name) const {
  for (const auto& [known, id] : config.accounts)
    if (known == name) return id;
  return name.empty() && config.accounts.size() == 1 ? config.accounts[0].second : AccountId{};
}
std::string_view ClientCore::Impl::account_name(AccountId id) const {
  for (const auto& [name, known] : config.accounts)
    if (known == id) return name;
  return {};
}

void ClientCore::Impl::refuse(const Command& command, Reason why, std::string_view text) {
  OrderReport out_report = report(ReportKind::kRefused);
  out_report.header.instrument = command.header.instrument;
  out_report.order = command.order;
  out_report.account = command.account;
  out_report.side = command.side;
  out_report.reason = why;
  out_report.venue_number = command.venue_number;
  out_report.text = FixedText<64>::clipped(text);
  push(out_report.header);
}

bool ClientCore::Impl::fill_order(const Command& command, PlaceOrderRequest& request) const {
  const Listed* const what = find(command.header.instrument);
  const std::string_view account = account_name(command.account);
  if (what == nullptr || account.empty()) return false;
  const OrderTerms& terms = command.terms;
  request.order_id = static_cast<std::int32_t>(command.venue_number);
  request.contract = what->contract;
  Order& order = request.order;
  order.order_id = request.order_id;
  order.client_id = config.client_id;
  order.account = account;
  order.action = command.side == Side::kBuy ? "BUY" : "SELL";
  order.order_type = type_text(terms);
  order.tif = tif_text(terms.time_in_force);
  order.total_quantity = terms.quantity;
  order.lmt_price = terms.limit();
  order.transmit = true;
  order.order_ref = encode_order_id(command.order).view();
  const bool trails = terms.trail_unit != TrailUnit::kNone;
  if (trails)
    set_trail(order, terms);
  else if (terms.type == OrderType::kPegged)
    order.aux_price = terms.limit_offset;
  else
    order.aux_price = terms.trigger();
  order.trigger_method = trigger_number(terms.trigger_by);
  if (const auto shown = terms.display())
    order.display_size = static_cast<std::int32_t>(shown->raw() / Quantity::kScale);
  if (const auto expiry = terms.expiry(); expiry && terms.time_in_force == TimeInForce::kGtd) {
    const std::string text = date_time_text(*expiry);
    order.good_till_date = text.substr(0, 8) + "-" + text.substr(9);  // UTC
  }
  if (command.group != 0) {
    order.oca_group = fmt::format("K{:016X}", command.group);
    order.oca_type = command.contingency == Contingency::kOuo ? 2 : 1;
  }
  if (config.extras != nullptr) config.extras->extend(command, request.contract, order);
  return true;
}

void ClientCore::Impl::command(const Command& command) {
  if (connection != ConnectionState::kUp)
    return refuse(command, Reason::kNotConnected, "not connected to TWS");
  if (command.venue_number == 0 || command.venue_number >= kFirstRequestId)
    return refuse(command, Reason::kIdsExhausted, "no number for the order at TWS");
  if (command.header.kind == RecordKind::kCancel) {
    CancelOrderRequest cancel;
    cancel.order_id = static_cast<std::int32_t>(command.venue_number);
    return queue(cancel);
  }
  PlaceOrderRequest request;
  if (!fill_order(command, request))
    return refuse(command, Reason::kUnknownInstrument, "no contract or account for it at TWS");
  queue(request);
}

}  // namespace keel::tws
