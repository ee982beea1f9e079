// How a keel::Error becomes a keel.Error.
#include "glue.hpp"

#include <stdexcept>

#include <keel/core/assert.hpp>

namespace keel_python {

namespace {

struct Bug : std::runtime_error {
  using std::runtime_error::runtime_error;
};

PyObject* error_maker() {
  static PyObject* maker = nullptr;
  if (maker == nullptr) {
    PyObject* module = PyImport_ImportModule("keel.errors");
    if (module == nullptr) return nullptr;
    maker = PyObject_GetAttrString(module, "make");
    Py_DECREF(module);
  }
  return maker;
}

void set(std::string_view code, std::string_view field, std::string_view value,
         std::string_view rule, std::string_view where) {
  PyObject* maker = error_maker();
  if (maker == nullptr) return;
  PyObject* parts[5] = {text_object(code), text_object(field), text_object(value),
                        text_object(rule), text_object(where)};
  PyObject* made = PyObject_Vectorcall(maker, parts, 5, nullptr);
  for (PyObject* part : parts) Py_XDECREF(part);
  if (made == nullptr) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made)), made);
  Py_DECREF(made);
}

}  // namespace

void set_error(const keel::Error& error) {
  set(error.code.text, error.field, error.value, error.rule, error.where);
}
void set_error(std::string_view code, std::string_view field, std::string_view value,
               std::string_view rule) {
  set(code, field, value, rule, {});
}
void set_wrong_type(std::string_view field, PyObject* given, std::string_view rule) {
  set("python.wrong_type", field, short_repr(given), rule, {});
}

void raise_current() { throw py::error_already_set(); }
void raise(const keel::Error& error) {
  set_error(error);
  raise_current();
}
void raise(std::string_view code, std::string_view field, std::string_view value,
           std::string_view rule) {
  set_error(code, field, value, rule);
  raise_current();
}

void install_assert_handler() {
  keel::set_assert_handler([](const keel::AssertInfo& info) {
    std::string text{info.message};
    text.append(" (").append(info.condition).append(", ").append(info.file);
    text.append(":").append(std::to_string(info.line)).append(")");
    throw Bug(text);
  });
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Bug& bug) {
      set_error("python.bug", "", "", bug.what());
    } catch (const Raised&) {
    }
  });
}

PyObject* translate_exception() {
  try {
    throw;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const Raised&) {
  } catch (const Bug& bug) {
    set_error("python.bug", "", "", bug.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    set_error("python.bug", "", "", error.what());
  } catch (...) {
    set_error("python.bug", "", "", "an exception that is no std::exception");
  }
  return nullptr;
}

std::string short_repr(PyObject* object) {
  if (object == nullptr) return "nothing";
  PyObject *type, *value, *trace;
  PyErr_Fetch(&type, &value, &trace);
  std::string text;
  PyObject* shown = PyObject_Repr(object);
  Py_ssize_t size = 0;
  const char* bytes = shown != nullptr ? PyUnicode_AsUTF8AndSize(shown, &size) : nullptr;
  text = bytes != nullptr ? std::string(bytes, static_cast<std::size_t>(size))
                          : std::string(Py_TYPE(object)->tp_name);
  Py_XDECREF(shown);
  PyErr_Clear();
  PyErr_Restore(type, value, trace);
  if (text.size() > 80) {
    std::size_t end = 77;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    text.resize(end);
    text += "...";
  }
  return text;
}

}  // namespace keel_python
