#include <doctest/doctest.h>

#include <algorithm>

#include <keel/core/random.hpp>
#include <keel/market/synthetic.hpp>

using namespace keel;

namespace {

InstrumentSpec future(std::string symbol) {
  InstrumentSpec spec;
  spec.symbol = std::move(symbol);
  spec.kind = InstrumentKind::kFuture;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.25_px;
  spec.quantity_increment = 1_qty;
  spec.expiry = Timestamp{1};
  return spec;
}

// 1 and 2 are futures, 3 a butterfly-like combo, 4 synthetic.
InstrumentRegistry listing() {
  InstrumentRegistry registry;
  REQUIRE(registry.add(future("A")).ok());
  REQUIRE(registry.add(future("B")).ok());
  InstrumentSpec combo = future("A-2B");
  combo.kind = InstrumentKind::kCombo;
  combo.expiry.reset();
  combo.legs = {{{1}, 1}, {{2}, -2}};
  REQUIRE(registry.add(combo).ok());
  InstrumentSpec ratio = future("A/B");
  ratio.kind = InstrumentKind::kSynthetic;
  ratio.expiry.reset();
  ratio.price_increment = 0.0001_px;
  ratio.formula = "[A] / [B] * 100";
  REQUIRE(registry.add(ratio).ok());
  return registry;
}

Quote quote(std::uint32_t id, std::int64_t time, Price bid, Quantity bid_size, Price ask,
            Quantity ask_size) {
  return Quote::two_sided({id}, Timestamp{time}, bid, bid_size, ask, ask_size);
}

}  // namespace

TEST_CASE("a combo's bid sells it leg by leg, its ask buys it") {
  const InstrumentRegistry registry = listing();
  auto combo = SyntheticQuotes::make(registry, {3});
  REQUIRE(combo.ok());
  CHECK(combo->parts() == std::vector<InstrumentId>{{1}, {2}});
  CHECK_FALSE(combo->on_market(quote(1, 1, 100_px, 10_qty, 101_px, 6_qty).header));
  const auto made = combo->on_market(quote(2, 2, 40_px, 9_qty, 40.5_px, 7_qty).header);
  REQUIRE(made);
  CHECK(made->header.instrument == InstrumentId{3});
  CHECK(made->header.ts_event == Timestamp{2});
  CHECK(made->bid_price == 19_px);  // sell A at 100, buy two B at 40.5
  CHECK(made->bid_size == 3.5_qty);
  CHECK(made->ask_price == 21_px);  // buy A at 101, sell two B at 40
  CHECK(made->ask_size == 4.5_qty);
  CHECK_FALSE(combo->on_market(quote(2, 3, 40_px, 9_qty, 40.5_px, 7_qty).header));  // the same
  MarketGap gap = make_record<MarketGap>(RecordKind::kMarketGap);
  gap.header.instrument = {1};
  const auto none = combo->on_market(gap.header);
  REQUIRE(none);
  CHECK((none->header.flags & 3) == 0);
  CHECK_FALSE(combo->on_market(quote(2, 4, 41_px, 9_qty, 41.5_px, 7_qty).header));
  CHECK(combo->on_market(quote(1, 5, 100_px, 1_qty, 101_px, 1_qty).header));
}

TEST_CASE("a synthetic instrument's quote holds what its formula could be") {
  const InstrumentRegistry registry = listing();
  auto ratio = SyntheticQuotes::make(registry, {4});
  REQUIRE(ratio.ok());
  Random random{3};
  static_cast<void>(ratio->on_market(quote(1, 0, 10_px, 1_qty, 11_px, 1_qty).header));
  for (int i = 1; i < 2'000; ++i) {
    const Price bid = Price::from_raw(random.between(1, 400) * 250'000'000);
    const Price ask = bid + Price::from_raw(random.between(0, 8) * 250'000'000);
    const auto made = ratio->on_market(quote(2, i, bid, 2_qty, ask, 3_qty).header);
    if (!made) continue;
    const double low = 10.0 / ask.to_double() * 100, high = 11.0 / bid.to_double() * 100;
    CHECK(made->bid_price.to_double() <= low + 1e-9);
    CHECK(made->bid_price.to_double() > low - 0.000101);
    CHECK(made->ask_price.to_double() >= high - 1e-9);
    CHECK(made->ask_price.to_double() < high + 0.000101);
    CHECK(made->bid_size == 1_qty);
  }
  // No price: a division by what may be zero.
  const auto none = ratio->on_market(quote(2, 9, 0_px, 2_qty, 1_px, 3_qty).header);
  REQUIRE(none);
  CHECK((none->header.flags & 3) == 0);
}

TEST_CASE("synthetic quotes of what is neither are refused; saved state goes on") {
  const InstrumentRegistry registry = listing();
  CHECK(SyntheticQuotes::make(registry, {1}).error().code == market_errors::kBadSynthetic);
  CHECK_FALSE(SyntheticQuotes::make(registry, {99}).ok());
  auto combo = SyntheticQuotes::make(registry, {3});
  static_cast<void>(combo->on_market(quote(1, 1, 100_px, 10_qty, 101_px, 6_qty).header));
  StateWriter writer;
  combo->save(writer);
  auto other = SyntheticQuotes::make(registry, {3});
  StateReader reader{writer.bytes()};
  other->load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(other->on_market(quote(2, 2, 40_px, 9_qty, 40.5_px, 7_qty).header)->bid_price == 19_px);
  auto wrong = SyntheticQuotes::make(registry, {4});
  StateReader again{writer.bytes()};
  wrong->load(again);
  CHECK_FALSE(again.finish().ok());
}
