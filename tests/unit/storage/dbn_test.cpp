// DBN bytes written here by the published layout, and what the reader makes of them.
#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>

#include <dbn_writer.hpp>
#include <naive_book.hpp>

#include <keel/core/random.hpp>
#include <keel/storage/dbn_feed.hpp>

using namespace keel;
using keel::test::DbnWriter;
using keel::test::NaiveBook;

namespace {

constexpr InstrumentId kEs{3}, kNq{4};
constexpr std::int64_t kUnit = 1'000'000'000;
constexpr std::uint64_t kDay = 20'000ull * 86'400 * 1'000'000'000;  // 2024-10-04

class TempFile {
 public:
  explicit TempFile(std::string_view content) {
    static int count = 0;
    path = (std::filesystem::temp_directory_path() /
            ("keel_dbn_" + std::to_string(::getpid()) + "_" + std::to_string(count++)))
               .string();
    DbnWriter::write_file(path, content);
  }
  ~TempFile() { std::filesystem::remove(path); }
  std::string path;
};

const std::vector<DbnWriter::Mapping> kMappings{
    {"ESZ4", {{20241004, 20241005, "11"}, {20241005, 20241006, "12"}}},
    {"NQZ4", {{20241004, 20241006, "21"}}}};

struct Read {
  std::vector<std::byte> bytes;
  std::vector<const RecordHeader*> records;
  std::optional<Error> error;
  DbnReport report;
};

Read read(const std::string& path, const DbnSpec& spec) {
  Read result;
  auto feed = DbnFeed::open(path, spec);
  if (!feed) {
    result.error = feed.error();
    return result;
  }
  for (;;) {
    const auto batch = feed->next();
    if (!batch) {
      result.error = batch.error();
      break;
    }
    if (batch->empty()) break;
    result.bytes.insert(result.bytes.end(), batch->begin(), batch->end());
  }
  result.report = feed->report();
  for (std::size_t at = 0; at < result.bytes.size();) {
    result.records.push_back(reinterpret_cast<const RecordHeader*>(result.bytes.data() + at));
    at += result.records.back()->size;
  }
  return result;
}
Read read_bytes(std::string_view bytes, const DbnSpec& spec) {
  const TempFile file{bytes};
  return read(file.path, spec);
}
const DbnSpec kOnlyEs{{{"ESZ4", 0, kEs}}};

}  // namespace

TEST_CASE("DBN: metadata of every version, plain and packed") {
  for (const int version : {1, 2, 3})
    for (const bool packed : {false, true}) {
      CAPTURE(version);
      CAPTURE(packed);
      DbnWriter writer{version};
      writer.metadata("GLBX.MDP3", 0, kMappings);
      const TempFile file{packed ? writer.pack() : writer.bytes};
      const auto metadata = read_dbn_metadata(file.path);
      REQUIRE_MESSAGE(metadata.ok(), metadata.error().message());
      CHECK(metadata->version == version);
      CHECK(metadata->dataset == "GLBX.MDP3");
      CHECK(metadata->schema == 0);
      CHECK(metadata->start == Timestamp::from_seconds(1));
      CHECK(metadata->end == Timestamp::from_seconds(2));
      CHECK(metadata->symbols == std::vector<std::string>{"ESZ4", "NQZ4"});
      CHECK(metadata->partial.empty());
      CHECK(metadata->not_found == std::vector<std::string>{"GONE"});
      REQUIRE(metadata->mappings.size() == 2);
      CHECK(metadata->mappings[0].intervals[1].symbol == "12");
      CHECK(to_text(metadata->mappings[0].intervals[1].start) == "2024-10-05");
    }
}

TEST_CASE("DBN: the mapping says which number is which instrument on which day") {
  for (const int version : {1, 2, 3}) {
    DbnWriter writer{version};
    writer.metadata("GLBX.MDP3", 4, kMappings);
    const std::uint64_t next_day = kDay + 86'400ull * 1'000'000'000;
    writer.trade(11, kDay + 1, 5'000 * kUnit, 2, 'B')
        .trade(21, kDay + 2, 20'000 * kUnit, 3, 'A')
        .trade(12, kDay + 3, 1 * kUnit, 1, 'N')  // not ours on this day
        .trade(12, next_day, 5'001 * kUnit, 4, 'N')
        .trade(11, next_day + 1, 1 * kUnit, 1, 'N');
    const Read got = read_bytes(writer.pack(), {{{"ESZ4", 0, kEs}, {"NQZ4", 0, kNq}}});
    REQUIRE_FALSE(got.error);
    REQUIRE(got.records.size() == 3);
    const auto& first = record_as<Trade>(*got.records[0]);
    CHECK(first.header.instrument == kEs);
    CHECK(first.price == 5000_px);
    CHECK(first.size == 2_qty);
    CHECK(first.aggressor() == Side::kBuy);
    CHECK(first.venue_seq == 7);
    CHECK(first.header.ts_recv.ns - first.header.ts_event.ns == 5);
    CHECK(record_as<Trade>(*got.records[1]).aggressor() == Side::kSell);
    CHECK(got.records[1]->instrument == kNq);
    CHECK(got.records[2]->instrument == kEs);
    CHECK_FALSE(record_as<Trade>(*got.records[2]).aggressor());
    CHECK(got.report.others == 2);
    CHECK(got.report.to_text() == "5 records: 3 made, 2 of other instruments");
  }
}

TEST_CASE("DBN: mappings that come with the records, numbers, and everything") {
  DbnWriter live{2};
  live.metadata("GLBX.MDP3", 4, {}).mapping(9, "ESZ4").trade(9, kDay, kUnit, 1, 'B');
  CHECK(read_bytes(live.bytes, kOnlyEs).records.size() == 1);
  CHECK(read_bytes(live.bytes, {{{"", 9, kEs}}}).records.size() == 1);
  CHECK(read_bytes(live.bytes, {{{"", 8, kEs}}}).records.empty());
  CHECK(read_bytes(live.bytes, {{{"", 0, kEs}}}).records.size() == 1);
  DbnWriter fragment{1};
  fragment.trade(9, kDay, kUnit, 1, 'B');
  DbnSpec spec{{{"", 0, kEs}}};
  spec.fragment_version = 1;
  CHECK(read_bytes(fragment.bytes, spec).records.size() == 1);
}

TEST_CASE("DBN: order records, a snapshot without a clear, a bad book, a fill that is told") {
  DbnWriter writer{3};
  writer.metadata("GLBX.MDP3", 0, kMappings);
  const auto at = [](std::uint64_t n) { return kDay + n; };
  writer.mbo({11, kDay - 50'000, at(1), 101, 99 * kUnit, 3, 32, 'A', 'B', 5});
  writer.mbo({11, kDay - 50'000, at(1), 102, 98 * kUnit, 4, 32 | 128, 'A', 'B', 4});
  writer.mbo({11, at(2), at(3), 900, 99 * kUnit, 1, 0, 'T', 'A', 10});
  writer.mbo({11, at(2), at(3), 101, 99 * kUnit, 1, 0, 'F', 'B', 10});
  writer.mbo({11, at(2), at(3), 101, 99 * kUnit, 2, 128, 'M', 'B', 11});
  writer.mbo({11, at(1), at(4), 102, 98 * kUnit, 4, 128 | 4, 'C', 'B', 12});
  const Read got = read_bytes(writer.pack(), kOnlyEs);
  REQUIRE_FALSE(got.error);
  REQUIRE(got.records.size() == 8);
  CHECK(record_as<BookOrder>(*got.records[0]).action == BookAction::kClear);
  CHECK(got.report.clears == 1);
  CHECK_FALSE(record_as<BookOrder>(*got.records[1]).is_event_end());
  CHECK(record_as<BookOrder>(*got.records[2]).is_event_end());
  CHECK(got.records[3]->kind == RecordKind::kTrade);
  CHECK((got.records[4]->flags & BookOrder::kTold) != 0);
  CHECK(got.records[6]->kind == RecordKind::kMarketGap);
  CHECK(got.report.gaps == 1);
  CHECK(got.report.lifted == 1);
  CHECK(got.records[7]->ts_event == got.records[5]->ts_event);
  OrderBookL3 book{kEs, {.max_orders = 8, .max_levels = 8}};
  for (std::size_t i = 0; i < 6; ++i) book.on_market(*got.records[i]);
  CHECK(book.is_live());
  CHECK(book.find(101)->size == 2_qty);
  book.on_market(*got.records[6]);
  CHECK(book.is_gapped());
}

TEST_CASE("DBN: quotes, with sides that are missing") {
  DbnWriter writer{2};
  writer.metadata("GLBX.MDP3", 1, kMappings)
      .quote(11, kDay, 99 * kUnit, 1, 101 * kUnit, 2)
      .quote(11, kDay, INT64_MAX, 0, 101 * kUnit, 2);
  const Read got = read_bytes(writer.bytes, kOnlyEs);
  REQUIRE(got.records.size() == 2);
  CHECK(record_as<Quote>(*got.records[0]).is_two_sided());
  CHECK(record_as<Quote>(*got.records[0]).ask_price == 101_px);
  CHECK_FALSE(record_as<Quote>(*got.records[1]).has_bid());
}

TEST_CASE("DBN: a generated flow through the file equals a naive book after each record") {
  Random random{11};
  DbnWriter writer{1};
  writer.metadata("GLBX.MDP3", 0, kMappings);
  struct Live {
    std::uint64_t id;
    std::int64_t price;
    std::uint32_t size;
    char side;
  };
  std::vector<Live> live;
  writer.mbo({11, kDay, kDay, 0, INT64_MAX, 0, 128, 'R', 'N', 0});
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    DbnWriter::Mbo one{11, kDay + i, kDay + i + 3, i, 0, 0, 128, 'A', 'B', 0};
    if (live.size() < 5 || random.chance_ppm(550'000)) {
      const bool bid = random.below(2) == 0;
      const auto away = static_cast<std::int64_t>(random.below(40));
      live.push_back({i, (bid ? 4'999 - away : 5'000 + away) * kUnit,
                      static_cast<std::uint32_t>(random.between(1, 20)), bid ? 'B' : 'A'});
      one.price = live.back().price;
      one.size = live.back().size;
      one.side = live.back().side;
    } else {
      const std::size_t at = random.below(live.size());
      Live& known = live[at];
      one.order = known.id;
      one.side = known.side;
      one.price = known.price;
      one.action = random.chance_ppm(500'000) ? 'C' : 'M';
      one.size = static_cast<std::uint32_t>(random.between(1, one.action == 'C' ? known.size : 20));
      if (one.action == 'M') {
        known.size = one.size;
      } else if (known.size == one.size) {
        known = live.back();
        live.pop_back();
      } else {
        known.size -= one.size;
      }
    }
    writer.mbo(one);
  }
  const Read got = read_bytes(
      DbnWriter::pack(writer.bytes.substr(0, 300)) + DbnWriter::pack(writer.bytes.substr(300)),
      kOnlyEs);
  REQUIRE_FALSE(got.error);
  REQUIRE(got.records.size() == 5'001);
  NaiveBook naive;
  OrderBookL3 book{kEs, {.max_orders = 4'096, .max_levels = 128}};
  for (const RecordHeader* record : got.records) {
    const auto& order = record_as<BookOrder>(*record);
    REQUIRE(naive.apply(order));
    REQUIRE(book.on_order(order) == BookOutcome::kApplied);
    const std::string difference = naive.difference(book, false);
    REQUIRE_MESSAGE(difference.empty(), difference);
  }
  CHECK(naive.difference(book, true).empty());
  CHECK(book.order_count() == live.size());
}

TEST_CASE("DBN: what cannot be is an error with file, byte and field, after what was before it") {
  struct Case {
    const char* field;
    std::string bytes;
  };
  const auto good = [] {
    DbnWriter writer{2};
    writer.metadata("X", 0, kMappings).mbo({11, kDay, kDay, 1, kUnit, 1, 128, 'A', 'B', 0});
    return writer;
  };
  const std::size_t metadata = DbnWriter{2}.metadata("X", 0, kMappings).bytes.size();
  std::vector<Case> cases;
  const auto with = [&](const char* field, const DbnWriter::Mbo& bad) {
    cases.push_back({field, good().mbo(bad).bytes});
  };
  with("mbo.action", {11, kDay, kDay, 2, kUnit, 1, 128, 'Z', 'B', 0});
  with("mbo.side", {11, kDay, kDay, 2, kUnit, 1, 128, 'A', 'N', 0});
  with("mbo.price", {11, kDay, kDay, 2, INT64_MAX, 1, 128, 'A', 'B', 0});
  with("mbo.size", {11, kDay, kDay, 2, kUnit, 0, 128, 'A', 'B', 0});
  with("ts_event", {11, UINT64_MAX, UINT64_MAX, 2, kUnit, 1, 128, 'A', 'B', 0});
  DbnWriter small = good();
  small.header(0xA0, 20, 11, kDay);
  small.bytes += "1234";
  cases.push_back({"mbo.length", small.bytes});
  DbnWriter tiny = good();
  tiny.bytes += '\1';
  cases.push_back({"length", tiny.bytes + "............................"});
  for (const Case& one : cases) {
    CAPTURE(one.field);
    const Read got = read_bytes(one.bytes, kOnlyEs);
    REQUIRE(got.error);
    CHECK(got.error->code == storage_errors::kBadDbn);
    CHECK(got.error->field == one.field);
    CHECK(got.error->where.ends_with(": byte " + std::to_string(metadata + 56)));
    CHECK(got.records.size() == 1);
  }
}

TEST_CASE("DBN: files that break off or are something else") {
  DbnWriter writer{3};
  writer.metadata("X", 0, kMappings);
  const std::size_t metadata = writer.bytes.size();
  writer.mbo({11, kDay, kDay, 1, kUnit, 1, 128, 'A', 'B', 0});
  for (std::size_t size = 0; size < writer.bytes.size(); ++size) {
    CAPTURE(size);
    const Read got = read_bytes(writer.bytes.substr(0, size), kOnlyEs);
    if (size == metadata) {
      CHECK_FALSE(got.error);
      continue;
    }
    REQUIRE(got.error);
    CHECK(got.error->code == storage_errors::kTruncatedDbn);
  }
  const std::string packed = writer.pack();
  for (std::size_t size = 4; size + 1 < packed.size(); size += 7) {
    const Read got = read_bytes(packed.substr(0, size), kOnlyEs);
    REQUIRE(got.error);
    CHECK(got.error->code == storage_errors::kTruncatedZstd);
  }
  Random random{5};
  for (int i = 0; i < 300; ++i) {  // damage never crashes
    std::string damaged = i % 2 == 0 ? writer.bytes : packed;
    damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    static_cast<void>(read_bytes(damaged, kOnlyEs));
    const TempFile file{damaged};
    static_cast<void>(read_dbn_definitions(file.path));
  }
  CHECK(read_bytes("hello world", kOnlyEs).error->code == storage_errors::kBadDbn);
  CHECK(read_bytes(std::string("DBN\x09\0\0\0\0", 8), kOnlyEs).error->code ==
        storage_errors::kDbnVersion);
  CHECK(read_bytes(std::string("DBN\x01\xFF\xFF\xFF\xFF", 8), kOnlyEs).error->field ==
        "metadata.length");
  CHECK(read("/no/such/file", kOnlyEs).error->code == storage_errors::kFileMissing);
  const TempFile file{writer.bytes};
  CHECK(read(file.path, {}).error->code == storage_errors::kBadSpec);
  CHECK(read(file.path, {{{"CLZ4", 0, kEs}}}).error->code == storage_errors::kBadSpec);
  CHECK(read(file.path, {{{"ESZ4", 0, kEs}, {"", 0, kNq}}}).error->code ==
        storage_errors::kBadSpec);
}
