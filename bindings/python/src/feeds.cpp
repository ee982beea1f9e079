// Feeds: NumPy arrays (no copy), CSV files, Python iterables of records.
#include "feeds.hpp"

#include <time.h>

#include <keel/model/instrument_registry.hpp>
#include <keel/storage/csv_feed.hpp>
#include <keel/storage/memory_feed.hpp>

KEEL_PYTHON_ENUM_CASTER(CsvTime)

namespace keel_python {

using namespace py::literals;

namespace {

constexpr keel::ErrorCode kInterrupted{"python.interrupted"};
constexpr keel::ErrorCode kCallbackFailed{"python.callback_failed"};

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

// An array of packed rows that stays where NumPy has it.
class ArrayFeed final : public Feed {
 public:
  ArrayFeed(keel::InstrumentId instrument, const py::buffer& array, bool quotes)
      : instrument_(instrument), view_(array.request()), keep_(array), quotes_(quotes) {
    const auto wanted =
        static_cast<py::ssize_t>(quotes ? sizeof(keel::PackedQuote) : sizeof(keel::PackedTrade));
    // Rows of a structured array, or plain bytes that hold whole rows.
    const bool rows = view_.ndim == 1 && view_.itemsize == wanted && view_.strides[0] == wanted;
    const bool bytes =
        view_.ndim == 1 && view_.itemsize == 1 && view_.strides[0] == 1 && view_.size % wanted == 0;
    if (bytes) view_.size /= wanted;
    if (!rows && !bytes)
      raise("python.bad_array", "array",
            std::to_string(view_.ndim) + " dimensions, rows of " + std::to_string(view_.itemsize) +
                " bytes",
            quotes ? "one dimension, contiguous, dtype keel.QUOTE_DTYPE"
                   : "one dimension, contiguous, dtype keel.TRADE_DTYPE");
    if (reinterpret_cast<std::uintptr_t>(view_.ptr) % alignof(keel::PackedQuote) != 0)
      raise("python.bad_array", "array", "not aligned", "rows at multiples of 8 bytes");
    take_feed();  // every row is checked once, here
  }
  std::unique_ptr<keel::MarketFeed> open() override {
    return std::make_unique<keel::MemoryFeed>(take_feed());
  }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(view_.size); }

 private:
  keel::MemoryFeed take_feed() const {
    keel::Result<keel::MemoryFeed> feed = [&] {
      py::gil_scoped_release release;
      return quotes_ ? keel::MemoryFeed::quotes_view(instrument_, rows<keel::PackedQuote>())
                     : keel::MemoryFeed::trades_view(instrument_, rows<keel::PackedTrade>());
    }();
    return take(std::move(feed));
  }
  template <class Row>
  [[nodiscard]] std::span<const Row> rows() const {
    return {static_cast<const Row*>(view_.ptr), static_cast<std::size_t>(view_.size)};
  }
  keel::InstrumentId instrument_;
  py::buffer_info view_;
  py::buffer keep_;
  bool quotes_;
};

class CsvFile final : public Feed {
 public:
  using Open = keel::Result<keel::CsvFeed> (*)(const std::string&, const keel::CsvSpec&,
                                               const keel::Instrument&);
  CsvFile(std::string path, keel::CsvSpec spec, const keel::Instrument& instrument, Open open)
      : path_(std::move(path)), spec_(std::move(spec)), instrument_(instrument), open_(open) {
    take(open_(path_, spec_, instrument_));  // what is wrong is told now
  }
  std::unique_ptr<keel::MarketFeed> open() override {
    return std::make_unique<keel::CsvFeed>(take(open_(path_, spec_, instrument_)));
  }

 private:
  std::string path_;
  keel::CsvSpec spec_;
  keel::Instrument instrument_;
  Open open_;
};

// Records that a Python iterable gives, in order of ts_event.
class PythonFeed final : public Feed {
 public:
  explicit PythonFeed(py::object source) : source_(std::move(source)) {}
  std::unique_ptr<keel::MarketFeed> open() override {
    return std::make_unique<Reader>(py::iter(source_));
  }

 private:
  class Reader final : public keel::MarketFeed {
   public:
    explicit Reader(py::iterator items) : items_(std::move(items)) {}
    keel::Result<std::span<const std::byte>> next() override {
      py::gil_scoped_acquire gil;
      batch_.clear();
      while (batch_.size() < 16u << 10) {
        PyObject* item = PyIter_Next(items_.ptr());
        if (item == nullptr) break;
        const bool good =
            append<keel::Quote>(item) || append<keel::Trade>(item) || append<keel::Bar>(item);
        if (!good) set_wrong_type("feed", item, "keel.Quote, keel.Trade or keel.Bar");
        Py_DECREF(item);
        if (!good) break;
        if (last_.ns > newest_.ns || batch_.size() == 0) {
          set_error("storage.time_going_back", "ts_event", "", "records in order of time");
          break;
        }
        last_ = newest_;
      }
      if (PyErr_Occurred() != nullptr)
        return keel::Error{kCallbackFailed, "feed", "", "a feed that does not fail", ""};
      return std::span<const std::byte>{batch_};
    }

   private:
    template <class T>
    bool append(PyObject* item) {
      if (!is_boxed<T>(item)) return false;
      const T& record = boxed<T>(item);
      const auto* bytes = reinterpret_cast<const std::byte*>(&record);
      batch_.insert(batch_.end(), bytes, bytes + sizeof(T));
      newest_ = record.header.ts_event;
      return true;
    }
    py::iterator items_;
    std::vector<std::byte> batch_;
    keel::Timestamp last_{INT64_MIN}, newest_{INT64_MIN};
  };
  py::object source_;
};

void add_csv_spec(py::module_& module) {
  using keel::CsvSpec;
  py::class_<CsvSpec>(module, "CsvSpec", "How to read a CSV file, declared column by column.")
      .def(py::init<>())
      .def_readwrite("time", &CsvSpec::time)
      .def_readwrite("date", &CsvSpec::date)
      .def_readwrite("price", &CsvSpec::price)
      .def_readwrite("size", &CsvSpec::size)
      .def_readwrite("side", &CsvSpec::side)
      .def_readwrite("trade_id", &CsvSpec::trade_id)
      .def_readwrite("bid", &CsvSpec::bid)
      .def_readwrite("ask", &CsvSpec::ask)
      .def_readwrite("bid_size", &CsvSpec::bid_size)
      .def_readwrite("ask_size", &CsvSpec::ask_size)
      .def_readwrite("open", &CsvSpec::open)
      .def_readwrite("high", &CsvSpec::high)
      .def_readwrite("low", &CsvSpec::low)
      .def_readwrite("close", &CsvSpec::close)
      .def_readwrite("volume", &CsvSpec::volume)
      .def_readwrite("value", &CsvSpec::value)
      .def_readwrite("trades", &CsvSpec::trades)
      .def_readwrite("symbol", &CsvSpec::symbol)
      .def_readwrite("symbol_text", &CsvSpec::symbol_text)
      .def_readwrite("time_format", &CsvSpec::time_format)
      .def_readwrite("time_pattern", &CsvSpec::time_pattern)
      .def_readwrite("utc_offset", &CsvSpec::utc_offset)
      .def_readwrite("buy", &CsvSpec::buy)
      .def_readwrite("sell", &CsvSpec::sell)
      .def_readwrite("quote_size", &CsvSpec::quote_size)
      .def_readwrite("bar_length", &CsvSpec::bar_length)
      .def_readwrite("bar_time_is_close", &CsvSpec::bar_time_is_close)
      .def_readwrite("delimiter", &CsvSpec::delimiter)
      .def_readwrite("decimal_point", &CsvSpec::decimal_point)
      .def_readwrite("has_header", &CsvSpec::has_header)
      .def_readwrite("newest_first", &CsvSpec::newest_first)
      .def_readwrite("strict", &CsvSpec::strict)
      .def_readwrite("check_increments", &CsvSpec::check_increments);
}

template <CsvFile::Open Open>
std::unique_ptr<Feed> csv(const std::string& path, const keel::CsvSpec& spec,
                          const keel::Instrument& instrument) {
  return std::make_unique<CsvFile>(path, spec, instrument, Open);
}

}  // namespace

keel::Result<std::span<const std::byte>> Breathing::next() {
  if ((++calls_ & 15u) == 0) {
    const std::int64_t now = monotonic_ns();
    if (now - last_ns_ > 5'000'000) {
      last_ns_ = now;
      bool signal = false;
      if (has_gil_) {
        {
          py::gil_scoped_release others;
        }
        signal = PyErr_CheckSignals() != 0;
      } else {
        py::gil_scoped_acquire gil;
        signal = PyErr_CheckSignals() != 0;
      }
      if (signal) {
        interrupted_ = true;
        return keel::Error{kInterrupted, "run", "", "no signal", ""};
      }
    }
  }
  return inner_->next();
}

void add_feeds(py::module_& module) {
  EnumType<keel::CsvTime>::name = "CsvTime";
  EnumType<keel::CsvTime>::type = make_enum(module.ptr(), "CsvTime", "How a file writes times.",
                                            {{"SECONDS", 1},
                                             {"MILLISECONDS", 2},
                                             {"MICROSECONDS", 3},
                                             {"NANOSECONDS", 4},
                                             {"ISO", 5},
                                             {"PATTERN", 6}});
  add_csv_spec(module);
  py::class_<Feed>(module, "Feed", "Market data in order of time; may be used for many runs.");
  module.def("_quotes_feed",
             [](keel::InstrumentId id, const py::buffer& array) -> std::unique_ptr<Feed> {
               return std::make_unique<ArrayFeed>(id, array, true);
             });
  module.def("_trades_feed",
             [](keel::InstrumentId id, const py::buffer& array) -> std::unique_ptr<Feed> {
               return std::make_unique<ArrayFeed>(id, array, false);
             });
  module.def("_python_feed", [](const py::object& source) -> std::unique_ptr<Feed> {
    return std::make_unique<PythonFeed>(source);
  });
  module.def("csv_trades", csv<keel::csv_trades>, "path"_a, "spec"_a, "instrument"_a,
             "Trades of a CSV or CSV.gz file. Errors: storage.*.");
  module.def("csv_quotes", csv<keel::csv_quotes>, "path"_a, "spec"_a, "instrument"_a,
             "Quotes of a CSV or CSV.gz file. Errors: storage.*.");
  module.def("csv_bars", csv<keel::csv_bars>, "path"_a, "spec"_a, "instrument"_a,
             "Bars of a CSV or CSV.gz file. Errors: storage.*.");
}

}  // namespace keel_python
