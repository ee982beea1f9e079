// Trend: a strategy that is worth reading, for first runs, the command line and the demo.
//
// A trend follower for one spot pair, long only: buys when a fast average crosses above a slow one,
// sizes by volatility so that every trade risks the same part of the account, and protects each
// position with a stop at the venue that follows the price up and never down.
#pragma once

#include <keel/engine/strategy.hpp>
#include <keel/indicators/moving_average.hpp>
#include <keel/indicators/volatility.hpp>
#include <keel/portfolio/portfolio.hpp>

namespace keel {

struct TrendSettings {
  int fast = 45;              // bars of the fast average
  int slow = 180;             // bars of the slow average
  int volatility = 60;        // bars of the average true range
  double stop_ranges = 8.0;   // distance of the stop, in average true ranges
  double risk = 0.01;         // part of equity that is lost where the stop is hit
  double max_invested = 0.9;  // part of equity in one position at most
};

class Trend final : public Strategy {
 public:
  explicit Trend(InstrumentId instrument, const TrendSettings& settings = {})
      : instrument_{instrument},
        settings_{settings},
        fast_{settings.fast},
        slow_{settings.slow},
        range_{settings.volatility} {}

  void on_start(Context& context) override {
    context.subscribe_bars(instrument_, Duration::minutes(1));
  }

  void on_bar(Context& context, const Bar& bar) override {
    on_history(bar);
    if (!slow_.ready() || !range_.ready()) return;
    const bool rising = fast_.value() > slow_.value();
    const Order* entry = context.order(entry_);
    if (context.position(instrument_).is_zero()) {
      const bool under_way = entry != nullptr && entry->is_open();
      if (rising && !was_rising_ && !under_way) enter(context, bar);
    } else if (rising) {
      raise_stop(context, bar);
    } else {
      leave(context);
    }
    was_rising_ = rising;
  }

  // The stop has gone: what it guarded can be sold. Selling while it works could sell twice.
  void on_order(Context& context, const OrderFact& fact) override {
    if (leaving_ && fact.order == stop_ && is_terminal(fact.state_after)) {
      leaving_ = false;
      context.close_position(instrument_);
    }
  }

  // What the indicators need of a bar; also fed with the bars that a restart has missed.
  void on_history(const Bar& bar) override {
    fast_.update(bar.close);
    slow_.update(bar.close);
    range_.update(bar);
  }

  KEEL_STATE(fast_, slow_, range_, entry_, stop_, stop_price_, was_rising_, leaving_)

 private:
  [[nodiscard]] Price below(const Bar& bar, const Instrument& instrument) const {
    const double price = bar.close.to_double() - settings_.stop_ranges * range_.value();
    return Price::nearest(price).value_or(bar.close).floor_to(instrument.price_increment);
  }

  void enter(Context& context, const Bar& bar) {
    const Instrument& instrument = context.instrument(instrument_);
    const double equity = context.valuation().equity.to_double();
    const double distance = settings_.stop_ranges * range_.value();
    if (!(distance > 0)) return;  // a market that does not move gives no size
    double size = settings_.risk * equity / distance;
    const double affordable = settings_.max_invested * equity / bar.close.to_double();
    if (size > affordable) size = affordable;
    const auto quantity = Quantity::nearest(size);
    if (!quantity) return;
    const Quantity lots = quantity->floor_to(instrument.quantity_increment);
    if (lots < instrument.min_quantity) return;

    stop_price_ = below(bar, instrument);
    const auto entry = OrderRequest::market(instrument_, Side::kBuy, lots);
    const auto ids = context.submit_bracket({entry, std::nullopt, stop_price_});
    entry_ = ids.entry;
    stop_ = ids.stop_loss;
  }

  void leave(Context& context) {
    const Order* stop = context.order(stop_);
    leaving_ = stop != nullptr && stop->is_open();
    if (leaving_)
      context.cancel(stop_);
    else
      context.close_position(instrument_);
  }

  void raise_stop(Context& context, const Bar& bar) {
    const Price wanted = below(bar, context.instrument(instrument_));
    const Order* stop = context.order(stop_);
    if (stop == nullptr || stop->state != OrderState::kWorking || wanted <= stop_price_) return;
    ReplaceRequest change{};
    change.order = stop_;
    change.trigger_price = wanted;
    if (context.replace(change) == Reason::kNone) stop_price_ = wanted;
  }

  InstrumentId instrument_;
  TrendSettings settings_;
  Ema fast_, slow_;
  Atr range_;
  OrderId entry_{}, stop_{};
  Price stop_price_{};
  bool leaving_ = false;
  bool was_rising_ = true;  // the first crossing counts, not the state at the start
};

}  // namespace keel
