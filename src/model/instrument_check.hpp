// What InstrumentRegistry::add asks of a listing.
#pragma once

#include <span>

#include <keel/model/instrument_registry.hpp>

namespace keel {

// Whether the parts of a listing hold together, and with what is listed already. The errors name
// the field, its value and the rule: model.bad_instrument, model.bad_formula.
Status check_instrument(const InstrumentSpec& spec, std::span<const Instrument> listed);
// Form and check digits, and that no other instrument has the alias: model.bad_instrument,
// model.duplicate_name.
Status check_aliases(const InstrumentSpec& spec, std::span<const Instrument> listed);

}  // namespace keel
