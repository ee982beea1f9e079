// Whole-array indicators: the streaming ones run over a column, so that both agree to the last bit.
//
// Every output is as long as its input; places before the warm-up hold NaN. Nothing is written
// where an error is returned. Errors: indicators.bad_length (a length that cannot be),
// indicators.columns_differ (columns of unequal length), indicators.bad_value (NaN, infinite,
// beyond 1e100, a high below its low, a negative volume; names the column and the row, from 0).
#pragma once

#include <span>

#include <keel/core/result.hpp>

namespace keel {

namespace indicators_errors {
inline constexpr ErrorCode kBadLength{"indicators.bad_length"};
inline constexpr ErrorCode kColumnsDiffer{"indicators.columns_differ"};
inline constexpr ErrorCode kBadValue{"indicators.bad_value"};
}  // namespace indicators_errors

// In and out may be the same memory.
Status sma(std::span<const double> in, int length, std::span<double> out);
Status ema(std::span<const double> in, int length, std::span<double> out);
Status rma(std::span<const double> in, int length, std::span<double> out);
Status rsi(std::span<const double> in, int length, std::span<double> out);
Status roc(std::span<const double> in, int length, std::span<double> out);
Status rolling_std_dev(std::span<const double> in, int length, std::span<double> out);
Status z_score(std::span<const double> in, int length, std::span<double> out);
Status rolling_max(std::span<const double> in, int length, std::span<double> out);
Status rolling_min(std::span<const double> in, int length, std::span<double> out);

struct MacdColumns {
  std::span<double> macd, signal, histogram;
};
Status macd(std::span<const double> in, int fast, int slow, int signal, const MacdColumns& out);

struct BollingerColumns {
  std::span<double> upper, middle, lower;
};
Status bollinger_bands(std::span<const double> in, int length, double width,
                       const BollingerColumns& out);

struct HighLowClose {
  std::span<const double> high, low, close;
};
Status true_range(const HighLowClose& in, std::span<double> out);
Status atr(const HighLowClose& in, int length, std::span<double> out);

// Since the start of the column.
Status vwap(std::span<const double> price, std::span<const double> volume, std::span<double> out);

}  // namespace keel
