// Any bytes as a CSV or CSV.gz file. The first two bytes choose what is in it and how it is
// written; what comes out must add up, be in order of time, and be the same the second time.
#include <keel/core/hash.hpp>
#include <keel/model/instrument_registry.hpp>
#include <keel/storage/csv_feed.hpp>

#include "fuzz_file.hpp"

using namespace keel;
using keel::fuzz::require;

namespace {

CsvSpec spec_of(unsigned first, unsigned second) {
  CsvSpec spec;
  spec.has_header = (first & 4u) == 0;
  const auto name = [&spec](const char* header, const char* number) {
    return std::string{spec.has_header ? header : number};
  };
  spec.time = name("time", "1");
  switch (first & 3u) {
    case 0:
      spec.price = name("price", "2");
      spec.size = name("size", "3");
      if ((first & 8u) != 0) spec.side = name("side", "4");
      break;
    case 1:
      spec.bid = name("bid", "2");
      spec.ask = name("ask", "3");
      spec.quote_size = 1_qty;
      break;
    default:
      spec.open = name("open", "2");
      spec.high = name("high", "3");
      spec.low = name("low", "4");
      spec.close = name("close", "5");
      if ((first & 8u) != 0) spec.volume = name("volume", "6");
      spec.bar_length = Duration::minutes(1);
      break;
  }
  spec.time_format = static_cast<CsvTime>(1 + second % 6);
  if (spec.time_format == CsvTime::kPattern) spec.time_pattern = "%d.%m.%Y %H:%M:%S.%f";
  spec.newest_first = (first & 16u) != 0;
  spec.strict = (first & 32u) != 0;
  spec.check_increments = (first & 64u) == 0;
  if ((first & 128u) != 0) {
    spec.delimiter = ';';
    spec.decimal_point = ',';
  }
  spec.max_line_bytes = 512;
  return spec;
}

Instrument listed() {
  InstrumentRegistry registry;
  InstrumentSpec spec;
  spec.symbol = "BTC/USD";
  spec.kind = InstrumentKind::kSpot;
  spec.base = Currency{"BTC"};
  spec.quote = Currency{"USD"};
  spec.venue = {1};
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 0.00000001_qty;
  const auto id = registry.add(spec);
  require(id.ok());
  return registry.get(*id);
}

Result<CsvFeed> open(const std::string& path, const CsvSpec& spec, unsigned kind) {
  static const Instrument instrument = listed();
  if (kind == 0) return csv_trades(path, spec, instrument);
  return kind == 1 ? csv_quotes(path, spec, instrument) : csv_bars(path, spec, instrument);
}

std::uint64_t read(CsvFeed& feed, bool check_increments) {
  std::uint64_t hash = 0, records = 0;
  Timestamp last{std::numeric_limits<std::int64_t>::min()};
  bool failed = false;
  while (true) {
    const auto batch = feed.next();
    failed = !batch.ok();
    if (failed || batch->empty()) break;
    for (auto left = *batch; !left.empty();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(left.data());
      require(record.size >= sizeof(RecordHeader) && record.size <= left.size());
      require(record.ts_event >= last);
      last = record.ts_event;
      if (record.kind == RecordKind::kTrade) {
        const auto& trade = record_as<Trade>(record);
        require(trade.size.is_positive());
        if (check_increments) require(trade.price.raw() % (0.01_px).raw() == 0);
      }
      hash = hash * 31 + crc32c({left.data(), record.size});
      left = left.subspan(record.size);
      ++records;
    }
  }
  const RowReport& report = feed.report();
  require(report.delivered == records || failed);
  if (!failed) require(report.rows == report.delivered + report.filtered + report.skipped);
  require(!report.to_text().empty());
  return hash;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static keel::fuzz::File file;
  if (size < 2) return 0;
  file.write(data + 2, size - 2);
  const CsvSpec spec = spec_of(data[0], data[1]);
  auto once = open(file.path(), spec, data[0] & 3u);
  if (!once) return 0;
  auto again = open(file.path(), spec, data[0] & 3u);
  require(again.ok());
  require(read(*once, spec.check_increments) == read(*again, spec.check_increments));
  return 0;
}
