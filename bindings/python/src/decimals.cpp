// Price, Quantity, Rate and Volume as Python objects.
//
// Equality, order and hash agree with decimal.Decimal and int. Arithmetic is exact or an error;
// a float is never taken in silence (python.wrong_type), whatever the operator.
#include "glue.hpp"

namespace keel_python {

namespace {

using keel::Int128;
using keel::detail::i128;

template <class T>
struct Shape;
template <class Tag, int Digits>
struct Shape<keel::Decimal<Tag, Digits>> {
  using T = keel::Decimal<Tag, Digits>;
  static constexpr int kDigits = Digits;
  static i128 raw(T value) { return value.raw(); }
  static bool make(i128 raw, T& value) {
    if (raw != static_cast<std::int64_t>(raw)) return false;
    value = T::from_raw(static_cast<std::int64_t>(raw));
    return true;
  }
};
template <>
struct Shape<keel::Volume> {
  static constexpr int kDigits = keel::Volume::kDigits;
  static i128 raw(keel::Volume value) { return value.raw().wide(); }
  static bool make(i128 raw, keel::Volume& value) {
    value = keel::Volume::from_raw(Int128::from(raw));
    return true;
  }
};

template <class T>
const char* type_name() {
  if constexpr (std::is_same_v<T, keel::Price>) return "Price";
  if constexpr (std::is_same_v<T, keel::Quantity>) return "Quantity";
  if constexpr (std::is_same_v<T, keel::Rate>) return "Rate";
  return "Volume";
}
template <class T>
const char* field_name() {
  if constexpr (std::is_same_v<T, keel::Price>) return "price";
  if constexpr (std::is_same_v<T, keel::Quantity>) return "quantity";
  if constexpr (std::is_same_v<T, keel::Rate>) return "rate";
  return "volume";
}

constexpr const char* kExact =
    "text, int or decimal.Decimal; a float is rounded only by the type's nearest(float)";

template <class T>
bool from_text(std::string_view text, T& value) {
  auto read = T::parse(text);
  if (!read) {
    set_error(std::move(read).error().in_field(field_name<T>()));
    return false;
  }
  value = *read;
  return true;
}

bool is_decimal(PyObject* object) {
  return std::string_view{Py_TYPE(object)->tp_name} == "decimal.Decimal";
}

template <class T>
bool to_decimal(PyObject* object, T& value) {
  if (is_boxed<T>(object)) {
    value = boxed<T>(object);
    return true;
  }
  PyObject* text = nullptr;
  if (PyUnicode_Check(object))
    text = Py_NewRef(object);
  else if (PyLong_Check(object) && !PyBool_Check(object))
    text = PyObject_Str(object);
  else if (is_decimal(object))
    text = PyObject_CallMethod(object, "__format__", "s", "f");
  else
    set_wrong_type(field_name<T>(), object,
                   std::string("a keel.").append(type_name<T>()).append(", ").append(kExact));
  if (text == nullptr) return false;
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
  const bool good =
      bytes != nullptr && from_text(std::string_view{bytes, static_cast<std::size_t>(size)}, value);
  Py_DECREF(text);
  return good;
}

// pow(2^61 - 1, ...): Python's hash of a rational number m / 10^digits.
Py_hash_t rational_hash(i128 raw, int digits) {
  constexpr std::uint64_t kModulus = (std::uint64_t{1} << 61) - 1;
  const auto multiply = [](std::uint64_t a, std::uint64_t b) {
    return static_cast<std::uint64_t>(static_cast<keel::detail::u128>(a) * b % kModulus);
  };
  std::uint64_t power = 1, inverse = 1, base = 10;
  for (int i = 0; i < digits; ++i) power = multiply(power, base);
  base = power;  // Fermat: power^(p - 2)
  for (std::uint64_t exponent = kModulus - 2; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) inverse = multiply(inverse, base);
    base = multiply(base, base);
  }
  const bool negative = raw < 0;
  const auto magnitude =
      negative ? -static_cast<keel::detail::u128>(raw) : static_cast<keel::detail::u128>(raw);
  const auto hash =
      static_cast<Py_hash_t>(multiply(static_cast<std::uint64_t>(magnitude % kModulus), inverse));
  const Py_hash_t result = negative ? -hash : hash;
  return result == -1 ? -2 : result;
}

template <class T>
struct Methods {
  using S = Shape<T>;

  static PyObject* made(i128 raw, bool overflow) {
    T value{};
    if (overflow || !S::make(raw, value)) {
      set_error("core.decimal_range", field_name<T>(), "", "the result fits the type");
      return nullptr;
    }
    return box(value);
  }

  static PyObject* create(PyTypeObject*, PyObject* args, PyObject* kwargs) {
    static const char* names[] = {"value", nullptr};
    PyObject* given = nullptr;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O", const_cast<char**>(names), &given))
      return nullptr;
    T value{};
    return unbox(given, value) ? box(value) : nullptr;
  }
  static PyObject* from_raw(PyObject*, PyObject* given) {
    Int128 raw{};
    return unbox(given, raw) ? made(raw.wide(), false) : nullptr;
  }
  static PyObject* nearest(PyObject*, PyObject* given) {
    const double number = PyFloat_AsDouble(given);
    if (number == -1.0 && PyErr_Occurred() != nullptr) {
      PyErr_Clear();
      set_wrong_type(field_name<T>(), given, "a float");
      return nullptr;
    }
    auto raw = keel::detail::decimal_from_double(number, S::kDigits);
    if (!raw) return set_error(std::move(raw).error().in_field(field_name<T>())), nullptr;
    return made(*raw, false);
  }

  static PyObject* str(PyObject* self) { return text_object(boxed<T>(self).to_text()); }
  static PyObject* repr(PyObject* self) {
    return text_object(
        std::string(type_name<T>()).append("('").append(boxed<T>(self).to_text()).append("')"));
  }
  static PyObject* decimal(PyObject* self, PyObject*) {
    return decimal_object(boxed<T>(self).to_text());
  }
  static PyObject* format(PyObject* self, PyObject* spec) {
    PyObject* value = decimal(self, nullptr);
    PyObject* text = value != nullptr ? PyObject_Format(value, spec) : nullptr;
    Py_XDECREF(value);
    return text;
  }
  static PyObject* reduce(PyObject* self, PyObject*) {
    const std::string text = boxed<T>(self).to_text();
    return Py_BuildValue("O(s#)", boxed_type<T>, text.data(), static_cast<Py_ssize_t>(text.size()));
  }
  static Py_hash_t hash(PyObject* self) {
    return rational_hash(S::raw(boxed<T>(self)), S::kDigits);
  }
  static PyObject* compare(PyObject* self, PyObject* other, int op) {
    if (is_boxed<T>(other)) {
      const i128 a = S::raw(boxed<T>(self)), b = S::raw(boxed<T>(other));
      Py_RETURN_RICHCOMPARE(a, b, op);
    }
    if ((PyLong_Check(other) && !PyBool_Check(other)) || is_decimal(other)) {
      PyObject* mine = decimal(self, nullptr);
      PyObject* result = mine != nullptr ? PyObject_RichCompare(mine, other, op) : nullptr;
      Py_XDECREF(mine);
      return result;
    }
    if (PyFloat_Check(other)) {
      set_wrong_type(field_name<T>(), other, kExact);
      return nullptr;
    }
    Py_RETURN_NOTIMPLEMENTED;
  }

  // +1 or -1 times b, added to a. One of the two is a T.
  static PyObject* sum(PyObject* a, PyObject* b, int sign) {
    T left{}, right{};
    for (PyObject* one : {a, b})
      if (!is_boxed<T>(one) && !PyLong_Check(one) && !PyFloat_Check(one) && !is_decimal(one))
        Py_RETURN_NOTIMPLEMENTED;
    if (!unbox(a, left) || !unbox(b, right)) return nullptr;
    i128 raw{};
    const bool overflow = sign > 0 ? __builtin_add_overflow(S::raw(left), S::raw(right), &raw)
                                   : __builtin_sub_overflow(S::raw(left), S::raw(right), &raw);
    return made(raw, overflow);
  }
  static PyObject* add(PyObject* a, PyObject* b) { return sum(a, b, 1); }
  static PyObject* subtract(PyObject* a, PyObject* b) { return sum(a, b, -1); }
  static PyObject* multiply(PyObject* a, PyObject* b) {
    PyObject* value = is_boxed<T>(a) ? a : b;
    PyObject* times = value == a ? b : a;
    if (PyFloat_Check(times) || PyBool_Check(times)) {
      set_wrong_type(field_name<T>(), times, "times an int; price x quantity is Money.product");
      return nullptr;
    }
    if (!PyLong_Check(times)) Py_RETURN_NOTIMPLEMENTED;
    Int128 factor{};
    if (!unbox(times, factor)) return nullptr;
    i128 raw{};
    const bool overflow = __builtin_mul_overflow(S::raw(boxed<T>(value)), factor.wide(), &raw);
    return made(raw, overflow);
  }
  static PyObject* negative(PyObject* self) {
    i128 raw{};
    const bool overflow = __builtin_sub_overflow(i128{0}, S::raw(boxed<T>(self)), &raw);
    return made(raw, overflow);
  }
  static PyObject* absolute(PyObject* self) {
    return S::raw(boxed<T>(self)) < 0 ? negative(self) : Py_NewRef(self);
  }
  static PyObject* positive(PyObject* self) { return Py_NewRef(self); }
  static int truth(PyObject* self) { return S::raw(boxed<T>(self)) != 0 ? 1 : 0; }
  static PyObject* as_float(PyObject* self) {
    return PyFloat_FromDouble(boxed<T>(self).to_double());
  }
  static PyObject* raw(PyObject* self, void*) {
    return int_object(Int128::from(S::raw(boxed<T>(self))));
  }

  // To a grid: down, up, towards zero.
  static PyObject* to_grid(PyObject* self, PyObject* given, int way) {
    T step{};
    if (!unbox(given, step)) return nullptr;
    const i128 increment = S::raw(step), value = S::raw(boxed<T>(self));
    if (increment <= 0) {
      set_error("python.out_of_range", "increment", step.to_text(), "above zero");
      return nullptr;
    }
    i128 rest = value % increment;
    if (rest < 0 && way != 0) rest += increment;  // distance above the grid line below
    const bool up = way > 0 && rest != 0;
    return made(value - rest + (up ? increment : 0), false);
  }
  static PyObject* floor_to(PyObject* self, PyObject* by) { return to_grid(self, by, -1); }
  static PyObject* ceil_to(PyObject* self, PyObject* by) { return to_grid(self, by, 1); }
  static PyObject* trunc_to(PyObject* self, PyObject* by) { return to_grid(self, by, 0); }
  static PyObject* is_multiple_of(PyObject* self, PyObject* given) {
    T step{};
    if (!unbox(given, step)) return nullptr;
    const i128 increment = S::raw(step);
    return PyBool_FromLong(increment > 0 && S::raw(boxed<T>(self)) % increment == 0);
  }

  static void add_to(PyObject* module, const char* doc) {
    static PyMethodDef methods[] = {
        {"from_raw", from_raw, METH_O | METH_STATIC,
         "from_raw(raw: int)\n--\n\nThe value of this many smallest steps."},
        {"nearest", nearest, METH_O | METH_STATIC,
         "nearest(value: float)\n--\n\nThe nearest value, ties to even. Errors: core.not_finite, "
         "core.decimal_range."},
        {"to_decimal", decimal, METH_NOARGS, "to_decimal()\n--\n\nThe same as decimal.Decimal."},
        {"floor_to", floor_to, METH_O,
         "floor_to(increment)\n--\n\nThe multiple of a positive increment at or below."},
        {"ceil_to", ceil_to, METH_O,
         "ceil_to(increment)\n--\n\nThe multiple of a positive increment at or above."},
        {"trunc_to", trunc_to, METH_O,
         "trunc_to(increment)\n--\n\nThe multiple of a positive increment towards zero."},
        {"is_multiple_of", is_multiple_of, METH_O,
         "is_multiple_of(increment)\n--\n\nWhether this is a whole multiple of an increment."},
        {"__format__", format, METH_O, "As decimal.Decimal formats."},
        {"__reduce__", reduce, METH_NOARGS, "For pickle."},
        {nullptr, nullptr, 0, nullptr}};
    static PyGetSetDef getters[] = {{"raw", raw, nullptr, "Smallest steps: an int.", nullptr},
                                    {nullptr, nullptr, nullptr, nullptr, nullptr}};
    PyType_Slot slots[] = {slot(Py_tp_new, create),
                           slot(Py_tp_dealloc, dealloc<T>),
                           slot(Py_tp_repr, repr),
                           slot(Py_tp_str, str),
                           slot(Py_tp_hash, hash),
                           slot(Py_tp_richcompare, compare),
                           {Py_tp_methods, methods},
                           {Py_tp_getset, getters},
                           {Py_tp_doc, const_cast<char*>(doc)},
                           slot(Py_nb_add, add),
                           slot(Py_nb_subtract, subtract),
                           slot(Py_nb_multiply, multiply),
                           slot(Py_nb_negative, negative),
                           slot(Py_nb_positive, positive),
                           slot(Py_nb_absolute, absolute),
                           slot(Py_nb_bool, truth),
                           slot(Py_nb_float, as_float),
                           {0, nullptr}};
    boxed_type<T> = add_type(module, type_name<T>(), sizeof(Boxed<T>), slots);
  }
};

}  // namespace

bool unbox(PyObject* object, keel::Price& value) { return to_decimal(object, value); }
bool unbox(PyObject* object, keel::Quantity& value) { return to_decimal(object, value); }
bool unbox(PyObject* object, keel::Rate& value) { return to_decimal(object, value); }
bool unbox(PyObject* object, keel::Volume& value) {
  if (is_boxed<keel::Quantity>(object)) {
    value = boxed<keel::Quantity>(object);
    return true;
  }
  return to_decimal(object, value);
}

void add_decimals(PyObject* module) {
  Methods<keel::Price>::add_to(
      module,
      "Price(value: str | int | Decimal | Price)\n--\n\n"
      "An exact price, 9 decimals, up to 9.2e9; negative ones are legal.\n\n"
      ">>> Price('100.25') + Price('0.05')\nPrice('100.3')\n"
      ">>> Price('0.1') == Decimal('0.1'), hash(Price('0.1')) == hash(Decimal('0.1'))\n"
      "(True, True)\n\n"
      "Errors: core.decimal_syntax, core.decimal_digits, core.decimal_range; a float is\n"
      "python.wrong_type (a TypeError), use Price.nearest(0.1).");
  Methods<keel::Quantity>::add_to(
      module,
      "Quantity(value: str | int | Decimal | Quantity)\n--\n\n"
      "An exact size in the instrument's unit, 8 decimals, up to 9.2e10.\n\n"
      ">>> Quantity('0.5') * 3\nQuantity('1.5')\n\nErrors as Price.");
  Methods<keel::Rate>::add_to(
      module,
      "Rate(value: str | int | Decimal | Rate)\n--\n\n"
      "An exact ratio, 9 decimals: a fee rate of 0.1% is Rate('0.001'). Errors as Price.");
  Methods<keel::Volume>::add_to(
      module,
      "Volume(value: str | int | Decimal | Quantity | Volume)\n--\n\n"
      "An exact sum of quantities, 8 decimals, 128 bits. Errors as Price.");
}

}  // namespace keel_python
