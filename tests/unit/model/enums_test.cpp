// Promises: names and values are each other's inverse, and a misspelt name is refused, not guessed.
#include <doctest/doctest.h>

#include <set>
#include <string>

#include <keel/model/enums.hpp>

using namespace keel;

namespace {

// Every value that has a name; names differ.
template <class E>
std::set<std::string> names_of() {
  std::set<std::string> names;
  for (int i = 0; i < 256; ++i) {
    const auto text = to_text(static_cast<E>(i));
    if (text == "invalid") continue;
    CHECK(names.insert(std::string{text}).second);
  }
  return names;
}

template <class E, class Parse>
void check_round_trip(std::size_t count, Parse parse) {
  const auto names = names_of<E>();
  CHECK(names.size() == count);
  for (const auto& name : names) {
    CAPTURE(name);
    const auto value = parse(name);
    REQUIRE(value.ok());
    CHECK(to_text(*value) == name);
    std::string upper = name;
    upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
    for (const std::string& wrong :
         {upper, name + " ", " " + name, name + "s", name.substr(1), name + std::string{'\0'}}) {
      const auto refused = parse(wrong);
      CAPTURE(wrong);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().code == core_errors::kUnknownName);
      CHECK(refused.error().rule.find(name) != std::string::npos);  // says what would do
    }
  }
  for (const char* wrong : {"", "invalid", "0", "1"}) CHECK_FALSE(parse(wrong).ok());
  CHECK_FALSE(parse(std::string(100'000, 'x')).ok());
}

}  // namespace

TEST_CASE("names that users write") {
  check_round_trip<Side>(2, parse_side);
  check_round_trip<OrderType>(10, parse_order_type);
  check_round_trip<TimeInForce>(7, parse_time_in_force);
  check_round_trip<TriggerBy>(5, parse_trigger_by);
  check_round_trip<InstrumentKind>(13, parse_instrument_kind);
  check_round_trip<AccountKind>(2, parse_account_kind);
  check_round_trip<AccountRealm>(4, parse_account_realm);
  check_round_trip<PositionMode>(2, parse_position_mode);
  check_round_trip<TradingState>(3, parse_trading_state);
  check_round_trip<KillLevel>(4, parse_kill_level);
}

TEST_CASE("names that are only shown") {
  CHECK(names_of<TrailUnit>().size() == 4);
  CHECK(names_of<Liquidity>().size() == 4);
  CHECK(names_of<OrderState>().size() == kOrderStateCount);
  CHECK(names_of<Contingency>().size() == 4);
  CHECK(names_of<OptionRight>().size() == 3);
  CHECK(names_of<InstrumentStatus>().size() == 6);
  CHECK(names_of<ConnectionState>().size() == 4);
  CHECK(names_of<BookAction>().size() == 5);
  CHECK(names_of<RollBy>().size() == 5);
  CHECK(names_of<BackAdjust>().size() == 3);
  CHECK(names_of<AuctionKind>().size() == 6);
}

TEST_CASE("sides and states") {
  CHECK(opposite(Side::kBuy) == Side::kSell);
  CHECK(opposite(Side::kSell) == Side::kBuy);
  CHECK(sign(Side::kBuy) == 1);
  CHECK(sign(Side::kSell) == -1);
  for (int i = 0; i < kOrderStateCount; ++i)
    CHECK(is_terminal(static_cast<OrderState>(i)) == (i >= 7));
}
