#include <keel/indicators/arrays.hpp>

#include <cstdio>

#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>

namespace keel {

namespace {

using indicators::acceptable;

Status check_length(const char* field, int length, int least = 1) {
  if (length >= least) return {};
  return Error{indicators_errors::kBadLength,
               field,
               std::to_string(length),
               "at least " + std::to_string(least),
               {}};
}

Status same_length(const char* field, std::size_t found, std::size_t expected) {
  if (found == expected) return {};
  return Error{indicators_errors::kColumnsDiffer,
               field,
               std::to_string(found),
               std::to_string(expected) + " rows, as the first column",
               {}};
}

Error bad_value(const char* column, double value, std::size_t row, const char* rule) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return Error{indicators_errors::kBadValue, column, text, rule, "row " + std::to_string(row)};
}

Status check_values(const char* column, std::span<const double> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!acceptable(values[i]))
      return bad_value(column, values[i], i, "a finite number of at most 1e100");
  return {};
}

// The first status that is not well, else well.
template <class... More>
Status first_error(Status status, More&&... more) {
  if constexpr (sizeof...(more) == 0) {
    return status;
  } else {
    if (!status.ok()) return status;
    return first_error(std::forward<More>(more)...);
  }
}

template <class Indicator>
Status run(std::span<const double> in, int length, std::span<double> out) {
  Status status = first_error(check_length("length", length),
                              same_length("out", out.size(), in.size()), check_values("in", in));
  if (!status.ok()) return status;
  Indicator indicator{length};
  for (std::size_t i = 0; i < in.size(); ++i) {
    indicator.update(in[i]);
    out[i] = indicator.value();
  }
  return {};
}

Status check_bars(const HighLowClose& in, std::size_t out) {
  Status status =
      first_error(same_length("low", in.low.size(), in.high.size()),
                  same_length("close", in.close.size(), in.high.size()),
                  same_length("out", out, in.high.size()), check_values("high", in.high),
                  check_values("low", in.low), check_values("close", in.close));
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < in.high.size(); ++i)
    if (in.high[i] < in.low[i]) return bad_value("high", in.high[i], i, "not below the low");
  return {};
}

template <class Indicator>
void run_bars(const HighLowClose& in, Indicator indicator, std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    indicator.update(in.high[i], in.low[i], in.close[i]);
    out[i] = indicator.value();
  }
}

}  // namespace

Status sma(std::span<const double> in, int length, std::span<double> out) {
  return run<Sma>(in, length, out);
}
Status ema(std::span<const double> in, int length, std::span<double> out) {
  return run<Ema>(in, length, out);
}
Status rma(std::span<const double> in, int length, std::span<double> out) {
  return run<Rma>(in, length, out);
}
Status rsi(std::span<const double> in, int length, std::span<double> out) {
  return run<Rsi>(in, length, out);
}
Status roc(std::span<const double> in, int length, std::span<double> out) {
  return run<Roc>(in, length, out);
}
Status rolling_std_dev(std::span<const double> in, int length, std::span<double> out) {
  return run<RollingStdDev>(in, length, out);
}
Status z_score(std::span<const double> in, int length, std::span<double> out) {
  return run<ZScore>(in, length, out);
}
Status rolling_max(std::span<const double> in, int length, std::span<double> out) {
  return run<DonchianHigh>(in, length, out);
}
Status rolling_min(std::span<const double> in, int length, std::span<double> out) {
  return run<DonchianLow>(in, length, out);
}

Status macd(std::span<const double> in, int fast, int slow, int signal, const MacdColumns& out) {
  Status status = first_error(
      check_length("fast", fast), check_length("slow", slow, fast < 1 ? 1 : fast + 1),
      check_length("signal", signal), same_length("macd", out.macd.size(), in.size()),
      same_length("signal", out.signal.size(), in.size()),
      same_length("histogram", out.histogram.size(), in.size()), check_values("in", in));
  if (!status.ok()) return status;
  Macd indicator{fast, slow, signal};
  for (std::size_t i = 0; i < in.size(); ++i) {
    indicator.update(in[i]);
    out.macd[i] = indicator.value();
    out.signal[i] = indicator.signal();
    out.histogram[i] = indicator.histogram();
  }
  return {};
}

Status bollinger_bands(std::span<const double> in, int length, double width,
                       const BollingerColumns& out) {
  Status status =
      first_error(check_length("length", length), same_length("upper", out.upper.size(), in.size()),
                  same_length("middle", out.middle.size(), in.size()),
                  same_length("lower", out.lower.size(), in.size()), check_values("in", in));
  if (!status.ok()) return status;
  if (!acceptable(width) || width <= 0.0)
    return bad_value("width", width, 0, "a finite number above zero");
  BollingerBands indicator{length, width};
  for (std::size_t i = 0; i < in.size(); ++i) {
    indicator.update(in[i]);
    out.upper[i] = indicator.upper();
    out.middle[i] = indicator.middle();
    out.lower[i] = indicator.lower();
  }
  return {};
}

Status true_range(const HighLowClose& in, std::span<double> out) {
  Status status = check_bars(in, out.size());
  if (status.ok()) run_bars(in, TrueRange{}, out);
  return status;
}

Status atr(const HighLowClose& in, int length, std::span<double> out) {
  Status status = first_error(check_length("length", length), check_bars(in, out.size()));
  if (status.ok()) run_bars(in, Atr{length}, out);
  return status;
}

Status vwap(std::span<const double> price, std::span<const double> volume, std::span<double> out) {
  Status status = first_error(same_length("volume", volume.size(), price.size()),
                              same_length("out", out.size(), price.size()),
                              check_values("price", price), check_values("volume", volume));
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < volume.size(); ++i)
    if (volume[i] < 0.0) return bad_value("volume", volume[i], i, "not below zero");
  Vwap indicator;
  for (std::size_t i = 0; i < price.size(); ++i) {
    indicator.update(price[i], volume[i]);
    out[i] = indicator.value();
  }
  return {};
}

}  // namespace keel
