#include <doctest/doctest.h>

#include <keel/model/approved.hpp>
#include <keel/model/fees.hpp>
#include <keel/model/marks.hpp>
#include <keel/model/order_records.hpp>
#include <keel/model/system_records.hpp>

using namespace keel;

TEST_CASE("an instrument is listed, priced and converted") {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.00000001_qty;
  const auto id = registry.add(spec);
  REQUIRE(id.ok());
  CHECK(registry.get(*id).notional(800.01_px, 0.5_qty).to_text() == "400.005 USD");
  Marks marks{registry};
  const Trade trade = Trade::at(*id, Timestamp{1}, 800_px, 1_qty);
  marks.fold(trade.header);
  CHECK(marks.convert(Money::whole(2, "BTC"), "USD")->to_text() == "1600 USD");
  CHECK(marks.convert(Money::whole(1600, "USD"), "BTC")->to_text() == "2 BTC");
}
