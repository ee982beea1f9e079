// Exact values as Python objects: plain C types, because a strategy makes millions of them.
//
// box(value) makes an object; unbox(object, value) reads one, and also takes text, int and
// decimal.Decimal (Timestamp: aware datetime, Duration: timedelta), never a float. It returns false
// with a Python error set.
#pragma once

#include "errors.hpp"

#include <keel/core/money.hpp>
#include <keel/core/time.hpp>
#include <keel/core/volume.hpp>
#include <keel/model/market_data.hpp>

namespace keel_python {

template <class T>
struct Boxed {
  PyObject_HEAD T value;
};

template <class T>
inline PyTypeObject* boxed_type = nullptr;

template <class T>
[[nodiscard]] inline bool is_boxed(PyObject* object) {
  return Py_TYPE(object) == boxed_type<T>;
}
template <class T>
[[nodiscard]] inline T& boxed(PyObject* object) {
  return reinterpret_cast<Boxed<T>*>(object)->value;
}
// A new reference; null with an error set where memory ran out.
template <class T>
[[nodiscard]] inline PyObject* box(const T& value) {
  PyTypeObject* type = boxed_type<T>;
  PyObject* object = type->tp_alloc(type, 0);
  if (object != nullptr) boxed<T>(object) = value;
  return object;
}

bool unbox(PyObject* object, keel::Price& value);
bool unbox(PyObject* object, keel::Quantity& value);
bool unbox(PyObject* object, keel::Rate& value);
bool unbox(PyObject* object, keel::Volume& value);
bool unbox(PyObject* object, keel::Money& value);
bool unbox(PyObject* object, keel::Currency& value);
bool unbox(PyObject* object, keel::Timestamp& value);
bool unbox(PyObject* object, keel::Duration& value);
bool unbox(PyObject* object, keel::Int128& value);

PyObject* int_object(keel::Int128 value);
PyObject* text_object(std::string_view text);
// decimal.Decimal of this exact text.
PyObject* decimal_object(const std::string& text);

// A type from its slots, added to the module; the type lives as long as the process.
PyTypeObject* add_type(PyObject* module, const char* name, int basic_size, PyType_Slot* slots);

template <class T>
void dealloc(PyObject* object) {
  PyTypeObject* type = Py_TYPE(object);
  boxed<T>(object).~T();
  type->tp_free(object);
  Py_DECREF(type);
}

template <class F>
PyType_Slot slot(int id, F* function) {
  return {id, reinterpret_cast<void*>(function)};
}

// Getters and methods that may throw (a failed assert, memory) end in a Python error.
PyObject* translate_exception();
template <class F>
PyObject* guarded(F&& body) {
  try {
    return body();
  } catch (...) {
    return translate_exception();
  }
}

void add_decimals(PyObject* module);
void add_money(PyObject* module);
void add_times(PyObject* module);
void add_records(PyObject* module);
void add_indicators(PyObject* module);

}  // namespace keel_python
