// Whole-array indicators and statistics. keel/arrays.py makes the outputs.
#include "buffers.hpp"

#include <keel/analytics/statistics.hpp>
#include <keel/indicators/arrays.hpp>

namespace keel_python {

namespace {

using Doubles = Column<double>;
using OneColumn = keel::Status (*)(std::span<const double>, int, std::span<double>);

template <OneColumn Function>
void one_column(const py::buffer& in, int length, const py::buffer& out) {
  const Doubles from{in, "values"}, to{out, "out", true};
  const auto status = [&] {
    py::gil_scoped_release release;
    return Function(from.span(), length, to.span());
  }();
  if (!status) raise(status.error());
}

void macd(const py::buffer& in, int fast, int slow, int signal, const py::buffer& line,
          const py::buffer& signal_line, const py::buffer& histogram) {
  const Doubles from{in, "values"}, a{line, "out", true}, b{signal_line, "out", true},
      c{histogram, "out", true};
  const auto status = [&] {
    py::gil_scoped_release release;
    return keel::macd(from.span(), fast, slow, signal, {a.span(), b.span(), c.span()});
  }();
  if (!status) raise(status.error());
}

void bollinger(const py::buffer& in, int length, double width, const py::buffer& upper,
               const py::buffer& middle, const py::buffer& lower) {
  const Doubles from{in, "values"}, a{upper, "out", true}, b{middle, "out", true},
      c{lower, "out", true};
  const auto status = [&] {
    py::gil_scoped_release release;
    return keel::bollinger_bands(from.span(), length, width, {a.span(), b.span(), c.span()});
  }();
  if (!status) raise(status.error());
}

void atr(const py::buffer& high, const py::buffer& low, const py::buffer& close, int length,
         const py::buffer& out) {
  const Doubles h{high, "high"}, l{low, "low"}, c{close, "close"}, to{out, "out", true};
  const auto status = [&] {
    py::gil_scoped_release release;
    const keel::HighLowClose in{h.span(), l.span(), c.span()};
    return length == 0 ? keel::true_range(in, to.span()) : keel::atr(in, length, to.span());
  }();
  if (!status) raise(status.error());
}

void vwap(const py::buffer& price, const py::buffer& volume, const py::buffer& out) {
  const Doubles p{price, "price"}, v{volume, "volume"}, to{out, "out", true};
  const auto status = [&] {
    py::gil_scoped_release release;
    return keel::vwap(p.span(), v.span(), to.span());
  }();
  if (!status) raise(status.error());
}

py::dict statistics(const py::buffer& time, const py::buffer& equity, double periods_per_year,
                    double risk_free) {
  const Column<std::int64_t> times{time, "time"};
  const Doubles values{equity, "equity"};
  if (times.span().size() != values.span().size())
    raise("analytics.bad_curve", "time", std::to_string(times.span().size()),
          "as many times as values");
  std::vector<keel::EquityPoint> curve;
  curve.reserve(values.span().size());
  for (std::size_t i = 0; i < values.span().size(); ++i)
    curve.push_back({keel::Timestamp{times.span()[i]}, values.span()[i]});
  keel::StatisticsInput input;
  input.curve = curve;
  keel::StatisticsConfig config;
  config.periods_per_year = periods_per_year;
  config.risk_free = risk_free;
  const auto made = take(keel::compute_statistics(input, config));
  py::dict table;
  for (const auto& info : keel::statistic_table())
    table[py::str(info.name.data(), info.name.size())] = py::cast(made.*info.field);
  return table;
}

py::list statistic_table() {
  py::list rows;
  for (const auto& info : keel::statistic_table())
    rows.append(py::make_tuple(std::string{info.name}, std::string{info.label},
                               std::string{info.group}, std::string{info.formula}));
  return rows;
}

}  // namespace

void add_arrays(py::module_& module) {
  module.def("_sma", one_column<keel::sma>);
  module.def("_ema", one_column<keel::ema>);
  module.def("_rma", one_column<keel::rma>);
  module.def("_rsi", one_column<keel::rsi>);
  module.def("_roc", one_column<keel::roc>);
  module.def("_rolling_std_dev", one_column<keel::rolling_std_dev>);
  module.def("_z_score", one_column<keel::z_score>);
  module.def("_rolling_max", one_column<keel::rolling_max>);
  module.def("_rolling_min", one_column<keel::rolling_min>);
  module.def("_macd", macd);
  module.def("_bollinger_bands", bollinger);
  module.def("_atr", atr);
  module.def("_vwap", vwap);
  module.def("_statistics", statistics);
  module.def("statistic_table", statistic_table,
             "(name, label, group, formula) of every statistic, in order.");
}

}  // namespace keel_python
