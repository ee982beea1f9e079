// Quote, Trade and Bar as Python objects: copies of the records, so that a strategy may keep them.
#include "glue.hpp"

#include <keel/market/bar_spec.hpp>
#include <keel/model/describe.hpp>

namespace keel_python {

namespace {

using keel::Bar;
using keel::Quote;
using keel::Trade;

PyObject* optional_price(bool there, keel::Price price) {
  return there ? box(price) : Py_NewRef(Py_None);
}

template <class T>
PyObject* instrument(PyObject* self, void*) {
  return PyLong_FromUnsignedLong(boxed<T>(self).header.instrument.value);
}
template <class T>
PyObject* ts_event(PyObject* self, void*) {
  return box(boxed<T>(self).header.ts_event);
}
template <class T>
PyObject* ts_recv(PyObject* self, void*) {
  return box(boxed<T>(self).header.ts_recv);
}
template <class T>
PyObject* repr(PyObject* self) {
  return guarded([&] {
    return text_object(std::string("<").append(keel::describe(boxed<T>(self).header)).append(">"));
  });
}
template <class T>
void add_slots(PyObject* module, const char* name, newfunc create, PyGetSetDef* getters,
               const char* doc) {
  PyType_Slot slots[] = {
      slot(Py_tp_new, create), slot(Py_tp_dealloc, dealloc<T>),     slot(Py_tp_repr, repr<T>),
      {Py_tp_getset, getters}, {Py_tp_doc, const_cast<char*>(doc)}, {0, nullptr}};
  boxed_type<T> = add_type(module, name, sizeof(Boxed<T>), slots);
}

bool side_of_book(PyObject* price_object, PyObject* size_object, const char* field, bool& there,
                  keel::Price& price, keel::Quantity& size) {
  there = price_object != Py_None;
  price = keel::Price::zero();
  size = keel::Quantity::zero();
  if (!there) return true;
  if (!unbox(price_object, price) || !unbox(size_object, size)) return false;
  if (size.is_positive()) return true;
  set_error("python.out_of_range", field, size.to_text(),
            "above zero; a side without orders: None");
  return false;
}

PyObject* make_quote(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"instrument", "time",     "bid_price", "bid_size",
                                "ask_price",  "ask_size", nullptr};
  PyObject *id, *time, *bid, *bid_size, *ask, *ask_size;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOOO", const_cast<char**>(names), &id, &time,
                                   &bid, &bid_size, &ask, &ask_size))
    return nullptr;
  std::uint64_t instrument_id = 0;
  keel::Timestamp at{};
  Quote quote = keel::make_record<Quote>(keel::RecordKind::kQuote);
  bool has_bid = false, has_ask = false;
  if (!id_value(id, "instrument", 0xFFFFFFFFu, instrument_id) || !unbox(time, at) ||
      !side_of_book(bid, bid_size, "bid_size", has_bid, quote.bid_price, quote.bid_size) ||
      !side_of_book(ask, ask_size, "ask_size", has_ask, quote.ask_price, quote.ask_size))
    return nullptr;
  quote.header.instrument = {static_cast<std::uint32_t>(instrument_id)};
  quote.header.ts_event = quote.header.ts_recv = at;
  quote.header.flags =
      static_cast<std::uint8_t>((has_bid ? Quote::kHasBid : 0) | (has_ask ? Quote::kHasAsk : 0));
  return box(quote);
}

PyObject* make_trade(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"instrument", "time", "price", "size", "aggressor", nullptr};
  PyObject *id, *time, *price, *size, *side = Py_None;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOO|O", const_cast<char**>(names), &id, &time,
                                   &price, &size, &side))
    return nullptr;
  std::uint64_t instrument_id = 0;
  keel::Timestamp at{};
  Trade trade = keel::make_record<Trade>(keel::RecordKind::kTrade);
  if (!id_value(id, "instrument", 0xFFFFFFFFu, instrument_id) || !unbox(time, at) ||
      !unbox(price, trade.price) || !unbox(size, trade.size))
    return nullptr;
  if (!trade.size.is_positive()) {
    set_error("python.out_of_range", "size", trade.size.to_text(), "above zero");
    return nullptr;
  }
  long aggressor = 0;
  if (side != Py_None && !enum_value(side, EnumType<keel::Side>::type, "Side", aggressor))
    return nullptr;
  trade.header.instrument = {static_cast<std::uint32_t>(instrument_id)};
  trade.header.ts_event = trade.header.ts_recv = at;
  trade.header.flags = static_cast<std::uint8_t>(aggressor);
  static_assert(static_cast<int>(keel::Side::kBuy) == Trade::kBuyerAggressor &&
                static_cast<int>(keel::Side::kSell) == Trade::kSellerAggressor);
  return box(trade);
}

PyObject* make_bar(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"instrument", "open_time", "length", "open",   "high",
                                "low",        "close",     "volume", "trades", nullptr};
  PyObject *id, *time, *length, *prices[4], *volume;
  unsigned long long trades = 0;
  if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOOOOOOO|K", const_cast<char**>(names), &id,
                                   &time, &length, &prices[0], &prices[1], &prices[2], &prices[3],
                                   &volume, &trades))
    return nullptr;
  std::uint64_t instrument_id = 0;
  keel::Duration step{};
  Bar bar = keel::make_record<Bar>(keel::RecordKind::kBar);
  if (!id_value(id, "instrument", 0xFFFFFFFFu, instrument_id) || !unbox(time, bar.open_time) ||
      !unbox(length, step) || !unbox(prices[0], bar.open) || !unbox(prices[1], bar.high) ||
      !unbox(prices[2], bar.low) || !unbox(prices[3], bar.close) || !unbox(volume, bar.volume))
    return nullptr;
  if (step.ns <= 0 || bar.high < bar.low || bar.high < bar.open || bar.high < bar.close ||
      bar.low > bar.open || bar.low > bar.close || bar.volume.raw().high < 0) {
    set_error("python.out_of_range", "bar", "",
              "a length above zero, high and low around open and close, no negative volume");
    return nullptr;
  }
  std::int64_t end{};
  if (__builtin_add_overflow(bar.open_time.ns, step.ns, &end)) {
    set_error("core.time_range", "length", "", "the bar ends in the range of Timestamp");
    return nullptr;
  }
  bar.header.instrument = {static_cast<std::uint32_t>(instrument_id)};
  bar.header.ts_event = bar.header.ts_recv = keel::Timestamp{end};
  bar.spec = keel::BarSpec::time(step);
  bar.trades = trades;
  return box(bar);
}

#define KEEL_GET(Type, expression)         \
  [](PyObject* self, void*) -> PyObject* { \
    const Type& r = boxed<Type>(self);     \
    return expression;                     \
  }
#define KEEL_HEADER(Type)                                                                         \
  {"instrument", instrument<Type>, nullptr, "The instrument's id: an int.", nullptr},             \
      {"time", ts_event<Type>, nullptr, "When it happened, by the sender's clock.", nullptr},     \
      {"ts_event", ts_event<Type>, nullptr, "When it happened, by the sender's clock.", nullptr}, \
  {                                                                                               \
    "ts_recv", ts_recv<Type>, nullptr, "When it reached us.", nullptr                             \
  }

PyGetSetDef quote_getters[] = {
    KEEL_HEADER(Quote),
    {"bid_price", KEEL_GET(Quote, optional_price(r.has_bid(), r.bid_price)), nullptr,
     "Price, or None without a bid.", nullptr},
    {"ask_price", KEEL_GET(Quote, optional_price(r.has_ask(), r.ask_price)), nullptr,
     "Price, or None without an ask.", nullptr},
    {"bid_size", KEEL_GET(Quote, box(r.bid_size)), nullptr, "Quantity; 0 without a bid.", nullptr},
    {"ask_size", KEEL_GET(Quote, box(r.ask_size)), nullptr, "Quantity; 0 without an ask.", nullptr},
    {"bid", KEEL_GET(Quote, PyFloat_FromDouble(r.has_bid() ? r.bid_price.to_double() : Py_NAN)),
     nullptr, "Bid price as a float, for indicators; NaN without a bid.", nullptr},
    {"ask", KEEL_GET(Quote, PyFloat_FromDouble(r.has_ask() ? r.ask_price.to_double() : Py_NAN)),
     nullptr, "Ask price as a float, for indicators; NaN without an ask.", nullptr},
    {"mid", KEEL_GET(Quote, PyFloat_FromDouble(r.is_two_sided() ? r.mid() : Py_NAN)), nullptr,
     "Half the sum of both sides, a float, for indicators; NaN where a side is missing.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyGetSetDef trade_getters[] = {
    KEEL_HEADER(Trade),
    {"price", KEEL_GET(Trade, box(r.price)), nullptr, "Price.", nullptr},
    {"size", KEEL_GET(Trade, box(r.size)), nullptr, "Quantity.", nullptr},
    {"value", KEEL_GET(Trade, PyFloat_FromDouble(r.price.to_double())), nullptr,
     "The price as a float, for indicators.", nullptr},
    {"aggressor", KEEL_GET(Trade, r.aggressor() ? box_enum(*r.aggressor()) : Py_NewRef(Py_None)),
     nullptr, "Side of who took; None where it is not known.", nullptr},
    {"trade_id", KEEL_GET(Trade, PyLong_FromUnsignedLongLong(r.trade_id)), nullptr,
     "The venue's number, or 0.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyGetSetDef bar_getters[] = {
    KEEL_HEADER(Bar),
    {"open_time", KEEL_GET(Bar, box(r.open_time)), nullptr, "Start of the interval.", nullptr},
    {"open", KEEL_GET(Bar, box(r.open)), nullptr, "Price.", nullptr},
    {"high", KEEL_GET(Bar, box(r.high)), nullptr, "Price.", nullptr},
    {"low", KEEL_GET(Bar, box(r.low)), nullptr, "Price.", nullptr},
    {"close", KEEL_GET(Bar, box(r.close)), nullptr, "Price.", nullptr},
    {"volume", KEEL_GET(Bar, box(r.volume)), nullptr, "Volume.", nullptr},
    {"trades", KEEL_GET(Bar, PyLong_FromUnsignedLongLong(r.trades)), nullptr,
     "How many trades are in it.", nullptr},
    {"vwap", KEEL_GET(Bar, PyFloat_FromDouble(r.vwap())), nullptr,
     "Volume-weighted average price, a float; the close where nothing traded.", nullptr},
    {"spec", KEEL_GET(Bar, text_object(keel::to_text(r.spec))), nullptr,
     "How it was cut: '5min', '100tick'.", nullptr},
    {"is_partial", KEEL_GET(Bar, PyBool_FromLong(r.header.flags& Bar::kPartial)), nullptr,
     "Cut before its end.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
#undef KEEL_HEADER
#undef KEEL_GET

}  // namespace

void add_records(PyObject* module) {
  add_slots<Quote>(module, "Quote", make_quote, quote_getters,
                   "Quote(instrument: int, time, bid_price, bid_size, ask_price, ask_size)\n--\n\n"
                   "Top of book. A side without an order is None (price and size).\n"
                   "Sizes must be above zero (python.out_of_range).");
  add_slots<Trade>(module, "Trade", make_trade, trade_getters,
                   "Trade(instrument: int, time, price, size, aggressor=None)\n--\n\n"
                   "A trade. The size must be above zero (python.out_of_range).");
  add_slots<Bar>(module, "Bar", make_bar, bar_getters,
                 "Bar(instrument: int, open_time, length, open, high, low, close, volume, "
                 "trades=0)\n--\n\nA closed bar by time; ts_event is the end of its interval.");
}

}  // namespace keel_python
