// Checksums against the examples that the venues publish.
#include <doctest/doctest.h>

#include <vector>

#include <keel/market/order_book.hpp>

using namespace keel;

namespace {

// Kraken, "Book checksum (WebSocket v2)": BTC/USD, one decimal of price and eight of size.
const std::vector<PriceLevel> kKrakenBids{
    {45283.5_px, 0.1_qty},        {45283.4_px, 1.54582015_qty}, {45282.1_px, 0.1_qty},
    {45281.0_px, 0.1_qty},        {45280.3_px, 1.54592586_qty}, {45279.0_px, 0.0799_qty},
    {45277.6_px, 0.03310103_qty}, {45277.5_px, 0.3_qty},        {45277.3_px, 1.54602737_qty},
    {45276.6_px, 0.15445238_qty}};
const std::vector<PriceLevel> kKrakenAsks{
    {45285.2_px, 0.001_qty},      {45286.4_px, 1.54571953_qty}, {45286.6_px, 1.54571109_qty},
    {45289.6_px, 1.54560911_qty}, {45290.2_px, 0.1589066_qty},  {45291.8_px, 1.54553491_qty},
    {45294.7_px, 0.04454749_qty}, {45296.1_px, 0.3538_qty},     {45297.5_px, 0.09945542_qty},
    {45299.5_px, 0.18772827_qty}};
constexpr std::uint32_t kKrakenSum = 3'310'070'434;
constexpr ChecksumDigits kKrakenDigits{1, 8};

}  // namespace

TEST_CASE("crc32: the check value of its specification") {
  CHECK(crc32("123456789") == 0xCBF43926u);
  CHECK(crc32("") == 0);
  CHECK(crc32("6789", crc32("12345")) == crc32("123456789"));
}

TEST_CASE("Kraken's published examples") {
  CHECK(kraken_checksum(kKrakenBids, kKrakenAsks, kKrakenDigits) == kKrakenSum);
  // Version 1's, five decimals of price: sizes of 0.00000500 throughout.
  std::vector<PriceLevel> bids, asks;
  for (const Price price : {0.05_px, 0.04995_px, 0.0499_px, 0.0498_px, 0.04975_px, 0.0497_px,
                            0.04965_px, 0.0496_px, 0.04955_px, 0.0495_px})
    bids.push_back({price, 0.000005_qty});
  for (int i = 0; i < 10; ++i) asks.push_back({0.05005_px + 0.00005_px * i, 0.000005_qty});
  CHECK(kraken_checksum(bids, asks, {5, 8}) == 974'947'235);
  // Levels past the tenth do not count.
  asks.push_back({1_px, 1_qty});
  CHECK(kraken_checksum(bids, asks, {5, 8}) == 974'947'235);
}

TEST_CASE("OKX's published examples") {
  const std::vector<PriceLevel> bids{{3366.1_px, 7_qty}, {3366_px, 6_qty}};
  const std::vector<PriceLevel> asks{{3366.8_px, 9_qty}, {3368_px, 8_qty}, {3372_px, 8_qty}};
  const auto is = [](std::uint32_t sum) { return static_cast<std::int32_t>(sum); };
  CHECK(is(okx_checksum(bids, std::span{asks}.first(2), {})) == -1'881'014'294);
  CHECK(is(okx_checksum(std::span{bids}.first(1), asks, {})) == 831'078'360);
  CHECK(okx_checksum({}, {}, {}) == 0);
  // With the digits of the instrument: "0.50:1.0:..."
  const std::vector<PriceLevel> half{{0.5_px, 1_qty}};
  CHECK(okx_checksum(half, {}, {2, 1}) == crc32("0.50:1.0"));
  CHECK(okx_checksum(half, {}, {}) == crc32("0.5:1"));
  const std::vector<PriceLevel> odd{{-0.05_px, 100_qty}};
  CHECK(okx_checksum(odd, {}, {}) == crc32("-0.05:100"));
  CHECK(okx_checksum(odd, {}, {3, 0}) == crc32("-0.050:100"));
}

TEST_CASE("a book holds the venue's checksum against its own, and keeps the venue's depth") {
  struct {
    BookDelta head;
    BookLevel levels[20];
  } message{make_record<BookDelta>(RecordKind::kBookSnapshot), {}};
  for (std::size_t i = 0; i < 10; ++i) {
    message.levels[i] = {kKrakenBids[i].price, kKrakenBids[i].size, Side::kBuy, {}};
    message.levels[10 + i] = {kKrakenAsks[i].price, kKrakenAsks[i].size, Side::kSell, {}};
  }
  message.head.header.size = sizeof message;
  message.head.count = 20;
  message.head.checksum = kKrakenSum;
  OrderBook book{{1},
                 {.sequence = SequenceRule::kNone,
                  .keep_levels = 10,
                  .checksum = kraken_checksum,
                  .checksum_digits = kKrakenDigits}};
  CHECK(book.on_delta(message.head) == BookOutcome::kApplied);

  // A better bid pushes the tenth out, as it does at the venue.
  std::vector<PriceLevel> bids = kKrakenBids;
  bids.pop_back();
  bids.insert(bids.begin(), {45284_px, 1_qty});
  message.head.header.kind = RecordKind::kBookDelta;
  message.head.count = 1;
  message.levels[0] = {45284_px, 1_qty, Side::kBuy, {}};
  message.head.checksum = kraken_checksum(bids, kKrakenAsks, kKrakenDigits);
  CHECK(book.on_delta(message.head) == BookOutcome::kApplied);
  CHECK(book.depth(Side::kBuy) == 10);

  // A change that was lost shows, and a snapshot heals it.
  message.levels[0] = {45284_px, 2_qty, Side::kBuy, {}};
  CHECK(book.on_delta(message.head) == BookOutcome::kChecksum);
  CHECK(book.is_gapped());
  CHECK(book.stats().gaps == 1);
  CHECK(book.on_delta(message.head) == BookOutcome::kGap);
}
