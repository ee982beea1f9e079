// Money as a Python object: an exact amount and its currency.
#include "glue.hpp"

namespace keel_python {

namespace {

using keel::Currency;
using keel::Money;
using keel::Rounding;

PyObject* range_error() {
  set_error("core.decimal_range", "money", "", "the result fits 128 bits");
  return nullptr;
}

bool from_text(std::string_view text, const Currency& currency, Money& money) {
  auto read = Money::parse(text, currency);
  if (!read) {
    set_error(std::move(read).error().in_field("money"));
    return false;
  }
  money = *read;
  return true;
}

// The amount as text: str, int or Decimal; null with an error set.
PyObject* amount_text(PyObject* given) {
  if (PyUnicode_Check(given)) return Py_NewRef(given);
  if (PyLong_Check(given) && !PyBool_Check(given)) return PyObject_Str(given);
  if (std::string_view{Py_TYPE(given)->tp_name} == "decimal.Decimal")
    return PyObject_CallMethod(given, "__format__", "s", "f");
  set_wrong_type("money", given, "text, int or decimal.Decimal, and a currency");
  return nullptr;
}

bool read_money(PyObject* amount, PyObject* currency, Money& money) {
  PyObject* object = amount_text(amount);
  if (object == nullptr) return false;
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(object, &size);
  bool good = bytes != nullptr;
  if (good) {
    std::string_view text{bytes, static_cast<std::size_t>(size)};
    Currency code;
    if (currency != nullptr && currency != Py_None) {
      good = unbox(currency, code);
    } else if (const auto blank = text.rfind(' '); blank != std::string_view::npos) {
      auto read = Currency::parse(text.substr(blank + 1));
      good = read.ok();
      if (good) code = *read;
      if (!good) set_error(std::move(read).error().in_field("money"));
      text = text.substr(0, blank);
    } else {
      set_error("python.missing_currency", "money", text, "an amount and a currency: '100 USD'");
      good = false;
    }
    good = good && from_text(text, code, money);
  }
  Py_DECREF(object);
  return good;
}

PyObject* create(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"amount", "currency", nullptr};
  PyObject *amount = nullptr, *currency = nullptr;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", const_cast<char**>(names), &amount,
                                   &currency))
    return nullptr;
  if (currency == nullptr && is_boxed<Money>(amount)) return Py_NewRef(amount);
  Money money{};
  return read_money(amount, currency, money) ? box(money) : nullptr;
}

PyObject* product(PyObject*, PyObject* args) {
  PyObject *price_object, *quantity_object, *currency_object;
  if (!PyArg_ParseTuple(args, "OOO", &price_object, &quantity_object, &currency_object))
    return nullptr;
  keel::Price price{};
  keel::Quantity quantity{};
  Currency currency;
  if (!unbox(price_object, price) || !unbox(quantity_object, quantity) ||
      !unbox(currency_object, currency))
    return nullptr;
  return guarded([&] { return box(Money::product(price, quantity, currency)); });
}

PyObject* nearest(PyObject*, PyObject* args) {
  double amount = 0;
  PyObject* currency_object = nullptr;
  Currency currency;
  if (!PyArg_ParseTuple(args, "dO", &amount, &currency_object) || !unbox(currency_object, currency))
    return nullptr;
  auto money = Money::nearest(amount, currency);
  if (!money) return set_error(std::move(money).error().in_field("money")), nullptr;
  return box(*money);
}

PyObject* str(PyObject* self) { return text_object(boxed<Money>(self).to_text()); }
PyObject* repr(PyObject* self) {
  return text_object(std::string("Money('").append(boxed<Money>(self).to_text()).append("')"));
}
PyObject* amount(PyObject* self, void*) { return decimal_object(boxed<Money>(self).amount_text()); }
PyObject* currency(PyObject* self, void*) {
  return text_object(boxed<Money>(self).currency().code());
}
PyObject* raw(PyObject* self, void*) { return int_object(boxed<Money>(self).raw()); }
PyObject* as_float(PyObject* self) { return PyFloat_FromDouble(boxed<Money>(self).to_double()); }
int truth(PyObject* self) { return boxed<Money>(self).is_zero() ? 0 : 1; }

PyObject* reduce(PyObject* self, PyObject*) {
  const Money& money = boxed<Money>(self);
  const std::string text = money.amount_text(), code{money.currency().code()};
  return Py_BuildValue("O(ss)", boxed_type<Money>, text.c_str(), code.c_str());
}

Py_hash_t hash(PyObject* self) {
  const Money& money = boxed<Money>(self);
  PyObject* parts = Py_BuildValue("(LKs#)", static_cast<long long>(money.raw().high),
                                  static_cast<unsigned long long>(money.raw().low),
                                  money.currency().code().data(),
                                  static_cast<Py_ssize_t>(money.currency().code().size()));
  if (parts == nullptr) return -1;
  const Py_hash_t result = PyObject_Hash(parts);
  Py_DECREF(parts);
  return result;
}

bool same_currency(const Money& a, const Money& b) {
  if (a.currency() == b.currency()) return true;
  set_error("python.two_currencies", "money", b.to_text(),
            std::string("money in ").append(a.currency().code()).append("; convert first"));
  return false;
}

PyObject* compare(PyObject* self, PyObject* other, int op) {
  if (!is_boxed<Money>(other)) {
    if (!PyFloat_Check(other)) Py_RETURN_NOTIMPLEMENTED;
    set_wrong_type("money", other, "money with money");
    return nullptr;
  }
  const Money &a = boxed<Money>(self), &b = boxed<Money>(other);
  if (op == Py_EQ || op == Py_NE) return PyBool_FromLong((a == b) == (op == Py_EQ));
  if (!same_currency(a, b)) return nullptr;
  Py_RETURN_RICHCOMPARE(a.raw().wide(), b.raw().wide(), op);
}

PyObject* sum(PyObject* a, PyObject* b, int sign) {
  for (PyObject* one : {a, b}) {
    if (is_boxed<Money>(one)) continue;
    set_wrong_type("money", one, "money and money of one currency");
    return nullptr;
  }
  const Money &left = boxed<Money>(a), &right = boxed<Money>(b);
  if (!same_currency(left, right)) return nullptr;
  keel::detail::i128 raw{};
  const bool overflow = sign > 0
                            ? __builtin_add_overflow(left.raw().wide(), right.raw().wide(), &raw)
                            : __builtin_sub_overflow(left.raw().wide(), right.raw().wide(), &raw);
  return overflow ? range_error() : box(Money{keel::Int128::from(raw), left.currency()});
}
PyObject* add(PyObject* a, PyObject* b) { return sum(a, b, 1); }
PyObject* subtract(PyObject* a, PyObject* b) { return sum(a, b, -1); }

PyObject* multiply(PyObject* a, PyObject* b) {
  PyObject* value = is_boxed<Money>(a) ? a : b;
  PyObject* times = value == a ? b : a;
  if (!PyLong_Check(times) || PyBool_Check(times)) {
    set_wrong_type("money", times, "money times an int; a rate by Money.times(rate)");
    return nullptr;
  }
  keel::Int128 factor{};
  if (!unbox(times, factor)) return nullptr;
  const Money& money = boxed<Money>(value);
  keel::detail::i128 product{};
  if (__builtin_mul_overflow(money.raw().wide(), factor.wide(), &product)) return range_error();
  return box(Money{keel::Int128::from(product), money.currency()});
}

PyObject* negative(PyObject* self) {
  const Money& money = boxed<Money>(self);
  keel::detail::i128 raw{};
  if (__builtin_sub_overflow(keel::detail::i128{0}, money.raw().wide(), &raw)) return range_error();
  return box(Money{keel::Int128::from(raw), money.currency()});
}
PyObject* absolute(PyObject* self) {
  return boxed<Money>(self).is_negative() ? negative(self) : Py_NewRef(self);
}

bool rounding_of(PyObject* object, Rounding& rounding) {
  long number = 0;
  if (!enum_value(object, EnumType<Rounding>::type, EnumType<Rounding>::name, number)) return false;
  rounding = static_cast<Rounding>(number);
  return true;
}

PyObject* times(PyObject* self, PyObject* args) {
  PyObject *rate_object, *rounding_object;
  keel::Rate rate{};
  Rounding rounding{};
  if (!PyArg_ParseTuple(args, "OO", &rate_object, &rounding_object) || !unbox(rate_object, rate) ||
      !rounding_of(rounding_object, rounding))
    return nullptr;
  const auto result = boxed<Money>(self).times(rate, rounding);
  return result ? box(*result) : range_error();
}

PyObject* rounded(PyObject* self, PyObject* args) {
  int digits = 0;
  PyObject* rounding_object = nullptr;
  Rounding rounding{};
  if (!PyArg_ParseTuple(args, "iO", &digits, &rounding_object) ||
      !rounding_of(rounding_object, rounding))
    return nullptr;
  if (digits < 0 || digits > Money::kDigits) {
    set_error("python.out_of_range", "digits", std::to_string(digits), "from 0 to 18");
    return nullptr;
  }
  return guarded([&] { return box(boxed<Money>(self).rounded(digits, rounding)); });
}

constexpr const char* kDoc =
    "Money(amount: str | int | Decimal, currency: str | None = None)\n--\n\n"
    "An exact amount of one currency, 18 decimals, up to 1.7e20. Money('100 USD') reads both.\n\n"
    ">>> Money('100.10 USD') + Money(2, 'USD')\nMoney('102.1 USD')\n"
    ">>> Money.product(Price('100.25'), Quantity('0.5'), 'USD')\nMoney('50.125 USD')\n\n"
    "Errors: core.decimal_*, core.currency_syntax, python.missing_currency; sums of two\n"
    "currencies are python.two_currencies, floats python.wrong_type.";

}  // namespace

bool unbox(PyObject* object, Money& value) {
  if (is_boxed<Money>(object)) {
    value = boxed<Money>(object);
    return true;
  }
  return read_money(object, nullptr, value);
}

void add_money(PyObject* module) {
  static PyMethodDef methods[] = {
      {"product", product, METH_VARARGS | METH_STATIC,
       "product(price, quantity, currency: str)\n--\n\nprice x quantity, exact."},
      {"nearest", nearest, METH_VARARGS | METH_STATIC,
       "nearest(amount: float, currency: str)\n--\n\nThe nearest amount at the currency's minor "
       "digits. Errors: core.not_finite, core.decimal_range."},
      {"times", times, METH_VARARGS,
       "times(rate, rounding)\n--\n\namount x rate, rounded once at 18 decimals by the named "
       "rule."},
      {"rounded", rounded, METH_VARARGS,
       "rounded(digits: int, rounding)\n--\n\nCut to fewer decimals (0 to 18) by the named rule."},
      {"__reduce__", reduce, METH_NOARGS, "For pickle."},
      {nullptr, nullptr, 0, nullptr}};
  static PyGetSetDef getters[] = {
      {"amount", amount, nullptr, "The amount as decimal.Decimal.", nullptr},
      {"currency", currency, nullptr, "The currency's code.", nullptr},
      {"raw", raw, nullptr, "1e-18 of a unit: an int.", nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  PyType_Slot slots[] = {slot(Py_tp_new, create),
                         slot(Py_tp_dealloc, dealloc<Money>),
                         slot(Py_tp_repr, repr),
                         slot(Py_tp_str, str),
                         slot(Py_tp_hash, hash),
                         slot(Py_tp_richcompare, compare),
                         {Py_tp_methods, methods},
                         {Py_tp_getset, getters},
                         {Py_tp_doc, const_cast<char*>(kDoc)},
                         slot(Py_nb_add, add),
                         slot(Py_nb_subtract, subtract),
                         slot(Py_nb_multiply, multiply),
                         slot(Py_nb_negative, negative),
                         slot(Py_nb_absolute, absolute),
                         slot(Py_nb_bool, truth),
                         slot(Py_nb_float, as_float),
                         {0, nullptr}};
  boxed_type<Money> = add_type(module, "Money", sizeof(Boxed<Money>), slots);
}

}  // namespace keel_python
