// Timestamp and Duration as Python objects: UTC nanoseconds.
#include "glue.hpp"

#include <keel/core/time_text.hpp>

namespace keel_python {

namespace {

using keel::Duration;
using keel::Timestamp;

constexpr const char* kTimeRule =
    "ISO 8601 text, nanoseconds since 1970 (int), or a datetime with a time zone";
constexpr const char* kDurationRule = "text such as \"5min\", nanoseconds (int), or a timedelta";

bool time_error(const char* field) {
  set_error("core.time_range", field, "", "the result fits 64 bits of nanoseconds");
  return false;
}

bool read_ns(PyObject* object, const char* field, std::int64_t& ns) {
  int overflow = 0;
  ns = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow != 0) return time_error(field);
  return !(ns == -1 && PyErr_Occurred() != nullptr);
}

bool attribute(PyObject* object, const char* name, long long& value) {
  PyObject* part = PyObject_GetAttrString(object, name);
  if (part == nullptr) return false;
  value = PyLong_AsLongLong(part);
  Py_DECREF(part);
  return !(value == -1 && PyErr_Occurred() != nullptr);
}

// A datetime.timedelta (pandas' too) to nanoseconds.
bool read_timedelta(PyObject* object, const char* field, std::int64_t& ns) {
  long long days = 0, seconds = 0, microseconds = 0, rest = 0;
  if (!attribute(object, "days", days) || !attribute(object, "seconds", seconds) ||
      !attribute(object, "microseconds", microseconds))
    return false;
  if (PyObject_HasAttrString(object, "nanoseconds") != 0 && !attribute(object, "nanoseconds", rest))
    return false;
  const keel::detail::i128 wide =
      (static_cast<keel::detail::i128>(days) * 86'400 + seconds) * 1'000'000'000 +
      microseconds * 1'000 + rest;
  ns = static_cast<std::int64_t>(wide);
  return ns == wide || time_error(field);
}

bool is_a(PyObject* object, const char* name) {
  static PyObject* module = nullptr;
  if (module == nullptr) module = PyImport_ImportModule("datetime");
  if (module == nullptr) return false;
  PyObject* type = PyObject_GetAttrString(module, name);
  const int answer = type != nullptr ? PyObject_IsInstance(object, type) : -1;
  Py_XDECREF(type);
  return answer == 1;
}

bool read_datetime(PyObject* object, std::int64_t& ns) {
  PyObject* zone = PyObject_CallMethod(object, "utcoffset", nullptr);
  if (zone == nullptr) return false;
  Py_DECREF(zone);
  if (zone == Py_None) {
    set_error("python.naive_datetime", "time", short_repr(object),
              "a datetime with a time zone, such as tzinfo=timezone.utc");
    return false;
  }
  static PyObject* epoch = nullptr;
  if (epoch == nullptr) {
    PyObject* module = PyImport_ImportModule("datetime");
    PyObject* type = module != nullptr ? PyObject_GetAttrString(module, "datetime") : nullptr;
    PyObject* zones = module != nullptr ? PyObject_GetAttrString(module, "timezone") : nullptr;
    PyObject* utc = zones != nullptr ? PyObject_GetAttrString(zones, "utc") : nullptr;
    if (utc != nullptr)
      epoch = PyObject_CallFunction(type, "iiiiiiiO", 1970, 1, 1, 0, 0, 0, 0, utc);
    Py_XDECREF(utc);
    Py_XDECREF(zones);
    Py_XDECREF(type);
    Py_XDECREF(module);
    if (epoch == nullptr) return false;
  }
  PyObject* since = PyNumber_Subtract(object, epoch);
  if (since == nullptr) return false;
  const bool good = read_timedelta(since, "time", ns);
  Py_DECREF(since);
  return good;
}

template <class T>
bool parse(PyObject* object, const char* field, T& value) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object, &size);
  if (text == nullptr) return false;
  const std::string_view view{text, static_cast<std::size_t>(size)};
  if constexpr (std::is_same_v<T, Timestamp>) {
    auto read = keel::parse_timestamp(view);
    if (!read) return set_error(std::move(read).error().in_field(field)), false;
    value = *read;
  } else {
    auto read = keel::parse_duration(view);
    if (!read) return set_error(std::move(read).error().in_field(field)), false;
    value = *read;
  }
  return true;
}

template <class T>
PyObject* create(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"value", nullptr};
  PyObject* given = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", const_cast<char**>(names), &given))
    return nullptr;
  T value{};
  return unbox(given, value) ? box(value) : nullptr;
}

template <class T>
PyObject* str(PyObject* self) {
  return text_object(keel::to_text(boxed<T>(self)));
}
template <class T>
PyObject* repr(PyObject* self) {
  return text_object(std::string(std::is_same_v<T, Timestamp> ? "Timestamp('" : "Duration('")
                         .append(keel::to_text(boxed<T>(self)))
                         .append("')"));
}
template <class T>
Py_hash_t hash(PyObject* self) {
  const auto mixed = static_cast<std::uint64_t>(boxed<T>(self).ns) * 0x9E3779B97F4A7C15u;
  const auto result = static_cast<Py_hash_t>(mixed ^ (mixed >> 29));
  return result == -1 ? -2 : result;
}
template <class T>
PyObject* reduce(PyObject* self, PyObject*) {
  return Py_BuildValue("O(L)", boxed_type<T>, static_cast<long long>(boxed<T>(self).ns));
}
template <class T>
PyObject* ns(PyObject* self, void*) {
  return PyLong_FromLongLong(boxed<T>(self).ns);
}
template <class T>
PyObject* compare(PyObject* self, PyObject* other, int op) {
  if (!is_boxed<T>(other)) {
    if (PyFloat_Check(other)) {
      set_wrong_type("time", other, "times with times, durations with durations");
      return nullptr;
    }
    Py_RETURN_NOTIMPLEMENTED;
  }
  const auto a = boxed<T>(self).ns, b = boxed<T>(other).ns;
  Py_RETURN_RICHCOMPARE(a, b, op);
}

bool is_duration(PyObject* object) {
  return is_boxed<Duration>(object) || is_a(object, "timedelta");
}

template <class T>
PyObject* checked(bool overflow, std::int64_t ns) {
  if (overflow) return time_error("time"), nullptr;
  return box(T{ns});
}

PyObject* time_add(PyObject* a, PyObject* b) {
  PyObject* time = is_boxed<Timestamp>(a) ? a : b;
  PyObject* length = time == a ? b : a;
  Duration duration{};
  if (PyFloat_Check(length)) return set_wrong_type("time", length, kDurationRule), nullptr;
  if (!is_boxed<Timestamp>(time) || !is_duration(length)) Py_RETURN_NOTIMPLEMENTED;
  if (!unbox(length, duration)) return nullptr;
  std::int64_t sum{};
  const bool overflow = __builtin_add_overflow(boxed<Timestamp>(time).ns, duration.ns, &sum);
  return checked<Timestamp>(overflow, sum);
}
PyObject* time_subtract(PyObject* a, PyObject* b) {
  if (!is_boxed<Timestamp>(a)) Py_RETURN_NOTIMPLEMENTED;
  std::int64_t rest{};
  const std::int64_t left = boxed<Timestamp>(a).ns;
  if (is_boxed<Timestamp>(b)) {
    const bool overflow = __builtin_sub_overflow(left, boxed<Timestamp>(b).ns, &rest);
    return checked<Duration>(overflow, rest);
  }
  Duration duration{};
  if (!is_duration(b)) Py_RETURN_NOTIMPLEMENTED;
  if (!unbox(b, duration)) return nullptr;
  const bool overflow = __builtin_sub_overflow(left, duration.ns, &rest);
  return checked<Timestamp>(overflow, rest);
}
PyObject* duration_add(PyObject* a, PyObject* b) {
  Duration left{}, right{};
  if (!is_duration(a) || !is_duration(b)) Py_RETURN_NOTIMPLEMENTED;
  if (!unbox(a, left) || !unbox(b, right)) return nullptr;
  std::int64_t sum{};
  const bool overflow = __builtin_add_overflow(left.ns, right.ns, &sum);
  return checked<Duration>(overflow, sum);
}
PyObject* duration_subtract(PyObject* a, PyObject* b) {
  Duration left{}, right{};
  if (!is_duration(a) || !is_duration(b)) Py_RETURN_NOTIMPLEMENTED;
  if (!unbox(a, left) || !unbox(b, right)) return nullptr;
  std::int64_t rest{};
  const bool overflow = __builtin_sub_overflow(left.ns, right.ns, &rest);
  return checked<Duration>(overflow, rest);
}
PyObject* duration_multiply(PyObject* a, PyObject* b) {
  PyObject* length = is_boxed<Duration>(a) ? a : b;
  PyObject* times = length == a ? b : a;
  if (!PyLong_Check(times) || PyBool_Check(times))
    return set_wrong_type("duration", times, "a duration times an int"), nullptr;
  std::int64_t factor{}, product{};
  if (!read_ns(times, "duration", factor)) return nullptr;
  const bool overflow = __builtin_mul_overflow(boxed<Duration>(length).ns, factor, &product);
  return checked<Duration>(overflow, product);
}

PyObject* floor_to(PyObject* self, PyObject* given) {
  Duration interval{};
  if (!unbox(given, interval)) return nullptr;
  if (interval.ns <= 0) {
    set_error("python.out_of_range", "interval", keel::to_text(interval), "above zero");
    return nullptr;
  }
  return guarded([&] { return box(boxed<Timestamp>(self).floor_to(interval)); });
}

PyObject* to_datetime(PyObject* self, PyObject*) {
  PyObject* module = PyImport_ImportModule("datetime");
  if (module == nullptr) return nullptr;
  const std::int64_t total = boxed<Timestamp>(self).ns;
  const std::int64_t us = total / 1'000 - (total % 1'000 < 0 ? 1 : 0);
  PyObject* zones = PyObject_GetAttrString(module, "timezone");
  PyObject* utc = zones != nullptr ? PyObject_GetAttrString(zones, "utc") : nullptr;
  PyObject* type = PyObject_GetAttrString(module, "datetime");
  PyObject* epoch = utc != nullptr
                        ? PyObject_CallFunction(type, "iiiiiiiO", 1970, 1, 1, 0, 0, 0, 0, utc)
                        : nullptr;
  PyObject* delta =
      PyObject_CallMethod(module, "timedelta", "iiL", 0, 0, static_cast<long long>(us));
  PyObject* result = epoch != nullptr && delta != nullptr ? PyNumber_Add(epoch, delta) : nullptr;
  for (PyObject* part : {delta, epoch, type, utc, zones, module}) Py_XDECREF(part);
  return result;
}

PyObject* to_timedelta(PyObject* self, PyObject*) {
  PyObject* module = PyImport_ImportModule("datetime");
  if (module == nullptr) return nullptr;
  const std::int64_t total = boxed<Duration>(self).ns;
  PyObject* result =
      PyObject_CallMethod(module, "timedelta", "iiL", 0, 0, static_cast<long long>(total / 1'000));
  Py_DECREF(module);
  return result;
}
PyObject* total_seconds(PyObject* self, PyObject*) {
  return PyFloat_FromDouble(boxed<Duration>(self).to_seconds());
}

constexpr const char* kTimestampDoc =
    "Timestamp(value: str | int | datetime | Timestamp)\n--\n\n"
    "UTC nanoseconds since 1970. Text without an offset is UTC; a datetime needs a time zone.\n\n"
    ">>> Timestamp('2024-03-10T14:30:00Z') + Duration('5min')\n"
    "Timestamp('2024-03-10T14:35:00Z')\n\n"
    "Errors: core.time_syntax, core.time_range, python.naive_datetime.";
constexpr const char* kDurationDoc =
    "Duration(value: str | int | timedelta | Duration)\n--\n\n"
    "Nanoseconds. Text has a unit: '90s', '5min', '250ms', '1h', '1d', '10us', '5ns'.\n\n"
    ">>> Duration('90s').ns\n90000000000\n\nErrors: core.time_syntax, core.time_range.";

template <class T>
void add_one(PyObject* module, const char* name, const char* doc, PyMethodDef* methods,
             binaryfunc add, binaryfunc subtract, binaryfunc multiply) {
  static PyGetSetDef getters[] = {{"ns", ns<T>, nullptr, "Nanoseconds: an int.", nullptr},
                                  {nullptr, nullptr, nullptr, nullptr, nullptr}};
  PyType_Slot slots[] = {
      slot(Py_tp_new, create<T>),
      slot(Py_tp_dealloc, dealloc<T>),
      slot(Py_tp_repr, repr<T>),
      slot(Py_tp_str, str<T>),
      slot(Py_tp_hash, hash<T>),
      slot(Py_tp_richcompare, compare<T>),
      {Py_tp_methods, methods},
      {Py_tp_getset, getters},
      {Py_tp_doc, const_cast<char*>(doc)},
      slot(Py_nb_add, add),
      slot(Py_nb_subtract, subtract),
      multiply != nullptr ? slot(Py_nb_multiply, multiply) : PyType_Slot{0, nullptr},
      {0, nullptr}};
  boxed_type<T> = add_type(module, name, sizeof(Boxed<T>), slots);
}

}  // namespace

bool unbox(PyObject* object, Timestamp& value) {
  if (is_boxed<Timestamp>(object)) {
    value = boxed<Timestamp>(object);
    return true;
  }
  if (PyUnicode_Check(object)) return parse(object, "time", value);
  if (PyLong_Check(object) && !PyBool_Check(object)) return read_ns(object, "time", value.ns);
  if (is_a(object, "datetime")) return read_datetime(object, value.ns);
  set_wrong_type("time", object, kTimeRule);
  return false;
}

bool unbox(PyObject* object, Duration& value) {
  if (is_boxed<Duration>(object)) {
    value = boxed<Duration>(object);
    return true;
  }
  if (PyUnicode_Check(object)) return parse(object, "duration", value);
  if (PyLong_Check(object) && !PyBool_Check(object)) return read_ns(object, "duration", value.ns);
  if (is_a(object, "timedelta")) return read_timedelta(object, "duration", value.ns);
  set_wrong_type("duration", object, kDurationRule);
  return false;
}

void add_times(PyObject* module) {
  static PyMethodDef time_methods[] = {
      {"floor_to", floor_to, METH_O,
       "floor_to(interval)\n--\n\nThe start of the interval of this length, counted from 1970."},
      {"to_datetime", to_datetime, METH_NOARGS,
       "to_datetime()\n--\n\nAs datetime.datetime in UTC; nanoseconds are cut to microseconds."},
      {"__reduce__", reduce<Timestamp>, METH_NOARGS, "For pickle."},
      {nullptr, nullptr, 0, nullptr}};
  static PyMethodDef duration_methods[] = {
      {"total_seconds", total_seconds, METH_NOARGS, "total_seconds()\n--\n\nSeconds: a float."},
      {"to_timedelta", to_timedelta, METH_NOARGS,
       "to_timedelta()\n--\n\nAs datetime.timedelta, cut to microseconds."},
      {"__reduce__", reduce<Duration>, METH_NOARGS, "For pickle."},
      {nullptr, nullptr, 0, nullptr}};
  add_one<Timestamp>(module, "Timestamp", kTimestampDoc, time_methods, time_add, time_subtract,
                     nullptr);
  add_one<Duration>(module, "Duration", kDurationDoc, duration_methods, duration_add,
                    duration_subtract, duration_multiply);
}

}  // namespace keel_python
