#include <doctest/doctest.h>

#include <generate.hpp>
#include <temp_folder.hpp>

#include <keel/core/hash.hpp>

namespace {

// The checksum of bench/peers: SHA-256 over the columns one after another, little-endian int64.
template <class Row>
std::string checksum(const std::vector<Row>& rows,
                     std::initializer_list<std::int64_t Row::*> columns) {
  std::vector<std::int64_t> flat;
  flat.reserve(rows.size() * columns.size());
  for (const auto column : columns)
    for (const Row& row : rows) flat.push_back(row.*column);
  return keel::hex_text(keel::sha256(std::as_bytes(std::span{flat}))).substr(0, 16);
}

}  // namespace

TEST_CASE("generated quotes and trades are the published integers") {
  using keel::test::RawQuote;
  using keel::test::RawTrade;
  // Printed by the generator in Python (numpy) for these counts and seeds.
  struct Known {
    std::size_t count;
    std::uint64_t seed;
    const char* quotes;
    const char* trades;
  };
  for (const Known& known : {Known{1'000'000, 42, "bad38e549cea957b", "84f7ed796a0e18df"},
                             Known{1'000, 7, "eede5bfb3cfd0a4f", "18525622a0fbda4b"}}) {
    CAPTURE(known.seed);
    CHECK(checksum(keel::test::make_quotes(known.count, known.seed),
                   {&RawQuote::ts_ns, &RawQuote::bid_ticks, &RawQuote::ask_ticks,
                    &RawQuote::bid_size, &RawQuote::ask_size}) == known.quotes);
    CHECK(checksum(keel::test::make_trades(known.count, known.seed),
                   {&RawTrade::ts_ns, &RawTrade::price_ticks, &RawTrade::size, &RawTrade::buyer}) ==
          known.trades);
  }
}

TEST_CASE("a temporary folder is empty, its own, and gone afterwards") {
  std::filesystem::path path;
  {
    const keel::test::TempFolder folder;
    const keel::test::TempFolder other;
    path = folder.path();
    CHECK(path != other.path());
    CHECK(std::filesystem::is_empty(path));
    folder.write("a.bin", std::string_view{"a\0b\n", 4});
    CHECK(folder.read("a.bin") == std::string{"a\0b\n", 4});
    CHECK_THROWS(static_cast<void>(folder.read("missing")));
    std::filesystem::create_directories(path / "deep" / "er");
  }
  CHECK_FALSE(std::filesystem::exists(path));
}
