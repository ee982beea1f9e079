// Files that are broken on purpose.
#include <zlib.h>

#include <temp_folder.hpp>

#include <keel/core/random.hpp>

#include "csv_support.hpp"

using namespace keel;
using namespace keel::test;

namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string sample(int rows, std::uint64_t seed = 1) {
  Random random{seed};
  std::string text = "time,price,size,side,id\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(1'000 + i) + "." + std::to_string(random.below(1'000)) + "," +
            std::to_string(random.below(90'000)) + "." + std::to_string(10 + random.below(90)) +
            "000," + std::to_string(1 + random.below(500)) +
            (random.chance_ppm(500'000) ? ",buy," : ",sell,") + std::to_string(i) + "\n";
  return text;
}

CsvSpec full_spec() {
  CsvSpec spec = trade_spec();
  spec.side = "side";
  spec.trade_id = "id";
  return spec;
}

}  // namespace

TEST_CASE("a gzip file torn at any byte gives whole rows, and says that the rest is lost") {
  const std::string text = sample(300);
  const std::string packed = gzip(text);
  const TempFolder folder;
  const auto whole = [&] {
    auto feed = csv_trades(folder.write("t.csv.gz", packed), full_spec(), bitcoin());
    REQUIRE(feed.ok());
    CHECK(feed->next().ok());
    return drain<Trade>(*feed), feed->report();
  }();
  CHECK(whole.clean());
  CHECK(whole.delivered == 300);
  for (std::size_t size = 2; size < packed.size(); size += size < 200 ? 1 : 17) {
    const auto path = folder.write("t.csv.gz", packed.substr(0, size));
    auto feed = csv_trades(path, full_spec(), bitcoin());
    INFO(size);
    if (!feed.ok()) {
      CHECK(feed.error().code == storage_errors::kTruncatedGzip);
      continue;
    }
    const auto got = drain<Trade>(*feed);
    CHECK_FALSE(got.error.has_value());
    CHECK(feed->report().cut_short);
    CHECK(feed->report().count(storage_errors::kTruncatedGzip) == 1);
    CHECK(feed->report().skipped == 0);  // no half row was taken for a row
    for (std::size_t i = 0; i < got.rows.size(); ++i) REQUIRE(got.rows[i].trade_id == i);
    CsvSpec spec = full_spec();
    spec.strict = true;
    auto strict = csv_trades(path, spec, bitcoin());
    REQUIRE(strict.ok());
    const auto stopped = drain<Trade>(*strict);
    REQUIRE(stopped.error.has_value());
    CHECK(stopped.error->code == storage_errors::kTruncatedGzip);
    CHECK(stopped.rows.size() == got.rows.size());
  }
}

TEST_CASE("gzip: several members are one file; garbage and a wrong checksum are told of") {
  const TempFolder folder;
  const std::string text = sample(40);
  const std::string two = gzip(text.substr(0, 500)) + gzip(text.substr(500));
  auto feed = csv_trades(folder.write("two.gz", two), full_spec(), bitcoin());
  REQUIRE(feed.ok());
  CHECK(drain<Trade>(*feed).rows.size() == 40);
  CHECK(feed->report().clean());

  auto garbage = csv_trades(folder.write("g.gz", gzip(text) + "garbage"), full_spec(), bitcoin());
  REQUIRE(garbage.ok());
  CHECK(drain<Trade>(*garbage).rows.size() == 40);
  CHECK(garbage->report().count(storage_errors::kBadGzip) == 1);
  CHECK(garbage->report().cut_short);

  std::string wrong = gzip(text);
  wrong[wrong.size() - 6] = static_cast<char>(wrong[wrong.size() - 6] ^ 1);
  auto checksum = csv_trades(folder.write("w.gz", wrong), full_spec(), bitcoin());
  REQUIRE(checksum.ok());
  drain<Trade>(*checksum);
  CHECK(checksum->report().count(storage_errors::kBadGzip) == 1);
}

TEST_CASE("a line without an end and a file of one byte over and over stay in bounds") {
  const TempFolder folder;
  for (const char c : {',', '"', 'x', '\0', '0', '\r'}) {
    const std::string text = "time,price,size\n1,1.00,1\n" + std::string(3'000'000, c);
    CsvSpec spec = trade_spec();
    auto feed = csv_trades(folder.write("t.csv.gz", gzip(text)), spec, bitcoin());
    REQUIRE(feed.ok());
    CHECK(drain<Trade>(*feed).rows.size() == 1);
    CHECK(feed->report().rows == 2);
    CHECK(feed->report().count(storage_errors::kLineTooLong) == 1);
  }
}

TEST_CASE("lines of every length around the buffer's edge arrive whole") {
  const TempFolder folder;
  // The reader's buffer is 256 KiB: blanks move the line ends across it.
  for (std::size_t pad = 0; pad < 60; ++pad) {
    std::string text = "time,price,size\n" + std::string(262'100 + pad, '\n');
    for (int i = 0; i < 20; ++i) text += std::to_string(i) + ",1.00,3\n";
    auto feed = csv_trades(folder.write("t.csv", text), trade_spec(), bitcoin());
    REQUIRE(feed.ok());
    CHECK(drain<Trade>(*feed).rows.size() == 20);
    CHECK(feed->report().clean());
  }
}

TEST_CASE("mutated files never crash, never lose count, and give only what they say") {
  const TempFolder folder;
  const std::string text = sample(60);
  const char interesting[] = {',', '"', '\n', '\r', '0', '-', '.', 'e', '9', '\0', ' ', '\xEF'};
  for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
    Random random{seed};
    std::string hurt = text;
    const bool packed = seed % 3 == 0;
    if (packed) hurt = gzip(text);
    for (std::uint64_t i = 0, n = 1 + random.below(8); i < n; ++i) {
      const std::size_t at = random.below(hurt.size());
      switch (random.below(4)) {
        case 0: hurt[at] = static_cast<char>(random.next()); break;
        case 1: hurt[at] = interesting[random.below(std::size(interesting))]; break;
        case 2: hurt.erase(at, random.below(12)); break;
        default: hurt.insert(at, hurt.substr(random.below(hurt.size()), random.below(40)));
      }
      if (hurt.empty()) hurt = "\n";
    }
    CsvSpec spec = full_spec();
    spec.strict = seed % 5 == 0;
    spec.newest_first = seed % 7 == 0;
    spec.max_line_bytes = seed % 2 == 0 ? 64 : 64 * 1024;
    auto feed = csv_trades(folder.write("t.csv", hurt), spec, bitcoin());
    if (!feed.ok()) continue;
    const auto got = drain<Trade>(*feed);
    INFO("seed ", seed);
    const RowReport& report = feed->report();
    REQUIRE(report.rows == report.delivered + report.skipped + report.filtered);
    if (!spec.newest_first || !got.error) REQUIRE(report.delivered == got.rows.size());
    if (spec.strict && !report.clean()) REQUIRE(got.error.has_value());
    for (std::size_t i = 0; i < got.rows.size(); ++i) {
      REQUIRE(got.rows[i].size.is_positive());
      REQUIRE(got.rows[i].price.is_multiple_of(0.01_px));
      if (i > 0) REQUIRE(got.rows[i - 1].header.ts_event <= got.rows[i].header.ts_event);
    }
  }
}
