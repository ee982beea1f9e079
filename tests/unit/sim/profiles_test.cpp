// Profiles are a table in which every number has its source.
#include <keel/sim/profiles.hpp>
#include <set>

#include "rig.hpp"

using namespace keel;
using namespace keel::test;

TEST_CASE("every built-in profile is whole, and each of its figures names its source") {
  const auto all = parse_profiles(builtin_profile_table());
  REQUIRE(all.ok());
  std::set<std::string> names;
  for (const SimProfile& profile : *all) {
    INFO(profile.name);
    names.insert(profile.name);
    std::set<std::string> figures;
    for (const ProfileFigure& figure : profile.figures) {
      figures.insert(figure.figure);
      CHECK(figure.source.size() >= 10);
    }
    for (const char* needed :
         {"currency", "queue", "feed_latency", "order_latency", "response_latency"})
      CHECK(figures.contains(needed));
    CHECK(profile.order_latency.check().ok());
    CHECK(builtin_profile(profile.name).ok());
  }
  CHECK(names == std::set<std::string>{"binance_spot", "binance_usdm", "cme_index",
                                       "coinbase_advanced", "nyse_direct", "nyse_retail"});
  CHECK(builtin_profile("binance").error().code == sim_errors::kBadProfile);
}

TEST_CASE("a profile makes a venue: the broker's own examples of its fees") {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "AAPL";
  spec.kind = InstrumentKind::kEquity;
  spec.quote = Currency{"USD"};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  REQUIRE(registry.add(spec).ok());
  SimConfig config = plain_config();
  builtin_profile("nyse_retail").value().apply(config);
  REQUIRE(config.check(registry).ok());
  Rig rig{config, registry};
  // Interactive Brokers, "Fixed Examples": 100 at 25 is 1.00, 1,000 at 25 is 5.00, 1,000 at 0.25 is
  // 2.50.
  const auto fee = [&](std::int64_t ms, Quantity quantity, Price price) {
    rig.quote(at_ms(ms), price - 0.01_px, 5000_qty, price, 5000_qty);
    rig.submit(at_ms(ms), OrderRequest::market(rig.btc, Side::kBuy, quantity));
    rig.run(at_ms(ms + 5000));
    return Money{rig.reports.back().fee, Currency{"USD"}}.amount_text();
  };
  CHECK(fee(0, 100_qty, 25_px) == "1");
  CHECK(fee(10'000, 1000_qty, 25_px) == "5");
  CHECK(fee(20'000, 1000_qty, 0.25_px) == "2.5");
}

TEST_CASE("tables that do not hold together are refused, with the line") {
  const auto error = [](const char* table) {
    const auto result = parse_profiles(table);
    return result.ok() ? std::string{} : result.error().where;
  };
  CHECK(error("# nothing\n\n") == "");
  CHECK(error("a | maker | 0.001 | here\n") == "");
  CHECK(error("a | maker | 0.001\n") == "line 1");
  CHECK(error("a | maker | 0.001 | \n") == "line 1");
  CHECK(error("\na | makre | 0.001 | here\n") == "line 2");
  CHECK(error("a | maker | lots | here\n") == "line 1");
  CHECK(error("a | minimum | 1 | before its currency\n") != "");
  CHECK(error("a | order_latency | lognormal 5ms 2ms 0.5 | here\n") == "line 1");
  CHECK(error("a | order_latency | constant 5s | here\n") == "line 1");
  CHECK(error("a | queue | square | here\n") == "line 1");
  CHECK(error("a | maker | 0 | x\nb | maker | 0 | x\na | taker | 0 | x\n") == "line 3");
  CHECK(error("a | currency | USD | x\na | line | TAF per_unit x | y\n") == "line 2");
}
