// EmaCross: the shortest strategy that trades. Long while the fast average is above the slow one,
// flat (or short) while it is below.
#pragma once

#include <keel/engine/strategy.hpp>
#include <keel/indicators/moving_average.hpp>

namespace keel {

struct EmaCrossSettings {
  int fast = 10, slow = 20;  // bars
  Quantity quantity = Quantity::whole(1);
  BarSpec bars = BarSpec::time(Duration::minutes(1));
  bool shorts = false;
};

class EmaCross final : public Strategy {
 public:
  explicit EmaCross(InstrumentId instrument, const EmaCrossSettings& settings = {})
      : instrument_{instrument}, settings_{settings}, fast_{settings.fast}, slow_{settings.slow} {}

  void on_start(Context& context) override { context.subscribe_bars(instrument_, settings_.bars); }
  void on_bar(Context& context, const Bar& bar) override {
    on_history(bar);
    if (!slow_.ready()) return;
    const Quantity below = settings_.shorts ? -settings_.quantity : Quantity::zero();
    context.set_target_position(instrument_,
                                fast_.value() > slow_.value() ? settings_.quantity : below);
  }
  void on_history(const Bar& bar) override {
    fast_.update(bar.close);
    slow_.update(bar.close);
  }
  KEEL_STATE(fast_, slow_)

 private:
  InstrumentId instrument_;
  EmaCrossSettings settings_;
  Ema fast_, slow_;
};

}  // namespace keel
