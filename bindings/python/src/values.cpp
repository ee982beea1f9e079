// What all value types share: texts, whole numbers, types from slots.
#include "glue.hpp"

#include <climits>

namespace keel_python {

PyObject* text_object(std::string_view text) {
  return PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
}

PyObject* decimal_object(const std::string& text) {
  static PyObject* type = nullptr;
  if (type == nullptr) {
    PyObject* module = PyImport_ImportModule("decimal");
    if (module == nullptr) return nullptr;
    type = PyObject_GetAttrString(module, "Decimal");
    Py_DECREF(module);
    if (type == nullptr) return nullptr;
  }
  return PyObject_CallFunction(type, "s#", text.data(), static_cast<Py_ssize_t>(text.size()));
}

PyObject* int_object(keel::Int128 value) {
  if (value.high == (static_cast<std::int64_t>(value.low) >> 63))
    return PyLong_FromLongLong(static_cast<std::int64_t>(value.low));
  return PyLong_FromString(keel::detail::decimal_text(value, 0).c_str(), nullptr, 10);
}

bool unbox(PyObject* object, keel::Int128& value) {
  if (PyBool_Check(object) || !PyLong_Check(object)) {
    set_wrong_type("raw value", object, "an int");
    return false;
  }
  int overflow = 0;
  const long long small = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow == 0) {
    value = keel::Int128::from(small);
    return !(small == -1 && PyErr_Occurred() != nullptr);
  }
  PyObject* text = PyObject_Str(object);
  if (text == nullptr) return false;
  Py_ssize_t size = 0;
  const char* digits = PyUnicode_AsUTF8AndSize(text, &size);
  bool good = false;
  if (digits != nullptr) {
    const auto read = keel::detail::parse_decimal({digits, static_cast<std::size_t>(size)}, 0);
    if (read) value = *read;
    if (!read) set_error(read.error());
    good = read.ok();
  }
  Py_DECREF(text);
  return good;
}

bool unbox(PyObject* object, keel::Currency& value) {
  if (!PyUnicode_Check(object)) {
    set_wrong_type("currency", object, "a currency's code, such as \"USD\"");
    return false;
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object, &size);
  if (text == nullptr) return false;
  auto read = keel::Currency::parse({text, static_cast<std::size_t>(size)});
  if (!read) {
    set_error(std::move(read).error().in_field("currency"));
    return false;
  }
  value = *read;
  return true;
}

bool id_value(PyObject* object, const char* name, std::uint64_t max, std::uint64_t& value) {
  if (PyBool_Check(object) || !PyLong_Check(object)) {
    set_wrong_type(name, object, "an int that keel gave out");
    return false;
  }
  value = PyLong_AsUnsignedLongLong(object);
  if (PyErr_Occurred() != nullptr || value > max) {
    PyErr_Clear();
    set_error("python.out_of_range", name, short_repr(object), "from 0 to " + std::to_string(max));
    return false;
  }
  return true;
}

PyTypeObject* add_type(PyObject* module, const char* name, int basic_size, PyType_Slot* slots) {
  // The interpreter keeps the name; types are made once.
  auto* full = new std::string(std::string("keel.") + name);
  PyType_Spec spec{full->c_str(), basic_size, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
                   slots};
  PyObject* type = PyType_FromSpec(&spec);
  if (type == nullptr || PyModule_AddObjectRef(module, name, type) < 0) raise_current();
  return reinterpret_cast<PyTypeObject*>(type);
}

PyObject* make_enum(PyObject* module, const char* name, const char* doc,
                    const std::vector<std::pair<std::string, int>>& members) {
  const py::object base = py::module_::import("enum").attr("IntEnum");
  py::list list;
  for (const auto& [text, value] : members) list.append(py::make_tuple(text, value));
  py::object type = base(name, list, py::arg("module") = "keel");
  type.attr("__doc__") = doc;
  py::setattr(module, name, type);
  return type.release().ptr();
}

bool enum_value(PyObject* object, PyObject* type, const char* name, long& value) {
  if (Py_TYPE(object) == reinterpret_cast<PyTypeObject*>(type)) {
    value = PyLong_AsLong(object);
    return true;
  }
  if (PyUnicode_Check(object)) {  // "stop_limit" for OrderType.STOP_LIMIT
    PyObject* upper = PyObject_CallMethod(object, "upper", nullptr);
    PyObject* member = upper != nullptr ? PyObject_GetItem(type, upper) : nullptr;
    Py_XDECREF(upper);
    if (member != nullptr) {
      value = PyLong_AsLong(member);
      Py_DECREF(member);
      return true;
    }
    PyErr_Clear();
    set_error("core.unknown_name", name, short_repr(object),
              std::string("a name of keel.").append(name));
    return false;
  }
  set_wrong_type(name, object, std::string("a keel.").append(name).append(" or its name"));
  return false;
}

}  // namespace keel_python
