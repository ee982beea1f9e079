// What each kind of instrument calls for, and what the registry refuses, by field.
#include <doctest/doctest.h>

#include <cstring>

#include <keel/core/random.hpp>
#include <keel/model/instrument_registry.hpp>

using namespace keel;

namespace {

constexpr Timestamp kExpiry{1'800'000'000'000'000'000};

InstrumentSpec base_spec(std::string symbol, InstrumentKind kind) {
  InstrumentSpec spec;
  spec.symbol = std::move(symbol);
  spec.kind = kind;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  if (kind == InstrumentKind::kSpot || kind == InstrumentKind::kFxPair) spec.base = Currency{"EUR"};
  if (kind == InstrumentKind::kFuture) spec.expiry = kExpiry;
  if (kind == InstrumentKind::kOption) {
    spec.expiry = kExpiry;
    spec.right = OptionRight::kCall;
    spec.strike = 100_px;
  }
  return spec;
}

// Two futures, 1 and 2, in every registry of these tests.
InstrumentRegistry with_futures() {
  InstrumentRegistry registry;
  REQUIRE(registry.add(base_spec("ESZ4", InstrumentKind::kFuture)).ok());
  REQUIRE(registry.add(base_spec("ESH5", InstrumentKind::kFuture)).ok());
  return registry;
}

std::string refused_field(const InstrumentSpec& spec) {
  InstrumentRegistry registry = with_futures();
  const auto id = registry.add(spec);
  if (id.ok()) return "accepted";
  CHECK(id.error().code != ErrorCode{});
  return id.error().field;
}

InstrumentSpec combo() {
  InstrumentSpec spec = base_spec("ESZ4-ESH5", InstrumentKind::kCombo);
  spec.legs = {{{1}, 1}, {{2}, -1}};
  return spec;
}
InstrumentSpec synthetic(std::string formula) {
  InstrumentSpec spec = base_spec("SYN", InstrumentKind::kSynthetic);
  spec.formula = std::move(formula);
  return spec;
}
InstrumentSpec continuous() {
  InstrumentSpec spec = base_spec("ES.c.0", InstrumentKind::kContinuousFuture);
  spec.underlying = InstrumentId{1};
  spec.roll = RollRule{RollBy::kVolume, BackAdjust::kRatio, 0, 0, {}};
  return spec;
}
InstrumentSpec banded() {
  InstrumentSpec spec = base_spec("700", InstrumentKind::kEquity);
  spec.price_increment = 0.001_px;
  spec.price_bands = {{0.25_px, 0.005_px}, {0.5_px, 0.01_px}, {10_px, 0.02_px}, {20_px, 0.05_px}};
  return spec;
}

}  // namespace

TEST_CASE("every kind can be listed") {
  for (int i = 1; i <= 13; ++i) {
    const auto kind = static_cast<InstrumentKind>(i);
    CAPTURE(to_text(kind));
    InstrumentSpec spec = kind == InstrumentKind::kCombo              ? combo()
                          : kind == InstrumentKind::kSynthetic        ? synthetic("[ESZ4] - [ESH5]")
                          : kind == InstrumentKind::kContinuousFuture ? continuous()
                                                                      : base_spec("X", kind);
    CHECK(refused_field(spec) == "accepted");
  }
}

TEST_CASE("what a kind does not have is refused, and named") {
  const auto with = [](InstrumentKind kind, auto&& change) {
    InstrumentSpec spec = base_spec("X", kind);
    change(spec);
    return refused_field(spec);
  };
  using enum InstrumentKind;
  CHECK(with(kSpot, [](auto& s) { s.inverse = true; }) == "inverse");
  CHECK(with(kEquity, [](auto& s) { s.strike = 1_px; }) == "strike");
  CHECK(with(kEquity, [](auto& s) { s.expiry = kExpiry; }) == "expiry");
  CHECK(with(kPerpetual, [](auto& s) { s.expiry = kExpiry; }) == "expiry");
  CHECK(with(kFuture, [](auto& s) { s.expiry.reset(); }) == "kind");
  CHECK(with(kFuture, [](auto& s) { s.right = OptionRight::kPut; }) == "right");
  CHECK(with(kFuture, [](auto& s) { s.legs = {{{1}, 1}, {{2}, 1}}; }) == "legs");
  CHECK(with(kFuture, [](auto& s) { s.formula = "[ESZ4]"; }) == "formula");
  CHECK(with(kFuture, [](auto& s) { s.roll = RollRule{}; }) == "roll");
  CHECK(with(kOption, [](auto& s) { s.strike.reset(); }) == "kind");
  CHECK(with(kBond, [](auto& s) { s.expiry = kExpiry; }) == "accepted");
  CHECK(with(kPerpetual, [](auto& s) { s.inverse = true; }) == "base");
}

TEST_CASE("combos, synthetics and continuous futures hold together or are refused") {
  const auto change = [](InstrumentSpec spec, auto&& how) {
    how(spec);
    return refused_field(spec);
  };
  CHECK(change(combo(), [](auto& s) { s.legs.pop_back(); }) == "legs");
  CHECK(change(combo(), [](auto& s) { s.legs[0].ratio = 0; }) == "legs");
  CHECK(change(combo(), [](auto& s) { s.legs[1].instrument = {1}; }) == "legs");
  CHECK(change(combo(), [](auto& s) { s.legs[1].instrument = {3}; }) == "legs");
  CHECK(change(combo(), [](auto& s) { s.legs[1].instrument = {0}; }) == "legs");
  CHECK(change(combo(), [](auto& s) { s.quote = Currency{"EUR"}; }) == "legs");
  CHECK(refused_field(synthetic("")) == "formula");
  CHECK(refused_field(synthetic("[ESZ4] +")) == "formula");
  CHECK(refused_field(synthetic("[ESZ4] - [NQZ4]")) == "formula");
  CHECK(refused_field(synthetic("[ESZ4@CME]")) == "formula");
  CHECK(change(continuous(), [](auto& s) { s.roll.reset(); }) == "roll");
  CHECK(change(continuous(), [](auto& s) { s.roll->by = RollBy::kNone; }) == "roll");
  CHECK(change(continuous(), [](auto& s) { s.underlying.reset(); }) == "underlying");
  CHECK(change(continuous(), [](auto& s) {
          s.roll->by = RollBy::kCalendar;
          s.roll->days = 32;
        }) == "roll.days");
  CHECK(change(continuous(), [](auto& s) { s.roll->adjust = static_cast<BackAdjust>(9); }) ==
        "roll.adjust");
}

TEST_CASE("price bands: Hong Kong's spread table, as far as it goes here") {
  InstrumentRegistry registry;
  const auto id = registry.add(banded());
  REQUIRE_MESSAGE(id.ok(), id.error().message());
  const Instrument& it = registry.get(*id);
  CHECK(it.increment_at(0.249_px) == 0.001_px);
  CHECK(it.increment_at(0.25_px) == 0.005_px);
  CHECK(it.increment_at(9.99_px) == 0.01_px);
  CHECK(it.increment_at(1'000_px) == 0.05_px);
  CHECK(it.check_price(0.249_px) == Reason::kNone);
  CHECK(it.check_price(0.251_px) == Reason::kPriceIncrement);
  CHECK(it.check_price(10.02_px) == Reason::kNone);
  CHECK(it.check_price(10.01_px) == Reason::kPriceIncrement);
  CHECK(it.floor_price(10.01_px) == 10_px);
  CHECK(it.ceil_price(10.01_px) == 10.02_px);
  CHECK(it.step(0.249_px, 1) == 0.25_px);
  CHECK(it.step(0.25_px, -1) == 0.249_px);
  CHECK(it.step(0.24_px, 12) == 0.26_px);  // 10 of 0.001, 2 of 0.005
  CHECK(it.step(0.26_px, -12) == 0.24_px);
  CHECK(it.step(9.99_px, 2) == 10.02_px);
  CHECK(it.step(10.02_px, -2) == 9.99_px);
  CHECK(it.step(10.01_px, 1) == 10.02_px);
  CHECK(it.step(10.01_px, -1) == 10_px);
  // A walk there is the walk back, one increment at a time or all at once.
  Random random{2};
  for (int i = 0; i < 500; ++i) {
    const Price from = it.floor_price(Price::from_raw(random.between(1, 30'000'000'000)));
    const std::int64_t count = random.between(1, 400);
    Price one = from;
    for (std::int64_t k = 0; k < count; ++k) {
      one = it.step(one, 1);
      REQUIRE(it.check_price(one) == Reason::kNone);
    }
    CHECK(it.step(from, count) == one);
    CHECK(it.step(one, -count) == from);
  }
  const auto refused = [](auto&& how) {
    InstrumentSpec spec = banded();
    how(spec.price_bands);
    return refused_field(spec);
  };
  CHECK(refused([](auto& b) { b[1].from = 0.2_px; }) == "price_bands");
  CHECK(refused([](auto& b) { b[1].increment = 0.0105_px; }) == "price_bands");
  CHECK(refused([](auto& b) { b[1].increment = 0_px; }) == "price_bands");
  CHECK(refused([](auto& b) { b[1].from = 0.503_px; }) == "price_bands");
  CHECK(refused([](auto& b) { b.resize(21, PriceBand{1_px, 1_px}); }) == "price_bands");
}

TEST_CASE("margins per unit go before fractions") {
  InstrumentSpec spec = base_spec("ESM5", InstrumentKind::kFuture);
  spec.multiplier = 50_qty;
  spec.initial_margin = 0.1_rate;
  InstrumentRegistry registry = with_futures();
  const Instrument fraction = registry.get(registry.add(spec).value());
  CHECK(fraction.initial_margin_of(5000_px, -2_qty)->to_text() == "50000 USD");
  spec.symbol = "ESU5";
  spec.initial_margin_each = Money::whole(12'650, Currency{"USD"});
  spec.maintenance_margin_each = Money::whole(11'500, Currency{"USD"});
  const Instrument each = registry.get(registry.add(spec).value());
  CHECK(each.initial_margin_of(5000_px, -2_qty)->to_text() == "25300 USD");
  CHECK(each.maintenance_margin_of(1_px, 3_qty)->to_text() == "34500 USD");
  spec.symbol = "X";
  spec.maintenance_margin_each = Money::whole(12'651, Currency{"USD"});
  CHECK(refused_field(spec) == "maintenance_margin_each");
  spec.maintenance_margin_each = Money::whole(1, Currency{"EUR"});
  CHECK(refused_field(spec) == "maintenance_margin_each");
  spec.maintenance_margin_each.reset();
  spec.initial_margin_each = Money::whole(0, Currency{"USD"});
  CHECK(refused_field(spec) == "initial_margin_each");
}

TEST_CASE("ISIN and FIGI: real ones pass, one wrong character does not") {
  // ISO 6166's and the issuers' own; the FIGI standard's example and the venues'.
  for (const char* isin : {"US0378331005", "AU0000XVGZA3", "GB0002634946", "US30303M1027",
                           "BRPETRACNPR6", "DE000BAY0017", "US4592001014"}) {
    CAPTURE(isin);
    CHECK(is_isin(isin));
    std::string wrong = isin;
    wrong[11] = wrong[11] == '9' ? '0' : static_cast<char>(wrong[11] + 1);
    CHECK_FALSE(is_isin(wrong));
    for (std::size_t i = 2; i < 11; ++i) {  // Luhn finds every single wrong digit
      if (isin[i] < '0' || isin[i] > '9') continue;
      std::string damaged = isin;
      damaged[i] = damaged[i] == '9' ? '0' : static_cast<char>(damaged[i] + 1);
      CHECK_FALSE(is_isin(damaged));
    }
  }
  for (const char* figi : {"BBG000BLNQ16", "BBG000B9XRY4", "BBG000BLNNH6", "BBG000BPH459"}) {
    CAPTURE(figi);
    CHECK(is_figi(figi));
    std::string wrong = figi;
    wrong[11] = wrong[11] == '9' ? '0' : static_cast<char>(wrong[11] + 1);
    CHECK_FALSE(is_figi(wrong));
  }
  for (const char* bad : {"", "US037833100", "US03783310055", "us0378331005", "1S0378331005",
                          "US03783310O5 ", "US037833100A"})
    CHECK_FALSE(is_isin(bad));
  for (const char* bad :
       {"", "BBG000BLNQ1", "BBX000BLNQ16", "BSG000BLNQ16", "BBG000BLNE16", "B1G000BLNQ16"})
    CHECK_FALSE(is_figi(bad));
  CHECK(is_mic("XNYS"));
  CHECK_FALSE(is_mic("xnys"));
  CHECK_FALSE(is_mic("XNYSE"));
}

TEST_CASE("aliases lead to the instrument and back") {
  InstrumentRegistry registry;
  InstrumentSpec apple = base_spec("AAPL", InstrumentKind::kEquity);
  apple.mic = "XNAS";
  apple.isin = "US0378331005";
  apple.figi = "BBG000B9XRY4";
  apple.conid = 265'598;
  const InstrumentId nasdaq = registry.add(apple).value();
  InstrumentSpec abroad = apple;
  abroad.mic = "XETR";
  abroad.figi.clear();
  abroad.conid = 0;
  const InstrumentId xetra = registry.add(abroad).value();
  InstrumentSpec swap = base_spec("BTCUSDT", InstrumentKind::kPerpetual);
  swap.ccxt = "BTC/USDT:USDT";
  const InstrumentId perp = registry.add(swap).value();

  CHECK(registry.lookup(AliasKind::kConid, "265598").value() == nasdaq);
  CHECK(registry.lookup(AliasKind::kFigi, "BBG000B9XRY4").value() == nasdaq);
  CHECK(registry.lookup(AliasKind::kIsin, "US0378331005@XETR").value() == xetra);
  CHECK(registry.lookup(AliasKind::kIsin, "US0378331005").error().rule ==
        "with @MIC, it is listed twice");
  CHECK(registry.lookup(AliasKind::kCcxt, "BTC/USDT:USDT").value() == perp);
  for (const char* nobody : {"", "@XNAS", "BTC/USDT"}) {
    CHECK_FALSE(registry.lookup(AliasKind::kCcxt, nobody).ok());
    CHECK_FALSE(registry.lookup(AliasKind::kConid, nobody).ok());
  }
  CHECK(registry.alias(nasdaq, AliasKind::kConid) == "265598");
  CHECK(registry.alias(nasdaq, AliasKind::kIsin) == "US0378331005");
  CHECK(registry.alias(nasdaq, AliasKind::kFigi) == "BBG000B9XRY4");
  CHECK(registry.alias(perp, AliasKind::kCcxt) == "BTC/USDT:USDT");
  CHECK(registry.alias(perp, AliasKind::kConid).empty());

  const auto refused = [&registry](auto&& change) {
    InstrumentSpec spec = base_spec("NEW", InstrumentKind::kEquity);
    spec.mic = "XNAS";
    change(spec);
    const auto id = registry.add(spec);
    return id.ok() ? std::string{"accepted"} : id.error().field;
  };
  CHECK(refused([](auto& s) { s.isin = "US0378331006"; }) == "isin");
  CHECK(refused([](auto& s) { s.isin = "US0378331005"; }) == "isin");  // taken on this venue
  CHECK(refused([](auto& s) { s.figi = "BBG000B9XRY5"; }) == "figi");
  CHECK(refused([](auto& s) { s.figi = "BBG000B9XRY4"; }) == "figi");
  CHECK(refused([](auto& s) { s.conid = 265'598; }) == "conid");
  CHECK(refused([](auto& s) { s.ccxt = std::string(60, 'x'); }) == "ccxt");

  StateWriter writer;
  registry.save(writer);
  InstrumentRegistry loaded;
  StateReader reader{writer.bytes()};
  loaded.load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(loaded.lookup(AliasKind::kCcxt, "BTC/USDT:USDT").value() == perp);
  CHECK(std::memcmp(&loaded.get(nasdaq), &registry.get(nasdaq), sizeof(Instrument)) == 0);
}
