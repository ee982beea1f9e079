// Recorded DBN files of every version and schema. What is expected was read from the same bytes by
// Databento's own decoder (its Python package).
#include <doctest/doctest.h>

#include <naive_book.hpp>
#include <read_data.hpp>

#include <keel/model/instrument_registry.hpp>
#include <keel/storage/dbn_feed.hpp>

using namespace keel;
using namespace keel::test;

namespace {

constexpr InstrumentId kId{1};
const std::string kFolder = "mbo-databento/";

// name, version, records, and a sum over them: of prices, sizes and order ids (by schema, below).
struct Truth {
  const char* name;
  int version;
  std::uint64_t records;
  std::int64_t sum;
  std::size_t mappings;
};
constexpr Truth kTruths[] = {
    {"bbo-1m.v2.dbn.zst", 2, 4, 29631750000110, 1},
    {"bbo-1m.v3.dbn.zst", 3, 4, 29631750000110, 1},
    {"bbo-1s.v2.dbn.zst", 2, 4, 29620500000087, 1},
    {"bbo-1s.v3.dbn.zst", 3, 4, 29620500000087, 1},
    {"cbbo-1s.v1.dbn.zst", 1, 2, 14881500000071, 1},
    {"cbbo-1s.v2.dbn.zst", 2, 2, 14881500000071, 1},
    {"cbbo-1s.v3.dbn.zst", 3, 2, 14881500000071, 1},
    {"cbbo.dbn", 2, 2, 14881500000071, 1},
    {"cbbo.v1.dbn", 1, 2, 14881500000071, 1},
    {"cmbp-1.dbn", 2, 2, 14881500000071, 1},
    {"cmbp-1.v1.dbn", 1, 2, 14881500000071, 1},
    {"cmbp-1.v1.dbn.zst", 1, 2, 14881500000071, 1},
    {"cmbp-1.v2.dbn.zst", 2, 2, 14881500000071, 1},
    {"cmbp-1.v3.dbn.zst", 3, 2, 14881500000071, 1},
    {"imbalance.dbn", 2, 2, 459420004000, 1},
    {"imbalance.v1.dbn", 1, 2, 459420004000, 1},
    {"imbalance.v1.dbn.zst", 1, 2, 459420004000, 1},
    {"imbalance.v2.dbn.zst", 2, 2, 459420004000, 1},
    {"imbalance.v3.dbn.zst", 3, 2, 459420004000, 1},
    {"mbo.dbn", 2, 2, 8741319947338, 1},
    {"mbo.v1.dbn", 1, 2, 8741319947338, 1},
    {"mbo.v1.dbn.zst", 1, 2, 8741319947338, 1},
    {"mbo.v2.dbn.zst", 2, 2, 8741319947338, 1},
    {"mbo.v3.dbn", 3, 2, 8741319947338, 1},
    {"mbo.v3.dbn.zst", 3, 2, 8741319947338, 1},
    {"mbp-1.dbn", 2, 2, 14881500000071, 1},
    {"mbp-1.v1.dbn", 1, 2, 14881500000071, 1},
    {"mbp-1.v1.dbn.zst", 1, 2, 14881500000071, 1},
    {"mbp-1.v2.dbn.zst", 2, 2, 14881500000071, 1},
    {"mbp-1.v3.dbn.zst", 3, 2, 14881500000071, 1},
    {"mbp-10.dbn", 2, 2, 148815000001683, 1},
    {"mbp-10.v1.dbn", 1, 2, 148815000001683, 1},
    {"mbp-10.v1.dbn.zst", 1, 2, 148815000001683, 1},
    {"mbp-10.v2.dbn.zst", 2, 2, 148815000001683, 1},
    {"mbp-10.v3.dbn.zst", 3, 2, 148815000001683, 1},
    {"ohlcv-1d.dbn", 2, 0, 0, 1},
    {"ohlcv-1d.v1.dbn", 1, 0, 0, 1},
    {"ohlcv-1d.v1.dbn.zst", 1, 0, 0, 1},
    {"ohlcv-1d.v2.dbn.zst", 2, 0, 0, 1},
    {"ohlcv-1d.v3.dbn.zst", 3, 0, 0, 1},
    {"ohlcv-1h.dbn", 2, 2, 744175000122083, 1},
    {"ohlcv-1h.v1.dbn", 1, 2, 744175000122083, 1},
    {"ohlcv-1h.v1.dbn.zst", 1, 2, 744175000122083, 1},
    {"ohlcv-1h.v2.dbn.zst", 2, 2, 744175000122083, 1},
    {"ohlcv-1h.v3.dbn.zst", 3, 2, 744175000122083, 1},
    {"ohlcv-1m.dbn", 2, 2, 744250000000505, 1},
    {"ohlcv-1m.v1.dbn", 1, 2, 744250000000505, 1},
    {"ohlcv-1m.v1.dbn.zst", 1, 2, 744250000000505, 1},
    {"ohlcv-1m.v2.dbn.zst", 2, 2, 744250000000505, 1},
    {"ohlcv-1m.v3.dbn.zst", 3, 2, 744250000000505, 1},
    {"ohlcv-1s.dbn", 2, 2, 744100000000070, 1},
    {"ohlcv-1s.v1.dbn", 1, 2, 744100000000070, 1},
    {"ohlcv-1s.v1.dbn.zst", 1, 2, 744100000000070, 1},
    {"ohlcv-1s.v2.dbn.zst", 2, 2, 744100000000070, 1},
    {"ohlcv-1s.v3.dbn.zst", 3, 2, 744100000000070, 1},
    {"statistics.dbn", 2, 2, 0, 0},
    {"statistics.v1.dbn", 1, 2, 0, 0},
    {"statistics.v1.dbn.zst", 1, 2, 0, 0},
    {"statistics.v2.dbn.zst", 2, 2, 0, 0},
    {"statistics.v3.dbn.zst", 3, 2, 0, 0},
    {"status.v2.dbn.zst", 2, 4, 15, 1},
    {"status.v3.dbn.zst", 3, 4, 15, 1},
    {"tbbo.dbn", 2, 2, 14881500000076, 1},
    {"tbbo.v1.dbn", 1, 2, 14881500000076, 1},
    {"tbbo.v1.dbn.zst", 1, 2, 14881500000076, 1},
    {"tbbo.v2.dbn.zst", 2, 2, 14881500000076, 1},
    {"tbbo.v3.dbn.zst", 3, 2, 14881500000076, 1},
    {"trades.dbn", 2, 2, 7440500000026, 1},
    {"trades.v1.dbn", 1, 2, 7440500000026, 1},
    {"trades.v1.dbn.zst", 1, 2, 7440500000026, 1},
    {"trades.v2.dbn.zst", 2, 2, 7440500000026, 1},
    {"trades.v3.dbn.zst", 3, 2, 7440500000026, 1},
};

template <class Visitor>
void each_record(DbnFeed& feed, Visitor&& visit) {
  for (;;) {
    const auto batch = feed.next();
    REQUIRE_MESSAGE(batch.ok(), batch.error().message());
    if (batch->empty()) return;
    for (std::size_t at = 0; at < batch->size();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(batch->data() + at);
      visit(record);
      at += record.size;
    }
  }
}

std::int64_t units(Quantity size) { return size.raw() / Quantity::kScale; }

// What Truth::sum adds up.
std::int64_t sum_of(const RecordHeader& record) {
  switch (record.kind) {
    case RecordKind::kQuote: {
      const auto& quote = record_as<Quote>(record);
      return quote.bid_price.raw() + quote.ask_price.raw() + units(quote.bid_size) +
             units(quote.ask_size);
    }
    case RecordKind::kTrade: {
      const auto& trade = record_as<Trade>(record);
      return trade.price.raw() + units(trade.size);
    }
    case RecordKind::kBookOrder: {
      const auto& order = record_as<BookOrder>(record);
      return order.action == BookAction::kClear
                 ? 0
                 : order.price.raw() + units(order.size) + static_cast<std::int64_t>(order.order);
    }
    case RecordKind::kBookSnapshot: {
      const auto& book = record_as<BookDelta>(record);
      const auto* levels = reinterpret_cast<const BookLevel*>(&book + 1);
      std::int64_t sum = 0;
      for (std::uint32_t i = 0; i < book.count; ++i)
        sum += levels[i].price.raw() + units(levels[i].size);
      return sum;
    }
    case RecordKind::kBar: {
      const auto& bar = record_as<Bar>(record);
      return bar.close.raw() +
             static_cast<std::int64_t>(bar.volume.raw().wide() / Quantity::kScale);
    }
    case RecordKind::kAuction: {
      const auto& auction = record_as<AuctionUpdate>(record);
      return auction.reference.raw() + units(auction.matched) + units(auction.imbalance);
    }
    default: return 0;
  }
}

// The book of a file equals a naive one after every record; gives the number of records.
std::uint64_t follow_book(const std::string& name, const std::string& symbol,
                          std::uint64_t trades_expected, std::size_t orders_expected) {
  auto feed = DbnFeed::open(data_path(kFolder + name), {{{symbol, 0, kId}}});
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  NaiveBook naive;
  OrderBookL3 book{kId, {.max_orders = 1u << 15}};
  std::uint64_t trades = 0, orders = 0;
  each_record(*feed, [&](const RecordHeader& record) {
    if (record.kind == RecordKind::kTrade) {
      ++trades;
      return;
    }
    REQUIRE(record.kind == RecordKind::kBookOrder);
    const auto& order = record_as<BookOrder>(record);
    CAPTURE(order.venue_seq);
    REQUIRE(naive.apply(order));
    const BookOutcome outcome = book.on_order(order);
    REQUIRE_MESSAGE(outcome == BookOutcome::kApplied, to_text(outcome));
    ++orders;
    // Every order in its place: now and then while the snapshot is read, then after each record.
    const bool every_order = !order.is_snapshot() || orders % 512 == 0;
    const std::string difference = naive.difference(book, every_order);
    REQUIRE_MESSAGE(difference.empty(), difference);
  });
  CHECK(naive.difference(book, true).empty());
  CHECK(book.order_count() == orders_expected);
  CHECK(trades == trades_expected);
  CHECK_FALSE(book.is_crossed());
  CHECK(book.stats().crossed == 0);
  CHECK(feed->report().left_out == 0);
  CHECK(feed->report().others == 0);
  return feed->report().records;
}

}  // namespace

TEST_CASE("DBN: every schema and version reads as Databento's decoder reads it") {
  for (const Truth& truth : kTruths) {
    CAPTURE(truth.name);
    const bool both = std::string{truth.name}.starts_with("tbbo");
    DbnSpec spec{{{"", 0, kId}}};
    spec.trades = !both && !std::string{truth.name}.starts_with("mbp-10");
    auto feed = DbnFeed::open(data_path(kFolder + "test_data." + truth.name), spec);
    REQUIRE_MESSAGE(feed.ok(), feed.error().message());
    CHECK(feed->metadata().version == truth.version);
    CHECK(feed->metadata().mappings.size() == truth.mappings);
    std::int64_t sum = 0;
    const bool is_status = std::string{truth.name}.starts_with("status");
    each_record(*feed, [&sum](const RecordHeader& record) { sum += sum_of(record); });
    CHECK(feed->report().records == truth.records);
    if (!is_status) CHECK(sum == truth.sum);
  }
}

TEST_CASE("DBN: two seconds of ES, order by order, equal a naive book after each message") {
  // 13,796 records in the file: 5 trades, 5 fills that are told, a clear, 13,678 adds.
  CHECK(follow_book("order_book_deltas_catalog/databento/"
                    "orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst",
                    "ESM4", 5, 13'598) == 13'796);
}

TEST_CASE("DBN: a snapshot of ES without a clear") {
  CHECK(follow_book("esh4-glbx-mdp3-20231224.mbo.dbn.zst", "ESH4", 0, 8'725) == 8'725);
}

TEST_CASE("DBN: definitions, versions 1 to 3, whole files and fragments") {
  for (const int version : {1, 2, 3}) {
    CAPTURE(version);
    const std::string stem = kFolder + "test_data.definition.v" + std::to_string(version) + ".dbn";
    const auto stocks = read_dbn_definitions(data_path(stem + ".zst"));
    REQUIRE_MESSAGE(stocks.ok(), stocks.error().message());
    REQUIRE(stocks->size() == 2);
    const DbnDefinition& msft = stocks->front();
    CHECK(msft.raw_symbol == "MSFT");
    CHECK(msft.instrument_id == 6'819);
    CHECK(msft.instrument_class == 'K');
    CHECK(msft.round_lot == 100);
    CHECK_FALSE(msft.price_increment);
    CHECK_FALSE(msft.expiration);
    CHECK(to_spec(msft).error().field == "min_price_increment");
    const auto options = read_dbn_definitions(data_path(stem + ".frag"), version);
    REQUIRE_MESSAGE(options.ok(), options.error().message());
    REQUIRE(options->size() == 2);
    const DbnDefinition& put = options->front();
    CHECK(put.raw_symbol == "GEM3 P9812");
    CHECK(put.instrument_class == 'P');
    CHECK(put.price_increment == 0.5_px);
    CHECK(put.unit_of_measure_quantity == 2500_px);
    CHECK(put.underlying == "GEM3");
    CHECK(put.underlying_id == 21'230);
    CHECK(to_text(*put.expiration) == "2023-06-19T10:00:00Z");
    CHECK(put.exchange == "XCME");
    CHECK(put.security_type == "OOF");
    CHECK(put.cfi == "OPAFPS");
    CHECK(put.asset == "GE");
    CHECK(put.max_trade == 99'999);
    CHECK(put.strike.has_value());
    const auto spec = to_spec(put);
    REQUIRE_MESSAGE(spec.ok(), spec.error().message());
    CHECK(spec->right == OptionRight::kPut);
    CHECK(spec->strike == put.strike);
    InstrumentRegistry registry;
    const auto id = registry.add(*spec);
    CHECK_MESSAGE(id.ok(), id.error().message());
  }
  const auto frames =
      read_dbn_definitions(data_path(kFolder + "multi-frame.definition.v1.dbn.frag.zst"), 1);
  REQUIRE_MESSAGE(frames.ok(), frames.error().message());
  CHECK(frames->size() == 8);
  const auto es = read_dbn_definitions(
      data_path(kFolder + "order_book_deltas_catalog/databento/orderbooks_definition.dbn.zst"));
  REQUIRE(es.ok());
  REQUIRE(es->size() == 1);
  const auto spec = to_spec(es->front());
  REQUIRE(spec.ok());
  InstrumentRegistry registry;
  const auto id = registry.add(*spec);
  REQUIRE_MESSAGE(id.ok(), id.error().message());
  const Instrument& made = registry.get(*id);
  CHECK(made.symbol == "ESM4");
  CHECK(made.multiplier == 50_qty);
  CHECK(made.price_increment == 0.25_px);
  CHECK(made.max_price == 5513.25_px);
  CHECK(to_text(made.expiry) == "2024-06-21T13:30:00Z");
}

TEST_CASE("DBN: status and the file that is not DBN") {
  auto feed =
      DbnFeed::open(data_path(kFolder + "test_data.status.v3.dbn.zst"), {{{"ESH1", 0, kId}}});
  REQUIRE_MESSAGE(feed.ok(), feed.error().message());
  std::vector<InstrumentStatus> told;
  each_record(*feed, [&told](const RecordHeader& record) {
    told.push_back(record_as<StatusChange>(record).status);
  });
  REQUIRE(told.size() == 4);
  CHECK(told[0] == InstrumentStatus::kTrading);
  CHECK(told[1] == InstrumentStatus::kPreOpen);
  const auto old = DbnFeed::open(data_path(kFolder + "test_data.mbo.dbz"), {{{"", 0, kId}}});
  REQUIRE_FALSE(old.ok());
  CHECK(old.error().code == storage_errors::kBadDbn);
}
