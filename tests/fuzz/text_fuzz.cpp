// Any bytes as the texts that people and files write: decimals, money, currencies, times, names of
// enumerators, bar specs, instruments. What is accepted reads back as the same value.
#include <cstdlib>

#include <keel/core/decimal.hpp>
#include <keel/core/money.hpp>
#include <keel/core/time_text.hpp>
#include <keel/core/volume.hpp>
#include <keel/market/bar_spec.hpp>
#include <keel/model/instrument_registry.hpp>

using namespace keel;

namespace {

void require(bool right) {
  if (!right) std::abort();
}

template <class T>
void try_decimal(std::string_view text) {
  const auto value = T::parse(text);
  if (!value) return;
  const auto again = T::parse(value->to_text());
  require(again.ok() && *again == *value);
}

template <class Parse>
void try_text(std::string_view text, Parse parse) {
  const auto value = parse(text);
  if (!value) return;
  const auto again = parse(to_text(*value));
  require(again.ok() && *again == *value);
}

void try_money(std::string_view text) {
  const auto currency = Currency::parse(text);
  if (currency) require(Currency::parse(currency->code()).ok());
  const auto money = Money::parse(text, Currency{"USD"});
  if (!money) return;
  for (const int digits : {0, 2, 18}) {
    const auto parsed = detail::parse_decimal(text, digits);
    if (parsed && digits == 18) require(*parsed == money->raw());
  }
}

void try_enums(std::string_view text) {
  try_text(text, parse_side);
  try_text(text, parse_order_type);
  try_text(text, parse_time_in_force);
  try_text(text, parse_trigger_by);
  try_text(text, parse_instrument_kind);
  try_text(text, parse_account_kind);
  try_text(text, parse_account_realm);
  try_text(text, parse_position_mode);
  try_text(text, parse_trading_state);
  try_text(text, parse_kill_level);
}

// "symbol|base|quote|price increment|quantity increment"
void try_instrument(std::string_view text) {
  std::string_view parts[5];
  for (auto& part : parts) {
    const auto end = text.find('|');
    part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const auto base = Currency::parse(parts[1]), quote = Currency::parse(parts[2]);
  const auto price = Price::parse(parts[3]);
  const auto quantity = Quantity::parse(parts[4]);
  if (!base || !quote || !price || !quantity) return;
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = std::string{parts[0]};
  spec.kind = InstrumentKind::kSpot;
  spec.base = *base;
  spec.quote = *quote;
  spec.venue = {1};
  spec.price_increment = *price;
  spec.quantity_increment = *quantity;
  const auto id = registry.add(spec);
  if (!id) return;
  require(registry.size() == 1 && registry.get(*id).symbol.view() == parts[0]);
  require(registry.get(*id).price_increment.is_positive());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  // A copy, so that one byte too many is seen.
  const std::string copy{reinterpret_cast<const char*>(data), size};
  const std::string_view text = copy;
  try_decimal<Price>(text);
  try_decimal<Quantity>(text);
  try_decimal<Rate>(text);
  try_decimal<Volume>(text);
  try_money(text);
  try_text(text, parse_timestamp);
  try_text(text, parse_duration);
  try_text(text, parse_date);
  try_text(text, parse_bar_spec);
  try_enums(text);
  try_instrument(text);
  return 0;
}
