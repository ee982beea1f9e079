// Instruments, their registry, fees.
#include "glue.hpp"

#include <keel/model/fees.hpp>
#include <keel/model/instrument_registry.hpp>

namespace keel_python {

using namespace py::literals;
using keel::FeeSchedule;
using keel::Instrument;
using keel::InstrumentRegistry;
using keel::InstrumentSpec;

namespace {

const Instrument& known(const InstrumentRegistry& registry, keel::InstrumentId id) {
  const Instrument* found = registry.find(id);
  if (found == nullptr)
    raise("model.unknown_instrument", "instrument", std::to_string(id.value),
          "an id that add_instrument gave out");
  return *found;
}

void add_instrument_class(py::module_& module) {
  py::class_<Instrument>(module, "Instrument", "A listed instrument, and the grid it trades on.")
      .def_readonly("id", &Instrument::id)
      .def_readonly("venue", &Instrument::venue)
      .def_readonly("kind", &Instrument::kind)
      .def_readonly("right", &Instrument::right)
      .def_readonly("price_increment", &Instrument::price_increment)
      .def_readonly("quantity_increment", &Instrument::quantity_increment)
      .def_readonly("min_price", &Instrument::min_price)
      .def_readonly("max_price", &Instrument::max_price)
      .def_readonly("min_quantity", &Instrument::min_quantity)
      .def_readonly("max_quantity", &Instrument::max_quantity)
      .def_readonly("multiplier", &Instrument::multiplier)
      .def_readonly("strike", &Instrument::strike)
      .def_readonly("expiry", &Instrument::expiry)
      .def_readonly("initial_margin", &Instrument::initial_margin)
      .def_readonly("maintenance_margin", &Instrument::maintenance_margin)
      .def_readonly("base", &Instrument::base)
      .def_readonly("quote", &Instrument::quote)
      .def_readonly("settlement", &Instrument::settlement)
      .def_readonly("symbol", &Instrument::symbol)
      .def_readonly("mic", &Instrument::mic)
      .def_readonly("calendar", &Instrument::calendar)
      .def_property_readonly("is_inverse", &Instrument::is_inverse)
      .def(
          "notional",
          [](const Instrument& self, keel::Price price, keel::Quantity quantity) {
            const auto value = self.checked_notional(price, quantity);
            if (!value) raise("core.decimal_range", "notional", "", "the product fits Money");
            return *value;
          },
          "price"_a, "quantity"_a, "price x quantity x multiplier, exact.")
      .def("__repr__", [](const Instrument& self) {
        return "<Instrument " + std::to_string(self.id.value) + " " + self.symbol.str() + ">";
      });
}

void add_spec_class(py::module_& module) {
  py::class_<InstrumentSpec>(module, "InstrumentSpec",
                             "What lists an instrument. Only symbol, quote, price_increment and "
                             "quantity_increment must be given.")
      .def(py::init<>())
      .def_readwrite("symbol", &InstrumentSpec::symbol)
      .def_readwrite("kind", &InstrumentSpec::kind)
      .def_readwrite("mic", &InstrumentSpec::mic)
      .def_readwrite("venue", &InstrumentSpec::venue)
      .def_readwrite("base", &InstrumentSpec::base)
      .def_readwrite("quote", &InstrumentSpec::quote)
      .def_readwrite("settlement", &InstrumentSpec::settlement)
      .def_readwrite("price_increment", &InstrumentSpec::price_increment)
      .def_readwrite("quantity_increment", &InstrumentSpec::quantity_increment)
      .def_readwrite("min_price", &InstrumentSpec::min_price)
      .def_readwrite("max_price", &InstrumentSpec::max_price)
      .def_readwrite("min_quantity", &InstrumentSpec::min_quantity)
      .def_readwrite("max_quantity", &InstrumentSpec::max_quantity)
      .def_readwrite("min_notional", &InstrumentSpec::min_notional)
      .def_readwrite("max_notional", &InstrumentSpec::max_notional)
      .def_readwrite("multiplier", &InstrumentSpec::multiplier)
      .def_readwrite("inverse", &InstrumentSpec::inverse)
      .def_readwrite("unit_pow10", &InstrumentSpec::unit_pow10)
      .def_readwrite("initial_margin", &InstrumentSpec::initial_margin)
      .def_readwrite("maintenance_margin", &InstrumentSpec::maintenance_margin)
      .def_readwrite("expiry", &InstrumentSpec::expiry)
      .def_readwrite("strike", &InstrumentSpec::strike)
      .def_readwrite("right", &InstrumentSpec::right)
      .def_readwrite("underlying", &InstrumentSpec::underlying)
      .def_readwrite("calendar", &InstrumentSpec::calendar);
}

}  // namespace

void add_model(py::module_& module) {
  add_instrument_class(module);
  add_spec_class(module);

  py::class_<InstrumentRegistry>(module, "InstrumentRegistry",
                                 "Instruments by name and by id. Ids count from 1.")
      .def(py::init<>())
      .def(
          "add",
          [](InstrumentRegistry& self, const InstrumentSpec& spec) { return take(self.add(spec)); },
          "spec"_a,
          "Lists an instrument; its id. Errors: model.bad_instrument, model.duplicate_name.")
      .def("get", known, "instrument"_a, py::return_value_policy::copy,
           "Error: model.unknown_instrument.")
      .def(
          "lookup",
          [](const InstrumentRegistry& self, std::string_view name) {
            return take(self.lookup(name));
          },
          "name"_a, "The id of 'SYMBOL', or of 'SYMBOL@MIC'. Error: model.unknown_instrument.")
      .def("__len__", &InstrumentRegistry::size)
      .def("__iter__", [](const InstrumentRegistry& self) {
        py::list list;
        for (const Instrument& instrument : self.all()) list.append(py::cast(instrument));
        return py::iter(list);
      });

  py::class_<FeeSchedule>(module, "FeeSchedule", "What a fill costs.")
      .def(py::init<>())
      .def_static("percent", &FeeSchedule::percent, "maker"_a, "taker"_a,
                  "Fractions of notional: Rate('0.001') is 0.1%. Negative: a rebate.")
      .def_readwrite("maker", &FeeSchedule::maker)
      .def_readwrite("taker", &FeeSchedule::taker)
      .def_readwrite("per_unit", &FeeSchedule::per_unit)
      .def_readwrite("minimum", &FeeSchedule::minimum)
      .def_readwrite("maximum", &FeeSchedule::maximum)
      .def_readwrite("digits", &FeeSchedule::digits)
      .def_readwrite("rounding", &FeeSchedule::rounding)
      .def(
          "fee",
          [](const FeeSchedule& self, const Instrument& instrument, keel::Price price,
             keel::Quantity quantity, keel::Liquidity liquidity) {
            take(self.check(instrument));
            const auto fee = self.fee(instrument, price, quantity, liquidity);
            if (!fee) raise("core.decimal_range", "fee", "", "the amount fits Money");
            return *fee;
          },
          "instrument"_a, "price"_a, "quantity"_a, "liquidity"_a,
          "In the instrument's settlement currency. Error: model.bad_fee_schedule.");
}

}  // namespace keel_python
