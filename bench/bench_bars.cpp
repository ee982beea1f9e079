// One-minute bars from 1,000,000 trades. The reference is the plain sum of their prices.
#include <figures.hpp>
#include <gen_ticks.hpp>
#include <keel/indicators/moving_average.hpp>
#include <keel/market/bar_builder.hpp>

using namespace keel;
using namespace keel::bench;

int main(int argc, char** argv) {
  Figures figures{argc, argv, "bars"};
  constexpr std::size_t kTrades = 1'000'000;
  std::vector<Trade> trades;
  trades.reserve(kTrades);
  for (const auto& raw : make_trades(kTrades))
    trades.push_back(Trade::at({1}, {raw.ts_ns},
                               Price::from_raw(raw.price_ticks * kPriceRawPerTick),
                               Quantity::whole(raw.size)));

  const double floor = kTrades / median_seconds(9, [&trades] {
                         std::int64_t sum = 0;
                         for (const auto& trade : trades)
                           sum += trade.price.raw() ^ trade.size.raw();
                         keep(sum);
                       });
  std::uint64_t bars = 0;
  const double built = kTrades / median_seconds(9, [&] {
                         BarBuilder builder{BarSpec::time(1_min), {1}};
                         bars = 0;
                         for (const auto& trade : trades)
                           builder.on_trade(trade, [&bars](Bar& bar) {
                             keep(bar);
                             ++bars;
                           });
                       });
  figures.add("trades_per_second", built, "1/s", "a sum over the same memory", floor);
  figures.add(
      "bars", static_cast<double>(bars), "", "minutes in the data",
      static_cast<double>((trades.back().header.ts_event.ns - trades.front().header.ts_event.ns) /
                          60'000'000'000));

  // O(1): the millionth update of an average costs what the tenth does.
  const auto cost = [](std::uint64_t before) {
    Ema ema{50};
    for (std::uint64_t i = 0; i < before; ++i) ema.update(static_cast<double>(i % 97));
    return median_seconds(21,
                          [&ema] {
                            for (int i = 0; i < 20'000; ++i)
                              ema.update(static_cast<double>(i % 97));
                            keep(ema.value());
                          }) /
           20'000 * 1e9;
  };
  figures.add("ema_update_after_1000000", cost(1'000'000), "ns", "after 10", cost(10));
}
