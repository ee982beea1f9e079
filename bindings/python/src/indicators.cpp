// Streaming indicators as Python objects: an update costs what a call costs.
#include "glue.hpp"

#include <keel/indicators/momentum.hpp>
#include <keel/indicators/volatility.hpp>

namespace keel_python {

namespace {

constexpr int kMaxLength = 10'000'000;

// A float, an int or a Price. false with an error set.
inline bool number(PyObject* object, double& value) {
  if (PyFloat_CheckExact(object)) {
    value = PyFloat_AS_DOUBLE(object);
    return true;
  }
  if (is_boxed<keel::Price>(object)) {
    value = boxed<keel::Price>(object).to_double();
    return true;
  }
  if (is_boxed<keel::Quantity>(object)) {
    value = boxed<keel::Quantity>(object).to_double();
    return true;
  }
  value = PyFloat_AsDouble(object);
  if (value != -1.0 || PyErr_Occurred() == nullptr) return true;
  PyErr_Clear();
  set_wrong_type("value", object, "a float, an int or a Price");
  return false;
}

bool length_of(PyObject* object, int least, int& length) {
  int overflow = 0;
  long wide = -1;
  if (PyLong_Check(object) && !PyBool_Check(object)) {
    wide = PyLong_AsLongAndOverflow(object, &overflow);
  } else {
    set_wrong_type("length", object, "an int");
    return false;
  }
  if (overflow != 0 || wide < least || wide > kMaxLength) {
    set_error("indicators.bad_length", "length", short_repr(object),
              "from " + std::to_string(least) + " to " + std::to_string(kMaxLength));
    return false;
  }
  length = static_cast<int>(wide);
  return true;
}

template <class T>
PyObject* value(PyObject* self, void*) {
  if constexpr (requires(T& one) { one.value(); })
    return PyFloat_FromDouble(boxed<T>(self).value());
  else
    return PyFloat_FromDouble(boxed<T>(self).middle());
}
template <class T>
PyObject* ready(PyObject* self, void*) {
  return PyBool_FromLong(boxed<T>(self).ready());
}
template <class T>
PyObject* warm_up(PyObject* self, void*) {
  return PyLong_FromLong(boxed<T>(self).warm_up());
}
template <class T>
PyObject* reset(PyObject* self, PyObject*) {
  boxed<T>(self).reset();
  Py_RETURN_NONE;
}

// update(value) of indicators over one column.
template <class T>
PyObject* update_one(PyObject* self, PyObject* given) {
  double input = 0;
  if (!number(given, input)) return nullptr;
  return PyBool_FromLong(boxed<T>(self).update(input));
}

template <class T, int N>
PyObject* update_many(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  if constexpr (N == 3) {
    if (count == 1 && is_boxed<keel::Bar>(args[0]))
      return PyBool_FromLong(boxed<T>(self).update(boxed<keel::Bar>(args[0])));
  }
  if (count != N) {
    set_error("python.wrong_type", "update", std::to_string(count) + " arguments",
              N == 3 ? "high, low, close; or a Bar" : "price, volume");
    return nullptr;
  }
  double in[3] = {};
  for (int i = 0; i < N; ++i)
    if (!number(args[i], in[i])) return nullptr;
  bool taken = false;
  if constexpr (N == 3)
    taken = boxed<T>(self).update(in[0], in[1], in[2]);
  else
    taken = boxed<T>(self).update(in[0], in[1]);
  return PyBool_FromLong(taken);
}

// What snapshots and pickles hold: every bit of the state.
template <class T>
PyObject* get_state(PyObject* self, PyObject*) {
  return guarded([&] {
    keel::StateWriter writer;
    boxed<T>(self).save(writer);
    return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(writer.bytes().data()),
                                     static_cast<Py_ssize_t>(writer.bytes().size()));
  });
}
template <class T>
PyObject* set_state(PyObject* self, PyObject* state) {
  char* bytes = nullptr;
  Py_ssize_t size = 0;
  if (PyBytes_AsStringAndSize(state, &bytes, &size) != 0) {
    PyErr_Clear();
    set_wrong_type("state", state, "bytes that get_state() gave");
    return nullptr;
  }
  return guarded([&]() -> PyObject* {
    keel::StateReader reader{
        {reinterpret_cast<const std::byte*>(bytes), static_cast<std::size_t>(size)}};
    T fresh = boxed<T>(self);
    fresh.load(reader);
    if (const auto status = reader.finish(); !status) return set_error(status.error()), nullptr;
    boxed<T>(self) = std::move(fresh);
    Py_RETURN_NONE;
  });
}

// A new object with its C++ value built in place.
template <class T, class... A>
PyObject* construct(A... arguments) {
  return guarded([&]() -> PyObject* {
    T made{arguments...};  // may throw; the object is made after
    PyTypeObject* type = boxed_type<T>;
    PyObject* self = type->tp_alloc(type, 0);
    if (self != nullptr) new (&boxed<T>(self)) T(std::move(made));
    return self;
  });
}

template <class T, int Least>
PyObject* create_length(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"length", nullptr};
  PyObject* given = nullptr;
  int length = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", const_cast<char**>(names), &given) ||
      !length_of(given, Least, length))
    return nullptr;
  return construct<T>(length);
}
template <class T>
PyObject* create_plain(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {nullptr};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "", const_cast<char**>(names))) return nullptr;
  return construct<T>();
}
PyObject* create_macd(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"fast", "slow", "signal", nullptr};
  PyObject* given[3] = {};
  int lengths[3] = {12, 26, 9};
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOO", const_cast<char**>(names), &given[0],
                                   &given[1], &given[2]))
    return nullptr;
  for (int i = 0; i < 3; ++i)
    if (given[i] != nullptr && !length_of(given[i], 1, lengths[i])) return nullptr;
  if (lengths[0] >= lengths[1]) {
    set_error("indicators.bad_length", "fast", std::to_string(lengths[0]), "below slow");
    return nullptr;
  }
  return construct<keel::Macd>(lengths[0], lengths[1], lengths[2]);
}
PyObject* create_bands(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"length", "width", nullptr};
  PyObject* given = nullptr;
  int length = 20;
  double width = 2.0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Od", const_cast<char**>(names), &given,
                                   &width) ||
      (given != nullptr && !length_of(given, 1, length)))
    return nullptr;
  if (!(width > 0.0 && width < 1e100)) {
    set_error("indicators.bad_value", "width", std::to_string(width), "above zero, and finite");
    return nullptr;
  }
  return construct<keel::BollingerBands>(length, width);
}

template <class T, int N>
PyMethodDef* methods() {
  PyMethodDef update;
  if constexpr (N == 1) {
    update = {"update", update_one<T>, METH_O,
              "update(value)\n--\n\nTakes a float, int or Price. False: it is not finite, and "
              "nothing changed."};
  } else {
    update = {"update",
              reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(update_many<T, N>)),
              METH_FASTCALL,
              N == 3 ? "update(high, low=None, close=None)\n--\n\nTakes high, low and close, or a "
                       "Bar alone. False: refused, nothing changed."
                     : "update(price, volume)\n--\n\nFalse: refused, nothing changed."};
  }
  static PyMethodDef list[] = {
      update,
      {"reset", reset<T>, METH_NOARGS, "reset()\n--\n\nAs new."},
      {"get_state", get_state<T>, METH_NOARGS, "get_state()\n--\n\nEvery bit of the state: bytes."},
      {"set_state", set_state<T>, METH_O,
       "set_state(state: bytes)\n--\n\nBack to a state that an indicator of these lengths gave."},
      {nullptr, nullptr, 0, nullptr}};
  return list;
}

template <class T, int N>
void add(PyObject* module, const char* name, newfunc create, const char* doc,
         PyGetSetDef* getters = nullptr) {
  static PyGetSetDef usual[] = {
      {"value", value<T>, nullptr, "A float; NaN before it is ready.", nullptr},
      {"ready", ready<T>, nullptr, "Whether there were enough values.", nullptr},
      {"warm_up", warm_up<T>, nullptr, "How many values it needs.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  PyType_Slot slots[] = {slot(Py_tp_new, create),
                         slot(Py_tp_dealloc, dealloc<T>),
                         {Py_tp_methods, methods<T, N>()},
                         {Py_tp_getset, getters != nullptr ? getters : usual},
                         {Py_tp_doc, const_cast<char*>(doc)},
                         {0, nullptr}};
  boxed_type<T> = add_type(module, name, sizeof(Boxed<T>), slots);
}

template <class T, double (T::*Get)() const>
PyObject* part(PyObject* self, void*) {
  return PyFloat_FromDouble((boxed<T>(self).*Get)());
}

}  // namespace

void add_indicators(PyObject* module) {
  using namespace keel;
  add<Sma, 1>(module, "Sma", create_length<Sma, 1>,
              "Sma(length: int)\n--\n\nMean of the last n values.");
  add<Ema, 1>(
      module, "Ema", create_length<Ema, 1>,
      "Ema(length: int)\n--\n\nExponential average, seeded with the mean of the first n.\n\n"
      ">>> ema = Ema(2)\n>>> [ema.update(x) for x in (1.0, 2.0, 4.0)], ema.value\n"
      "([True, True, True], 3.1666666666666665)");
  add<Rma, 1>(module, "Rma", create_length<Rma, 1>, "Rma(length: int)\n--\n\nWilder's average.");
  add<Rsi, 1>(module, "Rsi", create_length<Rsi, 1>,
              "Rsi(length: int)\n--\n\nRelative strength index, 0 to 100.");
  add<Roc, 1>(module, "Roc", create_length<Roc, 1>,
              "Roc(length: int)\n--\n\nRate of change in percent.");
  add<RollingStdDev, 1>(module, "RollingStdDev", create_length<RollingStdDev, 1>,
                        "RollingStdDev(length: int)\n--\n\nPopulation standard deviation.");
  add<ZScore, 1>(module, "ZScore", create_length<ZScore, 1>,
                 "ZScore(length: int)\n--\n\nDeviations of the newest value from the mean.");
  add<DonchianHigh, 1>(module, "DonchianHigh", create_length<DonchianHigh, 1>,
                       "DonchianHigh(length: int)\n--\n\nHighest of the last n values.");
  add<DonchianLow, 1>(module, "DonchianLow", create_length<DonchianLow, 1>,
                      "DonchianLow(length: int)\n--\n\nLowest of the last n values.");
  add<TrueRange, 3>(module, "TrueRange", create_plain<TrueRange>,
                    "TrueRange()\n--\n\nThe true range of the last bar.");
  add<Atr, 3>(module, "Atr", create_length<Atr, 1>,
              "Atr(length: int)\n--\n\nAverage true range, Wilder's.");
  add<Vwap, 2>(module, "Vwap", create_plain<Vwap>,
               "Vwap()\n--\n\nVolume-weighted average price since the last reset.");
  static PyGetSetDef macd[] = {
      {"value", part<Macd, &Macd::value>, nullptr, "Fast EMA less slow EMA; NaN before ready.",
       nullptr},
      {"signal", part<Macd, &Macd::signal>, nullptr, "An EMA of value.", nullptr},
      {"histogram", part<Macd, &Macd::histogram>, nullptr, "value less signal.", nullptr},
      {"ready", ready<Macd>, nullptr, "Whether there were enough values.", nullptr},
      {"warm_up", warm_up<Macd>, nullptr, "How many values it needs.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  add<Macd, 1>(module, "Macd", create_macd,
               "Macd(fast: int = 12, slow: int = 26, signal: int = 9)\n--\n\n"
               "Convergence and divergence of two EMAs.",
               macd);
  static PyGetSetDef bands[] = {
      {"upper", part<BollingerBands, &BollingerBands::upper>, nullptr, "Middle plus width.",
       nullptr},
      {"middle", part<BollingerBands, &BollingerBands::middle>, nullptr, "The mean.", nullptr},
      {"lower", part<BollingerBands, &BollingerBands::lower>, nullptr, "Middle less width.",
       nullptr},
      {"value", part<BollingerBands, &BollingerBands::middle>, nullptr, "The mean.", nullptr},
      {"ready", ready<BollingerBands>, nullptr, "Whether there were enough values.", nullptr},
      {"warm_up", warm_up<BollingerBands>, nullptr, "How many values it needs.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  add<BollingerBands, 1>(module, "BollingerBands", create_bands,
                         "BollingerBands(length: int = 20, width: float = 2.0)\n--\n\n"
                         "Mean, and that plus and less `width` population standard deviations.",
                         bands);
}

}  // namespace keel_python
