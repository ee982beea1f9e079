// Promises: ids are dense and stable, a name is given once, and what is not declared is not there.
#include <doctest/doctest.h>

#include <keel/model/account.hpp>
#include <keel/model/instrument_registry.hpp>

using namespace keel;

TEST_CASE("venues, strategies and accounts count from one, by name") {
  Directory directory;
  const auto nyse = *directory.add_venue("NYSE");
  const auto sim = *directory.add_venue("SIM");
  CHECK(nyse == VenueId{1});
  CHECK(sim == VenueId{2});
  CHECK(*directory.add_strategy("ema") == StrategyId{1});
  const auto id =
      directory.add_account("main", sim, "USD", AccountKind::kMargin, AccountRealm::kSimulated);
  REQUIRE(id.ok());
  CHECK(*id == AccountId{1});
  const Account* account = directory.account(*id);
  REQUIRE(account != nullptr);
  CHECK(account->venue == sim);
  CHECK(account->base == Currency{"USD"});
  CHECK(account->kind == AccountKind::kMargin);
  CHECK(account->realm == AccountRealm::kSimulated);
  CHECK(account->mode == PositionMode::kNetting);
  CHECK(account->name == "main");
  CHECK(directory.venue_name(nyse) == "NYSE");
  CHECK(directory.strategy_name(StrategyId{0}) == "host");
  CHECK(directory.strategy_name(StrategyId{1}) == "ema");
  CHECK(directory.find_venue("SIM") == sim);
  CHECK(directory.find_strategy("ema") == StrategyId{1});
  CHECK(directory.find_account("main") == AccountId{1});

  CHECK(directory.account(AccountId{0}) == nullptr);
  CHECK(directory.account(AccountId{2}) == nullptr);
  CHECK(directory.venue_name(VenueId{0}).empty());
  CHECK(directory.venue_name(VenueId{3}).empty());
  CHECK(directory.strategy_name(StrategyId{2}).empty());
  CHECK_FALSE(directory.find_venue("sim").has_value());
  CHECK_FALSE(directory.find_account("").has_value());
}

TEST_CASE("a name that is taken, missing or too long is refused") {
  Directory directory;
  const auto venue = *directory.add_venue("V");
  REQUIRE(directory.add_strategy("S").ok());
  const auto add = [&](std::string_view name, VenueId at, Currency base) {
    return directory.add_account(name, at, base, AccountKind::kCash, AccountRealm::kPaper);
  };
  REQUIRE(add("A", venue, "USD").ok());
  CHECK(directory.add_venue("V").error().code == model_errors::kDuplicateName);
  CHECK(directory.add_strategy("S").error().code == model_errors::kDuplicateName);
  CHECK(add("A", venue, "USD").error().code == model_errors::kDuplicateName);
  CHECK(directory.add_venue("").error().code == model_errors::kBadAccount);
  CHECK(directory.add_strategy("").error().code == model_errors::kBadAccount);
  CHECK(add("", venue, "USD").error().code == model_errors::kBadAccount);
  CHECK(add("B", venue, Currency{}).error().field == "base");
  CHECK(add("B", VenueId{0}, "USD").error().field == "venue");
  CHECK(add("B", VenueId{2}, "USD").error().field == "venue");
  const std::string longest(39, 'n'), too_long(40, 'n');
  CHECK(directory.add_venue(longest).ok());
  CHECK(directory.add_venue(too_long).error().code == core_errors::kTextTooLong);
  CHECK(directory.add_strategy(too_long).error().code == core_errors::kTextTooLong);
  CHECK(add(too_long, venue, "USD").error().code == core_errors::kTextTooLong);
  CHECK(directory.accounts().size() == 1);
  CHECK(directory.venue_count() == 2);
  CHECK(directory.strategy_count() == 1);
}

TEST_CASE("an account of no kind, no realm or no mode is refused") {
  Directory directory;
  const auto venue = *directory.add_venue("V");
  CHECK_FALSE(
      directory.add_account("A", venue, "USD", static_cast<AccountKind>(0), AccountRealm::kLive)
          .ok());
  CHECK_FALSE(
      directory.add_account("A", venue, "USD", AccountKind::kCash, static_cast<AccountRealm>(9))
          .ok());
  CHECK_FALSE(directory
                  .add_account("A", venue, "USD", AccountKind::kCash, AccountRealm::kLive,
                               static_cast<PositionMode>(9))
                  .ok());
}

TEST_CASE("saved and loaded, a directory is the same; cut bytes are refused") {
  Directory directory;
  const auto venue = *directory.add_venue("V");
  REQUIRE(directory.add_strategy("S").ok());
  REQUIRE(directory
              .add_account("A", venue, "EUR", AccountKind::kCash, AccountRealm::kLive,
                           PositionMode::kHedging)
              .ok());
  StateWriter writer;
  directory.save(writer);
  Directory loaded;
  StateReader reader{writer.bytes()};
  loaded.load(reader);
  REQUIRE(reader.finish().ok());
  CHECK(loaded.find_account("A") == AccountId{1});
  CHECK(loaded.account(AccountId{1})->mode == PositionMode::kHedging);
  CHECK(loaded.find_strategy("S") == StrategyId{1});
  CHECK(loaded.venue_name(venue) == "V");
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    Directory cut;
    StateReader short_reader{writer.bytes().first(size)};
    cut.load(short_reader);
    REQUIRE_FALSE(short_reader.finish().ok());
  }
}
