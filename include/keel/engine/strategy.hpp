// Strategy: what a user writes. The same object runs in a backtest, on paper and live.
#pragma once

#include <keel/core/state.hpp>
#include <keel/engine/context.hpp>
#include <keel/model/market_data.hpp>
#include <keel/model/order_records.hpp>

namespace keel {

// Callbacks run on the engine's thread, one at a time, and return before the next input is taken. A
// record handed to a callback is valid during the call. What a callback asks for (submit, cancel,
// ...) is done at once; what comes of it (on_denied, on_fill, on_order) arrives in a callback of
// its own, after the current one has returned. An exception that leaves a callback stops the
// engine, with the input that caused it; facts up to that point stand.
//
// State that must survive a restart is named once: KEEL_STATE(fast, slow).
class Strategy {
 public:
  virtual ~Strategy() = default;

  virtual void on_start(Context&) {}
  // Instead of on_start, after a restart: positions and orders are recovered, some orders may be
  // Unknown, and market data has to arrive before new risk is allowed. What was subscribed to and
  // timers are asked for again here; bars then go on, the one that spans the restart with
  // Bar::kGapped.
  virtual void on_recovered(Context&) {}
  virtual void on_stop(Context&) {}

  virtual void on_quote(Context&, const Quote&) {}
  virtual void on_trade(Context&, const Trade&) {}
  virtual void on_bar(Context&, const Bar&) {}
  virtual void on_market(Context&, const RecordHeader&) {}  // every other kind of market data

  virtual void on_fill(Context&, const OrderFact&) {}
  virtual void on_denied(Context&, const OrderFact&) {}
  virtual void on_order(Context&, const OrderFact&) {}  // every other fact about an own order
  virtual void on_timer(Context&, Timestamp) {}
  virtual void on_parameter(Context&, std::string_view /*name*/, Int128 /*raw*/) {}

  // A bar that closed after the latest snapshot and before the restart, oldest first, so that
  // indicators catch up. There is no Context: the past cannot be traded again.
  virtual void on_history(const Bar&) {}

  virtual void save(StateWriter&) const {}
  virtual void load(StateReader&) {}
};

}  // namespace keel
