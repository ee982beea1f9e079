// The context of a strategy, valid during a callback.
#include "strategy.hpp"

#include <keel/market/bar_spec.hpp>

namespace keel_python {

using namespace py::literals;
using keel::Context;
using keel::InstrumentId;
using keel::OrderId;
using keel::Quantity;

namespace {

Context& checked(const ContextHandle& handle, InstrumentId id) {
  Context& context = handle.get();
  if (context.marks().registry().find(id) == nullptr)
    raise("model.unknown_instrument", "instrument", std::to_string(id.value),
          "an id that add_instrument gave out");
  return context;
}

std::string reason_text(keel::Reason reason) {
  return reason == keel::Reason::kNone ? std::string{} : std::string{keel::to_text(reason)};
}

void subscribe_bars(const ContextHandle& handle, InstrumentId id, const py::object& bars) {
  Context& context = checked(handle, id);
  if (py::isinstance<py::str>(bars)) {
    const auto spec = take(keel::parse_bar_spec(bars.cast<std::string>()));
    take(keel::check(spec));
    context.subscribe_bars(id, spec);
    return;
  }
  const auto spec = keel::BarSpec::time(bars.cast<keel::Duration>());
  take(keel::check(spec));
  context.subscribe_bars(id, spec);
}

void add_requests(py::class_<ContextHandle>& type) {
  type.def(
          "submit",
          [](const ContextHandle& self, const keel::OrderRequest& request) {
            return self.get().submit(request);
          },
          "request"_a, "The id that the order has (0: none could be made); on_denied tells why.")
      .def(
          "buy",
          [](const ContextHandle& self, InstrumentId id, Quantity quantity,
             std::optional<keel::Price> limit) {
            return checked(self, id).submit(
                limit ? keel::OrderRequest::limit(id, keel::Side::kBuy, quantity, *limit)
                      : keel::OrderRequest::market(id, keel::Side::kBuy, quantity));
          },
          "instrument"_a, "quantity"_a, "limit"_a = py::none(),
          "A market order, or a limit order. The order's id.")
      .def(
          "sell",
          [](const ContextHandle& self, InstrumentId id, Quantity quantity,
             std::optional<keel::Price> limit) {
            return checked(self, id).submit(
                limit ? keel::OrderRequest::limit(id, keel::Side::kSell, quantity, *limit)
                      : keel::OrderRequest::market(id, keel::Side::kSell, quantity));
          },
          "instrument"_a, "quantity"_a, "limit"_a = py::none(),
          "A market order, or a limit order. The order's id.")
      .def(
          "submit_bracket",
          [](const ContextHandle& self, const keel::OrderRequest& entry,
             std::optional<keel::Price> take_profit, std::optional<keel::Price> stop_loss) {
            const auto ids = self.get().submit_bracket({entry, take_profit, stop_loss});
            return py::make_tuple(ids.entry, ids.take_profit, ids.stop_loss);
          },
          "entry"_a, "take_profit"_a = py::none(), "stop_loss"_a = py::none(),
          "An entry with exits that are held until it fills. Ids (entry, take_profit, stop_loss).")
      .def(
          "replace",
          [](const ContextHandle& self, OrderId order, std::optional<Quantity> quantity,
             std::optional<keel::Price> limit_price, std::optional<keel::Price> trigger_price) {
            return reason_text(self.get().replace({order, quantity, limit_price, trigger_price}));
          },
          "order"_a, "quantity"_a = py::none(), "limit_price"_a = py::none(),
          "trigger_price"_a = py::none(), "'' or why it was not sent.")
      .def(
          "cancel",
          [](const ContextHandle& self, OrderId order) {
            return reason_text(self.get().cancel(order));
          },
          "order"_a, "'' or why it was not sent.")
      .def(
          "cancel_all",
          [](const ContextHandle& self, std::optional<InstrumentId> id) {
            self.get().cancel_all(id);
          },
          "instrument"_a = py::none(), "Cancels every open order of this strategy.")
      .def(
          "set_target_position",
          [](const ContextHandle& self, InstrumentId id, Quantity target) {
            return checked(self, id).set_target_position(id, target);
          },
          "instrument"_a, "target"_a,
          "Brings the position to `target` (negative is short) with one market order. Working "
          "orders count; 0: already there or on its way.")
      .def(
          "close_position",
          [](const ContextHandle& self, InstrumentId id) {
            return checked(self, id).close_position(id);
          },
          "instrument"_a);
}

}  // namespace

void add_context(py::module_& module) {
  // A native strategy (keel.EmaCross) is one too; Python ones derive from keel.Strategy.
  py::class_<keel::Strategy>(module, "NativeStrategy", "A strategy that runs at native speed.");

  py::class_<ContextHandle> type(module, "Context",
                                 "What a strategy may see and ask for, during a callback. Used "
                                 "outside of one it raises python.no_callback.");
  type.def_property_readonly(
          "now", [](const ContextHandle& self) { return self.get().now(); },
          "The latest ts_recv; never a wall clock.")
      .def_property_readonly("account",
                             [](const ContextHandle& self) { return self.get().account(); })
      .def_property_readonly("strategy",
                             [](const ContextHandle& self) { return self.get().strategy(); })
      .def(
          "instrument",
          [](const ContextHandle& self, InstrumentId id) {
            return checked(self, id).instrument(id);
          },
          "instrument"_a)
      .def(
          "subscribe_quotes",
          [](const ContextHandle& self, InstrumentId id) {
            checked(self, id).subscribe_quotes(id);
          },
          "instrument"_a)
      .def(
          "subscribe_trades",
          [](const ContextHandle& self, InstrumentId id) {
            checked(self, id).subscribe_trades(id);
          },
          "instrument"_a)
      .def("subscribe_bars", subscribe_bars, "instrument"_a, "bars"_a,
           "'5min', '100tick', '2.5volume', '10000value', with '@bid', '@ask' or '@mid' for bars "
           "made from quotes; or a Duration.")
      .def(
          "subscribe_market",
          [](const ContextHandle& self, InstrumentId id) {
            checked(self, id).subscribe_market(id);
          },
          "instrument"_a, "Every other kind of market data: books, funding, status.")
      .def(
          "set_timer",
          [](const ContextHandle& self, keel::Timestamp at) { self.get().set_timer(at); }, "at"_a)
      .def(
          "position",
          [](const ContextHandle& self, InstrumentId id) { return checked(self, id).position(id); },
          "instrument"_a, "This strategy's part of the account's position.")
      .def(
          "order",
          [](const ContextHandle& self, OrderId id) -> std::optional<keel::Order> {
            const keel::Order* order = self.get().order(id);
            if (order == nullptr) return std::nullopt;
            return *order;
          },
          "order"_a, "A copy of what is known of it; None where it is forgotten.")
      .def_property_readonly(
          "valuation", [](const ContextHandle& self) { return self.get().valuation(); },
          "The whole account, in its base currency.");
  add_requests(type);
}

}  // namespace keel_python
