// Instruments that the tests of room model list.
#pragma once

#include <keel/model/instrument_registry.hpp>

namespace keel::test {

using namespace keel::literals;

inline InstrumentSpec spot_spec(std::string symbol = "BTC/USD") {
  InstrumentSpec spec;
  spec.symbol = std::move(symbol);
  spec.mic = "TEST";
  spec.venue = VenueId{1};
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.0001_qty;
  return spec;
}

inline InstrumentSpec inverse_spec() {
  InstrumentSpec spec = spot_spec("XBTUSD");
  spec.kind = InstrumentKind::kPerpetual;
  spec.inverse = true;
  spec.price_increment = 0.5_px;
  spec.quantity_increment = 1_qty;
  return spec;
}

}  // namespace keel::test
