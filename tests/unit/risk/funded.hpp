// A desk that has money and prices, and short words for what it is told.
#pragma once

#include "desk.hpp"

namespace keel::test {

inline const std::string kFine = told(Reason::kNone, 0, 0);

// A desk with a million dollars and prices of 100, whatever the limits.
struct Funded : Desk {
  explicit Funded(const RiskLimits& limits = {}) : Desk(limits) {
    pay(names.margin, usd("1000000"));
    pay(names.cash, usd("1000"));
    for (const InstrumentId id : {names.btc, names.eth, names.perp}) quote(id, 100_px, 100_px);
    quote(names.eur, 1.25_px, 1.25_px);
    quote(names.eurbtc, 80_px, 80_px);
  }
  std::string buy(Quantity quantity, Price price = 100_px) {
    return told(denial(limit(names.perp, Side::kBuy, quantity, price)));
  }
  std::string sell(Quantity quantity, Price price = 100_px) {
    return told(denial(limit(names.perp, Side::kSell, quantity, price)));
  }
};

}  // namespace keel::test
