// One fact into the books, and one price into the valuations: an account with 1,000 instruments in
// 10 currencies. The reference is the same in doubles: quantity, average price, profit and cash in
// flat arrays, without strategies, undo, or valuation.
#include <figures.hpp>
#include <keel/core/random.hpp>
#include <keel/portfolio/ledger.hpp>
#include <keel/portfolio/portfolio.hpp>

using namespace keel;
using namespace keel::bench;

namespace {

constexpr std::uint32_t kInstruments = 1'000;
constexpr int kBatch = 256;
constexpr int kBatches = 2'000;
constexpr const char* kCurrencies[10] = {"USD", "EUR", "JPY", "GBP", "CHF",
                                         "AUD", "CAD", "NZD", "SEK", "NOK"};

struct Host {
  InstrumentRegistry registry;
  Directory directory;
  VenueId venue = *directory.add_venue("BENCH");
  StrategyId strategy = *directory.add_strategy("s");
  AccountId account =
      *directory.add_account("a", venue, "USD", AccountKind::kMargin, AccountRealm::kSimulated);
  Marks marks{registry};
  Portfolio portfolio{registry, directory};
  Random random{1};

  Host() {
    for (std::uint32_t i = 0; i < kInstruments; ++i) {
      InstrumentSpec spec;
      const bool is_pair = i < 9;
      spec.kind = is_pair ? InstrumentKind::kFxPair : InstrumentKind::kPerpetual;
      spec.symbol = std::to_string(i);
      spec.base = is_pair ? *Currency::parse(kCurrencies[i + 1]) : Currency{"BTC"};
      spec.quote = is_pair ? Currency{"USD"} : *Currency::parse(kCurrencies[i % 10]);
      spec.price_increment = 0.01_px;
      spec.quantity_increment = 0.001_qty;
      spec.initial_margin = 0.1_rate;
      if (!registry.add(spec)) std::abort();
    }
    portfolio.reserve(2 * kInstruments, 16);
    for (std::uint32_t i = 1; i <= kInstruments; ++i) price(InstrumentId{i}, 100_px);
    for (std::uint32_t i = 1; i <= kInstruments; ++i) portfolio.fold(fill(InstrumentId{i}).header);
  }
  void price(InstrumentId instrument, Price price) {
    const Trade trade = Trade::at(instrument, Timestamp{1}, price, 1_qty);
    marks.fold(trade.header);
    portfolio.revalue(instrument, marks);
  }
  OrderRecord fill(InstrumentId instrument) {
    OrderRecord record = make_record<OrderRecord>(RecordKind::kOrderFilled);
    record.header.instrument = instrument;
    record.order = OrderId::make(1, 1, 1);
    record.account = account;
    record.strategy = strategy;
    record.side = random.below(2) == 0 ? Side::kBuy : Side::kSell;
    record.last_quantity = Quantity::from_raw(random.between(1, 10'000) * 100'000);
    record.last_price = Price::from_raw(random.between(9'000, 11'000) * 10'000'000);
    record.fee = Int128::from(random.between(1, 1'000'000'000));
    record.fee_currency = registry.get(instrument).settlement;
    record.execution = *ExecutionId::from(std::to_string(random.below(1'000'000'000)));
    return record;
  }
  std::vector<OrderRecord> fills(bool many) {
    std::vector<OrderRecord> made;
    for (int i = 0; i < kBatch; ++i)
      made.push_back(
          fill({static_cast<std::uint32_t>(many ? 10 + random.below(kInstruments - 10) : 11)}));
    return made;
  }
};

template <class F>
double median_ns(F&& call) {
  std::vector<double> each;
  for (int i = 0; i < kBatches; ++i) {
    const auto start = cpu_ns();
    for (int k = 0; k < kBatch; ++k) call(k);
    each.push_back(static_cast<double>(cpu_ns() - start) / kBatch);
  }
  return median(each);
}

struct Plain {
  double quantity[kInstruments + 1]{}, average[kInstruments + 1]{}, profit[kInstruments + 1]{};
  double cash = 0;
  __attribute__((noinline)) void fill(const OrderRecord& record) {
    const auto i = record.header.instrument.value;
    const double price = record.last_price.to_double();
    const double size = record.last_quantity.to_double() * static_cast<double>(sign(record.side));
    if (quantity[i] * size >= 0) {
      average[i] = (average[i] * quantity[i] + price * size) / (quantity[i] + size);
    } else {
      const double closed = std::fmin(std::fabs(size), std::fabs(quantity[i]));
      const double gain = closed * (price - average[i]) * (quantity[i] > 0 ? 1 : -1);
      profit[i] += gain;
      cash += gain;
      if (std::fabs(size) > std::fabs(quantity[i])) average[i] = price;
    }
    quantity[i] += size;
    cash -= 1e-18 * static_cast<double>(record.fee.low);
  }
};

}  // namespace

int main(int argc, char** argv) {
  Figures figures{argc, argv, "portfolio"};
  Host host;
  Plain plain;
  const auto at = [](const std::vector<OrderRecord>& records, int k) -> const OrderRecord& {
    return records[static_cast<std::size_t>(k)];
  };
  for (const bool many : {false, true}) {
    const auto records = host.fills(many);
    const double bare = median_ns([&](int k) { plain.fill(at(records, k)); });
    const double each = median_ns([&](int k) { host.portfolio.fold(at(records, k).header); });
    figures.add(many ? "fill_1000_instruments_10_currencies" : "fill_one_instrument", each, "ns",
                "doubles in arrays", bare);
    if (!many) continue;
    // Lines are kept: a few batches are enough.
    Ledger ledger{host.registry, host.directory};
    const auto start = cpu_ns();
    for (int i = 0; i < 200; ++i)
      for (int k = 0; k < kBatch; ++k) ledger.fold(at(records, k).header);
    const double seconds = static_cast<double>(cpu_ns() - start) / 1e9;
    figures.add("ledger_entries", 200 * kBatch / seconds, "1/s", "fills without a ledger",
                1e9 / each);
  }
  const double idle = median_ns([&](int k) {
    const Trade trade =
        Trade::at(InstrumentId{11}, Timestamp{1},
                  Price::from_raw((10'000 + std::int64_t{k} % 7) * 10'000'000), 1_qty);
    host.marks.fold(trade.header);
  });
  const auto revalue = [&](const char* name, std::uint32_t instrument) {
    const double each = median_ns([&](int k) {
      host.price(InstrumentId{instrument},
                 Price::from_raw((10'000 + std::int64_t{k} % 7) * 10'000'000));
    });
    figures.add(name, each, "ns", "the price into Marks alone", idle);
  };
  revalue("price_of_a_holding", 11);  // I10, in USD
  revalue("price_of_a_holding_in_another_currency", 12);
  revalue("price_of_an_fx_pair", 1);
}
