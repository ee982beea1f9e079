// Requests for orders, orders, and the facts about them.
#include "glue.hpp"

#include <keel/model/describe.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

namespace keel_python {

using namespace py::literals;
using keel::Order;
using keel::OrderFact;
using keel::OrderRequest;
using keel::OrderTerms;

namespace {

std::string reason_text(keel::Reason reason) {
  return reason == keel::Reason::kNone ? std::string{} : std::string{keel::to_text(reason)};
}

void add_terms(py::module_& module) {
  py::class_<OrderTerms>(module, "OrderTerms", "The changeable part of an order.")
      .def_readonly("quantity", &OrderTerms::quantity)
      .def_readonly("type", &OrderTerms::type)
      .def_readonly("time_in_force", &OrderTerms::time_in_force)
      .def_readonly("trigger_by", &OrderTerms::trigger_by)
      .def_property_readonly("limit_price", &OrderTerms::limit)
      .def_property_readonly("trigger_price", &OrderTerms::trigger)
      .def_property_readonly("display_quantity", &OrderTerms::display)
      .def_property_readonly("expire_at", &OrderTerms::expiry)
      .def_property_readonly("post_only", &OrderTerms::post_only)
      .def_property_readonly("reduce_only", &OrderTerms::reduce_only);
}

void add_request(py::module_& module) {
  py::class_<OrderRequest>(
      module, "OrderRequest",
      "A wish for an order: OrderRequest.limit(btc, 'buy', '0.5', '800').post_only()")
      .def_static("market", &OrderRequest::market, "instrument"_a, "side"_a, "quantity"_a)
      .def_static("limit", &OrderRequest::limit, "instrument"_a, "side"_a, "quantity"_a, "price"_a)
      .def_static("stop", &OrderRequest::stop, "instrument"_a, "side"_a, "quantity"_a, "trigger"_a)
      .def_static("stop_limit", &OrderRequest::stop_limit, "instrument"_a, "side"_a, "quantity"_a,
                  "trigger"_a, "limit"_a)
      .def("with_time_in_force", &OrderRequest::with, "time_in_force"_a)
      .def("until", &OrderRequest::until, "expiry"_a, "Good till this moment.")
      .def("on", &OrderRequest::on, "account"_a)
      .def("at", &OrderRequest::at, "venue"_a)
      .def("post_only", &OrderRequest::post_only)
      .def("reduce_only", &OrderRequest::reduce_only)
      .def("display", &OrderRequest::display, "shown"_a, "An iceberg's visible part.")
      .def("triggered_by", &OrderRequest::triggered_by, "source"_a)
      .def("tagged", &OrderRequest::tagged, "client_id"_a, "Your own name of it, 39 characters.")
      .def_readonly("instrument", &OrderRequest::instrument)
      .def_readonly("side", &OrderRequest::side)
      .def_readonly("terms", &OrderRequest::terms)
      .def_readonly("account", &OrderRequest::account)
      .def_readwrite("group", &OrderRequest::group)
      .def_readwrite("contingency", &OrderRequest::contingency)
      .def_readonly("client_id", &OrderRequest::client_id);
}

void add_order(py::module_& module) {
  py::class_<Order>(module, "Order", "What is known of an order, at the moment of asking.")
      .def_readonly("id", &Order::id)
      .def_readonly("parent", &Order::parent)
      .def_readonly("instrument", &Order::instrument)
      .def_readonly("account", &Order::account)
      .def_readonly("strategy", &Order::strategy)
      .def_readonly("venue", &Order::venue)
      .def_readonly("side", &Order::side)
      .def_readonly("state", &Order::state)
      .def_readonly("terms", &Order::terms)
      .def_readonly("filled", &Order::filled)
      .def_readonly("created", &Order::created)
      .def_readonly("updated", &Order::updated)
      .def_readonly("venue_order_id", &Order::venue_order_id)
      .def_readonly("client_id", &Order::client_id)
      .def_property_readonly("leaves", &Order::leaves)
      .def_property_readonly("is_open", &Order::is_open)
      .def_property_readonly("is_external", &Order::is_external)
      .def("__repr__", [](const Order& self) {
        return "<Order " + std::to_string(self.id.value) + " " +
               std::string{keel::to_text(self.side)} + " " + self.terms.quantity.to_text() + " " +
               std::string{keel::to_text(self.state)} + ">";
      });
}

template <class C>
void add_header(C& type) {
  using T = typename C::type;
  type.def_property_readonly("kind",
                             [](const T& r) { return std::string{keel::to_text(r.header.kind)}; })
      .def_property_readonly("seq", [](const T& r) { return r.header.seq; })
      .def_property_readonly("instrument", [](const T& r) { return r.header.instrument; })
      .def_property_readonly("ts_event", [](const T& r) { return r.header.ts_event; })
      .def_property_readonly("ts_recv", [](const T& r) { return r.header.ts_recv; })
      .def("__repr__", [](const T& r) {
        return std::string("<").append(keel::describe(r.header)).append(">");
      });
}

void add_fact(py::module_& module) {
  py::class_<OrderFact> fact(module, "OrderFact",
                             "A fact about an order, or a command to a venue: `kind` says which "
                             "('order_filled', 'order_denied', 'submit', ...).");
  add_header(fact);
  fact.def_readonly("order", &OrderFact::order)
      .def_readonly("parent", &OrderFact::parent)
      .def_readonly("account", &OrderFact::account)
      .def_readonly("strategy", &OrderFact::strategy)
      .def_readonly("venue", &OrderFact::venue)
      .def_readonly("side", &OrderFact::side)
      .def_readonly("state_before", &OrderFact::state_before)
      .def_readonly("state_after", &OrderFact::state_after)
      .def_readonly("liquidity", &OrderFact::liquidity)
      .def_readonly("terms", &OrderFact::terms)
      .def_readonly("filled", &OrderFact::filled)
      .def_readonly("last_quantity", &OrderFact::last_quantity)
      .def_readonly("last_price", &OrderFact::last_price)
      .def_readonly("execution", &OrderFact::execution)
      .def_readonly("venue_order_id", &OrderFact::venue_order_id)
      .def_readonly("client_id", &OrderFact::client_id)
      .def_readonly("note", &OrderFact::note)
      .def_readonly("value", &OrderFact::value, "Of a denial: the number that decided, raw.")
      .def_readonly("limit", &OrderFact::limit, "Of a denial: its limit, raw.")
      .def_property_readonly("fee", &OrderFact::fee_money, "Money, or None where none was told.")
      .def_property_readonly(
          "reason", [](const OrderFact& r) { return reason_text(r.reason); },
          "'' or such as 'risk.position_limit'.")
      .def_property_readonly("is_external", &OrderFact::is_external)
      .def_property_readonly("was_terminal", &OrderFact::was_terminal);
}

}  // namespace

void add_orders(py::module_& module) {
  add_terms(module);
  add_request(module);
  add_order(module);
  add_fact(module);
}

}  // namespace keel_python
