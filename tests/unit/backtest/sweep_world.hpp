// Generated EUR/USD quotes and EMA pairs over them, for the tests of sweeps.
#pragma once

#include <doctest/doctest.h>

#include <charconv>

#include <generate.hpp>
#include <keel/backtest/ema_cross.hpp>
#include <keel/backtest/walk_forward.hpp>
#include <keel/storage/memory_feed.hpp>

namespace keel::test {

inline MarketTape make_tape(std::uint64_t seed, std::size_t count) {
  std::vector<PackedQuote> quotes;
  for (const RawQuote& raw : make_quotes(count, seed))
    quotes.push_back({{raw.ts_ns},
                      Price::from_raw(raw.bid_ticks * kPriceRawPerTick),
                      Price::from_raw(raw.ask_ticks * kPriceRawPerTick),
                      Quantity::whole(raw.bid_size),
                      Quantity::whole(raw.ask_size)});
  auto feed = MemoryFeed::quotes({1}, std::move(quotes));
  REQUIRE(feed.ok());
  auto tape = MarketTape::load(*feed);
  REQUIRE(tape.ok());
  return std::move(tape).value();
}

class EmaJob final : public SweepJob {
 public:
  explicit EmaJob(const MarketTape& tape) : tape_(tape) {}
  Result<std::unique_ptr<Strategy>> make_strategy(const SweepPoint& point,
                                                  InstrumentId first) const override {
    EmaCrossSettings settings;
    const auto number = [&](const char* name, int& to) {
      const std::string* text = point.find(name);
      if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), to);
    };
    number("fast", settings.fast);
    number("slow", settings.slow);
    settings.bars = BarSpec::time(5_s, PriceSource::kMid);
    settings.quantity = 100'000_qty;
    settings.shorts = true;
    if (settings.fast >= settings.slow)
      return Error{ErrorCode{"test.refused"}, "fast", point.text(), "below slow", {}};
    if (point.find("throws") != nullptr)
      return std::unique_ptr<Strategy>{std::make_unique<Thrower>(first)};
    return std::unique_ptr<Strategy>{std::make_unique<EmaCross>(first, settings)};
  }
  Result<std::unique_ptr<MarketFeed>> open_feed(const TimeSpan& span) const override {
    return tape_.play(span);
  }
  Status adjust(const SweepPoint& point, BacktestConfig& config) const override {
    if (const std::string* fee = point.find("fee"); fee != nullptr) {
      const auto rate = Rate::parse(*fee);
      if (!rate) return rate.error();
      config.sim.fees = FeeSchedule::percent(*rate, *rate);
    }
    return {};
  }

 private:
  struct Thrower final : Strategy {
    explicit Thrower(InstrumentId id) : instrument{id} {}
    void on_start(Context& context) override { context.subscribe_quotes(instrument); }
    void on_quote(Context&, const Quote&) override { throw std::runtime_error("on purpose"); }
    InstrumentId instrument;
  };
  const MarketTape& tape_;
};

inline SweepConfig sweep_config(unsigned threads = 2) {
  SweepConfig config;
  config.backtest.cash = Money::whole(1'000'000, "USD");
  config.backtest.kind = AccountKind::kMargin;
  config.backtest.recorder.period = 1_min;
  config.backtest.recorder.periods_per_year = 525'600;
  config.backtest.sample_every = 10_s;
  InstrumentSpec spec;
  spec.symbol = "EUR/USD";
  spec.kind = InstrumentKind::kFxPair;
  spec.base = Currency{"EUR"};
  spec.quote = "USD";
  spec.price_increment = 0.00001_px;
  spec.quantity_increment = 1_qty;
  config.instruments.push_back(spec);
  config.threads = threads;
  return config;
}

}  // namespace keel::test
