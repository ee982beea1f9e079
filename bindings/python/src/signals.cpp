// Whole-array strategies: a column of target positions against a column of quotes.
//
// The rule, the same as an engine's whose orders take longer than one quote and less than two, with
// as much size at the touch as is wanted: a target that stands beside quote i is filled at quote
// i + 1, a purchase at its ask, a sale at its bid. Money is exact. A quote without the side that is
// needed lets the order wait for the next one.
#include "buffers.hpp"

#include <keel/model/fees.hpp>
#include <keel/portfolio/position.hpp>
#include <keel/storage/memory_feed.hpp>

namespace keel_python {

namespace {

using keel::detail::i128;

struct Outcome {
  std::vector<std::int64_t> rows, prices, quantities;
  i128 cash = 0, fees = 0;
  std::int64_t position = 0;
  std::size_t bad_row = 0;
  const char* problem = nullptr;
};

// One fill: cash moves by its value and its fee.
bool fill(Outcome& out, const keel::Instrument& instrument, const keel::FeeSchedule& schedule,
          std::int64_t change, keel::Price price, std::size_t row) {
  const auto size = keel::Quantity::from_raw(change < 0 ? -change : change);
  const auto value = instrument.checked_notional(price, size);
  const auto fee = schedule.fee(instrument, price, size, keel::Liquidity::kTaker);
  out.bad_row = row;
  out.problem = "the amount does not fit Money";
  if (!value || !fee) return false;
  const i128 paid = change > 0 ? value->raw().wide() : -value->raw().wide();
  if (__builtin_sub_overflow(out.cash, paid, &out.cash) ||
      __builtin_sub_overflow(out.cash, fee->raw().wide(), &out.cash))
    return false;
  out.fees += fee->raw().wide();
  out.problem = nullptr;
  out.position += change;
  out.rows.push_back(static_cast<std::int64_t>(row));
  out.prices.push_back(price.raw());
  out.quantities.push_back(change);
  return true;
}

struct Job {
  std::span<const keel::PackedQuote> quotes;
  std::span<const std::int64_t> targets;
  std::span<double> equity;  // empty: not wanted
  const keel::Instrument& instrument;
  const keel::FeeSchedule& fees;
  keel::Money cash;
};

Outcome run(const Job& job) {
  Outcome out;
  out.cash = job.cash.raw().wide();
  const keel::PackedQuote* quotes = job.quotes.data();
  const double unit = job.instrument.multiplier.to_double();
  const std::int64_t step = job.instrument.quantity_increment.raw();
  std::int64_t wanted = 0;
  double cash = job.cash.to_double(), mid = 0;
  for (std::size_t i = 0; i < job.quotes.size(); ++i) {
    if (wanted != out.position) [[unlikely]] {
      const std::int64_t change = wanted - out.position;
      const bool buys = change > 0;
      const auto shown = buys ? quotes[i].ask_size : quotes[i].bid_size;
      if (shown.is_positive()) {
        const auto price = buys ? quotes[i].ask_price : quotes[i].bid_price;
        if (!fill(out, job.instrument, job.fees, change, price, i)) return out;
        cash = keel::detail::decimal_to_double(keel::Int128::from(out.cash), 18);
      }
    }
    if (const std::int64_t target = job.targets[i]; target != wanted) [[unlikely]] {
      // Half the range of 64 bits, so that a change of target never overflows.
      if (target % step != 0 || target > INT64_MAX / 2 || target < -(INT64_MAX / 2)) {
        out.bad_row = i;
        out.problem = "a target is a whole number of quantity increments";
        return out;
      }
      wanted = target;
    }
    if (!job.equity.empty()) {
      if (quotes[i].bid_size.is_positive() && quotes[i].ask_size.is_positive())
        mid = (quotes[i].bid_price.to_double() + quotes[i].ask_price.to_double()) * 0.5;
      job.equity[i] =
          cash + mid * unit * static_cast<double>(out.position) / keel::Quantity::kScale;
    }
  }
  return out;
}

py::bytes column(const std::vector<std::int64_t>& values) {
  return py::bytes(reinterpret_cast<const char*>(values.data()),
                   values.size() * sizeof(std::int64_t));
}

py::dict signals(const keel::Instrument& instrument, const py::buffer& quotes,
                 const py::buffer& targets, const keel::FeeSchedule& fees, keel::Money cash,
                 const py::object& equity) {
  const py::buffer_info rows = quotes.request();
  const auto wanted = static_cast<py::ssize_t>(sizeof(keel::PackedQuote));
  if (rows.ndim != 1 || rows.itemsize != wanted || (rows.size > 1 && rows.strides[0] != wanted))
    raise("python.bad_array", "quotes", "", "one dimension, contiguous, dtype keel.QUOTE_DTYPE");
  if (reinterpret_cast<std::uintptr_t>(rows.ptr) % alignof(keel::PackedQuote) != 0)
    raise("python.bad_array", "quotes", "not aligned", "rows at multiples of 8 bytes");
  const Column<std::int64_t> target{targets, "targets"};
  std::optional<Column<double>> curve;
  if (!equity.is_none()) curve.emplace(equity.cast<py::buffer>(), "equity", true);
  const auto count = static_cast<std::size_t>(rows.size);
  if (target.span().size() != count || (curve && curve->span().size() != count))
    raise("storage.columns_differ", "targets", std::to_string(target.span().size()),
          std::to_string(count) + " rows, one a quote");
  take(fees.check(instrument));
  if (instrument.is_inverse())
    raise("model.bad_instrument", "instrument", instrument.symbol.str(), "a linear instrument");
  if (!(cash.currency() == instrument.settlement))
    raise("python.two_currencies", "cash", cash.to_text(),
          "money in " + std::string{instrument.settlement.code()});
  const Job job{{static_cast<const keel::PackedQuote*>(rows.ptr), count},
                target.span(),
                curve ? curve->span() : std::span<double>{},
                instrument,
                fees,
                cash};
  const Outcome out = [&] {
    py::gil_scoped_release release;
    return run(job);
  }();
  if (out.problem != nullptr)
    raise("python.out_of_range", "targets", "row " + std::to_string(out.bad_row), out.problem);
  py::dict result;
  result["row"] = column(out.rows);
  result["price"] = column(out.prices);
  result["quantity"] = column(out.quantities);
  result["cash"] = keel::Money{keel::Int128::from(out.cash), cash.currency()};
  result["fees"] = keel::Money{keel::Int128::from(out.fees), cash.currency()};
  result["position"] = keel::Quantity::from_raw(out.position);
  return result;
}

}  // namespace

void add_signals(py::module_& module) { module.def("_signals", signals); }

}  // namespace keel_python
