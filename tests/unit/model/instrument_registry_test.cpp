// Promises: every rule of a listing refuses what breaks it, naming the field; names lead to ids and
// nothing is guessed; a journal's definitions are taken in order; hostile bytes are refused.
#include <doctest/doctest.h>

#include <cstring>
#include <functional>

#include "listing.hpp"

using namespace keel;
using namespace keel::literals;
using keel::test::inverse_spec;
using keel::test::spot_spec;

namespace {

struct Refusal {
  const char* field;
  std::function<void(InstrumentSpec&)> break_it;
  ErrorCode code = model_errors::kBadInstrument;
};

InstrumentSpec option_spec() {
  InstrumentSpec spec = spot_spec("OPT");
  spec.kind = InstrumentKind::kOption;
  spec.right = OptionRight::kCall;
  spec.strike = 100_px;
  spec.expiry = Timestamp::from_seconds(1'900'000'000);
  return spec;
}

}  // namespace

TEST_CASE("every rule of a listing refuses what breaks it, by field") {
  const auto set = [](auto member, auto value) {
    return [member, value](InstrumentSpec& spec) { spec.*member = value; };
  };
  using S = InstrumentSpec;
  const Refusal refusals[] = {
      {"symbol", set(&S::symbol, std::string{})},
      {"symbol", set(&S::symbol, std::string{"A@B"})},
      {"symbol", set(&S::symbol, std::string(40, 'x')), core_errors::kTextTooLong},
      {"mic", set(&S::mic, std::string(16, 'x')), core_errors::kTextTooLong},
      {"calendar", set(&S::calendar, std::string(16, 'x')), core_errors::kTextTooLong},
      {"quote", set(&S::quote, Currency{})},
      {"price_increment", set(&S::price_increment, Price::zero())},
      {"price_increment", set(&S::price_increment, Price::from_raw(-1))},
      {"quantity_increment", set(&S::quantity_increment, Quantity::zero())},
      {"quantity_increment", set(&S::quantity_increment, Quantity::from_raw(-1))},
      {"multiplier", set(&S::multiplier, Quantity::zero())},
      {"multiplier", set(&S::multiplier, Quantity::from_raw(-1))},
      {"unit_pow10", set(&S::unit_pow10, 1)},
      {"unit_pow10", set(&S::unit_pow10, -3)},
      {"unit_pow10", set(&S::unit_pow10, 9)},
      {"min_quantity", set(&S::min_quantity, Quantity::from_raw(-1))},
      {"max_quantity", set(&S::max_quantity, Quantity::zero())},
      {"max_quantity", set(&S::max_quantity, Quantity::from_raw(9'999))},
      {"min_notional", set(&S::min_notional, Money::whole(1, "EUR"))},
      {"max_notional", set(&S::max_notional, Money::whole(1, "EUR"))},
      {"min_notional", set(&S::min_notional, Money::whole(-1, "USD"))},
      {"max_notional", set(&S::max_notional, Money::whole(-1, "USD"))},
      {"initial_margin", set(&S::initial_margin, Rate::zero())},
      {"initial_margin", set(&S::initial_margin, 1.000000001_rate)},
      {"maintenance_margin", set(&S::maintenance_margin, Rate::from_raw(-1))},
      {"kind", set(&S::kind, static_cast<InstrumentKind>(0))},
      {"kind", set(&S::kind, static_cast<InstrumentKind>(99))},
      {"right", set(&S::right, static_cast<OptionRight>(7))},
      {"right", set(&S::right, OptionRight::kPut)},
      {"underlying", set(&S::underlying, InstrumentId{0})},
      {"underlying", set(&S::underlying, InstrumentId{2})},
      {"base", set(&S::base, std::optional<Currency>{})},
      {"base", set(&S::base, Currency{"USD"})},
      {"kind", set(&S::kind, InstrumentKind::kFuture)},
      {"kind", set(&S::kind, InstrumentKind::kOption)},
      {"min_price",
       [](S& s) {
         s.min_price = 2_px;
         s.max_price = 1_px;
       }},
      {"min_quantity",
       [](S& s) {
         s.min_quantity = 2_qty;
         s.max_quantity = 1_qty;
       }},
      {"min_notional",
       [](S& s) {
         s.min_notional = Money::whole(2, "USD");
         s.max_notional = Money::whole(1, "USD");
       }},
      {"maintenance_margin",
       [](S& s) {
         s.initial_margin = 0.05_rate;
         s.maintenance_margin = 0.06_rate;
       }},
      {"multiplier",  // 0.01 x 1e-8 needs ten decimals
       [](S& s) { s.multiplier = Quantity::from_raw(1); }},
      {"base",
       [](S& s) {
         s.inverse = true;
         s.kind = InstrumentKind::kPerpetual;
         s.base.reset();
       }},
      {"min_price",
       [](S& s) {
         s.inverse = true;
         s.kind = InstrumentKind::kPerpetual;
         s.min_price = Price::zero();
       }},
  };
  for (const Refusal& refusal : refusals) {
    InstrumentRegistry registry;
    REQUIRE(registry.add(spot_spec("FIRST")).ok());
    InstrumentSpec spec = spot_spec();
    refusal.break_it(spec);
    const auto result = registry.add(spec);
    CAPTURE(refusal.field);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == refusal.code);
    CHECK(result.error().field == refusal.field);
    CHECK_FALSE(result.error().rule.empty());
    CHECK(registry.size() == 1);  // nothing half listed
    CHECK(registry.add(spot_spec()).ok());
  }
}

TEST_CASE("an option needs right, strike and expiry; a future its expiry") {
  InstrumentRegistry registry;
  CHECK(registry.add(option_spec()).ok());
  auto no_right = option_spec(), no_strike = option_spec(), no_expiry = option_spec();
  no_right.right = OptionRight::kNone;
  no_strike.strike.reset();
  no_expiry.expiry.reset();
  for (auto* spec : {&no_right, &no_strike, &no_expiry}) {
    spec->symbol = "X";
    CHECK_FALSE(registry.add(*spec).ok());
  }
}

TEST_CASE("what is not said stands at the end of its range") {
  InstrumentRegistry registry;
  const Instrument& spot = registry.get(*registry.add(spot_spec()));
  CHECK(spot.id == InstrumentId{1});
  CHECK(spot.min_price == Price::min());
  CHECK(spot.max_price == Price::max());
  CHECK(spot.min_quantity == spot.quantity_increment);
  CHECK(spot.max_quantity == Quantity::max());
  CHECK(spot.initial_margin == 1_rate);
  CHECK(spot.settlement == Currency{"USD"});
  CHECK(spot.min_notional == Int128{});
  CHECK(spot.max_notional.wide() == (((static_cast<detail::i128>(1) << 126) - 1) * 2 + 1));
  const Instrument& inverse = registry.get(*registry.add(inverse_spec()));
  CHECK(inverse.settlement == Currency{"BTC"});
  CHECK(inverse.min_price == 0.5_px);  // one over zero has no meaning
}

TEST_CASE("names lead to ids, and nothing is guessed") {
  InstrumentRegistry registry;
  auto other = spot_spec();
  other.mic = "OTHER";
  auto alone = spot_spec("ETH/USD");
  alone.base = Currency{"ETH"};
  const auto first = *registry.add(spot_spec());
  const auto second = *registry.add(other);
  const auto third = *registry.add(alone);
  CHECK(first.value == 1);
  CHECK(second.value == 2);
  CHECK(third.value == 3);

  CHECK(*registry.lookup("BTC/USD@TEST") == first);
  CHECK(*registry.lookup("BTC/USD@OTHER") == second);
  CHECK(*registry.lookup("ETH/USD") == third);
  CHECK(*registry.lookup("ETH/USD@TEST") == third);
  for (const char* wrong : {"BTC/USD", "btc/usd@TEST", "BTC/USD ", "", "@", "ETH/USD@OTHER",
                            "ETH/USD@", "BTC/USD@TEST@TEST"}) {
    CAPTURE(wrong);
    const auto result = registry.lookup(wrong);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == model_errors::kUnknownInstrument);
  }
  const auto twice = registry.add(spot_spec());
  REQUIRE_FALSE(twice.ok());
  CHECK(twice.error().code == model_errors::kDuplicateName);

  CHECK(registry.find(InstrumentId{0}) == nullptr);
  CHECK(registry.find(InstrumentId{4}) == nullptr);
  CHECK(registry.find(InstrumentId{~0u}) == nullptr);
}

TEST_CASE("prices and quantities are checked against the grid and the bounds") {
  InstrumentRegistry registry;
  auto spec = spot_spec();
  spec.min_price = 1_px;
  spec.max_price = 1000_px;
  spec.min_quantity = 0.01_qty;
  spec.max_quantity = 5_qty;
  const Instrument& spot = registry.get(*registry.add(spec));
  CHECK(spot.check_price(1_px) == Reason::kNone);
  CHECK(spot.check_price(1000_px) == Reason::kNone);
  CHECK(spot.check_price(0.99_px) == Reason::kPriceTooLow);
  CHECK(spot.check_price(1000.01_px) == Reason::kPriceTooHigh);
  CHECK(spot.check_price(10.005_px) == Reason::kPriceIncrement);
  CHECK(spot.check_price(Price::max()) == Reason::kPriceTooHigh);
  CHECK(spot.check_price(Price::min()) == Reason::kPriceTooLow);
  CHECK(spot.check_quantity(0.01_qty) == Reason::kNone);
  CHECK(spot.check_quantity(5_qty) == Reason::kNone);
  CHECK(spot.check_quantity(0.0099_qty) == Reason::kQuantityTooSmall);
  CHECK(spot.check_quantity(5.0001_qty) == Reason::kQuantityTooLarge);
  CHECK(spot.check_quantity(1.00005_qty) == Reason::kQuantityIncrement);
  CHECK(spot.check_quantity(0_qty) == Reason::kQuantityNotPositive);
  CHECK(spot.check_quantity(Quantity::min()) == Reason::kQuantityNotPositive);
  CHECK(spot.check_quantity(Quantity::max()) == Reason::kQuantityIncrement);
}

TEST_CASE("a journal's definitions: the next id, or a newer revision of the same thing") {
  InstrumentRegistry registry;
  const Instrument first = registry.get(*registry.add(spot_spec()));
  Instrument halved = first;
  halved.revision = 1;
  halved.price_increment = 0.005_px;
  CHECK(registry.apply(halved).ok());
  CHECK(registry.get(first.id).price_increment == 0.005_px);
  CHECK(registry.apply(halved).ok());       // folded once more
  CHECK_FALSE(registry.apply(first).ok());  // an older one
  Instrument differs = halved;
  differs.min_quantity = 1_qty;
  CHECK_FALSE(registry.apply(differs).ok());  // the same revision, another content
  Instrument other = halved;
  other.revision = 2;
  other.settlement = Currency{"EUR"};
  CHECK_FALSE(registry.apply(other).ok());
  other = halved;
  other.revision = 2;
  other.symbol = Symbol{"ETH/USD"};
  CHECK_FALSE(registry.apply(other).ok());
  Instrument next = first;
  next.id = InstrumentId{3};
  CHECK_FALSE(registry.apply(next).ok());
  next.id = InstrumentId{0};
  const auto zero = registry.apply(next);
  REQUIRE_FALSE(zero.ok());
  CHECK(zero.error().code == model_errors::kBadRecord);
  next.id = InstrumentId{2};
  next.symbol = Symbol{"SECOND"};
  CHECK(registry.apply(next).ok());
  CHECK(registry.size() == 2);
}

TEST_CASE("saved and loaded, a registry is the same; damaged bytes are refused") {
  InstrumentRegistry registry;
  REQUIRE(registry.add(spot_spec()).ok());
  REQUIRE(registry.add(inverse_spec()).ok());
  StateWriter writer;
  registry.save(writer);
  InstrumentRegistry loaded;
  StateReader reader{writer.bytes()};
  loaded.load(reader);
  REQUIRE(reader.finish().ok());
  REQUIRE(loaded.size() == 2);
  for (std::size_t i = 0; i < 2; ++i)
    CHECK(std::memcmp(&loaded.all()[i], &registry.all()[i], sizeof(Instrument)) == 0);

  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    InstrumentRegistry cut;
    StateReader short_reader{writer.bytes().first(size)};
    cut.load(short_reader);
    REQUIRE_FALSE(short_reader.finish().ok());
  }
}
