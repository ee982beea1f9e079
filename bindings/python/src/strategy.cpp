// Calls from the engine into Python.
#include "strategy.hpp"

#include <stdexcept>

namespace keel_python {

namespace {

constexpr const char* kNames[] = {"on_start", "on_recovered", "on_stop",   "on_quote",  "on_trade",
                                  "on_bar",   "on_market",    "on_fill",   "on_denied", "on_order",
                                  "on_timer", "on_parameter", "on_history"};

py::object base_class() { return py::module_::import("keel.strategy").attr("Strategy"); }

// The bound method where the object's class overrides the base's; else null.
PyObject* overridden(const py::object& object, const py::object& base, const char* name) {
  PyObject* mine = PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(object.ptr())), name);
  if (mine == nullptr) raise_current();
  PyObject* theirs = PyObject_GetAttrString(base.ptr(), name);
  const bool same = mine == theirs;
  Py_DECREF(mine);
  Py_XDECREF(theirs);
  if (theirs == nullptr) raise_current();
  if (same) return nullptr;
  PyObject* bound = PyObject_GetAttrString(object.ptr(), name);
  if (bound == nullptr) raise_current();
  if (PyCallable_Check(bound) == 0) {
    set_wrong_type(name, bound, "a method");
    Py_DECREF(bound);
    raise_current();
  }
  return bound;
}

}  // namespace

keel::Context& ContextHandle::get() const {
  if (context == nullptr)
    raise("python.no_callback", "ctx", "", "used during the callback that received it");
  return *context;
}

PyStrategy::PyStrategy(py::object object) : object_(std::move(object)) {
  const py::object base = base_class();
  if (!py::isinstance(object_, base)) {
    set_wrong_type("strategy", object_.ptr(), "an object of a class derived from keel.Strategy");
    raise_current();
  }
  context_object_ = py::cast(ContextHandle{});
  handle_ = context_object_.cast<ContextHandle*>();
  try {
    for (std::size_t i = 0; i < kCallbacks; ++i) methods_[i] = overridden(object_, base, kNames[i]);
    save_ = PyObject_GetAttrString(object_.ptr(), "save");
    load_ = PyObject_GetAttrString(object_.ptr(), "load");
    if (save_ == nullptr || load_ == nullptr) raise_current();
  } catch (...) {
    for (PyObject* method : methods_) Py_XDECREF(method);
    Py_XDECREF(save_);
    throw;
  }
}

PyStrategy::~PyStrategy() {
  for (PyObject* method : methods_) Py_XDECREF(method);
  for (PyObject* one :
       {save_, load_, quote_, trade_, bar_, error_type_, error_value_, error_trace_, error_event_})
    Py_XDECREF(one);
}

void PyStrategy::fail(PyObject* event) const {
  if (error_type_ == nullptr) {
    PyErr_Fetch(&error_type_, &error_value_, &error_trace_);
    PyErr_NormalizeException(&error_type_, &error_value_, &error_trace_);
    error_event_ = Py_XNewRef(event);
  } else {
    PyErr_Clear();
  }
  std::string text = Py_TYPE(error_value_)->tp_name;
  if (PyObject* said = PyObject_Str(error_value_); said != nullptr) {
    if (const char* words = PyUnicode_AsUTF8(said); words != nullptr)
      text.append(": ").append(words);
    Py_DECREF(said);
  }
  PyErr_Clear();
  throw std::runtime_error(text);  // the engine stops, and says so in the journal
}

void PyStrategy::raise_if_failed() {
  if (error_type_ == nullptr) return;
  PyObject* value = std::exchange(error_value_, nullptr);
  if (error_trace_ != nullptr) PyException_SetTraceback(value, error_trace_);
  Py_CLEAR(error_type_);
  Py_CLEAR(error_trace_);
  const py::object cause = py::reinterpret_steal<py::object>(value);
  const py::object event =
      error_event_ != nullptr
          ? py::reinterpret_steal<py::object>(std::exchange(error_event_, nullptr))
          : py::none();
  if (PyObject_IsInstance(cause.ptr(), PyExc_Exception) != 1) {  // KeyboardInterrupt, SystemExit
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(cause.ptr())), cause.ptr());
    raise_current();
  }
  const py::object error = py::module_::import("keel.errors").attr("callback_error")(cause, event);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
  raise_current();
}

void PyStrategy::call(Callback which, keel::Context* context, PyObject* event, PyObject* more) {
  handle_->context = context;
  PyObject* args[4] = {nullptr, context_object_.ptr(), event, more};
  PyObject** first = context != nullptr ? args + 1 : args + 2;
  const std::size_t count =
      (context != nullptr ? 1u : 0u) + (event != nullptr ? 1u : 0u) + (more != nullptr ? 1u : 0u);
  PyObject* result =
      PyObject_Vectorcall(methods_[which], first, count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr);
  handle_->context = nullptr;
  if (result == nullptr) [[unlikely]]
    fail(event);
  Py_DECREF(result);
}

template <class T>
void PyStrategy::call_with(Callback which, keel::Context& context, const T& record,
                           PyObject*& spare) {
  if (methods_[which] == nullptr) return;
  if (spare != nullptr && Py_REFCNT(spare) == 1) {
    boxed<T>(spare) = record;
  } else {
    Py_XDECREF(spare);
    spare = box(record);
    if (spare == nullptr) fail(nullptr);
  }
  call(which, &context, spare);
}

void PyStrategy::on_quote(keel::Context& context, const keel::Quote& quote) {
  call_with(kQuote, context, quote, quote_);
}
void PyStrategy::on_trade(keel::Context& context, const keel::Trade& trade) {
  call_with(kTrade, context, trade, trade_);
}
void PyStrategy::on_bar(keel::Context& context, const keel::Bar& bar) {
  call_with(kBar, context, bar, bar_);
}
void PyStrategy::on_start(keel::Context& context) {
  if (methods_[kStart] != nullptr) call(kStart, &context, nullptr);
}
void PyStrategy::on_recovered(keel::Context& context) {
  if (methods_[kRecovered] != nullptr) call(kRecovered, &context, nullptr);
}
void PyStrategy::on_stop(keel::Context& context) {
  if (methods_[kStop] != nullptr && error_type_ == nullptr) call(kStop, &context, nullptr);
}

namespace {
py::object as_record(const keel::RecordHeader& header) {
  return py::module_::import("keel._keel")
      .attr("_record")(py::bytes(reinterpret_cast<const char*>(&header), header.size));
}
}  // namespace

void PyStrategy::on_market(keel::Context& context, const keel::RecordHeader& record) {
  if (methods_[kMarket] == nullptr) return;
  call(kMarket, &context, as_record(record).ptr());
}
void PyStrategy::on_fill(keel::Context& context, const keel::OrderFact& fact) {
  if (methods_[kFill] != nullptr) call(kFill, &context, py::cast(fact).ptr());
}
void PyStrategy::on_denied(keel::Context& context, const keel::OrderFact& fact) {
  if (methods_[kDenied] != nullptr) call(kDenied, &context, py::cast(fact).ptr());
}
void PyStrategy::on_order(keel::Context& context, const keel::OrderFact& fact) {
  if (methods_[kOrder] != nullptr) call(kOrder, &context, py::cast(fact).ptr());
}
void PyStrategy::on_timer(keel::Context& context, keel::Timestamp time) {
  if (methods_[kTimer] != nullptr) call(kTimer, &context, py::cast(time).ptr());
}
void PyStrategy::on_parameter(keel::Context& context, std::string_view name, keel::Int128 raw) {
  if (methods_[kParameter] != nullptr)
    call(kParameter, &context, py::cast(name).ptr(), py::cast(raw).ptr());
}
void PyStrategy::on_history(const keel::Bar& bar) {
  if (methods_[kHistory] == nullptr) return;
  const py::object copy = py::reinterpret_steal<py::object>(box(bar));
  call(kHistory, nullptr, copy.ptr());
}

void PyStrategy::save(keel::StateWriter& writer) const {
  PyObject* state = PyObject_CallNoArgs(save_);
  char* bytes = nullptr;
  Py_ssize_t size = 0;
  if (state == nullptr || PyBytes_AsStringAndSize(state, &bytes, &size) != 0) {
    Py_XDECREF(state);
    fail(nullptr);
  }
  writer.put(std::string_view{bytes, static_cast<std::size_t>(size)});
  Py_DECREF(state);
}

void PyStrategy::load(keel::StateReader& reader) {
  std::string state;
  reader.get(state);
  PyObject* result =
      PyObject_CallFunction(load_, "y#", state.data(), static_cast<Py_ssize_t>(state.size()));
  if (result == nullptr) {
    PyErr_Fetch(&error_type_, &error_value_, &error_trace_);
    PyErr_NormalizeException(&error_type_, &error_value_, &error_trace_);
    reader.fail("a Python strategy could not load its state");
    return;
  }
  Py_DECREF(result);
}

StrategyHolder::StrategyHolder(const py::object& object) : keep_(object) {
  if (py::isinstance<keel::Strategy>(object))
    native_ = object.cast<keel::Strategy*>();
  else
    python_ = std::make_unique<PyStrategy>(object);
}

}  // namespace keel_python
