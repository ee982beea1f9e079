// Any bytes as a DBN file, as a fragment of one, as a capture of Binance's streams, and as a
// formula: the first byte chooses. What a reader gives must be whole records in order of time.
#include <vector>

#include <keel/model/formula.hpp>
#include <keel/storage/binance_feed.hpp>
#include <keel/storage/dbn_feed.hpp>

#include "fuzz_file.hpp"

using namespace keel;
using keel::fuzz::require;

namespace {

void drain(MarketFeed& feed) {
  Timestamp before{INT64_MIN};
  for (;;) {
    const auto batch = feed.next();
    if (!batch.ok() || batch->empty()) return;
    for (std::size_t at = 0; at < batch->size();) {
      const auto& record = *reinterpret_cast<const RecordHeader*>(batch->data() + at);
      require(record.size >= sizeof(RecordHeader) && record.size % 8 == 0);
      require(record.size <= batch->size() - at);
      require(record.ts_event >= before);
      before = record.ts_event;
      at += record.size;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 1) return 0;
  static fuzz::File file;
  file.write(data + 1, size - 1);
  const int choice = data[0] % 6;
  if (choice < 4) {
    auto feed = DbnFeed::open(file.path(), {{{"", 0, {1}}}, choice});
    if (feed.ok()) drain(*feed);
    static_cast<void>(read_dbn_definitions(file.path(), choice));
  } else if (choice == 4) {
    Instrument instrument{};
    instrument.id = {1};
    auto feed = BinanceFeed::open(file.path(), {.symbol = "BTCUSDT"}, instrument);
    if (feed.ok()) drain(*feed);
  } else {
    const auto formula = Formula::parse({reinterpret_cast<const char*>(data + 1), size - 1});
    if (!formula.ok()) return 0;
    const std::vector<PriceRange> values(formula->names().size(), PriceRange{1_px, 3_px});
    static_cast<void>(formula->evaluate_range(values, 0.01_px));
  }
  return 0;
}
