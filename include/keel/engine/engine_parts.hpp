// What an engine keeps for itself: rows of its tables. Of no use to a host.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <keel/core/decimal.hpp>
#include <keel/core/id.hpp>
#include <keel/core/time.hpp>
#include <keel/market/bar_builder.hpp>

namespace keel {
class Strategy;
}

namespace keel::engine_detail {

struct Slot {
  Strategy* strategy;
  StrategyId id;
  AccountId account;
  std::vector<Timestamp> timers;  // ascending
};
struct Series {                           // one bar series of one instrument
  std::unique_ptr<BarBuilder> builder;    // stays put while series are added
  std::vector<std::uint16_t> strategies;  // slots
  bool heard = true;                      // in this run
};
struct Feed {  // who hears what about one instrument
  std::vector<std::uint16_t> quotes, trades, market;
  std::vector<std::uint32_t> series;  // indexes into series_
  bool consumed = false;
};
// Open worst-case quantity of orders that are neither reduce-only nor exits of a bracket.
struct OpenByStrategy {
  Quantity buy, sell;
};
struct Waiting {  // a transaction's commands, until the disk has them
  const std::byte* begin;
  const std::byte* end;
  std::uint64_t seq;
  std::uint32_t venues;
};
struct Target {  // a position to be reached once what stands against it has ended
  StrategyId strategy;
  AccountId account;
  InstrumentId instrument;
  Quantity quantity;
};

}  // namespace keel::engine_detail
