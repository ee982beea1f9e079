// Errors on their way to Python: every failure is a keel.Error with code, field, value and rule.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>
#include <string_view>
#include <utility>

#include <keel/core/result.hpp>

namespace keel_python {

// A Python error is set; whoever catches this returns to the interpreter.
struct Raised {};

// Sets keel.Error (keel.errors.make decides which of its classes by the code).
void set_error(const keel::Error& error);
void set_error(std::string_view code, std::string_view field, std::string_view value,
               std::string_view rule);
// python.wrong_type: what was given is of a type that is never converted in silence.
void set_wrong_type(std::string_view field, PyObject* given, std::string_view rule);

// The same as C++ exceptions, for code that pybind11 calls.
[[noreturn]] void raise(const keel::Error& error);
[[noreturn]] void raise(std::string_view code, std::string_view field, std::string_view value,
                        std::string_view rule);
[[noreturn]] void raise_current();  // the Python error that is set

// The value, or its error as a Python exception.
template <class T>
T take(keel::Result<T>&& result) {
  if (!result) raise(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// A failed assert of the library, as text; thrown by the handler that the module installs.
void install_assert_handler();

// repr() of an object, for messages; never fails, at most 80 characters.
std::string short_repr(PyObject* object);

}  // namespace keel_python
