// What the tests of the CSV reader share.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <keel/model/instrument_registry.hpp>
#include <keel/storage/csv_feed.hpp>

namespace keel::test {

inline Instrument instrument(Price increment, Quantity size_increment, int unit_pow10 = 0) {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = increment;
  spec.quantity_increment = size_increment;
  spec.unit_pow10 = unit_pow10;
  const auto id = registry.add(spec);
  REQUIRE_MESSAGE(id.ok(), id.error().message());
  return registry.get(*id);
}
inline Instrument bitcoin() { return instrument(0.01_px, 0.00000001_qty); }

inline CsvSpec trade_spec() {
  CsvSpec spec;
  spec.time = "time";
  spec.price = "price";
  spec.size = "size";
  return spec;
}

// All records of a kind, and the error that ended them.
template <class T>
struct Drained {
  std::vector<T> rows;
  std::optional<Error> error;
};

template <class T>
Drained<T> drain(MarketFeed& feed) {
  Drained<T> result;
  for (;;) {
    auto batch = feed.next();
    if (!batch) {
      result.error = batch.error();
      return result;
    }
    if (batch->empty()) return result;
    REQUIRE(batch->size() % sizeof(T) == 0);
    for (std::size_t at = 0; at < batch->size(); at += sizeof(T))
      result.rows.push_back(
          record_as<T>(*reinterpret_cast<const RecordHeader*>(batch->data() + at)));
  }
}

}  // namespace keel::test
