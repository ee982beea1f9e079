// The native module keel._keel. The package keel (keel/__init__.py) is what people import.
#include "glue.hpp"

#include <keel/analytics/statistics.hpp>
#include <keel/market/book_types.hpp>
#include <keel/model/system_records.hpp>

namespace keel_python {

namespace {

// Every value of an enumeration that has a text: "stop_limit" is STOP_LIMIT.
template <class E>
void add_texts(PyObject* module, const char* name, const char* doc, int first, int last) {
  std::vector<std::pair<std::string, int>> members;
  for (int i = first; i <= last; ++i) {
    std::string text{keel::to_text(static_cast<E>(i))};
    if (text.empty() || text == "unknown value" || text[0] == '?') continue;
    for (char& c : text)
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A')
                               : (c == ' ' || c == '-' ? '_' : c);
    members.emplace_back(text, i);
  }
  EnumType<E>::name = name;
  EnumType<E>::type = make_enum(module, name, doc, members);
  for (const auto& [text, value] : members)
    EnumType<E>::members[value] = PyObject_GetAttrString(EnumType<E>::type, text.c_str());
}

template <class E>
void add_named(PyObject* module, const char* name, const char* doc,
               const std::vector<std::pair<std::string, int>>& members) {
  EnumType<E>::name = name;
  EnumType<E>::type = make_enum(module, name, doc, members);
  for (const auto& [text, value] : members)
    EnumType<E>::members[value] = PyObject_GetAttrString(EnumType<E>::type, text.c_str());
}

}  // namespace

void add_enums(PyObject* module) {
  using namespace keel;
  add_texts<Side>(module, "Side", "Buy or sell.", 1, 2);
  add_texts<OrderType>(module, "OrderType", "Kinds of orders.", 1, 10);
  add_texts<TimeInForce>(module, "TimeInForce", "How long an order stands.", 1, 7);
  add_texts<TriggerBy>(module, "TriggerBy", "Which price sets a trigger off.", 0, 4);
  add_texts<TrailUnit>(module, "TrailUnit", "What a trailing offset counts.", 0, 3);
  add_texts<Liquidity>(module, "Liquidity", "Whether a fill made or took.", 0, 3);
  add_texts<OrderState>(module, "OrderState", "Where an order stands.", 0, 10);
  add_texts<Contingency>(module, "Contingency", "How linked orders act on each other.", 0, 3);
  add_texts<InstrumentKind>(module, "InstrumentKind", "Kinds of instruments.", 1, 13);
  add_texts<OptionRight>(module, "OptionRight", "Call or put.", 0, 2);
  add_texts<InstrumentStatus>(module, "InstrumentStatus", "Whether it trades.", 1, 6);
  add_texts<AccountKind>(module, "AccountKind", "Cash or margin.", 1, 2);
  add_texts<AccountRealm>(module, "AccountRealm", "Real money or not.", 1, 4);
  add_texts<PositionMode>(module, "PositionMode", "Netting or hedging.", 1, 2);
  add_texts<TradingState>(module, "TradingState", "What new risk may be taken.", 1, 3);
  add_texts<KillLevel>(module, "KillLevel", "How far the kill switch is thrown.", 0, 3);
  add_texts<ConnectionState>(module, "ConnectionState", "Of a venue.", 1, 4);
  add_named<BarUnit>(module, "BarUnit", "How bars are cut.",
                     {{"TIME", 1}, {"TICK", 2}, {"VOLUME", 3}, {"VALUE", 4}});
  add_named<PriceSource>(module, "PriceSource", "What bars are made from.",
                         {{"TRADE", 1}, {"BID", 2}, {"ASK", 3}, {"MID", 4}});
  add_named<Rounding>(module, "Rounding", "How a division rounds.",
                      {{"HALF_EVEN", 0},
                       {"HALF_UP", 1},
                       {"TOWARD_ZERO", 2},
                       {"AWAY_FROM_ZERO", 3},
                       {"FLOOR", 4},
                       {"CEILING", 5}});
}

}  // namespace keel_python

PYBIND11_MODULE(_keel, module) {
  using namespace keel_python;
  module.attr("__version__") = KEEL_VERSION;
  install_assert_handler();
  add_enums(module.ptr());
  add_decimals(module.ptr());
  add_money(module.ptr());
  add_times(module.ptr());
  add_records(module.ptr());
  add_indicators(module.ptr());
  add_model(module);
  add_orders(module);
  add_report(module);
  add_context(module);
  add_feeds(module);
  add_backtest(module);
  add_arrays(module);
  add_signals(module);
  add_journal(module);
  add_market(module);
  add_portfolio(module);
}
