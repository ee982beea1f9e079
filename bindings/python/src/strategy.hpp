// A strategy written in Python, as the engine sees it.
//
// Callbacks that the class does not override cost nothing. Market data is copied into one object
// that is used again, unless the strategy kept it. The GIL is held while the engine runs a Python
// strategy; bytecode lets other threads in as everywhere.
#pragma once

#include "glue.hpp"

#include <keel/engine/engine.hpp>

namespace keel_python {

// What Python holds as `ctx`: valid during a callback, an error outside of one.
struct ContextHandle {
  keel::Context* context = nullptr;
  [[nodiscard]] keel::Context& get() const;
};

class PyStrategy final : public keel::Strategy {
 public:
  explicit PyStrategy(py::object object);
  ~PyStrategy() override;
  PyStrategy(const PyStrategy&) = delete;
  PyStrategy& operator=(const PyStrategy&) = delete;

  // Raises what a callback raised, with the event as keel.CallbackError's `event`.
  void raise_if_failed();
  [[nodiscard]] bool failed() const { return error_type_ != nullptr; }
  [[nodiscard]] const py::object& object() const { return object_; }

  void on_start(keel::Context&) override;
  void on_recovered(keel::Context&) override;
  void on_stop(keel::Context&) override;
  void on_quote(keel::Context&, const keel::Quote&) override;
  void on_trade(keel::Context&, const keel::Trade&) override;
  void on_bar(keel::Context&, const keel::Bar&) override;
  void on_market(keel::Context&, const keel::RecordHeader&) override;
  void on_fill(keel::Context&, const keel::OrderFact&) override;
  void on_denied(keel::Context&, const keel::OrderFact&) override;
  void on_order(keel::Context&, const keel::OrderFact&) override;
  void on_timer(keel::Context&, keel::Timestamp) override;
  void on_parameter(keel::Context&, std::string_view name, keel::Int128 raw) override;
  void on_history(const keel::Bar&) override;
  void save(keel::StateWriter&) const override;
  void load(keel::StateReader&) override;

 private:
  enum Callback : std::size_t {
    kStart,
    kRecovered,
    kStop,
    kQuote,
    kTrade,
    kBar,
    kMarket,
    kFill,
    kDenied,
    kOrder,
    kTimer,
    kParameter,
    kHistory,
    kCallbacks,
  };
  template <class T>
  void call_with(Callback which, keel::Context& context, const T& record, PyObject*& spare);
  void call(Callback which, keel::Context* context, PyObject* event, PyObject* more = nullptr);
  [[noreturn]] void fail(PyObject* event) const;

  py::object object_;
  PyObject* methods_[kCallbacks] = {};  // bound; null where not overridden
  PyObject *save_ = nullptr, *load_ = nullptr;
  py::object context_object_;
  ContextHandle* handle_;
  PyObject *quote_ = nullptr, *trade_ = nullptr, *bar_ = nullptr;  // to be used again
  mutable PyObject *error_type_ = nullptr, *error_value_ = nullptr, *error_trace_ = nullptr;
  mutable PyObject* error_event_ = nullptr;
};

// Any strategy of Python: an object of a class derived from keel.Strategy, or a native one.
class StrategyHolder {
 public:
  explicit StrategyHolder(const py::object& object);
  [[nodiscard]] keel::Strategy& get() { return native_ != nullptr ? *native_ : *python_; }
  [[nodiscard]] bool is_native() const { return native_ != nullptr; }
  void raise_if_failed() {
    if (python_) python_->raise_if_failed();
  }

 private:
  std::unique_ptr<PyStrategy> python_;
  keel::Strategy* native_ = nullptr;
  py::object keep_;
};

}  // namespace keel_python
