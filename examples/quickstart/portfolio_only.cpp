// Quickstart 3: the portfolio alone, fed with fills that come from anywhere. No engine, no risk
// checker, no journal: a record of what happened goes in, exact positions and P&L are there to be
// asked.
#include <cstdio>

#include <keel/model/order_records.hpp>
#include <keel/portfolio/ledger.hpp>
#include <keel/portfolio/portfolio.hpp>

using namespace keel::literals;

namespace {

// What your own system knows of a fill, as the fact that keel's components fold.
keel::OrderFact fill(keel::InstrumentId instrument, keel::Side side, keel::Quantity quantity,
                     keel::Price price, const keel::Money& fee) {
  static std::uint64_t seq = 0;
  auto fact = keel::make_record<keel::OrderFact>(keel::RecordKind::kOrderFilled);
  fact.header.seq = ++seq;
  fact.header.instrument = instrument;
  fact.account = {1};
  fact.side = side;
  fact.last_quantity = quantity;
  fact.last_price = price;
  fact.fee = fee.raw();
  fact.fee_currency = fee.currency();
  return fact;
}

}  // namespace

int main() {
  keel::InstrumentRegistry registry;
  keel::Directory directory;
  const auto venue = directory.add_venue("NYSE");
  if (!venue || !directory.add_account("book", *venue, "USD", keel::AccountKind::kMargin,
                                       keel::AccountRealm::kLive))
    return 1;
  keel::InstrumentSpec spec;
  spec.symbol = "IBM";
  spec.kind = keel::InstrumentKind::kEquity;
  spec.quote = keel::Currency{"USD"};
  spec.venue = *venue;
  spec.price_increment = 0.01_px;
  spec.quantity_increment = 1_qty;
  const auto ibm = registry.add(spec);
  if (!ibm) return 1;

  keel::Portfolio portfolio{registry, directory};
  keel::Ledger ledger{registry, directory};
  const auto fee = keel::Money::parse("1.05", "USD").value();
  for (const auto& fact : {fill(*ibm, keel::Side::kBuy, 300_qty, 120.10_px, fee),
                           fill(*ibm, keel::Side::kSell, 100_qty, 121.35_px, fee),
                           fill(*ibm, keel::Side::kSell, 100_qty, 119.80_px, fee)}) {
    portfolio.fold(fact.header);
    ledger.fold(fact.header);
  }

  keel::Marks marks{registry};
  marks.fold(keel::Trade::at(*ibm, {1}, 122_px, 10_qty).header);
  portfolio.revalue(*ibm, marks);

  const keel::Position& position = *portfolio.position({1}, *ibm);
  std::printf("position    %s\n", position.quantity.to_text().c_str());
  std::printf("cost        %s\n", position.cost.to_text().c_str());
  std::printf("realized    %s\n", position.realized.to_text().c_str());
  std::printf("fees        %s\n", position.fees.to_text().c_str());
  std::printf("unrealized  %s\n", portfolio.valuation({1}).unrealized.to_text().c_str());
  // 100 x (121.35 - 120.10) + 100 x (119.80 - 120.10) = 95, to the last digit.
  return position.realized == keel::Money::whole(95, "USD") ? 0 : 1;
}
