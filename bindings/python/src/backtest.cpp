// Backtests: a feed, a simulated venue, an engine and a report.
#include "feeds.hpp"
#include "strategy.hpp"

#include <keel/backtest/backtest.hpp>
#include <keel/backtest/ema_cross.hpp>
#include <keel/market/bar_spec.hpp>

KEEL_PYTHON_ENUM_CASTER(MarketJournal)
KEEL_PYTHON_ENUM_CASTER(FillSource)
KEEL_PYTHON_ENUM_CASTER(QueueModel)
KEEL_PYTHON_ENUM_CASTER(SelfTrade)

namespace keel_python {

using namespace py::literals;
using keel::BacktestConfig;
using keel::LatencyModel;
using keel::SimConfig;

namespace {

template <class E>
void add_small_enum(py::module_& module, const char* name, const char* doc,
                    const std::vector<std::pair<std::string, int>>& members) {
  EnumType<E>::name = name;
  EnumType<E>::type = make_enum(module.ptr(), name, doc, members);
  for (const auto& [text, value] : members)
    EnumType<E>::members[value] = PyObject_GetAttrString(EnumType<E>::type, text.c_str());
}

// Calls a Python function (events, total, now) from a run.
class PyProgress final : public keel::Progress {
 public:
  explicit PyProgress(py::object function) : function_(std::move(function)) {}
  void on_progress(std::uint64_t events, std::uint64_t total, keel::Timestamp now) override {
    if (failed_ || function_.is_none()) return;
    py::gil_scoped_acquire gil;
    try {
      function_(events, total, now);
    } catch (py::error_already_set& error) {
      failed_ = true;
      error_ = std::make_unique<py::error_already_set>(error);
    }
  }
  void raise_if_failed() {
    if (failed_) throw py::error_already_set(*error_);
  }

 private:
  py::object function_;
  bool failed_ = false;
  std::unique_ptr<py::error_already_set> error_;
};

class PyBacktest {
 public:
  explicit PyBacktest(const BacktestConfig& config) : config_(config), test_(config) {}

  keel::RunReport run(const py::object& strategy, Feed& feed, const std::string& name,
                      const py::object& progress) {
    if (running_) raise("engine.reentered", "run", "", "one run at a time");
    StrategyHolder holder{strategy};
    const std::unique_ptr<keel::MarketFeed> opened = feed.open();
    Breathing breathing{*opened, !holder.is_native()};
    PyProgress told{progress};
    running_ = true;
    keep_ = strategy;  // the engine that stays behind for questions knows its strategy
    const auto result = guard(
        [&] {
          if (!holder.is_native())
            return test_.run(name, holder.get(), breathing, pointer(told, progress));
          py::gil_scoped_release release;
          return test_.run(name, holder.get(), breathing, pointer(told, progress));
        },
        holder);
    running_ = false;
    finish(holder, told);
    if (!result) raise(result.error());
    return *result;
  }

  keel::RecoveryReport recover(const py::object& strategy, const std::string& name) {
    StrategyHolder holder{strategy};
    const auto result = guard([&] { return test_.recover(name, holder.get()); }, holder);
    holder.raise_if_failed();
    if (PyErr_Occurred() != nullptr) raise_current();
    if (!result) raise(result.error());
    return *result;
  }

  keel::VerifyReport verify(const py::function& make, const std::string& name) {
    std::vector<std::shared_ptr<StrategyHolder>> made;
    struct Forward final : keel::Strategy {
      explicit Forward(keel::Strategy& to) : to_(to) {}
      void on_start(keel::Context& c) override { to_.on_start(c); }
      void on_recovered(keel::Context& c) override { to_.on_recovered(c); }
      void on_stop(keel::Context& c) override { to_.on_stop(c); }
      void on_quote(keel::Context& c, const keel::Quote& r) override { to_.on_quote(c, r); }
      void on_trade(keel::Context& c, const keel::Trade& r) override { to_.on_trade(c, r); }
      void on_bar(keel::Context& c, const keel::Bar& r) override { to_.on_bar(c, r); }
      void on_market(keel::Context& c, const keel::RecordHeader& r) override {
        to_.on_market(c, r);
      }
      void on_fill(keel::Context& c, const keel::OrderFact& r) override { to_.on_fill(c, r); }
      void on_denied(keel::Context& c, const keel::OrderFact& r) override { to_.on_denied(c, r); }
      void on_order(keel::Context& c, const keel::OrderFact& r) override { to_.on_order(c, r); }
      void on_timer(keel::Context& c, keel::Timestamp t) override { to_.on_timer(c, t); }
      void on_history(const keel::Bar& r) override { to_.on_history(r); }
      void save(keel::StateWriter& w) const override { to_.save(w); }
      void load(keel::StateReader& r) override { to_.load(r); }
      keel::Strategy& to_;
    };
    const auto maker = [&]() -> std::unique_ptr<keel::Strategy> {
      made.push_back(std::make_shared<StrategyHolder>(make()));
      return std::make_unique<Forward>(made.back()->get());
    };
    const auto result = test_.verify(name, maker);
    for (auto& one : made) one->raise_if_failed();
    if (!result) raise(result.error());
    return *result;
  }

  keel::InstrumentId add_instrument(const keel::InstrumentSpec& spec) {
    return take(test_.add_instrument(spec));
  }
  [[nodiscard]] const keel::InstrumentRegistry& instruments() const { return test_.instruments(); }
  [[nodiscard]] keel::Backtest& test() { return test_; }
  [[nodiscard]] const keel::Engine& engine() const {
    if (test_.engine() == nullptr) raise("engine.not_started", "engine", "", "after run()");
    return *test_.engine();
  }

 private:
  static keel::Progress* pointer(PyProgress& told, const py::object& progress) {
    return progress.is_none() ? nullptr : &told;
  }
  // What a strategy's save() raised comes as a C++ exception through the engine.
  template <class F>
  auto guard(F&& body, StrategyHolder& holder) -> decltype(body()) {
    try {
      return body();
    } catch (...) {
      running_ = false;
      holder.raise_if_failed();
      throw;
    }
  }
  static void finish(StrategyHolder& holder, PyProgress& told) {
    if (PyErr_Occurred() != nullptr) raise_current();  // Ctrl-C, or a feed that raised
    holder.raise_if_failed();
    told.raise_if_failed();
  }

  BacktestConfig config_;
  keel::Backtest test_;
  py::object keep_;
  bool running_ = false;
};

void add_latency(py::module_& module) {
  py::class_<LatencyModel>(module, "LatencyModel", "How long a message takes, seeded.")
      .def_static("zero", &LatencyModel::zero,
                  "No delay: an order may meet the market event that triggered it.")
      .def_static("constant", &LatencyModel::constant, "each"_a)
      .def_static("uniform", &LatencyModel::uniform, "low"_a, "high"_a)
      .def_static("long_tailed", &LatencyModel::long_tailed, "minimum"_a, "median"_a)
      .def_static(
          "recorded",
          [](const std::vector<std::pair<keel::Timestamp, keel::Duration>>& samples) {
            std::vector<keel::LatencySample> list;
            for (const auto& [time, latency] : samples) list.push_back({time, latency});
            return LatencyModel::recorded(std::move(list));
          },
          "samples"_a, "(time, duration) pairs as measured, in order of time.");
}

void add_sim(py::module_& module) {
  add_small_enum<keel::FillSource>(module, "FillSource", "Which market data fills orders.",
                                   {{"AUTO", 0}, {"QUOTES", 1}, {"TRADES", 2}, {"BARS", 3}});
  add_small_enum<keel::QueueModel>(module, "QueueModel", "What stands before a resting order.",
                                   {{"PESSIMISTIC", 1}, {"OPTIMISTIC", 2}});
  add_small_enum<keel::SelfTrade>(module, "SelfTrade", "Orders that would trade with each other.",
                                  {{"CANCEL_TAKER", 1},
                                   {"CANCEL_MAKER", 2},
                                   {"CANCEL_BOTH", 3},
                                   {"ALLOW", 4},
                                   {"DECREMENT", 5}});
  using keel::FillModel;
  py::class_<FillModel>(module, "FillModel", "What the simulated venue assumes (docs/sim.md).")
      .def(py::init<>())
      .def_readwrite("source", &FillModel::source)
      .def_readwrite("queue", &FillModel::queue)
      .def_readwrite("participation", &FillModel::participation)
      .def_readwrite("trigger", &FillModel::trigger)
      .def(
          "set_slippage",
          [](FillModel& self, int ticks, bool proportional) {
            self.slippage =
                proportional ? keel::Slippage::proportional(ticks) : keel::Slippage::fixed(ticks);
          },
          "ticks"_a, "proportional"_a = false, "Price increments paid beyond the data's price.");
  py::class_<SimConfig>(module, "SimConfig", "A simulated venue written down.")
      .def(py::init<>())
      .def_readwrite("seed", &SimConfig::seed)
      .def_readwrite("order_latency", &SimConfig::order_latency)
      .def_readwrite("response_latency", &SimConfig::response_latency)
      .def_readwrite("fills", &SimConfig::fills)
      .def_readwrite("fees", &SimConfig::fees)
      .def_readwrite("fee_delay", &SimConfig::fee_delay)
      .def_readwrite("self_trade", &SimConfig::self_trade)
      .def_readwrite("max_orders", &SimConfig::max_orders)
      .def_readwrite("max_executions", &SimConfig::max_executions);
}

void add_config(py::module_& module) {
  add_small_enum<keel::MarketJournal>(module, "MarketJournal", "Which market data is journaled.",
                                      {{"NONE", 0}, {"CONSUMED", 1}, {"ALL", 2}});
  py::class_<BacktestConfig>(module, "BacktestConfig", "A backtest written down.")
      .def(py::init<>())
      .def_readwrite("title", &BacktestConfig::title)
      .def_readwrite("venue", &BacktestConfig::venue)
      .def_readwrite("account", &BacktestConfig::account)
      .def_readwrite("cash", &BacktestConfig::cash)
      .def_readwrite("kind", &BacktestConfig::kind)
      .def_readwrite("sim", &BacktestConfig::sim)
      .def_readwrite("journal", &BacktestConfig::journal)
      .def_readwrite("market_journal", &BacktestConfig::market_journal)
      .def_readwrite("feed_latency", &BacktestConfig::feed_latency)
      .def_readwrite("sample_every", &BacktestConfig::sample_every)
      .def_readwrite("measure_latency", &BacktestConfig::measure_latency)
      .def_property(
          "period", [](const BacktestConfig& self) { return self.recorder.period; },
          [](BacktestConfig& self, keel::Duration to) { self.recorder.period = to; })
      .def_property(
          "periods_per_year",
          [](const BacktestConfig& self) { return self.recorder.periods_per_year; },
          [](BacktestConfig& self, double to) { self.recorder.periods_per_year = to; })
      .def_property(
          "risk_free", [](const BacktestConfig& self) { return self.recorder.risk_free; },
          [](BacktestConfig& self, double to) { self.recorder.risk_free = to; })
      .def(
          "set_limit",
          [](BacktestConfig& self, const std::string& name, const std::string& value) {
            take(self.limits.set(name, value));
          },
          "name"_a, "value"_a, "A risk limit by name: ('max_position', '2.5').");
}

}  // namespace

void add_backtest(py::module_& module) {
  add_latency(module);
  add_sim(module);
  add_config(module);

  py::class_<keel::EmaCross, keel::Strategy>(
      module, "EmaCross", "Long while the fast average of bars is above the slow one; native.")
      .def(py::init([](keel::InstrumentId id, int fast, int slow, keel::Quantity quantity,
                       const std::string& bars, bool shorts) {
             if (fast < 1 || slow < 1 || fast > 10'000'000 || slow > 10'000'000)
               raise("indicators.bad_length", "fast, slow", "", "from 1 to 10000000");
             const auto spec = take(keel::parse_bar_spec(bars));
             return std::make_unique<keel::EmaCross>(
                 id, keel::EmaCrossSettings{fast, slow, quantity, spec, shorts});
           }),
           "instrument"_a, "fast"_a = 10, "slow"_a = 20, "quantity"_a = "1", "bars"_a = "1min",
           "shorts"_a = false);

  py::class_<keel::RecoveryReport>(module, "RecoveryReport", "What a journal gave back.")
      .def_readonly("seq", &keel::RecoveryReport::seq)
      .def_readonly("rolling_hash", &keel::RecoveryReport::rolling_hash)
      .def_readonly("open_orders", &keel::RecoveryReport::open_orders)
      .def_readonly("unknown_orders", &keel::RecoveryReport::unknown_orders)
      .def_readonly("seconds", &keel::RecoveryReport::seconds);
  py::class_<keel::VerifyReport>(module, "VerifyReport", "Whether a re-run decides the same.")
      .def_readonly("inputs", &keel::VerifyReport::inputs)
      .def_readonly("facts", &keel::VerifyReport::facts)
      .def_readonly("commands", &keel::VerifyReport::commands)
      .def_readonly("runs", &keel::VerifyReport::runs)
      .def_property_readonly("identical", &keel::VerifyReport::identical)
      .def("__str__", &keel::VerifyReport::text);

  py::class_<PyBacktest>(module, "_Backtest")
      .def(py::init<const BacktestConfig&>(), "config"_a)
      .def("add_instrument", &PyBacktest::add_instrument, "spec"_a)
      .def_property_readonly("instruments", &PyBacktest::instruments)
      .def(
          "set_limit",
          [](PyBacktest& self, const std::string& name, const std::string& value,
             std::optional<keel::InstrumentId> id) {
            take(self.test().limits().set(
                name, value, id ? keel::LimitScope::of(*id) : keel::LimitScope::everywhere()));
          },
          "name"_a, "value"_a, "instrument"_a = py::none())
      .def("run", &PyBacktest::run, "strategy"_a, "feed"_a, "name"_a, "progress"_a)
      .def("recover", &PyBacktest::recover, "strategy"_a, "name"_a)
      .def("verify", &PyBacktest::verify, "make"_a, "name"_a)
      .def_property_readonly("rolling_hash",
                             [](const PyBacktest& self) { return self.engine().rolling_hash(); })
      .def_property_readonly("seq", [](const PyBacktest& self) { return self.engine().seq(); })
      .def("position", [](const PyBacktest& self, keel::InstrumentId id) {
        const auto* position = self.engine().portfolio().position(keel::AccountId{1}, id);
        return position != nullptr ? position->quantity : keel::Quantity::zero();
      });
}

}  // namespace keel_python
