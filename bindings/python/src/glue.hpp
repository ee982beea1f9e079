// pybind11 meets keel's values: exact decimals, ids and enumerations convert by themselves.
#pragma once

#include "values.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <keel/core/id.hpp>
#include <keel/core/text.hpp>
#include <keel/model/order.hpp>

namespace py = pybind11;

namespace keel_python {

// ---- enumerations: an enum.IntEnum each; text ("buy") is taken too ----
template <class E>
struct EnumType {
  static inline PyObject* type = nullptr;
  static inline const char* name = "";
  static inline PyObject* members[32] = {};
};
PyObject* make_enum(PyObject* module, const char* name, const char* doc,
                    const std::vector<std::pair<std::string, int>>& members);
bool enum_value(PyObject* object, PyObject* type, const char* name, long& value);

template <class E>
PyObject* box_enum(E value) {
  const auto index = static_cast<std::size_t>(value);
  PyObject* member = index < 32 ? EnumType<E>::members[index] : nullptr;
  return member != nullptr ? Py_NewRef(member) : PyLong_FromSize_t(index);
}

bool id_value(PyObject* object, const char* name, std::uint64_t max, std::uint64_t& value);

void add_enums(PyObject* module);
void add_model(py::module_& module);
void add_orders(py::module_& module);
void add_context(py::module_& module);
void add_market(py::module_& module);
void add_feeds(py::module_& module);
void add_backtest(py::module_& module);
void add_report(py::module_& module);
void add_statistics(py::module_& module);
void add_journal(py::module_& module);
void add_portfolio(py::module_& module);
void add_risk(py::module_& module);
void add_arrays(py::module_& module);
void add_signals(py::module_& module);

}  // namespace keel_python

namespace pybind11::detail {

#define KEEL_PYTHON_VALUE(Type, Shown)                                         \
  template <>                                                                  \
  struct type_caster<Type> {                                                   \
    PYBIND11_TYPE_CASTER(Type, const_name(Shown));                             \
    bool load(handle source, bool) {                                           \
      if (!keel_python::unbox(source.ptr(), value)) throw error_already_set(); \
      return true;                                                             \
    }                                                                          \
    static handle cast(const Type& from, return_value_policy, handle) {        \
      return keel_python::box(from);                                           \
    }                                                                          \
  }
KEEL_PYTHON_VALUE(keel::Price, "Price");
KEEL_PYTHON_VALUE(keel::Quantity, "Quantity");
KEEL_PYTHON_VALUE(keel::Rate, "Rate");
KEEL_PYTHON_VALUE(keel::Volume, "Volume");
KEEL_PYTHON_VALUE(keel::Timestamp, "Timestamp");
KEEL_PYTHON_VALUE(keel::Duration, "Duration");
#undef KEEL_PYTHON_VALUE

// Money of no currency is nothing: None.
template <>
struct type_caster<keel::Money> {
  PYBIND11_TYPE_CASTER(keel::Money, const_name("Money"));
  bool load(handle source, bool) {
    if (!keel_python::unbox(source.ptr(), value)) throw error_already_set();
    return true;
  }
  static handle cast(const keel::Money& from, return_value_policy, handle) {
    if (from.currency().empty()) return Py_NewRef(Py_None);
    return keel_python::box(from);
  }
};

template <>
struct type_caster<keel::Int128> {
  PYBIND11_TYPE_CASTER(keel::Int128, const_name("int"));
  bool load(handle source, bool) {
    if (!keel_python::unbox(source.ptr(), value)) throw error_already_set();
    return true;
  }
  static handle cast(keel::Int128 from, return_value_policy, handle) {
    return keel_python::int_object(from);
  }
};

template <>
struct type_caster<keel::Currency> {
  PYBIND11_TYPE_CASTER(keel::Currency, const_name("str"));
  bool load(handle source, bool) {
    if (!keel_python::unbox(source.ptr(), value)) throw error_already_set();
    return true;
  }
  static handle cast(const keel::Currency& from, return_value_policy, handle) {
    return keel_python::text_object(from.code());
  }
};

template <std::size_t N>
struct type_caster<keel::FixedText<N>> {
  PYBIND11_TYPE_CASTER(keel::FixedText<N>, const_name("str"));
  bool load(handle source, bool) {
    if (!PyUnicode_Check(source.ptr())) return false;
    Py_ssize_t size = 0;
    const char* text = PyUnicode_AsUTF8AndSize(source.ptr(), &size);
    if (text == nullptr) throw error_already_set();
    value = keel_python::take(keel::FixedText<N>::from({text, static_cast<std::size_t>(size)}));
    return true;
  }
  static handle cast(const keel::FixedText<N>& from, return_value_policy, handle) {
    return keel_python::text_object(from.view());
  }
};

// Ids are plain ints in Python.
template <class Tag, class Rep>
struct type_caster<keel::Id<Tag, Rep>> {
  using Type = keel::Id<Tag, Rep>;
  PYBIND11_TYPE_CASTER(Type, const_name("int"));
  bool load(handle source, bool) {
    std::uint64_t wide = 0;
    if (!keel_python::id_value(source.ptr(), "id", static_cast<Rep>(~Rep{0}), wide))
      throw error_already_set();
    value = Type{static_cast<Rep>(wide)};
    return true;
  }
  static handle cast(Type from, return_value_policy, handle) {
    return PyLong_FromUnsignedLong(from.value);
  }
};
template <>
struct type_caster<keel::OrderId> {
  PYBIND11_TYPE_CASTER(keel::OrderId, const_name("int"));
  bool load(handle source, bool) {
    std::uint64_t wide = 0;
    if (!keel_python::id_value(source.ptr(), "order id", ~std::uint64_t{0}, wide))
      throw error_already_set();
    value = keel::OrderId{wide};
    return true;
  }
  static handle cast(keel::OrderId from, return_value_policy, handle) {
    return PyLong_FromUnsignedLongLong(from.value);
  }
};

#define KEEL_PYTHON_ENUM_BODY(E, Shown)                                         \
  PYBIND11_TYPE_CASTER(E, const_name(Shown));                                   \
  bool load(handle source, bool) {                                              \
    using Type = keel_python::EnumType<E>;                                      \
    long number = 0;                                                            \
    if (!keel_python::enum_value(source.ptr(), Type::type, Type::name, number)) \
      throw error_already_set();                                                \
    value = static_cast<E>(number);                                             \
    return true;                                                                \
  }                                                                             \
  static handle cast(E from, return_value_policy, handle) { return keel_python::box_enum(from); }
#define KEEL_PYTHON_ENUM(Name)               \
  template <>                                \
  struct type_caster<keel::Name> {           \
    KEEL_PYTHON_ENUM_BODY(keel::Name, #Name) \
  }
KEEL_PYTHON_ENUM(Side);
KEEL_PYTHON_ENUM(OrderType);
KEEL_PYTHON_ENUM(TimeInForce);
KEEL_PYTHON_ENUM(TriggerBy);
KEEL_PYTHON_ENUM(TrailUnit);
KEEL_PYTHON_ENUM(Liquidity);
KEEL_PYTHON_ENUM(OrderState);
KEEL_PYTHON_ENUM(Contingency);
KEEL_PYTHON_ENUM(InstrumentKind);
KEEL_PYTHON_ENUM(OptionRight);
KEEL_PYTHON_ENUM(InstrumentStatus);
KEEL_PYTHON_ENUM(AccountKind);
KEEL_PYTHON_ENUM(AccountRealm);
KEEL_PYTHON_ENUM(PositionMode);
KEEL_PYTHON_ENUM(TradingState);
KEEL_PYTHON_ENUM(KillLevel);
KEEL_PYTHON_ENUM(ConnectionState);
KEEL_PYTHON_ENUM(BarUnit);
KEEL_PYTHON_ENUM(PriceSource);
KEEL_PYTHON_ENUM(Rounding);
#undef KEEL_PYTHON_ENUM

}  // namespace pybind11::detail

// Enumerations of upper rooms: KEEL_PYTHON_ENUM_CASTER(FillSource) in the file that needs them.
#define KEEL_PYTHON_ENUM_CASTER(Name)        \
  namespace pybind11::detail {               \
  template <>                                \
  struct type_caster<keel::Name> {           \
    KEEL_PYTHON_ENUM_BODY(keel::Name, #Name) \
  };                                         \
  }
