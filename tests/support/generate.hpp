// Generated market data for tests: the generator of the benchmarks, under the tests' roof.
//   for (const auto& quote : keel::test::make_quotes(1'000)) ...
#pragma once

#include <gen_ticks.hpp>  // bench/support

namespace keel::test {

using bench::kPriceRawPerTick;
using bench::make_quotes;
using bench::make_trades;
using bench::RawQuote;
using bench::RawTrade;
using bench::TickGenerator;

}  // namespace keel::test
