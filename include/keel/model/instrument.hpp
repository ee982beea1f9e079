// Instrument: what can be traded, and the exact grid on which it trades.
#pragma once

#include <optional>

#include <keel/core/id.hpp>
#include <keel/core/money.hpp>
#include <keel/core/text.hpp>
#include <keel/core/time.hpp>
#include <keel/model/enums.hpp>
#include <keel/model/reasons.hpp>

namespace keel {

using Symbol = FixedText<40>;

// A plain value, also the payload of kInstrumentDefined. Made by InstrumentRegistry::add, which
// refuses one that does not hold together. Limits that are not set stand at the end of their range.
struct Instrument {
  InstrumentId id;
  InstrumentId underlying;  // 0: none
  VenueId venue;
  std::uint16_t revision;  // counts changes during the day
  InstrumentKind kind;
  OptionRight right;
  std::uint8_t inverse;     // 1: quantity in quote currency, settled in base (1 / price)
  std::uint8_t unit_pow10;  // one quantity unit is 10^this of the token: 0, 3 or 6
  Price price_increment;
  Price min_price, max_price;
  Quantity quantity_increment;
  Quantity min_quantity, max_quantity;
  Int128 min_notional, max_notional;  // 1e-18 of the quote currency
  Quantity multiplier;                // units of the underlying in one contract; 1 for spot
  Price strike;
  Timestamp expiry;                         // 0: none
  Rate initial_margin, maintenance_margin;  // fraction of notional; 1 where not on margin
  Currency base, quote, settlement;
  Symbol symbol;           // "BTC/USD", "AAPL", "ESZ4"
  FixedText<16> mic;       // ISO 10383, or the venue's name
  FixedText<16> calendar;  // a TradingCalendar's name; empty: always open

  // price x quantity x multiplier, exact, in the quote currency. Linear instruments only.
  // The listing has checked that price_increment x multiplier needs at most 9 digits.
  [[nodiscard]] Money notional(Price price, Quantity quantity) const {
    if (multiplier.raw() == Quantity::kScale) [[likely]]
      return Money::product(price, quantity, quote);
    return notional_with_multiplier(price, quantity);
  }
  // nullopt instead of a failed assert where the product does not fit. A price off the grid of a
  // contract with a fractional multiplier is rounded once, half even at 18 digits; for an inverse
  // contract this is quantity x multiplier / price in the settlement currency, rounded so too.
  [[nodiscard]] std::optional<Money> checked_notional(Price price, Quantity quantity) const;

  // Why a price or a quantity is not on this instrument's grid; kNone where it is.
  [[nodiscard]] Reason check_price(Price price) const {
    if (price < min_price) return Reason::kPriceTooLow;
    if (price > max_price) return Reason::kPriceTooHigh;
    return price.is_multiple_of(price_increment) ? Reason::kNone : Reason::kPriceIncrement;
  }
  [[nodiscard]] Reason check_quantity(Quantity quantity) const {
    if (!quantity.is_positive()) return Reason::kQuantityNotPositive;
    if (!quantity.is_multiple_of(quantity_increment)) return Reason::kQuantityIncrement;
    if (quantity < min_quantity) return Reason::kQuantityTooSmall;
    return quantity > max_quantity ? Reason::kQuantityTooLarge : Reason::kNone;
  }

  [[nodiscard]] bool is_inverse() const { return inverse != 0; }

 private:
  [[nodiscard]] Money notional_with_multiplier(Price price, Quantity quantity) const;
};
static_assert(std::has_unique_object_representations_v<Instrument> && sizeof(Instrument) % 8 == 0);

// What a host writes down to list an instrument. Only symbol, kind, quote and the two increments
// must be given.
struct InstrumentSpec {
  std::string symbol;
  InstrumentKind kind = InstrumentKind::kSpot;
  std::string mic;
  VenueId venue{};
  std::optional<Currency> base;
  Currency quote;
  std::optional<Currency> settlement;  // quote, or base for inverse contracts
  Price price_increment{};
  Quantity quantity_increment{};
  std::optional<Price> min_price, max_price;
  std::optional<Quantity> min_quantity, max_quantity;
  std::optional<Money> min_notional, max_notional;
  Quantity multiplier = Quantity::whole(1);
  bool inverse = false;
  int unit_pow10 = 0;
  std::optional<Rate> initial_margin, maintenance_margin;
  std::optional<Timestamp> expiry;
  std::optional<Price> strike;
  OptionRight right = OptionRight::kNone;
  std::optional<InstrumentId> underlying;
  std::string calendar;
};

}  // namespace keel
